"""What is printed besides the text: page numbers, job numbers, symbols, running heads; a United Nations masthead."""

from collections import Counter
from itertools import pairwise, takewhile

import regex
from babel.dates import get_month_names

from analysis import numbering

_ALONE = 60  # characters; what is longer is no page number
_PAGE = r"(?i:pages?|página|стр\.|страница|صفحة) ?\|? ?\d{1,4}(?: ?(?:/|of|sur|de|из|من) ?\d{1,4})?"
_NUMBER = regex.compile(
    rf"[-–—=\[( ]*{_PAGE}[-–—=\]) ]*|\d{{1,4}} ?\| ?(?i:page)|[-–—] ?\d{{1,4}} ?[-–—]|\d{{1,3}} ?/ ?\d{{1,3}}|[ivxl]{{1,7}}"
)
_BESIDE = regex.compile(r"[-–—]? ?\d{1,4} ?[-–—]?")  # beside a form feed
_JOB = regex.compile(
    r"(?=.*(?:\d\d-\d{5}|\*\d{5}))(?:(?:(?:\p{Lu}{1,2}\.)?\d\d-\d{5,6}|\*\d{5,10}\*|\(\p{Lu}\)|\d{6}|\d+/\d+|\d{1,3}|\*)(?: |$|(?=\()))+"
)
_SYMBOL = r"\p{Lu}{1,5}(?:/[\w.-]+(?:\([\w.]+\))?)+(?:[^\S\n]\((?:\d{4}|Part [IVX]+(?:/[\w.]+)?)\))?"
SYMBOL = regex.compile(rf"({_SYMBOL}(?:-{_SYMBOL})?)( (?:{_PAGE}|\d+/\d+))?")  # at a page's top
_NEAR = 3  # page numbers found differ by no more
_HEADS = 3  # a line at the top or foot of so many pages is a running head
HEAD = 40  # lines, among which a masthead stands
_TITLE = 4  # lines at most
_GAP = 5  # lines at most between two of a masthead
_NATIONS = {
    "united nations": "en", "united": "en",  # in two lines until 1996
    "nations unies": "fr", "naciones unidas": "es", "организация объединенных наций": "ru",
    "الأمم المتحدة": "ar", "联合国": "zh",
}  # fmt: skip
_MONTHS = [get_month_names("wide", locale=language).items() for language in _NATIONS.values()]
_MONTHS = {name.casefold(): number for names in _MONTHS for number, name in names}
_DATE = regex.compile(r"(\d{1,2})(?:er)?\s+(?:de\s+)?(\p{L}+)\s+(?:de\s+)?((?:19|20)\d\d)(?:\s+года)?")
_ONES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
_ONES = [*_ONES.split(), *(f"{word}teenth" for word in ["fif", "six", "seven", "eigh", "nine"])]
_ORDINALS = {word: number for number, word in enumerate(_ONES, start=1)}
for _number, _word in enumerate(["twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet"], start=2):
    _ORDINALS |= {f"{_word}ieth": 10 * _number}
    _ORDINALS |= {f"{_word}y-{one}": 10 * _number + more for more, one in enumerate(_ONES[:9], start=1)}
_SESSION = regex.compile(r"((?:\p{L}+[- ])?(\p{L}+)) session", regex.IGNORECASE)
_SHEET = r"Distr\.|Original|ORIGINAL|(?:Agenda )?[Ii]tems? \d|Official Records|Supplement No|\p{Lu}\w+ year$|\p{Lu}+$"
_OTHER = regex.compile(rf"{_SHEET}|Arabic|Chinese|English|French|Russian|Spanish|General$|Limited$")
_BODY = r"General Assembly|\p{L}+ (?:and Social )?Council"
_BELOW = regex.compile(rf"{_BODY}|\(?\d")  # of a masthead right below another of its lines only: titles name bodies too
_CELLS = regex.compile(r"\s{2,}|\t")
_COMMITTEE = regex.compile("Commission|Committee")
_BEGINS = regex.compile("Resolution|Letter|Report|Note")  # what is no masthead any more
_ENDS = regex.compile(rf"\(Signed|Annex|ANNEX|(?:{_BODY})$|Official Records")


def set_aside(text, lines):
    """The lines, with what belongs to the page left over; and, where unsure, (line number, problem, detail).

    A number alone on its line is a page number beside a form feed, or where it is a block of its own and counts on from
    another such number; in a document whose paragraphs have numbers of another style, also without blank lines.

    >>> from analysis.readers import plain
    >>> source = "A/71/818\\n\\n1. One\\n\\n17-01234 2/27\\n\\nA/71/818\\n\\nand on.\\n\\n- 3 -\\n\\n2. Two."
    >>> [line.leftover for line in set_aside(source, plain.lines(source))[0]]
    [None, None, 'job number', 'running head', None, 'page number', None]
    """
    short = [line.end - line.start < 200 and not line.opens for line in lines]  # the format opens paragraphs
    contents = [" ".join(text[line.start : line.end].split()) * own for line, own in zip(lines, short, strict=True)]
    numbers = [numbering.parse(content) for content in contents]
    places = [0, *(place for line in lines for place in (line.start, line.end)), len(text)]
    breaks = ["\f" in text[end:start] for end, start in zip(places[::2], places[1::2], strict=True)]  # before each line
    beside = [before or after for before, after in pairwise(breaks)]
    reasons, problems = _page_numbers(lines, contents, numbers, beside)
    symbols = {i: found for i, content in enumerate(contents) if (found := SYMBOL.fullmatch(content))}
    times = Counter(found[1] for found in symbols.values())
    begins = next((i for i, number in enumerate(numbers) if number), len(lines))
    first = {found[1]: i for i, found in reversed(symbols.items()) if i < begins and not found[2]}
    for i, found in symbols.items():
        again = times[found[1]] > 1 and first.get(found[1]) != i
        if found[2] or again or i - 1 in reasons or (i and breaks[i]):
            reasons[i] = "running head"
    edges = [i for i, line in enumerate(lines) if beside[i] and contents[i] and not line.heading and line.note is None]
    heads = {i: regex.sub(r"\d+", "0", contents[i]) for i in edges}
    usual = Counter(heads.values())
    reasons = {i: "running head" for i, head in heads.items() if usual[head] >= _HEADS} | reasons
    marked, broken, blank = [], False, False  # blank: a blank line stands before what was left over just now
    for i, line in enumerate(lines):
        leftover, new_block = line.leftover or reasons.get(i), line.new_block or blank
        rule = len(contents[i]) > 2 and set(contents[i]) <= set("-*_ ")
        broken = broken or i in reasons or rule
        blank = rule or (new_block and bool(leftover))
        page_break = line.page_break or (broken and not leftover)
        broken = broken and bool(leftover)
        marked.append(line._replace(leftover=leftover, new_block=new_block, page_break=page_break))
    return marked, problems


def _page_numbers(lines, contents, numbers, beside):
    """The lines that are page or job numbers, with the reason; and those that are so perhaps."""
    reasons, alone, problems = {}, [], []
    styled = sum(found[1] != "bare" for found in numbers if found) > 1
    for i, content in enumerate(contents):
        near = contents[max(i - 1, 0) : i] + contents[i + 1 : i + 2]
        own_block = lines[i].new_block and (i + 1 == len(lines) or lines[i + 1].new_block)
        if len(content) <= _ALONE and _JOB.fullmatch(content):
            reasons[i] = "job number"
        elif _NUMBER.fullmatch(content) or (beside[i] and _BESIDE.fullmatch(content)):
            reasons[i] = "page number"
        elif content.isdecimal() and len(content) < 5 and (own_block or styled) and not any(map(str.isdecimal, near)):
            alone.append((i, int(content), own_block))
    for (i, number, _), (k, other, _) in pairwise(alone):
        if 1 <= abs(number - other) <= _NEAR:
            reasons |= dict.fromkeys([i, k], "page number")
    if len(alone) == 1 and alone[0][2]:
        [(i, number, _)] = alone
        reasons[i] = "page number"
        problems.append((lines[i].number, "unsure", f"{number} alone on its line read as a page number"))
    return reasons, problems


def masthead(lines):
    """What the first lines of a document say of it; nothing without a symbol and the organization's name or "Distr."

    >>> masthead(["United Nations   A/77/10", "Distr.: General", "12 August 2022", "Seventy-seventh session", "Report"])
    {'session': '77', 'date': '2022-08-12', 'language': 'en', 'symbol': 'A/77/10', 'title': 'Report'}
    """
    found, n_lines = _scanned(lines)
    title = list(takewhile(lambda line: not _ENDS.match(line), lines[n_lines : n_lines + _TITLE]))
    return found | ({"title": " ".join(title)} if found and title else {})


def masthead_lines(lines):
    """How many of the first lines of a document are a masthead."""
    return _scanned(lines)[1]


def _scanned(lines):
    """What a masthead says but for the title, and how many lines it has; none, if it is no masthead."""
    found, after, is_issued = {}, 0, False
    head = "\n".join(lines[:HEAD]).casefold()
    if not any(sign in head for sign in ("distr.", *_NATIONS)):  # as in most texts: nothing to look for
        return found, after
    for number, line in enumerate(lines[:HEAD], start=1):
        if _BEGINS.match(line):
            break
        cells = [cell.rstrip("*") for cell in _CELLS.split(line.strip())]
        told = dict(filter(None, map(_told, cells)))
        if after < number - 1:  # a session of whom? Titles name sessions too
            told.pop("session", None)
        is_issued = is_issued or "Distr." in line
        other = any(_OTHER.match(cell) or (is_issued and _COMMITTEE.match(cell)) for cell in cells)
        other = other or (after == number - 1 and any(map(_BELOW.match, cells)))
        if (other or "symbol" in told or told.keys() - found.keys()) and number - after <= (_GAP if is_issued else 1):
            after = number
        found = told | found
    return (found, after) if "symbol" in found and ("language" in found or is_issued) else ({}, 0)


def _told(cell):
    """What one cell of a masthead says: (name, value), if anything."""
    if cell.casefold() in _NATIONS:
        return "language", _NATIONS[cell.casefold()]
    if SYMBOL.fullmatch(cell):
        return "symbol", cell
    if (date := _DATE.fullmatch(cell)) and (month := _MONTHS.get(date[2].casefold())):
        return "date", f"{date[3]}-{month:02d}-{int(date[1]):02d}"
    if session := _SESSION.match(cell):
        whole, last = (words.lower().replace(" ", "-") for words in session.groups())
        number = _ORDINALS.get(whole) or _ORDINALS.get(last)  # Seventy-seventh, Resumed first
        return number and ("session", str(number))
    return None
