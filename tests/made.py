"""What several tests make: texts and their words, the jackknife spelled out, a file that bites, tests of refusals."""

import io
import math
import re
import warnings
import zipfile
from contextlib import contextmanager

import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import stats

from analysis import corpus, tokens
from analysis.report import svg
from tests.conftest import ORACLES


def paragraphs(*texts, document="d", **columns):
    """Paragraphs of these texts, numbered from 1."""
    names = [str(number) for number in range(1, len(texts) + 1)]
    return pd.DataFrame({"document": document, "paragraph": names, "text": [*texts], **columns})


def words_of(*texts, **columns):
    """Their running words."""
    return tokens.tokenize(paragraphs(*texts, **columns))


def running(*rows, columns=("document", "paragraph", "text")):
    """Running words of paragraphs given as tuples; a text is a list of words, or words with spaces between them."""
    frame = pd.DataFrame(rows, columns=list(columns))
    split = [text.split() if isinstance(text, str) else list(text) for text in frame.pop("text")]
    frame = frame.assign(token=split).explode("token", ignore_index=True)
    return frame.assign(position=frame.groupby(["document", "paragraph"]).cumcount()).astype({"token": "str"})


def jackknife(estimate, without, most=math.inf):
    """The ends of a 95 % interval from what a figure is without each unit."""
    n = len(without)
    error = math.sqrt((n - 1) / n * sum((value - sum(without) / n) ** 2 for value in without))
    reach = stats.t.ppf(0.975, n - 1) * error
    return pytest.approx([estimate - reach, min(estimate + reach, most)], abs=1e-9)


class CodeRunner:
    """What a stranger might put into a file."""

    ran = False

    def __setstate__(self, state):
        CodeRunner.ran = True


def quietly(path, **how):
    """A document or a folder as it is read, its warnings aside."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        return corpus.read(path, **how)


def packed(files):
    """The bytes of an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def is_whole(found):
    """Is every character but white space in exactly one span?"""
    return corpus.coverage(found).groupby("kind")["characters"].sum()[["in no span", "in two spans"]].tolist() == [0, 0]


LEFT_OVER = pd.read_csv(ORACLES / "leftovers.csv", index_col="document")


def leftovers_are_explained(found, name):
    """Is a document in the table of those with many leftovers if, and only if, they are over 15 % of its characters?"""
    counted = corpus.coverage(found)
    reasons = counted[counted["kind"] == "leftover"].groupby("reason")["characters"].sum()
    percent = 100 * reasons.sum() / counted["characters"].sum()
    if percent <= 15:
        return name not in LEFT_OVER.index
    return LEFT_OVER.loc[name, ["percent", "mostly"]].tolist() == [round(percent), reasons.idxmax()]


def expand(expected):
    """The numbers that "1–3; Annex I 1–2; 24.1–24.2" names, in order."""
    found = []
    for stem, first, last in re.findall(r"((?:\w+\.)*)(\d+)(?:–(?:\w+\.)*(\d+))?(?=;|$)", expected):
        found += [f"{stem}{number}" for number in range(int(first), int(last or first) + 1)]
    return found


@contextmanager
def without_pixels():
    """Charts are saved with their SVG, tables and contracts, as ever, but with empty PNGs, where nothing looks at them."""
    saved = Figure.savefig
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg, "_small", lambda pixels: pixels)
        patch.setattr(Figure, "savefig", lambda *where, **how: how["format"] == "png" or saved(*where, **how))
        yield


def refused(call, *cases, error=ValueError):
    """A test that `call` refuses each case in the words that its last item gives, to the letter or as a pattern."""

    @pytest.mark.parametrize("case", cases, ids=[case[-1] for case in cases])
    def test(case):
        *given, message = case
        with pytest.raises(error) as told:
            call(*given)
        found = str(told.value)
        assert message in found or re.search(message, found), found

    return test
