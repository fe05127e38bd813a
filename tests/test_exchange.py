"""In and out: dictionaries say what they said or tell why not; tables and matrices hold every count."""

import numpy as np
import pandas as pd
import pytest
from scipy import io

from analysis import codebooks, corpus, exchange, patterns, tokens

DICTIONARIES = {  # name: (content, what it says, what is left out, how often it stands in a text)
    "q.yml": (
        "EU:\n  - Europe*\n  - law: [acquis, No, 1325, $$, people's, Europe's, a_b]\nUK: [United  Kingdom, \"brit?\", EUROPE*, united kingdom]\n",
        "EU:europe*:2 EU.law:acquis:3 EU.law:no:3 EU.law:1325:3 UK:united kingdom:4 UK:brit?:4 UK:europe*:4",
        ["$$", "people's", "Europe's", "a_b", "united kingdom"], 1,
    ),
    "tabs.yml": (  # as in the Hebrew newsmap and stop words, which R reads
        "CARIB:\n    'TT': [trinidad, \tkingdom]\nnumber:\n\t# [one, two]\n    - [one]\n",
        "CARIB.TT:trinidad:2 CARIB.TT:kingdom:2 number:one:5", [], 1,
    ),
    "l.dic": (
        "%\n1\tAnger words\n\t5\tNow\n\t12 Past\n2\tTone\n\t3 Past\n%\nwar*\t1 12\nall out\t01\nlike\t(02 134)125/464 1\n"
        "\nat peace 3\nwhy?\t1\nno\t7\n%off\n",
        "Anger words:war*:8 Anger words.Past:war*:8 Anger words:all out:9 Tone.Past:at peace:12",
        ["like\t(02 134)125/464 1", "why?", "no", "%off"], 3,
    ),
    "y.ykd": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<dictionary patternengine="substring"><cnode name="Mine"><cnode name="A">\n'
        '<pnode name="Élan*"/><cnode name="B"><pnode name="b c"/></cnode></cnode>\n<pnode name="top"/></cnode></dictionary>',
        "A:élan*:3 A.B:b c:3 Mine:top:4", [], 2,
    ),
    "two.ykd": (
        '<dictionary><cnode name="A"><cnode name="B"><pnode name="élan"/></cnode></cnode><cnode name="C"/></dictionary>',
        "A.B:élan:1", [], 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DICTIONARIES)
def test_a_dictionary_says_the_same_or_is_told_not_to(tmp_path, name):
    content, said, left, n_hits = DICTIONARIES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    book, left_out = exchange.dictionary(tmp_path / name)
    assert " ".join(f"{row.label}:{row.pattern}:{row.line}" for row in book.itertuples()) == said
    assert left_out["entry"].tolist() == left and left_out["reason"].str.len().gt(0).all()
    texts = pd.DataFrame({"document": "d", "paragraph": ["1"], "text": "The United Kingdom: ALL out war, Élan b c."})
    assert len(patterns.find(texts, book)) == n_hits


def test_what_is_no_dictionary_is_refused(tmp_path):
    for name, text, message in [
        ("a.cat", "x", "dictionaries are read from"), ("a.yml", "a: &x [b]\nc: *x\n", "needs quotes"),
        ("a.yml", "", "no pattern that counts"), ("a.dic", "war 1", "between two lines with %"),
        ("a.ykd", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><dictionary>&x;</dictionary>', "document type"),
        ("a.ykd", '<dictionary patternengine="regexp"/>', "no dictionary of Yoshikoder with plain patterns"),
    ]:  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=message):
            exchange.dictionary(tmp_path / name)


def test_the_wide_table_has_every_document_and_only_hits_that_count(tmp_path):
    for name, text in {"a": "War. War, İzmir war games.", "b": "Peace and سلام.", "c": "Nothing here."}.items():
        (tmp_path / f"{name}.txt").write_text(f"1. {text}\n", encoding="utf-8")
    three = corpus.read(tmp_path, pd.DataFrame({"document": ["a", "b", "c"], "year": ["1990", "1991", "1992"]}))
    words, texts = tokens.tokenize(three.paragraphs), three.paragraphs
    book = codebooks.parse("war: {any: war, except: {war games: a game}}\npeace: {any: [peace]}")
    table = exchange.wide(patterns.find(texts, book), words, three.documents.drop(columns="sha256"))
    rows = [["a", 1990, 5, 0, 2], ["b", 1991, 3, 1, 0], ["c", 1992, 2, 0, 0]]
    assert table[["document", "year", "words", "peace", "war"]].values.tolist() == rows and "text" not in table
    hits = patterns.find(texts, codebooks.parse("year: {any: war}"))
    with pytest.raises(ValueError, match="share the names"):
        exchange.wide(hits, words, three.documents)
    with pytest.raises(ValueError, match="hits are of documents that are not in documents: a"):
        exchange.wide(hits, words, three.documents[1:].drop(columns="year"))
    with pytest.warns(
        UserWarning, match="words were taken out of a ¶1, .*: `words` is the number of those that are left"
    ):
        exchange.wide(patterns.find(texts, book), words[words["position"] != 1], three.documents)


def test_the_matrix_is_read_back_equal_with_a_name_a_line_in_the_order_of_the_documents(tmp_path):
    names, texts = ["z", 'Ä "b", #1', "empty", "2", "10"], ["war War İzmir", "l’État, 1,000 war", "—", "سلام", "2 10"]
    words = tokens.tokenize(pd.DataFrame({"document": names, "paragraph": "Annex I, 3", "text": texts}))
    exchange.save_matrix(words, tmp_path / "m")
    matrix = io.mmread(tmp_path / "m.mtx").toarray()
    documents, forms = ((tmp_path / f"m.{one}.txt").read_bytes().decode().split("\n") for one in ("documents", "words"))
    assert documents == ["z", 'Ä "b", #1', "2", "10", ""] and forms == [*sorted({*words["token"]}), ""]
    counted = pd.crosstab(words["document"].astype("str"), words["token"].astype("str"))
    assert np.array_equal(matrix, counted.loc[documents[:-1], forms[:-1]]) and matrix.max() == 2
    assert b"matrix coordinate integer general" in (tmp_path / "m.mtx").read_bytes()
