"""Evidence of figures → where in the reader each passage is."""

import pandas as pd

from analysis.report import anchors
from analysis.report.highlighting import printable, units
from analysis.report.layout import finder, places

_EVIDENCE = ["figure", "mark", "name", "document", "paragraph", "start", "end"]


def placed(read, evidence):
    """Where in the evidence reader each passage is.

    Parameters
    ----------
    read : Corpus
        The documents that are printed, from `corpus.read`.
    evidence : DataFrame
        `figure`, `mark`, `name`, `document`, `paragraph`, `start`, `end`.

    Returns
    -------
    DataFrame
        One row per passage, in the same order: the columns of `evidence`, `anchor` (where it is printed or
        listed), `here` (false where the document is not among those printed),
        `text` (what it is in words, where the place has no letters of its own
        to point at, as with asterisks of bold type), `begin`, `finish` (places
        in the printed text as a browser counts them, otherwise −1).

    Raises
    ------
    ValueError
        If columns are missing, or a passage names a paragraph, or characters,
        that its document does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import corpus
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> rows = [["one", "a", "A", "cairo-workshop-2016", "14", 0, 12], ["one", "a", "A", "elsewhere", "3", 0, 9]]
    >>> evidence = pd.DataFrame(rows, columns=["figure", "mark", "name", "document", "paragraph", "start", "end"])
    >>> placed(workshop, evidence)[["anchor", "here", "begin", "finish"]].values.tolist()
    [['cairo-workshop-2016-14', True, 0, 12], ['elsewhere-3/0/9', False, -1, -1]]
    """
    texts = dict(zip(read.documents["document"], read.documents["text"], strict=True))
    keyed = {(row.document, row.paragraph): row.text for row in read.texts.itertuples()}
    find, printed = finder(read), places(read)
    rows = []
    for row in evidence[_EVIDENCE].itertuples(index=False):
        if row.document not in texts:
            rows.append((*row, _listed(row), False, "", -1, -1))
        elif isinstance(row.paragraph, str):
            key = (row.document, row.paragraph)
            if key not in keyed:
                raise ValueError(
                    f"{row.figure}: mark {row.mark!r} names paragraph {row.paragraph!r}, which {row.document} does not have."
                )
            text = keyed[key]
            _check(row, text)
            anchor = printed[key].anchor if key in printed else anchors.of_paragraph(*key)
            rows.append((*row, anchor, True, "", units(text, row.start), units(text, row.end)))
        else:
            _check(row, texts[row.document])
            rows.append((*row, *_outside(row, texts[row.document], find)))
    names = [*_EVIDENCE, "anchor", "here", "text", "begin", "finish"]
    return pd.DataFrame(rows, columns=names).astype({"here": bool, "begin": "int64", "finish": "int64"})


def compact(places):
    """The passages of one figure, for a page to carry.

    Parameters
    ----------
    places : DataFrame
        From `placed`, the rows of one figure.

    Returns
    -------
    dict
        Anchor of a mark → its words, with how many places it counts, and its
        passages: [anchor, begin, finish,
        begin, finish, …], with a text instead of two numbers where the place
        has no letters to point at.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"figure": "one", "mark": "a", "name": "A", "document": "un", "paragraph": "1", "start": 0, "end": 5}
    >>> row |= {"anchor": "un-1", "text": "", "begin": 0, "finish": 5}
    >>> compact(pd.DataFrame([row, row | {"begin": 9, "finish": 12}]))
    {'one/a': ['A: 2 places', [['un-1', 0, 5, 9, 12]]]}
    """
    marks = {}
    for mark, rows in places.groupby("mark", sort=False):
        runs = []
        for row in rows.itertuples():
            if not runs or runs[-1][0] != row.anchor:
                runs.append([row.anchor])
            runs[-1] += [row.begin, row.finish] if row.begin >= 0 else [row.text]
        marks[anchors.of_mark(rows["figure"].iloc[0], mark)] = [said(rows), runs]
    return marks


def said(rows):
    """A mark in words, and how many places it counts.

    Parameters
    ----------
    rows : DataFrame
        The evidence of one mark: `name`.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> said(pd.DataFrame({"name": ["peace", "peace"]}))
    'peace: 2 places'
    """
    return f"{rows['name'].iloc[0]}: {len(rows):,} place{'s' if len(rows) > 1 else ''}"


def _listed(row):
    """The anchor of a passage in a document that is not printed."""
    paragraph = row.paragraph if isinstance(row.paragraph, str) else ""
    return f"{anchors.of_paragraph(row.document, paragraph)}/{row.start}/{row.end}"


def _check(row, text):
    if not 0 <= row.start < row.end <= len(text):
        where = f"paragraph {row.paragraph!r}" if isinstance(row.paragraph, str) else "the document"
        raise ValueError(
            f"{row.figure}: mark {row.mark!r} names characters {row.start} to {row.end} of {row.document}, "
            f"but {where} has {len(text)}."
        )


def _outside(row, text, find):
    """A passage that is in no paragraph: in a heading, a note, front matter."""
    own = text[row.start : row.end]
    begin = row.end - len(own.lstrip())
    place = find(row.document, begin) if begin < row.end else None
    if place is None:
        raise ValueError(
            f"{row.figure}: mark {row.mark!r} names characters {row.start} to {row.end} of {row.document}, which hold no text."
        )
    if place.text is None:
        return place.anchor, True, printable(own), -1, -1
    end = min(place.start + row.end - begin, len(place.text))
    return place.anchor, True, "", units(place.text, place.start), units(place.text, end)
