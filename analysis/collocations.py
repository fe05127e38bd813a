"""Which words stand together, and how firmly; and the measures of a 2×2 table, for many tables at once.

             target  reference                 with the word  elsewhere
    word       a         b          collocate        a            b
    others     c         d          others           c            d

Counts are numbers or arrays of them. Measures with a sign are above 0 where a is more than expected, below 0 where it
is less. ValueError where a count is missing, infinite or below 0.
"""

import numpy as np
import pandas as pd
from scipy.special import xlog1py

from analysis import tables
from analysis.tokens import paragraph_of, single

_SIGNS = (1, -1, -1, 1)  # the four cells differ from their expected counts by the same number, two up and two down


def score(tokens, node=None, *, window=5, floor=2):
    """Score word pairs that stand together more, or less, often than their frequencies would lead to expect.

    One row per pair, the highest log Dice (of six digits) first, ties by alphabet: the table `collocations`. Pairs
    below `floor` are left out. *With a node* (a word or several, in any case) a pair is the node and a word at most
    `window` positions away in the same paragraph. It is compared with all such pairs of running words, each taken from
    both sides: `n_pairs`. Of these, `n_word` have the node first, `n_collocate` have the collocate second. *Without a
    node* a pair is two words in a row in a paragraph, the first and the second. Pairs don't reach over rows taken out,
    and the words left keep their distance.

    From n, n_word − n, n_collocate − n and the rest come `log_dice`, `g2`, both ΔP (`delta_p`; missing where every pair
    has the same word on that side), `lambda` and `z` (`log_odds`; missing for a node). They are an order beside the
    counts, and no tests: pairs of one text depend on each other. ValueError if the node does not occur.

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
        adjacent = (paragraph[1:] == paragraph[:-1]) & (np.diff(position) == 1)
        first, second, number = code[:-1][adjacent], code[1:][adjacent], paragraph[1:][adjacent]
        of_first, of_second = (np.bincount(codes, minlength=len(names)) for codes in (first, second))
        n_pairs = len(first)
    else:
        near = f"{window} {'word' if window == 1 else 'words'} on either side, within a paragraph"
        there = set(names[np.unique(code, return_counts=True)[0]])
        words = single(node, "node", there)
        if lost := [word for word in words if word not in there]:
            raise ValueError(f"node {lost[0]!r} does not occur in tokens: check its spelling.")
        row = np.flatnonzero(token.isin(words))
        window = min(window, int(position.max()) + 1)
        steps = range(1, min(window, int(np.bincount(paragraph).max()) - 1) + 1)
        first, second = _together(paragraph, position, row, [*steps, *(-step for step in steps)], window)
        apart = np.int64(position.max() + window + 1)  # no neighbours from one paragraph to the next
        place = paragraph * apart + position
        neighbours = np.searchsorted(place, place + window, "right") - np.searchsorted(place, place - window) - 1
        of_first = of_second = np.bincount(code, weights=neighbours).astype(np.int64)
        n_pairs = neighbours.sum()
        first, second, number = code[first], code[second], paragraph[first]
    pair, n, n_paragraphs = _counted(first, second, number, len(names))
    kept = n >= floor
    word, collocate = np.divmod(pair[kept], len(names))
    n, n_word, n_collocate = n[kept], of_first[word], of_second[collocate]
    cells = n, n_collocate - n, n_word - n, n_pairs - n_word - n_collocate + n
    table = pd.DataFrame({"word": names[word], "collocate": names[collocate], "window": near})
    table["n"], table["n_word"], table["n_collocate"], table["n_pairs"] = n, n_word, n_collocate, n_pairs
    table["n_paragraphs"] = n_paragraphs[kept]
    table["log_dice"], table["g2"] = log_dice(n, n_word, n_collocate), g2(*cells)
    table["delta_p_collocate"], table["delta_p_word"] = delta_p(*cells)
    table["lambda"], table["z"] = log_odds(*cells) if node is None else (np.nan, np.nan)
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    value, different = pd.factorize(table["log_dice"])
    rank = tables.significant(pd.DataFrame({"value": different}))["value"].to_numpy()[value]
    alphabet = np.argsort(np.argsort(names.to_numpy(object)))
    table = table.iloc[np.lexsort((alphabet[collocate], alphabet[word], -rank))].reset_index(drop=True)
    return table[list(tables.columns("collocations"))]


def g2(a, b, c, d, correction=None):
    """Signed log-likelihood ratio: 2 Σ O ln(O / E) over the four cells, E = row sum · column sum / N (Dunning 1993).

    `correction`: None; ``"yates"``, counts moved towards those expected by ½, or by the whole difference where that is
    smaller, in every table (Yates 1934); ``"williams"``, divided by q = 1 + (N/R₁ + N/R₂ − 1)(N/C₁ + N/C₂ − 1) / 6N
    with row sums R and column sums C (Williams 1976), q = 1 where a cell is 0, by our convention.

    >>> round(float(g2(120, 60, 50_000 - 120, 60_000 - 60)), 4), round(float(g2(3, 1, 7, 9, correction="yates")), 4)
    (32.8745, 0.3152)
    """
    return _measured(_likelihood, a, b, c, d, correction)


def chi2(a, b, c, d, correction=None):
    """Signed Pearson χ²: Σ (O − E)² / E over the four cells. `correction` as for `g2`.

    >>> round(float(chi2(3, 1, 7, 9)), 4), round(float(chi2(3, 1, 7, 9, correction="williams")), 4)
    (1.25, 1.105)
    """
    return _measured(lambda cells, expected, above: above**2 / expected, a, b, c, d, correction)


def log_ratio(a, b, n_target=1, n_reference=1):
    """How many times as frequent in the target, in doublings: log₂((a / n_target) / (b / n_reference)) (Hardie 2014).

    `n_target` and `n_reference` are all words of the two sides; left out, a and b are two counts in the same texts. ½
    stands for a count of 0; missing where both are 0.

    >>> log_ratio([8, 0, 0], [2, 2, 0], 1_000, 1_000).tolist(), float(log_ratio(3, 12))
    ([2.0, -2.0, nan], -2.0)
    """
    a, b, n_target, n_reference = _counts(a=a, b=b, n_target=n_target, n_reference=n_reference)
    ratio = np.log2(np.where(a == 0, 0.5, a) / n_target) - np.log2(np.where(b == 0, 0.5, b) / n_reference)
    return np.where((a == 0) & (b == 0), np.nan, ratio)


def log_odds(a, b, c, d):
    """Log odds ratio with ½ added to each count, and its z.

    λ = ln((a + ½)(d + ½) / ((b + ½)(c + ½))) and z = λ / √(Σ 1 / (count + ½)): for two words next to each other the λ
    of Blaheta & Johnson (2001), as quanteda's `textstat_collocations` gives it.

    >>> [round(float(x), 4) for x in log_odds(3, 1, 7, 9)]  # ln(3.5 · 9.5 / (1.5 · 7.5))
    [1.0837, 0.993]
    """
    a, b, c, d = (count + 0.5 for count in _counts(a=a, b=b, c=c, d=d))
    ratio = np.log(a * d / (b * c))
    return ratio, ratio / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def log_dice(n, n_word, n_collocate):
    """How exclusively two words keep each other's company: 14 + log₂(2n / (n_word + n_collocate)) (Rychlý 2008).

    `n`: times together; `n_word`, `n_collocate`: times the one, and the other, stands with any word. 14 at most, one
    less is half as exclusive, −∞ where n is 0. It does not depend on the size of the text.

    >>> log_dice(n=[4, 1], n_word=[4, 3], n_collocate=[4, 5]).tolist()  # 14 + log₂(8 / 8), 14 + log₂(2 / 8)
    [14.0, 12.0]
    """
    n, n_word, n_collocate = _counts(n=n, n_word=n_word, n_collocate=n_collocate)
    with np.errstate(divide="ignore"):
        return 14 + np.log2(2 * n / (n_word + n_collocate))


def delta_p(a, b, c, d):
    """How much more likely the row is in the first column than in the second, and the other way round.

    a / (a + c) − b / (b + d) and a / (a + b) − c / (c + d), −1 to 1 (Ellis 2006, Gries 2013): ΔP(collocate | word) and
    ΔP(word | collocate). Missing where a sum is 0.

    >>> [round(float(p), 3) for p in delta_p(3, 1, 7, 9)]  # 3/10 − 1/10 and 3/4 − 7/16
    [0.2, 0.312]
    """
    a, b, c, d = _counts(a=a, b=b, c=c, d=d)
    with np.errstate(invalid="ignore"):
        return a / (a + c) - b / (b + d), a / (a + b) - c / (c + d)


def _counted(first, second, paragraph, n_words):
    """The different pairs, first · words + second, how often each occurs and in how many paragraphs, by one sorting."""
    n_paragraphs = int(paragraph.max(initial=0)) + 1
    if n_words**2 * n_paragraphs >= 2**63:
        raise ValueError(f"tokens: {n_words:,} different words in {n_paragraphs:,} paragraphs: take fewer paragraphs.")
    place = first.astype(np.int64)
    for width, more in ((n_words, second), (n_paragraphs, paragraph)):  # in place: there may be many
        place *= width
        place += more
    place.sort()
    fresh = _differs(place)  # a pair's first time in a paragraph
    place //= n_paragraphs
    begins = np.flatnonzero(_differs(place))
    n = np.diff(np.append(begins, len(place)))
    return place[begins], n, np.add.reduceat(fresh, begins, dtype=np.int64) if len(begins) else n


def _differs(numbers):
    """Which numbers differ from the one before; the first does."""
    found = np.ones(len(numbers), bool)
    found[1:] = numbers[1:] != numbers[:-1]
    return found


def _together(paragraph, position, row, steps, window):
    """The rows of words that stand together: rows `steps` apart, with positions at most `window` apart."""
    first, second = np.repeat(row, len(steps)), np.add.outer(row, np.array(steps, int)).ravel()
    there = (second >= 0) & (second < len(position))
    first, second = first[there], second[there]
    near = (paragraph[first] == paragraph[second]) & (np.abs(position[second] - position[first]) <= window)
    return first[near], second[near]


def _counts(**counts):
    """Counts as numbers of one shape, if they can be counts."""
    for name, count in counts.items():
        counts[name] = count = np.asarray(count, float)
        if (wrong := ~(np.isfinite(count) & (count >= 0))).any():
            raise ValueError(f"{name} holds {count[wrong][0]:g}; it should hold counts, from 0 up.")
    return np.broadcast_arrays(*counts.values())


def _measured(statistic, a, b, c, d, correction):
    """A statistic of observed and expected cells with its sign, corrected."""
    tables.check_choice(correction, "correction", (None, "yates", "williams"))
    a, b, c, d = cells = np.stack(_counts(a=a, b=b, c=c, d=d))
    n = a + b + c + d
    rows, columns = (a + b, c + d), (a + c, b + d)
    expected = np.stack([row * column / n for row in rows for column in columns])
    difference = (a * d - b * c) / n  # of a, exactly 0 where observed = expected
    taken = np.clip(difference, -0.5, 0.5) if correction == "yates" else np.zeros_like(n)
    difference = difference - taken
    q = 1
    with np.errstate(divide="ignore", invalid="ignore"):  # a row or column of 0 adds nothing
        terms = statistic(cells - np.multiply.outer(_SIGNS, taken), expected, np.multiply.outer(_SIGNS, difference))
        if correction == "williams":
            by_rows, by_columns = (n / one + n / other - 1 for one, other in (rows, columns))
            q = np.where(cells.all(axis=0), 1 + by_rows * by_columns / (6 * n), 1)
    return np.sign(difference) * np.maximum(np.where(expected > 0, terms, 0).sum(axis=0), 0) / q


def _likelihood(cells, expected, above):
    """2 O ln(O / E), as O ln(1 + (O − E) / E): of fifty million words no digit is lost."""
    return 2 * (xlog1py(cells, above / expected) - above)
