"""Keyness: which words are more frequent in some paragraphs than in others, and what that hangs on."""

import warnings

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import collocations, frequency, resampling, tables
from analysis.tokens import KEYS, single, warn_alike

_N = ["n_target", "n_reference"]
_NUMBER = "a number or symbol"


def compare(
    tokens,
    target,
    reference=None,
    *,
    drop=(),
    unit="document",
    strata=None,
    floor=5,
    numbers=False,
    measure="g2",
    correction=None,
    permutations=1999,
    seed=0,
):
    """Which words are more frequent in a target than in a reference, or less: the table `keyness`.

    `target` is true or false for each row of `tokens`. So is `reference`; without one, it is all other rows. What is
    missing is on neither side. One row is one word: the target's on top, the reference's at the bottom, by `measure`
    (to six digits), then by alphabet. Below them are those left out, with the `reason`: they are in `drop` (stop words,
    words that make the split); are numbers, symbols of documents or addresses (kept with `numbers`); or occur less than
    `floor` times on both sides together (fix it beforehand). These still count as running words.

    `measure` is g2 or chi2, `correction` as in `collocations`: above 0 where the target has more. They order words and
    test nothing, as words of a text are no independent draws. `log_ratio` has ½ for a count of 0 (Hardie 2014).

    *How sure* depends on `unit`, a column. If one side is one unit (one document, or one against the rest), or with
    ``unit=None``, it is a census: counts are exact, without p; `low` and `high` are the lowest and highest `log_ratio`
    with one paragraph left out. Else units are a sample: a 95 % interval (`resampling.two_samples`); p of sides given
    to whole units at random (`resampling.permutation_test`; none below five units); q by Benjamini & Hochberg over all
    words scored. With `strata`, a column, units are left out, and sides permuted, within it; counts and scores are of
    all strata.

    *The unit is the level at which the label varies:* compare regions by country, as a country's speeches are alike. In
    the General Debate (4,459 speeches) with half of the 190 countries drawn at random as target, p ≤ .05 for 4.9 % of
    2,745 words by country, for 27.0 % by speech, and G² > 3.84 for 37.3 %; of 14,089 rarer words for 4.8, 16.7 and 22.5
    % (``python -m tests.calibration``). That a label belongs to a higher level than `unit` can't be seen. Refused are
    units on both sides (if documents have both: ``unit="section", strata="document"``) and strata on one.

    `tokens` may be the cells of `frequency.cells` or `cluster.cells`: masks are then of their `parts`, with the columns
    that they were made by, and `form` is the token.

    >>> from analysis.tokens import tokenize
    >>> texts = pd.DataFrame({"document": list("abcdef"), "paragraph": "1", "region": ["Africa"] * 3 + ["Asia"] * 3,
    ...     "text": ["peace now", "peace and peace", "our peace", "trade", "trade and trade", "our peace and trade"]})
    >>> words = tokenize(texts)
    >>> found = compare(words, words["region"] == "Africa", floor=4)  # p: 2 of 20 arrangements
    >>> found.head(3)[["token", "n_target", "n_reference", "g2", "log_ratio", "p", "reason"]].round(3)
       token  n_target  n_reference     g2  log_ratio    p                reason
    0  peace         4            1  3.506      2.193  0.1                   NaN
    1  trade         0            4 -6.307     -2.807  0.1                   NaN
    2    and         1            2    NaN        NaN  NaN  below the floor of 4
    """
    is_cells = isinstance(tokens, frequency.Cells)
    further = [name for name in (unit, strata) if name]
    if is_cells:
        tables.check_names(list(tokens.parts), further, "the parts of the cells")
    else:
        tables.check(tokens, "tokens", more=further)
        begins, back = tables.reading_order(tokens)
        if not back.any():
            frequency.warn_hole(tokens, np.cumsum(begins))
    tables.check_number(floor, "floor", 0)
    tables.check_number(permutations, "permutations")
    tables.check_choice(measure, "measure", ["g2", "chi2"])
    if strata and not unit:
        raise ValueError(f"strata={strata!r} needs a unit: with unit=None nothing is drawn or permuted.")
    compared, *sides = _compared(tokens, target, reference)
    word, names = pd.factorize(compared["token"].astype("category"))
    paragraphs = _units(compared, *sides, word, "paragraph")
    words = _counted(names, *paragraphs[:3])
    words = words.assign(form=words["token"]) if is_cells else frequency.spelled(tokens, words)
    words["reason"] = _reasons(words, floor, drop, numbers)

    kept = np.flatnonzero(words["reason"].isna())
    (a, b), (n_target, n_reference) = words.loc[kept, _N].to_numpy().T, words[_N].sum()
    score = getattr(collocations, measure)(a, b, n_target - a, n_reference - b, correction=correction)
    scored = pd.DataFrame({measure: score, "log_ratio": collocations.log_ratio(a, b, n_target, n_reference)})
    census = "a census, for these texts are all there are"
    if compared["document"].nunique() == 1:
        census = "one document is a census"
    elif unit:
        warn_alike(compared[unit].unique(), f"tokens: {unit}")
        units = _units(compared, *sides, word, unit, strata)
        sides = {"target": units[2], "reference": ~units[2]}
        lone = [side for side, rows in sides.items() if rows.sum() == 1 and not strata]
        census = f"a census, for the {lone[0]} is one {unit}" if lone else ""
    if census:
        scored["low"], scored["high"] = _range(paragraphs[0][:, kept], *paragraphs[1:3])
        alone = scored["low"].isna().all()
        scored["interval"] = "none: one paragraph on either side" if alone else "leave one paragraph out"
        scored["test"] = f"none: {census}"
    else:
        called = f"{unit} within {strata}" if strata else unit
        units = units[0][:, kept], *units[1:]
        scored = scored.join(_sample(units, sides, called, permutations=permutations, seed=seed))
    return _ordered(words.join(scored.set_index(kept)), measure)


def having(hits, tokens):
    """Which rows of `tokens` are in a paragraph with a hit that counts: a mask for `compare`.

    `hits` are of one label of a codebook or of several, from `patterns.find`; `tokens` are the running words of the
    paragraphs searched. The words of the pattern would head the list: `compare` leaves them out by `drop`.

    >>> from analysis import patterns
    >>> from analysis.tokens import tokenize
    >>> texts = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Keep the peace", "Now and then"]})
    >>> having(patterns.find(texts, "peace"), tokenize(texts)).tolist()
    [True, True, True, False, False, False]
    """
    tables.check(hits, "hits")
    tables.check(tokens, "tokens")
    code, names = _numbered(tokens, KEYS)
    return np.isin(code, frequency.placed(hits[hits["kept"].astype(bool)], names.to_frame()))


def _mask(tokens, mask, name):
    """A mask as an array that may have gaps, if it is one."""
    column = pd.Series(mask)
    other = isinstance(mask, pd.Series) and not mask.index.equals(tokens.index)
    if other or not pd.api.types.is_bool_dtype(column) or len(column) != len(tokens):
        raise ValueError(f"{name} should be true or false for each row of tokens, as tokens['year'] > 2000 is.")
    if not column.any():
        called = ", ".join(map(repr, tokens["document"].unique()[:3]))
        told = f"it is true for none of {len(tokens):,} rows of tokens. Is the value spelled as in tokens?"
        raise ValueError(f"{name} has no words: {told} Documents are called {called} ….")
    return column.astype("boolean").array


def _compared(tokens, target, reference):
    """The words compared; which are in the target, which outside it, how often each is there."""
    is_cells = isinstance(tokens, frequency.Cells)
    table, n = (tokens.parts, tokens.n) if is_cells else (tokens, np.ones(len(tokens), np.int64))
    inside = _mask(table, target, "target")
    outside = _mask(table, ~inside if reference is None else reference, "reference")
    inside, outside = (side.to_numpy(bool, na_value=False) for side in (inside, outside))
    if is_cells:
        if n.sum() != tokens.size.sum():
            told = f"tokens: the cells hold {n.sum():,} of {tokens.size.sum():,} running words"
            raise ValueError(f"{told}; make them without words, drop and ngram: keyness has a drop of its own.")
        inside, outside = inside[tokens.part], outside[tokens.part]
        token = pd.Categorical.from_codes(tokens.item, tokens.names)
        table = table.astype("category").take(tokens.part).reset_index(drop=True).assign(token=token)
    _warn_unknown(table, inside, outside, n)
    rows = inside | outside
    return table[rows], inside[rows], outside[rows], n[rows]


def _warn_unknown(tokens, inside, outside, n):
    """Warn of words in the reference for which the column is missing that tells the target from it."""
    n_documents = tokens.loc[inside, "document"].nunique()
    for name in [one for one in tokens if tokens[one].hasnans]:
        unknown = tokens[name].isna().to_numpy()
        target, others = (set(tokens.loc[rows, name].unique()) for rows in (inside, outside))
        told = len(target) < n_documents and target.isdisjoint(others)  # groups that may have made the target
        if told and unknown[outside].any() and not unknown[inside].any():
            told = f"{name} is missing for {n[unknown & outside].sum():,} words of the reference"
            warnings.warn(f"{told}; if it makes the target, take tokens[tokens[{name!r}].notna()].", stacklevel=4)


def _numbered(tokens, keys):
    """The number of each row's combination of keys, and the combinations, in the order of their values."""
    begins = tables.begins(tokens, keys)
    rows = pd.DataFrame({key: np.asarray(tokens[key][begins]) for key in keys})  # values, not categories
    groups = rows.groupby(keys, dropna=False)
    return groups.ngroup().to_numpy()[np.cumsum(begins) - 1], groups.size().index


def _units(tokens, inside, outside, n, word, unit, strata=None):
    """What is left out or permuted as a whole: counts (units × words), sizes, sides and strata."""
    keys = KEYS if unit == "paragraph" else [unit]
    code, names = _numbered(tokens, list(dict.fromkeys([strata, *keys])) if strata else keys)
    inside, outside = (np.bincount(code, side) > 0 for side in (inside, outside))
    if (inside & outside).any():
        told = f"{unit} {names[inside & outside][0]} has words in the target and in the reference."
        cure = " Name the level at which the sides differ (unit='section', strata='document'), or unit=None: a census."
        raise ValueError(told + cure * (unit != "paragraph"))
    stratum = names.get_level_values(strata).to_numpy() if strata else np.zeros(len(names), int)
    lone = set(stratum[inside]) ^ set(stratum[outside])
    if lone:
        raise ValueError(f"{strata} {min(lone)} is on one side only: take out its words, or leave out strata.")
    counts = sparse.coo_array((n, (code, word))).tocsr()
    return counts, counts.sum(axis=1), inside, stratum


def _counted(names, counts, sizes, inside):
    """Counts and rates of every word, and whether they are too few to lean on."""
    words = pd.DataFrame({"token": names.astype("str")})
    for side, units in (("target", inside), ("reference", ~inside)):
        words[f"n_{side}"] = counts[units].sum(axis=0)
        words[f"per_1000_{side}"] = 1000 * words[f"n_{side}"] / sizes[units].sum()
        words[f"n_paragraphs_{side}"] = (counts[units] > 0).sum(axis=0)
    n_paragraphs = words["n_paragraphs_target"] + words["n_paragraphs_reference"]
    words["few"] = (words[_N].sum(axis=1) < tables.FEW) | (n_paragraphs < tables.FEW)
    return words


def _reasons(words, floor, drop, numbers):
    """Why each word is left out; missing where it is scored."""
    n = words[_N].sum(axis=1)
    reason = pd.Series(np.nan, words.index, "str").mask(n < floor, f"below the floor of {floor}")
    if not numbers:
        letters = words["token"].map(lambda word: any(map(str.isalpha, word)))
        reason = reason.mask(~letters | words["token"].str.contains(r"[/@]|^www\."), _NUMBER)
    reason[words["token"].isin(single(drop, "drop", set(words["token"])))] = "in drop"
    if reason.notna().all():
        raise ValueError(f"No word left: all in drop, numbers or below the floor of {floor} (highest n: {n.max():,}).")
    return reason


def _range(counts, sizes, inside):
    """The lowest and highest log ratio with one paragraph left out, on whichever side it stands."""
    sides = [(counts[units], sizes[units]) for units in (inside, ~inside)]
    target, reference = (np.log2(np.clip(n.sum(axis=0), 0.5, None) / size.sum()) for n, size in sides)
    (low, high), (lowest, highest) = (np.log2(resampling.leave_one_out(*side, nothing=0.5)) for side in sides)
    return np.fmin(low - reference, target - highest), np.fmax(high - reference, target - lowest)


def _sample(units, sides, unit, **drawn):
    """A 95 % interval of each log ratio, and p and q of a permutation test; what they are or why there are none."""
    counts, sizes, _, stratum = units
    found = resampling.two_samples(*units)[["low", "high"]]
    test = f"none: only {len(sizes)} ({unit}), fewer than {tables.FEW}"
    if len(sizes) >= tables.FEW:
        found["p"], found["p_smallest"], tried = resampling.permutation_test(*units, **drawn)
        found["q"] = resampling.adjusted(found["p"])
        test = f"permutation by {unit} ({tried} arrangements)"
    n_units, smaller = min(((rows.sum(), side) for side, rows in sides.items()), key=lambda one: one[0])
    interval = resampling.worded(found["low"], n_units, unit, "jackknife, Welch")
    if n_units < 3:
        interval = interval + f" in the {smaller}"
    elif any(np.unique(stratum[rows], return_counts=True)[1].min() == 1 for rows in sides.values()):
        interval[:] = f"none: only 1 ({unit}) on a side of a stratum"
    for side, rows in sides.items():
        absent = counts[rows].sum(axis=0) == 0
        interval[absent] = f"none: not in the {side}"
        found.loc[absent, ["low", "high"]] = np.nan
    return found.assign(interval=interval, test=f"a sample; {test}")


def _ordered(words, measure):
    """The target's words first, by the measure; then those left out: dropped, and below the floor by their count."""
    left_out = words["reason"].notna()
    score, n = tables.significant(words[[measure]])[measure], words[_N].sum(axis=1).where(left_out)
    dropped = words["reason"].isin(["in drop", _NUMBER])
    order = pd.DataFrame({1: left_out, 2: -score, 3: ~dropped, 4: -n, 5: words["token"]})
    columns = [measure if name == "g2" else name for name in tables.columns("keyness")]
    return words.reindex(index=order.sort_values(list(order)).index, columns=columns).reset_index(drop=True)
