"""What a stranger meets first: set-up, notebooks, figures and README say the same and are up to date."""

import functools
import hashlib
import itertools
import json
import re
import stat
import subprocess
import tomllib
from importlib.metadata import distributions

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import analysis
from tests.conftest import FIGURES, MANIFEST, ROOT, SHIPPED
from tests.made import without_pixels

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOTEBOOKS = [ROOT / "notebooks" / name for name in SHIPPED]
DOCUMENT = "../data/documents/cairo-workshop-2016.md"  # notebooks of counts have a test with those
NAMED = ["pandas", "scikit-learn", "matplotlib", "jupyterlab", "nltk"]


@functools.cache
def read(path):
    return nbformat.read(path, as_version=4).cells


def cells(path, kind=""):
    return [cell for cell in read(path) if cell.cell_type.startswith(kind)]


def test_environment_and_pyproject_agree():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    *conda, pip = environment["dependencies"]
    ranges = {re.match(r"[\w-]+", line)[0]: line for line in PYPROJECT["project"]["dependencies"]}
    python = "python" + PYPROJECT["project"]["requires-python"]
    assert conda == [python, "pip", "pandoc", *(ranges[name] for name in NAMED)]
    assert pip == {"pip": ["-e .[scale,explore]"]}


def test_what_is_pinned_is_within_the_ranges_and_admits_the_oldest_python():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    pinned = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in lines}
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"], *itertools.chain(*extras)]
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    asked = {found.name: found.metadata.get("Requires-Python") for found in distributions()}
    assert not {name: asks for name, asks in asked.items() if asks and not SpecifierSet(asks).contains(oldest)}


def test_versions_agree():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == analysis.__version__
    assert f"## {analysis.__version__} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


OLD = "Python 3.11 or newer is needed, and '{python}' is Python 3.9.2. Install one and name it: make PYTHON=python3.12 setup"
BARE = "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv"


@pytest.mark.parametrize(("answers", "message"), [("exit 1", OLD), ('case "$2" in *ensurepip*) exit 1;; esac', BARE)])
def test_a_machine_without_what_it_takes_is_told_in_one_line(tmp_path, answers, message):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo Python 3.9.2; exit 0; fi\n{answers}\nexit 0\n')
    python.chmod(python.stat().st_mode | stat.S_IEXEC)
    asked = ["make", "--no-print-directory", "setup", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode != 0
    assert told.stdout == message.format(python=python) + "\n"
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_read_like_a_paper_and_are_committed_executed_and_clean(path):
    text, code = "\n".join(cell.source for cell in cells(path, "markdown")), cells(path, "code")
    assert re.match(r"# \d+\. .+\?\n", text), "the title is the question"
    assert "**Change this**" in text and "cannot show" in text
    assert code[0].source.startswith(("import ", "from ")), "imports first"
    assert re.match(r"[A-Z_]+ = ", code[1].source), "then constants"
    assert not any(re.search(r"^\s*(def|class|for|while|if) |lambda", cell.source, re.M) for cell in code)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert all(output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {}))
    assert not re.search(r"0x[0-9a-f]{8,}|/home/|/tmp/|ipykernel_|execution\":", path.read_text(encoding="utf-8"))


def test_notebooks_are_short():
    """Three lines a chart: six in its cell at most, five on average, and 52 in a notebook."""
    sources = [cell.source for path in NOTEBOOKS for cell in cells(path, "code")]
    lines = {source: [line for line in source.split("\n") if line.strip()] for source in sources}
    charts = [len(lines[source]) for source in sources if "figures.save(" in source]
    assert max(charts) <= 6 and sum(charts) <= 5 * len(charts) and sum(map(len, lines.values())) <= 52 * len(NOTEBOOKS)
    assert not [line for own in lines.values() for line in own if len(line) > 120 or line.rstrip().endswith(";")]


def test_figures_are_made_from_what_is_here():
    """The committed figures, their inputs and the notebooks' cells are those the manifest lists."""
    manifest = json.loads(MANIFEST.read_text())
    for name in SHIPPED:
        entry = manifest["notebooks"][name]
        sources = json.dumps([[cell.cell_type, cell.source] for cell in cells(ROOT / "notebooks" / name)])
        assert hashlib.sha256(sources.encode()).hexdigest() == entry["cells"], f"{name} changed: run make figures"
        made_from = entry["data"] | {f"figures/{path}": checksum for path, checksum in entry["figures"].items()}
        for path, checksum in made_from.items():
            same = hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == checksum
            assert same, f"{path} changed: run make figures"


def test_stop_words_are_grammar_only():
    words = (ROOT / "data" / "stopwords.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert words == sorted(set(words)) and all(word == word.lower() and word for word in words)
    content = "system interest state states need work right member order case well mine new"
    assert not set(content.split()) & set(words)


OWN = {
    "no numbers": "A Title\n\nBackground\n\nThe first sentence.\n\nThe second sentence, on peace.",
    "gap, restart, signs": "## One\n\n1. Peace¹ and war cost $5 and 10_000^2.\n\n¹ A note.\n\n## Two: more\n\n3. To manage "
    "conflict is conflict management.\n\n## Annex\n\n1. The Center for Conflict Resolution resolves a conflict.",
}


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if DOCUMENT in path.read_text()], ids=lambda path: path.stem
)
@pytest.mark.parametrize("document", OWN)
@pytest.mark.filterwarnings("ignore:text.md")
def test_notebooks_draw_a_document_of_ones_own(tmp_path, monkeypatch, path, document):
    (tmp_path / "text.md").write_text(OWN[document], encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path / "notebooks")
    names = {}
    with without_pixels():
        for cell in cells(path, "code"):
            source = cell.source.replace(DOCUMENT, "../text.md")
            exec(compile(source, path.name, "exec"), names)
    drawn = {file.name.split(".")[0] for file in (tmp_path / "figures").iterdir()}
    assert drawn == {name.split(".")[0] for name in FIGURES if name.startswith(path.name[:3])}
