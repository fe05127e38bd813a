"""Word pairs: counted one by one, and beside quanteda and NLTK."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import collocations
from analysis.tables import COLUMNS
from tests.conftest import ORACLES


def running(paragraphs, document="un"):
    """Texts of words separated by white space as a table of running words."""
    rows = [
        (document, str(number), position, word)
        for number, text in enumerate(paragraphs, start=1)
        for position, word in enumerate(text.split())
    ]
    return pd.DataFrame(rows, columns=["document", "paragraph", "position", "token"])


def one_by_one(words, window, one_way):
    """Every pair of neighbours, as (paragraph, first, second)."""
    rows = list(words[["paragraph", "position", "token"]].itertuples(index=False))
    return [
        (here, one, other)
        for here, at, one in rows
        for there, place, other in rows
        if here == there and at != place and (place - at == 1 if one_way else abs(place - at) <= window)
    ]


corpora = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4)


@given(corpora, st.integers(1, 4), st.booleans(), st.sets(st.integers(0, 20)))
def test_counts_are_those_made_one_by_one(texts, window, one_way, holes):
    words = running(texts)
    words = words[~words.index.isin(holes)]
    pairs = one_by_one(words, window, one_way)
    nodes = sorted(set(words["token"]))
    if not pairs:
        return
    found = collocations.score(words, floor=1) if one_way else collocations.score(words, nodes, window=window, floor=1)
    n, first, second = Counter(p[1:] for p in pairs), Counter(p[1] for p in pairs), Counter(p[2] for p in pairs)
    places = Counter(p[1:] for p in set(pairs))
    assert len(found) == len(n) and (found["n_pairs"] == len(pairs)).all()
    for row in found.itertuples():
        pair = (row.word, row.collocate)
        assert (row.n, row.n_paragraphs) == (n[pair], places[pair])
        assert (row.n_word, row.n_collocate) == (first[row.word], second[row.collocate])
    if not one_way:  # seen from the other word it is the same pair
        turned = found.set_index(["word", "collocate"])
        for row in found.itertuples():
            other = turned.loc[(row.collocate, row.word)]
            assert (other["n"], other["g2"]) == (row.n, pytest.approx(row.g2))
            assert other["delta_p_word"] == pytest.approx(row.delta_p_collocate, nan_ok=True)


def against_quanteda(words, oracle):
    found = collocations.score(words, floor=2)
    found = found.assign(collocation=found["word"] + " " + found["collocate"])
    both = oracle.merge(found, on="collocation", how="left", suffixes=("_quanteda", ""))
    assert len(both) > 50 and both["n"].equals(both["count"])
    for name in ("lambda", "z"):
        np.testing.assert_allclose(both[name], both[f"{name}_quanteda"], atol=1e-8)


def test_lambda_and_z_equal_quanteda():
    text = pd.read_csv(ORACLES / "cairo-tokens.csv")
    against_quanteda(running(text["tokens"]), pd.read_csv(ORACLES / "cairo-collocations-quanteda-4.3.1.csv"))


def test_lambda_and_z_equal_quanteda_on_news(shared):
    text = pd.read_csv(shared / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None)
    oracle = pd.read_csv(shared / "oracles" / "bbc-tech-collocations-quanteda-4.3.1.csv")
    against_quanteda(running(text.loc[text[2] == "tech", 0]), oracle)


def test_measures_equal_nltk():
    from nltk.metrics import BigramAssocMeasures

    found = collocations.score(running(["war and peace and war", "peace and order", "war and order"]), floor=1)
    for row in found.itertuples():
        counts = row.n, (row.n_word, row.n_collocate), row.n_pairs
        assert abs(row.g2) == pytest.approx(BigramAssocMeasures.likelihood_ratio(*counts), abs=1e-8)
        assert row.log_dice == pytest.approx(14 + np.log2(BigramAssocMeasures.dice(*counts)))
        assert np.sign(row.g2) == np.sign(row.n * row.n_pairs - row.n_word * row.n_collocate)


def test_delta_p_by_hand():
    words = running(["a b", "a b", "a b", "a c", "c b", "c c", "c c"])
    found = collocations.score(words, floor=1).set_index(["word", "collocate"]).loc[("a", "b")]
    assert found["delta_p_collocate"] == pytest.approx(3 / 4 - 1 / 3)  # b after a; b after others
    assert found["delta_p_word"] == pytest.approx(3 / 4 - 1 / 3)  # a before b; a before others
    assert found["lambda"] == pytest.approx(np.log(3.5 * 2.5 / (1.5 * 1.5)))
    assert found["few"]


def test_columns_and_order():
    found = collocations.score(running(["b c a", "b c", "a b"]), "C", window=1, floor=1)
    assert list(found.columns) == list(COLUMNS["collocations"])
    assert found[["word", "collocate", "n"]].values.tolist() == [["c", "b", 2], ["c", "a", 1]]
    assert found["window"].unique().tolist() == ["1 word on either side, within a paragraph"]
    assert found[["lambda", "z"]].isna().all(axis=None)
    alike = collocations.score(running(["b c", "a d"]), floor=1)
    assert alike["word"].tolist() == ["a", "b"]  # same score: by the alphabet


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"window": 2}, "window = 2 needs a node"),
        ({"node": "peace", "window": 0}, "window should be a whole number from 1 up, found 0"),
        ({"node": "peace", "window": 2.5}, "window should be a whole number"),
        ({"floor": 0}, "floor should be a whole number from 1 up"),
        ({"floor": True}, "floor should be a whole number"),
        ({"floor": 3}, "floor = 3 leaves no pair: the most frequent stands together 2 times"),
        ({"node": "piece"}, "node 'piece' does not occur. Near it: peace"),
        ({"node": "of peace xyz"}, "does not occur"),
        ({"node": []}, "node is empty"),
        ({"node": [1]}, "node should hold words, found 1"),
    ],
)
def test_what_cannot_be_scored_is_told(call, message):
    words = running(["peace and order", "peace and war"])
    before = words.copy()
    with pytest.raises(ValueError, match=message):
        collocations.score(words, **call)
    pd.testing.assert_frame_equal(words, before)


def test_texts_without_pairs_are_told():
    with pytest.raises(ValueError, match="no rows"):
        collocations.score(running([]))
    with pytest.raises(ValueError, match="leaves no pair"):
        collocations.score(running(["peace", "war"]))
    with pytest.raises(ValueError, match="not in the order"):
        collocations.score(running(["peace and war"]).iloc[::-1])
