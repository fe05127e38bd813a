"""The linear classifier: words and letters → weights, scores, probabilities, thresholds."""

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

COST = 0.05  # C of LinearSVC: how dear a paragraph on the wrong side is
PRIOR = 0.1  # added to each term's weight inside and outside a theme before their log ratio
CASES = 50  # a theme with so many coded paragraphs gets a threshold that is half its own
PULL = 40.0, 2.5  # how strongly a theme's calibration is drawn to that of all themes: slope, shift


def vectorizers():
    """What turns text into terms: words and pairs of words; runs of four letters inside words.

    Returns
    -------
    list of TfidfVectorizer
        Not yet fitted; terms in fewer than two (words) or five (letters)
        paragraphs are left out. Weights are (1 + log n) · idf, not normalised.

    Examples
    --------
    >>> [vectorizer.ngram_range for vectorizer in vectorizers()]
    [(1, 2), (4, 4)]
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared = {"sublinear_tf": True, "norm": None, "dtype": np.float32}
    return [
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), min_df=5, **shared),
    ]


def lengths(block):
    """The Euclidean length of each row of a sparse matrix.

    Parameters
    ----------
    block : sparse matrix
        Paragraphs × terms.

    Returns
    -------
    ndarray
        One number per row, never quite 0.

    Examples
    --------
    >>> lengths(sparse.csr_matrix([[3.0, 4.0]])).tolist()
    [5.0]
    """
    return np.maximum(np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel()), 1e-6)


def features(blocks, typical):
    """Blocks of terms side by side, long paragraphs toned down by half.

    Parameters
    ----------
    blocks : list of sparse matrix
        Paragraphs × terms, one block per vectorizer.
    typical : list of float
        For each block, the length of a typical paragraph.

    Returns
    -------
    csr_matrix
        Each row of a block divided by √(its length · the typical length): half
        way, on a log scale, between raw weights and rows of length 1 (pivoted
        normalisation, after Singhal et al. 1996).

    Examples
    --------
    >>> features([sparse.csr_matrix([[3.0, 4.0]])], [5.0]).toarray().round(2).tolist()
    [[0.6, 0.8]]
    """
    scaled = [
        sparse.diags((1 / np.sqrt(lengths(block) * length)).astype(block.dtype)) @ block
        for block, length in zip(blocks, typical, strict=True)
    ]
    return sparse.hstack(scaled, format="csr")


def fit(X, Y):
    """One linear model per theme (one-vs-rest).

    Parameters
    ----------
    X : csr_matrix
        Paragraphs × terms, from `features`.
    Y : ndarray of bool
        Paragraphs × themes.

    Returns
    -------
    weights : ndarray
        Terms × themes.
    intercepts : ndarray
        One per theme; the model's score is X @ weights + intercepts.

    Notes
    -----
    A linear support-vector machine with squared hinge loss, its terms first
    multiplied by 1 + |log ratio of the term's weight inside and outside the
    theme| (after Wang & Manning 2012): what is typical of the theme, or of its
    absence, is held back less. A theme that all or none of the paragraphs have
    gets the score 1 or −1 throughout.

    Examples
    --------
    >>> weights, intercepts = fit(sparse.csr_matrix([[1.0, 0.0], [0.0, 1.0]]), np.array([[True], [False]]))
    >>> bool(weights[0, 0] > 0 > weights[1, 0])
    True
    """
    from sklearn.svm import LinearSVC

    weights = np.zeros((X.shape[1], Y.shape[1]), np.float32)
    intercepts = np.where(Y.all(axis=0), 1.0, -1.0)
    total = np.asarray(X.sum(axis=0)).ravel() + 2 * PRIOR
    for theme in np.flatnonzero(Y.any(axis=0) & ~Y.all(axis=0)):
        coded = Y[:, theme]
        inside = np.asarray(X[coded].sum(axis=0)).ravel() + PRIOR
        outside = np.maximum(total - inside, PRIOR)
        strength = 1 + np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
        strength = strength.astype(X.dtype)
        scaled = sparse.csr_matrix((X.data * strength[X.indices], X.indices, X.indptr), shape=X.shape)
        machine = LinearSVC(C=COST, tol=0.01, random_state=0).fit(scaled, coded)
        weights[:, theme] = machine.coef_.ravel() * strength
        intercepts[theme] = machine.intercept_[0]
    return weights, intercepts


def calibrate(scores, Y):
    """Turn scores into probabilities: a logistic curve per theme.

    Parameters
    ----------
    scores : ndarray
        Paragraphs × themes, from models that had not seen the paragraphs.
    Y : ndarray of bool
        Paragraphs × themes, as coded.

    Returns
    -------
    slopes, shifts : ndarray
        One per theme: the probability is 1 / (1 + exp(−(slope · score + shift))).

    Notes
    -----
    Platt's (1999) scaling, each theme's curve drawn towards that of all themes
    together, the more the fewer paragraphs it has (a normal prior).

    Examples
    --------
    >>> scores = np.array([[-2.0], [-1.0], [1.0], [2.0]] * 50)
    >>> slopes, shifts = calibrate(scores, scores > 0)
    >>> bool(slopes[0] > 1 and abs(shifts[0]) < 0.1)
    True
    """
    from sklearn.linear_model import LogisticRegression

    pooled = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), Y.ravel())
    slope, shift = pooled.coef_[0, 0], pooled.intercept_[0]
    found = []
    for score, coded in zip(scores.T, Y.T, strict=True):
        common = slope * score + shift

        def loss(point, common=common, coded=coded):
            logit = point[0] * common + point[1]
            gap = expit(logit) - coded
            away = point - [1.0, 0.0]
            value = (np.logaddexp(0, logit) - coded * logit).sum() + (np.array(PULL) * away**2).sum() / 2
            return value, np.array([gap @ common, gap.sum()]) + np.array(PULL) * away

        a, b = minimize(loss, [1.0, 0.0], jac=True, method="BFGS").x
        found.append((a * slope, a * shift + b))
    return tuple(np.array(found).T)


def threshold(p, coded):
    """The probability above which a theme is assigned: where F1 is best.

    Parameters
    ----------
    p : ndarray
        Probabilities of a theme, from models that had not seen the paragraphs.
    coded : ndarray of bool
        Whether the theme was given.

    Returns
    -------
    float

    Notes
    -----
    The cut with the best F1 on the coding, weighted n / (n + 50) for a theme with
    n coded paragraphs; the rest of the weight goes to the cut with the best
    *expected* F1, which is half that F1 (Lipton et al. 2014) and hangs on the
    probabilities alone.

    Examples
    --------
    >>> 0.2 < threshold(np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, True, False, False])) < 0.5
    True
    """
    order = np.argsort(-p, kind="stable")
    p, coded = p[order], coded[order]
    taken = np.arange(1, len(p) + 1)
    expected = (2 * np.cumsum(p) / (taken + p.sum())).max() / 2
    last = np.append(p[1:] < p[:-1], True)  # a cut stands between different probabilities only
    best = np.where(last, 2 * np.cumsum(coded) / (taken + coded.sum()), -1).argmax()
    own = (p[best] + p[min(best + 1, len(p) - 1)]) / 2
    share = coded.sum() / (coded.sum() + CASES)
    return float(share * own + (1 - share) * expected)
