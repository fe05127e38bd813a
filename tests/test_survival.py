"""How long paragraphs stay, against lives written down by hand and a count line by line."""

import random

import pandas as pd
import pytest

from analysis import lineage, survival

LIVES = ["abc", "abd", "abde", "bdef", "def"]  # the paragraphs of five versions, each letter a text of its own


def opened(lives, series="x", **changed):
    """Paragraphs of versions, whose texts have no word in common, as they are opened; some columns or cells changed.

    They have dates and parts: a and b are the preamble; f has three words, all others twelve.
    """
    days = ["2020-01-01", "2020-01-31", "2020-03-01", "2020-05-01", "2020-05-11", "2020-06-01"]
    rows = [
        (f"{series}{place}", str(number), " ".join(f"{letter}{n}" for n in range(3 if letter == "f" else 12)), letter)
        for place, own in enumerate(lives)
        for number, letter in enumerate(own, start=1)
    ]
    texts = pd.DataFrame(rows, columns=["document", "paragraph", "text", "letter"]).assign(series=series)
    texts["part"] = texts["letter"].map({"a": "preamble", "b": "preamble"}).fillna("operative")
    texts["date"] = texts["document"].str[1:].astype(int).map(dict(enumerate(days)))
    texts = texts.assign(**changed)
    return survival.openings(lineage.trace(texts, {series: texts["document"].unique().tolist()}), texts)


def test_ages_and_shares_are_those_worked_out_by_hand():
    found = opened(LIVES)
    assert found["document"].value_counts().to_dict() == {"x0": 3, "x1": 3, "x2": 4, "x3": 4, "x4": 3}
    ages = found.groupby("letter")["renewals"].agg(list).to_dict()
    assert [ages[letter] for letter in "def"] == [[0, 1, 2, 3], [0, 1, 2], [0, 1]]
    assert all(pd.isna(age) for letter in "abc" for age in ages[letter])  # of the first version
    assert found.loc[found["is_last"], "letter"].tolist() == [*"def"]
    assert set(found.loc[found["document"] == "x0", "change"]) == {"first"}
    # d is there for 3 renewals, e for 2, f for 1, all to the end; g for none, and it ends.
    lives = survival.survival(opened([*LIVES[:4], "defg", "def"]))
    assert lives["n"].tolist() == [4, 3, 3, 2, 1] and lives["at_risk"].tolist() == [4, 4, 3, 2, 1]
    assert lives["renewals"].tolist() == [0, 1, 2, 3, 4] and lives["ended"].tolist() == [0, 1, 0, 0, 0]
    assert lives["percent"].tolist() == [100, 75, 75, 75, 75] and lives["few"].all()


def test_a_version_in_two_series_is_counted_in_both_and_what_is_missing_is_told():
    texts = opened(LIVES)[["document", "paragraph", "text", "date"]]
    traced = lineage.trace(texts, {"x": ["x0", "x1"], "y": ["x1", "x2"]})
    found = survival.openings(traced, texts)
    assert found.groupby(["series", "document"], sort=False).size().tolist() == [3, 3, 3, 4]
    assert found[found["series"] == "y"]["renewals"].fillna(-1).tolist() == [-1] * 6 + [0]  # a, b, d again, and e
    with pytest.raises(ValueError, match="texts lacks x1 ¶1, which was traced"):
        survival.openings(traced, texts[texts["document"] != "x1"])
    with pytest.warns(UserWarning, match="openings: x lacks its last version: trace anew, else all lines ended"):
        survival.survival(opened(LIVES).query("document != 'x4'"))
    for days in (["2020", "2020-05-31"], ["2020-05-31"] * 2):
        with pytest.warns(UserWarning, match=f"b is of {days[1]}, a of {days[0]}: which comes first"):
            survival.order(pd.DataFrame({"document": ["a", "b"], "series": "x", "date": days}))


def test_shares_equal_a_count_line_by_line():
    """Of each line that began under observation: is it there after so many renewals, and could it have been?"""
    chance = random.Random(1)
    letters = "abcdefghijklmnop"
    span = {letter: (born := chance.randrange(8), chance.randint(born, 8)) for letter in letters}
    lives = ["".join(one for one in letters if span[one][0] <= place <= span[one][1]) for place in range(9)]
    found = survival.survival(opened(lives)).set_index("renewals")
    begun = [(born, ended) for born, ended in span.values() if born > 0]
    share = 1.0
    for age in range(1, found.index.max() + 1):
        could = [one for one in begun if one[1] - one[0] >= age - 1 and one[0] + age <= 8]
        there = [one for one in could if one[1] - one[0] >= age]
        share *= len(there) / len(could)
        assert found.loc[age, ["n", "at_risk"]].tolist() == [len(there), len(could)]
        assert found.loc[age, "percent"] == pytest.approx(100 * share)


def test_formulas_count_for_nothing_and_merged_paragraphs_once():
    a, b = (" ".join(f"{letter}{n}" for n in range(12)) for letter in "ab")
    found = opened(["ab", "cd"], text=[a, b, f"{a} {b}", "Decides to remain seized of the matter."])
    wanted = [["x1", "1", "merged", True], ["x1", "2", "new", False]]
    assert found[["document", "paragraph", "change", "kept"]].values.tolist()[2:] == wanted
    assert (found["end"] == found["text"].str.len().clip(upper=50)).all()


def test_shares_of_paragraphs_words_renewals_and_parts_are_those_worked_out_by_hand():
    """Fourteen paragraphs in four renewals: of 3, 3, 4, 4 the new ones are d, e, f and none."""
    found = survival.shares(opened(LIVES)).set_index("change")
    assert found.index.tolist() == ["kept", "edited", "moved", "merged", "split", "new"]
    assert found["n"].tolist() == [11, 0, 0, 0, 0, 3] and set(found["n_paragraphs"]) == {14}
    assert found.loc["kept", "percent"] == pytest.approx(100 * 11 / 14)
    # 12 paragraphs of twelve words, 2 of three; of the new ones d and e have twelve, f three
    assert found.loc["new", "percent_words"] == pytest.approx(100 * 27 / 150)
    assert found.loc["kept", "percent_pairs"] == pytest.approx(100 * (2 / 3 + 3 / 4 + 3 / 4 + 1) / 4)
    # a twice and b three times, kept; d, e and f nine times, three of them new
    assert found.loc["kept", ["percent_preamble", "percent_operative"]].tolist() == [100, pytest.approx(100 * 6 / 9)]
    assert found["days"].tolist() == [30.0] * 6  # of 30, 30, 61 and 10


def test_shares_of_several_groups_leave_out_formulas_and_first_versions():
    both = pd.concat([opened(LIVES), opened(["ab", "ab"], "y")], ignore_index=True)
    both["late"] = both["date"] > "2020-02-01"
    found = survival.shares(both, ["late", "series"]).set_index(["late", "series", "change"])
    assert found.loc[(False, "x", "kept"), "n"] == 2 and found.loc[(True, "x", "kept"), "n"] == 9
    assert found.loc[(False, "y", "kept"), ["n", "percent", "percent_preamble"]].tolist() == [2, 100, 100]
    assert found.loc[(False, "y", "kept")].isna()["percent_operative"] and len(found) == 3 * 6
    assert survival.shares(both.assign(kept=False)).empty
    assert opened(LIVES, date="2020")["days"].isna().all()


def test_a_line_is_there_once_and_a_wording_as_long_as_its_words():
    texts = [" ".join(f"{letter}{n}" for n in range(12)) for letter in "abababab"]
    texts = [text.replace("a11", "other") if place > 3 else text for place, text in enumerate(texts)]
    found = opened(["ab", "ab", "ab", "ab"], text=texts)
    assert survival.first(found)[["document", "paragraph"]].values.tolist() == [["x0", "1"], ["x0", "2"]]
    found = survival.wordings(found)
    assert found[["line", "wording", "change", "n", "since", "until", "n_versions"]].values.tolist() == [
        ["x0 ¶1", 1, "first", 2, "2020-01-01", "2020-01-31", 4],
        ["x0 ¶2", 1, "first", 4, "2020-01-01", "2020-05-01", 4],
        ["x0 ¶1", 2, "edited", 2, "2020-03-01", "2020-05-01", 4],
    ]
    assert found["text"].str.contains("other").tolist() == [True, False, True]  # a line's last words


def test_series_of_the_mandates_are_in_the_order_of_their_predecessors():
    about = pd.read_csv("data/mandates.csv", dtype="str")
    order = survival.order(about)
    before = about.set_index("document")["predecessor"]
    assert all(before[name] == names[place] for names in order.values() for place, name in enumerate(names[1:]))
    assert len(order) == 22 and "s-res-2782-2025" in order["UNDOF"]
