"""Drawn shapes: where they are, how they are painted, and whether the drawn table says so."""

from itertools import product

import numpy as np
import pandas as pd
import regex
from scipy.spatial import KDTree

from analysis.verification import drawing, following, letters, paint

_WAYS = (
    (("right", "left"), ("x", "width"), ("left", "width"), ("right", "width")),
    (("y", "height"), ("bottom", "top"), ("bottom", "height"), ("top", "height")),
)
_SIZES = ("width", "height")
_ORDER = "order of the paragraph"
_NUMBER = regex.compile(r"[0-9,]*[0-9](\.[0-9]+)?")
_SAID = {"left": "begins at", "right": "ends at", "x": "middle at", "top": "begins at", "bottom": "ends at"}
_SAID |= {"y": "middle at", "width": "wide", "height": "high"}


def check(figure, paragraphs=()):
    """Compare the places, sizes and colours of a figure's marks with its table."""
    data = figure.data.reset_index(drop=True)
    if "paragraph" in data and data["paragraph"].isin(paragraphs).all() and len({*paragraphs}) == len(paragraphs):
        data[_ORDER] = pd.Index(paragraphs).get_indexer(data["paragraph"])
    if len(data) < 3 or data["mark"].duplicated().any():
        return [], []
    marks, texts = drawing.boxes(figure), letters.read(figure)
    columns, found = paint.check(figure)
    if np.mean([len(letters.inside(box, texts)) > 1 for box in marks.itertuples()]) > 0.5:
        return columns, found  # cards
    first, more = following.models(
        data, marks["y"].to_numpy(), [str([one.look for one in drawn]) for drawn in drawing.own(figure)]
    )
    for ways in _WAYS:
        names, problems = _place(figure, marks, ways, first, more)
        columns += names
        found += problems
    scales = list(_scales(marks, [model for model in first if model.number and not model.from_zero]))
    names, problems = _ends(figure, marks, scales, numbers={one.names[0]: one.values for one in first if one.from_zero})
    columns += names
    found += problems + _outlines(figure) + _axis(figure, marks, scales, texts)
    columns += ["paragraph"] if _ORDER in columns else []
    return [name for name in figure.data if name in columns], found


def _place(figure, marks, ways, first, more):
    """Along one direction: the two measures that the table tells best say where a mark is."""
    best, chosen, least = {}, ways[0], np.inf
    for way in ways:
        for side in way:
            best[side] = best.get(side) or following.best(marks[side].to_numpy(), first, more, side in _SIZES)
        wrong = sum(np.isfinite(be).sum() - n for _, be, n in map(best.get, way))
        cost = wrong + sum(len(marks) - n for _, _, n in map(best.get, way))  # wrong is worse than unknown
        if cost < least:
            chosen, least = way, cost
        if cost == 0:
            break
    there = np.array([len(shapes) > 0 for shapes in drawing.own(figure)])  # that others are not is told elsewhere
    columns, found = [], {}
    for side in chosen:
        model, be, n = best[side]
        if model is None:
            continue
        is_ = marks[side].to_numpy()
        columns += model.names
        for one in first if model.number and not model.groups.any() else ():  # as well by these
            if one.number and not one.groups.any() and one.names != model.names and following.follow(one, is_)[1] == n:
                columns += one.names
        for row in np.flatnonzero(there & np.isfinite(be) & ~(np.abs(is_ - be) <= following.NEAR)):
            mark = figure.data["mark"].iloc[row]
            problem = "mark has another size" if side in _SIZES else "mark is drawn at another place"
            detail = f"{_SAID[side]} {is_[row]:.2f} points, by the other marks {be[row]:.2f}"
            found.setdefault(mark, (figure.name, mark, problem, detail))
    return columns, list(found.values())


def _outlines(figure):
    """Marks whose outline has another form than those of the others with as many points."""
    forms, data = [], figure.data
    for drawn in drawing.own(figure):
        form = ()
        if len(drawn) == 1 and np.array_equal(drawn[0].points, drawn[0].outline):  # no marker
            points = drawn[0].points
            size = np.ptp(points, axis=0)
            form = tuple(((points - points.min(0)) / np.where(size > 0.1, size, np.inf)).round(1).ravel().tolist())
            form = (len(points), *(size > 0.1), form)
        forms.append(form)
    forms = pd.Series(forms)
    usual = forms.groupby(forms.str[:3]).transform(lambda some: [some.mode()[0]] * len(some))
    wrong = (forms != usual) & (forms.map(len) > 0)
    if wrong.mean() > 0.2:
        return []
    return [(figure.name, mark, "mark has another form", "") for mark in data["mark"][wrong.to_numpy()]]


def _scales(marks, straight):
    """The sides of marks on the scale of a number, and that number: of all marks, else middles of those of a group."""
    for side in ("x", "right", "left", "y", "top", "bottom"):
        where, found = marks[side].to_numpy(), False
        for model in straight:
            if model.groups.any() and (found or side not in "xy"):
                continue
            if following.follow(model, where)[1] < following.MOST[True] * len(where):
                continue
            found = True
            yield side, where, model


def _ends(figure, marks, scales, numbers):
    """Lines beside the marks: of the numbers that most of them end at, each has one that ends there."""
    own = set(figure.data["mark"])
    loose = [shape.points for name, shapes in figure.shapes if name not in own for shape in shapes if not shape.letter]
    loose = np.concatenate([np.empty((0, 2)), *loose])
    tree = KDTree(loose[np.isfinite(loose).all(1)])
    columns, found = [], []
    for (side, where, model), name in product(scales, numbers):
        if name in columns:
            continue
        be, _ = following.follow(model, where, other=numbers[name])
        upright = side in ("y", "top", "bottom")
        points = np.column_stack([marks["x"], be] if upright else [be, marks["y"]])
        asked = np.isfinite(points).all(1) & ~(np.abs(be - where) <= following.NEAR)
        there = asked.copy()
        there[asked] = tree.query(points[asked], distance_upper_bound=0.1)[0] <= 0.1
        different = pd.Series(there[asked]).groupby(be[asked].round(2)).any()  # many at 0 say nothing of the scale
        if different.sum() < max(2, following.MOST[True] * len(different)) or there.sum() < 3:
            continue
        columns.append(name)
        for row in np.flatnonzero(asked & ~there):
            detail = f"none ends at {name} = {figure.data[name].iloc[row]}, {be[row]:.2f} points"
            found.append((figure.name, figure.data["mark"].iloc[row], "line ends at another place", detail))
    return columns, found


def _axis(figure, marks, scales, texts):
    """Numbers along an axis: where most stand at their place on the scale of the marks, all do."""
    found, rows = [], {}
    for text in (text for text in texts if _NUMBER.fullmatch(text.words)):
        if not marks["top"].min() < text.y < marks["bottom"].max():
            rows.setdefault(("x", round(text.base)), []).append(text)
        if not marks["left"].min() < text.x < marks["right"].max():
            rows.setdefault(("y", text.x < marks["left"].min()), []).append(text)
    for (along, _), row in rows.items():
        is_ = np.array([getattr(text, along) for text in row])
        numbers = np.array([float(text.words.replace(",", "")) for text in row])
        best = None
        for side, where, model in scales:
            if model.groups.any() or len(row) < 3 or (along == "x") != (side in ("x", "left", "right")):
                continue
            zero, one = (following.follow(model, where, other=np.full(len(where), n))[0][0] for n in (0.0, 1.0))
            off = np.abs(is_ - zero - (one - zero) * numbers)
            if best is None or np.median(off) < np.median(best):
                best = off
        if best is not None and (best > 3).mean() <= 1 / 3:
            for at in np.flatnonzero(best > 3):
                detail = f"{numbers[at]:g} stands {best[at]:.1f} points from its place on the scale of the marks"
                found.append((figure.name, "", "axis number differs", detail))
    return found
