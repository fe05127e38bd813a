"""Keyness: counts, scores, ranges, intervals and p against independent figures; what is refused, and in which words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import keyness, patterns, resampling, tables
from analysis.tokens import tokenize
from tests.conftest import ORACLES
from tests.made import paragraphs, refused, running


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
    tokens = running(*rows, columns=("document", "paragraph", "country", "text"))
    return tokens.assign(parity=np.where(tokens["country"].str[1:].astype(int) % 2 == 0, "even", "odd"))


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


def test_few_needs_five_occurrences_and_five_paragraphs_and_equal_scores_stand_by_alphabet():
    tokens = running(*[("d", str(number), "a b b e" if number < 4 else "a c c e") for number in range(5)])
    found = scored(keyness.compare(tokens, tokens["paragraph"].isin(["0", "4"]), floor=1))
    assert found["few"].to_dict() == {"a": False, "b": True, "c": True, "e": False}  # b 8 times, in four paragraphs
    assert found["g2"].nunique() < 4 and found.index[found["g2"] == found.loc["a", "g2"]].tolist()[:2] == ["a", "e"]


def against_quanteda(tokens, inside, oracle, floor):
    """Compare with quanteda.textstats 4.3.1, a row a word and a measure: where we agree, and where we mean not to."""
    total, target = len(tokens), inside.sum()
    a, b = oracle["n_target"], oracle["n_reference"]
    c, d = target - a, total - target - b
    of_chance = np.minimum(a + b, c + d) * np.minimum(a + c, b + d) / total  # the smallest expected cell
    # quanteda corrects by Yates only where a cell is expected below 5 and |ad − bc| > N/2; we do in every table.
    # Its "default" for G² is this correction, where its help says Williams'. Its χ² it multiplies by q.
    yates = (of_chance < 5) & (np.abs(a * d - b * c) > total / 2)
    usual = (a * d != b * c) & (a > 0) & (b > 0)
    for measure, name in (("lr", "g2"), ("chi2", "chi2")):
        how = {"unit": None, "measure": name, "floor": floor, "numbers": True}
        plain, corrected = (scored(keyness.compare(tokens, inside, correction=one, **how)) for one in (None, "yates"))
        cases = [("none", a >= 0, plain), ("yates", yates, corrected), ("yates", ~yates, plain)]
        if measure == "lr":
            cases += [("williams", usual, scored(keyness.compare(tokens, inside, correction="williams", **how)))]
        for correction, some, found in cases:
            rows = oracle[(oracle["measure"] == measure) & (oracle["correction"] == correction) & some]
            assert len(rows) > 5, (measure, correction)
            found = found.loc[rows["token"]]
            for side in ("n_target", "n_reference"):
                assert found[side].tolist() == rows[side].tolist()
            near = 2.1e-9 * total if measure == "lr" else 1e-8  # quanteda adds 1e-9 within the logarithm
            np.testing.assert_allclose(found[name], rows["statistic"], rtol=0, atol=near, err_msg=measure + correction)


def of_rows(rows, column):
    """Running words of a table of paragraphs with another column."""
    columns = ["document", "paragraph", column, "text"]
    return running(*rows[columns].itertuples(False, None), columns=columns)


def test_a_section_equals_quanteda():
    rows = pd.read_csv(ORACLES / "cairo-tokens.csv", dtype="str", keep_default_na=False)
    tokens = of_rows(rows.rename(columns={"tokens": "text"}).assign(document="cairo"), "section")
    oracle = pd.read_csv(ORACLES / "cairo-partnerships-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    against_quanteda(tokens, tokens["section"] == oracle["section"].iloc[0], oracle, floor=1)


def test_sport_news_equal_quanteda(shared):
    path = shared / "data" / "octis-bbc-news" / "corpus.tsv"
    rows = pd.read_csv(path, sep="\t", quoting=3, names=["text", "part", "label"], dtype="str", keep_default_na=False)
    rows = rows.assign(document="bbc", paragraph=[str(row) for row in range(len(rows))])
    tokens = of_rows(rows, "label")
    oracle = pd.read_csv(shared / "oracles" / "bbc-sport-keyness-quanteda-4.3.1.csv", keep_default_na=False)
    against_quanteda(tokens, tokens["label"] == "sport", oracle, floor=5)


def test_what_is_left_out_stands_below_with_its_counts_and_why(census):
    found = keyness.compare(census, census["paragraph"].isin(["1", "2"]), drop=["B", "nowhere"])
    below = "below the floor of 5"
    wanted = [["c", 1, 6, ""], ["b", 6, 1, "in drop"], ["a", 3, 1, below], ["d", 0, 2, below]]
    assert found[["token", "n_target", "n_reference", "reason"]].fillna("").values.tolist() == wanted
    assert found["per_1000_target"].tolist() == [100, 600, 300, 0]  # b still counts among the running words
    unscored = ["g2", "log_ratio", "low", "high", "interval", "p", "p_smallest", "q", "test"]
    assert found.loc[1:, unscored].isna().all(axis=None)
    enough = keyness.compare(census, census["paragraph"].isin(["1", "2"]), floor=7)
    assert scored(enough).index.tolist() == ["b", "c"]  # seven times each: the floor itself is enough


# Leave-one-out ranges

TEXTS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), min_size=2, max_size=6)


def brute_range(left, right, word):
    """The log ratio without each paragraph in turn, one after the other."""

    def rate(texts):
        return np.log2((sum(text.count(word) for text in texts) or 0.5) / sum(map(len, texts)))

    values = [rate(left[:k] + left[k + 1 :]) - rate(right) for k in range(len(left))]
    values += [rate(left) - rate(right[:k] + right[k + 1 :]) for k in range(len(right))]
    return pytest.approx([min(values), max(values)], abs=1e-12)


@settings(max_examples=10)
@given(TEXTS, TEXTS)
def test_ranges_equal_leaving_out_one_by_one(left, right):
    tokens = running(
        *[("d", f"{side}{k}", text) for side, texts in (("t", left), ("r", right)) for k, text in enumerate(texts)]
    )
    words = scored(keyness.compare(tokens, tokens["paragraph"].str.startswith("t"), floor=1))
    for word in words.index:
        assert words.loc[word, ["low", "high"]].tolist() == brute_range(left, right, word)


# Several units: the figures of `resampling`, which is tested by brute force


@pytest.mark.parametrize("strata", [None, "parity"])
def test_intervals_and_p_are_those_of_the_units(countries, strata):
    half = countries["country"] < "c06"
    found = keyness.compare(countries, half, unit="country", strata=strata, permutations=999, seed=3)
    table = pd.crosstab([countries[name] for name in (strata, "country") if name], countries["token"])
    country, stratum = table.index.get_level_values("country"), table.index.get_level_values(0)
    units = table.to_numpy(), table.sum(axis=1), country < "c06", stratum if strata else None
    expected = resampling.two_samples(*units)
    expected["p"], smallest, _ = resampling.permutation_test(*units, permutations=999, seed=3)
    expected = expected.set_axis(table.columns).loc[found["token"]]
    for name in ("log_ratio", "low", "high", "p"):
        np.testing.assert_allclose(found[name], expected[name])
    np.testing.assert_allclose(found["q"], stats.false_discovery_control(found["p"]))
    assert set(found["p_smallest"]) == {smallest} and found.set_index("token")["p"].idxmin() == "a"
    of, tried = ("country within parity", "999 random") if strata else ("country", "all 924")
    assert set(found["interval"]) == {f"95 % by {of} (jackknife, Welch, unreliable: 6)"}
    assert set(found["test"]) == {f"a sample; permutation by {of} ({tried} arrangements)"}


@pytest.mark.parametrize(
    ("n", "last", "said"), [(3, "s1", "none: only 1 (section within document) on a side of a "), (4, "s2", "95 %")]
)
def test_one_unit_of_a_side_in_a_stratum_says_nothing_of_how_far_another_might_lie(n, last, said):
    rows = [(name, str(k), f"s{k}", "x y y" + " x" * (k + j)) for j, name in enumerate("abcd") for k in range(n)]
    tokens = running(*rows, columns=("document", "paragraph", "section", "text"))
    found = keyness.compare(tokens, tokens["section"] < last, unit="section", strata="document", permutations=9)
    assert found["interval"].str.startswith(said).all() and found["p"].notna().all()
    assert (found[["low", "high"]].isna() == (n == 3)).all(axis=None)


def test_why_there_is_no_interval_and_no_test():
    tokens = running(("a", "1", "x x y z"), ("b", "1", "x y y z"), ("c", "1", "w y z"), ("d", "1", "w w y z"))
    target = tokens["document"] < "c"
    words = scored(keyness.compare(tokens, target, floor=1))
    few = "none: only 2 (document) in the target"
    said = {"x": "none: not in the reference", "w": "none: not in the target", "y": few, "z": few}
    assert words["interval"].to_dict() == said
    assert set(words["test"]) == {"a sample; none: only 4 (document), fewer than 5"}
    assert words[["low", "high", "p", "p_smallest", "q"]].isna().all(axis=None)
    census = scored(keyness.compare(tokens, target, unit=None, floor=1))
    assert set(census["test"]) == {"none: a census, for these texts are all there are"}
    five = pd.concat([tokens, running(("e", "1", "y"))])
    target = (five["document"] < "c").to_numpy()
    found = scored(keyness.compare(five, target, floor=1))
    assert set(found["test"]) == {"a sample; permutation by document (all 10 arrangements)"}


# What must not matter


def test_neither_the_order_of_rows_and_categories_matters_nor_words_outside_target_and_reference(countries):
    how, rng = {"unit": "country", "permutations": 19, "floor": 1, "seed": 7}, np.random.default_rng(1)
    straight = keyness.compare(countries, countries["country"] < "c04", **how)
    left = countries[countries["position"] != 1]
    with pytest.warns(UserWarning, match="words were taken out of .*: rates are of the words that are left"):
        keyness.compare(left, left["country"] < "c04", **how)
    mixed = countries.iloc[rng.permutation(len(countries))]
    country = pd.Categorical(mixed["country"], rng.permutation(mixed["country"].unique()))
    token = pd.Categorical(mixed["token"], [*rng.permutation(list("abcdefghi")), "never there"])
    other = keyness.compare(mixed.assign(country=country, token=token), mixed["country"] < "c04", **how)
    pd.testing.assert_frame_equal(straight, other, rtol=1e-9)
    inside, outside = countries["country"] < "c04", countries["country"].between("c04", "c07")
    rows = inside | outside
    again = keyness.compare(countries[rows], inside[rows], outside[rows], **how)
    pd.testing.assert_frame_equal(keyness.compare(countries, inside, outside, **how), again)


def test_paragraphs_having_a_hit():
    texts = paragraphs("We manage conflict", "Nothing", "Conflict is to be managed", "Peace or else", document="un")
    words = tokenize(texts)
    hits = pd.concat([patterns.find(texts, "manage conflict"), patterns.find(texts, "peace").assign(kept=False)])
    assert keyness.having(hits, words).tolist() == (words["paragraph"] == "1").tolist()
    assert not keyness.having(hits[hits["label"] == "never"], words).any()
    with pytest.raises(ValueError, match=r"hits: paragraph \('un', '1'\) has no running words in tokens"):
        keyness.having(hits, words[words["paragraph"] != "1"])


# What is refused


def compared(target, how):
    """Keyness of six documents; the target is named by its documents, or is a mask."""
    tokens = running(*[(name, "1", "x y y" if name in "abc" else "x x y") for name in "abcdef"])
    for column, values in {"country": "uuvvww", "year": [1, 1, 2, 1, 2, 3]}.items():
        tokens[column] = tokens["document"].map(dict(zip("abcdef", values, strict=True)))
    return keyness.compare(tokens, tokens["document"].isin([*target]) if isinstance(target, str) else target, **how)


test_what_cannot_be_compared_is_told = refused(
    compared,
    ([True, False], {}, "target should be true or false for each row of tokens"),
    (pd.Series([True] * 18, index=range(1, 19)), {}, "target should be true or false for each row"),
    ("abc", {"reference": [1] * 18}, "reference should be true or false for each row"),
    ([False] * 18, {}, "none of 18 rows of tokens. Is the value spelled as in tokens? Documents are called 'a', 'b',"),
    ([True] * 8 + [False] * 10, {}, "paragraph ('c', '1') has words in the target and in the reference."),
    (
        "abc",
        {"unit": "country"},
        "country v has words in the target and in the reference. "
        "Name the level at which the sides differ (unit='section', strata='document'), or unit=None: a census.",
    ),
    ("abc", {"strata": "year"}, "year 3 is on one side only: take out its words, or leave out strata."),
    ("abc", {"strata": "year", "unit": None}, "strata='year' needs a unit"),
    ("abc", {"measure": "g3"}, "measure should be one of ['g2', 'chi2'], found 'g3'"),
    ("abc", {"floor": 100}, "No word left: all in drop, numbers or below the floor of 100 (highest n: 9)."),
)


ONE = [("a", "1", "x x x y z"), ("a", "2", "x y z"), ("b", "1", "y z z"), ("c", "1", "y y z"), ("d", "1", "x y z z")]


@pytest.mark.parametrize(
    ("target", "said", "n"),
    [
        ("a", "none: a census, for the target is one document", 4),
        ("bcd", "none: a census, for the reference is one document", 1),
        ("b", "none: a census, for the target is one document", 0),  # of one paragraph
        ("ab", "a sample; none: only 4 (document), fewer than 5", 4),
    ],
)
def test_one_document_against_the_rest_is_a_census_and_says_so(target, said, n):
    tokens = running(*ONE)
    found = keyness.compare(tokens, tokens["document"].isin(list(target)), floor=1).set_index("token")
    assert set(found["test"]) == {said} and found.loc["x", "n_target"] == n
    assert found["p"].isna().all() and found["low"].notna().all() == ("census" in said)


def test_a_missing_year_is_on_neither_side_and_a_missing_region_of_the_reference_is_told():
    tokens = running(*ONE).assign(title="x")
    tokens["year"] = tokens["document"].map({"a": 1999, "b": 2001, "c": 2002}).astype("Int64")  # d has none
    found = keyness.compare(tokens, tokens["year"] > 2000, unit=None, floor=1).set_index("token")
    assert found.loc["x", ["n_target", "n_reference"]].tolist() == [0, 4]  # the x of d is not counted
    tokens["region"] = tokens["document"].map({"a": "Asia", "b": "Asia", "c": "Mali"}).astype("category")
    n = (tokens["document"] == "d").sum()
    tokens = tokens.drop(columns="year")
    with pytest.warns(UserWarning, match=rf"region is missing for {n} words of the reference; if it makes the target"):
        keyness.compare(tokens, tokens["region"] == "Asia", unit=None, floor=1)
    keyness.compare(tokens, tokens["document"].isin(["a", "c"]), unit=None, floor=1)  # no column of groups made it


def test_numbers_and_symbols_are_no_key_words_unless_asked_for():
    words = ["2015", "1,325", "s/2015/446", "2015/16", "www.un.org", "http://a.b/c", "me@un.org"]
    tokens = running(("a", "1", [*words, "70th"] * 2), ("a", "2", "70th"), ("b", "1", "70th no"), ("b", "2", "no"))
    target = tokens["document"] == "a"
    found = keyness.compare(tokens, target, unit=None, floor=1, drop=["No"]).set_index("token")["reason"].fillna("")
    assert found.to_dict() == {"70th": "", "no": "in drop"} | dict.fromkeys(words, "a number or symbol")
    found = keyness.compare(tokens, target, unit=None, floor=1, numbers=True)
    assert sorted(found["token"][: len(words)]) == sorted(words)


def test_units_that_differ_in_writing_only_are_told():
    words = tokenize(paragraphs(*["war"] * 4, document=[*"abcd"], country=["Chad", "chad", "Mali", "Peru"]))
    with pytest.warns(UserWarning, match="tokens: country: 'Chad' and 'chad' differ in writing only"):
        keyness.compare(words, words["document"].isin(["a", "b"]), unit="country", floor=1, permutations=9)
