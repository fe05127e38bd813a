"""The pages to read a project's charts by: the gallery, and the documents with the passages behind every mark."""

import json
from pathlib import Path

from markupsafe import Markup

from analysis import contracts, corpus, tables
from analysis.report import gallery, reader, svg


def write(root):
    """Write the pages of a project into its folder ``figures/``, and take away those of documents that are gone.

    The folder `root` holds ``figures/`` (with ``manifest.json``), ``notebooks/``, ``data/documents/``, and, if there are
    any, codebooks and ``data/elsewhere.csv``. Gives the paths written: ``index.html``, the gallery; ``evidence.html``, the
    list of documents; ``evidence/NAME.html``, one for each document. The same project gives the same bytes.

    Raises FileNotFoundError if the manifest is missing, ValueError if it, a chart, a notebook or a codebook is damaged, or
    evidence names what its document does not have; the message names the file.

    >>> write("no such folder")
    Traceback (most recent call last):
    FileNotFoundError: There is no figures/manifest.json in no such folder: run make figures.
    """
    root = Path(root)
    figures, drawn = root / "figures", _drawn(root)
    names = [name for own in drawn.values() for name in own]
    charts = {name: svg.parsed((figures / f"{name}.svg").read_bytes(), name) for name in names}
    read, elsewhere = contracts.documents(root / "data"), corpus.elsewhere(root / "data")
    counted = [name for name in names if (figures / f"{name}.evidence.csv").exists()]  # others carry no marks
    behind = reader.passages(figures, counted, set(read.documents["document"]))
    titles = {figure: svg.told(charts[name])[0] for name, figure in zip(names, reader.coded(names), strict=True)}
    groups = [gallery.notebook(root / "notebooks" / notebook, own) for notebook, own in drawn.items()]
    pages = reader.pages(root, read, behind, elsewhere, titles)
    return _written(figures, {"index.html": gallery.page(figures, groups, behind, charts, read, elsewhere), **pages})


def notebook(title, body):
    """A notebook as a page that fetches nothing."""
    for wide in ("<pre>", '<div class="output">'):  # what may be wider than the page can be pushed sideways by keyboard
        body = body.replace(wide, f'{wide[:-1]} tabindex="0">')
    return reader.page("notebook.html", title=title, body=Markup(body))


def _drawn(root):
    """The names of the figures of each notebook, as the manifest has them; other files there are the user's own."""
    path = root / "figures" / "manifest.json"
    if not path.exists():
        raise FileNotFoundError(f"There is no figures/manifest.json in {root}: run make figures.")
    try:
        made = json.loads(path.read_text(encoding="utf-8"))["notebooks"]
        files = {name: sorted(entry["figures"]) for name, entry in made.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({type(error).__name__}: {error}): run make figures.") from None
    return {name: [one[:-4] for one in own if one.endswith(".svg")] for name, own in files.items()}


def _written(figures, pages):
    """Write pages; those of an earlier list that are not made any more go. Files that no list of ours names stay."""
    folder, listed = figures / "evidence", figures / "evidence" / "pages.txt"
    folder.mkdir(exist_ok=True)
    ours = {Path(line).name for line in listed.read_text(encoding="utf-8").split()} if listed.exists() else set()
    made = sorted(Path(name).name for name in pages if name.startswith("evidence/"))
    contents = {figures / name: page.encode() for name, page in pages.items()}
    for name in made:
        path = folder / name
        if name not in ours and path.exists() and path.read_bytes() != contents[path]:
            raise ValueError(f"figures/evidence/{name} is no page of ours, and a document needs its name: move it.")
    for name in ours - set(made) if made else ours | {listed.name}:
        (folder / name).unlink(missing_ok=True)
    listing = {listed: "".join(f"evidence/{name}\n" for name in made).encode()} if made else {}
    for path, content in (listing | contents).items():
        if not path.is_file() or path.read_bytes() != content:
            tables.write_bytes(path, content)
    return list(contents)
