"""How often the permutation test of keyness finds something where nothing is: labels drawn at random.

    python -m tests.calibration

`random_labels`: counts are gamma–Poisson, each document with a rate of its own (coefficient of variation 1) and 500 to
4,000 words; half of the documents, drawn at random, are the target. `general_debate`: real speeches, and half of the
countries, drawn at random, are the target. Nothing distinguishes such a target, so a test at .05 should find p ≤ .05
in 5 % of cases, and not in more.
"""

import zipfile

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis import collocations, frequency, resampling
from analysis.tokens import tokenize

LEVEL, CRITICAL = 0.05, 3.84  # and what the 4-term G² is commonly held against
WORDS, HITS = (500, 4_000), (0.05, 0.2, 0.5, 2, 10)
PERMUTATIONS = 199  # p ≤ .05 can be told exactly: at most 9 of 199 as large


def random_labels(runs=2_000, seed=1, sides=((10, 10), (20, 20), (10, 40)), strata=1):
    """Share of runs with p ≤ .05, by number of documents and how often the word is to be expected.

    Parameters: `runs`; `seed`; `sides`, pairs of documents in target and reference (in each stratum); `strata`, how
    many strata, each of which uses the word at a rate of its own.
    """
    rng, rows = np.random.default_rng(seed), []
    for n_target, n_reference in sides:
        units = strata * (n_target + n_reference)
        stratum = np.repeat(np.arange(strata), n_target + n_reference)
        side = np.tile(np.arange(n_target + n_reference) < n_target, strata)
        found = np.zeros((2, len(HITS)), int)
        for run in range(runs):
            sizes = rng.integers(*WORDS, units)
            rate = rng.gamma(1, 1, (units, len(HITS))) * HITS / np.mean(WORDS)
            rate *= rng.choice([0.5, 1, 2], strata)[stratum][:, None] if strata > 1 else 1
            counts = rng.poisson(rate * sizes[:, None])
            p, _, _ = resampling.permutation_test(counts, sizes, side, stratum, permutations=PERMUTATIONS, seed=run)
            found += [p <= LEVEL, np.abs(g2(counts, sizes, side)) > CRITICAL]
        where = f"{n_target} + {n_reference} documents" + (f" in each of {strata} strata" if strata > 1 else "")
        for test, times in zip(("permuting documents", "G² > 3.84"), found, strict=True):
            rows += [
                {"what": f"labels at random: {test}", "setting": f"{where}, {hits:g} hits a document", "runs": runs}
                | clopper_pearson(int(n), runs)
                for hits, n in zip(HITS, times, strict=True)
            ]
    return pd.DataFrame(rows)


def general_debate(path, draws=200, seed=1, floor=500):
    """Share of words with p ≤ .05 when half of the countries, drawn at random, are the target.

    Parameters: `path`, the zip file with speeches ``…/ISO_SESSION_YEAR.txt``; `draws`; `seed`; `floor`, how often a
    word occurs in all speeches together. The words of one draw hang together, so `low` and `high` are Student's t over
    draws.
    """
    texts = speeches(path)
    counted = frequency.cells(tokenize(texts), unit="country")  # a part is a speech
    often = np.bincount(counted.item)
    counts, sizes = counted.matrix[:, often >= floor], counted.size
    country, countries = pd.factorize(counted.parts["country"])
    of_country = sparse.csr_array((np.ones(len(country), int), (country, np.arange(len(country)))))
    by_country, size_of = of_country @ counts, of_country @ sizes
    rng, shares = np.random.default_rng(seed), []
    for draw in range(draws):
        label = rng.permutation(len(countries)) < len(countries) // 2
        tried = {"permutations": PERMUTATIONS, "seed": draw}
        found = [resampling.permutation_test(by_country, size_of, label, **tried)[0] <= LEVEL]
        found += [resampling.permutation_test(counts, sizes, label[country], **tried)[0] <= LEVEL]
        found += [np.abs(g2(by_country, size_of, label)) > CRITICAL]
        shares.append([np.mean(one) for one in found])
    where = f"{len(countries)} countries, {len(texts):,} speeches, {counts.shape[1]:,} words that occur {floor:,} times"
    rows = []
    for test, share in zip(("permuting countries", "permuting speeches", "G² > 3.84"), np.array(shares).T, strict=True):
        reach = stats.t.ppf(0.975, draws - 1) * share.std(ddof=1) / np.sqrt(draws)
        row = {"what": f"countries at random, General Debate: {test}", "setting": where, "runs": draws}
        rows.append(row | {"rejected": share.mean(), "low": share.mean() - reach, "high": share.mean() + reach})
    return pd.DataFrame(rows)


def speeches(path):
    """The speeches in a zip file: `document`, `paragraph` (each speech is one), `country`, `text`."""
    rows = []
    with zipfile.ZipFile(path) as files:
        for name in sorted(name for name in files.namelist() if name.endswith(".txt") and "__MACOSX" not in name):
            document = name.rpartition("/")[2].removesuffix(".txt")
            rows.append([document, "1", document.partition("_")[0], files.read(name).decode("utf-8-sig")])
    return pd.DataFrame(rows, columns=["document", "paragraph", "country", "text"])


def g2(counts, sizes, side):
    """The 4-term G² of each word, target against reference."""
    a, b = (counts[rows].sum(axis=0) for rows in (side, ~side))
    return collocations.g2(a, b, sizes[side].sum() - a, sizes[~side].sum() - b)


def clopper_pearson(n, runs):
    """A share with its 95 % interval."""
    interval = stats.binomtest(n, runs).proportion_ci(0.95, method="exact")
    return {"rejected": n / runs, "low": interval.low, "high": interval.high}


def table(path, runs=2_000, draws=200):
    """All of it: simulated, simulated within strata, and real, for frequent words and for rarer ones too."""
    tables = [random_labels(runs), random_labels(runs, seed=2, sides=((2, 4),), strata=5)]
    tables += [general_debate(path, draws), general_debate(path, draws // 4, floor=20)]
    return pd.concat(tables, ignore_index=True)
