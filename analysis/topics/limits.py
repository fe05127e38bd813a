"""What may be asked for: how many topics of which text, which seed."""

import numpy as np

from analysis import values
from analysis.topics import scikit

MOST_SEED = 4_000_000_000  # halves and shuffles go on counting from the seed; scikit-learn takes any below 2**32


class TooFew(ValueError):
    """The text does not carry so many topics."""


def check_k(k, kept):
    """Raise unless so many topics can be looked for.

    Parameters
    ----------
    k : int
        Topics wanted.
    kept : Kept
        From `words.keep`.

    Raises
    ------
    ValueError
        If `k` is not a whole number from 2 to one less than the paragraphs with kept words, or the kept words.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> from analysis.topics.words import keep
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": "peace and war"})
    >>> check_k(3, keep(tokenize(paragraphs)))
    Traceback (most recent call last):
    analysis.topics.limits.TooFew: k = 3 topics in 2 paragraphs with 3 kept words: k should be smaller than both.
    """
    values.check_whole(k, "k", 2)
    n_filled = len(np.unique(kept.paragraph))
    if k >= min(n_filled, len(kept.words)):
        raise TooFew(
            f"k = {k} topics in {n_filled} paragraphs with {len(kept.words)} kept words: k should be smaller than both."
        )


def check_seed(seed):
    """Raise unless this can start random numbers.

    Parameters
    ----------
    seed : int

    Raises
    ------
    ValueError
        If `seed` is not a whole number from 0 to 4,000,000,000.

    Examples
    --------
    >>> check_seed(-1)
    Traceback (most recent call last):
    ValueError: seed should be a whole number from 0, found -1.
    """
    values.check_whole(seed, "seed", 0)
    if seed > MOST_SEED:
        raise ValueError(f"seed should be {MOST_SEED:,} at most (scikit-learn takes none much larger), found {seed!r}.")


def check_filled(space, k):
    """Raise if topics of latent Dirichlet allocation are empty, and so the same.

    Parameters
    ----------
    space : object
        What was fitted; anything but latent Dirichlet allocation passes.
    k : int
        Topics asked for.

    Raises
    ------
    ValueError
        If a topic holds less than one running word; the message says how many do not.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_matrix([[5, 5, 0, 0], [0, 0, 5, 5]] * 5)
    >>> check_filled(scikit.learn("lda", 3, 0, counts, counts), k=3)
    Traceback (most recent call last):
    analysis.topics.limits.TooFew: k = 3 topics were asked for, and only 2 can be told apart: choose a smaller k.
    """
    if type(space).__name__ == "LatentDirichletAllocation":
        check_number(scikit.n_filled(space), k)


def check_number(found, k):
    """Raise unless there are as many topics as asked for.

    Parameters
    ----------
    found : int
        Topics that can be told apart.
    k : int
        Topics asked for.

    Raises
    ------
    ValueError
        If there are fewer.

    Examples
    --------
    >>> check_number(found=1, k=2)
    Traceback (most recent call last):
    analysis.topics.limits.TooFew: k = 2 topics were asked for, and only 1 can be told apart: choose a smaller k.
    """
    if found < k:
        raise TooFew(f"k = {k} topics were asked for, and only {found} can be told apart: choose a smaller k.")
