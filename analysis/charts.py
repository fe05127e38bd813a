"""A table → matplotlib Axes. One function per shape; nothing is computed here.

Every function draws one artist per row and gives it the row's `mark` as id, so
that `figures.save` can tie the drawing to its evidence; `ax.drawn_table` is what
was drawn. Titles belong to the notebook. Text from documents is never read as
mathematics.
"""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from analysis import tables

INK, QUIET, RULE = "#222222", "#6b6b6b", "#d0d0d0"
BLUE, ORANGE = "#0072B2", "#D55E00"  # Okabe & Ito: told apart by colour-blind readers
WIDTH = 7.2  # inches: the width of a printed page between its margins
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 9,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "figure.dpi": 100,
}


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
        If columns are missing, there are no rows, or a number is missing,
        negative or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["peace"], "word": ["peace"], "n": [31]})
    >>> [bar.get_width() for bar in bars(table, x="n", y="word").patches]
    [31]
    """
    data = _checked(data, "bars", [x, y, low, high, few, label, group], full=[x], partial=[low, high])
    heads = data[group].ne(data[group].shift()).to_numpy() if group else np.zeros(len(data), bool)
    places = np.arange(len(data)) + 1.35 * np.cumsum(heads)
    with plt.style.context(["default", _STYLE]):
        ax = _axes(ax, 0.21 * (places[-1] + 1) + 0.9, xlabel)
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
            if low and high and np.isfinite([row[low], row[high]]).all():
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
                    color=ORANGE if zero else INK,
                )
        for place, name in zip(places[heads] - 1.05, data[group][heads] if group else [], strict=True):
            ax.annotate(
                str(name), (0, place), xytext=(0, 0), textcoords="offset points", va="center",
                fontsize=8.5, fontweight="bold", color=QUIET, annotation_clip=False,
            )  # fmt: skip
        _ticks(ax.yaxis, places, data[y])
        most = data[[name for name in (x, high) if name]].max().max()
        ax.set_xlim(0, most * 1.22 if most > 0 else 1)
        ax.set_ylim(places[-1] + 0.7, places[0] - (1.9 if group else 0.7))
        ax.xaxis.get_major_locator().set_params(integer=bool(np.allclose(data[x], data[x].round())))
    ax.drawn_table = data
    return ax


def grid(data, *, x, y, value, shade, few=None, shade_label="", ax=None):
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
        framed in its shade, not filled.
    shade_label : str, optional
        What the shade is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, or a number is missing,
        negative or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["a"], "word": ["peace"], "section": ["One"], "n": [3], "rate": [9.5]})
    >>> [text.get_text() for text in grid(table, x="word", y="section", value="n", shade="rate").texts]
    ['3']
    """
    data = _checked(data, "grid", [x, y, value, shade, few], full=[value, shade])
    tables.check_unique(data, "charts.grid", [x, y])
    columns, rows = list(dict.fromkeys(data[x])), list(dict.fromkeys(data[y]))
    with plt.style.context(["default", _STYLE]):
        ax = _axes(ax, 0.43 * len(rows) + 1.5, shade_label)
        most = float(data[shade].max()) or 1.0
        colours = plt.get_cmap("Blues")
        for row in data.to_dict("records"):
            place, line = columns.index(row[x]), rows.index(row[y])
            colour = colours(0.08 + 0.8 * row[shade] / most) if row[value] else "white"
            hollow = bool(few and row[few])
            cell = Rectangle(
                (place - 0.41, line - 0.4),
                0.82,
                0.8,
                facecolor="white" if hollow else colour,
                edgecolor=colour if row[value] else "white",
                linewidth=1.4,
                gid=row.get("mark"),
            )
            ax.add_patch(cell)
            dark = not hollow and row[shade] / most > 0.6
            ink = QUIET if row[value] == 0 else "white" if dark else INK
            ax.text(place, line, f"{row[value]:,}", ha="center", va="center", color=ink, fontsize=8.5)
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        _ticks(ax.yaxis, range(len(rows)), rows)
        _ticks(ax.xaxis, range(len(columns)), columns)
        ax.xaxis.tick_top()
        for name in ax.get_xticklabels():
            name.set(rotation=45, ha="left", rotation_mode="anchor", color=INK)
        ax.spines["bottom"].set_visible(False)
    ax.drawn_table = data
    return ax


def lanes(data, *, start, end, lane, ticks=None, xlabel="", ax=None):
    """Stretches of a line, in lanes: one rectangle per row, in order of position.

    Parameters
    ----------
    data : DataFrame
        One row per stretch: the columns named by the other arguments, and `mark`.
    start, end : str
        Columns with the ends of the stretch.
    lane : str
        Column with the lane it lies in; lanes from top to bottom in order of
        appearance.
    ticks : dict, optional
        Names to write above the lanes, and where: ``{"¶1": 170}``.
    xlabel : str, optional
        What the line measures, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, or a number is missing,
        negative or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["s0"], "start": [0], "end": [9], "kind": ["heading"]})
    >>> [patch.get_width() for patch in lanes(table, start="start", end="end", lane="kind").patches]
    [9]
    """
    data = _checked(data, "lanes", [start, end, lane], full=[start, end])
    names = list(dict.fromkeys(data[lane]))
    with plt.style.context(["default", _STYLE]):
        ax = _axes(ax, 0.34 * len(names) + 1.1, xlabel)
        length = data[end].max()
        for row in data.to_dict("records"):
            narrow = row[end] - row[start] < 0.005 * length  # framed in its colour, or it could not be seen
            height = 0.68 if narrow else 0.72
            stretch = Rectangle(
                (row[start], names.index(row[lane]) - height / 2),
                row[end] - row[start],
                height,
                facecolor=BLUE,
                edgecolor=BLUE if narrow else "white",
                linewidth=0.5,
                gid=row.get("mark"),
            )
            ax.add_patch(stretch)
        ax.set_xlim(-0.004 * length, 1.004 * length)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.hlines(np.arange(len(names) - 1) + 0.5, *ax.get_xlim(), color=RULE, linewidth=0.5)
        _ticks(ax.yaxis, range(len(names)), names)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        if ticks:
            above = ax.secondary_xaxis("top")
            _ticks(above.xaxis, list(ticks.values()), list(ticks))
            above.spines["top"].set_visible(False)
    ax.drawn_table = data
    return ax


def _checked(data, shape, columns, full, partial=()):
    """The table with its numbers rounded, if it can be drawn: rows, columns, numbers from 0."""
    columns = list(dict.fromkeys(name for name in columns if name))
    tables.check(data, f"charts.{shape}", columns)
    if not len(data):
        raise ValueError(f"charts.{shape}: the table has no rows to draw.")
    keep = [*(["mark"] if "mark" in data.columns else []), *[name for name in columns if name != "mark"]]
    data = data[keep].reset_index(drop=True)
    for name in [*full, *(name for name in partial if name)]:
        if not pd.api.types.is_numeric_dtype(data[name]):
            raise ValueError(f"charts.{shape}: {name} should hold numbers, found {data[name].dtype}.")
        numbers = data[name].to_numpy(float, na_value=np.nan)
        wrong = ~(np.isfinite(numbers) & (numbers >= 0)) & (np.isin(name, full) | ~np.isnan(numbers))
        if wrong.any():
            raise ValueError(
                f"charts.{shape}: {name} in row {wrong.argmax()} (rows count from 0) is {numbers[wrong.argmax()]}; "
                "numbers from 0 can be drawn."
            )
        if name in partial:
            data[name] = numbers
    return tables.significant(data)


def _axes(ax, height, label):
    """The Axes to draw on, with a label below: the full width of the figure, where it is ours."""
    if ax is not None:
        ax.set_xlabel(label, parse_math=False)
        return ax
    figure, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    if label:
        lines = [textwrap.fill(line, 105) for line in label.split("\n")]
        figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=8.5, color=QUIET)
    return ax


def _ticks(axis, places, names):
    """Names along an axis, long ones on several lines."""
    wrapped = ["\n".join(textwrap.fill(line, 38) for line in str(name).split("\n")) for name in names]
    axis.set_ticks(list(places), wrapped)
    for tick in axis.get_major_ticks():
        tick.label1.set_parse_math(False)
        tick.label2.set_parse_math(False)
