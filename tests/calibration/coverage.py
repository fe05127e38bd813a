"""How often 95 % intervals by document hold the truth.

    python -m tests.calibration

Counts are gamma–Poisson: each document has a rate of its own (coefficient of variation 1) and 500 to 4,000 words. The
target's expected rate is `ratio` times the reference's, which is to be found `hits` times a document. In strata, each
stratum has a rate of its own besides (coefficient of variation 1), the same for both sides. Fifty runs share the sizes
of their documents. A run without an interval (the word is missing from a side, …) is left out of `share_held` and
counted in `n_no_interval`.
"""

import itertools

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import resampling

WORDS, HITS, RATIOS = (500, 4_000), (0.5, 2, 10), (1, 4)
SIDES = ((5, 5), (10, 10), (20, 20), (40, 40), (10, 40), (40, 10))
STRATA = ((10, 2), (5, 4), (20, 4))  # how many, and documents of each side in each
TOGETHER = 50


def table(runs=2_000, seed=1):
    """Share of runs whose interval holds the truth: one row per interval and setting.

    Columns: `what` (which figure and interval), `setting`, `documents` (in target and reference together), `hits`,
    `ratio` (missing for a rate), `runs`, `share_held` (of the runs with an interval), `n_no_interval`.
    """
    whole = [(f"{n} + {m} documents", np.arange(n + m) < n, None) for n, m in SIDES]
    alone = [(f"{n} documents", np.zeros(n, bool), None) for n in (5, 10, 20, 40)]
    parted = []
    for strata, each in STRATA:
        side, stratum = np.tile(np.arange(2 * each) < each, strata), np.repeat(np.arange(strata), 2 * each)
        parted.append((f"{strata} strata of {each} + {each} documents", side, stratum))
    rows = held("log ratio: jackknife, Welch", whole, RATIOS, runs, seed)
    rows += held("log ratio: jackknife within strata", parted, RATIOS, runs, seed)
    return pd.DataFrame(rows + held("rate: jackknife", alone, (np.nan,), runs, seed))


def held(what, designs, ratios, runs, seed):
    """Rows of the table: of the log ratio of two rates, of documents in strata or not; without a target of one rate."""
    rng, rows = np.random.default_rng(seed), []
    for (setting, side, stratum), ratio, hits in itertools.product(designs, ratios, HITS):
        drawn = [simulate(np.where(side, ratio * hits, hits), rng, stratum) for _ in range(runs // TOGETHER)]
        if side.any():
            truth, found = np.log2(ratio), pd.concat([resampling.two_samples(*one, side, stratum) for one in drawn])
        else:
            truth, found = hits / np.mean(WORDS), 2 ** pd.concat([resampling.jackknife(*one) for one in drawn])
        some = found.dropna(subset=["low", "high"])
        share = ((some["low"] <= truth) & (truth <= some["high"])).mean()
        about = {"what": what, "setting": setting, "documents": len(side), "hits": hits, "ratio": ratio}
        rows.append(about | {"runs": len(found), "share_held": share, "n_no_interval": len(found) - len(some)})
    return rows


def simulate(hits, rng, stratum=None):
    """Counts (documents × runs) and sizes, `hits` to be expected in each document of mean size."""
    sizes = rng.integers(*WORDS, len(hits), endpoint=True)
    rate = rng.gamma(1, 1, (len(hits), TOGETHER)) * (hits / np.mean(WORDS))[:, None]
    if stratum is not None:
        rate *= rng.gamma(1, 1, (stratum.max() + 1, TOGETHER))[stratum]
    return sparse.csr_array(rng.poisson(rate * sizes[:, None])), sizes
