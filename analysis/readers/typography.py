"""Printed lines of pages → what each is, by place and type: running head, note, heading, table, beginning of a block."""

from collections import Counter, defaultdict
from statistics import median
from typing import NamedTuple

import regex

from analysis import numbering
from analysis.readers import layout

_OUTER = 6  # lines from the top or foot of a page that may be running heads
_NEAR = 12  # points: a running head stands at the same height
_PAGES = 3  # a running head stands on so many pages, or on all
_DIGITS = regex.compile(r"\d+|\b[ivxl]+\b")
_SMALL, _LARGE = 0.94, 1.08  # of the body's type size: notes and tables are smaller, headings larger
_SHORT = 250  # points: a rule above notes is shorter
_RULE = regex.compile(r"[_—–-]{5,}")
_LABEL = regex.compile(r"(?:\d{1,3}|\p{Ll})/?(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_SURE = regex.compile(r"\d{1,3}/(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_SIGN = regex.compile(r"(?<=[^\s*†‡])[*†‡]{1,4}(?=[\s.,;:)]|$)")
_LEADERS = regex.compile(r"(?:\.\s?){5,}|…{2,}")
_CONTENTS = 4  # so many lines with leaders make a page of contents
_HEADING_LINES, _HEADING_LENGTH = 5, 300
_ENDED = regex.compile(r"[.;:,!?]\W*$")
_PITCH = 1.22  # of the usual distance of lines: a wider one parts blocks
_AROUND = 6  # so many lines before and after tell how wide the text is
_ITEM = regex.compile(r"[(\[]?(?:\d{1,3}|\p{L}|[ivx]{1,5}|[IVX]{1,5})[.)\]/]*(?=\s)|[•–▪*†‡-]+(?=\s)")
_NUMBER = regex.compile(r"[(\[]?(\d{1,4})[.)\]]*(?=\s)")
_FULL = 0.93  # of the width of the next line: so long a line goes on in it
_FEW = 10  # times so many numbers hang as don't in a list
_LIST, _BRIEF = 3, 15  # so many numbers that count on, and their words in the middle, are a list
_STEP = 0.9  # of the type size: a first line that is farther in is indented


def rows(pages):
    """The lines of all pages in the order of reading."""
    whole = [layout.lines(page.words) for page in pages]
    heads = _running(whole)
    found = []
    for number, (page, lines) in enumerate(zip(pages, whole, strict=True), 1):
        named = {place: name for (of, place), name in heads.items() if of == number - 1}
        body = layout.rows([word for place, line in enumerate(lines) if place not in named for word in line])
        top = [layout.row(lines[place]) for place in sorted(named) if named[place] == "running head"]
        foot = [layout.row(lines[place]) for place in sorted(named) if named[place] == "running foot"]
        turned = [layout.row(line) for line in layout.lines(page.turned)]
        for reason, some in [("running head", top), ("running foot", foot), ("turned text", turned)]:
            for row in some:
                row.leftover = reason
        usual = _usual(body)[0]
        for row in [*top, *body, *foot, *turned]:
            row.page = number
            row.size = usual if page.scanned else row.size  # which OCR guesses
            found.append(row)
    texts = [row for row in found if not row.leftover]
    size, bold = _usual(texts)
    by_page = [[row for row in texts if row.page == number] for number in range(1, len(pages) + 1)]
    for page, some in zip(pages, by_page, strict=True):
        _notes(some, page.rules, size)
        _tables(some, size)
    _blocks(by_page)
    _headings(texts, size, bold)
    _lists(by_page)
    return _notes_together(found)


def _usual(texts):
    """The type size and weight of most characters."""
    styles = Counter()
    for row in texts:
        styles[row.size, row.bold] += len(row.text)
    return max(styles, key=styles.get, default=(10, False))


# Running heads


def _running(pages):
    """(page, line) → running head or foot, for lines at the edge that repeat, and what stands as far out as they do."""
    printed = [number for number, lines in enumerate(pages) if lines]
    needed = min(_PAGES, max(len(printed), 2))
    found = {}
    for name, sign in [("running head", 1), ("running foot", -1)]:
        outer = {number: list(enumerate(pages[number]))[::sign][:_OUTER] for number in printed}
        places = defaultdict(list)  # text without digits → (page, height, numbers)
        texts = {(number, place): layout.row(line).text for number in printed for place, line in outer[number]}
        for number in printed:
            for place, line in outer[number]:
                text = texts[number, place]
                places[_DIGITS.sub("0", text)].append((number, line[0].base, _DIGITS.findall(text)))
        edges = {}  # height of the innermost line on each page
        for number in printed:
            for place, line in outer[number]:
                text = texts[number, place]
                one = number, line[0].base, _DIGITS.findall(text)
                alike = {other[0] for other in places[_DIGITS.sub("0", text)] if _alike(one, other)}
                if len(alike) < needed or not any(0 < abs(other - number) <= 2 for other in alike):
                    break
                found[number, place] = name
                edges[number] = sign * line[0].base
        if 2 * len(edges) > len(printed):
            found |= _as_far_out(pages, found, name, sign, median(edges.values()))
    return found


def _as_far_out(pages, found, name, sign, edge):
    """Further lines that stand as far out as the running heads or feet: job numbers, titles that change."""
    inner = [
        sign * line[0].base
        for number, lines in enumerate(pages)
        for place, line in enumerate(lines)
        if number and (number, place) not in found
    ]
    nearest = max((base for base in inner if base < edge), default=edge - _NEAR)
    return {
        (number, place): name
        for number, lines in enumerate(pages)
        for place, line in enumerate(lines)
        if (number or sign < 0) and sign * line[0].base > (edge + nearest) / 2  # the first page has a masthead
    }


def _alike(one, other):
    """Do two lines stand at the same height, with numbers the same or apart by the pages between them?"""
    counts = ([numbering.value_of(printed.upper()) for printed in line[2]] for line in (one, other))
    return abs(one[1] - other[1]) <= _NEAR and all(
        b - a in (0, other[0] - one[0]) for a, b in zip(*counts, strict=True)
    )


# Notes


def _notes(page, rules, size):
    """Mark the notes of a page: below a short rule at its foot, or small from a raised label on."""
    inside, before = False, None
    below = _below_rule(page, rules, size)
    raised_labels = any(row.raised and row.raised[0][0] == 0 for row in page)
    for k, row in enumerate(page):
        small = row.size < _SMALL * size
        raised = bool(row.raised) and row.raised[0][0] == 0
        label = _LABEL.match(row.text)
        if before is None or row.block != before.block or (inside and not small and before.size < _SMALL * size):
            inside = False
        inside = inside or k in below or (small and raised)
        row.in_notes = inside
        if inside and raised:
            row.label = row.raised[0][1]
        elif inside and label and not (raised_labels and label[0][0].isalnum()):
            row.label = label.end()
        before = row
    names = {row.text[: row.label].strip("/") for row in page if row.label}
    for row in page:
        raised = [(*mark, row.text[slice(*mark)]) for mark in row.raised if mark[0] >= max(row.label, 1)]
        signs = [(*found.span(), found[0]) for found in _SIGN.finditer(row.text) if found.start() >= row.label]
        row.marks = tuple(sorted({mark for mark in raised + signs if mark[2] in names}))


def _below_rule(page, rules, size):
    """The places of lines below the lowest short rule, drawn or typed, of each column, if they are no table."""
    found = set()
    for block in {row.block for row in page}:
        places = [k for k, row in enumerate(page) if row.block == block]
        left = min(page[k].left for k in places)
        heights = [page[k].base for k in places if _RULE.fullmatch(page[k].text)]
        heights += [y for begin, end, y in rules if abs(begin - left) < 4 * size and end - begin < _SHORT]
        below = [k for k in places if heights and page[k].base < min(heights)]
        first = page[below[0]] if below else None
        above = first and page[below[0]] is not page[places[0]]
        notes = above and (
            first.size < _SMALL * size or _SURE.match(first.text) or (first.raised and not first.raised[0][0])
        )
        if notes and not any(_cells(page[k]) or page[k].size > _LARGE * first.size for k in below):
            found |= set(below)
    return found


def _notes_together(found):
    """The lines, what goes on in the notes of the next page moved up to its note."""
    ordered, end = [], None  # place after the last line of the notes before
    for row in found:
        if row.in_notes and not row.label and end is not None and ordered[end - 1].page == row.page - 1:
            ordered.insert(end, row)
            ordered[end].page, end = row.page, end + 1
            continue
        ordered.append(row)
        if row.in_notes:
            end = len(ordered)
    return ordered


# Tables, blocks, headings


def _tables(page, size):
    """Mark lines of tables, figures and contents, where numbers open no paragraph."""
    texts = [row for row in page if not row.in_notes]
    tabular = 5 * sum(bool(_cells(row)) for row in texts) > 2 * len(texts)
    usual = size if tabular else min(_usual(texts)[0], size)
    contents = sum(bool(_LEADERS.search(row.text)) for row in page) >= _CONTENTS
    for row in texts:
        small = row.size < _SMALL * usual or not any(map(str.isalpha, row.text))
        row.table = contents or small or bool(_cells(row)) or bool(_LEADERS.search(row.text))
        row.figure = not (contents or _RULE.fullmatch(row.text)) and (small or len(_cells(row)) > 1)


def _cells(row):
    """The wide gaps of a line, but for the one after its number or bullet."""
    item = _ITEM.match(row.text)
    return [gap for gap in row.gaps if not item or gap > item.end()]


def _blocks(pages):
    """Say where a block begins: after a gap, or after a line on which the next word would have had room."""
    distances = Counter()
    for page in pages:
        for before, row in zip(page, page[1:], strict=False):
            if before.block == row.block and before.size == row.size and before.base > row.base:
                distances[round((before.base - row.base) / row.size, 1)] += len(row.text)
    often = [distance for distance, size in distances.items() if 4 * size > max(distances.values())]
    usual = min(often, default=1.2)
    last = None  # line of text on the page before
    for page in pages:
        for before, row in zip([None, *page], page, strict=False):
            row.joins = not row.in_notes and (before is None or before.in_notes)
            if before is None or before.in_notes or before.block != row.block:
                before = last if last and before is None else before
                row.begins = not before or not _runs_on(before, row, page)
            elif row.in_notes:
                row.begins = bool(row.label)
            else:
                pitch = (before.base - row.base) / max(before.size, row.size)
                row.parted = pitch > _PITCH * usual or pitch < 0
                row.begins = row.parted or _style(before) != _style(row)
                row.begins = row.begins or not (row.bold or _runs_on(before, row, page))
        last = next((row for row in reversed(page) if not row.in_notes), last)


def _runs_on(before, row, page):
    """Is a line full, so that its text goes on in the next?"""
    place = next((k for k, one in enumerate(page) if one is row), 0)
    near = [one for one in page[max(place - _AROUND, 0) : place + _AROUND] if one.block == row.block and not one.gaps]
    edge = max((one.right for one in near if _style(one) == _style(row)), default=before.right)
    return before.right + row.first + 0.3 * row.size > edge and row.left < before.left + 3 * row.size


def _headings(texts, size, bold):
    """Give headings their level: short blocks in larger or heavier type than the text, above it or alone."""
    groups = []
    for row in texts:
        if _RULE.fullmatch(row.text):
            continue
        if row.in_notes:
            groups.append([])
        elif row.table:
            groups.append([row])
        elif (
            groups
            and groups[-1]
            and not groups[-1][-1].table
            and not row.begins
            and not row.joins
            and _style(row) == _style(groups[-1][-1])
        ):
            groups[-1].append(row)
        else:
            groups.append([row])
    groups = [group for group in groups if group]
    found = [k for k, group in enumerate(groups) if _is_heading(group, groups[k + 1 : k + 2], size, bold)]
    width = median([row.right - row.left for row in texts])
    prose = [k for k, group in enumerate(groups) if k not in found and _is_prose(group, size, width)]
    for row in [row for k in prose for row in groups[k]]:
        row.heading = None
    first = next(iter(prose), 0)
    found = _captions(groups, found, first, size)
    found = [k for k in found if k >= first - 1]  # the others are the title, or on the cover
    styles = sorted({_style(groups[k][0]) for k in found}, reverse=True)
    for k in found:
        for row in groups[k]:
            row.heading = -1
        groups[k][0].heading = 1 + styles.index(_style(groups[k][0]))


def _captions(groups, found, first, size):
    """The headings that are none of a table or figure; these and its text are left over."""
    kept, figure = [], False  # figure: does its text stand below?
    for k in reversed(range(first, len(groups))):
        group = groups[k]
        above = figure and k in found and group[0].size < _LARGE * size and group[0].page == groups[k + 1][0].page
        figure = above or group[0].figure
        if figure:
            for row in group:
                row.leftover, row.table = "table or figure", True
        elif k in found:
            kept.append(k)
    return kept[::-1]


def _style(row):
    return round(row.size), row.bold


def _is_heading(group, after, size, bold):
    """Is a block of lines in larger or heavier type than the text, short, no sentence, and does text stand below?"""
    first, last = group[0], group[-1]
    below = after[0][0] if after else None
    if first.table or below is None or (below.page != last.page and _style(below) == _style(last)):
        return False
    if below.page == last.page and not below.parted and last.right - last.left > _FULL * (below.right - below.left):
        return False  # a sentence goes on in lighter type
    words = " ".join(row.text for row in group)
    large, heavy = first.size >= _LARGE * size, first.bold and not bold and first.size >= _SMALL * size
    short = len(group) <= _HEADING_LINES and len(words) <= _HEADING_LENGTH and first.begins
    lettered = any(map(str.isalpha, words)) and not words[:1].islower()
    return (large or heavy) and short and lettered and not _ENDED.search(words)


def _is_prose(group, size, width):
    """Is a block text in the usual type, of two lines or with a number?"""
    usual = _SMALL * size <= group[0].size < _LARGE * size
    long = group[0].right - group[0].left > 0.6 * width and not group[0].table
    return usual and long and (len(group) > 1 or bool(_NUMBER.match(group[0].text)))


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
                item = _item(texts, place, int(number[1]), row.left - edge)
                near = [run for run in runs if abs(run[-1].row.left - row.left) < row.size]
                goes_on = [run for run in near if run[-1].value == item.value - 1][-1:]
                runs = [run for run in runs if run not in goes_on] + [
                    [*(goes_on[0] if goes_on else []), item]
                ]  # the latest is last
    items = [item for run in runs for item in run]
    hanging, flush = (sum(item.hangs is hangs for item in items) for hangs in (True, False))
    places = Counter(round(item.left) for item in items)
    usual = max(places, key=places.get, default=0)
    for run in runs:
        hung, flat = (sum(item.hangs is hangs for item in run) for hangs in (True, False))
        brief = len(run) >= _LIST and median(item.words for item in run) <= _BRIEF
        is_list = _FEW * flat <= hung and (brief or (hung and flush > hanging))
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


def _item(texts, place, value, left):
    """The item that begins at a place among lines."""
    row = texts[place]
    end = next((k for k in range(place + 1, len(texts)) if texts[k].begins or texts[k].page != row.page), len(texts))
    lines = texts[place:end]
    hangs = lines[1].left - row.left > _STEP * row.size if len(lines) > 1 and lines[1].block == row.block else None
    return _Item(row, value, left, hangs, sum(len(line.text.split()) for line in lines))
