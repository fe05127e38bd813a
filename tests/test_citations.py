"""Citations: each key worded, what is known put in, what TeX and RIS take for signs of their own kept out."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, exchange

PLACES = {
    "14": "para. 14", "2 bis": "para. 2 bis", "1.10": "para. 1.10", "PP4": "preambular para. 4", "#3": "unnumbered para. 3",
    "note a (2)": "note a (2)", "heading 2": "heading “Of men & mice”", "front matter 1": "front matter",
    "Annex I, 3": "annex I, para. 3", "Annex II, PP2": "annex II, preambular para. 2", "II:39": "para. 39 of numbering II",
}  # fmt: skip


def cite(key="14", style="text", document="d-1", title="S/RES/2774 (2025)", part="operative", **about):
    """How a text of a corpus of one document is cited."""
    documents = pd.DataFrame([{"document": "d-1", "name": title, "title": title} | about])
    texts = pd.DataFrame({"document": "d-1", "paragraph": PLACES.keys(), "text": "Of men &\n mice", "part": part})
    return exchange.cite(corpus.Corpus(documents, texts, None, None), document, key, style)


def test_each_key_is_worded_and_what_is_known_stands_in_it():
    known = "UN Security Council, S/RES/2774 (2025)"
    assert [cite(key) for key in PLACES] == [f"{known}, {place}" for place in PLACES.values()]
    assert cite("1.10", part="preamble") == f"{known}, preambular para. 1.10"  # a recital
    assert cite(14, date="2025-02-28") == f"{known}, 2025-02-28, para. 14"  # the key as one types it
    cited = "UN Human Rights Council, “A study”, A/HRC/4/2, 2007, para. 14"
    assert cite(title="A study", symbol="A/HRC/4/2", year=2007) == cited
    assert cite(title="A/CONF.177/20") == "UN, A/CONF.177/20, para. 14"
    assert cite(title="A  study", date="March 2016", symbol=None) == "“A study”, March 2016, para. 14"


def test_bibtex_and_ris_hold_the_same():
    known = {"title": "50% of A_1 & {b\n}", "symbol": "A/1/2", "date": "2025-02-28"}
    told = "@misc{d-1-14,\n  author = {{UN General Assembly}},\n"
    told += "  title = {{50\\% of A\\_1 \\& \\textbraceleft{}b \\textbraceright{}}},\n  number = {A/1/2},\n"
    told += "  year = {2025},\n  date = {2025-02-28},\n  note = {para. 14},\n}\n"
    assert cite(style="bibtex", **known) == told
    told = "TY  - RPRT\r\nAU  - UN General Assembly\r\nTI  - 50% of A_1 & {b }\r\nSN  - A/1/2\r\nPY  - 2025\r\n"
    assert cite(style="ris", **known) == told + "DA  - 2025/02/28\r\nN1  - para. 14\r\nER  - \r\n"
    assert "  year = {2025},\n  note" in cite(style="bibtex")  # by the symbol


@settings(max_examples=50)
@given(st.text(st.sampled_from('aé{}\\$&#%_~^\n\r\x0b\u2028ER  -@,"'), min_size=1))
def test_no_title_breaks_out(title):
    bibtex, ris = (cite(style=style, title=title, symbol="S/1") for style in ("bibtex", "ris"))
    depth = [bibtex[: place + 1].count("{") - bibtex[: place + 1].count("}") for place in range(len(bibtex))]
    assert min(depth) == 0 and depth.index(0, bibtex.index("{")) == len(bibtex) - 2  # braces as BibTeX counts them
    tags = [line[:6] for line in ris.splitlines() if line[:2] != "TI"]
    assert tags == ["TY  - ", "AU  - ", "SN  - ", "N1  - ", "ER  - "]


def test_what_is_not_there_is_told():
    assert cite("¶14") == cite("14")
    for document, key in [("d-1", "99"), ("d-2", "14")]:
        with pytest.raises(ValueError, match=f"the corpus has no text '{key}' of a document '{document}'"):
            cite(key, document=document)
    with pytest.raises(ValueError, match="style should be one of"):
        cite(style="apa")
