"""Documents in reading order: front matter, headings, paragraphs with their notes, what was set aside."""

import unicodedata
from bisect import bisect_right
from typing import NamedTuple

from markupsafe import Markup

from analysis.report import anchors

_WHOLE = ("front matter", "heading", "leftover")  # printed as they stand in the document


class Place(NamedTuple):
    """Where a stretch of a document is printed: anchor, its text, and where in it the stretch begins."""

    anchor: str
    text: str | None  # None: it is not printed, the anchor is what it belongs to
    start: int


def documents(read):
    """What a page prints of each document, in the order of its text.

    Parameters
    ----------
    read : Corpus
        From `corpus.read`.

    Returns
    -------
    list of dict
        One per document: `document`, `title`, `source`, `parts` (dicts with
        `kind`, `anchor`, `text`; for paragraphs also `paragraph`, `number` and
        `marks` of notes), `notes`, and `stretches` (start, end, `Place`).

    Raises
    ------
    ValueError
        If a table lacks columns.

    Examples
    --------
    >>> from analysis import corpus
    >>> workshop = documents(corpus.read("data/documents/cairo-workshop-2016.md"))[0]
    >>> [part["kind"] for part in workshop["parts"]][:6]
    ['front matter', 'front matter', 'front matter', 'front matter', 'heading', 'paragraph']
    >>> workshop["parts"][5]["anchor"], workshop["parts"][5]["number"]
    ('cairo-workshop-2016-1', '1.')
    """
    spans_of = dict(list(read.spans.sort_values(["document", "start"], kind="stable").groupby("document", sort=False)))
    texts_of = dict(list(read.texts.groupby("document", sort=False)))
    found = []
    for row in read.documents.itertuples():
        spans = spans_of.get(row.document, read.spans[:0])
        texts = texts_of.get(row.document, read.texts[:0])
        found.append(
            {"document": row.document, "title": row.title, "source": row.source}
            | _parts(row.document, row.text, spans, texts)
        )
    return found


def places(read):
    """Where each heading, note and line of front matter is printed: (document, key) → `Place`."""
    return {
        (document["document"], part["key"]): Place(part["anchor"], part["text"], 0)
        for document in documents(read)
        for part in [*document["parts"], *document["notes"]]
        if "key" in part
    }


def finder(read):
    """Where characters of the documents are printed.

    Parameters
    ----------
    read : Corpus
        From `corpus.read`.

    Returns
    -------
    callable
        (document, first character in its text) → `Place`, or None where there
        is only white space.

    Examples
    --------
    >>> from analysis import corpus
    >>> find = finder(corpus.read("data/documents/cairo-workshop-2016.md"))
    >>> find("cairo-workshop-2016", 204)
    Place(anchor='cairo-workshop-2016/heading/204', text='Background', start=0)
    """
    stretches = {}
    for document in documents(read):
        stretches[document["document"]] = document["stretches"]

    def find(document, start):
        known = stretches[document]
        nearest = bisect_right(known, start, key=lambda one: one[0]) - 1
        if nearest < 0 or start >= known[nearest][1]:
            return None
        begin, _, place = known[nearest]
        return place._replace(start=place.start + start - begin)

    return find


def _parts(document, text, spans, texts):
    """The parts of one document, and where each of its stretches is printed."""
    rows = {row.paragraph: row for row in texts.itertuples()}
    parts, printed, listed, stretches = [], {}, {}, []
    for span in spans.astype({"paragraph": "str", "points_to": "str", "reason": "str"}).itertuples():
        own = text[span.start : span.end]
        row = rows.get(span.paragraph)
        kind = row.kind if row else span.kind
        if kind == "paragraph":
            if span.paragraph not in printed:
                parts.append(_paragraph(document, row))
                printed[span.paragraph] = parts[-1]
            place = _of_paragraph(document, printed[span.paragraph], span, own)
        elif kind == "note":
            if span.paragraph not in listed:
                name = span.paragraph.removeprefix("note ")
                anchor, label = (anchors.of_stretch(document, what, name) for what in ("note", "label"))
                listed[span.paragraph] = {"key": span.paragraph, "note": name, "text": row.text, "label": row.number,
                                          "anchor": anchor, "label_anchor": label}  # fmt: skip
            place = _of_note(document, listed[span.paragraph], span, own)
        elif span.kind in _WHOLE:
            if span.paragraph not in printed:
                anchor = anchors.of_stretch(document, span.kind, span.start)
                parts.append(
                    {"kind": span.kind, "anchor": anchor, "text": row.text if row else own, "reason": span.reason}
                )
                if row:
                    parts[-1]["key"] = row.paragraph
                    printed[span.paragraph] = parts[-1]
            part = printed[span.paragraph] if row else parts[-1]
            place = Place(part["anchor"], part["text"], int(span.text_start) if row else 0)
        else:
            before = stretches[-1][2].anchor if stretches else anchors.of_stretch(document, "document", "")
            place = Place(before, None, 0)
        stretches.append((span.start, span.end, place))
    for note in listed.values():
        note["from"] = [
            part
            for part in parts
            if part["kind"] == "paragraph" and note["note"] in [one["note"] for one in part["marks"]]
        ]
    return {"parts": parts, "notes": list(listed.values()), "stretches": stretches}


def _paragraph(document, row):
    number = row.number if isinstance(row.number, str) else ""
    anchor = anchors.of_paragraph(document, row.paragraph)
    return {"kind": "paragraph", "anchor": anchor, "text": row.text, "paragraph": row.paragraph, "number": number,
            "number_anchor": anchors.of_stretch(document, "number", row.paragraph), "marks": [], "end": 0}  # fmt: skip


def _of_paragraph(document, part, span, own):
    """A stretch of a paragraph: its words, its number, or a mark of a note in it."""
    if span.kind == "paragraph":
        part["end"] = int(span.text_start) + len(own)
        return Place(part["anchor"], part["text"], int(span.text_start))
    if span.kind == "number" and part["number"]:
        return Place(part["number_anchor"], part["number"], 0)
    if span.kind == "note mark":
        anchor = anchors.of_stretch(document, "mark", span.start)
        note = span.points_to.removeprefix("note ")
        part["marks"].append({"place": part["end"], "note": note, "label": own, "anchor": anchor})
        return Place(anchor, own, 0)
    return Place(part["anchor"], None, 0)


def _of_note(document, note, span, own):
    """A stretch of a note: its words, or the mark it begins with."""
    if span.kind == "note":
        return Place(note["anchor"], note["text"], int(span.text_start))
    if span.kind == "note mark":
        note["label"] = own
        return Place(note["label_anchor"], own, 0)
    return Place(note["anchor"], None, 0)


def note_marks(document, part):
    """The marks of notes in a paragraph, as links to the notes.

    Parameters
    ----------
    document : str
        Key of the document.
    part : dict
        A paragraph, from `documents`.

    Returns
    -------
    list of (int, Markup)
        Where each is to be set in the paragraph's text, and the link.

    Examples
    --------
    >>> mark = {"place": 3, "note": "1", "label": "¹", "anchor": "un/mark/9"}
    >>> print(note_marks("un", {"marks": [mark]})[0][1])
    <span class="x" id="un/mark/9"><a href="#un/note/1" aria-label="note 1">¹</a></span>
    """
    link = Markup('<{0} class="x" id="{1}"><a href="{2}" aria-label="note {3}">{4}</a></{0}>')
    marks = []
    for one in part["marks"]:
        raised = unicodedata.normalize("NFKC", one["label"]) != one["label"]  # ¹ is small enough as it is
        note = anchors.link(anchors.of_stretch(document, "note", one["note"]))
        element = link.format("span" if raised else "sup", one["anchor"], note, one["note"], one["label"])
        marks.append((one["place"], element))
    return marks
