"""A chart as part of a page: its ids made its own, its marks made links."""

import xml.etree.ElementTree as ElementTree

import regex

from analysis import svg_shapes
from analysis.report import targets

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT = {f"{_SVG}style", f"{_SVG}metadata"}  # the page has its own style
_STYLE = regex.compile(  # what Matplotlib writes: colours, strokes, joins
    r"\s*(?:(?:fill|stroke|opacity|clip|stop|paint-order|font|text)[a-z-]*\s*:\s*[#\w.,%() -]*;?\s*)*"
)
_REFERENCE = regex.compile(r"url\(#([^)]*)\)")
_TITLE = regex.compile(r"translate\(5\.184 ([\d.]+)\) scale\(0\.11 ")  # where figures.save puts it, in points
_DRAWING = {
    "svg", "title", "desc", "g", "defs", "path", "use", "clipPath", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "image", "pattern", "mask", "linearGradient", "radialGradient", "stop",
}  # fmt: skip


def told(svg):
    """What a chart says of itself to those who can't see it.

    Parameters
    ----------
    svg : str
        A chart as `figures.save` writes it.

    Returns
    -------
    title, alternative : str
        The texts of its ``<title>`` and ``<desc>``.

    Raises
    ------
    ValueError
        If it is not a well-formed SVG, or lacks one of them.

    Examples
    --------
    >>> told('<svg xmlns="http://www.w3.org/2000/svg"><title>Peace &amp; war</title><desc>Two bars.</desc></svg>')
    ('Peace & war', 'Two bars.')
    """
    root = _parsed(svg)
    return _named(root, "title"), _named(root, "desc")


def inline(svg, figure, links):
    """A chart to be set into a page among others, its marks links.

    Parameters
    ----------
    svg : str
        A chart as `figures.save` writes it.
    figure : str
        Name of the figure: begins every id, so that charts don't share any.
    links : dict of str to (str, str)
        Mark → where it leads, and its words. Marks that are not in it (they
        count nothing) are drawn, and lead nowhere.

    Returns
    -------
    str
        The ``<svg>`` element. The title is not drawn, as the page prints it in
        letters that can be searched; ``<title>`` and ``<desc>`` name and
        describe the chart.

    Raises
    ------
    ValueError
        If it is not a well-formed SVG, holds what is not drawing (scripts,
        references to other files), or a mark of `links` is not drawn.

    Examples
    --------
    >>> chart = '<svg xmlns="http://www.w3.org/2000/svg"><title>T</title><desc>D</desc><g id="peace"/></svg>'
    >>> print(inline(chart, "one", {"peace": ("evidence.html#one/peace", "peace, 2 passages")}))
    <svg xmlns="http://www.w3.org/2000/svg" role="group" aria-labelledby="one/title" aria-describedby="one/desc"><title
    id="one/title">T</title><desc id="one/desc">D</desc><a class="mark" href="evidence.html#one/peace"
    aria-label="peace, 2 passages"><g id="one--peace"><title>peace, 2 passages</title></g></a></svg>
    """
    root = _parsed(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in _LEFT_OUT or not str(child.tag).startswith(_SVG):
                parent.remove(child)
    _check_drawing(root, figure)
    _undraw_title(root)
    try:
        shapes = svg_shapes.read(svg.encode()).shapes
    except ValueError as error:
        raise ValueError(f"{figure}: the SVG holds what figures.save does not write: {error}.") from None
    _link_marks(root, figure, links, {mark: svg_shapes.bounds(drawn) for mark, drawn in shapes})
    _rename(root, figure)
    for name in ("title", "desc"):
        _named(root, name)
        root.find(f"{_SVG}{name}").set("id", f"{figure}/{name}")
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {"role": "group", "aria-labelledby": f"{figure}/title", "aria-describedby": f"{figure}/desc"}
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if (element.text or "").isspace():
            element.text = None
        element.tail = None
    root.attrib = {"xmlns": _SVG[1:-1], **root.attrib}
    return ElementTree.tostring(root, encoding="unicode")


def _parsed(svg):
    if "<!ENTITY" in svg:
        raise ValueError("the SVG declares entities; a chart of this package has none.")
    try:
        return ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"the SVG is not well formed: {error}.") from None


def _named(root, name):
    found = root.find(f"{_SVG}{name}")
    if found is None or not (found.text or "").strip():
        raise ValueError(f"the SVG has no <{name}>: write charts with figures.save.")
    return found.text


def _check_drawing(root, figure):
    """Nothing that runs, nothing that is fetched."""
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if name not in _DRAWING:
            raise ValueError(f"{figure}: the SVG holds <{name}>, which is no drawing.")
        for attribute, value in element.attrib.items():
            outside = attribute in ("href", _LINK) and not value.startswith(("#", "data:image/png;"))
            urls = regex.findall(r"url\(\s*['\"]?(?!['\"]?#)", value)
            if (
                outside
                or urls
                or attribute.lower().startswith("on")
                or (attribute == "style" and not _STYLE.fullmatch(value))
            ):
                raise ValueError(f"{figure}: the SVG holds {attribute}={value[:40]!r}, which is no drawing.")


def _undraw_title(root):
    """Take out the title drawn above the chart, if there is one, and its height."""
    drawing = root.find(f"{_SVG}g[@id='figure_1']")
    if drawing is None or not len(drawing) or not drawing[-1].get("id", "").startswith("text_"):
        return
    lines = [_TITLE.match(line.get("transform", "")) for line in drawing[-1].findall(f"{_SVG}g")]
    if not lines or None in lines or min(float(line[1]) for line in lines) > 16:  # it is drawn last, and at the top
        return
    drawing.remove(drawing[-1])
    left, top, width, height = (float(number) for number in root.get("viewBox").split())
    bottom = max(float(line[1]) for line in lines) + 3
    root.set("viewBox", f"{left:g} {bottom:g} {width:g} {top + height - bottom:g}")


def _link_marks(root, figure, links, bounds):
    parents = {child: parent for parent in root.iter() for child in parent}
    drawn = {element.get("id"): element for element in parents if element.get("id")}
    missing = sorted(set(links) - set(drawn))
    if missing:
        raise ValueError(f"{figure}: mark {missing[0]!r} has evidence, but is not drawn in the SVG.")
    where = dict(zip(links, targets.boxes([bounds[mark] for mark in links]), strict=True))
    for mark, (address, words) in links.items():
        element = drawn[mark]
        parent = parents[element]
        anchor = ElementTree.Element(f"{_SVG}a", {"class": "mark", "href": address, "aria-label": words})
        label = ElementTree.Element(f"{_SVG}title")
        label.text = words
        element.insert(0, label)
        parent[list(parent).index(element)] = anchor
        if where[mark] is not None:
            size = dict(zip(("x", "y", "width", "height"), map("{:g}".format, where[mark]), strict=True))
            ElementTree.SubElement(anchor, f"{_SVG}rect", {"class": "hit", **size})
        anchor.append(element)
        parents[element] = anchor


def _rename(root, figure):
    """Every id begins with the figure's name, and so does every reference to one."""
    for element in root.iter():
        if "id" in element.attrib:
            element.set("id", f"{figure}--{element.get('id')}")
        inside = element.attrib.pop(_LINK, None)
        if inside is not None:
            element.set("href", f"#{figure}--{inside[1:]}" if inside.startswith("#") else inside)
        for attribute, value in element.attrib.items():
            if "url(#" in value:
                element.set(attribute, _REFERENCE.sub(rf"url(#{figure}--\1)", value))
