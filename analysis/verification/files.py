"""The files of a figure as they are: manifest, drawn table, evidence, what the SVG draws."""

import csv
import hashlib
import io
import json
from typing import NamedTuple

import pandas as pd

from analysis import svg_shapes, tables
from analysis.figures import SUFFIXES


class Figure(NamedTuple):
    """One figure: what its files hold, and the data files that its notebook read."""

    name: str
    data: pd.DataFrame  # the drawn table, all text
    evidence: pd.DataFrame  # `start` and `end` as whole numbers, the rest text
    shapes: list  # (id, list of svg_shapes.Shape) of each group in the SVG
    inputs: list  # under the data folder, "documents/a.md"
    title: str = ""  # as the SVG tells it to those who can't see


def manifest(figures, data):
    """What each figure was made from, and what no longer agrees with that."""
    there = {path.name for path in figures.iterdir() if path.is_file()}
    names = {_stem(name) for name in there} - {None}
    try:
        notebooks = json.loads((figures / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
        listed = {name: ({**one["data"]}, {**one["figures"]}) for name, one in notebooks.items()}
    except FileNotFoundError:
        return {name: [] for name in names}, [("manifest", "", "file is missing", "manifest.json")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {name: [] for name in names}, [("manifest", "", "file cannot be read", f"manifest.json: {error!r}")]
    inputs, findings = {}, []
    for notebook, (read, drawn) in sorted(listed.items()):
        for name, checksum in sorted(read.items()):
            findings += _compared(
                "manifest", data / name.removeprefix("data/"), checksum, f"{name}, read by {notebook}"
            )
        for name, checksum in sorted(drawn.items()):
            stem = _stem(name)
            findings += _compared(stem or "manifest", figures / name, checksum, f"{name}, written by {notebook}")
            if stem:
                inputs[stem] = sorted(one.removeprefix("data/") for one in read)
    for name in sorted(names - set(inputs)):
        findings.append((name, "", "figure is not in the manifest", "no notebook is known to have written it"))
    return inputs | {name: [] for name in names - set(inputs)}, findings


def read(figures, name, inputs):
    """Read one figure."""
    paths = [figures / f"{name}{suffix}" for suffix in SUFFIXES]
    findings = [(name, "", "file is missing", path.name) for path in paths if not path.is_file()]
    found = []
    for path, reader in ((paths[2], _drawn), (paths[3], _passages), (paths[0], svg_shapes.read)):
        try:
            found.append(reader(path.read_bytes()))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            findings.append((name, "", "file cannot be read", f"{path.name}: {error}"))
    if len(found) < 3:
        return None, findings
    data, evidence, drawn = found
    whole = evidence["start"].str.fullmatch("[0-9]{1,15}") & evidence["end"].str.fullmatch("[0-9]{1,15}")
    for row in evidence[~whole].itertuples():
        detail = f"characters {row.start!r} to {row.end!r} in row {row.Index} of the evidence (rows count from 0)"
        findings.append((name, row.mark, "place is not whole numbers", detail))
    evidence = evidence[whole].astype({"start": "int64", "end": "int64"})
    return Figure(name, data, evidence, drawn.shapes, inputs, drawn.title), findings


def check_marks(figure):
    """Whether table, evidence and SVG have the same marks, and each mark as many passages as it says."""
    name, data, evidence = figure.name, figure.data, figure.evidence
    marks, ids = data["mark"].tolist(), [one for one, _ in figure.shapes]
    own = {one for one in ids if "_" not in one}  # Matplotlib's own ids have one, marks never do
    found = []
    for problem, wrong in [
        ("mark is in the table twice", data["mark"][data["mark"].duplicated()]),
        ("mark is not drawn", set(marks) - set(ids)),
        (
            "mark is drawn without a shape",
            set(marks) & {one for one, drawn in figure.shapes if not any(len(shape.points) for shape in drawn)},
        ),
        ("mark is drawn twice", {one for one in set(marks) if ids.count(one) > 1} if len(ids) > len(set(ids)) else ()),
        ("mark is drawn but not in the table", own - set(marks)),
        ("mark is in the evidence but not in the table", set(evidence["mark"]) - set(marks)),
    ]:
        found += [(name, one, problem, "") for one in sorted(set(wrong))]
    for row in evidence[evidence.duplicated()].itertuples():
        where = f"¶{row.paragraph}" if row.paragraph else row.document
        found.append((name, row.mark, "passage is there twice", f"{where}, characters {row.start} to {row.end}"))
    passages = evidence["mark"].value_counts()
    for mark, n in zip(marks, data["n"], strict=True):
        have = passages.get(mark, 0)
        if n not in (f"{have}", f"{have}.0"):
            found.append((name, mark, "n differs", f"drawn {n}, the evidence has {have} passages"))
    return found


def _stem(name):
    """A figure's name without suffix; None for files that are not of a figure."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return None


def _compared(figure, path, checksum, what):
    if not path.is_file():
        return [(figure, "", "file is missing", what)]
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        return [(figure, "", "file is not the one in the manifest", what)]
    return []


def _drawn(content):
    return _table(content, ["mark", "n"], "drawn table")


def _passages(content):
    columns = list(tables.columns("evidence"))
    return _table(content, columns, "evidence")[columns]


def _table(content, needs, name):
    """A CSV as text; nothing is taken for a missing value, and each row is as long as the header."""
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from None
    for number, row in enumerate(rows):
        if len(row) != len(header):
            raise ValueError(f"row {number} (rows count from 0) has {len(row)} values, not {len(header)}")
    frame = pd.DataFrame(rows, columns=header, dtype="str")
    missing = [one for one in needs if one not in header]
    if missing:
        raise ValueError(f"{name} lacks the columns {missing}")
    return frame
