"""How often 95 % intervals by document hold the truth: the jackknife the package draws, and what it could draw instead.

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
from analysis.resampling.bootstrapping import replicates

WORDS, HITS, RATIOS = (500, 4_000), (0.5, 2, 10), (1, 4)
SIDES = ((5, 5), (10, 10), (20, 20), (40, 40), (10, 40), (40, 10))
STRATA = ((10, 2), (5, 4), (20, 4))  # how many, and documents of each side in each
TOGETHER, DRAWS, LEVEL = 50, 999, 0.95


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
                for name, ends in both(drawn, side).items():
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
                    found = pd.concat([resampling.two_sample(*one, side, codes) for one in drawn])
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
            found = {kind: pd.concat([_rate(*one, kind) for one in drawn]) for kind in ("jackknife", *_KINDS)}
            for kind, ends in found.items():
                truth = hits / np.mean(WORDS)
                rows.append(
                    row(f"rate: {_KINDS.get(kind, kind)}", setting, hits, np.nan, truth, ends["low"], ends["high"])
                )
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


def both(drawn, side):
    """Ends of all intervals of the log ratio, by name: each an array of low and high over all runs."""
    found = [_jackknives(*one, side) | _bootstraps(*one, side) for one in drawn]
    return {name: np.concatenate([one[name] for one in found], axis=1) for name in found[0]}


def _jackknives(counts, sizes, side):
    """The interval of `two_sample`, and what it would be with other degrees of freedom or without the ½."""
    chosen = resampling.two_sample(counts, sizes, side)
    units = np.array([side.sum(), (~side).sum()])
    ratio, error = chosen["log_ratio"].to_numpy(), chosen["error"].where(chosen["low"].notna()).to_numpy()
    plain = np.hypot(*(_error_without_half(counts[rows].toarray(), sizes[rows]) for rows in (side, ~side)))
    return {
        "jackknife, Welch": chosen[["low", "high"]].to_numpy().T,
        "jackknife, units − 2": _around(ratio, error, units.sum() - 2),
        "jackknife, smaller side − 1": _around(ratio, error, units.min() - 1),
        "jackknife, normal": _around(ratio, error, np.inf),
        "jackknife without ½, Welch": _around(ratio, plain, chosen["df"].to_numpy()),
    }


def _around(ratio, error, df):
    reach = stats.t.ppf((1 + LEVEL) / 2, df) * error
    return np.array([ratio - reach, ratio + reach])


def _error_without_half(counts, sizes):
    """Jackknife error of log₂(n / N); missing where one document holds all occurrences."""
    with np.errstate(divide="ignore", invalid="ignore"):
        without = np.log2((counts.sum(axis=0) - counts) / (sizes.sum() - sizes)[:, None])
        squares = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return np.sqrt((len(sizes) - 1) / len(sizes) * squares)


def _bootstraps(counts, sizes, side):
    """Percentile and studentised bootstrap of the log ratio, both sides drawn again."""
    sides = []
    for seed, rows in enumerate((side, ~side)):
        n, words, error = replicates(
            sparse.csc_array(counts[rows]), sizes[rows].astype(float), np.zeros(rows.sum(), int), DRAWS, seed
        )
        sides.append((n, np.log2(np.where(n == 0, 0.5, n) / words), np.log2((n + 0.5) / words), error / np.log(2)))
    (n_t, plain_t, half_t, error_t), (n_r, plain_r, half_r, error_r) = sides
    there = (n_t > 0) & (n_r > 0)
    ratio, half, error = plain_t - plain_r, half_t - half_r, np.hypot(error_t, error_r)
    percentile = np.quantile(ratio[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    t = np.where(there[1:], (half[1:] - half[0]) / np.where(error[1:] > 0, error[1:], np.nan), np.nan)
    enough = there[0] & (np.isnan(t).mean(axis=0) <= (1 - LEVEL) / 2)
    studentised = np.full((2, len(enough)), np.nan)
    if enough.any():
        ends = np.nanquantile(t[:, enough], [(1 + LEVEL) / 2, (1 - LEVEL) / 2], axis=0)
        studentised[:, enough] = ratio[0, enough] - ends * error[0, enough]
    return {"percentile bootstrap": np.where(there[0], percentile, np.nan), "studentised bootstrap": studentised}


_KINDS = {"percentile": "percentile bootstrap", "studentised": "studentised bootstrap"}


def _rate(counts, sizes, kind):
    """Ends of an interval of each rate."""
    if kind != "jackknife":
        return resampling.bootstrap(counts, sizes, draws=DRAWS, kind=kind)
    found = resampling.one_sample(counts, sizes)
    reach = stats.t.ppf((1 + LEVEL) / 2, found["df"]) * found["error"]
    return pd.DataFrame({"low": 2 ** (found["log_rate"] - reach), "high": 2 ** (found["log_rate"] + reach)})
