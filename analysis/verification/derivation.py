"""The passages a figure should have, found again in the documents: none missing, none too many."""

from typing import NamedTuple

import pandas as pd

from analysis import figures, tokens
from analysis.corpus import passages
from analysis.tokens import as_phrase
from analysis.verification import described
from analysis.verification.passages import place

_KEYS = ["document", "paragraph"]
_PLACES = [*_KEYS, "start", "end"]
_NAMED = [
    "document",
    "section",
    "paragraph",
    "token",
    "theme",
    "label",
    "concept",
    "kind",
    "year",
    "period",
    "start",
]  # keys that are understood
_LISTS = {"token": None, "terms": " · ", "words": ", "}  # columns that name words, and what joins them


class Derived(NamedTuple):
    """What a figure's passages are, if that was found out."""

    keys: pd.DataFrame  # one row per row of the drawn table, one column per key: `key 2` if it is not understood
    rule: str  # empty if no rule fits
    columns: list  # drawn columns that follow from it
    findings: list


def keys(figure, sources, labels):
    """What tells the marks of a figure apart: their names taken apart again."""
    parts = [figures.keys_of(mark) for mark in figure.data["mark"]]
    if len({len(one) for one in parts}) != 1:
        parts = [[mark] for mark in figure.data["mark"]]
    parts = pd.DataFrame(parts, index=figure.data.index, dtype="str")
    named, findings = {}, []
    for number in parts:
        part = parts[number]
        name, column = _name(part, figure, sources, labels)
        if name is None or name in named:
            name, column = f"key {number + 1}", None
        if column is not None:
            for row in (part != column).to_numpy().nonzero()[0]:
                detail = f"the mark says {name} {part.iloc[row]!r}, its row {column.iloc[row]!r}"
                findings.append((figure.name, figure.data["mark"].iloc[row], "mark and row differ", detail))
        named[name] = part
    return pd.DataFrame(named), findings


def derive(figure, sources, rules):
    """Find the passages of a figure again, by the rule that fits best, and compare."""
    labels = {label for found in rules.values() for label in found["label"]}
    known, findings = keys(figure, sources, labels)
    evidence = figure.evidence[["mark", *_PLACES]].drop_duplicates()
    if figure.data.empty or figure.data["mark"].duplicated().any():
        return Derived(known, "", [], findings)
    if set(evidence["document"]) - {document for document, _ in sources.texts}:
        candidates = described.candidates(figure, known, sources.data)
    else:
        candidates = _candidates(figure, sources, rules, known)
    best, closest = None, 0
    for rule, expected, drawn in candidates:
        both = evidence.merge(expected, how="outer", indicator=True)
        shared = (both["_merge"] == "both").mean() if len(both) else 1.0
        needed = 0.9 if rule.startswith("paragraphs") else 0.5
        if shared > needed and shared > closest:
            best, closest = (rule, both, drawn), shared
    if best is None:
        return Derived(known, "", [], findings)
    rule, both, drawn = best
    for side, problem in (("right_only", "passage is missing"), ("left_only", "passage does not count here")):
        for mark, rows in both[both["_merge"] == side].groupby("mark"):
            places = [f"{place(r.document, r.paragraph)}, {r.start} to {r.end}" for r in rows.head(3).itertuples()]
            more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
            findings.append((figure.name, mark, problem, f"{rule}: {'; '.join(places)}{more}"))
    follow = {*known, "theme"} if "label" in known else {*known}
    follow |= {"coded", "assigned"} if rule == described.COMPARED else set()
    columns = [name for name in figure.data if name in follow]
    more = [name for name in figure.data if drawn is not None and name in drawn and name not in ("mark", "n", *columns)]
    for name in more:
        ours = figure.data.set_index("mark")[name]
        theirs = drawn.set_index("mark")[name].reindex(ours.index)
        for mark in ours.index[(ours != theirs) & theirs.notna()]:
            findings.append((figure.name, mark, f"{name} differs", f"drawn {ours[mark]!r}, found {theirs[mark]!r}"))
    return Derived(known, rule, list(dict.fromkeys(columns + more)), findings)


_WORDS = "every place of the words named"


def _candidates(figure, sources, rules, known):
    """Rule, passages with their marks, and what else each row should show (where a mark is one passage)."""
    yield from _phrases(figure, sources, known)
    whole = sources.paragraphs.assign(start=0, end=sources.paragraphs["text"].str.len())
    tables_of = {"all running words": sources.words, "paragraphs, each whole": whole} | rules
    for rule, found in tables_of.items():
        if "kept" in found.columns and "kept" not in figure.data.columns:
            continue
        yield from _marked(rule, found, found, figure, known)
    if "kind" in known:
        yield from _marked("every stretch of the document", sources.spans, passages(sources.spans), figure, known)


def _marked(rule, drawn, placed, figure, known):
    """The passages of a rule with the mark that each belongs to; nothing where the rule does not know the keys."""
    if not set(known) <= set(drawn.columns):
        return
    asked = drawn[list(known)].astype("str")
    mark_of = pd.Series(figure.data["mark"].to_numpy(), pd.MultiIndex.from_frame(known))
    marks = pd.Series(mark_of.reindex(pd.MultiIndex.from_frame(asked)).to_numpy(), drawn.index, dtype=object)
    if "start" in known:  # a mark for each passage: one that is not drawn is missed, within the labels and kinds drawn
        groups = [name for name in known if name not in ("paragraph", "start")]
        inside = (
            pd.MultiIndex.from_frame(asked[groups]).isin(pd.MultiIndex.from_frame(known[groups])) if groups else True
        )
        marks = marks.where(marks.notna() | ~pd.Series(inside, drawn.index), asked.agg(", ".join, axis=1))
    here = marks.notna().to_numpy()
    placed = _text(placed[_PLACES][here]).assign(mark=marks[here].astype("str"))
    shown = _text(drawn[here], every=True).assign(mark=placed["mark"])
    once = "start" in known and not shown["mark"].duplicated().any()
    yield rule, placed[["mark", *_PLACES]], shown if once else None


def _phrases(figure, sources, known):
    """Every place where the words stand that a row names, in the row's document, section or paragraph."""
    column = _listing(figure)
    if column is None or sources.words.empty:
        return
    lists = [one.split(_LISTS[column]) if _LISTS[column] else [one] for one in figure.data[column]]
    wanted = pd.DataFrame({"mark": figure.data["mark"], "token": lists}).join(known[_within(known)]).explode("token")
    wanted["token"] = wanted["token"].map(as_phrase)
    wanted = wanted[wanted["token"] != ""]
    if wanted.empty:
        return
    found = tokens.find(sources.words, wanted["token"].drop_duplicates().tolist())
    found = found.astype({"token": "str"})
    found = found.astype({name: "str" for name in [*_KEYS, "section"]})
    if "start" in known:  # a mark for each place
        yield from _marked(_WORDS, found, found, figure, known)
    else:
        yield _WORDS, _text(found.merge(wanted, on=["token", *_within(known)])[["mark", *_PLACES]]), None


def _listing(figure):
    """The column that names the words of each row."""
    return next((name for name in _LISTS if name in figure.data.columns), None)


def _within(known):
    """The keys that say where in the documents a row counts."""
    return [name for name in ("document", "section", "paragraph") if name in known]


def _text(frame, every=False):
    """Keys as text, empty where missing, as a CSV file has them; on demand all columns."""
    frame = frame.copy()
    for name in frame.columns if every else [*_KEYS, "mark"]:
        if name in frame.columns:
            frame[name] = frame[name].astype("object").where(frame[name].notna(), "").astype("str")
    return frame


def _name(part, figure, sources, labels):
    """What a key is, and the drawn column that says so."""
    same = {name: (figure.data[name] == part).mean() for name in figure.data.columns.drop("mark")}
    name = max(same, key=lambda name: (same[name], -_NAMED.index(name) if name in _NAMED else -len(_NAMED)))
    if same[name] > 0.5 and name in _NAMED:
        return "label" if name == "theme" else name, figure.data[name]
    own = pd.Series(part.to_numpy(), figure.data["mark"].to_numpy())
    own = own[~own.index.duplicated()].reindex(figure.evidence["mark"]).to_numpy()
    for name in ("document", "paragraph", "start"):
        if len(own) and (figure.evidence[name].astype("str").to_numpy() == own).mean() > 0.5:
            return name, None
    for name, known in (("section", set(sources.paragraphs["section"])), ("label", labels)):
        if set(part) <= known:
            return name, None
    return None, None
