"""Themes of paragraphs, by codebook or learnt from coded ones; set against a coding: precision, recall, F1."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex
from scipy import sparse

from analysis import coding as codings
from analysis import patterns, storage, tables
from analysis.tokens import KEYS, keys_of

ENOUGH = 50  # coded paragraphs below which nothing is learnt
FOLDS = 3
# What skops does not know to be harmless.
_TRUSTED = ["sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration"]


class Model(NamedTuple):
    """A trained classifier.

    `report` says what it is worth, a row per theme; `held_out` holds the coded paragraphs as predicted without having
    seen their document (of fewer than three documents: the paragraph); `predict` needs the rest.
    """

    report: pd.DataFrame
    held_out: pd.DataFrame
    themes: list
    features: object
    machines: list
    threshold: float


def classify(paragraphs, codebook):
    """Give each paragraph the themes whose patterns it holds; it may have several or none.

    `codebook` comes from `codebooks.load`, each of its labels a theme; or it is one pattern, which is then the theme.
    One row per paragraph and theme, in the order of the paragraphs and of the codebook: `document`, `paragraph`,
    `theme`, `assigned` (the theme has a kept hit), `n_hits` (how many). The evidence is the hits themselves:
    ``patterns.find(paragraphs, codebook)``, those with `kept`.

    >>> from analysis import codebooks
    >>> book = codebooks.parse("war: {any: war*}\\npeace: {any: peace*}")
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["War, wars.", "Peace."]})
    >>> classify(paragraphs, book)[["paragraph", "theme", "assigned", "n_hits"]].values.tolist()
    [['1', 'war', True, 2], ['1', 'peace', False, 0], ['2', 'war', False, 0], ['2', 'peace', True, 1]]
    """
    hits = patterns.find(paragraphs, codebook)
    table = long(paragraphs, [codebook] if isinstance(codebook, str) else list(dict.fromkeys(codebook["label"])))
    kept = hits[hits["kept"]].groupby([*KEYS, "label"]).size()
    n_hits = kept.reindex(pd.MultiIndex.from_frame(table), fill_value=0).to_numpy()
    return table.assign(assigned=n_hits > 0, n_hits=n_hits)


def evaluate(themes, coding):
    """Precision, recall and F1 of assigned themes against the coding of one coder.

    `themes` comes from `classify` or `predict`; paragraphs that were not coded are passed over. One row per
    theme, in their order, then two for all of them: the counts `n_paragraphs`, `n_coded`, `n_assigned`, `n_both`, and
    `precision` (n_both / n_assigned), `recall` (n_both / n_coded), `f1` (2 · n_both / (n_coded + n_assigned)), each
    missing where it would divide by 0. In ``all (micro)`` the counts are summed, one for each paragraph and theme; in
    ``all (macro)`` precision, recall and F1 are means over the themes, a missing one counting as 0, themes neither
    coded nor assigned left out.

    Raises ValueError if a paragraph lacks a row for a theme, or the coding is not in order or has a paragraph or theme
    that `themes` lacks (`coding.only` leaves out themes that a classifier has not learnt).

    >>> given = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "theme": "war",
    ...     "assigned": [True, True, False]})
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "theme": ["war", "none", "war"]})
    >>> evaluate(given, coded)[["theme", "n_coded", "n_assigned", "n_both", "precision", "recall", "f1"]].head(1)
      theme  n_coded  n_assigned  n_both  precision  recall   f1
    0   war        2           2       1        0.5     0.5  0.5
    """
    _, names, assigned, coded = _both(themes, coding)
    return scores(names, assigned, coded)


def disagreements(themes, coding):
    """The paragraphs where assigned themes and the coding of one coder differ (both as for `evaluate`).

    One row per paragraph and theme given by one alone, in the order of `themes`: `document`, `paragraph`, `theme`,
    `only` (``coding`` or ``assigned``).

    >>> given = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "assigned": [True, False]})
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["none", "war"]})
    >>> disagreements(given, coded)[["paragraph", "only"]].values.tolist()
    [['1', 'assigned'], ['2', 'coding']]
    """
    keys, names, assigned, coded = _both(themes, coding)
    row, column = np.nonzero(assigned != coded)
    only = np.where(coded[row, column], "coding", "assigned")
    found = keys.iloc[row].assign(theme=np.array(names, object)[column], only=only)
    return found.reset_index(drop=True).astype("str")


def train(paragraphs, coding):
    """Learn themes from the paragraphs that one coder has coded; others teach nothing.

    Gives a model. Its `report` is the table of `evaluate` on documents held out, and beside it `f1_majority` (of giving
    the theme to all if most have it, else to none) and `brier_skill`: 1 − mean squared error of the probabilities /
    that of the theme's share.

    Words, pairs of words and runs of four letters are weighed by (1 + log n) · idf; of each theme three linear
    support-vector machines learn two thirds of the documents each, and what they say of the third left out makes
    probabilities of their scores (Platt 1999), whose mean counts. All themes share one threshold, the one with the best
    mean of micro- and macro-F1 on the documents left out; in the report it comes from the other two thirds.

    On recommendations of the Universal Periodic Review (``tests/benchmarks/themes.py``: 54 issues, trained on sessions
    1 to 10, tried on 11 to 13) it had micro-F1 .892, macro-F1 .842, Brier skill .81.

    Raises ValueError if there is too little to learn from: fewer than 50 coded paragraphs, or no theme that five have
    and five lack, some in each third of the documents (below three documents: of the paragraphs). A theme with less is
    left out, with a warning.

    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> model = train(paragraphs, paragraphs.assign(theme=["war", "none"] * 30))
    >>> model.report[["theme", "n_coded", "f1", "f1_majority"]].head(1)
      theme  n_coded   f1  f1_majority
    0   war       30  1.0          0.0
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union
    from sklearn.svm import LinearSVC

    tables.check(paragraphs, "paragraphs")
    coded = codings.wide(codings.check(coding, paragraphs)).sort_index(axis=0).sort_index(axis=1)
    row = keys_of(paragraphs).get_indexer(coded.index)
    paragraphs = paragraphs.iloc[row].reset_index(drop=True)  # the same in whatever order
    folds, learnt = _enough(paragraphs, coded)
    themes, Y = coded.columns[learnt].tolist(), coded.to_numpy()[:, learnt]
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = make_union(words, TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), min_df=5, sublinear_tf=True))
    X = features.fit_transform(paragraphs["text"])
    machines = [CalibratedClassifierCV(LinearSVC(C=0.5, random_state=0), cv=folds).fit(X, given) for given in Y.T]
    score, assigned = np.zeros(Y.shape), np.zeros(Y.shape, bool)
    for number, (_, left_out) in enumerate(folds):
        for theme, machine in enumerate(machines):
            score[left_out, theme] = machine.calibrated_classifiers_[number].predict_proba(X[left_out])[:, 1]
    for rest, left_out in folds:
        assigned[left_out] = score[left_out] > _threshold(score[rest], Y[rest])
    held_out = long(paragraphs, themes, score=score, assigned=assigned).assign(trained=False)
    report = _report(themes, Y, score, assigned)
    return Model(report, held_out, themes, features, machines, _threshold(score, Y))


def predict(model, paragraphs):
    """Give paragraphs the themes that a classifier has learnt.

    One row per paragraph and theme, in the order of the paragraphs: `document`, `paragraph`, `theme`, `score` (the
    probability), `assigned` (it is above the threshold, and the paragraph has a word that the classifier knows: runs of
    letters alone assign nothing), `trained` (it has learnt from this paragraph, so that nothing can be judged by it:
    for these `model.held_out` has what was predicted without them).

    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> model = train(paragraphs, paragraphs.assign(theme=["war", "none"] * 30))
    >>> new = pd.DataFrame({"document": "new", "paragraph": ["1", "2"], "text": ["Troops withdrew", "Elections held"]})
    >>> predict(model, new)[["paragraph", "theme", "assigned", "trained"]].values.tolist()
    [['1', 'war', True, False], ['2', 'war', False, False]]
    """
    _, score, assigned = _predicted(model, paragraphs)
    trained = keys_of(paragraphs).isin(keys_of(model.held_out)).repeat(len(model.themes))
    return long(paragraphs, model.themes, score=score, assigned=assigned, trained=trained)


def terms(model, paragraphs, top=5):
    """The words that spoke most for each theme assigned by `predict`, which need not be good reasons.

    One row per assigned theme and word that speaks for it, at most `top`, the strongest first: `document`, `paragraph`,
    `theme`, `term` (as written, where it first stands), `n` (times it occurs), `weight`: value × coefficient (mean of
    the three machines) of the word and its runs of four letters, what occurs in several words shared between them.
    Pairs of words count too, and are not shown.

    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> model = train(paragraphs, paragraphs.assign(theme=["war", "none"] * 30))
    >>> terms(model, paragraphs.head(1))["term"].tolist()
    ['withdrew', 'troops', 'The']
    """
    from sklearn.feature_extraction.text import CountVectorizer

    tables.check_number(top, "top")
    X, _, assigned = _predicted(model, paragraphs)
    words = paragraphs["text"].reset_index(drop=True).str.split().explode().dropna()
    number = words.index.to_numpy()  # of the paragraph that each word stands in
    counts = [CountVectorizer.transform(part, words) for _, part in model.features.transformer_list]
    counts = sparse.hstack(counts, format="csr")  # words × features
    inside = sparse.csr_matrix((np.ones(len(words)), (number, np.arange(len(words)))), (len(paragraphs), len(words)))
    shares = counts.multiply(X.multiply((inside @ counts).power(-1.0))[number])
    parts = [[part.estimator.coef_[0] for part in machine.calibrated_classifiers_] for machine in model.machines]
    weights = shares @ np.mean(parts, axis=1).T  # words × themes
    row, theme = np.nonzero(assigned[number])
    found = pd.DataFrame({"number": number[row], "column": theme, "term": words.iloc[row].map(_bare)})
    found["word"], found["weight"] = found["term"].str.lower(), weights[row, theme]
    found = found.groupby(["number", "column", "word"], sort=False, as_index=False)
    found = found.agg(term=("term", "first"), n=("term", "size"), weight=("weight", "sum"))
    found = found[found["weight"] > 0].sort_values(["number", "column", "weight"], ascending=[True, True, False])
    found = found.groupby(["number", "column"]).head(top).reset_index(drop=True)
    keys = paragraphs[KEYS].astype("str").iloc[found["number"]].reset_index(drop=True)
    found["theme"] = np.array(model.themes, object)[found["column"]]
    return keys.join(found[["theme", "term", "n", "weight"]]).astype({"theme": "str", "term": "str"})


def save(model, path):
    """Write a trained classifier to a file, by custom ``….skops``; a file of that name is replaced.

    The file holds words and pairs of words of the texts trained on (those that stand in two paragraphs at least), and
    the keys of the paragraphs: weigh that before you pass it on where the texts are confidential.

    >>> save("model", "model.skops")
    Traceback (most recent call last):
    AttributeError: 'str' object has no attribute '_asdict'
    """
    storage.write_model(model, path)


def load(path):
    """Read a trained classifier from a file that `save` wrote.

    The file can't run code: only arrays, text and the classes of scikit-learn that a classifier is made of are read.

    Raises ValueError if it is no such file, is damaged, or was made with another version of scikit-learn.

    >>> load("model.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no file model.skops.
    """
    return storage.read_model(path, Model, "a classifier", _TRUSTED)


def long(paragraphs, themes, **values):
    """Arrays of paragraphs × themes as a table with a row for each pair, from which `coding.cells` leads back."""
    rows = np.repeat(np.arange(len(paragraphs)), len(themes))
    table = paragraphs[KEYS].astype("str").iloc[rows].reset_index(drop=True)
    table["theme"] = pd.Series(list(themes) * len(paragraphs), index=table.index, dtype="str")
    return table.assign(**{name: value.ravel() for name, value in values.items()})


def scores(themes, assigned, coded):
    """The table of `evaluate` from two arrays of true and false, paragraphs × themes."""
    counts = np.column_stack([coded.sum(axis=0), assigned.sum(axis=0), (coded & assigned).sum(axis=0)])
    table = pd.DataFrame({"theme": [*themes, "all (micro)", "all (macro)"], "n_paragraphs": len(coded)})
    table[["n_coded", "n_assigned", "n_both"]] = np.vstack([counts, *[counts.sum(axis=0)] * 2])
    table["precision"], table["recall"] = table["n_both"] / table["n_assigned"], table["n_both"] / table["n_coded"]
    table["f1"] = 2 * table["n_both"] / (table["n_coded"] + table["n_assigned"])
    seen = table[:-2].query("n_coded > 0 or n_assigned > 0")
    table.loc[table.index[-1], "precision":"f1"] = seen.loc[:, "precision":"f1"].fillna(0.0).mean()
    table["few"] = table["n_coded"] < tables.FEW
    return table.astype({"theme": "str"})


def _both(themes, coding):
    """The coded paragraphs, the themes, and for each pair: was it assigned, was it coded?"""
    keys, names, rows = codings.cells(themes)
    coded = codings.wide(codings.check(coding, keys.to_frame(index=False), names), names)
    coded = coded.loc[keys[keys.isin(coded.index)]]
    assigned = themes["assigned"].to_numpy(bool)[rows[keys.get_indexer(coded.index)]]
    return coded.index.to_frame(index=False), names, assigned, coded.to_numpy()


def _bare(word):
    """A word without the punctuation around it."""
    return regex.sub(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$", "", word) or word


def _enough(paragraphs, coded):
    """What is left out in turn, as (rest, left out), and which themes can be learnt: true or false each."""
    from sklearn.model_selection import GroupKFold

    if len(coded) < ENOUGH:
        raise ValueError(f"{len(coded)} paragraphs are coded; {ENOUGH} are needed to learn from.")
    several = paragraphs["document"].nunique() >= FOLDS
    unit = "documents" if several else "paragraphs"
    group = pd.factorize(paragraphs["document"])[0] if several else np.arange(len(paragraphs))
    folds = list(GroupKFold(FOLDS).split(group, groups=group))
    with_it = np.array([coded.iloc[left_out].sum() for _, left_out in folds])  # thirds × themes
    without = np.array([[len(left_out)] for _, left_out in folds]) - with_it
    learnt = np.all([part.all(axis=0) & (part.sum(axis=0) >= tables.FEW) for part in (with_it, without)], axis=0)
    short = [f"{theme!r} has {given.sum()}, lacks {(~given).sum()}" for theme, given in coded.loc[:, ~learnt].items()]
    needs = f"{tables.FEW} paragraphs with it and {tables.FEW} without, some of each in every third of the {unit}"
    told = f"a theme needs {needs}; {'; '.join(short) or 'the coding has no theme'}."
    if not learnt.any():
        raise ValueError(f"There is too little to learn from: {told}")
    if short:
        warnings.warn(f"{len(short)} of {len(learnt)} themes are left out: {told}", stacklevel=3)
    return folds, learnt


def _threshold(score, Y):
    """The probability above which a theme is assigned: the best mean of micro- and macro-F1; of equals the middle."""
    cuts, worth = np.arange(5, 96) / 100, []
    for cut in cuts:
        assigned = score > cut
        both, either = 2 * (assigned & Y).sum(axis=0), assigned.sum(axis=0) + Y.sum(axis=0)
        worth.append(both.sum() / either.sum() + (both / either).mean())
    best = cuts[np.array(worth) == max(worth)]
    return float(best[len(best) // 2])


def _report(themes, Y, score, assigned):
    """The classifier's worth beside that of the majority."""
    report = scores(themes, assigned, Y)
    majority = np.broadcast_to(Y.mean(axis=0) > 0.5, Y.shape)
    report["f1_majority"] = scores(themes, majority, Y)["f1"].fillna(0.0)
    error, spread = ((score - Y) ** 2).mean(axis=0), Y.mean(axis=0) * (1 - Y.mean(axis=0))
    skill = 1 - error / spread
    report["brier_skill"] = [*skill, 1 - error.sum() / spread.sum(), skill.mean()]
    return report


def _predicted(model, paragraphs):
    """What the classifier sees of the paragraphs; its probabilities; what it assigns."""
    tables.check(paragraphs, "paragraphs")
    X = model.features.transform([*paragraphs["text"], ""]).tocsr()  # scikit-learn refuses to predict nothing
    score = np.column_stack([machine.predict_proba(X)[:-1, 1] for machine in model.machines])
    n_words = len(model.features.transformer_list[0][1].vocabulary_)  # before the runs of letters
    return X[:-1], score, (score > model.threshold) & (X[:-1, :n_words].getnnz(axis=1) > 0)[:, None]
