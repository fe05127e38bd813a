"""What all tests share."""

import os
import shutil
from pathlib import Path

import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("Agg")

# The same examples on every run; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

ROOT = Path(__file__).parent.parent
ORACLES = Path(__file__).parent / "oracles"
SHARED = Path(os.environ.get("ANALYSIS_SHARED", ROOT.parent / "shared"))  # real corpora, not ours to publish


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

    root = tmp_path_factory.mktemp("project")
    for folder in ("figures", "notebooks", "data"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.html"))
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
