"""Words: the fast path against the plain regular expression."""

import re
import unicodedata

import pandas as pd
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import RegexpTokenizer

from analysis import tokens

ODD_SPACES = "\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\x0b\x0c\x1c\x1f\x85\u200b"
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.text(alphabet="aé-'’/.&_ 1²" + ODD_SPACES, max_size=30),
        st.text(alphabet="كتاب١٢ نصעבריতমিழ中文е́è\u0301\u0302\u093f ", max_size=30),
        st.just(""),
    ),
    max_size=8,
)


def table(texts, **further):
    keys = {"document": "d", "paragraph": [str(i) for i in range(len(texts))]}
    return pd.DataFrame({**keys, "text": pd.Series(texts, dtype="str"), **further})


@settings(max_examples=150)
@given(TEXTS)
def test_the_words_are_those_of_the_plain_expression_and_where_they_say(texts):
    words = tokens.tokenize(table(texts))
    expected = [
        (str(i), position, *word.span(), word[0], unicodedata.normalize("NFC", word[0].lower()))
        for i, text in enumerate(texts)
        for position, word in enumerate(regex.finditer(tokens.PATTERN, text))
    ]
    assert list(words.drop(columns="document").astype(object).itertuples(index=False, name=None)) == expected


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Z", "S"]), max_size=60))
def test_without_combining_marks_as_the_standard_library(text):
    # The pattern of the oracle tables, and its plain reading; regex may know newer letters than Python does.
    plain = re.compile(r"[^\W_]+(?:[-'’/.&][^\W_]+)*")
    known = "".join(
        letter if bool(re.match(r"[^\W_]", letter)) == bool(regex.match(r"[\p{L}\p{N}]", letter)) else " "
        for letter in text
    )
    assert tokens.tokenize(table([known]))["form"].tolist() == plain.findall(known)


def test_as_nltk_with_the_same_pattern(workshop):
    text = workshop.paragraphs["text"].str.cat(sep="\n")
    assert tokens.tokenize(workshop.paragraphs)["form"].tolist() == RegexpTokenizer(
        r"[^\W_]+(?:[-'’/.&][^\W_]+)*"
    ).tokenize(text)


def test_carries_further_columns_and_keeps_the_input():
    paragraphs = table(
        ["One two", "", "Three"], section=["A", "B", None], year=[1990, 1991, 1992], number=["1.", "2.", "3."]
    )
    before = paragraphs.copy()
    words = tokens.tokenize(paragraphs)
    assert list(words) == ["document", "paragraph", "position", "start", "end", "form", "token", "section", "year"]
    assert words["section"].astype(object).where(words["section"].notna(), None).tolist() == ["A", "A", None]
    assert words["year"].tolist() == [1990, 1990, 1992]
    pd.testing.assert_frame_equal(paragraphs, before)


def test_no_paragraphs_no_words():
    assert tokens.tokenize(table([])).empty
    assert tokens.tokenize(table(["", "—"])).empty


def test_phrases_stay_inside_their_paragraph_and_do_not_reach_across_words_taken_out():
    words = tokens.tokenize(table(["civil", "society civil society", "Civil Society civil"]))
    found = tokens.find(words, ["civil society", "civil"])
    assert found["token"].tolist() == ["civil society"] * 2 + ["civil"] * 4
    assert found["paragraph"].tolist() == list("120122") and found["position"].tolist() == [1, 0, 0, 1, 0, 2]
    assert (words.iloc[found.index]["position"].to_numpy() == found["position"].to_numpy()).all()
    words = tokens.tokenize(table(["peace and security"]))
    assert tokens.find(words[words["token"] != "and"], ["peace security"]).empty
    texts = pd.DataFrame({"document": ["x", "y"], "paragraph": "1", "text": ["civil", "society"]})
    assert tokens.find(tokens.tokenize(texts), "civil society").empty
    words = tokens.tokenize(table(["civil war", "peace society"]))  # left are civil at 0, society at 1, of two texts
    assert tokens.find(words[words["token"].isin(["civil", "society"])], "civil society").empty


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "words is empty"),
        (["—"], "no word in '—'"),
        (["a", "A"], r"holds \['a'\] more than once"),
        ({"a", "b"}, "a list of them, in the order wanted; found set"),
        ([1], "should hold text only; found 1"),
        (None, "found NoneType"),
        (pd.DataFrame({"a": ["a"]}), "found DataFrame"),
        ("secur*", r"sign of codebook patterns \(\* \? ~ \|\): patterns.find"),
    ],
)
def test_what_are_no_words_is_told(words, message):
    with pytest.raises(ValueError, match=message):
        tokens.find(tokens.tokenize(table(["a"])), words)
    with pytest.raises(ValueError, match=r"rename the columns \['n_words'\]"):
        tokens.tokenize(table(["a"], n_words=[1]))


def test_tables_put_together_are_split_like_one():
    whole = table(["a b", "c"])
    parts = pd.concat([whole[:1], whole[1:]])
    assert tokens.tokenize(parts)["form"].tolist() == ["a", "b", "c"]


def test_words_under_labels_are_found_with_their_label_and_last_character():
    texts = ["Civil society, women and civil war"]
    found = tokens.find(tokens.tokenize(table(texts)), {"society": ["civil society", "women"], "war": ["civil war"]})
    assert found["label"].tolist() == ["society", "society", "war"]
    assert found["token"].tolist() == ["civil society", "women", "civil war"]
    places = zip(found["start"], found["end"], strict=True)
    assert [texts[0][start:end] for start, end in places] == ["Civil society", "women", "civil war"]


@pytest.mark.parametrize("kind", ["uint8", "uint64", "UInt32", "Int64", "int8"])
def test_positions_of_any_kind_keep_the_order_of_the_text(kind):
    words = tokens.tokenize(table(["a b a b", "c"])).astype({"position": kind})
    assert len(tokens.find(words, (word for word in ["a b"]))) == 2
    for wrong in (words[::-1], words.iloc[[0, 4, 1]]):
        with pytest.raises(ValueError, match="is not in the order of the text"):
            tokens.paragraph_of(wrong)


def test_one_word_in_two_encodings_is_one_word():
    """é as one character, and as e with an accent: written twice, counted as one, wherever a word is looked for."""
    paragraphs = table(["Caf\u00e9 cafe\u0301 caf\u00e9"])
    words = tokens.tokenize(paragraphs)
    assert words["token"].tolist() == ["caf\u00e9"] * 3 and words["form"].tolist()[1] == "cafe\u0301"
    for word in ("caf\u00e9", "CAFE\u0301"):
        assert len(tokens.find(words, word)) == 3
    assert words[["start", "end"]].values.tolist() == [[0, 4], [5, 10], [11, 15]]
