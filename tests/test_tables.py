"""The dictionary of tables, the one check by it, and the rounding that keeps bytes the same."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from tests.conftest import ROOT

WORDS = pd.DataFrame(
    {"document": "un", "paragraph": ["1", "1", "2"], "position": [0, 1, 0], "token": ["peace", "now", "war"]}
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda words: words.assign(paragraph=[1, 1, 2]), "tokens: paragraph in row 0 (from 0) is 1; it should be"),
        (lambda words: words.assign(position=[0, 1.5, 0]), "tokens: position in row 0 (from 0) is 0.0; it should be a"),
        (lambda words: words.assign(position=[0, -1, 0]), "tokens: position in row 1 (from 0) is -1; it should be a"),
        (lambda words: words.assign(position=[0, True, 0]).astype(object), "tokens: position in row 1 (from 0) is T"),
        (lambda words: words.assign(position=[0, 2**53, 0]).astype(object), "tokens: position in row 1 (from 0) is 9"),
        (lambda words: pd.concat([words, words[["year"]]], axis=1), "tokens has the column 'year' twice"),
        (lambda words: pd.concat({"words": words}, axis=1).swaplevel(axis=1), "tokens lacks the columns ['document'"),
        (lambda words: words.set_index("token"), "tokens lacks the columns ['token']"),
        (lambda words: words.set_index("token", drop=False), "tokens has the column 'token' twice (an index"),
        (lambda words: words.assign(year=[1990, None, 1991]), "tokens: year in row 1 (from 0) is missing; fill it in"),
    ],
)
def test_what_is_wrong_is_told_with_table_column_and_row(change, message):
    with pytest.raises(ValueError) as told:
        tables.check(change(WORDS.assign(year=1990)), "tokens", ["year"])
    assert str(told.value).startswith(message) and "\n" not in str(told.value)


def test_a_table_that_is_right_comes_back_itself_whatever_its_dtypes():
    for fine in (WORDS, WORDS.astype("category"), WORDS.astype(object), WORDS.convert_dtypes(), WORDS[:0], WORDS[::-1]):
        if not isinstance(fine["position"].dtype, pd.CategoricalDtype):
            assert tables.check(fine, "tokens") is fine


def test_what_may_be_missing_is_no_mistake_and_ends_are_in_the_range():
    spans = pd.DataFrame({"document": "un", "start": [0, 4], "end": [4, 9], "kind": "heading"})
    spans = spans.assign(paragraph=["1", None], text_start=pd.array([0, None], dtype=object), reason="sign")
    coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "probability": [0.5, 1]})
    for fine, table in ((spans, "spans"), (spans.astype({"paragraph": "category"}), "spans"), (coded, "coding")):
        assert tables.check(fine, table, set(fine) & {"probability"}) is fine
    for strange in (1.01, True):
        wrong = coded.assign(probability=pd.Series([0.5, strange], dtype=object))
        with pytest.raises(ValueError, match=r"probability in row 1 .* should be a number from 0 to 1"):
            tables.check(wrong, "coding", ["probability"])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12"), st.integers(0, 3)), max_size=8))
def test_repeated_keys_are_seen_in_any_order(keys):
    frame = pd.DataFrame(keys, columns=["document", "paragraph", "position"]).assign(token="peace")
    frame = frame.astype({"document": "str", "paragraph": "str", "position": "int64", "token": "str"})
    repeated = pytest.raises(ValueError, match="repeats the document")
    with repeated if len(set(keys)) < len(keys) else nullcontext():
        tables.check(frame, "tokens")


def test_every_rule_of_the_dictionary_can_be_read_and_data_readme_prints_them():
    kinds = {rule["kind"] for rules in tables.columns().values() for rule in rules.values()}
    assert kinds == {"text", "whole", "number", "flag"}
    for table, rules in tables.columns().items():
        for name, rule in rules.items():
            assert rule["meaning"], (table, name)
            assert rule["needed"] in ("", "yes", "there") and rule["key"] in ("", "key"), (table, name)
            assert not rule["least"] or not rule["most"] or float(rule["least"]) < float(rule["most"]), (table, name)
        needed = any(rule["needed"] for rule in rules.values())
        assert not needed or all(rule["needed"] for rule in rules.values() if rule["key"]), table
        assert list(tables.empty(table)) == list(rules)
    assert tables.dictionary() in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_numbers_keep_six_digits_and_nothing_else_changes():
    frame = pd.DataFrame({"x": [2 / 3, 123456.789, 12345678.0, np.nan, np.inf, -1e-9 / 3], "n": range(6), "s": "2/3"})
    rounded = tables.significant(frame)
    assert rounded["x"].tolist()[:3] == [0.666667, 123457.0, 12345678.0] and rounded["x"].iloc[5] == -3.33333e-10
    assert np.isnan(rounded["x"].iloc[3]) and np.isinf(rounded["x"].iloc[4])
    pd.testing.assert_frame_equal(rounded[["n", "s"]], frame[["n", "s"]])
    assert frame["x"].iloc[0] == 2 / 3


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*nowhere to write a\.csv into\."):
        tables.write(pd.DataFrame(), tmp_path / "nowhere" / "a.csv")


def test_a_table_is_shown_alike_each_time_without_row_numbers():
    frame = pd.DataFrame({"n_plain": [3], "text": ["<b>peace</b>"], "rate": [float("nan")]})
    once, again = (tables.show(frame, text="passage") for _ in range(2))
    assert once.data == again.data and "0x" not in repr(once) and ">nan<" not in once.data
    assert "n plain" in once.data and "passage" in once.data and "index_name" not in once.data
