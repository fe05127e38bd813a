"""A small project of two documents, one of them hostile, and two that are elsewhere: one chart of each kind."""

import json
import warnings

import matplotlib.pyplot as plt
import pandas as pd

from analysis import charts, codebooks, corpus, figures, lineage, patterns, survival, themes, tokens

HOSTILE = """A "Title" & <b>more</b>

## Costs <img src=x onerror=alert(1)>

1. He said </p>\\<script>document.title = "gone"\\</script> & 'peace' costs $\\frac{1}{2}$ {{ 7 * 7 }} {% raw %}.

2. السلام والأمن في العالم العربي، peace.

3. 😀😀 peace 😀, the peace office and **peace**¹ of war.

¹ A note \\</script><!-- on war.

====
"""
PLAIN = "A/70/1\n\n1. War and peace, then war.\n\n2. Nothing here.\n\n3. Peace last.\n"
BOOK = """peace <i>: {any: [peace], except: {"peace office": 'a "name" <i>'}}\nwar: {any: [war]}\nnever: {any: [xyzzy]}\n"""
VERSIONS = [  # of one text: kept, edited, and so that long stretches are shortened
    "1. Requests <b>a report</b> &amp; by May 2020</del>.\n\n2. Words </p> that stay, never to be changed by anyone here.\n",
    "1. Demands <b>a report</b> &amp; by June 2021</del>.\n\n2. Words </p> that stay, never to be changed by anyone here.\n",
    "1. Demands <b>a report</b> &amp; by June 2021</del>, {{ 7 * 7 }} <script>alert(1)</script> and السلام.\n\n"
    "2. Words </p> that stay, never to be changed by anyone there, 😀, \u202e however long these words go on to be read.\n",
]
LIMITS = "## What this cannot show\n\n- **Not** why <b>.\n- Not who.\n\n## More"
NOTEBOOKS = {
    "1-check.ipynb": ["check", "# 7. Is it <all> here?\n\nYes, **all**.", ["spans", "free"], "It shows *it*.\n\nMore."],
    "2-words.ipynb": ["", "# Which words?", ["words", "cells", "places"], "One [word](http://x.y) <i>."],
    "5-themes.ipynb": ["", "# Which themes?", ["themes", "years", "lives"], "## A heading"],
}


def write(root):
    """The project's files below a folder, but the pages."""
    for folder in ("data/documents", "data/codebooks", "notebooks", "figures"):
        (root / folder).mkdir(parents=True)
    (root / "data/documents/hostile & <i>.md").write_text(HOSTILE, encoding="utf-8")
    (root / "data/documents/plain.txt").write_text(PLAIN, encoding="utf-8")
    (root / "data/codebooks/book.yml").write_text(BOOK, encoding="utf-8")
    write_versions(root)
    away = "document,title,source\nX_1,X/1,see https://un.org/X/1(a).\nX_2,Speeches,javascript:alert(1)\n"
    (root / "data/elsewhere.csv").write_text(away, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _draw(root, corpus.read(root / "data/documents"))
    made = {name: _notebook(root, name, *parts) for name, parts in NOTEBOOKS.items()}
    (root / "figures/manifest.json").write_text(json.dumps({"notebooks": made}), encoding="utf-8")
    return root


def write_versions(root):
    """Three versions of a text, and the table that says of what series they are."""
    (root / "data/versions").mkdir(parents=True)
    table = "document,date,series,type\n"
    for number, text in enumerate(VERSIONS):
        (root / f"data/versions/v{number}.txt").write_text(text, encoding="utf-8")
        table += f'v{number},202{number}-05-31,"a <i>/""x""",renewal\n'
    (root / "data/versions.csv").write_text(table, encoding="utf-8")


def _draw(root, read):
    book = root / "data/codebooks/book.yml"
    words, concepts = tokens.tokenize(read.paragraphs), codebooks.load(book)
    hits = patterns.find(read.paragraphs, concepts)

    def save(chart, name, evidence=None, **more):
        figures.save(chart, name, evidence=evidence, title=f"Of {name} </script><b>", folder=root / "figures", **more)

    two = words[words["token"].isin(["peace", "war"])].astype({"token": "str", "section": "str"})
    save(charts.bars(_n(two, "token"), x="n", y="token"), "words", words, corpus=read)
    cells = _n(two, "token", "section")
    every = cells[["token"]].drop_duplicates().merge(cells[["section"]].drop_duplicates(), how="cross")
    cells = every.merge(cells, how="left").fillna({"n": 0}).astype({"n": "int64"})
    cells["per_1000"] = cells["n"]
    save(charts.heatmap(cells, x="token", y="section"), "cells", words, corpus=read)
    own = hits[hits["document"] == "hostile-i"]
    order = read.paragraphs.loc[read.paragraphs["document"] == "hostile-i", "paragraph"]
    save(charts.dispersion(own, y="label", order=order), "places", own, codebook=book, corpus=read)
    stretches = read.spans.assign(begins=read.spans["start"])
    own = stretches[stretches["document"] == "hostile-i"]
    drawn = charts.spans(own, lane="kind", by=["document", "kind", "begins"])
    save(drawn, "spans", corpus.passages(stretches), corpus=read)
    given = themes.classify(read.paragraphs, concepts)
    given = given[given["assigned"]].merge(read.texts, on=["document", "paragraph"])
    save(charts.bars(_n(given, "theme"), x="n", y="theme"), "themes", given, codebook=book, corpus=read)
    years = pd.DataFrame({"year": [1970, 1971, 1970], "line": ["a", "a", "b"], "n": [2, 1, 1]})
    places = [["X_1", "", 0, 90], ["X_2", "7", 0, 80], ["X_2", "8", 3, 9], ["X_1", "2", 1, 5]]
    away = pd.DataFrame(places, columns=["document", "paragraph", "start", "end"])
    away = away.assign(year=[1970, 1970, 1971, 1970], line=["a", "a", "a", "b"])
    save(charts.trend(years, x="year", y="n", line="line"), "years", away, corpus=read)
    collection = {"collection": root / "data/versions", "metadata": root / "data/versions.csv", "series": "series"}
    versions = corpus.read(*list(collection.values())[:2])
    opened = survival.openings(
        lineage.trace(versions.paragraphs, survival.order(versions.paragraphs)), versions.paragraphs
    )
    lives = survival.wordings(opened).drop(columns="text")
    save(charts.lifelines(lives, y="line"), "lives", opened, corpus=versions, **collection)
    save(plt.subplots()[1], "free")


def _n(table, *columns):
    """How many rows there are of each."""
    return table.groupby(list(columns)).size().rename("n").reset_index()


def _notebook(root, name, tag, first, drawn, below):
    cells = [{"cell_type": "markdown", "source": first, "metadata": {"tags": [tag]}}]
    for figure in drawn:
        cells.append({"cell_type": "code", "source": f'figures.save(ax, "{figure}")', "metadata": {}})
        told = below if below.startswith("#") else f"{figure}: {below}"
        cells.append({"cell_type": "markdown", "source": told, "metadata": {}})
    cells.append({"cell_type": "markdown", "source": LIMITS, "metadata": {}})
    (root / "notebooks" / name).write_text(json.dumps({"cells": cells}), encoding="utf-8")
    files = [path.name for path in sorted((root / "figures").iterdir()) if path.name.split(".")[0] in drawn]
    return {"data": {}, "figures": dict.fromkeys(files, "")}
