"""How often 95 % intervals hold the truth: `resampling.jackknife` (of a rate, beside the percentile bootstrap) and
`resampling.jackknife_ratio` (of the log ratio of two counts in the same documents). For the log ratio of two sets of
documents (`resampling.two_sample`, `resampling.bootstrap`) see ``python -m tests.calibration``, repeated here.

    make bench

Counts are gamma–Poisson: each document has its own rate (coefficient of
variation 1) and 500 to 4,000 words. One row per number of documents and
expected hits per document, 2,000 runs each; runs without a hit have no interval
and are left out. For the ratio, a second count has a rate of its own, and is as
frequent as the first, or four times as frequent.
"""

import numpy as np
import pandas as pd

from analysis import resampling
from tests.calibration import coverage

RUNS, WORDS = 2_000, (500, 4_000)


def simulate(documents, hits, rng):
    """Cells and sizes, one group per run, and the true rate."""
    rate = hits / np.mean(WORDS)
    size = rng.integers(*WORDS, (RUNS, documents))
    n = rng.poisson(rng.gamma(1, 1, (RUNS, documents)) * rate * size)
    return size, n, rate


def jackknife(size, n):
    runs, documents = size.shape
    group, unit = np.divmod(np.arange(size.size), documents)
    sizes = pd.DataFrame({"group": group, "unit": unit, "size": size.ravel()})
    cells = sizes.drop(columns="size").assign(item=0, n=n.ravel())
    found = resampling.jackknife(cells[cells["n"] > 0], sizes).set_index("group").reindex(range(runs))
    return found["low"].to_numpy(), found["high"].to_numpy()


def bootstrap(size, n, rng):
    drawn = rng.integers(0, size.shape[1], (500, size.shape[1]))
    rates = n[:, drawn].sum(axis=2) / size[:, drawn].sum(axis=2)
    return np.quantile(rates, [0.025, 0.975], axis=1)


def ratio_coverage(documents, hits, times, rng):
    """Share of runs in which the interval of log2(n_a / n_b) holds the true log ratio, −log2(times)."""
    size, a, _ = simulate(documents, hits, rng)
    b = rng.poisson(rng.gamma(1, 1, size.shape) * times * hits / np.mean(WORDS) * size)
    held = []
    for run in range(RUNS):
        found = resampling.jackknife_ratio(pd.DataFrame({"a": a[run], "b": b[run]})).iloc[0]
        if not np.isnan(found["low"]):  # else there is no interval
            held.append(found["low"] <= -np.log2(times) <= found["high"])
    return np.mean(held)


def main():
    rng = np.random.default_rng(1)
    print("Share of 95 % intervals that hold the true rate")
    print("documents  hits each  jackknife  percentile bootstrap")
    for documents in (5, 10, 20, 40):
        for hits in (0.5, 2, 10):
            size, n, rate = simulate(documents, hits, rng)
            some = n.sum(axis=1) > 0
            shares = [
                ((low <= rate) & (rate <= high))[some].mean()
                for low, high in (jackknife(size, n), bootstrap(size, n, rng))
            ]
            print(f"{documents:9}  {hits:9}  {shares[0]:9.3f}  {shares[1]:20.3f}")
    print("Share of 95 % intervals that hold the true log ratio of two counts")
    print("documents  hits each  as frequent  four times as frequent")
    for documents in (5, 10, 20, 40):
        for hits in (0.5, 2, 10):
            shares = [ratio_coverage(documents, hits, times, rng) for times in (1, 4)]
            print(f"{documents:9}  {hits:9}  {shares[0]:11.3f}  {shares[1]:22.3f}")
    print("Share of 95 % intervals that hold the true log ratio of two sets of documents, or the true rate")
    print(coverage.table(RUNS).to_string(index=False))


if __name__ == "__main__":
    main()
