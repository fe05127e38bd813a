"""How often 95 % intervals by document hold the truth: the jackknife the package draws, and with other choices in it.

    python -m tests.calibration

Counts are gamma–Poisson: each document has a rate of its own (coefficient of variation 1) and 500 to 4,000 words. The
target's expected rate is `ratio` times the reference's, which is to be found `hits` times a document. In strata, each
stratum has a rate of its own besides (coefficient of variation 1), the same for both sides. Fifty runs share the sizes
of their documents. A run without an interval (the word is missing from a side, …) is left out of `share_held` and
counted in `n_no_interval`.
"""

import numpy as np
import pandas as pd
from scipy import sparse, stats

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
    parts = [log_ratios(runs, seed), in_strata(runs, seed), rates(runs, seed)]
    return pd.concat(parts, ignore_index=True)


def log_ratios(runs, seed):
    """Intervals of the log ratio of two rates."""
    rng, rows = np.random.default_rng(seed), []
    for n_target, n_reference in SIDES:
        side = np.arange(n_target + n_reference) < n_target
        setting = {"setting": f"{n_target} + {n_reference} documents", "documents": len(side)}
        for ratio in RATIOS:
            for hits in HITS:
                drawn = [simulate(np.where(side, ratio * hits, hits), rng) for _ in range(runs // TOGETHER)]
                found = [_jackknives(*one, side) for one in drawn]
                for name in found[0]:
                    ends = np.concatenate([one[name] for one in found], axis=1)
                    rows.append(row(f"log ratio: {name}", setting, hits, ratio, np.log2(ratio), *ends))
    return pd.DataFrame(rows)


def in_strata(runs, seed):
    """The jackknife of the log ratio, of documents in strata with rates of their own."""
    rng, rows = np.random.default_rng(seed), []
    for strata, each in STRATA:
        side, stratum = np.tile(np.arange(2 * each) < each, strata), np.repeat(np.arange(strata), 2 * each)
        setting = {"setting": f"{strata} strata of {each} + {each} documents", "documents": len(side)}
        for ratio in RATIOS:
            for hits in HITS:
                drawn = [simulate(np.where(side, ratio * hits, hits), rng, stratum) for _ in range(runs // TOGETHER)]
                for name, codes in {"jackknife within strata": stratum, "jackknife, strata not told": None}.items():
                    found = pd.concat([resampling.two_samples(*one, side, codes) for one in drawn])
                    rows.append(
                        row(f"log ratio: {name}", setting, hits, ratio, np.log2(ratio), found["low"], found["high"])
                    )
    return pd.DataFrame(rows)


def rates(runs, seed):
    """Intervals of one rate."""
    rng, rows = np.random.default_rng(seed), []
    for documents in (5, 10, 20, 40):
        setting = {"setting": f"{documents} documents", "documents": documents}
        for hits in HITS:
            drawn = [simulate(np.full(documents, hits), rng) for _ in range(runs // TOGETHER)]
            found = 2 ** pd.concat([resampling.jackknife(*one)[["low", "high"]] for one in drawn])
            truth = hits / np.mean(WORDS)
            rows.append(row("rate: jackknife", setting, hits, np.nan, truth, found["low"], found["high"]))
    return pd.DataFrame(rows)


def simulate(hits, rng, stratum=None):
    """Counts (documents × runs) and sizes, `hits` to be expected in each document of mean size."""
    sizes = rng.integers(*WORDS, len(hits), endpoint=True)
    rate = rng.gamma(1, 1, (len(hits), TOGETHER)) * (hits / np.mean(WORDS))[:, None]
    if stratum is not None:
        rate *= rng.gamma(1, 1, (stratum.max() + 1, TOGETHER))[stratum]
    return sparse.csr_array(rng.poisson(rate * sizes[:, None])), sizes


def row(what, setting, hits, ratio, truth, low, high):
    """One row of the table."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    some = ~np.isnan(low)
    held = (low[some] <= truth) & (truth <= high[some])
    counts = {
        "runs": len(low),
        "share_held": held.mean() if some.any() else np.nan,
        "n_no_interval": int((~some).sum()),
    }
    return {"what": what, **setting, "hits": hits, "ratio": ratio, **counts}


def _jackknives(counts, sizes, side):
    """Ends (low and high, each over all runs) of the interval of `two_samples`, and with other degrees of freedom or
    without the ½, by name."""
    chosen = resampling.two_samples(counts, sizes, side)
    one, other = (resampling.jackknife(counts[rows], sizes[rows]) for rows in (side, ~side))
    error = np.hypot(one["error"], other["error"])
    with np.errstate(invalid="ignore", divide="ignore"):
        df = error**4 / (one["error"] ** 4 / one["df"] + other["error"] ** 4 / other["df"])
    units = np.array([side.sum(), (~side).sum()])
    ratio, error = chosen["log_ratio"].to_numpy(), error.where(chosen["low"].notna()).to_numpy()
    plain = np.hypot(*(_error_without_half(counts[rows].toarray(), sizes[rows]) for rows in (side, ~side)))
    return {
        "jackknife, Welch": chosen[["low", "high"]].to_numpy().T,
        "jackknife, units − 2": _around(ratio, error, units.sum() - 2),
        "jackknife, smaller side − 1": _around(ratio, error, units.min() - 1),
        "jackknife, normal": _around(ratio, error, np.inf),
        "jackknife without ½, Welch": _around(ratio, plain, df.to_numpy()),
    }


def _around(ratio, error, df):
    reach = stats.t.ppf(0.975, df) * error
    return np.array([ratio - reach, ratio + reach])


def _error_without_half(counts, sizes):
    """Jackknife error of log₂(n / N); missing where one document holds all occurrences."""
    with np.errstate(divide="ignore", invalid="ignore"):
        without = np.log2((counts.sum(axis=0) - counts) / (sizes.sum() - sizes)[:, None])
        squares = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return np.sqrt((len(sizes) - 1) / len(sizes) * squares)
