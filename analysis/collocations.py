"""Running words → which words stand together, and how firmly."""

import numpy as np
import pandas as pd

from analysis import association, tables
from analysis.tokens import paragraph_of, single


def score(tokens, node=None, *, window=5, floor=2):
    """Score word pairs that stand together more, or less, often than their frequencies would lead to expect.

    One row per pair, the highest log Dice (of six digits) first, in doubt by alphabet: the table `collocations`. *With
    a node*, a word or several in any case, a pair is a running word and one of its neighbours, at most `window`
    positions away in the same paragraph: all running words are paired so, and `n_pairs` counts them all, each from both
    sides; `n_word` are the pairs whose first partner is the node, `n_collocate` those whose second is the collocate.
    *Without a node* a pair is two words at consecutive positions of one paragraph, the first and the second. Over rows
    taken out pairs don't reach, and the words left keep their distance. Pairs below `floor` are left out.

    From n, n_word − n, n_collocate − n and the rest come `log_dice`, `g2`, both ΔP (`association.delta_p`; missing
    where every pair has the same word on that side), `lambda` and `z` (`association.log_odds`; missing for a node).
    Pairs of one text depend on each other, so that none of these is a test: they are an order, beside the counts.

    ValueError if the node does not occur, or no pair reaches the floor.

    >>> from analysis.tokens import tokenize
    >>> text = ["Peace and security, peace and order", "War and order"]
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text}))
    >>> score(words)[["word", "collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 'order', 2, 3, 2, 7], ['peace', 'and', 2, 2, 3, 7]]
    >>> score(words, "order", window=2)[["collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 2, 4, 8, 24]]
    """
    tables.check_number(window, "window")
    tables.check_number(floor, "floor")
    paragraph, position = paragraph_of(tokens), tokens["position"].to_numpy()
    token = tokens["token"].astype("category")
    code, names = token.cat.codes.to_numpy(), token.cat.categories.astype("str")
    if node is None:
        near = "next to each other, in this order, within a paragraph"
        first = np.flatnonzero((np.diff(paragraph) == 0) & (np.diff(position) == 1))
        second = first + 1
        of_first, of_second = (np.bincount(code[rows], minlength=len(names)) for rows in (first, second))
        n_pairs = len(first)
    else:
        near = f"{window} {'word' if window == 1 else 'words'} on either side, within a paragraph"
        there = set(names[np.unique(code, return_counts=True)[0]])
        words = single(node, "node", there)
        if not words:
            raise ValueError("node is empty: name at least one word.")
        if lost := [word for word in words if word not in there]:
            raise ValueError(f"node {lost[0]!r} does not occur in tokens.")
        row = np.flatnonzero(token.isin(words))
        window = min(window, int(position.max()) + 1)
        steps = range(1, min(window, int(np.bincount(paragraph).max()) - 1) + 1)
        first, second = _together(paragraph, position, row, [*steps, *(-step for step in steps)], window)
        place = paragraph * (position.max() + window + 1) + position  # no neighbours from one paragraph to the next
        neighbours = np.searchsorted(place, place + window, "right") - np.searchsorted(place, place - window) - 1
        of_first = of_second = np.bincount(code, weights=neighbours).astype(np.int64)
        n_pairs = neighbours.sum()
    pair, n, n_paragraphs = _counted(code[first], code[second], paragraph[first], len(names))
    kept = n >= floor
    if not kept.any():
        most = f"the most frequent stands together {n.max()} times" if len(n) else "no two words stand together"
        raise ValueError(f"floor = {floor} leaves no pair: {most}.")
    word, collocate = np.divmod(pair[kept], len(names))
    n, n_word, n_collocate = n[kept], of_first[word], of_second[collocate]
    cells = n, n_collocate - n, n_word - n, n_pairs - n_word - n_collocate + n
    table = pd.DataFrame({"word": names[word], "collocate": names[collocate], "window": near})
    table["n"], table["n_word"], table["n_collocate"], table["n_pairs"] = n, n_word, n_collocate, n_pairs
    table["n_paragraphs"] = n_paragraphs[kept]
    table["log_dice"], table["g2"] = association.log_dice(n, n_word, n_collocate), association.g2(*cells)
    table["delta_p_collocate"], table["delta_p_word"] = association.delta_p(*cells)
    table["lambda"], table["z"] = association.log_odds(*cells) if node is None else (np.nan, np.nan)
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    value, different = pd.factorize(table["log_dice"])
    rank = tables.significant(pd.DataFrame({"value": different}))["value"].to_numpy()[value]
    alphabet = np.argsort(np.argsort(names.to_numpy(object)))
    table = table.iloc[np.lexsort((alphabet[collocate], alphabet[word], -rank))].reset_index(drop=True)
    return table[list(tables.columns("collocations"))]


def _counted(first, second, paragraph, n_words):
    """The different pairs, first · words + second, how often each occurs and in how many paragraphs, by one sorting."""
    n_paragraphs = int(paragraph.max(initial=0)) + 1
    if n_words**2 * n_paragraphs >= 2**63:
        raise ValueError(f"tokens: {n_words:,} different words in {n_paragraphs:,} paragraphs are too many at once.")
    place = (first.astype(np.int64) * n_words + second) * n_paragraphs + paragraph
    place.sort()
    fresh = np.diff(place, prepend=-1) > 0  # a pair's first time in a paragraph
    pair = place // n_paragraphs
    begins = np.flatnonzero(np.diff(pair, prepend=-1) > 0)
    n = np.diff(np.append(begins, len(pair)))
    return pair[begins], n, np.add.reduceat(fresh, begins, dtype=np.int64) if len(begins) else n


def _together(paragraph, position, row, steps, window):
    """The rows of words that stand together: rows `steps` apart, with positions at most `window` apart."""
    first, second = np.repeat(row, len(steps)), np.add.outer(row, np.array(steps, int)).ravel()
    there = (second >= 0) & (second < len(position))
    first, second = first[there], second[there]
    near = (paragraph[first] == paragraph[second]) & (np.abs(position[second] - position[first]) <= window)
    return first[near], second[near]
