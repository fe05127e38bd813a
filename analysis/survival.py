"""How long the paragraphs of a text stay, from version to version."""

import pandas as pd

from analysis import tables

_FEW = 5
_QUOTED = 80  # characters of a paragraph


def order(texts, series="series"):
    """The versions of each series, by date: what `lineage.trace` takes; series of one version are left out.

    >>> about = pd.DataFrame({"document": ["b", "a", "c"], "series": ["x", "x", "y"], "date": ["2021", "2020", "2020"]})
    >>> order(about)
    {'x': ['a', 'b']}
    """
    tables.check(texts, "texts of versions", {"document": "text", series: "text", "date": "text"})
    versions = texts[["document", series, "date"]].drop_duplicates().sort_values(["date", "document"])
    found = versions.groupby(series, sort=False)["document"].agg(list)
    return {name: documents for name, documents in found.sort_index().items() if len(documents) > 1}


def openings(traced, texts):
    """The paragraphs of the versions that were traced, each with its change and its age: evidence for figures.

    One row per paragraph, with the columns of `texts`: `series`, `change` and `line` as traced, but ``first`` for all of a
    series' first version; `renewals`, how many versions its line has come through since the one that it began in, missing
    where that is the first version (then its age is not known); `is_last`, the version is the last of its series; `kept`,
    false for a formula; `start` and `end`, the first 80 characters, by which the paragraph is quoted.

    >>> from analysis import lineage
    >>> texts = pd.DataFrame({"document": ["a", "b", "c"], "paragraph": "1", "text": "Peace.", "series": "x"})
    >>> openings(lineage.trace(texts, {"x": ["a", "b", "c"]}), texts)[["document", "change", "renewals"]].values.tolist()
    [['a', 'first', <NA>], ['b', 'kept', <NA>], ['c', 'kept', <NA>]]
    """
    tables.check(traced, "lineage")
    tables.check(texts, "paragraphs")
    rows = traced.dropna(subset="paragraph").drop_duplicates(["document", "paragraph"])  # a merged one is there twice
    rows = rows if "series" in rows else rows.assign(series="")
    line = [rows["series"], rows["line"]]
    age = rows.groupby(line, sort=False).cumcount()
    begins = rows["previous_document"].notna().where(age == 0).groupby(line).transform("max").astype("bool")
    last = rows.groupby("series")["document"].transform("last")
    rows["change"] = rows["change"].where(rows["previous_document"].notna(), "first")
    rows = rows.assign(
        renewals=age.where(begins).astype("Int64"), is_last=rows["document"] == last, kept=~rows["formula"]
    )
    rows = rows[["document", "paragraph", "series", "change", "line", "renewals", "is_last", "kept"]]
    found = rows.merge(texts.drop(columns="series", errors="ignore"), on=["document", "paragraph"])
    return found.assign(start=0, end=found["text"].str.len().clip(upper=_QUOTED))


def survival(opened):
    """How many of the lines that began in a version are there after so many more: Kaplan and Meier's estimate.

    One row per series and number of `renewals`: `n`, lines that are there then; `at_risk`, lines that could have been (they
    were there one version before, and a further version is known); `ended`, those of them that were not; `percent`, the
    share still there, the product of ``1 - ended / at_risk`` over all renewals so far; `few`, n below five. Lines of the
    first version, whose age is not known, are left out; lines of the last count as long as they are known. Lines that are
    dropped together are not independent: no interval is given.

    >>> from analysis import lineage
    >>> texts = pd.DataFrame({"document": [*"abbcc"], "paragraph": [*"11212"], "series": "x"})
    >>> texts["text"] = ["Old words here.", "Old words here.", "A new line.", "Old words here.", "Something else."]
    >>> survival(openings(lineage.trace(texts, {"x": [*"abc"]}), texts))[["renewals", "n", "at_risk", "ended", "percent"]]
       renewals  n  at_risk  ended  percent
    0         0  2        2      0    100.0
    1         1  0        1      1      0.0
    """
    tables.check(opened, "openings", {"series": "text", "line": "text", "is_last": "flag", "kept": "flag"})
    rows = opened[opened["kept"]].dropna(subset="renewals")
    lines = rows.groupby(["series", "line"], sort=False).agg(age=("renewals", "max"), known=("is_last", "max"))
    alive = rows.groupby(["series", "renewals"]).size()
    gone = lines[~lines["known"]].groupby(["series", "age"]).size()
    found = []
    for name, oldest in lines.groupby("series", sort=False)["age"].max().items():
        share = 100.0
        for age in range(oldest + 2):
            n, ended = int(alive.get((name, age), 0)), int(gone.get((name, age - 1), 0))
            if n + ended:
                share *= n / (n + ended)
                found.append((name, age, n, n + ended, ended, share, n < _FEW))
    return pd.DataFrame(found, columns=["series", "renewals", "n", "at_risk", "ended", "percent", "few"])
