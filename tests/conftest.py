"""What all tests share."""

import csv
import json
import os
import shutil
from pathlib import Path

import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("Agg")
os.environ["LOKY_MAX_CPU_COUNT"] = "1"  # processes only where a test is of them: to start them takes longer than work

# The same examples on every run; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

ROOT = Path(__file__).parent.parent
ORACLES = Path(__file__).parent / "oracles"
SHARED = Path(os.environ.get("ANALYSIS_SHARED", ROOT.parent / "shared"))  # real corpora, not ours to publish


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """All tests of a file in one process, so that what they share is made once."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


# What the repository ships. Whatever else is in these folders is the user's own, and changes no test.
SHIPPED = [
    "01-is-all-of-it-here.ipynb", "02-what-it-dwells-on.ipynb", "03-managed-or-resolved.ipynb",
    "04-enough-text-to-compare-sections.ipynb", "05-how-much-of-a-mandate-is-copied.ipynb",
    "06-would-another-coder-agree.ipynb", "07-can-forty-paragraphs-carry-topics.ipynb", "08-my-own-document.ipynb",
    "09-did-states-change-their-language.ipynb", "10-what-mandates-speak-of.ipynb", "11-at-scale.ipynb",
    "12-my-own-folder.ipynb",
]  # fmt: skip
DATA = [
    "README.md", "codebooks/conflict.yml", "codebooks/mandates.yml", "codebooks/themes.yml",
    "coding/cairo-stance.csv", "coding/cairo-themes.csv", "coding/mandates.csv",
    "coding/un-peace-operations-codebook.csv", "coding/un-peace-operations.csv", "count_general_debate.py",
    "documents/cairo-workshop-2016.md", "elsewhere.csv", "general-debate-1970-1999.csv", "mandates.csv",
    "names-in-mandates.txt", "silences.csv", "stopwords.txt", "write_mandates.py",
]  # fmt: skip
with open(ROOT / "data" / "mandates.csv", encoding="utf-8") as table:
    DATA += [f"mandates/{row['document']}.txt" for row in csv.DictReader(table)]
MANIFEST = ROOT / "figures" / "manifest.json"


def shipped_manifest():
    """The manifest, without notebooks of the user's own."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {"notebooks": {}}
    return manifest | {
        "notebooks": {name: manifest["notebooks"][name] for name in SHIPPED if name in manifest["notebooks"]}
    }


FIGURES = sorted(name for entry in shipped_manifest()["notebooks"].values() for name in entry["figures"])


def files_of_ones_own():
    """Notebooks and data beside those that the repository ships."""
    there = [
        *(ROOT / "notebooks").glob("[0-9]*.ipynb"),
        *(path for path in (ROOT / "data").rglob("[!.]*") if path.is_file()),
    ]
    shipped = {*(ROOT / "notebooks" / name for name in SHIPPED), *(ROOT / "data" / name for name in DATA)}
    return sorted(path.relative_to(ROOT).as_posix() for path in there if path not in shipped and path.suffix != ".pyc")


def copy_shipped(root):
    """The notebooks, data and figures that the repository ships, in another folder."""
    kept = {"notebooks": SHIPPED, "data": DATA, "figures": FIGURES}
    for path in (Path(folder, name) for folder, names in kept.items() for name in names):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    (root / "figures" / "manifest.json").write_text(json.dumps(shipped_manifest(), indent=1) + "\n")
    return root


@pytest.fixture(scope="session")
def workshop():
    """The Cairo document, read once."""
    from analysis import corpus

    return corpus.read(ROOT / "data" / "documents" / "cairo-workshop-2016.md")


@pytest.fixture(scope="session")
def shared():
    """The folder of real corpora; tests that need it say so when it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"NOT RUN: the corpora are not at {SHARED}; name their folder in ANALYSIS_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """This project's figures, notebooks and data in another folder, with the pages as they would be written now."""
    from analysis import report

    root = copy_shipped(tmp_path_factory.mktemp("project"))
    report.write(root)
    return root


@pytest.fixture(scope="session")
def pages_root(tmp_path_factory):
    """A small project with a chart of each kind, one document hostile, and its pages."""
    from analysis import report
    from tests import made, sample

    with made.without_pixels():
        root = sample.write(tmp_path_factory.mktemp("pages"))
    report.write(root)
    return root


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.fixture
def read_text(tmp_path):
    """Read a document given as a string; Markdown unless the name says otherwise."""
    from analysis import corpus

    def read(text, name="text.md"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return corpus.read(tmp_path / name)

    return read
