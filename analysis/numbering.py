"""Which numbers at the start of a line open a paragraph.

A number opens a paragraph where it continues the sequence, or restarts it
under a new heading. List items, years, table cells and references at the start
of a line do not. Gaps, repeats and restarts are accepted and reported.
"""

from collections import Counter, defaultdict
from itertools import accumulate
from typing import NamedTuple

import regex

_LETTER = r"(?!\p{Ll})[\p{L}]"
_OPENING = r"[\"“‘'«(\[*_&]"  # with what a text opens; an entity may stand for it
_AFTER = rf"(?=[\s\p{{Cf}}]|$|{_LETTER}|{_OPENING})"
_LATIN = ["bis", "ter", "quater", "quinquies", "sexies", "septies", "octies"]
_MORE = rf"(?:\s?[*_]?(?:{'|'.join(_LATIN)})\b[*_]?|[A-Za-e](?![\p{{L}}\p{{N}}]))"  # 2 bis, 12A, 1a
_NUMBER = regex.compile(
    rf"""[(（](?P<paren>\d{{1,9}}{_MORE}?)\\?[)）]{_AFTER}
       | \\?\[(?P<square>\d{{1,9}}{_MORE}?)\\?\](?=\s|$)
       | (?P<dot>\d{{1,9}}(?:\.(?:\d{{1,9}}|[IVXLC]{{1,6}}(?=\.))){{1,5}}+)(?:\\?\.)?(?=\s+\S)
       | (?P<dash>\d{{1,9}}{_MORE}?)\.?[-–—](?=\s+\S)
       | (?P<dot>\d{{1,9}}{_MORE}?)[^\S\n]?\\?[.．、]{_AFTER}
       | (?P<half>\d{{1,9}}{_MORE}?)\\?[)）]{_AFTER}
       | [¶§][^\S\n]?(?P<sign>\d{{1,9}}{_MORE}?)\.?(?=\s|$)
       | OP[^\S\n]?(?P<op>\d{{1,9}}{_MORE}?)[.:]?(?=\s)
       | (?P<bare>(?!0[^\S\n]*$)\d{{1,9}})(?=[^\S\n]*$)
       | (?P<tab>\d{{1,9}}{_MORE}?)(?=[^\S\n\t]*\t)
       | (?P<dot>\d{{1,9}}{_MORE})(?=\s|$)""",
    regex.VERBOSE,
)
_SIGNS, _ZEROS = regex.compile(r"^OP|[^\p{L}\p{N}.\s]"), regex.compile(r"(?<![\d.])0+(?=\d)")
_PADDED = regex.compile(r"\P{N}*0\d")
_PARTS = regex.compile(r"(\d+)\s?[*_]?(\p{L}*)[*_]?")
_NUMERALS = {"C": 100, "XC": 90, "L": 50, "XL": 40, "X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1}
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
    "anew": ("restart", "{printed} follows {before}, as the file has it"),
    "padded": ("unsure", "{printed} read as {plain}"),
    "other": ("passed over", "{printed} at the start of a line read as text: {after}"),
}


class Candidate(NamedTuple):
    """A number at the start of a line, as `follow` wants it."""

    value: tuple  # (12,) for "12.", (24, 1) for "24.1"; (12.01,) for "12A", (12.02,) for "12 bis"
    style: str  # how it is printed: dot, dash, paren, half, square, sign, op, tab, or bare
    printed: str  # exactly, with its punctuation
    after_heading: bool  # a heading stands between it and the number before
    fresh: bool  # starts a block, or follows a line that ended a sentence
    announced: bool  # follows a line that ends with a colon, as lists do
    indented: bool = False  # stands farther in than others, where the format says so
    stated: bool = False  # the file format says that a paragraph begins here


class Decision(NamedTuple):
    """What `follow` makes of one candidate."""

    printed: str
    number: str  # as a key has it
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
    return tuple(map(value_of, found[found.lastgroup].split("."))), found.lastgroup, found[0]


def plain(printed):
    """A printed number as a key has it: without punctuation, signs and leading zeros, in the digits 0 to 9.

    >>> plain("(12)"), plain("2 *bis*."), plain("OP3."), plain("１．"), plain("00001."), plain("3.I.1")
    ('12', '2 bis', '3', '1', '1', '3.I.1')
    """
    number = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in printed.replace("．", "."))
    return " ".join(_ZEROS.sub("", _SIGNS.sub("", number).strip(" .\t\xa0")).split())


def follow(candidates):
    """Decide for each candidate, in the order of the document, whether it opens a paragraph.

    `problem` is ``gap``, ``repeat``, ``restart``, ``return`` (to the sequence before the restart) or ``unsure`` (it
    could continue a list as well) for numbers that open a paragraph all the same, ``passed over`` or ``second
    numbering`` for numbers that do not, and None for those that simply continue.

    The style (``1.``, ``1-``, ``(1)``, ``1)``, ``[1]``, ``§ 1``, ``OP1``, a number before a tab or alone on its line)
    that makes the longest sequence is the document's; but one that runs on around another comes before it, and numbers
    alone come last. Numbers in another style are text. A number that the file states to be a paragraph's always is.

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
    outer = [style for style in contest if not any(_encloses(opened[other], opened[style]) for other in contest)]
    rank = Counter(c.style for c in candidates if c.stated) or {style: len(opened[style]) for style in outer}
    style = max(rank, key=rank.get)
    decisions = of_style[style]
    for other in contest:
        places = [i for i in opened[other] if not candidates[i].stated]
        if other != style and len(places) >= _SEQUENCE and not _encloses(opened[style], places):
            first, last = candidates[places[0]].printed, candidates[places[-1]].printed
            detail = f"{first} to {last} count on beside the paragraphs: read as text"
            told = {"opens": False, "problem": "second numbering", "detail": detail}
            decisions[places[0]] = decisions[places[0]]._replace(**told)
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


_ROMAN = {roman(number): number for number in range(1, 400)}


def _encloses(outer, inner):
    """Does a sequence begin before another and end after it?"""
    return bool(outer and inner) and outer[0] < inner[0] and inner[-1] < outer[-1]


def value_of(part):
    """A part of a number, so that 2 < 2A < 2B < 3 and 2 < 2 bis < 2 ter < 3; a Roman one as the number it is."""
    if not (found := _PARTS.fullmatch(part)):
        return _ROMAN.get(part, 0)
    number, more = int(found[1]), found[2]
    if more:
        number += (_LATIN.index(more) + 2 if more in _LATIN else ord(more.upper()) - 64) / 100
    return number


def _continues(value, last):
    """Is `value` next after `last`: 12 → 13, 24 → 24.1, 24.3 → 25, 3.I.9 → 3.II.1?"""
    same = [now == before for now, before in zip(value, last, strict=False)]
    if all(same):
        return value == (*last, 1)
    k = same.index(False)
    added = k == len(last) - 1 == len(value) - 1 and last[k] < value[k] < int(last[k]) + 1  # 12A after 12
    return (added or value[k] == int(last[k]) + 1) and all(part == 1 for part in value[k + 1 :])


def _next(last):
    """The number most expected after `last`."""
    return (*last[:-1], int(last[-1]) + 1)


def _follow_style(candidates, style):
    """`follow`, with the style given."""
    own = [candidate.style == style or candidate.stated for candidate in candidates]
    restarts = [one and c.after_heading and c.value[-1] == 1 for one, c in zip(own, candidates, strict=True)]
    parts = list(accumulate(restarts))  # a new heading, then the number 1, begins a part
    later = defaultdict(Counter)  # by part, how often each number is still to come
    for part, candidate, one in zip(parts, candidates, own, strict=True):
        later[part][candidate.value] += one
    decisions, left = [], []  # left: (run, its last number) of the sequences that a restart broke off
    last, in_list, inside, run, runs = None, None, False, 1, 1
    for part, candidate, one in zip(parts, candidates, own, strict=True):
        value = candidate.value
        later[part][value] -= one
        verdict = _judge(candidate, one, last, in_list, later[part], alone=len(candidates) == 1)
        if verdict == "other" and run > 1 and inside and candidate.indented and value == _next(last):
            verdict = "next"  # goes on as far in as it began, under its own heading
        may_return = candidate.stated or (one and candidate.fresh)
        may_return = may_return and verdict not in ("next", "list", "restart")
        back = [k for k, (_, number) in enumerate(left) if may_return and value == _next(number)]
        if back:
            run, last = left[back[-1]]
            verdict, left = "return", left[: back[-1]]
        elif verdict in ("restart", "anew"):
            left.append((run, last))
            run = runs = runs + 1
        decisions.append(_explain(candidate, verdict, last, run))
        if decisions[-1].opens:
            last, in_list, inside = value, None, candidate.indented
        elif verdict == "list":
            in_list = value
    return decisions


def _judge(candidate, own, last, in_list, later, alone):
    """next, start, gap, repeat, restart, anew, unsure; or list, other for what stays text."""
    value, first = candidate.value, candidate.value[-1] == 1  # 1, 1.1, 3.I.1
    follows = last is not None and _continues(value, last)
    added = value[-1] != int(value[-1])
    if not candidate.stated and (not own or (added and not (follows and candidate.fresh))):
        return "other"
    if last is None:
        begins = (first or later[_next(value)] or alone) and int(value[0]) not in _YEARS
        return "other" if not (begins or candidate.stated) else "next" if first else "start"
    if candidate.stated:
        if follows or value >= last:
            return "next" if follows else "repeat" if value == last else "gap"
        return "restart" if candidate.after_heading else "anew"
    listed = in_list is not None and value == _next(in_list)
    if follows:
        if len(value) > len(last) and not (candidate.fresh and later[_next(value)]):
            return "other"  # 1.1 per cent
        if (listed or not candidate.fresh) and later[value]:
            return "list" if listed else "other"
        return "unsure" if listed else "next"
    if candidate.after_heading and first:
        return "restart"
    if listed or (first and (last != value or candidate.announced or later[_next(value)] > 1)):
        return "list"
    if value == last:
        return "repeat" if candidate.fresh else "other"
    later_on = value[:-1] == last[:-1] and value[-1] > last[-1] and not later[_next(last)]
    a_year = int(value[0]) in _YEARS and last[0] < _YEARS[0]
    near = value[-1] - last[-1] <= _FAR or later[_next(value)]
    return "gap" if candidate.fresh and later_on and near and not a_year else "other"


def _explain(candidate, verdict, last, run):
    """The decision that a verdict stands for, in words."""
    printed, number = candidate.printed, plain(candidate.printed)
    problem, words = _WORDS["other" if verdict == "list" else verdict]
    if not problem and _PADDED.match(printed):
        problem, words = _WORDS["padded"]
    before = ".".join(str(part) if part == int(part) else f"an addition to {int(part)}" for part in last or ())
    after = f"not next after {before}" if before else "no sequence begins here"
    detail = words and words.format(printed=printed, before=before, after=after, plain=number)
    return Decision(printed, number, verdict not in ("list", "other"), run, problem, detail)
