"""What a search takes in: paragraphs alone, or headings and notes as well."""

import pandas as pd

from analysis import tables


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
        If columns are missing, or a table has a document that `documents` lacks.

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
    tables.check_present(corpus.notes, "notes", ["note"])
    tables.check(corpus.spans, "spans", ["document", "start", "end", "kind", "text_start"])
    for name in ("paragraphs", "spans", "notes"):
        strange = sorted(set(getattr(corpus, name)["document"]) - set(corpus.documents["document"]))
        if strange:
            raise ValueError(f"{name}: there is no document {strange[0]!r} in documents; leave out its rows as well.")
    parts = [
        corpus.paragraphs.assign(kind="paragraph"),
        _headings(corpus.spans, corpus.documents).assign(kind="heading"),
        corpus.notes.assign(kind="note", paragraph="note " + corpus.notes["note"]),
    ]
    together = pd.concat([part[["document", "paragraph", "kind", "text"]] for part in parts], ignore_index=True)
    place = {document: order for order, document in enumerate(corpus.documents["document"])}
    order = together["document"].map(place).sort_values(kind="stable").index
    return together.loc[order].reset_index(drop=True).astype("str")


def _headings(spans, documents):
    """One row per heading, put together from its spans."""
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    rows = []  # document, number, text
    headings = spans[spans["kind"] == "heading"].sort_values(["document", "start"])
    for document, start, end, text_start in zip(
        *(headings[name] for name in ["document", "start", "end", "text_start"]), strict=True
    ):
        words = text_of[document][start:end]
        if text_start == 0:
            number = rows[-1][1] + 1 if rows and rows[-1][0] == document else 1
            rows.append((document, number, words))
        else:
            rows[-1] = (document, rows[-1][1], rows[-1][2].ljust(text_start) + words)
    found = pd.DataFrame(rows, columns=["document", "number", "text"])
    return found.assign(paragraph="heading " + found["number"].astype("str"))
