"""Run the notebooks whose inputs changed, and write what they were made from.

`make figures` calls pytask on this file. A notebook depends on its own cells,
on the package, on the pinned versions and on every path under ``../data/`` that
a cell names; it produces itself, executed, and every figure that a cell names
under ``../figures/``. So paths stand in the cells as they are, in one string.
"""

import ast
import hashlib
import json
import os
import re
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from pytask import Product, PythonNode, console, task

from analysis.figures import SUFFIXES

HERE = Path(__file__).parent
ROOT = HERE.parent
FIGURES = ROOT / "figures"
PAGES = [FIGURES / "index.html", FIGURES / "evidence.html"]
OFFLINE = FIGURES / "notebooks"  # not committed
AFTER = {"report", "verification", "__main__.py"}  # parts of the package that work on finished figures
REPORTED = ["pandas", "numpy", "scipy", "scikit-learn", "matplotlib", "nltk", "pyarrow", "regex", "PyYAML"]
SAME_BYTES = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}


def cells(notebook):
    """The sources of a notebook's cells: what it is before it is run."""
    return [[cell.cell_type, cell.source] for cell in nbformat.read(notebook, as_version=4).cells]


def paths(notebook, folder):
    """The paths under a folder that the code cells name, sorted."""
    found = set()
    for kind, source in cells(notebook):
        if kind != "code":
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            raise SyntaxError(f"{notebook.name}: a cell is not Python: {error}") from None
        joined = [node.values[0] for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and node.values]
        if any(str(getattr(part, "value", "")).startswith(("../data/", "../figures/")) for part in joined):
            raise ValueError(f"{notebook.name}: write each path under ../data/ and ../figures/ in one plain string.")
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(f"../{folder}/")
        }
    return [(HERE / path).resolve() for path in sorted(found)]


def inputs(notebook):
    """Every file a notebook depends on; a folder stands for the files in it."""
    code = [path for path in sorted((ROOT / "analysis").rglob("*.py")) if not set(path.relative_to(ROOT).parts) & AFTER]
    found = [*code, ROOT / "constraints.txt", Path(__file__)]
    for path in paths(notebook, "data"):
        if not path.exists():
            raise FileNotFoundError(f"{notebook.name} names {path.relative_to(ROOT)}, which is not there.")
        found += sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return found


def outputs(notebook):
    """Every file a notebook writes into figures/."""
    return [path.with_name(path.name + suffix) for path in paths(notebook, "figures") for suffix in SUFFIXES]


def named(paths):
    """Paths as text: with them in the hash, a file taken away is noticed too."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


def execute(notebook):
    """Run a notebook in place; its outputs hold no times, versions or counters of this machine."""
    book = nbformat.read(notebook, as_version=4)
    for number, cell in enumerate(book.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as empty:  # no settings of the user's own
        environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONSTARTUP")}
        environment |= SAME_BYTES | {key: empty for key in ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR")}
        (Path(empty) / "matplotlibrc").touch()
        environment["MATPLOTLIBRC"] = str(Path(empty) / "matplotlibrc")
        client = NotebookClient(
            book,
            kernel_name="python3",
            timeout=600,
            record_timing=False,
            store_widget_state=False,
            extra_arguments=["--log-level=ERROR"],
        )
        client.execute(cwd=str(HERE), env=environment)
    for output in (output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs):
        if output.output_type == "stream":  # a warning names a file of this run
            output.text = re.sub(r"\S*ipykernel_\d+/\d+\.py:\d+: ", "", output.text)
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(book, notebook)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_alone(notebooks):
    """No two notebooks write the same figure, and figures/ holds nothing that none of them names."""
    owner = {}
    for notebook in notebooks:
        for path in outputs(notebook):
            if owner.setdefault(path, notebook) != notebook:
                raise ValueError(
                    f"{owner[path].name} and {notebook.name} both write {path.name}: give the figure another name in one."
                )
    known = {*owner, *PAGES, FIGURES / "manifest.json", OFFLINE}
    stray = sorted(path.name for path in FIGURES.glob("*") if path not in known)
    if stray:
        raise ValueError(f"figures/ holds {stray}, which no notebook names: remove them, or name them in a notebook.")


def behind_pages():
    """Every file that the pages are made from, besides what the notebooks leave."""
    data = ROOT / "data"
    read = [*(data / "documents").rglob("*"), *(data / "codebooks").glob("*.y*ml"), data / "elsewhere.csv"]
    code = [path for path in (ROOT / "analysis").rglob("*") if path.suffix in (".py", ".html", ".css", ".js")]
    return sorted(path for path in [*read, *code] if path.is_file())


def offline(notebook):
    """A notebook as one page that fetches nothing: figures/notebooks/NAME.html."""
    from nbconvert import HTMLExporter

    from analysis import report

    book = nbformat.read(notebook, as_version=4)
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(book)
    title = book.cells[0].source.split("\n")[0].lstrip("# ") if book.cells else notebook.stem
    return report.notebook(title, body)


NOTEBOOKS = sorted(HERE.glob("[0-9]*.ipynb"))
check_alone(NOTEBOOKS)

for notebook in NOTEBOOKS:

    @task(id=notebook.stem, kwargs={"notebook": PythonNode(value=notebook)})
    def task_notebook(
        notebook: Path,
        source: Annotated[str, PythonNode(value=json.dumps([cells(notebook), named(inputs(notebook))]), hash=True)],
        needed: list[Path] = inputs(notebook),
        produces: Annotated[list[Path], Product] = [notebook, *outputs(notebook)],
    ) -> None:
        """One notebook and its figures."""
        console.print(f"{notebook.stem} …")
        started = time.perf_counter()
        for path in outputs(notebook):
            path.unlink(missing_ok=True)
        try:
            execute(notebook)
        except CellExecutionError as error:
            raise RuntimeError(f"{notebook.name} stopped with an error:\n{error}") from None
        console.print(f"{notebook.stem}: {time.perf_counter() - started:.0f} s")


def task_manifest(
    notebooks: Annotated[
        str, PythonNode(value=json.dumps([[cells(n), named(inputs(n))] for n in NOTEBOOKS]), hash=True)
    ],
    figures: list[Path] = [path for notebook in NOTEBOOKS for path in outputs(notebook)],
    needed: list[Path] = sorted({path for notebook in NOTEBOOKS for path in inputs(notebook)}),
    produces: Annotated[Path, Product] = FIGURES / "manifest.json",
) -> None:
    """What each figure was made from: checksums of inputs and figures, versions of packages."""
    manifest = {
        "versions": {name: version(name) for name in REPORTED},
        "notebooks": {
            notebook.name: {
                "cells": hashlib.sha256(json.dumps(cells(notebook)).encode()).hexdigest(),
                "data": {
                    str(p.relative_to(ROOT)): sha256(p) for p in inputs(notebook) if p.is_relative_to(ROOT / "data")
                },
                "figures": {path.name: sha256(path) for path in outputs(notebook)},
            }
            for notebook in NOTEBOOKS
        },
    }
    produces.write_text(json.dumps(manifest, indent=1) + "\n")


def task_pages(
    named: Annotated[str, PythonNode(value=json.dumps(named(behind_pages())), hash=True)],
    needed: list[Path] = [
        *NOTEBOOKS,
        FIGURES / "manifest.json",
        *(path for notebook in NOTEBOOKS for path in outputs(notebook)),
        *behind_pages(),
    ],
    produces: Annotated[list[Path], Product] = [*PAGES, *(OFFLINE / f"{notebook.stem}.html" for notebook in NOTEBOOKS)],
) -> None:
    """The gallery, the evidence behind every mark, and the notebooks to be read offline."""
    from analysis import report

    report.write(ROOT)
    OFFLINE.mkdir(exist_ok=True)
    for path in OFFLINE.glob("*.html"):
        path.unlink()
    for notebook in NOTEBOOKS:
        (OFFLINE / f"{notebook.stem}.html").write_text(offline(notebook), encoding="utf-8")
