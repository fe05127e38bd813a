"""Documents → tables of their texts, and of where every character went."""

import os
import warnings
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex

from analysis import readers, structure, tables

_DAMAGED = regex.compile(r"\ufffd|â€[\x80-\u2122]|Ã[\x80-\xbf]")
_SYMBOL = regex.compile(r"[A-Z]{1,5}(?:/[\w.]+(?:\([\w.]+\))?)+")
_LISTED_ONLY = ["passed over", "mark without note", "note without mark"]  # the other problems warn


class Corpus(NamedTuple):
    """The tables that one reading gives."""

    documents: pd.DataFrame
    texts: pd.DataFrame  # paragraphs, headings, notes and front matter
    spans: pd.DataFrame
    problems: pd.DataFrame

    @property
    def paragraphs(self):
        """The texts that are paragraphs."""
        rows = self.texts[self.texts["kind"] == "paragraph"]
        return rows[list(tables.columns("paragraphs"))].reset_index(drop=True)


def read(path):
    """Read a document, or a folder of documents, into tables.

    Markdown (``.md``, ``.markdown``) and plain text (``.txt``, ``.text``), in UTF-8. In a folder every file below it is
    read, in order of its name; names that begin with a dot are left alone.

    Gives a `Corpus` of `documents`, `texts` (paragraphs, headings, notes, lines of front matter, in the order in which
    they begin), `spans` and `problems`; its `paragraphs` are the texts of this kind. Nothing is lost: every character that
    is not white space lies in exactly one row of `spans`, which `coverage` shows. A text is put together from its spans:
    ``text[text_start : text_start + end - start]`` is what the document has from ``start`` to ``end``; between two spans
    stands a space, a line break or nothing. `problems` lists gaps, repeats and restarts of the numbering, numbers that
    were passed over, notes and marks that don't find each other, damaged characters, files of a folder not read; each
    document with any of these, except numbers passed over and notes, gives a warning.

    Raises FileNotFoundError if nothing is there, ValueError if a file is empty, binary, not UTF-8 or of another format, or
    a folder holds none that can be read.

    >>> workshop = read("data/documents/cairo-workshop-2016.md")
    >>> workshop.paragraphs.loc[13, ["paragraph", "number", "section"]].tolist()
    ['14', '14.', 'The Primacy of Politics: Conflict Prevention, Management and Resolution']
    >>> workshop.texts["kind"].value_counts(sort=False).to_dict()
    {'front matter': 4, 'heading': 9, 'paragraph': 40, 'note': 6}
    """
    if not os.fspath(path):
        raise ValueError("path is empty: name a file or a folder.")
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {path}.")
    if path.is_dir():
        found, refused = _read_folder(path)
    else:
        found, refused = [_read_file(path, _readable(path.name), _slug(_readable(path.stem)))], []
    parts = [[row for of_document in found for row in of_document[name]] for name in Corpus._fields]
    corpus = Corpus(*map(_table, Corpus._fields, [*parts[:-1], parts[-1] + refused]))
    _warn(corpus.problems)
    return corpus


def elsewhere(data):
    """The documents that evidence lies in and that are not here, as ``elsewhere.csv`` in the folder `data` lists them.

    One row per document: `document`, `title`, `source` (where it is to be found); no rows where there is no such file.
    A `document` that ends in ``.csv`` stands for a collection: a table in the same folder whose column `document` lists
    the documents of this title and source.

    Raises ValueError naming file and row if a document has no name or is listed twice, or a collection is not there.

    >>> elsewhere("data").set_index("document").loc[["A_RES_60_287", "PHL_34_1979"], "title"].tolist()
    ['A/RES/60/287, The Peacebuilding Fund', 'UN General Debate Corpus, version 13, speeches of 1970–1999']
    >>> len(elsewhere("no such folder"))
    0
    """
    path, needs, found = Path(data) / "elsewhere.csv", ["document", "title", "source"], {}
    listed = tables.read(path, needs) if path.is_file() else pd.DataFrame(columns=needs)
    for row in listed[needs].itertuples():
        documents = {row.document: f"{path.name} row {row.Index}"}
        if row.document.endswith(".csv"):
            if not (collection := Path(data) / row.document).is_file():
                raise ValueError(f"{path.name} names the collection {row.document}, which is not in {data}.")
            names = tables.read(collection, ["document"])["document"].drop_duplicates()
            documents = {name: f"{row.document} row {number}" for number, name in names.items()}
        for document, where in documents.items():
            if not document.strip():
                raise ValueError(f"{where}: document is blank; fill it in.")
            if document in found:
                raise ValueError(f"{where}: the document {document!r} is listed already; list each once.")
            found[document] = {"document": document, "title": row.title, "source": row.source}
    return pd.DataFrame(found.values(), columns=needs, dtype="str")


def coverage(corpus):
    """How many characters of each document went where.

    One row per document, kind and reason: `n_spans`, and `characters` without white space. The kinds ``in no span`` and
    ``in two spans`` are always there, and are 0.

    >>> counted = coverage(read("data/documents/cairo-workshop-2016.md"))
    >>> counted.loc[counted["kind"].str.startswith("in "), "characters"].tolist()
    [0, 0]
    """
    tables.check(corpus.documents, "documents")
    spans = tables.check(corpus.spans, "spans")
    counted = []
    for document, text in zip(corpus.documents["document"], corpus.documents["text"], strict=True):
        own = spans[spans["document"] == document]
        if (own["start"] > own["end"]).any() or (own["end"] > len(text)).any():
            raise ValueError(f"spans: one of {document!r} ends before it starts, or past its {len(text):,} characters.")
        solid = np.array([not letter.isspace() for letter in text])
        before = np.append(0, np.cumsum(solid))  # characters before each place
        begin, end = (np.bincount(own[name], minlength=len(text) + 1) for name in ("start", "end"))
        n_spans_over = np.cumsum(begin - end)[:-1][solid]
        own = own.assign(characters=before[own["end"]] - before[own["start"]], reason=own["reason"].fillna(""))
        kinds = own.groupby(["kind", "reason"])["characters"].agg(n_spans="size", characters="sum").reset_index()
        for kind, wrong in [("in no span", n_spans_over == 0), ("in two spans", n_spans_over > 1)]:
            kinds.loc[len(kinds)] = [kind, "", 0, wrong.sum()]
        counted.append(kinds.assign(document=document))
    return pd.concat(counted, ignore_index=True)[["document", "kind", "reason", "n_spans", "characters"]]


def passages(spans):
    """Where each span is to be looked up: evidence for a figure of spans, with all their columns.

    Spans of words have their place in a text (`document`, `paragraph`, `start`, `end`); for all others `paragraph` is
    missing, and `start` and `end` count in ``documents.text`` as before.

    >>> spans = read("data/documents/cairo-workshop-2016.md").spans
    >>> passages(spans[spans["kind"] == "heading"])[["paragraph", "start", "end"]].values.tolist()[3]
    ['heading 4', 0, 9]
    """
    tables.check(spans, "spans")
    inside = spans["text_start"].notna()
    start = spans["text_start"].fillna(spans["start"]).astype("int64")
    end = start + spans["end"] - spans["start"]
    return spans.assign(paragraph=spans["paragraph"].where(inside), start=start, end=end)


def _read_folder(folder):
    """The documents below a folder, and problems for the files that are none."""
    files = [file for file in sorted(folder.rglob("*")) if not file.is_dir()]
    files = [file for file in files if "/." not in f"/{file.relative_to(folder).as_posix()}"]
    if not files:
        raise ValueError(f"The folder {folder} holds no files.")
    sources = [_readable(file.relative_to(folder).as_posix()) for file in files]
    names = _names([_readable(file.stem) for file in files], sources)
    found, refused = [], []
    for file, source, name in zip(files, sources, names, strict=True):
        try:
            found.append(_read_file(file, source, name))
        except ValueError as error:
            refused.append({"document": name, "source": source, "problem": "not read", "detail": str(error)})
    if not found:
        reasons = " ".join(problem["detail"] for problem in refused)
        raise ValueError(f"No file in {folder} could be read. {reasons}")
    return found, refused


def _names(stems, sources):
    """A short name for each document, by its file; by its path where two files have the same."""
    slugs = [_slug(stem) for stem in stems]
    times, names = Counter(slugs), {}  # names in order, each once
    for slug, source in zip(slugs, sources, strict=True):
        name = slug if times[slug] == 1 else _slug(source)
        names[name if name not in names else f"{name}-{len(names) + 1}"] = source
    return list(names)


def _slug(name):
    """Lower case, words joined by hyphens."""
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", name.lower()).strip("-") or "document"


def _readable(name):
    """A file name that can be written as UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _read_file(path, source, document):
    """One document's rows for each table."""
    text, lines, sha256 = readers.read(path, source)
    texts, spans, problems = structure.parse(text, lines)
    for number, line in enumerate(text.split("\n"), start=1):
        if damaged := _DAMAGED.search(line):
            detail = f"{damaged[0]!r}: the text was saved in a wrong encoding before"
            problems.append(structure.Problem(number, None, "damaged characters", detail))
    head = [row["text"].strip("#*_ ") for row in texts if row["kind"] == "front matter"]
    title = _title(head) or _readable(path.stem)
    name = next(filter(_SYMBOL.fullmatch, head), title)
    of_document = {
        "documents": [{"name": name, "title": title, "source": source, "sha256": sha256, "text": text}],
        "texts": texts,
        "spans": [span._asdict() for span in spans],
        "problems": [{"source": source} | problem._asdict() for problem in problems],
    }
    return {table: [{"document": document} | row for row in rows] for table, rows in of_document.items()}


def _title(head):
    """The first line of the front matter, and up to two more before one with a number in it (a date, a symbol)."""
    dated = next((i for i, line in enumerate(head) if i and regex.search(r"\d", line)), len(head))
    return " ".join(head[:dated][:3])


def _table(name, rows):
    """Rows as a table of the dictionary."""
    types = dict(tables.empty(name).dtypes)
    types |= {column: "Int64" for column in ("text_start", "line") if column in types}  # which may be missing
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _warn(problems):
    """One warning per document, naming the first of its problems."""
    told = problems[~problems["problem"].isin(_LISTED_ONLY)]
    for source, rows in told.groupby("source", sort=False):
        first, more = rows.iloc[0], f" And {len(rows) - 1} more." if len(rows) > 1 else ""
        place = source if pd.isna(first["line"]) else f"{source} line {first['line']}"
        told = f"{place}: {first['problem']}: {first['detail']}.{more} See the table `problems`."
        warnings.warn(told, stacklevel=3)
