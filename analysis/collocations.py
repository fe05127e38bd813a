"""Running words → which words stand together, and how firmly."""

import difflib

import numpy as np
import pandas as pd

from analysis import association, tables, values
from analysis.tokens import paragraph_of
from analysis.word_forms import as_token

_ADJACENT = "next to each other, in this order, within a paragraph"


def score(tokens, node=None, *, window=None, floor=2):
    """Score word pairs that stand together more, or less, often than their frequencies would lead to expect.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, from `tokens.tokenize`. Where rows have been taken out, pairs don't
        reach across the hole, and the words that are left keep their distance.
    node : str or list of str, optional
        Words whose company is wanted, in any case; each has rows of its own. Without it, all pairs of words next to
        each other.
    window : int, optional
        Words on either side of the node; 5 unless given. Without a node, 1.
    floor : int, default 2
        Pairs that stand together less often are left out.

    Returns
    -------
    DataFrame
        One row per pair: `word`, `collocate`, `n` (times together), `n_word`, `n_collocate`, `n_pairs`,
        `n_paragraphs`, `log_dice`, `g2` (four terms, signed), `delta_p_collocate`, `delta_p_word`, `lambda`, `z` (both
        missing for a node), `window`, `few`. The highest log Dice (of six digits) first, in doubt by the alphabet.

    Raises
    ------
    ValueError
        If columns or values are missing, there are no words or they are not in the order of the text, the node is no
        word or does not occur, `window` or `floor` is not a whole number from 1, `window` is given without a node
        and is not 1, or no pair reaches the floor.

    Notes
    -----
    *Without a node* a pair is two words at consecutive positions of one paragraph, the first and the second. *With a
    node* a pair is a running word and one of its neighbours, at most `window` positions away in the same paragraph: all
    running words are paired so, and `n_pairs` counts them all, each from both sides; `n_word` are the pairs whose first
    partner is the node, `n_collocate` those whose second partner is the collocate. From either come the four counts n,
    n_word − n, n_collocate − n and the rest.

    `log_dice`: the function of this name. `g2`: `association.g2`. ΔP: `delta_p`. λ and z: `log_odds_ratio`. Pairs of
    one text depend on each other, so that none of these is a test: they are an order, beside the counts. ΔP is missing
    where every pair has the same word on that side, and there are no others to compare with.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> text = ["Peace and security, peace and order", "War and order"]
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text}))
    >>> found = score(words, node=None, window=1, floor=2)
    >>> found[["word", "collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 'order', 2, 3, 2, 7], ['peace', 'and', 2, 2, 3, 7]]
    >>> score(words, "order", window=2)[["collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 2, 4, 8, 24]]
    """
    window = values.check_whole((1 if node is None else 5) if window is None else window, "window")
    floor = values.check_whole(floor, "floor")
    if node is None and window != 1:
        raise ValueError(f"window = {window} needs a node; without one, pairs are words next to each other.")
    paragraph = paragraph_of(tokens)
    if not len(tokens):
        raise ValueError("tokens has no rows: there are no pairs.")
    token = tokens["token"].astype("category").cat.remove_unused_categories()
    names, code = token.cat.categories.astype(object), token.cat.codes.to_numpy().astype(np.int64)
    position = values.whole_numbers(tokens, "tokens", "position")
    if node is None:
        table, name = _adjacent(paragraph, position, code, floor), _ADJACENT
    else:
        table = _around(_codes(node, names), paragraph, position, code, window, floor)
        name = f"{window} {'word' if window == 1 else 'words'} on either side, within a paragraph"
    table = _measured(table, adjacent=node is None).assign(window=name)
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    for column in ("word", "collocate"):
        table[column] = pd.Series(names.take(table[column]), index=table.index, dtype="str")
    table["rank"] = tables.significant(table[["log_dice"]])["log_dice"]
    table = table.sort_values(["rank", "word", "collocate"], ascending=[False, True, True], ignore_index=True)
    return table[list(tables.COLUMNS["collocations"])]


def log_dice(n, n_word, n_collocate):
    """How exclusively two words keep each other's company.

    Parameters
    ----------
    n : array_like
        Times the two stand together.
    n_word, n_collocate : array_like
        Times the one, and the other, stands with any word; not below n.

    Returns
    -------
    ndarray
        14 + log₂(2n / (n_word + n_collocate)) (Rychlý 2008): 14 at most, one less is half as exclusive. It does not
        depend on the size of the text. −∞ where n is 0.

    Raises
    ------
    ValueError
        If a count is missing, below 0 or no number, n is above one of the others, or all are 0.

    Examples
    --------
    >>> log_dice(n=[4, 1], n_word=[4, 3], n_collocate=[4, 5]).tolist()  # 14 + log₂(8 / 8), 14 + log₂(2 / 8)
    [14.0, 12.0]
    """
    n, n_word, n_collocate = association.counts(n=n, n_word=n_word, n_collocate=n_collocate)
    wrong = ((n > np.minimum(n_word, n_collocate)) | (n_word + n_collocate == 0)).ravel()
    if wrong.any():
        found = f"{n.ravel()[wrong][0]:g} of {n_word.ravel()[wrong][0]:g} and {n_collocate.ravel()[wrong][0]:g}"
        raise ValueError(f"n, n_word and n_collocate in place {wrong.argmax()} are {found}; n is part of the others.")
    with np.errstate(divide="ignore"):
        return 14 + np.log2(2 * n / (n_word + n_collocate))


def delta_p(a, b, c, d):
    """How much more likely the row is in the first column than in the second, and the other way round.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of `association`.

    Returns
    -------
    row_given_column, column_given_row : ndarray
        a / (a + c) − b / (b + d) and a / (a + b) − c / (c + d), −1 to 1 (Ellis 2006, Gries 2013): ΔP(collocate | word)
        and ΔP(word | collocate). Missing where a sum is 0.

    Raises
    ------
    ValueError
        If `association.counts` finds a count to be none.

    Examples
    --------
    >>> [round(float(p), 3) for p in delta_p(3, 1, 7, 9)]  # 3/10 − 1/10 and 3/4 − 7/16
    [0.2, 0.312]
    """
    a, b, c, d = association.counts(a=a, b=b, c=c, d=d)
    with np.errstate(invalid="ignore"):
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
        If `association.counts` finds a count to be none.

    Examples
    --------
    >>> [round(float(x), 4) for x in log_odds_ratio(3, 1, 7, 9)]  # ln(3.5 · 9.5 / (1.5 · 7.5))
    [1.0837, 0.993]
    """
    a, b, c, d = (count + 0.5 for count in association.counts(a=a, b=b, c=c, d=d))
    ratio = np.log(a * d / (b * c))
    return ratio, ratio / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def _codes(node, names):
    """The codes of the node's words, each once."""
    words = [node] if isinstance(node, str) else list(node) if hasattr(node, "__iter__") else [node]
    if not words:
        raise ValueError("node is empty: name at least one word.")
    wrong = [word for word in words if not isinstance(word, str)]
    if wrong:
        raise ValueError(f"node should be a word or a list of words, found {wrong[0]!r}.")
    for word in words:
        if as_token(word) not in names:
            near = difflib.get_close_matches(as_token(word), names, n=3)
            hint = f" Near it: {', '.join(near)}." if near else ""
            phrase = " Give single words: phrases are not looked for." if " " in word.strip() else ""
            raise ValueError(f"node {word!r} does not occur.{phrase or hint}")
    return np.unique(names.get_indexer([as_token(word) for word in words]))


def _adjacent(paragraph, position, code, floor):
    """Words next to each other: counts of each pair, of its two words, and of all."""
    first, second = _together(paragraph, position, np.arange(len(code)), [1], 1)
    as_first, as_second = np.bincount(code[first]), np.bincount(code[second])
    table = _pairs(code[first], code[second], paragraph[first], floor)
    counted = {"n_word": as_first[table["word"]], "n_collocate": as_second[table["collocate"]], "n_pairs": len(first)}
    return table.assign(**counted)


def _around(nodes, paragraph, position, code, window, floor):
    """Words around the nodes: counts of each pair, of its two words, and of all neighbours in the text."""
    position = position.astype(np.int64) - position.min()
    window = min(window, int(position.max()) + 1)
    steps = range(1, min(window, int(np.bincount(paragraph).max()) - 1) + 1)
    row = np.flatnonzero(np.isin(code, nodes))
    first, second = _together(paragraph, position, row, [*steps, *(-step for step in steps)], window)
    table = _pairs(code[first], code[second], paragraph[first], floor)
    place = paragraph * (position.max() + window + 1) + position  # no neighbours from one paragraph to the next
    neighbours = np.searchsorted(place, place + window, "right") - np.searchsorted(place, place - window) - 1
    per_word = np.bincount(code, weights=neighbours).astype(np.int64)
    counted = {"n_word": per_word[table["word"]], "n_collocate": per_word[table["collocate"]]}
    return table.assign(**counted, n_pairs=neighbours.sum())


def _together(paragraph, position, row, steps, window):
    """The rows of words that stand together: rows `steps` apart, with positions at most `window` apart."""
    first, second = [], []
    for step in steps:
        one = row[(row + step >= 0) & (row + step < len(position))]
        near = (paragraph[one] == paragraph[one + step]) & (np.abs(position[one + step] - position[one]) <= window)
        first.append(one[near])
        second.append(first[-1] + step)
    return (np.concatenate(rows) if rows else row[:0] for rows in (first, second))


def _pairs(word, collocate, paragraph, floor):
    """How often, and in how many paragraphs, each pair of words stands together; those that reach the floor."""
    width = collocate.max(initial=0) + 1
    pair = word * width + collocate
    order = np.lexsort((paragraph, pair))
    pair, paragraph = pair[order], paragraph[order]
    begins = np.ones(len(pair), bool)
    begins[1:] = pair[1:] != pair[:-1]
    elsewhere = begins.copy()
    elsewhere[1:] |= paragraph[1:] != paragraph[:-1]
    start = np.flatnonzero(begins)
    n = np.diff(start, append=len(pair))
    kept = n >= floor
    if not kept.any():
        most = f"the most frequent stands together {n.max()} times" if len(n) else "no two words stand together"
        raise ValueError(f"floor = {floor} leaves no pair: {most}.")
    n_paragraphs = np.diff(np.cumsum(elsewhere)[start], append=elsewhere.sum() + 1)
    word, collocate = np.divmod(pair[start[kept]], width)
    return pd.DataFrame({"word": word, "collocate": collocate, "n": n[kept], "n_paragraphs": n_paragraphs[kept]})


def _measured(table, adjacent):
    """The same with its measures."""
    n, word, other = (table[name].to_numpy() for name in ("n", "n_word", "n_collocate"))
    cells = n, other - n, word - n, table["n_pairs"].to_numpy() - word - other + n
    of_collocate, of_word = delta_p(*cells)
    odds, z = log_odds_ratio(*cells) if adjacent else (np.nan, np.nan)
    return table.assign(
        log_dice=log_dice(n, word, other),
        g2=association.g2(*cells),
        delta_p_collocate=of_collocate,
        delta_p_word=of_word,
        **{"lambda": odds, "z": z},
    )
