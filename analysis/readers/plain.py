"""Plain text: bytes to text, text to lines."""

from typing import NamedTuple

import regex

_LARGEST = 100 * 2**20  # bytes of one text
WRAPPED = 160  # a line longer than this was not broken to fit a page
_BULLET = regex.compile(r"[-–—*+•‣▪●◦·♦➢\uf0b7][^\S\n]+(?=\S)")
_WORD = regex.compile(r"[\p{L}\p{N}]")
ANNEX = regex.compile(
    r"(?i:(annexe?|appendix|enclosure|schedule|part|chapter|article|artikel|anhang|anexo|chapitre|cap[ií]tulo|art[ií]culo|приложение|глава|статья)"
    r"(?:es)?)(?:[^\S\n]+([IVXLC]+|\d+|\p{Lu})\b|(?=:)|$)"
)
STOPS, COMMAS = ".;!?…؛؟。！？；।", ",:،，："  # what ends a sentence or a clause, and what goes on
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
NOTES = regex.compile(  # the heading over a list of notes, or of works that the text refers to by number
    r"(?i)\W*(?:(?:\d+|[IVX]+)\W+)?(?:(?:foot|end)?notes|references|bibliograph(?:y|ie)|(?:works|literature) cited|références"
    r"|referencias|bibliografía|literatur(?:verzeichnis)?|литература|المراجع|参考文献)\W*"
)
_MARK = rf"(?:[{RAISED}]+|\[\^?\w{{1,5}}\]|<sup>\d{{1,3}}</sup>)?"
_ENDED = regex.compile(rf"(?:[:：{STOPS}][\"”’»)\]*_]*|[”»][*_]*){_MARK}[*_]*$")
CLOSING = regex.compile(rf"[\"”’»)\]*_\s]*{_MARK}[\"”’»)\]*_\s]*$")  # what may follow the last sign of a sentence
_DIRECTION = regex.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_CONTROL = regex.compile(r"[\x01-\x08\x0e-\x1f\p{Noncharacter_Code_Point}]+")  # no file for others can have them
_WIDE, _LINES = regex.compile(r"(?<=\p{L}\p{L}[.,;:]?) {3,}(?=[\p{L}\d])"), 8  # between columns; of lines at least
_LINE = regex.compile(r"([^\n\f\v\x85\u2028\u2029]*)([\n\f\v\x85\u2028\u2029]?)")


class Line(NamedTuple):
    """A line of the source that is not blank."""

    start: int  # first and one past the last character that is not white space
    end: int
    number: int  # from 1
    new_block: bool  # a blank line or a page break stands before it
    page_break: bool  # two blank lines, a form feed or a rule stand before it
    indented: bool = False
    heading: int | None = 0  # level, where the format marks headings; -1 goes on with the one above, None is no heading
    bullet: bool = False
    note: tuple | None = None  # (name, end of the label) of the note it begins, () of one it goes on with, if marked
    leftover: str | None = None  # why the whole line is not read as words
    markup: tuple = ()  # (start, end, reason) of characters that carry form, not words
    note_marks: tuple = ()  # (start, end, note), where the format marks them
    page: int = 0  # the page it stands on, where the format has pages
    opens: bool | None = None  # a paragraph begins here, with a number or without, or none does, where the format says
    part: str | None = None  # of that paragraph, where the format says: preamble or operative


class Source(NamedTuple):
    """What a reader makes of a file."""

    text: str
    lines: list[Line]
    told: tuple = ()  # (line number, problem, detail): what the reader is unsure of
    metadata: dict = {}  # noqa: RUF012  of the document, where the format states it: symbol, date, …
    references: tuple = ()  # rows of the table `references`, where the format marks links to documents
    cell: bool = False  # of a table, without numbers no part of which is a title or heading


def read(data, name):
    """A file's bytes as a `Source`."""
    text = decode(data, name)
    found = lines(text)
    wide = sum(bool(_WIDE.search(text, line.start, line.end)) for line in found)
    told = f"{wide} of {len(found)} lines have a wide gap: if they are columns side by side, put one below the other"
    return Source(text, found, ((1, "unsure", told),) * (2 * wide > max(_LINES, len(found))))


def decode(data, name):
    """A file's bytes as text: line ends are ``\\n``, without byte order mark; `name` is for messages.

    Raises ValueError if the file is empty, binary or not UTF-8, saying where and what to do.

    >>> decode("1. Décidé".encode("latin-1"), "old.txt")
    Traceback (most recent call last):
    ValueError: old.txt is not UTF-8: byte 0xe9 on line 1 after '1. D'. Save it as UTF-8 and read it again.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{name} is UTF-16, not UTF-8. Save it as UTF-8 and read it again.")
    if len(data) > _LARGEST:
        raise ValueError(f"{name} has {len(data) / 2**20:,.0f} MB of text, more than can be read. Save it in parts.")
    if data.startswith(b"%PDF") or b"\0" in data:
        raise ValueError(f"{name} is a binary file, not text. Save the document as UTF-8 text.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[: error.start].decode("utf-8").rpartition("\n")[2][-20:]
        found = f"{name} is not UTF-8: byte 0x{data[error.start]:02x} on line {line} after {before!r}"
        raise ValueError(f"{found}. Save it as UTF-8 and read it again.") from None
    if not text.strip():
        raise ValueError(f"{name} is empty: there is nothing to read.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines(text):
    """The lines that are not blank: two blank lines or a form feed are a page break.

    >>> [(line.number, line.new_block, line.page_break) for line in lines("a\\nb\\n\\nc\\n\\n\\nd")]
    [(1, True, False), (2, False, False), (4, True, False), (7, True, True)]
    """
    found = []
    number, blank, form_feed = 1, 1, False
    for match in _LINE.finditer(text):
        line, content = match[1], match[1].strip()
        if content:
            start = match.start() + len(line) - len(line.lstrip())
            page_break = form_feed or (blank >= 2 and bool(found))
            indented = len(line[: start - match.start()].expandtabs(4)) >= 4
            begins = {"bullet": _BULLET.match(content), "direction sign": _DIRECTION.match(content)}
            signs = [(sign.span(), reason) for reason, sign in begins.items() if sign]
            controls = () if content.isprintable() else _CONTROL.finditer(content)
            signs += [(sign.span(), "control character") for sign in controls]
            markup = tuple((start + first, start + last, reason) for (first, last), reason in signs)
            leftover = None if _WORD.search(content) else "no letters or digits"
            new = Line(start, start + len(content), number, page_break or blank > 0, page_break, indented)
            found.append(new._replace(bullet=bool(begins["bullet"]), leftover=leftover, markup=markup))
            blank, form_feed = 0, False
        elif match[2] == "\n":
            blank += 1
        form_feed = form_feed or match[2] == "\f"
        number += match[2] == "\n"
    return found


def content_start(line):
    """Where a line's words begin, after bullets, quotation signs and emphasis."""
    start = line.start
    for first, end, reason in line.markup:
        if first > start or reason in ("escape", "entity"):
            break
        start = end
    return start


def ended(text, line):
    """Does a line end a sentence: with ``. ! ? : ; …`` or a closing quotation mark, whatever signs and marks follow?"""
    end = line.end
    for first, last, _ in reversed(line.note_marks):
        end = first if last == end else end
    return bool(_ENDED.search(text[max(line.start, end - 20) : end]))
