"""Topics: planted ones found again, accidents called so, every paragraph kept, bad input told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import sparse

from analysis import tokens, topics
from analysis.topics import pairs, resamples, words
from tests.benchmarks.topics import noise_text, planted_text, recovered


def running(texts, documents=None):
    frame = pd.DataFrame(
        {"document": documents or "un", "paragraph": [f"{n:03}" for n in range(len(texts))], "text": texts}
    )
    return tokens.tokenize(frame)


@pytest.fixture(scope="module")
def planted():
    table, truth = planted_text(np.random.default_rng(1), k=4, words_each=25, paragraphs=200, length=30)
    return tokens.tokenize(table), truth


def test_kept_words_have_two_letters_two_paragraphs_and_are_no_stop_words():
    kept = words.keep(running(["the a 2015 arms trade M&E", "the a 2015 arms law M&E"]), ["the"])
    assert kept.words == ["arms", "m&e"]


def test_only_the_words_in_most_paragraphs_are_kept(monkeypatch):
    monkeypatch.setattr(words, "MOST", 2)
    assert words.keep(running(["war law arms", "war law arms", "war"])).words == ["arms", "war"]  # the alphabet decides


texts = st.lists(st.lists(st.sampled_from(["aa", "bb", "cc"]), min_size=1, max_size=20), min_size=2, max_size=5)


@given(texts)
def test_pairs_are_those_counted_by_hand(paragraphs):
    kept = words.keep(running([" ".join(text) for text in paragraphs]), words=["aa", "bb", "cc"])
    expected = np.zeros((3, 3))
    for text in paragraphs:
        for i, one in enumerate(text):
            for j, other in enumerate(text):
                if one != other and abs(i - j) < 15:
                    expected[kept.words.index(one), kept.words.index(other)] += 15 - abs(i - j)
    block = np.arange(len(paragraphs)) % 2
    assert (pairs.total(pairs.count(kept)).toarray() == expected).all()
    assert (pairs.total(pairs.count(kept, block, 2)).toarray() == expected).all(), "blocks add up"


def test_pairs_are_weighed_by_positive_pmi_times_root_count():
    n = np.array([[0, 8, 2], [8, 0, 4], [2, 4, 0]])
    weights = pairs.weigh(sparse.csr_matrix(n)).toarray()
    assert weights[0, 1] == pytest.approx(np.log(8 * 28 / (10 * 12)) * np.sqrt(8))
    assert weights[0, 2] == pytest.approx(max(0, np.log(2 * 28 / (10 * 6))) * np.sqrt(2)) == 0
    assert weights[1, 2] == pytest.approx(np.log(4 * 28 / (12 * 6)) * 2)


@pytest.mark.parametrize("model", ["cooccurrence", "nmf", "lda"])
def test_planted_topics_are_recovered(planted, model):
    running_words, truth = planted
    assert recovered(topics.fit(running_words, 4, model=model).terms, truth).min() > 0.9


def test_every_paragraph_is_kept_and_what_has_no_kept_word_is_named(planted):
    found = topics.fit(pd.concat([planted[0], running(["unheard", "wholly"], "zz")], ignore_index=True), 4)
    assert found.unplaced.values.tolist() == [["zz", "000"], ["zz", "001"]]
    sums = found.shares.groupby(["document", "paragraph"], observed=True)["share"].sum(min_count=1)
    assert len(sums) == 202 and sums.isna().sum() == 2 and np.allclose(sums.dropna(), 1, atol=1e-5)


def test_neither_order_nor_kind_of_column_matters_and_the_table_stays_as_it_was(planted):
    before = planted[0].copy()
    one = topics.fit(planted[0], 4, seed=3)
    other = planted[0].astype({"document": "str", "paragraph": "str", "token": "str"})
    other = other.iloc[np.argsort(-other["document"].str[1:].astype(int), kind="stable")]
    two = topics.fit(other, 4, seed=3)
    assert_frame_equal(one.terms, two.terms)
    keys = ["document", "paragraph", "topic"]
    shares = [
        frame.astype({"document": "str", "paragraph": "str"}).set_index(keys)["share"].sort_index()
        for frame in (one.shares, two.shares)
    ]
    assert (shares[0] == shares[1]).all()
    assert_frame_equal(planted[0], before)


def test_terms_are_ranked_and_their_weights_are_shares(planted):
    terms = topics.fit(planted[0], 4).terms
    for _, topic in terms.groupby("topic"):
        assert topic["rank"].tolist() == list(range(1, len(topic) + 1))
        assert topic["weight"].sum() == pytest.approx(1, abs=1e-4)


def test_the_same_text_twice_is_kept_twice_with_the_same_shares(planted):
    twice = running(["waaa waab", "waaa waab"], "zz")
    found = topics.fit(pd.concat([planted[0], twice], ignore_index=True), 4).shares
    found = found[found["document"] == "zz"]["share"].to_numpy().reshape(2, 4)
    assert (found[0] == found[1]).all()


def test_vectors_sort_paragraphs_that_words_do_not():
    table = noise_text(np.random.default_rng(3), 90, 20, 60, True, 10)
    group = np.arange(90) % 3
    vectors = np.eye(3)[group] + np.random.default_rng(4).normal(0, 0.05, (90, 3))
    vectors = pd.concat([table[["document", "paragraph"]], pd.DataFrame(vectors)], axis=1)
    shares = topics.fit(tokens.tokenize(table), 3, vectors=vectors).shares["share"].to_numpy().reshape(90, 3)
    assert len(set(zip(shares.argmax(axis=1), group, strict=True))) == 3


@pytest.mark.parametrize(
    ("k", "options", "message"),
    [
        (1, {}, "k should be a whole number from 2 up, found 1"),
        (True, {}, "found True"),
        (2.0, {}, "found 2.0"),
        (500, {}, "k = 500 topics in 200 paragraphs with 97 kept words"),
        (4, {"model": "bertopic"}, "model should be one of"),
        (4, {"stopwords": ["a"], "model": "lda", "vectors": pd.DataFrame()}, "vectors go with model='cooccurrence'"),
        (4, {"vectors": pd.DataFrame({"document": ["d"], "paragraph": ["1"], "x": [1.0]})}, "200 paragraphs have none"),
    ],
)
def test_bad_input_is_told(planted, k, options, message):
    with pytest.raises(ValueError, match=message):
        topics.fit(planted[0], k, **options)


def test_nothing_left_a_repeated_paragraph_and_a_text_of_stop_words_are_told():
    with pytest.raises(ValueError, match="no word is left"):
        topics.fit(running(["peace", "war"]), 2)
    with pytest.raises(ValueError, match="not in the order of the text, or there twice"):
        topics.fit(pd.concat([running(["peace"]), running(["peace"])]), 2)
    with pytest.raises(TypeError, match="a list of words"):
        topics.fit(running(["peace", "peace"]), 2, stopwords="the and")


def test_topics_are_paired_so_that_the_sum_is_largest():
    one, two, three = {"a", "b"}, {"a", "c"}, {"d"}
    assert resamples.matched([one, two, three], [two, one]).tolist() == [1, 1, 0]
    assert resamples.matched([one], []).tolist() == [0]


def test_documents_are_dealt_from_ten_up_and_near_duplicates_are_left_out():
    text = ["the council decides to remain seized of the matter now"] * 2 + [f"word{n} peace talks" for n in range(10)]
    deal = resamples.deal(words.keep(running(text)), running(text), "nmf", seed=0)
    assert (deal.unit, deal.n_units, deal.n_left_out, deal.n_blocks) == ("paragraph", 11, 1, 11)
    by_document = running(text, [f"d{n}" for n in range(12)])
    assert resamples.deal(words.keep(by_document), by_document, "nmf", seed=0).unit == "document"


def test_planted_topics_hold_still_and_accidents_do_not(planted):
    found = topics.stability(topics.fit(planted[0], 4), planted[0], runs=5, nulls=2)
    assert found.topics["confident"].all() and found.topics["stability"].min() > 0.6
    row = found.overall.iloc[0]
    assert row["stability"] == pytest.approx(found.topics["stability"].mean(), abs=1e-5)
    assert row["excess"] == pytest.approx(row["stability"] - row["null"], abs=1e-5) and row["n_confident"] == 4
    noise = tokens.tokenize(noise_text(np.random.default_rng(5), 60, 30, 120, True, 1))
    assert not topics.stability(topics.fit(noise, 4), noise, runs=5, nulls=2).topics["confident"].any()


def test_stability_asks_for_what_it_needs(planted):
    with pytest.raises(TypeError, match=r"topics should come from topics\.fit"):
        topics.stability(planted[1], planted[0])
    found = topics.fit(planted[0], 4)
    with pytest.raises(ValueError, match="runs should be a whole number from 1 up, found 0"):
        topics.stability(found, planted[0], runs=0)
    with pytest.raises(ValueError, match="Give vectors if, and only if"):
        topics.stability(found, planted[0], vectors=pd.DataFrame())


def test_the_planted_number_of_topics_is_chosen():
    table, _ = planted_text(np.random.default_rng(2), k=4, words_each=40, paragraphs=300, length=30)
    choice = topics.choose_k(tokens.tokenize(table), (2, 4, 7), runs=6, nulls=2)
    assert choice.k == 4 and "4 topics" in choice.reason
    assert choice.ks["k"].tolist() == [2, 4, 7] and choice.topics.groupby("k").size().tolist() == [2, 4, 7]
    assert choice.ks["npmi"].max() > 0


def test_no_number_is_chosen_for_noise_or_for_next_to_nothing():
    noise = tokens.tokenize(noise_text(np.random.default_rng(6), 60, 30, 120, True, 1))
    choice = topics.choose_k(noise, (2, 4), runs=4, nulls=2)
    assert choice.k is None and choice.reason.startswith("No number of topics is supported")
    short = topics.choose_k(running(["peace talks", "peace talks"]), (2, 3))
    assert short.k is None and short.ks["stability"].isna().all() and short.topics.empty
    with pytest.raises(ValueError, match="ks should hold whole numbers from 2 up; found 1"):
        topics.choose_k(noise, (1, 2))
