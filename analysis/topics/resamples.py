"""Topics of half the text, again and again; and of shuffled text: what stability is measured by."""

from typing import NamedTuple

import numpy as np

from analysis import near_duplicates, tables
from analysis.topics import factors, fitting, limits, pairs

BLOCKS = 20  # the text is dealt into so many, and a resample is half of them
TERMS = 10  # first terms of a topic that are compared


class Dealt(NamedTuple):
    """A text dealt into blocks."""

    kept: object  # words.Kept, near duplicates left out
    unit: str  # what was dealt: document or paragraph
    n_units: int
    n_left_out: int  # near duplicates
    block: np.ndarray  # of each paragraph
    n_blocks: int
    model: str
    vectors: object  # ndarray or None


def deal(kept, tokens, model, seed, vectors=None):
    """Leave out near duplicates and deal documents (paragraphs, below ten documents) into blocks.

    Parameters
    ----------
    kept : Kept
        From `words.keep`.
    tokens : DataFrame
        The running words it was made from.
    model : str
        As in `fitting.fit`.
    seed : int
        For the dealing.
    vectors : ndarray, optional
        One row per paragraph of `kept`.

    Returns
    -------
    Dealt

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": list("1234"), "text": ["arms trade"] * 2 + ["arms", "trade"]})
    >>> dealt = deal(keep(tokenize(paragraphs)), tokenize(paragraphs), "cooccurrence", seed=0)
    >>> dealt.unit, dealt.n_units, dealt.n_left_out, dealt.n_blocks
    ('paragraph', 3, 1, 3)
    """
    first = near_duplicates.find(tokens)["first"].to_numpy()[kept.place]
    single = kept.only(np.flatnonzero(first))
    document = kept.paragraphs["document"].to_numpy()
    unit = "document" if len(set(document[first])) >= tables.UNRELIABLE else "paragraph"
    names = document if unit == "document" else np.arange(len(document))
    known, number = np.unique(names, return_inverse=True)
    used = np.unique(number[first])
    n_blocks = min(BLOCKS, len(used))
    block_of = np.zeros(len(known), np.int64)
    block_of[np.random.default_rng(seed).permutation(used)] = np.arange(len(used)) % n_blocks
    return Dealt(single, unit, len(used), int((~first).sum()), block_of[number], n_blocks, model, vectors)


def shuffled(dealt, seed):
    """The same with its running words in random order over the whole text: topics there are accidents.

    Parameters
    ----------
    dealt : Dealt
    seed : int

    Returns
    -------
    Dealt

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": list("1234"), "text": ["arms trade", "law trade", "arms law", "law"]}))
    >>> dealt = deal(keep(words), words, "cooccurrence", seed=0)
    >>> sorted(shuffled(dealt, seed=1).kept.word) == sorted(dealt.kept.word)
    True
    """
    rng = np.random.default_rng(seed)
    vectors = None if dealt.vectors is None else rng.permutation(dealt.vectors)
    return dealt._replace(kept=dealt.kept._replace(word=rng.permutation(dealt.kept.word)), vectors=vectors)


def reruns(dealt, ks, runs, seed, whole=False):
    """First terms of the topics found in random halves of the blocks.

    Parameters
    ----------
    dealt : Dealt
    ks : list of int
        Numbers of topics.
    runs : int
        Halves drawn; each has its own seed.
    seed : int
    whole : bool, default False
        Begin with the topics of all blocks.

    Returns
    -------
    iterator of list of list of frozenset
        For one half: for each k, the first ten terms (as numbers) of each topic found; none where the half
        does not carry k topics.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> text = ["troops guard borders", "courts try crimes"] * 6
    >>> text = [f"{words} in case {number}" for number, words in enumerate(text)]
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": [*"abcdefghijkl"], "text": text}))
    >>> dealt = deal(keep(words, ["in", "case"]), words, "cooccurrence", seed=0)
    >>> [sorted(sorted(topic) for topic in of_k) for [of_k] in reruns(dealt, [2], runs=1, seed=0, whole=True)][0]
    [[0, 3, 4], [1, 2, 5]]
    """
    counts = (
        pairs.count(dealt.kept, dealt.block, dealt.n_blocks)
        if dealt.model == "cooccurrence" and dealt.vectors is None
        else None
    )
    for run in range(0 if whole else 1, runs + 1):
        rng = np.random.default_rng([seed, run])
        half = np.sort(rng.choice(dealt.n_blocks, -(-dealt.n_blocks // 2), replace=False))
        chosen = np.arange(dealt.n_blocks) if run == 0 else half
        if counts is None:
            yield [_fitted(dealt, k, chosen, seed + run) for k in ks]
        else:
            weights = pairs.weigh(pairs.total(counts, chosen))
            parts = factors.decompose(weights, max(ks), seed + run)
            yield [_factorised(weights, k, parts, dealt.kept.words) for k in ks]


def matched(reference, topics):
    """How much of each topic's terms comes back in its counterpart.

    Parameters
    ----------
    reference : list of set
        First terms of the topics.
    topics : list of set
        Those of another run.

    Returns
    -------
    ndarray
        For each topic of the reference, the Jaccard similarity with the one it is paired with, pairs chosen so that the sum is
        largest (Kuhn's Hungarian method); 0 where there is none to pair with.

    Examples
    --------
    >>> matched([{"war", "arms"}, {"law", "court"}], [{"law", "trial"}, {"war", "arms"}]).round(2).tolist()
    [1.0, 0.33]
    """
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((len(reference), len(topics)))
    for i, one in enumerate(reference):
        for j, other in enumerate(topics):
            shared[i, j] = len(one & other) / max(len(one | other), 1)
    result = np.zeros(len(reference))
    rows, columns = linear_sum_assignment(-shared)
    result[rows] = shared[rows, columns]
    return result


def _factorised(weights, k, parts, names):
    """The first terms of the topics, by the word pairs alone."""
    if k > min(weights.shape[0], len(parts[1])) or not weights.nnz:
        return []
    orders = factors.ranked(factors.factorise(weights, k, parts), names)
    return [frozenset(order[:TERMS].tolist()) for order in orders if len(order)]


def _fitted(dealt, k, chosen, seed):
    """The first terms of the topics, fitted anew."""
    inside = np.isin(dealt.block, chosen)
    part = dealt.kept.only(np.flatnonzero(inside))
    number = {name: place for place, name in enumerate(part.words)}
    try:
        limits.check_k(k, part)
        found = fitting.of_words(part, k, seed, dealt.model, dealt.vectors)
    except limits.TooFew:  # this half carries fewer topics
        return []
    best = found.terms[found.terms["rank"] <= TERMS]
    return [frozenset(number[term] for term in terms) for _, terms in best.groupby("topic")["term"]]
