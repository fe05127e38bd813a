"""How a rate moves when units are left out: ranges for one text, intervals for several."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis import tables

_CELLS = ["group", "item", "unit", "n"]
_SIZES = ["group", "unit", "size"]


def leave_one_out(cells, sizes):
    """The lowest and highest rate when each unit in turn is left out.

    Parameters
    ----------
    cells : DataFrame
        `group`, `item`, `unit`, `n`: how often an item occurs in a unit of a
        group; only cells where n > 0. Whole numbers throughout.
    sizes : DataFrame
        `group`, `unit`, `size`: running words of each unit of each group.

    Returns
    -------
    DataFrame
        `group`, `item`, `low`, `high` (as shares, not per 1,000). Missing where
        the group has one unit only.

    Raises
    ------
    ValueError
        If columns are missing, a row repeats, or a cell's unit has no size.

    Notes
    -----
    For each unit u the rate is (n − n_u) / (size − size_u); `low` and `high`
    are the smallest and largest of these. This is not a confidence interval: it
    says what the figure hangs on.

    Examples
    --------
    >>> cells = pd.DataFrame({"group": [0, 0], "item": [0, 0], "unit": [0, 1], "n": [3, 1]})
    >>> sizes = pd.DataFrame({"group": [0, 0, 0], "unit": [0, 1, 2], "size": [10, 10, 20]})
    >>> leave_one_out(cells, sizes).to_dict("records")  # 1/30, 3/30 or 4/20
    [{'group': 0, 'item': 0, 'low': 0.03333333333333333, 'high': 0.2}]
    """
    cells, per_item = _prepare(cells, sizes)
    total, n = cells["total"].to_numpy(float), cells["sum"].to_numpy(float)
    rest = total - cells["size"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (n - cells["n"]) / np.where(rest > 0, rest, np.nan)
    by_item = without.groupby(cells["key"])
    low, high = by_item.min(), by_item.max()
    # Units without the item leave n as it is: only the smallest and the largest of them matter.
    for ascending, pick in [(True, np.fmin), (False, np.fmax)]:
        size = _extreme_without(cells, per_item, sizes, ascending)
        rest = per_item["total"] - size
        rate = per_item["sum"] / rest.where(rest > 0)
        chosen = low if ascending else high
        chosen = pd.Series(pick(chosen.to_numpy(), rate.to_numpy()), index=chosen.index)
        low, high = (chosen, high) if ascending else (low, chosen)
    return per_item[["group", "item"]].assign(low=low, high=high).reset_index(drop=True)


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
        `group`, `item`, `low`, `high` (as shares). Missing where the group has
        one unit only.

    Raises
    ------
    ValueError
        If columns are missing, a row repeats, a cell's unit has no size, or
        `level` does not lie between 0 and 1.

    Notes
    -----
    Delete-one jackknife of log((n + ½) / size), Student's t with units − 1
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
    if not 0 < level < 1:
        raise ValueError(f"level should lie between 0 and 1, found {level}.")
    cells, per_item = _prepare(cells, sizes)
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
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.clip(second - first**2 / units, 0, None)
        error = np.sqrt((units - 1) / units * squares)
        reach = np.where(units > 1, stats.t.ppf((1 + level) / 2, np.maximum(units - 1, 1)) * error, np.nan)
    rate = per_item["sum"] / per_item["total"]
    return (
        per_item[["group", "item"]].assign(low=rate * np.exp(-reach), high=rate * np.exp(reach)).reset_index(drop=True)
    )


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
        If columns are missing.

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
    a, b = pairs["a"].to_numpy(float), pairs["b"].to_numpy(float)
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
        If columns are missing or `level` does not lie between 0 and 1.

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
    a, b = pairs["a"].to_numpy(float), pairs["b"].to_numpy(float)
    ratio = float(log_ratio(a.sum(), b.sum()))
    without = np.log2((a.sum() - a + 0.5) / (b.sum() - b + 0.5))
    low, high = around(ratio, without, level)
    return pd.DataFrame([{"n_a": a.sum(), "n_b": b.sum(), "log_ratio": ratio, "low": low, "high": high}])


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
    if not 0 < level < 1:
        raise ValueError(f"level should lie between 0 and 1, found {level}.")
    without = np.asarray(without, float)
    units = without.size
    if units < 3 or np.isnan(estimate):
        return np.nan, np.nan
    error = np.sqrt((units - 1) / units * ((without - without.mean()) ** 2).sum())
    if not error > 1e-9:  # the units are alike: they say nothing of how others might differ
        return np.nan, np.nan
    reach = stats.t.ppf((1 + level) / 2, units - 1) * error
    return float(estimate - reach), float(estimate + reach)


def _prepare(cells, sizes):
    """Cells with the totals of their group and item; and one row per group and item."""
    tables.check(cells, "cells", _CELLS)
    tables.check(sizes, "sizes", _SIZES)
    tables.check_unique(cells, "cells", ["group", "item", "unit"])
    tables.check_unique(sizes, "sizes", ["group", "unit"])
    known = pd.MultiIndex.from_frame(sizes[["group", "unit"]])
    strange = ~pd.MultiIndex.from_frame(cells[["group", "unit"]]).isin(known)
    if strange.any():
        raise ValueError(
            f"cells: the group and unit of row {strange.argmax()} (rows count from 0) have no size in sizes."
        )
    total = sizes.groupby("group")["size"].sum().rename("total")
    cells = cells.merge(sizes, on=["group", "unit"]).merge(total.reset_index(), on="group")
    by = cells.groupby(["group", "item"], sort=True)
    cells = cells.assign(key=by.ngroup(), sum=by["n"].transform("sum"))
    per_item = by.agg(sum=("n", "sum"), total=("total", "first")).reset_index()
    return cells, per_item


def _extreme_without(cells, per_item, sizes, ascending):
    """For each item, the size of the smallest (or largest) unit of its group that lacks it."""
    ranked = sizes.sort_values(["group", "size", "unit"], ascending=[True, ascending, True])
    ranked = ranked.assign(rank=ranked.groupby("group").cumcount())
    ranks = cells[["key", "group", "unit"]].merge(ranked, on=["group", "unit"]).sort_values(["key", "rank"])
    at = ranks.groupby("key").cumcount()
    # The first rank an item skips is that of the first unit without it.
    skipped = at.where(ranks["rank"] != at).groupby(ranks["key"]).min()
    skipped = skipped.fillna(at.groupby(ranks["key"]).size()).astype("int64")
    wanted = per_item[["group"]].assign(rank=skipped.to_numpy())
    return wanted.merge(ranked, on=["group", "rank"], how="left")["size"].astype(float)
