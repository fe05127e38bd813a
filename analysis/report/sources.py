"""What the pages are made of: the files that `figures.save` and the notebooks left."""

import ast
import json
from pathlib import Path

import pandas as pd
import regex
from markupsafe import Markup, escape

from analysis import tables
from analysis.report import vector
from analysis.report.names import names


def charts(figures):
    """Read the charts of a folder.

    Parameters
    ----------
    figures : str or Path
        The folder that `figures.save` wrote to.

    Returns
    -------
    DataFrame
        One row per chart, by name: `figure` (file name without suffix),
        `title`, `alt` and `svg` (the file's text).

    Raises
    ------
    ValueError
        If an SVG is damaged, or has no title or description.

    Examples
    --------
    >>> found = charts("figures")
    >>> found.loc[found["figure"] == "02-silences", "title"].tolist()
    ['Of 21 subjects, the paragraphs name 2']
    """
    rows = []
    for path in sorted(Path(figures).glob("*.svg")):
        svg = path.read_text(encoding="utf-8")
        try:
            rows.append((path.stem, *vector.told(svg), svg))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
    return pd.DataFrame(rows, columns=["figure", "title", "alt", "svg"], dtype="str")


def evidence(figures):
    """Read the evidence of all charts of a folder.

    Parameters
    ----------
    figures : str or Path
        The folder that `figures.save` wrote to.

    Returns
    -------
    DataFrame
        One row per passage: `figure`, `mark`, `name` (the mark in words, as
        `names.names` gives it), `document`, `paragraph`, `start`, `end`; figures
        by name, passages as in their files.

    Examples
    --------
    >>> found = evidence("figures")
    >>> found.loc[found["figure"] == "02-most-frequent-words", ["mark", "name", "paragraph", "start"]].values.tolist()[0]
    ['un', 'UN', '1', 45]
    """
    kinds = {"mark": "str", "document": "str", "paragraph": "str", "start": "int64", "end": "int64"}
    found = [tables.empty(["figure", "mark", "name", *list(kinds)[1:]]).astype({"start": "int64", "end": "int64"})]
    for path in sorted(Path(figures).glob("*.evidence.csv")):
        figure = path.name.removesuffix(".evidence.csv")
        read = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values={"paragraph": [""]})
        drawn = pd.read_csv(path.with_name(f"{figure}.csv"), dtype="str", keep_default_na=False)
        read = read.astype({"paragraph": "str"})
        read.insert(0, "figure", figure)
        read.insert(2, "name", read["mark"].map(names(drawn, read)).fillna(read["mark"]).astype("str"))
        found.append(read)
    return pd.concat(found, ignore_index=True)


def captions(notebooks, data):
    """What notebooks say of their charts.

    Parameters
    ----------
    notebooks : str or Path
        The folder of the notebooks (``.ipynb``).
    data : dict of str to list of str
        File name of a notebook → paths of the files it read.

    Returns
    -------
    DataFrame
        One row per chart that a notebook names, in the order of the notebooks:
        `figure`, `notebook` (name without suffix), `question` (its title),
        `answer` (what stands below it), `caption` (the last paragraph above the
        cell that draws the chart: how it is to be read) and `data` (the paths,
        one a line). Texts are HTML.

    Examples
    --------
    >>> found = captions("notebooks", {"02-what-it-dwells-on.ipynb": ["data/silences.csv"]}).set_index("figure")
    >>> found.loc["02-silences", "question"], found.loc["02-silences", "data"]
    ('2. What does it dwell on, and what does it never mention?', 'data/silences.csv')
    """
    rows = []
    for path in sorted(Path(notebooks).glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        question, answer, above = path.stem, "", ""
        for number, cell in enumerate(cells):
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                above = regex.split(r"\n\s*\n", source.strip())[-1]
                if number == 0:
                    question, _, answer = source.lstrip("# ").partition("\n")
            elif cell["cell_type"] == "code":
                rows += [
                    (
                        figure,
                        path.stem,
                        question,
                        _formatted(answer),
                        _formatted(above),
                        "\n".join(data.get(path.name, [])),
                    )
                    for figure in _drawn(source)
                ]
    return pd.DataFrame(rows, columns=["figure", "notebook", "question", "answer", "caption", "data"], dtype="str")


def _drawn(source):
    """The figures that a cell of a notebook names."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return sorted({name.removeprefix("../figures/") for name in names if name.startswith("../figures/")})


def _formatted(markdown):
    """Bold, italic and code of a paragraph as HTML; links as their words; anything else as it is."""
    text = regex.sub(r"^#+ ", "", " ".join(markdown.split()))
    text = str(escape(regex.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)))
    pieces = regex.split(r"`([^`]*)`", text)  # every second one is code
    for place in range(0, len(pieces), 2):
        pieces[place] = regex.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"<strong>\1</strong>", pieces[place])
        pieces[place] = regex.sub(r"\*(?=\S)([^*]+?)(?<=\S)\*", r"<em>\1</em>", pieces[place])
    return Markup("".join(f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces)))
