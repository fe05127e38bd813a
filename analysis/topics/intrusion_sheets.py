"""Sheets of word intrusion as files: written for a person to answer, and read back."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis import sheets, tables


def save_intrusion(sheet, path):
    """Write a sheet, or a key, that a spreadsheet can open.

    Parameters
    ----------
    sheet : DataFrame
        `question`, `intruder`, and what else there is; from `intrusion`.
    path : str or Path
        Where to write it, as CSV in UTF-8 (with the mark by which spreadsheets
        know it).

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If columns are missing, or a character can't be written as UTF-8.
    FileExistsError
        If there is such a file: it may hold answers.
    FileNotFoundError
        If there is no such folder.

    Notes
    -----
    A cell that a spreadsheet would take for a formula gets an apostrophe in front,
    as in `coding.save`; `load_intrusion` takes it off again.

    Examples
    --------
    >>> import tempfile
    >>> sheet = pd.DataFrame({"question": [1], "word_1": ["war"], "word_2": ["-1"], "intruder": ["war"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_intrusion(sheet, f"{folder}/ann.csv")
    ...     load_intrusion(f"{folder}/ann.csv").values.tolist()
    [[1, 'war', '-1', 'war']]
    """
    tables.check(sheet, "sheet", ["question", "intruder"])
    sheets.write(sheet, path, holds="answers")


def load_intrusion(path):
    """Read a sheet of answers, or a key.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8, its cells separated by commas, semicolons or tabs.

    Returns
    -------
    DataFrame
        The columns of the file as text, but `question`, and `topic` and `source`
        where there, as whole numbers. Rows without anything in them are passed
        over.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not CSV in UTF-8, columns are missing or there twice, a row has too
        few or too many cells, or a question or topic is no whole number; the message
        names the row (1 for the first below the header).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(f"{folder}/ann.csv").write_text("question;word_1;word_2;intruder\\n1;war;peace;\\n;;;\\n")
    ...     load_intrusion(f"{folder}/ann.csv").values.tolist()
    [[1, 'war', 'peace', '']]
    """
    name = Path(path).name
    sheet = sheets.read(path, ["question", "intruder"], "sheet")
    tables.check(sheet, name, ["question", "intruder"])
    for column in sheet.columns.intersection(["question", "topic", "source"]):
        sheet[column] = whole_numbers(sheet[column], name, sheet.index)
    return sheet.reset_index(drop=True)


def whole_numbers(column, table, rows=None):
    """Make sure that a column holds whole numbers.

    Parameters
    ----------
    column : Series
        Numbers, or text that says numbers.
    table : str
        Its table, for the message.
    rows : sequence of int, optional
        What to call its rows in the message; counted from 0 unless given.

    Returns
    -------
    ndarray of int

    Raises
    ------
    ValueError
        If a value is anything else; the message names the first.

    Examples
    --------
    >>> whole_numbers(pd.Series(["1", "one"], name="question"), "answers")
    Traceback (most recent call last):
    ValueError: answers: question in row 1 (rows count from 0) is 'one'; it should be a whole number.
    """
    number = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    strange = ~((np.abs(number) < 2**53) & (number == np.floor(number)))  # beyond, floats skip whole numbers
    if strange.any():
        first = strange.argmax()
        row = f"row {first} (rows count from 0)" if rows is None else f"row {rows[first]}"
        raise ValueError(f"{table}: {column.name} in {row} is {column.tolist()[first]!r}; it should be a whole number.")
    return number.astype(np.int64)
