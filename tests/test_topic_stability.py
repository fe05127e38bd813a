"""Do topics hold still: near duplicates against comparing all, pairs of topics, planted topics, words drawn at random."""

import warnings
from fractions import Fraction
from itertools import combinations, permutations
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import cooccurrence, tables, topic_stability, topics
from analysis.tokens import tokenize
from analysis.topic_stability import choose_k, stability
from tests import made
from tests.benchmarks.topics import noise_text
from tests.made import refused
from tests.test_topics import KEYS, PLANTED, TOKENS, listed, text


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
    (topics.from_labels(TOKENS, LABELLED), TOKENS, "topics.model should be one of .*, found 'labels'"),
)
ONE = TOKENS, [1], "k should be a whole number from 2, found 1"
test_what_cannot_be_chosen_is_told = refused(choose_k, ONE)


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


# Coherence, exclusivity, diversity


def running(texts, document="d"):
    """One list of words per paragraph → running words."""
    return made.running(*[(document, str(number), text) for number, text in enumerate(map(list, texts))])


def gensim(topics, texts, window, top=10):
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    texts = [list(text) for text in texts]
    options = {"coherence": "c_npmi", "window_size": window, "topn": top, "processes": 1}
    topics = [list(topic) for topic in topics]
    return CoherenceModel(topics=topics, texts=texts, dictionary=Dictionary(texts), **options).get_coherence_per_topic()


def test_npmi_worked_by_hand():
    # windows of three: abx, bxc, xca, and the short paragraph ab; a in 3 of 4, b in 3 of 4, c in 2 of 4
    found = topic_stability.npmi(listed("abc", "ax"), running(["abxca", "ab"]), window=3)
    # ab: abx, ab; ac: xca; bc: bxc
    ab, ac, bc = (log(2 / 4 / (3 / 4 * 3 / 4)) / -log(2 / 4), *[log(1 / 4 / (3 / 4 * 2 / 4)) / -log(1 / 4)] * 2)
    ax = log(2 / 4 / (3 / 4 * 3 / 4)) / -log(2 / 4)  # abx, xca
    assert found["topic"].tolist() == [1, 2]
    assert found["npmi"].tolist() == pytest.approx([(ab + ac + bc) / 3, ax], abs=1e-9)
    assert found.drop(columns=["topic", "npmi"]).values.tolist() == [[3, 0, 3, 0, True], [2, 0, 1, 0, True]]


def test_a_word_said_twice_in_a_window_counts_as_gensim_counts_it():
    # aab, abc, bcd, cdb, cd: when the first a leaves, a counts as gone from abc; b comes in anew as the old b leaves
    texts = ["aabcdb", "cd"]
    found = topic_stability.npmi(listed("ab"), running(texts), window=3)["npmi"]
    assert found.tolist() == pytest.approx([log(1 / 5 / (1 / 5 * 4 / 5)) / -log(1 / 5)])
    assert found.tolist() == pytest.approx(gensim(["ab"], texts, 3), abs=1e-9)


texts_of = st.lists(st.text("abcdefg", min_size=1, max_size=30), min_size=1, max_size=6)


@settings(max_examples=12)
@given(texts_of, st.integers(2, 12), st.integers(2, 5), st.data())
def test_npmi_is_that_of_gensim(texts, window, top, data):
    texts = [*texts, "ab"]
    words = st.sampled_from(sorted(set("".join(texts))))
    topics = data.draw(st.lists(st.lists(words, min_size=2, unique=True), min_size=1, max_size=3))
    found = topic_stability.npmi(listed(*topics), running(texts), window=window, top=top)
    expected = gensim([topic[:top] for topic in topics], texts, window, top)
    assert found["npmi"].tolist() == pytest.approx(expected, abs=1e-6)
    assert found["n_terms"].tolist() == [min(len(topic), top) for topic in topics]


def test_windows_end_with_the_paragraph_and_words_left_out_move_their_neighbours_together():
    apart = pd.concat([running(["xa", "by"]), running(["yb"], "e")])  # windows end with the paragraph and the document
    assert topic_stability.npmi(listed("ab"), apart, window=4)["n_pairs_never"].tolist() == [1]
    tokens = running(["axxxb", "cd"])
    assert topic_stability.npmi(listed("ab"), tokens, window=2)["n_pairs_never"].tolist() == [1]
    kept = tokens[tokens["token"] != "x"]  # positions 0 and 4: one window of a and b, one of c and d
    found = topic_stability.npmi(listed("ab"), kept, window=2)
    assert found["npmi"].tolist() == pytest.approx([1]) and found["n_pairs_never"].tolist() == [0]


def test_an_absent_term_and_a_pair_that_never_meets():
    found = topic_stability.npmi(listed("abz", "yz", "ab", "acbd", "a"), running(["ab", "cd"]), window=2)
    ranked = listed("abc").assign(rank=[9, 4, 2])  # the best two are those of the lowest ranks: c, b
    assert topic_stability.npmi(ranked, running(["bc", "a"]), top=2)["npmi"].tolist() == pytest.approx([1])
    # ab is always together: 1; the two pairs with z: −1
    assert found["npmi"].head(3).tolist() == pytest.approx([(1 - 1 - 1) / 3, -1, 1])
    assert found["n_absent"].tolist() == [1, 2, 0, 0, 0]
    assert found["n_pairs"].tolist() == [3, 1, 1, 6, 0] and found["n_pairs_never"].tolist() == [2, 1, 0, 4, 0]
    assert np.isnan(found["npmi"].iloc[-1])  # a topic of one term has no pair
    # a and b in one of four windows each: log(ε / (1/4 · 1/4)) / −log ε = −1 + log 16 / −log ε
    found = topic_stability.npmi(listed("ab"), running(["ax", "bx", "xx", "xy"]), window=2)["npmi"]
    assert found.tolist() == pytest.approx([-1 + log(16) / -log(1e-12)], abs=1e-9)


def test_exclusivity_and_diversity_worked_by_hand():
    # topic 1: a 2/4, b 1/4, c 1/4; topic 2: b 2/3, d 1/3; topic 3: b 1
    terms = pd.DataFrame({"topic": [1, 1, 1, 2, 2, 3], "term": [*"abcbdb"], "rank": [1, 2, 3, 1, 2, 1]})
    terms["weight"] = [20, 10, 10, 2, 1, 0.5]
    b = 1 / 4 + 2 / 3 + 1
    found = topic_stability.exclusivity(terms)
    assert found["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b + 1) / 3, (2 / 3 / b + 1) / 2, 1 / b])
    assert found["n_terms"].tolist() == [3, 2, 1]
    two = topic_stability.exclusivity(terms, top=2)  # the weight of c still counts in the share of b
    assert two["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b) / 2, (2 / 3 / b + 1) / 2, 1 / b])
    assert topic_stability.diversity(terms).values.tolist() == [[6, 4, 4 / 6]]
    assert topic_stability.diversity(terms, top=2).values.tolist() == [[5, 3, 3 / 5]]  # ab, bd, b
    alike = listed(*["abc"] * 5)  # an end of both scales
    assert topic_stability.exclusivity(alike)["exclusivity"].tolist() == pytest.approx([1 / 5] * 5)
    assert topic_stability.diversity(alike)["diversity"].tolist() == [1 / 5]
