"""The language of codebook patterns: words, ``*``, ``?`` and ``~N``."""

import unicodedata
from typing import NamedTuple

import regex

_LONGEST = 1000  # characters of a pattern
_FARTHEST = 999  # words, after ~
_LETTER = r"\p{L}\p{M}\p{N}*?"
_WORD = regex.compile(rf"[{_LETTER}]++(?:[-'’/.&][{_LETTER}]++)*+")  # tokens.PATTERN with wildcards; a test compares
_STRANGE = regex.compile(rf"[^{_LETTER}'’/.&-]")
_GAP = regex.compile(r"~([1-9]\d{0,2})", regex.ASCII)


_APOSTROPHE = str.maketrans("’", "'")


class Pattern(NamedTuple):
    """A pattern taken apart."""

    words: list  # the words that are not a lone *
    nearest: list  # for each, how many words after the one before it at least; 0 for the first
    farthest: list  # and at most
    before: int  # any words before the first, each written as *
    after: int  # and after the last


def take_apart(pattern):
    """Check a pattern and take it apart into words and distances.

    Parameters
    ----------
    pattern : str
        As described at `patterns.find`.

    Returns
    -------
    Pattern
        `words`; `nearest` and `farthest`, how many words after the one before
        each may begin; `before` and `after`, how many words a lone ``*`` stands
        for at the ends.

    Raises
    ------
    ValueError
        If the pattern is empty, malformed, of wildcards only or too long.

    Examples
    --------
    >>> take_apart("conflict* ~4 manag*")
    Pattern(words=['conflict*', 'manag*'], nearest=[0, 1], farthest=[0, 4], before=0, after=0)
    >>> take_apart("peace * security").nearest
    [0, 2]
    >>> take_apart("peace, security")
    Traceback (most recent call last):
    ValueError: the pattern 'peace, security' has ',': a pattern is words separated by spaces, with * and ? inside words and ~N between them
    """
    if not isinstance(pattern, str):
        raise ValueError(f"the pattern {pattern!r} should be text")
    shown = repr(pattern if len(pattern) <= 60 else pattern[:57] + "…")
    if len(pattern) > _LONGEST:
        raise ValueError(f"the pattern {shown} has {len(pattern):,} characters; {_LONGEST:,} at most")
    parts = pattern.split()
    if not parts:
        raise ValueError("a pattern is empty: write the words to be found")
    words, nearest, farthest, before = [], [], [], 0
    low = high = 0
    gap = None
    for part in parts:
        if part.startswith("~"):
            number = _GAP.fullmatch(part)
            if not number:
                raise ValueError(
                    f"the pattern {shown} has {part!r}: write ~ and a number from 1 to {_FARTHEST}, as in ~4"
                )
            if gap is not None or part is parts[0]:
                raise ValueError(f"the pattern {shown} has no word before {part}")
            gap = int(number[1])
            continue
        _check_word(part, shown)
        low, high, gap = low + 1, high + (gap or 1), None
        if not part.strip("*"):  # any one word
            before += not words
            continue
        words.append(part)
        nearest.append(low if len(words) > 1 else 0)
        farthest.append(high if len(words) > 1 else 0)
        low = high = 0
    if gap is not None:
        raise ValueError(f"the pattern {shown} has no word after ~{gap}")
    if not any(word.strip("*?") for word in words):
        raise ValueError(f"the pattern {shown} has wildcards only: it would match everything")
    return Pattern(words, nearest, farthest, before, low)


def anywhere(pattern):
    """Make of a search for words the search that Ctrl-F makes, for letters.

    Parameters
    ----------
    pattern : Pattern
        From `take_apart`.

    Returns
    -------
    Pattern
        Its words in lower case, with any letters before the first and after the
        last.

    Examples
    --------
    >>> anywhere(take_apart("Conflict resol*")).words
    ['*conflict', 'resol*']
    """
    words = [word.lower() for word in pattern.words]
    words[0] = "*" + words[0].lstrip("*")
    words[-1] = words[-1].rstrip("*") + "*"
    return pattern._replace(words=words, before=0, after=0)


def plain(words):
    """Write words so that the same word, however it is encoded, is the same.

    Parameters
    ----------
    words : str
        A word, or a pattern.

    Returns
    -------
    str
        With accents composed (NFC) and ``’`` as ``'``.

    Examples
    --------
    >>> plain("Cafe\u0301’s") == "Café's"
    True
    """
    return unicodedata.normalize("NFC", words).translate(_APOSTROPHE)


def _check_word(word, shown):
    strange = _STRANGE.search(word)
    if strange:
        raise ValueError(
            f"the pattern {shown} has {strange[0]!r}: a pattern is words separated by spaces, "
            "with * and ? inside words and ~N between them"
        )
    if not _WORD.fullmatch(word):
        raise ValueError(
            f"the pattern {shown} has {word[:60]!r}, which no word can be: - ' / . & stand singly, inside a word only"
        )
