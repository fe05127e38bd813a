"""SVG as Matplotlib writes it → shapes and letters, where they are on the page and how they are painted."""

from itertools import count
from typing import NamedTuple
from xml.parsers import expat

import numpy as np
import regex

_DRAWN = {"path", "use", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image", "text"}
_PAINT = ["fill", "stroke", "fill-opacity", "stroke-opacity", "opacity", "display", "visibility"]
_NUMBER = regex.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_STRANGE = regex.compile(r"[^MLQCZz0-9eE.+\s-]")  # what Matplotlib does not write into outlines
_MOVES = regex.compile(r"([a-zA-Z]+)\(([^)]*)\)")
_LETTER = regex.compile(r"[A-Za-z][\w%-]*-[0-9a-f]+")  # markers have no "-"
_UNKNOWN = np.full((1, 2), np.nan)


class Shape(NamedTuple):
    """Something drawn, in points from the page's upper left corner."""

    points: np.ndarray  # of its outline; not a number where it can't be measured
    look: dict  # fill, stroke, and what else says how it is painted
    letter: str  # "DejaVuSans-3a" where it is one, else ""
    outline: np.ndarray  # before it was moved
    moved: np.ndarray  # its place, turn and size, as a matrix
    text: tuple  # numbers of the text and of the line that a letter stands in


class Drawing(NamedTuple):
    """What an SVG holds."""

    title: str  # as it is told to those who can't see
    shapes: list  # (id, list of Shape)


class _Open(NamedTuple):
    """An element whose end has not come yet."""

    name: str
    defined: bool  # inside of <defs>
    own: tuple | None  # the group with an id that it lies in
    number: int
    look: dict
    moved: np.ndarray


def read(svg):
    """Read what an SVG paints.

    Parameters
    ----------
    svg : bytes
        The file. Entities, which could grow without end or read other files,
        are refused.

    Returns
    -------
    Drawing
        `title`, and `shapes`: for each ``<g>`` with an id (id, list of what is
        drawn in it), for other elements with an id (id, []), in the order of
        the file. Definitions are left out, but what uses them is there.

    Raises
    ------
    ValueError
        If it is not XML, declares entities, or moves something in a way that
        Matplotlib does not write.

    Notes
    -----
    Style sheets, clipping and what lies on top of what are not understood.

    Examples
    --------
    >>> drawn = read(b'<svg><g id="peace"><path d="M 0 0 L 9 0" style="fill: red"/></g><defs><g id="x"/></defs></svg>')
    >>> [(name, shapes[0].points.tolist(), shapes[0].look) for name, shapes in drawn.shapes]
    [('peace', [[0.0, 0.0], [9.0, 0.0]], {'fill': 'red'})]
    """
    defined, title, found = {}, [], []
    elements = [_Open("", False, None, 0, {}, np.eye(3))]
    parser, number = expat.ParserCreate(), count(1)

    def opened(name, attributes):
        name, over = name.rpartition(":")[2], elements[-1]
        inside, own = over.defined or name == "defs", over.own
        if name == "path":
            attributes.setdefault("d", "")
        if "id" in attributes and inside:
            defined.setdefault(attributes["id"], attributes)
        elif "id" in attributes:
            found.append((attributes["id"], []))
            own = found[-1] if name == "g" else own
        moved = over.moved @ _matrix(attributes["transform"]) if "transform" in attributes else over.moved
        look = over.look | _look(attributes)
        if name in _DRAWN and own and not inside:
            own[1].append((attributes, look, moved, (elements[-2].number, elements[-1].number)))
        elements.append(_Open(name, inside, own, next(number), look, moved))

    def closed(name):
        elements.pop()

    def words(text):
        if [one.name for one in elements[2:]] == ["title"]:
            title.append(text)

    def entity(name, *rest):
        raise ValueError(f"it declares the entity {name!r}")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = opened, closed, entity
    parser.CharacterDataHandler = words
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {error}") from None
    used = {name: (_look(one), _matrix(one.get("transform", "")), _points(one)) for name, one in defined.items()}
    return Drawing("".join(title), [(name, [_shape(*one, used) for one in drawn]) for name, drawn in found])


def bounds(shapes):
    """The box around what is drawn, letters apart.

    Parameters
    ----------
    shapes : list of Shape

    Returns
    -------
    tuple of float
        Left, top, right, bottom; not a number where it cannot be measured.

    Examples
    --------
    >>> drawn = read(b'<svg><g id="peace"><path d="M 1 2 L 9 4"/></g></svg>')
    >>> bounds(drawn.shapes[0][1])
    (1.0, 2.0, 9.0, 4.0)
    """
    points = np.concatenate([np.empty((0, 2)), *(shape.points for shape in shapes if not shape.letter)])
    if not len(points):
        return (float("nan"),) * 4
    return *map(float, points.min(0)), *map(float, points.max(0))


def _shape(attributes, look, moved, text, used):
    """A drawn element, together with what it uses."""
    name = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "href"), "").lstrip("#")
    outline = _points(attributes)
    if name:
        of_use, inner, outline = used.get(name, ({}, np.eye(3), _UNKNOWN))
        look = look | of_use
        place = np.array([[1, 0, float(attributes.get("x", 0))], [0, 1, float(attributes.get("y", 0))], [0, 0, 1]])
        moved = moved @ place
        points = outline @ (moved @ inner)[:2, :2].T + (moved @ inner)[:2, 2]
    else:
        points = outline @ moved[:2, :2].T + moved[:2, 2]
    return Shape(points, look, name if _LETTER.fullmatch(name) else "", outline, moved, text)


def _points(attributes):
    """The points of an outline; those of Bézier curves that lie off it too."""
    outline = attributes.get("d")
    if outline == "":
        return np.empty((0, 2))  # a space
    numbers = [] if outline is None or _STRANGE.search(outline) else _NUMBER.findall(outline)
    return np.array(numbers, float).reshape(-1, 2) if numbers and len(numbers) % 2 == 0 else _UNKNOWN


def _look(attributes):
    """What an element says of its paint, in attributes or style."""
    style = dict(part.split(":", 1) for part in attributes.get("style", "").split(";") if ":" in part)
    said = attributes | {key.strip(): value.strip() for key, value in style.items()}
    return {key: said[key].lower() for key in _PAINT if key in said}


def _matrix(transform):
    """How an element is moved, turned and scaled."""
    whole = np.eye(3)
    for name, inside in _MOVES.findall(transform):
        numbers = [float(one) for one in _NUMBER.findall(inside)]
        if name == "translate" and len(numbers) in (1, 2):
            x, y = (*numbers, 0)[:2]
            move = [[1, 0, x], [0, 1, y], [0, 0, 1]]
        elif name == "scale" and len(numbers) in (1, 2):
            move = np.diag([numbers[0], numbers[-1], 1])
        elif name == "rotate" and len(numbers) == 1:
            cos, sin = np.cos(np.deg2rad(numbers[0])), np.sin(np.deg2rad(numbers[0]))
            move = [[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]
        elif name == "matrix" and len(numbers) == 6:
            move = [numbers[::2], numbers[1::2], [0, 0, 1]]
        else:
            raise ValueError(f"a move is not understood: {name}({inside})")
        whole = whole @ np.array(move)
    return whole
