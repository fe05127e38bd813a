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

    One row is one word in one group: `n` times of `total` words, `per_1000` = 1,000 · n / total. `by` names the columns
    that make groups (``"section"``, ``["country", "year"]``), in order of appearance; a warning tells of words left out
    because they have none. `words` are counted in this order: words and phrases, in any case, without wildcards, 0
    where one does not occur. Without `words`, all that occur are counted, the most frequent first, then by alphabet; or
    runs of `ngram` words in a paragraph. None holds a word of `drop`, which stays in `total`. No run reaches over rows
    taken out. `top`: only so many in each group, and intervals for these alone. `form` is the commonest spelling in the
    whole table. `preamble`, where documents have one, says whether it is counted: it is, unless you take it out or
    count by ``"part"``.

    `low` and `high` depend on `unit`. One unit in a group is a census: they are the smallest and largest rate when each
    paragraph in turn is left out (`resampling.leave_one_out`). Several are a sample: a 95 % interval by unit
    (`resampling.jackknife`), unreliable below ten; none below three, nor for a word that never occurs or has the same
    rate in all units.

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
    named = found.item
    if top is not None:
        kept = np.flatnonzero(np.isin(np.arange(len(found.names)), item)[named])
        row, named, length = kept if isinstance(row, slice) else row[kept], named[kept], length[kept]
    return with_forms(table, item, _spellings(tokens, row, named, length))


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
    parts, of_word, size = _parts(tokens, paragraph, [*by, unit])
    first, whole = np.unique(paragraph, return_index=True)[1], parts[[*{*by, unit, *KEYS}]].drop_duplicates()
    if (changes := whole.duplicated(KEYS)).any():
        place, columns = tuple(whole.loc[changes.idxmax(), KEYS]), " or ".join([*by, unit])
        raise ValueError(f"tokens: {columns} changes within paragraph {place}; count by what all its words share.")
    hits = hits[hits["kept"].astype(bool) & hits["label"].isin(names)]
    place = placed(hits, tokens.iloc[first])
    if len(hits) and "start" in tokens and not hole(tokens, paragraph):
        _warn_strange(hits, place, tokens, paragraph)
    part, item = of_word[first[place]], pd.Index(names).get_indexer(hits["label"])
    found = Cells(parts, size, part, item, np.ones(len(part), np.int64), np.array(names, dtype=object))
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
    warn_hole(tokens, paragraph)
    place = _codes(tokens, keys)
    size = np.bincount(place)
    if len(size) < 2:
        raise ValueError(f"part={part!r}: {len(size)} part, over which nothing can be spread; take smaller parts.")
    row, item, _, names = _occurrences(tokens, paragraph, words)
    counts = sparse.coo_array((np.ones(len(item), np.int64), (place[row], item)), (len(size), len(names)))
    spread = _spread(counts.tocsc(), size)
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
    if "paragraph" in by and "document" not in by and tokens["document"].nunique() > 1:
        warnings.warn("by: ¶1 of all documents is one group; by=['document', 'paragraph'] parts them.", stacklevel=3)
    for one in [*there, *{unit} - {*KEYS, *there}]:
        warn_alike(tokens[one].unique(), f"tokens: {one}")
    if taken := [one for one in by if by.count(one) > 1 or one in (name, *tables.columns("counts"))]:
        raise ValueError(f"by holds {taken}: each name once, and none that the result has itself; rename the column.")
    return tokens, paragraph, by, lost


def warn_hole(tokens, paragraph):
    """Warn where words were taken out before they are counted: rates would be of the others alone."""
    if told := hole(tokens, paragraph):
        warnings.warn(f"{told}: rates are of the words that are left; with drop= they stay in the total.", stacklevel=4)


def _warn_strange(hits, place, tokens, paragraph):
    """Warn of hits that begin where no word does, from the number of the paragraph of each hit and each word."""
    width = np.int64(max(tokens["start"].max(), hits["start"].max()) + 1)
    words, own = paragraph * width + tokens["start"].to_numpy(), place * width + hits["start"].to_numpy()
    if (strange := words[np.minimum(np.searchsorted(words, own), len(words) - 1)] != own).any():
        where = keys_of(hits)[strange.argmax()]
        warnings.warn(f"hits: in {where} one begins where tokens has no word: is it of other texts?", stacklevel=3)


def _codes(frame, keys):
    """A whole number for each different combination of keys, in order of appearance."""
    return frame.groupby(keys or np.zeros(len(frame)), sort=False, observed=True).ngroup().to_numpy(np.int64)


def _parts(tokens, paragraph, keys):
    """The parts of a text, of each word its part, and the parts' sizes: words of a paragraph with the same keys."""
    keys = list(dict.fromkeys([*keys, *KEYS, *tokens.columns.intersection(["part"])]))
    begins = tables.begins(tokens, [key for key in keys if key not in KEYS])
    begins[1:] |= paragraph[1:] != paragraph[:-1]
    number = np.cumsum(begins, dtype=np.int32)
    number -= 1
    size = np.diff(np.append(np.flatnonzero(begins), len(begins)))
    return tokens.loc[begins, keys].reset_index(drop=True), number, size


def _found(tokens, by, words, drop, length, unit):
    """Cells of a count, one an occurrence; `by` as a list, the words whose groups are known, and where each begins."""
    tokens, paragraph, by, _ = _grouped(tokens, by, unit, "token")
    dropped = single(drop, "drop", set(tokens["token"].unique()))
    tables.check_number(length, "ngram")
    if words is not None and (length != 1 or dropped):
        raise ValueError("Give words, or ngram and drop: words are counted as asked for, phrases at their own length.")
    row, item, length, names = _occurrences(tokens, paragraph, words, length, dropped)
    parts, of_word, size = _parts(tokens, paragraph, [*by, unit])
    found = Cells(parts, size, of_word[row], item, np.broadcast_to(np.int32(1), len(item)), names)
    return found, by, tokens, row, length


def _occurrences(tokens, paragraph, words, length=1, dropped=()):
    """Where each of the words, phrases or runs of words begins: rows, which it is, how long it is; and the names."""
    if words is not None:
        found = places(tokens, paragraph, listed(words, "words"))
        token = found["token"].cat
        length, names = found["n_words"].to_numpy(), token.categories.to_numpy(object)
        return found.index.to_numpy(), token.codes.to_numpy(np.int64), length, names
    code, rank, single = _ranked(tokens["token"])
    position, kept = tokens["position"].to_numpy(), ~np.isin(single, list(dropped))[rank][code]
    begins = kept.copy()
    for step in range(1, length):
        begins[-step:] = False
        begins[:-step] &= (paragraph[step:] == paragraph[:-step]) & (position[step:] - position[:-step] == step)
        begins[:-step] &= kept[step:]
    row = slice(None) if begins.all() else np.flatnonzero(begins)  # all: they are not copied
    item, names = _joined(code, rank, single, row, length)
    return row, item, np.broadcast_to(length, len(item)), names


def _ranked(words):
    """The code of each word, of each code its number in the alphabet of all words, and these."""
    words = words.astype("category").cat
    names = words.categories.to_numpy(object)
    order = np.argsort(names, kind="stable")
    return words.codes.to_numpy(), np.argsort(order).astype(np.int32), names[order]


def _joined(code, rank, single, row, length):
    """The run of words that begins at each row: its number in the alphabet of all runs, and these."""
    item, names = rank[code[row]], single
    for step in range(1, length):
        item = item.astype(np.int64)
        item *= len(single)  # in place: there may be many
        item += rank[code[row + step]]
        item, different = pd.factorize(item, sort=True)
        before, after = np.divmod(different, len(single))
        names = names[before] + " " + single[after]
    return item, names


def _spellings(tokens, row, item, length):
    """How often each item is spelled in which way: `item`, `form`, `n`."""
    found = [pd.DataFrame({"item": [], "form": [], "n": []})]
    ranked = _ranked(tokens["form"] if "form" in tokens else tokens["token"])
    for one in range(1, length.max(initial=0) + 1):
        some = length == one
        rows, own = (row, item) if some.all() else (row[some], item[some])
        form, names = _joined(*ranked, rows, one)
        own = own.astype(np.int64)
        own *= len(names)  # in place: there may be many
        own += form
        each, both = pd.factorize(own)
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
    code, rank, single = _ranked(tokens["token"])
    spellings = _spellings(tokens, slice(None), rank[code], np.broadcast_to(1, len(code)))
    return with_forms(table, pd.Index(single).get_indexer(table["token"]), spellings)


def tabulate(found, by, unit, name, *, every, top=None):
    """Cells → counts with rates and intervals, and which item each row is: every item in each group, or what occurs."""
    parts, names = found.parts, found.names
    group = _codes(parts, by)
    total, first = np.bincount(group, found.size).astype(np.int64), np.unique(group, return_index=True)[1]
    pair = found.item if len(total) == 1 else group[found.part] * len(names) + found.item  # an item in a group
    pair, pairs, often = _often(pair, found.n, len(total) * len(names), every)
    of_group, part, n = pairs // max(1, len(names)), found.part, found.n
    order = np.arange(len(pairs)) if every else np.flatnonzero(often)
    ranked = order[np.lexsort((-often[order], of_group[order]))]
    if top is not None:
        ranked = ranked[np.arange(len(ranked)) - np.searchsorted(of_group[ranked], of_group[ranked]) < top]
    order = np.sort(ranked) if every else ranked
    number = np.full(len(pairs), -1, np.int32)
    number[order] = np.arange(len(order))
    pair, pairs, of_group = number[pair], pairs[order], of_group[order]
    if top is not None:
        kept = np.flatnonzero(pair >= 0)
        pair, part, n = pair[kept], part[kept], n[kept]
    of_item = pairs % max(1, len(names))
    in_paragraphs = _matrix_of(group, _codes(parts, KEYS), found.size, part, pair, n, len(pairs))
    units = _codes(parts, KEYS if unit == "paragraph" else [unit])
    in_units = _matrix_of(group, units, found.size, part, pair, n, len(pairs))
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


def _often(codes, n, size, every):
    """Codes of whole numbers below `size`, or of those that occur if these are few; what they stand for; their sums."""
    numbers = np.arange(size)
    if size > len(codes) and not every:
        codes, numbers = pd.factorize(codes, sort=True)
    sums, step = np.zeros(len(numbers), np.int64), max(len(numbers), 2**20)
    for some in (slice(first, first + step) for first in range(0, len(codes), step)):  # each is copied, to be counted
        sums += np.bincount(codes[some], None if n.strides == (0,) else n[some], len(numbers)).astype(np.int64)
    return codes, numbers, sums


def _matrix_of(group, part, size, of_cell, pair, n, pairs):
    """How often each item of a group occurs in its parts (parts × pairs), the parts' sizes, the group of each part."""
    width = part.max() + 1
    place, parts = pd.factorize(group * width + part, sort=True)
    counts = sparse.coo_array((n, (place.astype(np.int32)[of_cell], pair)), (len(parts), pairs)).tocsc()
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
