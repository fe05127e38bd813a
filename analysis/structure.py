"""Lines of a document → the role of each: heading, paragraph, note, …

The rules are the same for every file format, and go by form alone: numbers
(`numbering`), headings, note marks and blank lines.
"""

from typing import NamedTuple

import regex

from analysis import notes, numbering

_LINK = regex.compile(r"<?(?:https?://|www\.)")
_NO_HEADING = regex.compile(r"[^\p{L}]|\p{Ll}")
_ENDED = regex.compile(r"[.!?:;…][\"”’»)\]*_]*$|[”»][*_]*$")
_HEADING_WORDS, _HEADING_LENGTH = 20, 150
_WRAPPED = 160  # a line longer than this was not broken to fit a page


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
    return {
        i: decision._replace(opens=False, problem="passed over", detail=detail) for i, decision in decisions.items()
    }


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
