"""The names under which places of the pages can be linked to, and cited."""

from urllib.parse import quote

import regex

_CODED = regex.compile(r"~([0-9a-f]+)~")


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
    return f"{_coded(figure, '_~-')}/{_coded(mark, '_~-')}"


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


def spoken(mark, passages=()):
    """A mark in words, for readers who hear the page or point at the chart.

    Parameters
    ----------
    mark : str
        From `figures.mark`, or any other.
    passages : list of (str, str, int), optional
        Document, paragraph (anything but text where it is missing) and first
        character of what the mark counts.

    Returns
    -------
    str
        Its keys, separated by commas; the document, where all passages share
        it, is left out, paragraph and character are called so.

    Examples
    --------
    >>> spoken("UN.Reform--un~2019~s")
    'UN Reform, un’s'
    >>> spoken("cairo--14", [("cairo", "14", 0), ("cairo", "14", 9)]), spoken("peace--3--77", [("cairo", "3", 77)])
    ('¶14', 'peace, ¶3, character 77')
    """
    keys = [_CODED.sub(_letter, key.replace(".", " ")) for key in mark.split("--")]
    shared = [set(values) for values in zip(*passages, strict=True)] or [set(), set(), set()]
    document, paragraph, start = (values.pop() if len(values) == 1 else None for values in shared)
    if len(keys) > 1 and isinstance(document, str) and document.replace(".", " ") in keys:
        keys.remove(document.replace(".", " "))
        first = 0
    else:
        first = 1
    for place in range(len(keys) - 1, first - 1, -1):  # from the right: characters stand after paragraphs
        if keys[place] == str(start) and place == len(keys) - 1 and place > first:
            keys[place] = f"character {start}"
        elif isinstance(paragraph, str) and keys[place] == paragraph:
            keys[place] = f"¶{paragraph}"
            break
    return ", ".join(keys)


def _letter(found):
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 else found[0]


def _coded(name, besides):
    """A name with everything but letters, digits, dots and a few other signs written by code."""
    return regex.sub(rf"[^\p{{L}}\p{{N}}.{besides}]", lambda found: f"~{ord(found[0]):x}~", str(name)) or "~"
