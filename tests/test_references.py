"""Mentions of documents: sentences worked out by hand, and the links that the UN's own files mark."""

import zipfile

import pytest
import regex

from analysis import references, tables, tokens
from tests.made import paragraphs, quietly


@pytest.mark.parametrize(
    ("text", "symbols", "cited"),
    [
        ("Recalling resolution 1325 (2000),", ["S/RES/1325 (2000)"], ""),
        ("its resolutions 1325 (2000) and 1889 (2009) of 5 May,", ["S/RES/1325 (2000)", "S/RES/1889 (2009)"], ""),
        ("resolutions 242 (1967) of 22 November 1967, 338", ["S/RES/242 (1967)", "S/RES/338"], ""),
        ("see S/RES/1325 for it", ["S/RES/1325"], ""),
        ("General Assembly resolutions 65/7 and 46/182 A,", ["A/RES/65/7", "A/RES/46/182 A"], ""),
        ("its resolutions ES-10/19 and 2625 (XXV)", ["A/RES/ES-10/19", "A/RES/2625 (XXV)"], ""),
        ("Human Rights Council resolution 16/21", ["A/HRC/RES/16/21"], ""),
        ("Economic and Social Council resolution 1996/31", ["E/RES/1996/31"], ""),
        ("the report (A/70/95-S/2015/446).", ["A/70/95-S/2015/446"], ""),
        ("the report in S/2015/446/Add.1.", ["S/2015/446/Add.1"], ""),
        ("statement by its President (S/PRST/2011/14)", ["S/PRST/2011/14"], ""),
        ("paragraph 4 of resolution 2774 (2025)", ["S/RES/2774 (2025)"], "4"),
        ("paragraph 12 (a) and (b) of its resolution 2216 (2015)", ["S/RES/2216 (2015)"], "12 (a) and (b)"),
        ("resolution 2774 (2025), paras. 4–6", ["S/RES/2774 (2025)"], "4–6"),
        ("prohibited by paragraphs 9 or 10 of resolution 1970 (2011)", ["S/RES/1970 (2011)"], "9 or 10"),
        ("UNSCR 1325, UNSCRs 1820 and 1888; SC Res. 2242", [f"S/RES/{n}" for n in (1325, 1820, 1888, 2242)], ""),
        ("document S/2015/ 446 and A/70/95 3 times", ["S/2015/446", "A/70/95"], ""),
        ("OP 4 of resolution 2250 (2015)", ["S/RES/2250 (2015)"], "4"),
        ("24/7, and/or 10/12 men of 2015/16; resolutions of 31 December 2020; 1,325 (2000 of them) in 1999", [], ""),
        ("", [], ""),
    ],
)
def test_mentions_worked_out_by_hand(text, symbols, cited):
    rows = references.find(paragraphs(text))
    quotes = [text[start:end] for start, end in zip(rows["start"], rows["end"], strict=True)]
    assert rows["symbol"].tolist() == symbols and "".join(rows["cited_paragraph"].fillna("")) == cited
    quotes = [quote.replace(" 446", "446") for quote in quotes]  # broken at a line end
    assert all(symbol.endswith(quote) and len(quote) > 2 for symbol, quote in zip(symbols, quotes, strict=True))


def test_a_year_is_taken_from_where_the_texts_give_it():
    rows = references.find(paragraphs("resolution 1701", "resolutions 1701 (2006) and 1559"))
    assert rows["symbol"].tolist() == ["S/RES/1701 (2006)", "S/RES/1701 (2006)", "S/RES/1559"]
    assert rows["paragraph"].tolist() == ["1", "2", "2"]
    assert list(rows) == [name for name in tables.columns("references") if name != "address"]


def test_the_links_that_the_un_marks_are_found(shared, tmp_path):
    """Of what is found and no link of theirs, nearly all are mentions that they left without one."""
    archive = zipfile.ZipFile(shared / "data" / "unxml-security-council-english.zip")
    for name in archive.namelist():
        if regex.fullmatch(r"202\d/.*\.xml", name):
            (tmp_path / name.replace("/", "-")).write_bytes(archive.read(name))
    read = quietly(tmp_path)
    texts = read.texts[read.texts["kind"].isin(["paragraph", "note"])]
    links, found = read.references.dropna(subset="symbol"), references.find(texts)
    links = links[tokens.keys_of(links).isin(tokens.keys_of(texts))]
    sides = []
    for rows in (links, found):
        symbol = rows["symbol"].str.replace(r"\s", "", regex=True).str.upper()
        sides.append(rows.assign(symbol=symbol)[["document", "paragraph", "start", "end", "symbol"]])
    both = sides[0].merge(sides[1], on=["document", "paragraph", "symbol"])
    both = both[(both["start_x"] < both["end_y"] + 3) & (both["start_y"] < both["end_x"] + 3)]
    recall = len(both.drop_duplicates(["document", "paragraph", "start_x"])) / len(links)
    precision = len(both.drop_duplicates(["document", "paragraph", "start_y"])) / len(found)
    print(f"{len(links):,} links, {len(found):,} mentions: recall {recall:.3f}, precision {precision:.3f}")
    assert len(links) > 4_000 and recall >= 0.99 and precision >= 0.98
