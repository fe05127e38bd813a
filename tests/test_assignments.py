"""Tables of themes: each paragraph and theme once, true or false."""

import pandas as pd
import pytest

from analysis import assignments, prevalence, themes

TABLE = pd.DataFrame({"document": "un", "paragraph": ["1", "1", "2", "2"], "theme": ["war", "aid"] * 2, "assigned": [True, False, False, True]})  # fmt: skip
CODED = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": ["war", "none"], "probability": 1.0})


def test_rows_are_found_whatever_their_order():
    keys, names, rows = assignments.cells(TABLE.iloc[[3, 0, 2, 1]])
    assert list(keys) == [("un", "2"), ("un", "1")] and names == ["aid", "war"]
    assert rows.tolist() == [[0, 2], [3, 1]]


@pytest.mark.parametrize("judge", [themes.evaluate, themes.disagreements, prevalence.estimate])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(assigned=t["assigned"].astype("str")), "themes: assigned in row 0 .* is 'True'; it should be true or false"),
        (lambda t: t.assign(assigned=[0.3, 0.2, 0.1, 0.4]), "assigned in row 0 .* should be true or false"),
        (lambda t: t.iloc[:3], r"paragraph \('un', '2'\) has no row for 'aid'"),
        (lambda t: t.assign(paragraph=[1, "1", "2", "2"], theme="war"), "rows repeat another's"),
        (lambda t: t.replace({"theme": {"war": "none"}}), "'none' can't be the name of a theme"),
        (lambda t: t.replace({"theme": {"war": "all (micro)"}}), r"'all \(micro\)' can't be the name of a theme"),
        (lambda t: t.replace({"theme": {"war": " "}}), "A theme has no name"),
        (lambda t: t.head(0), "themes has no rows"),
        (lambda t: t.drop(columns="assigned"), r"themes needs columns .* missing \['assigned'\]"),
    ],
)  # fmt: skip
def test_a_table_out_of_order_is_refused_by_all_that_judge_it(judge, change, message):
    with pytest.raises(ValueError, match=message):
        judge(change(TABLE), CODED)
