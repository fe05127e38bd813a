"""Measure how often p ≤ .05 where nothing is, and how often 95 % intervals hold the truth; write `results.csv`.

    OPENBLAS_NUM_THREADS=1 python -m tests.calibration

The corpus of the General Debate is looked for where the tests look (ANALYSIS_SHARED).
"""

from pathlib import Path

import pandas as pd

from analysis import tables
from tests.calibration import coverage, keyness
from tests.conftest import SHARED

RESULTS = Path(__file__).parent / "results.csv"


def main():
    measured = [keyness.table(SHARED / "data" / "un-general-debate-1970-1999.zip"), coverage.table()]
    found = tables.significant(pd.concat(measured, ignore_index=True)).convert_dtypes()  # whole numbers as such
    found.to_csv(RESULTS, index=False, lineterminator="\n")
    print(found.to_string())


if __name__ == "__main__":
    main()
