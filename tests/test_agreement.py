"""Agreement of coders: worked by hand, as published, as other software has it, and what must not change it."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from analysis import agreement, tables
from tests.benchmarks import agreement as benchmark
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


def test_codes_that_differ_in_writing_only_are_told():
    codes = pd.DataFrame({"unit": list("1122"), "coder": list("abab"), "code": ["war", "War", "+1", "-1"]})
    with pytest.warns(UserWarning, match="^codes: 'war' and 'War' differ in writing only and count apart: write one.$"):
        agreement.alpha(codes)


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


def test_perfect_and_chance_agreement():
    assert one(agreement.alpha(codes_of("xyzxyzxyzxyz", "xyzxyzxyzxyz")))["alpha"] == 1
    nearly = one(agreement.alpha(codes_of("xyzxyzxyzxyz", "xyzxyzxyzxyx")))
    assert nearly["alpha"] < nearly["high"] == 1  # cut off
    against = one(agreement.alpha(codes_of("xyxyxyxyxyxx", "yxyxyxyxyxyx")))
    assert against["alpha"] < 0 and against["low"] < -1  # not cut off


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


def test_what_one_coder_alone_gave_is_told_where_it_may_be_misspelt():
    for other in ("peacebiulding", "peacebuilding, aid"):
        coding = coding_of("un 1 a peacebuilding", "un 1 b war", "un 2 a war", "un 2 b war").replace("war", "_")
        coding.loc[1, "theme"] = other
        with pytest.warns(UserWarning, match=f"coding: one coder alone gave .*'{other}': is it spelled as elsewhere"):
            agreement.by_theme(coding)
    with pytest.warns(UserWarning, match="coders: 'a' and 'A' differ in writing only"):
        agreement.by_theme(coding_of("un 1 a war", "un 1 b war", "un 2 A war", "un 2 b war"))


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
