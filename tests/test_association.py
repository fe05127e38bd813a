"""Measures of a 2×2 table: by hand, by SciPy and NLTK, and by quanteda, where we agree and where we mean not to."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from analysis import association, resampling
from tests.conftest import ORACLES

tables = st.tuples(*[st.integers(0, 10_000)] * 4).filter(  # a cell may be 0, a row or a column may not
    lambda cells: all(cells[i] + cells[j] for i, j in [(0, 1), (2, 3), (0, 2), (1, 3)])
)


def test_the_textbook_case():
    cells = 120, 60, 50_000 - 120, 60_000 - 60
    assert association.g2(*cells) == pytest.approx(32.8745, abs=5e-5)
    assert association.g2_two_term(*cells) == pytest.approx(32.8210, abs=5e-5)


@given(tables)
def test_they_equal_scipy_with_a_sign(cells):
    a, b, c, d = cells
    sign = np.sign(a * d - b * c)
    for name, correction, statistic in [
        ("g2", False, "log-likelihood"),
        ("g2_yates", True, "log-likelihood"),
        ("chi2", False, "pearson"),
        ("chi2_yates", True, "pearson"),
    ]:
        expected = chi2_contingency([[a, b], [c, d]], correction=correction, lambda_=statistic).statistic
        assert association.MEASURES[name](*cells) == pytest.approx(sign * expected, rel=1e-9, abs=1e-8)


@given(tables, st.sampled_from(sorted(association.MEASURES)))
def test_swapping_target_and_reference_flips_the_sign(cells, name):
    a, b, c, d = cells
    measure = association.MEASURES[name]
    assert measure(a, b, c, d) == pytest.approx(-measure(b, a, d, c), rel=1e-12, abs=1e-12)
    if name != "g2_two_term":  # which knows the word from the others
        assert measure(a, b, c, d) == pytest.approx(-measure(c, d, a, b), rel=1e-12, abs=1e-12)
        assert measure(a, b, c, d) == pytest.approx(measure(a, c, b, d), rel=1e-12, abs=1e-12)


@given(tables, st.sampled_from(sorted(association.MEASURES)))
def test_the_sign_says_on_which_side_the_word_is_more_frequent(cells, name):
    a, b, c, d = cells
    side = np.sign(Fraction(a, a + c) - Fraction(b, b + d))
    least = abs(a * d - b * c) / (a + b + c + d)
    assert np.sign(association.MEASURES[name](*cells)) == (0 if "yates" in name and least <= 0.5 else side)


@given(tables, st.sampled_from(sorted(association.MEASURES)))
def test_many_tables_at_once_are_each_by_itself(cells, name):
    measure = association.MEASURES[name]
    many = measure(*([count, 3] for count in cells))
    assert many.shape == (2,) and many[0] == measure(*cells) and many[1] == 0


def exactly(cells):
    """G² with 50 digits: four terms, and the two of the word."""
    with localcontext() as context:
        context.prec = 50
        a, b, c, d = map(Decimal, cells)
        of_chance = [row * column / (a + b + c + d) for row in (a + b, c + d) for column in (a + c, b + d)]
        terms = [o * (o / e).ln() if o else Decimal(0) for o, e in zip((a, b, c, d), of_chance, strict=True)]
        return float(2 * sum(terms)), float(2 * sum(terms[:2]))


@pytest.mark.parametrize(
    ("a", "b", "n_target", "n_reference"),
    [(5_001, 5_000, 25_000_000, 25_000_000), (1, 0, 10_000_000, 40_000_000), (2_000_000, 3, 30_000_000, 20_000_000)],
)
def test_no_digits_are_lost_in_fifty_million_words(a, b, n_target, n_reference):
    cells = a, b, n_target - a, n_reference - b
    four, two = exactly(cells)
    assert association.g2(*cells) == pytest.approx(four, rel=1e-9)
    assert association.g2_two_term(*cells) == pytest.approx(two, rel=1e-9)


@given(tables)
def test_they_equal_nltk(cells):
    from nltk.metrics import BigramAssocMeasures

    a, b, c, d = cells
    counts = a, (a + c, a + b), a + b + c + d
    sign = np.sign(a * d - b * c)
    assert association.chi2(*cells) == pytest.approx(sign * BigramAssocMeasures.chi_sq(*counts), rel=1e-9, abs=1e-8)
    if min(cells):  # NLTK adds 1e-20 to a count of 0 and warns
        ours, theirs = association.g2(*cells), BigramAssocMeasures.likelihood_ratio(*counts)
        assert ours == pytest.approx(sign * theirs, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("name", association.MEASURES)
def test_as_expected_is_exactly_nothing(name):
    assert association.MEASURES[name](3, 7, 30, 70) == 0  # 3 / 33 = 7 / 77
    assert association.MEASURES[name](0, 0, 30, 70) == 0
    assert association.MEASURES[name](3, 0, 30, 0) == 0  # a side without words says nothing
    assert association.MEASURES[name](*[10**7 * count for count in (3, 7, 30, 70)]) == 0


def test_where_all_is_on_one_diagonal():
    assert association.g2(5, 0, 0, 5) == pytest.approx(20 * np.log(2))
    assert association.g2_two_term(5, 0, 0, 5) == pytest.approx(10 * np.log(2))
    assert association.chi2(0, 5, 5, 0) == pytest.approx(-10)
    assert association.chi2_yates(5, 0, 0, 5) == pytest.approx(4 * 2**2 / 2.5)  # |5 − 2.5| − ½ = 2


def test_yates_takes_half_and_never_more_than_there_is():
    assert association.chi2_yates(3, 1, 7, 9) == pytest.approx(Fraction(1, 4) * (1 / 2 + 1 / 2 + 1 / 8 + 1 / 8))
    moved = 2 * (2.5 * np.log(2.5 / 2) + 1.5 * np.log(1.5 / 2) + 7.5 * np.log(7.5 / 8) + 8.5 * np.log(8.5 / 8))
    assert association.g2_yates(3, 1, 7, 9) == pytest.approx(moved)
    # |O − E| = 3/8, below ½: nothing is left
    assert association.chi2_yates(2, 1, 2, 3) == 0 and association.g2_yates(1, 2, 3, 2) == 0


def test_williams_divides_by_q_and_not_where_a_cell_is_empty():
    a, b, c, d = 3, 1, 7, 9
    q = 1 + (20 / 4 + 20 / 16 - 1) * (20 / 10 + 20 / 10 - 1) / (6 * 20)
    assert association.g2_williams(a, b, c, d) * q == pytest.approx(association.g2(a, b, c, d))
    assert association.chi2_williams(a, b, c, d) * q == pytest.approx(1.25)
    # quanteda multiplies χ² by q, which makes it larger where it should be smaller: q² apart
    assert association.chi2_williams(a, b, c, d) * q**2 == pytest.approx(1.25 * q)
    for cells in [(0, 1, 7, 9), (1, 0, 7, 9), (1, 7, 0, 9), (1, 7, 9, 0)]:
        assert association.g2_williams(*cells) == association.g2(*cells)
        assert association.chi2_williams(*cells) == association.chi2(*cells)


def test_log_ratio_and_weighted_log_odds_by_hand():
    assert association.log_ratio([6, 0, 6, 0], [1, 1, 0, 0], 30, 20).tolist() == pytest.approx(
        [2, np.log2(0.5 / 30 * 20), np.log2(6 / 30 / (0.5 / 20)), np.nan], nan_ok=True
    )
    log_odds, z = association.weighted_log_odds(9, 4, 100, 100, prior_share=0.1, prior_size=10)
    assert log_odds == pytest.approx(np.log((10 / 100) / (5 / 105))) and z == pytest.approx(log_odds / 0.3**0.5)
    strong = association.weighted_log_odds(9, 4, 100, 100, prior_share=0.1, prior_size=1e9)
    assert strong[0] == pytest.approx(0, abs=1e-6)  # so strong a prior leaves no difference
    weak = association.weighted_log_odds(9, 4, 100, 100, prior_share=0.1, prior_size=1e-9)
    assert weak[0] == pytest.approx(np.log((9 / 91) / (4 / 96)))  # so weak a prior leaves the log odds ratio
    assert weak[1] == pytest.approx(weak[0] / np.sqrt(1 / 9 + 1 / 4))
    assert np.isnan(association.weighted_log_odds(5, 5, 5, 5, prior_share=1, prior_size=2)).all()  # no other word


@given(tables, st.floats(0.01, 0.99), st.floats(0.1, 1e4))
def test_swapping_the_sides_flips_the_log_odds(cells, share, size):
    a, b, c, d = cells
    here = association.weighted_log_odds(a, b, a + c, b + d, share, size)
    there = association.weighted_log_odds(b, a, b + d, a + c, share, size)
    np.testing.assert_allclose(here, np.negative(there), rtol=1e-9, atol=1e-9)
    ratios = association.log_ratio(a, b, a + c, b + d), association.log_ratio(b, a, b + d, a + c)
    np.testing.assert_allclose(ratios[0], -ratios[1], rtol=1e-9, atol=1e-9)


def test_of_equal_sides_the_log_ratio_is_that_of_counts():
    a, b = np.array([8, 0, 3, 0]), np.array([2, 5, 3, 0])
    np.testing.assert_allclose(association.log_ratio(a, b, 50, 50), resampling.log_ratio(a, b), atol=1e-12)


@pytest.mark.parametrize("name", association.MEASURES)
@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (([1, -1], 1, 1, 1), r"a: -1 in place 1 \(places count from 0\) should be a number from 0 up"),
        ((1, [1, np.nan], 1, 1), "b: nan in place 1"),
        ((1, 1, [np.inf, 1], 1), "c: inf in place 0"),
        ((1, 1, 1, "many"), "d should hold numbers, found many"),
        (([0, 0], [1, 0], [0, 0], [1, 0]), "table in place 1 .* is empty: nothing to compare"),
        (([1, 2], [1, 2, 3], 1, 1), r"equally many .* found shapes a \(2,\), b \(3,\), c \(\), d \(\)"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(name, cells, message):
    with pytest.raises(ValueError, match=message):
        association.MEASURES[name](*cells)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((-1, 1, 9, 9), "a: -1 in place 0"),
        ((1, [1, 12], 9, [9, 11]), r"b: 12 of 11 words in place 1 \(places count from 0\); a side has words"),
        ((0, 1, 0, 9), "a: 0 of 0 words in place 0"),
        ((1, 1, 9, [9, np.nan]), "n_reference: nan in place 1"),
    ],
)
def test_what_is_no_share_of_words_is_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        association.log_ratio(*cells)
    with pytest.raises(ValueError, match=message):
        association.weighted_log_odds(*cells, prior_share=0.1, prior_size=10)


@pytest.mark.parametrize(
    ("share", "size", "message"),
    [
        ([0.1, 0], 10, "prior_share 0 and prior_size 10 in place 1: the share is above 0 and at most 1"),
        (1.5, 10, "prior_share 1.5 and"),
        (0.1, 0, "prior_share 0.1 and prior_size 0 in place 0: .* the size above 0"),
        (0.1, -3, "prior_size: -3"),
        (np.nan, 10, "prior_share: nan"),
    ],
)
def test_what_is_no_prior_is_refused(share, size, message):
    with pytest.raises(ValueError, match=message):
        association.weighted_log_odds(1, 1, 9, 9, prior_share=share, prior_size=size)


def against_quanteda(found, words, target):
    """Compare with quanteda.textstats 4.3.1, a row a word and a measure: where we agree, and where we mean not to."""
    a, b = found["n_target"].to_numpy(), found["n_reference"].to_numpy()
    cells = a, b, c, d = a, b, target - a, words - target - b
    of_chance = np.minimum(a + b, c + d) * np.minimum(a + c, b + d) / words  # the smallest expected cell
    # quanteda corrects by Yates only where a cell is expected below 5 and |ad − bc| > N/2; we do in every table.
    # Its "default" for G² is this correction, where its help says Williams'.
    yates = (of_chance < 5) & (np.abs(a * d - b * c) > words / 2)
    usual = (a * d != b * c) & (found[["n_target", "n_reference"]] > 0).all(axis=1)
    near_g2 = 2.1e-9 * words  # quanteda adds 1e-9 within the logarithm
    for measure, correction, some, ours, tolerance in [
        ("lr", "none", True, association.g2, near_g2),
        ("lr", "williams", usual, association.g2_williams, near_g2),
        ("lr", "yates", yates, association.g2_yates, near_g2),
        ("lr", "yates", ~yates, association.g2, near_g2),
        ("chi2", "none", True, association.chi2, 1e-8),
        ("chi2", "yates", yates, association.chi2_yates, 1e-8),
        ("chi2", "yates", ~yates, association.chi2, 1e-8),
    ]:
        rows = (found["measure"] == measure) & (found["correction"] == correction) & some
        assert rows.sum() > 5, (measure, correction)
        theirs = found["statistic"][rows]
        np.testing.assert_allclose(ours(*cells)[rows], theirs, rtol=0, atol=tolerance, err_msg=measure + correction)
    not_corrected = (found["correction"] == "yates") & (found["measure"] == "chi2") & ~yates & (a * d != b * c)
    larger = np.abs(found["statistic"]) > np.abs(association.chi2_yates(*cells))
    assert larger[not_corrected].all()


def test_g2_and_chi2_of_a_section_equal_quanteda():
    found = pd.read_csv(ORACLES / "cairo-partnerships-keyness-quanteda-4.3.1.csv")
    text = pd.read_csv(ORACLES / "cairo-tokens.csv")
    words = text["tokens"].str.split().str.len()
    against_quanteda(found, words.sum(), words[text["section"] == found["section"].iloc[0]].sum())


def test_g2_and_chi2_of_sport_news_equal_quanteda(shared):
    found = pd.read_csv(shared / "oracles" / "bbc-sport-keyness-quanteda-4.3.1.csv")
    text = pd.read_csv(shared / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None)
    words = text[0].str.split().str.len()
    against_quanteda(found, words.sum(), words[text[2] == "sport"].sum())
