"""How far topics come back when part of the text is left out, and how far accidents would."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables, values
from analysis.topics import fitting, limits, resamples, spaces, words

LEAST = 0.5  # a confident topic keeps at least so much of its terms
MARGIN = 0.1  # and so much more than the most stable topic of shuffled text
_COLUMNS = ["stability", "null", "null_highest", "excess", "confident"]


class Stability(NamedTuple):
    """What `stability` gives."""

    topics: pd.DataFrame
    overall: pd.DataFrame


def stability(topics, tokens, *, runs=10, nulls=5, seed=0, vectors=None):
    """How far each topic comes back in random halves of the text, beside what shuffled text gives.

    Parameters
    ----------
    topics : Topics
        From `fit`.
    tokens : DataFrame
        The running words it was fitted on: `document`, `paragraph`, `position`, `token`.
    runs : int, default 10
        Random halves, each fitted with a seed of its own.
    nulls : int, default 5
        How often the words of the whole text are shuffled, for `null`: the same measure for shuffled words.
    seed : int, default 0
        For halves and shuffles.
    vectors : DataFrame, optional
        Those the topics were fitted with.

    Returns
    -------
    Stability
        `topics`: one row per topic: `topic`, `terms` (the first ten), `stability` (0 to 1), `null` (the same measure for
        shuffled words, on average), `null_highest` (for their most stable topic), `excess` (stability − null),
        `confident` (see Notes). `overall`: one row: `k`, `n_confident`, means of `stability`, `null`, `excess` over
        topics, `low` and `high` (lowest and highest mean stability of a half), `runs`, `nulls`, `unit` (what the halves
        are made of), `n_units`, `n_left_out` (near duplicates).

    Raises
    ------
    TypeError
        If `topics` is not from `fit`.
    ValueError
        If `runs` or `nulls` is not a whole number from 1, vectors are missing or given for topics that were fitted
        without them, tokens are of other paragraphs or lack a word of the topics, there are fewer than four units to
        halve, or tokens are not in order.

    Notes
    -----
    Near duplicates are left out first (`near_duplicates.find`): what repeats itself comes back
    whatever the topics are. Documents (paragraphs, where there are fewer than ten documents) are dealt at
    random into at most 20 blocks; half of the blocks are fitted anew. The new topics are paired with `topics`
    so that the sum of the Jaccard similarities of their first ten terms is largest; `stability` is
    the mean over the halves.

    The same is done with the words shuffled over the whole text, `nulls` times, against topics fitted on the
    shuffled text: how alike lists of accidents are hangs on k and on the number of words. A topic is `confident`
    if its stability is at least ½, and at least 0.1 above the highest of any topic in any shuffle. In words drawn at
    random, searched by `choose_k` for 2 to 10 topics (it tries up to 30 unless told otherwise), some accident passed
    for confident in 10 of 200 corpora, and no k was supported in any (``make bench``).

    Stable is not the same as meaningful: boilerplate is most stable of all.

    Examples
    --------
    >>> from analysis import topics
    >>> from analysis.tokens import tokenize
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 6
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> paragraphs["text"] += " case " + paragraphs["paragraph"]
    >>> found = topics.fit(tokenize(paragraphs), 2, stopwords=["before", "case"])
    >>> found = stability(found, tokenize(paragraphs), runs=5, nulls=2)
    >>> found.topics["stability"].round(2).tolist(), found.overall["unit"].item()
    ([1.0, 1.0], 'paragraph')
    """
    if not isinstance(topics, fitting.Topics):
        raise TypeError(f"topics should come from topics.fit, found {type(topics).__name__}.")
    values.check_whole(runs, "runs")
    values.check_whole(nulls, "nulls")
    if (vectors is None) != (topics.model != "vectors"):
        raise ValueError("Give vectors if, and only if, the topics were fitted with them.")
    limits.check_seed(seed)
    kept = words.keep(tokens, words=topics.words)
    fitted = topics.shares[["document", "paragraph"]].drop_duplicates().astype("str")
    if set(fitted.itertuples(index=False, name=None)) != set(kept.paragraphs.itertuples(index=False, name=None)):
        raise ValueError("tokens: these are not the paragraphs the topics were fitted on; give the same running words.")
    n = np.bincount(kept.word, minlength=len(kept.words))
    if (n == 0).any():
        missing = kept.words[int((n == 0).argmax())]
        raise ValueError(f"tokens: {missing!r}, a word of the topics, is not there; give the same running words.")
    rows = None if vectors is None else spaces.aligned(vectors, kept.paragraphs)
    model = "cooccurrence" if topics.model == "vectors" else topics.model
    dealt = resamples.deal(kept, tokens, model, seed, rows)
    check_units(dealt)
    best = topics.terms[topics.terms["rank"] <= resamples.TERMS]
    number = {name: place for place, name in enumerate(kept.words)}
    reference = [frozenset(number[term] for term in terms) for _, terms in best.groupby("topic")["term"]]
    k = len(reference)
    found = np.array([resamples.matched(reference, of_k) for [of_k] in resamples.reruns(dealt, [k], runs, seed)])
    accidents = [by_chance(dealt, [k], runs, seed, null)[0] for null in range(1, nulls + 1)]
    lists = best.groupby("topic")["term"].agg(" · ".join)
    table = judged(found, accidents).assign(topic=lists.index, terms=lists.to_numpy())
    return Stability(table[["topic", "terms", *_COLUMNS]], _overall(table, found, dealt, runs, nulls))


def by_chance(dealt, ks, runs, seed, null):
    """How far topics of shuffled text come back.

    Parameters
    ----------
    dealt : Dealt
        From `resamples.deal`.
    ks : list of int
    runs, seed : int
    null : int
        Which shuffle.

    Returns
    -------
    list of ndarray
        For each k, the stability of each topic.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> text = ["arms law", "law trade", "trade arms", "arms court", "court law", "trade court"]
    >>> tokens = tokenize(pd.DataFrame({"document": "un", "paragraph": [*"123456"], "text": text}))
    >>> dealt = resamples.deal(words.keep(tokens), tokens, "nmf", seed=0)
    >>> len(by_chance(dealt, [2], runs=2, seed=0, null=1)[0])
    2
    """
    text = resamples.shuffled(dealt, [seed, null])
    [reference, *halves] = resamples.reruns(text, ks, runs, seed + 1_000 * null, whole=True)
    return [
        np.mean([resamples.matched(reference[at], half[at]) for half in halves], axis=0)
        if reference[at]
        else np.zeros(1)
        for at in range(len(ks))
    ]


def judged(found, accidents):
    """Stability of each topic beside that of accidents.

    Parameters
    ----------
    found : ndarray
        Halves × topics: matched Jaccard similarity.
    accidents : list of ndarray
        For each shuffle, the stability of each topic there.

    Returns
    -------
    DataFrame
        `stability`, `null`, `null_highest`, `excess`, `confident`.

    Examples
    --------
    >>> judged(np.array([[0.8, 0.2], [0.6, 0.2]]), [np.array([0.1, 0.3])]).values.tolist()
    [[0.7, 0.2, 0.3, 0.5, True], [0.2, 0.2, 0.3, 0.0, False]]
    """
    accidents = np.concatenate(accidents)
    table = pd.DataFrame({"stability": np.round(found.mean(axis=0), 6)})
    table["null"] = round(float(accidents.mean()), 6)
    table["null_highest"] = round(float(accidents.max()), 6)
    table["excess"] = np.round(table["stability"] - table["null"], 6)
    table["confident"] = table["stability"] >= np.maximum(table["null_highest"] + MARGIN, LEAST)
    return table


def check_units(dealt):
    """Raise unless there is enough to be halved.

    Parameters
    ----------
    dealt : Dealt

    Raises
    ------
    ValueError
        If fewer than four documents or paragraphs differ.

    Examples
    --------
    >>> check_units(resamples.Dealt(None, unit="paragraph", n_units=3, n_left_out=0, block=None, n_blocks=3, model="nmf", vectors=None))
    Traceback (most recent call last):
    ValueError: tokens: 3 different paragraphs are too few to halve: 4 at least.
    """
    if dealt.n_units < 4:
        found = f"1 {dealt.unit} is" if dealt.n_units == 1 else f"{dealt.n_units} different {dealt.unit}s are"
        raise ValueError(f"tokens: {found} too few to halve: 4 at least.")


def _overall(table, found, dealt, runs, nulls):
    means = found.mean(axis=1)
    row = {"k": len(table), "n_confident": int(table["confident"].sum())}
    row |= {name: float(table[name].mean()) for name in ("stability", "null", "excess")}
    row |= {"low": float(means.min()), "high": float(means.max()), "runs": runs, "nulls": nulls}
    row |= {"unit": dealt.unit, "n_units": dealt.n_units, "n_left_out": dealt.n_left_out}
    return tables.significant(pd.DataFrame([row]))
