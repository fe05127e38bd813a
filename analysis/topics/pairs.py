"""Words that stand near each other: counted by block of documents, so that any resample is a sum; weighted."""

import numpy as np
from scipy import sparse

WINDOW = 15  # words; a pair d words apart counts 15 − d: the windows of 15 that hold both
_PIECE = 2_000_000  # running words taken at a time
MOST = 2_000_000  # pairs of words weighed (each counted both ways): the most frequent


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
    csr_matrix
        Blocks × pairs: word a followed by word b in column a · words + b. A pair at
        distance d counts 15 − d. Whole numbers: blocks add up without rounding.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> text = ["arms and war", "arms and war"]
    >>> kept = keep(tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": text})))
    >>> pairs = count(kept)  # and war, arms and, arms … war
    >>> pairs.indices.tolist(), pairs.data.tolist()
    ([2, 3, 5], [28, 28, 26])
    """
    n_words = len(kept.words)
    block = np.zeros(len(kept.paragraphs), int) if block is None else block
    rows = []
    for one in range(n_blocks):
        inside = block[kept.paragraph] == one if n_blocks > 1 else slice(None)
        dense = _pairs(kept.word[inside].astype(np.int64), kept.paragraph[inside], n_words)
        where = np.flatnonzero(dense)
        rows.append((where.astype(np.int32), dense[where].astype(np.int64)))
    ends = np.cumsum([0, *(len(where) for where, _ in rows)])
    indices, data = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return sparse.csr_matrix((data, indices, ends), shape=(n_blocks, n_words**2))


def total(counts, blocks=None):
    """The pairs of some blocks together, as a symmetric matrix.

    Parameters
    ----------
    counts : csr_matrix
        From `count`.
    blocks : array of int, optional
        Which blocks, all unless given.

    Returns
    -------
    csr_matrix
        Words × words, nothing on the diagonal.

    Examples
    --------
    >>> total(sparse.csr_matrix([[0, 38, 0, 0]])).toarray().tolist()
    [[0, 38], [38, 0]]
    """
    n_words = round(counts.shape[1] ** 0.5)
    blocks = range(counts.shape[0]) if blocks is None else blocks
    summed = np.zeros(counts.shape[1], np.int64)
    for one in blocks:
        part = slice(counts.indptr[one], counts.indptr[one + 1])
        summed[counts.indices[part]] += counts.data[part]
    one_way = sparse.csr_matrix(summed.reshape(n_words, n_words))
    one_way.setdiag(0)
    one_way.eliminate_zeros()
    return (one_way + one_way.T).tocsr()


def weigh(pairs):
    """Weigh pairs: positive PMI times the root of the count.

    Parameters
    ----------
    pairs : csr_matrix
        From `total`.

    Returns
    -------
    csr_matrix
        max(0, log(n_ab · N / (n_a · n_b))) · √n_ab, with n_a the sum of a's row and
        N that of all. Beyond two million pairs, only the most frequent ones count, so
        that the work does not grow with the text.

    Examples
    --------
    >>> weigh(sparse.csr_matrix([[0, 40.0], [40.0, 0]])).toarray().round(3).tolist()  # log 2 · √40
    [[0.0, 4.384], [4.384, 0.0]]
    """
    rows = np.asarray(pairs.sum(axis=1), float).ravel()
    pairs = pairs.tocoo()
    often = pairs.data >= (np.partition(pairs.data, -MOST)[-MOST] if pairs.nnz > MOST else 0)
    a, b, n = pairs.row[often], pairs.col[often], pairs.data[often].astype(float)
    weight = np.log(n * rows.sum() / (rows[a] * rows[b])) * np.sqrt(n)
    positive = weight > 0
    return sparse.csr_matrix((weight[positive], (a[positive], b[positive])), shape=pairs.shape)


def _pairs(word, paragraph, n_words):
    """Weight of each pair of words, first word · words + second, as one long row."""
    dense = np.zeros(n_words**2, np.int64)
    for apart in range(1, WINDOW):
        for low in range(0, len(word) - apart, _PIECE):
            high = min(low + _PIECE, len(word) - apart)
            first, second = slice(low, high), slice(low + apart, high + apart)
            together = paragraph[first] == paragraph[second]
            np.add.at(dense, word[first][together] * n_words + word[second][together], WINDOW - apart)
    return dense
