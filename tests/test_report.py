"""The pages: every mark leads to its passages, whatever the documents hold, and nothing in them runs or is fetched."""

import base64
import hashlib
import html
import io
import json
import re
import shutil
from urllib.parse import unquote

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from analysis import corpus, report, tables
from analysis.report import documents, svg
from tests.conftest import ROOT, copy_project
from tests.made import refused

VERSIONS = "evidence/versions--a.~3c~i~3e~~2f~~22~x~22~.html"  # of the series a <i>/"x"
PAGES = ["index.html", "evidence.html", "evidence/hostile-i.html", "evidence/plain.html", VERSIONS]
HERE = ["hostile-i", "plain"]
COUNTED = ["cells", "lives", "places", "spans", "themes", "words", "years"]
FETCHED = "//@src|//@srcset|//@data|//@poster|//@action|//*[not(self::a)]/@href"


def inside(page, what):
    """Ids, links, tags of a page, by XPath."""
    return fromstring(page).xpath(what)


@pytest.fixture(scope="module")
def pages(pages_root):
    return {name: (pages_root / "figures" / name).read_text(encoding="utf-8") for name in PAGES}


@pytest.fixture
def copy(pages_root, tmp_path):
    return shutil.copytree(pages_root, tmp_path / "copy")


def carried(page, key="data"):
    return json.loads(re.search(rf'<script type="application/json" id="{key}">(.*?)</script>', page, re.S)[1])


def text_of(markup):
    """What is left of HTML without tags and what the page adds."""
    bare = re.sub(r'<(sup|span|a) class="x.*?</\1>', "", markup, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", "", bare))


@pytest.fixture(scope="module")
def texts(pages_root):
    return corpus.read(pages_root / "data/documents").texts


def test_every_mark_that_counts_is_a_link_to_a_page_that_has_its_passages(pages_root, pages):
    links = [unquote(link).split("#") for link in inside(pages["index.html"], "//a/@href") if "#" in link]
    linked = {tuple(anchor.split("/")): page for page, anchor in links if "/" in anchor}
    drawn = {name: tables.read(pages_root / f"figures/{name}.csv") for name in COUNTED}
    assert {*linked} == {(name, mark) for name in COUNTED for mark in drawn[name].query("n != '0'")["mark"]}
    for (figure, mark), page in linked.items():
        assert mark in carried(pages[page])["figures"][figure]["marks"]


@pytest.mark.parametrize("name", COUNTED)
def test_pages_carry_exactly_the_passages_of_the_evidence(pages_root, pages, texts, name):
    """All marks of all kinds of charts: the letters at the places that a page carries are those of the evidence."""
    behind = tables.read(pages_root / f"figures/{name}.evidence.csv")
    letters = dict(zip(texts["document"] + " " + documents.coded(texts["paragraph"]), texts["text"], strict=True))
    letters = {key: text.encode("utf-16-le") for key, text in letters.items()}
    known = carried(pages["evidence.html"])
    for mark, rows in behind.groupby("mark"):
        said, _, away = known["figures"][name]["marks"][mark]
        listed = [known["passages"][number] for number in away]
        found = [quote for *_, quote, _ in listed if quote]
        for document in HERE:
            marks = carried(pages[f"evidence/{document}.html"])["figures"].get(name, {"marks": {}})["marks"]
            for key, *places in marks.get(mark, [0, 0, 0, []])[3]:
                while places:
                    words = places.pop(0)
                    if not isinstance(words, str):
                        words = letters[f"{document} {key}"][2 * words : 2 * places.pop(0)].decode("utf-16-le")
                    found.append(words)
        assert said.endswith(f": {len(rows)} place{'s' if len(rows) > 1 else ''}")
        assert sorted(found) == sorted(rows.loc[rows["quote"] != "", "quote"])
        elsewhere = rows.loc[~rows["document"].isin(HERE), ["document", "start", "end"]]
        assert [[one, str(start), str(end)] for one, _, start, end, *_ in listed] == elsewhere.values.tolist()


def test_ids_are_unique_and_links_between_the_pages_lead_somewhere(pages_root, pages):
    folder = pages_root / "figures"
    ids = {folder / name: inside(text, "//@id") for name, text in pages.items()}
    for page, own in ids.items():
        assert len(own) == len(set(own)), page
        for link in inside(page.read_text(encoding="utf-8"), "//a/@href"):
            file, _, anchor = unquote(link).partition("#")
            path = (page.parent / file).resolve() if file else page
            assert path.exists() or link.startswith(("notebooks/", "https://un.org/")), (page, link)
            assert not anchor or "/" in anchor or anchor in ids[path], (page, link)


def test_nothing_is_fetched_and_no_script_runs_but_the_package_s_own(pages):
    for name, text in pages.items():
        assert all(source.startswith(("data:,", "#")) for source in inside(text, FETCHED)), name
        assert not re.search(r"@import|url\((?!#|\"data:font)", text)
        own = re.findall(r'<script type="module">(.*?)</script>', text, re.S) or [""] * (name == VERSIONS)
        allowed = base64.b64encode(hashlib.sha256(own[0].encode()).digest()).decode()
        assert len(own) == 1 and f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'" in text


def test_hostile_text_is_shown_and_does_nothing(pages, texts):
    page = pages["evidence/hostile-i.html"]
    assert page.count("<script") == 2 and not inside(page, "//img|//i")
    assert "{{ 7 * 7 }} {% raw %}" in page and "$\\frac{1}{2}$" in page and "&lt;script&gt;document" in page
    for row in texts.itertuples():
        if row.document == "hostile-i" and row.kind == "paragraph":
            block = re.search(rf'id="{row.paragraph}" data-name="¶{row.paragraph}".*?</div>', page, re.S)[0]
            assert text_of(re.search(r"<p class.*?</p>", block, re.S)[0]) == row.text
    assert pages["index.html"].count("<script") == 1 and "</script><b>" not in pages["index.html"]
    assert '"peace office"' not in page and "[not counted as peace &lt;i&gt;: a &#34;name&#34; &lt;i&gt;]" in page


@given(st.text(), st.data())
def test_marking_changes_no_letter(text, data):
    place = st.integers(0, max(len(text) - 1, 0))
    hits = []
    for _ in range(data.draw(st.integers(0, 5)) if text else 0):
        start, label, why = data.draw(st.tuples(place, st.integers(0, 3), st.sampled_from([None, "why"])))
        hits.append(documents.Hit(start, data.draw(st.integers(start + 1, len(text))), label, "a<b", why))
    marked = documents.highlighted(text, hits, [(data.draw(place), documents.Markup('<sup class="x">1</sup>'))])
    assert text_of(marked) == tables.printable(text) and len(tables.printable(text)) == len(text)
    struck = "".join(text_of(one) for one in re.findall(r"(?s)(?:<s [^>]*>)+(.*?)(?:</s>)+", marked))
    aside = {place for hit in hits if hit.reason for place in range(hit.start, hit.end)}
    aside -= {place for hit in hits if not hit.reason for place in range(hit.start, hit.end)}
    assert struck == tables.printable("".join(text[place] for place in sorted(aside)))


def test_a_document_lists_its_codebooks_with_what_they_find_and_places_elsewhere_are_named(pages):
    listed = r'<span class="m m\d">([^<]+)</span>.*?<span class="count">([^<]*)</span>'
    found = re.findall(listed, pages["evidence/hostile-i.html"])
    assert found == [("peace &lt;i&gt;", "4 (1 set aside)"), ("war", "1"), ("never", "0")]
    plain, known = carried(pages["evidence/plain.html"])["figures"], carried(pages["evidence.html"])
    assert plain["words"]["on"] == [] and plain["themes"]["marks"]["war"] == ["war: 2 places", 2, [1], [["1", 0, 24]]]
    said, here, away = known["figures"]["years"]["marks"]["a--1970"]
    assert (said, here) == ("a, 1970: 2 places", {})
    assert [known["passages"][number] for number in away] == [["X_1", "", 0, 90, "", ""], ["X_2", "¶7", 0, 80, "", ""]]
    link = '<a href="https://un.org/X/1(a)" rel="noopener noreferrer">https://un.org/X/1(a)</a>'  # no other is one
    assert f"see {link}." in pages["evidence.html"]
    assert 'href="javascript' not in pages["evidence.html"] and "Speeches" in pages["evidence.html"]


def test_an_edited_paragraph_stands_beside_the_version_before_with_its_edits_marked(pages):
    known, page = carried(pages["evidence.html"]), pages[VERSIONS]
    beside = {(document, key): address for document, key, *_, address in known["passages"] if address}
    assert set(beside) == {("v1", "¶1"), ("v2", "¶1"), ("v2", "¶2")}  # v1 ¶2 is kept, v0 the first
    assert all(unquote(address) == f"{VERSIONS}#{key[0]}--{key[1][1:]}" for key, address in beside.items())
    assert page.count('class="pair"') == 3 and len(inside(page, "//ins")) == 1 + 4
    first = re.search(r'<div class="pair" id="v1--1">(.*?)</div>', page, re.S)[1]
    before, after = re.findall(r"<p[^>]*>(.*?)</p>", first, re.S)
    assert "<del>Requests</del> &lt;b&gt;a report&lt;/b&gt; &amp;amp; by <del>May 2020</del>&lt;/del&gt;." in before
    assert "<ins>Demands</ins> &lt;b&gt;a report&lt;/b&gt; &amp;amp; by <ins>June 2021</ins>&lt;/del&gt;." in after
    assert "<script" not in page and "7 * 7 }} &lt;script&gt;" in page and "<b>a" not in page and "السلام" in page
    assert "\u202e" in page and 'dir="auto"' in first  # what turns round letters does so in its paragraph only


@given(st.text(max_size=90), st.data())
def test_marking_edits_changes_no_letter_and_shortens_only_long_stretches(text, data):
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = [*zip(ends[::2], ends[1::2], strict=False)]
    shown = documents.marked(text, spans, "ins")
    inside = [html.unescape(one) for one in re.findall(r"<ins>(.*?)</ins>", shown, re.S)]
    printed = tables.printable(text)
    assert inside == [printed[start:end] for start, end in spans if start < end]
    whole = html.unescape(re.sub("</?ins>", "", shown))
    assert whole == printed or ("…" in whole and len(printed) > 60)


# The gallery


def test_questions_are_counted_checks_come_last_and_charts_have_their_words_and_limits(pages, tmp_path):
    page = pages["index.html"]
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["Which words?", "Which themes?", "Is it &lt;all&gt; here?"]
    below = re.findall(r'<p class="small">(\d · .*?)</p>', page)
    assert below == ["1 · 2 documents", "2 · 7 documents", "3 · A &#34;Title&#34; &amp; more"]
    assert re.search(r"<h1[^>]*>(.*?)</h1>", page)[1] == "Of words &lt;/script&gt;&lt;b&gt;"
    assert "<p>places: One word &lt;i&gt;.</p>" in page and "<p>spans: It shows <em>it</em>.</p>" in page
    assert "More." not in page and "A heading" not in page
    assert page.count("<li><p><strong>Not</strong> why &lt;b&gt;.</p>") == 3
    (tmp_path / "1-a.ipynb").write_text('{"cells": []}')  # without words it has a name
    assert report.notebook_says(tmp_path / "1-a.ipynb", ["x"])["question"] == "1-a"


def test_a_chart_declared_to_open_opens_with_the_passage_named(copy):
    (copy / "figures/words.pdf").touch()
    path = copy / "notebooks" / "2-words.ipynb"
    book = json.loads(path.read_text())
    book["cells"][5]["metadata"]["tags"] = ["opens:3"]
    path.write_text(json.dumps(book))
    report.write(copy)
    page = (copy / "figures/index.html").read_text(encoding="utf-8")
    assert re.search(r"<h1[^>]*>(.*?)</h1>", page)[1].startswith("Of places ")
    quote = re.search(r"(?s)<blockquote>(.*?)</blockquote>", page)[1]
    assert "😀😀 <mark>peace</mark> 😀" in quote
    assert re.search(r'href="evidence/hostile-i.html#places/[^"]*">.*, ¶3</a>', quote)
    assert re.search(r"(?s)What it does not show:.*?<strong>Not</strong> why", page)
    files = {unquote(one) for one in re.findall('<a href="([^"]*)" download>', page)}  # what there is of each
    assert files == {one.name for one in (copy / "figures").iterdir() if one.suffix in (".csv", ".svg", ".png", ".pdf")}


def tagged(root, name, tag, cell=0):
    path = root / "notebooks" / name
    book = json.loads(path.read_text())
    book["cells"][cell]["metadata"]["tags"] = [tag]
    path.write_text(json.dumps(book))
    report.write(root)
    return (root / "figures/index.html").read_text(encoding="utf-8")


def test_a_document_of_one_s_own_comes_first_unless_others_are_about_it(copy):
    assert re.findall(r"<h2>(.*?)</h2>", tagged(copy, "5-themes.ipynb", "own"))[0] == "Which themes?"
    manifest = json.loads((copy / "figures/manifest.json").read_text())
    manifest["notebooks"]["5-themes.ipynb"]["figures"] = {"themes.svg": ""}
    (copy / "figures/manifest.json").write_text(json.dumps(manifest))
    assert re.findall(r"<h2>(.*?)</h2>", tagged(copy, "5-themes.ipynb", "own"))[0] == "Which words?"


# Charts

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>T</title><desc>D</desc>{}</svg>'
test_a_chart_that_is_more_than_a_drawing_is_refused = refused(
    lambda inside: svg.parsed(SVG.format(inside).encode(), "one"),
    ("<script>alert(1)</script>", "one: the SVG holds <script>, which is no drawing"),
    ('<g onload="alert(1)"/>', "one: the SVG holds onload='alert(1)', which is no drawing"),
    ('<image xlink:href="http://example.org/x.png"/>', r"href='http://example\.org/x\.png', which is no drawing"),
    ('<g style="fill: url(http://example.org)"/>', "style='fill: url(http://example.org)', which is no drawing"),
    ('<g style="fill: u\\72l(http://example.org)"/>', r"style='fill: u.*, which is no drawing"),
    ("<g style=\"fill: image-set('x.png')\"/>", "style=.*image-set.*, which is no drawing"),
    ('<g style="position: fixed"/>', "style='position: fixed', which is no drawing"),
    ('<a href="javascript:alert(1)"><g/></a>', "the SVG holds <a>, which is no drawing"),
    ("<foreignObject><p/></foreignObject>", "the SVG holds <foreignObject>, which is no drawing"),
)


def test_marks_that_are_missing_or_too_small_to_meet():
    with pytest.raises(ValueError, match=r"^one: mark 'war' has evidence, but is not drawn in the SVG\."):
        svg.inline(svg.parsed(SVG.format('<g id="peace"/>').encode(), "one"), "one", {"war": ("#", "war", "0 0 1 1")})
    links = {n: ("#", "x", f"{left} 0 {width} 20") for n, left, width in (("1", 0, 0.5), ("2", 4, 0.5), ("3", 30, 40))}
    drawing = SVG.format("".join(f'<g id="{n}"/>' for n in links))
    made = svg.inline(svg.parsed(drawing.encode(), "one"), "one", links)
    rooms = re.findall(r'class="hit" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', made)
    assert [" ".join(room) for room in rooms] == ["-1.75 0 4 20", "2.25 0 4 20", "30 0 40 20"]  # half-way, not beyond


def test_the_title_is_printed_once_and_one_font_has_all_letters(pages_root, pages):
    page = pages["index.html"]
    drawn = (pages_root / "figures/words.svg").read_text(encoding="utf-8")
    assert '<g id="chart_title">' in drawn and 'id="words--chart_title"' not in page
    whole, cut = (re.search(r'viewBox="\S+ \S+ \S+ ([\d.]+)"', one)[1] for one in (drawn, page.split('id="words"')[1]))
    assert float(cut) < float(whole) - 10
    fonts = re.findall(r"data:font/woff;base64,([^\"]+)", page)
    assert len(fonts) == 2  # plain and bold
    letters = TTFont(io.BytesIO(base64.b64decode(fonts[0]))).getBestCmap()
    words = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", page))
    assert len(words) > 500 and {ord(one) for one in html.unescape(words) if ord(one) < 0x250} <= set(letters)


# Files


def test_the_same_bytes_each_time(pages_root, copy):
    for path in report.write(copy):
        content = path.read_bytes()
        assert content == (pages_root / path.relative_to(copy)).read_bytes()
        assert not re.search(rb"/tmp/|/home/|0x[0-9a-f]{8}", content)


def test_pages_of_documents_that_are_gone_go_and_other_files_stay(copy):
    folder = copy / "figures/evidence"
    (copy / "figures/manifest.json").write_text('{"notebooks": {}}')
    (folder / "mine.html").write_text("mine")
    (copy / "data/documents/plain.txt").unlink()
    report.write(copy)
    assert sorted(path.name for path in folder.iterdir()) == ["hostile-i.html", "mine.html"]
    (copy / "data/documents/mine.txt").write_text("1. Mine.")
    before = {path: path.read_bytes() for path in (copy / "figures").rglob("*.*")}
    with pytest.raises(ValueError, match=r"^figures/evidence/mine.html was not made here, .*: move it\.$"):
        report.write(copy)
    assert before == {path: path.read_bytes() for path in (copy / "figures").rglob("*.*")}
    shutil.rmtree(copy / "data")
    assert [path.name for path in report.write(copy)] == ["index.html", "evidence.html"]
    assert [path.name for path in folder.iterdir()] == ["mine.html"]


DAMAGED = [
    ("figures/manifest.json", b"[", "manifest.json is damaged"),
    ("figures/words.csv", b"word\nwar\n", r"words.csv lacks the columns \['mark'"),
    ("figures/words.evidence.csv", b"mark,document,paragraph,start,end,quote\nwar,plain,1,x,3,\n", "words: its contract or evidence"),
    ("figures/words.evidence.csv", b"mark,document,paragraph,start,end,quote\nwar,plain,9,0,3,\n", "words: mark 'war' names characters 0 to 3 of '9' in plain, which are not there"),
    ("figures/words.svg", b"\xff", "words: the SVG is not well formed"),
    ("figures/words.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "words: the SVG declares entities"),
    ("figures/words.json", b"{", "words: its contract or evidence"),
    ("figures/words.json", b'{"evidence": {"kind": "lineage"}}', r"words: its contract or evidence can't be read \('series'\)"),
    ("notebooks/2-words.ipynb", b"{}", "2-words.ipynb can't be read"),
]  # fmt: skip


def test_a_damaged_file_is_named(copy):
    for file, content, message in DAMAGED:
        whole = (copy / file).read_bytes()
        (copy / file).write_bytes(content)
        with pytest.raises(ValueError, match=message):
            report.write(copy)
        (copy / file).write_bytes(whole)


def test_committed_pages_are_up_to_date(tmp_path):
    for path in report.write(copy_project(tmp_path)):
        same = (ROOT / path.relative_to(tmp_path)).read_bytes() == path.read_bytes()
        assert same, f"{path.name} is not what would be written now: run make figures"
