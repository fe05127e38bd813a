"""How well themes are learnt: recommendations of the Universal Periodic Review, 54 issues, by session.

python -m tests.benchmarks.themes            trained on sessions 1-10, tested on 11-13
python -m tests.benchmarks.themes 1 7 8 10   trained on 1-7, tested on 8-10 (where choices were made)
"""

import sys
import time

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from analysis import classifier, themes
from tests.conftest import SHARED

FILE = SHARED / "data" / "upr-recommendations-sessions-1-13.csv.gz"


def recommendations(first, last):
    """Recommendations of these sessions as paragraphs, and their issues as a coding."""
    table = pd.read_csv(FILE, dtype="string", keep_default_na=False)
    table = table.assign(paragraph=np.arange(len(table)).astype(str), session=table["Session"].astype(int))
    table = table[table["session"].between(first, last)]
    paragraphs = table.assign(document=table["Session"] + "-" + table["To"], text=table["Text"])
    coding = paragraphs.assign(theme=paragraphs["Issue"].str.split(",")).explode("theme")
    coding["theme"] = coding["theme"].str.strip()
    return paragraphs[["document", "paragraph", "text"]], coding[["document", "paragraph", "theme"]].drop_duplicates()


def plain(text):
    """Text without case, punctuation and repeated space: what makes a near duplicate."""
    return text.str.lower().str.replace(r"[\W_]+", " ", regex=True).str.strip()


def measured(predicted, coding):
    """Micro-F1, macro-F1, macro-F1 of themes with 20 positives, Brier skill, calibration slope."""
    table = themes.evaluate(predicted, coding).set_index("theme")
    single = table.iloc[:-2]
    wide = predicted.pivot_table(index=["document", "paragraph"], columns="theme", values="score")
    truth = coding.assign(one=1.0).pivot_table(index=["document", "paragraph"], columns="theme", values="one")
    truth = truth.reindex(index=wide.index, columns=wide.columns).fillna(0.0).to_numpy()
    p = np.clip(wide.to_numpy(), 1e-6, 1 - 1e-6)
    error, share = ((p - truth) ** 2).mean(axis=0), truth.mean(axis=0)
    slopes = [
        LogisticRegression(C=1e6).fit(logit(p[:, [one]]), truth[:, one]).coef_[0, 0]
        for one in np.flatnonzero(truth.sum(axis=0) >= 20)
    ]
    pooled = LogisticRegression(C=1e6).fit(logit(p).reshape(-1, 1), truth.ravel()).coef_[0, 0]
    frequent = single[single["n_coded"] >= 20]["f1"].fillna(0)
    return {
        "texts": len(wide),
        "micro-F1": table.loc["all (micro)", "f1"],
        "macro-F1": single["f1"].fillna(0).mean(),
        f"macro-F1 of {len(frequent)} issues with 20": frequent.mean(),
        "Brier skill": 1 - error.sum() / (share * (1 - share)).sum(),
        "issues with skill > 0": int((error < share * (1 - share)).sum()),
        "calibration slope": pooled,
        "median slope": float(np.median(slopes)),
    }


def main(first=1, last=10, begin=11, end=13):
    if not FILE.is_file():
        print(f"NOT RUN: {FILE.name} is not here; name the folder of the corpora in ANALYSIS_SHARED")
        return
    paragraphs, coding = recommendations(first, last)
    began = time.perf_counter()
    model = classifier.train(paragraphs, coding)
    trained = time.perf_counter()
    new, truth = recommendations(begin, end)
    predicted = classifier.predict(model, new)
    done = time.perf_counter()
    print(
        f"trained on {len(paragraphs):,} texts in {trained - began:.0f} s, predicted {len(new):,} in {done - trained:.0f} s"
    )
    held = model.report.set_index("theme")
    print(
        f"held out in training: micro-F1 {held.loc['all (micro)', 'f1']:.4f}, macro-F1 {held.loc['all (macro)', 'f1']:.4f}, threshold {model.threshold}"
    )
    known = set(plain(paragraphs["text"]))
    fresh = new[~plain(new["text"]).isin(known)]
    for name, some in [("all", new), ("without near duplicates", fresh)]:
        keys = pd.MultiIndex.from_frame(some[["document", "paragraph"]])
        rows = pd.MultiIndex.from_frame(predicted[["document", "paragraph"]]).isin(keys)
        coded = pd.MultiIndex.from_frame(truth[["document", "paragraph"]]).isin(keys)
        found = measured(predicted[rows], truth[coded])
        print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in found.items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
