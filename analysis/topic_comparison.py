"""Topic shares between groups of texts, and over time."""

import numpy as np
import pandas as pd

from analysis import resampling, tables
from analysis.tokens import KEYS, warn_alike

_ROUNDING = 1e-5  # shares of a paragraph may miss 1 by this much,
_EACH = 0.51e-6  # or by as much for each topic: half of the last digit of a share, a little more for float noise
_TIE = 1e-12  # two slopes closer than this are the same


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
    about, values, missing, census = _wide(shares, by, unit)
    parts = []
    for name in pd.unique(shares[by]):
        here = about[by] == name
        _, sums, sizes = _units(about[here], values[here], unit)
        n, share = sizes.sum(), values[here].mean().to_numpy()
        without = (sums.sum(axis=0) - sums) / np.where(n > sizes, n - sizes, np.nan)[:, None]
        row = {"topic": values.columns, by: name, "n_paragraphs": n, "n_missing": (missing == name).sum()}
        row |= {"n_units": len(sizes), "share": share, **_ends(share, without, unit, census), "few": n < tables.FEW}
        parts.append(pd.DataFrame(row))
    table = pd.concat(parts).sort_values("topic", kind="stable", ignore_index=True)
    return table.assign(low=table["low"].clip(0, 1), high=table["high"].clip(0, 1))


def compare(shares, by, *, unit="document", permutations=9_999, seed=0):
    """How the share of each topic in a group differs from all other groups: the table `topic differences`.

    unit: the level at which the label was given, each with one value of `by`: countries have a region, so regions are
    compared by country, not by speech. With labels given to countries at random, permuting speeches found p ≤ .05 for
    16.7 % of words, permuting countries for 4.8 % (``tests/calibration/results.csv``).

    Means as in `by_group`. Labels of whole units are permuted; p (two-sided) is the part of arrangements whose
    difference is at least as large, up or down: # / all where there are no more than `permutations`, else (1 + #) / (1
    + permutations) (Phipson & Smyth 2010). No test below five units, nor for one document, which is a census.

    >>> shares = pd.DataFrame({"document": np.repeat([*"abcdef"], 2), "paragraph": "1", "topic": [1, 2] * 6,
    ...     "region": ["Africa"] * 6 + ["Asia"] * 6,
    ...     "share": [0.7, 0.3, 0.8, 0.2, 0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7]})
    >>> found = compare(shares, "region")
    >>> found[["topic", "region", "difference", "p", "q"]].head(2).round(3).values.tolist()
    [[1, 'Africa', 0.6, 0.1, 0.1], [1, 'Asia', -0.6, 0.1, 0.1]]
    >>> found["test"][0]  # this arrangement and its mirror image
    'permutation by document (all 20 arrangements)'
    """
    about, values, missing, census = _wide(shares, by, unit, tested=True)
    code, sums, sizes = _units(about, values, unit)
    first, parts = np.unique(code, return_index=True)[1], []
    for name in pd.unique(shares[by]):
        here = (about[by] == name).to_numpy()
        n, share, rest = here.sum(), *(values[side].mean().to_numpy() for side in (here, ~here))
        x = here[first].astype(float)
        row = {"topic": values.columns, by: name, "n_paragraphs": n, "n_missing": (missing == name).sum()}
        row |= {"n_units": len(np.unique(code[here])), "share": share, "share_others": rest, "difference": share - rest}
        row |= _permuted(x, sums, sizes, share - rest, permutations, seed, unit, census)
        parts.append(pd.DataFrame(row | {"few": min(n, len(here) - n) < tables.FEW}))
    table = pd.concat(parts).sort_values("topic", kind="stable", ignore_index=True)
    return table.assign(q=resampling.adjusted(table["p"]))


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
    about, values, missing, census = _wide(shares, time, unit, tested=True, kind="number")
    code, sums, sizes = _units(about, values, unit)
    times = about[time].to_numpy()[np.unique(code, return_index=True)[1]]
    first, last, n = times.min(), times.max(), len(about)
    span = float(last - first)
    x = (times - first) / span
    slope = _slopes(x[None], sums, sizes)[0]
    without = _slope(*(s.sum(axis=0) - s for s in (sizes, sizes * x, sizes * x**2, sums * x[:, None], sums)))
    row = {"topic": values.columns, "n_units": len(sizes), "n_paragraphs": n, "n_missing": len(missing)}
    row |= {"first": first, "last": last, "slope": slope / span, **_ends(slope, without, unit, census)}
    row |= _permuted(x, sums, sizes, slope, permutations, seed, unit, census)
    table = pd.DataFrame(row | {"few": n < tables.FEW})
    return table.assign(low=table["low"] / span, high=table["high"] / span, q=resampling.adjusted(table["p"]))


def _wide(shares, column, unit, tested=False, kind=""):
    """Of paragraphs with shares what is known, and shares by topic; `column` of the others; whether of one document.

    To be `tested`, there are several values, and each unit has one.
    """
    tables.check(shares, "topic shares", {unit: "", column: kind})
    named = list(dict.fromkeys([*KEYS, column, unit]))
    keyed = shares.astype({**dict.fromkeys(KEYS, "str"), "share": float})
    values = keyed.pivot(index=KEYS, columns="topic", values="share")  # noqa: PD010
    for name in named[2:]:
        _check_same(keyed, "paragraph", name)
    about = keyed[named].drop_duplicates(KEYS).set_index(KEYS, drop=False).loc[values.index]
    warn_alike(about[column].unique(), f"topic shares: {column}")
    total, missing = values.sum(axis=1, skipna=False), values.isna().all(axis=1) & (len(keyed) == values.size)
    wrong = ~((total - 1).abs() <= max(_ROUNDING, _EACH * values.shape[1])) & ~missing
    if wrong.any():
        found = f"topic shares: those of paragraph {wrong.idxmax()} sum to {total[wrong.idxmax()]:.7g}"
        raise ValueError(f"{found}; they should have every topic and sum to 1, or all be missing.")
    if missing.all():
        raise ValueError("topic shares: no paragraph has shares; all are missing.")
    about, read, lost = about.reset_index(drop=True), about[~missing].reset_index(drop=True), about[column][missing]
    census = read["document"].nunique() == 1
    if tested and read[column].nunique() < 2:
        found = f"there is only one {column}, {read[column].iloc[0]}, in paragraphs with shares"
        raise ValueError(f"topic shares: {found}; nothing to compare.")
    if tested and (kind or not census):
        _check_same(about, unit, column)
    return read, values[~missing].reset_index(drop=True), lost, census


def _check_same(frame, unit, column):
    """Each unit has one value."""
    of_unit = frame.groupby(KEYS if unit == "paragraph" else unit, sort=False, observed=True)[column].nunique()
    if (of_unit > 1).any():
        found = f"topic shares: {unit} {of_unit.idxmax()!r} has several values of {column}"
        raise ValueError(f"{found}; choose a unit that has one value each: the level at which it was given.")


def _units(about, values, unit):
    """The unit of each paragraph, in order of appearance; and of each unit the sum of shares and its paragraphs."""
    code = about.groupby(KEYS if unit == "paragraph" else unit, sort=False, observed=True).ngroup().to_numpy()
    return code, values.groupby(code).sum().to_numpy(), np.bincount(code)


def _ends(estimates, without, unit, census):
    """`low`, `high` and `interval` of each topic, from its estimate and those when each unit in turn is left out."""
    if why := _why_none(estimates, census):
        return {"low": np.nan, "high": np.nan, "interval": why}
    ends = [resampling.interval(*one, unit) for one in zip(estimates, without.T, strict=True)]
    return dict(zip(("low", "high", "interval"), zip(*ends, strict=True), strict=True))


def _permuted(x, sums, sizes, slope, permutations, seed, unit, census):
    """p of each topic's slope on x (0 to 1) if x is permuted over units, the smallest possible, and the test."""
    few = f"none: only {len(sizes)} ({unit}), fewer than {tables.FEW}" if len(sizes) < tables.FEW else ""
    if why := _why_none(slope, census) or few:
        return {"p": np.nan, "p_smallest": np.nan, "q": np.nan, "test": why}

    def count_extreme(block):
        return (np.abs(_slopes(block, sums, sizes)) >= np.abs(slope) - _TIE).sum(axis=0)

    p, least, tried = resampling.permuted(x, count_extreme, permutations, seed)
    return {"p": p, "p_smallest": least, "q": np.nan, "test": f"permutation by {unit} ({tried} arrangements)"}


def _why_none(estimates, census):
    """Why nothing can be said of how far the estimates may be off; empty if it can."""
    if census:
        return "none: one document is a census"
    return "none: no paragraph has shares" if np.isnan(estimates).any() else ""


def _slopes(x, sums, sizes):
    """Weighted least squares of units' mean shares on x, arrangements × units; of 0 and 1, the difference of means."""
    return _slope(sizes.sum(), x @ sizes, x**2 @ sizes, x @ sums, sums.sum(axis=0))


def _slope(n, nx, nxx, xy, y):
    """Σ n (x − x̄)(y − ȳ) / Σ n (x − x̄)² from sums over units; missing where there is only one value of x."""
    mean = nx / n
    squares = nxx - nx * mean
    return (xy - mean[:, None] * y) / np.where(squares > 0, squares, np.nan)[:, None]
