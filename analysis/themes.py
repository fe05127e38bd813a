"""Themes by codebook, and assigned themes set against a coding: precision, recall, F1, and where the two part."""

import numpy as np
import pandas as pd

from analysis import coding as codings
from analysis import patterns, tables
from analysis.tokens import KEYS


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

    `themes` comes from `classify` or `classifier.predict`; paragraphs that were not coded are passed over. One row per
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
    """The paragraphs where assigned themes and the coding of one coder part (both as for `evaluate`).

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
