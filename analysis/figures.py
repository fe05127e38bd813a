"""A chart → its picture, its table, its passages and its contract; the same bytes every time."""

import html
import io
import json
import os
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import regex
from matplotlib.axes import Axes

from analysis import contracts, tables
from analysis.charts import style

SUFFIXES = (".svg", ".png", ".csv", ".evidence.csv", ".json")  # of the files that `save` writes
_SAVING = {"svg.hashsalt": "analysis", "savefig.facecolor": "white"}
_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not allowed in XML
_PLACE = ["document", "paragraph", "start", "end"]


def save(
    ax, name, *, evidence=None, title="", source=None, below=None, alt=None, corpus=None, drop=None, words=None,
    codebook=None, coding=None, counts=None, column=None, within=None, totals=None, formulas=None, folder="../figures",
):  # fmt: skip
    """Write a chart, the table it draws, the passages behind each mark, and the contract by which `verify` checks them.

    `ax` comes from a function of `charts`. `evidence` is any table with the columns that name a mark (the chart's `by`)
    and a place: tokens, hits, paragraphs. Its rows are matched to the marks as text; rows whose `kept` or `assigned` is
    false count only where the chart draws that column; a row without `start` and `end` stands for its whole text. The
    number of passages must be the table's `n` (1 where there is none). A quote is the row's `match`, `form` or `text`;
    with `corpus` the words of its place are looked up there.

    `title` is the author's sentence; `source` names document or corpus (unless given, the documents' short names);
    `below` and `alt` replace what the chart says of itself. What the marks hang on is named by file: `drop` (words left
    out before the first were taken: the marks are those of the first by n), `words` (a table whose first column names
    the marks, with a column `word`), `codebook`, `coding` (with `counts` a table of `assigned` themes, where what is
    shown is which gave a theme: the column `only`), `counts` (a table with one row per document, for documents elsewhere:
    `document`, `characters`, and what was counted).

    For documents elsewhere `column` is the column of `counts` that is above 0 where a document is a passage of the mark,
    `within` (chart's column → column of `counts`) says what periods are made of. `totals` are columns counted again:
    ``{"words": "words", "n_passages": "{concept}"}`` (sums of columns of `counts`, ``1`` for its rows; in brackets a
    column of the chart whose value names the column), for documents here ``{"all": ["words", ["section"]]}`` (words,
    paragraphs or passages, within the columns named). `formulas` say what a column is computed from:
    ``{"percent": "100 * n / paragraphs"}``. The whole table is best given as evidence: if it was filtered to what is
    drawn, `verify` finds passages that are missing.

    Writes NAME.svg (each mark's name as id), NAME.png, NAME.csv, NAME.evidence.csv and NAME.json into `folder`; nothing
    if anything is wrong. A chart of your own matplotlib code is saved too, as a picture whose marks are not checked.

    >>> from analysis import charts
    >>> found = pd.DataFrame({"document": "un", "paragraph": ["1"], "start": 0, "end": 5, "form": "Peace", "token": "peace"})
    >>> ax = charts.bars(pd.DataFrame({"token": ["peace"], "n": [2]}), x="n", y="token")
    >>> save(ax, "peace", evidence=found)
    Traceback (most recent call last):
    ValueError: peace: mark 'peace' stands for n = 2 passages, but has 1 in the evidence.
    """
    if not isinstance(ax, Axes):
        raise TypeError(f"{name}: ax should be Axes, from a function of charts; found {type(ax).__name__}.")
    drawn, folder = getattr(ax, "drawn", None), Path(folder)
    if drawn is None:
        contract, files, told = {"checked": False}, {}, title
    else:
        behind = _passages(name, drawn, evidence, corpus)
        table = drawn.table if "n" in drawn.table else drawn.table.assign(n=1)
        _check(name, ax, table, behind)
        table = table.astype({"n": "int64"})
        named = {"drop": drop, "words": words, "codebook": codebook, "coding": coding, "counts": counts}
        rule = {key: Path(os.path.relpath(path, folder.parent)).as_posix() for key, path in named.items() if path}
        rule |= {key: value for key, value in {"column": column, "within": within}.items() if value}
        contract = contracts.declared(drawn, table, evidence, behind, corpus, rule, totals or {}, formulas or {})
        files = {".csv": tables.figure_csv(table), ".evidence.csv": tables.figure_csv(behind)}
        source = source or _documents(behind, corpus)
        told = alt or f"{title}. {drawn.says}".strip(". ") + "."
        below = below or drawn.below
    picture, shown = _pictures(ax, title, "\n".join(filter(None, [below, source and f"Source: {source}."])), told)
    files |= picture | {".json": (json.dumps(contract, indent=1, ensure_ascii=False) + "\n").encode()}
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in SUFFIXES:
        if suffix in files:
            tables.write_bytes(folder / (name + suffix), files[suffix])
    from IPython.display import Image

    return Image(data=shown, alt=told, width=round(100 * style.WIDTH))


def _passages(name, drawn, evidence, corpus):
    """The table `evidence`: the passages behind the chart's marks, in their order."""
    evidence = pd.DataFrame(columns=[*drawn.by, *_PLACE]) if evidence is None else evidence
    missing = [column for column in [*drawn.by, "document", "paragraph"] if column not in evidence.columns]
    if missing:
        raise ValueError(f"{name}: evidence lacks the columns {missing}, which name the marks or their place.")
    rows = evidence.assign(mark=style.marks(evidence, drawn.by))
    for flag in {"kept", "assigned"} & set(rows) - set(drawn.table):
        rows = rows[rows[flag]]
    rows = rows[rows["mark"].isin(drawn.table["mark"])]
    if "start" not in rows:
        whole = rows["characters"] if "characters" in rows else rows["text"].str.len()
        rows = rows.assign(start=0, end=whole)
    rows = rows.astype(dict.fromkeys(["document", "paragraph"], "str")).fillna({"paragraph": ""})
    if corpus is None:
        given = next((column for column in ("match", "form", "text") if column in rows), None)
        quotes = rows[given].astype("str") if given else ""
    else:
        texts = pd.concat([corpus.texts, corpus.documents.assign(paragraph="")])
        text_of = texts.set_index(["document", "paragraph"])["text"]
        places = rows[_PLACE].itertuples(index=False)
        quotes = [text_of[document, paragraph][start:end] for document, paragraph, start, end in places]
    rows = rows.assign(quote=quotes)
    order = {mark: place for place, mark in enumerate(drawn.table["mark"])}
    rows = rows.assign(order=rows["mark"].map(order)).sort_values("order", kind="stable")
    rows = rows[["mark", *_PLACE, "quote"]].astype({"start": int, "end": int})
    return tables.check(rows.reset_index(drop=True), "evidence")


def _check(name, ax, table, behind):
    """Each mark is drawn once and has as many passages as its n says."""
    ids = [artist.get_gid() for artist in ax.figure.findobj(lambda artist: artist.get_gid() is not None)]
    differs = set(table["mark"]).symmetric_difference(ids) or {one for one in ids if ids.count(one) > 1}
    if differs:
        raise ValueError(f"{name}: mark {min(differs)!r} is not drawn exactly once.")
    found = behind["mark"].value_counts()
    for mark, n in zip(table["mark"], table["n"], strict=True):
        if n != found.get(mark, 0):
            raise ValueError(
                f"{name}: mark {mark!r} stands for n = {n} passages, but has {found.get(mark, 0)} in the evidence."
            )


def _documents(behind, corpus):
    """The documents that passages lie in: by name and file where the corpus is known, else by their short names."""
    names = list(dict.fromkeys(behind["document"]))
    if corpus is not None:
        known = corpus.documents.set_index("document")
        names = [f"{known['name'][name]} ({known['source'][name]})" for name in names if name in known.index]
    return ", ".join(names) if len(names) < 4 else f"{len(names):,} documents"


def _pictures(ax, title, below, told):
    """The chart as SVG and PNG, and smaller for the notebook to show."""
    vector, pixels, shown = io.StringIO(), io.BytesIO(), io.BytesIO()
    with plt.style.context(["default", style.STYLE | _SAVING]):  # whatever the user's own settings are
        if title:
            words = style.wrapped(title, style.WIDTH - 0.2, 11, "bold")
            ax.figure.suptitle(words, x=0.01, ha="left", fontsize=11, fontweight="bold", gid="title")
        if below:
            words = style.wrapped(below, style.WIDTH - 0.2, 8)
            ax.figure.supxlabel(words, x=0.01, ha="left", fontsize=8, color=style.QUIET)
            ax.figure.set_figheight(ax.figure.get_figheight() + 0.125 * (words.count("\n") + 1))  # a line of words
        ax.figure.draw_without_rendering()  # lets the layout settle around long labels
        ax.figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        ax.figure.savefig(pixels, format="png", dpi=300, metadata={"Software": None, "Description": told})
        ax.figure.savefig(shown, format="png", dpi=150, metadata={"Software": None})
    plt.close(ax.figure)
    svg = _CONTROL.sub("\ufffd", vector.getvalue())
    start = svg.index("<svg ") + 5
    end = svg.index(">", start) + 1
    title, told = (html.escape(_CONTROL.sub("\ufffd", text)) for text in (title, told))
    words = f"\n <title>{title}</title>\n <desc>{told}</desc>"
    svg = svg[:start] + 'role="img" ' + svg[start:end] + words + svg[end:]
    return {".svg": svg.encode(), ".png": pixels.getvalue()}, shown.getvalue()
