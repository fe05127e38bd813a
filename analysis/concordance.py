"""Words, phrases or hits → each in its context (KWIC)."""

import pandas as pd
import regex

from analysis import tables, values
from analysis.tokens import PATTERN, find, locate, tokenize

_WORD = regex.compile(PATTERN)
_SPACE = regex.compile(r"\s+")
_KEYS = ["document", "paragraph"]


def kwic(paragraphs, what, *, window=7, sort=None):
    """Show words, phrases or hits in their context.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    what : str, list of str, or DataFrame
        A word or phrase, several, or a table of hits: `document`, `paragraph`,
        `label`, `start`, `end` (characters of the paragraph's text).
    window : int, default 7
        Words of context on each side. Context never crosses a paragraph.
    sort : {"left", "right"}, optional
        Order by the words to the left (nearest first) or to the right. Without
        it, in the order of the paragraphs.

    Returns
    -------
    DataFrame
        One row per occurrence: `document`, `paragraph`, `label`, `left`,
        `match`, `right`, `start`, `end`.

    Raises
    ------
    ValueError
        If columns or values are missing, `window` is not a whole number from 0,
        `sort` is unknown, a hit is there twice, its `start` or `end` is not a
        whole number, or it lies outside its paragraph; for words, as `tokens.find`.

    Notes
    -----
    Words are looked for in any case and as whole words, without wildcards: for
    patterns pass the hits of `patterns.find`.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["14"],
    ...     "text": ["a shift from “conflict management” to “conflict resolution”."]})
    >>> found = kwic(paragraphs, "conflict", window=2, sort="right")
    >>> found[["left", "match", "right"]].values.tolist()
    [['shift from “', 'conflict', ' management” to'], ['management” to “', 'conflict', ' resolution”.']]
    """
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_present(paragraphs, "paragraphs", [*_KEYS, "text"])
    paragraphs = paragraphs[[*_KEYS, "text"]].astype(dict.fromkeys(_KEYS, "str"))
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    window = values.check_whole(window, "window", 0)
    if sort not in (None, "left", "right"):
        raise ValueError(f"sort should be 'left', 'right' or None, found {sort!r}.")
    if isinstance(what, pd.DataFrame):
        tables.check(what, "hits", [*_KEYS, "label", "start", "end"])
        tables.check_present(what, "hits", [*_KEYS, "label", "start", "end"])
        ends = {name: values.whole_numbers(what, "hits", name) for name in ("start", "end")}
        hits = what.astype(dict.fromkeys([*_KEYS, "label"], "str")).assign(**ends)
        tables.check_unique(hits, "hits", [*_KEYS, "label", "start", "end"])
    else:
        hits = locate(find(tokenize(paragraphs), what), paragraphs).rename(columns={"token": "label"})
    keys = list(zip(paragraphs["document"], paragraphs["paragraph"], strict=True))
    order = {key: place for place, key in enumerate(keys)}
    text_of = dict(zip(keys, paragraphs["text"], strict=True))
    rows = []
    for document, paragraph, label, start, end in zip(
        *(hits[name] for name in [*_KEYS, "label", "start", "end"]), strict=True
    ):
        text = text_of.get((document, paragraph))
        if text is None or not 0 <= start < end <= len(text):
            raise ValueError(f"hits: no characters {start} to {end} in paragraph {(document, paragraph)}.")
        left, right = _context(text, start, end, window)
        rows.append((document, paragraph, label, left, text[start:end], right, start, end))
    keyed = sorted(rows, key=lambda row: (_sort_key(row, sort), order[row[:2]], row[6], row[7], row[2]))
    return pd.DataFrame(keyed, columns=list(tables.COLUMNS["kwic"])).astype(
        {name: "str" for name in ("document", "paragraph", "label", "left", "match", "right")}
    )


def lines(found, width=42):
    """A concordance as text, with the matches under each other.

    Parameters
    ----------
    found : DataFrame
        From `kwic`: `document`, `paragraph`, `left`, `match`, `right`.
    width : int, default 42
        Characters of context on each side, at most; cut between words.

    Returns
    -------
    str
        One line per row, begun by its paragraph number (and its document, where
        there are several).

    Raises
    ------
    ValueError
        If columns or values are missing, `left`, `match` or `right` is no text,
        or `width` is not a whole number from 0.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["9", "10"],
    ...     "text": ["We “keep the peace” now.", "Peace to keep"]})
    >>> print(lines(kwic(paragraphs, "peace"), width=10))
    ¶9        the [peace]” now.
    ¶10           [Peace] to keep
    """
    tables.check(found, "kwic", [*_KEYS, "left", "match", "right"])
    tables.check_present(found, "kwic", [*_KEYS, "left", "match", "right"])
    values.check_text(found, "kwic", ["left", "match", "right"])
    width = values.check_whole(width, "width", 0)
    several = found["document"].nunique() > 1
    names = [
        (f"{document} " if several else "") + f"¶{paragraph}"
        for document, paragraph in zip(found["document"], found["paragraph"], strict=True)
    ]
    margin = max(map(len, names), default=0)
    rows = []
    for name, left, match, right in zip(names, found["left"], found["match"], found["right"], strict=True):
        left, match, right = (_SPACE.sub(" ", part) for part in (left, match, right))
        if len(left) > width:  # cut between words
            left = left[-width:].partition(" ")[2]
        if len(right) > width:
            right = right[:width].rpartition(" ")[0]
        rows.append(f"{name:<{margin}} {left:>{width}}[{match}]{right}".rstrip())
    return "\n".join(rows)


def _sort_key(row, sort):
    if sort is None:
        return []
    words = [word.lower() for word in _WORD.findall(row[3] if sort == "left" else row[5])]
    return words[::-1] if sort == "left" else words


def _context(text, start, end, window):
    """The words on either side of a match, with what stands between."""
    before = [match.start() for match in _WORD.finditer(text, 0, start)]
    after = [match.end() for match in _WORD.finditer(text, end)]
    first = start if window == 0 else (before[-window] if len(before) >= window else 0)
    last = end if window == 0 else (after[window - 1] if len(after) >= window else len(text))
    return text[first:start], text[end:last]
