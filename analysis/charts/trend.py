"""When: lines over time with their intervals, and points at a few numbers."""

import math
import warnings

import numpy as np
import pandas as pd

from analysis.charts import style
from analysis.charts.style import COLOURS, DARK, GREY, INK, LINE, QUIET, RULE, SHAPES

_TALLEST = 3  # times the highest point, which a band is drawn to at most


@style.in_style
def trend(data, x, y, line=None, *, by=None, notes=None, xlabel=None, grey=(), counts=None):
    """Lines over time, one point per row, named where they end. Returns the Axes.

    `x` is the column of the time: numbers (or text that is all numbers) stand to scale, other names (1970–74) in order
    of appearance; `y` the height from 0, `line` the name of the line, six at most; without `line` points stand alone,
    named by a column `label`. Columns called `low`, `high` (a band; only its edge, dotted, where the column `interval`
    calls it unreliable) and `few` (true: drawn hollow, without a band) are drawn where the table has them. `by` names
    what a point is; by default line and x. `notes` are words at a time that is drawn: ``{1992: "June 1992: An Agenda
    for Peace"}``. `grey` are names of lines for comparison, without a colour; `counts` is a column of numbers to stand
    below the chart at the years of the axis, in a row for each line (how many are at risk).

    >>> table = pd.DataFrame({"year": [1970, 1980, 1970, 1980], "word": [*"aabb"], "rate": [1, 2, 3, 5]})
    >>> ax = trend(table, x="year", y="rate", line="word")
    >>> [(text.get_text(), text.xy[1]) for text in ax.texts]
    [('a 2.00', 2.0), ('b 5.00', 5.0)]
    """
    data, by = style.prepared(data, "trend", by, [line, x], [x, line], [y], "few")
    if data.empty:
        return style.nothing(data, by)
    lines, periods = style.kinds(data, line, "trend"), list(dict.fromkeys(data[x].astype(str)))
    inks = _inks(lines, grey)
    times = pd.to_numeric(data[x], errors="coerce")
    to_scale = bool(line) and times.notna().all() and not pd.api.types.is_datetime64_any_dtype(data[x])
    if not to_scale and periods != sorted(periods) and all(one[:4].isdecimal() for one in periods):
        warnings.warn(f"charts.trend: {x} goes back: sort the table, whose order all but numbers keep.", stacklevel=3)
    at = times if to_scale else data[x].astype(str).map(periods.index)
    points = data.filter(["mark", "low", "high", "few", "label", "interval", counts])  # those that are there
    points = points.assign(at=at.astype(float), height=data[y].astype(float), line=data[line] if line else None)
    if line and {"low", "high"} <= set(points):
        style.warn_apart(data, y, "trend")
    if line and "few" in points:
        points.loc[points["few"].astype(bool), points.columns.intersection(["low", "high"])] = np.nan
    times = points["at"]
    step = (np.ptp(times) or 1.0) / max(1, times.nunique() - 1)
    heights, tallest = points.filter(["height", "high"]).max(axis=None), _TALLEST * points["height"].max()
    top = 1.08 * (min(heights, tallest) or 1.0)
    ax = style.canvas(4.1 + LINE * (len(lines) + 1) * bool(counts))
    ax.set(xlim=(times.min() - 0.4 * step, times.max() + (0.4 if line else 0.9) * step), ylim=(0, top))
    for number, name in enumerate(lines):
        rows = points[points["line"] == name].sort_values("at") if line else points
        colour, shape = inks[name][0], SHAPES[number]
        if {"low", "high"} <= set(points):
            _band(ax, rows, colour) if line else _bands(ax, rows, 0.3 * step)
        above = 0.5 * (name not in grey)  # lines in colour lie on the grey ones
        ax.plot(rows["at"], rows["height"], color=colour, linewidth=1.4 if line else 0, zorder=2 + above)
        for row in rows.to_dict("records"):
            look = {"markersize": 5, "markerfacecolor": "white" if row.get("few") else colour}
            look |= {"color": colour, "clip_on": False, "zorder": 2 + above}
            ax.plot(row["at"], row["height"], shape, gid=row["mark"], **look)
    if line:
        ends = points.sort_values("at", kind="stable").drop_duplicates("line", keep="last")
        _name_lines(ax, ends.set_index("line").loc[lines], inks)
    elif "label" in points:
        _name_points(ax, points, 6 / (times.nunique() + 1) - 0.1)
    if to_scale:
        _years(ax, times)
        if counts:
            table = points.pivot(index="line", columns="at", values=counts).loc[lines]  # noqa: PD010
            _count_below(ax, table, style.meaning(counts).capitalize(), inks)
    else:
        every = -(-len(periods) // 12)
        style.names(ax.xaxis, range(0, len(periods), every), periods[::every], 1.2, 8.5)
    least, most = ax.get_xlim()
    for time, words in (notes or {}).items():
        time = periods.index(str(time)) if not to_scale and str(time) in periods else float(time)
        if least <= time <= most:
            ax.axvline(time, color=QUIET, linewidth=0.7, linestyle=":", zorder=1)
            words = style.wrapped(words, 1.7, 8)
            style.write(ax, words, (time, top), (-4, -2), 8, QUIET, "data", ha="right", va="top")
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    hollow = "Hollow, without a band" if {"low", "few"} <= set(points) else "Hollow"
    below = style.below(data, xlabel or style.sentence(y, data), "Band", hollow)
    below += f" Bands go on above {top:.2g}." if heights > tallest > 0 else ""
    says = ("Lines: " if line else "Points: ") + style.listed(data, [line, x, y])
    return style.finished(ax, data, by, below, says, [line or ("label" if "label" in data else None)])


def _band(ax, rows, colour):
    """The interval along a line: shaded; where it is unreliable, its two edges; of a point without neighbours, upright."""
    sure = ~rows.get("interval", pd.Series("", rows.index)).astype(str).str.contains("unreliable")
    low, high = (rows[end].astype(float) for end in ("low", "high"))
    ax.fill_between(rows["at"], low.where(sure), high.where(sure), color=colour, alpha=0.16, linewidth=0, zorder=1)
    near = ~sure | ~sure.shift(fill_value=True) | ~sure.shift(-1, fill_value=True)
    for end in (low, high) if near.any() else ():
        ax.plot(rows["at"], end.where(near), color=colour, alpha=0.7, linewidth=0.8, linestyle=":", zorder=1)
    alone = low.notna() & low.shift().isna() & low.shift(-1).isna()
    for at, *ends, is_sure in zip(rows["at"][alone], low[alone], high[alone], sure[alone], strict=True):
        ax.vlines(at, *ends, color=colour, alpha=0.7, linewidth=0.8, linestyle="-" if is_sure else ":", zorder=1)


def _bands(ax, rows, half):
    """The range that belongs to all points of a time."""
    for at, low, high in rows[["at", "low", "high"]].drop_duplicates().itertuples(index=False):
        ax.fill_between([at - half, at + half], low, high, color="#e8e8e8", linewidth=0, zorder=1)


def _inks(lines, grey):
    """The colour of each line, and that of its name."""
    coloured = [name for name in lines if name not in grey]
    own = zip(coloured, COLOURS[: len(coloured)], DARK[: len(coloured)], strict=True)
    return {name: (colour, dark) for name, colour, dark in own} | dict.fromkeys(grey, (GREY, QUIET))


def _count_below(ax, table, what, inks):
    """A number for each line at the years of the axis, in rows below them; the names of the lines at the right."""
    style.write(ax, what, (0, 0), (-6, -8 - 72 * LINE), 8, QUIET, "axes fraction", fontweight="bold")
    for row, (name, counts) in enumerate(table.iterrows(), start=2):
        ink, down = inks[name][1], -8 - 72 * LINE * row
        for tick in ax.get_xticks():
            number = "–" if pd.isna(counts.get(tick)) else f"{counts[tick]:,.0f}"
            style.write(ax, number, (tick, 0), (0, down), 8, ink, ax.get_xaxis_transform(), ha="center")
        words = style.wrapped(name, 1.6, 8, "bold").split("\n")[0]
        style.write(ax, words, (1.01, 0), (6, down), 8, ink, "axes fraction", fontweight="bold")


def _name_lines(ax, ends, inks):
    """The names of lines where they end, with the last value, none on another."""
    top = ax.get_ylim()[1]
    digits = max(0, 2 - math.floor(math.log10(top)))
    names = [style.wrapped(f"{name} {end:,.{digits}f}", 1.6, 9, "bold") for name, end in ends["height"].items()]
    sizes = 0.05 * top * np.array([name.count("\n") + 1.1 for name in names])
    heights = _apart(ends["height"].to_numpy(), sizes)
    heights += max(0, (sizes / 2 - heights).max())  # none below the axis
    for (word, at, end), name, height in zip(ends[["at", "height"]].itertuples(name=None), names, heights, strict=True):
        look = {"color": inks[word][1], "fontweight": "bold", "annotation_clip": False, "va": "center"}
        where = {"xytext": (1.01, height), "textcoords": ax.get_yaxis_transform()}
        ax.annotate(name, (at, end), **where, **look)


def _name_points(ax, points, inches):
    """The names of points beside them, on as many lines as they take, none on another."""
    for at, column in points.groupby("at"):
        words = [style.wrapped(label, inches, 7) for label in column["label"]]
        heights = _apart(column["height"].to_numpy(), 0.04 * ax.get_ylim()[1] * style.lines(column["label"], inches, 7))
        for word, height in zip(words, heights, strict=True):
            style.write(ax, word, (at, height), (6, 0), 7, INK, "data")


def _years(ax, times):
    """Whole numbers below the axis, the first and the last among them."""
    ticks = [tick for tick in ax.get_xticks() if times.min() <= tick <= times.max() and float(tick).is_integer()]
    kept = [tick for tick in ticks if min(tick - times.min(), times.max() - tick) > (times.max() - times.min()) / 14]
    ticks = sorted({times.min(), *kept, times.max()})
    ax.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])


def _apart(heights, sizes):
    """Heights at which words of these sizes can stand: in the same order, none on another, near to their own."""
    order = np.argsort(heights, kind="stable")
    placed, gaps = heights[order].copy(), (sizes[order][1:] + sizes[order][:-1]) / 2
    for _ in range(100):
        push = np.maximum(gaps - np.diff(placed), 0) / 2
        placed[:-1] -= push
        placed[1:] += push
    return placed[np.argsort(order, kind="stable")]
