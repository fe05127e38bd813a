"""The figures' numbers are those of November 2026, whatever the package and its charts look like inside.

Compared are the marks that both have, column by column. What is gone or called otherwise since is declared here, each
with its reason. It stays until the word rules change; then the tables under tests/oracles are counted anew.
"""

import pytest

from analysis import tables
from tests.conftest import ORACLES, ROOT

OF_2026_11 = ORACLES / "figures-2026-11"
NOW = ROOT / "figures"
GONE_FIGURES = {"08-most-frequent-words": "was the chart of notebook 02 again: phrases instead"}
GONE_MARKS = {  # figure → reason
    "02-heading-words": "only words that do not come back below their heading are drawn, with how often they stand elsewhere",
    "04-words-of-each-section": "only the eight with most occurrences in their section are drawn",
}
DRAWN = "words as the notebook made them for the picture, which charts now make"
RENAMED = {  # figure → column then → column now
    "02-heading-words": {"word": "form", "n": "below", "elsewhere": "n"},
    "02-most-frequent-words": {"word": "form"},
    "02-silences": {"words": "word"},
    "02-words-by-section": {"word": "form"},
    "04-words-of-each-section": {"word": "form", "elsewhere": "n_reference"},
    "09-speeches-that-speak-of-it": {"n_documents": "speeches"},
}
RENAMED_MARKS = {  # figure → (pattern then, now)
    "02-heading-words": (r"^.*--", ""),
    "03-search-against-reading": (r"--(?=\d+--)", "--cairo-workshop-2016--"),
    "04-where-these-words-stand": (r"--(un|las)--", lambda found: found[0].upper()),
    "06-codebook-on-unseen-paragraphs": (r"only\.the\.cod(?:ing|(ebook))", lambda f: "assigned" if f[1] else "coding"),
    "07-topics-against-accidents": (r"^(.*?--\d+)--.*", r"\1"),
}
GONE_COLUMNS = {  # figure → columns → reason
    "01-where-every-character-went": {
        ("paragraph",): "one address of each text, as in the table `texts`",
        ("note",): "notes are texts, with a paragraph of their own",
    },
    "01-words-per-paragraph": {("label",): DRAWN, ("notes",): "are not drawn any more"},
    "02-heading-words": {
        (
            "below",
            "per_1000",
            "low",
            "high",
            "interval",
            "few",
            "total",
            "label",
            "n_paragraphs",
        ): "of the words below the heading: all 0"
    },
    "02-most-frequent-words": {("label",): DRAWN},
    "02-silences": {("label",): DRAWN, ("few",): "no number is drawn as few where it is counted to show its absence"},
    "02-words-by-section": {("name",): DRAWN},
    "03-search-against-reading": {("strip", "number", "note"): DRAWN},
    "03-where-and-in-which-sense": {("strip",): DRAWN},
    "04-where-these-words-stand": {("strip", "written"): DRAWN},
    "04-words-of-each-section": {
        ("percent", "low", "high", "interval"): "of the share; drawn is the log ratio of `keyness`, with its own",
        ("of", "n_paragraphs"): DRAWN,
    },
    "06-codebook-on-unseen-paragraphs": {
        ("row", "by"): DRAWN,
        ("coded", "assigned"): "say what `only` says",
        ("n_coded", "few"): "precision and recall stand beside the bars",
    },
    "06-themes-by-section": {("row", "column", "percent"): "drawn and shaded is the number"},
    "07-topics-against-accidents": {
        ("unsure", "words", "label"): DRAWN,
        (
            "percent",
            "low",
            "high",
        ): "halves are reduced to 30 dimensions, whatever numbers of topics are tried (was: the most tried)",
    },
    "08-concepts-by-section": {("row",): DRAWN},
}


@pytest.mark.parametrize("name", sorted(path.stem for path in OF_2026_11.glob("*.csv")))
def test_the_numbers_of_each_figure_are_those_of_november_2026(name):
    if name in GONE_FIGURES:
        assert not (NOW / f"{name}.csv").exists()
        return
    before, now = (tables.read(folder / f"{name}.csv", ["mark"]).set_index("mark") for folder in (OF_2026_11, NOW))
    before = before.rename(columns=RENAMED.get(name, {}))
    before = before[before["below"] == "0"] if "below" in before else before
    if name in RENAMED_MARKS:
        before.index = before.index.str.replace(*RENAMED_MARKS[name], regex=True)
    assert set(now.index) <= set(before.index) if name in GONE_MARKS else set(now.index) == set(before.index)
    gone = {column for columns in GONE_COLUMNS.get(name, {}) for column in columns}
    kept = [column for column in before if column not in gone]
    assert set(kept) <= set(now) and (name in GONE_COLUMNS or kept)
    for mark in now.index:
        for column in kept:
            then, since = before.loc[mark, column], now.loc[mark, column]
            same = since == then or ((column, then) == ("interval", "none") and since.startswith("none: "))  # and why
            assert same, f"{mark}: {column} was {then}, is {since}"
