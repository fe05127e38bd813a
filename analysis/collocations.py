"""Running words → which words stand together, and how firmly."""

import difflib

import numpy as np
import pandas as pd

from analysis import association, tables
from analysis.tokens import paragraph_of

_ADJACENT = "next to each other, in this order, within a paragraph"


def score(tokens, node=None, *, window=None, floor=2):
    """Score word pairs that stand together more, or less, often than their frequencies would lead to expect.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, from `tokens.tokenize`. Where rows have been taken out, pairs don't
        reach across the hole.
    node : str or list of str, optional
        Words whose company is wanted, in any case. Without it, all pairs of words next to each other.
    window : int, optional
        Words on either side of the node; 5 unless given. Without a node, 1.
    floor : int, default 2
        Pairs that stand together less often are left out.

    Returns
    -------
    DataFrame
        One row per pair: `word`, `collocate`, `n` (times together), `n_word`, `n_collocate`, `n_pairs`,
        `n_paragraphs`, `log_dice`, `g2` (four terms, signed), `delta_p_collocate`, `delta_p_word`, `lambda`, `z` (both
        missing for a node), `window`, `few`. The highest log Dice first, in doubt by the alphabet.

    Raises
    ------
    ValueError
        If columns or values are missing, words are not in the order of the text, the node does not occur, `window` or
        `floor` is not a whole number from 1 up, `window` is given without a node and is not 1, or no pair reaches the
        floor.

    Notes
    -----
    *Without a node* a pair is two words at consecutive positions of one paragraph, the first and the second. *With a
    node* a pair is a running word and one of its neighbours, at most `window` positions away in the same paragraph: all
    running words are paired so, and `n_pairs` counts them all; `n_word` are the pairs whose first partner is the node,
    `n_collocate` those whose second partner is the collocate. From either come the four counts n, n_word − n,
    n_collocate − n and the rest.

    log Dice is 14 + log₂(2n / (n_word + n_collocate)) (Rychlý 2008): 14 at most, one less is half as exclusive, and it
    does not depend on the size of the text. `g2`: `association.g2`. ΔP(collocate | word) = n / n_word − (n_collocate −
    n) / (n_pairs − n_word), and the other way round (Gries 2013). λ and z (Blaheta & Johnson 2001):
    `log_odds_ratio`. Pairs of one text depend on each other, so that none of these is a test: they are an
    order, beside the counts.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> text = ["Peace and security, peace and order", "War and order"]
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text}))
    >>> found = score(words, node=None, window=1, floor=2)
    >>> found[["word", "collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 'order', 2, 3, 2, 7], ['peace', 'and', 2, 2, 3, 7]]
    >>> score(words, "order", window=2)[["collocate", "n"]].values.tolist()
    [['and', 2]]
    """
    window = _whole("window", (1 if node is None else 5) if window is None else window)
    floor = _whole("floor", floor)
    if node is None and window != 1:
        raise ValueError(f"window = {window} needs a node; without one, pairs are words next to each other.")
    paragraph = paragraph_of(tokens)
    if not len(tokens):
        raise ValueError("tokens has no rows: there are no pairs.")
    token = tokens["token"].astype("category").cat.remove_unused_categories()
    names, code = token.cat.categories.astype(object), token.cat.codes.to_numpy().astype(np.int64)
    position = tokens["position"].to_numpy()
    if node is None:
        wanted, name = np.arange(len(names)), _ADJACENT
    else:
        wanted = _known(node, names)
        name = f"{window} {'word' if window == 1 else 'words'} on either side, within a paragraph"
    table, n_pairs = _count(paragraph, position, code, wanted, window, len(names), one_way=node is None)
    kept = table[table["n"] >= floor]
    if not len(kept):
        most = table["n"].max() if len(table) else 0
        raise ValueError(f"floor = {floor} leaves no pair: the most frequent stands together {most} times.")
    kept = _measured(kept.assign(n_pairs=n_pairs), node is None).assign(window=name)
    kept["few"] = (kept["n"] < tables.FEW) | (kept["n_paragraphs"] < tables.FEW)
    for column in ("word", "collocate"):
        kept[column] = pd.Series(names.take(kept[column]), index=kept.index, dtype="str")
    rank = tables.significant(kept[["log_dice"]])["log_dice"]
    kept = kept.assign(rank=rank).sort_values(["rank", "word", "collocate"], ascending=[False, True, True])
    return kept[list(tables.COLUMNS["collocations"])].reset_index(drop=True)


def delta_p(a, b, c, d):
    """How much more likely the row is in the first column than in the second, and the other way round.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of `association`.

    Returns
    -------
    row_given_column, column_given_row : ndarray
        a / (a + c) − b / (b + d) and a / (a + b) − c / (c + d), −1 to 1 (Gries 2013); missing where a sum is 0.

    Raises
    ------
    ValueError
        As `association.g2`.

    Examples
    --------
    >>> [round(float(p), 3) for p in delta_p(3, 1, 7, 9)]  # 3/10 − 1/10 and 3/4 − 7/16
    [0.2, 0.312]
    """
    a, b, c, d = association.counts(a, b, c, d)
    with np.errstate(invalid="ignore", divide="ignore"):
        return a / (a + c) - b / (b + d), a / (a + b) - c / (c + d)


def log_odds_ratio(a, b, c, d):
    """Log odds ratio with ½ added to each count, and its z.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of `association`.

    Returns
    -------
    lambda, z : ndarray
        λ = ln((a + ½)(d + ½) / ((b + ½)(c + ½))) and λ / √(Σ 1 / (count + ½)): for two words next to each other, the
        λ of Blaheta & Johnson (2001), as quanteda's `textstat_collocations` gives it.

    Raises
    ------
    ValueError
        As `association.g2`.

    Examples
    --------
    >>> [round(float(x), 4) for x in log_odds_ratio(3, 1, 7, 9)]  # ln(3.5 · 9.5 / (1.5 · 7.5))
    [1.0837, 0.993]
    """
    a, b, c, d = (count + 0.5 for count in association.counts(a, b, c, d))
    ratio = np.log(a * d / (b * c))
    return ratio, ratio / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def _whole(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} should be a whole number from 1 up, found {value!r}.")
    return int(value)


def _known(node, names):
    """The codes of the node's words."""
    node = [node] if isinstance(node, str) else list(node)
    if not node:
        raise ValueError("node is empty: name at least one word.")
    codes = []
    for word in node:
        if not isinstance(word, str):
            raise ValueError(f"node should hold words, found {word!r}.")
        if word.lower() not in names:
            near = difflib.get_close_matches(word.lower(), names.tolist(), n=3)
            hint = f" Near it: {', '.join(near)}." if near else " Phrases are not looked for."
            raise ValueError(f"node {word!r} does not occur.{hint}")
        codes.append(names.get_loc(word.lower()))
    return np.unique(codes)


def _count(paragraph, position, code, wanted, window, n_names, one_way):
    """Counts of each pair whose first partner is wanted, their marginals, and of all pairs."""
    is_wanted = np.zeros(n_names, bool)
    is_wanted[wanted] = True
    first, second, where = [], [], []
    as_first, as_second = np.zeros(n_names, np.int64), np.zeros(n_names, np.int64)
    for apart in range(1, window + 1):  # rows so far apart, as holes only bring positions further apart
        left = np.arange(len(code) - apart)
        near = (paragraph[left] == paragraph[left + apart]) & (position[left + apart] - position[left] <= window)
        left = left[near]
        right = left + apart
        for one, other in [(left, right)] if one_way else [(left, right), (right, left)]:
            as_first += np.bincount(code[one], minlength=n_names)
            as_second += np.bincount(code[other], minlength=n_names)
            some = is_wanted[code[one]]
            first.append(code[one[some]])
            second.append(code[other[some]])
            where.append(paragraph[one[some]])
    pairs = pd.DataFrame(
        {"pair": np.concatenate(first) * n_names + np.concatenate(second), "at": np.concatenate(where)}
    )
    per_paragraph = pairs.groupby(["pair", "at"]).size().rename("n").reset_index()
    table = per_paragraph.groupby("pair")["n"].agg(n="sum", n_paragraphs="size").reset_index()
    table["word"], table["collocate"] = np.divmod(table.pop("pair").to_numpy(), n_names)
    table["n_word"], table["n_collocate"] = as_first[table["word"]], as_second[table["collocate"]]
    return table, int(as_first.sum())


def _measured(table, adjacent):
    """The same with its measures."""
    n, word, other = (table[name].to_numpy(float) for name in ("n", "n_word", "n_collocate"))
    cells = n, other - n, word - n, table["n_pairs"].to_numpy(float) - word - other + n
    of_collocate, of_word = delta_p(*cells)
    odds, z = log_odds_ratio(*cells) if adjacent else (np.nan, np.nan)
    return table.assign(
        log_dice=14 + np.log2(2 * n / (word + other)),
        g2=association.g2(*cells),
        delta_p_collocate=of_collocate,
        delta_p_word=of_word,
        **{"lambda": odds, "z": z},
    )
