"""Topics: worked by hand, counted another way, found where planted, not found in noise."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sklearn.metrics import normalized_mutual_info_score

from analysis import topics
from analysis.tokens import tokenize
from analysis.topics import factors, fitting, pairs, resamples, spaces, words
from tests.benchmarks.topics import noise_text, planted_text, recovered

KEYS = ["document", "paragraph"]


def text(*paragraphs, document="un"):
    names = [f"{n:04}" for n in range(len(paragraphs))]
    return tokenize(pd.DataFrame({"document": document, "paragraph": names, "text": paragraphs}))


def wide(found):
    return found.shares["share"].to_numpy().reshape(-1, found.terms["topic"].max())


@pytest.fixture(scope="module")
def planted():
    table, truth = planted_text(np.random.default_rng(0), k=4, words_each=20, paragraphs=200)
    return table, tokenize(table), truth


@pytest.fixture(scope="module")
def noise():
    return tokenize(noise_text(np.random.default_rng(0), 60, 30, 150, False, 1))


def test_words_of_two_letters_in_two_paragraphs_are_kept_unless_stop_words():
    running = text("the peace a 2015 x9 b2b war", "the peace a 2015 x9 b2b")
    assert words.keep(running, ["the"]).words == ["b2b", "peace"]


def test_from_a_thousand_paragraphs_on_a_word_must_stand_in_five():
    few = ["four peace"] * 4 + ["five peace"] * 5
    assert words.keep(text(*few, *["peace"] * 990)).words == ["five", "four", "peace"]
    assert words.keep(text(*few, *["peace"] * 991)).words == ["five", "peace"]


def test_the_words_in_most_paragraphs_are_kept_and_in_doubt_the_first_of_the_alphabet(monkeypatch):
    monkeypatch.setattr(words, "MOST", 2)
    assert words.keep(text("zeal beta alfa", "zeal beta alfa", "zeal")).words == ["alfa", "zeal"]


def test_the_order_of_documents_does_not_matter_to_the_words():
    one, other = text("arms trade", "arms law trade", document="b"), text("law court arms", document="a")
    here, there = words.keep(pd.concat([one, other])), words.keep(pd.concat([other, one]))
    assert_frame_equal(here.paragraphs, there.paragraphs)
    assert here.words == there.words == ["arms", "law", "trade"]
    assert (here.counts() != there.counts()).nnz == 0
    assert here.counts().toarray().tolist() == [[1, 1, 0], [1, 0, 1], [1, 1, 1]]


def test_a_list_of_stop_words_given_as_a_text_is_refused():
    with pytest.raises(TypeError, match="stopwords should be a list of words, found one text"):
        words.keep(text("peace", "peace"), "the of")


@pytest.mark.parametrize(
    ("running", "message"),
    [
        (text("peace").head(0), "tokens has no rows"),
        (text("peace", "war"), "no word is left.*at least 2 paragraphs; there are 2 paragraphs"),
        (text("peace", "peace").drop(columns="position"), r"missing \['position'\]"),
        (pd.concat([text("peace now", "peace now")] * 2), "not in the order of the text, or there twice"),
    ],
)
def test_a_text_without_words_to_keep_is_refused(running, message):
    with pytest.raises(ValueError, match=message):
        topics.fit(running, 2)


def square(counted):
    """Counts of pairs as a symmetric matrix."""
    half = np.zeros((counted.n_words, counted.n_words), int)
    half[counted.first, counted.second] = counted.n
    return half + half.T


def as_pairs(n):
    """A symmetric matrix as counts of pairs."""
    first, second = np.nonzero(np.triu(n))
    return pairs.Pairs(n[first, second], first, second, len(n))


def test_a_pair_d_words_apart_counts_fifteen_less_d_and_not_across_paragraphs():
    gap = " ".join(["filler"] * 12)
    kept = words.keep(text(f"arms {gap} law", f"arms filler {gap} law", "law", "arms"), ["filler"])
    assert square(pairs.total(pairs.count(kept))).tolist() == [[0, 28], [28, 0]]  # stop words are closed up
    kept = words.keep(text(f"arms {gap} law", f"arms filler filler {gap} law", "law", "arms"))
    found = square(pairs.total(pairs.count(kept)))
    assert kept.words == ["arms", "filler", "law"] and found[0, 2] == 15 - 13  # 15 apart: outside the window
    assert found[0, 1] == sum(15 - d for d in range(1, 13)) + sum(15 - d for d in range(1, 15))


corpora = st.lists(st.lists(st.sampled_from(["aa", "bb", "cc", "dd"]), min_size=1, max_size=20), min_size=2, max_size=6)


@settings(max_examples=40)
@given(corpora, st.integers(0, 100))
def test_pairs_are_those_counted_one_by_one_and_blocks_add_up(corpus, seed):
    running = text(*[" ".join(paragraph) for paragraph in corpus])
    kept = words.keep(running, words=["aa", "bb", "cc", "dd"])
    expected = np.zeros((4, 4), int)
    for paragraph in corpus:
        for i, one in enumerate(paragraph):
            for j, other in enumerate(paragraph):
                if one != other and abs(i - j) < 15:
                    expected["abcd".index(one[0]), "abcd".index(other[0])] += 15 - abs(i - j)
    assert np.array_equal(square(pairs.total(pairs.count(kept))), expected)
    blocks = pairs.count(kept, np.random.default_rng(seed).integers(0, 3, len(corpus)), 3)
    assert np.array_equal(square(pairs.total(blocks)), expected)
    assert np.array_equal(sum(square(pairs.total(blocks, [one])) for one in range(3)), expected)


def test_pairs_weigh_positive_pmi_times_the_root_of_the_count():
    n = np.array([[0, 6, 1], [6, 0, 2], [1, 2, 0]])
    sums, whole = n.sum(axis=1), n.sum()
    expected = np.zeros((3, 3))
    for a, b in permutations(range(3), 2):
        ratio = Fraction(int(n[a, b] * whole), int(sums[a] * sums[b]))
        expected[a, b] = max(0, np.log(float(ratio))) * n[a, b] ** 0.5
    np.testing.assert_allclose(pairs.weigh(as_pairs(n)).toarray(), expected)
    assert expected[0, 1] == pytest.approx(np.log(108 / 56) * 6**0.5) and expected[0, 2] == 0


def test_beyond_the_cap_only_the_most_frequent_pairs_are_weighed(monkeypatch):
    n = as_pairs(np.kron(np.diag([9, 5, 2]), [[0, 1], [1, 0]]))
    whole = pairs.weigh(n).toarray()
    monkeypatch.setattr(pairs, "MOST", 2)
    capped = pairs.weigh(n).toarray()
    assert np.array_equal(capped[:4, :4], whole[:4, :4]) and whole[4, 5] > 0 and not capped[4:].any()


def test_terms_are_ranked_by_loading_times_the_root_of_exclusivity_then_by_the_alphabet():
    loadings = np.array([[4, 0], [5, 5], [1, 5], [4, 0.0]])  # shares of 14 and of 10
    scores = [4 / 14, 5 / 14 * (Fraction(5, 14) / (Fraction(5, 14) + Fraction(1, 2))) ** 0.5]
    assert scores[1] > 0.23 and scores[0] > scores[1]
    first, second = factors.ranked(loadings, ["zeal", "both", "some", "arms"])
    assert first.tolist() == [3, 0, 1, 2] and second.tolist() == [2, 1]


@pytest.mark.parametrize(("model", "least"), [("cooccurrence", 0.95), ("nmf", 0.85), ("lda", 0.95)])
def test_planted_topics_are_found_by_every_model(planted, model, least):
    _, running, truth = planted
    found = topics.fit(running, 4, model=model)
    assert recovered(found.terms, truth).min() > least
    sums = found.terms.groupby("topic")["weight"].sum()
    np.testing.assert_allclose(sums, 1, atol=1e-4)
    ranks = found.terms.groupby("topic")["rank"].agg(list)
    assert all(own == list(range(1, len(own) + 1)) for own in ranks)
    np.testing.assert_allclose(wide(found).sum(axis=1), 1, atol=1e-5)
    assert np.all(np.diff(wide(found).mean(axis=0)) <= 1e-6) and found.unplaced.empty


def test_shuffled_documents_categoricals_and_a_second_run_give_the_same_topics(planted):
    table, running, _ = planted
    before = running.copy()
    found = topics.fit(running, 4, seed=3)
    assert_frame_equal(running, before)
    assert_frame_equal(found.shares, topics.fit(running, 4, seed=3).shares)
    plain = running.astype(dict.fromkeys([*KEYS, "token"], "str"))
    shuffled = tokenize(table.sample(frac=1, random_state=1))
    for other in (plain, shuffled, plain.astype(dict.fromkeys([*KEYS, "token"], "category"))):
        again = topics.fit(other, 4, seed=3)
        assert_frame_equal(again.terms, found.terms)
        sides = [one.shares.astype(dict.fromkeys(KEYS, "str")) for one in (again, found)]
        assert_frame_equal(*[side.sort_values([*KEYS, "topic"], ignore_index=True) for side in sides])


@pytest.mark.parametrize("model", fitting.MODELS)
def test_a_paragraph_of_stop_words_is_kept_without_shares_and_the_same_text_has_the_same_shares(model):
    running = text("the of", *["arms trade war", "law court judge"] * 4)
    found = topics.fit(running, 2, model=model, stopwords=["the", "of"])
    assert found.unplaced.values.tolist() == [["un", "0000"]]
    share = wide(found)
    assert share.shape == (9, 2) and np.isnan(share[0]).all()
    assert np.array_equal(share[1:3], share[3:5]) and (share[1].argmax() != share[2].argmax())


@pytest.mark.parametrize(
    ("k", "arguments", "message"),
    [
        (1, {}, "k should be a whole number from 2, found 1"),
        (True, {}, "found True"),
        (2.0, {}, "found 2.0"),
        (6, {}, "k = 6 topics in 8 paragraphs with 6 kept words: k should be smaller than both"),
        (2, {"model": "bert"}, "model should be one of .* found 'bert'"),
    ],
)
def test_what_cannot_be_fitted_is_refused(k, arguments, message):
    with pytest.raises(ValueError, match=message):
        topics.fit(text(*["arms trade war", "law court judge"] * 4), k, **arguments)


def vectors_of(running, group, rng):
    keys = running[KEYS].drop_duplicates().reset_index(drop=True)
    points = np.eye(3)[group] + rng.normal(0, 0.02, (len(keys), 3))
    return pd.concat([keys, pd.DataFrame(points, columns=["x", "y", "z"])], axis=1)


def test_vectors_sort_paragraphs_that_words_do_not(noise):
    rng = np.random.default_rng(1)
    group = rng.integers(0, 3, 60)
    found = topics.fit(noise, 3, vectors=vectors_of(noise, group, rng))
    assert normalized_mutual_info_score(group, wide(found).argmax(axis=1)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda table: table, {"model": "nmf"}, "vectors go with model='cooccurrence', not with 'nmf'"),
        (lambda table: table.iloc[1:], {}, "vectors: 1 paragraph has none, first"),
        (lambda table: table.assign(x="a"), {}, r"columns of numbers.*found \['x'\]"),
        (
            lambda table: table.assign(x=np.nan),
            {},
            r"vectors: column .x. of \(.*\) is nan: a number is missing, infinite or far too large",
        ),
        (lambda table: table[KEYS], {}, "columns of numbers.*found none"),
        (lambda table: pd.concat([table, table]), {}, "repeat another's"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(noise, change, arguments, message):
    table = vectors_of(noise, np.zeros(60, int), np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        topics.fit(noise, 2, vectors=change(table), **arguments)


def test_a_share_is_the_squared_cosine_over_their_sum():
    space = spaces.Space(np.zeros(0), np.eye(2), np.zeros(2), np.eye(2))
    assert spaces.shares(space, np.array([[1.0, 2.0]]))[0] == pytest.approx([1 / 5, 4 / 5])


sets = st.lists(st.frozensets(st.integers(0, 6), max_size=4), min_size=3, max_size=3)


@settings(max_examples=40)
@given(sets, sets)
def test_topics_are_matched_so_that_no_other_pairing_shares_more(one, other):
    def alike(a, b):
        return len(a & b) / max(len(a | b), 1)

    best = max(sum(alike(a, b) for a, b in zip(one, order, strict=True)) for order in permutations(other))
    assert resamples.matched(one, other).sum() == pytest.approx(best)
    assert resamples.matched(one, []).tolist() == [0, 0, 0]


def test_near_duplicates_are_left_out_and_documents_dealt_from_ten_up(planted):
    table, running, _ = planted
    for names, unit, n in ((10, "document", 10), (9, "paragraph", 200)):
        some = tokenize(table.assign(document=[f"d{row % names}" for row in range(200)]).sort_values(KEYS))
        dealt = resamples.deal(words.keep(some), some, "cooccurrence", 0)
        assert (dealt.unit, dealt.n_units, dealt.n_left_out) == (unit, n, 0)
        assert dealt.n_blocks == min(n, 20) and set(dealt.block) == set(range(dealt.n_blocks))
    twice = tokenize(pd.concat([table, table.head(7).assign(document="zz")]))
    assert resamples.deal(words.keep(twice), twice, "cooccurrence", 0).n_left_out == 7
    dealt = resamples.deal(words.keep(running), running, "cooccurrence", 0)
    shuffled = resamples.shuffled(dealt, 1)
    assert np.array_equal(shuffled.kept.paragraph, dealt.kept.paragraph)
    assert np.array_equal(np.bincount(shuffled.kept.word), np.bincount(dealt.kept.word))
    [[whole], *_] = resamples.reruns(dealt, [4], 1, 0, whole=True)
    terms = topics.fit(running, 4).terms.query("rank <= 10")
    number = {name: place for place, name in enumerate(dealt.kept.words)}
    assert set(whole) == {frozenset(number[term] for term in own) for _, own in terms.groupby("topic")["term"]}


def test_planted_topics_are_confident_and_the_overall_row_is_their_mean(planted):
    _, running, _ = planted
    found = topics.stability(topics.fit(running, 4), running, runs=5, nulls=2)
    assert found.topics["confident"].all() and found.topics["stability"].min() > 0.75
    overall = found.overall.iloc[0]
    for name in ("stability", "null", "excess"):
        assert overall[name] == pytest.approx(found.topics[name].mean(), rel=1e-5)
    assert overall["low"] <= overall["stability"] <= overall["high"]
    assert overall[["k", "n_confident", "unit", "n_units"]].tolist() == [4, 4, "document", 60]


def test_topics_of_words_drawn_at_random_are_not_confident(noise):
    found = topics.stability(topics.fit(noise, 4), noise, runs=5, nulls=2)
    assert not found.topics["confident"].any() and found.overall["n_confident"].item() == 0


def test_stability_says_what_it_cannot_measure(noise):
    found = topics.fit(noise, 2)
    with pytest.raises(ValueError, match="runs should be a whole number from 1, found 0"):
        topics.stability(found, noise, runs=0)
    with pytest.raises(ValueError, match="Give vectors if, and only if"):
        topics.stability(found, noise, vectors=vectors_of(noise, np.zeros(60, int), np.random.default_rng(0)))
    with pytest.raises(TypeError, match=r"should come from topics.fit, found str"):
        topics.stability("topics", noise)
    short = text(*["arms trade war", "law court judge"] * 4)
    with pytest.raises(ValueError, match="2 different paragraphs are too few to halve: 4 at least"):
        topics.stability(topics.fit(short, 2), short)


def test_the_planted_number_of_topics_is_chosen(planted):
    found = topics.choose_k(planted[1], (6, 2, 4, 4), runs=4, nulls=2)
    assert found.k == 4 and found.reason.startswith("4 topics: 4 of them")
    assert found.ks["k"].tolist() == [2, 4, 6] and found.topics.groupby("k").size().tolist() == [2, 4, 6]
    confident = found.topics.groupby("k")["confident"].sum().tolist()
    assert confident == found.ks["n_confident"].tolist()


@pytest.mark.parametrize("short", [False, True])
def test_no_number_of_topics_is_chosen_in_noise_or_too_short_a_text(noise, short):
    running = text("arms trade war", "arms trade law") if short else noise
    found = topics.choose_k(running, (2, 4), runs=4, nulls=2)
    assert found.k is None and found.reason.startswith("No number of topics is supported")
    assert found.ks["k"].tolist() == [2, 4] and not found.ks["supported"].any()


@pytest.mark.parametrize(("ks", "value"), [([1], "1"), (None, "None"), (5.0, "5.0"), ([2.0], "2.0"), ([True], "True")])
def test_numbers_of_topics_are_whole_and_from_two_up(noise, ks, value):
    with pytest.raises(ValueError, match=f"each of ks should be a whole number from 2, found '?{value}"):
        topics.choose_k(noise, ks)


@pytest.mark.parametrize("stopwords", [None, 5, [["the"]]])
def test_stop_words_that_are_no_list_of_words_are_told(stopwords):
    with pytest.raises(TypeError, match="stopwords should be a list of words, found"):
        topics.fit(text("war and peace", "peace and law"), 2, stopwords=stopwords)
