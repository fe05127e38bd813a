"""Rates when whole units are drawn again, with replacement and within strata."""

import numpy as np
import pandas as pd

from analysis import values
from analysis.resampling.arrangements import generators
from analysis.resampling.matrices import check_level, checked

_CELLS = 20_000_000  # numbers held at once
_NOTHING = 1e-7  # a smaller standard error is 0 but for the last digits
KINDS = ("studentised", "percentile")


def bootstrap(counts, sizes, strata=None, draws=1_999, seed=0, kind="studentised", level=0.95):
    """The rate of each item, with a bootstrap interval by unit.

    Parameters
    ----------
    counts : sparse matrix
        Units × items: how often each item occurs in each unit. The order of units decides what is drawn; that of items
        makes no difference.
    sizes : array_like
        Running words of each unit.
    strata : array_like of int, optional
        The stratum of each unit (its year): as many units as it has are drawn from each.
    draws : int, default 1_999
        How often.
    seed : int, default 0
        The same seed draws the same units.
    kind : {"studentised", "percentile"}, default "studentised"
        Which interval.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    DataFrame
        One row per item: `rate` (share of running words), `low`, `high`. The ends are missing where the item does not
        occur, there are fewer than three units, or a stratum has one unit only; the studentised also where units
        differ so little, or the item occurs in so few, that more than (1 − `level`) / 2 of the draws, or the units
        themselves, have no standard error.

    Raises
    ------
    ValueError
        If lengths differ, counts don't have two dimensions, a count or size is not a finite number, a count is below 0,
        a unit has no running words, strata aren't whole numbers, `draws` is not
        a whole number from 1 or `seed` not one from 0, `kind` is not one of the two, or `level` does not lie between 0
        and 1.

    Notes
    -----
    ``"percentile"``: quantiles of the rates drawn (Efron & Tibshirani 1993, ch. 13). ``"studentised"`` (bootstrap-t,
    ch. 12): with θ = log((n + ½) / N), error its standard error by the delta method and * for what is drawn, quantiles
    of (θ* − θ) / error* take the place of Student's t around log(n / N).

    The package draws the jackknife (`jackknife`, `two_sample`), as it held the truth more nearly as often as it says.
    With ``python -m tests.calibration`` (gamma–Poisson counts, rate CV 1, 500 to 4,000 words and 0.5, 2 or 10 expected
    hits a document, 2,000 runs each), 95 % intervals held the true rate in this share of the runs that had one:

    =========  ===========  ===========  ===========
    documents  percentile   studentised  jackknife
    =========  ===========  ===========  ===========
    5          78.4–88.9 %  90.4–91.7 %  93.7–97.1 %
    10         84.6–85.2 %  89.6–94.6 %  93.6–97.6 %
    20         89.4–90.3 %  92.6–93.5 %  93.8–94.5 %
    40         91.4–92.4 %  92.9–94.4 %  93.4–95.2 %
    =========  ===========  ===========  ===========

    With 0.5 expected hits at 10 documents, the studentised had none in 1,049 runs, the others in 36.

    Examples
    --------
    >>> found = bootstrap([[2, 1], [3, 0], [2, 0], [3, 0]], [100] * 4, kind="percentile")
    >>> found.to_dict("records")  # 10 and 1 in 400 words
    [{'rate': 0.025, 'low': 0.02, 'high': 0.03}, {'rate': 0.0025, 'low': 0.0, 'high': 0.0075}]
    """
    values.check_whole(draws, "draws")
    values.check_whole(seed, "seed", 0)
    if kind not in KINDS:
        raise ValueError(f"kind should be one of {list(KINDS)}, found {kind!r}.")
    check_level(level)
    counts, sizes, stratum = checked(counts, sizes, strata)
    rate = counts.sum(axis=0) / sizes.sum()
    low, high = np.full((2, len(rate)), np.nan)
    if len(sizes) >= 3 and np.bincount(stratum).min() > 1:
        width = max(1, _CELLS // (8 * draws))
        for start in range(0, len(rate), width):
            some = slice(start, start + width)
            drawn = replicates(counts[:, some], sizes, stratum, draws, seed)
            low[some], high[some] = (_percentile if kind == "percentile" else _studentised)(*drawn, level)
    low, high = (np.where(rate > 0, end, np.nan) for end in (low, high))
    return pd.DataFrame({"rate": rate, "low": low, "high": high})


def replicates(counts, sizes, stratum, draws, seed):
    """Counts, running words and standard errors of the units as they are and as they are drawn.

    Parameters
    ----------
    counts : csc_array
        Units × items.
    sizes : ndarray of float
        Running words of each unit.
    stratum : ndarray of int
        The stratum of each unit: 0, 1, …, each with two units or more.
    draws : int
        How often.
    seed : int
        The same seed draws the same units.

    Returns
    -------
    n : ndarray
        (1 + draws) × items: counts of the units as they are in the first row, then as they are drawn.
    words : ndarray
        (1 + draws) × 1: their running words.
    error : ndarray
        (1 + draws) × items: standard error of log((n + ½) / words).

    Notes
    -----
    Delta method: with r = (n + ½) / words and z_i = n_i − r · N_i for the units i of stratum s, U_s of them::

        error² = Σ_s U_s / (U_s − 1) · Σ_i (z_i − mean_s)² / (n + ½)²

    The squares are multiplied out, so that r need not be known before all strata are added up.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csc_array([[3], [2], [1], [2]])
    >>> n, words, error = replicates(counts, np.full(4, 50.0), np.zeros(4, int), 2, 0)
    >>> n.ravel().tolist(), words.ravel().tolist(), round(float(error[0, 0] * 8.5) ** 2, 9)  # 4/3 · (1 + 0 + 1 + 0)
    ([8.0, 6.0, 11.0], [200.0, 200.0, 200.0], 2.666666667)
    """
    found = []
    counts = counts.astype(float)
    squares, by_size = counts * counts, counts * sizes[:, None]
    strata = [np.flatnonzero(stratum == code) for code in range(stratum.max() + 1)]
    cells = [[part.tocsr()[units].T for part in (counts, squares, by_size)] for units in strata]
    rows = max(1, _CELLS // (len(sizes) + 8 * counts.shape[1]))
    for weights in _weights(strata, len(sizes), draws, seed, rows):
        n = words = nn = nw = ww = 0
        for units, parts in zip(strata, cells, strict=True):
            drawn, up = np.ascontiguousarray(weights[:, units].T), len(units) / (len(units) - 1)
            n_s, nn_s, nw_s = (part @ drawn for part in parts)
            words_s, ww_s = sizes[units] @ drawn, sizes[units] ** 2 @ drawn
            n, words = n + n_s, words + words_s
            nn = nn + up * (nn_s - n_s**2 / len(units))
            nw = nw + up * (nw_s - n_s * words_s / len(units))
            ww = ww + up * (ww_s - words_s**2 / len(units))
        r = (n + 0.5) / words
        error = np.sqrt(np.clip(nn - 2 * r * nw + r**2 * ww, 0, None)) / (n + 0.5)
        found.append((n.T, words[:, None], error.T))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def _weights(strata, n_units, draws, seed, rows):
    """How often each unit is drawn: once each, then at random; draws × units, so many rows at once."""
    yield np.ones((1, n_units))
    rngs = generators(seed, len(strata))
    for start in range(0, draws, rows):
        n = min(rows, draws - start)
        weights = np.empty((n, n_units))
        for units, rng in zip(strata, rngs, strict=True):
            places = rng.integers(0, len(units), (n, len(units))) + np.arange(n)[:, None] * len(units)
            weights[:, units] = np.bincount(places.ravel(), minlength=n * len(units)).reshape(n, -1)
        yield weights


def _percentile(n, words, error, level):
    """Quantiles of the rates drawn."""
    return np.quantile(n[1:] / words[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)


def _studentised(n, words, error, level):
    """Around the rate, on a log scale, quantiles of how many standard errors the rates drawn lie from it."""
    theta, some = np.log((n + 0.5) / words), (error > _NOTHING) & (n > 0)
    t = np.full(theta[1:].shape, np.nan)
    np.divide(theta[1:] - theta[0], error[1:], out=t, where=some[1:])
    enough = some[0] & (1 - some[1:].mean(axis=0) <= (1 - level) / 2)
    low, high = np.full((2, n.shape[1]), np.nan)
    if enough.any():
        upper, lower = np.nanquantile(t[:, enough], [(1 + level) / 2, (1 - level) / 2], axis=0)
        rate, error = n[0, enough] / words[0], error[0, enough]
        low[enough], high[enough] = rate * np.exp(-upper * error), rate * np.exp(-lower * error)
    return low, high
