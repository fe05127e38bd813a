"""Figures over documents that are not here, worked out again from the tables that describe these documents."""

import pandas as pd
import regex

from analysis import resampling
from analysis.verification.sources import read_tables

_KEYS = ["document", "paragraph"]
COMPARED = "each paragraph coded and assigned as the row says"
_INTERVAL = regex.compile(r"95 % by (\w+) \(jackknife\)")
_PERIOD = regex.compile(r"(\d{4})–(\d{2}|\d{4})")


def candidates(figure, known, data):
    """The passages that the marks of a figure can stand for."""
    counts = _counts(figure, known, data)
    if counts is not None:
        groups = list(_groups(figure, known, counts))
        for end in _columns(counts, known):
            found = []
            for mark, concept, members in groups:
                own = members[members[concept + end] > 0]
                found.append(own[["document"]].assign(mark=mark, paragraph="", start=0, end=own["characters"]))
            first = ", ".join(one + end for one in known["concept"].drop_duplicates()[:2])
            yield f"documents with {first}, … above 0", pd.concat(found, ignore_index=True), None
    compared = _compared(figure, data)
    if compared is not None:
        coded, assigned, length = compared
        rows = []
        for row in figure.data.itertuples():
            ours, theirs = coded.get(row.theme, set()), assigned.get(row.theme, set())
            pairs = (ours if row.coded == "True" else set(length) - ours) & (
                theirs if row.assigned == "True" else set(length) - theirs
            )
            rows += [(row.mark, *pair, 0, length[pair]) for pair in sorted(pairs)]
        expected = pd.DataFrame(rows, columns=["mark", *_KEYS, "start", "end"])
        yield COMPARED, expected, None


def expected(figure, derived, data):
    """The drawn numbers that follow from the tables."""
    if derived.rule == COMPARED:
        coded, assigned, _ = _compared(figure, data)
        sizes = {"n_coded": coded, "n_assigned": assigned}
        return {
            name: figure.data["theme"].map(lambda theme, found=found: float(len(found.get(theme, ()))))
            for name, found in sizes.items()
            if name in figure.data.columns
        }
    if not derived.rule.startswith("documents with"):
        return {}
    counts = _counts(figure, derived.keys, data)
    drawn = [name for name in figure.data.columns if name not in ("mark", *derived.keys)]
    evidence = figure.evidence.groupby("mark")["document"].agg(set).to_dict()
    intervals = figure.data.get("interval", pd.Series("", figure.data.index))
    rows, units = [], []
    for (mark, concept, members), interval in zip(_groups(figure, derived.keys, counts), intervals, strict=True):
        row, of_units = _row(counts, members, concept, drawn, evidence.get(mark, set()), interval)
        units += [] if of_units is None else [of_units.assign(group=len(rows))]
        rows.append(row)
    for ends in _ends(units).itertuples() if units else ():
        rows[ends.group] |= {"low": ends.low, "high": ends.high}
    return {name: pd.Series(values, figure.data.index) for name, values in pd.DataFrame(rows).items()}


def _row(counts, members, concept, drawn, behind, interval):
    """What one row should show; and what its interval needs: for each unit, what is counted, and out of how much."""
    row, units = {}, None
    for name in drawn:
        of_concept = f"{concept}_{name}"
        if name == "n_documents":
            row[name] = float(len(members))
        elif name == "n_passages":
            row[name] = float(members[concept].sum())
        elif name in counts.columns or of_concept in counts.columns:
            row[name] = float(members[of_concept if of_concept in counts.columns else name].sum())
    part = None
    if "n_documents" in row:
        part = "percent", members["document"].isin(behind), pd.Series(1, members.index), 100
    elif {"counted", "search"} <= set(row):
        part = "percent", members[f"{concept}_counted"], members[f"{concept}_search"], 100
    elif {"n_passages", "words"} <= set(row):
        part = "per_100000", members[concept], members["words"], 100_000
    if part is None or part[0] not in drawn:
        return row, None
    name, above, below, scale = part
    row[name] = scale * float(above.sum()) / float(below.sum())
    unit = _INTERVAL.fullmatch(interval)
    if {"low", "high"} <= set(drawn) and (interval == "none" or (unit and unit[1] in members.columns)):
        row |= {"low": float("nan"), "high": float("nan")}
        if unit:
            units = pd.DataFrame({"unit": members[unit[1]].factorize()[0], "n": above.astype("int64"), "size": below})
            units = units[units["size"] > 0].groupby("unit", as_index=False).sum().assign(scale=scale)
    return row, units


def _ends(units):
    """The jackknife intervals of the rates, all at once: `group`, `low`, `high`."""
    by = pd.concat(units, ignore_index=True)
    scale = by.groupby("group")["scale"].first()
    found = resampling.rates(by, "group", unit="unit")
    for name in ("low", "high"):
        found[name] = (found[name] * found["group"].map(scale)).clip(upper=found["group"].map(scale))
    return found


def _counts(figure, known, data):
    """The table of counts that the figure was made from; None if there is none."""
    if "concept" not in known:
        return None
    needs = {"document", "characters", *known["concept"]}
    for _, table in read_tables(data, figure.inputs):
        if needs <= set(table.columns) and "paragraph" not in table.columns and all(_key(key, table) for key in known):
            numbers = table.apply(pd.to_numeric, errors="coerce")
            return table.assign(**{name: numbers[name] for name in numbers if numbers[name].notna().all()})
    return None


def _key(name, table):
    """Does a table say which of its documents a key speaks of?"""
    return name == "concept" or name in table.columns or (name == "period" and "year" in table.columns)


def _groups(figure, known, counts):
    """For each row: mark, concept, and the documents it speaks of."""
    text = {name: counts[name].astype("str") for name in known if name in counts.columns}
    for row, mark in zip(known.to_dict("records"), figure.data["mark"], strict=True):
        members = counts
        for name, value in row.items():
            if name == "concept":
                continue
            if name in text:
                members = members[text[name].reindex(members.index) == value]
            else:
                period = _PERIOD.fullmatch(value)
                first = int(period[1]) if period else 0
                last = int(period[1][: 4 - len(period[2])] + period[2]) if period else -1
                members = members[members["year"].between(first, last)]
        yield mark, row["concept"], members


def _columns(counts, known):
    """What may follow the name of a concept, in every one of them: nothing, `_search`, …"""
    ends = [
        {name[len(concept) :] for name in counts.columns if name == concept or name.startswith(concept + "_")}
        for concept in known["concept"].drop_duplicates()
    ]
    first = known["concept"].iloc[0]
    in_all = set.intersection(*ends)
    return [name[len(first) :] for name in counts.columns if name.startswith(first) and name[len(first) :] in in_all]


def _compared(figure, data):
    """Theme → paragraphs by the coding and as assigned, and the length of each paragraph; None if they are not there."""
    if not {"theme", "coded", "assigned"} <= set(figure.data.columns):
        return None
    found = {}
    for _, table in read_tables(data, figure.inputs):
        if {*_KEYS, "theme", "characters"} <= set(table.columns):
            found["coded"] = table
        elif {*_KEYS, "theme", "assigned"} <= set(table.columns):
            found["assigned"] = table[table["assigned"].isin(["1", "True"])]
    if len(found) < 2:
        return None
    length = dict(
        zip(
            zip(*(found["coded"][key] for key in _KEYS), strict=True),
            found["coded"]["characters"].astype(int),
            strict=True,
        )
    )
    of_theme = {
        name: {
            theme: set(zip(rows["document"], rows["paragraph"], strict=True)) for theme, rows in table.groupby("theme")
        }
        for name, table in found.items()
    }
    return of_theme["coded"], of_theme["assigned"], length
