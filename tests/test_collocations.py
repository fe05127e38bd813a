"""Word pairs: counted one by one, and beside quanteda and NLTK."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import collocations, tables
from tests import made
from tests.conftest import ORACLES


def running(texts):
    return made.running(*[("un", str(number), text) for number, text in enumerate(texts, start=1)])


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


@settings(max_examples=40)
@given(corpora, st.sampled_from([1, 2, 3, 10**9]), st.booleans(), st.sets(st.integers(0, 20)))
def test_counts_are_those_made_one_by_one(texts, window, one_way, holes):
    words = running(texts)
    words = words[~words.index.isin(holes)]
    pairs = one_by_one(words, window, one_way)
    nodes = sorted(set(words["token"]))
    if not pairs:
        return
    asked = {} if one_way else {"node": nodes, "window": window}
    found = collocations.score(words, **asked, floor=1)
    turned = pd.concat([part for _, part in list(words.groupby("paragraph"))[::-1]], ignore_index=True)
    turned["token"] = pd.Categorical(turned["token"], list("zdcba"))  # neither order is anything to go by
    pd.testing.assert_frame_equal(collocations.score(turned, **asked, floor=1), found)
    n, first, second = Counter(p[1:] for p in pairs), Counter(p[1] for p in pairs), Counter(p[2] for p in pairs)
    places = Counter(p[1:] for p in set(pairs))
    assert len(found) == len(n) and (found["n_pairs"] == len(pairs)).all()
    for row in found.itertuples():
        pair = (row.word, row.collocate)
        assert (row.n, row.n_paragraphs) == (n[pair], places[pair])
        assert (row.n_word, row.n_collocate) == (first[row.word], second[row.collocate])
    of_word = found.groupby("word")
    assert of_word["n"].sum().equals(of_word["n_word"].first().rename("n"))  # with floor 1 nothing is lost
    assert found.groupby("collocate")["n"].sum().equals(found.groupby("collocate")["n_collocate"].first().rename("n"))
    assert found["n"].sum() == len(pairs)
    if not one_way:  # a node only chooses rows; seen from the other word it is the same pair
        node, turned = found["word"][0], found.set_index(["word", "collocate"])
        chosen = found[found["word"] == node].reset_index(drop=True)
        pd.testing.assert_frame_equal(collocations.score(words, node.upper(), window=window, floor=1), chosen)
        for row in found.itertuples():
            other = turned.loc[(row.collocate, row.word)]
            assert (other["n"], other["g2"]) == (row.n, pytest.approx(row.g2))
            assert other["delta_p_word"] == pytest.approx(row.delta_p_collocate, nan_ok=True)


def against_quanteda(words, oracle, every):
    """Compare with quanteda.textstats 4.3.1, which has pairs from some count up, or only the first by z."""
    found = collocations.score(words, floor=int(oracle["count"].min()))
    found = found.assign(collocation=found["word"] + " " + found["collocate"])
    both = found.merge(oracle, on="collocation", how="outer" if every else "right", suffixes=("", "_quanteda"))
    assert len(both) == len(oracle) > 50
    assert both["n"].tolist() == both["count"].tolist()
    for name in ("lambda", "z"):
        np.testing.assert_allclose(both[name], both[f"{name}_quanteda"], rtol=0, atol=1e-8)


def test_lambda_and_z_equal_quanteda():
    text = pd.read_csv(ORACLES / "cairo-tokens.csv")
    oracle = pd.read_csv(ORACLES / "cairo-collocations-quanteda-4.3.1.csv")
    against_quanteda(running(text["tokens"]), oracle, every=True)
    with pytest.raises(AssertionError):  # pairs over the end of a paragraph are none: counted so, λ would differ
        against_quanteda(running([" ".join(text["tokens"])]), oracle, every=False)


def test_lambda_and_z_equal_quanteda_on_news(shared):
    text = pd.read_csv(shared / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None)
    oracle = pd.read_csv(shared / "oracles" / "bbc-tech-collocations-quanteda-4.3.1.csv")
    against_quanteda(running(text.loc[text[2] == "tech", 0]), oracle, every=False)


def test_counts_and_measures_equal_nltk():
    from nltk.collocations import BigramCollocationFinder
    from nltk.metrics import BigramAssocMeasures

    text = pd.read_csv(ORACLES / "cairo-tokens.csv")
    found = collocations.score(running(text["tokens"]), floor=1).set_index(["word", "collocate"])
    pairs = BigramCollocationFinder.from_documents(text["tokens"].str.split()).ngram_fd
    within = {pair: n for pair, n in pairs.items() if None not in pair}  # NLTK sets None between paragraphs
    assert found["n"].to_dict() == within
    for row in found.head(200).itertuples():
        counts = row.n, (row.n_word, row.n_collocate), row.n_pairs
        sign = np.sign(row.n * row.n_pairs - row.n_word * row.n_collocate)
        assert row.g2 == pytest.approx(sign * BigramAssocMeasures.likelihood_ratio(*counts), abs=1e-8)
        assert row.log_dice == pytest.approx(14 + np.log2(BigramAssocMeasures.dice(*counts)))


@pytest.mark.parametrize(("times", "per_paragraph", "few"), [(4, 1, True), (5, 1, False), (5, 2, False), (4, 2, True)])
def test_few_are_below_five_pairs_or_paragraphs(times, per_paragraph, few):
    found = collocations.score(running([" x ".join(["a b"] * per_paragraph)] * times)).set_index(["word", "collocate"])
    assert found.loc[("a", "b"), "few"] == few
    assert found.loc[("a", "b"), ["n", "n_paragraphs"]].tolist() == [times * per_paragraph, times]


def test_delta_p_and_lambda_by_hand():
    words = running(["a b"] * 3 + ["c b"] * 2 + ["c c"] * 2)
    found = collocations.score(words, floor=1).set_index(["word", "collocate"]).loc[("a", "b")]
    assert found["delta_p_collocate"] == pytest.approx(3 / 3 - 2 / 4)  # b after a; b after others
    assert found["delta_p_word"] == pytest.approx(3 / 5 - 0 / 2)  # a before b; a before others
    assert found["lambda"] == pytest.approx(np.log(3.5 * 2.5 / (2.5 * 0.5)))
    assert found["z"] == pytest.approx(found["lambda"] / np.sqrt(1 / 3.5 + 1 / 2.5 + 1 / 2.5 + 1 / 0.5))


def test_columns_and_order():
    found = collocations.score(running(["b c a", "b c", "a b"]), "C", window=1, floor=1)
    assert list(found.columns) == list(tables.columns("collocations"))
    assert found[["word", "collocate", "n"]].values.tolist() == [["c", "b", 2], ["c", "a", 1]]
    assert found["window"].unique().tolist() == ["1 word on either side, within a paragraph"]
    assert found[["lambda", "z"]].isna().all(axis=None)
    beside = collocations.score(running(["b c"]), "b", floor=1)
    assert beside["window"].tolist() == ["5 words on either side, within a paragraph"]
    alike = collocations.score(running(["b c", "a d"]), floor=1)
    assert alike["word"].tolist() == ["a", "b"]  # same score: by the alphabet


def test_holes_are_not_bridged_and_a_word_is_its_own_neighbour_from_either_side():
    found = collocations.score(running(["peace and order and order"]).iloc[[0, 2, 3, 4]], floor=1)
    assert found[["word", "collocate", "n"]].values.tolist() == [["and", "order", 1], ["order", "and", 1]]
    twice = collocations.score(running(["a a"]), "a", floor=1)
    assert twice[["word", "collocate", "n", "n_pairs"]].values.tolist() == [["a", "a", 2, 2]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"window": 0, "node": "peace"}, "window should be a whole number from 1, found 0"),
        ({"floor": 3}, "floor = 3 leaves no pair: the most frequent stands together 2 times"),
        ({"node": ["peace", "xyz"]}, "node 'xyz' does not occur"),
        ({"node": "war"}, "node 'war' does not occur"),
        ({"node": "peace*"}, r"node: 'peace\*' has a sign of codebook patterns"),
        ({"node": "of peace"}, "node should hold single words, found 'of peace'"),
        ({"node": []}, "node is empty"),
    ],
)
def test_what_cannot_be_scored_is_told(call, message):
    words = running(["peace and order", "peace and order", "war"]).astype({"token": "category"})[:-1]
    before = words.copy()
    with pytest.raises(ValueError, match=message):
        collocations.score(words, **call)
    pd.testing.assert_frame_equal(words, before)
    for alone in (words.iloc[[0, 3]], words[:0]):
        with pytest.raises(ValueError, match="floor = 2 leaves no pair: no two words stand together"):
            collocations.score(alone)
