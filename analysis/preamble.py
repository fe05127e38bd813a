"""What stands before the first numbered paragraph: title block, or text that is to be counted."""

import regex

from analysis import headings
from analysis.readers.plain import CLOSING, COMMAS, STOPS, content_start

_LONG = 40  # words; so long a block is text whatever its end
_FEW = 4  # words that a sentence has at least
_TAIL = 40  # characters in which a block's end is looked for
_HEAD = 40  # a title block has no more lines
_SENTENCES = 2  # a block of more is text whatever its end
_CHAPEAU = 6  # words that address or name the body at most: "The Security Council,"
_ABBREVIATION = r"(?<!\b(?:Mrs?|Ms|Dr|No|St|paras?|pp|vol|[IVX]+))"
_BEFORE = r"(?<=\p{Ll}{2}|\p{Lo}{2}|\p{Lu}{2}|\d|[)\]”])"
_END = regex.compile(rf"{_BEFORE}{_ABBREVIATION}[.!?](?=[\"”’»)\]*_]*(?:\s+[^\s\p{{Ll}}]|\s*$))")
PRINTED = regex.compile(r"PP[^\S\n]?\d{1,3}\p{Lu}?(?:[^\S\n](?:bis|ter|quater))?[.:]?(?=\s)")  # a clause's number
_CLAUSE = regex.compile(  # with which preambular clauses begin
    rf"{PRINTED.pattern}|[*_]{{0,2}}(?!United\b)(?:(?:Also|Further|Deeply|Gravely|Strongly|Fully|Having|Again)[^\S\n]+)?"
    r"\p{L}+(?:ing|ed|ful|ware|scious)\b"
)
_ENDS = COMMAS + STOPS
_ITEM = regex.compile(r"\(\p{Ll}{1,4}\)|\p{Ll}{1,3}[.)]\s")
_BODY = regex.compile(r"[*_]{0,2}(?:The|Le|La|El)[^\S\n]\p{Lu}[^\n.;:\d]{3,60},[*_]{0,2}")


def sentences(words):
    """How many sentences end in a text.

    >>> sentences("It met on 1.5.2016. Mr. A. Smith (Chair) spoke. So did H.E. Ban."), sentences("II. The role")
    (3, 0)
    """
    return len(_END.findall(words))


def find(text, lines, body):
    """Of the lines before a number those of text, each → True where a paragraph begins; the others are the title block.

    A block is text if it ends like a sentence or clause and has four words, or if it has more than two sentences or 40
    words. What names the body that speaks (*The Security Council,*) begins the paragraph after it, a list goes on with
    the paragraph before.

    >>> from analysis.readers import plain
    >>> source = "Resolution 1\\n\\nThe Council,\\n\\nRecalling its resolution 2,\\n\\nNoting that it met,\\n\\n1. Decides"
    >>> find(source, plain.lines(source), [0, 1, 2, 3])
    {1: True, 2: False, 3: True}
    """
    units = _units(text, lines, body)
    words = [" ".join(text[content_start(lines[i]) : lines[i].end] for i in unit) for unit in units]
    ends = [_end(content) for content in words]
    clauses = [bool(_CLAUSE.match(content)) for content in words]
    texts = [False] * len(units)
    for k in reversed(range(len(units))):
        before = any(texts[k + 1 : k + 2] + clauses[k + 1 : k + 2])
        texts[k] = _is_text(text, lines, units[k], words[k], before)
    found, is_text = {}, False
    open_end = ""  # with what the paragraph in hand ends so far, nothing where it only names the body that speaks
    for k, unit in enumerate(units):
        few = len(words[k].split()) <= _CHAPEAU
        runs_on = words[k][:1].islower() or bool(_ITEM.match(words[k]))
        if open_end not in STOPS + ",،，":
            runs_on = (texts[k] or runs_on or open_end == ":") and not clauses[k]
        bullet = lines[unit[0]].bullet  # before any text, a footnote to the title
        goes_on = is_text and (bullet or runs_on or not open_end)
        if found and not texts[k]:  # a short clause among others
            texts[k] = (open_end in COMMAS and ends[k] in _ENDS) or (clauses[k] and not (open_end and few))
        is_text = goes_on or (texts[k] and not (bullet and not found))
        if is_text:
            names = ends[k] in COMMAS and few and not (found or clauses[k])
            found |= {i: i == unit[0] and not goes_on for i in unit}
            open_end = "" if names else ends[k]
    return found


def chapeaux(text, lines, body):
    """The lines that name the body that speaks, with a preambular clause below: a resolution begins.

    >>> from analysis.readers import plain
    >>> source = "1. Decides.\\n\\nThe General Assembly,\\n\\nRecalling its resolution,\\n\\n1. Decides."
    >>> chapeaux(source, plain.lines(source), [0, 1, 2, 3])
    {1}
    """
    pairs = zip(body, body[1:], strict=False)
    names = {(i, k) for i, k in pairs if lines[i].new_block and _BODY.fullmatch(text, lines[i].start, lines[i].end)}
    return {i for i, k in names if _CLAUSE.match(text, lines[k].start, lines[k].end)}


def title_block(text, lines, body):
    """Of a document without numbers, the lines before its text up to the last with a date or symbol."""
    before, dated = [], 0
    for unit in _units(text, lines, body[:_HEAD]):
        said = " ".join(text[lines[i].start : lines[i].end] for i in unit)
        if lines[unit[0]].heading:
            return set()
        if _is_text(text, lines, unit, said, False):
            return set(before[:dated])
        before += unit
        dated = len(before) if regex.search(r"\d", said) else dated
    return set()


def is_ended(words):
    """Does a text end like a sentence or a clause?"""
    return _end(words) in _ENDS


def _end(words):
    """The last sign of a block, whatever closing signs and note marks follow."""
    return CLOSING.sub("", words[-_TAIL:], count=1)[-1:] or " "


def _units(text, lines, front):
    """The lines before the first number by block, clause, or line where each is a paragraph."""
    units = []
    for i in front:
        line, previous = lines[i], lines[units[-1][-1]] if units else None
        content = text[content_start(line) : line.end]
        begins = previous is None or line.new_block or previous.heading
        if not begins:
            begins = is_ended(text[previous.start : previous.end]) and bool(_CLAUSE.match(content))
            begins = begins or bool(_BODY.fullmatch(content))
            if not begins and len(units) == 1 and content[:1].isupper():  # a title with text right below
                begins = headings.like(text, lines, units[0][-1], units[0][-2] if len(units[0]) > 1 else None)
        if begins:
            units.append([])
        units[-1].append(i)
    return units


def _is_text(text, lines, unit, words, before_text):
    """Is a block text, not title, symbol, date, place or a line of a table of contents?"""
    n_words, end = len(words.split()), _end(words)
    contents = sum(text[lines[i].end - 1].isdigit() for i in unit)
    if (
        lines[unit[0]].heading
        or words == words.upper() != words.lower()
        or (contents > 1 and 2 * contents >= len(unit))
    ):
        return False
    if n_words > _LONG or sentences(words) > _SENTENCES:
        return True
    if end in COMMAS:
        return n_words > _CHAPEAU or before_text or bool(_CLAUSE.match(words))
    return end in STOPS and n_words >= _FEW
