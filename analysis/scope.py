"""What a search takes in: paragraphs alone, or headings and notes as well."""

import pandas as pd

from analysis import span_places, tables


def texts(corpus):
    """Paragraphs, headings and notes in one table, to be searched alike.

    Parameters
    ----------
    corpus : Corpus
        From `corpus.read`: its tables `documents`, `paragraphs`, `spans`, `notes`.

    Returns
    -------
    DataFrame
        One row per paragraph, heading or note: `document`, `paragraph` (the
        paragraph's key; ``heading 1`` for the first heading of the document,
        ``note 3`` for the note marked 3), `kind` (paragraph, heading or note),
        `text`. Document by document: paragraphs, then headings, then notes.

    Raises
    ------
    TypeError
        If it is not a corpus.
    ValueError
        If columns or values are missing, a table has a document that `documents`
        lacks, a document, paragraph or note is there twice, or a span is not in
        its document.

    Examples
    --------
    >>> from analysis import corpus
    >>> everything = texts(corpus.read("data/documents/cairo-workshop-2016.md"))
    >>> everything["kind"].value_counts(sort=False).to_dict()
    {'paragraph': 40, 'heading': 9, 'note': 6}
    >>> everything.loc[43, ["paragraph", "text"]].tolist()
    ['heading 4', 'UN Reform']
    """
    if not all(hasattr(corpus, name) for name in ("documents", "paragraphs", "spans", "notes")):
        raise TypeError(f"corpus should come from corpus.read, found {type(corpus).__name__}.")
    tables.check(corpus.documents, "documents", ["document", "text"])
    tables.check(corpus.paragraphs, "paragraphs", ["document", "paragraph", "text"])
    tables.check(corpus.notes, "notes", ["document", "note", "text"])
    tables.check(corpus.spans, "spans", ["document", "start", "end", "kind", "text_start"])
    tables.check_present(corpus.documents, "documents", ["document"])
    for name, key in (("paragraphs", "paragraph"), ("spans", None), ("notes", "note")):
        table, keys = getattr(corpus, name), ["document", *([key] if key else [])]
        tables.check_present(table, name, keys)
        if key:
            tables.check_unique(table[keys].astype("str"), name, keys)
        strange = sorted(set(table["document"]) - set(corpus.documents["document"]), key=str)
        if strange:
            raise ValueError(f"{name}: there is no document {strange[0]!r} in documents; leave out its rows as well.")
    span_places.check(corpus.spans, corpus.documents)
    parts = [
        corpus.paragraphs.assign(kind="paragraph"),
        _headings(corpus.spans, corpus.documents).assign(kind="heading"),
        corpus.notes.assign(kind="note", paragraph="note " + corpus.notes["note"].astype("str")),
    ]
    together = pd.concat([part[["document", "paragraph", "kind", "text"]] for part in parts], ignore_index=True)
    place = {document: order for order, document in enumerate(corpus.documents["document"])}
    order = together["document"].map(place).sort_values(kind="stable").index
    return together.loc[order].reset_index(drop=True).astype("str")


def _headings(spans, documents):
    """One row per heading, put together from its spans."""
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    rows = []  # document, number, text
    inside = spans["kind"] == "heading"
    tables.check_present(spans.assign(text_start=spans["text_start"].where(inside, 0)), "spans", ["text_start"])
    headings = spans[inside].reset_index(drop=True).sort_values(["document", "start"])
    for document, start, end, text_start in zip(
        *(headings[name] for name in ["document", "start", "end", "text_start"]), strict=True
    ):
        words = text_of[document][start:end]
        if text_start == 0:
            number = rows[-1][1] + 1 if rows and rows[-1][0] == document else 1
            rows.append((document, number, words))
        elif not rows or rows[-1][0] != document:
            raise ValueError(
                f"spans: the first heading of {document!r} lacks its beginning (text_start 0); leave none out."
            )
        else:
            rows[-1] = (document, rows[-1][1], rows[-1][2].ljust(text_start) + words)
    found = pd.DataFrame(rows, columns=["document", "number", "text"])
    return found.assign(paragraph="heading " + found["number"].astype("str"))
