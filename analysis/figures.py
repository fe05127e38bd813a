"""Axes + table + evidence → files, the same bytes every time."""

import html
import io
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import regex
from matplotlib.axes import Axes

from analysis import tables

SUFFIXES = (".svg", ".png", ".csv", ".evidence.csv")  # of the files that `save` writes
_DPI = 300
_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not allowed in XML
_CODED = regex.compile("~([0-9a-f]{1,6})~")
_SAVING = {
    "svg.hashsalt": "analysis",
    "svg.fonttype": "path",
    "savefig.facecolor": "white",
    "font.family": "DejaVu Sans",
    "text.parse_math": False,
}


def mark(table, by):
    """Name each row of a table after its keys, for a figure and its evidence to share.

    Parameters
    ----------
    table : DataFrame
        The table to be drawn, or its evidence.
    by : str or list of str
        The columns that tell the marks of the figure apart, at least one.

    Returns
    -------
    DataFrame
        A copy with `mark` as first column: the keys joined by ``--``, spaces as
        ``.``; any character but letters, digits and single ``-`` inside by its
        code. Different keys make different marks; a number makes the same mark
        as the text that writes it, 1 as "1".

    Raises
    ------
    ValueError
        If a column is missing, none is named, or a key is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"section": ["UN Reform"], "token": ["un’s"]})
    >>> mark(table, ["section", "token"])["mark"].tolist()
    ['UN.Reform--un~2019~s']
    """
    by = [by] if isinstance(by, str) else list(by)
    if not by:
        raise ValueError("by is empty: name the columns that tell the marks apart.")
    tables.check(table, "table", by)
    names = table[by[0]].astype(str).map(_plain)
    for name in by[1:]:
        names = names + "--" + table[name].astype(str).map(_plain)
    rest = table.drop(columns="mark", errors="ignore")
    rest.insert(0, "mark", names.astype("str"))
    return rest


def keys_of(mark):
    """The keys that a mark was made of: what `mark` did, undone."""
    return ["" if part == "~" else _CODED.sub(_letter, part.replace(".", " ")) for part in mark.split("--")]


def save(ax, path, *, data, evidence, alt, title=""):
    """Write a chart, the table it draws and the passages it counts.

    Parameters
    ----------
    ax : Axes
        From a function of `charts`; its figure is closed.
    path : str or Path
        Folder and name without suffix: ``"../figures/02-silences"``.
    data : DataFrame
        The drawn table: `mark`, once each; `n`, how many passages the mark
        stands for; and what else was drawn.
    evidence : DataFrame
        One row per passage: `mark`, `document`, `paragraph`, `start`, `end`.
    alt : str
        What the chart shows, in words, for readers who can't see it.
    title : str, optional
        What the reader should take from the chart, written above it.

    Returns
    -------
    IPython.display.Image
        The chart, for the notebook to show.

    Raises
    ------
    TypeError
        If `ax` is not Axes, `path` neither text nor a Path, or `alt` or `title`
        is not text.
    ValueError
        If `path` names no file, `alt` is empty, columns or values are missing, a
        mark is repeated or not drawn, something drawn has no row or other values
        than its row, a passage is repeated or empty or has a place that is not a
        whole number, or `n` is not a number or differs from the number of
        passages. Whatever is wrong, nothing is written.

    Notes
    -----
    Writes ``NAME.svg`` (each drawn row has its `mark` as id), ``NAME.png``
    (300 dots per inch), ``NAME.csv`` and ``NAME.evidence.csv``; numbers with six
    significant digits; no dates or versions inside.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import charts
    >>> data = mark(pd.DataFrame({"word": ["peace"], "n": [2]}), "word")
    >>> save(charts.bars(data, x="n", y="word"), "peace", alt="Peace twice.", data=data,
    ...     evidence=pd.DataFrame({"mark": ["peace"], "document": "un", "paragraph": "1", "start": 0, "end": 5}))
    Traceback (most recent call last):
    ValueError: peace: mark 'peace' stands for n = 2 passages, but has 1 in the evidence.
    """
    path = _checked(ax, path, alt, title)
    tables.check(data, "marks")
    evidence = _passages(evidence)
    _check_marks(path.name, ax, data, evidence)
    _check_drawn(path.name, ax, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    with plt.style.context(["default", _SAVING]):  # whatever the user's own settings are
        if title:
            ax.figure.suptitle(textwrap.fill(title, 74), x=0.01, ha="left", fontsize=11, fontweight="bold")
        vector, pixels, shown = io.StringIO(), io.BytesIO(), io.BytesIO()
        ax.figure.draw_without_rendering()  # lets the layout settle around long labels
        ax.figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        ax.figure.savefig(pixels, format="png", dpi=_DPI, metadata={"Software": None, "Description": alt})
        ax.figure.savefig(shown, format="png", dpi=_DPI / 2, metadata={"Software": None})
    plt.close(ax.figure)
    _write(path, ".svg", _described(vector.getvalue(), title or path.name, alt).encode())
    _write(path, ".png", pixels.getvalue())
    _write(path, ".csv", _csv(data))
    _write(path, ".evidence.csv", _csv(evidence))
    from IPython.display import Image

    return Image(data=shown.getvalue(), alt=alt, width=round(100 * ax.figure.get_figwidth()))


def _plain(name):
    """A name as an id that SVG, HTML and links can carry, different names staying different."""
    name = regex.sub(r"[^\p{L}\p{N} -]|-(?=-)|^-|-$", lambda found: f"~{ord(found[0]):x}~", name)
    return name.replace(" ", ".") or "~"


def _letter(found):
    """The character that `_plain` wrote by its code; what stands for none is left as it is."""
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 else found[0]


def _checked(ax, path, alt, title):
    """The path, if it and the other arguments are what they should be."""
    if not isinstance(path, (str, Path)):
        raise TypeError(f"path should be text or a Path, found {type(path).__name__}.")
    path = Path(path)
    if path.name in ("", ".."):
        raise ValueError("path names no file: give folder and name without suffix, as in '../figures/02-silences'.")
    if not isinstance(ax, Axes):
        raise TypeError(f"{path.name}: ax should be Axes, from a function of charts; found {type(ax).__name__}.")
    for name, text in [("alt", alt), ("title", title)]:
        if not isinstance(text, str):
            raise TypeError(f"{path.name}: {name} should be text, found {type(text).__name__}.")
    if not alt.strip():
        raise ValueError(f"{path.name}: alt is empty: say in words what the chart shows.")
    return path


def _passages(evidence):
    """The evidence with its own columns only, no passage empty."""
    evidence = tables.check(evidence, "evidence")[list(tables.columns("evidence"))]
    empty = (evidence["start"] >= evidence["end"]).to_numpy(bool)
    if empty.any():
        raise ValueError(f"evidence: row {empty.argmax()} (from 0) has no characters between start and end.")
    return evidence


def _check_drawn(name, ax, data):
    """What a function of `charts` drew is what the data say."""
    drawn = getattr(ax, "drawn_table", None)
    if drawn is None or "mark" not in drawn.columns:
        return
    columns = [column for column in drawn.columns if column in data.columns]
    ours = tables.significant(data[columns]).set_index("mark").astype(object)
    drawn = drawn[columns].set_index("mark").reindex(ours.index).astype(object)
    for column in ours.columns:
        differs = ~((ours[column] == drawn[column]) | (ours[column].isna() & drawn[column].isna())).to_numpy(bool)
        if differs.any():
            one = ours.index[differs.argmax()]
            raise ValueError(
                f"{name}: mark {one!r} is drawn with {column} = {drawn[column][one]}, "
                f"but the data have {ours[column][one]}."
            )


def _check_marks(name, ax, data, evidence):
    """Each mark is drawn once, and has as many passages as it says."""
    drawn = [artist.get_gid() for artist in ax.figure.findobj(lambda artist: artist.get_gid() is not None)]
    marks = set(data["mark"])
    for problem, wrong in [
        ("is in the data but not drawn", marks - set(drawn)),
        ("is drawn but not in the data", set(drawn) - marks),
        (
            "is drawn more than once",
            {one for one in drawn if drawn.count(one) > 1} if len(drawn) > len(marks) else set(),
        ),
        ("is in the evidence but not in the data", set(evidence["mark"]) - marks),
    ]:
        if wrong:
            raise ValueError(f"{name}: mark {min(wrong, key=str)!r} {problem}.")
    passages = evidence["mark"].value_counts().reindex(data["mark"], fill_value=0)
    for one, n, found in zip(data["mark"], data["n"], passages, strict=True):
        if n != found:
            raise ValueError(f"{name}: mark {one!r} stands for n = {n} passages, but has {found} in the evidence.")


def _described(svg, title, alt):
    """The SVG with its title and alternative text, as screen readers look for them."""
    svg = _CONTROL.sub("\ufffd", svg)
    start = svg.index("<svg ")
    end = svg.index(">", start)
    title, alt = (_CONTROL.sub("\ufffd", text) for text in (title, alt))
    words = f"\n <title>{html.escape(title)}</title>\n <desc>{html.escape(alt)}</desc>"
    return svg[: start + 5] + 'role="img" ' + svg[start + 5 : end + 1] + words + svg[end + 1 :]


def _csv(table):
    return tables.significant(table).to_csv(index=False, lineterminator="\n").encode()


def _write(path, suffix, content):
    tables.write_bytes(path.with_name(path.name + suffix), content)
