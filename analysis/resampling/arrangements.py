"""Labels put to units in another way, within strata: every way there is, or some at random."""

import math
from itertools import combinations, islice, product

import numpy as np

_CELLS = 2_000_000  # numbers held at once
_MANY = 40  # logarithm of a number of ways that nobody will try


def ways(x, stratum=None):
    """In how many different ways the labels of units can be put to the units of their strata.

    Parameters
    ----------
    x : array_like
        A label (number) for each unit.
    stratum : array_like of int, optional
        The stratum of each unit; one for all unless given.

    Returns
    -------
    int or float
        Infinite where there are more than anyone would try (about 10¹⁷).

    Examples
    --------
    >>> ways([0, 0, 1, 1]), ways([0, 0, 1, 1], [0, 0, 0, 1]), ways(range(1000))
    (6, 3, inf)
    """
    held = [np.unique(np.asarray(x)[units], return_counts=True)[1].tolist() for units in _members(x, stratum)]
    logarithm = sum(math.lgamma(sum(counts) + 1) - sum(math.lgamma(n + 1) for n in counts) for counts in held)
    if logarithm > _MANY:
        return math.inf
    return math.prod(math.comb(sum(counts[at:]), n) for counts in held for at, n in enumerate(counts))


def every(x, stratum=None, rows=None):
    """Labels put to the units of their strata in every different way.

    Parameters
    ----------
    x : array_like
        A label (number) for each unit.
    stratum : array_like of int, optional
        The stratum of each unit; one for all unless given.
    rows : int, optional
        How many ways to hold at once; as many as fit unless given.

    Returns
    -------
    iterator of ndarray
        Ways × units, a block at a time.

    Examples
    --------
    >>> [block.tolist() for block in every([5, 7, 7])]
    [[[5, 7, 7], [7, 5, 7], [7, 7, 5]]]
    """
    x = np.asarray(x)
    of_strata = [[(units[list(places)], labels) for places, labels in _put(x[units])] for units in _members(x, stratum)]
    found = product(*of_strata)
    while some := list(islice(found, rows or max(1, _CELLS // len(x)))):
        block = np.empty((len(some), len(x)), x.dtype)
        for row, chosen in zip(block, some, strict=True):
            for units, labels in chosen:
                row[units] = labels
        yield block


def drawn(x, permutations, seed, stratum=None, rows=None):
    """Labels put to the units of their strata at random.

    Parameters
    ----------
    x : array_like
        A label (number) for each unit.
    permutations : int
        How many times.
    seed : int
        The same seed draws the same, however many rows are held at once.
    stratum : array_like of int, optional
        The stratum of each unit; one for all unless given.
    rows : int, optional
        How many to hold at once; as many as fit unless given.

    Returns
    -------
    iterator of ndarray
        Permutations × units, a block at a time.

    Examples
    --------
    >>> [block.tolist() for block in drawn([0, 1, 1], 3, seed=0)]
    [[[1, 0, 1], [1, 1, 0], [1, 0, 1]]]
    """
    x, members = np.asarray(x), _members(x, stratum)
    rngs, rows = generators(seed, len(members)), rows or max(1, _CELLS // len(x))
    for start in range(0, permutations, rows):
        block = np.tile(x, (min(rows, permutations - start), 1))
        for units, rng in zip(members, rngs, strict=True):
            block[:, units] = rng.permuted(block[:, units], axis=1)
        yield block


def generators(seed, strata):
    """A generator of random numbers for each stratum.

    Parameters
    ----------
    seed : int
        A whole number from 0.
    strata : int
        How many.

    Returns
    -------
    list of Generator
        The first is that of the seed itself: with one stratum the numbers are those without strata.

    Examples
    --------
    >>> len(generators(0, 3))
    3
    """
    first = np.random.default_rng(seed)
    return [first, *first.spawn(strata - 1)]


def _members(x, stratum):
    """The units of each stratum, strata in the order of their codes."""
    if stratum is None:
        return [np.arange(len(x))]
    stratum = np.asarray(stratum)
    order = np.argsort(stratum, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(stratum[order])) + 1)


def _put(x):
    """All different ways to put labels to places: the labels and, for each, as many places as it needs."""
    values, counts = np.unique(x, return_counts=True)
    rarest_first = np.argsort(counts, kind="stable")
    labels = np.repeat(values[rarest_first], counts[rarest_first])
    for places in _places(counts[rarest_first].tolist(), range(len(x))):
        yield places, labels


def _places(counts, free):
    """All ways to give each label as many of the free places as it needs; the last takes those left."""
    if len(counts) == 1:
        yield tuple(free)
        return
    for chosen in combinations(free, counts[0]):
        for others in _places(counts[1:], [place for place in free if place not in chosen]):
            yield chosen + others
