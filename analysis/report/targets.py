"""Where on a chart a click meets a mark: small marks get more room than they draw."""

from itertools import pairwise

import regex

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = regex.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_ROOM, _LEAST = 6.0, 2.0  # points: at most so much is added on a side; at least so wide is a target
_PASSES = 50  # of a row: how far along narrow marks find room


def boxes(marks, outlines):
    """The rectangles in which marks are met.

    Parameters
    ----------
    marks : list of Element
        The groups of a chart that `figures.save` drew, one for each mark.
    outlines : dict of str to Element
        Id → path, for what is drawn with ``<use>``.

    Returns
    -------
    list of (float, float, float, float)
        Left, top, width and height of each: what is drawn and room around it, up
        to half-way to its neighbours. In a row of marks, one that is narrower than
        two points takes what it lacks from neighbours that have more. None where
        nothing is drawn.

    Examples
    --------
    >>> import xml.etree.ElementTree as ElementTree
    >>> group = '<g xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L 4 0 L 4 9 z"/></g>'
    >>> far = group.replace("M 0", "M 8").replace("L 4", "L 10")
    >>> boxes([ElementTree.fromstring(group), ElementTree.fromstring(far)], {})
    [(-6.0, -6.0, 12.0, 21.0), (6.0, -6.0, 10.0, 21.0)]
    """
    drawn = [_drawn(mark, outlines) for mark in marks]
    found = [None] * len(drawn)
    rows = {}
    for number, own in enumerate(drawn):
        if own is not None:
            others = [other for place, other in enumerate(drawn) if place != number and other is not None]
            found[number] = [
                *_widened(own[0], own[2], [(one[0], one[2]) for one in others if one[1] < own[3] and one[3] > own[1]]),
                *_widened(own[1], own[3], [(one[1], one[3]) for one in others if one[0] < own[2] and one[2] > own[0]]),
            ]
            rows.setdefault(round(own[1] + own[3]), []).append(number)  # the same height of their middles
    for row in rows.values():
        _share_out([found[number] for number in sorted(row, key=lambda number: sum(drawn[number][::2]))])
    return [
        None if one is None else tuple(round(size, 3) for size in (one[0], one[2], one[1] - one[0], one[3] - one[2]))
        for one in found
    ]


def _widened(low, high, others):
    """A stretch with room at both ends, half-way to its neighbours at most."""
    before = min([low - other[1] for other in others if other[0] < low], default=2 * _ROOM)
    after = min([other[0] - high for other in others if other[1] > high], default=2 * _ROOM)
    return low - min(_ROOM, max(before, 0) / 2), high + min(_ROOM, max(after, 0) / 2)


def _share_out(row):
    """Along a row no two targets overlap, and narrow ones take from those that have more than enough."""
    for one, other in pairwise(row):
        if one[1] > other[0]:
            one[1] = other[0] = (one[1] + other[0]) / 2
    for _ in range(_PASSES):
        for one, other in pairwise(row):
            if one[1] == other[0]:
                first, second = one[1] - one[0], other[1] - other[0]
                lacks = max(_LEAST - min(first, second), 0)
                one[1] = other[0] = one[1] + (1 if second > first else -1) * min(lacks, abs(second - first) / 2)


def _drawn(mark, outlines):
    """Left, top, right, bottom of what a group draws."""
    points = []
    for element in mark.iter():
        if element.tag == f"{_SVG}use":
            path = outlines.get((element.get(_LINK) or element.get("href") or "")[1:])
            if path is not None:
                x, y = float(element.get("x", 0)), float(element.get("y", 0))
                points += [(x + across, y + down) for across, down in _points(path)]
    defined = {path for defs in mark.iter(f"{_SVG}defs") for path in defs.iter(f"{_SVG}path")}
    for path in mark.iter(f"{_SVG}path"):
        if path not in defined:
            points += _points(path)
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def _points(path):
    numbers = [float(number) for number in _NUMBER.findall(path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=False))
