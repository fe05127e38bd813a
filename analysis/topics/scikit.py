"""scikit-learn's own topic models: fitted, applied, and how many of their topics hold anything."""

import warnings

import numpy as np


def learn(model, k, seed, rows, counts):
    """Fit one of scikit-learn's models.

    Parameters
    ----------
    model : {"nmf", "lda"}
        NMF of `rows`, at most 400 rounds; or latent Dirichlet allocation of `counts`, 20 rounds.
    k : int
        Topics.
    seed : int
    rows, counts : csr_matrix
        Paragraphs × words: TF-IDF, and plain.

    Returns
    -------
    NMF or LatentDirichletAllocation
        scikit-learn's, fitted.

    Notes
    -----
    The rounds are part of the recipe: that NMF has not come to rest after 400 is no warning. On BBC News and the
    Cairo document, from 5 to 30 topics, it came to rest after 37 to 104.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[2, 0], [0, 3]])
    >>> learn("nmf", 2, seed=0, rows=counts.astype(float), counts=counts).components_.argmax(axis=1).tolist()
    [1, 0]
    """
    from sklearn.decomposition import NMF, LatentDirichletAllocation

    if model == "nmf":
        return _quietly(NMF(k, init="nndsvd", random_state=seed, max_iter=400, tol=1e-3).fit, rows)
    return LatentDirichletAllocation(k, random_state=seed, max_iter=20, learning_method="batch", n_jobs=1).fit(counts)


def shares(space, rows, counts):
    """Shares of the topics in each paragraph.

    Parameters
    ----------
    space : NMF or LatentDirichletAllocation
        From `learn`.
    rows, counts : csr_matrix
        Paragraphs × words: TF-IDF, and plain.

    Returns
    -------
    ndarray
        Paragraphs × topics: amounts divided by their sum; all the same where there is nothing of any topic; missing
        where there is no word.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[2, 0], [0, 3], [0, 0]])
    >>> shares(learn("nmf", 2, 0, counts.astype(float), counts), counts.astype(float), counts).tolist()
    [[0.0, 1.0], [1.0, 0.0], [nan, nan]]
    """
    amounts = _quietly(space.transform, rows if type(space).__name__ == "NMF" else counts)
    sums = amounts.sum(axis=1, keepdims=True)
    result = np.where(sums > 0, amounts / np.where(sums > 0, sums, 1), 1 / amounts.shape[1])
    result[np.diff(counts.indptr) == 0] = np.nan
    return result


def n_filled(space):
    """How many topics of latent Dirichlet allocation hold a running word.

    Parameters
    ----------
    space : LatentDirichletAllocation
        From `learn`.

    Returns
    -------
    int
        Topics with an expected number of running words of at least 1. Asked for too many, the model leaves some with
        nothing but what it presupposes of each: the same for every word.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[5, 5, 0, 0], [0, 0, 5, 5]] * 5)
    >>> n_filled(learn("lda", 3, 0, counts.astype(float), counts))
    2
    """
    presupposed = space.topic_word_prior_ * space.components_.shape[1]
    return int((space.components_.sum(axis=1) - presupposed >= 1).sum())


def _quietly(function, table):
    """What the function gives, without warnings that rounds ran out or that the error left is below rounding."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        return function(table)
