"""Drawn lines of a page → the tables whose cells they part, and the words of each cell."""

from bisect import bisect
from itertools import chain, groupby, pairwise
from typing import NamedTuple

_THIN, _SHORT = 2, 6  # points: a line is thinner, and longer
_TOUCH = 3  # points: so near ends of lines touch
_ROOM = 12  # points: no column is narrower
_GAP = 1  # of the type size: no gap between columns is narrower
_ALIKE = 0.05  # of a line's length: so near to another's are its ends
_LINES = 3  # so many level lines alike make a table without upright ones
_MOST = 1_000  # a page with more lines holds a map or a drawing


class Line(NamedTuple):
    """A drawn line; `at` is its height if it is level, else its distance from the left."""

    level: bool
    at: float
    begin: float
    end: float


class Table(NamedTuple):
    """The lines of a table: level ones from the top, upright ones from the left."""

    level: list
    upright: list
    columns: tuple  # where they begin
    box: tuple  # left, bottom, right, top


def lines(boxes):
    """The lines among drawn boxes (left, bottom, right, top), those that go on in each other as one."""
    found = []
    for left, bottom, right, top in boxes:
        if top - bottom <= _THIN < _SHORT <= right - left:
            found.append(Line(True, (top + bottom) / 2, left, right))
        elif right - left <= _THIN < _SHORT <= top - bottom:
            found.append(Line(False, (left + right) / 2, bottom, top))
    joined = []
    for line in sorted(found, key=lambda line: (line.level, round(line.at / _THIN), line.begin)):
        last = joined[-1] if joined else None
        if last and last.level == line.level and abs(last.at - line.at) < _THIN and line.begin - last.end < _TOUCH:
            joined[-1] = last._replace(end=max(last.end, line.end))
        else:
            joined.append(line)
    return joined


def tables(drawn, words):
    """Tables among a page's lines, from the top: level lines that touch upright ones, with columns between them."""
    groups = []
    for line in [*drawn, *_gaps(drawn, words)] if len(drawn) <= _MOST else []:
        touched = [group for group in groups if any(_touch(line, other) for other in group)]
        groups = [group for group in groups if group not in touched] + [[line, *chain(*touched)]]
    found = []
    for group in groups:
        level, upright = ([line for line in group if line.level == kind] for kind in (True, False))
        if len(level) > 1 and upright:
            left, right = min(line.begin for line in level), max(line.end for line in level)
            heights = [*(line.at for line in level), *(end for line in upright for end in line[2:])]
            box = left, min(heights), right, max(heights)  # a row may go on on the next page
            inner = [line for line in upright if left + _ROOM < line.at < right - _ROOM]
            columns = {round(line.at) for line in inner if line in drawn} or {round(left), round(right)}
            if inner:
                found.append(Table(level, upright, tuple(sorted(columns)), box))
    return sorted(found, key=lambda table: -table.box[3])


def _gaps(drawn, words):
    """Lines where there are none: upright ones in the gaps between columns of words that stand between level lines."""
    found, upright = [], [line for line in drawn if not line.level]
    level = [line for line in drawn if line.level and not any(_touch(line, other) for other in upright)]
    for own in _alike(level):
        left, right = min(line.begin for line in own), max(line.end for line in own)
        heights = [line.at for line in own]
        within = [word for word in words if left - _TOUCH < _middle(word)[0] < right + _TOUCH]
        bands = [_band(within, low, high) for high, low in pairwise(heights)]
        if len(heights) < _LINES or not any(gaps and n_lines > 1 for gaps, n_lines in bands):
            continue
        columns, _ = max(bands, key=lambda band: (bool(band[0]), band[1]))
        head = _columns_end([word for word in within if heights[1] < word.base < heights[0]], columns)
        foot = _columns_end([word for word in within if word.base < heights[-1]], columns, down=True)
        heights = [head or heights[1], *heights[1:], *([foot] if foot else [])]
        found += [Line(True, at, left, right) for at in {heights[0], heights[-1]}]
        for high, low in pairwise(heights):
            gaps = _band(within, low, high)[0]
            gaps = [gap for gap in gaps if any(gap[0] < other[1] and other[0] < gap[1] for other in columns)]
            found += [Line(False, sum(gap) / 2, low, high) for gap in gaps]
    return found


def _alike(level):
    """Level lines by where they begin and end, from the top."""
    groups = []
    for line in sorted(level, key=lambda line: -line.at):
        room = _ALIKE * (line.end - line.begin)
        near = (g for g in groups if abs(g[0].begin - line.begin) + abs(g[0].end - line.end) < room)
        own = next(near, [])
        groups = groups if own else [*groups, own]
        own.append(line)
    return groups


def _columns_end(words, gaps, down=False):
    """Where lines of words end that keep the gaps between columns, from the last upward or the first downward."""
    edge, columns, n_lines = None, set(), 0
    for base, line in groupby(sorted(words, key=_base, reverse=down), key=_base):
        line = list(line)
        gaps = [_narrowed(gap, line) for gap in gaps]
        if any(after - before < _GAP * line[0].size for before, after in gaps):
            break
        columns |= {bisect(gaps, (word.left, 0)) for word in line}
        edge, n_lines = base - 1 if down else base + line[0].size, n_lines + 1
    return edge if not down or (n_lines > 1 and len(columns) > 1) else None


def _base(word):
    return round(word.base)


def _narrowed(gap, line):
    """What words leave of a gap."""
    middle = sum(gap) / 2
    before = max([gap[0], *(word.right for word in line if word.left < middle)])
    return before, min([gap[1], *(word.left for word in line if word.left >= middle)])


def _band(words, bottom, top):
    """(begin and end of the gaps between columns, number of lines) of the words between two heights."""
    within = [word for word in words if bottom < word.base < top]
    gaps, taken = [], None
    for word in sorted(within, key=lambda word: word.left):
        if taken is not None and word.left - taken > _GAP * word.size:
            gaps.append((taken, word.left))
        taken = max(taken or word.right, word.right)
    return gaps, len({round(word.base) for word in within})


def _touch(one, other):
    """Do a level and an upright line meet?"""
    meet = one.begin - _TOUCH < other.at < one.end + _TOUCH and other.begin - _TOUCH < one.at < other.end + _TOUCH
    return one.level != other.level and meet


def cells(table, words):
    """(words, are they alone in their row?) of each cell, row by row; a cell ends at the lines next to it."""
    left, _, right, top = table.box
    placed = []
    for word in words:
        x, y = _middle(word)
        above = min((line.at for line in table.level if line.at > y and line.begin <= x <= line.end), default=top)
        beside = [line.at for line in table.upright if line.begin <= y <= line.end]
        before = max((at for at in beside if at < x), default=left)
        alone = not any(left + _ROOM < at < right - _ROOM for at in beside)
        placed.append(((-round(above), round(before)), word, alone))
    placed.sort(key=lambda one: one[0])
    groups = [list(own) for _, own in groupby(placed, key=lambda one: one[0])]
    return [([word for _, word, _ in own], own[0][2]) for own in groups]


def inside(table, word):
    """Does a word stand in a table?"""
    (left, bottom, right, top), (x, y) = table.box, _middle(word)
    return left <= x <= right and bottom <= y <= top


def _middle(word):
    return (word.left + word.right) / 2, word.base + word.size / 4
