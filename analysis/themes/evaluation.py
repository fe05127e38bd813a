"""Themes assigned against themes coded: precision, recall, F1, and where they part."""

import numpy as np
import pandas as pd

from analysis import assignments, tables
from analysis import coding as codings


def evaluate(themes, coding):
    """Precision, recall and F1 of assigned themes against a coding.

    Parameters
    ----------
    themes : DataFrame
        `document`, `paragraph`, `theme`, `assigned`; from `classify` or
        `predict`. Paragraphs that were not coded are passed over.
    coding : DataFrame
        `document`, `paragraph`, `theme`, of one coder; ``none`` where a
        paragraph was read and has no theme.

    Returns
    -------
    DataFrame
        One row per theme, in the order of `themes`, then two for all of them:
        `theme`, `n_paragraphs` (coded), `n_coded` (of these, with the theme by
        the coding), `n_assigned`, `n_both`, `precision` (n_both / n_assigned),
        `recall` (n_both / n_coded), `f1` (2 · n_both / (n_coded + n_assigned);
        each missing where it would divide by 0), `few` (n_coded is below five).
        In the row ``all (micro)`` the counts are summed, one count for each
        paragraph and theme; in ``all (macro)`` precision, recall and F1 are
        means over the themes, a missing one counting as 0, themes that were
        neither coded nor assigned left out.

    Raises
    ------
    ValueError
        If `themes` has not one row, true or false, for each paragraph and theme
        (`assignments.cells`), the coding is not in order (`coding.check`), or it has
        a paragraph or theme that is not in `themes` (`coding.only` leaves out themes
        that a classifier has not learnt).

    Examples
    --------
    >>> given = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "theme": "war",
    ...     "assigned": [True, True, False]})
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "theme": ["war", "none", "war"]})
    >>> evaluate(given, coded)[["theme", "n_coded", "n_assigned", "n_both", "precision", "recall", "f1"]].head(1)
      theme  n_coded  n_assigned  n_both  precision  recall   f1
    0   war        2           2       1        0.5     0.5  0.5
    """
    keys, names, said, coded = _both(themes, coding)
    table = pd.DataFrame({"theme": names, "n_paragraphs": len(keys)})
    table["n_coded"], table["n_assigned"] = coded.sum(axis=0), said.sum(axis=0)
    table["n_both"] = (coded & said).sum(axis=0)
    sums = table[["n_coded", "n_assigned", "n_both"]].sum()
    micro = pd.DataFrame([{"theme": assignments.TOTALS[0], "n_paragraphs": len(keys), **sums}])
    scored = _scored(pd.concat([table, micro], ignore_index=True))
    seen = scored.iloc[: len(table)]
    seen = seen[(seen["n_coded"] > 0) | (seen["n_assigned"] > 0)]
    means = seen[["precision", "recall", "f1"]].fillna(0.0).mean()
    macro = pd.DataFrame([{"theme": assignments.TOTALS[1], "n_paragraphs": len(keys), **sums, **means}])
    result = pd.concat([scored, macro], ignore_index=True)
    result["few"] = result["n_coded"] < tables.FEW
    return result.astype({"theme": "str"})


def disagreements(themes, coding):
    """The paragraphs where assigned themes and a coding part.

    Parameters
    ----------
    themes, coding : DataFrame
        As for `evaluate`.

    Returns
    -------
    DataFrame
        One row per paragraph and theme given by one alone: `document`,
        `paragraph`, `theme`, `only` (``coding`` or ``assigned``); in the order
        of `themes`.

    Raises
    ------
    ValueError
        As `evaluate`.

    Examples
    --------
    >>> given = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "assigned": [True, False]})
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["none", "war"]})
    >>> disagreements(given, coded)[["paragraph", "only"]].values.tolist()
    [['1', 'assigned'], ['2', 'coding']]
    """
    keys, names, said, coded = _both(themes, coding)
    row, column = np.nonzero(said != coded)
    found = keys.iloc[row].reset_index(drop=True)
    found["theme"] = pd.Series(names, dtype="str").take(column).to_numpy()
    found["only"] = np.where(coded[row, column], "coding", "assigned")
    return found.astype("str")


def _both(themes, coding):
    """The coded paragraphs, the themes, and for each pair: was it assigned, was it coded?"""
    keys, names, rows = assignments.cells(themes)
    coding = codings.check(coding, keys.to_frame(index=False), names)
    coded = codings.wide(coding, names)
    coded = coded.loc[keys[keys.isin(coded.index)]]
    said = themes["assigned"].to_numpy(bool)[rows[keys.get_indexer(coded.index)]]
    return coded.index.to_frame(index=False), names, said, coded.to_numpy()


def _scored(table):
    """Precision, recall and F1 from the counts; missing where one would divide by 0."""
    n_both = table["n_both"].to_numpy(float)
    n_coded, n_assigned = table["n_coded"].to_numpy(float), table["n_assigned"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        return table.assign(
            precision=n_both / n_assigned, recall=n_both / n_coded, f1=2 * n_both / (n_coded + n_assigned)
        )
