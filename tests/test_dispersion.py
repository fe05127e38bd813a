"""How evenly words are spread: worked by hand, by brute force, and at the extremes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import frequency, tables
from tests.made import words_of

PARTS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), min_size=2, max_size=7)


def filled(*hits_and_sizes):
    """Paragraphs with so many times `a` among so many words."""
    return words_of(*(" ".join(["a"] * hits + ["x"] * (size - hits)) for hits, size in hits_and_sizes))


def of_a(words, **options):
    return frequency.dispersion(words, ["a"], **options).iloc[0]


def test_gries_example_worked_by_hand():
    a = of_a(filled((1, 9), (2, 10), (3, 10), (4, 10), (5, 11)))
    # v: 1/15 … 5/15; s: 9/50, 10/50, 10/50, 10/50, 11/50
    dp = (abs(1 / 15 - 9 / 50) + abs(2 / 15 - 1 / 5) + 0 + abs(4 / 15 - 1 / 5) + abs(5 / 15 - 11 / 50)) / 2
    assert a["dp"] == pytest.approx(dp) == pytest.approx(0.18)
    assert a["dp_norm"] == pytest.approx(0.18 / (1 - 9 / 50)) and round(a["dp_norm"], 6) == 0.219512
    rates = np.array([1 / 9, 2 / 10, 3 / 10, 4 / 10, 5 / 11])
    assert a["juilland_d"] == pytest.approx(1 - rates.std() / rates.mean() / 2) == pytest.approx(0.785150, abs=5e-7)
    assert (a["n"], a["n_parts"], a["range"], a["few"]) == (15, 5, 5, False)


def test_the_extremes_are_exact():
    even = of_a(filled((1, 7), (2, 14), (3, 21)))
    assert (even["dp"], even["dp_norm"], even["juilland_d"]) == (0, 0, 1)
    smallest = of_a(filled((2, 3), (0, 10), (0, 17)))
    assert smallest["dp_norm"] == 1 and smallest["dp"] == pytest.approx(1 - 3 / 30)
    assert smallest["juilland_d"] == pytest.approx(0, abs=1e-12) and smallest["juilland_d"] >= 0


@settings(max_examples=50)
@given(PARTS)
def test_as_brute_force(parts):
    spread = frequency.dispersion(words_of(*(" ".join(part) for part in parts)))
    size = np.array([len(part) for part in parts])
    assert list(zip(-spread["n"], spread["token"], strict=True)) == sorted(
        (-sum(part.count(word) for part in parts), word) for word in {word for part in parts for word in part}
    )
    for row in spread.itertuples():
        hits = np.array([part.count(row.token) for part in parts])
        v, s, rate = hits / hits.sum(), size / size.sum(), hits / size
        dp = np.abs(v - s).sum() / 2
        assert (row.n, row.range, row.n_parts) == (hits.sum(), (hits > 0).sum(), len(parts))
        assert row.dp == pytest.approx(dp) and row.dp_norm == pytest.approx(dp / (1 - s.min()))
        assert row.juilland_d == pytest.approx(1 - rate.std() / rate.mean() / np.sqrt(len(parts) - 1), abs=1e-12)
        assert 0 <= row.dp < 1 and 0 <= row.dp_norm <= 1 and 0 <= row.juilland_d <= 1
        assert row.few == (hits.sum() < 5 or (hits > 0).sum() < 5)


def test_words_and_phrases_in_the_order_asked_and_missing_where_absent():
    spread = frequency.dispersion(words_of("war and peace", "and peace", "war"), ["peace", "Women", "and peace"])
    assert spread["token"].tolist() == ["peace", "women", "and peace"]
    assert spread["n"].tolist() == [2, 0, 2] and spread["range"].tolist() == [2, 0, 2]
    assert spread.loc[1, ["dp", "dp_norm", "juilland_d"]].isna().all() and spread.loc[1, "few"]
    assert spread.loc[2, "dp"] == pytest.approx((abs(1 / 2 - 3 / 6) + abs(1 / 2 - 2 / 6) + 1 / 6) / 2)
    message = "part='document': 1 part, over which nothing can be spread; take smaller parts"
    with pytest.raises(ValueError, match=message):
        frequency.dispersion(words_of("war", "war"), part="document")
    absent = frequency.dispersion(words_of("war", "war"), "peace")
    assert absent["n"].tolist() == [0] and list(absent) == list(tables.columns("dispersion"))


def test_parts_are_paragraphs_documents_sections_or_combinations():
    words = words_of("a", "x", "a", "x", document=["p", "p", "q", "q"], section=["S", "T", "S", "T"])
    words["paragraph"] = words["paragraph"].cat.rename_categories({"3": "5"}).astype(str).replace({"5": "1", "4": "2"})
    assert of_a(words)["n_parts"] == of_a(words, part=["paragraph"])["n_parts"] == 4
    document = of_a(words, part="document")
    assert (document["n_parts"], document["dp"], document["juilland_d"]) == (2, 0, 1)
    section = of_a(words, part="section")
    assert (section["n_parts"], section["dp_norm"]) == (2, 1)
    assert of_a(words, part=["document", "section"])["n_parts"] == 4
