"""Documents as pages, with the passages that charts count in them; and versions, each beside the one before."""

import base64
import hashlib
import json
import unicodedata
import warnings
from collections import Counter, namedtuple
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import regex
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis import codebooks, lineage, patterns, provenance, survival, tables
from analysis.charts import style

_TEMPLATES = Path(__file__).parent / "templates"
_KEY = ["document", "paragraph"]
_NOT_NUMBERED = regex.compile(r"(heading|note|front matter|left over) |$")  # keys that are their own names
_QUOTED = 300  # characters of a passage in the list of documents
_PAIR = ["document", "paragraph", "previous_document", "previous_paragraph"]
_GAP = 12  # characters: edits that are no farther apart are shown as one
_LONG, _CHANGED = 60, 300  # characters: a stretch that is longer is shortened to its first and last third
_PAGES = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
_PAGES.trim_blocks = _PAGES.lstrip_blocks = True
_PAGES.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
_PAGES.filters["printable"] = tables.printable

# A place in a text that a pattern of a codebook matches, the number of its label, and why it does not count or None.
Hit = namedtuple("Hit", "start end number label reason")


def page(template, script=None, **values):
    """A page from its template: whatever the values hold is text, and no script runs but the one named."""
    code = (_TEMPLATES / script).read_text(encoding="utf-8") if script else ""
    allowed = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return _PAGES.get_template(template).render(script=Markup(code), allowed=allowed, **values)


def coded(names):
    """Names as ids that links can carry, spelled as `charts` spells marks: names that differ stay different."""
    return style.marks(pd.DataFrame({"name": list(names)}, dtype="str"), ["name"]).tolist()


def passages(folder, names, here):
    """The passages behind the marks of charts, each with its mark's words, labels and link, and its chart's codebook.

    A link leads to the page of a document where all passages of the mark are in one that is `here`, else to the list.
    """
    none = tables.empty("evidence").assign(figure="", name="", said="", codebook="", n=0)
    found = [none.assign(labels=None, traced=None, box=None)]
    for name, figure in zip(names, coded(names), strict=True):
        behind = tables.read(folder / f"{name}.evidence.csv", list(tables.columns("evidence")))
        try:
            contract = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            behind, rule = behind.astype({"start": "int64", "end": "int64"}), contract.get("evidence", {})
            traced = rule.get("kind") == "lineage" and (rule.get("collection"), rule.get("metadata"), rule["series"])
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{name}: its contract or evidence can't be read ({error}): run make figures.") from None
        by, several, mark = contract["by"], behind["document"].nunique() > 1, behind["mark"]
        drawn = tables.read(folder / f"{name}.csv", ["mark", *by]).set_index("mark").to_dict("index")
        times = mark.map(mark.value_counts())
        called = mark.map({one: _called(row, by, several) or one for one, row in drawn.items()}).fillna(mark)
        said = called + ": " + times.map(lambda n: f"{n:,} place{'s' if n > 1 else ''}")
        labels = mark.map({one: {row[column] for column in by} for one, row in drawn.items()})
        more = {"codebook": rule.get("codebook", ""), "traced": [traced or None] * len(behind)}
        more |= {"n": times, "labels": labels, "box": mark.map(contract.get("boxes", {}))}
        found.append(behind.assign(figure=figure, name=name, said=said, **more))
    found = pd.concat(found, ignore_index=True)
    alone = found.groupby(["figure", "mark"])["document"].transform("nunique") == 1
    pages = ("evidence/" + found["document"]).where(alone & found["document"].isin(here), "evidence")
    links = pages + ".html#" + found["figure"] + "/" + found["mark"]
    return found.assign(link=[quote(link, safe="/#~.-_") for link in links])


def pages(root, read, behind, elsewhere, titles, places):
    """The list of documents and the page of each, by their paths in the folder of figures; `titles` are the charts'.

    `places` are the addresses of paragraphs beside the version before (document and key → address).
    """
    left_over = "left over " + read.spans["start"].astype("str")  # the keys of what belongs to no text
    read = read._replace(spans=read.spans.assign(paragraph=read.spans["paragraph"].fillna(left_over)))
    blocks, note_marks, (labels, hits) = _blocks(read), _note_marks(read), _hits(root, read.paragraphs, behind)
    made = {"evidence.html": _entry_page(read, blocks, behind, elsewhere, titles, places)}
    here = _by_document(_placed(read, blocks, behind[behind["document"].isin(read.documents["document"])]))
    blocks = _by_document(blocks)
    for row in read.documents.itertuples():
        printed, own = blocks.get(row.document, []), here.get(row.document, [])
        made[f"evidence/{row.document}.html"] = _document_page(row, printed, own, hits, note_marks, labels, titles)
    return made


def _hits(root, paragraphs, behind):
    """The labels of the codebooks that charts name, numbered; and what they find in the charts' documents, by text."""
    labels, found = [], {}
    for path, rows in behind[behind["codebook"] != ""].groupby("codebook"):
        book = codebooks.load(root / path)
        number = {label: len(labels) + place for place, label in enumerate(book["label"].unique())}
        labels += [{"number": n, "codebook": path, "label": label} for label, n in number.items()]
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # the notebooks tell them
            hits = patterns.find(paragraphs[paragraphs["document"].isin(rows["document"])], book)
        for row in hits.fillna({"reason": "set aside"}).itertuples():
            hit = Hit(row.start, row.end, number[row.label], row.label, None if row.kept else row.reason)
            found.setdefault((row.document, row.paragraph), []).append(hit)
    return labels, found


def _blocks(read):
    """What is printed of the documents, one row each: texts and what was left over as they begin, notes last."""
    spans, whole = read.spans, read.documents.set_index("document")["text"]
    begins = spans.groupby(_KEY)["start"].min().reset_index()
    left = spans[spans["kind"] == "leftover"].rename(columns={"reason": "number"})
    left["text"] = [whole[row.document][row.start : row.end] for row in left.itertuples()]
    rows = pd.concat([read.texts.merge(begins, on=_KEY), left[[*_KEY, "kind", "number", "text", "start"]]])
    rows = rows.assign(last=rows["kind"] == "note").sort_values(["document", "last", "start"], kind="stable")
    rows["name"] = [named(key) for key in rows["paragraph"]]
    rows["back"] = [one if one != "~" else "" for one in coded(rows["mark_in"].fillna(""))]
    rows["number"] = rows["number"].fillna("")
    return rows.assign(id=coded(rows["paragraph"]), order=range(len(rows))).reset_index(drop=True)


def _placed(read, printed, behind):
    """Where in the documents' pages each passage is: the block, and the characters as a browser counts them.

    Passages outside the texts (numbers, markup) are in the block that they belong to; their words are a `sign`.
    """
    outside = behind[behind["paragraph"] == ""].drop(columns="paragraph").sort_values("start", kind="stable")
    outside = pd.merge_asof(outside, read.spans[[*_KEY, "start"]].sort_values("start"), on="start", by="document")
    inside = behind[behind["paragraph"] != ""].assign(sign=None)
    rows = pd.concat([inside, outside.assign(sign=outside["quote"].str[:200])], ignore_index=True)
    rows = rows.merge(printed[[*_KEY, "id", "order", "text"]], on=_KEY, how="left")
    size = rows["text"].str.len().where(rows["sign"].isna(), rows["end"])
    if (wrong := ~((rows["start"] >= 0) & (rows["start"] < rows["end"]) & (rows["end"] <= size))).any():
        row = rows[wrong].iloc[0]
        where = f"characters {row['start']} to {row['end']} of {row['paragraph']!r} in {row['document']}"
        raise ValueError(f"{row['name']}: mark {row['mark']!r} names {where}, which are not there: run make figures.")
    rows["begin"] = [units(text, place) for text, place in zip(rows["text"], rows["start"], strict=True)]
    rows["finish"] = [units(text, place) for text, place in zip(rows["text"], rows["end"], strict=True)]
    return rows.sort_values(["figure", "order", "start"], kind="stable", ignore_index=True)


def _document_page(document, rows, here, hits, note_marks, labels, titles):
    """The page of one document: its blocks, the labels it was searched for, the passages of each mark in it."""
    arriving, counts = {}, Counter()
    for anchor, key in {f"{row['figure']}/{row['mark']}": row["id"] for row in reversed(here)}.items():
        arriving.setdefault(key, []).append(anchor)  # without scripts a mark's link leads to its first passage
    for row in rows:
        key = document.document, row["paragraph"]
        counts.update((hit.number, hit.reason is None) for hit in hits.get(key, ()))
        row["html"] = highlighted(row["text"], hits.get(key, ()), note_marks.get(key, ()))
        row |= {"labels": sorted({hit.number for hit in hits.get(key, ())}), "arriving": arriving.get(row["id"], ())}
    labels = [one for one in labels if one["codebook"] in {row["codebook"] for row in here}]
    listed = [one | {"n": counts[one["number"], True], "aside": counts[one["number"], False]} for one in labels]
    front = [row for row in rows if row["kind"] == "front matter" and row["text"] in document.title]
    carried, rest = _carried(here, labels, titles), [row for row in rows if row not in front]
    return page("document.html", "reader.js", document=document, head=front, blocks=rest, labels=listed, data=carried)


def _entry_page(read, printed, behind, elsewhere, titles, places):
    """The list of documents, with all their words to be searched, and the way from each mark to its passages."""
    number = {name: i for i, name in enumerate(read.documents["document"])}
    marks, passages = {figure: {"title": titles[figure], "marks": {}} for figure in behind["figure"].unique()}, {}
    quotes = behind["quote"].where(behind["quote"].str.len() <= _QUOTED, behind["quote"].str[:_QUOTED] + "…")
    columns = behind[["figure", "mark", "said", *_KEY, "start", "end"]].assign(quote=quotes).astype(object)
    for figure, mark, said, document, key, start, end, quoted in columns.itertuples(index=False, name=None):
        _, here, away = marks[figure]["marks"].setdefault(mark, [said, Counter(), []])
        if document in number:
            here[number[document]] += 1
        else:
            one = document, named(key), start, end, quoted, places.get((document, key), "")
            away.append(passages.setdefault(one, len(passages)))
    away = behind.loc[~behind["document"].isin(number), ["document"]].drop_duplicates().merge(elsewhere, how="left")
    away = away.fillna({"title": away["document"], "source": ""}).groupby(["title", "source"])["document"].agg(list)
    groups = [{"title": title, "source": source, "documents": own} for (title, source), own in away.items()]
    words = [[number[row.document], row.id, row.name, row.text] for row in printed.itertuples(index=False)]
    known = {"groups": groups, "words": words, "data": marks, "passages": [*passages]}
    sizes = printed[printed["kind"] == "paragraph"]["document"].value_counts()
    return page("evidence.html", "reader.js", documents=read.documents.to_dict("records"), sizes=sizes, **known)


def _note_marks(read):
    """The marks of notes in the texts: (document, key) → places and links to the notes."""
    whole = read.documents.set_index("document")["text"]
    spans = read.spans.sort_values(["document", "start"])
    ends = spans["text_start"] + spans["end"] - spans["start"]
    spans["place"] = ends.groupby([spans[name] for name in _KEY]).ffill().fillna(0)
    spans, found = spans[(spans["kind"] == "note mark") & spans["points_to"].notna()], {}
    for row, note in zip(spans.itertuples(), coded(spans["points_to"]), strict=True):
        sign = whole[row.document][row.start : row.end]
        tag = "span" if unicodedata.normalize("NFKC", sign) != sign else "sup"  # ¹ is small enough as it is
        link = Markup('<{0} class="x"><a href="#{1}" aria-label="{2}">{3}</a></{0}>')
        link = link.format(tag, note, row.points_to, sign)
        found.setdefault((row.document, row.paragraph), []).append((row.place, link))
    return found


def highlighted(text, hits, insertions=()):
    """A text with its hits marked, which may overlap, and links put in; none of its own letters changes."""
    text, after = tables.printable(text), {}
    if not hits and not insertions:
        return escape(text)
    for place, inserted in insertions:
        after.setdefault(place, []).append(inserted)
    for hit in sorted(hits, key=lambda hit: (hit.end, hit.reason is not None, hit.start, hit.number)):
        after.setdefault(hit.end, []).append(_label(*hit[2:]))
    edges = sorted({0, len(text), *after, *(hit.start for hit in hits)})
    pieces = [*after.get(0, [])]
    for start, end in pairwise(edges):
        here = sorted((hit for hit in hits if hit.start <= start and end <= hit.end), key=lambda hit: hit[:3])
        counted = [hit for hit in here if hit.reason is None]
        piece = escape(text[start:end])
        for depth, hit in enumerate(counted or here):  # what any label counts is not struck through
            tag, kind = ("span", "m") if hit.reason is None else ("s", "m not")
            piece = Markup(f'<{tag} class="{kind} m{hit.number} d{min(depth, 3)}">{piece}</{tag}>')
        pieces += [piece, *after.get(end, [])]
    return Markup("").join(pieces)


def units(text, place):
    """Where a character stands for a browser, which counts some characters twice."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


@cache
def _label(number, label, reason):
    """What is drawn behind a hit."""
    kind, said = ("lab", label) if reason is None else ("why", f"[not counted as {label}: {reason}]")
    word = Markup('<span class="x {0} m{1}" dir="ltr" role="note" title="{2}" data-x="{2}"></span>')
    return word.format(kind, number, said)


def _called(row, by, several):
    """A mark in words: the values of the columns that name it."""
    words = row | {"token": row.get("form") or row.get("token", ""), "paragraph": named(row.get("paragraph", ""))}
    words |= {name: f"character {row[name]}" for name in ("start", "begins") if name in row}
    return ", ".join(words[name] for name in by if words[name] and (name != "document" or several))


def named(key):
    """What a text is called: ¶14, heading 4, note 3."""
    return key if _NOT_NUMBERED.match(key) else f"¶{key}"


def _by_document(table):
    """The rows of a table by document."""
    found = {}
    for row in table.astype(object).to_dict("records"):
        found.setdefault(row["document"], []).append(row)
    return found


def _carried(here, labels, titles):
    """The passages of the charts in one document: figure → mark → its words, how many, its labels, its places."""
    carried = {}
    for row in here:
        known = {one["label"]: one["number"] for one in labels if one["codebook"] == row["codebook"]}
        own = [number for label, number in known.items() if label in (row["labels"] or ())]
        chart = carried.setdefault(row["figure"], {"title": titles[row["figure"]], "on": [], "marks": {}})
        chart["on"] = sorted({*chart["on"], *(own or known.values())})
        *_, runs = chart["marks"].setdefault(row["mark"], [row["said"], row["n"], own, []])
        if not runs or runs[-1][0] != row["id"]:
            runs.append([row["id"]])
        runs[-1] += [row["sign"]] if isinstance(row["sign"], str) else [row["begin"], row["finish"]]
    return carried


def versions(root, read, behind):
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
            path = f"evidence/versions--{coded([series])[0]}{f'--{number}' * (number > 1)}.html"
            keys = zip(rows["document"], rows["paragraph"], strict=True)
            places |= dict(zip(keys, f"{path}#" + rows["id"], strict=True))
            compared = [(name, own.to_dict("records")) for name, own in rows.groupby("title", sort=False)]
            found[path] = page("versions.html", series=series, versions=compared, named=named)
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
    pairs, text_of = [*rows[_PAIR].itertuples(index=False, name=None)], texts.set_index(_KEY)["text"].to_dict()
    spans = {pair: ([], []) for pair in pairs}
    for edit in _joined(lineage.edits(rows, texts)).itertuples():
        before, after = spans[edit.document, edit.paragraph, edit.previous_document, edit.previous_paragraph]
        before.append((edit.previous_start, edit.previous_end))
        after.append((edit.start, edit.end))
    about = texts.drop_duplicates("document").set_index("document")
    title = about.get("symbol", about.index.to_series()) + ", " + about["date"]
    rows = rows.assign(id=style.marks(rows, _KEY), again=rows.duplicated(_KEY))
    rows["title"] = rows["document"].map(title) + ", beside " + rows["previous_document"].map(title)
    before = [marked(text_of[pair[2:]], spans[pair][0], "del") for pair in pairs]
    after = [marked(text_of[pair[:2]], spans[pair][1], "ins") for pair in pairs]
    return rows.assign(**pd.DataFrame({"before": before, "after": after}, rows.index, dtype=object))


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
