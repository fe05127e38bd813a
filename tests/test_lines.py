"""Lines as they really come: each kind of input that was read wrongly once, with what it should be read as, by hand."""

import cProfile
import pstats
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
import regex

from analysis import corpus, structure, tables, tokens
from analysis.readers import markdown
from tests.made import quietly
from tests.test_corpus import told

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
TITLE = "S/RES/2788 (2025)\n\nResolution 2788 (2025)\n\nAdopted at its 9965th meeting, on\n24 July 2025\n\n"


@pytest.fixture
def each(tmp_path):
    """Read texts, all at once, each a file of its own; every character in exactly one span. A corpus for each."""

    def read(sources, suffix=".md"):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for number, source in enumerate(sources):
            (folder / f"{number:03d}{suffix}").write_text(source, encoding="utf-8", newline="")
        found = quietly(folder)
        in_order(found)
        lined = found._replace(problems=found.problems[found.problems["line"].notna()])  # others are of several files
        documents = found.documents["document"]
        own = ([of[of["document"] == name].reset_index(drop=True) for of in lined[:4]] for name in documents)
        return [corpus.Corpus(*of_one) for of_one in own]

    return read


@pytest.fixture
def read(each):
    return lambda source, suffix=".md": each([source], suffix)[0]


def in_order(found):
    """Nothing is lost; words stand in the text where their span says; keys are unique: of each document."""
    counted = corpus.coverage(found)
    assert counted.loc[counted["kind"].str.startswith("in "), "characters"].tolist() == [0, 0] * len(found.documents)
    text = found.texts.set_index(["document", "paragraph"])["text"]
    assert text.index.is_unique and found.spans.groupby("document")["start"].is_monotonic_increasing.all()
    text, source = text.to_dict(), found.documents.set_index("document")["text"].to_dict()
    for span in found.spans[found.spans["text_start"].notna()].itertuples():
        words = source[span.document][span.start : span.end]
        assert text[span.document, span.paragraph][span.text_start :].startswith(words)


def texts(found, *kinds):
    """Key → text, with kinds in the order of the document; all kinds unless some are named."""
    rows = found.texts[found.texts["kind"].isin(kinds)] if kinds else found.texts
    return dict(zip(rows["paragraph"], rows["text"], strict=True))


def reasons(found):
    """Why lines are left over."""
    return found.spans.loc[found.spans["kind"] == "leftover", "reason"].tolist()


def all_told(each, cases):
    """Are problems and lines told of each source as they stand beside it?"""
    assert [told(found) for found in each([source for source, _ in cases])] == [problems for _, problems in cases]


BEFORE_NUMBERS = [
    (TITLE + "The Security Council,\n\nRecalling its resolutions,\n\nGuided by the Charter of the\nUnited Nations,\n\n"
     "1. Decides a;\n\n2. Decides b.", {"PP1": "The Security Council, Recalling its resolutions,",
     "PP2": "Guided by the Charter of the United Nations,", "1": "Decides a;", "2": "Decides b."},),
    ("Resolution 1\nAdopted on 24 July 2025\nThe General Assembly,\nRecalling it,\nDeeply concerned by war,\n1. Decides;\n2. Asks.",
     {"PP1": "The General Assembly, Recalling it,", "PP2": "Deeply concerned by war,", "1": "Decides;",
     "2": "Asks."},),  # a line each, no blank lines
    ("Report on Mali\n\nSummary\n\nThe report covers 2015. It is short.\n\nI. Introduction\n\n1. One.\n\n2. Two.",
     {"PP1": "The report covers 2015. It is short.", "1": "One.", "2": "Two."},),  # an executive summary
    ("# Title\n\nBefore any number stood this. And this.\n\n1. One.",
     {"PP1": "Before any number stood this. And this.", "1": "One."}),
    ("Title\nThe report covers a year. It ends.\n\n1. One.\n\n2. Two.", {"PP1": "The report covers a year. It ends.",
     "1": "One.", "2": "Two."}),
    ("Title\n\nThe Council,\n\nNoting efforts to build:\n\n(a) peace,\n\n(b) trust,\n\nHaving met,\n\n1. Decides;\n\n2. Asks.",
     {"PP1": "The Council, Noting efforts to build:\n(a) peace, (b) trust,", "PP2": "Having met,", "1": "Decides;",
     "2": "Asks."},),  # a list in the preamble
    ("Letter dated 1 May 2020\n\nDear Sir,\n\nI have the honour to write to you.\n\nKofi Annan\n\n1. One.\n\n2. Two.",
     {"PP1": "Dear Sir, I have the honour to write to you.", "1": "One.", "2": "Two."},),  # a letter
    ("R\n\nThe Council,\n\nRecalling its\n\n\n\nresolutions,\n\nNoting all that was said at its last meeting\n\nHaving met,\n\n1. Decides.",
     {"PP1": "The Council, Recalling its resolutions,", "PP2": "Noting all that was said at its last meeting",
     "PP3": "Having met,", "1": "Decides."},),  # a clause cut by a page, a clause without its comma
    ("L’Assemblée générale,\n\nRappelant la Charte,\n\nProfondément préoccupée par la faim,\n\nConsciente de cela,\n\n1. Décide.",
     {"PP1": "L’Assemblée générale, Rappelant la Charte,", "PP2": "Profondément préoccupée par la faim,",
     "PP3": "Consciente de cela,", "1": "Décide."},),  # other languages, short clauses
    ("El Consejo de Seguridad,\n\nRecordando todo,\n\nExpresando temor,\n\n1. Insta.",
     {"PP1": "El Consejo de Seguridad, Recordando todo,", "PP2": "Expresando temor,", "1": "Insta."},),
    ("Совет Безопасности,\n\nссылаясь на свои резолюции,\n\nвыражая озабоченность,\n\n1. призывает.",
     {"PP1": "Совет Безопасности, ссылаясь на свои резолюции,", "PP2": "выражая озабоченность,", "1": "призывает."},),
    ("إن مجلس الأمن،\n\nإذ يشير إلى قراراته،\n\nوإذ يعرب عن قلقه،\n\n١- يحث؛\n\n٢- يشجع.",
     {"PP1": "إن مجلس الأمن، إذ يشير إلى قراراته،", "PP2": "وإذ يعرب عن قلقه،", "1": "يحث؛", "2": "يشجع."},),
    ("THE PARLIAMENT AND THE COUNCIL,\n\nHaving regard to it,\n\nWhereas:\n\n(1) Law is law.\n\n(2) It holds.",
     {"PP1": "THE PARLIAMENT AND THE COUNCIL, Having regard to it,", "PP2": "Whereas:", "1": "Law is law.",
     "2": "It holds."},),  # other bodies: in capitals, long, with citations, with a court's words
    ("The Peace and Security Council of the African Union (AU),\n\nRecalling it,\n\n1. Commends.",
     {"PP1": "The Peace and Security Council of the African Union (AU), Recalling it,", "1": "Commends."},),
    ("The European Parliament,\n\n– having regard to a,\n\n– having regard to b,\n\nA. whereas c;\n\n1. Calls.",
     {"PP1": "The European Parliament,\nhaving regard to a,", "PP2": "having regard to b,", "PP3": "A. whereas c;",
     "1": "Calls."},),
    ("THE COURT,\n\ncomposed as above,\n\ndelivers the following Judgment:\n\nPROCEDURE\n\n1. A filed it.",
     {"PP1": "THE COURT, composed as above, delivers the following Judgment:", "1": "A filed it."},),
    ("The Security Council,\n\nRecalling a,\n\nThe General Assembly,\n\nRecalling b,\n\n1. Decide.",
     {"PP1": "The Security Council, Recalling a,", "PP2": "The General Assembly, Recalling b,", "1": "Decide."},),
    ("The Council,\nNoting a,\nThe Assembly,\nNoting b,\nNoting c,\n1. Decide;\n2. Ask.",
     {"PP1": "The Council, Noting a,", "PP2": "The Assembly, Noting b,", "PP3": "Noting c,", "1": "Decide;",
     "2": "Ask."},),
    ("Key findings\n\n• Aid was blocked at the border.\n\n• Nobody was paid for years.\n\n1. One.\n\n2. Two.",
     {"PP1": "Aid was blocked at the border.", "PP2": "Nobody was paid for years.", "1": "One.", "2": "Two."},),
    ("A report\n\n- The mission was small.\n- It came late.\n\n1. One.\n\n2. Two.", {"PP1": "The mission was small.",
     "PP2": "It came late.", "1": "One.", "2": "Two."},),
    ("A report\n\nWe came. We saw.\n\nWar ended.\n\n1. One.", {"PP1": "We came. We saw.", "PP2": "War ended.",
     "1": "One."}),
    ("The Council,\n\nNoting this,\n\n1. Decides;\n\n2. Asks.\n\nThe Council,\n\nNoting that,\n\n1. Urges.",
     {"PP1": "The Council, Noting this,", "1": "Decides;", "2": "Asks.", "#4": "The Council, Noting that,",
     "II:1": "Urges."},),  # two resolutions in one file
]  # fmt: skip


def test_what_stands_before_the_first_number_is_counted(each):
    for found, (source, expected) in zip(each([source for source, _ in BEFORE_NUMBERS]), BEFORE_NUMBERS, strict=True):
        assert texts(found, "paragraph") == expected, source
        first = found.paragraphs["number"].notna().idxmax()
        parts = found.paragraphs["part"]
        assert (parts[:first] == "preamble").all() and parts[first] == "operative", source
        assert found.paragraphs["number"][:first].isna().all()
        assert set(tokens.tokenize(found.paragraphs)["part"]) == set(parts)  # frequency.count(words, by="part")


def test_clauses_that_bear_a_printed_number_keep_it(read):
    found = read("Draft\n\nPP1. Recalling it,\n\nPP2 bis. Noting that,\n\nPP3 War,\n\nOP1. Decides;\n\nOP2. Asks.")
    expected = {"PP1": "Recalling it,", "PP2 bis": "Noting that,", "PP3": "War,", "1": "Decides;", "2": "Asks."}
    assert texts(found, "paragraph") == expected
    assert found.paragraphs["number"].tolist() == ["PP1.", "PP2 bis.", "PP3", "OP1.", "OP2."]
    found = read("Draft\n\nPP2. Recalling it,\n\nNoting all that was said there,\n\n1. Decides;\n\n2. Asks.")
    assert list(texts(found, "paragraph")) == ["PP2", "#2", "1", "2"]  # ours gives way


def test_a_text_that_quotes_another_whole_has_its_numbers_and_what_is_around_is_apart(read):
    quoted = "“The Council,\n\n“Recalling it,\n\n“1. Decides:\n\n“(a) To act;\n\n“2. Asks.”\n\n"
    found = read("The Council acted today.\n\nIts text reads as follows:\n\n" + quoted + "Statements\n\nAll agreed.")
    expected = {
        "#1": "The Council acted today.",
        "#2": "Its text reads as follows:",
        "PP1": "The Council, Recalling it,",
    }
    expected |= {"1": "Decides:\n(a) To act;", "2": "Asks.”", "#6": "All agreed."}
    assert texts(found, "paragraph") == expected and texts(found, "heading") == {"heading 1": "Statements"}
    assert found.paragraphs["part"].tolist() == ["operative"] * 2 + ["preamble"] + ["operative"] * 3


def test_title_symbol_and_date_stay_front_matter(read):
    found = read(TITLE + "The Security Council,\n\nRecalling its resolutions of old,\n\n1. Decides.\n\n2. Asks.")
    assert list(texts(found, "front matter").values())[:2] == ["S/RES/2788 (2025)", "Resolution 2788 (2025)"]
    assert len(texts(found, "front matter")) == 4
    assert found.documents.loc[0, ["name", "title"]].tolist() == ["S/RES/2788 (2025)"] * 2
    found = read("S/PRST/2020/1\n\n1 May 2020\n\nThe Council met today in peace.\n\nIt went home.")  # no numbers at all
    assert texts(found, "paragraph") == {"#1": "The Council met today in peace.", "#2": "It went home."}
    found = read(TITLE + "The Council,\n\nRecalling all,\n\nNoting it,\n\nDecides:\n\n(a) To act,\n\nUrges all.")
    assert list(texts(found, "paragraph").items())[1:3] == [("PP2", "Noting it,"), ("#3", "Decides:\n(a) To act,")]
    assert found.paragraphs["part"].tolist() == ["preamble"] * 2 + ["operative"] * 2


NUMBERS = [
    ("2. A.\n\n2 bis. B.\n\n2 ter C.\n\n3. D.", {"2": "A.", "2 bis": "B.", "2 ter": "C.", "3": "D."}),
    ("1. A.\n\n2. B.\n\n2A. C.\n\n2B. D.\n\n3. E.", {"1": "A.", "2": "B.", "2A": "C.", "2B": "D.", "3": "E."}),
    ("11. A.\n\n12. B.\n\n12A C.\n\n13. D.", {"11": "A.", "12": "B.", "12A": "C.", "13": "D."}),
    ("1. A.\n\n1 *bis*. B.\n\n2. See\n\n5G networks.\n\n3. D.", {"1": "A.", "1 bis": "B.", "2": "See 5G networks.",
     "3": "D."}),
    ("[1] A.\n\n[2] B.\n\n[3] C.", {"1": "A.", "2": "B.", "3": "C."}), ("¶ 1 A.\n\n¶ 2 B.", {"1": "A.", "2": "B."}),
    ("§ 1 A.\n\n§ 2. B.\n\n§3 C.", {"1": "A.", "2": "B.", "3": "C."}),
    ("[9] A is.\n[10]\nIn convicting, B\nheld.\n[11] C is.", {"9": "A is.", "10": "In convicting, B held.", "11": "C is."}),
    ("OP1. A.\n\nOP2. B.\n\nOP 3 C.", {"1": "A.", "2": "B.", "3": "C."}),
    ("1\tA.\n2\tB.\n3\tC.", {"1": "A.", "2": "B.", "3": "C."}),
    ("１．A。\n\n２．B。\n\n３．C。", {"1": "A。", "2": "B。", "3": "C。"}),
    ("50. A.\n\n51.I encourage.\n\n52.C’est B.", {"50": "A.", "51": "I encourage.", "52": "C’est B."}),
    ("0. Zero.\n\n1. One.\n\n2. Two.", {"0": "Zero.", "1": "One.", "2": "Two."}),
    ("0. Zero.\n\nNo heading but a line\nof a sentence.\n\n1. One.", {"0": "Zero.\nNo heading but a line of a sentence.", "1": "One."}),
    ("1. One.\n\nTHERE IS NO WARRANTY TO\nTHE EXTENT PERMITTED.\n\n2. Two.",
     {"1": "One.\nTHERE IS NO WARRANTY TO THE EXTENT PERMITTED.", "2": "Two."}),
    ("(0) A.\n\n(1) B.\n\n(2) C.", {"0": "A.", "1": "B.", "2": "C."}), ("[0] A.\n\n[1] B.", {"0": "A.", "1": "B."}),
    ("0.1 A.\n\n0.2 B.\n\n1.1 C.", {"0.1": "A.", "0.2": "B.", "1.1": "C."}),
    ("1. A.\n\n0. B.\n\n2. C.", {"1": "A.\n0. B.", "2": "C."}), ("00001. A.\n\n00002. B.", {"1": "A.", "2": "B."}),
    ("(001) A.\n\n(002) B.", {"1": "A.", "2": "B."}),
    ("01. A.\n\n02. B.\n\n10. C.", {"1": "A.", "2": "B.", "10": "C."}),
    ("000. A.\n\n001. B.", {"0": "A.", "1": "B."}), ("1- A.\n\n2- B.", {"1": "A.", "2": "B."}),
    ("1.- A.\n\n2.- B.", {"1": "A.", "2": "B."}), ("1、安理会决定。\n\n2、安理会请求。", {"1": "安理会决定。", "2": "安理会请求。"}),
    ("1 . A.\n\n2 . B.", {"1": "A.", "2": "B."}), ("§1. A.\n\n§1a. B.\n\n§2. C.", {"1": "A.", "1a": "B.", "2": "C."}),
    ("9998. A.\n\n9999. B.\n\n10000. C.\n\n10001. D.", {"9998": "A.", "9999": "B.", "10000": "C.", "10001": "D."}),
    ("(123456) A.\n\n(123457) B.", {"123456": "A.", "123457": "B."}),
    ("1. A.\n\n99999. B.\n\n2. C.", {"1": "A.\n99999. B.", "2": "C."}),
]  # fmt: skip


def test_numbers_of_every_form_and_length(each, read):
    assert [texts(found) for found in each([source for source, _ in NUMBERS])] == [expected for _, expected in NUMBERS]
    many = read("\n\n".join(f"{n}. Text." for n in range(1, 3_010)))  # past those that may be years
    assert many.paragraphs["paragraph"].tolist() == [str(n) for n in range(1, 3_010)] and many.problems.empty


SAID = "It has words. More words. Than two sentences."
TOLD = [
    ("0. Zero.\n\n1. One.", [("gap", 1)]),
    ("001. One.\n\n002. Two.", [("unsure", 1), ("unsure", 3)]),
    ("1. A.\n\n0. B.\n\n2. C.", [("passed over", 3)]),
    ("1. A.\n\n500. B.\n\n501. C.", [("gap", 3)]),
    ("1. A.\n\n99999. B.\n\n2. C.", [("passed over", 3)]),
    (f"1. One.\n\n<!-- {SAID} -->\n\n2. Two.", [("not counted", 3)]),  # more than two sentences
    (f"1. One.\n\n```\n{SAID}\n```\n\n2. Two.", [("not counted", 3)]),
    (f"---\nabstract: {SAID}\n---\n\n1. One.\n\n2. Two.", [("not counted", 1)]),
    ("A report\n\nWar ended.\n\n1. One.\n\n2. Two.", [("not counted", 1)]),
    ("A report\n\nDistr.: General\n\n1. One.\n\n2. Two.", []),
]


def test_what_looks_odd_and_what_is_left_out_is_told(each, read):
    all_told(each, TOLD)
    assert told(read("1. We want peace.[1] Yes.\n\n2. B.", ".txt")) == [("mark without note", 1)]
    columns = "1. The Council      3. The parties\nwelcomes this      must end it.\n\n"  # side by side, as pasted
    assert ("unsure", 1) in told(read(3 * columns, ".txt"))


PAGES = [
    ("1. A.\n\n1\n\n2. B.\n\n2\n\n3. C goes\n\n3\n\non.\n\n4", {"1": "A.", "2": "B.", "3": "C goes on."},
     ["page number"] * 4),
    ("1. A.\n1\n2. B.\n2\n3. C goes\n3\non.", {"1": "A.", "2": "B.", "3": "C goes on."}, ["page number"] * 3),
    ("One ends here.\n\n1\n\nTwo ends here.\n\n2\f\nThree ends.\n\n3", {"#1": "One ends here.",
     "#2": "Two ends here.", "#3": "Three ends."}, ["page number"] * 3),
    ("1. A.\n\n- 2 -\n\n2. B.\n\nPage 2 of 3\n\n3. C.\n\n3/47\n\n4. D.\n\niv\n\n5. E.", dict(zip("12345", ["A.", "B.",
     "C.", "D.", "E."], strict=True)), ["page number"] * 4),
    ("1. A of the\n\n17-01234 2/27\n\nUnited Nations.\n\nGE.25-00123(E) *2500123*\n\n2. B.",
     {"1": "A of the United Nations.", "2": "B."}, ["job number"] * 2),
    ("A/71/818\n\nReport\n\n1. A of the\n\nA/71/818\n\nUnited Nations.\n\nA/71/818  3/47\n\n2. B.",
     {"front matter 1": "A/71/818", "heading 1": "Report", "1": "A of the United Nations.", "2": "B."},
     ["running head"] * 2),
    ("1. A.\f\nMission report 2\n\n2. B.\f\nMission report 3\n\n3. C.\f\nMission report 4\n\n4. D.", dict(zip("1234",
     ["A.", "B.", "C.", "D."], strict=True)), ["running head"] * 3),
    ("1. A to the\n\n15-00123" + 60 * " " + "3/20\n\fS/2015/446\n\nend.\n\n2. B.", {"1": "A to the end.", "2": "B."},
     ["job number", "running head"]),
    ("L series\n\n2024/1689\n\nThe AI Act\n\n1. A.\n\n--- PAGE 2 ---\n\n2. B.", {"front matter 1": "L series",
     "front matter 2": "2024/1689", "heading 1": "The AI Act", "1": "A.", "2": "B."}, ["page number"]),  # no page of 1,689
    ("1. A.\n\n[page 3]\n\n2. B.\n\nPage | 4\n\n3. C.", {"1": "A.", "2": "B.", "3": "C."}, ["page number"] * 2),
    ("1. A.\n\nTotal\n\n12\n7\n19\n\n2. B.", {"1": "A.\nTotal 12 7 19", "2": "B."}, []),
    ("1\nOne.\n\n2\nTwo.", {"1": "One.", "2": "Two."}, []),
]  # fmt: skip


def test_what_belongs_to_the_page_is_left_over(each):
    for found, (_, expected, why) in zip(each([source for source, *_ in PAGES], ".txt"), PAGES, strict=True):
        assert (texts(found), reasons(found)) == (expected, why)


WHAT_REMAINS = (
    "with what remains to be done by the parties to the agreement, by the region and by the Council, and with what may be "
    "asked of the Assembly"
)  # 139 characters
LONG = (
    "Progress achieved on benchmark (b): formation, by the parties to the agreement, of the Transitional Government of\n"
    "National Unity"
)
NONE = "(no heading)"
HEADINGS = [
    (f"1. A.\n\n{LONG}\n\n2. B.", [NONE, " ".join(LONG.split())]),
    ("1. A.\n\nE.Reducing the threat\n\nText stands here.\n\n2. B.",
     [NONE] + ["E.Reducing the threat"] * 2,),
    ("1. A.\n\nG.Panel of Experts\n\nText stands here.\n\n2. B.", [NONE] + ["G.Panel of Experts"] * 2),
    (f"1. A.\n\nThe review, {WHAT_REMAINS}\n\n2. B.", [NONE, f"The review, {WHAT_REMAINS}"]),
    (f"1. A.\n\nC. Steps, {WHAT_REMAINS}\n\n2. B.", [NONE, f"C. Steps, {WHAT_REMAINS}"]),
    (f"1. A.\n\n## Steps, {WHAT_REMAINS}\n\n2. B.", [NONE, f"Steps, {WHAT_REMAINS}"]),
    (f"1. A.\n\nOn aid,\n{WHAT_REMAINS},\n{WHAT_REMAINS}\n\n2. B.", [NONE,
     f"On aid, {WHAT_REMAINS}, {WHAT_REMAINS}"],),
    ("1. A ends\nhere.\nThe role of law\n2. B.\nNext steps\n3. C.", [NONE, "The role of law",
     "Next steps"],),
    ("1. A goes on\nNo end here\n2. B.", [NONE] * 2),
    ("1. A.\n22 December 1997\n2. B.", [NONE] * 2),
    ("1 Aims\n\n1.1 A.\n\n2 Means\n\n2.1 B.", ["1 Aims", "2 Means"]),
    ("First part\n-----\n\n1. A.\n\nSecond part\n-----\n\n2. B.", [NONE, "Second part"]),
    (f"1. A.\n\n{LONG}.\n\n2. B.", [NONE] * 2),
    (f"1. A goes on with\n\n\n\n{LONG}\n\n2. B.", [NONE] * 2),
    (f"1. A such as:\n\n{LONG}\n\n2. B.", [NONE] * 2),
    ("1. A.\n\nMali   12   14\nChad   3   4\n\n2. B.", [NONE] * 2),
]  # fmt: skip


def test_headings_however_long(each, read):
    found = each([source for source, _ in HEADINGS])
    assert [one.paragraphs["section"].tolist() for one in found] == [sections for _, sections in HEADINGS]
    found = read(f"1. A.\n\nC. {LONG}\n\n1. Elections\n\n2. B.")  # a numbered subheading is a paragraph to us, and told
    assert "restart" in found.problems["problem"].tolist()


AGAIN = [
    ("Title\n\n1. Nought.\n\nMali\n\nFindings\n\n2. A.\n\nRecommendations\n\n3. B.\n\nChad\n\nRecommendations\n\n4. C.",
     [NONE, "Findings", "Mali › Recommendations", "Chad › Recommendations"]),
    ("## Mali\n\n1. A.\n\n### Findings\n\n2. B.\n\n## Chad\n\n### Findings\n\n3. C.",
     ["Mali", "Mali › Findings", "Chad › Findings"]),
    ("Title\n\n1. Nought.\n\nI. Mali\n\nA. Aims\n\n2. A.\n\nII. Chad\n\nA. Aims\n\n3. B.",
     [NONE, "I. Mali › A. Aims", "II. Chad › A. Aims"]),
    ("## Aims\n\n1. A.\n\n## Means\n\n2. B.\n\n## Aims\n\n3. C.", ["Aims", "Means", "Aims"]),  # under no other heading
]  # fmt: skip
BORNE_TWICE = [
    ("1. A.\n\nArticle XII\n\n2. B.\n\n3. C.\n\nFOR THESE REASONS\n\n1. X.", ["1", "2", "3", "II:1"]),
    ("1. A.\n\n2. B.\n\nAnnex I\n\n1. X.\n\n2. Y.\n\n3. Z.", ["1", "2", "Annex I, 1", "Annex I, 2", "Annex I, 3"]),
    ("1. A.\n\n2. B.\n\nANNEX II\nTerms\n\n1. X.\n\nAnnex III\n\n1. Y.", ["1", "2", "Annex II, 1", "Annex III, 1"]),
    ("1. A.\n\nArtikel 2\n\n1. X.\n\nСтатья 3\n\n1. Y.", ["1", "Artikel 2, 1", "Статья 3, 1"]),
    ("1. A.\n\n2. B.\n\nAnexo I\n\n1. X.\n\nСтатья 2\n\n1. Y.", ["1", "2", "Anexo I, 1", "Статья 2, 1"]),
    ("1. A.\n\n2. B.\n\nAppendix\n\n1. X.\n\nTerms\n\n1. Y.", ["1", "2", "Appendix, 1", "III:1"]),
    ("1. A.\n\n2. B.\n\nOTHER MATTERS\n\n1. X.\n\n2. Y.\n\n3. Z.", ["1", "2", "II:1", "II:2", "II:3"]),
]  # fmt: skip


ARTICLES = [
    ("Treaty on Peace\n\nThe Parties,\n\nNoting a,\n\nAgree:\n\nPART I\n\nArticle 1\n\nUse of terms\n\nA term is a word.\n\nIt"
     " has:\n\n(a) one;\n\n(b) two.\n\nARTICLE 2\nAims\n\n1. A.\n\n2. B.\n\nAnnex I\n\n1. X.",
     ["PP1", "PP2", "Article 1", "Article 1 #2", "Article 2, 1", "Article 2, 2", "Annex I, 1"]),
    ("THE COUNCIL,\n\nWhereas:\n\n(1) Law is law.\n\n(2) It holds.\n\nArticle 1\n\n1. X.\n\n2. Y.\n\nArticle 2 bis\n\nZ is what it\nis.",
     ["PP1", "1", "2", "Article 1, 1", "Article 1, 2", "Article 2 bis"]),
    ("1. A.\n\n2. B.\n\nAnnex\n\nArticle I\n\n1. X.\n\nArticle II\n\nY is so.", ["1", "2", "Article I, 1", "Article II"]),
    ("Article 1\n\n1.1 A.\n\n1.2 B.\n\nArticle 2\n\n2.1 B.", ["1.1", "1.2", "2.1"]),
    ("第一条\n\n人人生而自由。\n\n第二条\n\n人人有权。\n\n第3十条", ["第 1 条", "第 2 条", "第 2 条 #2"]), ("المادة ١\n\nسلام.\n\nالمادة ٢\n\nحرب.", ["المادة 1", "المادة 2"]),
    ("Article 1\n\n1. A.\n\nArticle 2\n\nB is.\n\nAnnex\n\nArticle 1\n\n1. C.\n\nArticle 2\n\nD is.",
     ["Article 1, 1", "Article 2", "II:Article 1, 1", "II:Article 2"]),
    ("Article premier\n\nTous.\n\nArticle 2\n\n1. Un.", ["Article premier", "Article 2, 1"]),
    ("1. A.\n\nPrinciple 1\n\nIt is.\n\nPrinciple 2\n\n1. Un.\n\n2. B.", ["1", "Principle 1", "Principle 2, 1", "Principle 2, 2"]),
    ("Rule 1\n\nIt is.\n\nRule 2\n\n1. A.", ["Rule 1", "Rule 2, 1"]),
    ("Section 1. Aim\n\nIt is.\n\nSection 2\n\n(1) A.\n\n(2) B.", ["Section 1", "Section 2, 1", "Section 2, 2"]),
    ("1. A.\n\nArticle 1\n\nIt says so.\n\nArticle 2\n\nIt says.\n\n2. B.\n\n3. C.", ["1", "#2", "#3", "2", "3"]),  # quoted
    ("1. A.\n\nArticle 5 of the Charter\nsays so.\n\nArticle 1\n\n2. B.", ["1", "2"]),
]  # fmt: skip


RUN_IN = [  # names of articles as constitutions, laws and treaties print them
    ("# PRIMERA PARTE\n\nArtículo 1.- La Nación Argentina adopta la forma federal.\n\nArtículo 2.- El Presidente tiene las "
     "siguientes atribuciones:\n\n1. Es el jefe supremo;\n\n2. Expide las instrucciones.\n\nArtículo 3.- Es por votación.",
     ["Artículo 1", "Artículo 2", "Artículo 2, 1", "Artículo 2, 2", "Artículo 3"], "La Nación Argentina adopta la forma federal."),
    ("Artículo 1. La defensa de la persona humana y el\nrespeto de su dignidad son el fin supremo.\n\nArtículo 4. La "
     "comunidad protege al\nniño.\n\nArtículo 7-A. El Estado, libre, reconoce el derecho\na acceder al agua.",
     ["Artículo 1", "Artículo 4", "Artículo 7-A"], "La defensa de la persona humana y el respeto de su dignidad son el fin supremo."),
    ("第九条　日本国民は、戦争を放棄する。\n第十条　要件は、これを定める。", ["#1"], "第九条　日本国民は、戦争を放棄する。 第十条　要件は、これを定める。"),
    ("第一条　天皇は、日本国の象徴である。\n第二条　皇位は、世襲のものである。\n２　これを継承する。\n第百二条　憲法施行の際、国会がまだない。",
     ["第 1 条", "第 2 条", "第 102 条"], "天皇は、日本国の象徴である。"),
    ("Article I\n\nSection 1\n\nAll Powers are vested.\n\nSection 2\n\nIt is composed.\n\nArticle II\n\nSection 1\n\nIt is vested."
     "\n\nArticle III\n\nIt shall propose.", ["Article I, Section 1", "Article I, Section 2", "Article II, Section 1", "Article III"],
     "All Powers are vested."),
    ("### Article 1\n\n1. A.\n\n## Section 1\n\n### Article 12\n\n1. B.\n\n## Section 2\n\n### Article 13\n\nC is.",
     ["Article 1, 1", "Article 12, 1", "Article 13"], "A."),
    ("## I. Grundrechte\n\n### Art 1\n\n(1) A.\n\n### Art 12a\n\n(1) B.\n\n(2) C.", ["Art 1, 1", "Art 12a, 1", "Art 12a, 2"], "A."),
    ("### § 1 Zweck\n\n(1) A.\n\n(2) B.\n\n### § 2\n\nC ist.", ["§ 1, 1", "§ 1, 2", "§ 2"], "A."),
    ("General provisions\nArticle 1\nScope\n1.\nA rule.\n\nArticle 2\nTerms\n1.\nB is.", ["Article 1, 1", "Article 2, 1"], "A rule."),
    ("Article 1\n\nThe terms:\n\n(1)\n\n‘risk’ means harm;\n\nArticle 2\n\n1. B.\n\n2. C.", ["Article 1", "Article 2, 1", "Article 2, 2"],
     "The terms:\n(1) ‘risk’ means harm;"),
    ("ГЛАВА 1\n\n\n\nСтатья 1\n\n1. А.\n\n\n\nГЛАВА 2\n\n\n\nПРАВА И СВОБОДЫ\n\n\n\nСтатья 2\n\n1. Б.", ["Статья 1, 1", "Статья 2, 1"], "А."),
    ("# Act\n\n## One\n\nArticle 1. Terms.\n\nA term is a word.\n\nArticle 2. Scope.\n\nIt holds here.", ["#1", "#2", "#3", "#4"], "Article 1. Terms."),
]  # fmt: skip


def test_articles_are_parted_from_the_text_on_their_line_and_from_what_only_holds_them(each):
    found = [one.paragraphs for one in each([source for source, *_ in RUN_IN])]
    assert [one["paragraph"].tolist() for one in found] == [keys for _, keys, _ in RUN_IN]
    assert [one["text"].iloc[0] for one in found] == [first for *_, first in RUN_IN]


def test_articles_name_their_paragraphs_where_numbers_begin_anew_in_each(each):
    found = each([source for source, _ in ARTICLES])
    assert [one.paragraphs["paragraph"].tolist() for one in found] == [keys for _, keys in ARTICLES]
    assert [one.paragraphs["part"].tolist().count("preamble") for one in found] == [2, 3] + [0] * 11
    assert all(one.problems["problem"].ne("restart").all() for one in found[:-2])


def test_a_heading_that_repeats_is_called_by_its_path_and_a_number_by_its_annex(each):
    found = each([source for source, _ in [*AGAIN, *BORNE_TWICE]])
    assert [one.paragraphs["section"].tolist() for one in found[: len(AGAIN)]] == [sections for _, sections in AGAIN]
    assert [one.paragraphs["paragraph"].tolist() for one in found[len(AGAIN) :]] == [keys for _, keys in BORNE_TWICE]


NO_TEXT = [
    ('See [the report](http://x.y/a_(b) "A title").', "See the report.", []),
    ("See [a](<http://x y> 'z') and [b](http://q_(r_s)).", "See a and b.", []),
    ("[![alt](i.png)](http://u) [x [y] z](http://q)", "alt x [y] z", []),
    ("A [text][ref], [ref] and [not this].\n\n[ref]: http://un.org/a \"Title\"\n[2]: <http://u.n>",
     "A text, ref and [not this].", ["link definition"] * 2),
    ("One.\n\n<!-- hidden\n\n2. Not this.\n\n-->\n\nOn.", "One.\nOn.", ["comment"] * 3),
    ("One <!-- a\n\n2. b --> goes *on*.", "One goes on.", []),
    ("One <!-- never closed.", "One <!-- never closed.", []),
    ("One:\n\n+-----\n| *a* | b |\n+-----\n| _c_ | d |", "One:\n| a | b | | c | d |", ["no letters or digits"] * 2),
    ("One:\n\n```python\n2. x = 1\n\n3. y\n```\n\nOn.", "One:\nOn.", ["code"] * 4),
    ("One:\n\n~~~\n2. x *\n~~~\n\nOn *it*.", "One:\nOn it.", ["code"] * 3),
    ("One:\n\n````\n```\n2. x\n````", "One:", ["code"] * 4),
    ("One.\n\n```\n\nOn.", "One.\nOn.", ["no letters or digits"]),
    ("One:\n\n+------+------+\n| Mali | 2013 |\n+======+======+\n| 2. | 2014 |\n+------+------+",
     "One:\n| Mali | 2013 | | 2. | 2014 |", ["no letters or digits"] * 3),
    ("One:\n\n| a | b |\n|---|:-:|\n| c | d |", "One:\n| a | b | | c | d |", ["no letters or digits"]),
    ("The talks<br>security, <td>Mali</td><td>2013</td> <b>p</b>eace.", "The talks security, Mali 2013 peace.", []),
    ("<p>One</p><p>Two</p><li>three<li>four <em>fi</em>ve<br/>.", "One Two three four five.", []),
    ("The&nbsp;UN&rsquo;s M&amp;E said &ldquo;yes&rdquo;", "The UN’s M&E said “yes”", []),
    ("&#8220;A&#x201D; &copy; &foo; AT&T, A &lt; B.", "“A” © &foo; AT&T, A < B.", []),
]  # fmt: skip
HEADS = ["title: A report\nauthor: x", "1. x: y\n2. z: w", "# a\n\nkeys:\n- a\n- b", "n: |\n\n  1. Text"]


def test_what_is_no_text_is_not_counted(each):
    found = each([f"1. {source}\n\n2. Two." for source, *_ in NO_TEXT])
    for one, (_, text, why) in zip(found, NO_TEXT, strict=True):
        assert (texts(one), reasons(one)) == ({"1": text, "2": "Two."}, why)
    rules = "---\n\nTitle\n\n1. One.\n\n---\n\n2. Two."
    *headed, ruled = each([*(f"---\n{head}\n---\n\n# Title\n\n1. One.\n\n2. Two." for head in HEADS), rules])
    for one in headed:
        assert texts(one) == {"front matter 1": "Title", "1": "One.", "2": "Two."} and set(reasons(one)) == {
            "YAML head"
        }
    assert texts(ruled)["1"] == "One."


NOTES = [
    ("1. We want peace.[1] Yes.\n\n2. B.[2]\n\n[1] See A.\n\n[2] See B.", {"1": "We want peace. Yes.", "2": "B."},
     ["1", "2"]),
    ("1. We want peace.1 It is.\n\n2. So,2 and.\n\n1 See A.\n2 See B.", {"1": "We want peace. It is.",
     "2": "So, and."}, ["1", "2"]),
    ("1. In para.2 of peace.1\n\n1 See A.\n\n2. Two.", {"1": "In para.2 of peace.", "2": "Two."}, ["1"]),
    ("Peace came.¹ It did.\n\nWar went,² so.\n\n1. See A.\n\n2. Ibid.", {"#1": "Peace came. It did.",
     "#2": "War went, so."}, ["#1", "#2"]),
    ("Peace came.1 It did.\n\nWar went.2\n\n1. See A.\n2. See B.", {"#1": "Peace came. It did.", "#2": "War went."},
     ["#1", "#2"]),
    ("1. Peace came.*\n\n2. Two.\n\n* See A.", {"1": "Peace came.", "2": "Two."}, ["1"]),
    ("1. Peace came.†\n\n2. Two.\n\n† See A.", {"1": "Peace came.", "2": "Two."}, ["1"]),
    ("1. Peace came.[i]\n\n2. Two wi[l]l.\n\n[i] See A.", {"1": "Peace came.", "2": "Two wi[l]l."}, ["1"]),
    ("1. Born in 1950.1\n\n1 Exhibit P1.\n\n2. Two: 10.5 and 12.1", {"1": "Born in 1950.", "2": "Two: 10.5 and 12.1"},
     ["1"]),
    ("1. Peace* and war* came.\n\n2. Two* went.\n\n* See A.", {"1": "Peace and war came.", "2": "Two went."}, ["1"]),
    ("1. Peace* came.**\n\n2. Two.\n\n* See A.", {"1": "Peace came.**", "2": "Two."}, ["1"]),
    ("1. One *this* is.\n\n* a list\n* of two\n\n2. Two.", {"1": "One *this* is.\na list\nof two", "2": "Two."}, []),
    ("1. Peace¹and war.\n\n2. Two.\n\n¹ See A.", {"1": "Peace and war.", "2": "Two."}, ["1"]),
    ("1. See [1] and x.\n\n2. B.1 No note.", {"1": "See [1] and x.", "2": "B.1 No note."}, []),
    ("A title¹\n\n1. One.\n\n2. Two.", {"1": "One.", "2": "Two."}, []),
]  # fmt: skip


def test_notes_of_plain_text(each):
    for found, (_, expected, mark_in) in zip(each([source for source, *_ in NOTES], ".txt"), NOTES, strict=True):
        assert texts(found, "paragraph") == expected
        assert found.texts.loc[found.texts["kind"] == "note", "mark_in"].tolist() == mark_in


NOTES_OF_ONE_NAME = [
    ("1. One[^a].\n\n[^a]: X.\n\n[^a]: Y.", ["X.", "Y."], ["1", None], [("note again", 5), ("note without mark", 5)]),
    ("1. A[^a].\n\n2. B[^a].\n\n[^a]: X.\n\n[^a]: Y.", ["X.", "Y."], ["1", "2"], [("note again", 7)]),
    ("1. A[^n].\n\n[^n]: X.\n\n2. B[^n].\n\n[^n]: Y.", ["X.", "Y."], ["1", "2"], [("note again", 7)]),
    ("1. A[^a] b[^a] c[^a].\n\n[^a]: X.\n\n[^a]: Y.\n\n[^a]: Z.", ["X.", "Y.", "Z."], ["1"] * 3, [("note again", 5),
     ("note again", 7)]),
    ("1. A.¹\n\n¹ X.\n\n¹ Y.\n\n2. B.", ["X.", "Y."], ["1", None], [("note without mark", 5)]),
]  # fmt: skip


def test_notes_of_one_name_are_told_apart(each):
    all_told(each, [(source, problems) for source, *_, problems in NOTES_OF_ONE_NAME])
    sources = [source for source, *_ in NOTES_OF_ONE_NAME]
    for found, (_, notes, mark_in, _) in zip(each(sources), NOTES_OF_ONE_NAME, strict=True):
        rows = found.texts[found.texts["kind"] == "note"]
        name = rows["number"].iloc[0]
        assert rows["paragraph"].tolist() == [f"note {name}", *(f"note {name} ({n})" for n in range(2, len(notes) + 1))]
        assert rows["text"].tolist() == notes and rows["mark_in"].fillna("").tolist() == [one or "" for one in mark_in]


def test_a_document_may_begin_with_a_note(each):
    for mark, suffix in (("¹ ", ".txt"), ("[^1]: ", ".md")):
        [found] = each([f"{mark}Note.\nPeace\n1. One{mark.strip(': ')}.\n\n2. Two.\n"], suffix)
        assert [*texts(found).items()] == [("note 1", "Note. Peace"), ("1", "One."), ("2", "Two.")]


BROKEN = [
    ("The manage-\nment of management.", "The management of management.", []),
    ("The peace-\nkeeping and peace-keeping.", "The peace-keeping and peace-keeping.", []),
    ("A Non-\nState actor.", "A Non-State actor.", []),
    ("It is brok-\nen here.", "It is broken here.", [("broken word", 1)]),
    ("From 2015-\n2016 the COVID-\n19 came.", "From 2015-2016 the COVID-19 came.", []),
    ("Pre-\nand post-war.", "Pre- and post-war.", []),
    ("State-of-the-\nart work.", "State-of-the-art work.", []),
    ("Soft man\u00ad\nage.", "Soft manage.", []),
    ("Manage-\n\n\n\nment of management.", "Management of management.", []),
]  # fmt: skip


def test_words_broken_at_a_line_end(read):  # one by one: from all files together it is known how a word is written
    for source, text, problems in BROKEN:
        found = read(f"1. {source}\n\n2. Two.")
        assert (texts(found), told(found)) == ({"1": text, "2": "Two."}, problems)


def test_a_word_broken_in_one_file_is_known_from_another(tmp_path):
    (tmp_path / "a.txt").write_text("1. The peace-\nkeepers and the man-\nagers.\n\n2. Two.")
    (tmp_path / "b.txt").write_text("1. The peacekeepers.\n\n2. The managers.")
    assert corpus.read(tmp_path).paragraphs["text"][0] == "The peacekeepers and the managers."


def test_files_of_one_name_keep_their_own(tmp_path):
    for name in ("X.md", "x.md", "x-md-3.md", "x-md-2.md"):
        (tmp_path / name).write_text(f"1. {name}.")
    with pytest.warns(UserWarning, match=r"x\.md: same name: called x-md-4, as x-md is X\.md\."):
        found = corpus.read(tmp_path)
    assert dict(zip(found.documents["source"], found.documents["document"], strict=True)) == {
        "X.md": "x-md", "x-md-2.md": "x-md-2", "x-md-3.md": "x-md-3", "x.md": "x-md-4"
    }  # fmt: skip


def test_characters_damaged_by_a_wrong_encoding_are_told(each):
    said = [one for one in ("Décidé — l’ONU", "Мир и безопасность", "النص العربي", "Şükrü") for _ in range(3)]
    sources = []
    for one, encoding in zip(said, ["cp1252", "cp1251", "cp1256"] * 4, strict=True):
        damaged = "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in one.encode("utf-8"))
        sources.append(f"1. One.\n\n2. {one}.\n\n3. {damaged}.")
    for found, one in zip(each(sources), said, strict=True):
        assert [line for problem, line in told(found) if problem == "damaged characters"] == [5]
        assert texts(found)["2"] == f"{one}."


def test_signs_that_no_file_for_others_can_hold_reach_no_text(each):
    signs = ["\uffff", "\x01", "\ufdd0", "\U0001fffe"]
    for found, sign in zip(each([f"1. One.\n\n## Pe{sign}ace\n\n2. Two{sign}." for sign in signs]), signs, strict=True):
        assert texts(found) == {"1": "One.", "heading 1": "Peace", "2": "Two."}
        assert tables.printable(sign) == "\ufffd" * len(sign)  # from elsewhere they do not reach a picture


UNITS = [
    "a*", "*a ", "[a](b) ", "[a", "](x 'y ", "&amp;", "a\n\n1\n\n", "1. A.\n\n",
    "The Council,\n\nNoting,\n\n1. A.\n\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_lines_are_found_in_time_that_grows_with_their_length(unit):
    """Counted in steps of the interpreter, not in seconds: ten times the text, about ten times the steps."""
    steps = []
    for n in (100, 1000):
        profile, source = cProfile.Profile(), "1. " + unit * n
        profile.runcall(lambda source: structure.parse(source, markdown.lines(source)), source)
        steps.append(pstats.Stats(profile).total_calls)
    assert steps[1] < 11 * steps[0]


# Real resolutions


def as_plain_text(xml):
    """A resolution in XML as plain text, its preambular clauses, and number and beginning of its paragraphs."""
    blocks, clauses, numbered, notes, number = [], [], [], [], ""

    def tag(node):
        return node.tag.rpartition("}")[2]

    def words(node):
        if tag(node) == "authorialNote":
            notes.append(f"{node.get('marker').translate(RAISED)} {' '.join(''.join(node.itertext()).split())}")
            return node.get("marker").translate(RAISED) + (node.tail or "")
        return (node.text or "") + "".join(map(words, node)) + (node.tail or "")

    def walk(node, place, inside=False):
        nonlocal number
        for child in node:
            if tag(child) not in ("num", "p", "docTitle", "docNumber", "subheading", "heading"):
                walk(child, place, inside or tag(child) in ("point", "sublist"))
                continue
            child.tail = ""
            line = " ".join(words(child).split())
            if tag(child) == "num":
                number = line
            elif line:
                if place == "preamble" and not number:
                    clauses.append(regex.sub(r"[⁰¹²³⁴-⁹*]", "", line))
                if place == "mainBody" and regex.fullmatch(r"\d+\.", number) and not inside:
                    numbered.append((number, line[:9]))
                blocks.append(f"{number} {line}".strip())
                number = ""

    for part in ElementTree.fromstring(xml).iter():
        if tag(part) in ("coverPage", "preamble", "mainBody"):
            walk(part, tag(part))
    return "\n\n".join(blocks + notes), clauses, numbered


def test_resolutions_of_the_security_council(tmp_path, shared):
    """273 resolutions as plain text: every number but one, nothing invented, every preambular clause at its place."""
    archive = zipfile.ZipFile(shared / "data" / "unxml-security-council-english.zip")
    names = sorted(name for name in archive.namelist() if "S_RES" in name and name.endswith(".xml"))
    older = [name for name in names if name.startswith("Pre")]
    names = [name for name in names if name not in older] + older[::15][:78]
    missed, invented, clauses, of = Counter(), Counter(), [], 0
    printed = {f"{n:03d}": as_plain_text(archive.read(name)) for n, name in enumerate(names)}
    for file, (source, *_) in printed.items():
        (tmp_path / f"{file}.txt").write_text(source, encoding="utf-8")
    found = quietly(tmp_path)
    in_order(found)
    assert found.documents["document"].tolist() == [*printed]
    paragraphs = dict(iter(found.paragraphs.groupby("document")))
    for name, (file, (_, preamble, numbered)) in zip(names, printed.items(), strict=True):
        own = paragraphs[file]
        rows = own[own["number"].notna()]
        read = Counter(zip(rows["number"], rows["text"].str.split().str.join(" ").str[:9], strict=True))
        missed += Counter({(name, *one): n for one, n in (Counter(numbered) - read).items()})
        invented += Counter({(name, *one): n for one, n in (read - Counter(numbered)).items()})
        before = own[(own["part"] == "preamble") | own["number"].isna()]["text"]
        before = [" ".join(text.split()) for text in before]
        clauses += [clause for clause in preamble if not any(clause in text for text in before)]
        of += len(numbered)
    assert len(names) == 273 and of > 3_900
    article = ("Pre-2020/2008/S_RES_1855_N0866315.xml", "2.", "Each Tria")  # one alone, of an amended statute: told
    assert dict(missed) == {article: 1} and not invented and not clauses, (missed, invented, clauses)
