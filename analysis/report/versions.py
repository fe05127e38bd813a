"""Paragraphs beside their sources in the version before, with the edits marked: a page for each series of versions."""

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from analysis import lineage, provenance, survival, tables, tokens
from analysis.charts import style
from analysis.report import documents

_PAIR = ["document", "paragraph", "previous_document", "previous_paragraph"]
_GAP = 12  # characters: edits that are no farther apart are shown as one
_LONG, _CHANGED = 60, 300  # characters: a stretch that is longer is shortened to its first and last third


def pages(root, read, behind):
    """The pages of the series that charts of traced paragraphs have passages in, by path; and where each paragraph is.

    The second is document and key → the address of the paragraph beside its source, from the folder of figures; those
    that don't differ from their source are not there.
    """
    found, places = {}, {}
    traced = behind.dropna(subset="traced").sort_values("name", kind="stable").groupby("traced", sort=False)["document"]
    for number, ((collection, metadata, column), wanted) in enumerate(traced.agg(set).items(), start=1):
        texts = (provenance.collected(root, collection, metadata) if collection else read).texts
        texts = texts[texts["kind"] == "paragraph"]
        order = {name: own for name, own in survival.order(texts, column).items() if wanted & {*own}}
        for series, rows in _pairs(lineage.trace(texts, order), texts, wanted).groupby("series", sort=False):
            path = f"evidence/versions--{documents.coded([series])[0]}{f'--{number}' * (number > 1)}.html"
            keys = zip(rows["document"], rows["paragraph"], strict=True)
            places |= dict(zip(keys, f"{path}#" + rows["id"], strict=True))
            versions = [(name, own.to_dict("records")) for name, own in rows.groupby("title", sort=False)]
            found[path] = documents.page("versions.html", series=series, versions=versions, named=documents.named)
    return found, places


def marked(text, spans, tag):
    """A text with stretches of it marked; these, and what lies between them, are shortened where they are long."""
    text, pieces, last = tables.printable(text), [], 0
    for start, end in sorted(spans):
        if start < end:
            changed = Markup(f"<{tag}>%s</{tag}>") % _shortened(text[start:end], _CHANGED)
            pieces += [escape(_shortened(text[last:start], _LONG)), changed]
            last = end
    return Markup("").join([*pieces, escape(_shortened(text[last:], _LONG))])


def _pairs(traced, texts, wanted):
    """Paragraphs that differ from a source, one row for each, both with their edits marked."""
    rows = traced[traced["document"].isin(wanted) & (traced["similarity"] < 1)].dropna(subset=_PAIR)
    pairs, text_of = [*rows[_PAIR].itertuples(index=False, name=None)], texts.set_index(tokens.KEYS)["text"].to_dict()
    spans = {pair: ([], []) for pair in pairs}
    for edit in _joined(lineage.edits(rows, texts)).itertuples():
        before, after = spans[edit.document, edit.paragraph, edit.previous_document, edit.previous_paragraph]
        before.append((edit.previous_start, edit.previous_end))
        after.append((edit.start, edit.end))
    about = texts.drop_duplicates("document").set_index("document")
    title = about.get("symbol", about.index.to_series()) + ", " + about["date"]
    return rows.assign(
        before=pd.Series([marked(text_of[pair[2:]], spans[pair][0], "del") for pair in pairs], rows.index, object),
        after=pd.Series([marked(text_of[pair[:2]], spans[pair][1], "ins") for pair in pairs], rows.index, object),
        id=style.marks(rows, tokens.KEYS),
        again=rows.duplicated(tokens.KEYS),
        title=rows["document"].map(title) + ", beside " + rows["previous_document"].map(title),
    )


def _joined(edits):
    """The edits, those that nearly touch in both texts as one."""
    last = edits.groupby(_PAIR)[["end", "previous_end"]].shift()
    apart = np.maximum(edits["start"] - last["end"], edits["previous_start"] - last["previous_end"])
    ends = {"start": "first", "end": "last", "previous_start": "first", "previous_end": "last"}
    return edits.groupby((~(apart <= _GAP)).cumsum()).agg(dict.fromkeys(_PAIR, "first") | ends)


def _shortened(text, most):
    """The first and last words of what is longer."""
    if len(text) <= most:
        return text
    return f"{text[: most // 3].rpartition(' ')[0]} … {text[-(most // 3) :].partition(' ')[2]}"
