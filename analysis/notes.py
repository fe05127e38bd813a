"""Note marks in a document, and the notes they point to."""

from collections import defaultdict

import regex

_RAISED = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_UNIT = regex.compile(r"(?:\d|\b(?:[kcmd]?m|ft|mi|yd))$", regex.I)
_NOTE_LABEL = regex.compile(r"(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<plain>\d{1,3})(?=[^\S\n]+[^\s\d])")
_NOTES_LABEL = regex.compile(r"(?P<plain>\d{1,3})[.)]?(?=[^\S\n]+\S)")
_NOTES_HEADING = regex.compile(r"\W*(?:foot|end)?notes\W*", regex.I)
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def find(text, lines):
    """Find the notes of a document and the marks that point to them.

    Parameters
    ----------
    text : str
        The document.
    lines : list of readers.plain.Line
        Its lines.

    Returns
    -------
    labels : dict
        Line that begins a note → (printed mark, where it ends in the text).
    marks : dict
        Line → list of (start, end, line of the note it points to).
    problems : list of tuple
        (line number, None, problem, detail) for notes and marks that do not
        find each other.

    Notes
    -----
    A mark is ``[^1]`` or raised digits glued to a word (not *km²*). A note
    begins with ``[^1]:``, with raised digits, or with the plain number of a mark
    that stands before it and has no note yet. Each note takes the first mark of
    its number not taken by another, so numbers may start again on each page.

    Examples
    --------
    >>> from analysis.readers import plain
    >>> text = "1. One¹ of\\n\\n1 The note."
    >>> find(text, plain.lines(text))
    ({1: ('1', 13)}, {0: [(6, 7, 1)]}, [])
    """
    labels = {}  # line → (printed mark, end of the label)
    waiting = defaultdict(list)  # marks not yet claimed: name → [(line, start, end)]
    claimed = {}  # (line, start, end) of a mark → line of its note
    in_notes = False
    for i, line in enumerate(lines):
        if line.leftover:
            continue
        in_notes = (in_notes and not line.heading) or bool(_NOTES_HEADING.fullmatch(text, line.start, line.end))
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
    return labels, dict(marks), problems


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
