"""A table of themes, checked and made: each paragraph × theme once, assigned or not."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.tables import NONE

TOTALS = ["all (micro)", "all (macro)"]  # the rows that stand for all themes where themes are scored
_KEYS = ["document", "paragraph"]


def check_names(names):
    """Raise if a theme has a name that means something else.

    Parameters
    ----------
    names : list of str
        Names of themes.

    Raises
    ------
    ValueError
        If one is blank, ``none``, or the name of a row of totals.

    Examples
    --------
    >>> check_names(["war", "none"])
    Traceback (most recent call last):
    ValueError: 'none' can't be the name of a theme: it means that a paragraph has none. Choose another.
    """
    for name in names:
        if not str(name).strip():
            raise ValueError("A theme has no name: it is blank.")
        if str(name).strip().casefold() == NONE:
            raise ValueError(
                f"{name!r} can't be the name of a theme: it means that a paragraph has none. Choose another."
            )
        if name in TOTALS:
            raise ValueError(f"{name!r} can't be the name of a theme: it stands for all of them. Choose another.")


def cells(themes):
    """Find the row of each paragraph and theme in a table of themes.

    Parameters
    ----------
    themes : DataFrame
        `document`, `paragraph`, `theme`, `assigned` (true or false): one row per
        paragraph and theme.

    Returns
    -------
    keys : MultiIndex
        The paragraphs, in order of appearance, their keys as text.
    names : list of str
        The themes, in order of appearance.
    rows : ndarray of int
        Paragraphs × themes: the row of the table.

    Raises
    ------
    ValueError
        If columns or values are missing, there are no rows, `assigned` is not
        true or false, a paragraph and theme occurs twice or not at all, or a
        theme has a name that means something else.

    Examples
    --------
    >>> table = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "assigned": [True, False]})
    >>> cells(table)[2].tolist()
    [[0], [1]]
    """
    needs = [*_KEYS, "theme", "assigned"]
    tables.check(themes, "themes", needs)
    if not len(themes):
        raise ValueError("themes has no rows: there is no paragraph, or no theme.")
    tables.check_present(themes, "themes", needs)
    tables.check_flags(themes, "themes", ["assigned"])
    text = themes[[*_KEYS, "theme"]].astype("str")
    tables.check_unique(text, "themes", [*_KEYS, "theme"])
    place, keys = pd.factorize(pd.MultiIndex.from_frame(text[_KEYS]))
    column, names = pd.factorize(text["theme"])
    check_names(names)
    rows = np.full((len(keys), len(names)), -1)
    rows[place, column] = np.arange(len(themes))
    if (rows < 0).any():
        one, theme = np.argwhere(rows < 0)[0]
        raise ValueError(
            f"themes: paragraph {tuple(keys[one])} has no row for {names[theme]!r}; "
            "each paragraph needs one for each theme, assigned or not."
        )
    return keys.set_names(_KEYS), list(names), rows


def long(keys, themes, **values):
    """Arrays of paragraphs × themes as a table with a row for each pair, from which `cells` leads back.

    Parameters
    ----------
    keys : DataFrame
        `document`, `paragraph`: the rows of the arrays.
    themes : list of str
        The columns of the arrays.
    **values : ndarray
        One array per column of the result.

    Returns
    -------
    DataFrame
        `document`, `paragraph`, `theme`, and the columns named.

    Raises
    ------
    ValueError
        If a key is missing.

    Examples
    --------
    >>> keys = pd.DataFrame({"document": ["un"], "paragraph": ["1"]})
    >>> long(keys, ["war", "peace"], score=np.array([[0.2, 0.9]])).values.tolist()
    [['un', '1', 'war', 0.2], ['un', '1', 'peace', 0.9]]
    """
    table = keys[_KEYS].astype("str").loc[keys.index.repeat(len(themes))].reset_index(drop=True)
    table["theme"] = pd.Series(list(themes) * len(keys), index=table.index, dtype="str")
    tables.check_present(table, "paragraphs", _KEYS)
    return table.assign(**{name: value.ravel() for name, value in values.items()})
