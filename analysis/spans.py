"""A document's lines and their roles → spans, and the texts put together from them."""

from collections import defaultdict

import regex

from analysis.readers.plain import content_start, ended

_SPACE = regex.compile(r"\s")
_BROKEN_WORD = regex.compile(r"\p{L}-")


def cut(text, lines, found):
    """Cut a document into spans, and join them into texts.

    Parameters
    ----------
    text : str
        The document.
    lines : list of readers.plain.Line
        Its lines.
    found : structure.Structure
        Their roles.

    Returns
    -------
    spans : list of tuple
        ``(start, end, kind, paragraph, note, text_start, reason)``, in order;
        paragraph and note are places in `found`.
    texts : dict
        ``texts[kind][place]``: the text of each paragraph, note and heading.

    Notes
    -----
    Stretches of one line are joined as they stand; lines by a space where the
    sentence runs on, by a line break where it doesn't, by nothing after a
    hyphen that breaks a word.

    Examples
    --------
    >>> from analysis import structure
    >>> from analysis.readers import markdown
    >>> text = "1. UN decision-\\n\\n\\n\\nmaking: **as** such"
    >>> lines = markdown.lines(text)
    >>> spans, texts = cut(text, lines, structure.parse(text, lines))
    >>> texts["paragraph"][0]
    'UN decision-making: as such'
    >>> [(kind, text[start:end]) for start, end, kind, *_ in spans]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('number', '1.'), ('paragraph', 'UN decision-'), ('paragraph', 'making:'),
     ('markup', '**'), ('paragraph', 'as'), ('markup', '**'), ('paragraph', 'such')]
    """
    spans = []
    pieces = {kind: defaultdict(list) for kind in ("paragraph", "note", "heading")}
    lengths = defaultdict(int)  # of the texts so far
    for i, (line, role) in enumerate(zip(lines, found.roles, strict=True)):
        if role.kind == "leftover":
            spans.append((line.start, line.end, "leftover", None, None, None, line.leftover))
            continue
        paragraph = role.owner if role.kind == "paragraph" else None
        last = None  # where the words before end, in this line
        for start, end, kind, note, reason in _stretches(line, role, found.note_marks.get(i, [])):
            if kind != role.kind:
                spans.append((start, end, kind, paragraph, note, None, reason))
                continue
            words = text[start:end].strip()
            if not words:
                continue
            start += len(text[start:end]) - len(text[start:end].lstrip())
            text_start = None
            if kind in pieces:
                if not lengths[kind, role.owner]:
                    join = ""
                elif last is not None:
                    join = " " if _SPACE.search(text, last, start) else ""
                else:
                    join = _join(text, lines[role.joins], line)
                text_start = lengths[kind, role.owner] + len(join)
                lengths[kind, role.owner] = text_start + len(words)
                pieces[kind][role.owner] += [join, words]
            last = start + len(words)
            spans.append((start, last, kind, paragraph, note, text_start, None))
    return spans, {kind: {owner: "".join(of) for owner, of in owners.items()} for kind, owners in pieces.items()}


def _stretches(line, role, note_marks):
    """The line from left to right: (start, end, kind, note, reason)."""
    special = [(start, end, "note mark", note, None) for start, end, note in note_marks]
    start = line.start
    if role.label_end is not None:
        start = content_start(line) if role.kind == "paragraph" else line.start
        kind = "number" if role.kind == "paragraph" else "note mark"
        special.append((start, role.label_end, kind, role.owner if kind == "note mark" else None, None))
    special += [
        (first, end, "markup", None, reason)
        for first, end, reason in line.markup
        if role.label_end is None or not start <= first < role.label_end
    ]
    position = line.start
    note = role.owner if role.kind == "note" else None
    for stretch in sorted(special, key=lambda stretch: stretch[:2]):
        if stretch[0] < position:  # a note mark inside a link's address: the link has it
            continue
        if position < stretch[0]:
            yield position, stretch[0], role.kind, note, None
        yield stretch
        position = stretch[1]
    if position < line.end:
        yield position, line.end, role.kind, note, None


def _join(text, before, line):
    """What stands between two lines of one text."""
    start = content_start(line)
    if line.bullet:
        return "\n"
    if _BROKEN_WORD.fullmatch(text, before.end - 2, before.end) and text[start : start + 1].islower():
        return ""
    return "\n" if line.new_block and ended(text, before) else " "
