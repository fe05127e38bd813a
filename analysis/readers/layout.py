"""Words with their places on a page → printed lines, in the order in which they are read."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from statistics import median, mode

import regex

from analysis.readers import grids

_TURNED = regex.compile(r"^([.)\]–-]+)(\p{Nd}+)")  # a number at the head of a line from right to left
RTL = regex.compile(r"[\p{Hebrew}\p{Arabic}]")
SPACE = 0.14  # of the type size: a wider gap between letters parts words
_BESIDE = 0.6  # of the type size: on one line stands what is less far up or down
_HUNG = 0.5  # of the type size, and more than between other words: so far a paragraph's number stands from its text
_WIDE = 1.7  # of the type size: a wider gap between words is a tab or a new cell
_GUTTER = 0.6  # of the type size: no gap between columns is narrower
_COLUMN = 6  # so many lines make a column
_NARROW = 0.25  # of the width of the page's text: no column is narrower
_WORDS = 3  # in most lines of a column at least
_FILLED = 0.6  # of a column's width: so wide are most of its lines, if it is no table
_RAISED, _SMALLER = 0.12, 0.85  # of the line's type size: what is raised by more, and smaller, is a note mark
_ITEM = regex.compile(r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|\p{L}|[ivx]{1,5}|[IVX]{1,5})[.)\]/]*(?=\s)|[•–▪*†‡-]+(?=\s)")
_BARE = regex.compile(r"\d{1,3}(?:\.\d{1,3})*")
_MARK = regex.compile(r"[(\[]?[\d*†‡§]{1,4}[)\].]?|\p{Ll}")


@dataclass(slots=True)
class Word:
    """Letters on one base line in one style, without a gap."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    spaced: bool  # the file has a space before it
    turn: int = 0  # quarter turns to the left
    order: int = 0  # in the file
    mirrored: bool = False  # on a page from right to left: its right edge is at the left


@dataclass
class Row:
    """A printed line, or its part in one column."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool  # all its letters are, or they are small capitals
    raised: list  # (start, end) of small raised signs in the text
    first: float  # width of its first word
    inner: float  # where the text behind its number or bullet begins
    cells: list  # where text begins behind wide gaps, but for the one after its number or bullet
    page: int = 0  # from 1
    edge: float = 0  # where the lines around it end at most
    block: int = 0  # the column of the page, in the order of reading
    body: tuple = ()  # least and largest size of the text: of the document, and of the pages around
    leftover: str | None = None  # why it is no text
    begins: bool = True  # a paragraph or another block may begin with it
    parted: bool = True  # a gap stands above
    joins: bool = False  # the first after a page break or notes
    indented: bool = False
    in_notes: bool = False
    label: int = 0  # length of the note's label that it begins with
    heading: int | None = 0  # level; -1 goes on with the heading above, None is running text
    title: bool = False  # of the document
    table: bool = False  # no paragraph's number stands here
    figure: bool = False  # text of a table or figure
    cell: tuple = ()  # if it is in one of a table with drawn lines: where the table's columns begin
    opens: bool | None = None  # does it open a paragraph, in such a table of numbered ones?
    marks: tuple = ()  # (start, end, note) in the text


def rows(words, drawn=()):
    """The printed lines of a page in the order of reading: column by column, and tables with drawn lines by cell."""
    tables = grids.tables(drawn, words)
    home = [next((table for table in tables if grids.inside(table, word)), None) for word in words]
    parts = _blocks(lines([word for word, table in zip(words, home, strict=True) if not table]))
    found = [row(line, number) for number, part in enumerate(parts) for line in part]
    for table in tables:
        own = grids.cells(table, [word for word, other in zip(words, home, strict=True) if other is table])
        cells = [[row(line, len(parts) + n) for line in lines(cell)] for n, (cell, _) in enumerate(own)]
        for cell, (_, alone) in zip(cells, own, strict=True):
            for one in cell:
                one.cell, one.cells, one.table = table.columns, [], not alone
        left, foot, right, _ = table.box
        below = (k for k, one in enumerate(found) if one.base < foot and one.left < right and one.right > left)
        at = next(below, len(found))  # in the same column
        found[at:at], parts = chain(*cells), parts + cells
    return found


def lines(words):
    """Words by line, from the top, each line in the order of reading."""
    found, at = [], defaultdict(list)  # height in points → lines near it
    for word in sorted(words, key=lambda word: (-round(word.size), -word.base)):
        near = [line for line in at[round(word.base)] if _beside(word, line[0])]
        if near:
            min(near, key=lambda line: abs(line[0].base - word.base)).append(word)
            continue
        found.append([word])
        reach = round(_BESIDE * word.size) + 1
        for height in range(round(word.base) - reach, round(word.base) + reach + 1):
            at[height].append(found[-1])
    for line in found:
        leftward = is_leftward(line)
        line.sort(key=lambda word: word.left if leftward == word.mirrored else -word.right)
        if leftward:
            line[0].text = _TURNED.sub(r"\2\1", line[0].text)
    return sorted(found, key=lambda line: -line[0].base)


def is_leftward(words):
    """Do words run from right to left: are most letters Arabic or Hebrew?"""
    letters = "".join(word.text for word in words)
    return 2 * len(RTL.findall(letters)) > len(letters)


def _beside(word, first):
    """Does a word stand on the line of another, that is as large: on its base line, or raised?"""
    above = word.base - first.base
    return -_BESIDE * word.size < above < _BESIDE * (first.size if word.right - word.left < first.size else word.size)


def row(line, block=0):
    """The words of a line as one text."""
    usual, largest = mode(word.size for word in line for _ in word.text), max(word.size for word in line)
    small_capitals = largest > usual and "".join(word.text for word in line).isupper()
    size = largest if small_capitals else usual
    base = max((word for word in line if word.size == size), key=lambda word: len(word.text)).base
    left, right = min(word.left for word in line), max(word.right for word in line)
    text, starts, raised = "", [], []  # starts: place in the text, word before, word, is the gap wide?
    parted = [max(after.left - word.right, word.left - after.right) for word, after in pairwise(line)]
    apart = [_apart(*two, between, size) for two, between in zip(pairwise(line), parted, strict=True)]
    spaces = [between for between, spaced in zip(parted, apart, strict=True) if spaced]
    hung = max(_HUNG * size, 1.5 * max(parted[1:], default=0))
    justified = len(spaces) > 2 and max(spaces) < min(4 * size, 1.6 * min(spaces))
    for before, word, between, spaced in zip([None, *line], line, [0, *parted], [False, *apart], strict=False):
        wide = between > _WIDE * size and not justified
        text += "\t" if between > hung and _BARE.fullmatch(text) else "   " if wide else " " if spaced else ""
        if spaced or not before:
            starts.append((len(text), before, word.left, wide))
        if word.base - base > _RAISED * size and word.size < _SMALLER * size and _MARK.fullmatch(word.text):
            raised.append((len(text), len(text) + len(word.text)))
        text += word.text
    label = _ITEM.match(text)
    behind = [one for one in starts if one[0] >= (label.end() if label else 0)]
    cells = [place for *_, place, wide in behind[1:] if wide]
    first = abs(starts[1][1].right - line[0].left) if starts[1:] else right - left
    bold = small_capitals or {word.bold for word in line if any(map(str.isalpha, word.text))} == {True}
    return Row(text, left, right, base, size, bold, raised, first, behind[0][2], cells, block=block)


def _apart(before, word, between, size):
    """Does a space stand between two words? In Arabic letters of one word may be far apart: there the file knows."""
    if abs(before.order - word.order) == 1 and RTL.search(word.text):
        return max(before, word, key=lambda one: one.order).spaced or between > 1.5 * SPACE * size
    return word.spaced or between > SPACE * size


def _blocks(found):
    """Lines by region of a page, in the order of reading: what stands above columns, each column, what stands below."""
    first, last, middle = _gutter(found) if len(found) >= _COLUMN else (0, 0, 0)
    if not last:
        return [found] if found else []
    inside = [word for line in found[first:last] for word in line]
    left = lines([word for word in inside if word.right <= middle])
    right = lines([word for word in inside if word.left >= middle])
    return [block for part in (found[:first], left, right, found[last:]) for block in _blocks(part)]


def _gutter(found):
    """(first line, one past the last, x) of the longest stretch of lines with a gap between columns of text, or 0s."""
    outer = min(line[0].left for line in found), max(word.right for line in found for word in line)
    narrowest = _GUTTER * mode(word.size for line in found for word in line)
    free, least = [_free(line, *outer, narrowest) for line in found], _NARROW * (outer[1] - outer[0]) - 2
    best, longest = (0, 0, 0), _COLUMN - 1
    for first in range(len(found) - _COLUMN + 1):
        for left, right in free[first]:
            room = min(right - outer[0], outer[1] - left) >= least  # for a column on both sides
            last, room = first, room and len(found) - first > longest
            while room and last < len(found):
                cut = [(max(left, begin), min(right, end)) for begin, end in free[last]]
                begin, end = max(cut, key=lambda one: one[1] - one[0], default=(0, -1))
                if end - begin < narrowest:
                    break
                left, right, last = begin, end, last + 1
            if last - first > longest and _are_columns(found[first:last], left, right, outer):
                best, longest = (first, last, (left + right) / 2), last - first
    return best


def _free(line, begin, end, narrowest):
    """The stretches of a line between two places that are free of words, if wide enough for a gutter."""
    words = sorted((word.left, word.right) for word in line)
    taken = accumulate((right for _, right in words), max, initial=begin)
    lefts = [*(left for left, _ in words), end]
    return [(at, left) for at, left in zip(taken, lefts, strict=True) if left - at >= narrowest]


def _are_columns(found, left, right, outer):
    """Are both sides of a gap text: wide, long, with most lines filled?"""
    for begin, end in [(outer[0], left), (right, outer[1])]:
        sides = [[word for word in line if begin - 1 <= word.left and word.right <= end + 1] for line in found]
        sides = [side for side in sides if side]
        widths = [max(word.right for word in side) - min(word.left for word in side) for side in sides]
        if len(widths) < _COLUMN or max(widths) < _NARROW * (outer[1] - outer[0]):
            return False
        if median(widths) < _FILLED * (end - begin) or median(map(len, sides)) < _WORDS:
            return False
    return True
