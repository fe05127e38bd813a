"""Running words → paragraphs that say nearly the same in the same words: boilerplate, and texts that repeat each other."""

from numbers import Real

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.tokens import paragraph_of

_WORDS = 3  # words in a shingle
_MISSED = 1e-4  # chance that a pair just as similar as asked is never compared
_ALL, _NEXT, _MOST_COPIED = 64, 16, 8  # how many that share a band are compared: all up to 64, else these
_PARAGRAPHS, _PAIRS = 2**13, 2**16  # taken at a time, so that memory stays bounded
_ODD = np.uint64(0x9E3779B97F4A7C15)


def find(tokens, *, similar=0.8):
    """Group the paragraphs that are near duplicates of each other.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`: rows of `tokens.tokenize`'s
        table, in its order. Where words have been left out, those on either side
        count as next to each other.
    similar : float, default 0.8
        From which Jaccard similarity two paragraphs are near duplicates: 0.5 to 1.

    Returns
    -------
    DataFrame
        One row per paragraph that has words, in order of first appearance:
        `document`, `paragraph`, `group` (from 1, in order of first appearance),
        `first` (true for the first paragraph of its group), `n_group` (paragraphs
        in the group; 1 where nothing is like it). Keep the rows where `first` is
        true to count each text once.

    Raises
    ------
    ValueError
        If columns or values are missing, the words are not in the order of the
        text, a word has a character that can't be written as UTF-8, or `similar` is not a number from 0.5 to 1.

    Notes
    -----
    Two paragraphs are compared by their sets A and B of three-word runs (shingles;
    of a paragraph of one or two words, the whole)::

        similarity = |A ∩ B| / |A ∪ B|                        (Jaccard; Broder 1997)

    They are near duplicates where it is at least `similar`. A group is all that
    hang together through such pairs, so its ends may be less alike.

    Which pairs are compared is chosen by MinHash, in bands (Leskovec, Rajaraman &
    Ullman 2020, *Mining of Massive Datasets*, ch. 3), with fixed hashes of the
    words: the same paragraphs get the same groups in any order. The similarity is
    then counted, not estimated, so no pair is taken for similar that isn't (but for
    a coincidence of 64-bit hashes). A pair just as similar as asked is passed over
    with a chance of 1 in 10,000, one more similar with less. At 0.8 there are 24
    bands of five hashes; a pair at 0.9 is passed over once in two billion times.

    Paragraphs with the same shingles are put together first. Where more than 64
    different ones share a band, each is compared with the next 16 and with the 8
    that have most copies. A pair is missed if it falls between these in all bands
    and nothing else links the two.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> texts = ["The Council decides to remain seized of the matter", "Peace",
    ...     "The Council decides to remain actively seized of the matter"]
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "text": texts})
    >>> find(tokenize(paragraphs), similar=0.5)  # 5 shingles of 10 are in both
      document paragraph  group  first  n_group
    0       un         1      1   True        2
    1       un         2      2   True        1
    2       un         3      1  False        2
    """
    if isinstance(similar, (bool, np.bool_)) or not isinstance(similar, Real) or not 0.5 <= similar <= 1:
        raise ValueError(f"similar should be a number from 0.5 to 1, found {similar!r}.")
    number = paragraph_of(tokens)
    begin = np.flatnonzero(np.diff(number, prepend=-1))  # the row of each paragraph's first word
    if len(begin):
        shingles, text = _different(*_shingles(_hashes(tokens["token"]), np.append(begin, len(number))))
        group = pd.factorize(_linked(shingles, np.bincount(text), similar)[text])[0]
    else:
        group = np.zeros(0, np.int64)
    found = tokens[["document", "paragraph"]].iloc[begin].reset_index(drop=True)
    found["group"] = group + 1
    found["first"] = ~found["group"].duplicated()
    found["n_group"] = np.bincount(group)[group] if len(group) else group
    return found


def _hashes(words):
    """A 64-bit hash of each running word: of its letters, whatever else is in the table."""
    code, names = (words.cat.codes, words.cat.categories) if hasattr(words, "cat") else pd.factorize(words)
    try:
        names = pd.Index(names).astype("str").to_numpy(object)  # objects: one long word makes the others no longer
        hashes = pd.util.hash_array(names, categorize=False)
    except UnicodeEncodeError as error:
        raise ValueError(f"tokens: a word has the character {error.object[error.start]!r}, which is no text.") from None
    return hashes[np.asarray(code)]


def _mixed(x):
    """Hashes mixed well: each bit of the result hangs on all (the finaliser of SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _shingles(word, bounds):
    """The shingles of each paragraph (its words lie between two `bounds`): sorted, each once; and how many there are."""
    kept, size = [], []
    for start in range(0, len(bounds) - 1, _PARAGRAPHS):
        bound = bounds[start : start + _PARAGRAPHS + 1]
        n_words = np.diff(bound)
        runs = np.maximum(n_words - _WORDS + 1, 1)
        paragraph = np.repeat(np.arange(len(runs)), runs)
        begin = np.arange(runs.sum()) + np.repeat(bound[:-1] - np.cumsum(runs) + runs, runs)
        last = bound[1:][paragraph] - 1
        shingle = np.minimum(n_words, _WORDS)[paragraph].astype(np.uint64)
        for place in range(_WORDS):
            there = begin + place <= last
            shingle = np.where(there, _mixed(shingle * _ODD + word[np.minimum(begin + place, last)]), shingle)
        shingle = (shingle >> np.uint64(1)).astype(np.int64)
        order = np.lexsort([shingle, paragraph])
        shingle, paragraph = shingle[order], paragraph[order]
        new = (np.diff(shingle, prepend=-1) != 0) | (np.diff(paragraph, prepend=-1) != 0)
        kept.append(shingle[new])
        size.append(np.bincount(paragraph[new]))
    return np.concatenate(kept), np.concatenate(size)


def _different(shingle, size):
    """The different sets of shingles, a row each (the order hangs on nothing but the sets); each paragraph's row."""
    bound = np.append(0, np.cumsum(size))
    of_set = np.add.reduceat(_mixed(shingle.view(np.uint64) + _ODD), bound[:-1])
    _, first, text = np.unique(_mixed(of_set + size.astype(np.uint64)), return_index=True, return_inverse=True)
    there = sparse.csr_array((np.ones(len(shingle), np.int8), shingle, bound), shape=(len(size), 2**63 - 1))
    there.has_canonical_format = True
    return there[first], text


def _linked(shingles, copies, similar):
    """The group of each set of shingles."""
    n = shingles.shape[0]
    group = np.arange(n)
    if similar == 1 or n == 1:
        return group
    size = np.diff(shingles.indptr)
    often = np.empty(n, np.int64)
    often[np.argsort(-copies, kind="stable")] = np.arange(n)  # 0 for the set with most copies
    for key in _bands(shingles, similar):
        edges = []
        for one, other in _pairs(key, often):
            small, large = np.minimum(size[one], size[other]), np.maximum(size[one], size[other])
            open_ = (group[one] != group[other]) & (small >= similar * large - 1e-9)
            for start in range(0, open_.sum(), _PAIRS):
                a, b = one[open_][start : start + _PAIRS], other[open_][start : start + _PAIRS]
                both = np.diff(shingles[a].multiply(shingles[b]).tocsr().indptr)
                alike = both / (size[a] + size[b] - both) >= similar
                edges.append(np.stack([group[a[alike]], group[b[alike]]]))
        if edges:
            a, b = np.concatenate(edges, axis=1)
            joined = sparse.coo_array((np.ones(len(a), bool), (a, b)), shape=(n, n))
            group = sparse.csgraph.connected_components(joined, directed=False)[1][group]
    return group


def _plan(similar):
    """How many bands, and how many hashes in each, so that a pair this similar shares a band almost surely."""
    hashes = min(max(2, int(np.log(0.3) / np.log(similar))), 20)
    return int(np.ceil(np.log(_MISSED) / np.log1p(-(similar**hashes)))), hashes


def _bands(shingles, similar):
    """Band by band, a number for each set of shingles; two sets have the same if their smallest hashes are."""
    bands, hashes = _plan(similar)
    factors = (_mixed(np.arange(1, bands * hashes + 1, dtype=np.uint64)) | np.uint64(1)).reshape(bands, hashes)
    shingle, bound = shingles.indices.view(np.uint64), shingles.indptr
    for band in factors:
        key = np.zeros(len(bound) - 1, np.uint64)
        for start in range(0, len(key), _PARAGRAPHS // 4):
            part = bound[start : start + _PARAGRAPHS // 4 + 1]
            inside, begin = shingle[part[0] : part[-1]], part[:-1] - part[0]
            product = np.empty_like(inside)
            for factor in band:
                smallest = np.minimum.reduceat(np.multiply(inside, factor, out=product), begin)
                stop = start + len(begin)
                key[start:stop] = _mixed(key[start:stop] * _ODD + smallest)
        yield key


def _pairs(key, often):
    """Pairs of sets that share a key, as arrays of one and the other: all, or in crowds the most copied and the next."""
    order = np.lexsort([often, key])  # in a crowd, those with most copies first
    bound = np.append(np.flatnonzero(np.diff(key[order]) != 0) + 1, len(key))
    begin = np.append(0, bound[:-1])
    crowd = np.repeat(bound - begin, bound - begin)
    begin, end = np.repeat(begin, bound - begin), np.repeat(bound, bound - begin)
    place = np.flatnonzero(crowd > 1)
    for step in range(1, _ALL):
        place = place[(place + step < end[place]) & ((step <= _NEXT) | (crowd[place] <= _ALL))]
        if not len(place):
            return
        yield order[place], order[place + step]
        if step == _NEXT:
            crowded = np.flatnonzero(crowd > _ALL)
            for rank in range(_MOST_COPIED):
                later = crowded[crowded - begin[crowded] > rank + _NEXT]
                yield order[begin[later] + rank], order[later]
