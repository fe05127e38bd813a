"""Printed lines of pages → what each is, by place and type: running head, note, heading, table, start of a block."""

from collections import Counter
from dataclasses import replace
from itertools import dropwhile, takewhile
from statistics import median
from typing import NamedTuple

import regex

from analysis import masthead
from analysis.readers import furniture, layout
from analysis.readers.furniture import CAPTION, LARGE, RULE, SMALL

_TITLE = 1.15  # times the size of all else: so large is what a document begins with, if it is its title
_TITLE_WORDS = 3  # at least; what is shorter is an institution's name
_HEADING_LINES, _HEADING_LENGTH = 5, 300
_NUMBERED = regex.compile(r"(?:[IVX]+|\p{Lu}|\d+)\.\s")  # a heading within the text
_ENDED = regex.compile(r"[.;:,!?]\W*$")
_PITCH = 1.22  # of the usual distance of lines: a wider one parts blocks
_STOPPED = regex.compile(r"[.;:!?][\W\d]{0,4}$")
_ROOM = 0.6  # of the type size: a space, and what a line may be shorter than those around it
_AROUND = 6  # so many lines before and after tell how wide the text is
_NUMBER = regex.compile(r"[(\[]?(\d{1,4})[.)\]]*(?=\s)")
_FULL = 0.93  # of the width of the next line: so long a line goes on in it
_FEW = 10  # times so many numbers hang as don't in a list
_LIST, _BRIEF = 3, 15  # so many numbers that count on, and their words in the middle, are a list
_STEP = 0.9  # of the type size: a first line that is farther in is indented


def rows(pages):
    """The lines of all pages in the order of reading."""
    whole = [layout.lines(page.words) for page in pages]
    heads = furniture.running(whole)
    found = []
    for number, (page, lines) in enumerate(zip(pages, whole, strict=True)):
        reasons = [(heads.get((number, place)), line) for place, line in enumerate(lines)]
        reasons += [("turned text", line) for line in layout.lines(page.turned)]
        body = layout.rows([word for reason, line in reasons if not reason for word in line])
        outer = [replace(layout.row(line), leftover=reason) for reason, line in reasons if reason]
        n_heads = sum(row.leftover == "running head" for row in outer)
        usual, _ = furniture.usual(body)
        for row in [*outer[:n_heads], *body, *outer[n_heads:]]:
            row.page = number + 1
            row.size = usual if page.scanned else row.size  # which OCR guesses
            found.append(row)
    texts = [row for row in found if not row.leftover]
    size, bold = furniture.usual(texts)
    by_page = [[row for row in texts if row.page == number] for number in range(1, len(pages) + 1)]
    furniture.notes(texts, [page.rules for page in pages], size)
    for page in by_page:
        furniture.tables(page, size)
    _blocks(by_page)
    furniture.goes_on(texts, size)
    _headings(texts, size, bold)
    _lists(by_page)
    return furniture.notes_together([row for row in found if row.text])


# Blocks


def _blocks(pages):
    """Say where a block begins: after a gap, farther in or out, or where the next word had room on the line before."""
    distances = Counter()
    for page in pages:
        for before, row in zip(page, page[1:], strict=False):
            if before.block == row.block and before.size == row.size and before.base > row.base:
                distances[round((before.base - row.base) / row.size, 1)] += len(row.text)
    often = [distance for distance, size in distances.items() if 4 * size > max(distances.values())]
    usual = min(often, default=1.2)
    last = None  # line of text on the page before
    for page in pages:
        for place, row in enumerate(page):
            around = page[max(place - _AROUND, 0) : place + _AROUND]
            near = [
                one.right for one in around if one.block == row.block and not one.cells and _style(one) == _style(row)
            ]
            row.edge = max(near, default=row.right)
        for before, row, after in zip([None, *page], page, [*page[1:], None], strict=False):
            row.joins = not row.in_notes and (before is None or before.in_notes)
            if before is None or before.in_notes or before.block != row.block:
                before = last if last and before is None else before
                row.begins = not before or _style(before) != _style(row) or not _runs_on(before, row, after)
            elif row.in_notes:
                row.begins = bool(row.label)
            else:
                pitch = (before.base - row.base) / (max(before.size, row.size) or 1)
                row.parted = pitch > _PITCH * usual
                row.begins = row.parted or _style(before) != _style(row)
                row.begins = row.begins or not (row.bold or _runs_on(before, row, after))
        last = next((row for row in reversed(page) if not row.in_notes), last)


def _runs_on(before, row, after):
    """Is a line full, so that its text goes on in the next, and is that neither indented nor hung out?"""
    step = _STEP * row.size
    below = after if after is not None and after.block == row.block else None
    if before.block == row.block and before.page == row.page:
        back = below and abs(below.left - before.left) < step
        moved = row.left > before.inner + (step if back else 3 * row.size)
        moved = moved or (row.left < before.left - step and not before.begins)
    else:
        moved = below and row.left > below.inner + step
    moved = moved or (row.inner > row.left and _STOPPED.search(before.text))
    return before.right + row.first + _ROOM * row.size > before.edge and not moved


def _style(row):
    return round(row.size), row.bold


# Headings


def _headings(texts, size, bold):
    """Give headings their level: short blocks in larger or heavier type than the text, above it or alone."""
    groups = _groups(texts)
    found = [k for k, group in enumerate(groups) if _is_heading(group, groups[k + 1 : k + 2], size, bold)]
    width = median([row.right - row.left for row in texts])
    prose = [k for k, group in enumerate(groups) if k not in found and _is_prose(group, size, width)]
    for row in [row for k in prose for row in groups[k]]:
        row.heading = None
    first = next(iter(prose), 0)
    found = _without_captions(groups, found, first, size)
    styles = {_style(groups[k][0]) for k in found if k >= first}
    while first - 1 in found and _style(groups[first - 1][0]) in styles:
        first -= 1
    named = _below_masthead(texts, groups) or [groups[k] for k in found if k < first]
    named = [group for group in named if sum(len(row.text.split()) for row in group) >= _TITLE_WORDS]
    largest = max((round(group[0].size) for group in named), default=0)
    named = dropwhile(lambda group: round(group[0].size) < largest, named)
    for row in [row for group in takewhile(lambda group: round(group[0].size) == largest, named) for row in group]:
        row.title = True
    found = [k for k in found if k >= first]  # the others are the title, or on the cover
    levels = sorted(styles, reverse=True)
    if groups[0][0].size > _TITLE * max([size, *(row.size for group in groups[1:] for row in group)]) and first:
        _as_title(groups[0])
        levels.insert(0, None)
    for k in found:
        for row in groups[k]:
            row.heading = -1
        groups[k][0].heading = 1 + levels.index(_style(groups[k][0]))


def _below_masthead(texts, groups):
    """The blocks in heavy type on the page of a masthead, below it; none where there is no masthead."""
    n_lines = masthead.extent([row.text for row in texts[: masthead.LINES]])
    below = {id(row) for row in texts[n_lines:] if n_lines and row.page == texts[0].page and row.bold}
    return [group for group in groups if id(group[0]) in below and not _NUMBERED.match(group[0].text)]


def _as_title(group):
    """Put the lines of a title into its first."""
    title, *more = group
    title.heading = 1
    for row in more:
        moved = len(title.text) + 1
        title.marks += tuple((first + moved, end + moved, name) for first, end, name in row.marks)
        title.text, row.text = f"{title.text} {row.text}", ""


def _groups(texts):
    """The lines but for notes, by block."""
    groups, last = [], None
    for row in texts:
        if RULE.fullmatch(row.text):
            continue
        if not row.in_notes:
            alone = last is None or row.table or last.table or last.in_notes
            if alone or row.begins or row.joins:
                groups.append([])
            groups[-1].append(row)
        last = row
    return groups


def _without_captions(groups, found, first, size):
    """The headings that are none of a table or figure; these and its text are left over."""
    kept, figure = [k for k in found if k < first], False  # figure: does its text stand below?
    for k in reversed(range(first, len(groups))):
        group = groups[k]
        below = groups[k + 1][0] if k + 1 < len(groups) else None
        above = figure and k in found and group[0].size < LARGE * size and group[0].page == below.page
        named = CAPTION.match(group[0].text) and (k in found or CAPTION.fullmatch(group[0].text))
        figure = bool(above or group[0].figure or named or (k in found and CAPTION.fullmatch(groups[k - 1][0].text)))
        if figure:
            for row in group:
                row.leftover, row.table = "table or figure", True
        elif k in found:
            kept.append(k)
    return sorted(kept)


def _is_heading(group, after, size, bold):
    """Is a block of lines in larger or heavier type than the text, short, no sentence, and does text stand below?"""
    first, last = group[0], group[-1]
    below = after[0][0] if after else None
    if first.table or below is None or (below.page != last.page and _style(below) == _style(last)):
        return False
    words = " ".join(row.text for row in group)
    large, heavy = first.size >= LARGE * size, first.bold and not bold and first.size >= SMALL * size
    full = below.page == last.page and last.right - last.left > _FULL * (below.right - below.left)
    if full and not (large or below.parted):
        return False  # a sentence goes on in lighter type
    short = len(group) <= _HEADING_LINES and len(words) <= _HEADING_LENGTH and first.begins
    lettered = any(map(str.isalpha, words)) and not words[:1].islower()
    return (large or heavy) and short and lettered and not _ENDED.search(words)


def _is_prose(group, size, width):
    """Is a block text in the usual type, of two lines or with a number?"""
    usual = SMALL * size <= group[0].size < LARGE * size
    long = group[0].right - group[0].left > 0.6 * width and not group[0].table
    return usual and long and (len(group) > 1 or bool(_NUMBER.match(group[0].text)))


# Lists


def _lists(pages):
    """Find the numbers that stand in a list, not at paragraphs: they count on, and hang in the margin or are brief."""
    runs = []
    for page in pages:
        texts = [row for row in page if not (row.in_notes or row.table or row.heading)]
        lefts = Counter(round(row.left) for row in texts if not row.begins)
        edge = max(lefts, key=lefts.get, default=0)  # of text that goes on
        for place, row in enumerate(texts):
            number = _NUMBER.match(row.text)
            if number and (row.begins or row.joins):
                item = _item(texts[place:], int(number[1]), row.left - edge)
                near = [run for run in runs if abs(run[-1].row.left - row.left) < row.size]
                goes_on = next((run for run in reversed(near) if run[-1].value == item.value - 1), [])
                runs = [run for run in runs if run is not goes_on] + [[*goes_on, item]]  # the latest is last
    items = [item for run in runs for item in run]
    places = Counter(round(item.left) for item in items)
    usual = max(places, key=places.get, default=0)
    mostly_flush = sum(item.hangs is False for item in items) > sum(item.hangs is True for item in items)
    for run in runs:
        hung, flush = (sum(item.hangs is hangs for item in run) for hangs in (True, False))
        brief = len(run) >= _LIST and median(item.words for item in run) <= _BRIEF
        is_list = _FEW * flush <= hung and (brief or (hung and mostly_flush))
        for item in run:
            item.row.indented = item.left > usual + _STEP * item.row.size
            item.row.table = is_list


class _Item(NamedTuple):
    """A number at the start of a line and the text behind it."""

    row: layout.Row
    value: int
    left: float  # from the edge of the page's text
    hangs: bool | None  # does its text go on to the right of the number? None where it has one line
    words: int


def _item(texts, value, left):
    """The item with which lines begin."""
    row, *more = texts
    more = list(takewhile(lambda one: not one.begins, more))
    hangs = more[0].left - row.left > _STEP * row.size if more and more[0].block == row.block else None
    return _Item(row, value, left, hangs, sum(len(line.text.split()) for line in [row, *more]))
