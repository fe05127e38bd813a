"""Where on a chart a click meets a mark: small marks get more room than they draw."""

from itertools import pairwise
from math import isnan

_ROOM, _LEAST = 6.0, 2.0  # points: at most so much is added on a side; at least so wide is a target
_PASSES = 50  # of a row: how far along narrow marks find room


def boxes(drawn):
    """The rectangles in which marks are met.

    Parameters
    ----------
    drawn : list of (float, float, float, float)
        Left, top, right and bottom of what is drawn of each mark, in points; not
        a number where nothing is.

    Returns
    -------
    list of (float, float, float, float)
        Left, top, width and height of each: what is drawn and room around it, up
        to half-way to its neighbours. In a row of marks, one that is narrower than
        two points takes what it lacks from neighbours that have more. None where
        nothing is drawn.

    Examples
    --------
    >>> boxes([(0, 0, 4, 9), (8, 0, 10, 9)])
    [(-6.0, -6.0, 12.0, 21.0), (6.0, -6.0, 10.0, 21.0)]
    """
    drawn = [None if isnan(sum(one)) else one for one in drawn]
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
