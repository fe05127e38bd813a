"""Running words → topics: their terms, and their shares in each paragraph."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.topics import factors, pairs, scikit, spaces, tidy, words
from analysis.topics.limits import TooFew, check_filled, check_k, check_number, check_seed

MODELS = ("cooccurrence", "nmf", "lda")


class Topics(NamedTuple):
    """What `fit` gives: tables to read, and what `place` needs."""

    terms: pd.DataFrame
    shares: pd.DataFrame
    unplaced: pd.DataFrame
    model: str
    words: list
    idf: np.ndarray  # inverse document frequency of each word
    space: object  # spaces.Space, or scikit-learn's fitted model
    order: np.ndarray  # which column of the model is topic 1, 2, …
    vector_columns: list | None = None  # names of the vectors' columns, as text


def fit(tokens, k, *, seed=0, model="cooccurrence", stopwords=(), vectors=None):
    """Find k topics in paragraphs.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, from `tokens.tokenize`.
    k : int
        Topics wanted: at least 2, fewer than the paragraphs and the kept words. `choose_k`
        says how many the text supports.
    seed : int, default 0
        For the random parts; from 0 to 4,000,000,000.
    model : {"cooccurrence", "nmf", "lda"}, default "cooccurrence"
        Word co-occurrence factorised (see Notes); or scikit-learn's NMF of TF-IDF (at most 400 rounds), or
        its latent Dirichlet allocation (batch, 20 rounds) of counts.
    stopwords : list of str, optional
        Words to leave out, in lower case: ``data/stopwords.txt``.
    vectors : DataFrame, optional
        `document`, `paragraph`, and columns of numbers: any vectors of the paragraphs
        that you have, from a language model for instance; with ``"cooccurrence"`` only.

    Returns
    -------
    Topics
        `terms`: one row per topic and term, the most telling first: `topic` (1 is the
        largest), `term`, `weight` (estimated share of the topic's words, 0 to 1),
        `rank`. `shares`: one row per paragraph and topic, in the order of `tokens`:
        `document`, `paragraph`, `topic`, `share` (0 to 1; in a paragraph it sums to 1;
        missing where no word was kept and there is no vector). `unplaced`: those paragraphs by `document`
        and `paragraph`. The other parts are what `place` needs.

    Raises
    ------
    TypeError
        If `stopwords` is one text, or holds anything but text.
    ValueError
        If columns or values are missing, words are not in the order of the text, no
        word is left, `seed` is not a whole number from 0, `k` not one from 2 to what the text
        allows, a topic is left without a word (of latent Dirichlet allocation: without a running word), `model` is not
        known, `vectors` come with another model than ``"cooccurrence"``, a paragraph has none, or all of them point
        the same way.

    Notes
    -----
    *Words kept*: two letters at least, no stop words, in two paragraphs (five, from
    1,000 paragraphs on), at most the 5,000 in most paragraphs.

    *Co-occurrence.* A pair of words d apart in a paragraph counts 15 − d, d < 15. With
    n_ab the sum, a pair weighs max(0, log(n_ab · N / (n_a · n_b))) · √n_ab (positive
    PMI × √count; at most the million most frequent pairs), and scikit-learn's NMF makes k topics of
    the matrix of words × words. Terms are ranked by loading × √exclusivity (loading /
    its sum over topics; loadings sum to 1 in a topic). Since a weight goes with the root of a
    count, `weight` is the squared loading. Paragraphs are placed as told in
    `spaces.by_words`: by the words they have, sharpened by spherical K-means; a
    share is the squared cosine with the topic / their sum.

    *What was tried* (BBC News and single-issue UPR texts; ``tests/benchmarks/topics.py``):
    windows of 8 to 30 words (12 to 20 alike), leaving out rare pairs (no gain at 15 words),
    placing by cosine (normalised mutual information with the known labels .67 and .48), by topic share of the
    words (.68 and .48), sharpened in 100 dimensions (.71 and .53), in 150 (.71 and
    .535); other exponents of the singular values; terms taken from the placed paragraphs instead (NPMI .16 to .23
    against .25). The README has what came out.

    *Vectors.* With `vectors`, topics begin with the words and are sharpened among the
    vectors (`spaces.by_vectors`); terms are then taken from the paragraphs placed: positive PMI × √count
    of word and topic. Pre-trained vectors are worth it for short texts,
    where words alone say little: on UPR recommendations (a sentence or two) the agreement with
    the known issues rose from .53 to .67 or .68. They cost a model and minutes, and topics then hang on what
    that model has read.

    Nothing is left out as an outlier. Terms are ranked by scores rounded to six digits; shares have six decimals.
    A topic is only words and paragraphs that go together; whether it holds still, `stability` tells.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 3
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(12)], "text": texts})
    >>> found = fit(tokenize(paragraphs), 2, stopwords=["before"])
    >>> found.terms.groupby("topic")["term"].agg(" ".join).tolist()
    ['borders troops guard need', 'courts crimes try']
    >>> found.shares.head(2)["share"].tolist()
    [1.0, 0.0]
    """
    if model not in MODELS:
        raise ValueError(f"model should be one of {list(MODELS)}, found {model!r}.")
    if vectors is not None and model != "cooccurrence":
        raise ValueError(f"vectors go with model='cooccurrence', not with {model!r}.")
    check_seed(seed)
    kept = words.keep(tokens, stopwords)
    check_k(k, kept)
    rows = None if vectors is None else spaces.aligned(vectors, kept.paragraphs)
    found = of_words(kept, k, seed, model, rows)
    check_filled(found.space, k)
    return found if vectors is None else found._replace(vector_columns=spaces.names(vectors))


def of_words(kept, k, seed, model, vectors=None):
    """`fit`, once the words are chosen.

    Parameters
    ----------
    kept : Kept
        From `words.keep`.
    k, seed, model
        As in `fit`.
    vectors : ndarray, optional
        One row per paragraph of `kept`.

    Returns
    -------
    Topics

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": list("123456"), "text": ["arms trade", "law court"] * 3})
    >>> of_words(words.keep(tokenize(paragraphs)), 2, 0, "nmf").terms["term"].tolist()
    ['arms', 'trade', 'court', 'law']
    """
    counts = kept.counts()
    rows, idf = spaces.tfidf(counts)
    if model == "cooccurrence":
        weights = pairs.weigh(pairs.total(pairs.count(kept)))
        loadings, space = _cooccurrence(weights, k, seed, rows, idf, vectors, counts)
        probabilities = loadings**2
    else:
        space = scikit.learn(model, k, seed, rows, counts)
        loadings = probabilities = space.components_.T
    result = placed(space, rows, counts, vectors)
    orders = factors.ranked(loadings, kept.words)
    _check_found(orders, k)
    sizes = [float(f"{size:.6g}") for size in np.nanmean(result, axis=0)]
    order = np.array(sorted(range(k), key=lambda one: (-sizes[one], kept.words[orders[one][0]])))
    return Topics(
        terms=tidy.terms(probabilities[:, order], [orders[one] for one in order], kept.words),
        shares=tidy.long(result[:, order], kept),
        unplaced=tidy.unplaced(result, kept),
        model=model if vectors is None else "vectors",
        words=kept.words,
        idf=idf,
        space=space,
        order=order,
    )


def placed(space, rows, counts, vectors=None):
    """Shares of the topics in each paragraph, by whichever model.

    Parameters
    ----------
    space : Space or scikit-learn model
        What was fitted.
    rows, counts : csr_matrix
        Paragraphs × words: TF-IDF, and plain.
    vectors : ndarray, optional
        Paragraphs × dimensions.

    Returns
    -------
    ndarray
        Paragraphs × topics; missing where there is no kept word and no vector.

    Examples
    --------
    >>> from scipy import sparse
    >>> space = spaces.Space(np.ones(2), np.eye(2), np.zeros(2), np.eye(2))
    >>> rows = sparse.csr_matrix([[1.0, 0.0]])
    >>> placed(space, rows=rows, counts=rows).tolist()
    [[1.0, 0.0]]
    """
    if isinstance(space, spaces.Space):
        return spaces.shares(space, rows if vectors is None else vectors)
    return scikit.shares(space, rows, counts)


def _cooccurrence(weights, k, seed, rows, idf, vectors, counts):
    """Loadings of the words on the topics, and where the topics lie among the paragraphs."""
    if not weights.nnz:
        raise TooFew("tokens: no two words stand near each other more than once: there is nothing to find topics in.")
    parts = factors.decompose(weights, max(factors.DIMENSIONS, k), seed)
    loadings = factors.factorise(weights, k, parts)
    _check_found([np.flatnonzero(column) for column in loadings.T], k)
    if vectors is None:
        return loadings, spaces.by_words(rows, idf, loadings, parts, seed)
    space = spaces.by_vectors(vectors, spaces.first(rows, loadings), k, seed)
    top = spaces.shares(space, vectors)
    return _class_weights(counts, np.where(np.isnan(top).any(axis=1), -1, top.argmax(axis=1)), k), space


def _class_weights(counts, topic, k):
    """Positive PMI × √count of word and topic, in the paragraphs that have the topic as their largest."""
    from scipy import sparse

    some = topic >= 0
    members = sparse.csr_matrix((np.ones(some.sum()), (np.flatnonzero(some), topic[some])), shape=(len(topic), k))
    n = np.asarray((counts.T @ members).todense(), float)
    expected = np.outer(n.sum(axis=1), n.sum(axis=0)) / max(n.sum(), 1)
    return np.maximum(np.log(np.where(n > 0, n, 1) / np.where(n > 0, expected, 1)), 0) * np.sqrt(n)


def _check_found(orders, k):
    """Every topic has a word."""
    check_number(sum(len(order) > 0 for order in orders), k)
