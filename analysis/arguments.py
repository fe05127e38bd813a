"""What a caller gives beside tables: numbers, seeds and texts, checked."""

import numpy as np


def check_whole(value, name):
    """Raise unless a value is a whole number from 1.

    Parameters
    ----------
    value : int
        What was given.
    name : str
        The parameter's name, for the message.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> check_whole(2.5, "top")
    Traceback (most recent call last):
    ValueError: top should be a whole number from 1, found 2.5.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} should be a whole number from 1, found {value!r}.")


def check_seed(seed):
    """Raise unless a seed makes chance repeatable.

    Parameters
    ----------
    seed : int
        What was given.

    Raises
    ------
    ValueError
        If it is not a whole number from 0 up.

    Examples
    --------
    >>> check_seed(None)
    Traceback (most recent call last):
    ValueError: seed should be a whole number from 0 up, found None.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed should be a whole number from 0 up, found {seed!r}.")


def check_texts(paragraphs):
    """Raise unless each paragraph's text is text.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.

    Raises
    ------
    ValueError
        If a text is something else; the message names the paragraph.

    Examples
    --------
    >>> import pandas as pd
    >>> check_texts(pd.DataFrame({"document": ["un"], "paragraph": ["1"], "text": [5]}))
    Traceback (most recent call last):
    ValueError: paragraphs: text should be strings; that of ('un', '1') is 5.
    """
    for document, paragraph, text in zip(
        *(paragraphs[name] for name in ("document", "paragraph", "text")), strict=True
    ):
        if not isinstance(text, str):
            raise ValueError(f"paragraphs: text should be strings; that of {(document, paragraph)} is {text!r}.")
