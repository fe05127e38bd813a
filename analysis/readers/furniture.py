"""What pages hold besides running text: running heads and feet, notes, tables, figures, contents."""

from collections import Counter, defaultdict
from itertools import groupby, pairwise, takewhile
from statistics import median

import regex

from analysis import numbering
from analysis.pages import SYMBOL
from analysis.readers import layout
from analysis.readers.plain import NOTES

SMALL, LARGE = 0.94, 1.08  # of the body's type size: notes and tables are smaller, headings larger
RULE = regex.compile(r"[_—–-]{5,}")
_OUTER = 6  # lines from the top or foot of a page that may be running heads
_NEAR = 12  # points: a running head stands at the same height
_PAGES = 2  # a running head stands on so many pages
_APART = 2  # times the type size: so far from the line farther out stands text that is alike on as few pages by chance
_DIGITS = regex.compile(r"\d+|\b[ivxl]+\b")
CAPTION = regex.compile(r"(?i:figure|fig\.|table|box|chart|map|graph|tableau|cuadro|gráfico)\s+(?:\d+|[IVX]+)\b")
_SHORT = 250  # points: a rule above notes is shorter
_LABEL = regex.compile(r"\[?\d{1,3}[\]/.)]?(?=\s)|\p{Ll}/?(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_AROUND_NAME = "[]()/. "  # of a note
_SURE = regex.compile(r"\d{1,3}/(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_SIGN = regex.compile(r"(?<=[^\s*†‡])[*†‡]{1,4}(?=[\s.,;:)]|$)")
_WORD_END = regex.compile(r"(?:\p{L}{3}|[.,;:!?”’\"»)\]])$")  # after which a raised figure is a note mark, no power
_SOURCE = regex.compile(r"(?:Sources?|Notes?|Abbreviations?):")  # below a table
_LEADERS = regex.compile(r"(?:\.\s?){5,}|…{2,}")
_CONTENTS = 4  # so many lines with leaders make a page of contents
_CELL = 8  # so many lines has the largest cell
_COLUMN = 0.8  # of the width of the page's text: so wide a line is no cell
_QUOTED = 0.5  # of that width: an indented line as wide is a quotation, though small


def usual(texts):
    """The type size and weight of most characters."""
    styles = Counter()
    for row in texts:
        styles[row.size, row.bold] += len(row.text)
    return max(styles, key=styles.get, default=(10, False))


# Running heads


def running(pages):
    """(page, line) → running head or foot, for lines at the edge that repeat, and what stands as far out as they do."""
    printed = [number for number, lines in enumerate(pages) if lines]
    found = {}
    for name, sign in [("running head", 1), ("running foot", -1)]:
        outer, places = defaultdict(list), defaultdict(list)  # places: text without digits → (page, height, numbers)
        for number in printed:
            for place, line in list(enumerate(pages[number]))[::sign][:_OUTER]:
                printed_text = layout.row(line).text
                text, one = _DIGITS.sub("0", printed_text), (number, line[0].base, _DIGITS.findall(printed_text))
                outer[number].append((place, line[0], text, one))
                places[text].append(one)
        edges = {}  # height of the innermost line on each page
        for number in printed:
            above = None
            for place, first, text, one in outer[number]:
                alike = {other[0] for other in places[text] if _alike(one, other)}
                apart = above and abs(first.base - above.base) > _APART * first.size
                above = first
                if not any(0 < abs(other - number) <= 2 for other in alike):
                    break
                if (apart and len(alike) == _PAGES) or (not number and SYMBOL.fullmatch(text)):
                    break  # the first page has a masthead
                found[number, place] = name
                edges[number] = sign * first.base
        if 2 * len(edges) > len(printed):
            found |= _as_far_out(pages, found, name, sign, median(edges.values()))
    return found


def _as_far_out(pages, found, name, sign, edge):
    """Further lines that stand as far out as the running heads or feet: job numbers, titles that change."""
    heights = {
        (number, place): sign * line[0].base for number, lines in enumerate(pages) for place, line in enumerate(lines)
    }
    inner = [height for one, height in heights.items() if one[0] and one not in found and height < edge]
    nearest = max(inner, default=edge - _NEAR)
    body = {one: height for one, height in heights.items() if one[0] or sign < 0}  # the first page has a masthead
    return {one: name for one, height in body.items() if height > (edge + nearest) / 2}


def _alike(one, other):
    """Do two lines stand at the same height, with numbers the same or apart by the pages between them?"""
    if abs(one[1] - other[1]) > _NEAR:
        return False
    counts = ([numbering.value_of(printed.upper()) for printed in line[2]] for line in (one, other))
    return all(b - a in (0, other[0] - one[0]) for a, b in zip(*counts, strict=True))


# Notes


def notes(texts, rules, size):
    """Mark the notes: below a short rule at the foot of a column, or from a label on that counts on with the marks."""
    marked = {(row.page, row.text[slice(*mark)]) for row in texts for mark in row.raised if mark[0]}
    last, carried, above = 0, False, None  # carried: do notes fill the column before to its end?
    for (page, _), column in groupby(texts, key=lambda row: (row.page, row.block)):
        column = list(column)
        left = min(row.left for row in column)
        below = _below_rule(column, rules[page - 1], size)
        raised_labels = any(_raised_label(row) for row in column)
        inside, small_before = carried, True
        for k, row in enumerate(column):
            small, raised, label = row.size < SMALL * size, _raised_label(row), _LABEL.match(row.text)
            name = label and label[0].strip(_AROUND_NAME)
            listed = above is not None and bool(NOTES.fullmatch(above.text))
            counts_on = listed or (name == str(last + 1) and ((page, name) in marked or bool(above and above.in_notes)))
            if _SOURCE.match(row.text) or (inside and not small and small_before):
                inside, below = False, set()
            begins = raised or (label and counts_on and not row.cells and row.left < left + 4 * size)
            row.in_notes = inside = bool(inside or k in below or (small and begins))
            if inside and raised:
                row.label = row.raised[0][1]
            elif inside and label and not (raised_labels and name.isalnum()):
                row.label = label.end()
            name = row.text[: row.label].strip(_AROUND_NAME)
            last = int(name) if name.isdecimal() else last
            small_before, above = small, row
        carried = all(row.in_notes for row in column if not NOTES.fullmatch(row.text))
    _marks(texts)


def _raised_label(row):
    return bool(row.raised) and row.raised[0][0] == 0


def _marks(texts):
    """Say which raised figures and signs of a line are marks of notes."""
    for _, page in groupby(texts, key=lambda row: row.page):
        page = list(page)
        names = {row.text[: row.label].strip(_AROUND_NAME) for row in page if row.label}
        for row in page:
            raised = [
                (*mark, row.text[slice(*mark)].strip(_AROUND_NAME))
                for mark in row.raised
                if mark[0] >= max(row.label, 1)
            ]
            signs = [(*found.span(), found[0]) for found in _SIGN.finditer(row.text)]
            sure = [mark for mark in raised if mark[2] in names or _WORD_END.search(row.text[: mark[0]])]
            row.marks = tuple(sorted({*sure, *(mark for mark in signs if mark[2] in names)}))


def _below_rule(column, rules, size):
    """The places of lines below the lowest short rule of a column, drawn or typed, if they are no table."""
    left = min(row.left for row in column)
    heights = [row.base for row in column if RULE.fullmatch(row.text)]
    heights += [y for begin, end, y in rules if abs(begin - left) < 4 * size and end - begin < _SHORT]
    below = [k for k, row in enumerate(column) if heights and row.base < min(heights)]
    first = column[below[0]] if below and below[0] else None
    notes = first and (first.size < SMALL * size or _SURE.match(first.text) or _raised_label(first))
    if notes and not any(column[k].cells or column[k].size > LARGE * first.size for k in below):
        return set(below)
    return set()


def notes_together(found):
    """The lines, what goes on in the notes of the next page moved up to its note."""
    ordered, end, page = [], 0, None  # the place after the notes before, and their page
    for row in found:
        if row.in_notes and not row.label and row.page - 1 == page:
            ordered.insert(end, row)
            end += 1
            continue
        ordered.append(row)
        if row.in_notes:
            end, page = len(ordered), row.page
    return ordered


# Tables


def tables(page, size):
    """Mark lines of tables, figures and contents, where numbers open no paragraph."""
    texts = [row for row in page if not row.in_notes]
    body = min(usual([row for row in texts if not row.cells])[0], size)
    contents = sum(bool(_LEADERS.search(row.text)) for row in page) >= _CONTENTS
    left, right = min((row.left for row in texts), default=0), max((row.right for row in texts), default=0)
    source = None  # the line before, if it tells where a table or figure is from
    for k, row in enumerate(texts):
        source = row if _SOURCE.match(row.text) or (source and row.size == source.size) else None
        source = source if row.size < SMALL * size else None
        quoted = row.left > left + size and row.right - row.left > _QUOTED * (right - left)
        quoted = quoted and not (row.cells or row.bold or CAPTION.match(row.text))
        small = source or (row.size < SMALL * body and not quoted) or not any(map(str.isalpha, row.text))
        row.table = contents or bool(small) or bool(row.cells) or bool(_LEADERS.search(row.text))
        near = [place for other in texts[max(k - _CELL, 0) : k + _CELL] if other is not row for place in other.cells]
        below = any(abs(place - other) < size / 4 for place in row.cells for other in near)
        row.figure = not (contents or RULE.fullmatch(row.text)) and bool(small or len(row.cells) > 1 or below)
    _cells(texts, left, right)
    listed = [k for k, row in enumerate(texts) if contents and (_LEADERS.search(row.text) or row.text == "Contents")]
    for row in texts[listed[0] : listed[-1] + 1] if listed else []:
        row.leftover = "contents"


def goes_on(texts, size):
    """Lines without letters in which a text or a heading goes on are no table: the last of "resolution / 75/284)"."""
    for before, row in pairwise([row for row in texts if not row.in_notes and row.size >= SMALL * size]):
        below = not row.begins and row.left < before.inner + row.size
        if below and not (row.cells or before.table or any(map(str.isalpha, row.text))):
            row.table = row.figure = False


def _cells(texts, left, right):
    """Mark what stands between and below the lines of a table, as part of its cells."""
    marked = [k for k, row in enumerate(texts) if row.figure and row.cells]
    for first, last in zip(marked, [*marked[1:], len(texts)], strict=False):
        within = texts[first + 1 : last][:_CELL]
        places = {round(place) for place in [texts[first].inner, *texts[first].cells] if place > texts[first].left + 1}
        ended = last - first > _CELL or any(row.right - row.left > _COLUMN * (right - left) for row in within)
        if ended or last == len(texts):  # is it the last line of its table?
            within = takewhile(lambda row, places=places: round(row.left) in places, within)
        for row in within:
            row.table = row.figure = True
