"""Figures and their evidence: tied together, the same bytes each time, nothing half written."""

import datetime
import math
import re
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analysis import charts, figures

SVG = "{http://www.w3.org/2000/svg}"


def example():
    data = figures.mark(pd.DataFrame({"word": ["peace", "war"], "n": [2, 0], "rate": [2 / 3, 0.0]}), "word")
    evidence = pd.DataFrame(
        {"mark": "peace", "document": "d", "paragraph": ["1", "2"], "start": [0, 4], "end": [5, 9], "more": "x"}
    )
    return data, evidence


def save(folder, data=None, evidence=None, draw=None, **arguments):
    made = example()
    data, evidence = made[0] if data is None else data, made[1] if evidence is None else evidence
    ax = charts.bars(data if draw is None else draw, x="n", y="word")
    options = {"alt": "Peace twice & war <never>.", "title": "Two words"} | arguments
    return figures.save(ax, folder / "01-words", data=data, evidence=evidence, **options)


def test_writes_four_files_that_agree(tmp_path):
    shown = save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "01-words.csv", "01-words.evidence.csv", "01-words.png", "01-words.svg",
    ]  # fmt: skip
    data = pd.read_csv(tmp_path / "01-words.csv")
    evidence = pd.read_csv(tmp_path / "01-words.evidence.csv", dtype={"paragraph": str})
    assert data.to_dict("list") == {
        "mark": ["peace", "war"],
        "word": ["peace", "war"],
        "n": [2, 0],
        "rate": [0.666667, 0.0],
    }
    assert list(evidence) == ["mark", "document", "paragraph", "start", "end"]
    assert evidence["mark"].value_counts().to_dict() == {"peace": 2}
    root = ElementTree.parse(tmp_path / "01-words.svg").getroot()
    ids = [element.get("id") for element in root.iter()]
    assert ids.count("peace") == ids.count("war") == 1
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Two words"
    assert root.find(f"{SVG}desc").text == "Peace twice & war <never>."
    with Image.open(tmp_path / "01-words.png") as picture:
        assert round(picture.info["dpi"][0]) == 300 and picture.info["Description"] == "Peace twice & war <never>."
    assert shown.alt == "Peace twice & war <never>."


def test_same_bytes_each_time(tmp_path):
    for folder in ("a", "b"):
        save(tmp_path / folder)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_no_dates_and_versions_inside(tmp_path):
    import matplotlib

    save(tmp_path)
    for suffix in (".svg", ".png"):
        content = (tmp_path / f"01-words{suffix}").read_bytes()
        assert (
            f"{datetime.date.today().year}-".encode() not in content and matplotlib.__version__.encode() not in content
        )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda data, evidence: {"evidence": evidence[:1]},
            r"01-words: mark 'peace' stands for n = 2 passages, but has 1",
        ),
        (
            lambda data, evidence: {"evidence": evidence.assign(mark="love")},
            "mark 'love' is in the evidence but not in the data",
        ),
        (lambda data, evidence: {"data": data[:1], "draw": data}, "mark 'war' is drawn but not in the data"),
        (lambda data, evidence: {"draw": data[:1]}, "mark 'war' is in the data but not drawn"),
        (
            lambda data, evidence: {"data": data.assign(mark="peace")},
            r"01-words: data: 1 row repeats another's \['mark'\]",
        ),
        (
            lambda data, evidence: {"data": data.drop(columns="n"), "draw": data},
            r"data needs columns \['mark', 'n'\]; missing \['n'\]",
        ),
        (
            lambda data, evidence: {"evidence": evidence.drop(columns="end")},
            r"evidence needs columns .* missing \['end'\]",
        ),
        (
            lambda data, evidence: {"evidence": pd.concat([evidence, evidence[:1].assign(start=1)])},
            "mark 'peace' stands for n = 2 passages, but has 3",
        ),
        (
            lambda data, evidence: {"draw": data.assign(n=[99, 0])},
            "mark 'peace' is drawn with n = 99, but the data have 2",
        ),
        (
            lambda data, evidence: {"draw": data.assign(mark=["war", "peace"])},
            "mark 'peace' is drawn with n = 0, but the data have 2",
        ),
        (
            lambda data, evidence: {"evidence": evidence.assign(paragraph="1", start=0, end=5)},
            "evidence: 1 row repeats",
        ),
        (lambda data, evidence: {"evidence": evidence.assign(start=9)}, "evidence: row 0 .* has no characters"),
        (lambda data, evidence: {"evidence": evidence.assign(document=None)}, "document is missing in row 0"),
        (lambda data, evidence: {"data": data.assign(n=[2, None]), "draw": data}, "n is missing in row 1"),
        (lambda data, evidence: {"alt": " "}, "alt is empty: say in words what the chart shows"),
        (
            lambda data, evidence: {"data": data.assign(n=["2", "0"]), "draw": data},
            "mark 'peace' has the text '2' as n; turn n into",
        ),
        *[
            (
                lambda data, evidence, end=end: {"evidence": evidence.assign(end=[5, end]).astype({"end": object})},
                rf"evidence: end in row 1 \(rows count from 0\), mark 'peace', is {re.escape(repr(end))}; it should be a whole",
            )
            for end in (9.5, True, "9", "", math.inf, 10**30, 1e300)
        ],
        (lambda data, evidence: {"evidence": evidence.assign(start=[0, 4.5])}, "start in row 1 .* is 4.5"),
    ],
)
def test_what_does_not_agree_is_not_written(tmp_path, wrong, message):
    with pytest.raises(ValueError, match=message):
        save(tmp_path / "new", **wrong(*example()))
    assert not (tmp_path / "new").exists()


@given(st.lists(st.text(max_size=6), min_size=2, max_size=2, unique=True))
def test_different_names_make_different_marks(names):
    first, second = figures.mark(pd.DataFrame({"name": names}), "name")["mark"]
    assert first != second
    assert not any(letter.isspace() or letter in "\"'<>&#?/%" for letter in first + second)


@given(
    st.lists(st.tuples(st.text("a-. ", max_size=4), st.text("a-. ", max_size=4)), min_size=2, max_size=2, unique=True)
)
def test_different_pairs_of_names_make_different_marks(pairs):
    first, second = figures.mark(pd.DataFrame(pairs, columns=["a", "b"]), ["a", "b"])["mark"]
    assert first != second and first and second


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"alt": None}, TypeError, "01-words: alt should be text, found NoneType"),
        ({"alt": 5}, TypeError, "01-words: alt should be text, found int"),
        ({"title": None}, TypeError, "01-words: title should be text, found NoneType"),
        ({"ax": None}, TypeError, "01-words: ax should be Axes, from a function of charts; found NoneType"),
        ({"path": ""}, ValueError, "path names no file: give folder and name without suffix"),
        ({"path": ".."}, ValueError, "path names no file"),
        ({"path": None}, TypeError, "path should be text or a Path, found NoneType"),
    ],
)
def test_arguments_of_another_kind_are_told(tmp_path, wrong, error, message):
    data, evidence = example()
    ax = charts.bars(data, x="n", y="word")
    given = {"ax": ax, "path": tmp_path / "new" / "01-words", "data": data, "evidence": evidence, "alt": "x"} | wrong
    with pytest.raises(error, match=message):
        figures.save(given.pop("ax"), given.pop("path"), **given)
    assert not (tmp_path / "new").exists()


def test_a_number_makes_the_mark_of_the_text_that_writes_it():
    assert figures.mark(pd.DataFrame({"n": [1, "1"]}, dtype=object), "n")["mark"].tolist() == ["1", "1"]


def test_missing_keys_make_no_marks():
    with pytest.raises(ValueError, match="name is missing in row 0"):
        figures.mark(pd.DataFrame({"name": [None]}), "name")
    with pytest.raises(ValueError, match="by is empty"):
        figures.mark(pd.DataFrame({"name": ["a"]}), [])


def test_large_places_are_written_whole(tmp_path):
    evidence = example()[1].assign(start=[1234567.0, 4.0], end=[1234569.0, 9.0])
    save(tmp_path, evidence=evidence)
    assert "1234567,1234569" in (tmp_path / "01-words.evidence.csv").read_text()


def test_the_users_own_settings_change_nothing(tmp_path):
    save(tmp_path / "a")
    settings = {
        "font.size": 30,
        "savefig.bbox": "tight",
        "savefig.transparent": True,
        "text.color": "red",
        "savefig.dpi": 10,
    }
    with plt.rc_context(settings):
        save(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_signs_that_xml_forbids_and_mathematics_in_titles(tmp_path):
    save(tmp_path, title="A \x0b $\\frac{ title", alt="An \x00 alt")
    root = ElementTree.parse(tmp_path / "01-words.svg").getroot()
    assert root.find(f"{SVG}title").text == "A \ufffd $\\frac{ title"


def test_the_figure_is_closed(tmp_path):
    save(tmp_path)
    assert not plt.get_fignums()


def test_mark_joins_keys_and_replaces_an_older_mark():
    table = pd.DataFrame({"mark": ["old"], "section": ["UN Reform"], "n": [1]})
    assert figures.mark(table, ["section", "n"])["mark"].tolist() == ["UN.Reform--1"]
    assert list(figures.mark(table, "section")) == ["mark", "section", "n"]
    assert table["mark"].tolist() == ["old"]
