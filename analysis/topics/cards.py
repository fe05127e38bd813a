"""Topic cards: the terms, the most telling paragraphs and the evidence of each topic, under names that can't move."""

import re
from bisect import bisect_right
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables, tokens
from analysis.topics import checked_shares, comparison
from analysis.topics.labels import label, ranked
from analysis.values import check_whole

_KEYS = ["document", "paragraph"]
_EXCERPT = 90  # characters of an excerpt, at most
_PIECE = re.compile(rf"\S{{1,{_EXCERPT}}}")


class Cards(NamedTuple):
    """What `cards` gives: tables, as described there; `groups` is None without `by`."""

    cards: pd.DataFrame
    passages: pd.DataFrame
    highlights: pd.DataFrame
    groups: pd.DataFrame | None
    evidence: pd.DataFrame


def cards(topics, paragraphs, *, stability=None, labels=None, by=None, unit="document", n_terms=10, n_paragraphs=3):
    """What one needs to read a topic: its terms, its size, its most telling paragraphs, and every occurrence.

    Parameters
    ----------
    topics : Topics
        From `topics.fit`: its tables `terms` (`topic`, `term`, `rank`) and `shares` (`document`, `paragraph`,
        `topic`, `share`) are read.
    paragraphs : DataFrame
        Those the topics were found in, in the order of the text: `document`, `paragraph`, `text`, and the columns
        named in `by` and `unit`.
    stability : DataFrame, optional
        `topic`, `stability`, `null` (the same measure for shuffled words), `confident` (true or false): one row per topic.
    labels : dict, optional
        Names by first terms, as for `label`.
    by : str, optional
        Column of `paragraphs` to group shares by, as in `topics.by_group`.
    unit : str, default "document"
        What is left out to form the intervals of `groups`: a column of `paragraphs`.
    n_terms : int, default 10
        Terms of a topic shown and counted.
    n_paragraphs : int, default 3
        Telling paragraphs of a topic, at most.

    Returns
    -------
    Cards
        `cards`, one row per topic: `topic`, `label` (empty where none was given, or the topic is not confident),
        `terms` (joined by " · "), `share` (mean over placed paragraphs, 0 to 1), `n_paragraphs` (of which it is the
        largest topic), `n_placed` (paragraphs with shares), `few` (n_paragraphs < 5), `stability`, `null` (missing
        without the table), `confident` (false without it), `n` (occurrences of its terms).
        `passages`: `topic`, `rank` (1 = most telling), `document`, `paragraph`, `share` (0 to 1), `excerpt`, `start`,
        `end` (of the excerpt, characters in the paragraph's text).
        `highlights`, one row per term in an excerpt: `topic`, `rank`, `start`, `end` (characters in the excerpt).
        `groups`: from `topics.by_group`; None without `by`.
        `evidence`, one row per occurrence of a term: `topic`, `document`, `paragraph`, `start`, `end` (characters in
        the paragraph's text).

    Raises
    ------
    TypeError
        If `topics` has no tables `terms` and `shares`, `labels` is not a dict, or `stability` is not a table.
    ValueError
        As `label`, `tokens.tokenize` and `topics.by_group`; and if terms, shares and `stability` are not of the
        same topics, a word of a fit is nowhere in the paragraphs, a paragraph with shares is not in `paragraphs` or one with words has none, `confident` holds
        anything but true and false, `stability` or `null` anything but numbers, `by` or `unit` is not the name of a
        column or is ``"text"``, or `n_terms` or `n_paragraphs` is not a whole number from 1.

    Notes
    -----
    The largest topic of a paragraph is the one with the highest share; of several, the lowest number. Telling are
    paragraphs of which it is the largest: the highest share first, then the most different terms, then the order of
    the text. An excerpt is a stretch of at most 90 characters between spaces, with … where it is cut: the one with
    the most different terms, then the most occurrences, then with these nearest its middle, then the first.
    A topic not shown to be stable gets no name, since readers take a name for a finding.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Arms for war.", "Girls at school."]})
    >>> terms = pd.DataFrame({"topic": [1, 2], "term": ["war", "girls"], "rank": 1})
    >>> shares = pd.DataFrame({"document": "un", "paragraph": [*"1122"], "topic": [1, 2] * 2, "share": [1.0, 0.0, 0.0, 1.0]})
    >>> found = cards(SimpleNamespace(terms=terms, shares=shares), paragraphs)
    >>> found.cards[["topic", "terms", "share", "n_paragraphs", "n"]].values.tolist()
    [[1, 'war', 0.5, 1, 1], [2, 'girls', 0.5, 1, 1]]
    >>> found.passages[["excerpt", "start", "end"]].values.tolist()
    [['Arms for war.', 0, 13], ['Girls at school.', 0, 16]]
    """
    for name, value in [("n_terms", n_terms), ("n_paragraphs", n_paragraphs)]:
        check_whole(value, name)
    if not (hasattr(topics, "terms") and hasattr(topics, "shares")):
        raise TypeError(f"topics should be what topics.fit gives, found {type(topics).__name__}.")
    terms = ranked(topics.terms)
    texts, values, numbers = checked_shares.wide(topics.shares, [], unit="document")
    _check_topics("terms", terms["topic"].unique(), numbers)
    _check_columns(by, unit)
    carried = [name for name in dict.fromkeys([by, unit]) if by is not None and name not in _KEYS]
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text", *carried])
    paragraphs = paragraphs[[*_KEYS, "text", *carried]].reset_index(drop=True).astype(dict.fromkeys(_KEYS, "str"))
    words = tokens.tokenize(paragraphs[[*_KEYS, "text"]])
    shares = np.full((len(paragraphs), len(numbers)), np.nan)
    shares[_rows(texts, paragraphs, words)] = values
    _check_words(getattr(topics, "words", []), words)
    first = terms.groupby("topic").head(n_terms)
    hits = _occurrences(first, words, paragraphs)
    placed = ~np.isnan(shares[:, 0])
    largest = np.where(placed, np.where(placed[:, None], shares, 0).argmax(axis=1), -1)
    n = np.bincount(largest[placed], minlength=len(numbers))
    table = pd.DataFrame(
        {"topic": numbers, "label": label(terms, {} if labels is None else labels)["label"].fillna("")}
    )
    table["terms"] = first.groupby("topic")["term"].agg(" · ".join).to_numpy()
    table = table.assign(share=shares[placed].mean(axis=0), n_paragraphs=n, n_placed=placed.sum(), few=n < tables.FEW)
    table = table.assign(**_tested(stability, numbers))
    table["label"] = table["label"].where(table["confident"], "")
    table["n"] = np.bincount(np.searchsorted(numbers, hits["topic"]), minlength=len(numbers))
    groups = None
    if by is not None:
        own = paragraphs[[*_KEYS, *carried]]
        known = topics.shares[[*_KEYS, "topic", "share"]].astype(dict.fromkeys(_KEYS, "str"))
        groups = comparison.by_group(own.merge(known, on=_KEYS), by, unit=unit)
    passages, highlights = _telling(numbers, shares, largest, hits, paragraphs, n_paragraphs)
    return Cards(table, passages, highlights, groups, hits[["topic", *_KEYS, "start", "end"]])


def _check_words(fitted, words):
    """Every word that the topics were made of stands somewhere in the text."""
    known = set(words["token"])
    strange = [word for word in fitted if not known.issuperset(word.split())]
    if strange:
        raise ValueError(
            f"paragraphs: {strange[0]!r}, a word of the topics, is nowhere in their text; give the paragraphs the "
            "topics were found in."
        )


def _check_columns(by, unit):
    """Names of columns, where there are groups."""
    for role, name in [("by", by), ("unit", unit)]:
        if by is not None and (not isinstance(name, str) or name == "text"):
            raise ValueError(f"{role} should be the name of one column, but not of the text; found {name!r}.")


def _check_topics(name, found, numbers):
    """The same topics as the shares have."""
    strange = sorted(set(found) ^ set(numbers), key=str)
    if strange:
        raise ValueError(f"{name} and shares: topic {strange[0]} is in one of them only; give tables of one model.")


def _tested(stability, numbers):
    """`stability`, `null` and `confident` of each topic; without a table nothing was tested."""
    if stability is None:
        return {"stability": np.nan, "null": np.nan, "confident": False}
    columns = ["stability", "null", "confident"]
    if hasattr(stability, "overall"):
        raise TypeError("stability should be a table; of what topics.stability gives, pass `.topics`.")
    tables.check(stability, "stability", ["topic", *columns])
    tables.check_unique(stability, "stability", ["topic"])
    tables.check_flags(stability, "stability", ["confident"])
    for name in ("stability", "null"):
        if not pd.api.types.is_numeric_dtype(stability[name].dtype):
            raise ValueError(f"stability: {name} should hold numbers; the column is of type {stability[name].dtype}.")
    _check_topics("stability", stability["topic"], numbers)
    return stability.set_index("topic").loc[numbers, columns].astype({"confident": bool}).to_dict("list")


def _rows(texts, paragraphs, words):
    """Where each paragraph with shares stands among all; those with words have shares."""
    known, given, read = (
        pd.MultiIndex.from_frame(table[_KEYS].drop_duplicates().astype("str")) for table in (paragraphs, texts, words)
    )
    for found, all_found, problem in [(given, known, "has shares but is not there"), (read, given, "has no shares")]:
        strange = ~found.isin(all_found)
        if strange.any():
            first = found[int(strange.argmax())]
            raise ValueError(f"paragraphs: {first} {problem}; give just those the topics were found in.")
    return known.get_indexer(given)


def _occurrences(first, words, paragraphs):
    """Where each topic's first terms stand, topic by topic in the order of the text."""
    terms = sorted(set(first["term"]))
    found = tokens.locate(tokens.find(words, terms), paragraphs)
    found = found.assign(term=np.array(terms, object)[found["token"].cat.codes]).astype(dict.fromkeys(_KEYS, "str"))
    found["row"] = pd.MultiIndex.from_frame(paragraphs[_KEYS]).get_indexer(pd.MultiIndex.from_frame(found[_KEYS]))
    hits = first[["topic", "term"]].merge(found[["term", *_KEYS, "row", "start", "end"]].astype({"term": "str"}))
    return hits.sort_values(["topic", "row", "start", "end"], ignore_index=True)


def _telling(numbers, shares, largest, hits, paragraphs, n_paragraphs):
    """The tables of the most telling paragraphs and of the terms in their excerpts."""
    passages, highlights = [], []
    for item, topic in enumerate(numbers):
        by_row = hits[hits["topic"] == topic].groupby("row")[["start", "end", "term"]]
        spots = {row: own.to_numpy().tolist() for row, own in by_row}
        rows = np.flatnonzero(largest == item).tolist()
        rows.sort(key=lambda row: (-round(shares[row, item], 6), -len({term for *_, term in spots.get(row, [])}), row))
        for rank, row in enumerate(rows[:n_paragraphs], start=1):
            text, own = paragraphs["text"][row], spots.get(row, [])
            start, end = _stretch(text, own)
            before, after = "…" if text[:start].strip() else "", "…" if text[end:].strip() else ""
            excerpt = before + re.sub(r"\s", " ", text[start:end]) + after
            passages.append([topic, rank, *paragraphs.loc[row, _KEYS], shares[row, item], excerpt, start, end])
            shift = len(before) - start
            highlights += [[topic, rank, a + shift, b + shift] for a, b, _ in own if start <= a and b <= end]
    passages = pd.DataFrame(passages, columns=["topic", "rank", *_KEYS, "share", "excerpt", "start", "end"])
    return passages, pd.DataFrame(highlights, columns=["topic", "rank", "start", "end"]).astype("int64")


def _stretch(text, spots):
    """Start and end of the stretch to show, given the start, end and term of each occurrence."""
    starts, ends = zip(*[piece.span() for piece in _PIECE.finditer(text)], strict=True)
    best, reached = None, 0
    for start in starts:
        end = ends[bisect_right(ends, start + _EXCERPT) - 1]
        if end > reached:  # else it is part of an earlier one
            reached = end
            inside = [spot for spot in spots if start <= spot[0] and spot[1] <= end]
            off = abs((inside[0][0] - start) - (end - max(spot[1] for spot in inside))) if inside else 0
            quality = (len({term for *_, term in inside}), len(inside), -off, -start)
            best = max(best or (quality, 0, 0), (quality, start, end))
    return best[1:]
