"""How much: bars, small columns, and tables of numbers."""

import matplotlib.pyplot as plt
import numpy as np

from analysis.charts import style
from analysis.charts.style import COLOURS, INK, LINE, QUIET, RULE
from analysis.tables import as_text, begins

# Inches of words: beside bars and rows, above a block, at the end of a bar, slanted above cells.
_NAMES, _HEAD, _END, _SLANT = 2.3, 4.4, 2.2, 1.8


@style.in_style
def bars(data, x, y, *, by=None, group=None, color=None, xlabel=None):
    """Horizontal bars, one per row, from top to bottom in the order of the table. Returns the Axes.

    `x` is the column of the bar's length (below 0 it goes left), `y` that of its name. `by` names what a bar is, so
    that `figures.save` finds its passages; by default y, with group and color. `xlabel` says what the length is; by
    default what the dictionary of tables says. `group` is a column whose changes begin a new block headed by its value.
    `color` is a column of categories, six at most: rows that follow each other with the same name are stacked. Drawn
    where the table has them: `low` and `high` (ends of an interval, unless x is a count); `few` (true: hollow); `label`
    (words at the bar's end, unless it names the bar; else *n* in *n_paragraphs* ¶).

    >>> import pandas as pd
    >>> table = pd.DataFrame({"word": ["peace", "war"], "n": [31, 4]})
    >>> [bar.get_width() for bar in bars(table, x="n", y="word").patches]
    [31, 4]
    """
    data, by = style.prepared(data, "bars", by, [group, y, color], [y, group, color], [x], "few")
    if data.empty:
        return style.nothing(data, by)
    label = "label" if "label" in data and "label" not in (y, group, color) else None
    line = {"low", "high"} <= set(data) and x != "n" and not str(x).startswith("n_")  # of an interval
    if line:
        style.warn_apart(data, x, "bars")
    ends, kinds, lengths = _labels(data, x, label), style.kinds(data, color, "bars"), data[x].astype(float)
    heads = begins(data, filter(None, [group])) & bool(group)
    first = begins(data, [y]) | heads | (not color)  # of a stack
    last, stacks = np.append(first[1:], True), first.cumsum()
    if (lengths.groupby(stacks).agg(["min", "max"]).prod(axis=1) < 0).any():
        raise ValueError(f"charts.bars: {x} of one {y} lies below and above 0, which makes no stack; leave out color.")
    starts = (lengths.groupby(stacks).cumsum() - lengths).to_numpy()
    lines = np.maximum(style.lines(data[y][first], _NAMES), [end.count("\n") + 1 for end in ends[last]])
    above = np.where(heads, LINE * style.lines(data[group or y], _HEAD, 8.5, "bold") + 0.145, 0)[first]
    height = np.maximum(0.21, LINE * lines + 0.04)
    rows = np.cumsum(height + above) - height / 2
    ax = style.canvas(sum(height + above) + 0.8 + 0.22 * -(-len(kinds) // 3) * bool(color))
    records = data.to_dict("records")
    for place, start, end, is_last, row in zip(rows[stacks - 1], starts, ends, last, records, strict=True):
        colour = COLOURS[kinds.index(row[color])] if color else COLOURS[0]
        corner, far = (start + min(row[x], 0), place - 0.075), start + row[x]
        look = {"edgecolor": colour, "linewidth": 0 if color and not row[x] else 0.9}
        style.box(ax, row["mark"], corner, abs(row[x]), 0.15, "white" if row.get("few") else colour, **look)
        if line and np.isfinite([row["low"], row["high"]]).all():
            ax.plot([row["low"], row["high"]], [place, place], color=INK, linewidth=1.1, solid_capstyle="butt")
            far = max(far, row["high"]) if far >= 0 else min(far, row["low"])
        if is_last:  # its words, on the side it points to
            side, away = ("left", 4) if far >= 0 else ("right", -4)
            style.write(ax, end, (far, place), (away, 0), 8.5, INK if far else QUIET, "data", ha=side)
    tops = rows - height / 2 - 0.03
    for place, name in zip(tops[heads[first]], data[group][heads] if group else [], strict=True):
        style.head(ax, name, _HEAD, (0, place), ax.get_yaxis_transform())
    style.names(ax.yaxis, rows, data[y][first], _NAMES)
    least, most = min(0.0, ax.dataLim.x0), max(0.0, ax.dataLim.x1)
    longest = max(style.width(line, 8.5) for end in ends for line in end.split("\n"))
    room = (most - least or 1) * min(0.8, 0.03 + longest / (4.4 - longest))
    reach = least - room * (least < 0), most + room * (most > 0 or least == 0)
    ax.set(xlim=reach, ylim=(sum(height + above) + 0.05, 0))
    ax.axvline(0, color=RULE, linewidth=0.8, zorder=0)
    if np.allclose(lengths, lengths.round()):
        ax.xaxis.get_major_locator().set_params(integer=True)
    if color:
        style.legend(ax, {kind: {"marker": "s", "color": one} for kind, one in zip(kinds, COLOURS, strict=False)})
    says = "Bars: " + style.listed(data.assign(end=ends), [group, y, color, "end"])
    below = style.below(data, xlabel or style.sentence(x, data), "Line" if line else None)
    return style.finished(ax, data, by, below, says, [group, y, color, label])


@style.in_style
def columns(data, x, y, group, *, by=None, xlabel=None):
    """Small upright columns, one per row, one line of them per value of `group`, all to one scale. Returns the Axes.

    `y` is the column of the height (0 or more), written above it, `x` that of the name below it. `by` names what a
    column is; by default group and x. A line has room for 20 columns; longer ones go on in the next.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"section": ["One", "One", "Two"], "paragraph": ["1", "2", "3"], "n": [57, 36, 115]})
    >>> ax = columns(table, x="paragraph", y="n", group="section")
    >>> [round(column.get_height(), 2) for column in ax.patches]
    [0.3, 0.19, 0.6]
    """
    data, by = style.prepared(data, "columns", by, [group, x], [x, group], [y])
    if data.empty:
        return style.nothing(data, by)
    place = data.groupby(group).cumcount().to_numpy()
    wide, heads = min(20, max(8, place.max() + 1)), begins(data, [group])
    line = (heads | (place % wide == 0)).cumsum() - 1
    tallest = max(0.62, LINE * style.lines(data[group][heads], _NAMES).max() + 0.06)  # inches of a line
    ax = style.canvas(tallest * (line[-1] + 1) + 0.5)
    small = 8 if wide < 12 else 6.5
    tall = 0.6 * data[y] / (data[y].max() or 1)
    for row, at, down, height in zip(data.to_dict("records"), place % wide, line, tall, strict=True):
        style.box(ax, row["mark"], (at - 0.36, down + 0.7 - height), 0.72, height, COLOURS[0])
        ax.text(at, down + 0.68 - height, f"{row[y]:,}", ha="center", va="bottom", fontsize=small)
        ax.text(at, down + 0.73, style.wrapped(row[x], 0.5, small), ha="center", va="top", fontsize=small, color=QUIET)
    ax.hlines(np.arange(line[-1] + 1) + 0.7, -0.5, wide - 0.5, color=RULE, linewidth=0.7)
    style.names(ax.yaxis, line[heads] + 0.45, data[group][heads], _NAMES)
    ax.set(xlim=(-0.6, wide - 0.4), ylim=(line[-1] + 0.95, -0.15), xticks=[])
    ax.spines["bottom"].set_visible(False)
    says = "Columns: " + style.listed(data, [group, x, y])
    return style.finished(ax, data, by, style.below(data, xlabel or style.sentence(y, data)), says, [group, x, y])


@style.in_style
def heatmap(data, x, y, *, by=None, value="n", xlabel=None):
    """A table of numbers, each cell shaded by a rate: one cell per row of the data. Returns the Axes.

    `x` and `y` are the columns of the cell's column and row, in order of appearance; `value` is written in the cell,
    lighter where a column `few` is true; `per_1000`, where there is such a column, else the value darkens it. Below a
    row's name stand its words, where a column `total` has one number for it. `by` names what a cell is; unless given,
    y and x.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"word": ["peace"], "section": ["One"], "n": [3], "per_1000": [9.5]})
    >>> [text.get_text() for text in heatmap(table, x="word", y="section").texts]
    ['3']
    """
    shade = "per_1000" if "per_1000" in data else value
    data, by = style.prepared(data, "heatmap", by, [y, x], [x, y], [value, shade], "few")
    if data.empty:
        return style.nothing(data, by)
    across, down = list(dict.fromkeys(data[x])), list(dict.fromkeys(data[y]))
    totals = data.groupby(y)["total"].unique() if "total" in data else {}
    alone = {name: total[0] for name, total in totals.items() if len(total) == 1}
    rows = [f"{name} ({alone[name]:,}\N{NO-BREAK SPACE}words)" if name in alone else name for name in down]
    height = max(0.3, LINE * style.lines(rows, _NAMES).max() + 0.08)
    above = [part for name in across for part in style.wrapped(name, _SLANT).split("\n")]
    slanted = 0.72 * (max(style.width(part, 9) for part in above) + LINE * (style.lines(across, _SLANT).max() - 1))
    ax = style.canvas(height * len(down) + slanted + 0.75)
    most = float(data[shade].max()) or 1.0
    for row in data.to_dict("records"):
        at, line, dark = across.index(row[x]), down.index(row[y]), row[shade] / most
        colour = plt.get_cmap("Blues")(0.05 + 0.85 * dark) if row[value] else "#f7f7f7"
        style.box(ax, row["mark"], (at - 0.47, line - 0.46), 0.94, 0.92, colour)
        light = row.get("few") or not row[value]
        ink = QUIET if not row[value] else "white" if dark > 0.72 else INK
        look = {"fontsize": 8.5, "color": ink, "fontweight": "normal" if light else "bold"}
        ax.text(at, line, f"{row[value]:,}", ha="center", va="center", **look)
    ax.set(xlim=(-0.5, len(across) - 0.5), ylim=(len(down) - 0.5, -0.5))
    style.names(ax.yaxis, range(len(down)), rows, _NAMES)
    style.names(ax.xaxis, range(len(across)), across, _SLANT)
    ax.xaxis.tick_top()
    plt.setp(ax.get_xticklabels(), rotation=45, ha="left", rotation_mode="anchor", color=INK)
    ax.spines["bottom"].set_visible(False)
    first = f"Number: {style.meaning(value)}. Shade: {style.meaning(shade)}, at the darkest {most:,.4g}"
    says = "A table of numbers, not 0: " + style.listed(data[data[value] != 0], [y, x, value])
    return style.finished(ax, data, by, style.below(data, xlabel or first, few="Not in bold"), says, [value, x, y])


def _labels(data, x, label):
    """The words at the ends of bars."""
    if label:
        ends = [style.wrapped(end, _END, 8.5) for end in as_text(data[label])]
    elif {"n", "n_paragraphs"} <= set(data):
        ends = [f"{n:,} in {many:,} ¶" if n else "0" for n, many in zip(data["n"], data["n_paragraphs"], strict=True)]
    else:
        ends = [f"{number:,.4g}" for number in data[x]]
    return np.array(ends, object)
