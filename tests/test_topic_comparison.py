"""Topic shares between groups and over time: worked by hand, as SciPy has them, simulated."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.topic_comparison import by_group, compare, trend
from tests.made import jackknife


def shares_of(first, **columns):
    """Two topics: the share of the first in each paragraph; columns of the paragraphs; a document each unless given."""
    first = np.asarray(first, float)
    names = {"document": [f"d{i:03}" for i in range(len(first))], "paragraph": [str(i) for i in range(len(first))]}
    both = [pd.DataFrame({"topic": t, "share": s, **names | columns}) for t, s in ((1, first), (2, 1 - first))]
    return pd.concat(both).sort_values(["document", "paragraph", "topic"], ignore_index=True)


def unequal(units=7, seed=1, labels="xxxyyyy"):
    """Units of one to five paragraphs; label and year of each unit."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, units)
    unit = np.repeat(np.arange(units), sizes)
    label, year = np.array([*labels])[unit], rng.permutation(units)[unit] + 2000
    return shares_of(rng.random(len(unit)), document=[f"d{i}" for i in unit], label=label, year=year)


def by_unit(shares):
    """Sum of shares of the first topic, number of paragraphs, label and year of each document."""
    of_one = shares[shares["topic"] == 1].groupby("document")
    return of_one.agg(sum=("share", "sum"), n=("share", "size"), label=("label", "first"), year=("year", "first"))


# Three documents of country x: paragraphs 3/4, 1/4 and 1/2; 1/4; 1/2, and one without words; one of y.
FEW = shares_of([3 / 4, 1 / 4, 1 / 2, 1 / 4, 1 / 2, np.nan, 1], document=[*"aaabccd"], country=[*"xxxxxxy"])


def test_shares_of_groups_worked_by_hand():
    found = by_group(FEW, "country")
    assert found[["topic", "country"]].values.tolist() == [[1, "x"], [1, "y"], [2, "x"], [2, "y"]]
    x, y = found.iloc[0], found.iloc[1]
    assert x[["n_paragraphs", "n_missing", "n_units", "few"]].tolist() == [5, 1, 3, False]
    assert x["share"] == pytest.approx((3 / 4 + 1 / 4 + 1 / 2 + 1 / 4 + 1 / 2) / 5) == pytest.approx(9 / 20)
    # without a: 3/4 of 2 paragraphs; without b: 2 of 4; without c: 7/4 of 4
    assert x[["low", "high"]].tolist() == jackknife(9 / 20, [3 / 8, 2 / 4, 7 / 16])
    assert x["interval"] == "95 % by document (jackknife, unreliable: 3)"
    assert y[["n_paragraphs", "n_missing", "n_units", "share", "few"]].tolist() == [1, 0, 1, 1, True]
    assert np.isnan(y["low"]) and y["interval"] == "none: only 1 (document)"


def test_one_document_is_a_census():
    one = shares_of([0.1, 0.2, 0.3, 0.6, 0.7, 0.8], document="un", section=[*"ababab"], year=range(6))
    for unit in ("document", "paragraph"):
        groups, differences = by_group(one, "section", unit=unit), compare(one, "section", unit=unit)
        assert set(groups["interval"]) == set(differences["test"]) == {"none: one document is a census"}
        assert groups["low"].isna().all() and differences[["p", "p_smallest", "q"]].isna().all(axis=None)
        assert differences["difference"][0] == pytest.approx((0.1 + 0.3 + 0.7) / 3 - (0.2 + 0.6 + 0.8) / 3)
    found = trend(one, unit="paragraph")
    assert set(found["interval"]) == set(found["test"]) == {"none: one document is a census"}
    assert found["p"].isna().all() and found["slope"].notna().all()


def test_a_group_without_words_has_no_share():
    shares = FEW.assign(country=FEW["country"].where(FEW["share"].notna(), "z"))
    found = by_group(shares, "country").set_index(["topic", "country"]).loc[(1, "z")]
    assert found[["n_paragraphs", "n_missing", "n_units"]].tolist() == [0, 1, 0]
    assert np.isnan(found["share"]) and found["interval"] == "none: no paragraph has shares" and found["few"]
    wide = shares_of([0.1, 0.2, 0.3, 0.4, 0.5, np.nan], label=[*"xxxyyz"])
    found = compare(wide, "label").set_index(["topic", "label"])
    assert found.loc[(1, "z"), "test"] == "none: no paragraph has shares" and np.isnan(found.loc[(1, "z"), "p"])
    rest = compare(wide[wide["label"] != "z"], "label").set_index(["topic", "label"])
    pd.testing.assert_frame_equal(found.drop("z", level=1), rest)


def test_a_difference_and_its_p_worked_by_hand():
    # x: 0.9 in one unit, three times 0.7 in another; y: 0.1 in three
    shares = shares_of([0.9, 0.7, 0.7, 0.7, 0.1, 0.1, 0.1], document=[*"abbbcde"], label=[*"xxxxyyy"], year=[*range(7)])
    found = compare(shares, "label")
    assert found.loc[0, ["n_paragraphs", "n_missing", "n_units"]].tolist() == [4, 0, 2]
    assert found["share"][0] == pytest.approx(3 / 4) and found["share_others"][0] == pytest.approx(1 / 10)
    assert found["difference"][0] == pytest.approx(13 / 20)
    # ten pairs of five units; of the others c with d is furthest: 1/10 − 3/5 = −1/2
    assert found["p"].tolist() == [pytest.approx(1 / 10)] * 4 and set(found["p_smallest"]) == {1 / 10}
    assert set(found["test"]) == {"permutation by document (all 10 arrangements)"}
    assert found["few"].tolist() == [True] * 4


def test_one_paragraph_per_unit_is_the_permutation_test_of_scipy():
    values, x = np.random.default_rng(4).random(8), np.arange(8) < 3
    found = compare(shares_of(values, label=np.where(x, "x", "y")), "label")

    def size(a, b, axis=-1):
        return np.abs(np.mean(a, axis=axis) - np.mean(b, axis=axis))

    options = {"permutation_type": "independent", "n_resamples": np.inf, "vectorized": True}
    expected = stats.permutation_test((values[x], values[~x]), size, alternative="greater", **options).pvalue
    assert found["p"].tolist() == pytest.approx([expected] * 4)


def brute(shares, label):
    """p by shuffling in all ways, one at a time."""
    units = {name: column.to_numpy() for name, column in by_unit(shares).items()}

    def size(labels):
        here = np.array(labels) == label
        mean = [units["sum"][side].sum() / units["n"][side].sum() for side in (here, ~here)]
        return abs(mean[0] - mean[1])

    ways = {labels: size(labels) for labels in set(permutations(units["label"]))}
    return np.mean([way >= size(units["label"]) - 1e-12 for way in ways.values()])


def test_units_of_unequal_size_keep_their_paragraphs_together():
    shares = unequal(labels="xxyyyzz")
    found = compare(shares, "label")
    assert found["q"].tolist() == pytest.approx(stats.false_discovery_control(found["p"]).tolist())
    for label in "xyz":
        assert found.set_index("label")["p"][label].tolist() == pytest.approx([brute(shares, label)] * 2)


def test_noise_in_the_last_digits_does_not_change_p():
    values = np.array([0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0.2])
    noisy = values + np.array([1, -1, 1, -1, 1, -1, 1]) * 1e-15
    exact, shaken = (shares_of(v, label=[*"xxxyyyy"], year=range(7)) for v in (values, noisy))
    assert compare(exact, "label")["p"].tolist() == compare(shaken, "label")["p"].tolist()
    assert trend(exact)["p"].tolist() == trend(shaken)["p"].tolist()


def test_a_trend_worked_by_hand():
    # unit means 0, 1/2, 1/4 with 1, 2, 1 paragraphs in years 0, 1, 3: mean year 5/4, mean share 5/16
    shares = shares_of([0, 1 / 4, 3 / 4, 1 / 4], document=[*"abbc"], year=[2000, 2001, 2001, 2003])
    found = trend(shares)
    row = found.loc[0, ["topic", "n_units", "n_paragraphs", "n_missing", "first", "last"]].tolist()
    assert row == [1, 3, 4, 0, 2000, 2003]
    # Σ n (t − 5/4)(y − 5/16) = 25/64 − 6/64 − 7/64 = 12/64; Σ n (t − 5/4)² = 25/16 + 2/16 + 49/16 = 76/16
    assert found["slope"].tolist() == [pytest.approx(3 / 76), pytest.approx(-3 / 76)]
    # without a: (1/4 − 1/2) / 2; without b: 1/4 / 3; without c: 1/2 / 1
    assert found.loc[0, ["low", "high"]].tolist() == jackknife(3 / 76, [-1 / 8, 1 / 12, 1 / 2])
    assert found["interval"][0] == "95 % by document (jackknife, unreliable: 3)"


def test_the_p_of_a_trend_is_that_of_all_arrangements():
    shares = unequal(6, labels="x" * 6)
    shares = shares.assign(year=shares["year"].replace({2000: 2001}))  # two units of one year
    table = by_unit(shares)

    def slope(years):
        return abs(np.polyfit(years, table["sum"] / table["n"], 1, w=np.sqrt(table["n"]))[0])

    ways = {years: slope(years) for years in set(permutations(table["year"]))}
    expected = np.mean([way >= slope(table["year"]) - 1e-9 for way in ways.values()])
    found = trend(shares)
    assert found["p"].tolist() == pytest.approx([expected] * 2)
    assert set(found["test"]) == {f"permutation by document (all {len(ways)} arrangements)"}
    assert set(found["p_smallest"]) == {1 / 360}
    drawn = trend(shares, permutations=100)
    assert set(drawn["test"]) == {"permutation by document (100 random arrangements)"}
    assert stats.binomtest(round(drawn["p"][0] * 101) - 1, 100, expected).pvalue > 0.001


def test_what_hangs_on_one_unit_or_on_none_has_no_interval_and_four_no_test():
    found = trend(shares_of([0.1, 0.2, 0.3, 0.4], year=[1, 1, 1, 2]))
    assert set(found["interval"]) == {"none: it hangs on one document"} and found["low"].isna().all()
    assert set(found["test"]) == {"none: only 4 (document), fewer than 5"} and found["few"].all()
    assert found[["p", "p_smallest", "q"]].isna().all(axis=None)
    alike = by_group(shares_of([0.5] * 4, group="g"), "group")
    assert set(alike["interval"]) == {"none: which document is left out makes no difference"}
    found = by_group(shares_of([0] * 9 + [0.9], group="g"), "group")  # ten are reliable; ends stay between 0 and 1
    assert set(found["interval"]) == {"95 % by document (jackknife)"}
    assert found["low"][0] == 0 and found["high"][1] == 1


def test_the_order_of_rows_changes_nothing():
    shares = unequal(seed=2)
    shares.loc[shares["paragraph"] == "3", "share"] = np.nan
    other = shares.sample(frac=1, random_state=1)
    for call in (lambda s: by_group(s, "label"), lambda s: compare(s, "label", permutations=20), trend):
        keys = ["topic", "label"] if "label" in call(shares) else ["topic"]
        one, same = (call(table).sort_values(keys, ignore_index=True) for table in (shares, other))
        pd.testing.assert_frame_equal(one, same, check_exact=True)


SHARES = unequal(seed=2)


REFUSED = [
    (SHARES[1:], r"those of paragraph \('d0', '0'\) sum to nan; they should have every topic"),
    (SHARES.assign(share=0.6), r"those of paragraph \('d0', '0'\) sum to 1\.2; they should"),
    (SHARES.assign(share=np.nan), "no paragraph has shares; all are missing"),
    (SHARES.assign(label=["z", *SHARES["label"][1:]]), r"paragraph \('d0', '0'\) has several values of label"),
    (SHARES.assign(label=["z", "z", *SHARES["label"][2:]]), "document 'd0' has several values of label; choose a"),
    (SHARES.assign(label="x"), "there is only one label, x, in paragraphs with shares"),
    (lambda: trend(SHARES.astype({"year": "str"})), r"year in row 0 \(from 0\) is .*; it should be a number"),
    (lambda: trend(SHARES.assign(year=2001)), "there is only one year, 2001, in paragraphs with shares"),
    (lambda: trend(SHARES, unit="label"), r"label '[xy]' has several values of year"),
]


@pytest.mark.parametrize(("shares", "message"), REFUSED)
def test_what_can_not_be_compared_is_refused(shares, message):
    with pytest.raises(ValueError, match=f"topic shares: .*{message}"):
        shares() if callable(shares) else compare(shares, "label")
    with pytest.warns(UserWarning, match="topic shares: label: 'x' and 'X' differ in writing only"):
        by_group(SHARES.replace({"label": {"y": "X"}}), "label")


def test_shares_may_miss_1_by_their_last_digits():
    k = 300
    keys = {"document": "un", "paragraph": np.repeat(["1", "2"], k), "topic": [*range(1, k + 1)] * 2, "group": "g"}
    shares = pd.DataFrame(keys).assign(share=round(1 / k, 6))
    assert by_group(shares, "group")["share"].tolist() == pytest.approx([round(1 / k, 6)] * k)
    shares.loc[0, "share"] += 1e-3
    with pytest.raises(ValueError, match=r"those of paragraph \('un', '1'\) sum to 1\.00"):
        by_group(shares, "group")
