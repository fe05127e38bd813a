"""The tests hold what they promise: a short run of the calibration, and what the long one found."""

import pandas as pd
import pytest

from analysis.keyness import compare
from tests.calibration import keyness
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def results():
    """The committed figures of ``python -m tests.calibration``."""
    return pd.read_csv(ROOT / "tests" / "calibration" / "results.csv")


def rejections(table, what):
    found = table[table["what"] == what]
    assert len(found), f"no row of {what!r}"
    return found


def test_random_labels_are_rarely_found_out():
    """A short run: a wrong p (without the 1, one-sided, of single words) would be found out far too often."""
    found = keyness.random_labels(runs=300, seed=11, sides=((8, 8),))
    permuted = rejections(found, "labels at random: permuting documents")
    assert (permuted["low"] <= 0.05).all(), permuted
    assert permuted["rejected"].iloc[-1] >= 0.02  # nor is it blind for frequent words
    assert rejections(found, "labels at random: G² > 3.84")["low"].iloc[-1] > 0.2


def test_random_labels_within_strata_are_rarely_found_out():
    found = keyness.random_labels(runs=300, seed=12, sides=((2, 3),), strata=4)
    permuted = rejections(found, "labels at random: permuting documents")
    assert (permuted["low"] <= 0.05).all() and permuted["rejected"].iloc[-1] >= 0.02, permuted


def test_real_speeches_with_countries_at_random(shared):
    """A short run on real speeches: the unit decides."""
    found = keyness.general_debate(shared / "data" / "un-general-debate-1970-1999.zip", draws=4, floor=20_000)
    share = found.set_index(found["what"].str.rpartition(": ")[2])["rejected"]
    assert share["permuting countries"] < 0.15 < share["permuting speeches"] < share["G² > 3.84"]


def test_the_long_run_kept_to_five_per_cent(results):
    permuted = rejections(results, "labels at random: permuting documents")
    assert (permuted["runs"] == 2_000).all() and len(permuted) == 20
    # 20 intervals of 95 %: all of them should reach down to .05 but for one or two; none may be far off
    assert (permuted["low"] <= 0.055).all() and (permuted["low"] > 0.05).sum() <= 2
    often = permuted[permuted["setting"].str.contains(r", (?:0\.5|2|10) hits")]
    assert len(often) == 12 and (often["rejected"] >= 0.03).all()


def test_the_long_run_says_what_the_docstring_says(results):
    found = results[results["what"].str.startswith("countries at random, General Debate")]
    assert found["setting"].str.contains("occur (?:20|500) times").all() and len(found) == 6
    rarer = found[found["setting"].str.contains("occur 20 times")]
    assert "{:.1f},\n    {:.1f} and {:.1f} %, 50 draws".format(*100 * rarer["rejected"]) in compare.__doc__
    assert (rarer["runs"] == 50).all()
    found = found.drop(rarer.index)
    share = found.set_index(found["what"].str.rpartition(": ")[2])
    assert share.loc["permuting countries", "low"] <= 0.05 <= share.loc["permuting countries", "high"]
    for how in ("permuting countries", "permuting speeches", "G² > 3.84"):
        assert f"{100 * share.loc[how, 'rejected']:.1f} %" in compare.__doc__, how
    assert (found["runs"] == 200).all()


def test_intervals_hold_the_truth_from_twenty_documents_a_side(results):
    drawn = rejections(results, "log ratio: jackknife, Welch")
    enough = drawn[drawn["setting"].isin(["20 + 20 documents", "40 + 40 documents"])]
    assert len(enough) == 12 and enough["share_held"].between(0.93, 0.97).all()
    assert (enough["runs"] == 2_000).all()
