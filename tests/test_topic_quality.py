"""How good topic terms look: worked by hand, as gensim has it, spelled out; questions that give nothing away, and scores."""

from itertools import combinations
from math import comb, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import topic_quality
from analysis.topic_quality import intrusion, score_intrusion
from tests import made

WORDS = [f"word_{place}" for place in range(1, 7)]


def running(texts, document="d"):
    """One list of words per paragraph → running words."""
    return made.running(*[(document, str(number), text) for number, text in enumerate(map(list, texts))])


def listed(*topics):
    """One list of terms per topic, best first → topic terms, of weights n, n − 1, … 1."""
    rows = [(t, term, len(topic) + 1.0 - r, r) for t, topic in enumerate(topics, 1) for r, term in enumerate(topic, 1)]
    return pd.DataFrame(rows, columns=["topic", "term", "weight", "rank"])


def gensim(topics, texts, window, top=10):
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    texts = [list(text) for text in texts]
    options = {"coherence": "c_npmi", "window_size": window, "topn": top, "processes": 1}
    topics = [list(topic) for topic in topics]
    return CoherenceModel(topics=topics, texts=texts, dictionary=Dictionary(texts), **options).get_coherence_per_topic()


def test_npmi_worked_by_hand():
    # windows of three: abx, bxc, xca, and the short paragraph ab; a in 3 of 4, b in 3 of 4, c in 2 of 4
    found = topic_quality.npmi(listed("abc", "ax"), running(["abxca", "ab"]), window=3)
    # ab: abx, ab; ac: xca; bc: bxc
    ab, ac, bc = (log(2 / 4 / (3 / 4 * 3 / 4)) / -log(2 / 4), *[log(1 / 4 / (3 / 4 * 2 / 4)) / -log(1 / 4)] * 2)
    ax = log(2 / 4 / (3 / 4 * 3 / 4)) / -log(2 / 4)  # abx, xca
    assert found["topic"].tolist() == [1, 2]
    assert found["npmi"].tolist() == pytest.approx([(ab + ac + bc) / 3, ax], abs=1e-9)
    assert found.drop(columns=["topic", "npmi"]).values.tolist() == [[3, 0, 3, 0, True], [2, 0, 1, 0, True]]


def test_a_word_said_twice_in_a_window_counts_as_gensim_counts_it():
    # aab, abc, bcd, cdb, cd: when the first a leaves, a counts as gone from abc; b comes in anew as the old b leaves
    texts = ["aabcdb", "cd"]
    found = topic_quality.npmi(listed("ab"), running(texts), window=3)["npmi"]
    assert found.tolist() == pytest.approx([log(1 / 5 / (1 / 5 * 4 / 5)) / -log(1 / 5)])
    assert found.tolist() == pytest.approx(gensim(["ab"], texts, 3), abs=1e-9)


texts_of = st.lists(st.text("abcdefg", min_size=1, max_size=30), min_size=1, max_size=6)


@settings(max_examples=12)
@given(texts_of, st.integers(2, 12), st.integers(2, 5), st.data())
def test_npmi_is_that_of_gensim(texts, window, top, data):
    texts = [*texts, "ab"]
    words = st.sampled_from(sorted(set("".join(texts))))
    topics = data.draw(st.lists(st.lists(words, min_size=2, unique=True), min_size=1, max_size=3))
    found = topic_quality.npmi(listed(*topics), running(texts), window=window, top=top)
    expected = gensim([topic[:top] for topic in topics], texts, window, top)
    assert found["npmi"].tolist() == pytest.approx(expected, abs=1e-6)
    assert found["n_terms"].tolist() == [min(len(topic), top) for topic in topics]


def test_windows_end_with_the_paragraph_and_words_left_out_move_their_neighbours_together():
    apart = pd.concat([running(["xa", "by"]), running(["yb"], "e")])  # windows end with the paragraph and the document
    assert topic_quality.npmi(listed("ab"), apart, window=4)["n_pairs_never"].tolist() == [1]
    tokens = running(["axxxb", "cd"])
    assert topic_quality.npmi(listed("ab"), tokens, window=2)["n_pairs_never"].tolist() == [1]
    kept = tokens[tokens["token"] != "x"]  # positions 0 and 4: one window of a and b, one of c and d
    found = topic_quality.npmi(listed("ab"), kept, window=2)
    assert found["npmi"].tolist() == pytest.approx([1]) and found["n_pairs_never"].tolist() == [0]


def test_an_absent_term_and_a_pair_that_never_meets():
    found = topic_quality.npmi(listed("abz", "yz", "ab", "acbd", "a"), running(["ab", "cd"]), window=2)
    ranked = listed("abc").assign(rank=[9, 4, 2])  # the best two are those of the lowest ranks: c, b
    assert topic_quality.npmi(ranked, running(["bc", "a"]), top=2)["npmi"].tolist() == pytest.approx([1])
    # ab is always together: 1; the two pairs with z: −1
    assert found["npmi"].head(3).tolist() == pytest.approx([(1 - 1 - 1) / 3, -1, 1])
    assert found["n_absent"].tolist() == [1, 2, 0, 0, 0]
    assert found["n_pairs"].tolist() == [3, 1, 1, 6, 0] and found["n_pairs_never"].tolist() == [2, 1, 0, 4, 0]
    assert np.isnan(found["npmi"].iloc[-1])  # a topic of one term has no pair
    # a and b in one of four windows each: log(ε / (1/4 · 1/4)) / −log ε = −1 + log 16 / −log ε
    found = topic_quality.npmi(listed("ab"), running(["ax", "bx", "xx", "xy"]), window=2)["npmi"]
    assert found.tolist() == pytest.approx([-1 + log(16) / -log(1e-12)], abs=1e-9)


@settings(max_examples=8)
@given(st.lists(st.permutations("abcdefgh"), min_size=1, max_size=5), st.sampled_from([2, 3, 8, 1000]))
def test_where_no_word_repeats_windows_are_counted_as_defined(texts, window):
    """Mean NPMI over boolean windows, each a set of words, spelled out."""
    found = topic_quality.npmi(listed("abc"), running(texts), window=window)["npmi"]
    width = min(window, 8)
    windows = [set(text[start : start + width]) for text in texts for start in range(8 - width + 1)]

    def share(*words):
        return sum(set(words) <= window for window in windows) / len(windows)

    values = []
    for a, b in combinations("abc", 2):
        joint = share(a, b) + 1e-12
        values.append(log(joint / (share(a) * share(b))) / -log(joint))
    assert found.tolist() == pytest.approx([sum(values) / 3], abs=1e-9)


def test_exclusivity_and_diversity_worked_by_hand():
    # topic 1: a 2/4, b 1/4, c 1/4; topic 2: b 2/3, d 1/3; topic 3: b 1
    terms = pd.DataFrame({"topic": [1, 1, 1, 2, 2, 3], "term": [*"abcbdb"], "rank": [1, 2, 3, 1, 2, 1]})
    terms["weight"] = [20, 10, 10, 2, 1, 0.5]
    b = 1 / 4 + 2 / 3 + 1
    found = topic_quality.exclusivity(terms)
    assert found["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b + 1) / 3, (2 / 3 / b + 1) / 2, 1 / b])
    assert found["n_terms"].tolist() == [3, 2, 1]
    two = topic_quality.exclusivity(terms, top=2)  # the weight of c still counts in the share of b
    assert two["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b) / 2, (2 / 3 / b + 1) / 2, 1 / b])
    assert topic_quality.diversity(terms).values.tolist() == [[6, 4, 4 / 6]]
    assert topic_quality.diversity(terms, top=2).values.tolist() == [[5, 3, 3 / 5]]  # ab, bd, b
    alike = listed(*["abc"] * 5)  # an end of both scales
    assert topic_quality.exclusivity(alike)["exclusivity"].tolist() == pytest.approx([1 / 5] * 5)
    assert topic_quality.diversity(alike)["diversity"].tolist() == [1 / 5]


def test_the_order_of_rows_and_categories_that_do_not_occur_change_nothing():
    terms, tokens = listed("abcd", "cdef", "azg"), running(["abcdefgabc", "gfedd", "c"])
    mixed, other = terms.sample(frac=1, random_state=3), tokens.astype({"token": "category"})
    other["token"] = other["token"].cat.add_categories("z")
    found = topic_quality.npmi(mixed, other, window=3)
    pd.testing.assert_frame_equal(found, topic_quality.npmi(terms, tokens, window=3))
    for measure in (topic_quality.exclusivity, topic_quality.diversity):
        pd.testing.assert_frame_equal(measure(mixed), measure(terms))


def letters(topics=4, size=12):
    return listed(*([f"{chr(97 + k)}{i:02}" for i in range(size)] for k in range(topics)))


def answered(made, right, coder=None):
    """The sheet as one person fills it in: right (True), wrong (False) or blank (None), topic by topic."""
    of_topic = dict(zip(sorted(made.key["topic"].unique()), right, strict=True))
    answers = []
    for row in made.key.to_dict("records"):
        wrong = next(row[word] for word in WORDS if row[word] != row["intruder"])
        answers.append({True: row["intruder"], False: wrong, None: ""}[of_topic[row["topic"]]])
    sheet = made.sheet.assign(intruder=answers)
    return sheet if coder is None else sheet.assign(coder=coder)


MADE = intrusion(letters(3), seed=1)


def several(*people):
    return pd.concat([answered(MADE, right, f"c{i}") for i, right in enumerate(people)], ignore_index=True)


def test_a_question_shows_the_first_listed_a_topic_and_one_first_term_of_another():
    terms = letters()
    made = intrusion(terms, seed=2)
    assert set(made.sheet["intruder"]) == {""} and made.sheet[WORDS].equals(made.key[WORDS])
    assert made.sheet["question"].tolist() == ["1", "2", "3", "4"] and sorted(made.key["topic"]) == [1, 2, 3, 4]
    first = terms[terms["rank"] <= 5].groupby("topic")["term"].agg(set)
    for row in made.key.to_dict("records"):
        assert {row[word] for word in WORDS} == {*first[row["topic"]], row["intruder"]}
        assert row["intruder"] in first[row["source"]] and row["source"] != row["topic"]
    mixed = intrusion(terms.sample(frac=1, random_state=1).astype({"term": "category"}), seed=2)
    for one, same in zip(made, mixed, strict=True):  # the same seed makes the same from any order, another another
        pd.testing.assert_frame_equal(one, same)
    assert not made.key.equals(intrusion(terms, seed=6).key)


def test_topics_words_and_intruders_come_in_random_order():
    terms, topic, place, drawn = letters(), np.zeros((4, 4)), np.zeros(6), []
    for seed in range(60):
        key = intrusion(terms, seed=seed).key
        topic[np.arange(4), key["topic"] - 1] += 1
        place += (key[WORDS].to_numpy() == key[["intruder"]].to_numpy()).sum(axis=0)
        drawn += key.loc[key["topic"] == 1, "intruder"].tolist()
    assert stats.chisquare(topic.ravel()).pvalue > 0.001 and stats.chisquare(place).pvalue > 0.001
    times = pd.Series(drawn).value_counts()
    assert len(times) == 15 and stats.chisquare(times).pvalue > 0.001  # five words of each of three topics


def test_a_word_that_the_topic_lists_intrudes_only_where_no_other_can_and_from_the_lower_half():
    drawn = [
        intrusion(listed(*topics), seed=seed).key.set_index("topic")["intruder"]
        for topics in (
            ([*"abcdefghi"], [*"fghijabcd"]),  # only j and e are in one topic
            ([*"abcdevwxyz"], [*"vwxyzdeabc"]),  # the same ten words
            ([*"abcdevwxyzmn"], [*"vwxyzabcdemn"]),  # v is sixth of twelve: upper half
        )
        for seed in range(25)
    ]
    first = [{row[1] for row in drawn[start : start + 25]} for start in (0, 25, 50)]
    assert first == [{"j"}, set("vwxyz"), set("wxyz")]
    assert {row[2] for row in drawn[25:50]} == set("abcde")


def test_scores_are_those_worked_by_hand():
    scores = score_intrusion(several([True, False, None], [True, True, None], [True, None, False]), MADE.key)
    assert scores["topic"].tolist() == [1, 2, 3]
    assert scores[["n_answers", "n_right", "n_blank"]].values.tolist() == [[3, 3, 0], [2, 1, 1], [1, 0, 2]]
    assert scores["precision"].tolist() == [3 / 3, 1 / 2, 0 / 1] and set(scores["chance"]) == {1 / 6}
    p = [1 / 6**3, 1 - (5 / 6) ** 2, 1]
    np.testing.assert_allclose(scores["p"], p)
    np.testing.assert_allclose(scores["q"], [3 * p[0], 3 / 2 * p[1], p[2]])
    assert scores["low"][0] == pytest.approx(0.025 ** (1 / 3)) and scores["high"][0] == 1  # P(3 of 3) = 0.025
    unreliable = [f"95 % by coder (Clopper–Pearson, unreliable: {n})" for n in (3, 2)]
    assert scores["interval"].tolist() == [*unreliable, "none: one coder"] and scores["few"].all()


def test_the_interval_and_p_are_exact():
    right = [[i < 8, True, None] for i in range(12)]
    scores = score_intrusion(several(*right), MADE.key)
    tail = sum(comb(12, k) * 5 ** (12 - k) for k in range(8, 13)) / 6**12
    assert scores["p"][0] == pytest.approx(tail) and scores["p"][1] == pytest.approx(1 / 6**12)
    assert stats.binom.sf(7, 12, scores["low"][0]) == pytest.approx(0.025)  # 8 or more
    assert stats.binom.cdf(8, 12, scores["high"][0]) == pytest.approx(0.025)  # 8 or fewer
    assert scores["interval"].tolist() == ["95 % by coder (Clopper–Pearson)"] * 2 + ["none: no answer"]
    assert scores["few"].tolist() == [False, False, True]
    assert scores.loc[2, ["precision", "low", "high", "p", "q"]].isna().all()


def test_capitals_spaces_and_the_order_of_rows_make_no_difference_and_one_person_needs_no_name():
    answers = several([True, False, True], [False, None, True])
    changed = answers.assign(intruder=" " + answers["intruder"].str.upper() + "  ").sample(frac=1, random_state=1)
    one, other = score_intrusion(changed, MADE.key.iloc[::-1]), score_intrusion(answers, MADE.key)
    pd.testing.assert_frame_equal(one, other)
    alone = score_intrusion(answered(MADE, [True, False, True]), MADE.key)
    assert alone["n_right"].tolist() == [1, 0, 1] and set(alone["interval"]) == {"none: one coder"}


ANSWERS = answered(MADE, [True, True, True])
ANOTHER = intrusion(letters(3), seed=2).sheet.assign(intruder=lambda table: table["word_1"])
test_no_words_are_refused = made.refused(
    topic_quality.npmi, (listed("ab"), running(["ab"])[:0], "tokens has no rows; give the running words")
)
test_what_cannot_be_asked_is_told = made.refused(
    intrusion,
    (listed("abcd", "vwxyz"), "topic 1 has 4 terms, not 5; give all"),
    (letters(1), "topic 1: no word could intrude: topics are too alike; fit fewer"),
)
test_what_cannot_be_scored_is_told = made.refused(
    lambda answers: score_intrusion(answers, MADE.key),
    (ANSWERS.assign(intruder=["peace", *ANSWERS["intruder"][1:]]), "1 in row 0 .* is answered with another word"),
    (ANSWERS.assign(question=["1", "2", "9"]), "9 in row 2 .* has other words than the key"),
    (ANOTHER, "1 in row 0 .* has other words than the key; was the sheet made with another seed or topics"),
    (pd.concat([ANSWERS, ANSWERS.tail(1)]), "3 in row 3 .* is there twice; name each person in a column coder"),
    (ANSWERS.assign(intruder=""), "no question is answered; the chosen word belongs in the column intruder"),
)
