"""Words that stand near each other: counted one by one, weighed by hand, factorised as scikit-learn does."""

import warnings
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analysis import cooccurrence
from analysis.cooccurrence import count, decompose, factorise, keep, ranked, weigh
from tests.made import refused
from tests.test_topics import text


def test_words_of_two_letters_in_enough_paragraphs_are_kept_unless_stop_words():
    assert keep(text("the peace a 2015 x9 b2b war", "the peace a 2015 x9 b2b"), ["The"]).words == ["b2b", "peace"]
    few = ["four peace"] * 4 + ["five peace"] * 5  # from a thousand paragraphs on, a word must stand in five
    assert keep(text(*few, *["peace"] * 990)).words == ["five", "four", "peace"]
    assert keep(text(*few, *["peace"] * 991)).words == ["five", "peace"]


def test_the_words_in_most_paragraphs_are_kept_in_doubt_by_the_alphabet(monkeypatch):
    monkeypatch.setattr(cooccurrence, "MOST_WORDS", 2)
    assert keep(text("war war law arms", "war law arms", "arms law peace peace", "peace")).words == ["arms", "law"]


test_what_cannot_be_kept_is_refused = refused(
    keep,
    (text("peace").head(0), "tokens has no rows"),
    (text("peace", "war"), "no word is left.*at least 2 paragraphs; there are 2 paragraphs"),
    (text("peace", "peace"), "the of", "drop should hold single words, found 'the of'"),
)


def square(blocks):
    """Counts of pairs of some blocks as a symmetric matrix."""
    half = sum(blocks).toarray()
    return half + half.T


def as_pairs(n):
    """A symmetric matrix as counts of pairs of one block."""
    return [sparse.csr_array(np.triu(n))]


def test_a_pair_d_words_apart_counts_fifteen_less_d_without_stop_words_and_not_across_paragraphs():
    gap = " ".join(["filler"] * 12)
    running = text(f"arms {gap} law", f"arms filler filler {gap} law", "law", "arms")
    assert square(count(keep(running, ["filler"]))).tolist() == [[0, 28], [28, 0]]
    found = square(count(keep(running)))
    assert found[0, 2] == 15 - 13  # in the other paragraph they are 15 apart: outside the window
    assert found[0, 1] == sum(15 - d for d in range(1, 13)) + sum(15 - d for d in range(1, 15))


corpora = st.lists(st.lists(st.sampled_from(["aa", "bb", "cc", "dd"]), min_size=1, max_size=20), min_size=2, max_size=6)


@settings(max_examples=12)
@given(corpora, st.integers(0, 100))
def test_pairs_are_those_counted_one_by_one_and_blocks_add_up(corpus, seed):
    kept = keep(text(*[" ".join(paragraph) for paragraph in corpus]), words=["aa", "bb", "cc", "dd"])
    expected = np.zeros((4, 4), int)
    for paragraph in corpus:
        for i, one in enumerate(paragraph):
            for j, other in enumerate(paragraph):
                if one != other and abs(i - j) < 15:
                    expected["abcd".index(one[0]), "abcd".index(other[0])] += 15 - abs(i - j)
    assert np.array_equal(square(count(kept)), expected)
    blocks = count(kept, np.random.default_rng(seed).integers(0, 3, len(corpus)))
    assert np.array_equal(square(blocks), expected)
    assert np.array_equal(sum(square([block]) for block in blocks), expected)


def test_pairs_weigh_positive_pmi_times_the_root_of_the_count():
    n = np.array([[0, 6, 1], [6, 0, 2], [1, 2, 0]])
    sums, whole = n.sum(axis=1), n.sum()
    expected = np.zeros((3, 3))
    for a, b in permutations(range(3), 2):
        ratio = Fraction(int(n[a, b] * whole), int(sums[a] * sums[b]))
        expected[a, b] = max(0, np.log(float(ratio))) * n[a, b] ** 0.5
    np.testing.assert_allclose(weigh(as_pairs(n)).toarray(), expected)
    assert expected[0, 1] == pytest.approx(np.log(108 / 56) * 6**0.5) and expected[0, 2] == 0


def test_beyond_the_cap_only_the_most_frequent_pairs_are_weighed(monkeypatch):
    n = as_pairs(np.kron(np.diag([9, 5, 2]), [[0, 1], [1, 0]]))
    whole = weigh(n).toarray()
    monkeypatch.setattr(cooccurrence, "MOST_PAIRS", 2)
    capped = weigh(n).toarray()
    assert np.array_equal(capped[:4, :4], whole[:4, :4]) and whole[4, 5] > 0 and not capped[4:].any()


def test_terms_are_ranked_by_loading_times_the_root_of_exclusivity_then_by_the_alphabet():
    loadings = np.array([[4, 0], [5, 5], [1, 5], [4, 0.0]])  # shares of 14 and of 10
    scores = [4 / 14, 5 / 14 * (Fraction(5, 14) / (Fraction(5, 14) + Fraction(1, 2))) ** 0.5]
    assert scores[1] > 0.23 and scores[0] > scores[1]
    assert [order.tolist() for order in ranked(loadings, 2)] == [[0, 3], [2, 1]]
    first, second = ranked(loadings)  # the numbers of words are in the order of the alphabet
    assert first.tolist() == [0, 3, 1, 2] and second.tolist() == [2, 1]


@pytest.mark.parametrize("k", [2, 20])
def test_factors_are_those_of_scikit_learn(k):
    """The same start, the same rounds: coordinate descent as in its NMF."""
    from sklearn.decomposition import NMF

    rng = np.random.default_rng(k)
    weights = weigh(as_pairs(np.triu(rng.poisson(rng.gamma(0.3, size=(60, 60)) * 4), 1)))
    parts = decompose(weights, 30, seed=0)
    starts = [cooccurrence._start(parts[0][:, j], parts[2][j], parts[1][j]) for j in range(k)]
    W, H = (np.array(rows) for rows in zip(*starts, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NMF(k, init="custom", tol=cooccurrence._TOLERANCE, max_iter=cooccurrence._ROUNDS)
        expected = model.fit_transform(weights, W=np.ascontiguousarray(W.T), H=H)
    np.testing.assert_allclose(factorise(weights, k, parts), expected, atol=1e-9)
    np.testing.assert_allclose(factorise(weights.astype(np.float32), k, parts), expected, atol=1e-3)
