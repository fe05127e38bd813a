"""Words that stand near each other: chosen, counted in pairs, weighed, and factorised into topics of words."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.tokens import paragraph_of

WINDOW = 15  # words; a pair d words apart counts 15 − d: the windows of 15 that hold both
MOST_WORDS = 5_000  # different words kept: those in the most paragraphs
MOST_PAIRS = 1_000_000  # pairs of words weighed: the most frequent
DIMENSIONS = 150  # of the space in which paragraphs are compared
_LEAST = {0: 2, 1_000: 5}  # paragraphs a word must stand in, from so many paragraphs on
_PIECE = 2_000_000  # running words taken at a time
_SAFE = 2**31 // (WINDOW * (WINDOW - 1) // 2)  # so many running words can't make a count that 32 bits don't hold
_TOLERANCE, _ROUNDS = 5e-3, 100  # when the factorisation stops
_COLUMNS = 16  # multiplied at a time: that many lie in a processor's registers
_RESIDUE = 1e-6  # scores this much smaller than the largest are what the factorisation left over


class TooFew(ValueError):
    """The text does not carry so many topics, or none."""


class Kept(NamedTuple):
    """The kept words of a text, in an order that does not hang on that of the table."""

    paragraphs: pd.DataFrame  # `document`, `paragraph`: all that have a running word, sorted
    place: np.ndarray  # for each of these, where it comes in the table given
    words: list  # the different kept words, sorted
    paragraph: np.ndarray  # for each kept running word, its paragraph
    word: np.ndarray  # … and which word it is

    def counts(self):
        """How often each word stands in each paragraph: paragraphs × words."""
        ones = np.ones(len(self.word), np.int32)
        table = sparse.csr_array((ones, (self.paragraph, self.word)), shape=(len(self.paragraphs), len(self.words)))
        table.sum_duplicates()
        return table

    def only(self, paragraphs):
        """The same, of the paragraphs for which it is true; their numbers stay."""
        mask = paragraphs[self.paragraph]
        return self._replace(paragraph=self.paragraph[mask], word=self.word[mask])


class Pairs(NamedTuple):
    """How often two different words stand near each other, in whatever order."""

    n: object  # blocks × pairs; or one count per pair
    first: np.ndarray  # one word of each pair
    second: np.ndarray  # and the other; which is which means nothing
    n_words: int  # different kept words


def keep(tokens, drop=(), words=None):
    """Choose the words that topics are made of, or keep just `words`.

    Words with two letters or more, not among `drop`, in at least two paragraphs (five, from 1,000 paragraphs on); of
    these the 5,000 in most paragraphs, in doubt by the alphabet.
    """
    if isinstance(drop, str):
        raise TypeError("drop should be a list of words, found one text; read the file with .read_text().split().")
    number = paragraph_of(tokens)
    if not len(number):
        raise TooFew("tokens has no rows: there is nothing to find topics in.")
    begins = np.flatnonzero(np.diff(number, prepend=-1))
    keys = tokens[["document", "paragraph"]].iloc[begins].astype("str").reset_index(drop=True)
    order = np.lexsort((keys["paragraph"].to_numpy(object), keys["document"].to_numpy(object)))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    token = tokens["token"].astype("category")
    names = token.cat.categories.astype("str")
    dropped = set(drop)
    fits = [name for name in names if name not in dropped and sum(map(str.isalpha, name)) >= 2]
    chosen = sorted(fits if words is None else words)
    word = pd.Index(chosen).get_indexer(names).astype(np.int32)[token.cat.codes.to_numpy()]
    mask = word >= 0
    word, paragraph = word[mask], rank[number[mask]]
    text = np.argsort(paragraph, kind="stable")
    kept = Kept(keys.iloc[order].reset_index(drop=True), order, chosen, paragraph[text], word[text])
    return kept if words is not None else _frequent(kept)


def count(kept, block=None, n_blocks=1):
    """Count the pairs of kept words less than 15 words apart in a paragraph, by block of paragraphs.

    Words that are not kept are gone: what is left stands next to each other. Whole numbers, so that blocks add up.
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
        found.append(sparse.csr_array((dense[where].astype(np.int64), where, [0, len(where)]), shape=(1, n_words**2)))
        dense[where] = 0
    n = sparse.vstack(found, format="csr")
    keys, n.indices = np.unique(n.indices, return_inverse=True)
    n = sparse.csr_array((n.data, n.indices, n.indptr), shape=(n_blocks, len(keys)))
    first, second = np.divmod(keys, max(n_words, 1))
    often = often.astype(np.int32)
    return Pairs(n, often[first], often[second], n_words)


def weigh(pairs, blocks=None):
    """Weigh the pairs of some blocks, or of all: positive PMI times the root of the count; words × words, symmetric.

    max(0, log(n_ab · N / (n_a · n_b))) · √n_ab, with n_a the sum of all pairs of a and N that of all words'. Beyond a
    million pairs only the most frequent count, so that the work does not grow with the text.
    """
    chosen = np.zeros(pairs.n.shape[0], np.int64)
    chosen[slice(None) if blocks is None else blocks] = 1
    a, b, n = pairs.first, pairs.second, (pairs.n.T @ chosen).astype(float)
    sums = np.bincount(a, n, pairs.n_words) + np.bincount(b, n, pairs.n_words)
    often = n >= (np.partition(n, -MOST_PAIRS)[-MOST_PAIRS] if len(n) > MOST_PAIRS else 1)
    a, b, n = a[often], b[often], n[often]
    weight = np.log(n * sums.sum() / (sums[a] * sums[b])) * np.sqrt(n)
    some = weight > 0
    half = sparse.csr_array((weight[some], (a[some], b[some])), shape=(pairs.n_words, pairs.n_words))
    return (half + half.T).tocsr()


def decompose(weights, dimensions, seed):
    """The largest singular vectors of weighted pairs, by words, and their values."""
    from sklearn.utils.extmath import randomized_svd
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # small matrices: threads would wait for each other, on a busy machine for minutes
        return randomized_svd(weights, min(dimensions, *weights.shape), n_iter=2, random_state=seed)


def factorise(weights, k, parts):
    """How strongly each word belongs to each topic: words × topics, from 0. A column of zeros was not found.

    Non-negative factors of weighted pairs by coordinate descent (Cichocki & Phan 2009; as scikit-learn's NMF, whose
    products of 16 columns at a time would take three times as long), from the positive or negative half of each
    singular vector, whichever is longer (NNDSVD, Boutsidis & Gallopoulos 2008). `parts` comes from `decompose`.
    """
    left, values, right = parts
    starts = [_halves(left[:, j], right[j], values[j]) for j in range(k)]
    W, H = (np.ascontiguousarray(rows, dtype=weights.dtype) for rows in zip(*starts, strict=True))
    gains = []
    while len(gains) < _ROUNDS and (not gains or gains[-1] > _TOLERANCE * gains[0]):
        gains.append(_descend(W, weights, H) + _descend(H, weights, W))
    return W.T.astype(float)


def ranked(loadings, words, top=None):
    """For each topic the numbers of its words, or of its `top` first, the most telling first.

    By loading · √exclusivity (loading / its sum over topics, loadings summing to 1 in a topic), rounded to six digits,
    then by the alphabet. A millionth of the largest, or less, is none.
    """
    shares = loadings / np.maximum(loadings.sum(axis=0), 1e-300)
    scores = shares * np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300))
    alphabet = np.argsort(np.argsort(np.array(words, dtype=object), kind="stable"), kind="stable")
    orders = []
    for column in scores.T:
        least = np.partition(column, -top)[-top] * (1 - 1e-5) if top and top < len(column) else 0
        some = np.flatnonzero(column >= max(least, _RESIDUE / 2 * column.max()))
        rounded = np.array([float(f"{score:.6g}") for score in column[some]])
        order = np.lexsort((alphabet[some], -rounded))
        order = order[rounded[order] > _RESIDUE * rounded.max(initial=0)]
        orders.append(some[order][:top])
    return orders


def _frequent(kept):
    """The words in enough paragraphs, and of these the most frequent."""
    n_paragraphs = np.bincount(kept.counts().indices, minlength=len(kept.words))
    least = max(value for start, value in _LEAST.items() if len(kept.paragraphs) >= start)
    frequent = np.flatnonzero(n_paragraphs >= least)
    frequent = np.sort(frequent[np.argsort(-n_paragraphs[frequent], kind="stable")[:MOST_WORDS]])
    if not len(frequent):
        raise TooFew(
            f"tokens: no word is left: words with two letters, not dropped, that stand in at least {least} paragraphs; "
            f"there are {len(kept.paragraphs)} paragraphs."
        )
    new = np.full(len(kept.words), -1, np.int32)
    new[frequent] = np.arange(len(frequent), dtype=np.int32)
    mask = new[kept.word] >= 0
    names = [kept.words[one] for one in frequent]
    return kept._replace(words=names, paragraph=kept.paragraph[mask], word=new[kept.word[mask]])


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


def _halves(x, y, value):
    """The positive or the negative half of a pair of singular vectors, whichever is longer, as a start."""
    x, y = max((x, y), (-x, -y), key=_length)
    x, y = np.maximum(x, 0), np.maximum(y, 0)
    norms = np.linalg.norm(x), np.linalg.norm(y)
    size = np.sqrt(value * norms[0] * norms[1])
    return (size * x / norms[0], size * y / norms[1]) if size > 0 else (x * 0, y * 0)


def _length(pair):
    return np.linalg.norm(np.maximum(pair[0], 0)) * np.linalg.norm(np.maximum(pair[1], 0))


def _descend(factor, weights, other):
    """Improve one factor (topics × words), the other as it is, topic by topic; how much there was to gain."""
    columns = [np.ascontiguousarray(other[some : some + _COLUMNS].T) for some in range(0, len(other), _COLUMNS)]
    wanted = np.hstack([weights @ some for some in columns]).T
    gram, gain = other @ other.T, 0.0
    for topic, row in enumerate(factor):
        slope = gram[topic] @ factor - wanted[topic]
        gain += float(np.abs(np.where(row > 0, slope, np.minimum(slope, 0))).sum())
        if gram[topic, topic] > 0:
            np.maximum(row - slope / gram[topic, topic], 0, out=row)
    return gain
