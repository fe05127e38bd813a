"""A permutation test of two sides over whole units, within strata, for many items at once."""

import numpy as np
from scipy import sparse

from analysis import values
from analysis.resampling import arrangements
from analysis.resampling.matrices import check_side, checked

_CELLS = 20_000_000  # numbers held at once
_TIE = 1e-11  # of an item's count: statistics closer than this are the same


def permute(counts, sizes, side, strata=None, permutations=1_999, seed=0):
    """How often sides given to whole units at random would set the target as far apart as it is.

    Parameters
    ----------
    counts : sparse matrix
        Units × items: how often each item occurs in each unit. The order of units decides which arrangements are drawn:
        sort them, so that it does not depend on the order of files. That of items makes no difference.
    sizes : array_like
        Running words of each unit.
    side : array_like of bool
        True for units of the target, False for the reference.
    strata : array_like of int, optional
        The stratum of each unit (its year): sides are permuted within it.
    permutations : int, default 1_999
        If there are no more arrangements than this, all are tried; else so many are drawn at random.
    seed : int, default 0
        The same seed draws the same arrangements.

    Returns
    -------
    p : ndarray
        For each item, two-sided.
    p_smallest : float
        The smallest p that could come out.
    tried : str
        ``"all 20"`` or ``"1,999 random"``.

    Raises
    ------
    ValueError
        If lengths differ, counts don't have two dimensions, a count or size is not a finite number, a count is below 0,
        a unit has no running words, strata aren't whole numbers, `side` isn't
        true or false for each unit or has one side only, `permutations` is not a whole number from 1 or `seed` not one
        from 0.

    Notes
    -----
    The statistic is the target's count less what its share of the running words would lead one to expect, added up over
    strata: the numerator of the Mantel–Haenszel test (Mantel & Haenszel 1959), ::

        |Σ_s (a_s − n_s · T_s / N_s)|

    with a_s the item's count in the target's units of stratum s and n_s in all its units, T_s and N_s their running
    words. If sides had nothing to do with the texts, every arrangement of the labels within strata would be as likely as
    the one observed, so p is valid whatever the statistic; this one adds up over strata and is the same with target and
    reference swapped, so that "at least as large" counts both directions. p is # / all if all arrangements are tried, the
    observed among them, else (1 + #) / (1 + permutations) (Phipson & Smyth 2010). Statistics that differ by less than
    10⁻¹¹ of the item's count are the same. A stratum on one side only decides nothing.

    Examples
    --------
    >>> p, p_smallest, tried = permute([[4], [5], [6], [1], [2], [3]], [100] * 6, [True] * 3 + [False] * 3)
    >>> (p * 20).round(9).tolist(), p_smallest, tried  # this arrangement and its mirror image
    ([2.0], 0.1, 'all 20')
    """
    values.check_whole(permutations, "permutations")
    values.check_whole(seed, "seed", 0)
    counts, sizes, stratum = checked(counts, sizes, strata)
    side = check_side(side, len(sizes))
    on_both = np.bincount(stratum, side) * np.bincount(stratum, ~side) > 0
    n = counts.sum(axis=0).astype(float)
    if not on_both.any():
        return np.ones(len(n)), 1.0, "all 1"
    kept = on_both[stratum]
    counts, sizes, stratum, side = counts.tocsr()[kept], sizes[kept], stratum[kept], side[kept]
    stratum = np.unique(stratum, return_inverse=True)[1]
    statistic = _statistic(counts, sizes, stratum)
    least = np.abs(statistic(side[None])[:, 0]) - _TIE * n
    ways = arrangements.ways(side, stratum)
    exact = ways <= permutations
    rows = max(1, _CELLS // (2 * sum(counts.shape)))
    blocks = (
        arrangements.every(side, stratum, rows)
        if exact
        else arrangements.drawn(side, permutations, seed, stratum, rows)
    )
    extreme = np.full(len(n), 0 if exact else 1)
    for block in blocks:
        found = statistic(block)
        np.abs(found, out=found)
        extreme += (found >= least[:, None]).sum(axis=1)
    number = ways if exact else permutations + 1
    mirrored = exact and (np.bincount(stratum, side) * 2 == np.bincount(stratum)).all()
    return extreme / number, (2 if mirrored else 1) / number, f"all {ways:,}" if exact else f"{permutations:,} random"


def _statistic(counts, sizes, stratum):
    """What gives, for arrangements × units of sides, items × arrangements of the target's counts less those expected."""
    strata, units = stratum.max() + 1, np.arange(len(sizes))
    size = np.bincount(stratum, sizes)
    of_stratum = sparse.csr_array((np.ones(len(units)), (stratum, units)), shape=(strata, len(units)))
    words = sparse.csr_array((sizes, (stratum, units)), shape=(strata, len(units)))
    rates = (sparse.diags_array(1 / size) @ of_stratum @ counts).T.tocsr()
    cells = counts.T.astype(float)  # stored by unit, not by item: at a million units several times faster

    def statistic(arranged):
        labels = np.ascontiguousarray(arranged.T, dtype=float)
        found = cells @ labels
        found -= rates @ (words @ labels)
        return found

    return statistic
