"""Counts by group, item and unit, and the running words they were found in."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.resampling.matrices import numbers

_CELLS = ["group", "item", "unit", "n"]
_SIZES = ["group", "unit", "size"]


def with_totals(cells, sizes):
    """Cells with the totals of their group and item; and one row per group and item.

    Parameters
    ----------
    cells, sizes : DataFrame
        As for `leave_one_out`.

    Returns
    -------
    cells : DataFrame
        With `size`, `total` (running words of the group), `sum` (of the item in the group) and `key` (0, 1, … for each
        group and item).
    per_item : DataFrame
        `group`, `item`, `sum`, `total`: one row per key.
    sizes : DataFrame
        As given, `size` as numbers.

    Raises
    ------
    ValueError
        If columns or values are missing, a row repeats, a count or size is not a finite number, a count is below 0 or
        a size not above it, or a cell's unit has no size.

    Examples
    --------
    >>> cells = pd.DataFrame({"group": 0, "item": [0, 0], "unit": [0, 1], "n": [3, 1]})
    >>> sizes = pd.DataFrame({"group": 0, "unit": [0, 1], "size": [10, 20]})
    >>> with_totals(cells, sizes)[1].to_dict("records")
    [{'group': 0, 'item': 0, 'sum': 4, 'total': 30}]
    """
    tables.check(cells, "cells", _CELLS)
    tables.check(sizes, "sizes", _SIZES)
    cells = cells[_CELLS].assign(n=column(cells, "cells", "n"))
    sizes = sizes[_SIZES].assign(size=column(sizes, "sizes", "size", above=True))
    tables.check_present(cells, "cells", ["group", "item", "unit"])
    tables.check_present(sizes, "sizes", ["group", "unit"])
    tables.check_unique(cells, "cells", ["group", "item", "unit"])
    tables.check_unique(sizes, "sizes", ["group", "unit"])
    known = pd.MultiIndex.from_frame(sizes[["group", "unit"]])
    strange = ~pd.MultiIndex.from_frame(cells[["group", "unit"]]).isin(known)
    if strange.any():
        raise ValueError(
            f"cells: the group and unit of row {strange.argmax()} (rows count from 0) have no size in sizes."
        )
    total = sizes.groupby("group")["size"].sum().rename("total")
    cells = cells.merge(sizes, on=["group", "unit"]).merge(total.reset_index(), on="group")
    by = cells.groupby(["group", "item"], sort=True)
    cells = cells.assign(key=by.ngroup(), sum=by["n"].transform("sum"))
    per_item = by.agg(sum=("n", "sum"), total=("total", "first")).reset_index()
    return cells, per_item, sizes


def column(frame, table, name, above=False):
    """A column of finite numbers from 0.

    Parameters
    ----------
    frame : DataFrame
        The table; it is not changed.
    table : str
        Its name, for the message.
    name : str
        The column.
    above : bool, default False
        Whether 0 is refused.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If a value is something else, naming the first.

    Examples
    --------
    >>> column(pd.DataFrame({"n": [2, -1]}), "cells", "n")
    Traceback (most recent call last):
    ValueError: cells: n in row 1 (rows count from 0) is -1; it should be a number from 0.
    """

    def where(row):
        return f"{table}: {name} in row {row} (rows count from 0)"

    values = numbers(frame[name], where)
    wrong = ~(np.isfinite(values) & (values > 0 if above else values >= 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"{where(row)} is {values[row]}; it should be a number {'above' if above else 'from'} 0.")
    return values
