"""How much: bars, heatmaps, and lines over time."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from analysis.charts import style
from analysis.charts.style import COLOURS, DARK, INK, QUIET, RULE, SHAPES

_NAMES = 2.3  # inches for the names beside bars and rows
_LINE = 0.155  # inches a line of words takes


def bars(data, x, y, *, by=None, group=None, color=None, label=None, xlabel=None):
    """Horizontal bars, one per row, from top to bottom in the order of the table. The Axes come back.

    `x` is the column of the bar's length (below 0 it goes left), `y` that of its name, `group` one whose changes begin a
    new block headed by its value, `color` one of categories (six at most). `by` names what a bar is, so that
    `figures.save` finds its passages; unless given, group and y. Columns called `low` and `high` (ends of an interval),
    `few` (true: drawn hollow) and `label` (words at the bar's end; unless there, *n* in *n_paragraphs* ¶) are drawn
    where the table has them. `xlabel` says what the length is; unless given, what the dictionary of tables says.

    >>> table = pd.DataFrame({"word": ["peace", "war"], "n": [31, 4]})
    >>> [bar.get_width() for bar in bars(table, x="n", y="word").patches]
    [31, 4]
    """
    group_and_y = [name for name in (group, y) if name]
    data, by = style.prepared(data, "bars", by or group_and_y, [x, y, group, color, label], ["few"])
    if data.empty:
        return style.nothing(data, by)
    low, high, few = (style.has(data, name) for name in ("low", "high", "few"))
    ends = _labels(data, x, label)
    heads = data[group].ne(data[group].shift()).to_numpy(bool) if group else np.zeros(len(data), bool)
    kinds = list(dict.fromkeys(data[color])) if color else [None]
    if len(kinds) > len(COLOURS):
        raise ValueError(f"charts.bars: {color} has {len(kinds)} values; {len(COLOURS)} colours can be told apart.")
    with plt.style.context(["default", style.STYLE]):
        written = [style.wrapped(name, _NAMES) for name in data[y]]
        height = np.array([max(0.21, _LINE * (name.count("\n") + 1) + 0.04) for name in written]) + 0.3 * heads
        places = np.cumsum(height) - 0.105
        ax = style.canvas(places[-1] + 0.9 + 0.25 * bool(color))
        reach = data[[name for name in (x, low, high) if name]].astype(float)
        for place, row, end in zip(places, data.to_dict("records"), ends, strict=True):
            number = kinds.index(row[color]) if color else 0
            hollow = bool(few and row[few])
            bar = Rectangle(
                (min(row[x], 0), place - 0.075), abs(row[x]), 0.15, gid=row["mark"], linewidth=0.9,
                facecolor="white" if hollow else COLOURS[number], edgecolor=COLOURS[number],
            )  # fmt: skip
            ax.add_patch(bar)
            far = row[x]
            if low and np.isfinite([row[low], row[high]]).all():
                ax.plot([row[low], row[high]], [place, place], color=INK, linewidth=1.1, solid_capstyle="butt")
                far = max(far, row[high]) if far >= 0 else min(far, row[low])
            side = 1 if row[x] >= 0 else -1
            ax.annotate(
                end, (far, place), xytext=(4 * side, 0), textcoords="offset points", fontsize=8.5,
                va="center", ha="left" if side > 0 else "right", color=QUIET if row[x] == 0 else INK,
            )  # fmt: skip
        for place, name in zip(places[heads] - 0.24, data[group][heads] if group else [], strict=True):
            ax.annotate(
                str(name), (0, place), xycoords=ax.get_yaxis_transform(), va="center", fontsize=8.5,
                fontweight="bold", color=QUIET, annotation_clip=False,
            )  # fmt: skip
        style.names(ax.yaxis, places, data[y], _NAMES)
        least, most = min(0.0, float(np.nanmin(reach))), max(0.0, float(np.nanmax(reach)))
        room = (most - least or 1) * min(0.5, 0.03 + max(style.width(end, 8.5) for end in ends) / 4.2)
        ax.set_xlim(least - room * (least < 0), most + room * (most > 0 or least == 0))
        ax.set_ylim(places[-1] + 0.16, places[0] - height[0])
        ax.axvline(0, color=RULE, linewidth=0.8, zorder=0)
        if np.allclose(data[x], data[x].round()):
            ax.xaxis.get_major_locator().set_params(integer=True)
        if color:
            legend(ax, kinds, [{"marker": "s", "color": one} for one in COLOURS])
    first = xlabel or _sentence(style.meaning(x), data)
    says = "Bars: " + style.listed(data.assign(end=ends), [*([group] if group else []), y, "end"])
    ax.drawn = style.Drawn(data, by, style.below(data, first), says, [y])
    return ax


def heatmap(data, x, y, *, by=None, value="n", shade=None, xlabel=None):
    """A table of numbers, each cell shaded by a rate: one cell per row of the data. The Axes come back.

    `x` and `y` are the columns of the cell's column and row, in order of appearance; `value` is written in the cell,
    in lighter ink where a column `few` is true; `shade` darkens it (`per_1000` where there is such a column, else the
    value). `by` names what a cell is; unless given, y and x.

    >>> table = pd.DataFrame({"word": ["peace"], "section": ["One"], "n": [3], "per_1000": [9.5]})
    >>> [text.get_text() for text in heatmap(table, x="word", y="section").texts]
    ['3']
    """
    shade = shade or style.has(data, "per_1000") or value
    data, by = style.prepared(data, "heatmap", by or [y, x], [x, y, value, shade], ["few"])
    if data.empty:
        return style.nothing(data, by)
    columns, rows = list(dict.fromkeys(data[x])), list(dict.fromkeys(data[y]))
    with plt.style.context(["default", style.STYLE]):
        written = [style.wrapped(name, _NAMES) for name in rows]
        lines = max(name.count("\n") + 1 for name in written)
        slanted = 0.72 * max(style.width(str(name), 9) for name in columns)  # inches above the cells
        ax = style.canvas(max(0.3, _LINE * lines + 0.08) * len(rows) + slanted + 0.75)
        most = float(data[shade].max()) or 1.0
        colours = plt.get_cmap("Blues")
        for row in data.to_dict("records"):
            place, line, dark = columns.index(row[x]), rows.index(row[y]), row[shade] / most
            cell = Rectangle(
                (place - 0.47, line - 0.46), 0.94, 0.92, gid=row["mark"], linewidth=0,
                facecolor=colours(0.05 + 0.85 * dark) if row[value] else "#f7f7f7",
            )  # fmt: skip
            ax.add_patch(cell)
            light = bool(style.has(data, "few") and row["few"])
            ink = "#dbe7f3" if light and dark > 0.55 else "white" if dark > 0.55 else QUIET if light else INK
            ax.text(
                place, line, f"{row[value]:,}", ha="center", va="center", fontsize=8.5, color=ink,
                fontweight="normal" if light else "bold",
            )  # fmt: skip
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        style.names(ax.yaxis, range(len(rows)), rows, _NAMES)
        style.names(ax.xaxis, range(len(columns)), columns, 9)
        ax.xaxis.tick_top()
        for name in ax.get_xticklabels():
            name.set(rotation=45, ha="left", rotation_mode="anchor", color=INK)
        ax.spines["bottom"].set_visible(False)
    first = xlabel or f"Number: {style.meaning(value)}. Shade: {style.meaning(shade)}; darkest {most:,.4g}"
    few = (
        ". Light figures: fewer than five times, or in fewer than five paragraphs"
        if "few" in data and data["few"].any()
        else ""
    )
    says = "A table of numbers, not 0: " + style.listed(data[data[value] != 0], [y, x, value])
    ax.drawn = style.Drawn(data, by, first + few + ".", says, [value, x, y])
    return ax


def trend(data, x, y, line, *, by=None, xlabel=None):
    """Lines over time, one point per row, named where they end. The Axes come back.

    `x` is the column of the time: numbers (or text that is all numbers) stand to scale, other names (1970–74) in order
    of appearance; `y` the height from 0, `line` the name of the line, six at most. `by` names what a point is; unless
    given, line and x. Columns called `low`, `high` (upright bar; dashed where the column `interval` calls it
    unreliable) and `few` (true: drawn hollow) are drawn where the table has them.

    >>> table = pd.DataFrame({"year": [1970, 1980, 1970, 1980], "word": [*"aabb"], "rate": [1, 2, 3, 5]})
    >>> ax = trend(table, x="year", y="rate", line="word")
    >>> [(text.get_text(), text.xy[1]) for text in ax.texts]
    [('a', 2.0), ('b', 5.0)]
    """
    data, by = style.prepared(data, "trend", by or [line, x], [x, y, line], ["few"])
    if data.empty:
        return style.nothing(data, by)
    lines, periods = list(dict.fromkeys(data[line])), list(dict.fromkeys(data[x].astype(str)))
    if len(lines) > len(COLOURS):
        raise ValueError(f"charts.trend: {len(lines)} lines can't be told apart; draw {len(COLOURS)} at most.")
    times = pd.to_numeric(data[x], errors="coerce")
    to_scale = times.notna().all()
    times = times.astype(float) if to_scale else data[x].astype(str).map(periods.index).astype(float)
    span = float(np.ptp(times)) or 1.0
    step = span / max(1, len(set(times)) - 1)
    shift = step * (np.linspace(-0.1, 0.1, len(lines)) if len(lines) > 1 else np.zeros(1))  # intervals side by side
    with plt.style.context(["default", style.STYLE]):
        ax = style.canvas(3.9)
        ends = []
        for number, name in enumerate(lines):
            rows = data[data[line] == name].assign(at=times[data[line] == name] + shift[number]).sort_values("at")
            ax.plot(rows["at"], rows[y], color=COLOURS[number], linewidth=1.3, zorder=2)
            for row in rows.to_dict("records"):
                _point(ax, row, y, COLOURS[number], SHAPES[number])
            ends.append((rows["at"].iloc[-1] - shift[number], float(rows[y].iloc[-1])))
        top = 1.06 * (np.nanmax(data[[name for name in (y, style.has(data, "high")) if name]].to_numpy(float)) or 1.0)
        ax.set_ylim(0, top)
        ax.set_xlim(times.min() - 0.4 * step, times.max() + 0.4 * step)
        for number, (name, end, height) in enumerate(zip(lines, ends, _apart(ends, 0.065 * top), strict=True)):
            ax.annotate(
                str(name), end, xytext=(1.01, height), textcoords=ax.get_yaxis_transform(), va="center",
                color=DARK[number], fontweight="bold", annotation_clip=False,
            )  # fmt: skip
        if not to_scale:
            every = -(-len(periods) // 12)
            style.names(ax.xaxis, range(0, len(periods), every), periods[::every], 1.2, 8.5)
        else:
            _years(ax, times)
        ax.grid(axis="y", color=RULE, linewidth=0.5)
        ax.set_axisbelow(True)
    bar = style.below(data, xlabel or _sentence(style.meaning(y), data), "Bar")
    says = "Lines: " + style.listed(data, [line, x, y])
    ax.drawn = style.Drawn(data, by, bar, says, [line])
    return ax


def legend(ax, kinds, looks):
    """What colours and shapes mean, above the picture."""
    handles = [plt.Line2D([], [], linestyle="none", **({"markersize": 7} | look)) for look in looks[: len(kinds)]]
    ax.legend(
        handles, [str(kind) for kind in kinds], loc="lower left", bbox_to_anchor=(0, 1), frameon=False, borderpad=0,
        ncols=3 if len(kinds) > 4 else len(kinds), handletextpad=0.3, columnspacing=1.2, fontsize=8.5,
    )  # fmt: skip


def _labels(data, x, label):
    """The words at the ends of bars."""
    label = label or style.has(data, "label")
    if label:
        return data[label].astype(str).tolist()
    if {"n", "n_paragraphs"} <= set(data):
        return [f"{n:,} in {paragraphs:,} ¶" for n, paragraphs in zip(data["n"], data["n_paragraphs"], strict=True)]
    return [f"{number:,.4g}" for number in data[x]]


def _sentence(meaning, data):
    """What a length is, with what it is counted in where that is one number."""
    total = data["total"].unique() if "total" in data else []
    return meaning[0].upper() + meaning[1:] + (f" ({total[0]:,} words in all)" if len(total) == 1 else "")


def _point(ax, row, y, colour, shape):
    """One point of a line with its interval."""
    if np.isfinite([row.get("low", np.nan), row.get("high", np.nan)]).all():
        unsure = "unreliable" in str(row.get("interval", ""))
        ax.plot(
            [row["at"]] * 2, [row["low"], row["high"]], color=colour, linewidth=1.6, alpha=0.4, zorder=1.5,
            linestyle=(0, (1, 1)) if unsure else "-", solid_capstyle="butt",
        )  # fmt: skip
    ax.plot(
        [row["at"]], [row[y]], shape, color=colour, markersize=5, gid=row["mark"], clip_on=False, zorder=3,
        markerfacecolor="white" if row.get("few") else colour,
    )  # fmt: skip


def _years(ax, times):
    """Whole numbers below the axis, the first and the last among them."""
    ticks = [tick for tick in ax.get_xticks() if times.min() <= tick <= times.max() and float(tick).is_integer()]
    gap = (times.max() - times.min()) / 14
    kept = [tick for tick in ticks if min(tick - times.min(), times.max() - tick) > gap]
    ticks = sorted({times.min(), *kept, times.max()})
    ax.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])


def _apart(ends, gap):
    """Heights at which names can stand beside each other's lines: in the same order, at least `gap` apart."""
    heights = [height for _, height in ends]
    placed, last = {}, -np.inf
    for number in np.argsort(heights, kind="stable"):
        last = placed[number] = max(heights[number], last + gap)
    return [placed[number] for number in range(len(ends))]
