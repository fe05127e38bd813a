"""Topic shares between groups of texts, and over time."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis import resampling, tables

_KEYS = ["document", "paragraph"]
_ROUNDING = 1e-5  # shares of a paragraph may miss 1 by this much,
_EACH = 0.51e-6  # or by as much for each topic: half of the last digit of a share, a little more for float noise
_TIE = 1e-12  # two slopes closer than this are the same
_CENSUS = "none: one document is a census"


def by_group(shares, by, *, unit="document"):
    """The share of each topic in each group of paragraphs: the table `topic groups`, with the column `by`.

    shares: `topic shares` with the columns `by` and `unit` joined to it. unit: what is left out to form an interval;
    ``"paragraph"`` means a paragraph of a document. `share` is Σ share / Σ paragraphs: every paragraph counts the same.
    `low` and `high` are a delete-one jackknife of this ratio by unit (`resampling.interval`), cut off at 0 and 1. One
    document is a census: its shares are exact.

    >>> shares = pd.DataFrame({"document": list("aabbcc"), "paragraph": "1", "topic": [1, 2] * 3, "country": "Chad",
    ...     "share": [0.2, 0.8, 0.3, 0.7, 0.4, 0.6]})
    >>> by_group(shares, "country").drop(columns="few").round(3).values.tolist()
    [[1, 'Chad', 3, 0, 3, 0.3, 0.052, 0.548, '95 % by document (jackknife, unreliable: 3)'],
     [2, 'Chad', 3, 0, 3, 0.7, 0.452, 0.948, '95 % by document (jackknife, unreliable: 3)']]
    """
    about, values, read = _wide(shares, by, unit)
    rows = []
    for name in pd.unique(shares[by]):
        inside = (about[by] == name).to_numpy()
        kept = inside & read
        _, sums, sizes = _units(about[kept], values[kept], unit)
        n, total = kept.sum(), sums.sum(axis=0)
        share = total / n if n else np.full(values.shape[1], np.nan)
        without = (total - sums) / np.where(n > sizes, n - sizes, np.nan)[:, None]
        for topic, one, others in zip(values.columns, share, without.T, strict=True):
            low, high, interval = _interval(one, others, unit, about[read])
            ends = np.clip([low, high], 0, 1)
            rows.append([topic, name, n, inside.sum() - n, len(sizes), one, *ends, interval, n < tables.FEW])
    columns = list(tables.columns("topic groups"))
    table = pd.DataFrame(rows, columns=[columns[0], by, *columns[1:]])
    return table.sort_values("topic", kind="stable", ignore_index=True)


def compare(shares, by, *, unit="document", permutations=9_999, seed=0):
    """How the share of each topic in a group differs from all other groups: the table `topic differences`.

    unit: the level at which the label was given, each with one value of `by`: countries have a region, so regions are
    compared by country, not by speech. With labels given to countries at random, permuting speeches found p ≤ .05 for
    16.7 % of words, permuting countries for 4.8 % (``tests/calibration/results.csv``).

    Means as in `by_group`. Labels of whole units are permuted; p (two-sided) is the part of arrangements whose
    difference is at least as large, up or down: # / all where there are no more than `permutations`, else (1 + #) / (1 +
    permutations) (Phipson & Smyth 2010). No test below five units, nor for one document, which is a census.

    >>> shares = pd.DataFrame({"document": np.repeat([*"abcdef"], 2), "paragraph": "1", "topic": [1, 2] * 6,
    ...     "region": ["Africa"] * 6 + ["Asia"] * 6, "share": [0.7, 0.3, 0.8, 0.2, 0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7]})
    >>> found = compare(shares, "region")
    >>> found[["topic", "region", "difference", "p", "q"]].head(2).round(3).values.tolist()
    [[1, 'Africa', 0.6, 0.1, 0.1], [1, 'Asia', -0.6, 0.1, 0.1]]
    >>> found["test"][0]  # this arrangement and its mirror image
    'permutation by document (all 20 arrangements)'
    """
    about, values, read = _wide(shares, by, unit)
    names, parts = pd.unique(shares[by]), []
    n = {name: int((read & (about[by] == name)).sum()) for name in names}
    if sum(count > 0 for count in n.values()) < 2:
        raise ValueError(f"topic shares: there is only one {by} in paragraphs with shares; nothing to compare.")
    if about["document"][read].nunique() > 1:
        _check_same(about, unit, by)
    code, sums, sizes = _units(about[read], values[read], unit)
    first = np.unique(code, return_index=True)[1]
    for name in names:
        inside = (about[by][read] == name).to_numpy()
        total, others = values[read][inside].sum(axis=0).to_numpy(), sum(n.values()) - n[name]
        share = total / n[name] if n[name] else np.full(len(total), np.nan)
        rest = (sums.sum(axis=0) - total) / others
        p, least, test = _permuted(
            inside[first].astype(float), sums, sizes, share - rest, permutations, seed, unit, about[read]
        )
        row = {"topic": values.columns, by: name, "n_paragraphs": n[name]}
        row |= {"n_missing": (about[by] == name).sum() - n[name], "n_units": len(np.unique(code[inside]))}
        row |= {"share": share, "share_others": rest, "difference": share - rest, "p": p, "p_smallest": least}
        parts.append(pd.DataFrame(row | {"q": np.nan, "test": test, "few": min(n[name], others) < tables.FEW}))
    table = pd.concat(parts).sort_values("topic", kind="stable", ignore_index=True)
    return table.assign(q=_adjusted(table["p"].to_numpy()))


def trend(shares, time="year", *, unit="document", permutations=9_999, seed=0):
    """How the share of each topic rises or falls over time, with a permutation test: the table `topic trends`.

    unit: what has one time each; where all documents of a year share its events, the year itself (``unit="year"``).
    With t, n, y the time, paragraphs and mean share of a unit, and means weighted by n: slope = Σ n (t − t̄)(y − ȳ) /
    Σ n (t − t̄)², which is ordinary least squares on paragraphs. `low` and `high` are a 95 % jackknife by unit; for p,
    times are permuted over the units, as in `compare`.

    >>> shares = pd.DataFrame({"document": np.repeat([*"abcde"], 2), "paragraph": "1", "topic": [1, 2] * 5,
    ...     "year": np.repeat(range(2001, 2006), 2), "share": [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5, 0.5]})
    >>> found = trend(shares)[["topic", "first", "last", "slope", "p", "test"]]
    >>> found.round(3).values.tolist()[0]  # 2 of 120 arrangements: rising all the way, falling all the way
    [1, 2001, 2005, 0.1, 0.017, 'permutation by document (all 120 arrangements)']
    """
    about, values, read = _wide(shares, time, unit)
    if not pd.api.types.is_numeric_dtype(about[time]) or not np.isfinite(about[time].to_numpy(float)).all():
        raise ValueError(f"topic shares: {time} should hold finite numbers, such as years; it is {about[time].dtype}.")
    _check_same(about, unit, time)
    code, sums, sizes = _units(about[read], values[read], unit)
    times = about[time][read].to_numpy()[np.unique(code, return_index=True)[1]]
    first, last = times.min(), times.max()
    if first == last:
        raise ValueError(
            f"topic shares: there is only one {time}, {first}, in paragraphs with shares; there is no trend."
        )
    span = float(last - first)
    scaled = (times - first) / span
    slope = _slopes(scaled[None], sums, sizes)[0]
    ends = [
        _interval(*one, unit, about[read]) for one in zip(slope, _slopes_without(scaled, sums, sizes).T, strict=True)
    ]
    low, high, interval = zip(*ends, strict=True)
    p, least, test = _permuted(scaled, sums, sizes, slope, permutations, seed, unit, about[read])
    n = int(read.sum())
    row = {
        "topic": values.columns,
        "n_units": len(sizes),
        "n_paragraphs": n,
        "n_missing": len(read) - n,
        "first": first,
    }
    row |= {"last": last, "slope": slope / span, "low": np.array(low) / span, "high": np.array(high) / span}
    row |= {"interval": interval, "p": p, "p_smallest": least, "q": _adjusted(p), "test": test, "few": n < tables.FEW}
    return pd.DataFrame(row)


def _wide(shares, column, unit):
    """Shares as paragraphs × topics, what is known of each paragraph, and which have shares."""
    tables.check(shares, "topic shares", [column, unit])
    named = list(dict.fromkeys([*_KEYS, column, unit]))
    keyed = shares.astype(dict.fromkeys(_KEYS, "str"))
    values = keyed.pivot(index=_KEYS, columns="topic", values="share")  # noqa: PD010
    for name in named[2:]:
        _check_same(keyed, "paragraph", name)
    about = keyed[named].drop_duplicates(_KEYS).set_index(_KEYS, drop=False).loc[values.index]
    total = values.sum(axis=1, skipna=False)
    missing = values.isna().all(axis=1) & (len(keyed) == values.size)
    wrong = ~((total - 1).abs() <= max(_ROUNDING, _EACH * values.shape[1])) & ~missing
    if wrong.any():
        raise ValueError(
            f"topic shares: those of paragraph {wrong.idxmax()} sum to {total[wrong.idxmax()]:.7g}; they should have every "
            "topic and sum to 1, or all be missing."
        )
    if missing.all():
        raise ValueError("topic shares: no paragraph has shares; all are missing.")
    return about.reset_index(drop=True), values.reset_index(drop=True), ~missing.to_numpy()


def _check_same(frame, unit, column):
    """Each unit has one value."""
    of_unit = frame.groupby(_KEYS if unit == "paragraph" else unit, sort=False, observed=True)[column].nunique()
    if (of_unit > 1).any():
        raise ValueError(
            f"topic shares: {unit} {of_unit.idxmax()!r} has several values of {column}; choose a unit that has one value "
            "each: the level at which it was given."
        )


def _units(about, values, unit):
    """The unit of each paragraph, in order of appearance; and of each unit the sum of shares and its paragraphs."""
    code = about.groupby(_KEYS if unit == "paragraph" else unit, sort=False, observed=True).ngroup().to_numpy()
    sizes = np.bincount(code)
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, code, values.to_numpy())
    return code, sums, sizes


def _interval(estimate, without, unit, about):
    """`low`, `high` and `interval` from an estimate and what it is when each unit in turn is left out."""
    if about["document"].nunique() == 1:
        return np.nan, np.nan, _CENSUS
    if np.isnan(estimate):
        return np.nan, np.nan, "none: no paragraph has shares"
    return resampling.interval(estimate, without, unit)


def _permuted(x, sums, sizes, slope, permutations, seed, unit, about):
    """p of each topic's slope on x (0 to 1) if x is permuted over units, the smallest that could come out, and the test."""
    none = np.full(len(slope), np.nan)
    if about["document"].nunique() == 1:
        return none, np.nan, _CENSUS
    if np.isnan(slope).any():
        return none, np.nan, "none: no paragraph has shares"
    if len(sizes) < tables.FEW:
        return none, np.nan, f"none: only {len(sizes)} ({unit}), fewer than {tables.FEW}"
    blocks, ways = resampling.arrangements(x, permutations, seed)
    extreme = sum((np.abs(_slopes(block, sums, sizes)) >= np.abs(slope) - _TIE).sum(axis=0) for block in blocks)
    if ways is None:
        test = f"permutation by {unit} ({permutations:,} random arrangements)"
        return (1 + extreme) / (1 + permutations), 1 / (1 + permutations), test
    values, counts = np.unique(x, return_counts=True)
    mirrored = np.ptp(values + values[::-1]) < _TIE and (counts == counts[::-1]).all()  # the slope can change its sign
    return extreme / ways, (2 if mirrored else 1) / ways, f"permutation by {unit} (all {ways:,} arrangements)"


def _slopes(x, sums, sizes):
    """Weighted least squares of units' mean shares on x, arrangements × units; of 0 and 1, the difference of means."""
    return _slope(sizes.sum(), x @ sizes, x**2 @ sizes, x @ sums, sums.sum(axis=0))


def _slopes_without(x, sums, sizes):
    """The slopes when each unit in turn is left out; missing where the others have only one value of x."""
    n, nx, nxx, xy, y = (s.sum(axis=0) - s for s in (sizes, sizes * x, sizes * x**2, sums * x[:, None], sums))
    _, code, counts = np.unique(x, return_inverse=True, return_counts=True)
    return _slope(n, nx, np.where(len(counts) - (counts[code] == 1) > 1, nxx, np.nan), xy, y)


def _slope(n, nx, nxx, xy, y):
    """Σ n (x − x̄)(y − ȳ) / Σ n (x − x̄)² from sums over units."""
    mean = nx / n
    return (xy - mean[:, None] * y) / (nxx - nx * mean)[:, None]


def _adjusted(p):
    """Benjamini–Hochberg q of all p that are not missing."""
    q, there = np.full(p.shape, np.nan), ~np.isnan(p)
    if there.any():
        q[there] = stats.false_discovery_control(p[there])
    return q
