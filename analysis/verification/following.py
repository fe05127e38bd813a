"""What the places of marks can follow: numbers, an order, each other."""

from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

NEAR = 0.02  # points: less than an eye can see
_FEW = 6  # of fewer marks, all must fit where no number is drawn
MOST = {True: 2 / 3, False: 0.8}  # so many marks must fit: where a number is drawn; where there is none


class Model(NamedTuple):
    """What a coordinate may follow."""

    names: tuple  # of columns
    groups: np.ndarray  # marks with the same number follow one line
    values: np.ndarray | None  # None: all of a group have one place
    number: bool  # whether the values are a drawn number
    from_zero: bool = False
    look: bool = False  # whether the groups are painted alike
    points: bool = False  # whether the values are the places themselves


def models(data, y, looks):
    """What a measure of the marks may follow."""
    n, found = len(data), []
    columns = data.columns.drop("mark")
    numbers = {name: pd.to_numeric(data[name], errors="coerce").to_numpy(float) for name in columns}
    numbers = {name: values for name, values in numbers.items() if np.isfinite(values).mean() >= MOST[True]}
    codes = {name: pd.factorize(data[name])[0] for name in columns}
    ranks = {name: code.astype(float) for name, code in codes.items() if code.max() > 1}
    groups = {name: code for name, code in codes.items() if name not in numbers and 0 < code.max() < n / 2}
    all_, order = np.zeros(n, int), np.arange(n, dtype=float)
    found.append(Model((), all_, None, False))
    for name, values in numbers.items():
        found += [Model((name,), all_, values, True, True), Model((name,), all_, values, True)]
    found.append(Model((), all_, order, False))
    found += [Model((name,), all_, values, False) for name, values in ranks.items()]
    found.append(Model((), pd.factorize(pd.Series(looks))[0], None, False, look=True))
    found += [Model((name,), group, None, False) for name, group in codes.items()]
    for name, group in groups.items():
        found += [Model((other, name), group, values, True) for other, values in numbers.items()]
        found += [Model((other, name), group, values, False) for other, values in ranks.items()]
    return found, cache(lambda: list(_arranged(groups, codes, y)))


def best(where, first, more, size):
    """The model that the most marks follow."""
    found, least = (None, np.full(len(where), np.nan), 0), 0
    for model in first if size else chain(first, (model for _ in "1" for model in more())):
        if (model.from_zero and not size) or (size and not model.from_zero and not model.look):
            continue
        be, n = follow(model, where)
        if model.values is None and not model.groups.any():
            be = np.where(_told(first, np.abs(where - be) <= NEAR), be, np.nan)
        wrong = np.isfinite(be).sum() - n
        if not model.number and n < min(len(where), _FEW):
            continue
        if n >= MOST[model.number] * len(where) and (n, -wrong) > (found[2], -least):
            found, least = (model, be, n), wrong
        if n == len(where):
            break
    usual = np.isclose(where, np.median(where), atol=NEAR, rtol=0)
    if size and found[0] is None and usual.mean() >= MOST[False]:
        return first[0], np.where(usual, where, np.nan), int(usual.sum())  # of the others nothing is known
    return found


def follow(model, where, other=None):
    """Where marks would be by a model, and how many are there."""
    start, slope = np.full((2, len(where)), np.nan)
    values = np.zeros(len(where)) if model.values is None else model.values
    for group in range(model.groups.max() + 1):
        if model.points:
            start[:], slope[:] = 0, 1
            break
        rows = (model.groups == group) & np.isfinite(values) & np.isfinite(where)
        least = 1 if model.values is None else 2 if model.from_zero else 3
        if rows.sum() < least or len(set(values[rows].tolist())) < least:
            continue
        a, b = (_from_zero if model.from_zero else _level if model.values is None else _straight)(
            values[rows], where[rows]
        )
        fits = rows & (np.abs(where - a - b * values) <= NEAR)
        if model.from_zero:
            enough = (values[fits] != 0).sum() >= 2 and np.ptp(where[fits]) > 1
        elif model.values is None:
            enough = fits.sum() >= 3
        else:
            enough = fits.sum() >= 4 and len(np.unique(values[fits])) >= 3 and np.ptp(where[fits]) > 1
        if enough:
            start[model.groups == group], slope[model.groups == group] = a, b
    n = int((np.abs(where - start - slope * values) <= NEAR).sum())
    return start + slope * (values if other is None else other), n


def _told(first, there):
    """Marks that are where the others are, or of which no number tells why they are not."""
    told = np.ones(len(there), bool)
    for model in (model for model in first if model.from_zero):
        usual = np.unique(model.values[there])
        if len(usual) == 1:
            told &= there | (model.values == usual[0])
    return told


def _level(values, where):
    return np.median(where), 0.0


def _straight(values, where):
    """Theil and Sen: the median of the slopes between two marks; of many marks some pairs are enough."""
    some = np.argsort(values, kind="stable")[np.unique(np.linspace(0, len(values) - 1, 50).astype(int))]
    run = values[some][:, None] - values[some]
    rise = where[some][:, None] - where[some]
    slope = np.median(rise[run > 0] / run[run > 0]) if (run > 0).any() else 0.0
    return np.median(where - slope * values), slope


def _from_zero(values, where):
    """The scale that the most lengths have."""
    scales = where[values != 0] / values[values != 0]
    fits = [(np.abs(where - scale * values) <= NEAR).sum() for scale in scales]
    return 0.0, scales[int(np.argmax(fits))]


def _arranged(groups, codes, y):
    """Marks in blocks, on several lines of a strip, below each other."""
    all_ = np.zeros(len(y), int)
    lines = np.unique(y.round(1), return_counts=True)[1].max()
    for name, code in codes.items():
        yield Model((name,), all_, _blocks(code, y), False)
    for name, group in [("", all_), *groups.items()]:
        rank = pd.Series(group).groupby(group).cumcount().to_numpy()
        yield Model((name,), all_, (rank % lines).astype(float), False)
        yield Model((name,), np.unique(group * len(y) + rank // lines, return_inverse=True)[1], None, False)
        for other, code in codes.items():
            if other != name:
                yield Model((name, other), all_, _below(group, code, y), False, points=True)


def _blocks(group, y):
    """Heights of rows below each other, with more room where another group begins."""
    steps, new = np.diff(y), np.diff(group) != 0
    steps = np.where(new, np.median(steps[new]), np.median(steps[~new])) if new.any() and not new.all() else steps * 0
    return np.concatenate([[0.0], np.cumsum(steps)])


def _below(group, code, y):
    """Heights of marks of which those with the same two values stand below each other; unknown where one alone does."""
    depth = pd.Series(group).groupby([group, code]).cumcount().to_numpy()
    first = pd.Series(np.where(depth == 0, y, np.nan)).groupby(group).median().reindex(group).to_numpy()
    deep = depth > 0
    step = np.median((y - first)[deep] / depth[deep]) if deep.sum() > 1 else np.nan
    return np.where(deep, first + step * depth, first)
