"""How the log ratio of two rates moves when units are left out, and what random labels would do."""

import numpy as np
from scipy import stats

from analysis import resampling, tables
from analysis.keyness.units import doubt


def without_one(counts, sizes):
    """The lowest and highest log₂ rate of each word when each paragraph in turn is left out.

    Parameters
    ----------
    counts : csr_matrix
        Paragraphs × words.
    sizes : ndarray of int
        Running words of each paragraph.

    Returns
    -------
    low, high : ndarray
        For each word log₂((n − n_i) / (N − N_i)), ½ for a count of 0, at its smallest and largest over all
        paragraphs i, those without the word included.

    Notes
    -----
    Of the paragraphs without a word only the smallest and the largest matter, so the work grows with the number of
    cells, not with paragraphs × words.

    Examples
    --------
    >>> from scipy import sparse
    >>> low, high = without_one(sparse.csr_matrix([[3], [1], [0]]), np.array([10, 10, 20]))
    >>> (2**low * 30).round(9).tolist(), (2**high * 20).round(9).tolist()  # 1/30, 3/30 or 4/20
    ([1.0], [4.0])
    """
    units, words = counts.shape
    order = np.argsort(sizes, kind="stable")
    sizes, cells = sizes[order], counts[order].tocsc()
    cells.sort_indices()
    n, total = np.asarray(cells.sum(axis=0)).ravel(), sizes.sum()
    held = np.diff(cells.indptr)
    word = np.repeat(np.arange(words), held)
    without = _log_rate(n[word] - cells.data, total - sizes[cells.indices])
    low, high = np.full(words, np.inf), np.full(words, -np.inf)
    np.minimum.at(low, word, without)
    np.maximum.at(high, word, without)
    # The first rank a word skips, from below and from above, is that of the smallest and largest paragraph without it.
    for rank, below in (
        (np.arange(len(word)) - cells.indptr[:-1][word], True),
        (cells.indptr[1:][word] - 1 - np.arange(len(word)), False),
    ):
        skipped = held.copy()
        gap = cells.indices != (rank if below else units - 1 - rank)
        np.minimum.at(skipped, word[gap], rank[gap])
        some = held < units
        size = sizes[skipped[some] if below else units - 1 - skipped[some]]
        without = _log_rate(n[some], total - size)
        low[some], high[some] = np.minimum(low[some], without), np.maximum(high[some], without)
    return low, high


def census(counts, sizes, inside, listed=None):
    """The log ratio's lowest and highest value when each paragraph in turn is left out, from whichever side.

    Parameters
    ----------
    counts : csr_matrix
        Paragraphs × words.
    sizes : ndarray of int
        Running words of each paragraph.
    inside : ndarray of bool
        Which paragraphs are the target's.
    listed : tuple of ndarray and int, optional
        Counts and total of a frequency list that stands in for the reference; nothing is left out of it.

    Returns
    -------
    low, high : ndarray
        For each word.

    Raises
    ------
    ValueError
        If a side has one paragraph only.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts, sizes = sparse.csr_matrix([[2], [2], [1], [1]]), np.array([10, 10, 10, 10])
    >>> low, high = census(counts, sizes, np.array([True, True, False, False]))
    >>> low.round(9).tolist(), high.round(9).tolist()  # wherever one is left out, the rate stays
    ([1.0], [1.0])
    """
    target, low, high = _ends(counts[inside], sizes[inside], "target")
    if listed is not None:
        reference = _log_rate(*listed)
        return low - reference, high - reference
    reference, lowest, highest = _ends(counts[~inside], sizes[~inside], "reference")
    return np.minimum(low - reference, target - highest), np.maximum(high - reference, target - lowest)


def sample(counts, sizes, found, unit, log_ratio, listed=None):
    """A 95 % interval of the log ratio by unit.

    Parameters
    ----------
    counts : csr_matrix
        Units × words.
    sizes : ndarray of int
        Running words of each unit.
    found : Units
        Side and stratum of each unit.
    unit : str
        What they are.
    log_ratio : ndarray
        What is observed: the middle of the interval where the reference is a list.
    listed : tuple of ndarray and int, optional
        Counts and total of a frequency list that stands in for the reference, taken as fixed.

    Returns
    -------
    low, high : ndarray
        Missing where there is no interval.
    interval : ndarray of str
        What they are, or why there are none.

    Examples
    --------
    >>> from scipy import sparse
    >>> from analysis.keyness.units import Units
    >>> found = Units(np.arange(4), np.array([True, True, False, False]), np.zeros(4, int), list("abcd"), "country")
    >>> low, high, interval = sample(sparse.csr_matrix([[2], [3], [1], [2]]), np.full(4, 90), found, "country", np.array([1.]))
    >>> low.tolist(), interval.tolist()
    ([nan], ['none: only 2 (country) in the target'])
    """
    sides = {"target": found.inside} if listed else {"target": found.inside, "reference": ~found.inside}
    n_units = {name: int(side.sum()) for name, side in sides.items()}
    held = {name: np.asarray(counts[side].sum(axis=0)).ravel() for name, side in sides.items()}
    low, high = np.full((2, counts.shape[1]), np.nan)
    reason = _no_interval(found, n_units, unit)
    if reason is None:
        if listed is None:
            drawn = resampling.two_sample(counts, sizes, found.inside, found.stratum)
            low, high = drawn["low"].to_numpy(float), drawn["high"].to_numpy(float)
        else:
            drawn = resampling.one_sample(counts, sizes, found.stratum)
            reach = stats.t.ppf(0.975, drawn["df"].to_numpy(float)) * drawn["error"].to_numpy(float)
            reach = np.where(reach > 1e-9, reach, np.nan)  # units that are alike say nothing of how others might differ
            low, high = log_ratio - reach, log_ratio + reach
        reason = f"none: which {unit} is left out makes no difference"
    how = "jackknife of the target, the list taken as fixed" if listed else "jackknife, Welch"
    name = f"95 % by {found.called} ({how}{doubt(min(n_units.values()))})"
    interval = np.where(np.isnan(low), reason, name).astype(object)
    for side, n in held.items() if listed is None else [*held.items(), ("reference", listed[0])]:
        interval[n == 0] = f"none: not in the {side}"
    absent = np.array([str(text).startswith("none") for text in interval])
    return np.where(absent, np.nan, low), np.where(absent, np.nan, high), interval


def tested(counts, sizes, found, unit, permutations, seed):
    """p of a permutation test of the sides over whole units, and q over all words.

    Parameters
    ----------
    counts : csr_matrix
        Units × words.
    sizes : ndarray of int
        Running words of each unit.
    found : Units
        Side and stratum of each unit.
    unit : str
        What they are.
    permutations, seed : int
        As for `compare`.

    Returns
    -------
    p, q : ndarray
        Missing where nothing was tested.
    p_smallest : float
        The smallest p that could come out.
    test : str
        What was permuted, or why nothing.

    Examples
    --------
    >>> from scipy import sparse
    >>> from analysis.keyness.units import Units
    >>> found = Units(np.arange(4), np.array([True, True, False, False]), np.zeros(4, int), list("abcd"), "country")
    >>> tested(sparse.csr_matrix([[2], [3], [1], [2]]), np.full(4, 90), found, "country", 99, 0)[3]
    'none: only 4 (country), fewer than 5'
    """
    none = np.full(counts.shape[1], np.nan)
    if len(sizes) < tables.FEW:
        return none, none, np.nan, f"none: only {len(sizes)} ({unit}), fewer than {tables.FEW}"
    p, p_smallest, tried = resampling.permute(counts, sizes, found.inside, found.stratum, permutations, seed)
    return p, stats.false_discovery_control(p), p_smallest, f"permutation by {found.called} ({tried} arrangements)"


def _ends(counts, sizes, name):
    """The log₂ rate of each word on one side, and its lowest and highest when a paragraph is left out."""
    if len(sizes) == 1:
        raise ValueError(
            f"The {name} has one paragraph only: it cannot be left out to see what the figures hang on. "
            "Take more paragraphs, or smaller ones."
        )
    return _log_rate(np.asarray(counts.sum(axis=0)).ravel(), sizes.sum()), *without_one(counts, sizes)


def _no_interval(found, n_units, unit):
    """Why there is no interval for any word, if so."""
    for name, n in n_units.items():
        if n < 3:  # two say nothing of how far a third might lie
            return f"none: only {n} ({unit}) in the {name}"
    cells = found.stratum * 2 + found.inside
    if len(np.unique(found.stratum)) > 1 and (np.bincount(cells)[np.unique(cells)] == 1).any():
        return f"none: only 1 ({unit}) on a side of a stratum"
    return None


def _log_rate(n, total):
    """log₂ of a rate, ½ for a count of 0."""
    return np.log2(np.where(n == 0, 0.5, n)) - np.log2(total)
