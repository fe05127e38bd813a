"""The names under which places of the pages can be linked to, and cited."""

from urllib.parse import quote

import regex


def of_paragraph(document, paragraph):
    """The anchor of a paragraph in the evidence reader.

    Parameters
    ----------
    document, paragraph : str
        Keys of the paragraph.

    Returns
    -------
    str
        An id: letters, digits and ``.`` stay, and so do hyphens and underscores
        of the document; any other character by its code, so that different
        paragraphs have different anchors.

    Examples
    --------
    >>> of_paragraph("cairo-workshop-2016", "14"), of_paragraph("report", "II:1")
    ('cairo-workshop-2016-14', 'report-II~3a~1')
    """
    return f"{_coded(document, '_-')}-{_coded(paragraph, '_')}"


def of_stretch(document, kind, name):
    """The anchor of what is not a paragraph: a heading, a note, front matter.

    Parameters
    ----------
    document : str
        Key of the document.
    kind : str
        What it is, as in the table of spans.
    name : str
        What tells it from others of its kind.

    Returns
    -------
    str
        An id that no paragraph and no mark can have.

    Examples
    --------
    >>> of_stretch("cairo-workshop-2016", "note", "3")
    'cairo-workshop-2016/note/3'
    """
    return "/".join([_coded(document, "_-"), _coded(kind, "_-"), _coded(name, "_-")])


def of_figure(figure):
    """The beginning of the anchors of a figure's marks.

    Parameters
    ----------
    figure : str
        Name of the figure.

    Returns
    -------
    str

    Examples
    --------
    >>> of_figure("09 Q&A")
    '09~20~Q~26~A'
    """
    return _coded(figure, "_~-")


def of_mark(figure, mark):
    """The anchor of the passages that a mark of a figure counts.

    Parameters
    ----------
    figure : str
        Name of the figure.
    mark : str
        Its `mark`.

    Returns
    -------
    str
        An id, with one ``/``.

    Examples
    --------
    >>> of_mark("02-silences", "Justice~2c~.rule.of.law")
    '02-silences/Justice~2c~.rule.of.law'
    """
    return f"{of_figure(figure)}/{_coded(mark, '_~-')}"


def link(anchor, page=""):
    """A link to an anchor.

    Parameters
    ----------
    anchor : str
        An id, from the other functions.
    page : str, optional
        The file it is in; the same page unless given.

    Returns
    -------
    str

    Examples
    --------
    >>> link("report-résumé", "evidence.html")
    'evidence.html#report-r%C3%A9sum%C3%A9'
    """
    return f"{page}#{quote(anchor, safe='/~.-_')}"


def _coded(name, besides):
    """A name with everything but letters, digits, dots and a few other signs written by code."""
    return regex.sub(rf"[^\p{{L}}\p{{N}}.{besides}]", lambda found: f"~{ord(found[0]):x}~", str(name)) or "~"
