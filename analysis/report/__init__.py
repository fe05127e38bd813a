"""The pages to read a project's charts by: the gallery, and the documents with the passages behind every mark."""

import json
from pathlib import Path

import mistune
import regex
from markupsafe import Markup

from analysis import corpus, provenance, tables
from analysis.report import documents, svg

_OURS = b'<meta name="generator" content="analysis.report">'  # near the top of each page
_FILES = {".csv": "Numbers (CSV)", ".evidence.csv": "passages (CSV)", ".svg": "SVG", ".png": "PNG", ".pdf": "PDF"}
_markdown = mistune.create_markdown(escape=True)
_markdown.renderer.link = _markdown.renderer.image = lambda text, url, title=None: text  # its words; leads nowhere


def write(root):
    """Write the pages of a project into its folder ``figures/``, and take away those of documents that are gone.

    The folder `root` holds ``figures/`` (with ``manifest.json``), ``notebooks/``, ``data/documents/``, and, if there
    are any, codebooks and ``data/elsewhere.csv``. Returns the paths written: ``index.html``, the gallery;
    ``evidence.html``, the list of documents; in ``evidence/`` a page for each, ``NAME.html``, and for each series of
    versions traced, ``versions--NAME.html``. The same project gives the same bytes.

    Raises FileNotFoundError if the manifest is missing, ValueError if it, a chart, a notebook or a codebook is damaged,
    or evidence names what its document does not have; the message names the file.

    >>> write("elsewhere")
    Traceback (most recent call last):
    FileNotFoundError: There is no elsewhere/figures/manifest.json: run make figures.
    """
    root = Path(root)
    figures, drawn = root / "figures", {}
    for notebook, (_, files) in provenance.manifest(figures)[0].items():  # other files there are the user's own
        drawn[notebook] = [file[:-4] for file in sorted(files) if file.endswith(".svg")]
    names = [name for own in drawn.values() for name in own]
    charts = {name: svg.parsed((figures / f"{name}.svg").read_bytes(), name) for name in names}
    read, elsewhere = provenance.documents(root / "data"), corpus.elsewhere(root / "data")
    counted = [name for name in names if (figures / f"{name}.evidence.csv").exists()]  # others carry no marks
    behind = documents.passages(figures, counted, set(read.documents["document"]))
    titles = {figure: svg.told(charts[name])[0] for name, figure in zip(names, documents.coded(names), strict=True)}
    groups = [notebook_says(root / "notebooks" / notebook, own) for notebook, own in drawn.items()]
    compared, places = documents.versions(root, read, behind)
    pages = documents.pages(root, read, behind, elsewhere, titles, places) | compared
    return _written(figures, {"index.html": _gallery(figures, groups, behind, charts, read, elsewhere), **pages})


def _written(figures, pages):
    """Write pages; those of documents that are gone are taken away, files that are no pages of ours stay."""
    made, folder = {figures / name: page.encode() for name, page in pages.items()}, figures / "evidence"
    folder.mkdir(exist_ok=True)
    ours = {path: _OURS in path.read_bytes()[:500] for path in folder.glob("*.html")}
    for path in [path for path in made if not ours.get(path, True)]:
        raise ValueError(f"figures/evidence/{path.name} was not made here, and a document needs its name: move it.")
    for path in [path for path in ours if ours[path] and path not in made]:
        path.unlink()
    for path, content in made.items():
        if not path.is_file() or path.read_bytes() != content:
            tables.write_bytes(path, content)
    return list(made)


def notebook_says(path, names):
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
            listed = regex.search(r"(?ms)^## What this cannot show\s*(.*?)(?=^#|\Z)", source)
            limits += regex.split(r"(?m)^- ", listed[1])[1:] if listed else []
            continue
        drawn = [name for name in names if regex.search(rf"[\"'/]{regex.escape(name)}[\"']", source)]
        words = regex.match(r"(?s)(?!\s*#).*?(?=\n\s*\n|$)|", below)[0] if after == "markdown" else ""
        told |= dict.fromkeys(drawn, words)
        opens |= {name: tag[6:] for name in drawn for tag in tags if regex.match("opens(:|$)", tag)}
    told |= {name: "" for name in names if name not in told}
    said = {"name": path.stem, "question": regex.sub(r"^\d+\.?\s+", "", title), "answer": answer, "told": told}
    return said | {"opens": opens, "limits": limits, "check": "check" in placed, "own": "own" in placed}


def _gallery(folder, groups, behind, charts, read, elsewhere):
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
        raise ValueError(f"{path.name} can't be read as a notebook ({error!r}): repair or move it.") from None
