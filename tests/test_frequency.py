"""Counts, rates, ranges and intervals: worked by hand, by brute force, by other software."""

import math
import re

import nltk
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from analysis import charts, codebooks, frequency, patterns, tables, tokens
from tests import words_oracle
from tests.made import jackknife, words_of


def row(counts, token):
    return counts[counts["token"] == token].iloc[0]


def test_ten_words_worked_by_hand():
    counts = frequency.count(words_of("peace and peace now", "and war and peace", "no war"))
    assert [*counts, "preamble"] == list(tables.columns("counts"))  # there is none
    peace = row(counts, "peace")
    assert (peace["n"], peace["total"], peace["n_paragraphs"]) == (3, 10, 2)
    assert peace["per_1000"] == pytest.approx(1000 * 3 / 10)
    # without ¶1: 1 of 6; without ¶2: 2 of 6; without ¶3: 3 of 8
    assert (peace["low"], peace["high"]) == (pytest.approx(1000 / 6), pytest.approx(3000 / 8))
    assert peace["interval"] == "leave one paragraph out" and peace["few"]
    assert counts["token"].tolist() == ["and", "peace", "war", "no", "now"]


@pytest.mark.parametrize("ngram", [1, 2])
def test_top_words_are_the_first_of_each_group_with_the_same_ranges(ngram):
    words = words_of("peace and peace", "war and peace and war", "peace", "a war", section=["B", "A", "B", "A"])
    whole, first = (frequency.count(words, "section", ngram=ngram, top=top) for top in (None, 2))
    pd.testing.assert_frame_equal(first, whole.groupby("section", sort=False).head(2).reset_index(drop=True))
    asked = frequency.count(words, "section", words=["war", "and", "peace"], top=1)
    assert asked[["section", "token"]].values.tolist() == [["B", "peace"], ["A", "war"]]


def test_by_section_with_words_that_never_occur():
    words = words_of("peace peace", "war", "peace", section=["B", "A", "B"])
    counts = frequency.count(words, by="section", words=["war", "Peace"])
    wanted = [["B", "war", 0, 3], ["B", "peace", 3, 3], ["A", "war", 1, 1], ["A", "peace", 0, 1]]
    assert counts[["section", "token", "n", "total"]].values.tolist() == wanted
    assert counts.loc[0, ["low", "high"]].tolist() == [0, 0]
    assert counts.loc[2, "interval"] == "none" and math.isnan(counts.loc[2, "low"])  # one paragraph only


def test_the_commonest_spelling_and_by_alphabet_where_two_are_as_common():
    words = words_of("UN un UN Peace", "peace of Peace peace", section=["S", "T"])
    assert frequency.count(words).set_index("token")["form"].to_dict() == {"un": "UN", "peace": "Peace", "of": "of"}
    by_section = frequency.count(words, by="section", words=["peace", "women", "un un", "peace of"])
    assert by_section["form"].tolist() == ["Peace", "women", "UN un", "peace of"] * 2  # in the whole table
    runs = frequency.count(words_of("The Arab World", "the Arab world, arab worlds", "Arab world"), ngram=2)
    assert runs["form"].tolist() == ["Arab world", "The Arab", "arab worlds", "world arab"]
    for n in (1, 2):
        without = frequency.count(words.drop(columns="form"), ngram=n)
        assert without["form"].tolist() == without["token"].tolist()


def test_few_below_five_hits_or_paragraphs_and_groups_of_any_name():
    words = words_of(*["a a b", "a b", "a b", "a b", "a b c c c c c"], section=[*"SSTTT"], n_of=[1, 2, 2, 2, 2])
    assert frequency.count(words).set_index("token")["few"].to_dict() == {"a": False, "b": False, "c": True}
    counts = frequency.count(words, by=["n_of", "section"], words="a")
    assert counts[["n_of", "section", "n"]].values.tolist() == [[1, "S", 2], [2, "S", 1], [2, "T", 3]]
    assert frequency.count(words.rename(columns={"section": "item"}), by="item", words="b")["n"].tolist() == [2, 3]


def test_words_dropped_stay_in_the_total_and_no_run_holds_one():
    words = words_of("The peace and the war", "peace the")
    every, some = frequency.count(words), frequency.count(words, drop=["THE", "and "])
    pd.testing.assert_frame_equal(some, every[~every["token"].isin(["the", "and"])].reset_index(drop=True))
    assert frequency.count(words, drop={"and"}, ngram=2)["token"].tolist() == ["peace the", "the peace", "the war"]
    assert frequency.count(words, drop="peace", ngram=3)["token"].tolist() == ["and the war"]
    assert list(frequency.count(words, drop=every["token"])) == list(every)  # nothing is left, and no row
    with pytest.raises(ValueError, match="drop should hold words, not the name of a file"):
        frequency.count(words, drop="data/stopwords.txt")
    with pytest.warns(UserWarning, match=r"drop has '\|': are the words of comments in it\?"):
        frequency.count(words, drop="we | us = United States".replace("=", "").split())
    holes = words_of("a b c a b").query("token != 'c'")  # no run reaches over them, nor into the next paragraph
    assert frequency.count(words_of("a", "c b").query("token != 'c'"), ngram=2).empty
    with pytest.warns(UserWarning, match="words were taken out of d ¶1, the first after 'b': rates are of the words"):
        assert frequency.count(holes, ngram=2)[["token", "n", "total"]].values.tolist() == [["a b", 2, 4]]


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=7), min_size=1, max_size=6), st.integers(1, 3))
def test_ngrams_as_nltk_counts_them(paragraphs, length):
    if not any(paragraphs):
        return
    words = words_of(*(" ".join(paragraph) for paragraph in paragraphs))
    expected = nltk.FreqDist(" ".join(gram) for paragraph in paragraphs for gram in nltk.ngrams(paragraph, length))
    counts = frequency.count(words, ngram=length)
    order = list(zip(-counts["n"], counts["token"], strict=True))
    assert sorted(order) == order
    assert dict(zip(counts["token"], counts["n"], strict=True)) == expected
    if expected:
        asked = frequency.count(words, words=sorted(expected))
        assert asked["n"].tolist() == [expected[gram] for gram in sorted(expected)]


def test_counts_as_scikit_learn(workshop):
    counts = frequency.count(tokens.tokenize(workshop.paragraphs))
    vectorizer = CountVectorizer(
        analyzer=lambda text: [words_oracle.token(text[start:end]) for start, end in words_oracle.words(text)]
    )
    matrix = vectorizer.fit_transform(workshop.paragraphs["text"])
    names = vectorizer.get_feature_names_out()
    assert counts.set_index("token")["n"].loc[names].tolist() == matrix.sum(axis=0).A1.tolist()
    assert counts.set_index("token")["n_paragraphs"].loc[names].tolist() == (matrix > 0).sum(axis=0).A1.tolist()


PARAGRAPHS = st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=6), min_size=2, max_size=6)


@settings(max_examples=25)
@given(PARAGRAPHS, st.lists(st.sampled_from("ST"), min_size=6, max_size=6))
def test_leave_one_out_as_brute_force_in_each_group(paragraphs, sections):
    sections = sections[: len(paragraphs)]
    words = words_of(*(" ".join(paragraph) for paragraph in paragraphs), section=sections)
    counts = frequency.count(words, by="section")
    for section, token, low, high in counts[["section", "token", "low", "high"]].itertuples(index=False):
        within = [paragraph for paragraph, place in zip(paragraphs, sections, strict=True) if place == section]
        rates = []
        for left_out in range(len(within)):
            rest = [word for number, paragraph in enumerate(within) if number != left_out for word in paragraph]
            rates.append(1000 * rest.count(token) / len(rest) if rest else math.nan)
        assert [low, high] == pytest.approx([min(rates), max(rates)], nan_ok=True)


@settings(max_examples=25)
@given(PARAGRAPHS)
def test_jackknife_as_brute_force(documents):
    documents = [*documents, ["b", "b"]]  # three or more: two have no interval
    names = [f"d{i}" for i in range(len(documents))]
    words = words_of(*(" ".join(document) for document in documents), "a", document=[*names, "alone"])
    counts = frequency.count(words.assign(side=np.where(words["document"] == "alone", "B", "A")), by="side")
    counts = counts[counts["side"] == "A"]
    everything = [word for document in documents for word in document]
    for token, low, high in zip(counts["token"], counts["low"], counts["high"], strict=True):
        logs = []
        for left_out in range(len(documents)):
            rest = [word for i, document in enumerate(documents) if i != left_out for word in document]
            logs.append(math.log((rest.count(token) + 0.5) / len(rest)))
        if np.ptp(logs) < 1e-9:
            assert math.isnan(low) and math.isnan(high)
        elif everything.count(token):
            rate = math.log(everything.count(token) / len(everything))
            assert [math.log(low / 1000), math.log(high / 1000)] == jackknife(rate, logs, most=0)


def test_interval_says_what_it_is():
    two = frequency.count(words_of("a b", "a", document=["x", "y"]), words=["a", "b", "never"])
    assert set(two["interval"]) == {"none: only 2 (document)"} and two[["low", "high"]].isna().all(axis=None)
    one = frequency.count(words_of("a b"), words=["a", "never"])
    assert one[["low", "high"]].fillna(-1).values.tolist() == [[-1, -1], [0, 0]]
    for documents, doubt in [(3, ", unreliable: 3"), (9, ", unreliable: 9"), (10, "")]:
        words = words_of(*["a b", *["a b b"] * (documents - 1)], document=[f"d{i}" for i in range(documents)])
        found = frequency.count(words, words=["a", "b", "never"])
        assert found["interval"].tolist() == [*[f"95 % by document (jackknife{doubt})"] * 2, "none"]
    alike = frequency.count(words_of(*["a b"] * 10, document=[f"d{i}" for i in range(10)]))
    assert set(alike["interval"]) == {"none: which document is left out makes no difference"}
    assert alike[["low", "high"]].isna().all(axis=None)
    country = frequency.count(words_of("a b", "a", document=["x", "y"], country=["E", "E"]), unit="country")
    assert set(country["interval"]) == {"leave one paragraph out"}


PLACES = pd.DataFrame({"document": list("aabbc"), "paragraph": list("12121"), "section": list("xyxyx")})
PLACES["text"] = ["peace and war", "peace peace", "war", "and", "peace"]


def hits_of(words, *labels):
    """The words of these names as hits of a codebook."""
    found = tokens.find(words, list(labels)).rename(columns={"token": "label"}).astype({"label": "str"})
    return found.assign(kept=True).drop(columns=["position", "n_words"])


def test_hits_are_counted_like_words_in_the_same_groups():
    words = tokens.tokenize(PLACES)
    hits = hits_of(words, "war", "peace")
    for by in (None, "section", ["document"]):
        expected = frequency.count(words, by=by, words=["war", "peace", "love"]).drop(columns="form")
        found = frequency.count_hits(hits, words, by=by, labels=["war", "peace", "love"])
        pd.testing.assert_frame_equal(found.rename(columns={"label": "token"}), expected)
    as_text = hits.astype({"document": "str", "paragraph": "category"})
    assert frequency.count_hits(as_text, words)["label"].tolist() == ["war", "peace"]
    assert frequency.count_hits(hits, words, labels=["war", "war"])["n"].tolist() == [2]


def test_only_kept_hits_are_counted():
    words = tokens.tokenize(PLACES)
    hits = hits_of(words, "peace", "war")
    kept = hits.assign(kept=hits["start"] == 0)
    assert frequency.count_hits(kept, words)[["n", "n_paragraphs"]].values.tolist() == [[3, 3], [1, 1]]
    assert frequency.count_hits(FOUND, words, labels=["food", "peace"])["n"].tolist() == [0, 4]  # of the codebook


ALL = tokens.tokenize(PLACES)
HITS = hits_of(ALL, "peace", "war")
FOUND = patterns.find(PLACES, codebooks.parse("peace: {any: peace}\nfood: {any: food}"))
HALF = ALL.assign(half=ALL["position"] > 1)
FEW = words_of("a b", "c", section="S", country=["x", None]).assign(n=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: frequency.count_hits(HITS, ALL[3:]), r"hits: paragraph \('a', '1'\) has no running words in tokens"),
        (lambda: frequency.count_hits(HITS, ALL.assign(label="x"), by="label"), r"by holds \['label'\]"),
        (lambda: frequency.count_hits(FOUND, ALL, labels=["peece"]), "no label 'peece'. It has: 'peace', 'food'."),
        (lambda: frequency.count_hits(HITS, ALL, by="year"), r"lacks the columns \['year'\]; .* metadata=…\)"),
        (lambda: frequency.count_hits(HITS, HALF, by="half"), r"half or document changes within paragraph \('a'"),
        (lambda: frequency.count(FEW, unit="country"), r"tokens: country in row 2 \(from 0\) is missing"),
        (lambda: frequency.count(FEW, by="n"), r"by holds \['n'\]: .* none that the result has itself"),
        (lambda: frequency.count(FEW, by=["section"] * 2), r"by holds \['section', 'section'\]: each name once"),
        (lambda: frequency.count(FEW, words=["a"], ngram=2), "Give words, or ngram and drop"),
        (lambda: frequency.count(FEW[:0]), "tokens: there are no words to count"),
        (lambda: frequency.count(FEW.iloc[[1, 0, 2]]), r"row 1 .* not in the order of the text"),
    ],
)
def test_what_cannot_be_counted_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_groups_hits_and_words_that_are_not_what_they_seem_are_told():
    for call, told in [
        (
            lambda: frequency.count(FEW.assign(year=[1990, 1990, "1990"]), "year"),
            "year: 1990 and '1990' differ in writ",
        ),
        (lambda: frequency.count(FEW.assign(at=["x", "x", "X"]), unit="at"), "at: 'x' and 'X' differ in writing only"),
        (lambda: frequency.count(ALL, "paragraph"), "by: ¶1 of all documents is one group; by="),
        (lambda: frequency.count_hits(HITS.assign(start=HITS["start"] + 1), ALL), r"in \('a', '1'\) one begins where"),
        (lambda: frequency.dispersion(ALL[ALL["position"] != 1]), "words were taken out of a ¶1, the first after"),
    ]:
        with pytest.warns(UserWarning, match=told):
            call()


def test_units_that_are_paragraphs_are_those_of_each_document():
    words = ALL.assign(place=ALL["document"].astype("str") + ALL["paragraph"].astype("str"))  # a name of its own
    for count in (frequency.count, lambda *told, **how: frequency.count_hits(HITS, *told, **how)):
        ends = [count(words, unit=unit)[["low", "high"]] for unit in ("paragraph", "place")]
        pd.testing.assert_frame_equal(*ends)
        assert ends[0].notna().any(axis=None)


def test_whether_the_preamble_is_counted_is_said_and_drawn():
    words = words_of("Recalling peace", "Peace", "War", part=["preamble", "operative", "operative"])
    operative = words[words["part"] == "operative"]
    for counted, total, told in ((words, 4, "The preamble is counted."), (operative, 2, "Without the preamble.")):
        counts = frequency.count(counted, words=["peace"])
        assert counts["total"].tolist() == [total] and counts["preamble"].tolist() == [total == 4]
        assert told in charts.bars(counts, x="n", y="form").drawn.below
    assert "preamble" not in frequency.count(words, by="part")
    assert "preamble" not in frequency.count(words_of("Peace", part="operative"))


def test_words_of_headings_counted_with_those_of_paragraphs_are_told():
    words = words_of("Peace", "Peace and war", kind=["heading", "paragraph"])
    with pytest.warns(UserWarning, match="words of each heading are counted too: take those of corpus.paragraphs"):
        assert frequency.count(words, words="peace")["n"].tolist() == [2]
    assert frequency.count(words, "kind", words="peace")["n"].tolist() == [1, 1]
    assert frequency.count(words[:1])["n"].tolist() == [1]


@pytest.mark.parametrize(("without", "named"), [("abcd", "4 words (a, b, c and 1 more)"), ("abc", "3 words (a, b, c)")])
def test_words_without_a_group_are_told_with_three_of_their_documents(without, named):
    texts = pd.DataFrame({"document": list("abcde"), "paragraph": "1", "text": "war"})
    texts["year"] = texts["document"].map(lambda name: None if name in without else 1990)
    with pytest.warns(UserWarning, match=re.escape(f"year is missing for {named}: they are in no group")):
        assert frequency.count(tokens.tokenize(texts), by="year")["n"].tolist() == [5 - len(without)]
