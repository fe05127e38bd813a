"""Words that stand near each other: chosen, counted in pairs, weighed, and factorised into topics of words."""

import warnings
from collections import namedtuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.tokens import KEYS, paragraph_of, single

WINDOW = 15  # words; a pair d words apart counts 15 − d: the windows of 15 that hold both
MOST_WORDS = 5_000  # different words kept: those in the most paragraphs
MOST_PAIRS = 1_000_000  # pairs of words weighed: the most frequent
DIMENSIONS = 150  # of the space in which paragraphs are compared
_PIECE = 2_000_000  # running words taken at a time
_TOLERANCE, _ROUNDS = 5e-3, 100  # when the factorisation stops
_RESIDUE = 1e-6  # scores this much smaller than the largest are what the factorisation left over


class TooFew(ValueError):
    """The text does not carry so many topics, or none."""


# `paragraphs`: `document`, `paragraph` of all that have a running word, sorted; `place`: of each of these, where it comes
# in the table given; `words`: the different kept words, sorted; of each kept running word `paragraph` and `word`: which.
class Kept(namedtuple("Kept", "paragraphs place words paragraph word")):
    """The kept words of a text, in an order that does not hang on that of the table."""

    def counts(self):
        """How often each word stands in each paragraph: paragraphs × words."""
        ones = np.ones(len(self.word), np.int32)
        return sparse.csr_array((ones, (self.paragraph, self.word)), (len(self.paragraphs), len(self.words)))

    def only(self, paragraphs):
        """The same, of the paragraphs for which it is true; their numbers stay."""
        mask = paragraphs[self.paragraph]
        return self._replace(paragraph=self.paragraph[mask], word=self.word[mask])


def keep(tokens, drop=(), words=None):
    """Choose the words that topics are made of, or keep just `words`.

    Words with two letters or more, not among `drop`, in at least two paragraphs (five, from 1,000 paragraphs on); of
    these the 5,000 in most paragraphs, in doubt by the alphabet.
    """
    number = paragraph_of(tokens)
    if not len(number):
        raise TooFew("tokens has no rows: there is nothing to find topics in.")
    keys = tokens[KEYS][np.diff(number, prepend=-1) > 0].astype("str")
    token = tokens["token"].astype("category")
    names, code = token.cat.categories.astype("str"), token.cat.codes.to_numpy()
    if words is None:
        pairs, _ = np.unique(number * np.int64(len(names)) + code, return_counts=True)  # counted, it is much faster
        n_paragraphs = np.bincount(pairs % len(names), minlength=len(names))
        words = frequent(names, n_paragraphs, len(keys), drop)
    words = sorted(words)
    word = pd.Index(words).get_indexer(names).astype(np.int32)[code]
    return _in_order(keys, np.arange(len(keys)), words, number[word >= 0], word[word >= 0])


def merged(several):
    """The words kept of texts, the same of each, as those of one text in which they stand one after the other."""
    before = np.cumsum([0, *(len(one.paragraphs) for one in several)])[:-1]
    place = np.concatenate([one.place + start for one, start in zip(several, before, strict=True)])
    paragraph = np.concatenate([one.paragraph + start for one, start in zip(several, before, strict=True)])
    keys, word = pd.concat([one.paragraphs for one in several]), np.concatenate([one.word for one in several])
    return _in_order(keys, place, several[0].words, paragraph, word)


def _in_order(keys, place, words, paragraph, word):
    """The words kept of these paragraphs, with the paragraphs sorted."""
    keys = keys.reset_index(drop=True).sort_values(KEYS)
    paragraph = np.argsort(keys.index).astype(np.int32)[paragraph]
    text = np.argsort(paragraph, kind="stable")
    return Kept(keys.reset_index(drop=True), place[keys.index], words, paragraph[text], word[text])


def count(kept, block=None):
    """Count the pairs of kept words less than 15 words apart in a paragraph, by block of paragraphs.

    Words that are not kept are gone: what is left stands next to each other. One table of words × words a block, in
    which each pair stands once, in whatever order; whole numbers, so that blocks add up.
    """
    n_words = len(kept.words)
    block = np.zeros(len(kept.paragraphs), int) if block is None else block
    found, dense = [], np.zeros(n_words**2, np.int64)
    for one in range(block.max() + 1):
        inside = block[kept.paragraph] == one
        _add_pairs(dense, kept.word[inside].astype(np.int64), kept.paragraph[inside], n_words)
        pair = np.flatnonzero(dense)
        found.append(sparse.csr_array((dense[pair], np.divmod(pair, n_words)), shape=(n_words, n_words)))
        dense[pair] = 0
    return found


def weigh(blocks):
    """Weigh the pairs of these blocks: positive PMI times the root of the count; words × words, symmetric.

    max(0, log(n_ab · N / (n_a · n_b))) · √n_ab, with n_a the sum of all pairs of a and N that of all words'. Beyond a
    million pairs only the most frequent count, so that the work does not grow with the text.
    """
    pairs = sum(blocks).tocoo()
    a, b, n = pairs.row, pairs.col, pairs.data.astype(float)
    sums = np.bincount(a, n, pairs.shape[0]) + np.bincount(b, n, pairs.shape[0])
    often = n >= (np.partition(n, -MOST_PAIRS)[-MOST_PAIRS] if len(n) > MOST_PAIRS else 1)
    a, b, n = a[often], b[often], n[often]
    weight = np.log(n * sums.sum() / (sums[a] * sums[b])) * np.sqrt(n)
    some = weight > 0
    half = sparse.csr_array((weight[some], (a[some], b[some])), shape=pairs.shape)
    return (half + half.T).tocsr()


def decompose(weights, dimensions, seed):
    """The largest singular vectors of weighted pairs, by words, and their values."""
    from sklearn.utils.extmath import randomized_svd

    return randomized_svd(weights, min(dimensions, *weights.shape), n_iter=2, random_state=seed)


def factorise(weights, k, parts):
    """How strongly each word belongs to each topic: words × topics, from 0. A column of zeros was not found.

    Non-negative factors of weighted pairs by coordinate descent (Cichocki & Phan 2009), from the positive or negative
    half of each singular vector, whichever is longer (NNDSVD, Boutsidis & Gallopoulos 2008). `parts` comes from
    `decompose`.
    """
    from sklearn.decomposition import NMF

    left, values, right = parts
    starts = [_start(left[:, j], right[j], values[j]) for j in range(k)]
    W, H = (np.ascontiguousarray(rows, dtype=weights.dtype) for rows in zip(*starts, strict=True))
    if not (W.any() and H.any()):
        return W.T.astype(float)
    model = NMF(k, init="custom", tol=_TOLERANCE, max_iter=_ROUNDS)
    return quietly(model.fit_transform, weights, W=np.ascontiguousarray(W.T), H=H).astype(float)


def quietly(function, *table, **start):
    """What the function gives, without warnings that rounds ran out or that the error left is below rounding."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning), np.errstate(invalid="ignore"):
        return function(*table, **start)  # the rounds are part of the recipe


def ranked(loadings, top=None):
    """For each topic the numbers of its words, or of its `top` first, the most telling first.

    By loading · √exclusivity (loading / its sum over topics, loadings summing to 1 in a topic), rounded to six digits,
    then by their number, that is by the alphabet. A millionth of the largest, or less, is none.
    """
    shares = loadings / np.maximum(loadings.sum(axis=0), 1e-300)
    scores = shares * np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300))
    digits = 10.0 ** (5 - np.floor(np.log10(np.maximum(scores, 1e-200))))
    orders = []
    for rounded in (np.round(scores * digits) / digits).T:
        order = np.argsort(-rounded, kind="stable")
        orders.append(order[rounded[order] > _RESIDUE * rounded.max(initial=0)][:top])
    return orders


def frequent(names, n_paragraphs, paragraphs, drop):
    """The words in enough of so many paragraphs, and of these the most frequent."""
    least, set_aside = 2 if paragraphs < 1_000 else 5, set(single(drop, "drop", set(names)))
    in_most = sorted((-n, name) for name, n in zip(names, n_paragraphs.tolist(), strict=True) if n >= least)
    words = [name for _, name in in_most if name not in set_aside and sum(map(str.isalpha, name)) >= 2][:MOST_WORDS]
    if not words:
        needed = f"topics need words of two letters or more, not in drop, in at least {least} paragraphs"
        raise TooFew(f"tokens: no word is left: {needed}; there are {paragraphs} paragraphs.")
    return words


def _add_pairs(dense, word, paragraph, n_words):
    """Add the weight of each pair of words, lower number · words + higher, to one long row."""
    for apart in range(1, WINDOW):
        for low in range(0, len(word) - apart, _PIECE):
            near = slice(low, min(low + _PIECE, len(word) - apart))
            far = slice(near.start + apart, near.stop + apart)
            together = paragraph[near] == paragraph[far]
            a, b = word[near][together], word[far][together]
            np.add.at(dense, np.minimum(a, b) * n_words + np.maximum(a, b), WINDOW - apart)
    dense[:: n_words + 1] = 0  # a word with itself


def _start(x, y, value):
    """The positive or the negative half of a pair of singular vectors, whichever is longer, as a start."""
    sides = [(np.maximum(sign * x, 0), np.maximum(sign * y, 0)) for sign in (1, -1)]
    norms = [np.linalg.norm(one) * np.linalg.norm(other) for one, other in sides]
    (x, y), size = sides[np.argmax(norms)], np.sqrt(value * max(norms))
    return (size * x / np.linalg.norm(x), size * y / np.linalg.norm(y)) if size > 0 else (x * 0, y * 0)
