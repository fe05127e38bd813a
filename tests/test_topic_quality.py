"""How good topic terms look: worked by hand, as gensim has it, spelled out; questions that give nothing away, and scores."""

from itertools import combinations
from math import comb, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import resampling, tables, topic_quality
from analysis.topic_quality import intrusion, score_intrusion

WORDS = [f"word_{place}" for place in range(1, 7)]


def running(texts, document="d"):
    """One list of words per paragraph → running words."""
    rows = [(document, str(i), k, word) for i, text in enumerate(texts) for k, word in enumerate(text)]
    return pd.DataFrame(rows, columns=["document", "paragraph", "position", "token"])


def listed(*topics):
    """One list of terms per topic, best first → topic terms, of weights n, n − 1, … 1."""
    rows = [(t, term, len(topic) + 1.0 - r, r) for t, topic in enumerate(topics, 1) for r, term in enumerate(topic, 1)]
    return pd.DataFrame(rows, columns=["topic", "term", "weight", "rank"])


def gensim(topics, texts, window, top=10):
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    texts = [list(text) for text in texts]
    topics = [list(topic) for topic in topics]
    options = {"coherence": "c_npmi", "window_size": window, "topn": top, "processes": 1}
    model = CoherenceModel(topics=topics, texts=texts, dictionary=Dictionary(texts), **options)
    return model.get_coherence_per_topic()


def by_definition(topic, windows):
    """Mean NPMI over boolean windows, each a set of words, spelled out."""

    def share(*words):
        return sum(set(words) <= window for window in windows) / len(windows)

    values = []
    for a, b in combinations(topic, 2):
        joint = share(a, b) + 1e-12
        values.append(log(joint / (share(a) * share(b))) / -log(joint))
    return sum(values) / len(values)


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


@settings(max_examples=25)
@given(
    st.lists(st.text("abcdefg", min_size=1, max_size=30), min_size=1, max_size=6),
    st.integers(2, 12),
    st.integers(2, 5),
    st.data(),
)
def test_npmi_is_that_of_gensim(texts, window, top, data):
    words = sorted(set("".join(texts)))
    if len(words) < 2:
        texts, words = [*texts, "ab"], sorted({*words, "a", "b"})
    topics = data.draw(st.lists(st.lists(st.sampled_from(words), min_size=2, unique=True), min_size=1, max_size=3))
    found = topic_quality.npmi(listed(*topics), running(texts), window=window, top=top)
    expected = gensim([topic[:top] for topic in topics], texts, window, top)
    assert found["npmi"].tolist() == pytest.approx(expected, abs=1e-6)
    assert found["n_terms"].tolist() == [min(len(topic), top) for topic in topics]


def test_npmi_of_news_is_that_of_gensim(shared):
    news = pd.read_csv(shared / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None, quoting=3)
    news.columns = ["text", "part", "label"]
    news = news.iloc[::3].reset_index(drop=True)  # to be done sooner
    texts = news["text"].str.split()
    words = texts.explode().to_frame("term").join(news["label"])
    n = words.groupby(["label", "term"]).size().rename("weight").reset_index()
    n = n.sort_values(["label", "weight", "term"], ascending=[True, False, True])
    topics = [one["term"].head(10).tolist() for _, one in n.groupby("label")]
    topics.append([topic[9] for topic in topics])  # a mixed one
    found = topic_quality.npmi(listed(*topics), running(texts))
    assert found["npmi"].tolist() == pytest.approx(gensim(topics, texts, 10), abs=1e-6)
    assert found["npmi"].head(5).min() > found["npmi"].iloc[5] and not found["few"].any()


@settings(max_examples=15)
@given(st.lists(st.permutations("abcdefgh"), min_size=1, max_size=5), st.integers(2, 10))
def test_where_no_word_repeats_windows_are_counted_as_defined(texts, window):
    found = topic_quality.npmi(listed("abc", "hgfe"), running(texts), window=window)
    width = min(window, 8)
    windows = [set(text[start : start + width]) for text in texts for start in range(8 - width + 1)]
    expected = [by_definition("abc", windows), by_definition("hgfe", windows)]
    assert found["npmi"].tolist() == pytest.approx(expected, abs=1e-9)


@settings(max_examples=15)
@given(st.lists(st.text("abcde", min_size=1, max_size=20), min_size=1, max_size=6))
def test_a_window_longer_than_any_paragraph_counts_paragraphs(texts):
    found = topic_quality.npmi(listed("abc"), running([*texts, "abc"]), window=1000)
    assert found["npmi"].tolist() == pytest.approx([by_definition("abc", [*map(set, texts), set("abc")])], abs=1e-9)


@settings(max_examples=12)
@given(
    st.lists(st.text("abcde", min_size=1, max_size=40), min_size=1, max_size=6), st.integers(2, 9), st.integers(1, 50)
)
def test_counting_in_pieces_changes_nothing(texts, window, entries):
    terms, tokens = listed("abc", "ed"), running(texts)
    whole = topic_quality.npmi(terms, tokens, window=window)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topic_quality, "_ENTRIES", entries)
        pd.testing.assert_frame_equal(topic_quality.npmi(terms, tokens, window=window), whole)


def test_words_left_out_move_their_neighbours_together():
    tokens = running(["axxxb", "cd"])
    assert topic_quality.npmi(listed("ab"), tokens, window=2)["n_pairs_never"].tolist() == [1]
    kept = tokens[tokens["token"] != "x"]  # positions 0 and 4: one window of a and b, one of c and d
    found = topic_quality.npmi(listed("ab"), kept, window=2)
    assert found["npmi"].tolist() == pytest.approx([1]) and found["n_pairs_never"].tolist() == [0]


def test_windows_end_with_the_paragraph_and_the_document():
    tokens = pd.concat([running(["xa", "by"]), running(["yb"], "e")])  # two paragraphs 0, next to each other or not
    assert topic_quality.npmi(listed("ab"), tokens, window=4)["n_pairs_never"].tolist() == [1]


def test_an_absent_term_is_never_together_with_any():
    texts = ["ab", "cd"]
    found = topic_quality.npmi(listed("abz", "yz", "ab", "acbd"), running(texts), window=2)
    # ab is always together: 1; the two pairs with z: −1
    assert found["npmi"].head(3).tolist() == pytest.approx([(1 - 1 - 1) / 3, -1, 1])
    assert found["n_absent"].tolist() == [1, 2, 0, 0]
    assert found["n_pairs"].tolist() == [3, 1, 1, 6] and found["n_pairs_never"].tolist() == [2, 1, 0, 4]


def test_a_pair_that_never_meets_scores_by_epsilon():
    # a and b in one of four windows each: log(ε / (1/4 · 1/4)) / −log ε = −1 + log 16 / −log ε
    found = topic_quality.npmi(listed("ab"), running(["ax", "bx", "xx", "xy"]), window=2)["npmi"]
    assert found.tolist() == pytest.approx([-1 + log(16) / -log(1e-12)], abs=1e-9)


def test_a_pair_in_every_window_has_what_gensim_gives():
    assert topic_quality.npmi(listed("ab"), running(["ab"]))["npmi"].tolist() == gensim(["ab"], ["ab"], 10) == [-1]


def test_a_topic_of_one_term_has_no_npmi():
    found = topic_quality.npmi(listed("a", "ab"), running(["ab", "c"]))
    assert found["npmi"].isna().tolist() == [True, False] and found["n_pairs"].tolist() == [0, 1]
    alone = topic_quality.npmi(listed("a"), running(["ab"]))
    assert alone["npmi"].isna().all() and alone["n_pairs_never"].tolist() == [0]


def test_few_says_that_under_five_terms_occur():
    found = topic_quality.npmi(listed("abcde", "abcdyz"), running(["abcde"]))
    assert found["few"].tolist() == [False, True]


def test_exclusivity_worked_by_hand():
    # topic 1: a 2/4, b 1/4, c 1/4; topic 2: b 2/3, d 1/3; topic 3: b 1
    terms = pd.DataFrame({"topic": [1, 1, 1, 2, 2, 3], "term": [*"abcbdb"], "rank": [1, 2, 3, 1, 2, 1]})
    terms["weight"] = [20, 10, 10, 2, 1, 0.5]
    b = 1 / 4 + 2 / 3 + 1
    found = topic_quality.exclusivity(terms)
    assert found["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b + 1) / 3, (2 / 3 / b + 1) / 2, 1 / b])
    assert list(found) == ["topic", "exclusivity", "n_terms"] and found["n_terms"].tolist() == [3, 2, 1]
    two = topic_quality.exclusivity(terms, top=2)  # the weight of c still counts in the share of b
    assert two["exclusivity"].tolist() == pytest.approx([(1 + 1 / 4 / b) / 2, (2 / 3 / b + 1) / 2, 1 / b])


def test_exclusivity_is_that_of_the_whole_matrix():
    weights = np.random.default_rng(1).gamma(0.3, size=(6, 40)) + 1e-9  # topics × terms, none zero
    topic, term = np.indices(weights.shape)
    terms = pd.DataFrame(
        {"topic": topic.ravel() + 1, "term": [f"w{i}" for i in term.ravel()], "weight": weights.ravel()}
    )
    terms["rank"] = terms.groupby("topic")["weight"].rank(ascending=False).astype(int)
    share = weights / weights.sum(axis=1, keepdims=True)
    best = np.argsort(-weights, axis=1)[:, :10]
    expected = np.take_along_axis(share / share.sum(axis=0), best, axis=1).mean(axis=1)
    assert topic_quality.exclusivity(terms)["exclusivity"].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize("topics", [1, 2, 5])
def test_topics_alike_and_topics_apart_are_the_ends(topics):
    alike, apart = listed(*["abc"] * topics), listed(*[[f"{word}{t}" for word in "abc"] for t in range(topics)])
    assert topic_quality.exclusivity(alike)["exclusivity"].tolist() == pytest.approx([1 / topics] * topics)
    assert topic_quality.diversity(alike)["diversity"].tolist() == [1 / topics]
    assert topic_quality.exclusivity(apart)["exclusivity"].tolist() == [1] * topics
    assert topic_quality.diversity(apart).values.tolist() == [[3 * topics, 3 * topics, 1]]


def test_the_scale_of_a_topics_weights_changes_nothing():
    terms = listed("abc", "bcd", "cde")
    scaled = terms.assign(weight=terms["weight"] * terms["topic"].map({1: 1000.0, 2: 0.001, 3: 7.0}))
    pd.testing.assert_frame_equal(topic_quality.exclusivity(scaled), topic_quality.exclusivity(terms))


def test_diversity_worked_by_hand():
    terms = listed("abc", "bcd", "e")  # a b c d e, of seven
    assert topic_quality.diversity(terms).values.tolist() == [[7, 5, 5 / 7]]
    assert topic_quality.diversity(terms, top=2).values.tolist() == [[5, 4, 4 / 5]]  # ab, bc, e
    assert topic_quality.diversity(terms, top=1).values.tolist() == [[3, 3, 1]]


def test_the_best_are_those_of_the_lowest_ranks():
    terms = listed("abc").assign(rank=[9, 4, 2])  # the rest was left out; c, b, a
    assert topic_quality.npmi(terms, running(["bc", "a"]), top=2)["npmi"].tolist() == pytest.approx([1])


def test_order_of_rows_and_types_of_columns_change_nothing():
    terms, tokens = listed("abcd", "cdef", "azg"), running(["abcdefgabc", "gfedd", "c"]).assign(year=1990)
    mixed, kinds = (
        terms.sample(frac=1, random_state=3),
        {name: "category" for name in ("document", "paragraph", "token")},
    )
    other = tokens.astype(kinds)
    other["token"] = other["token"].cat.add_categories("z")  # a category that doesn't occur
    found = topic_quality.npmi(terms, tokens, window=3)
    assert found["n_absent"].tolist() == [0, 0, 1]
    pd.testing.assert_frame_equal(topic_quality.npmi(mixed, other, window=3), found)
    typed = mixed.astype({"term": "category", "topic": "int64", "rank": "Int64"}).assign(more=1)
    pd.testing.assert_frame_equal(topic_quality.npmi(typed, other.astype({"token": object}), window=3), found)
    for measure in (topic_quality.exclusivity, topic_quality.diversity):
        pd.testing.assert_frame_equal(measure(mixed), measure(terms))
        pd.testing.assert_frame_equal(measure(typed), measure(terms))
    swapped = pd.concat([tokens[tokens["paragraph"] == name] for name in "201"])
    pd.testing.assert_frame_equal(topic_quality.npmi(terms, swapped, window=3), found)


def test_does_not_change_the_input():
    terms, tokens = listed("ba", "ac").iloc[::-1], running(["abc"])
    before = terms.copy(), tokens.copy()
    topic_quality.npmi(terms, tokens), topic_quality.exclusivity(terms), topic_quality.diversity(terms)
    pd.testing.assert_frame_equal(terms, before[0])
    pd.testing.assert_frame_equal(tokens, before[1])


def test_words_that_are_not_there_are_told():
    with pytest.raises(ValueError, match="tokens has no rows; give the running words"):
        topic_quality.npmi(listed("ab"), running(["ab"])[:0])


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


def several(made, *people):
    return pd.concat([answered(made, right, f"c{i}") for i, right in enumerate(people)], ignore_index=True)


MADE = intrusion(letters(3), seed=1)


def test_a_question_shows_the_first_listed_a_topic_and_one_first_term_of_another():
    terms = letters()
    made = intrusion(terms, seed=2)
    assert list(made.sheet) == ["question", *WORDS, "intruder"] and set(made.sheet["intruder"]) == {""}
    assert list(made.key) == ["question", "topic", "intruder", "source", *WORDS]
    assert made.sheet["question"].tolist() == ["1", "2", "3", "4"] and sorted(made.key["topic"]) == [1, 2, 3, 4]
    assert made.sheet[WORDS].equals(made.key[WORDS])
    for row in made.key.to_dict("records"):
        first = terms[(terms["topic"] == row["topic"]) & (terms["rank"] <= 5)]["term"]
        source = terms[(terms["topic"] == row["source"]) & (terms["rank"] <= 5)]["term"]
        assert {row[word] for word in WORDS} == {*first, row["intruder"]} and len({row[word] for word in WORDS}) == 6
        assert row["intruder"] in set(source) and row["source"] != row["topic"]


def test_the_place_of_the_intruder_and_of_every_word_is_uniform():
    terms, intruder, first = letters(20), np.zeros(6), np.zeros(6)
    for seed in range(30):
        key = intrusion(terms, seed=seed).key
        intruder += (key[WORDS].to_numpy() == key[["intruder"]].to_numpy()).sum(axis=0)
        first += np.char.endswith(key[WORDS].to_numpy().astype(str), "00").sum(
            axis=0
        )  # first terms, of topic or intruder
    assert intruder.sum() == 600
    assert stats.chisquare(intruder).pvalue > 0.001 and stats.chisquare(first).pvalue > 0.001


def test_topics_come_in_random_order_and_each_free_word_is_drawn_equally_often():
    terms, place, drawn = letters(), np.zeros((4, 4)), []
    for seed in range(75):
        key = intrusion(terms, seed=seed).key
        place[np.arange(4), key["topic"] - 1] += 1
        drawn += key.loc[key["topic"] == 1, "intruder"].tolist()
    assert stats.chisquare(place.ravel()).pvalue > 0.001
    times = pd.Series(drawn).value_counts()
    assert len(times) == 15 and stats.chisquare(times).pvalue > 0.001  # five words of each of three topics


def test_the_same_seed_makes_the_same_questions_from_any_order_and_another_seed_others():
    terms = letters()
    copy = terms.copy()
    made = intrusion(terms, n=2, seed=5)
    pd.testing.assert_frame_equal(terms, copy)
    other = intrusion(terms.sample(frac=1, random_state=1).astype({"term": "category"}), n=2, seed=5)
    for one, same in zip(made, other, strict=True):
        pd.testing.assert_frame_equal(one, same)
    assert not made.key.equals(intrusion(terms, n=2, seed=6).key)


def test_several_questions_of_a_topic_have_different_intruders():
    key = intrusion(letters(2), n=5, seed=1).key
    assert key.groupby("topic")["intruder"].nunique().tolist() == [5, 5]  # all five there are


def test_a_word_that_the_topic_lists_does_not_intrude():
    terms = listed([*"abcde", *"fghi"], [*"fghij", *"abcd"])  # only j and e are in one topic
    for seed in range(10):
        assert set(intrusion(terms, seed=seed).key["intruder"]) == {"j", "e"}
    with pytest.raises(ValueError, match="topic terms: only 1 words could intrude on topic 1: topics are too alike"):
        intrusion(listed([*"abcdef"], [*"bcdef", "g"]), top=5, n=2)


def test_where_no_word_is_free_the_lower_half_of_the_ranks_may_intrude():
    one, other = [*"abcde", *"vw", *"xyz"], [*"vwxyz", *"de", *"abc"]  # the same ten words
    drawn = [intrusion(listed(one, other), seed=seed).key.set_index("topic")["intruder"] for seed in range(25)]
    assert {row[1] for row in drawn} == set("vwxyz") and {row[2] for row in drawn} == set("abcde")
    longer = listed([*"abcde", *"vw", *"xyz", *"mn"], [*"vwxyz", *"abcdemn"])  # v is sixth of twelve: upper half
    drawn = {intrusion(longer, seed=seed).key.set_index("topic")["intruder"][1] for seed in range(25)}
    assert drawn == set("wxyz")


def test_the_source_is_the_topic_where_the_word_ranks_highest():
    terms = listed([*"abcde"], [*"vwxyz"], [*"zvwxy"])  # z is fifth in topic 2 and first in topic 3
    keys = pd.concat([intrusion(terms, seed=seed).key for seed in range(25)])
    found = keys[keys["topic"] == 1].groupby("intruder")["source"].unique().map(list).to_dict()
    assert found == {"v": [2], "w": [2], "x": [2], "y": [2], "z": [3]}


def test_top_says_how_many_terms_are_shown():
    made = intrusion(letters(), top=3)
    assert list(made.sheet) == ["question", *WORDS[:4], "intruder"]
    assert set(score_intrusion(made.sheet.assign(intruder=made.key["intruder"]), made.key)["chance"]) == {1 / 4}


def test_topics_of_too_few_terms_are_told():
    with pytest.raises(ValueError, match="topic 1 has 12 of the 13 terms shown; lower top"):
        intrusion(letters(), top=13)
    with pytest.raises(ValueError, match="only 0 words could intrude on topic 1: topics are too alike"):
        intrusion(letters(1))


def test_a_sheet_and_a_key_come_back_as_they_were(tmp_path):
    for name, table in zip(MADE._fields, MADE, strict=True):
        tables.write(table, tmp_path / f"{name}.csv")
        back = tables.read(tmp_path / f"{name}.csv").reset_index(drop=True)
        pd.testing.assert_frame_equal(back, table.astype("str"))
    answers = answered(MADE, [True, False, True])
    pd.testing.assert_frame_equal(
        score_intrusion(answers, back.astype({"topic": int})), score_intrusion(answers, MADE.key)
    )


def test_scores_are_those_worked_by_hand():
    scores = score_intrusion(several(MADE, [True, False, None], [True, True, None], [True, None, False]), MADE.key)
    assert scores["topic"].tolist() == [1, 2, 3]
    assert scores[["n_answers", "n_right", "n_blank"]].values.tolist() == [[3, 3, 0], [2, 1, 1], [1, 0, 2]]
    assert scores["precision"].tolist() == [3 / 3, 1 / 2, 0 / 1] and set(scores["chance"]) == {1 / 6}
    p = [1 / 6**3, 1 - (5 / 6) ** 2, 1]
    np.testing.assert_allclose(scores["p"], p)
    np.testing.assert_allclose(scores["q"], [3 * p[0], 3 / 2 * p[1], p[2]])
    assert scores["low"][0] == pytest.approx(0.025 ** (1 / 3)) and scores["high"][0] == 1  # P(3 of 3) = 0.025
    assert scores["interval"].tolist() == [
        "95 % by coder (Clopper–Pearson, unreliable: 3)",
        "95 % by coder (Clopper–Pearson, unreliable: 2)",
        "none: one coder",
    ]
    assert scores["few"].tolist() == [True, True, True]


def test_the_interval_and_p_are_exact():
    right = [[i < 8, True, None] for i in range(12)]
    scores = score_intrusion(several(MADE, *right), MADE.key)
    tail = sum(comb(12, k) * 5 ** (12 - k) for k in range(8, 13)) / 6**12
    assert scores["p"][0] == pytest.approx(tail) and scores["p"][1] == pytest.approx(1 / 6**12)
    assert stats.binom.sf(7, 12, scores["low"][0]) == pytest.approx(0.025)  # 8 or more
    assert stats.binom.cdf(8, 12, scores["high"][0]) == pytest.approx(0.025)  # 8 or fewer
    assert scores["interval"].tolist() == ["95 % by coder (Clopper–Pearson)"] * 2 + ["none: no answer"]
    assert scores["few"].tolist() == [False, False, True]
    assert scores.loc[2, ["precision", "low", "high", "p", "q"]].isna().all()


def test_several_answers_of_a_coder_to_one_topic_have_no_interval_and_no_p():
    made = intrusion(letters(3), n=2, seed=3)
    scores = score_intrusion(several(made, [True, True, True], [True, False, None]), made.key)
    assert scores[["n_answers", "n_right"]].values.tolist() == [[4, 4], [4, 2], [2, 2]]
    assert set(scores["interval"]) == {"none: a coder answered several questions of the topic"}
    assert scores[["low", "high", "p", "q"]].isna().all(axis=None)
    each_once = several(made, [True, True, True], [True, False, True])
    second = made.key["question"][made.key["topic"].duplicated()]
    each_once = each_once[each_once["question"].isin(second) == (each_once["coder"] == "c1")]
    assert set(score_intrusion(each_once, made.key)["interval"]) == {"95 % by coder (Clopper–Pearson, unreliable: 2)"}


def test_capitals_spaces_and_the_order_of_rows_make_no_difference():
    answers = several(MADE, [True, False, True], [False, None, True])
    changed = answers.assign(
        intruder=" " + answers["intruder"].str.upper() + "  ",
    )
    changed = changed.sample(frac=1, random_state=1)
    for by in ("topic", None):
        one, other = score_intrusion(changed, MADE.key.iloc[::-1], by), score_intrusion(answers, MADE.key, by)
        pd.testing.assert_frame_equal(one, other)


def test_one_person_needs_no_name():
    scores = score_intrusion(answered(MADE, [True, False, True]), MADE.key)
    assert scores["n_right"].tolist() == [1, 0, 1] and set(scores["interval"]) == {"none: one coder"}
    np.testing.assert_allclose(scores["p"], [1 / 6, 1, 1 / 6])


def test_all_topics_together_are_worked_by_hand():
    people = [[True, True, True], [True, False, None], [False, True, True], [False, False, True]]
    answers = several(MADE, *people)
    row = score_intrusion(answers, MADE.key, by=None).iloc[0]
    assert row[["n_answers", "n_right", "n_blank"]].tolist() == [11, 7, 1]
    assert row["precision"] == 7 / 11 and row["chance"] == 1 / 6 and not row["few"]
    low, high, _ = resampling.interval(7 / 11, [4 / 8, 6 / 9, 5 / 8, 6 / 8])
    assert (row["low"], row["high"]) == (max(low, 0), pytest.approx(min(high, 1)))
    assert row["interval"] == "95 % by coder (jackknife, unreliable: 4)"
    assert (
        score_intrusion(answers, MADE.key, by=None)["n_right"].sum()
        == score_intrusion(answers, MADE.key)["n_right"].sum()
    )


def test_without_difference_between_coders_there_is_no_interval_for_all_topics():
    same = score_intrusion(several(MADE, *[[True, True, False]] * 12), MADE.key, None).iloc[0]
    assert same["interval"] == "none: which coder is left out makes no difference" and np.isnan(same["low"])
    two = score_intrusion(several(MADE, [True, True, False], [True, True, True]), MADE.key, None).iloc[0]
    assert two["interval"] == "none: only 2 (coder)" and np.isnan(two["high"])


def test_people_who_guess_are_right_one_time_in_six_and_p_is_seldom_small():
    made, rng = intrusion(letters(10), seed=4), np.random.default_rng(5)
    small = []
    for _ in range(5):
        sheets = [
            made.sheet.assign(coder=f"c{i}", intruder=rng.permuted(made.sheet[WORDS], axis=1)[:, 0]) for i in range(8)
        ]
        scores = score_intrusion(pd.concat(sheets), made.key)
        small += (scores["p"] <= 0.05).tolist()
    assert stats.binomtest(sum(small), len(small), 0.05, alternative="greater").pvalue > 0.001


ANSWERS = answered(MADE, [True, True, True])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (
            ANSWERS.assign(intruder=["peace", *ANSWERS["intruder"][1:]]),
            "1 in row 0 .* is answered 'peace'; write one of",
        ),
        (ANSWERS.assign(question=["1", "2", "9"]), "9 in row 2 .* has other words than the key"),
        (pd.concat([ANSWERS, ANSWERS.tail(1)]), "3 in row 3 .* is there twice; name each person in a column coder"),
        (ANSWERS.assign(intruder=""), "no question is answered; the chosen word belongs in the column intruder"),
    ],
)
def test_what_is_wrong_with_the_answers_is_said(answers, message):
    with pytest.raises(ValueError, match=f"intrusion sheet: .*{message}"):
        score_intrusion(answers, MADE.key)


def test_a_sheet_made_with_another_seed_is_not_scored():
    terms = listed([*"abcde"], [*"vwxyz"])  # with two topics the key's intruder may well be among the other's words
    key = intrusion(terms, seed=0).key
    others = [intrusion(terms, seed=seed) for seed in range(1, 12)]
    differ = [one for one in others if set(one.key.loc[0, WORDS]) != set(key.loc[0, WORDS])]
    assert len(differ) > 2
    for one in differ:
        with pytest.raises(
            ValueError, match=r"question 1 .* has other words than the key; was the sheet made with another seed"
        ):
            score_intrusion(one.sheet.assign(intruder=one.key["intruder"]), key)
