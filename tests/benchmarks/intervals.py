"""How often 95 % intervals hold the truth: `resampling.jackknife` of a rate, beside the percentile bootstrap, and
`resampling.interval` of the log ratio of two counts in the same documents (as `contrast` draws it).

    make bench

Counts are gamma–Poisson: each document has its own rate (coefficient of variation 1) and 500 to 4,000 words. One row
per number of documents and expected hits per document, 2,000 runs each; runs without an interval (no hit, …) are left
out. For the ratio, a second count has a rate of its own, and is as frequent as the first, or four times as frequent.
For the log ratio of two sets of documents see ``python -m tests.calibration``.
"""

import numpy as np

from analysis import collocations, resampling

RUNS, WORDS = 2_000, (500, 4_000)


def simulate(sizes, hits, rng):
    """How often a word stands in documents of these sizes (runs × documents), `hits` expected in one of mean size."""
    return rng.poisson(rng.gamma(1, 1, sizes.shape) * hits / np.mean(WORDS) * sizes)


def jackknife(n, sizes):
    found = [resampling.jackknife(run[:, None], size) for run, size in zip(n, sizes, strict=True)]
    return 2.0 ** np.array([one.loc[0, ["low", "high"]] for one in found], float).T


def bootstrap(n, sizes, rng):
    drawn = rng.integers(0, sizes.shape[1], (500, sizes.shape[1]))
    return np.quantile(n[:, drawn].sum(axis=2) / sizes[:, drawn].sum(axis=2), [0.025, 0.975], axis=1)


def log_ratio(a, b):
    """Ends of the interval of each run's log₂(a / b)."""
    ends = []
    for in_a, in_b in zip(a, b, strict=True):
        n_a, n_b = in_a.sum(), in_b.sum()
        without = np.log2((n_a - in_a + 0.5) / (n_b - in_b + 0.5))
        ends.append(resampling.interval(collocations.log_ratio(n_a, n_b), without, "document")[:2])
    return np.array(ends).T


def held(ends, truth):
    """The share of intervals that hold the truth."""
    low, high = ends[:, ~np.isnan(ends).any(axis=0)]
    return np.mean((low <= truth) & (truth <= high))


def main():
    rng = np.random.default_rng(1)
    print("Share of 95 % intervals that hold the true rate, or the true log ratio of two counts")
    print("documents  hits each  jackknife  percentile bootstrap  ratio, as frequent  ratio, four times as frequent")
    for documents in (5, 10, 20, 40):
        for hits in (0.5, 2, 10):
            sizes = rng.integers(*WORDS, (RUNS, documents))
            n = simulate(sizes, hits, rng)
            some = n.sum(axis=1) > 0
            rate = [
                held(ends, hits / np.mean(WORDS)) for ends in (jackknife(n, sizes), bootstrap(n, sizes, rng)[:, some])
            ]
            ratio = [held(log_ratio(n, simulate(sizes, times * hits, rng)), -np.log2(times)) for times in (1, 4)]
            print(f"{documents:9}  {hits:9}  {rate[0]:9.3f}  {rate[1]:20.3f}  {ratio[0]:18.3f}  {ratio[1]:29.3f}")


if __name__ == "__main__":
    main()
