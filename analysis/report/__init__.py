"""The pages to read a project's charts by: the gallery, and the documents with the passages behind every mark."""

from pathlib import Path

from analysis import corpus, provenance, tables
from analysis.report import documents, gallery, svg, versions

_OURS = b'<meta name="generator" content="analysis.report">'  # near the top of each page


def write(root):
    """Write the pages of a project into its folder ``figures/``, and take away those of documents that are gone.

    The folder `root` holds ``figures/`` (with ``manifest.json``), ``notebooks/``, ``data/documents/``, and, if there
    are any, codebooks and ``data/elsewhere.csv``. Gives the paths written: ``index.html``, the gallery;
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
    groups = [gallery.notebook(root / "notebooks" / notebook, own) for notebook, own in drawn.items()]
    compared, places = versions.pages(root, read, behind)
    pages = documents.pages(root, read, behind, elsewhere, titles, places) | compared
    return _written(figures, {"index.html": gallery.page(figures, groups, behind, charts, read, elsewhere), **pages})


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
