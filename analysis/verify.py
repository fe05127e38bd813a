"""Figures → what no longer follows from the documents, by the contract of each: `python -m analysis verify`."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from analysis import contracts, tables
from analysis.charts import style
from analysis.figures import SUFFIXES

_KEYS = ["document", "paragraph"]
_PLACE = [*_KEYS, "start", "end"]
_SHAPES = ("path", "use", "rect", "circle")


class Verified(NamedTuple):
    """What `verify` gives."""

    checked: pd.DataFrame
    findings: pd.DataFrame


def verify(figures, data, rerun=False):
    """Check every figure of a folder against its contract, the documents, codebooks and tables of another.

    A contract (NAME.json) says by which rule marks and passages were found; `figures.save` writes it from what it is
    told. For each figure that a notebook of ``manifest.json`` drew: its files and data are those of the manifest; each
    quote stands at its place; table, evidence and drawing have the same marks, as many as were drawn, and n counts the
    passages; marks and passages are those that the rule gives when it is followed again; totals and formulas are
    computed anew; words stand in the drawing. With `rerun` the notebooks run again, in an empty folder, and what they
    write must be the same: values, contracts, and (with the versions of the manifest) every byte of the pictures.

    Gives `checked` (one row per figure: `figure`, `rule` in words, `n_marks`, `n_passages`, `not_checked`) and
    `findings` (one row per failure: `figure`, `mark`, `problem`, `detail`). A chart of the reader's own and a figure
    that no manifest lists are not checked, and said to be; a listed figure without a contract fails.

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
        manifest = json.loads((figures / "manifest.json").read_text(encoding="utf-8"))
        notebooks = {name: (dict(one["data"]), dict(one["figures"])) for name, one in manifest["notebooks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        manifest, notebooks = {}, {}
        found = [("manifest", "", "file is missing or cannot be read", str(error))]
    else:
        found = list(_changed(figures, data, notebooks))
    known, checked = contracts.known(data), []
    listed = {_figure_of(name) for _, drawn in notebooks.values() for name in drawn}
    for name in sorted(listed | {path.stem for path in figures.glob("*.svg")}):
        if name not in listed:
            checked.append((name, "", 0, 0, "anything: the manifest does not list it"))
            continue
        try:
            row, problems = figure(figures / name, known)
        except (OSError, ValueError, KeyError, TypeError, SyntaxError, AttributeError) as error:
            row, problems = ("", 0, 0, "anything"), [("", "cannot be checked", f"{type(error).__name__}: {error}")]
        checked.append((name, *row))
        found += [(name, *problem) for problem in problems]
    if rerun:
        found += _rerun(figures, data, manifest, notebooks)
    columns = ["figure", "rule", "n_marks", "n_passages", "not_checked"]
    findings = pd.DataFrame(found, columns=["figure", "mark", "problem", "detail"]).drop_duplicates()
    return Verified(pd.DataFrame(checked, columns=columns), findings.reset_index(drop=True))


def _figure_of(name):
    """The figure that a file belongs to."""
    return name.removesuffix(Path(name).suffix).removesuffix(".evidence")


def _changed(figures, data, notebooks):
    """Files that are not those of the manifest."""
    for notebook, (given, drawn) in notebooks.items():
        files = [("data", data.parent / name, checksum) for name, checksum in given.items()]
        files += [(_figure_of(name), figures / name, checksum) for name, checksum in drawn.items()]
        for what, path, checksum in files:
            if not path.is_file():
                yield what, "", "file is missing", f"{path.name}, of {notebook}"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                yield what, "", "file is not the one in the manifest", f"{path.name}, of {notebook}"


def figure(path, known):
    """What was checked of a figure, and its findings: mark, problem, detail."""
    contract = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    if contract.get("checked") is False:
        return ("", 0, 0, "anything: drawn by code of one's own, without marks"), []
    drawn, behind = (
        tables.read(path.with_name(path.name + end), ["mark"]).reset_index(drop=True) for end in SUFFIXES[2:4]
    )
    found = list(_quotes(behind, known))
    found += _marks(drawn, behind, path.with_name(f"{path.name}.svg"), contract)
    rows = contracts.followed(contract, known)
    unchecked = [] if rows is not None else ["whether passages and marks are all there are"]
    unchecked += ["how the marks were chosen"] if "stated" in contract["chosen"] else []
    sure = ["mark", "n", *contract["by"], *contract["formulas"], *contract["painted"]]
    if rows is not None:
        found += _complete(drawn, behind, contract, rows, known)
        sure += contract["same"]
    for column, of in contract["totals"].items():
        counted = contracts.counted(drawn, behind, of, contract, known)
        if counted is not None:
            found += _differ(drawn, column, counted)
            sure.append(column)
    numbers = drawn.apply(lambda values: pd.to_numeric(values, errors="coerce"))
    for column, formula in contract["formulas"].items() if len(drawn) else ():
        found += _differ(drawn, column, numbers.eval(formula))
    left = ", ".join([*unchecked, *(name for name in drawn if name not in sure)])
    return (contracts.said(contract), len(drawn), len(behind), left), found


def _quotes(behind, known):
    """Each passage says what it quotes; the text says the same at that place."""
    here = {document for document, _ in known.text_of}
    for row in behind.itertuples():
        place = f"{row.document} ¶{row.paragraph} {row.start}–{row.end}"
        text = known.text_of.get((row.document, row.paragraph))
        if not (row.start.isdecimal() and row.end.isdecimal() and int(row.start) < int(row.end)):
            yield row.mark, "place is not whole numbers, the first below the last", place
        elif row.document not in here and row.document not in known.elsewhere:
            yield row.mark, "document is neither here nor in elsewhere.csv", row.document
        elif row.document not in here and row.quote:
            yield row.mark, "document is not here, but is quoted", place
        elif row.document in here and (text is None or text[int(row.start) : int(row.end)] != row.quote):
            again = text.count(row.quote) if text and row.quote else 0
            yield row.mark, "quote is not at its place", f"{place}: {row.quote!r}; the text has it {again} times"


def _marks(drawn, behind, svg, contract):
    """Table, evidence and drawing have the same marks; n counts the passages; words are painted."""
    content = svg.read_text(encoding="utf-8")
    if "<!ENTITY" in content:
        raise ValueError("the SVG defines entities, as no chart of ours does")
    root = ElementTree.fromstring(content)
    groups = [one for one in root.iter() if one.tag.endswith("}g") and "_" not in one.get("id", "_")]
    ids = Counter(one.get("id") for one in groups)
    shapes = {one.get("id") for one in groups if any(part.tag.rpartition("}")[2] in _SHAPES for part in one.iter())}
    n = behind["mark"].value_counts()
    if contract["marks"] != len(drawn):
        yield "", "number of marks differs", f"{len(drawn)} in the table, {contract['marks']} were drawn"
    for mark, count in zip(drawn["mark"], drawn["n"], strict=True):
        if ids[mark] != 1 or mark not in shapes:
            yield mark, "mark is not drawn once, with a shape", f"{ids[mark]} times"
        if count != str(n.get(mark, 0)):
            yield mark, "n differs", f"drawn {count}, {n.get(mark, 0)} passages"
    for mark in (set(ids) | set(n.index)) - set(drawn["mark"]) - {"title"}:
        yield mark, "mark is not in the table", "in the evidence" if mark in n.index else "in the drawing"
    for mark in drawn["mark"][drawn["mark"].duplicated()]:
        yield mark, "mark is in the table twice", ""
    for row in behind[behind.duplicated(["mark", *_PLACE])].itertuples():
        yield row.mark, "passage is there twice", f"{row.document} ¶{row.paragraph} {row.start}"
    by = style.marks(drawn, contract["by"])
    for mark, named in zip(drawn["mark"], by, strict=True):
        if mark != named:
            yield mark, "mark is not what its columns name", named
    painted = " ".join(f"\n{' '.join(one.itertext())}\n" for one in root.iter() if one.tag.endswith("}text"))
    painted = f" {' '.join(painted.split())} "
    for column in contract["painted"]:
        for mark, value in zip(drawn["mark"], drawn[column], strict=True):
            if f" {' '.join(_written(value).split())} " not in painted:
                yield mark, f"{column} is not painted", value


def _written(value):
    """A value as charts write it: whole numbers with commas between thousands."""
    return f"{int(value):,}" if value.isdecimal() else value


def _complete(drawn, behind, contract, rows, known):
    """Marks and passages are all there are, by the rule of the figure."""
    by = [name for name in contract["by"] if name in rows.columns]  # others are the user's own: not known here
    rows = rows.assign(mark=style.marks(rows, by))
    ours = drawn.assign(named=style.marks(drawn, by)).set_index("mark")["named"]
    if "stated" not in contract["chosen"]:
        expected = contracts.expected(contract, rows, known)
        for mark in sorted(expected ^ set(ours)):
            yield mark, "mark is missing" if mark in expected else "mark does not count here", contracts.said(contract)
    rows = rows[rows["mark"].isin(set(ours))]
    behind = behind.assign(mark=behind["mark"].map(ours).fillna(behind["mark"]))
    expected, given = (
        set(table[["mark", *_PLACE]].astype("str").itertuples(index=False, name=None)) for table in (rows, behind)
    )
    for mark, *place in sorted(expected ^ given):
        problem = "passage is missing" if (mark, *place) in expected else "passage does not count here"
        yield mark, problem, " ".join(place)
    for column in [name for name in contract["same"] if name in rows.columns and by == contract["by"]]:
        values = (
            rows[["mark"]].assign(value=tables.as_text(rows[column])).drop_duplicates("mark").set_index("mark")["value"]
        )
        theirs = drawn["mark"].map(values)
        there = theirs.notna()
        yield from _differ(drawn[there], column, theirs[there])


def _differ(drawn, column, theirs):
    """Marks whose value is not the one computed: numbers by six digits, all else as text."""
    for mark, ours, other in zip(drawn["mark"], drawn[column], theirs, strict=True):
        same = ours == str(other)
        if not same and not isinstance(other, (str, bool, np.bool_)):
            number = pd.to_numeric(ours, errors="coerce")
            same = number in {float(f"{other * noise:.6g}") for noise in (1 - 1e-12, 1, 1 + 1e-12)} | {other}
        if not same:
            yield mark, f"{column} differs", f"drawn {ours}, computed {other}"


def _rerun(figures, data, manifest, notebooks):
    """What the notebooks write otherwise than it is here, when they run in an empty folder."""
    same = all(version(name) == known for name, known in manifest.get("versions", {}).items())
    with tempfile.TemporaryDirectory() as root:
        root = Path(root)
        for folder in ("notebooks", "figures"):
            (root / folder).mkdir()
        (root / "data").symlink_to(data.resolve(), target_is_directory=True)
        for notebook, (_, drawn) in notebooks.items():
            problem = run(figures.parent / "notebooks" / notebook, root / "notebooks")
            if problem:
                yield "notebooks", "", "notebook does not run", f"{notebook}: {problem}"
                continue
            for name in drawn:
                ours, theirs = figures / name, root / "figures" / name
                if ours.is_file() and not (theirs.is_file() and _equal(ours, theirs, same)):
                    yield _figure_of(name), "", "file differs from what its notebook writes", f"{name}, by {notebook}"


def run(notebook, folder):
    """Run the code cells of a notebook in a folder; the last line of what went wrong."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    code = re.sub("(?m)^[%!].*", "", "\n\n".join(["from IPython.display import display", *code]))
    script = folder / f"{notebook.stem}.py"
    script.write_text(code, encoding="utf-8")
    package = str(Path(tables.__file__).parent.parent)
    environment = os.environ | {
        "PYTHONPATH": package,
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-W", "ignore", script.name]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return (ended.stderr.strip().splitlines() or ["stopped"])[-1] if ended.returncode else ""


def _equal(ours, theirs, same):
    """Whether two files of a figure hold the same: values, and with the same versions every byte of a picture."""
    if ours.read_bytes() == theirs.read_bytes():
        return True
    if ours.suffix == ".json":
        return json.loads(ours.read_text(encoding="utf-8")) == json.loads(theirs.read_text(encoding="utf-8"))
    if ours.suffix != ".csv":
        return not same
    ours, theirs = tables.read(ours), tables.read(theirs)
    if ours.shape != theirs.shape or list(ours) != list(theirs):
        return False
    numbers = [table.apply(lambda cells: pd.to_numeric(cells, errors="coerce")) for table in (ours, theirs)]
    return bool(((ours == theirs) | np.isclose(*numbers, rtol=1e-5, atol=0)).all(axis=None))
