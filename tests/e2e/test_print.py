"""A page printed to PDF by the browser, read again."""

import subprocess

import pypandoc

from analysis import corpus, tokens
from tests.conftest import ROOT
from tests.made import quietly

CAIRO = ROOT / "data" / "documents" / "cairo-workshop-2016.md"


def test_the_cairo_document_printed_to_pdf(chromium, tmp_path):
    page, made = tmp_path / "cairo.html", tmp_path / "cairo.pdf"
    subprocess.run([pypandoc.get_pandoc_path(), "-f", "markdown", "-s", "-o", page, CAIRO], check=True)
    tab = chromium.new_page()
    tab.goto(page.as_uri())
    made.write_bytes(tab.pdf(format="A4"))
    tab.close()
    one, other = corpus.read(CAIRO), quietly(made)
    same = ["paragraph", "number", "section", "part"]
    assert other.paragraphs[same].equals(one.paragraphs[same])
    assert other.paragraphs["page"].is_monotonic_increasing and other.paragraphs["page"].iloc[0] == 1
    note = [read.texts[read.texts["kind"] == "note"][["text", "mark_in"]].values.tolist() for read in (one, other)]
    assert note[0] == note[1] and len(note[0]) == 6
    words = [tokens.tokenize(read.paragraphs)["token"].tolist() for read in (one, other)]
    broken = other.problems[other.problems["problem"] == "broken word"]["detail"].str.split(" read as ")
    told = {before: after.split(":")[0] for before, after in broken}
    assert len(told) <= 3 and words[1] == [told.get(word, word) for word in words[0]]
