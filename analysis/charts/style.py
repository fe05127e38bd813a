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
    """Make sure that a table can be drawn, and round its numbers.

    Parameters
    ----------
    data : DataFrame
        The table.
    shape : str
        The function that draws it, for messages.
    columns : list of str
        The columns it draws; an empty name or None is passed over.
    full, partial : list of str
        Those of numbers from 0: none missing in `full`; some, in `partial`.
    keys : list of str
        Those in which no value may be missing.
    flags : list of str
        Those of true and false; an empty name or None is passed over.
    empty : bool, default False
        Whether a table without rows can be drawn.

    Returns
    -------
    DataFrame
        The columns, and `mark` if there is one, with six significant digits.

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, a number is missing, negative
        or not finite, a key is missing, or a flag is neither true nor false.

    Examples
    --------
    >>> checked(pd.DataFrame({"n": [2 / 3], "other": [1]}), "bars", ["n"], full=["n"])["n"].tolist()
    [0.666667]
    """
    columns = list(dict.fromkeys(name for name in columns if name))
    tables.check(data, f"charts.{shape}", columns)
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
    tables.check_present(data, f"charts.{shape}", [name for name in keys if name])
    tables.check_flags(data, f"charts.{shape}", [name for name in flags if name])
    return tables.significant(data)


def check_pair(shape, low, high):
    """Raise if only one end of a range is named.

    Parameters
    ----------
    shape : str
        The function that draws it, for the message.
    low, high : str or None
        Columns with the ends.

    Raises
    ------
    ValueError
        If one is given without the other.

    Examples
    --------
    >>> check_pair("bars", "low", None)
    Traceback (most recent call last):
    ValueError: charts.bars: give both low and high, the columns with the ends of the range.
    """
    if (not low) != (not high):
        raise ValueError(f"charts.{shape}: give both low and high, the columns with the ends of the range.")


def check_order(data, shape, low, high):
    """Raise if a range ends before it begins, naming the first.

    Parameters
    ----------
    data : DataFrame
        The table, from `checked`.
    shape : str
        The function that draws it, for the message.
    low, high : str or None
        Columns with the ends, numbers; a range with a missing end, or without columns, is passed over.

    Raises
    ------
    ValueError
        If the low end is above the high one.

    Examples
    --------
    >>> check_order(pd.DataFrame({"mark": ["a"], "low": [2.0], "high": [1.0]}), "bars", "low", "high")
    Traceback (most recent call last):
    ValueError: charts.bars: low is above high in row 0 (rows count from 0), mark 'a': 2.0 and 1.0.
    """
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
    """Give the Axes to draw on, with a label below.

    Parameters
    ----------
    ax : Axes or None
        The user's own; a new figure as wide as a page's text unless given.
    height : float
        Height of a new figure, in inches.
    label : str
        What stands below; across the whole width of a new figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axes(None, 2, "words").figure.get_size_inches().tolist()
    [7.2, 2.0]
    """
    if ax is not None:
        ax.set_xlabel(label, parse_math=False)
        return ax
    figure, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    if label:
        lines = [textwrap.fill(line, 105) for line in label.split("\n")]
        figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=8.5, color=QUIET)
    return ax


def name_ticks(axis, places, names):
    """Write names along an axis, long ones on several lines, never as mathematics.

    Parameters
    ----------
    axis : Axis
        ``ax.xaxis`` or ``ax.yaxis``.
    places : list of float
        Where the names stand.
    names : list
        What is written there.

    Returns
    -------
    None

    Examples
    --------
    >>> ax = axes(None, 2, "")
    >>> name_ticks(ax.yaxis, [0], ["Partnerships between International and Regional Organizations"])
    >>> ax.get_yticklabels()[0].get_text().count(chr(10))
    1
    """
    axis.set_ticks(list(places), [_wrapped(name) for name in names])
    for tick in axis.get_major_ticks():
        tick.label1.set_parse_math(False)
        tick.label2.set_parse_math(False)


def lines(names):
    """Lines that the longest of some names takes along an axis, as `name_ticks` writes it.

    Parameters
    ----------
    names : list
        What is to be written.

    Returns
    -------
    int

    Examples
    --------
    >>> lines(["Peace", "Partnerships between International and Regional Organizations"])
    2
    """
    return max(_wrapped(name).count("\n") + 1 for name in names)


def _wrapped(name):
    return "\n".join(textwrap.fill(line, 38) for line in str(name).split("\n"))
