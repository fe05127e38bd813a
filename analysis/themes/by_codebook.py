"""Themes by codebook: a paragraph has a theme if one of its patterns counts there."""

import numpy as np
import pandas as pd

from analysis import assignments, patterns

_KEYS = ["document", "paragraph"]


def classify(paragraphs, codebook):
    """Give each paragraph the themes whose patterns it holds.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    codebook : DataFrame or str
        From `codebooks.load`; each label is a theme. Or one pattern, which is then
        the theme.

    Returns
    -------
    DataFrame
        One row per paragraph and theme, in the order of the paragraphs and of
        the codebook: `document`, `paragraph`, `theme`, `assigned` (true where
        the theme has a kept hit), `n_hits` (how many).

    Raises
    ------
    ValueError
        As `patterns.find`; and if a paragraph's keys are missing.

    Warns
    -----
    UserWarning
        As `patterns.find`.

    Notes
    -----
    The evidence for each assignment is the hits themselves:
    ``patterns.find(paragraphs, codebook)``, those with `kept`. A paragraph may
    have several themes or none.

    Examples
    --------
    >>> from analysis import codebooks
    >>> book = codebooks.parse("war: {any: war*}\\npeace: {any: peace*}")
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["War, wars.", "Peace."]})
    >>> classify(paragraphs, book)[["paragraph", "theme", "assigned", "n_hits"]].values.tolist()
    [['1', 'war', True, 2], ['1', 'peace', False, 0], ['2', 'war', False, 0], ['2', 'peace', True, 1]]
    """
    hits = patterns.find(paragraphs, codebook)
    keys = paragraphs[_KEYS].astype("str").reset_index(drop=True)
    themes = [codebook] if isinstance(codebook, str) else list(dict.fromkeys(codebook["label"]))
    row = pd.MultiIndex.from_frame(keys)
    kept = hits[hits["kept"]]
    n_hits = np.zeros((len(keys), len(themes)), np.int64)
    place = row.get_indexer(pd.MultiIndex.from_frame(kept[_KEYS]))
    np.add.at(n_hits, (place, pd.Index(themes).get_indexer(kept["label"])), 1)
    return assignments.long(keys, themes, assigned=n_hits > 0, n_hits=n_hits)
