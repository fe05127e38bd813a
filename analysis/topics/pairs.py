"""Words that stand near each other: counted by block of documents, so that any resample is a sum; weighted."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

WINDOW = 15  # words; a pair d words apart counts 15 − d: the windows of 15 that hold both
_PIECE = 2_000_000  # running words taken at a time
_SAFE = 2**31 // (WINDOW * (WINDOW - 1) // 2)  # so many running words can't make a count that 32 bits don't hold
MOST = 1_000_000  # pairs of words weighed: the most frequent


class Pairs(NamedTuple):
    """How often two different words stand near each other, in whatever order."""

    n: object  # csr_matrix blocks × pairs; or one count per pair
    first: np.ndarray  # one word of each pair
    second: np.ndarray  # and the other; which is which means nothing
    n_words: int  # different kept words


def count(kept, block=None, n_blocks=1):
    """Count the pairs of kept words that stand less than 15 words apart in a paragraph.

    Parameters
    ----------
    kept : Kept
        From `words.keep`. Words that are not kept are gone: what is left stands
        next to each other.
    block : ndarray of int, optional
        For each paragraph, its block; all are one block unless given.
    n_blocks : int
        How many blocks there are.

    Returns
    -------
    Pairs
        With `n` blocks × pairs. A pair at distance d counts 15 − d; a word is no pair with itself.
        Whole numbers: blocks add up without rounding.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> text = ["arms and war", "arms and war"]
    >>> kept = keep(tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text})))
    >>> pairs = count(kept)  # and arms, and war, arms … war
    >>> pairs.first.tolist(), pairs.second.tolist(), pairs.n.toarray().tolist()
    ([0, 0, 1], [1, 2, 2], [[28, 28, 26]])
    """
    n_words = len(kept.words)
    block = np.zeros(len(kept.paragraphs), int) if block is None else block
    often = np.argsort(-np.bincount(kept.word, minlength=n_words), kind="stable")
    rank = np.empty(n_words, np.int64)  # frequent words first: what is added to most often lies together in memory
    rank[often] = np.arange(n_words)
    word = rank[kept.word]
    found, dense = [], np.zeros(n_words**2, np.int32 if len(word) < _SAFE else np.int64)
    for one in range(n_blocks):
        inside = block[kept.paragraph] == one if n_blocks > 1 else slice(None)
        _add_pairs(dense, word[inside], kept.paragraph[inside], n_words)
        where = np.flatnonzero(dense)
        found.append((where, dense[where].astype(np.int64)))
        dense[where] = 0
    for where, _ in found:
        dense[where] = 1
    keys = np.flatnonzero(dense)
    dense[keys] = np.arange(len(keys))
    ends = np.cumsum([0, *(len(where) for where, _ in found)])
    indices = np.concatenate([dense[where] for where, _ in found])
    n = sparse.csr_matrix((np.concatenate([data for _, data in found]), indices, ends), shape=(n_blocks, len(keys)))
    first, second = np.divmod(keys, max(n_words, 1))
    return Pairs(n, often[first], often[second], n_words)


def total(pairs, blocks=None):
    """The pairs of some blocks together.

    Parameters
    ----------
    pairs : Pairs
        From `count`.
    blocks : array of int, optional
        Which blocks, all unless given.

    Returns
    -------
    Pairs
        With `n` one whole number per pair; 0 where it stands in none of these blocks.

    Examples
    --------
    >>> two = sparse.csr_matrix([[38, 0], [2, 5]])
    >>> total(Pairs(two, np.array([0, 0]), np.array([1, 2]), 3), blocks=[0, 1]).n.tolist()
    [40, 5]
    """
    chosen = np.zeros(pairs.n.shape[0], np.int64)
    chosen[slice(None) if blocks is None else blocks] = 1
    return pairs._replace(n=pairs.n.T @ chosen)


def weigh(pairs):
    """Weigh pairs: positive PMI times the root of the count.

    Parameters
    ----------
    pairs : Pairs
        From `total`.

    Returns
    -------
    csr_matrix
        Words × words, symmetric: max(0, log(n_ab · N / (n_a · n_b))) · √n_ab, with n_a the sum of all
        pairs of a and N that of all words'. Beyond a million pairs, only the most frequent ones count, so
        that the work does not grow with the text.

    Examples
    --------
    >>> weigh(Pairs(np.array([40]), np.array([0]), np.array([1]), 2)).toarray().round(3).tolist()  # log 2 · √40
    [[0.0, 4.384], [4.384, 0.0]]
    """
    a, b, n = pairs.first, pairs.second, pairs.n.astype(float)
    sums = np.bincount(a, n, pairs.n_words) + np.bincount(b, n, pairs.n_words)
    often = n >= (np.partition(n, -MOST)[-MOST] if len(n) > MOST else 1)
    a, b, n = a[often], b[often], n[often]
    weight = np.log(n * sums.sum() / (sums[a] * sums[b])) * np.sqrt(n)
    positive = weight > 0
    half = sparse.csr_matrix((weight[positive], (a[positive], b[positive])), shape=(pairs.n_words, pairs.n_words))
    return (half + half.T).tocsr()


def _add_pairs(dense, word, paragraph, n_words):
    """Add the weight of each pair of words, lower number · words + higher, to one long row."""
    for apart in range(1, WINDOW):
        for low in range(0, len(word) - apart, _PIECE):
            high = min(low + _PIECE, len(word) - apart)
            a, b = word[low:high], word[low + apart : high + apart]
            together = paragraph[low:high] == paragraph[low + apart : high + apart]
            a, b = a[together], b[together]
            np.add.at(dense, np.minimum(a, b) * n_words + np.maximum(a, b), dense.dtype.type(WINDOW - apart))
    dense[:: n_words + 1] = 0  # a word with itself
