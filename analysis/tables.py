"""The tables that pass between modules: their columns, their checks, their dictionary.

Everything in this package takes a table and returns a table. What each column
holds is written once, in `COLUMNS`; the guards and the data dictionary in
``data/README.md`` are derived from it.
"""

import numpy as np
import pandas as pd

from analysis.columns import COLUMNS

FEW = 5  # below this many hits, paragraphs or codes a figure is too small to lean on
UNRELIABLE = 10  # below this many units an interval is unreliable
NONE = "none"  # in a coding: the paragraph was read and has no theme


def check(frame, table, needs=None):
    """Raise unless `frame` is a table with the columns it should have.

    Parameters
    ----------
    frame : DataFrame
        The table to look at; it is not changed.
    table : str
        A name in `COLUMNS`, used for the message and for the default of `needs`.
    needs : list of str, optional
        The columns asked for; all columns of `table` unless given.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If columns are missing or there twice; the message names them.

    Examples
    --------
    >>> check(pd.DataFrame({"document": ["a"], "body": ["b"]}), "paragraphs", ["document", "text"])
    Traceback (most recent call last):
    ValueError: paragraphs needs columns ['document', 'text']; missing ['text'], found ['document', 'body'].
    """
    if not isinstance(frame, pd.DataFrame):
        inside = f"; pass its table `.{table}`" if hasattr(frame, table) else ""
        raise TypeError(f"{table} should be a pandas DataFrame, found {type(frame).__name__}{inside}.")
    twice = sorted(set(frame.columns[frame.columns.duplicated()].astype(str)))
    if twice:
        raise ValueError(f"{table} has the columns {twice} more than once.")
    needs = list(COLUMNS[table] if needs is None else needs)
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise ValueError(f"{table} needs columns {needs}; missing {missing}, found {list(frame.columns)}.")


def empty(table):
    """A table without rows, its columns text.

    Parameters
    ----------
    table : str or list of str
        A name in `COLUMNS`, or the columns themselves.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> empty("evidence").shape, empty(["document", "title"]).dtypes.astype("str").to_dict()
    ((0, 5), {'document': 'str', 'title': 'str'})
    """
    return pd.DataFrame(
        {name: pd.Series(dtype="str") for name in (COLUMNS[table] if isinstance(table, str) else table)}
    )


def check_unique(frame, table, keys):
    """Raise if two rows of `frame` have the same `keys`, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    keys : list of str
        The columns that together should identify a row.

    Raises
    ------
    ValueError
        If a row repeats.

    Examples
    --------
    >>> twice = pd.DataFrame({"document": ["a", "a"], "paragraph": ["1", "1"]})
    >>> check_unique(twice, "paragraphs", ["document", "paragraph"])
    Traceback (most recent call last):
    ValueError: paragraphs: 1 row repeats another's ['document', 'paragraph'], first ('a', '1') in row 1; each should occur once.
    """
    repeated = frame.duplicated(keys).to_numpy()
    if repeated.any():
        row = int(repeated.argmax())
        first = tuple(frame[key].iloc[row] for key in keys)
        rows = "1 row repeats" if repeated.sum() == 1 else f"{repeated.sum()} rows repeat"
        raise ValueError(f"{table}: {rows} another's {list(keys)}, first {first} in row {row}; each should occur once.")


def check_present(frame, table, columns):
    """Raise if a value is missing in columns that must be filled, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    columns : list of str
        The columns in which nothing may be missing.

    Raises
    ------
    ValueError
        If a value is missing.

    Examples
    --------
    >>> check_present(pd.DataFrame({"token": ["peace", None]}), "tokens", ["token"])
    Traceback (most recent call last):
    ValueError: tokens: token is missing in row 1 (rows count from 0). When reading CSV: keep_default_na=False.
    """
    for name in columns:
        absent = frame[name].isna().to_numpy()
        if absent.any():
            raise ValueError(
                f"{table}: {name} is missing in row {absent.argmax()} (rows count from 0). "
                "When reading CSV: keep_default_na=False."
            )


def check_flags(frame, table, columns):
    """Raise if a value is neither true nor false, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    columns : list of str
        The columns that should hold true and false.

    Raises
    ------
    ValueError
        If a value is something else: the text ``False``, which counts as true.

    Examples
    --------
    >>> check_flags(pd.DataFrame({"kept": [True, "False"]}), "hits", ["kept"])
    Traceback (most recent call last):
    ValueError: hits: kept in row 1 (rows count from 0) is 'False'; it should be true or false. Turn text from a CSV file into them.
    """
    for name in columns:
        if pd.api.types.is_bool_dtype(frame[name].dtype) and not frame[name].isna().any():
            continue
        for row, value in enumerate(frame[name]):
            if not isinstance(value, (bool, np.bool_)):
                raise ValueError(
                    f"{table}: {name} in row {row} (rows count from 0) is {value!r}; it should be true or false. "
                    "Turn text from a CSV file into them."
                )


def significant(frame, digits=6):
    """Round the floating-point columns of a table to significant digits.

    Different processors disagree in the last digits of a float; rounded before
    drawing and writing, charts and files are the same bytes everywhere.

    Parameters
    ----------
    frame : DataFrame
        Any table; it is not changed.
    digits : int, default 6
        Significant digits kept.

    Returns
    -------
    DataFrame
        A copy. Integer and text columns, whole numbers, missing and infinite
        values are as they were.

    Examples
    --------
    >>> significant(pd.DataFrame({"rate": [2 / 3, 123456.789, 12345678.0]}))["rate"].tolist()
    [0.666667, 123457.0, 12345678.0]
    """
    rounded = frame.copy()
    for name in frame.columns[[pd.api.types.is_float_dtype(dtype) for dtype in frame.dtypes]]:
        values = frame[name].to_numpy(float, na_value=np.nan)
        rounded[name] = [
            value if value.is_integer() or not np.isfinite(value) else float(f"{value:.{digits}g}") for value in values
        ]
    return rounded


def dictionary():
    """The data dictionary, as Markdown.

    Returns
    -------
    str
        One section per table, one line per column. ``data/README.md`` holds
        this text; a test compares the two.

    Examples
    --------
    >>> print(dictionary().splitlines()[4])
    | `document` | short name of the source, from its file name |
    """
    sections = []
    for table, columns in COLUMNS.items():
        rows = [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
        sections.append("\n".join([f"### {table}", "", "| column | what it holds |", "|---|---|", *rows]))
    return "\n\n".join(sections) + "\n"
