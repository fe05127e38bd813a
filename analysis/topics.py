"""Topics: words and paragraphs that go together, found in running words or made from labels that others gave."""

from collections import namedtuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import cooccurrence, tables
from analysis.cooccurrence import TooFew
from analysis.tokens import KEYS, as_token, keys_of, tokenize

MODELS = ("cooccurrence", "nmf", "lda")
TERMS = 10  # first terms of a topic: those shown and compared
_SAMPLE = 20_000  # paragraphs by which topics are made sharper
_ROUNDS = 30
_TELLING = 3  # paragraphs on a card


# `tfidf`: scikit-learn's TfidfTransformer, which weighs the words; `space`: what `_among` found, scikit-learn's fitted
# model, or None for topics made from labels; `order`: which column of the model is topic 1, 2, …
class Topics(namedtuple("Topics", "terms shares model words tfidf space order")):
    """What `fit` gives: tables to read, and what `place` needs."""

    @property
    def unplaced(self):
        """The paragraphs without shares: none of their words was kept."""
        return self.shares.loc[self.shares["share"].isna(), KEYS].drop_duplicates(ignore_index=True)


def fit(tokens, k, *, model="cooccurrence", drop=(), seed=0, paragraphs=None):
    """Find k topics in paragraphs: the tables `topic terms` and `topic shares`, as `.terms` and `.shares`.

    k: from 2, fewer than the paragraphs and the kept words; `topic_stability.choose_k` says how many the text supports.
    model: word co-occurrence factorised (below), or scikit-learn's NMF of TF-IDF (at most 400 rounds), or its latent
    Dirichlet allocation (batch, 20 rounds) of counts. drop: words to leave out, in lower case (``data/stopwords.txt``).

    tokens: running words, or those of many files as `cluster.keep` gives them, without the words of its own drop.

    Words kept: two letters at least, in two paragraphs (five, from 1,000 paragraphs on), the 5,000 in most paragraphs.
    *Co-occurrence*: a pair of words d apart in a paragraph counts 15 − d, d < 15. A pair weighs positive PMI × √count
    (at most the million most frequent), and non-negative factors of words × words are the topics. Terms are ranked by
    loading × √exclusivity (loading / its sum over topics); since a weight goes with the root of a count, `weight` is
    the squared loading. A word is a point in 150 dimensions, a paragraph the TF-IDF-weighted sum of its words; it goes
    to the topic of which its words have most, then topics are sharpened by spherical K-means (Dhillon & Modha 2001). A
    share is the squared cosine with the topic / their sum; missing where no word was kept. Given the table
    `paragraphs` that the words are of, those without any word come at the end, their shares missing too.

    A topic is only words and paragraphs that go together; whether it holds still, `topic_stability.stability` tells.
    ValueError where the text does not carry k topics.

    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 3
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(12)], "text": texts})
    >>> found = fit(tokenize(paragraphs), 2, drop=["before"])
    >>> found.terms.groupby("topic")["term"].agg(" ".join).tolist()
    ['borders troops guard need', 'courts crimes try']
    >>> found.shares.head(2)["share"].tolist()
    [1.0, 0.0]
    """
    tables.check_choice(model, "model", MODELS)
    kept = tokens if isinstance(tokens, cooccurrence.Kept) else cooccurrence.keep(tokens, drop)
    found = of_kept(kept, k, model, seed)
    return found._replace(shares=_with_wordless(found.shares, paragraphs))


def from_labels(tokens, labels, *, drop=()):
    """Make topics of any grouping of paragraphs: clusters of vectors, themes that people coded.

    labels: `document`, `paragraph`, `label`, one row per paragraph that has one; those of paragraphs without words are
    passed over. Each label is a topic, the largest is topic 1; a paragraph's share is 1 in the topic of its label, else
    0, missing where it has none. Terms as in `fit`, from positive PMI × √count of word and label.

    So vectors of a language model become topics: cluster them (scikit-learn's KMeans), and give the clusters here. They
    are worth it for texts of a sentence or two, where words alone say little.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [*"1234"], "text": ["arms trade", "law court"] * 2})
    >>> found = from_labels(tokenize(paragraphs), paragraphs[["document", "paragraph"]].assign(label=[5, 0, 5, 0]))
    >>> found.terms["term"].tolist(), found.shares["share"].tolist()
    (['arms', 'trade', 'court', 'law'], [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    """
    tables.check(labels, "labelled paragraphs", ["label"])
    kept = cooccurrence.keep(tokens, drop)
    labels = labels.astype(dict.fromkeys(KEYS, "str"))
    topic, names = pd.factorize(kept.paragraphs.merge(labels, on=KEYS, how="left")["label"])
    k, topic = len(names), topic[:, None]
    if k < 2:
        raise TooFew(f"labels: {k} different labels in the paragraphs of tokens; topics need two.")
    counts, members = kept.counts(), (topic == np.arange(k)).astype(float)
    n = counts.T @ members
    expected = np.outer(n.sum(axis=1), n.sum(axis=0)) / n.sum()
    loadings = np.maximum(np.log(np.maximum(n, 1) / np.where(n > 0, expected, 1)), 0) * np.sqrt(n)
    shares = np.where(topic < 0, np.nan, members)
    return _told(kept, "labels", None, loadings, loadings**2, shares, _weighing(counts))


def place(topics, tokens, paragraphs=None):
    """Find the topics of a fitted model in paragraphs, new or old: the table `topic shares`, in the order of `tokens`.

    Nothing is learnt from the paragraphs: only the model's words count, with the idf of those fitted on; on these
    themselves the result is ``topics.shares``. A paragraph without a word of the model has no shares. Shares do not
    hang on the other paragraphs (with ``"nmf"`` a little: it stops when all together have come to rest). `paragraphs`
    as in `fit`.

    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 3
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(12)], "text": texts})
    >>> found = fit(tokenize(paragraphs), 2, drop=["before"])
    >>> new = pd.DataFrame({"document": "eu", "paragraph": ["1", "2"], "text": ["Courts for all crimes", "Fish"]})
    >>> place(found, tokenize(new))["share"].tolist()
    [0.0, 1.0, nan, nan]
    """
    check(topics, "those made from labels place no paragraph")
    kept = cooccurrence.keep(tokens, words=topics.words)
    counts = kept.counts()
    shares = _long(_placed(topics.space, topics.tfidf.transform(counts), counts)[:, topics.order], kept)
    return _with_wordless(shares, paragraphs)


def label(terms, labels):
    """Give topics the names that a person chose, found by their first terms: the table `topic labels`.

    labels: from a topic's first terms, as a tuple or a text with spaces, in any order and as many as tell it apart, to
    its name. The number of a topic changes with the seed, with k, with every paragraph added; a name tied to terms is
    refused when the terms change.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["war", "arms", "women", "girls"], "rank": [1, 2, 1, 2]})
    >>> label(terms, {"girls women": "Women and girls"})["label"].tolist()
    [nan, 'Women and girls']
    >>> label(terms, {"women war": "Women in war"})
    Traceback (most recent call last):
    ValueError: labels: 'women war' are the first 2 terms of 0 topics, not of one;
    read the topics again, then label anew.
    """
    tables.check(terms, "topic terms")
    if not isinstance(labels, dict):
        raise TypeError(f"labels should be a dict from first terms to a name, found {type(labels).__name__}.")
    own = terms.sort_values(["topic", "rank"]).groupby("topic")["term"].agg(list)
    names = pd.Series(np.nan, own.index, dtype="str")
    for key, name in labels.items():
        words = {as_token(word) for word in (key.split() if isinstance(key, str) else key)}
        fitting = [topic for topic, first in own.items() if words and {*first[: len(words)]} == words]
        if len(fitting) != 1:
            found = f"labels: {key!r} are the first {len(words)} terms of {len(fitting)} topics, not of one"
            raise ValueError(f"{found}; read the topics again, then label anew.")
        if pd.notna(names[fitting[0]]):
            raise ValueError(f"labels: {key!r} and another key are both topic {fitting[0]}; keep one name.")
        names[fitting[0]] = name
    return names.rename("label").reset_index()


def cards(topics, paragraphs, *, stability=None, labels=None):
    """What one needs to read a topic: its terms, its size and the paragraphs that tell most of it.

    One row per topic and telling paragraph, the table `topic cards`. Telling are the three paragraphs with the highest
    share; of equal ones those with most different of the topic's first ten terms, then the first in the text.
    stability: of `topic_stability.stability`, the table `.topics`; without it, nothing is confident. labels: as for
    `label`; a topic that was not shown to hold still gets no name, since readers take a name for a finding.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [*"1234"], "text": ["Arms for war", "Law"] * 2})
    >>> found = from_labels(tokenize(paragraphs), paragraphs[["document", "paragraph"]].assign(label=[1, 2, 1, 2]))
    >>> cards(found, paragraphs)[["topic", "terms", "share", "rank", "paragraph"]].values.tolist()[:2]
    [[1, 'arms · for · war', 0.5, 1, '1'], [1, 'arms · for · war', 0.5, 2, '3']]
    """
    texts = tables.check(paragraphs, "paragraphs")[[*KEYS, "text"]].reset_index(drop=True).astype("str")
    shares = topics.shares.dropna(subset="share").astype(dict.fromkeys(KEYS, "str"))
    first = topics.terms[topics.terms["rank"] <= TERMS]
    words = tokenize(texts)[[*KEYS, "token"]].drop_duplicates().astype("str").rename(columns={"token": "term"})
    met = words.merge(first[["topic", "term"]]).groupby([*KEYS, "topic"]).size().rename("met").reset_index()
    told = shares.merge(texts.assign(row=texts.index), how="left").merge(met, how="left").fillna({"met": 0})
    if told["row"].isna().any():
        key = tuple(told.loc[told["row"].isna().idxmax(), KEYS])
        raise ValueError(f"paragraphs: {key} has shares but is not there; give those the topics were found in.")
    told = told[told["share"] > 0].sort_values(["topic", "share", "met", "row"], ascending=[True, False, False, True])
    told["rank"] = told.groupby("topic").cumcount() + 1
    told = told[told["rank"] <= _TELLING].rename(columns={"share": "share_here"})
    wide = shares["share"].to_numpy().reshape(-1, len(topics.order))
    largest = np.bincount(wide.argmax(axis=1), minlength=len(topics.order))
    card = label(topics.terms, labels or {})
    card["terms"] = first.groupby("topic")["term"].agg(" · ".join).to_numpy()
    card = card.assign(share=wide.mean(axis=0), n_paragraphs=largest, few=largest < tables.FEW)
    untested = card[["topic"]].assign(stability=np.nan, confident=False)
    tested = untested if stability is None else tables.check(stability, "topic stability", ["stability"])
    card = card.merge(tested[["topic", "stability", "confident"]], on="topic")
    card["label"] = card["label"].where(card["confident"])
    return card.merge(told[["topic", "rank", *KEYS, "share_here", "text"]], on="topic")


def save(topics, path):
    """Write fitted topics to a file, by custom ``….skops``; one of that name is replaced.

    It holds the kept words and the keys of the paragraphs with their shares, not the texts: weigh that before you pass
    it on where the texts are confidential.

    >>> save("topics", "topics.skops")
    Traceback (most recent call last):
    TypeError: topics should come from topics.fit or topics.load.
    """
    tables.write_model(check(topics), path)


def load(path):
    """Read fitted topics from a file that `save` wrote, to the last digit.

    The file can't run code: only arrays, text and scikit-learn's own classes are read. ValueError if it is no such
    file, is damaged, or was made with another version of scikit-learn.

    >>> load("topics.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no file topics.skops.
    """
    return tables.read_model(path, Topics, "topics")


def check(topics, unless_fitted=None):
    """The topics, if they are some: with a reason, only if they were fitted."""
    if not isinstance(topics, Topics) or (unless_fitted and topics.space is None):
        told = "; ".join(filter(None, ["topics should come from topics.fit or topics.load", unless_fitted]))
        raise TypeError(f"{told}.")
    return topics


def of_kept(kept, k, model, seed, whole=True):
    """`fit`, once the words are chosen, of the whole text or a half; TooFew where they do not carry k topics."""
    tables.check_number(k, "k", 2)
    n_filled = len(np.unique(kept.paragraph))
    if k >= min(n_filled, len(kept.words)):
        found = f"{n_filled} paragraphs with {len(kept.words)} kept words"
        raise TooFew(f"k = {k} topics in {found}: k should be smaller than both.")
    counts = kept.counts()
    marks = counts @ np.random.default_rng(0).integers(1, 2**62, len(kept.words))  # of paragraphs of the same words one
    _check_found(len(np.unique(marks[marks != 0])), k)
    tfidf = _weighing(counts)
    rows = tfidf.transform(counts)
    if model == "cooccurrence":
        from threadpoolctl import threadpool_limits

        weights = cooccurrence.weigh(cooccurrence.count(kept))
        with threadpool_limits(1):  # small matrices: threads would wait for each other, on a busy machine for minutes
            parts = cooccurrence.decompose(weights, max(cooccurrence.DIMENSIONS, k), seed)
        loadings = cooccurrence.factorise(weights, k, parts)
        space, probabilities = _among(rows, loadings, parts, seed), loadings**2
    else:
        from sklearn.decomposition import NMF, LatentDirichletAllocation

        if model == "nmf":
            space = cooccurrence.quietly(NMF(k, init="nndsvd", random_state=seed, max_iter=400, tol=1e-3).fit, rows)
        else:
            space = LatentDirichletAllocation(k, random_state=seed, max_iter=20, n_jobs=1).fit(counts)
        loadings = probabilities = space.components_.T
        if whole and model == "lda":  # a topic that holds less than one running word is nothing but presupposed
            _check_found((loadings.sum(axis=0) - space.topic_word_prior_ * len(kept.words) >= 1).sum(), k)
    return _told(kept, model, space, loadings, probabilities, _placed(space, rows, counts), tfidf)


def _told(kept, model, space, loadings, probabilities, shares, tfidf):
    """Topics from loadings of words and shares of paragraphs; the largest is the first."""
    orders = cooccurrence.ranked(loadings)
    k = len(orders)
    _check_found(sum(len(order) > 0 for order in orders), k)
    sizes = [float(f"{size:.6g}") for size in np.nanmean(shares, axis=0)]
    order = np.lexsort(([own[0] for own in orders], np.negative(sizes)))
    own = [orders[one] for one in order]
    word, topic = np.concatenate(own), np.repeat(np.arange(k), list(map(len, own)))
    terms = pd.DataFrame({"topic": topic + 1, "term": np.array(kept.words, object)[word]}).astype({"term": "str"})
    terms["weight"] = (probabilities / probabilities.sum(axis=0))[word, order[topic]]
    terms["rank"] = terms.groupby("topic").cumcount() + 1
    return Topics(tables.significant(terms), _long(shares[:, order], kept), model, kept.words, tfidf, space, order)


def _long(shares, kept):
    """Shares as a table, one row per paragraph and topic, in the order of the running words."""
    keys, k = kept.paragraphs.iloc[np.argsort(kept.place)].astype("category"), shares.shape[1]
    table = keys.loc[keys.index.repeat(k)].reset_index(drop=True)
    return table.assign(topic=np.tile(np.arange(k) + 1, len(keys)), share=np.round(shares[keys.index].ravel(), 6))


def _with_wordless(shares, paragraphs):
    """Shares, with missing ones for those of the paragraphs, if these are given, that have no running word."""
    if paragraphs is None:
        return shares
    every = tables.check(paragraphs, "paragraphs")[KEYS].astype("str")
    lost = every[~keys_of(every).isin(keys_of(shares))].merge(shares[["topic"]].drop_duplicates(), how="cross")
    return pd.concat([shares.astype(dict.fromkeys(KEYS, "str")), lost], ignore_index=True)


def _check_found(found, k):
    """As many topics as asked for."""
    if found < k:
        raise TooFew(f"k = {k} topics were asked for, and only {found} can be told apart: choose a smaller k.")


def _weighing(counts):
    """What makes paragraphs weighted words of length 1: (1 + log n) · (1 + log((1 + all) / (1 + those with it)))."""
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit(counts)


def _among(rows, loadings, parts, seed):
    """Axes from words to dimensions, the mean paragraph there, topics of length 1, sharpened by spherical K-means."""
    from sklearn.preprocessing import normalize

    left, values, _ = parts
    axes = (left * np.sqrt(values))[:, : cooccurrence.DIMENSIONS]
    filled = np.flatnonzero(np.diff(rows.indptr))
    if len(filled) > _SAMPLE:
        filled = filled[np.sort(np.random.default_rng(seed).choice(len(filled), _SAMPLE, replace=False))]
    points = rows[filled] @ axes
    middle = points.mean(axis=0)
    points = normalize(points - middle)
    of_words = loadings / np.maximum(loadings.sum(axis=0), 1e-300) + 1e-12
    topic = (rows[filled] @ (of_words / of_words.sum(axis=1, keepdims=True))).argmax(axis=1)
    k, n = loadings.shape[1], len(points)
    means = np.zeros((k, points.shape[1]))
    for _ in range(_ROUNDS):
        members = sparse.csr_array((np.ones(n), (topic, np.arange(n))), shape=(k, n))
        fresh = normalize(members @ points)
        means = np.where(fresh.any(axis=1, keepdims=True), fresh, means)  # a topic that lost its paragraphs stays
        nearest = (points @ means.T).argmax(axis=1)
        if (nearest == topic).all():
            break
        topic = nearest
    return {"axes": axes, "middle": middle, "topics": means}


def _placed(space, rows, counts):
    """Shares of the topics in each paragraph, from TF-IDF `rows` or `counts`; missing where there is no kept word."""
    if isinstance(space, dict):
        axes, middle, topics = space["axes"], space["middle"], space["topics"]
        amounts = np.maximum(rows @ (axes @ topics.T) - topics @ middle, 0) ** 2
    else:
        amounts = cooccurrence.quietly(space.transform, rows if type(space).__name__ == "NMF" else counts)
    sums = amounts.sum(axis=1, keepdims=True)
    shares = np.where(sums > 0, amounts / np.where(sums > 0, sums, 1), 1 / amounts.shape[1])
    shares[np.diff(counts.indptr) == 0] = np.nan
    return shares
