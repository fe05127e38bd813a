"""How many topics the text supports, if any."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables, topic_quality, values
from analysis.topics import fitting, limits, resamples, stable, words

KS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
_KS = ["k", "npmi", "exclusivity", "stability", "null", "excess", "low", "high", "n_confident", "supported"]
_TOPICS = {"k": "int64", "topic": "int64", "terms": "str"}
_TOPICS |= {name: "float64" for name in ("stability", "null", "null_highest", "excess")} | {"confident": "bool"}


class Choice(NamedTuple):
    """What `choose_k` gives."""

    ks: pd.DataFrame
    topics: pd.DataFrame
    k: int | None
    reason: str


def choose_k(tokens, ks=KS, *, seed=0, model="cooccurrence", stopwords=(), runs=10, nulls=5):
    """Say how many topics a text supports, or that it supports none.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`.
    ks : list of int, optional
        Numbers of topics to try; from 2 to 30 unless given.
    seed, model, stopwords
        As in `fit`.
    runs, nulls : int
        As in `stability`.

    Returns
    -------
    Choice
        `ks`: one row per k asked for, figures missing where the text is too short for it: `k`, `npmi` (coherence of ten
        terms on the half that the topics were not fitted on; missing where a half does not carry k topics),
        `exclusivity`, `stability`, `null` (the same measure for shuffled words), `excess` (stability − null), each the
        mean over topics; `low`, `high` (lowest and highest mean excess of a half), `n_confident` (topics), `supported`.
        `topics`: one row per k and topic: `k`, `topic`, `terms`, and the columns of `stability`. `k`: the number
        recommended, or None. `reason`: why, in a sentence.

    Raises
    ------
    TypeError
        If `stopwords` is one text, or holds anything but text.
    ValueError
        If columns or values are missing, words are not in order, `ks` is empty or holds anything but whole
        numbers from 2, `model` is not known, `seed` is not a whole number from 0, or `runs` or `nulls`
        not one from 1.

    Notes
    -----
    Stability as in `stability`, from the same shuffles for all k; a topic is confident if its stability is at least ½ and
    0.1 above that of every topic of shuffled text at every k tried, since the search for k gives
    accidents more chances. A k is *supported* if at least half its topics
    are confident and their coherence on unseen text is above 0. Recommended is the largest supported k whose mean
    excess is not lower than the best by more than one standard error (over halves, of the best; the rule of Breiman et al. 1984).

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 6
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> paragraphs["text"] += " case " + paragraphs["paragraph"]
    >>> found = choose_k(tokenize(paragraphs), [2, 40], stopwords=["before", "case"], runs=5, nulls=2)
    >>> found.k, found.ks["n_confident"].tolist()
    (2, [2, 0])
    """
    ks = _asked(ks)
    if model not in fitting.MODELS:
        raise ValueError(f"model should be one of {list(fitting.MODELS)}, found {model!r}.")
    values.check_whole(runs, "runs")
    values.check_whole(nulls, "nulls")
    limits.check_seed(seed)
    try:
        kept = words.keep(tokens, stopwords)
    except words.NothingKept as error:
        return _none(ks, str(error))
    dealt = resamples.deal(kept, tokens, model, seed)
    fits = {k: fit for k in ks if (fit := _whole(dealt, k, seed, model)) is not None and dealt.n_units >= 4}
    if not fits:
        found = [f"{dealt.n_units} different {dealt.unit}", f"{len(kept.words)} kept word"]
        found = [what if what.startswith("1 ") else f"{what}s" for what in found]
        return _none(ks, f"{' with '.join(found)}: too few.")
    asked = ks
    ks = list(fits)
    number = {name: place for place, name in enumerate(kept.words)}
    best = {k: fit.terms[fit.terms["rank"] <= resamples.TERMS] for k, fit in fits.items()}
    lists = {k: best[k].groupby("topic")["term"].agg(list) for k in ks}
    reference = [[frozenset(number[term] for term in terms) for terms in lists[k]] for k in ks]
    halves = list(resamples.reruns(dealt, ks, runs, seed))
    accidents = [stable.by_chance(dealt, ks, runs, seed, null) for null in range(1, nulls + 1)]
    highest = max(float(of_k.max()) for shuffle in accidents for of_k in shuffle)
    rows, topics = [], []
    for at, k in enumerate(ks):
        found = np.array([resamples.matched(reference[at], half[at]) for half in halves])
        table = stable.judged(found, [shuffle[at] for shuffle in accidents])
        table["confident"] &= table["stability"] >= round(highest + stable.MARGIN, 6)
        topics.append(table.assign(k=k, topic=lists[k].index, terms=lists[k].map(" · ".join).to_numpy()))
        null = float(table["null"].iloc[0])
        excess = found.mean(axis=1) - null
        row = {
            "k": k,
            "npmi": _held_out(dealt, k, seed, model),
            "exclusivity": float(topic_quality.exclusivity(fits[k].terms)["exclusivity"].mean()),
        }
        row |= {"stability": float(found.mean()), "null": null, "excess": float(excess.mean())}
        row |= {"low": float(excess.min()), "high": float(excess.max()), "n_confident": int(table["confident"].sum())}
        row |= {
            "supported": bool(2 * table["confident"].sum() >= k and row["npmi"] > 0),
            "error": float(excess.std(ddof=1) / np.sqrt(runs)) if runs > 1 else 0.0,
        }
        rows.append(row)
    table = tables.significant(_all_asked(pd.DataFrame(rows), asked))
    k, reason = _recommended(table)
    return Choice(table[_KS], pd.concat(topics, ignore_index=True)[list(_TOPICS)], k, reason)


def _asked(ks):
    """The numbers of topics to try, in order."""
    asked = list(ks) if np.iterable(ks) and not isinstance(ks, str) else [ks]
    if not asked:
        raise ValueError("ks is empty; it should hold whole numbers from 2.")
    return sorted({values.check_whole(k, "each of ks", 2) for k in asked})


def _whole(dealt, k, seed, model):
    """The topics of the whole text, or None where it does not carry so many."""
    try:
        limits.check_k(k, dealt.kept)
        found = fitting.of_words(dealt.kept, k, seed, model)
        limits.check_filled(found.space, k)
        return found
    except limits.TooFew:
        return None


def _held_out(dealt, k, seed, model):
    """Mean coherence, on half of the blocks, of the topics of the other half."""
    half = np.isin(dealt.block, np.random.default_rng([seed, k]).permutation(dealt.n_blocks)[: dealt.n_blocks // 2])
    fit = _whole(dealt._replace(kept=dealt.kept.only(np.flatnonzero(half))), k, seed, model)
    if fit is None:
        return float("nan")
    return float(topic_quality.npmi(fit.terms, _words(dealt.kept.only(np.flatnonzero(~half))))["npmi"].mean())


def _words(kept):
    """Kept words as a table of running words."""
    start = np.flatnonzero(np.diff(kept.paragraph, prepend=-1))
    lengths = np.diff(np.append(start, len(kept.paragraph)))
    return pd.DataFrame(
        {
            "document": "all",
            "paragraph": kept.paragraph.astype(str),
            "position": np.arange(len(kept.word)) - np.repeat(start, lengths),
            "token": pd.Categorical.from_codes(kept.word, pd.Index(kept.words, dtype="str")),
        }
    )


def _recommended(table):
    """The number of topics to use, and why."""
    supported = table[table["supported"]]
    if supported.empty:
        best = table.loc[table["n_confident"].div(table["k"]).idxmax()]
        if not best["n_confident"]:
            return None, (
                f"No number of topics is supported: from {table['k'].min()} to {table['k'].max()} topics, none comes "
                "back in halves of the text clearly more than topics of shuffled words do."
            )
        return None, (
            f"No number of topics is supported: at best {best['n_confident']:.0f} of {best['k']:.0f} topics come back "
            "in halves of the text clearly more than topics of shuffled words do, or their words do not stand together "
            "in the other half."
        )
    best = supported.loc[supported["excess"].idxmax()]
    near = supported[supported["excess"] >= best["excess"] - best["error"]]
    chosen = near.loc[near["k"].idxmax()]
    return int(chosen["k"]), (
        f"{chosen['k']:.0f} topics: {chosen['n_confident']:.0f} of them come back in halves of the text, on average "
        f"{chosen['stability']:.0%} of their terms against {chosen['null']:.0%} in shuffled text; it is the largest "
        "number whose excess is within one standard error of the best."
    )


def _none(ks, why):
    """What there is to say where the text is too short for any."""
    topics = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TOPICS.items()})
    return Choice(_all_asked(pd.DataFrame({"k": []}), ks), topics, None, f"No number of topics is supported: {why}")


def _all_asked(table, ks):
    """A row for each number asked for; figures are missing where the text is too short for it."""
    table = table.set_index("k").reindex(ks).rename_axis("k").reset_index().reindex(columns=[*_KS, "error"])
    table = table.astype({name: "float64" for name in [*_KS[1:-2], "error"]})
    return table.assign(
        n_confident=table["n_confident"].fillna(0).astype("int64"), supported=table["supported"].eq(True)
    )
