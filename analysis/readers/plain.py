"""Plain text: bytes to text, text to lines."""

from typing import NamedTuple

import regex

_BULLET = regex.compile(r"[-*+•‣▪●◦·\uf0b7][^\S\n]+(?=\S)")
_PAGE_NUMBER = regex.compile(r"(?:page[^\S\n]+)?[-–—]?[^\S\n]*\d{1,4}[^\S\n]*(?:[-–—]|/[^\S\n]*\d{1,4})?", regex.I)
_WORD = regex.compile(r"[\p{L}\p{N}]")
_ENDED = regex.compile(r"[.!?:;…][\"”’»)\]*_]*$|[”»][*_]*$")
_DIRECTION = regex.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_LINE = regex.compile(r"([^\n\f\v\x85\u2028\u2029]*)([\n\f\v\x85\u2028\u2029]?)")


class Line(NamedTuple):
    """A line of the source that is not blank."""

    start: int  # first and one past the last character that is not white space
    end: int
    number: int  # from 1
    new_block: bool  # a blank line or a page break stands before it
    page_break: bool  # two blank lines, a form feed or a rule stand before it
    indented: bool = False
    heading: int = 0  # level, where the format marks headings
    bullet: bool = False
    note: tuple | None = None  # (name, end of the label) of the note it begins, where the format marks notes
    leftover: str | None = None  # why the whole line is not read as words
    markup: tuple = ()  # (start, end, reason) of characters that carry form, not words
    note_marks: tuple = ()  # (start, end, note), where the format marks them


def decode(data, name):
    """A file's bytes as text: line ends are ``\\n``, without byte order mark; `name` is for messages.

    Raises ValueError if the file is empty, binary or not UTF-8, saying where and what to do.

    >>> decode("1. Décidé".encode("latin-1"), "old.txt")
    Traceback (most recent call last):
    ValueError: old.txt is not UTF-8: byte 0xe9 on line 1 after '1. D'. Save it as UTF-8 and read it again.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{name} is UTF-16, not UTF-8. Save it as UTF-8 and read it again.")
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
    """The lines that are not blank: two blank lines or a form feed are a page break, a number beside one a page number.

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
            signs = {"bullet": _BULLET.match(content), "direction sign": _DIRECTION.match(content)}
            markup = tuple((start, start + sign.end(), reason) for reason, sign in signs.items() if sign)
            leftover = None if _WORD.search(content) else "no letters or digits"
            new = Line(start, start + len(content), number, page_break or blank > 0, page_break, indented)
            found.append(new._replace(bullet=bool(signs["bullet"]), leftover=leftover, markup=markup))
            blank, form_feed = 0, False
        elif match[2] == "\n":
            blank += 1
        form_feed = form_feed or match[2] == "\f"
        number += match[2] == "\n"
    return _without_page_numbers(text, found)


def content_start(line):
    """Where a line's words begin, after bullets, quotation signs and emphasis."""
    start = line.start
    for first, end, reason in line.markup:
        if first > start or reason == "escape":
            break
        start = end
    return start


def ended(text, line):
    """Does a line end a sentence: with ``. ! ? : ; …`` or a closing quotation mark, whatever closing signs follow?"""
    return bool(_ENDED.search(text[max(line.start, line.end - 8) : line.end]))


def _without_page_numbers(text, found):
    """Mark numbers that stand alone beside a form feed."""
    befores = [0, *(line.end for line in found)]
    afters = [*(line.start for line in found[1:]), len(text)]
    for i, line in enumerate(found):
        beside = "\f" in text[befores[i] : line.start] + text[line.end : afters[i]]
        if beside and line.end - line.start < 30 and _PAGE_NUMBER.fullmatch(text[line.start : line.end]):
            found[i] = line._replace(leftover="page number")
    return found
