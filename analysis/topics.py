"""Topics: words and paragraphs that go together, found or made from labels; placed, named, shown, asked about, kept."""

from collections import namedtuple

import numpy as np
import pandas as pd
from scipy import sparse, stats
from threadpoolctl import threadpool_limits

from analysis import cooccurrence, resampling, storage, tables
from analysis.cooccurrence import TooFew
from analysis.tokens import KEYS, as_token, tokenize

MODELS = ("cooccurrence", "nmf", "lda")
TERMS = 10  # first terms of a topic: those shown and compared
_SAMPLE = 20_000  # paragraphs by which topics are made sharper
_ROUNDS = 30
_TELLING = 3  # paragraphs on a card
_SHOWN = 5  # first terms of a topic in a question
_WORDS = [f"word_{place}" for place in range(1, _SHOWN + 2)]
# Matrices are small: threads would wait for each other, on a busy machine for minutes.
_ALONE = threadpool_limits.wrap(limits=1)

# What `intrusion` gives, questions to be answered, and the answers: the tables `intrusion sheet` and `intrusion key`.
Intrusion = namedtuple("Intrusion", "sheet key")


# `tfidf`: scikit-learn's TfidfTransformer, which weighs the words; `space`: what `_among` found, scikit-learn's fitted
# model, or None for topics made from labels; `order`: which column of the model is topic 1, 2, …
Topics = namedtuple("Topics", "terms shares model words tfidf space order")


def fit(tokens, k, *, model="cooccurrence", drop=(), seed=0):
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
    share is the squared cosine with the topic / their sum; missing where no word was kept. Paragraphs without any
    word have no row.

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
    return of_kept(kept, k, model, seed)


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


def place(topics, tokens):
    """Find the topics of a fitted model in paragraphs, new or old: the table `topic shares`, in the order of `tokens`.

    Nothing is learnt from the paragraphs: only the model's words count, with the idf of those fitted on; on these
    themselves the result is ``topics.shares``. A paragraph without a word of the model has no shares. Shares do not
    hang on the other paragraphs (with ``"nmf"`` a little: it stops when all together have come to rest).

    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 3
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(12)], "text": texts})
    >>> found = fit(tokenize(paragraphs), 2, drop=["before"])
    >>> new = pd.DataFrame({"document": "eu", "paragraph": ["1", "2"], "text": ["Courts for all crimes", "Fish"]})
    >>> place(found, tokenize(new))["share"].tolist()
    [0.0, 1.0, nan, nan]
    """
    tables.check_choice(topics.model, "topics.model", MODELS)  # those made from labels place no paragraph
    kept = cooccurrence.keep(tokens, words=topics.words)
    counts = kept.counts()
    return _long(_placed(topics.space, topics.tfidf.transform(counts), counts)[:, topics.order], kept)


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
    read the topics, then write the labels again.
    """
    tables.check(terms, "topic terms")
    own = terms.sort_values(["topic", "rank"]).groupby("topic")["term"].agg(list)
    names = pd.Series(np.nan, own.index, dtype="str")
    for key, name in labels.items():
        words = {as_token(word) for word in (key.split() if isinstance(key, str) else key)}
        fitting = [topic for topic, first in own.items() if words and {*first[: len(words)]} == words]
        if len(fitting) != 1:
            found = f"labels: {key!r} are the first {len(words)} terms of {len(fitting)} topics, not of one"
            raise ValueError(f"{found}; read the topics, then write the labels again.")
        if isinstance(had := names[fitting[0]], str):
            raise ValueError(f"labels: {key!r} is the topic that is called {had!r} already; name it once.")
        names[fitting[0]] = name
    return names.rename("label").reset_index()


def cards(topics, paragraphs, *, stability=None, labels=None):
    """What one needs to read a topic: its terms, its size and its most typical paragraphs.

    One row per topic and typical paragraph, the table `topic cards`. Typical are the three paragraphs with the highest
    share; of equal ones those with most different of the topic's first ten terms, then the first in the text.
    stability: of `topic_stability.stability`, the table `.topics`; without it, nothing is confident. labels: as for
    `label`; a topic that was not shown to be stable gets no name, since readers take a name for a finding.

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


def intrusion(terms, *, seed=0):
    """Make questions of word intrusion, one a topic: its first five terms, and one word that does not belong.

    Gives `.sheet`, to be answered in its column `intruder`, and `.key`, to be kept from who answers. Write them with
    `tables.write`; read the sheet with `tables.read`, and the key with ``tables.read(path).astype({"topic": int})``.

    The intruder stands high in another topic, so that it is no rare word, and low in this one: it is drawn from the
    first terms of other topics that are not among this topic's terms, or, where there are none, in the lower half of
    its ranks (Chang, Boyd-Graber, Gerrish, Wang & Blei 2009). ValueError where topics are too alike.

    >>> words = ["war", "peace", "army", "truce", "arms", "child", "school", "teacher", "book", "class"]
    >>> terms = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": words, "rank": [1, 2, 3, 4, 5] * 2})
    >>> made = intrusion(terms, seed=3)
    >>> made.sheet.values.tolist()[0]
    ['1', 'army', 'child', 'school', 'class', 'teacher', 'book', '']
    >>> made.key[["question", "topic", "intruder", "source"]].values.tolist()[0]
    ['1', 2, 'army', 1]
    """
    terms = by_rank(terms)
    high = terms.groupby("topic").head(_SHOWN).sort_values(["rank", "topic"]).drop_duplicates("term")
    high = high.sort_values("term")[["term", "topic"]].values.tolist()
    rng, questions = np.random.default_rng(seed), []
    for topic, own in terms.groupby("topic"):
        rank = own.set_index("term")["rank"]
        free = [word for word in high if word[0] not in rank]
        free = free or [word for word in high if rank[word[0]] > max(_SHOWN, len(own) / 2)]
        if not free:
            raise ValueError(f"topic terms: topic {topic}: no word could intrude: topics are too alike; fit fewer.")
        intruder = free[rng.choice(len(free), 1, replace=False)[0]]
        shown = [*own["term"].iloc[:_SHOWN], intruder[0]]
        questions.append([topic, *intruder, *(shown[place] for place in rng.permutation(_SHOWN + 1))])
    key = pd.DataFrame(questions, columns=["topic", "intruder", "source", *_WORDS])
    key = key.iloc[rng.permutation(len(key))].reset_index(drop=True)
    key.insert(0, "question", [str(number) for number in range(1, len(key) + 1)])
    return Intrusion(key[["question", *_WORDS]].assign(intruder=""), key)


def score_intrusion(answers, key):
    """How often people found the intruder, topic by topic: the table `intrusion scores`.

    answers: sheets that were filled in, with a column `coder` where several people answered. `precision` is the model
    precision of Chang et al. (2009): n_right / n_answers, blank ones left out. `low` and `high` are an exact 95 %
    interval by coder (Clopper & Pearson 1934), none for one coder, and `p` is the exact binomial chance of so many
    right if everyone guessed blindly (`q`: Benjamini & Hochberg 1995, over topics).

    >>> words = {f"word_{n}": word for n, word in enumerate(["war", "army", "book", "arms", "troops", "tank"], 1)}
    >>> key = pd.DataFrame({"question": ["1"], "topic": 1, "intruder": "book", **words})
    >>> sheet = key.drop(columns="topic")
    >>> answers = pd.concat([sheet.assign(coder="ann"), sheet.assign(coder="bo", intruder="war")])
    >>> score_intrusion(answers, key)[["n_answers", "n_right", "precision", "chance", "p"]].round(3).values.tolist()
    [[2.0, 1.0, 0.5, 0.167, 0.306]]
    """
    given = _given(tables.check(answers, "intrusion sheet", _WORDS), tables.check(key, "intrusion key", _WORDS))
    blank, chance = given["answer"] == "", 1 / len(_WORDS)
    given = given.assign(n_answers=~blank, n_right=given["answer"] == given["right"], n_blank=blank)
    table = given.groupby("topic")[["n_answers", "n_right", "n_blank"]].sum().reset_index()
    n, right = table["n_answers"], table["n_right"]
    table = table.assign(precision=right / n, chance=chance)
    ends = [stats.binomtest(k, m).proportion_ci() if m > 1 else (np.nan,) * 2 for k, m in zip(right, n, strict=True)]
    table[["low", "high"]] = ends
    doubt = (", unreliable: " + n.astype("str")).where(n < tables.UNRELIABLE, "")
    worded = "95 % by coder (Clopper–Pearson" + doubt + ")"
    table["interval"] = worded.where(n > 1, "none: one coder").where(n > 0, "none: no answer")
    p = pd.Series(stats.binom.sf(right - 1, n, chance)).where(n > 0)
    return table.assign(p=p, q=resampling.adjusted(p), few=n < tables.FEW)


def save(topics, path):
    """Write fitted topics to a file, usually ``….skops``; one of that name is replaced.

    It holds the kept words and the keys of the paragraphs with their shares, not the texts: weigh that before you pass
    it on where the texts are confidential.

    >>> save("topics", "topics.skops")
    Traceback (most recent call last):
    AttributeError: 'str' object has no attribute '_asdict'
    """
    storage.write_model(topics, path)


def load(path):
    """Read fitted topics from a file that `save` wrote, to the last digit.

    The file can't run code: only arrays, text and scikit-learn's own classes are read. ValueError if it is no such
    file, is damaged, or was made with another version of scikit-learn.

    >>> load("topics.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no file topics.skops.
    """
    return storage.read_model(path, Topics, "topics")


def by_rank(terms, more=()):
    """The terms, checked, by topic and rank."""
    ranked = tables.check(terms, "topic terms", more)[["topic", "term", "rank", *more]].astype({"term": "str"})
    return ranked.sort_values(["topic", "rank"], ignore_index=True)


@_ALONE
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
        weights = cooccurrence.weigh(cooccurrence.count(kept))
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


@_ALONE
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


def _given(answers, key):
    """Each answer as it was given, with its topic, its coder and the right answer."""
    cells = ["intruder", *_WORDS]
    one, other = (table[cells].apply(lambda column: column.str.strip().str.casefold()) for table in (answers, key))
    key = key[["question", "topic"]].assign(right=other["intruder"], shown=other[_WORDS].apply(frozenset, axis=1))
    given = pd.DataFrame({"question": answers["question"], "coder": answers.get("coder", "")})
    given = given.assign(answer=one["intruder"], seen=one[_WORDS].apply(frozenset, axis=1)).merge(key, how="left")
    strange = [answer not in ("", *seen) for answer, seen in zip(given["answer"], given["seen"], strict=True)]
    other, twice = given["seen"] != given["shown"], given.duplicated(["question", "coder"])
    mistakes = [
        (other, "has other words than the key; was the sheet made with another seed or topics?"),
        (strange, "is answered with another word; write one of its six words."),
        (twice, "is there twice; name each person in a column coder."),
    ]
    for wrong, why in mistakes:
        for row in np.flatnonzero(wrong)[:1]:
            raise ValueError(f"intrusion sheet: question {given['question'][row]} in row {row} (from 0) {why}")
    return given
