"""Words in context."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import concordance, tables, tokens
from analysis.concordance import kwic
from tests.made import paragraphs


def test_worked_by_hand():
    found = kwic(paragraphs("To keep the peace, keep faith.", "Peace!"), "peace", window=2)
    one = ["d", "1", "peace", "keep the ", "peace", ", keep faith", 12, 17]
    assert found.values.tolist() == [one, ["d", "2", "peace", "", "Peace", "!", 0, 5]]
    pd.testing.assert_frame_equal(kwic(paragraphs("peace"), "war"), tables.empty("kwic"))


def test_phrases_and_lists_of_them():
    found = kwic(paragraphs("Civil society and civil war; civil society."), ["civil society", "war"], window=0)
    assert found["label"].tolist() == ["civil society", "war", "civil society"]
    assert found["match"].tolist() == ["Civil society", "war", "civil society"]
    assert (found[["left", "right"]] == "").all(axis=None)


def test_sorted_by_the_nearest_word():
    texts = paragraphs("big old peace now", "small new peace then", "old peace again")
    assert kwic(texts, "peace", sort="left")["left"].tolist() == ["small new ", "old ", "big old "]
    assert kwic(texts, "peace", sort="right")["paragraph"].tolist() == ["3", "1", "2"]


def test_takes_a_table_of_hits():
    hits = pd.DataFrame({"document": "d", "paragraph": ["1"], "label": "keeping", "start": 3, "end": 11, "kept": True})
    texts = paragraphs("To keep the peace.").astype("category")
    found = kwic(texts, hits.astype({"document": "category"}), window=1)
    assert found[["label", "left", "match", "right"]].values.tolist() == [["keeping", "To ", "keep the", " peace"]]
    for wrong in ({"paragraph": "9"}, {"end": 99}, {"end": 3}):
        with pytest.raises(ValueError, match=r"hits: no characters 3 to \d+ in paragraph '\d' of 'd'; take the texts"):
            kwic(texts, hits.assign(**wrong))
    with pytest.raises(ValueError, match=r"hits: 'kept the' is not there in \('d', '1'\); take the texts"):
        kwic(texts, hits.assign(match="kept the"))  # of another version
    with pytest.raises(ValueError, match=r"hits: 'peace' is not there in \('d', '1'\)"):
        kwic(paragraphs("The peace"), "peace", tokens=tokens.tokenize(paragraphs("A peace")))


def test_lines_are_aligned_and_name_documents_where_several():
    texts = pd.DataFrame({"document": ["a", "b"], "paragraph": ["1", "12"], "text": ["Keep\nthe peace.", "Peace"]})
    lines = concordance.lines(kwic(texts, "peace"), width=9).split("\n")
    assert lines == ["a ¶1  Keep the [peace].", "b ¶12          [Peace]"]
    assert concordance.lines(kwic(texts, "peace"), width=6).startswith("a ¶1    the [peace].\n")
    assert concordance.lines(kwic(texts, "peace"), width=0).startswith("a ¶1  [peace]\n")
    assert concordance.lines(kwic(texts, "war")) == ""


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="ab -.\n", max_size=20), min_size=1, max_size=4), st.integers(0, 4))
def test_context_is_a_piece_of_the_text(texts, window):
    table = paragraphs(*texts)
    found = kwic(table, "a", window=window)
    pd.testing.assert_frame_equal(kwic(table, "a", window=window, tokens=tokens.tokenize(table)), found)
    for row in found.to_dict("records"):
        whole = texts[int(row["paragraph"]) - 1]
        assert whole[row["start"] - len(row["left"]) :].startswith(row["left"] + row["match"] + row["right"])
        assert whole[row["start"] : row["end"]] == row["match"]
        words = [start for start, _ in tokens.spans(whole)]
        assert len(tokens.spans(row["left"])) == min(window, sum(start < row["start"] for start in words))
        assert len(tokens.spans(row["right"])) == min(window, sum(start >= row["end"] for start in words))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"what": "peace", "window": -1}, "window should be a whole number from 0, found -1"),
        ({"what": "peace", "sort": "middle"}, "sort should be one of .*'left', 'right'.*, found 'middle'"),
        ({"what": "manag*"}, r"patterns\.find"),
        ({"what": {"label": ["peace"]}}, "what should be text or a list of them, in the order wanted; found dict"),
    ],
)
def test_wrong_calls_get_a_clear_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        kwic(paragraphs("peace"), **arguments)
    left = tokens.tokenize(paragraphs("a b peace")).iloc[[0, 2]]
    with pytest.raises(ValueError, match="words were taken out of d ¶1, the first after 'a': give all running words"):
        kwic(paragraphs("a b peace"), "peace", tokens=left)
    with pytest.raises(ValueError, match=r"width should be a whole number from 0, found 2\.5"):
        concordance.lines(kwic(paragraphs("peace"), "peace"), 2.5)
