"""Documents → tables of paragraphs, notes, and of where every character went."""

import hashlib
import os
import warnings
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import regex

from analysis import keys, structure, tables
from analysis.readers import READERS
from analysis.readers.plain import decode
from analysis.span_places import coverage, passages, with_text
from analysis.spans import cut

__all__ = ["Corpus", "coverage", "passages", "read", "with_text"]

_DAMAGED = regex.compile(r"\ufffd|â€[\x80-\u2122]|Ã[\x80-\xbf]")
_TOLD = [  # problems that warn; the others are only listed
    "gap",
    "repeat",
    "restart",
    "return",
    "unsure",
    "second numbering",
    "no numbers",
    "damaged characters",
    "not read",
]


class Corpus(NamedTuple):
    """The tables one reading gives; `tables.COLUMNS` says what their columns hold."""

    documents: pd.DataFrame
    paragraphs: pd.DataFrame
    spans: pd.DataFrame
    notes: pd.DataFrame
    problems: pd.DataFrame


def read(path):
    """Read a document, or a folder of documents, into tables.

    Markdown (``.md``, ``.markdown``) and plain text (``.txt``, ``.text``), in
    UTF-8. In a folder every such file below it is read, in order of its name;
    names that begin with a dot are left alone.

    Parameters
    ----------
    path : str or Path
        A file or a folder.

    Returns
    -------
    Corpus
        `documents`, `paragraphs`, `spans`, `notes` and `problems`. `problems`
        lists what a reader should know of: gaps, repeats and restarts of the
        numbering, numbers that were passed over, notes and marks that don't
        find each other, files of a folder that could not be read.

    Raises
    ------
    TypeError
        If `path` is no path.
    FileNotFoundError
        If there is nothing at `path`.
    ValueError
        If `path` or the file is empty, or it is binary, not UTF-8 or of another
        format; or if the folder holds no file that can be read.

    Warns
    -----
    UserWarning
        Once for each document whose numbering has gaps, repeats, restarts or
        doubts, or that has no numbered paragraphs, or damaged characters; and
        once for each file of a folder not read.

    Notes
    -----
    Nothing is lost: every character that is not white space lies in exactly one
    row of `spans`, which `coverage` shows. A paragraph's text is put together
    from its spans: ``text[text_start : text_start + end - start]`` is what the
    document has from ``start`` to ``end``; between two spans stands a space, a
    line break or nothing.

    Examples
    --------
    >>> workshop = read("data/documents/cairo-workshop-2016.md")
    >>> workshop.paragraphs.loc[13, ["paragraph", "number", "section"]].tolist()
    ['14', '14.', 'The Primacy of Politics: Conflict Prevention, Management and Resolution']
    >>> workshop.paragraphs.loc[13, "text"][:47]
    'Participants opined that there is a pressing ne'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path should name a file or a folder, found {path!r}.")
    if path == "":
        raise ValueError("path is empty: name a file or a folder.")
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {path}.")
    if path.is_dir():
        return _read_folder(path)
    return _gather([_read_file(path, _readable(path.name), keys.slug(_readable(path.stem)))], [])


def _read_folder(folder):
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if (file.is_file() or _dangling(file))
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    if not files:
        raise ValueError(f"The folder {folder} holds no files.")
    sources = [_readable(file.relative_to(folder).as_posix()) for file in files]
    names = keys.of_documents([_readable(file.stem) for file in files], sources)
    found, refused = [], []
    for file, source, name in zip(files, sources, names, strict=True):
        try:
            found.append(_read_file(file, source, name))
        except ValueError as error:
            refused.append((name, source, pd.NA, pd.NA, "not read", str(error)))
    if not found:
        reasons = " ".join(detail for *_, detail in refused)
        raise ValueError(f"No file in {folder} could be read. {reasons}")
    return _gather(found, refused)


def _dangling(path):
    """A link to nothing."""
    return path.is_symlink() and not path.exists()


def _readable(name):
    """A file name that can be written as UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _read_file(path, source, document):
    """One document's rows for each table."""
    if _dangling(path):
        raise ValueError(f"{source} is a link to a file that is not there.")
    if path.suffix.lower() not in READERS:
        known = ", ".join(READERS)
        raise ValueError(f"{source} has the suffix {path.suffix!r}; files that can be read end in {known}.")
    if not path.is_file():
        raise ValueError(f"{source} is neither a file nor a folder.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{source} cannot be opened: {error.strerror}.") from None
    text = decode(data, source)
    lines = READERS[path.suffix.lower()](text)
    found = structure.parse(text, lines)
    paragraph_keys, note_keys = keys.of_paragraphs(found.paragraphs), keys.of_notes(found.notes)
    spans, texts = cut(text, lines, found)
    sections = texts["heading"]
    paragraphs = [
        (
            document,
            key,
            printed,
            order,
            None if heading is None else sections.get(heading),
            texts["paragraph"].get(order - 1, ""),
        )
        for order, (key, (printed, _, heading)) in enumerate(
            zip(paragraph_keys, found.paragraphs, strict=True), start=1
        )
    ]
    rows = [
        (
            document,
            start,
            end,
            kind,
            None if paragraph is None else paragraph_keys[paragraph],
            None if note is None else note_keys[note],
            text_start,
            reason,
        )
        for start, end, kind, paragraph, note, text_start, reason in spans
    ]
    bearing = {row[5]: row[4] for row in reversed(rows) if row[3] == "note mark" and row[4] is not None}
    notes = [(document, key, bearing.get(key), texts["note"].get(k, "")) for k, key in enumerate(note_keys)]
    problems = [
        (document, source, line, None if place is None else paragraph_keys[place], problem, detail)
        for line, place, problem, detail in found.problems
    ]
    if not any(printed for printed, _, _ in found.paragraphs):
        detail = f"no numbered paragraphs: read as {len(paragraphs)} unnumbered ones"
        problems.insert(0, (document, source, 1, None, "no numbers", detail))
    for number, line in enumerate(text.split("\n"), start=1):
        if damaged := _DAMAGED.search(line):
            detail = f"{damaged[0]!r}: the text was saved in a wrong encoding before"
            problems.append((document, source, number, None, "damaged characters", detail))
    head = [
        text[line.start : line.end].strip("#*_ ")
        for line, role in zip(lines, found.roles, strict=True)
        if role.kind == "front matter"
    ]
    row = (document, _title(head) or _readable(path.stem), source, hashlib.sha256(data).hexdigest(), text)
    return row, paragraphs, rows, notes, problems


def _title(head):
    """The first line of the front matter, and up to two more before one with a number in it (a date, a symbol)."""
    dated = next((i for i, line in enumerate(head) if i and regex.search(r"\d", line)), len(head))
    return " ".join(head[:dated][:3])


def _gather(found, refused):
    """Rows of all documents → a Corpus, with a warning for what a reader should know of."""
    tables_of = [list(rows) for rows in zip(*found, strict=True)]
    documents = tables_of[0]
    rest = [[row for rows in part for row in rows] for part in tables_of[1:]]
    made = [_frame(name, rows) for name, rows in zip(Corpus._fields, [documents, *rest], strict=True)]
    corpus = Corpus(*made[:-1], pd.concat([made[-1], _frame("problems", refused)], ignore_index=True))
    _warn(corpus.problems)
    return corpus


def _frame(table, rows):
    columns = list(tables.COLUMNS[table])
    frame = pd.DataFrame(rows, columns=columns)
    whole = {"start", "end", "order"}
    return frame.astype(
        {name: "Int64" if name in ("text_start", "line") else "int64" if name in whole else "str" for name in columns}
    )


def _warn(problems):
    """One warning per document, naming the first of its problems."""
    told = problems[problems["problem"].isin(_TOLD)]
    for source, rows in told.groupby("source", sort=False):
        first = rows.iloc[0]
        line = "" if pd.isna(first["line"]) else f" line {first['line']}"
        more = f" And {len(rows) - 1} more." if len(rows) > 1 else ""
        warnings.warn(
            f"{source}{line}: {first['problem']}: {first['detail']}.{more} See the table `problems`.", stacklevel=4
        )
