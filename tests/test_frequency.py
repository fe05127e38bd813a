"""Counts, rates, ranges and intervals: worked by hand, by brute force, by other software."""

import math

import nltk
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer

from analysis import frequency, patterns, resampling, tokens


def words_of(*texts, document="d", **columns):
    documents = [document] * len(texts) if isinstance(document, str) else document
    return tokens.tokenize(
        pd.DataFrame(
            {
                "document": documents,
                "paragraph": [str(i) for i in range(1, len(texts) + 1)],
                "text": list(texts),
                **columns,
            }
        )
    )


def row(counts, token):
    return counts[counts["token"] == token].iloc[0]


def test_ten_words_worked_by_hand():
    counts = frequency.count(words_of("peace and peace now", "and war and peace", "no war"))
    peace = row(counts, "peace")
    assert (peace["n"], peace["total"], peace["n_paragraphs"]) == (3, 10, 2)
    assert peace["per_1000"] == pytest.approx(1000 * 3 / 10)
    # without ¶1: 1 of 6; without ¶2: 2 of 6; without ¶3: 3 of 8
    assert (peace["low"], peace["high"]) == (pytest.approx(1000 / 6), pytest.approx(3000 / 8))
    assert peace["interval"] == "leave one paragraph out" and peace["few"]
    assert counts["token"].tolist() == ["and", "peace", "war", "no", "now"]


def test_by_section_with_words_that_never_occur():
    words = words_of("peace peace", "war", "peace", section=["B", "A", "B"])
    counts = frequency.count(words, by="section", words=["war", "Peace"])
    assert counts[["section", "token", "n", "total"]].values.tolist() == [
        ["B", "war", 0, 3],
        ["B", "peace", 3, 3],
        ["A", "war", 1, 1],
        ["A", "peace", 0, 1],
    ]
    assert counts.loc[0, ["low", "high"]].tolist() == [0, 0]
    assert counts.loc[2, "interval"] == "none" and math.isnan(counts.loc[2, "low"])  # one paragraph only


def test_missing_sections_are_a_group_of_their_own():
    counts = frequency.count(words_of("a b", "a", section=[None, "S"]), by="section")
    assert counts["section"].isna().sum() == 2 and counts["n"].sum() == 3


def test_several_columns():
    counts = frequency.count(words_of("a a", "a", "a", section=["S", "S", "T"], year=[1, 2, 2]), by=["year", "section"])
    assert counts[["year", "section", "n"]].values.tolist() == [[1, "S", 2], [2, "S", 1], [2, "T", 1]]


def test_few_below_five_hits_or_paragraphs():
    counts = frequency.count(words_of("a a b", "a b", "a b", "a b", "a b c c c c c"))
    assert counts.set_index("token")["few"].to_dict() == {"a": False, "b": False, "c": True}


@settings(max_examples=100)
@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=7), min_size=1, max_size=6), st.integers(1, 3))
def test_ngrams_as_nltk_counts_them(paragraphs, length):
    if not any(paragraphs):
        return
    words = words_of(*(" ".join(paragraph) for paragraph in paragraphs))
    expected = nltk.FreqDist(" ".join(gram) for paragraph in paragraphs for gram in nltk.ngrams(paragraph, length))
    counts = frequency.count(words, ngram=length)
    assert dict(zip(counts["token"], counts["n"], strict=True)) == dict(expected)
    if expected:
        asked = frequency.count(words, words=sorted(expected))
        assert asked["n"].tolist() == [expected[gram] for gram in sorted(expected)]


def test_counts_as_scikit_learn(workshop):
    counts = frequency.count(tokens.tokenize(workshop.paragraphs))
    vectorizer = CountVectorizer(token_pattern=r"(?u)[^\W_]+(?:[-'’/.&][^\W_]+)*")
    matrix = vectorizer.fit_transform(workshop.paragraphs["text"])
    names = vectorizer.get_feature_names_out()
    assert counts.set_index("token")["n"].loc[names].tolist() == matrix.sum(axis=0).A1.tolist()
    assert counts.set_index("token")["n_paragraphs"].loc[names].tolist() == (matrix > 0).sum(axis=0).A1.tolist()


PARAGRAPHS = st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=6), min_size=2, max_size=6)


@settings(max_examples=200)
@given(PARAGRAPHS)
def test_leave_one_out_as_brute_force(paragraphs):
    counts = frequency.count(words_of(*(" ".join(paragraph) for paragraph in paragraphs)))
    for token, low, high in zip(counts["token"], counts["low"], counts["high"], strict=True):
        rates = []
        for left_out in range(len(paragraphs)):
            rest = [word for i, paragraph in enumerate(paragraphs) if i != left_out for word in paragraph]
            rates.append(1000 * rest.count(token) / len(rest))
        assert (low, high) == (pytest.approx(min(rates)), pytest.approx(max(rates)))


@settings(max_examples=200)
@given(PARAGRAPHS)
def test_jackknife_as_brute_force(documents):
    documents = [*documents, ["b", "b"]]  # three or more: two have no interval
    names = [f"d{i}" for i in range(len(documents))]
    counts = frequency.count(words_of(*(" ".join(document) for document in documents), document=names))
    units = len(documents)
    everything = [word for document in documents for word in document]
    for token, low, high in zip(counts["token"], counts["low"], counts["high"], strict=True):
        logs = []
        for left_out in range(units):
            rest = [word for i, document in enumerate(documents) if i != left_out for word in document]
            logs.append(math.log((rest.count(token) + 0.5) / len(rest)))
        error = math.sqrt((units - 1) / units * sum((value - np.mean(logs)) ** 2 for value in logs))
        reach = stats.t.ppf(0.975, units - 1) * error
        rate = 1000 * everything.count(token) / len(everything)
        assert (low, high) == (pytest.approx(rate * math.exp(-reach)), pytest.approx(min(rate * math.exp(reach), 1000)))


def test_interval_says_what_it_is():
    two = frequency.count(words_of("a b", "a", document=["x", "y"]))
    assert set(two["interval"]) == {"none: only 2 (document)"} and two[["low", "high"]].isna().all(axis=None)
    for documents, doubt in [(3, ", unreliable: 3"), (9, ", unreliable: 9"), (10, "")]:
        texts = ["a b", *["a b b"] * (documents - 1)]
        found = frequency.count(words_of(*texts, document=[f"d{i}" for i in range(documents)]))
        assert set(found["interval"]) == {f"95 % by document (jackknife{doubt})"}
    many = frequency.count(words_of("a b b", *["a b"] * 9, document=[f"d{i}" for i in range(10)]), words=["a", "c"])
    assert many["interval"].tolist() == ["95 % by document (jackknife)", "none"]
    alike = frequency.count(words_of(*["a b"] * 10, document=[f"d{i}" for i in range(10)]))
    assert set(alike["interval"]) == {"none: which document is left out makes no difference"}
    assert alike[["low", "high"]].isna().all(axis=None)
    country = frequency.count(words_of("a b", "a", document=["x", "y"], country=["E", "E"]), unit="country")
    assert set(country["interval"]) == {"leave one paragraph out"}


def test_intervals_cover_the_true_rate():
    """The claim in `resampling.jackknife`: 20 documents, gamma–Poisson with rate CV 1, about 95 %."""
    rng = np.random.default_rng(7)
    runs, documents, mean = 1000, 20, 4 / 1000
    size = rng.integers(500, 4000, (runs, documents))
    n = rng.poisson(rng.gamma(1, 1, (runs, documents)) * mean * size)
    sizes = pd.DataFrame(
        {
            "group": np.repeat(np.arange(runs), documents),
            "unit": np.tile(np.arange(documents), runs),
            "size": size.ravel(),
        }
    )
    cells = sizes.drop(columns="size").assign(item=0, n=n.ravel())
    found = resampling.jackknife(cells[cells["n"] > 0], sizes)
    covered = ((found["low"] <= mean) & (mean <= found["high"])).mean()
    assert len(found) == runs and 0.93 <= covered <= 0.97


def test_does_not_change_the_input():
    words = words_of("a b", "b")
    before = words.copy()
    frequency.count(words, by="document", ngram=2)
    pd.testing.assert_frame_equal(words, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda words: frequency.count(words, by="year"), r"tokens needs columns .* missing \['year'\]"),
        (lambda words: frequency.count(words[:0]), "no words to count"),
        (lambda words: frequency.count(words, ngram=0), "ngram should be a whole number from 1, found 0"),
        (lambda words: frequency.count(words, words=["a"], ngram=2), "words or ngram, not both"),
        (lambda words: frequency.count(words, unit="country"), r"missing \['country'\]"),
    ],
)
def test_wrong_calls_get_a_clear_error(call, message):
    with pytest.raises(ValueError, match=message):
        call(words_of("a"))


def test_forms_put_the_commonest_first():
    forms = frequency.forms(words_of("UN un UN", "Un"))
    assert forms.values.tolist() == [["un", "UN", 2], ["un", "Un", 1], ["un", "un", 1]]


SECTIONS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("ST"), st.lists(st.sampled_from("abc"), min_size=1, max_size=5)),
    min_size=2,
    max_size=9,
)


@settings(max_examples=150)
@given(SECTIONS)
def test_ranges_and_intervals_of_several_groups_as_brute_force(rows):
    """Documents of several paragraphs, in groups of different sizes, all at once."""
    rows = sorted(rows, key=lambda row: row[0])
    words = words_of(*(" ".join(row[2]) for row in rows), document=[r[0] for r in rows], section=[r[1] for r in rows])
    for _, found in frequency.count(words, by="section").iterrows():
        inside = [(document, text) for document, section, text in rows if section == found["section"]]
        documents = sorted({document for document, _ in inside})
        everything = [word for _, text in inside for word in text]
        rate = everything.count(found["token"]) / len(everything)
        if len(documents) == 1 and len(inside) > 1:
            rests = [[w for k, (_, text) in enumerate(inside) if k != out for w in text] for out in range(len(inside))]
            rates = [1000 * rest.count(found["token"]) / len(rest) for rest in rests]
            assert (found["low"], found["high"]) == (pytest.approx(min(rates)), pytest.approx(max(rates)))
        elif len(documents) == 3:
            rests = [[w for document, text in inside if document != out for w in text] for out in documents]
            logs = [math.log((rest.count(found["token"]) + 0.5) / len(rest)) for rest in rests]
            reach = stats.t.ppf(0.975, 2) * math.sqrt(2 / 3 * sum((value - np.mean(logs)) ** 2 for value in logs))
            assert found["low"] == pytest.approx(1000 * rate * math.exp(-reach))
            assert found["high"] == pytest.approx(min(1000 * rate * math.exp(reach), 1000))
        else:
            assert math.isnan(found["low"]) and found["interval"].startswith("none")


def test_runs_cross_neither_removed_words_nor_documents():
    words = words_of("peace and security", "now")
    assert "peace security" not in set(frequency.count(words[words["token"] != "and"], ngram=2)["token"])
    same = tokens.tokenize(pd.DataFrame({"document": ["x", "y"], "paragraph": "1", "text": ["a", "b"]}))
    assert frequency.count(same, ngram=2).empty
    assert frequency.count(same, ngram=10**9).empty


def test_four_hits_in_four_paragraphs_are_few_and_five_in_five_are_not():
    counts = frequency.count(words_of("a b", "a b", "a b", "a b", "b"))
    assert counts.set_index("token")["few"].to_dict() == {"a": True, "b": False}


@pytest.mark.parametrize("by", ["total", "token", ["section", "section"]])
def test_groups_cannot_be_named_like_the_result(by):
    with pytest.raises(ValueError, match="none that the result has itself"):
        frequency.count(words_of("a", total=["x"], section=["S"]), by=by)


def test_a_column_called_group_keeps_its_labels():
    counts = frequency.count(words_of("a", "a", group=[1, 0], year=[1, 2]), by=["group", "year"])
    assert counts[["group", "year"]].values.tolist() == [[1, 1], [0, 2]]


@pytest.mark.parametrize(
    ("cells", "sizes", "message"),
    [
        ({"unit": [9], "n": [1]}, {"unit": [0], "size": [5]}, r"group and unit of row 0 .* have no size"),
        ({"unit": [0, 0], "n": [1, 1]}, {"unit": [0], "size": [5]}, "cells: 1 row repeats"),
        ({"unit": [0], "n": [1]}, {"unit": [0, 0], "size": [5, 5]}, "sizes: 1 row repeats"),
    ],
)
def test_resampling_refuses_tables_that_do_not_agree(cells, sizes, message):
    for function in (resampling.leave_one_out, resampling.jackknife):
        with pytest.raises(ValueError, match=message):
            function(pd.DataFrame(cells).assign(group=0, item=0), pd.DataFrame(sizes).assign(group=0))


def test_hits_are_counted_like_words_in_the_same_groups():
    paragraphs = pd.DataFrame(
        {
            "document": ["a", "a", "b", "b", "c"],
            "paragraph": ["1", "2", "1", "2", "1"],
            "section": ["x", "y", "x", "y", "x"],
            "text": ["peace and war", "peace peace", "war", "and", "peace"],
        }
    )
    words = tokens.tokenize(paragraphs)
    hits = pd.concat([patterns.find(paragraphs, word) for word in ("war", "peace")])
    for by in (None, "section", ["document"]):
        expected = frequency.count(words, by=by, words=["war", "peace", "love"])
        found = frequency.count_hits(hits, words, by=by, labels=["war", "peace", "love"])
        pd.testing.assert_frame_equal(found.rename(columns={"label": "token"}), expected)
    assert frequency.count_hits(hits, words)["label"].tolist() == ["war", "peace"]


def test_only_kept_hits_are_counted_and_strange_ones_are_told():
    paragraphs = pd.DataFrame({"document": "a", "paragraph": ["1", "2"], "text": ["war", "peace"]})
    words = tokens.tokenize(paragraphs)
    hits = pd.DataFrame({"document": "a", "paragraph": ["1", "1", "2"], "label": "x", "kept": [True, False, False]})
    assert frequency.count_hits(hits, words)[["n", "n_paragraphs"]].values.tolist() == [[1, 1]]
    with pytest.raises(ValueError, match=r"hits: paragraph \('a', '7'\) has no running words in tokens"):
        frequency.count_hits(hits.replace({"paragraph": {"1": "7"}}), words)
    with pytest.raises(ValueError, match=r"by holds \['label'\]"):
        frequency.count_hits(hits, words.assign(label="x"), by="label")


def test_hits_that_cannot_be_counted_are_refused():
    paragraphs = pd.DataFrame({"document": "a", "paragraph": ["1", "2"], "text": ["Peace process and war", "war"]})
    words, hits = tokens.tokenize(paragraphs), patterns.find(paragraphs, "war")
    assert frequency.count_hits(hits, words, labels="war")["n"].tolist() == [2]
    for change, arguments, message in [
        ({}, {"labels": ["war", "war"]}, "labels holds 'war' more than once"),
        ({"kept": "True"}, {}, "hits: kept in row 0 .* should be true or false"),
        ({}, {"by": "half"}, r"tokens: half changes within paragraph \('a', '1'\): hits are counted by paragraph"),
        ({}, {"unit": "half"}, "tokens: half changes within paragraph"),
    ]:
        with pytest.raises(ValueError, match=message):
            frequency.count_hits(hits.assign(**change), words.assign(half=words["position"] > 1), **arguments)


def test_patterns_are_no_words():
    for word in ("secur*", "a ~4 b", "a|b"):
        with pytest.raises(ValueError, match=r"patterns\.find"):
            frequency.count(words_of("a"), words=[word])


def test_hits_and_words_there_twice_are_refused():
    paragraphs = pd.DataFrame({"document": "a", "paragraph": ["1"], "text": ["Peace and war"]})
    words, hits = tokens.tokenize(paragraphs), patterns.find(paragraphs, "war")
    with pytest.raises(ValueError, match=r"hits: 1 row repeats another's .*first \('a', '1', 'war', 10, 13\)"):
        frequency.count_hits(pd.concat([hits, hits]), words)
    with pytest.raises(ValueError, match="tokens: 3 rows repeat"):
        frequency.forms(pd.concat([words, words]))
    with pytest.raises(ValueError, match="tokens: form is missing in row 0"):
        frequency.forms(words.assign(form=None))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"unit": "country"}, r"tokens: country is missing in row 2 \(rows count from 0\)"),
        ({"unit": ["document"]}, r"unit should be the name of a column, found \['document'\]"),
        ({"unit": None}, "unit should be the name of a column, found None"),
        ({"by": 5}, "by should be text or a list of them.*found int"),
        ({"by": [5]}, "by should hold text only; found 5"),
        ({"by": pd.Series(["S"], name="section")}, "by='section', or a list; found the column itself"),
    ],
)
def test_columns_that_cannot_be_counted_by(arguments, message):
    words = words_of("a b", "c", country=["x", None])
    hits = pd.DataFrame({"document": "d", "paragraph": ["1"], "label": ["l"], "kept": [True]})
    for call in (lambda: frequency.count(words, **arguments), lambda: frequency.count_hits(hits, words, **arguments)):
        with pytest.raises(ValueError, match=message):
            call()


def test_whole_numbers_may_be_those_of_numpy():
    assert frequency.count(words_of("a b"), ngram=np.int64(2))["token"].tolist() == ["a b"]
    for ngram in (True, 2.0):
        with pytest.raises(ValueError, match=f"ngram should be a whole number from 1, found {ngram}"):
            frequency.count(words_of("a b"), ngram=ngram)
    assert frequency.count(words_of("a b").astype({"position": "uint64"}), ngram=2)["n"].tolist() == [1]


def test_an_index_may_have_the_name_of_a_column():
    paragraphs = pd.DataFrame(
        {"document": "a", "paragraph": ["1", "2"], "section": ["S", "T"], "text": ["war", "Peace"]}
    )
    words, hits = tokens.tokenize(paragraphs), patterns.find(paragraphs, "war")
    named = words.set_index("document", drop=False)
    found = frequency.count_hits(hits.set_index("paragraph", drop=False), named, by=["document", "section"])
    assert found.equals(frequency.count_hits(hits, words, by=["document", "section"]))
    for function, how in (
        (frequency.count, {"by": "section"}),
        (frequency.count, {"words": "war"}),
        (frequency.forms, {}),
    ):
        assert function(named, **how).equals(function(words, **how))
    spread = frequency.dispersion(named, ["war"], part="paragraph")
    assert spread.equals(frequency.dispersion(words, ["war"], part="paragraph"))
    assert list(named.index.names) == ["document"]
