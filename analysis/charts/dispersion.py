"""Where: marks along the paragraphs of a text, and stretches of a file in lanes."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from analysis.charts import style
from analysis.charts.bars import legend
from analysis.charts.style import COLOURS, QUIET, RULE, SHAPES

_STRUCK = Path.make_compound_path(Path.unit_circle(), Path([(-1, -1), (1, 1)]))
_MARK, _NAMES = 0.16, 1.9  # inches: a mark, the names at the left


def dispersion(data, y, x="paragraph", *, order=None, by=None, group=None, xlabel=None):
    """A dispersion plot: one mark per row, where it occurs. The Axes come back.

    `y` is the column of the lane (a categorical's categories are all lanes, also without marks), `x` that of the place,
    `order` the places from left to right (all paragraphs of the document; those of the data unless given). Marks in one
    place stand below each other. Rows with a column `kept` that is false are hollow and struck through. `group` shows a
    column by colour and shape, six values at most. `by` names what a mark is; unless given, the columns of y, document,
    paragraph and start that are there.

    >>> table = pd.DataFrame({"paragraph": ["3", "14"], "label": "peace", "kept": [True, False]})
    >>> ax = dispersion(table, y="label", order=[str(n) for n in range(1, 41)])
    >>> [int(line.get_xdata()[0]) for line in ax.lines if line.get_gid()]
    [2, 13]
    """
    lanes = data[y].cat.categories.tolist() if isinstance(data[y].dtype, pd.CategoricalDtype) else None
    lanes = lanes or list(dict.fromkeys(data[y]))
    own = [name for name in (y, "document", "paragraph", "start") if name in data.columns]
    data, by = style.prepared(data, "dispersion", by or list(dict.fromkeys([*own, x])), [x, y, group], ["kept"])
    if data.empty and not lanes:
        return style.nothing(data, by)
    order = list(dict.fromkeys(data[x].astype(str) if order is None else map(str, order)))
    strange = [place for place in data[x].astype(str) if place not in order]
    if strange:
        raise ValueError(f"charts.dispersion: {x} {strange[0]!r} is not in order; name each place once.")
    kept = data["kept"].to_numpy(bool) if "kept" in data else np.ones(len(data), bool)
    kinds = list(dict.fromkeys(data.loc[kept, group])) if group else [None]
    if len(kinds) > len(COLOURS):
        raise ValueError(f"charts.dispersion: {group} has {len(kinds)} values; {len(COLOURS)} can be told apart.")
    place = data[x].astype(str).map({name: number for number, name in enumerate(order)}).to_numpy()
    depth = data.groupby([y, x], observed=True).cumcount().to_numpy()
    with plt.style.context(["default", style.STYLE]):
        written = [style.wrapped(name, _NAMES) for name in lanes]
        deepest = {lane: depth[(data[y] == lane).to_numpy()].max(initial=0) for lane in lanes}
        height = [
            max(0.3, 0.155 * (words.count("\n") + 1) + 0.1, _MARK * (deepest[lane] + 1) + 0.14)
            for lane, words in zip(lanes, written, strict=True)
        ]
        tops = dict(zip(lanes, np.cumsum([0, *height[:-1]]) + 0.15, strict=True))
        aside = not kept.all()
        ax = style.canvas(sum(height) + 0.7 + 0.25 * bool(group or aside))
        for lane in lanes:
            ax.plot([-0.5, len(order) - 0.5], [tops[lane]] * 2, color=RULE, linewidth=0.7, zorder=0)
        for row, at, deep, counts in zip(data.to_dict("records"), place, depth, kept, strict=True):
            number = kinds.index(row[group]) if group and counts else 0
            ax.plot([at], [tops[row[y]] + _MARK * deep], linestyle="none", gid=row["mark"], **_look(number, counts))
        shown = [_look(number, True) for number in range(len(kinds))] if group else [_look(0, True)] * aside
        legend(
            ax, (kinds if group else ["counts"] * aside) + ["does not count"] * aside, shown + [_look(0, False)] * aside
        )
        ax.set_xlim(-0.7, len(order) - 0.3)
        ax.set_ylim(sum(height), -0.05)
        style.names(ax.yaxis, [tops[lane] for lane in lanes], lanes, _NAMES)
        step = 1 if len(order) <= 12 else max(5, -(-len(order) // 60) * 5)
        ticks = sorted({0, *range(step - 1, len(order), step), len(order) - 1})
        style.names(ax.xaxis, ticks, [order[tick] for tick in ticks], 1, 8.5)
        ax.spines["bottom"].set_visible(False)
    first = xlabel or f"One mark is one place. The {len(order)} paragraphs from first to last"
    says = "Marks: " + style.listed(data, [y, x])
    ax.drawn = style.Drawn(data, by, style.below(data, first), says, [y])
    return ax


def spans(data, lane, *, start="start", end="end", by=None, ticks=None, xlabel=None):
    """Stretches of a file in lanes, one rectangle per row. The Axes come back.

    `lane` is the column of the lane (in order of appearance, or of its categories), `start` and `end` those of the
    stretch, `ticks` names to write above and where (``{"¶1": 170}``). `by` names what a stretch is; unless given,
    document, lane and start.

    >>> table = pd.DataFrame({"start": [0], "end": [9], "kind": ["heading"]})
    >>> [patch.get_width() for patch in spans(table, lane="kind").patches]
    [9]
    """
    lanes = data[lane].cat.categories.tolist() if isinstance(data[lane].dtype, pd.CategoricalDtype) else None
    own = [name for name in ("document", lane, start) if name in data.columns]
    data, by = style.prepared(data, "spans", by or own, [lane, start, end])
    if data.empty:
        return style.nothing(data, by)
    lanes = lanes or list(dict.fromkeys(data[lane]))
    with plt.style.context(["default", style.STYLE]):
        ax = style.canvas(0.34 * len(lanes) + 0.9)
        length = data[end].max()
        for row in data.to_dict("records"):
            narrow = row[end] - row[start] < 0.002 * length
            stretch = Rectangle(
                (row[start], lanes.index(row[lane]) - 0.35), row[end] - row[start], 0.7, gid=row["mark"], linewidth=0.5,
                facecolor=COLOURS[0], edgecolor=COLOURS[0] if narrow else "white",
            )  # fmt: skip
            ax.add_patch(stretch)
        ax.set_xlim(-0.004 * length, 1.004 * length)
        ax.set_ylim(len(lanes) - 0.4, -0.6)
        ax.hlines(np.arange(len(lanes) - 1) + 0.5, *ax.get_xlim(), color=RULE, linewidth=0.5)
        style.names(ax.yaxis, range(len(lanes)), lanes, _NAMES)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        if ticks:
            above = ax.secondary_xaxis("top")
            style.names(above.xaxis, list(ticks.values()), list(ticks), 1, 8.5)
            above.spines["top"].set_visible(False)
    says = "Lanes: " + ", ".join(map(str, lanes))
    ax.drawn = style.Drawn(data, by, style.below(data, xlabel or "Position in the file, characters"), says, [lane])
    return ax


def _look(number, counts):
    """Colour and shape of a mark: its group's, or hollow and struck through."""
    if not counts:
        return {"marker": _STRUCK, "markersize": 8, "markerfacecolor": "none", "markeredgecolor": QUIET}
    shape = {"marker": SHAPES[number], "markersize": 8, "markerfacecolor": COLOURS[number]}
    return shape | {"markeredgecolor": "white", "markeredgewidth": 0.5}
