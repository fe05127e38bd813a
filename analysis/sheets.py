"""Sheets that people fill in: written as CSV that a spreadsheet opens, and read back."""

import csv
import io
import re
from itertools import dropwhile
from pathlib import Path

import numpy as np
import pandas as pd

_SEPARATORS = {",": ",", ";": ";", "\t": "tab"}
_FORMULA = re.compile(r"^(?=[=+\-@\t\r'])")  # what a spreadsheet would calculate, or the apostrophe against it
_ESCAPED = re.compile(r"^'(?=[=+\-@\t\r'])")


def write(table, path, holds):
    """Write a table as a sheet that a spreadsheet can open.

    Parameters
    ----------
    table : DataFrame
        Any; a missing value becomes an empty cell. It is not changed.
    path : str or Path
        Where to write it, as CSV in UTF-8 (with the mark by which spreadsheets know it).
    holds : str
        What a file of that name may hold already, for the message: ``"coding"``.

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If a character can't be written as UTF-8.
    FileExistsError
        If there is such a file: it may hold hours of work.
    FileNotFoundError
        If there is no such folder.

    Notes
    -----
    A cell that a spreadsheet would take for a formula (it begins with =, +, - or @) gets an apostrophe in front, and so
    does one that begins with an apostrophe; `read` takes it off again.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pd.DataFrame({"word": ["peace", "=1"]}), f"{folder}/sheet.csv", holds="answers")
    ...     Path(f"{folder}/sheet.csv").read_bytes()
    b'\\xef\\xbb\\xbf"word"\\r\\n"peace"\\r\\n"\\'=1"\\r\\n'
    """
    path = Path(path)
    if path.exists():
        raise FileExistsError(f"{path} is there already and may hold {holds}: give another name.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} to.")
    cells = table.astype(object).where(table.notna(), "")
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in [cells.columns, *cells.itertuples(index=False, name=None)]:
        writer.writerow([_FORMULA.sub("'", str(cell)) for cell in row])
    try:
        raw = written.getvalue().encode("utf-8-sig")
    except UnicodeEncodeError as error:
        raise ValueError(f"The sheet has the character {error.object[error.start]!r}, which is no text.") from None
    path.write_bytes(raw)


def read(path, needs, what):
    """Read a sheet.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8, its cells separated by commas, semicolons or tabs.
    needs : list of str
        Columns that the sheet should have. They tell which separator it is; whether all are there is for the caller to
        check.
    what : str
        What to call the file when there is none: ``"coding sheet"``.

    Returns
    -------
    DataFrame
        The cells as text. The index is the row of the sheet, 1 for the first below the header; rows without anything in
        them are passed over, and so are columns without a name and without anything in them, which spreadsheets leave
        at the end.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, is not CSV in UTF-8, a row has too few or too many cells, or several columns with something in
        them have no name; the message names the file and row.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(f"{folder}/sheet.csv").write_text("word;theme\\n;\\npeace;talks\\n")
    ...     read(f"{folder}/sheet.csv", needs=["word", "theme"], what="sheet")
        word  theme
    2  peace  talks
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no {what} {path}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name} line {line}: not UTF-8; save it as CSV UTF-8.") from None
    names, rows, separator = _parsed(text, needs, path.name)
    for number, row in rows.items():
        if len(row) != len(names):
            sign = _SEPARATORS[separator]
            cure = f"a cell that holds a {sign} needs quotes"
            if len(row) < len(names):
                cure = f"an empty cell needs its {sign} too, and a {sign} or a line break in quotes parts nothing"
            raise ValueError(
                f"{path.name} row {number} has {len(row)} cells where the header has {len(names)}; {cure}."
            )
    return _named(pd.DataFrame(list(rows.values()), list(rows), names, dtype="str").map(_unescaped), path.name)


def _named(table, source):
    """The table without columns that have no name and nothing in them."""
    filled = table.map(lambda cell: bool(cell.strip())).to_numpy(bool)
    nameless = (table.columns == "") & filled.any(axis=0)
    if nameless.sum() > 1:
        row, column = np.argwhere(filled & nameless)[0]
        raise ValueError(
            f"{source} row {table.index[row]} has {table.iloc[row, column]!r} in column {column + 1}, "
            f"one of {nameless.sum()} without a name: name them in the header, or delete them."
        )
    return table.loc[:, (table.columns != "") | nameless]


def _parsed(text, needs, source):
    """Names of the columns, rows by number (1 for the first below the header), and the separator."""
    if not text.strip(' ,;\t\r\n"'):
        raise ValueError(f"{source} is empty.")
    widest = csv.field_size_limit(max(len(text), 131_072))  # a cell may be as long as the file
    try:
        names, rows = {}, []
        for separator in _SEPARATORS:
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            names[separator] = [_unescaped(name.strip()) for name in next(row for row in lines if any(row))]
        # the separator with which the header has the columns asked for, or most columns
        separator = max(names, key=lambda one: (set(needs) <= set(names[one]), len(names[one])))
        rows = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append(row)
    except csv.Error as error:
        number = sum(1 for _ in dropwhile(lambda row: not any(row), rows))  # of the row that began last
        what = "a quote is opened and never closed" if "unexpected end" in str(error) else error
        raise ValueError(f"{source} {f'row {number}' if number else 'header'}: not CSV: {what}.") from None
    finally:
        csv.field_size_limit(widest)
    header = next(number for number, row in enumerate(rows) if any(row))
    below = {number: row for number, row in enumerate(rows[header + 1 :], 1) if any(cell.strip() for cell in row)}
    return names[separator], below, separator


def _unescaped(cell):
    """A cell without the apostrophe that `write` puts in front."""
    return _ESCAPED.sub("", cell)
