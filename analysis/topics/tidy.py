"""Arrays of a topic model → tables."""

import numpy as np
import pandas as pd

from analysis import tables

_KEYS = ["document", "paragraph"]


def long(shares, kept):
    """Shares as a table, one row per paragraph and topic, in the order of the running words.

    Parameters
    ----------
    shares : ndarray
        Paragraphs × topics.
    kept : Kept

    Returns
    -------
    DataFrame
        `document`, `paragraph`, `topic`, `share`.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["2", "1"], "text": "peace"})
    >>> long(np.array([[0.25, 0.75], [1.0, 0.0]]), keep(tokenize(paragraphs))).values.tolist()[:2]
    [['un', '2', 1, 1.0], ['un', '2', 2, 0.0]]
    """
    k = shares.shape[1]
    text = np.argsort(kept.place)
    repeated = np.repeat(text, k)
    table = pd.DataFrame()
    for name in _KEYS:
        values = kept.paragraphs[name]
        codes, names = pd.factorize(values)
        table[name] = pd.Categorical.from_codes(codes[repeated], pd.Index(names, dtype="str"))
    table["topic"] = np.tile(np.arange(1, k + 1), len(text))
    table["share"] = np.round(shares[text].ravel(), 6)
    return table


def terms(probabilities, orders, names):
    """The table of terms.

    Parameters
    ----------
    probabilities : ndarray
        Words × topics.
    orders : list of ndarray
        For each topic, its words in order.
    names : list of str

    Returns
    -------
    DataFrame
        `topic`, `term`, `weight` (in a topic it sums to 1), `rank`.

    Examples
    --------
    >>> terms(np.array([[3.0], [1.0]]), orders=[np.array([1, 0])], names=["a", "b"]).values.tolist()
    [[1, 'b', 0.25, 1], [1, 'a', 0.75, 2]]
    """
    shares_of_words = probabilities / probabilities.sum(axis=0)
    parts = [
        pd.DataFrame(
            {
                "topic": column + 1,
                "term": [names[word] for word in ranked],
                "weight": shares_of_words[ranked, column],
                "rank": np.arange(1, len(ranked) + 1),
            }
        )
        for column, ranked in enumerate(orders)
    ]
    return tables.significant(pd.concat(parts, ignore_index=True).astype({"term": "str"}))


def unplaced(shares, kept):
    """The paragraphs without shares.

    Parameters
    ----------
    shares : ndarray
        Paragraphs × topics.
    kept : Kept

    Returns
    -------
    DataFrame
        `document`, `paragraph`, in the order of the running words.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> kept = keep(tokenize(pd.DataFrame({"document": "un", "paragraph": list("12"), "text": "peace"})))
    >>> unplaced(np.array([[0.5, 0.5], [np.nan, np.nan]]), kept)["paragraph"].tolist()
    ['2']
    """
    text = np.argsort(kept.place)
    return kept.paragraphs.iloc[text[np.isnan(shares[text]).any(axis=1)]].reset_index(drop=True)
