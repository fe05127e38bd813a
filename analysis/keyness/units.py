"""The units of a comparison: what is left out, drawn and permuted, and on which side each stands."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from analysis import tables
from analysis.keyness.sides import numbered


class Units(NamedTuple):
    """The unit of each running word; side, stratum, name and stratum's name of each unit; what they are called."""

    code: np.ndarray
    inside: np.ndarray
    stratum: np.ndarray
    names: list
    called: str


def units(tokens, inside, unit, strata=None):
    """Number the units, and make sure that they can be told apart by side.

    Parameters
    ----------
    tokens : DataFrame
        The words of target and reference: `document`, `paragraph`, and the columns named in `unit` and `strata`.
    inside : ndarray of bool
        Which of them are the target's; all of them, where the reference is a list.
    unit : str
        A column; ``"paragraph"`` means a paragraph of a document.
    strata : str, optional
        A column: then a unit is a pair of stratum and unit.

    Returns
    -------
    Units
        Numbered by stratum and name, whatever the order of the rows.

    Raises
    ------
    ValueError
        If a unit has words on both sides, or a stratum on one side only.

    Examples
    --------
    >>> import pandas as pd
    >>> words = pd.DataFrame({"document": list("baa"), "paragraph": "1"})
    >>> found = units(words, np.array([True, False, False]), "document")
    >>> found.code.tolist(), found.inside.tolist(), found.names, found.called
    ([1, 0, 0], [False, True], ['a', 'b'], 'document')
    """
    keys = ["document", "paragraph"] if unit == "paragraph" else [unit]
    keys = keys if strata is None or strata in keys else [strata, *keys]
    code, first = numbered(tokens, keys)
    labels = [values[0] if len(values) == 1 else values for values in tokens[keys].iloc[first].itertuples(False, None)]
    words = np.bincount(code[inside], minlength=len(first)), np.bincount(code[~inside], minlength=len(first))
    both = (words[0] > 0) & (words[1] > 0)
    if both.any():
        more = "" if both.sum() == 1 else f" (and {both.sum() - 1:,} more)"
        raise ValueError(
            f"{unit} {labels[int(both.argmax())]!r}{more} has words in the target and in the reference: what tells them "
            f"apart varies within {unit}. Name the level at which it varies (unit='section', strata='document'), or "
            "unit=None if these texts are all there are."
        )
    stratum, called = np.zeros(len(first), np.int64), unit
    if strata is not None:
        stratum, begins = numbered(tokens[[strata]].iloc[first], [strata])
        called = f"{unit} within {strata}"
        sides = [np.bincount(stratum[words[k] > 0], minlength=len(begins)) > 0 for k in range(2)]
        lone = ~(sides[0] & sides[1])
        if lone.any() and not inside.all():  # with a list for reference, there is but one side
            names = tokens[strata].iloc[first].iloc[begins[lone]].tolist()
            some = ", ".join(repr(name) for name in names[:5]) + (
                f" and {len(names) - 5:,} more" if len(names) > 5 else ""
            )
            raise ValueError(
                f"{strata}: {some} {'is' if len(names) == 1 else 'are'} on one side only: nothing to compare within; "
                "take these words out of target and reference, or leave out strata."
            )
    return Units(code, words[0] > 0, stratum, labels, called)


def check_several(found, unit, listed=False):
    """Raise if one side has a single unit: how much units differ on that side cannot be known.

    Parameters
    ----------
    found : Units
        From `units`.
    unit : str
        What they are.
    listed : bool, default False
        Whether the reference is a list and has none.

    Raises
    ------
    ValueError
        Naming the side and the unit.

    Examples
    --------
    >>> found = Units(np.arange(3), np.array([True, True, False]), np.zeros(3), ["a", "b", "c"], "document")
    >>> check_several(found, "document", listed=True)
    """
    for side, name in ((found.inside, "target"), (~found.inside, "reference")):
        if side.sum() == 1 and not (listed and name == "reference"):
            raise ValueError(
                f"The {name} has one {unit} only, {found.names[int(side.argmax())]!r}: how much one {unit} differs from "
                "another cannot be known from it. Name a lower level as unit, or unit=None if these texts are all there are."
            )


def occurrences(code, word, n_units, n_words):
    """How often each word occurs in each unit.

    Parameters
    ----------
    code : ndarray of int
        The unit of each running word.
    word : ndarray of int
        Its number among the words kept, −1 where it is not.
    n_units, n_words : int
        How many there are of each.

    Returns
    -------
    counts : csr_matrix
        Units × words.
    sizes : ndarray of int
        Running words of each unit, those not kept included.

    Examples
    --------
    >>> counts, sizes = occurrences(np.array([0, 0, 0, 1]), np.array([0, 0, -1, 1]), 2, 2)
    >>> counts.toarray().tolist(), sizes.tolist()
    ([[2, 0], [0, 1]], [3, 1])
    """
    kept = word >= 0
    cells = np.ones(int(kept.sum()), np.int32), (code[kept], word[kept])
    return sparse.coo_matrix(cells, shape=(n_units, n_words)).tocsr(), np.bincount(code, minlength=n_units)


def doubt(n_units):
    """What to add to the name of an interval that rests on few units.

    Parameters
    ----------
    n_units : int
        Units on the side that has fewer.

    Returns
    -------
    str

    Examples
    --------
    >>> doubt(4), doubt(40)
    (', unreliable: 4', '')
    """
    return f", unreliable: {n_units}" if n_units < tables.UNRELIABLE else ""
