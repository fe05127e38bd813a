"""Citations: each key worded, what is known put in, what TeX and RIS take for signs of their own kept out."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import citations, corpus

TEXTS = ["14", "2 bis", "1.10", "PP4", "#3", "note 3", "note a (2)", "heading 2", "front matter 1", "Annex I, 3"]
TEXTS += ["Annex II, PP2", "Article 2, 1", "II:39"]
PLACES = ["para. 14", "para. 2 bis", "para. 1.10", "preambular para. 4", "unnumbered para. 3", "note 3", "note a (2)"]
PLACES += ["heading “Of men & mice”", "front matter", "annex I, para. 3", "annex II, preambular para. 2"]
PLACES += ["article 2, para. 1", "para. 39 of numbering II"]


def of(title="S/RES/2774 (2025)", **about):
    """A corpus of one document, as `read` gives it."""
    documents = pd.DataFrame([{"document": "d-1", "name": title, "title": title} | about])
    texts = pd.DataFrame({"document": "d-1", "paragraph": TEXTS, "text": "Of men &\n mice"})
    return corpus.Corpus(documents, texts, None, None)


@pytest.mark.parametrize(("key", "place"), [*zip(TEXTS, PLACES, strict=True)])
def test_each_key_is_worded(key, place):
    assert citations.cite(of(), "d-1", key) == f"UN Security Council, S/RES/2774 (2025), {place}"


@pytest.mark.parametrize(
    ("about", "cited"),
    [
        ({"date": "2025-02-28"}, "UN Security Council, S/RES/2774 (2025), 2025-02-28, para. 14"),
        ({"title": "A study", "symbol": "A/HRC/4/2", "year": 2007}, "UN Human Rights Council, “A study”, A/HRC/4/2, 2007, para. 14"),
        ({"title": "CEDAW/C/GC/30"}, "UN Committee on the Elimination of Discrimination against Women, CEDAW/C/GC/30, para. 14"),
        ({"title": "A/CONF.177/20"}, "UN, A/CONF.177/20, para. 14"),
        ({"title": "A  study", "date": "March 2016", "symbol": None}, "“A study”, March 2016, para. 14"),
    ],
)  # fmt: skip
def test_what_is_known_stands_in_it(about, cited):
    assert citations.cite(of(**about), "d-1", "14") == cited
    assert citations.cite(of(**about), "d-1", 14) == cited  # as one types it


def test_bibtex_and_ris_hold_the_same():
    known = of("50% of A_1 & {b\n}", symbol="A/1/2", date="2025-02-28")
    told = "@misc{d-1-14,\n  author = {{UN General Assembly}},\n"
    told += "  title = {{50\\% of A\\_1 \\& \\textbraceleft{}b \\textbraceright{}}},\n  number = {A/1/2},\n"
    told += "  year = {2025},\n  date = {2025-02-28},\n  note = {para. 14},\n}\n"
    assert citations.cite(known, "d-1", "14", style="bibtex") == told
    told = "TY  - RPRT\r\nAU  - UN General Assembly\r\nTI  - 50% of A_1 & {b }\r\nSN  - A/1/2\r\nPY  - 2025\r\n"
    assert citations.cite(known, "d-1", "14", style="ris") == told + "DA  - 2025/02/28\r\nN1  - para. 14\r\nER  - \r\n"
    assert "  year = {2025},\n  note" in citations.cite(of(), "d-1", "14", style="bibtex")  # by the symbol


@given(st.text(st.sampled_from('aé{}\\$&#%_~^\n\r\x0b\u2028ER  -@,"'), min_size=1))
def test_no_title_breaks_out(title):
    known = of(title, symbol="S/1")
    bibtex = citations.cite(known, "d-1", "14", style="bibtex")
    depth = [bibtex[: place + 1].count("{") - bibtex[: place + 1].count("}") for place in range(len(bibtex))]
    assert min(depth) == 0 and depth.index(0, bibtex.index("{")) == len(bibtex) - 2  # braces as BibTeX counts them
    ris = citations.cite(known, "d-1", "14", style="ris").splitlines()
    assert [line[:6] for line in ris if line[:2] != "TI"] == ["TY  - ", "AU  - ", "SN  - ", "N1  - ", "ER  - "]


def test_what_is_not_there_is_told():
    for document, key in [("d-1", "99"), ("d-2", "14")]:
        with pytest.raises(ValueError, match=f"the corpus has no text '{key}' of a document '{document}'"):
            citations.cite(of(), document, key)
    with pytest.raises(ValueError, match="style should be one of"):
        citations.cite(of(), "d-1", "14", style="apa")
