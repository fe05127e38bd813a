"""Do topics hold still: found anew in halves of the text, beside what shuffled words give; and how many a text supports."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import cooccurrence, tables, topic_quality
from analysis.cooccurrence import TooFew
from analysis.tokens import paragraph_of
from analysis.topics import MODELS, TERMS, Topics, of_kept

KS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
LEAST = 0.5  # a confident topic keeps at least so much of its terms
MARGIN = 0.1  # and so much more than the most stable topic of shuffled text
BLOCKS = 20  # the text is dealt into so many, and a half is half of them
HALVES = 10  # drawn
SHUFFLES = {0: 5, 10_000: 2}  # of the words, from so many on: in longer texts accidents vary less
_ROWS, _PAIRS = 2_000, 2**16  # paragraphs, and pairs of them, compared in one go


class Stability(NamedTuple):
    """What `stability` gives: the tables `topic stability` and `topic stability overall`."""

    topics: pd.DataFrame
    overall: pd.DataFrame


class Choice(NamedTuple):
    """What `choose_k` gives: the table `numbers of topics`, their topics, the number recommended or None, and why."""

    ks: pd.DataFrame
    topics: pd.DataFrame
    k: int | None
    reason: str


class Dealt(NamedTuple):
    """A text without near duplicates, dealt into blocks."""

    kept: cooccurrence.Kept
    unit: str  # what was dealt: document or paragraph
    n_units: int
    n_left_out: int  # near duplicates
    block: np.ndarray  # of each paragraph
    n_blocks: int
    model: str
    seed: int


def stability(topics, tokens, *, seed=0):
    """How far each topic comes back in random halves of the text, beside what shuffled words give.

    topics: from `topics.fit`; tokens: the running words it was fitted on. `.topics` has one row per topic, `.overall` one.

    Near duplicates are left out first: what repeats itself comes back whatever the topics are. Documents (paragraphs,
    where there are fewer than ten documents) are dealt at random into 20 blocks, and ten of the blocks are fitted anew,
    ten times. The new topics are paired with `topics` so that the sum of the Jaccard similarities of their first ten
    terms is largest; `stability` is the mean over the halves. The same is done with the words shuffled over the whole
    text, five times (twice, from 10,000 kept words on): how alike lists of accidents are hangs on k and on the number
    of words. A topic is `confident` if its stability is at least ½, and 0.1 above the highest of any shuffled topic.

    Stable is not the same as meaningful: names and boilerplate are most stable of all.

    >>> from analysis.tokens import tokenize
    >>> from analysis.topics import fit
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 6
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> words = tokenize(paragraphs.assign(text=paragraphs["text"] + " case " + paragraphs["paragraph"]))
    >>> told = stability(fit(words, 2, drop=["before", "case"]), words)
    >>> told.topics["stability"].tolist(), told.overall["unit"].item()
    ([1.0, 1.0], 'paragraph')
    """
    if not isinstance(topics, Topics) or topics.space is None:
        raise TypeError("topics should come from topics.fit; topics made from labels can't be fitted anew.")
    kept = cooccurrence.keep(tokens, words=topics.words)
    missing = set(topics.words) - set(np.array(kept.words, object)[np.unique(kept.word)])
    fitted = topics.shares[["document", "paragraph"]].drop_duplicates().astype("str")
    if missing or set(fitted.itertuples(index=False)) != set(kept.paragraphs.itertuples(index=False)):
        raise ValueError("tokens: these are not the words that the topics were fitted on; give the same.")
    dealt = _deal(kept, tokens, topics.model, seed)
    if dealt.n_units < 4:
        raise TooFew(f"tokens: {dealt.n_units} different {dealt.unit}(s) are too few to halve: 4 at least.")
    [reference], k = [_first_terms(topics.terms, kept.words)], topics.terms["topic"].max()
    [halves], [accidents] = _fitted_anew(dealt, [k], [reference])
    table = _judged(topics.terms, halves, accidents)
    row = {"k": k, "n_confident": table["confident"].sum()}
    row |= {name: table[name].mean() for name in ("stability", "null", "excess")}
    row |= {
        "low": halves.mean(axis=1).min(),
        "high": halves.mean(axis=1).max(),
        "runs": HALVES,
        "nulls": _shuffles(kept),
    }
    row |= {"unit": dealt.unit, "n_units": dealt.n_units, "n_left_out": dealt.n_left_out}
    return Stability(table, tables.significant(pd.DataFrame([row])))


def choose_k(tokens, ks=KS, *, model="cooccurrence", drop=(), seed=0):
    """Say how many topics a text supports, or that it supports none.

    ks: numbers of topics to try; model, drop as in `topics.fit`. Gives `.ks`, one row per number (`npmi`: coherence of
    ten terms on the half that the topics were not fitted on; `low`, `high`: lowest and highest mean excess of a half;
    `reason`: why it is supported or not), `.topics`, one row per number and topic, `.k` and `.reason`.

    Stability as in `stability`, from the same shuffles for all numbers. A topic is confident if its stability is at
    least ½ and 0.1 above that of every topic of shuffled text at every number tried, since the search gives accidents
    more chances: with more numbers tried, more is asked. A number is *supported* if at least half its topics are
    confident and their coherence on unseen text is above 0. Recommended is the largest supported number whose mean
    excess is not lower than the best by more than one standard error (over halves, of the best; the rule of Breiman et
    al. 1984). In words drawn at random, searched for 2 to 10 topics, some accident passed for confident in 10 of 200
    corpora, and no number was supported in any (``make bench``).

    >>> from analysis.tokens import tokenize
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 6
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> words = tokenize(paragraphs.assign(text=paragraphs["text"] + " case " + paragraphs["paragraph"]))
    >>> found = choose_k(words, [2, 40], drop=["before", "case"])
    >>> found.k, found.ks["reason"].tolist()
    (2, ['supported', 'the text is too short'])
    """
    ks = sorted(set(ks))
    if not ks or model not in MODELS:
        raise ValueError(f"ks should name numbers of topics, model be one of {list(MODELS)}; found {ks}, {model!r}.")
    columns = list(tables.columns("numbers of topics"))
    short = pd.DataFrame({"k": ks, "n_confident": 0, "supported": False, "reason": "the text is too short"})
    tested = tables.empty("topic stability").assign(k=0)
    try:
        dealt = _deal(cooccurrence.keep(tokens, drop), tokens, model, seed)
        fits = {k: fit for k in ks if (fit := _carried(dealt.kept, k, model, seed)) is not None}
        if not fits or dealt.n_units < 4:
            found = f"{dealt.n_units} different {dealt.unit}(s) with {len(dealt.kept.words)} kept words"
            raise TooFew(f"{found} are too few.")
    except TooFew as error:
        return Choice(short.reindex(columns=columns), tested, None, f"No number of topics is supported: {error}")
    references = [_first_terms(fit.terms, dealt.kept.words) for fit in fits.values()]
    halves, accidents = _fitted_anew(dealt, list(fits), references)
    highest = max(float(topic.max()) for of_k in accidents for topic in of_k)
    need, rows, tables_by_k = max(LEAST, round(highest + MARGIN, 6)), [], []
    for (k, fit), found, by_chance in zip(fits.items(), halves, accidents, strict=True):
        table = _judged(fit.terms, found, by_chance).assign(k=k)
        table["confident"] = table["stability"] >= need
        tables_by_k.append(table)
        rows.append(_figures(k, fit, table, found, _held_out(dealt, k), need))
    table = tables.significant(pd.DataFrame(rows))
    k, reason = _recommended(table)
    table = pd.concat([table, short[~short["k"].isin(table["k"])]]).sort_values("k", ignore_index=True)
    return Choice(table[columns], pd.concat(tables_by_k, ignore_index=True)[["k", *tested.columns[:-1]]], k, reason)


def _deal(kept, tokens, model, seed):
    """Leave out near duplicates and deal documents (paragraphs, below ten documents) at random into blocks."""
    code = tokens["token"].astype("category").cat.codes.to_numpy(np.int64)
    first = ~_repeats(code, paragraph_of(tokens))[kept.place]
    document = kept.paragraphs["document"].to_numpy()
    unit = "document" if len(set(document[first])) >= tables.UNRELIABLE else "paragraph"
    known, number = np.unique(document if unit == "document" else np.arange(len(document)), return_inverse=True)
    used = np.unique(number[first])
    n_blocks = min(BLOCKS, len(used))
    block_of = np.zeros(len(known), np.int64)
    block_of[np.random.default_rng(seed).permutation(used)] = np.arange(len(used)) % n_blocks
    left_out = int((~first).sum())
    return Dealt(kept.only(first), unit, len(used), left_out, block_of[number], n_blocks, model, seed)


def _repeats(word, paragraph):
    """Which paragraphs nearly repeat an earlier one: true or false for each, in the order of the text.

    Near duplicates have at least four fifths of all their different runs of three words in common (Jaccard; Broder
    1997; of a paragraph of one or two words, the whole), or hang together through others. None is missed: two such sets
    share one of the rarest fifth of their runs (prefix filter, Chaudhuri, Ganti & Kaushik 2006).
    """
    sets = _runs(word, paragraph)
    alike = pd.factorize(pd.Series([own.tobytes() for own in np.split(sets.indices, sets.indptr[1:-1])]))[0]
    sets = sets[np.unique(alike, return_index=True)[1]]
    size = np.diff(sets.indptr)
    rarest = size // 5 + 1
    first = np.arange(sets.nnz) - np.repeat(sets.indptr[:-1], size) < np.repeat(rarest, size)
    rare = sparse.csr_array((sets.data[first], sets.indices[first], np.append(0, np.cumsum(rarest))), shape=sets.shape)
    group = np.arange(len(size))
    for start in range(0, len(size), _ROWS):
        near = (rare[start : start + _ROWS] @ rare.T).tocoo()
        pairs = np.stack([near.row + start, near.col])[:, near.row + start < near.col]
        for at in range(0, pairs.shape[1], _PAIRS):
            one, other = pairs[:, at : at + _PAIRS]
            apart = group[one] != group[other]
            one, other = one[apart], other[apart]
            both = sets[one].multiply(sets[other]).sum(axis=1)
            linked = 5 * both >= 4 * (size[one] + size[other] - both)
            edges = linked[linked], (group[one[linked]], group[other[linked]])
            joined = sparse.coo_array(edges, shape=(len(size), len(size)))
            group = sparse.csgraph.connected_components(joined, directed=False)[1][group]
    return pd.Series(group[alike]).duplicated().to_numpy()


def _runs(word, paragraph):
    """Paragraphs × different runs of three words, the rarest first; 1 where a run stands in a paragraph."""
    place, run = np.arange(len(word)), word + 1
    for step in (1, 2):
        later = np.minimum(place + step, len(word) - 1)
        inside = (place + step < len(word)) & (paragraph[later] == paragraph)
        run = pd.factorize(run * (word.max() + 2) + np.where(inside, word[later] + 1, 0))[0]
    whole = inside | (np.diff(paragraph, prepend=-1) > 0)  # a paragraph of one or two words is one run
    sets = sparse.csr_array((np.ones(whole.sum(), np.int32), (paragraph[whole], run[whole])))
    sets.sum_duplicates()
    sets.data[:] = 1
    sets = sets[:, np.argsort(np.bincount(sets.indices, minlength=sets.shape[1]), kind="stable")]
    sets.sort_indices()
    return sets


def _shuffles(kept):
    """How often the words are shuffled."""
    return min(times for start, times in SHUFFLES.items() if len(kept.word) >= start)


def _fitted_anew(dealt, ks, references):
    """How much of each topic comes back in halves of the text; and of topics of shuffled text.

    For each number of topics an array of halves × topics; and for each a list, by shuffle, of means over the halves.
    """
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    shuffles = _shuffles(dealt.kept)
    total = HALVES + shuffles * (HALVES + 1)
    with threadpool_limits(1), tqdm(total=total, desc="topics of halves", disable=None) as bar:
        halves = _matched_by_k(references, _reruns(dealt, ks, range(1, HALVES + 1), bar))
        accidents = []
        for null in range(1, shuffles + 1):
            # Running words in random order over the whole text: topics there are accidents.
            word = np.random.default_rng([dealt.seed, null]).permutation(dealt.kept.word)
            text = dealt._replace(kept=dealt.kept._replace(word=word), seed=dealt.seed + 1_000 * null)
            whole, *others = _reruns(text, ks, range(HALVES + 1), bar)
            found = _matched_by_k(whole, others)
            accidents.append([of_k.mean(axis=0) if of_k.size else np.zeros(1) for of_k in found])
    return halves, list(zip(*accidents, strict=True))


def _matched_by_k(references, runs):
    """For each number of topics, halves × topics: how much of each reference topic comes back."""
    return [np.array([matched(topics, run[at]) for run in runs]) for at, topics in enumerate(references)]


def matched(reference, topics):
    """The Jaccard similarity of each topic's terms with its counterpart's, paired so that the sum is largest (Kuhn)."""
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((len(reference), len(topics)))
    for i, one in enumerate(reference):
        for j, other in enumerate(topics):
            shared[i, j] = len(one & other) / max(len(one | other), 1)
    rows, columns = linear_sum_assignment(-shared)
    result = np.zeros(len(reference))
    result[rows] = shared[rows, columns]
    return result


def _reruns(dealt, ks, runs, bar):
    """First terms, as sets of numbers, of the topics of random halves of the blocks (run 0: of all), by run and k."""
    from joblib import Parallel, delayed

    apart = dealt.model == "cooccurrence"
    pairs = cooccurrence.count(dealt.kept, dealt.block, dealt.n_blocks) if apart else None
    jobs = Parallel(n_jobs=-1 if apart else 1, prefer="threads", return_as="generator")
    found = []
    for lists in jobs(delayed(_rerun)(dealt, pairs, ks, run) for run in runs):
        found.append(lists)
        bar.update()
    return found


def _rerun(dealt, pairs, ks, run):
    """First terms of the topics of one half, by k; none where it does not carry so many."""
    half = np.random.default_rng([dealt.seed, run]).choice(dealt.n_blocks, -(-dealt.n_blocks // 2), replace=False)
    blocks, seed = np.sort(half) if run else np.arange(dealt.n_blocks), dealt.seed + run
    if pairs is None:
        part = dealt.kept.only(np.isin(dealt.block, blocks))
        fits = [_carried(part, k, dealt.model, seed, whole=False) for k in ks]
        return [[] if fit is None else _first_terms(fit.terms, part.words) for fit in fits]
    weights = cooccurrence.weigh(pairs, blocks)
    parts = cooccurrence.decompose(weights, max(ks), seed)
    weights, found = weights.astype(np.float32), []  # half the digits, half the time: enough to say which come first
    for k in ks:
        enough = weights.nnz and k <= min(weights.shape[0], len(parts[1]))
        loadings = cooccurrence.factorise(weights, k, parts) if enough else np.zeros((weights.shape[0], 0))
        orders = cooccurrence.ranked(loadings, dealt.kept.words, TERMS)
        found.append([frozenset(order.tolist()) for order in orders if len(order)])
    return found


def _lists(terms):
    """The first ten terms of each topic."""
    return terms[terms["rank"] <= TERMS].groupby("topic")["term"].agg(list)


def _first_terms(terms, words):
    """The first ten terms of each topic, as sets of numbers."""
    number = {word: place for place, word in enumerate(words)}
    return [frozenset(number[term] for term in own) for own in _lists(terms)]


def _judged(terms, found, accidents):
    """Stability of each topic (halves × topics) beside that of accidents (by shuffle): the table `topic stability`."""
    lists, accidents = _lists(terms), np.concatenate(accidents)
    table = pd.DataFrame({"topic": lists.index, "terms": lists.str.join(" · ").to_numpy()})
    table["stability"] = np.round(found.mean(axis=0), 6)
    table["null"] = round(float(accidents.mean()), 6)
    table["null_highest"] = round(float(accidents.max()), 6)
    table["excess"] = np.round(table["stability"] - table["null"], 6)
    return table.assign(confident=table["stability"] >= np.maximum(table["null_highest"] + MARGIN, LEAST))


def _figures(k, fit, table, found, npmi, need):
    """One number of topics: means over topics; `low`, `high` and the standard error over halves; whether and why."""
    excess, n = found.mean(axis=1) - table["null"].iloc[0], int(table["confident"].sum())
    row = {"k": k, "npmi": npmi, "exclusivity": topic_quality.exclusivity(fit.terms)["exclusivity"].mean()}
    row |= {"stability": found.mean(), "null": table["null"].iloc[0], "excess": excess.mean()}
    row |= {"low": excess.min(), "high": excess.max(), "error": excess.std(ddof=1) / np.sqrt(len(excess))}
    reason = "supported" if npmi > 0 else "its words do not stand together in the other half"
    if 2 * n < k:
        most = f"{need - MARGIN:.2f} is the highest of shuffled words at any number tried"
        reason = f"{n} of {k} topics reach a stability of {need:.2f}, half should; {most}"
    return row | {"n_confident": n, "supported": reason == "supported", "reason": reason}


def _carried(kept, k, model, seed, whole=True):
    """The topics, or None where the text does not carry so many."""
    try:
        return of_kept(kept, k, model, seed, whole)
    except TooFew:
        return None


def _held_out(dealt, k):
    """Mean coherence, on half of the blocks, of the topics of the other half; missing where it does not carry k."""
    blocks = np.random.default_rng([dealt.seed, k]).permutation(dealt.n_blocks)[: dealt.n_blocks // 2]
    half = np.isin(dealt.block, blocks)
    fit = _carried(dealt.kept.only(half), k, dealt.model, dealt.seed)
    if fit is None:
        return np.nan
    kept = dealt.kept.only(~half)
    text = pd.DataFrame({"document": "all", "paragraph": kept.paragraph.astype(str)})
    text["token"] = pd.Categorical.from_codes(kept.word, pd.Index(kept.words, dtype="str"))
    text["position"] = text.groupby("paragraph").cumcount()
    return topic_quality.npmi(fit.terms, text)["npmi"].mean()


def _recommended(table):
    """The number of topics to use, and why."""
    supported = table[table["supported"]]
    if supported.empty:
        best = table.loc[table["n_confident"].div(table["k"]).idxmax()]
        some = f"at best {best['n_confident']} of {best['k']} topics come back"
        none = f"from {table['k'].min()} to {table['k'].max()} topics, none comes back"
        what = f"{some if best['n_confident'] else none} in halves of the text clearly more than topics of shuffled words do"
        other = ", or their words do not stand together in the other half" if best["n_confident"] else ""
        return None, f"No number of topics is supported: {what}{other}."
    best = supported.loc[supported["excess"].idxmax()]
    near = supported[supported["excess"] >= best["excess"] - best["error"]]
    chosen = near.loc[near["k"].idxmax()]
    return int(chosen["k"]), (
        f"{chosen['k']} topics: {chosen['n_confident']} of them come back in halves of the text, on average "
        f"{chosen['stability']:.0%} of their terms against {chosen['null']:.0%} in shuffled text; it is the largest "
        "number whose excess is within one standard error of the best."
    )
