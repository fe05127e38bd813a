"""How long the paragraphs of a text stay, from version to version."""

import warnings
from itertools import pairwise

import pandas as pd

from analysis import tables, tokens

_KINDS = ["kept", "edited", "moved", "merged", "split", "new"]
_QUOTED = 50  # characters of a paragraph


def order(texts, series="series"):
    """The versions of each series, by date: what `lineage.trace` takes; series of one version are left out.

    >>> about = pd.DataFrame({"document": ["b", "a", "c"], "series": ["x", "x", "y"], "date": ["2021", "2020", "2020"]})
    >>> order(about)
    {'x': ['a', 'b']}
    """
    tables.check(texts, "texts of versions", {"document": "text", series: "text", "date": "text"})
    for date in texts["date"][~texts["date"].str.fullmatch(r"\d{4}(-\d\d){0,2}")]:
        raise ValueError(f"date {date!r} gives no order: write all dates as 2000-05-31.")
    versions = texts[["document", series, "date"]].drop_duplicates().sort_values([series, "date", "document"])
    for (name, date, document), (same, later, other) in pairwise(versions[[series, "date", "document"]].to_numpy()):
        if name == same and later.startswith(date):
            warnings.warn(f"{other} is of {later}, {document} of {date}: which comes first?", stacklevel=2)
    found = versions.groupby(series, sort=False)["document"].agg(list)
    return {name: documents for name, documents in found.sort_index().items() if len(documents) > 1}


def openings(traced, texts):
    """The paragraphs of the versions that were traced, each with its change and its age: evidence for figures.

    One row per paragraph, with the columns of `texts`: `series`, `change` and `line` as traced, but ``first`` for all
    of a series' first version; `renewals`, how many versions its line has come through since the one that it began in,
    missing where that is the first version (then its age is not known); `wording`, which of the wordings of its line it
    has, from 1; `days` since the version before, where `texts` have a `date` (missing where one is not like
    2000-05-31); `is_last`, its version is the last; `kept`, false for a formula; `start`, `end`, its first 50 characters.

    >>> from analysis import lineage
    >>> texts = pd.DataFrame({"document": ["a", "b", "c"], "paragraph": "1", "text": "Peace.", "series": "x"})
    >>> openings(lineage.trace(texts, {"x": [*"abc"]}), texts)[["document", "change", "renewals"]].values.tolist()
    [['a', 'first', <NA>], ['b', 'kept', <NA>], ['c', 'kept', <NA>]]
    """
    tables.check(traced, "lineage")
    tables.check(texts, "paragraphs")
    rows = traced.assign(series=traced.get("series", "")).dropna(subset="paragraph")
    rows = rows.drop_duplicates([*tokens.KEYS, "series"])  # a merged one is there twice
    if lost := {*tokens.keys_of(rows)} - {*tokens.keys_of(texts)}:
        raise ValueError(f"texts lacks {' ¶'.join(min(lost))}, which was traced: pass the texts that were traced.")
    rows["is_first"], rows["reworded"] = rows["previous_document"].isna(), ~(rows["similarity"] == 1)
    line, document = rows.groupby(["series", "line"]), rows.groupby("series")["document"]
    rows["change"] = rows["change"].mask(rows["is_first"], "first")
    rows["renewals"] = line.cumcount().mask(line["is_first"].transform("first")).astype("Int64")
    rows["wording"] = line["reworded"].cumsum()
    rows["is_last"], rows["kept"] = rows["document"] == document.transform("last"), ~rows["formula"]
    names = [*tokens.KEYS, "series", "change", "line", "renewals", "wording", "is_last", "kept"]
    if "date" in texts:
        dates = texts.drop_duplicates("document").set_index("document")["date"]
        dates = pd.to_datetime(dates.astype("str"), format="%Y-%m-%d", errors="coerce")
        rows["days"] = (rows["document"].map(dates) - rows["previous_document"].map(dates)).dt.days.astype("Int64")
        names.append("days")
    found = rows[names].merge(texts.drop(columns="series", errors="ignore"), on=tokens.KEYS)
    return found.assign(start=0, end=found["text"].str.len().clip(upper=_QUOTED))


def first(opened):
    """Each line once, by the paragraph that it began with: the rows of `openings` without later versions and formulas.

    >>> rows = {"document": ["a", "b"], "paragraph": "1", "series": "x", "line": "a ¶1", "kept": True}
    >>> first(pd.DataFrame(rows))["document"].tolist()
    ['a']
    """
    tables.check(opened, "openings", {"series": "text", "line": "text", "kept": "flag"})
    return opened[opened["kept"]].drop_duplicates(["series", "line"])


def wordings(opened):
    """The lives of lines, cut where their words were changed.

    One row per series, line and `wording`: `change`, by which it came; `n` versions that have it, from the date `since`
    to the date `until`; `n_versions` of the whole line; `text`, the line's last words. Formulas are left out.

    >>> texts = pd.DataFrame({"document": [*"abc"], "series": "x", "line": "a ¶1", "wording": [1, 1, 2], "kept": True})
    >>> texts = texts.assign(change=["first", "kept", "edited"], date=["2020", "2021", "2022"], text="Peace.")
    >>> wordings(texts)[["wording", "change", "n", "since", "until", "n_versions"]].values.tolist()
    [[1, 'first', 2, '2020', '2021', 3], [2, 'edited', 1, '2022', '2022', 3]]
    """
    own = dict.fromkeys(["series", "line", "change", "date", "text"], "text") | {"wording": "whole", "kept": "flag"}
    tables.check(opened, "openings", own)
    rows = opened[opened["kept"]]
    line = rows.groupby(["series", "line"], sort=False)["text"]
    rows = rows.assign(n_versions=line.transform("size"), last=line.transform("last"))
    rows = rows.groupby(["series", "line", "wording"], sort=False, as_index=False)
    named = {"change": ("change", "first"), "n": ("date", "size"), "since": ("date", "min"), "until": ("date", "max")}
    return rows.agg(**named, n_versions=("n_versions", "first"), text=("last", "first"))


def shares(opened, by="series"):
    """What renewals take over and what they change, as shares of what they consist of.

    One row per value of `by` (a column, or a list of them) and kind of change, also those that don't occur: `n`
    paragraphs, of `n_paragraphs`; `percent`, of the paragraphs; `percent_words`, of the words; `percent_pairs`, the
    mean over renewals; `percent_operative` and `percent_preamble`, of the paragraphs of that part; and `days`, between
    a renewal and the version before, in the middle (median), where the rows have them. First versions and formulas are
    left out. Shares are exact; no interval is given, as renewals of a series are not independent.

    >>> from analysis import lineage
    >>> texts = pd.DataFrame({"document": [*"abbcc"], "paragraph": [*"11212"], "series": "x", "part": "operative"})
    >>> texts["text"] = ["Old words now.", "Old words now.", "A new line of words.", "Old words now.", "Nothing else."]
    >>> found = shares(openings(lineage.trace(texts, {"x": [*"abc"]}), texts)).set_index("change")
    >>> found.loc[["kept", "new"], ["n", "n_paragraphs", "percent", "percent_words"]].round(1).values.tolist()
    [[2.0, 4.0, 50.0, 46.2], [2.0, 4.0, 50.0, 53.8]]
    """
    by = tokens.listed(by, "by")
    own = dict.fromkeys(["document", "series", "change", "text", "part"], "text") | {"kept": "flag"}
    tables.check(opened, "openings", own | dict.fromkeys(by, ""))
    rows = opened[opened["kept"] & (opened["change"] != "first")].assign(n=1)
    size = tokens.keys_of(tokens.tokenize(rows[[*tokens.KEYS, "text"]].drop_duplicates(tokens.KEYS))).value_counts()
    rows = rows.assign(n_words=size.reindex(tokens.keys_of(rows), fill_value=0).to_numpy(float))
    n = _by_change(rows, "n", by)
    each = _percent(_by_change(rows, "n", [*by, "series", "document"])).groupby(by, observed=True)
    found = {"n": n, "percent": _percent(n), "percent_words": _percent(_by_change(rows, "n_words", by))}
    found["percent_pairs"] = each.mean()
    for part in ("operative", "preamble"):
        found[f"percent_{part}"] = _percent(_by_change(rows[rows["part"] == part], "n", by))
    table = pd.DataFrame({name: values.stack() for name, values in found.items()}).reset_index()  # noqa: PD013
    table.insert(len(by) + 2, "n_paragraphs", table.groupby(by, observed=True)["n"].transform("sum"))
    if "days" in rows:
        pairs = rows.drop_duplicates([*by, "series", "document"]).groupby(by, observed=True)
        table = table.merge(pairs["days"].median().astype("float64").reset_index(), on=by)
    return table


def survival(opened):
    """How many of the lines that began in a version are there after so many more: Kaplan and Meier's estimate.

    One row per series and number of `renewals`: `n`, lines that are there then; `at_risk`, lines that could have been
    (they were there one version before, and a further version is known); `ended`, those of them that were not;
    `percent`, the share still there, the product of ``1 - ended / at_risk`` over all renewals so far; `few`, n below
    five. Lines of the first version, whose age is not known, are left out; lines of the last count as long as they are
    known. Lines that are dropped together are not independent: no interval is given.

    >>> from analysis import lineage
    >>> texts = pd.DataFrame({"document": [*"abbcc"], "paragraph": [*"11212"], "series": "x"})
    >>> texts["text"] = ["Old words here.", "Old words here.", "A new line.", "Old words here.", "Something else."]
    >>> survival(openings(lineage.trace(texts, {"x": [*"abc"]}), texts))[["renewals", "at_risk", "ended", "percent"]]
       renewals  at_risk  ended  percent
    0         0        2      0    100.0
    1         1        1      1      0.0
    """
    tables.check(opened, "openings", {"series": "text", "line": "text", "is_last": "flag", "kept": "flag"})
    known = opened.groupby("series")["is_last"].any()
    for name in known.index[~known]:
        warnings.warn(f"openings: {name} lacks its last version: trace anew, else all lines ended.", stacklevel=2)
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
                found.append((name, age, n, n + ended, ended, share, n < tables.FEW))
    return pd.DataFrame(found, columns=["series", "renewals", "n", "at_risk", "ended", "percent", "few"])


def _by_change(rows, value, by):
    """The sums of a column, by group and kind of change."""
    sums = rows.pivot_table(value, list(dict.fromkeys(by)), "change", "sum", fill_value=0, observed=True)
    return sums.reindex(columns=pd.Index(_KINDS, name="change"), fill_value=0)


def _percent(sums):
    """Sums as shares of their row."""
    return 100 * sums.div(sums.sum(axis=1), axis=0)
