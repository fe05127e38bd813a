"""A chart as part of a page, or as a notebook shows it: a click on a mark opens the passages that it counts."""

import base64
import io
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
import pandas as pd
import regex
from fontTools import subset, ttLib
from PIL import Image
from scipy.spatial import cKDTree

from analysis import provenance, tables
from analysis.charts import style
from analysis.report import documents

SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
# What Matplotlib writes: colours, strokes, joins, fonts; and shapes.
_STYLE = regex.compile(r"\s*((fill|stroke|opacity|clip|stop|paint-order|font|text)[a-z-]*\s*:\s*[#\w.,%()' -]*;?\s*)*")
_FETCHED = regex.compile(r"\(\s*['\"]|url\(\s*(?!#)")
_LINKED, _USED, _COLOUR = map(regex.compile, [r"(?<=^|url\()#", r"(?<=url\()#", r"(?<=: )#(\w{6})"])
_SHAPES = "svg title desc g defs path use clipPath rect circle ellipse line polyline polygon text tspan image"
_DRAWING = {*_SHAPES.split(), "pattern", "mask", "linearGradient", "radialGradient", "stop"}
MARKS, PASSAGES, ALL = 300, 20, 1000  # in a notebook at most: marks of a chart, passages of a mark, of a chart
_AROUND, _QUOTED = 40, 200  # characters before and after a passage, and of it
_ROOM = 6.0  # points: a mark can be met so far from its middle, or half-way to its neighbour


class Shown(NamedTuple):
    """What `figures.save` gives: notebooks show the HTML, exports without HTML the picture."""

    html: str
    png: bytes
    alt: str
    width: int

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html, "image/png": self.png}, {"image/png": {"alt": self.alt, "width": self.width}}


def parsed(content, figure):
    """A chart's elements, if they are a drawing with a title and nothing else: nothing runs, nothing is fetched."""
    if b"<!ENTITY" in content:
        raise ValueError(f"{figure}: the SVG declares entities; a chart of this package has none.")
    try:
        root = ElementTree.fromstring(content.decode())
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise ValueError(f"{figure}: the SVG is not well formed: {error}.") from None
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}style", f"{SVG}metadata") or not str(child.tag).startswith(SVG):
                parent.remove(child)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        if name not in _DRAWING:
            raise ValueError(f"{figure}: the SVG holds <{name}>, which is no drawing.")
        for attribute, value in element.attrib.items():
            outside = attribute in ("href", _LINK) and not value.startswith(("#", "data:image/png;"))
            fetched = _FETCHED.search(value)
            styled = attribute == "style" and not _STYLE.fullmatch(value)
            if outside or fetched or styled or attribute.lower().startswith("on"):
                raise ValueError(f"{figure}: the SVG holds {attribute}={value[:40]!r}, which is no drawing.")
    if root.find(f"{SVG}title") is None or root.find(f"{SVG}desc") is None:
        raise ValueError(f"{figure}: the SVG has no title or no description: write charts with figures.save.")
    return root


def told(root):
    """What a chart says of itself: its title and its description."""
    return tuple(root.find(f"{SVG}{name}").text or "" for name in ("title", "desc"))


def inline(root, figure, links):
    """A chart to be set into a page among others: title and description left to the page, marks made links."""
    _take_titles(root)
    _link_marks(root, figure, links)
    named = {"role": "group", "aria-labelledby": f"{figure}~title", "aria-describedby": f"{figure}~told"}
    root.attrib = {"xmlns": SVG[1:-1], "viewBox": root.get("viewBox", ""), **named}
    for element in root.iter():
        element.tag, element.tail = element.tag.removeprefix(SVG), None
        element.text = element.text if (element.text or "").strip() else None
        if _LINK in element.attrib:
            element.set("href", element.attrib.pop(_LINK))
        if element.tag in ("a", "title"):
            continue
        for attribute, value in element.attrib.items():  # ids are the figure's own; the page's style can change colours
            value = (_LINKED if attribute == "href" else _USED).sub(f"#{figure}--", value)
            value = f"{figure}--{value}" if attribute == "id" else value
            element.set(attribute, _COLOUR.sub(r"var(--x\1, #\1)", value))
    return ElementTree.tostring(root, encoding="unicode")


def fonts(svgs):
    """DejaVu Sans, plain and bold, with the letters of some charts, as base64: pictures look the same everywhere."""
    letters = "".join(sorted(set().union(*svgs)))
    return {"normal": _font("DejaVuSans", letters), "bold": _font("DejaVuSans-Bold", letters)}


@lru_cache(maxsize=2)
def _font(file, letters):
    """A font with some letters only; made again when they change."""
    font = ttLib.TTFont(Path(matplotlib.get_data_path(), f"fonts/ttf/{file}.ttf"), recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(hinting=False, drop_tables=["FFTM"]))
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font.flavor, content = "woff", io.BytesIO()
    font.save(content)
    return base64.b64encode(content.getvalue()).decode()


def _take_titles(root):
    """Take out the title and the description, and the title drawn above the chart with its height."""
    for element in [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]:
        root.remove(element)
    drawing = root.find(f"{SVG}g[@id='figure_1']")
    if drawing is not None and (title := drawing.find(f"{SVG}g[@id='chart_title']")) is not None:
        drawing.remove(title)
        left, top, width, height = map(float, root.get("viewBox").split())
        low = max(float(line.get("transform").strip(")").split()[-1]) for line in title.iter(f"{SVG}text")) + 3
        root.set("viewBox", f"{left:g} {top + low:g} {width:g} {height - low:g}")


def _link_marks(root, figure, links):
    """Put a link around each mark, with a rectangle in which it is met: small marks get more room than they draw."""
    parents = {child: parent for parent in root.iter() for child in parent}
    drawn = {element.get("id"): element for element in parents if element.get("id")}
    missing = sorted(set(links) - set(drawn))
    if missing:
        raise ValueError(f"{figure}: mark {missing[0]!r} has evidence, but is not drawn in the SVG.")
    met = rooms({mark: box.split() for mark, (*_, box) in links.items() if isinstance(box, str)})
    for mark, (address, words, _) in links.items():
        siblings = parents[drawn[mark]]
        known = {"id": f"{figure}/{mark}", "class": "mark", "href": address, "aria-label": words}
        anchor = ElementTree.Element(f"{SVG}a", known)
        ElementTree.SubElement(anchor, f"{SVG}title").text = words
        anchor.append(drawn[mark])
        if mark in met:
            ElementTree.SubElement(anchor, f"{SVG}rect", {"class": "hit", **met[mark]})
        siblings[list(siblings).index(drawn[mark])] = anchor


def rooms(boxes):
    """Where each mark is met: where it is drawn, and around its middle, but not beyond half-way to its neighbour."""
    if not boxes:
        return {}
    corner, size = np.hsplit(np.array(list(boxes.values()), float), 2)
    middle = corner + size / 2
    half = np.maximum(size / 2, np.minimum(_ROOM, cKDTree(middle).query(middle, k=2, p=np.inf)[0][:, 1:] / 2))
    rooms = pd.DataFrame(np.hstack([middle - half, 2 * half]), list(boxes), ["x", "y", "width", "height"])
    return rooms.map("{:.5g}".format).to_dict("index")


def shown(pixels, alt, name, folder=None, corpus=None):
    """A picture, with the marks of the figure that was saved into `folder`, if it has marks."""
    png, width = _small(pixels), round(100 * style.WIDTH)
    marks, n = ([], 0) if folder is None else _marks(name, folder, corpus)
    picture = base64.b64encode(png).decode()
    known = {"name": name, "group": documents.coded([name])[0], "marks": marks, "left": n - len(marks)}
    return Shown(documents.page("inline.html", picture=picture, alt=alt, width=width, **known), png, alt, width)


def _small(pixels):
    """A picture in 256 colours: a third of the bytes."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(pixels)) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()


def _marks(name, folder, corpus):
    """The first marks, each with its place, its words and its first passages; and how many there are."""
    behind = documents.passages(folder, [name], set())
    texts = {} if corpus is None else provenance.text_of(corpus)
    groups, n = behind.groupby("mark", sort=False), behind["mark"].nunique()
    listed = max(1, min(PASSAGES, ALL // max(1, n)))
    places = rooms({mark: box.split() for mark, box in groups["box"].first().items()})
    marks = []
    for mark, rows in islice(groups, MARKS):
        of_width = {side: f"{float(size) / style.WIDTH / 0.72:.2f}%" for side, size in places[mark].items()}
        passages = [_passage(row, texts) for row in rows[:listed].itertuples()]
        more = max(0, len(rows) - listed)
        marks.append({"room": of_width, "said": rows["said"].iloc[0], "passages": passages, "more": more})
    return marks, n


def _passage(row, texts):
    """Where a passage stands, its words, and those around it as far as the text is at hand."""
    text, start, end = texts.get((row.document, row.paragraph)), row.start, row.end
    text, start, end = (row.quote, 0, len(row.quote)) if text is None else (text, start, end)
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    before = before if start <= _AROUND else f"…{before.partition(' ')[2]}"
    after = after if end + _AROUND >= len(text) else f"{after.rpartition(' ')[0]}…"
    quote = text[start:end] if end - start <= _QUOTED else f"{text[start : start + _QUOTED]}…"
    words = (tables.printable(part) for part in (before, quote, after))
    return f"{row.document} {documents.named(row.paragraph)}".strip(), *words
