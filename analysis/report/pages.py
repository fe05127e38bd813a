"""The pages: the gallery of charts, the evidence reader, and a notebook to be read offline."""

from itertools import zip_longest
from pathlib import Path

import pandas as pd
import regex
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.report import anchors, passages, vector
from analysis.report.highlighting import highlighted, printable
from analysis.report.layout import documents, note_marks

_ADDRESS = r"(https?://(?:[^\s;,<>\"'()]|\([^\s;,<>\"'()]*\))*(?:[^\s;,<>\"'.()]|\([^\s;,<>\"'()]*\)))"
_RUN = 25  # paragraphs that a browser lays out at once
_CAPTIONS = ["figure", "notebook", "question", "answer", "caption", "shown", "limits", "data"]
_HUES, _LINES = 6, 5  # colours and kinds of line that tell labels apart: see style.css


def gallery(charts, evidence, captions):
    """A page with every chart, its marks leading to the passages they count.

    Parameters
    ----------
    charts : DataFrame
        `figure`, `title`, `alt`, `svg`, as `sources.charts` reads them.
    evidence : DataFrame
        `figure`, `mark`, `name`, one row per passage, as `sources.evidence` reads
        it.
    captions : DataFrame
        `figure`, `notebook`, `question`, `answer`, `caption`, `shown`, `limits`,
        `data`, as `sources.captions` reads them.

    Returns
    -------
    str
        HTML that fetches nothing: charts, styles and all are inside. It expects
        the files of the charts beside it, and the reader as ``evidence.html``.

    Raises
    ------
    ValueError
        If columns are missing, a chart has no row in `captions`, or an SVG
        holds what is no drawing.

    Examples
    --------
    >>> from analysis.report import sources
    >>> charts = sources.charts("figures", ["02-silences.svg"])
    >>> evidence = sources.evidence("figures", ["02-silences.evidence.csv"])
    >>> page = gallery(charts, evidence, sources.captions("notebooks", {"02-what-it-dwells-on.ipynb": []}))
    >>> page.count("<svg"), page.count('<a class="mark"')
    (1, 2)
    """
    missing = sorted(set(charts["figure"]) - set(captions["figure"]))
    if missing:
        raise ValueError(f"captions has no row for the figure {missing[0]!r}.")
    behind = {figure: dict(list(rows.groupby("mark", sort=False))) for figure, rows in evidence.groupby("figure")}
    shown = captions.merge(charts, on="figure", validate="one_to_one")
    groups = []
    for row in shown.to_dict("records"):
        if not groups or groups[-1]["notebook"] != row["notebook"]:
            group = {"notebook": row["notebook"], "question": row["question"], "charts": []}
            groups.append(group | {name: Markup(row[name]) for name in ("answer", "limits")})
        here = behind.get(row["figure"], {})
        links = {mark: _link(row["figure"], mark, rows) for mark, rows in here.items()}
        groups[-1]["charts"].append(
            row
            | {
                "svg": Markup(vector.inline(row["svg"], row["figure"], links)),
                "links": len(links),
                "data": [path for path in row["data"].split("\n") if path],
                "caption": Markup(row["caption"]),
                "shown": Markup(row["shown"]),
            }
        )
    return _page("gallery.html", groups=groups)


def reader(read, hits, labels, evidence, elsewhere, charts):
    """A page with the documents, paragraph by paragraph, and the passages behind each mark.

    Parameters
    ----------
    read : Corpus
        The documents, from `corpus.read`.
    hits : DataFrame
        What to highlight, from `patterns.find`, with `codebook` (its name) as
        a further column: `document`, `paragraph`, `label`, `start`, `end`,
        `kept`, `reason`.
    labels : DataFrame
        `codebook`, `label`: all that were looked for, whether found or not, in
        the order to list them.
    evidence : DataFrame
        `figure`, `mark`, `name`, `document`, `paragraph`, `start`, `end`.
    elsewhere : DataFrame
        `document`, `title`, `source` of documents that evidence points to and
        that are not printed here, from `corpus.elsewhere`.
    charts : DataFrame
        `figure`, `title`.

    Returns
    -------
    str
        HTML that fetches nothing. Paragraphs have the anchors of
        `anchors.of_paragraph`, the passages of a mark those of
        `anchors.of_mark`.

    Raises
    ------
    ValueError
        If columns are missing, a hit has a label that is not listed, or a
        passage is not in its document.

    Examples
    --------
    >>> from analysis import corpus, patterns
    >>> from analysis.report import sources
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> hits = patterns.find(workshop.paragraphs, "peace").assign(codebook="mine")
    >>> where = corpus.elsewhere("data")
    >>> labels = hits[["codebook", "label"]].drop_duplicates()
    >>> evidence = sources.evidence("figures", ["02-silences.evidence.csv"])
    >>> page = reader(workshop, hits, labels, evidence, where, sources.charts("figures", ["02-silences.svg"]))
    >>> 'id="cairo-workshop-2016-14"' in page and 'id="02-silences/Terrorism"' in page
    True
    """
    columns = ["document", "paragraph", "label", "codebook", "start", "end", "kept", "reason"]
    printed = documents(read)
    places = _in_reading_order(passages.placed(read, evidence), printed)
    labels, numbers = _labels(hits, labels)
    of_paragraph = {}
    for row in hits[columns].itertuples():
        number = numbers[row.codebook, row.label]
        reason = None if row.kept else row.reason if isinstance(row.reason, str) else "set aside"
        hit = (row.start, row.end, number, labels[number]["short"], row.label, reason)
        of_paragraph.setdefault((row.document, row.paragraph), []).append(hit)
    arriving = _arriving(places)
    for document in printed:
        document["head"] = _head(document)
        document["runs"] = _runs(document["parts"][document["head"] :])
        for part in document["parts"]:
            inside = [part["anchor"], part.get("number_anchor"), *(mark["anchor"] for mark in part.get("marks", ()))]
            part["arriving"] = [mark for anchor in inside for mark in arriving.get(anchor, ())]
            if part["kind"] == "paragraph":
                found = of_paragraph.get((document["document"], part["paragraph"]), [])
                part["html"] = highlighted(part["text"], found, note_marks(document["document"], part))
                part["labels"] = sorted({one[2] for one in found})
            else:
                part["html"] = printable(part["text"])
        for note in document["notes"]:
            note["arriving"] = [mark for name in ("anchor", "label_anchor") for mark in arriving.get(note[name], ())]
    title_of = dict(zip(charts["figure"], charts["title"], strict=True))
    return _page(
        "reader.html",
        documents=printed,
        labels=labels,
        arriving=arriving,
        elsewhere=_elsewhere(places, elsewhere),
        figures=[
            {
                "figure": figure,
                "key": anchors.of_figure(figure),
                "title": title_of.get(figure, figure),
                "passages": passages.compact(rows),
            }
            for figure, rows in places.groupby("figure", sort=True)
        ],
    )


def notebook(title, body):
    """A notebook as a page that fetches nothing.

    Parameters
    ----------
    title : str
        What it asks.
    body : str
        The notebook's cells as HTML, from nbconvert's template ``basic``.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<h1>Why?</h1>" in notebook("Why?", "<h1>Why?</h1>")
    True
    """
    # what may be wider than the page can be pushed sideways by keyboard as well
    body = body.replace("<pre>", '<pre tabindex="0">').replace(
        '<div class="output">', '<div class="output" tabindex="0">'
    )
    return _page("notebook.html", title=title, body=Markup(body))


def _link(figure, mark, rows):
    """Where a mark leads, and its words."""
    return anchors.link(anchors.of_mark(figure, mark), "evidence.html"), passages.said(rows)


def _page(template, **values):
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    environment.filters |= {"link": anchors.link, "printable": printable, "linked": _linked}
    return environment.get_template(template).render(hues=_HUES, lines=_LINES, **values)


def _linked(text):
    """A text with its web addresses as links; no other address is made one."""
    pieces = regex.split(_ADDRESS, printable(text))
    links = [Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(piece) for piece in pieces[1::2]]
    return Markup("").join(one for pair in zip_longest(pieces[::2], links, fillvalue="") for one in pair)


def _labels(hits, labels):
    """The labels to choose from, each with its short name, colour and kind of line, and how often it was found."""
    counts = hits.groupby(["codebook", "label"])["kept"].agg(["sum", "size"])
    strange = sorted(set(counts.index) - set(zip(labels["codebook"], labels["label"], strict=True)))
    if strange:
        raise ValueError(f"hits has the label {strange[0][1]!r} of the codebook {strange[0][0]!r}, which labels lacks.")
    listed, numbers, taken = [], {}, set()
    for number, (codebook, label) in enumerate(labels[["codebook", "label"]].itertuples(index=False, name=None)):
        n, found = counts.loc[codebook, label] if (codebook, label) in counts.index else (0, 0)
        short = "".join(word[0] for word in regex.findall(r"[\p{L}\p{N}]+", label)).upper()[:3] or "?"
        short = next(
            name for name in [short, *(f"{short}·{i}" for i in range(2, len(labels) + 3))] if name not in taken
        )
        taken.add(short)
        numbers[codebook, label] = number
        listed.append(
            {
                "number": number,
                "label": label,
                "codebook": codebook,
                "short": short,
                "n": int(n),
                "aside": int(found - n),
            }
        )
    return listed, numbers


def _in_reading_order(places, printed):
    """Passages as a reader meets them: in the order of the documents, then those that are only listed."""
    order = {}
    for document in printed:
        for part in document["parts"]:
            for anchor in [
                part.get("number_anchor"),
                part["anchor"],
                *(mark["anchor"] for mark in part.get("marks", ())),
            ]:
                order.setdefault(anchor, len(order))
        for note in document["notes"]:
            order |= {note["label_anchor"]: len(order), note["anchor"]: len(order) + 1}
    number = pd.to_numeric(places["paragraph"].where(~places["here"]), errors="coerce")
    keyed = places.assign(order=places["anchor"].map(order), number=number)
    elsewhere = places["document"].where(~places["here"], "")
    return keyed.assign(elsewhere=elsewhere).sort_values(
        ["figure", "order", "elsewhere", "number", "paragraph", "begin", "start"], kind="stable", ignore_index=True
    )


def _head(document):
    """How many of the first lines are the document's title: they are printed once."""
    words = []
    for number, part in enumerate(document["parts"], start=1):
        if part["kind"] not in ("front matter", "heading"):
            break
        words += part["text"].split()
        if words == document["title"].split():
            return number
    return 0


def _runs(parts):
    """The parts in runs that a browser can leave aside until they are scrolled to, with a guess at their lines."""
    return [
        {"parts": parts[i : i + _RUN], "lines": sum(len(part["text"]) // 66 + 2 for part in parts[i : i + _RUN])}
        for i in range(0, len(parts), _RUN)
    ]


def _arriving(places):
    """Anchor → marks whose first passage is there: without scripts, their links lead to it."""
    arriving = {}
    for row in places.drop_duplicates(["figure", "mark"]).itertuples():
        arriving.setdefault(row.anchor, []).append(anchors.of_mark(row.figure, row.mark))
    return arriving


def _elsewhere(places, elsewhere):
    """The documents that are not printed, those of a collection together, and the passages that evidence has in them."""
    listed = places[~places["here"]].drop_duplicates("anchor").merge(elsewhere, on="document", how="left")
    listed = listed.fillna({"title": listed["document"], "source": ""})
    listed = listed.sort_values(["document", "number", "paragraph", "start"], kind="stable")
    return [
        {
            "title": title,
            "source": source,
            "several": rows["document"].nunique() > 1,
            "passages": rows.to_dict("records"),
        }
        for (title, source), rows in listed.groupby(["title", "source"], sort=True)
    ]
