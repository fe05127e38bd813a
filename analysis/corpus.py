"""Documents → tables of their texts, and of where every character went."""

import os
import unicodedata
import warnings
from collections import Counter
from contextlib import suppress
from itertools import count, product, takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex
from ftfy.badness import BADNESS_RE

from analysis import folders, headings, pages, pieces, readers, storage, structure, tables
from analysis.readers import table

_DAMAGED = regex.compile(r"\ufffd|â€[\x80-\u2122]|Ã[\x80-\xbf]")
_USUAL = str.maketrans(dict.fromkeys("‘’“”–—…\u00a0"))  # signs that no wrong encoding made, if they stand alone
_NOT_ASCII = regex.compile(r"[^\x00-\x7f]{4,}")
_STATED = {"symbol", "title", "date", "session", "language", "sponsors", "subjects"}  # of a document, by its file
_TITLE = 200  # characters at most, of the first words below a masthead
_WARNED = 10  # documents of which each has a warning of its own
_LISTED_ONLY = ["passed over", "mark without note", "note without mark", "broken word"]  # the other problems warn


class Corpus(NamedTuple):
    """The tables that one reading gives."""

    documents: pd.DataFrame
    texts: pd.DataFrame  # paragraphs, headings, notes and front matter
    spans: pd.DataFrame
    problems: pd.DataFrame
    references: pd.DataFrame = tables.empty("references")  # links to documents, where the format marks them
    failures: pd.DataFrame = tables.empty("failures")  # files of a folder that could not be read

    @property
    def paragraphs(self):
        """The texts that are paragraphs."""
        rows = self.texts[self.texts["kind"] == "paragraph"]
        joined = [name for name in self.texts.columns if name not in tables.columns("texts")]
        return rows[[*tables.columns("paragraphs"), *joined]].reset_index(drop=True)


def read(path, metadata=None, *, pattern=None, text=None, document=None, number=None):
    """Read a document, a folder or archive of documents, or a table of texts.

    Gives a `Corpus`; its `paragraphs` are a table with one row per paragraph. Mostly you give `path` alone.

    *Files:* Markdown (``.md``, ``.markdown``) and plain text (``.txt``, ``.text``), both in UTF-8; PDF with a text
    layer; Word (``.docx``); HTML (``.html``, ``.htm``); Akoma Ntoso (``.xml``). Of a folder or ``.zip`` every file is
    read, in order of its name, but those that begin with a dot. *Tables* (``.csv``, ``.tsv``, ``.xlsx``, ``.parquet``):
    each row is a document, or, where a document has several or you give `number`, a paragraph. The columns `text`,
    `document` and `number` are known by these names, or by those you give. *What else is known* is joined (`join`):
    `metadata`, a table or the name of a CSV or .xlsx file (which may lie in the folder); what file names say by a
    `pattern` such as ``{country}_{session}_{year}.txt``; the other columns of a table of texts.

    A `Corpus` has `documents`, `texts` (paragraphs, headings, notes, front matter, in their order), `spans`,
    `problems`, `references` (marked links) and `failures` (files of a folder that can't be read). Nothing is lost:
    every character but white space is in exactly one row of `spans` (`coverage`). The characters `start` to `end` of a
    document are ``text[text_start : text_start + end - start]`` of its text; between two spans stands a space, a line
    break, what an entity stands for, or nothing.

    `problems` lists, with a warning: gaps, repeats and restarts of the numbering; more than two sentences not counted;
    damaged characters; files not read; documents with 80 % of their paragraphs in one before (a draft, another format),
    unless their symbols differ. Without: numbers passed over; notes or marks left alone; words joined at a line end.

    Raises FileNotFoundError if nothing is there. ValueError if a file is empty, damaged, encrypted, without text, not
    UTF-8 or of another format; if a folder has none that can be read, a table no column of texts, a pattern no file.

    >>> workshop = read("data/documents/cairo-workshop-2016.md")
    >>> workshop.paragraphs.loc[13, ["paragraph", "number", "section"]].tolist()
    ['14', '14.', 'The Primacy of Politics: Conflict Prevention, Management and Resolution']
    >>> workshop.texts["kind"].value_counts(sort=False).to_dict()
    {'front matter': 4, 'heading': 9, 'paragraph': 40, 'note': 6}
    """
    if not os.fspath(path):
        raise ValueError("path is empty: name a file or a folder.")
    path, about = Path(path), None
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {path}, seen from {Path.cwd()}.")
    if metadata is not None and not isinstance(metadata, pd.DataFrame):
        tables.read(metadata)  # tells what is wrong with it before the documents are read
    columns, suffix = {"text": text, "document": document, "number": number}, path.suffix.lower()
    if any(columns.values()) and suffix not in table.SUFFIXES:
        raise ValueError(f"text, document and number name columns of {', '.join(table.SUFFIXES)}; {path.name} is none.")
    if path.is_dir() or suffix == ".zip":
        found = folders.read(path, None if isinstance(metadata, pd.DataFrame) else metadata)
    elif suffix in table.SUFFIXES:
        rows, about = table.read(path, **columns)
        found = folders.each(table.source, rows, "reading")
    else:
        source = folders.readable(path.name)
        found = [(source, Path(source).stem, readers.read(path, source))]
    corpus = gathered(found, path)
    if about is not None:
        corpus = _with(corpus, about.apply(_typed), path.name)
    if pattern is not None:
        corpus = join(corpus, folders.named_by(pattern, corpus.documents["source"].tolist()), on="source")
    return corpus if metadata is None else join(corpus, metadata)


def join(corpus, table, on=None):
    """Join metadata to documents: a corpus whose documents, texts and paragraphs have the columns of a table.

    `table` is a DataFrame or the name of a CSV or .xlsx file, one row a document. Its column `on` names the documents,
    by file name, short name or symbol (`a.txt`, `a`, ``A/71/818``); without it, the column that names most of them. Or
    `on` is a column that was joined before, or several (``["country", "year"]``): a row is joined to each document with
    its values. Whole numbers are numbers, empty cells are missing: what is missing is no group. Rows that found no
    document, and documents that found no row, are in `problems`, with a warning. ValueError if no row finds a document,
    two find the same, or a column has a name that documents or texts have themselves.

    >>> report = read("data/documents/cairo-workshop-2016.md")
    >>> about = pd.DataFrame({"file": ["cairo-workshop-2016.md"], "year": ["2016"], "place": ["Cairo"]})
    >>> join(report, about).paragraphs[["paragraph", "year", "place"]].values[0].tolist()
    ['1', 2016, 'Cairo']
    """
    called, table = ("the table", table) if isinstance(table, pd.DataFrame) else (Path(table).name, tables.read(table))
    keys = [on] if isinstance(on, str) else list(on or ())
    for key in [key for key in keys if key not in table.columns]:
        raise ValueError(f"{called} has no column {key!r}; it has {', '.join(map(repr, table.columns))}.")
    joined = set(corpus.documents) - {"document", "name", "title", "symbol", "sha256", "text"}
    if keys and joined.issuperset(keys):
        own, cells = (_cells(one, keys) for one in (corpus.documents, table))
        rows_of = [np.flatnonzero(own == cell) if cell else [] for cell in cells]
    elif len(keys) > 1:
        raise ValueError(f"{called}: on={on!r}: join {sorted(set(keys) - joined)} to the documents first.")
    else:
        known = _names_of(corpus.documents)
        by_column = {name: [known.get(_slug(cell), []) for cell in tables.as_text(table[name])] for name in table}
        keys = keys or [max(by_column, key=lambda name: sum(map(len, by_column[name])), default=None)]
        rows_of = by_column.get(keys[0], [])
    row = np.full(len(corpus.documents), -1)
    for place, documents in enumerate(rows_of):
        for twice in [document for document in documents if row[document] >= 0]:
            both = f"rows {table.index[row[twice]]} and {table.index[place]} are both of the document"
            cure = "keep one. If rows are of a country and a year, join these two before and say on=['country', 'year']"
            raise ValueError(f"{called}: {both} {corpus.documents['document'].iloc[twice]!r}; {cure}.")
        row[documents] = place
    if (row < 0).all():
        names, by = (", ".join(map(repr, some)) for some in (corpus.documents["document"].head(3), keys))
        raise ValueError(f"{called}: no row finds a document, by on={by}; the documents are called {names} ….")
    values = {name: _typed(table[name]).array.take(row, allow_fill=True) for name in table if name not in keys}
    joined = _with(corpus, pd.DataFrame(values, index=corpus.documents.index), called)
    unfound = table[keys].apply(tables.as_text).agg(", ".join, axis=1)[[not len(found) for found in rows_of]]
    rows = pd.DataFrame({"source": called, "line": unfound.index, "problem": "row without document"})
    rows["detail"] = [f"{cell!r} names no one document" for cell in unfound]
    lost = corpus.documents.loc[row < 0, ["document", "source"]]
    lost = lost.assign(problem="document without row", detail=f"it has no row in {called}")
    if len(rows) or len(lost):
        told = f"{called}: rows without document: {len(rows)}, documents without row: {len(lost)}"
        warnings.warn(f"{told}, first {[*unfound, *lost['source']][0]!r}. See the table `problems`.", stacklevel=2)
    not_joined = _table("problems", [*rows.to_dict("records"), *lost.to_dict("records")])
    return joined._replace(problems=pd.concat([corpus.problems, not_joined], ignore_index=True))


def save(corpus, folder, *, tokens=None):
    """Save a corpus as a folder that `open` opens at once; with its running words, if given (`tokens.open`).

    It is written whole or not at all: on a full disk, what was there is as it was. A corpus saved there before is
    replaced; another folder that is not empty is refused (ValueError). OSError if it can't be written.

    >>> import tempfile
    >>> workshop = read("data/documents/cairo-workshop-2016.md")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(workshop, f"{folder}/cairo")
    ...     len(open(f"{folder}/cairo").paragraphs)
    40
    """
    words = {} if tokens is None else {"tokens": tables.check(tokens, "tokens")}
    if words and (others := {*tokens["document"].unique()} - {*corpus.documents["document"]}):
        raise ValueError(f"tokens: {min(others)!r} is no document of this corpus; give the words of its texts.")
    storage.write(corpus._asdict() | words, folder)


def open(folder):
    """Open a corpus that `save` saved: the same tables. They lie on the disk, and are not to be written into.

    Raises FileNotFoundError, or ValueError if the folder is no saved corpus, is not whole or of another version.

    >>> open("data")
    Traceback (most recent call last):
    ValueError: data is no saved corpus: it has no saved.json; save one with corpus.save.
    """
    return Corpus(**storage.read(folder, Corpus._fields))


def align(corpus):
    """The same paragraphs in several languages, side by side.

    Documents are the same that share a symbol, paragraphs that have the same key (*Artículo 2, 1* is *Article 2, 1*).
    One row per symbol and paragraph, in the order of the documents: `symbol`, `paragraph`, and a column for each
    language with the text, missing where that language has none.

    Raises ValueError if documents have no `symbol` or `language` (`join` adds them), or two have both the same.

    >>> report = read("data/documents/cairo-workshop-2016.md")
    >>> about = pd.DataFrame({"document": ["cairo-workshop-2016"], "symbol": ["A/71/818"], "language": ["en"]})
    >>> align(join(report, about)).loc[0, "en"][:24]
    'On its 70th anniversary,'
    """
    key = ["symbol", "language"]
    if lacks := [name for name in key if name not in corpus.documents]:
        raise ValueError(f"documents lack {' and '.join(lacks)}; join a table that has them.")
    named = corpus.documents[["document", *key]].dropna()
    for row in named[named.duplicated(key)].itertuples():
        raise ValueError(f"two documents are {row.symbol} in {row.language!r}, one of them {row.document!r}; keep one.")
    rows = corpus.paragraphs.drop(columns=key, errors="ignore").merge(named, on="document")
    rows["paragraph"] = [headings.in_english(one) for one in rows["paragraph"]]
    texts = rows.set_index(["symbol", "paragraph", "language"])["text"].unstack(sort=False)  # noqa: PD010  pivots sort
    return texts.reset_index().rename_axis(columns=None)


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
    spans = tables.check(corpus.spans, "spans").astype({"kind": "str", "reason": "str"})
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
        wrong = {"in no span": (n_spans_over == 0).sum(), "in two spans": (n_spans_over > 1).sum()}
        wrong = pd.DataFrame({"kind": wrong.keys(), "reason": "", "n_spans": 0, "characters": wrong.values()})
        counted.append(pd.concat([kinds, wrong]).assign(document=document))
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
    start = spans["text_start"].fillna(spans["start"]).astype("int64")
    end = start + spans["end"] - spans["start"]
    return spans.assign(paragraph=spans["paragraph"].where(spans["text_start"].notna()), start=start, end=end)


def gathered(found, path):
    """The tables of readings: (source, short name, `plain.Source` and SHA-256 or why it can't be read)."""
    names, refused = _names([_slug(name) for _, name, _ in found], [source for source, *_ in found])
    named = [(source, name, reading) for (source, _, reading), name in zip(found, names, strict=True)]
    unread = [one for one in named if isinstance(one[2], str)]
    readings = [one for one in named if not isinstance(one[2], str)]
    if not readings:
        raise ValueError(f"No file in {path} could be read ({len(unread):,} tried). {unread[0][2]}")
    known = pieces.vocabulary(source.text for *_, (source, _) in readings)
    parsed = folders.each(_read_text, readings, "parsing", known)
    parts = {name: [row for of_document in parsed for row in of_document.get(name, [])] for name in Corpus._fields}
    parts["problems"] += [*refused, *folders.repeated(parts["texts"], parts["documents"])]
    for source, name, reason in unread:
        parts["failures"].append({"source": source, "reason": reason})
        parts["problems"].append({"document": name, "source": source, "problem": "not read", "detail": reason})
    corpus = Corpus(*(_table(name, rows) for name, rows in parts.items()))
    corpus = corpus._replace(documents=corpus.documents.dropna(axis="columns", how="all"))  # of most nothing is stated
    _warn(corpus.problems)
    return corpus


def _with(corpus, values, called):
    """The corpus with further columns of its documents, in its texts as well."""
    taken = {name for table in ("texts", "tokens", "hits") for name in tables.columns(table)}
    taken |= set(corpus.documents.columns) - _STATED  # the table knows better
    if own := [name for name in values if name in taken]:
        raise ValueError(f"{called}: rename or leave out the columns {own}: documents or texts have these names too.")
    if "title" in values:  # which every document has
        given = tables.as_text(values["title"])
        values = values.assign(title=given.where(given != "", corpus.documents["title"].to_numpy()).astype("str"))
    of_text = pd.Index(corpus.documents["document"]).get_indexer(corpus.texts["document"])
    texts = corpus.texts.assign(**{name: column.array.take(of_text) for name, column in values.items()})
    return corpus._replace(documents=corpus.documents.assign(**values), texts=texts)


def _names(slugs, sources):
    """A short name for each document, by its file, or by its path where two have the same; and what is to be told."""
    times, names, problems = Counter(slugs), {}, []  # names in order, each once
    for slug, source in zip(slugs, sources, strict=True):
        wanted = slug if times[slug] == 1 else _slug(source)
        further = (f"{wanted}-{n}" for n in count(2))
        name = next(one for one in further if one not in names and one not in slugs) if wanted in names else wanted
        if name != wanted:
            detail = f"called {name}, as {wanted} is {names[wanted]}"
            problems.append({"document": name, "source": source, "problem": "same name", "detail": detail})
        names[name] = source
    return list(names), problems


def _names_of(documents):
    """By each name that one document has in a table, as a slug, the row of the document in a list."""
    own, shared = {}, {}
    for place, row in enumerate(documents[["document", "source", "name"]].itertuples()):
        own |= {row.document: [place], _slug(row.source): [place]}
        for one in {_slug(Path(row.source).name), _slug(Path(row.source).stem), _slug(row.name)}:
            shared.setdefault(one, []).append(place)
    return {one: places for one, places in shared.items() if len(places) == 1} | own


def _cells(frame, keys):
    """What each row has in these columns, as one text; empty where one of them is."""
    cells = (tables.as_text(_typed(frame[key])).str.normalize("NFC") for key in keys)
    return pd.Series(["\0".join(row) * all(row) for row in zip(*cells, strict=True)], dtype="str")


def _typed(column):
    """A column of a table with whole numbers as such, and empty cells missing."""
    if not pd.api.types.is_numeric_dtype(column):
        text = tables.as_text(column).str.strip().astype("str").replace("", np.nan)
        number = text.mask(text.isin([".", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "None"]))  # missing among numbers
        known = (number if number.notna().any() else text).dropna()  # NA alone may be Namibia
        whole = known.str.fullmatch(r"-?(?:0|[1-9]\d{0,14})(?:\.0)?").all()  # 2001.0: written by pandas
        return number.str.removesuffix(".0").astype("Int64") if whole else text
    whole = pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all()
    return column.astype("Int64") if whole else column


def _slug(name):
    """Lower case, words joined by hyphens."""
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", unicodedata.normalize("NFC", name.lower())).strip("-") or "document"


def _read_text(source, document, reading, known):
    """One document's rows for each table."""
    read, sha256 = reading
    texts, spans, problems = structure.parse(read.text, read.lines, known)
    if read.cell and problems and problems[0].problem == "no numbers":  # a tweet, an answer: text from end to end
        untitled = [line._replace(heading=None) for line in read.lines]
        texts, spans, problems = structure.parse(read.text, untitled, known)
        problems = [one for one in problems if one.problem != "no numbers"]
    problems += [structure.Problem(line, None, problem, detail) for line, problem, detail in read.told]
    for number, line in enumerate(read.text.split("\n"), start=1):
        if damaged := _damaged(line):
            detail = f"{damaged!r}: the text was saved in a wrong encoding before"
            problems.append(structure.Problem(number, None, "damaged characters", detail))
    head = [row["text"].strip("#*_ ") for row in takewhile(lambda row: row["kind"] == "front matter", texts)]
    dated = next((i for i, line in enumerate(head) if i and regex.search(r"\d", line)), len(head))
    title = " ".join(head[:dated][:3])  # up to two more lines before one with a date, a symbol
    printed = pages.masthead(head)  # beats a title that a reader took from the page, not what a file states
    stated = printed | read.metadata if "symbol" in read.metadata else read.metadata | printed
    below = next((row["text"] for row in texts if row["kind"] != "front matter"), "") if printed else ""
    page_title = read.metadata.get("title", "").rstrip("*")  # in the largest type below the masthead
    if page_title and not printed.get("title", "").startswith(page_title):
        stated["title"] = page_title
    title = stated.get("title") or below[:_TITLE] or title or Path(source).stem
    name = stated.get("symbol") or next(filter(pages.SYMBOL.fullmatch, head), title)
    own = {"name": name, "title": title, "source": source, "sha256": sha256, "text": read.text}
    edges, references = pieces.edges(spans), []
    for link in read.references:
        if place := next(pieces.places(edges, link["start"], link["end"]), None):
            references.append(link | dict(zip(("paragraph", "start", "end"), place, strict=True)))
    of_document = {"documents": [stated | own], "texts": texts, "spans": [span._asdict() for span in spans]}
    problems = [{"source": source} | problem._asdict() for problem in problems]
    of_document |= {"problems": problems, "references": references}
    return {table: [{"document": document} | row for row in rows] for table, rows in of_document.items()}


def _damaged(line):
    """The first characters of a line that come of a wrong encoding, in whatever script; nothing is changed."""
    if line.isascii() or line.translate(_USUAL).isascii():
        return None
    if found := _DAMAGED.search(line) or BADNESS_RE.search(line):
        return found[0]
    for word, encoding in product(_NOT_ASCII.findall(line), ["cp1251", "cp1256"]):
        with suppress(ValueError):  # letters of Cyrillic or Arabic whose old code makes other letters in UTF-8
            word.encode(encoding).decode("utf-8")
            return word
    return None


def _table(name, rows):
    """Rows as a table of the dictionary."""
    types = dict(tables.empty(name).dtypes)
    types |= {column: "Int64" for column in ("text_start", "line", "page") if column in types}  # which may be missing
    return pd.DataFrame({column: pd.array([row.get(column) for row in rows], dtype) for column, dtype in types.items()})


def _warn(problems):
    """One warning per document, naming the first of its problems; beyond ten documents, one for all the others."""
    told = problems[~problems["problem"].isin(_LISTED_ONLY)]
    rank = pd.factorize(told["source"])[0]
    for source, rows in told[rank < _WARNED].groupby("source", sort=False):
        first, more = rows.iloc[0], f" And {len(rows) - 1} more." if len(rows) > 1 else ""
        place = source if pd.isna(first["line"]) else f"{source} line {first['line']}"
        what = f"{first['problem']}: {first['detail'].rstrip('.')}.{more}"
        warnings.warn(f"{place}: {what} See the table `problems`.", stacklevel=4)
    if len(others := told[rank >= _WARNED]):
        kinds = ", ".join(f"{kind} ({n})" for kind, n in others["problem"].value_counts().items())
        more = f"{others['source'].nunique()} more documents have problems: {kinds}"
        warnings.warn(f"{more}. See the table `problems`.", stacklevel=4)
