"""Two concepts → how much of each, where, with which words, and how sure."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import codebooks, concordance, frequency, patterns, resampling, tables
from analysis.pattern_syntax import take_apart
from analysis.tokens import tokenize

_KEYS = ["document", "paragraph"]
_FEW = 5  # below this many hits a figure is too small to lean on
_UNRELIABLE = 10  # below this many units an interval is unreliable


class Contrast(NamedTuple):
    """The tables `compare` gives; `tables.COLUMNS` (and data/README.md) says what their columns hold."""

    ratio: pd.DataFrame
    counts: pd.DataFrame
    hits: pd.DataFrame
    audit: pd.DataFrame
    patterns: pd.DataFrame
    together: pd.DataFrame
    paragraphs: pd.DataFrame
    sections: pd.DataFrame
    words: pd.DataFrame


class Choices(NamedTuple):
    """The tables `choices` gives."""

    counts: pd.DataFrame
    hits: pd.DataFrame


def compare(paragraphs, concepts, a, b, *, unit="document", window=5):
    """Compare two concepts of a codebook: how much, where, with which words, how sure.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`, the column named in `unit`, and
        `section` if the concepts are to be counted by section.
    concepts : DataFrame
        A codebook, from `codebooks.load`.
    a, b : str
        The two labels.
    unit : str, default "document"
        What is left out to form an interval, where there are several.
    window : int, default 5
        Words on each side of a hit that count as near it.

    Returns
    -------
    Contrast
        `ratio` (one row: the log ratio of the counts and what it allows to say),
        `counts` (one row per concept: plain search, audited count, rate),
        `hits` and `audit` (as `patterns` gives them), `patterns` (one row per
        pattern: its share, and the result without it), `together` (paragraphs
        with one, both, neither), `paragraphs` (one row per paragraph),
        `sections` (one row per section and concept), `words` (one row per
        concept and word near its hits).

    Raises
    ------
    ValueError
        If a label is not in the codebook (the message lists those that are), or
        is compared with itself; or as `patterns.find` does.

    Warns
    -----
    UserWarning
        As `patterns.find`.

    Notes
    -----
    The log ratio is log₂(n_a / n_b): 1 means twice as often, 0 as often. One
    document is a census: `low` and `high` are the lowest and highest log ratio
    when each paragraph in turn is left out (`resampling.leave_one_out_ratio`).
    Several documents are a sample: a 95 % interval by unit
    (`resampling.jackknife_ratio`), unreliable below ten units, none for two.
    `finding` names the more frequent concept only where the whole range or
    interval has one sign; a log ratio of 0 has none.

    Examples
    --------
    >>> from analysis import corpus
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> concepts = codebooks.load("data/codebooks/conflict.yml")
    >>> found = compare(workshop.paragraphs, concepts, "conflict management", "conflict resolution")
    >>> found.counts[["label", "n_plain", "n", "n_paragraphs"]].values.tolist()
    [['conflict management', 4, 4, 4], ['conflict resolution', 8, 4, 4]]
    >>> found.ratio.loc[0, ["log_ratio", "low", "high"]].round(2).tolist(), found.ratio.loc[0, "finding"]
    ([0.0, -0.42, 0.42], 'none: as often as each other')
    """
    concepts = _two(concepts, a, b)
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text", unit])
    words = tokenize(paragraphs)
    hits = patterns.find(paragraphs, concepts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what patterns.find has told already
        audit = patterns.audit(paragraphs, concepts)
    per_paragraph = _per_paragraph(paragraphs, hits, a, b)
    ratio = _ratio(per_paragraph, paragraphs, unit, a, b)
    by = ["document", "section"] if "section" in paragraphs.columns else ["document"]
    sections = frequency.count_hits(hits, words, by=by, labels=[a, b])
    return Contrast(
        ratio,
        _counts(hits, audit, words, concepts, unit, a, b),
        hits,
        audit,
        _patterns(paragraphs, concepts, hits, a, b),
        _together(per_paragraph, a, b),
        per_paragraph,
        sections[[*by, "label", "n", "total", "per_1000", "n_paragraphs", "few"]],
        _near(paragraphs, hits, window),
    )


def choices(texts, concepts, a, b):
    """Count two concepts under each defensible choice, one by one.

    Parameters
    ----------
    texts : DataFrame
        From `scope.texts`: `document`, `paragraph`, `kind`, `text`. Or
        paragraphs alone, without `kind`.
    concepts : DataFrame
        A codebook, from `codebooks.load`.
    a, b : str
        The two labels.

    Returns
    -------
    Choices
        `counts`, one row per choice: `choice`, `n_a`, `n_b`, `log_ratio`
        (log₂(n_a / n_b), ½ for 0), `more` (the more frequent label, or
        ``neither``). `hits`, one row per passage counted: `choice`, `document`,
        `paragraph`, `label`, `start`, `end`, `match`.

    Raises
    ------
    ValueError
        As `compare`.

    Notes
    -----
    The choices, in this order. Plain search: the words under ``search:``.
    Ctrl-F: the same letters anywhere in a word; both in the paragraphs, and in
    headings and notes as well, if `texts` has them. Audited: the codebook as it is.
    Exact phrase: the label itself in place of its patterns, exceptions as they
    are (left out if a label cannot stand in a text). Audited, with headings,
    with notes, with both, if `texts` has them. Then each exception switched off
    for both labels, wherever that changes a count (in headings and notes only if
    it changes none in the paragraphs); and all of them. The rows are not votes: how many agree says nothing, since they
    share most of their passages.

    Examples
    --------
    >>> from analysis import corpus, scope
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> concepts = codebooks.load("data/codebooks/conflict.yml")
    >>> found = choices(scope.texts(workshop), concepts, "conflict management", "conflict resolution")
    >>> found.counts.loc[[0, 1, 4, 5], ["choice", "n_a", "n_b"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['plain search: manag* / resol*', 4, 8], ['Ctrl-F: manag / resol', 4, 9],
     ['audited', 4, 4], ['exact phrase', 2, 2]]
    """
    concepts = _two(concepts, a, b)
    tables.check(texts, "paragraphs", [*_KEYS, "text"])
    kind = texts["kind"] if "kind" in texts.columns else pd.Series("paragraph", index=texts.index)
    extra = [name for name in dict.fromkeys(kind) if name != "paragraph"]
    scopes = {"": texts[kind == "paragraph"]}
    for name in extra:
        scopes[f", with {name}s"] = texts[kind.isin(["paragraph", name])]
    if len(extra) > 1:
        scopes[", with " + " and ".join(f"{name}s" for name in extra)] = texts
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an exception that sets aside all: it is one of the choices
        found += _plain_choices(scopes, concepts, a, b)
        found += [("audited", _kept(scopes[""], concepts))]
        found += _exact_phrase(scopes[""], concepts, a, b)
        found += [(f"audited{name}", _kept(rows, concepts)) for name, rows in scopes.items() if name]
        found += _without_exceptions(scopes, concepts)
    hits = pd.concat([rows.assign(choice=choice) for choice, rows in found], ignore_index=True)
    n = [[(rows["label"] == label).sum() for label in (a, b)] for _, rows in found]
    counts = pd.DataFrame(n, columns=["n_a", "n_b"])
    counts.insert(0, "choice", [choice for choice, _ in found])
    counts["log_ratio"] = resampling.log_ratio(counts["n_a"], counts["n_b"])
    counts["more"] = np.select([counts["n_a"] > counts["n_b"], counts["n_a"] < counts["n_b"]], [a, b], "neither")
    return Choices(counts, hits[["choice", *_KEYS, "label", "start", "end", "match"]])


def _two(concepts, a, b):
    """The codebook's rows of two different labels."""
    codebooks.check_labels(concepts, [a, b])
    if a == b:
        raise ValueError(f"{a!r} is compared with itself: name two labels.")
    return concepts[concepts["label"].isin([a, b])].reset_index(drop=True)


def _per_paragraph(paragraphs, hits, a, b):
    """One row per paragraph: how often each concept occurs, and which of them do."""
    kept = hits[hits["kept"]]
    n = {label: kept[kept["label"] == label].groupby(_KEYS).size() for label in (a, b)}
    keys = pd.MultiIndex.from_frame(paragraphs[_KEYS].astype("str"))
    table = paragraphs[_KEYS].astype("str").reset_index(drop=True)
    for name, label in (("n_a", a), ("n_b", b)):
        table[name] = n[label].reindex(keys, fill_value=0).to_numpy()
    either = [(table["n_a"] > 0) & (table["n_b"] > 0), table["n_a"] > 0, table["n_b"] > 0]
    return table.assign(which=np.select(either, ["both", f"only {a}", f"only {b}"], "neither"))


def _together(per_paragraph, a, b):
    order = [f"only {a}", "both", f"only {b}", "neither"]
    n = per_paragraph["which"].value_counts().reindex(order, fill_value=0)
    share = n.to_numpy() / max(len(per_paragraph), 1)
    return pd.DataFrame({"which": order, "n_paragraphs": n.to_numpy(), "share": share})


def _ratio(per_paragraph, paragraphs, unit, a, b):
    """One row: the log ratio, its range or interval, and what it allows to say."""
    pairs = per_paragraph.rename(columns={"n_a": "a", "n_b": "b"}).assign(unit=paragraphs[unit].to_numpy())
    units = pairs["unit"].nunique(dropna=False)
    if units > 1:
        found = resampling.jackknife_ratio(pairs.groupby("unit", dropna=False)[["a", "b"]].sum())
        doubt = f", unreliable: {units}" if units < _UNRELIABLE else ""
        interval = f"none: 2 of {unit}" if units == 2 else f"95 % by {unit} (jackknife{doubt})"
    else:
        found, interval = resampling.leave_one_out_ratio(pairs), "leave one paragraph out"
    found = found.astype({"n_a": "int64", "n_b": "int64"})
    n_a, n_b, _, low, high = found.iloc[0]
    if n_a == n_b:
        finding = "none: as often as each other" if n_a else "none: neither occurs"
    elif np.isnan(low):
        finding = "none: all hits stand in one paragraph" if units == 1 else f"none: two of {unit} give no interval"
    elif low <= 0 <= high:
        hangs = "the sign hangs on one paragraph" if units == 1 else "the interval holds 0"
        finding = f"none: {hangs}"
    else:
        finding = f"more {a if n_a > n_b else b}"
    few = bool(min(n_a, n_b) < _FEW)
    return found.assign(interval=interval if units == 2 or not np.isnan(low) else "none", few=few, finding=finding)


def _counts(hits, audit, words, concepts, unit, a, b):
    """One row per concept: what plain searches find, what is counted, and its rate."""
    counts = frequency.count_hits(hits, words, labels=[a, b], unit=unit)
    searched = concepts.loc[concepts["role"] == "search", "label"]
    for place, name in ((1, "plain"), (2, "substring")):
        n = audit[audit[name]].groupby("label").size().reindex([a, b], fill_value=0).astype("Int64")
        counts.insert(place, f"n_{name}", n.where(n.index.isin(searched)).to_numpy())
    aside = hits[~hits["kept"]].groupby("label").size().reindex([a, b], fill_value=0)
    counts.insert(4, "n_aside", aside.to_numpy())
    return counts


def _patterns(paragraphs, concepts, hits, a, b):
    """What each pattern and exception adds, and the result without it."""
    there = pd.MultiIndex.from_frame(paragraphs[_KEYS].astype("str")).isin(pd.MultiIndex.from_frame(hits[_KEYS]))
    table = patterns.contributions(paragraphs[there], concepts)
    n = hits[hits["kept"]].groupby("label").size().reindex([a, b], fill_value=0)
    for name, label in (("n_a", a), ("n_b", b)):
        table[name] = table["n_without"].where(table["label"] == label, n[label])
    return table.assign(log_ratio=resampling.log_ratio(table["n_a"], table["n_b"]))


def _near(paragraphs, hits, window):
    """The words within a window of each kept hit, per concept; a word near two hits counts for each."""
    found = concordance.kwic(paragraphs, hits[hits["kept"]], window=window)
    sides = [found.assign(text=found[side], side=side) for side in ("left", "right")]
    both = pd.concat(sides, ignore_index=True)
    both = both.rename(columns={"paragraph": "of", "document": "source"})
    both = both.assign(document=both["label"], paragraph=both.index.astype("str"))
    words = tokenize(both[["document", "paragraph", "text", "of", "source"]])
    by = words.groupby(["document", "token"], observed=True)
    table = by.agg(n=("position", "size")).reset_index()
    places = words.drop_duplicates(["document", "token", "source", "of"])
    n_paragraphs = places.groupby(["document", "token"], observed=True).size()
    table["n_paragraphs"] = n_paragraphs.to_numpy()
    table = table.rename(columns={"document": "label"}).astype({"label": "str", "token": "str"})
    table["few"] = (table["n"] < _FEW) | (table["n_paragraphs"] < _FEW)
    return table.sort_values(["label", "n", "token"], ascending=[True, False, True], ignore_index=True)


def _kept(texts, concepts):
    hits = patterns.find(texts, concepts)
    return hits[hits["kept"]]


def _plain_choices(scopes, concepts, a, b):
    """What the searches find: as words, and as letters."""
    searches = concepts[concepts["role"] == "search"].groupby("label")["pattern"].agg(", ".join)
    if not {a, b} <= set(searches.index):
        return []
    letters = searches.str.replace("*", "")
    found = []
    for name in dict.fromkeys(["", list(scopes)[-1]]):
        audit = patterns.audit(scopes[name], concepts)
        found += [
            (f"plain search{name}: {searches[a]} / {searches[b]}", audit[audit["plain"]]),
            (f"Ctrl-F{name}: {letters[a]} / {letters[b]}", audit[audit["substring"]]),
        ]
    return found


def _exact_phrase(texts, concepts, a, b):
    try:
        [take_apart(label) for label in (a, b)]
    except ValueError:  # a label that no text can hold, as "peace (negative)": there is no such choice
        return []
    phrases = pd.DataFrame({"label": [a, b], "role": "any", "pattern": [a, b]})
    return [("exact phrase", _kept(texts, pd.concat([phrases, concepts[concepts["role"] == "except"]])))]


def _without_exceptions(scopes, concepts):
    """Each exception switched off, where that changes a count; then all of them."""
    exceptions = list(dict.fromkeys(concepts.loc[concepts["role"] == "except", "pattern"]))
    found, done = [], set()
    for name, texts in scopes.items():
        base = _kept(texts, concepts)
        for pattern in exceptions:
            rest = concepts[~((concepts["role"] == "except") & (concepts["pattern"] == pattern))]
            hits = _kept(texts, rest)
            if pattern not in done and len(hits) != len(base):
                done.add(pattern)
                found.append((f"audited{name}, “{pattern}” counted", hits))
    if exceptions:
        rest = concepts[concepts["role"] != "except"]
        widest = list(scopes)[-1]
        found += [
            (f"audited{name}, all exceptions off", _kept(scopes[name], rest)) for name in dict.fromkeys(["", widest])
        ]
    return found
