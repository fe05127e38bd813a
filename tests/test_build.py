"""make figures: what changed is run again, and nothing else. A project of two small notebooks is built here."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.conftest import ROOT

CODE = """
import pandas as pd
from analysis import charts, figures
data = figures.mark(pd.read_csv("../data/{name}.csv"), "word")
none = pd.DataFrame(columns=["mark", "document", "paragraph", "start", "end"])
figures.save(charts.bars(data, x="n", y="word"), "../figures/{name}", data=data, evidence=none, alt="Nothing.")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "data", "figures"):
        (root / folder).mkdir()
    shutil.copytree(ROOT / "analysis", root / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "constraints.txt", "notebooks/task_notebooks.py"):
        shutil.copy(ROOT / name, root / name)
    for name in ("1-one", "2-two"):
        (root / "data" / f"{name}.csv").write_text("word,n\npeace,0\n")
        nbformat.write(
            new_notebook(cells=[new_code_cell(CODE.format(name=name))]), root / "notebooks" / f"{name}.ipynb"
        )
    return root


def build(root):
    """Run it; return the notebooks that were run, and what was printed."""
    command = [sys.executable, "-m", "pytask", "build"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    return sorted(re.findall(r"^(\S+): \d+ s$", told.stdout, re.M)), told


def test_builds_what_changed_and_nothing_else(project):
    ran, told = build(project)
    assert (ran, told.returncode) == (["1-one", "2-two"], 0), told.stdout
    first = {path: path.read_bytes() for path in project.rglob("*.*") if path.parent.name in ("figures", "notebooks")}

    ran, told = build(project)
    assert ran == [] and "4  Skipped because unchanged" in told.stdout

    (project / "figures" / "1-one.svg").write_text("edited by hand")
    assert build(project)[0] == ["1-one"]
    assert {path: path.read_bytes() for path in first} == first

    (project / "data" / "2-two.csv").write_text("word,n\nwar,0\n")
    assert build(project)[0] == ["2-two"]

    book = nbformat.read(project / "notebooks" / "1-one.ipynb", as_version=4)
    book.cells[0].source += "# changed"
    nbformat.write(book, project / "notebooks" / "1-one.ipynb")
    assert build(project)[0] == ["1-one"]

    with (project / "analysis" / "charts.py").open("a") as source:
        source.write("# changed\n")
    assert build(project)[0] == ["1-one", "2-two"]


def test_a_failing_notebook_is_named_and_its_old_figure_is_gone(project):
    book = nbformat.read(project / "notebooks" / "1-one.ipynb", as_version=4)
    book.cells[0].source = book.cells[0].source.replace('"word")', '"wrod")')
    nbformat.write(book, project / "notebooks" / "1-one.ipynb")
    ran, told = build(project)
    assert told.returncode != 0 and "1-one.ipynb stopped with an error" in told.stdout and ran == []
    assert "wrod" in told.stdout and not (project / "figures" / "1-one.svg").exists()


def test_files_taken_away_and_names_used_twice_are_noticed(project):
    (project / "analysis" / "extra.py").write_text("")
    build(project)
    (project / "analysis" / "extra.py").unlink()
    assert "2-two" in build(project)[0]
    (project / "figures" / "old.svg").write_text("")
    told = build(project)[1]
    assert told.returncode != 0 and "figures/ holds ['old.svg'], which no notebook names" in " ".join(
        told.stdout.split()
    )
    (project / "figures" / "old.svg").unlink()
    shutil.copy(project / "notebooks" / "2-two.ipynb", project / "notebooks" / "3-copy.ipynb")
    told = build(project)[1]
    assert told.returncode != 0 and "2-two.ipynb and 3-copy.ipynb both write 2-two.svg" in " ".join(told.stdout.split())
    (project / "notebooks" / "3-copy.ipynb").unlink()


def test_data_that_is_not_there_is_named(project):
    (project / "data" / "2-two.csv").unlink()
    told = build(project)[1]
    assert told.returncode != 0 and "2-two.ipynb names data/2-two.csv, which is not there" in told.stdout
