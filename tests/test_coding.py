"""Coding sheets: drawn, written, read back, checked; and CSV for people in general."""

import re
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from analysis import agreement, codebooks, coding, corpus, tables, themes
from tests.conftest import ROOT
from tests.made import refused

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=30)
PARAGRAPHS = pd.DataFrame(
    {"document": np.repeat(["a", "b", "c", "d"], 5), "paragraph": [*"12345"] * 4, "text": "Peace.", "order": 1}
)
ODD = ["Genève\nà l’Assemblée", "a\r\nb", "a\rb", "=1+1", "'=1", "''", "-5 % of", "@home", "مكافحة", 'a "b", c; d', ""]
UN = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"]})


def coded(*rows, **more):
    """A coding of one document: paragraph and theme of each row."""
    return pd.DataFrame(rows, columns=["paragraph", "theme"], dtype="str").assign(document="un", **more)


def loaded(raw, load=coding.load):
    """What is read of a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "s.csv").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return load(Path(folder, "s.csv"))


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
@example([(str(number), text) for number, text in enumerate(ODD)])
def test_a_sheet_is_read_back_as_it_was_and_no_cell_is_taken_for_a_formula(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "sheet.csv"
    sheet = pd.DataFrame(rows, columns=["paragraph", "text"]).assign(document="un", theme="war")
    coding.save(sheet, path)
    back, raw = coding.load(path), path.read_bytes()
    assert back[["paragraph", "text", "document", "theme"]].values.tolist() == sheet.values.tolist()
    assert back["row"].tolist() == list(range(1, len(rows) + 1))
    assert raw.startswith(b"\xef\xbb\xbf")  # a spreadsheet would take é for Ã© without it
    assert not any(text[:1] in ("=", "-", "@", "+") and f'"{text}"'.encode() in raw for text in sheet["text"])


def test_numbers_stay_numbers_and_missing_values_become_empty_cells(tmp_path):
    table = pd.DataFrame({"a": ["x", None], "b": pd.Categorical(["=1", None]), "c": [-1.5, float("nan")]})
    before = table.copy()
    tables.write(table, tmp_path / "s.csv")
    pd.testing.assert_frame_equal(table, before)
    assert b'"-1.5"' in (tmp_path / "s.csv").read_bytes()
    assert tables.read(tmp_path / "s.csv", ["a"]).values.tolist() == [["x", "=1", "-1.5"]]


HEAD = "document,paragraph,theme\n"
MODEL = "document,paragraph,theme,model,date,prompt\nun,1,war,m-1,2026-11-01,p.txt\nun,2,none,m-1,2026-11-01,p.txt\n"
PLAIN = 'document|paragraph|theme\r\nun|1|"war"\r\nun|2|none\r\n'
TWO = [["1", "war", 1], ["2", "none", 2]]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *((PLAIN.replace("|", separator), TWO) for separator in ",;\t"),
        *(
            (f"sep={separator}{end}" + PLAIN.replace("|", separator), TWO)
            for separator, end in [(",", "\r\n"), (";", "\n"), ("\t", "\n")]
        ),
        # rows are numbered as a spreadsheet shows them, and a column without anything is passed over
        ("\ndocument;paragraph;theme;\n\nun;1;war;\n;;;\nun;2;fish;\n", [["1", "war", 2], ["2", "fish", 4]]),
        ("document;theme;a,b,c,d;paragraph\nun;war;x;1\n", [["1", "war", 1]]),  # parted as the columns needed are
        (HEAD + 'un,1,"war; aid"\nun,2, none\n', [["1", "war", 1], ["1", "aid", 1], ["2", "none", 2]]),
    ],
)
def test_sheets_saved_by_any_spreadsheet(raw, expected):
    back = loaded(raw.encode("utf-8-sig" if raw[0] != "s" else "utf-8"))
    assert back[["paragraph", "theme", "row"]].values.tolist() == expected and "" not in back


def test_long_texts_blank_probabilities_and_odd_headers_survive(tmp_path):
    sheet = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["war", "war; "], "text": "x" * 200_000, "probability": [0.25, None], "=a;b;c;d;e;f": "z"})  # fmt: skip
    coding.save(sheet, tmp_path / "sheet.csv")
    back = coding.load(tmp_path / "sheet.csv")
    assert back["text"].str.len().tolist() == [200_000] * 2 and list(back)[:-1] == list(sheet)
    assert back["probability"].tolist()[0] == 0.25 and back["probability"].isna().tolist() == [False, True]
    assert back["theme"].tolist() == ["war", "war"]  # a semicolon too many


test_a_sheet_that_cannot_be_read_says_where = refused(
    loaded,
    *((text, "s.csv is empty.") for text in ("", ",,,\n", '"";""\n')),
    (f"{HEAD}un,1,G\xe9\n".encode("latin-1"), "s.csv line 2: not UTF-8; save it as UTF-8 (CSV UTF-8 in Excel)."),
    ("document,paragraph\nun,1\n", "s.csv lacks the columns ['theme']; it has ['document', 'paragraph']."),
    (HEAD + "\nun,1,a,b\n", "s.csv row 2 has 4 cells where the header has 3; a cell that holds the separator"),
    ("document;paragraph;theme\nun;1\n", "s.csv row 1 has 2 cells where the header has 3"),
    (HEAD + 'un,1,"war\n', "s.csv row 1: not CSV: a quote is opened and never closed."),
    ("\n" + HEAD + 'un,1,war\nun,1,"x"y\n', "s.csv row 2: not CSV: "),
    ('document,"paragraph\n', "s.csv header: not CSV: "),
    ("document,paragraph,theme,theme\nun,1,war,war\n", "s.csv has the column 'theme' twice"),
    ("document,paragraph,theme,,\nun,1,war,x,y\n", "s.csv has the column '' twice"),
    *(
        (MODEL.replace(old, new, 1), f"^s.csv: the codes of a model need .* {message}")
        for old, new, message in [("date", "day", "date is not there"), ("1,p.txt", "1,", "prompt is '', 'p.txt'")]
    ),
    (MODEL.replace("theme", "coder"), "lacks the columns ['theme']"),
)


PIECES = [*",;\t\n\r'\"=1 é\x00", "\r\n", "document", "paragraph", "theme", "probability", "1e30"]


@settings(max_examples=60)
@given(
    head=st.sampled_from(["", "document,paragraph,theme,probability\n", "question;topic;intruder\n"]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=10),
)
def test_whatever_a_file_holds_it_is_read_or_refused_by_name(head, pieces):
    for load in (coding.load, tables.read):
        try:
            loaded(head + "".join(pieces), load)
        except ValueError as error:
            assert str(error).startswith("s.csv")


def test_no_sheet_is_overwritten(tmp_path):
    (tmp_path / "sheet.csv").write_text("hours of work")
    with pytest.raises(FileExistsError, match="may hold coding: give another name, or take this line out"):
        coding.save(UN.assign(theme="war"), tmp_path / "sheet.csv")
    assert (tmp_path / "sheet.csv").read_text() == "hours of work"
    with pytest.raises(FileNotFoundError, match=r"There is no file .*other\.csv"):
        coding.load(tmp_path / "other.csv")


def test_a_sample_has_the_paragraphs_drawn_in_the_order_of_the_table():
    sheet = coding.sample(PARAGRAPHS, 8, seed=3)
    assert list(sheet) == ["document", "paragraph", "text", "theme", "drawn", "probability"]
    assert len(sheet) == 8 and set(sheet["probability"]) == {0.4} and set(sheet["theme"]) == {""}
    keys = pd.MultiIndex.from_frame(PARAGRAPHS[["document", "paragraph"]])
    assert np.all(np.diff(keys.get_indexer(pd.MultiIndex.from_frame(sheet[["document", "paragraph"]]))) > 0)
    documents = coding.sample(PARAGRAPHS, 3, unit="document", seed=3)
    assert len(documents) == 15 and documents["document"].nunique() == 3 and set(documents["probability"]) == {0.75}
    assert set(documents["drawn"]) == {"by document"}
    with pytest.raises(ValueError, match="from 1 to 20, found 21"):
        coding.sample(PARAGRAPHS, 21, seed=1)
    with pytest.raises(ValueError, match=r"'document'\], found 'word'"):
        coding.sample(PARAGRAPHS, 2, unit="word", seed=1)


@pytest.mark.parametrize("unit", ["paragraph", "document"])
def test_the_same_seed_draws_the_same_paragraphs_from_any_order(unit):
    drawn = coding.sample(PARAGRAPHS, 2, unit=unit, seed=5)
    other = coding.sample(PARAGRAPHS.sample(frac=1, random_state=1), 2, unit=unit, seed=5)
    pd.testing.assert_frame_equal(drawn, other.sort_values(["document", "paragraph"], ignore_index=True))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("1", "war"), ("9", "war")], "coding row 2: there is no paragraph ('un', '9')."),
        ([("1", "war"), ("2", "fish")], "coding row 2: 'fish' is no theme; the themes are 'war', 'peace', and none."),
        ([("1", "war"), ("1", "war")], "coding row 2: repeats the theme 'war' of ('un', '1')."),
        ([("1", "war"), ("2", " ")], "coding row 2: theme is blank; write a theme, or none."),
        ([("", "war")], "coding row 1: paragraph is blank; fill it in."),
        ([("1", "war"), ("1", "none")], "coding row 2: ('un', '1') has none and a theme; keep one."),
        ([("1", "war"), ("2", "None")], "coding row 2: theme is 'None'; write none in small letters."),
        ([("1", "{a}; b")], "coding row 1: theme is '{a}; b'; a row has one theme (coding.load makes a row of each)."),
        ([], "coding has no rows: no paragraph is coded."),
    ],
)
def test_a_coding_out_of_order_names_the_row(rows, message):
    given = coded(*rows)
    with pytest.raises(ValueError) as told:
        coding.check(given, UN, ["war", "peace"])
    assert str(told.value) == message
    pd.testing.assert_frame_equal(given, coded(*rows))


def test_the_same_theme_by_two_coders_is_no_repetition():
    given = coded(("1", "war "), ("1", "war"), ("1", "none"), coder=["a", "b", "c"])
    assert coding.check(given, UN, ["war"])["theme"].tolist() == ["war", "war", "none"]
    with pytest.raises(ValueError, match=r"several coders \('a', 'b', 'c'\): choose one"):
        coding.wide(given)
    with pytest.raises(ValueError, match=r"^coding row 2: coder is blank; fill it in"):
        coding.check(given.assign(coder=["a", None, "c"]))


def test_a_paragraph_that_loses_its_last_theme_stays_coded():
    given = coded(*zip("11231", ["war", "aid", "aid", "none", "aid"], strict=True), coder=list("aaaab"))
    with pytest.warns(UserWarning, match=r"^coding: themes set aside: 'aid'\.$"):
        kept = coding.only(given, ["war"])
    assert [" ".join(row) for row in kept[["paragraph", "theme", "coder"]].values] == [
        "1 war a", "3 none a", "2 none a", "1 none b"
    ]  # fmt: skip
    assert coding.only(given, ["war", "aid", "vote"]).values.tolist() == given.values.tolist()  # and no warning


GIVEN = coded(("1", "war"), ("1", "aid"), ("2", "war"), ("2", "aid"), assigned=[True, False, False, True])
test_a_table_of_themes_with_holes_is_refused = refused(
    coding.cells,
    (GIVEN.iloc[:3], "paragraph ('un', '2') has no row for 'aid'"),
    (GIVEN.replace({"theme": {"war": "none"}}), "'none' can't be the name of a theme"),
)


def test_the_cairo_coding_covers_all_paragraphs_and_quotes_them(workshop):
    themes = codebooks.load(ROOT / "data" / "codebooks" / "themes.yml")["label"].unique().tolist()
    given = coding.load(ROOT / "data" / "coding" / "cairo-themes.csv")
    coding.check(given, workshop.paragraphs, themes)
    assert len(themes) == 14 and set(given["theme"]) == set(themes)
    text_of = workshop.paragraphs.set_index("paragraph")["text"]
    assert set(given["paragraph"]) == set(text_of.index)  # all 40
    assert all(row.deciding_words in text_of[row.paragraph] for row in given.itertuples())
    assert set(given["coder"]) == {"one machine-assisted reading"} and not given["date"].eq("").any()
    assert {"use-of-force", "primacy-of-politics"} == set(given.loc[given["paragraph"] == "15", "theme"])


def test_a_table_stands_for_the_documents_elsewhere_that_it_lists(tmp_path):
    (tmp_path / "elsewhere.csv").write_text("document,title,source\none,One,here\nmany.csv,Many,there\n")
    (tmp_path / "many.csv").write_text("n,document\n1,a\n2,b\n3,a\n")
    found = corpus.elsewhere(tmp_path)
    assert found.values.tolist() == [["one", "One", "here"], ["a", "Many", "there"], ["b", "Many", "there"]]


def test_a_list_of_documents_elsewhere_that_is_not_in_order_is_told(tmp_path):
    (tmp_path / "all.csv").write_text("document\nb\na\n")
    (tmp_path / "blank.csv").write_text("document,n\n,1\n")
    for listed, message in [
        ("d,t,s\nd,u,v\n", "elsewhere.csv row 2: the document 'd' is listed already; list each once."),
        ("a,t,s\nall.csv,u,v\n", "all.csv row 2: the document 'a' is listed already; list each once."),
        ("no.csv,t,s\n", "elsewhere.csv names the collection no.csv, which is not in"),
        ("blank.csv,T,S\n", "blank.csv row 1: document is blank; fill it in."),
    ]:
        (tmp_path / "elsewhere.csv").write_text("document,title,source\n" + listed)
        with pytest.raises(ValueError, match=re.escape(message)):
            corpus.elsewhere(tmp_path)


def test_no_spreadsheet_takes_a_key_for_a_number_or_a_date(tmp_path):
    keys = ["1.10", "1.1", "10-11", "3/4", "II:1", "007", "#17"]
    coding.save(pd.DataFrame({"document": "un", "paragraph": keys, "theme": "war"}), tmp_path / "sheet.csv")
    raw = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig")
    assert all(f'"¶{key}"' in raw for key in keys)  # text to every spreadsheet
    assert coding.load(tmp_path / "sheet.csv")["paragraph"].tolist() == keys


def test_texts_of_a_sheet_that_are_not_those_of_their_paragraphs_are_told():
    sheet = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "text": ["No\r\nwar.", "Peace."]})
    coding.check(sheet, sheet.assign(text=["No war.", "Peace."]))
    for other in (sheet.assign(text=["Peace.", "No war."]), pd.concat([sheet, sheet.assign(text="No war.")])):
        with pytest.raises(ValueError, match=r"coding: the texts of \('un', '[12]'\) differ: were cells sorted apart"):
            coding.check(sheet, other)


def test_themes_that_differ_in_writing_only_are_told():
    with pytest.warns(UserWarning, match="coding: 'War' and 'war' differ in writing only and count apart: write one"):
        coding.check(coded(("1", "War"), ("2", "war")))
    with pytest.warns(UserWarning, match="codings: 'War' and 'war' differ in writing only"):
        coding.compare(coded(("1", "War")), coded(("1", "war")))


def test_a_workbook_holds_nothing_but_text_and_is_read_back(tmp_path):
    keys = ["1.10", "007", "36.1", "3/4", "1e3", *map(str, range(len(ODD) - 5))]
    sheet = pd.DataFrame({"document": "un", "paragraph": keys, "text": ODD, "theme": "war"})
    coding.save(sheet, tmp_path / "s.xlsx")
    assert coding.load(tmp_path / "s.xlsx")[list(sheet)].values.tolist() == sheet.values.tolist()
    raw = zipfile.ZipFile(tmp_path / "s.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"<f" not in raw and b"<v" not in raw and raw.count(b'"inlineStr"') == raw.count(b"<c ")
    for text in ("x" * 32_768, "a\x01"):
        with pytest.raises(ValueError, match=r"^t\.xlsx row 1: .* is too long for a cell of \.xlsx, or has a sign"):
            coding.save(sheet.head(1).assign(text=text), tmp_path / "t.xlsx")


def test_a_workbook_that_people_filled_in_is_read_as_text_and_a_damaged_one_refused(tmp_path):
    book = Workbook()
    for row in [[None], [" document", "paragraph", "theme", None], ["un", 7, "war; aid"], [None], ["un", 1.1, "=1+1"]]:
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    with pytest.warns(UserWarning, match=r"s\.xlsx: the formula in C5 has no value yet"):
        found = coding.load(tmp_path / "s.xlsx")
    assert found.values.tolist() == [["un", "7", "war", 1], ["un", "7", "aid", 1], ["un", "1.1", "", 3]]
    for content in (b"", b"PK\x03\x04", (tmp_path / "s.xlsx").read_bytes()[:-30]):
        (tmp_path / "s.xlsx").write_bytes(content)
        with pytest.raises(ValueError, match=r"^s\.xlsx is no archive, or a damaged one \(.*\)\. Get the file anew\.$"):
            coding.load(tmp_path / "s.xlsx")


def test_a_language_model_is_one_more_coder(tmp_path):
    model = loaded(MODEL)
    assert model["coder"].tolist() == ["m-1", "m-1"] and model["prompt"].tolist() == ["p.txt"] * 2
    person = coded(("1", "war"), ("2", "none"), coder="Aya")
    assert agreement.by_theme(pd.concat([person, model]))["alpha"].tolist() == [1.0]
    given = themes.long(UN, ["war"], assigned=np.ones((3, 1), bool))
    assert agreement.estimate(given, model.assign(drawn="by paragraph", probability=2 / 3))["n_coded"].tolist() == [2]
    coding.save(model, tmp_path / "again.csv")
    assert coding.load(tmp_path / "again.csv")["coder"].tolist() == ["m-1", "m-1"]


def test_two_coders_are_compared_and_what_is_decided_is_applied(tmp_path):
    """They differ in two of four paragraphs; one is decided: α is 1 − (4/8) / (32/56), then 1 − (2/8) / (30/56)."""
    keys = {"document": "un", "paragraph": ["1", "2", "3", "4"]}
    one = pd.DataFrame({**keys, "theme": ["war", "war", "none", "none"], "coder": "a", "text": "Tëxt", "start": 0})
    two = pd.DataFrame({**keys, "theme": ["war", "none", "war", "none"], "coder": "b"})
    sheet = coding.compare(one, two.iloc[::-1])
    assert sheet[["paragraph", "one", "two"]].values.tolist() == [["2", "war", "none"], ["3", "none", "war"]]
    coding.save(sheet.assign(decision=["war", ""], reason=["arms", ""]), tmp_path / "s.csv")
    both = pd.concat([one, two], ignore_index=True)
    after = coding.settle(both, coding.load(tmp_path / "s.csv"))
    assert after[list(both)].head(8).equals(both) and len(after) == 9  # what was discarded is kept
    assert after["assigned"].tolist() == [True] * 5 + [False] + [True] * 3
    assert after[["paragraph", "theme", "coder", "reason"]].values[8].tolist() == ["2", "war", "b", "arms"]
    alphas = [agreement.by_theme(table)["alpha"].round(4).tolist() for table in (both, after[after["assigned"]])]
    assert alphas == [[0.125], [0.5333]]
    with pytest.warns(UserWarning, match="decided: no coder gave 'wra': is it spelled"):
        coding.settle(both, sheet.assign(theme="wra"))
    for mixed in (after, after.assign(assigned="FALSE")):  # of before and after; as a spreadsheet writes it
        with pytest.raises(ValueError, match="coding has themes that were discarded"):
            agreement.by_theme(mixed)
    with pytest.raises(ValueError, match="codings: no paragraph is in both"):
        coding.compare(one, two.assign(document="eu"))
    with pytest.raises(ValueError, match="coding row 1: theme is blank"):
        coding.check(after.tail(1).assign(theme="", row=float("nan")))
    with pytest.raises(ValueError, match=r"there is no paragraph \('un', '9'\)"):
        coding.settle(both, sheet.assign(theme="war", paragraph="9"))
