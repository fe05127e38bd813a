"""Every kind of tampering is seen, and what is honest passes."""

import hashlib
import json
import shutil

import pandas as pd
import pytest

from analysis import charts, codebooks, corpus, figures, frequency, patterns, themes, tokens
from analysis.__main__ import main
from analysis.verification import files, numbers, verify
from analysis.verification import sources as reading
from tests.conftest import ROOT, copy_shipped

FREQUENT, SECTIONS, THEMES = "02-most-frequent-words", "02-words-by-section", "06-themes-by-section"


def sign(folder):
    """Give the manifest the checksums of what is there now: what is seen then is seen in the contents."""
    path = folder / "figures" / "manifest.json"
    manifest = json.loads(path.read_text())
    for notebook in manifest["notebooks"].values():
        for group, root in (("data", folder), ("figures", folder / "figures")):
            for name in list(notebook[group]):
                file = root / name
                if file.is_file():
                    notebook[group][name] = hashlib.sha256(file.read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest))


def found(folder):
    """(figure, mark, problem) of everything found."""
    findings = verify(folder / "figures", folder / "data").findings
    return set(findings[["figure", "mark", "problem"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The figures and data as they are here, once."""
    return copy_shipped(tmp_path_factory.mktemp("published"))


@pytest.fixture
def copy(published, tmp_path):
    """One to tamper with."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return tmp_path


def replace(path, old, new, times=1):
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, times), encoding="utf-8")


def keep_only(folder, *names):
    """Leave out other figures, so that a test is quick."""
    path = folder / "figures" / "manifest.json"
    manifest = json.loads(path.read_text())
    for notebook in manifest["notebooks"].values():
        for name in list(notebook["figures"]):
            if not name.startswith(names):
                del notebook["figures"][name]
                (folder / "figures" / name).unlink()
    manifest["notebooks"] = {name: one for name, one in manifest["notebooks"].items() if one["figures"]}
    path.write_text(json.dumps(manifest))


@pytest.fixture(scope="module")
def verified(published):
    return verify(published / "figures", published / "data")


def test_the_figures_of_this_repository_follow_from_its_documents(verified):
    assert verified.findings.values.tolist() == []
    table = pd.read_csv(ROOT / "figures" / "02-most-frequent-words.csv")
    row = verified.checked.set_index("figure").loc["02-most-frequent-words"]
    assert row["n_marks"] == len(table) and row["n_passages"] == table["n"].sum() and row["n_elsewhere"] == 0
    for column in ("n", "total", "per_1000", "n_paragraphs", "low", "high", "few"):
        assert column in row["rederived"].split(", ")
    assert set(row["rederived"].split(", ")) | set(row["not_rederived"].split(", ")) == set(table) - {"mark"}
    unseen = verified.checked.set_index("figure").loc["06-codebook-on-unseen-paragraphs"]
    assert unseen["n_elsewhere"] == unseen["n_passages"] > 0


WORDS, WHOLE = "every place of the words named", "paragraphs with a kept hit"
RULES = {
    "01-where-every-character-went": "every stretch of the document",
    "01-words-per-paragraph": "all running words",
    "02-heading-words": WORDS,
    FREQUENT: WORDS,
    "02-silences": WORDS,
    SECTIONS: WORDS,
    "03-search-against-reading": "places of search or hit",
    "03-where-and-in-which-sense": "hits of the label, kept or not",
    "04-where-these-words-stand": WORDS,
    "04-words-of-each-section": WORDS,
    "06-codebook-on-unseen-paragraphs": "each paragraph coded and assigned as the row says",
    THEMES: WHOLE,
    "07-topics-against-accidents": WORDS,
    "08-concepts-by-section": "kept hits of the label",
    "08-most-frequent-words": WORDS,
    "08-where-each-concept-stands": "hits of the label, kept or not",
    "09-passages-per-100000-words": "documents with management, resolution, … above 0",
    "09-search-against-reading": "documents with management_counted, resolution_counted, … above 0",
    "09-speeches-that-speak-of-it": "documents with management, resolution, … above 0",
}
TOLD = {  # numbers that are drawn and not worked out again: they come from a model, or are written into a sentence
    "01-words-per-paragraph": {"label"},
    "02-silences": {"label"},
    "06-codebook-on-unseen-paragraphs": {"row"},
    "06-themes-by-section": {"column"},  # the name of a theme: reviews of 2015
    "07-topics-against-accidents": {"k", "topic", "percent", "low", "high", "label"},
}


def test_every_figure_has_its_rule_and_every_number_is_worked_out_again(verified):
    """A rule that is no longer recognised, or a number that nothing is said about, would pass in silence."""
    checked = verified.checked.set_index("figure")
    assert checked["passages"].to_dict() == RULES
    for figure, row in checked.iterrows():
        names = [name for name in row["not_rederived"].split(", ") if name]
        left = pd.read_csv(ROOT / "figures" / f"{figure}.csv")[names]
        numbers = {name for name in left if left[name].astype("str").str.contains(r"\d").any()}
        assert numbers - {"interval", "terms", "why_expected"} == TOLD.get(figure, set()), figure


@pytest.mark.parametrize("suffix", [".svg", ".png", ".csv", ".evidence.csv"])
def test_a_changed_or_missing_file_is_named(copy, suffix):
    keep_only(copy, "02-silences")
    path = copy / "figures" / f"02-silences{suffix}"
    content = path.read_bytes()
    path.write_bytes(content + b"\n" if suffix != ".csv" else content.replace(b"Women,Women", b"Women,Men"))
    assert ("02-silences", "", "file is not the one in the manifest") in found(copy)
    path.unlink()
    assert ("02-silences", "", "file is missing") in found(copy)


def test_changed_and_missing_data_are_named(copy):
    keep_only(copy, "02-silences")
    replace(copy / "data" / "stopwords.txt", "the\n", "")
    (copy / "data" / "silences.csv").unlink()
    findings = verify(copy / "figures", copy / "data").findings
    assert findings["problem"].tolist() == ["file is missing", "file is not the one in the manifest"]
    assert findings["detail"].tolist() == [
        "data/silences.csv, read by 02-what-it-dwells-on.ipynb",
        "data/stopwords.txt, read by 02-what-it-dwells-on.ipynb",
    ]


@pytest.mark.parametrize("text", [None, "{", "[]", '{"notebooks": {"a": 1}}', '{"notebooks": {"a": {"data": {}}}}'])
def test_a_manifest_that_is_missing_or_broken_is_told_and_the_figures_are_checked_all_the_same(copy, text):
    keep_only(copy, "02-silences")
    (copy / "figures" / "manifest.json").unlink()
    if text is not None:
        (copy / "figures" / "manifest.json").write_text(text)
    replace(copy / "figures" / "02-silences.csv", "before the Security Council in 2016,2,0", "x,3,0")
    problem = "file is missing" if text is None else "file cannot be read"
    assert {("manifest", "", problem), ("02-silences", "Palestine", "n differs")} <= found(copy)


def test_a_figure_that_no_notebook_wrote_is_named(copy):
    keep_only(copy, "02-silences")
    for suffix in files.SUFFIXES:
        shutil.copy(copy / "figures" / f"02-silences{suffix}", copy / "figures" / f"new{suffix}")
    assert found(copy) == {("new", "", "figure is not in the manifest")}


@pytest.mark.parametrize(
    ("figure", "column", "mark", "value"),
    [
        (FREQUENT, "n", "peace", "26"),
        (FREQUENT, "total", "peace", "2461"),
        (FREQUENT, "per_1000", "peace", "10.1544"),
        (FREQUENT, "n_paragraphs", "peace", "18"),
        (FREQUENT, "low", "peace", "9.25636"),
        (FREQUENT, "high", "peace", "11"),
        (FREQUENT, "few", "peace", "True"),
        (FREQUENT, "word", "peace", "war"),
        (FREQUENT, "n", "peace", "many"),
        (FREQUENT, "total", "peace", ""),
        (SECTIONS, "n", "Background--arab", "1"),
        (SECTIONS, "total", "Background--arab", "2462"),
        (SECTIONS, "per_1000", "Background--peace", "18.7"),
        (SECTIONS, "n_paragraphs", "Background--peace", "5"),
        (SECTIONS, "section", "Background--peace", "UN Reform"),
        ("02-heading-words", "elsewhere", "Summary.of.Discussions--discussions", "4"),
        ("02-silences", "few", "Women", "False"),
        (THEMES, "percent", "Background--reviews-2015", "60"),
        (THEMES, "n", "Background--reviews-2015", "2"),
        ("03-where-and-in-which-sense", "kept", "conflict.resolution--5--265", "True"),
        ("03-where-and-in-which-sense", "paragraph", "conflict.resolution--5--265", "6"),
        ("01-words-per-paragraph", "n", "cairo-workshop-2016--1", "58"),
        ("01-words-per-paragraph", "section", "cairo-workshop-2016--1", "UN Reform"),
        ("01-where-every-character-went", "end", "cairo-workshop-2016--front.matter--4", "43"),
        ("06-codebook-on-unseen-paragraphs", "n", "coherence--both", "10"),
        ("07-topics-against-accidents", "n", "2.topics--1--african.~b7~.au", "85"),
        ("02-silences", "outside", "Women", "2"),
        ("01-words-per-paragraph", "notes", "cairo-workshop-2016--5", "4"),
        (FREQUENT, "label", "peace", "25 in 18 ¶"),
        (SECTIONS, "name", "Background--peace", "Background\n¶1–4 · 268 words"),
        ("01-where-every-character-went", "lane", "cairo-workshop-2016--front.matter--4", "front matter (169)"),
        ("04-words-of-each-section", "percent", "Background--reviews", "66.6"),
        ("04-words-of-each-section", "low", "Background--reviews", "51"),
        ("04-words-of-each-section", "high", "Background--reviews", "81"),
        ("04-words-of-each-section", "elsewhere", "Background--reviews", "3"),
        ("04-words-of-each-section", "label", "Background--reviews", "2 here, 4 elsewhere"),
        ("04-words-of-each-section", "of", "Background--reviews", "Background (12 % of the words)"),
        ("04-where-these-words-stand", "strip", "cairo-workshop-2016--8--las--381", "LAS: 11 in 8 ¶"),
        ("06-codebook-on-unseen-paragraphs", "n_coded", "coherence--both", "17"),
        ("09-speeches-that-speak-of-it", "n", "prevention--1992", "104"),
        ("09-speeches-that-speak-of-it", "n_documents", "prevention--1992", "166"),
        ("09-speeches-that-speak-of-it", "percent", "prevention--1992", "63"),
        ("09-speeches-that-speak-of-it", "low", "prevention--1992", "56"),
        ("09-passages-per-100000-words", "n_passages", "prevention--1990~2013~94", "605"),
        ("09-passages-per-100000-words", "words", "prevention--1990~2013~94", "2536383"),
        ("09-passages-per-100000-words", "per_100000", "prevention--1990~2013~94", "23.9"),
        ("09-search-against-reading", "counted", "management--1990~2013~94", "66"),
        ("09-search-against-reading", "search", "management--1990~2013~94", "680"),
        ("09-search-against-reading", "percent", "management--1990~2013~94", "9.6"),
    ],
)
def test_a_changed_number_is_found_and_named(copy, figure, column, mark, value):
    keep_only(copy, figure + ".")
    path = copy / "figures" / f"{figure}.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert (table["mark"] == mark).sum() == 1 and table.loc[table["mark"] == mark, column].item() != value
    table.loc[table["mark"] == mark, column] = value
    table.to_csv(path, index=False, lineterminator="\n")
    sign(copy)
    assert (figure, mark, f"{column} differs") in found(copy)


@pytest.mark.parametrize("words", ["terror*", "", "~"])
def test_words_that_are_none_are_found_and_the_other_figures_checked_all_the_same(copy, words):
    keep_only(copy, "02-silences.", FREQUENT)
    path = copy / "figures" / "02-silences.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    row = table.index[table["subject"] == "Women"][0]
    table.loc[row, "words"] = words
    table.to_csv(path, index=False)
    sign(copy)
    told = verify(copy / "figures", copy / "data")
    assert set(told.checked["figure"]) == {FREQUENT, "02-silences"}
    assert {mark for figure, mark, _, _ in told.findings.itertuples(index=False) if figure == "02-silences"} == {
        "Women"
    }


def test_all_failures_are_listed_not_only_the_first(copy):
    keep_only(copy, FREQUENT + ".")
    path = copy / "figures" / f"{FREQUENT}.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    table["total"] = "2000"
    table.to_csv(path, index=False)
    sign(copy)
    assert {(FREQUENT, mark, "total differs") for mark in table["mark"]} <= found(copy)


def with_evidence(folder, figure, change):
    """Change the evidence of a figure, and `n` with it, so that the numbers still agree."""
    path = folder / "figures" / f"{figure}.evidence.csv"
    evidence = change(pd.read_csv(path, dtype="str", keep_default_na=False))
    evidence.to_csv(path, index=False, lineterminator="\n")
    drawn = folder / "figures" / f"{figure}.csv"
    table = pd.read_csv(drawn, dtype="str", keep_default_na=False)
    table["n"] = table["mark"].map(evidence["mark"].value_counts()).fillna(0).astype("int64")
    table.to_csv(drawn, index=False, lineterminator="\n")
    sign(folder)


def shift(by, column="start", row=0):
    def change(evidence):
        evidence.loc[row, column] = str(int(evidence.loc[row, column]) + by)
        return evidence

    return change


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (shift(1), {"passage begins inside a word", "passage does not count here", "passage is missing"}),
        (shift(-1), {"passage begins or ends with white space", "passage does not count here"}),
        (shift(-1, "end"), {"passage ends inside a word", "passage is missing"}),
        (shift(5000, "end"), {"passage lies outside the text, which has 522 characters", "passage is missing"}),
        (shift(-20, "end"), {"passage is empty", "passage is missing"}),
        (lambda e: e.assign(paragraph=["34", *e["paragraph"][1:]]), {"passage is missing"}),
        (lambda e: e.assign(paragraph=["99", *e["paragraph"][1:]]), {"paragraph is not in the document"}),
        (lambda e: e.assign(document=["other", *e["document"][1:]]), {"document is neither here nor in elsewhere.csv"}),
        (lambda e: e[1:], {"passage is missing"}),
        (lambda e: pd.concat([e, e[:1]]), {"passage is there twice"}),
        (lambda e: e.assign(start=["x", *e["start"][1:]]), {"place is not whole numbers"}),
        (lambda e: e.assign(start=["-1", *e["start"][1:]]), {"place is not whole numbers"}),
        (lambda e: e.assign(mark=["Women", *e["mark"][1:]]), {"passage is missing"}),
        (lambda e: e.assign(mark=["Wine", *e["mark"][1:]]), {"passage is missing"}),
    ],
)
def test_a_changed_evidence_row_is_found_though_n_agrees(copy, change, problems):
    keep_only(copy, "02-silences")
    length = len(corpus.read(copy / "data/documents").paragraphs.set_index("paragraph").loc["33", "text"])
    with_evidence(copy, "02-silences", change)
    seen = {(mark, problem.replace(str(length), "522")) for _, mark, problem in found(copy)}
    assert {("Terrorism", problem) for problem in problems} <= seen


@pytest.mark.parametrize(
    ("figure", "mark"),
    [
        ("01-where-every-character-went", "cairo-workshop-2016--front.matter--4"),
        ("01-words-per-paragraph", "cairo-workshop-2016--1"),
        (FREQUENT, "un"),
        (SECTIONS, "Background--un"),
        ("02-heading-words", "The.Arab.Perspectives.High-Level.Workshop--arab"),
        ("03-search-against-reading", "conflict.management--3--324"),
        ("03-where-and-in-which-sense", "conflict.management--3--324"),
        (THEMES, "Background--un-credibility"),
        ("07-topics-against-accidents", "2.topics--1--african.~b7~.au"),
        ("04-where-these-words-stand", "cairo-workshop-2016--8--las--381"),
        ("04-words-of-each-section", "Background--reviews"),
        ("06-codebook-on-unseen-paragraphs", "terrorism-extremism--both"),
        ("09-speeches-that-speak-of-it", "management--1979"),
        ("09-passages-per-100000-words", "management--1975~2013~79"),
        ("09-search-against-reading", "management--1975~2013~79"),
    ],
)
def test_a_passage_left_out_is_missed_in_each_kind_of_figure(copy, figure, mark):
    keep_only(copy, figure + ".")
    with_evidence(copy, figure, lambda evidence: evidence[1:])
    assert (figure, mark, "passage is missing") in found(copy)


def test_a_passage_that_is_nowhere_drawn_is_missed(copy):
    """One mark for each passage: taken out of table, evidence and SVG alike, it still lacks."""
    keep_only(copy, "03-where-and-in-which-sense")
    figure, mark = "03-where-and-in-which-sense", "conflict.resolution--10--131"
    for suffix in (".csv", ".evidence.csv"):
        path = copy / "figures" / f"{figure}{suffix}"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(mark)))
    replace(copy / "figures" / f"{figure}.svg", f'id="{mark}"', 'id="a_1"')
    sign(copy)
    assert (figure, "conflict resolution, 10, 131", "passage is missing") in found(copy)


def test_a_changed_paragraph_is_found(copy):
    keep_only(copy, "02-silences")
    document = copy / "data" / "documents" / "cairo-workshop-2016.md"
    text = document.read_text()
    place = text.index("terrorism")
    document.write_text(text[:place] + "terrorXsm" + text[place + 9 :])
    assert ("manifest", "", "file is not the one in the manifest") in found(copy)
    sign(copy)
    seen = found(copy)
    assert ("02-silences", "Terrorism", "passage does not count here") in seen
    assert not any(figure == "manifest" for figure, _, _ in seen)


def test_a_word_put_into_a_paragraph_is_found_by_every_figure_that_counts(copy):
    keep_only(copy, "01-", FREQUENT + ".", "03-where")
    document = copy / "data" / "documents" / "cairo-workshop-2016.md"
    replace(document, "Participants opined that", "Participants peace opined that")
    sign(copy)
    seen = found(copy)
    assert (FREQUENT, "peace", "passage is missing") in seen and (FREQUENT, "peace", "total differs") in seen
    assert (FREQUENT, "un", "total differs") in seen
    assert ("01-words-per-paragraph", "cairo-workshop-2016--14", "passage is missing") in seen
    assert any(figure == "01-where-every-character-went" for figure, _, _ in seen)
    assert ("03-where-and-in-which-sense", "conflict.resolution--14--102", "passage does not count here") in seen


def test_a_changed_codebook_is_found(copy):
    keep_only(copy, "03-where")
    replace(copy / "data" / "codebooks" / "conflict.yml", "- conflict* management", "- conflict* mismanagement")
    sign(copy)
    problem = ("03-where-and-in-which-sense", "conflict.management--14--77", "passage does not count here")
    assert problem in found(copy)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id="peace"', 'id="war"', "mark is not drawn"),
        ('id="peace"', "", "mark is not drawn"),
        ('id="peace"', 'id="un"', "mark is not drawn"),
    ],
)
def test_a_mark_taken_out_of_the_svg_or_renamed_is_found(copy, old, new, problem):
    keep_only(copy, FREQUENT + ".")
    replace(copy / "figures" / f"{FREQUENT}.svg", old, new)
    sign(copy)
    seen = found(copy)
    assert (FREQUENT, "peace", problem) in seen
    assert ((FREQUENT, "war", "mark is drawn but not in the table") in seen) == ("war" in new)
    assert ((FREQUENT, "un", "mark is drawn twice") in seen) == ("un" in new)


def test_a_bar_of_another_length_and_an_empty_mark_are_found(copy):
    keep_only(copy, FREQUENT + ".")
    path = copy / "figures" / f"{FREQUENT}.svg"
    text = path.read_text()
    begin = text.index('<g id="peace">')
    group = text[begin : text.index("</g>", begin)]
    right = sorted(set(group.split("L ")[1:][0].split()[:1]))[0]
    path.write_text(text.replace(group, group.replace(right, f"{float(right) + 4:.6f}")))
    sign(copy)
    assert found(copy) == {(FREQUENT, "peace", "mark is drawn at another place")}
    path.write_text(text.replace(group, '<g id="peace">'))
    sign(copy)
    assert found(copy) == {(FREQUENT, "peace", "mark is drawn without a shape")}


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg><g id='peace'>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg><g id="&b;"/></svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]><svg>&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY % a "x">]><svg/>',
        b"",
    ],
)
def test_an_svg_that_is_not_xml_or_has_entities_is_refused(copy, svg):
    keep_only(copy, "02-silences")
    (copy / "figures" / "02-silences.svg").write_bytes(svg)
    sign(copy)
    assert found(copy) == {("02-silences", "", "file cannot be read")}


@pytest.mark.parametrize(
    "content",
    [b"", b"mark,n\n", b"mark,n\na\n", b"mark,n\na,1,2\n", b'mark,n\n"a,1\n', b"\xff", b"word,n\na,1\n", b"n,n\n1,1\n"],
)
def test_a_table_that_cannot_be_read_is_told(copy, content):
    keep_only(copy, "02-silences")
    (copy / "figures" / "02-silences.csv").write_bytes(content)
    (copy / "figures" / "02-silences.evidence.csv").write_bytes(content)
    sign(copy)
    assert ("02-silences", "", "file cannot be read") in found(copy)


def test_documents_elsewhere_must_be_named(copy):
    keep_only(copy, "06-codebook")
    path = copy / "data" / "elsewhere.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("A_79_755")))
    seen = {problem for _, _, problem in found(copy)}
    assert seen == {"document is neither here nor in elsewhere.csv"}
    path.write_text("document,title\na,b\n")
    assert ("elsewhere.csv", "", "file cannot be read") in found(copy)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("paragraph", "1", "paragraph is not in the table that describes its document"),
        ("document", "A_78_737", "paragraph is not in the table that describes its document"),
        ("end", "9999", "passage lies outside the text, which has 701 characters"),
    ],
)
def test_passages_elsewhere_lie_in_the_paragraphs_that_were_coded(copy, column, value, problem):
    keep_only(copy, "06-codebook")
    path = copy / "figures" / "06-codebook-on-unseen-paragraphs.evidence.csv"
    evidence = pd.read_csv(path, dtype="str")
    assert evidence.iloc[0].tolist() == ["terrorism-extremism--both", "A_79_755", "110", "0", "701"]
    evidence.loc[0, column] = value
    evidence.to_csv(path, index=False)
    sign(copy)
    missing = {"passage is missing", "passage does not count here"}
    name, mark = "06-codebook-on-unseen-paragraphs", "terrorism-extremism--both"
    assert found(copy) == {(name, mark, one) for one in (problem, *missing)}


def test_a_speech_is_as_long_as_the_table_of_counts_says(copy):
    keep_only(copy, "09-speeches")
    path = copy / "figures" / "09-speeches-that-speak-of-it.evidence.csv"
    replace(path, "management--1979,PHL_34_1979,,0,16687", "management--1979,PHL_34_1979,,0,16688")
    sign(copy)
    problem = "passage lies outside the text, which has 16687 characters"
    assert ("09-speeches-that-speak-of-it", "management--1979", problem) in found(copy)


def test_a_changed_count_of_a_document_elsewhere_is_found(copy):
    """Of one speech, the passages on management left out: mark, count and rate of its years no longer follow."""
    keep_only(copy, "09-")
    path = copy / "data" / "general-debate-1970-1999.csv"
    table = pd.read_csv(path, dtype="str")
    assert table.loc[table["document"] == "PHL_34_1979", "management"].item() == "2"
    table.loc[table["document"] == "PHL_34_1979", "management"] = "0"
    table.to_csv(path, index=False)
    sign(copy)
    seen = found(copy)
    assert ("09-speeches-that-speak-of-it", "management--1979", "passage does not count here") in seen
    assert ("09-passages-per-100000-words", "management--1975~2013~79", "n_passages differs") in seen
    assert ("09-passages-per-100000-words", "management--1975~2013~79", "per_100000 differs") in seen


def test_a_changed_code_of_a_paragraph_elsewhere_is_found(copy):
    keep_only(copy, "06-codebook")
    replace(copy / "data/coding/un-peace-operations.csv", ",525,regional-context,", ",525,coherence,")
    sign(copy)
    seen = found(copy)
    assert ("06-codebook-on-unseen-paragraphs", "coherence--both", "n_coded differs") in seen
    assert any(problem == "passage is missing" for _, mark, problem in seen if mark.startswith("coherence"))


def test_every_document_of_the_unseen_coding_is_named_elsewhere_and_no_other():
    coded = pd.read_csv(ROOT / "data" / "coding" / "un-peace-operations.csv", dtype="str")
    named = pd.read_csv(ROOT / "data" / "elsewhere.csv", dtype="str")
    assert set(coded["document"]) | {"general-debate-1970-1999.csv"} == set(named["document"])
    assert not named.isna().any(axis=None)


BOOK = "peace:\n  any: [peace, ceasefire*]\n  except: {peace pipe: a pipe}\nwar:\n  any: [war, wars]\n"
TEXTS = {
    "one.md": "## Début\n\n1. Peace, war; “peace” — peace pipe, re-peace 50%.\n\n2. Ceasefires & $\\frac{1}{2}$ <war>.\n\n"
    "## End\n\n3. Nothing here.\n",
    "two.txt": "1. War and wars and peace.\n\n2. سلام peace سلام.\n\n3. No.\n",
    "three.txt": "1. Peace again.\n\n2. The war is over.\n",
}


@pytest.fixture
def own(tmp_path):
    """A user's own documents, codebook and figures, of other kinds than those here."""
    root = tmp_path / "my project"
    for folder in ("figures", "data/documents", "data/codebooks", "data/coding"):
        (root / folder).mkdir(parents=True)
    for name, text in TEXTS.items():
        (root / "data/documents" / name).write_text(text, encoding="utf-8")
    (root / "data/codebooks/book.yml").write_text(BOOK)
    paragraphs = corpus.read(root / "data/documents").paragraphs.fillna({"section": "(no heading)"})
    words = tokens.tokenize(paragraphs)
    book = codebooks.load(root / "data/codebooks/book.yml")
    hits = patterns.find(paragraphs, book)
    kept = hits[hits["kept"]].merge(paragraphs[["document", "paragraph", "section"]])

    def save(name, data, evidence, by, ax=None, x="n", y="name"):
        data = figures.mark(data, by)
        data["name"] = data["mark"]
        evidence = figures.mark(evidence, by)
        evidence = evidence[evidence["mark"].isin(data["mark"])]
        ax = charts.bars(data, x=x, y=y)
        figures.save(ax, root / "figures" / name, data=data, evidence=evidence, alt="Own.")

    save("hits", frequency.count_hits(hits, words, by="document"), kept, ["document", "label"])
    save("hits-whole", frequency.count_hits(hits, words), kept, "label", x="per_1000")
    place = tokens.find(words, ["peace", "war and", "never"])
    counts = frequency.count(words, by=["document", "section"], words=["peace", "war and", "never"])
    save("words", counts, place, ["document", "section", "token"])
    year = {"one": "1999", "two": "1999", "three": "2004"}
    dated, placed = words.assign(year=words["document"].map(year).astype("str")), place
    placed = placed.assign(year=placed["document"].map(year).astype("str"))
    save("by-year", frequency.count(dated, by="year", words=["peace"]), placed, ["year", "token"])
    assigned = themes.classify(paragraphs, book).merge(paragraphs[["document", "paragraph", "text"]])
    whole = assigned[assigned["assigned"]].assign(start=0, end=lambda table: table["text"].str.len())
    share = assigned.groupby(["document", "theme"], sort=False)["assigned"].agg(n="sum", share="mean").reset_index()
    save("themes", share, whole, ["document", "theme"], x="share")
    coded = assigned[["document", "paragraph", "theme"]].drop_duplicates("paragraph").assign(theme="by hand")
    coded.to_csv(root / "data/coding/own.csv", index=False)
    by_hand = coded.merge(paragraphs[["document", "paragraph", "text"]]).assign(start=0)
    by_hand["end"] = by_hand["text"].str.len()
    save("by-hand", coded.groupby("theme").size().rename("n").reset_index(), by_hand, "theme")
    near = place[place["token"] == "peace"].assign(token="of peace")[:2]
    other = pd.DataFrame({"group": ["first", "other"], "n": [2, 0], "n_paragraphs": [7, 7], "share": [0.3, 0.4]})
    save("other", other, near.assign(group="first"), "group")
    data = [p.relative_to(root).as_posix() for p in (root / "data").rglob("*.*")]
    drawn = [p.name for p in (root / "figures").iterdir()]
    book = {"data": dict.fromkeys(data, ""), "figures": dict.fromkeys(drawn, "")}
    (root / "figures/manifest.json").write_text(json.dumps({"notebooks": {"own.ipynb": book}}))
    sign(root)
    return root


def test_figures_of_ones_own_pass(own):
    verified = verify(own / "figures", own / "data")
    assert verified.findings.values.tolist() == []
    checked = verified.checked.set_index("figure")
    assert checked["passages"].to_dict() == {
        "by-hand": "paragraphs coded in coding/own.csv",
        "by-year": "",
        "hits": "kept hits of the label",
        "hits-whole": "kept hits of the label",
        "other": "",
        "themes": "paragraphs with a kept hit",
        "words": "every place of the words named",
    }
    assert {"total", "per_1000"} <= set(checked.loc["hits", "rederived"].split(", "))
    assert {"total", "low", "high"} <= set(checked.loc["words", "rederived"].split(", "))
    # No column of the documents says what a year is, so the words of a year are not known.
    assert "total" in checked.loc["by-year", "not_rederived"].split(", ")
    # A share of something else, and intervals by document, are left alone, and said to be.
    assert {"share", "n_paragraphs"} <= set(checked.loc["other", "not_rederived"].split(", "))
    assert {"low", "high", "interval"} <= set(checked.loc["hits-whole", "not_rederived"].split(", "))


def test_a_concept_that_is_nowhere_is_worked_out_again_as_0(own):
    """A codebook that finds nothing: a table of zeros, and a chart without a mark."""
    root = own
    (root / "data/codebooks/book.yml").write_text("drones:\n  any: [drone*]\n")
    paragraphs = corpus.read(root / "data/documents").paragraphs
    hits = patterns.find(paragraphs, codebooks.load(root / "data/codebooks/book.yml"))
    data = figures.mark(
        frequency.count_hits(hits, tokens.tokenize(paragraphs), by="document", labels=["drones"]), ["document", "label"]
    )
    hits = figures.mark(hits, ["document", "label"])
    figures.save(charts.bars(data, x="n", y="mark"), root / "figures/hits", data=data, evidence=hits, alt="Own.")
    strip = charts.strip(
        hits.assign(strip=pd.Categorical(hits["label"], ["drones"])), x="paragraph", y="strip", order=["1"]
    )
    figures.save(
        strip,
        root / "figures/words",
        data=hits.assign(n=1, total=9, token="x", elsewhere=3)[["mark", "n", "total", "token", "elsewhere"]],
        evidence=hits,
        alt="Own.",
    )
    keep_only(root, "hits.", "words.")
    sign(root)
    assert found(root) == set()
    path = root / "figures/hits.csv"
    table = pd.read_csv(path, dtype="str")
    assert table["n"].to_list() == ["0", "0", "0"]
    table.assign(total=["1", *table["total"][1:]], n=["0", "0", "1"]).to_csv(path, index=False)
    sign(root)
    assert {problem for figure, _, problem in found(root) if figure == "hits"} >= {"n differs", "total differs"}


def test_a_changed_share_of_ones_own_is_found(own):
    path = own / "figures" / "themes.csv"
    table = pd.read_csv(path)
    assert table.loc[table["mark"] == "one--peace", "share"].item() == pytest.approx(2 / 3, abs=1e-6)
    table.loc[table["mark"] == "one--peace", "share"] = 0.6666
    table.to_csv(path, index=False)
    sign(own)
    assert ("themes", "one--peace", "share differs") in found(own)


def test_a_hit_that_the_codebook_sets_aside_does_not_count(own):
    """“peace pipe” is excepted: put into evidence and n, it is found."""
    text = corpus.read(own / "data/documents").paragraphs.set_index(["document", "paragraph"]).loc[("one", "1"), "text"]
    start = text.index("peace pipe")
    row = {"mark": "one--peace", "document": "one", "paragraph": "1", "start": str(start), "end": str(start + 5)}
    with_evidence(own, "hits", lambda evidence: pd.concat([evidence, pd.DataFrame([row])], ignore_index=True))
    assert ("hits", "one--peace", "passage does not count here") in found(own)


def test_without_documents_the_passages_are_not_known(own):
    shutil.rmtree(own / "data" / "documents")
    problems = {problem for figure, _, problem in found(own) if figure == "words"}
    assert problems == {"document is neither here nor in elsewhere.csv"}


def test_a_broken_codebook_is_told(own):
    (own / "data/codebooks/book.yml").write_text("peace: [")
    assert "codebook or coding cannot be read" in {problem for _, _, problem in found(own)}


def test_rates_by_hand():
    """Two paragraphs of 2 and 3 words, peace once in each: 2/5, without one of them 1/3 and 1/2."""
    paragraphs = pd.DataFrame(
        {"document": "d", "paragraph": ["1", "2"], "section": "s", "text": ["peace now", "no peace yet"]}
    )
    words = tokens.tokenize(paragraphs)
    texts = {("d", ""): "", ("d", "1"): "peace now", ("d", "2"): "no peace yet"}
    known = reading.Sources(None, {}, texts, paragraphs, words, None, None, set(), {})
    evidence = pd.DataFrame({"mark": "peace", "document": "d", "paragraph": ["1", "2"], "start": [0, 3], "end": [5, 8]})
    row = {"mark": "peace", "token": "peace", "n": "2", "total": "5", "per_1000": "400.0", "n_paragraphs": "2"}
    row |= {"low": "333.333", "high": "500.0", "interval": "leave one paragraph out", "few": "True", "elsewhere": "0"}
    from analysis.verification.derivation import derive

    def differs(**changed):
        figure = files.Figure("f", pd.DataFrame([row | changed]), evidence, [], [])
        return [problem for _, _, problem, _ in numbers.check(figure, known, derive(figure, known, {}))[1]]

    assert differs() == []
    for column in ("total", "per_1000", "n_paragraphs", "low", "high", "elsewhere"):
        assert differs(**{column: "333.334"}) == [f"{column} differs"] if column != "low" else ["low differs"]
    assert differs(low="333.336") == ["low differs"] and differs(low="333.333") == []
    assert differs(few="False") == ["few differs"]


def test_the_command_says_what_was_checked_and_fails_on_a_failure(copy, capsys):
    keep_only(copy, FREQUENT + ".", "06-codebook")
    folders = ["--figures", str(copy / "figures"), "--data", str(copy / "data")]
    assert main(["verify", *folders]) == 0
    told = capsys.readouterr().out
    assert f"{FREQUENT}: 20 marks, " in told and "not worked out again: interval\n" in told
    assert "are in documents elsewhere: not looked up" in told and told.endswith("2 figures checked, 0 failures.\n")
    replace(copy / "figures" / f"{FREQUENT}.csv", ",2462,", ",2461,")
    assert main(["verify", *folders]) == 1
    told = capsys.readouterr().out
    assert f"FAILS {FREQUENT}, mark 'un': total differs: drawn 2461, worked out 2462\n" in told
    assert f"FAILS {FREQUENT}: file is not the one in the manifest" in told
    assert told.endswith("2 figures checked, 2 failures.\n")


def test_folders_that_are_not_there_and_words_not_known_are_told(capsys, tmp_path):
    for arguments, message in [
        (["verify", "--figures", str(tmp_path / "no")], "There is no folder"),
        (["verfy"], "invalid choice"),
        ([], "required"),
    ]:
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert message in capsys.readouterr().err
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        verify(tmp_path, tmp_path / "no")
