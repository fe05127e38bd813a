"""Note marks in a document, and the notes they point to."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

import regex

_RAISED = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_QUANTITY = regex.compile(r"(?:\d|\b(?:[kcmd]?m|ft|mi|yd))$", regex.I)  # 10⁶, km²
_WEAK = regex.compile(
    r"(?<=\p{L}{2}[.,;:!?”\"’»)]{0,2})(?<!\b(?:No|Nos|para|paras|art|p|pp|vol)\.)\d{1,3}(?=[\s.,;:)]|$)", regex.I
)
_SQUARE = regex.compile(r"(?<=[^\s\[\]])\[(\d{1,3})\](?![(:])")
_LABEL = regex.compile(r"(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?:(?P<plain>\d{1,3})|\[(?P<square>\d{1,3})\]:?)(?=[^\S\n]+[^\s\d])")
_LISTED_LABEL = regex.compile(r"(?P<plain>\d{1,3})[.)]?(?=[^\S\n]+\S)")
_DOTTED = regex.compile(r"(\d{1,3})[.)](?=[^\S\n]+\S)")
_HEADING = regex.compile(r"\W*(?:foot|end)?notes\W*", regex.I)
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def find(text, lines):
    """The notes of a document, and the marks that point to them.

    Line → (name, key, end of its label) of the note that begins there; line → [(start, end, key of the note)]; problems
    as (line number, problem, detail).

    A mark is ``[^1]``, ``<sup>1</sup>``, ``[1]`` or raised digits glued to a word (not *km²*, unless a note has no other
    mark), or plain digits glued to a word or its full stop, where a note of this number comes. A note begins with
    ``[^1]:``, with raised digits, or with the plain number, or ``[1]``, of a mark that stands before it and has no note
    yet; with ``1.`` below the heading *Notes*, or where all such lines are numbers of marks before them. A note takes the first mark of its number since the last note of that number, so numbers may start again on
    each page; a mark that comes again points to the same note.
    """
    labels, of_name, problems = {}, defaultdict(list), []
    sure, weak = defaultdict(list), defaultdict(list)  # marks that wait for a note, and plain digits that end a word
    quantities = defaultdict(list)  # raised digits that may be a number's or a unit's
    claimed = {}  # mark (line, start, end) → line of its note
    in_notes, above = False, None
    dotted = _dotted(text, lines)
    for i, line in enumerate(lines):
        if line.leftover:
            continue
        in_notes = is_heading(text, line) or (in_notes and not line.heading)
        above = None if line.new_block else above
        begins = line.start
        if label := _label(text, line, in_notes or dotted, above, lambda name: bool(sure[name] or weak[name])):
            above, begins = label
            before = of_name[above]
            if waiting := sure[above] or weak[above]:
                since = bisect_left(waiting, (before[-1] if before else 0,))
                claimed[waiting.pop(since if since < len(waiting) else 0)] = i
            weak[above].clear()
            before.append(i)
            labels[i] = above, f"note {above}" if len(before) == 1 else f"note {above} ({len(before)})", begins
            if line.note and len(before) > 1:
                problems.append((line.number, "note again", f"the name {above} is given to {len(before)} notes"))
        for start, end, name, doubtless in _marks(text, line, begins):
            (sure if doubtless else quantities)[name].append((i, start, end))
        for match in _WEAK.finditer(text, begins, line.end):
            weak[match[0]].append((i, *match.span()))
    served = set(claimed.values())
    for i, (name, *_) in labels.items():
        left = sure[name] or quantities[name]
        if i not in served and left:  # a mark behind its note, or after a digit
            claimed[left.pop(0)] = i
        elif i not in served:
            problems.append((lines[i].number, "note without mark", f"no mark for note {name} found in the text"))
    for name, (i, start, end) in [(name, mark) for name, left in sure.items() for mark in left]:
        if name in of_name:  # the same mark again
            claimed[i, start, end] = of_name[name][max(bisect_right(of_name[name], i) - 1, 0)]
        else:
            detail = f"{text[start:end]} points to no note: read as text"
            problems.append((lines[i].number, "mark without note", detail))
    marks = defaultdict(list)
    for (i, start, end), note in sorted(claimed.items()):
        marks[i].append((start, end, labels[note][1]))
    return labels, marks, sorted(problems, key=lambda problem: problem[1])


def _dotted(text, lines):
    """Are all lines that begin ``1.`` notes: each the number of one mark before it, and none otherwise begins a note?"""
    labelled, marked, ended = [], {}, False
    for line in lines:
        if line.note or _RAISED.match(text, line.start, line.end):
            return False
        if found := _DOTTED.match(text, line.start, line.end):
            labelled.append(found[1])
            if found[1] not in marked:
                return False
        names = {name for _, _, name, sure in _marks(text, line, line.start) if sure}
        names |= {match[0] for match in _WEAK.finditer(text, line.start, line.end)}
        ended = ended or bool(
            names and text[line.end - 1] in ".:;" + "".join(_RAISED.findall(text, line.start, line.end))
        )
        marked |= dict.fromkeys(names, line)
    return ended and len(set(labelled)) == len(labelled) > 0


def is_heading(text, line):
    """Is a line the heading over a list of notes?"""
    return line.end - line.start < 40 and bool(_HEADING.fullmatch(text, line.start, line.end))


def _label(text, line, in_notes, above, waits):
    """The printed mark with which a note begins, and where it ends."""
    if line.note is not None:
        return line.note
    pattern = _LISTED_LABEL if in_notes else _LABEL
    found = pattern.match(text, line.start, line.end) or _LABEL.match(text, line.start, line.end)
    if not found:
        return None
    name = found[found.lastgroup].translate(_DIGITS)
    if found.lastgroup == "raised":
        return name, found.end()
    follows = above is not None and above.isdecimal() and int(name) == int(above) + 1
    return (name, found.end()) if (line.new_block or follows) and waits(name) else None


def _marks(text, line, position):
    """Note marks in a line: (start, end, name, whether it is one beyond doubt)."""
    found = [(*mark, True) for mark in line.note_marks]
    for match in _RAISED.finditer(text, position, line.end):
        before = text[max(line.start, match.start() - 4) : match.start()]
        if before.strip() and not before[-1].isspace():
            found.append((match.start(), match.end(), match[0].translate(_DIGITS), not _QUANTITY.search(before)))
    found += [(*match.span(), match[1], True) for match in _SQUARE.finditer(text, position, line.end)]
    return sorted(found)
