"""Themes: by codebook, learnt, explained, saved; and how they agree with a coding."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.metrics import f1_score, precision_score, recall_score

from analysis import codebooks, coding, patterns, themes
from analysis.themes import linear
from tests.conftest import ROOT
from tests.damaged_models import check_refuses_half, check_refuses_strangers, damages, in_schema, tampered

BOOK = codebooks.load(ROOT / "data" / "codebooks" / "themes.yml")
WORDS = {"war": ["troops", "shelling", "ceasefire"], "vote": ["election", "ballot", "voters"], "aid": ["food", "shelter", "relief"]}  # fmt: skip
FILLER = ["the council", "of the region", "was noted", "last year", "with concern", "in this regard", "by all parties"]


def corpus(n=240, seed=0, documents=12):
    """Paragraphs whose themes are known: a paragraph on a theme has one of its words."""
    rng = np.random.default_rng(seed)
    rows, coded = [], []
    for number in range(n):
        given = [theme for theme in WORDS if rng.random() < 0.3]
        parts = [rng.choice(WORDS[theme]) for theme in given] + list(rng.choice(FILLER, 4))
        key = f"doc-{number % documents}", str(number)
        rows.append((*key, " ".join(rng.permutation(parts)) + "."))
        coded += [(*key, theme) for theme in given or ["none"]]
    names = ["document", "paragraph"]
    return pd.DataFrame(rows, columns=[*names, "text"]), pd.DataFrame(coded, columns=[*names, "theme"])


PARAGRAPHS, CODING = corpus()
NEW, TRUTH = corpus(seed=1, documents=5)
NEW = NEW.assign(document="new-" + NEW["document"])
TRUTH = TRUTH.assign(document="new-" + TRUTH["document"])


@pytest.fixture(scope="module")
def model():
    return themes.train(PARAGRAPHS, CODING)


def test_classify_counts_the_kept_hits(workshop):
    found = themes.classify(workshop.paragraphs, BOOK)
    assert len(found) == 40 * 14
    hits = patterns.find(workshop.paragraphs, BOOK)
    counted = hits[hits["kept"]].groupby(["paragraph", "label"]).size()
    told = found[found["n_hits"] > 0].set_index(["paragraph", "theme"])["n_hits"]
    assert told.to_dict() == counted.to_dict() and (found["assigned"] == (found["n_hits"] > 0)).all()


def test_a_hit_that_is_set_aside_assigns_nothing():
    book = codebooks.parse("peace: {any: peace, except: {peace pipe: a pipe}}")
    text = pd.DataFrame({"document": "un", "paragraph": [7, 8], "text": ["A peace pipe", "peace, peace"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the other hits are kept, so nothing is said
        assert themes.classify(text, book)["n_hits"].tolist() == [0, 2]


def test_precision_recall_and_f1_by_hand():
    # war: coded 1, 2, 3; assigned 2, 3, 4, 5 → both 2, precision 2/4, recall 2/3, F1 4/7. aid: coded 4, never assigned.
    assigned = pd.DataFrame({"document": "un", "paragraph": list("12345") * 2, "theme": ["war"] * 5 + ["aid"] * 5})
    assigned["assigned"] = [False, True, True, True, True] + [False] * 5
    coded = pd.DataFrame({"document": "un", "paragraph": list("12345"), "theme": ["war", "war", "war", "aid", "none"]})
    table = themes.evaluate(assigned, coded).set_index("theme")
    assert table.loc["war", ["n_coded", "n_assigned", "n_both"]].tolist() == [3, 4, 2]
    assert table.loc["war", ["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 2, 2 / 3, 4 / 7])
    assert np.isnan(table.loc["aid", "precision"]) and table.loc["aid", ["recall", "f1"]].tolist() == [0, 0]
    assert table.loc["all (micro)", ["precision", "recall", "f1"]].tolist() == pytest.approx([2 / 4, 2 / 4, 4 / 8])
    assert table.loc["all (macro)", ["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 4, 1 / 3, 2 / 7])
    parted = themes.disagreements(assigned, coded)
    assert parted[["paragraph", "theme", "only"]].values.tolist() == [
        ["1", "war", "coding"], ["4", "war", "assigned"], ["4", "aid", "coding"], ["5", "war", "assigned"],
    ]  # fmt: skip


def test_evaluation_agrees_with_scikit_learn(model):
    predicted = themes.predict(model, NEW)
    table = themes.evaluate(predicted, TRUTH).set_index("theme")
    said = predicted["assigned"].to_numpy().reshape(-1, 3)
    truth = coding.wide(TRUTH, model.themes).to_numpy()
    for name, score in [("precision", precision_score), ("recall", recall_score), ("f1", f1_score)]:
        ours = table.loc[[*model.themes, "all (micro)", "all (macro)"], name].to_numpy()
        each = score(truth, said, average=None)
        assert ours == pytest.approx([*each, score(truth, said, average="micro"), score(truth, said, average="macro")])


@pytest.mark.parametrize(
    ("row", "message"),
    [(("new-doc-0", "999", "war"), r"there is no paragraph \('new-doc-0', '999'\)"), (("new-doc-0", "0", "fish"), "'fish' is no theme; the themes are 'aid', 'vote', 'war', and none")],
)  # fmt: skip
def test_a_coding_that_does_not_fit_names_the_row(model, row, message):
    wrong = pd.concat([TRUTH, pd.DataFrame([row], columns=TRUTH.columns)], ignore_index=True)
    with pytest.raises(ValueError, match=f"coding row {len(wrong)}: {message}"):
        themes.evaluate(themes.predict(model, NEW), wrong)


def test_the_codebook_fits_the_document_it_was_written_on(workshop):
    """Development fit, not accuracy: what two patterns find beyond the coding is known and stands in notebook 06."""
    found = themes.classify(workshop.paragraphs, BOOK)
    coded = coding.load(ROOT / "data" / "coding" / "cairo-themes.csv")
    parted = themes.disagreements(found, coded)
    assert parted[["paragraph", "theme", "only"]].values.tolist() == [
        ["3", "regional-partnerships", "assigned"], ["29", "regional-partnerships", "assigned"],
    ]  # fmt: skip


def test_the_hundred_paragraphs_are_those_the_rule_draws_and_the_frozen_codebook_gives_what_is_committed(shared):
    blocks = pd.read_parquet(
        shared / "data" / "un-paragraphs.parquet", columns=["document", "order", "type", "prefix", "text"]
    )
    rule = r"(?i)\bpeace-?\s?keep|\bpeace operation|\bspecial political mission|\bpeace-?building\b"
    blocks = blocks[(blocks["type"] == "paragraph") & blocks["prefix"].fillna("").str.fullmatch(r"\d+\.")]
    blocks = blocks[blocks["text"].str.contains(rule)]
    blocks = (
        blocks[blocks["text"].str.split().str.len() >= 15].drop_duplicates("text").sort_values(["document", "order"])
    )
    drawn = blocks.sample(100, random_state=2016).rename(columns={"order": "paragraph"}).astype({"paragraph": "str"})
    coded = coding.load(ROOT / "data" / "coding" / "un-peace-operations.csv")
    keys = set(zip(coded["document"], coded["paragraph"], coded["number"], strict=True))
    assert keys == set(zip(drawn["document"], drawn["paragraph"], drawn["prefix"], strict=True))
    found = themes.classify(drawn.sort_values(["document", "paragraph"]), BOOK)
    committed = pd.read_csv(
        ROOT / "data" / "coding" / "un-peace-operations-codebook.csv", dtype={"document": "str", "paragraph": "str", "theme": "str", "assigned": "bool"}
    )  # fmt: skip
    by = ["document", "paragraph", "theme"]
    pd.testing.assert_frame_equal(
        found[[*by, "assigned"]].sort_values(by, ignore_index=True), committed.sort_values(by, ignore_index=True)
    )


def test_planted_themes_are_learnt(model):
    table = themes.evaluate(themes.predict(model, NEW), TRUTH).set_index("theme")
    assert (table["f1"] > 0.97).all()
    report = model.report.set_index("theme")
    assert (report["f1"] > 0.95).all() and (report["f1_majority"] == 0).all() and (report["brier_skill"] > 0.8).all()
    assert report.loc["war", "n_coded"] == (CODING["theme"] == "war").sum()


def test_nothing_is_learnt_where_there_is_nothing_to_learn():
    rng = np.random.default_rng(3)
    shuffled = CODING.assign(theme=rng.permutation(CODING["theme"])).drop_duplicates()
    alone = shuffled.groupby(["document", "paragraph"])["theme"].transform("size") == 1
    shuffled = shuffled[alone | (shuffled["theme"] != "none")]
    report = themes.train(PARAGRAPHS, shuffled).report.set_index("theme")
    assert (report["brier_skill"] < 0.1).all()  # no better than the share, and the report says so


def test_the_majority_and_the_codebook_stand_beside(model):
    book = codebooks.parse("war: {any: [troops, shelling]}\nvote: {any: ballot}\naid: {any: food}")
    report = themes.train(PARAGRAPHS, CODING, book).report.set_index("theme")
    alone = themes.evaluate(themes.classify(PARAGRAPHS, book), CODING).set_index("theme")["f1"]
    assert report["f1_codebook"].to_dict() == pytest.approx(alone.to_dict())
    most = pd.concat([CODING[CODING["theme"] != "none"], PARAGRAPHS.iloc[20:].assign(theme="all")])[["document", "paragraph", "theme"]]  # fmt: skip
    report = themes.train(PARAGRAPHS, most).report.set_index("theme")
    assert report.loc["all", "f1_majority"] == pytest.approx(2 * 220 / (220 + report.loc["all", "n_paragraphs"]))
    with pytest.raises(ValueError, match="The codebook has no label 'aid'"):
        themes.train(PARAGRAPHS, CODING, book[book["label"] != "aid"])


def test_the_order_of_the_rows_changes_nothing(model):
    again = themes.train(PARAGRAPHS.sample(frac=1, random_state=1), CODING.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(again.report, model.report)
    np.testing.assert_array_equal(again.weights, model.weights)
    there = themes.predict(model, NEW.iloc[::-1]).sort_values(["document", "paragraph", "theme"], ignore_index=True)
    here = themes.predict(model, NEW).sort_values(["document", "paragraph", "theme"], ignore_index=True)
    pd.testing.assert_frame_equal(there, here)


def test_a_document_is_scored_by_a_model_that_had_not_seen_it():
    """A word that stands in one document only, and only where the theme was given, is of no help there."""
    marked = PARAGRAPHS.assign(text=PARAGRAPHS["text"].where(PARAGRAPHS["document"] != "doc-3", "zzyzx " + PARAGRAPHS["text"].str.replace("troops|shelling|ceasefire", "", regex=True)))  # fmt: skip
    trained = themes.train(marked, CODING)
    held = trained.held_out[(trained.held_out["document"] == "doc-3") & (trained.held_out["theme"] == "war")]
    assert not held["assigned"].any()
    seen = themes.predict(trained, marked[marked["document"] == "doc-3"])
    assert seen["trained"].all() and not themes.predict(trained, NEW)["trained"].any()
    assert not trained.held_out["trained"].any() and len(trained.held_out) == 240 * 3


def test_uncoded_paragraphs_teach_nothing(model):
    more = pd.concat([PARAGRAPHS, NEW], ignore_index=True)
    pd.testing.assert_frame_equal(themes.train(more, CODING).report, model.report)


def test_the_weights_of_the_terms_add_up_to_the_logit(model):
    """Over all words, also those that speak against, the theme's constant added."""
    everything = themes.terms(model, NEW, top=10_000)
    assert set(everything["term"].str.lower()) & set(WORDS["war"])
    from analysis.themes.prediction import _scored, _shares

    _, X, p = _scored(model, NEW)
    for row in (0, 5, 9):
        words, share = _shares(model, NEW["text"][row], X[row])
        total = np.asarray((share @ model.weights).sum(axis=0)) * model.slopes
        constant = model.intercepts * model.slopes + model.shifts
        assert len(words) == len(NEW["text"][row].split())
        assert total + constant == pytest.approx(logit(p[row]), abs=1e-4)


def test_the_planted_word_carries_the_assignment(model):
    first = themes.terms(model, NEW, top=1)
    assert len(first) == themes.predict(model, NEW)["assigned"].sum()
    right = [term.lower().strip(".") in WORDS[theme] for term, theme in zip(first["term"], first["theme"], strict=True)]
    assert np.mean(right) > 0.97
    assert (first["weight"] > 0).all()


def test_words_with_marks_are_explained_as_written():
    """Hindi vowel signs and decomposed accents: the words of scikit-learn stop at a mark, ours must not be cut there."""
    texts = ["सैनिकों की वापसी हुई", "de\u0301mocratie et e\u0301lections", "troops left"] * 20
    some = pd.DataFrame(
        {"document": [f"d{n % 7}" for n in range(60)], "paragraph": [str(n) for n in range(60)], "text": texts}
    )
    trained = themes.train(some, some.assign(theme=["war", "vote", "none"] * 20))
    from analysis.themes.prediction import _scored, _shares

    _, X, p = _scored(trained, some.head(3))
    for row in range(3):
        words, share = _shares(trained, texts[row], X[row])
        assert words == texts[row].split()
        total = np.asarray((share @ trained.weights).sum(axis=0)) * trained.slopes
        assert total + trained.intercepts * trained.slopes + trained.shifts == pytest.approx(logit(p[row]), abs=1e-4)


def test_a_theme_whose_documents_are_held_out_together_is_not_learnt():
    """All its documents in one part: a model of the others has never seen it, and could only guess."""
    from analysis.themes import training

    rows = [(f"d{n:02}", f"{n}-{m}", "rocket missile" if n in (2, 5, 8) and m < 6 else ["ballot", "shelter"][m % 2]) for n in range(30) for m in range(8)]  # fmt: skip
    some = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    table = some.assign(theme=some["text"].map({"rocket missile": "arms", "ballot": "vote", "shelter": "aid"}))
    fold = training._folds(pd.factorize(some["document"])[0])
    assert len(set(fold[table["theme"] == "arms"])) == 1  # else this test shows nothing
    with pytest.warns(UserWarning, match="'arms' stands in documents that are held out together, and needs one more"):
        assert themes.train(some, table).themes == ["aid", "vote"]


def test_no_paragraphs_give_an_empty_table(model):
    assert themes.predict(model, NEW.head(0)).empty and themes.terms(model, NEW.head(0)).empty
    assert list(themes.predict(model, NEW.head(0))) == list(themes.predict(model, NEW.head(1)))


def test_an_uncoded_paragraph_without_text_does_no_harm(model):
    more = pd.concat([PARAGRAPHS, pd.DataFrame({"document": ["x"], "paragraph": "1", "text": None})])
    pd.testing.assert_frame_equal(themes.train(more, CODING).report, model.report)


@pytest.mark.parametrize("text", ["", "?!", "zzz", "x " * 5000, "<script>", "مكافحة", "$\\frac{1}{2}$"])
def test_any_text_is_predicted_and_explained(model, text):
    one = pd.DataFrame({"document": ["odd"], "paragraph": [1], "text": [text]})
    found = themes.predict(model, one)
    assert found["score"].between(0, 1).all() and len(found) == 3
    assert len(themes.terms(model, one)) >= 0


def few(n, **given):
    """n paragraphs in ten documents; each theme given to the first so many."""
    paragraphs = PARAGRAPHS.head(n).assign(document=[f"doc-{number % 10}" for number in range(n)])
    rows = [(key, theme) for theme, many in given.items() for key in range(many)]
    bare = [(key, "none") for key in range(max(given.values(), default=0), n)]
    table = paragraphs.iloc[[key for key, _ in rows + bare]][["document", "paragraph"]]
    return paragraphs, table.assign(theme=[theme for _, theme in rows + bare])


@pytest.mark.parametrize(
    ("n", "given", "message"),
    [
        (49, {"war": 20}, "49 paragraphs are coded; 50 are needed to learn from."),
        (60, {"war": 4}, "There is too little to learn from: a theme needs 5 paragraphs with it and 5 without, in 3 documents each; 'war' was given to 4 in 4 documents."),
        (60, {"war": 57}, "There is too little to learn from: a theme needs 5 paragraphs with it and 5 without, in 3 documents each; 'war' was given to all but 3 in 3 documents."),
        (60, {}, "There is too little to learn from: a theme needs 5 paragraphs with it and 5 without, in 3 documents each; the coding has no theme."),
    ],
)  # fmt: skip
def test_too_little_is_refused_with_how_much_is_needed(n, given, message):
    with pytest.raises(ValueError) as told:
        themes.train(*few(n, **given))
    assert str(told.value) == message


def test_a_theme_with_too_few_is_left_out_and_named():
    paragraphs, table = few(60, war=20, aid=3)
    with pytest.warns(UserWarning, match="1 of 2 themes are left out: .*'aid' was given to 3 in 3 documents"):
        trained = themes.train(paragraphs, table)
    assert trained.themes == ["war"]


def test_one_document_is_held_out_by_paragraph():
    one = PARAGRAPHS.assign(document="un"), CODING.assign(document="un")
    assert (themes.train(*one).report["f1"] > 0.95).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="text"), r"paragraphs needs columns .* missing \['text'\]"),
        (lambda table: pd.concat([table, table.head(1)]), "paragraphs: 1 row repeats another's"),
        (lambda table: pd.concat([table, table.head(1).assign(paragraph=0)]), "paragraphs: 1 row repeats another's"),
        (lambda table: table.assign(text=None), r"the coded paragraph \('doc-0', '0'\) has no text"),
        (lambda table: table.assign(text="!"), "share no words: there is nothing to learn from"),
    ],
)
def test_paragraphs_out_of_order_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        themes.train(change(PARAGRAPHS), CODING)


def test_models_and_tables_are_not_mixed_up(model):
    with pytest.raises(TypeError, match=r"model should come from themes.train or themes.load, found DataFrame"):
        themes.predict(PARAGRAPHS, PARAGRAPHS)


def test_thresholds_and_calibration_reduce_to_what_is_known():
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    coded = rng.random(20_000) < p  # perfectly calibrated: own and expected cut agree
    assert linear.threshold(p, coded) == pytest.approx(linear.threshold(p, ~coded[::-1] & False), abs=0.02)
    slopes, shifts = linear.calibrate(logit(p).reshape(-1, 1) / 3 - 1, coded.reshape(-1, 1))
    assert slopes[0] == pytest.approx(3, rel=0.05) and shifts[0] == pytest.approx(3, rel=0.05)


@pytest.fixture(scope="module")
def saved(model, tmp_path_factory):
    pytest.importorskip("skops", reason="NOT RUN: skops is not installed")
    path = tmp_path_factory.mktemp("model") / "war.skops"
    themes.save(model, path)
    return path


def test_a_saved_model_predicts_the_same(model, saved):
    back = themes.load(saved)
    pd.testing.assert_frame_equal(themes.predict(back, NEW), themes.predict(model, NEW))
    pd.testing.assert_frame_equal(themes.terms(back, NEW.head(9)), themes.terms(model, NEW.head(9)))
    pd.testing.assert_frame_equal(back.report, model.report, check_exact=True)
    pd.testing.assert_frame_equal(back.held_out, model.held_out)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *damages(again="train it again"),
        (in_schema(r'typical\\\": [1', r'typical\\\": [2'), "was changed after it was saved: its checksum differs; train it again"),
        (in_schema("TfidfVectorizer", "HashingVectorizer"), "can't be read as a model|is not a model|holds|was changed"),
        (in_schema('"__module__": "sklearn.feature_extraction.text"', '"__module__": "os"'), "holds os|can't be read as a model"),
    ],
)  # fmt: skip
def test_a_file_that_was_tampered_with_is_refused(saved, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        themes.load(tampered(saved, tmp_path / "other.skops", change))


def test_what_is_no_model_is_refused(saved, tmp_path):
    check_refuses_half(themes.load, saved, tmp_path, cut=1000, again="train it again")
    check_refuses_strangers(themes.load, tmp_path, maker="themes.train", what="a classifier")


def test_texts_are_text(model):
    strange = PARAGRAPHS.astype({"text": object})
    strange.loc[3, "text"] = 5
    for function in (lambda: themes.train(strange, CODING), lambda: themes.predict(model, strange), lambda: themes.terms(model, strange)):  # fmt: skip
        with pytest.raises(ValueError, match=r"paragraphs: text in row \d+ \(rows count from 0\) is 5"):
            function()


@pytest.mark.parametrize("top", [-1, None, 0, 2.5, "5", True])
def test_as_many_terms_as_a_whole_number_says(model, top):
    with pytest.raises(ValueError, match="top should be a whole number from 1, found"):
        themes.terms(model, NEW, top)


def test_one_pattern_is_a_theme():
    text = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Peace, peace", "War"]})
    assert themes.classify(text, "peace")[["theme", "assigned", "n_hits"]].values.tolist() == [
        ["peace", True, 2], ["peace", False, 0],
    ]  # fmt: skip


def test_a_folder_is_no_place_for_a_model(model, tmp_path):
    with pytest.raises(ValueError, match=r"is a folder: name a file in it, as .*model\.skops"):
        themes.save(model, tmp_path)


def test_what_takes_a_codebook_or_themes_calls_it_so():
    from inspect import signature

    from analysis import contrast, prevalence

    for function in (patterns.find, patterns.audit, patterns.contributions, themes.classify, contrast.compare, contrast.choices):  # fmt: skip
        assert list(signature(function).parameters)[1] == "codebook"
    for function in (themes.evaluate, themes.disagreements, prevalence.estimate):
        assert next(iter(signature(function).parameters)) == "themes"
    assert "Model" in themes.__all__ and themes.Model is type(themes.train(PARAGRAPHS, CODING))
