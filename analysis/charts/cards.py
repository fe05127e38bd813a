"""Topic cards: what one needs to read a topic, on one card each."""

import unicodedata
from bisect import bisect_left

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from analysis import tables
from analysis.charts.style import BLUE, INK, QUIET, RULE, STYLE, WIDTH, axes, check_order, checked

_COLUMNS = ["topic", "label", "terms", "share", "n_paragraphs", "n_placed", "few", "stability", "null", "confident"]
_MARKER, _PALE, _GREY = "#fbe3a4", "#e9e9e9", "#b4b4b4"
_LETTER = 0.06  # inches: a letter of an excerpt, a whole number of dots at 100, 150 and 300 per inch
_MONO = {"family": ["DejaVu Sans Mono", "DejaVu Sans"], "size": _LETTER * 72 * 2048 / 1233}  # of 2048 units 1233 wide
_EDGE, _GAP = 0.13, 0.14  # inches: inside a card, between two
_RIGHT = WIDTH - 0.1  # inches: where a card ends
_INLINE = 0.75  # inches: an excerpt beside its paragraph's number
_NAME, _BAR = 3.0, 2.9  # inches: the name of a group, the longest bar
_DOCUMENT = 50  # letters of a document's name: more would push the paragraph's number out
_TALLEST = 200  # inches: a picture can't be taller at 300 dots per inch


def cards(data, *, passages, highlights, groups=None, group=None):
    """Cards, one below another: name, terms, size, telling paragraphs with the terms marked, shares by group.

    Parameters
    ----------
    data : DataFrame
        One row per card, from `topics.cards`: `topic`, `label`, `terms`, `share` (0 to 1), `n_paragraphs`,
        `n_placed`, `few`, `stability`, `null`, `confident`; and `mark`. A topic that is not confident is all grey.
    passages : DataFrame
        Telling paragraphs: `topic`, `rank`, `document`, `paragraph`, `excerpt`; drawn in order of rank.
    highlights : DataFrame
        What is marked in an excerpt: `topic`, `rank`, `start`, `end` (characters in the excerpt).
    groups : DataFrame, optional
        One row per topic and group: `topic`, `share`, `low`, `high` (0 to 1, or missing), `few` (drawn hollow), and
        the column named in `group`; drawn in the order of the table, all cards to one scale.
    group : str, optional
        Column of `groups` with the group's name.

    Returns
    -------
    Axes
        In a figure of its own, as wide as a page and as tall as the cards.

    Raises
    ------
    ValueError
        If columns or values are missing, a topic has two cards, a share is negative or not finite, a highlight lies
        outside its excerpt, one of `groups` and `group` comes without the other, or the cards are too many for one
        picture.

    Examples
    --------
    >>> data = pd.DataFrame({"topic": [1], "label": "War", "terms": "war · arms", "share": 0.25, "n_paragraphs": 7})
    >>> data = data.assign(n_placed=40, few=False, stability=0.62, null=0.11, confident=True)
    >>> passages = pd.DataFrame({"topic": [1], "rank": 1, "document": "un", "paragraph": "12", "excerpt": "Arms for war."})
    >>> highlights = pd.DataFrame({"topic": [1], "rank": 1, "start": 9, "end": 12})
    >>> [text.get_text() for text in cards(data, passages=passages, highlights=highlights).texts][:3]
    ['Topic 1: War', 'war · arms', 'share 25 % of the text, largest in 7 of 40 paragraphs; stability .62 (shuffled .11)']
    """
    full, flags = ["topic", "share", "n_paragraphs", "n_placed"], ["few", "confident"]
    data = checked(data, "cards", _COLUMNS, full=full, keys=["label", "terms"], flags=flags)
    tables.check_unique(data, "charts.cards", ["topic"])
    excerpts = _excerpts(passages, highlights)
    if (groups is None) != (group is None):
        raise ValueError("charts.cards: give groups together with group, the column that names them.")
    if groups is not None:
        columns, name = ["topic", "share", "low", "high"], "cards: groups"
        groups = checked(
            groups, name, [*columns, group, "few"], full=["topic"], partial=columns[1:], flags=["few"], empty=True
        )
        check_order(groups, name, "low", "high")
        tables.check_unique(groups, "charts.cards: groups", ["topic", group])
        longest = groups[columns[1:]].max().max() or 1.0
    with plt.style.context(["default", STYLE]):
        texts, boxes, y = [], [], 0.0
        for row in data.to_dict("records"):
            ink = INK if row["confident"] else QUIET
            bottom = _head(row, y + _EDGE, texts)
            bottom = _tell(excerpts.get(row["topic"], []), bottom, ink, texts, boxes)
            if groups is not None:
                own = groups[groups["topic"] == row["topic"]]
                bottom = _share_out(own, group, longest, bottom, ink, texts, boxes)
            frame = {"facecolor": "none", "edgecolor": RULE, "linewidth": 0.9, "gid": row.get("mark")}
            boxes.append((0.01, y, _RIGHT - 0.01, bottom + _EDGE - y, frame))
            y = bottom + _EDGE + _GAP
        if y > _TALLEST:
            raise ValueError(f"charts.cards: {len(data)} cards are too tall for one picture; draw fewer at a time.")
        ax = axes(None, y + 0.4, "")  # the rest is for a title
        inches = ax.figure.dpi_scale_trans + ScaledTranslation(0, 0, ax.transAxes)  # from the left, whatever the layout
        place = blended_transform_factory(inches, ax.transData)
        for left, top, width, height, look in boxes:
            ax.add_patch(Rectangle((left, top), width, height, transform=place, clip_on=False, **look))
        for left, base, words, look in texts:
            ax.text(left, base, words, transform=place, va="baseline", **look)
        ax.set(xlim=(0, 1), ylim=(y - _GAP + 0.02, -0.02), xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    ax.drawn_table = data
    return ax


def _excerpts(passages, highlights):
    """For each topic the document, paragraph, excerpt and highlights of its passages, in order of rank."""
    keys = ["topic", "rank"]
    for table, name, columns in [
        (passages, "passages", [*keys, "document", "paragraph", "excerpt"]),
        (highlights, "highlights", [*keys, "start", "end"]),
    ]:
        tables.check(table, f"charts.cards: {name}", columns)
        tables.check_present(table, f"charts.cards: {name}", columns)
    tables.check_unique(passages, "charts.cards: passages", keys)
    spots = {key: own[["start", "end"]].to_numpy().tolist() for key, own in highlights.groupby(keys)}
    several, found = passages["document"].nunique() > 1, {}
    for row in passages.sort_values(keys).to_dict("records"):
        name, key = f"¶{row['paragraph']}", (row["topic"], row["rank"])
        for start, end in spots.get(key, []):
            if not 0 <= start < end <= len(row["excerpt"]):
                raise ValueError(f"charts.cards: highlights: no characters {start} to {end} in the excerpt of {key}.")
        document = str(row["document"])
        document = document if len(document) <= _DOCUMENT else document[: _DOCUMENT - 1] + "…"
        name = f"{document} {name}" if several else name
        found.setdefault(row["topic"], []).append((name, row["excerpt"], spots.get(key, [])))
    return found


def _head(row, top, texts):
    """Name, terms and size of a topic; returns where they end."""
    confident, tested = row["confident"], not pd.isna(row["stability"])
    name = row["label"] if confident else "not stable" if tested else "stability not tested"
    name = f"Topic {row['topic']:g}" + (f": {name}" if name else "")
    whole = f"share {_percent(row['share'])} of the text, largest in {'only ' if row['few'] else ''}"
    whole += f"{row['n_paragraphs']:g} of {row['n_placed']:g} paragraphs"
    if tested:
        shuffled = "" if pd.isna(row["null"]) else f" (shuffled {_decimal(row['null'])})"
        whole += f"; stability {_decimal(row['stability'])}{shuffled}"
    ink = INK if confident else QUIET
    top = _write(name, top, 2, texts, color=ink, size=10, weight="bold" if confident else "normal")
    top = _write(row["terms"], top + 0.02, 3, texts, color=ink, size=9)
    return _write(whole, top + 0.02, 2, texts, color=QUIET, size=8)


def _tell(excerpts, top, ink, texts, boxes):
    """The telling paragraphs, the terms marked; returns where they end."""
    inline = all(_wide(name, size=8) < _INLINE - _EDGE - 0.05 for name, *_ in excerpts)
    left = _INLINE if inline else _EDGE
    room = int((_RIGHT - _EDGE - left) / _LETTER)
    top += 0.07 if excerpts else 0
    for name, excerpt, spots in excerpts:
        if not inline:
            top = _write(name, top + 0.03, 1, texts, color=QUIET, size=8)
        base = top + 0.15
        if inline:
            texts.append((_EDGE, base, name, {"color": QUIET, "size": 8}))
        columns = np.cumsum([0, *(not unicodedata.combining(letter) for letter in excerpt)])
        if columns[-1] > room:
            excerpt = excerpt[: np.searchsorted(columns, room) - 1] + "…"
        texts.append((left, base, excerpt, {"color": ink, **_MONO}))
        marked = {"facecolor": _MARKER if ink == INK else _PALE, "edgecolor": "none", "zorder": 0.5}
        for start, end in spots:
            first, last = np.minimum(columns[[start, end]], room - 1)
            if last > first:
                boxes.append((left + first * _LETTER, base - 0.095, (last - first) * _LETTER, 0.13, marked))
        top = base + 0.04
    return top


def _share_out(rows, group, longest, top, ink, texts, boxes):
    """A bar for each group, with its interval; returns where they end."""
    if rows.empty:
        return top
    confident = ink == INK
    top = _write(f"share by {group}", top + 0.09, 1, texts, color=QUIET, size=8)
    left = _EDGE + _NAME + 0.1
    for row in rows.to_dict("records"):
        name = f"no {group}" if pd.isna(row[group]) else row[group]
        name = f"{name:g}" if isinstance(name, float) else str(name)
        middle = top + 0.095
        top = _write(name, top + 0.02, 2, texts, _NAME, color=ink, size=8)
        if pd.isna(row["share"]):
            texts.append((left, middle + 0.04, "no words kept", {"color": QUIET, "size": 8}))
            continue
        colour = BLUE if confident else _GREY
        look = {"facecolor": "white" if row["few"] else colour, "edgecolor": colour, "linewidth": 0.9}
        boxes.append((left, middle - 0.05, row["share"] / longest * _BAR, 0.1, look))
        reach = row["share"]
        if np.isfinite([row["low"], row["high"]]).all():
            reach, ends = max(reach, row["high"]), np.array([row["low"], row["high"]]) / longest * _BAR
            boxes.append((left + ends[0], middle - 0.007, np.ptp(ends), 0.014, {"facecolor": ink, "edgecolor": "none"}))
        end = left + reach / longest * _BAR + 0.06
        texts.append((end, middle + 0.04, _percent(row["share"]), {"color": ink, "size": 8}))
    return top


def _write(words, top, lines, texts, room=_RIGHT - 2 * _EDGE, **look):
    """Words in at most so many lines, none wider than the room, cut with … where they do not fit; returns the end."""
    written = [""]
    for word in words.split():
        line = f"{written[-1]} {word}".strip()
        if _wide(line, **look) <= room or not written[-1]:
            written[-1] = line
        else:
            written.append(word)
    if len(written) > lines:
        written[lines - 1 :] = [f"{written[lines - 1]} …"]
    for line in written:
        if _wide(line, **look) > room:
            line = line.removesuffix("…").rstrip()
            most = bisect_left(range(len(line)), True, key=lambda n: _wide(f"{line[: n + 1]}…", **look) > room)
            line = line[:most].rstrip() + "…"
        top += look["size"] * 1.32 / 72
        texts.append((_EDGE, top - look["size"] * 0.22 / 72, line, look))
    return top


def _wide(words, size, weight="normal", color=None):
    """How wide words are in one line at most, in inches: dots make letters up to 2 % wider."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(words, font, False)[0] / 72 * 1.02


def _percent(share):
    """0.123 → 12 %."""
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def _decimal(number):
    """0.62 → .62."""
    return f"{number:.2f}".replace("0.", ".", 1).replace("-", "−")
