"""How good topic terms look: worked by hand, as gensim has it, reduced to simpler measures, and what must not change it."""

from itertools import combinations
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import topic_quality

ALL = {
    "npmi": lambda terms, **options: topic_quality.npmi(terms, running(["ab"]), **options),
    "exclusivity": topic_quality.exclusivity,
    "diversity": topic_quality.diversity,
}


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


TERMS = listed("ab", "bc")


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (TERMS.drop(columns="rank"), r"terms needs columns .* missing \['rank'\]"),
        (TERMS.assign(term=[None, *"bbc"]), "terms: term is missing in row 0"),
        (TERMS.assign(topic=[1, 1, None, 2]), "terms: topic is missing in row 2"),
        (TERMS[:0], "terms has no rows; give one row per topic and term"),
        (TERMS.assign(topic=[*"1122"]), "terms: topic should hold whole numbers; the column is of type str"),
        (
            TERMS.assign(rank=[1.0, 1.5, 1.0, 2.0]),
            "terms: rank should hold whole numbers; the column is of type float64",
        ),
        (TERMS.assign(rank=[1, 0, 1, 2]), r"terms: rank in row 1 \(rows count from 0\) is 0; the first term .* rank 1"),
        (TERMS.assign(term=["a", "b", 7, "c"]), r"terms: term in row 2 \(rows count from 0\) is 7; it should be text"),
        (TERMS.assign(term=pd.Categorical([1, 2, 3, 4])), r"terms: term in row 0 .* is 1; it should be text"),
        (
            TERMS.assign(term=[*"aabc"]),
            r"terms: 1 row repeats another's \['topic', 'term'\], first \(1, 'a'\) in row 1",
        ),
        (TERMS.assign(rank=[1, 2, 2, 2]), r"repeats another's \['topic', 'rank'\], first \(2, 2\) in row 3"),
    ],
)
def test_terms_that_cannot_be_right_are_refused(measure, terms, message):
    with pytest.raises(ValueError, match=message):
        ALL[measure](terms)


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize("top", [0, -1, 2.0, "10", True, None])
def test_top_should_be_a_whole_number(measure, top):
    least = 2 if measure == "npmi" else 1
    with pytest.raises(ValueError, match=f"top should be a whole number from {least}, found {top!r}"):
        ALL[measure](TERMS, top=top)


def test_one_term_makes_no_pair_and_one_word_no_window():
    with pytest.raises(ValueError, match="top should be a whole number from 2, found 1"):
        topic_quality.npmi(TERMS, running(["ab"]), top=1)
    for window in (1, 0, 2.5, True):
        with pytest.raises(ValueError, match=f"window should be a whole number from 2, found {window}"):
            topic_quality.npmi(TERMS, running(["ab"]), window=window)
    assert len(topic_quality.npmi(TERMS, running(["ab"]), window=np.int64(2), top=np.int64(2))) == 2


@pytest.mark.parametrize("weight", [-1, 0, float("inf"), "high"])
def test_a_weight_should_be_above_nought(weight):
    terms = TERMS.astype({"weight": object})
    terms.loc[2, "weight"] = weight
    message = rf"terms: weight in row 2 \(rows count from 0\) is {weight!r}; it should be a number above 0"
    with pytest.raises(ValueError, match=message):
        topic_quality.exclusivity(terms)


def test_missing_weights_are_refused_where_they_matter():
    with pytest.raises(ValueError, match="terms: weight is missing in row 0"):
        topic_quality.exclusivity(TERMS.assign(weight=[None, 1, 1, 1]))
    with pytest.raises(ValueError, match=r"missing \['weight'\]"):
        topic_quality.exclusivity(TERMS.drop(columns="weight"))
    assert topic_quality.diversity(TERMS.drop(columns="weight")).values.tolist() == [[4, 3, 3 / 4]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tokens: tokens.drop(columns="token"), r"tokens needs columns .* missing \['token'\]"),
        (lambda tokens: tokens.assign(token=None), "tokens: token is missing in row 0"),
        (lambda tokens: tokens[:0], "tokens has no rows; give the running words"),
        (lambda tokens: tokens.iloc[::-1], "tokens: row 1 .* is not in the order of the text"),
        (
            lambda tokens: pd.concat([tokens, tokens]),
            "tokens: row 4 .* is not in the order of the text, or there twice",
        ),
    ],
)
def test_tokens_that_cannot_be_right_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        topic_quality.npmi(TERMS, change(running(["ab", "cd"])))


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="terms should be a pandas DataFrame, found list"):
        topic_quality.diversity(["a", "b"])
    with pytest.raises(TypeError, match="tokens should be a pandas DataFrame, found list"):
        topic_quality.npmi(TERMS, ["a", "b"])
