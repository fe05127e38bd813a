"""Sheets of word intrusion as files: written for a person to answer, and read back."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import tables

_FORMULA = re.compile(r"^(?=[=+\-@\t\r'])")  # what a spreadsheet would calculate, or the apostrophe against it
_ESCAPED = re.compile(r"^'(?=[=+\-@\t\r'])")


def save_sheet(sheet, path):
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
    as in `coding.save`; `load_sheet` takes it off again.

    Examples
    --------
    >>> import tempfile
    >>> sheet = pd.DataFrame({"question": [1], "word_1": ["war"], "word_2": ["-1"], "intruder": ["war"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_sheet(sheet, f"{folder}/ann.csv")
    ...     load_sheet(f"{folder}/ann.csv").values.tolist()
    [[1, 'war', '-1', 'war']]
    """
    tables.check(sheet, "sheet", ["question", "intruder"])
    path = Path(path)
    if path.exists():
        raise FileExistsError(f"{path} is there already and may hold answers: give another name.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} to.")
    try:
        cells = sheet.astype(object).where(sheet.notna(), "").map(lambda cell: _FORMULA.sub("'", str(cell)))
        raw = cells.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n").encode("utf-8-sig")
    except UnicodeEncodeError as error:
        raise ValueError(f"The sheet has the character {error.object[error.start]!r}, which is no text.") from None
    path.write_bytes(raw)


def load_sheet(path):
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
    ...     load_sheet(f"{folder}/ann.csv").values.tolist()
    [[1, 'war', 'peace', '']]
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no sheet {path}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name} line {line}: not UTF-8; save it as CSV UTF-8.") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise ValueError(f"{path.name}: not CSV: {error}.") from None
    except ValueError:
        raise ValueError(f"{path.name} is empty.") from None
    rows = {number: row for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)}
    for number, row in rows.items():
        if len(row) != len(header):
            raise ValueError(f"{path.name} row {number} has {len(row)} cells where the header has {len(header)}.")
    sheet = pd.DataFrame(list(rows.values()), columns=[name.strip() for name in header], dtype="str")
    sheet = sheet.map(lambda cell: _ESCAPED.sub("", cell))
    tables.check(sheet, path.name, ["question", "intruder"])
    for name in sheet.columns.intersection(["question", "topic", "source"]):
        sheet[name] = whole_numbers(sheet[name], path.name, list(rows))
    return sheet


def whole_numbers(column, table, rows=None):
    """Make sure that a column holds whole numbers.

    Parameters
    ----------
    column : Series
        Numbers, or text that says numbers.
    table : str
        Its table, for the message.
    rows : list of int, optional
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
    strange = ~(np.isfinite(number) & (number == np.floor(number)))
    if strange.any():
        first = strange.argmax()
        row = f"row {first} (rows count from 0)" if rows is None else f"row {rows[first]}"
        raise ValueError(f"{table}: {column.name} in {row} is {column.tolist()[first]!r}; it should be a whole number.")
    return number.astype(np.int64)
