"""In and out: dictionaries say what they said or tell why not; tables and matrices hold every count."""

import numpy as np
import pandas as pd
import pytest
from scipy import io

from analysis import codebooks, corpus, exchange, patterns, tokens

FILES = {
    "q.yml": "EU:\n  - Europe*\n  - law: [acquis, No, 1325, $$, people's, Europe's, a_b]\nUK: [United  Kingdom, \"brit?\", EUROPE*, united kingdom]\n",
    "l.dic": "%\n1\tAnger words\n12 Past\n%\nwar*\t1 12\nall out\t01\nlike\t(02 134)125/464 1\n\npeace 12\nwhy?\t1\nno\t7\n%off\n",
    "y.ykd": '<?xml version="1.0" encoding="UTF-8"?>\n<dictionary patternengine="substring"><cnode name="Mine"><cnode name="A">\n'
    '<pnode name="Élan*"/><cnode name="B"><pnode name="b c"/></cnode></cnode>\n<pnode name="top"/></cnode></dictionary>',
}  # fmt: skip
SAID = {
    "q.yml": "EU:europe*:2 EU.law:acquis:3 EU.law:no:3 EU.law:1325:3 UK:united kingdom:4 UK:brit?:4 UK:europe*:4",
    "l.dic": "Anger words:war*:5 Past:war*:5 Anger words:all out:6 Past:peace:9",
    "y.ykd": "A:élan*:3 A.B:b c:3 Mine:top:4",
}
LEFT = {
    "q.yml": ["$$", "people's", "Europe's", "a_b", "united kingdom"],
    "l.dic": ["like\t(02 134)125/464 1", "why?", "no", "%off"],
    "y.ykd": [],
}


@pytest.mark.parametrize("name", FILES)
def test_a_dictionary_says_the_same_or_is_told_not_to(tmp_path, name):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    book, left_out = exchange.dictionary(tmp_path / name)
    assert " ".join(f"{row.label}:{row.pattern}:{row.line}" for row in book.itertuples()) == SAID[name]
    assert left_out["entry"].tolist() == LEFT[name] and left_out["reason"].str.len().gt(0).all()
    texts = pd.DataFrame({"document": "d", "paragraph": ["1"], "text": ["The United Kingdom: ALL out war, Élan b c."]})
    assert len(patterns.find(texts, book)) == {"q.yml": 1, "l.dic": 3, "y.ykd": 2}[name]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.cat", "x", "dictionaries are read from"),
        ("a.yml", "a: &x [b]\nc: *x\n", "needs quotes"),
        ("a.yml", "", "no pattern that counts"),
        ("a.dic", "war 1", "between two lines with %"),
        (
            "a.ykd",
            '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><dictionary>&x;</dictionary>',
            "document type",
        ),
        ("a.ykd", '<dictionary patternengine="regexp"/>', "no dictionary of Yoshikoder with plain patterns"),
        ("a.ykd", "<dictionary>", "not well-formed XML"),
    ],
)
def test_what_is_no_dictionary_is_refused(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        exchange.dictionary(tmp_path / name)


@pytest.fixture
def three(tmp_path):
    """Three documents with years; the last has no hit."""
    for name, text in {"a": "War. War, İzmir war games.", "b": "Peace and سلام.", "c": "Nothing here."}.items():
        (tmp_path / f"{name}.txt").write_text(f"1. {text}\n", encoding="utf-8")
    about = pd.DataFrame({"document": ["a", "b", "c"], "year": ["1990", "1991", "1992"]})
    return corpus.read(tmp_path, about)


def test_the_wide_table_has_every_document_and_only_hits_that_count(three):
    words = tokens.tokenize(three.paragraphs)
    book = codebooks.parse("war: {any: war, except: {war games: a game}}\npeace: {any: [peace]}")
    table = exchange.wide(patterns.find(three.paragraphs, book), words, three.documents)
    rows = [["a", 1990, 5, 0, 2], ["b", 1991, 3, 1, 0], ["c", 1992, 2, 0, 0]]
    assert table[["document", "year", "words", "peace", "war"]].values.tolist() == rows and "text" not in table
    hits = patterns.find(three.paragraphs, codebooks.parse("year: {any: war}"))
    with pytest.raises(ValueError, match="share the names"):
        exchange.wide(hits, words, three.documents)
    with pytest.raises(ValueError, match="hits are of documents that are not in documents: a"):
        exchange.wide(hits, words, three.documents.assign(year=1)[1:].rename(columns={"year": "of"}))


def test_the_matrix_is_read_back_equal(three, tmp_path):
    words = tokens.tokenize(three.paragraphs)
    exchange.save_matrix(words, tmp_path / "m")
    matrix = io.mmread(tmp_path / "m.mtx").toarray()
    documents, forms = (
        (tmp_path / f"m.{one}.txt").read_text("utf-8").split("\n")[:-1] for one in ("documents", "words")
    )
    counted = pd.crosstab(words["document"].astype("str"), words["token"].astype("str"))
    assert np.array_equal(matrix, counted.loc[documents, forms]) and {*forms} == {*words["token"]}
    assert matrix.sum() == len(words) == 10 and (tmp_path / "m.mtx").read_text().startswith("%%MatrixMarket matrix coordinate integer general")  # fmt: skip
