"""Charts draw their table, one artist per row, and nothing else."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from PIL import Image

from analysis import charts
from analysis.charts import style
from tests.conftest import FIGURES, ROOT

WORDS = pd.DataFrame({"word": ["peace", "war", "silence"], "paragraph": ["1", "2", "II:3"], "group": [*"GGH"]})
WORDS = WORDS.assign(rate=[5.0, 2, 0], low=[4.0, 1, None], high=[6.0, 4, None], few=[False, True, True])
WORDS["interval"] = ["95 % by document", "95 % by document", "none: it never occurs"]
CELLS = pd.DataFrame({"w": [*"xyxy"], "s": [*"SSTT"], "n": [9, 0, 6, 3], "per_1000": [90.0, 0.0, 30.0, 20.0]})
PLACES = pd.DataFrame({"paragraph": [*"2553"], "start": [0, 0, 9, 4], "concept": ["war", "war", "war", "peace"]})
PLACES = PLACES.assign(kept=[True, True, False, True], stance=["for", "against"] * 2)
LINES = pd.DataFrame({"paragraph": ["3", "14"], "left": ["to act, ", "a shift from “"], "right": [" it", "”"]})
LINES["match"] = ["manage", "management"]
RATES = pd.DataFrame({"year": ["1970", "1971", "1972", "1970", "1972"], "word": ["peace"] * 3 + ["war"] * 2})
RATES = RATES.assign(rate=[1.0, 4, 3, 0, 3.1], low=[0.5, 3, 2, None, 1], high=[2.0, 5, 4, None, 6])
RATES["few"] = RATES["year"] == "1970"
SPANS = pd.DataFrame({"start": [0, 40], "end": [40, 41], "kind": ["paragraph", "leftover"]})
LIVES = pd.DataFrame({"says": [*"aab"], "since": ["2000-05-31", "2010-06-30", "2005-01-01"], "until": "2011-12-31"})
LIVES["change"] = ["first", "edited", "new"]
LONG = "Partnerships between International and Regional Organizations "
GIVEN = {
    "bars": {"data": WORDS, "x": "rate", "y": "word"},
    "columns": {"data": WORDS, "x": "paragraph", "y": "rate", "group": "group"},
    "heatmap": {"data": CELLS, "x": "w", "y": "s"},
    "dispersion": {"data": PLACES, "y": "concept"},
    "concordance": {"data": LINES},
    "spans": {"data": SPANS, "lane": "kind"},
    "lifelines": {"data": LIVES, "y": "says", "versions": {"2000-05-31": False, "2010-06-30": True}},
    "trend": {"data": RATES, "x": "year", "y": "rate", "line": "word"},
}
every_chart = pytest.mark.parametrize("name", GIVEN)


def draw(name, **change):
    """A chart of its table above, with some arguments changed."""
    return getattr(charts, name)(**GIVEN[name] | change)


def marks(ax):
    """The artists that carry a mark."""
    return {artist.get_gid(): artist for artist in [*ax.patches, *ax.lines] if artist.get_gid()}


def words(ax):
    return said(ax.texts)


def said(texts):
    return [text.get_text() for text in texts]


def boxes(texts):
    """Where words are drawn, from bottom to top."""
    texts[0].figure.draw_without_rendering()
    return sorted((text.get_window_extent() for text in texts), key=lambda box: box.y0)


def touch(texts, room=0):
    found = boxes(texts)
    return any(above.y0 < below.y1 - room for below, above in zip(found, found[1:], strict=False))


# What every chart does


@every_chart
def test_every_row_is_one_mark_under_one_name_and_nothing_of_the_callers_is_changed(name):
    data = GIVEN[name]["data"]
    before, settings_before = data.copy(deep=True), dict(plt.rcParams)
    ax = draw(name)
    table, text = ax.drawn.table, data.select_dtypes(["object", "string"]).columns
    assert list(table["mark"]) and set(marks(ax)) == set(table["mark"])
    assert len(table) == len(before) and not set(ax.drawn.painted) - set(before)
    pd.testing.assert_frame_equal(data, before)
    assert dict(plt.rcParams) == settings_before
    for kind in ("string[python]", "category"):  # of whatever kind its text is
        other = draw(name, data=data.astype(dict.fromkeys(text, kind)))
        assert sorted(words(other)) == sorted(words(ax)) and list(marks(other)) == list(marks(ax))
    draw(name, data=data.astype(dict.fromkeys(text, "category"))[:0])  # of a pattern that finds nothing
    assert "Nothing to draw" in "".join(words(draw(name, data=table[:0])))
    with pytest.raises(TypeError, match=f"charts.{name} should be a pandas DataFrame, found dict"):
        draw(name, data={})
    with pytest.raises(ValueError, match=rf"charts\.{name}: row \d \(from 0\) has the .* of another row.*name in by="):
        draw(name, data=pd.concat([table, table]))


REFUSED = [
    ("bars", {"x": "count"}, r"charts.bars lacks the columns \['count'\]"),
    ("bars", {"data": WORDS.assign(rate=[1, 2, np.inf])}, r"rate in row 2 \(from 0\) is inf; it should be a number"),
    ("bars", {"data": WORDS.assign(few="False")}, "few in row 0 .* should be true or false"),
    ("bars", {"data": WORDS.assign(word=["a", None, "b"])}, "word in row 1 .* is missing"),
    ("bars", {"data": WORDS.loc[[0, 1, 2] * 3].assign(c=range(9)), "color": "c"}, "9 values; draw 6 at most"),
    ("heatmap", {"data": CELLS.assign(n=[1, 2, None, 3])}, "n in row 2 .* is missing"),
    ("trend", {"data": RATES.assign(rate=[1, np.inf, 1, 1, 1])}, r"rate in row 1 \(from 0\) is inf"),
    ("spans", {"data": SPANS.assign(end="far")}, r"end in row 0 \(from 0\) is 'far'"),
    ("lifelines", {"data": LIVES.assign(change="lost")}, "change 'lost' is none of first, new, edited"),
    ("lifelines", {"data": LIVES.assign(until="May 2001")}, "'May 2001' is no date; write it as 2000-05-31"),
    ("dispersion", {"order": ["2", "5"]}, "order= lacks the paragraph '3'; name each place"),
    ("dispersion", {"data": PLACES.assign(kept="yes")}, "kept in row 0 .* should be true or false"),
    ("concordance", {"data": LINES.drop(columns="left")}, "lacks the columns"),
]


@pytest.mark.parametrize(("name", "change", "message"), REFUSED)
def test_what_would_be_drawn_wrongly_is_refused(name, change, message):
    with pytest.raises(ValueError, match=message):
        draw(name, **change)


@every_chart
def test_text_from_documents_is_never_mathematics_and_runs_over_no_edge(name, tmp_path):
    odd, plain = draw(name).drawn.table.drop(columns="mark"), ["paragraph", "year", "interval", *LIVES.columns[1:]]
    text = odd.select_dtypes(["object", "string"]).columns.difference(plain)
    odd[text] = odd[text] + r" $\frac{ " + LONG + "x" * 90
    ax = draw(name, data=odd)
    with plt.style.context(["default", style.STYLE]):
        ax.figure.draw_without_rendering()  # as figures.save does
        ax.figure.savefig(tmp_path / "odd.png", dpi=150)
    nothing_touches_the_edge(tmp_path / "odd.png")


def nothing_touches_the_edge(path):
    """Nor is a picture taller than wide."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    border = np.concatenate([pixels[:3].ravel(), pixels[-3:].ravel(), pixels[:, :3].ravel(), pixels[:, -3:].ravel()])
    assert (border == 255).all(), f"something runs over the edge of {path.name}"
    return pixels.shape


@pytest.mark.parametrize("path", [name for name in FIGURES if name.endswith(".png")])
def test_no_figure_is_clipped_or_taller_than_wide(path):
    height, width = nothing_touches_the_edge(ROOT / "figures" / path)
    assert height <= width


NAMES = st.tuples(st.text(max_size=4), st.text("a-. ", max_size=4))


@settings(max_examples=50)
@given(st.lists(NAMES, min_size=1, max_size=20, unique=True))
def test_different_names_are_different_marks_that_ids_can_carry(pairs):
    found = style.marks(pd.DataFrame(pairs, columns=["a", "b"]), ["a", "b"])
    assert found.nunique() == len(pairs) and found.all()
    assert not any(letter.isspace() or letter in "\"'<>&_%#?/" for mark in found for letter in mark)


@pytest.mark.parametrize("text", [LONG, "x" * 80, "a " * 30 + "Rechtsschutzversicherung" * 3])
def test_words_wrap_within_their_width_and_none_is_lost(text):
    for inches in (0.3, 1.0, 2.3):
        lines = style.wrapped(text, inches).split("\n")
        assert all(style.width(line, 9) <= inches or len(line) == 1 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_coloured_words_can_be_read_on_white():
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
    for colour in [*style.DARK, style.INK, style.QUIET]:
        parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in to_rgb(colour)]
        assert 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05) >= 4.5, colour


# Bars and columns


def test_bars_have_the_length_of_their_row_in_order():
    ax = draw("bars")
    bars = marks(ax)
    assert {mark: bar.get_width() for mark, bar in bars.items()} == {"peace": 5, "war": 2, "silence": 0}
    heights = [bar.get_y() for bar in bars.values()]
    assert heights == sorted(heights) and ax.yaxis_inverted() and ax.get_xlim()[0] == 0
    assert said(ax.get_yticklabels()) == ["peace", "war", "silence"] and words(ax) == ["5", "2", "0"]
    assert {bar.get_width() for bar in draw("bars", data=WORDS.assign(rate=1 / 3)).patches} == {0.333333}


def test_few_is_hollow_and_intervals_are_drawn_but_never_on_a_count():
    ax = draw("bars")
    faces = [to_hex(bar.get_facecolor()) for bar in marks(ax).values()]
    assert faces[0] != "#ffffff" == faces[1] == faces[2]
    ranges = [[4, 6], [1, 4]]
    assert [list(line.get_xdata()) for line in ax.lines if list(line.get_xdata()) in ranges] == ranges
    assert "Line: 95 % by document." in ax.drawn.below and "Hollow" in ax.drawn.below
    counted = draw("bars", data=WORDS.assign(n=[5, 2, 0]), x="n")
    assert not [line for line in counted.lines if list(line.get_xdata()) in ranges]
    assert "Line" not in counted.drawn.below


def test_groups_are_headed_once_and_labels_stand_at_the_ends():
    ax = draw("bars", data=WORDS.assign(label=["five", "two", "none"]), group="group")
    assert words(ax) == ["five", "two", "none", "G", "H"]
    counted = draw("bars", data=WORDS.assign(n=[1200, 2, 0], n_paragraphs=[900, 1, 0]))
    assert words(counted) == ["1,200 in 900 ¶", "2 in 1 ¶", "0"]
    named = WORDS.rename(columns={"word": "label"})  # as `frequency.count_hits` calls concepts
    assert words(draw("bars", data=named, y="label")) == ["5", "2", "0"]
    assert not touch(draw("bars", data=WORDS.assign(word=[f"{n} {LONG * 2}" for n in range(3)])).get_yticklabels())


def test_bars_of_one_name_are_stacked_by_colour():
    parts = pd.DataFrame({"word": [*"aabb"], "of": [*"xyxy"], "n": [3, 2, 0, 4], "label": ["a", "a", "b", "b"]})
    ax = charts.bars(parts, x="n", y="word", color="of")
    stacked = {mark: (bar.get_x(), bar.get_width()) for mark, bar in marks(ax).items()}
    assert stacked == {"a--x": (0, 3), "a--y": (3, 2), "b--x": (0, 0), "b--y": (0, 4)}
    colours = [to_hex(bar.get_facecolor()) for bar in marks(ax).values()]
    assert colours[0] == colours[2] != colours[1] == colours[3]
    assert [bar.get_linewidth() > 0 for bar in marks(ax).values()] == [True, True, False, True]  # 0 is not seen
    assert words(ax) == ["a", "b"] and said(ax.get_legend().get_texts()) == ["x", "y"]


def test_negative_bars_go_left_and_their_words_stand_left_of_them():
    ax = charts.bars(pd.DataFrame({"word": ["a", "b"], "log_ratio": [2.0, -3.0]}), x="log_ratio", y="word")
    bars = marks(ax)
    assert (bars["b"].get_x(), bars["b"].get_width()) == (-3, 3) and ax.get_xlim()[0] < -3 < 2 < ax.get_xlim()[1]
    assert [text.get_ha() for text in ax.texts] == ["left", "right"]


def test_columns_stand_in_the_line_of_their_group_to_one_scale():
    table = pd.DataFrame({"s": ["One", "One", "Two", "One"], "p": [*"1234"], "n": [10, 20, 40, 30]})
    ax = charts.columns(table, x="p", y="n", group="s", by="p")
    columns = marks(ax).values()
    heights = [column.get_height() for column in columns]
    assert heights == pytest.approx([0.15, 0.3, 0.6, 0.45])
    feet = [column.get_y() + column.get_height() for column in columns]
    assert feet[0] == feet[1] < feet[2] < feet[3]  # a group that comes back has another line
    assert said(ax.get_yticklabels()) == ["One", "Two", "One"]


def test_heatmap_writes_the_number_and_shades_the_rate():
    ax = draw("heatmap", data=CELLS.assign(few=[False, True, False, True], total=[70, 70, 8, 9]))
    assert words(ax) == ["9", "0", "6", "3"]
    assert [text.get_position() for text in ax.texts] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert said(ax.get_xticklabels()) == ["x", "y"] and said(ax.get_yticklabels()) == ["S (70\xa0words)", "T"]
    lightness = [sum(patch.get_facecolor()[:3]) for patch in ax.patches]
    assert lightness[0] < lightness[2] < lightness[3] < lightness[1]  # darker with the rate
    assert [text.get_fontweight() for text in ax.texts] == ["bold", "normal", "bold", "normal"]  # few: lighter


# Where


def test_marks_stand_at_their_place_below_each_other():
    ax = draw("dispersion", order=[str(n) for n in range(1, 7)])
    places = [(int(line.get_xdata()[0]), line.get_ydata()[0]) for line in marks(ax).values()]
    assert [x for x, _ in places] == [1, 4, 4, 2]
    assert places[0][1] == places[1][1] < places[2][1] < places[3][1] and ax.yaxis_inverted()
    assert said(ax.get_yticklabels()) == ["war", "peace"] and said(ax.get_xticklabels()) == [*"123456"]
    none = PLACES.assign(concept=pd.Categorical(PLACES["concept"], ["silence", "war", "peace"]))
    ax = draw("dispersion", data=none, order=range(1, 71))
    assert said(ax.get_yticklabels()) == ["silence", "war", "peace"]  # one that never occurs has an empty lane
    assert said(ax.get_xticklabels()) == ["1", *map(str, range(10, 71, 10))]


def test_what_does_not_count_is_struck_through_and_groups_differ_in_colour_and_shape():
    ax = draw("dispersion", group="stance")
    looks = [(line.get_markerfacecolor(), str(line.get_marker())) for line in marks(ax).values()]
    assert looks[2][0] == "none" and looks[1] == looks[3]
    assert looks[0][0] != looks[1][0] and looks[0][1] != looks[1][1]
    assert said(ax.get_legend().get_texts()) == ["for", "against", "does not count"]
    assert said(draw("dispersion").get_legend().get_texts()) == ["counts", "does not count"]


def test_concordance_puts_the_matches_below_each_other_and_cuts_between_words():
    long = LINES.assign(left=["one two three " * 8, ""], right=[" four five six" * 8, ""], kept=[True, False])
    ax = draw("concordance", data=long)
    found = [text for text in ax.texts if text.get_text() in set(LINES["match"])]
    assert len({text.get_position()[0] for text in found}) == 1 and all(t.get_fontweight() == "bold" for t in found)
    left, right = words(ax)[1], words(ax)[3]
    assert left.startswith("… ") and set(left[2:].split()) == {"one", "two", "three"}
    assert right.endswith(" …") and set(right[:-2].split()) == {"four", "five", "six"}
    assert found[0].get_color() != found[1].get_color()


def test_spans_lie_where_the_table_says():
    ax = draw("spans", data=SPANS.assign(paragraph=["1", ""]))
    assert said(ax.child_axes[0].get_xticklabels()) == ["¶1"]
    assert [(patch.get_x(), patch.get_width()) for patch in marks(ax).values()] == [(0, 40), (40, 1)]
    assert said(ax.get_yticklabels()) == ["paragraph", "leftover"]


def test_lives_lie_between_their_dates_to_scale_and_rollovers_are_hollow():
    ax = draw("lifelines")
    strokes = [(stroke.get_x(), stroke.get_y(), stroke.get_width()) for stroke in marks(ax).values()]
    assert [x - strokes[0][0] for x, *_ in strokes] == [0, 3682, 1676] and strokes[0][1] == strokes[1][1]
    assert [width for *_, width in strokes] == [4231, 549, 2555]
    dots = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"]
    assert [to_hex(dot) for dot in dots] == ["#222222", "#ffffff"]
    signs = {line.get_marker() for line in ax.lines} - {"o", "None"}
    assert signs == {"<", ">", "D"}  # told apart without colour
    assert said(ax.get_legend().get_texts()) == ["at least since 2000", "new", "reworded"]


# When


def test_each_row_is_a_point_at_its_height_and_its_time_to_scale():
    table = RATES.assign(year=[1970, 1971, 1990, 1970, 1990])
    ax = draw("trend", data=table)
    found = [(point.get_xdata()[0], point.get_ydata()[0]) for point in marks(ax).values()]
    assert found == list(zip(table["year"], table["rate"], strict=True)) and ax.get_ylim()[0] == 0
    hollow = [mark for mark, point in marks(ax).items() if to_hex(point.get_markerfacecolor()) == "#ffffff"]
    assert hollow == ["peace--1970", "war--1970"]


def test_lines_follow_the_time_whatever_the_order_of_rows():
    ax = draw("trend", data=RATES.iloc[[2, 0, 3, 4, 1]])
    assert [1.0, 4.0, 3.0] in [list(line.get_ydata()) for line in ax.lines]
    named = draw("trend", data=RATES.assign(year=["1970–74", "1975–79", "1980–84", "1970–74", "1980–84"]))
    assert said(named.get_xticklabels()) == ["1970–74", "1975–79", "1980–84"]


def test_names_stand_where_lines_end_apart_with_the_last_value():
    table = pd.DataFrame({"year": [1, 1, 1, 1], "rate": [2.0, 2.0, 2.0, 0.0], "word": [*"abcd"]})
    ax = draw("trend", data=table)
    assert words(ax) == ["a 2.00", "b 2.00", "c 2.00", "d 0.00"] and not touch(ax.texts, room=1)
    low = draw("trend", data=table.assign(rate=0.0))
    assert boxes(low.texts)[0].y0 >= low.bbox.y0


def test_intervals_are_bands_and_unreliable_ones_only_dotted_edges():
    sure = RATES[RATES["word"] == "peace"].assign(interval="95 % by country", few=False)
    shaded = draw("trend", data=sure)
    heights = shaded.collections[0].get_paths()[0].vertices[:, 1]
    assert {heights.min(), heights.max()} == {0.5, 5.0} and "Band: 95 % by country." in shaded.drawn.below
    wide = draw("trend", data=sure.assign(high=100.0))  # its highest point is 4
    assert wide.get_ylim() == (0, pytest.approx(1.08 * 12)) and "Bands go on above 13." in wide.drawn.below
    assert "go on" not in shaded.drawn.below
    unsure = draw("trend", data=sure.assign(interval="95 % by country, unreliable: 4"))
    assert not [path for band in unsure.collections for path in band.get_paths() if len(path.vertices)]
    assert sum(line.get_linestyle() == ":" for line in unsure.lines) == 2
    assert "Band: 95 % by country, dotted: unreliable from fewer than ten." in unsure.drawn.below
    lonely = draw("trend", data=sure.assign(few=sure["year"] != "1970"))  # which has no neighbour to shade towards
    (upright,) = [band for band in lonely.collections if len(band.get_paths()[-1].vertices) == 2]
    assert upright.get_paths()[0].vertices.tolist() == [[1970, 0.5], [1970, 2.0]]
    hollow = draw("trend", data=sure.assign(few=sure["year"] == "1970"))
    assert hollow.collections[0].get_paths()[0].vertices[:, 0].min() > 1970
    assert "Hollow, without a band: fewer than five places or texts." in hollow.drawn.below


def test_points_without_a_line_carry_their_own_name_and_share_the_band_of_their_time():
    points = pd.DataFrame({"k": [*"223"], "topic": [1, 2, 1], "y": [10.0, 11.0, 30.0], "label": [*"abc"]})
    points = points.assign(low=[5, 5, 9], high=[20, 20, 40])
    ax = charts.trend(points, x="k", y="y", by=["k", "topic"])
    assert words(ax) == ["a", "b", "c"] and len(ax.collections) == 2
    assert all(line.get_linewidth() == 0 for line in ax.lines if len(line.get_xdata()) == 3)


def test_notes_stand_at_their_time_lines_for_comparison_are_grey_and_counts_stand_below_their_years():
    table = RATES.assign(year=[0, 1, 5, 0, 5], n=[40, 30, 2_000, 7, 6])
    ax = draw("trend", data=table, grey=["war"], counts="n", notes={2: "A note", 19: "not drawn"})
    assert [text.xy[0] for text in ax.texts if text.get_text() in ("A note", "not drawn")] == [2]
    colours = {mark: point.get_color() for mark, point in marks(ax).items()}
    assert colours["peace--0"] == style.COLOURS[0] and colours["war--0"] == colours["war--5"] == style.GREY
    assert len({point.get_marker() for point in marks(ax).values()}) == 2  # so that lines of one grey are told apart
    below = [(text.get_text(), text.xy[0]) for text in ax.texts if text.get_text().replace(",", "").isdigit()]
    assert below == [("40", 0), ("2,000", 5), ("7", 0), ("6", 5)] or ("30", 1) in below
    assert [text for text in words(ax) if text in ("peace", "war")] == ["peace", "war"]
    found = boxes(ax.texts)
    assert not [1 for i, one in enumerate(found) for other in found[:i] if one.shrunk(0.9, 0.9).overlaps(other)]
