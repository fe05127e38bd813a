"""Shapes that show change: lines over periods, each point with its interval."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from analysis.charts.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    QUIET,
    RULE,
    STYLE,
    WORDS,
    axes,
    check_once,
    check_order,
    check_pair,
    checked,
    name_ticks,
)

_LOOKS = [(BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (PURPLE, "D")]  # colour and shape, so that neither is needed alone
_NAMED = 12  # so many names fit below the chart


def trend(data, *, x, y, line, low=None, high=None, few=None, ylabel="", xlabel="", ax=None):
    """Lines over periods, one point per row, named where they end.

    Parameters
    ----------
    data : DataFrame
        One row per line and period: the columns named by the other arguments, and `mark` where the chart is to be saved
        with its evidence.
    x : str
        Column with the name of the period. Periods stand in order of appearance, equally far apart; of more than
        twelve, every second, fifth, tenth … is named.
    y : str
        Column with the height of the point, from 0.
    line : str
        Column with the name of the line, written where it ends; four lines at most.
    low, high : str, optional
        Columns with the ends of an interval, drawn as an upright bar; missing where there is none.
    few : str, optional
        Column that is true where the figure rests on too little: drawn hollow.
    ylabel : str, optional
        What the height is, with its unit: above the chart.
    xlabel : str, optional
        What stands below.
    ax : Axes, optional
        Where to draw; a new figure unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns or names are missing, there are no rows, a line has a period twice, there are more than four lines, a
        height is missing, negative or not finite, `few` is not true or false, only one of `low` and `high` is given, or
        `low` is above `high`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": [1970, 1971, 1970, 1971], "word": [*"aabb"], "rate": [1, 2, 3, 5]})
    >>> ax = trend(table, x="year", y="rate", line="word", ylabel="per 1,000 words")
    >>> [(text.get_text(), text.xy[1]) for text in ax.texts]
    [('a', 2.0), ('b', 5.0)]
    """
    check_pair("trend", low, high)
    columns = [x, y, line, low, high, few]
    data = checked(data, "trend", columns, full=[y], partial=[low, high], keys=[x, line], flags=[few])
    check_order(data, "trend", low, high)
    check_once(data, "trend", [line, x])
    names, periods = list(dict.fromkeys(data[line])), list(dict.fromkeys(data[x]))
    if len(names) > len(_LOOKS):
        raise ValueError(f"charts.trend: {len(names)} lines can't be told apart; draw {len(_LOOKS)} at most.")
    place = data[x].map({period: number for number, period in enumerate(periods)}).astype(float)
    shift = np.linspace(-0.1, 0.1, len(names)) if len(names) > 1 else [0.0]  # so that intervals don't hide each other
    ends = []
    with plt.style.context(["default", STYLE]):
        ax = axes(ax, 3.7, xlabel)
        for number, name in enumerate(names):
            of = data[line] == name
            rows = data[of].assign(place=place[of] + shift[number]).sort_values("place", kind="stable")
            _draw(ax, rows, y, low, high, few, *_LOOKS[number])
            ends.append((name, rows["place"].iloc[-1], float(rows[y].iloc[-1]), _LOOKS[number][0]))
        most = np.nanmax(data[[name for name in (y, high) if name]].to_numpy(float))
        top = 1.06 * most if most > 0 else 1.0
        ax.set_ylim(0, top)
        ax.set_xlim(-0.4, len(periods) - 0.6)
        heights = _apart([height for _, _, height, _ in ends], 0.065 * top)
        for (name, at, height, colour), written in zip(ends, heights, strict=True):
            ax.annotate(
                str(name), (at, height), xytext=(1.01, written), textcoords=ax.get_yaxis_transform(), va="center",
                color=WORDS[colour], fontweight="bold", annotation_clip=False, parse_math=False,
            )  # fmt: skip
        step = next(step for step in (1, 2, 5, 10, 20, 50, len(periods)) if len(periods) / step <= _NAMED)
        name_ticks(ax.xaxis, range(0, len(periods), step), periods[::step])
        ax.set_title(ylabel, loc="left", fontsize=9, color=QUIET, parse_math=False)
        ax.grid(axis="y", color=RULE, linewidth=0.5)
        ax.set_axisbelow(True)
    ax.drawn_table = data
    return ax


def _draw(ax, rows, y, low, high, few, colour, shape):
    """One line: intervals, line, points."""
    ax.plot(rows["place"], rows[y], color=colour, linewidth=1.3, zorder=2)
    for row in rows.to_dict("records"):
        if low and np.isfinite([row[low], row[high]]).all():
            ends = [row[low], row[high]]
            ax.plot([row["place"]] * 2, ends, color=colour, linewidth=1.6, alpha=0.4, solid_capstyle="butt", zorder=1.5)
        ax.plot(
            [row["place"]],
            [row[y]],
            shape,
            color=colour,
            markersize=5,
            markerfacecolor="white" if few and row[few] else colour,
            gid=row.get("mark"),
            clip_on=False,
            zorder=3,
        )


def _apart(heights, gap):
    """Heights at which names can stand beside each other's lines: in the same order, at least `gap` apart, from 0 up."""
    order = np.argsort(heights, kind="stable")
    sorted_heights = np.asarray(heights, float)[order]
    placed = sorted_heights.copy()
    for number in range(1, len(placed)):
        placed[number] = max(placed[number], placed[number - 1] + gap)
    return pd.Series(placed, index=order).sort_index().tolist()
