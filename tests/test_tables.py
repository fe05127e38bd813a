"""Guards and the data dictionary."""

import numpy as np
import pandas as pd
import pytest

from analysis import tables, values
from tests.conftest import ROOT


def test_message_names_what_is_needed_missing_and_found():
    frame = pd.DataFrame(columns=["document", "paragraph", "body"])
    with pytest.raises(ValueError) as caught:
        tables.check(frame, "paragraphs", ["document", "paragraph", "text"])
    assert str(caught.value) == (
        "paragraphs needs columns ['document', 'paragraph', 'text']; "
        "missing ['text'], found ['document', 'paragraph', 'body']."
    )


def test_every_table_of_a_corpus_has_the_columns_of_the_dictionary(workshop):
    for name, table in workshop._asdict().items():
        tables.check(table, name)
        assert list(table) == list(tables.COLUMNS[name])


def test_dictionary_in_the_data_folder_is_the_one_in_the_code():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert tables.dictionary() in text, "paste the output of tables.dictionary() into data/README.md"


def test_significant_digits():
    frame = pd.DataFrame({"a": [1.23456789e-9, np.nan, np.inf], "n": [1, 2, 3], "s": ["x", "y", "z"]})
    rounded = tables.significant(frame)
    assert rounded["a"].tolist()[0] == 1.23457e-9 and np.isnan(rounded["a"][1]) and np.isinf(rounded["a"][2])
    assert rounded["n"].dtype == frame["n"].dtype and rounded["s"].tolist() == ["x", "y", "z"]
    assert frame["a"][0] == 1.23456789e-9
    noise = pd.DataFrame({"a": [0.1 + 0.2, 0.3]})
    assert tables.significant(noise)["a"].nunique() == 1


@pytest.mark.parametrize(
    "key",
    [
        [np.nan, 1.0],
        pd.Series([None, 1.0], dtype="Float64"),
        pd.Series([None, 1.0], dtype=object),
        pd.Categorical([None, 1.0]),
        pd.Series([2, 1.0], dtype=object),
    ],
)
@pytest.mark.parametrize("name", ["document", "paragraph"])
def test_keys_read_as_numbers_with_a_decimal_point_are_refused(key, name):
    frame = pd.DataFrame({"document": "a", "paragraph": ["1", "2"]}).assign(**{name: key})
    with pytest.raises(ValueError, match=rf"hits: {name} in row \d .* read the CSV with dtype=str"):
        tables.check(frame, "hits", ["document", "paragraph"])


@pytest.mark.parametrize("key", [[1, 2], ["1", "2"], [None, None], [np.nan, np.nan], pd.Categorical([1, 2])])
def test_whole_and_missing_keys_are_left_to_others(key):
    tables.check(pd.DataFrame({"document": "a", "paragraph": key}), "evidence", ["document", "paragraph"])


def test_a_table_that_there_is_not():
    for call in (lambda: tables.check(pd.DataFrame(), "tokenz"), lambda: tables.empty("tokenz")):
        with pytest.raises(ValueError, match=r"There is no table 'tokenz' in tables.COLUMNS"):
            call()


def test_a_repeated_number_is_named_as_a_number():
    frame = pd.DataFrame({"position": np.array([0, 0], np.int32)})
    with pytest.raises(ValueError, match=r"first \(0,\) in row 1 \(rows count from 0\)"):
        tables.check_unique(frame, "tokens", ["position"])


def test_whole_arguments():
    assert [type(values.check_whole(value, "n", 3)) for value in (3, np.uint8(3))] == [int, int]
    for value in (2, np.int64(2), 3.0, np.float64(3), True, np.True_, "3", None, np.nan, [3]):
        with pytest.raises(ValueError, match=r"^n should be a whole number from 3, found "):
            values.check_whole(value, "n", 3)


@pytest.mark.parametrize(
    "column",
    [
        np.array([0, 7], np.uint8),
        np.array([0, 7], np.int16),
        pd.array([0, 7], "UInt32"),
        pd.Categorical([0, 7]),
        [0.0, 7.0],
        pd.array([0, 7], "Float64"),
        ["0", "7"],
        pd.Series(["0", 7.0], dtype=object),
    ],
)
def test_whole_numbers_of_any_kind(column):
    found = values.whole_numbers(pd.DataFrame({"start": column}), "hits", "start")
    assert found.tolist() == [0, 7] and np.issubdtype(found.dtype, np.signedinteger)


@pytest.mark.parametrize("value", [1.5, np.nan, np.inf, 1e30, 2**60, 2**64 - 1, -(2**60), "", "x", None, True, "1.5"])
def test_what_is_no_whole_number(value):
    for column in ([0, value], pd.Series([0, value], dtype=object)):
        with pytest.raises(ValueError, match=r"hits: start in row 1 \(rows count from 0\) is .*; it should be a whole"):
            values.whole_numbers(pd.DataFrame({"start": column}), "hits", "start")
    with pytest.raises(ValueError, match="it should be a whole number"):
        values.whole_numbers(pd.DataFrame({"start": pd.to_datetime(["2020-01-01"])}), "hits", "start")


@pytest.mark.parametrize("wrong", [{"a"}, {"a": 1}, b"a", 5, None, pd.DataFrame({"a": ["a"]}), np.array([["a"]])])
def test_what_is_no_list_of_texts(wrong):
    with pytest.raises(ValueError, match="words should be text or a list of them, in the order wanted; found "):
        values.listed(wrong, "words")


def test_an_index_with_the_name_of_a_column_loses_it():
    frame = pd.DataFrame({"document": ["a"], "n": [1]})
    assert tables.unnamed(frame) is frame
    several = frame.set_index(["document", pd.Index([5], name="other")], drop=False)
    assert list(tables.unnamed(several).index.names) == [None, "other"] and several.index.names[0] == "document"
