"""Guards and the data dictionary."""

import numpy as np
import pandas as pd
import pytest

from analysis import tables
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
