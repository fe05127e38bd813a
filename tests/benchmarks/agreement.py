"""How often the 95 % intervals of `agreement.alpha` (by unit) and `agreement.by_theme` (by document) hold the true α.

    make bench

Each coder gives a unit's true value with probability q, else a value at random with the same shares: the true α is q².
Documents of 10 paragraphs differ in the share of the value and in q (q² is uniform within 0.2 of the true α). Runs
without an interval are left out of the share that hold the truth, and their own share is printed.
"""

import numpy as np

from analysis import agreement

RUNS, CODERS, PARAGRAPHS = 2_000, 3, 10


def draw(truth, q, share, rng):
    """How many coders give the value to each unit: the truth with probability q, else at random."""
    shape = (len(truth), CODERS)
    return np.where(rng.random(shape) < q[:, None], truth[:, None], rng.random(shape) < share).sum(axis=1)


def by_unit(units, true, share, rng):
    given = draw(rng.random(units) < share, np.full(units, np.sqrt(true)), share, rng)
    return given, np.arange(units)


def by_document(documents, true, share, rng):
    of_document = rng.beta(2 * share, 2 * (1 - share), documents).repeat(PARAGRAPHS)
    q = np.sqrt(rng.uniform(true - 0.2, true + 0.2, documents)).repeat(PARAGRAPHS)
    return draw(rng.random(len(q)) < of_document, q, share, rng), np.arange(documents).repeat(PARAGRAPHS)


def coverage(simulate, size, true, share, rng):
    """Share of intervals that hold the true α, mean α, and share of runs without an interval."""
    alphas, held = [], []
    for _ in range(RUNS):
        given, cluster = simulate(size, true, share, rng)
        estimates = agreement._alphas(np.column_stack([CODERS - given, given]), cluster)[2]
        alpha, low, high, _ = agreement._interval(estimates, "unit")
        alphas.append(alpha)
        if not np.isnan(low):  # else there is no interval
            held.append(low <= true <= high)
    return np.mean(held), np.nanmean(alphas), 1 - len(held) / RUNS


def main():
    rng = np.random.default_rng(1)
    for name, simulate, sizes in [("units", by_unit, (10, 20, 50, 200)), ("documents", by_document, (5, 10, 20, 40))]:
        print(f"Share of 95 % intervals that hold the true α\n{name:>9}  share  true α   held  mean α  no interval")
        for size in sizes:
            for share in (0.5, 0.2, 0.1):
                for true in (0.4, 0.8):
                    held, mean, none = coverage(simulate, size, true, share, rng)
                    print(f"{size:9}  {share:5}  {true:6}  {held:5.3f}  {mean:6.3f}  {none:11.3f}", flush=True)


if __name__ == "__main__":
    main()
