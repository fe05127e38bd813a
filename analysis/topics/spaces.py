"""Paragraphs → shares of topics."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics import factors

SAMPLE = 20_000  # paragraphs by which topics are made sharper
_ROUNDS = 30
_NOISE = 1e-12  # variance of vectors of length 1 that differ by rounding only
_LARGEST = 1e100  # beyond, the length of a vector is no number
POWER = 2.0  # shares go by this power of the likeness
_KEYS = ["document", "paragraph"]


class Space(NamedTuple):
    """Where the topics lie among paragraphs, and how paragraphs get there: all arrays."""

    idf: np.ndarray  # inverse document frequency of each word; empty where paragraphs come as vectors
    axes: np.ndarray  # words (or columns of the vectors) × dimensions
    middle: np.ndarray  # the mean paragraph, in these dimensions
    topics: np.ndarray  # topics × dimensions, of length 1


def tfidf(counts, idf=None):
    """Paragraphs as weighted words of length 1.

    Parameters
    ----------
    counts : csr_matrix
        Paragraphs × words.
    idf : ndarray, optional
        Of each word; worked out from `counts` unless given.

    Returns
    -------
    csr_matrix, ndarray
        (1 + log n) · idf, each row divided by its length; and idf = 1 + log((1 + paragraphs) / (1 + paragraphs with the
        word)).

    Examples
    --------
    >>> from scipy import sparse
    >>> rows, idf = tfidf(sparse.csr_matrix([[1, 0], [2, 2]]))
    >>> rows.toarray().round(2).tolist(), idf.round(2).tolist()
    ([[1.0, 0.0], [0.58, 0.81]], [1.0, 1.41])
    """
    from sklearn.preprocessing import normalize

    table = counts.astype(float)
    if idf is None:
        n_paragraphs = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = 1 + np.log((1 + counts.shape[0]) / (1 + n_paragraphs))
    table.data = (1 + np.log(table.data)) * idf[table.indices]
    return normalize(table, copy=False), idf


def by_words(rows, idf, loadings, parts, seed):
    """Find where topics of words lie among the paragraphs.

    Parameters
    ----------
    rows : csr_matrix
        Paragraphs × words, from `tfidf`.
    idf : ndarray
        From `tfidf`.
    loadings : ndarray
        Words × topics.
    parts : tuple of ndarray
        Singular vectors of the weighted word pairs, from `factors.decompose`.
    seed : int
        For the paragraphs looked at, where there are more than 20,000.

    Returns
    -------
    Space

    Notes
    -----
    A word is a point: its singular vector times √ of the singular values, 150 dimensions. A paragraph is the
    TF-IDF-weighted sum of its words, less the mean of all. It first goes to the topic of which its words have most;
    then topics are the means of their paragraphs and paragraphs go to the nearest (cosine), by turns, up to 30 times:
    spherical K-means (Dhillon & Modha 2001) that starts from the topics of words.

    Examples
    --------
    >>> from scipy import sparse
    >>> rows, idf = tfidf(sparse.csr_matrix(np.repeat(np.eye(2, dtype=int), 2, axis=0)))
    >>> space = by_words(rows, idf, np.eye(2), (np.eye(2), np.ones(2), np.eye(2)), seed=0)
    >>> shares(space, rows).tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    """
    left, values, _ = parts
    axes = (left * np.sqrt(values))[:, : factors.DIMENSIONS]
    sample = _sample(rows, seed)
    points = np.asarray(sample @ axes)
    middle = points.mean(axis=0)
    return Space(idf, axes, middle, _sharpen(points - middle, first(sample, loadings), loadings.shape[1]))


def by_vectors(vectors, start, k, seed):
    """Find where topics lie among paragraphs given as vectors.

    Parameters
    ----------
    vectors : ndarray
        Paragraphs × dimensions.
    start : ndarray of int
        A first topic of each paragraph.
    k : int
        Topics.
    seed : int
        For the paragraphs looked at, where there are more than 20,000.

    Returns
    -------
    Space

    Notes
    -----
    As in `by_words`; a paragraph is its vector divided by its length, less the mean of all, in the (at most 200) main
    directions, each divided by the fourth root of the variance along it, so that a few do not outweigh the others.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> space = by_vectors(vectors, np.array([0, 0, 1, 1]), 2, seed=0)
    >>> shares(space, vectors).argmax(axis=1).tolist()
    [0, 0, 1, 1]
    """
    from sklearn.preprocessing import normalize

    order = _rows(len(vectors), seed)
    unit = normalize(vectors[order])
    mean = unit.mean(axis=0)
    _, values, right = np.linalg.svd(np.atleast_2d(np.cov(unit.T, bias=True)), hermitian=True)
    used = np.flatnonzero(values > 1e-9 * max(values[0], _NOISE))[:200]
    if not used.size:
        raise ValueError(
            "vectors: all paragraphs have the same one (or one that points the same way): nothing tells them apart."
        )
    axes = right[used].T / values[used] ** 0.25
    points = (unit - mean) @ axes
    return Space(np.zeros(0), axes, mean @ axes, _sharpen(points, start[order], k))


def first(rows, loadings):
    """The topic of which a paragraph's words have most.

    Parameters
    ----------
    rows : csr_matrix
        Paragraphs × words, from `tfidf`.
    loadings : ndarray
        Words × topics.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> first(np.array([[1.0, 0.0], [0.2, 0.8]]), np.eye(2)).tolist()
    [0, 1]
    """
    shares_of_topics = loadings / np.maximum(loadings.sum(axis=0), 1e-300) + 1e-12
    return np.asarray(rows @ (shares_of_topics / shares_of_topics.sum(axis=1, keepdims=True))).argmax(axis=1)


def shares(space, rows):
    """Shares of the topics in each paragraph.

    Parameters
    ----------
    space : Space
    rows : csr_matrix or ndarray
        Paragraphs × words, from `tfidf`; or × columns of the vectors.

    Returns
    -------
    ndarray
        Paragraphs × topics: the square of the cosine with each topic, negative ones counting as 0, divided by their
        sum; all the same where none is positive; missing where a row is zero.

    Examples
    --------
    >>> space = Space(np.zeros(0), np.eye(2), np.zeros(2), np.eye(2))
    >>> shares(space, np.array([[1.0, 0.0], [3.0, 4.0], [0.0, 0.0]])).round(2).tolist()
    [[1.0, 0.0], [0.36, 0.64], [nan, nan]]
    """
    from sklearn.preprocessing import normalize

    rows = rows if len(space.idf) else normalize(rows)
    likeness = np.maximum(rows @ (space.axes @ space.topics.T) - space.topics @ space.middle, 0) ** POWER
    sums = likeness.sum(axis=1, keepdims=True)
    result = np.where(sums > 0, likeness / np.where(sums > 0, sums, 1), 1 / len(space.topics))
    result[np.asarray(abs(rows).sum(axis=1)).ravel() == 0] = np.nan
    return result


def aligned(vectors, paragraphs):
    """The numbers of the vectors, one row per paragraph.

    Parameters
    ----------
    vectors : DataFrame
        `document`, `paragraph`, columns of numbers.
    paragraphs : DataFrame
        `document`, `paragraph`.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If keys are missing or repeated, a paragraph has no vector, or a number is missing, infinite or beyond 1e100.

    Examples
    --------
    >>> vectors = pd.DataFrame({"document": "un", "paragraph": ["2", "1"], "a": [0.5, 1.0]})
    >>> aligned(vectors, vectors[["document", "paragraph"]].head(1)).tolist()
    [[0.5]]
    """
    tables.check(vectors, "vectors", _KEYS)
    tables.check_present(vectors, "vectors", _KEYS)
    keys, numbers = vectors[_KEYS].astype("str"), vectors.drop(columns=_KEYS)
    tables.check_unique(keys, "vectors", _KEYS)
    wrong = [name for name in numbers if not pd.api.types.is_any_real_numeric_dtype(numbers[name])]
    if wrong or not numbers.shape[1]:
        raise ValueError(f"vectors should have columns of numbers beside {_KEYS}; found {wrong or 'none'}.")
    known = pd.MultiIndex.from_frame(keys)
    where = known.get_indexer(pd.MultiIndex.from_frame(paragraphs[_KEYS].astype("str")))
    if (where < 0).any():
        first = tuple(paragraphs[_KEYS].iloc[int((where < 0).argmax())])
        several = "1 paragraph has" if (where < 0).sum() == 1 else f"{(where < 0).sum()} paragraphs have"
        raise ValueError(f"vectors: {several} none, first {first}; give one for each paragraph of tokens.")
    values = numbers.to_numpy(float, na_value=np.nan)[where]
    bad = ~(np.abs(values) < _LARGEST)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ValueError(
            f"vectors: column {numbers.columns[column]!r} of {tuple(paragraphs[_KEYS].iloc[row])} is "
            f"{values[row, column]}: a number is missing, infinite or far too large."
        )
    return values


def names(vectors):
    """What the columns of the vectors are called.

    Parameters
    ----------
    vectors : DataFrame
        `document`, `paragraph`, columns of numbers.

    Returns
    -------
    list of str

    Examples
    --------
    >>> names(pd.DataFrame({"document": ["un"], "paragraph": "1", 0: 0.5, 1: 1.0}))
    ['0', '1']
    """
    return [str(name) for name in vectors.columns if name not in _KEYS]


def _rows(n, seed):
    """All rows, or 20,000 drawn at random."""
    return np.arange(n) if n <= SAMPLE else np.sort(np.random.default_rng(seed).choice(n, SAMPLE, replace=False))


def _sample(rows, seed):
    """Paragraphs with a kept word, at most 20,000."""
    filled = np.flatnonzero(np.diff(rows.indptr))
    return rows[filled[_rows(len(filled), seed)]]


def _sharpen(points, topic, k):
    """Means of the paragraphs of each topic, by turns with the nearest topic of each paragraph."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    points = normalize(points)
    means = np.zeros((k, points.shape[1]))
    for _ in range(_ROUNDS):
        members = sparse.csr_matrix((np.ones(len(points)), (topic, np.arange(len(points)))), shape=(k, len(points)))
        fresh = normalize(members @ points)
        means = np.where(fresh.any(axis=1, keepdims=True), fresh, means)  # a topic that lost its paragraphs stays
        nearest = (points @ means.T).argmax(axis=1)
        if (nearest == topic).all():
            break
        topic = nearest
    return means
