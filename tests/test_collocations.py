"""Word pairs: counted one by one, and beside quanteda and NLTK; measures of a 2×2 table: by hand, SciPy and NLTK."""

from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.collocations import BigramCollocationFinder
from nltk.metrics import BigramAssocMeasures
from scipy.stats import chi2_contingency
from scipy.stats.contingency import odds_ratio

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


def test_what_does_not_occur_is_told_and_where_no_pair_is_left_the_table_is_empty():
    words = running(["peace and order", "peace and order", "war"]).astype({"token": "category"})[:-1]
    for node in (["peace", "xyz"], "war"):
        with pytest.raises(ValueError, match=r"node '(xyz|war)' does not occur in tokens"):
            collocations.score(words, node)
    for alone, floor in ((words, 3), (words.iloc[[0, 3]], 2), (words[:0], 2)):
        assert collocations.score(alone, floor=floor).empty


MEASURES = [(name, correction) for name in ("g2", "chi2") for correction in (None, "yates", "williams")]


def measured(measure, *cells):
    name, correction = measure
    return getattr(collocations, name)(*cells, correction=correction)


cells_of = st.tuples(*[st.integers(0, 10_000)] * 4).filter(  # a cell may be 0, a row or a column may not
    lambda cells: all(cells[i] + cells[j] for i, j in [(0, 1), (2, 3), (0, 2), (1, 3)])
)


@settings(max_examples=60)
@given(cells_of)
def test_they_equal_scipy_and_nltk_with_a_sign(cells):
    a, b, c, d = cells
    sign = np.sign(a * d - b * c)
    for name, statistic in (("g2", "log-likelihood"), ("chi2", "pearson")):
        for correction in (None, "yates"):
            expected = chi2_contingency([[a, b], [c, d]], correction=correction == "yates", lambda_=statistic).statistic
            assert measured((name, correction), *cells) == pytest.approx(sign * expected, rel=1e-9, abs=1e-8)
    counts = a, (a + c, a + b), a + b + c + d
    assert collocations.chi2(*cells) == pytest.approx(sign * BigramAssocMeasures.chi_sq(*counts), rel=1e-9, abs=1e-8)
    if min(cells):  # NLTK adds 1e-20 to a count of 0 and warns
        ours, theirs = collocations.g2(*cells), BigramAssocMeasures.likelihood_ratio(*counts)
        assert ours == pytest.approx(sign * theirs, rel=1e-9, abs=1e-7)


@given(cells_of, st.sampled_from(MEASURES))
def test_the_sign_says_on_which_side_the_word_is_more_frequent(cells, measure):
    a, b, c, d = cells
    found = measured(measure, *cells)
    side = np.sign(Fraction(a, a + c) - Fraction(b, b + d))
    assert np.sign(found) == (0 if "yates" in measure and abs(a * d - b * c) / (a + b + c + d) <= 0.5 else side)
    for turned, sign in [((b, a, d, c), -1), ((c, d, a, b), -1), ((a, c, b, d), 1)]:
        assert measured(measure, *turned) == pytest.approx(sign * found, rel=1e-12, abs=1e-12)


def exactly(cells):
    """G² with 50 digits."""
    with localcontext() as context:
        context.prec = 50
        a, b, c, d = map(Decimal, cells)
        of_chance = [row * column / (a + b + c + d) for row in (a + b, c + d) for column in (a + c, b + d)]
        terms = [o * (o / e).ln() if o else Decimal(0) for o, e in zip((a, b, c, d), of_chance, strict=True)]
        return float(2 * sum(terms))


@pytest.mark.parametrize(
    ("a", "b", "n_target", "n_reference"),
    [(5_001, 5_000, 25_000_000, 25_000_000), (1, 0, 10_000_000, 40_000_000), (2_000_000, 3, 30_000_000, 20_000_000)],
)
def test_no_digits_are_lost_in_fifty_million_words(a, b, n_target, n_reference):
    cells = a, b, n_target - a, n_reference - b
    assert collocations.g2(*cells) == pytest.approx(exactly(cells), rel=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_as_expected_is_exactly_nothing(measure):
    assert measured(measure, 3, 7, 30, 70) == 0  # 3 / 33 = 7 / 77
    assert measured(measure, 0, 0, 30, 70) == 0
    assert measured(measure, 3, 0, 30, 0) == 0  # a side without words says nothing
    assert measured(measure, *[10**7 * count for count in (3, 7, 30, 70)]) == 0


def test_all_on_one_diagonal_and_yates_who_takes_half_and_never_more_than_there_is():
    assert collocations.g2(5, 0, 0, 5) == pytest.approx(20 * np.log(2))
    assert collocations.chi2(0, 5, 5, 0) == pytest.approx(-10)
    assert collocations.chi2(5, 0, 0, 5, "yates") == pytest.approx(4 * 2**2 / 2.5)  # |5 − 2.5| − ½ = 2
    assert collocations.chi2(3, 1, 7, 9, "yates") == pytest.approx(Fraction(1, 4) * (1 / 2 + 1 / 2 + 1 / 8 + 1 / 8))
    moved = 2 * (2.5 * np.log(2.5 / 2) + 1.5 * np.log(1.5 / 2) + 7.5 * np.log(7.5 / 8) + 8.5 * np.log(8.5 / 8))
    assert collocations.g2(3, 1, 7, 9, "yates") == pytest.approx(moved)
    # |O − E| = 3/8, below ½: nothing is left
    assert collocations.chi2(2, 1, 2, 3, "yates") == 0 and collocations.g2(1, 2, 3, 2, "yates") == 0


def test_williams_divides_by_q_and_not_where_a_cell_is_empty():
    q = 1 + (20 / 4 + 20 / 16 - 1) * (20 / 10 + 20 / 10 - 1) / (6 * 20)
    for measure in (collocations.g2, collocations.chi2):
        # quanteda multiplies χ² by q, which makes it larger where it should be smaller
        assert measure(3, 1, 7, 9, "williams") * q == pytest.approx(measure(3, 1, 7, 9))
        for cells in [(0, 1, 7, 9), (1, 0, 7, 9), (1, 7, 0, 9), (1, 7, 9, 0)]:
            assert measure(*cells, "williams") == measure(*cells)


def test_log_ratio_by_hand():
    assert collocations.log_ratio([6, 0, 6, 0], [1, 1, 0, 0], 30, 20).tolist() == pytest.approx(
        [2, np.log2(0.5 / 30 * 20), np.log2(6 / 30 / (0.5 / 20)), np.nan], nan_ok=True
    )
    of_counts = collocations.log_ratio([8, 0, 3, 0], [2, 5, 3, 0])  # in the same texts
    assert of_counts.tolist() == pytest.approx([2, np.log2(0.5 / 5), 0, np.nan], nan_ok=True)
    np.testing.assert_allclose(of_counts, collocations.log_ratio([8, 0, 3, 0], [2, 5, 3, 0], 50, 50), atol=1e-12)


@given(cells_of)
def test_swapping_the_sides_flips_ratios_and_odds(cells):
    a, b, c, d = cells
    here, there = collocations.log_ratio(a, b, a + c, b + d), collocations.log_ratio(b, a, b + d, a + c)
    np.testing.assert_allclose(here, -there, rtol=1e-9, atol=1e-9)
    odds = collocations.log_odds(a, b, c, d)
    np.testing.assert_allclose(odds, np.negative(collocations.log_odds(b, a, d, c)), rtol=1e-9, atol=1e-9)
    moved = odds_ratio(2 * np.array([[a, b], [c, d]]) + 1, kind="sample").statistic  # twice the counts with ½
    assert odds[0] == pytest.approx(np.log(moved), rel=1e-9, abs=1e-9)


def test_delta_p_and_log_dice_at_their_ends():
    assert collocations.delta_p(5, 0, 0, 5) == (1, 1) and collocations.delta_p(0, 5, 5, 0) == (-1, -1)
    assert np.isnan(collocations.delta_p(5, 0, 2, 0)[0])  # there is no second column
    assert collocations.log_dice([7, 3, 3, 0], [7, 6, 20, 4], [7, 6, 28, 4]).tolist() == [14, 13, 11, -np.inf]


test_counts_that_are_none_are_refused = made.refused(
    lambda name, *counts: getattr(collocations, name)(*counts),
    ("g2", [1, -1], 1, 1, 1, "a holds -1; it should hold counts, from 0 up"),
    ("log_odds", 1, [1, np.nan], [np.inf, 1], 1, "b holds nan"),
    ("delta_p", 1, 1, np.inf, [1, 2], "c holds inf"),
    ("g2", 1, 2, 3, 4, "Yates", "correction should be one of [None, 'yates', 'williams'], found 'Yates'"),
)
