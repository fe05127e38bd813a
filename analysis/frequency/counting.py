"""Running words → counts, rates, and what they hang on."""

import numpy as np
import pandas as pd

from analysis import resampling, tables, values
from analysis.tokens import check_once, find, paragraph_of

_KEYS = ["document", "paragraph"]


def count(tokens, by=None, *, words=None, ngram=1, unit="document"):
    """Count words, or runs of words, with their rates.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, and the columns named in
        `by` and `unit`; from `tokens.tokenize`. Where rows have been taken out,
        runs don't reach across the hole, and `total` counts what is left.
    by : str or list of str, optional
        Columns to count within (``"section"``, ``["country", "year"]``).
    words : str or list of str, optional
        Count these words and phrases only, in this order, with 0 where one
        doesn't occur. Without it, everything that occurs.
    ngram : int, default 1
        Length of the runs counted where `words` is not given. A run never
        crosses the end of a paragraph.
    unit : str, default "document"
        What is left out to form an interval, where a group has several.

    Returns
    -------
    DataFrame
        One row per group and word: the columns of `by`, `token`, `n`, `total`
        (running words in the group), `per_1000`, `n_paragraphs`, `low`,
        `high`, `interval`, `few`. Groups in order of appearance; within a
        group in the order of `words`; without it the most frequent first, then
        by alphabet.

    Raises
    ------
    ValueError
        If columns or values are missing (in `by` they may be: they are a group),
        there are no tokens or they are not in the order of the text; if `by` or
        `unit` names no column, `by` repeats a name or has one of the result's;
        if `ngram` is not a whole number from 1, or `words` and `ngram` are both
        given; if `words` is empty, holds a word twice, or one that `tokens.find`
        refuses.

    Notes
    -----
    `words` are looked for in any case and as whole words, without wildcards: for
    patterns there are `patterns.find` and `count_hits`.

    `per_1000` is 1,000 · n / total. One unit in a group is a census: `low` and
    `high` are the smallest and largest rate when each paragraph in turn is left
    out (`resampling.leave_one_out`). Several units are a sample: `low` and
    `high` are a 95 % interval by unit (`resampling.jackknife`), called
    unreliable below ten units; there is none for two units, nor, in a sample,
    for a word that never occurs or has the same rate in all units.
    `few` is true where n or n_paragraphs is below five.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"],
    ...     "text": ["Peace and security and peace", "Peace"]}))
    >>> count(words)[["token", "n", "total", "per_1000", "n_paragraphs"]].head(2)
       token  n  total    per_1000  n_paragraphs
    0  peace  3      6  500.000000             2
    1    and  2      6  333.333333             1
    >>> count(words, words=["and peace", "women"])[["token", "n"]].values.tolist()
    [['and peace', 1], ['women', 0]]
    """
    tokens, by = _checked(tokens, by, unit, "token")
    ngram = values.check_whole(ngram, "ngram")
    if words is not None and ngram != 1:
        raise ValueError("Give words or ngram, not both: a phrase in words is counted at its own length.")
    paragraph = paragraph_of(tokens)
    if words is None:
        row, item, names = _runs(tokens, paragraph, ngram)
    else:
        found = find(tokens, words)
        names = list(found["token"].cat.categories)
        row, item = found.index.to_numpy(), found["token"].cat.codes.to_numpy()
    return _table(tokens, by, unit, paragraph, row, item, names, every=words is not None)


def count_hits(hits, tokens, by=None, *, labels=None, unit="document"):
    """Count the hits of a codebook, with their rates.

    Parameters
    ----------
    hits : DataFrame
        `document`, `paragraph`, `label`, and `kept`, from `patterns.find`. Hits
        that are not kept are not counted. With `start` and `end`, a hit that is
        there twice is refused.
    tokens : DataFrame
        The running words of the same paragraphs, as for `count`.
    by : str or list of str, optional
        Columns of `tokens` to count within; the same throughout a paragraph.
    labels : str or list of str, optional
        Count these, in this order, with 0 where one has no hit. Without it, all
        labels in `hits`, in order of appearance.
    unit : str, default "document"
        What is left out to form an interval, where a group has several.

    Returns
    -------
    DataFrame
        As `count` gives, with `label` in place of `token`; every group has a row
        for every label.

    Raises
    ------
    ValueError
        As `count`; and if `kept` is not true or false, a hit is there twice, a
        label is asked for twice or is no text, a hit's paragraph has no running
        words in `tokens`, or a column of `by` or `unit` changes within a
        paragraph.

    Examples
    --------
    >>> from analysis import patterns, tokens
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["To keep the peace", "Peace"]})
    >>> hits = patterns.find(paragraphs, "peace")
    >>> count_hits(hits, tokens.tokenize(paragraphs))[["label", "n", "total", "per_1000", "n_paragraphs"]].values.tolist()
    [['peace', 2, 5, 400.0, 2]]
    """
    tables.check(hits, "hits", [*_KEYS, "label", "kept"])
    tables.check_present(hits, "hits", [*_KEYS, "label", "kept"])
    place = [*_KEYS, "label", "start", "end"]
    if set(place) <= set(hits.columns):
        tables.check_unique(hits, "hits", place)
    hits = tables.unnamed(hits)
    tokens, by = _checked(tokens, by, unit, "label")
    names = list(dict.fromkeys(hits["label"])) if labels is None else values.listed(labels, "labels")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"labels holds {twice!r} more than once.")
    tables.check_flags(hits, "hits", ["kept"])
    hits = hits[hits["kept"].astype(bool) & hits["label"].isin(names)]
    paragraph = paragraph_of(tokens)
    first = np.unique(paragraph, return_index=True)[1]
    for name in [*by, unit]:
        code = tables.codes(tokens, [name])
        changes = code != code[first[paragraph]]
        if changes.any():
            place = tuple(tokens[_KEYS].iloc[changes.argmax()])
            raise ValueError(f"tokens: {name} changes within paragraph {place}: hits are counted by paragraph.")
    keys = tokens[_KEYS].iloc[first].astype("str").assign(row=first)
    found = hits[_KEYS].astype("str").merge(keys, on=_KEYS, how="left", validate="many_to_one")
    if found["row"].isna().any():
        lost = tuple(hits[_KEYS].iloc[found["row"].isna().to_numpy().argmax()])
        raise ValueError(f"hits: paragraph {lost} has no running words in tokens; count in the paragraphs searched.")
    item = pd.Index(names).get_indexer(hits["label"])
    return _table(tokens, by, unit, paragraph, found["row"].to_numpy(np.int64), item, names, every=True, name="label")


def forms(tokens):
    """In which written forms each word occurs, and how often.

    Parameters
    ----------
    tokens : DataFrame
        `form`, `token`; from `tokens.tokenize`.

    Returns
    -------
    DataFrame
        One row per word and form: `token`, `form`, `n`; by alphabet, the most
        frequent form of a word first.

    Raises
    ------
    ValueError
        If columns or values are missing, or a running word is there twice (seen
        by `document`, `paragraph` and `position`, where they are there).

    Examples
    --------
    >>> forms(pd.DataFrame({"form": ["UN", "un", "UN"], "token": "un"})).values.tolist()
    [['un', 'UN', 2], ['un', 'un', 1]]
    """
    tables.check(tokens, "tokens", ["form", "token"])
    tables.check_present(tokens, "tokens", ["form", "token"])
    check_once(tokens)
    counted = tables.unnamed(tokens).groupby(["token", "form"], observed=True).size().rename("n").reset_index()
    counted = counted.astype({"token": "str", "form": "str"})
    return counted.sort_values(["token", "n", "form"], ascending=[True, False, True], ignore_index=True)


def _checked(tokens, by, unit, name):
    """The running words and the list of `by`, if they have what counting needs and what the result has no column for."""
    if isinstance(by, pd.Series):
        raise ValueError(
            f"by should be the name of a column of tokens, as by={by.name!r}, or a list; found the column itself."
        )
    by = [] if by is None else values.listed(by, "by")
    if not isinstance(unit, str):
        raise ValueError(f"unit should be the name of a column, found {unit!r:.60}.")
    tables.check(tokens, "tokens", [*_KEYS, "position", "token", *by, unit])
    if not len(tokens):
        raise ValueError("tokens: there are no words to count.")
    tables.check_present(tokens, "tokens", [unit])
    own = {name, *tables.COLUMNS["counts"]}
    taken = [one for one in by if by.count(one) > 1 or one in own]
    if taken:
        raise ValueError(f"by holds {taken}: each name once, and none that the result has itself; rename the column.")
    return tables.unnamed(tokens), by


def _table(tokens, by, unit, paragraph, row, item, names, *, every, name="token"):
    """Occurrences (the row where each stands, and what it is) → counts with rates and intervals."""
    group, groups = _groups(tokens, by)
    units = tables.codes(tokens, [unit])
    total = np.bincount(group, minlength=len(groups))
    cells = _cells(group[row], item, paragraph[row])
    counted = cells.groupby(["group", "item"])["n"].agg(n="sum", n_paragraphs="size").reset_index()
    if every:
        pairs = pd.MultiIndex.from_product([range(len(groups)), range(len(names))], names=["group", "item"])
        counted = counted.set_index(["group", "item"]).reindex(pairs, fill_value=0).reset_index()
    counted["total"] = total[counted["group"]]
    counted["per_1000"] = 1000 * counted["n"] / counted["total"]
    counted = _add_intervals(counted, cells, group, units, paragraph, row, item, unit)
    counted["few"] = (counted["n"] < tables.FEW) | (counted["n_paragraphs"] < tables.FEW)
    counted[name] = pd.Series(names, dtype="str").take(counted["item"]).to_numpy()
    order = ["group", "item"] if every else ["group", "n", name]
    counted = counted.sort_values(order, ascending=[True, True] if every else [True, False, True])
    number = counted.pop("group").to_numpy()
    for column in by:
        counted[column] = groups[column].take(number).to_numpy()
    own = [name if column == "token" else column for column in tables.COLUMNS["counts"]]
    return counted[[*by, *own]].reset_index(drop=True)


def _groups(tokens, by):
    """The group of each word, and one row per group."""
    if not by:
        return np.zeros(len(tokens), np.int64), pd.DataFrame(index=[0])
    group = tables.codes(tokens, by)
    first = np.unique(group, return_index=True)[1]
    return group, tokens[by].iloc[first].reset_index(drop=True).astype({name: object for name in by}).infer_objects()


def _runs(tokens, paragraph, length):
    """Where each run of words begins, its code, and the runs as text."""
    token = tokens["token"].astype("category")
    code = token.cat.codes.to_numpy().astype(np.int64)
    names = token.cat.categories.astype(object)
    row = np.arange(len(tokens))
    position = values.whole_numbers(tokens, "tokens", "position")
    item, last = code, row
    for _ in range(length - 1):
        if not len(row):
            break
        last = last + 1
        inside = last < len(tokens)
        row, item, last = row[inside], item[inside], last[inside]
        joined = (paragraph[last] == paragraph[last - 1]) & (position[last] == position[last - 1] + 1)
        row, item, last = row[joined], item[joined], last[joined]
        different, item = np.unique(item * len(token.cat.categories) + code[last], return_inverse=True)
        before, after = np.divmod(different, len(token.cat.categories))
        names = names[before] + " " + token.cat.categories.astype(object)[after]
    return row, item, names


def _cells(group, item, part):
    """How often each item occurs in each part (paragraph or unit) of each group."""
    frame = pd.DataFrame({"group": group, "item": item, "unit": part})
    return frame.groupby(["group", "item", "unit"]).size().rename("n").reset_index()


def _sizes(group, part):
    """Running words of each part of each group."""
    return pd.DataFrame({"group": group, "unit": part}).groupby(["group", "unit"]).size().rename("size").reset_index()


def _add_intervals(counted, cells, group, units, paragraph, row, item, unit):
    """`low`, `high` and `interval`: a census where the group has one unit, a sample where several."""
    sizes = _sizes(group, units)
    n_units = sizes.groupby("group").size()
    pairs = n_units.index[n_units == 2]  # two say nothing of how far a third might lie
    census = n_units.index[n_units == 1]
    sample = n_units.index[n_units > 1]
    found = []
    if len(census):
        parts = _sizes(group, paragraph)
        found.append(resampling.leave_one_out(cells[cells["group"].isin(census)], parts[parts["group"].isin(census)]))
    if len(sample):
        of_units = _cells(group[row], item, units[row])
        found.append(resampling.jackknife(of_units[of_units["group"].isin(sample)], sizes[sizes["group"].isin(sample)]))
    counted = counted.merge(pd.concat(found), on=["group", "item"], how="left")
    counted[["low", "high"]] = (1000 * counted[["low", "high"]]).clip(upper=1000)
    names = {}
    for number, several in n_units.items():
        doubt = f", unreliable: {several}" if several < tables.UNRELIABLE else ""
        names[number] = f"95 % by {unit} (jackknife{doubt})" if several > 1 else "leave one paragraph out"
    counted["interval"] = counted["group"].map(names)
    zero = counted["n"] == 0
    alone = counted["group"].isin(census)
    counted.loc[zero & alone, ["low", "high"]] = 0.0
    alike = f"none: which {unit} is left out makes no difference"
    counted.loc[counted["low"].isna(), "interval"] = np.where(zero | alone, "none", alike)[counted["low"].isna()]
    counted.loc[counted["group"].isin(pairs), "interval"] = f"none: only 2 ({unit})"
    return counted
