"""The first document, checked against its text as read by eye, not against the program's output."""

import pytest
import regex

from analysis import corpus
from tests.conftest import ORACLES, ROOT

SOURCE = (ROOT / "data" / "documents" / "cairo-workshop-2016.md").read_text(encoding="utf-8")
SECTIONS = [
    ("Background", 1, 4),
    ("The Arab Perspectives High-Level Workshop", 5, 8),
    ("Summary of Discussions", 9, 9),
    ("UN Reform", 10, 11),
    ("The Primacy of Politics: Conflict Prevention, Management and Resolution", 12, 18),
    ("Partnerships between International and Regional Organizations", 19, 25),
    ("Triangular Cooperation", 26, 29),
    ("Enhancing National Ownership", 30, 33),
    ("Enhancing Synergies and Effectiveness of UN Field Presence", 34, 40),
]


@pytest.fixture(scope="module")
def text(workshop):
    return workshop.paragraphs.set_index("paragraph")["text"]


def test_forty_paragraphs_in_nine_sections_whose_headings_stand_in_the_order_of_the_text(workshop):
    found, headings = workshop.paragraphs, workshop.texts[workshop.texts["kind"] == "heading"]
    expected = [(str(n), section) for section, first, last in SECTIONS for n in range(first, last + 1)]
    assert list(zip(found["paragraph"], found["section"], strict=True)) == expected
    assert found["number"].tolist() == [f"{n}." for n in range(1, 41)]
    assert found["order"].tolist() == list(range(1, 41)) and workshop.problems.empty
    assert headings["paragraph"].tolist() == [f"heading {n}" for n in range(1, 10)]
    assert headings["text"].tolist() == headings["section"].tolist() == [section for section, _, _ in SECTIONS]
    keys = workshop.texts["paragraph"].tolist()
    assert keys[4:13] == ["heading 1", "1", "2", "3", "4", "note 1", "note 2", "note 3", "heading 2"]


def test_six_notes_at_their_paragraphs(workshop):
    notes = workshop.texts[workshop.texts["kind"] == "note"].set_index("number")
    assert notes["paragraph"].tolist() == [f"note {n}" for n in range(1, 7)]
    assert notes["mark_in"].to_dict() == {"1": "2", "2": "2", "3": "3", "4": "5", "5": "5", "6": "6"}
    assert notes["text"]["1"] == (
        "Report of the High Level Independent Panel on the Review of Peacekeeping Operations:\n"
        "http://www.un.org/en/ga/search/view_doc.asp?symbol=S/2015/446."
    )
    assert notes["text"]["2"].endswith("http://www.un.org/ga/search/view_doc.asp?symbol=A/RES/65/7.")
    assert notes["text"]["3"].startswith("In addition to the peacekeeping and the peacebuilding reviews, a review")
    assert notes["text"]["3"].endswith("was also conducted last year.")
    address = "http://www.cairopeacekeeping.org/en/think-tank/conferences-and-workshops/details"
    assert notes["text"][["4", "5"]].tolist() == [f"{address}/1.", f"{address}/53."]
    assert notes["text"]["6"].startswith("CCCRA would like") and notes["text"]["6"].endswith("support of this event.")


def test_paragraphs_run_on_over_notes_and_page_breaks(text):
    inside = {
        "4": "Mogens Lykketoft (PGA) has taken",
        "11": "UN decision-making processes",
        "29": "should push forward the discussion",
        "39": "The UN must develop new tools",
        "5": "”, in collaboration",
        "2": "operations and peacebuilding",
    }
    assert all(words in text[key] for key, words in inside.items())
    assert text["4"].endswith("that enjoys the support of the majority of its members.")
    assert text["29"].endswith("an important role in this regard.")
    assert text["40"].endswith("rather than permanent settlements.")


def test_quotation_and_bullets_belong_to_their_paragraph(text):
    assert text["6"].endswith(
        "titled:\n“Arab Perspectives on the Future of the UN Peace and Security Architecture: "
        "Towards a Timely, Collective and Effective Response”"
    )
    assert text["8"].count("\nH.E. ") == 5 and text["8"].endswith("for Peace Operations.")
    after = text["11"].split("such as:\n")[1].split("\n")
    assert [line.split()[0] for line in after] == ["Expanding", "Addressing", "Empowering"]


def test_glued_numbers_are_numbers_and_no_emphasis_or_note_mark_is_left(text):
    assert regex.findall(r"(?m)^(\d+)\.(?=\S)", SOURCE) == [str(n) for n in [*range(12, 19), *range(30, 34), 40]]
    assert not text.str.contains(r"^[\d.]|[*¹²³⁴⁵⁶_]").any()


def test_front_matter_and_leftover_and_nothing_lost(workshop):
    document, spans = workshop.documents.iloc[0], workshop.spans
    front = workshop.texts.loc[workshop.texts["kind"] == "front matter", "text"]
    assert [line[:12] for line in front] == ["Unofficial S", "“Arab Perspe", "1-2 March 20", "Cairo, Egypt"]
    leftover = spans[spans["kind"] == "leftover"]
    assert [document["text"][start:end] for start, end in leftover[["start", "end"]].values] == ["===="]
    assert leftover["reason"].tolist() == ["no letters or digits"]
    assert document["title"].startswith("Unofficial Summary High-Level Workshop “Arab Perspectives")
    coverage = corpus.coverage(workshop).set_index("kind")["characters"]
    assert coverage[["in no span", "in two spans"]].tolist() == [0, 0]
    assert coverage.sum() == len("".join(SOURCE.split()))


def test_the_copy_is_the_given_document(shared):
    given = (shared / "data" / "cairo-workshop-2016.md").read_bytes()
    assert (ROOT / "data" / "documents" / "cairo-workshop-2016.md").read_bytes() == given
    assert (ORACLES / "cairo-tokens.csv").read_bytes() == (shared / "oracles" / "cairo-tokens.csv").read_bytes()
