"""Words, phrases or hits → each in its context (keyword in context, KWIC)."""

import numpy as np
import pandas as pd
import regex

from analysis import tables
from analysis.tokens import KEYS, as_phrase, hole, keys_of, listed, paragraph_of, places, tokenize


def kwic(paragraphs, what, *, tokens=None, window=7, sort=None):
    """Words, phrases or hits, each in its context: the table `kwic`, in the order of the paragraphs.

    `what` is a word or phrase, a list of them, or a table of hits (`patterns.find`). Words are looked for in any case
    and as whole words, without wildcards. `window` is how many words of context stand on each side; context never
    crosses a paragraph. `sort` orders by the words to the ``"left"`` (nearest first) or to the ``"right"``. `tokens`:
    all running words of these paragraphs (`tokens.tokenize`), if you have them; else the paragraphs are split again.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["14"],
    ...     "text": ["a shift from “conflict management” to “conflict resolution”."]})
    >>> found = kwic(paragraphs, "conflict", window=2, sort="right")
    >>> found[["left", "match", "right"]].values.tolist()
    [['shift from “', 'conflict', ' management” to'], ['management” to “', 'conflict', ' resolution”.']]
    """
    paragraphs = tables.check(paragraphs, "paragraphs")[[*KEYS, "text"]]
    tables.check_number(window, "window", 0)
    tables.check_choice(sort, "sort", (None, "left", "right"))
    is_hits = isinstance(what, pd.DataFrame)
    hits = tables.check(what, "hits") if is_hits else None
    if tokens is None:
        tokens = tokenize(paragraphs[keys_of(paragraphs).isin(keys_of(hits))] if is_hits else paragraphs)
    number = paragraph_of(tokens, ["start", "end", "form"])
    if told := hole(tokens, number):
        raise ValueError(f"{told}: give all running words of these paragraphs, or leave out tokens.")
    if not is_hits:
        hits = places(tokens, number, listed(what, "what")).rename(columns={"token": "label"})
    spots = hits[[*KEYS, "label", "start", "end"]].reset_index(drop=True)
    row = keys_of(paragraphs).get_indexer(keys_of(spots))
    texts = paragraphs["text"].to_numpy(object)
    texts = ["" if one < 0 else text for one, text in zip(row, texts[row], strict=True)]
    starts, ends = _context(tokens, number, spots, [len(text) for text in texts], window)
    cuts = zip(texts, starts, spots["start"], spots["end"], ends, strict=True)
    parts = [(text[first:start], text[start:end], text[end:last]) for text, first, start, end, last in cuts]
    found = spots.join(pd.DataFrame(parts, columns=["left", "match", "right"], dtype=object))
    words = (
        tables.as_text(hits.get("match", found["match"])) if is_hits else tokens["form"].iloc[hits.index].astype(object)
    )
    for place, ((_, match, _), had) in enumerate(zip(parts, words.tolist(), strict=True)):
        if not match.startswith(had):
            where = keys_of(spots)[place]
            raise ValueError(f"hits: {had!r} is not there in {where}; take the texts that were searched or split.")
    nearest = [_nearest(left, right, sort) for left, _, right in parts] if sort else 0
    order = found.assign(label=found["label"].astype("str"), row=row, nearest=nearest)
    order = order.sort_values(["nearest", "row", "start", "end", "label"], kind="stable").index
    return found.loc[order, list(tables.columns("kwic"))].reset_index(drop=True).astype(tables.empty("kwic").dtypes)


def lines(kwic, width=42):
    """A concordance as text, the matches under each other, each line after its paragraph (and document, of several).

    `width` is how many characters of context stand on each side at most; they are cut between words.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["9", "10"],
    ...     "text": ["We “keep the peace” now.", "Peace to keep"]})
    >>> print(lines(kwic(paragraphs, "peace"), width=10))
    ¶9        the [peace]” now.
    ¶10           [Peace] to keep
    """
    tables.check(kwic, "kwic")
    tables.check_number(width, "width", 0)
    names = "¶" + kwic["paragraph"].astype("str")
    if kwic["document"].nunique() > 1:
        names = kwic["document"].astype("str") + " " + names
    margin = max(map(len, names), default=0)
    rows = []
    for name, *parts in zip(names, kwic["left"], kwic["match"], kwic["right"], strict=True):
        left, match, right = (regex.sub(r"\s+", " ", part) for part in parts)
        left = left if len(left) <= width else left[len(left) - width :].partition(" ")[2]
        right = right if len(right) <= width else right[:width].rpartition(" ")[0]
        rows.append(f"{name:<{margin}} {left:>{width}}[{match}]{right}".rstrip())
    return "\n".join(rows)


def _nearest(left, right, sort):
    """The words to sort by, nearest first."""
    words = as_phrase({"left": left, "right": right, None: ""}[sort]).split(" ")
    return tuple(words[::-1] if sort == "left" else words)


def _context(tokens, number, spots, lengths, window):
    """Where the words before each match begin, and those after it end; where there are not so many, the whole text."""
    start, end = spots["start"].to_numpy(), spots["end"].to_numpy()
    if (wrong := ~((start < end) & (end <= lengths))).any():
        bad = spots.iloc[wrong.argmax()]
        where = f"paragraph {bad['paragraph']!r} of {bad['document']!r}"
        raise ValueError(f"hits: no characters {bad['start']} to {bad['end']} in {where}; take the texts searched.")
    if not window:
        return start, end
    bounds = np.searchsorted(number, np.arange(number.max(initial=-1) + 2, dtype=np.int32))  # where paragraphs begin
    own = keys_of(tokens.iloc[bounds[:-1]]).get_indexer(keys_of(spots))  # which paragraph of tokens; -1 without a word
    rows = np.flatnonzero(np.isin(np.arange(len(bounds)), own)[number])
    starts, ends = (tokens[side].to_numpy()[rows].astype(np.int64) for side in ("start", "end"))
    first, last = np.searchsorted(rows, [bounds[own], np.where(own < 0, -1, bounds[own + 1])])
    width = np.int64(max(lengths, default=0) + 1)
    before = np.searchsorted(number[rows] * width + starts, own * width + start) - window
    after = np.searchsorted(number[rows] * width + ends, own * width + end, side="right") + window - 1
    starts, ends = starts[np.clip(before, 0, None)], np.append(ends, 0)[np.clip(after, None, len(ends))]
    return np.where(before < first, 0, starts), np.where(after < last, ends, lengths)
