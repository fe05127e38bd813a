"""The gallery: the questions of the notebooks, with their charts, whose marks lead to the passages they count."""

import json

import mistune
import regex
from markupsafe import Markup

from analysis.report import documents, svg

_FILES = {".csv": "Numbers (CSV)", ".evidence.csv": "passages (CSV)", ".svg": "SVG", ".png": "PNG", ".pdf": "PDF"}
_markdown = mistune.create_markdown(escape=True)
_markdown.renderer.link = _markdown.renderer.image = lambda text, url, title=None: text  # its words; leads nowhere


def notebook(path, names):
    """What a notebook says: its question, its answer, what follows each of its charts, and what it can't show.

    Tags of cells place it: `check` or `own` on its first cell; `opens`, or ``opens:14`` for a passage of paragraph 14,
    on the cell of the chart that opens the gallery.
    """
    cells = _cells(path)
    (_, first, placed), *_ = cells or [("", path.stem, [])]
    title, _, answer = first.strip().lstrip("# ").partition("\n")
    told, opens, limits = {}, {}, []
    for (kind, source, tags), (after, below, _) in zip(cells, [*cells[1:], ("", "", [])], strict=False):
        if kind == "markdown":
            limits += _limits(source)
            continue
        drawn = [name for name in names if regex.search(rf"[\"'/]{regex.escape(name)}[\"']", source)]
        words = regex.match(r"(?s)(?!\s*#).*?(?=\n\s*\n|$)|", below)[0] if after == "markdown" else ""
        told |= dict.fromkeys(drawn, words)
        opens |= {name: tag[6:] for name in drawn for tag in tags if regex.match("opens(:|$)", tag)}
    told |= {name: "" for name in names if name not in told}
    said = {"name": path.stem, "question": regex.sub(r"^\d+\.?\s+", "", title), "answer": answer, "told": told}
    return said | {"opens": opens, "limits": limits, "check": "check" in placed, "own": "own" in placed}


def page(folder, groups, behind, charts, read, elsewhere):
    """The page of a folder of figures: `groups` are the notebooks, `charts` the elements of the figures, by name."""
    names = dict(elsewhere[["document", "title"]].values) | dict(read.documents[["document", "name"]].values)
    texts = read.texts.set_index(["document", "paragraph"])["text"].to_dict()
    of_figure = dict(list(behind.groupby("name", sort=False)))
    for group in groups:
        group["documents"] = behind.loc[behind["name"].isin(group["told"]), "document"].unique().tolist()
        group["about"] = list(dict.fromkeys(names.get(name, name) for name in group["documents"]))
    others = {name for group in groups if not group["own"] for name in group["documents"]}
    for group in groups:
        group["rank"] = 0 if group["own"] and not others.issuperset(group["documents"]) else 1 + group["check"]
    groups = sorted(groups, key=lambda group: group["rank"])  # stable: else in the order of their names
    figures = dict(zip(charts, documents.coded(charts), strict=True))
    drawn = {name: _chart(folder / name, figures[name], root, of_figure.get(name)) for name, root in charts.items()}
    opening = _opening(groups, of_figure, names, texts)
    fonts = svg.fonts([chart["svg"] for chart in drawn.values()])
    known = {"groups": groups, "charts": drawn, "opening": opening, "fonts": fonts}
    return documents.page("gallery.html", "gallery.js", rendered=lambda text: Markup(_markdown(text)), **known)


def _opening(groups, of_figure, names, texts):
    """The chart that opens the gallery, with one passage: that of the first notebook, unless another is declared."""
    candidates = [(group, name) for group in groups for name in group["told"] if name in of_figure]
    leads = groups[:1] if groups and not groups[0]["rank"] else groups  # a document of one's own
    candidates.sort(key=lambda one: (one[0] not in leads, one[1] not in one[0]["opens"]))
    if not candidates:
        return None
    group, name = candidates[0]
    rows = of_figure[name]
    asked = rows[rows["paragraph"] == group["opens"].get(name, "")]
    row = (rows if asked.empty else asked).iloc[0]
    text = texts.get((row["document"], row["paragraph"]), row["quote"])
    start, end = (row["start"], row["end"]) if len(text) >= row["end"] else (0, len(text))
    place = {"document": names.get(row["document"], row["document"]), "place": documents.named(row["paragraph"])}
    words = {"before": text[:start], "quote": text[start:end], "after": text[end:], "limit": group["limits"][:1]}
    return {"name": name, "link": row["link"], **place, **words}


def _chart(path, figure, root, rows):
    """A chart with its links and its files."""
    title, told = svg.told(root)
    links = {} if rows is None else dict(zip(rows["mark"], rows[["link", "said", "box"]].values.tolist(), strict=True))
    inline = Markup(svg.inline(root, figure, links))
    shaded = regex.search(r"<text[^>]*fill: var\(--xffffff", inline)  # white words, on shades that mean something
    files = {end: what for end, what in _FILES.items() if path.with_name(path.name + end).exists()}
    known = {"files": files, "themed": rows is not None and not shaded}
    return {"id": figure, "title": title or figure, "told": told, "links": len(links), "svg": inline, **known}


def _cells(path):
    """Kind, text and tags of each cell of a notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tags = [cell.get("metadata", {}).get("tags", []) for cell in cells]
        return [(cell["cell_type"], "".join(cell["source"]), own) for cell, own in zip(cells, tags, strict=True)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} can't be read as a notebook ({error!r}): mend or move it.") from None


def _limits(markdown):
    """The items of the list under “What this cannot show”."""
    found = regex.search(r"(?ms)^## What this cannot show\s*(.*?)(?=^#|\Z)", markdown)
    return regex.split(r"(?m)^- ", found[1])[1:] if found else []
