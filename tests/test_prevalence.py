"""Shares corrected by a hand-coded sample: worked by hand, reduced to known cases, simulated."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import prevalence
from tests.benchmarks import prevalence as benchmark


def population(y, f, documents=10, theme="war", score=True):
    """Paragraphs by turns in the documents; what is true of each, and what is predicted."""
    n = len(y)
    document = [f"d{i % documents:03}" for i in range(n)]
    f = np.asarray(f, float)
    themes = pd.DataFrame(
        {"document": document, "paragraph": [str(i) for i in range(n)], "theme": theme, "assigned": f > 0.5}
    )
    return themes.assign(score=f) if score else themes


def coding(themes, y, chosen, **columns):
    names = np.where(np.asarray(y, bool)[chosen], themes["theme"].iloc[0], "none")
    sheet = themes.iloc[chosen][["document", "paragraph"]].assign(theme=names, probability=len(chosen) / len(themes))
    return sheet.assign(**columns).reset_index(drop=True)


def random(n=2000, coded=400, share=0.3, seed=1, documents=10):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < share
    f = np.clip(0.6 * y + rng.random(n) * 0.4, 0, 1)
    themes = population(y, f, documents)
    return themes, coding(themes, y, np.sort(rng.choice(n, coded, replace=False))), y


def one(themes, sample):
    return prevalence.estimate(themes, sample).iloc[0]


PARAGRAPHS = pd.DataFrame(
    {"document": np.repeat(["a", "b", "c", "d"], 5), "paragraph": [*"12345"] * 4, "text": "Peace.", "order": 1}
)


def test_a_sheet_has_the_paragraphs_drawn_in_the_order_of_the_table():
    sheet = prevalence.draw(PARAGRAPHS, 8, seed=3)
    assert list(sheet) == ["document", "paragraph", "text", "theme", "drawn", "probability"]
    assert len(sheet) == 8 and set(sheet["probability"]) == {0.4} and set(sheet["theme"]) == {""}
    keys = pd.MultiIndex.from_frame(PARAGRAPHS[["document", "paragraph"]])
    assert np.all(np.diff(keys.get_indexer(pd.MultiIndex.from_frame(sheet[["document", "paragraph"]]))) > 0)
    documents = prevalence.draw(PARAGRAPHS, 3, unit="document", seed=3)
    assert len(documents) == 15 and documents["document"].nunique() == 3 and set(documents["probability"]) == {0.75}
    assert set(documents["drawn"]) == {"by document"}


@pytest.mark.parametrize("unit", ["paragraph", "document"])
def test_the_same_seed_draws_the_same_paragraphs_from_any_order(unit):
    drawn = prevalence.draw(PARAGRAPHS, 2, unit=unit, seed=5)
    other = prevalence.draw(PARAGRAPHS.sample(frac=1, random_state=1), 2, unit=unit, seed=5)
    keys = ["document", "paragraph"]
    pd.testing.assert_frame_equal(drawn, other.sort_values(keys, ignore_index=True))


def test_every_paragraph_is_drawn_equally_often():
    drawn = pd.concat([prevalence.draw(PARAGRAPHS, 5, seed=seed) for seed in range(100)])
    times = drawn.groupby(["document", "paragraph"]).size()
    assert len(times) == 20 and stats.chisquare(times).pvalue > 0.001


@pytest.mark.parametrize(
    ("paragraphs", "arguments", "message"),
    [
        (PARAGRAPHS, {"n": 21}, "n should be a whole number from 1 to 20, the number of paragraphs, found 21"),
        (PARAGRAPHS, {"n": 5, "unit": "document"}, "from 1 to 4, the number of documents, found 5"),
        (PARAGRAPHS, {"n": 0}, "found 0"),
        (PARAGRAPHS, {"n": 2.0}, "found 2.0"),
        (PARAGRAPHS, {"n": True}, "found True"),
        (PARAGRAPHS, {"n": 2, "unit": "word"}, "unit should be 'paragraph' or 'document', found 'word'"),
        (PARAGRAPHS.drop(columns="text"), {"n": 2}, r"missing \['text'\]"),
        (PARAGRAPHS.assign(paragraph="1"), {"n": 2}, r"repeat another's .* in row 1"),
        (PARAGRAPHS.assign(document=None), {"n": 2}, "document is missing in row 0"),
        (PARAGRAPHS.assign(text=5), {"n": 2}, r"paragraphs: text in row 0 \(rows count from 0\) is 5"),
        *((PARAGRAPHS, {"n": 2, "seed": seed}, "seed should be a whole number from 0, found") for seed in [-1, "x", 1.5, None, True]),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(paragraphs, arguments, message):
    with pytest.raises(ValueError, match=message):
        prevalence.draw(paragraphs, **{"seed": 1} | arguments)


@pytest.mark.parametrize("unit", ["paragraph", "document"])
def test_an_index_may_have_the_name_of_a_column(unit):
    named = PARAGRAPHS.set_index("document", drop=False)
    pd.testing.assert_frame_equal(
        prevalence.draw(named, 2, unit=unit, seed=1), prevalence.draw(PARAGRAPHS, 2, unit=unit, seed=1)
    )


def test_the_estimate_worked_by_hand():
    """400 of 1,000 coded. Assigned: 300 coded of which 200 right, no misses; 600 of the other 600."""
    y = np.r_[np.ones(200), np.zeros(200), np.zeros(600)]
    f = np.r_[np.ones(300), np.zeros(100), np.ones(600)]
    themes = population(y, f, score=False)
    found = one(themes, coding(themes, y, np.arange(400)))
    # λ = cov(y, f) / var(f) = (200/400 − 1/2 · 3/4) / (3/4 · 1/4) = 2/3
    assert found["weight"] == pytest.approx(2 / 3)
    assert found["share"] == pytest.approx(2 / 3 * 0.9 + 0.5 - 2 / 3 * 0.75)
    assert found[["n_paragraphs", "n_coded", "n_positive"]].tolist() == [1000, 400, 200]
    assert (found["uncorrected"], found["coded_only"], found["few"]) == (0.9, 0.5, False)
    assert found["interval"] == "95 % prediction-powered, by paragraph"
    percent = 100 * (1 - found["width_ratio"])
    assert found["finding"] == f"narrower than hand coding alone by {percent:.0f} %" and found["low"] < found["share"]


def test_the_error_without_predictions_is_that_of_a_mean():
    """The jackknife of a mean is its textbook standard error, with the finite population's factor."""
    y = np.r_[np.ones(30), np.zeros(70)][None]
    w = np.full_like(y, 5.0)
    error = prevalence._error(prevalence._sums(w, w * y, 0 * y), np.zeros(1), np.full_like(y, 0.8), False)
    assert error[0] == pytest.approx(np.sqrt(0.8 * y.var(ddof=1) / 100))


def test_useless_predictions_leave_the_coded_share():
    rng = np.random.default_rng(2)
    y = rng.random(2000) < 0.3
    for f in (np.full(2000, 0.7), 1.0 - y):  # the same for all; always the opposite
        themes = population(y, f)
        found = one(themes, coding(themes, y, np.arange(0, 2000, 4), drawn="by paragraph"))
        assert found["weight"] == 0 and found["share"] == pytest.approx(found["coded_only"])
        assert found["width_ratio"] == pytest.approx(1, abs=0.01)
        assert found["finding"] == "no narrower than hand coding alone: report the coded share"


def test_perfect_predictions_give_the_share_of_the_population():
    y = np.random.default_rng(3).random(5000) < 0.3
    themes = population(y, y)
    found = one(themes, coding(themes, y, np.arange(0, 5000, 5), drawn="by paragraph"))
    assert found["share"] == pytest.approx(y.mean()) and found["weight"] == pytest.approx(1)
    assert found["low"] < y.mean() < found["high"] and found["high"] - found["low"] < 0.006


def test_everything_coded_is_counted():
    themes, _, y = random()
    for sample in (coding(themes, y, np.arange(2000)), coding(themes, y, np.arange(2000), drawn="by document")):
        found = one(themes, sample)
        assert found["share"] == found["coded_only"] == y.mean()
        assert np.isnan(found["low"]) and np.isnan(found["high"]) and np.isnan(found["width_ratio"])
        assert found["interval"] == "none: every paragraph is coded" and found["weight"] == 0


@pytest.mark.parametrize("positive", [0, 3, 40, 100])
def test_few_coded_get_the_exact_interval(positive):
    y = np.r_[np.ones(positive), np.zeros(1000 - positive)]
    themes = population(y, y)
    found = one(themes, coding(themes, y, np.arange(100)))
    exact = stats.binomtest(positive, 100).proportion_ci(method="exact")
    assert (found["low"], found["high"]) == (pytest.approx(exact.low), pytest.approx(exact.high))
    assert found["interval"] == "95 % exact (Clopper–Pearson), coded paragraphs only"
    assert found["finding"] == "too few coded: 100 paragraphs, 300 are needed; share by hand coding alone"
    assert found["share"] == positive / 100 and found["weight"] == 0 and found["few"] == (positive < 5)


def test_rare_themes_and_few_documents_get_the_exact_interval_too():
    themes, sample, y = random(share=0.02)
    found = one(themes, sample)
    exact = stats.binomtest(int(found["n_positive"]), 400).proportion_ci(method="exact")
    assert (found["low"], found["high"]) == (pytest.approx(exact.low), pytest.approx(exact.high))
    assert found["finding"].startswith("share below 5 % or above 95 %")
    themes, _, y = random(documents=40)
    whole = np.flatnonzero(themes["document"] < "d010")
    found = one(themes, coding(themes, y, whole, drawn="by document"))
    assert found["interval"] == "95 % exact (Korn–Graubard, by document), coded paragraphs only"
    assert found["finding"].startswith("too few coded: 10 documents, 20 are needed")
    single = one(themes, coding(themes, y, np.flatnonzero(themes["document"] == "d000"), drawn="by document"))
    assert single["high"] - single["low"] > 0.9  # one document says almost nothing of others


def test_documents_that_differ_make_the_interval_wider():
    documents = np.arange(4000) % 100
    y = documents < 30  # whole documents have the theme, or lack it
    themes = population(y, np.full(4000, 0.5), 100)
    chosen = np.flatnonzero(np.isin(documents, np.arange(0, 100, 4)))
    found, alone = (one(themes, coding(themes, y, chosen, drawn=f"by {u}")) for u in ("document", "paragraph"))
    assert found["high"] - found["low"] > 4 * (alone["high"] - alone["low"])


def test_without_drawn_the_sample_shows_how_it_was_drawn():
    themes, singly, y = random(documents=50, coded=400)
    assert one(themes, singly)["interval"] == "95 % prediction-powered, by paragraph"
    whole = coding(themes, y, np.flatnonzero(themes["document"] < "d025"))
    found = prevalence.estimate(themes, whole)
    assert found["interval"].tolist() == ["95 % prediction-powered, by document"]
    pd.testing.assert_frame_equal(found, prevalence.estimate(themes, whole.assign(drawn="by document")))


def test_unequal_probabilities_weigh_the_paragraphs():
    y = np.r_[np.ones(500), np.zeros(500)]
    themes = population(y, np.full(1000, 0.5))
    chosen = np.r_[np.arange(200), np.arange(500, 600)]
    sample = coding(themes, y, chosen).assign(probability=np.r_[np.full(200, 0.4), np.full(100, 0.2)])
    found = one(themes, sample)
    assert found["coded_only"] == found["share"] == pytest.approx(0.5) and found["n_positive"] == 200
    small = one(themes, sample.iloc[150:250])
    assert small["interval"].startswith("95 % exact (Korn–Graubard, by paragraph)")
    assert small["coded_only"] == pytest.approx(50 / 0.4 / (50 / 0.4 + 50 / 0.2))


def test_order_names_and_other_themes_change_nothing():
    themes, sample, _ = random()
    found = prevalence.estimate(themes, sample)
    shuffled = prevalence.estimate(themes.sample(frac=1, random_state=1), sample.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(found, shuffled)
    new = {"war": "peace"}
    pd.testing.assert_frame_equal(
        found.drop(columns="theme"),
        prevalence.estimate(themes.replace({"theme": new}), sample.replace({"theme": new})).drop(columns="theme"),
    )
    both = prevalence.estimate(pd.concat([themes.assign(theme="trade", assigned=False, score=0.0), themes]), sample)
    assert both["theme"].tolist() == ["trade", "war"] and both.loc[0, ["n_positive", "share"]].tolist() == [0, 0]
    pd.testing.assert_frame_equal(both.iloc[1:].reset_index(drop=True), found)


def test_text_from_a_file_and_missing_scores():
    themes, sample, _ = random()
    found = prevalence.estimate(themes, sample)
    read = sample.astype({"probability": "str"})
    pd.testing.assert_frame_equal(prevalence.estimate(themes, read), found)
    unscored = prevalence.estimate(themes.assign(score=None), sample)
    pd.testing.assert_frame_equal(unscored, prevalence.estimate(themes.drop(columns="score"), sample))


def test_does_not_change_the_input():
    themes, sample, _ = random()
    before = themes.copy(), sample.copy()
    prevalence.estimate(themes, sample)
    pd.testing.assert_frame_equal(themes, before[0])
    pd.testing.assert_frame_equal(sample, before[1])


def small():
    y = np.arange(20) < 8
    themes = population(y, y)
    return themes, coding(themes, y, np.arange(5, 15))


def put(frame, row, **values):
    frame = frame.astype(dict.fromkeys(values, object))
    for column, value in values.items():
        frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t, s: (t.drop(columns="assigned"), s), r"themes needs columns .* missing \['assigned'\]"),
        (lambda t, s: (t, s.drop(columns="probability")), r"sample needs columns .* missing \['probability'\]"),
        (lambda t, s: (t[:0], s), "themes has no rows"),
        (lambda t, s: (t, s[:0]), "sample: there are no coded paragraphs"),
        (lambda t, s: (pd.concat([t, t[:1]]), s), "themes: 1 row repeats another's"),
        (lambda t, s: (t.assign(assigned="True"), s), "themes: assigned in row 0 .* should be true or false"),
        (lambda t, s: (t.assign(trained=0), s), "themes: trained in row 0 .* should be true or false"),
        (lambda t, s: (put(t, 3, score=1.2), s), "themes: score in row 3 .* should be 0 to 1, or missing"),
        (lambda t, s: (put(t, 3, score="high"), s), "themes: score in row 3"),
        (lambda t, s: (put(t, 2, theme="none"), s), "'none' can't be the name of a theme"),
        (lambda t, s: (pd.concat([t, t[1:].assign(theme="x")]), s), r"paragraph \('d000', '0'\) has no row for 'x'"),
        (lambda t, s: (t, put(s, 4, probability=0)), "coding row 5, .* probability should be above 0 and up to 1"),
        (lambda t, s: (t, put(s, 4, probability=1.5)), "coding row 5, .* probability should be above 0"),
        (lambda t, s: (t, put(s, 4, probability="half")), "coding row 5, .* probability should be above 0"),
        (lambda t, s: (t, put(s, 4, probability=None)), "sample: probability is missing in row 4"),
        (lambda t, s: (t, s.assign(coder=list("ab") * 5)), r"several coders \('a', 'b'\)"),
        (lambda t, s: (t, s.assign(theme=" ")), "coding row 1: theme is blank; write a theme, or none"),
        (lambda t, s: (t, put(s, 1, paragraph="99")), "coding row 2: there is no paragraph"),
        (lambda t, s: (t, put(s, 1, theme="wars")), "coding row 2: 'wars' is no theme"),
        (lambda t, s: (t, pd.concat([s, s[:1]])), "coding row 11: repeats the theme"),
        (lambda t, s: (t, pd.concat([s, s[:1].assign(theme="none")])), "coding row 11: none stands beside"),
        (
            lambda t, s: (
                pd.concat([t, t.assign(theme="x")]),
                pd.concat([s, s[:1].assign(theme="x", probability=0.4)]),
            ),
            "coding row 11, .* another probability than in the paragraph's first row",
        ),
        (lambda t, s: (t.assign(trained=[False] * 6 + [True] + [False] * 13), s), "coding row 2, .* used in training"),
        (lambda t, s: (t, s.assign(drawn="suggested")), "suggested paragraphs are no random sample .* prevalence.draw"),
        (lambda t, s: (t, put(s.assign(drawn="by paragraph"), 1, drawn=pd.NA)), "sample: drawn is missing in row 1"),
        (lambda t, s: (t, s.assign(drawn="by hand")), r"drawn should be 'by paragraph' or .* found \['by hand'\]"),
        (lambda t, s: (t, s.assign(drawn=["by paragraph", "by document"] * 5)), "in all rows, found"),
        (lambda t, s: (t, s.assign(probability=0.25, drawn="by paragraph")), "were drawn from 40, but themes has 20"),
        (lambda t, s: (t, s.assign(probability=1)), "10 paragraphs of probability 1 were drawn from 10, but themes has 20"),
    ],
)  # fmt: skip
def test_what_says_nothing_of_shares_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        prevalence.estimate(*change(*small()))


@pytest.mark.parametrize(("unit", "n"), [("paragraph", 300), ("document", 25)])
@pytest.mark.parametrize("bias", [0, 0.3])
def test_intervals_hold_the_true_share(unit, n, bias):
    """The claim of the notes, on made-up texts: documents differ, and predictions may be far too generous."""
    rng = np.random.default_rng(11)
    document = np.repeat(np.arange(80), 30)
    y = (rng.random(2400) < rng.beta(2, 8, 80)[document]).astype(float)
    f = np.where(rng.random(2400) < bias, 1, np.clip(0.7 * y + 0.3 * rng.random(2400), 0, 1))
    drawn = benchmark.draws(unit, n, document, rng, runs=1000)
    share, low, high, _, ratio = benchmark.intervals(unit, drawn, y, f, document)
    assert 0.93 <= ((low <= y.mean()) & (y.mean() <= high)).mean() <= 0.97
    assert abs(share.mean() - y.mean()) < 0.002 and np.median(ratio) < 0.95
    assert bias == 0 or f.mean() > y.mean() + 0.2


def test_the_simulation_runs_the_estimate():
    themes, _, y = random(documents=50, coded=400)
    number = pd.factorize(themes["document"])[0]
    for unit, drawn in [("paragraph", np.arange(0, 2000, 4)), ("document", np.arange(25))]:
        simulated = benchmark.intervals(unit, drawn[None], y.astype(float), themes["score"].to_numpy(), number)
        chosen = drawn if unit == "paragraph" else np.flatnonzero(np.isin(number, drawn))
        found = one(themes, coding(themes, y, chosen, drawn=f"by {unit}"))
        expected = found[["share", "low", "high", "weight", "width_ratio"]].tolist()
        assert np.concatenate(simulated).tolist() == pytest.approx(expected)
