"""Contrasts worked by hand, and against independent counts."""

import numpy as np
import pytest

from analysis import codebooks, contrast
from tests import made
from tests.conftest import ROOT

A, B = "conflict management", "conflict resolution"
BOOK = codebooks.load(ROOT / "data" / "codebooks" / "conflict.yml")
SMALL = codebooks.parse("""
peace: {search: pea*, any: peace, except: {peace pipe: a pipe}}
war: {search: war, any: [war, wars]}
""")


def test_cairo_plain_audited_rates_and_patterns_left_out(workshop):
    found = contrast.compare(workshop.paragraphs, BOOK, A, B)
    counts = found.counts.set_index("label")
    counted = counts[["n_plain", "n_substring", "n", "n_aside", "n_paragraphs"]]
    assert counted.values.tolist() == [[4, 4, 4, 0, 4], [8, 9, 4, 2, 4]]
    total = counts["total"].tolist()
    assert total[0] == total[1] > 2400 and counts["per_1000"].tolist() == [4000 / total[0]] * 2
    assert counts["few"].all()
    row = found.ratio.iloc[0]
    # without ¶10 four to three for management, without ¶13 three to four
    assert row[["low", "high"]].tolist() == pytest.approx([np.log2(3 / 4), np.log2(4 / 3)])
    assert row[["log_ratio", "interval", "few"]].tolist() == [0, "leave one paragraph out", True]
    assert found.together["n_paragraphs"].tolist() == [1, 3, 1, 35]  # only a, both, only b, neither
    assert found.together["share"].tolist() == [1 / 40, 3 / 40, 1 / 40, 35 / 40]
    changed = found.patterns[(found.patterns["n_a"] != 4) | (found.patterns["n_b"] != 4)].set_index("pattern")
    assert changed[["n_a", "n_b"]].T.to_dict("list") == {
        "conflict* management": [2, 4],
        "manage ~4 conflict*": [2, 4],
        "conflict* resolution": [4, 2],
        "resolve ~4 conflict*": [4, 2],
        "Cent* for Conflict Resolution": [4, 5],
        "remain* unresolved": [4, 5],
    }
    assert changed["log_ratio"].tolist() == pytest.approx([-1, -1, 1, 1, np.log2(4 / 5), np.log2(4 / 5)])


def counted(texts, book, a="peace", b="war"):
    """Each choice with both counts, which are those of its hits."""
    found = contrast.choices(texts, book, a, b)
    for row in found.counts.itertuples():
        of_choice = found.hits.loc[found.hits["choice"] == row.choice, "label"].tolist()
        assert (row.n_a, row.n_b) == (of_choice.count(a), of_choice.count(b))
        assert row.more == (a if row.n_a > row.n_b else b if row.n_a < row.n_b else "neither")
    return found.counts.set_index("choice")[["n_a", "n_b"]].T.to_dict("list")


def test_cairo_choices_one_by_one(workshop):
    expected = {
        "plain search: manag* / resol*": [4, 8],
        "Ctrl-F: manag / resol": [4, 9],
        "plain search, with headings and notes: manag* / resol*": [6, 10],
        "Ctrl-F, with headings and notes: manag / resol": [6, 11],
        "audited": [4, 4],
        "exact phrase": [2, 2],
        "audited, with headings": [4, 4],
        "audited, with notes": [4, 4],
        "audited, with headings and notes": [4, 4],
        "audited, “Cent* for Conflict Resolution” counted": [4, 5],
        "audited, “remain* unresolved” counted": [4, 5],
        "audited, with headings, “Prevention Management and Resolution” counted": [5, 5],
        "audited, all exceptions off": [4, 6],
        "audited, with headings and notes, all exceptions off": [5, 7],
    }
    assert list(counted(workshop.texts, BOOK, A, B).items()) == list(expected.items())  # in this order


def test_choices_without_headings_notes_searches_or_phrases():
    paragraphs = made.paragraphs("peace and war", "peace pipe")
    book = codebooks.parse("peace (any): {any: peace}\nwar: {any: war}")
    assert counted(paragraphs, book, "peace (any)") == {"audited": [2, 1]}
    counts = contrast.compare(paragraphs, book, "peace (any)", "war").counts
    assert counts["n_plain"].isna().all()  # a label without search has no plain count
    plain = counted(paragraphs, SMALL)
    assert plain == {"plain search: pea* / war": [2, 1], "Ctrl-F: pea / war": [2, 1], "audited": [1, 1],
        "exact phrase": [1, 1], "audited, “peace pipe” counted": [2, 1], "audited, all exceptions off": [2, 1]}  # fmt: skip
    book = codebooks.parse("peace: {any: peace*, except: {peace: x}}\nwar: {any: war *, except: {wars: y}}")
    # an exact phrase that is an exception of its label counts nothing
    assert counted(made.paragraphs("Peace, and war, the peaceful"), book)["exact phrase"] == [0, 1]


def test_an_exception_is_switched_off_where_it_first_changes_a_count():
    texts = made.paragraphs("peace, war", "peace pipe", "war game").assign(kind=["paragraph", "heading", "note"])
    book = codebooks.parse("peace: {any: peace, except: {peace pipe: x}}\nwar: {any: war, except: {war game: y, peace pipe: x}}")  # fmt: skip
    assert [(name.removeprefix("audited"), *n) for name, n in counted(texts, book).items() if "count" in name] == [
        (", with headings, “peace pipe” counted", 2, 1),
        (", with notes, “war game” counted", 1, 2),
    ]


@pytest.mark.parametrize(
    ("texts", "finding", "log_ratio"),
    [
        (["peace", "war"], "none: as often as each other", 0),
        (["peace", "peace", "war"], "none: the sign hangs on one paragraph", 1),
        (["peace", "peace", "peace peace", "war"], "more peace", 2),
        (["war", "peace war", "war"], "more war", np.log2(1 / 3)),
        (["silence"], "none: neither occurs", np.nan),
        (["peace peace war", "silence"], "none: all hits stand in one paragraph", 1),
    ],
)
def test_findings_of_one_document(texts, finding, log_ratio):
    row = contrast.compare(made.paragraphs(*texts), SMALL, "peace", "war").ratio.iloc[0]
    assert row["finding"] == finding and row["log_ratio"] == pytest.approx(log_ratio, nan_ok=True)
    if "peace war" in texts:  # without the second paragraph ½ : 2 (½ for 0), without the first 1 : 2
        assert row[["low", "high"]].tolist() == [-2, -1]


def test_several_documents_have_an_interval_by_document():
    n = np.array([2 + i % 3 for i in range(12)])
    paragraphs = made.paragraphs(*(f"{'peace ' * times} war" for times in n), document=[f"d{i}" for i in range(12)])
    found = contrast.compare(paragraphs, SMALL, "peace", "war")
    row = found.ratio.iloc[0]
    expected = [36, 12, np.log2(3), "95 % by document (jackknife)", "more peace", False]
    assert row[["n_a", "n_b", "log_ratio", "interval", "finding", "few"]].tolist() == expected
    assert row[["low", "high"]].tolist() == made.jackknife(np.log2(3), np.log2((36 - n + 0.5) / 11.5))
    assert found.counts["interval"].tolist() == ["95 % by document (jackknife)"] * 2


THREE, TWO = "95 % by country (jackknife, unreliable: 3)", "none: only 2 (country)"


@pytest.mark.parametrize(
    ("texts", "countries", "interval", "finding"),
    [
        (["peace war", "peace", "war war"] * 4, "xyz" * 4, THREE, "none: the interval holds 0"),
        (["peace peace war"] * 4, "wxyz", *["none: which country is left out makes no difference"] * 2),
        (["peace", "peace war", "…"], "xyz", TWO, TWO),  # a country without words is no unit
        (["peace war", "…"], "xy", "none: all hits stand in one paragraph", "none: as often as each other"),  # a census
    ],
)
def test_units_are_what_they_are_said_to_be(texts, countries, interval, finding):
    paragraphs = made.paragraphs(*texts, document=[f"d{i}" for i in range(len(texts))], country=list(countries))
    found = contrast.compare(paragraphs, SMALL, "peace", "war", unit="country")
    assert found.ratio.loc[0, ["interval", "finding"]].tolist() == [interval, finding]


SOME = made.paragraphs("peace", "war")
test_what_cannot_be_compared_is_refused = made.refused(
    lambda function, some, *labels, **how: function(some, SMALL, *labels, **how),
    (contrast.compare, SOME, "peace", "pease", "The codebook has no label 'pease'. It has: 'peace', 'war'."),
    (contrast.choices, SOME, "pease", "war", "The codebook has no label 'pease'."),
    (contrast.choices, SOME.assign(kind=["paragraph", "annex"]), "peace", "war", "kind should be .*, found 'annex'"),
)


def test_the_unit_is_no_paragraph():
    with pytest.raises(ValueError, match="unit should name a column such as document or country, found 'paragraph'"):
        contrast.compare(SOME, SMALL, "peace", "war", unit="paragraph")
