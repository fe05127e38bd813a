"""Tables of texts (CSV, .tsv, .xlsx, Parquet): each row is a paragraph of a document, or a document."""

import hashlib
import warnings

import pandas as pd

from analysis import tables
from analysis.readers import blocks, plain

SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
_LONG = 40  # characters; shorter paragraphs may return ("The meeting rose.")
# By these names a table's columns are known, the first that is there, if none is said.
_CALLED = {"text": ["text", "body", "content", "speech"]}
_CALLED |= {"document": ["document", "doc", "doc_id", "document_id", "symbol", "filename", "file"]}
_CALLED |= {"number": ["number", "prefix", "paragraph_number", "paragraph", "para"]}


def read(path, **columns):
    """What `source` takes, for each document of a table; and a table of what is told of them.

    Where a name returns in the column `document`, or `number` is given, the rows are paragraphs; else documents.
    """
    frame = _frame(path)
    text, document, number = (_column(frame, what, columns, path.name) for what in _CALLED)
    if text is None:
        raise ValueError(f"{path.name}: which column is the text? Say text=…, one of {[str(it)[:60] for it in frame]}.")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    told = frame.drop(columns=[name for name in (text, document, number) if name])
    texts = tables.as_text(frame[text]).str.strip()
    labels = tables.as_text(frame[number]) if number else pd.Series("", frame.index)
    if labels[labels != ""].str.fullmatch(r"\d+\.0").all():  # whole numbers, as pandas has them where one is missing
        labels = labels.str.removesuffix(".0")
    if str(number).lower() in ("paragraph", "para") and not labels.str.match(r"\d").all():
        labels[:] = ""  # names of its own, as PP1
    each = [path.stem if columns["number"] else f"{path.stem} {row}" for row in frame.index]
    names = pd.Series(tables.as_text(frame[document]) if document else each, frame.index).str.strip()
    for row in names.index[names == ""]:
        raise ValueError(f"{path.name} row {row}: {document} is blank; fill it in, or leave out the row.")
    by_row = not columns["number"] and not names.duplicated().any()
    if by_row and number:
        warnings.warn(f"{path.name}: left out, as each row is a document: {number}.", stacklevel=4)
    if not by_row:  # only what is the same in all rows of a document is said of it
        same = (told.groupby(names).nunique(dropna=False) == 1).all()
        if varied := ", ".join(map(str, same.index[~same])):
            warnings.warn(f"{path.name}: left out, as not the same in all rows of a document: {varied}.", stacklevel=4)
        told = told.loc[:, same]
    rows = names.groupby(names, sort=False).groups
    found = [(path.name, name, [*texts[own]], None if by_row else [*labels[own]], sha256) for name, own in rows.items()]
    return found, told.loc[[own[0] for own in rows.values() if texts[own].any()]].reset_index(drop=True)


def source(table, name, texts, labels, sha256):
    """(place, document, its `plain.Source` and the table's SHA-256, or why it can't be read)."""
    place = f"{table}: {name}"
    if not any(texts):
        return place, name, f"{table}: {name!r} has no text."
    if labels is None:
        content = texts[0].replace("\r\n", "\n").replace("\r", "\n")
        return place, name, (plain.Source(content, plain.lines(content), (), {"title": name}, cell=True), sha256)
    facts = {"opens": True, "heading": None}
    rows = zip(texts, labels, strict=True)
    own = [blocks.Block([(said, None, None)], label, facts=facts) for said, label in rows if said or label]
    seen = pd.Series([block.pieces[0][0] for block in own])
    again = seen.index[seen.duplicated() & (seen.str.len() > _LONG) & (not any(labels))]
    told = [(2 * n + 1, "repeat", "this row has the words of one before: is it there twice?") for n in again]
    return place, name, (blocks.source(own, {"title": name}, name)._replace(told=tuple(told)), sha256)


def _frame(path):
    """The table, its rows named from 1."""
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else tables.read(path)
    except (ValueError, OSError) as error:  # pyarrow's errors are both
        told = str(error).splitlines()[0]
        raise ValueError(told if path.name in told else f"{path.name} is no table: {told}.") from None
    if frame.empty:
        raise ValueError(f"{path.name} is empty: there is nothing to read.")
    if path.suffix.lower() == ".parquet":  # a column may be its index
        frame = frame.reset_index([name for name in frame.index.names if name]).set_axis(range(1, len(frame) + 1))
    return frame


def _column(frame, what, columns, name):
    """The column that holds this, as is said or by its name."""
    given = columns[what]
    if given is not None and given not in frame.columns:
        raise ValueError(f"{name} has no column {given!r} for {what}; it has {list(frame.columns)}.")
    called = {str(column).lower(): column for column in frame.columns.difference(columns.values(), sort=False)}
    alike = [called[one] for one in _CALLED[what] if one in called]
    return given or (alike[0] if alike and (what != "text" or len(alike) == 1) else None)
