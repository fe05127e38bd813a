"""Shapes that show how much: bars, and a grid of numbers."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from analysis.charts.style import (
    BLUE,
    INK,
    ORANGE,
    QUIET,
    STYLE,
    WORDS,
    axes,
    check_once,
    check_order,
    check_pair,
    checked,
    lines,
    name_ticks,
)


def bars(data, *, x, y, low=None, high=None, few=None, label=None, group=None, xlabel="", ax=None):
    """Horizontal bars, one per row, from top to bottom in the order of the table.

    Parameters
    ----------
    data : DataFrame
        One row per bar: the columns named by the other arguments, and `mark`
        where the chart is to be saved with its evidence.
    x, y : str
        Columns with the bar's length and its name.
    low, high : str, optional
        Columns with the ends of a range or interval, drawn as a thin line.
    few : str, optional
        Column that is true where the figure rests on too little: drawn hollow.
    label : str, optional
        Column with the words written at the end of the bar.
    group : str, optional
        Column whose changes begin a new block of bars, headed by its value.
    xlabel : str, optional
        What the length is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, a number is missing, negative
        or not finite, a name (`y`), label or group is missing, `few` is not true or
        false, only one of `low` and `high` is given, or `low` is above `high`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["peace"], "word": ["peace"], "n": [31]})
    >>> [bar.get_width() for bar in bars(table, x="n", y="word").patches]
    [31]
    """
    check_pair("bars", low, high)
    columns = [x, y, low, high, few, label, group]
    data = checked(data, "bars", columns, full=[x], partial=[low, high], keys=[y, label, group], flags=[few])
    check_order(data, "bars", low, high)
    heads = data[group].ne(data[group].shift()).fillna(True).to_numpy(bool) if group else np.zeros(len(data), bool)
    places = np.arange(len(data)) + 1.35 * np.cumsum(heads)
    with plt.style.context(["default", STYLE]):
        ax = axes(ax, 0.21 * (places[-1] + 1) + 0.9, xlabel)
        for place, row in zip(places, data.to_dict("records"), strict=True):
            hollow = bool(few and row[few])
            bar = Rectangle(
                (0, place - 0.36),
                row[x],
                0.72,
                facecolor="white" if hollow else BLUE,
                edgecolor=BLUE,
                linewidth=0.9,
                gid=row.get("mark"),
            )
            ax.add_patch(bar)
            reach = row[x]
            if low and np.isfinite([row[low], row[high]]).all():
                ax.plot([row[low], row[high]], [place, place], color=INK, linewidth=1.1, solid_capstyle="butt")
                reach = max(reach, row[high])
            if label:
                zero = row[x] == 0
                ax.annotate(
                    str(row[label]),
                    (reach, place),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8.5,
                    color=WORDS[ORANGE] if zero else INK,
                )
        for place, name in zip(places[heads] - 1.05, data[group][heads] if group else [], strict=True):
            ax.annotate(
                str(name), (0, place), xytext=(0, 0), textcoords="offset points", va="center",
                fontsize=8.5, fontweight="bold", color=QUIET, annotation_clip=False,
            )  # fmt: skip
        name_ticks(ax.yaxis, places, data[y])
        most = data[[name for name in (x, high) if name]].max().max()
        ax.set_xlim(0, most * 1.22 if most > 0 else 1)
        ax.set_ylim(places[-1] + 0.7, places[0] - (1.9 if group else 0.7))
        ax.xaxis.get_major_locator().set_params(integer=bool(np.allclose(data[x], data[x].round())))
    ax.drawn_table = data
    return ax


def grid(data, *, x, y, value, shade, few=None, xlabel="", ax=None):
    """A table of numbers, each cell shaded: one cell per row of the data.

    Parameters
    ----------
    data : DataFrame
        One row per cell: the columns named by the other arguments, and `mark`.
    x, y : str
        Columns with the cell's column and row; both in order of appearance.
    value : str
        Column with the number written in the cell.
    shade : str
        Column that darkens the cell, usually a rate.
    few : str, optional
        Column that is true where the number rests on too little: the cell is
        framed, not filled; the frame is darker the darker the cell would be.
    xlabel : str, optional
        What the shade is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, a number is missing, negative
        or not finite, a cell has no `x` or `y` or there are two, or `few` is not
        true or false.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["a"], "word": ["peace"], "section": ["One"], "n": [3], "rate": [9.5]})
    >>> [text.get_text() for text in grid(table, x="word", y="section", value="n", shade="rate").texts]
    ['3']
    """
    data = checked(data, "grid", [x, y, value, shade, few], full=[value, shade], keys=[x, y], flags=[few])
    check_once(data, "grid", [x, y])
    columns, rows = list(dict.fromkeys(data[x])), list(dict.fromkeys(data[y]))
    with plt.style.context(["default", STYLE]):
        slanted = 0.055 * max(len(str(name)) for name in columns)  # inches above the cells
        height = max(0.43, 0.165 * lines(rows)) * len(rows) + max(1.5, 0.7 + slanted)
        ax = axes(ax, height, xlabel)
        most = float(data[shade].max()) or 1.0
        colours = plt.get_cmap("Blues")
        for row in data.to_dict("records"):
            place, line = columns.index(row[x]), rows.index(row[y])
            colour = colours(0.08 + 0.8 * row[shade] / most) if row[value] else "white"
            frame = colours(0.6 + 0.35 * row[shade] / most) if row[value] else "white"  # a frame needs more to be seen
            hollow = bool(few and row[few])
            cell = Rectangle(
                (place - 0.41, line - 0.4),
                0.82,
                0.8,
                facecolor="white" if hollow else colour,
                edgecolor=frame if hollow else colour,
                linewidth=1.4,
                gid=row.get("mark"),
            )
            ax.add_patch(cell)
            dark = not hollow and row[shade] / most > 0.6
            ink = QUIET if row[value] == 0 else "white" if dark else INK
            ax.text(place, line, f"{row[value]:,}", ha="center", va="center", color=ink, fontsize=8.5)
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        name_ticks(ax.yaxis, range(len(rows)), rows)
        name_ticks(ax.xaxis, range(len(columns)), columns)
        ax.xaxis.tick_top()
        for name in ax.get_xticklabels():
            name.set(rotation=45, ha="left", rotation_mode="anchor", color=INK)
        ax.spines["bottom"].set_visible(False)
    ax.drawn_table = data
    return ax
