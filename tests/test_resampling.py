"""Samples of units: rates and log ratios with intervals, permutation within strata, the bootstrap."""

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from analysis import resampling
from analysis.resampling import arrangements, bootstrapping, permuting, samples
from tests.calibration import coverage


@st.composite
def units_in_strata(draw, most=9, items=3, sides=False):
    """Counts, sizes, strata (codes in any order) and, if asked for, sides that both have units."""
    n = draw(st.integers(4, most))
    counts = draw(st.lists(st.lists(st.integers(0, 6), min_size=items, max_size=items), min_size=n, max_size=n))
    sizes = draw(st.lists(st.integers(10, 40), min_size=n, max_size=n))
    strata = draw(st.lists(st.sampled_from([7, -2, 3]), min_size=n, max_size=n))
    drawn = np.array(counts), np.array(sizes), np.array(strata)
    if not sides:
        return drawn
    side = draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda s: 0 < sum(s) < n))
    return *drawn, np.array(side)


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


# One sample


def test_the_error_of_a_rate_by_hand():
    found = resampling.one_sample([[1], [2], [3]], [10, 10, 20]).iloc[0]
    without = np.log2([5.5 / 30, 4.5 / 30, 3.5 / 20])
    assert found["log_rate"] == pytest.approx(math.log2(6 / 40))
    assert found["error"] == pytest.approx(math.sqrt(2 / 3 * ((without - without.mean()) ** 2).sum()))
    assert found["df"] == pytest.approx(2)


@given(units_in_strata())
def test_without_strata_the_error_is_that_of_the_jackknife(drawn):
    counts, sizes, _ = drawn
    found = resampling.one_sample(sparse.csr_matrix(counts), sizes)
    cells = pd.DataFrame({"group": 0, "item": np.repeat([[0, 1, 2]], len(sizes), axis=0).ravel(), "n": counts.ravel()})
    cells = cells.assign(unit=np.repeat(np.arange(len(sizes)), 3))
    frame = pd.DataFrame({"group": 0, "unit": np.arange(len(sizes)), "size": sizes})
    expected = resampling.jackknife(cells[cells["n"] > 0], frame).set_index("item")
    t = stats.t.ppf(0.975, len(sizes) - 1)
    for item in range(3):
        row, n = found.iloc[item], counts[:, item].sum()
        if not n:
            assert row["log_rate"] == pytest.approx(math.log2(0.5 / sizes.sum())) and row[["error", "df"]].isna().all()
            continue
        half = math.log2(expected.loc[item, "high"] / expected.loc[item, "low"]) / 2
        assert row["error"] * t == pytest.approx(half, abs=1e-6)
        without = np.log2((n - counts[:, item] + 0.5) / (sizes.sum() - sizes))
        low, high = resampling.around(0.0, without)
        assert row["error"] * t == pytest.approx(0 if np.isnan(low) else high, abs=1e-9)


@given(units_in_strata())
def test_in_strata_the_error_is_what_leaving_out_each_unit_gives(drawn):
    counts, sizes, strata = drawn
    found = resampling.one_sample(sparse.coo_matrix(counts), sizes, strata)
    if 1 in Counter(strata.tolist()).values():
        assert found[["error", "df"]].isna().all(axis=None)
        return
    for item in range(3):
        if counts[:, item].any():
            variance, df = jackknife_by_hand(counts[:, item].tolist(), sizes.tolist(), strata.tolist())
            assert found["error"][item] == pytest.approx(math.sqrt(variance) / math.log(2), abs=1e-8)
            assert df is None or found["df"][item] == pytest.approx(df)


def test_in_strata_the_error_is_that_of_a_stratified_total():
    """Cochran's variance of a total: Σ U/(U − 1) Σ (n_i − mean)², for counts so large that nothing else matters."""
    rng = np.random.default_rng(2)
    strata = np.repeat([1, 2, 3], [2, 3, 6])
    counts = 1_000_000 * strata + rng.integers(0, 2_000, 11)
    expected = sum(
        u / (u - 1) * ((counts[strata == s] - counts[strata == s].mean()) ** 2).sum()
        for s, u in [(1, 2), (2, 3), (3, 6)]
    )
    error = resampling.one_sample(counts[:, None], np.full(11, 10_000_000), strata)["error"][0] * math.log(2)
    assert error == pytest.approx(math.sqrt(expected) / counts.sum(), rel=1e-3)


@given(units_in_strata())
def test_one_stratum_is_no_strata(drawn):
    counts, sizes, _ = drawn
    expected = resampling.one_sample(counts, sizes)
    pd.testing.assert_frame_equal(resampling.one_sample(counts, sizes, np.full(len(sizes), 9)), expected)


@pytest.mark.parametrize("size", [7, 100, 12_345])
def test_units_that_are_alike_have_no_error(size):
    for units in (3, 4, 50, 333):
        found = resampling.one_sample(np.full((units, 1), 3), np.full(units, size)).iloc[0]
        assert (found["error"], found["df"]) == (0, pytest.approx(units - 1))


def test_two_units_say_nothing():
    assert resampling.one_sample([[3], [4]], [10, 20])[["error", "df"]].isna().all(axis=None)


def test_many_items_are_worked_on_a_few_at_a_time(monkeypatch):
    rng = np.random.default_rng(5)
    counts, sizes, strata = rng.poisson(1, (12, 40)), rng.integers(50, 90, 12), np.repeat([0, 1, 2], 4)
    expected = resampling.one_sample(counts, sizes, strata)
    monkeypatch.setattr(samples, "_CELLS", 20)
    pd.testing.assert_frame_equal(resampling.one_sample(counts, sizes, strata), expected)


# Two samples


def test_the_errors_of_two_sides_are_put_together_as_welch_did():
    counts, sizes = np.array([3, 4, 9, 1, 2, 2, 1]), np.array([10, 20, 30, 10, 20, 30, 40])
    side = np.array([True] * 3 + [False] * 4)
    (v, k), (w, m) = (jackknife_by_hand(counts[s].tolist(), sizes[s].tolist(), [0] * s.sum()) for s in (side, ~side))
    assert (k, m) == (pytest.approx(2), pytest.approx(3))
    found = resampling.two_sample(counts[:, None], sizes, side, level=0.9).iloc[0]
    ratio = math.log2(Fraction(16, 60) / Fraction(6, 100))
    error, df = math.sqrt(v + w) / math.log(2), (v + w) ** 2 / (v**2 / 2 + w**2 / 3)
    reach = stats.t.ppf(0.95, df) * error
    assert found.tolist() == pytest.approx([ratio, ratio - reach, ratio + reach, df, error])


@given(units_in_strata(most=16, sides=True))
@settings(max_examples=60)
def test_sides_can_be_swapped(drawn):
    counts, sizes, strata, side = drawn
    for codes in (None, strata):
        there, back = (resampling.two_sample(counts, sizes, s, codes) for s in (side, ~side))
        np.testing.assert_array_equal(there["log_ratio"], -back["log_ratio"])
        np.testing.assert_allclose(there["low"], -back["high"], rtol=1e-12)
        np.testing.assert_array_equal(there[["df", "error"]], back[["df", "error"]])


def test_degrees_of_freedom_come_from_the_strata_of_both_sides():
    rng = np.random.default_rng(8)
    side, strata = np.tile([True] * 3 + [False] * 2, 4), np.repeat([4, 3, 2, 1], 5)
    counts, sizes = rng.poisson(20, (20, 1)), rng.integers(90, 300, 20)
    found = resampling.two_sample(counts, sizes, side, strata).iloc[0]
    parts = [jackknife_by_hand(counts[s, 0].tolist(), sizes[s].tolist(), strata[s].tolist()) for s in (side, ~side)]
    variance = sum(v for v, _ in parts)
    assert found["error"] == pytest.approx(math.sqrt(variance) / math.log(2))
    assert found["df"] == pytest.approx(variance**2 / sum(v**2 / df for v, df in parts))


def test_a_reference_without_doubt_leaves_that_of_the_target():
    counts, sizes = np.array([[2], [5], [3], [4], *[[10_000_000]] * 5]), np.array([100] * 4 + [1_000_000_000] * 5)
    both = resampling.two_sample(counts, sizes, np.arange(9) < 4).iloc[0]
    one = resampling.one_sample(counts[:4], sizes[:4]).iloc[0]
    assert both[["error", "df"]].tolist() == pytest.approx(one[["error", "df"]].tolist())
    assert both["log_ratio"] == pytest.approx(one["log_rate"] - math.log2(0.01))


def test_there_is_no_interval_where_nothing_can_be_said():
    sizes, side = [100] * 7, np.array([True] * 3 + [False] * 4)
    counts = np.array([[1, 0, 2], [2, 0, 2], [3, 0, 2], [1, 1, 1], [1, 2, 1], [2, 3, 1], [2, 1, 1]])
    found = resampling.two_sample(counts, sizes, side)
    assert found["low"].isna().tolist() == found["high"].isna().tolist() == [False, True, True]
    assert found["log_ratio"][1] == pytest.approx(math.log2((0.5 / 300) / (7 / 400))) and found["error"][2] == 0
    assert resampling.two_sample(counts[1:], sizes[1:], side[1:])["low"].isna().all()  # two units on a side
    strata = [0, 0, 1, 0, 0, 1, 1]  # one unit on a side of a stratum
    assert resampling.two_sample(counts, sizes, side, strata)[["low", "high", "df", "error"]].isna().all(axis=None)


def test_twenty_documents_a_side_hold_the_truth_as_often_as_they_say():
    """The claim of `two_sample`; of 1,000 runs at 95 %, 925 to 970 with p > .999."""
    side, rng = np.arange(40) < 20, np.random.default_rng(11)
    for hits, ratio in [(2, 4), (10, 1)]:
        drawn = [coverage.simulate(np.where(side, ratio * hits, hits), rng) for _ in range(20)]
        found = pd.concat([resampling.two_sample(*one, side) for one in drawn])
        held = coverage.row("", {}, hits, ratio, math.log2(ratio), found["low"], found["high"])["share_held"]
        assert 0.925 <= held <= 0.97


def test_the_table_of_coverage_has_a_row_for_each_setting_and_interval():
    found = coverage.table(runs=50)
    expected = ["what", "setting", "documents", "hits", "ratio", "runs", "share_held", "n_no_interval"]
    assert list(found.columns) == expected and (found["runs"] == 50).all()
    assert not found.duplicated(["what", "setting", "hits", "ratio"]).any()
    assert len(found) == 6 * 6 * 7 + 3 * 6 * 2 + 4 * 3 * 3
    assert found["share_held"].dropna().between(0, 1).all() and (found["n_no_interval"] <= 50).all()


# Permutation


def statistic(counts, sizes, strata, side):
    """What the docstring says, for one item, as a fraction."""
    total = Fraction(0)
    for stratum in set(strata):
        of_stratum = [i for i in range(len(sizes)) if strata[i] == stratum]
        target = [i for i in of_stratum if side[i]]
        share = Fraction(sum(sizes[i] for i in target), sum(sizes[i] for i in of_stratum))
        total += sum(counts[i] for i in target) - sum(counts[i] for i in of_stratum) * share
    return abs(total)


def all_sides(strata, side):
    """Every way to give the sides to the units of their strata."""
    of_strata = [[i for i in range(len(side)) if strata[i] == s] for s in sorted(set(strata))]
    for chosen in product(*[combinations(units, sum(side[i] for i in units)) for units in of_strata]):
        target = {i for places in chosen for i in places}
        yield [i in target for i in range(len(side))]


@given(units_in_strata(sides=True))
@settings(max_examples=60)
def test_p_is_the_share_of_all_arrangements_within_strata(drawn):
    counts, sizes, strata, side = drawn
    p, p_smallest, tried = resampling.permute(sparse.csr_matrix(counts), sizes, side, strata)
    ways = list(all_sides(strata.tolist(), side.tolist()))
    assert tried == f"all {len(ways)}"
    for item in range(3):
        values = counts[:, item].tolist(), sizes.tolist(), strata.tolist()
        observed = statistic(*values, side)
        assert p[item] == pytest.approx(sum(statistic(*values, way) >= observed for way in ways) / len(ways))
    assert (p >= p_smallest - 1e-12).all()


def test_the_smallest_p_is_reached():
    sizes = [100] * 5
    assert resampling.permute([[9], [8], [1], [0], [0]], sizes, [True, True, False, False, False])[:2] == (0.1, 0.1)
    p, p_smallest, _ = resampling.permute([[9], [8], [1], [0]], [100] * 4, [True, True, False, False])
    assert p == p_smallest == pytest.approx(2 / 6)  # its mirror image is as large
    p, p_smallest, tried = resampling.permute(np.eye(40)[:, :1] * 9, [100] * 40, np.arange(40) < 20, permutations=99)
    assert (p_smallest, tried) == (0.01, "99 random") and p >= 0.01
    assert resampling.permute([[9]] * 20 + [[1]] * 20, [100] * 40, np.arange(40) < 20, permutations=99)[0] == 0.01


@pytest.mark.parametrize("target", [2, 4])
def test_with_units_of_one_size_it_is_the_permutation_test_of_scipy(target):
    counts, side = np.array([0, 3, 1, 4, 1, 5, 9, 2]), np.arange(8) < target
    p = resampling.permute(counts[:, None], [50] * 8, side)[0][0]

    def difference(a, b):
        return abs(np.mean(a) - np.mean(b))

    expected = stats.permutation_test(
        (counts[side], counts[~side]), difference, n_resamples=np.inf, alternative="greater", vectorized=False
    )
    assert p == pytest.approx(expected.pvalue)


def test_one_stratum_is_no_strata_also_at_random():
    rng = np.random.default_rng(4)
    counts, sizes, side = rng.poisson(2, (30, 6)), rng.integers(90, 300, 30), np.arange(30) % 3 == 0
    expected = resampling.permute(counts, sizes, side, permutations=199, seed=3)
    found = resampling.permute(counts, sizes, side, np.full(30, 5), permutations=199, seed=3)
    assert found[0].tolist() == expected[0].tolist() and found[1:] == expected[1:] == (1 / 200, "199 random")


def test_strata_on_one_side_decide_nothing():
    counts, sizes = np.array([[4], [1], [0], [2], [9], [9]]), [10, 10, 10, 10, 20, 30]
    side, strata = np.array([True, False, False, False, True, True]), np.array([1, 1, 1, 1, 2, 2])
    p = resampling.permute(counts, sizes, side, strata)[0]
    assert p == resampling.permute(counts[:4], sizes[:4], side[:4])[0] == 0.25
    assert resampling.permute(counts, sizes, strata == 2, strata) == (1, 1, "all 1")
    side[1] = True  # two against two: the mirror image of each arrangement is as large
    assert resampling.permute(counts, sizes, side, strata)[1] == pytest.approx(2 / 6)


def test_drawn_at_random_p_is_near_that_of_all_arrangements_and_the_same_for_the_same_seed():
    rng = np.random.default_rng(6)
    counts, sizes, strata = rng.poisson(3, (14, 20)), rng.integers(90, 300, 14), np.repeat([0, 1], 7)
    side = np.tile([True] * 3 + [False] * 4, 2)
    exact, _, tried = resampling.permute(counts, sizes, side, strata, permutations=1_225)
    assert tried == "all 1,225"
    first, again, other = (resampling.permute(counts, sizes, side, strata, 1_224, seed)[0] for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
    assert np.abs(first - exact).max() < 5 * math.sqrt(0.25 / 1_224)
    order = rng.permutation(20)
    assert resampling.permute(counts[:, order], sizes, side, strata, 1_224, 0)[0].tolist() == first[order].tolist()
    assert resampling.permute(counts[:, [7]], sizes, side, strata, 1_224, 0)[0].tolist() == [first[7]]
    scaled = resampling.permute(counts, sizes, side, strata * -5, 1_224, 0)[0]  # other codes in another order
    assert np.abs(scaled - exact).max() < 5 * math.sqrt(0.25 / 1_224)


def test_what_is_drawn_does_not_hang_on_how_much_is_held_at_once(monkeypatch):
    rng = np.random.default_rng(6)
    counts, sizes, strata = rng.poisson(3, (24, 20)), rng.integers(90, 300, 24), np.repeat([0, 1], 12)
    side = np.tile([True] * 5 + [False] * 7, 2)
    expected = resampling.permute(counts, sizes, side, strata, 99)[0].tolist()
    monkeypatch.setattr(permuting, "_CELLS", 700)
    assert resampling.permute(counts, sizes, side, strata, 99)[0].tolist() == expected


def test_an_item_at_the_same_rate_everywhere_is_no_sign_of_anything():
    sizes = np.array([110, 230, 370, 490, 130, 170, 190, 210])
    p = resampling.permute(np.stack([sizes * 10, sizes // 10], axis=1), sizes, np.arange(8) < 3)[0]
    assert p.tolist() == [1, 1]  # exact zeros but for the last digits, all of them ties


@given(units_in_strata(most=7, items=1, sides=True))
@settings(max_examples=20)
def test_whatever_the_arrangement_p_is_small_no_more_often_than_it_says(drawn):
    counts, sizes, strata, side = drawn
    found = [resampling.permute(counts, sizes, way, strata)[0][0] for way in all_sides(strata.tolist(), side.tolist())]
    for level in found:
        assert np.mean(np.array(found) <= level + 1e-12) <= level + 1e-9


# Arrangements


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 2.0]), st.sampled_from([4, 1])), min_size=1, max_size=7))
@settings(max_examples=50)
def test_every_arrangement_comes_once(units):
    x, stratum = np.array([value for value, _ in units]), np.array([code for _, code in units])
    expected = {
        tuple(x[list(places)]) for places in permutations(range(len(x))) if (stratum[list(places)] == stratum).all()
    }
    found = [tuple(row) for block in arrangements.every(x, stratum, rows=3) for row in block]
    assert len(found) == len(set(found)) == arrangements.ways(x, stratum) and set(found) == expected


def test_drawn_labels_stay_in_their_strata_and_are_the_same_in_blocks_of_any_size():
    x, stratum = np.arange(12), np.repeat([2, 0, 1], 4)[np.random.default_rng(0).permutation(12)]
    one, *none = arrangements.drawn(x, 50, 3, stratum)
    assert not none and one.shape == (50, 12)
    assert (np.sort(one, axis=1) == x).all() and (stratum[one] == stratum).all()
    assert len({tuple(row) for row in one}) > 45
    np.testing.assert_array_equal(np.concatenate(list(arrangements.drawn(x, 50, 3, stratum, rows=7))), one)


def test_where_each_label_goes_is_even():
    places = np.concatenate(list(arrangements.drawn(np.arange(4), 6_000, 1))).argmin(axis=1)
    assert stats.chisquare(np.bincount(places)).pvalue > 0.001


@pytest.mark.parametrize(("x", "n"), [([0] * 10, 1), (range(12), math.factorial(12)), ([0, 1] * 500_000, math.inf)])
def test_arrangements_are_counted_without_trying_them(x, n):
    assert arrangements.ways(x) == n


# Bootstrap


def test_the_percentile_interval_is_that_of_scipy():
    rng = np.random.default_rng(9)
    counts, sizes = rng.poisson(6, 25), rng.integers(100, 900, 25)
    found = resampling.bootstrap(counts[:, None], sizes, draws=9_999, kind="percentile").iloc[0]
    expected = stats.bootstrap(
        (counts, sizes),
        lambda n, size, axis: n.sum(axis=axis) / size.sum(axis=axis),
        paired=True,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    assert found["rate"] == counts.sum() / sizes.sum()
    assert found["low"] == pytest.approx(expected.confidence_interval.low, abs=expected.standard_error / 10)
    assert found["high"] == pytest.approx(expected.confidence_interval.high, abs=expected.standard_error / 10)


@pytest.mark.parametrize("strata", [[0] * 9, [0, 1, 1, 0, 0, 2, 2, 2, 0]])
def test_each_draw_has_the_error_of_the_units_drawn(strata):
    rng, stratum = np.random.default_rng(7), np.array(strata)
    counts, sizes = rng.poisson(4, (9, 2)), rng.integers(100, 900, 9).astype(float)
    n, words, error = bootstrapping.replicates(sparse.csc_array(counts), sizes, stratum, 40, 5)
    members = [np.flatnonzero(stratum == code) for code in np.unique(stratum)]
    weights = np.concatenate(list(bootstrapping._weights(members, 9, 40, 5, rows=7))).astype(int)
    assert weights.shape == (41, 9) and (weights[0] == 1).all() and len({tuple(row) for row in weights}) > 35
    for draw, weight in enumerate(weights):
        units = np.repeat(np.arange(9), weight)
        assert np.bincount(stratum[units]).tolist() == np.bincount(stratum).tolist()
        assert words[draw, 0] == sizes[units].sum() and n[draw].tolist() == counts[units].sum(axis=0).tolist()
        for item in range(2):
            total = n[draw, item] + 0.5
            z = counts[units, item] - total / words[draw, 0] * sizes[units]
            of_strata = [z[stratum[units] == code] for code in np.unique(stratum)]
            expected = math.sqrt(sum(len(v) * v.var(ddof=1) for v in of_strata)) / total
            assert error[draw, item] == pytest.approx(expected, abs=1e-9)


def test_the_studentised_interval_by_hand():
    rng = np.random.default_rng(3)
    counts, sizes = rng.poisson(8, (10, 2)), rng.integers(100, 400, 10)
    found = resampling.bootstrap(counts, sizes, draws=200, seed=2, level=0.9)
    n, words, error = bootstrapping.replicates(sparse.csc_array(counts), sizes.astype(float), np.zeros(10, int), 200, 2)
    for item in range(2):
        theta = np.log((n[:, item] + 0.5) / words[:, 0])
        t = (theta[1:] - theta[0]) / error[1:, item]
        upper, lower = np.quantile(t, [0.95, 0.05])
        rate = counts[:, item].sum() / sizes.sum()
        expected = [rate, rate * math.exp(-upper * error[0, item]), rate * math.exp(-lower * error[0, item])]
        assert found.iloc[item].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("kind", bootstrapping.KINDS)
def test_the_bootstrap_is_the_same_for_the_same_seed_however_much_is_held_at_once(kind, monkeypatch):
    rng = np.random.default_rng(3)
    counts, sizes, strata = rng.poisson(3, (20, 15)), rng.integers(100, 400, 20), np.repeat([0, 1], 10)
    expected = resampling.bootstrap(counts, sizes, strata, draws=99, kind=kind)
    order = rng.permutation(15)
    other = resampling.bootstrap(counts[:, order], sizes, strata, draws=99, kind=kind)
    pd.testing.assert_frame_equal(other, expected.iloc[order].reset_index(drop=True))
    assert not resampling.bootstrap(counts, sizes, strata, draws=99, seed=1, kind=kind).equals(expected)
    monkeypatch.setattr(bootstrapping, "_CELLS", 2_000)
    pd.testing.assert_frame_equal(resampling.bootstrap(counts, sizes, strata, draws=99, kind=kind), expected)


def test_drawing_within_strata_keeps_what_differs_between_them():
    counts, sizes = np.repeat([10, 90], 5)[:, None], np.full(10, 1_000)
    found = resampling.bootstrap(counts, sizes, np.repeat([0, 1], 5), draws=99, kind="percentile").iloc[0]
    assert found.tolist() == pytest.approx([0.05, 0.05, 0.05])
    assert resampling.bootstrap(counts, sizes, draws=99, kind="percentile")["low"][0] < 0.04


@pytest.mark.parametrize("kind", bootstrapping.KINDS)
def test_the_bootstrap_says_where_it_has_no_interval(kind):
    def missing(counts, strata=None):
        found = resampling.bootstrap(np.array(counts)[:, None], [100] * len(counts), strata, draws=99, kind=kind)
        return found[["low", "high"]].isna().all(axis=None)

    assert missing([0] * 9) and missing([3, 4]) and missing([3, 4, 5], [0, 0, 1])
    assert missing([4] * 9) == missing([9] + [0] * 8) == (kind == "studentised")
    assert not missing([1, 4, 2, 6, 3, 3, 2, 5, 4])
    sizes = np.arange(
        100, 1_000, 100
    )  # an item in two of nine units is in none of those drawn in (7/9)⁹, 10 %, of draws
    found = resampling.bootstrap(np.array([4, 4, *[0] * 7])[:, None], sizes, kind=kind)
    assert np.isnan(found["low"][0]) == (kind == "studentised")


def test_counts_may_be_large():
    counts, sizes, side = np.array([[90_000], [70_000], [80_000], [99_000]]), [10**6] * 4, [True, True, False, False]
    small = sparse.csr_matrix(counts.astype(np.int32))
    pd.testing.assert_frame_equal(resampling.bootstrap(small, sizes), resampling.bootstrap(counts * 1.0, sizes))
    pd.testing.assert_frame_equal(resampling.one_sample(small, sizes), resampling.one_sample(counts * 1.0, sizes))
    assert resampling.permute(small, sizes, side)[0] == resampling.permute(counts * 1.0, sizes, side)[0]


# What is refused

SIDE = [True, True, False, False]
ALL = [
    lambda counts, sizes, strata=None: resampling.one_sample(counts, sizes, strata),
    lambda counts, sizes, strata=None: resampling.two_sample(counts, sizes, SIDE, strata),
    lambda counts, sizes, strata=None: resampling.permute(counts, sizes, SIDE, strata),
    lambda counts, sizes, strata=None: resampling.bootstrap(counts, sizes, strata),
]


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1]] * 4, [10] * 3), r"counts has 4 units, sizes has the shape \(3,\); one value per unit"),
        (([[1]] * 4, [10] * 4, [1] * 5), r"counts has 4 units, strata has the shape \(5,\)"),
        (([[1]] * 4, [10] * 4, [0.5] * 4), "strata should hold whole numbers, one code per unit, found float64"),
        (([[1]] * 4, [10, 0, 10, 10]), r"sizes: unit 1 \(units count from 0\) has 0 running words"),
        (([[1]] * 4, [10, 10, np.nan, 10]), "unit 2 .* has nan running words"),
        (([[1, 0], [1, 0], [1, 2], [3, -4]], [10] * 4), "counts: item 1 in unit 3 .* is -4; each count should be 0 or"),
        (([[1, 0], [np.nan, 0], [1, 2], [3, 4]], [10] * 4), "counts: item 0 in unit 1 .* is nan"),
        ((np.empty((0, 3)), []), "counts has no units"),
    ],
)
def test_counts_that_do_not_fit_are_refused(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


@pytest.mark.parametrize("function", [resampling.two_sample, resampling.permute])
@pytest.mark.parametrize(
    ("side", "message"),
    [
        ([True] * 4, "side: all 4 units are in the target; both sides need units"),
        ([False] * 4, "side: all 4 units are in the reference"),
        ([1, 1, 0, 0], r"side should be true or false for each of 4 units, found int64 of shape \(4,\)"),
        ([True, False], r"found bool of shape \(2,\)"),
    ],
)
def test_sides_that_are_none_are_refused(function, side, message):
    with pytest.raises(ValueError, match=message):
        function([[1]] * 4, [10] * 4, side)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c, s: resampling.two_sample(c, s, SIDE, level=95), "level should lie between 0 and 1, found 95"),
        (lambda c, s: resampling.bootstrap(c, s, level=0), "level should lie between 0 and 1, found 0"),
        (
            lambda c, s: resampling.bootstrap(c, s, kind="bca"),
            r"kind should be one of \['studentised', 'percentile'\], fo",
        ),
        (lambda c, s: resampling.bootstrap(c, s, draws=0), "draws should be a whole number from 1, found 0"),
        (lambda c, s: resampling.bootstrap(c, s, seed=-1), "seed should be a whole number from 0, found -1"),
        (lambda c, s: resampling.permute(c, s, SIDE, permutations=9.5), "permutations should be a whole .*, found 9.5"),
        (lambda c, s: resampling.permute(c, s, SIDE, permutations=True), "permutations should be .*, found True"),
        (lambda c, s: resampling.permute(c, s, SIDE, seed=None), "seed should be a whole number from 0, found None"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call([[1]] * 4, [10] * 4)


@pytest.mark.parametrize("function", ALL)
def test_the_matrix_passed_in_stays_as_it_is_and_cells_may_come_twice(function):
    cells = np.array([1, 2, 3, 4, 5]), (np.array([0, 1, 1, 2, 3]), np.array([0, 1, 1, 0, 1]))
    coo, whole = sparse.coo_matrix(cells, (4, 2)), sparse.coo_matrix(cells, (4, 2)).toarray()
    expected = function(whole, [10] * 4)
    twice = sparse.csr_matrix((np.array([1, 3, 2, 4, 5]), np.array([0, 1, 1, 0, 1]), np.array([0, 1, 3, 4, 5])), (4, 2))
    by_item = sparse.csc_matrix((np.array([1, 4, 2, 3, 5]), np.array([0, 2, 1, 1, 3]), np.array([0, 2, 5])), (4, 2))
    for matrix in (coo, twice, by_item, sparse.csc_array(whole, dtype=np.int32)):
        before = matrix.copy()
        found = function(matrix, [10] * 4)
        assert np.array_equal(matrix.data, before.data) and matrix.nnz == before.nnz
        if isinstance(found, tuple):
            assert found[0].tolist() == expected[0].tolist()
        else:
            pd.testing.assert_frame_equal(found, expected)


# What cannot be resampled

CELLS = pd.DataFrame({"group": 0, "item": 0, "unit": [0, 1, 2, 3], "n": [2, 3, 2, 3]})
SIZES = pd.DataFrame({"group": 0, "unit": [0, 1, 2, 3], "size": 100})
PAIRS = pd.DataFrame({"a": [4, 2, 6, 4], "b": [2, 1, 2, 3]})


def test_two_units_and_units_that_are_alike_have_no_interval():
    found = resampling.jackknife(CELLS[:2], SIZES[:2])
    assert found[["low", "high"]].isna().all(axis=None)
    for units, size in [(3, 7), (4, 100), (333, 12_345)]:
        cells = pd.DataFrame({"group": 0, "item": 0, "unit": range(units), "n": 3})
        found = resampling.jackknife(cells, cells.rename(columns={"n": "size"}).assign(size=size))
        assert found[["low", "high"]].isna().all(axis=None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 900)), min_size=1, max_size=25))
def test_many_groups_are_the_samples_they_are_one_by_one(rows):
    """Worked out all at once, intervals are those of `one_sample` for each group."""
    sizes = pd.DataFrame(rows, columns=["group", "n", "size"]).rename_axis("unit").reset_index()
    cells = sizes[sizes["n"] > 0][["group", "unit", "n"]].assign(item=0)
    found = resampling.jackknife(cells, sizes[["group", "unit", "size"]]).set_index("group")
    for group, units in sizes.groupby("group"):
        if not units["n"].any():
            assert group not in found.index
            continue
        error = resampling.one_sample(units[["n"]].to_numpy(), units["size"])["error"][0] if len(units) > 2 else np.nan
        half = np.log2(found.loc[group, "high"] / found.loc[group, "low"]) / 2
        if not error > 1e-6:
            assert np.isnan(half) or half < 1e-5
        else:
            assert half == pytest.approx(error * stats.t.ppf(0.975, len(units) - 1), rel=1e-6)


def test_groups_of_a_jackknife_are_each_by_themselves():
    twice = [table.assign(group=1, unit=table["unit"] * 7)[::-1] for table in (CELLS, SIZES)]
    both = resampling.jackknife(*(pd.concat([twice[at], (CELLS, SIZES)[at]]) for at in (0, 1)))
    alone = resampling.jackknife(CELLS, SIZES)
    assert both["group"].tolist() == [0, 1]
    np.testing.assert_allclose(both[["low", "high"]], np.repeat(alone[["low", "high"]].to_numpy(), 2, axis=0))


@pytest.mark.parametrize("wanted", [resampling.leave_one_out, resampling.jackknife])
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("n", -1, r"cells: n in row 1 \(rows count from 0\) is -1.*; it should be a number from 0"),
        ("n", np.nan, "cells: n in row 1 .* is nan; it should be a number from 0"),
        ("n", np.inf, "cells: n in row 1 .* is inf"),
        ("n", "3", "cells: n in row 1 .* is '3'; it should be a number"),
        ("n", None, "cells: n in row 1 .* is (None|nan); it should be a number"),
        ("n", True, "cells: n in row 1 .* is True; it should be a number"),
        ("item", None, "cells: item is missing in row 1"),
        ("size", 0, "sizes: size in row 1 .* is 0.*; it should be a number above 0"),
        ("size", -5, "sizes: size in row 1 .* is -5"),
        ("size", np.nan, "sizes: size in row 1 .* is nan"),
        ("size", "100", "sizes: size in row 1 .* is '100'"),
    ],
)
def test_counts_and_sizes_that_are_none_are_told(wanted, column, value, message):
    cells, sizes = CELLS.astype({"n": object, "item": object}), SIZES.astype({"size": object})
    pd.testing.assert_frame_equal(wanted(cells.astype({"item": int}), sizes), wanted(CELLS, SIZES))
    for table in (cells, sizes):
        if column in table:
            table.loc[1, column] = value
    with pytest.raises(ValueError, match=message):
        wanted(cells, sizes)


@pytest.mark.parametrize("wanted", [resampling.leave_one_out_ratio, resampling.jackknife_ratio])
@pytest.mark.parametrize(("value", "found"), [(-1, "-1"), (np.nan, "nan"), (np.inf, "inf"), ("2", "'2'")])
def test_pairs_that_are_no_counts_are_told(wanted, value, found):
    pairs = PAIRS.astype(object)
    pd.testing.assert_frame_equal(wanted(pairs), wanted(PAIRS))
    pairs.loc[1, "b"] = value
    with pytest.raises(ValueError, match=rf"pairs: b in row 1 \(rows count from 0\) is {found}"):
        wanted(pairs)


COUNTS, SIDE = [[2, 1], [3, 0], [2, 0], [3, 2]], [True, True, False, False]
OF_UNITS = [
    lambda counts, sizes, strata=None: resampling.one_sample(counts, sizes, strata),
    lambda counts, sizes, strata=None: resampling.bootstrap(counts, sizes, strata, draws=9),
    lambda counts, sizes, strata=None: resampling.two_sample(counts, sizes, SIDE, strata),
    lambda counts, sizes, strata=None: resampling.permute(counts, sizes, SIDE, strata),
]


@pytest.mark.parametrize("wanted", OF_UNITS)
@pytest.mark.parametrize(
    ("counts", "sizes", "message"),
    [
        ([2, 3, 2, 3], [9] * 4, "counts should have two dimensions, units × items, found 1; give a single item as one"),
        ([[2], [3, 1], [2], [3]], [9] * 4, "counts: the units have different numbers of items"),
        ([[2], ["3"], [2], [3]], [9] * 4, r"counts: item 0 in unit 1 \(both count from 0\) is '3'; it should be a num"),
        ([[2, 1], [3, None], [2, 0], [3, 2]], [9] * 4, "counts: item 1 in unit 1 .* is None; it should be a number"),
        ([[2, 1], [3, np.nan], [2, 0], [3, 2]], [9] * 4, "counts: item 1 in unit 1 .* is nan"),
        ([[2, 1], [3, -2], [2, 0], [3, 2]], [9] * 4, "counts: item 1 in unit 1 .* is -2"),
        (COUNTS, [9, "9", 9, 9], r"sizes: unit 1 \(units count from 0\) is '9'; it should be a number"),
        (COUNTS, [9, None, 9, 9], r"sizes: unit 1 \(units count from 0\) is None; it should be a number"),
        (COUNTS, [9, 9, 0, 9], "sizes: unit 2 .* has 0 running words"),
        (COUNTS, [9, 9, np.inf, 9], "sizes: unit 2 .* has inf running words"),
        (COUNTS, 9, r"counts has 4 units, sizes has the shape \(\)"),
    ],
)
def test_matrices_that_are_no_counts_are_told(wanted, counts, sizes, message):
    with pytest.raises(ValueError, match=message):
        wanted(counts, sizes)


@pytest.mark.parametrize("wanted", OF_UNITS)
def test_whole_numbers_among_objects_are_numbers(wanted):
    given = np.array(COUNTS, object), np.array([9] * 4, object), np.array([1, 1, 1, 1], object)
    expected, found = wanted(COUNTS, [9] * 4, [1] * 4), wanted(*given)
    np.testing.assert_equal(np.asarray(found[0] if isinstance(found, tuple) else found),
                            np.asarray(expected[0] if isinstance(expected, tuple) else expected))  # fmt: skip


@pytest.mark.parametrize("level", ["0.95", None, True, 95, 0, np.nan, [0.9]])
def test_a_level_that_is_none_is_told(level):
    for call in [
        lambda: resampling.jackknife(CELLS, SIZES, level),
        lambda: resampling.jackknife_ratio(PAIRS, level),
        lambda: resampling.around(1.0, [1.0, 2, 3], level),
        lambda: resampling.bootstrap(COUNTS, [9] * 4, level=level),
        lambda: resampling.two_sample(COUNTS, [9] * 4, SIDE, level=level),
    ]:
        with pytest.raises(ValueError, match="level should lie between 0 and 1, found"):
            call()
