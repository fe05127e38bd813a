"""Confidence intervals from what a figure is when each unit in turn is left out."""

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.resampling.cells import with_totals
from analysis.resampling.matrices import check_level
from analysis.resampling.samples import one_sample


def jackknife(cells, sizes, level=0.95):
    """A confidence interval for each rate, leaving out whole units.

    Parameters
    ----------
    cells, sizes : DataFrame
        As for `leave_one_out`.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    DataFrame
        `group`, `item`, `low`, `high` (as shares). Missing for fewer than three
        units, and where it makes no difference which unit is left out.

    Raises
    ------
    ValueError
        If columns or values are missing, a row repeats, a cell's unit has no size,
        `n` is not a finite number from 0 or `size` not one above 0, or `level`
        does not lie between 0 and 1.

    Notes
    -----
    Delete-one jackknife of log((n + ½) / size), as in `one_sample`; Student's t with units − 1
    degrees of freedom, centred on log(n / size) (Efron & Tibshirani 1993,
    ch. 11). In a simulation (``make bench``: gamma–Poisson counts, rate CV 1,
    0.5, 2 or 10 expected hits a document, 2,000 runs each), 95 % intervals held
    the true rate in 93–97 % of runs at 5 and 10 documents, 94–95 % at 20 and
    94–95 % at 40; the percentile bootstrap in 76–89, 85–86, 89–90 and 91–92 %.

    Examples
    --------
    >>> cells = pd.DataFrame({"group": 0, "item": 0, "unit": [0, 1, 2, 3], "n": [2, 3, 2, 3]})
    >>> sizes = pd.DataFrame({"group": 0, "unit": [0, 1, 2, 3], "size": 100})
    >>> jackknife(cells, sizes)[["low", "high"]].round(4).to_dict("records")
    [{'low': 0.0177, 'high': 0.0353}]
    """
    check_level(level)
    cells, per_item, sizes = with_totals(cells, sizes)
    of_cells, of_units = (table.groupby("group").indices for table in (cells, sizes))
    error, df = np.full((2, len(per_item)), np.nan)
    for group, items in per_item.groupby("group").indices.items():
        held, units = cells.iloc[of_cells[group]], sizes.iloc[of_units[group]]
        places = pd.Index(units["unit"]).get_indexer(held["unit"]), held["key"].to_numpy() - items[0]
        counts = sparse.csc_array((held["n"].to_numpy(), places), shape=(len(units), len(items)))
        error[items], df[items] = one_sample(counts, units["size"])[["error", "df"]].to_numpy().T
    reach = stats.t.ppf((1 + level) / 2, df) * np.where(error > 0, error, np.nan) * np.log(2)
    rate = per_item["sum"] / per_item["total"]
    return per_item[["group", "item"]].assign(low=rate * np.exp(-reach), high=rate * np.exp(reach))


def around(estimate, without, level=0.95):
    """A confidence interval for any figure, from what it is when each unit in turn is left out.

    Parameters
    ----------
    estimate : float
        The figure, from all units.
    without : array_like
        The figure without the first unit, without the second, …
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    low, high : float
        Missing for fewer than three units, where the figure or one of those
        without a unit is missing, and where it makes no difference which unit is
        left out.

    Raises
    ------
    ValueError
        If `level` does not lie between 0 and 1.

    Notes
    -----
    Delete-one jackknife: the standard error is the root of (units − 1) / units ·
    the sum of squared differences of `without` from their mean; Student's t with
    units − 1 degrees of freedom, centred on `estimate` (Efron & Tibshirani 1993,
    ch. 11).

    Examples
    --------
    >>> low, high = around(2.0, [2.5, 2.0, 1.5])  # the mean of 1, 2 and 3: 2 ± 4.303 · √(1/3)
    >>> round(low, 3), round(high, 3)
    (-0.484, 4.484)
    """
    check_level(level)
    without = np.asarray(without, float)
    units = without.size
    if units < 3 or np.isnan(estimate):
        return np.nan, np.nan
    error = np.sqrt((units - 1) / units * ((without - without.mean()) ** 2).sum())
    if not error > 1e-9:  # the units are alike: they say nothing of how others might differ
        return np.nan, np.nan
    reach = stats.t.ppf((1 + level) / 2, units - 1) * error
    return float(estimate - reach), float(estimate + reach)
