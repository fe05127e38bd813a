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
        ("document,title,source\nd,t,s\nd,u,v\n", "elsewhere.csv: 1 row repeats another's ['document'], first ('d',)"),
        ("document,title,source\nno.csv,t,s\n", "elsewhere.csv names the collection no.csv, which is not in"),
        ("document,title,source\nmany.csv,t,s\n", "many.csv needs columns ['document']; missing ['document']"),
    ],
)
def test_a_list_that_is_not_in_order_is_told(tmp_path, listed, message):
    (tmp_path / "elsewhere.csv").write_text(listed)
    (tmp_path / "many.csv").write_text("name\na\n")
    with pytest.raises(ValueError, match=re.escape(message)):
        elsewhere.read(tmp_path)
