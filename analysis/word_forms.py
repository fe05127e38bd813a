"""What a word is, and how it is written where it is counted."""

import unicodedata

import regex

PATTERN = r"[\p{L}\p{M}\p{N}]+(?:[-'’/.&][\p{L}\p{M}\p{N}]+)*"
"""A word: letters, marks and digits, joined by single ``- ' ’ / . &`` inside it."""

_WORD = regex.compile(PATTERN)


def as_token(form):
    """A word as it is counted: in lower case, its accents encoded in one way (NFC).

    Parameters
    ----------
    form : str
        The word as written.

    Returns
    -------
    str

    Examples
    --------
    >>> as_token("UN’s"), as_token("Cafe\\u0301") == "caf\\u00e9"
    ('un’s', True)
    """
    return unicodedata.normalize("NFC", form.lower())


def as_phrase(text):
    """The words of a text as they are counted, one space between them.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Empty where there is no word.

    Examples
    --------
    >>> as_phrase("Civil  society,"), as_phrase("*")
    ('civil society', '')
    """
    return " ".join(map(as_token, _WORD.findall(text)))
