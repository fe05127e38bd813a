"""How often the 95 % intervals of `agreement.estimate` hold the true share, on recommendations coded by others.

    make bench

The population is the 6,741 recommendations of sessions 11–13 of the Universal Periodic Review (a document: a session
and a state), coded by UPR Info; the classifier has learnt from sessions 1–10. One row per way of drawing, kind of
prediction and theme: scores, assignments (score above 0.5), and assignments far too generous (above 0.03).
"""

import numpy as np
import pandas as pd

from analysis import agreement
from tests.benchmarks.themes import FILE

RUNS, COMMON = 4_000, 0.04  # draws; themes less frequent are left out
DESIGNS = [("paragraph", 100), ("paragraph", 300), ("paragraph", 600), ("document", 20), ("document", 30)]


def corpus():
    """Names of the themes; of sessions 11–13, codes and scores (paragraphs by themes) and the document's number."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import MultiLabelBinarizer

    rows = pd.read_csv(FILE, dtype="string", keep_default_na=False)
    binarizer = MultiLabelBinarizer()  # no issue's name contains a comma
    codes = binarizer.fit_transform(rows["Issue"].str.split(","))
    new = rows["Session"].isin(["11", "12", "13"]).to_numpy()
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    known = words.fit_transform(rows["Text"][~new])
    model = OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear")).fit(known, codes[~new])
    document = (rows["Session"] + "-" + rows["To"])[new]
    scores = model.predict_proba(words.transform(rows["Text"][new]))
    return binarizer.classes_, codes[new].astype(float), scores, pd.factorize(document)[0]


def draws(unit, n, document, rng, runs=RUNS):
    """Rows of paragraphs (or numbers of documents), one draw per row."""
    units = len(document) if unit == "paragraph" else document.max() + 1
    return np.stack([rng.choice(units, n, replace=False) for _ in range(runs)])


def intervals(unit, drawn, y, f, document):
    """What `agreement.estimate` finds in each draw: share, low, high, whether predictions were used."""
    own = np.arange(len(y)) if unit == "paragraph" else document
    size, coded, predicted, wrong = (
        np.bincount(own, amount)[drawn] for amount in (np.ones(len(y)), y, f, (abs(y - f) > 0.5).astype(float))
    )
    left = 1 - drawn.shape[1] / (own.max() + 1)
    return agreement._estimate(size, coded, predicted, wrong.sum(axis=1), f.mean(), left, f"by {unit}")


def main():
    if not FILE.is_file():
        print(f"NOT RUN: {FILE.name} is not in {FILE.parent}; name its folder's parent in ANALYSIS_SHARED")
        return
    names, codes, scores, document = corpus()
    rng = np.random.default_rng(1)
    print("Share of 95 % intervals that hold the true share")
    print("drawn            predictions  theme                            true  uncorrected  holds  used  width")
    for unit, n in DESIGNS:
        drawn = draws(unit, n, document, rng)
        for theme in np.argsort(-codes.mean(axis=0)):
            y, score = codes[:, theme], scores[:, theme]
            if y.mean() < COMMON:
                break
            for kind, f in [("scores", score), ("assigned", score > 0.5), ("generous", score > 0.03)]:
                _, low, high, used = intervals(unit, drawn, y, f.astype(float), document)
                holds = ((low <= y.mean()) & (y.mean() <= high)).mean()
                print(
                    f"{n:4} {unit + 's':11} {kind:11}  {names[theme]:30}  {y.mean():5.3f}  {(f > 0.5).mean():11.3f}"
                    f"  {holds:5.3f}  {used.mean():4.2f}  {np.median(high - low):5.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
