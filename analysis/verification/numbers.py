"""The drawn numbers, worked out again from the passages and the paragraphs."""

import numpy as np
import pandas as pd

from analysis import tables, tokens
from analysis.tokens import as_phrase, as_token
from analysis.verification import described
from analysis.verification.passages import place

_KEYS = ["document", "paragraph"]
_GROUPS = ["document", "section", "paragraph"]
_OTHERS = ["n_coded", "n_positive", "n_answers", "n_units"]  # what else `few` may speak of


def check(figure, sources, derived):
    """Work out again what the names of the columns promise, and compare."""
    data = figure.data
    columns, found = _places(figure, sources)
    if data.empty or data["mark"].duplicated().any():
        return columns, found
    evidence = figure.evidence.drop_duplicates()
    mark = data["mark"]
    n = mark.map(evidence["mark"].value_counts()).fillna(0)
    different = evidence[["mark", *_KEYS]].drop_duplicates()
    n_paragraphs = mark.map(different["mark"].value_counts()).fillna(0)
    by = {
        name: derived.keys[name] if name in derived.keys else data[name]
        for name in _GROUPS
        if _said(data, derived, name)
    }
    by = pd.DataFrame(by, index=data.index)
    # What a row speaks of is known if its keys are; words of its own tell rows apart as well.
    strange = [name for name in derived.keys if name.startswith("key ") or name in ("concept", "year", "period")]
    clear = derived.rule or not strange
    here = set(evidence["document"]) <= {document for document, _ in sources.texts} and len(sources.words) > 0
    expected = {}
    if clear and here and {"total", "per_1000"} & set(data.columns):
        total = _sizes(sources.words, by)
        expected = {"total": total, "per_1000": 1000 * n / total.where(total > 0)}
        if {"per_1000", "interval"} <= set(data.columns):
            expected |= _left_out(figure, sources, by, evidence, n, total)
    if derived.rule.startswith("paragraphs") and "label" in derived.keys and not {"low", "high"} & set(data.columns):
        share = n_paragraphs / _sizes(sources.paragraphs, by)
        expected |= {"percent": 100 * share, "share": share}
    if "token" in data.columns and here and clear and not data["token"].str.contains(" ").any():
        everywhere = data["token"].map(sources.words["token"].astype("str").value_counts())
        expected["elsewhere"] = everywhere.fillna(0) - n
    if "few" in data.columns and not set(_OTHERS) & set(data.columns):
        least = np.minimum(n, n_paragraphs) if "n_paragraphs" in data.columns else n
        expected["few"] = pd.Series(np.where(least < tables.FEW, "True", "False"), data.index)
    if derived.rule or "total" in expected:
        expected["n_paragraphs"] = n_paragraphs
    if {"token", "elsewhere", "percent"} <= set(data.columns) and "elsewhere" in expected:
        expected |= _parts(figure, sources, by, n)
    if here and derived.rule and {"words", "outside"} <= set(data.columns):
        expected["outside"] = _outside(figure, sources)
    if here and {*_KEYS, "notes"} <= set(data.columns):
        expected["notes"] = _notes(figure, sources)
    expected |= described.expected(figure, derived, sources.data)
    for name, values in expected.items():
        if name in data.columns:
            columns.append(name)
            found += _differences(figure, name, values)
    for name in [name for name in ("form", "word") if {name, "token"} <= set(data.columns)]:
        columns.append(name)
        found += _differences(figure, name, data["token"], drawn=data[name].map(as_token))
    return columns, found


def _said(data, derived, name):
    """Does every row say which document, section or paragraph it speaks of?"""
    return name in derived.keys or (name in data.columns and (data[name] != "").all())


def _sizes(frame, by):
    """How many rows of a frame each row speaks of."""
    if by.empty:
        return pd.Series(float(len(frame)), by.index)
    sizes = frame.astype({name: "str" for name in by}).groupby(list(by)).size()
    wanted = pd.MultiIndex.from_frame(by) if len(by.columns) > 1 else pd.Index(by.iloc[:, 0])
    return pd.Series(sizes.reindex(wanted, fill_value=0).to_numpy(float), by.index)


def _left_out(figure, sources, by, evidence, n, total):
    """`low` and `high`: the rate with each paragraph left out in turn."""
    interval = figure.data["interval"]
    census = interval == "leave one paragraph out"
    if not (census | interval.str.startswith("none")).all():
        return {}
    length = sources.words.astype(dict.fromkeys([*_KEYS, "section"], "str")).groupby([*_KEYS, "section"]).size()
    length = length[length > 0].rename("length").reset_index()
    hits = evidence.groupby(["mark", *_KEYS]).size()
    ends = {}
    for row in figure.data.index[census]:
        inside = np.logical_and.reduce(
            [length[name] == by.loc[row, name] for name in by] + [np.ones(len(length), bool)]
        )
        where = pd.MultiIndex.from_frame(length.loc[inside, _KEYS])
        mark = figure.data.loc[row, "mark"]
        here = hits.loc[mark] if mark in hits.index.get_level_values("mark") else pd.Series(dtype="int64")
        taken = here.reindex(where).fillna(0).to_numpy() if len(here) else np.zeros(len(where))
        left = total[row] - length.loc[inside, "length"].to_numpy()
        rates = 1000 * (n[row] - taken[left > 0]) / left[left > 0]
        if n[row] == 0:
            ends[row] = 0.0, 0.0
        elif len(rates):
            ends[row] = rates.min(), rates.max()
    table = pd.DataFrame.from_dict(ends, orient="index", columns=["low", "high"]).reindex(figure.data.index)
    return {"low": table["low"], "high": table["high"]}


def _parts(figure, sources, by, n):
    """`percent`, `low`, `high`: what part of a word's places the row has, with each paragraph left out in turn."""
    words = sources.words.astype(dict.fromkeys([*_KEYS, "section", "token"], "str"))
    found = {"percent": [], "low": [], "high": []}
    for row, token in figure.data["token"].items():
        places = words[words["token"] == token]
        inside = np.logical_and.reduce(
            [places[name] == by.loc[row, name] for name in by] or [np.ones(len(places), bool)]
        )
        left = places.assign(inside=inside).groupby(_KEYS)["inside"].agg(["sum", "size"])
        left = n[row] - left["sum"], len(places) - left["size"]
        rates = 100 * left[0] / left[1].where(left[1] > 0, 1)
        whole = 100 * n[row] / len(places) if len(places) else np.nan
        for name, value in zip(found, (whole, min(whole, rates.min()), max(whole, rates.max())), strict=True):
            found[name].append(value)
    found = {name: pd.Series(values, figure.data.index) for name, values in found.items()}
    census = "interval" in figure.data.columns and (figure.data["interval"] == "leave one paragraph out").all()
    return found if census else {"percent": found["percent"]}


def _outside(figure, sources):
    """How often the words of a row stand in headings, notes and front matter."""
    places = sources.all_texts[sources.all_texts["kind"] != "paragraph"]
    wanted = figure.data["words"].str.split(", ").explode().map(as_phrase)
    named = wanted[wanted != ""].drop_duplicates().tolist()
    if not named:
        return pd.Series(0.0, figure.data.index)
    there = tokens.find(tokens.tokenize(places), named)["token"].astype("str")
    return wanted.map(there.value_counts()).fillna(0).groupby(level=0).sum()


def _notes(figure, sources):
    """The notes whose marks stand in the paragraph of a row, as the table lists them."""
    notes = sources.all_texts[sources.all_texts["mark_in"].notna()]
    listed = notes.groupby(["document", "mark_in"])["number"].agg(", ".join)
    return pd.Series([listed.get(tuple(key), "") for key in figure.data[_KEYS].to_numpy()], figure.data.index)


def _differences(figure, name, values, drawn=None):
    """A finding for each row in which something else is drawn."""
    drawn = figure.data[name] if drawn is None else drawn
    found = []
    for mark, ours, theirs in zip(figure.data["mark"], drawn, values, strict=True):
        if isinstance(theirs, str):
            same, shown = ours == theirs, theirs
        elif np.isnan(theirs):
            same, shown = ours == "", "nothing"
        else:
            shown = f"{theirs:.6g}" if theirs < 1e6 or not float(theirs).is_integer() else f"{theirs:.0f}"
            near = {float(f"{theirs * noise:.6g}") for noise in (1 - 1e-12, 1, 1 + 1e-12)}
            number = pd.to_numeric(ours, errors="coerce")
            same = number == theirs if float(theirs).is_integer() else number in near
        if not same:
            found.append((figure.name, mark, f"{name} differs", f"drawn {ours}, worked out {shown}"))
    return found


def _places(figure, sources):
    """Drawn document, section, paragraph: do the passages lie there?"""
    data = figure.data.drop_duplicates("mark").set_index("mark")
    section = sources.paragraphs.set_index(_KEYS)["section"]
    evidence = figure.evidence[figure.evidence["paragraph"] != ""]
    evidence = evidence[evidence["mark"].isin(data.index)]
    if evidence.empty:
        return [], []
    of_passage = {name: evidence[name] for name in _KEYS}
    of_passage["section"] = pd.Series(
        section.reindex(pd.MultiIndex.from_frame(evidence[_KEYS])).to_numpy(), evidence.index
    )
    columns, found = [], []
    for name in [name for name in _GROUPS if name in data.columns]:
        drawn = pd.Series(data[name].reindex(evidence["mark"]).to_numpy(), evidence.index)
        columns.append(name)
        blank = (drawn == "") & (of_passage[name] == "(no heading)")
        wrong = of_passage[name].notna() & (drawn != of_passage[name]) & ~blank
        for row in evidence[wrong].drop_duplicates("mark").itertuples():
            detail = f"drawn {data.loc[row.mark, name]!r}, a passage lies in {place(row.document, row.paragraph)}"
            found.append((figure.name, row.mark, f"{name} differs", detail))
    return columns, found
