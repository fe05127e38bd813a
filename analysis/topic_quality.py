"""How good the terms of topics look: whether they occur together, in one topic only, and are not always the same."""

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import tables, values
from analysis.tokens import paragraph_of

_EPSILON = 1e-12  # added to a joint share, lest its logarithm be infinite
_ENTRIES = 2_000_000  # windows × terms looked at in one go


def npmi(terms, tokens, *, window=10, top=10):
    """How often the best terms of each topic occur near one another, compared with chance.

    Parameters
    ----------
    terms : DataFrame
        `topic`, `term`, `rank` (1 = first): one row per topic and term.
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`: running words in the order of the text, as from
        `tokens.tokenize`. The texts the topics come from, or others kept apart.
    window : int, default 10
        Words in a window.
    top : int, default 10
        Terms of a topic that count: those ranked first.

    Returns
    -------
    DataFrame
        One row per topic, by number: `topic`, `npmi` (−1 never together, 0 as by chance, towards 1 only together;
        mean over pairs; missing where a topic has one term), `n_terms` (terms used), `n_absent` (of these, terms
        that don't occur in `tokens`), `n_pairs` (pairs of terms), `n_pairs_never` (of these, pairs never counted in
        one window, those with an absent term included), `few` (fewer than five of the terms occur).

    Raises
    ------
    ValueError
        If columns or values are missing, a topic or rank is not a whole number, a topic repeats a term or a rank, a
        term is not text, a table has no rows, `tokens` are not in the order of the text, or `window` or `top` is not
        a whole number from 2.

    Notes
    -----
    With p the share of windows that hold a term, or both terms of a pair, and ε = 10⁻¹²::

        npmi = log((p(a, b) + ε) / (p(a) p(b))) / −log(p(a, b) + ε)

    Normalized pointwise mutual information (Bouma 2009) over boolean sliding windows (Röder, Both & Hinneburg 2015),
    mean over all pairs: the same figures as ``c_npmi`` of gensim 4.4 with this window. A window starts at each word
    of a paragraph that has `window` words from there on; a shorter paragraph is one window. The words are those of
    `tokens`: where some were left out before (stop words), their neighbours have moved together.

    Kept from gensim, so that figures can be compared. ε lifts a pair that never meets above −1, the more the rarer
    its terms: to −½ for two terms in one window of a thousand. A pair in every window there is gets −1, where the
    formula without ε has no value. And where a window moves past a word, the word counts as gone, even if it stands
    in the window a second time, until it comes in anew; the share of windows with a term said twice in few words is
    a little low. A pair with an absent term counts as −1; gensim leaves the term out, or has no value.

    Examples
    --------
    >>> terms = pd.DataFrame({"topic": 1, "term": ["peace", "accord", "tax"], "rank": [1, 2, 3]})
    >>> tokens = pd.DataFrame({"document": "un", "paragraph": [*"1122"], "position": [0, 1, 0, 1]})
    >>> tokens["token"] = ["peace", "accord", "war", "crimes"]
    >>> found = npmi(terms, tokens, window=2)  # peace and accord: log 2 / log 2; twice −1 with tax
    >>> found.drop(columns="few").round(3).values.tolist()[0]
    [1.0, -0.333, 3.0, 1.0, 3.0, 2.0]
    """
    values.check_whole(window, "window", 2)
    best = _ranked(terms, top, 2)[lambda ranked: ranked["best"]]
    paragraph = paragraph_of(tokens)
    if not len(tokens):
        raise ValueError("tokens has no rows; give the running words in which the terms are looked for.")
    words = pd.Index(best["term"].unique()).sort_values()
    best["code"] = words.get_indexer(best["term"])
    together, windows = _together(_codes(tokens["token"], words), len(words), paragraph, window)
    alone = together.diagonal()
    best["absent"] = alone[best["code"]] == 0

    pairs = best.merge(best, on="topic", suffixes=("_a", "_b"))
    pairs = pairs[pairs["rank_a"] < pairs["rank_b"]]
    a, b = pairs["code_a"].to_numpy(), pairs["code_b"].to_numpy()
    both = np.asarray(sparse.csr_matrix(together)[a, b]).ravel() if len(pairs) else np.zeros(0)
    joint = both / windows + _EPSILON
    chance = np.maximum(alone[a], 1) / windows * (np.maximum(alone[b], 1) / windows)
    absent = pairs["absent_a"] | pairs["absent_b"]
    pairs = pairs.assign(npmi=np.where(absent, -1.0, np.log(joint / chance) / -np.log(joint)), never=both == 0)

    table = best.groupby("topic").agg(n_terms=("term", "size"), n_absent=("absent", "sum"))
    per_pair = pairs.groupby("topic").agg(
        npmi=("npmi", "mean"), n_pairs=("npmi", "size"), n_pairs_never=("never", "sum")
    )
    table = table.join(per_pair).fillna({"n_pairs": 0, "n_pairs_never": 0})
    table = table.astype({"n_pairs": "int64", "n_pairs_never": "int64"}).reset_index()
    table["few"] = table["n_terms"] - table["n_absent"] < tables.FEW
    return table[["topic", "npmi", "n_terms", "n_absent", "n_pairs", "n_pairs_never", "few"]]


def exclusivity(terms, *, top=10):
    """How far the best terms of each topic belong to it alone.

    Parameters
    ----------
    terms : DataFrame
        `topic`, `term`, `weight` (above 0), `rank` (1 = first): one row per topic and term. A term that is not
        listed for a topic counts as of weight 0 there: give all terms, or as many of each topic as there are.
    top : int, default 10
        Terms of a topic that count: those ranked first.

    Returns
    -------
    DataFrame
        One row per topic, by number: `topic`, `exclusivity` (mean over its terms, above 0 up to 1: no other topic
        has them), `n_terms` (terms used).

    Raises
    ------
    ValueError
        If columns or values are missing, a topic or rank is not a whole number, a topic repeats a term or a rank, a
        term is not text, a weight is not a number above 0, the table has no rows, or `top` is not a whole number
        from 1.

    Notes
    -----
    With φ the weight of a term in a topic, divided by the sum of the topic's weights in `terms`::

        exclusivity = mean over the topic's terms of φ in the topic / sum of φ over all topics

    The ratio is the exclusivity of Bischof & Airoldi (2012), without their rank transformation and without the
    frequency that FREX adds. From `terms` cut short it tends to come out too high: a term listed for one topic may
    just miss the list of another.

    Examples
    --------
    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> exclusivity(terms.assign(weight=[3, 1, 1, 1])).round(3).values.tolist()  # aid: 1/4 and 1/2, of 3/4
    [[1.0, 0.667, 2.0], [2.0, 0.833, 2.0]]
    """
    ranked = _ranked(terms, top, 1, weighted=True)
    share = ranked["weight"] / ranked.groupby("topic")["weight"].transform("sum")
    ranked["exclusive"] = share / share.groupby(ranked["term"]).transform("sum")
    table = ranked[ranked["best"]].groupby("topic", as_index=False)
    return table.agg(exclusivity=("exclusive", "mean"), n_terms=("term", "size"))


def diversity(terms, *, top=10):
    """How many of the topics' best terms are different words.

    Parameters
    ----------
    terms : DataFrame
        `topic`, `term`, `rank` (1 = first): one row per topic and term.
    top : int, default 10
        Terms of a topic that count: those ranked first.

    Returns
    -------
    DataFrame
        One row: `n_terms` (terms used, all topics together), `n_different` (different words among them),
        `diversity` (n_different / n_terms; 1: no topic shares a term, 1 / topics: all have the same).

    Raises
    ------
    ValueError
        If columns or values are missing, a topic or rank is not a whole number, a topic repeats a term or a rank, a
        term is not text, the table has no rows, or `top` is not a whole number from 1.

    Notes
    -----
    Topic diversity of Dieng, Ruiz & Blei (2020), who take 25 terms of each topic; figures for different `top` or
    numbers of topics don't compare. A topic with fewer terms counts with those it has.

    Examples
    --------
    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> diversity(terms).values.tolist()
    [[4.0, 3.0, 0.75]]
    """
    best = _ranked(terms, top, 1)[lambda ranked: ranked["best"]]
    n, different = len(best), best["term"].nunique()
    return pd.DataFrame({"n_terms": [n], "n_different": [different], "diversity": [different / n]})


def _ranked(terms, top, least, weighted=False):
    """The terms by topic and rank, checked; `best` says which are among the first `top` of their topic."""
    values.check_whole(top, "top", least)
    columns = ["topic", "term", *(["weight"] if weighted else []), "rank"]
    tables.check(terms, "terms", columns)
    tables.check_present(terms, "terms", columns)
    if not len(terms):
        raise ValueError("terms has no rows; give one row per topic and term.")
    for name in ("topic", "rank"):
        if not pd.api.types.is_integer_dtype(terms[name].dtype):
            raise ValueError(f"terms: {name} should hold whole numbers; the column is of type {terms[name].dtype}.")
    for row, term in enumerate(terms["term"]):
        if not isinstance(term, str):
            raise ValueError(f"terms: term in row {row} (rows count from 0) is {term!r}; it should be text.")
    low = (terms["rank"] < 1).to_numpy(bool)
    if low.any():
        raise ValueError(
            f"terms: rank in row {low.argmax()} (rows count from 0) is {terms['rank'].iloc[low.argmax()]}; "
            "the first term of a topic has rank 1."
        )
    ranked = terms[columns].astype({"term": "str"})
    if weighted:
        weight = pd.to_numeric(terms["weight"], errors="coerce").to_numpy(float, na_value=np.nan)
        strange = ~((weight > 0) & np.isfinite(weight))
        if strange.any():
            raise ValueError(
                f"terms: weight in row {strange.argmax()} (rows count from 0) is "
                f"{terms['weight'].iloc[strange.argmax()]!r}; it should be a number above 0. "
                "Leave out terms that have no weight in a topic."
            )
        ranked["weight"] = weight
    for keys in (["topic", "term"], ["topic", "rank"]):
        tables.check_unique(ranked[keys].astype(object), "terms", keys)
    ranked = ranked.sort_values(["topic", "rank"], ignore_index=True)
    return ranked.assign(best=ranked.groupby("topic").cumcount() < top)


def _codes(column, words):
    """The place of each running word in `words`; −1 where it is none of them."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return words.get_indexer(column.cat.categories)[column.cat.codes]
    return words.get_indexer(column)


def _together(code, n_words, paragraph, window):
    """In how many windows two words are counted together (by itself: a word), word by word; and all windows."""
    length = np.bincount(paragraph)
    window = min(window, int(length.max()))
    windows = length - np.minimum(length, window) + 1  # of each paragraph
    row, begin = np.cumsum(length) - length, np.cumsum(windows) - windows  # its first word, its first window
    at = np.flatnonzero(code >= 0)
    at = at[np.argsort(code[at], kind="stable")]
    word, number = code[at].astype(np.int64), paragraph[at]
    # A word counts from the window that starts at `first` to the one that starts at `gone`. gensim takes it out with
    # the first of its occurrences that leaves; exact windows, without that, would be `gone = at`.
    first, key = np.maximum(at - window + 1, row[number]), word * len(code)
    gone = at[np.searchsorted(key + at, key + first)]
    shift = begin[number] - row[number]
    start, end = first + shift, np.minimum(gone + shift, begin[number] + windows[number] - 1)
    again = np.flatnonzero(word[1:] == word[:-1]) + 1
    start[again] = np.maximum(start[again], end[again - 1] + 1)  # a window counts once
    order = np.argsort(start, kind="stable")
    order = order[start[order] <= end[order]]
    start, end, word = start[order], end[order], word[order]

    together, step = sparse.csr_array((n_words, n_words), dtype=np.int64), max(_ENTRIES // window, 1)
    for low in range(0, int(windows.sum()), step):
        near = slice(*np.searchsorted(start, [low - window + 1, low + step]))
        begins, ends = np.maximum(start[near], low), np.minimum(end[near], low + step - 1)
        size = np.maximum(ends - begins + 1, 0)
        held = np.repeat(begins - low - np.cumsum(size) + size, size) + np.arange(size.sum())
        entries = np.ones(len(held), np.int64), (held, np.repeat(word[near], size))
        holds = sparse.csr_array(entries, shape=(step, n_words))
        together = together + holds.T @ holds
    return together, int(windows.sum())
