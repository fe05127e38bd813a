"""Word pairs → topics of words, and words as points."""

import warnings

import numpy as np

DIMENSIONS = 150  # of the space in which paragraphs are compared
_RESIDUE = 1e-6  # scores this much smaller than the largest are what the factorisation left over
_TOLERANCE, _ROUNDS = 5e-3, 100  # when the factorisation stops


def decompose(weights, dimensions, seed):
    """The largest singular vectors of a matrix.

    Parameters
    ----------
    weights : csr_matrix or ndarray
    dimensions : int
        How many, if there are so many.
    seed : int
        For the random start of the approximation.

    Returns
    -------
    left, values, right : ndarray

    Examples
    --------
    >>> decompose(np.diag([3.0, 2.0, 1.0]), 2, seed=0)[1].round(3).tolist()
    [3.0, 2.0]
    """
    from sklearn.utils.extmath import randomized_svd

    return randomized_svd(weights, min(dimensions, *weights.shape), n_iter=2, random_state=seed)


def factorise(weights, k, parts):
    """Non-negative factors of weighted word pairs: how strongly each word belongs to each topic.

    Parameters
    ----------
    weights : csr_matrix
        Words × words, from `pairs.weigh`.
    k : int
        Topics.
    parts : tuple of ndarray
        Singular vectors of `weights`, from `decompose`, k at least.

    Returns
    -------
    ndarray
        Words × topics, not negative. A column of zeros is a topic that was not found.

    Notes
    -----
    scikit-learn's NMF (coordinate descent, Frobenius norm), started from the
    positive or negative half of each singular vector, whichever is longer
    (NNDSVD, Boutsidis & Gallopoulos 2008; written here since the vectors are at
    hand and scikit-learn would work them out again).

    Examples
    --------
    >>> from scipy import sparse
    >>> weights = sparse.csr_matrix(np.kron([[2, 0], [0, 1]], np.ones((2, 2))))
    >>> factorise(weights, 2, decompose(weights, 2, seed=0)).round(2).tolist()
    [[1.41, 0.0], [1.41, 0.0], [0.0, 1.0], [0.0, 1.0]]
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    left, values, right = parts
    starts = [_halves(left[:, j], right[j], values[j]) for j in range(k)]
    W, H = (np.array(columns) for columns in zip(*starts, strict=True))
    model = NMF(k, init="custom", tol=_TOLERANCE, max_iter=_ROUNDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are part of the recipe
        return model.fit_transform(weights, W=np.ascontiguousarray(W.T), H=H)


def ranked(loadings, words):
    """The terms of each topic, the most telling first.

    Parameters
    ----------
    loadings : ndarray
        Words × topics, not negative: how strongly each word belongs to each topic.
    words : list of str

    Returns
    -------
    order : list of ndarray
        For each topic, its words with a loading (a millionth of the largest or less is none), in order: by loading ·
        √(loading / its sum over topics), each topic's loadings summing to 1; the
        product rounded to six digits, then by the alphabet.

    Examples
    --------
    >>> [order.tolist() for order in ranked(np.array([[0.5, 0.0], [0.5, 0.5], [0.0, 0.5]]), ["a", "b", "c"])]
    [[0, 1], [2, 1]]
    """
    shares = loadings / np.maximum(loadings.sum(axis=0), 1e-300)
    exclusivity = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
    scores = shares * np.sqrt(exclusivity)
    alphabet = np.argsort(np.argsort(np.array(words, dtype=object), kind="stable"), kind="stable")
    orders = []
    for column in scores.T:
        rounded = np.array([float(f"{score:.6g}") for score in column])
        order = np.lexsort((alphabet, -rounded))
        orders.append(order[rounded[order] > _RESIDUE * rounded.max()])
    return orders


def _halves(x, y, value):
    """The positive or the negative half of a pair of singular vectors, whichever is longer, as a start."""
    x, y = (x, y) if _length(x, y) >= _length(-x, -y) else (-x, -y)
    x, y = np.maximum(x, 0), np.maximum(y, 0)
    norms = np.linalg.norm(x), np.linalg.norm(y)
    size = np.sqrt(value * norms[0] * norms[1])
    return (size * x / norms[0], size * y / norms[1]) if size > 0 else (x * 0, y * 0)


def _length(x, y):
    return np.linalg.norm(np.maximum(x, 0)) * np.linalg.norm(np.maximum(y, 0))
