"""Topics: what is refused, and in which words; and what is no warning."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analysis import topics
from analysis.tokens import tokenize
from analysis.topics import checked_shares, limits, scikit, spaces

KEYS = ["document", "paragraph"]
SUBJECTS = [["troops", "guard", "borders", "army"], ["courts", "try", "crimes", "law"], ["women", "vote", "seats"]]


def paragraphs(n=40):
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(SUBJECTS[i % 3]) for _ in range(10)) for i in range(n)]
    return pd.DataFrame({"document": "un", "paragraph": [str(i) for i in range(n)], "text": texts})


TEXT = paragraphs()
TOKENS = tokenize(TEXT)


def vectors(columns="abc"):
    rng = np.random.default_rng(2)
    return TEXT[KEYS].assign(**{name: rng.normal(size=len(TEXT)) for name in columns})


@pytest.mark.parametrize("model", ["cooccurrence", "nmf", "lda"])
def test_a_seed_is_refused_before_scikit_learn_refuses_it(model):
    with pytest.raises(ValueError, match=r"seed should be 4,000,000,000 at most .* found 4294967296"):
        topics.fit(TOKENS, 3, seed=2**32, model=model)
    found = topics.fit(TOKENS, 3, seed=limits.MOST_SEED, model=model)
    assert len(topics.stability(found, TOKENS, seed=limits.MOST_SEED, runs=2, nulls=2).topics) == 3


def test_empty_topics_of_lda_are_refused_and_not_recommended():
    assert topics.fit(TOKENS, 3, model="lda").terms["topic"].nunique() == 3
    with pytest.raises(ValueError, match=r"k = 9 topics were asked for, and only [2-8] can be told apart"):
        topics.fit(TOKENS, 9, model="lda")
    found = topics.choose_k(TOKENS, [3, 9], model="lda", runs=2, nulls=1)
    assert found.ks["stability"].isna().tolist() == [False, True] and not found.ks["supported"].iloc[1]


def test_a_topic_is_filled_if_it_holds_one_word_more_than_is_presupposed():
    counts = sparse.csr_matrix([[9, 9, 0, 0], [0, 0, 9, 9]] * 5)
    space = scikit.learn("lda", 2, 0, counts, counts)
    presupposed = np.full(space.components_.shape, 1 / 2)
    for more, n in [(0.0, 0), (0.24, 0), (0.26, 2)]:  # four words: 0.96 and 1.04 in all
        space.components_ = presupposed + more
        assert scikit.n_filled(space) == n


def test_that_nmf_did_not_come_to_rest_is_no_warning():
    rows = sparse.csr_matrix(np.random.default_rng(0).random((30, 20)))
    space = scikit.learn("nmf", 15, 0, rows, rows)
    assert space.n_iter_ == 400  # so scikit-learn warns; tests turn warnings into errors
    assert scikit.shares(space, rows, rows).shape == (30, 15)


def test_the_same_text_many_times_is_no_error_below_rounding():
    same = tokenize(TEXT.assign(text="troops guard borders army"))
    with pytest.raises(ValueError, match="k = 2 topics were asked for, and only 1 can be told apart"):
        topics.fit(same, 2, model="nmf")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (vectors().assign(a=1 + 2j), r"vectors should have columns of numbers .*; found \['a'\]"),
        (vectors().assign(b=True), r"found \['b'\]"),
        (vectors().assign(a=1e200), r"column 'a' of \('un', '0'\) is 1e\+200: a number is missing, infinite or far too"),
        (vectors().assign(c=pd.array([1.0, None] * 20, dtype="Float64")), r"column 'c' of \('un', '1'\) is nan"),
        (vectors().iloc[:0], r"40 paragraphs have none, first \('un', '0'\); give one for each paragraph of tokens"),
        (vectors().iloc[1:], r"1 paragraph has none, first \('un', '0'\)"),
        (pd.concat([vectors().astype(object), vectors().iloc[:1].assign(paragraph=0)]).astype({"a": float, "b": float, "c": float}), r"1 row repeats .*\('un', '0'\)"),
        (vectors().assign(a=1.0, b=2.0, c=3.0), "all paragraphs have the same one"),
        (vectors("a").assign(a=np.arange(1, 41)), "same one .or one that points the same way.: nothing tells them apart"),
    ],
)  # fmt: skip
def test_vectors_that_say_nothing_are_refused(table, message):
    with pytest.raises(ValueError, match=message):
        topics.fit(TOKENS, 2, vectors=table)


def test_vectors_of_one_number_tell_its_sign():
    sign = np.where(np.arange(40) % 3 == 0, 1.0, -1.0)
    found = topics.fit(TOKENS, 2, vectors=TEXT[KEYS].assign(a=sign * np.arange(1, 41)))
    largest = found.shares["share"].to_numpy().reshape(-1, 2).argmax(axis=1)
    assert len(set(zip(largest, sign, strict=True))) == 2


def test_vectors_are_placed_by_columns_of_the_same_name_only():
    found = topics.fit(TOKENS, 2, vectors=vectors())
    assert found.vector_columns == ["a", "b", "c"]
    with pytest.raises(
        ValueError, match="has the column 'b' where the topics were fitted with 'a': give the same columns"
    ):
        topics.place(found, TOKENS, vectors=vectors()[[*KEYS, "b", "a", "c"]])
    pd.testing.assert_frame_equal(topics.place(found, TOKENS, vectors=vectors()), found.shares)


def test_saved_topics_know_the_columns_of_their_vectors(tmp_path):
    pytest.importorskip("skops", reason="NOT RUN: skops is not installed")
    numbered = vectors().rename(columns={"a": 0, "b": 1, "c": 2})
    for given, names in [(numbered, ["0", "1", "2"]), (None, None)]:
        topics.save(topics.fit(TOKENS, 2, vectors=given), tmp_path / "a.skops")
        assert topics.load(tmp_path / "a.skops").vector_columns == names


def test_a_model_is_saved_in_a_folder_that_is_there(tmp_path):
    pytest.importorskip("skops", reason="NOT RUN: skops is not installed")
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*nowhere to write a\.skops to"):
        topics.save(topics.fit(TOKENS, 2), tmp_path / "nowhere" / "a.skops")


def test_stability_wants_the_words_the_topics_have():
    found = topics.fit(TOKENS, 2)
    words = TOKENS.assign(token=TOKENS["token"].astype("str").replace("army", "navy"))
    with pytest.raises(ValueError, match="tokens: 'army', a word of the topics, is not there; give the same running"):
        topics.stability(found, words)


def test_too_little_text_is_told_in_numbers():
    one = tokenize(TEXT.assign(text=["law and law", "law and law", *["peace"] * 38]).head(2))
    assert (
        topics.choose_k(one, [2]).reason
        == "No number of topics is supported: 1 different paragraph with 2 kept words: too few."
    )
    with pytest.raises(ValueError, match="ks is empty; it should hold whole numbers from 2"):
        topics.choose_k(TOKENS, [])


def test_points_of_the_same_length_are_worked_by_hand():
    space = spaces.by_vectors(np.array([[2.0], [3.0], [-1.0], [-4.0]]), np.array([0, 0, 1, 1]), 2, seed=0)
    assert spaces.shares(space, np.array([[5.0], [-5.0]])).tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("k", [6, 30, 70, 300])
def test_equal_shares_of_six_decimals_are_a_whole_however_many(k):
    keys = pd.DataFrame({"document": "un", "paragraph": np.repeat(["1", "2"], k), "topic": [*range(1, k + 1)] * 2})
    shares = keys.assign(share=round(1 / k, 6))
    texts, values, numbers = checked_shares.wide(shares, [], unit="document")
    assert values.shape == (2, k) and len(texts) == 2 and numbers.tolist() == [*range(1, k + 1)]
    shares.loc[0, "share"] += 0.01
    with pytest.raises(ValueError, match=r"the shares of paragraph .'un', '1'. sum to"):
        checked_shares.wide(shares, [], unit="document")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("share", -1.0, r"share of paragraph .* in row 0 is -1\.0; it should be 0 to 1, or missing"),
        ("share", np.inf, "share of paragraph .* in row 0 is inf; it should be 0 to 1"),
        ("topic", np.inf, "topic of paragraph .* in row 0 is inf; it should be a whole number"),
        ("topic", 1e30, r"topic of paragraph .* in row 0 is 1e\+30; it should be a whole number"),
    ],
)
def test_shares_out_of_range_are_told_as_they_are_written(column, value, message):
    shares = pd.DataFrame({"document": "un", "paragraph": "1", "topic": [1, 2], "share": 0.5})
    with pytest.raises(ValueError, match=message):
        checked_shares.wide(shares.assign(**{column: value}), [], unit="document")
