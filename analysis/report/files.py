"""A project's folders → its two pages."""

import json
import warnings
from pathlib import Path

import pandas as pd

from analysis import codebooks, corpus, patterns, tables
from analysis.report import sources
from analysis.report.pages import gallery, reader


def write(root):
    """Write the gallery and the evidence reader of a project.

    Parameters
    ----------
    root : str or Path
        Its folder, which holds ``figures/`` (with ``manifest.json``),
        ``notebooks/``, ``data/documents/``, and, if there are any,
        ``data/codebooks/`` and ``data/elsewhere.csv``.

    Returns
    -------
    list of Path
        The files written: ``figures/index.html`` and ``figures/evidence.html``.

    Raises
    ------
    FileNotFoundError
        If the manifest is missing.
    ValueError
        If the manifest, a chart, a notebook or a codebook is damaged (the message
        names it), or evidence names what its document does not have.

    Examples
    --------
    >>> write("no such folder")
    Traceback (most recent call last):
    FileNotFoundError: There is no figures/manifest.json in no such folder: run make figures.
    """
    root = Path(root)
    manifest = root / "figures" / "manifest.json"
    if not manifest.exists():
        raise FileNotFoundError(f"There is no figures/manifest.json in {root}: run make figures.")
    try:
        made = json.loads(manifest.read_text(encoding="utf-8"))["notebooks"]
        read_by = {name: sorted(entry["data"]) for name, entry in made.items()}
        drawn = {name for entry in made.values() for name in entry["figures"]}  # other files there are the user's own
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{manifest} is damaged ({type(error).__name__}: {error}): run make figures.") from None
    charts, evidence = sources.charts(root / "figures", drawn), sources.evidence(root / "figures", drawn)
    captions = sources.captions(root / "notebooks", read_by)
    charts = charts[charts["figure"].isin(captions["figure"])]  # a notebook that fails may not name its old ones
    read = _documents(root / "data" / "documents")
    books = (path for path in (root / "data" / "codebooks").glob("[!.]*.y*ml") if path.is_file())
    hits, labels = _hits(read.paragraphs, sorted(books))
    pages = {
        "index.html": gallery(charts, evidence, captions),
        "evidence.html": reader(read, hits, labels, evidence, corpus.elsewhere(root / "data"), charts),
    }
    for name, page in pages.items():
        tables.write_bytes(root / "figures" / name, page.encode())
    return [root / "figures" / name for name in pages]


def _documents(folder):
    """All documents of a project; none, if it has none of its own."""
    if folder.is_dir() and any(path.is_file() for path in folder.rglob("*")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the notebooks tell them
            return corpus.read(folder)
    return corpus.Corpus(*map(tables.empty, corpus.Corpus._fields))


def _hits(paragraphs, paths):
    """What every codebook finds, the codebook named; and all labels, found or not."""
    hits = [tables.empty("hits").assign(codebook="")]
    labels = [pd.DataFrame(columns=["codebook", "label"], dtype="str")]
    for path in paths:
        book = codebooks.load(path)
        labels.append(book[["label"]].drop_duplicates().assign(codebook=path.stem))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # hits that are all set aside are printed, with the reason
            hits.append(patterns.find(paragraphs, book).assign(codebook=path.stem))
    return pd.concat(hits[1:] or hits, ignore_index=True), pd.concat(labels, ignore_index=True)
