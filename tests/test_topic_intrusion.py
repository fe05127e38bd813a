"""Word intrusion: questions that give nothing away, sheets that come back as they were, scores worked by hand."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import resampling
from analysis.topics.intrusion import intrusion, overall_intrusion, score_intrusion
from analysis.topics.intrusion_sheets import load_intrusion, save_intrusion

WORDS = [f"word_{place}" for place in range(1, 7)]


def terms_of(*topics):
    """Words of each topic, first to last → one row per topic and term; topics are numbered from 1."""
    rows = [(k, term, 1 / rank, rank) for k, words in enumerate(topics, 1) for rank, term in enumerate(words, 1)]
    return pd.DataFrame(rows, columns=["topic", "term", "weight", "rank"])


def letters(topics=4, size=12):
    return terms_of(*([f"{chr(97 + k)}{i:02}" for i in range(size)] for k in range(topics)))


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


def test_a_question_shows_the_first_terms_of_a_topic_and_one_first_term_of_another():
    terms = letters()
    made = intrusion(terms, seed=2)
    assert list(made.sheet) == ["question", *WORDS, "intruder"] and set(made.sheet["intruder"]) == {""}
    assert list(made.key) == ["question", "topic", "intruder", "source", *WORDS]
    assert made.sheet["question"].tolist() == [1, 2, 3, 4] and sorted(made.key["topic"]) == [1, 2, 3, 4]
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
    terms = terms_of([*"abcde", *"fghi"], [*"fghij", *"abcd"])  # only j and e are in one topic
    for seed in range(10):
        assert set(intrusion(terms, seed=seed).key["intruder"]) == {"j", "e"}
    with pytest.raises(
        ValueError, match="terms: words that could intrude on topic 1: 1; needed: 2; first 5 terms of another topic"
    ):
        intrusion(terms_of([*"abcdef"], [*"bcdef", "g"]), top=5, n=2)


def test_where_no_word_is_free_the_lower_half_of_the_ranks_may_intrude():
    one, other = [*"abcde", *"vw", *"xyz"], [*"vwxyz", *"de", *"abc"]  # the same ten words
    drawn = [intrusion(terms_of(one, other), seed=seed).key.set_index("topic")["intruder"] for seed in range(25)]
    assert {row[1] for row in drawn} == set("vwxyz") and {row[2] for row in drawn} == set("abcde")
    longer = terms_of([*"abcde", *"vw", *"xyz", *"mn"], [*"vwxyz", *"abcdemn"])  # v is sixth of twelve: upper half
    drawn = {intrusion(longer, seed=seed).key.set_index("topic")["intruder"][1] for seed in range(25)}
    assert drawn == set("wxyz")


def test_the_source_is_the_topic_where_the_word_ranks_highest():
    terms = terms_of([*"abcde"], [*"vwxyz"], [*"zvwxy"])  # z is fifth in topic 2 and first in topic 3
    keys = pd.concat([intrusion(terms, seed=seed).key for seed in range(25)])
    found = keys[keys["topic"] == 1].groupby("intruder")["source"].unique().map(list).to_dict()
    assert found == {"v": [2], "w": [2], "x": [2], "y": [2], "z": [3]}


def test_top_says_how_many_terms_are_shown():
    made = intrusion(letters(), top=3)
    assert list(made.sheet) == ["question", *WORDS[:4], "intruder"]
    assert set(score_intrusion(made.sheet.assign(intruder=made.key["intruder"]), made.key)["chance"]) == {1 / 4}


@pytest.mark.parametrize(
    ("terms", "arguments", "message"),
    [
        (letters(), {"n": 0}, "n should be a whole number from 1, found 0"),
        (letters(), {"n": True}, "n should be a whole number from 1, found True"),
        (letters(), {"top": 1}, "top should be a whole number from 2, found 1"),
        (letters(), {"seed": None}, "seed should be a whole number from 0, found None"),
        (letters(), {"top": 13}, "topic 1 has 12 of the 13 terms shown; lower top"),
        (letters().drop(columns="rank"), {}, r"missing \['rank'\]"),
        (letters().assign(term=None), {}, "term is missing in row 0"),
        (letters().replace("b02", " "), {}, "term in row 14 .* is blank"),
        (
            letters().replace("b02", "B01"),
            {},
            r"repeats another's \['topic', 'term'\], first \(.*2.*, 'b01'\) in row 14",
        ),
        (letters().assign(topic="peace"), {}, "topic in row 0 .* is 'peace'; it should be a whole number"),
        (letters().assign(rank=1), {}, "topic 1 has rank 1 out of turn"),
        (letters().query("rank != 3"), {}, "topic 1 has rank 4 out of turn"),
        (letters(1), {}, "at least two topics"),
        (letters().iloc[:0], {}, "at least two topics"),
        (terms_of([*"abcde"], [*"edcba"]), {}, "could intrude on topic 1: 0; needed: 1; .* too alike"),
    ],
)
def test_what_is_wrong_with_the_terms_is_said(terms, arguments, message):
    with pytest.raises(ValueError, match=message):
        intrusion(terms, **arguments)


def test_a_sheet_and_a_key_come_back_as_they_were(tmp_path):
    for name, table in zip(MADE._fields, MADE, strict=True):
        save_intrusion(table, tmp_path / f"{name}.csv")
        back = load_intrusion(tmp_path / f"{name}.csv")
        pd.testing.assert_frame_equal(back, table.astype(back.dtypes))
        assert {name for name in back if back[name].dtype == np.int64} <= {"question", "topic", "source"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))
def test_every_word_comes_back_as_it_was(tmp_path_factory, words):
    sheet = pd.DataFrame({"question": [1], "word_1": [words[0]], "word_2": [words[1]], "intruder": ["NA"]})
    path = tmp_path_factory.mktemp("sheets") / "sheet.csv"
    save_intrusion(sheet, path)
    assert load_intrusion(path).iloc[0].tolist() == [1, *words, "NA"]


def test_no_cell_is_a_formula(tmp_path):
    save_intrusion(
        pd.DataFrame({"question": [1], "word_1": "=1+1", "word_2": "@a", "intruder": "-2"}), tmp_path / "s.csv"
    )
    assert b'"1","\'=1+1","\'@a","\'-2"' in (tmp_path / "s.csv").read_bytes()


def test_a_file_is_never_overwritten(tmp_path):
    save_intrusion(MADE.sheet, tmp_path / "sheet.csv")
    before = (tmp_path / "sheet.csv").read_bytes()
    with pytest.raises(FileExistsError, match="may hold answers: give another name"):
        save_intrusion(MADE.key, tmp_path / "sheet.csv")
    assert (tmp_path / "sheet.csv").read_bytes() == before
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        save_intrusion(MADE.sheet, tmp_path / "nowhere" / "sheet.csv")
    with pytest.raises(ValueError, match=r"missing \['intruder'\]"):
        save_intrusion(MADE.sheet.drop(columns="intruder"), tmp_path / "other.csv")
    with pytest.raises(ValueError, match="which is no text"):
        save_intrusion(MADE.sheet.assign(intruder=pd.Series(["\ud800"] * 3, dtype=object)), tmp_path / "other.csv")
    assert not (tmp_path / "other.csv").exists()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_may_use_other_separators_and_leave_empty_rows(tmp_path, separator):
    rows = [["question", "word_1", "word_2", "intruder"], ["", "", "", ""], ["2", "war", "peace", " Peace"]]
    (tmp_path / "s.csv").write_text("\r\n".join(separator.join(row) for row in rows), encoding="utf-8-sig")
    assert load_intrusion(tmp_path / "s.csv").values.tolist() == [[2, "war", "peace", " Peace"]]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "s.csv is empty"),
        (b"question,intruder\n1,caf\xe9\n", "line 2: not UTF-8"),
        (b"question,word_1\n1,a\n", r"missing \['intruder'\]"),
        (b"question,intruder,intruder\n1,a,b\n", r"\['intruder'\] more than once"),
        (b"question,intruder\n1,a\n2,a,b\n", "row 2 has 3 cells where the header has 2"),
        (b"question,intruder\n\none,a\n", "question in row 2 is 'one'; it should be a whole number"),
        (b'question,intruder\n1,"a\n', "not CSV"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, raw, message):
    (tmp_path / "s.csv").write_bytes(raw)
    with pytest.raises(ValueError, match=message):
        load_intrusion(tmp_path / "s.csv")
    with pytest.raises(FileNotFoundError, match="There is no sheet"):
        load_intrusion(tmp_path / "other.csv")


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
        intruder=" " + answers["intruder"].str.upper() + "  ", question=answers["question"].astype(str)
    )
    changed = changed.sample(frac=1, random_state=1)
    for function in (score_intrusion, overall_intrusion):
        pd.testing.assert_frame_equal(function(changed, MADE.key.iloc[::-1]), function(answers, MADE.key))


def test_one_person_needs_no_name():
    scores = score_intrusion(answered(MADE, [True, False, True]), MADE.key)
    assert scores["n_right"].tolist() == [1, 0, 1] and set(scores["interval"]) == {"none: one coder"}
    np.testing.assert_allclose(scores["p"], [1 / 6, 1, 1 / 6])


def test_all_topics_together_are_worked_by_hand():
    people = [[True, True, True], [True, False, None], [False, True, True], [False, False, True]]
    answers = several(MADE, *people)
    row = overall_intrusion(answers, MADE.key).iloc[0]
    assert row[["n_topics", "n_coders", "n_answers", "n_right", "n_blank"]].tolist() == [3, 4, 11, 7, 1]
    assert row["precision"] == 7 / 11 and row["chance"] == 1 / 6 and not row["few"]
    low, high = resampling.around(7 / 11, [4 / 8, 6 / 9, 5 / 8, 6 / 8])
    assert (row["low"], row["high"]) == (max(low, 0), pytest.approx(min(high, 1)))
    assert row["interval"] == "95 % by coder (jackknife, unreliable: 4)"
    assert overall_intrusion(answers, MADE.key)["n_right"].sum() == score_intrusion(answers, MADE.key)["n_right"].sum()


def test_without_difference_between_coders_there_is_no_interval_for_all_topics():
    same = overall_intrusion(several(MADE, *[[True, True, False]] * 12), MADE.key).iloc[0]
    assert same["interval"] == "none: which coder is left out makes no difference" and np.isnan(same["low"])
    two = overall_intrusion(several(MADE, [True, True, False], [True, True, True]), MADE.key).iloc[0]
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
WRONG = ANSWERS.assign(intruder=["peace", *ANSWERS["intruder"][1:]])


@pytest.mark.parametrize(
    ("answers", "key", "message"),
    [
        (
            WRONG,
            MADE.key,
            f"question 1 is answered 'peace'; write one of its words: {', '.join(MADE.sheet[WORDS].iloc[0])}",
        ),
        (WRONG.assign(coder="ann"), MADE.key, "question 1 of coder 'ann' is answered 'peace'"),
        (ANSWERS.assign(question=[1, 2, 9]), MADE.key, "question 9 is not in the key"),
        (ANSWERS.assign(question=[1, 2, 2]), MADE.key, "question 2 is there twice; name each person in a column coder"),
        (ANSWERS.assign(question=[1, 2, None]), MADE.key, "question is missing in row 2"),
        (ANSWERS.assign(question=[1, 2, 2.5]), MADE.key, "question in row 2 .* is 2.5; it should be a whole number"),
        (ANSWERS.assign(coder=["a", " ", "c"]), MADE.key, "coder in row 1 .* is blank; name each person"),
        (ANSWERS.assign(intruder=""), MADE.key, "no question is answered"),
        (ANSWERS.assign(intruder=np.nan), MADE.key, "no question is answered"),
        (ANSWERS.iloc[:0], MADE.key, "no question is answered"),
        (ANSWERS.drop(columns="word_3"), MADE.key, r"missing \['word_3'\]"),
        (ANSWERS, MADE.key.drop(columns="topic"), r"key needs columns .* missing \['topic'\]"),
        (ANSWERS, MADE.key.assign(question=1), r"key: 2 rows repeat another's \['question'\]"),
        (ANSWERS, MADE.key.assign(word_1=MADE.key["word_2"]), "key: question 1 has a word twice, or a blank one"),
        (ANSWERS, MADE.key.assign(word_1=" "), "key: question 1 has a word twice, or a blank one"),
        (ANSWERS, MADE.key.assign(intruder="peace"), "the intruder 'peace' of question 1 is none of its words"),
    ],
)
def test_what_is_wrong_with_the_answers_is_said(answers, key, message):
    for function in (score_intrusion, overall_intrusion):
        with pytest.raises(ValueError, match=message):
            function(answers, key)


def test_a_sheet_made_with_another_seed_is_not_scored():
    terms = terms_of([*"abcde"], [*"vwxyz"])  # with two topics the key's intruder may well be among the other's words
    key = intrusion(terms, seed=0).key
    others = [intrusion(terms, seed=seed) for seed in range(1, 12)]
    differ = [one for one in others if set(one.key.loc[0, WORDS]) != set(key.loc[0, WORDS])]
    assert len(differ) > 2
    for one in differ:
        with pytest.raises(
            ValueError, match="question 1 has other words than the key; was the sheet made with another seed"
        ):
            score_intrusion(one.sheet.assign(intruder=one.key["intruder"]), key)


def test_of_many_mistakes_ten_are_told():
    made = intrusion(letters(15))
    with pytest.raises(ValueError, match="And 5 more mistakes") as caught:
        score_intrusion(made.sheet.assign(intruder="peace"), made.key)
    assert len(str(caught.value).splitlines()) == 11


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="key should be a pandas DataFrame, found Intrusion"):
        score_intrusion(ANSWERS, MADE)
    with pytest.raises(TypeError, match="answers should be a pandas DataFrame, found list"):
        score_intrusion([ANSWERS], MADE.key)
