"""Running words → the words that topics are made of, counted by paragraph."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.tokens import paragraph_of

MOST = 5_000  # different words kept at most: those in the most paragraphs
LEAST = {0: 2, 1_000: 5}  # paragraphs a word must stand in, from so many paragraphs on
_KEYS = ["document", "paragraph"]


class NothingKept(ValueError):
    """No word is left to make topics of."""


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
        shape = (len(self.paragraphs), len(self.words))
        table = sparse.csr_matrix((ones, (self.paragraph, self.word)), shape=shape)
        table.sum_duplicates()
        return table

    def only(self, paragraphs):
        """The same, of some paragraphs alone; their numbers stay."""
        mask = np.zeros(len(self.paragraphs), bool)
        mask[paragraphs] = True
        mask = mask[self.paragraph]
        return self._replace(paragraph=self.paragraph[mask], word=self.word[mask])


def keep(tokens, stopwords=(), words=None):
    """Choose the words that topics are made of.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, in the order of the text.
    stopwords : list of str
        Words to leave out, in lower case.
    words : list of str, optional
        Keep these and no others, whatever the rules below say.

    Returns
    -------
    Kept
        Words with two letters or more, not among `stopwords`, that stand in at
        least two paragraphs (five, from 1,000 paragraphs on); of these the 5,000
        in most paragraphs, in doubt by the alphabet.

    Raises
    ------
    TypeError
        If `stopwords` is not a list of words.
    ValueError
        If columns or values are missing, words are not in the order of the text,
        or no word is left.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["The peace in 2015", "the peace"]})
    >>> keep(tokenize(paragraphs), ["the"]).words
    ['peace']
    """
    if isinstance(stopwords, str):
        raise TypeError("stopwords should be a list of words, found one text; read the file with .read_text().split().")
    if not hasattr(stopwords, "__iter__") or not all(isinstance(word, str) for word in stopwords):
        raise TypeError(f"stopwords should be a list of words, found {stopwords!r:.80}.")
    number = paragraph_of(tokens)
    if not len(number):
        raise NothingKept("tokens has no rows: there is nothing to find topics in.")
    keys = tokens[_KEYS].iloc[np.flatnonzero(np.diff(number, prepend=-1))].astype("str").reset_index(drop=True)
    order = np.lexsort((keys["paragraph"].to_numpy(object), keys["document"].to_numpy(object)))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    token = tokens["token"].astype("category")
    names = token.cat.categories.astype("str").to_numpy(object)
    code = token.cat.codes.to_numpy()
    if words is None:
        fits = _candidates(names, set(stopwords))
        chosen = np.flatnonzero(fits)[np.argsort(names[fits], kind="stable")]
    else:
        chosen = pd.Index(names).get_indexer(sorted(words))
    new = np.full(len(names) + 1, -1, np.int32)
    new[chosen[chosen >= 0]] = np.flatnonzero(chosen >= 0)
    word = new[code]
    mask = word >= 0
    word, paragraph = word[mask], rank[number[mask]]
    if (np.diff(paragraph) < 0).any():
        text = np.argsort(paragraph, kind="stable")
        word, paragraph = word[text], paragraph[text]
    kept = Kept(keys.iloc[order].reset_index(drop=True), order, sorted(words or names[chosen]), paragraph, word)
    return kept if words is not None else _frequent(kept)


def _candidates(names, stopwords):
    """Which different words have two letters and are no stop words."""
    return np.array([name not in stopwords and sum(map(str.isalpha, name)) >= 2 for name in names], dtype=bool)


def _frequent(kept):
    """The words in enough paragraphs, and of these the most frequent."""
    n_paragraphs = np.bincount(kept.counts().indices, minlength=len(kept.words))
    least = max(value for start, value in LEAST.items() if len(kept.paragraphs) >= start)
    frequent = np.flatnonzero(n_paragraphs >= least)
    frequent = np.sort(frequent[np.argsort(-n_paragraphs[frequent], kind="stable")[:MOST]])
    if not len(frequent):
        raise NothingKept(
            f"tokens: no word is left: words with two letters that are no stop words and stand in at least {least} "
            f"paragraphs; there are {len(kept.paragraphs)} paragraphs."
        )
    new = np.full(len(kept.words), -1, np.int32)
    new[frequent] = np.arange(len(frequent), dtype=np.int32)
    mask = new[kept.word] >= 0
    names = [kept.words[one] for one in frequent]
    return kept._replace(words=names, paragraph=kept.paragraph[mask], word=new[kept.word[mask]])
