"""PDF: the numbers of real documents against a table made by eye, conservation, broken files, the Cairo document."""

import io
from collections import Counter
from difflib import SequenceMatcher
from functools import cache

import numpy as np
import pandas as pd
import pypdfium2
import pytest

from analysis import corpus, numbering
from analysis.readers import layout, pdf
from analysis.readers.layout import Word
from tests.conftest import ORACLES
from tests.made import expand, leftovers_are_explained, quietly

read = cache(quietly)  # no test changes what it gives
TABLE = pd.read_csv(ORACLES / "un-pdf.csv", dtype="str", keep_default_na=False)  # what was wrong on pages looked at


@pytest.fixture(scope="module")
def folder(shared):
    if not (shared / "data" / "un-pdf").is_dir():
        pytest.skip("the UN's PDFs are not here: ../shared/data/un-pdf")
    return shared / "data" / "un-pdf"


def test_numbers_seen_are_written_out_as_they_read():
    assert expand("1–3; Annex I 1–2; 4") == ["1", "2", "3", "1", "2", "4"] and expand("") == []
    assert expand("1–2; 3.I.9–3.I.10") == ["1", "2", "3.I.9", "3.I.10"]


@pytest.mark.parametrize("row", list(TABLE.itertuples()), ids=TABLE["document"])
def test_the_printed_numbers_are_found_and_none_invented(folder, row):
    found = read(folder / f"{row.document}.en.pdf")
    expected = expand(row.expected)
    numbers = [numbering.plain(number) for number in found.paragraphs["number"].dropna()]
    same = sum(block.size for block in SequenceMatcher(None, expected, numbers, autojunk=False).get_matching_blocks())
    told = len(numbers), len(expected) - same, len(numbers) - same
    assert told == tuple(map(int, [row.found, row.missed, row.invented]))
    assert leftovers_are_explained(found, row.document)
    notes = found.texts.loc[found.texts["kind"] == "note", "number"]
    if row.notes:  # those with numbers, the last seen on its page; not counted by eye where blank
        assert notes[notes.str.isdecimal()].tolist() == expand(row.notes)
    counted = corpus.coverage(found).set_index("kind")["characters"]
    assert counted[["in no span", "in two spans"]].tolist() == [0, 0]
    assert found.texts["page"].notna().all()


@pytest.mark.parametrize("name", ["A_39_361", "A_56_509", "A_79_907", "A_80_11", "S_2025_153", "S_RES_2788 (2025)"])
def test_every_character_of_the_text_layer_is_in_the_text(folder, name):
    path = folder / f"{name}.en.pdf"
    signs = str.maketrans({"\x02": "-", "\ufffe": "-", "\uffff": "-", "\0": "", **pdf._LETTERS})
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]
    expected = Counter("".join("".join(pages).translate(signs).split()))
    assert Counter("".join(read(path).documents["text"][0].split())) == expected


def test_resolution_2788_has_a_preamble_and_fifteen_paragraphs(folder):
    found = read(folder / "S_RES_2788 (2025).en.pdf").paragraphs
    operative = found[found["part"] == "operative"]
    assert operative["paragraph"].tolist() == [str(n) for n in range(1, 16)]
    assert operative["text"].iloc[-1] == "Decides to remain seized of the matter."
    assert found["paragraph"].iloc[0] == "PP1" and found["text"].iloc[0].startswith("The Security Council, ")


def test_no_job_number_in_a_paragraph_and_an_annex_by_its_name(folder):
    found = read(folder / "S_2025_153.en.pdf").paragraphs
    assert "Annex I, 1" in set(found["paragraph"])
    assert not found["text"].str.contains(r"25-\d{5}|S/2025/153|\d/32").any()


def test_an_agenda_does_not_swallow_a_paragraph_nor_number_one(folder):
    agenda = read(folder / "A_80_150.en.pdf")
    assert agenda.paragraphs["number"].isna().all()
    told = read(folder / "A_39_361.en.pdf").problems.set_index("problem")["detail"]
    assert told["scanned page"].startswith("pages 1-4: an image with text from OCR")


def test_a_mark_is_raised_and_columns_are_read_one_by_one():
    line = [Word("peace", 0, 30, 100, 10, False, True), Word("12", 30, 36, 104, 6, False, False)]
    assert layout.row(line).raised == [(5, 7)] and layout.row(line).text == "peace12"
    sides = [(x, f"{side}{n}", 700 - 12 * n) for n in range(8) for x, side in [(0, "a"), (220, "b")]]
    words = [
        Word(f"{text}{k}", x + 50 * k, x + 50 * k + 47, y, 10, False, True) for x, text, y in sides for k in range(4)
    ]
    assert [row.text[:2] for row in layout.rows(words)] == [f"{side}{n}" for side in "ab" for n in range(8)]


# Documents of other makers, set as reports and judgments are

LONG = "The parties agreed to return to the talks once the monitors had reported on the routes that were still closed. "


def at(left, top, text, width=400, size=10, bold=False):
    """A text and its place on a page; a note mark stands behind a ^ at its end."""
    return left, top, text, width, size, "Times-Bold" if bold else "Times-Roman"


def printed(path, *pages):
    """What is read of a PDF of these pages, each a list of texts, which are broken into lines of their width."""
    module = pytest.importorskip("reportlab.pdfgen.canvas", reason="needs reportlab")
    from reportlab.lib.utils import simpleSplit

    canvas = module.Canvas(str(path))
    for page in pages:
        for left, top, text, width, size, font in page:
            for k, line in enumerate(simpleSplit(text, font, size, width)):
                words, _, mark = line.partition("^")
                base = top - 1.2 * size * k
                canvas.setFont(font, size)
                canvas.drawString(left, base, words)
                end = left + canvas.stringWidth(words, font, size)
                canvas.setFont(font, 0.6 * size)
                canvas.drawString(end, base + 0.4 * size, mark)
        canvas.showPage()
    canvas.save()
    return read(path).texts


def test_numbers_in_the_margin_and_notes_at_the_end(tmp_path):
    pages = []
    for page in range(2):
        pages.append([at(70, 780, "The Queen v Smith", size=8), at(280, 40, f"Page {page + 1} of 2", size=8)])
        for k in range(3):
            pages[page] += [at(40, 700 - 80 * k, str(3 * page + k + 1)), at(70, 700 - 80 * k, 3 * LONG)]
    pages[0] += [at(70, 730, "The appeal", bold=True), at(40, 460, "4"), at(70, 460, "The court said so.^1")]
    pages[1] = [one if one[2] not in "456" else at(40, one[1], str(int(one[2]) + 1)) for one in pages[1]]
    pages[1] += [at(70, 420, "Notes", bold=True), at(70, 400, "1. Ibid., p. 4.", size=8)]
    found = printed(tmp_path / "a.pdf", *pages)
    numbered = found[found["kind"] == "paragraph"]
    assert numbered["number"].tolist() == list("1234567") and numbered["text"].iloc[3] == "The court said so."
    assert set(" ".join(text.split()) for text in numbered["text"].drop(numbered.index[3])) == {(3 * LONG).strip()}
    note = found[found["kind"] == "note"].iloc[0]
    assert [note["number"], note["text"], note["mark_in"]] == ["1", "Ibid., p. 4.", "4"]


def test_titles_headings_captions_and_tables_are_no_paragraphs(tmp_path):
    table = [at(70, 470, "Table 1. Routes", bold=True), at(76, 450, "Route"), at(300, 450, "State")]
    table += [at(76, 430, "From the harbour to the hill and back again", 120), at(300, 430, "Open to all")]
    table += [at(76, 400, "Along the coast"), at(300, 400, "Closed")]
    page = [at(70, 760, "Two years of talks and their results", 250, 20, True), at(70, 700, "1. Aims", bold=True)]
    page += [at(70, 675, 4 * LONG), at(70, 610, "1.1 Means", bold=True), at(70, 585, 5 * LONG), *table]
    found = printed(tmp_path / "a.pdf", [*page, at(70, 370, 3 * LONG)])
    assert found.loc[found["kind"] == "heading", "text"].tolist() == ["1. Aims", "1.1 Means"]
    paragraphs = found.loc[found["kind"] == "paragraph", "text"]
    assert [" ".join(text.split()) for text in paragraphs] == [(n * LONG).strip() for n in (4, 5, 3)]


def test_a_note_goes_on_at_the_foot_of_the_next_page(tmp_path):
    rule, below = 20 * "_", [at(70, 115, f"1 {LONG}", size=7), at(70, 185, 3 * LONG, size=7)]
    first = [at(70, 700, 3 * LONG), at(70, 640, "The court said so.^1"), at(70, 130, rule), below[0]]
    found = printed(tmp_path / "a.pdf", first, [at(70, 670, 4 * LONG), at(70, 200, rule), below[1]])
    texts = found.groupby("kind")["text"].apply(lambda own: " ".join(" ".join(own).split()))
    assert texts["note"] == (4 * LONG).strip() and texts["paragraph"].count("The parties") == 7


def test_what_goes_on_without_letters_or_stands_alike_at_the_foot_of_pages_is_text(tmp_path):
    pytest.importorskip("reportlab", reason="needs reportlab")
    from reportlab.lib.utils import simpleSplit

    full = simpleSplit(LONG, "Times-Roman", 10, 400)[0]
    alike = "The parties are asked to report to the Council within the year;"
    pages = [[at(70, 700, 3 * LONG), at(70, 600, full), at(70, 588, "75/284).")], [at(70, 700, 4 * LONG)]]
    for k, page in enumerate(pages, start=1):
        page += [at(70, 100, alike), at(300, 40, f"Page {k} of 2", size=8)]
    texts = [" ".join(text.split()) for text in printed(tmp_path / "a.pdf", *pages)["text"]]
    assert f"{full} 75/284)." in texts and texts.count(alike) == 2


def test_contents_and_sources_of_tables_are_no_text_and_the_title_stands_below_the_masthead(tmp_path):
    head = [at(70, 780, "United Nations"), at(300, 780, "A/80/7"), at(70, 760, "General Assembly", size=20, bold=True)]
    head += [at(300, 760, "Distr.: General"), at(70, 740, "Eightieth session"), at(70, 720, "Agenda item 7")]
    head += [at(70, 705, "Talks, truces and what follows them", bold=True)]
    head += [at(70, 680, "Two years of talks and the General Assembly", size=14, bold=True)]
    contents = [at(70, 640 - 12 * k, f"{name} {60 * '.'} {k}") for k, name in enumerate("ABCDE")]
    table = [at(70, 500, "Table 1. Routes", bold=True), at(76, 485, "Route", size=8), at(300, 485, "State", size=8)]
    table += [at(76, 470, "Coast", size=8), at(300, 470, "Closed", size=8)]
    table += [at(84, 455, f"Source: {2 * LONG}", width=380, size=8)]
    pages = [*head, *contents, at(70, 560, 4 * LONG)], [at(70, 700, 4 * LONG), *table, at(70, 400, 4 * LONG)]
    found = printed(tmp_path / "a.pdf", *pages)
    assert not found["text"].str.contains(r"Source:|\.{9}").any()
    whole = read(tmp_path / "a.pdf")
    assert whole.documents["title"][0] == "Two years of talks and the General Assembly"
    assert {"contents", "table or figure"} <= set(whole.spans["reason"])


def test_an_indented_line_begins_a_paragraph_in_columns_too(tmp_path):
    words = LONG.split()
    texts = [[" ".join(words[k:] + words[:k]) for k in range(n, n + 4)] for n in range(6)]
    lines = [(k == 0, text[:48]) for block in texts for k, text in enumerate(block)]
    page = [at(60 + 250 * (n // 12) + 12 * first, 700 - 12 * (n % 12), text) for n, (first, text) in enumerate(lines)]
    found = printed(tmp_path / "a.pdf", page)
    expected = ["".join(text[:48] for text in block).replace(" ", "") for block in texts]
    assert ["".join(text.split()) for text in found["text"]] == expected


# Broken files


def blank():
    """A PDF of one page without text."""
    document, made = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(300, 300)
    document.save(made)
    return made.getvalue()


def test_what_cannot_be_read_is_named_with_what_to_do():
    whole = blank()
    with pytest.raises(ValueError, match=r"a\.pdf has no text layer.*ocrmypdf"):
        pdf.read(whole, "a.pdf")
    with pytest.raises(ValueError, match=r"a\.pdf is not a PDF"):
        pdf.read(b"PK\x03\x04 a Word file", "a.pdf")
    for end in (20, len(whole) // 2, len(whole) - 40):
        with pytest.raises(ValueError, match=r"a\.pdf is (damaged|cut off).*Get the file again"):
            pdf.read(whole[:end], "a.pdf")


def test_an_encrypted_file_says_how_to_open_it():
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="needs reportlab")
    made = io.BytesIO()
    page = canvas.Canvas(made, encrypt="secret")
    page.drawString(50, 50, "1. Hidden.")
    page.save()
    with pytest.raises(ValueError, match=r"a\.pdf is encrypted.*qpdf"):
        pdf.read(made.getvalue(), "a.pdf")


def test_damaged_bytes_give_a_source_or_a_clear_error(folder):
    whole = (folder / "S_2025_180.en.pdf").read_bytes()
    chance = np.random.default_rng(0)
    for _ in range(30):
        broken = bytearray(whole)
        for place in chance.integers(0, len(whole), 20):
            broken[place] = chance.integers(256)
        try:
            assert pdf.read(bytes(broken), "a.pdf").text
        except ValueError as error:
            assert str(error).startswith("a.pdf ")
