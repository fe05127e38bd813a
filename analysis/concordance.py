"""Words, phrases or hits → each in its context (keyword in context, KWIC)."""

import pandas as pd
import regex

from analysis import tables
from analysis.tokens import KEYS, as_phrase, find, listed, spans, tokenize


def kwic(paragraphs, what, *, window=7, sort=None):
    """Words, phrases or hits, each in its context: the table `kwic`, in the order of the paragraphs.

    `what` is a word or phrase, a list of them, or a table of hits (`patterns.find`). Words are looked for in any case
    and as whole words, without wildcards. `window` is how many words of context stand on each side; context never
    crosses a paragraph. `sort` orders by the words to the ``"left"`` (nearest first) or to the ``"right"``.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["14"],
    ...     "text": ["a shift from “conflict management” to “conflict resolution”."]})
    >>> found = kwic(paragraphs, "conflict", window=2, sort="right")
    >>> found[["left", "match", "right"]].values.tolist()
    [['shift from “', 'conflict', ' management” to'], ['management” to “', 'conflict', ' resolution”.']]
    """
    paragraphs = tables.check(paragraphs, "paragraphs")[[*KEYS, "text"]]
    tables.check_number(window, "window", 0)
    tables.check_choice(sort, "sort", (None, "left", "right"))
    if isinstance(what, pd.DataFrame):
        hits = tables.check(what, "hits")
    else:
        hits = find(tokenize(paragraphs), listed(what, "what")).rename(columns={"token": "label"})
    text_of = {(document, paragraph): text for document, paragraph, text in paragraphs.itertuples(index=False)}
    order = {key: place for place, key in enumerate(text_of)}
    rows = []
    for document, paragraph, label, start, end in hits[[*KEYS, "label", "start", "end"]].itertuples(index=False):
        text = text_of.get((document, paragraph), "")
        if not start < end <= len(text):
            raise ValueError(f"hits: no characters {start} to {end} in paragraph {paragraph!r} of {document!r}.")
        rows.append((document, paragraph, label, *_context(text, start, end, window), start, end))
    rows.sort(key=lambda row: (_nearest(row[3], row[5], sort), order[row[:2]], row[6], row[7], row[2]))
    return pd.DataFrame(rows, columns=list(tables.columns("kwic"))).astype(tables.empty("kwic").dtypes)


def lines(kwic, width=42):
    """A concordance as text, the matches under each other, each line begun by its paragraph (and document, of several).

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
    return words[::-1] if sort == "left" else words


def _context(text, start, end, window):
    """The words before a match, the match, and the words after it, with what stands between."""
    words = spans(text)
    starts = [*(begin for begin, _ in words if begin < start), start]
    ends = [end, *(stop for _, stop in words if stop > end)]
    first = starts[-1 - window] if window < len(starts) else 0
    last = ends[window] if window < len(ends) else len(text)
    return text[first:start], text[start:end], text[end:last]
