"""Lines of a document → the role of each: heading, paragraph, note, …

The rules are the same for every file format, and go by form alone: numbers
(`numbering`), headings, note marks and blank lines.
"""

from typing import NamedTuple

import regex

from analysis import headings, notes, numbering
from analysis.readers.plain import content_start, ended

_WRAPPED = 160  # a line longer than this was not broken to fit a page
_NUMBER_LENGTH = 80  # characters in which a printed number must end
_FULL_STOP = regex.compile(r"[.!?][\"”’»)\]*_]*$")
_ESSAY = 8  # so many blocks outside the numbers, and twice as many as inside, make an essay with a list
_LIST = 20  # more numbers than this are no list
_SUBPARAGRAPH = regex.compile(r"\(\p{Ll}{1,4}\)")
_LINK = regex.compile(r"<?(?:https?://|www\.)")


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
    labels, marks, problems = notes.find(text, lines)
    body = [i for i, line in enumerate(lines) if not line.leftover and i not in labels]
    decisions = _find_numbers(text, lines, body)
    opens = {i for i, decision in decisions.items() if decision.opens}
    heads, title = headings.find(text, lines, body, opens, set(decisions), set(labels))
    first = min(opens | heads, default=None) if opens else min(set(body) - title, default=None)
    found = _assign(text, lines, labels, decisions, heads, title, first)
    place = {line: k for k, line in enumerate(labels)}
    note_marks = {i: [(start, end, place[line]) for start, end, line in of] for i, of in marks.items()}
    return found._replace(note_marks=note_marks, problems=sorted(found.problems + problems, key=lambda row: row[0]))


def _find_numbers(text, lines, body):
    """The decision of `numbering.follow` for each line that begins with a number."""
    candidates, places = [], []
    after_heading, previous, usual = False, None, None
    for i, after in zip(body, [*body[1:], None], strict=False):
        line = lines[i]
        start = content_start(line)
        read = None if line.heading else _printed_number(text, line)
        if read and read[1] == "bare" and after is not None and text[lines[after].start : lines[after].end].isdecimal():
            read = None  # a column of numbers
        if read:
            usual = line.indented if usual is None else usual
            begins = line.new_block or previous is None
            if not begins and ended(text, lines[previous]):
                begins = not text[start + len(read[2]) : line.end].lstrip()[:1].islower()
            quoted = any(reason == "quotation sign" for *_, reason in line.markup)
            inside = line.bullet or quoted or line.indented > usual
            announced = previous is not None and text[lines[previous].end - 1] == ":"
            candidates.append(numbering.Candidate(*read, after_heading, begins and not inside, announced))
            places.append(i)
            after_heading = False
        elif line.heading or (line.new_block and headings.alike(text, lines, i, previous)):
            after_heading = True
        previous = i
    decisions = dict(zip(places, numbering.follow(candidates), strict=True))
    return _unless_a_list(text, lines, body, decisions)


def _printed_number(text, line):
    """What `numbering.parse` reads at the start of a line; a long line is not read to its end."""
    start = content_start(line)
    return numbering.parse(text[start : min(line.end, start + _NUMBER_LENGTH)])


def _unless_a_list(text, lines, body, decisions):
    """Drop the numbers where most sentences before or after the first stand outside them: then they are a list."""
    opens = [i for i, decision in decisions.items() if decision.opens]
    sentences = [
        i
        for i in body
        if lines[i].new_block and not (lines[i].bullet or lines[i].heading or i in decisions)
        if _FULL_STOP.search(text, lines[i].start, lines[i].end) and not _SUBPARAGRAPH.match(text, lines[i].start)
    ]
    before = sum(i < opens[0] for i in sentences) if opens else 0
    other = max(before, len(sentences) - before)
    if not 0 < len(opens) <= _LIST or other < _ESSAY or other <= 2 * len(opens):
        return decisions
    detail = f"{len(opens)} numbered lines among {other} other blocks: read as a list, not as paragraph numbers"
    closed = {i: decision._replace(opens=False, problem=None) for i, decision in decisions.items()}
    closed[opens[0]] = closed[opens[0]]._replace(problem="passed over", detail=detail)
    return closed


def _assign(text, lines, labels, decisions, heads, title, first):
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
        elif i in heads:
            kind, paragraph, note = "heading", None, None
            if line.new_block or line.heading or i - 1 not in heads:
                heading = 0 if heading is None else heading + 1
        elif opens:
            printed = _printed_number(text, line)[2]
            paragraphs.append((printed, decision.run, heading))
            paragraph, note, label_end = len(paragraphs) - 1, None, content_start(line) + len(printed)
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
