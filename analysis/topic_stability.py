"""Do topics hold still: found anew in halves of the text, beside what shuffled words give; how many a text supports."""

import os
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import cooccurrence, tables, topic_quality
from analysis.cooccurrence import TooFew, quietly
from analysis.tokens import KEYS, paragraph_of
from analysis.topics import TERMS, check, of_kept

KS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
LEAST = 0.5  # a confident topic keeps at least so much of its terms
MARGIN = 0.1  # and so much more than the most stable topic of shuffled text
BLOCKS = 20  # the text is dealt into so many, and a half is half of them
HALVES = 10  # drawn
SHUFFLES = {0: (20, 10), 3_000: (5, 10), 10_000: (2, 5)}  # from so many words on: shuffles, and halves of each
_ROWS, _PAIRS = 2_000, 2**16  # paragraphs, and pairs of them, compared in one go


# What `stability` gives: the tables `topic stability` and `topic stability overall`.
Stability = namedtuple("Stability", "topics overall")
# What `choose_k` gives: the table `numbers of topics`, their topics, the number recommended or None, and why.
Choice = namedtuple("Choice", "ks topics k reason")


# A text without near duplicates, dealt into blocks: its words; what was dealt (document or paragraph), how many of them,
# how many paragraphs were left out; the block of each paragraph.
Dealt = namedtuple("Dealt", "kept about block model seed")


def stability(topics, tokens, *, seed=0):
    """How far each topic comes back in random halves of the text, beside what shuffled words give.

    topics: from `topics.fit`; tokens: the words it was fitted on. `.topics` has one row per topic, `.overall` one.

    Near duplicates are left out first: what repeats itself comes back whatever the topics are. Documents (paragraphs,
    where there are fewer than ten documents) are dealt at random into 20 blocks, and ten of the blocks are fitted anew,
    ten times. The new topics are paired with `topics` so that the sum of the Jaccard similarities of their first ten
    terms is largest; `stability` is the mean over the halves. The same is done with the words shuffled over the whole
    text: twenty times below 3,000 kept words, where the highest of few shuffles is itself an accident, then five times,
    from 10,000 on twice, with five halves each (means of fewer halves vary more, so that more is asked). A topic is
    `confident` if its stability is at least ½, and 0.1 above the highest of any shuffled topic. Stable is not the
    same as meaningful: names and boilerplate are most stable of all.

    >>> from analysis.tokens import tokenize
    >>> from analysis.topics import fit
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 6
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> words = tokenize(paragraphs.assign(text=paragraphs["text"] + " case " + paragraphs["paragraph"]))
    >>> told = stability(fit(words, 2, drop=["before", "case"]), words)
    >>> told.topics["stability"].tolist(), told.overall["unit"].item()
    ([1.0, 1.0], 'paragraph')
    """
    kept = cooccurrence.keep(tokens, words=check(topics, "those made from labels can't be fitted anew").words)
    fitted = topics.shares[KEYS].drop_duplicates().astype("str").sort_values(KEYS, ignore_index=True)
    if len(np.unique(kept.word)) < len(topics.words) or not fitted.equals(kept.paragraphs):
        raise ValueError("tokens: these are not the words that the topics were fitted on; give the same.")
    dealt = _deal(kept, tokens, topics.model, seed)
    k = topics.terms["topic"].max()
    _, halves, judged, _ = _fitted_anew(dealt, {k: topics.terms})
    table, mean = judged[k], halves[k].mean(axis=1)
    row = {"k": k, "n_confident": table["confident"].sum(), **table[["stability", "null", "excess"]].mean()}
    row |= {"low": mean.min(), "high": mean.max(), "runs": HALVES, "nulls": _shuffles(kept)[0], **dealt.about}
    return Stability(table, tables.significant(pd.DataFrame([row])))


def choose_k(tokens, ks=KS, *, drop=(), seed=0):
    """Say how many topics a text supports, or that it supports none.

    ks: numbers of topics to try; drop as in `topics.fit`. Gives `.ks` (the table `numbers of topics`), `.topics`, one
    row per number and topic, `.k` and `.reason`.

    Stability as in `stability`, from the same shuffles for all numbers. A topic is confident if its stability is at
    least ½ and 0.1 above that of every topic of shuffled text at every number tried. A number is *supported* if at
    least half its topics are confident and their coherence on unseen text (`npmi`, the halves' mean) is above 0.
    Recommended is the largest supported number whose mean excess is not lower than the best by more than one standard
    error (over halves, of the best; the rule of Breiman et al. 1984).

    What is measured at a number (up to 30) does not hang on the others tried. What is asked does: more numbers give
    accidents more chances, so that a number supported among few may not be among many. Try those that you would use.

    >>> from analysis.tokens import tokenize
    >>> war, law = "troops guard borders soldiers army patrol weapons", "courts try crimes judges law justice trial"
    >>> rng = np.random.default_rng(0)
    >>> texts = [" ".join(rng.permutation(words.split())) for words in [war, law] * 12]
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(24)], "text": texts})
    >>> found = choose_k(tokenize(paragraphs), [2, 40])
    >>> found.k, found.ks["reason"].tolist()
    (2, ['supported', 'the text is too short'])
    """
    ks = sorted(set(ks))
    if not ks:
        raise ValueError("ks should name numbers of topics; it is empty.")
    columns = list(tables.columns("numbers of topics"))
    short = pd.DataFrame({"k": ks, "n_confident": 0, "supported": False, "reason": "the text is too short"})
    try:
        dealt = _deal(cooccurrence.keep(tokens, drop), tokens, "cooccurrence", seed)
        fits = _side_by_side(_carried, [(dealt.kept, k, dealt.model, seed) for k in ks])
        fits = {k: terms for k, terms in zip(ks, fits, strict=True) if len(terms)}
        if not fits:
            raise TooFew(f"{len(dealt.kept.words)} kept words do not carry {ks[0]} topics.")
    except TooFew as error:
        none = tables.empty("topic stability").assign(k=0)[["k", *tables.columns("topic stability")]]
        return Choice(short.reindex(columns=columns), none, None, f"No number of topics is supported: {error}")
    runs, halves, judged, need = _fitted_anew(dealt, fits)
    coherence = _side_by_side(_coherence, [(dealt, *one) for one in enumerate(runs, 1)])
    npmi = pd.concat(coherence).groupby("k")["npmi"].mean()
    rows = [_figures(k, terms, judged[k], halves[k], npmi.get(k, np.nan), need) for k, terms in fits.items()]
    table = tables.significant(pd.DataFrame(rows))
    k, reason = _recommended(table)
    table = pd.concat([table, short[~short["k"].isin(table["k"])]]).sort_values("k", ignore_index=True)
    every = pd.concat(judged, names=["k"]).reset_index(level="k").reset_index(drop=True)
    return Choice(table[columns], every, k, reason)


def _deal(kept, tokens, model, seed):
    """Leave out near duplicates and deal documents (paragraphs, below ten documents) at random into blocks."""
    code = tokens["token"].astype("category").cat.codes.to_numpy(np.int64)
    first = ~_repeats(code, paragraph_of(tokens))[kept.place]
    document = kept.paragraphs["document"].to_numpy()
    unit = "document" if len(set(document[first])) >= tables.UNRELIABLE else "paragraph"
    number = pd.factorize(document)[0] if unit == "document" else np.arange(len(document))
    used = np.unique(number[first])
    if len(used) < 4:
        raise TooFew(f"tokens: {len(used)} different {unit}(s) are too few to halve: 4 at least.")
    block_of = np.zeros(number.max() + 1, np.int64)
    block_of[np.random.default_rng(seed).permutation(used)] = np.arange(len(used)) % BLOCKS
    about = {"unit": unit, "n_units": len(used), "n_left_out": int((~first).sum())}
    return Dealt(kept.only(first), about, block_of[number], model, seed)


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
        near = sparse.triu(rare[start : start + _ROWS] @ rare.T, start + 1)
        for at in range(0, near.nnz, _PAIRS):
            one, other = near.row[at : at + _PAIRS] + start, near.col[at : at + _PAIRS]
            one, other = one[group[one] != group[other]], other[group[one] != group[other]]
            both = sets[one].multiply(sets[other]).sum(axis=1)
            linked = 5 * both >= 4 * (size[one] + size[other] - both)
            edges = linked[linked], (group[one[linked]], group[other[linked]])
            joined = sparse.coo_array(edges, shape=(len(size), len(size)))
            group = sparse.csgraph.connected_components(joined, directed=False)[1][group]
    return pd.Series(group[alike]).duplicated().to_numpy()


def _runs(word, paragraph):
    """Paragraphs × different runs of three words, the rarest first; 1 where a run stands in a paragraph."""
    words = pd.Series(word).groupby(paragraph)
    runs = pd.DataFrame({0: word, 1: words.shift(-1), 2: words.shift(-2)})
    runs = runs[runs[2].notna() | (words.cumcount() == 0)]  # a paragraph of one or two words is one run
    run = runs.groupby([0, 1, 2], dropna=False, sort=False).ngroup()
    sets = sparse.csr_array((np.ones(len(run), np.int32), (paragraph[run.index], run)))
    sets.data[:] = 1
    sets = sets[:, np.argsort(np.bincount(sets.indices, minlength=sets.shape[1]), kind="stable")]
    sets.sort_indices()
    return sets


def _shuffles(kept):
    """How often the words are shuffled, and in how many halves their topics are fitted anew."""
    return SHUFFLES[max(start for start in SHUFFLES if start <= len(kept.word))]


def _fitted_anew(dealt, fits):
    """The topics of each half; by k, halves × topics, how much comes back; by k, the table `topic stability`.

    And the stability that is asked of a topic.
    """
    shuffles, their_halves = _shuffles(dealt.kept)
    runs = _halves(dealt, list(fits), range(1, HALVES + 1))
    halves = {k: np.array([matched(_first_terms(terms), run[k]) for run in runs]) for k, terms in fits.items()}
    accidents = {k: [] for k in fits}
    for null in range(1, shuffles + 1):
        # Running words in random order over the whole text: topics there are accidents.
        word = np.random.default_rng([dealt.seed, null]).permutation(dealt.kept.word)
        shuffled = dealt._replace(kept=dealt.kept._replace(word=word), seed=dealt.seed + 1_000 * null)
        whole, *others = _halves(shuffled, list(fits), range(their_halves + 1))
        for k in fits:
            accidents[k].extend(np.mean([matched(whole[k], run[k]) for run in others], axis=0))
    accidents = {k: np.array(found or [0.0]) for k, found in accidents.items()}
    need = max(LEAST, round(max(map(np.max, accidents.values())) + MARGIN, 6))
    return runs, halves, {k: _judged(terms, halves[k], accidents[k], need) for k, terms in fits.items()}, need


def _halves(dealt, ks, runs):
    """The topics of several halves, the pairs of words counted once."""
    pairs = cooccurrence.count(dealt.kept, dealt.block) if dealt.model == "cooccurrence" else None
    return _side_by_side(_rerun, [(dealt, pairs, ks, run) for run in runs])


def _side_by_side(function, jobs):
    """What a function gives for each of several sets of arguments, on all cores."""
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    def run():
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(tqdm(pool.map(function, *zip(*jobs, strict=True)), "topics", len(jobs), disable=None))

    return quietly(run)  # out here, since threads share which warnings are turned off


def matched(reference, topics):
    """The Jaccard similarity of each topic's terms with its counterpart's, paired so that the sum is largest (Kuhn)."""
    from scipy.optimize import linear_sum_assignment

    shared = [[len(one & other) / max(len(one | other), 1) for other in topics] for one in reference]
    shared, result = np.reshape(shared, (len(reference), len(topics))), np.zeros(len(reference))
    pairs = linear_sum_assignment(-shared)
    result[pairs[0]] = shared[pairs]
    return result


def _rerun(dealt, pairs, ks, run):
    """First terms, as sets, of the topics of a half (run 0: of all blocks), by k; none where too few."""
    blocks, seed = _half(dealt, run) if run else np.unique(dealt.block), dealt.seed + run
    if pairs is None:
        part = dealt.kept.only(np.isin(dealt.block, blocks))
        return {k: _first_terms(_carried(part, k, dealt.model, seed, whole=False)) for k in ks}
    weights = cooccurrence.weigh([pairs[block] for block in blocks])
    parts = cooccurrence.decompose(weights, max(*KS, *ks), seed)  # so that k does not hang on what else is tried
    weights, found = weights.astype(np.float32), {}  # half the digits, half the time: enough to say which come first
    for k in ks:
        orders = cooccurrence.ranked(cooccurrence.factorise(weights, k, parts), TERMS) if k <= len(parts[1]) else []
        found[k] = [frozenset(dealt.kept.words[word] for word in order) for order in orders if len(order)]
    return found


def _half(dealt, run):
    """Which blocks are in this half."""
    n = dealt.block.max() + 1
    return np.sort(np.random.default_rng([dealt.seed, run]).choice(n, (n + 1) // 2, replace=False))


def _first_terms(terms, as_one=frozenset):
    """The first ten terms of each topic, as sets or otherwise."""
    return terms[terms["rank"] <= TERMS].groupby("topic")["term"].agg(as_one).tolist()


def _judged(terms, found, accidents, need):
    """Stability of each topic (halves × topics) beside that of accidents: the table `topic stability`."""
    table = pd.DataFrame({"topic": terms["topic"].unique(), "terms": _first_terms(terms, " · ".join)})
    table = table.assign(stability=found.mean(axis=0), null=accidents.mean(), null_highest=accidents.max()).round(6)
    table["excess"] = (table["stability"] - table["null"]).round(6)
    return table.assign(confident=table["stability"] >= need)


def _figures(k, terms, table, found, npmi, need):
    """One number of topics: means over topics; `low`, `high` and the standard error over halves; whether and why."""
    excess, n = found.mean(axis=1) - table["null"].iloc[0], int(table["confident"].sum())
    row = {"k": k, "npmi": npmi, "exclusivity": topic_quality.exclusivity(terms)["exclusivity"].mean()}
    row |= {"stability": found.mean(), "null": table["null"].iloc[0], "excess": excess.mean()}
    row |= {"low": excess.min(), "high": excess.max(), "error": excess.std(ddof=1) / np.sqrt(len(excess))}
    reason = "supported" if npmi > 0 else "its words do not stand together in the other half"
    if 2 * n < k:
        most = f"{need - MARGIN:.2f} is the highest of shuffled words at any number tried"
        reason = f"{n} of {k} topics reach a stability of {need:.2f}, half should; {most}"
    return row | {"n_confident": n, "supported": reason == "supported", "reason": reason}


def _carried(kept, k, model, seed, whole=True):
    """The terms of the topics, none where the text does not carry so many."""
    try:
        return of_kept(kept, k, model, seed, whole).terms
    except TooFew:
        return tables.empty("topic terms")


def _coherence(dealt, run, topics):
    """The coherence of each topic of a half, by k, in the other half."""
    rest = dealt.kept.only(~np.isin(dealt.block, _half(dealt, run)))
    text = pd.DataFrame({"document": "all", "paragraph": rest.paragraph.astype(str)})
    text["token"] = pd.Categorical.from_codes(rest.word, pd.Index(rest.words, dtype="str"))
    text["position"] = text.groupby("paragraph").cumcount()
    lists = [(k, sorted(own)) for k, of_k in topics.items() for own in of_k]
    terms = pd.DataFrame(lists, columns=["k", "term"]).explode("term")
    terms = terms.assign(topic=terms.index + 1, rank=terms.groupby(level=0).cumcount() + 1)
    return topic_quality.npmi(terms, text).assign(k=[k for k, _ in lists])


def _recommended(table):
    """The number of topics to use, and why."""
    supported = table[table["supported"]]
    if supported.empty:
        best = table.loc[table["n_confident"].div(table["k"]).idxmax()]
        found, besides = f"from {table['k'].min()} to {table['k'].max()} topics, none comes back", ""
        if best["n_confident"]:
            found = f"at best {best['n_confident']} of {best['k']} topics come back"
            besides = ", or their words do not stand together in the other half"
        than = "in halves of the text clearly more than topics of shuffled words do"
        return None, f"No number of topics is supported: {found} {than}{besides}."
    best = supported.loc[supported["excess"].idxmax()]
    near = supported[supported["excess"] >= best["excess"] - best["error"]]
    chosen = near.loc[near["k"].idxmax()]
    comes = f"{chosen['n_confident']} of them come back in halves of the text, on average {chosen['stability']:.0%} of their"
    than = f"terms against {chosen['null']:.0%} in shuffled text"
    largest = "it is the largest number whose excess is within one standard error of the best."
    return int(chosen["k"]), f"{chosen['k']} topics: {comes} {than}; {largest}"
