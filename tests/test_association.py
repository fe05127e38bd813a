"""Measures of a 2×2 table: by hand, by SciPy and by NLTK; by quanteda in `test_keyness`."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics import BigramAssocMeasures
from scipy.stats import chi2_contingency
from scipy.stats.contingency import odds_ratio

from analysis import association
from tests.made import refused

MEASURES = [(name, correction) for name in ("g2", "chi2") for correction in (None, "yates", "williams")]


def measured(measure, *cells):
    name, correction = measure
    return getattr(association, name)(*cells, correction=correction)


tables = st.tuples(*[st.integers(0, 10_000)] * 4).filter(  # a cell may be 0, a row or a column may not
    lambda cells: all(cells[i] + cells[j] for i, j in [(0, 1), (2, 3), (0, 2), (1, 3)])
)


@settings(max_examples=60)
@given(tables)
def test_they_equal_scipy_and_nltk_with_a_sign(cells):
    a, b, c, d = cells
    sign = np.sign(a * d - b * c)
    for name, statistic in (("g2", "log-likelihood"), ("chi2", "pearson")):
        for correction in (None, "yates"):
            expected = chi2_contingency([[a, b], [c, d]], correction=correction == "yates", lambda_=statistic).statistic
            assert measured((name, correction), *cells) == pytest.approx(sign * expected, rel=1e-9, abs=1e-8)
    counts = a, (a + c, a + b), a + b + c + d
    assert association.chi2(*cells) == pytest.approx(sign * BigramAssocMeasures.chi_sq(*counts), rel=1e-9, abs=1e-8)
    if min(cells):  # NLTK adds 1e-20 to a count of 0 and warns
        ours, theirs = association.g2(*cells), BigramAssocMeasures.likelihood_ratio(*counts)
        assert ours == pytest.approx(sign * theirs, rel=1e-9, abs=1e-7)


@given(tables, st.sampled_from(MEASURES))
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
    assert association.g2(*cells) == pytest.approx(exactly(cells), rel=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_as_expected_is_exactly_nothing(measure):
    assert measured(measure, 3, 7, 30, 70) == 0  # 3 / 33 = 7 / 77
    assert measured(measure, 0, 0, 30, 70) == 0
    assert measured(measure, 3, 0, 30, 0) == 0  # a side without words says nothing
    assert measured(measure, *[10**7 * count for count in (3, 7, 30, 70)]) == 0


def test_all_on_one_diagonal_and_yates_who_takes_half_and_never_more_than_there_is():
    assert association.g2(5, 0, 0, 5) == pytest.approx(20 * np.log(2))
    assert association.chi2(0, 5, 5, 0) == pytest.approx(-10)
    assert association.chi2(5, 0, 0, 5, "yates") == pytest.approx(4 * 2**2 / 2.5)  # |5 − 2.5| − ½ = 2
    assert association.chi2(3, 1, 7, 9, "yates") == pytest.approx(Fraction(1, 4) * (1 / 2 + 1 / 2 + 1 / 8 + 1 / 8))
    moved = 2 * (2.5 * np.log(2.5 / 2) + 1.5 * np.log(1.5 / 2) + 7.5 * np.log(7.5 / 8) + 8.5 * np.log(8.5 / 8))
    assert association.g2(3, 1, 7, 9, "yates") == pytest.approx(moved)
    # |O − E| = 3/8, below ½: nothing is left
    assert association.chi2(2, 1, 2, 3, "yates") == 0 and association.g2(1, 2, 3, 2, "yates") == 0


def test_williams_divides_by_q_and_not_where_a_cell_is_empty():
    q = 1 + (20 / 4 + 20 / 16 - 1) * (20 / 10 + 20 / 10 - 1) / (6 * 20)
    for measure in (association.g2, association.chi2):
        # quanteda multiplies χ² by q, which makes it larger where it should be smaller
        assert measure(3, 1, 7, 9, "williams") * q == pytest.approx(measure(3, 1, 7, 9))
        for cells in [(0, 1, 7, 9), (1, 0, 7, 9), (1, 7, 0, 9), (1, 7, 9, 0)]:
            assert measure(*cells, "williams") == measure(*cells)


def test_log_ratio_by_hand():
    assert association.log_ratio([6, 0, 6, 0], [1, 1, 0, 0], 30, 20).tolist() == pytest.approx(
        [2, np.log2(0.5 / 30 * 20), np.log2(6 / 30 / (0.5 / 20)), np.nan], nan_ok=True
    )
    of_counts = association.log_ratio([8, 0, 3, 0], [2, 5, 3, 0])  # in the same texts
    assert of_counts.tolist() == pytest.approx([2, np.log2(0.5 / 5), 0, np.nan], nan_ok=True)
    np.testing.assert_allclose(of_counts, association.log_ratio([8, 0, 3, 0], [2, 5, 3, 0], 50, 50), atol=1e-12)


@given(tables)
def test_swapping_the_sides_flips_ratios_and_odds(cells):
    a, b, c, d = cells
    here, there = association.log_ratio(a, b, a + c, b + d), association.log_ratio(b, a, b + d, a + c)
    np.testing.assert_allclose(here, -there, rtol=1e-9, atol=1e-9)
    odds = association.log_odds(a, b, c, d)
    np.testing.assert_allclose(odds, np.negative(association.log_odds(b, a, d, c)), rtol=1e-9, atol=1e-9)
    moved = odds_ratio(2 * np.array([[a, b], [c, d]]) + 1, kind="sample").statistic  # twice the counts with ½
    assert odds[0] == pytest.approx(np.log(moved), rel=1e-9, abs=1e-9)


def test_delta_p_and_log_dice_at_their_ends():
    assert association.delta_p(5, 0, 0, 5) == (1, 1) and association.delta_p(0, 5, 5, 0) == (-1, -1)
    assert np.isnan(association.delta_p(5, 0, 2, 0)[0])  # there is no second column
    assert association.log_dice([7, 3, 3, 0], [7, 6, 20, 4], [7, 6, 28, 4]).tolist() == [14, 13, 11, -np.inf]


test_counts_that_are_none_are_refused = refused(
    lambda name, *counts: getattr(association, name)(*counts),
    ("g2", [1, -1], 1, 1, 1, "a holds -1; it should hold counts, from 0 up"),
    ("log_odds", 1, [1, np.nan], [np.inf, 1], 1, "b holds nan"),
    ("delta_p", 1, 1, np.inf, [1, 2], "c holds inf"),
    ("g2", [0, 0], [1, 0], [0, 0], [1, 0], "all 0: there is nothing to compare"),
    ("g2", 1, 2, 3, 4, "Yates", "correction should be one of [None, 'yates', 'williams'], found 'Yates'"),
    ("log_ratio", 0, 1, 0, 9, "a side without words has no rate"),
    ("log_dice", 3, 2, 5, "n should be part of n_word and of n_collocate"),
    ("log_dice", [1, 0], [2, 0], [2, 0], "should not both be 0"),
)
