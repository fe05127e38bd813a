"""Charts draw their table, one artist per row, and nothing else."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from analysis import charts, figures
from tests.conftest import FIGURES, ROOT

WORDS = pd.DataFrame(
    {
        "mark": ["a", "b", "c"],
        "word": ["peace", "war", "silence"],
        "group": ["G", "G", "H"],
        "n": [5, 2, 0],
        "low": [4.0, 1.0, None],
        "high": [6.0, 4.0, None],
        "few": [False, True, True],
        "label": ["five", "two", "none"],
    }
)


def drawn(ax):
    return {patch.get_gid(): patch for patch in ax.patches}


def test_bars_have_the_length_of_their_row_in_order():
    ax = charts.bars(WORDS, x="n", y="word", label="label")
    bars = drawn(ax)
    assert {mark: bar.get_width() for mark, bar in bars.items()} == {"a": 5, "b": 2, "c": 0}
    heights = [bars[mark].get_y() for mark in "abc"]
    assert heights == sorted(heights) and ax.yaxis_inverted()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["peace", "war", "silence"]
    assert [text.get_text() for text in ax.texts] == ["five", "two", "none"]


def test_few_is_hollow_and_intervals_are_drawn():
    ax = charts.bars(WORDS, x="n", y="word", low="low", high="high", few="few")
    assert {mark: to_hex(bar.get_facecolor()) for mark, bar in drawn(ax).items()} == {
        "a": charts.BLUE.lower(),
        "b": "#ffffff",
        "c": "#ffffff",
    }
    assert [list(line.get_xdata()) for line in ax.lines] == [[4, 6], [1, 4]]


def test_groups_are_headed_once():
    ax = charts.bars(WORDS, x="n", y="word", group="group")
    assert [text.get_text() for text in ax.texts] == ["G", "H"]
    assert len(ax.patches) == 3


def test_grid_writes_the_number_and_shades_the_rate():
    cells = pd.DataFrame(
        {
            "mark": ["a", "b", "c", "d"],
            "word": ["x", "y", "x", "y"],
            "section": ["S", "S", "T", "T"],
            "n": [9, 0, 6, 3],
            "rate": [90.0, 0.0, 30.0, 20.0],
            "few": [False, True, False, True],
        }
    )
    ax = charts.grid(cells, x="word", y="section", value="n", shade="rate", few="few")
    assert [text.get_text() for text in ax.texts] == ["9", "0", "6", "3"]
    patches = drawn(ax)
    lightness = {mark: sum(patch.get_facecolor()[:3]) for mark, patch in patches.items()}
    assert lightness["a"] < lightness["c"] < lightness["d"] == 3  # darker with the rate; few is not filled
    assert to_hex(patches["d"].get_edgecolor()) != "#ffffff" == to_hex(patches["b"].get_edgecolor())


def test_lanes_lie_where_the_table_says():
    spans = pd.DataFrame({"mark": ["a", "b"], "start": [0, 40], "end": [40, 41], "kind": ["paragraph", "leftover"]})
    ax = charts.lanes(spans, start="start", end="end", lane="kind", ticks={"¶1": 0})
    assert {m: (p.get_x(), p.get_width()) for m, p in drawn(ax).items()} == {"a": (0, 40), "b": (40, 1)}
    assert [text.get_text() for text in ax.get_yticklabels()] == ["paragraph", "leftover"]


def test_text_from_documents_is_never_mathematics():
    odd = WORDS.assign(word=r"$\frac{", label="$x$ and $", group="a_b $^2$")
    ax = charts.bars(odd, x="n", y="word", label="label", group="group", xlabel="$\\frac$")
    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[0].get_text() == r"$\frac{"
    assert not any(text.get_parse_math() for text in [*ax.get_yticklabels(), *ax.texts])


def test_draws_where_it_is_told_and_leaves_settings_alone():
    before = dict(plt.rcParams)
    _, ax = plt.subplots()
    assert charts.bars(WORDS, x="n", y="word", ax=ax, xlabel="Times") is ax
    assert ax.get_xlabel() == "Times" and len(plt.get_fignums()) == 1
    assert dict(plt.rcParams) == before


def test_does_not_change_the_table():
    before = WORDS.copy()
    charts.bars(WORDS, x="n", y="word", low="low", high="high", few="few", label="label", group="group")
    pd.testing.assert_frame_equal(WORDS, before)


def test_long_names_are_not_clipped_when_saved(tmp_path):
    long = WORDS.assign(
        n=0,
        word="Partnerships between International and Regional Organizations of the World",
        label="a label " * 4,
    )
    ax = charts.bars(long, x="n", y="word", label="label", xlabel="A long explanation of what the length is. " * 5)
    evidence = pd.DataFrame(columns=["mark", "document", "paragraph", "start", "end"])
    figures.save(ax, tmp_path / "long", data=long, evidence=evidence, alt="x", title="A long title. " * 9)
    assert_nothing_touches_the_edge(tmp_path / "long.png")


@pytest.mark.parametrize("path", [name for name in FIGURES if name.endswith(".png")])
def test_nothing_is_clipped_in_the_figures(path):
    assert_nothing_touches_the_edge(ROOT / "figures" / path)


def assert_nothing_touches_the_edge(path):
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    border = np.concatenate([pixels[:3].ravel(), pixels[-3:].ravel(), pixels[:, :3].ravel(), pixels[:, -3:].ravel()])
    assert (border == 255).all(), f"something runs over the edge of {path.name}"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: charts.bars(WORDS, x="count", y="word"),
            r"charts\.bars needs columns \['count', 'word'\]; missing \['count'\]",
        ),
        (lambda: charts.bars(WORDS[:0], x="n", y="word"), r"charts\.bars: the table has no rows to draw"),
        (
            lambda: charts.grid(WORDS, x="word", y="group", value="n", shade="rate"),
            r"charts\.grid needs .* missing \['rate'\]",
        ),
        (lambda: charts.lanes(WORDS, start="s", end="e", lane="word"), r"charts\.lanes needs .* missing \['s', 'e'\]"),
    ],
)
def test_wrong_tables_get_a_clear_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_axes_begin_at_zero_and_cells_stand_where_they_belong():
    assert charts.bars(WORDS, x="n", y="word").get_xlim()[0] == 0
    cells = pd.DataFrame({"mark": ["a", "b", "c"], "w": ["x", "y", "z"], "s": ["S", "S", "T"], "n": [1, 2, 3]})
    ax = charts.grid(cells, x="w", y="s", value="n", shade="n")
    assert [text.get_position() for text in ax.texts] == [(0, 0), (1, 0), (2, 1)]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["x", "y", "z"]


def test_numbers_are_rounded_before_they_are_drawn():
    ax = charts.bars(WORDS.assign(n=1 / 3), x="n", y="word")
    assert {bar.get_width() for bar in ax.patches} == {0.333333}


def test_mathematics_in_axes_of_the_users_own():
    _, ax = plt.subplots()
    cells = pd.DataFrame({"w": [r"$\frac$", "b"], "s": ["$S", "$T"], "n": 0, "r": 0.0})
    charts.grid(cells, x="w", y="s", value="n", shade="r", xlabel="$\\frac$", ax=ax)
    ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, None], r"charts\.bars: n in row 2 \(rows count from 0\) is nan"),
        ([1, -2, 3], "n in row 1 .* is -2.0; numbers from 0 can be drawn"),
        ([1, 2, float("inf")], "n in row 2 .* is inf"),
        (["1", "2", "3"], "n should hold numbers"),
    ],
)
def test_numbers_that_cannot_be_drawn_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        charts.bars(WORDS.assign(n=values), x="n", y="word")


def test_two_numbers_in_one_cell_are_refused():
    cells = pd.DataFrame({"w": ["x", "x"], "s": ["S", "S"], "n": [1, 2]})
    with pytest.raises(ValueError, match="1 row repeats another's"):
        charts.grid(cells, x="w", y="s", value="n", shade="n")


STRIP = pd.DataFrame(
    {
        "mark": ["a", "b", "c", "d"],
        "paragraph": ["2", "5", "5", "3"],
        "concept": ["war", "war", "war", "peace"],
        "kept": [True, True, False, True],
        "stance": ["for", "against", "for", "against"],
        "why": ["$\\frac{1}$", None, "a name", ""],
    }
)


def marks(ax):
    return {line.get_gid(): line for line in ax.lines if line.get_gid()}


def test_strip_marks_stand_at_their_place_below_each_other():
    ax = charts.strip(STRIP, x="paragraph", y="concept", order=[str(n) for n in range(1, 7)], kept="kept")
    places = {mark: (int(line.get_xdata()[0]), line.get_ydata()[0]) for mark, line in marks(ax).items()}
    assert {mark: x for mark, (x, _) in places.items()} == {"a": 1, "b": 4, "c": 4, "d": 2}
    assert places["a"][1] == places["b"][1] < places["c"][1] < places["d"][1] and ax.yaxis_inverted()
    assert [text.get_text() for text in ax.texts] == ["war", "peace"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "2", "3", "4", "5", "6"]


def test_strip_strikes_through_what_does_not_count_and_tells_groups_by_colour_and_shape():
    ax = charts.strip(STRIP, x="paragraph", y="concept", kept="kept", group="stance")
    looks = {m: (line.get_markerfacecolor(), str(line.get_marker())) for m, line in marks(ax).items()}
    assert looks["c"][0] == "none" and looks["a"] != looks["b"] == looks["d"]
    assert looks["a"][0] != looks["b"][0] and looks["a"][1] != looks["b"][1]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["for", "against", "does not count"]


def test_strip_without_places_stands_side_by_side_and_breaks_lines():
    many = pd.DataFrame({"mark": [f"m{i}" for i in range(10)], "concept": "war", "why": "because"})
    ax = charts.strip(many, y="concept", note="why")
    spots = [(int(line.get_xdata()[0]), line.get_ydata()[0]) for line in marks(ax).values()]
    assert [x for x, _ in spots] == [*range(8), 0, 1]
    assert len({y for _, y in spots}) == 2 and spots[9][1] > spots[0][1]
    assert len(ax.get_xticklabels()) == 0


def test_strip_words_are_not_mathematics_and_numbers_that_have_no_room_are_left_out():
    ax = charts.strip(STRIP.assign(paragraph=list("2455")), x="paragraph", y="concept", number="paragraph", note="why",
                      order=[str(n) for n in range(1, 7)])  # fmt: skip
    assert [text.get_text() for text in ax.texts] == ["war", "2", "$\\frac{1}$", "4", "5", "a name", "peace", "5"]
    assert not any(text.get_parse_math() for text in ax.texts)
    crowd = pd.DataFrame({"mark": [f"m{i}" for i in range(300)], "n": range(100, 400), "y": "war"})
    ax = charts.strip(crowd, x="n", y="y", number="n")
    ax.figure.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in ax.texts[1:]), key=lambda box: box.x0)
    assert 10 < len(boxes) < 100 and all(one.x1 < two.x0 for one, two in zip(boxes, boxes[1:], strict=False))


def test_strip_of_a_concept_that_never_occurs_is_empty():
    none = STRIP[:0].assign(concept=pd.Categorical([], ["war", "peace"]))
    ax = charts.strip(none, x="paragraph", y="concept", order=["1", "2"], kept="kept", group="stance", note="why")
    assert [text.get_text() for text in ax.texts] == ["war", "peace"] and not marks(ax)
    assert charts.strip(none, y="concept").drawn_table.empty


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"order": ["2", "5"]}, "charts.strip: '3' is not in order; name each place once."),
        ({"order": ["2", "3", "5", "5"]}, "charts.strip: order names a place twice"),
        ({"number": "none"}, "charts.strip needs columns"),
        ({"group": "mark", "data": pd.concat([STRIP, STRIP.assign(mark=list("efgh"))])}, "mark has 8 values; 6 can be told apart"),
        ({"data": STRIP[:0]}, "charts.strip: the table has no rows to draw."),
        ({"data": STRIP.assign(paragraph=None)}, "charts.strip: paragraph is missing in row 0"),
        ({"data": STRIP.assign(concept=["war", None, "war", "peace"])}, "charts.strip: concept is missing in row 1"),
        ({"data": STRIP.assign(kept=["True", "False", "True", "True"]), "kept": "kept"}, "kept in row 0 .* is 'True'"),
        ({"data": STRIP.assign(kept=[True, None, True, True]), "kept": "kept"}, "kept in row 1 .* is None"),
        ({"data": STRIP.assign(stance=["for", None, "for", "for"]), "group": "stance"}, "strip: stance is missing in row 1"),
    ],
)  # fmt: skip
def test_strip_refuses_what_it_cannot_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        charts.strip(**{"data": STRIP, "x": "paragraph", "y": "concept"} | arguments)


@pytest.mark.parametrize(("data", "found"), [(None, "NoneType"), ({"concept": ["war"]}, "dict")])
def test_strip_of_no_table_is_told(data, found):
    with pytest.raises(TypeError, match=f"charts.strip should be a pandas DataFrame, found {found}"):
        charts.strip(data, y="concept")


def test_strip_needs_no_group_for_what_does_not_count():
    ax = charts.strip(STRIP.assign(stance=["for", "for", None, "for"]), y="concept", kept="kept", group="stance")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["for", "does not count"]


CELLS = pd.DataFrame({"mark": [*"ab"], "w": ["x", "y"], "s": ["S", "T"], "n": [1, 2], "few": [False, True]})
RANGE = {"x": "n", "y": "word", "low": "low", "high": "high"}


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: charts.bars(WORDS.assign(few="False"), x="n", y="word", few="few"), "bars: few in row 0 .* is 'False'"),
        (lambda: charts.bars(WORDS.assign(few=[True, None, True]), x="n", y="word", few="few"), "few in row 1 .* is None"),
        (lambda: charts.bars(WORDS, x="n", y="word", low="low"), "charts.bars: give both low and high"),
        (lambda: charts.bars(WORDS, x="n", y="word", high="high"), "charts.bars: give both low and high"),
        (lambda: charts.bars(WORDS.assign(low=[4.0, 5, 1]), **RANGE), r"low is above high in row 1 .*, mark 'b': 5.0 and 4.0"),
        (lambda: charts.bars(WORDS.assign(word=["a", None, "b"]), x="n", y="word"), "charts.bars: word is missing in row 1"),
        (lambda: charts.bars(WORDS.assign(group=["G", None, "H"]), x="n", y="word", group="group"), "group is missing in row 1"),
        (lambda: charts.bars(WORDS.assign(label=["a", None, "b"]), x="n", y="word", label="label"), "label is missing in row 1"),
        (lambda: charts.bars(WORDS.astype({"n": object}), x="n", y="word"), r"n should hold numbers.*\.astype\(int\)"),
        (lambda: charts.grid(CELLS.assign(few="False"), x="w", y="s", value="n", shade="n", few="few"), "few in row 0"),
        (lambda: charts.grid(CELLS.assign(w=["x", None]), x="w", y="s", value="n", shade="n"), "w is missing in row 1"),
        (lambda: charts.grid(CELLS.assign(s=[None, "S"]), x="w", y="s", value="n", shade="n"), "s is missing in row 0"),
        (lambda: charts.lanes(CELLS.assign(a=3, b=[4, 2]), start="a", end="b", lane="w"), "a is above b in row 1 .*, mark 'b'"),
        (lambda: charts.lanes(CELLS.assign(a=3, w=["x", None]), start="a", end="a", lane="w"), "w is missing in row 1"),
    ],
)  # fmt: skip
def test_what_would_be_drawn_wrongly_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


@pytest.mark.parametrize("kind", ["string", "string[python]", "string[pyarrow]", "category"])
def test_every_kind_of_text_is_drawn_alike(kind):
    words, strips, cells = (
        table.astype(dict.fromkeys(table.columns[[not pd.api.types.is_numeric_dtype(of) for of in table.dtypes]], kind))
        for table in (WORDS, STRIP.drop(columns=["why", "kept"]), CELLS.assign(few=1))
    )
    calls = [
        (WORDS, words, lambda data: charts.bars(data, x="n", y="word", group="group", label="label")),
        (STRIP, strips, lambda data: charts.strip(data, x="paragraph", y="concept", group="stance", number="mark")),
        (CELLS, cells, lambda data: charts.grid(data, x="w", y="s", value="n", shade="n")),
        (CELLS, cells, lambda data: charts.lanes(data, start="n", end="n", lane="w")),
        (CELLS, cells, lambda data: charts.trend(data, x="w", y="n", line="s")),
    ]
    for plain, other, draw in calls:
        expected, found = draw(plain), draw(other)
        assert sorted(text.get_text() for text in found.texts) == sorted(text.get_text() for text in expected.texts)
        assert len(found.patches) == len(expected.patches) and len(found.lines) == len(expected.lines)
