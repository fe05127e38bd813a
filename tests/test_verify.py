"""Every kind of tampering is seen by a figure's contract, and what is honest passes."""

import hashlib
import json
import shutil
import sys
import warnings

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis import charts, codebooks, contracts, corpus, figures, frequency, patterns, tables, themes, tokens, verify
from analysis.__main__ import main
from tests.conftest import FIGURES, copy_shipped

SHIPPED = sorted({name.removesuffix(".svg") for name in FIGURES if name.endswith(".svg")})
FREQUENT, SECTIONS, THEMES = "02-most-frequent-words", "02-words-by-section", "06-themes-by-section"
STANCES, SPEECHES, PERIODS = (
    "03-where-and-in-which-sense",
    "09-speeches-that-speak-of-it",
    "09-passages-per-100000-words",
)
CHARACTERS, SEARCH, UNSEEN = (
    "01-where-every-character-went",
    "09-search-against-reading",
    "06-codebook-on-unseen-paragraphs",
)


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The figures and data as they are here, once."""
    return copy_shipped(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def known(published):
    """The documents, read once."""
    return contracts.known(published / "data")


@pytest.fixture
def copy(published, tmp_path):
    """The files of one figure, to tamper with."""

    def of(figure):
        for suffix in figures.SUFFIXES:
            shutil.copy(published / "figures" / (figure + suffix), tmp_path)
        return tmp_path / figure

    return of


def change(path, suffix, edit):
    """Edit a table of a figure, written as figures are."""
    path = path.with_name(path.name + suffix)
    table = edit(tables.read(path, ["mark"]).reset_index(drop=True))
    path.write_bytes(tables.figure_csv(table))
    return table


def change_evidence(path, edit):
    """Edit the passages of a figure, and `n` with them, so that the numbers still agree."""
    n = change(path, ".evidence.csv", edit)["mark"].value_counts()
    change(path, ".csv", lambda table: table.assign(n=table["mark"].map(n).fillna(0).astype("int64")))


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(path, known):
    """(mark, problem) of everything found in one figure."""
    return {(mark, problem) for mark, problem, _ in verify.figure(path, known)[1]}


def sign(root):
    """A manifest of one notebook with the checksums of what is there now."""
    path = root / "figures" / "manifest.json"
    drawn = [one for one in sorted((root / "figures").iterdir()) if one != path]
    data = [one for one in sorted((root / "data").rglob("*.*")) if one.is_file()]
    sums = [
        {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}
        for folder, files in ((root, data), (root / "figures", drawn))
    ]
    made = {"own.ipynb": {"data": sums[0], "figures": sums[1]}}
    path.write_text(json.dumps({"versions": {}, "notebooks": made}))


def test_the_figures_of_this_repository_follow_from_its_documents(published, capsys):
    assert main(["verify", "--figures", str(published / "figures"), "--data", str(published / "data")]) == 0
    told = capsys.readouterr().out
    assert told.endswith(f"{len(SHIPPED)} figures, 0 failures.\n") and "NOT CHECKED" not in told
    rule = "every running word in cairo-workshop-2016; by token: the 20 words with the largest n but those of data/"
    assert f"{FREQUENT}: {rule}stopwords.txt\n    20 marks, 266 passages; not checked: low, high, interval\n" in told


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize("figure", SHIPPED)
def test_marks_that_are_deleted_everywhere_are_missed(copy, known, figure, share):
    """Out of table, evidence and drawing alike: their ids become those that matplotlib gives."""
    path = copy(figure)
    table = tables.read(path.with_name(f"{figure}.csv"))
    gone = table.sample(frac=share, random_state=1)["mark"]
    svg = path.with_name(f"{figure}.svg").read_text()
    for number, mark in enumerate(gone):
        assert svg.count(f'<g id="{mark}">') == 1
        svg = svg.replace(f'<g id="{mark}">', f'<g id="patch_{1000 + number}">')
    path.with_name(f"{figure}.svg").write_text(svg)
    for suffix in (".csv", ".evidence.csv"):
        change(path, suffix, lambda table: table[~table["mark"].isin(gone)])
    contract = path.with_name(f"{figure}.json")
    assert ("", "number of marks differs") in found(path, known)
    contract.write_text(json.dumps(json.loads(contract.read_text()) | {"marks": len(table) - len(gone)}))
    stated = "stated" in json.loads(contract.read_text())["chosen"]
    missing = {(mark, "mark is missing") for mark in gone}
    assert stated or found(path, known) & missing  # though the number was forged as well


@pytest.mark.parametrize(
    ("figure", "column", "mark", "value"),
    [
        (FREQUENT, "n", "peace", "26"),
        (FREQUENT, "n", "peace", "many"),
        (FREQUENT, "total", "peace", "2461"),
        (FREQUENT, "total", "peace", ""),
        (FREQUENT, "per_1000", "peace", "10.1544"),
        (FREQUENT, "n_paragraphs", "peace", "18"),
        (FREQUENT, "few", "peace", "True"),
        (FREQUENT, "form", "peace", "war"),
        (SECTIONS, "n", "Background--arab", "1"),
        (SECTIONS, "total", "Background--arab", "2462"),
        (SECTIONS, "per_1000", "Background--peace", "18.7"),
        (SECTIONS, "n_paragraphs", "Background--peace", "5"),
        (STANCES, "kept", "conflict.resolution--5--265", "True"),
        (STANCES, "match", "conflict.resolution--5--265", "peace"),
        (THEMES, "n", "Background--reviews-2015", "9"),
        ("01-words-per-paragraph", "n", "cairo-workshop-2016--1", "58"),
        ("01-words-per-paragraph", "section", "cairo-workshop-2016--1", "UN Reform"),
        ("02-silences", "n", "Women", "1"),
        ("04-words-of-each-section", "n_paragraphs", "Background--reviews", "4"),
        ("07-topics-against-accidents", "n", "2.topics--1--african.~b7~.au", "85"),
        (UNSEEN, "n", "coherence--both", "10"),
        (SPEECHES, "n", "prevention--1992", "104"),
        (SPEECHES, "speeches", "prevention--1992", "166"),
        (SPEECHES, "percent", "prevention--1992", "63"),
        (PERIODS, "n_passages", "prevention--1990~2013~94", "605"),
        (PERIODS, "words", "prevention--1990~2013~94", "2536383"),
        (PERIODS, "per_100000", "prevention--1990~2013~94", "23.9"),
        (SEARCH, "counted", "management--1990~2013~94", "66"),
        (SEARCH, "search", "management--1990~2013~94", "680"),
        (SEARCH, "percent", "management--1990~2013~94", "9.6"),
    ],
)
def test_a_changed_number_is_found_and_named(copy, known, figure, column, mark, value):
    path = copy(figure)

    def edit(table):
        assert (table["mark"] == mark).sum() == 1 and table.loc[table["mark"] == mark, column].item() != value
        table.loc[table["mark"] == mark, column] = value
        return table

    change(path, ".csv", edit)
    assert (mark, f"{column} differs") in found(path, known)


@pytest.mark.parametrize(
    ("figure", "column", "mark", "value"),
    [
        (SECTIONS, "section", "Background--peace", "UN Reform"),
        (STANCES, "paragraph", "conflict.resolution--5--265", "6"),
        (CHARACTERS, "begins", "cairo-workshop-2016--front.matter--4", "5"),
    ],
)
def test_a_mark_under_another_name_is_found(copy, known, figure, column, mark, value):
    path = copy(figure)
    change(path, ".csv", lambda table: table.assign(**{column: table[column].where(table["mark"] != mark, value)}))
    assert (mark, "mark is not what its columns name") in found(path, known)


@pytest.mark.parametrize(("figure", "column"), [(FREQUENT, "form"), (CHARACTERS, "lane"), (SECTIONS, "n")])
def test_words_that_are_not_painted_are_found(copy, known, figure, column):
    path = copy(figure)
    table = change(path, ".csv", lambda table: table.assign(**{column: ["repainted", *table[column][1:]]}))
    assert (table["mark"][0], f"{column} is not painted") in found(path, known)


def shift(by, column="start"):
    return lambda table: table.assign(**{column: [str(int(table[column][0]) + by), *table[column][1:]]})


def first(**values):
    return lambda table: table.assign(**{name: [value, *table[name][1:]] for name, value in values.items()})


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (shift(1), "quote is not at its place"),
        (shift(-1), "quote is not at its place"),
        (shift(-1, "end"), "quote is not at its place"),
        (shift(5000, "end"), "quote is not at its place"),
        (shift(-20, "end"), "place is not whole numbers, the first below the last"),
        (first(start="x"), "place is not whole numbers, the first below the last"),
        (first(start="-1"), "place is not whole numbers, the first below the last"),
        (first(paragraph="34"), "quote is not at its place"),
        (first(paragraph="99"), "quote is not at its place"),
        (first(document="other"), "document is neither here nor in elsewhere.csv"),
        (first(document="A_79_755"), "document is not here, but is quoted"),
        (first(quote="women"), "quote is not at its place"),
        (first(mark="Women"), "passage is missing"),
        (first(mark="Wine"), "passage is missing"),
        (lambda table: table[1:], "passage is missing"),
        (lambda table: pd.concat([table, table[:1]]), "passage is there twice"),
    ],
)
def test_a_changed_evidence_row_is_found_though_n_agrees(copy, known, edit, problem):
    path = copy("02-silences")
    change_evidence(path, edit)
    assert problem in {problem for _, problem in found(path, known)}


def test_a_passage_moved_with_its_quote_is_found(copy, known):
    path = copy("02-silences")
    row = tables.read(path.with_name("02-silences.evidence.csv")).iloc[0]
    text = known.text_of[row["document"], row["paragraph"]]
    change_evidence(path, first(start="0", end="4", quote=text[:4]))
    missing = {(row["mark"], "passage is missing"), (row["mark"], "passage does not count here")}
    assert found(path, known) == missing


@pytest.mark.parametrize("figure", SHIPPED)
def test_a_passage_left_out_is_missed_in_each_kind_of_figure(copy, known, figure):
    path = copy(figure)
    mark = tables.read(path.with_name(f"{figure}.evidence.csv"))["mark"].iloc[0]
    change_evidence(path, lambda table: table[1:])
    assert (mark, "passage is missing") in found(path, known)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('<g id="peace">', '<g id="war">', ("war", "mark is not in the table")),
        ('<g id="peace">', "<g>", ("peace", "mark is not drawn once, with a shape")),
        ('<g id="peace">', '<g id="un">', ("un", "mark is not drawn once, with a shape")),
        ('<g id="peace">', '<g id="peace"/><g>', ("peace", "mark is not drawn once, with a shape")),
    ],
)
def test_a_mark_taken_out_of_the_svg_or_renamed_is_found(copy, known, old, new, problem):
    path = copy(FREQUENT)
    replace(path.with_name(f"{FREQUENT}.svg"), old, new)
    assert problem in found(path, known)


def test_a_contract_that_names_other_words_is_found(copy, known):
    path = copy("07-topics-against-accidents")
    replace(path.with_name(f"{path.name}.json"), '"african"', '"women"')
    assert "passage does not count here" in {problem for _, problem in found(path, known)}


@pytest.fixture
def whole(published, tmp_path):
    """Data, and a few figures with their manifest."""

    def of(*names):
        shutil.copytree(published / "data", tmp_path / "data")
        (tmp_path / "figures").mkdir()
        for name in names:
            for suffix in figures.SUFFIXES:
                shutil.copy(published / "figures" / (name + suffix), tmp_path / "figures")
        sign(tmp_path)
        return tmp_path

    return of


def problems(root, **options):
    findings = verify.verify(root / "figures", root / "data", **options).findings
    return set(findings[["figure", "mark", "problem"]].itertuples(index=False, name=None))


def test_changed_and_missing_files_are_named(whole):
    root = whole("02-silences")
    (root / "figures/02-silences.png").write_bytes(b"")
    (root / "figures/02-silences.json").unlink()
    (root / "data/README.md").unlink()
    assert problems(root) == {
        ("02-silences", "", "file is not the one in the manifest"),
        ("02-silences", "", "file is missing"),
        ("02-silences", "", "cannot be checked"),  # a figure without a contract fails
        ("data", "", "file is missing"),
    }


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".svg", "<svg><g id='peace'>"),
        (".svg", '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg><g id="&b;"/></svg>'),
        (".svg", ""),
        (".csv", ""),
        (".csv", "mark,n\na,1,2\n"),
        (".csv", 'mark,n\n"a,1\n'),
        (".evidence.csv", "word,n\na,1\n"),
        (".json", "{"),
        (".json", "[]"),
        (".json", "{}"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_others_checked_all_the_same(whole, suffix, content):
    root = whole("02-silences", "01-words-per-paragraph")
    (root / "figures" / f"02-silences{suffix}").write_text(content)
    change(root / "figures/01-words-per-paragraph", ".csv", first(n="3"))
    sign(root)
    seen = problems(root)
    assert ("02-silences", "", "cannot be checked") in seen
    assert ("01-words-per-paragraph", "cairo-workshop-2016--1", "n differs") in seen


@pytest.mark.parametrize("text", [None, "{", "[]", '{"notebooks": {"a": 1}}'])
def test_a_manifest_that_is_missing_or_broken_is_told(whole, text):
    root = whole()
    path = root / "figures/manifest.json"
    path.unlink() if text is None else path.write_text(text)
    assert problems(root) == {("manifest", "", "file is missing or cannot be read")}


def test_a_chart_of_ones_own_and_one_that_no_manifest_lists_are_not_checked_and_do_not_fail(whole):
    root = whole()
    figures.save(plt.subplots()[1], "free", title="Free", folder=root / "figures")
    sign(root)
    figures.save(plt.subplots()[1], "unlisted", title="Not listed", folder=root / "figures")
    verified = verify.verify(root / "figures", root / "data")
    assert verified.findings.empty
    assert verified.checked["not_checked"].str.startswith("anything").tolist() == [True, True]


def test_changed_documents_codebooks_and_tables_are_found(whole):
    root = whole("02-silences", FREQUENT, STANCES, UNSEEN, SPEECHES, PERIODS)
    document = root / "data/documents/cairo-workshop-2016.md"
    replace(document, "errorism", "errorXsm")
    replace(document, "Participants opined that", "Participants peace opined that")
    replace(root / "data/codebooks/conflict.yml", "- conflict* management", "- conflict* mismanagement")
    replace(root / "data/coding/un-peace-operations.csv", ",525,regional-context,", ",525,coherence,")
    counts = tables.read(root / "data/general-debate-1970-1999.csv", ["document"])
    counts.loc[counts["document"] == "PHL_34_1979", "management"] = "0"
    counts.to_csv(root / "data/general-debate-1970-1999.csv", index=False)
    sign(root)
    seen = problems(root)
    assert {
        ("02-silences", "Terrorism", "quote is not at its place"),
        (FREQUENT, "peace", "passage is missing"),
        (FREQUENT, "un", "total differs"),
        (STANCES, "conflict.management--14--77", "mark does not count here"),
        (UNSEEN, "coherence--coding", "passage is missing"),
        (SPEECHES, "management--1979", "passage does not count here"),
        (PERIODS, "management--1975~2013~79", "n_passages differs"),
    } <= seen


def test_documents_elsewhere_must_be_named(whole):
    root = whole(UNSEEN)
    path = root / "data/elsewhere.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("A_79_755")))
    sign(root)
    assert {problem for _, _, problem in problems(root)} == {"document is neither here nor in elsewhere.csv"}


BOOK = "peace:\n  any: [peace, ceasefire*]\n  except: {peace pipe: a pipe}\nwar:\n  any: [war, wars]\n"
TEXTS = {
    "one.md": "## Début\n\n1. Peace, war; “peace” — peace pipe, re-peace 50%.\n\n2. Ceasefires & $\\frac{1}{2}$ <war>.\n\n"
    "## End\n\n3. =Nothing here.\n",
    "two.txt": "1. War and wars and peace.\n\n2. سلام peace سلام.\n\n3. No.\n",
    "three.txt": "1. Peace again.\n\n2. The war is over.\n",
}


def draw_own(root, texts, book):
    """A user's own documents, codebook and figures, of other kinds than those here."""
    for folder in ("figures", "data/documents", "data/codebooks", "data/coding"):
        (root / folder).mkdir(parents=True)
    for name, text in texts.items():
        (root / "data/documents" / name).write_text(text, encoding="utf-8")
    (root / "data/codebooks/book.yml").write_text(book)
    (root / "data/drop.txt").write_text("and the of to in for\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = corpus.read(root / "data/documents")
    paragraphs, words = read.paragraphs, tokens.tokenize(read.paragraphs)
    book = codebooks.load(root / "data/codebooks/book.yml")
    hits = patterns.find(paragraphs, book).merge(paragraphs[["document", "paragraph", "section"]])

    def save(name, table, evidence, by, x="n", **options):
        by = [by] if isinstance(by, str) else by
        ax = charts.bars(table.assign(name=table[by].astype("str").agg(" ".join, axis=1)), x=x, y="name", by=by)
        figures.save(
            ax, name, evidence=evidence, title="Own", source="Own", corpus=read, folder=root / "figures", **options
        )

    named = {"codebook": root / "data/codebooks/book.yml"}
    save("hits", frequency.count_hits(hits, words, by="document"), hits, ["document", "label"], **named)
    save("hits-whole", frequency.count_hits(hits, words), hits, "label", x="per_1000", **named)
    save(
        "pattern",
        frequency.count_hits(patterns.find(paragraphs, "war*"), words),
        patterns.find(paragraphs, "war*"),
        "label",
    )
    first = frequency.count(words, drop=["and", "the", "of", "to", "in", "for"]).head(3)
    save("first", first, words, "token", drop=root / "data/drop.txt")
    save(
        "by-section",
        frequency.count(words, by=["document", "section"], words=["peace", "war"]),
        words,
        ["document", "section", "token"],
    )
    lists = {"calm": ["peace", "the war"], "never": ["xyzzy"]}
    places = tokens.find(words, lists)
    counted = places["label"].value_counts(sort=False).rename("n").rename_axis("label").reset_index()
    save("lists", counted, places, "label")
    dated = words.assign(year=words["document"].astype("str").str.len())
    save("by-year", frequency.count(dated, by="year", words=["peace"]), dated, ["year", "token"])
    assigned = themes.classify(paragraphs, book).merge(paragraphs[["document", "paragraph", "section", "text"]])
    share = assigned.groupby(["document", "theme"], sort=False)["assigned"].agg(n="sum", share="mean").reset_index()
    save("themes", share, assigned, ["document", "theme"], **named)
    coded = (
        assigned[["document", "paragraph", "theme"]].drop_duplicates(["document", "paragraph"]).assign(theme="by hand")
    )
    coded.to_csv(root / "data/coding/own.csv", index=False)
    by_hand = coded.merge(paragraphs[["document", "paragraph", "text"]])
    save(
        "by-hand",
        coded.groupby("theme").size().rename("n").reset_index(),
        by_hand,
        "theme",
        coding=root / "data/coding/own.csv",
    )
    other = places.astype({"label": "str"}).assign(group="first")
    mine = pd.DataFrame(
        {"group": ["first", "other"], "n": [len(other), 0], "n_paragraphs": 7, "share": 0.3, "total": 9}
    )
    save("other", mine.assign(per_1000=1.0, few=True), other, "group")
    places = words[words["token"] == words["token"].iloc[0]]
    ax = charts.dispersion(places, y="token", order=paragraphs["paragraph"].unique())
    figures.save(ax, "places", evidence=words, title="Own", source="Own", corpus=read, folder=root / "figures")
    sign(root)
    return root


@pytest.fixture(scope="session")
def own(tmp_path_factory):
    return draw_own(tmp_path_factory.mktemp("own") / "my project", TEXTS, BOOK)


def test_figures_of_ones_own_pass(own):
    verified = verify.verify(own / "figures", own / "data")
    assert verified.findings.values.tolist() == []
    left = verified.checked.set_index("figure")["not_checked"]
    assert left["hits"] == "low, high, interval, name".removesuffix(", name") and "passages" not in " ".join(left)
    # Columns of the user's own that are called like ours are left alone, and said to be; so are years.
    assert {"share", "total", "n_paragraphs", "per_1000"} <= set(left["other"].split(", "))
    assert "share" in left["themes"].split(", ")


def test_tampering_with_ones_own_figures_is_found(own, tmp_path):
    shutil.copytree(own, tmp_path, dirs_exist_ok=True)
    for path in sorted((tmp_path / "figures").glob("*.evidence.csv")):
        change_evidence(path.with_name(path.name.removesuffix(".evidence.csv")), lambda table: table[1:])
    sign(tmp_path)
    missed = {figure for figure, _, problem in problems(tmp_path) if problem == "passage is missing"}
    assert missed == {path.name.removesuffix(".svg") for path in (own / "figures").glob("*.svg")}


def test_a_hit_that_the_codebook_sets_aside_does_not_count(own, tmp_path):
    """“peace pipe” is excepted: put into evidence and n, it is found."""
    shutil.copytree(own, tmp_path, dirs_exist_ok=True)
    text = contracts.known(own / "data").text_of["one", "1"]
    start = text.index("peace pipe")
    row = {"mark": "one--peace", "document": "one", "paragraph": "1", "start": str(start), "end": str(start + 5)}
    more = pd.DataFrame([row | {"quote": "peace"}])
    change_evidence(tmp_path / "figures/hits", lambda table: pd.concat([table, more], ignore_index=True))
    sign(tmp_path)
    assert ("hits", "one--peace", "passage does not count here") in problems(tmp_path)


def test_without_documents_and_with_a_broken_codebook_it_is_told(own, tmp_path):
    shutil.copytree(own, tmp_path, dirs_exist_ok=True)
    (tmp_path / "data/codebooks/book.yml").write_text("peace: [")
    assert ("hits", "", "cannot be checked") in problems(tmp_path)
    shutil.rmtree(tmp_path / "data/documents")
    assert "document is neither here nor in elsewhere.csv" in {problem for _, _, problem in problems(tmp_path)}


def test_a_un_document_of_ones_own_passes(shared, tmp_path):
    """A report of the Secretary-General, rebuilt as plain text."""
    blocks = pd.read_parquet(shared / "data" / "un-paragraphs.parquet")
    rows = blocks[blocks["document"] == "S_2022_698"].sort_values("order")
    if rows.empty:
        pytest.skip("NOT RUN: the corpus has no S_2022_698")
    lines = (rows["prefix"].fillna("") + " " + rows["text"].str.split().str.join(" ")).str.strip()
    root = draw_own(tmp_path / "un", {"S_2022_698.txt": "\n\n".join(lines)}, BOOK)
    assert verify.verify(root / "figures", root / "data").findings.values.tolist() == []


CELLS = """
from analysis import charts, corpus, figures, frequency, tokens
read = corpus.read("../data/documents/one.md")
words = tokens.tokenize(read.paragraphs)
counts = frequency.count(words).head(3)
ax = charts.bars(counts, x="n", y="token")
figures.save(ax, "own", evidence=words, title="Own", corpus=read)
"""


def test_what_a_notebook_writes_otherwise_is_found(tmp_path):
    for folder in ("figures", "data/documents", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/documents/one.md").write_text(TEXTS["one.md"], encoding="utf-8")
    cells = [{"cell_type": "markdown", "source": "# Own"}, {"cell_type": "code", "source": CELLS.splitlines(True)}]
    notebook = tmp_path / "notebooks/own.ipynb"
    notebook.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert verify.run(notebook, tmp_path / "notebooks") == ""
    (tmp_path / "notebooks/own.py").unlink()
    sign(tmp_path)
    assert problems(tmp_path, rerun=True) == set()
    differs = ("own", "", "file differs from what its notebook writes")
    replace(tmp_path / "figures/own.json", '"all": true', '"stated": 3')
    sign(tmp_path)
    assert problems(tmp_path) == set() and problems(tmp_path, rerun=True) == {differs}
    change(tmp_path / "figures/own", ".csv", first(low="1.5"))
    assert differs in problems(tmp_path, rerun=True)
    replace(notebook, "import charts", "import no_such_thing")
    sign(tmp_path)
    assert ("notebooks", "", "notebook does not run") in problems(tmp_path, rerun=True)
    assert sys.modules.get("own") is None


def test_the_command_fails_on_a_failure(whole, capsys):
    root = whole(FREQUENT)
    folders = ["--figures", str(root / "figures"), "--data", str(root / "data")]
    assert main(["verify", *folders]) == 0
    change(root / "figures" / FREQUENT, ".csv", first(total="2461"))
    assert main(["verify", *folders]) == 1
    told = capsys.readouterr().out
    assert f"FAILS {FREQUENT}, mark 'un': total differs: drawn 2461, computed 2462\n" in told
    assert f"FAILS {FREQUENT}: file is not the one in the manifest" in told
    assert told.endswith("1 figures, 3 failures.\n")


def test_folders_that_are_not_there_and_words_not_known_are_told(capsys, tmp_path):
    for arguments, message in [
        (["verify", "--figures", str(tmp_path / "no")], "There is no folder"),
        (["verfy"], "invalid choice"),
        ([], "required"),
    ]:
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert message in capsys.readouterr().err
