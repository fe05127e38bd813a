"""How marks are painted: hollow or filled, in which colour; does the drawn table say so?"""

from bisect import bisect_right
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.colors import is_color_like, to_hex, to_rgb

from analysis.verification import drawing

_WHITE = "#ffffff"
_MOST = 0.8  # so many marks must be painted by a rule
_COST = 4  # a rule that tells nothing of three marks is better than one that is wrong of one


def check(figure):
    """Compare how the marks of a figure are painted with its table."""
    shapes, found = drawing.own(figure), []
    data = figure.data[[len(drawn) > 0 for drawn in shapes]].reset_index(drop=True)
    looks = [drawn[0].look for drawn in shapes if drawn]
    if len(data) < 3:
        return [], []
    for mark, look in zip(data["mark"], looks, strict=True):
        if look.get("display") == "none" or look.get("visibility") == "hidden" or look.get("opacity") == "0":
            found.append((figure.name, mark, "mark cannot be seen", "it is drawn, and hidden"))
    fill, edge = (np.array([_colour(look, key) for look in looks]) for key in ("fill", "stroke"))
    hollow, blank = fill == _WHITE, (fill == _WHITE) & (edge == _WHITE)
    columns, rows = _hollow(data[~blank], hollow[~blank])
    for row in rows:
        is_ = "hollow" if hollow[row] else "filled"
        told = f"{columns[0]} = {data[columns[0]][row]}" if columns else "the others are not"
        found.append((figure.name, data["mark"][row], f"mark is {is_}", told))
    shade = np.where(hollow, edge, fill)
    names, wrong, darker = _shade(data, shade, hollow)
    if darker:
        wrong |= ~hollow & (fill != edge)
    for row in np.flatnonzero(wrong):
        told = " for " * bool(names) + ", ".join(f"{name} = {data[name].iloc[row]}" for name in names)
        found.append(
            (figure.name, data["mark"].iloc[row], "mark has another colour", f"{fill[row]} and {edge[row]}{told}")
        )
    return [name for name in data if name in {*columns, *names}], found


def _colour(look, key):
    """A colour; white where there is none."""
    colour = look.get(key, "#000000" if key == "fill" else "none")
    nothing = colour == "none" or look.get(f"{key}-opacity") == "0" or not is_color_like(colour)
    return _WHITE if nothing else to_hex(colour)


def _hollow(data, hollow):
    """The flag that hollow marks follow, if any, and the rows that do not follow."""
    best = [], hollow != (hollow.mean() > 0.5)
    for name in data.columns.drop("mark"):
        if set(data[name]) == {"True", "False"}:
            wrong = hollow != (data[name] == "True").to_numpy()
            wrong = min(wrong, ~wrong, key=sum)
            if wrong.sum() <= best[1].sum():
                best = [name], wrong
    names, wrong = best
    return (names, data.index[wrong]) if wrong.mean() <= 1 - _MOST else ([], [])


def _shade(data, shade, hollow):
    """The columns that colours follow, the rows that do not follow, and whether colours are darker for more."""
    n, columns = len(data), data.columns.drop("mark")
    best, least = ([], np.zeros(n, bool), False), _COST * (1 - _MOST) * n + 1e-9
    colours, names = pd.factorize(shade)
    codes = {name: pd.factorize(data[name])[0] for name in columns}
    flags = [name for name in columns if set(data[name]) <= {"True", "False"}]
    rules = [(), *((name,) for name in columns), *product(flags, columns.drop(flags))]
    for names_, apart in product(rules, (False, True)):  # apart: hollow marks have a colour of their own
        group = sum((codes[name] * n**i for i, name in enumerate(names_)), np.zeros(n, int))
        usual, known = _usual(np.unique(np.where(hollow & apart, -1, group), return_inverse=True)[1], colours)
        wrong = known & (colours != usual)
        cost = _COST * wrong.sum() + (~known).sum()
        if cost < least and known.sum() > n / 2:
            best, least = (list(names_), wrong, False), cost
    light = np.array([sum(to_rgb(name)) for name in names])[colours]
    for name in columns if len(names) > 2 and n > 7 and least > 0 else []:
        numbers = pd.to_numeric(data[name], errors="coerce").to_numpy(float)
        if np.isnan(numbers).any():
            continue
        right = np.zeros(n, bool)
        for rows in (np.flatnonzero(hollow), np.flatnonzero(~hollow)):
            right[rows] = _falling(numbers[rows], light[rows])
        usual, _ = _usual(codes[name] * 2 + hollow, np.where(right, colours, -1))
        right &= colours == usual
        if _COST * (~right).sum() < least:
            best, least = ([name], ~right, True), _COST * (~right).sum()
    return best


def _usual(groups, colours):
    """For each row the colour that most of its group have, and whether the group has two rows or more."""
    counts = np.zeros((groups.max() + 1, colours.max() + 1), int)
    np.add.at(counts, (groups[colours >= 0], colours[colours >= 0]), 1)
    return counts.argmax(1)[groups], np.bincount(groups)[groups] > 1


def _falling(numbers, light):
    """As many rows as can be taken so that the light never rises where the number does."""
    order = np.lexsort([-light, numbers])
    dark, ends, links = -light[order], [], []
    places = []
    for row, value in enumerate(dark):
        at = bisect_right(ends, value)
        links.append(places[at - 1] if at else -1)
        ends[at:] = [value, *ends[at + 1 :]]
        places[at:] = [row, *places[at + 1 :]]
    taken, row = np.zeros(len(dark), bool), places[-1] if places else -1
    while row >= 0:
        taken[order[row]], row = True, links[row]
    return taken
