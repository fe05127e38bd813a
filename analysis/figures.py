"""A chart → its picture, its table, its passages and its contract; the same bytes every time."""

import html
import io
import json
import os
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import regex
from matplotlib.axes import Axes

from analysis import __version__, provenance, tables
from analysis.charts import style
from analysis.corpus import elsewhere
from analysis.tokens import as_token

SUFFIXES = (".svg", ".png", ".csv", ".evidence.csv", ".json")  # of the files that `save` always writes
_SAVING = {"svg.hashsalt": "analysis", "savefig.facecolor": "white", "pdf.fonttype": 42}


def save(
    ax, name, *, evidence=None, title="", corpus=None, codebook=None, collection=None, metadata=None,
    source=None, below=None, alt=None, pdf=None, drop=None, words=None, coding=None, series=None, totals=None,
    formulas=None, counts=None, column=None, within=None, folder="../figures",
):  # fmt: skip
    """Write a chart, the table it draws, the passages behind each mark, and the contract by which `verify` checks them.

    **What you usually give:** `ax`, a chart from `charts`; `name`, that of its files, without a folder. `evidence`, all
    rows that were counted (tokens, hits, paragraphs); rows of no mark do no harm. `title`, your sentence. `corpus`,
    from `corpus.read`, to quote from. `codebook`, its file, if hits are counted. For documents that are not in
    ``data/documents``, `collection` (the folder, archive or table read), with its `metadata`.

    **Rarely:** `source` names the documents below the chart; `below` and `alt` replace what the chart says of itself;
    `pdf` is a width in millimetres (a column has about 85, a page 178), and writes NAME.pdf too. What the marks depend
    on is named by its file: `drop` (words left out before the first by n were taken), `words` (a table whose first
    column names the marks, with a column `word`), `coding` (a sheet; with `counts`, a table of `assigned` themes, where
    the column `only` shows who gave a theme). `series` is the column of versions traced. `totals` are columns to be
    counted again, with what is counted and within which columns: ``{"all": ["words", ["section"]]}`` (words, paragraphs
    or passages), of versions ``{"percent": ["survival", ["series", "renewals"]]}`` (a table of `survival` and its keys;
    or `wordings`). `formulas` say what a column is computed from: ``{"percent": "100 * n / paragraphs"}``.

    **Only for documents elsewhere:** `counts` is a table with one row per document: `document`, `characters`, and what
    was counted. A document is a passage of the mark where its `column` is above 0. `within` (column of the chart → of
    `counts`) says what periods are made of: all rows of the evidence tell it, kept or not. `totals` sum columns of
    `counts`: ``{"words": "words"}``, ``"1"`` its rows, ``"{concept}"`` the column that a mark's `concept` names.

    Evidence has the columns that name a mark (the chart's `by`; compared as text), `document` and `paragraph`. Rows
    whose `kept` or `assigned` is false count only where the chart draws that column. A row without `start` and `end` is
    its whole text. A mark must have `n` passages (1 if the table has no `n`). Without `corpus`, a row's own `match`,
    `form` or `text` is quoted. A chart of your own matplotlib code is saved as a picture; its marks are not checked.

    Writes NAME.svg (each mark's name as id), .png, .csv, .evidence.csv and .json into `folder`; nothing if anything is
    wrong. Gives what a notebook shows: the chart, and by a click on a mark its passages.

    >>> from analysis import charts
    >>> row = pd.DataFrame({"document": "un", "paragraph": ["1"], "start": 0, "end": 3, "form": "war", "token": "war"})
    >>> ax = charts.bars(pd.DataFrame({"token": ["war"], "n": [2]}), x="n", y="token")
    >>> save(ax, "war", evidence=row)
    Traceback (most recent call last):
    ValueError: war: mark 'war': n differs: 2 drawn, 1 in the evidence. Give as evidence the rows that were
    counted, filtered alike.
    """
    if not isinstance(ax, Axes) or ax.get_figure(root=True) is None:
        raise TypeError(f"{name}: ax should be Axes in a figure, from a function of charts; found {type(ax).__name__}.")
    if not name or Path(name).name != name:
        raise ValueError(f"name {name!r} should be that of a file, without a folder (folder=) and an ending.")
    drawn, folder = getattr(ax, "drawn", None), Path(folder)
    if drawn is None:
        contract, files, told = {"checked": False}, {}, alt or title
    else:
        n = drawn.table["n"].convert_dtypes() if "n" in drawn.table else 1  # 3.0 is 3
        table = tables.check(drawn.table.assign(n=n), "marks")
        rows = _rows(name, drawn, evidence)
        behind = _passages(name, table, provenance.counting(rows, table), corpus)
        ids = [artist.get_gid() for artist in ax.figure.findobj(lambda artist: artist.get_gid() is not None)]
        for mark, problem, detail in provenance.disagreements(table, behind, ids):
            cure = " Give as evidence the rows that were counted, filtered alike." * (problem == "n differs")
            raise ValueError(f"{name}: mark {mark!r}: {problem}" + (f": {detail}." if detail else ".") + cure)
        paths = {"drop": drop, "words": words, "codebook": codebook, "coding": coding, "counts": counts}
        paths |= {"collection": collection, "metadata": metadata}
        if lost := [f"{key}={path}" for key, path in paths.items() if path and not Path(path).exists()]:
            raise FileNotFoundError(f"{name}: there is no {', '.join(lost)}, seen from {Path.cwd()}.")
        given = {key: Path(os.path.relpath(path, folder.parent)).as_posix() for key, path in paths.items() if path}
        given |= {"column": column, "within": within, "totals": totals, "formulas": formulas, "series": series}
        given = {key: value for key, value in given.items() if value}
        contract = provenance.declared(drawn, table, rows, corpus, given)
        files = {".csv": tables.figure_csv(table), ".evidence.csv": tables.figure_csv(behind)}
        source = source or _documents(behind, corpus)
        told = alt or f"{title}. {drawn.says}".strip(". ") + "."
        below = below or drawn.below
        if made := _switches(rows):
            contract["evidence"]["tokenize"] = made
            below += f"\nWords are counted with {', '.join(f'{name}={value!r}' for name, value in made.items())}."
    below = "\n".join(filter(None, [below, source and f"Source: {source}."]))
    texts = map(tables.printable, (title, below, told))
    pictures, shown, boxes = _pictures(ax.get_figure(root=True), *texts, pdf)
    contract |= {"boxes": boxes} if drawn else {}
    files |= pictures | {".json": (json.dumps(contract, indent=1, ensure_ascii=False) + "\n").encode()}
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in files.items():
        tables.write_bytes(folder / (name + suffix), content)
    from analysis.report import svg  # the pages' machinery, where something is drawn

    return svg.shown(shown, tables.printable(told), name, drawn and folder, corpus)


def methods(name, *, folder="../figures"):
    """One paragraph of plain text for a paper: what a figure counts, in which documents, and by which rule.

    It says how many marks and passages there are; the documents and their dates, where they are known (`date`, else
    `year`); what counts, by the contract (NAME.json), with the checksum of each file that it names; what totals count,
    the formulas, how many marks have which interval or test; the versions of the packages; and that nobody is known to
    have validated it. Measures are named with their variant as the data dictionary has them, by the columns' names.
    Kept beside the figure as NAME.methods.txt, it is derived again by `verify`.

    Raises ValueError if the figure has no marks, or it or its data are not those that ``manifest.json`` lists: after a
    change there is no paragraph until `make figures` has drawn the figure again.

    >>> methods("08-concepts-by-section", folder="figures")[:99]
    'The figure 08-concepts-by-section has 36 marks, one for each section and label. Behind them are 16 '
    """
    folder = Path(folder)
    notebooks, versions = provenance.manifest(folder)
    data, files = next((one for one in notebooks.values() if f"{name}.json" in one[1]), ({}, {}))
    made = {"its notebook": (data, {file: of for file, of in files.items() if provenance.figure_of(file) == name})}
    for _, _, problem, detail in provenance.changed(folder, folder.parent / "data", made):
        raise ValueError(f"{name}: {problem}: {detail}: run make figures.")
    if not files:
        raise ValueError(f"{name} is not in the manifest of {folder}: run make figures.")
    contract = json.loads(tables.decoded(folder / f"{name}.json"))
    if contract.get("checked") is False:
        raise ValueError(f"{name} was drawn without marks: what it counts is not known. Draw it with charts.")
    drawn, behind = (tables.read(folder / (name + end), ["mark"]) for end in (".csv", ".evidence.csv"))
    rule = contract["evidence"]
    files = [rule[key] for key in ("codebook", "coding", "counts", "words", "drop") if str(rule.get(key)) in data]
    computed = [f"{column} = {_total(what)}" for column, what in contract["totals"].items()]
    computed += [f"{column} = {formula}" for column, formula in contract["formulas"].items()]
    given = {*contract["formulas"], *contract["totals"], *(["low", "high"] if "interval" in drawn else [])}
    numbers = {one for rules in tables.columns().values() for one in rules if rules[one]["kind"] == "number"}
    untold = [column for column in drawn if column in numbers - given]
    by = [column for column in ("interval", "test") if column in drawn]
    packages = ", ".join(f"{package} {version}" for package, version in versions.items()) or "unknown versions"
    told = [
        f"The figure {name} has {len(drawn):,} marks, one for each {' and '.join(contract['by'])}",
        f"Behind them are {len(behind):,} passages of {_dated(_sources(contract, folder.parent))}",
        f"What counts: {provenance.said(contract | {'documents': []})}; in texts of the kind {', '.join(rule['texts'])}",
        *(f"The SHA-256 checksum of {file} is {data[file]}" for file in files),
        "tokenize" in rule and f"Words are counted with {rule['tokenize']}",
        computed and f"Computed were {'; '.join(computed)}",
        *(f"The {one} of {n:,} marks is {value}" for one in by for value, n in drawn[one].value_counts().items()),
        untold and f"How {', '.join(untold)} were computed the figure's code tells{_by_name(untold, drawn)}",
        f"The figure was drawn with {packages}; this paragraph was written by analysis {__version__}",
        f"Nothing records that a person has validated {' and '.join([*files, 'the passages found'])}",
    ]
    return ". ".join(filter(None, told)) + "."


def _sources(contract, root):
    """The documents that a figure counts in, one row each, with their names and what else is known of them."""
    rule = contract["evidence"]
    if "counts" in rule:
        listed = tables.read(root / rule["counts"], ["document"]).drop_duplicates("document")
        named = elsewhere(root / "data").rename(columns={"title": "name"})[["document", "name"]]
        return listed.filter(["document", "date", "year"]).merge(named, how="left").fillna({"name": "not named"})
    path, about = rule.get("collection", "data/documents"), rule.get("metadata")
    documents = provenance.read(root / path, about and root / about).documents
    return documents[documents["document"].isin(contract["documents"])]


def _dated(documents):
    """Documents in words: how many, which, if they are few, and of when."""
    names = documents["name"].unique()
    what = f"{len(documents):,} document{'s' * (len(documents) != 1)}" + f" ({'; '.join(names)})" * (len(names) <= 3)
    for column in [column for column in ("date", "year") if column in documents]:
        dates = tables.as_text(documents[column])
        if (known := dates[dates != ""]).any():
            undated = f", {len(dates) - len(known):,} without" * (len(known) < len(dates))
            return f"{what}; {column}: {' to '.join(dict.fromkeys([known.min(), known.max()]))}{undated}"
    return f"{what}; no dates are known"


def _total(what):
    """What a total counts, in words."""
    if isinstance(what, str):
        return f"the column {what} of the counts" if what != "1" else "the rows of the counts"
    return f"{what[0]}{' in each ' * bool(what[1])}{' and '.join(what[1])}"


def _by_name(columns, drawn):
    """What columns of these names hold in the table of the dictionary that is most like the chart's, if one has all."""
    known = [table for table, rules in tables.columns().items() if set(columns) <= set(rules)]
    if not known:
        return ", not the contract"
    table = max(known, key=lambda table: len(set(tables.columns(table)) & set(drawn)))
    meanings = [f"{column}: {tables.columns(table)[column]['meaning']}" for column in columns]
    return f"; under these names the table `{table}` of the data dictionary has {'; '.join(meanings)}"


def _rows(name, drawn, evidence):
    """The rows of the evidence, each with the mark it belongs to."""
    rows = pd.DataFrame(columns=[*drawn.by, *provenance.PLACE, "text"]) if evidence is None else evidence
    missing = [column for column in [*drawn.by, "document", "paragraph"] if column not in rows.columns]
    if missing:
        raise ValueError(f"{name}: evidence lacks the columns {missing}, which name the marks or their place.")
    return rows.assign(mark=style.marks(rows, drawn.by))


def _switches(rows):
    """How `tokenize` made the running words of an evidence, where not by its defaults; empty for other rows."""
    if not {"form", "token"} <= {*rows} or "n_words" in rows:
        return {}
    forms = rows[["form", "token"]].drop_duplicates().astype("str").values.tolist()
    for made in ({}, {"language": "other"}, {"acronyms": True}, {"language": "other", "acronyms": True}):
        if all(as_token(form, **made) == token for form, token in forms):
            return made
    return {}


def _passages(name, table, rows, corpus):
    """The table `evidence`: the passages behind the chart's marks, in their order, each with its words."""
    rows = table[["mark"]].merge(rows, on="mark")
    if not {"start", "end"} <= set(rows):
        if not {"characters", "text"} & set(rows):
            raise ValueError(f"{name}: the evidence has no start and end, nor a text (or characters); add one.")
        rows = rows.assign(start=0, end=rows["characters"] if "characters" in rows else rows["text"].str.len())
    rows = rows.astype(dict.fromkeys(["document", "paragraph"], "str")).fillna({"paragraph": ""})
    given = next((column for column in ("match", "form", "text") if column in rows), None)
    if corpus is not None:
        texts, places = provenance.text_of(corpus), rows[provenance.PLACE].itertuples(index=False)
        quotes = [texts.get((document, paragraph), "")[start:end] for document, paragraph, start, end in places]
        had = rows[given] if given in ("match", "form") else quotes
        for mark, one, quote in zip(rows["mark"], had, quotes, strict=True):
            if one != quote:
                raise ValueError(f"{name}: mark {mark!r}: {one!r} is {quote!r} in corpus; give rows of its texts.")
    elif given:
        quotes = rows[given].astype("str")
    elif "characters" in rows:  # of documents elsewhere
        quotes = ""
    else:
        raise ValueError(f"{name}: the evidence has no words to quote (match, form, text); pass corpus=.")
    rows = rows.assign(quote=quotes, start=rows["start"].convert_dtypes(), end=rows["end"].convert_dtypes())
    return tables.check(rows[["mark", *provenance.PLACE, "quote"]], "evidence")


def _documents(behind, corpus):
    """The documents of the corpus, or those that passages lie in: by their names, one alone with its file."""
    found = list(dict.fromkeys((behind if corpus is None else corpus.documents)["document"]))
    if len(found) > 3:
        return f"{len(found):,} documents"
    known = {} if corpus is None else corpus.documents.set_index("document")[["name", "source"]].T.to_dict()
    names = [textwrap.shorten(known[name]["name"] if name in known else name, 60, placeholder=" …") for name in found]
    return f"{names[0]} ({known[found[0]]['source']})" if len(found) == 1 and found[0] in known else ", ".join(names)


@plt.style.context(["default", style.STYLE | _SAVING])  # whatever the user's own settings are
def _pictures(figure, title, below, told, pdf):
    """The chart as SVG, PNG and, if so many millimetres are asked for, PDF; and smaller for the notebook to show."""
    height = _worded(figure, title, below)
    svg, boxes = _saved(figure, io.StringIO(), "svg", Date=None, Creator=None), _boxes(figure)
    before, attributes, after = regex.split("<svg (.*?>)", tables.printable(svg), maxsplit=1, flags=regex.DOTALL)
    words = f"\n <title>{html.escape(title)}</title>\n <desc>{html.escape(told)}</desc>"
    files = {".svg": f'{before}<svg role="img" {attributes}{words}{after}'.encode()}
    files[".png"] = _saved(figure, io.BytesIO(), "png", 300, Software=None, Description=told)
    shown = _saved(figure, io.BytesIO(), "png", 150, Software=None)
    if pdf:
        figure.set_size_inches(pdf / 25.4, height)
        _worded(figure, title, below)
        files[".pdf"] = _saved(figure, io.BytesIO(), "pdf", CreationDate=None, Creator=None, Producer=None)
    plt.close(figure)
    return files, shown, boxes


def _saved(figure, file, kind, dpi="figure", **metadata):
    figure.savefig(file, format=kind, dpi=dpi, metadata=metadata)
    return file.getvalue()


def _boxes(figure):
    """Where each mark is drawn: left, top, width and height in points, as the SVG counts them."""
    point, boxes = 72 / figure.dpi, {}
    for artist in figure.findobj(lambda artist: "_" not in (artist.get_gid() or "_")):
        (left, bottom), (right, top) = artist.get_window_extent().get_points() * point
        sizes = left, 72 * figure.get_figheight() - top, right - left, top - bottom
        boxes[artist.get_gid()] = " ".join(f"{size:.1f}" for size in sizes)
    return boxes


def _worded(figure, title, below):
    """Write title and words around a chart as wide as it is; its height before."""
    height, width = figure.get_figheight(), figure.get_figwidth() - 0.2
    if title:
        words = style.wrapped(title, width, 11, "bold")
        figure.suptitle(words, x=0.01, ha="left", fontsize=11, fontweight="bold", gid="chart_title")
    if below:
        words = style.wrapped(below, width, 8)
        figure.supxlabel(words, x=0.01, ha="left", fontsize=8, color=style.QUIET, gid="chart_below")
        figure.set_figheight(height + 0.125 * (words.count("\n") + 1))  # a line of words
    if engine := figure.get_layout_engine():
        engine.execute(figure)  # lets the layout settle around long labels
    return height
