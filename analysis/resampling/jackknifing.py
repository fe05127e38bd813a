"""Confidence intervals from what a figure is when each unit in turn is left out."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.resampling.cells import with_totals
from analysis.resampling.matrices import check_level

_NOTHING = 1e-7  # a smaller standard error is 0 but for the last digits


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
    sizes = sizes.merge(sizes.groupby("group")["size"].sum().rename("total").reset_index(), on="group")
    with np.errstate(divide="ignore"):
        shift = -np.log1p(-(sizes["size"] / sizes["total"]))  # what leaving out an empty unit does to the log rate
        cells_shift = -np.log1p(-(cells["size"] / cells["total"]))
    of_group = pd.DataFrame({"group": sizes["group"], "one": 1, "shift": shift, "square": shift**2})
    of_group = of_group.groupby("group").sum()
    change = np.log((cells["sum"] - cells["n"] + 0.5) / (cells["sum"] + 0.5)) + cells_shift
    parts = pd.DataFrame({"sum": change - cells_shift, "square": change**2 - cells_shift**2})
    parts = parts.groupby(cells["key"]).sum()
    units = of_group["one"].loc[per_item["group"]].to_numpy()
    first = of_group["shift"].loc[per_item["group"]].to_numpy() + parts["sum"].to_numpy()
    second = of_group["square"].loc[per_item["group"]].to_numpy() + parts["square"].to_numpy()
    with np.errstate(invalid="ignore"):
        error = np.sqrt((units - 1) / units * np.clip(second - first**2 / units, 0, None))
    told = (units > 2) & (error > _NOTHING)  # two say nothing of how far a third might lie
    reach = np.where(told, stats.t.ppf((1 + level) / 2, np.maximum(units - 1, 1)) * error, np.nan)
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
