"""The bars of an SVG: is each as long as its number says?"""

import numpy as np
import pandas as pd
import regex

_NUMBER = regex.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def check(figure):
    """Measure the bars of a figure against the drawn numbers.

    Parameters
    ----------
    figure : Figure
        From `files.read`.

    Returns
    -------
    str
        The column whose numbers the bars are as long as; empty if the marks are
        not bars from one line, or no column fits two thirds of them.
    list
        Findings (figure, mark, problem, detail) for bars that differ by more
        than half of one per cent.

    Notes
    -----
    Bars are rectangles, one for each mark, of one height and beginning at one
    place. The scale is the median of length / number, so a scale that is wrong
    throughout is not seen.

    Examples
    --------
    >>> from pathlib import Path
    >>> from analysis.verification import files
    >>> figure, _ = files.read(Path("figures"), "02-most-frequent-words", [])
    >>> check(figure)
    ('n', [])
    >>> check(figure._replace(data=figure.data.assign(n=["9", *figure.data["n"][1:]]).drop(columns="per_1000")))[1][0][:3]
    ('02-most-frequent-words', 'un', 'bar is too long or too short')
    """
    lengths = _lengths(figure)
    if lengths is None:
        return "", []
    best = None
    for name in figure.data.columns.drop("mark"):
        values = pd.to_numeric(figure.data[name], errors="coerce").to_numpy(float)
        if not np.isfinite(values).all() or not (values > 0).any():
            continue
        scale = np.median(lengths[values > 0] / values[values > 0])
        right = scale * values
        fits = (np.abs(lengths - right) <= 0.005 * right + 0.01) & (scale > 0)
        if fits.mean() >= 2 / 3 and (best is None or fits.mean() > best[1].mean()):
            best = name, fits, right
    if best is None:
        return "", []
    name, fits, right = best
    rows = zip(figure.data["mark"][~fits], figure.data[name][~fits], lengths[~fits], right[~fits], strict=True)
    return name, [
        (
            figure.name,
            mark,
            "bar is too long or too short",
            f"{is_:.1f} points for {name} = {value}, beside the others {be:.1f}",
        )
        for mark, value, is_, be in rows
    ]


def _lengths(figure):
    """The lengths of the bars in the order of the table, or None if these are not bars."""
    outlines = {mark: paths for mark, paths in figure.shapes if len(paths) == 1}
    if not set(figure.data["mark"]) <= set(outlines) or figure.data.empty:
        return None
    boxes = []
    for mark in figure.data["mark"]:
        numbers = [float(one) for one in _NUMBER.findall(outlines[mark][0])]
        if len(numbers) != 8:
            return None
        x, y = numbers[::2], numbers[1::2]
        boxes.append((min(x), max(x), min(y), max(y)))
    left, right, top, bottom = np.array(boxes).T
    if np.ptp(left) > 0.01 or np.ptp(bottom - top) > 0.01:
        return None
    return right - left
