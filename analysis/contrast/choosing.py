"""Two concepts counted under each defensible choice, one by one."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import patterns, resampling, tables
from analysis.contrast.pair import pair
from analysis.pattern_syntax import plain, take_apart

_KEYS = ["document", "paragraph"]


class Choices(NamedTuple):
    """The tables `choices` gives; `tables.COLUMNS` says what those of `counts` hold, under "choices"."""

    counts: pd.DataFrame
    hits: pd.DataFrame


def choices(texts, codebook, a, b):
    """Count two concepts under each defensible choice, one by one.

    Parameters
    ----------
    texts : DataFrame
        From `scope.texts`: `document`, `paragraph`, `kind`, `text`. Or
        paragraphs alone, without `kind`.
    codebook : DataFrame
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
        As `compare`; and if a kind is missing or unknown, or there is no paragraph.

    Notes
    -----
    The choices, in this order. Plain search: the words under ``search:``.
    Ctrl-F: the same letters anywhere in a word; both in the paragraphs, and in
    headings and notes as well, if `texts` has them. Audited: the codebook as it is.
    Exact phrase: the label itself in place of its patterns, exceptions as they
    are. Audited, with headings, with notes, with both, if `texts` has them. Then
    each exception switched off for both labels, wherever that changes a count
    (in headings and notes only if it changes none in the paragraphs); and all of
    them. The plain searches are left out if a label has none, the exact phrase if
    a label cannot stand in a text. The rows are not votes: how many agree says
    nothing, since they share most of their passages.

    Examples
    --------
    >>> from analysis import codebooks, corpus, scope
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> codebook = codebooks.load("data/codebooks/conflict.yml")
    >>> found = choices(scope.texts(workshop), codebook, "conflict management", "conflict resolution")
    >>> found.counts.loc[[0, 1, 4, 5], ["choice", "n_a", "n_b"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['plain search: manag* / resol*', 4, 8], ['Ctrl-F: manag / resol', 4, 9],
     ['audited', 4, 4], ['exact phrase', 2, 2]]
    """
    codebook = pair(codebook, a, b)
    scopes = _scopes(texts)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an exception that sets aside all: it is one of the choices
        found += _plain_choices(scopes, codebook, a, b)
        found += [("audited", _kept(scopes[""], codebook))]
        found += _exact_phrase(scopes[""], codebook, a, b)
        found += [(f"audited{name}", _kept(rows, codebook)) for name, rows in scopes.items() if name]
        found += _without_exceptions(scopes, codebook)
    hits = pd.concat([rows.assign(choice=choice) for choice, rows in found], ignore_index=True)
    n = [[(rows["label"] == label).sum() for label in (a, b)] for _, rows in found]
    counts = pd.DataFrame(n, columns=["n_a", "n_b"])
    counts.insert(0, "choice", [choice for choice, _ in found])
    counts["log_ratio"] = resampling.log_ratio(counts["n_a"], counts["n_b"])
    counts["more"] = np.select([counts["n_a"] > counts["n_b"], counts["n_a"] < counts["n_b"]], [a, b], "neither")
    return Choices(counts, hits[["choice", *_KEYS, "label", "start", "end", "match"]])


def _scopes(texts):
    """What is counted in: the paragraphs; with headings, with notes, with both."""
    tables.check(texts, "paragraphs", [*_KEYS, "text"])
    if "kind" not in texts.columns:
        return {"": texts}
    tables.check_present(texts, "paragraphs", ["kind"])
    strange = sorted(set(texts["kind"]) - {"paragraph", "heading", "note"})
    if strange or not (texts["kind"] == "paragraph").any():
        found = f"found {strange[0]!r}" if strange else "found no paragraph"
        raise ValueError(f"paragraphs: kind should be paragraph, heading or note, as scope.texts gives it; {found}.")
    extra = [name for name in ("heading", "note") if (texts["kind"] == name).any()]
    scopes = {"": texts[texts["kind"] == "paragraph"]}
    for name in extra:
        scopes[f", with {name}s"] = texts[texts["kind"].isin(["paragraph", name])]
    if len(extra) > 1:
        scopes[", with headings and notes"] = texts
    return scopes


def _kept(texts, codebook):
    hits = patterns.find(texts, codebook)
    return hits[hits["kept"]]


def _plain_choices(scopes, codebook, a, b):
    """What the searches find: as words, and as letters."""
    searches = codebook[codebook["role"] == "search"].groupby("label")["pattern"].agg(", ".join)
    if not {a, b} <= set(searches.index):
        return []
    letters = searches.str.strip("* ")
    found = []
    for name in dict.fromkeys(["", list(scopes)[-1]]):
        audit = patterns.audit(scopes[name], codebook)
        found += [
            (f"plain search{name}: {searches[a]} / {searches[b]}", audit[audit["plain"]]),
            (f"Ctrl-F{name}: {letters[a]} / {letters[b]}", audit[audit["substring"]]),
        ]
    return found


def _exact_phrase(texts, codebook, a, b):
    try:
        [take_apart(label) for label in (a, b)]
    except ValueError:  # a label that no text can hold, as "peace (negative)": there is no such choice
        return []
    exceptions = codebook[codebook["role"] == "except"]
    taken = set(zip(exceptions["label"], exceptions["pattern"].map(plain), strict=True))
    labels = [label for label in (a, b) if (label, plain(label)) not in taken]  # of the others, every hit is set aside
    if not labels:
        return [("exact phrase", _kept(texts, codebook)[:0])]
    phrases = pd.DataFrame({"label": labels, "role": "any", "pattern": labels})
    return [("exact phrase", _kept(texts, pd.concat([phrases, exceptions])))]


def _without_exceptions(scopes, codebook):
    """Each exception switched off, where that changes a count; then all of them."""
    off = codebook["role"] == "except"
    found, done = [], set()
    for name, texts in scopes.items():
        effect = patterns.contributions(texts, codebook)
        effect = effect[(effect["role"] == "except") & (effect["n_without"] != effect["n_label"])]
        for pattern in dict.fromkeys(effect["pattern"]):
            if pattern not in done:
                rest = codebook[~(off & (codebook["pattern"] == pattern))]
                found.append((f"audited{name}, “{pattern}” counted", _kept(texts, rest)))
                done.add(pattern)
    if off.any():
        rest = codebook[~off]
        for name in dict.fromkeys(["", list(scopes)[-1]]):
            found.append((f"audited{name}, all exceptions off", _kept(scopes[name], rest)))
    return found
