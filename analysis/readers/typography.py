"""Printed lines of pages → what each is, by place and type: running head, note, heading, table, start of a block."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import chain, groupby, pairwise, takewhile
from statistics import median, mode
from types import SimpleNamespace

import regex

from analysis.pages import HEAD, masthead_lines
from analysis.readers import furniture, layout
from analysis.readers.furniture import CAPTION, HEAVY, LARGE, REACH, RULE, SMALL
from analysis.readers.plain import ANNEX

_TITLE = 1.15  # times the size of all else: so large is what a document begins with, if it is its title
_TITLE_WORDS = 3  # at least; what is shorter is an institution's name
_HEADING_LINES, _HEADING_LENGTH = 5, 300
_NUMBERED = regex.compile(r"(?:[IVX]+|\p{Lu}|\d+)\.\s")  # a heading within the text
_ENDED = regex.compile(r"[.;,!?]\W*$|(?:^\W*\d|.{60}).*:\W*$")  # a short one without a number may end with a colon
_SENTENCES = 20  # so many lines tell how large the text is
_PITCH = 1.22  # of the usual distance of lines: a wider one parts blocks
_STOPPED = regex.compile(r"[.;:!?][\W\d]{0,4}$")
_ROOM = 0.6  # of the type size: a space, and what a line may be shorter than those around it
_AROUND = 6  # so many lines before and after tell how wide the text is
_NUMBER = regex.compile(r"[(\[]?(\d{1,4})[.)\]]*(?=\s)")
_FULL = 0.93  # of the width of the next line: so long a line goes on in it
_FEW = 10  # times so many numbers hang as do not in a list, or do not as do around one
_LIST, _BRIEF = 3, 15  # so many numbers that count on, and their words in the middle, are a list
_STEP = 0.9  # of the type size: a first line that is farther in is indented


def rows(pages):
    """The lines of all pages in the order of reading."""
    whole = [layout.lines(page.words) for page in pages]
    heads = furniture.running(whole, [page.edges for page in pages])
    found, by_page = [], []
    for number, (page, lines) in enumerate(zip(pages, whole, strict=True)):
        reasons = [(heads.get((number, place)), line) for place, line in enumerate(lines)]
        reasons += [("turned text", line) for line in layout.lines(page.turned)]
        reasons += [("line number", [line.pop(0)]) for line in furniture.line_numbers(lines)]
        body = layout.rows([word for reason, line in reasons if not reason for word in line], page.drawn)
        outer = [replace(layout.row(line), leftover=reason) for reason, line in reasons if reason]
        n_heads = sum(row.leftover == "running head" for row in outer)
        usual, _ = furniture.usual(body)
        for row in [*outer, *body]:
            row.page, row.block = number + 1, (number + 1, row.block)
            row.size = usual if page.scanned else row.size  # which OCR guesses
        found += [*outer[:n_heads], *body, *outer[n_heads:]]
        by_page.append(body)
    texts = list(chain.from_iterable(by_page))
    if not texts:  # every line is at the edge of its page
        return found
    size, bold = furniture.usual(texts)
    for number, page in enumerate(by_page):
        around = chain.from_iterable(by_page[max(number - REACH, 0) : number + REACH + 1])
        sizes = [row.size for row in around if row.text[:1].islower() and not (row.cells or row.cell)]  # of sentences
        body = size, max(furniture.common(Counter([*_SENTENCES * [size], *sizes])))
        for row in page:
            row.body = tuple(sorted(body))
    furniture.notes([row for row in texts if not row.cell], [page.drawn for page in pages])
    for page in filter(None, by_page):
        furniture.marks(page)
        furniture.tables(page)
    _blocks(texts)
    furniture.drawn_tables(texts)
    furniture.goes_on(texts)
    _headings(texts, size, bold)
    _lists(by_page)
    return furniture.notes_together([row for row in found if row.text])


# Blocks


def _blocks(texts):
    """Say where a block begins: after a gap, farther in or out, or where the next word had room on the line before."""
    for place, row in enumerate(texts):
        around = [one for one in texts[max(place - _AROUND, 0) : place + _AROUND] if one.block == row.block]
        row.edge = max((one.right for one in around if not one.cells and _style(one) == _style(row)), default=row.right)
    distances = defaultdict(Counter)  # by page, from lines to those in which a sentence goes on
    for before, row in pairwise(texts):
        if (before.block, before.size) == (row.block, row.size) and before.base > row.base and row.text[0].islower():
            distances[row.page][round((before.base - row.base) / row.size, 1)] += len(row.text)
    pitch = {}
    for page in {row.page for row in texts}:
        near = [distances[k] for k in range(page - REACH, page + REACH + 1) if k in distances]
        pitch[page] = min(furniture.common(sum(near or distances.values(), Counter())), default=1.2)
    last = None  # line of text, not of notes
    for before, row, after in zip([None, *texts], texts, [*texts[1:], None], strict=False):
        new_page = before is None or before.page != row.page
        row.joins = not (row.in_notes or row.cell) and (new_page or before.in_notes)
        if new_page or before.in_notes or before.block != row.block:
            before = last if new_page else before
            apart = not before or before.cell or row.cell or _style(before) != _style(row)
            row.begins = bool(apart or not _runs_on(before, row, after))
        elif row.in_notes:
            row.begins = bool(row.label)
        else:
            row.parted = (before.base - row.base) / (max(before.size, row.size) or 1) > _PITCH * pitch[row.page]
            row.begins = row.parted or _style(before) != _style(row)
            row.begins = row.begins or not (row.bold or _runs_on(before, row, after))
        last = last if row.in_notes else row


def _runs_on(before, row, after):
    """Is a line full, so that its text goes on in the next, and is that neither indented nor hung out?"""
    step = _STEP * row.size
    below = after if after is not None and after.block == row.block else None
    if before.block == row.block:
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
    found = [k for k, (group, after) in enumerate(pairwise(groups)) if _is_heading(group, after[0], bold)]
    width = median([row.right - row.left for row in texts])
    prose = [k for k, group in enumerate(groups) if k not in found and _is_prose(group, width)]
    for row in [row for k in prose for row in groups[k]]:
        row.heading = None
    first = next(iter(prose), 0)
    found = _without_captions(groups, found, first)
    styles = {_style(groups[k][0]) for k in found if k >= first}
    while first - 1 in found and _style(groups[first - 1][0]) in styles:
        first -= 1
    named = _below_masthead(texts, groups) or [groups[k] for k in found if k < first]
    named = [group for group in named if sum(len(row.text.split()) for row in group) >= _TITLE_WORDS]
    alike = [(size, [*own]) for size, own in groupby(named, lambda group: round(group[0].size))]
    _, largest = max(alike, key=lambda one: one[0], default=(0, []))  # the first of these
    for row in [row for group in largest for row in group]:
        row.title = True
    levels = sorted(styles, reverse=True)
    if groups[0][0].size > _TITLE * max([size, *(row.size for group in groups[1:] for row in group)]) and first:
        _as_title(groups[0])
        levels.insert(0, None)
    for group in [groups[k] for k in found if k >= first]:  # the others are the title, or on the cover
        for row in group:
            row.heading = -1
        group[0].heading = 1 + levels.index(_style(group[0]))


def _below_masthead(texts, groups):
    """The blocks in heavy type on the page of a masthead, below it; none where there is no masthead."""
    n_lines = masthead_lines([row.text for row in texts[:HEAD]])
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
    groups, lines = [], [row for row in texts if not RULE.fullmatch(row.text)]
    for last, row in zip([None, *lines], lines, strict=False):
        if row.in_notes:
            continue
        alone = last is None or row.table or last.table or last.in_notes
        if alone or row.begins or row.joins:
            groups.append([])
        groups[-1].append(row)
    return groups


def _without_captions(groups, found, first):
    """The headings that are none of a table or figure; these and its text are left over."""
    kept, below = [k for k in found if k < first], None  # below: the first line of what follows, if it is of a figure
    for k in reversed(range(first, len(groups))):
        row, is_heading = groups[k][0], k in found
        above = is_heading and below and row.size < LARGE * row.body[1] and row.page == below.page
        above = above and not ANNEX.match(row.text)
        named = CAPTION.match(row.text) and (is_heading or CAPTION.fullmatch(row.text))
        below = None
        if above or row.figure or named or (is_heading and k and CAPTION.fullmatch(groups[k - 1][0].text)):
            below = row
            for one in groups[k]:
                one.leftover, one.table = "table or figure", True
        elif is_heading:
            kept.append(k)
    return sorted(kept)


def _is_heading(group, below, bold):
    """Is a block of lines in larger or heavier type than the text, short, no sentence, and does text stand below?"""
    first, last, words = group[0], group[-1], " ".join(row.text for row in group)
    least, most = first.body
    large, heavy = first.size >= LARGE * most, first.bold and not bold and first.size >= HEAVY * least
    if first.table or not (large or heavy) or (below.page != last.page and _style(below) == _style(last)):
        return False
    full = below.page == last.page and last.right - last.left > _FULL * (below.right - below.left)
    goes_on = full and not (large or below.parted)  # in lighter type
    short = len(group) <= _HEADING_LINES and len(words) <= _HEADING_LENGTH and first.begins
    return short and any(map(str.isalpha, words)) and not (goes_on or words[:1].islower() or _ENDED.search(words))


def _is_prose(group, width):
    """Is a block text in the usual type, of two lines or with a number?"""
    usual = SMALL * group[0].body[0] <= group[0].size < LARGE * group[0].body[1]
    long = group[0].right - group[0].left > 0.6 * width and not group[0].table
    return usual and long and (len(group) > 1 or bool(_NUMBER.match(group[0].text)))


# Lists


def _lists(pages):
    """Find the numbers that stand in a list, not at paragraphs: they count on, and hang in the margin or are brief."""
    runs = []
    for page in pages:
        texts = [row for row in page if not (row.in_notes or row.table or row.heading)]
        edge = mode([round(row.left) for row in texts if not row.begins] or [0])  # of text that goes on
        for place, row in enumerate(texts):
            number = _NUMBER.match(row.text)
            if number and (row.begins or row.joins):
                more = list(takewhile(lambda one: not one.begins, texts[place + 1 :]))
                item = SimpleNamespace(row=row, value=int(number[1]), left=row.left - edge, hangs=None)
                item.words = sum(len(line.text.split()) for line in [row, *more])
                if more and more[0].block == row.block:  # does its text go on to the right of the number?
                    item.hangs = more[0].left - row.left > _STEP * row.size
                near = [run for run in runs if abs(run[-1].row.left - row.left) < row.size]
                goes_on = next((run for run in reversed(near) if run[-1].value == item.value - 1), [])
                runs = [run for run in runs if run is not goes_on] + [[*goes_on, item]]  # the latest is last
    usual = mode([round(item.left) for run in runs for item in run] or [0])
    hangs = Counter(item.hangs for run in runs for item in run)
    for run in runs:
        of_run = Counter(item.hangs for item in run)
        brief = len(run) >= _LIST and median(item.words for item in run) <= _BRIEF
        is_list = _FEW * of_run[False] <= of_run[True] and (
            brief or (of_run[True] and hangs[False] > _FEW * hangs[True])
        )
        for item in run:
            item.row.indented = item.left > usual + _STEP * item.row.size
            item.row.table = bool(is_list)
