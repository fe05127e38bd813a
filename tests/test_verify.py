"""Every kind of tampering is seen by a figure's contract, and what is honest passes."""

import hashlib
import html
import json
import re
import shutil
import warnings

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis import charts, codebooks, corpus, figures, frequency, patterns, provenance, tables, themes, tokens
from analysis import verify as verify_
from analysis.__main__ import main
from analysis.report import documents
from tests.conftest import FIGURES, ROOT
from tests.made import without_pixels

SHIPPED = sorted({name.removesuffix(".svg") for name in FIGURES if name.endswith(".svg")})
BOOK = "peace:\n  any: [peace, ceasefire*]\n  search: peac*\n  except: {peace pipe: a pipe}\nwar:\n  any: [war, wars]\n"
TEXTS = {
    "one.md": "## Début\n\n1. Peace, war; “peace” — peace pipe, re-peace 50%.\n\n2. Ceasefires & $\\frac{1}{2}$ <war>.\n\n"
    "## End\n\n3. =Nothing here.\n",
    "two.txt": "1. War and wars and peace.\n\n2. سلام peace سلام.\n\n3. No.\n",
    "three.txt": "1. Peace again.\n\n2. The war is over.\n",
}
SPEECHES = "document,characters,year,words,war\nA_1,90,1991,1200,2\nB_1,80,1992,10,0\nA_2,70,1993,20,1\n"
CODED = "document,paragraph,theme,characters\nX,1,peace,40\nX,2,war,50\nX,3,none,60\n"
GIVEN = "document,paragraph,theme,assigned\nX,1,peace,1\nX,1,war,0\nX,2,war,0\nX,3,war,1\n"
ELSEWHERE = "document,title,source\nX,A report,here\nspeeches.csv,Speeches,there\n"


def draw(root, texts):
    """Documents, codebook and figures of someone's own: of each kind of evidence, chart and choice of marks one."""
    data = root / "data"
    for folder in ("figures", "data/documents", "data/codebooks", "data/coding"):
        (root / folder).mkdir(parents=True)
    for name, text in texts.items():
        (data / "documents" / name).write_text(text, encoding="utf-8")
    files = {"codebooks/book.yml": BOOK, "drop.txt": "and the of to in for", "elsewhere.csv": ELSEWHERE}
    files |= {"speeches.csv": SPEECHES, "coding/coded.csv": CODED, "coding/given.csv": GIVEN}
    files |= {"subjects.csv": "subject,word\nCalm,peace\nCalm,and peace\nNever,xyzzy\n"}
    for name, text in files.items():
        (data / name).write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = corpus.read(data / "documents")
    paragraphs, words = read.paragraphs, tokens.tokenize(read.paragraphs)
    whole = paragraphs[["document", "paragraph", "section", "text"]]
    book = codebooks.load(data / "codebooks/book.yml")
    hits = patterns.find(paragraphs, book).merge(whole.drop(columns="text"))
    found = patterns.audit(paragraphs, book).query("plain or kept")
    place = ["label", "document", "paragraph", "start"]

    def save(name, chart, evidence, **told):
        figures.save(chart, name, evidence=evidence, title="Own", folder=root / "figures", **({"corpus": read} | told))

    def bars(table, *by, x="n", **more):
        table = table.assign(name=table[list(by)].astype("str").agg(" ".join, axis=1))
        return charts.bars(table, x=x, y="name", by=list(by), **more)

    named = {"codebook": data / "codebooks/book.yml"}
    save("hits", bars(frequency.count_hits(hits, words, by="document"), "document", "label"), hits, **named)
    save("all-hits", charts.dispersion(hits, y="label", x="start", by=place), hits, **named)
    save("audit", charts.dispersion(found, y="label", x="start", by=place), found, **named)
    drop = data / "drop.txt"
    first = frequency.count(words, drop=drop.read_text().split()).head(3)
    save("first", charts.bars(first, x="per_1000", y="form", by="token"), words, drop=drop)
    cells = frequency.count(words, by="document", words=first["token"])
    save("cells", charts.heatmap(cells, x="form", y="document", by=["document", "token"]), words, drop=drop)
    save("author", bars(cells[cells["n"] > 0].iloc[[0, -1]], "document", "token"), words)
    subjects = tables.read(data / "subjects.csv")
    lists = subjects.groupby("subject")["word"].agg(list).to_dict()
    places = tokens.find(words, lists).rename(columns={"label": "subject"})
    counted = pd.DataFrame({"subject": ["Calm", "Never"], "n": [len(places), 0]})
    save("subjects", bars(counted, "subject"), places, words=data / "subjects.csv")
    mine = counted.assign(n_paragraphs=7, share=0.3, total=9, per_1000=1.0, few=True, subject=["calm", "never"])
    save("mine", bars(mine, "subject"), places.assign(subject="calm"))
    dated = words.assign(year=words["document"].astype("str").str.len() + 1990)
    per_year = frequency.count(dated, by="year", words=["peace", "war"])
    save("by-year", charts.trend(per_year, x="year", y="per_1000", line="token"), dated)
    assigned = themes.classify(paragraphs, book).merge(whole)
    shares = assigned.groupby(["document", "theme"], sort=False)["assigned"].agg(n="sum", share="mean").reset_index()
    shares["all"], of = shares["document"].map(paragraphs["document"].value_counts()), ["paragraphs", ["document"]]
    told = named | {"totals": {"all": of}, "formulas": {"share": "n / all"}}
    save("themes", bars(shares, "document", "theme"), assigned, **told)
    by_hand = whole[["document", "paragraph"]].iloc[::2].assign(theme="by hand")
    by_hand.to_csv(data / "coding/own.csv", index=False)
    one = pd.DataFrame({"theme": ["by hand"], "n": len(by_hand)})
    save("by-hand", bars(one, "theme"), by_hand.merge(whole), coding=data / "coding/own.csv")
    spans = read.spans.assign(begins=read.spans["start"])
    save("spans", charts.spans(spans, lane="kind", by=["document", "begins"]), corpus.passages(spans))
    texts = paragraphs.assign(n=1, size=paragraphs["text"].str.len())
    save("texts", bars(texts, "document", "paragraph", x="size"), paragraphs)
    speeches = pd.read_csv(data / "speeches.csv").assign(paragraph="", concept="war", period=["1991–92"] * 2 + ["1993"])
    speeches["kept"] = speeches["war"] > 0
    sums = speeches.groupby(["concept", "period"])[["words", "war", "kept"]].sum().reset_index()
    sums = sums.rename(columns={"war": "passages", "kept": "n"})
    sums["rate"] = 1000 * sums["passages"] / sums["words"]
    told = {"corpus": None, "counts": data / "speeches.csv", "column": "{concept}", "within": {"period": "year"}}
    told |= {"totals": {"words": "words", "passages": "{concept}"}, "formulas": {"rate": "1000 * passages / words"}}
    save("elsewhere", charts.trend(sums, x="period", y="rate", line="concept"), speeches, **told)
    parts = pd.DataFrame({"document": "X", "paragraph": ["1", "2", "3"], "theme": ["peace", "war", "war"]})
    parts = parts.assign(only=["both", "coding", "assigned"], characters=[40, 50, 60])
    told = {"corpus": None, "coding": data / "coding/coded.csv", "counts": data / "coding/given.csv"}
    save("codings", bars(parts.assign(n=1), "theme", "only"), parts, **told)
    sign(root)
    return root


def sign(root, **notebooks):
    """A manifest of one notebook with the checksums of what is there now."""
    path = root / "figures" / "manifest.json"
    drawn = [one for one in sorted((root / "figures").iterdir()) if one != path and one.suffix != ".txt"]
    data = [one for one in sorted((root / "data").rglob("*.*")) if one.is_file()]
    sums = [
        {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}
        for folder, files in ((root, data), (root / "figures", drawn))
    ]
    made = {"own.ipynb": {"data": sums[0], "figures": sums[1]}} | notebooks
    path.write_text(json.dumps({"versions": {}, "notebooks": made}))


@pytest.fixture(scope="session")
def own(tmp_path_factory):
    with without_pixels():
        return draw(tmp_path_factory.mktemp("own") / "my project", TEXTS)


@pytest.fixture(scope="session")
def known(own):
    return provenance.known(own / "data")


@pytest.fixture
def copy(own, tmp_path):
    """The files of one figure, to tamper with."""

    def of(figure):
        for suffix in figures.SUFFIXES:
            shutil.copy((ROOT if figure in SHIPPED else own) / "figures" / (figure + suffix), tmp_path)
        return tmp_path / figure

    return of


@pytest.fixture
def whole(own, tmp_path):
    """The project of one's own, to tamper with."""
    return shutil.copytree(own, tmp_path / "whole")


@pytest.fixture
def few(whole):
    """The same with two of its figures."""
    for path in (whole / "figures").glob("[!bf]*.*"):
        path.unlink()
    for path in (whole / "figures").glob("by-year.*"):
        path.unlink()
    sign(whole)
    return whole


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


def first(**values):
    return lambda table: table.assign(**{name: [value, *table[name][1:]] for name, value in values.items()})


def found(path, known):
    """(mark, problem) of everything found in one figure."""
    return {(mark, problem) for mark, problem, _ in verify_.figure(path, known)[1]}


def problems(root):
    findings = verify_.verify(root / "figures", root / "data").findings
    return set(findings[["figure", "mark", "problem"]].itertuples(index=False, name=None))


@pytest.fixture(scope="session")
def documents_here():
    return provenance.known(ROOT / "data")


@pytest.mark.parametrize("figure", SHIPPED)
def test_the_figures_of_the_project_pass_and_marks_deleted_everywhere_are_missed(documents_here, tmp_path, figure):
    """Half of them, out of table, evidence, drawing and the number in the contract alike."""
    there = ROOT / "figures"
    assert found(there / figure, documents_here) == set()
    csv, evidence = (tables.read(there / (figure + suffix)) for suffix in (".csv", ".evidence.csv"))
    drawn, contract = ((there / (figure + suffix)).read_text(encoding="utf-8") for suffix in (".svg", ".json"))
    gone = csv["mark"].sample(frac=0.5, random_state=0).tolist()
    for n, mark in enumerate(gone):
        assert drawn.count(f'<g id="{mark}">') == 1
        drawn = drawn.replace(f'<g id="{mark}">', f'<g id="patch_{1000 + n}">')
    (tmp_path / f"{figure}.svg").write_text(drawn, encoding="utf-8")
    for suffix, table in ((".csv", csv), (".evidence.csv", evidence)):
        (tmp_path / (figure + suffix)).write_bytes(tables.figure_csv(table[~table["mark"].isin(gone)]))
    (tmp_path / f"{figure}.json").write_text(json.dumps(json.loads(contract) | {"marks": len(csv) - len(gone)}))
    missed = {mark for mark, problem in found(tmp_path / figure, documents_here) if problem == "mark is missing"}
    assert missed and missed <= set(gone)


CHANGES = """first n peace 7; first total peace 30; first total peace -; first per_1000 peace 194.445; first few peace False
first n_paragraphs peace 6; first form peace war; cells total one--peace 28; all-hits kept peace--one--1--22 True
audit plain peace--one--1--0 False; spans kind one--0 heading; themes all one--peace 4; themes share one--peace 0.5
elsewhere words war--1993 21; elsewhere passages war--1993 2; elsewhere rate war--1993 51
05-how-long-paragraphs-stay at_risk UNDOF--3 35; 05-how-long-paragraphs-stay ended UNDOF--3 1
05-how-long-paragraphs-stay percent UNAMA--2 0.68; 05-how-long-paragraphs-stay few UNDOF--3 True
05-the-lines-of-undof since s-res-1605-2005.~b6~2--2 2005-06-17; 05-the-lines-of-undof until s-res-1605-2005.~b6~2--2 -
05-the-lines-of-undof change s-res-1605-2005.~b6~2--1 edited; 05-the-lines-of-undof n_versions s-res-1605-2005.~b6~2--1 7"""


@pytest.mark.parametrize("changed", CHANGES.replace("\n", "; ").split("; "))
def test_a_changed_number_is_found_and_named(copy, known, documents_here, changed):
    figure, column, mark, value = changed.split()
    path, known = copy(figure), documents_here if figure in SHIPPED else known

    def edit(table):
        assert (table["mark"] == mark).sum() == 1 and table.loc[table["mark"] == mark, column].item() != value
        return table.assign(**{column: table[column].where(table["mark"] != mark, value.strip("-"))})

    change(path, ".csv", edit)
    assert (mark, f"{column} differs") in found(path, known)


def test_figures_of_ones_own_pass_and_what_is_not_checked_is_said(own):
    verified = verify_.verify(own / "figures", own / "data")
    assert verified.findings.values.tolist() == []
    left = verified.checked.set_index("figure")["not_checked"]
    assert left["hits"] == left["cells"] == left["first"] == "low, high, interval"
    assert left["themes"] == left["by-hand"] == left["elsewhere"] == left["codings"] == left["all-hits"] == ""
    assert left["author"].startswith("how the marks were chosen, ")
    # Columns of one's own that are called like ours are left alone.
    assert left["mine"] == "n_paragraphs, share, total, per_1000, few"
    rule = "every running word that is counted in one, three, two; by token: all there are; the 3 words with the largest n "
    assert verified.checked.set_index("figure")["rule"]["first"] == rule + "but those of data/drop.txt"


def test_a_passage_left_out_is_missed_in_each_kind_of_figure(own, copy, known):
    for path in (own / "figures").glob("*.svg"):
        changed = copy(path.stem)
        change_evidence(changed, lambda table: table[1:])
        assert "passage is missing" in {problem for _, problem in found(changed, known)}, path.stem


PIPE = {"mark": "one--peace", "document": "one", "paragraph": "1", "start": "22", "end": "27", "quote": "peace"}
PLACE, QUOTE = "place is not whole numbers, the first below the last", "quote is not at its place"
PASSAGES = [  # edited, and `n` with them
    ("subjects", QUOTE, first(start="1", end="6")),
    ("subjects", QUOTE, first(paragraph="99", quote="")),
    ("subjects", QUOTE, first(document="X")),
    ("subjects", PLACE, first(end="0")),
    ("subjects", PLACE, first(start="x")),
    ("subjects", "document is neither here nor in elsewhere.csv", first(document="other")),
    ("subjects", "passage does not count here", first(start="7", end="10", quote="war")),
    ("subjects", "passage is missing", first(mark="Never")),
    ("subjects", "mark is not in the table", first(mark="Wine")),
    ("subjects", "passage is there twice", lambda table: pd.concat([table, table[:1]])),
    # “peace pipe” is excepted: put into evidence and n, it is found.
    ("hits", "passage does not count here", lambda table: pd.concat([table, pd.DataFrame([PIPE])])),
]
DRAWING = {  # of the mark `peace`
    '<g id="strife">': {("strife", "mark is not in the table"), ("peace", "mark is not drawn once")},
    '<g id="war">': {("war", "mark is not drawn once"), ("peace", "mark is not drawn once")},
    '<g id="peace"/><g>': {("peace", "mark is not drawn once")},
}


@pytest.mark.parametrize(("figure", "problem", "edit"), PASSAGES)
def test_what_is_changed_in_passages_is_found(copy, known, figure, problem, edit):
    change_evidence(path := copy(figure), edit)
    assert problem in {problem for _, problem in found(path, known)}


def test_what_is_changed_in_drawing_and_table_is_found(copy, known):
    for new, told in DRAWING.items():
        path = copy("first")
        replace(path.with_name("first.svg"), '<g id="peace">', new)
        assert told <= found(path, known)
    path = copy("cells")
    change(path, ".csv", first(document="four", form="repainted", n="1234"))
    told = {f"{name} is not painted" for name in ("document", "form", "n")}
    told |= {"mark is not what its columns name", "n differs"}
    assert {("one--peace", problem) for problem in told} <= found(path, known)
    path = copy("cells")
    change(path, ".csv", lambda table: pd.concat([table, table[:1]]))
    assert ("one--peace", "mark is there twice") in found(path, known)


def test_changed_documents_codebooks_and_tables_are_found(whole):
    replace(whole / "data/documents/two.txt", "War and wars", "No war and wars")
    replace(whole / "data/codebooks/book.yml", ", ceasefire*", "")
    replace(whole / "data/coding/coded.csv", "X,2,war", "X,2,peace")
    replace(whole / "data/speeches.csv", "A_2,70,1993,20,1", "A_2,70,1993,20,0")
    replace(whole / "data/elsewhere.csv", "X,A report,here\n", "")
    (whole / "data/subjects.csv").write_text("subject,word\nCalm,peace\nCalm,again\nMore,the\n")
    sign(whole)
    assert {
        ("subjects", "Calm", "passage is missing"),
        ("subjects", "More", "mark is missing"),
        ("subjects", "Never", "mark does not count here"),
        ("first", "war", "quote is not at its place"),
        ("first", "war", "total differs"),
        ("hits", "one--peace", "passage does not count here"),
        ("themes", "one--peace", "passage does not count here"),
        ("codings", "war--coding", "mark does not count here"),
        ("codings", "war--coding", "document is neither here nor in elsewhere.csv"),
        ("elsewhere", "war--1993", "passages differs"),
    } <= problems(whole)


UNREADABLE = [
    *[(".svg", "<svg><g id='peace'>"), (".svg", '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg><g id="&a;"/></svg>')],
    *[(".csv", ""), (".csv", "mark,n\na,1,2\n"), (".evidence.csv", "word,n\na,1\n"), (".json", "{"), (".json", "[]")],
]


def test_files_that_are_gone_changed_or_cannot_be_read_are_told_and_the_others_checked(whole, copy, known):
    for suffix, content in UNREADABLE:
        path = copy("hits")
        path.with_suffix(suffix).write_text(content)
        with pytest.raises((ValueError, AttributeError, SyntaxError)):
            verify_.figure(path, known)
    (whole / "figures/hits.png").write_bytes(b"another")
    (whole / "figures/hits.json").unlink()
    (whole / "figures/themes.json").write_text("{}")
    (whole / "figures/spans.svg").write_text("<svg>")
    (whole / "data/drop.txt").unlink()
    change(whole / "figures/texts", ".csv", first(n="3"))
    assert {
        ("hits", "", "file is not the one in the manifest"),
        ("hits", "", "file is missing"),
        *((name, "", "cannot be checked") for name in ("hits", "themes", "spans")),
        ("data", "", "file is missing"),
        ("texts", "one--1", "n differs"),
    } <= problems(whole)


def test_figures_that_no_manifest_lists_are_checked_by_their_contract_and_charts_of_ones_own_are_not(few):
    figures.save(plt.subplots()[1], "free", title="Free", folder=few / "figures")
    sign(few)
    (few / "figures/foreign.svg").write_text("<svg/>")
    for suffix in figures.SUFFIXES:
        shutil.copy(few / f"figures/first{suffix}", few / f"figures/more{suffix}")
    verified = verify_.verify(few / "figures", few / "data")
    left = verified.checked.set_index("figure")["not_checked"]
    assert verified.findings.empty and {*left.index[left.str.startswith("anything")]} == {"free", "foreign"}
    assert left["more"] == "low, high, interval; its files: not in the manifest"
    change(few / "figures/more", ".csv", first(n="9"))
    for text in ("{", '{"notebooks": {"a": 1}}'):
        (few / "figures/manifest.json").write_text(text)
        told = problems(few)
        assert {("manifest", "", "file is missing or cannot be read"), ("more", "peace", "n differs")} <= told
        assert {figure for figure, *_ in told} == {"manifest", "more"}


def test_a_un_document_of_ones_own_passes(shared, tmp_path):
    """A report of the Secretary-General, rebuilt as plain text."""
    blocks = pd.read_parquet(shared / "data" / "un-paragraphs.parquet", filters=[("document", "==", "S_2022_698")])
    rows = blocks.sort_values("order").head(25)
    assert len(rows), "the corpus has no S_2022_698"
    lines = (rows["prefix"].fillna("") + " " + rows["text"].str.split().str.join(" ")).str.strip()
    with without_pixels():
        root = draw(tmp_path / "un", {"S_2022_698.txt": "\n\n".join(lines)})
    assert verify_.verify(root / "figures", root / "data").findings.values.tolist() == []


CELLS = """%matplotlib inline
from analysis import charts, corpus, figures, frequency, tokens
read = corpus.read("../data/documents/three.txt")
words = tokens.tokenize(read.paragraphs)
ax = charts.bars(frequency.count(words).head(3), x="n", y="token")
figures.save(ax, "three", evidence=words, title='''Own
%time''', corpus=read)"""


def test_what_a_notebook_writes_otherwise_is_found_and_nothing_else(whole, monkeypatch):
    for path in (whole / "figures").iterdir():
        path.unlink()
    (whole / "notebooks").mkdir()
    for name, source in (("own.ipynb", CELLS), ("fails.ipynb", "1 / 0")):
        cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}]
        book = {"cells": cells, "nbformat": 4, "nbformat_minor": 4, "metadata": {}}
        (whole / "notebooks" / name).write_text(json.dumps(book))
    monkeypatch.chdir(whole / "notebooks")
    exec(CELLS.removeprefix("%matplotlib inline\n"), {})
    replace(whole / "figures/three.json", '"chosen": "all"', '"chosen": ["peace", "again", "the"]')
    change(whole / "figures/three", ".csv", first(low="1.5"))
    sign(whole, **{"fails.ipynb": {"data": {}, "figures": {}}, "none.ipynb": {"data": {}, "figures": {}}})
    findings = verify_.verify(whole / "figures", whole / "data", rerun=True).findings.values.tolist()
    differs = [detail for *_, problem, detail in findings if problem == "file differs from what its notebook writes"]
    assert differs == ["three.csv, by own.ipynb", "three.json, by own.ipynb"]
    assert ["notebooks", "", "notebook does not run", "fails.ipynb: ZeroDivisionError: division by zero"] in findings
    assert sum(one[2] == "notebook does not run" for one in findings) == 2


def test_the_command_prints_rules_and_fails_on_a_failure(few, capsys):
    command = ["verify", "--figures", str(few / "figures"), "--data", str(few / "data")]
    assert main(command) == 0
    change(few / "figures/first", ".csv", first(total="35"))
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "\nby-hand: whole paragraphs given a theme by data/coding/own.csv in one, three, two; by theme: all" in told
    assert "FAILS first, mark 'peace': total differs: drawn 35, computed 28\n" in told
    assert "FAILS first: file is not the one in the manifest" in told
    refused = {"There is no folder": ["verify", "--figures", "nowhere"], "invalid choice": ["verfy"]}
    for message, arguments in refused.items():
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert message in capsys.readouterr().err


def test_words_made_otherwise_than_by_default_are_told_and_counted_again_so(tmp_path):
    for folder in ("figures", "data/documents"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/documents/own.txt").write_text("1. WHO says who; peace’s US.\n\n2. It is us, WHO and peace.\n")
    read = corpus.read(tmp_path / "data/documents")
    ways = [{"language": "other", "acronyms": True}, {"language": "other"}, {"acronyms": True}, {}]
    for number, made in enumerate(ways):
        words = tokens.tokenize(read.paragraphs, **made)
        ax = charts.bars(frequency.count(words), x="n", y="form", by="token")
        with without_pixels():
            figures.save(ax, str(number), evidence=words, corpus=read, folder=tmp_path / "figures")
        contract = json.loads((tmp_path / f"figures/{number}.json").read_text(encoding="utf-8"))
        assert contract["evidence"].get("tokenize", {}) == made
        told = ", ".join(f"{name}={value!r}" for name, value in made.items())
        drawn = html.unescape((tmp_path / f"figures/{number}.svg").read_text(encoding="utf-8"))
        assert f"Words are counted with {told}." in drawn if made else "Words are counted with" not in drawn
    sign(tmp_path)
    assert verify_.verify(tmp_path / "figures", tmp_path / "data").findings.empty


def test_a_collection_beside_the_documents_is_read_again_with_its_metadata(tmp_path):
    data = tmp_path / "data"
    (data / "collection").mkdir(parents=True)
    for name, text in {"a": "1. War and peace.\n\n2. No peace.\n", "b": "1. Peace; war.\n", "c": "1. No.\n"}.items():
        (data / "collection" / f"{name}.txt").write_text(text, encoding="utf-8")
    (data / "about.csv").write_text("file,year\na,1991\nb,1992\nc,1993\n", encoding="utf-8")
    read, phrases = corpus.read(data / "collection", data / "about.csv"), ["no peace", "war"]
    words = tokens.tokenize(read.paragraphs)
    counts, found = frequency.count(words, "year", words=phrases), tokens.find(words, phrases)
    told = {"collection": data / "collection", "metadata": data / "about.csv"}
    for name, more in (("own", told), ("astray", {})):
        chart = charts.heatmap(counts, x="token", y="year")
        with without_pixels():
            figures.save(chart, name, evidence=found, corpus=read, folder=tmp_path / "figures", **more)
    sign(tmp_path)
    checked, findings = verify_.verify(tmp_path / "figures", data)
    assert checked[["n_marks", "n_passages"]].values.tolist() == [[6, 3], [6, 3]]
    assert findings[["figure", "problem"]].values.tolist() == [["astray", "documents are not in the collection"]]
    behind = documents.passages(tmp_path / "figures", ["own"], set())
    page = documents.pages(tmp_path, provenance.documents(data), behind, corpus.elsewhere(data), {"own": "Own"}, {})
    assert '["b","¶1",7,10,"war",""]' in page["evidence.html"] and len(page) == 1
    (data / "collection" / "b.txt").write_text("1. Peace, war, war.\n", encoding="utf-8")
    (data / "about.csv").write_text("file,year\na,1992\nb,1992\nc,1993\n", encoding="utf-8")
    told = set(verify_.verify(tmp_path / "figures", data).findings["problem"])
    assert {"passage is missing", "mark does not count here", "total differs"} <= told


def test_the_paragraph_for_a_paper_says_what_the_figure_counts(own):
    told = figures.methods("hits", folder=own / "figures")
    book = hashlib.sha256(BOOK.encode()).hexdigest()
    for part in (
        "The figure hits has 6 marks, one for each document and label. Behind them are 10 passages of 3 d",
        "no dates are known. What counts: hits of data/codebooks/book.yml; by document, label: all there are; in texts of",
        f"The SHA-256 checksum of data/codebooks/book.yml is {book}. Computed were total = words in each document;",
        "per_1000 = 1000 * n / total; few = n < 5 or n_paragraphs < 5. The interval of 6 marks is leave one paragraph out.",
        f"this paragraph was written by analysis {figures.__version__}. Nothing records that a person has validated data/",
    ):
        assert part in told, part
    assert "the figure's code tells" not in told
    told = figures.methods("elsewhere", folder=own / "figures")
    assert "2 marks" in told and " 2 passages of 3 documents (Speeches); year: 1991 to 1993. " in told
    assert "Computed were words = the column words of the counts; passages = the column {concept} of the counts" in told
    for path in (own / "figures").glob("*.svg"):
        told = figures.methods(path.stem, folder=own / "figures")
        assert "\n" not in told and told.endswith(".") and "nan" not in told, path.stem


def test_a_paragraph_kept_is_derived_again(whole, known):
    path, kept = whole / "figures/themes", whole / "figures/themes.methods.txt"
    given = figures.methods("themes", folder=whole / "figures")
    kept.write_text(given + "\n", encoding="utf-8")
    assert found(path, known) == set()
    differs = {("", "paragraph is not the one that the figure gives")}
    kept.write_text(given.replace(" 8 passages", " 9 passages"), encoding="utf-8")
    assert found(path, known) == differs
    kept.write_text(given, encoding="utf-8")
    replace(whole / "figures/themes.json", "n / all", "n / all / 1")  # the same numbers, another formula
    assert found(path, known) == {("", "paragraph cannot be derived")}
    sign(whole)
    assert found(path, known) == differs
    replace(whole / "figures/themes.json", "n / all / 1", "n / all")
    replace(whole / "data/codebooks/book.yml", "a pipe", "the pipe")  # the same hits, another codebook
    told = "themes: file is not the one in the manifest: book.yml, of its notebook: run make figures."
    with pytest.raises(ValueError, match=re.escape(told)):
        figures.methods("themes", folder=whole / "figures")
    with pytest.raises(ValueError, match=r"free is not in the manifest of .*: run make figures"):
        figures.methods("free", folder=whole / "figures")
