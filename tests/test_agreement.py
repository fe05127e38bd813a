"""Agreement of coders, and shares of themes from a coded sample: by hand, as published, as other software has it."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from scipy import stats

from analysis import agreement, tables
from tests.benchmarks import agreement as benchmark
from tests.benchmarks import prevalence as shares
from tests.made import jackknife, refused

SIZES = ["n_units", "n_left_out", "n_coders", "n_codes"]


def codes_of(*coders):
    """One text or list of codes per coder → one row per code; None and spaces are left out."""
    rows = [(str(u), f"c{c}", code) for c, codes in enumerate(coders) for u, code in enumerate(codes)]
    return pd.DataFrame([row for row in rows if row[2] not in (None, " ")], columns=["unit", "coder", "code"])


def one(table):
    assert len(table) == 1
    return table.iloc[0]


def oracle(codes):
    """The same by the package krippendorff."""
    wide = codes.astype({"code": float}).set_index(["coder", "unit"])["code"].unstack()  # noqa: PD010
    return krippendorff.alpha(reliability_data=wide.to_numpy(), level_of_measurement="nominal")


def nltk(codes):
    """The same by NLTK."""
    return pytest.approx(AnnotationTask(codes[["coder", "unit", "code"]].to_numpy().tolist()).alpha())


def same(found, expected):
    """Equal but for rounding, and for the order of rows in the input."""
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9)


def test_alpha_worked_by_hand():
    # unit 1: x x x; unit 2: x y; unit 3: y y; unit 4: one code only
    found = one(agreement.alpha(codes_of("xxy", "xyyx", ["x"])))
    assert found[SIZES].tolist() == [3, 1, 3, 7]
    # of unit 2: a pair x y and a pair y x, weighted by 1 / (2 − 1), among 7 codes; 4 x and 3 y among 7 · 6 pairs
    assert (found["observed"], found["expected"]) == (pytest.approx(2 / 7), pytest.approx(2 * 12 / 42))
    assert found["alpha"] == pytest.approx(1 - (2 / 7) / (24 / 42)) == pytest.approx(0.5)


def test_alpha_as_krippendorff_published_it():
    """Krippendorff 2011: four observers, twelve units; a space stands for a missing code."""
    found = one(agreement.alpha(codes_of("123321412   ", "1233224125 3", " 3332342251 ", "12332441251 ")))
    assert found["alpha"] == pytest.approx(0.743, abs=0.0005)
    assert found[[*SIZES, "interval"]].tolist() == [11, 1, 4, 40, "95 % by unit (jackknife)"]


def test_alpha_of_a_crowd_as_krippendorff_the_package_and_nltk_have_it(shared):
    codes = pd.read_csv(shared / "data" / "coal-subsidy-coders.csv", dtype="str", keep_default_na=False)
    found = one(agreement.alpha(codes))
    assert found["alpha"] == pytest.approx(oracle(codes), abs=1e-9) and found["alpha"] == nltk(codes)
    assert found[SIZES].tolist() == [417, 0, 85, 3519]
    some = codes[codes["unit"].isin(codes["unit"].unique()[:40])]
    found, without = one(agreement.alpha(some)), [oracle(some[some["unit"] != unit]) for unit in some["unit"].unique()]
    assert found[["low", "high"]].tolist() == jackknife(found["alpha"], without, most=1)


CODES = st.lists(st.lists(st.sampled_from([None, "1", "2", "3", "7"]), min_size=3, max_size=3), min_size=1, max_size=8)


@settings(max_examples=25)
@given(CODES)
def test_alpha_and_its_interval_as_brute_force_and_what_must_not_matter(units):
    codes = codes_of(*zip(*units, strict=True))
    if codes["coder"].nunique() < 2:
        return
    table = agreement.alpha(codes)
    found, turned = one(table), codes[::-1].replace({"coder": {"c0": "c2", "c2": "c0", "c1": "x"}})
    more = pd.DataFrame({"unit": ["8", "9"], "coder": ["new", "c0"], "code": ["9", None]})
    turned = pd.concat([turned.assign(unit="u" + codes["unit"], code=codes["code"] + " "), more]).astype("category")
    alone = agreement.alpha(turned)  # order, names, spaces, single codes
    same(alone.assign(n_left_out=alone["n_left_out"] - 2), table)
    compared = codes[codes.groupby("unit")["code"].transform("size") > 1]
    left = compared["unit"].unique()
    assert (found["n_units"], found["n_codes"]) == (len(left), len(compared))
    if compared["code"].nunique() < 2:
        reason = "none: every code is the same" if len(left) else "none: no unit has two codes"
        assert found[["alpha", "low", "high"]].isna().all() and found["interval"] == reason
        return
    assert found["alpha"] == pytest.approx(oracle(compared), abs=1e-9) and found["alpha"] == nltk(compared)
    rests = [compared[compared["unit"] != unit] for unit in left]
    if len(left) < 3:
        expected = f"none: only {len(left)} (unit)"
    elif any(rest["code"].nunique() < 2 for rest in rests):
        expected = "none: it hangs on one unit"
    elif np.ptp(without := [oracle(rest) for rest in rests]) < 1e-9:
        expected = "none: which unit is left out makes no difference"
    else:
        expected = f"95 % by unit (jackknife, unreliable: {len(left)})"
        assert found[["low", "high"]].tolist() == jackknife(found["alpha"], without, most=1)
    assert found["interval"] == expected
    assert expected.startswith("95") or found[["low", "high"]].isna().all()


def coding_of(*rows):
    """("un 1 anna war peace", …): document, paragraph, coder and the themes given."""
    split = [row.split() for row in rows]
    rows = [(document, paragraph, theme, coder) for document, paragraph, coder, *themes in split for theme in themes]
    return pd.DataFrame(rows, columns=["document", "paragraph", "theme", "coder"])


CODED = coding_of(
    *("un 1 a war peace", "un 1 b war", "un 2 a none", "un 2 b peace", "un 3 a war", "un 3 b war", "un 3 c war aid"),
    *("un 4 a none", "un 4 b none", "un 5 a aid"),
)


def test_themes_worked_by_hand():
    found = agreement.by_theme(CODED).set_index("theme")
    assert found.index.tolist() == ["war", "peace", "aid"]
    counted = ["n_paragraphs", "n_coders", "n_positive", "n_all"]  # paragraph 5 has one coder
    assert found[counted].values.tolist() == [[4, 3, 2, 2], [4, 3, 2, 0], [4, 3, 1, 0]]
    assert found["few"].all() and found.loc["war", "alpha"] == 1
    # peace: 1 0, 0 1, 0 0 0, 0 0: two of nine codes are 1; observed (2 + 2) / 9, expected 2 · 2 · 7 / (9 · 8)
    assert found.loc["peace", "alpha"] == pytest.approx(1 - (4 / 9) / (28 / 72))
    assert found.loc["peace", "interval"] == "95 % by paragraph (jackknife, unreliable: 4)"
    assert found.loc["aid", "interval"] == "none: it hangs on one paragraph"


def test_themes_of_several_documents_leave_out_documents():
    others = coding_of(
        *("x 1 a war", "x 1 b aid", "x 2 a none", "x 2 b war peace", "x 3 a peace", "x 3 b peace"),
        *("y 1 a war", "y 1 b war", "y 2 a peace", "y 2 b aid", "z 1 c none"),  # z has no paragraph with two coders
    )
    coding = pd.concat([CODED, others])
    found = agreement.by_theme(coding)
    rests = [agreement.by_theme(coding[coding["document"] != name]).set_index("theme") for name in ("un", "x", "y")]
    assert found["n_paragraphs"].tolist() == [4 + 3 + 2] * 3 and found["n_coders"].tolist() == [3] * 3
    for row in found.itertuples():
        assert row.interval == "95 % by document (jackknife, unreliable: 3)"
        assert [row.low, row.high] == jackknife(row.alpha, [rest.loc[row.theme, "alpha"] for rest in rests], most=1)
    assert set(rests[0]["interval"]) == {"none: only 2 (document)"}
    alone = agreement.by_theme(coding[coding["document"].isin(["un", "z"])])
    same(alone, agreement.by_theme(CODED))  # by paragraph: only one document can be compared


READINGS = st.lists(st.sampled_from(["", "none", "war", "aid", "war aid"]), min_size=6, max_size=24)


@settings(max_examples=15)
@given(READINGS)
def test_themes_as_alpha_of_ones_and_zeros(readings):
    rows = [(str(i // 3), f"c{i % 3}", themes) for i, themes in enumerate(readings) if themes]
    if len({coder for _, coder, _ in rows}) < 2:
        return
    coding = coding_of(*(f"un {paragraph} {coder} {themes}" for paragraph, coder, themes in rows))
    found = agreement.by_theme(coding)
    assert found["theme"].tolist() == [theme for theme in dict.fromkeys(coding["theme"]) if theme != "none"]
    for row in found.itertuples():
        codes = pd.DataFrame(rows, columns=["unit", "coder", "code"])
        codes["code"] = ["given" if row.theme in themes.split() else "not" for themes in codes["code"]]
        expected = one(agreement.alpha(codes))
        assert row.interval == expected["interval"].replace("unit", "paragraph")  # fewer than ten paragraphs
        numbers = [row.n_paragraphs, row.n_coders, row.alpha, row.low, row.high]
        names = ["n_units", "n_coders", "alpha", "low", "high"]
        assert numbers == pytest.approx(expected[names].tolist(), nan_ok=True)
        several = codes[codes.groupby("unit")["code"].transform("size") > 1]
        given_it = (several["code"] == "given").groupby(several["unit"])
        assert (row.n_positive, row.n_all) == (given_it.any().sum(), given_it.all().sum())
        assert row.few == (row.n_positive < 5)
    mixed = coding[::-1].replace({"coder": {"c0": "c1", "c1": "c0"}})
    same(agreement.by_theme(mixed).set_index("theme").loc[found["theme"]].reset_index(), found)


def test_a_rare_theme_is_called_unreliable_however_many_paragraphs():
    rows = [f"un {n} {coder} {'war' if n < 4 else 'none'}" for n in range(60) for coder in "ab"]
    found = one(agreement.by_theme(coding_of(*rows, "un 60 a none", "un 60 b war")))
    assert found["interval"] == "95 % by paragraph (jackknife, unreliable: only 5 paragraphs have it or lack it)"
    nothing = agreement.by_theme(coding_of("un 1 a none", "un 1 b none"))
    assert nothing.empty and list(nothing) == list(tables.columns("agreement by theme"))
    with pytest.raises(ValueError, match=r"Agreement needs two coders, found \['a'\]"):
        agreement.by_theme(CODED[CODED["coder"] == "a"])


def test_intervals_cover_the_true_alpha():
    """The claim in `agreement.alpha`: 95 % at 200 units, too short where one value is rare among few units."""
    rng = np.random.default_rng(7)
    held, mean, none = benchmark.coverage(benchmark.by_unit, 200, 0.4, 0.5, rng)
    assert 0.93 <= held <= 0.97 and mean == pytest.approx(0.4, abs=0.01) and none == 0
    assert benchmark.coverage(benchmark.by_unit, 20, 0.4, 0.1, rng)[0] < 0.86
    assert 0.92 <= benchmark.coverage(benchmark.by_document, 20, 0.4, 0.5, rng)[0] <= 0.98


PAIR = codes_of("xy", "xx")
test_codes_that_cannot_be_compared_are_refused = refused(
    agreement.alpha,
    (PAIR.assign(code=list("xy x")), "codes: row 2 (from 0) has a blank; fill it in, or leave the row out"),
    (PAIR.assign(unit=["0", "0 ", "1", "2"], coder="a"), "codes: row 1 .* repeats the unit '0', coder 'a'"),
    (PAIR.assign(coder="a", unit=list("0123")), "Agreement needs two coders, found ['a']"),
    (PAIR.assign(code=["x", "y", None, None]), "Agreement needs two coders, found ['c0']"),
)


# Shares of themes

EXACT = "95 % exact (Clopper–Pearson), coded paragraphs only"
CORRECTED = "95 % by paragraph, predictions corrected (jackknife)"


def population(y, f, documents=10, score=True):
    """Paragraphs by turns in the documents; what is predicted of each."""
    keys = {"document": [f"d{i % documents:03}" for i in range(len(y))], "paragraph": map(str, range(len(y)))}
    f = np.asarray(f, float)
    themes = pd.DataFrame({**keys, "theme": "war", "assigned": f > 0.5})
    return themes.assign(score=f) if score else themes


def sheet_of(themes, y, chosen, way="paragraph"):
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
    return themes, sheet_of(themes, y, np.sort(rng.choice(n, coded, replace=False))), y


def estimated(themes, sample):
    return agreement.estimate(themes, sample).iloc[0]


def exact(share, worth):
    """Clopper & Pearson's ends, of so many paragraphs drawn singly."""
    yes, no = share * worth, worth - share * worth
    return pytest.approx(stats.beta.ppf([0.025, 0.975], [yes, yes + 1], [no + 1, no]).tolist())


def test_the_estimate_worked_by_hand():
    """400 of 1,000 coded. Assigned: 250 coded of which 200 right, no misses; 500 of the other 600."""
    y = np.r_[np.ones(200), np.zeros(200), np.zeros(600)]
    themes = population(y, np.r_[np.ones(250), np.zeros(150), np.ones(500), np.zeros(100)], score=False)
    found = estimated(themes, sheet_of(themes, y, np.arange(400)))
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
    found = estimated(themes, sheet_of(themes, y, np.arange(100)))
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
    found = estimated(themes, sheet_of(themes, y, np.r_[np.arange(coded - wrong), np.arange(2000 - wrong, 2000)]))
    assert (found["n_wrong"], found["n_positive"]) == (wrong, positive)
    assert (found["interval"] == CORRECTED) == used and (found["share"] == found["coded_only"]) == (not used)


def test_everything_coded_is_counted():
    themes, _, y = random(200, coded=9)
    for way in ("paragraph", "document"):
        found = estimated(themes, sheet_of(themes, y, np.arange(200), way))
        assert found["coded_only"] == y.mean() and found[["low", "high"]].isna().all()
        assert found["share"] == pytest.approx(y.mean()) and found["interval"] == "none: every paragraph is coded"


def test_documents_are_units_where_they_were_drawn():
    documents = np.arange(4000) % 100
    y = documents < 30  # whole documents have the theme, or lack it
    themes = population(y, np.full(4000, 0.5), 100)
    found = estimated(themes, sheet_of(themes, y, np.flatnonzero(np.isin(documents, np.arange(0, 100, 4))), "document"))
    assert found["interval"] == "95 % exact (Korn–Graubard, by document), coded paragraphs only"
    # 8 of 25 documents of 40: worth 25 of them, but for those that were not drawn and Student's t
    share, t = 0.32, stats.t.ppf(0.975, 999) / stats.t.ppf(0.975, 24)
    worth = share * (1 - share) / (0.75 * share * (1 - share) / 24) * t**2
    assert found[["low", "high"]].tolist() == exact(share, worth)
    single = estimated(themes, sheet_of(themes, y, np.flatnonzero(documents == 0), "document"))
    assert single["high"] - single["low"] > 0.9  # one document says almost nothing of others


SMALL = np.arange(20) < 8
DIFFERS = "sample: drawn and probability should be those of a sheet from coding.sample, in all rows"
REST = population(SMALL, SMALL)
SAMPLE = sheet_of(REST, SMALL, np.arange(5, 15))
test_what_says_nothing_of_shares_is_refused = refused(
    agreement.estimate,
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
    drawn = shares.draws(unit, n, document, rng, runs=1000)
    share, low, high, used = shares.intervals(unit, drawn, y, f, document)
    assert 0.925 <= ((low <= y.mean()) & (y.mean() <= high)).mean() <= 0.985
    assert abs(share.mean() - y.mean()) < 0.006
    # few predictions are wrong in 100 paragraphs, unless they are generous
    least, most = {20: (0, 0), 35: (1, 1), 300: (0.9, 1), 100: (0.1, 0.9) if bias else (0, 0.1)}[n]
    assert least <= used.mean() <= most


def test_the_simulation_runs_the_estimate():
    themes, _, y = random(documents=50)
    number = pd.factorize(themes["document"])[0]
    for unit, drawn in [("paragraph", np.arange(0, 2000, 4)), ("document", np.arange(35))]:
        simulated = shares.intervals(unit, drawn[None], y.astype(float), themes["score"].to_numpy(), number)
        chosen = drawn if unit == "paragraph" else np.flatnonzero(np.isin(number, drawn))
        found = estimated(themes, sheet_of(themes, y, chosen, unit))
        assert np.concatenate(simulated)[:3].tolist() == pytest.approx(found[["share", "low", "high"]].tolist())
        assert simulated[3].all() and "predictions corrected" in found["interval"]


def test_what_one_coder_alone_gave_is_told_where_it_may_be_misspelt():
    for other in ("peacebiulding", "peacebuilding, aid"):
        coding = coding_of("un 1 a peacebuilding", "un 1 b war", "un 2 a war", "un 2 b war").replace("war", "_")
        coding.loc[1, "theme"] = other
        with pytest.warns(UserWarning, match=f"coding: one coder alone gave .*'{other}': is it spelled as elsewhere"):
            agreement.by_theme(coding)
    with pytest.warns(UserWarning, match="coders: 'a' and 'A' differ in writing only"):
        agreement.by_theme(coding_of("un 1 a war", "un 1 b war", "un 2 A war", "un 2 b war"))
