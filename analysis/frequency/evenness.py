"""Running words → how evenly each word is spread over the parts of a text."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.tokens import find, paragraph_of


def dispersion(tokens, words=None, *, part="paragraph"):
    """Measure how evenly words are spread over the parts of a text.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, and the columns named in `part`; from `tokens.tokenize`.
    words : str or list of str, optional
        Measure these words and phrases only, in this order, missing where one doesn't occur. Without it, every word. A
        phrase stands in the part where it begins.
    part : str or list of str, default "paragraph"
        Columns whose different values, or combinations of values, are the parts: ``"document"``, ``"section"``,
        ``["document", "section"]``. Where `paragraph` is among them, paragraphs of different documents are different
        parts. Parts without a running word are not in `tokens` and don't count.

    Returns
    -------
    DataFrame
        One row per word: `token`, `n` (times it occurs), `n_parts`, `range` (parts in which it occurs), `dp`,
        `dp_norm`, `juilland_d`, `few` (n or range below five). In the order of `words`; without it the most frequent
        first, then by alphabet.

    Raises
    ------
    ValueError
        If columns or values are missing, there are no tokens or they are not in the order of the text, `part` names no
        column, or there is only one part; for `words`, as `tokens.find`.

    Notes
    -----
    Over the k parts, with s a part's share of the running words and v its share of the word's occurrences:

    - DP = ½ Σ |v − s| (Gries 2008). **0 is even**, each part having its due; the more uneven, the nearer 1.
    - DPnorm = DP / (1 − smallest s) (Lijffijt & Gries 2012). 0 is even, **1 is all in the smallest part**.
    - Juilland's D = 1 − CV / √(k − 1), where CV is the standard deviation (dividing by k) of the word's rates in the
      parts over their mean (Juilland & Chang-Rodríguez 1964; with rates, so that parts need not be equally long). It
      runs the other way: **1 is even, 0 is all in one part**.

    A word that occurs once cannot be spread: compare words of like frequency, and heed `few`.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> text = ["peace and war", "peace in law", "peace or law"]
    >>> spread = dispersion(tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "text": text})))
    >>> spread.drop(columns="few").head(3).round(3)
       token  n  n_parts  range     dp  dp_norm  juilland_d
    0  peace  3        3      3  0.000      0.0         1.0
    1    law  2        3      2  0.333      0.5         0.5
    2    and  1        3      1  0.667      1.0         0.0
    """
    keys = _keys(part)
    tables.check(tokens, "tokens", list(dict.fromkeys(["document", "paragraph", "position", "token", *keys])))
    tables.check_present(tokens, "tokens", keys)
    if not len(tokens):
        raise ValueError("tokens: there are no words to measure.")
    tokens = tables.unnamed(tokens)
    paragraph_of(tokens)  # refuses words that are not in the order of the text
    place = tokens.groupby(keys, sort=False, observed=True).ngroup().to_numpy().astype(np.int64)
    size = np.bincount(place)
    if len(size) == 1:
        raise ValueError(f"part={part!r} gives one part only, over which nothing can be spread; take smaller parts.")
    if words is None:
        item = tokens["token"].astype("category")
        names, spot = item.cat.categories, place
        item = item.cat.codes.to_numpy().astype(np.int64)
    else:
        item = find(tokens, words)
        names, spot = item["token"].cat.categories, place[item.index]
        item = item["token"].cat.codes.to_numpy().astype(np.int64)
    measured = _measures(item, spot, size).reindex(range(len(names)))
    measured[["n", "range"]] = measured[["n", "range"]].fillna(0).astype("int64")
    measured["token"], measured["n_parts"] = pd.Series(names, dtype="str"), len(size)
    measured["few"] = (measured["n"] < tables.FEW) | (measured["range"] < tables.FEW)
    if words is None:  # categories of words that were taken out are not words of this text
        measured = measured[measured["n"] > 0].sort_values(["n", "token"], ascending=[False, True])
    return measured[list(tables.COLUMNS["dispersion"])].reset_index(drop=True)


def _keys(part):
    """The columns that tell parts apart."""
    keys = [part] if isinstance(part, str) else part
    if not isinstance(keys, (list, tuple)) or not keys or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"part should be the name of a column, or a list of names; found {part!r:.60}.")
    return list(dict.fromkeys(["document", *keys] if "paragraph" in keys else keys))


def _measures(item, place, size):
    """The measures of each item that occurs, from the item and the part of each occurrence and the size of each part.

    Σ |v − s| is multiplied by n and by the running words and so added up in whole numbers. Only parts that have the
    item are looked at: of the others v is 0, and what they add is their size.
    """
    parts, total = len(size), int(size.sum())
    cell, hits = np.unique(item * parts + place, return_counts=True)
    item, place = np.divmod(cell, parts)
    item, begins = np.unique(item, return_index=True)
    if not len(item):
        return pd.DataFrame(columns=["n", "range", "dp", "dp_norm", "juilland_d"], dtype=float)
    reach = np.diff(np.append(begins, len(cell)))  # parts that have the item
    n = np.add.reduceat(hits, begins)
    away = np.abs(hits * total - size[place] * np.repeat(n, reach))
    away = np.add.reduceat(away, begins) + n * (total - np.add.reduceat(size[place], begins))
    rate = hits / size[place]
    mean = np.add.reduceat(rate, begins) / parts
    squares = np.add.reduceat((rate - np.repeat(mean, reach)) ** 2, begins) + (parts - reach) * mean**2
    variation = np.sqrt(squares / parts) / mean
    return pd.DataFrame(
        {
            "n": n,
            "range": reach,
            "dp": away / (2 * n * total),
            "dp_norm": away / (2 * n * (total - size.min())),
            "juilland_d": np.clip(1 - variation / np.sqrt(parts - 1), 0, 1),
        },
        index=item,
    )
