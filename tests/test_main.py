"""The command line: tables as the functions give them, errors in a few lines, exit codes as documented."""

import subprocess
import sys

import pandas as pd
import pytest

from analysis import codebooks, corpus, patterns, tables
from analysis.__main__ import main
from tests.conftest import ROOT

BOOK = "peace:\n  any: [peace]\n  except: {peace pipe: a pipe}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two documents and a codebook, in the folder one is in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    files = {"book.yml": BOOK, "texts/a.txt": "1. Peace, a peace pipe.\n\n3. =War.\n", "texts/b.md": "1. Peace.\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_tables_are_those_of_the_functions(folder, capsys):
    with pytest.warns(UserWarning, match="gap"):
        paragraphs = corpus.read("texts").paragraphs
    assert main(["read", "texts", "-o", "all.csv"]) == main(["read", "texts", "-o", "all.parquet"]) == 0
    told = capsys.readouterr()
    assert told.out == "all.csv: 3 paragraphs of 2 documents.\nall.parquet: 3 paragraphs of 2 documents.\n"
    assert told.err.count("Note: a.txt line 3: gap") == 2 and "Traceback" not in told.err
    assert tables.read("all.csv")["text"].tolist() == ["Peace, a peace pipe.", "=War.", "Peace."]
    pd.testing.assert_frame_equal(pd.read_parquet("all.parquet"), paragraphs)
    assert main(["find", "book.yml", "texts", "-o", "hits.parquet"]) == 0
    assert capsys.readouterr().out == "hits.parquet: 3 passages (2 of them count) of 2 documents.\n"
    hits = patterns.find(paragraphs, codebooks.load("book.yml"))
    assert pd.read_parquet("hits.parquet").astype("str").equals(hits.astype("str"))
    (folder / "texts" / "c.pdf").write_bytes(b"no PDF")
    assert main(["read", "texts", "-o", "all.csv"]) == 1  # with what could be read
    told = capsys.readouterr()
    assert told.out == "all.csv: 3 paragraphs of 2 documents.\n" and "Note: c.pdf: not read: " in told.err
    assert told.err.count("See the table all.problems.csv.") == told.err.count("Note:") == 2 and ".. " not in told.err
    assert tables.read("all.problems.csv")["problem"].tolist() == ["gap", "not read"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("read nowhere -o all.csv", "There is no file or folder nowhere, seen from "),
        ("read texts -o all.xlsx", "tables are written as .csv or .parquet"),
        ("read texts -o no/all.csv", "there is no folder no"),
        ("read old.csv -o old.csv", "old.csv would be written over what it is made from"),
        ("find texts/a.txt texts -o all.csv", "a.txt"),
        ("find texts texts -o all.csv", "There is no file texts (a folder is), seen from "),
        ("find book.yml texts", "the following arguments are required: -o"),
        ("figures", "there is no notebooks/task_notebooks.py here; go to the project's folder."),
        ("verify", "There is no folder figures."), ("", "the following arguments are required: command"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_without_a_traceback(folder, capsys, arguments, message):
    with pytest.raises(SystemExit, match="2"):
        main(arguments.split())
    told = capsys.readouterr()
    assert message in told.err and "Traceback" not in told.err and len(told.err.splitlines()) <= 6
    assert not told.out and not (folder / "all.csv").exists()


def test_figures_runs_the_script_of_the_project(folder):
    (folder / "notebooks").mkdir()
    lines = "import os, sys\nprint(os.environ['PYTHONHASHSEED'])\nsys.exit(1)\n"
    (folder / "notebooks" / "task_notebooks.py").write_text(lines)
    done = subprocess.run([sys.executable, "-m", "analysis", "figures"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "0\n", "")


def test_help_has_examples_that_are_understood(capsys, monkeypatch):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    examples = [line.split()[3:] for line in capsys.readouterr().out.splitlines() if line.startswith("  python")]
    monkeypatch.chdir(ROOT / "tests")  # where nothing of it is: it gets as far as saying so
    for arguments in examples:
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        told = capsys.readouterr().err
        assert "here is no" in told and "usage:" not in told, arguments  # files, not how it is written
