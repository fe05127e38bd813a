"""What is painted is what the table says: whoever edits an SVG is found out."""

import pandas as pd
import pytest
import regex

from analysis import charts, figures, svg_shapes
from analysis.verification import files, letters, shapes, verify
from analysis.verification import lettering as words
from tests.conftest import FIGURES as SHIPPED_FIGURES
from tests.conftest import ROOT, copy_shipped
from tests.test_verification import sign

FIGURES = ROOT / "figures"
NAMES = sorted(name.removesuffix(".svg") for name in SHIPPED_FIGURES if name.endswith(".svg"))
BARS, CELLS, LANES = "02-most-frequent-words", "02-words-by-section", "01-where-every-character-went"
STRIP, NOTES, TREND = "03-where-and-in-which-sense", "03-search-against-reading", "09-passages-per-100000-words"


def seen(folder, name, svg=None):
    """(mark, problem) of what is found in a figure, with another SVG if given."""
    figure, problems = files.read(folder, name, [])
    assert not problems
    if svg is not None:
        figure = figure._replace(**svg_shapes.read(svg.encode())._asdict())
    found = shapes.check(figure)[1] + words.check(figure)[1]
    assert all(one[0] == name and one[2] for one in found)
    return {(mark, problem) for _, mark, problem, _ in found}


def drawn(name):
    return (FIGURES / f"{name}.svg").read_text(encoding="utf-8")


def group(svg, mark):
    """The part of an SVG that draws a mark, definitions apart."""
    start = svg.index(f'<g id="{mark}">')
    indent = svg[:start].rpartition("\n")[2]
    part = svg[start : svg.index(f"\n{indent}</g>", start)]
    return part[part.index("</defs>") :] if "</defs>" in part else part


def change(svg, mark, pattern, new):
    """Replace what a pattern finds inside of a mark."""
    old = group(svg, mark)
    changed = regex.sub(pattern, new, old)
    assert changed != old, f"{mark} has no {pattern}"
    return svg.replace(old, changed)


def shifted(by):
    return lambda found: f"{found[1]}{float(found[2]) + by:.6f}"


def rewritten(svg, text, old, new):
    """In the text whose words are told in its comment, paint another letter that the figure has."""
    start = svg.index(f"<!-- {text} -->")
    end = svg.index("</g>", svg.index("<use", start))
    font, code = _glyph(svg, text, old)
    _, other = _glyph(svg, None, new)
    part = svg[start:end]
    assert f"#{font}-{code}" in part
    return svg[:start] + part.replace(f"#{font}-{code}", f"#{font}-{other}", 1) + svg[end:]


def _glyph(svg, text, letter):
    font = (
        "DejaVuSans-Bold" if text and "DejaVuSans-Bold" in svg[svg.index(f"<!-- {text} -->") :][:400] else "DejaVuSans"
    )
    return font, f"{letters._font(font)[2][ord(letter)]:x}"


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_this_repository_are_painted_as_their_tables_say(name):
    figure, _ = files.read(FIGURES, name, [])
    columns = {*shapes.check(figure)[0], *words.check(figure)[0]}
    assert seen(FIGURES, name) == set()
    assert columns & {"n", "start", "paragraph", "percent", "per_1000", "per_100000", "kept"}


@pytest.mark.parametrize(
    ("name", "mark", "pattern", "by"),
    [
        (BARS, "peace", r"(L )([\d.]+)", 4),  # right end of a bar
        (BARS, "peace", r"(?<=[ML] [\d.]+)( )([\d.]+)", 4),
        (CELLS, "Background--peace", r"([ML] )([\d.]+)", 4),
        (LANES, "cairo-workshop-2016--front.matter--4", r"(L )([\d.]+)", 1),
        (LANES, "cairo-workshop-2016--front.matter--4", r"(?<=[ML] [\d.]+)( )([\d.]+)", -33),
        (STRIP, "conflict.management--3--324", r'( x=")([\d.]+)', 5),
        (STRIP, "conflict.management--3--324", r'( y=")([\d.]+)', 40),
        (NOTES, "conflict.management--3--324", r'( x=")([\d.]+)', 5),
        ("04-where-these-words-stand", "cairo-workshop-2016--8--las--381", r'( y=")([\d.]+)', 3),
        (TREND, "management--1990~2013~94", r'( y=")([\d.]+)', -1),
        (TREND, "management--1990~2013~94", r'( x=")([\d.]+)', 3),
        ("07-topics-against-accidents", 0, r"(L )([\d.]+)", 4),
        ("04-words-of-each-section", "Background--debate", r"(L )([\d.]+)", 4),
    ],
)
def test_a_mark_that_is_moved_or_longer_is_named(name, mark, pattern, by):
    mark = mark or pd.read_csv(FIGURES / f"{name}.csv")["mark"][0]
    svg = change(drawn(name), mark, pattern, shifted(by))
    found = seen(FIGURES, name, svg)
    assert {one for one, problem in found if not problem.startswith(("label", "line"))} == {mark}
    moved = drawn(name).replace(f'<g id="{mark}">', f'<g id="{mark}" transform="translate(4 0)">')
    assert (mark, "mark is drawn at another place") in seen(FIGURES, name, moved)


def test_several_marks_that_are_moved_are_named_and_no_others():
    svg = drawn(BARS)
    for mark in ("peace", "arab", "security", "field"):
        svg = change(svg, mark, r"(L )([\d.]+)", shifted(9))
    assert {mark for mark, _ in seen(FIGURES, BARS, svg)} == {"peace", "arab", "security", "field"}


def test_a_corner_that_is_moved_inwards_is_seen():
    old = group(drawn(CELLS), "Background--peace")
    corner = regex.search(r"L [\d.]+", old)[0]
    svg = drawn(CELLS).replace(old, old.replace(corner, f"L {float(corner[2:]) - 9}", 1))
    assert seen(FIGURES, CELLS, svg) == {("Background--peace", "mark has another form")}


@pytest.mark.parametrize("name", [BARS, CELLS, LANES, STRIP, NOTES, TREND])
def test_marks_whose_contents_are_swapped_are_both_named(name):
    table = pd.read_csv(FIGURES / f"{name}.csv", dtype="str")
    one, other = table["mark"].iloc[[1, len(table) - 2]]
    svg = drawn(name).replace(f'<g id="{one}">', "<g id=>").replace(f'<g id="{other}">', f'<g id="{one}">')
    assert {one, other} <= {mark for mark, _ in seen(FIGURES, name, svg.replace("<g id=>", f'<g id="{other}">'))}


@pytest.mark.parametrize(
    ("name", "mark", "old", "new", "problem"),
    [
        (BARS, "un", "fill: #0072b2", "fill: #ffffff", "mark is hollow"),
        (BARS, "un", "fill: #0072b2", "fill: none", "mark is hollow"),
        (BARS, "un", "fill: #0072b2", "fill: #d55e00", "mark has another colour"),
        (LANES, "cairo-workshop-2016--front.matter--4", "fill: #0072b2", "fill: #ffffff", "mark is hollow"),
        (CELLS, "Background--peace", "fill: #ffffff", "fill: #08306b", "mark is filled"),
        (CELLS, "Background--peace", "stroke: #......", "stroke: #08306b", "mark has another colour"),
        (STRIP, "conflict.resolution--5--265", "fill-opacity: 0", "fill: #0072b2", "mark is filled"),
        (NOTES, "conflict.management--3--324", "fill: #0072b2", "fill: none", "mark has another colour"),
        (TREND, "management--1975~2013~79", "fill: #ffffff", "fill: #0072b2", "mark is filled"),
        (TREND, "management--1990~2013~94", "fill: #0072b2", "fill: #d55e00", "mark has another colour"),
        ("04-words-of-each-section", "Background--reviews", "fill: #ffffff", "fill: #0072b2", "mark is filled"),
        ("06-themes-by-section", "Background--un-credibility", "fill: #ffffff", "fill: #4594c7", "mark is filled"),
        (BARS, "peace", 'style="', 'style="display: none; ', "mark cannot be seen"),
    ],
)
def test_a_mark_that_is_painted_otherwise_is_named(name, mark, old, new, problem):
    assert (mark, problem) in seen(FIGURES, name, change(drawn(name), mark, old, new))


def test_a_filled_cell_in_another_shade_is_named():
    table = pd.read_csv(FIGURES / f"{CELLS}.csv")
    filled = table.loc[~table["few"], "mark"]
    assert len(filled)
    for shade in ("#deebf7", "#08306b"):
        svg = change(drawn(CELLS), filled.iloc[0], "fill: #......", f"fill: {shade}")
        assert seen(FIGURES, CELLS, svg) == {(filled.iloc[0], "mark has another colour")}


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "found"),
    [
        (CELLS, "9", "9", "4", {("Background--un", "painted number differs")}),
        (BARS, "25 in 17 ¶", "5", "6", {("peace", "label is not painted")}),
        (BARS, "peace", "p", "f", {("peace", "label is not painted")}),
        (LANES, "front matter (168)", "8", "3", {("cairo-workshop-2016--front.matter--4", "label is not painted")}),
        (STRIP, "conflict management", "m", "n", {("conflict.management--3--324", "label is not painted")}),
        (NOTES, "¶10", "0", "4", {("conflict.resolution--10--140", "label is not painted")}),
        (TREND, "preventing", "p", "r", {("prevention--1970~2013~74", "label is not painted")}),
        (TREND, "1970–74", "4", "9", {("management--1970~2013~74", "label is not painted")}),
        (TREND, "10", "1", "2", {("", "axis number differs")}),
        (BARS, "10", "1", "2", {("", "axis number differs")}),
    ],
)
def test_a_letter_or_digit_that_is_changed_is_found(name, text, old, new, found):
    assert found <= seen(FIGURES, name, rewritten(drawn(name), text, old, new))


@pytest.mark.parametrize("outline", ["M 0 0 L 10 10", ""])
def test_a_letter_whose_outline_is_another_than_its_name_says_is_not_read(outline):
    code = f"{letters._font('DejaVuSans')[2][ord('7')]:x}"
    svg = regex.sub(rf'(<path id="DejaVuSans-{code}" d=")[^"]*', rf"\1{outline}", drawn(CELLS))
    assert {problem for _, problem in seen(FIGURES, CELLS, svg)} >= {"painted number differs"}


def test_labels_that_change_places_are_found():
    """All words are still painted."""
    svg = drawn(BARS)
    one, other = (
        regex.search(rf"<!-- {text} -->\s*<g style=\"[^\"]*\" transform=\"(translate\([^)]*\))", svg)[1]
        for text in ("25 in 17 ¶", "22 in 14 ¶")
    )
    svg = svg.replace(one, "@").replace(other, one).replace("@", other)
    problem = "label is painted at another place"
    assert seen(FIGURES, BARS, svg) == {("peace", problem), ("arab", problem)}


def test_words_that_are_hidden_are_not_painted():
    svg = drawn(BARS)
    start = svg.index("<!-- 25 in 17 ¶ -->")
    svg = svg[:start] + svg[start:].replace('style="', 'style="display: none; ', 1)
    assert seen(FIGURES, BARS, svg) == {("peace", "label is not painted")}


def test_a_title_that_is_not_painted_is_found():
    svg = drawn(BARS).replace("<title>The 20 words it uses most</title>", "<title>The 20 words it hides most</title>")
    assert seen(FIGURES, BARS, svg) == {("", "title is not painted")}


def test_the_end_of_an_interval_that_is_moved_is_found():
    svg = drawn(BARS)
    line = regex.search(r'<g id="line2d_\d+">\s*<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) \2 ', svg)
    svg = svg[: line.start(3)] + f"{float(line[3]) + 9:.6f}" + svg[line.end(3) :]
    assert seen(FIGURES, BARS, svg) == {("un", "line ends at another place")}


def test_what_cannot_be_measured_is_at_another_place():
    old = group(drawn(BARS), "peace")
    svg = drawn(BARS).replace(old, regex.sub("<path[^>]*>", '<rect x="1" y="2" width="300" height="9"/>', old))
    assert ("peace", "mark is drawn at another place") in seen(FIGURES, BARS, svg)
    with pytest.raises(ValueError, match="not understood"):
        svg_shapes.read(b'<svg><g id="a" transform="skewX(3)"/></svg>')


def test_a_changed_drawing_fails_though_the_manifest_was_signed_again(tmp_path):
    copy_shipped(tmp_path)
    for name in NAMES:
        if name != CELLS:
            for suffix in files.SUFFIXES:
                (tmp_path / "figures" / f"{name}{suffix}").unlink()
    path = tmp_path / "figures" / f"{CELLS}.svg"
    path.write_text(rewritten(path.read_text(), "9", "9", "4"))
    sign(tmp_path)
    verified = verify(tmp_path / "figures", tmp_path / "data")
    row = verified.findings.set_index("figure").loc[[CELLS]].query("problem == 'painted number differs'")
    assert row[["mark", "detail"]].values.tolist() == [["Background--un", "painted 4, n = 9"]]
    painted = verified.checked.set_index("figure").loc[CELLS, "painted"].split(", ")
    assert {"section", "token", "n", "per_1000", "few", "word", "name"} <= set(painted)


def saved(folder, ax, data):
    """Save a chart, with passages as many as its table says."""
    evidence = data.loc[data.index.repeat(data["n"]), ["mark"]].assign(document="a", paragraph="1")
    evidence["start"] = range(len(evidence))
    figures.save(ax, folder / "own", data=data, evidence=evidence.assign(end=evidence["start"] + 1), alt="Own.")
    return seen(folder, "own")


def test_lines_that_mostly_end_at_nothing_are_measured_on_the_scale_of_the_bars(tmp_path):
    """A short text: counts fit the bars as well as rates do, and most ranges begin at 0. Ends are on the scale of the rates."""
    table = pd.DataFrame({"word": list("abcdefgh"), "n": [4, 3, 2, 2, 1, 1, 1, 1], "total": 41})
    table["per_1000"] = 1000 * table["n"] / 41
    table["low"], table["high"] = [68.9655, 55.5556, 0, 34.4828, 0, 0, 0, 0], 1000 * (table["n"] + 0.2) / 41
    data = figures.mark(table, "word")
    behind = data.loc[data.index.repeat(data["n"]), ["mark"]].assign(document="d", paragraph="1")
    behind["start"] = range(len(behind))
    chart = charts.bars(data, x="per_1000", y="word", low="low", high="high")
    figures.save(chart, tmp_path / "own", data=data, evidence=behind.assign(end=behind["start"] + 1), alt="Own.")
    figure, _ = files.read(tmp_path, "own", [])
    names, found = shapes.check(figure)
    assert found == [] and {"n", "per_1000", "low"} <= set(names)


def test_a_number_in_a_cell_is_not_taken_for_a_word_of_the_same_letters(tmp_path):
    """One row of cells; 21 is a word as well, and how often another word occurs."""
    words = "Development Sustainable Nations United implementation Agenda Conference 2030 including system 21 effective Goals"
    counts = [55, 46, 25, 25, 24, 21, 11, 10, 10, 9, 8, 8, 7]
    table = pd.DataFrame({"word": words.split(), "row": "(no heading)", "n": counts})
    ax = charts.grid(figures.mark(table, "word"), x="word", y="row", value="n", shade="n")
    assert saved(tmp_path, ax, figures.mark(table, "word")) == set()


def bars_of(folder, words):
    """A chart of one's own: bars of words, as files.read gives it."""
    data = figures.mark(pd.DataFrame({"word": words, "n": range(1, len(words) + 1)}), "word")
    behind = data.loc[data.index.repeat(data["n"]), ["mark"]].assign(document="d", paragraph="1")
    behind = behind.assign(start=range(len(behind)), end=range(1, len(behind) + 1))
    figures.save(charts.bars(data, x="n", y="word"), folder / "own", data=data, evidence=behind, alt="Own.")
    return files.read(folder, "own", [])[0]


def test_words_from_right_to_left_are_passed_over_and_the_others_are_not(tmp_path):
    figure = bars_of(tmp_path, ["السلام", "الحرب", "peace", "war", "aid", "law", "truce", "vote"])
    assert words.check(figure)[1] == []
    wrong = figure._replace(data=figure.data.assign(word=figure.data["word"].replace("war", "wax")))
    assert {mark for _, mark, _, _ in words.check(wrong)[1]} == {"war"}


def test_letters_that_a_font_joins_are_the_letters_all_the_same(tmp_path):
    figure = bars_of(tmp_path, ["conflict", "office", "flag", "peace"])
    assert words.check(figure) == (["word"], [])


def test_an_outline_that_matplotlib_does_not_write_is_not_measured():
    shapes = dict(svg_shapes.read(b'<svg><g id="a"><path d="M 0 0 A 5 5 0 0 1 9 9"/></g></svg>').shapes)
    assert pd.isna(svg_shapes.bounds(shapes["a"])[0])


def test_a_letter_whose_outline_is_another_is_not_believed():
    """The name of a letter is no proof: what is drawn is compared with the font, point by point."""
    svg = drawn(BARS)
    start = svg.index("<path", svg.index('id="DejaVuSans-'))
    outline = regex.search(r' d="M ([0-9]+)', svg[start:])
    moved = svg[:start] + svg[start:].replace(outline[0], f' d="M {int(outline[1]) + 900}', 1)
    assert moved != svg and seen(FIGURES, BARS, moved)


def test_an_outline_without_points_is_seen_and_the_other_marks_are_checked_all_the_same():
    svg = drawn(BARS)
    empty = change(svg, "peace", ' d="[^"]*"', ' d=""')
    figure, _ = files.read(FIGURES, BARS, [])
    figure = figure._replace(**svg_shapes.read(empty.encode())._asdict())
    assert [one[1:3] for one in files.check_marks(figure)] == [("peace", "mark is drawn without a shape")]
    assert seen(FIGURES, BARS, empty) == set()
    assert seen(FIGURES, BARS, change(empty, "un", r"(L )([0-9.]+)", shifted(5))) != set()
