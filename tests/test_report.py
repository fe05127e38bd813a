"""The pages: every mark leads to its passages, whatever the documents hold, and nothing in them runs or is fetched."""

import html
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from analysis import charts, corpus, figures, patterns, report, svg_shapes
from analysis.report import anchors, highlighting, names, pages, passages, sources, targets, vector
from tests.conftest import FIGURES, ROOT, SHIPPED, files_of_ones_own

HOSTILE = """A "Title" & <b>more</b>

## Costs <img src=x onerror=alert(1)>

1. He said </p>\\<script>alert("peace")\\</script> & 'peace' costs $\\frac{1}{2}$ {{ 7 * 7 }} {% raw %}.

2. السلام والأمن في العالم العربي، peace.

3. 😀😀 peace 😀 and peace¹.

¹ A note \\</script><!-- on war.
"""
EVIDENCE = ["figure", "mark", "name", "document", "paragraph", "start", "end"]


class Page(HTMLParser):
    """Ids, links and tags of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags, self.sources = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found and tag == "a" else []
        self.sources += [found[name] for name in ("src", "srcset", "data", "poster", "action") if name in found]
        self.sources += [found["href"]] if "href" in found and tag != "a" else []


@pytest.fixture(scope="module")
def gallery(project):
    return (project / "figures" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reader(project):
    return (project / "figures" / "evidence.html").read_text(encoding="utf-8")


def rows(*found):
    """Evidence; a mark's name is the mark."""
    return pd.DataFrame([[*one[:2], one[1], *one[2:]] for one in found], columns=EVIDENCE)


def read_page(read, evidence=None, hits=None):
    """The reader of documents of our own."""
    evidence = rows() if evidence is None else evidence
    hits = (patterns.find(read.paragraphs, "peace") if hits is None else hits).assign(codebook="mine")
    titles = pd.DataFrame({"figure": evidence["figure"].unique(), "title": "A chart"})
    return report.reader(
        read, hits, hits[["codebook", "label"]].drop_duplicates(), evidence, corpus.elsewhere("none"), titles
    )


def carried(page):
    """The passages a page carries, by mark."""
    found = {}
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S):
        found |= json.loads(block)
    return found


def text_of(markup):
    """What is left of HTML without tags and what the page adds."""
    bare = re.sub(r'<(sup|span) class="x.*?</\1>', "", markup, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", "", bare))


# The project's own pages


def test_committed_pages_are_up_to_date(project):
    if files_of_ones_own():
        pytest.skip(f"NOT RUN: the pages hold what is your own, {files_of_ones_own()}")
    for name in ("index.html", "evidence.html"):
        same = (ROOT / "figures" / name).read_bytes() == (project / "figures" / name).read_bytes()
        assert same, f"figures/{name} is not what would be written now: run make figures"


def test_every_mark_that_counts_is_a_link_and_no_other(gallery, reader):
    tables = [ROOT / "figures" / name for name in FIGURES if name.endswith(".csv")]
    drawn = {path.stem: pd.read_csv(path, dtype={"mark": "str"}) for path in tables}
    counted = {
        anchors.of_mark(figure, mark)
        for figure, table in drawn.items()
        if not figure.endswith(".evidence")
        for mark in table.loc[table["n"] > 0, "mark"]
    }
    linked = [link.partition("#")[2] for link in Page(gallery).links if link.startswith("evidence.html#")]
    assert sorted(map(unquote, linked)) == sorted(counted)
    assert counted <= set(Page(reader).ids)


def test_the_words_of_a_mark_say_how_many_passages_it_counts(gallery):
    assert 'aria-label="Terrorism: 4 places"' in gallery
    assert 'aria-label="conflict resolution, ¶5, character 274: 1 place"' in gallery


def test_ids_are_unique_and_links_within_the_pages_lead_somewhere(gallery, reader):
    for page, other in ((gallery, reader), (reader, gallery)):
        found = Page(page)
        assert len(found.ids) == len(set(found.ids))
        targets = {"": set(found.ids), "index.html": set(Page(other).ids), "evidence.html": set(Page(other).ids)}
        for link in found.links:
            file, _, anchor = link.partition("#")
            assert not anchor or unquote(anchor) in targets[file], link


def test_files_that_the_gallery_links_are_there(gallery):
    for link in {link.partition("#")[0] for link in Page(gallery).links} - {"", "evidence.html"}:
        assert link.startswith("notebooks/") or (ROOT / "figures" / link).exists(), link
        assert not link.startswith("http")


def test_nothing_is_fetched(gallery, reader):
    for page in (gallery, reader):
        assert set(Page(page).sources) <= {"data:,"} | {s for s in Page(page).sources if s.startswith("#")}
        assert not re.search(r"@import|url\((?!#)", page)
        assert "default-src 'none'" in page


def test_references_inside_charts_are_to_their_own_ids(gallery):
    ids = set(Page(gallery).ids)
    inside = re.findall(r'url\(#([^)]+)\)|<use[^>]* href="#([^"]+)"', gallery)
    assert inside and all((one or other) in ids for one, other in inside)


def test_every_chart_stands_with_its_words_and_downloads(gallery):
    for path in (ROOT / "figures" / name for name in FIGURES if name.endswith(".svg")):
        svg = path.read_text(encoding="utf-8")
        title, alternative = vector.told(svg)
        assert html.escape(title) in gallery and f"<p>{Markup.escape(alternative)}</p>" in gallery
        for suffix in (".svg", ".png", ".csv", ".evidence.csv"):
            assert f'href="{path.stem}{suffix}" download' in gallery


def test_the_reader_holds_every_paragraph_with_its_printed_number_and_notes(reader, workshop):
    for row in workshop.paragraphs.itertuples():
        block = re.search(rf'id="cairo-workshop-2016-{row.paragraph}".*?</div>', reader, re.S)[0]
        assert f">{row.number}</a>" in block
        assert text_of(re.search(r"<p.*?</p>", block, re.S)[0]) == row.text
    notes = re.findall(r'id="cairo-workshop-2016/note/(\d)"', reader)
    assert notes == list("123456")


def test_what_does_not_count_is_struck_through_with_the_reason(reader):
    assert re.search(
        r'<s class="m not m\d+">Conflict Resolution</s><span class="x why m\d+" [^>]*title="not counted as conflict resolution: '
        r'name of a center" data-x="\[CR not counted: name of a center\]"></span>',
        reader,
    )


def test_documents_elsewhere_are_listed_with_paragraph_characters_and_where_to_find_them(reader):
    known = corpus.elsewhere(ROOT / "data").set_index("document")
    behind = sources.evidence(ROOT / "figures", FIGURES)
    away = behind[behind["document"] != "cairo-workshop-2016"]
    assert len(away) > 50
    for row in away.itertuples():
        where = f"key {row.paragraph}" if isinstance(row.paragraph, str) else row.document
        assert f"{where}, characters {row.start}–{row.end}</li>" in reader
        assert html.escape(known.loc[row.document, "title"], quote=False) in html.unescape(reader).replace("&", "&amp;")


# Documents that mean harm, or are merely strange


def test_hostile_text_is_shown_and_does_nothing(read_text):
    read = read_text(HOSTILE)
    page = read_page(read, rows(["f</script>", "m<b>", "text", "1", 0, 2]))
    assert page.count("<script") == 2 and "<img" not in page and "<b>" not in page
    assert "&lt;script&gt;alert(&#34;" in page
    assert "{{ 7 * 7 }} {% raw %}" in page and "$\\frac{1}{2}$" in page
    for row in read.paragraphs.itertuples():
        block = re.search(rf'id="text-{row.paragraph}".*?</div>', page, re.S)[0]
        assert text_of(re.search(r"<p.*?</p>", block, re.S)[0]) == row.text
    assert '<p class="t" dir="auto">' in page
    assert carried(page) == {"f~3c~~2f~script~3e~/m~3c~b~3e~": ["m<b>: 1 place", [["text-1", 0, 2]]]}


def test_characters_that_a_browser_counts_twice(read_text):
    read = read_text(HOSTILE)
    text = read.paragraphs["text"][2]
    start = text.index("peace")
    page = read_page(read, rows(["f", "m", "text", "3", start, start + 5]))
    begin, end = carried(page)["f/m"][1][0][1:]
    assert text.encode("utf-16-le")[2 * begin : 2 * end].decode("utf-16-le") == "peace" and begin == start + 2


def test_a_document_without_paragraph_numbers_or_notes(read_text):
    with pytest.warns(UserWarning):
        read = read_text("A title\n\nPeace first.\n\nThen war.")
    page = read_page(read)
    assert set(Page(page).ids) >= {anchors.of_paragraph("text", key) for key in read.paragraphs["paragraph"]}


def test_passages_outside_paragraphs_are_found(read_text):
    read = read_text("Title\n\n## On **peace**\n\n1. War¹ and **peace**.\n\n¹ The note.\n\n====")
    spans = figures.mark(read.spans, ["kind", "start"]).assign(figure="f", name="a stretch")
    placed = passages.placed(read, corpus.passages(spans))
    page = read_page(read, corpus.passages(spans)[EVIDENCE])
    assert set(placed["anchor"]) <= set(Page(page).ids)
    own = dict(zip(spans["mark"], zip(spans["kind"], spans["start"], spans["end"], strict=True), strict=True))
    for row in placed.itertuples():
        kind, start, end = own[row.mark]
        if kind == "markup":
            assert row.begin == -1 and row.text == read.documents["text"][0][start:end]
        else:
            assert row.finish - row.begin == end - start


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["f", "m", "text", "9", 0, 1], "f: mark 'm' names paragraph '9', which text does not have."),
        (["f", "m", "text", "1", 0, 999], "f: mark 'm' names characters 0 to 999 of text, but paragraph '1' has"),
        (["f", "m", "text", None, 5, 5000], "f: mark 'm' names characters 5 to 5000 of text, but the document has"),
        (["f", "m", "text", None, 23, 25], "f: mark 'm' names characters 23 to 25 of text, which hold no text."),
    ],
)
def test_evidence_that_is_not_there_is_named(read_text, row, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        passages.placed(read_text(HOSTILE), rows(row))


@given(
    st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(0, 3), st.booleans()))
)
def test_marking_changes_no_letter(text, wanted):
    found = [
        (start, min(start + length, len(text)), number, "L", "label", None if kept else "why <not>")
        for start, length, number, kept in wanted
        if start < len(text)
    ]
    marked = str(highlighting.highlighted(text, found))
    assert text_of(marked) == highlighting.printable(text)
    kept, aside = (
        {i for start, end, *_, why in found if (why is None) == counts for i in range(start, end)}
        for counts in (True, False)
    )
    struck = "".join(text_of(one) for one in re.findall(r"(?s)(?:<s [^>]*>)+(.*?)(?:</s>)+", marked))
    assert struck == highlighting.printable("".join(text[i] for i in sorted(aside - kept)))
    assert len(highlighting.printable(text)) == len(text)


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), min_size=2, max_size=2, unique=True))
def test_anchors_are_as_different_as_what_they_name(pairs):
    first, second = (anchors.of_paragraph(*pair) for pair in pairs)
    assert first != second and not re.search(r"\s", first)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_a_mark_is_spoken_as_its_keys(keys):
    row = pd.DataFrame([keys], columns=list("abc")[: len(keys)])
    drawn = figures.mark(row, list(row.columns))[["mark"]]
    nothing = pd.DataFrame(columns=["mark", "document", "paragraph", "start"])
    assert names.names(drawn, nothing)[drawn["mark"][0]] == (", ".join(keys) or drawn["mark"][0])


@pytest.mark.parametrize(
    ("mark", "row", "places", "name"),
    [
        ("d--14", {"paragraph": "14"}, [("d", "14", 0), ("d", "14", 9)], "¶14"),
        ("d--14", {"paragraph": "14"}, [("d", "14", 0), ("e", "14", 9)], "d, ¶14"),
        ("peace--3--77", {}, [("d", "3", 77)], "peace, ¶3, character 77"),
        ("d--paragraph--312", {"start": "312"}, [("d", "4", 0)], "paragraph, character 312"),
        ("un--14", {"word": "UN", "n": "14"}, [("d", "14", 5)], "UN, 14"),
        ("un-reform", {"row": "UN reform (3)", "column": "UN reform"}, [("d", "1", 0)], "UN reform"),
        ("2.topics--1--field", {"topic": "1"}, [("d", "1", 4)], "2 topics, 1, field"),
        ("3", {"paragraph": "3"}, [("d", "3", 4)], "¶3"),
    ],
)
def test_a_paragraph_a_place_and_a_word_are_called_as_readers_know_them(mark, row, places, name):
    evidence = pd.DataFrame([[mark, *place] for place in places], columns=["mark", "document", "paragraph", "start"])
    more = pd.DataFrame([["other", document, "9", 9] for document, _, _ in places], columns=evidence.columns)
    assert names.names(pd.DataFrame([{"mark": mark} | row]), pd.concat([evidence, more]))[mark] == name


# Charts


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>T</title><desc>D</desc>{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<image xlink:href="http://example.org/x.png"/>',
        '<use href="other.svg#a"/>',
        '<g style="fill: url(http://example.org)"/>',
        '<g style="fill: u\\72l(http://example.org)"/>',
        "<g style=\"fill: image-set('http://example.org')\"/>",
        '<g style="position: fixed"/>',
        '<a href="javascript:alert(1)"><g/></a>',
        "<foreignObject><p/></foreignObject>",
    ],
)
def test_a_chart_that_is_more_than_a_drawing_is_refused(inside):
    with pytest.raises(ValueError, match=r"^one: the SVG holds .*, which is no drawing"):
        vector.inline(SVG.format(inside), "one", {})


def test_damaged_charts_are_named(tmp_path):
    (tmp_path / "one.svg").write_text("<svg")
    with pytest.raises(ValueError, match=r"^one\.svg: the SVG is not well formed"):
        report.charts(tmp_path, ["one.svg"])
    (tmp_path / "one.svg").write_text('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""))
    with pytest.raises(ValueError, match=r"^one\.svg: the SVG declares entities"):
        report.charts(tmp_path, ["one.svg"])
    (tmp_path / "one.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><title>T</title></svg>')
    with pytest.raises(ValueError, match=r"^one\.svg: the SVG has no <desc>"):
        report.charts(tmp_path, ["one.svg"])


def test_a_mark_that_is_counted_but_not_drawn_is_named():
    with pytest.raises(ValueError, match=r"^one: mark 'war' has evidence, but is not drawn in the SVG\."):
        vector.inline(SVG.format('<g id="peace"/>'), "one", {"war": ("#", "war")})


def test_two_charts_share_no_id_and_titles_are_not_drawn_twice(tmp_path):
    data = figures.mark(pd.DataFrame({"word": ["peace"], "n": [1]}), "word")
    passage = pd.DataFrame({"mark": ["peace"], "document": "d", "paragraph": "1", "start": 0, "end": 5})
    for name in ("one", "two"):
        chart = charts.bars(data, x="n", y="word", xlabel="Times")
        figures.save(
            chart, tmp_path / name, data=data, evidence=passage, alt="Peace.", title="Peace once, and a title " * 5
        )
    found = report.charts(tmp_path, ["one.svg", "two.svg"])
    inlined = [vector.inline(row.svg, row.figure, {"peace": ("#", "peace")}) for row in found.itertuples()]
    first, second = (set(re.findall(r' id="([^"]+)"', one)) for one in inlined)
    assert first and not first & second
    drawn = [set(re.findall(r'<g id="[^"]*(text_\d+)"', one)) for one in (found["svg"][0], inlined[0])]
    assert (
        len(re.findall(r'id="text_\d+"', found["svg"][0])) - len(re.findall(r'id="one--text_\d+"', inlined[0])) == 1
    ), drawn
    heights = [float(re.search(r'viewBox="\S+ \S+ \S+ ([\d.]+)"', one)[1]) for one in (found["svg"][0], inlined[0])]
    assert heights[1] < heights[0] - 20


def test_a_chart_without_caption_is_named(gallery):
    found = report.charts(ROOT / "figures", FIGURES)
    captions = report.captions(ROOT / "notebooks", {name: [] for name in SHIPPED})
    with pytest.raises(ValueError, match=r"^captions has no row for the figure '02-silences'\.$"):
        report.gallery(
            found, sources.evidence(ROOT / "figures", FIGURES), captions[captions["figure"] != "02-silences"]
        )


# Texts of notebooks, and files


def test_markdown_of_captions_is_bold_italic_and_code_and_nothing_else(tmp_path):
    source = "# Why <b>?\n\n**Bold**, *it*, `a*b*c`, [words](http://x), <i>, 2 * 3 * 4 $\\frac$."
    cells = [
        {"cell_type": "markdown", "source": source},
        {"cell_type": "code", "source": 'figures.save(ax, "../figures/one")'},
        {"cell_type": "code", "source": "not python ("},
    ]
    (tmp_path / "01-why.ipynb").write_text(json.dumps({"cells": cells}))
    row = report.captions(tmp_path, {"01-why.ipynb": ["data/a", "data/b"]}).iloc[0]
    assert row["question"] == "Why <b>?" and row["data"] == "data/a\ndata/b"
    assert row["caption"] == (
        "<strong>Bold</strong>, <em>it</em>, <code>a*b*c</code>, words, &lt;i&gt;, 2 * 3 * 4 $\\frac$."
    )


def test_only_web_addresses_become_links(read_text):
    where = pd.DataFrame(
        {"document": ["a", "b"], "title": ["A", "B"], "source": ["see https://un.org/a; <b>", "javascript:alert(1)"]}
    )
    evidence = rows(["f", "m", "a", "1", 0, 1], ["f", "m", "b", "1", 0, 1], ["f", "m", "c", "1", 0, 1])
    titles = pd.DataFrame({"figure": ["f"], "title": ["F"]})
    read = read_text(HOSTILE)
    hits = patterns.find(read.paragraphs, "peace").assign(codebook="mine")
    page = report.reader(read, hits, hits[["codebook", "label"]].drop_duplicates(), evidence, where, titles)
    assert 'see <a href="https://un.org/a" rel="noreferrer">https://un.org/a</a>; &lt;b&gt;' in page
    assert 'href="javascript' not in page and ">c</h3>" in page


def test_the_same_bytes_each_time(project):
    before = [path.read_bytes() for path in report.write(project)]
    assert [path.read_bytes() for path in report.write(project)] == before
    assert not re.search(rb"/tmp/|/home/|0x[0-9a-f]{8}", b"".join(before))


def test_a_project_without_documents_and_charts_has_pages_too(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "manifest.json").write_text('{"notebooks": {}}')
    assert [path.name for path in report.write(tmp_path)] == ["index.html", "evidence.html"]


def test_a_label_that_is_found_nowhere_is_listed_all_the_same(tmp_path):
    for folder in ("figures", "data/documents", "data/codebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "figures" / "manifest.json").write_text('{"notebooks": {}}')
    (tmp_path / "data/documents/text.txt").write_text("1. War, war.\n\n2. The war office.\n")
    (tmp_path / "data/codebooks/mine.yml").write_text(
        "peace: {any: [peace]}\nwar: {any: [war], except: {war office: a name}}\n"
    )
    page = report.write(tmp_path)[1].read_text(encoding="utf-8")
    counts = re.findall(r'<span class="m m\d">(\w+)</span>.*?<span class="count">([^<]*)</span>', page)
    assert counts == [("peace", "0"), ("war", "2 (1 set aside)")]


def test_a_hit_of_a_label_that_is_not_listed_is_told(read_text):
    read = read_text("1. Peace.\n")
    hits = patterns.find(read.paragraphs, "peace").assign(codebook="mine")
    with pytest.raises(ValueError, match="hits has the label 'peace' of the codebook 'mine', which labels lacks"):
        report.reader(
            read,
            hits,
            hits[["codebook", "label"]][:0],
            rows(),
            corpus.elsewhere("none"),
            pd.DataFrame(columns=["figure", "title"]),
        )


def test_marks_called_like_parts_of_the_page_share_no_id_with_them(tmp_path):
    data = figures.mark(pd.DataFrame({"word": ["title", "desc", "words"], "n": 1}), "word")
    passage = data[["mark"]].assign(document="d", paragraph="1", start=[0, 6, 12], end=[5, 10, 17])
    figures.save(charts.bars(data, x="n", y="word"), tmp_path / "nb", data=data, evidence=passage, alt="Three.")
    captions = {
        "figure": "nb",
        "notebook": "nb",
        "question": "Q?",
        "answer": "",
        "caption": "",
        "shown": "",
        "limits": "",
        "data": "",
    }
    page = report.gallery(
        report.charts(tmp_path, ["nb.svg"]), sources.evidence(tmp_path, ["nb.evidence.csv"]), pd.DataFrame([captions])
    )
    ids = Page(page).ids
    assert len(ids) == len(set(ids)) and {"nb--title", "nb/title", "nb--words", "nb/words", "nb"} <= set(ids)


def target(*shapes):
    svg = "".join(f'<g id="{number}">{shape}</g>' for number, shape in enumerate(shapes))
    return targets.boxes(
        [svg_shapes.bounds(drawn) for _, drawn in svg_shapes.read(f"<svg>{svg}</svg>".encode()).shapes]
    )


def test_a_narrow_mark_between_wide_ones_can_still_be_met():
    """10 points, 0.1, 10: the middle one takes what it lacks to two."""
    wide, narrow, after = (
        f"<path d='M {a} 0 L {b} 0 L {b} 9 L {a} 9 z'/>" for a, b in ((0, 10), (10, 10.1), (10.1, 20.1))
    )
    (left, *_, first, _), (middle, *_, second, _), (right, *_, third, _) = target(wide, narrow, after)
    assert second >= 2 and (left + first, middle + second) == (middle, right)
    assert (left, right + third) == (-6, 26.1) and middle < 10 < 10.1 < right + 2


def test_room_ends_half_way_to_a_neighbour_and_is_not_taken_from_other_rows():
    first, second = "<path d='M 0 0 L 4 0 L 4 4 z'/>", "<path d='M 8 0 L 9 0 L 9 4 z'/>"
    below = "<path d='M 0 30 L 9 30 L 9 34 z'/>"
    found = target(first, second, below)
    assert [box[0] + box[2] for box in found][:2] == [6, 15] and found[1][0] == 6
    assert found[0][1] + found[0][3] == 10  # 26 points to the row below: six are taken
    assert target("") == [None]


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0.02, 9)), min_size=1, max_size=9))
def test_targets_of_a_row_never_overlap_and_none_is_lost(steps):
    """Marks side by side, with any gap (or none) before each, and of any width."""
    shapes, end = [], 0
    for gap, width in steps:
        start, end = end + gap, end + gap + width
        shapes.append(f"<path d='M {start:.3f} 0 L {end:.3f} 0 L {end:.3f} 9 z'/>")
    found = target(*shapes)
    assert all(one[0] + one[2] <= other[0] + 3e-3 for one, other in pairwise(found))
    assert all(box[2] >= 0.015 for box in found)


def test_links_to_addresses_end_where_these_end():
    for text, address in [
        ("undocs.org https://undocs.org/S/RES/2765(2024).", "https://undocs.org/S/RES/2765(2024)"),
        ("(see https://undocs.org/A/79/733)", "https://undocs.org/A/79/733"),
        ("https://a.org/x(1)y, and on", "https://a.org/x(1)y"),
    ]:
        assert re.findall('href="([^"]*)"', pages._linked(text)) == [address]


@pytest.fixture
def small(tmp_path):
    """One figure of one notebook."""
    for folder in ("figures", "notebooks"):
        (tmp_path / folder).mkdir()
    data = figures.mark(pd.DataFrame({"word": ["war"], "n": [1]}), "word")
    behind = data[["mark"]].assign(document="d", paragraph="1", start=0, end=3)
    figures.save(charts.bars(data, x="n", y="word"), tmp_path / "figures/nb", data=data, evidence=behind, alt="One.")
    cells = [
        ("markdown", "# Why?\n\nSo."),
        ("code", "'../figures/nb'"),
        ("markdown", "It shows.\n\nMore."),
        ("markdown", LIMITS),
    ]
    cells = [{"cell_type": kind, "source": source} for kind, source in cells]
    (tmp_path / "notebooks/1-a.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "figures/manifest.json").write_text(
        '{"notebooks": {"1-a.ipynb": {"data": {}, "figures": {"nb.svg": "", "nb.evidence.csv": ""}}}}'
    )
    return tmp_path


LIMITS = "## What this cannot show\n\n- **Not** why.\n- Not who.\n\n## More"


def test_what_a_chart_shows_and_cannot_show_is_taken_from_its_notebook(small):
    row = sources.captions(small / "notebooks", {"1-a.ipynb": []}).iloc[0]
    assert row["shown"] == "It shows."
    assert row["limits"] == "<ul><li><strong>Not</strong> why.</li><li>Not who.</li></ul>"
    report.write(small)
    page = (small / "figures/index.html").read_text()
    assert "It shows." in page and row["limits"] in page and "More." not in page


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("figures/manifest.json", b"[", "manifest.json is damaged"),
        ("figures/manifest.json", b'{"notebooks": []}', "manifest.json is damaged"),
        ("figures/nb.csv", b"", r"nb.csv can't be read"),
        ("figures/nb.csv", b"word\nwar\n", r"nb.csv lacks the columns \['mark'\]"),
        ("figures/nb.csv", None, "There is no nb.csv"),
        (
            "figures/nb.evidence.csv",
            b"mark,document,paragraph,start,end\nwar,d,1,x,3\n",
            "nb.evidence.csv: start and end of row 0",
        ),
        ("figures/nb.evidence.csv", b"mark,document\nwar,d\n", "nb.evidence.csv lacks"),
        ("figures/nb.evidence.csv", b"mark\n\xff\n", r"nb.evidence.csv can't be read"),
        ("figures/nb.svg", b"\xff", "nb.svg: "),
        ("notebooks/1-a.ipynb", b"{}", r"1-a.ipynb can't be read"),
        ("notebooks/1-a.ipynb", b'{"cells": [{"cell_type": "code"}]}', r"1-a.ipynb can't be read"),
        ("notebooks/1-a.ipynb", b"\xff", r"1-a.ipynb can't be read"),
    ],
)
def test_a_damaged_file_is_named(small, file, content, message):
    (small / file).unlink()
    if content is not None:
        (small / file).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        report.write(small)
