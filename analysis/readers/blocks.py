"""Blocks of a document that its format tells apart → a `plain.Source`: a line each, with what the format knows."""

from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote

import regex

from analysis.readers import plain

_BLANKS = r"\t-\r\x85\u1680\u2000-\u200a\u2028\u2029\u205f\u3000"  # white space, line ends too, but no-break spaces
_SPACES = regex.compile(rf"[ {_BLANKS}]{{2,}}|[{_BLANKS}]")

_SYMBOL = regex.compile(r"https?://(?:www\.)?(?:undocs|docs\.un)\.org/(?:\w\w/)?(\p{Lu}{1,5}/.+)")
_YEAR = regex.compile(r"(?<=\d)(?=\(\d{4}\)$)")  # S/RES/1366 (2001)

PARTED = regex.compile(r"\d{1,4}(?:\.\d{1,4})+\.?\s+[\p{L}\p{Pi}\"'(]")
_ROWS = 5  # so many rows of a table that begin with such numbers are paragraphs
_SHORT = 30  # letters; what has more, and ends as one, is a sentence: a table that is half of them is read as text


class Block(NamedTuple):
    """A paragraph, heading, item, cell or note of a document."""

    pieces: list  # (words, kind, name) in order: of a note's mark or a link, with its name or address; None for words
    label: str = ""  # the number printed before it
    note: str | None = None  # the name of the note that it is
    facts: dict = {}  # noqa: RUF012  what a `plain.Line` says of it: heading, opens, part, leftover


def source(blocks, metadata, name):
    """The text of blocks, one line each with a blank line between, and what the format told of them.

    >>> made = source([Block([("Decides", None, None), ("1", "note", "1"), ("  to act.", None, None)], "1")], {}, "a")
    >>> made.text, made.lines[0].note_marks
    ('1\\tDecides1 to act.', ((9, 10, '1'),))
    """
    texts, kept, references, position = [], [], [], 0
    for block in blocks:
        label = _SPACES.sub(" ", block.label).strip()
        content = label and label + ("\t" if label[-1].isalnum() else " ")
        marks, links = [], []
        for words, kind, target in block.pieces:
            if "  " in words or not words.isprintable():  # most need nothing
                words = _SPACES.sub(" ", words)  # a line end within a block is a space
            words = words.lstrip(" ") if not content or content[-1] in " \t" else words
            place = position + len(content), position + len(content) + len(words.rstrip(" "))
            content += words
            if kind == "note" and words.strip():
                marks.append((*place, target))
            elif kind == "link" and words.strip():
                symbol = _SYMBOL.match(target)
                symbol = symbol and _YEAR.sub(" ", unquote(symbol[1]))
                links.append({"start": place[0], "end": place[1], "symbol": symbol, "address": target})
        content = content.rstrip()
        if not content.strip():
            continue
        note = block.note and (block.note, position + len(block.note))
        kept.append(block.facts | {"note_marks": tuple(marks), "note": note})
        references += links
        texts.append(content)
        position += len(content) + 2
    if not texts:
        raise ValueError(f"{name} is empty: there is nothing to read.")
    text = "\n\n".join(texts)
    lines = [line._replace(**facts) for line, facts in zip(plain.lines(text), kept, strict=True)]
    return plain.Source(text, lines, (), metadata, tuple(references))


def kind_of_table(cells, n_rows):
    """What a table is by the blocks of each cell: "list", a numbered paragraph in each row; "text"; or "figures"."""
    if sum(bool(cell and PARTED.match(cell[0])) for cell in cells) >= max(_ROWS, n_rows / 2):
        return "list"
    said = list(chain(*cells))
    sentences = [one for one in said if sum(map(str.isalpha, one)) > _SHORT and one[-1] in plain.STOPS]
    return "text" if sum(map(len, sentences)) > sum(map(len, said)) / 2 else "figures"
