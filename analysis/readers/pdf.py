"""PDF: characters with their places → the lines of a source, with what the layout says of them.

pypdfium2 gives the characters, `layout` makes printed lines of them, `typography` says what each line is.
"""

import ctypes
from collections import Counter
from itertools import groupby
from math import atan2, hypot, pi
from statistics import mode
from typing import NamedTuple

import regex

from analysis import numbering
from analysis.readers import grids, layout, plain, typography

_MOST_PAGES, _MOST = 10_000, 10_000_000  # pages, characters
_TAIL = 4096  # bytes at the end of a file in which its end mark stands
_LETTERS = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\0": " "}
_LETTERS |= dict.fromkeys("\x02\ufffe\uffff", "-")  # what pdfium gives for a hyphen at a line end
_ALEF = "اأإآٱ"  # of which each makes one sign with the letter before
_BOLD = 600  # weight of a font
_HEAVY = regex.compile(rb"(?i)bold|black|heavy|demi|(?:bx|medi)\d*$")  # in the name of a font
_NAME = 80  # bytes of it
_ODD = regex.compile(r"[\p{Co}\p{Cn}\ufffd]")  # characters without a meaning that others know
_SCAN = 0.6  # of a page's area: so large an image is a scanned page
_TOLD = {
    "page without text": "no text layer, nothing is read: run OCR, e.g. ocrmypdf",
    "scanned page": "an image with text from OCR, which may be wrong: compare it with the image",
    "odd characters": "more than one in a hundred characters has no known meaning: the fonts' codes are not public",
}


class Page(NamedTuple):
    """What a page holds."""

    words: list
    turned: list  # words that run in another direction than most
    drawn: list  # lines, as `grids` has them
    scanned: bool  # an image fills it
    odd: int  # characters without a known meaning
    size: int  # characters
    edges: list  # the heights of its foot and its top


def read(data, name):
    """A file's bytes as a `plain.Source`."""
    pages = _pages(data, name)
    if not any(page.words or page.turned for page in pages):
        raise ValueError(f"{name} has no text layer: its pages are images, forms or empty. Run OCR (ocrmypdf) first.")
    rows = typography.rows(pages)
    text, latest = "", 1
    for row in rows:
        text += "\n" * bool(text) + "\f" * (row.page > latest) + row.text
        latest = max(latest, row.page)
    lines = [_line(*one) for one in zip(plain.lines(text), rows, strict=True)]
    title = " ".join(row.text for row in rows if row.title)
    return plain.Source(text, lines, tuple(_told(pages, lines)), {"title": title} if title else {})


def _line(line, row):
    """A line of the text, with what its place and type say."""
    note = (row.text[: row.label].strip("/. "), line.start + row.label) if row.label else () if row.in_notes else None
    marks = tuple((line.start + first, line.start + end, name) for first, end, name in row.marks)
    facts = {"new_block": row.begins, "page_break": row.joins, "indented": row.indented, "heading": row.heading}
    facts |= {"leftover": row.leftover or line.leftover, "page": row.page, "note": note, "note_marks": marks}
    # In a cell a number is none of a paragraph's, but what has none may be one.
    closed = row.in_notes or (row.table and (not row.cell or numbering.parse(row.text)))
    return line._replace(**facts, opens=False if row.opens is None and closed else row.opens)


def _told(pages, lines):
    """(line number, problem, detail) for pages with no text, scanned ones, and those with odd characters."""
    found = {problem: [] for problem in _TOLD}
    for number, page in enumerate(pages, 1):
        if page.scanned:
            found["scanned page" if page.size else "page without text"].append(number)
        if page.odd > max(5, page.size / 100):
            found["odd characters"].append(number)
    for problem, numbers in found.items():
        if numbers:
            after = min((line.number for line in lines if line.page >= numbers[0]), default=lines[-1].number)
            yield after, problem, f"{_pages_named(numbers)}: {_TOLD[problem]}"


def _pages_named(numbers):
    """Page numbers in words: page 3; pages 1-4, 7."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda one: one[1] - one[0])]
    named = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {named}"


# pdfium


def _pages(data, name):
    """What each page of a file holds; ValueError if the file can't be read."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    if not data:
        raise ValueError(f"{name} is empty: it has no bytes. Get the file again.")
    if b"%PDF-" not in data[:1024]:
        raise ValueError(f"{name} is not a PDF: it does not begin with %PDF. Give it the ending of what it is.")
    pages, number, total = [], None, 0
    try:
        with pypdfium2.PdfDocument(data) as document:
            if b"%%EOF" not in data[-_TAIL:] or not len(document):
                raise ValueError(f"{name} is cut off: it has no pages or no end mark. Get the file again.")
            if len(document) > _MOST_PAGES:
                raise ValueError(f"{name} has {len(document):,} pages, more than {_MOST_PAGES:,}: split it.")
            for number in range(1, len(document) + 1):
                pages.append(_page(document[number - 1], pdfium))
                total += pages[-1].size
                if total > _MOST:
                    raise ValueError(f"{name} holds more than {_MOST:,} characters by page {number}: split it.")
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise ValueError(f"{name} is encrypted: save a copy without password, e.g. with qpdf --decrypt.") from None
        damaged = f"damaged: page {number}" if number else "damaged and"
        raise ValueError(f"{name} is {damaged} cannot be opened. Get the file again.") from None
    return pages


def _page(page, pdfium):
    """What one page holds."""
    characters = page.get_textpage()
    words = _words(characters.raw, characters.count_chars(), pdfium)
    characters.close()
    main = mode([word.turn for word in words for _ in word.text] or [0])
    width, height = page.get_size()
    boxes, image, hidden = [], False, not words  # hidden: is the text an invisible layer over the image?
    kinds = text, drawn, picture = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE
    for thing in page.get_objects(kinds, max_depth=1):
        if thing.type == text:
            hidden = hidden or pdfium.FPDFTextObj_GetTextRenderMode(thing) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            continue
        left, bottom, right, top = thing.get_bounds()
        area = (right - left) * (top - bottom)
        image = image or (thing.type == picture and area > _SCAN * width * height)
        if thing.type == drawn:
            begin, end, low = _placed(left, bottom, right, top, left, bottom, main)
            *_, high = _placed(left, bottom, right, top, right, top, main)
            boxes.append((begin, min(low, high), end, max(low, high)))
    box = page.get_cropbox()
    edges = sorted(_placed(*box, *corner, main)[2] for corner in (box[:2], box[2:]))
    page.close()
    text = "".join(word.text for word in words)
    if layout.is_leftward(words) and _flush(word.right for word in words) >= _flush(word.left for word in words):
        boxes = [(width - end, low, width - begin, high) for begin, low, end, high in boxes]
        for word in words:
            word.left, word.right, word.mirrored = width - word.right, width - word.left, True
    upright, turned = ([word for word in words if (word.turn == main) == straight] for straight in (True, False))
    return Page(upright, turned, grids.lines(boxes), image and hidden, len(_ODD.findall(text)), len(text), edges)


def _flush(places):
    """How many words begin, or end, at the same place."""
    return max(Counter(map(round, places)).values())


def _words(characters, n, pdfium):
    """A page's words in the file's order."""
    named = ctypes.create_string_buffer(_NAME)
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    found, spaced, last, at, place, ahead, middle = [], True, -1, None, 0, False, 0
    for i in range(n):
        letter = chr(pdfium.FPDFText_GetUnicode(characters, i))
        letter = _LETTERS.get(letter, letter)
        if letter.isspace():
            spaced = spaced or not pdfium.FPDFText_IsGenerated(characters, i)
            continue
        thing = bytes(pdfium.FPDFText_GetTextObject(characters, i))  # its address
        if thing != last:
            last = thing
            pdfium.FPDFText_GetMatrix(characters, i, matrix)
            size = round(pdfium.FPDFText_GetFontSize(characters, i) * hypot(matrix.c, matrix.d), 1)
            turn = round(atan2(matrix.b, matrix.a) / pi * 2) % 4
            pdfium.FPDFText_GetFontInfo(characters, i, named, _NAME, ctypes.c_int())
            heavy = pdfium.FPDFText_GetFontWeight(characters, i) >= _BOLD  # which not all makers of PDFs give
            style = size, heavy or bool(_HEAVY.search(named.value)), turn
        pdfium.FPDFText_GetLooseCharBox(characters, i, box)
        pdfium.FPDFText_GetCharOrigin(characters, i, x, y)
        left, right, base = _placed(box.left, box.bottom, box.right, box.top, x.value, y.value, turn)
        word = None if spaced or not found else found[-1]
        near = word and (word.size, word.bold, word.turn) == style and abs(word.base - base) < 0.1 * size
        step, one_sign = left + right - middle, at == (x.value, y.value)
        if near and (one_sign or -size / 2 < max(left - word.right, word.left - right) < layout.SPACE * size):
            place, ahead = _place(word.text, letter, place, ahead if abs(step) < size / 10 else step > 0, one_sign)
            word.text = word.text[:place] + letter + word.text[place:]
            word.left, word.right = min(word.left, left), max(word.right, right)
        else:
            found.append(layout.Word(letter, left, right, base, *style[:2], spaced, turn, len(found)))
            place, ahead = 0, False
        spaced, at, middle = False, (x.value, y.value), left + right
    for word in found:  # two codes for one character are put together
        word.text = word.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def _place(text, letter, last, ahead, one_sign):
    """Where in a word a letter belongs, after one at `last`; Arabic may be drawn as it is seen, each `ahead` of the last."""
    if one_sign:
        return last + (letter != "ل" or text[last] not in _ALEF), ahead
    if not (ahead and layout.RTL.search(text + letter)) or letter.isalpha() > bool(layout.RTL.match(letter)):
        return len(text), False
    return (len(text) - len(text.lstrip("0123456789")) if letter.isdecimal() else 0), True


def _placed(left, bottom, right, top, x, y, turn):
    """Where a character begins and ends along its line, and the place of the line, if the page is turned upright."""
    if turn == 0:
        return left, right, y
    return [(bottom, top, -x), (-right, -left, -y), (-top, -bottom, x)][turn - 1]
