"""Tables of texts (CSV, Parquet): each row is a paragraph of a document, or a document."""

import hashlib

import pandas as pd

from analysis import tables
from analysis.readers import blocks, plain

SUFFIXES = (".csv", ".parquet")
_CALLED = {
    "text": ["text", "body", "content", "speech"],
    "document": ["document", "doc", "doc_id", "document_id", "symbol", "filename", "file"],
    "number": ["number", "prefix", "paragraph_number"],
}  # by these names a table's columns are known, if none is said


def read(path, **columns):
    """(place, document, its `plain.Source` and the table's SHA-256, or why it can't be read); and a table of what is told.

    Of a column `document` in which a name returns, the rows are paragraphs; otherwise each row is a document.
    """
    frame = _frame(path)
    text, document, number = (_column(frame, what, columns[what], path.name) for what in _CALLED)
    if text is None:
        raise ValueError(f"{path.name}: which column is the text? Say text=…, one of {list(frame.columns)}.")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    told = frame.drop(columns=[name for name in (text, document, number) if name])
    texts = tables.as_text(frame[text]).str.strip()
    labels = tables.as_text(frame[number]) if number else pd.Series("", frame.index)
    names = tables.as_text(frame[document]) if document else [f"{path.stem} {row}" for row in frame.index]
    names = pd.Series(names, frame.index).str.strip()
    for row in names.index[names == ""]:
        raise ValueError(f"{path.name} row {row}: {document} is blank; fill it in, or leave out the row.")
    by_row = not names.duplicated().any()
    if not by_row:  # only what is the same in all rows of a document is said of it
        told = told.loc[:, (told.groupby(names).nunique(dropna=False) == 1).all()]
    found, read = [], []
    for name, rows in names.groupby(names, sort=False).groups.items():
        if not texts[rows].any():
            found.append((f"{path.name}: {name}", name, f"{path.name}: {name!r} has no text."))
            continue
        if by_row:
            content = texts[rows[0]].replace("\r\n", "\n").replace("\r", "\n")
            source = plain.Source(content, plain.lines(content), (), {"title": name})
        else:
            pairs = zip(texts[rows], labels[rows], strict=True)
            facts = {"opens": True, "heading": None}
            own = [blocks.Block([(said, None, None)], label, facts=facts) for said, label in pairs if said or label]
            source = blocks.source(own, {"title": name}, name)
        found.append((f"{path.name}: {name}", name, (source, sha256)))
        read.append(rows[0])
    return found, told.loc[read].reset_index(drop=True)


def _frame(path):
    """The table, its rows named from 1."""
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else tables.read(path)
    except (ValueError, OSError) as error:  # pyarrow's errors are both
        told = str(error).splitlines()[0]
        raise ValueError(told if path.name in told else f"{path.name} is no table: {told}.") from None
    if frame.empty:
        raise ValueError(f"{path.name} is empty: there is nothing to read.")
    return frame.set_axis(range(1, len(frame) + 1)) if path.suffix.lower() == ".parquet" else frame


def _column(frame, what, given, name):
    """The column that holds this, by its name."""
    if given is not None and given not in frame.columns:
        raise ValueError(f"{name} has no column {given!r} for {what}; it has {list(frame.columns)}.")
    alike = [column for column in frame.columns if str(column).lower() in _CALLED[what]]
    return given or (alike[0] if len(alike) == 1 else None)
