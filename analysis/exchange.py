"""In and out: dictionaries as codebooks, tables and matrices as other programs read them, citations for a paper."""

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex
from scipy import io as scipy_io
from scipy import sparse

from analysis import codebooks, pages, tables
from analysis.readers import akn
from analysis.tokens import hole, paragraph_of

_SIGNS = r"[_~/]|['’]s(?!\w)"  # what patterns read in their own way
_CATEGORY = regex.compile(r"(\t*) *(\d+)\s+(.+)")  # tabs say inside how many others
_ENTRY = regex.compile(r"(?|([^\t]+)\t\s*(\d[\d\s]*)|([^\t]+?) +(\d[\d\s]*))")  # words, then the numbers of categories
# Whose documents have symbols that begin so, the first that fits; a conference (A/CONF.) is a body of its own.
_BODIES = {"A/HRC/": "UN Human Rights Council", "A/CONF.": "UN", "A/": "UN General Assembly"}
_BODIES |= {"E/": "UN Economic and Social Council", "S/": "UN Security Council"}
# Key of a text → what it is called, the first that fits; II:1 where numbers begin again.
_PLACES = {r"front matter .+": "front matter", r"(note .+)": r"\1", r"PP(.+)": r"preambular para. \1"}
_PLACES |= {r"#(.+)": r"unnumbered para. \1", r"([IVXLC]+):(.+)": r"para. \2 of numbering \1"}
_PLACES |= {r"heading .+": "heading “{}”", r"(.+)": r"para. \1"}
# BibTeX counts braces even behind a backslash, so that they need names.
_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_TEX |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {sign: f"\\{sign}" for sign in "$&#%_"}


class Dictionary(NamedTuple):
    """A dictionary of another program."""

    codebook: pd.DataFrame
    left_out: pd.DataFrame  # entries that patterns cannot say: label, entry, line, reason


def dictionary(path):
    """Read a dictionary of quanteda (``.yml``, ``.yaml``), LIWC (``.dic``) or Yoshikoder (``.ykd``) as a codebook.

    Returns `codebook`, one row per entry, as `codebooks.load` gives it, each counting (role `any`); and `left_out`: the
    entries that are not in it (`label`, `entry`, `line`, `reason`), because a pattern would say something else or
    nothing at all (``_``, ``~``, slashes, possessives, signs; ``?`` but in quanteda; LIWC's conditions). Look at it
    first. Categories inside others have the whole path as label, joined by full stops, as in quanteda (without the name
    of a whole .ykd). Entries are in small letters, which find capitals too, as there. Patterns do not run over the end
    of a sentence, and matches of one label that share a word are one hit: there counts differ from those programs'.

    Raises ValueError if it is not such a file, a .ykd declares a document type or holds regular expressions, or no
    entry can be said as a pattern.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(f"{folder}/policy.yml").write_text("war:\\n  arms: [Weapon*, small arms, guns/ammo]\\n")
    ...     found = dictionary(f"{folder}/policy.yml")
    >>> found.codebook[["label", "pattern"]].values.tolist(), found.left_out["entry"].tolist()
    ([['war.arms', 'weapon*'], ['war.arms', 'small arms']], ['guns/ammo'])
    """
    path, read = Path(path), {".yml": _quanteda, ".yaml": _quanteda, ".dic": _liwc, ".ykd": _yoshikoder}
    if (kind := path.suffix.lower()) not in read:
        raise ValueError(f"{path.name}: dictionaries are read from {', '.join(read)}; save it as one of these.")
    signs = _SIGNS if kind in (".yml", ".yaml") else rf"{_SIGNS}|\?"  # which is no wildcard there
    found = pd.DataFrame(read[kind](path), columns=["label", "entry", "line"]).assign(role="any", source=path.name)
    found["pattern"] = [" ".join(entry.lower().split()) for entry in found["entry"]]
    found["reason"] = pd.Series([_unsayable(row, signs) for row in found.itertuples()], dtype="str")
    found.loc[found.duplicated(["label", "pattern"]) & found["reason"].isna(), "reason"] = "stands there already"
    book = found[found["reason"].isna()].reset_index(drop=True)[["label", "role", "pattern", "source", "line"]]
    codebooks.checked(book)
    return Dictionary(book, found[found["reason"].notna()].reset_index(drop=True)[["label", "entry", "line", "reason"]])


def wide(hits, words, documents):
    """A table for regressions: one row per document, with its metadata, its words and the hits of each label.

    `hits` are of `patterns.find`, `words` of `tokens.tokenize`, `documents` those of the corpus. The columns are those
    of `documents` but for text and checksum, `words` (running words: the exposure of a count model), and one per label
    that has hits: those that count, 0 where there are none.

    Raises ValueError if a label has the name of another column, or hits are of other documents.

    >>> from analysis import corpus, patterns, tokens
    >>> cairo = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> hits = patterns.find(cairo.paragraphs, codebooks.load("data/codebooks/conflict.yml"))
    >>> wide(hits, tokens.tokenize(cairo.paragraphs), cairo.documents)[["words", "conflict resolution"]].values.tolist()
    [[2467, 4]]
    """
    about = tables.check(documents, "documents").drop(columns=["text", "sha256"], errors="ignore")
    if told := hole(words, paragraph_of(words)):
        warnings.warn(f"{told}: `words` is the number of those that are left.", stacklevel=2)
    counts = pd.crosstab(tables.check(hits, "hits")["document"], hits["label"], hits["kept"], aggfunc="sum")
    if taken := [name for name in ["words", *counts] if [*about, "words", *counts].count(name) > 1]:
        raise ValueError(f"documents and labels share the names {taken}; rename them in one of the two.")
    if other := sorted({*counts.index} - {*about["document"]}):
        raise ValueError(f"hits are of documents that are not in documents: {', '.join(other[:10])}.")
    counts = counts.reindex(about["document"])
    counts.insert(0, "words", words["document"].astype("str").value_counts())
    return about.join(counts.fillna(0).astype("int64"), on="document")


def save_matrix(words, path):
    """Write how often each word stands in each document as a sparse matrix that R and others read (Matrix Market).

    Writes PATH.mtx (documents × words), PATH.documents.txt and PATH.words.txt (a name a line, in UTF-8, in the order of
    rows and columns). Documents are in the order of `words`; one without words has no row, so match metadata by name.
    METHODS.md (*In and out*) has the lines of R with which quanteda and stm take it. What is left out of `words` before
    (stop words) is in none of them.

    >>> import tempfile
    >>> from analysis import tokens
    >>> texts = pd.DataFrame({"document": ["a", "b"], "paragraph": "1", "text": ["War, war.", "Peace"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_matrix(tokens.tokenize(texts), f"{folder}/words")
    ...     scipy_io.mmread(f"{folder}/words.mtx").toarray().tolist(), Path(f"{folder}/words.words.txt").read_text()
    ([[0, 2], [1, 0]], 'peace\\nwar\\n')
    """
    words = tables.check(words, "tokens")[["document", "token"]].astype("str")
    (rows, documents), (columns, forms) = pd.factorize(words["document"]), pd.factorize(words["token"], sort=True)
    counts = sparse.coo_array((np.ones(len(words), np.int64), (rows, columns)))
    scipy_io.mmwrite(file := io.BytesIO(), counts.tocsr(), field="integer")
    tables.write_bytes(f"{path}.mtx", file.getvalue())
    for ending, names in (("documents", documents), ("words", forms)):
        tables.write_bytes(f"{path}.{ending}.txt", "".join(f"{name}\n" for name in names).encode())


def cite(corpus, document, paragraph, style="text"):
    """A citation of one text of a corpus, by its document and key (`14`, `PP4`, `note 3`, `heading 2`, `Annex I, 3`).

    Body (by the symbol), title, symbol and date (`date`, else `year`) stand in it where `corpus.documents` has them,
    then the place: *para. 14*, *preambular para. 4*, *note 3*, *annex I, para. 3*, *unnumbered para. 2* (counted, as
    the document has no numbers), a heading by its words. `style` is "text", "bibtex" (an entry ``@misc``; what TeX
    takes for signs of its own is escaped) or "ris" (a record RPRT, one line a field).

    Raises ValueError if the corpus has no such text.

    >>> from analysis import corpus
    >>> undof = corpus.read("data/mandates/s-res-2782-2025.txt")
    >>> cite(undof, "s-res-2782-2025", "14")
    'UN Security Council, S/RES/2782 (2025), para. 14'
    """
    tables.check_choice(style, "style", ["text", "bibtex", "ris"])
    about, texts = corpus.documents[corpus.documents["document"] == document], corpus.texts
    paragraph = str(paragraph).removeprefix("¶")
    found = texts[(texts["document"] == document) & (texts["paragraph"] == paragraph)]
    if found.empty:
        raise ValueError(f"the corpus has no text {paragraph!r} of a document {document!r}; its texts list both.")
    about = {name: str(value) for name, value in about.dropna(axis="columns").iloc[0].items()}
    symbol = about.get("symbol", about["name"] if pages.SYMBOL.fullmatch(about["name"]) else "")
    body = next((body for begins, body in _BODIES.items() if symbol.startswith(begins)), "")
    title, date = about["title"] * (about["title"] != symbol), about.get("date", about.get("year", ""))
    place = _place(paragraph, found["text"].iloc[0])
    if (found["part"] == "preamble").all() and "preambular" not in place:
        place = place.replace("para. ", "preambular para. ")
    if style == "text":
        return ", ".join(filter(None, [body, title and f"“{' '.join(title.split())}”", symbol, date, place]))
    fields = [("author", "AU", body), ("title", "TI", title or symbol), ("number", "SN", symbol)]
    years = regex.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", date) or regex.findall(r"\((\d{4})\)$", symbol)
    fields += [("year", "PY", "".join(years[:1])), ("date", "DA", date.replace("-", "/") if style == "ris" else date)]
    fields = [(name, tag, " ".join(value.split())) for name, tag, value in [*fields, ("note", "N1", place)] if value]
    if style == "ris":
        return "".join(f"{tag}  - {value}\r\n" for _, tag, value in [("", "TY", "RPRT"), *fields, ("", "ER", "")])
    key = regex.sub(r"[^\p{L}\p{N}]+", "-", f"{document}-{paragraph}")
    braced = {name: value.translate(str.maketrans(_TEX)).join("{}") for name, _, value in fields}
    braced |= {name: braced[name].join("{}") for name in ("author", "title") if name in braced}
    return "".join([f"@misc{{{key},\n", *(f"  {name} = {value},\n" for name, value in braced.items()), "}\n"])


def _unsayable(row, signs):
    """Why an entry cannot be said as a pattern; nothing, if it can."""
    if not row.label:
        return "stands in no category of the list, or on conditions"
    if sign := regex.search(signs, row.pattern):
        return f"{sign[0]!r} means something else in a pattern"
    try:
        codebooks.variants(row.pattern)
    except ValueError as error:
        return str(error)


def _quanteda(path):
    """The entries of nested lists in YAML: label, entry, line."""
    text = regex.sub(r"(?<=\S.*)\t|\t(?=\s*#)", " ", tables.decoded(path))  # tabs that are no margin, as R reads them
    return _below(codebooks.composed(text, path.name), [])


def _below(node, above):
    """The entries below a node of YAML."""
    if node and node.id == "scalar":
        yield ".".join(above), node.value, node.start_mark.line + 1
    for one in node.value if node and node.id != "scalar" else ():
        key, value = one if node.id == "mapping" else (None, one)
        # Under "" and "__" quanteda writes what stands beside categories.
        yield from _below(value, [*above, str(key.value)] if key and key.value not in ("", "__") else above)


def _liwc(path):
    """The entries below the categories, which stand between two lines with a percent sign."""
    lines = [line.rstrip() for line in tables.decoded(path).split("\n")]
    marks = [number for number, line in enumerate(lines) if line.strip() == "%"]
    if len(marks) < 2:
        raise ValueError(f"{path.name}: the list of categories should stand between two lines with %.")
    names, above = {}, []
    for found in filter(None, map(_CATEGORY.fullmatch, lines[: marks[1]])):
        above = [*(one for one in above if len(one[1]) < len(found[1])), found]
        names[int(found[2])] = ".".join(one[3] for one in above)
    for number, line in enumerate(map(str.lstrip, lines[marks[1] + 1 :]), start=marks[1] + 2):
        if found := _ENTRY.fullmatch(line):
            yield from ((names.get(int(code), ""), found[1].strip(), number) for code in found[2].split())
        elif line:
            yield "", line, number


def _yoshikoder(path):
    """The patterns of each category."""
    root = akn.parsed(path.read_bytes(), path.name)
    if root.tag != "dictionary" or root.get("patternengine", "substring") != "substring":
        raise ValueError(f"{path.name} is no dictionary of Yoshikoder with plain patterns: others are not read.")
    for node in root.iter("pnode"):
        above = [one.get("name", "") for one in node.iterancestors("cnode")][::-1]
        # A single category around all others names the dictionary.
        yield ".".join(above[1:] or above if len(root) == 1 else above), node.get("name", ""), node.sourceline


def _place(key, text):
    """The place of a text in its document, in words."""
    part, _, own = key.rpartition(", ")
    pattern = next(pattern for pattern in _PLACES if regex.fullmatch(pattern, own))
    place = regex.sub(pattern, _PLACES[pattern], own).replace("{}", " ".join(text.split()))
    return f"{part[0].lower()}{part[1:]}, {place}" if part else place
