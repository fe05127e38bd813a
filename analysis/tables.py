"""The tables that pass between modules: one dictionary of their columns, one check by it.

Everything in this package takes a table and returns a table. What each column holds is written once, in
``columns.csv``; the check, the data dictionary in ``data/README.md`` and the line under a chart read it there.
"""

import csv
import io
import os
import re
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

FEW = 5  # below this many hits, paragraphs or codes a figure is too small to lean on
UNRELIABLE = 10  # below this many units an interval is unreliable
NONE = "none"  # in a coding: the paragraph was read and has no theme
_FORMULA = re.compile(r"[=+\-@\t\r']")  # how a text begins that a spreadsheet would calculate; and the cure against it
_KINDS = {"text": "text", "whole": "a whole number", "number": "a number", "flag": "true or false"}
_CURES = {
    "text": "; read CSV with dtype=str, keep_default_na=False",
    "flag": "; turn the text of a CSV file into true and false",
}


def check(frame, table, more=()):
    """The frame, if it is the table it should be.

    Its columns are there once, each value filled, of its kind and in its range, each key once, as `columns.csv` has
    it. `more` names further columns that are needed: those of the dictionary are checked alike, those of the user's
    own (section, year) only for being there and filled.

    Raises TypeError if it is no DataFrame, ValueError if something else is wrong: one sentence with table, column, row
    (counted from 0).

    >>> check(pd.DataFrame({"document": ["a", "b"], "paragraph": ["1", None], "text": "Peace"}), "paragraphs")
    Traceback (most recent call last):
    ValueError: paragraphs: paragraph in row 1 (from 0) is missing; it should be text; read CSV with dtype=str, keep_default_na=False.
    """
    if not isinstance(frame, pd.DataFrame):
        inside = f"; pass its table .{table}" if hasattr(frame, table) else ""
        raise TypeError(f"{table} should be a pandas DataFrame, found {type(frame).__name__}{inside}.")
    rules = columns(table)
    needed = list(dict.fromkeys([*(name for name, rule in rules.items() if rule["needed"]), *more]))
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"{table} lacks the columns {missing}; it has {list(frame.columns)}.")
    twice = [name for name in needed if (frame.columns == name).sum() > 1 or name in frame.index.names]
    if twice:
        raise ValueError(
            f"{table} has the column {twice[0]!r} twice, or an index of its name; reset_index(drop=True) drops an index."
        )
    for name in needed:
        rule = rules.get(name, {"kind": "", "needed": "yes", "least": "", "most": ""})
        wrong = _wrong(frame[name], rule)
        if wrong.any():
            row = int(wrong.argmax())
            value = frame[name].iloc[[row]].tolist()[0]
            found = "missing" if pd.api.types.is_scalar(value) and pd.isna(value) else repr(value)
            raise ValueError(f"{table}: {name} in row {row} (from 0) is {found}; {_should(rule)}.")
    keys = [name for name in needed if rules.get(name, {"key": ""})["key"]]
    repeated = _repeated(frame, keys) if keys else np.zeros(0, bool)
    if repeated.any():
        row = int(repeated.argmax())
        key = ", ".join(f"{name} {frame[name].iloc[[row]].tolist()[0]!r}" for name in keys)
        raise ValueError(f"{table}: row {row} (from 0) repeats the {key} of another row; each should be there once.")
    return frame


@cache
def columns(table=None):
    """The rules of a table's columns by name, in their order; without a name, those of all tables by table."""
    rows = pd.read_csv(Path(__file__).with_name("columns.csv"), dtype=str, keep_default_na=False)
    if table is None:
        return {name: columns(name) for name in rows["table"].drop_duplicates()}
    return {row["column"]: row for row in rows[rows["table"] == table].to_dict("records")}


def empty(table):
    """A table of the dictionary without rows."""
    kinds = {"text": "str", "whole": "int64", "number": "float64", "flag": "bool"}
    return pd.DataFrame({name: pd.Series(dtype=kinds[rule["kind"]]) for name, rule in columns(table).items()})


def significant(frame):
    """The frame, its floats rounded to six significant digits: further ones differ between processors, bytes must not."""
    rounded = frame.copy()
    for name in frame.columns[[pd.api.types.is_float_dtype(dtype) for dtype in frame.dtypes]]:
        values = frame[name].to_numpy(float, na_value=np.nan)
        rounded[name] = [
            value if value.is_integer() or not np.isfinite(value) else float(f"{value:.6g}") for value in values
        ]
    return rounded


def as_text(values):
    """A column as it stands in a file: text, empty where a value is missing."""
    return values.astype(object).where(values.notna(), "").map(str)


def dictionary():
    """The data dictionary in Markdown, one section a table, as ``data/README.md`` holds it."""
    parts = []
    for table, rules in columns().items():
        parts += [f"### {table}", "", "| column | kind | what it holds |", "|---|---|---|"]
        parts += [
            f"| `{name}` | {_KINDS[rule['kind']]}{_range(rule)} | {_meaning(rule)} |" for name, rule in rules.items()
        ]
        parts.append("")
    return "\n".join(parts)


def _wrong(values, rule):
    """Which values are missing though needed, not of their kind, or out of range."""
    if isinstance(values.dtype, pd.CategoricalDtype):  # each different value is looked at once
        of_names = _wrong(values.cat.categories.to_series(), rule)
        return np.append(of_names, rule["needed"] != "there")[values.cat.codes.to_numpy()]
    absent = values.isna().to_numpy(bool)
    wrong = absent & (rule["needed"] != "there")
    fits = {
        "text": lambda value: isinstance(value, str),
        "whole": lambda value: isinstance(value, (int, np.integer)) and not isinstance(value, bool),
        "number": lambda value: isinstance(value, (int, float, np.number)) and not isinstance(value, bool),
        "flag": lambda value: isinstance(value, (bool, np.bool_)),
    }.get(rule["kind"])
    if fits and not _of_kind(values.dtype, rule["kind"]):
        wrong |= ~absent & ~np.fromiter(map(fits, values), bool, len(values))
    for end, beyond in (("least", np.less), ("most", np.greater)):
        if rule[end] and not wrong.any():
            wrong |= beyond(values.to_numpy(float, na_value=np.nan), float(rule[end]))
    return wrong


def _of_kind(dtype, kind):
    """Whether a column of this dtype holds nothing else."""
    types = pd.api.types
    if kind == "text":
        return isinstance(dtype, pd.StringDtype)
    if kind == "flag":
        return types.is_bool_dtype(dtype)
    whole = types.is_integer_dtype(dtype)
    return whole or (kind == "number" and types.is_float_dtype(dtype))


def _repeated(frame, keys):
    """Which rows have the keys of another; of running words in the order of the text that is seen at once."""
    if keys[-1] == "position":
        codes = [frame[key].astype("category").cat.codes.to_numpy() for key in keys[:-1]]
        begins = np.ones(len(frame), bool)
        begins[1:] = np.any([code[1:] != code[:-1] for code in codes], axis=0)
        firsts = pd.DataFrame({key: code[begins] for key, code in zip(keys, codes, strict=False)})
        position = frame["position"].to_numpy(np.int64)
        rising = position[1:] > position[:-1]
        if (begins[1:] | rising).all() and not firsts.duplicated().any():
            return np.zeros(len(frame), bool)
    return frame.duplicated(keys).to_numpy()


def _should(rule):
    """What a value should be, in words."""
    if not rule["kind"]:
        return "fill it in, or leave out these rows"
    return f"it should be {_KINDS[rule['kind']]}{_range(rule)}{_CURES.get(rule['kind'], '')}"


def _range(rule):
    """The range of a column, in words."""
    if rule["least"] and rule["most"]:
        return f" from {rule['least']} to {rule['most']}"
    return f" from {rule['least']}" if rule["least"] else f" up to {rule['most']}" if rule["most"] else ""


def _meaning(rule):
    """What a column holds, with its unit and formula."""
    unit = f"; in {rule['unit']}" if rule["unit"] else ""
    return rule["meaning"] + unit + (f" (`{rule['formula']}`)" if rule["formula"] else "")


def read(path, needs=()):
    """A table that people filled in: CSV in UTF-8, cells parted by commas, semicolons or tabs, all taken as text.

    The index is the row of the sheet, 1 for the first below the header. Rows without anything in them are passed over,
    and so are columns without a name and anything in them. The apostrophe that `write` puts in front of formulas is
    taken off. `needs` names the columns that should be there.

    Raises ValueError if it is not such a file, a quote is never closed, a row has too few or too many cells, a column
    is there twice or not at all; the message names file and row.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(f"{folder}/sheet.csv").write_text("word;theme\\n;\\npeace;talks\\n")
    ...     read(f"{folder}/sheet.csv", needs=["word"])
        word  theme
    2  peace  talks
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name} line {line}: not UTF-8; save it as CSV UTF-8.") from None
    if not text.strip(' ,;\t\r\n"'):
        raise ValueError(f"{path.name} is empty.")
    header, rows = _parsed(text, needs, path.name)
    for number, row in rows.items():
        if len(row) != len(header):
            found = f"{path.name} row {number} has {len(row)} cells where the header has {len(header)}"
            raise ValueError(f"{found}; a cell that holds the separator or a line break needs quotes.")
    frame = pd.DataFrame(list(rows.values()), list(rows), header, dtype="str")
    blank = (frame == "").all() & (frame.columns == "")
    frame = frame.loc[:, ~blank.to_numpy(bool)].map(_unescaped)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"{path.name} has the column {twice[0]!r} twice; each column needs a name of its own.")
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise ValueError(f"{path.name} lacks the columns {missing}; it has {list(frame.columns)}.")
    return frame


def write(frame, path):
    """Write a table for people: CSV that a spreadsheet opens as it is, and that `read` reads back.

    UTF-8 with the mark by which spreadsheets know it; a missing value is an empty cell. A text that a spreadsheet would
    take for a formula (it begins with =, +, -, @) gets an apostrophe in front; numbers are left alone. A file of that
    name is replaced.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pd.DataFrame({"word": ["peace", "=1"], "n": -1}), f"{folder}/sheet.csv")
    ...     Path(f"{folder}/sheet.csv").read_bytes()
    b'\\xef\\xbb\\xbf"word","n"\\r\\n"peace","-1"\\r\\n"\\'=1","-1"\\r\\n'
    """
    cells = frame.astype(object).map(_escaped).rename(columns=_escaped)
    text = cells.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    write_bytes(path, text.encode("utf-8-sig"))


def figure_csv(frame):
    """A table as the CSV of a figure, the same bytes every time: floats rounded, no cell that a spreadsheet calculates."""
    cells = significant(frame).astype(object).map(_escaped)
    return cells.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def show(frame, **names):
    """The table as a notebook shows it: without row numbers, words at the left and wrapped, columns by the names given."""
    words = "text-align: left; vertical-align: top; white-space: pre-wrap"
    named = frame.rename(columns=names).rename(columns=lambda name: str(name).replace("_", " "))
    styles = [{"selector": "th, td", "props": words}]
    from pandas.io.formats.style import Styler

    styler = Styler(named, uuid="", cell_ids=False, precision=2, na_rep="")
    return styler.hide(axis="index").set_table_styles(styles)


def write_bytes(path, content):
    """Write a file whole or not at all: beside itself under another name, then renamed.

    Whatever goes wrong on the way, a full disk or a lost current, the old file is as it was.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(f"{folder}/words.csv", b"peace")
    ...     os.listdir(folder)
    ['words.csv']
    """
    path = Path(os.path.realpath(path))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path} is read-only.")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _parsed(text, needs, name):
    """The header of a CSV file, and its rows by number, 1 for the first below the header."""
    csv.field_size_limit(2**31 - 1)  # a cell may be as long as the file
    headers = {}
    for separator in ",;\t":
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        headers[separator] = [_unescaped(cell.strip()) for cell in next(row for row in lines if any(row))]
    # The separator with which the header has the columns needed, or most columns.
    separator = max(headers, key=lambda one: (set(needs) <= set(headers[one]), len(headers[one])))
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if rows or any(row):  # empty lines above the header are no rows
                rows.append(row)
    except csv.Error as error:
        what = "a quote is opened and never closed" if "unexpected end" in str(error) else error
        raise ValueError(f"{name} {f'row {len(rows)}' if rows else 'header'}: not CSV: {what}.") from None
    return headers[separator], {n: row for n, row in enumerate(rows) if n and any(cell.strip() for cell in row)}


def _escaped(cell):
    """A text with an apostrophe in front, if a spreadsheet would calculate it or `_unescaped` would change it."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _unescaped(cell):
    """A text without the apostrophe of `_escaped`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
