"""Topic cards and panels: each row drawn once, terms marked where they stand, nothing clipped, nothing upon another."""

import itertools
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis import charts, figures
from analysis.charts.style import BLUE, QUIET
from tests.test_charts import assert_nothing_touches_the_edge

CARDS = pd.DataFrame(
    {
        "mark": ["1", "2", "3"],
        "topic": [1, 2, 3],
        "label": ["Women and girls", "", ""],
        "terms": ["women · girls", "arms · war", "tax"],
        "share": [0.5, 0.496, 0.004],
        "n_paragraphs": [20, 17, 3],
        "n_placed": 40,
        "few": [False, False, True],
        "stability": [0.62, -0.02, None],
        "null": [0.11, None, None],
        "confident": [True, False, False],
        "n": [2, 1, 0],
    }
)
PASSAGES = pd.DataFrame(
    {
        "topic": [1, 1, 2],
        "rank": [1, 2, 1],
        "document": "un",
        "paragraph": ["12", "II:4", "3"],
        "excerpt": ["…women and girls", "Women $x$ first…", "War."],
    }
)
HIGHLIGHTS = pd.DataFrame({"topic": [1, 1, 1, 2], "rank": [1, 1, 2, 1], "start": [1, 11, 0, 0], "end": [6, 16, 5, 3]})
GROUPS = pd.DataFrame(
    {
        "topic": [1, 1, 2, 2],
        "section": ["One", None, "One", None],
        "share": [0.25, 0.5, 0.75, None],
        "low": [0.2, None, None, None],
        "high": [0.8, None, None, None],
        "few": [False, True, False, True],
    }
)
EVIDENCE = pd.DataFrame(
    {"mark": ["1", "1", "2"], "document": "un", "paragraph": "12", "start": [0, 9, 3], "end": [5, 14, 6]}
)
NOTHING = EVIDENCE[:0]


def drawn(**changes):
    given = {
        "data": CARDS,
        "passages": PASSAGES,
        "highlights": HIGHLIGHTS,
        "groups": GROUPS,
        "group": "section",
    } | changes
    return charts.cards(given.pop("data"), **given)


def words(ax):
    return {text.get_text(): text for text in ax.texts}


def boxes(ax, colour):
    """Rectangles of a colour: left, width and middle height, in order."""
    return [
        (round(box.get_x(), 4), round(box.get_width(), 4), box.get_y() + box.get_height() / 2)
        for box in ax.patches
        if to_hex(box.get_facecolor()) == colour.lower() and box.get_facecolor()[3]
    ]


def test_a_card_says_what_its_row_says():
    found = words(drawn())
    for words_of_the_row in [
        "Topic 1: Women and girls",
        "Topic 2: not stable",
        "Topic 3: stability not tested",
        "share 50 % of the text, largest in 20 of 40 paragraphs; stability .62 (shuffled .11)",
        "share 50 % of the text, largest in 17 of 40 paragraphs; stability −.02",
        "share <1 % of the text, largest in only 3 of 40 paragraphs",
        "¶12",
        "¶II:4",
        "no section",
        "no words kept",
    ]:
        assert words_of_the_row in found
    assert found["Topic 1: Women and girls"].get_fontweight() == "bold" != found["Topic 2: not stable"].get_fontweight()
    assert "Topic 1" in words(drawn(data=CARDS.assign(label="")))


def test_a_topic_that_is_not_confident_is_grey_all_over():
    ax = drawn(data=CARDS.iloc[[1]])
    assert {text.get_color() for text in ax.texts} == {QUIET}
    assert not boxes(ax, BLUE) and not boxes(ax, "#fbe3a4")


def test_each_card_is_one_frame_with_its_mark_from_top_to_bottom():
    frames = {box.get_gid(): box for box in drawn().patches if box.get_gid()}
    assert list(frames) == ["1", "2", "3"]
    tops = [box.get_y() for box in frames.values()]
    ends = [box.get_y() + box.get_height() for box in frames.values()]
    assert all(end < top for end, top in zip(ends, tops[1:], strict=False))


@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_terms_are_marked_where_their_letters_stand(dpi):
    ax = drawn()
    ax.figure.set_dpi(dpi)
    ax.figure.draw_without_rendering()
    excerpt = words(ax)["…women and girls"]
    box = excerpt.get_window_extent()
    marked = [patch.get_window_extent() for patch in ax.patches if to_hex(patch.get_facecolor()) == "#fbe3a4"][:2]
    letter = 0.06 * dpi
    left = excerpt.get_transform().transform(excerpt.get_position())[0]
    assert box.width == pytest.approx(16 * letter, abs=letter / 2)  # as wide as 16 letters
    for (start, end), place in zip([(1, 6), (11, 16)], marked, strict=True):
        assert (place.x0, place.x1) == pytest.approx((left + start * letter, left + end * letter), abs=letter / 10)
        assert place.y0 < box.y0 + box.height / 2 < place.y1


def test_bars_are_shares_to_one_scale_hollow_where_few_with_their_interval():
    ax = drawn(data=CARDS.assign(confident=True, label=""))
    solid, hollow = boxes(ax, BLUE), boxes(ax, "#ffffff")
    assert [width for _, width, _ in solid] == pytest.approx([2.9 * 0.25 / 0.8, 2.9 * 0.75 / 0.8], abs=1e-4)
    assert [width for _, width, _ in hollow] == pytest.approx([2.9 * 0.5 / 0.8], abs=1e-4)
    (line,) = boxes(ax, "#222222")
    assert line[:2] == pytest.approx((solid[0][0] + 2.9 * 0.2 / 0.8, 2.9 * 0.6 / 0.8), abs=1e-3)
    assert line[2] == pytest.approx(solid[0][2])
    assert {"25 %", "75 %"} <= set(words(ax)) and "share by section" in words(ax)


def test_documents_are_named_only_where_there_are_several():
    named = words(drawn(passages=PASSAGES.assign(document=["un", "au", "un"])))
    assert {"un ¶12", "au ¶II:4", "un ¶3"} <= set(named)
    long = words(drawn(passages=PASSAGES.assign(document=["W" * 200, "au", "un"])))
    assert "W" * 49 + "… ¶12" in long


LONG = {
    "plain": {},
    "without groups": {"groups": None, "group": None},
    "without passages": {"passages": PASSAGES[:0], "highlights": HIGHLIGHTS[:0]},
    "long": {
        "data": CARDS.assign(label="label " * 60, terms=["counter-terrorism · " * 30, "M" * 300, "a"], confident=True),
        "passages": PASSAGES.assign(
            document=["document " * 30, "b", "W" * 300], excerpt="M" * 300, paragraph=["1" * 30, "2", "3"]
        ),
        "groups": GROUPS.assign(
            section=["Peace and security " * 20, "W" * 300, "One", "x"], high=[1, 1, 1, None], low=0.0
        ),
    },
    "long numbers": {"passages": PASSAGES.assign(paragraph="annex:127", excerpt="wide " * 60)},
}


@pytest.mark.parametrize("changes", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("title", ["", "A title of several lines. " * 8])
def test_nothing_is_clipped_nor_upon_another(changes, title):
    ax = drawn(**changes)
    ax.figure.set_dpi(300)
    if title:
        ax.figure.suptitle("\n".join([title[:70]] * 3), x=0.01, ha="left", fontsize=11, fontweight="bold")
    ax.figure.draw_without_rendering()
    frames = [box.get_window_extent() for box in ax.patches if box.get_gid()]
    extents = [text.get_window_extent() for text in ax.texts]
    for extent in extents:
        assert any(
            box.x0 < extent.x0 and extent.x1 < box.x1 and box.y0 < extent.y0 and extent.y1 < box.y1 for box in frames
        )
    for one, two in itertools.combinations(extents, 2):
        apart = one.x1 <= two.x0 or two.x1 <= one.x0 or one.y0 >= two.y1 - 4 or two.y0 >= one.y1 - 4
        assert apart
    assert all(box.x0 > 0 and box.x1 < 2160 and box.y0 > 0 and box.y1 < ax.figure.bbox.y1 for box in frames)


def test_cards_are_saved_with_their_evidence(tmp_path):
    figures.save(drawn(), tmp_path / "cards", data=CARDS, evidence=EVIDENCE, alt="Three topics.", title="Topics")
    assert_nothing_touches_the_edge(tmp_path / "cards.png")
    vector = (tmp_path / "cards.svg").read_text(encoding="utf-8")
    assert [vector.count(f'<g id="{mark}">') for mark in "123"] == [1, 1, 1]
    with pytest.raises(ValueError, match=r"mark '1' is drawn with share = 0\.5, but the data have 0\.4"):
        figures.save(drawn(), tmp_path / "x", data=CARDS.assign(share=0.4), evidence=EVIDENCE, alt="x")


def test_text_of_cards_is_never_mathematics_and_tables_stay_as_they_were():
    before = [table.copy() for table in (CARDS, PASSAGES, HIGHLIGHTS, GROUPS)]
    ax = drawn(data=CARDS.assign(label=r"$\frac{"))
    ax.figure.canvas.draw()
    assert not any(text.get_parse_math() for text in ax.texts)
    for one, two in zip(before, (CARDS, PASSAGES, HIGHLIGHTS, GROUPS), strict=True):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": CARDS.drop(columns="share")}, r"charts\.cards needs .* missing \['share'\]"),
        ({"data": CARDS[:0]}, r"charts\.cards: the table has no rows to draw"),
        ({"data": CARDS.assign(topic=1)}, "2 rows repeat another's"),
        ({"data": CARDS.assign(confident="no")}, "confident in row 0 .* is 'no'"),
        ({"data": CARDS.assign(share=[0.1, None, 0.2])}, "share in row 1 .* is nan"),
        ({"data": CARDS.assign(label=None)}, "label is missing in row 0"),
        ({"passages": PASSAGES.drop(columns="excerpt")}, r"charts\.cards: passages needs .* missing \['excerpt'\]"),
        ({"passages": PASSAGES.assign(rank=1)}, "passages: 1 row repeats"),
        ({"highlights": HIGHLIGHTS.assign(end=99)}, r"no characters 1 to 99 in the excerpt of \(1, 1\)"),
        ({"group": None}, "give groups together with group"),
        ({"groups": GROUPS.assign(section="One")}, r"charts\.cards: groups: 2 rows repeat"),
        ({"groups": GROUPS.assign(share=-1)}, "share in row 0 .* is -1.0"),
        ({"groups": GROUPS.assign(few="False")}, "cards: groups: few in row 0 .* is 'False'"),
        ({"groups": GROUPS.assign(low=0.9, high=0.1)}, "cards: groups: low is above high in row 0"),
    ],
)
def test_wrong_tables_for_cards_get_a_clear_error(changes, message):
    with pytest.raises(ValueError, match=message):
        drawn(**changes)


def test_too_many_cards_for_one_picture_are_refused(monkeypatch):
    monkeypatch.setattr(sys.modules["analysis.charts.cards"], "_TALLEST", 3)
    many = pd.concat([CARDS.head(1)] * 9).assign(topic=range(9))
    with pytest.raises(ValueError, match="9 cards are too tall for one picture; draw fewer at a time"):
        drawn(data=many, groups=None, group=None)


CHOICE = pd.DataFrame(
    {
        "k": [2, 4, 8, 2, 4, 8],
        "measure": ["coherence (NPMI)"] * 3 + ["stability above shuffled text"] * 3,
        "value": [0.1, -0.05, -0.2, 0.4, 0.3, 0.1],
        "low": [None, None, None, 0.3, 0.2, -0.1],
        "high": [None, None, None, 0.5, 0.4, 0.2],
        "few": [False, False, True, False, False, True],
        "n": 0,
    }
).pipe(figures.mark, ["measure", "k"])
PANELS = {"x": "k", "y": "value", "panel": "measure", "low": "low", "high": "high", "few": "few"}


def points(ax):
    return {line.get_gid(): line for own in ax.child_axes for line in own.lines if line.get_gid()}


def test_panels_have_a_point_for_each_row_hollow_where_few():
    ax = charts.panels(CHOICE, **PANELS, xlabel="topics")
    assert [own.get_title(loc="left") for own in ax.child_axes] == list(dict.fromkeys(CHOICE["measure"]))
    found = points(ax)
    assert sorted(found) == sorted(CHOICE["mark"])
    for row in CHOICE.to_dict("records"):
        line = found[row["mark"]]
        assert (line.get_xdata()[0], line.get_ydata()[0]) == (row["k"], row["value"])
        assert to_hex(line.get_markerfacecolor()) == ("#ffffff" if row["few"] else BLUE.lower())


def test_panels_join_points_in_order_of_x_and_draw_ranges():
    ax = charts.panels(CHOICE[::-1], **PANELS)
    below, above = ax.child_axes[1], ax.child_axes[0]  # panels in order of appearance
    assert [list(line.get_xdata()) for line in below.lines if len(line.get_xdata()) == 3] == [[2, 4, 8]]
    ranges = [list(line.get_ydata()) for line in above.lines if line.get_linewidth() == 6]
    assert ranges == [[0.3, 0.5], [0.2, 0.4], [-0.1, 0.2]]
    assert not [line for line in below.lines if line.get_linewidth() == 6]


@pytest.mark.parametrize("kind", ["Float64", "float64[pyarrow]"])
def test_panels_draw_ranges_of_every_kind_of_number(kind):
    expected, found = (charts.panels(data, **PANELS) for data in (CHOICE, CHOICE.astype({"low": kind, "high": kind})))
    for one, two in zip(expected.child_axes, found.child_axes, strict=True):
        assert [list(line.get_ydata()) for line in one.lines] == [list(line.get_ydata()) for line in two.lines]


def test_panels_share_x_and_name_it_once():
    first, last = charts.panels(CHOICE, **PANELS).child_axes
    assert first.get_xlim() == last.get_xlim()
    assert {tick.get_text() for tick in first.get_xticklabels()} == {""}
    assert [tick.get_text() for tick in last.get_xticklabels()] == ["2", "4", "8"]


def test_panels_are_saved_without_clipping(tmp_path):
    long = CHOICE.assign(measure=CHOICE["measure"] + " of $x_ the text" * 9, value=CHOICE["value"] * 12345)
    for name, data in [("plain", CHOICE), ("long", long.assign(low=None, high=np.nan).astype({"low": float}))]:
        ax = charts.panels(data, **PANELS, xlabel="number of topics, and what a reader has to know about it. " * 4)
        figures.save(ax, tmp_path / name, data=data, evidence=NOTHING, alt="x", title="A long title. " * 9)
        assert_nothing_touches_the_edge(tmp_path / f"{name}.png")
        titles = [own.title.get_window_extent() for own in ax.child_axes]
        assert not any(one.overlaps(own.get_window_extent()) for one in titles for own in ax.child_axes)


def test_panels_stand_in_axes_of_the_users_own():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert charts.panels(CHOICE, **PANELS, ax=ax, xlabel="topics") is ax
    assert ax.get_xlabel() == "topics" and len(plt.get_fignums()) == 1 and len(points(ax)) == 6
    one = charts.panels(CHOICE.head(1), x="k", y="value", panel="measure")
    one.figure.canvas.draw()
    assert len(points(one)) == 1


@pytest.mark.parametrize(
    ("data", "changes", "message"),
    [
        (CHOICE.drop(columns="value"), {}, r"charts\.panels needs .* missing \['value'\]"),
        (CHOICE[:0], {}, "no rows to draw"),
        (CHOICE.assign(value=[0.1, None, 0, 0, 0, 0]), {}, "value is missing in row 1"),
        (CHOICE.assign(value="a"), {}, "value should hold numbers"),
        (CHOICE.assign(value=[0, np.inf, 0, 0, 0, 0]), {}, "value in row 1 .* is not finite"),
        (CHOICE.assign(k=-1), {}, "k in row 0 .* is -1"),
        (CHOICE.assign(k=2), {}, "4 rows repeat"),
        (CHOICE, {"high": None}, "give both low and high"),
        (CHOICE.assign(low=0.45), {}, "low is above high in row 4"),
        (CHOICE.assign(few="no"), {}, "few in row 0 .* is 'no'"),
    ],
)
def test_wrong_tables_for_panels_get_a_clear_error(data, changes, message):
    with pytest.raises(ValueError, match=message):
        charts.panels(data, **PANELS | changes)
