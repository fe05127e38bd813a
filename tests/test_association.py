"""Measures of a 2×2 table: by hand, by SciPy, and by quanteda, where we agree with it and where we mean not to."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from analysis import association
from tests.conftest import ORACLES

tables = st.tuples(*[st.integers(1, 10_000)] * 4)


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


@pytest.mark.parametrize("name", association.MEASURES)
def test_as_expected_is_exactly_nothing(name):
    assert association.MEASURES[name](3, 7, 30, 70) == 0  # 3 / 33 = 7 / 77
    assert association.MEASURES[name](0, 0, 30, 70) == 0


def test_williams_divides_by_q_and_not_where_a_cell_is_empty():
    a, b, c, d = 3, 1, 7, 9
    q = 1 + (20 / 4 + 20 / 16 - 1) * (20 / 10 + 20 / 10 - 1) / (6 * 20)
    assert association.g2_williams(a, b, c, d) * q == pytest.approx(association.g2(a, b, c, d))
    assert association.chi2_williams(a, b, c, d) * q == pytest.approx(1.25)
    assert association.g2_williams(0, 1, 7, 9) == association.g2(0, 1, 7, 9)


def test_log_ratio_and_weighted_log_odds_by_hand():
    assert association.log_ratio([6, 0, 6, 0], [1, 1, 0, 0], 30, 20).tolist() == pytest.approx(
        [2, np.log2(0.5 / 30 * 20), np.log2(6 / 30 / (0.5 / 20)), np.nan], nan_ok=True
    )
    log_odds, z = association.weighted_log_odds(9, 4, 100, 100, prior_share=0.1, prior_size=10)
    assert log_odds == pytest.approx(np.log((10 / 100) / (5 / 105))) and z == pytest.approx(log_odds / 0.3**0.5)
    strong = association.weighted_log_odds(9, 4, 100, 100, prior_share=0.1, prior_size=1e9)
    assert strong[0] == pytest.approx(0, abs=1e-6)  # so strong a prior leaves no difference


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (([1, -1], 1, 1, 1), "a: count -1.0 of table 1"),
        ((1, [1, np.nan], 1, 1), "b: count nan of table 1"),
        (([0, 0], [1, 0], [0, 0], [1, 0]), "table 1 .* is empty"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        association.g2(*cells)


def against_quanteda(found, n, n_target, n_reference):
    """Compare with quanteda.textstats 4.3.1: one row is a word and a measure."""
    a, b = found["n_target"].astype(float), found["n_reference"].astype(float)
    c, d = n_target - a, n_reference - b
    as_expected = a * d == b * c
    plain = found["correction"] == "none"
    for measure, ours, tolerance in [("lr", association.g2, 2.1e-9 * n), ("chi2", association.chi2, 1e-8)]:
        some = plain & (found["measure"] == measure)
        assert some.sum() > 50
        differs = np.abs(ours(a[some], b[some], c[some], d[some]) - found["statistic"][some])
        assert differs.max() <= tolerance
    return found.assign(a=a, b=b, c=c, d=d, as_expected=as_expected)


def test_g2_and_chi2_of_a_section_equal_quanteda():
    found = pd.read_csv(ORACLES / "cairo-partnerships-keyness-quanteda-4.3.1.csv")
    text = pd.read_csv(ORACLES / "cairo-tokens.csv")
    words = text["tokens"].str.split().str.len()
    target = words[text["section"] == found["section"].iloc[0]].sum()
    found = against_quanteda(found, words.sum(), target, words.sum() - target)
    cells = [found[name].to_numpy() for name in "abcd"]
    williams = (found["correction"] == "williams") & (found[["a", "b", "c", "d"]] > 0).all(axis=1)
    assert williams.sum() > 50
    assert np.abs(association.g2_williams(*cells) - found["statistic"])[williams].max() <= 2.1e-9 * words.sum()
    # quanteda corrects by Yates only where an expected cell is below 5 and |ad − bc| > N/2; we do in every table
    a, b, c, d = cells
    n = a + b + c + d
    least = np.minimum(a + b, c + d) * np.minimum(a + c, b + d) / n
    corrected = (least < 5) & (np.abs(a * d - b * c) > n / 2)
    for measure, with_yates, without in [
        ("lr", association.g2_yates, association.g2),
        ("chi2", association.chi2_yates, association.chi2),
    ]:
        some = (found["measure"] == measure) & (found["correction"] == "yates") & ~found["as_expected"]
        expected = np.where(corrected, with_yates(*cells), without(*cells))
        assert (some & corrected).sum() > 5 and (some & ~corrected).sum() > 5
        np.testing.assert_allclose(found["statistic"][some], expected[some], atol=2.1e-9 * words.sum())


def test_g2_and_chi2_of_sport_news_equal_quanteda(shared):
    found = pd.read_csv(shared / "oracles" / "bbc-sport-keyness-quanteda-4.3.1.csv")
    text = pd.read_csv(shared / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None)
    words = text[0].str.split().str.len()
    target = words[text[2] == "sport"].sum()
    against_quanteda(found, words.sum(), target, words.sum() - target)
