"""Contrasts worked by hand, and against independent counts."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import codebooks, contrast, patterns, resampling, scope, tables
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


def as_paragraphs(texts, documents=None):
    keys = {"document": documents or "d", "paragraph": [str(i) for i in range(1, len(texts) + 1)]}
    return pd.DataFrame({**keys, "text": texts}).astype("str")


def test_tables_have_the_columns_of_the_dictionary(found, workshop, book):
    names = {
        "counts": "concepts",
        "patterns": "concept patterns",
        "paragraphs": "concept paragraphs",
        "words": "near words",
    }
    for name, table in found._asdict().items():
        assert list(table) == list(tables.COLUMNS[names.get(name, name)]), name
    chosen = contrast.choices(scope.texts(workshop), book, A, B)
    assert list(chosen.counts) == list(tables.COLUMNS["choices"])


def test_cairo_plain_audited_and_rates(found):
    counts = found.counts.set_index("label")
    assert counts[["n_plain", "n_substring", "n", "n_aside", "n_paragraphs"]].values.tolist() == [
        [4, 4, 4, 0, 4],
        [8, 9, 4, 2, 4],
    ]
    assert counts["total"].tolist() == [2462, 2462]
    assert counts["per_1000"].tolist() == [4000 / 2462] * 2
    assert counts["few"].all()


def test_cairo_ratio_is_no_finding(found):
    row = found.ratio.iloc[0]
    assert row["log_ratio"] == 0 and row["interval"] == "leave one paragraph out"
    # without ¶10 four to three for management, without ¶13 three to four
    assert row[["low", "high"]].tolist() == [np.log2(3 / 4), np.log2(4 / 3)]
    assert row["finding"] == "none: as often as each other" and row["few"]


def test_cairo_together(found):
    assert found.together.values.tolist() == [
        ["only conflict management", 1, 1 / 40],
        ["both", 3, 3 / 40],
        ["only conflict resolution", 1, 1 / 40],
        ["neither", 35, 35 / 40],
    ]
    both = found.paragraphs[found.paragraphs["which"] == "both"]
    assert both["paragraph"].tolist() == ["3", "14", "40"]
    assert found.paragraphs[["n_a", "n_b"]].sum().tolist() == [4, 4]


def test_cairo_sections(found):
    places = found.sections[found.sections["n"] > 0]
    assert places[["section", "label", "n"]].values.tolist() == [
        ["Background", A, 1],
        ["Background", B, 1],
        ["UN Reform", B, 1],
        ["The Primacy of Politics: Conflict Prevention, Management and Resolution", A, 2],
        ["The Primacy of Politics: Conflict Prevention, Management and Resolution", B, 1],
        ["Enhancing Synergies and Effectiveness of UN Field Presence", A, 1],
        ["Enhancing Synergies and Effectiveness of UN Field Presence", B, 1],
    ]


def test_cairo_patterns_left_out(found):
    changed = found.patterns[(found.patterns["n_a"] != 4) | (found.patterns["n_b"] != 4)]
    assert changed[["pattern", "n_a", "n_b", "log_ratio"]].values.tolist() == [
        ["conflict* management", 2, 4, -1],
        ["manage ~4 conflict*", 2, 4, -1],
        ["conflict* resolution", 4, 2, 1],
        ["resolve ~4 conflict*", 4, 2, 1],
        ["Cent* for Conflict Resolution", 4, 5, np.log2(4 / 5)],
        ["remain* unresolved", 4, 5, np.log2(4 / 5)],
    ]


def test_cairo_choices_one_by_one(workshop, book):
    chosen = contrast.choices(scope.texts(workshop), book, A, B)
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


def test_choices_without_headings_notes_searches_or_phrases(workshop):
    paragraphs = as_paragraphs(["peace and war", "peace pipe"])
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


def test_windows_hold_the_words_on_either_side_and_no_paragraph_is_crossed():
    paragraphs = as_paragraphs(["one two three peace four five six", "seven", "to peace. Peace to all"])
    words = contrast.compare(paragraphs, SMALL, "peace", "war", window=2).words
    assert words[["label", "token", "n", "n_paragraphs"]].values.tolist() == [
        ["peace", "to", 4, 1],  # two words on: before and after the first, before and after the second
        ["peace", "peace", 2, 1],
        ["peace", "all", 1, 1],
        ["peace", "five", 1, 1],
        ["peace", "four", 1, 1],
        ["peace", "three", 1, 1],
        ["peace", "two", 1, 1],
    ]


@pytest.mark.parametrize(
    ("texts", "finding", "log_ratio"),
    [
        (["peace", "war"], "none: as often as each other", 0),
        (["peace", "peace", "war"], "none: the sign hangs on one paragraph", 1),
        (["peace", "peace", "peace peace", "war"], "more peace", 2),
        (["war", "war", "silence"], "more war", -2),
        (["silence"], "none: neither occurs", np.nan),
        (["peace"], "none: all hits stand in one paragraph", 1),
        (["peace peace war", "silence"], "none: all hits stand in one paragraph", 1),
    ],
)
def test_findings_of_one_document(texts, finding, log_ratio):
    row = contrast.compare(as_paragraphs(texts), SMALL, "peace", "war").ratio.iloc[0]
    assert row["finding"] == finding
    assert row["log_ratio"] == log_ratio or (np.isnan(log_ratio) and np.isnan(row["log_ratio"]))


def test_several_documents_have_an_interval_by_document():
    documents = [f"d{i}" for i in range(12)]
    texts = [f"{'peace ' * (2 + i % 3)} war" for i in range(12)]
    found = contrast.compare(as_paragraphs(texts, documents), SMALL, "peace", "war")
    row = found.ratio.iloc[0]
    assert (row["n_a"], row["n_b"], row["log_ratio"]) == (36, 12, np.log2(3))
    assert row["interval"] == "95 % by document (jackknife)"
    n = np.array([2 + i % 3 for i in range(12)])
    without = np.log2((36 - n + 0.5) / 11.5)
    error = np.sqrt(11 / 12 * ((without - without.mean()) ** 2).sum())
    reach = stats.t.ppf(0.975, 11) * error
    np.testing.assert_allclose(row[["low", "high"]].astype(float), [np.log2(3) - reach, np.log2(3) + reach])
    assert row["finding"] == "more peace" and not row["few"]
    assert found.counts["interval"].tolist() == ["95 % by document (jackknife)"] * 2


def intervals(paragraphs, unit="document"):
    found = contrast.compare(paragraphs, SMALL, "peace", "war", unit=unit)
    return found.ratio.loc[0, ["interval", "finding"]].tolist(), found.counts["interval"].tolist()


def test_units_are_what_they_are_said_to_be():
    texts = ["peace war", "peace", "war war"] * 4
    paragraphs = as_paragraphs(texts, [f"d{i}" for i in range(12)]).assign(country=["x", "y", "z"] * 4)
    three = "95 % by country (jackknife, unreliable: 3)"
    assert intervals(paragraphs, "country") == ([three, "none: the interval holds 0"], [three] * 2)
    two = paragraphs[paragraphs["country"] != "z"]
    assert intervals(two, "country") == (["none: only 2 (country)"] * 2, ["none: only 2 (country)"] * 2)
    alike = as_paragraphs(["peace peace war"] * 4, list("abcd"))
    assert intervals(alike)[0] == ["none: which document is left out makes no difference"] * 2


def test_documents_without_words_are_no_units():
    paragraphs = as_paragraphs(["peace", "peace war", "…"], ["a", "b", "c"])
    assert intervals(paragraphs) == (["none: only 2 (document)"] * 2, ["none: only 2 (document)"] * 2)
    one = ["none: all hits stand in one paragraph", "none: as often as each other"]
    assert intervals(paragraphs[1:])[0] == one  # one document with words: a census


def test_keys_may_be_whole_numbers():
    paragraphs = pd.DataFrame({"document": [7, 7], "paragraph": [1, 2], "text": ["peace war", "peace"]})
    found = contrast.compare(paragraphs, SMALL, "peace", "war")
    assert found.paragraphs[["document", "paragraph", "n_a", "n_b"]].values.tolist() == [
        ["7", "1", 1, 1],
        ["7", "2", 1, 0],
    ]
    assert contrast.choices(paragraphs, SMALL, "peace", "war").counts.loc[2, ["n_a", "n_b"]].tolist() == [2, 1]


def test_what_is_set_aside_whole_is_told_to_the_caller():
    with pytest.warns(UserWarning, match=r"codebook line 2: peace: every hit \(1\) is set aside") as told:
        contrast.compare(as_paragraphs(["peace pipe", "war"]), SMALL, "peace", "war")
    assert [warning.filename for warning in told] == [__file__]


@pytest.mark.parametrize(
    ("change", "unit", "message"),
    [
        ({}, "number", "unit should name a column such as document or country, found 'number'"),
        ({}, ["document"], "unit should name a column such as document or country"),
        ({}, "country", "paragraphs needs columns"),
        ({"country": ["x", None]}, "country", "paragraphs: country is missing in row 1"),
        ({"text": "…"}, "document", "paragraphs: there are no words to count."),
    ],
)
def test_units_that_cannot_be_counted(change, unit, message):
    with pytest.raises(ValueError, match=message):
        contrast.compare(as_paragraphs(["peace", "war"]).assign(**change), SMALL, "peace", "war", unit=unit)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (["paragraph", None], "paragraphs: kind is missing in row 1"),
        (["paragraph", "annex"], "kind should be paragraph, heading or note, as scope.texts gives it; found 'annex'"),
        (["heading", "note"], "kind should be paragraph, heading or note, as scope.texts gives it; found no paragraph"),
    ],
)
def test_kinds_that_cannot_be_chosen_from(kind, message):
    with pytest.raises(ValueError, match=message):
        contrast.choices(as_paragraphs(["peace", "war"]).assign(kind=kind), SMALL, "peace", "war")


def test_labels_that_the_results_need_themselves():
    book = codebooks.parse("both: {any: war}\npeace: {any: peace}")
    with pytest.raises(ValueError, match="A label called 'both' cannot be compared"):
        contrast.compare(as_paragraphs(["war"]), book, "peace", "both")
    with pytest.raises(ValueError, match=r"codebook: 'peace' has no pattern that counts"):
        contrast.compare(as_paragraphs(["war"]), SMALL.drop(index=1), "peace", "war")


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("peace", "pease", r"The codebook has no label 'pease'. It has: 'peace', 'war'\."),
        ("war", "war", "'war' is compared with itself: name two labels."),
    ],
)
def test_labels_that_cannot_be_compared(a, b, message):
    for function in (contrast.compare, contrast.choices):
        with pytest.raises(ValueError, match=message):
            function(as_paragraphs(["peace"]), SMALL, a, b)


def test_a_label_without_search_has_no_plain_count():
    book = codebooks.parse("peace: {any: peace}\nwar: {search: war, any: war}")
    counts = contrast.compare(as_paragraphs(["peace war"]), book, "peace", "war").counts
    assert counts["n_plain"].isna().tolist() == [True, False] and counts["n_plain"][1] == 1


WORDS = st.lists(st.sampled_from(["peace", "war", "wars", "pipe", "and"]), max_size=6).map(" ".join)


@settings(max_examples=15)
@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(1, 3))
def test_tables_agree_with_each_other_and_with_a_swap(texts, n_documents):
    texts = [*texts, "and"]
    paragraphs = as_paragraphs(texts, [f"d{i % n_documents}" for i in range(len(texts))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = contrast.compare(paragraphs, SMALL, "peace", "war")
        two = contrast.compare(paragraphs, SMALL, "war", "peace")
    kept = one.hits[one.hits["kept"]]
    n = kept["label"].value_counts().reindex(["peace", "war"], fill_value=0).tolist()
    assert one.counts["n"].tolist() == one.ratio.loc[0, ["n_a", "n_b"]].tolist() == n
    assert one.paragraphs[["n_a", "n_b"]].sum().tolist() == n
    assert one.sections.groupby("label")["n"].sum().reindex(["peace", "war"]).tolist() == n
    assert one.together["n_paragraphs"].sum() == len(paragraphs)
    assert one.audit.groupby("label")["kept"].sum().reindex(["peace", "war"], fill_value=0).tolist() == n
    swapped = -two.ratio[["log_ratio", "high", "low"]].iloc[0].to_numpy(float)
    np.testing.assert_allclose(one.ratio[["log_ratio", "low", "high"]].iloc[0].to_numpy(float), swapped, atol=1e-12)


# --- the statistics below it ---


def test_log_ratio_by_hand():
    assert resampling.log_ratio([8, 3, 0, 5], [2, 3, 4, 0])[:3].tolist() == [2, 0, -3]
    assert resampling.log_ratio(5, 0) == np.log2(10)
    assert np.isnan(resampling.log_ratio(0, 0))


def test_leave_one_out_ratio_by_hand():
    pairs = pd.DataFrame({"a": [3, 1, 0, 0], "b": [0, 1, 1, 0]})
    row = resampling.leave_one_out_ratio(pairs).iloc[0]
    # without the first 1:2, the second 3:1, the third 4:1
    assert row.tolist() == [4, 2, 1, -1, 2]
    # the whole, ½ for 0, is no leave-one-out value: 1:3 whole, 1:2 and ½:1 without one
    assert resampling.leave_one_out_ratio(pd.DataFrame({"a": [0, 1], "b": [1, 2]})).iloc[0, 3:].tolist() == [-1, -1]


def test_jackknife_ratio_against_scipy():
    rng = np.random.default_rng(3)
    a, b = rng.poisson(5, 15), rng.poisson(3, 15)
    row = resampling.jackknife_ratio(pd.DataFrame({"a": a, "b": b}), level=0.9).iloc[0]

    def values(skipped):
        rest = np.arange(15) != skipped
        return np.log2((a[rest].sum() + 0.5) / (b[rest].sum() + 0.5))

    without = [values(i) for i in range(15)]
    error = 14 / np.sqrt(15) * np.std(without, ddof=1)  # (n−1)/√n · s of the leave-one-out values
    expected = stats.t.interval(0.9, 14, loc=np.log2(a.sum() / b.sum()), scale=error)
    np.testing.assert_allclose(row[["low", "high"]], expected)


def test_equal_documents_and_two_give_no_interval():
    same = resampling.jackknife_ratio(pd.DataFrame({"a": [4] * 5, "b": [2] * 5})).iloc[0]
    assert same["log_ratio"] == 1 and same[["low", "high"]].isna().all()  # how others might differ is not to be seen
    assert resampling.jackknife_ratio(pd.DataFrame({"a": [4, 2], "b": [2, 2]}))[["low", "high"]].isna().all(axis=None)
    assert np.isnan(resampling.jackknife_ratio(pd.DataFrame({"a": [0] * 4, "b": [0] * 4})).loc[0, "log_ratio"])
    with pytest.raises(ValueError, match="level should lie between 0 and 1, found 95"):
        resampling.jackknife_ratio(pd.DataFrame({"a": [1], "b": [1]}), level=95)


# --- scope ---


def test_texts_are_paragraphs_headings_and_notes_of_each_document(tmp_path):
    from analysis import corpus

    one = "Title\n\n## On **peace** and\n\n1. Peace¹.\n\n¹ A note on war.\n\n## Nothing below\n\n## War\n\n2. War."
    (tmp_path / "one.md").write_text(one, encoding="utf-8")
    (tmp_path / "two.md").write_text("1. Alone.\n\n2. Still.", encoding="utf-8")
    texts = scope.texts(corpus.read(tmp_path))
    assert texts.values.tolist() == [
        ["one", "1", "paragraph", "Peace."],
        ["one", "2", "paragraph", "War."],
        ["one", "heading 1", "heading", "On peace and"],
        ["one", "heading 2", "heading", "Nothing below"],
        ["one", "heading 3", "heading", "War"],
        ["one", "note 1", "note", "A note on war."],
        ["two", "1", "paragraph", "Alone."],
        ["two", "2", "paragraph", "Still."],
    ]
    assert not patterns.find(texts, "war").empty


def test_a_corpus_cut_down_by_hand_is_refused_where_its_tables_differ(tmp_path):
    from analysis import corpus

    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(
            "# Head\n\n## On war\n\n1. War.\n\n## On peace\n\n2. Peace.", encoding="utf-8"
        )
    read = corpus.read(tmp_path)
    shuffled = read._replace(spans=read.spans[::-1])
    pd.testing.assert_frame_equal(scope.texts(shuffled), scope.texts(read))
    with pytest.raises(ValueError, match="paragraphs: there is no document 'two' in documents"):
        scope.texts(read._replace(documents=read.documents[:1]))
    with pytest.raises(TypeError, match=r"corpus should come from corpus.read, found DataFrame"):
        scope.texts(read.paragraphs)


def test_headings_are_the_sections_of_the_paragraphs(workshop):
    texts = scope.texts(workshop)
    headings = texts.loc[texts["kind"] == "heading", "text"].tolist()
    assert headings == workshop.paragraphs["section"].drop_duplicates().tolist()


@pytest.mark.parametrize("war", ["war", "wars"])
def test_an_exact_phrase_that_is_an_exception_of_its_label_counts_nothing(war):
    book = codebooks.parse(
        f"peace:\n  any: peace*\n  except: {{peace: x}}\nwar:\n  any: war *\n  except: {{{war}: y}}\n"
    )
    texts = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace, and war, the peaceful"]})
    counts = contrast.choices(texts, book, "peace", "war").counts.set_index("choice")
    assert counts.loc["exact phrase", ["n_a", "n_b"]].tolist() == [0, int(war == "wars")]


def test_each_table_of_a_contrast_is_described_under_the_name_it_tells():
    found = contrast.compare(as_paragraphs(["peace war", "war"], ["a", "b"]).assign(section="x"), SMALL, "peace", "war")
    told = {
        "counts": "concepts",
        "patterns": "concept patterns",
        "paragraphs": "concept paragraphs",
        "words": "near words",
    }
    for field, table in found._asdict().items():
        name = told.get(field, field)
        assert list(table.columns) == list(tables.COLUMNS[name]), field
        assert f"`{field}`" in contrast.Contrast.__doc__ and (
            field not in told or f'"{name}"' in contrast.Contrast.__doc__
        )
