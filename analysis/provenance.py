"""The contract of a figure: by which rule marks and passages were found, written by `figures.save`; and followed."""

import hashlib
import itertools
import json
import warnings
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import codebooks, coding, corpus, frequency, lineage, patterns, survival, tables, themes, tokens
from analysis.charts import style

_KEYS = tokens.KEYS
PLACE = [*_KEYS, "start", "end"]
_FLAGS = ["kept", "assigned"]  # rows for which one is false are passages only where the chart draws that column
_COUNTS = ["n", "total", "per_1000", "n_paragraphs", "low", "high", "interval", "few"]
_OTHER_TEXTS = r"^(heading|note|front matter) \d"  # keys of texts that are no paragraphs
# Kinds of evidence: columns it has and arguments that were told (the first kind counts that has all of its own); which
# columns say what is counted; in words.
_KINDS = {
    "lineage": ({"change", "series="}, ["change"], "paragraphs traced through the versions of each {series}"),
    "lines": ({"token", "series="}, ["token"], "running words, each line of a {series} once, by its first version"),
    "codings": ({"coding=", "counts="}, ["theme", "only"], "paragraphs given a theme by {coding}, {counts} or both"),
    "elsewhere": ({"counts=", "column="}, [], "documents of {counts} with {column} above 0"),
    "audit": ({"plain", "codebook="}, ["label"], "places that the search of {codebook} finds, or that count"),
    "hits": ({"pattern", "codebook="}, ["label"], "hits of {codebook}"),
    "themes": ({"theme", "codebook="}, ["theme"], "whole paragraphs given a theme by {codebook}"),
    "coded": ({"theme", "coding="}, ["theme"], "whole paragraphs given a theme by {coding}"),
    "tokens": ({"token"}, ["token"], "every running word that is counted"),
    "spans": ({"text_start"}, [], "every stretch of the file"),
    "paragraphs": ({"text", "order"}, [], "whole paragraphs"),
    "": (set(), [], "by no rule that is known"),
}


class Known(NamedTuple):
    """What contracts are followed over, and what following one of them gives."""

    root: Path  # the folder that contracts name files from
    texts: pd.DataFrame
    spans: pd.DataFrame
    words: pd.DataFrame
    text_of: dict  # (document, key) → text
    elsewhere: set  # documents that are not here
    given: dict  # what rules gave before, by rule
    items: dict | None = None  # what is counted, by name
    rows: pd.DataFrame | None = None  # all passages of what is counted; none where the rule is not known


def manifest(figures):
    """What ``manifest.json`` of a folder lists: notebook → its data and its figures (file → checksum); and versions."""
    path = figures / "manifest.json"
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}: run make figures.")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        notebooks = {name: (dict(one["data"]), dict(one["figures"])) for name, one in told["notebooks"].items()}
        return notebooks, dict(told.get("versions", {}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({type(error).__name__}: {error}): run make figures.") from None


def figure_of(name):
    """The figure that a file belongs to."""
    return name.removesuffix(Path(name).suffix).removesuffix(".evidence")


def changed(figures, data, notebooks):
    """Files that are not those of the manifest."""
    for notebook, (given, drawn) in notebooks.items():
        files = [("data", data.parent / name, checksum) for name, checksum in given.items()]
        files += [(figure_of(name), figures / name, checksum) for name, checksum in drawn.items()]
        for what, path, checksum in files:
            if not path.is_file():
                yield what, "", "file is missing", f"{path.name}, of {notebook}"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                yield what, "", "file is not the one in the manifest", f"{path.name}, of {notebook}"


def declared(drawn, table, evidence, corpus, told):
    """What `verify` checks a figure by: the files and columns that were told, and what is counted, by name."""
    rows = counting(evidence, table)
    have = {*rows, *(f"{name}=" for name in told)}
    kind, names = next((kind, names) for kind, (needs, names, _) in _KINDS.items() if needs <= have)
    if "counts" in told and kind not in ("codings", "elsewhere"):
        raise ValueError("counts= needs column=, the column that is above 0 where a document counts, or coding=.")
    if missing := sorted({*told.get("totals", {}), *told.get("formulas", {})} - set(table)):
        raise ValueError(f"totals= and formulas= name {missing}; the chart has {list(table)}.")
    rule = {"kind": kind} | {name: told[name] for name in told if name not in ("totals", "formulas")}
    rule["within"] = {name: _parts(evidence, name, of) for name, of in told.get("within", {}).items()}
    rule["shown"] = [name for name in _FLAGS if name in table]
    texts = rows["paragraph"].dropna().astype("str").str.extract(_OTHER_TEXTS)[0]
    rule["texts"] = sorted(set(texts.fillna("paragraph"))) or ["paragraph"]
    ours = rows[rows["mark"].isin(table["mark"])]
    if kind == "tokens" and ("words" in told or "n_words" in rows or "position" not in rows):  # several words, or runs
        known = {*tables.columns("texts"), *tables.columns("tokens"), *(() if corpus is None else corpus.documents)}
        own = [name for name in drawn.by if name not in known]  # what the words stand for
        names = [*names, *own]
        rule = {"words": ours[[*own, "token"]].astype("str").drop_duplicates().to_dict("list")} | rule
    counted = [name for name in drawn.by if name in names or f"{{{name}}}" in rule.get("column", "")]
    items = {name: _values(table[name]) for name in counted}
    groups = [name for name in drawn.by if name not in items]
    counts = set(_COUNTS) <= set(table)
    totals = {"total": ["words", groups], "n_paragraphs": ["paragraphs of the mark", []]} if counts else {}
    formulas = {name: tables.columns("counts")[name]["formula"] for name in ("per_1000", "few") if counts}
    shared = [name for name in table if name in rows and name not in (*drawn.by, "mark", "n")]
    spelled = {"token", "form"} <= {*table} & {*rows} and pairs(table, "form", "token") <= pairs(rows, "form", "token")
    named = set() if "counts" in told else {*(rows if corpus is None else corpus.documents)["document"].astype("str")}
    contract = {"marks": len(table), "by": drawn.by, "items": items}
    contract |= {"chosen": "each" if (table["n"] == 0).any() else "all", "documents": sorted(named)}
    same = [name for name in shared if pairs(ours, name) <= pairs(table, name)]
    contract |= {"evidence": rule, "same": same, "spelled": spelled, "totals": totals | told.get("totals", {})}
    contract |= {"formulas": formulas | told.get("formulas", {}), "painted": drawn.painted}
    there = rows if corpus is None or not set(groups) <= set(corpus.texts) else _here(corpus.texts, contract)
    if expected(contract, items, of(rows, items), there) != set(table["mark"]):
        contract["chosen"] = table["mark"].tolist()
    if "words" in told:
        contract["items"] = dict.fromkeys(items)  # all of the file
    elif "drop" in told and "token" in items:
        contract["items"] = items | {"token": len(items["token"])}  # as many of the first
    return contract


def disagreements(table, behind, ids):
    """Where the marks of a table, its passages and the names in a picture are not the same: mark, problem, detail."""
    n, drawn = behind["mark"].value_counts(), Counter(ids)
    for mark, count in zip(table["mark"], table["n"].astype("str"), strict=True):
        if count != str(n.get(mark, 0)):
            yield mark, "n differs", f"{count} drawn, {n.get(mark, 0)} in the evidence"
        if drawn[mark] != 1:
            yield mark, "mark is not drawn once", f"{drawn[mark]} times"
    for mark in sorted({*n.index, *ids} - {*table["mark"]}):
        yield mark, "mark is not in the table", ""
    for what, rows, keys in (("mark", table, ["mark"]), ("passage", behind, ["mark", *PLACE])):
        for mark in rows["mark"][rows.duplicated(keys)]:
            yield mark, f"{what} is there twice", ""


def pairs(table, name, key="mark"):
    """The different pairs of a mark and its value in a column, as text."""
    return set(zip(*(tables.as_text(table[one]).tolist() for one in (key, name)), strict=True))


def _values(column):
    """The different values that are drawn, as text; of labels also those that are a lane without marks."""
    column = column.astype("str") if column.name == "token" else column
    return column.astype("category").cat.categories.astype("str").tolist()


def _parts(evidence, name, column):
    """Which values of a column of the committed table lie in each value of a column of the chart."""
    parts = evidence[[name, column]].astype("str").drop_duplicates().sort_values([name, column])
    return {"column": column, "values": parts.groupby(name)[column].agg(list).to_dict()}


def of(rows, items):
    """The rows of what is counted."""
    for name, values in items.items():
        rows = rows[rows[name].astype("str").isin(values)]
    return rows


def counting(rows, shown):
    """The rows that are passages: those set aside only where the chart draws that."""
    for flag in set(_FLAGS) & set(rows) - set(shown):
        rows = rows[rows[flag]]
    return rows


def expected(contract, items, rows, there):
    """The marks that there should be: those with passages, or each thing counted in each group that is there."""
    if contract["chosen"] == "all":
        return set(style.marks(rows, contract["by"]))
    every, groups = _product(items), [name for name in contract["by"] if name not in items]
    every = every.merge(there[groups].astype("str").drop_duplicates(), how="cross") if groups else every
    return set(style.marks(every, contract["by"]))


def _product(items):
    """Each value of what is counted with each of the others, one row each."""
    return pd.DataFrame(itertools.product(*items.values()), columns=list(items))


def documents(data):
    """All documents of a project; none, if it has none of its own."""
    folder = data / "documents"
    if folder.is_dir() and any(path.is_file() for path in folder.rglob("[!.]*")):
        return read(folder)
    return corpus.Corpus(*map(tables.empty, corpus.Corpus._fields))


def read(path, metadata=None):
    """Documents as they are read, without the warnings, which the notebooks tell."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        return corpus.read(path, metadata)


def text_of(read):
    """Each text of a corpus by document and key; the whole document by an empty key."""
    return pd.concat([read.texts, read.documents.assign(paragraph="")]).set_index(_KEYS)["text"].to_dict()


def known(data):
    """The documents of a project, each read once, and the names of those that are elsewhere."""
    return _known(data.parent, documents(data), set(corpus.elsewhere(data)["document"]))


@lru_cache(maxsize=1)
def collected(root, path, metadata):
    """The same of the documents of a collection: a folder, archive or table beside the project's documents."""
    return _known(root, read(root / path, metadata and root / metadata), set())


def _known(root, found, elsewhere):
    """What is known of documents that were read."""
    return Known(root, found.texts, found.spans, tokens.tokenize(found.texts), text_of(found), elsewhere, {})


def _here(table, contract):
    """The rows that are of a figure's documents and kinds of texts."""
    of_document = table["document"].isin(contract["documents"])
    return table[of_document & table["kind"].isin(contract["evidence"]["texts"])].reset_index(drop=True)


def followed(contract, known):
    """What is known of the documents and kinds of texts of a figure, with the items and rows that its rule gives."""
    spans = known.spans[known.spans["document"].isin(contract["documents"])]
    rule, items = contract["evidence"], dict(contract["items"])
    words = tokens.tokenize(known.texts, **rule["tokenize"]) if "tokenize" in rule else known.words
    known = known._replace(texts=_here(known.texts, contract), words=_here(words, contract), spans=spans)
    if rule["kind"] == "lines":
        once = survival.first(_given(rule | {"kind": "lineage"}, contract, known))
        known = known._replace(words=known.words.merge(once[_KEYS], on=_KEYS))
    for name, values in items.items():
        if values is None:  # all of the file
            items[name] = _listed(rule, name, known)[name].drop_duplicates().tolist()
        elif isinstance(values, int):  # the first, drawn again
            stopwords = tables.decoded(known.root / rule["drop"]).split()
            items[name] = frequency.count(known.words, drop=stopwords)[name].head(values).tolist()
    known = known._replace(items=items)
    if not rule["kind"]:
        return known
    return known._replace(rows=of(counting(_given(rule, contract, known), rule["shown"]), items))


def _given(rule, contract, known):
    """All passages that a rule gives in a figure's documents, found once for several figures."""
    asked = json.dumps([rule, contract["documents"], known.items if rule["kind"] in ("elsewhere", "tokens") else {}])
    if asked not in known.given:
        known.given[asked] = _rows(rule, known)
    return known.given[asked]


def _rows(rule, known):
    """All passages that a rule gives, with the columns that name marks."""
    texts = known.texts
    carried = texts.drop(columns=["text", "number", "order"])
    whole = texts.assign(start=0, end=texts["text"].str.len())
    book = codebooks.load(known.root / rule["codebook"]) if "codebook" in rule else None
    found = {
        "lineage": lambda: survival.openings(lineage.trace(texts, survival.order(texts, rule["series"])), texts),
        "codings": lambda: _codings(rule, known),
        "elsewhere": lambda: committed(rule, known, rule["column"]).query("value > 0"),
        "audit": lambda: patterns.audit(texts, book).query("plain or kept").merge(carried, on=_KEYS),
        "hits": lambda: patterns.find(texts, book),
        "themes": lambda: themes.classify(texts, book).merge(whole, on=_KEYS),
        "coded": lambda: coding.load(known.root / rule["coding"])[[*_KEYS, "theme"]].merge(whole, on=_KEYS),
        "lines": lambda: known.words,
        "tokens": lambda: _words(rule, known) if "words" in rule else known.words,
        "spans": lambda: corpus.passages(known.spans).assign(begins=known.spans["start"]).fillna({"paragraph": ""}),
        "paragraphs": lambda: whole,
    }
    return found[rule["kind"]]()


def counted(drawn, behind, what, contract, known):
    """A column counted again, one value for each mark; nothing where its groups are not known here."""
    if isinstance(what, str):
        table, within = committed(contract["evidence"], known, what), contract["by"]
    elif what[0] == "paragraphs of the mark":
        table, within = behind.drop_duplicates(["mark", *_KEYS]), ["mark"]
    else:
        table, within = {"words": known.words, "paragraphs": known.texts, "passages": known.rows}[what[0]], what[1]
    if table is None or not set(within) <= set(table):
        return None
    table = table[within].astype("str").assign(value=table["value"] if isinstance(what, str) else 1)
    if not within:
        return pd.Series(len(table), drawn.index)
    return drawn[within].merge(table.groupby(within)["value"].sum().reset_index(), how="left")["value"].fillna(0)


def said(contract):
    """The rule of a figure in words."""
    rule, chosen = contract["evidence"], {"all": "all there are", "each": "each, also where there is none"}
    which = [chosen.get(str(contract["chosen"]), "chosen by the author")]
    for name, values in contract["items"].items():
        if values is None:
            which.append(f"{name} of {rule['words']}")
        elif isinstance(values, int):
            which.append(f"the {values} words with the largest n but those of {rule['drop']}")
    passages = _KINDS[rule["kind"]][2].format_map(rule) + ", set aside or not" * ("kept" in rule["shown"])
    documents = contract["documents"]
    names = documents[:3] + [f"and {len(documents) - 3} more"] * (len(documents) > 3)
    where = f" in {', '.join(names)}" if names else ""
    return f"{passages}{where}; by {', '.join(contract['by'])}: {'; '.join(which)}"


def committed(rule, known, column):
    """The table with one row per document elsewhere, once for each thing counted, with the value of a column."""
    table = tables.read(known.root / rule["counts"], ["document", "characters"])
    for name, parts in rule["within"].items():
        table[name] = table[parts["column"]].map({one: part for part, ones in parts["values"].items() for one in ones})
    table = table.assign(paragraph="", start=0, end=table["characters"].astype("int64"), **{"1": 1})
    things = _product(known.items).to_dict("records")
    return pd.concat(table.assign(value=pd.to_numeric(table[column.format(**thing)]), **thing) for thing in things)


def _words(rule, known):
    """Every place of the words, with what they stand for."""
    listed = _listed(rule, next(iter(known.items), "token"), known)
    phrases = listed["token"].drop_duplicates().tolist()
    found = tokens.find(known.words, phrases) if phrases else known.words[:0]
    return found.astype({"token": "str"}).merge(listed, on="token")


def _listed(rule, name, known):
    """The words of what is counted, one row each: as the contract has them, or a file whose first column names that."""
    if not isinstance(rule["words"], str):
        return pd.DataFrame(rule["words"], dtype="str")
    file = tables.read(known.root / rule["words"], ["word"])
    return pd.DataFrame({name: file[file.columns[0]], "token": file["word"].map(tokens.as_phrase)})


def _codings(rule, known):
    """Paragraphs elsewhere that a coding or a table of assigned themes gives a theme: which of the two, or both."""
    coded = coding.load(known.root / rule["coding"])
    length = coded[[*_KEYS, "characters"]].drop_duplicates().astype({"characters": "int64"})
    given = tables.read(known.root / rule["counts"], [*_KEYS, "theme", "assigned"])
    given = given[given["assigned"].isin(["1", "True"])][[*_KEYS, "theme"]]
    both = given.merge(coded.loc[coded["theme"] != tables.NONE, [*_KEYS, "theme"]], how="outer", indicator="only")
    both["only"] = both["only"].map({"left_only": "assigned", "right_only": "coding", "both": "both"}).astype("str")
    return both.merge(length, on=_KEYS).assign(start=0, end=lambda table: table["characters"])
