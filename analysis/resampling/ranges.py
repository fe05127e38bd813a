"""How a rate moves when each unit in turn is left out."""

import numpy as np
import pandas as pd

from analysis.resampling.cells import with_totals


def leave_one_out(cells, sizes):
    """The lowest and highest rate when each unit in turn is left out.

    Parameters
    ----------
    cells : DataFrame
        `group`, `item`, `unit`, `n`: how often an item occurs in a unit of a
        group; only cells where n > 0. Whole numbers throughout.
    sizes : DataFrame
        `group`, `unit`, `size`: running words of each unit of each group.

    Returns
    -------
    DataFrame
        `group`, `item`, `low`, `high` (as shares, not per 1,000). Missing where
        the group has one unit only.

    Raises
    ------
    ValueError
        If columns or values are missing, a row repeats, a cell's unit has no size,
        `n` is not a finite number from 0 or `size` not one above 0.

    Notes
    -----
    For each unit u the rate is (n − n_u) / (size − size_u); `low` and `high`
    are the smallest and largest of these. This is not a confidence interval: it
    says what the figure hangs on.

    Examples
    --------
    >>> cells = pd.DataFrame({"group": [0, 0], "item": [0, 0], "unit": [0, 1], "n": [3, 1]})
    >>> sizes = pd.DataFrame({"group": [0, 0, 0], "unit": [0, 1, 2], "size": [10, 10, 20]})
    >>> leave_one_out(cells, sizes).to_dict("records")  # 1/30, 3/30 or 4/20
    [{'group': 0, 'item': 0, 'low': 0.03333333333333333, 'high': 0.2}]
    """
    cells, per_item, sizes = with_totals(cells, sizes)
    total, n = cells["total"].to_numpy(float), cells["sum"].to_numpy(float)
    rest = total - cells["size"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (n - cells["n"]) / np.where(rest > 0, rest, np.nan)
    by_item = without.groupby(cells["key"])
    low, high = by_item.min(), by_item.max()
    # Units without the item leave n as it is: only the smallest and the largest of them matter.
    for ascending, pick in [(True, np.fmin), (False, np.fmax)]:
        size = _extreme_without(cells, per_item, sizes, ascending)
        rest = per_item["total"] - size
        rate = per_item["sum"] / rest.where(rest > 0)
        chosen = low if ascending else high
        chosen = pd.Series(pick(chosen.to_numpy(), rate.to_numpy()), index=chosen.index)
        low, high = (chosen, high) if ascending else (low, chosen)
    return per_item[["group", "item"]].assign(low=low, high=high).reset_index(drop=True)


def _extreme_without(cells, per_item, sizes, ascending):
    """For each item, the size of the smallest (or largest) unit of its group that lacks it."""
    ranked = sizes.sort_values(["group", "size", "unit"], ascending=[True, ascending, True])
    ranked = ranked.assign(rank=ranked.groupby("group").cumcount())
    ranks = cells[["key", "group", "unit"]].merge(ranked, on=["group", "unit"]).sort_values(["key", "rank"])
    at = ranks.groupby("key").cumcount()
    # The first rank an item skips is that of the first unit without it.
    skipped = at.where(ranks["rank"] != at).groupby(ranks["key"]).min()
    skipped = skipped.fillna(at.groupby(ranks["key"]).size()).astype("int64")
    wanted = per_item[["group"]].assign(rank=skipped.to_numpy())
    return wanted.merge(ranked, on=["group", "rank"], how="left")["size"].astype(float)
