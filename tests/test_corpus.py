"""Reading documents: small ones worked by hand, and generated ones in any order."""

import warnings
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import corpus
from tests.made import is_whole, quietly


def texts(read):
    return dict(zip(read.paragraphs["paragraph"], read.paragraphs["text"], strict=True))


def notes(read):
    """Mark, paragraph where it stands, text of each note."""
    return read.texts.loc[read.texts["kind"] == "note", ["number", "mark_in", "text"]].values.tolist()


def told(read):
    return list(zip(read.problems["problem"], read.problems["line"], strict=True))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1. One\nruns on.\n2. Two.\n3.Three.", {"1": "One runs on.", "2": "Two.", "3": "Three."}),
        ("(1) One.\n\n(2) Two.", {"1": "One.", "2": "Two."}), ("1) One.\n\n2) Two.", {"1": "One.", "2": "Two."}),
        ("24.1 One.\n\n24.2 Two.\n\n25.1 Three.", {"24.1": "One.", "24.2": "Two.", "25.1": "Three."}),
        ("3.I.1 One.\n\n3.I.2 Two.\n\n3.II.1 Three.", {"3.I.1": "One.", "3.I.2": "Two.", "3.II.1": "Three."}),
        ("1\\. One.\n\n2\\. Two.", {"1": "One.", "2": "Two."}),
        ("**1.** One.\n\n**2.** Two.", {"1": "One.", "2": "Two."}),
        ("1. Such as:\n\n- a\n- b\n\n2. Two.", {"1": "Such as:\na\nb", "2": "Two."}),
        ("1. In\n\n2016. was not a number.\n\n2. Two.", {"1": "In 2016. was not a number.", "2": "Two."}),
        ("1. Steps:\n\n1. a\n2. b\n3. c\n\n2. Two.", {"1": "Steps:\n1. a 2. b 3. c", "2": "Two."}),
        ("1. One.\n\n> “Quoted.”\n\n2. Two.", {"1": "One.\n“Quoted.”", "2": "Two."}),
        ("1. One *and _two_* or **three**: view_doc, 5 * 3.", {"1": "One and two or three: view_doc, 5 * 3."}),
        ("1. A <insert name> and a<b, <b>bold</b><br/>.", {"1": "A <insert name> and a<b, bold."}),
        ("1. A.\n\n2. B:\n\n(1) x;\n\n(2) y;\n\n(3) z;\n\n(4) w.\n\n3. C.", {"1": "A.",
         "2": "B:\n(1) x;\n(2) y;\n(3) z;\n(4) w.", "3": "C."}),
        ("1. A says:\n\n> 2. quoted two.\n\n2. B.\n\n3. C.", {"1": "A says:\n2. quoted two.", "2": "B.", "3": "C."}),
        ("1. A says:\n\n- 2. bullet two.\n\n2. B.\n\n3. C.", {"1": "A says:\n2. bullet two.", "2": "B.", "3": "C."}),
        ("1. A rose to\n1.1 per cent and\n2. B.", {"1": "A rose to 1.1 per cent and", "2": "B."}),
        ("1. See resolution 4.\n2. is silent.\n\n2. B.\n\n3. C.", {"1": "See resolution 4. 2. is silent.", "2": "B.",
         "3": "C."}),
        ("\u200f1. النص.\n\n\u200f2. الثاني.", {"1": "النص.", "2": "الثاني."}),
        ("1\nOne.\n\n2" + " " * 90 + "x\n\n2\nTwo.", {"1": "One.\n2" + " " * 90 + "x", "2": "Two."}),
        ("1. A.\f2. B.\u20283. C.", {"1": "A.", "2": "B.", "3": "C."}),
    ],
)  # fmt: skip
def test_paragraphs(read_text, source, expected):
    read = read_text(source)
    assert texts(read) == expected
    check_promises(read)


ESSAY = "\n\n".join(f"Sentence {word} ends here." for word in "abcdefghi")
SECOND = "1. A.\n\n2. B.\n\n3. C.\n\n4. D.\n\nAnnex\n\n(1) X.\n\n(2) Y.\n\n(3) Z."


@pytest.mark.parametrize(
    ("source", "keys", "problems", "warning"),
    [
        ("1. One.\n\n3. Three.\n\n3. Again.\n\n## Annex\n\n1. First.\n\n2. Second.", "1 / 3 / #3 / Annex, 1 / Annex, 2",
         "gap 3, repeat 5, restart 9", "text.md line 3: gap: 3. follows 1. And 2 more."),
        ("1. One in\n\n2016. was good.\n\n2. Two.", "1 / 2", "passed over 3", None),
        ("1. A:\n\n1. a\n\n2. B.", "1 / 2", "passed over 3, unsure 5", "unsure: 2. continues 1, and a list"),
        ("1. A.\n\n2. B.\n\nANNEX I\nTerms\n\nIt has an introduction.\n\n1. X.\n\n2. Y.\n\n3. Z.",
         "1 / 2 / #3 / Annex I, 1 / Annex I, 2 / Annex I, 3", "restart 10", "restart: 1. follows 2 under a new heading."),
        (SECOND, "1 / 2 / 3 / 4 / #5 / #6 / #7", "second numbering 11, passed over 13, passed over 15",
         "text.md line 11: second numbering: (1) to (3) count on beside the paragraphs: read as text."),
        ("A Title\n\nThe first.\n\nThe\nsecond.", "#1 / #2", "no numbers 1", "read as 2 unnumbered ones."),
        # a list in an essay does not number it
        (ESSAY + "\n\n1. First.\n\n2. Second.", " / ".join(f"#{n}" for n in range(1, 12)), "no numbers 1, passed over 19",
         "no numbered paragraphs: read as 11 unnumbered ones."),
        ("1. A.\n\n2. UNâ€™s.", "1 / 2", "damaged characters 3", "'â€™': the text was saved in a wrong encoding"),
    ],
)  # fmt: skip
def test_what_looks_wrong_is_told_and_nothing_is_left_out(read_text, source, keys, problems, warning):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        read = read_text(source)
    assert " / ".join(read.paragraphs["paragraph"]) == keys
    assert ", ".join(f"{problem} {line}" for problem, line in told(read)) == problems
    assert len(warned) == bool(warning) and all(warning in str(one.message) for one in warned)
    check_promises(read)


def test_headings_of_every_kind(read_text):
    source = (
        "# A Title\n\n## First *part* ##\n\n1. One.\n\nSecond part\n\n2. Two.\n\n"
        "THIRD PART\n\n3. Three\n\nis no heading.\n\nIV. Fourth Part\n\nA. Section\n\n4. Four."
    )
    read = read_text(source)
    assert read.paragraphs["section"].tolist() == ["First part", "Second part", "THIRD PART", "A. Section"]
    assert texts(read)["3"] == "Three is no heading."
    assert read.documents[["name", "title"]].values.tolist() == [["A Title", "A Title"]]
    read = read_text("United Nations\n\nA/C.3/77/L.14/Rev.1\n\nReport\n\nAims\n\n1. One.\n\nA/71/818 3/47\n\n2. Two.")
    assert read.documents[["name", "title"]].values.tolist() == [["A/C.3/77/L.14/Rev.1", "Report"]]
    assert read.paragraphs["section"].tolist() == ["Aims"] * 2  # a running header is no heading


def test_texts_stand_in_the_order_of_the_document_with_their_section(tmp_path):
    one = (
        "Title\n\nIntroduction\n\n1. Peace¹.\n\n## On **war** and\n\n¹ A note.\n\n## Nothing below\n\n"
        "## War\n\n2. War²,\n\n² Another.\n\n\nlong."
    )
    (tmp_path / "one.md").write_text(one, encoding="utf-8")
    (tmp_path / "two.md").write_text("1. Alone.\n\n2. Still.", encoding="utf-8")
    read = corpus.read(tmp_path)
    assert read.texts[["document", "paragraph", "kind", "section", "text"]].values.tolist() == [
        ["one", "front matter 1", "front matter", "(no heading)", "Title"],
        ["one", "heading 1", "heading", "Introduction", "Introduction"],
        ["one", "1", "paragraph", "Introduction", "Peace."],
        ["one", "heading 2", "heading", "On war and", "On war and"],
        ["one", "note 1", "note", "On war and", "A note."],
        ["one", "heading 3", "heading", "Nothing below", "Nothing below"],
        ["one", "heading 4", "heading", "War", "War"],
        ["one", "2", "paragraph", "War", "War, long."],
        ["one", "note 2", "note", "War", "Another."],
        ["two", "1", "paragraph", "(no heading)", "Alone."],
        ["two", "2", "paragraph", "(no heading)", "Still."],
    ]
    own = ["document", "paragraph", "number", "order", "section", "part", "page", "text"]
    assert read.paragraphs.columns.tolist() == own
    assert read.paragraphs["paragraph"].tolist() == ["1", "2", "1", "2"]


def test_passages_of_spans_are_places_in_texts_or_in_the_document(read_text):
    read = read_text("Title\n\n## On **peace**\n\n1. War¹ and **peace**.\n\n¹ The note.\n\n====")
    everything = dict(zip(read.texts["paragraph"], read.texts["text"], strict=True))
    for span, place in zip(read.spans.itertuples(), corpus.passages(read.spans).itertuples(), strict=True):
        inside = span.kind in ("paragraph", "heading", "note", "front matter")
        assert isinstance(place.paragraph, str) == inside
        text = everything[place.paragraph] if inside else read.documents["text"][0]
        assert text[place.start : place.end] == read.documents["text"][0][span.start : span.end]


def test_markdown_notes_and_marks_cited_twice(read_text):
    read = read_text("1. One[^a] and two[^b].\n\n2. Two[^a].\n\n[^a]: Note *A*.\n\n    More of A.\n\n[^b]: Note B.")
    assert texts(read) == {"1": "One and two.", "2": "Two."}
    assert notes(read) == [["a", "1", "Note A.\nMore of A."], ["b", "1", "Note B."]]
    marks = read.spans[read.spans["points_to"].notna()]
    assert marks[["paragraph", "points_to"]].values.tolist() == [["1", "note a"], ["1", "note b"], ["2", "note a"]]
    check_promises(read)


def test_notes_and_marks_that_miss_each_other_are_told(read_text):
    read = read_text("1. One¹.\n\n2. Two.\n\n² Nobody points here.")
    assert told(read) == [("mark without note", 1), ("note without mark", 5)]
    assert read.texts["mark_in"].isna().all()
    assert texts(read)["1"] == "One¹."


@pytest.mark.parametrize(
    ("source", "expected", "text"),
    [
        ("1. A.<sup>1</sup>\n\n2. B.\n\n<sup>1</sup> Note.", [["1", "1", "Note."]], "A."),
        ("1. A.¹ B.¹\n\n2. C.²\n\n1 See\non.\n2 So.", [["1", "1", "See on."], ["2", "2", "So."]], "A. B."),
        ("1. A¹.\n\n2. B².\n\n## Notes\n\n1. One.\n2. Two.", [["1", "1", "One."], ["2", "2", "Two."]], "A."),
        ("1. A.[^1]\n\n[^1]: X.\n\n    2. inner\n\n2. B.", [["1", "1", "X.\n2. inner"]], "A."),
    ],
)
def test_notes(read_text, source, expected, text):
    read = read_text(source)
    assert notes(read) == expected
    assert list(texts(read)) == ["1", "2"] and texts(read)["1"] == text
    check_promises(read)


@pytest.mark.parametrize(
    "unit",
    ["a line of text\n", "[^", "[^a", "w¹\n\n¹ n\n\n", "w¹ ", "\ufffd", "1.", "*a ", "**", "_a ", "<!--", "[a](", "<a ", "\\", "# ",
     "> ", "- a\n", "1. a\n", "1\n", "3.I.", "¹", "\fpage  ", "a[^1] [^1]: b\n\n"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_hostile_repetition_ends(read_text, unit):
    assert is_whole(read_text("1. " + unit * (15_000 // len(unit)) + " x"))


def test_plain_text_keeps_asterisks_and_leaves_page_numbers_beside_form_feeds(read_text):
    read = read_text("1. One *runs*\n\n12\n\f\non here.\n\n2. Two.", "text.txt")
    assert texts(read)["1"] == "One *runs* on here."
    assert read.spans.loc[read.spans["kind"] == "leftover", "reason"].tolist() == ["page number"]


def test_line_ends_and_byte_order_mark_change_nothing(tmp_path):
    source = "1. One\nruns on.\n\n2. Two."
    (tmp_path / "a.md").write_bytes(source.encode())
    (tmp_path / "b.md").write_bytes(b"\xef\xbb\xbf" + source.replace("\n", "\r\n").encode())
    assert quietly(tmp_path).documents["text"].tolist() == [source, source]


def test_missing_file_and_folder_of_what_cannot_be_read(tmp_path):
    with pytest.raises(ValueError, match="holds no files"):
        corpus.read(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no file about\.csv"):  # before any document is read
        corpus.read(tmp_path, "about.csv")
    with pytest.raises(ValueError, match="path is empty: name a file or a folder"):
        corpus.read("")
    with pytest.raises(FileNotFoundError, match=r"no file or folder .*nowhere\.md"):
        corpus.read(tmp_path / "nowhere.md")
    (tmp_path / "report.rtf").write_bytes(b"1. One.")
    with pytest.raises(ValueError, match=r"No file in .* could be read \(1 tried\)\. report\.rtf has the suffix"):
        corpus.read(tmp_path)


def test_one_bad_file_does_not_cost_the_others(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    names = ["!!.md", "A b.md", "a-b.md", "b/a.md", "bad\udcff.md", "a.md", "locked.md", "c.docx"]
    names += [".hidden", "~$c.docx"]
    for letter, name in zip("abcdefghij", names, strict=True):
        (tmp_path / name).write_text(f"1. {letter * 3}.")
    opened = Path.read_bytes

    def read_bytes(path):
        if path.name == "locked.md":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.warns(UserWarning) as warned:
        read = corpus.read(tmp_path)
    own = dict(zip(read.documents["document"], read.paragraphs["text"], strict=True))
    wanted = {"document": "aaa.", "a-b-md": "bbb.", "a-b-md-2": "ccc.", "a-md": "fff.", "b-a-md": "ddd.", "bad": "eee."}
    assert own == wanted and [*read.failures["source"]] == ["c.docx", "locked.md"]
    told = read.problems[["source", "problem"]].values.tolist()
    assert told == [["a-b.md", "same name"], ["c.docx", "not read"], ["locked.md", "not read"]]
    assert [str(one.message).split(":")[:3] for one in warned] == [
        ["a-b.md", " same name", " called a-b-md-2, as a-b-md is A b.md. See the table `problems`."],
        [
            "c.docx",
            " not read",
            " c.docx is no archive, or a damaged one (File is not a zip file). Get the file anew. See the table `problems`.",
        ],
        ["locked.md", " not read", " locked.md cannot be opened"],
    ]


# Generated documents. What a piece means is decided by its neighbours; nothing may be lost whatever they are.

PIECES = st.sampled_from(
    ["Background", "# Heading", "## Sub *heading*", "Heading\n===", "THE ROLE OF THE UN", "A. Section", "- a bullet", "* another",
     "“A quotation”", "> quoted", "¹ A note.", "1 A note.", "[^1]: Another.\n    goes on", "http://un.org/a_b", "<http://un.org>",
     "\n\n", "\f", "----", "====", "***", "<!-- comment -->", "runs on over decision-", "making and ends.", "2016. A year.",
     "| a | b |\n|---|---|", "text¹ with² marks[^1]", "**bold *both* _x_** \\* end", "[link](http://x.y) <b>tag</b>", "(a) item", "12",
     "3.5 per cent", "\u200f١. نص عربي", "e\u0301\u0302 \U0001f600", "km² and x²"]
)  # fmt: skip
SIGNS, WORDS = st.sampled_from([". ", ".", ") ", "\n", " "]), st.sampled_from(["The UN.", "Text¹", "text"])
NUMBERED = st.builds("{}{}{}".format, st.integers(1, 9), SIGNS, WORDS)
SEPARATORS = st.sampled_from(["\n", "\n\n", "\n\n\n\n", "\r\n", " ", "\n\f\n", "\n   \n"])
DOCUMENTS = st.lists(st.tuples(st.one_of(PIECES, NUMBERED, st.text(max_size=8)), SEPARATORS), min_size=1, max_size=25)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS, suffix=st.sampled_from(["md", "txt"]))
def test_nothing_is_lost_whatever_the_order(tmp_path, document, suffix):
    source = "".join(piece + separator for piece, separator in document).replace("\0", "")
    path = tmp_path / f"text.{suffix}"
    path.write_bytes(source.encode("utf-8", "replace"))
    try:
        check_promises(quietly(path))
    except ValueError as error:
        assert "is empty" in str(error)


JOINS = ["\n\n", "\n\n\n\n", "\n\n- a bullet;\n\n", "\n\n1 A note.\n\n\n\n", "\n\n\n\nruns on.\n\n"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sections=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    joins=st.lists(st.sampled_from(JOINS), min_size=16, max_size=16),
    glued=st.booleans(),
)
def test_well_formed_documents_keep_their_numbers_and_sections(tmp_path, sections, joins, glued):
    number, parts, expected = 0, ["A Title\n\n2 March 2016\n\n"], []
    for section, size in enumerate(sections):
        parts.append(f"Section {'ABCD'[section]}\n\n")
        for _ in range(size):
            join = joins[number]
            number += 1
            expected.append((str(number), f"Section {'ABCD'[section]}"))
            mark = "¹" if "note" in join else ""
            parts.append(f"{number}.{'' if glued else ' '}The UN acts{mark}{'' if 'runs on' in join else '.'}{join}")
    path = tmp_path / "text.md"
    path.write_text("".join(parts), encoding="utf-8")
    read = corpus.read(path)
    assert list(zip(read.paragraphs["paragraph"], read.paragraphs["section"], strict=True)) == expected
    assert [paragraph for _, paragraph, _ in notes(read)] == [str(i + 1) for i in range(number) if "note" in joins[i]]
    check_promises(read)


def check_promises(read):
    """Each character in one span, each paragraph its spans and no more, keys unique."""
    document = read.documents["text"][0]
    assert is_whole(read) and read.texts["paragraph"].is_unique
    of_key = dict(list(read.spans[read.spans["text_start"].notna()].groupby("paragraph")))
    for key, kind, text in read.texts[["paragraph", "kind", "text"]].itertuples(index=False):
        rest = list(text)
        of_it = of_key.get(key, read.spans[:0])
        assert set(of_it["kind"]) <= {kind}
        for start, end, at in zip(of_it["start"], of_it["end"], of_it["text_start"], strict=True):
            assert text[at : at + end - start] == document[start:end]
            rest[at : at + end - start] = [None] * (end - start)
        between = [letter for letter in rest if letter is not None]
        assert set(between) <= {" ", "\n"} and len(between) < max(len(of_it), 1)
    spans = read.spans
    assert (spans["reason"].notna() == spans["kind"].isin(["markup", "leftover"])).all()
    assert (spans["paragraph"].isna() == (spans["kind"] == "leftover")).all()
    assert set(spans["points_to"].dropna()) <= set(read.texts.loc[read.texts["kind"] == "note", "paragraph"])


def test_un_documents_keep_their_printed_numbers(tmp_path, shared):
    """77 UN documents, rebuilt as plain text: nearly every number printed before a paragraph opens it."""
    blocks = pd.read_parquet(shared / "data" / "un-paragraphs.parquet")
    names = sorted(blocks["document"].unique())[::40]
    blocks = blocks[blocks["document"].isin(names)].sort_values("order")
    number, text = blocks["prefix"].fillna(""), blocks["text"].str.split().str.join(" ")
    blocks = blocks.assign(number=number, text=text, file=blocks["document"].map(names.index).astype("str"))
    for file, rows in blocks.groupby("file"):
        printed = "\n\n".join((rows["number"] + " " + rows["text"]).str.strip())
        (tmp_path / f"{file}.txt").write_text(printed, encoding="utf-8")
    read = quietly(tmp_path)
    assert is_whole(read) and len(read.documents) == len(names) == 77
    wanted = blocks[(blocks["type"] == "paragraph") & blocks["number"].str.fullmatch(r"\d{1,3}\.")]
    wanted = Counter(zip(wanted["file"], wanted["number"], wanted["text"].str[:8], strict=True))
    starts = read.paragraphs["text"].str.split().str.join(" ").str[:8]
    opened = Counter(zip(read.paragraphs["document"], read.paragraphs["number"], starts, strict=True))
    found = (wanted & opened).total()
    assert wanted.total() > 1500 and found / wanted.total() >= 0.99, f"{found} of {wanted.total()}"
