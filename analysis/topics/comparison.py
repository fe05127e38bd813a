"""Topic shares between groups of texts, and over time."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis import resampling, tables
from analysis.topics import checked_shares, permutation
from analysis.values import check_whole

_SHARES = ["n_paragraphs", "n_missing", "n_units", "share", "low", "high", "interval", "few"]
_DIFFERENCES = ["n_paragraphs", "n_missing", "n_units", "share", "share_others", "difference"]
_DIFFERENCES += ["p", "p_smallest", "q", "test", "few"]


def by_group(shares, by, *, unit="document", level=0.95):
    """The share of each topic in each group of paragraphs.

    Parameters
    ----------
    shares : DataFrame
        `document`, `paragraph`, `topic` (whole number), `share` (0 to 1), and the columns named in `by` and `unit`:
        one row per paragraph and topic. The shares of a paragraph sum to 1, or all are missing (no word was kept).
    by : str
        Column to group by (``"section"``, ``"country"``). Where it is missing, that is a group of its own.
    unit : str, default "document"
        What is left out to form an interval: a column; ``"paragraph"`` means a paragraph of a document.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    DataFrame
        One row per topic and group: `topic`, the column `by`, `n_paragraphs` (with shares), `n_missing` (paragraphs
        without, left out), `n_units`, `share` (0 to 1; missing where no paragraph has shares), `low`, `high`,
        `interval` (what they are, or why there are none), `few` (n_paragraphs < 5). Topics by number, groups in order
        of appearance.

    Raises
    ------
    ValueError
        If columns or values are missing; `by` is a column of the result; `by` or `unit` changes within a paragraph; a
        paragraph lacks a topic, has it twice, or has shares that aren't 0 to 1 or don't sum to 1 (but for rounding); no
        paragraph has shares; `level` does not lie between 0 and 1.

    Notes
    -----
    `share` is Σ share / Σ paragraphs: every paragraph counts the same. `low` and `high` are a delete-one jackknife of
    this ratio by unit (`resampling.around`; Efron & Tibshirani 1993, ch. 11), cut off at 0 and 1, called unreliable
    below ten units; there is none below three. One document is a census: its shares are exact.

    Examples
    --------
    >>> shares = pd.DataFrame({"document": list("aabbcc"), "paragraph": "1", "topic": [1, 2] * 3, "country": "Chad",
    ...     "share": [0.2, 0.8, 0.3, 0.7, 0.4, 0.6]})
    >>> by_group(shares, "country").drop(columns="few").round(3).values.tolist()
    [[1, 'Chad', 3, 0, 3, 0.3, 0.052, 0.548, '95 % by document (jackknife, unreliable: 3)'],
     [2, 'Chad', 3, 0, 3, 0.7, 0.452, 0.948, '95 % by document (jackknife, unreliable: 3)']]
    """
    texts, values, topics = checked_shares.wide(shares, _SHARES, by=by, unit=unit)
    group, groups = checked_shares.groups(texts, by)
    read = ~np.isnan(values[:, 0])
    census = texts["document"][read].nunique() == 1
    rows = []
    for number, place in enumerate(np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])):
        kept = place[read[place]]
        _, sums, sizes = checked_shares.units(texts.iloc[kept], values[kept], unit)
        n, total = len(kept), sums.sum(axis=0)
        share = total / n if n else np.full(len(topics), np.nan)
        without = (total - sums) / np.where(n > sizes, n - sizes, np.nan)[:, None]
        for item in range(len(topics)):
            low, high, interval = _interval(share[item], without[:, item], unit, census, level)
            ends = [float(np.clip(end, 0, 1)) for end in (low, high)]
            row = [n, len(place) - n, len(sizes), share[item], *ends, interval, n < tables.FEW]
            rows.append([item, number, *row])
    table = pd.DataFrame(rows, columns=["topic", by, *_SHARES]).sort_values(["topic", by], ignore_index=True)
    return table.assign(**{"topic": topics[table["topic"]], by: groups.take(table[by]).to_numpy()})


def compare(shares, by, *, unit="document", permutations=9_999, seed=0):
    """How the share of each topic in a group differs from all other groups, with a permutation test.

    Parameters
    ----------
    shares : DataFrame
        As for `by_group`; nothing may be missing in the column `by`.
    by : str
        Column with the groups to compare.
    unit : str, default "document"
        The level at which the label was given: a column in which each value has one value of `by`; ``"paragraph"``
        means a paragraph of a document. Countries have a region, so regions are compared by country, not by speech.
    permutations : int, default 9_999
        If there are no more arrangements than this, all are tried; else so many are drawn at random.
    seed : int, default 0
        The same seed draws the same arrangements.

    Returns
    -------
    DataFrame
        One row per topic and group: `topic`, the column `by`, `n_paragraphs` (with shares), `n_missing` (paragraphs
        without, left out), `n_units`, `share` (mean of the group, 0 to 1), `share_others` (mean of all other groups),
        `difference` (share − share_others), `p`, `p_smallest` (the smallest that could come out), `q`
        (Benjamini–Hochberg over all rows), `test` (what was done, or why nothing), `few` (n_paragraphs < 5 here or
        in the others). Topics by number, groups in order of appearance.

    Raises
    ------
    ValueError
        As `by_group`; and if a unit has several values of `by`, paragraphs with shares have only one value,
        `permutations` is not a whole number from 1 or `seed` not one from 0.

    Notes
    -----
    Means as in `by_group`: every paragraph counts the same. The labels of whole units are permuted; p (two-sided) is
    the part of arrangements whose difference is at least as large, up or down: # / all if all are tried, the observed
    among them, else (1 + #) / (1 + permutations) (Phipson & Smyth 2010). No test below five units. One document is a
    census: its differences are exact, and it needs no p.

    The unit decides. With labels given to countries at random, in speeches of the General Debate, permuting speeches
    found p ≤ .05 for 16.7 % of the words that occur 20 times or more, permuting countries for 4.8 %
    (``tests/calibration/results.csv``). A unit with several labels is an error; that a
    label was given at a higher level than `unit` nobody can see from the table.

    Examples
    --------
    >>> shares = pd.DataFrame({"document": np.repeat([*"abcdef"], 2), "paragraph": "1", "topic": [1, 2] * 6,
    ...     "region": ["Africa"] * 6 + ["Asia"] * 6, "share": [0.7, 0.3, 0.8, 0.2, 0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7]})
    >>> found = compare(shares, "region")
    >>> found[["topic", "region", "share", "share_others", "difference", "p", "q"]].head(2).round(3).values.tolist()
    [[1, 'Africa', 0.8, 0.2, 0.6, 0.1, 0.1], [1, 'Asia', 0.2, 0.8, -0.6, 0.1, 0.1]]
    >>> found[["p_smallest", "test"]].values.tolist()[0]  # of 20 arrangements this one and its mirror image
    [0.1, 'permutation by document (all 20 arrangements)']
    """
    check_whole(permutations, "permutations")
    check_whole(seed, "seed", 0)
    texts, values, topics = checked_shares.wide(shares, _DIFFERENCES, by=by, unit=unit)
    tables.check_present(shares, "shares", [by])
    group, groups = checked_shares.groups(texts, by)
    read = ~np.isnan(values[:, 0])
    census = texts["document"][read].nunique() == 1
    if not census:
        checked_shares.check_same(texts.sort_index(), unit, by)
    n = np.bincount(group[read], minlength=len(groups))
    if (n > 0).sum() < 2:
        found = groups[n > 0].tolist()
        raise ValueError(f"shares: there is only one {by}, {found}, in paragraphs with shares; nothing to compare.")
    code, sums, sizes = checked_shares.units(texts[read], values[read], unit)
    first = np.unique(code, return_index=True)[1]
    rows = []
    for number, name in enumerate(groups):
        inside = group[read] == number
        total, units = values[read][inside].sum(axis=0), len(np.unique(code[inside]))
        share = total / n[number] if units else np.full(len(topics), np.nan)
        share_others = (sums.sum(axis=0) - total) / (n.sum() - n[number])
        x = inside[first].astype(float)
        p, least, test = permutation.permute(x, sums, sizes, share - share_others, permutations, seed, unit, census)
        few = min(n[number], n.sum() - n[number]) < tables.FEW
        row = {"topic": topics, by: name, "n_paragraphs": n[number], "n_missing": (group == number).sum() - n[number]}
        row |= {"n_units": units, "share": share, "share_others": share_others, "difference": share - share_others}
        rows.append(pd.DataFrame(row | {"p": p, "p_smallest": least, "q": np.nan, "test": test, "few": few}))
    table = pd.concat(rows).sort_values("topic", kind="stable", ignore_index=True)
    return table.assign(q=_adjust(table["p"].to_numpy()))


def trend(shares, time="year", *, unit="document", permutations=9_999, seed=0):
    """How the share of each topic rises or falls over time, with a permutation test.

    Parameters
    ----------
    shares : DataFrame
        As for `by_group`, with the columns named in `time` and `unit`.
    time : str, default "year"
        Column with the time, a number. Nothing may be missing.
    unit : str, default "document"
        What has one time each: a column; ``"paragraph"`` means a paragraph of a document. Where all documents of a
        year share its events, the year itself (``unit="year"``).
    permutations, seed : int
        As for `compare`.

    Returns
    -------
    DataFrame
        One row per topic: `topic`, `n_units`, `n_paragraphs` (with shares), `n_missing` (paragraphs without, left
        out), `first`, `last` (times), `slope` (change of the share per unit of time), `low`, `high`, `interval` (what
        they are, or why there are none), `p`, `p_smallest`, `q`, `test` (as `compare`), `few` (n_paragraphs < 5).

    Raises
    ------
    ValueError
        As `compare`, with `time` for `by`; and if a time is not a finite number.

    Notes
    -----
    With t, n, y the time, paragraphs and mean share of a unit and t̄, ȳ the means weighted by n::

        slope = Σ n (t − t̄)(y − ȳ) / Σ n (t − t̄)²

    This is weighted least squares on units, the same as ordinary least squares on paragraphs. `low` and `high` are a
    95 % delete-one jackknife by unit. For p, times are permuted over the units; both ask what would be if units were
    drawn independently of each other.

    Examples
    --------
    >>> shares = pd.DataFrame({"document": np.repeat([*"abcde"], 2), "paragraph": "1", "topic": [1, 2] * 5,
    ...     "year": np.repeat(range(2001, 2006), 2), "share": [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5, 0.5]})
    >>> found = trend(shares)[["topic", "first", "last", "slope", "p", "test"]]
    >>> found.round(3).values.tolist()[0]  # 2 of 120 arrangements: rising all the way, falling all the way
    [1, 2001, 2005, 0.1, 0.017, 'permutation by document (all 120 arrangements)']
    """
    check_whole(permutations, "permutations")
    check_whole(seed, "seed", 0)
    texts, values, topics = checked_shares.wide(shares, [], time=time, unit=unit)
    tables.check_present(shares, "shares", [time])
    numbers = texts[time].astype(object).infer_objects()
    number = pd.api.types.is_numeric_dtype(numbers) and not pd.api.types.is_bool_dtype(numbers)
    if not number or not np.isfinite(numbers.to_numpy(float)).all():
        strange = next(x for x in shares[time] if not number or not np.isfinite(x))
        raise ValueError(f"shares: {time} should hold finite numbers, such as years, found {strange!r}.")
    checked_shares.check_same(texts.sort_index(), unit, time)
    read = ~np.isnan(values[:, 0])
    code, sums, sizes = checked_shares.units(texts[read], values[read], unit)
    times = numbers[read].to_numpy()[np.unique(code, return_index=True)[1]]
    first, last = times.min(), times.max()
    if first == last:
        raise ValueError(f"shares: there is only one {time}, {first}, in paragraphs with shares; there is no trend.")
    scaled = (times - first) / float(last - first)
    slope, without = permutation.slopes(scaled[None], sums, sizes)[0], permutation.slopes_without(scaled, sums, sizes)
    census = texts["document"][read].nunique() == 1
    found = [_interval(s, w, unit, census) for s, w in zip(slope, without.T, strict=True)]
    low, high, interval = zip(*found, strict=True)
    p, least, test = permutation.permute(scaled, sums, sizes, slope, permutations, seed, unit, census)
    n, span = int(read.sum()), float(last - first)
    table = pd.DataFrame({"topic": topics, "n_units": len(sizes), "n_paragraphs": n, "n_missing": len(read) - n})
    table = table.assign(first=first, last=last, slope=slope / span, low=np.array(low) / span)
    table = table.assign(high=np.array(high) / span, interval=interval, p=p, p_smallest=least, q=_adjust(p), test=test)
    return table.assign(few=n < tables.FEW)


def _interval(estimate, without, unit, census, level=0.95):
    """`low`, `high` and `interval` from an estimate and what it is when each unit in turn is left out."""
    low, high = resampling.around(estimate, without, level)
    if not census and not np.isnan(low):
        doubt = f", unreliable: {len(without)}" if len(without) < tables.UNRELIABLE else ""
        return low, high, f"{100 * level:g} % by {unit} (jackknife{doubt})"
    if census:
        reason = "one document is a census"
    elif np.isnan(estimate):
        reason = "no paragraph has shares"
    elif len(without) < 3:  # two say nothing of how far a third might lie
        reason = f"only {len(without)} ({unit})"
    else:
        alike = f"which {unit} is left out makes no difference"
        reason = f"it hangs on one {unit}" if np.isnan(without).any() else alike
    return np.nan, np.nan, f"none: {reason}"


def _adjust(p):
    """Benjamini–Hochberg q of all p that are not missing."""
    q, there = np.full(p.shape, np.nan), ~np.isnan(p)
    if there.any():
        q[there] = stats.false_discovery_control(p[there])
    return q
