"""Painted words and numbers, compared with the drawn table."""

import unicodedata
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from analysis.verification import drawing
from analysis.verification.letters import inside, key, read

_RIGHT = {"R", "AL", "AN"}  # letters written from right to left
_REACH = {"row": 6, "column": 12, "heading": np.inf, "plane": 25}  # points between a mark and its words


def check(figure):
    """Compare the painted words and numbers of a figure with its table."""
    data, texts = figure.data.reset_index(drop=True), read(figure)
    found = []
    if figure.title not in ("", figure.name) and key(figure.title) not in {text.words for text in texts}:
        found.append((figure.name, "", "title is not painted", figure.title))
    if data.empty or not texts or data["mark"].duplicated().any():
        return [], found
    marks = drawing.boxes(figure)
    columns, problems = _cells(figure, data, texts, marks)
    found += problems
    if columns:  # a number in a cell is no word beside it
        within = {id(text) for box in marks.itertuples() for text in inside(box, texts)}
        texts = [text for text in texts if id(text) not in within]
    keys = data.drop(columns="mark").map(key)
    numeric = data.apply(pd.to_numeric, errors="coerce").notna().mean()
    for name in sorted(keys, key=numeric.get):
        alike = any((keys[name] == keys[other]).mean() > 0.5 for other in columns if other in keys)
        if (numeric[name] == 1 and alike) or set(data[name]) <= {"True", "False"}:
            continue
        painted, problems = _words(figure, name, keys, texts, marks, numeric[name] > 0.5)
        columns += [name] if painted else []
        found += problems
    return [name for name in data if name in columns], list(dict.fromkeys(found))


def _cells(figure, data, texts, marks):
    """Numbers inside of marks."""
    words = pd.Series([[text.words for text in inside(box, texts)] for box in marks.itertuples()])
    if (words.map(len) == 1).mean() < 2 / 3:
        return [], []
    painted = pd.to_numeric(words.str.join(" ").str.replace(",", ""), errors="coerce")
    best = max(data.columns, key=lambda name: (pd.to_numeric(data[name], errors="coerce") == painted).sum())
    wrong = pd.to_numeric(data[best], errors="coerce") != painted
    if wrong.mean() > 1 / 3:
        return [], []
    return [best], [
        (
            figure.name,
            data["mark"][row],
            "painted number differs",
            f"painted {' and '.join(words[row]) or 'nothing'}, {best} = {data[best][row]}",
        )
        for row in np.flatnonzero(wrong)
    ]


def _words(figure, name, keys, texts, marks, number):
    """Whether a column's words are painted, and which are not, or stand elsewhere."""
    values, known = keys[name], set(keys.to_numpy().ravel())
    readable = ~values.map(lambda words: any(unicodedata.bidirectional(one) in _RIGHT for one in words))
    asked = readable & (values != "")
    asked &= np.array([len(drawn) > 0 for drawn in drawing.own(figure)])
    different = set(values[asked])
    own = [text for text in texts if text.words in different]
    strange = [text for text in texts if text.words not in known]
    lacks = asked & ~values.isin({text.words for text in own})
    share = 1 - values[lacks].nunique() / max(1, len(different))
    if not own or share < 1 / 2:
        return False, []
    if share < 2 / 3:  # still, if others stand where the words that are not painted would
        twins = len(different) == 2 and any(abs(one.left - text.left) < 0.1 for text in own for one in strange)
        if not twins and not any(_alike(value, text.words) for value in set(values[lacks]) for text in strange):
            return False, []
    way, stands = _beside(values, own, marks, readable.sum())
    if number and way != "row":
        return False, []
    if way:
        told = _told(way, values, stands, own, strange, texts, marks)
    else:  # not all that a legend could hold need be there, but what was changed is
        lines = [[(text.words, round(getattr(text, side), 1)) for text in own] for side in ("left", "base")]
        twice = any(len(set(line)) < len(line) for line in lines)
        told = values.map(lambda value: twice or any(_alike(value, text.words) for text in strange))
    data, found = figure.data.reset_index(drop=True), []
    for row in np.flatnonzero(asked & (lacks | ~stands) & told):
        problem = "label is not painted" if lacks[row] else "label is painted at another place"
        found.append((figure.name, data["mark"][row], problem, f"{name} = {data[name][row]}"))
    return True, found


def _told(way, values, stands, own, strange, texts, marks):
    """For each mark, whether its words were there: there may have been no room for them, or they may not be drawn."""
    if way == "heading":
        return np.ones(len(values), bool)
    if way == "column":  # in the same line as the others
        strange = [one for one in strange if any(abs(one.base - text.base) < 1 for text in own)]
    far = [_far(way, some, marks) for some in (strange, own, texts)]
    same = values.to_numpy()[:, None] == np.array([text.words for text in own])
    changed = (far[0] < _REACH[way]).any(1) | ((far[1] < 2) & ~same).any(1)
    moved = ~values.isin(set(values[stands])) & values.isin({text.words for text in own})
    fewer = (far[2] < _REACH[way]).sum(1)
    return changed | moved.to_numpy() | ((way == "row") & (fewer < np.median(fewer[stands])))


def _alike(one, other):
    return SequenceMatcher(None, one, other).ratio() > 0.7


def _far(way, texts, marks):
    """How far texts are from marks: one row per mark."""
    x, y = (marks[side].to_numpy()[:, None] - np.array([getattr(text, side) for text in texts], float) for side in "xy")
    if way == "heading":
        return np.where(y > -1, y, np.inf)
    return {"row": abs(y), "column": abs(x), "plane": np.hypot(x, y)}[way]


def _beside(values, own, marks, readable):
    """How a column's words stand to their marks, and which of them do."""
    best = "", np.ones(len(values), bool), 0.8 * readable
    same = values.to_numpy()[:, None] == np.array([text.words for text in own])
    left = np.array([text.left for text in own]).round(1)
    usual = max(left, key=left.tolist().count)
    for way, reach in _REACH.items():
        far = _far(way, own, marks)
        if way == "heading":  # all begin at one place, left of the marks
            far = np.where(np.abs(left - usual) < 0.1, far, np.inf)
            if usual > marks["left"].min() + 5:
                continue
        stands = (same & (far <= far.min(1, keepdims=True) + 0.5) & (far < reach)).any(1)
        if values[stands].nunique() >= (2 if way == "heading" else 3) and stands.sum() > best[2]:
            best = way, stands, stands.sum()
    return best[:2]
