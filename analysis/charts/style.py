"""What all charts share: the look, marks, words that wrap by their width, and what a chart tells `figures.save`."""

from functools import cache
from typing import NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
import regex
from matplotlib.textpath import TextPath

from analysis import tables

INK, QUIET, RULE = "#222222", "#6b6b6b", "#d0d0d0"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]  # Okabe & Ito: for colour-blind readers
DARK = ["#0072B2", "#A84A00", "#00694C", "#93396C", "#1F6F9E", "#8A5F00"]  # the same, dark enough for small letters
SHAPES = ["o", "s", "D", "^", "v", "P"]
WIDTH = 7.2  # inches: the width of a printed page between its margins
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": RULE,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "svg.fonttype": "none",
}


class Drawn(NamedTuple):
    """What a chart says of itself to `figures.save`, as `ax.drawn`."""

    table: pd.DataFrame  # one row per mark, `mark` first; numbers with six digits
    by: list  # the columns that name a mark
    below: str  # what length, line, shade or hollow mean
    says: str  # the same picture in words
    painted: list  # columns whose words stand in the picture


def prepared(data, chart, by, columns, flags=()):
    """The table to be drawn, with its marks, if all that is drawn is there."""
    by = [by] if isinstance(by, str) else list(by)
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"charts.{chart}: data should be a DataFrame, found {type(data).__name__}.")
    missing = [name for name in [*by, *columns] if name and name not in data.columns]
    if missing:
        raise ValueError(f"charts.{chart}: the table lacks the columns {missing}; it has {list(data.columns)}.")
    for name in flags:
        if len(data) and name in data.columns and not pd.api.types.is_bool_dtype(data[name]):
            raise ValueError(f"charts.{chart}: {name} should hold true and false, found {data[name].dtype}.")
    data = tables.significant(data.drop(columns="mark", errors="ignore").reset_index(drop=True))
    data.insert(0, "mark", marks(data, by))
    twice = data["mark"].duplicated()
    if twice.any():
        row = int(twice.argmax())
        raise ValueError(
            f"charts.{chart}: row {row} (from 0) has the {by} of another row, {data[by].iloc[row].tolist()}; name in by= what tells marks apart."
        )
    return data, by


def marks(table, by):
    """The names of marks: keys as text joined by ``--``, spaces as ``.``, other signs by their code between ``~``."""
    parts = [table[name].astype("str").map(_plain) for name in by]
    return pd.Series(["--".join(keys) for keys in zip(*parts, strict=True)], table.index, "str")


def has(data, name):
    """The name, if the table has such a column."""
    return name if name in data.columns else None


def canvas(height):
    """A new figure as wide as a page's text; its Axes."""
    return plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def nothing(data, by):
    """A picture of a table without rows, which says so."""
    with plt.style.context(["default", STYLE]):
        ax = canvas(1.2)
        ax.set_axis_off()
        ax.text(0, 0.5, "Nothing to draw: no row of the table.", va="center", color=QUIET)
    ax.drawn = Drawn(data, by, "", "Nothing to draw", [])
    return ax


def names(axis, places, words, inches, size=9):
    """Write words along an axis, wrapped by their width."""
    axis.set_ticks(list(places), [wrapped(word, inches, size) for word in words], fontsize=size)


def wrapped(text, inches, size=9, weight="normal"):
    """A text on as many lines as it takes, none wider than so many inches (but for a single long word)."""
    lines = []
    for paragraph in str(text).split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, weight) > inches:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


@cache
def width(text, size, weight="normal"):
    """Width of a line in inches."""
    if not text.strip():
        return 0.0
    return TextPath((0, 0), text, size=size, prop={"family": "DejaVu Sans", "weight": weight}).get_extents().x1 / 72


def meaning(column):
    """What a column holds, as the dictionary of tables says, with its unit; its name, if it is the user's own."""
    for rules in tables.columns().values():
        if column in rules:
            unit = rules[column]["unit"]
            return rules[column]["meaning"].split(";")[0] + (f", {unit}" if unit else "")
    return column.replace("_", " ")


def listed(data, names):
    """The marks in words, for those who can't see the picture: 60 at most."""
    words = [" ".join(filter(None, map(str, row))).replace("\n", " ") for row in data[names].itertuples(index=False)]
    return "; ".join(words[:60]) + (f"; and {len(words) - 60:,} more" if len(words) > 60 else "")


def below(data, first, line="Line"):
    """The words below a chart: what it measures, what a line is, what is hollow."""
    said = [first]
    if has(data, "interval"):
        kinds = [kind for kind in dict.fromkeys(data["interval"]) if not str(kind).startswith("none")]
        said += [f"{line}: {'; '.join(kinds)}"] if kinds else []
    if has(data, "few") and data["few"].any():
        said.append("Hollow: fewer than five times, or in fewer than five paragraphs")
    return ". ".join(said) + "."


def _plain(name):
    """A name as an id that SVG, HTML and links can carry, different names staying different."""
    name = regex.sub(r"[^\p{L}\p{N} -]|-(?=-)|^-|-$", lambda found: f"~{ord(found[0]):x}~", name)
    return name.replace(" ", ".") or "~"
