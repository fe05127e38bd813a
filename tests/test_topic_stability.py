"""Do topics hold still: near duplicates against comparing all, pairs of topics, planted topics, words drawn at random."""

import warnings
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import cooccurrence, tables, topic_stability, topics
from analysis.tokens import tokenize
from analysis.topic_stability import choose_k, stability
from tests.benchmarks.topics import noise_text
from tests.made import refused
from tests.test_topics import KEYS, PLANTED, TOKENS, text


@pytest.fixture(autouse=True)
def _fewer(monkeypatch):
    """Three halves, two shuffles with two each."""
    monkeypatch.setattr(topic_stability, "HALVES", 3)
    monkeypatch.setattr(topic_stability, "SHUFFLES", {0: (2, 2)})


@pytest.fixture(scope="module")
def noise():
    return tokenize(noise_text(np.random.default_rng(0), 60, 30, 150, False, 1))


sets = st.lists(st.frozensets(st.integers(0, 6), max_size=4), min_size=3, max_size=3)


@settings(max_examples=20)
@given(sets, sets)
def test_topics_are_matched_so_that_no_other_pairing_shares_more(one, other):
    def alike(a, b):
        return len(a & b) / max(len(a | b), 1)

    best = max(sum(alike(a, b) for a, b in zip(one, order, strict=True)) for order in permutations(other))
    assert topic_stability.matched(one, other).sum() == pytest.approx(best)
    assert topic_stability.matched(one, []).tolist() == [0, 0, 0]


def similarity(a, b):
    """Jaccard similarity of three-word runs, as a fraction."""
    a, b = ({tuple(x[i : i + 3]) for i in range(max(len(x) - 2, 1))} for x in (a, b))
    return Fraction(len(a & b), len(a | b))


def repeats(paragraphs):
    """Paragraphs that repeat an earlier one, as the package finds them."""
    number = np.repeat(np.arange(len(paragraphs)), [len(words) for words in paragraphs])
    return topic_stability._repeats(np.array([ord(word) for words in paragraphs for word in words]), number).tolist()


@st.composite
def alike(draw):
    """Texts, and texts made from earlier ones by changing, adding or taking away a word at a place."""
    texts = draw(st.lists(st.text("abc", min_size=1, max_size=25), min_size=1, max_size=5))
    for _ in range(draw(st.integers(0, 10))):
        text = list(draw(st.sampled_from(texts)))
        place = draw(st.integers(0, len(text)))
        text[place : place + draw(st.integers(0, 1))] = draw(st.text("abcx", max_size=1))
        texts.append("".join(text) or "a")
    return draw(st.permutations(texts))


@settings(max_examples=50)
@given(alike())
def test_near_duplicates_are_those_of_comparing_each_paragraph_with_each(texts):
    group = list(range(len(texts)))
    for i, j in combinations(range(len(texts)), 2):
        if similarity(texts[i], texts[j]) >= Fraction(4, 5):
            group = [group[i] if one == group[j] else one for one in group]
    assert repeats(texts) == pd.Series(group).duplicated().tolist()


def test_the_planted_number_of_topics_is_chosen_whatever_else_is_tried():
    running = tokenize(PLANTED)
    found = choose_k(running, (6, 2, 4, 4))
    assert found.k == 4 and found.reason.startswith("4 topics: 4 of them")
    assert found.ks["k"].tolist() == [2, 4, 6] and found.topics.groupby("k").size().tolist() == [2, 4, 6]
    assert found.topics.groupby("k")["confident"].sum().tolist() == found.ks["n_confident"].tolist()
    assert found.ks["reason"].eq("supported").tolist() == found.ks["supported"].tolist()
    other = choose_k(running, (4, 5))
    assert other.k == 4
    one, same = (table.query("k == 4").drop(columns="confident") for table in (found.topics, other.topics))
    assert one.values.tolist() == same.values.tolist()  # what is measured at 4 does not hang on what else is tried


def test_four_fifths_are_enough_and_copies_and_crowds_are_found():
    assert similarity("abcdef", "abcdefx") == Fraction(4, 5) > Fraction(7, 9) == similarity("abcdefghij", "abcdefghix")
    assert repeats(["abcdef", "abcdefx"]) == [False, True] and not any(repeats(["abcdefghij", "abcdefghix"]))
    assert sum(repeats(["abcdefghij"] * 3000 + ["k"])) == 2999
    template = [chr(200 + i) for i in range(30)]
    crowd = [[*template[: 2 + i % 26], chr(300 + i), *template[3 + i % 26 :]] for i in range(600)]
    assert sum(repeats([template, *crowd])) == 600


@pytest.mark.parametrize(("names", "unit", "n"), [(10, "document", 10), (9, "paragraph", 200)])
def test_near_duplicates_are_left_out_and_documents_dealt_from_ten_up(names, unit, n):
    table = PLANTED.assign(document=[f"d{row % names}" for row in range(200)]).sort_values(KEYS)
    words = tokenize(pd.concat([table, table.tail(7).assign(document=table["document"].max(), paragraph=[*"0123456"])]))
    dealt = topic_stability._deal(cooccurrence.keep(words), words, "cooccurrence", 0)
    assert dealt.about == {"unit": unit, "n_units": n, "n_left_out": 7}
    assert set(dealt.block) == set(range(min(n, 20)))


def test_planted_topics_are_confident_those_of_words_drawn_at_random_are_not(noise):
    found = stability(topics.fit(TOKENS, 4), TOKENS)
    assert found.topics["confident"].all() and found.topics["stability"].min() > 0.75
    overall = found.overall.iloc[0]
    for name in ("stability", "null", "excess"):
        assert overall[name] == pytest.approx(found.topics[name].mean(), rel=1e-5)
    assert overall["low"] <= overall["stability"] <= overall["high"]
    assert overall[["k", "n_confident", "unit", "n_units"]].tolist() == [4, 4, "document", 61]
    found = stability(topics.fit(noise, 4), noise)
    assert not found.topics["confident"].any() and found.overall["n_confident"].item() == 0


@pytest.mark.parametrize("model", ["nmf", "lda"])
def test_other_models_are_tested_too(model, monkeypatch):
    monkeypatch.setattr(topic_stability, "HALVES", 2)
    monkeypatch.setattr(topic_stability, "SHUFFLES", {0: (1, 1)})
    some = TOKENS[TOKENS["document"].astype("str") >= "d30"]
    found = stability(topics.fit(some, 3, model=model), some)
    assert len(found.topics) == 3 and found.topics["stability"].between(0.3, 1).all()


SHORT = text(*["arms trade war", "law court judge"] * 4)
OTHER = "tokens: these are not the words that the topics were fitted on"
test_what_cannot_be_measured_is_told = refused(
    stability,
    (topics.fit(SHORT, 2), SHORT, "2 different paragraph(s) are too few to halve: 4 at least"),
    (topics.fit(TOKENS, 2), TOKENS[TOKENS["token"] != TOKENS["token"].iloc[-1]], OTHER),
    (topics.fit(TOKENS, 2), TOKENS[TOKENS["document"] != "d00"], OTHER),
)
LABELLED = TOKENS[KEYS].drop_duplicates().assign(label=lambda keys: np.arange(len(keys)) % 2)
test_topics_of_labels_are_not_fitted_anew = refused(
    stability,
    (topics.from_labels(TOKENS, LABELLED), TOKENS, "should come from .*; those made from labels can't be fitted anew"),
    error=TypeError,
)
test_what_cannot_be_chosen_is_told = refused(
    choose_k,
    (SHORT, [], "ks should name numbers of topics"),
    (TOKENS, [1], "k should be a whole number from 2, found 1"),
)


def test_no_number_of_topics_is_chosen_in_noise(noise):
    found = choose_k(noise, (2, 4))
    assert found.k is None and found.reason.startswith("No number of topics is supported")
    assert found.ks["k"].tolist() == [2, 4] and not found.ks["supported"].any()
    lacking = "[01] of [24] topics reach a stability of .* half should; .* any number tried"
    assert found.ks["reason"].str.fullmatch(lacking).all()


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["peace"], "tokens: no word is left"),
        (["law law", "law law"], "tokens: 1 different paragraph(s) are too few to halve: 4 at least."),
        (["a b", "c d", "e f"], "tokens: no word is left"),
        (["arms trade war", "arms trade law"], "tokens: 2 different"),
        ([f"war law w{n}" for n in range(9)], "2 kept words do not carry 2 topics."),
    ],
)
def test_tiny_texts_support_nothing_and_leak_no_warnings(texts, why):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = choose_k(text(*texts))
    assert found.k is None and found.reason.startswith(f"No number of topics is supported: {why}") and not told
    assert found.ks["reason"].eq("the text is too short").all() and not found.ks["supported"].any()
    assert list(found.topics) == ["k", *tables.columns("topic stability")] and len(found.ks) == 12
