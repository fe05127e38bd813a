"""The tables that pass between modules: one dictionary of their columns, one check by it.

Everything in this package takes a table and returns a table. What each column holds is written once, in
``columns.csv``; the check, the data dictionary in ``data/README.md`` and the line under a chart read it there.
"""

import csv
import hashlib
import io
import os
import shutil
import warnings
import zipfile
import zlib
from functools import cache
from itertools import chain, dropwhile
from pathlib import Path

import numpy as np
import pandas as pd
import regex

FEW = 5  # below this many hits, paragraphs or codes a figure is too small to lean on
UNRELIABLE = 10  # below this many units an interval is unreliable
NONE = "none"  # in a coding: the paragraph was read and has no theme
_UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\p{Surrogate}\p{Noncharacter_Code_Point}]")
# How a text begins that a spreadsheet would calculate; and the cure against it.
_FORMULA = regex.compile(r"[=+\-@\t\r']")
_KINDS = {"text": "text", "whole": "a whole number", "number": "a number", "flag": "true or false"}
_DTYPES = {"text": "str", "whole": "int64", "number": "float64", "flag": "bool"}
# What a file that is no such archive, or is damaged, makes its readers stumble over.
BAD = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
BAD += (ValueError, TypeError, LookupError, AttributeError)
_UNPACKED, _RATIO = 2**30, 200  # bytes of a member of an archive at most, and times the bytes packed
_SMALL = 2**20  # bytes; what is smaller may be packed to any ratio
_CURES = {"text": "; read CSV with dtype=str, keep_default_na=False", "flag": "; turn its text into true and false"}
_OWN = {"kind": "", "needed": "yes", "key": "", "least": "", "most": ""}  # the rule of a column that is the user's own
_IS = pd.api.types
_FITS = {  # kind → whether a column of a dtype holds nothing else, whether a value is of it
    "text": (lambda dtype: isinstance(dtype, pd.StringDtype), lambda value: isinstance(value, str)),
    "whole": (_IS.is_integer_dtype, lambda value: _IS.is_integer(value) and abs(value) < 2**53),
    "number": (_IS.is_any_real_numeric_dtype, lambda value: _IS.is_number(value) and not _IS.is_bool(value)),
    "flag": (_IS.is_bool_dtype, _IS.is_bool),
}


def check(frame, table, more=()):
    """The frame, if it is the table it should be.

    Its columns are there once, each value filled, of its kind and in its range, each key once, as `columns.csv` has
    it. `more` names further columns that are needed: those of the dictionary are checked alike, those of the user's
    own (section, year) for being there and filled, and for their kind, if `more` maps names to kinds.

    Raises TypeError if it is no DataFrame, ValueError if something else is wrong: one sentence with table, column, row
    (counted from 0).

    >>> check(pd.DataFrame({"document": ["a", "b"], "paragraph": ["1", None], "text": "Peace"}), "paragraphs")
    Traceback (most recent call last):
    ValueError: paragraphs: paragraph in row 1 (from 0) is missing; it should be text;
    read CSV with dtype=str, keep_default_na=False.
    """
    if not isinstance(frame, pd.DataFrame):
        inside = f"; pass its table .{table}" if hasattr(frame, table) else "; read it first" * isinstance(frame, str)
        raise TypeError(f"{table} should be a pandas DataFrame, found {type(frame).__name__}{inside}.")
    rules, kinds = dict(columns(table)), more if isinstance(more, dict) else dict.fromkeys(more, "")
    rules |= {name: _OWN | {"kind": kind} for name, kind in kinds.items() if name not in rules}
    needed = [name for name, rule in rules.items() if rule["needed"] or name in more]
    check_names([*frame.columns, *(name for name in frame.index.names if name in frame.columns)], needed, table)
    for name in needed:
        rule = rules[name]
        if (wrong := _wrong(frame[name], rule)).any():
            row = int(wrong.argmax())
            found = "missing" if frame[name].isna().iloc[row] else repr(frame[name].iloc[[row]].tolist()[0])
            should = f"it should be {_kind(rule)}" if rule["kind"] else "fill it in, or leave out these rows"
            should += _CURES.get(rule["kind"], "")
            raise ValueError(f"{table}: {name} in row {row} (from 0) is {found}; {should}.")
    keys = [name for name in needed if rules[name]["key"]]
    in_order = "position" in keys and not reading_order(frame)[1].any()  # then each word is there once
    if keys and not in_order and (repeated := frame.duplicated(keys)).any():
        row = int(repeated.argmax())
        key = ", ".join(f"{name} {frame[name].iloc[[row]].tolist()[0]!r}" for name in keys)
        raise ValueError(f"{table}: row {row} (from 0) repeats the {key} of another row; each should be there once.")
    return frame


def check_number(value, name, least=1, most=np.inf):
    """Raises an error unless an option is a whole number in its range."""
    if not _IS.is_integer(value) or not least <= value <= most:
        ends = f"from {least}" + (f" to {most}" if most < np.inf else "")
        raise ValueError(f"{name} should be a whole number {ends}, found {value!r}.")


def check_choice(value, name, choices):
    """Raises an error unless an option is one of its values."""
    if value not in choices:
        raise ValueError(f"{name} should be one of {list(choices)}, found {value!r}.")


@cache
def columns(table=None):
    """The rules of a table's columns by name, in their order; without a name, those of all tables by table."""
    rows = pd.read_csv(Path(__file__).with_name("columns.csv"), dtype=str, keep_default_na=False)
    if table is None:
        return {name: columns(name) for name in rows["table"].drop_duplicates()}
    return {row["column"]: row for row in rows[rows["table"] == table].to_dict("records")}


def empty(table):
    """A table of the dictionary without rows."""
    return pd.DataFrame({name: pd.array([], _DTYPES[rule["kind"]]) for name, rule in columns(table).items()})


def significant(frame):
    """The frame, its floats rounded to six significant digits: more differ between processors, bytes must not."""
    rounded = frame.copy()
    for name in frame.columns[[_IS.is_float_dtype(dtype) for dtype in frame.dtypes]]:
        values = frame[name].to_numpy(float, na_value=np.nan)
        rounded[name] = [x if x.is_integer() else float(f"{x:.6g}") for x in values]
    return rounded


def printable(text):
    """A text as SVG, HTML and CSV can hold it, as long as before: what no file of text can hold is �."""
    return _UNPRINTABLE.sub("\ufffd", text).replace("\r", "\n")


def as_text(values):
    """A column as it stands in a file: text, empty where a value is missing."""
    return values.astype(object).where(values.notna(), "").map(str)


def dictionary():
    """The data dictionary in Markdown, one section a table, as ``data/README.md`` holds it."""
    parts = []
    for table, rules in columns().items():
        parts += [f"### {table}", "", "| column | kind | what it holds |", "|---|---|---|"]
        parts += [f"| `{name}` | {_kind(rule)} | {_meaning(rule)} |" for name, rule in rules.items()] + [""]
    return "\n".join(parts)


def begins(frame, keys):
    """Which rows have other keys than the row before."""
    fresh = np.arange(len(frame)) == 0
    for key in keys:
        code = frame[key].astype("category").cat.codes.to_numpy()
        fresh[1:] |= code[1:] != code[:-1]
    return fresh


def reading_order(words):
    """Of running words, where each paragraph begins, and which go back: to a paragraph or position that was before."""
    keys, position, back = ["document", "paragraph"], words["position"].to_numpy(), np.zeros(len(words), bool)
    fresh = begins(words, keys)
    back[1:] = ~fresh[1:] & (position[1:] <= position[:-1])
    back[fresh] = words.loc[fresh, keys].duplicated()
    return fresh, back


def ten(mistakes):
    """The first ten mistakes, each on a line, and how many more there are."""
    return "\n".join(mistakes[:10] + [f"And {len(mistakes) - 10} more mistakes."] * (len(mistakes) > 10))


def check_names(names, needed, what):
    """Raises an error unless each of the columns needed is there, and each once."""
    if missing := [name for name in needed if name not in names]:
        cure = "; others come with corpus.read(…, metadata=…)" if what in ("tokens", "paragraphs") else ""
        raise ValueError(f"{what} lacks the columns {missing}; it has {names}{cure}.")
    if twice := [name for name in names if names.count(name) > 1]:
        cure = "each needs its own name" if twice[0] else "the first row should name the columns"
        raise ValueError(f"{what} has the column {twice[0]!r} twice (an index counts too); {cure}.")


def _wrong(values, rule):
    """Which values are missing though needed, not of their kind, or out of range."""
    if isinstance(values.dtype, pd.CategoricalDtype):  # each different value is looked at once
        of_names, code = _wrong(values.cat.categories.to_series(), rule), values.cat.codes.to_numpy()
        if not of_names.any() and code.min(initial=0) >= 0:
            return np.zeros(len(code), bool)
        return np.append(of_names, rule["needed"] != "there")[code]  # the code of a missing one is -1
    absent = values.isna().to_numpy(bool)
    wrong = absent & (rule["needed"] != "there")
    nothing_else, fits = _FITS.get(rule["kind"], (bool, None))
    if not nothing_else(values.dtype):
        wrong |= ~absent & ~np.fromiter(map(fits, values), bool, len(values))
    if rule["kind"] in ("whole", "number") and not wrong.any():
        plain = values.dtype.kind in "iu" and isinstance(values.dtype, np.dtype)
        numbers = values.to_numpy() if plain else values.to_numpy(float, na_value=np.nan)
        least, most = float(rule["least"] or "-inf"), float(rule["most"] or "inf")
        if len(numbers) and not (least <= numbers.min() and numbers.max() <= most and numbers.max() < np.inf):
            wrong |= np.isinf(numbers) | (numbers < least) | (numbers > most)
    return wrong


def _kind(rule):
    """Kind and range of a column, in words."""
    ends = [f" {word} {rule[end]}" for word, end in (("from", "least"), ("to", "most")) if rule[end]]
    return _KINDS[rule["kind"]] + "".join(ends)


def _meaning(rule):
    """What a column holds, with its unit and formula."""
    unit = f"; in {rule['unit']}" if rule["unit"] else ""
    return rule["meaning"] + unit + (f" (`{rule['formula']}`)" if rule["formula"] else "")


def decoded(path):
    """The text of a file in UTF-8, with or without a byte order mark."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}{' (a folder is)' * path.is_dir()}, seen from {Path.cwd()}.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name} line {line}: not UTF-8; save it as UTF-8 (CSV UTF-8 in Excel).") from None


def read(path, needs=()):
    """A table that people filled in: CSV in UTF-8, cells divided by commas, semicolons or tabs, or .xlsx; all is text.

    The index is the row of the sheet, 1 for the first below the header. Rows without anything in them are ignored,
    and so are columns without a name and anything in them. The apostrophe that `write` puts in front of formulas is
    taken off. Of .xlsx the first sheet is read, of formulas what they last gave. `needs` names the columns that should
    be there.

    Raises ValueError if it is not such a file, a quote is never closed, a row has too few or too many cells, a column
    is there twice or not at all; the message names file and row.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(f"{folder}/sheet.csv").write_text("word;theme\\n;\\npeace;talks\\n")
    ...     read(f"{folder}/sheet.csv", needs=["word"])
        word  theme
    2  peace  talks
    """
    name = Path(path).name
    text = _as_csv(path) if name.lower().endswith(".xlsx") else decoded(path)
    if not text.strip(' ,;\t\r\n"'):
        raise ValueError(f"{name} is empty.")
    header, rows = _parsed(text, needs, name)
    tabs = "\t" in text.partition("\n")[0]
    for number, row in rows.items():
        if len(row) != len(header):
            found = f"{name} row {number} has {len(row)} cells where the header has {len(header)}"
            raise ValueError(f"{found}; a cell that holds the separator or a line break needs quotes.")
        if tabs and any("\t" in cell and "\n" in cell for cell in row):
            raise ValueError(f"{name} row {number}: a quotation mark takes in the rows after it; write it twice.")
    frame = pd.DataFrame([[_unescaped(cell) for cell in row] for row in rows.values()], list(rows), header, dtype="str")
    frame = frame.loc[:, ((frame != "").any() | (frame.columns != "")).to_numpy(bool)]
    check_names(list(frame.columns), needs, name)
    return frame


def write(frame, path):
    """Write a table for people: CSV that a spreadsheet opens as it is, and that `read` reads back.

    UTF-8 with the mark by which spreadsheets know it; a missing value is an empty cell. A text that a spreadsheet would
    take for a formula (it begins with =, +, -, @) gets an apostrophe in front; numbers are left alone. Where the name
    ends in .xlsx, the same, each cell as text. A file of that name is replaced.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pd.DataFrame({"word": ["peace", "=1"], "n": -1}), f"{folder}/sheet.csv")
    ...     Path(f"{folder}/sheet.csv").read_bytes()
    b'\\xef\\xbb\\xbf"word","n"\\r\\n"peace","-1"\\r\\n"\\'=1","-1"\\r\\n'
    """
    cells = frame.astype(object).map(_escaped).rename(columns=_escaped)
    if Path(path).suffix.lower() == ".xlsx":
        return write_bytes(path, _as_xlsx(cells, Path(path).name))
    write_bytes(path, cells.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n").encode("utf-8-sig"))


def figure_csv(frame):
    """A table as the CSV of a figure, the same bytes every time: floats rounded, no cell that a spreadsheet runs."""
    cells = significant(frame).astype(object).map(lambda one: _escaped(printable(one) if isinstance(one, str) else one))
    return cells.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def show(frame, **names):
    """The table as a notebook shows it: without row numbers, words at the left and wrapped, columns by names given."""
    from IPython.display import HTML
    from pandas.io.formats.style import Styler

    named = frame.rename(columns=names).rename(columns=lambda name: str(name).replace("_", " "))
    words = {"selector": "th, td", "props": "text-align: left; vertical-align: top; white-space: pre-wrap"}
    content = hashlib.sha256(significant(frame).to_csv().encode()).hexdigest()  # else its id is drawn at random
    styler = Styler(named, uuid=content, uuid_len=8, cell_ids=False, precision=2, na_rep=" ")
    return HTML(styler.hide(axis="index").set_table_styles([words]).to_html())


def write_bytes(path, content):
    """Write a file whole or not at all: beside itself under another name, then renamed.

    Whatever goes wrong on the way, a full disk or a power cut, the old file is as it was.

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
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} into.")
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


def open_archive(file, name):
    """A .zip (path or open file) as a `ZipFile`, if it is one and isn't made to fill the memory."""
    try:
        found = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"{name} is no archive, or a damaged one ({error}). Get the file anew.") from None
    for one in found.infolist():
        packed = max(one.compress_size, 1)
        if one.flag_bits & 1:
            raise ValueError(f"{name}: {one.filename} is encrypted. Unpack it with its password and read the folder.")
        if one.file_size > _UNPACKED or (one.file_size > _SMALL and one.file_size > _RATIO * packed):
            size = f"{one.file_size / 2**20:,.0f} MB, {one.file_size // packed:,} times what it is packed"
            raise ValueError(f"{name}: {one.filename} would unpack to {size}. It is not read: such archives do harm.")
    return found


def unpacked(archive, member, name):
    """A member's bytes, no more than the archive declares."""
    try:
        with archive.open(member) as file:
            return file.read()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise ValueError(f"{name}: {member} is damaged ({error}). Get the file anew.") from None


def _parsed(text, needs, name):
    """The header of a CSV file, and its rows by number, 1 for the first below the header."""
    csv.field_size_limit(2**31 - 1)  # a cell may be as long as the file
    named = regex.match(r"sep=([,;\t])\r?\n", text)  # a first line by which a spreadsheet is told the separator
    text = text[named.end() :] if named else text

    def lines(separator, **how):
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, **how)

    separators = named[1] if named else ",;\t"
    headers = {one: [_unescaped(cell.strip()) for cell in next(filter(any, lines(one)))] for one in separators}
    # The separator with which the header has the columns needed, or most columns.
    separator = max(headers, key=lambda one: (set(needs) <= set(headers[one]), len(headers[one])))
    rows = []
    try:
        for row in dropwhile(lambda row: not any(row), lines(separator, strict=True)):  # empty ones above the header
            rows.append(row)
    except csv.Error as error:
        what = "a quote is opened and never closed" if "unexpected end" in str(error) else f"{error} (write it twice)"
        raise ValueError(f"{name} {f'row {len(rows)}' if rows else 'header'}: not CSV: {what}.") from None
    return headers[separator], {n: row for n, row in enumerate(rows) if n and any(cell.strip() for cell in row)}


def _as_csv(path):
    """The first sheet of an .xlsx as the text of a CSV file."""
    from openpyxl import load_workbook

    name = Path(path).name
    open_archive(path, name)
    try:
        sheet, *others = load_workbook(path, data_only=True).worksheets
    except (*BAD, SyntaxError) as error:  # which errors of XML are
        raise ValueError(f"{name} can't be read as .xlsx ({error}); save it anew, or as CSV.") from None
    if merged := [str(cells) for cells in sheet.merged_cells.ranges if cells.size["rows"] > 1]:
        raise ValueError(f"{name} has cells merged over rows ({merged[0]}): unmerge them, and fill in each.")
    formulas, told = load_workbook(path).worksheets[0], [f"sheet {one.title!r} not read" for one in others if any(one)]
    told += [f"row {row} hidden, but read" for row, look in sheet.row_dimensions.items() if look.hidden]
    told += [f"{cell.coordinate} is {cell.value}" for cell in chain(*sheet) if cell.data_type == "e"]
    never = [cell.coordinate for cell in chain(*formulas) if cell.data_type == "f"]
    told += [f"the formula in {one} has no value yet" for one in never if sheet[one].value is None]
    if told:
        warnings.warn(f"{name}: {'; '.join(told[:5])}{' …' * (len(told) > 5)}.", stacklevel=4)
    csv.writer(text := io.StringIO(newline=""), quoting=csv.QUOTE_ALL).writerows(map(_shown, row) for row in sheet)
    return regex.sub(r'"(\d{4}-\d\d-\d\d) 00:00:00"', r'"\1"', text.getvalue())  # as days without a time are kept


def _shown(cell):
    """What a cell holds; of whole numbers with a format of zeros only (000) as many digits: codes of countries."""
    form = str(getattr(cell, "number_format", ""))
    return f"{cell.value:0{len(form)}}" if type(cell.value) is int and not form.strip("0") else cell.value


def _as_xlsx(cells, name):
    """A table as .xlsx: all cells are text, so that no spreadsheet takes them for formulas, numbers or dates."""
    from openpyxl import Workbook

    book = Workbook()
    for number, row in enumerate([list(cells), *cells.apply(as_text).values.tolist()]):
        for column, text in enumerate(row, start=1):
            if len(text) > 32_767 or _UNPRINTABLE.search(text):
                found = f"{name} row {number}: {text[:20]!r} … is too long for a cell of .xlsx, or has a sign that it"
                raise ValueError(f"{found} can't hold; save it as .csv.")
            cell = book.active.cell(number + 1, column, text)
            cell.data_type, cell.number_format = "s", "@"
    book.save(file := io.BytesIO())
    return file.getvalue()


def _escaped(cell):
    """A text with an apostrophe in front, if a spreadsheet would calculate it or `_unescaped` would change it."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _unescaped(cell):
    """A text without the apostrophe of `_escaped`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
