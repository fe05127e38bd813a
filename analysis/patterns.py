"""Codebook + paragraphs → hits, and the audit of what a plain search would find."""

import warnings

import numpy as np
import pandas as pd

from analysis import codebooks, tables
from analysis.matching import first_overlapping, gained_without, match, merge, settle
from analysis.pattern_syntax import anywhere, take_apart
from analysis.tokens import locate, tokenize

_KEYS = ["document", "paragraph"]


def find(paragraphs, codebook):
    """Find the passages that match a codebook, those set aside included.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    codebook : DataFrame or str
        A codebook, from `codebooks.load`: `label`, `role`, `pattern`, and for
        exceptions `reason`. Or one pattern, which is then its own label.

    Returns
    -------
    DataFrame
        One row per hit: `document`, `paragraph`, `label`, `pattern` (the one
        that matched; the longest, where several did), `start`, `end`
        (characters of the paragraph's text), `match` (the text there), `kept`
        (false for what an exception sets aside), `reason` (why it was). In the
        order of the paragraphs; within one by place, then as in the codebook.

    Raises
    ------
    TypeError
        If `paragraphs` is not a table (of a Corpus, give ``.paragraphs``), or
        `codebook` neither a table nor a text.
    ValueError
        If columns are missing, a paragraph occurs twice, a pattern is malformed
        (the message says where), or the codebook has no pattern that counts.

    Warns
    -----
    UserWarning
        If every hit of a label is set aside, naming the exceptions that do it.

    Notes
    -----
    A pattern is matched on running words (`tokens.tokenize`), never on the raw
    text, so *war* is not found in *toward*, and no pattern can hang.

    ====================  =====================================================
    ``conflict``          the word, in upper or lower case
    ``AU``                a word written with a capital matches in that case only
    ``manag*``            ``*``: any characters of the word, or none
    ``organi?ation``      ``?``: any one character of the word
    ``Security Council``  words next to each other, whatever stands between them
                          (a comma, brackets, the end of a sentence)
    ``conflict * peace``  a lone ``*``: any one word
    ``manage ~4 war*``    the second word begins at most four words after the
                          first, in the same paragraph; for the other order as
                          well, write ``war* ~4 manage`` too
    ====================  =====================================================

    A match holds no other match of its own pattern: of several *conflict* before
    *resolution*, ``conflict ~9 resolution`` takes the nearest. Matches of one
    label that share a word are one hit, named by its longest match. A hit that
    shares a word with a match of an ``except`` pattern of its label is set
    aside. ``~1`` means adjacent. ``'`` and ``’`` are the same, and so are
    accents however they are encoded.

    Examples
    --------
    >>> def found(text, pattern):
    ...     paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": [text]})
    ...     return find(paragraphs, pattern)["match"].tolist()
    >>> found("War, not toward war", "war")
    ['War', 'war']
    >>> found("The AU and au pair", "AU"), found("The AU and au pair", "au")
    (['AU'], ['AU', 'au'])
    >>> found("to manage; managed, un-managed", "manag*"), found("organisation, organization", "organi?ation")
    (['manage', 'managed'], ['organisation', 'organization'])
    >>> found("the security (and) security council", "security council"), found("to peace and security", "peace * security")
    (['security council'], ['peace and security'])
    >>> found("manage rather than resolve conflict", "manage ~4 conflict"), found("conflict to manage", "manage ~4 conflict")
    (['manage rather than resolve conflict'], [])
    >>> found("conflict management, then conflict resolution", "conflict ~9 resolution")
    ['conflict resolution']

    Longest match, merging and exceptions:

    >>> from analysis import codebooks
    >>> book = codebooks.parse('''
    ... council:
    ...   any: [Security Council, UN Security Council, Council of Ministers]
    ...   except: {Peace and Security Council: a regional council}
    ... ''')
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text":
    ...     ["the UN Security Council of Ministers", "a Security Council; the Arab Peace and Security Council"]})
    >>> find(paragraphs, book)[["paragraph", "pattern", "match", "kept", "reason"]].fillna("").values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['1', 'UN Security Council', 'UN Security Council of Ministers', True, ''],
     ['2', 'Security Council', 'Security Council', True, ''],
     ['2', 'Security Council', 'Security Council', False, 'a regional council']]
    """
    codebook = _codebook(codebook)
    paragraphs = _keyed(paragraphs)
    tokens = tokenize(paragraphs)
    hits = _reasoned(settle(_matches(tokens, codebook, _apart(codebook))), codebook)
    _warn(hits, codebook)
    return _placed(hits, "hits", codebook, tokens, paragraphs)


def audit(paragraphs, codebook):
    """Set a plain search beside what was counted, each difference with its reason.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    codebook : DataFrame
        As for `find`; its rows with the role ``search`` are the plain searches.

    Returns
    -------
    DataFrame
        One row per place that a search finds or the codebook counts: `document`,
        `paragraph`, `label`, `start`, `end`, `match` (the searched word there;
        the hit, where no search finds it), `plain` (the search, as whole words:
        ``resol*``), `substring` (the same letters anywhere in a word, in either
        case, as Ctrl-F has it), `kept` (counted by the codebook), `pattern` (by
        which one), `reason` (why it was not counted: the exception's reason,
        ``same passage`` or ``no pattern``). For each label, `kept` is true as often as in `find`.

    Raises
    ------
    TypeError, ValueError
        As `find`.

    Warns
    -----
    UserWarning
        As `find`.

    Notes
    -----
    Places of one search that share a word are one place. Where a hit holds
    several places, the first is counted, the others are not: ``same passage``.

    Examples
    --------
    >>> from analysis import codebooks
    >>> book = codebooks.parse('''
    ... resolution:
    ...   search: resol*
    ...   any: conflict resolution
    ...   except: {Conflict Resolution Center: a name}
    ... ''')
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text":
    ...     ["Conflict resolution. A resolution of the Conflict Resolution Center, unresolved."]})
    >>> audit(paragraphs, book)[["match", "plain", "substring", "kept", "reason"]].fillna("").values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['resolution', True, True, True, ''], ['resolution', True, True, False, 'no pattern'],
     ['Resolution', True, True, False, 'a name'], ['unresolved', False, True, False, 'no pattern']]
    """
    codebook = _codebook(codebook)
    searches = codebook[codebook["role"] == "search"]
    both = pd.concat([codebook, searches.assign(role="substring")], ignore_index=True)
    patterns = _apart(codebook)
    patterns += [anywhere(patterns[entry]) for entry in searches.index]
    paragraphs = _keyed(paragraphs)
    tokens = tokenize(paragraphs)
    matches = _matches(tokens, both, patterns)
    hits = _reasoned(settle(matches), both)
    _warn(hits, codebook)
    plain, substring = (merge(matches[matches["role"] == role]) for role in ("search", "substring"))
    plain, substring = plain.assign(plain=True), substring.assign(plain=False)
    alone = first_overlapping(substring, plain.assign(entry=0)).isna().to_numpy()
    places = pd.concat([plain, substring[alone]]).sort_values(["label", "first"], ignore_index=True)
    exceptions = matches[matches["role"] == "except"]
    compared = _compared(places.assign(substring=True), hits, exceptions, both)
    return _placed(compared, "audit", both, tokens, paragraphs)


def contributions(paragraphs, codebook):
    """Say what each pattern and each exception does: the count with it and without it.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`.
    codebook : DataFrame
        As for `find`.

    Returns
    -------
    DataFrame
        One row per pattern and exception, in the order of the codebook: `label`,
        `role`, `pattern`, `n` (kept hits that the pattern names; hits that the
        exception sets aside, the first of several being credited), `n_label`
        (kept hits of the label), `n_without` (kept hits of the label if this row
        is left out of the codebook).

    Raises
    ------
    TypeError, ValueError
        As `find`.

    Notes
    -----
    Where two patterns match the same passage, leaving out either changes
    nothing: `n_label` − `n_without` is what hangs on this row alone.

    Examples
    --------
    >>> from analysis import codebooks
    >>> book = codebooks.parse("peace: {any: [peace, keep* peace], except: {peace pipe: a pipe}}")
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Keep peace, the peace pipe"]})
    >>> contributions(paragraphs, book)[["pattern", "n", "n_label", "n_without"]].values.tolist()
    [['peace', 0, 1, 1], ['keep* peace', 1, 1, 1], ['peace pipe', 1, 1, 2]]
    """
    codebook = _codebook(codebook)
    matches = _matches(tokenize(_keyed(paragraphs)), codebook, _apart(codebook))
    hits = settle(matches)
    names = hits["entry"].where(hits["kept"], hits["by"]).value_counts()
    n_label = hits.groupby("label")["kept"].sum().reindex(pd.factorize(codebook["label"])[0], fill_value=0).to_numpy()
    table = codebook[["label", "role", "pattern"]].assign(
        n=names.reindex(codebook.index, fill_value=0).astype("int64"),
        n_label=n_label,
        n_without=n_label + gained_without(matches, hits, len(codebook)),
    )
    return table[table["role"] != "search"].reset_index(drop=True)


def _keyed(paragraphs):
    """The paragraphs with their keys as text, each once."""
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_present(paragraphs, "paragraphs", _KEYS)
    return paragraphs[[*_KEYS, "text"]].astype(dict.fromkeys(_KEYS, "str"))


def _codebook(codebook):
    """A codebook as it should be; one pattern is a codebook too."""
    if isinstance(codebook, str):
        if codebook.endswith((".yml", ".yaml")):
            raise ValueError(f"{codebook!r} looks like a file: read it with codebooks.load first.")
        if not codebook.strip():
            raise ValueError("The pattern is empty: write the words to be found.")
        codebook = pd.DataFrame({"label": [codebook], "role": ["any"], "pattern": [codebook]})
    return codebooks.checked(codebook)


def _where(codebook, entry):
    """File and line of an entry, if it has them."""
    row = codebook.loc[entry]
    known = {"source", "line"} <= set(codebook.columns) and not row[["source", "line"]].isna().any()
    return (f"{row['source']} line {int(row['line'])}: " if known else "codebook: ") + row["label"]


def _apart(codebook):
    """The patterns of a codebook taken apart."""
    patterns = []
    for entry, pattern in codebook["pattern"].items():
        try:
            patterns.append(take_apart(pattern))
        except ValueError as error:
            raise ValueError(f"{_where(codebook, entry)}: {error}.") from None
    return patterns


def _matches(tokens, codebook, patterns):
    """Every match of every pattern: `entry` (row of the codebook), `label` (its number), `role`, `first`, `last`."""
    found = match(tokens, patterns)
    label, role = pd.factorize(codebook["label"])[0], codebook["role"].to_numpy()
    return found.assign(label=label[found["entry"]], role=role[found["entry"]])


def _reasoned(hits, codebook):
    """Hits with the reason of what sets them aside."""
    return hits.assign(reason=hits["by"].map(codebook["reason"]))


def _compared(places, hits, exceptions, codebook):
    """One row per place or hit: `label`, `first`, `last`, `plain`, `substring`, `kept`, `entry`, `reason`."""
    places = places.drop(columns="entry")
    by = first_overlapping(places, exceptions).map(codebook["reason"]).fillna("no pattern")
    kept, entry, reason = [False] * len(places), [np.nan] * len(places), by.tolist()
    counted, alone = set(), []
    of_label = {label: rows for label, rows in places.groupby("label")}
    for label, of_hits in hits.groupby("label"):
        rows = of_label.get(label, places[:0])
        begin = np.searchsorted(rows["last"].to_numpy(), of_hits["first"].to_numpy())
        end = np.searchsorted(rows["first"].to_numpy(), of_hits["last"].to_numpy(), side="right")
        index = rows.index.tolist()
        for hit, start, stop in zip(of_hits.itertuples(), begin, end, strict=True):
            free = [row for row in index[start:stop] if row not in counted]
            if not free:
                alone.append(hit.Index)
                continue
            for row in free[1:]:
                reason[row] = "same passage" if hit.kept else hit.reason
            kept[free[0]], entry[free[0]], reason[free[0]] = hit.kept, hit.entry, hit.reason
            counted.add(free[0])
    places = places.assign(kept=kept, entry=entry, reason=pd.Series(reason, places.index, dtype=object))
    others = hits.loc[alone].assign(plain=False, substring=False)
    return pd.concat([places, others.drop(columns="by")], ignore_index=True)


def _placed(rows, table, codebook, tokens, paragraphs):
    """Rows with first and last words → a table with characters, in the order of the paragraphs."""
    rows = rows.sort_values(["first", "label", "last"], ignore_index=True)
    at = tokens.iloc[rows["first"]][[*_KEYS, "position"]].reset_index(drop=True)
    placed = locate(at.assign(n_words=rows["last"] - rows["first"] + 1), paragraphs)
    keys = zip(paragraphs["document"], paragraphs["paragraph"], strict=True)
    text_of = dict(zip(keys, paragraphs["text"], strict=True))
    spots = zip(*(placed[name] for name in [*_KEYS, "start", "end"]), strict=True)
    placed["match"] = pd.Series(
        [text_of[document, paragraph][start:end] for document, paragraph, start, end in spots], dtype="str"
    )
    placed["label"] = codebook["label"].drop_duplicates().to_numpy()[rows["label"]]
    placed["pattern"] = rows["entry"].map(codebook["pattern"]).astype("str")
    for name in ("plain", "substring", "kept"):
        if name in rows.columns:
            placed[name] = rows[name].astype(bool)
    placed["reason"] = rows["reason"].astype("str")
    placed = placed.astype(dict.fromkeys([*_KEYS, "label"], "str"))
    return placed[list(tables.COLUMNS[table])]


def _warn(hits, codebook):
    """Say so if a label has hits and all of them are set aside."""
    for _, rows in hits.groupby("label", sort=False):
        if not rows["kept"].any():
            entries = rows["by"].astype("int64").drop_duplicates()
            by = ", ".join(f"{codebook.loc[entry, 'pattern']!r} ({codebook.loc[entry, 'reason']})" for entry in entries)
            place = _where(codebook, entries.iloc[0])
            warnings.warn(f"{place}: every hit ({len(rows)}) is set aside, by except {by}.", stacklevel=3)
