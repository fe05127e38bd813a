"""Note marks in a document, and the notes they point to."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

import regex

from analysis.readers.plain import NOTES, RAISED

_RAISED = regex.compile(rf"[{RAISED}]+")
_QUANTITY = regex.compile(r"(?:\d|\b(?:[kcmd]?m|ft|mi|yd))$", regex.I)  # 10⁶, km²
_WEAK = regex.compile(  # a star too, but not one that ends emphasis
    r"(?:(?<=\p{L}{2}[.,;:!?”\"’»)]{0,2}|\b\d{4}[.,;:)]{1,2})(?<!\b(?:No|Nos|para|paras|art|p|pp|vol)\.)\d{1,3}"
    r"|(?:\*{1,3}|[†‡])(?<=[\p{L}.,;:!?”\"’»)][*†‡]{1,3})(?<!(?:^|[\s(])\*{1,3}[^\s*][^*\n]*\*{1,3}))(?=[\s.,;:)]|$)",
    regex.I | regex.M,
)
_SQUARE = regex.compile(r"(?<=[^\s\[\]–-])\[(\d{1,3}|[ivxl]{1,5}(?=\]\P{L}|\]$))\](?![(:])")
_LABEL = regex.compile(  # listed: only in a list of notes
    rf"(?P<raised>[{RAISED}]+)"
    r"|(?:\[(?P<square>\d{1,3}|[ivxl]{1,5})\]:?|(?P<plain>\d{1,3}|\*{1,3}|[†‡]))(?=[^\S\n]+[^\s\d])"
    r"|(?P<listed>\d{1,3})(?:[.)]?(?=[^\S\n]+\S)|[.)](?=\p{Lu}))"
)
_SKIPPED = 3  # so far the numbers of a list of notes may jump
_DIGITS = str.maketrans(RAISED, "0123456789")


def find(text, lines):
    """The notes of a document, and the marks that point to them.

    Line → (name, key, end of label) of the note beginning there; line → [(start, end, key of note)]; problems as told.

    A mark is ``[^1]``, ``<sup>1</sup>``, ``[1]`` or raised digits glued to a word (not *km²*, if there are others),
    or plain digits glued to a word or its full stop, where a note of this number comes. A note begins with ``[^1]:``,
    raised digits, or the plain number, or ``[1]``, of a mark before it that has no note yet; with any number next in a
    list below *Notes* or *References*. It takes the first mark since the last such note; repeats point to it.
    """
    labels, of_name, problems = {}, defaultdict(list), []
    waiting = {kind: defaultdict(list) for kind in ("sure", "weak", "quantity")}  # marks that wait for a note
    sure, weak = waiting["sure"], waiting["weak"]
    claimed = {}  # mark (line, start, end) → line of its note
    in_notes, above = False, None
    dotted = _dotted(text, lines)
    for i, line in enumerate(lines):
        if line.leftover:
            continue
        heads = is_heading(text, line)
        in_notes = heads or (in_notes and not line.heading)
        above = "0" if heads else above if in_notes or not line.new_block else None
        begins = line.start
        if label := _label(text, line, in_notes or dotted, above, lambda name: bool(sure[name] or weak[name])):
            above, begins = label
            before = of_name[above]
            if left := sure[above] or weak[above]:
                since = bisect_left(left, (before[-1] if before else 0,))
                claimed[left.pop(since if since < len(left) else 0)] = i
            again = dict.fromkeys(weak.pop(above, []), i)
            claimed |= {} if above.isdecimal() else again  # stars that come again have one note
            before.append(i)
            labels[i] = above, f"note {above}" if len(before) == 1 else f"note {above} ({len(before)})", begins
            if line.note and len(before) > 1:
                problems.append((line.number, "note again", f"the name {above} is given to {len(before)} notes"))
        for start, end, name, kind in _marks(text, line, begins):
            waiting[kind][name].append((i, start, end))
    served = set(claimed.values())
    for i, (name, *_) in labels.items():
        left = sure[name] or waiting["quantity"][name]
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
    return labels, marks, problems


def _dotted(text, lines):
    """Are all lines that begin ``1.`` notes: each the number of one mark before it, and no other begins a note?"""
    labelled, marked, ended = [], set(), False
    for line in lines:
        found = _LABEL.match(text, line.start, line.end)
        if line.note or (found and found["raised"]):
            return False
        if found and found["listed"] and text[found.end() - 1] in ".)":
            labelled.append(found["listed"])
            if labelled[-1] not in marked:
                return False
        names = {name for _, _, name, kind in _marks(text, line, line.start) if kind != "quantity"}
        ended = ended or bool(names and text[line.end - 1] in ".:;" + RAISED)
        marked |= names
    return ended and len(set(labelled)) == len(labelled) > 0


def is_heading(text, line):
    """Is a line the heading over a list of notes?"""
    return line.end - line.start < 40 and bool(NOTES.fullmatch(text, line.start, line.end))


def _label(text, line, listed, above, waits):
    """The printed mark with which a note begins, and where it ends."""
    if line.note is not None:
        return line.note
    found = _LABEL.match(text, line.start, line.end)
    if not found or (found["listed"] and not listed):
        return None
    name = found[found.lastgroup].translate(_DIGITS)
    step = int(name) - int(above) if above is not None and above.isdecimal() and name.isdecimal() else None
    begins = (line.new_block or step == 1) and waits(name)
    if listed and step is not None:  # in a list, also without a mark; not the pages or years that begin a line
        begins = 0 < step <= _SKIPPED or (begins and name == "1")
    return (name, found.end()) if found["raised"] or begins else None


def _marks(text, line, position):
    """Note marks in a line: (start, end, name, and whether it is sure, weak, or may be a number's or a unit's)."""
    found = [(*mark, "sure") for mark in line.note_marks]
    for match in _RAISED.finditer(text, position, line.end):
        before = text[max(line.start, match.start() - 4) : match.start()]
        if before.strip() and not before[-1].isspace():
            kind = "quantity" if _QUANTITY.search(before) else "sure"
            found.append((*match.span(), match[0].translate(_DIGITS), kind))
    found += [(*match.span(), match[1], "sure") for match in _SQUARE.finditer(text, position, line.end)]
    found += [(*match.span(), match[0], "weak") for match in _WEAK.finditer(text, position, line.end)]
    return sorted(found)
