"""What to code next: uncertain, diverse, and the same for the same seed."""

import numpy as np
import pandas as pd
import pytest

from analysis import coding, prevalence, themes
from analysis.themes import suggestion
from tests.test_themes import CODING, PARAGRAPHS


def by_brute_force(Z, coded, Y, n):
    """The formula as it is written, nothing brought up to date: everything anew after each choice."""
    chosen = []
    points = Z[coded]
    A = np.linalg.inv(points.T @ points + 0.1 * np.eye(Z.shape[1]))
    doubt = suggestion._doubt(Z.astype(np.float32), points, A, Y)
    C = Z.T @ Z / len(Z)
    for _ in range(n):
        known = Z[[*coded, *chosen]]
        A = np.linalg.inv(known.T @ known + 0.1 * np.eye(Z.shape[1]))
        worth = [d * (z @ A @ C @ A @ z) / (1 + z @ A @ z) for d, z in zip(doubt, Z, strict=True)]
        worth = [-1 if row in {*coded, *chosen} else value for row, value in enumerate(worth)]
        chosen.append(int(np.argmax(worth)))
    return chosen


@pytest.mark.parametrize("n_coded", [0, 1, 12])
def test_the_choice_is_the_one_the_formula_makes(n_coded):
    rng = np.random.default_rng(n_coded)
    Z = rng.normal(size=(80, 6))
    coded, Y = np.arange(n_coded), (rng.random((n_coded, 3)) < 0.4).astype(float)
    found = suggestion.choose(Z.astype(np.float32), coded, Y, 10, np.random.default_rng(0))
    assert found.tolist() == by_brute_force(Z, list(coded), Y, 10)


def test_copies_are_not_suggested_beside_each_other():
    texts = ["the troops withdrew"] * 20 + ["elections were held"] * 20 + ["food arrived late"] * 20
    paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(60)], "text": texts})
    assert suggestion_texts(paragraphs, None, 3) == sorted(set(texts))


def suggestion_texts(paragraphs, table, n):
    return sorted(themes.suggest(paragraphs, table, n)["text"])


def test_a_sheet_goes_out_comes_back_and_is_no_random_sample(tmp_path):
    first = CODING[CODING["document"].isin(["doc-0", "doc-1", "doc-2", "doc-3"])]
    sheet = themes.suggest(PARAGRAPHS, first, n=30)
    known = set(zip(first["document"], first["paragraph"], strict=True))
    assert len(sheet) == 30 and not known & set(zip(sheet["document"], sheet["paragraph"], strict=True))
    assert not sheet.duplicated(["document", "paragraph"]).any() and (sheet["theme"] == "").all()
    coding.save(sheet, tmp_path / "sheet.csv")
    with pytest.raises(ValueError, match=r"coding row 1: theme is blank; write a theme, or none"):
        coding.check(coding.load(tmp_path / "sheet.csv"), PARAGRAPHS)
    filled = sheet.drop(columns="theme").merge(
        CODING.groupby(["document", "paragraph"])["theme"].agg("; ".join).reset_index(), on=["document", "paragraph"]
    )
    coding.save(filled, tmp_path / "filled.csv")
    back = coding.load(tmp_path / "filled.csv")
    assert sorted(back["text"].unique()) == sorted(sheet["text"].unique())
    more = pd.concat([first, back[["document", "paragraph", "theme"]]])
    model = themes.train(PARAGRAPHS, more)
    assert model.report.set_index("theme").loc["war", "n_paragraphs"] == len(known) + 30
    with pytest.raises(ValueError, match=r"suggested paragraphs are no random sample .* use prevalence.draw"):
        prevalence.estimate(themes.classify(PARAGRAPHS, BOOK), back.assign(probability=0.1))


BOOK = pd.DataFrame({"label": ["war", "vote", "aid"], "role": "any", "pattern": ["troops", "ballot", "food"]})


def test_a_theme_with_few_examples_is_looked_for_first():
    """Of two themes with the same doubt about them, the one with fewer examples counts more."""
    Z = np.eye(4)[[0] * 9 + [1] * 3 + [2, 3]] + np.eye(4)[[0] * 9 + [1] * 3 + [0, 1]] * 0.4
    Y = np.zeros((12, 2))
    Y[:9:2, 0] = 1
    Y[9:12:2, 1] = 1
    doubt = suggestion._doubt(Z.astype(np.float32), Z[:12], np.linalg.inv(Z[:12].T @ Z[:12] + 0.1 * np.eye(4)), Y)
    alone = [suggestion._doubt(Z.astype(np.float32), Z[:12], np.linalg.inv(Z[:12].T @ Z[:12] + 0.1 * np.eye(4)), Y[:, [k]]) for k in (0, 1)]  # fmt: skip
    np.testing.assert_allclose(doubt, alone[0] + alone[1], rtol=1e-5)
    assert alone[1].max() <= 1 / 3 and alone[0].max() <= 1 / 6  # 1 / (examples + 1) at most


def test_the_same_in_any_order_of_the_coding_where_the_space_is_cut():
    """More terms than dimensions and more paragraphs: the decomposition must see the rows in one order."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{n}" for n in range(3000)])
    some = pd.DataFrame({"document": [f"d{n % 40}" for n in range(540)], "paragraph": [str(n) for n in range(540)],
                         "text": [" ".join(rng.choice(words, 20)) for _ in range(540)]})  # fmt: skip
    coded = some.head(100).assign(theme=rng.choice(["war", "aid", "none"], 100))
    one = themes.suggest(some, coded, n=10)
    pd.testing.assert_frame_equal(one, themes.suggest(some, coded.sample(frac=1, random_state=0), n=10))


def test_the_same_seed_suggests_the_same_in_any_order_of_rows():
    first = CODING.head(60)
    one = themes.suggest(PARAGRAPHS, first, n=12, seed=4)
    two = themes.suggest(PARAGRAPHS.sample(frac=1, random_state=0), first.sample(frac=1, random_state=1), n=12, seed=4)
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("n", [0, -1, 241, 2.5, True, "3"])
def test_more_than_there_is_cannot_be_suggested(n):
    with pytest.raises(ValueError, match="n should be a whole number from 1 to 240, the paragraphs not coded; found"):
        themes.suggest(PARAGRAPHS, None, n)


def test_nothing_is_left_to_suggest():
    with pytest.raises(ValueError, match="All 240 paragraphs are coded; there is none to suggest"):
        themes.suggest(PARAGRAPHS, CODING)
    assert len(themes.suggest(PARAGRAPHS.head(1).assign(text=" ".join(f"w{n}" for n in range(900))), n=1)) == 1


def test_a_coding_of_other_paragraphs_names_the_row():
    with pytest.raises(ValueError, match=r"coding row 1: there is no paragraph \('doc-0', 'x'\)"):
        themes.suggest(PARAGRAPHS, CODING.head(1).assign(paragraph="x"))


@pytest.mark.parametrize("texts", [["", "", ""], ["?!", "peace", "..."], ["a", "b", "c"]])
def test_texts_without_words_can_be_suggested(texts):
    odd = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "text": texts})
    assert len(themes.suggest(odd, n=3)) == 3


def test_many_paragraphs_are_drawn_from_at_random(monkeypatch):
    monkeypatch.setattr(suggestion, "LARGEST", 50)
    one = themes.suggest(PARAGRAPHS, CODING.head(40), n=10, seed=0)
    again = themes.suggest(PARAGRAPHS, CODING.head(40), n=10, seed=0)
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(themes.suggest(PARAGRAPHS, CODING.head(40), n=10, seed=1))


@pytest.mark.filterwarnings("ignore:. of 54 themes are left out")
def test_the_classifier_beats_a_plain_one_on_real_recommendations(shared):
    """Trained on sessions 1-3 of the Universal Periodic Review, tried on 4: beside a plain linear machine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import f1_score
    from sklearn.svm import LinearSVC

    from tests.benchmarks.themes import recommendations

    old, old_coding = recommendations(1, 3)
    new, truth = recommendations(4, 4)
    model = themes.train(old, old_coding)
    given, wanted = coding.wide(old_coding, model.themes), coding.wide(truth[truth["theme"].isin(model.themes)], model.themes)  # fmt: skip
    new = new.set_index(["document", "paragraph"]).loc[wanted.index].reset_index()
    said = themes.predict(model, new)["assigned"].to_numpy().reshape(len(new), -1)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    X, later = words.fit_transform(old["text"]), words.transform(new["text"])
    plain = np.column_stack([LinearSVC(random_state=0).fit(X, given[theme]).predict(later) for theme in model.themes])
    ours, theirs = (
        [f1_score(wanted, one, average=average, zero_division=0) for average in ("micro", "macro")] for one in (said, plain)
    )  # fmt: skip
    assert ours[0] > theirs[0] + 0.02 and ours[1] > theirs[1] + 0.05, (ours, theirs)


@pytest.mark.parametrize("seed", [-1, "x", 1.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="seed should be a whole number from 0, found"):
        themes.suggest(PARAGRAPHS, n=1, seed=seed)


def test_texts_are_text_and_an_index_may_have_the_name_of_a_column():
    with pytest.raises(ValueError, match=r"paragraphs: text in row 0 \(rows count from 0\) is 5"):
        themes.suggest(PARAGRAPHS.assign(text=5), n=1)
    named = PARAGRAPHS.set_index("document", drop=False)
    pd.testing.assert_frame_equal(themes.suggest(named, n=3), themes.suggest(PARAGRAPHS, n=3))
