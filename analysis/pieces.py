"""How a text is put together from its lines: what stands between words, and words broken at the end of a line."""

import html
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex

from analysis.readers.plain import WRAPPED, Line, content_start, ended

_PARTED = "\0"  # a space, if a letter or digit follows
_SPACE = regex.compile(r"\s+")
_BROKEN = regex.compile(r"([\p{L}\p{N}][\p{L}\p{N}\-‐]*)([-‐\xad])$")
_LINE_END = regex.compile(r"\p{L}[-‐\xad][^\S\n]*\n")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_COMPOUND = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-‐]\p{L}[\p{L}\p{M}]*)*")
_SUSPENDED = {"and", "or", "to", "nor", "et", "ou", "y", "o", "und", "oder"}


@dataclass
class Text:
    """A paragraph, heading, note or line of front matter, as it grows."""

    key: str
    kind: str
    row: dict  # of the table `texts`, so far
    heading: str | None  # the key of the nearest above, or its own
    level: int = 0  # of a heading, where the format marks it
    pieces: list = field(default_factory=list)
    length: int = 0  # of its words so far
    last: Line | None = None  # its last line so far
    tail: int = 0  # which span holds its last words

    def text(self):
        """Its words so far."""
        return "".join(self.pieces)

    def add(self, words):
        """Add words to its text."""
        self.pieces.append(words)
        self.length += len(words)


class Span(NamedTuple):
    """A stretch of the document: a row of the table `spans`."""

    start: int
    end: int
    kind: str
    paragraph: str | None  # key of the text it belongs to
    text_start: int | None = None
    points_to: str | None = None
    reason: str | None = None


def add(text, line, owner, label, marks, spans, known):
    """Add the spans of a line; words, and what entities stand for, go to its text. What is to be told, if anything."""
    lead, told = _lead(text, owner, line, spans, known) if owner.length else ("", None)
    gap, before = "", owner.length  # what stands before the next words

    def fill(gap):
        gap = _SPACE.sub(" ", gap)
        owner.add(gap if owner.length > before else lead + gap.lstrip())

    for span in _stretches(line, owner, label, marks):
        piece = text[span.start : span.end]
        if span.kind != owner.kind:
            gap += _stands_for(text, span, piece)
            spans.append(span)
            continue
        gap += " " if piece[0].isspace() else ""
        if words := piece.strip():
            start = span.start + piece.index(words)
            fill(gap.replace(_PARTED, " " if words[0].isalnum() else ""))
            owner.tail = len(spans)
            spans.append(span._replace(start=start, end=start + len(words), text_start=owner.length))
            owner.add(words)
            gap = " " if piece[-1].isspace() else ""
    if gap := gap.replace(_PARTED, "").rstrip():
        fill(gap)
    return told


def _stands_for(text, span, piece):
    """What a stretch that is not words puts between words: a character, a space, nothing."""
    if span.reason == "entity":
        return html.unescape(piece)
    between = span.kind == "note mark" and text[span.start - 1].isalpha() and text[span.end : span.end + 1].isalpha()
    parts = span.reason == "HTML tag that parts words" or (span.reason == "control character" and piece.isspace())
    return _PARTED if between or parts else ""


def _stretches(line, owner, label, marks):
    """The line from left to right: its words, and what is not words."""
    special = [Span(start, end, "note mark", owner.key, points_to=note) for start, end, note in marks]
    special += [Span(*label, owner.key)] if label else []
    signs = [sign for sign in line.markup if not label or not label[0] <= sign[0] < label[1]]
    special += [Span(start, end, "markup", owner.key, reason=reason) for start, end, reason in signs]
    position = line.start
    for span in sorted(special, key=lambda span: (span.start, span.end)):
        if position < span.start:
            yield Span(position, span.start, owner.kind, owner.key)
        if position <= span.start:  # not a note mark inside a link's address: the link has it
            yield span
            position = span.end
    if position < line.end:
        yield Span(position, line.end, owner.kind, owner.key)


def vocabulary(texts):
    """How often each word stands in texts, compounds with their hyphens; empty where no line ends with a hyphen."""
    texts = list(texts)
    if not any(_LINE_END.search(text) for text in texts):
        return Counter()
    return Counter(word for text in texts for word in _COMPOUND.findall(text.lower().replace("‐", "-")))


def _lead(text, owner, line, spans, known):
    """What joins a line to the text so far, a space where the sentence runs on; and what is to be told.

    The hyphen of a word broken before the line goes where the joined form is known, stays where the form with hyphen
    is, or where a capital, a digit, another hyphen or a line too long to be broken says so. Where nothing says so it
    goes, and that is told.
    """
    last, tail = owner.last, spans[owner.tail]
    broken = _BROKEN.search(text[max(last.start, last.end - 80) : last.end])
    rest = _WORD.match(text, content_start(line), line.end)
    whole = line.bullet or not broken or not rest or len(owner.pieces[-1]) < 2 or tail.end != last.end
    if whole or (broken[2] != "\xad" and rest[0].lower() in _SUSPENDED):  # pre- and post-war
        return "\n" if line.bullet or (line.new_block and ended(text, last)) else " ", None
    (first, sign), second = broken.groups(), rest[0]
    joined, hyphenated = known[(first + second).lower()], known[f"{first}-{second}".replace("‐", "-").lower()]
    stays = not second[0].islower() or not first[-1].isalpha() or hyphenated > joined
    stays = stays or (not joined and ("-" in first or last.end - last.start > WRAPPED))
    if stays and sign != "\xad":
        return "", None
    spans[owner.tail] = tail._replace(end=tail.end - 1)
    spans.append(Span(tail.end - 1, tail.end, "markup", owner.key, reason="hyphen at a line end"))
    owner.pieces[-1] = owner.pieces[-1][:-1]
    owner.length -= 1
    sure = joined or sign == "\xad"
    return "", None if sure else f"{first}-{second} read as {first}{second}: neither stands elsewhere"


def edges(spans):
    """By text, where its words begin and end: in the document and, as a second list, in the text."""
    found = {}
    for span in spans:
        if not pd.isna(span.text_start):
            of_document, of_text = found.setdefault(span.paragraph, ([], []))
            of_document += [span.start, span.end]
            of_text += [span.text_start, span.text_start + span.end - span.start]
    return found


def places(edges, start, end):
    """Where characters of a document stand: (text, start, end) for each of its texts that has words there.

    A note that stands between two words of a paragraph is not meant where words on both sides are.
    """
    found = []
    for text, (of_document, of_text) in edges.items():
        if of_document[0] < end and start < of_document[-1]:
            first, last = carried(start, end, of_document, of_text)
            if first < last:
                found.append((of_document[0], of_document[-1], (text, first, last)))
    for begins, ends, place in found:
        between = any(first < begins and ends < last for first, last, _ in found)
        if not (between and start < begins and ends < end):
            yield place


def carried(start, end, here, there):
    """A stretch between edges `here` as one between the same edges `there`; past them, as far as they go."""
    first = np.interp(start, here, there)  # of several edges at one place, the last
    last = there[here.index(end)] if end in here else np.interp(end, here, there)  # and the first
    return int(first), int(last)
