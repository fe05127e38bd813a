"""Many documents at once: folders, archives, tables of texts, languages side by side; and files made to do harm."""

import re
import warnings
import zipfile

import pandas as pd
import pytest
from lxml import etree

from analysis import corpus, folders, pages
from analysis.readers import pandoc
from tests import fuzz
from tests.made import is_whole, packed, quietly

HEAD = "{}\n\nA/RES/1/2\n\nDistr.: General\n\n{}\n\n{}\n\n{}\n\n1. {}\n\n2. {}\n"


def rows(frame, *columns):
    return frame[[*columns]].astype(object).where(frame[[*columns]].notna(), "").values.tolist()


def test_rows_are_paragraphs_where_a_document_has_several(tmp_path):
    table = pd.DataFrame({"doc": ["A/1", "A/1", "A/1", "B"], "no": ["01", "01", "4 bis.", ""], "year": "1991"})
    table["body"] = ["7. The seventh.", "CAPITALS ALONE", "Two\nlines¹", "xvi"]  # which is no page number here
    table["page"] = ["1", "2", "2", "1"]  # not the same in all rows: not joined
    table.to_csv(tmp_path / "a.csv", index=False)
    with warnings.catch_warnings(record=True, action="always") as told:
        found = corpus.read(tmp_path / "a.csv", document="doc", number="no")
    assert "a.csv: left out, as not the same in all rows of a document: page." in {str(one.message) for one in told}
    assert rows(found.paragraphs, "document", "number", "text", "year") == [
        ["a-1", "01", "7. The seventh.", 1991],
        ["a-1", "01", "CAPITALS ALONE", 1991],
        ["a-1", "4 bis.", "Two lines¹", 1991],
        ["b", "", "xvi", 1991],
    ]
    assert rows(found.documents, "source", "title") == [["a.csv: A/1", "A/1"], ["a.csv: B", "B"]] and is_whole(found)


def test_rows_are_documents_where_each_is_named_once_or_none_is(tmp_path):
    each = pd.DataFrame({"text": ["1. War.\r\n\r\n2. Law.", " ", "1. Peace."], "code": ["007", "008", "9"]})
    each.to_parquet(tmp_path / "b.parquet")
    found = quietly(tmp_path / "b.parquet")
    wanted = [["b-1", "1", "War.", "007"], ["b-1", "2", "Law.", "007"], ["b-3", "1", "Peace.", "9"]]
    assert rows(found.paragraphs, "document", "paragraph", "text", "code") == wanted
    assert rows(found.failures, "source", "reason") == [["b.parquet: b 2", "b.parquet: 'b 2' has no text."]]


def test_a_sheet_of_paragraphs_is_read_and_numbers_that_became_decimals_are_whole_again(tmp_path):
    table = pd.DataFrame({"document": "a", "number": [1.0, None, 2.0], "text": ["War.", "And law.", "Peace."]})
    table.to_excel(tmp_path / "a.xlsx", index=False)
    table.assign(number=table["number"].astype("str").replace("nan", "")).to_csv(tmp_path / "b.csv", index=False)
    for name in ("a.xlsx", "b.csv"):
        assert quietly(tmp_path / name).paragraphs["number"].fillna("").tolist() == ["1", "", "2"], name


def test_paragraphs_of_a_table_keep_the_number_in_their_column_and_rows_that_are_there_twice_are_told(tmp_path):
    said = "The Council welcomes the report on all of it."
    rows = pd.DataFrame({"document": "a", "symbol": "S/1", "paragraph": ["12", "14"], "text": said})
    cases = (["12", "14"], ["12", "14"], ["gap", "gap"]), (["PP1", "1"], ["#1", "#2"], ["repeat"])
    for keys, wanted, problems in cases:
        rows.assign(paragraph=keys).to_csv(tmp_path / "a.csv", index=False)
        found = quietly(tmp_path / "a.csv")
        assert found.paragraphs["paragraph"].tolist() == wanted and set(found.paragraphs["text"]) == {said}
        assert found.problems["problem"].tolist() == problems and found.documents["symbol"].tolist() == ["S/1"]
    rows[["document"]].assign(paragraph=said).to_csv(tmp_path / "b.csv", index=False)
    assert set(quietly(tmp_path / "b.csv", text="paragraph").paragraphs["text"]) == {said}


def test_a_number_for_each_document_is_told_and_one_that_is_named_makes_rows_paragraphs(tmp_path):
    table = "colour\ttext\tnumber\tdoc_id\norange\tThe quick\t10\tdoc1\nblue\tbrown fox\t20\tdoc2\n"
    (tmp_path / "a.tsv").write_text(table)  # of the test data of quanteda's readtext
    with pytest.warns(UserWarning, match=r"^a\.tsv: left out, as each row is a document: number\.$"):
        found = corpus.read(tmp_path / "a.tsv")
    assert found.paragraphs["colour"].tolist() == ["orange", "blue"] and found.problems.empty
    (tmp_path / "b.csv").write_text('no, text\n1, Peace.\n2, "War, law."\n')
    found = quietly(tmp_path / "b.csv", number="no").paragraphs
    assert rows(found, "document", "number", "text") == [["b", "1", "Peace."], ["b", "2", "War, law."]]
    said = ["RT: #MuellerReport in 2019\n\nIf no collusion\n\nIf it is total.", "CHAPTER I\n\n1. Peace."]  # of tweets
    pd.DataFrame({"text": said}, pd.Index(["1125538416618348545", "7"], name="id")).to_parquet(tmp_path / "c.parquet")
    found = quietly(tmp_path / "c.parquet")
    assert found.documents["id"].tolist() == ["1125538416618348545", "7"]
    assert [*found.texts["kind"]] == ["paragraph"] * 3 + ["heading", "paragraph"]  # all of what has no numbers counts


@pytest.mark.parametrize(
    ("data", "how", "says"),
    [
        (b"x,y\n1,2\n", {}, "bad.csv: which column is the text? Say text=…, one of ['x', 'y']"),
        (b"x,y\n1,2\n", {"text": "z"}, "bad.csv has no column 'z' for text; it has ['x', 'y']"),
        (b"doc,text\na,b\n ,c\n", {}, "bad.csv row 2: doc is blank; fill it in"),
        (b"text\n", {}, "bad.csv is empty: there is nothing to read."),
        (b"Speeches,,\ndocument,text,year\na,b,c\n", {}, "the first row should name the columns."),
        (b"text,text\na,b\n", {}, "bad.csv has the column 'text' twice"),
        (b"It is likely" + b"!" * 99 + b"\nPeace\n", {}, "one of ['It is likely" + "!" * 48 + "']."),
        (b'no\ttext\n1\t"War\n2\tpeace"\n', {}, "bad.csv row 1: a quotation mark takes in the rows after it; write it"),
    ],
)
def test_tables_that_cannot_be_read_say_what_to_do(tmp_path, data, how, says):
    (tmp_path / "bad.csv").write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(says)):
        corpus.read(tmp_path / "bad.csv", **how)


def test_names_of_files_in_an_archive_are_metadata_and_what_fails_is_told(tmp_path):
    files = {"1970/ALB_25_1970.txt": "1. War.", "1971/ZWE_26_1971.txt": "1. Peace."}
    files |= {"notes.txt": "1. No.", "a.xyz": "?"}
    path = tmp_path / "speeches.zip"
    path.write_bytes(packed(files | {"../out.txt": "1. Out.", ".hidden.txt": "1. Not.", "b.csv": "text\nx"}))
    found = quietly(path, pattern="{country}_{session}_{year}.txt")
    wanted = [["alb-25-1970", "ALB", 25, 1970], ["zwe-26-1971", "ZWE", 26, 1971], ["notes", "", "", ""]]
    assert rows(found.paragraphs, "document", "country", "session", "year") == wanted
    assert found.failures["source"].tolist() == ["../out.txt", "a.xyz", "b.csv"]
    said = ["leads out of its", "suffix '.xyz'", "is read by itself"]
    assert all(part in reason for part, reason in zip(said, found.failures["reason"], strict=True))
    for how, told in [
        ({"pattern": "{a}-{b}"}, "No file name has the form '{a}-{b}'"),
        ({"pattern": "x.txt"}, "pattern 'x.txt' should name"),
        ({"text": "x"}, "name columns of .csv, .tsv, .xlsx, .parquet; speeches.zip is none"),
    ]:
        with pytest.raises(ValueError, match=re.escape(told)):
            quietly(path, **how)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("ABCDE", "abcdx", "4 of 5"), ("ABCDE", "ABCxy", None), ("ABCDE", "abcd", "4 of 4"), ("ABC", "ABCDEFGH", "3 of 3"),
        ("AB", "ABCDEF", None), ("AB", "AB", "2 of 2"), ("AAAAB", "ABCDE", None), ("S/2015/1|ABC", "S/2015/2|ABC", None),
    ],
)  # fmt: skip
def test_two_versions_of_a_text_are_told_and_resolutions_that_recur_are_not(tmp_path, first, second, told):
    for name, letters in (("draft.txt", first), ("final.md", second)):
        symbol, _, letters = letters.rpartition("|")
        paragraphs = [f"{n}. The “{letter}” speaks of peace." for n, letter in enumerate(letters, start=1)]
        head = [f"United Nations\n\n{symbol}\n\nSecurity Council\n\nDistr.: General\n\n2 May 2015"] * bool(symbol)
        (tmp_path / name).write_text("\n\n".join([*head, *paragraphs]), encoding="utf-8")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        problems = corpus.read(tmp_path).problems.query("problem == 'same text'")
    wanted = f"{told} paragraphs are in draft.txt too: if they are versions of one text, take one away"
    assert problems[["source", "detail"]].values.tolist() == [["final.md", wanted]] * bool(told)
    assert [str(one.message)[:68] for one in warned if "same text" in str(one.message)] == [
        f"final.md: same text: {told} paragraphs are in draft.txt too: if they"
    ] * bool(told)


def test_many_files_are_read_on_several_processors_as_one_after_the_other(tmp_path, monkeypatch, capfd):
    for n in range(19):
        (tmp_path / f"{n:03d}.txt").write_text(f"1. The {n}th re-\nport¹.\n\n1 Note.\n\n2. A report.", encoding="utf-8")
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    together = quietly(tmp_path)
    monkeypatch.setattr(folders, "_ALONE", 0)
    for one, other in zip(together, quietly(tmp_path), strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert together.documents["source"].is_monotonic_increasing and not "".join(capfd.readouterr())


def test_mastheads_name_the_document_and_languages_stand_side_by_side(tmp_path):
    english = ["United Nations", "12 August 2022", "Seventy-seventh session", "Report\n\nAims", "Peace.", "War."]
    french = ["Nations Unies", "12 août 2022", "Soixante-dix-septième session"]
    french += ["Rapport", "Paix.", "Guerre.\n\n3. Fin."]
    for name, parts in {"a": english, "b": french}.items():
        (tmp_path / f"{name}.txt").write_text(HEAD.format(*parts), encoding="utf-8")
    found = quietly(tmp_path)
    assert rows(found.documents, "symbol", "date", "session", "language", "name") == [
        ["A/RES/1/2", "2022-08-12", "77", "en", "A/RES/1/2"],
        ["A/RES/1/2", "2022-08-12", "", "fr", "A/RES/1/2"],
    ]
    assert found.documents["title"][0] == "Report"
    assert (corpus.align(found)["symbol"] == "A/RES/1/2").all()
    texts = rows(corpus.align(found), "paragraph", "en", "fr")
    assert texts == [["1", "Peace.", "Paix."], ["2", "War.", "Guerre."], ["3", "", "Fin."]]
    places = found.texts["document"].map({"a": "Annex I, ", "b": "Annexe I, "}) + found.texts["paragraph"]
    annexed = corpus.align(found._replace(texts=found.texts.assign(paragraph=places)))
    assert rows(annexed, "paragraph", "en", "fr")[0] == ["Annex I, 1", "Peace.", "Paix."]
    with pytest.raises(ValueError, match="two documents are A/RES/1/2 in 'en', one of them 'b'; keep one"):
        corpus.align(found._replace(documents=found.documents.assign(language="en")))
    with pytest.raises(ValueError, match="documents lack language"):
        corpus.align(found._replace(documents=found.documents.drop(columns="language")))


def test_resolutions_of_the_united_nations_are_read_whole_and_broken_ones_named(tmp_path, shared):
    """Every twentieth of 3,516; all of them: METHODS.md."""
    for body in ("security-council", "general-assembly"):
        whole = zipfile.ZipFile(shared / "data" / f"unxml-{body}-english.zip")
        some = {name: whole.read(name) for name in sorted(whole.namelist())[::20] if name.endswith(".xml")}
        (tmp_path / f"{body}.zip").write_bytes(packed(some))
        found, broken = quietly(tmp_path / f"{body}.zip"), set()
        of = found.documents.set_index("source")["text"]
        for name, xml in some.items():
            try:
                said = "".join(etree.fromstring(xml).itertext())
            except etree.XMLSyntaxError:
                broken.add(name)
            else:
                assert not fuzz.letters(said) - fuzz.letters(of[name]), name
        assert set(found.failures["source"]) == broken and len(of) + len(broken) == len(some) > 60 and is_whole(found)


def hostile():
    """File name, bytes, and what is said of it."""
    bomb = packed({"word/document.xml": b"0" * 2**26})
    liar = bomb.replace((2**26).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    dtd = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><akomaNtoso>&e;</akomaNtoso>'
    return [
        ("blank.html", b"<p><b>&nbsp;</b></p>", "is empty"),
        ("bom.md", b"\xef\xbb\xbf1. D\xe9", "byte 0xe9 on line 1 after '1. D'"),
        ("bomb.docx", bomb, "would unpack to 64 MB"),
        ("cut.pdf", b"", "is empty: it has no bytes"),
        ("deep.html", b"<div>" * 20_000, "pandoc|empty|deep"),
        ("deep.xml", b"<akomaNtoso>" + b"<a>" * 50_000, "is not well-formed XML"),
        ("dtd.xml", dtd.encode(), "declares a document type"),
        ("huge.txt", b"1. War. " * (100 * 2**17 + 1), "has 100 MB of text"),
        ("liar.docx", liar, "damaged"),
        ("not.docx", b"Dear Sir,", "is no archive"),
        ("nothing.md", b" \n\n\t", "is empty"),
        ("nul.txt", b"1. One\0", "is a binary file"),
        ("old.txt", b"1. One.\n2. Tw\xf3.", "is not UTF-8: byte 0xf3 on line 2 after '2. Tw'"),
        ("other.docx", packed({"other.xml": b"x"}), "is not a Word document"),
        ("own.xml", b"<report><p>1. One.</p></report>", "is XML, but not Akoma Ntoso: its root is <report>"),
        ("page.md", b"%PDF-1.7 \xff", "is a binary file"),
        ("report.rtf", b"1. One.", r"has the suffix '\.rtf'; files that can be read end in \.md.* Save it as \.docx"),
        ("rows.tab", b"text", r"\. Save it as \.csv or \.xlsx\."),
        ("wide.txt", "1. One".encode("utf-16"), "is UTF-16"),
    ]


def test_what_does_harm_is_refused_and_the_rest_is_read(tmp_path):
    for name, content, message in hostile():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"(?s){re.escape(name)}.*({message})") as told:
            quietly(tmp_path / name)
        assert len(str(told.value)) < 300
    (tmp_path / "huge.txt").unlink()  # large, and refused like the others
    (tmp_path / "good.txt").write_text("1. Peace.", encoding="utf-8")
    found = quietly(tmp_path)
    assert found.paragraphs["text"].tolist() == ["Peace."]
    assert found.failures["source"].tolist() == [name for name, *_ in hostile() if name != "huge.txt"]


def test_an_archive_that_would_fill_the_memory_is_not_opened(tmp_path):
    (tmp_path / "bomb.zip").write_bytes(packed({"a.txt": b"0" * 2**26}))
    with pytest.raises(ValueError, match=r"bomb\.zip: a\.txt would unpack to 64 MB"):
        corpus.read(tmp_path / "bomb.zip")


def test_a_pandoc_that_hangs_is_stopped(tmp_path, monkeypatch):
    slow = tmp_path / "pandoc"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr("pypandoc.get_pandoc_path", lambda: str(slow))
    monkeypatch.setattr(pandoc, "_SECONDS", 0.2)
    (tmp_path / "a.html").write_text("<p>1. One.</p>")
    with pytest.raises(ValueError, match=r"a\.html takes pandoc more than 0\.2 seconds"):
        corpus.read(tmp_path / "a.html")


FOUND = {"pdf": [262]}  # seeds that once broke the promise: type of no size


def test_a_short_slice_of_the_fuzzing(tmp_path):
    for kind, tries in [("text", 60), ("xml", 60), ("docx", 6), ("html", 6), ("pdf", 30)]:
        fuzz.run(kind, [*range(tries), *FOUND.get(kind, [])], tmp_path)


def test_mastheads_of_older_documents_and_of_parts_are_read():
    head = ["UNITED", "NATIONS   A", "General Assembly", "Distr.", "GENERAL", "A/52/613", "19 November 1997"]
    told = pages.masthead([*head, "ORIGINAL: ENGLISH", "Fifty-second session", "Agenda item 18", "THE TERRITORIES"])
    assert told["symbol"] == "A/52/613" and told["session"] == "52" and told["title"] == "THE TERRITORIES"
    part = ["United Nations   E/2025/34 (Part II)-E/ICEF/2025/7 (Part II)", "Distr.: General", "24 July 2025"]
    told = pages.masthead([*part, "Talks", "from 1 May to", "20 June 2025", "Aims"])
    assert told["symbol"].endswith("7 (Part II)") and told["date"] == "2025-07-24"
    assert told["title"] == "Talks from 1 May to 20 June 2025 Aims"


@pytest.mark.filterwarnings("ignore:letter.txt line 1. no numbers")
def test_a_masthead_is_front_matter_where_no_paragraph_has_a_number(read_text):
    head = "United Nations   S/2025/349\nSecurity Council   Distr.: General\n2 June 2025\nOriginal: English\n\n"
    found = read_text(f"{head}Letter from Guyana\n\nI transmit a note.\n\nIt is one of ten.\n", name="letter.txt")
    assert found.texts["kind"].tolist()[:4] == ["front matter"] * 4
    assert found.paragraphs["text"].tolist()[-2:] == ["I transmit a note.", "It is one of ten."]
    wanted = ["S/2025/349", "2025-06-02", "S/2025/349", "Letter from Guyana"]
    assert rows(found.documents, "symbol", "date", "name", "title") == [wanted]
