"""Painted words, read from the outlines of their letters."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
import regex
from matplotlib.ft2font import FT2Font, LoadFlags

_UNREADABLE = "\ufffd"
_LEFT_OUT = regex.compile(r"\s|(?<=\p{L})[-\u2010\u00ad](?=\p{L})")  # where lines are broken


class Text(NamedTuple):
    """Words painted in one place, on one line or several."""

    words: str  # as `key` makes them
    x: float  # the middle; of slanted words where they begin
    y: float
    left: float  # where they begin
    base: float


def read(figure):
    """The words that a figure paints, and where."""
    lines, known = {}, {}
    for shape in (shape for _, drawn in figure.shapes for shape in drawn if shape.letter):
        look = shape.look
        hidden = "none" in (look.get("display"), look.get("fill")) or look.get("visibility") == "hidden"
        if not hidden and "0" not in (look.get("opacity"), look.get("fill-opacity")):
            lines.setdefault(shape.text[0], {}).setdefault(shape.text[1], []).append(shape)
            letter = (shape.letter, id(shape.outline))  # read once, however often it is used
            known[letter] = known.get(letter) or _letter(shape)
    found = []
    for of_text in lines.values():
        words = ""
        for letters in of_text.values():
            along = letters[0].moved[:2, 0]
            ordered = sorted(letters, key=lambda one: one.moved[:2, 2] @ along)
            words += "".join(known[one.letter, id(one.outline)] for one in ordered)
        letters = [one for line in of_text.values() for one in line]
        first = letters[0].moved
        ink = np.concatenate([one.points for one in letters])
        if first[1, 0] or not len(ink):
            x, y = first[:2, 2]
        else:
            x, y = (ink.min(0) + ink.max(0)) / 2
        found.append(Text(key(words), float(x), float(y), *map(float, first[:2, 2])))
    return found


def key(words):
    """Words as they are compared: however lines are broken, letters joined, capitals used."""
    _, first, codes = _font("DejaVuSans")
    words = "".join(first[codes[ord(one)]] if ord(one) in codes else _UNREADABLE for one in words if not one.isspace())
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", words)).casefold()


def inside(box, texts):
    """The texts whose middle lies in a mark."""
    return [text for text in texts if box.left < text.x < box.right and box.top < text.y < box.bottom]


@cache
def _font(name):
    """A font that comes with Matplotlib; for its glyphs the first character each stands for; and the reverse."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    if not path.is_file():
        return None, {}, {}
    font = FT2Font(path)
    font.set_size(100, 72)
    codes = font.get_charmap()
    return font, {codes[code]: chr(code) for code in sorted(codes, reverse=True)}, codes


@cache
def _outline(name, glyph):
    font, _, _ = _font(name)
    font.load_glyph(glyph, flags=LoadFlags.NO_HINTING)
    points, kinds = font.get_path()
    return points[kinds != 79] * 64  # without the end of a closed line


def _letter(shape):
    """The character that an outline is, if it is the one that its name promises."""
    name, _, code = shape.letter.rpartition("-")
    _, first, codes = _font(name)
    number = int(code, 16)
    for glyph in (number, codes.get(number)):  # Matplotlib 3.11 names glyphs, 3.10 characters
        if glyph in first:
            outline = _outline(name, glyph)
            if outline.shape == shape.outline.shape and np.allclose(outline, shape.outline, atol=16):
                return first[glyph]
    return _UNREADABLE
