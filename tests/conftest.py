"""What all tests share."""

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


# The notebooks that the repository ships; others are the user's own, and change no test of figures.
SHIPPED = [
    "01-is-all-of-it-here.ipynb", "02-what-it-dwells-on.ipynb", "03-managed-or-resolved.ipynb",
    "04-enough-text-to-compare-sections.ipynb", "05-how-much-of-a-mandate-is-copied.ipynb",
    "06-would-another-coder-agree.ipynb", "07-can-forty-paragraphs-carry-topics.ipynb", "08-my-own-document.ipynb",
    "09-did-states-change-their-language.ipynb", "10-what-mandates-speak-of.ipynb", "11-at-scale.ipynb",
    "12-my-own-folder.ipynb",
]  # fmt: skip
MANIFEST = ROOT / "figures" / "manifest.json"
DRAWN = json.loads(MANIFEST.read_text(encoding="utf-8"))["notebooks"] if MANIFEST.exists() else {}
FIGURES = sorted(name for notebook in SHIPPED for name in DRAWN.get(notebook, {"figures": ()})["figures"])


def copy_project(root):
    """The notebooks, data and figures of the project in another folder."""
    for name in ("notebooks", "data", "figures"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
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
