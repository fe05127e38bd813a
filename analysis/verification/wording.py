"""Numbers inside the words of a chart: “53 in 28 ¶”, “4 here, 2 elsewhere”."""

import pandas as pd
import regex

_NUMBER = regex.compile(r"(?<![\p{L}\p{N}/.-])\d[\d,]*(?:\.\d+)?(?![\p{L}\p{N}/-])")
_KEYS = ["document", "paragraph"]
_ENOUGH, _ROWS = 2 / 3, 3  # what part of how many rows must agree


def check(figure, sources, derived, columns):
    """Compare the numbers in the texts of a drawn table with what was worked out again."""
    facts = _facts(figure, sources, derived, columns)
    names = [name for name in figure.data.columns if name not in ("mark", *columns, *derived.keys)]
    named = figure.data[_names(figure, columns)].to_numpy()
    done, findings = [], []
    for name in names:
        texts = figure.data[name]
        if (texts.isin(["", "True", "False"]) | pd.to_numeric(texts, errors="coerce").notna()).all():
            continue  # these are no texts
        own = [_without(text, row) for text, row in zip(texts, named, strict=True)]
        numbers = pd.Series([_NUMBER.findall(text) for text in own], texts.index)
        shared = facts.join(_shared(figure, sources, texts))
        wrong, explained = _compared(texts, numbers, shared)
        if explained:
            done += [name] if explained == (numbers.str.len() > 0).sum() else []
            findings += [(figure.name, figure.data["mark"][row], f"{name} differs", detail) for row, detail in wrong]
    return done, findings


def _compared(texts, numbers, facts):
    """(row, detail) where a number is not what it stands for elsewhere; and the rows whose numbers all have a meaning."""
    wrong, explained = [], 0
    for many, rows in numbers[numbers.str.len() > 0].groupby(numbers.str.len()):
        if len(rows) < _ROWS:
            continue
        meanings = []
        for place in range(many):
            said = pd.Series([float(one[place].replace(",", "")) for one in rows], rows.index)
            places = pd.Series([len(one[place].partition(".")[2]) for one in rows], rows.index)
            known = facts.loc[rows.index]
            fits = {name: _same(said, known[name], places).mean() for name in known}
            best = max(fits, key=fits.get, default=None)
            meanings.append((said, best, places) if best is not None and fits[best] >= _ENOUGH else None)
        if None in meanings:
            continue
        explained += len(rows)
        for said, name, places in meanings:
            fact = facts[name].loc[rows.index]
            for row in rows.index[~_same(said, fact, places) & fact.notna()]:
                is_, be = (f"{value:g}" for value in (said[row], facts[name][row]))
                wrong.append((row, f"{texts[row]!r} says {is_} where {name} is {be}"))
    return wrong, explained


def _same(said, fact, places):
    """Is a number what is meant, to the places it is written with?"""
    return (said - fact).abs() <= 0.5 * 10.0**-places * (fact % 1 != 0) + 1e-9


def _names(figure, columns):
    """The columns whose own texts may hold numbers that count nothing: names of sections, themes, words."""
    return [name for name in columns if pd.to_numeric(figure.data[name], errors="coerce").isna().any()]


def _without(text, names):
    for name in sorted(names, key=len, reverse=True):
        if name and not name.isdigit():
            text = text.replace(name, " ").replace(name.replace("-", " "), " ")
            short = name.partition(":")[0]  # as headings are shortened
            text = text.replace(short, " ", 1) if short and text.startswith(short) else text
    return text


def _facts(figure, sources, derived, columns):
    """What each row is known to count, by name."""
    data = figure.data
    facts = {name: pd.to_numeric(data[name], errors="coerce") for name in columns}
    place = figure.evidence.groupby("mark")["paragraph"].agg(
        lambda found: found.iloc[0] if found.nunique() == 1 else ""
    )
    facts["its paragraph"] = _number_in(data["mark"].map(place))
    if "section" in derived.keys:
        section = derived.keys["section"]
        paragraphs = sources.paragraphs.groupby("section", sort=False)["paragraph"].agg(["size", "first", "last"])
        words = sources.words["section"].astype("str").value_counts()
        facts |= {
            "the section's paragraphs": section.map(paragraphs["size"]),
            "its first paragraph": _number_in(section.map(paragraphs["first"])),
            "its last paragraph": _number_in(section.map(paragraphs["last"])),
            "the section's words": section.map(words),
            "its part of the words": 100 * section.map(words) / len(sources.words),
        }
    facts = pd.DataFrame(facts, index=data.index).astype(float)
    return facts.loc[:, facts.notna().any()]


def _number_in(paragraphs):
    """The number of a paragraph, as it is read in a text: 27 in #27, 4 in II:4."""
    found = [_NUMBER.search(str(paragraph)) for paragraph in paragraphs]
    return pd.Series([float(one[0].replace(",", "")) if one else None for one in found], paragraphs.index, dtype=float)


def _shared(figure, sources, texts):
    """What the rows with the same text count together."""
    data = figure.data
    of_row = pd.Series(texts.to_numpy(), data["mark"])
    behind = figure.evidence.assign(text=figure.evidence["mark"].map(of_row[~of_row.index.duplicated()]))
    places = zip(behind["document"], behind["paragraph"], behind["start"], behind["end"], strict=True)
    behind["letters"] = [
        len("".join(sources.texts.get((document, paragraph), "")[start:end].split()))
        for document, paragraph, start, end in places
    ]
    together = behind.groupby("text").agg(passages=("text", "size"), letters=("letters", "sum"))
    together["paragraphs"] = behind.drop_duplicates(["text", *_KEYS]).groupby("text").size()
    found = {
        "rows with it": texts.map(texts.value_counts()),
        "their passages": texts.map(together["passages"]).fillna(0),
        "their paragraphs": texts.map(together["paragraphs"]).fillna(0),
        "their characters": texts.map(together["letters"]).fillna(0),
    }
    if "kept" in data.columns:
        found["rows kept"] = texts.map(texts[data["kept"] == "True"].value_counts()).fillna(0)
    return pd.DataFrame(found, index=data.index).astype(float)
