"""Lines of a document → its paragraphs, headings and notes, where every character went, and what looks wrong.

The rules are the same for every file format, and go by form alone: numbers (`numbering`), headings, note marks and
blank lines.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import regex

from analysis import notes, numbering
from analysis.readers.plain import Line, content_start, ended

NO_HEADING = "(no heading)"  # the section of texts above which no heading stands
_NUMBER_LENGTH = 80  # characters in which a printed number must end
_WRAPPED = 160  # a line longer than this was not broken to fit a page
_FULL_STOP = regex.compile(r"[.!?][\"”’»)\]*_]*$")
_ESSAY = 8  # so many blocks outside the numbers, and twice as many as inside, make an essay with a list
_LIST = 20  # more numbers than this are no list
_SUBPARAGRAPH = regex.compile(r"\(\p{Ll}{1,4}\)")
_LINK = regex.compile(r"<?(?:https?://|www\.)")
_BROKEN_WORD = regex.compile(r"\p{L}-")

_HEADING_WORDS, _HEADING_LENGTH = 20, 150
_CAPITALS = 8  # so many letters, all capitals, are a heading whatever follows
_NO_HEADING = regex.compile(r"[^\p{L}]|\p{Ll}")
_LETTER = regex.compile(r"\p{L}")
_PART = regex.compile(
    r"[IVX]{1,6}\.[^\S\n]+\p{Lu}"
    r"|(?i:annex|appendix|part|chapter|section|article)(?:es)?(?:[^\S\n]+(?:[IVXLC]+|\d+|\p{Lu})\b|$)"
)


@dataclass
class Text:
    """A paragraph, heading, note or line of front matter, as it grows."""

    key: str
    kind: str
    number: str | None  # the number of a paragraph, or the name of a note, as printed
    order: int  # among those of its kind
    heading: "Text | None"  # the nearest above
    pieces: list = field(default_factory=list)
    length: int = 0  # of its words so far
    last: Line | None = None  # its last line so far


class Span(NamedTuple):
    """A stretch of the document: a row of the table `spans`."""

    start: int
    end: int
    kind: str
    paragraph: str | None  # key of the text it belongs to
    text_start: int | None = None
    points_to: str | None = None
    reason: str | None = None


class Problem(NamedTuple):
    """A row of the table `problems`."""

    line: int
    paragraph: str | None
    problem: str
    detail: str


def parse(text, lines):
    """A document's lines, from a reader → (texts, spans, problems), each in the order of the document.

    >>> from analysis.readers import plain
    >>> source = "A report\\n\\nBackground\\n\\n1. First¹ of\\n\\n1 A note.\\n\\n\\nall.\\n\\n2.Second"
    >>> texts, spans, problems = parse(source, plain.lines(source))
    >>> [(row["paragraph"], row["text"]) for row in texts]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('front matter 1', 'A report'), ('heading 1', 'Background'), ('1', 'First of all.'), ('note 1', 'A note.'),
     ('2', 'Second')]
    >>> [(span.kind, source[span.start : span.end]) for span in spans[2:6]]
    [('number', '1.'), ('paragraph', 'First'), ('note mark', '¹'), ('paragraph', 'of')]
    """
    labels, marks, of_notes = notes.find(text, lines)
    body = [i for i, line in enumerate(lines) if not line.leftover and i not in labels]
    decisions = _find_numbers(text, lines, body)
    opens = {i for i, decision in decisions.items() if decision.opens}
    headings, title = _find_headings(text, lines, body, opens, set(decisions), labels)
    begins = min(opens | headings, default=None) if opens else min(set(body) - title, default=None)
    front = title | {i for i in body if begins is None or i < begins}
    texts, spans, problems = _read_through(text, lines, labels, marks, decisions, headings, front)
    problems += [Problem(line, None, problem, detail) for line, problem, detail in of_notes]
    problems.sort(key=lambda problem: problem.line)
    if not opens:
        n = sum(one.kind == "paragraph" for one in texts.values())
        problems.insert(0, Problem(1, None, "no numbers", f"no numbered paragraphs: read as {n} unnumbered ones"))
    return _rows(texts, spans), spans, problems


def _rows(texts, spans):
    """The texts as rows of the table `texts`; a note with the first paragraph where its mark stands."""
    marks = [span for span in reversed(spans) if span.points_to and texts[span.paragraph].kind == "paragraph"]
    mark_in, rows = {span.points_to: span.paragraph for span in marks}, []
    for key, one in texts.items():
        heading = one if one.kind == "heading" else one.heading
        section = "".join(heading.pieces) if heading else ""
        row = {"paragraph": key, "kind": one.kind, "number": one.number, "order": one.order}
        row |= {"section": section or NO_HEADING, "text": "".join(one.pieces), "mark_in": mark_in.get(key)}
        rows.append(row)
    return rows


def _read_through(text, lines, labels, marks, decisions, headings, front):
    """From the first line to the last, with the heading, paragraph and note in hand that the next may go on with."""
    texts, spans, problems = {}, [], []
    orders = Counter()
    heading = paragraph = note = None

    def begin(kind, number=None, key=None):
        orders[kind] += 1
        if not key or key in texts:
            key = f"#{orders[kind]}" if kind == "paragraph" else f"{kind} {orders[kind]}"
        texts[key] = Text(key, kind, number, orders[kind], heading)
        return texts[key]

    for i, line in enumerate(lines):
        decision = decisions.get(i)
        label = None  # start, end, kind of the printed number or note mark it begins with
        if line.leftover:
            spans.append(Span(line.start, line.end, "leftover", None, reason=line.leftover))
            continue
        if i in labels:
            name, key, end = labels[i]
            owner = note = begin("note", name, key)
            label = (line.start, end, "note mark")
        elif i in headings:
            if line.new_block or line.heading or i - 1 not in headings:
                heading = begin("heading")
            owner, paragraph, note = heading, None, None
        elif decision and decision.opens:
            paragraph = begin("paragraph", decision.printed, _key(decision))
            owner, note = paragraph, None
            label = (content_start(line), content_start(line) + len(decision.printed), "number")
        elif note and _in_note(text, line, note.last):
            owner = note
        elif i in front:
            owner, note = begin("front matter"), None
        else:
            if not paragraph or (not paragraph.number and _is_new(text, line, paragraph.last, note)):
                paragraph = begin("paragraph")
            owner, note = paragraph, None
        spans += _cut(text, line, owner, label, marks[i])
        owner.last = line
        if decision and decision.problem:
            problems.append(Problem(line.number, paragraph and paragraph.key, decision.problem, decision.detail))
    return texts, spans, problems


def _key(decision):
    """The key of a numbered paragraph, unless it is taken."""
    number = decision.printed.replace("\\", "").strip("().")
    return number if decision.run == 1 else f"{numbering.roman(decision.run)}:{number}"


def _in_note(text, line, last):
    """Does a line that stands after a note belong to it?"""
    announced = line.indented or text[last.end - 1] == ":" or bool(_LINK.match(text, line.start, line.end))
    return not line.new_block or (announced and not line.page_break)


def _is_new(text, line, last, note):
    """Where paragraphs have no numbers: does the line, perhaps after a note, begin another one?"""
    if line.bullet or text[last.end - 1] == ":":
        return False
    if not line.new_block:
        return last.end - last.start > _WRAPPED
    return ended(text, last) or not (line.page_break or note)


def _cut(text, line, owner, label, marks):
    """The spans of one line; its words are added to the text it belongs to.

    Stretches of one line are joined as they stand; lines by a space where the sentence runs on, by a line break where it
    doesn't, by nothing after a hyphen that breaks a word.
    """
    last = None  # where the words before end, in this line
    for span in _stretches(line, owner, label, marks):
        words = text[span.start : span.end].strip()
        if span.kind != owner.kind:
            yield span
        elif words:
            start = span.start + text[span.start : span.end].index(words)
            if last is None:
                join = _join(text, owner.last, line) if owner.length else ""
            else:
                join = " " if any(map(str.isspace, text[last:start])) else ""
            text_start = owner.length + len(join)
            last = start + len(words)
            owner.pieces += [join, words]
            owner.length = text_start + len(words)
            yield span._replace(start=start, end=last, text_start=text_start)


def _stretches(line, owner, label, marks):
    """The line from left to right: its words, and what is not words."""
    special = [Span(start, end, "note mark", owner.key, points_to=note) for start, end, note in marks]
    special += [Span(*label, owner.key)] if label else []
    signs = [sign for sign in line.markup if not label or not label[0] <= sign[0] < label[1]]
    special += [Span(start, end, "markup", owner.key, reason=reason) for start, end, reason in signs]
    position = line.start
    for span in sorted(special, key=lambda span: (span.start, span.end)):
        if span.start < position:  # a note mark inside a link's address: the link has it
            continue
        if position < span.start:
            yield Span(position, span.start, owner.kind, owner.key)
        yield span
        position = span.end
    if position < line.end:
        yield Span(position, line.end, owner.kind, owner.key)


def _join(text, before, line):
    """What stands between two lines of one text."""
    start = content_start(line)
    broken = _BROKEN_WORD.fullmatch(text, before.end - 2, before.end) and text[start : start + 1].islower()
    if broken and not line.bullet:
        return ""
    return "\n" if line.bullet or (line.new_block and ended(text, before)) else " "


# Numbers


def _find_numbers(text, lines, body):
    """The decision of `numbering.follow` for each line that begins with a number."""
    candidates = {}
    after_heading, previous, usual = False, None, None
    for i, after in zip(body, [*body[1:], None], strict=False):
        line = lines[i]
        start = content_start(line)
        read = None if line.heading else numbering.parse(text[start : min(line.end, start + _NUMBER_LENGTH)])
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
            candidates[i] = numbering.Candidate(*read, after_heading, begins and not inside, announced)
            after_heading = False
        elif line.heading or (line.new_block and _like_a_heading(text, lines, i, previous)):
            after_heading = True
        previous = i
    decisions = dict(zip(candidates, numbering.follow(list(candidates.values())), strict=True))
    return _unless_a_list(text, lines, body, decisions)


def _unless_a_list(text, lines, body, decisions):
    """Drop the numbers where most sentences before or after the first stand outside them: then they are a list."""
    opens = [i for i, decision in decisions.items() if decision.opens]
    blocks = [i for i in body if lines[i].new_block and not (lines[i].bullet or lines[i].heading or i in decisions)]
    sentences = [i for i in blocks if _FULL_STOP.search(text, lines[i].start, lines[i].end)]
    sentences = [i for i in sentences if not _SUBPARAGRAPH.match(text, lines[i].start)]
    before = sum(i < opens[0] for i in sentences) if opens else 0
    other = max(before, len(sentences) - before)
    if not 0 < len(opens) <= _LIST or other < _ESSAY or other <= 2 * len(opens):
        return decisions
    detail = f"{len(opens)} numbered lines among {other} other blocks: read as a list, not as paragraph numbers"
    closed = {i: decision._replace(opens=False, problem=None) for i, decision in decisions.items()}
    closed[opens[0]] = closed[opens[0]]._replace(problem="passed over", detail=detail)
    return closed


# Headings


def _like_a_heading(text, lines, i, previous):
    """Could a line be a heading that the format doesn't mark?

    It is short, begins with a capital, is mostly letters, does not end like a sentence, and does not carry on one cut by
    a page break or announced by a colon.
    """
    line = lines[i]
    content = text[content_start(line) : min(line.end, line.start + 2 * _HEADING_LENGTH)].rstrip("*_")
    if line.bullet or len(content) > _HEADING_LENGTH or len(content.split()) > _HEADING_WORDS:
        return False
    letters = len(_LETTER.findall(content))
    if content[-1:] in ".,;:…" or _NO_HEADING.match(content) or 2 * letters < len("".join(content.split())):
        return False
    if previous is None or lines[previous].heading:
        return True
    runs_on = line.page_break and not ended(text, lines[previous])
    return not runs_on and text[lines[previous].end - 1] != ":"


def _find_headings(text, lines, body, opens, numbers, labels):
    """The lines that are headings, and those that are the title.

    A line is a heading where the format says so; where it looks like one and a numbered paragraph or another heading
    follows; or where it is in capitals or begins like *Annex I* or *II. The role*. Before the first numbered paragraph
    only the last such line is one: the others are title, date and place. In a document without numbers, it must be
    followed by a line that doesn't look like a heading. The only heading of the first level, or a heading alone before
    ¶1, is the title.
    """
    levels = [lines[i].heading for i in body]
    title = set(body[:1]) if levels[:1] == [1] and levels.count(1) == 1 else set()
    found = {i for i in body if lines[i].heading} - title
    like = set()
    for i, previous in zip(body, [None, *body], strict=False):
        begins = lines[i].new_block or (previous in like and previous == i - 1)  # or is the second line of a heading
        if begins and i not in numbers and not lines[i].heading and _like_a_heading(text, lines, i, previous):
            like.add(i)
    following = dict(zip(body, body[1:], strict=False))
    front = min(opens, default=None)
    for i in sorted(like, reverse=True):
        after = following.get(i)
        joined = after in found and not lines[after].new_block
        if not opens:
            is_heading = joined or (after is not None and after not in like and lines[after].new_block)
        elif i < front:
            is_heading = joined or after == front
        else:
            is_heading = after in opens or after in found or _stands_alone(text, lines[i])
        if is_heading or (i + 1 in labels and notes.is_heading(text, lines[i])):
            found.add(i)
    ends = {i for i in like if not lines[i].new_block and (i + 1 == len(lines) or lines[i + 1].new_block)}
    found |= {i for i in ends if i - 1 in found}  # the second and last line of a heading that stands alone
    title = title or found & like & set(body[:1])
    return found - title, title


def _stands_alone(text, line):
    """Is it a heading whatever follows: in capitals, or *Annex I*, *II. The role*?"""
    content = text[content_start(line) : line.end].strip("*_")
    capitals = content == content.upper() and len(_LETTER.findall(content)) >= _CAPITALS and content != content.lower()
    return line.new_block and (capitals or bool(_PART.match(content)))
