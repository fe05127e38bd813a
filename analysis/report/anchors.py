"""The names under which places of the pages can be linked to, and cited."""

from urllib.parse import quote

import regex


def of_paragraph(document, paragraph):
    """The anchor of a paragraph in the evidence reader."""
    return f"{_coded(document, '_-')}-{_coded(paragraph, '_')}"


def of_stretch(document, kind, name):
    """The anchor of what is not a paragraph: a heading, a note, front matter."""
    return "/".join([_coded(document, "_-"), _coded(kind, "_-"), _coded(name, "_-")])


def of_figure(figure):
    """The beginning of the anchors of a figure's marks."""
    return _coded(figure, "_~-")


def of_mark(figure, mark):
    """The anchor of the passages that a mark of a figure counts."""
    return f"{of_figure(figure)}/{_coded(mark, '_~-')}"


def link(anchor, page=""):
    """A link to an anchor."""
    return f"{page}#{quote(anchor, safe='/~.-_')}"


def _coded(name, besides):
    """A name with everything but letters, digits, dots and a few other signs written by code."""
    return regex.sub(rf"[^\p{{L}}\p{{N}}.{besides}]", lambda found: f"~{ord(found[0]):x}~", str(name)) or "~"
