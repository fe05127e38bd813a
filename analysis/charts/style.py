"""What all shapes share: the look, the checks of a table before it is drawn, the axes."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from analysis import tables

INK, QUIET, RULE = "#222222", "#6b6b6b", "#d0d0d0"
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"  # Okabe & Ito: told apart by colour-blind readers
PURPLE, SKY, AMBER = "#CC79A7", "#56B4E9", "#E69F00"
WORDS = {BLUE: BLUE, ORANGE: "#A84A00", GREEN: "#00694C", PURPLE: "#93396C"}  # the same, dark enough for small letters
WIDTH = 7.2  # inches: the width of a printed page between its margins
STYLE = {
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


def checked(data, shape, columns, full, partial=(), keys=(), flags=(), empty=False):
    """Make sure that a table can be drawn, and round its numbers."""
    columns = list(dict.fromkeys(name for name in columns if name))
    missing = [name for name in columns if name not in data.columns]
    if missing:
        raise ValueError(f"charts.{shape}: the table lacks the columns {missing}; it has {list(data.columns)}.")
    if not (len(data) or empty):
        raise ValueError(f"charts.{shape}: the table has no rows to draw.")
    keep = [*(["mark"] if "mark" in data.columns else []), *[name for name in columns if name != "mark"]]
    data = data[keep].reset_index(drop=True)
    for name in [*full, *(name for name in partial if name)]:
        if not pd.api.types.is_numeric_dtype(data[name]):
            raise ValueError(
                f"charts.{shape}: {name} should hold numbers, found {data[name].dtype}; "
                "turn its values into numbers, as with .astype(int)."
            )
        numbers = data[name].to_numpy(float, na_value=np.nan)
        wrong = ~(np.isfinite(numbers) & (numbers >= 0)) & (np.isin(name, full) | ~np.isnan(numbers))
        if wrong.any():
            raise ValueError(
                f"charts.{shape}: {name} in row {wrong.argmax()} (rows count from 0) is {numbers[wrong.argmax()]}; "
                "numbers from 0 can be drawn."
            )
        if name in partial:
            data[name] = numbers
    tables.check(data, f"charts.{shape}", [name for name in keys if name])
    for name in filter(None, flags):
        if not data[name].map(lambda value: isinstance(value, (bool, np.bool_))).all():
            raise ValueError(
                f"charts.{shape}: {name} should hold true and false; turn the text of a CSV file into them."
            )
    return tables.significant(data)


def check_once(data, shape, keys):
    """Each combination of keys is drawn once."""
    twice = data.duplicated(keys).to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise ValueError(
            f"charts.{shape}: row {row} (from 0) repeats {data[keys].iloc[row].tolist()}; draw each {keys} once."
        )


def check_pair(shape, low, high):
    """Raise if only one end of a range is named."""
    if (not low) != (not high):
        raise ValueError(f"charts.{shape}: give both low and high, the columns with the ends of the range.")


def check_order(data, shape, low, high):
    """Raise if a range ends before it begins, naming the first."""
    if not low:
        return
    lows, highs = (data[name].to_numpy(float, na_value=np.nan) for name in (low, high))
    wrong = lows > highs
    if wrong.any():
        row = int(wrong.argmax())
        mark = f", mark {data['mark'].iloc[row]!r}" if "mark" in data.columns else ""
        raise ValueError(
            f"charts.{shape}: {low} is above {high} in row {row} (rows count from 0){mark}: {lows[row]} and {highs[row]}."
        )


def axes(ax, height, label):
    """Give the Axes to draw on, with a label below."""
    if ax is not None:
        ax.set_xlabel(label, parse_math=False)
        return ax
    figure, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    if label:
        lines = [textwrap.fill(line, 105) for line in label.split("\n")]
        figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=8.5, color=QUIET)
    return ax


def name_ticks(axis, places, names):
    """Write names along an axis, long ones on several lines, never as mathematics."""
    axis.set_ticks(list(places), [_wrapped(name) for name in names])
    for tick in axis.get_major_ticks():
        tick.label1.set_parse_math(False)
        tick.label2.set_parse_math(False)


def lines(names):
    """Lines that the longest of some names takes along an axis, as `name_ticks` writes it."""
    return max(_wrapped(name).count("\n") + 1 for name in names)


def _wrapped(name):
    return "\n".join(textwrap.fill(line, 38) for line in str(name).split("\n"))
