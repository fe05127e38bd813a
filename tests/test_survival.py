"""How long paragraphs stay, against lives written down by hand and a count line by line."""

import random

import pandas as pd
import pytest

from analysis import lineage, survival
from tests.made import quietly

LIVES = ["abc", "abd", "abde", "bdef", "def"]  # the paragraphs of five versions, each letter a text of its own


def versions(lives, series="x"):
    """Paragraphs whose texts have no word in common, and their order."""
    rows = [
        (f"{series}{place}", str(number), " ".join(f"{letter}{n}" for n in range(12)), series, letter)
        for place, own in enumerate(lives)
        for number, letter in enumerate(own, start=1)
    ]
    texts = pd.DataFrame(rows, columns=["document", "paragraph", "text", "series", "letter"])
    return texts, {series: [f"{series}{place}" for place in range(len(lives))]}


def opened(lives):
    texts, order = versions(lives)
    return survival.openings(lineage.trace(texts, order), texts)


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
    assert lives[["renewals", "n", "at_risk", "ended"]].values.tolist() == [
        [0, 4, 4, 0],
        [1, 3, 4, 1],
        [2, 3, 3, 0],
        [3, 2, 2, 0],
        [4, 1, 1, 0],
    ]
    assert lives["percent"].tolist() == [100, 75, 75, 75, 75] and lives["few"].all()


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
    texts, order = versions(["ab", "c"])
    texts.loc[2, "text"] = texts["text"][0] + " " + texts["text"][1]
    texts.loc[len(texts)] = ["x1", "2", "Decides to remain seized of the matter.", "x", "formula"]
    traced = lineage.trace(texts, order)
    assert (traced["change"] == "merged").sum() == 2
    found = survival.openings(traced, texts)
    assert found[["document", "paragraph", "change", "kept"]].values.tolist()[2:] == [
        ["x1", "1", "merged", True],
        ["x1", "2", "new", False],
    ]
    assert (found["end"] == found["text"].str.len().clip(upper=80)).all()


def test_series_of_the_mandates_are_in_the_order_of_their_predecessors():
    about = pd.read_csv("data/mandates.csv", dtype="str")
    order = survival.order(about)
    before = about.set_index("document")["predecessor"]
    assert all(before[name] == names[place] for names in order.values() for place, name in enumerate(names[1:]))
    assert len(order) == 22 and quietly("data/mandates/s-res-2782-2025.txt").documents["document"][0] in order["UNDOF"]
    with pytest.raises(ValueError, match=r"texts of versions lacks the columns \['series'\]"):
        survival.order(about.drop(columns="series"))
