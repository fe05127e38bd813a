"""How often words and the hits of a codebook occur, with what each figure hangs on; how evenly words are spread."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import codebooks, resampling, tables
from analysis.tokens import KEYS, hole, keys_of, listed, paragraph_of, places, single, warn_alike


class Cells(NamedTuple):
    """How often words stand in parts of a text: what there is to know before rates are worked out."""

    parts: pd.DataFrame  # what each part is of, in the order of the text
    size: np.ndarray  # its running words
    part: np.ndarray  # of each occurrence or cell its part, its word and how often it stands there
    item: np.ndarray
    n: np.ndarray
    names: np.ndarray  # the words

    @property
    def matrix(self):
        """How often each word stands in each part: parts × names."""
        cells = sparse.coo_array((self.n, (self.part, self.item)), (len(self.parts), len(self.names)))
        return cells.tocsc().tocsr()  # by way of columns: nothing is sorted


def count(tokens, by=None, *, words=None, drop=(), top=None, ngram=1, unit="document"):
    """Count words, or runs of words, with their rates: the table `counts`.

    One row is one word in one group. `by` names columns to count within (``"section"``, ``["country", "year"]``);
    groups come in order of appearance; words without a group are left out, with a warning. `words`: only these words
    and phrases, in any case and without wildcards, in this order, with 0 where one does not occur. Without it, all that
    occurs, the most frequent first, then by alphabet: runs of `ngram` words within a paragraph, but none that holds a
    word of `drop`. Words dropped stay in `total`; no run reaches over rows taken out. `top`: only so many in each
    group, with intervals for these alone. `form` is the commonest spelling in the whole table. Where documents have a
    preamble, `preamble` says whether its words are counted: they are, unless you take them out or count by ``"part"``.

    `per_1000` is 1,000 · n / total. One `unit` in a group is a census: `low` and `high` are the smallest and largest
    rate when each paragraph in turn is left out (`resampling.leave_one_out`). Several units are a sample: a 95 %
    interval by unit (`resampling.jackknife`), unreliable below ten; none below three, nor for a word that never occurs
    or has the same rate in all units.

    >>> from analysis.tokens import tokenize
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Peace and peace", "War"]}))
    >>> count(words, drop=["and"])[["token", "form", "n", "total", "per_1000", "n_paragraphs"]].values.tolist()
    [['peace', 'Peace', 2, 4, 500.0, 1], ['war', 'War', 1, 4, 250.0, 1]]
    >>> count(words, words=["and peace", "women"])[["token", "n"]].values.tolist()
    [['and peace', 1], ['women', 0]]
    """
    if top is not None:
        tables.check_number(top, "top")
    found, by, tokens, row, length = _found(tokens, by, words, drop, ngram, unit)
    table, item = tabulate(found, by, unit, "token", every=words is not None, top=top)
    kept = np.isin(np.arange(len(found.names)), item)[found.item]
    return with_forms(table, item, _spellings(tokens, _chosen(row, kept), found.item[kept], length[kept]))


def cells(tokens, by=None, *, words=None, drop=(), ngram=1, unit="document"):
    """How often each word, or run of words, stands in each part of a text: what `count`, told the same, is made of.

    A part is a paragraph, or what of it has the same values of `by` and `unit`. Gives `Cells`: the table `parts` (`by`,
    `unit`, `document`, `paragraph`), their `size` in running words, `names` by alphabet, or in the order of `words`,
    and `matrix`: how often each stands in each part, the document-term matrix, parts × names.

    >>> from analysis.tokens import tokenize
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Peace and peace", "War"]}))
    >>> cells(words).names.tolist(), cells(words).matrix.toarray().tolist()
    (['and', 'peace', 'war'], [[1, 2, 0], [0, 0, 1]])
    """
    return _found(tokens, by, words, drop, ngram, unit)[0]


def spelled_cells(tokens, by=None, *, words=None, drop=(), ngram=1, unit="document"):
    """`cells` that are added up, and how often each item is spelled in which way: `item`, `form`, `n`."""
    found, _, tokens, row, length = _found(tokens, by, words, drop, ngram, unit)
    cell = found.matrix.tocoo()
    return found._replace(part=cell.row, item=cell.col, n=cell.data), _spellings(tokens, row, found.item, length)


def count_hits(hits, tokens, by=None, *, labels=None, unit="document"):
    """Count the hits of a codebook, with their rates: as `count` gives, with `label` in place of `token` and `form`.

    `hits` come from `patterns.find`; those not kept are not counted. `tokens` are the running words of the paragraphs
    searched: they give `total`, and the columns of `by` and `unit`, which are the same throughout a paragraph. `labels`
    are counted in this order, with 0 where one has no hit; without it, all in `hits`, in order of appearance. Every
    group has a row for every label.

    >>> from analysis import patterns, tokens
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["To keep the peace", "Peace"]})
    >>> hits = patterns.find(paragraphs, "peace")
    >>> count_hits(hits, tokens.tokenize(paragraphs))[["label", "n", "total", "per_1000"]].values.tolist()
    [['peace', 2, 5, 400.0]]
    """
    tables.check(hits, "hits")
    tokens, paragraph, by, lost = _grouped(tokens, by, unit, "label")
    hits = hits if lost is None else hits[~keys_of(hits).isin(keys_of(lost))]
    names = list(dict.fromkeys(hits["label"] if labels is None else listed(labels, "labels")))
    if hits["label"].dtype == "category":  # as `patterns.find` gives it: all labels of its codebook
        codebooks.check_labels(hits, names)
    parts, of_word = _parts(tokens, paragraph, [*by, unit])
    first, whole = np.unique(paragraph, return_index=True)[1], parts[[*{*by, unit, *KEYS}]].drop_duplicates()
    if (changes := whole.duplicated(KEYS)).any():
        place, columns = tuple(whole.loc[changes.idxmax(), KEYS]), " or ".join([*by, unit])
        raise ValueError(f"tokens: {columns} changes within paragraph {place}; count by what all its words share.")
    hits = hits[hits["kept"].astype(bool) & hits["label"].isin(names)]
    part, item = of_word[first[placed(hits, tokens.iloc[first])]], pd.Index(names).get_indexer(hits["label"])
    found = Cells(parts, np.bincount(of_word), part, item, np.ones(len(part), np.int64), np.array(names, dtype=object))
    return tabulate(found, by, unit, "label", every=True)[0]


def placed(hits, paragraphs):
    """The number of the paragraph in which each hit stands."""
    found = keys_of(paragraphs).get_indexer(keys_of(hits))
    if (found < 0).any():
        lost = keys_of(hits)[found.argmin()]
        raise ValueError(f"hits: paragraph {lost} has no running words in tokens; split the paragraphs searched.")
    return found


def dispersion(tokens, words=None, *, part="paragraph"):
    """Measure how evenly words are spread over the parts of a text.

    One row per word, in the order of `words`, with measures missing where one does not occur; without `words` every
    word, the most frequent first, then by alphabet. A phrase stands in the part where it begins. `part` names the
    columns whose different values, or combinations of values, are the parts (``"document"``, ``["year", "section"]``;
    paragraphs of different documents are different parts).

    Over the k parts, with s a part's share of the running words and v its share of the word's occurrences:

    - `dp` = ½ Σ |v − s| (Gries 2008): **0 is even**, each part having its due; the more uneven, the nearer 1.
    - `dp_norm` = DP / (1 − smallest s) (Lijffijt & Gries 2012): 0 is even, **1 is all in the smallest part**.
    - `juilland_d` = 1 − CV / √(k − 1), CV the standard deviation (dividing by k) of the word's rates in the parts over
      their mean (Juilland & Chang-Rodríguez 1964). The other way round: **1 is even, 0 is all in one part**.

    A word that occurs once cannot be spread: compare words of similar frequency, and mind `few`.

    >>> from analysis.tokens import tokenize
    >>> text = ["peace and war", "peace in law", "peace or law"]
    >>> spread = dispersion(tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3"], "text": text})))
    >>> spread.drop(columns="few").head(3).round(3)
       token  n  n_parts  range     dp  dp_norm  juilland_d
    0  peace  3        3      3  0.000      0.0         1.0
    1    law  2        3      2  0.333      0.5         0.5
    2    and  1        3      1  0.667      1.0         0.0
    """
    keys = listed(part, "part")
    keys = list(dict.fromkeys(["document", *keys] if "paragraph" in keys else keys))
    paragraph = paragraph_of(tokens, keys)
    place = _codes(tokens, keys)
    size = np.bincount(place)
    if len(size) < 2:
        raise ValueError(f"part={part!r}: {len(size)} part, over which nothing can be spread; take smaller parts.")
    row, item, _, names = _occurrences(tokens, paragraph, words)
    spread = _spread(_matrix(place[row], item, (len(size), len(names))), size)
    spread = spread.assign(token=pd.Series(names, dtype="str"), n_parts=len(size))
    spread["few"] = (spread["n"] < tables.FEW) | (spread["range"] < tables.FEW)
    if words is None:  # categories of words that were taken out are not words of this text
        spread = spread[spread["n"] > 0].sort_values("n", ascending=False, kind="stable", ignore_index=True)
    return spread[list(tables.columns("dispersion"))]


def _grouped(tokens, by, unit, name):
    """The words whose groups are known, the number of the paragraph of each, `by` as a list, and the words left out.

    It warns of these: what is missing is no group.
    """
    by = [] if by is None else listed(by, "by")
    lost, there = None, by and tables.check(tokens, "tokens").columns.intersection(by)
    if len(there) and (unknown := tokens[there].isna().any(axis=1).to_numpy(bool)).any():
        tokens, lost = tokens[~unknown], tokens[unknown]
        documents = lost["document"].astype("str").unique()
        named = ", ".join(documents[:3]) + (f" and {len(documents) - 3} more" if len(documents) > 3 else "")
        told = f"tokens: {' or '.join(by)} is missing for {len(lost):,} words ({named}): they are in no group."
        warnings.warn(told, stacklevel=3)
    paragraph = paragraph_of(tokens, [*by, unit])
    if not len(tokens):
        raise ValueError("tokens: there are no words to count.")
    if lost is None:
        warn_hole(tokens, paragraph)
    others = {*tokens["kind"].unique()} - {"paragraph"} if "kind" in tokens.columns.difference(by) else set()
    if others and (tokens["kind"] == "paragraph").any():
        told = f"tokens: words of each {' and '.join(sorted(others))} are counted too"
        warnings.warn(f"{told}: take those of corpus.paragraphs, or by='kind'.", stacklevel=3)
    for one in there:
        warn_alike([group for group in tokens[one].unique() if isinstance(group, str)], f"tokens: {one}")
    if taken := [one for one in by if by.count(one) > 1 or one in (name, *tables.columns("counts"))]:
        raise ValueError(f"by holds {taken}: each name once, and none that the result has itself; rename the column.")
    return tokens, paragraph, by, lost


def warn_hole(tokens, paragraph):
    """Warn where words were taken out before they are counted: rates would be of the others alone."""
    if told := hole(tokens, paragraph):
        warnings.warn(f"{told}: rates are of the words that are left; with drop= they stay in the total.", stacklevel=4)


def _codes(frame, keys):
    """A whole number for each different combination of keys, in order of appearance."""
    return frame.groupby(keys or np.zeros(len(frame)), sort=False, observed=True).ngroup().to_numpy(np.int64)


def _matrix(part, item, shape):
    """How often each item occurs in each part: parts × items."""
    return sparse.coo_array((np.ones(len(item), np.int64), (part, item)), shape).tocsc()


def _parts(tokens, paragraph, keys):
    """The parts of a text, and of each word its part: words of a paragraph in a row with the same keys."""
    keys = list(dict.fromkeys([*keys, *KEYS, *tokens.columns.intersection(["part"])]))
    begins = tables.begins(tokens, [key for key in keys if key not in KEYS])
    begins[1:] |= paragraph[1:] != paragraph[:-1]
    number = np.cumsum(begins, dtype=np.int32)
    number -= 1
    return tokens.loc[begins, keys].reset_index(drop=True), number


def _found(tokens, by, words, drop, length, unit):
    """Cells of a count, one an occurrence; `by` as a list, the words whose groups are known, and where each begins."""
    tokens, paragraph, by, _ = _grouped(tokens, by, unit, "token")
    dropped = single(drop, "drop", set(tokens["token"].unique()))
    tables.check_number(length, "ngram")
    if words is not None and (length != 1 or dropped):
        raise ValueError("Give words, or ngram and drop: words are counted as asked for, phrases at their own length.")
    row, item, length, names = _occurrences(tokens, paragraph, words, length, dropped)
    parts, of_word = _parts(tokens, paragraph, [*by, unit])
    found = Cells(parts, np.bincount(of_word), of_word[row], item, np.broadcast_to(np.int32(1), len(item)), names)
    return found, by, tokens, row, length


def _occurrences(tokens, paragraph, words, length=1, dropped=()):
    """Where each of the words, phrases or runs of words begins: rows, which it is, how long it is; and the names."""
    if words is not None:
        found = places(tokens, paragraph, listed(words, "words"))
        token = found["token"].cat
        length, names = found["n_words"].to_numpy(), token.categories.to_numpy(object)
        return found.index.to_numpy(), token.codes.to_numpy(np.int64), length, names
    code, single = _ranked(tokens["token"])
    position, kept = tokens["position"].to_numpy(), ~np.isin(single, list(dropped))[code]
    row = np.flatnonzero(kept) if dropped or length > 1 else slice(None)  # all: they are not copied
    for step in range(1, length):
        last = np.minimum(row + step, len(tokens) - 1)  # of the last rows no word that stands next to them
        row = row[kept[last] & (paragraph[last] == paragraph[row]) & (position[last] == position[row] + step)]
    item, names = _joined(code, single, row, length)
    return row, item, np.broadcast_to(length, len(item)), names


def _ranked(words):
    """The number of each word in the alphabet of all, and these."""
    words = words.astype("category").cat
    names = words.categories.to_numpy(object)
    order = np.argsort(names, kind="stable")
    return np.argsort(order).astype(np.int32)[words.codes.to_numpy()], names[order]


def _chosen(row, these):
    """These of some rows, or of all."""
    return np.flatnonzero(these) if isinstance(row, slice) else row[these]


def _joined(code, single, row, length):
    """The run of words that begins at each row: its number in the alphabet of all runs, and these."""
    item, names = code[row], single
    for step in range(1, length):
        item, different = pd.factorize(item.astype(np.int64) * len(single) + code[row + step], sort=True)
        before, after = np.divmod(different, len(single))
        names = names[before] + " " + single[after]
    return item, names


def _spellings(tokens, row, item, length):
    """How often each item is spelled in which way: `item`, `form`, `n`."""
    found = [pd.DataFrame({"item": [], "form": [], "n": []})]
    code, single = _ranked(tokens["form"] if "form" in tokens else tokens["token"])
    for one in range(1, length.max(initial=0) + 1):
        some = length == one
        form, names = _joined(code, single, _chosen(row, some), one)
        each, both = pd.factorize(item[some].astype(np.int64) * len(names) + form)
        n = np.bincount(each, minlength=len(both))
        found.append(pd.DataFrame({"item": both // len(names), "form": names[both % len(names)], "n": n}))
    return pd.concat(found[1:] or found, ignore_index=True)


def with_forms(table, item, spellings):
    """The counts of these items with the commonest spelling of each, of two equally common the first by alphabet."""
    best = spellings.sort_values(["item", "n", "form"], ascending=[True, False, True]).drop_duplicates("item")
    form = pd.Series(item, table.index).map(best.set_index("item")["form"]).astype("str").fillna(table["token"])
    table.insert(table.columns.get_loc("token") + 1, "form", form)
    return table


def spelled(tokens, table):
    """The table with the commonest spelling of each of its tokens; itself where it does not occur."""
    code, single = _ranked(tokens["token"])
    spellings = _spellings(tokens, np.arange(len(code)), code, np.broadcast_to(1, len(code)))
    return with_forms(table, pd.Index(single).get_indexer(table["token"]), spellings)


def tabulate(found, by, unit, name, *, every, top=None):
    """Cells → counts with rates and intervals, and which item each row is: every item in each group, or what occurs."""
    parts, names = found.parts, found.names
    group = _codes(parts, by)
    total, first = np.bincount(group, found.size).astype(np.int64), np.unique(group, return_index=True)[1]
    pair = found.item if len(total) == 1 else group[found.part] * len(names) + found.item  # an item in a group
    pair, pairs = (pair, np.arange(len(total) * len(names))) if every else _renumbered(pair, len(total) * len(names))
    of_group, n = pairs // max(1, len(names)), found.n
    once = n.strides == (0,)  # as of running words: each is there once, and no number of them need be held
    often = np.bincount(pair, None if once else n, len(pairs)).astype(np.int64)
    order = np.arange(len(pairs)) if every else np.lexsort((-often, of_group))
    if top is not None:
        order = np.lexsort((-often, of_group))
        order = order[np.arange(len(order)) - np.searchsorted(of_group[order], of_group[order]) < top]
        order = np.sort(order) if every else order
    number = np.full(len(pairs), -1, np.int32)
    number[order] = np.arange(len(order))
    pair = number[pair]
    kept = pair >= 0
    pair, part, n, pairs, of_group = pair[kept], found.part[kept], n[kept], pairs[order], of_group[order]
    of_item = pairs % max(1, len(names))
    in_paragraphs = _matrix_of(group, _codes(parts, KEYS), found.size, part, pair, n, len(pairs))
    in_units = _matrix_of(group, _codes(parts, [unit]), found.size, part, pair, n, len(pairs))
    table = parts[by].iloc[first].astype(object).infer_objects().take(of_group).reset_index(drop=True)
    table[name] = pd.Series(names[of_item], dtype="str")
    table["n"], table["total"] = often[order], total[of_group]
    table["per_1000"] = 1000 * table["n"] / table["total"]
    table["n_paragraphs"] = np.diff(in_paragraphs[0].indptr).astype("int64")
    table["low"], table["high"], table["interval"] = _intervals(in_paragraphs, in_units, of_group, unit)
    table["few"] = (table["n"] < tables.FEW) | (table["n_paragraphs"] < tables.FEW)
    told = parts["part"].astype("category") if "part" in parts and "part" not in by else None
    if told is not None and "preamble" in told.cat.categories:  # there is one, counted or taken out
        table["preamble"] = bool((told == "preamble").any())
    return table, of_item


def _renumbered(codes, size):
    """Whole numbers below `size` in as few as there are different ones, in order; and which these are."""
    if size > len(codes):
        return pd.factorize(codes, sort=True)
    there = np.bincount(codes, minlength=size) > 0
    return (np.cumsum(there, dtype=np.int32) - 1)[codes], np.flatnonzero(there)


def _matrix_of(group, part, size, of_cell, pair, n, pairs):
    """How often each item of a group occurs in its parts (parts × pairs), the parts' sizes, the group of each part."""
    width = part.max() + 1
    place, parts = pd.factorize(group * width + part, sort=True)
    counts = sparse.coo_array((n, (place[of_cell], pair)), (len(parts), pairs)).tocsc()
    return counts, np.bincount(place, size).astype(np.int64), parts // width


def _intervals(in_paragraphs, in_units, group, unit):
    """`low`, `high`, `interval`: a census where the group has one unit, a sample where several."""
    counts, sizes, of_unit = in_units
    n_units = np.bincount(of_unit)
    low, high = np.full((2, len(group)), np.nan)
    if (n_units == 1).any():
        cells, of_paragraphs, of_paragraph = in_paragraphs
        low, high = (1000 * end for end in resampling.leave_one_out(cells, of_paragraphs, groups=(of_paragraph, group)))
        low[cells.sum(axis=0) == 0] = high[cells.sum(axis=0) == 0] = 0
    interval = np.where(np.isnan(low), "none", "leave one paragraph out").astype(object)
    for number in np.flatnonzero(n_units > 1):
        units, some = (slice(*np.searchsorted(codes, [number, number + 1])) for codes in (of_unit, group))
        found = resampling.jackknife(counts[units, some], sizes[units])
        low[some], high[some] = np.minimum(1000 * 2 ** found[["low", "high"]].to_numpy().T, 1000)
        interval[some] = resampling.worded(low[some], n_units[number], unit)
    interval[(np.diff(counts.indptr) == 0) & (n_units[group] > 2)] = "none"  # what never occurs
    return low, high, interval


def _spread(counts, size):
    """The measures of dispersion of each item, from how often it occurs in each part and the size of each part.

    Σ |v − s| is multiplied by n and by the running words and so added up in whole numbers. Only parts that have the
    item are looked at: of the others v is 0, and what they add is their size.
    """
    parts, total = len(size), size.sum()
    n, reach = counts.sum(axis=0), np.diff(counts.indptr).astype("int64")
    hits, place = counts.data, size[counts.indices]
    item = np.repeat(np.arange(len(n)), reach)
    away = np.bincount(item, np.abs(hits * total - place * n[item]), len(n))
    away += n * (total - np.bincount(item, place, len(n)))
    with np.errstate(invalid="ignore"):  # of what never occurs nothing is known
        mean = np.bincount(item, hits / place, len(n)) / parts
        squares = np.bincount(item, (hits / place - mean[item]) ** 2, len(n)) + (parts - reach) * mean**2
        juilland = 1 - np.sqrt(squares / parts) / mean / np.sqrt(parts - 1)
        dp, dp_norm = (away / (2 * n * most) for most in (total, total - size.min()))
    return pd.DataFrame({"n": n, "range": reach, "dp": dp, "dp_norm": dp_norm, "juilland_d": np.clip(juilland, 0, 1)})
