"""What stands at the head of a United Nations document, where it is clear: symbol, date, session, language, title."""

from itertools import takewhile

import regex
from babel.dates import get_month_names

from analysis import pages

LINES = 40  # among which a masthead stands
_TITLE = 4  # lines at most
_GAP = 5  # lines at most between two of a masthead
_NATIONS = {
    "united nations": "en", "united": "en",  # in two lines until 1996
    "nations unies": "fr", "naciones unidas": "es", "организация объединенных наций": "ru",
    "الأمم المتحدة": "ar", "联合国": "zh",
}  # fmt: skip
_MONTHS = {
    name.casefold(): number
    for language in _NATIONS.values()
    for number, name in get_month_names("wide", locale=language).items()
}
_DATE = regex.compile(r"(\d{1,2})(?:er)?\s+(?:de\s+)?(\p{L}+)\s+(?:de\s+)?((?:19|20)\d\d)(?:\s+года)?")
_ONES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
_ONES = [*_ONES.split(), *(f"{word}teenth" for word in ["fif", "six", "seven", "eigh", "nine"])]
_ORDINALS = {word: number for number, word in enumerate(_ONES, start=1)}
for _number, _word in enumerate(["twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet"], start=2):
    _ORDINALS |= {f"{_word}ieth": 10 * _number}
    _ORDINALS |= {f"{_word}y-{one}": 10 * _number + more for more, one in enumerate(_ONES[:9], start=1)}
_SESSION = regex.compile(r"((?:\p{L}+[- ])?(\p{L}+)) session", regex.IGNORECASE)
_OTHER = regex.compile(
    r"Distr\.|Original|ORIGINAL|(?:Agenda )?[Ii]tems? \d|Official Records|Supplement No|Arabic|Chinese|English|French|Russian|Spanish"
    r"|\p{Lu}\w+ year$|\p{Lu}+$|General$|Limited$"
)
_BODY = r"General Assembly|\p{L}+ (?:and Social )?Council"
_BELOW = regex.compile(rf"{_BODY}|\(?\d")  # of a masthead right below another of its lines only: titles name bodies too
_CELLS = regex.compile(r"\s{2,}|\t")
_COMMITTEE = regex.compile("Commission|Committee")
_BEGINS = regex.compile("Resolution|Letter|Report|Note")  # what is no masthead any more
_ENDS = regex.compile(rf"\(Signed|Annex|ANNEX|(?:{_BODY})$|Official Records")


def read(lines):
    """What the first lines of a document say of it; nothing without a symbol and the organization's name or "Distr."

    >>> read(["United Nations   A/77/10", "Distr.: General", "12 August 2022", "Seventy-seventh session", "Report"])
    {'session': '77', 'date': '2022-08-12', 'language': 'en', 'symbol': 'A/77/10', 'title': 'Report'}
    """
    found, n_lines = _scanned(lines)
    title = list(takewhile(lambda line: not _ENDS.match(line), lines[n_lines : n_lines + _TITLE]))
    return found | ({"title": " ".join(title)} if found and title else {})


def extent(lines):
    """How many of the first lines of a document are a masthead."""
    return _scanned(lines)[1]


def _scanned(lines):
    """What a masthead says but for the title, and how many lines it has; none, if it is no masthead."""
    found, after, is_issued = {}, 0, False
    for number, line in enumerate(lines[:LINES], start=1):
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
    if pages.SYMBOL.fullmatch(cell):
        return "symbol", cell
    if (date := _DATE.fullmatch(cell)) and (month := _MONTHS.get(date[2].casefold())):
        return "date", f"{date[3]}-{month:02d}-{int(date[1]):02d}"
    if session := _SESSION.match(cell):
        whole, last = (words.lower().replace(" ", "-") for words in session.groups())
        number = _ORDINALS.get(whole) or _ORDINALS.get(last)  # Seventy-seventh, Resumed first
        return number and ("session", str(number))
    return None
