"""Word, HTML and Akoma Ntoso: one document in each format, resolutions and judgments against their XML."""

import re
import subprocess
import zipfile
from collections import Counter
from difflib import SequenceMatcher

import pandas as pd
import pypandoc
import pytest
from lxml import etree

from analysis import corpus, tokens
from tests.conftest import ORACLES, ROOT
from tests.made import LEFT_OVER, expand, is_whole, leftovers_are_explained, packed, quietly
from tests.test_lines import as_plain_text

CAIRO = ROOT / "data" / "documents" / "cairo-workshop-2016.md"


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_the_cairo_document_is_the_same_in_each_format(tmp_path, suffix):
    made = tmp_path / f"cairo.{suffix}"
    subprocess.run([pypandoc.get_pandoc_path(), "-f", "markdown", "-s", "-o", made, CAIRO], check=True)
    one, other = corpus.read(CAIRO), corpus.read(made)
    same = ["paragraph", "number", "section", "part"]
    assert other.paragraphs[same].equals(one.paragraphs[same]) and other.problems.empty
    note = [read.texts[read.texts["kind"] == "note"][["text", "mark_in"]].values.tolist() for read in (one, other)]
    assert note[0] == note[1] and len(note[0]) == 6
    words = [tokens.tokenize(read.paragraphs)["token"].tolist() for read in (one, other)]
    assert words[0] == words[1] and len(words[0]) == 2_467 and is_whole(other)


def test_resolutions_in_xml_have_the_numbers_and_the_preamble_that_the_xml_marks(tmp_path, shared):
    archive = zipfile.ZipFile(shared / "data" / "mandates-xml.zip")
    names = sorted({*sorted(archive.namelist())[::9], "s-res-1550-2004.xml"})  # which has a note among its paragraphs
    files = {name: archive.read(name) for name in names}
    (tmp_path / "some.zip").write_bytes(packed(files))
    found = quietly(tmp_path / "some.zip")
    assert is_whole(found) and found.documents["source"].tolist() == list(files) and len(files) > 50
    assert found.documents["symbol"].str.startswith("S/RES/").all()
    assert "Reissued for technical reasons." in found.texts.loc[found.texts["paragraph"] == "note *", "text"].tolist()
    for document in found.documents.itertuples():
        _, clauses, numbered = as_plain_text(files[document.source])
        own = found.paragraphs[found.paragraphs["document"] == document.document]
        rows = own[own["number"].notna()]
        starts = rows["text"].str.split().str.join(" ").str[:9]
        assert [*zip(rows["number"], starts, strict=True)] == numbered, document.source
        preamble = " ".join(" ".join(own.loc[own["part"] == "preamble", "text"]).split())
        assert all(clause in preamble for clause in clauses[1:]), document.source
        assert document.date[:4] in document.symbol


def by_the_court(path):
    """Number and first forty letters of each paragraph of a judgment, by the court's own XML."""
    found, last = [], 0

    def walk(element, inside):
        nonlocal last
        tags = [(one.tag.rpartition("}")[2], one) for one in element]
        num = next((one for tag, one in tags if tag == "num"), None)
        number = "" if num is None else "".join(num.itertext()).strip()
        of = re.fullmatch(r"\[?(\d+)[A-Z]?[.\]]?", number)
        if of and "heading" not in dict(tags):
            parts = [one for one in element.iter("{*}p", "{*}num") if one is not num]
            words = "".join("".join(one.itertext()) for one in parts)
            kind = element.tag.rpartition("}")[2]
            goes_on = kind in ("subparagraph", "blockContainer") and int(of[1]) == last + 1
            if words.strip() and ((kind in ("paragraph", "level") and not inside) or goes_on):
                found.append((number, letters(words)))
                last, inside = int(of[1]), True
        for tag, one in tags:
            if tag not in ("embeddedStructure", "table", "toc", "authorialNote"):
                walk(one, inside)

    walk(etree.parse(path).getroot(), False)
    return Counter(found)


def letters(words):
    return re.sub(r"[\W_]+", "", words)[:40].lower()


def test_judgments_in_word_have_the_numbers_of_their_xml(shared):
    """2,636 paragraphs of 29 judgments, by number and first forty letters; each difference is explained in the table."""
    told = pd.read_csv(ORACLES / "uk-judgments.csv", index_col="file")
    n, found = 0, {}
    for file in sorted((shared / "data" / "uk-judgments").glob("*.docx")):
        read = quietly(file)
        assert leftovers_are_explained(read, file.stem), file.name
        rows = read.paragraphs.dropna(subset="number")
        word = Counter(zip(rows["number"].str.strip(), rows["text"].map(letters), strict=True))
        xml = by_the_court(file.with_suffix(".xml"))
        n += xml.total()
        if word != xml:
            found[file.name] = (xml - word).total(), (word - xml).total()
    assert found == {row.Index: (row.missed, row.invented) for row in told.itertuples()} and n == 2_636
    assert told["missed"].sum() < 0.02 * n and told["invented"].sum() < 0.02 * n


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE = pd.read_csv(ORACLES / "un-docx.csv", dtype="str", keep_default_na=False)


def written(path):
    """The letters of the words that Word shows in a file's body, of drawings too."""
    root = etree.fromstring(zipfile.ZipFile(path).read("word/document.xml"))
    for gone in [*root.iter("{*}Fallback", f"{WORD}del", f"{WORD}moveFrom")]:
        gone.getparent().remove(gone)
    return Counter("".join(one.text or "" for one in root.iter(f"{WORD}t")))


@pytest.mark.parametrize("row", list(TABLE.itertuples()), ids=TABLE["document"].str[:20])
def test_word_files_have_the_numbers_seen_in_them_and_lose_no_letter(shared, row):
    path = shared / "data" / "un-docx" / f"{row.document}.docx"
    if not path.is_file():
        pytest.skip("the Word files of the UN and the court are not here: ../shared/data/un-docx")
    found, expected = quietly(path), expand(row.expected)
    numbers = found.paragraphs["number"].dropna().str.strip("().").tolist()
    if row.document.lower().startswith("upr"):  # in the order of themes
        numbers, expected = sorted(numbers), sorted(expected)
    same = sum(block.size for block in SequenceMatcher(None, expected, numbers, autojunk=False).get_matching_blocks())
    assert (len(expected) - same, len(numbers) - same) == (int(row.missed), int(row.invented))
    notes = found.texts.loc[found.texts["kind"] == "note", "number"]
    assert notes[notes.str.isdecimal()].tolist() == expand(row.notes)
    assert leftovers_are_explained(found, row.document) and is_whole(found)
    lost = written(path) - Counter(found.documents["text"].iloc[0])
    assert {one: n for one, n in lost.items() if not one.isspace()} == {}


def test_leftovers_are_told_of_documents_that_are_tested():
    tested = {*TABLE["document"], *pd.read_csv(ORACLES / "un-pdf.csv")["document"]}
    assert set(LEFT_OVER.index) <= tested and (LEFT_OVER["percent"] >= 15).all() and LEFT_OVER["why"].notna().all()


def test_what_one_file_states_changes_no_table_of_the_others(tmp_path):
    body = "<mainBody><paragraph><num>1.</num><content><p>Decides.</p></content></paragraph></mainBody>"
    xml = f"<akomaNtoso><statement><meta><FRBRdate date='2020-05-01'/></meta>{body}</statement></akomaNtoso>"
    (tmp_path / "b.txt").write_text("1. One.\n\n2. Two.", encoding="utf-8")
    alone = quietly(tmp_path).paragraphs
    (tmp_path / "a.xml").write_text(xml, encoding="utf-8")
    both = quietly(tmp_path)
    assert both.documents["date"].fillna("").tolist() == ["2020-05-01", ""]
    pd.testing.assert_frame_equal(both.paragraphs.iloc[1:].reset_index(drop=True), alone)
    dated = corpus.join(both, both.documents[["document", "date"]])
    assert dated.paragraphs["date"].fillna("").tolist() == ["2020-05-01", "", ""]


def word(body, lists=""):
    """The bytes of a Word file with this body."""
    w = f'xmlns:w="{WORD[1:-1]}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = "http://schemas.openxmlformats.org/package/2006"
    relation = f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">{relation}</Relationships>',
        "word/document.xml": f"<w:document {w}><w:body>{body}</w:body></w:document>",
        "word/numbering.xml": f"<w:numbering {w}>{lists}</w:numbering>",
    }
    return packed(parts)


def run(words):
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


LIST = """<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="{}">{}</w:lvl></w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"""


def test_paragraphs_that_changes_took_out_or_joined_are_not_counted_and_hidden_words_not_read(tmp_path):
    place = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    gone, here = f"<w:pPr>{place}<w:rPr><w:del/></w:rPr></w:pPr>", f"<w:pPr>{place}</w:pPr>"
    hidden = run("Hidden.").replace("<w:t ", "<w:rPr><w:vanish/></w:rPr><w:t ")
    bodies = [
        gone + f"<w:del>{run('Out.')}</w:del>",
        gone + run("One "),
        here + run("point."),
        here + run("Two.") + hidden,
    ]
    form = '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
    (tmp_path / "a.docx").write_bytes(word("".join(f"<w:p>{one}</w:p>" for one in bodies), LIST.format(0, form)))
    found = quietly(tmp_path / "a.docx").paragraphs
    assert found[["number", "text"]].values.tolist() == [["1.", "One point."], ["2.", "Two."]]


@pytest.mark.parametrize(
    ("start", "level", "numbers"),
    [(7, 0, ["7.", "8."]), (99999999999, 0, ["1.", "2."]), ("x", 0, ["1.", "2."]), (1, "y", []), (1, 12, [])],
)
def test_lists_of_word_that_start_anywhere_or_are_damaged(tmp_path, start, level, numbers):
    place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    form = f'<w:start w:val="{start}"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
    body = f"<w:p>{place}{run('One.')}</w:p><w:p>{place}{run('Two.')}</w:p>"
    (tmp_path / "list.docx").write_bytes(word(body, LIST.format(level, form)))
    found = quietly(tmp_path / "list.docx").paragraphs
    assert found["number"].dropna().tolist() == numbers and found["text"].tolist() == ["One.", "Two."]


WRAPPED = ["fldSimple", "bdo", "dir", "customXml", "smartTag", "hyperlink", "ins", "moveTo", "sdt"]


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_words_inside_fields_directions_and_changes_are_kept(tmp_path, wrapper):
    inner = f"<w:sdtContent>{run('all')}</w:sdtContent>" if wrapper == "sdt" else run("all")
    body = f"<w:p>{run('Of ')}<w:{wrapper}>{inner}</w:{wrapper}>{run(' things.')}<w:del>{run('Out.')}</w:del></w:p>"
    (tmp_path / "a.docx").write_bytes(word(body))
    assert quietly(tmp_path / "a.docx").documents["text"].tolist() == ["Of all things."]


def test_words_in_a_drawing_are_left_out_and_told_and_the_paragraph_around_it_is_kept(tmp_path):
    box = f"<w:txbxContent><w:p>{run('Chief')}</w:p><w:p>{run('12 posts')}</w:p></w:txbxContent>"
    drawing = f"<mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}"
    drawing += "</w:pict></mc:Fallback></mc:AlternateContent>"
    first = f"<w:p>{run('1. The office')}<w:r>{drawing}</w:r>{run(' has a chief.')}</w:p>"
    (tmp_path / "a.docx").write_bytes(word(first + f"<w:p>{run('2. It is small.')}</w:p>"))
    found = quietly(tmp_path / "a.docx")
    assert found.paragraphs["text"].tolist() == ["The office has a chief.", "It is small."]
    left = found.spans[found.spans["kind"] == "leftover"]
    assert [found.documents["text"].iloc[0][a:b] for a, b in left[["start", "end"]].to_numpy()] == ["Chief", "12 posts"]
    assert left["reason"].unique().tolist() == ["text of a drawing"]


def table(*rows):
    rows = ["".join(f"<w:tc><w:p>{run(cell)}</w:p></w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_tables_of_figures_are_no_text_and_those_of_sentences_are(tmp_path):
    before = f"<w:p>{run('1. The programme.')}</w:p><w:p>{run('2. It has deliverables, which the table lists.')}</w:p>"
    rows = [("Deliverable", "2024", "2025"), ("1. Reports to the Assembly", "4", "3"), ("2. Seminars", "1", "1")]
    after = f"<w:p>{run('3. They are on time.')}</w:p>"
    note = "The present report contains the resources that are asked for. They are those of the year before."
    (tmp_path / "a.docx").write_bytes(word(before + table(*rows) + after + table((note,))))
    found = quietly(tmp_path / "a.docx")
    assert found.paragraphs["paragraph"].tolist() == ["1", "2", "3"]
    assert found.paragraphs["text"].iloc[1].endswith("lists.") and note in found.paragraphs["text"].iloc[2]
    assert found.spans[found.spans["kind"] == "leftover"].groupby("reason").size().to_dict() == {"table": 9}
    asked = [(f"{n}. The State should keep the peace in the district {n}.", "Accepted") for n in "123"]
    (tmp_path / "a.docx").write_bytes(word(table(*asked)))
    assert quietly(tmp_path / "a.docx").texts["kind"].tolist() == ["paragraph"] * 3


def test_menus_and_feet_of_a_page_are_leftovers(tmp_path):
    page = "<div class=menu><a href='x'>Peace</a></div>{}<p>1. One.</p><p>2. Two.</p>{}<footer>Peace, and {}.</footer>"
    for main in (("", ""), ("<p>Cookies</p><main>", "</main>")):
        (tmp_path / "page.html").write_text(page.format(*main, "dignity"), encoding="utf-8")
        found = corpus.read(tmp_path / "page.html")
        assert found.texts["text"].tolist() == ["One.", "Two."] and is_whole(found)
        assert found.spans["reason"].dropna().unique().tolist() == ["beside the text of the page"]


def test_text_links_and_lists_of_a_page(tmp_path):
    page = "<title>Report</title><h1>Peace</h1><p>1. One<sup>a</sup> &amp; <a href='x'>two</a>.</p><ol start=2><li>Two."
    page += "<ol type=a><li>inner</ol></ol><p>3.&nbsp;Three</p><script>var x = 1</script>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    found = corpus.read(tmp_path / "page.html").paragraphs
    assert found["number"].tolist() == ["1.", "2.", "3."]
    assert found["text"].str.split().str.join(" ").tolist() == ["Onea & two.", "Two. a. inner", "Three"]


@pytest.mark.parametrize(
    ("mark", "notes"),
    [
        ("<sup id=r1><a href='#n1'>[1]</a></sup>", "<ol><li id=n1><a href='#r1'>^</a> See <i>a</i>.</li></ol>"),
        ("<sup id=r1><a href='#n1'>1</a></sup>", "<ol><li id=n1><p>See <i>a</i>. <a href='#r1'>↩</a></p></li></ol>"),
        (
            "<a id=r1 href='#n1'>(<span>1</span>)</a>",
            "<hr><p><a id=n1 href='#r1'>(<span>1</span>)</a> See <i>a</i>.</p>",
        ),
        ("<a name=r1 href='#n1'>[1]</a>", "<div id=x><p><a name=n1 href='#r1'>[1]</a> See <i>a</i>.</p></div>"),
        ("<a id=r1 href='#n1'>1</a>", "<p id=n1>See <i>a</i>.<a href='#r1'>Back</a></p>"),
    ],
)
def test_notes_of_a_page_by_links_there_and_back(tmp_path, mark, notes):
    contents = "<ul><li><a id=t1 href='#s1'>Peace</a></ul><h2 id=s1><a href='#t1'>Peace</a></h2>"
    page = f"{contents}<p>1. One{mark} here.</p><p id=p2>2. Two, as in <a href='#p2'>2</a> and 1{mark}.</p>{notes}"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    found = corpus.read(tmp_path / "page.html")
    assert found.paragraphs["text"].tolist() == ["One here.", "Two, as in 2 and 1."] and is_whole(found)
    notes = found.texts[found.texts["kind"] == "note"]
    assert notes[["paragraph", "text", "mark_in"]].values.tolist() == [["note 1", "See a.", "1"]]
