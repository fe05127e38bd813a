"""PDF: the numbers of real documents against a table made by eye, conservation, broken files, the Cairo document."""

import io
from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache

import numpy as np
import pandas as pd
import pypdfium2
import pytest

from analysis import corpus, numbering
from analysis.readers import layout, pdf, typography
from tests.conftest import ORACLES
from tests.made import expand, leftovers_are_explained, quietly, refused

read = cache(quietly)  # no test changes what it gives
LAYER = ["A_39_361", "A_56_509", "A_79_907", "A_80_11", "S_2025_153", "S_RES_2788 (2025)"]
SIGNS = str.maketrans({"\x02": "-", "\ufffe": "-", "\uffff": "-", "\0": "", **pdf._LETTERS})
TABLE = pd.read_csv(ORACLES / "un-pdf.csv", dtype="str", keep_default_na=False)  # what was wrong on pages looked at


@pytest.fixture(scope="module")
def folder(shared):
    if not (shared / "data" / "un-pdf").is_dir():
        pytest.skip("the UN's PDFs are not here: ../shared/data/un-pdf")
    return shared / "data" / "un-pdf"


def test_numbers_seen_are_written_out_as_they_read():
    assert expand("1–3; Annex I 1–2; 4; 3.I.9–3.I.10") == [*"12312", "4", "3.I.9", "3.I.10"] and expand("") == []


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
    assert corpus.coverage(found).set_index("kind")["characters"][["in no span", "in two spans"]].tolist() == [0, 0]
    assert found.texts["page"].notna().all()
    if row.document in LAYER:  # every character of the text layer is in the text
        pages = pypdfium2.PdfDocument(folder / f"{row.document}.en.pdf")
        layer = "".join(page.get_textpage().get_text_range() for page in pages).translate(SIGNS)
        assert Counter("".join(found.documents["text"][0].split())) == Counter("".join(layer.split()))


def test_preambles_annexes_and_scans_are_told_as_seen(folder):
    resolution, letter = (read(folder / f"{name}.en.pdf").paragraphs for name in ("S_RES_2788 (2025)", "S_2025_153"))
    assert (resolution["part"] == "operative").sum() == 15 and resolution["paragraph"][0] == "PP1"
    assert resolution["text"][0].startswith("The Security Council, ")
    assert resolution["text"].iloc[-1] == "Decides to remain seized of the matter."
    assert "Annex I, 1" in set(letter["paragraph"])
    assert not letter["text"].str.contains(r"25-\d{5}|S/2025/153|\d/32").any()  # job numbers
    told = read(folder / "A_39_361.en.pdf").problems.set_index("problem")["detail"]
    assert told["scanned page"].startswith("pages 1-4: an image with text from OCR")


# Documents of other makers, set as reports and judgments are

LONG = "The parties agreed to return to the talks once the monitors had reported on the routes that were still closed. "


def at(left, top, text, width=400, size=10, bold=False):
    """A text and its place on a page; a note mark stands behind a ^ at its end."""
    return left, top, text, width, size, "Times-Bold" if bold else "Times-Roman"


def times(n):
    """So many sentences, as they are read."""
    return (n * LONG).strip()


@pytest.fixture
def printed(tmp_path):
    """What is read of a PDF of these pages, each a list of texts, which are broken into lines of their width."""
    module = pytest.importorskip("reportlab.pdfgen.canvas", reason="needs reportlab")
    from reportlab.lib.utils import simpleSplit

    def made(*pages):
        canvas = module.Canvas(str(tmp_path / "a.pdf"))
        for page in pages:
            for line in [one for one in page if len(one) == 4]:
                canvas.line(*line)
            for left, top, text, width, size, font in [one for one in page if len(one) > 4]:
                for k, line in enumerate(simpleSplit(text, font, size, width)):
                    words, _, mark = line.partition("^")
                    for x, up, part, of_size in [(0, 0, words, 1), (canvas.stringWidth(words, font, size), 0.4, mark, 0.6)]:  # fmt: skip
                        canvas.setFont(font, of_size * size)
                        canvas.drawString(left + x, top + (up - 1.2 * k) * size, part)
            canvas.showPage()
        canvas.save()
        found = quietly(tmp_path / "a.pdf")
        return found._replace(texts=found.texts.assign(text=found.texts["text"].str.split().str.join(" ")))

    return made


def test_numbers_in_the_margin_and_notes_at_the_end(printed):
    pages = []
    for page in range(2):
        pages.append([at(70, 780, "The Queen v Smith", size=8), at(280, 40, f"Page {page + 1} of 2", size=8)])
        for k in range(3):
            pages[page] += [at(40, 700 - 80 * k, str(4 * page + k + 1)), at(70, 700 - 80 * k, 3 * LONG)]
    pages[0] += [at(70, 730, "The appeal", bold=True), at(40, 460, "4"), at(70, 460, "The court said so.^1")]
    pages[1] += [at(70, 420, "Notes", bold=True), at(70, 400, "1. Ibid., p. 4.", size=8)]
    found = printed(*pages).texts
    numbered = found[found["kind"] == "paragraph"]
    expected = [[str(n), "The court said so." if n == 4 else times(3)] for n in range(1, 8)]
    assert numbered[["number", "text"]].values.tolist() == expected
    note = found[found["kind"] == "note"].iloc[0]
    assert [note["number"], note["text"], note["mark_in"]] == ["1", "Ibid., p. 4.", "4"]


def test_titles_headings_captions_and_tables_are_no_paragraphs(printed):
    table = [at(70, 470, "Table 1. Routes", bold=True), at(76, 450, "Route"), at(300, 450, "State")]
    table += [at(76, 430, "From the harbour to the hill and back again", 120), at(300, 430, "Open to all")]
    table += [at(76, 400, "Along the coast"), at(300, 400, "Closed")]
    page = [at(70, 760, "Two years of talks and their results", 250, 20, True), at(70, 700, "1. Aims", bold=True)]
    page += [at(70, 675, 4 * LONG), at(70, 610, "1.1 Means", bold=True), at(70, 585, 5 * LONG), *table]
    texts = printed([*page, at(70, 370, 3 * LONG)]).texts.groupby("kind")["text"].apply(list)
    assert texts["heading"] == ["1. Aims", "1.1 Means"] and texts["paragraph"] == [times(4), times(5), times(3)]


def test_a_note_goes_on_at_the_foot_of_the_next_page(printed):
    rule, below = 20 * "_", [at(70, 115, f"1 {LONG}", size=7), at(70, 185, 3 * LONG, size=7)]
    first = [at(70, 700, 3 * LONG), at(70, 640, "The court said so.^1"), at(70, 130, rule), below[0]]
    found = printed(first, [at(70, 670, 4 * LONG), at(70, 200, rule), below[1]]).texts
    texts = found.groupby("kind")["text"].apply(" ".join)
    assert texts["note"] == times(4) and texts["paragraph"].count("The parties") == 7


def test_what_goes_on_without_letters_or_stands_alike_at_the_foot_of_pages_is_text(printed):
    full, alike = LONG[:102], "The parties are asked to report to the Council within the year;"  # all that a line holds
    pages = [[at(70, 700, 3 * LONG), at(70, 600, full), at(70, 588, "75/284).")], [at(70, 700, 4 * LONG)]]
    for k, page in enumerate(pages, start=1):
        page += [at(70, 100, alike), at(300, 40, f"Page {k} of 2", size=8)]
    texts = printed(*pages).texts["text"].tolist()
    assert f"{full} 75/284)." in texts and texts.count(alike) == 2


def test_where_every_line_is_at_the_edge_of_its_page_nothing_is_a_paragraph_and_that_is_told(printed):
    found = printed(*[[at(70, 800, "S/2025/1"), at(70, 30, "A draft")]] * 6)
    assert found.texts.empty and set(found.spans["kind"]) == {"leftover"}
    assert found.problems["problem"].tolist() == ["no numbers"]


def test_contents_and_sources_of_tables_are_no_text_and_the_title_stands_below_the_masthead(printed):
    head = [at(70, 780, "United Nations"), at(300, 780, "A/80/7"), at(70, 760, "General Assembly", size=20, bold=True)]
    head += [at(300, 760, "Distr.: General"), at(70, 740, "Eightieth session"), at(70, 720, "Agenda item 7")]
    head += [at(70, 705, "Talks, truces and what follows them", bold=True)]
    head += [at(70, 680, "Two years of talks and the General Assembly", size=14, bold=True)]
    contents = [at(70, 640 - 12 * k, f"{name} {60 * '.'} {k}") for k, name in enumerate("ABCDE")]
    table = [at(70, 500, "Table 1. Routes", bold=True), at(76, 485, "Route", size=8), at(300, 485, "State", size=8)]
    table += [at(76, 470, "Coast", size=8), at(300, 470, "Closed", size=8)]
    table += [at(84, 455, f"Source: {2 * LONG}", width=380, size=8)]
    pages = [*head, *contents, at(70, 560, 4 * LONG)], [at(70, 700, 4 * LONG), *table, at(70, 400, 4 * LONG)]
    found = printed(*pages)
    assert not found.texts["text"].str.contains(r"Source:|\.{9}").any()
    assert found.documents["title"][0] == "Two years of talks and the General Assembly"
    assert {"contents", "table or figure"} <= set(found.spans["reason"])


def test_an_indented_line_begins_a_paragraph_in_columns_too(printed):
    words = LONG.split()
    texts = [[" ".join(words[k:] + words[:k])[:48] for k in range(n, n + 4)] for n in range(6)]
    lines = [(k == 0, line) for text in texts for k, line in enumerate(text)]
    page = [at(60 + 250 * (n // 12) + 12 * first, 700 - 12 * (n % 12), text) for n, (first, text) in enumerate(lines)]
    found = printed(page).texts["text"].str.replace(" ", "")
    assert found.tolist() == ["".join(text).replace(" ", "") for text in texts]


# Tables whose cells drawn lines part, or the gaps between columns

ASKED = [(f"1.{n} Open the crossing of the port {n}.", "Accepted", "By the Council") for n in range(1, 7)]
PROSE = [(f"{n}. {LONG}", f"Reason {n}: the port was closed by both sides.", str(100 * n)) for n in range(1, 5)]
FIGURES = [("Mission", "2021", "2022"), ("UNDOF and its staff", "61.9", "63.5"), ("UNIFIL", "476.8", "487.6")]


@pytest.mark.parametrize("upright", [True, False], ids=["grid", "level lines"])
@pytest.mark.parametrize(
    ("rows", "numbers"),
    [(ASKED, [f"1.{n}" for n in range(1, 7)]), (PROSE, []), (FIGURES, [])],
    ids=["list", "text", "figures"],
)
def test_tables_are_read_cell_by_cell(printed, rows, numbers, upright):
    edges, tops = [70, 230, 400, 500], [600 - 80 * k for k in range(len(rows) + 1)]
    lines = [(70, top, 500, top) for top in tops] + [(x, tops[-1], x, 600) for x in edges if upright]
    cells = [
        at(edges[k] + 4, tops[n] - 12, said, width=130) for n, row in enumerate(rows) for k, said in enumerate(row)
    ]
    found = printed([at(70, 700, f"1. {3 * LONG}"), *cells, *lines, at(70, tops[-1] - 40, f"2. {3 * LONG}")])
    texts = [text for text in found.texts["text"] if not text.startswith(times(3))]
    own = [said.strip() for row in rows for said in row]
    if rows is FIGURES:
        assert not texts and "table or figure" in set(found.spans["reason"])
    elif rows is ASKED:
        assert found.paragraphs["number"].tolist() == ["1.", *numbers, "2."]
        assert [" ".join(text.split()) for text in texts] == [" ".join([*row])[4:] for row in rows]
    else:  # told once more by a cell that begins with a number, but none of a paragraph
        assert found.paragraphs["number"].tolist() == ["1.", "2."]
        assert " ".join(found.paragraphs["text"][0].split()).removeprefix(times(3)).split() == " ".join(own).split()


def test_columns_close_together_with_a_larger_heading_are_read_one_after_the_other(printed):
    pdfmetrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics", reason="needs reportlab")
    page = [at(60, 724, "The talks", size=14, bold=True)]
    for n in range(2):  # lines as wide as their column, 7 points apart at 10 points of type
        lines = [f"{n + 1}."]
        for word in (8 * LONG).split():
            wide = pdfmetrics.stringWidth(f"{lines[-1]} {word}", "Times-Roman", 10) > 230
            lines = [*lines, word] if wide else [*lines[:-1], f"{lines[-1]} {word}"]
        page += [at(60 + 237 * n, 700 - 12 * k - 5 * n, line) for k, line in enumerate(lines)]
    assert printed(page).texts["text"].tolist() == ["The talks", times(8), times(8)]


def test_notes_alike_at_the_foot_of_pages_are_notes(printed):
    pages = [[at(70, 700, f"{n}. {n * LONG}"), at(70, 700 - 24 * n, f"It said so {n} times.^{n}")] for n in range(1, 6)]
    for n, page in enumerate(pages, 1):
        page += [at(70, 80, 20 * "_"), at(70, 60, f"{n} Ibid., p. {7 * n}.", size=7)]
    found = printed(*pages).texts
    assert found.loc[found["kind"] == "note", "text"].tolist() == [f"Ibid., p. {7 * n}." for n in range(1, 6)]


def test_hanging_paragraphs_that_quote_flush_numbers_are_no_list():
    page = []
    for number in (1, 20, 21, 22, 2, 40, 41, 42, 3, 60, 61, 62, 4):
        left, inner = (50, 70) if number < 5 else (110, 110)
        first = layout.Row(f"{number}. {20 * 'word '}", left, 470, 0, 10, False, [], 10, inner, [])
        page += [first, replace(first, text="and so on", left=inner, begins=False)]
    typography._lists([page])
    assert not any(row.table for row in page)


# As books, papers, bills and contracts are made


def test_works_referred_to_by_number_are_notes(printed):
    works = [at(70, 400 - 30 * k, f"{k}. Author {k}, {LONG}") for k in range(1, 7)]
    found = printed([at(70, 700, f"{4 * LONG}It said so [1,2]."), at(70, 410, "References", bold=True), *works]).texts
    assert found.loc[found["kind"] == "note", "number"].tolist() == [*"123456"]
    assert found.loc[found["kind"] == "paragraph", "number"].isna().tolist() == [True]


def test_contents_without_leaders_are_no_paragraphs(printed):
    entries = [("Preface", "xi"), ("1 Aims", 1), *((f"1.{k} Means of the talks", 3 * k) for k in range(1, 10))]
    contents = [at(70, 700 - 14 * k, f"{name} {page}") for k, (name, page) in enumerate(entries)]
    found = printed(contents, [at(70, 700, "1 Aims", bold=True), at(70, 660, 4 * LONG)])
    assert found.texts["text"].tolist() == ["1 Aims", times(4)] and "contents" in set(found.spans["reason"])


def test_columns_of_text_between_the_frames_of_figures_are_read(printed):
    frames = [(60, top, 540, top) for top in (780, 600, 300, 120)]
    lines = [[f"the parties of column {n} agreed once more"] * 20 for n in range(2)]
    lines = [[*own[:15], "the talks ended for all. Then they agreed", *own[15:]] for own in lines]
    columns = [at(60 + 250 * n, 580 - 12 * k, line) for n in range(2) for k, line in enumerate(lines[n])]
    read = " ".join(printed([*frames, *columns]).texts["text"]).split()
    assert read == " ".join([*lines[0], *lines[1]]).split()


def test_numbers_that_count_lines_are_no_paragraphs(printed):
    lines = [at(90, 700 - 24 * k, LONG[:70].lower()) for k in range(12)]
    found = printed([*lines, *(at(60, 700 - 24 * k, str(k + 1)) for k in range(12))])
    assert found.paragraphs["number"].isna().all() and (found.spans["reason"] == "line number").sum() == 12


def test_headings_in_small_capitals_with_a_colon_or_a_little_smaller(printed):
    page = [at(70, 700, "I. T"), at(84.5, 700, "HE TALKS", size=8), at(70, 680, 4 * LONG)]
    page += [at(70, 600, "II. Parties:", bold=True), at(70, 580, 4 * LONG)]
    found = printed([*page, at(70, 500, "What follows", size=9, bold=True), at(70, 486, 4 * LONG)]).texts
    assert found["text"].tolist() == ["I. THE TALKS", times(4), "II. Parties:", times(4), "What follows", times(4)]
    assert set(found["kind"][::2]) == {"heading"} and set(found["kind"][1::2]) == {"paragraph"}


def test_a_list_in_a_long_text_numbers_no_paragraphs(printed):
    before = [at(70, 780 - 50 * k, 2 * LONG) for k in range(9)]
    found = printed([*before, *(at(70, 300 - 40 * k, f"{k}. {LONG}") for k in range(1, 4))])
    assert found.paragraphs["number"].isna().all() and "passed over" in set(found.problems["problem"])


# Broken files


def blank():
    """A PDF of one page without text."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 300)
    document.save(made := io.BytesIO())
    return made.getvalue()


def locked():
    """A PDF that opens with a password only."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="needs reportlab")
    page = canvas.Canvas(made := io.BytesIO(), encrypt="secret")
    page.drawString(50, 50, "1. Hidden.")
    page.save()
    return made.getvalue()


BROKEN = r"^a\.pdf is (damaged|cut off).*Get the file again"
test_what_cannot_be_read_is_named_with_what_to_do = refused(
    lambda made: pdf.read(made(), "a.pdf"),
    (blank, r"^a\.pdf has no text layer.*ocrmypdf"),
    (lambda: b"PK\x03\x04 a Word file", "a.pdf is not a PDF"),
    (lambda: blank()[:20], BROKEN),
    (lambda: blank()[: len(blank()) // 2], BROKEN),
    (lambda: blank()[:-40], BROKEN),
    (locked, r"^a\.pdf is encrypted.*qpdf"),
)


def test_damaged_bytes_give_a_source_or_a_clear_error(folder):
    whole = (folder / "S_RES_2787 (2025).en.pdf").read_bytes()
    chance = np.random.default_rng(0)
    for _ in range(30):
        broken = bytearray(whole)
        for place in chance.integers(0, len(whole), 20):
            broken[place] = chance.integers(256)
        try:
            assert pdf.read(bytes(broken), "a.pdf").text
        except ValueError as error:
            assert str(error).startswith("a.pdf ")


def test_arabic_from_right_to_left_has_its_ligatures_and_numbers(tmp_path):
    """One sign stands for lam and alef, which PDFium turns round; the number stands at the right."""
    signs = {"A": "لا", "B": "ب"}
    pairs = " ".join(f"<{ord(code):02x}> <{text.encode('utf-16-be').hex()}>" for code, text in signs.items())
    meaning = f"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar {pairs} endbfchar endcmap"
    parts = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
             "<</Length 37>>stream\nBT /F 12 Tf 300 700 Td (BAB.21) Tj ET\nendstream",
             "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 6 0 R>>",
             f"<</Length {len(meaning)}>>stream\n{meaning}\nendstream"]  # fmt: skip
    made, places = "%PDF-1.4\n", ""
    for number, part in enumerate(parts, start=1):
        places += f"{len(made):010} 00000 n \n"
        made += f"{number} 0 obj{part}endobj\n"
    end = f"xref\n0 7\n0000000000 65535 f \n{places}trailer<</Root 1 0 R/Size 7>>\nstartxref\n{len(made)}\n%%EOF"
    (tmp_path / "a.pdf").write_text(made + end)
    assert quietly(tmp_path / "a.pdf").paragraphs[["paragraph", "text"]].values.tolist() == [["21", "بلاب"]]


def test_arabic_drawn_from_left_to_right_is_put_in_the_order_of_reading():
    """The letters of a word as a PDF gives them; each is drawn to the right of the one before, or to its left."""

    def word(letters, ahead):
        text, place = letters[0], 0
        for letter in letters[1:]:
            place, _ = pdf._place(text, letter, place, ahead, False)
            text = text[:place] + letter + text[place:]
        return text

    assert word("باتك", True) == word("كتاب", False) == "كتاب"
    assert word(".باتك", True) == "كتاب." and word("م2016", True) == "2016م" and word("Cairo", True) == "Cairo"
