"""Units left out and relabelled: ranges, rates and log ratios with intervals, permutation within strata."""

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from analysis import resampling
from tests.made import refused


@st.composite
def drawn_units(draw, most=9, items=3):
    """Counts, sizes, strata (in any order) and sides that both have units."""
    n = draw(st.integers(4, most))
    counts = draw(st.lists(st.lists(st.integers(0, 6), min_size=items, max_size=items), min_size=n, max_size=n))
    sizes = draw(st.lists(st.integers(10, 40), min_size=n, max_size=n))
    strata = draw(st.lists(st.sampled_from(["b", "a", "c"]), min_size=n, max_size=n))
    side = draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda s: 0 < sum(s) < n))
    return np.array(counts), np.array(sizes), np.array(strata), np.array(side)


# Leaving one out


@settings(max_examples=40)
@given(drawn_units(), st.sampled_from([0, 0.5]))
def test_ranges_are_what_leaving_out_each_unit_gives(drawn, nothing):
    counts, sizes, _, _ = drawn
    low, high = resampling.leave_one_out(sparse.csr_array(counts), sizes, nothing=nothing)
    for item in range(3):
        without = [
            (counts[:, item].sum() - n or nothing) / (sizes.sum() - size)
            for n, size in zip(counts[:, item], sizes, strict=True)
        ]
        assert (low[item], high[item]) == (pytest.approx(min(without)), pytest.approx(max(without)))


def test_the_only_unit_cannot_be_left_out():
    for nothing in (0, 0.5):
        assert np.isnan(resampling.leave_one_out([[3, 0]], [10], nothing=nothing)).all()
    low, high = resampling.leave_one_out([[3, 0], [0, 0]], [10, 20], nothing=0.5)
    assert (low.tolist(), high.tolist()) == (
        [0.5 / 20, 0.5 / 20],
        [3 / 10, 0.5 / 10],
    )  # without the unit that holds all


# Rates by unit


def jackknife_by_hand(counts, sizes, strata):
    """Variance of log((n + ½) / N) and degrees of freedom for one item, a unit left out at a time."""
    parts = []
    for left_out in set(strata):
        of_stratum = [i for i in range(len(sizes)) if strata[i] == left_out]
        u, thetas = len(of_stratum), []
        for i in of_stratum:
            n = words = 0.0
            for stratum in set(strata):
                half = 0.5 * sum(sizes[j] for j in range(len(sizes)) if strata[j] == stratum) / sum(sizes)
                up = u / (u - 1) if stratum == left_out else 1
                rest = [j for j in range(len(sizes)) if strata[j] == stratum and j != i]
                n += up * (sum(counts[j] for j in rest) + half)
                words += up * sum(sizes[j] for j in rest)
            thetas.append(math.log(n / words))
        parts.append(((u - 1) / u * sum((t - sum(thetas) / u) ** 2 for t in thetas), u - 1))
    variance = sum(v for v, _ in parts)
    return variance, variance**2 / sum(v**2 / df for v, df in parts) if variance > 1e-18 else None


@settings(max_examples=80)
@given(drawn_units(), st.booleans())
def test_the_interval_is_what_leaving_out_each_unit_gives_within_strata_or_without(drawn, stratified):
    counts, sizes, strata, _ = drawn
    strata = strata if stratified else np.full(len(sizes), "all")
    found = resampling.jackknife(sparse.coo_matrix(counts), sizes, strata)
    if not stratified:
        pd.testing.assert_frame_equal(resampling.jackknife(counts, sizes), found)
    ends = ["low", "high", "error", "df"]
    if 1 in Counter(strata.tolist()).values():
        assert found[ends].isna().all(axis=None)
        return
    for item, row in found.iterrows():
        n = counts[:, item].sum()
        assert row["log_rate"] == pytest.approx(math.log2((n or 0.5) / sizes.sum()))
        if not n:
            assert row[ends].isna().all()
            continue
        variance, df = jackknife_by_hand(counts[:, item].tolist(), sizes.tolist(), strata.tolist())
        error = math.sqrt(variance) / math.log(2)
        assert row["error"] == pytest.approx(error, abs=1e-8) and (df is None or row["df"] == pytest.approx(df))
        if df:
            reach = stats.t.ppf(0.975, df) * error
            assert row[["low", "high"]].tolist() == pytest.approx([row["log_rate"] - reach, row["log_rate"] + reach])


def test_units_that_are_alike_and_two_units_have_no_interval():
    for units, size in ((3, 7), (4, 100), (50, 12_345), (333, 7)):
        found = resampling.jackknife(np.full((units, 1), 3), np.full(units, size)).iloc[0]
        assert (found["error"], found["df"]) == (0, units - 1) and found[["low", "high"]].isna().all()
    assert resampling.jackknife([[3], [4]], [10, 20]).iloc[0, 1:].isna().all()


def fourteen_units():
    """Counts of twenty items, sizes, strata, sides, and the generator of random numbers."""
    rng = np.random.default_rng(6)
    side = np.tile([True] * 3 + [False] * 4, 2)
    return rng.poisson(3, (14, 20)), rng.integers(90, 300, 14), np.repeat([0, 1], 7), side, rng


def test_what_is_found_does_not_hang_on_how_much_is_held_at_once(monkeypatch):
    counts, sizes, strata, side, _ = fourteen_units()

    def figures():
        p, _, _ = resampling.permutation_test(counts, sizes, side, strata, permutations=99)
        low, high = resampling.leave_one_out(counts, sizes)
        return resampling.jackknife(counts, sizes, strata).assign(p=p, lowest=low, highest=high)

    expected = figures()
    monkeypatch.setattr(resampling, "_CELLS", 20)
    pd.testing.assert_frame_equal(figures(), expected)


# Two samples


@pytest.mark.parametrize("strata", [np.zeros(20), np.repeat([4, 3, 2, 1], 5)])
def test_the_errors_of_two_sides_are_put_together_as_welch_did(strata):
    rng = np.random.default_rng(8)
    side, counts, sizes = np.tile([True] * 3 + [False] * 2, 4), rng.poisson(20, 20), rng.integers(90, 300, 20)
    parts = [jackknife_by_hand(counts[s].tolist(), sizes[s].tolist(), strata[s].tolist()) for s in (side, ~side)]
    variance = sum(v for v, _ in parts)
    reach = stats.t.ppf(0.975, variance**2 / sum(v**2 / df for v, df in parts)) * math.sqrt(variance) / math.log(2)
    ratio = math.log2(counts[side].sum() / sizes[side].sum() / (counts[~side].sum() / sizes[~side].sum()))
    found = resampling.two_samples(counts[:, None], sizes, side, strata).iloc[0]
    assert found.tolist() == pytest.approx([ratio, ratio - reach, ratio + reach])


def test_there_is_no_interval_where_nothing_can_be_said():
    sizes, side = [100] * 7, np.array([True] * 3 + [False] * 4)
    counts = np.array([[1, 0, 2], [2, 0, 2], [3, 0, 2], [1, 1, 1], [1, 2, 1], [2, 3, 1], [2, 1, 1]])
    found = resampling.two_samples(counts, sizes, side)
    assert found["low"].isna().tolist() == found["high"].isna().tolist() == [False, True, True]
    assert found["log_ratio"][1] == pytest.approx(math.log2((0.5 / 300) / (7 / 400)))
    assert resampling.two_samples(counts[1:], sizes[1:], side[1:])["low"].isna().all()  # two units on a side
    strata = [0, 0, 1, 0, 0, 1, 1]  # one unit on a side of a stratum
    assert resampling.two_samples(counts, sizes, side, strata)[["low", "high"]].isna().all(axis=None)


# Permutation


def p_of_all(counts, sizes, strata, side):
    """The p of each item over all arrangements of the sides within strata, by what the docstring says, in fractions."""
    sizes, strata, side = sizes.tolist(), strata.tolist(), side.tolist()
    ways = [[i in target for i in range(len(side))] for target in combinations(range(len(side)), sum(side))]
    of_side = Counter(zip(strata, side, strict=True))
    ways = [way for way in ways if Counter(zip(strata, way, strict=True)) == of_side]

    def apart(counts, side):
        total = Fraction(0)
        for stratum in set(strata):
            here = [i for i, one in enumerate(strata) if one == stratum]
            target = [i for i in here if side[i]]
            share = Fraction(sum(sizes[i] for i in target), sum(sizes[i] for i in here))
            total += sum(counts[i] for i in target) - sum(counts[i] for i in here) * share
        return abs(total)

    return np.array([np.mean([apart(n, way) >= apart(n, side) for way in ways]) for n in counts.T.tolist()])


@given(drawn_units(most=8, items=2), st.booleans())
@settings(max_examples=50)
def test_p_is_the_share_of_all_arrangements_or_within_strata_near_it(drawn, stratified):
    counts, sizes, strata, side = drawn
    strata = strata if stratified else np.zeros(len(side))
    told = strata if stratified else None
    p, smallest, tried = resampling.permutation_test(sparse.csr_matrix(counts), sizes, side, told, permutations=999)
    expected = p_of_all(counts, sizes, strata, side)
    if len(set(strata)) == 1:
        assert tried == f"all {math.comb(len(side), side.sum())}" and (p >= smallest - 1e-12).all()
        np.testing.assert_allclose(p, expected)
        return
    assert (smallest, tried) == (1 / 1000, "999 random")
    assert np.abs(p - expected).max() < 4.5 * math.sqrt(0.25 / 999)
    assert ((expected < 1) | (p == 1)).all()


def test_the_smallest_p_is_reached():
    uneven, even = np.arange(5) < 2, np.arange(4) < 2
    assert resampling.permutation_test([[9], [8], [1], [0], [0]], [100] * 5, uneven)[:2] == (0.1, 0.1)
    p, smallest, _ = resampling.permutation_test([[9], [8], [1], [0]], [100] * 4, even)
    assert p == smallest == pytest.approx(2 / 6)  # its mirror image is as large
    many = resampling.permutation_test([[9]] * 20 + [[1]] * 20, [100] * 40, np.arange(40) < 20, permutations=99)
    assert many == (0.01, 0.01, "99 random")
    with pytest.raises(ValueError, match="side should be true for units of the target and false for the others"):
        resampling.permutation_test([[1], [2], [3]], [10] * 3, ["Asia", "Africa", "Asia"])


@pytest.mark.parametrize("target", [2, 4])
def test_with_units_of_one_size_it_is_the_permutation_test_of_scipy(target):
    counts, side = np.array([0, 3, 1, 4, 1, 5, 9, 2]), np.arange(8) < target
    how = {"n_resamples": np.inf, "alternative": "greater", "vectorized": False}
    samples = counts[side], counts[~side]
    expected = stats.permutation_test(samples, lambda a, b: abs(np.mean(a) - np.mean(b)), **how)
    p = resampling.permutation_test(counts[:, None], [50] * 8, side)[0][0]
    assert p == pytest.approx(expected.pvalue)


def test_p_is_the_same_for_the_same_seed_in_any_order_and_choice_of_items():
    counts, sizes, strata, side, rng = fourteen_units()

    def p(items, seed=0, strata=strata):
        found = resampling.permutation_test(counts[:, items], sizes, side, strata, permutations=499, seed=seed)
        return found[0].tolist()

    every, order = range(20), rng.permutation(20)
    assert p(every) == p(every) != p(every, seed=1)
    assert [p(every)[item] for item in order] == p(order) and p([7]) == [p(every)[7]]
    assert p(every, strata=None) == p(every, strata=np.full(14, 5)) != p(every)


def test_an_item_at_the_same_rate_everywhere_is_no_sign_of_anything():
    sizes = np.array([110, 230, 370, 490, 130, 170, 190, 210])
    counts, side = np.stack([sizes * 10, sizes // 10, sizes * 0], axis=1), np.arange(8) < 3
    p, _, _ = resampling.permutation_test(counts, sizes, side)
    assert p.tolist() == [1, 1, 1]  # exact zeros but for the last digits, all of them ties; and one that never occurs
    p, _, _ = resampling.permutation_test([[4], [1], [9], [9]], [10, 20, 30, 40], side[1:5], side[1:5], permutations=9)
    assert p.tolist() == [1]  # strata on one side only decide nothing


# Any figure, and how it is told


def test_the_words_of_an_interval_say_what_it_is_or_why_there_is_none():
    without = [3, 3, 3, 4, 3, 3, 3, 2, 3, 3]
    reach = stats.t.ppf(0.975, 9) * math.sqrt(9 / 10 * 2)
    found = resampling.interval(3.0, without, "country")
    assert found == (pytest.approx(3 - reach), pytest.approx(3 + reach), "95 % by country (jackknife)")
    assert resampling.interval(3.0, without[:9], "country")[2] == "95 % by country (jackknife, unreliable: 9)"
    two, alike = "none: only 2 (coder)", "none: which coder is left out makes no difference"
    cases = [([2, 4], two), ([2, np.nan], two), ([3, 3, 3], alike), ([3, np.nan, 2], "none: it hangs on one coder")]
    for others, reason in cases:
        low, high, words = resampling.interval(3.0, others, "coder")
        assert math.isnan(low) and math.isnan(high) and words == reason
    many = resampling.worded(np.array([1, np.nan]), 12, "coder", "jackknife, Welch")
    assert many.tolist() == ["95 % by coder (jackknife, Welch)", alike]


def test_rates_of_groups_are_those_of_their_units():
    table = pd.DataFrame({"year": np.repeat([2001, 2000], 8), "country": list("abcdefga") * 2, "words": 100})
    table["hits"] = np.random.default_rng(3).poisson(4, 16)
    table.loc[table["country"] == "g", ["hits", "words"]] = 0  # units without words say nothing
    found = resampling.rates(table, "year", unit="country", n="hits", size="words")
    for row, year in zip(found.itertuples(), [2001, 2000], strict=True):
        units = table[(table["year"] == year) & (table["words"] > 0)].groupby("country")[["hits", "words"]].sum()
        expected = 2 ** resampling.jackknife(units[["hits"]].to_numpy(), units["words"]).loc[0, ["low", "high"]]
        rate, said = units["hits"].sum() / 700, "95 % by country (jackknife, unreliable: 6)"
        assert tuple(row)[1:] == (year, units["hits"].sum(), 700, rate, *expected, said)


def test_units_that_are_paragraphs_are_those_of_each_document_and_nothing_is_lost():
    table = pd.DataFrame({"year": 1990, "document": list("aabb"), "paragraph": list("1212"), "n": range(4), "size": 9})
    ends = [resampling.rates(one, "year", unit="paragraph") for one in (table, table.assign(paragraph=list("1234")))]
    pd.testing.assert_frame_equal(*ends)
    assert ends[0]["interval"].tolist() == ["95 % by paragraph (jackknife, unreliable: 4)"]
    for sizes in ([9, 9, 9, 0], 0):
        with pytest.raises(ValueError, match=r"rates: size is 0 in all of \(1990,\), or where n is not"):
            resampling.rates(table.assign(size=sizes), "year", unit="document" if sizes == 0 else "paragraph")


# What must not matter, and what is refused

SIDE = [True, True, False, False]
ALL = [
    lambda counts, sizes: np.array(resampling.leave_one_out(counts, sizes)),
    lambda counts, sizes: resampling.jackknife(counts, sizes).to_numpy(),
    lambda counts, sizes: resampling.two_samples(counts, sizes, SIDE).to_numpy(),
    lambda counts, sizes: resampling.permutation_test(counts, sizes, SIDE)[0],
]


@pytest.mark.parametrize("function", ALL)
def test_the_matrix_passed_in_stays_as_it_is_and_cells_may_come_twice(function):
    whole = np.array([[1, 0], [0, 5], [4, 0], [0, 5]])
    twice = sparse.csr_matrix((np.array([1, 3, 2, 4, 5]), np.array([0, 1, 1, 0, 1]), np.array([0, 1, 3, 4, 5])), (4, 2))
    by_item = sparse.csc_matrix((np.array([1, 4, 2, 3, 5]), np.array([0, 2, 1, 1, 3]), np.array([0, 2, 5])), (4, 2))
    for matrix in (twice.tocoo(), twice, by_item, sparse.csc_array(whole, dtype=np.int32), whole * 1.0):
        before = matrix.copy()
        np.testing.assert_array_equal(function(matrix, [10] * 4), function(whole, [10] * 4))
        if sparse.issparse(matrix):
            assert np.array_equal(matrix.data, before.data) and matrix.nnz == before.nnz


test_counts_that_do_not_fit_are_refused = refused(
    resampling.permutation_test,
    ([[1]] * 4, [10] * 3, SIDE, "counts, (4, 1), should be units × items, sizes, (3,), one number a unit"),
    ([1] * 4, [10] * 4, SIDE, "counts, (1, 4), should be units × items"),
    ([[1]] * 4, [10, 0, 10, 10], SIDE, "sizes numbers above 0; leave out units without words"),
    ([[1], [-4], [1], [1]], [10] * 4, SIDE, "counts should hold numbers from 0"),
)
