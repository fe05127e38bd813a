"""Shapes that show where: stretches in lanes, and marks on strips."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from analysis import tables
from analysis.charts.style import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    RULE,
    SKY,
    STYLE,
    WIDTH,
    axes,
    check_order,
    checked,
    name_ticks,
)

_GROUPS = [(BLUE, "o"), (ORANGE, "s"), (GREEN, "D"), (PURPLE, "^"), (SKY, "v"), (AMBER, "P")]
_STRUCK = Path.make_compound_path(Path.unit_circle(), Path([(-1, -1), (1, 1)]))
_SIZE = 8.5  # points: a mark
_HEAD, _NUMBER, _MARK, _LINE, _GAP = 0.25, 0.14, 0.17, 0.125, 0.16  # inches, from the top of a strip to its end


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
        If columns are missing, there are no rows, a number is missing, negative
        or not finite, a lane is missing, or `start` is above `end`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["s0"], "start": [0], "end": [9], "kind": ["heading"]})
    >>> [patch.get_width() for patch in lanes(table, start="start", end="end", lane="kind").patches]
    [9]
    """
    data = checked(data, "lanes", [start, end, lane], full=[start, end], keys=[lane])
    check_order(data, "lanes", start, end)
    names = list(dict.fromkeys(data[lane]))
    with plt.style.context(["default", STYLE]):
        ax = axes(ax, 0.34 * len(names) + 1.1, xlabel)
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
        name_ticks(ax.yaxis, range(len(names)), names)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        if ticks:
            above = ax.secondary_xaxis("top")
            name_ticks(above.xaxis, list(ticks.values()), list(ticks))
            above.spines["top"].set_visible(False)
    ax.drawn_table = data
    return ax


def strip(data, *, y, x=None, order=None, kept=None, group=None, number=None, note=None, xlabel="", ax=None):
    """Marks along strips: one mark per row, where it occurs.

    Parameters
    ----------
    data : DataFrame
        One row per mark: the columns named by the other arguments, and `mark`.
    y : str
        Column with the strip; its values head the strips, from top to bottom in
        order of appearance. Of a categorical column every category has its
        strip, in their order, without marks if need be.
    x : str, optional
        Column with the place on the strip (a paragraph). Without it, marks stand
        side by side in the order of the table, on no axis.
    order : list, optional
        All places from left to right, those without a mark too; those in the
        data unless given.
    kept : str, optional
        Column that is false for what does not count: hollow and struck through.
    group : str, optional
        Column shown by colour and shape, six values at most; explained above.
    number : str, optional
        Column with the words above each mark; left out where there is no room.
    note : str, optional
        Column with the words below each mark; missing or empty where there are
        none.
    xlabel : str, optional
        What the places are.
    ax : Axes, optional
        Where to draw; a new figure of fitting height unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If columns are missing, there are neither rows nor categories, a strip
        or place is missing, or the group of what counts, `kept` is not true or
        false, a place is not in `order` or twice in it, or there are more than
        six groups.

    Notes
    -----
    Marks at one place of one strip stand below each other. For some hundreds of
    places at most: beyond that, draw a table of counts with `bars` or `grid`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"mark": ["a", "b"], "paragraph": ["3", "14"], "label": "peace", "kept": [True, False]})
    >>> ax = strip(table, x="paragraph", y="label", kept="kept", number="paragraph", order=[str(n) for n in range(1, 41)])
    >>> [int(line.get_xdata()[0]) for line in ax.lines if line.get_gid()]
    [2, 13]
    """
    columns = [x, y, kept, group, number, note]
    tables.check(data, "charts.strip")
    strips = list(data[y].cat.categories) if isinstance(data[y].dtype, pd.CategoricalDtype) else []
    data = drawn = checked(data, "strip", columns, full=[], keys=[x, y], flags=[kept], empty=bool(strips))
    strips = strips or list(dict.fromkeys(data[y]))
    data = data.assign(**{name: data[name].astype(object).fillna("") for name in (number, note) if name})
    data, order = _placed(data, x, y, order, wide=bool(note))
    if group:
        tables.check(data[data[kept].astype(bool)] if kept else data, "charts.strip", [group])
    groups = list(dict.fromkeys(data.loc[data[kept].astype(bool) if kept else data.index, group])) if group else []
    if len(groups) > len(_GROUPS):
        raise ValueError(f"charts.strip: {group} has {len(groups)} values; {len(_GROUPS)} can be told apart.")
    letters = max(8, int(WIDTH / len(order) / 0.062))  # of a note, in one line
    edge = 0.5 + 0.008 * len(order)  # room for half a mark
    with plt.style.context(["default", STYLE]):
        lines, bottom = [], 0.0
        for name in strips:
            of_strip = data[data[y] == name]
            for line in range(of_strip["_line"].max() + 1 if len(of_strip) else 1):
                rows = of_strip[of_strip["_line"] == line]
                top, bottom = bottom, bottom + (_GAP if line else _HEAD) + (_NUMBER if number else 0)
                deepest = rows["_depth"].max() if len(rows) else 0
                words = (
                    [len(textwrap.wrap(str(words), letters, break_long_words=False)) for words in rows[note]]
                    if note
                    else []
                )
                lines.append((None if line else name, top, bottom + _MARK / 2, rows))
                bottom += _MARK * (deepest + 1) + _LINE * max(words, default=0)
            bottom += _GAP
        ax = axes(ax, bottom + (1.0 if group or kept else 0.7), xlabel)
        for name, top, middle, rows in lines:
            if name is not None:
                ax.annotate(
                    str(name),
                    (-edge, top + 0.1),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=9,
                    fontweight="bold",
                    annotation_clip=False,
                )
            if x:
                ax.plot([-0.5, len(order) - 0.5], [middle, middle], color=RULE, linewidth=0.7, zorder=0)
            if x and len(order) <= 200:
                ax.plot(range(len(order)), [middle] * len(order), ".", color=RULE, markersize=2.5, zorder=0)
            _marks(ax, rows, middle, groups, group, kept, number, note, letters, len(order))
        _explain(ax, groups, bool(kept and not data[kept].all()))
        ax.set_xlim(-edge, len(order) - 1 + edge)
        ax.set_ylim(bottom, 0)
        ax.set_yticks([])
        step = 1 if len(order) <= 12 else max(5, -(-len(order) // 60) * 5)
        ticked = [i for i in range(len(order)) if x and (i == 0 or (i + 1) % step == 0)]
        name_ticks(ax.xaxis, ticked, [order[i] for i in ticked])
        ax.spines["bottom"].set_visible(False)
    ax.drawn_table = drawn
    return ax


def _placed(data, x, y, order, wide):
    """Where each mark stands: its line, its place in it, its depth; and the places from left to right."""
    if x is None:
        most = 8 if wide else 40  # marks in a line
        rank = data.groupby(y, observed=True).cumcount()
        longest = min(most, rank.max() + 1) if len(data) else 1
        return data.assign(_line=rank // most, _place=rank % most, _depth=0), list(range(longest))
    order = list(dict.fromkeys(data[x])) if order is None else list(order)
    place_of = {place: i for i, place in enumerate(order)}
    strange = [place for place in data[x] if place not in place_of]
    if strange or len(place_of) < len(order) or not order:
        wrong = f"{strange[0]!r} is not in order" if strange else "order names a place twice" if order else "no place"
        raise ValueError(f"charts.strip: {wrong}; name each place once.")
    depth = data.groupby([y, x], observed=True).cumcount()
    return data.assign(_line=0, _place=data[x].map(place_of), _depth=depth), order


def _marks(ax, rows, middle, groups, group, kept, number, note, letters, n_places):
    """The marks of one line, with the words above and below them."""
    free = -1.0  # where the last number ends, in inches
    for row in rows.sort_values(["_place", "_depth"], kind="stable").to_dict("records"):
        place, y = row["_place"], middle + _MARK * row["_depth"]
        which = groups.index(row[group]) if group and row[group] in groups else 0
        ax.plot([place], [y], linestyle="none", gid=row.get("mark"), **_look(which, not kept or row[kept]))
        if number and not row["_depth"]:
            half = 0.032 * max(map(len, str(row[number]).split("\n")))
            centre = place * WIDTH / n_places
            if centre - half > free:  # else there is no room
                ax.annotate(str(row[number]), (place, y - _MARK / 2 - 0.03), ha="center", va="bottom", fontsize=7.5)
                free = centre + half
        if note and row[note]:
            words = textwrap.fill(str(row[note]), letters, break_long_words=False)
            ax.annotate(words, (place, y + _MARK / 2 + 0.04), ha="center", va="top", fontsize=7.2, color=QUIET)


def _look(number, kept):
    """Colour and shape of a mark: its group's, or hollow and struck through."""
    if not kept:
        return {"marker": _STRUCK, "markersize": _SIZE, "markerfacecolor": "none", "markeredgecolor": QUIET}
    colour, shape = _GROUPS[number]
    return {
        "marker": shape,
        "markersize": _SIZE,
        "markerfacecolor": colour,
        "markeredgecolor": "white",
        "markeredgewidth": 0.5,
    }


def _explain(ax, groups, aside):
    """What colours and shapes mean, above the strips."""
    looks = [(str(name), _look(i, True)) for i, name in enumerate(groups)]
    looks += [("counts", _look(0, True))] if aside and not groups else []
    looks += [("does not count", _look(0, False))] if aside else []
    if not looks:
        return
    handles = [Line2D([], [], linestyle="none", **look) for _, look in looks]
    legend = ax.legend(
        handles, [name for name, _ in looks], loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.4, borderpad=0,
        handlelength=1.3, frameon=False,
        ncols=3 if len(looks) > 4 else len(looks), handletextpad=0.4, columnspacing=1.4, fontsize=8.5,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)
        text.set_color(INK)
