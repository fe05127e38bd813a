"""Coded paragraphs → a classifier, with what it is worth on paragraphs it has not seen."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis import assignments, codebooks, tables, values
from analysis import coding as codings
from analysis.themes import linear
from analysis.themes.by_codebook import classify
from analysis.themes.evaluation import evaluate

ENOUGH = 50  # coded paragraphs below which nothing is learnt
FOLDS = 3
_FLOORS = [1.0, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]
_KEYS = ["document", "paragraph"]


class Model(NamedTuple):
    """A trained classifier.

    `report`: what it is worth, a row per theme; `held_out`: the coded paragraphs
    as predicted by a model that had not seen their document (of fewer than three
    documents: had not seen the paragraph); the rest is what `predict` needs.
    """

    themes: list
    report: pd.DataFrame
    held_out: pd.DataFrame
    vectorizers: list
    typical: list
    weights: np.ndarray
    intercepts: np.ndarray
    slopes: np.ndarray
    shifts: np.ndarray
    thresholds: np.ndarray
    floor: float


def train(paragraphs, coding, codebook=None):
    """Learn themes from coded paragraphs.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`: the coded ones at least; others are
        passed over.
    coding : DataFrame
        `document`, `paragraph`, `theme`, of one coder: one row per paragraph and
        theme; the theme ``none`` where a paragraph was read and has none.
        Paragraphs without a row were not coded, and nothing is learnt from them.
    codebook : DataFrame, optional
        From `codebooks.load`: a codebook with the same themes, to be beaten.

    Returns
    -------
    Model
        `report`, one row per theme, then `all (micro)` and `all (macro)`:
        `theme`, `n_paragraphs`, `n_coded`, `n_assigned`, `n_both`, `precision`,
        `recall`, `f1`, `few` as in `evaluate`, on held-out documents;
        `f1_majority` (of giving the theme to all if most have it, else to none),
        `f1_codebook` (on the same paragraphs; absent without a codebook),
        `brier_skill` (1 − the mean squared error of the probabilities over that
        of the theme's share; 0 is no better than knowing the share) and
        `threshold`. `held_out`, a table of themes as from `predict`, for all
        coded paragraphs. The other fields are what `predict` needs.

    Raises
    ------
    ValueError
        If columns are missing, the coding is not in order (`coding.check`), a
        coded paragraph's text is missing or not text, a theme is named as a total is, or the
        codebook lacks a theme; if fewer than 50 paragraphs are coded, or no theme
        has five coded paragraphs and five without it, each in three documents (of
        fewer documents: three paragraphs) that are not all held out together.

    Warns
    -----
    UserWarning
        If a theme has too few paragraphs; it is left out, and the message says
        how many it needs.

    Notes
    -----
    Words, pairs of words and runs of four letters, weighted by (1 + log n) · idf
    (`linear.vectorizers`, `linear.features`); for each theme a linear
    support-vector machine (`linear.fit`). The coded paragraphs are split into
    three parts by document (by paragraph, if there are fewer than three), and each
    part is scored by a model of the other two: from these scores come the
    probabilities (`linear.calibrate`), the thresholds (`linear.threshold`), and
    the answer for a paragraph that no theme reaches: its likeliest theme, if
    that is above the floor with the best micro-F1 on held-out paragraphs, which
    for a coding with many paragraphs without themes is high. In the report,
    probabilities and thresholds of each part come from the other two. The model
    itself is trained on all coded paragraphs.

    On recommendations of the Universal Periodic Review
    (``tests/benchmarks/themes.py``: 54 issues, trained on sessions 1 to 10, tried
    once on 11 to 13, choices made within 1 to 10) it had micro-F1 .897, macro-F1
    .847, Brier skill .82 and a calibration slope of .99.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> coded = paragraphs.assign(theme=["war", "none"] * 30)
    >>> model = train(paragraphs, coded)
    >>> model.report[["theme", "n_coded", "f1", "f1_majority"]].head(1)
      theme  n_coded   f1  f1_majority
    0   war       30  1.0          0.0
    """
    paragraphs, Y, themes = _coded(paragraphs, coding)
    assignments.check_names(themes)
    fold, themes, Y = _enough(paragraphs, themes, Y)
    if codebook is not None:
        codebooks.check_labels(codebook, themes)
    vectorizers = linear.vectorizers()
    try:
        blocks = [vectorizer.fit_transform(paragraphs["text"]) for vectorizer in vectorizers]
    except ValueError:
        raise ValueError("The coded paragraphs share no words: there is nothing to learn from.") from None
    typical = [float(np.median(linear.lengths(block))) for block in blocks]
    X = linear.features(blocks, typical)
    scores = np.zeros(Y.shape)
    for part in range(FOLDS):
        weights, intercepts = linear.fit(X[fold != part], Y[fold != part])
        scores[fold == part] = X[fold == part] @ weights + intercepts
    held_out, assigned = np.zeros(Y.shape), np.zeros(Y.shape, bool)
    for part in range(FOLDS):  # the report must not profit from what was tuned on the same paragraphs
        rest = fold != part
        held_out[~rest], tuned = _tuned(scores[rest], Y[rest], scores[~rest])
        assigned[~rest] = assign(held_out[~rest], *tuned[2:])
    _, (slopes, shifts, thresholds, floor) = _tuned(scores, Y, scores)
    weights, intercepts = linear.fit(X, Y)
    predicted = assignments.long(paragraphs, themes, score=held_out, assigned=assigned).assign(trained=False)
    report = _report(predicted, paragraphs, themes, Y, held_out, thresholds, codebook)
    parts = vectorizers, typical, weights, intercepts, slopes, shifts, thresholds, floor
    return Model(themes, report, predicted, *parts)


def assign(p, thresholds, floor):
    """Which themes are assigned, given their probabilities.

    Parameters
    ----------
    p : ndarray
        Probabilities, paragraphs × themes.
    thresholds : ndarray
        One per theme.
    floor : float
        A paragraph that no theme reaches gets its likeliest, if above this.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> assign(np.array([[0.6, 0.1], [0.3, 0.2], [0.1, 0.1]]), np.array([0.5, 0.5]), 0.25).astype(int).tolist()
    [[1, 0], [1, 0], [0, 0]]
    """
    assigned = p > thresholds
    bare = np.flatnonzero(~assigned.any(axis=1) & (p.max(axis=1) > floor))
    assigned[bare, p[bare].argmax(axis=1)] = True
    return assigned


def _coded(paragraphs, coding):
    """The coded paragraphs, sorted by key; what they were given, as a matrix; the themes."""
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_present(paragraphs, "paragraphs", _KEYS)
    paragraphs = paragraphs[[*_KEYS, "text"]].astype(dict.fromkeys(_KEYS, "str"))
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    wide = codings.wide(codings.check(coding, paragraphs))
    wide = wide[sorted(wide.columns)].sort_index()  # the same model whatever the order of the rows
    paragraphs = paragraphs.set_index(_KEYS).loc[wide.index].reset_index()
    if paragraphs["text"].isna().any():
        lost = tuple(paragraphs.loc[paragraphs["text"].isna(), _KEYS].iloc[0])
        raise ValueError(f"paragraphs: the coded paragraph {lost} has no text.")
    values.check_text(paragraphs, "paragraphs", ["text"])
    return paragraphs, wide.to_numpy(), list(wide.columns)


def _enough(paragraphs, themes, Y):
    """The part in which each paragraph is held out, and the themes that can be learnt."""
    several = paragraphs["document"].nunique() >= FOLDS
    group = pd.factorize(paragraphs["document"])[0] if several else np.arange(len(paragraphs))
    unit = "documents" if several else "paragraphs"
    if len(paragraphs) < ENOUGH:
        raise ValueError(f"{len(paragraphs)} paragraphs are coded; {ENOUGH} are needed to learn from.")
    fold = _folds(group)
    short = {}
    for theme, coded in zip(themes, Y.T, strict=True):
        if coded.sum() < tables.FEW or len(set(group[coded])) < FOLDS:
            short[theme] = f"{theme!r} was given to {coded.sum()} in {len(set(group[coded]))} {unit}"
        elif (~coded).sum() < tables.FEW or len(set(group[~coded])) < FOLDS:
            short[theme] = f"{theme!r} was given to all but {(~coded).sum()} in {len(set(group[~coded]))} {unit}"
        elif len(set(fold[coded])) < 2 or len(set(fold[~coded])) < 2:
            short[theme] = f"{theme!r} stands in {unit} that are held out together, and needs one more"
    needed = f"a theme needs {tables.FEW} paragraphs with it and {tables.FEW} without, in {FOLDS} {unit} each"
    told = "; ".join(short.values()) or "the coding has no theme"
    if len(short) == len(themes):
        raise ValueError(f"There is too little to learn from: {needed}; {told}.")
    if short:
        warnings.warn(f"{len(short)} of {len(themes)} themes are left out: {needed}; {told}.", stacklevel=3)
    kept = [theme not in short for theme in themes]
    return fold, [theme for theme in themes if theme not in short], Y[:, kept]


def _folds(group):
    """The part in which each paragraph is held out; a group stays together."""
    from sklearn.model_selection import GroupKFold

    fold = np.zeros(len(group), int)
    for part, (_, rows) in enumerate(GroupKFold(FOLDS).split(group, groups=group)):
        fold[rows] = part
    return fold


def _tuned(scores, Y, wanted):
    """Probabilities for the wanted scores; and slopes, shifts, thresholds and floor, from the scores and the coding."""
    slopes, shifts = linear.calibrate(scores, Y)
    p = expit(scores * slopes + shifts)
    thresholds = np.array([linear.threshold(*pair) for pair in zip(p.T, Y.T, strict=True)])
    floor = max(_FLOORS, key=lambda floor: _micro_f1(assign(p, thresholds, floor), Y))
    return expit(wanted * slopes + shifts), (slopes, shifts, thresholds, floor)


def _micro_f1(assigned, Y):
    return 2 * (assigned & Y).sum() / max(1, assigned.sum() + Y.sum())


def _report(predicted, paragraphs, themes, Y, p, thresholds, codebook):
    """The classifier's worth beside that of the majority, and of the codebook."""
    row, column = np.nonzero(Y)
    given = paragraphs[_KEYS].iloc[row].assign(theme=np.array(themes, object)[column])
    bare = paragraphs.loc[~Y.any(axis=1), _KEYS].assign(theme=codings.NONE)
    coding = pd.concat([given, bare], ignore_index=True)
    report = evaluate(predicted, coding)
    majority = assignments.long(paragraphs, themes, assigned=np.broadcast_to(Y.mean(axis=0) > 0.5, Y.shape))
    report["f1_majority"] = evaluate(majority, coding)["f1"].fillna(0.0)
    if codebook is not None:
        found = classify(paragraphs, codebook[codebook["label"].isin(themes)])
        by_theme = evaluate(found, coding).set_index("theme")["f1"]
        report["f1_codebook"] = by_theme.reindex(report["theme"]).fillna(0.0).to_numpy()
    error, share = ((p - Y) ** 2).mean(axis=0), Y.mean(axis=0) * (1 - Y.mean(axis=0))
    skill = 1 - error / share
    report["brier_skill"] = [*skill, 1 - error.sum() / share.sum(), skill.mean()]
    report["threshold"] = [*thresholds, np.nan, np.nan]
    return report
