"""A permutation test of slopes, units kept whole."""

import numpy as np

from analysis import tables
from analysis.resampling import arrangements

_TIE = 1e-12  # two slopes closer than this are the same


def permute(x, sums, sizes, slope, permutations, seed, unit, census):
    """A permutation test of the slope of each topic.

    Parameters
    ----------
    x : ndarray
        A number for each unit, from 0 to 1: its time, or whether it is in the group.
    sums, sizes : ndarray
        Sums of shares (units × topics) and paragraphs of each unit, from `checked_shares.units`.
    slope : ndarray
        The slope observed for each topic, as from `slopes`.
    permutations : int
        If there are no more arrangements than this, all are tried; else so many are drawn at random.
    seed : int
        The same seed draws the same arrangements.
    unit : str
        What the units are, for the text in `test`.
    census : bool
        Whether there is one document only: then there is no test.

    Returns
    -------
    p : ndarray
        For each topic; missing where nothing was tested.
    p_smallest : float
        The smallest p that could come out.
    test : str
        What was done, or why nothing.

    Notes
    -----
    `x` is permuted over the units; p (two-sided) is the part of arrangements whose slope is at least as large, up or
    down: # / all if all are tried, the observed among them, else (1 + #) / (1 + permutations) (Phipson & Smyth 2010).
    Slopes closer than 10⁻¹² are the same. No test below five units.

    Examples
    --------
    >>> x, sums, sizes = np.array([0, 0.25, 0.5, 0.75, 1]), np.array([[0.1], [0.2], [0.3], [0.4], [0.5]]), np.ones(5)
    >>> p, p_smallest, test = permute(x, sums, sizes, slopes(x[None], sums, sizes)[0], 999, 0, "document", False)
    >>> (p * 120).round(9).tolist(), round(p_smallest * 120, 9), test  # rising all the way, falling all the way
    ([2.0], 2.0, 'permutation by document (all 120 arrangements)')
    """
    none = np.full(len(slope), np.nan)
    if census:
        return none, np.nan, "none: one document is a census"
    if np.isnan(slope).any():
        return none, np.nan, "none: no paragraph has shares"
    if len(sizes) < tables.FEW:
        return none, np.nan, f"none: only {len(sizes)} ({unit}), fewer than {tables.FEW}"
    values, counts = np.unique(x, return_counts=True)
    ways = arrangements.ways(x)
    exact = ways <= permutations
    extreme = 0 if exact else 1
    for block in arrangements.every(x) if exact else arrangements.drawn(x, permutations, seed):
        extreme = extreme + (np.abs(slopes(block, sums, sizes)) >= np.abs(slope) - _TIE).sum(axis=0)
    tried = ways if exact else permutations + 1
    mirrored = np.ptp(values + values[::-1]) < _TIE and (counts == counts[::-1]).all()  # the slope can change its sign
    name = f"all {ways:,}" if exact else f"{permutations:,} random"
    return extreme / tried, (2 if exact and mirrored else 1) / tried, f"permutation by {unit} ({name} arrangements)"


def slopes(x, sums, sizes):
    """Weighted least squares of the mean shares of units on x, for many arrangements of x at once.

    Parameters
    ----------
    x : ndarray
        Arrangements × units.
    sums, sizes : ndarray
        As for `permute`.

    Returns
    -------
    ndarray
        Arrangements × topics.

    Notes
    -----
    Σ n (x − x̄)(y − ȳ) / Σ n (x − x̄)², with n paragraphs and mean share y of a unit and means weighted by n. Of an x
    of 0 and 1 it is the difference of the means over paragraphs.

    Examples
    --------
    >>> slopes(np.array([[0, 1, 1], [1, 0, 0]]), np.array([[0.5], [0.25], [0.5]]), np.array([1, 2, 1])).tolist()
    [[-0.25], [0.25]]
    """
    return _slope(sizes.sum(), x @ sizes, x**2 @ sizes, x @ sums, sums.sum(axis=0))


def slopes_without(x, sums, sizes):
    """The slopes when each unit in turn is left out.

    Parameters
    ----------
    x : ndarray
        A number for each unit.
    sums, sizes : ndarray
        As for `permute`.

    Returns
    -------
    ndarray
        Units left out × topics; missing where the others have only one value of x.

    Examples
    --------
    >>> slopes_without(np.array([0, 0, 1]), np.array([[0.25], [0.5], [1]]), np.array([1, 1, 1])).tolist()
    [[0.5], [0.75], [nan]]
    """
    n, nx, nxx, xy, y = (s.sum(axis=0) - s for s in (sizes, sizes * x, sizes * x**2, sums * x[:, None], sums))
    _, code, counts = np.unique(x, return_inverse=True, return_counts=True)
    return _slope(n, nx, np.where(len(counts) - (counts[code] == 1) > 1, nxx, np.nan), xy, y)


def _slope(n, nx, nxx, xy, y):
    """Σ n (x − x̄)(y − ȳ) / Σ n (x − x̄)² from sums over units; of an x of 0 and 1, the difference of the means."""
    mean = nx / n
    return (xy - mean[:, None] * y) / (nxx - nx * mean)[:, None]
