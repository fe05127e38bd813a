"""Lines over periods: each row drawn once where the table says, names apart, nothing clipped, every refusal told."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from PIL import Image

from analysis import charts, figures
from analysis.charts.style import WORDS

RATES = pd.DataFrame(
    {
        "mark": ["a1", "a2", "a3", "b1", "b3"],
        "year": ["1970", "1971", "1972", "1970", "1972"],
        "word": ["peace", "peace", "peace", "war", "war"],
        "rate": [1.0, 4.0, 3.0, 0.0, 3.1],
        "low": [0.5, 3.0, 2.0, np.nan, 1.0],
        "high": [2.0, 5.0, 4.0, np.nan, 6.0],
        "few": [True, False, False, True, False],
        "n": [1, 4, 3, 0, 3],
    }
)
DRAWN = {"x": "year", "y": "rate", "line": "word"}


def points(ax):
    return {line.get_gid(): line for line in ax.lines if line.get_gid()}


def test_each_row_is_a_point_at_its_height_near_its_period():
    ax = charts.trend(RATES, **DRAWN, few="few")
    drawn = points(ax)
    assert {mark: point.get_ydata()[0] for mark, point in drawn.items()} == dict(
        zip(RATES["mark"], RATES["rate"], strict=True)
    )
    near = {mark: round(point.get_xdata()[0]) for mark, point in drawn.items()}
    assert near == {"a1": 0, "a2": 1, "a3": 2, "b1": 0, "b3": 2}
    hollow = {mark for mark, point in drawn.items() if to_hex(point.get_markerfacecolor()) == "#ffffff"}
    assert hollow == {"a1", "b1"}
    assert ax.get_ylim()[0] == 0


def test_lines_differ_in_colour_and_in_shape_and_carry_their_name():
    ax = charts.trend(RATES, **DRAWN)
    drawn = points(ax)
    assert drawn["a1"].get_color() != drawn["b1"].get_color() and drawn["a1"].get_marker() != drawn["b1"].get_marker()
    assert {text.get_text(): text.get_color() for text in ax.texts} == {
        "peace": WORDS[drawn["a1"].get_color()],
        "war": WORDS[drawn["b1"].get_color()],
    }


def test_coloured_words_can_be_read_on_white():
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
    for colour in WORDS.values():
        parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in to_rgb(colour)]
        assert 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05) >= 4.5, colour


def test_intervals_are_drawn_where_there_are_any():
    ax = charts.trend(RATES, **DRAWN, low="low", high="high")
    bars = [
        tuple(line.get_ydata()) for line in ax.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2
    ]
    assert sorted(bars) == [(0.5, 2.0), (1.0, 6.0), (2.0, 4.0), (3.0, 5.0)]
    assert ax.get_ylim()[1] > 6
    assert not [line for line in charts.trend(RATES, **DRAWN).lines if line.get_alpha()]


def test_lines_follow_the_periods_whatever_the_order_of_rows():
    ax = charts.trend(RATES.iloc[[0, 1, 3, 4, 2]], **DRAWN)
    joined = [list(line.get_ydata()) for line in ax.lines if line.get_marker() == "None" and len(line.get_xdata()) == 3]
    assert joined == [[1.0, 4.0, 3.0]]


@pytest.mark.parametrize(
    ("years", "named"),
    [(3, ["0", "1", "2"]), (12, [str(year) for year in range(12)]), (30, ["0", "5", "10", "15", "20", "25"])],
)
def test_as_many_periods_are_named_as_can_be_read(years, named):
    table = pd.DataFrame({"year": range(years), "rate": 1.0, "word": "peace"})
    ax = charts.trend(table, **DRAWN)
    assert [label.get_text() for label in ax.get_xticklabels()] == named


def test_names_of_lines_that_end_together_stand_apart():
    table = pd.DataFrame({"year": [1, 1, 1, 1], "rate": [2.0, 2.0, 2.0, 0.0], "word": [*"abcd"]})
    ax = charts.trend(table, **DRAWN)
    figure = ax.figure
    figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(above.y0 >= below.y1 - 1 for below, above in zip(boxes, boxes[1:], strict=False))


def test_nothing_but_zeros_can_be_drawn():
    ax = charts.trend(RATES.assign(rate=0.0), **DRAWN)
    assert ax.get_ylim() == (0, 1)


def test_the_chart_is_saved_without_clipping(tmp_path):
    ax = charts.trend(
        RATES.replace({"word": {"war": "a rather long name of a line"}}), **DRAWN, low="low", high="high",
        ylabel="times per 1,000 words", xlabel="What a reader has to know. " * 8,
    )  # fmt: skip
    passages = RATES.loc[RATES.index.repeat(RATES["n"])]
    passages = passages.assign(document="d", paragraph="1", start=range(len(passages)), end=range(1, len(passages) + 1))
    figures.save(
        ax, tmp_path / "chart", data=RATES.drop(columns="word"), evidence=passages, alt="Two lines.", title="T " * 60
    )
    pixels = np.asarray(Image.open(tmp_path / "chart.png").convert("L"))
    assert (pixels[:, :4] == 255).all() and (pixels[:, -4:] == 255).all()
    assert (pixels[:4] == 255).all() and (pixels[-4:] == 255).all()


def test_text_is_never_mathematics():
    ax = charts.trend(RATES.assign(word="$x_1$"[:5]).drop_duplicates("year"), **DRAWN, ylabel="$a$ and $b$")
    ax.figure.canvas.draw()
    assert ax.texts[0].get_text() == "$x_1$" and not ax.texts[0].get_parse_math() and not ax.title.get_parse_math()


def test_the_callers_table_is_not_changed():
    before = RATES.copy(deep=True)
    charts.trend(RATES, **DRAWN, low="low", high="high", few="few")
    pd.testing.assert_frame_equal(RATES, before)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"y": "share"}, r"charts.trend needs columns .*missing \['share'\]"),
        ({}, {"low": "low"}, "give both low and high"),
        ({"word": "peace"}, {}, "2 rows repeat another's"),
        ({"rate": [1.0, np.nan, 1, 1, 1]}, {}, "rate in row 1 .* is nan"),
        ({"rate": [1.0, -1, 1, 1, 1]}, {}, "rate in row 1 .* is -1"),
        ({"word": ["a", None, "a", "b", "b"]}, {}, "word is missing in row 1"),
        ({"word": [*"abcde"]}, {}, "5 lines can't be told apart; draw 4 at most"),
        ({"few": "no"}, {"few": "few"}, "few in row 0 .* should be true or false"),
        (
            {"low": 9.0, "high": [9.0, 8, 9, 9, 9]},
            {"low": "low", "high": "high"},
            "charts.trend: low is above high in row 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(change, options, message):
    with pytest.raises(ValueError, match=message):
        charts.trend(RATES.assign(**change), **{**DRAWN, **options})
