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
_KEYS = ["document", "paragraph"]


def check(frame, table, needs=None):
    """Raise unless `frame` is a table with the columns it should have.

    Parameters
    ----------
    frame : DataFrame
        The table to look at; it is not changed.
    table : str
        Its name, for the message; a name in `COLUMNS` where `needs` is not given.
    needs : list of str, optional
        The columns asked for; all columns of `table` unless given.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If columns are missing or there twice, `document` or `paragraph` is asked
        for and holds numbers with a decimal point, or `table` is not in `COLUMNS`
        and `needs` is not given; the message names them.

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
    needs = _columns(table) if needs is None else list(needs)
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise ValueError(f"{table} needs columns {needs}; missing {missing}, found {list(frame.columns)}.")
    for key in _KEYS:
        if key in needs:
            _check_key(frame[key], table)


def empty(table):
    """A table without rows, its columns text.

    Parameters
    ----------
    table : str or list of str
        A name in `COLUMNS`, or the columns themselves.

    Returns
    -------
    DataFrame

    Raises
    ------
    ValueError
        If there is no table of this name.

    Examples
    --------
    >>> empty("evidence").shape, empty(["document", "title"]).dtypes.astype("str").to_dict()
    ((0, 5), {'document': 'str', 'title': 'str'})
    """
    names = _columns(table) if isinstance(table, str) else table
    return pd.DataFrame({name: pd.Series(dtype="str") for name in names})


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
    ValueError: paragraphs: 1 row repeats another's ['document', 'paragraph'], first ('a', '1') in row 1 (rows count from 0); each should occur once.
    """
    repeated = frame.duplicated(keys).to_numpy()
    if repeated.any():
        row = int(repeated.argmax())
        first = tuple(frame[key].iloc[[row]].tolist()[0] for key in keys)
        rows = "1 row repeats" if repeated.sum() == 1 else f"{repeated.sum()} rows repeat"
        raise ValueError(
            f"{table}: {rows} another's {list(keys)}, first {first} in row {row} (rows count from 0); "
            "each should occur once."
        )


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


def unnamed(frame):
    """A table whose index has no name that a column has too: pandas could not tell which is meant.

    Parameters
    ----------
    frame : DataFrame
        Any table; it is not changed.

    Returns
    -------
    DataFrame
        The same rows; the table itself where there is nothing to do.

    Examples
    --------
    >>> frame = pd.DataFrame({"document": ["a"]})
    >>> unnamed(frame.set_index("document", drop=False)).index.names
    FrozenList([None])
    """
    names = [None if name in frame.columns else name for name in frame.index.names]
    return frame if names == list(frame.index.names) else frame.set_axis(frame.index.set_names(names))


def codes(frame, keys):
    """A whole number for each different combination of keys, in order of appearance.

    Parameters
    ----------
    frame : DataFrame
        Any table; missing keys are keys too.
    keys : str or list of str
        Its columns to go by.

    Returns
    -------
    ndarray of int
        One per row, from 0.

    Examples
    --------
    >>> codes(pd.DataFrame({"country": ["b", None, "b"]}), "country").tolist()
    [0, 1, 0]
    """
    return unnamed(frame).groupby(keys, sort=False, dropna=False, observed=True).ngroup().to_numpy()


def significant(frame):
    """Round the floating-point columns of a table to six significant digits.

    Different processors disagree in the last digits of a float; rounded before
    drawing and writing, charts and files are the same bytes everywhere.

    Parameters
    ----------
    frame : DataFrame
        Any table; it is not changed.

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
            value if value.is_integer() or not np.isfinite(value) else float(f"{value:.6g}") for value in values
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


def _columns(table):
    """The columns of a table in the dictionary."""
    if table not in COLUMNS:
        raise ValueError(f"There is no table {table!r} in tables.COLUMNS; name its columns.")
    return list(COLUMNS[table])


def _check_key(key, table):
    """Numbers with a decimal point are no keys: 1.0 would become the text "1.0", which is in no other table."""
    values = key.cat.categories if isinstance(key.dtype, pd.CategoricalDtype) else key
    kind = pd.api.types.infer_dtype(values, skipna=True) if values.dtype == object else ""
    if pd.api.types.is_float_dtype(values.dtype) or kind in ("floating", "mixed-integer-float"):
        there = key.notna().to_numpy()
        if there.any():
            row = int(there.argmax())
            raise ValueError(
                f"{table}: {key.name} in row {row} (rows count from 0) is the number {key.tolist()[row]!r}; a key is text, "
                "as '1': read the CSV with dtype=str, keep_default_na=False."
            )
