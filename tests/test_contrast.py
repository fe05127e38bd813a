"""Contrasts worked by hand, and against independent counts."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks, contrast
from tests import made
from tests.conftest import ROOT

A, B = "conflict management", "conflict resolution"
SMALL = codebooks.parse("""
peace: {search: pea*, any: peace, except: {peace pipe: a pipe}}
war: {search: war, any: [war, wars]}
""")


@pytest.fixture(scope="module")
def book():
    return codebooks.load(ROOT / "data" / "codebooks" / "conflict.yml")


@pytest.fixture(scope="module")
def found(workshop, book):
    return contrast.compare(workshop.paragraphs, book, A, B)


def test_cairo_plain_audited_and_rates(found):
    counts = found.counts.set_index("label")
    assert counts[["n_plain", "n_substring", "n", "n_aside", "n_paragraphs"]].values.tolist() == [
        [4, 4, 4, 0, 4],
        [8, 9, 4, 2, 4],
    ]
    total = counts["total"].tolist()
    assert total[0] == total[1] > 2400 and counts["per_1000"].tolist() == [4000 / total[0]] * 2
    assert counts["few"].all()
    row = found.ratio.iloc[0]
    # without ¶10 four to three for management, without ¶13 three to four
    assert row[["low", "high"]].tolist() == pytest.approx([np.log2(3 / 4), np.log2(4 / 3)])
    assert row[["log_ratio", "interval", "few"]].tolist() == [0, "leave one paragraph out", True]
    assert found.together["n_paragraphs"].tolist() == [1, 3, 1, 35]  # only a, both, only b, neither
    assert found.together["share"].tolist() == [1 / 40, 3 / 40, 1 / 40, 35 / 40]


def test_cairo_patterns_left_out(found):
    changed = found.patterns[(found.patterns["n_a"] != 4) | (found.patterns["n_b"] != 4)]
    assert changed[["pattern", "n_a", "n_b"]].values.tolist() == [
        ["conflict* management", 2, 4],
        ["manage ~4 conflict*", 2, 4],
        ["conflict* resolution", 4, 2],
        ["resolve ~4 conflict*", 4, 2],
        ["Cent* for Conflict Resolution", 4, 5],
        ["remain* unresolved", 4, 5],
    ]
    assert changed["log_ratio"].tolist() == pytest.approx([-1, -1, 1, 1, np.log2(4 / 5), np.log2(4 / 5)])


def test_cairo_choices_one_by_one(workshop, book):
    chosen = contrast.choices(workshop.texts, book, A, B)
    assert chosen.counts[["choice", "n_a", "n_b"]].values.tolist() == [
        ["plain search: manag* / resol*", 4, 8],
        ["Ctrl-F: manag / resol", 4, 9],
        ["plain search, with headings and notes: manag* / resol*", 6, 10],
        ["Ctrl-F, with headings and notes: manag / resol", 6, 11],
        ["audited", 4, 4],
        ["exact phrase", 2, 2],
        ["audited, with headings", 4, 4],
        ["audited, with notes", 4, 4],
        ["audited, with headings and notes", 4, 4],
        ["audited, “Cent* for Conflict Resolution” counted", 4, 5],
        ["audited, “remain* unresolved” counted", 4, 5],
        ["audited, with headings, “Prevention Management and Resolution” counted", 5, 5],
        ["audited, all exceptions off", 4, 6],
        ["audited, with headings and notes, all exceptions off", 5, 7],
    ]
    more = dict(zip(chosen.counts["choice"], chosen.counts["more"], strict=True))
    assert more["audited"] == "neither" and more["audited, all exceptions off"] == B
    counted = chosen.hits.groupby(["choice", "label"]).size()
    for row in chosen.counts.itertuples():
        assert (row.n_a, row.n_b) == (counted[row.choice, A], counted[row.choice, B])
    exact = chosen.hits[chosen.hits["choice"] == "exact phrase"]
    assert exact[["paragraph", "match"]].values.tolist() == [["10", B], ["13", A], ["14", A], ["14", B]]


def test_choices_without_headings_notes_searches_or_phrases():
    paragraphs = made.paragraphs("peace and war", "peace pipe")
    plain = contrast.choices(paragraphs, SMALL, "peace", "war")
    assert plain.counts[["choice", "n_a", "n_b"]].values.tolist() == [
        ["plain search: pea* / war", 2, 1],
        ["Ctrl-F: pea / war", 2, 1],
        ["audited", 1, 1],
        ["exact phrase", 1, 1],
        ["audited, “peace pipe” counted", 2, 1],
        ["audited, all exceptions off", 2, 1],
    ]
    book = codebooks.parse("peace (any): {any: peace}\nwar: {any: war}")
    assert contrast.choices(paragraphs, book, "peace (any)", "war").counts["choice"].tolist() == ["audited"]
    counts = contrast.compare(paragraphs, book, "peace (any)", "war").counts
    assert counts["n_plain"].isna().all()  # a label without search has no plain count


def test_an_exception_is_switched_off_where_it_first_changes_a_count():
    texts = made.paragraphs("peace, war", "peace pipe", "war game").assign(kind=["paragraph", "heading", "note"])
    book = codebooks.parse(
        "peace: {any: peace, except: {peace pipe: x}}\nwar: {any: war, except: {war game: y, peace pipe: x}}"
    )
    assert contrast.choices(texts, book, "peace", "war").counts[["choice", "n_a", "n_b"]].values.tolist() == [
        ["audited", 1, 1],
        ["exact phrase", 1, 1],
        ["audited, with headings", 1, 1],
        ["audited, with notes", 1, 1],
        ["audited, with headings and notes", 1, 1],
        ["audited, with headings, “peace pipe” counted", 2, 1],
        ["audited, with notes, “war game” counted", 1, 2],
        ["audited, all exceptions off", 1, 1],
        ["audited, with headings and notes, all exceptions off", 2, 2],
    ]


def test_an_exact_phrase_that_is_an_exception_of_its_label_counts_nothing():
    book = codebooks.parse("peace:\n  any: peace*\n  except: {peace: x}\nwar:\n  any: war *\n  except: {wars: y}\n")
    counts = contrast.choices(made.paragraphs("Peace, and war, the peaceful"), book, "peace", "war").counts
    assert counts.set_index("choice").loc["exact phrase", ["n_a", "n_b"]].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("texts", "finding", "log_ratio"),
    [
        (["peace", "war"], "none: as often as each other", 0),
        (["peace", "peace", "war"], "none: the sign hangs on one paragraph", 1),
        (["peace", "peace", "peace peace", "war"], "more peace", 2),
        (["war", "peace war", "war"], "more war", np.log2(1 / 3)),
        (["silence"], "none: neither occurs", np.nan),
        (["peace"], "none: all hits stand in one paragraph", 1),
        (["peace peace war", "silence"], "none: all hits stand in one paragraph", 1),
    ],
)
def test_findings_of_one_document(texts, finding, log_ratio):
    row = contrast.compare(made.paragraphs(*texts), SMALL, "peace", "war").ratio.iloc[0]
    assert row["finding"] == finding
    assert row["log_ratio"] == pytest.approx(log_ratio, nan_ok=True)
    if "peace war" in texts:  # without the second paragraph ½ : 2 (½ for 0), without the first 1 : 2
        assert row[["low", "high"]].tolist() == [-2, -1]


def test_several_documents_have_an_interval_by_document():
    documents = [f"d{i}" for i in range(12)]
    texts = [f"{'peace ' * (2 + i % 3)} war" for i in range(12)]
    found = contrast.compare(made.paragraphs(*texts, document=documents), SMALL, "peace", "war")
    row = found.ratio.iloc[0]
    assert (row["n_a"], row["n_b"], row["log_ratio"]) == (36, 12, np.log2(3))
    assert row["interval"] == "95 % by document (jackknife)"
    n = np.array([2 + i % 3 for i in range(12)])
    without = np.log2((36 - n + 0.5) / 11.5)
    assert row[["low", "high"]].tolist() == made.jackknife(np.log2(3), without)
    assert row["finding"] == "more peace" and not row["few"]
    assert found.counts["interval"].tolist() == ["95 % by document (jackknife)"] * 2


THREE, TWO = "95 % by country (jackknife, unreliable: 3)", "none: only 2 (country)"
CASES = [
    (["peace war", "peace", "war war"] * 4, "xyz" * 4, THREE, "none: the interval holds 0"),
    (["peace war", "peace"] * 4, "xy" * 4, TWO, TWO),
    (["peace peace war"] * 4, "wxyz", *["none: which country is left out makes no difference"] * 2),
    (["peace", "peace war", "…"], "xyz", TWO, TWO),  # a country without words is no unit
    (["peace war", "…"], "xy", "none: all hits stand in one paragraph", "none: as often as each other"),  # a census
]


@pytest.mark.parametrize(("texts", "countries", "interval", "finding"), CASES)
def test_units_are_what_they_are_said_to_be(texts, countries, interval, finding):
    paragraphs = made.paragraphs(*texts, document=[f"d{i}" for i in range(len(texts))], country=list(countries))
    found = contrast.compare(paragraphs, SMALL, "peace", "war", unit="country")
    assert found.ratio.loc[0, ["interval", "finding"]].tolist() == [interval, finding]


@pytest.mark.parametrize("function", [contrast.compare, contrast.choices])
def test_what_cannot_be_compared_is_refused(function):
    paragraphs = made.paragraphs("peace", "war")
    with pytest.raises(ValueError, match=r"The codebook has no label 'pease'. It has: 'peace', 'war'\."):
        function(paragraphs, SMALL, "peace", "pease")
    with pytest.raises(ValueError, match="'war' is compared with itself: name two labels"):
        function(paragraphs, SMALL, "war", "war")
    wrong, message = paragraphs.assign(text="…"), "there are no words to count"
    if function is contrast.choices:
        wrong, message = paragraphs.assign(kind=["paragraph", "annex"]), "kind should be one of .*, found 'annex'"
    with pytest.raises(ValueError, match=message):
        function(wrong, SMALL, "peace", "war")


def test_the_unit_is_no_paragraph():
    with pytest.raises(ValueError, match="unit should name a column such as document or country, found 'paragraph'"):
        contrast.compare(made.paragraphs("peace", "war"), SMALL, "peace", "war", unit="paragraph")


def test_what_is_set_aside_whole_is_told_once():
    with pytest.warns(UserWarning, match=r"peace: every hit \(1\) is set aside") as told:
        contrast.compare(made.paragraphs("peace pipe", "war"), SMALL, "peace", "war")
    assert len(told) == 1


WORDS = st.lists(st.sampled_from(["peace", "war", "wars", "pipe", "and"]), max_size=6).map(" ".join)


@settings(max_examples=5)
@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(1, 3))
def test_tables_agree_with_each_other_and_with_a_swap(texts, n_documents):
    texts = [*texts, "and"]
    paragraphs = made.paragraphs(*texts, document=[f"d{i % n_documents}" for i in range(len(texts))])
    with warnings.catch_warnings(action="ignore"):
        one = contrast.compare(paragraphs, SMALL, "peace", "war")
        two = contrast.compare(paragraphs, SMALL, "war", "peace")
    kept = one.hits[one.hits["kept"]]
    n = kept["label"].value_counts().reindex(["peace", "war"], fill_value=0).tolist()
    assert one.counts["n"].tolist() == one.ratio.loc[0, ["n_a", "n_b"]].tolist() == n
    held = [set(zip(some["document"], some["paragraph"], strict=True)) for _, some in kept.groupby("label")]
    both = len(held[0] & held[1]) if len(held) == 2 else 0
    assert one.together.set_index("which")["n_paragraphs"]["both"] == both
    assert one.together["n_paragraphs"].sum() == len(paragraphs)
    assert one.audit.groupby("label")["kept"].sum().reindex(["peace", "war"], fill_value=0).tolist() == n
    swapped = -two.ratio[["log_ratio", "high", "low"]].iloc[0].to_numpy(float)
    np.testing.assert_allclose(one.ratio[["log_ratio", "low", "high"]].iloc[0].to_numpy(float), swapped, atol=1e-12)
