"""Units × items: how often each item occurs in each unit, checked once for all who resample units."""

import numpy as np
from scipy import sparse


def checked(counts, sizes, strata=None):
    """Counts, running words and strata that fit together.

    Parameters
    ----------
    counts : sparse matrix or array
        Units × items: how often each item occurs in each unit.
    sizes : array_like
        Running words of each unit.
    strata : array_like of int, optional
        The stratum of each unit; one for all unless given.

    Returns
    -------
    counts : csc_array
        Each cell once. The caller's matrix is left as it was.
    sizes : ndarray of float
    stratum : ndarray of int
        0, 1, … in the order of the codes in `strata`.

    Raises
    ------
    ValueError
        If the lengths differ, there is no unit, a count is missing, infinite or below 0, a unit has no running words,
        or strata aren't whole numbers.

    Examples
    --------
    >>> checked([[1, 0], [2, 1]], [10, 20], [7, 3])[2].tolist()
    [1, 0]
    >>> checked([[1, 0], [2, 1]], [10, 0])
    Traceback (most recent call last):
    ValueError: sizes: unit 1 (units count from 0) has 0 running words; each needs more than 0. Leave out units without words.
    """
    counts = sparse.csc_array(counts)
    if not counts.has_canonical_format:
        counts = counts.copy()
        counts.sum_duplicates()
    sizes = np.asarray(sizes, float)
    strata = np.zeros(len(sizes), int) if strata is None else np.asarray(strata)
    for name, values in [("sizes", sizes), ("strata", strata)]:
        if values.shape != (counts.shape[0],):
            raise ValueError(
                f"counts has {counts.shape[0]} units, {name} has the shape {values.shape}; one value per unit is needed."
            )
    if not len(sizes):
        raise ValueError("counts has no units; at least one is needed.")
    if not np.issubdtype(strata.dtype, np.integer):
        raise ValueError(f"strata should hold whole numbers, one code per unit, found {strata.dtype}.")
    wrong = ~(np.isfinite(counts.data) & (counts.data >= 0))
    if wrong.any():
        at = wrong.argmax()
        item = np.searchsorted(counts.indptr, at, side="right") - 1
        raise ValueError(
            f"counts: item {item} in unit {counts.indices[at]} (both count from 0) is {counts.data[at]:g}; "
            "each count should be 0 or more."
        )
    wrong = ~(np.isfinite(sizes) & (sizes > 0))
    if wrong.any():
        raise ValueError(
            f"sizes: unit {wrong.argmax()} (units count from 0) has {sizes[wrong][0]:g} running words; each needs more "
            "than 0. Leave out units without words."
        )
    return counts, sizes, np.unique(strata, return_inverse=True)[1]


def check_side(side, units):
    """Raise unless every unit has a side and both sides have units.

    Parameters
    ----------
    side : array_like of bool
        True for units of the target, False for the reference.
    units : int
        How many units there are.

    Returns
    -------
    ndarray of bool

    Raises
    ------
    ValueError
        If values aren't true or false, there are too few or too many, or a side is empty.

    Examples
    --------
    >>> check_side([True, True], 2)
    Traceback (most recent call last):
    ValueError: side: all 2 units are in the target; both sides need units.
    """
    side = np.asarray(side)
    if side.dtype != bool or side.shape != (units,):
        raise ValueError(
            f"side should be true or false for each of {units} units, found {side.dtype} of shape {side.shape}."
        )
    if side.all() or not side.any():
        where = "target" if side.all() else "reference"
        raise ValueError(f"side: all {units} units are in the {where}; both sides need units.")
    return side


def check_whole(name, value, least):
    """Raise unless a number is whole and large enough.

    Parameters
    ----------
    name : str
        What it is, for the message.
    value : int
        The number.
    least : int
        The smallest allowed.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> check_whole("seed", -1, 0)
    Traceback (most recent call last):
    ValueError: seed should be a whole number from 0, found -1.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} should be a whole number from {least}, found {value!r}.")
