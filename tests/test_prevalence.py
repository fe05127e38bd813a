"""Shares corrected by a hand-coded sample: worked by hand, reduced to known cases, simulated."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import coding as sheets
from analysis import prevalence
from tests.benchmarks import prevalence as benchmark
from tests.made import refused

EXACT = "95 % exact (Clopper–Pearson), coded paragraphs only"
CORRECTED = "95 % by paragraph, predictions corrected (jackknife)"


def population(y, f, documents=10, score=True):
    """Paragraphs by turns in the documents; what is predicted of each."""
    keys = {"document": [f"d{i % documents:03}" for i in range(len(y))], "paragraph": map(str, range(len(y)))}
    f = np.asarray(f, float)
    themes = pd.DataFrame({**keys, "theme": "war", "assigned": f > 0.5})
    return themes.assign(score=f) if score else themes


def coding(themes, y, chosen, way="paragraph"):
    """A sheet of these paragraphs, coded with what is true of each."""
    names = np.where(np.asarray(y, bool)[chosen], "war", "none")
    sheet = themes.iloc[chosen][["document", "paragraph"]].reset_index(drop=True)
    units = ["document", "paragraph"][: 1 + (way == "paragraph")]
    drawn = len(sheet[units].drop_duplicates()) / len(themes[units].drop_duplicates())
    return sheet.assign(theme=names, drawn=f"by {way}", probability=drawn)


def random(n=2000, coded=400, documents=10):
    """Paragraphs of which one in eight is predicted wrongly, and a sample of them."""
    rng = np.random.default_rng(1)
    y = rng.random(n) < 0.3
    themes = population(y, np.where(rng.random(n) < 0.125, ~y, y) * 0.8 + 0.2 * rng.random(n), documents)
    return themes, coding(themes, y, np.sort(rng.choice(n, coded, replace=False))), y


def one(themes, sample):
    return prevalence.estimate(themes, sample).iloc[0]


def exact(share, worth):
    """Clopper & Pearson's ends, of so many paragraphs drawn singly."""
    yes, no = share * worth, worth - share * worth
    return pytest.approx(stats.beta.ppf([0.025, 0.975], [yes, yes + 1], [no + 1, no]).tolist())


def test_the_estimate_worked_by_hand():
    """400 of 1,000 coded. Assigned: 250 coded of which 200 right, no misses; 500 of the other 600."""
    y = np.r_[np.ones(200), np.zeros(200), np.zeros(600)]
    themes = population(y, np.r_[np.ones(250), np.zeros(150), np.ones(500), np.zeros(100)], score=False)
    found = one(themes, coding(themes, y, np.arange(400)))
    assert found[["n_paragraphs", "n_coded", "n_positive", "n_wrong", "few"]].tolist() == [1000, 400, 200, 50, False]
    assert (found["uncorrected"], found["coded_only"]) == (0.75, 0.5)
    assert found["share"] == pytest.approx(0.75 - 50 / 400) and found["interval"] == CORRECTED
    # 50 of 400 differences are −1: their variance by the textbook, six tenths not drawn; as sure as so many coded
    error = np.sqrt(0.6 * (350 * 50 / 400) / 399 / 400)
    assert found[["low", "high"]].tolist() == exact(0.625, 0.625 * 0.375 / error**2)


@pytest.mark.parametrize("positive", [0, 3, 100])
def test_hand_coding_alone_gets_the_exact_interval_of_scipy(positive):
    y = np.r_[np.ones(positive), np.zeros(1000 - positive)]
    themes = population(y, y)  # predictions that never err in the sample: nothing is known of their errors
    found = one(themes, coding(themes, y, np.arange(100)))
    ends = stats.binomtest(positive, 100).proportion_ci(method="exact")
    assert (found["low"], found["high"]) == (pytest.approx(ends.low), pytest.approx(ends.high))
    assert found["interval"] == EXACT and found["n_wrong"] == 0
    assert found["share"] == found["coded_only"] == positive / 100 and found["few"] == (positive < 5)


@pytest.mark.parametrize(
    ("wrong", "positive", "coded", "used"),
    [(10, 40, 400, True), (9, 40, 400, False), (30, 30, 400, False), (29, 30, 400, True), (10, 12, 29, False)],
)
def test_predictions_are_used_where_enough_is_known_of_them(wrong, positive, coded, used):
    y = np.arange(2000) < positive
    f = y | (np.arange(2000) >= 2000 - 5 * wrong)  # false alarms, of which some are coded
    themes = population(y, f)
    found = one(themes, coding(themes, y, np.r_[np.arange(coded - wrong), np.arange(2000 - wrong, 2000)]))
    assert (found["n_wrong"], found["n_positive"]) == (wrong, positive)
    assert (found["interval"] == CORRECTED) == used and (found["share"] == found["coded_only"]) == (not used)


def test_everything_coded_is_counted():
    themes, _, y = random(200, coded=9)
    for way in ("paragraph", "document"):
        found = one(themes, coding(themes, y, np.arange(200), way))
        assert found["coded_only"] == y.mean() and found[["low", "high"]].isna().all()
        assert found["share"] == pytest.approx(y.mean()) and found["interval"] == "none: every paragraph is coded"


def test_documents_are_units_where_they_were_drawn():
    documents = np.arange(4000) % 100
    y = documents < 30  # whole documents have the theme, or lack it
    themes = population(y, np.full(4000, 0.5), 100)
    found = one(themes, coding(themes, y, np.flatnonzero(np.isin(documents, np.arange(0, 100, 4))), "document"))
    assert found["interval"] == "95 % exact (Korn–Graubard, by document), coded paragraphs only"
    # 8 of 25 documents of 40: worth 25 of them, but for those that were not drawn and Student's t
    share, t = 0.32, stats.t.ppf(0.975, 999) / stats.t.ppf(0.975, 24)
    worth = share * (1 - share) / (0.75 * share * (1 - share) / 24) * t**2
    assert found[["low", "high"]].tolist() == exact(share, worth)
    single = one(themes, coding(themes, y, np.flatnonzero(documents == 0), "document"))
    assert single["high"] - single["low"] > 0.9  # one document says almost nothing of others


def test_order_and_other_themes_change_nothing():
    themes, sample, _ = random()
    found = prevalence.estimate(themes, sample)
    shuffled = prevalence.estimate(themes.sample(frac=1, random_state=1), sample.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(found, shuffled)
    both = prevalence.estimate(pd.concat([themes.assign(theme="trade", assigned=False, score=0.0), themes]), sample)
    assert both["theme"].tolist() == ["trade", "war"] and both.loc[0, ["n_positive", "share"]].tolist() == [0, 0]
    pd.testing.assert_frame_equal(both.iloc[1:].reset_index(drop=True), found)


@pytest.mark.parametrize("unit", ["paragraph", "document"])
def test_a_sheet_drawn_saved_coded_and_loaded(tmp_path, unit):
    themes, _, y = random(documents=40)
    sheet = sheets.sample(themes.assign(text="…"), 20, unit=unit, seed=3)
    true = y[sheet["paragraph"].astype(int)]
    sheets.save(sheet.assign(theme=np.where(true, "war", "none")), tmp_path / "sheet.csv")
    found = one(themes, sheets.load(tmp_path / "sheet.csv"))
    assert found["n_coded"] == len(sheet) and found["low"] < found["coded_only"] == true.mean() < found["high"]


SMALL = np.arange(20) < 8
DIFFERS = "sample: drawn and probability should be those of a sheet from coding.sample, in all rows"
REST = population(SMALL, SMALL)
SAMPLE = coding(REST, SMALL, np.arange(5, 15))
test_what_says_nothing_of_shares_is_refused = refused(
    prevalence.estimate,
    (REST.assign(trained=REST["paragraph"] == "6"), SAMPLE, "sample: paragraphs used in training"),
    (REST, SAMPLE.assign(theme="wars"), "coding row 1: 'wars' is no theme"),
    (REST, SAMPLE.assign(coder=list("ab") * 5), "several coders ('a', 'b')"),
    (REST, SAMPLE.assign(drawn="suggested"), DIFFERS),
    (REST, SAMPLE.assign(probability=[0.5, 0.25] * 5), DIFFERS),
    (REST, SAMPLE.assign(probability=0.25), "10 of the 20 .* sample by paragraph of probability 0.25"),
    (REST, SAMPLE.iloc[:9], "9 of the 20 paragraphs of themes are coded"),
    (REST, SAMPLE.assign(drawn="by document", probability=1.0), "no sample by document of probability 1"),
)


@pytest.mark.parametrize(
    ("unit", "n", "bias"),
    [
        ("paragraph", 100, 0), ("paragraph", 300, 0), ("paragraph", 100, 0.1), ("document", 20, 0.1),
        ("document", 35, 0.1),
    ],
)  # fmt: skip
def test_intervals_hold_the_true_share(unit, n, bias):
    """The claim of the docstring, on made-up texts: documents differ, and predictions may be far too generous."""
    rng = np.random.default_rng(11)
    document = np.repeat(np.arange(80), 30)
    y = (rng.random(2400) < rng.beta(2, 8, 80)[document]).astype(float)
    right = rng.random(2400) < 0.95
    f = np.where(rng.random(2400) < bias, 1, np.where(right, y, 1 - y))
    drawn = benchmark.draws(unit, n, document, rng, runs=1000)
    share, low, high, used = benchmark.intervals(unit, drawn, y, f, document)
    assert 0.925 <= ((low <= y.mean()) & (y.mean() <= high)).mean() <= 0.985
    assert abs(share.mean() - y.mean()) < 0.006
    # few predictions are wrong in 100 paragraphs, unless they are generous
    least, most = {20: (0, 0), 35: (1, 1), 300: (0.9, 1), 100: (0.1, 0.9) if bias else (0, 0.1)}[n]
    assert least <= used.mean() <= most


def test_the_simulation_runs_the_estimate():
    themes, _, y = random(documents=50)
    number = pd.factorize(themes["document"])[0]
    for unit, drawn in [("paragraph", np.arange(0, 2000, 4)), ("document", np.arange(35))]:
        simulated = benchmark.intervals(unit, drawn[None], y.astype(float), themes["score"].to_numpy(), number)
        chosen = drawn if unit == "paragraph" else np.flatnonzero(np.isin(number, drawn))
        found = one(themes, coding(themes, y, chosen, unit))
        assert np.concatenate(simulated)[:3].tolist() == pytest.approx(found[["share", "low", "high"]].tolist())
        assert simulated[3].all() and "predictions corrected" in found["interval"]
