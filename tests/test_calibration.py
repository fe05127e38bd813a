"""Tests and intervals hold what they promise: a short run of the calibration, and what the long one found."""

import pandas as pd

from analysis.keyness import compare
from tests.calibration import coverage, keyness
from tests.conftest import ROOT

RESULTS = pd.read_csv(ROOT / "tests" / "calibration" / "results.csv")  # of ``python -m tests.calibration``


def test_a_short_run_finds_random_labels_out_no_more_often_than_it_should():
    """A wrong p (without the 1, one-sided, of single words) would find them out far too often."""
    found = pd.concat([keyness.random_labels(300, 11, ((8, 8),)), keyness.random_labels(300, 12, ((2, 3),), strata=4)])
    permuted = found[found["what"] == "labels at random: permuting documents"]
    assert len(permuted) == 10 and (permuted["low"] <= 0.05).all(), permuted
    often = permuted[permuted["setting"].str.endswith(", 10 hits a document")]
    assert len(often) == 2 and (often["rejected"] >= 0.02).all()  # nor is it blind for frequent words
    assert found[found["what"] == "labels at random: G² > 3.84"]["low"].iloc[-1] > 0.2


def test_the_committed_figures_are_of_these_settings():
    short = coverage.table(runs=50)
    keys = ["what", "setting", "documents", "hits", "ratio"]
    committed = RESULTS.loc[RESULTS["what"].str.startswith(("log ratio", "rate")), keys].reset_index(drop=True)
    pd.testing.assert_frame_equal(short[keys], committed, check_dtype=False)


def test_the_long_run_kept_to_five_per_cent_and_its_intervals_hold_the_truth_from_twenty_documents_a_side():
    permuted = RESULTS[RESULTS["what"] == "labels at random: permuting documents"]
    assert (permuted["runs"] == 2_000).all() and len(permuted) == 20
    # 20 intervals of 95 %: all of them should reach down to .05 but for one or two; none may be far off
    assert (permuted["low"] <= 0.055).all() and (permuted["low"] > 0.05).sum() <= 2
    often = permuted[permuted["setting"].str.contains(r", (?:0\.5|2|10) hits")]
    assert len(often) == 12 and (often["rejected"] >= 0.03).all()
    drawn = RESULTS[RESULTS["what"] == "log ratio: jackknife, Welch"]
    enough = drawn[drawn["setting"].isin(["20 + 20 documents", "40 + 40 documents"])]
    assert len(enough) == 12 and enough["share_held"].between(0.93, 0.97).all() and (enough["runs"] == 2_000).all()


def test_the_long_run_says_what_the_docstring_says():
    found = RESULTS[RESULTS["what"].str.startswith("countries at random, General Debate")]
    rarer, found = (found[found["setting"].str.contains(f"occur {floor} times")] for floor in (20, 500))
    assert (found["runs"] == 200).all() and (rarer["runs"] == 50).all()
    by_unit = "{:.1f} % of 2,745 words by country, for {:.1f} % by speech, and G² > 3.84 for {:.1f} %"
    told = " ".join(compare.__doc__.split())
    assert by_unit.format(*100 * found["rejected"]) in told
    assert "{:.1f}, {:.1f} and {:.1f} %".format(*100 * rarer["rejected"]) in told
