"""The counts of the General Debate: what the file holds, and that the speeches give it again."""

import importlib.util
import re

import pandas as pd
import pytest

from tests.conftest import ROOT
from tests.made import packed

CSV = ROOT / "data" / "general-debate-1970-1999.csv"
ZIP = "un-general-debate-1970-1999.zip"
CONCEPTS = ["management", "resolution", "prevention"]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("count_general_debate", ROOT / "data" / "count_general_debate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(CSV, dtype={"document": "str", "country": "str"}, keep_default_na=False)


def zipped(path, texts):
    path.write_bytes(packed(texts))
    return path


def test_one_row_per_speech(table):
    assert len(table) == 4459 and table["document"].is_unique
    assert not table.isna().any(axis=None)
    named = table["country"] + "_" + table["session"].astype("str") + "_" + table["year"].astype("str")
    assert (named == table["document"]).all()
    assert (table["year"] - table["session"] == 1945).all() and set(table["year"]) == set(range(1970, 2000))
    assert table.equals(table.sort_values(["year", "document"], ignore_index=True))
    assert ((table["words"] > 0) & (table["characters"] > 2 * table["words"])).all()
    assert (table["preventive_diplomacy"] <= table["prevention"]).all()
    assert (table["conflict_words"] + table["dispute_words"] + table["settle_words"] <= table["words"]).all()
    for concept in CONCEPTS:
        search, found, aside = (table[f"{concept}_{what}"] for what in ("search", "counted", "set_aside"))
        assert ((aside >= 0) & (found >= 0) & (found + aside <= search) & (search <= table["words"])).all()
        assert (table[concept] >= found).all()  # what counts, and the search misses, comes on top


def test_speeches_counted_by_hand(script, tmp_path):
    texts = {
        "Session 47 - 1992/AAA_47_1992.txt": "\ufeffTo prevent conflict, preventive diplomacy.\nTo resolve a conflict, "
        "not by resolution 242: to manage\nthe conflict. A dispute settled.",
        "Session 25 - 1970/ZZZ_25_1970.txt": "The Council resolution prevents trade.",
        "__MACOSX/Session 25 - 1970/._ZZZ_25_1970.txt": "rubbish",
        "Session 25 - 1970/": "",
    }
    counted = script.count(script.read(zipped(tmp_path / "speeches.zip", texts)), script.book()).set_index("document")
    assert list(counted.index) == ["ZZZ_25_1970", "AAA_47_1992"]  # by year
    first, second = counted.loc["ZZZ_25_1970"], counted.loc["AAA_47_1992"]
    assert (second["words"], second["characters"]) == (20, 131)
    assert (second["management"], second["resolution"], second["prevention"]) == (1, 1, 2)
    assert second[["resolution_search", "resolution_counted", "resolution_set_aside"]].tolist() == [2, 1, 0]
    assert second[["prevention_search", "prevention_counted", "preventive_diplomacy"]].tolist() == [2, 2, 1]
    assert second[["conflict_words", "dispute_words", "settle_words"]].tolist() == [3, 1, 1]
    assert first[["words", *CONCEPTS, "conflict_words"]].tolist() == [5, 0, 0, 0, 0]
    assert first[["resolution_search", "resolution_counted", "resolution_set_aside"]].tolist() == [1, 0, 1]
    assert first[["prevention_search", "prevention_counted", "prevention_set_aside"]].tolist() == [1, 0, 0]


def test_samples_of_speeches_give_the_same_counts_again_and_so_do_plain_regular_expressions(script, table, shared):
    speeches = script.read(shared / "data" / ZIP)
    assert speeches["document"].tolist() == table["document"].tolist()
    sample = speeches.iloc[::89].reset_index(drop=True)  # 51 speeches, of all years but in no order of countries
    there = table[table["document"].isin(sample["document"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(script.count(sample, script.book()), there, check_dtype=False)
    others = speeches.iloc[7::89]  # what no pattern is needed for, counted without the package
    for column, pattern in [
        ("preventive_diplomacy", r"\bprevent(?:at)?ive\s+diplomacy\b"),
        ("resolution_search", r"(?<!\w)(?<!\w['’/.&-])resol\w*"),
        ("settle_words", r"(?<!\w)(?<!\w['’/.&-])settle\w*"),
    ]:
        counted = [len(re.findall(pattern, text, re.IGNORECASE)) for text in others["text"]]
        assert table.set_index("document").loc[others["document"], column].tolist() == counted and any(counted), column
