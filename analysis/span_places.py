"""Where spans lie in documents: checked, counted, looked up."""

import numpy as np
import pandas as pd

from analysis import tables


def check(spans, documents):
    """Raise unless each span lies in one of the documents.

    Parameters
    ----------
    spans : DataFrame
        `document`, `start`, `end`.
    documents : DataFrame
        `document`, `text`.

    Raises
    ------
    ValueError
        If columns or values are missing, a document is there twice or its text is not text, or a span's document is not
        there, or its places are not whole numbers within the text; the message names the row.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": ["un"], "text": ["Peace"]})
    >>> check(pd.DataFrame({"document": ["un"], "start": [2], "end": [9]}), documents)
    Traceback (most recent call last):
    ValueError: spans: row 0 (rows count from 0) goes from 2 to 9 in 'un', whose 5 characters go from 0 to 5.
    """
    needs = ["document", "start", "end"]
    tables.check(spans, "spans", needs)
    tables.check(documents, "documents", ["document", "text"])
    tables.check_present(spans, "spans", needs)
    tables.check_present(documents, "documents", ["document", "text"])
    tables.check_unique(documents, "documents", ["document"])
    n_of = {}
    for row, (document, text) in enumerate(zip(documents["document"], documents["text"], strict=True)):
        if not isinstance(text, str):
            raise ValueError(f"documents: text in row {row} (rows count from 0) is {text!r}; it should be text.")
        n_of[document] = len(text)
    for row, (document, *ends) in enumerate(zip(*(spans[name] for name in needs), strict=True)):
        if document not in n_of:
            raise ValueError(f"spans: there is no document {document!r} in the documents given, see row {row}.")
        where, n = (
            f"spans: row {row} (rows count from 0) goes from {ends[0]!r} to {ends[1]!r} in {document!r}",
            n_of[document],
        )
        if any(isinstance(end, bool) or not isinstance(end, (int, np.integer)) for end in ends):
            raise ValueError(f"{where}; both should be whole numbers.")
        if not 0 <= ends[0] <= ends[1] <= n:
            raise ValueError(f"{where}, whose {n} characters go from 0 to {n}.")


def coverage(corpus):
    """How many characters of each document went where.

    Parameters
    ----------
    corpus : Corpus
        From `corpus.read`.

    Returns
    -------
    DataFrame
        One row per document, kind and reason: `document`, `kind`, `reason`,
        `n_spans`, `characters` (without white space). The kinds
        ``in no span`` and ``in two spans`` are always there, and are 0.

    Raises
    ------
    ValueError
        If columns are missing, there are no documents, or a span is not in one.

    Examples
    --------
    >>> from analysis import corpus
    >>> counted = coverage(corpus.read("data/documents/cairo-workshop-2016.md"))
    >>> counted.loc[counted["kind"].str.startswith("in "), "characters"].tolist()
    [0, 0]
    """
    tables.check(corpus.spans, "spans", ["document", "start", "end", "kind", "reason"])
    check(corpus.spans, corpus.documents)
    if not len(corpus.documents):
        raise ValueError("documents has no rows: there is no document.")
    words = corpus.spans.reset_index(drop=True).astype({"kind": "str", "reason": "str"})
    of_document = dict(list(words.groupby("document", sort=False)))
    counted = []
    for document, text in zip(corpus.documents["document"], corpus.documents["text"], strict=True):
        spans = of_document.get(document, words[:0])
        solid = np.array([not letter.isspace() for letter in text])
        before = np.concatenate([[0], np.cumsum(solid)])  # characters before each place
        times = np.zeros(len(text) + 1, int)
        np.add.at(times, spans["start"], 1)
        np.add.at(times, spans["end"], -1)
        times = np.cumsum(times)[:-1][solid]
        spans = spans.assign(
            characters=before[spans["end"]] - before[spans["start"]], reason=spans["reason"].fillna("")
        )
        kinds = spans.groupby(["kind", "reason"])["characters"].agg(n_spans="size", characters="sum").reset_index()
        wrong = [("in no span", "", 0, (times == 0).sum()), ("in two spans", "", 0, (times > 1).sum())]
        both = pd.concat([kinds, pd.DataFrame(wrong, columns=kinds.columns)])
        counted.append(both.assign(document=document))
    return pd.concat(counted, ignore_index=True)[["document", "kind", "reason", "n_spans", "characters"]]


def with_text(spans, documents):
    """Give each span its characters; a text to be searched is put together from several by `scope.texts`.

    Parameters
    ----------
    spans : DataFrame
        `document`, `start`, `end`.
    documents : DataFrame
        `document`, `text`.

    Returns
    -------
    DataFrame
        A copy of `spans` with the column `text`.

    Raises
    ------
    ValueError
        If columns are missing, a document is there twice, or a span is not in one.

    Examples
    --------
    >>> from analysis import corpus
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> headings = workshop.spans[workshop.spans["kind"] == "heading"]
    >>> with_text(headings, workshop.documents)["text"].tolist()[2:4]
    ['Summary of Discussions', 'UN Reform']
    """
    check(spans, documents)
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    places = zip(spans["document"], spans["start"], spans["end"], strict=True)
    return spans.assign(text=pd.Series([text_of[name][start:end] for name, start, end in places], spans.index, "str"))


def passages(spans):
    """Where each span is to be looked up: evidence for a figure of spans.

    Parameters
    ----------
    spans : DataFrame
        `document`, `start`, `end`, `kind`, `paragraph`, `text_start`, as `corpus.read`
        gives them, with any further columns.

    Returns
    -------
    DataFrame
        A copy in which `start` and `end` count in the paragraph's text where
        the span is of the kind ``paragraph``; for all others `paragraph` is
        missing and they count in ``documents.text`` as before.

    Raises
    ------
    ValueError
        If columns, places, or the `text_start` of a paragraph's span are missing.

    Examples
    --------
    >>> from analysis import corpus
    >>> spans = corpus.read("data/documents/cairo-workshop-2016.md").spans
    >>> one = passages(spans[(spans["kind"] == "paragraph") & (spans["paragraph"] == "1")])
    >>> one[["paragraph", "start", "end"]].values.tolist()[1]
    ['1', 161, 214]
    """
    tables.check(spans, "spans", ["document", "start", "end", "kind", "paragraph", "text_start"])
    inside = spans["kind"] == "paragraph"
    tables.check_present(spans, "spans", ["start", "end"])
    tables.check_present(spans.assign(text_start=spans["text_start"].where(inside, 0)), "spans", ["text_start"])
    start = spans["start"].where(~inside, spans["text_start"]).astype("int64")
    return spans.assign(
        paragraph=spans["paragraph"].where(inside), start=start, end=start + spans["end"] - spans["start"]
    )
