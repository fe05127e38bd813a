"""Many files on Dask: what one machine gives, however the documents are spread over files; and what goes wrong."""

import os
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis import cluster, cooccurrence, frequency, keyness, patterns, tokens, topics
from tests.made import paragraphs

TEXTS = ["Peace and war, peace.", "The UN’s S/2015/446", "war and\npeace and War", "", "!"]
TEXTS += ["un un; s 2015 446", "Trade peace"]


@pytest.fixture(scope="module")
def client():
    """A client whose one worker is a thread of this process."""
    with cluster.connect(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0") as client:
        yield client


def write(folder, *files):
    """Files of paragraphs in a folder, and all of them as one table."""
    for old in folder.glob("*.parquet"):
        old.unlink()
    for number, file in enumerate(files):
        file.to_parquet(folder / f"{number:02}.parquet")
    return pd.concat(files, ignore_index=True)


def of(document, texts, year=1990):
    return paragraphs(*texts, document=document, year=year).astype({"year": "Int64"})


def same(found, expected):
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


texts_of_files = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4)
documents = st.lists(st.tuples(texts_of_files, st.sampled_from([1990, 1991])), min_size=1, max_size=6)
CALLS = [{}, {"by": "year", "top": 2, "drop": ["and"]}, {"ngram": 2}]
CALLS += [{"words": ["s/2015/446", "war", "and peace"], "by": "year"}]


@settings(max_examples=6)
@given(documents, st.data())
def test_results_are_those_of_one_machine_whatever_the_partitioning(tmp_path_factory, client, texts, data):
    folder = tmp_path_factory.mktemp("partitions")
    frames = [of(f"d{number}", *one) for number, one in enumerate(texts)]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(frames)))) | {0, len(frames)})
    whole = write(folder, *[pd.concat(frames[a:b], ignore_index=True) for a, b in pairwise(cuts)])
    words = tokens.tokenize(whole)
    told = data.draw(st.sampled_from(CALLS))
    of_cells = {name: value for name, value in told.items() if name != "top"}
    if not len(words):
        for count, source in ((frequency.count, [words]), (cluster.count, [client, folder])):
            with pytest.raises(ValueError, match="there are no words to count"):
                count(*source, **told)
        return
    same(cluster.count(client, folder, **told), frequency.count(words, **told))
    one, other = cluster.cells(client, folder, **of_cells), frequency.cells(words, **of_cells)
    assert one.names.tolist() == other.names.tolist() and (one.matrix != other.matrix).nnz == 0
    same(cluster.find(client, folder, "peac*"), patterns.find(whole, "peac*"))


def test_pairs_of_words_are_those_of_one_machine_and_make_the_same_topics(tmp_path, client):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(["peace", "war", "trade", "court", "law", "the"], 12)) for _ in range(30)]
    words = tokens.tokenize(write(tmp_path, *[of(f"d{n}", texts[n::3]) for n in range(3)]))
    kept = cooccurrence.keep(words, ["the"])
    half = cooccurrence.count(kept)[0]
    found, pairs = cluster.pairs(client, tmp_path, ["the"])
    assert found == kept.words and (pairs != sparse.triu(half + half.T)).nnz == 0
    assert abs(cooccurrence.weigh([pairs]) - cooccurrence.weigh([half])).max() < 1e-12
    folders = cluster.tokenize(client, tmp_path, tmp_path / "words")
    again = pd.concat([tokens.open(folder).astype({"document": "str"}) for folder in folders], ignore_index=True)
    assert topics.fit(again, 2).terms.equals(topics.fit(words, 2).terms)
    one, many = topics.fit(words, 2, drop=["the"]), topics.fit(cluster.keep(client, tmp_path, ["the"]), 2)
    for name in ("terms", "shares"):
        same(getattr(many, name).astype(getattr(one, name).dtypes), getattr(one, name))


@pytest.mark.parametrize(
    "told", [{}, {"unit": "paragraph"}, {"unit": "country", "strata": "year", "floor": 2}, {"unit": None}]
)
def test_keyness_of_cells_is_that_of_the_running_words(tmp_path, client, told):
    """Over files in which documents, years and countries lie anyhow; only the spelling is not known."""
    rng = np.random.default_rng(1)
    speeches = [of(f"d{n}", rng.choice(TEXTS, 3), 1990 + n % 2).assign(country=f"c{n // 2}") for n in range(16)]
    words = tokens.tokenize(write(tmp_path, *(pd.concat(speeches[n::3], ignore_index=True) for n in range(3))))
    of_cells = cluster.cells(client, tmp_path, ["year", "country"])
    side = "country" if "strata" in told else "document"
    first = {one for n, one in enumerate(dict.fromkeys(words[side])) if n % 2}
    how = {"permutations": 99} | told
    found = keyness.compare(of_cells, of_cells.parts[side].isin(first), **how)
    same(found.drop(columns="form"), keyness.compare(words, words[side].isin(first), **how).drop(columns="form"))


def test_cells_without_all_words_have_no_keyness():
    found = frequency.cells(tokens.tokenize(paragraphs("Peace and war", "peace")), drop=["and"])
    told = "the cells hold 3 of 4 running words; make them without words, drop and ngram"
    with pytest.raises(ValueError, match=told):
        keyness.compare(found, found.parts["paragraph"] == "1")


def test_a_file_that_always_fails_is_named_and_the_others_are_kept(tmp_path, client):
    write(tmp_path, of("a", ["Peace"]), of("b", ["War"]), of("c", [""]).assign(text=pd.array([None], "str")))
    told = r"1 of 3 files failed; .*`kept`.*02\.parquet: ValueError: paragraphs: text"
    with pytest.raises(cluster.Failed, match=told) as failed:
        cluster.find(client, tmp_path, "peace")
    assert [len(hits) for hits in failed.value.kept.values()] == [1, 0]


def test_warnings_name_their_file(tmp_path, client):
    write(tmp_path, of("a", ["Peace"]), of("b", ["War"], None))
    with pytest.warns(UserWarning, match=r"01\.parquet: .*year is missing for all 1 words"):
        assert cluster.count(client, tmp_path, "year")["token"].tolist() == ["peace"]
    write(tmp_path, of("a", ["Peace"]).assign(year="1990 "), of("b", ["War"]).assign(year="1990"))
    with pytest.warns(UserWarning, match="year: '1990 ' and '1990' differ in writing only"):
        assert len(cluster.count(client, tmp_path, "year")) == 2


def test_files_that_do_not_fit_together_are_told(tmp_path):
    one, other = of("a", ["Peace"]), of("b", ["War"])
    cases = [
        (other.rename(columns={"year": "jahr"}), "has other columns than 00.parquet: jahr, year; give all files"),
        (other.astype({"year": "str"}), "has other columns than 00.parquet: year; .* of the same types"),
        (pd.concat([other, one], ignore_index=True), "document 'a' is in 00.parquet too; put it into one file"),
        (other.drop(columns="document"), "can't be read as paragraphs"),
    ]
    for file, told in cases:
        write(tmp_path, one, file)
        with pytest.raises(ValueError, match=f"^01.parquet:? {told}"):
            cluster.files(tmp_path)
    (tmp_path / "01.parquet").write_bytes(b"no parquet")
    with pytest.raises(ValueError, match=r"01\.parquet can't be read as paragraphs"):
        cluster.files(tmp_path)


def test_a_scheduler_that_does_not_answer_is_told():
    with pytest.raises(ConnectionError, match=r"No Dask scheduler answers at 'tcp://127.0.0.1:9' within 1 s"):
        cluster.connect("tcp://127.0.0.1:9", seconds=1)


def kill_own_worker_once(mark):
    """The first worker that comes here is killed, as by a machine that runs out of memory."""
    if not os.path.exists(mark):
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


@pytest.mark.filterwarnings("ignore")
def test_a_worker_killed_on_the_way_changes_nothing(tmp_path):
    """A real process; while files are waiting another takes its place, and what it had is done again."""
    (tmp_path / "four").mkdir()
    whole = write(tmp_path / "four", *(of(f"d{n}", TEXTS) for n in range(4)))
    with cluster.connect(n_workers=1, threads_per_worker=1, dashboard_address=":0") as client:
        dies = client.submit(kill_own_worker_once, str(tmp_path / "mark"), pure=False)
        found = cluster.count(client, tmp_path / "four", ngram=2)
        assert dies.result() not in (os.getpid(), None) and (tmp_path / "mark").exists()
    same(found, frequency.count(tokens.tokenize(whole), ngram=2))
