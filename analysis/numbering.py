"""Which numbers at the start of a line open a paragraph.

A number opens a paragraph where it continues the sequence, or restarts it
under a new heading. List items, years, table cells and references at the start
of a line do not. Gaps, repeats and restarts are accepted and reported.
"""

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

import regex

_LETTER = r"(?!\p{Ll})[\p{L}]"
_OPENING = r"[\"“‘'«(\[*_&]"  # with what a text opens; an entity may stand for it
_AFTER = rf"(?=\s|$|{_LETTER}|{_OPENING})"
_MORE = r"(?:\s?[*_]?(?:bis|ter|quater|quinquies|sexies|septies|octies)\b[*_]?|[A-Z](?![\p{L}\p{N}]))"  # 2 bis, 12A
_NUMBER = regex.compile(
    rf"""[(（](?P<paren>\d{{1,9}}{_MORE}?)\\?[)）]{_AFTER}
       | \\?\[(?P<square>\d{{1,9}}{_MORE}?)\\?\](?=\s)
       | (?P<dot>\d{{1,9}}(?:\.(?:\d{{1,9}}|[IVXLC]{{1,6}}(?=\.))){{1,5}}+)(?:\\?\.)?(?=\s+\S)
       | (?P<dot>\d{{1,9}}{_MORE}?)\\?[.．]{_AFTER}
       | (?P<half>\d{{1,9}}{_MORE}?)\\?[)）]{_AFTER}
       | [¶§][^\S\n]?(?P<sign>\d{{1,9}}{_MORE}?)\.?(?=\s)
       | OP[^\S\n]?(?P<op>\d{{1,9}}{_MORE}?)[.:]?(?=\s)
       | (?P<bare>\d{{1,9}})(?=[^\S\n]*$)
       | (?P<tab>\d{{1,9}}{_MORE}?)(?=[^\S\n\t]*\t)
       | (?P<dot>\d{{1,9}}{_MORE})(?=\s|$)""",
    regex.VERBOSE,
)
_LATIN = ["", "", "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies"]
_SIGNS, _ZEROS = regex.compile(r"^OP|[^\p{L}\p{N}.\s]"), regex.compile(r"(?<![\d.])0+(?=\d)")
_PARTS = regex.compile(r"(\d+)\s?[*_]?(\p{L}*)[*_]?")
_NUMERALS = {"M": 1000, "CM": 900, "D": 500, "CD": 400, "C": 100, "XC": 90}
_NUMERALS |= {"L": 50, "XL": 40, "X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1}
_FAR = 10  # a jump of more than this needs the next number after it as a witness
_SEQUENCE = 3  # so many numbers that count on are a sequence
_YEARS = range(1000, 3000)  # such a number may be a year
_WORDS = {  # verdict → problem, detail
    "next": (None, None),
    "start": ("gap", "numbering starts at {printed}"),
    "gap": ("gap", "{printed} follows {before}"),
    "unsure": ("unsure", "{printed} continues {before}, and a list as well: read as a paragraph"),
    "return": ("return", "{printed} goes on from {before}, after another numbering"),
    "repeat": ("repeat", "{printed} again after {before}"),
    "restart": ("restart", "{printed} follows {before} under a new heading"),
    "padded": ("unsure", "{printed} read as {plain}"),
    "other": ("passed over", "{printed} at the start of a line read as text: {after}"),
}


class Candidate(NamedTuple):
    """A number at the start of a line, as `follow` wants it."""

    value: tuple  # (12,) for "12.", (24, 1) for "24.1"; (12.01,) for "12A", (12.02,) for "12 bis"
    style: str  # how it is printed: dot, paren, half, square, sign, op, tab, or bare
    printed: str  # exactly, with its punctuation
    after_heading: bool  # a heading stands between it and the number before
    fresh: bool  # starts a block, or follows a line that ended a sentence
    announced: bool  # follows a line that ends with a colon, as lists do


class Decision(NamedTuple):
    """What `follow` makes of one candidate."""

    printed: str
    opens: bool
    run: int  # 1, and one more after each restart
    problem: str | None
    detail: str | None


def parse(line):
    """The number at the start of a line as ``(value, style, printed)``, or None where the line starts otherwise.

    >>> parse("12.The Arab world"), parse("3.I.1 Posts")
    (((12,), 'dot', '12.'), ((3, 1, 1), 'dot', '3.I.1'))
    >>> parse("1 Report of the Panel"), parse("10-11 May"), parse("3.5")
    (None, None, None)
    """
    if not (found := _NUMBER.match(line)):
        return None
    parts = found[found.lastgroup].split(".")
    return tuple(map(_value, parts)), found.lastgroup, found[0]


def plain(printed):
    """A printed number as a key has it: without punctuation, signs and leading zeros, in the digits 0 to 9.

    >>> plain("(12)"), plain("2 *bis*."), plain("OP3."), plain("１．"), plain("00001."), plain("3.I.1")
    ('12', '2 bis', '3', '1', '1', '3.I.1')
    """
    number = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in printed.replace("．", "."))
    return " ".join(_ZEROS.sub("", _SIGNS.sub("", number).strip(" .\t\xa0")).split())


def follow(candidates):
    """Decide for each candidate, in the order of the document, whether it opens a paragraph.

    `problem` is ``gap``, ``repeat``, ``restart``, ``return`` (to the sequence before the restart) or ``unsure`` (it could
    continue a list as well) for numbers that open a paragraph all the same, ``passed over`` or ``second numbering`` for
    numbers that do not, and None for those that simply continue.

    The style (``1.``, ``(1)``, ``1)``, ``[1]``, ``§ 1``, ``OP1``, a number before a tab or alone on its line) that makes the longest sequence is the document's; but
    one that runs on around another comes before it, and numbers alone come last. Numbers in another style are text.

    >>> def number(n, heading=False):
    ...     return Candidate((n,), "dot", f"{n}.", heading, fresh=True, announced=False)
    >>> [d.opens for d in follow([number(n) for n in (1, 2, 1, 2, 3, 3)])]
    [True, True, False, False, False, True]
    >>> [(d.opens, d.problem) for d in follow([number(1), number(2016), number(3)])]
    [(True, None), (False, 'passed over'), (True, 'gap')]
    """
    of_style = {style: _follow_style(candidates, style) for style in dict.fromkeys(c.style for c in candidates)}
    opened = {style: [i for i, d in enumerate(of) if d.opens] for style, of in of_style.items()}
    if not any(opened.values()):
        return next(iter(of_style.values()), [])
    contest = [style for style in opened if style != "bare"]
    if not any(len(opened[style]) > 1 for style in contest):
        contest = list(opened)  # numbers alone on their lines are page numbers or a table, where others count on
    outer = [s for s in contest if not any(_encloses(opened[other], opened[s]) for other in contest)]
    style = max(outer, key=lambda style: len(opened[style]))
    decisions = of_style[style]
    for places in (opened[other] for other in contest if other != style):
        if len(places) >= _SEQUENCE and not _encloses(opened[style], places):
            first, last = candidates[places[0]].printed, candidates[places[-1]].printed
            detail = f"{first} to {last} count on beside the paragraphs: read as text"
            decisions[places[0]] = Decision(first, False, 1, "second numbering", detail)
    return decisions


def roman(number):
    """A number from 1 in Roman numerals.

    >>> roman(2), roman(14), roman(49)
    ('II', 'XIV', 'XLIX')
    """
    letters = ""
    for letter, value in _NUMERALS.items():
        letters += letter * (number // value)
        number %= value
    return letters


def _encloses(outer, inner):
    """Does a sequence begin before another and end after it?"""
    return bool(outer and inner) and outer[0] < inner[0] and inner[-1] < outer[-1]


def _value(part):
    """A part of a number, so that 2 < 2A < 2B < 3 and 2 < 2 bis < 2 ter < 3."""
    if found := _PARTS.fullmatch(part):
        number, more = found.groups()
        return int(number) + ((_LATIN.index(more) if more in _LATIN else ord(more) - 64) / 100 if more else 0)
    values = [_NUMERALS[letter] for letter in part]
    return sum(-value if later > value else value for value, later in zip(values, [*values[1:], 0], strict=True))


def _name(part):
    """A part of a number in words: 12, or 12 and what was added."""
    return str(part) if part == int(part) else f"an addition to {int(part)}"


def _first(value):
    """Is this where a sequence begins (1, 1.1, 3.I.1)?"""
    return value[-1] == 1


def _continues(value, last):
    """Is `value` next after `last`: 12 → 13, 24 → 24.1, 24.3 → 25, 3.I.9 → 3.II.1?"""
    if value == (*last, 1):
        return True
    for k in range(min(len(value), len(last))):
        if value[k] != last[k]:
            added = k == len(last) - 1 == len(value) - 1 and last[k] < value[k] < int(last[k]) + 1  # 12A after 12
            return (added or value[k] == int(last[k]) + 1) and all(part == 1 for part in value[k + 1 :])
    return False


def _next(last):
    """The number most expected after `last`."""
    return (*last[:-1], int(last[-1]) + 1)


def _follow_style(candidates, style):
    """`follow`, with the style given."""
    places = defaultdict(list)  # where each number stands
    own = [(i, candidate) for i, candidate in enumerate(candidates) if candidate.style == style]
    for i, candidate in own:
        places[candidate.value].append(i)
    restarts = [i for i, one in own if one.after_heading and _first(one.value)]  # a new heading, then the number 1
    restarts.append(len(candidates))

    def later(value, i, times=1):
        """Does `value` come (so many times) after candidate i, before the next restart?"""
        at = bisect_right(places.get(value, []), i) + times - 1
        return at < len(places.get(value, [])) and places[value][at] < restarts[bisect_right(restarts, i)]

    decisions = []
    last, in_list, run, runs = None, None, 1, 1
    left = []  # (run, its last number) of the sequences that a restart broke off
    for i, candidate in enumerate(candidates):
        value = candidate.value
        verdict = _judge(candidate, i, style, last, in_list, later, candidates)
        if verdict == "restart":
            left.append((run, last))
            run = runs = runs + 1
        elif verdict not in ("next", "list") and candidate.style == style and candidate.fresh:
            back = [k for k, (_, number) in enumerate(left) if value == _next(number)]
            if back:
                run, last = left[back[-1]]
                verdict, left = "return", left[: back[-1]]
        decisions.append(_explain(candidate, verdict, last, run))
        if decisions[-1].opens:
            last, in_list = value, None
        elif verdict == "list":
            in_list = value
    return decisions


def _judge(candidate, i, style, last, in_list, later, candidates):
    """next, start, gap, repeat, restart, unsure; or list, other for what stays text."""
    value = candidate.value
    added = value[-1] != int(value[-1])
    if candidate.style != style or (added and not (last and _continues(value, last) and candidate.fresh)):
        return "other"
    if last is None:
        begins = _first(value) or later(_next(value), i) or len(candidates) == 1
        if not begins or int(value[0]) in _YEARS:
            return "other"
        return "next" if _first(value) else "start"
    listed = in_list is not None and value == _next(in_list)
    if _continues(value, last):
        if len(value) > len(last) and not (candidate.fresh and later(_next(value), i)):
            return "other"  # 1.1 per cent
        if (listed or not candidate.fresh) and later(value, i):
            return "list" if listed else "other"
        return "unsure" if listed else "next"
    if candidate.after_heading and _first(value):
        return "restart"
    if listed or (_first(value) and (last != value or candidate.announced or later(_next(value), i, times=2))):
        return "list"
    if value == last:
        return "repeat" if candidate.fresh else "other"
    return "gap" if _is_gap(value, last, i, later) and candidate.fresh else "other"


def _is_gap(value, last, i, later):
    """Is `value` a little further in the same sequence, the numbers between being absent?"""
    onward = value[:-1] == last[:-1] and value[-1] > last[-1] and not (int(value[0]) in _YEARS and last[0] < _YEARS[0])
    return onward and not later(_next(last), i) and (value[-1] - last[-1] <= _FAR or later(_next(value), i))


def _explain(candidate, verdict, last, run):
    """The decision that a verdict stands for, in words."""
    problem, words = _WORDS["other" if verdict == "list" else verdict]
    before = "" if last is None else ".".join(map(_name, last))
    after = f"not next after {before}" if before else "no sequence begins here"
    if not problem and regex.match(r"0\d", candidate.printed):
        problem, words = _WORDS["padded"]
    printed = candidate.printed
    detail = words and words.format(printed=printed, before=before, after=after, plain=plain(printed))
    return Decision(candidate.printed, verdict not in ("list", "other"), run, problem, detail)
