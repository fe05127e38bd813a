"""Patterns + running words → every match, found on whole words, never on raw text."""

import bisect
import fnmatch
import re

import numpy as np
import pandas as pd

from analysis import tables
from analysis.pattern_syntax import plain


def match(tokens, patterns):
    """Find every match of every pattern among running words.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `form`, as `tokens.tokenize` gives them.
    patterns : list of pattern_syntax.Pattern
        From `pattern_syntax.take_apart`.

    Returns
    -------
    DataFrame
        One row per match: `entry` (the place of the pattern in the list),
        `first` and `last` (rows of `tokens`, counted from 0). Pattern by
        pattern, in the order of the text.

    Raises
    ------
    ValueError
        If columns are missing.

    Notes
    -----
    A match stays within a paragraph and holds no other match of its pattern
    (minimal intervals: Clarke, Cormack & Burkowski 1995). Each word of a pattern
    is looked up once in the vocabulary; a pattern then costs as much as its
    words have occurrences, whatever stands between them.

    Examples
    --------
    >>> from analysis import pattern_syntax, tokens
    >>> words = tokens.tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"],
    ...     "text": ["Manage, and manage and resolve, conflict"]}))
    >>> match(words, [pattern_syntax.take_apart("manage ~3 conflict*")]).values.tolist()
    [[0, 2, 5]]
    """
    tables.check(tokens, "tokens", ["document", "paragraph", "form"])
    rows_of = _rows(tokens, sorted({plain(word) for pattern in patterns for word in pattern.words}))
    paragraph = tokens.groupby(["document", "paragraph"], sort=False, observed=True).ngroup().to_numpy()
    found = [_spans(pattern, rows_of, paragraph) for pattern in patterns]
    nothing = np.zeros(0, np.int64)
    return pd.DataFrame(
        {
            "entry": np.repeat(np.arange(len(found)), [len(first) for first, _ in found]),
            "first": np.concatenate([nothing, *(first for first, _ in found)]),
            "last": np.concatenate([nothing, *(last for _, last in found)]),
        }
    )


def merge(matches):
    """Join the matches of a label that share a word.

    Parameters
    ----------
    matches : DataFrame
        `label`, `entry`, `first`, `last`: rows of running words, as `match` gives.

    Returns
    -------
    DataFrame
        One row per joined match, by label and place: `label`, `entry` (of the
        longest; of several, the first in the text, then in the codebook),
        `first`, `last`.

    Examples
    --------
    >>> merge(pd.DataFrame({"label": 0, "entry": [0, 1, 0], "first": [4, 5, 9], "last": [5, 7, 9]})).values.tolist()
    [[0, 1, 4, 7], [0, 0, 9, 9]]
    """
    tables.check(matches, "matches", ["label", "entry", "first", "last"])
    matches = matches.sort_values(["label", "first", "last"], ignore_index=True)
    reach = matches.groupby("label")["last"].cummax().groupby(matches["label"]).shift()
    cluster = (~(matches["first"] <= reach)).cumsum()
    longest = matches.assign(cluster=cluster, length=matches["first"] - matches["last"])
    longest = longest.sort_values(["cluster", "length", "first", "entry"]).drop_duplicates("cluster")
    spans = matches.groupby(cluster).agg(first=("first", "min"), last=("last", "max"))
    return longest[["label", "entry"]].reset_index(drop=True).join(spans.reset_index(drop=True))


def first_overlapping(spans, others):
    """Say which of other matches shares a word with each span.

    Parameters
    ----------
    spans : DataFrame
        `label`, `first`, `last`.
    others : DataFrame
        `label`, `entry`, `first`, `last`, from `match`; of one entry, none holds
        another.

    Returns
    -------
    Series
        For each row of `spans`, the lowest `entry` among the others of its label
        that share a word with it; missing if none does.

    Examples
    --------
    >>> spans = pd.DataFrame({"label": [0, 0, 1], "first": [4, 8, 4], "last": [5, 9, 5]})
    >>> others = pd.DataFrame({"label": [0], "entry": [3], "first": [5], "last": [7]})
    >>> first_overlapping(spans, others).tolist()
    [3.0, nan, nan]
    """
    tables.check(spans, "spans", ["label", "first", "last"])
    tables.check(others, "others", ["label", "entry", "first", "last"])
    found = pd.Series(np.nan, index=spans.index)
    of_label = dict(list(spans.groupby("label")))
    for (label, entry), other in others.sort_values("first").groupby(["label", "entry"]):
        if label not in of_label:
            continue
        span = of_label[label]
        before = np.searchsorted(other["first"].to_numpy(), span["last"].to_numpy(), side="right") - 1
        shares = (before >= 0) & (other["last"].to_numpy()[before] >= span["first"].to_numpy())
        rows = span.index[shares]
        found.loc[rows] = found.loc[rows].fillna(entry)
    return found


def settle(matches):
    """Decide which matches are hits, and which hits are set aside.

    Parameters
    ----------
    matches : DataFrame
        `label`, `role`, `entry`, `first`, `last`: patterns that count (``any``)
        and exceptions (``except``); others are passed over.

    Returns
    -------
    DataFrame
        One row per hit: `label`, `entry`, `first`, `last` as `merge` gives, `by`
        (the exception that sets it aside, the first in the codebook; missing if
        none does), `kept`.

    Examples
    --------
    >>> matches = pd.DataFrame({"label": 0, "role": ["any", "any", "except"], "entry": [0, 0, 1],
    ...     "first": [2, 7, 6], "last": [3, 8, 7]})
    >>> settle(matches)[["first", "last", "kept"]].values.tolist()
    [[2, 3, True], [7, 8, False]]
    """
    tables.check(matches, "matches", ["label", "role", "entry", "first", "last"])
    hits = merge(matches[matches["role"] == "any"])
    by = first_overlapping(hits, matches[matches["role"] == "except"])
    return hits.assign(by=by, kept=by.isna())


def gained_without(matches, hits, n_entries):
    """How many kept hits are gained, or lost, when each entry of a codebook is left out.

    Parameters
    ----------
    matches : DataFrame
        As for `settle`.
    hits : DataFrame
        What `settle` gives for them.
    n_entries : int
        Rows of the codebook.

    Returns
    -------
    ndarray of int
        For each entry; below 0 where hits are lost.

    Examples
    --------
    >>> matches = pd.DataFrame({"label": 0, "role": ["any", "any", "except"], "entry": [0, 0, 1],
    ...     "first": [2, 7, 6], "last": [3, 8, 7]})
    >>> gained_without(matches, settle(matches), 2).tolist()
    [-1, 1]
    """
    gained = np.zeros(n_entries, np.int64)
    counting, exceptions = (matches[matches["role"] == role].reset_index(drop=True) for role in ("any", "except"))
    # An exception: the hits that no other one sets aside.
    aside = hits[~hits["kept"]]
    shared = [first_overlapping(aside, of_entry).dropna() for _, of_entry in exceptions.groupby("entry")]
    if shared:
        shared = pd.concat(shared)
        np.add.at(gained, shared[~shared.index.duplicated(keep=False)].to_numpy(np.int64), 1)
    # A pattern: the hits that only it makes are lost; those it shares are settled anew without it.
    of_hit = np.empty(len(counting), np.int64)
    for label, of_label in counting.groupby("label"):
        own = hits[hits["label"] == label]
        place = np.searchsorted(own["first"].to_numpy(), of_label["first"].to_numpy(), side="right") - 1
        of_hit[of_label.index] = own.index.to_numpy()[place]
    of_hit = pd.Series(of_hit)
    shares = counting.groupby(of_hit)["entry"].transform("nunique") > 1
    alone = pd.DataFrame({"entry": counting["entry"], "hit": of_hit})[~shares].drop_duplicates()
    np.subtract.at(gained, alone["entry"].to_numpy(), hits.loc[alone["hit"], "kept"].to_numpy().astype(np.int64))
    for entry, rows in counting[shares].groupby("entry"):
        touched = of_hit[rows.index].unique()
        rest = counting[of_hit.isin(touched) & (counting["entry"] != entry)]
        made = settle(pd.concat([rest, exceptions[exceptions["label"] == rows["label"].iloc[0]]]))
        gained[entry] += made["kept"].sum() - hits.loc[touched, "kept"].sum()
    return gained


def _spans(pattern, rows_of, paragraph):
    """First and last word of each match of one pattern: no match holds another.

    Matches are kept as pairs of a last word and the latest first word it can
    have. Both rise together, so that for each next word the nearest candidate
    before it is the only one to look at.
    """
    first = last = rows_of[plain(pattern.words[0])]
    for word, nearest, farthest in zip(pattern.words[1:], pattern.nearest[1:], pattern.farthest[1:], strict=True):
        row = rows_of[plain(word)]
        before = np.searchsorted(last, row - nearest, side="right") - 1
        row, before = row[before >= 0], before[before >= 0]
        near = row - last[before] <= farthest
        first, last = first[before[near]], row[near]
    new = np.diff(first, prepend=-1) > 0  # of matches with the same first word, the shortest
    first, last = first[new] - pattern.before, last[new] + pattern.after
    inside = (first >= 0) & (last < len(paragraph))
    first, last = first[inside], last[inside]
    whole = paragraph[first] == paragraph[last]
    return first[whole], last[whole]


def _rows(tokens, words):
    """At which rows of the running words each word of a pattern stands."""
    names = [plain(form) for form in tokens["form"].cat.categories]
    as_written, lower = _ordered(names), _ordered([name.lower() for name in names])
    codes_of = {word: _look_up(word, lower if word == word.lower() else as_written) for word in words}
    used = np.zeros(len(names), bool)
    for codes in codes_of.values():
        used[codes] = True
    code = tokens["form"].cat.codes.to_numpy()
    rows = np.flatnonzero(used[code]) if len(names) else np.zeros(0, np.int64)
    rows = rows[np.argsort(code[rows], kind="stable")]
    begin = np.searchsorted(code[rows], np.arange(len(names) + 1))
    nothing = np.zeros(0, np.int64)
    return {
        word: np.sort(np.concatenate([nothing, *(rows[begin[code] : begin[code + 1]] for code in codes)]))
        for word, codes in codes_of.items()
    }


def _ordered(names):
    """A vocabulary by alphabet with the code of each name, and the same read backwards."""
    return [_sorted(names), _sorted([name[::-1] for name in names])]


def _sorted(names):
    order = sorted(range(len(names)), key=names.__getitem__)
    return [names[code] for code in order], np.array(order, dtype=np.int64)


def _look_up(word, vocabulary):
    """The codes of the names that a word with * and ? stands for."""
    if word.startswith("*") and not set(word[1:]) & set("*?"):  # the end is known: read backwards
        word, vocabulary = word[::-1], vocabulary[::-1]
    names, codes = vocabulary[0]
    start = re.match(r"[^*?]*", word)[0]
    begin = bisect.bisect_left(names, start)
    if start == word:
        return codes[begin : bisect.bisect_right(names, word)]
    end = bisect.bisect_left(names, start + chr(0x10FFFF))
    rest = word.strip("*")
    if start + "*" == word:
        return codes[begin:end]
    if word == f"*{rest}*" and not set(rest) & set("*?"):
        return codes[np.array([place for place in range(begin, end) if rest in names[place]], dtype=np.int64)]
    fits = re.compile(fnmatch.translate(word)).match
    return codes[np.array([place for place in range(begin, end) if fits(names[place])], dtype=np.int64)]
