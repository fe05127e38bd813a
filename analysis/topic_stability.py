"""How good topics are: do their words stand together, in one topic only, and come back in halves of the text; how many."""

import os
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import cooccurrence, tables
from analysis.cooccurrence import TooFew, quietly
from analysis.tokens import KEYS, paragraph_of
from analysis.topics import MODELS, TERMS, by_rank, of_kept

KS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
LEAST = 0.5  # a confident topic keeps at least so much of its terms
MARGIN = 0.1  # and so much more than the most stable topic of shuffled text
BLOCKS = 20  # the text is dealt into so many, and a half is half of them
HALVES = 10  # drawn
SHUFFLES = {0: (20, 10), 3_000: (5, 10), 10_000: (2, 5)}  # from so many words on: shuffles, and halves of each
_EPSILON = 1e-12  # added to a joint share, lest its logarithm be infinite
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
    tables.check_choice(topics.model, "topics.model", MODELS)  # those made from labels can't be fitted anew
    kept = cooccurrence.keep(tokens, words=topics.words)
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

    ks: numbers of topics to try; drop as in `topics.fit`. Returns `.ks` (the table `numbers of topics`), `.topics`, one
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


def npmi(terms, tokens, *, window=10, top=10):
    """How often the first terms of each topic occur near one another, compared with chance: the table `topic npmi`.

    With p the share of windows of so many words that hold a term, or both terms of a pair, and ε = 10⁻¹²:
    log((p(a, b) + ε) / (p(a) p(b))) / −log(p(a, b) + ε), mean over all pairs of the `top` first terms. Normalized
    pointwise mutual information (Bouma 2009) over boolean sliding windows (Röder, Both & Hinneburg 2015): the figures
    of ``c_npmi`` in gensim 4.4 with this window. A paragraph shorter than a window is one window; words left out of
    `tokens` (stop words) have let their neighbours move together.

    Kept from gensim, so that figures can be compared: ε lifts a pair that never meets above −1, the more the rarer its
    terms; a pair in every window there is gets −1; a word counts as gone once a window moves past it, even if it
    stands there a second time. A pair with an absent term counts as −1; gensim leaves the term out.

    >>> terms = pd.DataFrame({"topic": 1, "term": ["peace", "accord", "tax"], "rank": [1, 2, 3]})
    >>> tokens = pd.DataFrame({"document": "un", "paragraph": [*"1122"], "position": [0, 1, 0, 1]})
    >>> tokens["token"] = ["peace", "accord", "war", "crimes"]
    >>> found = npmi(terms, tokens, window=2)  # peace and accord: log 2 / log 2; twice −1 with tax
    >>> found.drop(columns="few").round(3).values.tolist()[0]
    [1.0, -0.333, 3.0, 1.0, 3.0, 2.0]
    """
    best, paragraph = by_rank(terms).groupby("topic").head(top), paragraph_of(tokens)
    code, words = pd.factorize(best["term"])
    token = tokens["token"].astype("category")
    together, windows = _together(words.get_indexer(token.cat.categories)[token.cat.codes], words, paragraph, window)
    best = best.assign(code=code, alone=together.diagonal()[code])
    pairs = best.merge(best, on="topic", suffixes=("_a", "_b")).query("rank_a < rank_b")
    both = together[pairs["code_a"], pairs["code_b"]]
    joint, chance = both / windows + _EPSILON, pairs["alone_a"] * pairs["alone_b"] / windows**2
    pairs["npmi"] = (np.log(joint / chance.where(chance > 0)) / -np.log(joint)).fillna(-1)
    of_topic, of_pairs = best.groupby("topic")["alone"], pairs.assign(never=both == 0).groupby("topic")
    n_pairs = of_pairs["never"].agg(["size", "sum"]).reindex(best["topic"].unique(), fill_value=0)
    table = pd.DataFrame({"npmi": of_pairs["npmi"].mean(), "n_terms": of_topic.size()})
    table["n_absent"] = table["n_terms"] - of_topic.agg(np.count_nonzero)
    table[["n_pairs", "n_pairs_never"]] = n_pairs
    return table.assign(few=table["n_terms"] - table["n_absent"] < tables.FEW).reset_index()


def exclusivity(terms, *, top=10):
    """How far the first terms of each topic belong to it alone: the table `topic exclusivity`.

    With φ the weight of a term in a topic, divided by the sum of the topic's weights in `terms`: mean over its `top`
    first terms of φ here / sum of φ over all topics. The exclusivity of Bischof & Airoldi (2012), without their ranks
    and without the frequency that FREX adds. A term that is not listed counts as of weight 0: give all terms.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> exclusivity(terms.assign(weight=[3, 1, 1, 1])).round(3).values.tolist()  # aid: 1/4 and 1/2, of 3/4
    [[1.0, 0.667, 2.0], [2.0, 0.833, 2.0]]
    """
    ranked = by_rank(terms, ["weight"])
    share = ranked["weight"] / ranked.groupby("topic")["weight"].transform("sum")
    ranked["exclusive"] = share / share.groupby(ranked["term"]).transform("sum")
    table = ranked.groupby("topic").head(top).groupby("topic", as_index=False)
    return table.agg(exclusivity=("exclusive", "mean"), n_terms=("term", "size"))


def diversity(terms, *, top=10):
    """How many of the topics' first terms are different words: the table `topic diversity`, one row.

    Topic diversity of Dieng, Ruiz & Blei (2020), who take 25 terms of each topic; figures for another `top` or number
    of topics don't compare.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> diversity(terms).values.tolist()
    [[4.0, 3.0, 0.75]]
    """
    best = by_rank(terms).groupby("topic").head(top)
    n, different = len(best), best["term"].nunique()
    return pd.DataFrame({"n_terms": [n], "n_different": [different], "diversity": [different / n]})


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
    """How often the words are shuffled, and in how many halves their topics are fitted again."""
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
    row = {"k": k, "npmi": npmi, "exclusivity": exclusivity(terms)["exclusivity"].mean()}
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
    return npmi(terms, text).assign(k=[k for k, _ in lists])


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


def _together(code, words, paragraph, window):
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
    size = np.minimum(gone - row[number], windows[number] - 1) - (first - row[number]) + 1
    held = np.repeat(begin[number] + first - row[number] - np.cumsum(size) + size, size) + np.arange(size.sum())
    shape = int(windows.sum()), len(words)
    holds = sparse.csr_array((np.ones(len(held), np.int64), (held, np.repeat(word, size))), shape=shape)
    holds.data[:] = 1  # a window counts once
    return (holds.T @ holds).toarray(), shape[0]
