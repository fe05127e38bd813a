"""Topic shares: checked, as a matrix, by group and by unit."""

import numpy as np
import pandas as pd

from analysis import tables

_KEYS = ["document", "paragraph"]
_ROUNDING = 1e-5  # shares of a paragraph may miss 1 by this much,
_EACH = 0.51e-6  # or by as much for each topic: half of the last digit of a share, a little more for float noise
_ADVICE = "Choose a unit that has one value each: the level at which it was given."


def wide(shares, own, **columns):
    """Check the shares of topics and put them in a matrix.

    Parameters
    ----------
    shares : DataFrame
        `document`, `paragraph`, `topic` (whole number), `share` (0 to 1) and the columns named in `columns`: one row
        per paragraph and topic.
    own : list of str
        Columns of the result, which the column `by` can't be.
    **columns : str
        The column in each role: `unit` (``"document"``), and `by` or `time`.

    Returns
    -------
    texts : DataFrame
        One row per paragraph, by name as text: `document`, `paragraph` and the columns named. The index is the row of
        `shares` where the paragraph begins (rows count from 0).
    values : ndarray
        Paragraphs × topics: shares, missing for all topics of a paragraph in which no word was kept.
    topics : ndarray
        Their numbers, ascending.

    Raises
    ------
    ValueError
        If columns or values are missing; `by` is one of `own` or ``"topic"``; the value of a named column changes
        within a paragraph; a paragraph lacks a topic, has it twice, or has shares that aren't 0 to 1 or don't sum to 1
        (to 0.00001; of more than 20 topics to half a millionth each, since `fit` gives six decimals); no paragraph has
        shares.

    Examples
    --------
    >>> shares = pd.DataFrame({"document": "a", "paragraph": [*"2211"], "topic": [1, 2] * 2, "share": [0.3, 0.7, 0.4, 0.6]})
    >>> texts, values, topics = wide(shares, [], unit="document")
    >>> texts["paragraph"].to_dict(), values.tolist(), topics.tolist()
    ({2: '1', 0: '2'}, [[0.4, 0.6], [0.3, 0.7]], [1, 2])
    """
    for role, name in columns.items():
        if not isinstance(name, str):
            raise ValueError(f"{role} should be the name of one column, found {name!r}.")
        if role == "by" and name in ["topic", *own]:
            raise ValueError(f"by is {name!r}, which the result has itself; rename the column.")
    names = list(dict.fromkeys([*_KEYS, *columns.values()]))
    tables.check(shares, "shares", list(dict.fromkeys([*_KEYS, "topic", "share", *names])))
    if not len(shares):
        raise ValueError("shares has no rows.")
    tables.check_present(shares, "shares", [*_KEYS, "topic", columns["unit"]])
    topic, share = (
        pd.to_numeric(shares[name], errors="coerce").to_numpy(float, na_value=np.nan) for name in ("topic", "share")
    )
    out = shares["share"].notna().to_numpy() & ~((share >= -_ROUNDING) & (share <= 1 + _ROUNDING))
    for name, strange, wanted in [
        ("topic", ~((np.abs(topic) < 2**53) & (topic == np.floor(topic))), "a whole number"),
        ("share", out, "0 to 1, or missing"),
    ]:
        if strange.any():
            row = int(strange.argmax())
            value, place = shares[name].iloc[[row]].tolist()[0], tuple(shares[_KEYS].iloc[row].astype("str"))
            raise ValueError(f"shares: {name} of paragraph {place} in row {row} is {value!r}; it should be {wanted}.")
    number = tables.codes(shares, _KEYS)
    first = np.unique(number, return_index=True)[1]
    texts = shares.iloc[first][names].set_axis(first)
    topics, item = np.unique(topic.astype(np.int64), return_inverse=True)
    times = np.bincount(number * len(topics) + item, minlength=len(first) * len(topics)).reshape(len(first), -1)
    if (times != 1).any():
        row, item = np.argwhere(times != 1)[0]
        place, found = tuple(texts[_KEYS].iloc[row].astype("str")), f"{times[row, item]} rows for topic {topics[item]}"
        raise ValueError(f"shares: paragraph {place} has {found}; it should have every topic once.")
    for name in columns.values():
        check_same(shares, "paragraph", name)
    values = np.empty(times.shape)
    values[number, item] = share
    allowed = max(_ROUNDING, _EACH * len(topics))
    wrong = ~(np.abs(values.sum(axis=1) - 1) <= allowed) & ~np.isnan(values).all(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        place, total = tuple(texts[_KEYS].iloc[row].astype("str")), values[row].sum()
        found = "are partly missing" if np.isnan(total) else f"sum to {total:.7g}"
        raise ValueError(f"shares: the shares of paragraph {place} {found}; they should sum to 1, or all be missing.")
    if np.isnan(values).all():
        raise ValueError("shares: no paragraph has shares; all are missing.")
    order = texts[_KEYS].astype("str").reset_index(drop=True).sort_values(_KEYS).index
    return texts.iloc[order], values[order], topics


def check_same(frame, unit, column):
    """Raise if a unit has several values in a column, naming the first.

    Parameters
    ----------
    frame : DataFrame
        Paragraphs: `document`, `paragraph` and the columns named in `unit` and `column`.
    unit : str
        Column; ``"paragraph"`` means a paragraph of a document.
    column : str
        Where each unit should have one value. A missing value is a value too.

    Raises
    ------
    ValueError
        If a unit has several.

    Examples
    --------
    >>> check_same(pd.DataFrame({"document": ["a", "a"], "region": ["Africa", "Asia"]}), "document", "region")
    Traceback (most recent call last):
    ValueError: shares: document 'a' has several values of region, ['Africa', 'Asia']. Choose a unit that has one value each: the level at which it was given.
    """
    keys = _KEYS if unit == "paragraph" else [unit]
    code, value = tables.codes(frame, keys), tables.codes(frame, [column])
    several = value != value[np.unique(code, return_index=True)[1]][code]
    if several.any():
        here = frame[code == code[several.argmax()]]
        name = tuple(here[keys].iloc[0].astype("str")) if unit == "paragraph" else repr(here[unit].iloc[0])
        found = here[column].astype(object).drop_duplicates().tolist()
        advice = "It should have one." if unit == "paragraph" else _ADVICE
        raise ValueError(f"shares: {unit} {name} has several values of {column}, {found}. {advice}")


def groups(texts, by):
    """The group of each paragraph.

    Parameters
    ----------
    texts : DataFrame
        Paragraphs, from `wide`, with the column `by`.
    by : str
        Column to group by. Where it is missing, that is a group of its own.

    Returns
    -------
    group : ndarray
        Its place in `names`, for each paragraph.
    names : Series
        The groups in order of appearance (by the index of `texts`).

    Examples
    --------
    >>> group, names = groups(pd.DataFrame({"region": ["Asia", "Africa", "Asia"]}, index=[4, 0, 2]), "region")
    >>> group.tolist(), names.tolist()
    ([1, 0, 1], ['Africa', 'Asia'])
    """
    appeared = texts[by].sort_index()
    code = pd.Series(tables.codes(appeared.to_frame(), [by]), appeared.index)
    names = appeared.iloc[np.unique(code, return_index=True)[1]].astype(object).infer_objects()
    return code.loc[texts.index].to_numpy(), names.reset_index(drop=True)


def units(texts, values, unit):
    """Shares added up over the paragraphs of each unit.

    Parameters
    ----------
    texts, values : DataFrame, ndarray
        Paragraphs and their shares, from `wide`; none missing.
    unit : str
        Column; ``"paragraph"`` means a paragraph of a document.

    Returns
    -------
    code : ndarray
        The unit of each paragraph: 0, 1, … in order of appearance.
    sums : ndarray
        Units × topics: the sum of shares.
    sizes : ndarray
        Paragraphs of each unit.

    Examples
    --------
    >>> code, sums, sizes = units(pd.DataFrame({"document": [*"aab"]}), np.array([[0.5], [0.25], [1]]), "document")
    >>> code.tolist(), sums.tolist(), sizes.tolist()
    ([0, 0, 1], [[0.75], [1.0]], [2, 1])
    """
    code = tables.codes(texts, _KEYS if unit == "paragraph" else [unit])
    sizes = np.bincount(code)
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, code, values)
    return code, sums, sizes
