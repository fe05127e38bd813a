"""The mandates of the Security Council: table and texts agree, and the texts are read as the UN's XML has them."""

import runpy
from xml.etree import ElementTree

import pandas as pd
import pytest
import regex

from analysis import tables
from tests.conftest import ROOT
from tests.made import quietly

FOLDER, TABLE = ROOT / "data" / "mandates", ROOT / "data" / "mandates.csv"
TYPES = {"establishment", "renewal", "technical rollover", "modification", "termination"}
LATE = ["s-res-1997-2011", "s-res-2824-2026"]  # the mandate had run out: see data/README.md
UNNUMBERED = {"s-res-1300-2000", "s-res-1585-2005", "s-res-1588-2005"}  # printed without numbers
# The XML's preamble lacks a clause, or a line before ¶1; has ¶1–4, or a list, in it; has one clause in two paragraphs.
MORE = dict.fromkeys(["s-res-1355-2001", "s-res-2361-2017", "s-res-2394-2017"], 1)
MORE |= {"s-res-1991-2011": 1 - 4, "s-res-2053-2012": 1 - 4, "s-res-1291-2000": 1 - 3, "s-res-2172-2014": -1}
NO_TEXT = regex.compile(r"\s|[•*]|-----|_{5,}")  # white space; signs of lists, notes and rules


@pytest.fixture(scope="module")
def found():
    return quietly(FOLDER, metadata=TABLE)


def test_each_row_has_its_text_and_each_text_its_row():
    table = tables.read(TABLE)
    assert sorted(table["document"]) == sorted(path.stem for path in FOLDER.iterdir())
    for row in table.itertuples():
        head = (FOLDER / f"{row.document}.txt").read_text(encoding="utf-8").split("The Security Council,")[0]
        adopted = pd.to_datetime(regex.search(r" on (\d+ \w+ \d{4})", head)[1], format="%d %B %Y")
        symbol = head.replace("*", "").replace("(", " (").split()[:2]
        assert row.date == str(adopted.date()) and row.symbol.split() == symbol
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 6_000_000


def test_each_series_is_one_line_of_texts():
    table, late = tables.read(TABLE).fillna("").sort_values(["date", "document"]), []
    assert set(table["type"]) == TYPES and set(table["region"]) == {"Arab world", "comparison"}
    for _, rows in table.groupby("series"):
        assert rows["predecessor"].tolist() == ["", *rows["document"][:-1]] and rows["mission"].nunique() == 1
        assert "establishment" not in set(rows["type"][1:]) and "termination" not in set(rows["type"][:-1])
        date, until = pd.to_datetime(rows["date"]), pd.to_datetime(rows["until"].replace("", None), format="%Y-%m-%d")
        assert (until.isna() | (until > date)).all() and rows["region"].nunique() == 1
        late += rows.loc[until.shift() < date, "document"].tolist()
    assert sorted(late) == LATE


def test_every_printed_number_is_read_in_order(found):
    assert set(found.problems["problem"]) == {"passed over", "no numbers", "unsure"} and found.documents["series"].all()
    for document, rows in found.paragraphs.groupby("document"):
        numbers = rows["number"].dropna().tolist()
        assert numbers == [f"{n}." for n in range(1, len(numbers) + 1)] and (document in UNNUMBERED) == (not numbers)
    notes = found.texts.loc[found.texts["kind"] == "note", ["document", "text"]]
    assert notes.values.tolist() == [["s-res-1550-2004", "Reissued for technical reasons."]]


def test_texts_give_numbers_clauses_and_words_of_the_xml(found, shared):
    zips = [shared / "data" / name for name in ("mandates-xml.zip", "unxml-security-council-english.zip")]
    copies = runpy.run_path(str(ROOT / "data/write_mandates.py"))["copies"](zips)
    clauses = found.paragraphs[found.paragraphs["part"] == "preamble"]["document"].value_counts()
    for document, texts in found.texts.replace({"number": {"*": ""}}).fillna({"number": ""}).groupby("document"):
        archive, file = copies[document.split("-")[2]]
        main = ElementTree.fromstring(archive.read(file))[0]  # first of it: metadata, cover page
        nodes = [node for node in main.iter() if node.tag.endswith(("}paragraph", "}item"))]
        numbers = ["".join(num.itertext()).strip() for node in nodes for num in node.findall("{*}num")]
        assert list(filter(regex.compile(r"\d+\.").fullmatch, numbers)) == list(filter(None, texts["number"])), document
        preamble = [one for one in main.findall("{*}preamble//{*}p") if "".join(one.itertext()).strip()]
        assert clauses.get(document, 0) == len(preamble) - 1 + MORE.get(document, 0), document  # "The Council," is none
        for node in main.iter():  # a dash that opens an item of a list is no text
            node.text = regex.sub(r"^\s*–(?=\s|$)", "", node.text or "")
        body = NO_TEXT.sub("", "".join(text for part in main[2:] for text in part.itertext()))
        assert NO_TEXT.sub("", "".join(texts["number"] + texts["text"])).endswith(body), document
