"""What the pages are made of: the files that `figures.save` and the notebooks left."""

import ast
import json
from pathlib import Path

import pandas as pd
import regex
from markupsafe import Markup, escape

from analysis import tables
from analysis.report import vector
from analysis.report.names import names as named


def charts(figures, names):
    """Read the charts of a folder.

    Parameters
    ----------
    figures : str or Path
        The folder that `figures.save` wrote to.
    names : list of str
        The files that the manifest names; any other in the folder is the user's own.

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
    >>> charts("figures", ["02-silences.svg"])["title"].tolist()
    ['Of 21 subjects, the paragraphs name 2']
    """
    rows = []
    for path in (Path(figures) / name for name in sorted(names) if name.endswith(".svg")):
        try:
            svg = path.read_text(encoding="utf-8")
            rows.append((path.stem, *vector.told(svg), svg))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
    return pd.DataFrame(rows, columns=["figure", "title", "alt", "svg"], dtype="str")


def evidence(figures, names):
    """Read the evidence of all charts of a folder.

    Parameters
    ----------
    figures : str or Path
        The folder that `figures.save` wrote to.
    names : list of str
        The files that the manifest names; any other in the folder is the user's own.

    Returns
    -------
    DataFrame
        One row per passage: `figure`, `mark`, `name` (the mark in words, as
        `names.names` gives it), `document`, `paragraph`, `start`, `end`; figures
        by name, passages as in their files.

    Raises
    ------
    ValueError
        If a file is missing or damaged; the message names it.

    Examples
    --------
    >>> found = evidence("figures", ["02-most-frequent-words.evidence.csv"])
    >>> found[["mark", "name", "paragraph", "start"]].values.tolist()[0]
    ['un', 'UN', '1', 45]
    """
    needs, whole_numbers = list(tables.columns("evidence")), {"start": "int64", "end": "int64"}
    found = [pd.DataFrame(columns=["figure", "mark", "name", *needs[1:]], dtype="str").astype(whole_numbers)]
    for path in (Path(figures) / name for name in sorted(names) if name.endswith(".evidence.csv")):
        figure = path.name.removesuffix(".evidence.csv")
        read = _table(path, needs)
        whole = read[["start", "end"]].apply(lambda column: column.str.fullmatch("[0-9]{1,15}")).all(axis=1)
        if not whole.all():
            row = int((~whole).to_numpy().argmax())
            raise ValueError(f"{path.name}: start and end of row {row} (rows count from 0) are not whole numbers.")
        read = read.astype(whole_numbers)
        read["paragraph"] = read["paragraph"].where(read["paragraph"] != "")
        read.insert(0, "figure", figure)
        drawn = _table(path.with_name(f"{figure}.csv"), ["mark"])
        read.insert(2, "name", read["mark"].map(named(drawn, read)).fillna(read["mark"]).astype("str"))
        found.append(read)
    return pd.concat(found, ignore_index=True)


def _table(path, needs):
    """A table that `figures.save` wrote, all text."""
    try:
        read = pd.read_csv(path, dtype="str", keep_default_na=False, index_col=False)
    except FileNotFoundError:
        raise ValueError(f"There is no {path.name} beside the other files of its figure: run make figures.") from None
    except (OSError, ValueError) as error:  # ParserError, EmptyDataError and UnicodeDecodeError are ValueErrors
        raise ValueError(f"{path.name} can't be read: {error}. Run make figures.") from None
    missing = [name for name in needs if name not in read.columns]
    if missing:
        raise ValueError(f"{path.name} lacks the columns {missing}: run make figures.")
    return read


def captions(notebooks, data):
    """What notebooks say of their charts.

    Parameters
    ----------
    notebooks : str or Path
        The folder of the notebooks (``.ipynb``).
    data : dict of str to list of str
        File name of each notebook to be read → paths of the files it read.

    Returns
    -------
    DataFrame
        One row per chart that a notebook names, in the order of the notebooks:
        `figure`, `notebook` (name without suffix), `question` (its title),
        `answer` (what stands below it), `caption` (the last paragraph above the
        cell that draws the chart: how it is to be read), `shown` (the first
        paragraph below it, unless that leads on to a table: what the chart shows
        and what it can't), `limits` (the list under “What this cannot show”) and
        `data` (the paths, one a line). Texts are HTML.

    Raises
    ------
    ValueError
        If a notebook can't be read; the message names it.

    Examples
    --------
    >>> found = captions("notebooks", {"02-what-it-dwells-on.ipynb": ["data/silences.csv"]}).set_index("figure")
    >>> found.loc["02-silences", "question"], found.loc["02-silences", "data"]
    ('2. What does it dwell on, and what does it never mention?', 'data/silences.csv')
    """
    rows = []
    for path in sorted(Path(notebooks) / name for name in data):
        cells = _cells(path)
        told = [_paragraphs(source) if kind == "markdown" else None for kind, source in cells]
        question, _, answer = (cells[0][1] if told and told[0] else path.stem).lstrip("# ").partition("\n")
        limits = next(filter(None, (_limits(source) for kind, source in cells if kind == "markdown")), "")
        for number, (kind, source) in enumerate(cells):
            if kind != "code":
                continue
            above = next((found[-1] for found in reversed(told[:number]) if found), "")
            below = next((found[0] for found in told[number + 1 :] if found), "")
            below = "" if "One row" in below or below.startswith("#") or below.endswith(":") else below
            texts = [path.stem, question, *map(_formatted, (answer, above, below)), limits]
            rows += [(figure, *texts, "\n".join(data.get(path.name, []))) for figure in _drawn(source)]
    columns = ["figure", "notebook", "question", "answer", "caption", "shown", "limits", "data"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _cells(path):
    """Kind and text of each cell of a notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"{path.name} can't be read as a notebook of version 4 ({reason}): mend or move it.") from None


def _paragraphs(markdown):
    return regex.split(r"\n\s*\n", markdown.strip())


def _limits(markdown):
    """The list under “What this cannot show”."""
    found = regex.search(r"(?ms)^## What this cannot show\s*(.*?)(?=^#|\Z)", markdown)
    items = regex.split(r"(?m)^- ", found[1])[1:] if found else []
    return (
        Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(_formatted(one)) for one in items))
        if items
        else ""
    )


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
