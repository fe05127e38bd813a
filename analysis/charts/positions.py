"""Where: marks along the paragraphs of a text, passages in their context, and stretches of a file in lanes."""

import datetime

import numpy as np
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.path import Path

from analysis.charts import style
from analysis.charts.style import COLOURS, DARK, INK, LINE, PALE, QUIET, RULE, SHAPES
from analysis.tables import begins

_STRUCK = Path.make_compound_path(Path.unit_circle(), Path([(-1, -1), (1, 1)]))
_BEGINS = {  # what a wording came by, told apart without colour
    "first": {"marker": "<", "markersize": 6, "color": INK},
    "new": {"marker": ">", "markersize": 6, "color": DARK[0]},
    "edited": {"marker": "D", "markersize": 3.8, "color": COLOURS[1], "mec": "white", "mew": 0.3},
    "moved": {"marker": "s", "markersize": 4, "color": DARK[2], "markerfacecolor": "white"},
    "split": {"marker": "^", "markersize": 4.5, "color": DARK[2], "markerfacecolor": "white"},
    "merged": {"marker": "v", "markersize": 4.5, "color": DARK[2], "markerfacecolor": "white"},
}
_MARK, _NAMES, _LIVES = 0.16, 1.9, 2.6  # inches: a mark, the names at the left, those of lives
_LEFT, _RIGHT, _SPACE = 2.55, 3.85, 0.035  # inches: the words before a match; it and the words after it; a space


@style.in_style
def dispersion(data, y, x="paragraph", *, order=None, by=None, group=None):
    """A dispersion plot: one mark per row, where it occurs. Returns the Axes.

    `y` is the column of the lane (a categorical's categories are all lanes, also without marks), `x` that of the place,
    `order` the places from left to right (all paragraphs of the document; those of the data unless given). Marks in one
    place stand below each other. Rows with a column `kept` that is false are hollow and struck through. `group` shows a
    column by colour and shape, six values at most. `by` names what a mark is; by default the columns of y, document,
    paragraph and start that are there.

    >>> table = pd.DataFrame({"paragraph": ["3", "14"], "label": "peace", "kept": [True, False]})
    >>> ax = dispersion(table, y="label", order=[str(n) for n in range(1, 41)])
    >>> [int(line.get_xdata()[0]) for line in ax.lines if line.get_gid()]
    [2, 13]
    """
    data, by = style.prepared(data, "dispersion", by, [y, "document", "paragraph", "start", x], [x, y], [], "kept")
    if not (lanes := _lanes(data[y])) or (order is None and data.empty):
        return style.nothing(data, by)
    if x == "paragraph" and "document" in data and y != "document" != group and data["document"].nunique() > 1:
        raise ValueError("charts.dispersion: paragraphs of several documents; draw one, or name in x= what parts them.")
    order = list(dict.fromkeys(data[x].astype(str) if order is None else map(str, order)))
    place = pd.Index(order).get_indexer(data[x].astype(str))
    if (place < 0).any():
        strange = str(data[x].iloc[place.argmin()])
        raise ValueError(f"charts.dispersion: order= lacks the {x} {strange!r}; name each place there, once.")
    kept = data.get("kept", pd.Series(True, data.index)).to_numpy(bool)
    kinds = style.kinds(data[kept], group, "dispersion")
    depth = data.groupby([y, x]).cumcount().to_numpy()
    deepest = np.array([depth[(data[y] == lane).to_numpy()].max(initial=0) for lane in lanes])
    height = np.maximum(np.maximum(0.3, LINE * style.lines(lanes, _NAMES) + 0.1), _MARK * (deepest + 1) + 0.14)
    tops, aside = dict(zip(lanes, np.cumsum([0, *height[:-1]]) + 0.15, strict=True)), not kept.all()
    ax = style.canvas(sum(height) + 0.7 + 0.22 * -(-(len(kinds) + aside) // 3) * bool(group or aside))
    for top in tops.values():
        ax.plot([-0.5, len(order) - 0.5], [top, top], color=RULE, linewidth=0.7, zorder=0)
    for row, at, deep, counts in zip(data.to_dict("records"), place, depth, kept, strict=True):
        number = kinds.index(row[group]) if group and counts else 0
        ax.plot([at], [tops[row[y]] + _MARK * deep], linestyle="none", gid=row["mark"], **_look(number, counts))
    looks = {kind if group else "counts": _look(number, True) for number, kind in enumerate(kinds)}
    looks |= {"does not count": _look(0, False)} if aside else {}
    style.legend(ax, looks if group or aside else {})
    ax.set(xlim=(-0.7, len(order) - 0.3), ylim=(sum(height), -0.05))
    style.names(ax.yaxis, tops.values(), lanes, _NAMES)
    most = min(12, 80 // (min(13, max(map(len, order))) + 2))  # names that fit side by side
    step = 1 if len(order) <= 12 else max(5, -(-len(order) // (5 * most)) * 5)
    ticks = sorted({0, *range(step - 1, len(order) - 2 * step // 3, step), len(order) - 1})  # none beside the last
    style.names(ax.xaxis, ticks, [order[tick] for tick in ticks], 1, 8.5)
    ax.spines["bottom"].set_visible(False)
    first = f"One mark is one place. The {len(order)} paragraphs from first to last"
    return style.finished(ax, data, by, style.below(data, first), "Marks: " + style.listed(data, [y, x]), [y])


@style.in_style
def lifelines(data, y, *, by=None, versions=()):
    """The lives of paragraphs from version to version, time to scale: a stroke per row, a wording. Returns the Axes.

    The table has `since`, `until` (dates as text, 2000-05-31) and `change`, as `survival.wordings` gives them: a stroke
    reaches from the first version that has the wording to the last, and begins with a sign for what it came by. `y` is
    the column of the lane, in order of appearance. `versions` maps the dates of all versions to whether they are hollow
    (technical rollovers): a dot above each, and below it a line; a stroke that crosses it stands in that version. `by`
    names what a stroke is; by default those of line and wording that are there, or else y and since.

    >>> lives = pd.DataFrame({"says": "Requests", "since": ["2020-05-31", "2021-05-31"], "until": "2021-05-31"})
    >>> ax = lifelines(lives.assign(change=["first", "edited"]), y="says", versions={"2020-05-31": False})
    >>> len([patch for patch in ax.patches if patch.get_gid()])
    2
    """
    named = ["line", "wording"] if {"line", "wording"} <= {*data} else [y, "since"]
    data, by = style.prepared(data, "lifelines", by, named, [y, "since", "until", "change"], [])
    if data.empty:
        return style.nothing(data, by)
    if strange := sorted({*data["change"]} - {*_BEGINS}):
        raise ValueError(f"charts.lifelines: change {strange[0]!r} is none of {', '.join(_BEGINS)}.")
    lanes = _lanes(data[y])
    ax = style.canvas(0.14 * style.lines(lanes, _LIVES, 7.5).max() * (len(lanes) + 1) + 1.15)
    for date, hollow in dict(versions).items():
        ax.axvline(_day(date), color=RULE, linewidth=0.5, zorder=0)
        ax.plot(_day(date), -1, "o", color=INK, markersize=3.5, markerfacecolor="white" if hollow else INK)
    for row in data.to_dict("records"):
        lane, since, until = lanes.index(row[y]), _day(row["since"]), _day(row["until"])
        if until < since:
            raise ValueError(f"charts.lifelines: until {row['until']} comes before since {row['since']}.")
        style.box(ax, row["mark"], (since, lane - 0.2), max(until - since, 30), 0.4, PALE, zorder=1)
        ax.plot(since, lane, zorder=2, **_BEGINS[row["change"]])
    said = {"first": f"at least since {min(data['since'])[:4]}", "edited": "reworded"}
    style.legend(ax, {said.get(kind, kind): look for kind, look in _BEGINS.items() if kind in set(data["change"])})
    ax.set(ylim=(len(lanes) - 0.4, -1.6), xmargin=0.02)
    ax.xaxis_date()
    style.names(ax.yaxis, range(-1, len(lanes)), ["Versions", *lanes], _LIVES, 7.5)
    says = "Strokes: " + style.listed(data, [y, "change", "since", "until"])
    below = style.below(data, "One stroke is one wording, from the first version that has it to the last")
    return style.finished(ax, data, by, below, says, [y])


@style.in_style
def concordance(data, *, group=None, by=None):
    """A concordance (KWIC): one line per row, the matches below each other in bold. Returns the Axes.

    The table has `paragraph` and `left`, `match`, `right`, as `concordance.kwic` gives them; context that finds no room
    is cut between words. Rows with a column `kept` that is false are struck through and grey. `group` is a column whose
    changes begin a new block. `by` names what a line is; by default those of group, document, paragraph and start
    that are there.

    >>> table = pd.DataFrame({"paragraph": ["14"], "left": ["a shift from “"], "match": ["managing"], "right": ["”"]})
    >>> [text.get_text() for text in concordance(table).texts]
    ['¶14', 'a shift from “', 'managing', '”']
    """
    named, drawn = [group, "document", "paragraph", "start"], [group, "paragraph", "left", "match", "right"]
    data, by = style.prepared(data, "concordance", by, named, drawn, [], "kept")
    if data.empty:
        return style.nothing(data, by)
    heads = begins(data, filter(None, [group])) & bool(group)
    places = np.cumsum(0.19 + np.where(heads, LINE * style.lines(data[group or "match"], 6, 8.5, "bold") + 0.12, 0))
    ax = style.canvas(places[-1] + 0.2)
    ax.set_axis_off()
    for place, row in zip(places, data.to_dict("records"), strict=True):
        counts = row.get("kept", True)
        plain = {"color": INK if counts else QUIET, "va": "center", "fontsize": 8}
        bold = plain | {"color": COLOURS[0] if counts else QUIET, "fontweight": "bold"}
        style.box(ax, row["mark"], (0, place - 0.09), style.WIDTH, 0.18, "white")
        ax.plot(0.08, place, linestyle="none", **_look(0, counts) | {"markersize": 6})
        number = style.wrapped(f"¶{row['paragraph']}", 0.6, 8).partition("\n")[0]
        ax.text(0.2, place, number, **plain | {"color": QUIET})
        match, cut, _ = style.wrapped(row["match"], _RIGHT - 0.4, 8, "bold").partition("\n")
        match += "…" * bool(cut)
        before = 0.6 + _LEFT - _SPACE * row["left"].endswith(" ")
        after = 0.6 + _LEFT + style.width(match, 8, "bold") + 0.012 + _SPACE * row["right"].startswith(" ")
        room = min(_LEFT, 0.35 + _LEFT - style.width(number, 8))  # none on the number
        ax.text(before, place, _room(row["left"].strip().split(" "), room, last=True), ha="right", **plain)
        ax.text(0.6 + _LEFT, place, match, **bold)
        ax.text(after, place, _room(row["right"].strip().split(" "), style.WIDTH - 0.15 - after), **plain)
    for place, name in zip(places[heads] - 0.12, data[group][heads] if group else [], strict=True):
        style.head(ax, name, 6, (0, place), "data")
    ax.set(xlim=(0, style.WIDTH - 0.08), ylim=(places[-1] + 0.1, -0.05))
    first = "One line is one passage, the words found in bold" + "; struck through: does not count" * ("kept" in data)
    return style.finished(ax, data, by, first + ".", "Lines: " + style.listed(data, drawn), [group, "match"])


@style.in_style
def spans(data, lane, *, by=None):
    """Stretches of a file in lanes, one rectangle per row. Returns the Axes.

    `lane` is the column of the lane (in order of appearance, or of its categories); a stretch reaches from the column
    `start` to the column `end`. Above stand the numbers of every fifth paragraph, where the table has `kind` and
    `paragraph`. `by` names what a stretch is; by default document, lane and start.

    >>> table = pd.DataFrame({"start": [0], "end": [9], "kind": ["heading"]})
    >>> [patch.get_width() for patch in spans(table, lane="kind").patches]
    [9]
    """
    data, by = style.prepared(data, "spans", by, ["document", lane, "start"], [lane], ["start", "end"])
    if data.empty:
        return style.nothing(data, by)
    lanes = _lanes(data[lane])
    ax = style.canvas(max(0.34, LINE * style.lines(lanes, _NAMES).max() + 0.04) * len(lanes) + 0.9)
    length = data["end"].max()
    for row in data.to_dict("records"):
        corner, wide = (row["start"], lanes.index(row[lane]) - 0.35), row["end"] - row["start"]
        edge = COLOURS[0] if wide < 0.002 * length else "white"  # what is narrow stays visible
        style.box(ax, row["mark"], corner, wide, 0.7, COLOURS[0], edgecolor=edge, linewidth=0.5)
    ax.set(xlim=(-0.004 * length, 1.004 * length), ylim=(len(lanes) - 0.4, -0.6))
    ax.hlines(np.arange(len(lanes) - 1) + 0.5, *ax.get_xlim(), color=RULE, linewidth=0.5)
    style.names(ax.yaxis, range(len(lanes)), lanes, _NAMES)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    if {"kind", "paragraph"} <= {*data}:
        above = ax.secondary_xaxis("top")
        fifth = data[data["kind"] == "paragraph"].drop_duplicates("paragraph").iloc[::5]
        style.names(above.xaxis, fifth["start"].tolist(), ("¶" + fifth["paragraph"].astype("str")).tolist(), 1, 8.5)
        above.spines["top"].set_visible(False)
    says = "Lanes: " + ", ".join(map(str, lanes))
    return style.finished(ax, data, by, style.below(data, "Position in the file, characters"), says, [lane])


def _day(date):
    """A date as the axis counts it."""
    try:
        return date2num(datetime.date.fromisoformat(date))
    except ValueError:
        raise ValueError(f"charts.lifelines: {date!r} is no date; write it as 2000-05-31.") from None


def _lanes(column):
    """The lanes, from top to bottom: all categories, or what there is in order of appearance."""
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    return column.cat.categories.tolist() if categorical else list(dict.fromkeys(column))


def _look(number, counts):
    """Colour and shape of a mark: its group's, or hollow and struck through."""
    if not counts:
        return {"marker": _STRUCK, "markersize": 8, "markerfacecolor": "none", "markeredgecolor": QUIET}
    shape = {"marker": SHAPES[number], "markersize": 8, "markerfacecolor": COLOURS[number]}
    return shape | {"markeredgecolor": "white", "markeredgewidth": 0.5}


def _room(words, inches, last=False):
    """The first words that find room, or the last; three dots for those that don't."""
    words = words[::-1] if last else words
    while len(words) > 1 and style.width(" ".join(words), 8) > inches:
        words = [*words[: -2 if words[-1] == "…" else -1], "…"]
    return " ".join(words[::-1] if last else words)
