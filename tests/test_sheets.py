"""Sheets: what both codings and questions of word intrusion are written to and read from."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import coding, sheets, topics


def test_the_table_stays_as_it_was_and_missing_values_become_empty_cells(tmp_path):
    table = pd.DataFrame({"a": ["x", None], "b": pd.Categorical(["=1", None]), "c": [1.5, float("nan")]})
    before = table.copy()
    sheets.write(table, tmp_path / "s.csv", holds="answers")
    pd.testing.assert_frame_equal(table, before)
    assert sheets.read(tmp_path / "s.csv", ["a"], "sheet").values.tolist() == [["x", "=1", "1.5"]]


@pytest.mark.parametrize("text", ["", " ", ";", ",,,\n", "\t\n\n", '"";""\n'])
def test_a_sheet_without_a_header_is_empty(tmp_path, text):
    (tmp_path / "s.csv").write_text(text)
    for load in (coding.load, topics.load_intrusion):
        with pytest.raises(ValueError, match=r"^s\.csv is empty\.$"):
            load(tmp_path / "s.csv")


PIECES = [
    *",;\t\n\r'\"=1 é\x00",
    "\r\n",
    "document",
    "paragraph",
    "theme",
    "question",
    "intruder",
    "probability",
    "1e30",
]


@settings(max_examples=200)
@given(
    head=st.sampled_from(["", "document,paragraph,theme,probability\n", "question;topic;intruder\n"]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=10),
)
def test_whatever_a_file_holds_it_is_read_or_refused_by_name(tmp_path_factory, head, pieces):
    path = tmp_path_factory.mktemp("sheets") / "s.csv"
    path.write_bytes((head + "".join(pieces)).encode())
    for load in (coding.load, topics.load_intrusion):
        try:
            load(path)
        except ValueError as error:
            assert str(error).startswith("s.csv")


def test_the_separator_is_that_of_the_columns_asked_for(tmp_path):
    (tmp_path / "s.csv").write_text("question;intruder;a,b,c,d\n1;war;x\n")
    assert topics.load_intrusion(tmp_path / "s.csv").values.tolist() == [[1, "war", "x"]]


def test_a_question_is_a_number_that_can_be_told_from_the_next(tmp_path):
    (tmp_path / "s.csv").write_text("question,intruder\n1e30,war\n")
    with pytest.raises(ValueError, match="question in row 1 is '1e30'; it should be a whole number"):
        topics.load_intrusion(tmp_path / "s.csv")


def test_columns_without_a_name_and_without_anything_in_them_are_passed_over(tmp_path):
    (tmp_path / "s.csv").write_text("document,paragraph,theme,,\na,1,war,,\n")
    assert coding.load(tmp_path / "s.csv")[["document", "paragraph", "theme"]].values.tolist() == [["a", "1", "war"]]
    assert list(coding.load(tmp_path / "s.csv").columns) == ["document", "paragraph", "theme", "row"]
    (tmp_path / "s.csv").write_text("document,paragraph,theme,,\na,1,war,,\na,2,war,x,y\n")
    with pytest.raises(ValueError, match=r"s\.csv row 2 has 'x' in column 4, one of 2 without a name: name them"):
        coding.load(tmp_path / "s.csv")
    (tmp_path / "s.csv").write_text("word,,\n")
    assert list(sheets.read(tmp_path / "s.csv", ["word"], "sheet").columns) == ["word"]


def test_what_is_not_csv_is_told_with_its_row(tmp_path):
    for text, place in [('\n\na,b\n1,2\n1,"x"y\n', "row 2"), ('a,b\n1,"x\n2,3\n', "row 1"), ('a,"b\n', "header")]:
        (tmp_path / "s.csv").write_text(text)
        with pytest.raises(ValueError, match=rf"^s\.csv {place}: not CSV: "):
            sheets.read(tmp_path / "s.csv", ["a"], "sheet")


def test_a_row_with_too_few_cells_is_told_what_to_do(tmp_path):
    (tmp_path / "s.csv").write_text("a;b\n1\n")
    with pytest.raises(ValueError, match="row 1 has 1 cells where the header has 2; an empty cell needs its ; too"):
        sheets.read(tmp_path / "s.csv", ["a", "b"], "sheet")
