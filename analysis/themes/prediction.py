"""A trained classifier + paragraphs → themes, and the terms that carried each of them."""

import re

import numpy as np
import pandas as pd
import regex
from scipy import sparse
from scipy.special import expit

from analysis import assignments, tables, values
from analysis.themes import linear
from analysis.themes.training import assign

_KEYS = ["document", "paragraph"]


def predict(model, paragraphs):
    """Give paragraphs the themes that a classifier has learnt.

    Parameters
    ----------
    model : Model
        From `train` or `load`.
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.

    Returns
    -------
    DataFrame
        One row per paragraph and theme, in the order of the paragraphs:
        `document`, `paragraph`, `theme`, `score` (the probability, from 0 to 1),
        `assigned` (true above the theme's threshold; and for the likeliest theme
        of a paragraph that none reaches, if above the floor, see `train`),
        `trained` (true for a paragraph that the classifier was trained on: it
        has seen the answer, so the probability is too sure, and nothing can be
        judged by it; see `held_out` in `train`).

    Raises
    ------
    TypeError
        If `model` is not a trained classifier.
    ValueError
        If columns or values are missing, a text is not text, or a paragraph occurs
        twice.

    Examples
    --------
    >>> from analysis.themes import train
    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> model = train(paragraphs, paragraphs.assign(theme=["war", "none"] * 30))
    >>> new = pd.DataFrame({"document": "new", "paragraph": ["1", "2"], "text": ["Troops withdrew", "Elections held"]})
    >>> predict(model, new)[["paragraph", "theme", "assigned", "trained"]].values.tolist()
    [['1', 'war', True, False], ['2', 'war', False, False]]
    """
    paragraphs, _, p = _scored(model, paragraphs)
    seen = pd.MultiIndex.from_frame(model.held_out[_KEYS].drop_duplicates())
    trained = pd.MultiIndex.from_frame(paragraphs[_KEYS]).isin(seen)
    trained = np.repeat(trained[:, None], len(model.themes), axis=1)
    return assignments.long(
        paragraphs, model.themes, score=p, assigned=assign(p, model.thresholds, model.floor), trained=trained
    )


def terms(model, paragraphs, top=5):
    """The words that carried each assignment: what spoke for it, which need not be a good reason.

    Parameters
    ----------
    model : Model
        From `train` or `load`.
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    top : int, default 5
        Words given for each assignment, at most.

    Returns
    -------
    DataFrame
        One row per assigned theme and word that speaks for it, the strongest
        first: `document`, `paragraph`, `theme`, `term` (as written, where it
        first stands), `n` (times it occurs), `weight` (what it adds to the
        logit of the probability).

    Raises
    ------
    TypeError
        As `predict`.
    ValueError
        As `predict`; and if `top` is not a whole number from 1.

    Notes
    -----
    The classifier is linear: its logit is a sum over words, pairs of words and
    runs of four letters. What a pair adds is shared between its two words, what
    a run of letters adds is given to the word it stands in, so that the weights
    of all words of a paragraph, those that speak against the theme included, and
    the theme's constant make up the logit. A word is what stands between white
    space here, its punctuation taken off.

    Examples
    --------
    >>> from analysis.themes import train
    >>> paragraphs = pd.DataFrame({"document": [f"un-{n // 10}" for n in range(60)],
    ...     "paragraph": [str(n) for n in range(60)], "text": ["The troops withdrew.", "Elections were held."] * 30})
    >>> model = train(paragraphs, paragraphs.assign(theme=["war", "none"] * 30))
    >>> terms(model, paragraphs.head(1))["term"].tolist()
    ['withdrew', 'troops', 'The']
    """
    values.check_whole(top, "top")
    paragraphs, X, p = _scored(model, paragraphs)
    assigned = assign(p, model.thresholds, model.floor)
    rows = []
    for number in np.flatnonzero(assigned.any(axis=1)):
        document, paragraph, text = paragraphs.iloc[number]
        words, share = _shares(model, text, X[number])
        chosen = np.flatnonzero(assigned[number])
        weight = (share @ model.weights[:, chosen]) * model.slopes[chosen]
        table = pd.DataFrame(weight).assign(word=[word.lower() for word in words], term=words)
        for place, theme in enumerate(chosen):
            by_word = table.groupby("word", sort=False).agg(
                term=("term", "first"), n=("term", "size"), weight=(place, "sum")
            )
            strongest = by_word[by_word["weight"] > 0].sort_values("weight", ascending=False, kind="stable").head(top)
            rows += [
                (document, paragraph, model.themes[theme], *row) for row in strongest.itertuples(index=False, name=None)
            ]
    found = pd.DataFrame(rows, columns=[*_KEYS, "theme", "term", "n", "weight"])
    return found.astype({**dict.fromkeys([*_KEYS, "theme", "term"], "str"), "n": "int64", "weight": "float64"})


def _scored(model, paragraphs):
    """The paragraphs with their keys as text; their terms, as the classifier sees them; their probabilities."""
    if not hasattr(model, "vectorizers"):
        raise TypeError(f"model should come from themes.train or themes.load, found {type(model).__name__}.")
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_present(paragraphs, "paragraphs", [*_KEYS, "text"])
    values.check_text(paragraphs, "paragraphs", ["text"])
    paragraphs = paragraphs[[*_KEYS, "text"]].astype("str").reset_index(drop=True)
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    if len(paragraphs):
        blocks = [vectorizer.transform(paragraphs["text"]) for vectorizer in model.vectorizers]
    else:
        blocks = [sparse.csr_matrix((0, len(vectorizer.vocabulary_))) for vectorizer in model.vectorizers]
    X = linear.features(blocks, model.typical)
    return paragraphs, X, expit((X @ model.weights + model.intercepts) * model.slopes + model.shifts)


def _shares(model, text, x):
    """The words of a text, and what of each term's weight falls to each of them (words × terms)."""
    of_words, of_letters = model.vectorizers
    places = [(found.start(), found.end()) for found in re.finditer(r"\S+", text)]
    starts = np.array([start for start, _ in places])
    tokens = [
        (found.group().lower(), np.searchsorted(starts, found.start(), side="right") - 1)
        for found in re.finditer(of_words.token_pattern, text)
    ]
    found = []  # word, term, share
    for name, place in tokens:
        found.append((place, of_words.vocabulary_.get(name), 1.0))
    for (one, at), (other, after) in zip(tokens, tokens[1:], strict=False):
        term = of_words.vocabulary_.get(f"{one} {other}")
        found += [(at, term, 0.5), (after, term, 0.5)]
    analyse, before = of_letters.build_analyzer(), len(of_words.vocabulary_)
    for place, (start, end) in enumerate(places):
        for run in analyse(text[start:end]):
            term = of_letters.vocabulary_.get(run)
            found.append((place, None if term is None else before + term, 1.0))
    found = [one for one in found if one[1] is not None]
    word, term, share = zip(*found, strict=True) if found else ((), (), ())
    share = sparse.csr_matrix((share, (word, term)), shape=(len(places), x.shape[1]))  # the same cell twice: summed
    whole = np.asarray(share.sum(axis=0)).ravel()
    value = np.divide(x.toarray().ravel(), whole, out=np.zeros_like(whole), where=whole > 0)
    words = [
        regex.sub(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$", "", text[start:end]) or text[start:end]
        for start, end in places
    ]
    return words, share.multiply(value).tocsr()
