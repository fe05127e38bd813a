"""Markdown: the lines of plain text, with headings, emphasis, links and notes known."""

from bisect import bisect_left, bisect_right

import regex

from analysis.readers import plain

_HEADING = regex.compile(r"(#{1,6})[^\S\n]+(?=\S)")
_CLOSING = regex.compile(r"[^\S\n]+#+$")
_QUOTE = regex.compile(r"(?:>[^\S\n]*)+(?=\S)")
_NOTE = regex.compile(r"\[\^(?P<name>[^\[\]\s]{1,100})\]:|<sup>(?P<raised>\d{1,3})(?=</sup>)")
_INLINE = regex.compile(
    r"""(?P<escape>\\)[\\`*_{}\[\]()#+\-.!<>|~&$]
      | (?P<comment><!--.{0,5000}?-->)
      | (?P<open><)(?:https?://|mailto:)[^<>\s]+(?P<close>>)
      | (?P<before>!?\[)[^\[\]]*(?P<address>\]\([^()\s]*\))
      | \[\^(?P<note>[^\[\]\s]{1,100})\]
      | (?<=<sup>)(?P<raised>\d{1,3})(?=</sup>)
      | (?P<tag></?[a-z]\w*(?:\s+[\w-]+\s*=[^<>\n]{0,200})?\s*/?>)
      | (?P<stars>\*{1,3}(?!\*)) | (?P<bars>_{1,3}(?!_))""",
    regex.VERBOSE | regex.DOTALL | regex.IGNORECASE,
)
_REASONS = {"escape": "escape", "comment": "comment", "address": "link address", "tag": "HTML tag"}
_REASONS |= dict.fromkeys(["open", "close", "before"], "link bracket")


def lines(text):
    """The lines of `plain.lines`, with headings, notes and their marks, and what carries form, not words.

    >>> [line.heading for line in lines("# Title\\n\\n1. Text")]
    [1, 0]
    >>> [reason for _, _, reason in lines("To *save* <http://un.org>")[0].markup]
    ['emphasis', 'emphasis', 'link bracket', 'link bracket']
    """
    found = [_block_signs(text, line) for line in plain.lines(text)]
    begins = [i for i, line in enumerate(found) if line.new_block or i == 0]
    blocks = [found[begin:end] for begin, end in zip(begins, [*begins[1:], len(found)], strict=True)]
    return _breaks(text, [line for block in blocks for line in _inline(text, block)])


def _block_signs(text, line):
    """Headings, quotations and note definitions, known by how the line begins."""
    start, end = line.start, line.end
    markup = list(line.markup)
    if quote := _QUOTE.match(text, start, end):
        markup.append((start, quote.end(), "quotation sign"))
        start = quote.end()
    if heading := _HEADING.match(text, start, end):
        markup.append((start, heading.end(), "heading sign"))
        if closing := _CLOSING.search(text, heading.end(), end):
            markup.append((closing.start(), end, "heading sign"))
        line = line._replace(heading=len(heading[1]))
    elif note := _NOTE.match(text, start, end):
        line = line._replace(note=(note[note.lastgroup], note.end()))
    return line._replace(markup=tuple(markup))


def _breaks(text, found):
    """Lines of nothing but markup are left over; rules are page breaks."""
    marked, broken = [], False
    for line in found:
        covered = sum(len(text[start:end].strip()) for start, end, _ in line.markup)
        if line.markup and not line.leftover and covered >= line.end - line.start:
            line = line._replace(leftover=line.markup[0][2])
        if broken:
            line = line._replace(page_break=True, new_block=True)
        signs = len(text[line.start : line.end].replace(" ", ""))
        rule = line.leftover == "no letters or digits" and signs >= 3
        broken = rule or (broken and bool(line.leftover))
        marked.append(line)
    return marked


def _inline(text, block):
    """Emphasis, escapes, links, tags and note marks of one block of lines."""
    found, marks = [], []
    opened = {"stars": [], "bars": []}
    begun = {line.start + len("<sup>") * (text[line.start] == "<") for line in block if line.note}
    taken = max((end for line in block[:1] for _, end, _ in line.markup), default=block[0].start)
    for match in _INLINE.finditer(text, min(taken, block[-1].end), block[-1].end):
        kind = match.lastgroup
        if kind in ("stars", "bars"):
            _emphasis(text, match, kind, opened[kind], found)
        elif kind in ("note", "raised"):
            if match.start() not in begun:
                marks.append((*match.span(), match[kind]))
        else:
            found += [(*match.span(group), reason) for group, reason in _REASONS.items() if match[group]]
    starts = [line.start for line in block]
    markup, note_marks = [[] for _ in block], [[] for _ in block]
    for start, end, reason in found:
        for i in range(bisect_right(starts, start) - 1, bisect_left(starts, end)):
            piece = max(start, block[i].start), min(end, block[i].end), reason
            markup[i].extend([piece] if piece[0] < piece[1] else [])
    for mark in marks:
        note_marks[bisect_right(starts, mark[0]) - 1].append(mark)
    of_line = zip(block, markup, note_marks, strict=True)
    return [line._replace(markup=_merge(line.markup, more), note_marks=tuple(own)) for line, more, own in of_line]


def _emphasis(text, match, kind, opened, found):
    """Pair runs of * or _ of the same length, as they open and close."""
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    word = kind == "bars"  # an underscore inside a word is part of the word
    closes = bool(before.strip()) and not (word and after.isalnum())
    opens = bool(after.strip()) and not (word and before.isalnum())
    if closes and any(len(run) == len(match[0]) for run, _ in opened[-3:]):
        while len(opened[-1][0]) != len(match[0]):
            opened.pop()
        run, start = opened.pop()
        found += [(start, start + len(run), "emphasis"), (*match.span(), "emphasis")]
    elif opens:
        opened.append((match[0], match.start()))


def _merge(first, second):
    """Two lists of stretches in order, without overlaps: the earlier one stays."""
    merged = []
    for start, end, reason in sorted([*first, *second]):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end, reason))
    return tuple(merged)
