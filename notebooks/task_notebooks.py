"""Run the notebooks whose inputs changed, and write what they were made from: `make figures`.

A notebook depends on its own cells, on the package, on the pinned versions and on every path under ``../data/`` that
a cell names; it produces itself, executed, and the figures that its cells name in ``figures.save(ax, "NAME", …)``. So
paths and names stand in the cells as they are, in one string. A notebook that fails is told in a few lines, and leaves
itself and its figures as they were.
"""

import ast
import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from analysis import tables
from analysis.figures import SUFFIXES

SCRIPT = Path(__file__).resolve()
HERE, ROOT = SCRIPT.parents[:2]
DATA, FIGURES = ROOT / "data", ROOT / "figures"
MANIFEST = FIGURES / "manifest.json"
PAGES = ["index.html", "evidence.html", "evidence/*"]
OFFLINE = FIGURES / "notebooks"  # not committed
RECORDS = FIGURES / ".build"  # not committed: what was built from what
STATE, ASIDE = RECORDS / "state.json", RECORDS / "before"  # the second by notebook: its old figures while it runs
AFTER = {"report/__init__.py", "verify.py", "__main__.py"}  # parts of the package that work on finished figures
REPORTED = ["pandas", "numpy", "scipy", "scikit-learn", "matplotlib", "nltk", "pyarrow", "regex", "PyYAML"]
SAME_BYTES = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "JUPYTER_PLATFORM_DIRS"], "1")
SAME_BYTES |= {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
LINES, WIDTH = 6, 300  # of a message, at most
SECONDS = 600  # for one cell, at most
KERNELS = []  # the processes of those that were begun
STOPPED, RECORDING = threading.Event(), threading.Lock()


def cells(notebook):
    """The sources of a notebook's cells: what it is before it is run."""
    try:
        found = json.loads(notebook.read_text(encoding="utf-8"))
        if found["nbformat"] != 4:
            raise ValueError(f"its format is {found['nbformat']}")
        return [[cell["cell_type"], "".join(cell["source"])] for cell in found["cells"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"can't be read as a notebook of format 4: {error!r}") from None


def code(notebook):
    """The syntax of a notebook's code, part by part."""
    for source in (source for kind, source in cells(notebook) if kind == "code"):
        with suppress(SyntaxError):  # told when the cell is run
            yield from ast.walk(ast.parse(re.sub("(?m)^[%!].*", "", source)))


def data(notebook):
    """The files of the paths under ../data/ that the code names, sorted; a folder stands for the files in it."""
    named, found = set(), []
    for node in code(notebook):
        parts = node.values[:1] if isinstance(node, ast.JoinedStr) else [node]
        if any(isinstance(part, ast.Constant) and str(part.value).startswith("../data/") for part in parts):
            if isinstance(node, ast.JoinedStr):
                raise ValueError("write each path under ../data/ in one plain string.")
            named.add(node.value)
    for path in (Path(os.path.normpath(HERE / name)) for name in sorted(named)):
        if not path.exists():
            raise FileNotFoundError(f"names {path.relative_to(ROOT)}, which is not there.")
        found += [path, *sorted(path.rglob("*"))]
    return [path for path in found if path.is_file()]


def outputs(notebook):
    """Every file of the figures that the code saves."""
    names = set()
    for call in code(notebook):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "figures.save":
            given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "name")]
            if [type(getattr(one, "value", None)) for one in given] != [str] or "/" in given[0].value:
                what = f"{ast.unparse(call)[:60]}…"
                raise ValueError(f"{what}: write a figure's name in one plain string, without a folder.")
            names.add(given[0].value)
    return [FIGURES / (name + suffix) for name in sorted(names) for suffix in (*SUFFIXES, ".pdf")]


def checksums(paths, folder=ROOT):
    """The files that are there, by name, each with its checksum."""
    there = [path for path in paths if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in there}


def recorded(path):
    """What a file of JSON holds; nothing, if it is not there or damaged: then everything is made again."""
    with suppress(OSError, ValueError, TypeError):
        return dict(json.loads(path.read_text(encoding="utf-8")))
    return {}


def record(name, made_from):
    tables.write_bytes(STATE, json.dumps(recorded(STATE) | {name: made_from}, indent=1).encode())


def put_back():
    """Old figures that were set aside are in their place again; what a build left that was stopped is gone."""
    for aside in ASIDE.glob("*"):
        restore(aside)
    for path in [*HERE.glob(".*.part"), *FIGURES.rglob(".*.part")]:
        path.unlink()


def restore(aside):
    """Figures that were set aside in this folder are in their place again."""
    for path in aside.glob("*"):
        os.replace(path, FIGURES / path.name)
    shutil.rmtree(aside, ignore_errors=True)


def execute(notebook):
    """A notebook's cells with what they say when run; no times, versions or counters of this machine."""
    import nbformat  # takes seconds: not where nothing is run
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    book = nbformat.read(notebook, as_version=4)
    for number, cell in enumerate(book.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as empty:  # no settings of the user's own
        environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONSTARTUP")}
        environment |= SAME_BYTES | {key: empty for key in ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR")}
        environment["MATPLOTLIBRC"] = os.path.join(empty, "matplotlibrc")
        Path(environment["MATPLOTLIBRC"]).touch()
        quiet = {"record_timing": False, "store_widget_state": False, "extra_arguments": ["--log-level=ERROR"]}
        client = NotebookClient(book, kernel_name="python3", timeout=SECONDS, log_level="CRITICAL", **quiet)
        with client.setup_kernel(cwd=str(HERE), env=environment):
            KERNELS.append(client.km.provisioner.process)
            for number, cell in enumerate(book.cells):
                count = client.code_cells_executed + 1
                if STOPPED.is_set():
                    raise ValueError("stopped")
                try:
                    client.execute_cell(cell, number, execution_count=count)
                except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    raise ValueError(f"stopped in cell [{count}]{reason(cell, error)}") from None
    for output in (output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs):
        if output.output_type == "stream":  # a warning names a file of this run
            output.text = re.sub(r"(?m)^\S*ipykernel_\d+/\d+\.py:\d+: ", "", output.text)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return (nbformat.writes(book).rstrip("\n") + "\n").encode()


def reason(cell, error):
    """The line at which a cell stopped, and why."""
    told = "\n".join(line for output in cell.outputs[-1:] for line in output.get("traceback", []))
    found = re.search(r"Cell In\[\d+\], line (\d+)", re.sub(r"\x1b\[[0-9;]*m", "", told))
    place = f", line {found[1]}:\n    {cell.source.splitlines()[int(found[1]) - 1].strip()}" if found else ""
    return f"{place}\n{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', error)}"


def run(notebook, figures, made_from):
    """Run a notebook in place; whatever goes wrong, it and its figures are as before. The seconds that it took."""
    given, started, aside = notebook.read_bytes(), time.perf_counter(), ASIDE / notebook.stem
    aside.mkdir(parents=True, exist_ok=True)
    try:
        for path in figures:
            if path.exists():
                os.replace(path, aside / path.name)
        executed = execute(notebook)
        if notebook.read_bytes() != given:
            raise ValueError("was changed while it ran: it is as you left it; run make figures again.")
        tables.write_bytes(notebook, executed)
        with RECORDING:
            record(notebook.name, made_from | checksums([notebook, *figures]))
    except BaseException:
        for path in figures:
            path.unlink(missing_ok=True)
        restore(aside)
        raise
    shutil.rmtree(aside)
    return time.perf_counter() - started


def begin(pool, notebook, named):
    """A notebook's figures, and its run, which is begun if anything changed."""
    figures = outputs(notebook)
    if shared := [path for path in figures if len(named[path.name]) > 1]:
        both = " and ".join(named[shared[0].name])
        raise ValueError(f"{shared[0].stem} is drawn by {both}: give it another name in one of them.")
    package = [path for path in (ROOT / "analysis").rglob("*.*") if path.suffix in (".py", ".csv")]
    package = [path for path in package if path.relative_to(ROOT / "analysis").as_posix() not in AFTER]
    shown = ROOT / "analysis/report/templates/inline.html"
    made_from = checksums([*package, shown, ROOT / "constraints.txt", SCRIPT, *data(notebook)])
    same = recorded(STATE).get(notebook.name) == made_from | checksums([notebook, *figures])
    return figures, None if same else pool.submit(run, notebook, figures, made_from)


def stop(pool):
    """End the notebooks that run, and begin no other."""
    STOPPED.set()
    logging.disable()  # that channels to killed kernels break is no news
    pool.shutdown(wait=False, cancel_futures=True)
    for kernel in KERNELS:
        kernel.kill()


def entry(notebook, figures):
    """What a notebook's figures were made from."""
    own = hashlib.sha256(json.dumps(cells(notebook)).encode()).hexdigest()
    return {"cells": own, "data": checksums(data(notebook)), "figures": checksums(figures, FIGURES)}


def offline(notebook):
    """A notebook as one page that fetches nothing: figures/notebooks/NAME.html."""
    import nbformat
    from markupsafe import Markup
    from nbconvert import HTMLExporter

    from analysis.report import documents

    book = nbformat.read(notebook, as_version=4)
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(book)
    title = book.cells[0].source.split("\n")[0].lstrip("# ") if book.cells else notebook.stem
    return documents.page("notebook.html", title=title, body=Markup(body))


def write_manifest(made, before, named):
    """What each figure was made from. Figures of an earlier manifest that no notebook draws any more are taken away."""
    manifest = {"versions": {name: version(name) for name in REPORTED}, "notebooks": made}
    known = {name for one in before.values() for name in one["figures"]}
    drawn = {name for one in made.values() for name in one["figures"]}
    stale = [path for path in sorted(FIGURES.iterdir()) if path.name in known - drawn - named]
    for path in [*stale, *(OFFLINE / f"{Path(name).stem}.html" for name in set(before) - set(made))]:
        path.unlink(missing_ok=True)
    if stale:
        names = sorted({re.sub(r"(\.evidence)?\.\w+$", "", path.name) for path in stale})
        print(f"No notebook draws these figures any more, removed: {', '.join(names)}", flush=True)
    tables.write_bytes(MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())


def pages(notebooks):
    """The pages that are there."""
    found = [path for name in PAGES for path in sorted(FIGURES.glob(name))]
    return [*found, *(OFFLINE / f"{notebook.stem}.html" for notebook in notebooks)]


def write_pages(notebooks):
    """The gallery, the evidence behind every mark, and the notebooks to be read offline, unless nothing changed."""
    package = [
        path for path in (ROOT / "analysis").rglob("*") if path.suffix in (".py", ".html", ".css", ".js", ".csv")
    ]
    given = [*(DATA / "documents").rglob("*"), *(DATA / "codebooks").glob("*.y*ml"), DATA / "elsewhere.csv"]
    made_from = checksums([*package, *given, SCRIPT, MANIFEST, *notebooks])
    if recorded(STATE).get("pages") == made_from | checksums(pages(notebooks)):
        return
    from analysis import report

    read_offline = {notebook.stem: offline(notebook) for notebook in notebooks}
    report.write(ROOT)
    OFFLINE.mkdir(exist_ok=True)
    for name, page in read_offline.items():
        tables.write_bytes(OFFLINE / f"{name}.html", page.encode())
    record("pages", made_from | checksums(pages(notebooks)))


def tell(name, error):
    """What went wrong, in a few lines."""
    lines = [line[:WIDTH] for line in f"{name}: {error}".splitlines() if line.strip()]
    print("\n".join(lines[:LINES]), flush=True)


def owners(notebooks):
    """The notebooks that name each figure."""
    found = {}
    for notebook in notebooks:
        with suppress(ValueError, OSError):  # told when it is run
            for path in outputs(notebook):
                found.setdefault(path.name, []).append(notebook.name)
    return found


def run_all(notebooks, named, before):
    """Run what changed, as many at a time as there are cores. What each is made from, and the names of what failed."""
    made, failed = {}, []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            begun = [pool.submit(begin, pool, notebook, named) for notebook in notebooks]
            for notebook, its in zip(notebooks, begun, strict=True):
                try:
                    figures, running = its.result()
                    if running:
                        print(f"{notebook.stem} …", flush=True)
                        print(f"{notebook.stem}: {running.result():.0f} s", flush=True)
                    made[notebook.name] = entry(notebook, figures)
                except (ValueError, OSError) as error:
                    tell(notebook.name, error)
                    failed.append(notebook.name)
                    if notebook.name in before:
                        made[notebook.name] = before[notebook.name]
        except BaseException:
            stop(pool)
            raise
    return made, failed


def build():
    """Run what changed, then write manifest and pages. The names of what failed."""
    put_back()
    notebooks, before = sorted(HERE.glob("[0-9]*.ipynb")), recorded(MANIFEST).get("notebooks", {})
    named = owners(notebooks)
    try:
        made, failed = run_all(notebooks, named, before)
    finally:
        put_back()
    try:
        write_manifest(made, before, set(named))
        write_pages([notebook for notebook in notebooks if notebook.name in made])
    except (ValueError, OSError) as error:
        tell("The pages could not be written", error)
        failed.append("the pages")
    return failed


def main():
    """One build at a time; the exit code is 1 if anything failed."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    with (RECORDS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            failed = build()
        except BlockingIOError:
            sys.exit("make figures is running here already: wait until it has ended.")
        except KeyboardInterrupt:
            sys.exit("Stopped. What had not ended is as it was; make figures goes on from here.")
    if failed:
        sys.exit(f"Failed, and as before: {', '.join(failed)}. All else is up to date.")


if __name__ == "__main__":
    main()
