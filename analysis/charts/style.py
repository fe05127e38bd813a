"""What all charts share: the look, marks, words that wrap by their width, and what a chart tells `figures.save`."""

import warnings
from functools import cache
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import regex
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from analysis import tables

INK, QUIET, GREY, RULE, PALE = "#222222", "#6b6b6b", "#8c8c8c", "#d0d0d0", "#9ecae1"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]  # Okabe & Ito: for colour-blind readers
DARK = ["#0072B2", "#A84A00", "#00694C", "#93396C", "#1F6F9E", "#8A5F00"]  # the same, dark enough for small letters
SHAPES = ["o", "s", "D", "^", "v", "P"]
WIDTH = 7.2  # inches: the width of a printed page between its margins
_SIGNS = regex.compile(r"[^\p{L}\p{N} -]|-(?=-)|^-|-$")  # what a mark's name writes by its code
LINE = 0.155  # inches a line of words takes
STYLE = {"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "text.parse_math": False}
STYLE |= {"axes.edgecolor": RULE, "xtick.color": QUIET, "ytick.color": INK, "xtick.labelsize": 8.5}
STYLE |= {"xtick.major.size": 0, "ytick.major.size": 0, "svg.fonttype": "none"}
STYLE |= dict.fromkeys(["axes.spines.top", "axes.spines.right", "axes.spines.left"], False)
in_style = plt.style.context(["default", STYLE])  # around each chart, whatever the user's own settings are


class Drawn(NamedTuple):
    """What a chart says of itself to `figures.save`, as `ax.drawn`."""

    table: pd.DataFrame  # one row per mark, `mark` first; numbers with six digits
    by: list  # the columns that name a mark
    below: str  # what length, line, shade or hollow mean
    says: str  # the same picture in words
    painted: list  # columns whose words stand in the picture


def prepared(data, chart, by, default, columns, numbers, flag=None):
    """The table to be drawn, with its marks, and the columns that name them, if all that is drawn is there."""
    kinds = dict.fromkeys(filter(None, columns), "") | dict.fromkeys(numbers, "number")
    tables.check(data, f"charts.{chart}", kinds | ({flag: "flag"} if flag in getattr(data, "columns", ()) else {}))
    by = [by] if isinstance(by, str) else by or [name for name in dict.fromkeys(default) if name in data.columns]
    tables.check(data, f"charts.{chart}", by)
    data = tables.significant(data.drop(columns="mark", errors="ignore").reset_index(drop=True))
    if chart != "bars" and (under := (data[numbers] < 0).any(axis=1)).any():
        raise ValueError(f"charts.{chart}: {numbers} in row {under.argmax()} (from 0) is below 0; only bars go there.")
    if (endless := np.isinf(data.filter(["low", "high"]).select_dtypes("number")).any(axis=1)).any():
        raise ValueError(f"charts.{chart}: low or high in row {endless.argmax()} (from 0) is infinite; leave it empty.")
    data.insert(0, "mark", marks(data, by))
    if (twice := data["mark"].duplicated()).any():
        found = f"row {twice.argmax()} (from 0) has the {by} of another row, {data[by][twice].iloc[0].tolist()}"
        raise ValueError(f"charts.{chart}: {found}; add to by= a column in which they differ.")
    return data, by


def warn_apart(data, value, chart):
    """Warn of an interval that does not hold its value, to 1 % (it may be rounded): it is of another column."""
    own = data[value].astype(float)
    apart = (data[["low", "high"]].astype(float).sub(own, axis=0) * [1, -1]).max(axis=1) > 0.01 * own.abs()
    for row in np.flatnonzero(apart)[:1]:
        warnings.warn(f"charts.{chart}: {value} in row {row} (from 0) is not between its low and high.", stacklevel=5)


def marks(table, by):
    """The names of marks: keys as text joined by ``--``, spaces as ``.``, other signs by their code between ``~``."""
    parts = [table[name].astype("str").fillna("").map(cache(_plain)) for name in by]  # each different value once
    return pd.Series(["--".join(keys) for keys in zip(*parts, strict=True)], table.index, "str")


def canvas(height):
    """A new figure as wide as a page's text; its Axes."""
    return plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def nothing(data, by):
    """A picture of a table without rows, which says so."""
    ax = canvas(1.2)
    ax.set_axis_off()
    ax.text(0, 0.5, "Nothing to draw: no row of the table.", va="center", color=QUIET)
    return finished(ax, data, by, "", "Nothing to draw", [])


def finished(ax, data, by, below, says, painted):
    """The Axes, with what the chart says of itself to `figures.save`; `painted` may hold columns that are None."""
    ax.drawn = Drawn(data, by, below, says, [name for name in painted if name])
    return ax


def names(axis, places, words, inches, size=9):
    """Write words along an axis, wrapped by their width."""
    axis.set_ticks(list(places), [wrapped(word, inches, size) for word in words], fontsize=size)


def lines(words, inches, size=9, weight="normal"):
    """How many lines each of the words takes."""
    return np.array([wrapped(word, inches, size, weight).count("\n") + 1 for word in words])


def wrapped(text, inches, size=9, weight="normal"):
    """A text on as many lines as it takes, none wider than so many inches; a word that is wider itself is cut."""
    found = []
    for paragraph in str(text).split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, weight) > inches:
                found.append(line)
                longer = word
            while width(longer, size, weight) > inches and len(longer) > 1:
                cut = len(longer) - 1
                while cut > 1 and width(longer[:cut], size, weight) > inches:
                    cut = max(1, min(cut - 1, int(cut * inches / width(longer[:cut], size, weight)) + 1))
                found.append(longer[:cut])
                longer = longer[cut:]
            line = longer
        found.append(line)
    return "\n".join(found)


@cache
def width(text, size, weight="normal"):
    """Width of a line in inches."""
    if not text.strip():
        return 0.0
    path = TextPath((0, 0), text, size=size, prop={"family": "DejaVu Sans", "weight": weight})
    # Only outlines that may reach farthest: the curves of all would take a third of the time of a chart.
    begins, x = np.flatnonzero(path.codes == Path.MOVETO), path.vertices[:, 0]
    last = np.repeat(np.maximum.reduceat(x, begins) >= x[begins].max(), np.diff(begins, append=len(x)))
    return Path(path.vertices[last], path.codes[last]).get_extents().x1 / 72


def meaning(column):
    """What a column holds, as the dictionary of tables says, with its unit; its name, if it is the user's own."""
    for rules in tables.columns().values():
        if column in rules:
            unit = rules[column]["unit"]
            return rules[column]["meaning"].split(";")[0] + (f", {unit}" if unit else "")
    return str(column).replace("_", " ")


def listed(data, names):
    """The marks in words, for those who can't see the picture: 60 at most."""
    rows = data[[name for name in names if name]].itertuples(index=False)
    words = [" ".join(filter(None, map(str, row))).replace("\n", " ") for row in rows]
    return "; ".join(words[:60]) + (f"; and {len(words) - 60:,} more" if len(words) > 60 else "")


def sentence(column, data):
    """What a length is, with what it is counted in where that is one number."""
    said, total = meaning(column), data["total"].unique() if "total" in data else []
    return said[0].upper() + said[1:] + (f" ({total[0]:,} words in all)" if len(total) == 1 else "")


def below(data, first, line=None, few="Hollow"):
    """The words below a chart: what it measures, what a line is, what is hollow."""
    said = [first]
    if line and "interval" in data:
        kinds = [kind for kind in data["interval"] if not str(kind).startswith("none")]
        sure = dict.fromkeys(regex.sub(", unreliable: \\d+", "", kind) for kind in kinds)
        unsure = ", dotted: unreliable" if line == "Band" else ", unreliable where"
        unsure = f"{unsure} from fewer than ten" if {*kinds} - {*sure} else ""
        said += [f"{line}: {'; '.join(sure)}{unsure}"] if kinds else []
    if "preamble" in data:
        said.append("The preamble is counted" if data["preamble"].all() else "Without the preamble")
    if "few" in data and data["few"].any():
        said.append(f"{few}: fewer than five places or texts")
    return ". ".join(said) + "."


def kinds(data, column, chart):
    """The categories of a column, in order of appearance, if so many can be told apart."""
    found = list(dict.fromkeys(data[column])) if column else [None]
    if len(found) > len(COLOURS):
        raise ValueError(f"charts.{chart}: {column} has {len(found)} values; draw {len(COLOURS)} at most.")
    return found


def legend(ax, looks):
    """What colours and shapes mean, above the picture, three side by side."""
    handles = [plt.Line2D([], [], linestyle="none", **({"markersize": 7} | look)) for look in looks.values()]
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "frameon": False, "borderpad": 0, "fontsize": 8.5}
    words = [wrapped(name, 1.9, 8.5) for name in looks]
    ax.legend(handles, words, ncols=3, handletextpad=0.3, columnspacing=1.2, **place)


def write(ax, words, place, offset, size, colour, frame, **look):
    """Words at a place, moved by some points."""
    look = {"va": "center", "annotation_clip": False} | look
    ax.annotate(words, place, offset, frame, "offset points", fontsize=size, color=colour, **look)


def box(ax, mark, corner, width, height, colour, **look):
    """A rectangle that is a mark, without an edge unless it is told."""
    ax.add_patch(Rectangle(corner, width, height, gid=mark, facecolor=colour, **({"linewidth": 0} | look)))


def head(ax, name, inches, place, frame):
    """The words above a block."""
    words = wrapped(name, inches, 8.5, "bold")
    write(ax, words, place, (0, 0), 8.5, QUIET, frame, fontweight="bold", va="bottom")


def _plain(name):
    """A name as an id that SVG, HTML and links can carry, different names staying different."""
    return _SIGNS.sub(lambda found: f"~{ord(found[0]):x}~", name).replace(" ", ".") or "~"
