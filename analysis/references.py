"""Mentions of other documents in a text, by symbol or as a resolution by its number; and the paragraphs cited."""

import pandas as pd
import regex

from analysis import tables

_YEAR = r"(?:19|20)\d\d"
_PARAGRAPH = r"\d{1,3}(?:\s?\([a-z]{1,4}\))*"
_ALSO = rf"(?:{_PARAGRAPH}|\([a-z]{{1,4}}\))"
CITED = rf"\b(?:para(?:graph)?s?\.?\s+|OP\s?)(?P<cited>{_PARAGRAPH}(?:(?:\s*[,–-]|,?\s+(?:and|or)|\s+to)\s*{_ALSO})*)"
_RESOLUTION = rf"""(?P<council>\d{{1,4}})\s*\((?P<year>\d{{4}})\)            # Security Council: 1325 (2000)
  | (?P<early>\d{{1,4}}(?:\s[A-Z])?\s?\((?:S-)?[IVXL]+\))                     # General Assembly to 1975: 2625 (XXV)
  | (?P<social>{_YEAR}/\d{{1,3}}(?!\d))                                       # Economic and Social Council: 1996/31
  | (?P<assembly>(?:ES-|S-)?\d{{1,2}}/\d{{1,3}}(?:\s?[A-Z]\b(?!\.))?(?!/))    # from 1976: 65/7, 57/48 A
  | (?<!\bof\s)(?P<council>\d{{3,4}})(?![\d/.,–-]?\d|\s?\()           # Security Council, without the year
"""
_SYMBOL = rf"""(?<![\w/])(?P<symbol>(?:[AES]|ST|[A-Z]{{3,6}})(?:/[\w.]+)*/
      (?:(?<=\d/)\s(?=\d))?[A-Z]*\.?\d[\w.]*(?:/(?:Add|Rev|Corr)\.\d+)*  # a line may have ended after the last /
      (?:-[AES](?:/[\w.]*\w)+)?)(?<!\.)(?:\s?\((?P<year>{_YEAR}|[IVXL]+)\))?"""
_ITEM = regex.compile(rf"{_SYMBOL} | (?<![\w/.,-])(?:{_RESOLUTION})", regex.VERBOSE)
_JOIN = r"(?:[\s,;]|\b(?:and|or|of|to|the|its|their|as|well|in|particular|including|resolutions?)\b)*"
_BEFORE = regex.compile(rf"\b(?:resolutions?\b|UNSCRs?\b|Res\.){_JOIN}$", regex.IGNORECASE)
_OF = r"(?:\s+(?:of|adopted on)\s+\d{1,2}\s+\p{Lu}\p{Ll}+\s+\d{4})?"  # a day
_BETWEEN = regex.compile(_OF + _JOIN, regex.IGNORECASE)
_BODIES = "Human Rights Council|Economic and Social Council|General Assembly|Security Council"
_BODY = regex.compile(rf"({_BODIES})(?:['’]s)?\W+(?:\w+\W+){{0,2}}$")
_SERIES = {"Human Rights Council": "A/HRC/RES/", "Economic and Social Council": "E/RES/"}
_CITED_BEFORE = regex.compile(rf"{CITED}\s+(?:of|in)\s+(?:\w+\s+){{0,6}}\(?$")
_CITED_AFTER = regex.compile(rf"\s*\)?,?\s*\(?{CITED}")


def find(texts):
    """Mentions of documents in texts.

    One row per mention, in the order of the texts: `document`, `paragraph`, `start` and `end` (characters of the text),
    `symbol` of the document mentioned, `cited_paragraph` (*4*, *4–6*, *9 or 10*; missing where none is cited). The
    symbol is written in one way, as at the head of the document: ``S/RES/1325 (2000)`` for *resolution 1325 (2000)*,
    *S/RES/1325* (the year, where the texts give it elsewhere) and each of *its resolutions 1325 (2000) and 1889
    (2009)*; ``A/RES/65/7``, ``A/RES/2625 (XXV)``, ``A/HRC/RES/16/21`` and ``E/RES/1996/31`` for resolutions of the
    General Assembly, the Human Rights Council (where it is named) and the Economic and Social Council; other symbols as
    they stand.

    Raises ValueError if `texts` are no paragraphs. Links that a file marks itself are in `corpus.read(…).references`.

    >>> texts = pd.DataFrame({"document": ["a"], "paragraph": ["1"]})
    >>> texts["text"] = ["Recalling paras. 4–6 of its resolution 1325 (2000) and S/PRST/2019/11,"]
    >>> find(texts)[["symbol", "cited_paragraph"]].fillna("").values.tolist()
    [['S/RES/1325 (2000)', '4–6'], ['S/PRST/2019/11', '']]
    """
    tables.check(texts, "paragraphs")
    rows = texts[["document", "paragraph", "text"]].itertuples(index=False, name=None)
    rows = [(*key, *mention) for *key, text in rows for mention in _mentions(text)]
    types = tables.empty("references").drop(columns="address").dtypes
    found = pd.DataFrame(rows, columns=[*types.index]).astype(types)
    full = found["symbol"][found["symbol"].str.fullmatch(r"S/RES/\d+ \(\d{4}\)")].drop_duplicates()
    return found.assign(symbol=found["symbol"].replace({symbol.split(" ")[0]: symbol for symbol in full}))


def _mentions(text):
    """The mentions in one text: start, end, symbol, paragraph cited."""
    last, series = None, None  # where the resolution before ended that was given by number, and its series of symbols
    for item in _ITEM.finditer(text):
        before = text[max(item.start() - 120, 0) : item.start()]
        if not item["symbol"]:
            named = _BEFORE.search(before)
            goes_on = last is not None and _BETWEEN.fullmatch(text, last, item.start())
            if not (named or goes_on or item["year"]):
                continue
            if named or not goes_on:
                body = named and _BODY.search(before[: named.start()])
                series = body and _SERIES.get(body[1])
            last = item.end()
        cited = _CITED_BEFORE.search(before) or _CITED_AFTER.match(text, item.end())
        yield *item.span(), _symbol(item, series), cited and cited["cited"]


def _symbol(item, series):
    """The symbol of an item, in one way of writing; `series` is that of a resolution of another body."""
    if item["symbol"] or item["council"]:
        name = regex.sub(r"\s", "", item["symbol"] or f"S/RES/{item['council']}")  # broken at a line end
        return f"{name} ({item['year']})" if item["year"] else name
    if item["early"]:
        return "A/RES/" + regex.sub(r"\s*\(", " (", item["early"])
    if item["social"]:
        return (series or "E/RES/") + item["social"]
    return (series or "A/RES/") + regex.sub(r"(?<=\d)\s*(?=[A-Z]$)", " ", item["assembly"])
