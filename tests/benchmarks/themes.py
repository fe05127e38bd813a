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

from analysis import themes
from analysis.tokens import keys_of
from tests.conftest import SHARED

FILE = SHARED / "data" / "upr-recommendations-sessions-1-13.csv.gz"


def recommendations(first, last):
    """Recommendations of these sessions as paragraphs, and their issues as a coding."""
    table = pd.read_csv(FILE, dtype="string", keep_default_na=False)
    table = table.assign(paragraph=np.arange(len(table)).astype(str), document=table["Session"] + "-" + table["To"])
    table = table[table["Session"].astype(int).between(first, last)].rename(columns={"Text": "text"})
    coding = table.assign(theme=table["Issue"].str.split(",")).explode("theme")
    coding["theme"] = coding["theme"].str.strip()
    return table[["document", "paragraph", "text"]], coding[["document", "paragraph", "theme"]].drop_duplicates()


def plain(text):
    """Text without case, punctuation and repeated space: what makes a near duplicate."""
    return text.str.lower().str.replace(r"[\W_]+", " ", regex=True).str.strip()


def measured(predicted, coding):
    """Micro-F1, macro-F1, macro-F1 of themes with 20 positives, Brier skill, calibration slope."""
    table = themes.evaluate(predicted, coding).set_index("theme")
    single = table.iloc[:-2]
    keys = ["document", "paragraph", "theme"]
    given = pd.MultiIndex.from_frame(predicted[keys]).isin(pd.MultiIndex.from_frame(coding[keys]))
    found = predicted.assign(error=(predicted["score"] - given) ** 2, given=given).groupby("theme")
    error, share = found["error"].mean(), found["given"].mean()
    odds = logit(np.clip(predicted[["score"]].to_numpy(), 1e-6, 1 - 1e-6))
    frequent = single[single["n_coded"] >= 20]["f1"].fillna(0)
    return {
        "texts": table["n_paragraphs"].iloc[0],
        "micro-F1": table.loc["all (micro)", "f1"],
        "macro-F1": single["f1"].fillna(0).mean(),
        f"macro-F1 of {len(frequent)} issues with 20": frequent.mean(),
        "Brier skill": 1 - error.sum() / (share * (1 - share)).sum(),
        "issues with skill > 0": int((error < share * (1 - share)).sum()),
        "calibration slope": LogisticRegression(C=1e6).fit(odds, given).coef_[0, 0],
    }


def main(first=1, last=10, begin=11, end=13):
    if not FILE.is_file():
        print(f"NOT RUN: {FILE.name} is not here; name the folder of the corpora in ANALYSIS_SHARED")
        return
    (paragraphs, coding), (new, truth) = recommendations(first, last), recommendations(begin, end)
    began = time.perf_counter()
    model = themes.train(paragraphs, coding)
    print(f"trained on {len(paragraphs):,} texts in {time.perf_counter() - began:.0f} s, threshold {model.threshold}")
    held = model.report.set_index("theme")["f1"]
    print(f"held out in training: micro-F1 {held['all (micro)']:.4f}, macro-F1 {held['all (macro)']:.4f}")
    predicted = themes.predict(model, new)
    fresh = new[~plain(new["text"]).isin(set(plain(paragraphs["text"])))]
    for name, some in [("all", new), ("without near duplicates", fresh)]:
        parts = [table[keys_of(table).isin(keys_of(some))] for table in (predicted, truth)]
        print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in measured(*parts).items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
