"""What a search takes in, and where spans lie: tables that are in order, and those that are not."""

import pandas as pd
import pytest

from analysis import corpus, scope

SOURCE = "# Title\n\n## Aims\n\n1. **Peace**[^1] now.\n\n2. War.\n\n[^1]: A note.\n"


@pytest.fixture
def read(tmp_path):
    (tmp_path / "un.md").write_text(SOURCE)
    return corpus.read(tmp_path / "un.md")


def doubled(table):
    return pd.concat([table, table.tail(1)], ignore_index=True)


def put(table, **values):
    """The table with other values in row 1."""
    table = table.astype(dict.fromkeys(values, object))
    table.loc[1, list(values)] = list(values.values())
    return table


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"end": 1000}, r"spans: row 1 \(rows count from 0\) goes from \d+ to 1000 in 'un', whose \d+ characters"),
        ({"start": -1}, "row 1 .* goes from -1 to"),
        ({"start": 9, "end": 8}, "row 1 .* goes from 9 to 8"),
        ({"start": 0.5}, "row 1 .*; both should be whole numbers"),
        ({"document": "au"}, "spans: there is no document 'au'"),
        ({"document": None}, "spans: document is missing in row 1"),
        ({"end": pd.NA}, "spans: end is missing in row 1"),
    ],
)
def test_a_span_lies_in_its_document(read, values, message):
    bad = read._replace(spans=put(read.spans, **values))
    for function in (lambda: corpus.with_text(bad.spans, bad.documents), lambda: corpus.coverage(bad), lambda: scope.texts(bad)):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            function()


@pytest.mark.parametrize("name", ["documents", "paragraphs", "notes"])
def test_what_is_there_twice_is_refused(read, name):
    bad = read._replace(**{name: doubled(getattr(read, name))})
    with pytest.raises(ValueError, match=f"^{name}: 1 row repeats"):
        scope.texts(bad)
    if name == "documents":
        for function in (lambda: corpus.with_text(bad.spans, bad.documents), lambda: corpus.coverage(bad)):
            with pytest.raises(ValueError, match=r"^documents: 1 row repeats"):
                function()


def test_good_columns_of_other_types_change_nothing(read):
    words = {"kind": "category", "reason": "category", "document": "category"}
    other = read._replace(spans=read.spans.astype(words), notes=read.notes.astype({"note": "category"}))
    pd.testing.assert_frame_equal(corpus.coverage(other), corpus.coverage(read))
    pd.testing.assert_frame_equal(scope.texts(other), scope.texts(read))
    named = read._replace(spans=read.spans.set_index("document", drop=False))
    pd.testing.assert_frame_equal(corpus.coverage(named), corpus.coverage(read))
    pd.testing.assert_frame_equal(scope.texts(named), scope.texts(read))
    numbers = read._replace(notes=read.notes.astype({"note": "int64"}))
    pd.testing.assert_frame_equal(scope.texts(numbers), scope.texts(read))


def test_a_missing_document_beside_text_is_told(read):
    bad = read._replace(paragraphs=put(read.paragraphs, document=None))
    with pytest.raises(ValueError, match="paragraphs: document is missing in row 1"):
        scope.texts(bad)


def test_a_heading_without_its_beginning_is_told(read):
    spans = read.spans[read.spans["kind"] == "heading"].assign(text_start=3)
    with pytest.raises(ValueError, match="the first heading of 'un' lacks its beginning"):
        scope.texts(read._replace(spans=spans))


def test_no_documents_are_nothing_to_cover(read):
    with pytest.raises(ValueError, match="documents has no rows"):
        corpus.coverage(read._replace(documents=read.documents[:0], spans=read.spans[:0]))


def test_a_span_of_a_paragraph_without_its_place_is_told(read):
    row = int((read.spans["kind"] == "paragraph").to_numpy().argmax())
    spans = read.spans.copy()
    spans.loc[row, "text_start"] = pd.NA
    with pytest.raises(ValueError, match=f"spans: text_start is missing in row {row}"):
        corpus.passages(spans)
