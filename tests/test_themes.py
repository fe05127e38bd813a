"""Themes by codebook and learnt, and how they agree with a coding; probabilities are scikit-learn's, words add up."""

import zipfile
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, precision_score, recall_score
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from analysis import codebooks, coding, patterns, themes
from tests.conftest import ROOT
from tests.made import paragraphs, refused

BOOK = codebooks.load(ROOT / "data" / "codebooks" / "themes.yml")


def test_classify_counts_the_kept_hits(workshop):
    found = themes.classify(workshop.paragraphs, BOOK)
    assert len(found) == 40 * 14
    hits = patterns.find(workshop.paragraphs, BOOK)
    counted = hits[hits["kept"]].groupby(["paragraph", "label"]).size()
    told = found[found["n_hits"] > 0].set_index(["paragraph", "theme"])["n_hits"]
    assert told.to_dict() == counted.to_dict() and (found["assigned"] == (found["n_hits"] > 0)).all()
    shuffled = themes.classify(workshop.paragraphs.iloc[::-1], BOOK)  # its index tells nothing
    by = ["paragraph", "theme"]
    pd.testing.assert_frame_equal(shuffled.sort_values(by, ignore_index=True), found.sort_values(by, ignore_index=True))


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
    assert table["few"].tolist() == [True] * 4 and table["n_paragraphs"].tolist() == [5] * 4
    parted = themes.disagreements(assigned, coded)
    assert parted[["paragraph", "theme", "only"]].values.tolist() == [
        ["1", "war", "coding"], ["4", "war", "assigned"], ["4", "aid", "coding"], ["5", "war", "assigned"],
    ]  # fmt: skip


def test_evaluation_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    truth, said = rng.random((2, 60, 4)) < [[[0.3, 0.1, 0.5, 0.02]], [[0.3, 0.2, 0.5, 0.1]]]
    truth[:2, 3] = said[:2, 2] = True  # every theme is coded and assigned
    keys = pd.DataFrame({"document": np.repeat(["a", "b"], 30), "paragraph": [str(n) for n in range(60)]})
    given = themes.long(keys, list("wxyz"), assigned=said)
    row, column = np.nonzero(np.column_stack([truth, ~truth.any(axis=1)]))
    coded = keys.iloc[row].assign(theme=np.array([*"wxyz", "none"])[column])
    more = themes.long(keys.assign(document="not coded"), list("wxyz"), assigned=said)  # passed over
    table = themes.evaluate(pd.concat([more, given]).sample(frac=1, random_state=1), coded).set_index("theme")
    for name, score in [("precision", precision_score), ("recall", recall_score), ("f1", f1_score)]:
        means = [score(truth, said, average=average) for average in ("micro", "macro")]
        expected = pytest.approx([*score(truth, said, average=None), *means])
        assert table.loc[[*"wxyz", "all (micro)", "all (macro)"], name].tolist() == expected


def test_the_hundred_paragraphs_are_those_the_rule_draws_and_the_frozen_codebook_gives_what_is_committed(shared):
    columns, only = ["document", "order", "prefix", "text"], [("type", "==", "paragraph"), ("prefix", "!=", "")]
    blocks = pd.read_parquet(shared / "data" / "un-paragraphs.parquet", columns=columns, filters=only)
    rule = r"(?i)\bpeace-?\s?keep|\bpeace operation|\bspecial political mission|\bpeace-?building\b"
    blocks = blocks[blocks["prefix"].str.fullmatch(r"\d+\.") & blocks["text"].str.contains(rule)]
    blocks = blocks[blocks["text"].str.split().str.len() >= 15]
    blocks = blocks.drop_duplicates("text").sort_values(["document", "order"])
    drawn = blocks.sample(100, random_state=2016).rename(columns={"order": "paragraph"}).astype({"paragraph": "str"})
    coded = coding.load(ROOT / "data" / "coding" / "un-peace-operations.csv")
    keys = set(zip(coded["document"], coded["paragraph"], coded["number"], strict=True))
    assert keys == set(zip(drawn["document"], drawn["paragraph"], drawn["prefix"], strict=True))
    found = themes.classify(drawn.sort_values(["document", "paragraph"]), BOOK)
    by, kinds = ["document", "paragraph", "theme"], {"document": "str", "paragraph": "str", "assigned": "bool"}
    committed = pd.read_csv(ROOT / "data" / "coding" / "un-peace-operations-codebook.csv", dtype=kinds)
    one, other = (table[[*by, "assigned"]].sort_values(by, ignore_index=True) for table in (found, committed))
    pd.testing.assert_frame_equal(one, other)


# Learnt from coded paragraphs

WORDS = {"war": ["troops", "shelling"], "vote": ["election", "ballot"], "aid": ["food", "shelter"]}
FILLER = ["the council", "of the region", "was noted", "last year", "with concern", "in this regard", "by all parties"]
KEYS = ["document", "paragraph"]


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
    return pd.DataFrame(rows, columns=[*KEYS, "text"]), pd.DataFrame(coded, columns=[*KEYS, "theme"])


PARAGRAPHS, CODING = corpus()
NEW, TRUTH = (table.assign(document="new-" + table["document"]) for table in corpus(60, seed=1, documents=5))


def trained(texts, given):
    """Learnt from sixty paragraphs of seven documents, these texts and themes by turns."""
    made = paragraphs(*texts * (60 // len(texts)), document=[f"d{n % 7}" for n in range(60)])
    return themes.train(made, made.assign(theme=given * (60 // len(texts))))


@pytest.fixture(scope="module")
def model():
    return themes.train(PARAGRAPHS, CODING)


@pytest.fixture(scope="module")
def by_hand():
    """The same from scikit-learn's parts alone: features, classifier, what is left out in turn, coded themes."""
    ordered = PARAGRAPHS.sort_values(KEYS, ignore_index=True)
    Y = coding.wide(CODING, ["aid", "vote", "war"]).loc[pd.MultiIndex.from_frame(ordered[KEYS])].to_numpy(int)
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), min_df=5, sublinear_tf=True),
    )
    X = features.fit_transform(ordered["text"])
    folds = list(GroupKFold(3).split(X, groups=pd.factorize(ordered["document"])[0]))
    machine = CalibratedClassifierCV(LinearSVC(C=0.5, random_state=0), cv=folds)
    return features, OneVsRestClassifier(machine).fit(X, Y), folds, Y


def test_probabilities_are_those_of_scikit_learns_own_pipeline(model, by_hand):
    features, oracle, folds, Y = by_hand
    found = themes.predict(model, NEW)
    probability = oracle.predict_proba(features.transform(NEW["text"]))
    np.testing.assert_allclose(found["score"].to_numpy().reshape(-1, 3), probability, rtol=1e-12)
    assert found["theme"].tolist() == ["aid", "vote", "war"] * len(NEW) and not found["trained"].any()
    assert found["assigned"].equals(found["score"] > model.threshold)
    held_out = model.held_out["score"].to_numpy().reshape(-1, 3)
    X = features.transform(PARAGRAPHS.sort_values(KEYS)["text"])
    for number, (rest, left_out) in enumerate(folds):  # a document is told of by the machines that had not seen it
        for theme, one in enumerate(oracle.estimators_):
            alone = one.calibrated_classifiers_[number].predict_proba(X[left_out])[:, 1]
            np.testing.assert_allclose(held_out[left_out, theme], alone, rtol=1e-12)
        fresh = OneVsRestClassifier(LinearSVC(C=0.5, random_state=0)).fit(X[rest], Y[rest]).decision_function(X)
        parts = [one.calibrated_classifiers_[number].estimator.decision_function(X) for one in oracle.estimators_]
        np.testing.assert_allclose(np.column_stack(parts), fresh, rtol=1e-9)


def test_the_threshold_is_the_middle_of_those_with_the_best_f1_left_out(model, by_hand):
    Y, score = by_hand[3], model.held_out["score"].to_numpy().reshape(-1, 3)
    cuts = [percent / 100 for percent in range(5, 96)]
    worth = [sum(f1_score(Y, score > cut, average=average) for average in ("micro", "macro")) for cut in cuts]
    best = [cut for cut, value in zip(cuts, worth, strict=True) if value > max(worth) - 1e-12]
    assert model.threshold == best[len(best) // 2]


def test_planted_themes_are_learnt(model):
    assert (themes.evaluate(themes.predict(model, NEW), TRUTH).set_index("theme")["f1"] > 0.97).all()
    report = model.report.set_index("theme")
    assert (report["f1"] > 0.95).all() and (report["f1_majority"] == 0).all() and (report["brier_skill"] > 0.8).all()
    assert report.loc["war", "n_coded"] == (CODING["theme"] == "war").sum()
    again = themes.evaluate(model.held_out, CODING)
    pd.testing.assert_frame_equal(model.report[list(again)], again)
    for function in (themes.predict, themes.terms):
        none, some = function(model, NEW.head(0)), function(model, NEW.head(9))
        assert none.empty and len(some) and none.dtypes.to_dict() == some.dtypes.to_dict()


def test_nothing_is_learnt_where_there_is_nothing_to_learn():
    shuffled = CODING.assign(theme=np.random.default_rng(3).permutation(CODING["theme"])).drop_duplicates()
    alone = shuffled.groupby(KEYS)["theme"].transform("size") == 1
    report = themes.train(PARAGRAPHS, shuffled[alone | (shuffled["theme"] != "none")]).report
    assert (report["brier_skill"] < 0.1).all()  # no better than the share, and the report says so


def test_the_majority_stands_beside():
    most = pd.concat([CODING[CODING["theme"] != "none"], PARAGRAPHS.iloc[20:].assign(theme="all")])[[*KEYS, "theme"]]
    report = themes.train(PARAGRAPHS, most).report.set_index("theme")
    assert report.loc["all", "f1_majority"] == pytest.approx(2 * 220 / (220 + len(most[KEYS].drop_duplicates())))


def test_neither_the_order_of_the_rows_nor_uncoded_paragraphs_change_anything(model):
    shuffled = pd.concat([PARAGRAPHS, NEW]).sample(frac=1, random_state=1).astype({"document": "category"})
    again = themes.train(shuffled, CODING.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(again.report, model.report, check_exact=True)
    pd.testing.assert_frame_equal(again.held_out, model.held_out, check_exact=True)
    assert themes.predict(again, PARAGRAPHS)["trained"].all() and not model.held_out["trained"].any()
    there = themes.predict(again, NEW.iloc[::-1]).sort_values([*KEYS, "theme"], ignore_index=True)
    here = themes.predict(model, NEW).sort_values([*KEYS, "theme"], ignore_index=True)
    pd.testing.assert_frame_equal(there, here, check_exact=True)


def few(n, **given):
    """n paragraphs in ten documents; each theme given to the first so many."""
    some = PARAGRAPHS.head(n).assign(document=[f"doc-{number % 10}" for number in range(n)])
    coded = [some.head(many).assign(theme=theme) for theme, many in given.items()]
    rest = some.iloc[max(given.values(), default=0) :].assign(theme="none")
    return some, pd.concat([*coded, rest])[[*KEYS, "theme"]]


NEEDED = "a theme needs 5 paragraphs with it and 5 without, some of each in every third of the documents"
test_too_little_is_refused_with_how_much_is_needed = refused(
    themes.train,
    (*few(49, war=20), "49 paragraphs are coded; 50 are needed to learn from."),
    (*few(60, war=4), f"There is too little to learn from: {NEEDED}; 'war' has 4, lacks 56."),
    (*few(60, war=57), f"There is too little to learn from: {NEEDED}; 'war' has 57, lacks 3."),
    (*few(60), f"There is too little to learn from: {NEEDED}; the coding has no theme."),
)


def test_a_theme_that_no_model_could_be_tried_on_is_left_out_and_named():
    some, table = few(60, war=20, aid=3)
    with pytest.warns(UserWarning, match=f"1 of 2 themes are left out: {NEEDED}; 'aid' has 3, lacks 57"):
        assert themes.train(some, table).themes == ["war"]
    rare = PARAGRAPHS["document"].isin(["doc-1", "doc-2"])  # twelve documents: at least one third has none of these
    table = PARAGRAPHS[KEYS].assign(theme=np.where(rare, "aid", np.where(PARAGRAPHS.index % 2, "war", "none")))
    with pytest.warns(UserWarning, match="'aid' has 40, lacks 200"):
        assert themes.train(PARAGRAPHS, table).themes == ["war"]


def test_any_text_is_predicted_and_explained_and_without_a_known_word_assigned_nothing():
    model = trained(["The troops withdrew.", "Votes were held."], ["war", "none"])._replace(threshold=0.0)
    odd = ["", "?!", "1 2 3", "withdrewal wathdrew", "elections", "тихо", "xtroops withdrawn", "x " * 5000, "<script>"]
    new = paragraphs(*odd, "مكافحة", "$\\frac{1}{2}$", "troops")
    found = themes.predict(model, new)
    assert found["score"].between(0, 1).all() and found["assigned"].tolist() == [False] * 11 + [True]
    assert themes.terms(model, new)["paragraph"].tolist() == ["12"]


def explained(model, text):
    """What each word adds to the mean score of each theme, worked out word by word and run by run."""
    machines = [[part.estimator for part in one.calibrated_classifiers_] for one in model.machines]
    coefficients = np.array([np.mean([part.coef_[0] for part in parts], axis=0) for parts in machines])
    place = {name: column for column, name in enumerate(model.features.get_feature_names_out())}
    x = model.features.transform([text]).toarray()[0]
    runs, weight = defaultdict(list), defaultdict(float)  # feature → the words it stands in, as often as it does
    for word in text.split():
        bare, padded = word.lower().strip("."), f" {word.lower()} "
        found = [f"tfidfvectorizer-1__{bare}"] if len(bare) > 1 else []
        found += [f"tfidfvectorizer-2__{padded[start : start + 4]}" for start in range(max(1, len(padded) - 3))]
        for name in filter(place.__contains__, found):
            runs[name].append(bare)
    for name, words in runs.items():
        for word in words:
            weight[word] = weight[word] + x[place[name]] * coefficients[:, place[name]] / len(words)
    return weight


def test_the_weights_of_words_are_what_they_add_to_the_score(model):
    everything = themes.terms(model, NEW, top=1000)
    assigned = themes.predict(model, NEW).query("assigned")
    told, given = (set(map(tuple, table[[*KEYS, "theme"]].to_numpy())) for table in (everything, assigned))
    assert told == given
    for (_, paragraph, theme), rows in everything.groupby([*KEYS, "theme"]):
        text, place = NEW["text"][int(paragraph)], model.themes.index(theme)
        expected = {word: value[place] for word, value in explained(model, text).items() if value[place] > 0}
        assert dict(zip(rows["term"], rows["weight"], strict=True)) == pytest.approx(expected)
        assert rows["weight"].is_monotonic_decreasing
        assert rows["n"].tolist() == [text.rstrip(".").split().count(term) for term in rows["term"]]


def test_words_with_marks_are_explained_as_written():
    """Hindi vowel signs and decomposed accents: the words of scikit-learn stop at a mark, ours must not be cut there."""
    texts = ["सैनिकों की वापसी हुई।", "«De\u0301mocratie» et e\u0301lections", "troops left"]
    model = trained(texts, ["war", "vote", "none"])
    found = themes.terms(model, paragraphs(*texts)).groupby("theme")["term"].agg(set)
    assert "De\u0301mocratie" in found["vote"] and {"सैनिकों", "वापसी"} <= found["war"]
    assert found["vote"] <= {"De\u0301mocratie", "et", "e\u0301lections"}


def test_a_saved_model_predicts_the_same_and_one_of_another_version_is_refused(model, tmp_path):
    themes.save(model, tmp_path / "war.skops")
    back = themes.load(tmp_path / "war.skops")
    assert (back.themes, back.threshold) == (model.themes, model.threshold)
    for function in (themes.predict, themes.terms):
        pd.testing.assert_frame_equal(function(back, NEW), function(model, NEW), check_exact=True)
    pd.testing.assert_frame_equal(back.report, model.report, check_exact=True)
    pd.testing.assert_frame_equal(back.held_out, model.held_out, check_exact=True)
    with zipfile.ZipFile(tmp_path / "war.skops") as saved, zipfile.ZipFile(tmp_path / "old.skops", "w") as old:
        parts = {name: saved.read(name) for name in saved.namelist()}
        now = sklearn.__version__.encode()
        assert now in parts["schema.json"]
        for name, raw in parts.items():
            old.writestr(name, raw.replace(now, b"1.0.2") if name == "schema.json" else raw)
    with pytest.raises(ValueError, match=r"old\.skops can't be read as a classifier \(.*from version 1\.0\.2"):
        themes.load(tmp_path / "old.skops")
