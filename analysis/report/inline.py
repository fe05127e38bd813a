"""A chart as a notebook shows it: a click on a mark opens the passages it counts. Nothing runs, nothing is fetched."""

import base64
import io
from itertools import islice
from typing import NamedTuple

from PIL import Image

from analysis import provenance, tables
from analysis.charts import style
from analysis.report import documents, svg

MARKS, PASSAGES, ALL = 300, 20, 1000  # at most: marks of a chart, passages of a mark, passages of a chart
_AROUND, _QUOTED = 40, 200  # characters before and after a passage, and of it


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
    rooms = svg.rooms({mark: box.split() for mark, box in groups["box"].first().items()})
    marks = []
    for mark, rows in islice(groups, MARKS):
        of_width = {side: f"{float(size) / style.WIDTH / 0.72:.2f}%" for side, size in rooms[mark].items()}
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
