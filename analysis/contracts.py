"""The contract of a figure: by which rule its marks and passages were found, written by `figures.save`; and followed."""

import math
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import codebooks, coding, corpus, frequency, patterns, tables, themes, tokens
from analysis.charts import style

_KEYS = ["document", "paragraph"]
_PLACE = [*_KEYS, "start", "end"]
_ITEMS = {"token", "label", "theme", "only"}  # columns of what is counted; the others are groups
_OF_TOKENS = {"document", "paragraph", "section", "kind", "position", "start", "end", "form"}
_COUNTS = ["n", "total", "per_1000", "n_paragraphs", "few"]  # columns by which a table of `frequency` is known
_OTHER_TEXTS = r"^(heading|note|front matter) \d"  # keys of texts that are no paragraphs
_RULES = {
    "tokens": "every running word",
    "words": "every place of {words}",
    "hits": "hits of {codebook} {aside}",
    "audit": "places that the search of {codebook} finds, or that count",
    "themes": "whole paragraphs given a theme by {codebook}{coding}",
    "codings": "paragraphs given a theme by {coding}, by {counts}, or both",
    "spans": "every stretch of the file",
    "paragraphs": "whole paragraphs",
    "elsewhere": "documents of {counts} with {column} above 0",
}


class Known(NamedTuple):
    """What contracts are followed over."""

    root: Path  # the folder that contracts name files from
    texts: pd.DataFrame
    spans: pd.DataFrame
    words: pd.DataFrame
    text_of: dict  # (document, key) → text
    elsewhere: set  # documents that are not here


def declared(drawn, table, evidence, behind, corpus, rule, totals, formulas):
    """What `verify` checks the figure by: nothing in it is guessed from the figure's files."""
    evidence = pd.DataFrame(columns=[*drawn.by, *_PLACE]) if evidence is None else evidence
    rule = {"kind": _kind(evidence.columns, rule), **rule, "set_aside": "kept" in table}
    if rule["kind"] == "elsewhere":
        if "column" not in rule:
            raise ValueError(
                "counts= needs column=: the column of that table which is above 0 where a document counts."
            )
        rule["within"] = {name: _parts(evidence, name, of) for name, of in rule.get("within", {}).items()}
    counts = {"token"} if rule["kind"] == "words" else _ITEMS
    items = [name for name in drawn.by if name in counts or f"{{{name}}}" in rule.get("column", "")]
    rule["items"] = {name: _values(table[name]) for name in items}
    own = [name for name in drawn.by if rule["kind"] == "words" and name not in (*_OF_TOKENS, *items)]
    rule["groups"] = [name for name in drawn.by if name not in (*items, *own)]
    if rule["kind"] == "words" and "words" not in rule:
        rule["words"] = _words(table, evidence, own)
    keys = evidence["paragraph"].dropna().astype("str")
    rule["texts"] = sorted(set(keys.str.extract(_OTHER_TEXTS)[0].fillna("paragraph"))) or ["paragraph"]
    documents = evidence if corpus is None else corpus.documents
    counted = _counted(table, evidence, behind, rule["groups"])
    stated = {name: tables.columns("counts")[name]["formula"] for name in ("per_1000", "few") if "total" in counted}
    return {
        "marks": len(table),
        "by": drawn.by,
        "chosen": _chosen(table, evidence, drawn.by, rule),
        "documents": [] if "counts" in rule else sorted(set(documents["document"].astype("str"))),
        "evidence": rule,
        "same": _same(table, evidence, drawn.by),
        "totals": counted | totals,
        "formulas": stated | formulas,
        "painted": drawn.painted,
    }


def _kind(columns, rule):
    """What kind of table the evidence is, by its columns and the files that are named."""
    columns = set(columns)
    kinds = {
        "codings": {"coding", "counts"} <= set(rule),
        "elsewhere": "counts" in rule,
        "themes": "theme" in columns and bool({"codebook", "coding"} & set(rule)),
        "audit": {"plain", "substring"} <= columns,
        "hits": {"pattern", "kept"} <= columns,
        "words": "words" in rule or "n_words" in columns or ("token" in columns and "position" not in columns),
        "tokens": {"token", "position"} <= columns,
        "spans": {"kind", "text_start"} <= columns,
        "paragraphs": "text" in columns and "theme" not in columns,
    }
    return next((kind for kind, fits in kinds.items() if fits), "not known")


def _values(column):
    """What is counted, as text: the words that are drawn; of labels also those that are a lane without marks."""
    column = column.astype("str") if column.name == "token" else column
    return column.astype("category").cat.categories.astype("str").tolist()


def _parts(evidence, name, column):
    """Which values of a column of the committed table lie in each value of a column of the chart."""
    parts = evidence[[name, column]].astype("str").drop_duplicates().sort_values([name, column])
    return {"column": column, "values": parts.groupby(name)[column].agg(list).to_dict()}


def _words(table, evidence, own):
    """The words of each mark: one row for each value of the columns that are not those of running words."""
    known = evidence.astype(dict.fromkeys([*own, "token"], "str"))
    if not own:
        listed = table["token"] if "token" in table else known["token"]
        return [{"of": {}, "words": sorted(set(listed.astype("str")))}]
    of = known.groupby(own)["token"].agg(lambda words: sorted(set(words)))
    keys = table[own].astype("str").drop_duplicates().to_dict("records")
    named = [tuple(key.values()) if len(own) > 1 else key[own[0]] for key in keys]
    return [{"of": key, "words": of.get(name, [])} for key, name in zip(keys, named, strict=True)]


def _chosen(table, evidence, by, rule):
    """How the set of marks was chosen, so that `verify` can draw it again."""
    chosen, names, groups = {"all": True}, dict(rule["items"]), rule["groups"]
    items = list(names)
    if "drop" in rule and "token" in items:
        chosen = {"first": len(rule["items"].pop("token")), "of": "n", "drop": rule.pop("drop")}
    elif isinstance(rule.get("words"), str):
        chosen = {"file": rule["words"]}
    shown = table[by].astype("str")
    if (table["n"] == 0).any():  # marks without a passage: each of the things in each group
        own = [name for name in by if name not in (*items, *groups)]
        sizes = [len(shown[of].drop_duplicates()) for of in (*([name] for name in items), own, groups) if of]
        return chosen | {"each": True} if math.prod(sizes) == len(table) else {"stated": len(table)}
    rows = evidence
    for flag in {"kept", "assigned"} & set(rows) - set(table):
        rows = rows[rows[flag]]
    for name in set(items) & set(by):
        rows = rows[rows[name].astype("str").isin(names[name])]
    return chosen if set(style.marks(rows, by)) == set(table["mark"]) else {"stated": len(table)}


def _same(table, evidence, by):
    """The columns that the table has from its evidence: one value for all passages of a mark."""
    rows, same = evidence.assign(mark=style.marks(evidence, by)), []
    rows = rows[rows["mark"].isin(table["mark"])]
    for name in [name for name in table if name in evidence and name not in (*by, "mark", "n")]:
        values = rows[["mark"]].assign(value=tables.as_text(rows[name])).drop_duplicates().set_index("mark")["value"]
        drawn = tables.as_text(table.set_index("mark")[name]).loc[values.index.unique()]
        if len(values) and values.index.is_unique and (values == drawn).all():
            same.append(name)
    return same


def _counted(table, evidence, behind, groups):
    """Columns that are counted in something else than passages: name → counted in what, within which columns."""
    counted = {}
    if set(_COUNTS) <= set(table) and np.allclose(table["per_1000"] * table["total"], 1000 * table["n"], rtol=1e-4):
        counted["total"] = ["words", groups]
    if "n_paragraphs" in table:
        spread = behind.drop_duplicates(["mark", "document", "paragraph"])["mark"].value_counts()
        if "total" in counted or (table["mark"].map(spread).fillna(0) == table["n_paragraphs"]).all():
            counted["n_paragraphs"] = ["paragraphs of the mark", []]
    if {"form", "token"} <= set(table) and {"form", "token", "position"} <= set(evidence):
        spelled = frequency.spelled(evidence, table["token"].astype("str"))
        counted |= {"form": ["spelling", ["token"]]} if (spelled == table["form"].astype("str")).all() else {}
    return counted


def known(data):
    """The documents below a folder, each read once, and the names of those that are elsewhere."""
    folder = data / "documents"
    there = folder.is_dir() and any(path.is_file() for path in folder.rglob("[!.]*"))
    with warnings.catch_warnings():  # told where a notebook reads them
        warnings.simplefilter("ignore")
        found = corpus.read(folder) if there else corpus.Corpus(*map(tables.empty, corpus.Corpus._fields))
    whole = pd.concat([found.texts, found.documents.assign(paragraph="")])
    text_of = dict(zip(whole[_KEYS].itertuples(index=False, name=None), whole["text"], strict=True))
    elsewhere = set(corpus.elsewhere(data)["document"])
    return Known(data.parent, found.texts, found.spans, tokens.tokenize(found.texts), text_of, elsewhere)


def followed(contract, known):
    """All passages that the rule gives, with the columns that name marks; nothing where the rule is not known."""
    rule = contract["evidence"]
    if rule["kind"] == "elsewhere":
        rows = _above(rule, known)
    elif rule["kind"] == "codings":
        rows = _codings(rule, known)
    else:
        rows = _passages(rule, known, *(_here(contract, table) for table in (known.texts, known.words)))
        if rows is None:
            return None
        rows = rows[rows["document"].isin(contract["documents"])]
        rows = rows if rule["set_aside"] or "kept" not in rows else rows[rows["kept"]]
    for name, values in _items(contract, known).items():
        rows = rows[rows[name].astype("str").isin(values)]
    return rows


def expected(contract, rows, known):
    """The marks that there should be: those of the passages, or each of the things counted in each group."""
    rule, by = contract["evidence"], [name for name in contract["by"] if name in rows.columns]
    if "each" not in contract["chosen"]:
        return set(style.marks(rows, by))
    of = [pd.DataFrame({name: values}) for name, values in _items(contract, known).items()]
    own = [name for name in by if name not in (*_items(contract, known), *rule["groups"])]
    groups = [name for name in rule["groups"] if name in by]
    if own:
        of.append(_listed(rule, known)[own].drop_duplicates())
    if groups:
        there = _committed(rule, known) if rule["kind"] == "elsewhere" else _here(contract, known.texts)
        of.append(there[groups].astype("str").drop_duplicates())
    every = of[0]
    for other in of[1:]:
        every = every.merge(other, how="cross")
    return set(style.marks(every, by))


def counted(drawn, behind, of, contract, known):
    """A column counted again, one value for each mark; nothing where its groups are not known here."""
    if isinstance(of, str):
        return _summed(drawn, of, contract["evidence"], known)
    what, within = of
    words = _here(contract, known.words)
    if what == "paragraphs of the mark":
        return drawn["mark"].map(behind.drop_duplicates(["mark", *_KEYS])["mark"].value_counts()).fillna(0)
    if what == "spelling":
        return frequency.spelled(words, drawn["token"])
    rows = followed(contract, known) if what == "passages" else words
    rows = rows.drop_duplicates(_KEYS) if what == "paragraphs" else rows
    if not set(within) <= set(rows):
        return None
    if not within:
        return pd.Series(len(rows), drawn.index)
    sizes = rows[within].astype("str").value_counts().rename("size").reset_index()
    return drawn[within].merge(sizes, how="left")["size"].fillna(0)


def said(contract):
    """The rule of a figure in words."""
    rule, chosen = contract["evidence"], contract["chosen"]
    parts = {name: rule.get(name, "") for name in ("codebook", "coding", "counts", "column")}
    parts["words"] = rule["words"] if isinstance(rule.get("words"), str) else "its words"
    parts["aside"] = "set aside or not" if rule["set_aside"] else "that count"
    passages = _RULES.get(rule["kind"], "no rule that is known").format(**parts)
    which = "all there are"
    if "stated" in chosen:
        which = "chosen by the author"
    elif "first" in chosen:
        which = f"the {chosen['first']} words with the largest {chosen['of']} but those of {chosen['drop']}"
    elif "file" in chosen:
        which = f"all of {chosen['file']}"
    items = [f"{name} {', '.join(values)}" for name, values in rule["items"].items() if len(values) < 8]
    where = f" in {', '.join(contract['documents'][:3])}" if contract["documents"] else ""
    each = ", also where there is none" if "each" in chosen else ""
    return f"{passages}{where}; by {', '.join(contract['by'])}: {'; '.join([which + each, *items])}"


def _here(contract, table):
    """The rows of a table that are of the documents, and the kinds of texts, of a figure."""
    here = table["document"].isin(contract["documents"]) & table["kind"].isin(contract["evidence"]["texts"])
    return table[here].reset_index(drop=True)


def _items(contract, known):
    """What is counted: the values of a column that the contract names, or the first words drawn again."""
    chosen = contract["chosen"]
    if "first" not in chosen:
        return contract["evidence"]["items"]
    stopwords = (known.root / chosen["drop"]).read_text(encoding="utf-8").split()
    first = frequency.count(_here(contract, known.words), drop=stopwords)["token"].head(chosen["first"])
    return contract["evidence"]["items"] | {"token": first.tolist()}


def _passages(rule, known, texts, words):
    """The passages of documents here."""
    kind = rule["kind"]
    whole = texts.assign(start=0, end=texts["text"].str.len())
    book = codebooks.load(known.root / rule["codebook"]) if "codebook" in rule else None
    carried = texts.drop(columns=["text", "number", "order"])
    if kind == "tokens":
        return words
    if kind == "words":
        listed = _listed(rule, known)
        phrases = [token for token in listed["token"].drop_duplicates() if token]
        found = tokens.find(words, phrases) if phrases else words[:0]
        return found.astype({"token": "str"}).merge(listed, on="token")
    if kind == "spans":
        return corpus.passages(known.spans).assign(begins=known.spans["start"]).fillna({"paragraph": ""})
    if kind == "paragraphs":
        return whole
    if kind == "themes" and book is not None:
        assigned = themes.classify(texts, book)
        return assigned[assigned["assigned"]].merge(whole, on=_KEYS)
    if kind == "themes":
        return coding.load(known.root / rule["coding"])[[*_KEYS, "theme"]].merge(whole, on=_KEYS)
    if kind == "audit" and book is not None:
        places = patterns.audit(texts, book)
        return places[places["plain"] | places["kept"]].merge(carried, on=_KEYS)
    if kind == "hits":
        books = [book] if book is not None else rule["items"].get("label", [])
        hits = [patterns.find(texts, one) for one in books]
        return pd.concat(hits).merge(carried, on=_KEYS) if hits else None
    return None


def _listed(rule, known):
    """The words of each mark, one row each, as the contract lists them, or a file whose first column names the marks."""
    if isinstance(rule["words"], str):
        file = tables.read(known.root / rule["words"], ["word"])
        listed = file[[file.columns[0]]].assign(_word=file["word"])
    else:
        listed = pd.DataFrame([row["of"] | {"_word": row["words"]} for row in rule["words"]]).explode("_word")
    listed["token"] = listed["_word"].fillna("").map(tokens.as_phrase)
    return listed.drop(columns="_word")


def _committed(rule, known):
    """The table with one row per document elsewhere, with the chart's periods."""
    table = tables.read(known.root / rule["counts"], ["document"])
    for name, parts in rule["within"].items():
        table[name] = table[parts["column"]].map({one: part for part, ones in parts["values"].items() for one in ones})
    return table


def _above(rule, known):
    """Documents elsewhere in which a column is above 0, for each thing that is counted."""
    table = _committed(rule, known)
    table = table.assign(paragraph="", start=0, end=table["characters"].astype("int64"))
    rows = []
    for keys in pd.DataFrame(rule["items"]).to_dict("records") or [{}]:
        above = pd.to_numeric(table[rule["column"].format(**keys)]) > 0
        rows.append(table[above].assign(**keys))
    return pd.concat(rows, ignore_index=True)


def _summed(drawn, of, rule, known):
    """Sums over the committed table, one for each mark."""
    table = _committed(rule, known)
    sums = []
    for row in drawn.to_dict("records"):
        same = (table[rule["groups"]] == pd.Series({name: row[name] for name in rule["groups"]})).all(axis=1)
        sums.append(same.sum() if of == "1" else pd.to_numeric(table.loc[same, of.format(**row)]).sum())
    return pd.Series(sums, drawn.index)


def _codings(rule, known):
    """Paragraphs elsewhere that a coding or a table of assigned themes gives a theme: which of the two, or both."""
    coded = coding.load(known.root / rule["coding"])
    length = coded[[*_KEYS, "characters"]].drop_duplicates().astype({"characters": "int64"})
    given = tables.read(known.root / rule["counts"], [*_KEYS, "theme", "assigned"])
    given = given[given["assigned"].isin(["1", "True"])][[*_KEYS, "theme"]]
    coded = coded.loc[coded["theme"] != tables.NONE, [*_KEYS, "theme"]]
    both = given.merge(coded, how="outer", indicator="only")
    both["only"] = both["only"].map({"left_only": "assigned", "right_only": "coding", "both": "both"}).astype("str")
    return both.merge(length, on=_KEYS).assign(start=0, end=lambda table: table["characters"])
