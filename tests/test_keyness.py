"""Keyness: counts, scores, ranges, intervals and p against independent figures; what is refused, and in which words."""

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


def running(*rows, columns=("document", "paragraph", "text")):
    """Tokens of paragraphs given as tuples, the text last."""
    frame = pd.DataFrame(rows, columns=list(columns))
    frame = frame.assign(token=frame.pop("text").str.split()).explode("token", ignore_index=True)
    return frame.assign(position=frame.groupby(["document", "paragraph"]).cumcount()).astype({"token": "str"})


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


@pytest.fixture(scope="module")
def half(countries):
    return countries["country"] < "c06"


def scored(found):
    """The words that are scored, by token."""
    return found[found["reason"].isna()].set_index("token")


def test_counts_and_rates_worked_by_hand(census):
    found = keyness.compare(census, census["paragraph"].isin(["1", "2"]), floor=1)
    words = scored(found)
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
    # few: a and d occur fewer than five times; b 7 times, but in three paragraphs
    assert words["few"].to_dict() == {"a": True, "b": True, "c": True, "d": True}
    assert list(found) == list(tables.columns("keyness"))


def test_few_needs_five_occurrences_and_five_paragraphs():
    tokens = running(*[("d", str(number), "a b b" if number < 4 else "a c c") for number in range(6)])
    few = scored(keyness.compare(tokens, tokens["paragraph"].isin(["0", "4"]), floor=1))["few"].to_dict()
    assert few == {"a": False, "b": True, "c": True}  # b 8 times, but in four paragraphs; c 4 times


def test_the_form_is_the_commonest_spelling():
    texts = pd.DataFrame(
        {"document": "un", "paragraph": ["1", "2", "3", "4"], "text": ["UN un UN", "LAS", "AU", "au un"]}
    )
    words = tokenize(texts)
    found = keyness.compare(words, words["paragraph"].isin(["1", "2"]), floor=1).set_index("token")["form"]
    assert found.to_dict() == {"un": "UN", "las": "LAS", "au": "AU"}  # of two as common the first by alphabet
    bare = keyness.compare(words.drop(columns="form"), words["paragraph"].isin(["1", "2"]), floor=1)
    assert bare["form"].tolist() == bare["token"].tolist()


@pytest.mark.parametrize(("measure", "correction"), [("chi2", None), ("chi2", "yates"), ("g2", "williams")])
def test_a_measure_stands_under_its_name_where_g2_would_and_orders(census, measure, correction):
    found = keyness.compare(
        census, census["paragraph"].isin(["1", "2"]), measure=measure, correction=correction, floor=1
    )
    assert list(found) == [measure if name == "g2" else name for name in tables.columns("keyness")]
    a, b = found["n_target"], found["n_reference"]
    expected = getattr(association, measure)(a, b, 10 - a, 10 - b, correction=correction)
    np.testing.assert_allclose(found[measure], expected)
    assert found[measure].is_monotonic_decreasing


def test_equal_scores_stand_by_alphabet():
    tokens = running(("d", "1", "z y x q q"), ("d", "2", "z y x q"), ("d", "3", "r r r"), ("d", "4", "r r q"))
    found = keyness.compare(tokens, tokens["paragraph"].isin(["1", "2"]), floor=1)
    assert found["token"].tolist() == ["x", "y", "z", "q", "r"]


def test_what_is_left_out_stands_below_with_its_counts_and_why(census):
    found = keyness.compare(census, census["paragraph"].isin(["1", "2"]), drop=["B", "never there"])
    assert found[["token", "n_target", "n_reference", "reason"]].fillna("").values.tolist() == [
        ["c", 1, 6, ""],
        ["b", 6, 1, "in drop"],
        ["a", 3, 1, "below the floor of 5"],
        ["d", 0, 2, "below the floor of 5"],
    ]
    assert found["per_1000_target"].tolist() == [100, 600, 300, 0]  # b still counts among the running words
    unscored = ["g2", "log_ratio", "low", "high", "interval", "p", "p_smallest", "q", "test"]
    assert found.loc[1:, unscored].isna().all(axis=None)
    assert found.equals(keyness.compare(census, census["paragraph"].isin(["1", "2"]), drop="b"))
    enough = keyness.compare(census, census["paragraph"].isin(["1", "2"]), floor=7)
    assert scored(enough).index.tolist() == ["b", "c"]  # seven times each: the floor itself is enough


# Against other programs


def cairo():
    rows = pd.read_csv(ORACLES / "cairo-tokens.csv", dtype="str", keep_default_na=False)
    rows = rows.rename(columns={"tokens": "text"}).assign(document="cairo")
    columns = ("document", "paragraph", "section", "text")
    return running(*rows[list(columns)].itertuples(False, None), columns=columns)


def agrees(tokens, inside, oracle, floor):
    """quanteda adds 1e-9 inside the logarithm of G²: at most 2.1e-9 · N off. Only what we do alike."""
    for measure, name in {"lr": "g2", "chi2": "chi2"}.items():
        rows = oracle[(oracle["measure"] == measure) & (oracle["correction"] == "none")].set_index("token")
        assert len(rows) > 20
        found = scored(keyness.compare(tokens, inside, unit=None, measure=name, floor=floor)).loc[rows.index]
        assert found["n_target"].tolist() == rows["n_target"].tolist()
        assert found["n_reference"].tolist() == rows["n_reference"].tolist()
        tolerance = 2.1e-9 * len(tokens) if measure == "lr" else 1e-8
        np.testing.assert_allclose(found[name], rows["statistic"], rtol=0, atol=tolerance)


def test_cairo_equals_quanteda():
    tokens = cairo()
    oracle = pd.read_csv(ORACLES / "cairo-partnerships-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    agrees(tokens, tokens["section"] == oracle["section"].iloc[0], oracle, floor=1)


def test_bbc_sport_equals_quanteda(shared):
    path = shared / "data" / "octis-bbc-news" / "corpus.tsv"
    rows = pd.read_csv(path, sep="\t", quoting=3, names=["text", "part", "label"], dtype="str", keep_default_na=False)
    rows = rows.assign(document="bbc", paragraph=[str(row) for row in range(len(rows))])
    columns = ("document", "paragraph", "label", "text")
    tokens = running(*rows[list(columns)].itertuples(False, None), columns=columns)
    oracle = pd.read_csv(shared / "oracles" / "bbc-sport-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    agrees(tokens, tokens["label"] == "sport", oracle, floor=5)


@pytest.mark.parametrize(
    ("measure", "correction", "power"),
    [("g2", None, "log-likelihood"), ("chi2", None, "pearson"), ("chi2", "yates", "pearson")],
)
def test_g2_and_chi2_equal_scipy(countries, half, measure, correction, power):
    words = scored(keyness.compare(countries, half, unit=None, measure=measure, correction=correction))
    n_target, n_reference = half.sum(), (~half).sum()
    for row in words.itertuples():
        table = [[row.n_target, row.n_reference], [n_target - row.n_target, n_reference - row.n_reference]]
        expected = stats.chi2_contingency(table, correction=correction == "yates", lambda_=power).statistic
        sign = np.sign(row.per_1000_target - row.per_1000_reference)
        assert getattr(row, measure) == pytest.approx(sign * expected, abs=1e-9)


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
    return tokens, tokens["paragraph"].str.startswith("t")


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_ranges_equal_leaving_out_one_by_one_and_a_list_is_never_left_out(left, right):
    tokens, inside = sides_of(left, right)
    listed = tokens["token"][~inside].value_counts().rename("n").rename_axis("token").reset_index()
    words = scored(keyness.compare(tokens, inside, floor=1))
    against = scored(keyness.compare(tokens, inside, listed, floor=1)).loc[words.index]
    for word in words.index:
        expected = brute_range(left, right, word)
        np.testing.assert_allclose(words.loc[word, ["low", "high"]].tolist(), expected, atol=1e-12)
        expected = brute_range(left, right, word, leave_right=False)
        np.testing.assert_allclose(against.loc[word, ["low", "high"]].tolist(), expected, atol=1e-12)
    same = ["form", "n_target", "n_reference", "per_1000_target", "per_1000_reference", "n_paragraphs_target", "g2"]
    pd.testing.assert_frame_equal(against[[*same, "log_ratio"]], words[[*same, "log_ratio"]])
    assert against["n_paragraphs_reference"].isna().all()


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


def test_intervals_by_country_equal_the_formula(countries, half):
    words = scored(keyness.compare(countries, half, unit="country", permutations=99))
    table = pd.crosstab(countries["country"], countries["token"])
    sizes, inside = table.sum(axis=1).to_numpy(), table.index < "c06"
    for word in words.index:
        low, high = welch(table[word].to_numpy(), sizes, inside)
        assert words.loc[word, ["low", "high"]].tolist() == pytest.approx([low, high])
    assert set(words["interval"]) == {"95 % by country (jackknife, Welch, unreliable: 6)"}


def deviation(counts, sizes, side, strata):
    """|Σ (a_s − n_s T_s / N_s)| over strata, in plain Python."""
    total = 0
    for stratum in set(strata):
        rows = [row for row in range(len(sizes)) if strata[row] == stratum]
        share = sum(sizes[row] for row in rows if side[row]) / sum(sizes[row] for row in rows)
        total += sum(counts[row] for row in rows if side[row]) - share * sum(counts[row] for row in rows)
    return abs(total)


def test_p_by_country_counts_all_arrangements(countries, half):
    found = scored(keyness.compare(countries, half, unit="country", permutations=1000))
    table = pd.crosstab(countries["country"], countries["token"])
    sizes, strata = table.sum(axis=1).tolist(), [0] * 12
    ways = [[row in chosen for row in range(12)] for chosen in combinations(range(12), 6)]
    assert len(ways) == 924
    for word in "abc":
        counts = table[word].tolist()
        observed = deviation(counts, sizes, [row < 6 for row in range(12)], strata)
        extreme = sum(deviation(counts, sizes, way, strata) >= observed - 1e-9 for way in ways)
        assert found.loc[word, "p"] == pytest.approx(extreme / 924)
    assert set(found["test"]) == {"permutation by country (all 924 arrangements)"}
    assert set(found["p_smallest"]) == {2 / 924}
    assert found.loc["a", "p"] == found["p"].min()  # three times as frequent in the target
    np.testing.assert_allclose(found["q"], stats.false_discovery_control(found["p"]))


def test_p_within_strata_is_near_that_of_all_arrangements_within_strata():
    rng = np.random.default_rng(1)
    rows = [(d, s, f"s{s}", " ".join(rng.choice(list("abc"), rng.integers(5, 12)))) for d in "wxyz" for s in "012"]
    tokens = running(*rows, columns=("document", "paragraph", "section", "text"))
    how = {"unit": "section", "strata": "document", "permutations": 4999}
    found = scored(keyness.compare(tokens, tokens["section"] == "s1", **how))
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
        expected = np.mean([deviation(counts, sizes, way, strata) >= observed - 1e-9 for way in ways])
        assert abs(found.loc[word, "p"] - expected) < 4 * np.sqrt(expected * (1 - expected) / 4999) + 1 / 5000
    assert set(found["test"]) == {"permutation by section within document (4,999 random arrangements)"}
    # every document has one section s1: how much these differ within a document cannot be known
    assert set(found["interval"]) == {"none: only 1 (section within document) on a side of a stratum"}
    assert found[["low", "high"]].isna().all(axis=None)


def test_intervals_within_strata_are_those_of_two_samples_in_strata(countries, half):
    tokens = countries.assign(parity=np.where(countries["country"].str[1:].astype(int) % 2 == 0, "even", "odd"))
    found = scored(keyness.compare(tokens, half, unit="country", strata="parity", permutations=99))
    assert set(found["interval"]) == {"95 % by country within parity (jackknife, Welch, unreliable: 6)"}
    table = pd.crosstab([tokens["parity"], tokens["country"]], tokens["token"])
    parity, country = (table.index.get_level_values(name) for name in ("parity", "country"))
    expected = resampling.two_samples(table.to_numpy(), table.sum(axis=1), country < "c06", parity == "odd")
    expected = expected.set_axis(table.columns).loc[found.index]
    np.testing.assert_allclose(found[["low", "high"]], expected[["low", "high"]])


def test_one_stratum_is_none(countries, half):
    how = {"unit": "country", "permutations": 99}
    plain = keyness.compare(countries, half, **how)
    stratum = keyness.compare(countries.assign(all="x"), half, **how, strata="all")
    words = ["interval", "test"]
    pd.testing.assert_frame_equal(plain.drop(columns=words), stratum.drop(columns=words))


def test_why_there_is_no_interval_and_no_test():
    tokens = running(("a", "1", "x x y z"), ("b", "1", "x y y z"), ("c", "1", "w y z"), ("d", "1", "w w y z"))
    words = scored(keyness.compare(tokens, tokens["document"].isin(["a", "b"]), floor=1))
    assert words["interval"].to_dict() == {
        "x": "none: not in the reference",
        "w": "none: not in the target",
        "y": "none: only 2 (document) in the target",
        "z": "none: only 2 (document) in the target",
    }
    assert set(words["test"]) == {"none: only 4 (document), fewer than 5"}
    assert words[["low", "high", "p", "p_smallest", "q"]].isna().all(axis=None)
    census = scored(keyness.compare(tokens, tokens["document"].isin(["a", "b"]), unit=None, floor=1))
    assert set(census["test"]) == {"none: these texts are all there are"}


def test_units_that_are_alike_have_no_interval():
    tokens = running(*[(name, "1", "x y y" if name in "abc" else "x x y") for name in "abcdef"])
    words = keyness.compare(tokens, tokens["document"].isin(list("abc")))
    assert set(words["interval"]) == {"none: which document is left out makes no difference"}
    assert words[["low", "high"]].isna().all(axis=None)
    assert words["p"].tolist() == words["p_smallest"].tolist() == [2 / 20, 2 / 20]  # this and its mirror image


def test_below_ten_units_on_a_side_the_interval_is_called_unreliable():
    rng = np.random.default_rng(5)
    tokens = running(*[(f"d{k:02}", "1", " ".join(rng.choice(list("abc"), 20))) for k in range(20)])
    words = keyness.compare(tokens, tokens["document"] < "d10", permutations=9)
    assert set(words["interval"]) == {"95 % by document (jackknife, Welch)"}
    words = keyness.compare(tokens, tokens["document"] < "d09", tokens["document"] >= "d10", permutations=9)
    assert set(words["interval"]) == {"95 % by document (jackknife, Welch, unreliable: 9)"}


@pytest.mark.parametrize("strata", [None, "parity"])
def test_a_list_is_taken_as_fixed(countries, half, strata):
    tokens = countries.assign(parity=np.where(countries["country"].str[1:].astype(int) % 2 == 0, "even", "odd"))
    listed = pd.DataFrame({"token": ["a", "b", "zebra"], "n": [200, 300, 500]})
    found = keyness.compare(tokens, half, listed, unit="country", strata=strata, floor=1)
    words = scored(found)
    table = pd.crosstab([tokens["parity"][half], tokens["country"][half]], tokens["token"][half])
    parity = table.index.get_level_values("parity")
    row = resampling.jackknife(table[["a"]].to_numpy(), table.sum(axis=1), parity if strata else None).iloc[0]
    expected = row[["low", "log_rate", "high"]] - np.log2(200 / 1000)
    assert words.loc["a", ["low", "log_ratio", "high"]].tolist() == pytest.approx(expected.tolist())
    called = "country within parity" if strata else "country"
    name = f"95 % by {called} (jackknife of the target, the list taken as fixed, unreliable: 6)"
    assert words.loc["a", "interval"] == name
    assert words.loc["zebra", "interval"] == "none: not in the target" and words.loc["zebra", "n_target"] == 0
    assert words.loc["c", "interval"] == "none: not in the reference" and words.loc["c", "n_reference"] == 0
    assert words.loc[["c", "zebra"], ["low", "high"]].isna().all(axis=None)
    assert set(words["test"]) == {"none: the reference is a list"}
    assert words[["p", "q", "p_smallest"]].isna().all(axis=None)
    assert found["token"].iloc[-1] == "zebra"
    assert not words.loc["zebra", "few"]  # 500 times, though in none of our paragraphs


# What must not matter


@pytest.mark.parametrize("how", [{"unit": None}, {"unit": "country", "permutations": 199}])
def test_swapping_the_sides_flips_every_sign(countries, half, how):
    one, two = keyness.compare(countries, half, **how), keyness.compare(countries, ~half, half, **how)
    assert one["token"].tolist() == two["token"].tolist()[::-1]
    two = two[::-1].reset_index(drop=True)
    for a, b in (("g2", "g2"), ("log_ratio", "log_ratio"), ("low", "high"), ("high", "low")):
        np.testing.assert_allclose(one[a], -two[b], rtol=1e-9, atol=1e-12)
    for name in ("n", "per_1000", "n_paragraphs"):
        assert one[f"{name}_target"].tolist() == two[f"{name}_reference"].tolist()
        assert two[f"{name}_target"].tolist() == one[f"{name}_reference"].tolist()
    same = ["p", "p_smallest", "q", "test", "interval", "few"]
    pd.testing.assert_frame_equal(one[same], two[same])


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_of_categories_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows = [(f"d{k}", "1", "".join(f"{w} " for w in rng.choice(list("abcd"), rng.integers(4, 9)))) for k in range(8)]
    tokens = running(*rows)
    how = {"permutations": 19, "floor": 1, "seed": 7}
    straight = keyness.compare(tokens, tokens["document"] < "d4", **how)
    mixed = tokens.iloc[rng.permutation(len(tokens))]
    mixed = mixed.assign(
        document=pd.Categorical(mixed["document"], mixed["document"].unique()),
        token=pd.Categorical(mixed["token"], [*rng.permutation(list("abcd")), "never there"]),
    )
    other = keyness.compare(mixed, mixed["document"].astype("str") < "d4", **how)
    pd.testing.assert_frame_equal(straight, other, rtol=1e-9)


def test_words_outside_target_and_reference_do_not_matter(countries):
    how = {"unit": "country", "permutations": 99}
    inside, outside = countries["country"] < "c04", countries["country"].between("c04", "c07")
    rows = inside | outside
    again = keyness.compare(countries[rows], inside[rows], outside[rows], **how)
    pd.testing.assert_frame_equal(keyness.compare(countries, inside, outside, **how), again)


def test_the_same_seed_gives_the_same_p_and_the_caller_s_table_stays_as_it_was(countries, half):
    before, how = countries.copy(deep=True), {"unit": "country", "permutations": 99}
    one, two, other = (keyness.compare(countries, half, **how, seed=seed)["p"] for seed in (1, 1, 2))
    assert one.tolist() == two.tolist() != other.tolist()
    pd.testing.assert_frame_equal(countries, before)


@pytest.mark.parametrize("convert", [pd.Series.to_numpy, pd.Series.tolist, lambda mask: mask.astype("boolean")])
def test_masks_may_be_series_arrays_or_nullable(countries, half, convert):
    how = {"unit": "country", "permutations": 9}
    expected = keyness.compare(countries, half, **how)
    pd.testing.assert_frame_equal(keyness.compare(countries, convert(half), convert(~half), **how), expected)


# Paragraphs with a concept


def test_paragraphs_having_a_hit():
    text = ["We manage conflict here", "Nothing of it", "Conflict is to be managed", "Peace or else"]
    texts = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3", "4"], "text": text})
    words = tokenize(texts)
    hits = pd.concat([patterns.find(texts, "manage conflict"), patterns.find(texts, "peace").assign(kept=False)])
    assert keyness.having(hits, words).tolist() == (words["paragraph"] == "1").tolist()
    assert not keyness.having(hits[hits["label"] == "never"], words).any()
    with pytest.raises(ValueError, match=r"hits: paragraph \('un', '1'\) has no running words in tokens"):
        keyness.having(hits, words[words["paragraph"] != "1"])


def test_having_goes_straight_into_compare(workshop):
    words = tokenize(workshop.paragraphs)
    here = keyness.having(patterns.find(workshop.paragraphs, "conflict"), words)
    found = keyness.compare(words, here, drop=["conflict"]).set_index("token")
    assert found.loc["conflict", "reason"] == "in drop" and found.loc["conflict", "n_reference"] == 0
    assert found[["n_target", "n_reference"]].sum().tolist() == [here.sum(), (~here).sum()]


# What is refused


@pytest.fixture
def pair():
    """Six documents, half of them target."""
    tokens = running(*[(name, "1", "x y y" if name in "abc" else "x x y") for name in "abcdef"])
    return tokens.assign(country=tokens["document"].map(dict(zip("abcdef", "uuvwww", strict=True))), year=2000)


def refuse(message, tokens, target=None, reference=None, **how):
    target = tokens["document"].isin(list("abc")) if target is None else target
    with pytest.raises(ValueError) as caught:
        keyness.compare(tokens, target, reference, **how)
    assert message in str(caught.value), str(caught.value)


def test_masks_that_are_none_are_refused(pair):
    needed = "should be true or false for each row of tokens"
    refuse(f"target {needed}", pair, np.array([True, False]))
    refuse(f"target {needed}", pair, np.array([True] * 17 + [None], dtype=object))
    refuse(f"reference {needed}", pair, reference=np.ones(18, int))
    refuse("target has no words: it is true for none of 18 rows", pair, np.zeros(18, bool))
    refuse("reference has no words", pair, np.ones(18, bool))
    refuse("target has another index than tokens", pair, pd.Series([True] * 18, index=range(1, 19)))


def test_a_paragraph_on_both_sides_is_refused(pair):
    refuse("paragraph ('a', '1') has words in the target and in the reference", pair, reference=np.ones(18, bool))
    torn = pair["document"].isin(list("abc")) & (pair.index != 8)  # but for the last word of c
    refuse("paragraph ('c', '1') has words in the target and in the reference", pair, torn)


def test_units_that_say_nothing_are_refused(pair):
    mixed = pair.assign(country=pair["document"].map(dict(zip("abcdef", "uuvvww", strict=True))))
    both = "country v has words in the target and in the reference. Name the level at which the sides differ (unit='sec"
    refuse(both, mixed, unit="country")
    refuse("The reference has one country only, w", pair, unit="country")
    refuse("The target has one paragraph only, ('a', '1')", pair, pair["document"] == "a")
    listed = pd.DataFrame({"token": ["x"], "n": [10]})
    refuse("The target has one country only, u", pair, pair["country"] == "u", listed, unit="country")
    years = pair.assign(year=pair["document"].map(dict(zip("abcdef", [1, 1, 2, 1, 1, 3], strict=True))))
    refuse("year 2 is on one side only", years, strata="year")
    refuse("strata='year' needs a unit", pair, strata="year", unit=None)


def test_a_census_with_one_paragraph_on_a_side_is_refused(census):
    refuse("The target has one paragraph only, ('d', '1')", census, census["paragraph"] == "1")
    refuse("The reference has one paragraph only, ('d', '1')", census, census["paragraph"] != "1")


def test_options_that_leave_nothing_or_do_not_exist_are_refused(pair):
    refuse("measure should be one of ['g2', 'chi2'], found 'g3'", pair, measure="g3")
    refuse("No word reaches the floor of 100; the most frequent one occurs 9 times", pair, floor=100)
    refuse("No word reaches the floor of 5", pair, drop=["x", "y"])
    listed = pd.DataFrame({"token": ["x", "Peace"], "n": [3, 1]})
    refuse("reference: 'Peace' should be written as tokens are: 'peace'", pair, reference=listed)
