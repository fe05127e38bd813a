"""Words: the fast path against the plain regular expression."""

import warnings

import pandas as pd
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import collocations, frequency, keyness, patterns, tokens
from tests import words_oracle
from tests.conftest import ORACLES, ROOT

ODD_SPACES = "\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\x0b\x0c\x1c\x1f\x85\u200b"
PARTS = [
    "http://", "https://", "www.", "WWW.", "@un.org", "S/", "A/", "2015", "C.3", "L.14", "Rev.1", "Corr.", "U.", "N.",
    "'s", "’", "ʼ", "＇", "-", "‐", "‑", ".", ",", "&", "/", "\u00ad", "\u200d", "²", "_", " ", "\n", "(", "”", "…",
    "x", "War", "é", "e\u0301", "ﬁ", "ʹ", "مصر", "\u064e", "\u0640", "٣", "中文", "ไทย", "Σ", "ǅ", "B", "10",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.lists(st.sampled_from(PARTS), max_size=12).map("".join),
        st.text(alphabet="aé-'’/.&_ 1²" + ODD_SPACES, max_size=30),
        st.text(alphabet="كتاب١٢ نصעבריতমিழ中文е́è\u0301\u0302\u093f ", max_size=30),
        st.just(""),
    ),
    max_size=8,
)


def of_one_mind(text):
    """The text without letters that are newer than the standard library, and without what the oracle leaves out."""
    return "".join(
        letter
        for letter in text
        if letter not in "İ\ufe0e\ufe0f"
        and (words_oracle.core(letter), words_oracle.fmt(letter))
        == (bool(regex.match(r"[\p{L}\p{M}\p{Nd}]", letter)), bool(regex.match(r"\p{Cf}", letter)))
    )


def words_of(text, **how):
    """The tokens of one text."""
    return tokens.tokenize(table([text]), **how)["token"].tolist()


def table(texts, **further):
    keys = {"document": "d", "paragraph": [str(i) for i in range(len(texts))]}
    return pd.DataFrame({**keys, "text": pd.Series(texts, dtype="str"), **further})


@settings(max_examples=300)
@given(TEXTS)
def test_the_words_are_those_of_the_plain_reference_and_where_they_say(texts):
    texts = [of_one_mind(text) for text in texts]
    with warnings.catch_warnings(action="ignore"):  # scripts without spaces
        words = tokens.tokenize(table(texts))
    expected = [
        (str(i), position, start, end, text[start:end], words_oracle.token(text[start:end]))
        for i, text in enumerate(texts)
        for position, (start, end) in enumerate(words_oracle.words(text))
    ]
    assert list(words.drop(columns="document").astype(object).itertuples(index=False, name=None)) == expected


def test_the_words_of_the_cairo_document_are_the_oracles(workshop):
    oracle = pd.read_csv(ORACLES / "cairo-words.csv", dtype=str, keep_default_na=False)
    words = tokens.tokenize(workshop.paragraphs)
    columns = ["paragraph", "section", "position", "form", "token"]
    assert len(words) == 2467
    assert words[columns].astype("str").values.tolist() == oracle[columns].values.tolist()


def test_the_words_of_every_text_at_hand_are_the_oracles(shared):
    path = shared / "data" / "un-paragraphs.parquet"
    texts = pd.read_parquet(path, columns=["text"])["text"].dropna().sample(4_000, random_state=1).tolist()
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "data" / "documents").rglob("*.*"))]
    words = tokens.tokenize(table(texts))
    expected = [words_oracle.token(text[a:b]) for text in texts for a, b in words_oracle.words(text)]
    assert words["token"].tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TCCs/PCCs and/or", "TCCs PCCs and or"), ("he/she, Russia/Ukraine", "he she Russia Ukraine"),
        ("S/2015/446, A/C.3/77/L.14/Rev.1.", "S/2015/446 A/C.3/77/L.14/Rev.1"),
        ("in 2015/16 or 24/7", "in 2015/16 or 24/7"), ("conflict.The UN", "conflict The UN"),
        ("peace.Security,war;Law", "peace Security war Law"),
        ("1,325 men, 10.5 per cent, 1,2", "1,325 men 10.5 per cent 1,2"),
        ("the U.N. and H.E. Mr. K", "the U.N and H.E Mr K"), ("No.5 and p.5", "No 5 and p 5"),
        ("M&E, R&D; war&peace", "M&E R&D war peace"), ("peace¹ and peace²³", "peace and peace"),
        ("see http://www.un.org/en/x.asp?s=S/2015/446.", "see http://www.un.org/en/x.asp?s=S/2015/446"),
        ("me@un.org, www.un.org/a", "me@un.org www.un.org/a"), ("(https://a.b/c) [www.x.y]", "https://a.b/c www.x.y"),
        ("decision-making non‑State", "decision-making non‑State"), ("peace – war—law", "peace war law"),
        ("\u0301peace", "peace"),
    ],
)  # fmt: skip
def test_one_word_is_not_two_and_two_are_not_one(text, expected):
    assert tokens.tokenize(table([text]))["form"].tolist() == expected.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UN’s", "UN's"), ("UN’s", "un"), ("UNʼs", "UN"), ("U.N.", "u.n"), ("non‑State", "non-state"),
        ("don’t", "don't"), ("ﬁnance", "finance"), ("caf\u00e9", "CAFE\u0301"), ("peace\u00adkeeping", "peacekeeping"),
        ("كِتَـاب", "كتاب"), ("İstanbul", "istanbul"), ("Ｗar", "war"),
    ],
)  # fmt: skip
def test_one_normal_form_everywhere(one, other):
    """What is written in one way is found, counted, dropped, matched, paired under the other, and the other way round."""
    for written, asked in [(one, other), (other, one)]:
        paragraphs = table([f"one {written} two", f"one {written} two", "three", "three"])
        words = tokens.tokenize(paragraphs)
        assert len(tokens.find(words, asked)) == 2
        assert frequency.count(words, words=[asked])["n"].tolist() == [2]
        assert frequency.count(words, drop=[asked])["token"].tolist() == ["one", "three", "two"]
        lower = asked if asked == asked.lower() else asked.lower()  # a capital in a pattern asks for one in the text
        assert len(patterns.find(paragraphs, lower)) == 2
        assert len(collocations.score(words, asked)) == 2
        target = words["paragraph"].isin(["0", "1"])
        scored = keyness.compare(words, target, unit=None, floor=1, drop=[asked]).set_index("reason")
        assert tokens.as_phrase(written) == scored["token"]["in drop"]


@pytest.mark.parametrize(
    "text", ["It's that's let’s what's here's", "there's who's he’s she's", "where's how's when's"]
)
def test_contractions_keep_their_s(text):
    assert words_of(text) == text.lower().replace("’", "'").split()


def test_other_languages_and_acronyms():
    assert words_of("geht's Mali’s", language="german") == ["geht's", "mali's"]
    assert words_of("WHO’s who’s who, US and us; NGOs, S/2015/446", acronyms=True) == [
        *("WHO", "who's", "who", "US", "and", "us", "ngos", "s/2015/446")
    ]
    words = tokens.tokenize(table(["WHO knows who, US"]), acronyms=True)
    assert frequency.count(words, drop=["who", "us", "knows"])["token"].tolist() == ["US", "WHO"]
    assert frequency.count(words, words=["WHO", "who"])["n"].tolist() == [1, 1]
    german = tokens.tokenize(table(["So geht's, es geht"]), language="german")
    assert frequency.count(german, words=["geht's", "geht"])["n"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="language should be a name such as 'english' or 'french', found 'de'"):
        words_of("x", language="de")


@pytest.mark.parametrize("text", ["联合国安全理事会", "国連の平和維持", "สหประชาชาติ", "ກອງ", "អង្គការ"])
def test_scripts_without_spaces_are_told(text):
    with pytest.warns(UserWarning, match=r"^d ¶1: Chinese, Japanese, Thai, .* put a space between words") as told:
        tokens.tokenize(table(["Peace", text, "мир и سلام 평화"]))
    assert len(told) == 1


def test_words_with_an_article_before_an_apostrophe_are_told_but_not_names_in_english():
    texts = table(["L’accord d'Alger n’est qu'une étape dell'accordo."])
    with pytest.warns(
        UserWarning, match=r"'L’accord' and the like are one word, in which 'accord' is not found: look for"
    ):
        tokens.tokenize(texts)
    with pytest.warns(UserWarning, match="one word"):
        assert patterns.find(texts, "*'accord")["match"].tolist() == ["L’accord"]
    tokens.tokenize(table(["Côte d’Ivoire, D’Escoto, it's, we'll, don't, l'll"]))


@pytest.mark.parametrize("names", [["War", "war"], ["UN’s", "UN"], ["caf\u00e9", "cafe\u0301"], ["a\xa0b", "a  b"]])
def test_names_that_are_one_to_a_reader_are_told(names):
    with pytest.warns(UserWarning, match="differ in writing only and count apart"):
        tokens.warn_alike(names, "codebook")


# --- sentences ---


def ends(text):
    """The sentences of a text, as their words with a space between them."""
    paragraphs = table([text])
    words = tokens.tokenize(paragraphs.assign(row=range(len(paragraphs))))
    return words.groupby(patterns.sentences(words, paragraphs))["form"].agg(" ".join).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They said no. Conflict followed.", ["They said no", "Conflict followed"]),
        ("Convention No. 5 and paras. 3 to 7 hold.", ["Convention No 5 and paras 3 to 7 hold"]),
        ("In the U.S. The law; the U.S. Government.", ["In the U.S", "The law the U.S Government"]),
        ("H.E. Mr. J. Smith and Dr. Roe spoke. He left.", ["H.E Mr J Smith and Dr Roe spoke", "He left"]),
        ("“Peace!” they said. “Now?” Nobody knew.", ["Peace they said", "Now", "Nobody knew"]),
        ("for peace.1 It holds.[2] So be it.¹ Yes.", ["for peace 1", "It holds 2", "So be it", "Yes"]),
        ("7. The end, e.g. Mali, chap. VII. It is.", ["7 The end e.g Mali chap VII", "It is"]),
        ("after conflict.The rest", ["after conflict", "The rest"]),
        ("arms, mines, etc. The rest; at 6 p.m. in Rome", ["arms mines etc", "The rest at 6 p.m in Rome"]),
    ],
)
def test_where_sentences_end(text, expected):
    assert ends(text) == expected


@pytest.mark.parametrize(("read", "precision", "recall"), [("before the rules", 0.99, 1), ("after the rules", 1, 0.99)])
def test_sentence_ends_are_those_marked_by_eye(read, precision, recall):
    """Places in paragraphs of UN documents, drawn at random and among the doubtful, marked by one reader; in the first
    table before the rules were written, in the second (other documents' paragraphs) after."""
    marked = pd.read_csv(ORACLES / "sentence-ends.csv", keep_default_na=False)
    marked = marked[marked["read"] == read].reset_index(drop=True)
    paragraphs = table(marked["before"] + marked["between"] + marked["after"])
    words = tokens.tokenize(paragraphs.assign(row=range(len(paragraphs))))
    begins = pd.Series(patterns.sentences(words, paragraphs)).diff().ne(0) & (words["position"] > 0)
    at = (marked["before"] + marked["between"]).str.len()
    row = words["paragraph"].astype("str").astype(int)
    found = begins[words["start"] == row.map(at)].to_numpy()
    ends, both = marked["ends"] == 1, (marked["ends"] == 1) & found
    assert len(found) == len(marked) >= 300
    assert both.sum() / found.sum() >= precision and both.sum() / ends.sum() >= recall


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
    assert tokens.tokenize(pd.concat([whole[:1], whole[1:]]))["form"].tolist() == ["a", "b", "c"]


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


def test_every_token_is_found_as_it_is_counted():
    words = tokens.tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["M&E, S/2015/446 and/or M."]}))
    names = words["token"].astype("str").tolist()
    assert names == ["m&e", "s/2015/446", "and", "or", "m"]
    assert tokens.find(words, names)["position"].tolist() == [0, 1, 2, 3, 4]
    assert tokens.find(words, ["M&E S/2015/446", "and/or"])["token"].tolist() == ["m&e s/2015/446", "and or"]
