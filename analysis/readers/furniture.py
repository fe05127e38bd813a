"""What pages hold besides running text: running heads and feet, notes, tables, figures, contents."""

from collections import Counter, defaultdict
from itertools import groupby, pairwise, takewhile
from math import inf

import regex

from analysis import numbering
from analysis.pages import HEAD, SYMBOL, masthead_lines
from analysis.readers import blocks, layout
from analysis.readers.plain import NOTES

SMALL, LARGE = 0.94, 1.08  # of the body's type size: notes and tables are smaller, headings larger
HEAVY = 0.9  # of that size: a heading in heavy type is no smaller
RULE = regex.compile(r"[_—–-]{5,}")
_COUNTED = 8  # so many numbers that count lines are no list
_OUTER = 6  # lines from the top or foot of a page that may be running heads
_NEAR = 12  # points: a running head stands at the same height
REACH = 2  # pages: so near stands a running head again
_PAGES = 2  # a running head stands on so many pages
_APART = 2  # times the type size: so far from the line farther out stands text that is alike on as few pages by chance
_DIGITS = regex.compile(r"\d+|\b[ivxl]+\b")
CAPTION = regex.compile(r"(?i:figure|fig\.|table|box|chart|map|graph|tableau|cuadro|gráfico)\s+(?:\d+|[IVX]+)\b")
_BRIEF, _SHORT = 30, 250  # points: a rule above notes is longer, and shorter
_LABEL = regex.compile(r"\[?\d{1,3}[\]/.)]?(?=\s)|\p{Ll}/?(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_AROUND_NAME = "[]()/. "  # of a note
_SURE = regex.compile(r"\d{1,3}/(?=\s)|[*†‡§]{1,4}(?=\s?\S)")
_SIGN = regex.compile(r"(?<=[^\s*†‡])[*†‡]{1,4}(?=[\s.,;:)]|$)")
_WORD_END = regex.compile(r"(?:\p{L}{3}|[.,;:!?”’\"»)\]])$")  # after which a raised figure is a note mark, no power
_TO_STOP = regex.compile(r".*[.;!?](?=\s+\p{Lu})")
_SOURCE = regex.compile(r"(?:Sources?|Notes?|Abbreviations?):")  # below a table
_LEADERS = regex.compile(r"(?:\.\s?){5,}|…{2,}")
_TO_PAGE = regex.compile(r"\p{L}.*\s(\d{1,3}|[ivxl]+)$")
_CONTENTS = 4  # so many lines with leaders make a page of contents; without leaders, more than twice as many
_CELL = 8  # so many lines has the largest cell
_COLUMN = 0.8  # of the width of the page's text: so wide a line is no cell
_QUOTED = 0.5  # of that width: an indented line as wide is a quotation, though small


def usual(texts):
    """The type size and weight of most characters."""
    styles = Counter()
    for row in texts:
        styles[row.size, row.bold] += len(row.text)
    return max(styles, key=styles.get, default=(10, False))


def common(counted):
    """What is counted at least a quarter as often as what is counted most."""
    return [one for one, n in counted.items() if 4 * n > max(counted.values())]


def line_numbers(lines):
    """The lines that begin with a number which counts lines, as in bills and transcripts: many begin amid a sentence."""
    counted = defaultdict(list)
    for k, line in enumerate(lines):
        if len(line) > 1 and line[0].text.isdecimal():
            counted[int(line[0].text) - k].append(line)
    runs = [run for run in counted.values() if len(run) >= _COUNTED]
    return [line for run in runs if 3 * sum(one[1].text[0].islower() for one in run) >= len(run) for line in run]


# Running heads


def running(pages, edges):
    """(page, line) → running head or foot, for lines that repeat equally far from the edges (foot, top) of pages near."""
    found, is_masthead = {}, masthead_lines([layout.row(line).text for line in pages[0][:HEAD]]) > 0
    for name, sign in [("running head", 1), ("running foot", -1)]:
        outer, printed, innermost = [], defaultdict(list), {}
        for number, lines in enumerate(pages):
            for place in range(len(lines))[::sign][:_OUTER]:
                first, parts = lines[place][0], layout.row(lines[place]).text.split()
                # On left and right pages the same words stand in another order.
                text = " ".join(sorted(parts, key=lambda part: _DIGITS.sub("0", part)))
                words = _DIGITS.sub("0", text)
                one = number, abs(edges[number][sign > 0] - first.base), _DIGITS.findall(text)
                outer.append((place, first.size, words, one))
                printed[words].append(one)
        for number, own in groupby(outer, key=lambda line: line[-1][0]):
            for place, size, words, one in own:
                alike = {other[0] for other in printed[words] if _alike(one, other)}
                apart = one[1] - innermost.get(number, inf) > _APART * size
                near = any(0 < abs(other - number) <= REACH for other in alike)
                of_masthead = is_masthead and not number and SYMBOL.fullmatch(words)
                if not near or (apart and len(alike) == _PAGES) or of_masthead:
                    break
                found[number, place], innermost[number] = name, one[1]
        if sign < 0:  # at the foot of a first page stands a job number
            least = min((innermost[k] for k in (1, 2) if k in innermost), default=-inf) + _NEAR
            found |= {(0, place): name for place, *_, one in outer if not one[0] and one[1] < least}
    return found


def _alike(one, other):
    """Do two lines stand at the same height, with numbers the same or apart by the pages between them?"""
    counts = ([numbering.value_of(printed.upper()) for printed in line[2]] for line in (one, other))
    return abs(one[1] - other[1]) <= _NEAR and all(
        b - a in (0, other[0] - one[0]) for a, b in zip(*counts, strict=True)
    )


# Notes


def notes(texts, drawn):
    """Mark the notes: below a short rule at the foot of a column, or from a label on that counts on with the marks."""
    marked = {(row.page, row.text[slice(*mark)]) for row in texts for mark in row.raised if mark[0]}
    last, carried, above = 0, False, None  # carried: do notes fill the column before to its end?
    for (page, _), column in groupby(texts, key=lambda row: row.block):
        column = list(column)
        left, (size, _) = min(row.left for row in column), column[0].body
        rule = _rule_over_notes(column, drawn[page - 1], left, size)
        raised_labels = any(map(_raised_label, column))
        inside, small_before = carried, True
        for row in column:
            small, raised, label = row.size < SMALL * size, _raised_label(row), _LABEL.match(row.text)
            name = label and label[0].strip(_AROUND_NAME)
            listed, heads = above is not None and bool(NOTES.fullmatch(above.text)), bool(NOTES.fullmatch(row.text))
            counts_on = listed or (name == str(last + 1) and ((page, name) in marked or bool(above and above.in_notes)))
            if heads or _SOURCE.match(row.text) or (inside and not small and small_before):
                inside, rule, raised_labels = False, -inf, raised_labels and not heads
            begins = raised or (label and counts_on and not row.cells and row.left < left + 4 * size)
            row.in_notes = inside = bool(inside or row.base < rule or (small and begins))
            if inside and (raised or (label and not (raised_labels and name.isalnum()))):
                row.label = raised or label.end()
            name = _name(row)
            last = int(name) if name.isdecimal() else last
            small_before, above = small, row
        carried = all(row.in_notes for row in column if not NOTES.fullmatch(row.text))


def _raised_label(row):
    """How long a raised sign at the beginning is."""
    return dict(row.raised).get(0, 0)


def _name(row):
    """The name of the note that a line begins."""
    return row.text[: row.label].strip(_AROUND_NAME)


def _rule_over_notes(column, drawn, left, size):
    """The height of the lowest short rule of a column, drawn or typed, if what stands below is no table."""
    heights = [row.base for row in column if RULE.fullmatch(row.text)]
    rules = [line for line in drawn if line.level and _BRIEF < line.end - line.begin < _SHORT]
    heights += [line.at for line in rules if abs(line.begin - left) < 4 * size]
    rule = min(heights, default=-inf)
    below = [row for row in column if row.base < rule]
    if not below or below[0] is column[0] or any(row.cells or row.size > LARGE * below[0].size for row in below):
        return -inf
    notes = below[0].size < SMALL * size or _SURE.match(below[0].text) or _raised_label(below[0])
    return rule if notes else -inf


def marks(page):
    """Say which raised figures and signs of a line are marks of notes."""
    names = {_name(row) for row in page if row.label}
    for row in page:
        raised = [mark for mark in row.raised if mark[0] >= max(row.label, 1)]
        signs = [sign.span() for sign in _SIGN.finditer(row.text)]
        named = {(*mark, row.text[slice(*mark)].strip(_AROUND_NAME)) for mark in [*raised, *signs]}
        sure = {mark for mark in raised if _WORD_END.search(row.text[: mark[0]])}
        row.marks = tuple(sorted(mark for mark in named if mark[2] in names or mark[:2] in sure))


def notes_together(found):
    """The lines, what goes on in the notes of the next page moved up to its note."""
    ordered, end, page = [], 0, None  # the place after the notes before, and their page
    for row in found:
        goes_on = row.in_notes and not row.label and row.page - 1 == page
        ordered.insert(end if goes_on else len(ordered), row)
        if goes_on:
            end += 1
        elif row.in_notes:
            end, page = len(ordered), row.page
    return ordered


# Tables


def tables(page):
    """Mark lines of tables, figures and contents, where numbers open no paragraph."""
    texts = [row for row in page if not (row.in_notes or row.cell)]
    size, _ = page[0].body
    body = min(usual([row for row in texts if not row.cells])[0], size)
    contents = sum(bool(_LEADERS.search(row.text)) for row in page) >= _CONTENTS
    left, right = min((row.left for row in texts), default=0), max((row.right for row in texts), default=0)
    source = None  # the line before, if it tells where a table or figure is from
    for k, row in enumerate(texts):
        goes_on = source and row.size == source.size
        source = row if row.size < SMALL * size and (goes_on or _SOURCE.match(row.text)) else None
        quoted = row.left > left + size and row.right - row.left > _QUOTED * (right - left)
        quoted = quoted and not (row.cells or row.bold or CAPTION.match(row.text))
        heads = (row.bold and row.size >= HEAVY * body) or NOTES.fullmatch(row.text)
        small = source or (row.size < SMALL * body and not (quoted or heads)) or not any(map(str.isalpha, row.text))
        row.table = bool(contents or small or row.cells or _LEADERS.search(row.text))
        near = [place for other in texts[max(k - _CELL, 0) : k + _CELL] if other is not row for place in other.cells]
        below = any(abs(place - other) < size / 4 for place in row.cells for other in near)
        row.figure = not (contents or RULE.fullmatch(row.text)) and bool(small or len(row.cells) > 1 or below)
    _cells(texts, left, right)
    listed = [k for k, row in enumerate(texts) if contents and (_LEADERS.search(row.text) or row.text == "Contents")]
    for row in texts[listed[0] : listed[-1] + 1] if listed else _with_pages(texts):
        row.leftover, row.table = "contents", True


def _with_pages(texts):
    """The lines of a table of contents without leaders: most end with a page, none earlier than the one above."""
    best, run, last = [], [], None
    for k, row in enumerate(texts):
        if found := _TO_PAGE.search(row.text):
            page = found[1].isdecimal(), numbering.value_of(found[1].upper())
            goes_on = run and page >= last and k - run[-1] <= _CONTENTS
            run, last = [*run, k] if goes_on else [k], page
            best = max(best, run, key=len)
    stretch = texts[best[0] : best[-1] + 1] if best else []
    return stretch if len(best) > max(2 * _CONTENTS, len(stretch) / 2) else []


def drawn_tables(texts):
    """Say what tables with drawn lines are, which may go on over pages: paragraphs with numbers, text, or figures."""
    for _, rows in groupby([row for row in texts if row.cell], key=lambda row: row.cell):
        cells = [list(cell) for _, cell in groupby(rows, key=lambda row: row.block)]
        said = [_blocks_of(cell) for cell in cells]
        kind = blocks.kind_of_table(said, len({cell[0].base for cell in cells}))
        for cell, (text, *_) in zip(cells, said, strict=True):
            for row in cell:
                row.figure, row.opens = kind == "figures", False if kind == "list" and row.table else None
            if kind == "list" and blocks.PARTED.match(text):
                cell[0].opens = True


def _blocks_of(cell):
    """The words of a cell, block by block, up to the last full stop, as it may go on in the next column."""
    said = []
    for row in cell:
        said = [*said, row.text] if row.begins or not said else [*said[:-1], f"{said[-1]} {row.text}"]
    ended = _TO_STOP.match(said[-1])
    return [*said[:-1], ended[0] if ended else said[-1]]


def goes_on(texts):
    """Lines without letters in which a text or a heading goes on are no table: the last of "resolution / 75/284)"."""
    for before, row in pairwise([row for row in texts if not row.in_notes and row.size >= SMALL * row.body[0]]):
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
