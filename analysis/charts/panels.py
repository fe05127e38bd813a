"""Several measures of the same things: panels above each other, sharing what lies below."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from analysis import tables
from analysis.charts.style import BLUE, INK, QUIET, RULE, STYLE, axes, check_order, check_pair, checked, name_ticks

_HEIGHT, _TITLE = 1.05, 0.42  # inches: a panel, what stands above it


def panels(data, *, x, y, panel, low=None, high=None, few=None, xlabel="", ax=None):
    """Points joined by a line, in panels above each other: one point per row, one panel per measure.

    Parameters
    ----------
    data : DataFrame
        One row per panel and x: the columns named by the other arguments, and `mark`.
    x : str
        Column with a number from 0 that all panels share.
    y : str
        Column with the height of the point, in the panel's own unit; it may be negative.
    panel : str
        Column with the name of the panel; panels from top to bottom in order of appearance.
    low, high : str, optional
        Columns with the ends of a range, drawn as a grey bar behind the point; missing where there is none.
    few : str, optional
        Column that is true where the figure rests on too little: drawn hollow.
    xlabel : str, optional
        What x is.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes
        That holds the panels, in ``ax.child_axes``.

    Raises
    ------
    ValueError
        If columns or values are missing, there are no rows, a panel has an x twice, a number is not finite, x is
        negative, only one of `low` and `high` is given, or `low` is above `high`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"k": [2, 4, 2, 4], "what": [*"aabb"], "value": [0.1, 0.3, -0.2, 0.0]})
    >>> ax = panels(table, x="k", y="value", panel="what", xlabel="topics")
    >>> [one.get_title(loc="left") for one in ax.child_axes]
    ['a', 'b']
    """
    check_pair("panels", low, high)
    data = checked(data, "panels", [x, y, panel, low, high, few], full=[x], keys=[panel, y], flags=[few])
    tables.check_unique(data, "charts.panels", [panel, x])
    _check_numbers(data, y, low, high)
    check_order(data, "panels", low, high)
    data = data.assign(**{name: data[name].to_numpy(float, na_value=np.nan) for name in (low, high) if name})
    names, shared = list(dict.fromkeys(data[panel])), np.unique(data[x].to_numpy(float))
    whole = len(names) * (_HEIGHT + _TITLE)
    with plt.style.context(["default", STYLE]):
        ax = axes(ax, whole + 0.7, xlabel)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        room = np.ptp(shared) * 0.03 or 0.5
        for number, name in enumerate(names):
            bottom = (whole - (number + 1) * (_HEIGHT + _TITLE)) / whole
            own = ax.inset_axes([0, bottom, 1, _HEIGHT / whole])
            rows = data[data[panel] == name].sort_values(x, kind="stable")
            _draw(own, rows, x, y, low, high, few)
            own.set_title(
                textwrap.fill(str(name), 90), loc="left", fontsize=9, fontweight="bold", parse_math=False, color=INK
            )
            own.set_xlim(shared[0] - room, shared[-1] + room)
            ticks = _ticks(shared, room)
            last = number == len(names) - 1
            name_ticks(own.xaxis, ticks, [f"{tick:g}" if last else "" for tick in ticks])
            own.grid(axis="x", color=RULE, linewidth=0.5)
            own.set_axisbelow(True)
    ax.drawn_table = data
    return ax


def _check_numbers(data, y, low, high):
    """Heights and ranges are finite numbers."""
    for name in filter(None, [y, low, high]):
        if not pd.api.types.is_numeric_dtype(data[name]):
            raise ValueError(
                f"charts.panels: {name} should hold numbers, found {data[name].dtype}; turn its values into numbers, as with .astype(float)."
            )
        wrong = np.isinf(data[name].to_numpy(float, na_value=np.nan))
        if wrong.any():
            raise ValueError(f"charts.panels: {name} in row {wrong.argmax()} (rows count from 0) is not finite.")


def _ticks(shared, room):
    """The places to name on the x axis: all, unless they are too close to each other."""
    apart, ticks = 2 * room, []
    for place in shared:
        if not ticks or place - ticks[-1] >= apart - 1e-9:
            ticks.append(float(place))
    return ticks if len(shared) > 1 else [float(shared[0])]


def _draw(ax, rows, x, y, low, high, few):
    """One panel: ranges, line, points."""
    for row in rows.to_dict("records"):
        if low and np.isfinite([row[low], row[high]]).all():
            ax.plot([row[x]] * 2, [row[low], row[high]], color=RULE, linewidth=6, solid_capstyle="butt", zorder=1.5)
    ax.plot(rows[x], rows[y], color=BLUE, linewidth=1, zorder=2)
    for row in rows.to_dict("records"):
        ax.plot(
            [row[x]],
            [row[y]],
            "o",
            color=BLUE,
            markersize=5.5,
            markerfacecolor="white" if few and row[few] else BLUE,
            gid=row.get("mark"),
            zorder=3,
        )
    ax.margins(y=0.15)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    bottom, top = ax.get_ylim()
    if bottom < 0 < top:
        ax.axhline(0, color=QUIET, linewidth=0.7, zorder=1)
