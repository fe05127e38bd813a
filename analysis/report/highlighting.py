"""Text → HTML in which passages are marked, whatever the text holds."""

from itertools import pairwise

import regex
from markupsafe import Markup, escape

_UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def printable(text):
    """A text as a browser keeps it: as long as before, character by character.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Control characters are replaced by U+FFFD, carriage returns by line ends.

    Examples
    --------
    >>> printable("a\\x00b\\r\\n")
    'a�b\\n\\n'
    """
    return _UNPRINTABLE.sub("\ufffd", text).replace("\r", "\n")


def units(text, place):
    """Where a character stands for a browser, which counts some characters twice.

    Parameters
    ----------
    text : str
        Any text.
    place : int
        Character, counted from 0.

    Returns
    -------
    int
        The same in UTF-16 code units.

    Examples
    --------
    >>> units("a😀b", 2)
    3
    """
    return place + sum(letter > "\uffff" for letter in text[:place]) if not text.isascii() else place


def highlighted(text, passages, insertions=()):
    """Mark passages in a text; they may overlap.

    Parameters
    ----------
    text : str
        The text; everything in it is shown as it is, nothing is taken as HTML.
    passages : list of (int, int, int, str, str, str or None)
        Start and end (characters from 0), number of the label, its short and
        its long name, and why the passage does not count (None: it counts).
    insertions : list of (int, Markup), optional
        What is to be set between the characters, as marks of notes are.

    Returns
    -------
    Markup
        Each passage in a ``<span>`` (``<s>`` where it does not count) of the
        class of its label, followed by its short name, or by the reason; these
        are drawn by the style sheet, so that they are no part of the text when
        it is searched or copied.

    Examples
    --------
    >>> print(highlighted("<i> war & peace", [(4, 7, 0, "W", "war", None)]))
    &lt;i&gt; <span class="m m0">war</span><span class="x lab m0" dir="ltr" role="note" title="war" data-x="W"></span> &amp; peace
    """
    text = printable(text)
    after = {}
    for place, inserted in insertions:
        after.setdefault(place, []).append(inserted)
    for _, end, *label in sorted(passages, key=lambda one: (one[1], one[5] is not None, one[0], one[2])):
        after.setdefault(end, []).append(_label(*label))
    edges = sorted({0, len(text), *after, *(place for one in passages for place in one[:2])})
    pieces = [*after.get(0, [])]
    for start, end in pairwise(edges):
        open_here = sorted(
            [one for one in passages if one[0] <= start and end <= one[1]], key=lambda one: (one[0], -one[1], one[2])
        )
        counted = [one for one in open_here if one[5] is None]
        piece = escape(text[start:end])
        for depth, one in reversed(list(enumerate(counted or open_here))):  # what any label counts is not struck
            tag, kind = ("span", "m") if one[5] is None else ("s", "m not")
            deep = f" d{min(depth, 3)}" if depth else ""
            piece = Markup(f'<{tag} class="{kind} m{one[2]}{deep}">{piece}</{tag}>')
        pieces += [piece, *after.get(end, [])]
    return Markup("").join(pieces)


def _label(number, short, long, reason):
    kind, said, shown = "lab", long, short
    if reason is not None:
        kind, said, shown = "why", f"not counted as {long}: {reason}", f"[{short} not counted: {reason}]"
    word = Markup('<span class="x {} m{}" dir="ltr" role="note" title="{}" data-x="{}"></span>')
    return word.format(kind, number, said, shown)
