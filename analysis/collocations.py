"""Running words → which words stand together, and how firmly."""

import numpy as np
import pandas as pd

from analysis import association, tables
from analysis.tokens import as_token, listed, paragraph_of


def score(tokens, node=None, *, window=5, floor=2):
    """Score word pairs that stand together more, or less, often than their frequencies would lead to expect.

    One row per pair, the highest log Dice (of six digits) first, in doubt by alphabet: the table `collocations`. *With a
    node*, a word or several in any case, a pair is a running word and one of its neighbours, at most `window` positions
    away in the same paragraph: all running words are paired so, and `n_pairs` counts them all, each from both sides;
    `n_word` are the pairs whose first partner is the node, `n_collocate` those whose second is the collocate. *Without a
    node* a pair is two words at consecutive positions of one paragraph, the first and the second. Over rows taken out
    pairs don't reach, and the words left keep their distance. Pairs below `floor` are left out.

    From n, n_word − n, n_collocate − n and the rest come `log_dice`, `g2`, both ΔP (`association.delta_p`; missing where
    every pair has the same word on that side), `lambda` and `z` (`association.log_odds`; missing for a node). Pairs of one
    text depend on each other, so that none of these is a test: they are an order, beside the counts.

    ValueError if the node does not occur, or no pair reaches the floor.

    >>> from analysis.tokens import tokenize
    >>> text = ["Peace and security, peace and order", "War and order"]
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text}))
    >>> score(words)[["word", "collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 'order', 2, 3, 2, 7], ['peace', 'and', 2, 2, 3, 7]]
    >>> score(words, "order", window=2)[["collocate", "n", "n_word", "n_collocate", "n_pairs"]].values.tolist()
    [['and', 2, 4, 8, 24]]
    """
    for name, value in (("window", window), ("floor", floor)):
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} should be a whole number from 1, found {value!r}.")
    paragraph, position = paragraph_of(tokens), tokens["position"].to_numpy(np.int64)
    token = tokens["token"].astype("category").cat.remove_unused_categories()
    code, names = token.cat.codes.to_numpy().astype(np.int64), token.cat.categories.astype("str")
    if node is None:
        near = "next to each other, in this order, within a paragraph"
        first, second = _together(paragraph, position, np.arange(len(code)), [1], 1)
        of_first, of_second = (np.bincount(code[rows], minlength=len(names)) for rows in (first, second))
        n_pairs = len(first)
    else:
        near = f"{window} {'word' if window == 1 else 'words'} on either side, within a paragraph"
        row = np.flatnonzero(np.isin(code, _codes(node, names)))
        window = min(window, int(position.max()) + 1)
        steps = range(1, min(window, int(np.bincount(paragraph).max()) - 1) + 1)
        first, second = _together(paragraph, position, row, [*steps, *(-step for step in steps)], window)
        place = paragraph * (position.max() + window + 1) + position  # no neighbours from one paragraph to the next
        neighbours = np.searchsorted(place, place + window, "right") - np.searchsorted(place, place - window) - 1
        of_first = of_second = np.bincount(code, weights=neighbours).astype(np.int64)
        n_pairs = neighbours.sum()
    pair, which, n = np.unique(code[first] * len(names) + code[second], return_inverse=True, return_counts=True)
    if not (n >= floor).any():
        most = f"the most frequent stands together {n.max()} times" if len(n) else "no two words stand together"
        raise ValueError(f"floor = {floor} leaves no pair: {most}.")
    in_paragraphs = np.unique(which * len(code) + paragraph[first]) // len(code)  # each pair once a paragraph
    word, collocate = np.divmod(pair, len(names))
    counted = {"n": n, "n_word": of_first[word], "n_collocate": of_second[collocate], "n_pairs": n_pairs}
    table = pd.DataFrame({"word": names[word], "collocate": names[collocate], **counted})
    table["n_paragraphs"] = np.bincount(in_paragraphs)
    table = _measured(table[n >= floor], node is None).assign(window=near)
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    table["rank"] = tables.significant(table[["log_dice"]])
    table = table.sort_values(["rank", "word", "collocate"], ascending=[False, True, True], ignore_index=True)
    return table[list(tables.columns("collocations"))]


def _codes(node, names):
    """The codes of the node's words."""
    words = [as_token(word) for word in listed(node, "node")]
    if not words:
        raise ValueError("node is empty: name at least one word.")
    for word in words:
        if word not in names:
            raise ValueError(f"node {word!r} does not occur; give single words, as they are counted.")
    return names.get_indexer(words)


def _together(paragraph, position, row, steps, window):
    """The rows of words that stand together: rows `steps` apart, with positions at most `window` apart."""
    first, second = [row[:0]], [row[:0]]
    for step in steps:
        one = row[(row + step >= 0) & (row + step < len(position))]
        near = (paragraph[one] == paragraph[one + step]) & (np.abs(position[one + step] - position[one]) <= window)
        first.append(one[near])
        second.append(one[near] + step)
    return np.concatenate(first), np.concatenate(second)


def _measured(table, adjacent):
    """Pairs with their measures."""
    n, n_word, n_collocate = (table[name].to_numpy() for name in ("n", "n_word", "n_collocate"))
    cells = n, n_collocate - n, n_word - n, table["n_pairs"].to_numpy() - n_word - n_collocate + n
    of_collocate, of_word = association.delta_p(*cells)
    odds, z = association.log_odds(*cells) if adjacent else (np.nan, np.nan)
    return table.assign(
        log_dice=association.log_dice(n, n_word, n_collocate),
        g2=association.g2(*cells),
        delta_p_collocate=of_collocate,
        delta_p_word=of_word,
        **{"lambda": odds, "z": z},
    )
