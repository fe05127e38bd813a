"""Topics: found where planted, by every model; placed, labelled, saved; made from labels; questions and scores."""

from math import comb

import numpy as np
import pandas as pd
import pytest
import skops.io
from pandas.testing import assert_frame_equal
from scipy import stats
from sklearn.feature_extraction.text import TfidfTransformer

from analysis.tokens import tokenize
from analysis.topics import Topics, cards, fit, from_labels, intrusion, label, load, place, save, score_intrusion
from tests.benchmarks.topics import planted_text, recovered
from tests.made import CodeRunner, refused

KEYS = ["document", "paragraph"]
MODELS = ["cooccurrence", "nmf", "lda"]


def text(*paragraphs, document="un"):
    names = [f"{n:04}" for n in range(len(paragraphs))]
    return tokenize(pd.DataFrame({"document": document, "paragraph": names, "text": paragraphs}))


def wide(shares):
    return shares["share"].to_numpy().reshape(-1, shares["topic"].max())


PLANTED, TRUTH = planted_text(np.random.default_rng(0), k=4, words_each=20, paragraphs=200)  # and the shares of words
NUMBERS = pd.DataFrame({"document": "a", "paragraph": ["none"], "text": "2015 2016"})  # comes first, has no kept word
TOKENS = tokenize(pd.concat([NUMBERS, PLANTED[::-1]]))
NEW = planted_text(np.random.default_rng(0), k=4, words_each=20, paragraphs=240)[0].tail(40).assign(document="new")


@pytest.fixture(scope="module", params=MODELS)
def found(request):
    return fit(TOKENS, 4, model=request.param)


def test_planted_topics_are_found_by_every_model(found):
    assert recovered(found.terms, TRUTH).min() > {"nmf": 0.85}.get(found.model, 0.95)
    by_topic = found.terms.groupby("topic")
    np.testing.assert_allclose(by_topic["weight"].sum(), 1, atol=1e-4)
    assert all(own == list(range(1, len(own) + 1)) for own in by_topic["rank"].agg(list))
    shares = wide(found.shares)[1:]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.all(np.diff(shares.mean(axis=0)) <= 1e-6)


def test_shuffled_documents_and_a_second_run_give_the_same_topics():
    found = fit(TOKENS, 4, seed=3)
    for table in (PLANTED[::-1], PLANTED.sample(frac=1, random_state=1)):
        again = fit(tokenize(pd.concat([table, NUMBERS])), 4, seed=3)
        assert_frame_equal(again.terms, found.terms)
        sides = [one.shares.astype(dict.fromkeys(KEYS, "str")) for one in (again, found)]
        assert_frame_equal(*[side.sort_values([*KEYS, "topic"], ignore_index=True) for side in sides])


@pytest.mark.parametrize("model", MODELS)
def test_a_paragraph_of_stop_words_is_kept_without_shares_and_the_same_text_has_the_same_shares(model):
    found = fit(text("the of", *["arms trade war", "law court judge"] * 4), 2, model=model, drop=["the", "of"])
    share = wide(found.shares)
    assert share.shape == (9, 2) and np.isnan(share[0]).all()
    assert np.array_equal(share[1:3], share[3:5]) and (share[1].argmax() != share[2].argmax())


TWICE = text(*["arms trade war", "law court judge"] * 4)
APART = r"were asked for, and only [0-8] can be told apart: choose a smaller k"


test_what_cannot_be_fitted_is_refused = refused(
    lambda running, k, model: fit(running, k, model=model),
    (TWICE, 1, "nmf", "k should be a whole number from 2, found 1"),
    (text(*["arms trade war"] * 6), 2, "cooccurrence", "only 1 can be told apart: choose a smaller k"),
    (TWICE, 6, "nmf", "k = 6 topics in 8 paragraphs with 6 kept words: k should be smaller than both"),
    (TWICE, 2, "bert", "model should be one of .* found 'bert'"),
    (text(*["war", "law", "arms"] * 3), 2, "cooccurrence", APART),  # no word stands near another
    (text(*["troops guard borders army"] * 40), 2, "nmf", APART),
    (text(*["arms " * n + "law war peace aid tax oil" for n in range(12)]), 5, "lda", APART),
)


def test_the_paragraphs_fitted_on_are_placed_as_they_were_and_new_ones_where_their_words_are(found):
    assert_frame_equal(place(found, TOKENS), found.shares, check_exact=True)
    shares = place(found, tokenize(NEW))
    assert list(shares) == [*KEYS, "topic", "share"] and list(shares["paragraph"].iloc[::4]) == list(NEW["paragraph"])
    np.testing.assert_allclose(wide(shares).sum(axis=1), 1, atol=2e-6)
    weights = found.terms.pivot_table(index="term", columns="topic", values="weight", fill_value=0)
    words = NEW["text"].str.split().map(lambda own: weights.reindex(own).sum().to_numpy().argmax())
    assert (wide(shares).argmax(axis=1) == words).all()
    mixed = pd.DataFrame(
        {"document": "x", "paragraph": ["1", "2"], "text": ["Fish and chips", f"Fish {found.terms['term'][0]}"]}
    )
    assert wide(place(found, tokenize(mixed)))[1].sum() == pytest.approx(1, abs=2e-6)
    none = place(found, tokenize(mixed.head(1)))  # not one word of the model in the whole text
    assert len(none) == 4 and none["share"].isna().all()


def test_shares_are_worked_by_hand():
    """Two words with idf 2 and 1, each its own topic; `war` once, `law` twice."""
    space, tfidf = {"axes": np.eye(2), "middle": np.zeros(2), "topics": np.eye(2)}, TfidfTransformer(sublinear_tf=True)
    tfidf.idf_ = np.array([2.0, 1.0])
    topics = Topics(None, None, "cooccurrence", ["law", "war"], tfidf, space, np.array([1, 0]))
    shares = place(topics, tokenize(pd.DataFrame({"document": "a", "paragraph": ["1"], "text": "War, law and law"})))
    law, war = (1 + np.log(2)) * 2, 1 * 1  # (1 + log n) · idf; the length cancels out
    assert shares["topic"].tolist() == [1, 2]  # topic 1 is the model's second column: war
    assert shares["share"].tolist() == pytest.approx([war**2 / (law**2 + war**2), law**2 / (law**2 + war**2)], abs=1e-6)


def test_a_paragraph_placed_alone_is_placed_as_among_others(found):
    alone = [wide(place(found, tokenize(NEW.iloc[[i]]))) for i in range(4)]
    near = 2e-6 if found.model != "nmf" else 0.02  # it stops when all together have come to rest
    np.testing.assert_allclose(np.vstack(alone), wide(place(found, tokenize(NEW)))[:4], atol=near)


def test_saved_topics_are_read_back_to_the_last_digit(found, tmp_path):
    save(found, tmp_path / "topics.skops")
    back = load(tmp_path / "topics.skops")
    assert (back.model, back.words) == (found.model, found.words)
    tables = [(one.terms, one.shares, place(one, TOKENS), place(one, tokenize(NEW))) for one in (back, found)]
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True, check_categorical=False)


def test_what_is_no_topic_model_is_refused_and_no_code_is_run(tmp_path):
    save(fit(TWICE, 2), tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for cut in (10, 1000, -200):
        (tmp_path / f"half {cut}").write_bytes(whole[:cut])
    for name, content in {"evil": {"evil": CodeRunner()}, "list": [1, 2], "other": {"model": "nmf"}}.items():
        skops.io.dump(content, tmp_path / name)
    (tmp_path / "whole").write_text("hello")
    for path in tmp_path.iterdir():
        with pytest.raises(ValueError, match=rf"{path.name} can't be read as topics \(.*\); make it again, or get"):
            load(path)
    assert not CodeRunner.ran


TERMS = pd.DataFrame({"topic": [1, 1, 1, 2, 2, 2], "rank": [1, 2, 3] * 2})
TERMS["term"] = ["war", "arms", "army", "girls", "school", "war"]


def test_label_finds_a_topic_by_its_first_terms_in_any_order_and_case():
    for key in [("school", "Girls"), "school girls", ("girls",), "war school girls"]:
        found = label(TERMS[::-1], {key: "Girls at school"})
        assert found["topic"].tolist() == [1, 2]
        assert found["label"].isna().tolist() == [True, False] and found["label"][1] == "Girls at school"


ALIKE = pd.concat([TERMS, TERMS.iloc[[0, 3]].assign(term="peace", topic=[3, 4])])
READ = "('girls', 'war') are the first 2 terms of 0 topics, not of one; read the topics"
test_a_label_that_can_move_is_refused = refused(
    lambda labels: label(ALIKE, labels),
    ({("girls", "war"): "x"}, READ),
    ({"": "x"}, "'' are the first 0 terms of 0 topics"),
    ({"peace": "x"}, "'peace' are the first 1 terms of 2 topics, not of one"),
    ({"school girls": "x", "girls": "y"}, "'girls' is the topic that is called 'x' already; name it once"),
)


CARDED = pd.DataFrame({"document": "a", "paragraph": [*"12345"]})
CARDED["text"] = ["Arms for arms.", "War and\narms.", "Girls at school.", "— —", "The war: girls."]
STABLE = pd.DataFrame({"topic": [2, 1], "stability": [5 / 8, 1 / 4], "confident": [True, False]})


def test_cards_worked_by_hand():
    shares = pd.DataFrame({"document": "a", "paragraph": [*"11223355"], "topic": [1, 2] * 4})
    shares["share"] = [3 / 4, 1 / 4, 3 / 4, 1 / 4, 1 / 2, 1 / 2, 0, 1]
    found = Topics(TERMS, shares, "nmf", [], None, None, np.arange(2))
    table = cards(found, CARDED, stability=STABLE, labels={"girls": "Girls", "war": "War"})
    told = table[["topic", "rank", "paragraph", "share_here"]].values.tolist()
    assert told == [
        [1, 1, "2", 3 / 4],  # as high a share as 1, but two different terms
        [1, 2, "1", 3 / 4],
        [1, 3, "3", 1 / 2],
        [2, 1, "5", 1],
        [2, 2, "3", 1 / 2],
        [2, 3, "2", 1 / 4],  # one of its terms, as in none of 1
    ]
    first = table[table["rank"] == 1].set_index("topic")
    assert first["share"].tolist() == [(3 / 4 + 3 / 4 + 1 / 2 + 0) / 4, (1 / 4 + 1 / 4 + 1 / 2 + 1) / 4]
    assert first["n_paragraphs"].tolist() == [3, 1] and first["few"].all()  # the tie goes to the lower number
    assert first["terms"].tolist() == ["war · arms · army", "girls · school · war"]
    assert first["label"].isna().tolist() == [True, False] and first["label"][2] == "Girls"  # topic 1 is not confident
    assert first["stability"].tolist() == [1 / 4, 5 / 8] and first["text"][2] == "The war: girls."
    assert not cards(found, CARDED, labels={"girls": "Girls"})["label"].notna().any()


def test_topics_from_labels_are_the_labels_and_their_words():
    running = text("the of", *["arms trade war", "law court judge"] * 4, "arms")
    keys = running[KEYS].drop_duplicates().astype("str").reset_index(drop=True)
    labels = keys.assign(label=["x", *["war", "law"] * 4, "war"]).iloc[1:]
    found = from_labels(running, labels.sample(frac=1, random_state=1), drop=["the", "of"])
    share = wide(found.shares)
    assert np.isnan(share[0]).all() and share[1:].tolist() == [[1.0, 0.0], [0.0, 1.0]] * 4 + [[1.0, 0.0]]
    of_topic = found.terms.groupby("topic")["term"].agg(set).tolist()
    assert of_topic == [{"arms", "trade", "war"}, {"law", "court", "judge"}]
    # topic 1: arms 5, trade 4 and war 4 of 13 words, in none of the other; positive PMI log(25 / 13) · √count
    assert found.terms.query("topic == 1")["weight"].tolist() == pytest.approx([5 / 13, 4 / 13, 4 / 13], abs=1e-6)
    with pytest.raises(ValueError, match="labels: 1 different labels in the paragraphs of tokens; topics need two"):
        from_labels(running, labels.assign(label=1))
    with pytest.raises(ValueError, match=r"topics.model should be one of .*, found 'labels'"):
        place(found, running)


# Can people tell an intruder?

WORDS = [f"word_{place}" for place in range(1, 7)]


def listed(*topics):
    """One list of terms per topic, best first → topic terms, of weights n, n − 1, … 1."""
    rows = [(t, term, len(topic) + 1.0 - r, r) for t, topic in enumerate(topics, 1) for r, term in enumerate(topic, 1)]
    return pd.DataFrame(rows, columns=["topic", "term", "weight", "rank"])


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
test_what_cannot_be_asked_is_told = refused(
    intrusion,
    (letters(1), "topic 1: no word could intrude: topics are too alike; fit fewer"),
)
test_what_cannot_be_scored_is_told = refused(
    lambda answers: score_intrusion(answers, MADE.key),
    (ANSWERS.assign(intruder=["peace", *ANSWERS["intruder"][1:]]), "1 in row 0 .* is answered with another word"),
    (ANSWERS.assign(question=["1", "2", "9"]), "9 in row 2 .* has other words than the key"),
    (ANOTHER, "1 in row 0 .* has other words than the key; was the sheet made with another seed or topics"),
    (pd.concat([ANSWERS, ANSWERS.tail(1)]), "3 in row 3 .* is there twice; name each person in a column coder"),
)
