"""Lines of a document → the role of each: heading, paragraph, note, …

The rules are the same for every file format, and go by form alone: numbers
(`numbering`), headings, note marks and blank lines.
"""

from collections import defaultdict
from typing import NamedTuple

import regex

from analysis import numbering

_RAISED = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_UNIT = regex.compile(r"(?:\d|\b(?:[kcmd]?m|ft|mi|yd))$", regex.I)
_NOTE_LABEL = regex.compile(r"(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<plain>\d{1,3})(?=[^\S\n]+[^\s\d])")
_NOTES_LABEL = regex.compile(r"(?P<plain>\d{1,3})[.)]?(?=[^\S\n]+\S)")
_NOTES_HEADING = regex.compile(r"\W*(?:foot|end)?notes\W*", regex.I)
_LINK = regex.compile(r"<?(?:https?://|www\.)")
_NO_HEADING = regex.compile(r"[^\p{L}]|\p{Ll}")
_ENDED = regex.compile(r"[.!?:;…][\"”’»)\]*_]*$|[”»][*_]*$")
_HEADING_WORDS, _HEADING_LENGTH = 20, 150
_WRAPPED = 160  # a line longer than this was not broken to fit a page
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Role(NamedTuple):
    """What a line is, and which heading, paragraph or note it belongs to."""

    kind: str  # paragraph, heading, note, front matter or leftover
    owner: int | None = None  # its place among the paragraphs, headings or notes
    label_end: int | None = None  # where the printed number or note mark ends
    joins: int | None = None  # the line before it in the same text


class Structure(NamedTuple):
    """The roles of a document's lines, and what they make up."""

    roles: list  # of Role, one per line
    paragraphs: list  # of (printed number or None, run, place of its heading or None)
    notes: list  # of printed marks
    note_marks: dict  # line → [(start, end, place of the note)]
    problems: list  # of (line number, place of the paragraph or None, problem, detail)


def parse(text, lines):
    """Give each line of a document its role.

    Parameters
    ----------
    text : str
        The document.
    lines : list of readers.plain.Line
        Its lines, from a reader.

    Returns
    -------
    Structure

    Examples
    --------
    >>> from analysis.readers import plain
    >>> text = "A report\\n\\nBackground\\n\\n1. First¹ of\\n\\n1 A note.\\n\\n\\nall.\\n\\n2.Second"
    >>> found = parse(text, plain.lines(text))
    >>> [(role.kind, role.owner) for role in found.roles]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('front matter', None), ('heading', 0), ('paragraph', 0), ('note', 0),
     ('paragraph', 0), ('paragraph', 1)]
    >>> found.paragraphs
    [('1.', 1, 0), ('2.', 1, 0)]
    """
    labels, marks, problems = _find_notes(text, lines)
    body = [i for i, line in enumerate(lines) if not line.leftover and i not in labels]
    decisions = _find_numbers(text, lines, body)
    headings, title = _find_headings(text, lines, body, decisions)
    opens = {i for i, decision in decisions.items() if decision.opens}
    first = min(opens | headings, default=None) if opens else min(set(body) - title, default=None)
    found = _assign(text, lines, labels, decisions, headings, title, first)
    place = {line: k for k, line in enumerate(labels)}
    note_marks = {i: [(start, end, place[line]) for start, end, line in of] for i, of in marks.items()}
    return found._replace(note_marks=note_marks, problems=sorted(found.problems + problems, key=lambda row: row[0]))


def content_start(line):
    """Say where a line's words begin, after bullets, quotation signs and emphasis.

    Parameters
    ----------
    line : readers.plain.Line
        A line of a document.

    Returns
    -------
    int
        A place in the document's text.

    Examples
    --------
    >>> from analysis.readers import markdown
    >>> content_start(markdown.lines("- **Bold** words")[0])
    4
    """
    start = line.start
    for first, end, reason in line.markup:
        if first > start or reason == "escape":
            break
        start = end
    return start


def ended(text, line):
    """Say whether a line ends a sentence.

    Parameters
    ----------
    text : str
        The document.
    line : readers.plain.Line
        One of its lines.

    Returns
    -------
    bool
        True where it ends with ``. ! ? : ; …``, a closing quotation mark, or one
        of these followed by closing signs.

    Examples
    --------
    >>> from analysis.readers import plain
    >>> text = "The UN\\nmust act.”"
    >>> [ended(text, line) for line in plain.lines(text)]
    [False, True]
    """
    return bool(_ENDED.search(text[max(line.start, line.end - 8) : line.end]))


def _find_notes(text, lines):
    """Lines that begin a note, the marks in the text that point to them, and what doesn't match."""
    labels = {}  # line → (printed mark, end of the label)
    waiting = defaultdict(list)  # marks not yet claimed: name → [(line, start, end)]
    claimed = {}  # (line, start, end) of a mark → line of its note
    in_notes = False
    for i, line in enumerate(lines):
        if line.leftover:
            continue
        in_notes = in_notes and not line.heading or bool(_NOTES_HEADING.fullmatch(text, line.start, line.end))
        label = _note_label(text, line, line.new_block or i - 1 in labels, in_notes, waiting)
        if label:
            labels[i] = label
            if waiting[label[0]]:
                claimed[waiting[label[0]].pop(0)] = i
        for start, end, name in _marks(text, line, label[1] if label else line.start):
            waiting[name].append((i, start, end))
    first_note = {}
    for i, (name, _) in labels.items():
        first_note.setdefault(name, i)
        if i not in claimed.values() and waiting[name]:  # a note that stands before its mark
            claimed[waiting[name].pop(0)] = i
    loose = [(mark, name) for name, of in waiting.items() for mark in of]
    for mark, name in loose:  # the same [^mark] again
        if name in first_note and text.startswith("[^", mark[1]):
            claimed[mark] = first_note[name]
    marks = defaultdict(list)
    for (i, start, end), note in sorted(claimed.items()):
        marks[i].append((start, end, note))
    problems = [
        (lines[mark[0]].number, None, "mark without note", f"{text[mark[1] : mark[2]]} points to no note: read as text")
        for mark, _ in loose
        if mark not in claimed
    ]
    problems += [
        (lines[i].number, None, "note without mark", f"no mark for note {name} found in the text")
        for i, (name, _) in labels.items()
        if i not in claimed.values()
    ]
    return labels, marks, problems


def _note_label(text, line, free, in_notes, waiting):
    """The printed mark with which a note begins, and where it ends."""
    if line.note is not None:
        return line.note, text.index("]:", line.start, line.end) + 2
    pattern = _NOTES_LABEL if in_notes else _NOTE_LABEL
    found = pattern.match(text, line.start, line.end) or _NOTE_LABEL.match(text, line.start, line.end)
    if not found:
        return None
    name = found[found.lastgroup].translate(_DIGITS)
    if found.lastgroup == "raised" or (free and waiting[name]):
        return name, found.end()
    return None


def _marks(text, line, position):
    """Note marks in a line: [^1], or raised digits glued to a word (not km²)."""
    found = list(line.note_marks)
    for match in _RAISED.finditer(text, position, line.end):
        before = text[max(line.start, match.start() - 4) : match.start()]
        if before.strip() and not before[-1].isspace() and not _RAISED_UNIT.search(before):
            found.append((match.start(), match.end(), match[0].translate(_DIGITS)))
    return sorted(found)


def _find_numbers(text, lines, body):
    """The decision of `numbering.follow` for each line that begins with a number."""
    candidates, places = [], []
    heading, previous = False, None
    for i in body:
        line = lines[i]
        read = None if line.heading else numbering.parse(text[content_start(line) : line.end])
        if read:
            fresh = line.new_block or previous is None or ended(text, lines[previous])
            announced = previous is not None and text[lines[previous].end - 1] == ":"
            candidates.append(numbering.Candidate(*read, heading, fresh, announced))
            places.append(i)
            heading = False
        elif line.heading:
            heading = True
        elif line.new_block:
            heading = _like_heading(text, lines, i, previous)
        previous = i
    decisions = dict(zip(places, numbering.follow(candidates), strict=True))
    opened = sum(decision.opens for decision in decisions.values())
    other = sum(
        lines[i].new_block and not lines[i].bullet and not lines[i].heading and ended(text, lines[i])
        for i in body
        if i not in decisions
    )
    if other < 8 or other <= 2 * opened:
        return decisions
    detail = f"{opened} numbered lines among {other} other blocks: read as a list, not as paragraph numbers"
    return {i: decision._replace(opens=False, problem="passed over", detail=detail) for i, decision in decisions.items()}


def _like_heading(text, lines, i, previous):
    """Could line i be a heading that the format doesn't mark: short, a capital first, no full stop?"""
    line = lines[i]
    content = text[content_start(line) : min(line.end, line.start + 2 * _HEADING_LENGTH)].rstrip("*_")
    if line.bullet or not line.new_block or len(content) > _HEADING_LENGTH:
        return False
    if len(content.split()) > _HEADING_WORDS or content[-1:] in ".,;:…" or _NO_HEADING.match(content):
        return False
    if previous is None or lines[previous].heading:
        return True
    runs_on = line.page_break and not ended(text, lines[previous])
    return not runs_on and text[lines[previous].end - 1] != ":"


def _find_headings(text, lines, body, decisions):
    """Lines that are headings, and lines of the title."""
    opens = {i for i, decision in decisions.items() if decision.opens}
    marked = [i for i in body if lines[i].heading]
    only = sum(lines[i].heading == 1 for i in marked) == 1
    title = {i for i in body[:1] if lines[i].heading == 1 and only}
    headings = set(marked) - title
    alike = {
        i
        for i, previous in zip(body, [None, *body][: len(body)], strict=True)
        if i not in decisions and not lines[i].heading and _like_heading(text, lines, i, previous)
    }
    front = min(opens, default=None)
    for i, after in reversed(list(zip(body, body[1:], strict=False))):
        if i not in alike:
            continue
        if not opens:  # without numbers, what follows must not look like a heading too
            is_heading = after not in alike and lines[after].new_block
        elif i < front:  # title, date and place come before the first heading
            is_heading = after == front
        else:
            is_heading = after in opens or after in headings
        if is_heading:
            headings.add(i)
    if body and not title and body[0] in headings & alike:
        headings.remove(body[0])
        title.add(body[0])
    return headings, title


def _assign(text, lines, labels, decisions, headings, title, first):
    """Walk through the lines with the open heading, paragraph and note in hand."""
    roles, paragraphs, notes, problems = [], [], [], []
    latest = {}  # the last line of each text so far
    heading = paragraph = note = None
    numbered = any(decision.opens for decision in decisions.values())
    for i, line in enumerate(lines):
        decision = decisions.get(i)
        opens = bool(decision and decision.opens)
        if line.leftover:
            roles.append(Role("leftover"))
            continue
        kind, label_end = "paragraph", None
        if i in labels:
            kind, note, label_end = "note", len(notes), labels[i][1]
            notes.append(labels[i][0])
        elif i in headings:
            kind, heading, paragraph, note = "heading", 0 if heading is None else heading + 1, None, None
        elif opens:
            start = content_start(line)
            printed = numbering.parse(text[start : line.end])[2]
            paragraphs.append((printed, decision.run, heading))
            paragraph, note, label_end = len(paragraphs) - 1, None, start + len(printed)
        elif note is not None and _in_note(text, line, lines[latest["note", note]]):
            kind = "note"
        elif i in title or first is None or i < first:
            kind, note = "front matter", None
        else:
            if paragraph is None or (
                (not numbered or paragraphs[paragraph][0] is None)
                and _is_new(text, line, lines[latest["paragraph", paragraph]], note is not None)
            ):
                paragraphs.append((None, paragraphs[-1][1] if paragraphs else 1, heading))
                paragraph = len(paragraphs) - 1
            note = None
        owner = {"paragraph": paragraph, "heading": heading, "note": note}.get(kind)
        roles.append(Role(kind, owner, label_end, latest.get((kind, owner))))
        latest[kind, owner] = i
        if decision and decision.problem:
            problems.append((line.number, paragraph, decision.problem, decision.detail))
    return Structure(roles, paragraphs, notes, {}, problems)


def _in_note(text, line, last):
    """Does a line that stands after a note belong to it?"""
    if not line.new_block:
        return True
    if line.page_break:
        return False
    return line.indented or text[last.end - 1] == ":" or bool(_LINK.match(text, line.start, line.end))


def _is_new(text, line, last, interrupted):
    """Where paragraphs have no numbers: does the line begin another one?"""
    if line.bullet or text[last.end - 1] == ":":
        return False
    if not line.new_block:
        return last.end - last.start > _WRAPPED
    return ended(text, last) or not (line.page_break or interrupted)
