"""Which lines are headings, and which the title."""

import regex

from analysis import notes
from analysis.readers.plain import content_start, ended

_NO_START = regex.compile(r"[^\p{L}]|\p{Ll}")
_LETTER = regex.compile(r"\p{L}")
_PART = regex.compile(
    r"[IVX]{1,6}\.[^\S\n]+\p{Lu}"
    r"|(?i:annex|appendix|part|chapter|section|article)(?:es)?(?:[^\S\n]+(?:[IVXLC]+|\d+|\p{Lu})\b|$)"
)
_WORDS, _LENGTH = 20, 150
_CAPITALS = 8  # so many letters, all capitals, are a heading whatever follows


def alike(text, lines, i, previous):
    """Say whether a line could be a heading that the format doesn't mark.

    Parameters
    ----------
    text : str
        The document.
    lines : list of readers.plain.Line
        Its lines.
    i : int
        The line in question.
    previous : int or None
        The line before it that is neither left over nor a note.

    Returns
    -------
    bool
        True for a short line that begins with a capital, is mostly letters,
        does not end like a sentence, and does not carry on one cut by a page
        break or announced by a colon.

    Examples
    --------
    >>> from analysis.readers import plain
    >>> text = "Background\\n\\nIt ends here.\\n\\nA/71/818 3/47"
    >>> [alike(text, plain.lines(text), i, None) for i in range(3)]
    [True, False, False]
    """
    line = lines[i]
    content = text[content_start(line) : min(line.end, line.start + 2 * _LENGTH)].rstrip("*_")
    if line.bullet or len(content) > _LENGTH or len(content.split()) > _WORDS:
        return False
    if content[-1:] in ".,;:…" or _NO_START.match(content):
        return False
    if 2 * len(_LETTER.findall(content)) < len("".join(content.split())):
        return False
    if previous is None or lines[previous].heading:
        return True
    runs_on = line.page_break and not ended(text, lines[previous])
    return not runs_on and text[lines[previous].end - 1] != ":"


def find(text, lines, body, opens, numbers, labels):
    """Find the headings and the title of a document.

    Parameters
    ----------
    text : str
        The document.
    lines : list of readers.plain.Line
        Its lines.
    body : list of int
        The lines that are neither left over nor begin a note.
    opens : set of int
        The lines that open a numbered paragraph.
    numbers : set of int
        The lines that begin with a number, opening a paragraph or not.
    labels : set of int
        The lines that begin a note.

    Returns
    -------
    headings, title : set of int

    Notes
    -----
    A line is a heading where the format says so; where it looks like one
    (`alike`) and a numbered paragraph or another heading follows; or where it is
    in capitals or begins like *Annex I* or *II. The role*. Before the first
    numbered paragraph only the last such line is one: the others are title,
    date and place. In a document without numbers, it must be followed by a line
    that doesn't look like a heading. The only heading of the first level, or a
    heading alone before ¶1, is the title.

    Examples
    --------
    >>> from analysis.readers import plain
    >>> text = "Report\\n\\nCairo\\n\\nScope\\n\\n1. One.\\n\\nAims\\n\\n2. Two."
    >>> find(text, plain.lines(text), [0, 1, 2, 3, 4, 5], {3, 5}, {3, 5}, set())
    ({2, 4}, set())
    """
    marked = [i for i in body if lines[i].heading]
    only = sum(lines[i].heading == 1 for i in marked) == 1
    title = {i for i in body[:1] if lines[i].heading == 1 and only}
    found = set(marked) - title
    like = set()
    for i, previous in zip(body, [None, *body][: len(body)], strict=True):
        second = previous in like and previous == i - 1  # the second line of a heading
        if i not in numbers and not lines[i].heading and (lines[i].new_block or second):
            like |= {i} if alike(text, lines, i, previous) else set()
    front = min(opens, default=None)
    for i, after in reversed(list(zip(body, [*body[1:], None], strict=False))):
        if i not in like:
            continue
        joined = after in found and not lines[after].new_block
        if i + 1 in labels and notes.is_heading(text, lines[i]):
            is_heading = True
        elif not opens:
            is_heading = joined or (after is not None and after not in like and lines[after].new_block)
        elif i < front:
            is_heading = joined or after == front
        else:
            is_heading = after in opens or after in found or _stands_alone(text, lines[i])
        found |= {i} if is_heading else set()
    for i in like:  # the second and last line of a heading that stands alone
        if i - 1 in found and not lines[i].new_block and (i + 1 == len(lines) or lines[i + 1].new_block):
            found.add(i)
    if body and not title and body[0] in found & like:
        found.remove(body[0])
        title.add(body[0])
    return found, title


def _stands_alone(text, line):
    """Is it a heading whatever follows: in capitals, or *Annex I*, *II. The role*?"""
    content = text[content_start(line) : line.end].strip("*_")
    capitals = content == content.upper() and len(_LETTER.findall(content)) >= _CAPITALS and content != content.lower()
    return line.new_block and (capitals or bool(_PART.match(content)))
