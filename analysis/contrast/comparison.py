"""Two concepts → how much of each, where, near which words, and how sure."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import concordance, frequency, patterns, resampling, tables
from analysis.contrast.pair import pair
from analysis.tokens import tokenize

_KEYS = ["document", "paragraph"]


class Contrast(NamedTuple):
    """The tables `compare` gives.

    What their columns hold is said in `tables.COLUMNS` (and data/README.md), of
    some under another name: `ratio`, `hits`, `audit`, `together` and `sections`
    under their own; `counts` under "concepts", `patterns` under "concept patterns",
    `paragraphs` under "concept paragraphs", `words` under "near words".
    """

    ratio: pd.DataFrame
    counts: pd.DataFrame
    hits: pd.DataFrame
    audit: pd.DataFrame
    patterns: pd.DataFrame
    together: pd.DataFrame
    paragraphs: pd.DataFrame
    sections: pd.DataFrame
    words: pd.DataFrame


def compare(paragraphs, codebook, a, b, *, unit="document", window=5):
    """Compare two concepts of a codebook: how much, where, with which words, how sure.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`, the column named in `unit`, and
        `section` if the concepts are to be counted by section.
    codebook : DataFrame
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
        If a label is not in the codebook (the message lists those that are), has no
        pattern that counts (role ``any``), is called ``both`` or ``neither``, which
        the results use, or is compared with itself; if `unit` does not name a column
        of units, such as `document`, or one is missing; if there are no words; or as
        `patterns.find` does.

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
    (`resampling.jackknife_ratio`), unreliable below ten units, none for two or
    where it makes no difference which is left out. Units without a word don't count.
    `finding` names the more frequent concept only where the whole range or
    interval has one sign; a log ratio of 0 has none.

    Examples
    --------
    >>> from analysis import codebooks, corpus
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> codebook = codebooks.load("data/codebooks/conflict.yml")
    >>> found = compare(workshop.paragraphs, codebook, "conflict management", "conflict resolution")
    >>> found.counts[["label", "n_plain", "n", "n_paragraphs"]].values.tolist()
    [['conflict management', 4, 4, 4], ['conflict resolution', 8, 4, 4]]
    >>> found.ratio.loc[0, ["log_ratio", "low", "high"]].round(2).tolist(), found.ratio.loc[0, "finding"]
    ([0.0, -0.42, 0.42], 'none: as often as each other')
    """
    codebook = pair(codebook, a, b)
    paragraphs = _checked(paragraphs, unit)
    words = tokenize(paragraphs)
    if not len(words):
        raise ValueError("paragraphs: there are no words to count.")
    hits = _found(paragraphs, codebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what patterns.find has told already
        audit = patterns.audit(paragraphs, codebook)
    per_paragraph = _per_paragraph(paragraphs, hits, a, b)
    units = words.drop_duplicates(_KEYS)[list(dict.fromkeys([*_KEYS, unit]))]
    ratio = _ratio(per_paragraph, units, unit, a, b)
    by = ["document", "section"] if "section" in paragraphs.columns else ["document"]
    sections = frequency.count_hits(hits, words, by=by, labels=[a, b])
    return Contrast(
        ratio,
        _counts(hits, audit, words, codebook, unit, a, b),
        hits,
        audit,
        _patterns(paragraphs, codebook, hits, a, b),
        _together(per_paragraph, a, b),
        per_paragraph,
        sections[[*by, "label", "n", "total", "per_1000", "n_paragraphs", "few"]],
        _near(paragraphs, hits, window),
    )


def _checked(paragraphs, unit):
    """The paragraphs with their keys as text, if they can be counted by unit."""
    if not isinstance(unit, str) or unit in ("text", "number", "order", "paragraph"):
        raise ValueError(f"unit should name a column such as document or country, found {unit!r}.")
    tables.check(paragraphs, "paragraphs", [*dict.fromkeys([*_KEYS, "text", unit])])
    tables.check_present(paragraphs, "paragraphs", [*dict.fromkeys([*_KEYS, unit])])
    return paragraphs.astype(dict.fromkeys(_KEYS, "str"))


def _found(paragraphs, codebook):
    """The hits; what `patterns.find` warns of is told to the caller of `compare`."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        hits = patterns.find(paragraphs, codebook)
    for warning in told:
        warnings.warn(str(warning.message), warning.category, stacklevel=3)
    return hits


def _per_paragraph(paragraphs, hits, a, b):
    """One row per paragraph: how often each concept occurs, and which of them do."""
    kept = hits[hits["kept"]]
    n = {label: kept[kept["label"] == label].groupby(_KEYS).size() for label in (a, b)}
    keys = pd.MultiIndex.from_frame(paragraphs[_KEYS])
    table = paragraphs[_KEYS].reset_index(drop=True)
    for name, label in (("n_a", a), ("n_b", b)):
        table[name] = n[label].reindex(keys, fill_value=0).to_numpy()
    either = [(table["n_a"] > 0) & (table["n_b"] > 0), table["n_a"] > 0, table["n_b"] > 0]
    return table.assign(which=np.select(either, ["both", f"only {a}", f"only {b}"], "neither"))


def _together(per_paragraph, a, b):
    order = [f"only {a}", "both", f"only {b}", "neither"]
    n = per_paragraph["which"].value_counts().reindex(order, fill_value=0)
    share = n.to_numpy() / max(len(per_paragraph), 1)
    return pd.DataFrame({"which": order, "n_paragraphs": n.to_numpy(), "share": share})


def _ratio(per_paragraph, units, unit, a, b):
    """One row: the log ratio, its range or interval, and what it allows to say."""
    of_unit = per_paragraph[[*_KEYS, "n_a", "n_b"]].merge(units.astype(dict.fromkeys(_KEYS, "str")), on=_KEYS)
    n_units = of_unit[unit].nunique()
    if n_units > 1:
        counts = of_unit.groupby(unit, observed=True)[["n_a", "n_b"]].sum()
        found = resampling.jackknife_ratio(counts.set_axis(["a", "b"], axis=1))
        doubt = f", unreliable: {n_units}" if n_units < tables.UNRELIABLE else ""
        interval, none = f"95 % by {unit} (jackknife{doubt})", f"none: which {unit} is left out makes no difference"
        none = f"none: only 2 ({unit})" if n_units == 2 else none
        hangs = "the interval holds 0"
    else:
        found = resampling.leave_one_out_ratio(of_unit.rename(columns={"n_a": "a", "n_b": "b"}))
        interval, none = "leave one paragraph out", "none: all hits stand in one paragraph"
        hangs = "the sign hangs on one paragraph"
    found = found.astype({"n_a": "int64", "n_b": "int64"})
    n_a, n_b, log_ratio, low, high = found.iloc[0]
    if np.isnan(log_ratio):
        interval, finding = "none", "none: neither occurs"
    elif np.isnan(low):
        interval, finding = none, none
    elif low <= 0 <= high:
        finding = f"none: {hangs}"
    else:
        finding = f"more {a if n_a > n_b else b}"
    if n_a == n_b > 0:
        finding = "none: as often as each other"
    return found.assign(interval=interval, few=bool(min(n_a, n_b) < tables.FEW), finding=finding)


def _counts(hits, audit, words, codebook, unit, a, b):
    """One row per concept: what plain searches find, what is counted, and its rate."""
    counts = frequency.count_hits(hits, words, labels=[a, b], unit=unit)
    searched = codebook.loc[codebook["role"] == "search", "label"]
    for place, name in ((1, "plain"), (2, "substring")):
        n = audit[audit[name]].groupby("label").size().reindex([a, b], fill_value=0).astype("Int64")
        counts.insert(place, f"n_{name}", n.where(n.index.isin(searched)).to_numpy())
    aside = hits[~hits["kept"]].groupby("label").size().reindex([a, b], fill_value=0)
    counts.insert(4, "n_aside", aside.to_numpy())
    return counts


def _patterns(paragraphs, codebook, hits, a, b):
    """What each pattern and exception adds, and the result without it."""
    there = pd.MultiIndex.from_frame(paragraphs[_KEYS]).isin(pd.MultiIndex.from_frame(hits[_KEYS]))
    table = patterns.contributions(paragraphs[there], codebook)
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
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    return table.sort_values(["label", "n", "token"], ascending=[True, False, True], ignore_index=True)
