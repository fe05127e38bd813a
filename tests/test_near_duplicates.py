"""Near-duplicate paragraphs: similarities worked by hand, all pairs compared one by one, and what must not change the groups."""

import tracemalloc
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import near_duplicates
from analysis.near_duplicates import find


def words_of(*texts, document="un"):
    """Texts → running words; paragraphs are numbered from 1."""
    rows = [
        (document, str(p), position, word)
        for p, text in enumerate(texts, 1)
        for position, word in enumerate(text.split() if isinstance(text, str) else text)
    ]
    return pd.DataFrame(rows, columns=["document", "paragraph", "position", "token"])


def groups(*texts, **arguments):
    return find(words_of(*texts), **arguments)["group"].tolist()


def similarity(a, b):
    """Jaccard similarity of three-word shingles, as a fraction."""
    a, b = ({tuple(x[i : i + 3]) for i in range(max(len(x) - 2, 1))} for x in (a, b))
    return Fraction(len(a & b), len(a | b))


def components(texts, similar):
    """Groups by comparing each paragraph with each."""
    group = list(range(len(texts)))
    for i, j in combinations(range(len(texts)), 2):
        if float(similarity(texts[i], texts[j])) >= similar:
            group = [group[i] if one == group[j] else one for one in group]
    return (pd.factorize(np.array(group))[0] + 1).tolist()


# Ten words have eight shingles; another last word changes one, another last two words two.
TEN = "a b c d e f g h i j"


def test_a_similarity_of_exactly_four_fifths_is_enough():
    four_fifths = ["a b c d e f", "a b c d e f x"]  # 4 shingles, all in the other's 5
    assert similarity(*(text.split() for text in four_fifths)) == Fraction(4, 5)
    assert groups(*four_fifths) == [1, 1]


def test_a_similarity_just_below_four_fifths_is_not_enough():
    below = [TEN, "a b c d e f g h i x"]  # 7 of 9
    assert similarity(*(text.split() for text in below)) == Fraction(7, 9)
    assert groups(*below) == [1, 2]
    assert groups(*below, similar=7 / 9) == [1, 1]
    assert groups(*below, similar=np.nextafter(7 / 9, 1)) == [1, 2]


@pytest.mark.parametrize("similar", [0.5, 0.6, 0.7, 0.8, 0.9])
def test_the_threshold_itself_counts_wherever_it_lies(similar):
    words = [f"w{i}" for i in range(12)]
    short = words[: int(similar * 10) + 2]  # 10 · similar shingles, all in the 10 of the other
    assert similarity(short, words) == Fraction(similar).limit_denominator(10)
    assert groups(short, words, similar=similar) == [1, 1]
    assert groups(short, words, similar=similar + 1e-9) == [1, 2]


def test_the_table_says_which_paragraph_of_a_group_comes_first_and_how_many_there_are():
    words = pd.concat([words_of(TEN, "peace now", document="b"), words_of("peace now", TEN, TEN, "war", document="a")])
    found = find(words.reset_index(drop=True))
    assert list(found) == ["document", "paragraph", "group", "first", "n_group"]
    assert found.values.tolist() == [
        ["b", "1", 1, True, 3],
        ["b", "2", 2, True, 2],
        ["a", "1", 2, False, 2],
        ["a", "2", 1, False, 3],
        ["a", "3", 1, False, 3],
        ["a", "4", 3, True, 1],
    ]
    assert found["first"].dtype == bool and found["group"].dtype == np.int64 and found["n_group"].dtype == np.int64


def test_a_group_hangs_together_through_its_middle():
    words = [f"w{i}" for i in range(30)]
    chain = [words[:20], words[2:22], words[4:24]]  # 16 of 20 to the next, 14 of 22 from end to end
    assert similarity(chain[0], chain[1]) == Fraction(16, 20) and similarity(chain[0], chain[2]) == Fraction(14, 22)
    assert groups(*chain) == [1, 1, 1]
    assert groups(chain[0], chain[2]) == [1, 2]


def test_short_paragraphs_are_compared_whole():
    assert groups("peace", "peace", "war", "peace war", "peace war", "war peace", "peace war now") == [
        1,
        1,
        2,
        3,
        3,
        4,
        5,
    ]


def test_at_one_only_paragraphs_with_the_same_shingles_go_together():
    assert groups(TEN, "a b c d e f g h i x", TEN, similar=1) == [1, 2, 1]
    assert groups("a b a b a b", "a b a b a b a b", similar=1) == [1, 1]  # aba and bab, however often


def test_words_taken_out_are_closed_up():
    words = words_of("the a b c", "a b the c", "a b c")
    assert groups("the a b c", "a b the c", "a b c") == [1, 2, 3]
    assert find(words[words["token"] != "the"])["group"].tolist() == [1, 1, 1]


def test_ten_thousand_copies_are_one_group():
    found = find(words_of(*[TEN] * 10_000, "war"))
    assert found["group"].tolist() == [1] * 10_000 + [2] and found["n_group"].tolist() == [10_000] * 10_000 + [1]
    assert found["first"].sum() == 2


def test_a_crowd_around_one_template_is_one_group():
    template = [f"w{i}" for i in range(30)]
    texts = [template, template]
    for i in range(600):  # one word changed: 25 shingles of 31 as in the template, 22 of 34 as in most others
        texts.append([*template[: 2 + i % 26], f"x{i}", *template[3 + i % 26 :]])
    assert similarity(template, texts[2]) == Fraction(25, 31) and similarity(texts[2], texts[7]) == Fraction(22, 34)
    assert set(groups(*texts)) == {1}


def test_of_ten_thousand_pairs_at_the_threshold_few_are_missed_and_none_is_false():
    rng = np.random.default_rng(1)
    one = rng.integers(0, 10**6, (10_000, 29))
    other = one.copy()
    other[:, -3:] = rng.integers(10**6, 10**7, (10_000, 3))  # 24 shingles of 30 are in both
    names, code = np.unique(np.vstack([one, other]), return_inverse=True)
    words = pd.DataFrame({"document": "un", "paragraph": np.repeat(np.arange(20_000), 29)})
    words["position"] = np.tile(np.arange(29), 20_000)
    words["token"] = pd.Categorical.from_codes(code.ravel(), names.astype(str))
    group = find(words)["group"].to_numpy()
    assert (group[:10_000] == np.arange(1, 10_001)).all()
    assert (group[:10_000] != group[10_000:]).sum() <= 6  # 0.7 are expected; 7 or more once in 100,000 times


@pytest.mark.parametrize("similar", [0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99])
def test_the_chance_to_miss_a_pair_at_the_threshold_is_what_the_docstring_says(similar):
    bands, hashes = near_duplicates._plan(similar)
    assert (1 - similar**hashes) ** bands <= 1e-4 < (1 - similar**hashes) ** (bands - 1)
    assert near_duplicates._plan(0.8) == (24, 5)


WORD = st.sampled_from("abc")
TEXT = st.lists(WORD, min_size=1, max_size=12)


@st.composite
def corpora(draw):
    """Texts, and texts made from earlier ones by changing, adding or taking away a word at a place."""
    texts = draw(st.lists(TEXT, min_size=1, max_size=5))
    longer = [f"w{i}" for i in range(draw(st.integers(8, 25)))]
    texts.append(longer)
    for _ in range(draw(st.integers(0, 10))):
        text = list(draw(st.sampled_from(texts)))
        place = draw(st.integers(0, len(text)))
        text[place : place + draw(st.integers(0, 1))] = draw(st.lists(WORD, max_size=1))
        texts.append(text or ["a"])
    return draw(st.permutations(texts))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(corpora(), st.sampled_from([0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 1.0]))
def test_the_groups_are_those_of_comparing_each_with_each(texts, similar):
    assert groups(*texts, similar=similar) == components(texts, similar)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_the_paragraphs_changes_only_the_numbers(texts, random):
    place = list(range(len(texts)))
    random.shuffle(place)
    before, after = np.array(groups(*texts)), groups(*(texts[i] for i in place))
    assert (pd.factorize(before[place])[0] + 1).tolist() == after


def test_order_changes_only_the_numbers_in_a_crowd_too():
    rng = np.random.default_rng(2)
    texts = np.tile(np.arange(24), (400, 1))
    texts[:, -6:] = rng.integers(0, 6, (400, 6)) + 100  # too alike for the bands, some too different to be linked
    texts = texts.astype(str).tolist()
    place = rng.permutation(400)
    before, after = np.array(groups(*texts)), groups(*(texts[i] for i in place))
    assert len(set(after)) > 1 and (pd.factorize(before[place])[0] + 1).tolist() == after


def test_categories_change_nothing_and_the_callers_table_stays():
    words = words_of("war and peace and war", TEN, "war and peace and war")
    coded = words.astype({name: "category" for name in ["document", "paragraph", "token"]})
    coded["token"] = coded["token"].cat.set_categories(["unused", *reversed(coded["token"].cat.categories)])
    copy = coded.copy()
    found = find(coded)
    pd.testing.assert_frame_equal(coded, copy)
    pd.testing.assert_frame_equal(found.astype(find(words).dtypes), find(words))


def test_an_empty_table_gives_an_empty_table():
    found = find(words_of())
    assert list(found) == ["document", "paragraph", "group", "first", "n_group"] and len(found) == 0
    assert found["first"].dtype == bool and found["group"].dtype == np.int64


@pytest.mark.parametrize("similar", [0.49, 1.01, 80, 0, np.nan, "0.8", True, None])
def test_similar_is_a_number_from_a_half_to_one(similar):
    with pytest.raises(ValueError, match=r"similar should be a number from 0\.5 to 1, found"):
        find(words_of(TEN), similar=similar)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (words_of(TEN).drop(columns="token"), r"missing \['token'\]"),
        (words_of(TEN).assign(token=None), "token is missing in row 0"),
        (words_of(TEN).iloc[::-1], "row 1 .* is not in the order of the text"),
        (words_of(TEN, TEN).iloc[[0, 10, 1]], "row 2 .* is not in the order of the text"),
        (
            words_of(TEN).assign(token=pd.Series(["\ud800"] * 10, dtype=object)),
            r"a word has the character .* which is no text",
        ),
    ],
)
def test_what_is_wrong_with_the_words_is_said(words, message):
    with pytest.raises(ValueError, match=message):
        find(words)


def test_one_very_long_word_costs_no_more_than_itself():
    names = pd.Index([*(f"word{n}" for n in range(100_000)), "x" * 100_000])
    words = pd.Series(pd.Categorical.from_codes(np.arange(len(names)), names))
    tracemalloc.start()
    hashes = near_duplicates._hashes(words)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(set(hashes)) == len(names) and peak < 100_000_000  # as wide as the longest, all would take 40 GB


def test_words_that_differ_in_a_null_character_differ():
    assert len(set(near_duplicates._hashes(pd.Series(["a", "a\0"])))) == 2
