"""Corpora saved and opened: the same tables, or a clear sentence."""

import json
import os
import resource
import subprocess
import sys

import pandas as pd
import pytest

from analysis import corpus, storage, tables, tokens
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def saved(tmp_path_factory, workshop):
    """A corpus with metadata of every kind, its words, and the folder in which both were saved."""
    about = {"document": ["cairo-workshop-2016"], "year": ["2016"], "place": ["Cairo"], "note": [""]}
    joined = corpus.join(workshop, pd.DataFrame(about))
    words = tokens.tokenize(joined.paragraphs)
    folder = tmp_path_factory.mktemp("saved") / "cairo"
    corpus.save(joined, folder, tokens=words)
    return joined, words, folder


def test_what_is_opened_is_what_was_saved(saved):
    joined, words, folder = saved
    for one, other in zip(corpus.open(folder), joined, strict=True):
        pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(tokens.open(folder), words)
    assert sorted(os.listdir(folder.parent)) == ["cairo"]


def test_words_stay_on_the_disk_until_they_are_looked_at(saved):
    """Positions, of which a text has many, are read from the file itself, not from a copy."""
    position = tokens.open(saved[2])["position"].to_numpy()
    assert not position.flags.owndata and not position.flags.writeable


def test_without_words_it_is_said_that_there_are_none(tmp_path, workshop):
    corpus.save(workshop, tmp_path / "new" / "cairo")
    with pytest.raises(ValueError, match=r"tokens\.arrow can't be read"):
        tokens.open(tmp_path / "new" / "cairo")
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        corpus.open(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="tokens lacks the columns"):
        corpus.save(workshop, tmp_path / "wrong", tokens=workshop.paragraphs)
    with pytest.raises(ValueError, match="tokens: 'un' is no document of this corpus"):
        corpus.save(workshop, tmp_path / "other", tokens=tokens.tokenize(workshop.paragraphs.assign(document="un")))


def test_saving_again_replaces_and_other_folders_are_left_alone(tmp_path, workshop):
    corpus.save(workshop, tmp_path / "cairo", tokens=tokens.tokenize(workshop.paragraphs))
    corpus.save(workshop, tmp_path / "cairo")
    assert not (tmp_path / "cairo" / "tokens.arrow").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for place in (tmp_path / "mine", tmp_path / "mine" / "thesis.txt"):
        with pytest.raises(ValueError, match="is there and was not saved by this package; name another folder"):
            corpus.save(workshop, place)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def spoil_list(folder, **changes):
    told = json.loads((folder / "saved.json").read_text())
    (folder / "saved.json").write_text(json.dumps(told | changes))


def overwrite(file):
    file.write_bytes(b"x" * file.stat().st_size)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "saved.json").write_text("{"), r"saved\.json can't be read .*; save it anew"),
        (lambda folder: (folder / "texts.arrow").unlink(), r"is not whole: texts\.arrow is missing or cut short"),
        (lambda folder: os.truncate(folder / "texts.arrow", 999),
         r"is not whole: texts\.arrow is missing or cut short"),
        (lambda folder: spoil_list(folder, version=2), r"in format 2; analysis [\d.]+ reads format 1: read the doc"),
        (lambda folder: overwrite(folder / "texts.arrow"), r"texts\.arrow can't be read"),
    ],
)  # fmt: skip
def test_what_is_not_whole_or_of_another_kind_is_refused(tmp_path, workshop, spoil, message):
    corpus.save(workshop, tmp_path / "cairo")
    spoil(tmp_path / "cairo")
    with pytest.raises(ValueError, match=message) as told:
        corpus.open(tmp_path / "cairo")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("step", ["_write_table", "write_bytes", "rename"])
def test_whatever_fails_on_the_way_leaves_what_was_there(tmp_path, workshop, monkeypatch, step):
    corpus.save(workshop, tmp_path / "cairo")
    times, owner = [], {"rename": os, "write_bytes": tables}.get(step, storage)
    real = getattr(owner, step)

    def fails(*arguments):
        times.append(1)
        if len(times) == 2 or step == "write_bytes":  # in the middle: a table, the second of two renamings
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(owner, step, fails)
    other = workshop._replace(documents=workshop.documents.assign(a="b"))
    with pytest.raises(OSError, match=r"cairo could not be saved \(No space left on device\): what was there is as it"):
        corpus.save(other, tmp_path / "cairo")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["cairo"]
    assert "a" not in corpus.open(tmp_path / "cairo").documents


def test_a_disk_that_is_full_leaves_nothing_that_looks_whole(tmp_path):
    """A process that may write 20 kB a file, as if the disk were full."""
    code = (
        "import sys, resource; from analysis import corpus;"
        f"workshop = corpus.read(r'{ROOT}/data/documents/cairo-workshop-2016.md');"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); corpus.save(workshop, sys.argv[1])"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] < 0, "this test needs files that may grow"
    ran = subprocess.run([sys.executable, "-c", code, tmp_path / "cairo"], capture_output=True, text=True, cwd=ROOT)
    assert "cairo could not be saved (File too large)" in ran.stderr and not os.listdir(tmp_path)
