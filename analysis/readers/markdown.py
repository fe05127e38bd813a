"""Markdown: the lines of plain text, with headings, emphasis, links and notes known."""

import html
from bisect import bisect_left, bisect_right
from itertools import chain

import regex

from analysis.readers import plain

_HEADING = regex.compile(r"(#{1,6})[^\S\n]+(?=\S)|(#{2,6})(?=\p{L})")  # without a space too, but no #hashtag
_CLOSING = regex.compile(r"[^\S\n]+#+$")
_QUOTE = regex.compile(r"(?:>[^\S\n]*)+(?=\S)")
_NOTE = regex.compile(r"\[\^(?P<name>[^\[\]\s]{1,100})\]:|<sup>(?P<raised>\d{1,3})(?=</sup>)")
_TITLE = r"""(?:"[^"]*+"|'[^']*+'|\([^()]*+\))"""
_TARGET = r"(?:<[^<>\n]*+>|(?:[^\s()\\<]|\\.|\((?:[^\s()\\]|\\.)*+\))*+)"
_INLINE = regex.compile(
    rf"""(?P<escape>\\)[\\`*_{{}}\[\]()#+\-.!<>|~&$]
      | (?P<open><)(?:https?://|mailto:)[^<>\s]+(?P<close>>)
      | \[\^(?P<note>[^\[\]\s]{{1,100}})\]
      | (?P<before>!?\[)
      | (?P<after>\](?:\(\s*{_TARGET}(?:\s+{_TITLE})?\s*\)|\[(?!\^)[^\[\]]{{0,200}}\])?)
      | (?<=<sup>)(?P<raised>\d{{1,3}})(?=</sup>)
      | (?P<tag></?(?P<name>[a-z]\w*)(?:\s+[\w-]+\s*=[^<>\n]{{0,200}})?\s*/?>)
      | (?P<entity>&(?:\#\d{{1,7}}|\#x[0-9a-f]{{1,6}}|[a-z]\w{{1,30}});)
      | (?P<stars>\*{{1,3}}(?!\*)) | (?P<bars>_{{1,3}}(?!_))""",
    regex.VERBOSE | regex.IGNORECASE,
)
_REASONS = {"escape": "escape", "open": "link bracket", "close": "link bracket"}
_WITHIN_WORDS = regex.compile(
    "a|abbr|b|bd[io]|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|su[bp]|tt|u|var|wbr",
    regex.IGNORECASE,
)
_FENCE = regex.compile(r"(`{3,}|~{3,})[^`]*")
_DEFINITION = regex.compile(rf"\[(?!\^)([^\[\]]{{1,200}})\]:\s+(?=<|\S*[/.#:@])(?:<[^<>]*+>|\S+)(?:\s+{_TITLE})?")
_YAML = regex.compile(r"[^\s:#-][^:]*:(?:\s|$)|#|- ")
_COMMENT = regex.compile(r"<!--(?s:.*?(-->)|.*)")  # whatever blank lines it holds; without an end it is none


def read(data, name):
    """A file's bytes as a `plain.Source`."""
    text = plain.decode(data, name)
    return plain.Source(text, lines(text))


def lines(text):
    """The lines of `plain.lines`, with headings, notes and their marks, and what carries form, not words.

    >>> [line.heading for line in lines("# Title\\n\\n1. Text")]
    [1, 0]
    >>> [reason for _, _, reason in lines("To *save* <http://un.org>")[0].markup]
    ['emphasis', 'emphasis', 'link bracket', 'link bracket']
    """
    comments = [(*found.span(), "comment") for found in _COMMENT.finditer(text) if found[1]]
    found, defined = _set_aside(text, plain.lines(text), comments)
    begins = [i for i, line in enumerate(found) if line.new_block or line.leftover or found[i - 1].leftover]
    blocks = [found[begin:end] for begin, end in zip(begins, [*begins[1:], len(found)], strict=True)]
    return list(chain(*(block if block[0].leftover else _inline(text, block, defined, comments) for block in blocks)))


def _within(stretches, start, end):
    """Those of some stretches in order, without overlaps, that lie between two places, cut there."""
    first = bisect_right(stretches, start, key=lambda stretch: stretch[1])
    last = bisect_left(stretches, end, key=lambda stretch: stretch[0])
    return [(max(begin, start), min(stop, end), what) for begin, stop, what in stretches[first:last]]


def _set_aside(text, found, comments):
    """Lines that are no text: a YAML head, comments, fenced code, link definitions; and the links defined."""
    contents = [text[line.start : line.end] for line in found]
    reasons, defined, fence = {}, set(), None  # fence: its signs, its line
    if contents[:1] == ["---"] and found[0].number == 1 and len(found) > 1 and _YAML.match(contents[1]):
        last = next((i for i, content in enumerate(contents) if i and content in ("---", "...")), -1)
        reasons |= dict.fromkeys(range(last + 1), "YAML head")
    for i, (line, content) in enumerate(zip(found, contents, strict=True)):
        if i in reasons:
            continue
        if _within(comments, line.start, line.end) == [(line.start, line.end, "comment")]:
            reasons[i] = "comment"
        elif fence and content[0] == fence[0][0] and set(content) == {content[0]} and len(content) >= len(fence[0]):
            reasons |= dict.fromkeys(range(fence[1], i + 1), "code")
            fence = None
        elif not fence and (opened := _FENCE.fullmatch(content)):
            fence = opened[1], i
        elif not fence and (link := _DEFINITION.fullmatch(content)):
            reasons[i] = "link definition"
            defined.add(link[1].casefold())
    return [line._replace(leftover=reasons.get(i, line.leftover)) for i, line in enumerate(found)], defined


def _block_signs(text, line):
    """Headings, quotations and note definitions, known by how the line begins."""
    start, end, markup = line.start, line.end, line.markup
    if quote := _QUOTE.match(text, start, end):
        markup += ((start, quote.end(), "quotation sign"),)
        start = quote.end()
    if heading := _HEADING.match(text, start, end):
        markup += ((start, heading.end(), "heading sign"),)
        if closing := _CLOSING.search(text, heading.end(), end):
            markup += ((closing.start(), end, "heading sign"),)
        line = line._replace(heading=len(heading[0].rstrip()))
    elif note := _NOTE.match(text, start, end):
        line = line._replace(note=(note[note.lastgroup], note.end()))
    return line._replace(markup=markup)


def _inline(text, block, defined, comments):
    """Emphasis, escapes, links, tags, entities and note marks of one block of lines; in a comment nothing is marked."""
    commented = _within(comments, block[0].start, block[-1].end)
    block = [line if _within(commented, line.start, line.start + 1) else _block_signs(text, line) for line in block]
    found, marks, brackets = [], [], []
    opened = {"stars": [], "bars": []}
    for match in _INLINE.finditer(text, plain.content_start(block[0]), block[-1].end):
        kind = "tag" if match["tag"] else match.lastgroup
        if _within(commented, match.start(), match.start() + 1):
            continue
        if kind in opened:
            found += _emphasis(text, match, opened[kind], kind == "bars")
        elif kind in ("note", "raised"):
            marks.append((*match.span(), match[kind]))
        elif kind == "before":
            brackets.append(match.span())
        elif kind == "after":
            found += _link(text, match, brackets, defined)
        elif kind == "tag":
            within = _WITHIN_WORDS.fullmatch(match["name"])
            found.append((*match.span(), "HTML tag" if within else "HTML tag that parts words"))
        elif kind == "entity":
            found += [(*match.span(), "entity")] if html.unescape(match[0]) != match[0] else []
        else:
            found += [(*match.span(group), reason) for group, reason in _REASONS.items() if match[group]]
    every = _in_order([*commented, *found, *(sign for line in block for sign in line.markup)])
    for i, line in enumerate(block):
        markup = _within(every, line.start, line.end)
        own = _within(marks, line.note[1] if line.note else line.start, line.end)
        block[i] = line._replace(markup=tuple(markup), note_marks=tuple(own))
        stands_for = "".join(html.unescape(text[start:end]) for start, end, reason in markup if reason == "entity")
        covered = sum(len(text[start:end].strip()) for start, end, _ in markup)
        if markup and not line.leftover and not stands_for.strip() and covered >= line.end - line.start:
            block[i] = block[i]._replace(leftover=markup[0][2])
    return block


def _link(text, match, brackets, defined):
    """The brackets and the address of a link that a ] ends, if it does: ](address), ][name] or ] after a name."""
    if not brackets:
        return []
    start, end = brackets.pop()
    name = match[0][2:-1] or text[end : min(match.start(), end + 201)]
    if not match[0].startswith("](") and name.casefold() not in defined:
        return []
    return [(start, end, "link bracket"), (*match.span(), "link address")]


def _emphasis(text, match, opened, word):
    """A pair of runs of * or _ of the same length, if this run closes one; a `word` keeps those inside it."""
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    closes = bool(before.strip()) and not (word and after.isalnum())
    opens = bool(after.strip()) and not (word and before.isalnum())
    if closes and any(end - start == len(match[0]) for start, end in opened[-3:]):
        while opened[-1][1] - opened[-1][0] != len(match[0]):
            opened.pop()
        return [(*opened.pop(), "emphasis"), (*match.span(), "emphasis")]
    if opens:
        opened.append(match.span())
    return []


def _in_order(stretches):
    """Stretches in order, without overlaps: the one that begins first, or is the longer, stays."""
    kept = []
    for stretch in sorted(stretches, key=lambda stretch: (stretch[0], -stretch[1])):
        if not kept or stretch[0] >= kept[-1][1]:
            kept.append(stretch)
    return kept
