"""How often 95 % intervals of a rate hold the true rate: `resampling.jackknife` beside the percentile bootstrap.

    make bench

Counts are gamma–Poisson: each document has its own rate (coefficient of
variation 1) and 500 to 4,000 words. One row per number of documents and
expected hits per document, 2,000 runs each; runs without a hit have no interval
and are left out.
"""

import numpy as np
import pandas as pd

from analysis import resampling

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


if __name__ == "__main__":
    main()
