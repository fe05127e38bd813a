"""What stands before the first numbered paragraph: title block, or text that is to be counted."""

from itertools import pairwise, takewhile
from typing import NamedTuple

import regex

from analysis import headings
from analysis.readers.plain import CLOSING, COMMAS, STOPS, content_start

_LONG = 40  # words; so long a block is text whatever its end
_FEW = 4  # words that a sentence has at least, where no text stands before it
_TAIL = 40  # characters in which a block's end is looked for
_HEAD = 40  # a title block has no more lines
_SENTENCES = 2  # a block of more is text whatever its end
_CHAPEAU = 6  # words that address or name the body at most: "The Security Council,"
_ENDS = COMMAS + STOPS
_BEFORE = r"(?<=\p{Ll}{2}|\p{Lo}{2}|\p{Lu}{2}|\d|[)\]”])(?<!\b(?:Mrs?|Ms|Dr|No|St|paras?|pp|vol|[IVX]+))"
_END = regex.compile(rf"{_BEFORE}[.!?](?=[\"”’»)\]*_]*(?:\s+[^\s\p{{Ll}}]|\s*$))")
PRINTED = regex.compile(r"PP[^\S\n]?\d{1,3}\p{Lu}?(?:[^\S\n](?:bis|ter|quater))?[.:]?(?=\s)")  # a clause's number
_CLAUSE = regex.compile(  # with which preambular clauses begin: Recalling, Deeply concerned, Rappelant, ссылаясь
    rf"{PRINTED.pattern}|[*_]{{0,2}}(?:(?!United\b)(?=\p{{Lu}})(?:(?:Also|Further|Having|Again|\p{{L}}+(?:ly|mente?))[^\S\n]+)?"
    r"\p{L}+(?:ing|ed|ful|ware|scious|ant|ée?s?|olue?|[aei]ndo|[ai]d[oa]s?|ciente?s?)\b|\p{Cyrillic}+(?:[ая]я|ясь|вшись)\b|و?إذ\b)"
)
_ITEM = regex.compile(r"\(\p{Ll}{1,4}\)|\p{Ll}{1,3}[.)]\s")
_BODY = regex.compile(r"[*_]{0,2}(?:(?:T(?:he|HE)|Les?|La|El|O|A)[^\S\n]|L['’])\p{Lu}[^\n.;:\d]{3,60},[*_]{0,2}")
_OPEN = regex.compile(r"\b(?:and|or|et|ou|y|e)$")


class _Block(NamedTuple):
    """Lines before the first number that belong together: a block, a clause, or a line where each is a paragraph."""

    lines: list
    words: str
    end: str  # its last sign
    alone: bool  # does its first line read like a heading whatever follows?
    clause: bool  # does it begin like a preambular clause?
    n_words: int


def sentences(words):
    """How many sentences end in a text.

    >>> sentences("It met on 1.5.2016. Mr. A. Smith (Chair) spoke. So did H.E. Ban."), sentences("II. The role")
    (3, 0)
    """
    return len(_END.findall(words))


def find(text, lines, body):
    """Of the lines before a number those of text, each → True where a paragraph begins; the others are the title block.

    A block is text if it ends like a clause and text follows, if it ends like a sentence and has four words or follows
    text, or if it has more than two sentences or 40 words. What names the body that speaks (*The Security Council,*)
    begins the paragraph after it; a list goes on with the paragraph before, if that is no item itself.

    >>> from analysis.readers import plain
    >>> source = "Resolution 1\\n\\nThe Council,\\n\\nRecalling its resolution 2,\\n\\nNoting that,\\n\\n1. Decides"
    >>> find(source, plain.lines(source), [0, 1, 2, 3])
    {1: True, 2: False, 3: True}
    """
    blocks, texts = _blocks(text, lines, body), []
    after = True  # does text follow? The number does
    for block in reversed(blocks):
        texts.append(_is_text(text, lines, block, after))
        after = texts[-1] or block.clause or (after and block.alone)
    found, in_hand, items = {}, False, False  # items: is the paragraph in hand an item of a list?
    open_end = ""  # with what the paragraph in hand ends so far, nothing where it only names the body that speaks
    for block, is_text in zip(blocks, reversed(texts), strict=True):
        bullet = lines[block.lines[0]].bullet
        runs_on = block.words[:1].islower() or bool(_ITEM.match(block.words)) or (is_text and open_end not in _ENDS)
        runs_on = runs_on or (open_end == ":" and not block.alone)
        runs_on = not items if bullet else runs_on and not block.clause
        goes_on = in_hand and (not open_end or runs_on)
        if found and not is_text:  # a short clause or sentence among others
            names = open_end and block.n_words <= _CHAPEAU
            is_text = (open_end in _ENDS and block.end in _ENDS) or (block.clause and not names)
        if in_hand := goes_on or is_text:
            items = bullet if not (goes_on and open_end) else items
            found |= {i: i == block.lines[0] and not goes_on for i in block.lines}
            addressed = (block.n_words <= _CHAPEAU and len(found) == len(block.lines)) or _BODY.fullmatch(block.words)
            open_end = "" if block.end in COMMAS and addressed and not block.clause else block.end
    return found


def chapeaux(text, lines, body):
    """The lines that name the body that speaks, with a preambular clause below: a resolution begins.

    >>> from analysis.readers import plain
    >>> source = "1. Decides.\\n\\nThe General Assembly,\\n\\nRecalling its resolution,\\n\\n1. Decides."
    >>> chapeaux(source, plain.lines(source), [0, 1, 2, 3])
    {1}
    """
    pairs = [(i, lines[i], lines[k]) for i, k in pairwise(body) if lines[i].new_block]
    names = [pair for pair in pairs if _BODY.fullmatch(text, pair[1].start, pair[1].end)]
    return {i for i, _, below in names if _CLAUSE.match(text, below.start, below.end)}


def operative(text, lines, body, speaks):
    """Of resolutions without numbers, the first lines below what names the body that begin no preambular clause."""
    below = (_blocks(text, lines, body[body.index(i) + 1 :]) for i in sorted(speaks))
    return [block.lines[0] for blocks in below for block in [b for b in blocks if not b.clause][:1]]


def title_block(text, lines, body):
    """Of a document without numbers, the lines before its text up to the last with a date or symbol."""
    found = find(text, lines, body[:_HEAD])
    before = list(takewhile(lambda i: i not in found and lines[i].heading == 0, body))
    dated = [k for k, i in enumerate(before, start=1) if regex.search(r"\d", text[lines[i].start : lines[i].end])]
    return set(before[: dated[-1]]) if dated and not found.keys().isdisjoint(body[len(before) :][:1]) else set()


def is_ended(words):
    """Does a text end like a sentence or a clause?"""
    return _end(words) in _ENDS


def _end(words):
    """The last sign of a block, whatever closing signs and note marks follow."""
    return CLOSING.sub("", words[-_TAIL:], count=1)[-1:] or " "


def _blocks(text, lines, front):
    """The lines before the first number by block, clause, or line where each is a paragraph."""
    groups = []
    for i in front:
        line, previous = lines[i], lines[groups[-1][-1]] if groups else None
        content = text[content_start(line) : line.end]
        begins = previous is None or line.new_block or previous.heading or _BODY.fullmatch(content)
        if not begins:
            begins = is_ended(text[previous.start : previous.end]) and (_CLAUSE.match(content) or line.bullet)
        if not begins and len(groups) == 1 and content[:1].isupper():  # a title with text right below
            begins = headings.like(text, lines, *[*groups[0][:-3:-1], None][:2])
        if begins:
            groups.append([])
        groups[-1].append(i)
    blocks = []
    for group in groups:
        words = " ".join(text[content_start(lines[i]) : lines[i].end] for i in group)
        end, alone = "," if _OPEN.search(words) else _end(words), headings.stands_alone(text, lines[group[0]])
        blocks.append(_Block(group, words, end, alone, bool(_CLAUSE.match(words)), len(words.split())))
    return blocks


def _is_text(text, lines, block, before_text):
    """Is a block text, not title, symbol, date, place or a line of a table of contents?"""
    words, numbered = block.words, sum(text[lines[i].end - 1].isdigit() for i in block.lines)
    contents = numbered > 1 and 2 * numbered >= len(block.lines)
    capitals = words == words.upper() != words.lower() and block.end not in COMMAS
    if lines[block.lines[0]].heading or capitals or contents:
        return False
    if block.n_words > _LONG or sentences(words) > _SENTENCES:
        return True
    if block.end in COMMAS + ";；؛":
        return block.n_words > _CHAPEAU or before_text or block.clause
    return block.end in STOPS and block.n_words >= _FEW
