"""How a figure moves when units are left out or relabelled: ranges for one text, intervals and tests for several.

One shape throughout: `counts`, units × items (how often each item occurs in each unit; dense or sparse), and `sizes`,
the running words of each unit.
"""

import numpy as np
import pandas as pd
from scipy import sparse, special, stats

from analysis import tables

_CELLS = 5_000_000  # numbers held at once
_NOTHING = 1e-9  # a smaller standard error is 0 but for the last digits
_TIE = 1e-11  # of an item's count: statistics closer than this are the same


def leave_one_out(counts, sizes, *, nothing=0, groups=None):
    """Lowest and highest rate of each item when each unit in turn is left out: two arrays, shares of running words.

    Of all units u, those without the item included: (n − n_u) / (N − N_u), the count at least `nothing`. Missing where
    there is one unit. This is no confidence interval: it says what a figure of these texts hangs on. `groups` numbers
    the group of each unit and of each item, from 0: an item is then counted in the units of its group.

    >>> low, high = leave_one_out([[3], [1], [0]], [10, 10, 20])  # 1/30, 3/30 or 4/20
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.033], [0.2])
    """
    counts, sizes = _checked(counts, sizes)
    of_unit, of_item = groups or (np.zeros(side, int) for side in counts.shape)
    order = np.lexsort((-sizes, of_unit))  # group by group, the largest unit first
    rest = (np.bincount(of_unit, sizes)[of_unit] - sizes)[order]
    begins = np.searchsorted(of_unit[order], np.arange(of_unit.max() + 2))
    first, last = begins[of_item], begins[of_item + 1] - 1
    cells = counts.tocsr()[order].tocsc()
    cells.sort_indices()
    n, unit = cells.sum(axis=0), cells.indices
    item = np.repeat(np.arange(len(n)), np.diff(cells.indptr))
    rank = np.arange(len(item)) - cells.indptr[item]  # of the units with the item the largest has 0
    lacking = first + np.bincount(item[unit - first[item] == rank], minlength=len(n))  # the largest without the item
    with np.errstate(invalid="ignore", divide="ignore"):  # without its only unit, a group has nothing left
        whole, without = np.maximum(n, nothing), np.maximum(n[item] - cells.data, nothing) / rest[unit]
        low = whole / rest[last]  # the smallest unit; if it has the item, the rate without it is lower still
        high = np.where(lacking <= last, whole / rest[np.minimum(lacking, last)], 0)
        np.minimum.at(low, item, without)
        np.maximum.at(high, item, without)
    low[first == last] = high[first == last] = np.nan
    return low, high


def jackknife(counts, sizes, strata=None):
    """The rate of each item with a 95 % interval, whole units left out one by one within strata.

    One row per item: `log_rate` (log₂ of the share of running words, ½ for a count of 0; Hardie 2014), `low`, `high`
    (Student's t around it), `error` (standard error in doublings; 0 where it makes no difference which unit is left
    out: then no ends), `df`. All but `log_rate` are missing where the item does not occur, below three units (two say
    nothing of how far a third might lie), or where a stratum has one unit.

    With θ = log((n + ½) / N) and U_s units in stratum s, those left in it weighing U_s / (U_s − 1) (Efron & Tibshirani
    1993, ch. 11; Wolter 2007, ch. 4): error² = Σ_s (U_s − 1) / U_s · Σ_i (θ_(i) − mean_s)², the ½ spread over the
    strata by running words; degrees of freedom by Welch–Satterthwaite, units − 1 without strata.

    >>> jackknife([[2], [3], [2], [3]], [100] * 4).round(3).to_dict("records")  # 10 in 400 words
    [{'log_rate': -5.322, 'low': -5.82, 'high': -4.824, 'error': 0.156, 'df': 3.0}]
    """
    counts, sizes = _checked(counts, sizes)
    stratum = _codes(strata, len(sizes))
    n, units = counts.sum(axis=0), np.bincount(stratum)
    error, df = np.full((2, len(n)), np.nan)
    if len(sizes) >= 3 and units.min() > 1:
        width = max(1, min(_CELLS // len(units), _CELLS * len(n) // max(1, counts.nnz)))
        for some in (slice(start, start + width) for start in range(0, len(n), width)):
            error[some], df[some] = _error(counts[:, some], sizes, stratum)
        error[n == 0] = df[n == 0] = np.nan
    log_rate = np.log2(np.where(n == 0, 0.5, n) / sizes.sum())
    return pd.DataFrame({"log_rate": log_rate, **_ends(log_rate, error, df), "error": error, "df": df})


def two_samples(counts, sizes, side, strata=None):
    """The log ratio of the rates in a target (`side` true) and a reference, with a 95 % interval by unit.

    One row per item: `log_ratio` (doublings, ½ for a count of 0), `low`, `high`. The errors of the two sides, each
    from `jackknife`, are added in squares; Student's t with Welch–Satterthwaite degrees of freedom.
    """
    counts, sizes, side = sparse.csr_array(counts), np.asarray(sizes), np.asarray(side, bool)
    stratum = _codes(strata, len(sizes))
    one, other = (jackknife(counts[rows], sizes[rows], stratum[rows]) for rows in (side, ~side))
    error = np.hypot(one["error"], other["error"])
    with np.errstate(divide="ignore", invalid="ignore"):
        df = error**4 / (one["error"] ** 4 / one["df"] + other["error"] ** 4 / other["df"])
    ratio = one["log_rate"] - other["log_rate"]
    return pd.DataFrame({"log_ratio": ratio, **_ends(ratio, error, df)})


def permutation_test(counts, sizes, side, strata=None, *, permutations=1999, seed=0):
    """How often sides given to whole units at random would set the target as far apart as it is.

    Returns p of each item (two-sided), the smallest p that could come out, and what was tried (``all 20``, ``1,999
    random``). `side` is true for units of the target; with `strata`, sides are permuted within them. Without strata
    all arrangements are tried if there are no more than `permutations`. The order of units decides what is drawn.

    The statistic is the target's count less what its share of the words would lead one to expect, summed over strata:
    |Σ_s (a_s − n_s · T_s / N_s)|, the numerator of Mantel & Haenszel (1959). p is # / all, or (1 + #) / (1 +
    permutations) (Phipson & Smyth 2010); statistics within 10⁻¹¹ of the item's count are the same.

    >>> p, smallest, tried = permutation_test([[4], [5], [6], [1], [2], [3]], [100] * 6, [True] * 3 + [False] * 3)
    >>> (p * 20).round(9).tolist(), smallest, tried  # this arrangement and its mirror image
    ([2.0], 0.1, 'all 20')
    """
    counts, sizes = _checked(counts, sizes)
    if {*np.asarray(side).tolist()} != {True, False}:
        raise ValueError("side should be true for units of the target and false for the others; there should be both.")
    side = np.asarray(side, bool)
    stratum = _codes(strata, len(sizes))
    in_stratum = sparse.csr_array((np.ones(len(side)), (stratum, np.arange(len(side)))))  # strata × units
    words = in_stratum.multiply(sizes).tocsr()
    rates = (sparse.diags_array(1 / (in_stratum @ sizes)) @ in_stratum @ counts).T.tocsr()
    cells = counts.tocsr().T.astype(float)  # stored by unit: at a million units several times faster

    def apart(arranged):
        labels = np.ascontiguousarray(arranged.T, dtype=float)
        return np.abs(cells @ labels - rates @ (words @ labels))

    least = (apart(side[None])[:, 0] - _TIE * counts.sum(axis=0))[:, None]
    rows = max(1, 10 * _CELLS // sum(counts.shape))
    return permuted(side, lambda block: (apart(block) >= least).sum(axis=1), permutations, seed, stratum, rows)


def permuted(x, count_extreme, permutations, seed=0, strata=None, rows=1000):
    """p of each item if the labels `x` are put to the units in other ways, the smallest p, and what was tried.

    `count_extreme` says of a block of arrangements (× units) how many are as extreme, item by item, as what is there.
    All different ways are tried where they are no more than `permutations` and there is one stratum; else so many at
    random, in blocks of `rows`.
    """
    x, stratum = np.asarray(x), _codes(strata, len(x))
    labels, counts = np.unique(x, return_counts=True)
    logarithm = special.gammaln(len(x) + 1) - special.gammaln(counts + 1).sum()
    if stratum.any() or logarithm >= np.log(permutations + 0.5):
        extreme = sum(map(count_extreme, _drawn(x, permutations, seed, stratum, rows)))
        return (1 + extreme) / (1 + permutations), 1 / (1 + permutations), f"{permutations:,} random"
    every = labels[list(_orders(tuple(counts.tolist())))]
    from_both_ends = labels + labels[::-1].astype(float)
    mirrored = np.ptp(from_both_ends) < _TIE and (counts == counts[::-1]).all()  # each has its opposite
    return count_extreme(every) / len(every), (2 if mirrored else 1) / len(every), f"all {len(every):,}"


def adjusted(p):
    """Benjamini–Hochberg q of all p of a column that are not missing."""
    there = p.dropna()
    return pd.Series(stats.false_discovery_control(there), there.index).reindex(p.index)


def interval(estimate, without, unit="unit"):
    """A 95 % interval for any figure from what it is without the first unit, without the second, …: low, high, words.

    The words name the interval, or say why there is none (then low and high are missing). Delete-one jackknife:
    standard error √((U − 1) / U · Σ (`without` − mean)²), Student's t with U − 1 degrees of freedom around `estimate`
    (Efron & Tibshirani 1993, ch. 11).

    >>> low, high, words = interval(2.0, [2.5, 2.0, 1.5], "document")  # the mean of 1, 2 and 3: 2 ± 4.303 · √(1/3)
    >>> round(low, 3), round(high, 3), words
    (-0.484, 4.484, '95 % by document (jackknife, unreliable: 3)')
    """
    without = np.asarray(without, float)
    units = len(without)
    error = np.sqrt((units - 1) / units * ((without - without.mean()) ** 2).sum()) if units >= 3 else 0
    low, high = (float(end) for end in _ends(estimate, error, units - 1).values())
    if np.isnan(without).any() and not np.isnan(estimate) and units >= 3:
        return low, high, f"none: it hangs on one {unit}"
    return low, high, str(worded(low, units, unit))


def worded(low, units, unit, how="jackknife"):
    """What `low` and `high` are, or why there are none: the one place where this is said. For one `low` or many."""
    if units < 3:
        return np.full(np.shape(low), f"none: only {units} ({unit})", dtype=object)[()]
    doubt = f", unreliable: {units}" if units < tables.UNRELIABLE else ""
    alike = f"none: which {unit} is left out makes no difference"
    return np.where(np.isnan(low), alike, f"95 % by {unit} ({how}{doubt})").astype(object)[()]


def rates(table, by, *, unit, n="n", size="size"):
    """Rates of groups of a table of counts, with 95 % intervals by unit.

    `table` has one row per unit, or several, which are added up: the columns `by`, `unit`, and those that `n` (how
    often) and `size` (among how many) name. One row per group, in order of appearance: `by`, `n`, `size`, `rate`,
    `low`, `high` (shares), `interval`.

    >>> counted = pd.DataFrame({"year": 1990, "country": ["a", "b", "c"], "n": [1, 2, 3], "size": [10, 10, 10]})
    >>> rates(counted, "year", unit="country").round(3).values.tolist()
    [[1990, 6, 30, 0.2, 0.065, 0.616, '95 % by country (jackknife, unreliable: 3)']]
    """
    by = [by] if isinstance(by, str) else list(by)
    keys = ["document", "paragraph"] if unit == "paragraph" and "document" in table else [unit]
    tables.check(table, "rates", [*by, *keys, n, size])
    tables.check(table[[n, size]].set_axis(["n", "size"], axis=1), "rates", ["n", "size"])
    rows = []
    for group, some in table.groupby(by, sort=False, observed=True):
        units = some.groupby(keys, observed=True)[[n, size]].sum()
        if (empty := units[size] == 0).all() or units[n][empty].any():
            raise ValueError(f"rates: {size} is 0 in all of {group}, or where {n} is not; leave out or correct rows.")
        units = units[~empty]
        low, high = 2 ** jackknife(units[[n]].to_numpy(), units[size].to_numpy()).loc[0, ["low", "high"]]
        times, total = units[n].sum(), units[size].sum()
        rows.append([*group, times, total, times / total, low, high, worded(low, len(units), unit)])
    return pd.DataFrame(rows, columns=[*by, n, size, "rate", "low", "high", "interval"])


def _checked(counts, sizes):
    """Counts as a sparse matrix and sizes, if they fit together."""
    counts = sparse.coo_array(counts if sparse.issparse(counts) else np.array(counts, float, ndmin=2)).tocsc()
    sizes = np.asarray(sizes, float)
    if sizes.shape != counts.shape[:1] or not len(sizes):
        raise ValueError(f"counts, {counts.shape}, should be units × items, sizes, {sizes.shape}, one number a unit.")
    if not ((counts.data >= 0).all() and (sizes > 0).all() and np.isfinite([counts.sum(), sizes.sum()]).all()):
        raise ValueError("counts should hold numbers from 0, sizes numbers above 0; leave out units without words.")
    return counts, sizes


def _ends(middle, error, df):
    """`low` and `high`: 95 % by Student's t, missing where the error is 0."""
    with np.errstate(invalid="ignore"):
        reach = np.where(error > _NOTHING, special.stdtrit(df, 0.975) * error, np.nan)
    return {"low": middle - reach, "high": middle + reach}


def _codes(strata, units):
    """The stratum of each unit, numbered in the order of their values; one stratum where none are given."""
    return np.zeros(units, int) if strata is None else np.unique(strata, return_inverse=True)[1]


def _error(counts, sizes, stratum):
    """Standard error of log((n + ½) / N) of each item, and its Welch–Satterthwaite degrees of freedom.

    The work grows with the cells that are not 0: units without an item are added up without being looked at.
    """
    items, units = counts.shape[1], np.bincount(stratum)
    item, unit = np.repeat(np.arange(items), np.diff(counts.indptr)), counts.indices
    key = stratum[unit] * items + item

    def total(values):  # over the units of a stratum that hold the item
        return np.bincount(key, values, len(units) * items).reshape(len(units), items)

    size, up = np.bincount(stratum, sizes), units / (units - 1)
    n = total(counts.data) + 0.5 * size[:, None] / size.sum()
    # Log of the size without a unit, less its mean in the stratum, as nothing else matters.
    words = -np.log(size.sum() - size[stratum] + up[stratum] * (size[stratum] - sizes))
    words -= (np.bincount(stratum, words) / units)[stratum]
    # Log of the count: what leaving out a unit with the item changes beside leaving out one without.
    without = n.sum(axis=0) + n / (units - 1)[:, None]
    change = np.log1p(-up[stratum[unit]] * counts.data / without[stratum[unit], item])
    mean = total(change) / units[:, None]
    empty = units[:, None] - total(np.ones(len(key)))
    rest = np.bincount(stratum, words**2)[:, None] - total(words[unit] ** 2)
    rest += 2 * mean * total(words[unit]) + empty * mean**2  # Σ (words − mean)² over units without the item
    squares = total((words[unit] + change - mean[stratum[unit], item]) ** 2) + np.where(empty > 0, rest, 0)
    parts = np.clip(squares, 0, None) / up[:, None]
    variance = parts.sum(axis=0)
    alike = variance <= _NOTHING**2
    spread = np.where(alike, 1, (parts**2 / (units - 1)[:, None]).sum(axis=0))
    df = np.where(alike, (units - 1).sum(), variance**2 / spread)
    return np.where(alike, 0, np.sqrt(variance)) / np.log(2), df


def _orders(left):
    """All different orders of so many labels each."""
    if not any(left):
        yield ()
    for code in np.flatnonzero(left).tolist():
        for rest in _orders((*left[:code], left[code] - 1, *left[code + 1 :])):
            yield (code, *rest)


def _drawn(x, permutations, seed, stratum, rows):
    """Labels at random within strata, so many rows at a time; the same however many rows are held at once."""
    first = np.random.default_rng(seed)
    rngs = [first, *first.spawn(stratum.max())]
    for start in range(0, permutations, rows):
        block = np.tile(x, (min(rows, permutations - start), 1))
        for code, rng in enumerate(rngs):
            block[:, stratum == code] = rng.permuted(block[:, stratum == code], axis=1)
        yield block
