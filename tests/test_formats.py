"""Word, HTML and Akoma Ntoso: one document in each format, resolutions and judgments against their XML, broken files."""

import io
import re
import subprocess
import zipfile
from collections import Counter

import pandas as pd
import pypandoc
import pytest
from lxml import etree

from analysis import corpus, tokens
from tests.conftest import ORACLES, ROOT
from tests.made import quietly
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
    assert words[0] == words[1] and len(words[0]) == 2_467
    counted = corpus.coverage(other).set_index("kind")["characters"]
    assert counted[["in no span", "in two spans"]].tolist() == [0, 0]


def test_resolutions_in_xml_have_the_numbers_and_the_preamble_that_the_xml_marks(tmp_path, shared):
    archive = zipfile.ZipFile(shared / "data" / "mandates-xml.zip")
    names = sorted(archive.namelist())[::9]
    for name in names:
        xml = archive.read(name)
        (tmp_path / name).write_bytes(xml)
        found = quietly(tmp_path / name)
        _, clauses, numbered = as_plain_text(xml)
        rows = found.paragraphs[found.paragraphs["number"].notna()]
        assert [*zip(rows["number"], rows["text"].str.split().str.join(" ").str[:9], strict=True)] == numbered, name
        preamble = " ".join(found.paragraphs[found.paragraphs["part"] == "preamble"]["text"])
        assert all(clause in " ".join(preamble.split()) for clause in clauses[1:]), name
        counted = corpus.coverage(found).set_index("kind")["characters"]
        assert counted[["in no span", "in two spans"]].tolist() == [0, 0]
        document = found.documents.iloc[0]
        assert document["symbol"].startswith("S/RES/") and document["date"][:4] in document["symbol"]
    assert len(names) > 50


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
        rows = quietly(file).paragraphs.dropna(subset="number")
        word, xml = (
            Counter(zip(rows["number"].str.strip(), rows["text"].map(letters), strict=True)),
            by_the_court(file.with_suffix(".xml")),
        )
        n += xml.total()
        if word != xml:
            found[file.name] = (xml - word).total(), (word - xml).total()
    assert found == {row.Index: (row.missed, row.invented) for row in told.itertuples()} and n == 2_636
    assert told["missed"].sum() < 0.02 * n and told["invented"].sum() < 0.02 * n


def archive(**members):
    """The bytes of a zip with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/") + ".xml", content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("cut.xml", b"<akomaNtoso><p>One", "cut.xml is not well-formed XML"),
        ("own.xml", b"<report><p>1. One.</p></report>", "own.xml is XML, but not Akoma Ntoso: its root is <report>"),
        ("dtd.xml", b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "dtd.xml declares a document type"),
        ("text.docx", b"1. One.", r"text.docx"),
        ("empty.docx", archive(other="x"), "empty.docx"),
        ("bomb.docx", archive(word__document="0" * 60_000_000), "bomb.docx"),
        ("nothing.html", b" \n", "nothing.html is empty"),
        ("blank.html", b"<p><b>&nbsp;</b></p>", "blank.html is empty"),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=says) as told:
        corpus.read(tmp_path / name)
    assert len(str(told.value)) < 300


def test_what_one_file_states_changes_no_table_of_the_others(tmp_path):
    head = "<FRBRdate date='2020-05-01'/>"
    body = "<mainBody><paragraph><num>1.</num><content><p>Decides.</p></content></paragraph></mainBody>"
    xml = f"<akomaNtoso><statement><meta>{head}</meta>{body}</statement></akomaNtoso>"
    (tmp_path / "b.txt").write_text("1. One.\n\n2. Two.", encoding="utf-8")
    alone = quietly(tmp_path)
    (tmp_path / "a.xml").write_text(xml, encoding="utf-8")
    both = quietly(tmp_path)
    assert both.documents["date"].fillna("").tolist() == ["2020-05-01", ""]
    of_b = both.paragraphs[both.paragraphs["document"] == "b"].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_b, alone.paragraphs)
    dated = corpus.join(both, both.documents[["document", "date"]])
    assert dated.paragraphs["date"].fillna("").tolist() == ["2020-05-01", "", ""]


def word(start, level):
    """A Word file of two paragraphs in a list that starts so, at this level."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = "".join(f"<w:p>{place}<w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("One.", "Two."))
    form = (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    )
    lists = f'<w:abstractNum w:abstractNumId="0">{form}</w:abstractNum>'
    lists += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relation = f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>',
        "word/document.xml": f"<w:document {w}><w:body>{body}</w:body></w:document>",
        "word/numbering.xml": f"<w:numbering {w}>{lists}</w:numbering>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("start", "level", "numbers"),
    [
        (1, 0, ["1.", "2."]),
        (7, 0, ["7.", "8."]),
        (99999999999, 0, ["1.", "2."]),
        ("x", 0, ["1.", "2."]),
        (1, "y", []),
        (1, 12, []),
    ],
)
def test_lists_of_word_that_start_anywhere_or_are_damaged(tmp_path, start, level, numbers):
    (tmp_path / "list.docx").write_bytes(word(start, level))
    found = quietly(tmp_path / "list.docx").paragraphs
    assert found["number"].dropna().tolist() == numbers and found["text"].tolist() == ["One.", "Two."]


def test_text_links_and_lists_of_a_page(tmp_path):
    page = "<title>Report</title><h1>Peace</h1><p>1. One<sup>a</sup> &amp; <a href='x'>two</a>.</p><ol start=2><li>Two."
    page += "<ol type=a><li>inner</ol></ol><p>3.&nbsp;Three</p><script>var x = 1</script>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    found = corpus.read(tmp_path / "page.html").paragraphs
    assert found["number"].tolist() == ["1.", "2.", "3."]
    assert found["text"].str.split().str.join(" ").tolist() == ["Onea & two.", "Two. a. inner", "Three"]
