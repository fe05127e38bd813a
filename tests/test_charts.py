"""Charts draw their table, one artist per row, and nothing else; and every word of them can be read."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.path import Path
from PIL import Image
from pytest import approx

from analysis import charts
from analysis.charts import style
from analysis.charts.trend import _apart
from tests.conftest import FIGURES, ORACLES, ROOT

ORACLE = yaml.safe_load((ORACLES / "drawings.yml").read_text(encoding="utf-8"))
GIVEN = {name: {"data": pd.DataFrame(one["table"])} | one["told"] for name, one in ORACLE["given"].items()}
WORDS, _, CELLS, PLACES, LINES, SPANS, LIVES, RATES = (one["data"] for one in GIVEN.values())
LONG = "Partnerships between International and Regional Organizations "
every_chart = pytest.mark.parametrize("name", GIVEN)


def draw(name, **change):
    """A chart of its table above, with some arguments changed."""
    return getattr(charts, name)(**GIVEN[name] | change)


def told(case, **columns):
    """What a chart is told in the table of drawings, with some columns of its table changed."""
    one = ORACLE["drawn"][case]
    return ({"data": pd.DataFrame(one["table"]).assign(**columns)} if "table" in one else {}) | one.get("told", {})


def marks(ax):
    """The artists that carry a mark."""
    return {artist.get_gid(): artist for artist in [*ax.patches, *ax.lines] if artist.get_gid()}


def said(texts):
    return [text.get_text() for text in texts]


COLOURS = dict(zip(map(str.lower, style.DARK), ["blue", "brown", "dark green", "plum", "steel", "ochre"], strict=True))
COLOURS |= dict(zip(map(str.lower, style.COLOURS), ["blue", "orange", "green", "pink", "sky", "gold"], strict=True))
COLOURS |= {style.INK: "ink", style.QUIET: "quiet", style.GREY: "grey", style.RULE: "rule", style.PALE: "pale"}
COLOURS |= {"#ffffff": "white"}


def see(artist, look):
    """What an artist looks like, in words: `at` its place, `mid` the middle of a rectangle, `outline` its corners."""
    own = {
        "at": lambda: getattr(artist, "xy", None) or artist.get_position(),
        "mid": lambda: (artist.get_x() + artist.get_width() / 2, artist.get_y() + artist.get_height() / 2),
        "outline": lambda: sorted({tuple(corner) for path in artist.get_paths() for corner in path.vertices.tolist()}),
    }
    seen = {
        name: own[name]() if name in own else getattr(artist, f"get_{name}", lambda name=name: getattr(artist, name))()
        for name in look.split()
    }
    return (
        " ".join(coloured(seen[name]) if "color" in name else plain(seen[name]) for name in seen)
        if look
        else plain(artist)
    )


def coloured(value):
    if not isinstance(value, str):
        value = to_hex(np.reshape(value, -1)[:4])
    return value if value == "none" else COLOURS.get(to_hex(value), value)


def plain(value):
    """Numbers in a row, with three digits."""
    if isinstance(value, (tuple, list, np.ndarray)):
        return ",".join(plain(one) for one in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{round(value, 3) + 0.0:g}"
    return f"struck({plain(value.vertices[-2:])})" if isinstance(value, Path) else str(value).replace("\n", " / ")


def parts(ax):
    """What a drawing consists of."""
    legend = ax.get_legend() or ax.legend([], [])
    return {part: [what] for part, what in zip(("names", "below", "says", "painted"), ax.drawn[1:], strict=True)} | {
        "marks": marks(ax).values(),
        "lines": [line for line in ax.lines if not line.get_gid()],
        "areas": ax.collections,
        "texts": ax.texts,
        "x": ax.get_xticklabels(),
        "y": ax.get_yticklabels(),
        "above": [label for one in ax.child_axes for label in one.get_xticklabels()],
        "grid": ax.get_ygridlines()[:1],
        "legend": legend.get_texts(),
        "signs": legend.legend_handles,
        "axes": [ax],
        "figure": [ax.figure],
        "edges": [side for one in [ax, *ax.child_axes] for side, edge in one.spines.items() if edge.get_visible()],
    }


def paper(artist):
    """Where something lies on paper, in inches from the lower left."""
    return artist.get_window_extent().transformed(artist.figure.dpi_scale_trans.inverted())


def letters(ax):
    """All words that are seen, laid out as on paper: as `figures.save` does, twice, until all have found their room."""
    ax.figure.set_dpi(300)
    ax.figure.get_layout_engine().execute(ax.figure)
    ax.figure.draw_without_rendering()
    found = [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else [])]
    for axis in [axis for one in [ax, *ax.child_axes] for axis in (one.xaxis, one.yaxis)] if ax.axison else []:
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            found += [one for one in (tick.label1, tick.label2) if low <= tick.get_loc() <= high and one.get_visible()]
    return [text for text in found if text.get_text().strip()]


def contrast(*colours):
    """WCAG 2.2, 1.4.3."""
    parts = np.array([to_rgb(colour) for colour in colours])
    parts = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    light = parts @ [0.2126, 0.7152, 0.0722] + 0.05
    return light.max() / light.min()


def overlapping(boxes, room=0.02):
    """Pairs that lie on each other by more than a hair (inches)."""
    return [
        {one, other}
        for (one, a), (other, b) in itertools.combinations(boxes.items(), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > room and min(a.y1, b.y1) - max(a.y0, b.y0) > room
    ]


def readable(ax, name, blank=None, sizes=None):
    """All words are dark, of the sizes of the house, inside the picture, on no other word and no mark; no holes."""
    found, (width, height), looks = letters(ax), ax.figure.get_size_inches(), ORACLE["given"][name]["looks"]
    texts = {f"{n} {text.get_text()}": paper(text) for n, text in enumerate(found) if not text.get_rotation()}
    drawn = {mark: paper(artist) for mark, artist in marks(ax).items()}
    assert {text.get_fontsize() for text in found} == {*(sizes or looks[2])}
    assert not overlapping(texts)
    if name not in ("heatmap", "concordance"):  # whose words stand on marks
        assert not [pair for pair in overlapping(texts | drawn) if len(pair & {*drawn}) == 1]
        assert all(contrast(text.get_color(), "white") >= 4.5 for text in found)
    assert name in ("lifelines", "trend") or not overlapping(drawn)
    boxes = sorted([*map(paper, found), *drawn.values()], key=lambda box: box.y0)
    assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in texts.values())
    filled = np.maximum.accumulate([0, *(box.y1 for box in boxes)])
    assert max([*(box.y0 for box in boxes), height] - filled) <= (blank or looks[1])
    assert not any(line.get_markersize() for axis in (ax.xaxis, ax.yaxis) for line in axis.get_ticklines())
    return drawn


# What every chart does


@every_chart
def test_every_row_is_one_mark_under_one_name_and_nothing_of_the_callers_is_changed(name):
    data = GIVEN[name]["data"]
    before, settings_before = data.copy(deep=True), dict(plt.rcParams)
    ax = draw(name)
    table, text = ax.drawn.table, data.select_dtypes(["object", "string"]).columns
    assert list(table["mark"]) == list(marks(ax)) and len(table) == len(before)
    assert list(table) == ["mark", *before]
    pd.testing.assert_frame_equal(data, before)
    assert dict(plt.rcParams) == settings_before
    for kind in ("string[python]", "category"):  # of whatever kind its text is
        other = draw(name, data=data.astype(dict.fromkeys(text, kind)))
        assert sorted(said(other.texts)) == sorted(said(ax.texts)) and list(marks(other)) == list(marks(ax))
    draw(name, data=data.astype(dict.fromkeys(text, "category"))[:0])  # of a pattern that finds nothing
    none = draw(name, data=table[:0])
    assert see(none.texts[0], "at text fontsize color") == "0,0.5 Nothing to draw: no row of the table. 9 quiet"
    assert see(none.figure, "size_inches") == "7.2,1.2" and not none.axison
    assert none.drawn[1:] == (ax.drawn.by, "", "Nothing to draw", [])
    with pytest.raises(TypeError, match=f"charts.{name} should be a pandas DataFrame, found dict"):
        draw(name, data={})
    with pytest.raises(ValueError, match=rf"charts\.{name}: row {len(data)} \(from 0\) has the .* of another row.*by="):
        draw(name, data=pd.concat([table, table]))
    for column in ax.drawn.painted:
        with pytest.raises(ValueError, match=rf"charts\.{name} lacks the columns \['{column}'\]"):
            draw(name, data=data.drop(columns=column), by="start" if "start" in data else "low")


REFUSED = [
    ("bars", {"x": "count"}, r"charts.bars lacks the columns \['count'\]"),
    ("bars", {"data": WORDS.assign(rate=[1, 2, np.inf])}, r"rate in row 2 \(from 0\) is inf; it should be a number"),
    ("bars", {"data": WORDS.assign(low=-np.inf, high=1.0)}, r"high in row 0 \(from 0\) is infinite; leave it empty"),
    (
        "bars",
        {"data": WORDS[["paragraph"]].assign(word="a", rate=[1, -1, 2]), "color": "paragraph"},
        "rate of one word lies below and",
    ),
    ("bars", {"data": WORDS.assign(few="False")}, "few in row 0 .* should be true or false"),
    ("bars", {"data": WORDS.assign(word=["a", None, "b"])}, "word in row 1 .* is missing"),
    ("bars", {"data": WORDS.loc[[0, 1, 2] * 3].assign(c=[*range(7), 0, 1]), "color": "c"}, "7 values; draw 6 at most"),
    ("heatmap", {"data": CELLS.assign(n=[1, 2, None, 3])}, "n in row 2 .* is missing"),
    ("heatmap", {"data": CELLS.assign(n=[1, 2, -1, 3])}, "in row 2 .* is below 0; only bars go there"),
    ("trend", {"data": RATES.assign(rate=[1, -2, 1, 1, 1])}, "in row 1 .* is below 0; only bars go there"),
    ("spans", {"data": SPANS.assign(end="far")}, r"end in row 0 \(from 0\) is 'far'"),
    ("lifelines", {"data": LIVES.assign(change="lost")}, "change 'lost' is none of first, new, edited"),
    ("lifelines", {"data": LIVES.assign(until="May 2001")}, "'May 2001' is no date; write it as 2000-05-31"),
    ("lifelines", {"data": LIVES.assign(until="1999-01-01")}, "until 1999-01-01 comes before since"),
    ("dispersion", {"order": ["2", "5"]}, "order= lacks the paragraph '3'; name each place"),
    ("dispersion", {"data": PLACES.assign(document=PLACES["paragraph"])}, "paragraphs of several documents; draw one"),
    ("concordance", {"data": LINES.drop(columns="left")}, "lacks the columns"),
]


def test_what_would_be_drawn_wrongly_is_refused():
    for name, change, message in REFUSED:
        with pytest.raises(ValueError, match=message):
            draw(name, **change)
    days = RATES.assign(year=pd.to_datetime("2001-05-31") - pd.to_timedelta(RATES.index, "D"))
    for name, change, message in [
        ("bars", {"data": WORDS.assign(rate=50.0, low=1.0, high=2.0), "x": "rate"}, "rate in row 0 .* not between"),
        ("trend", {"data": RATES.assign(low=9.0, high=1.0)}, "rate in row 0 .* is not between its low and high"),
        ("trend", {"data": days}, "year goes back: sort the table"),
        ("trend", {"data": days.astype({"year": "str"})}, "year goes back: sort the table"),
    ]:
        with pytest.warns(UserWarning, match=message):
            draw(name, **change)


def test_a_label_may_be_missing_a_column_be_named_by_a_number_and_a_year_be_text():
    ax = draw("bars", data=WORDS.assign(label=["one", None, "three"]).rename(columns={"rate": 2020}), x=2020)
    assert said(ax.texts)[:3] == ["one", "", "three"] and ax.drawn.below.startswith("2020")
    noted = [draw("trend", notes={year: "Then"}).texts[-1].xy for year in (1990, "1990")]
    assert noted[0] == noted[1]


@every_chart
def test_text_from_documents_is_never_mathematics_and_runs_over_no_edge(name, tmp_path):
    odd, plain = draw(name).drawn.table.drop(columns="mark"), ["paragraph", "year", "interval", *LIVES.columns[1:]]
    text = odd.select_dtypes(["object", "string"]).columns.difference(plain)
    odd[text] = odd[text] + r" $\frac{ " + LONG + "x" * 90
    ax = draw(name, data=odd)
    with plt.style.context(["default", style.STYLE]):  # as figures.save does
        readable(ax, name, blank=0.7)
        names = max(paper(text).width for text in (ax.texts if name == "trend" else ax.get_yticklabels()))
        ax.figure.savefig(tmp_path / "odd.png", dpi=150)
    nothing_touches_the_edge(tmp_path / "odd.png")
    share = ORACLE["given"][name]["looks"][0]
    assert not share or 0.95 < names / share < 1.02


def nothing_touches_the_edge(path):
    """Nor is a picture taller than wide."""
    with Image.open(path) as picture:
        (width, height), border = picture.size, picture.convert("L")
    border.paste(255, (3, 3, width - 3, height - 3))
    assert border.getextrema() == (255, 255), f"something runs over the edge of {path.name}"
    assert height <= width


@pytest.mark.parametrize("path", [name for name in FIGURES if name.endswith(".png")])
def test_no_figure_is_clipped_or_taller_than_wide(path):
    nothing_touches_the_edge(ROOT / "figures" / path)


# Names and words


@settings(max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=4), st.text("a-. ", max_size=4)), min_size=1, max_size=20, unique=True))
def test_different_names_are_different_marks_that_ids_can_carry(pairs):
    found = style.marks(pd.DataFrame(pairs, columns=["a", "b"]), ["a", "b"])
    assert found.nunique() == len(pairs) and found.all()
    assert not any(letter.isspace() or letter in "\"'<>&_%#?/" for mark in found for letter in mark)


def test_marks_are_named_by_their_keys_in_order():
    table = pd.DataFrame({"a": ["UN Charter", "II:3", "-x--y-"], "b": [1, 2, 3], "c": ["é", None, ""]})
    assert style.marks(table, [*"abc"]).tolist() == ["UN.Charter--1--é", "II~3a~3--2--~", "~2d~x~2d~-y~2d~--3--~"]


@pytest.mark.parametrize("text", [LONG, "x" * 80, "a " * 30 + "Rechtsschutzversicherung" * 3])
def test_words_wrap_within_their_width_none_is_lost_and_no_line_is_shorter_than_it_must_be(text):
    for inches, weight in ((0.1, "normal"), (0.3, "normal"), (1.0, "bold"), (2.3, "normal")):
        lines, rest = style.wrapped(text, inches, 9, weight).split("\n"), text
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines:
            assert style.width(line, 9, weight) <= inches or len(line) == 1
            rest = rest[len(line) :]
            more = " " + rest.split(" ")[1] if rest.startswith(" ") else rest[:1]
            assert not rest or style.width(line + more, 9, weight) > inches or more == " "
            rest = rest.removeprefix(" ")
    assert style.wrapped("one\n\ntwo", 1) == "one\n\ntwo" and style.wrapped("", 1) == ""
    assert style.lines(["a", "b\nc"], 1).tolist() == [1, 2] and style.width(" ", 9) == 0


def test_what_is_said_below_a_chart_and_in_its_place():
    for sentences, (told, columns) in ORACLE["below"].items():
        assert style.below(pd.DataFrame({"n": [1, 2]}).assign(**columns), "A rate", *told) == sentences
    meant = {"per_1000": "rate, per 1,000 words", "my_score": "my score", "n": "times it occurs in the group"}
    assert {column: style.meaning(column) for column in meant} == meant  # with its unit, where it has one
    for totals, more in (([2467, 2467], " (2,467 words in all)"), ([1, 2], "")):
        assert style.sentence("my_score", pd.DataFrame({"total": totals})) == "My score" + more
    many = pd.DataFrame({"a": ["two\nlines", "", *"x" * 59], "n": range(61)})
    assert style.kinds(many[:6], "n", "bars") == [*range(6)]  # as many as there are colours
    assert style.listed(many[:3], ["n", None, "a"]) == "0 two lines; 1; 2 x"
    assert style.listed(many[:60], ["n"]).endswith("; 59") and style.listed(many, ["n"]).endswith("; 59; and 1 more")


@pytest.mark.parametrize("case", ORACLE["drawn"])
def test_drawings_show_what_a_reader_must_see(case):
    name, sizes = (ORACLE["drawn"][case].get(key) for key in ("chart", "letters"))
    ax = draw(name, **told(case))
    assert "band" in case or readable(ax, name, sizes=sizes)
    for what, expected in ORACLE["drawn"][case]["see"].items():
        part, _, look = what.partition(" ")
        seen = [see(one, look) for one in parts(ax)[part]]
        assert " | ".join(seen) == (" | ".join(expected) if isinstance(expected, list) else str(expected)), what


def test_bars_are_close_to_their_heads_and_take_all_the_room_that_words_leave():
    ax = draw("bars", **told("bars"))
    drawn, edges, texts = readable(ax, "bars"), paper(ax), [paper(text) for text in ax.texts]
    assert all(0.14 < box.height < 0.24 for box in drawn.values())  # inches
    for head, first in zip(texts[4:], ("G--peace", "H--silence"), strict=True):
        assert 0 < head.y0 - drawn[first].y1 < 0.1 and head.x0 == approx(edges.x0, abs=0.02)
    assert 0 < edges.x1 - texts[0].x1 < 0.4 and 0 < texts[3].x0 - edges.x0 < 0.4
    below_0 = draw("bars", data=WORDS.drop(columns="low").assign(rate=[-1.5, -2, -1], label=LONG))
    assert readable(below_0, "bars") and paper(below_0.patches[1]).width > paper(below_0).width / 2  # words take less
    assert below_0.get_xlim()[1] == 0 and 1.9 < max(paper(text).width for text in below_0.texts) < 2.3
    for rate in (0, 0.5):  # room for words also where nothing is above 0, or little
        ax = draw("bars", data=WORDS.drop(columns="low").assign(rate=rate))
        assert readable(ax, "bars") and ax.get_xlim()[0] == 0 and paper(ax.texts[0]).x1 < paper(ax).x1
    stacked = draw("bars", **told("stacks"))
    letters(stacked)
    one, two, three, four = map(paper, stacked.get_legend().get_texts())  # three side by side
    assert one.x0 < three.x0 < four.x0 and one.y0 == four.y0 > two.y1 and two.y0 > paper(stacked).y1
    plain = told("stacks") | {"color": None, "by": ["word", "of"]}  # without colours none is on another
    apart = draw("bars", **plain).patches
    assert len({bar.get_y() for bar in apart}) == 5 and {bar.get_x() for bar in apart} == {0}


def test_a_heatmap_is_darker_with_the_rate_and_its_numbers_can_be_read():
    cells = pd.DataFrame({"w": [f"{n} {LONG}" for n in range(12)], "s": "S", "n": range(1, 13)})
    cells["per_1000"] = [0, 20, 30, 40, 50, 57, 65, 71, 73, 80, 90, 100.0]
    ax = draw("heatmap", data=cells.assign(few=[True, False] * 6))
    letters(ax)
    light = np.array([contrast(cell.get_facecolor()[:3], "black") for cell in ax.patches])
    assert (np.diff(light) < 0).all() and light[-1] < 3 < 18 < light[0]
    for text, cell in zip(ax.texts, ax.patches, strict=True):
        assert contrast(text.get_color(), cell.get_facecolor()[:3]) > 3.9, text
    assert all(contrast(colour, "white") >= 4.5 for colour in [*style.DARK, style.INK, style.QUIET])
    assert 1.5 < max(paper(label).width for label in ax.get_xticklabels()) < 1.8  # names of 1.8 inches, slanted
    assert min(paper(label).y0 for label in ax.get_xticklabels()) > paper(ax.patches[0]).y1  # above the cells
    columns = told("columns", n=100)
    for many, size in ((11, 8), (12, 6.5)):
        readable(draw("columns", **columns | {"data": columns["data"][:many]}), "columns", sizes=[size, 9])


def test_times_and_paragraphs_are_numbered_so_that_no_number_is_on_another():
    ticks = {12: range(1, 13), 13: [1, 5, 10, 13], 40: [1, *range(5, 41, 5)], 61: [1, *range(10, 51, 10), 61]}
    for many, numbers in ticks.items():
        ax = draw("dispersion", data=PLACES[:1].assign(paragraph="1"), order=range(1, many + 1))
        readable(ax, "dispersion", blank=0.5)
        assert said(ax.get_xticklabels()) == [str(n) for n in numbers] and ax.get_xlim() == approx((-0.7, many - 0.3))
        assert list(ax.get_xticks()) == [n - 1 for n in numbers]
    annexes = [f"Annex III, {n}" for n in range(1, 101)]  # wide: fewer of them
    readable(draw("dispersion", data=PLACES[:1].assign(paragraph=annexes[0]), order=annexes), "dispersion", blank=0.5)
    lanes = PLACES.assign(concept=pd.Categorical(PLACES["concept"], ["silence", "war", "peace"])).drop(columns="kept")
    ax = draw("dispersion", data=lanes)  # silence never occurs, and has a lane; two marks in one place take room
    assert said(ax.get_yticklabels()) == ["silence", "war", "peace"] and np.diff(ax.get_yticks()) == approx([0.3, 0.46])
    assert said(ax.get_xticklabels()) == ["2", "5", "3"] and not said(parts(ax)["legend"])
    assert said(draw("dispersion").get_legend().get_texts()) == ["counts", "does not count"]
    periods = pd.DataFrame({"year": [f"in {n}" for n in range(13)], "rate": 1, "word": "a"})
    for many, every in ((12, 1), (13, 2)):
        assert said(draw("trend", data=periods[:many]).get_xticklabels()) == [f"in {n}" for n in range(0, many, every)]


def test_context_stands_a_space_from_the_match_and_is_cut_where_there_is_no_room():
    ax = draw("concordance", **told("concordance") | {"group": None})
    readable(ax, "concordance")
    rows = [[paper(text) for text in ax.texts[n : n + 4]] for n in (0, 4, 8)]
    gaps = [(match.x0 - left.x1, right.x0 - match.x1) for _, left, match, right in rows]
    assert all(0.02 < gap < 0.06 for gap in gaps[0]) and all(-0.01 < gap < 0.03 for gap in gaps[1])
    assert rows[0][1].width > 2.2 and rows[0][3].width > 2.9 and rows[2][0].x1 < 0.85
    assert draw("concordance").drawn.below == "One line is one passage, the words found in bold."
    assert draw("lifelines", data=LIVES.assign(line=1, wording=[1, 2, 3])).drawn.by == ["line", "wording"]
    assert not draw("spans", data=SPANS.drop(columns="kind").assign(of="x", paragraph="1"), lane="of").child_axes


def test_names_stand_where_lines_end_apart_with_three_digits():
    table = pd.DataFrame({"year": [1, 1, 1, 1], "rate": [2.0, 2.0, 2.0, 0.2], "word": [*"abcd"]})
    ax = draw("trend", data=table)
    assert said(ax.texts) == ["a 2.00", "b 2.00", "c 2.00", "d 0.20"] and readable(ax, "trend", blank=3)
    (a, b, c, _), edges, height = map(paper, ax.texts), paper(ax), ax.transData.transform((1, 2))[1] / 300
    assert ax.get_xlim() == approx((0.6, 1.4))
    assert a.y0 < b.y0 < c.y0 and (b.y0 + b.y1) / 2 == approx(height, abs=0.02) and 0 < a.x0 - edges.x1 < 0.2
    low = draw("trend", data=table.assign(rate=0.0))
    assert readable(low, "trend", blank=4) and low.get_ylim() == (0, 1.08) and paper(low.texts[0]).y0 >= paper(low).y0
    for most, shown in ((0.05, "a 0.0500"), (50.0, "a 50.0"), (5000.0, "a 5,000")):
        assert said(draw("trend", data=table.assign(rate=most)).texts)[0] == shown
    long = draw("trend", **told("points", label="x" * 60))
    assert readable(long, "trend", 2, [7, 8.5, 9]) and 1.8 < paper(long.texts[0]).width < 1.93  # inches
    for heights, sizes, placed in ORACLE["apart"]:
        assert _apart(np.array(heights, float), np.array(sizes, float)) == approx(placed)
