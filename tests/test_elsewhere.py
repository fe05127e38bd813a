"""Documents that are not here: a list, in which a table may stand for a collection."""

import re

import pytest

from analysis import elsewhere


def test_a_table_stands_for_the_documents_it_lists(tmp_path):
    (tmp_path / "elsewhere.csv").write_text("document,title,source\none,One,here\nmany.csv,Many,there\n")
    (tmp_path / "many.csv").write_text("n,document\n1,a\n2,b\n3,a\n")
    found = elsewhere.read(tmp_path)
    assert found.values.tolist() == [["one", "One", "here"], ["a", "Many", "there"], ["b", "Many", "there"]]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("document,title\nd,t\n", "elsewhere.csv needs columns ['document', 'title', 'source']; missing ['source']"),
        (
            "document,title,source\nd,t,s\nd,u,v\n",
            "elsewhere.csv row 2: the document 'd' is listed in row 1 already; list each once.",
        ),
        (
            "document,title,source\na,t,s\nall.csv,u,v\n",
            "elsewhere.csv row 2: the document 'a' is listed in row 1 already",
        ),
        ("document,title,source\nno.csv,t,s\n", "elsewhere.csv names the collection no.csv, which is not in"),
        ("document,title,source\nmany.csv,t,s\n", "many.csv needs columns ['document']; missing ['document']"),
        ("document,title,source\na,T,S,X\n", "elsewhere.csv row 1 has 4 cells where the header has 3"),
        ("document,title,source\na,T\n", "elsewhere.csv row 1 has 2 cells where the header has 3; an empty cell"),
        ("document,title,source,title\na,T,S,X\n", "elsewhere.csv has the columns ['title'] more than once."),
        ("document,title,source\na,T,S\n ,T,S\n", "elsewhere.csv row 2: document is blank; fill it in."),
        ("", "elsewhere.csv is empty."),
        ('document,title,source\na,"T,S\n', "elsewhere.csv row 1: not CSV: a quote is opened and never closed."),
        ("document,title,source\nshifted.csv,T,S\n", "shifted.csv row 2 has 2 cells where the header has 1"),
        ("document,title,source\nblank.csv,T,S\n", "blank.csv row 1: document is blank; fill it in."),
    ],
)
def test_a_list_that_is_not_in_order_is_told(tmp_path, listed, message):
    (tmp_path / "elsewhere.csv").write_text(listed)
    (tmp_path / "many.csv").write_text("name\na\n")
    (tmp_path / "shifted.csv").write_text("document\na\nb,1\n")
    (tmp_path / "all.csv").write_text("document\nb\na\n")
    (tmp_path / "blank.csv").write_text("document,n\n,1\n")
    with pytest.raises(ValueError, match=re.escape(message)):
        elsewhere.read(tmp_path)


def test_a_list_in_another_encoding_is_told_with_its_line(tmp_path):
    (tmp_path / "elsewhere.csv").write_bytes("document,title,source\na,Genève,S\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"elsewhere\.csv line 2: not UTF-8; save it as CSV UTF-8"):
        elsewhere.read(tmp_path)
