"""Topic cards: names tied to terms, figures worked by hand, excerpts against every other stretch, evidence against the words."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tokens
from analysis.topics import comparison, fitting
from analysis.topics.cards import _stretch, cards, label
from tests.conftest import ROOT

TERMS = pd.DataFrame(
    {
        "topic": [1, 1, 1, 2, 2, 2],
        "term": ["war", "arms", "army", "girls", "school", "war"],
        "rank": [1, 2, 3, 1, 2, 3],
    }
)
PARAGRAPHS = pd.DataFrame(
    {
        "document": "a",
        "paragraph": [*"12345"],
        "section": [*"SSSTT"],
        "text": ["Arms for arms.", "War and\narms.", "Girls at school.", "— —", "The war: girls."],
    }
)
FIRST = [3 / 4, 3 / 4, 1 / 2, 0]  # shares of topic 1 in paragraphs 1, 2, 3 (a tie) and 5; 4 has no words
SHARES = pd.DataFrame(
    {
        "document": "a",
        "paragraph": np.repeat([*"1235"], 2),
        "topic": [1, 2] * 4,
        "share": [share for first in FIRST for share in (first, 1 - first)],
    }
)
STABLE = pd.DataFrame(
    {"topic": [2, 1], "stability": [5 / 8, 1 / 4], "null": [1 / 8, 1 / 4], "confident": [True, False]}
)
TOPICS = SimpleNamespace(terms=TERMS, shares=SHARES)


def test_label_finds_a_topic_by_its_first_terms_in_any_order_and_case():
    for key in [("girls", "school"), ("school", "Girls"), "school girls", ("girls",), "war school girls"]:
        found = label(TERMS, {key: "Girls at school"})
        assert found["topic"].tolist() == [1, 2]
        assert found["label"].isna().tolist() == [True, False] and found["label"][1] == "Girls at school"
    assert label(TERMS, {})["label"].isna().all()
    shuffled = TERMS.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(label(shuffled, {"girls": "G"}), label(TERMS, {"girls": "G"}))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            {("girls", "war"): "x"},
            r"no topic has \('girls', 'war'\) as its first 2 terms; the nearest is topic 2: girls, school, war\. "
            "Topics have moved: read them again, then label anew",
        ),
        ({"school": "x"}, "no topic has 'school' as its first term; the nearest is topic 2: girls, school, war"),
        ({"tax": "x"}, r"'tax' as its first term; no topic has any of these words\. Topics have moved"),
        ({"girls": "x", "girls school": "y"}, "'girls' and 'girls school' are the same topic, 2; keep one name"),
        ({"girls": 3}, "the name of 'girls' should be text, found 3"),
        ({"girls": " "}, "the name of 'girls' should be text, found ' '"),
        ({"": "x"}, "a key should be a topic's first terms, as a tuple or with spaces; found ''"),
        ({2: "x"}, "a key should be a topic's first terms, as a tuple or with spaces; found 2"),
        ({"girls girls": "x"}, "'girls girls' has a word twice"),
    ],
)
def test_a_label_that_can_move_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        label(TERMS, labels)


def test_a_key_of_several_topics_and_terms_that_are_none_are_refused():
    alike = TERMS.iloc[[0, 3]].assign(term="peace")
    with pytest.raises(ValueError, match="terms: 4 rows repeat"):
        label(TERMS.assign(rank=1), {})
    with pytest.raises(ValueError, match=r"topic in row 0 .* is 1\.5; it should be a whole number"):
        label(TERMS.assign(topic=1.5), {})
    with pytest.raises(TypeError, match="labels should be a dict from first terms to a name, found list"):
        label(TERMS, ["girls"])
    with pytest.raises(ValueError, match=r"'peace' fits the topics \[1, 2\]; add terms until it fits one"):
        label(alike, {"peace": "x"})


def test_figures_of_cards_worked_by_hand():
    found = cards(TOPICS, PARAGRAPHS, stability=STABLE, labels={"girls": "Girls", "war": "War"})
    table = found.cards.set_index("topic")
    assert table["share"].tolist() == [(3 / 4 + 3 / 4 + 1 / 2 + 0) / 4, (1 / 4 + 1 / 4 + 1 / 2 + 1) / 4]
    assert table["n_paragraphs"].tolist() == [3, 1]  # the tie goes to the lower number
    assert table["n_placed"].tolist() == [4, 4] and table["few"].all()
    assert table["n"].tolist() == [2 + 2 + 1, 1 + 2 + 2]  # war counts for both
    assert table["terms"].tolist() == ["war · arms · army", "girls · school · war"]
    assert table["label"].tolist() == ["", "Girls"]  # topic 1 is not confident
    assert table[["stability", "null", "confident"]].values.tolist() == [[1 / 4, 1 / 4, False], [5 / 8, 1 / 8, True]]
    assert found.groups is None
    told = found.passages[["topic", "rank", "paragraph", "share", "excerpt", "start", "end"]].values.tolist()
    assert told == [
        [1, 1, "2", 3 / 4, "War and arms.", 0, 13],  # as high a share as 1, but two different terms
        [1, 2, "1", 3 / 4, "Arms for arms.", 0, 14],
        [1, 3, "3", 1 / 2, "Girls at school.", 0, 16],
        [2, 1, "5", 1, "The war: girls.", 0, 15],
    ]
    assert found.highlights.values.tolist() == [
        [1, 1, 0, 3], [1, 1, 8, 12], [1, 2, 0, 4], [1, 2, 9, 13], [2, 1, 4, 7], [2, 1, 9, 14],
    ]  # fmt: skip


def test_fewer_terms_and_passages_are_the_first_of_more():
    many, one = cards(TOPICS, PARAGRAPHS), cards(TOPICS, PARAGRAPHS, n_terms=1, n_paragraphs=1)
    assert one.cards["terms"].tolist() == ["war", "girls"] and one.cards["n"].tolist() == [2, 2]
    assert one.passages["topic"].tolist() == [1, 2]
    assert (
        one.passages["paragraph"].tolist() == ["2", "5"] == many.passages.groupby("topic")["paragraph"].first().tolist()
    )


def test_an_untested_topic_has_no_name():
    table = cards(TOPICS, PARAGRAPHS, labels={"girls": "Girls"}).cards
    assert table["label"].tolist() == ["", ""] and not table["confident"].any()
    assert table[["stability", "null"]].isna().all(axis=None)


def test_groups_are_those_of_by_group():
    found = cards(TOPICS, PARAGRAPHS, by="section").groups
    expected = comparison.by_group(SHARES.assign(section=[*"SSSSSSTT"]), "section")
    pd.testing.assert_frame_equal(found, expected)
    assert found["share"].tolist() == [(3 / 4 + 3 / 4 + 1 / 2) / 3, 0, (1 / 4 + 1 / 4 + 1 / 2) / 3, 1]
    country = PARAGRAPHS.assign(country="Chad")
    assert cards(TOPICS, country, by="section", unit="country").groups["n_units"].tolist() == [1, 1, 1, 1]


def test_the_order_of_terms_and_shares_and_the_kind_of_keys_change_nothing_nor_does_the_callers_table():
    before = [TERMS.copy(), SHARES.copy(), PARAGRAPHS.copy(), STABLE.copy()]
    expected = cards(TOPICS, PARAGRAPHS, stability=STABLE, by="section")
    mixed = SimpleNamespace(
        terms=TERMS.sample(frac=1, random_state=1),
        shares=SHARES.sample(frac=1, random_state=2).astype({"document": "category", "paragraph": "int64"}),
    )
    other = PARAGRAPHS.assign(paragraph=range(1, 6)).set_axis([9] * 5)
    for one, two in zip(expected, cards(mixed, other, stability=STABLE[::-1], by="section"), strict=True):
        pd.testing.assert_frame_equal(one, two)
    for one, two in zip(before, [TERMS, SHARES, PARAGRAPHS, STABLE], strict=True):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: cards(TOPICS, PARAGRAPHS[1:]),
            ValueError,
            r"\('a', '1'\) has shares but is not there; give just those",
        ),
        (
            lambda: cards(TOPICS, PARAGRAPHS.assign(text="Peace.")),
            ValueError,
            r"paragraphs: \('a', '4'\) has no shares; give just those the topics were found in",
        ),
        (lambda: cards(TOPICS, PARAGRAPHS, by="year"), ValueError, r"paragraphs needs .* missing \['year'\]"),
        (lambda: cards(TOPICS, PARAGRAPHS, n_terms=0), ValueError, "n_terms should be a whole number from 1, found 0"),
        (lambda: cards(TOPICS, PARAGRAPHS, n_paragraphs=1.5), ValueError, "n_paragraphs should be .*, found 1.5"),
        (lambda: cards(TERMS, PARAGRAPHS), TypeError, "topics should be what topics.fit gives, found DataFrame"),
        (
            lambda: cards(TOPICS, PARAGRAPHS, stability=STABLE.head(1)),
            ValueError,
            "stability and shares: topic 1 is in one of them only",
        ),
        (
            lambda: cards(SimpleNamespace(terms=TERMS.replace({"topic": {2: 3}}), shares=SHARES), PARAGRAPHS),
            ValueError,
            "terms and shares: topic 2 is in one of them only; give tables of one model",
        ),
        (
            lambda: cards(TOPICS, PARAGRAPHS, stability=STABLE.assign(confident="False")),
            ValueError,
            "stability: confident in row 0 .* is 'False'; it should be true or false",
        ),
        (
            lambda: cards(TOPICS, PARAGRAPHS, stability=STABLE.assign(stability="high")),
            ValueError,
            "stability: stability should hold numbers; the column is of type str",
        ),
        (
            lambda: cards(TOPICS, PARAGRAPHS, stability=SimpleNamespace(topics=STABLE, overall=STABLE)),
            TypeError,
            "stability should be a table; of what topics.stability gives, pass `.topics`",
        ),
        (lambda: cards(TOPICS, PARAGRAPHS, labels=[]), TypeError, "labels should be a dict .*, found list"),
        (lambda: cards(TOPICS, PARAGRAPHS, by=["section"]), ValueError, r"by should be the name of one column.*\['sec"),
        (lambda: cards(TOPICS, PARAGRAPHS, by="text"), ValueError, "but not of the text; found 'text'"),
        (lambda: cards(TOPICS, PARAGRAPHS, by="section", unit=None), ValueError, "unit should be .* found None"),
        (lambda: cards(TOPICS, PARAGRAPHS, labels={"tax": "x"}), ValueError, "no topic has 'tax'"),
        (lambda: cards(TOPICS, PARAGRAPHS.iloc[[0, 0, 1, 2, 3, 4]]), ValueError, "paragraphs: 1 row repeats"),
    ],
)
def test_what_does_not_fit_gets_a_clear_error(call, error, message):
    with pytest.raises(error, match=message):
        call()


@given(
    st.lists(st.sampled_from(["war", "arms", "peace", "and", "a", "of", "x" * 40, "y" * 200]), min_size=1, max_size=60)
)
def test_no_other_stretch_has_more_different_terms(words):
    text = "  ".join(words) + "."
    located = tokens.locate(
        tokens.tokenize(pd.DataFrame({"document": "d", "paragraph": ["1"], "text": text})),
        pd.DataFrame({"document": "d", "paragraph": ["1"], "text": text}),
    )
    hits = located[located["token"].isin(["war", "arms", "peace"])]
    spots = hits[["start", "end", "token"]].values.tolist()
    start, end = _stretch(text, spots)
    kinds = lambda a, b: len({term for first, last, term in spots if a <= first and last <= b})  # noqa: E731
    assert 0 < end - start <= 90
    assert kinds(start, end) == max(kinds(a, a + 90) for a in range(len(text)))
    if not any(len(word) > 90 for word in words):  # else a word is cut
        assert (start == 0 or text[start - 1] == " ") and (end == len(text) or text[end] == " ")
        assert text[start:end] == text[start:end].strip()


def test_an_excerpt_has_its_terms_in_the_middle_and_says_where_it_is_cut():
    text = "word " * 40 + "war arms " + "word " * 40
    paragraphs = PARAGRAPHS.assign(text=[text, *PARAGRAPHS["text"][1:]])
    shares = SHARES.assign(share=[1, 0, *SHARES["share"][2:]])
    found = cards(SimpleNamespace(terms=TERMS, shares=shares), paragraphs)
    row = found.passages.iloc[0]
    assert row["excerpt"] == "…" + text[row["start"] : row["end"]] + "…" and row["end"] - row["start"] <= 90
    left, right = row["excerpt"].split("war arms")
    assert abs(len(left) - len(right)) <= 5
    first = found.highlights.query("topic == 1 and rank == 1")
    assert [row["excerpt"][a:b] for a, b in zip(first["start"], first["end"], strict=True)] == ["war", "arms"]


def test_the_evidence_of_the_cairo_document_is_every_occurrence(workshop):
    paragraphs = workshop.paragraphs
    words = tokens.tokenize(paragraphs)
    topics = fitting.fit(words, 3, stopwords=(ROOT / "data" / "stopwords.txt").read_text(encoding="utf-8").split())
    found = cards(topics, paragraphs, by="section")
    text_of = dict(zip(paragraphs["paragraph"], paragraphs["text"], strict=True))
    for topic, own in found.evidence.groupby("topic"):
        first = topics.terms.query("topic == @topic and rank <= 10")["term"]
        read = [text_of[p][a:b].lower() for p, a, b in zip(own["paragraph"], own["start"], own["end"], strict=True)]
        expected = words["token"][words["token"].isin(first)]
        assert sorted(read) == sorted(expected) and not own.duplicated().any()
        assert found.cards.set_index("topic")["n"][topic] == len(read)
    told = found.passages.merge(found.highlights, on=["topic", "rank"], suffixes=("", "_in"))
    marked = [text[a:b].lower() for text, a, b in zip(told["excerpt"], told["start_in"], told["end_in"], strict=True)]
    assert all(
        word in found.cards["terms"][topic - 1].split(" · ") for word, topic in zip(marked, told["topic"], strict=True)
    )
    assert found.cards["n_paragraphs"].sum() == found.cards["n_placed"][0]
    assert found.cards["share"].sum() == pytest.approx(1, abs=1e-5)


def test_other_texts_under_the_same_keys_are_refused(workshop):
    paragraphs = workshop.paragraphs
    topics = fitting.fit(tokens.tokenize(paragraphs), 3)
    other = paragraphs.assign(text=paragraphs["text"].str.replace("peace", "calm"))
    with pytest.raises(ValueError, match="paragraphs: 'peace', a word of the topics, is nowhere in their text"):
        cards(topics, other.assign(text=other["text"].str.replace("Peace", "Calm")))
