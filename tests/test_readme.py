"""What README.md and METHODS.md promise: their code runs as it stands, their links lead somewhere, README is short."""

import html
import json
import re
import textwrap
from pathlib import Path

import pandas as pd
import pytest

from analysis import codebooks, coding, provenance, tables, verify
from tests.conftest import ROOT, SHIPPED

README = (ROOT / "README.md").read_text(encoding="utf-8")
METHODS = (ROOT / "METHODS.md").read_text(encoding="utf-8")
FIGURES = ROOT / "figures"
DOCUMENT = "cairo-workshop-2016"


def blocks(text, language):
    """The blocks of code in this language, without the indent of the list they stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.M | re.S)
    return [textwrap.dedent(code) for _, code in found]


def sheet(name):
    return pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def fill_in(name, give):
    """What a person does in a spreadsheet: a theme, or `none`, in each row of a sheet."""
    themes = [give(row) for row in sheet(name).itertuples()]
    sheet(name).assign(theme=themes).to_csv(name, index=False, encoding="utf-8-sig")


def run(text, folder, monkeypatch, people):
    """Run the blocks in order in one namespace. `people`: a piece of code → what a person does before its block runs."""
    (folder / "data").symlink_to(ROOT / "data")
    (folder / "notebooks").mkdir()
    monkeypatch.chdir(folder / "notebooks" if any("../data/" in code for code in blocks(text, "python")) else folder)
    names = {}
    with pd.option_context("display.width", 80, "display.max_columns", 0):  # put back what the code sets
        for code in blocks(text, "python"):
            for piece in [piece for piece in people if piece in code]:
                people.pop(piece)()
            exec(compile(code, "a block of code", "exec"), names)
    assert not people, "a piece of code that stands nowhere"
    return names


def figures_told():
    """The figures of the project as METHODS.md lists them: what each says, and the rule of its contract."""
    manifest, rows = json.loads((FIGURES / "manifest.json").read_text(encoding="utf-8"))["notebooks"], []
    for notebook, entry in ((name, entry) for name, entry in manifest.items() if name in SHIPPED):
        for name in sorted(file[:-5] for file in entry["figures"] if file.endswith(".json")):
            title = re.search("<title>(.*?)</title>", (FIGURES / f"{name}.svg").read_text(encoding="utf-8"))[1]
            rule = provenance.said(json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8")))
            rows.append(f"| `{name}` | [{notebook[:2]}](notebooks/{notebook}) | {html.unescape(title)} | {rule} |\n")
    head = "| figure | notebook | what it says | its marks, by the rule that `make verify` follows |\n"
    return head + "|---|---|---|---|\n" + "".join(rows)


def test_readme_is_short_and_methods_lists_the_figures_by_their_contracts():
    """The list is written by `python -m tests.test_readme`."""
    assert len(README.split()) <= 1_500 and figures_told() in METHODS


@pytest.mark.parametrize("text", [README, METHODS], ids=["README", "METHODS"])
def test_every_link_leads_to_a_file(text):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", text)
    assert links and not [link for link in links if not (ROOT / link).exists()]


def test_the_codebook_is_one_and_the_passage_is_quoted_to_the_letter(workshop, recwarn):
    (code,) = blocks(README, "yaml")
    book = codebooks.parse(code)
    assert len(code.splitlines()) == 10
    assert book["label"].unique().tolist() == ["peacebuilding", "peacekeeping"]
    assert book["role"].value_counts().to_dict() == {"any": 4, "search": 2, "except": 1} and not recwarn.list
    told = workshop.paragraphs.set_index("paragraph")["text"]
    assert re.search(r"^> (Participants .*)$", README, re.M)[1] == told["14"].strip()
    assert "is resolved to provide solutions" in told["19"]


def test_the_code_of_readme_runs(tmp_path, monkeypatch, capsys):
    coded = coding.load(ROOT / "data" / "coding" / "cairo-themes.csv")
    cairo = coded.groupby("paragraph")["theme"].agg("; ".join)  # as in the cells of a sheet
    drawn = []

    def documents():
        Path("my-documents.csv").write_text(f"document,year\n{DOCUMENT},2016\n", encoding="utf-8")

    def sheets():  # coding.save has written both by now, with the column theme blank
        for name in ("first.csv", "second.csv"):
            drawn.append(sheet(name)["theme"].tolist())
            fill_in(name, lambda row: cairo[row.paragraph.removeprefix("¶")])

    names = run(README, tmp_path, monkeypatch, {"my-documents.csv": documents, "coding.load": sheets})
    assert drawn == [[""] * 30] * 2 and {"year", "n", "per_1000"} <= {*tables.read("by-year.csv").columns}
    checked = verify.verify(tmp_path / "figures", tmp_path / "data")
    assert checked.checked["figure"].tolist() == ["14-two-concepts"]
    assert checked.findings["figure"].tolist() == ["manifest"]  # which make figures writes
    assert names["hits"].query("kept").groupby("label").size()["conflict management"] == 4
    assert (names["agreement"].by_theme(names["both"])["alpha"].dropna() == 1).all()  # one coding, filled in twice
    assert "95 % exact" in capsys.readouterr().out


def test_the_code_of_methods_runs(tmp_path, monkeypatch, capsys):
    """Its topics and contrasts on the Cairo document; its classifier on made-up documents, which a person has coded."""
    kinds = {"water": "Wells and rivers give clean water", "roads": "Roads and bridges were built again"}
    texts = [(kind, f"{n}. {kinds[kind]} in district {n % 7}.") for n in range(1, 21) for kind in [[*kinds][n % 2]]]

    def documents():
        (tmp_path / "my-documents").mkdir()
        for number in range(6):
            report = "\n\n".join(f"{text} Report {number}." for _, text in texts)  # no two the same text
            (tmp_path / "my-documents" / f"report-{number}.txt").write_text(report, encoding="utf-8")
        coded = [f"report-{number},{n},{kind}" for number in range(3) for n, (kind, _) in enumerate(texts, start=1)]
        rows = "\n".join(["document,paragraph,theme", *coded, ""])
        (tmp_path / "my-coding.csv").write_text(rows, encoding="utf-8")

    def code():
        fill_in("to-code-too.csv", lambda row: next(kind for kind, words in kinds.items() if words in row.text))

    names = run(METHODS, tmp_path, monkeypatch, {"my-documents": documents, "agreement.estimate": code})
    assert names["model"].themes == [*reversed(kinds)] and (tmp_path / "my-themes.skops").exists()
    assert names["choice"].k is None  # what is said of the Cairo document
    assert "95 % exact" in capsys.readouterr().out


def test_each_answer_to_how_do_i_runs(tmp_path, monkeypatch):
    section = re.search(r"^## How do I …\?\n(.*?)^## ", METHODS, re.M | re.S)[1]
    (tmp_path / "mine.yml").write_text("war:\n  arms: [weapon*]\n", encoding="utf-8")
    names = run(section, tmp_path, monkeypatch, {})
    answers = re.findall(r"\| `([^`]+)` \|$", section, re.M)
    assert len(answers) == len(re.findall(r"^\| .*\? \|", section, re.M)) >= 25
    for code in [code for code in answers if code not in "".join(blocks(METHODS, "python"))]:  # which run above
        given = eval(code, names)
        assert given is not None or re.search("save|write", code), code
    assert all((tmp_path / name).exists() for name in ("words.mtx", "to-code.csv", "to-code.xlsx", "mine.qdpx"))


if __name__ == "__main__":
    table = re.compile(r"(?m)^\| figure \|.*\n(\|.*\n)*")
    (ROOT / "METHODS.md").write_text(table.sub(lambda _: figures_told(), METHODS), encoding="utf-8")
