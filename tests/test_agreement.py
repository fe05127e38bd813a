"""Agreement of coders: worked by hand, as published, as other software has it, and what must not change it."""

import math
import subprocess
import sys

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from analysis import agreement
from tests.benchmarks import agreement as benchmark

# Krippendorff 2011: four observers, twelve units; 0 stands for a missing code.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
# Fleiss 1971, table 1: thirty patients, six psychiatrists each, five diagnoses.
PATIENTS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
              00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""
# The ten subjects and fourteen raters of the worked example in Wikipedia, "Fleiss' kappa".
SUBJECTS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def codes_of(*coders):
    """One list of codes per coder → one row per code; None and 0 are left out."""
    rows = [(u, f"c{c}", code) for c, codes in enumerate(coders) for u, code in enumerate(codes, 1) if code]
    return pd.DataFrame(rows, columns=["unit", "coder", "code"])


def codes_from(counts):
    """How often each unit got each code → one row per code, given by coders in turn."""
    units = [[str(code) for code, n in enumerate(row) for _ in range(n)] for row in counts]
    return codes_of(*zip(*units, strict=True))


def one(table):
    assert len(table) == 1
    return table.iloc[0]


def oracle(codes, level="nominal"):
    """The same by the package krippendorff."""
    wide = codes.set_index(["coder", "unit"])["code"].unstack()  # noqa: PD010
    return krippendorff.alpha(reliability_data=wide.to_numpy(float), level_of_measurement=level)


def jackknife(values):
    """The interval of the first value from the others, spelled out."""
    estimate, *without = values
    n = len(without)
    error = math.sqrt((n - 1) / n * sum((value - sum(without) / n) ** 2 for value in without))
    reach = stats.t.ppf(0.975, n - 1) * error
    return pytest.approx([estimate - reach, min(estimate + reach, 1)], abs=1e-9)


def same(found, expected):
    """Equal but for rounding, and for the order of rows in the input."""
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9)


def test_alpha_worked_by_hand():
    # unit 1: x x x; unit 2: x y; unit 3: y y; unit 4: one code only
    found = one(agreement.alpha(codes_of("xxy", "xyyx", ["x"])))
    assert found[["n_units", "n_left_out", "n_coders", "n_codes"]].tolist() == [3, 1, 3, 7]
    # of unit 2: a pair x y and a pair y x, weighted by 1 / (2 − 1), among 7 codes; 4 x and 3 y among 7 · 6 pairs
    assert (found["observed"], found["expected"]) == (pytest.approx(2 / 7), pytest.approx(2 * 12 / 42))
    assert found["alpha"] == pytest.approx(1 - (2 / 7) / (24 / 42)) == pytest.approx(0.5)


def test_ordinal_worked_by_hand():
    # codes 1 1, 1 2, 3 3: three 1, one 2, two 3
    found = one(agreement.alpha(codes_of([1, 1, 3], [1, 2, 3]), "ordinal"))
    # from 1 to 2: 3/2 + 1/2 = 2; from 2 to 3: 1/2 + 2/2 = 3/2; from 1 to 3: 3/2 + 1 + 2/2 = 7/2
    expected = 2 * (3 * 1 * 2**2 + 1 * 2 * 1.5**2 + 3 * 2 * 3.5**2) / (6 * 5)
    assert (found["observed"], found["expected"]) == (pytest.approx(2 * 2**2 / 6), pytest.approx(expected))


def test_alpha_as_krippendorff_published_it():
    codes = codes_of(*OBSERVERS)
    nominal, ordinal = one(agreement.alpha(codes)), one(agreement.alpha(codes, "ordinal"))
    assert nominal["alpha"] == pytest.approx(0.743, abs=0.0005) and ordinal["alpha"] == pytest.approx(0.815, abs=0.0005)
    assert nominal[["n_units", "n_left_out", "n_coders", "n_codes"]].tolist() == [11, 1, 4, 40]
    assert (nominal["level"], nominal["interval"]) == ("nominal", "95 % by unit (jackknife)")
    names = ["book", "letter", "phone", "screen", "folder"]
    named = codes.assign(
        code=pd.Categorical.from_codes(codes["code"] - 1, categories=[*names, "never used"], ordered=True)
    )
    same(agreement.alpha(named, "ordinal"), agreement.alpha(codes, "ordinal"))
    same(agreement.alpha(named.astype({"code": "str"})), agreement.alpha(codes))


def test_alpha_of_a_crowd_as_krippendorff_the_package(shared):
    codes = pd.read_csv(shared / "data" / "coal-subsidy-coders.csv")
    for level in ("nominal", "ordinal"):
        found = one(agreement.alpha(codes, level))
        assert found["alpha"] == pytest.approx(oracle(codes, level), abs=1e-9)
        assert found[["n_units", "n_left_out", "n_coders", "n_codes"]].tolist() == [417, 0, 85, 3519]
        without = [oracle(codes[codes["unit"] != unit], level) for unit in codes["unit"].unique()]
        assert found[["low", "high"]].tolist() == jackknife([found["alpha"], *without])
    assert AnnotationTask(codes[["coder", "unit", "code"]].values.tolist()).alpha() == pytest.approx(oracle(codes))


CODES = st.lists(st.lists(st.sampled_from([None, 1, 2, 3, 7]), min_size=3, max_size=3), min_size=1, max_size=8)


def usable(units):
    """A table of these units by three coders, or nothing where fewer than two gave codes."""
    codes = codes_of(*zip(*units, strict=True))
    return codes if codes["coder"].nunique() > 1 else None


@settings(max_examples=60)
@given(CODES, st.sampled_from(["nominal", "ordinal"]))
def test_alpha_and_its_interval_as_brute_force(units, level):
    codes = usable(units)
    if codes is None:
        return
    found = one(agreement.alpha(codes, level))
    compared = codes[codes.groupby("unit")["code"].transform("size") > 1]
    left = compared["unit"].unique()
    assert (found["n_units"], found["n_codes"]) == (len(left), len(compared))
    if compared["code"].nunique() < 2:
        reason = "none: every code is the same" if len(left) else "none: no unit has two codes"
        assert found[["alpha", "low", "high"]].isna().all() and found["interval"] == reason
        return
    assert found["alpha"] == pytest.approx(oracle(compared, level), abs=1e-9)
    rests = [compared[compared["unit"] != unit] for unit in left]
    if len(left) < 3:
        assert found["interval"] == f"none: only {len(left)} (unit)"
    elif any(rest["code"].nunique() < 2 for rest in rests):
        assert found["interval"] == "none: it hangs on one unit"
    else:
        without = [oracle(rest, level) for rest in rests]
        if np.ptp(without) < 1e-9:
            assert found["interval"] == "none: which unit is left out makes no difference"
        else:
            assert found["interval"] == f"95 % by unit (jackknife, unreliable: {len(left)})"
            assert found[["low", "high"]].tolist() == jackknife([found["alpha"], *without])
    if not found["interval"].startswith("95"):
        assert found[["low", "high"]].isna().all()


@settings(max_examples=40)
@given(CODES, st.randoms(use_true_random=False), st.sampled_from(["nominal", "ordinal"]))
def test_neither_order_nor_names_nor_single_codes_matter(units, random, level):
    codes = usable(units)
    if codes is None:
        return
    expected = agreement.alpha(codes, level)
    rows = random.sample(range(len(codes)), len(codes))
    same(agreement.alpha(codes.iloc[rows].set_axis([0] * len(codes)), level), expected)
    same(agreement.alpha(codes.replace({"coder": {"c0": "c2", "c2": "c0", "c1": "x"}}), level), expected)
    same(agreement.alpha(codes.assign(unit=-codes["unit"]), level), expected)
    more = pd.DataFrame({"unit": [98, 99], "coder": ["new", "c0"], "code": [9, None]})
    alone = agreement.alpha(pd.concat([codes.astype({"code": object}), more]), level)
    same(alone.assign(n_left_out=alone["n_left_out"] - 2), expected)


def test_perfect_and_chance_agreement():
    perfect = one(agreement.alpha(codes_of("xyzxyzxyzxyz", "xyzxyzxyzxyz")))
    assert perfect["alpha"] == 1 and math.isnan(perfect["low"])
    assert perfect["interval"] == "none: which unit is left out makes no difference"
    nearly = one(agreement.alpha(codes_of("xyzxyzxyzxyz", "xyzxyzxyzxyx")))
    assert nearly["alpha"] < nearly["high"] == 1  # cut off
    against = one(agreement.alpha(codes_of("xyxyxyxyxyxx", "yxyxyxyxyxyx")))
    assert against["alpha"] < 0 and against["low"] < -1  # not cut off
    same_code = one(agreement.alpha(codes_of("xxxx", "xxxx")))
    assert (same_code["observed"], same_code["expected"]) == (0, 0) and math.isnan(same_code["alpha"])
    assert same_code["interval"] == "none: every code is the same"


PAIRS = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=12)


@settings(max_examples=60)
@given(PAIRS)
def test_two_coders_as_scikit_learn_and_nltk_and_alpha_from_pi(pairs):
    first, second = zip(*pairs, strict=True)
    codes = codes_of(first, second)
    found = agreement.kappa(codes)
    assert found["statistic"].tolist() == ["Cohen's κ", "Fleiss' κ"]
    if len(set(first + second)) == 1:
        assert found["kappa"].isna().all() and set(found["interval"]) == {"none: every code is the same"}
        assert found["observed"].tolist() == found["expected"].tolist() == [1, 1]
        return
    task = AnnotationTask([(row.coder, row.unit, row.code) for row in codes.itertuples()])
    assert found["kappa"].tolist() == pytest.approx([cohen_kappa_score(first, second), task.pi()])
    assert found["kappa"].tolist() == pytest.approx(
        ((found["observed"] - found["expected"]) / (1 - found["expected"])).tolist()
    )
    assert found["observed"].tolist() == pytest.approx([task.avg_Ao()] * 2)
    pi, n = found["kappa"][1], 2 * len(pairs)
    assert one(agreement.alpha(codes))["alpha"] == pytest.approx(pi + (1 - pi) / n)
    swapped = agreement.kappa(codes.iloc[::-1].replace({"coder": {"c0": "c1", "c1": "c0"}}))
    same(swapped, found)


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("xy"), min_size=3, max_size=3), min_size=3, max_size=8))
def test_the_intervals_of_kappa_as_brute_force(units):
    for coders in (2, 3):
        codes = codes_of(*zip(*(unit[:coders] for unit in units), strict=True))
        found = agreement.kappa(codes)
        rests = [agreement.kappa(codes[codes["unit"] != unit]) for unit in codes["unit"].unique()]
        for row in found.index:
            estimates = [found["kappa"][row], *(rest["kappa"][row] for rest in rests)]
            if found["interval"][row].startswith("95"):
                assert found.loc[row, ["low", "high"]].tolist() == jackknife(estimates)
            else:
                assert any(math.isnan(value) for value in estimates) or np.ptp(estimates[1:]) < 1e-9


def test_cohen_worked_by_hand():
    # 200 patients, two psychiatrists, three diagnoses: .700 observed; .5 · .6 + .3 · .3 + .2 · .1 = .410 expected
    counts = {"aa": 88, "ab": 14, "ac": 18, "ba": 10, "bb": 40, "bc": 10, "ca": 2, "cb": 6, "cc": 12}
    pairs = [pair for pair, n in counts.items() for _ in range(n)]
    cohen = agreement.kappa(codes_of(*zip(*pairs, strict=True))).iloc[0]
    assert (cohen["n_units"], cohen["n_coders"], cohen["interval"]) == (200, 2, "95 % by unit (jackknife)")
    assert (cohen["observed"], cohen["expected"]) == (pytest.approx(0.7), pytest.approx(0.41))
    assert cohen["kappa"] == pytest.approx(0.29 / 0.59)
    # its standard error in large samples by the formula of Fleiss, Cohen & Everitt 1969
    p, kappa, chance = np.array(list(counts.values())).reshape(3, 3) / 200, 0.29 / 0.59, 0.41
    apart = p * (p.sum(axis=0)[:, None] + p.sum(axis=1)[None, :]) ** 2
    same_code = np.diag(p) * (1 - (p.sum(axis=0) + p.sum(axis=1)) * (1 - kappa)) ** 2
    spread = same_code.sum() + (1 - kappa) ** 2 * (apart.sum() - np.diag(apart).sum())
    error = math.sqrt((spread - (kappa - chance * (1 - kappa)) ** 2) / 200) / (1 - chance)
    assert cohen["high"] - cohen["low"] == pytest.approx(2 * stats.t.ppf(0.975, 199) * error, rel=0.02)


@pytest.mark.parametrize(
    ("counts", "coders", "kappa"),
    [([[int(n) for n in row] for row in PATIENTS.split()], 6, 0.430), (SUBJECTS, 14, 0.210)],
)
def test_fleiss_as_published(counts, coders, kappa):
    found = one(agreement.kappa(codes_from(counts)))
    assert found[["statistic", "n_units", "n_coders"]].tolist() == ["Fleiss' κ", len(counts), coders]
    assert found["kappa"] == pytest.approx(kappa, abs=0.0005) and found["low"] < kappa < found["high"]


def test_kappa_of_a_few_units():
    for units, reason in [(1, "only 1 (unit)"), (2, "only 2 (unit)")]:
        found = agreement.kappa(codes_of("xy"[:units], "yy"[:units]))
        assert set(found["interval"]) == {f"none: {reason}"} and found["low"].isna().all()


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
        assert [row.low, row.high] == jackknife([row.alpha, *(rest.loc[row.theme, "alpha"] for rest in rests)])
    assert set(rests[0]["interval"]) == {"none: only 2 (document)"}
    alone = agreement.by_theme(coding[coding["document"].isin(["un", "z"])])
    same(alone, agreement.by_theme(CODED))  # by paragraph: only one document can be compared


READINGS = st.lists(st.sampled_from(["", "none", "war", "aid", "war aid"]), min_size=6, max_size=24)


@settings(max_examples=40)
@given(READINGS, st.randoms(use_true_random=False))
def test_themes_as_alpha_of_ones_and_zeros(readings, random):
    rows = [(str(i // 3), f"c{i % 3}", themes) for i, themes in enumerate(readings) if themes]
    if len({coder for _, coder, _ in rows}) < 2:
        return
    coding = coding_of(*(f"un {paragraph} {coder} {themes}" for paragraph, coder, themes in rows))
    found = agreement.by_theme(coding)
    assert found["theme"].tolist() == [theme for theme in dict.fromkeys(coding["theme"]) if theme != "none"]
    for row in found.itertuples():
        codes = pd.DataFrame(rows, columns=["unit", "coder", "code"])
        codes["code"] = [row.theme in themes.split() for themes in codes["code"]]
        expected = one(agreement.alpha(codes))
        assert row.interval == expected["interval"].replace("unit", "paragraph")  # fewer than ten paragraphs
        numbers = [row.n_paragraphs, row.n_coders, row.alpha, row.low, row.high]
        names = ["n_units", "n_coders", "alpha", "low", "high"]
        assert numbers == pytest.approx(expected[names].tolist(), nan_ok=True)
        several = codes[codes.groupby("unit")["code"].transform("size") > 1].groupby("unit")["code"]
        assert (row.n_positive, row.n_all) == (several.any().sum(), several.all().sum())
        assert row.few == (row.n_positive < 5)
    mixed = coding.iloc[random.sample(range(len(coding)), len(coding))].replace({"coder": {"c0": "c1", "c1": "c0"}})
    again = agreement.by_theme(mixed).set_index("theme").loc[found["theme"]].reset_index()
    same(again, found)


def test_a_rare_theme_is_called_unreliable_however_many_paragraphs():
    rows = [
        f"un {n} {coder} {'war' if n < 4 or (n == 4 and coder == 'a') else 'none'}" for n in range(60) for coder in "ab"
    ]
    assert agreement.by_theme(coding_of(*rows))["interval"].tolist() == [
        "95 % by paragraph (jackknife, unreliable: only 5 paragraphs have it or lack it)"
    ]


def test_paragraphs_without_themes_give_an_empty_table():
    found = agreement.by_theme(coding_of("un 1 a none", "un 1 b none"))
    assert found.empty and list(found)[:2] == ["theme", "n_paragraphs"] and list(found)[-1] == "few"


def test_intervals_cover_the_true_alpha():
    """The claim in `agreement.alpha`: 95 % at 200 units, too short where one value is rare among few units."""
    rng = np.random.default_rng(7)
    held, mean, none = benchmark.coverage(benchmark.by_unit, 200, 0.4, 0.5, rng)
    assert 0.93 <= held <= 0.97 and mean == pytest.approx(0.4, abs=0.01) and none == 0
    assert benchmark.coverage(benchmark.by_unit, 20, 0.4, 0.1, rng)[0] < 0.86
    assert 0.92 <= benchmark.coverage(benchmark.by_document, 20, 0.4, 0.5, rng)[0] <= 0.98


def test_does_not_change_the_input():
    codes, coding = codes_of(*OBSERVERS), CODED.copy()
    before = codes.copy()
    agreement.alpha(codes, "ordinal")
    agreement.by_theme(coding)
    pd.testing.assert_frame_equal(codes, before)
    pd.testing.assert_frame_equal(coding, CODED)


GOOD = codes_of("xy", "xx")


@pytest.mark.parametrize(
    ("codes", "level", "message"),
    [
        (GOOD.drop(columns="coder"), "nominal", r"codes needs columns .* missing \['coder'\]"),
        (GOOD, "interval", "level should be 'nominal' or 'ordinal', found 'interval'"),
        (GOOD, "ordinal", r"code is 'x' in row 0 \(rows count from 0\); alphabetical order is no rank order"),
        (GOOD.assign(code=[1, 2, 3, "?"]), "ordinal", r"code is '\?' in row 3"),
        (GOOD.assign(code=pd.Categorical(GOOD["code"])), "ordinal", "pd.Categorical"),
        (GOOD.assign(unit=1), "nominal", r"2 rows repeat another's \['unit', 'coder'\].* 'c0'\) in row 1"),
        (
            GOOD.assign(code=["x", "y", " ", "x"]),
            "nominal",
            r"code is blank in row 2 \(rows count from 0\): make it None, or drop the row",
        ),
        (
            GOOD.assign(coder=["a", "", "a", ""]),
            "nominal",
            r"coder is blank in row 1 \(rows count from 0\): fill it in",
        ),
        (GOOD.assign(unit=[1, 2, None, 2]), "nominal", "unit is missing in row 2"),
        (GOOD.assign(coder="a", unit=range(4)), "nominal", r"Agreement needs two coders, found \['a'\]"),
        (GOOD.assign(code=["x", "y", None, None]), "nominal", r"Agreement needs two coders, found \['c0'\]"),
        (GOOD[:0], "nominal", r"Agreement needs two coders, found \[\]"),
    ],
)
def test_codes_that_cannot_be_compared_are_refused(codes, level, message):
    with pytest.raises(ValueError, match=message):
        agreement.alpha(codes, level)


@pytest.mark.parametrize("codes", [GOOD[:3], GOOD.assign(code=["x", "y", "x", None])])
def test_kappa_needs_every_code(codes):
    with pytest.raises(ValueError, match=r"unit 2 has codes of 1 of 2 coders; κ needs all of them. Use alpha, which"):
        agreement.kappa(codes)


@pytest.mark.parametrize(
    ("coding", "message"),
    [
        (CODED.drop(columns="coder"), r"coding needs columns .* missing \['coder'\]"),
        (CODED.assign(theme=None), "coding row 1: theme is blank; write a theme, or none"),
        (CODED.replace({"coder": {"c": " "}}), "coding row 8: coder is blank; fill it in"),
        (pd.concat([CODED, CODED[:1]]), "coding row 13: repeats the theme 'war'"),
        (CODED[CODED["coder"] == "a"], r"Agreement needs two coders, found \['a'\]"),
        (CODED[:0], "coding has no rows"),
        (coding_of("un 1 a war none", "un 1 b war"), "coding row 2: none stands beside a theme of the same paragraph"),
    ],
)
def test_coding_that_cannot_be_compared_is_refused(coding, message):
    with pytest.raises(ValueError, match=message):
        agreement.by_theme(coding)


def test_paragraphs_that_do_not_exist_are_told():
    paragraphs = pd.DataFrame({"document": "un", "paragraph": [1, 2, 3, 4, 5]})
    same(agreement.by_theme(CODED, paragraphs), agreement.by_theme(CODED))
    with pytest.raises(ValueError, match=r"coding row 12: there is no paragraph \('un', '5'\)"):
        agreement.by_theme(CODED, paragraphs[:4])


def test_importing_loads_neither_scikit_learn_nor_nltk():
    code = "import sys, analysis.agreement; print(sorted({'nltk', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", ["unit", "coder", "code"])
@pytest.mark.parametrize("dtype", [object, "str", "category"])
def test_spaces_around_a_text_are_no_difference(name, dtype):
    codes = pd.DataFrame({"unit": list("mnopmnop"), "coder": list("aaaabbbb"), "code": list("xxyyxxyx")})
    spaced = codes.assign(**{name: [value + " " * (row == 0) for row, value in enumerate(codes[name])]}).astype(dtype)
    pd.testing.assert_frame_equal(agreement.alpha(spaced), agreement.alpha(codes))
    pd.testing.assert_frame_equal(agreement.kappa(spaced), agreement.kappa(codes))


def test_ranks_keep_their_order_without_the_spaces_around_them():
    codes = pd.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "coder": list("ababab"), "code": ["low ", "low ", "high", "mid", "mid", "high"]})  # fmt: skip
    ranked = codes.assign(code=pd.Categorical(codes["code"], ["low ", "mid", "high"], ordered=True))
    bare = codes["code"].str.strip()
    plain = codes.assign(code=pd.Categorical(bare, ["low", "mid", "high"], ordered=True))
    pd.testing.assert_frame_equal(agreement.alpha(ranked, "ordinal"), agreement.alpha(plain, "ordinal"))
    mixed = codes.assign(code=pd.Categorical(codes["code"], ["low ", "mid", "high", "low"], ordered=True))
    with pytest.raises(ValueError, match="code has the category 'low' with and without spaces: make them one"):
        agreement.alpha(mixed, "ordinal")


def test_an_index_may_have_the_name_of_a_column():
    codes = pd.DataFrame({"unit": list("mnopmnop"), "coder": list("aaaabbbb"), "code": list("xxyyxxyx")})
    named = codes.set_index("unit", drop=False)
    pd.testing.assert_frame_equal(agreement.alpha(named), agreement.alpha(codes))
    pd.testing.assert_frame_equal(agreement.kappa(named), agreement.kappa(codes))
