"""Keyness: counts, scores and ranges against independent figures; what is refused, and in which words."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import association, keyness, patterns, resampling, tables
from analysis.tokens import tokenize
from tests.conftest import ORACLES

SIGNED = ["g2", "log_ratio", "log_odds", "log_odds_z"]


def running(*rows, columns=("document", "paragraph", "text")):
    """Tokens of paragraphs given as tuples, the text last."""
    frame = pd.DataFrame(rows, columns=list(columns))
    frame = frame.assign(token=frame.pop("text").str.split()).explode("token", ignore_index=True)
    return frame.dropna(subset="token", ignore_index=True)


@pytest.fixture
def census():
    """One document: a's rate 3 of 10 against 1 of 10 words."""
    return running(("d", "1", "a a b b c"), ("d", "2", "a b b b b"), ("d", "3", "a b c c"), ("d", "4", "c c c c d d"))


@pytest.fixture(scope="module")
def countries():
    """12 countries with 2 documents of 2 paragraphs each; the first six are the target."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(12):
        for document in range(2):
            for paragraph in range(2):
                share = np.r_[0.3 if number < 6 else 0.1, rng.dirichlet(np.ones(7)) * 0.6]
                words = rng.choice(list("abcdefghi"), rng.integers(15, 40), p=np.r_[share, 1 - share.sum()])
                rows.append((f"d{number}-{document}", str(paragraph), f"c{number:02}", " ".join(words)))
    return running(*rows, columns=("document", "paragraph", "country", "text"))


def first_half(tokens):
    inside = tokens["country"] < "c06"
    return {"target": inside, "reference": ~inside}


def by_token(found):
    return found.words.set_index("token")


def test_counts_and_rates_worked_by_hand(census):
    inside = census["paragraph"].isin(["1", "2"])
    found = keyness.compare(census, target=inside, reference=~inside, floor=1)
    words = by_token(found)
    assert words.loc["a", ["n_target", "n_reference"]].tolist() == [3, 1]
    assert words.loc["a", ["per_1000_target", "per_1000_reference"]].tolist() == [1000 * 3 / 10, 1000 * 1 / 10]
    assert words.loc["a", ["n_paragraphs_target", "n_paragraphs_reference"]].tolist() == [2, 1]
    assert words.loc["a", "log_ratio"] == pytest.approx(np.log2(3))
    assert words.loc["d", "log_ratio"] == pytest.approx(np.log2((1 / 2) / 2))  # ½ for a count of 0
    # a: without 1: (1/5) / (1/10) = 2; 2: (2/5) / (1/10) = 4; 3: (3/10) / (½/6) = 3.6; 4: (3/10) / (1/4) = 1.2
    assert words.loc["a", "low"] == pytest.approx(np.log2((3 / 10) / (1 / 4)))
    assert words.loc["a", "high"] == pytest.approx(np.log2((2 / 5) / (1 / 10)))
    assert set(words["interval"]) == {"leave one paragraph out"}
    assert set(words["test"]) == {"none: one document is a census"}
    assert words[["p", "p_smallest", "q"]].isna().all(axis=None)
    assert found.sides.values.tolist() == [["target", 10, 2, 1, 2], ["reference", 10, 2, 1, 2]]
    # α of a: 500 · 4/20 = 100; (3 + 100) / (10 + 500 − 103) against (1 + 100) / (10 + 500 − 101)
    delta = np.log(103 / 407) - np.log(101 / 409)
    assert words.loc["a", "log_odds"] == pytest.approx(delta)
    assert words.loc["a", "log_odds_z"] == pytest.approx(delta / np.sqrt(1 / 103 + 1 / 101))
    # few: a and d occur fewer than five times; b 7 times, but in three paragraphs
    assert words["few"].to_dict() == {"a": True, "b": True, "c": True, "d": True}


def test_few_needs_five_occurrences_and_five_paragraphs():
    rows = [("d", str(number), "a b b" if number < 4 else "a c c") for number in range(6)]
    tokens = running(*rows)
    inside = tokens["paragraph"].isin(["0", "4"])
    few = by_token(keyness.compare(tokens, target=inside, reference=~inside, floor=1))["few"].to_dict()
    assert few == {"a": False, "b": True, "c": True}  # b 8 times, but in four paragraphs; c 4 times


def test_the_columns_are_those_of_the_dictionary(census, countries):
    for tokens, inside in ((census, census["paragraph"] == "1"), (countries, countries["country"] < "c06")):
        if tokens is census:
            inside = census["paragraph"].isin(["1", "2"])
        found = keyness.compare(tokens, target=inside, reference=~inside, unit=None, floor=4)
        assert list(found.words) == list(tables.COLUMNS["keyness"])
        assert list(found.left_out) == list(tables.COLUMNS["keyness left out"])
        assert list(found.sides) == list(tables.COLUMNS["keyness sides"])


def test_measures_by_name_stand_where_g2_would_and_the_first_orders(census):
    inside = census["paragraph"].isin(["1", "2"])
    found = keyness.compare(census, target=inside, reference=~inside, measures=["chi2_yates", "g2"], floor=1).words
    columns = list(tables.COLUMNS["keyness"])
    at = columns.index("g2")
    assert list(found) == [*columns[:at], "chi2_yates", *columns[at:]]
    a, b = found["n_target"], found["n_reference"]
    for name in ("chi2_yates", "g2"):
        np.testing.assert_allclose(found[name], association.MEASURES[name](a, b, 10 - a, 10 - b))
    assert found["chi2_yates"].is_monotonic_decreasing
    alone = keyness.compare(census, target=inside, reference=~inside, measures="chi2", floor=1).words
    assert "chi2" in alone and "g2" not in alone


def test_equal_scores_stand_by_alphabet():
    tokens = running(("d", "1", "z y x q q"), ("d", "2", "z y x q"), ("d", "3", "r r r"), ("d", "4", "r r q"))
    inside = tokens["paragraph"].isin(["1", "2"])
    found = keyness.compare(tokens, target=inside, reference=~inside, floor=1).words
    assert found["token"].tolist() == ["q", "x", "y", "z", "r"] or found["token"].tolist()[-1] == "r"
    assert [word for word in found["token"] if word in "xyz"] == ["x", "y", "z"]


# Against other programs

AGREE = {"lr": "g2", "chi2": "chi2"}


def cairo():
    rows = pd.read_csv(ORACLES / "cairo-tokens.csv", dtype="string", keep_default_na=False)
    rows = rows.rename(columns={"tokens": "text"}).assign(document="cairo")
    return running(
        *rows[["document", "paragraph", "section", "text"]].itertuples(False, None),
        columns=("document", "paragraph", "section", "text"),
    )


def agrees(words, oracle, n):
    """quanteda adds 1e-9 inside the logarithm of G²: at most 2.1e-9 · N off. Only what we do alike."""
    for measure, name in AGREE.items():
        rows = oracle[(oracle["measure"] == measure) & (oracle["correction"] == "none")].set_index("token")
        assert len(rows) > 20
        found = words.loc[rows.index]
        assert found["n_target"].tolist() == rows["n_target"].tolist()
        assert found["n_reference"].tolist() == rows["n_reference"].tolist()
        tolerance = 2.1e-9 * n if measure == "lr" else 1e-8
        # Observed = expected has a minus sign there and is 0 here: the size is compared, and the sign where there is one.
        np.testing.assert_allclose(found[name], rows["statistic"], rtol=0, atol=tolerance)


def test_cairo_equals_quanteda():
    tokens = cairo()
    oracle = pd.read_csv(ORACLES / "cairo-partnerships-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    inside = tokens["section"] == oracle["section"].iloc[0]
    found = keyness.compare(tokens, target=inside, reference=~inside, measures=["g2", "chi2"], floor=1)
    agrees(by_token(found), oracle, len(tokens))


def test_bbc_sport_equals_quanteda(shared):
    rows = pd.read_csv(
        shared / "data" / "octis-bbc-news" / "corpus.tsv",
        sep="\t",
        header=None,
        quoting=3,
        names=["text", "part", "label"],
        keep_default_na=False,
    )
    rows = rows.assign(document="bbc", paragraph=[str(row) for row in range(len(rows))])
    tokens = running(
        *rows[["document", "paragraph", "label", "text"]].itertuples(False, None),
        columns=("document", "paragraph", "label", "text"),
    )
    inside = tokens["label"] == "sport"
    oracle = pd.read_csv(shared / "oracles" / "bbc-sport-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    found = keyness.compare(tokens, target=inside, reference=~inside, unit=None, measures=["g2", "chi2"])
    agrees(by_token(found), oracle, len(tokens))


def test_g2_and_chi2_equal_scipy(countries):
    words = keyness.compare(countries, **first_half(countries), unit=None, measures=["g2", "chi2", "chi2_yates"]).words
    total = [first_half(countries)["target"].sum(), first_half(countries)["reference"].sum()]
    for row in words.itertuples():
        table = [[row.n_target, row.n_reference], [total[0] - row.n_target, total[1] - row.n_reference]]
        sign = np.sign(row.per_1000_target - row.per_1000_reference)
        for name, power, yates in (
            ("g2", "log-likelihood", False),
            ("chi2", "pearson", False),
            ("chi2_yates", "pearson", True),
        ):
            expected = stats.chi2_contingency(table, correction=yates, lambda_=power).statistic
            assert getattr(row, name) == pytest.approx(sign * expected, abs=1e-9)


# Leave-one-out ranges

TEXTS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), min_size=2, max_size=6)


def brute_range(left, right, word, leave_right=True):
    """The log ratio without each paragraph in turn, one after the other."""

    def rate(texts):
        n = sum(text.count(word) for text in texts)
        return np.log2((n or 0.5) / sum(map(len, texts)))

    values = [rate(left[:k] + left[k + 1 :]) - rate(right) for k in range(len(left))]
    if leave_right:
        values += [rate(left) - rate(right[:k] + right[k + 1 :]) for k in range(len(right))]
    return min(values), max(values)


def sides_of(left, right):
    rows = [("d", f"t{k}", " ".join(text)) for k, text in enumerate(left)]
    rows += [("d", f"r{k}", " ".join(text)) for k, text in enumerate(right)]
    tokens = running(*rows)
    inside = tokens["paragraph"].str.startswith("t")
    return tokens, inside


@settings(max_examples=150)
@given(TEXTS, TEXTS)
def test_ranges_equal_leaving_out_one_by_one(left, right):
    tokens, inside = sides_of(left, right)
    if tokens["token"].nunique() < 2:
        return
    words = by_token(keyness.compare(tokens, target=inside, reference=~inside, floor=1))
    for word in words.index:
        np.testing.assert_allclose(
            words.loc[word, ["low", "high"]].tolist(), brute_range(left, right, word), atol=1e-12
        )


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_a_text_and_its_frequency_list_score_alike(left, right):
    tokens, inside = sides_of(left, right)
    if tokens["token"].nunique() < 2:
        return
    listed = tokens["token"][~inside].value_counts().rename("n").rename_axis("token").reset_index()
    ours = by_token(keyness.compare(tokens, target=inside, reference=~inside, floor=1))
    found = keyness.compare(tokens, target=inside, reference=listed, floor=1)
    words = by_token(found).loc[ours.index]
    same = ["n_target", "n_reference", "per_1000_target", "per_1000_reference", "n_paragraphs_target", *SIGNED]
    pd.testing.assert_frame_equal(words[same], ours[same], check_dtype=False)
    assert words["n_paragraphs_reference"].isna().all()
    for word in words.index:
        expected = brute_range(left, right, word, leave_right=False)
        np.testing.assert_allclose(words.loc[word, ["low", "high"]].tolist(), expected, atol=1e-12)
    sizes = found.sides.set_index("side")
    assert sizes["n_words"].tolist() == [int(inside.sum()), int((~inside).sum())]
    assert sizes.loc["reference"].drop("n_words").isna().all()


# Several units


def welch(counts, sizes, inside):
    """The interval from its formula: one word, no strata."""
    theta, pieces, df = [], [], []
    for side in (inside, ~inside):
        n, size, units = counts[side].sum(), sizes[side].sum(), side.sum()
        without = np.log2(n - counts[side] + 0.5) - np.log2(size - sizes[side])
        theta.append(np.log2(n / size))
        pieces.append((units - 1) / units * ((without - without.mean()) ** 2).sum())
        df.append(units - 1)
    error = np.sqrt(sum(pieces))
    freedom = sum(pieces) ** 2 / sum(piece**2 / one for piece, one in zip(pieces, df, strict=True))
    reach = stats.t.ppf(0.975, freedom) * error
    return theta[0] - theta[1] - reach, theta[0] - theta[1] + reach


def test_intervals_by_country_equal_the_formula(countries):
    found = keyness.compare(countries, **first_half(countries), unit="country", permutations=99)
    words = by_token(found)
    table = pd.crosstab(countries["country"], countries["token"])
    sizes, inside = table.sum(axis=1).to_numpy(), table.index < "c06"
    for word in words.index:
        low, high = welch(table[word].to_numpy(), sizes, inside)
        assert words.loc[word, ["low", "high"]].tolist() == pytest.approx([low, high])
    assert set(words["interval"]) == {"95 % by country (jackknife, Welch, unreliable: 6)"}
    assert found.sides["n_units"].tolist() == [6, 6]


def deviation(counts, sizes, side, strata):
    """|Σ (a_s − n_s T_s / N_s)| over strata, in plain Python."""
    total = 0
    for stratum in set(strata):
        rows = [row for row in range(len(sizes)) if strata[row] == stratum]
        share = sum(sizes[row] for row in rows if side[row]) / sum(sizes[row] for row in rows)
        total += sum(counts[row] for row in rows if side[row]) - share * sum(counts[row] for row in rows)
    return abs(total)


def test_p_by_country_counts_all_arrangements(countries):
    found = by_token(keyness.compare(countries, **first_half(countries), unit="country", permutations=1000))
    table = pd.crosstab(countries["country"], countries["token"])
    sizes, strata = table.sum(axis=1).tolist(), [0] * 12
    ways = [[row in chosen for row in range(12)] for chosen in combinations(range(12), 6)]
    assert len(ways) == 924
    for word in "abc":
        counts = table[word].tolist()
        observed = deviation(counts, sizes, [row < 6 for row in range(12)], strata)
        extreme = sum(deviation(counts, sizes, way, strata) >= observed - 1e-9 for way in ways)
        assert found.loc[word, "p"] == pytest.approx(extreme / 924)
    assert found["test"].str.startswith("permutation by country").all()
    assert "924" in found["test"].iloc[0]
    assert found.loc["a", "p"] == found["p"].min()  # three times as frequent in the target
    np.testing.assert_allclose(found["q"], stats.false_discovery_control(found["p"]))


def test_p_within_strata_counts_arrangements_within_strata():
    rng = np.random.default_rng(1)
    rows = [
        (f"d{d}", str(s), f"s{s}", " ".join(rng.choice(list("abc"), rng.integers(5, 12))))
        for d in range(4)
        for s in range(3)
    ]
    tokens = running(*rows, columns=("document", "paragraph", "section", "text"))
    inside = tokens["section"] == "s1"
    found = by_token(keyness.compare(tokens, target=inside, reference=~inside, unit="section", strata="document"))
    table = pd.crosstab([tokens["document"], tokens["section"]], tokens["token"])
    strata = table.index.get_level_values("document").tolist()
    sizes = table.sum(axis=1).tolist()
    observed_side = [section == "s1" for _, section in table.index]
    ways = [[]]
    for _ in range(4):
        ways = [way + [k == chosen for k in range(3)] for way in ways for chosen in range(3)]
    assert len(ways) == 81
    for word in "abc":
        counts = table[word].tolist()
        observed = deviation(counts, sizes, observed_side, strata)
        extreme = sum(deviation(counts, sizes, way, strata) >= observed - 1e-9 for way in ways)
        assert found.loc[word, "p"] == pytest.approx(extreme / 81)
    assert found["test"].str.contains("by section within document").all()
    # every document has one section s1: how much these differ within a document cannot be known
    assert set(found["interval"]) == {"none: only 1 (section) on a side of a stratum"}
    assert found[["low", "high"]].isna().all(axis=None)


def test_intervals_within_strata_are_named(countries):
    tokens = countries.assign(half=np.where(countries["country"].str[1:].astype(int) % 2 == 0, "even", "odd"))
    found = keyness.compare(tokens, **first_half(tokens), unit="country", strata="half", permutations=99).words
    assert set(found["interval"]) == {"95 % by country within half (jackknife, Welch, unreliable: 6)"}
    table = pd.crosstab([tokens["half"], tokens["country"]], tokens["token"])
    half, country = (table.index.get_level_values(name) for name in ("half", "country"))
    how = {"side": country < "c06", "strata": (half == "odd").astype(int)}
    expected = resampling.two_sample(table.to_numpy(), table.sum(axis=1), **how).set_axis(table.columns)
    assert found["low"].tolist() == pytest.approx(expected.loc[found["token"], "low"].tolist())
    assert found["high"].tolist() == pytest.approx(expected.loc[found["token"], "high"].tolist())
    assert (found["low"] < found["log_ratio"]).all() and (found["log_ratio"] < found["high"]).all()


def test_one_stratum_is_none(countries):
    same = {"unit": "country", "permutations": 99}
    plain = keyness.compare(countries, **first_half(countries), **same).words
    stratum = keyness.compare(countries.assign(all="x"), **first_half(countries), **same, strata="all").words
    words = ["interval", "test"]
    pd.testing.assert_frame_equal(plain.drop(columns=words), stratum.drop(columns=words))


def test_why_there_is_no_interval_and_no_test():
    rows = [("a", "1", "x x y z"), ("b", "1", "x y y z"), ("c", "1", "w y z"), ("d", "1", "w w y z")]
    tokens = running(*rows)
    inside = tokens["document"].isin(["a", "b"])
    words = by_token(keyness.compare(tokens, target=inside, reference=~inside, floor=1))
    assert words["interval"].to_dict() == {
        "x": "none: not in the reference",
        "w": "none: not in the target",
        "y": "none: only 2 (document) in the target",
        "z": "none: only 2 (document) in the target",
    }
    assert set(words["test"]) == {"none: only 4 (document), fewer than 5"}
    assert words[["low", "high", "p", "p_smallest", "q"]].isna().all(axis=None)


def test_units_that_are_alike_have_no_interval():
    tokens = running(*[(name, "1", "x y y" if name in "abc" else "x x y") for name in "abcdef"])
    inside = tokens["document"].isin(list("abc"))
    words = keyness.compare(tokens, target=inside, reference=~inside).words
    assert set(words["interval"]) == {"none: which document is left out makes no difference"}
    assert words[["low", "high"]].isna().all(axis=None)
    assert words["p"].tolist() == pytest.approx([2 / 20, 2 / 20])  # this arrangement and its mirror image
    assert words["p_smallest"].tolist() == pytest.approx([2 / 20, 2 / 20])


def test_ten_units_a_side_are_not_called_unreliable():
    rng = np.random.default_rng(5)
    tokens = running(*[(f"d{k:02}", "1", " ".join(rng.choice(list("abc"), 20))) for k in range(20)])
    inside = tokens["document"] < "d10"
    words = keyness.compare(tokens, target=inside, reference=~inside, permutations=9).words
    assert set(words["interval"]) == {"95 % by document (jackknife, Welch)"}
    words = keyness.compare(tokens, target=tokens["document"] < "d09", reference=~inside, permutations=9).words
    assert set(words["interval"]) == {"95 % by document (jackknife, Welch, unreliable: 9)"}


def test_a_list_is_taken_as_fixed(countries):
    target = first_half(countries)["target"]
    listed = pd.DataFrame({"token": ["a", "b", "zebra"], "n": [200, 300, 500]})
    found = keyness.compare(countries, target=target, reference=listed, unit="country", floor=1)
    words = by_token(found)
    table = pd.crosstab(countries["country"][target], countries["token"][target])
    sizes, n = table.sum(axis=1).to_numpy(), table["a"].to_numpy()
    without = np.log2(n.sum() - n + 0.5) - np.log2(sizes.sum() - sizes)
    reach = stats.t.ppf(0.975, 5) * np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    ratio = np.log2((n.sum() / sizes.sum()) / (200 / 1000))
    assert words.loc["a", ["low", "log_ratio", "high"]].tolist() == pytest.approx([ratio - reach, ratio, ratio + reach])
    name = "95 % by country (jackknife of the target, the list taken as fixed, unreliable: 6)"
    assert words.loc["a", "interval"] == name
    assert words.loc["zebra", "interval"] == "none: not in the target" and words.loc["zebra", "n_target"] == 0
    assert words.loc["c", "interval"] == "none: not in the reference" and words.loc["c", "n_reference"] == 0
    assert set(words["test"]) == {"none: the reference is a list"}
    assert words[["p", "q", "p_smallest"]].isna().all(axis=None)
    assert found.words["token"].iloc[-1] == "zebra"
    assert not words.loc["zebra", "few"]  # 500 times, though in none of our paragraphs


def test_a_list_may_be_set_against_a_target_in_strata(countries):
    target = first_half(countries)["target"]
    listed = pd.DataFrame({"token": ["a", "b"], "n": [200, 300]})
    tokens = countries.assign(half=np.where(countries["country"].str[1:].astype(int) % 2 == 0, "even", "odd"))
    found = by_token(keyness.compare(tokens, target=target, reference=listed, unit="country", strata="half"))
    table = pd.crosstab([tokens["half"][target], tokens["country"][target]], tokens["token"][target])
    strata = [half == "odd" for half in table.index.get_level_values("half")]
    row = resampling.one_sample(table[["a"]].to_numpy(), table.sum(axis=1), np.array(strata).astype(int)).iloc[0]
    reach = stats.t.ppf(0.975, row["df"]) * row["error"]
    middle = row["log_rate"] - np.log2(200 / 500)
    assert found.loc["a", ["low", "log_ratio", "high"]].tolist() == pytest.approx(
        [middle - reach, middle, middle + reach]
    )
    name = "95 % by country within half (jackknife of the target, the list taken as fixed, unreliable: 6)"
    assert found.loc["a", "interval"] == name


# What must not matter


@pytest.mark.parametrize("how", [{"unit": None}, {"unit": "country", "permutations": 199}])
def test_swapping_the_sides_flips_every_sign(countries, how):
    measures = list(association.MEASURES)
    one = keyness.compare(countries, **first_half(countries), measures=measures, **how)
    sides = first_half(countries)
    two = keyness.compare(countries, target=sides["reference"], reference=sides["target"], measures=measures, **how)
    a, b = by_token(one), by_token(two).loc[by_token(one).index]
    for name in [*measures, "log_ratio", "log_odds", "log_odds_z"]:
        np.testing.assert_allclose(a[name], -b[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(a["low"], -b["high"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(a["high"], -b["low"], rtol=1e-9, atol=1e-12)
    for name in ("n", "per_1000", "n_paragraphs"):
        assert a[f"{name}_target"].tolist() == b[f"{name}_reference"].tolist()
        assert b[f"{name}_target"].tolist() == a[f"{name}_reference"].tolist()
    same = ["p", "p_smallest", "q", "test", "interval", "few"]
    pd.testing.assert_frame_equal(a[same], b[same])
    assert one.words["token"].tolist() == two.words["token"].tolist()[::-1]
    assert one.sides.drop(columns="side").values.tolist() == two.sides.drop(columns="side").values.tolist()[::-1]


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows = [(f"d{k}", "1", "".join(f"{w} " for w in rng.choice(list("abcd"), rng.integers(4, 9)))) for k in range(8)]
    tokens = running(*rows)
    how = {"permutations": 19, "floor": 1, "seed": 7}
    inside = tokens["document"] < "d4"
    straight = keyness.compare(tokens, target=inside, reference=~inside, **how)
    mixed = tokens.iloc[rng.permutation(len(tokens))].reset_index(drop=True)
    mixed = mixed.assign(document=pd.Categorical(mixed["document"]), token=pd.Categorical(mixed["token"]))
    inside = mixed["document"].astype("str") < "d4"
    other = keyness.compare(mixed, target=inside, reference=~inside, **how)
    for one, two in zip(straight, other, strict=True):
        pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_words_outside_target_and_reference_do_not_matter(countries):
    how = {"unit": "country", "permutations": 99}
    inside, outside = countries["country"] < "c04", countries["country"].between("c04", "c07")
    found = keyness.compare(countries, target=inside, reference=outside, **how)
    rows = inside | outside
    kept = countries[rows]
    again = keyness.compare(kept, target=inside[rows], reference=outside[rows], **how)
    holes = countries.assign(
        country=countries["country"].where(rows)
    )  # a unit may be missing where nothing is compared
    third = keyness.compare(holes, target=inside, reference=outside, **how)
    for one, two, three in zip(found, again, third, strict=True):
        pd.testing.assert_frame_equal(one, two)
        pd.testing.assert_frame_equal(one, three)


def test_the_same_seed_gives_the_same_p_and_another_another(countries):
    how = {**first_half(countries), "unit": "country", "permutations": 99}
    one, two, other = (keyness.compare(countries, **how, seed=seed).words["p"] for seed in (1, 1, 2))
    assert one.tolist() == two.tolist() != other.tolist()


def test_the_caller_s_table_stays_as_it_was(countries):
    before = countries.copy(deep=True)
    keyness.compare(countries, **first_half(countries), unit="country", permutations=9)
    pd.testing.assert_frame_equal(countries, before)


def test_masks_may_be_series_arrays_or_nullable(countries):
    inside = first_half(countries)["target"]
    how = {"unit": "country", "permutations": 9}
    expected = keyness.compare(countries, target=inside, reference=~inside, **how).words
    for convert in (pd.Series.to_numpy, pd.Series.tolist, lambda mask: mask.astype("boolean")):
        found = keyness.compare(countries, target=convert(inside), reference=convert(~inside), **how).words
        pd.testing.assert_frame_equal(found, expected)


def test_categories_that_do_not_occur_are_no_words(census):
    tokens = census.assign(token=pd.Categorical(census["token"], [*"dcba", "never"]))
    inside = tokens["paragraph"].isin(["1", "2"])
    found = keyness.compare(tokens, target=inside, reference=~inside, floor=5)
    assert set(found.words["token"]) | set(found.left_out["token"]) == set("abcd")


# The floor, and words that define the split


def test_what_is_left_out_and_why(census):
    inside = census["paragraph"].isin(["1", "2"])
    found = keyness.compare(census, target=inside, reference=~inside, defining=["b"])
    assert found.words["token"].tolist() == ["c"]
    assert found.left_out.values.tolist() == [
        ["b", 6, 1, "defines the split"],
        ["a", 3, 1, "below the floor of 5"],
        ["d", 0, 2, "below the floor of 5"],
    ]
    assert found.words["per_1000_target"].tolist() == [1000 * 1 / 10]  # b still counts among the running words


def test_the_floor_itself_is_enough(census):
    inside = census["paragraph"].isin(["1", "2"])
    found = keyness.compare(census, target=inside, reference=~inside, floor=7)
    assert found.words["token"].tolist() == ["b", "c"]  # seven times each
    assert set(found.left_out["reason"]) == {"below the floor of 7"}


def test_split_by_the_hits_of_a_codebook():
    texts = pd.DataFrame(
        {
            "document": "un",
            "paragraph": ["1", "2", "3", "4"],
            "text": ["We manage conflict here", "Nothing of it", "Conflict is to be managed", "Peace or else"],
        }
    )
    tokens = tokenize(texts)
    hits = pd.concat([patterns.find(texts, "manage conflict"), patterns.find(texts, "peace").assign(kept=False)])
    found = keyness.split(hits, tokens)
    assert found.target.tolist() == (tokens["paragraph"] == "1").tolist()
    assert found.reference.tolist() == (tokens["paragraph"] != "1").tolist()
    assert found.defining == ["conflict", "manage"]
    less = tokens[tokens["token"] != "manage"]  # as when stop words have been taken out
    assert keyness.split(hits, less).defining == ["conflict"]


def test_a_split_goes_straight_into_compare(workshop):
    tokens = tokenize(workshop.paragraphs)
    split = keyness.split(patterns.find(workshop.paragraphs, "conflict"), tokens)
    found = keyness.compare(tokens, **split._asdict())
    assert "conflict" not in set(found.words["token"])
    row = found.left_out.set_index("token").loc["conflict"]
    assert row["reason"] == "defines the split" and row["n_reference"] == 0
    assert found.sides["n_words"].sum() == len(tokens) and found.sides["n_paragraphs"].sum() == 40


# What is refused


@pytest.fixture
def pair():
    """Six documents, half of them target."""
    tokens = running(*[(name, "1", "x y y" if name in "abc" else "x x y") for name in "abcdef"])
    return tokens.assign(country=tokens["document"].map(dict(zip("abcdef", "uuvwww", strict=True))), year=2000)


def refuse(error, message, tokens, **how):
    how = {"target": tokens["document"].isin(list("abc")), "reference": tokens["document"].isin(list("def"))} | how
    with pytest.raises(error) as caught:
        keyness.compare(tokens, **how)
    assert message in str(caught.value), str(caught.value)


def test_masks_that_are_none_are_refused(pair):
    short = np.array([True, False])
    refuse(ValueError, "target has the shape (2,); it should have one value for each of 18 rows", pair, target=short)
    refuse(ValueError, "reference has the shape ()", pair, reference=True)
    refuse(
        TypeError, "target should be true or false for each row of tokens, found int64", pair, target=np.ones(18, int)
    )
    refuse(TypeError, "found object", pair, target=np.array([True] * 17 + [None], dtype=object))
    refuse(ValueError, "target has no words: the mask marks none of 18 rows", pair, target=np.zeros(18, bool))
    refuse(ValueError, "reference has no words", pair, reference=np.zeros(18, bool))
    holes = pd.Series([True] * 4 + [None] + [False] * 13, dtype="boolean")
    refuse(ValueError, "target is missing in row 4 (rows count from 0)", pair, target=holes)
    moved = pd.Series(pair["document"].isin(list("abc")).to_numpy(), index=range(1, 19))
    refuse(ValueError, "target has another index than tokens", pair, target=moved)


def test_a_paragraph_on_both_sides_is_refused(pair):
    everything = np.ones(18, bool)
    refuse(ValueError, "Paragraph ('a', '1') (and 2 more) is in both target and reference", pair, reference=everything)
    torn = pair["document"].isin(list("def")).to_numpy().copy()
    torn[8] = True  # the last word of c
    inside = pair["document"].isin(list("abc")).to_numpy() & ~torn
    refuse(ValueError, "Paragraph ('c', '1') is in both", pair, target=inside, reference=torn)


def test_tables_that_are_none_are_refused(pair):
    with pytest.raises(ValueError, match="tokens needs columns"):
        keyness.compare(pair.drop(columns="token"), target=[True] * 18, reference=[False] * 18)
    refuse(ValueError, "missing ['region']", pair, unit="region")
    refuse(ValueError, "missing ['region']", pair, strata="region")
    refuse(ValueError, "tokens: token is missing in row 2", pair.assign(token=pair["token"].where(pair.index != 2)))
    holes = pair.assign(country=pair["country"].where(pair.index != 4))
    refuse(
        ValueError,
        "tokens: country is missing in row 4 (rows count from 0), which is in the target or",
        holes,
        unit="country",
    )
    holes = pair.assign(year=pair["year"].where(pair.index != 12))
    refuse(ValueError, "tokens: year is missing in row 12", holes, strata="year")
    refuse(ValueError, "one word between them", pair.assign(token="x"))


def test_units_that_say_nothing_are_refused(pair):
    mixed = pair.assign(country=pair["document"].map(dict(zip("abcdef", "uuvvww", strict=True))))
    refuse(
        ValueError,
        "country 'v' has words in the target and in the reference: what tells them apart varies within country",
        mixed,
        unit="country",
    )
    refuse(ValueError, "unit='section', strata='document'", mixed, unit="country")
    refuse(ValueError, "year 2000 has words in the target and in the reference", pair, unit="year")
    refuse(ValueError, "The reference has one country only, 'w'", pair, unit="country")
    refuse(ValueError, "The target has one document only, 'a'", pair, target=pair["document"] == "a")
    refuse(ValueError, "('c', '1')", pair.assign(paragraph="1"), target=pair["document"] == "c", unit="paragraph")
    refuse(
        ValueError,
        "The target has one country only, 'u'",
        pair,
        target=pair["country"] == "u",
        unit="country",
        reference=pd.DataFrame({"token": ["x"], "n": [10]}),
    )
    refuse(ValueError, "unit=None", pair, unit="country")


def test_strata_with_one_side_are_refused(pair):
    years = pair.assign(year=pair["document"].map(dict(zip("abcdef", [1, 1, 2, 1, 1, 3], strict=True))))
    refuse(ValueError, "year: 2, 3 are on one side only", years, strata="year")
    years = pair.assign(year=pair["document"].map(dict(zip("abcdef", [1, 2, 2, 1, 1, 1], strict=True))))
    refuse(ValueError, "year: 2 is on one side only", years, strata="year")
    refuse(ValueError, "strata='year' needs a unit", pair, strata="year", unit=None)
    many = running(*[(f"d{k}", "1", "x y") for k in range(16)]).assign(year=np.repeat(np.arange(16), 2))
    with pytest.raises(ValueError, match=r"year: 0, 1, 2, 3, 4 and 11 more are on one side only"):
        keyness.compare(many, target=many["year"] < 8, reference=many["year"] >= 8, strata="year")


def test_a_census_with_one_paragraph_on_a_side_is_refused(census):
    inside = census["paragraph"] == "1"
    with pytest.raises(ValueError, match="The target has one paragraph only"):
        keyness.compare(census, target=inside, reference=~inside)
    with pytest.raises(ValueError, match="The reference has one paragraph only"):
        keyness.compare(census, target=~inside, reference=inside)


def test_numbers_and_names_out_of_range_are_refused(pair):
    for name, least in (("floor", 1), ("permutations", 1), ("seed", 0)):
        for value in (least - 1, 1.5, "3", True, None):
            refuse(ValueError, f"{name} should be a whole number from {least}, found {value!r}", pair, **{name: value})
    for value in (0, -1, np.inf, np.nan, "500", True):
        refuse(ValueError, f"prior should be a number above 0 (words), found {value!r}", pair, prior=value)
    refuse(ValueError, "each once; unknown ['g3']", pair, measures=["g2", "g3"])
    refuse(ValueError, "'chi2_williams'", pair, measures="g3")
    refuse(ValueError, "each once; found []", pair, measures=[])
    refuse(ValueError, "each once; found ['g2', 'g2']", pair, measures=["g2", "g2"])
    refuse(ValueError, "No word reaches the floor of 100; the most frequent word occurs 9 times", pair, floor=100)
    refuse(ValueError, "defining: unknown token 'war', 'z'", pair, defining=["x", "war", "z"])
    refuse(ValueError, "No word reaches the floor of 5", pair, defining=["x", "y"])


def test_lists_that_are_none_are_refused(pair):
    def listed(message, **columns):
        refuse(ValueError, message, pair, reference=pd.DataFrame(columns))

    listed("reference needs columns ['token', 'n']; missing ['n']", token=["x"])
    listed("reference: token is missing in row 0", token=[None], n=[1])
    listed("1 row repeats another's ['token'], first ('x',) in row 1", token=["x", "x"], n=[1, 2])
    listed("reference: n of 'y' is -1 in row 1", token=["x", "y"], n=[1, -1])
    listed("reference: n of 'y' is 1.5 in row 1", token=["x", "y"], n=[1, 1.5])
    listed("reference: n of 'x' is '3' in row 0", token=["x"], n=["3"])
    listed("reference: n is missing in row 0", token=["x", "y"], n=[np.nan, 1])
    listed("the list has no words: the sum of n is 0", token=["x", "y"], n=[0, 0])
    listed("'Peace' in row 1 (rows count from 0) is not in lower case", token=["x", "Peace"], n=[3, 1])
    for word in (" peace", "civil society", ","):
        listed(f"{word!r} in row 1 (rows count from 0) is no token", token=["x", word], n=[3, 1])
    listed("the counts add up to 10,000,000,000,000,000,000; at most 2⁵³", token=list("abcdefghij"), n=[10**18] * 10)
    listed("the counts add up to 1,000,000", token=["x", "y"], n=pd.Series([10**30, 1], dtype=object))
    listed("reference: n of 'x' is True in row 0", token=["x"], n=[True])


@pytest.mark.parametrize("kind", ["float64", "object", "Int64", "Float64", "uint8"])
def test_counts_of_a_list_are_whole_numbers_of_any_kind(pair, kind):
    reference = pd.DataFrame({"token": ["x", "y"], "n": [30, 10]})
    expected = keyness.compare(pair, target=pair["document"] != "a", reference=reference).words
    reference = reference.astype({"n": kind})
    assert keyness.compare(pair, target=pair["document"] != "a", reference=reference).words.equals(expected)


def test_words_there_twice_are_refused(pair):
    twice = pd.concat([pair, pair], ignore_index=True).assign(position=0)
    with pytest.raises(ValueError, match=r"tokens: \d+ rows repeat another's \['document', 'paragraph', 'position'\]"):
        keyness.compare(twice, target=twice["document"] < "c", reference=twice["document"] > "c")


def test_arguments_of_another_kind_are_refused(pair):
    refuse(ValueError, "measures should be text or a list of them, in the order wanted; found int", pair, measures=5)
    refuse(ValueError, "defining should be text or a list of them, in the order wanted; found int", pair, defining=5)
    refuse(ValueError, "unit should be the name of a column or None, found ['document']", pair, unit=["document"])
    refuse(ValueError, "strata should be the name of a column or None, found ['year']", pair, strata=["year"])
    hits = pd.DataFrame({"document": ["a"], "paragraph": ["1"], "match": [5], "kept": [True]})
    with pytest.raises(ValueError, match=r"hits: match in row 0 .* is 5; it should be text"):
        keyness.split(hits, pair)
    named = pair.set_index("document", drop=False)
    inside = (pair["document"] < "d").to_numpy()
    for one, other in zip(*(keyness.compare(t, target=inside, reference=~inside) for t in (named, pair)), strict=True):
        assert one.equals(other)


def test_hits_that_are_none_are_refused(pair):
    hits = pd.DataFrame({"document": ["a"], "paragraph": ["1"], "match": ["x"], "kept": [True]})
    with pytest.raises(ValueError, match="hits needs columns"):
        keyness.split(hits.drop(columns="match"), pair)
    with pytest.raises(ValueError, match=r"hits: paragraph \('a', '9'\) has no running words in tokens"):
        keyness.split(hits.assign(paragraph="9"), pair)
    with pytest.raises(ValueError, match="hits: kept in row 0"):
        keyness.split(hits.assign(kept="False"), pair)
    nothing = keyness.split(hits.assign(kept=False), pair)
    refuse(ValueError, "target has no words", pair, **nothing._asdict())
    with pytest.raises(ValueError, match="paragraph is missing in row 0"):
        keyness.split(hits.assign(paragraph=None), pair)
