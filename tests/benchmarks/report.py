"""How long the pages of many documents take to write, beside reading the documents alone: python -m tests.benchmarks.report."""

import json
import random
import tempfile
import time
from pathlib import Path

from analysis import charts, corpus, figures, patterns, report

DOCUMENTS, PARAGRAPHS, WORDS = 300, 34, 95


def project(root):
    """A project of 300 documents with one chart."""
    for folder in ("data/documents", "figures", "notebooks"):
        (root / folder).mkdir(parents=True)
    draw = random.Random(0)
    words = ["peace", "war", *("".join(draw.choices("aeinorst", k=6)) for _ in range(300))]
    for number in range(DOCUMENTS):
        lines = [f"{n}. {' '.join(draw.choices(words, k=WORDS))}." for n in range(1, PARAGRAPHS + 1)]
        (root / f"data/documents/{number}.txt").write_text("\n\n".join(lines))
    hits = patterns.find(corpus.read(root / "data/documents").paragraphs, "peace")
    counts = hits.groupby("label").size().rename("n").reset_index()
    figures.save(charts.bars(counts, x="n", y="label"), "one", evidence=hits, folder=root / "figures")
    (root / "notebooks/1.ipynb").write_text(json.dumps({"cells": []}))
    drawn = {path.name: "" for path in (root / "figures").iterdir()}
    (root / "figures/manifest.json").write_text(json.dumps({"notebooks": {"1.ipynb": {"data": {}, "figures": drawn}}}))


def seconds(function, *arguments):
    """How much of the processor a call takes."""
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder))
        reading, writing = seconds(corpus.read, Path(folder, "data/documents")), seconds(report.write, folder)
    print(
        f"{DOCUMENTS * PARAGRAPHS:,} paragraphs: read in {reading:.1f} s, pages in {writing:.1f} s: {writing / reading:.1f} times as long"
    )
