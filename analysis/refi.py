"""REFI-QDA, in which NVivo, ATLAS.ti and MAXQDA exchange codebooks (.qdc) and coded projects (.qdpx)."""

import io
import uuid
import warnings
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import __version__, pieces, tables
from analysis import corpus as corpora
from analysis.readers import akn, table

_BELOW = " › "  # between a code whose name comes again and the code above it
_TYPES = dict.fromkeys(["document", "theme", "coder", "note", "paragraph"], "str") | {"start": "int64", "end": "int64"}
_TOLD = [  # what is counted where there is no place for it, by the standard's names
    *("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource", "Coding", "PlainTextSelection"),
    *("Description", "Note", "Case", "Variable", "VariableValue", "Set", "Link", "Graph"),
]


class Project(NamedTuple):
    """What is read from a file of REFI-QDA."""

    codes: pd.DataFrame
    coding: pd.DataFrame
    corpus: corpora.Corpus


def read(path, corpus=None):
    """Read a codebook (.qdc) or a coded project (.qdpx) of another program.

    Returns `codes` (the table `code list`), `coding` (one row per code and text: `document`, `paragraph`, `theme`,
    `start`, `end`, `note`; `coder`, if one is named) and `corpus`: the texts, read as plain text. Where the texts had
    gone out from here, give their `corpus`, and paragraphs have the keys that they have in it.

    A code that runs over several paragraphs has a row in each. Places are counted in Unicode's code points; a line end
    of two signs (Windows) is two, but one from ATLAS.ti. A code whose name comes again is called by the code above it
    too. One warning counts what there is no place for: sources that are no plain text and codes in them, codes of whole
    sources or of no words, cases, sets, variables, links, graphs, other notes. Dates are ignored.

    Raises ValueError if it is no such file, damaged, or made to do harm; if a text is missing, or is not the one of
    `corpus`; if a code lies outside of its text.

    >>> import tempfile
    >>> codes = pd.DataFrame({"label": ["war", "arms"], "parent": ["", "war"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/mine.qdc", codes=codes)
    ...     read(f"{folder}/mine.qdc").codes[["label", "parent"]].values.tolist()
    [['war', ''], ['arms', 'war']]
    """
    path = Path(path)
    if path.suffix.lower() == ".qdc":
        return _project(akn.parsed(path.read_bytes(), path.name), "CodeBook", None, corpus, path.name)
    with tables.open_archive(path, path.name) as archive:
        files = {member.filename.lower(): member for member in archive.infolist()}

        def load(name):
            if name.lower() not in files:
                raise ValueError(f"{path.name} has no {name}. Export the project again, with its sources.")
            return tables.unpacked(archive, files[name.lower()], path.name)

        return _project(akn.parsed(load("project.qde"), path.name), "Project", load, corpus, path.name)


def write(path, coding=None, corpus=None, codes=None):
    """Write a codebook (.qdc), or a coded corpus as a project (.qdpx), for another program.

    `coding` has `document`, `paragraph`, `theme`; `start` and `end`, where only a part of the paragraph is coded; and
    may have `coder` and `note`. `codes` has `label`, and may have the further columns of the table `code list`; without
    it each theme is a code. ``none``, a paragraph read and without theme, is written as a code of this name. Each
    document is a source, its plain text.

    Raises FileExistsError if there is such a file: it may hold hours of coding. ValueError if a theme is no code, a
    place is not in its text, or a name or note has a sign that XML can't hold.

    >>> import tempfile
    >>> report = corpora.read("data/documents/cairo-workshop-2016.md")
    >>> coding = pd.DataFrame({"document": "cairo-workshop-2016", "paragraph": ["3", "14"], "theme": ["aid", "war"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/cairo.qdpx", coding.assign(coder="Aya", start=[None, 4], end=[None, 9]), report)
    ...     read(f"{folder}/cairo.qdpx", report).coding[["paragraph", "theme", "start", "end", "coder"]].values.tolist()
    [['3', 'aid', 0, 386, 'Aya'], ['14', 'war', 4, 9, 'Aya']]
    """
    from lxml import builder, etree

    path, kind = Path(path), "codebook" if Path(path).suffix.lower() == ".qdc" else "project"
    if path.exists():
        raise FileExistsError(f"{path} is there already and may hold coding: give another name.")
    if kind == "project" and corpus is None:
        raise ValueError(f"{path.name}: a project has texts; give corpus, or name a codebook (.qdc).")
    make = builder.ElementMaker(namespace=f"urn:QDA-XML:{kind}:1.0", nsmap={None: f"urn:QDA-XML:{kind}:1.0"})
    coding = tables.check(tables.empty("coding") if coding is None else coding, "coding")
    numbers = coding.reindex(columns=["start", "end"]).apply(pd.to_numeric)
    coding = coding.reindex(columns=list(_TYPES)).apply(tables.as_text).assign(**numbers)
    codes, about = _completed(codes, coding), {"origin": f"analysis {__version__}"}
    if kind == "codebook" and codes.empty:
        raise ValueError(f"{path.name}: there is nothing to write; give codes, or a coding with themes.")
    try:
        root = make.CodeBook(_tree(make, codes), **about)
        if kind == "project":
            users = [make.User(guid=_guid("user", name), name=name) for name in dict.fromkeys(coding["coder"]) if name]
            parts = [make.Users(*users)] * bool(users) + [make.CodeBook(_tree(make, codes))] * bool(len(codes))
            root = make.Project(*parts, _sources(make, coding, corpus, codes), name=path.stem, **about)
    except ValueError as error:
        raise ValueError(f"{path.name} can't be written: {error}") from None
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    if kind == "project":
        with zipfile.ZipFile(packed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.qde", content)
            for document, text in zip(corpus.documents["document"], corpus.documents["text"], strict=True):
                archive.writestr(f"sources/{_guid('source', document)}.txt", text)
        content = packed.getvalue()
    tables.write_bytes(path, content)


def _project(root, kind, load, corpus, name):
    """The tables of a parsed file; `load` gives the bytes of a file that belongs to it."""
    if root.tag.rpartition("}")[2] != kind:
        raise ValueError(f"{name} is no file of REFI-QDA: its root is {root.tag}, not {kind}.")
    codes, labels = _codes(root)
    used = {*root.iterfind(".//{*}Code/{*}Description")}
    users = {_id(user, "guid"): user.get("name") for user in root.iter("{*}User")}
    as_counted = _unix if "ATLAS" in root.get("origin", "") else str
    texts = {one: as_counted(_text(one, load, name)) for one in root.iter("{*}TextSource", "{*}Note")}
    notes = {_id(one, "guid"): one for one in texts}
    texts |= {one: one.text or "" for one in root.iter("{*}Description")}
    sources = [one for one in root.iterfind("{*}Sources/{*}TextSource") if texts[one].strip()]
    corpus, documents = _corpus([(one.get("name") or "text", _unix(texts[one])) for one in sources], corpus, name)
    lines, rows = _lines(corpus), []
    for source, document in zip(sources, documents, strict=True):
        used.add(source)
        for selection in source.iterchildren("{*}PlainTextSelection"):
            places = [*pieces.places(lines.get(document, {}), *_place(selection, texts[source], name))]
            for coding in selection.iterchildren("{*}Coding"):
                if not (theme := labels.get(_id(next(iter(coding), coding), "targetGUID"))) or not places:
                    continue
                told = [*selection.iterchildren("{*}Description")]
                told += [notes.get(_id(one, "targetGUID")) for one in (*coding, *selection)]
                told = [one for one in told if one is not None and texts[one]]
                used |= {selection, coding, *told}
                user = users.get(_id(coding, "creatingUser") or _id(selection, "creatingUser"))
                about = (document, theme, user, "\n\n".join(texts[one] for one in told))
                rows += [(*about, *place) for place in places]
    coding = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    coding = coding.drop(columns="coder") if coding["coder"].isna().all() else coding.fillna({"coder": "(unknown)"})
    left = [one for one in root.iter(*(f"{{*}}{tag}" for tag in _TOLD)) if one not in used]
    if left := Counter(one.tag.rpartition("}")[2] for one in left if one.attrib or one.text or len(one)):
        listed = ", ".join(f"{n} {tag}" for tag, n in left.items())
        warnings.warn(f"{name}: left out, as there is no place for it here: {listed}.", stacklevel=3)
    return Project(codes, coding, corpus)


def _codes(root):
    """The table of codes, and the label of each GUID."""
    found, labels, rows = [*root.iter("{*}Code")], {}, []
    times = Counter(code.get("name") for code in found)
    for code in found:  # one above comes before those below it
        name, parent = code.get("name", ""), labels.get(code.getparent(), "")
        label = f"{parent}{_BELOW}{name}" if parent and times[name] > 1 else name
        while label in labels.values():
            label += " (2)"
        labels[code] = label
        about = [code.findtext("{*}Description", ""), parent, code.get("color", ""), code.get("isCodable") != "false"]
        rows.append([label, *about, code.get("guid", "")])
    codes = pd.DataFrame(rows, columns=list(tables.columns("code list"))).astype(tables.empty("code list").dtypes)
    return codes, {_id(code, "guid"): label for code, label in labels.items()}


def _id(element, name):
    """A GUID, which may be in braces and in either case."""
    return (element.get(name) or "").strip("{}").lower()


def _unix(text):
    """A text with line ends of one sign, as all texts are read here."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(element, load, name):
    """The text of a source or note, in itself or in a file; blank where there is but rich text."""
    if not (where := element.get("plainTextPath")):
        return element.findtext("{*}PlainTextContent") or ""
    try:
        return load("sources/" + where.removeprefix("internal://")).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name}: {where} is not UTF-8. Export the project again.") from None


def _place(selection, text, name):
    """Where a selection begins and ends, with line ends of one sign."""
    start, end = selection.get("startPosition", ""), selection.get("endPosition", "")
    if not (start.isdecimal() and end.isdecimal() and int(start) <= int(end) <= len(text)):
        found = f"{name}: a selection from {start!r} to {end!r} is not in its text of {len(text):,} characters"
        raise ValueError(f"{found}, {selection.getparent().get('name')!r}. Export the project again.")
    return len(_unix(text[: int(start)])), len(_unix(text[: int(end)]))


def _corpus(texts, corpus, name):
    """The corpus that holds the texts, and the document of each."""
    if corpus is None:
        found = [table.source(name, called, [text], None, "") for called, text in texts]
        empty = corpora.Corpus(*(tables.empty(one) for one in corpora.Corpus._fields))
        corpus = corpora.gathered(found, name) if found else empty
        return corpus, corpus.documents["document"].tolist()
    own = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    held = {text: document for document, text in own.items()}
    for called, text in texts:
        if text not in held:
            raise ValueError(f"{name}: no document of corpus has the text of {called!r}. Read it without corpus.")
    return corpus, [called if own.get(called) == text else held[text] for called, text in texts]


def _lines(corpus):
    """By document, where the words of its texts begin and end."""
    return {document: pieces.edges(own.itertuples()) for document, own in corpus.spans.groupby("document")}


def _completed(codes, coding):
    """A list of codes with all its columns, as text; without one, the themes of a coding."""
    known = [] if codes is None else tables.check(codes, "code list")["label"].tolist()
    new = [theme for theme in dict.fromkeys(coding["theme"]) if theme not in known]
    if codes is not None and new not in ([], [tables.NONE]):
        raise ValueError(f"the themes {new[:10]} are not in codes; add them.")
    codes = pd.concat([codes, pd.DataFrame({"label": new}, dtype="str")], ignore_index=True)
    codes = codes.reindex(columns=list(tables.columns("code list"))).apply(tables.as_text)
    return codes.assign(guid=[row.guid or _guid("code", row.label) for row in codes.itertuples()])


def _guid(*parts):
    """The same GUID for the same thing."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(map(str, ("analysis", *parts)))))


def _tree(make, codes):
    """The codes, each inside the one above it."""
    made = {"": make.Codes()}
    for row in codes.itertuples():
        if row.parent not in made:
            raise ValueError(f"the parent {row.parent!r} of the code {row.label!r} is no code above it in the list.")
        about = {"guid": row.guid, "name": row.label.removeprefix(f"{row.parent}{_BELOW}")}
        about |= {"isCodable": str(row.codable != "False").lower()} | ({"color": row.colour} if row.colour else {})
        made[row.label] = make.Code(*[make.Description(row.definition)] * bool(row.definition), **about)
        made[row.parent].append(made[row.label])
    return made[""]


def _sources(make, coding, corpus, codes):
    """The documents of a corpus as sources, each with what is coded in it."""
    codes = dict(zip(codes["label"], codes["guid"], strict=True))
    sources, lines, now = {}, _lines(corpus), f"{datetime.now(UTC):%FT%TZ}"
    for document in corpus.documents["document"]:
        guid = _guid("source", document)
        about = {"guid": guid, "name": document, "plainTextPath": f"internal://{guid}.txt"}
        sources[document] = make.TextSource(creationDateTime=now, **about)
    for number, row in enumerate(coding.itertuples(), start=1):
        key = row.document, row.paragraph
        if row.paragraph not in lines.get(row.document, {}):
            raise ValueError(f"coding row {number}: there is no paragraph {key}.")
        of_document, of_text = lines[row.document][row.paragraph]
        start, end = (0, of_text[-1]) if pd.isna([row.start, row.end]).all() else (row.start, row.end)
        if not 0 <= start < end <= of_text[-1]:
            raise ValueError(f"coding row {number}: {start} to {end} is not in the {of_text[-1]} characters of {key}.")
        start, end = pieces.carried(start, end, of_text, of_document)
        by = {"creationDateTime": now} | ({"creatingUser": _guid("user", row.coder)} if row.coder else {})
        given = make.Coding(make.CodeRef(targetGUID=codes[row.theme]), guid=_guid("coding", *row), **by)
        note = [make.Description(row.note)] * bool(row.note)
        place = {"startPosition": str(start), "endPosition": str(end)}
        sources[row.document].append(make.PlainTextSelection(*note, given, guid=_guid(*row), **place, **by))
    return make.Sources(*sources.values())
