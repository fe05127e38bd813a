"""Note marks in a document, and the notes they point to."""

from bisect import bisect_right
from collections import defaultdict, deque

import regex

_RAISED = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_QUANTITY = regex.compile(r"(?:\d|\b(?:[kcmd]?m|ft|mi|yd))$", regex.I)  # 10⁶, km²
_LABEL = regex.compile(r"(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<plain>\d{1,3})(?=[^\S\n]+[^\s\d])")
_LISTED_LABEL = regex.compile(r"(?P<plain>\d{1,3})[.)]?(?=[^\S\n]+\S)")
_HEADING = regex.compile(r"\W*(?:foot|end)?notes\W*", regex.I)
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def find(text, lines):
    """The notes of a document, and the marks that point to them.

    Line → (name, key, end of its label) of the note that begins there; line → [(start, end, key of the note)]; problems
    as (line number, problem, detail).

    A mark is ``[^1]``, ``<sup>1</sup>`` or raised digits glued to a word (not *km²*, unless a note has no other mark). A
    note begins with ``[^1]:``, with raised digits, or with the plain number of a mark that stands before it and has no
    note yet. A note takes the first mark of its number since the last note of that number, so numbers may start again on
    each page; a mark that comes again points to the same note.
    """
    labels, of_name = {}, defaultdict(list)
    waiting = defaultdict(lambda: (deque(), deque()))  # name → marks before and since the last note of that name
    quantities = defaultdict(deque)  # raised digits that may be a number's or a unit's
    claimed = {}  # mark (line, start, end) → line of its note
    in_notes, above = False, None
    for i, line in enumerate(lines):
        if line.leftover:
            continue
        in_notes = is_heading(text, line) or (in_notes and not line.heading)
        above = None if line.new_block else above
        label = _label(text, line, in_notes, above, waiting)
        if label:
            above, end = label
            of_name[above].append(i)
            times = len(of_name[above])
            labels[i] = above, f"note {above}" if times == 1 else f"note {above} ({times})", end
            before, since = waiting[above]
            if since or before:
                claimed[(since or before).popleft()] = i
            before.extend(since)
            since.clear()
        for start, end, name, sure in _marks(text, line, label[1] if label else line.start):
            (waiting[name][1] if sure else quantities[name]).append((i, start, end))
    served = set(claimed.values())
    problems = []
    for i, (name, *_) in labels.items():
        left = waiting[name][0] or waiting[name][1] or quantities[name]
        if i not in served and left:  # a mark behind its note, or after a digit
            claimed[left.popleft()] = i
        elif i not in served:
            problems.append((lines[i].number, "note without mark", f"no mark for note {name} found in the text"))
    loose = [(mark, name) for name, (before, since) in waiting.items() for mark in [*before, *since]]
    for mark, name in loose:
        if name in of_name:  # the same mark again
            claimed[mark] = of_name[name][max(bisect_right(of_name[name], mark[0]) - 1, 0)]
        else:
            i, start, end = mark
            detail = f"{text[start:end]} points to no note: read as text"
            problems.append((lines[i].number, "mark without note", detail))
    marks = defaultdict(list)
    for (i, start, end), note in sorted(claimed.items()):
        marks[i].append((start, end, labels[note][1]))
    return labels, marks, sorted(problems, key=lambda problem: problem[1])


def is_heading(text, line):
    """Is a line the heading over a list of notes?"""
    return line.end - line.start < 40 and bool(_HEADING.fullmatch(text, line.start, line.end))


def _label(text, line, in_notes, above, waiting):
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
    return (name, found.end()) if (line.new_block or follows) and any(waiting[name]) else None


def _marks(text, line, position):
    """Note marks in a line: (start, end, name, whether it is one beyond doubt)."""
    found = [(*mark, True) for mark in line.note_marks]
    for match in _RAISED.finditer(text, position, line.end):
        before = text[max(line.start, match.start() - 4) : match.start()]
        if before.strip() and not before[-1].isspace():
            found.append((match.start(), match.end(), match[0].translate(_DIGITS), not _QUANTITY.search(before)))
    return sorted(found)
