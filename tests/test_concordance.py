"""Words in context."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import concordance
from analysis.concordance import kwic


def paragraphs(*texts):
    return pd.DataFrame({"document": "d", "paragraph": [str(i) for i in range(1, len(texts) + 1)], "text": list(texts)})


def test_worked_by_hand():
    found = kwic(paragraphs("To keep the peace, keep faith.", "Peace!"), "peace", window=2)
    assert found.values.tolist() == [
        ["d", "1", "peace", "keep the ", "peace", ", keep faith", 12, 17],
        ["d", "2", "peace", "", "Peace", "!", 0, 5],
    ]


def test_phrases_and_lists_of_them():
    found = kwic(paragraphs("Civil society and civil war; civil society."), ["civil society", "war"], window=0)
    assert found[["label", "match", "left", "right"]].values.tolist() == [
        ["civil society", "Civil society", "", ""],
        ["war", "war", "", ""],
        ["civil society", "civil society", "", ""],
    ]


def test_sorted_by_the_nearest_word():
    texts = paragraphs("big old peace now", "small new peace then", "old peace again")
    assert kwic(texts, "peace", sort="left")["left"].tolist() == ["small new ", "old ", "big old "]
    assert kwic(texts, "peace", sort="right")["paragraph"].tolist() == ["3", "1", "2"]


def test_takes_a_table_of_hits():
    hits = pd.DataFrame({"document": "d", "paragraph": ["1"], "label": ["keeping"], "start": [3], "end": [11]})
    found = kwic(paragraphs("To keep the peace."), hits, window=1)
    assert found[["label", "left", "match", "right"]].values.tolist() == [["keeping", "To ", "keep the", " peace"]]


def test_lines_are_aligned_and_name_documents_where_several():
    texts = pd.DataFrame({"document": ["a", "b"], "paragraph": ["1", "12"], "text": ["Keep\nthe peace.", "Peace"]})
    lines = concordance.lines(kwic(texts, "peace"), width=9).split("\n")
    assert lines == ["a ¶1  Keep the [peace].", "b ¶12          [Peace]"]
    assert concordance.lines(kwic(texts, "war")) == ""


@settings(max_examples=200)
@given(st.lists(st.text(alphabet="ab -.\n", max_size=20), min_size=1, max_size=4), st.integers(0, 4))
def test_context_is_a_piece_of_the_text(texts, window):
    for _, row in kwic(paragraphs(*texts), "a", window=window).iterrows():
        whole = texts[int(row["paragraph"]) - 1]
        piece = row["left"] + row["match"] + row["right"]
        assert whole[row["start"] - len(row["left"]) :].startswith(piece)
        assert whole[row["start"] : row["end"]] == row["match"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"what": "peace", "window": -1}, "window should be a whole number from 0, found -1"),
        ({"what": "peace", "sort": "middle"}, "sort should be 'left', 'right' or None, found 'middle'"),
        ({"what": "—"}, "no word in '—'"),
        ({"what": pd.DataFrame({"document": ["d"]})}, r"hits needs columns .* missing"),
        (
            {"what": pd.DataFrame({"document": ["d"], "paragraph": ["9"], "label": ["x"], "start": [0], "end": [1]})},
            r"no characters 0 to 1 in paragraph \('d', '9'\)",
        ),
    ],
)
def test_wrong_calls_get_a_clear_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        kwic(paragraphs("peace"), **arguments)


def test_keys_may_be_whole_numbers():
    from analysis import patterns

    paragraphs = pd.DataFrame({"document": "a", "paragraph": [1, 2], "text": ["peace", "war and peace"]})
    found = concordance.kwic(paragraphs, patterns.find(paragraphs, "peace"))
    assert found[["paragraph", "left", "match"]].values.tolist() == [["1", "", "peace"], ["2", "war and ", "peace"]]


def test_patterns_are_no_words():
    with pytest.raises(ValueError, match=r"patterns\.find"):
        kwic(paragraphs("manage conflict"), "manag*")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 0.5}, r"hits: start in row 0 .* is 0.5; it should be a whole number"),
        ({"end": np.inf}, "hits: end in row 0 .* is inf; it should be a whole number"),
        ({"end": ""}, "hits: end in row 0 .* is ''; it should be a whole number"),
        ({"paragraph": 1.0}, "hits: paragraph in row 0 .* read the CSV with dtype=str"),
    ],
)
def test_hits_whose_place_is_none_are_refused(change, message):
    hits = pd.DataFrame({"document": "d", "paragraph": ["1"], "label": ["x"], "start": ["0"], "end": [5.0]})
    assert kwic(paragraphs("peace"), hits)["match"].tolist() == ["peace"]
    with pytest.raises(ValueError, match=message):
        kwic(paragraphs("peace"), hits.assign(**change))
    with pytest.raises(ValueError, match="hits: 1 row repeats another's"):
        kwic(paragraphs("peace"), pd.concat([hits, hits]))


def test_numbers_of_words_and_characters():
    found = kwic(paragraphs("a b c peace d"), "peace", window=np.uint8(1))
    assert found[["left", "right"]].values.tolist() == [["c ", " d"]]
    with pytest.raises(ValueError, match="window should be a whole number from 0, found True"):
        kwic(paragraphs("peace"), "peace", window=True)
    for width in ("10", 2.5, -1, None):
        with pytest.raises(ValueError, match=f"width should be a whole number from 0, found {width!r}"):
            concordance.lines(found, width)
    with pytest.raises(ValueError, match=r"kwic: left is missing in row 0 .*keep_default_na=False"):
        concordance.lines(found.assign(left=None))
    with pytest.raises(ValueError, match=r"kwic: right in row 0 .* is 5; it should be text"):
        concordance.lines(found.assign(right=5))
