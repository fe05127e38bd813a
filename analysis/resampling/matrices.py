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
        If counts don't have two dimensions, the lengths differ, there is no unit, a count or size is not a number, a
        count is missing, infinite or below 0, a unit has no running words, or strata aren't whole numbers.

    Examples
    --------
    >>> checked([[1, 0], [2, 1]], [10, 20], [7, 3])[2].tolist()
    [1, 0]
    >>> checked([[1, 0], [2, 1]], [10, 0])
    Traceback (most recent call last):
    ValueError: sizes: unit 1 (units count from 0) has 0 running words; each needs more than 0. Leave out units without words.
    """
    counts = sparse.csc_array(_matrix(counts))
    if not counts.has_canonical_format:
        counts = counts.copy()
        counts.sum_duplicates()
    sizes = numbers(sizes, lambda unit: f"sizes: unit {unit} (units count from 0)").astype(float)
    strata = np.zeros(sizes.shape, int) if strata is None else _codes(strata)
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


def _matrix(counts):
    """Units × items, of numbers."""
    if not sparse.issparse(counts):
        try:
            counts, given = np.asarray(counts), counts
        except ValueError:  # rows of different lengths
            raise ValueError(
                "counts: the units have different numbers of items; each needs one count of each item."
            ) from None
        if counts.ndim == 2:
            items = counts.shape[1]
            return numbers(given, lambda at: f"counts: item {at % items} in unit {at // items} (both count from 0)")
    if counts.ndim != 2:
        raise ValueError(
            f"counts should have two dimensions, units × items, found {counts.ndim}; give a single item as one column."
        )
    if counts.dtype.kind not in "iufb":
        raise ValueError(f"counts should hold numbers, found {counts.dtype}.")
    return counts


def _codes(strata):
    """Strata as an array; whole numbers among objects are whole numbers."""
    strata = np.asarray(strata)
    if strata.dtype == object and all(type(code) is int or isinstance(code, np.integer) for code in strata.ravel()):
        return np.array(strata.tolist())
    return strata


def numbers(values, where):
    """Values as an array of numbers.

    Parameters
    ----------
    values : array_like
        Numbers, also as objects.
    where : function
        From the place of a value, counted from 0, to the words that name it.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If a value is not a number, naming the first.

    Examples
    --------
    >>> numbers(np.array([1, 2], object), str).dtype.kind
    'i'
    >>> numbers(np.array([1, "2"], object), lambda row: f"cells: n in row {row}")
    Traceback (most recent call last):
    ValueError: cells: n in row 1 is '2'; it should be a number.
    """
    values, given = np.asarray(values), values
    if values.dtype.kind in "iufb":
        return values
    if values.dtype.kind in "US":  # NumPy has made text of numbers beside text
        values = np.array(given, object)
    for at, value in enumerate(values.ravel()):
        if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
            found = repr(str(value)) if isinstance(value, str) else repr(value)
            raise ValueError(f"{where(at)} is {found}; it should be a number.")
    found = np.array(values.tolist())
    return found if found.dtype.kind in "iuf" else found.astype(float)


def check_level(level):
    """Raise unless this is a level of confidence.

    Parameters
    ----------
    level : float

    Raises
    ------
    ValueError
        If it is not a number between 0 and 1.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
    ValueError: level should lie between 0 and 1, found 95.
    """
    if not isinstance(level, (int, float, np.integer, np.floating)) or not 0 < level < 1:
        raise ValueError(f"level should lie between 0 and 1, found {level!r}.")


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
