"""The two sides of a comparison: which words stand on which, and a split by the hits of a codebook."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import regex

from analysis import tables, values
from analysis.word_forms import PATTERN, as_token

_KEYS = ["document", "paragraph"]
_WORD = regex.compile(PATTERN)


class Split(NamedTuple):
    """Two masks over the rows of tokens, and the words that make the difference by definition."""

    target: np.ndarray
    reference: np.ndarray
    defining: list


def split(hits, tokens):
    """Set the paragraphs in which a codebook has a kept hit against all others.

    Parameters
    ----------
    hits : DataFrame
        `document`, `paragraph`, `match`, `kept`, from `patterns.find`. Hits of one label, or of several: a kept hit
        of any of them counts.
    tokens : DataFrame
        `document`, `paragraph`, `token`: the running words of the paragraphs searched.

    Returns
    -------
    Split
        `target` and `reference`, masks over the rows of `tokens` (a paragraph with a kept hit; one without), and
        `defining`, the words of the kept hits' matches that occur in `tokens`, by alphabet. Where a pattern leaves a
        gap (``~4``), the words in the gap are among them. They define the split, and would head every list:
        `compare` leaves them out and says so. To be passed on as ``compare(tokens, **split(…)._asdict())``.

    Raises
    ------
    ValueError
        If columns or values are missing, `kept` is not true or false, `match` is no text, or the paragraph of a kept
        hit has no running words in `tokens`.
    TypeError
        If `hits` or `tokens` is no table.

    Examples
    --------
    >>> from analysis import patterns
    >>> from analysis.tokens import tokenize
    >>> texts = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Keep the peace", "Now and then"]})
    >>> found = split(patterns.find(texts, "peace"), tokenize(texts))
    >>> found.target.tolist(), found.defining
    ([True, True, True, False, False, False], ['peace'])
    """
    tables.check(tokens, "tokens", [*_KEYS, "token"])
    tables.check_present(tokens, "tokens", [*_KEYS, "token"])
    tables.check(hits, "hits", [*_KEYS, "match", "kept"])
    tables.check_present(hits, "hits", [*_KEYS, "match", "kept"])
    tables.check_flags(hits, "hits", ["kept"])
    values.check_text(hits, "hits", ["match"])
    hits = hits[hits["kept"].astype(bool)]
    code, first = numbered(tokens, _KEYS)
    place = pd.MultiIndex.from_frame(tokens[_KEYS].iloc[first].astype("str"))
    found = place.get_indexer(pd.MultiIndex.from_frame(hits[_KEYS].astype("str")))
    if (found < 0).any():
        lost = tuple(hits[_KEYS].iloc[int((found < 0).argmax())])
        raise ValueError(f"hits: paragraph {lost} has no running words in tokens; split the paragraphs searched.")
    has = np.zeros(len(first), bool)
    has[found] = True
    words = {as_token(word) for match in hits["match"] for word in _WORD.findall(match)}
    defining = sorted(words.intersection(tokens["token"].unique()))
    return Split(has[code], ~has[code], defining)


def numbered(tokens, keys):
    """Number the different values of columns, whatever the order of the rows.

    Parameters
    ----------
    tokens : DataFrame
        Any table.
    keys : list of str
        Columns of it.

    Returns
    -------
    code : ndarray of int
        For each row the number of its combination of values, 0, 1, 2, … by size or alphabet.
    first : ndarray of int
        For each number the first row that has it.

    Raises
    ------
    KeyError
        If a column is missing: callers check.

    Examples
    --------
    >>> code, first = numbered(pd.DataFrame({"country": ["Peru", "Chad", "Peru"]}), ["country"])
    >>> code.tolist(), first.tolist()
    ([1, 0, 1], [1, 0])
    """
    code = np.zeros(len(tokens), np.int64)
    for key in keys:
        of_key, values = pd.factorize(tokens[key])
        number = pd.api.types.is_numeric_dtype(values.dtype)
        names = np.asarray(values) if number else np.array([str(value) for value in values], dtype=object)
        code = pd.factorize(code * len(names) + _rank(names)[of_key])
        code = _rank(code[1])[code[0]]
    seen, _ = pd.factorize(code)
    begins = np.flatnonzero(np.diff(np.maximum.accumulate(seen), prepend=-1))
    first = np.empty(len(begins), np.int64)
    first[code[begins]] = begins
    return code, first


def marked(tokens, target, reference):
    """Check the two masks, and say which rows stand on which side.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, and further columns.
    target, reference : Series or array of bool
        Which rows of `tokens`; `reference` may be None where it is a list.

    Returns
    -------
    inside, outside : ndarray of bool
        One each per row of `tokens`.

    Raises
    ------
    TypeError
        If a mask is not of true and false.
    ValueError
        If one has another length or index than `tokens`, misses values, or marks nothing; if a paragraph is in both.

    Examples
    --------
    >>> words = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "token": "peace"})
    >>> inside, outside = marked(words, words["paragraph"] == "1", words["paragraph"] != "1")
    >>> inside.tolist(), outside.tolist()
    ([True, False], [False, True])
    """
    inside = _mask(tokens, target, "target")
    if reference is None:
        return inside, np.zeros(len(tokens), bool)
    outside = _mask(tokens, reference, "reference")
    code, first = numbered(tokens, _KEYS)
    both = np.bincount(code[inside], minlength=len(first)) * np.bincount(code[outside], minlength=len(first)) > 0
    if both.any():
        place = tuple(tokens[_KEYS].iloc[first[both].min()])
        more = "" if both.sum() == 1 else f" (and {both.sum() - 1:,} more)"
        raise ValueError(f"Paragraph {place}{more} is in both target and reference; each should be in one of them.")
    return inside, outside


def listed(reference, known):
    """Check a frequency list that stands in for the reference.

    Parameters
    ----------
    reference : DataFrame
        `token` (lower case), `n` (whole numbers from 0).
    known : Index
        The words of the tokens, any order.

    Returns
    -------
    Series
        `n` by token.

    Raises
    ------
    ValueError
        If columns or values are missing, a word is there twice, a count is not a whole number from 0, all are 0, they
        add up to more than 2⁵³, or a word that the tokens don't have is written with capitals or is no word as
        `tokens.PATTERN` has it (spaces around it, more words than one, a comma).

    Examples
    --------
    >>> listed(pd.DataFrame({"token": ["peace", "war"], "n": [3, 1]}), pd.Index(["peace"])).to_dict()
    {'peace': 3, 'war': 1}
    """
    tables.check(reference, "reference", ["token", "n"])
    tables.check_present(reference, "reference", ["token", "n"])
    tables.check_unique(reference, "reference", ["token"])
    n, words = _listed_counts(reference), reference["token"].astype("str")
    known = words.isin(known).to_numpy()
    capital = (words != words.map(as_token)).to_numpy() & ~known
    if capital.any():
        row = int(capital.argmax())
        raise ValueError(
            f"reference: {words.iloc[row]!r} in row {row} (rows count from 0) is not in lower case with its accents in "
            "one character (NFC), as tokens are; write the words so and add up those that become the same."
        )
    unsure = np.flatnonzero(~known & ~words.str.isalnum().to_numpy(bool))  # letters and digits alone are a token
    strange = [not _WORD.fullmatch(word) for word in words.iloc[unsure]]
    if any(strange):
        row = int(unsure[strange.index(True)])
        raise ValueError(
            f"reference: {words.iloc[row]!r} in row {row} (rows count from 0) is no token, as tokens.tokenize makes them; "
            "take off spaces, and take out what is no word."
        )
    return pd.Series(n, index=pd.Index(words))


def _listed_counts(reference):
    """The counts of a frequency list, if they are counts, and not so large that their sum is no longer exact."""
    n = reference["n"].to_numpy()
    if n.dtype == object:
        wrong = np.array([not _is_count(value) for value in n], bool)
    elif np.issubdtype(n.dtype, np.integer) or np.issubdtype(n.dtype, np.floating):
        wrong = ~(np.isfinite(n) & (n >= 0) & (n == np.floor(n)))
    else:
        wrong = np.ones(len(n), bool)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"reference: n of {reference['token'].iloc[row]!r} is {reference['n'].tolist()[row]!r} in row {row} "
            "(rows count from 0); it should be a whole number from 0."
        )
    total = sum(map(int, n)) if n.dtype == object else int(n.sum(dtype=float))
    if total > 2**53:
        raise ValueError(f"reference: the counts add up to {total:,}; at most 2⁵³ can be reckoned with.")
    if not total:
        raise ValueError("reference: the list has no words: the sum of n is 0.")
    return n.astype(np.int64)


def _is_count(value):
    """A whole number from 0, of Python or NumPy."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return number and 0 <= value < np.inf and value == int(value)


def _mask(tokens, mask, name):
    """One mask as an array, or an error that says what is wrong with it."""
    if isinstance(mask, pd.Series) and not mask.index.equals(tokens.index):
        raise ValueError(f"{name} has another index than tokens; make the mask from the columns of tokens.")
    if not isinstance(mask, (pd.Series, pd.api.extensions.ExtensionArray)):
        mask = np.asarray(mask)
    if mask.ndim != 1 or len(mask) != len(tokens):
        raise ValueError(
            f"{name} has the shape {tuple(mask.shape)}; it should have one value for each of {len(tokens):,} rows."
        )
    if not pd.api.types.is_bool_dtype(mask.dtype):
        raise TypeError(
            f"{name} should be true or false for each row of tokens, found {mask.dtype}; "
            "for example tokens['section'] == 'Background'."
        )
    absent = pd.isna(mask)
    if absent.any():
        raise ValueError(f"{name} is missing in row {int(np.argmax(absent))} (rows count from 0).")
    mask = np.asarray(mask, bool)
    if not mask.any():
        raise ValueError(f"{name} has no words: the mask marks none of {len(tokens):,} rows.")
    return mask


def _rank(values):
    """Where each of some different values stands when they are sorted."""
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    return rank
