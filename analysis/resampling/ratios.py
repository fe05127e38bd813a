"""The ratio of two counts in the same texts, in doublings."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.resampling.cells import column
from analysis.resampling.jackknifing import around


def log_ratio(a, b):
    """How many times as often a occurs as b, in doublings.

    Parameters
    ----------
    a, b : array_like
        Counts in the same texts.

    Returns
    -------
    ndarray
        log₂(a / b), with ½ for a count of 0 (Hardie 2014): 1 means twice as
        often, −1 half as often, 0 as often. Missing where both are 0.

    Examples
    --------
    >>> log_ratio([4, 4, 0, 0], [2, 4, 1, 0]).tolist()
    [1.0, 0.0, -1.0, nan]
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    ratio = np.log2(np.where(a == 0, 0.5, a) / np.where(b == 0, 0.5, b))
    return np.where((a == 0) & (b == 0), np.nan, ratio)


def leave_one_out_ratio(pairs):
    """The log ratio of two counts, and its lowest and highest value when each unit in turn is left out.

    Parameters
    ----------
    pairs : DataFrame
        One row per unit (a paragraph), those without either included: `a`, `b`,
        how often each of two things occurs there.

    Returns
    -------
    DataFrame
        One row: `n_a`, `n_b`, `log_ratio` (missing where neither occurs), `low`,
        `high` (missing also where one unit holds all occurrences of both).

    Raises
    ------
    ValueError
        If columns are missing or a count is not a finite number from 0.

    Notes
    -----
    `log_ratio` is log₂(n_a / n_b), as in `log_ratio`. Both are counted in the
    same texts, so the ratio of the rates is the ratio of the counts.

    Examples
    --------
    >>> leave_one_out_ratio(pd.DataFrame({"a": [2, 1, 1], "b": [0, 1, 1]})).round(3).values.tolist()[0]
    [4.0, 2.0, 1.0, 0.0, 1.585]
    """
    tables.check(pairs, "pairs", ["a", "b"])
    a, b = (column(pairs, "pairs", name).astype(float) for name in ("a", "b"))
    without = log_ratio(a.sum() - a, b.sum() - b)  # missing where one unit holds all there is
    low, high = (without.min(), without.max()) if len(without) else (np.nan, np.nan)
    row = {"n_a": a.sum(), "n_b": b.sum(), "log_ratio": float(log_ratio(a.sum(), b.sum())), "low": low, "high": high}
    return pd.DataFrame([row])


def jackknife_ratio(pairs, level=0.95):
    """The log ratio of two counts in the same units, with a confidence interval by unit.

    Parameters
    ----------
    pairs : DataFrame
        One row per unit (a document), those without either included: `a`, `b`.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    DataFrame
        One row: `n_a`, `n_b`, `log_ratio`, `low`, `high`. The ends are missing
        for fewer than three units, and where leaving out one or another makes no
        difference; everything but the counts where neither occurs.

    Raises
    ------
    ValueError
        If columns are missing, a count is not a finite number from 0, or `level`
        does not lie between 0 and 1.

    Notes
    -----
    `log_ratio` as in `leave_one_out_ratio`. The interval is a delete-one
    jackknife of log₂((n_a + ½) / (n_b + ½)), Student's t with units − 1 degrees
    of freedom, centred on `log_ratio`. Both counts of a unit are left out
    together, so that what they share (its length, its subject) is not taken for
    doubt. In a simulation (``make bench``: gamma–Poisson counts, rate CV 1, 0.5, 2 or
    10 expected hits a document, equal rates or 1 to 4, 2,000 runs each) it held the
    true ratio in 88–94 % of runs at 5 documents, 92–94 % at 10, 93–95 % at 20 and 40.

    Examples
    --------
    >>> pairs = pd.DataFrame({"a": [4, 2, 6, 4], "b": [2, 1, 2, 3]})
    >>> jackknife_ratio(pairs).round(3).values.tolist()[0]
    [16.0, 8.0, 1.0, 0.04, 1.96]
    """
    tables.check(pairs, "pairs", ["a", "b"])
    a, b = (column(pairs, "pairs", name).astype(float) for name in ("a", "b"))
    ratio = float(log_ratio(a.sum(), b.sum()))
    without = np.log2((a.sum() - a + 0.5) / (b.sum() - b + 0.5))
    low, high = around(ratio, without, level)
    return pd.DataFrame([{"n_a": a.sum(), "n_b": b.sum(), "log_ratio": ratio, "low": low, "high": high}])
