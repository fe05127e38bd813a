"""Themes by codebook, and how assigned themes agree with a coding."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from analysis import codebooks, coding, patterns, themes
from tests.conftest import ROOT

BOOK = codebooks.load(ROOT / "data" / "codebooks" / "themes.yml")


def test_classify_counts_the_kept_hits(workshop):
    found = themes.classify(workshop.paragraphs, BOOK)
    assert len(found) == 40 * 14
    hits = patterns.find(workshop.paragraphs, BOOK)
    counted = hits[hits["kept"]].groupby(["paragraph", "label"]).size()
    told = found[found["n_hits"] > 0].set_index(["paragraph", "theme"])["n_hits"]
    assert told.to_dict() == counted.to_dict() and (found["assigned"] == (found["n_hits"] > 0)).all()
    shuffled = themes.classify(workshop.paragraphs.iloc[::-1], BOOK)  # its index tells nothing
    by = ["paragraph", "theme"]
    pd.testing.assert_frame_equal(shuffled.sort_values(by, ignore_index=True), found.sort_values(by, ignore_index=True))


def test_precision_recall_and_f1_by_hand():
    # war: coded 1, 2, 3; assigned 2, 3, 4, 5 → both 2, precision 2/4, recall 2/3, F1 4/7. aid: coded 4, never assigned.
    assigned = pd.DataFrame({"document": "un", "paragraph": list("12345") * 2, "theme": ["war"] * 5 + ["aid"] * 5})
    assigned["assigned"] = [False, True, True, True, True] + [False] * 5
    coded = pd.DataFrame({"document": "un", "paragraph": list("12345"), "theme": ["war", "war", "war", "aid", "none"]})
    table = themes.evaluate(assigned, coded).set_index("theme")
    assert table.loc["war", ["n_coded", "n_assigned", "n_both"]].tolist() == [3, 4, 2]
    assert table.loc["war", ["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 2, 2 / 3, 4 / 7])
    assert np.isnan(table.loc["aid", "precision"]) and table.loc["aid", ["recall", "f1"]].tolist() == [0, 0]
    assert table.loc["all (micro)", ["precision", "recall", "f1"]].tolist() == pytest.approx([2 / 4, 2 / 4, 4 / 8])
    assert table.loc["all (macro)", ["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 4, 1 / 3, 2 / 7])
    assert table["few"].tolist() == [True] * 4 and table["n_paragraphs"].tolist() == [5] * 4
    parted = themes.disagreements(assigned, coded)
    assert parted[["paragraph", "theme", "only"]].values.tolist() == [
        ["1", "war", "coding"], ["4", "war", "assigned"], ["4", "aid", "coding"], ["5", "war", "assigned"],
    ]  # fmt: skip


def test_evaluation_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    truth, said = rng.random((2, 60, 4)) < [[[0.3, 0.1, 0.5, 0.02]], [[0.3, 0.2, 0.5, 0.1]]]
    truth[:2, 3] = said[:2, 2] = True  # every theme is coded and assigned
    keys = pd.DataFrame({"document": np.repeat(["a", "b"], 30), "paragraph": [str(n) for n in range(60)]})
    given = themes.long(keys, list("wxyz"), assigned=said)
    row, column = np.nonzero(np.column_stack([truth, ~truth.any(axis=1)]))
    coded = keys.iloc[row].assign(theme=np.array([*"wxyz", "none"])[column])
    more = themes.long(keys.assign(document="not coded"), list("wxyz"), assigned=said)  # passed over
    table = themes.evaluate(pd.concat([more, given]).sample(frac=1, random_state=1), coded).set_index("theme")
    for name, score in [("precision", precision_score), ("recall", recall_score), ("f1", f1_score)]:
        means = [score(truth, said, average=average) for average in ("micro", "macro")]
        expected = pytest.approx([*score(truth, said, average=None), *means])
        assert table.loc[[*"wxyz", "all (micro)", "all (macro)"], name].tolist() == expected


def test_the_hundred_paragraphs_are_those_the_rule_draws_and_the_frozen_codebook_gives_what_is_committed(shared):
    columns, only = ["document", "order", "prefix", "text"], [("type", "==", "paragraph"), ("prefix", "!=", "")]
    blocks = pd.read_parquet(shared / "data" / "un-paragraphs.parquet", columns=columns, filters=only)
    rule = r"(?i)\bpeace-?\s?keep|\bpeace operation|\bspecial political mission|\bpeace-?building\b"
    blocks = blocks[blocks["prefix"].str.fullmatch(r"\d+\.") & blocks["text"].str.contains(rule)]
    blocks = blocks[blocks["text"].str.split().str.len() >= 15]
    blocks = blocks.drop_duplicates("text").sort_values(["document", "order"])
    drawn = blocks.sample(100, random_state=2016).rename(columns={"order": "paragraph"}).astype({"paragraph": "str"})
    coded = coding.load(ROOT / "data" / "coding" / "un-peace-operations.csv")
    keys = set(zip(coded["document"], coded["paragraph"], coded["number"], strict=True))
    assert keys == set(zip(drawn["document"], drawn["paragraph"], drawn["prefix"], strict=True))
    found = themes.classify(drawn.sort_values(["document", "paragraph"]), BOOK)
    by, kinds = ["document", "paragraph", "theme"], {"document": "str", "paragraph": "str", "assigned": "bool"}
    committed = pd.read_csv(ROOT / "data" / "coding" / "un-peace-operations-codebook.csv", dtype=kinds)
    one, other = (table[[*by, "assigned"]].sort_values(by, ignore_index=True) for table in (found, committed))
    pd.testing.assert_frame_equal(one, other)
