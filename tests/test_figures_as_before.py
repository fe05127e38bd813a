"""The figures' numbers are those of November 2026, whatever the package looks like inside.

It stays until the word rules change; then the tables under tests/oracles are counted anew.
"""

import nbformat
import pandas as pd
import pytest

from tests.conftest import ORACLES, ROOT, SHIPPED

OF_2026_11 = ORACLES / "figures-2026-11"
NOTEBOOKS = [ROOT / "notebooks" / name for name in SHIPPED]
GONE = {"01-where-every-character-went": ["paragraph", "note"]}  # one address of each text, as in the table `texts`


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The shipped notebooks' cells, run in another folder: what the package gives for each figure."""
    root = tmp_path_factory.mktemp("drawn")
    (root / "notebooks").mkdir()
    (root / "data").symlink_to(ROOT / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root / "notebooks")
        for path in NOTEBOOKS:
            names = {}
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, path.name, "exec"), names)
    return root / "figures"


@pytest.mark.parametrize("name", sorted(path.stem for path in OF_2026_11.glob("*.csv")))
def test_the_numbers_of_each_figure_are_those_of_november_2026(drawn, name):
    read = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    before = pd.read_csv(OF_2026_11 / f"{name}.csv", **read).set_index("mark")
    now = pd.read_csv(drawn / f"{name}.csv", **read).set_index("mark")
    assert now.index.tolist() == before.index.tolist()
    for column in before.columns.drop(GONE.get(name, [])):
        assert now[column].tolist() == before[column].tolist(), column
