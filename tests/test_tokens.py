"""Words: the fast path against the plain regular expression."""

import numpy as np
import pandas as pd
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import RegexpTokenizer

from analysis import collocations, keyness, patterns, tokens

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
    return pd.DataFrame(
        {
            "document": "d",
            "paragraph": [str(i) for i in range(len(texts))],
            "text": pd.Series(texts, dtype="str"),
            **further,
        }
    )


@settings(max_examples=500)
@given(TEXTS)
def test_identical_to_findall(texts):
    words = tokens.tokenize(table(texts))
    expected = [
        (str(i), position, form, form.lower())
        for i, text in enumerate(texts)
        for position, form in enumerate(regex.findall(tokens.PATTERN, text))
    ]
    found = list(zip(*(words[name] for name in ["paragraph", "position", "form", "token"]), strict=True))
    assert found == expected


@settings(max_examples=300)
@given(TEXTS)
def test_located_words_are_where_they_stand(texts):
    words = tokens.tokenize(table(texts))
    located = tokens.locate(words, table(texts))
    assert [
        texts[int(p)][s:e] for p, s, e in zip(located["paragraph"], located["start"], located["end"], strict=True)
    ] == list(words["form"])


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Z", "S"]), max_size=60))
def test_without_combining_marks_as_the_standard_library(text):
    import re

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
    assert list(words) == ["document", "paragraph", "position", "form", "token", "section", "year"]
    assert words["section"].astype(object).where(words["section"].notna(), None).tolist() == ["A", "A", None]
    assert words["year"].tolist() == [1990, 1990, 1992]
    pd.testing.assert_frame_equal(paragraphs, before)


def test_no_paragraphs_no_words():
    assert tokens.tokenize(table([])).empty
    assert tokens.tokenize(table(["", "—"])).empty


def test_phrases_stay_inside_their_paragraph():
    words = tokens.tokenize(table(["civil", "society civil society", "Civil Society civil"]))
    found = tokens.find(words, ["civil society", "civil"])
    assert list(zip(found["token"], found["paragraph"], found["position"], strict=True)) == [
        ("civil society", "1", 1),
        ("civil society", "2", 0),
        ("civil", "0", 0),
        ("civil", "1", 1),
        ("civil", "2", 0),
        ("civil", "2", 2),
    ]
    assert (words.iloc[found.index]["position"].to_numpy() == found["position"].to_numpy()).all()


def test_phrases_do_not_reach_across_words_taken_out():
    words = tokens.tokenize(table(["peace and security"]))
    assert tokens.find(words[words["token"] != "and"], ["peace security"]).empty


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tokens.tokenize(pd.DataFrame({"document": ["d"], "body": ["x"]})), r"missing \['paragraph', 'text'\]"),
        (lambda: tokens.tokenize(pd.concat([table(["a"])] * 2)), r"1 row repeats another's .* first \('d', '0'\)"),
        (lambda: tokens.tokenize(table([None])), r"paragraphs: text is missing in row 0"),
        (lambda: tokens.find(tokens.tokenize(table(["a"])), []), "words is empty"),
        (lambda: tokens.find(tokens.tokenize(table(["a"])), ["—"]), "no word in '—'"),
        (lambda: tokens.find(tokens.tokenize(table(["a"])), ["a", "A"]), r"holds \['a'\] more than once"),
        (
            lambda: tokens.locate(tokens.tokenize(table(["a b"])), table(["a"])),
            r"\('d', '0'\) has 1 words, none at position 1",
        ),
        (lambda: tokens.locate(tokens.tokenize(table(["a", "b"])), table(["a"])), r"no paragraph \('d', '1'\)"),
    ],
)
def test_wrong_tables_get_a_clear_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_corpus_instead_of_its_table(workshop):
    with pytest.raises(TypeError, match=r"found Corpus; pass its table `\.paragraphs`"):
        tokens.tokenize(workshop)


@settings(max_examples=200)
@given(st.lists(st.integers(0, 4), max_size=30))
def test_expand_is_repeat(times):
    times = np.array(times, dtype=np.int32)
    place, rank = tokens._expand(times)
    assert place.tolist() == np.repeat(np.arange(len(times)), times).tolist()
    assert rank.tolist() == [k for n in times for k in range(n)]


def test_tables_put_together_are_split_like_one():
    whole = table(["a b", "c"])
    parts = pd.concat([whole[:1], whole[1:]])
    assert tokens.tokenize(parts)["form"].tolist() == ["a", "b", "c"]


def test_phrases_stay_inside_their_document():
    words = tokens.tokenize(pd.DataFrame({"document": ["x", "y"], "paragraph": "1", "text": ["civil", "society"]}))
    assert tokens.find(words, "civil society").empty
    assert tokens.paragraph_of(words).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda words: words[::-1], r"row 2 \(rows count from 0\) is not in the order of the text"),
        (lambda words: pd.concat([words, words]), "row 3 .* is not in the order of the text, or there twice"),
        (lambda words: words.assign(token=["a", None, "c"]), "token is missing in row 1"),
        (lambda words: words.assign(document=None), "document is missing in row 0"),
    ],
)
def test_words_out_of_order_or_missing_are_refused(change, message):
    words = change(tokens.tokenize(table(["a b", "c"])))
    with pytest.raises(ValueError, match=message):
        tokens.find(words, "a")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tokens.tokenize(table(["a"], n_words=[1])), r"rename the columns \['n_words'\]"),
        (lambda: tokens.tokenize(table(["a"]).assign(text=1)), "text should be strings"),
        (
            lambda: tokens.find(tokens.tokenize(table(["a"])), {"a", "b"}),
            "a list of them, in the order wanted; found set",
        ),
        (lambda: tokens.find(tokens.tokenize(table(["a"])), [1]), "should hold text only; found 1"),
        (lambda: tokens.find(tokens.tokenize(table(["a"])), None), "found NoneType"),
    ],
)
def test_odd_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("phrase", ["secur*", "war ~4 peace", "peace|war", "peac?", "peace?", "* peace"])
def test_codebook_notation_is_not_read_as_words(phrase):
    words = tokens.tokenize(table(["peace and war"]))
    with pytest.raises(ValueError, match=r"sign of codebook patterns \(\* \? ~ \|\).*patterns.find"):
        tokens.find(words, ["peace", phrase])


def test_odd_tokens_are_found_as_they_are():
    texts = ["TCCs/PCCs in 2025/26, the UN’s M&E"]
    words = tokens.tokenize(table(texts))
    assert tokens.find(words, ["tccs/pccs", "2025/26", "un’s", "M&E"])["n_words"].tolist() == [1] * 4


def test_words_may_come_from_a_generator():
    words = tokens.tokenize(table(["a b"]))
    assert len(tokens.find(words, (word for word in ["a", "b"]))) == 2
    with pytest.raises(ValueError, match=r"words should be text or a list of them.*found DataFrame"):
        tokens.find(words, pd.DataFrame({"a": ["a"]}))


@pytest.mark.parametrize("kind", ["uint8", "uint16", "uint32", "uint64", "UInt32", "Int64", "int8", "float64", "str"])
def test_positions_of_any_kind_keep_the_order_of_the_text(kind):
    words = tokens.tokenize(table(["a b a b", "c"])).astype({"position": kind})
    assert len(tokens.find(words, "a b")) == 2 and tokens.locate(words, table(["a b a b", "c"]))["start"].iloc[3] == 6
    with pytest.raises(ValueError, match="is not in the order of the text"):
        tokens.paragraph_of(words[::-1])


@pytest.mark.parametrize("value", [0.5, np.inf, 1e30, ""])
def test_positions_that_are_not_whole_are_refused(value):
    words = tokens.tokenize(table(["a b"])).astype({"position": object})
    words.loc[1, "position"] = value
    for call in (lambda: tokens.find(words, "a"), lambda: tokens.locate(words, table(["a b"]))):
        with pytest.raises(ValueError, match=r"tokens: position in row 1 .* it should be a whole number"):
            call()


def test_words_there_twice_are_seen_in_any_order():
    words = tokens.tokenize(table(["a b", "c"]))
    tokens.check_once(words[::-1])
    tokens.check_once(words.drop(columns="position"))
    with pytest.raises(ValueError, match=r"3 rows repeat another's \['document', 'paragraph', 'position'\]"):
        tokens.check_once(pd.concat([words, words[::-1]]))


def test_one_word_in_two_encodings_is_one_word():
    """é as one character, and as e with an accent: written twice, counted as one, wherever a word is looked for."""
    paragraphs = table(["Caf\u00e9 cafe\u0301 caf\u00e9"])
    words = tokens.tokenize(paragraphs)
    assert words["token"].tolist() == ["caf\u00e9"] * 3 and words["form"].tolist()[1] == "cafe\u0301"
    for word in ("caf\u00e9", "CAFE\u0301"):
        assert len(tokens.find(words, word)) == 3
    ends = tokens.locate(words, paragraphs)[["start", "end"]].values.tolist()
    assert ends == [[0, 4], [5, 10], [11, 15]]


def test_a_word_in_the_other_encoding_is_the_same_word_everywhere():
    """Split, node and frequency list: each took words in lower case by itself, and missed é written as e with an accent."""
    paragraphs = table(["The cafe\u0301 opens at noon", "the bank opens"])
    words = tokens.tokenize(paragraphs)
    assert keyness.split(patterns.find(paragraphs, "cafe\u0301"), words).defining == ["caf\u00e9"]
    assert collocations.score(words, "cafe\u0301", window=2, floor=1)["collocate"].tolist()
    listed = pd.DataFrame({"token": ["cafe\u0301", "bank"], "n": [3, 4]})
    with pytest.raises(ValueError, match=r"in row 0 .* accents in one character \(NFC\), as tokens are"):
        keyness.compare(words, target=words["position"] >= 0, reference=listed, unit=None, floor=1)
