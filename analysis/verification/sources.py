"""Everything that figures can be checked against: documents, their words, codebooks, codings."""

import warnings
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import codebooks, corpus, patterns, tables, tokens

_KEYS = ["document", "paragraph"]


class Sources(NamedTuple):
    """What the data folder holds."""

    data: Path
    source_of: dict  # document → its file under documents/
    texts: dict  # (document, paragraph) → text; the whole document under (document, "")
    paragraphs: pd.DataFrame
    words: pd.DataFrame  # running words with section, start, end
    all_texts: pd.DataFrame  # with headings, notes and front matter
    spans: pd.DataFrame
    elsewhere: set  # documents that are not here, and are said to be elsewhere
    lengths: dict  # (document, paragraph) → characters of a text that is not here, by the tables a notebook read


def read(data):
    """Read the documents of a data folder, and which documents are elsewhere."""
    findings, away, none = [], set(), corpus.Corpus(*map(tables.empty, corpus.Corpus._fields))
    try:
        away = set(corpus.elsewhere(data)["document"])
    except ValueError as error:
        findings.append(("elsewhere.csv", "", "file cannot be read", str(error)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the notebooks have told them
            found = corpus.read(data / "documents")
    except FileNotFoundError:
        found = none
    except ValueError as error:
        found = none
        findings.append(("documents", "", "cannot be read", str(error)))
    return _sources(data, found, away), findings


def of_documents(sources, inputs):
    """The part of the sources that a figure's notebook read."""
    lengths = {}
    for _, table in read_tables(sources.data, inputs):
        if {"document", "characters"} <= set(table.columns):
            characters = pd.to_numeric(table["characters"], errors="coerce").fillna(0).astype("int64").tolist()
            paragraph = table.get("paragraph", pd.Series("", table.index))
            lengths |= dict(zip(zip(table["document"], paragraph, strict=True), characters, strict=True))
    kept = [document for document, file in sources.source_of.items() if f"documents/{file}" in inputs]
    if not kept or len(kept) == len(sources.source_of):
        return sources._replace(lengths=lengths)
    parts = {name: getattr(sources, name) for name in ("paragraphs", "words", "all_texts", "spans")}
    parts = {name: part[part["document"].isin(kept)] for name, part in parts.items()}
    return sources._replace(lengths=lengths, **parts)


def read_tables(data, inputs):
    """The CSV files among a notebook's data."""
    for name in (name for name in inputs if name.endswith(".csv") and (data / name).is_file()):
        yield name, pd.read_csv(data / name, dtype="str", keep_default_na=False)


def labelled(sources, inputs):
    """The passages that a figure of labels or themes can stand for, by every rule known."""
    rules = {}
    if sources.paragraphs.empty:
        return rules
    for name in (name for name in inputs if name.endswith((".yml", ".yaml"))):
        book = codebooks.load(sources.data / name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            hits, places = patterns.find(sources.paragraphs, book), patterns.audit(sources.paragraphs, book)
        kept = hits[hits["kept"]]
        for rule, found in [
            ("kept hits of the label", kept.drop(columns="kept")),
            ("hits of the label, kept or not", hits),
            ("places of search or hit", places[places["plain"] | places["kept"]]),
            ("paragraphs with a kept hit", _whole(sources, kept)),
        ]:
            rules[rule] = pd.concat([rules.get(rule), found], ignore_index=True)
    for name, coded in read_tables(sources.data, inputs):
        if not set(_KEYS) <= set(coded.columns):
            continue
        coded = coded if "label" in coded.columns else coded.rename(columns={"theme": "label"})
        if "label" in coded.columns:
            rules[f"paragraphs coded in {name}"] = _whole(sources, coded)
    section = sources.paragraphs[[*_KEYS, "section"]]
    return {rule: found.merge(section, on=_KEYS) for rule, found in rules.items()}


def _whole(sources, passages):
    """The whole paragraphs in which labelled passages lie, each once."""
    pairs = passages[["label", *_KEYS]].drop_duplicates().merge(sources.paragraphs[[*_KEYS, "text"]], on=_KEYS)
    return pairs.assign(start=0, end=pairs["text"].str.len()).drop(columns="text")


def _sources(data, found, away):
    paragraphs = found.paragraphs
    words = tokens.tokenize(paragraphs)
    words = words[[*_KEYS, "section", "position", "token", "start", "end"]]
    texts = {(row.document, row.paragraph): row.text for row in found.texts.itertuples()}
    documents = found.documents
    texts |= {(name, ""): text for name, text in zip(documents["document"], documents["text"], strict=True)}
    source_of = dict(zip(documents["document"], documents["source"], strict=True))
    return Sources(data, source_of, texts, paragraphs, words, found.texts, found.spans, away, {})
