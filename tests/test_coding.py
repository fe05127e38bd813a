"""Coding sheets: written, read back, checked."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import coding
from tests.conftest import ROOT

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=30)


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_a_sheet_is_read_back_as_it_was(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "sheet.csv"
    sheet = pd.DataFrame(rows, columns=["paragraph", "text"]).assign(document="un", theme="war")
    coding.save(sheet, path)
    back = coding.load(path)
    assert back[["paragraph", "text", "document", "theme"]].values.tolist() == sheet.values.tolist()
    assert back["row"].tolist() == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "Genève\nà l’Assemblée",
        "a\r\nb",
        "a\rb",
        "=1+1",
        "'=1",
        "''",
        "-5 % of",
        "@home",
        "مكافحة الإرهاب",
        'a "b", c; d',
        "",
    ],
)
def test_accents_line_breaks_and_formulas_survive(tmp_path, text):
    sheet = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": [text, "x"], "theme": ["war", "none"]})
    coding.save(sheet, tmp_path / "sheet.csv")
    assert coding.load(tmp_path / "sheet.csv")["text"].tolist() == [text, "x"]
    raw = (tmp_path / "sheet.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # a spreadsheet would take é for Ã© without it
    assert not any(cell in raw for cell in (b'"=', b'"-', b'"@', b'"+'))  # and these for formulas


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_sheets_saved_by_any_spreadsheet(tmp_path, separator):
    lines = ["document,paragraph,theme,text", 'un,1,"war",a', "un,2,peace,b", "un,3,none,c"]
    text = "\r\n".join(line.replace(",", separator) for line in lines) + "\r\n"
    (tmp_path / "sheet.csv").write_bytes(text.encode("utf-8-sig"))
    back = coding.load(tmp_path / "sheet.csv")
    assert back[["paragraph", "theme"]].values.tolist() == [["1", "war"], ["2", "peace"], ["3", "none"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    (tmp_path / "sheet.csv").write_text(
        "\ndocument;paragraph;theme\n\nun;1;war\n;;\nun;2;fish;\n".replace("fish;", "fish")
    )
    back = coding.load(tmp_path / "sheet.csv")
    assert back[["paragraph", "theme", "row"]].values.tolist() == [["1", "war", 2], ["2", "fish", 4]]
    with pytest.raises(ValueError, match=r"^coding row 4: 'fish' is no theme"):
        coding.check(back, themes=["war"])


def test_long_texts_blank_probabilities_and_odd_headers_survive(tmp_path):
    sheet = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["war", "war; "], "text": "x" * 200_000, "probability": [0.25, None], "=a;b;c;d;e;f": "z"})  # fmt: skip
    coding.save(sheet, tmp_path / "sheet.csv")
    back = coding.load(tmp_path / "sheet.csv")
    assert back["text"].str.len().tolist() == [200_000] * 2 and list(back)[:-1] == list(sheet)
    assert back["probability"].tolist()[0] == 0.25 and back["probability"].isna().tolist() == [False, True]
    assert back["theme"].tolist() == ["war", "war"]  # a semicolon too many


def test_a_sheet_that_cannot_be_written_says_why(tmp_path):
    sheet = pd.DataFrame({"document": ["un"], "paragraph": "1", "theme": "war", "text": "\ud800"}, dtype=object)
    with pytest.raises(ValueError, match="which is no text"):
        coding.save(sheet, tmp_path / "sheet.csv")
    assert not (tmp_path / "sheet.csv").exists()
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        coding.save(sheet, tmp_path / "nowhere" / "sheet.csv")


def test_several_themes_in_a_cell_become_rows_that_keep_their_number(tmp_path):
    (tmp_path / "sheet.csv").write_text('document,paragraph,theme\nun,1,"war; peace"\nun,2, none\n')
    back = coding.load(tmp_path / "sheet.csv")
    assert back[["paragraph", "theme", "row"]].values.tolist() == [["1", "war", 1], ["1", "peace", 1], ["2", "none", 2]]
    with pytest.raises(ValueError, match=r"^coding row 1: 'war' is no theme"):
        coding.check(back, themes=["peace"])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "sheet.csv is empty."),
        (b"document,paragraph,theme\nun,1,G\xe9n\xe8ve\n", "sheet.csv line 2: not UTF-8; save it as CSV UTF-8."),
        (b"document,paragraph\nun,1\n", r"sheet.csv needs columns \['document', 'paragraph', 'theme'\]; missing \['theme'\]"),
        (b"document,paragraph,theme\nun,1,war,peace\n", "sheet.csv row 1 has 4 cells where the header has 3; a cell that holds a , needs quotes."),
        (b'document,paragraph,theme\nun,1,"war\n', "sheet.csv row 1: not CSV: a quote is opened and never closed."),
        (b"document,paragraph,theme,probability\nun,1,war,0.5\nun,2,war,often\n", "sheet.csv row 2: probability is 'often'; it should be a number above 0 and up to 1, with a decimal point."),
        *((f"document,paragraph,theme,probability\nun,1,war,\nun,2,war,{p}\n".encode(), f"sheet.csv row 2: probability is '{p}'; it should be a number above 0") for p in ("inf", "1e400", "-3", "0", "1.5", "nan")),
        (b"document,paragraph,theme,theme\nun,1,war,war\n", r"sheet.csv has the columns \['theme'\] more than once."),
    ],
)  # fmt: skip
def test_a_sheet_that_cannot_be_read_says_where(tmp_path, raw, message):
    (tmp_path / "sheet.csv").write_bytes(raw)
    with pytest.raises(ValueError, match=f"^{message}"):
        coding.load(tmp_path / "sheet.csv")


def test_no_sheet_is_overwritten(tmp_path):
    (tmp_path / "sheet.csv").write_text("hours of work")
    sheet = pd.DataFrame({"document": ["un"], "paragraph": "1", "theme": "war"})
    with pytest.raises(FileExistsError, match="may hold coding: give another name"):
        coding.save(sheet, tmp_path / "sheet.csv")
    with pytest.raises(FileNotFoundError, match="There is no coding sheet"):
        coding.load(tmp_path / "other.csv")


PARAGRAPHS = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"]})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("1", "war"), ("9", "war")], "coding row 2: there is no paragraph ('un', '9')."),
        ([("1", "war"), ("2", "fish")], "coding row 2: 'fish' is no theme; the themes are 'war', 'peace', and none."),
        ([("1", "war"), ("1", "war")], "coding row 2: repeats the theme 'war' of ('un', '1')."),
        ([("1", "war"), ("2", " ")], "coding row 2: theme is blank; write a theme, or none."),
        ([("1", "war"), ("2", None)], "coding row 2: theme is blank; write a theme, or none."),
        ([("", "war")], "coding row 1: paragraph is blank; fill it in."),
        ([("1", "war"), ("1", "none")], "coding row 2: none stands beside a theme of the same paragraph ('un', '1')."),
        ([("1", "war"), ("2", "None")], "coding row 2: theme is 'None'; write none in small letters."),
        (
            [("1", "war; peace")],
            "coding row 1: theme is 'war; peace'; a row has one theme (coding.load makes a row of each).",
        ),
        ([], "coding has no rows: no paragraph is coded."),
    ],
)
def test_a_coding_out_of_order_names_the_row(rows, message):
    coded = pd.DataFrame(rows, columns=["paragraph", "theme"]).assign(document="un")
    with pytest.raises(ValueError) as told:
        coding.check(coded, PARAGRAPHS, ["war", "peace"])
    assert str(told.value) == message


def test_all_mistakes_are_told_at_once_up_to_ten():
    coded = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(4, 16)], "theme": "war"})
    with pytest.raises(ValueError) as told:
        coding.check(coded, PARAGRAPHS)
    lines = str(told.value).splitlines()
    assert len(lines) == 11 and lines[-1] == "And 2 more mistakes."


def test_the_same_theme_by_two_coders_is_no_repetition():
    coded = pd.DataFrame(
        {"document": "un", "paragraph": "1", "theme": ["war", "war", "none"], "coder": ["a", "b", "c"]}
    )
    assert len(coding.check(coded, PARAGRAPHS, ["war"])) == 3
    with pytest.raises(ValueError, match=r"several coders \('a', 'b', 'c'\): choose one"):
        coding.wide(coded)


def test_a_paragraph_that_loses_its_last_theme_stays_coded():
    coded = pd.DataFrame({"document": "un", "paragraph": ["1", "1", "2", "3", "1"], "theme": ["war", "aid", "aid", "none", "aid"], "coder": list("aaaab")})  # fmt: skip
    kept = coding.only(coded, ["war"])
    assert kept[["paragraph", "theme", "coder"]].values.tolist() == [
        ["1", "war", "a"], ["3", "none", "a"], ["2", "none", "a"], ["1", "none", "b"],
    ]  # fmt: skip
    assert coding.only(coded, ["war", "aid"]).values.tolist() == coded.values.tolist()


def test_checking_changes_nothing_of_the_callers():
    coded = pd.DataFrame({"document": "un", "paragraph": [1, 2], "theme": [" war", "none"]})
    before = coded.copy()
    checked = coding.check(coded)
    pd.testing.assert_frame_equal(coded, before)
    assert checked["theme"].tolist() == ["war", "none"] and checked["paragraph"].tolist() == ["1", "2"]


def test_the_cairo_coding_covers_all_paragraphs_and_quotes_them(workshop):
    from analysis import codebooks

    book = codebooks.load(ROOT / "data" / "codebooks" / "themes.yml")
    coded = coding.load(ROOT / "data" / "coding" / "cairo-themes.csv")
    themes = book["label"].unique().tolist()
    coding.check(coded, workshop.paragraphs, themes)
    assert len(themes) == 14 and set(coded["theme"]) == set(themes)
    text_of = workshop.paragraphs.set_index("paragraph")["text"]
    assert set(coded["paragraph"]) == set(text_of.index)  # all 40
    assert all(words in text_of[paragraph] for paragraph, words in zip(coded["paragraph"], coded["deciding_words"], strict=True))  # fmt: skip
    assert set(coded["coder"]) == {"one machine-assisted reading"} and not coded["date"].eq("").any()
    assert {"use-of-force", "primacy-of-politics"} == set(coded.loc[coded["paragraph"] == "15", "theme"])


def test_themes_are_a_list_of_names_that_the_coding_has():
    coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["war", "none"]})
    for themes in ("war", None, 3, [3]):
        with pytest.raises(TypeError, match=r"^themes should be a list of names, as \['peace'\], found "):
            coding.only(coded, themes)
        if themes is not None:
            for function in (lambda: coding.check(coded, themes=themes), lambda: coding.wide(coded, themes)):  # noqa: B023
                with pytest.raises(TypeError, match="themes should be a list of names"):
                    function()
    for themes in (["wra"], [], ["none"]):
        with pytest.raises(ValueError, match=r"themes: the coding has none of .* its themes are 'war'"):
            coding.only(coded, themes)
    with pytest.warns(UserWarning, match="the coding has no 'wra'; its themes are 'war'"):
        assert coding.only(coded, ["war", "wra"])["theme"].tolist() == ["war", "none"]
    assert coding.only(coded.tail(1), ["war"])["theme"].tolist() == ["none"]  # read, and without themes
    assert coding.wide(coded, (theme for theme in ["peace", "war"])).values.tolist() == [[False, True], [False, False]]
    assert coding.only(coded, (theme for theme in ["war"]))["theme"].tolist() == ["war", "none"]
