"""Guards of arguments, lists and columns: texts and whole numbers."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

_LARGEST = 2**53  # beyond, floats skip whole numbers


def listed(value, name):
    """One text, or several, as a list.

    Parameters
    ----------
    value : str or iterable of str
        A list, a tuple, a Series, a generator, …; no set, which has no order, and no table.
    name : str
        What it is, for the message.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If it is something else, or holds something else.

    Examples
    --------
    >>> listed("peace", "words"), listed((word for word in ["peace", "war"]), "words")
    (['peace'], ['peace', 'war'])
    """
    if isinstance(value, str):
        return [value]
    unfit = (set, frozenset, dict, bytes, pd.DataFrame)
    if isinstance(value, unfit) or not isinstance(value, Iterable) or getattr(value, "ndim", 1) != 1:
        raise ValueError(f"{name} should be text or a list of them, in the order wanted; found {type(value).__name__}.")
    texts = list(value)
    wrong = [text for text in texts if not isinstance(text, str)]
    if wrong:
        raise ValueError(f"{name} should hold text only; found {wrong[0]!r}.")
    return texts


def check_text(frame, table, columns):
    """Raise if a value is not text, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    columns : list of str
        The columns that should hold text.

    Raises
    ------
    ValueError
        If a value is missing or something else.

    Examples
    --------
    >>> check_text(pd.DataFrame({"match": ["peace", 5]}), "hits", ["match"])
    Traceback (most recent call last):
    ValueError: hits: match in row 1 (rows count from 0) is 5; it should be text.
    """
    for name in columns:
        if isinstance(frame[name].dtype, pd.StringDtype) and not frame[name].hasnans:
            continue
        for row, value in enumerate(frame[name]):
            if not isinstance(value, str):
                raise ValueError(f"{table}: {name} in row {row} (rows count from 0) is {value!r}; it should be text.")


def check_whole(value, name, least=1):
    """Raise unless a number is whole and large enough.

    Parameters
    ----------
    value : int
        The number, Python's or NumPy's; true and false are none.
    name : str
        What it is, for the message.
    least : int, default 1
        The smallest allowed.

    Returns
    -------
    int
        The same number, as Python's.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> check_whole(-1, "seed", 0)
    Traceback (most recent call last):
    ValueError: seed should be a whole number from 0, found -1.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} should be a whole number from {least}, found {value!r}.")
    return int(value)


def whole_numbers(frame, table, column):
    """A column of whole numbers, as such.

    Parameters
    ----------
    frame : DataFrame
        The table.
    table : str
        Its name, for the message.
    column : str
        The column; its numbers may be written as text (``"3"``) or as floats (``3.0``).

    Returns
    -------
    ndarray of int
        As many values as rows, signed, so that differences come out below 0.

    Raises
    ------
    ValueError
        If a value is missing, no whole number, or beyond 2⁵³.

    Examples
    --------
    >>> whole_numbers(pd.DataFrame({"start": ["0", "12"]}), "hits", "start").tolist()
    [0, 12]
    >>> whole_numbers(pd.DataFrame({"start": [0, 1.5]}), "hits", "start")
    Traceback (most recent call last):
    ValueError: hits: start in row 1 (rows count from 0) is 1.5; it should be a whole number, at most 2⁵³.
    """
    values = frame[column]
    if pd.api.types.is_integer_dtype(values.dtype) and not values.hasnans:
        numbers = values.to_numpy()
        if not len(numbers) or -_LARGEST <= int(numbers.min()) <= int(numbers.max()) <= _LARGEST:
            return numbers if np.issubdtype(numbers.dtype, np.signedinteger) else numbers.astype(np.int64)
    texts = values.astype(object)
    numbers = pd.to_numeric(texts.where(~texts.map(lambda value: isinstance(value, bool))), errors="coerce")
    numbers = numbers.to_numpy(float, na_value=np.nan)
    wrong = ~((np.abs(numbers) <= _LARGEST) & (numbers == np.floor(numbers)))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{table}: {column} in row {row} (rows count from 0) is {texts.tolist()[row]!r}; "
            "it should be a whole number, at most 2⁵³."
        )
    return numbers.astype(np.int64)
