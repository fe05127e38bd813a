"""Figures and their evidence: tied together, the same bytes each time, nothing half written."""

import datetime
import json
import re
import xml.etree.ElementTree as ElementTree

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image

from analysis import charts, figures, tables, tokens

SVG = "{http://www.w3.org/2000/svg}"
TABLE = pd.DataFrame({"word": ["peace", "war"], "n": [2, 0], "rate": [2 / 3, 0.0]})
PLACES = {"word": ["war", "peace", "other"], "document": "d", "paragraph": ["1", "1", "2"], "start": [9, 4, 0]}
EVIDENCE = pd.DataFrame(PLACES | {"end": [12, 9, 5], "match": ["war", "peace", "Other"], "kept": [False, True, True]})
EVIDENCE.loc[3] = ["peace", "d", "2", 1234567, 1234572, "Peace", True]


def save(folder, table=TABLE, evidence=EVIDENCE, **told):
    ax = told.pop("ax") if "ax" in told else charts.bars(table, x="n", y="word")
    given = {"title": "Two words", "alt": "Peace twice & war <never>.", "name": "01-words"}
    return figures.save(ax, evidence=evidence, folder=folder / "figures", **given | told)


def read(folder, suffix):
    return (folder / "figures" / f"01-words{suffix}").read_bytes()


def painted(folder):
    root = ElementTree.fromstring(read(folder, ".svg"))
    return " ".join(" ".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def test_writes_five_files_that_agree(tmp_path):
    open_before = plt.get_fignums()
    shown = save(tmp_path, source="A source", below="Lengths")
    there = {path.name.removeprefix("01-words") for path in (tmp_path / "figures").iterdir()}
    assert there == set(figures.SUFFIXES) == {".svg", ".png", ".csv", ".evidence.csv", ".json"}
    rows = ["mark,word,n,rate", "peace,peace,2,0.666667", "war,war,0,0.0", ""]
    assert read(tmp_path, ".csv").decode("utf-8-sig") == "\n".join(rows)
    rows = ["mark,document,paragraph,start,end,quote", "peace,d,1,4,9,peace", "peace,d,2,1234567,1234572,Peace", ""]
    assert read(tmp_path, ".evidence.csv").decode("utf-8-sig") == "\n".join(rows)
    root = ElementTree.fromstring(read(tmp_path, ".svg"))
    ids = [element.get("id") for element in root.iter()]
    assert ids.count("peace") == ids.count("war") == ids.count("chart_title") == 1 and root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Two words"
    assert root.find(f"{SVG}desc").text == shown.alt == "Peace twice & war <never>."
    words = painted(tmp_path)
    assert "Two words" in words and "Lengths" in words and "Source: A source." in words
    with Image.open(tmp_path / "figures/01-words.png") as picture:
        assert round(picture.info["dpi"][0]) == 300 and picture.info["Description"] == "Peace twice & war <never>."
    assert shown.width == 720 and plt.get_fignums() == open_before


def test_same_bytes_each_time_whatever_the_users_own_settings_are(tmp_path):
    save(tmp_path / "a", pdf=85)
    settings = {"font.size": 30, "savefig.bbox": "tight", "savefig.transparent": True, "savefig.dpi": 10}
    with plt.rc_context(settings | {"text.color": "red", "svg.fonttype": "path", "pdf.fonttype": 3}):
        save(tmp_path / "b", pdf=85)
    for path in (tmp_path / "a/figures").iterdir():
        assert path.read_bytes() == (tmp_path / "b/figures" / path.name).read_bytes(), path.name
    vector, pixels, page = (read(tmp_path / "a", suffix) for suffix in (".svg", ".png", ".pdf"))
    for content in (vector, pixels, page):
        assert f"{datetime.date.today().year}".encode() not in re.sub(rb"stream.*?endstream", b"", content, flags=re.S)
        assert matplotlib.__version__.encode() not in content
    assert float(re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", page)[1]) == pytest.approx(85 / 25.4 * 72, abs=0.01)
    assert b"/FontFile2" in page and b"/Type3" not in page  # TrueType, whole letters
    save(tmp_path / "c")
    assert read(tmp_path / "c", ".svg") == vector  # the PDF is made after it, and not instead


TWICE = EVIDENCE.replace({"start": 1234567, "end": 1234572}, {"start": 4, "end": 9}).assign(paragraph="1")
REFUSED = [
    ({"evidence": EVIDENCE[:2]}, "^01-words: mark 'peace': n differs: 2 drawn, 1 in the evidence. Give as evidence"),
    ({"evidence": None}, "mark 'peace': n differs: 2 drawn, 0 in the evidence"),
    ({"evidence": TWICE}, "evidence: row 1 .* repeats"),
    ({"evidence": EVIDENCE.drop(columns=["word", "paragraph"])}, r"evidence lacks the columns \['word', 'paragraph'\]"),
    ({"evidence": EVIDENCE.drop(columns="match")}, "01-words: the evidence has no words to quote .*pass corpus="),
    ({"evidence": EVIDENCE.drop(columns="start")}, "01-words: the evidence has no start and end, nor a text"),
    ({"evidence": EVIDENCE.assign(end=[1, 4.5, 1, 9])}, "evidence: end in row 0 .* is 4.5; it should be a whole"),
    ({"table": TABLE.assign(n=[2, 0.5])}, "marks: n in row 0 .* should be a whole number"),
    ({"counts": __file__}, "counts= needs column="),
    ({"codebook": "nowhere.yml"}, "^01-words: there is no codebook=nowhere.yml, seen from "),
    ({"totals": {"all": ["words", []]}}, r"totals= and formulas= name \['all'\]; the chart has"),
    ({"formulas": {"part": "n / 2"}}, r"totals= and formulas= name \['part'\]"),
    ({"name": ""}, "name '' should be that of a file, without a folder"),
    ({"name": "../a"}, "name '../a' should be that of a file, without a folder"),
]


def test_what_does_not_agree_is_not_written(tmp_path):
    for told, message in REFUSED:
        with pytest.raises((ValueError, FileNotFoundError), match=message):
            save(tmp_path, **told)
    assert not list(tmp_path.iterdir())


def test_a_mark_that_is_not_drawn_once_is_refused(tmp_path):
    renamed, twice, removed = (charts.bars(TABLE, x="n", y="word") for _ in range(3))
    renamed.patches[0].set_gid("war")
    twice.plot([1], [1], gid="peace")
    for ax, problem in ((renamed, "'peace': mark is not drawn once: 0"), (twice, "'peace': mark is not drawn once: 2")):
        with pytest.raises(ValueError, match=problem):
            save(tmp_path, ax=ax)
    removed.remove()
    for ax in (removed, None, plt.figure()):
        with pytest.raises(TypeError, match="01-words: ax should be Axes in a figure, from a function of charts"):
            save(tmp_path, ax=ax)
    assert not list(tmp_path.iterdir())


def test_rows_set_aside_count_where_the_chart_draws_that_and_whole_texts_have_no_place(tmp_path):
    one = EVIDENCE[:2].drop(columns=["start", "end", "match"]).assign(text=["War.", "Peace!"], paragraph=["1", None])
    save(tmp_path / "a", pd.DataFrame({"word": ["peace"]}).assign(n=1), one)
    assert read(tmp_path / "a", ".evidence.csv").decode().endswith("peace,d,,0,6,Peace!\n")
    table = pd.DataFrame({"word": ["peace", "war"], "kept": [True, False], "at": 1})
    save(tmp_path / "b", evidence=one, ax=charts.dispersion(table, y="word", x="at", by="word"))
    assert read(tmp_path / "b", ".evidence.csv").decode().endswith("peace,d,,0,6,Peace!\nwar,d,1,0,4,War.\n")
    assert json.loads(read(tmp_path / "b", ".json"))["evidence"]["shown"] == ["kept"]


def test_quotes_source_and_documents_are_those_of_the_corpus(tmp_path, read_text):
    read_one = read_text("# A title\n\n1. No peace without Peace.\n", "one.md")
    words = tokens.tokenize(read_one.paragraphs)
    table = pd.DataFrame({"token": ["peace"], "n": [2.0]})
    found = tokens.find(words, ["peace"])
    with pytest.raises(ValueError, match="pass corpus="):
        save(tmp_path, evidence=found, ax=charts.bars(table, x="n", y="token"))
    seen = words[words["token"] == "peace"].assign(start=lambda rows: rows["start"] + 1)  # in another version
    with pytest.raises(ValueError, match="mark 'peace': 'peace' is 'eace' in corpus"):
        save(tmp_path, evidence=seen, ax=charts.bars(table, x="n", y="token"), corpus=read_one)
    save(tmp_path, evidence=found, ax=charts.bars(table, x="n", y="token"), corpus=read_one)
    assert tables.read(tmp_path / "figures/01-words.evidence.csv")["quote"].tolist() == ["peace", "Peace"]
    assert f"Source: {read_one.documents['name'][0]} (one.md)." in painted(tmp_path)
    assert json.loads(read(tmp_path, ".json"))["documents"] == ["one"]
    for n, source in ((3, "d0, d1, d2"), (4, "4 documents")):
        save(tmp_path, TABLE.assign(n=[n, 0]), EVIDENCE.iloc[[1] * n].assign(document=[f"d{k}" for k in range(n)]))
        assert f"Source: {source}." in painted(tmp_path)


def test_odd_titles_and_marks_and_a_contract_that_names_files_from_the_project(tmp_path):
    table, words = TABLE.assign(word=["title", "war"]), tmp_path / "data" / "words.txt"
    words.parent.mkdir()
    words.touch()
    told = {"codebook": words, "formulas": {"rate": "n / 3"}, "title": "A \x0b $\\frac{ title", "alt": "An \x00 alt"}
    save(tmp_path, table, EVIDENCE.replace({"word": {"peace": "title"}}), **told)
    contract = json.loads(read(tmp_path, ".json"))
    assert contract["evidence"]["codebook"] == "data/words.txt" and contract["formulas"] == {"rate": "n / 3"}
    assert contract["marks"] == 2 and contract["by"] == ["word"] and contract["documents"] == ["d"]
    assert ElementTree.fromstring(read(tmp_path, ".svg")).find(f"{SVG}title").text == "A \ufffd $\\frac{ title"


def test_a_chart_of_ones_own_is_a_picture_that_says_it_is_not_checked(tmp_path):
    ax = plt.subplots()[1]
    shown = save(tmp_path, ax=ax, alt=None, title="My own", source="Me")
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg", ".png", ".json"}
    assert json.loads(read(tmp_path, ".json")) == {"checked": False} and shown.alt == "My own"
    assert "My own" in painted(tmp_path) and "Source: Me." in painted(tmp_path)


def test_what_the_chart_says_of_itself_stands_unless_something_else_is_told(tmp_path):
    ax = charts.bars(TABLE, x="n", y="word")
    assert save(tmp_path, ax=ax, alt=None).alt == f"Two words. {ax.drawn.says}."
    assert " ".join(ax.drawn.below.split()) in " ".join(painted(tmp_path).split())
    save(tmp_path, TABLE[:0], evidence=None)
    assert read(tmp_path, ".csv").decode("utf-8-sig") == "mark,word,n,rate\n"


def test_measures_are_named_with_their_variant():
    told = figures._by_name(["g2", "log_ratio"], ["token", "n_target", "g2", "log_ratio"])
    assert "the table `keyness`" in told and "g2: 4-term G²" in told and "½ for a count of 0" in told
    assert figures._by_name(["g2", "my_score"], ["token", "g2"]) == ", not the contract"
