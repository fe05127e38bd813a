"""What `themes.suggest` saves: macro-F1 after suggested sheets against that after random ones.

    python -m tests.benchmarks.suggestions             20 seeds, sheets from sessions 1-10, measured on 11-13
    python -m tests.benchmarks.suggestions 7 100 6     sessions 1-7, measured on 8-10, seeds 100-105 (where choices were made)

Both begin with the same 100 random texts; suggested sheets have 50. Texts that
occur twice are in the pool once, and not among those measured on. The classifier
is `themes.train` with what was coded; an issue it leaves out has F1 = 0.
"""

import sys
import warnings

import numpy as np
from scipy import stats

from analysis import themes
from analysis.themes.suggestion import choose, vectors
from tests.benchmarks.themes import FILE, recommendations

SIZES = {600: 1_000, 1_200: 2_000}  # suggested texts: random texts


def matrix(paragraphs, coding, names):
    row = {key: number for number, key in enumerate(paragraphs["paragraph"])}
    coding = coding[coding["paragraph"].isin(row)]
    found = np.zeros((len(paragraphs), len(names)), bool)
    found[[row[key] for key in coding["paragraph"]], [names.index(theme) for theme in coding["theme"]]] = True
    return found


def macro_f1(rows, pool, coding, new, truth, names):
    coded = pool.iloc[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # themes left out are counted as 0 here
        model = themes.train(coded, coding[coding["paragraph"].isin(set(coded["paragraph"]))])
    said = np.zeros(truth.shape, bool)
    assigned = themes.predict(model, new)["assigned"].to_numpy().reshape(len(new), -1)
    said[:, [names.index(theme) for theme in model.themes]] = assigned
    both, either = (said & truth).sum(axis=0), said.sum(axis=0) + truth.sum(axis=0)
    return np.where(either > 0, 2 * both / np.maximum(either, 1), 0).mean()


def main(last=10, first_seed=0, seeds=20):
    if not FILE.is_file():
        print(f"NOT RUN: {FILE.name} is not here; name the folder of the corpora in ANALYSIS_SHARED")
        return
    pool, coding = recommendations(1, last)
    new, later = recommendations(last + 1, last + 3)
    pool = pool.drop_duplicates("text", ignore_index=True)
    new = new[~new["text"].isin(set(pool["text"]))].reset_index(drop=True)
    names = sorted({*coding["theme"], *later["theme"]})
    Y, truth = matrix(pool, coding, names).astype(float), matrix(new, later, names)
    Z = vectors(pool["text"])
    difference = {size: [] for size in SIZES}
    print(f"{len(pool):,} texts to draw from, measured on {len(new):,}, {len(names)} issues")
    for seed in range(first_seed, first_seed + seeds):
        order = np.random.default_rng(seed).permutation(len(pool))
        rows = list(order[:100])
        told = []
        for size, random in SIZES.items():
            while len(rows) < size:
                rng = np.random.default_rng(seed)
                rows += choose(Z, np.array(rows), Y[rows], 50, rng).tolist()
            ours = macro_f1(rows, pool, coding, new, truth, names)
            theirs = macro_f1(order[:random], pool, coding, new, truth, names)
            difference[size].append(ours - theirs)
            told.append(f"{size} suggested {ours:.4f}, {random} random {theirs:.4f}")
        print(f"seed {seed}: {'; '.join(told)}", flush=True)
    for size, found in difference.items():
        mean, error = np.mean(found), stats.sem(found)
        low, high = stats.t.interval(0.95, len(found) - 1, mean, error)
        print(f"{size} suggested - {SIZES[size]} random: {mean:+.4f}, 95 % by seed {low:+.4f} to {high:+.4f}, "
              f"ahead in {np.sum(np.array(found) > 0)} of {len(found)}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
