"""Figures → what no longer follows from the documents, by the contract of each: `python -m analysis verify`."""

import json
import os
import tempfile
from collections import namedtuple
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import regex

from analysis import provenance, survival, tables
from analysis.charts import style
from analysis.figures import methods
from analysis.report import svg

_SHAPES = ("path", "use", "rect", "circle")
_MADE = {"survival": survival.survival, "wordings": survival.wordings}  # tables made of the passages traced

# What `verify` gives: a row per figure, a row per failure.
Verified = namedtuple("Verified", "checked findings")


def verify(figures, data, rerun=False):
    """Check every figure of a folder against its contract, the documents, codebooks and tables of another.

    A contract (NAME.json) says by which rule marks and passages were found; `figures.save` writes it from what it is
    told. For each figure that a notebook of ``manifest.json`` drew: its files and data are those of the manifest; each
    quote stands at its place; table, evidence and drawing have the same marks, as many as were drawn, and n counts the
    passages; marks and passages are those that the rule gives when it is followed again; totals and formulas are
    computed again; words stand in the drawing; a paragraph kept as NAME.methods.txt is what `figures.methods` gives.
    With `rerun` the notebooks run again, in an empty folder, and what they write must be the same: values, contracts,
    and (with the versions of the manifest) every byte of the pictures.

    Returns `checked` (one row per figure: `figure`, `rule` in words, `n_marks`, `n_passages`, `not_checked`) and
    `findings` (one row per failure: `figure`, `mark`, `problem`, `detail`). A figure with a contract that no manifest
    lists is checked as well, but for its files; a chart of the reader's own is not checked, and said to be; a listed
    figure without a contract fails.

    Raises FileNotFoundError if a folder is not there.

    >>> verify("figures", "nowhere")
    Traceback (most recent call last):
    FileNotFoundError: There is no folder nowhere.
    """
    figures, data = Path(figures), Path(data)
    for folder in (figures, data):
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}.")
    try:
        notebooks, versions = provenance.manifest(figures)
        found = list(provenance.changed(figures, data, notebooks))
    except (OSError, ValueError) as error:
        notebooks, versions = {}, {}
        found = [("manifest", "", "file is missing or cannot be read", str(error))]
    provenance.collected.cache_clear()  # files may have changed
    known, checked = provenance.known(data), []
    listed = {provenance.figure_of(name) for _, drawn in notebooks.values() for name in drawn}
    for name in sorted(listed | {path.stem for path in figures.glob("*.svg")}):
        row, problems = ("", 0, 0, "anything: it has no contract"), []
        if name in listed or (figures / f"{name}.json").exists():
            try:
                row, problems = figure(figures / name, known)
            except (OSError, ValueError, LookupError, TypeError, SyntaxError, AttributeError, NameError) as error:
                row, problems = ("", 0, 0, "anything"), [("", "cannot be checked", f"{type(error).__name__}: {error}")]
        unlisted = "its files: not in the manifest" * (name not in listed)
        checked.append((name, *row[:3], "; ".join(filter(None, [row[3], unlisted]))))
        found += [(name, *problem) for problem in problems]
    if rerun:
        found += _rerun(figures, data, versions, notebooks)
    columns = ["figure", "rule", "n_marks", "n_passages", "not_checked"]
    findings = pd.DataFrame(found, columns=["figure", "mark", "problem", "detail"]).drop_duplicates()
    return Verified(pd.DataFrame(checked, columns=columns), findings.reset_index(drop=True))


def figure(path, known):
    """What was checked of a figure, and its findings: mark, problem, detail."""
    contract = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    if contract.get("checked") is False:
        return ("", 0, 0, "anything: drawn by code of one's own, without marks"), []
    drawn, behind = (tables.read(path.with_name(path.name + end), ["mark"]) for end in (".csv", ".evidence.csv"))
    rule = contract["evidence"]
    if "collection" in rule:
        known = provenance.collected(known.root, rule["collection"], rule.get("metadata"))
    ids, words = _drawing(svg.parsed(path.with_name(f"{path.name}.svg").read_bytes(), path.name))
    found = [*_quotes(behind, known), *_marks(drawn, contract, words)]
    found += provenance.disagreements(drawn, behind, ids)
    if contract["documents"] and not {*contract["documents"]} & ({*known.texts["document"]} | known.elsewhere):
        cure = f"{contract['documents'][0]} …: save the figure with collection=, or put them into data/documents"
        row = (provenance.said(contract), len(drawn), len(behind), "anything: its documents are not here")
        return row, [("", "documents are not in the collection", cure)]
    known = provenance.followed(contract, known)
    rows = () if known.rows is None else known.rows
    by = [name for name in contract["by"] if name in rows]  # others are the user's own
    sure = ["mark", "n", *contract["by"], *contract["formulas"], *contract["painted"]]
    unchecked = [] if by else ["whether passages and marks are all there are"]
    unchecked += ["how the marks were chosen"] * isinstance(contract["chosen"], list)
    if by:
        found += _complete(drawn, behind, contract | {"by": by}, known)
        sure += [name for name in contract["same"] if name in rows] + ["form"] * contract["spelled"]
    for column, what in contract["totals"].items():
        if what[0] in _MADE:
            made = _MADE[what[0]](known.rows).astype(dict.fromkeys(what[1], "str"))
            counted = drawn[what[1]].merge(made, how="left")[column]
        else:
            counted = provenance.counted(drawn, behind, what, contract, known)
        if counted is not None:
            found += _differ(drawn, column, counted)
            sure.append(column)
    numbers = drawn.apply(pd.to_numeric, errors="coerce")
    for column, formula in contract["formulas"].items() if len(drawn) else ():
        found += _differ(drawn, column, numbers.eval(formula))
    found += _paragraph(path)
    left = ", ".join([*unchecked, *(name for name in drawn if name not in sure)])
    return (provenance.said(contract), len(drawn), len(behind), left), found


def _quotes(behind, known):
    """Each passage says what it quotes; the text says the same at that place."""
    here = {document for document, _ in known.text_of}
    named = here | known.elsewhere
    for row in behind.astype(object).itertuples():
        place = f"{row.document} ¶{row.paragraph} {row.start}–{row.end}"
        text = known.text_of.get((row.document, row.paragraph), "")
        if not (row.start.isdecimal() and row.end.isdecimal() and int(row.start) < int(row.end)):
            yield row.mark, "place is not whole numbers, the first below the last", place
        elif row.document not in named:
            yield row.mark, "document is neither here nor in elsewhere.csv", place
        elif row.quote != text[int(row.start) : int(row.end)] or bool(row.quote) != (row.document in here):
            yield row.mark, "quote is not at its place", f"{place}: {row.quote!r}"


def _paragraph(path):
    """A paragraph for a paper that is kept beside a figure is the one that the figure gives now."""
    kept = path.with_name(f"{path.name}.methods.txt")
    try:
        if kept.is_file() and tables.decoded(kept).strip() != methods(path.name, folder=path.parent):
            yield "", "paragraph is not the one that the figure gives", kept.name
    except (OSError, ValueError) as error:
        yield "", "paragraph cannot be derived", str(error)


def _marks(drawn, contract, words):
    """The marks are those of the contract, as their columns name them; what is to be read stands in the drawing."""
    if contract["marks"] != len(drawn):
        yield "", "number of marks differs", f"{len(drawn)} in the table, {contract['marks']} were drawn"
    if isinstance(contract["chosen"], list):
        yield from _other("mark", set(contract["chosen"]), set(drawn["mark"]))
    for mark in drawn["mark"][drawn["mark"] != style.marks(drawn, contract["by"])]:
        yield mark, "mark is not what its columns name", ""
    for column in contract["painted"]:
        for mark, value in zip(drawn["mark"], drawn[column], strict=True):
            if not any(f" {' '.join(one.split())} " in words for one in (value, _grouped(value))):
                yield mark, f"{column} is not painted", value


def _drawing(root):
    """The names of marks in a drawing, each group with a shape one, and its words."""
    groups = [one for one in root.iter(f"{svg.SVG}g") if "_" not in one.get("id", "_")]
    shaped = [one.get("id") for one in groups if any(part.tag.removeprefix(svg.SVG) in _SHAPES for part in one.iter())]
    texts = " ".join(word for one in root.iter(f"{svg.SVG}text") for word in one.itertext()).split()
    return shaped, f" {' '.join(texts)} "


def _grouped(value):
    """A number with commas between thousands."""
    return f"{float(value):,.12g}" if value.replace(".", "", 1).lstrip("-").isdecimal() else value


def _complete(drawn, behind, contract, known):
    """Marks and passages are all there are, by the rule of the figure."""
    rows, named = (table.assign(mark=style.marks(table, contract["by"])) for table in (known.rows, drawn))
    ours = dict(zip(drawn["mark"], named["mark"], strict=True))
    behind = behind.assign(mark=behind["mark"].map(ours).fillna(behind["mark"]))
    if not isinstance(contract["chosen"], list):
        elsewhere = contract["evidence"]["kind"] == "elsewhere"
        there = provenance.committed(contract["evidence"], known, "1") if elsewhere else known.texts
        yield from _other("mark", provenance.expected(contract, known.items, rows, there), set(named["mark"]))
    rows = rows[rows["mark"].isin(named["mark"])]
    places = (table[["mark", *provenance.PLACE]].astype("str").astype(object) for table in (rows, behind))
    yield from _other("passage", *(set(table.itertuples(index=False, name=None)) for table in places))
    for column in [name for name in contract["same"] if name in rows]:
        for mark, value in provenance.pairs(rows, column) - provenance.pairs(named, column):
            yield mark, f"{column} differs", f"computed {value}"
    if contract["spelled"]:
        for token, form in provenance.pairs(drawn, "form", "token") - provenance.pairs(known.words, "form", "token"):
            yield token, "form differs", f"{form} is no spelling of {token}"


def _other(what, expected, given):
    """What is missing, and what is there and should not be."""
    for one in sorted(expected ^ given):
        mark, *place = [one] if isinstance(one, str) else one
        yield mark, f"{what} is missing" if one in expected else f"{what} does not count here", " ".join(place)


def _differ(drawn, column, theirs):
    """Marks whose value is not the one computed."""
    both = pd.DataFrame({"mark": drawn["mark"].array, "ours": drawn[column].array, "theirs": theirs.array})
    for row in both[~_same(both["ours"], tables.as_text(both["theirs"]))].itertuples():
        yield row.mark, f"{column} differs", f"drawn {row.ours}, computed {row.theirs}"


def _same(ours, theirs):
    """Which values of two columns of text are the same: numbers by six digits, all else as it is."""
    numbers = (pd.to_numeric(values, errors="coerce") for values in (ours, theirs))
    return (ours == theirs) | np.isclose(*numbers, rtol=5.01e-6, atol=0)


def _rerun(figures, data, versions, notebooks):
    """What the notebooks write otherwise than it is here, when they run in an empty folder."""
    same = all(version(name) == known for name, known in versions.items())
    with tempfile.TemporaryDirectory() as root:
        root = Path(root)
        for folder in ("notebooks", "figures"):
            (root / folder).mkdir()
        (root / "data").symlink_to(data.resolve(), target_is_directory=True)
        for notebook, (_, drawn) in notebooks.items():
            if problem := _run(figures.parent / "notebooks" / notebook, root / "notebooks"):
                yield "notebooks", "", "notebook does not run", f"{notebook}: {problem}"
                continue
            for name in drawn:
                ours, theirs = figures / name, root / "figures" / name
                if ours.is_file() and not (theirs.is_file() and _equal(ours, theirs, same)):
                    differs = "file differs from what its notebook writes"
                    yield provenance.figure_of(name), "", differs, f"{name}, by {notebook}"


def _run(notebook, folder):
    """Run a copy of a notebook in a folder; its error, if it has one."""
    if not notebook.is_file():
        return "it is not there"
    import nbclient
    import nbformat

    package = str(Path(tables.__file__).parent.parent)
    environment = os.environ | {"PYTHONPATH": package, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    try:
        cells = nbformat.read(notebook, as_version=4)
        nbclient.NotebookClient(cells, resources={"metadata": {"path": str(folder)}}).execute(env=environment)
    except Exception as error:  # of the file, its kernel or a cell: each is told
        return regex.sub(r"\x1b\[[\d;]*m", "", str(error).strip().rpartition("\n")[2])  # without its colours


def _equal(ours, theirs, same):
    """Whether two files of a figure hold the same: values, and with the same versions every byte of a picture."""
    if ours.read_bytes() == theirs.read_bytes():
        return True
    if ours.suffix != ".csv":
        return ours.suffix != ".json" and not same
    ours, theirs = tables.read(ours), tables.read(theirs)
    alike = list(ours) == list(theirs) and len(ours) == len(theirs)
    return alike and all(_same(ours[name], theirs[name]).all() for name in ours)
