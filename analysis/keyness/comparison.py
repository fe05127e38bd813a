"""Keyness: the words of a target against those of a reference."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import association, tables, values
from analysis.keyness import ranges, sides
from analysis.keyness.units import check_several, occurrences, units
from analysis.tokens import check_once

_KEYS = ["document", "paragraph"]


class Keyness(NamedTuple):
    """The words scored, the words left out, and how large the two sides are."""

    words: pd.DataFrame
    left_out: pd.DataFrame
    sides: pd.DataFrame


def compare(
    tokens,
    *,
    target,
    reference,
    measures=("g2",),
    unit="document",
    strata=None,
    floor=5,
    defining=(),
    prior=500,
    permutations=1999,
    seed=0,
):
    """Which words are more frequent in a target than in a reference, or less; and what that hangs on.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `token`, and the columns named in `unit` and `strata`; from `tokens.tokenize`. In any
        order; with `position`, a word that is there twice is refused.
    target : Series or array of bool
        Which rows of `tokens` are the target: ``tokens["section"] == "Background"``. Any split will do, by section,
        theme, year, country; for paragraphs with and without a concept there is `split`.
    reference : Series or array of bool, or DataFrame
        Which rows the target is set against; no paragraph may be on both sides. Or a frequency list from elsewhere:
        `token` (lower case, each once), `n` (whole numbers). The list has to be whole: its total is the sum of n, and
        a word that it lacks counts 0. A list that was cut (the 5,000 commonest words) makes all its rates too high,
        and every rare word of the target look key.
    measures : str or list of str, default ("g2",)
        Names in `association.MEASURES`, a column each; words are ordered by the first.
    unit : str or None, default "document"
        What is drawn or permuted as a whole: a column; ``"paragraph"`` means a paragraph of a document. None says that
        these texts are all there are. See Notes.
    strata : str, optional
        A column to compare within: a unit is then a pair of stratum and unit, labels are permuted and units left out
        within strata. Counts, rates, measures and `log_ratio` stay those of all strata together.
    floor : int, default 5
        Words that occur at least so often in target and reference together are scored and tested. It doesn't look at
        the sides; fix it beforehand.
    defining : str or list of str, default ()
        Words that make the split (the concept's own): they count in the totals, but are not scored.
    prior : float, default 500
        How many words the prior of the weighted log-odds is worth, α₀.
    permutations : int, default 1999
        If there are no more arrangements than this, all are tried; else so many are drawn at random.
    seed : int, default 0
        The same seed draws the same arrangements.

    Returns
    -------
    Keyness
        `words`, one row per word scored: `token`, `n_target`, `n_reference`, `per_1000_target`, `per_1000_reference`,
        `n_paragraphs_target`, `n_paragraphs_reference`, the measures (above 0 where the target has more), `log_ratio`
        (doublings), `low`, `high`, `interval` (what they are, or why there are none), `log_odds`, `log_odds_z`, `p`,
        `p_smallest`, `q`, `test` (what was permuted, or why nothing), `few`. Highest of the first measure (to 6
        digits) first, then by alphabet: the target's words on top, the reference's at the bottom.
        `left_out`, one row per other word: `token`, `n_target`, `n_reference`, `reason`.
        `sides`, one row each: `side`, `n_words`, `n_paragraphs`, `n_documents`, `n_units`.

    Raises
    ------
    TypeError
        If a mask is not of true and false.
    ValueError
        If columns or values are missing; a mask has another length or index than `tokens`, or marks nothing; a
        paragraph is on both sides; a running word is there twice; the list repeats a word, holds what is no token or
        has counts that are none; no word reaches `floor`; a word of `defining` does not occur; a measure is unknown; a
        number is out of range; `strata` is given with ``unit=None``; a unit has words on both sides; a side has one
        unit (of a census: one paragraph); a stratum has one side only.

    Notes
    -----
    With n_t, n_r the counts and N_t, N_r the running words of target and reference: `per_1000` is 1,000 · n / N;
    `log_ratio` is log₂((n_t / N_t) / (n_r / N_r)), ½ for a count of 0 (Hardie 2014); `log_odds` is δ of Monroe,
    Colaresi & Quinn 2008 with the prior α = `prior` · (n_t + n_r) / (N_t + N_r), α₀ = `prior`. G² and the z of the
    log-odds take every running word for an independent draw, which words of a text are not: they order words, and
    test nothing.

    One document, or ``unit=None``, is a census: counts are exact, and there is no p. `low` and `high` are the smallest
    and largest `log_ratio` when each paragraph in turn is left out, those without the word included.

    Several units are a sample. `low` and `high` are a 95 % interval by unit (`resampling.two_sample`; for a list
    `resampling.one_sample`, the list taken as fixed), called unreliable below ten units on a side; there is none below
    three. p asks whether the sides could have been given to whole units at random (`resampling.permute`; none below
    five units); q is Benjamini–Hochberg over all words of the table.

    The unit is the level at which the label varies: compare regions by country, not by speech, for a country's
    speeches are alike. In the General Debate (1970–1999, 4,459 speeches), with half of the 190 countries drawn at
    random as target, p ≤ .05 came out for 4.9 % of 2,745 words when countries were permuted, for 27.0 % when speeches
    were, and G² was above 3.84 for 37.3 % (200 draws; words that occur 500 times. Of 14,089 that occur 20 times: 4.8,
    16.7 and 22.5 %, 50 draws). In simulated documents with labels at random, permuting documents found p ≤ .05 in
    2.3–5.9 % of 2,000 runs, G² above 3.84 in 1.3–62.4 % (``python -m tests.calibration``).
    A unit with words on both sides is an error; that the label was given at a higher level than `unit`, nobody can
    see from the table. Where documents have words on both sides (sections, themes, a concept): ``unit="section",
    strata="document"``.

    Examples
    --------
    >>> from analysis.tokens import tokenize
    >>> texts = pd.DataFrame({"document": list("abcdef"), "paragraph": "1", "region": ["Africa"] * 3 + ["Asia"] * 3,
    ...     "text": ["peace now", "peace and peace", "our peace", "trade", "trade and trade", "our peace and trade"]})
    >>> words = tokenize(texts)
    >>> found = compare(words, target=words["region"] == "Africa", reference=words["region"] == "Asia", floor=4)
    >>> found.words[["token", "n_target", "n_reference", "g2", "log_ratio", "p"]].round(3)  # 2 of 20 arrangements
       token  n_target  n_reference     g2  log_ratio    p
    0  peace         4            1  3.506      2.193  0.1
    1  trade         0            4 -6.307     -2.807  0.1
    >>> found.left_out.values.tolist()[0]
    ['and', 1, 2, 'below the floor of 4']
    >>> found.sides.values.tolist()
    [['target', 7, 3, 3, 3], ['reference', 8, 3, 3, 3]]
    """
    measures = _check_numbers(measures, floor, prior, permutations, seed)
    defining = values.listed(
        sorted(defining, key=str) if isinstance(defining, (set, frozenset)) else defining, "defining"
    )
    for name, column in (("unit", unit), ("strata", strata)):
        if not (column is None or isinstance(column, str)):
            raise ValueError(f"{name} should be the name of a column or None, found {column!r:.60}.")
    columns = [name for name in (unit, strata) if name is not None]
    tables.check(tokens, "tokens", list(dict.fromkeys([*_KEYS, "token", *columns])))
    tables.check_present(tokens, "tokens", [*_KEYS, "token"])
    check_once(tokens)
    if strata is not None and unit is None:
        raise ValueError(f"strata={strata!r} needs a unit: with unit=None nothing is drawn or permuted.")
    is_list = isinstance(reference, pd.DataFrame)
    inside, outside = sides.marked(tokens, target, None if is_list else reference)
    _check_filled(tokens, inside | outside, columns)
    rows = np.flatnonzero(inside | outside)
    tokens, inside = tokens[list(dict.fromkeys([*_KEYS, "token", *columns]))].iloc[rows], inside[rows]
    counted, code = _counts(tokens["token"], inside, reference if is_list else None)
    kept, left_out = _choose(counted, floor, defining)
    total = counted["n_target"].sum(), counted["n_reference"].sum()
    words = counted[kept].reset_index(drop=True)
    number = np.where(kept, np.cumsum(kept) - 1, -1)[code]
    listed = (words["n_reference"].to_numpy(), total[1]) if is_list else None

    paragraphs = units(tokens, inside, "paragraph")
    cells, sizes = occurrences(paragraphs.code, number, len(paragraphs.inside), len(words))
    n_paragraphs = [
        np.bincount(cells[side].indices, minlength=len(words)) for side in (paragraphs.inside, ~paragraphs.inside)
    ]
    words = _scores(words, total, n_paragraphs, measures, prior, is_list)
    n_documents = tokens["document"].nunique()
    if unit is None or n_documents == 1:
        found = paragraphs
        low, high = ranges.census(cells, sizes, found.inside, listed)
        interval = "leave one paragraph out"
        test = "none: one document is a census" if n_documents == 1 else "none: these texts are all there are"
        p = q = p_smallest = np.nan
    else:
        found = units(tokens, inside, unit, strata)
        check_several(found, unit, is_list)
        cells, sizes = occurrences(found.code, number, len(found.inside), len(words))
        low, high, interval = ranges.sample(cells, sizes, found, unit, words["log_ratio"].to_numpy(), listed)
        if is_list:
            p, q, p_smallest, test = np.nan, np.nan, np.nan, "none: the reference is a list"
        else:
            p, q, p_smallest, test = ranges.tested(cells, sizes, found, unit, permutations, seed)
    words = words.assign(low=low, high=high, interval=interval, p=p, p_smallest=p_smallest, q=q, test=test)
    return Keyness(_ordered(words, measures), left_out, _sides(tokens, inside, paragraphs, found, total, is_list))


def _counts(token, inside, reference):
    """Every word of either side with its counts, by alphabet; and the number of each running word's word."""
    token = token.astype("category")
    code, names = token.cat.codes.to_numpy(), token.cat.categories.astype("str")
    n = [np.bincount(code[side], minlength=len(names)) for side in (inside, ~inside)]
    counted = pd.DataFrame({"n_target": n[0], "n_reference": n[1]}, index=names)
    if reference is not None:
        listed = sides.listed(reference, names[n[0] > 0])
        counted = counted.reindex(names.union(listed.index, sort=False), fill_value=0)
        counted["n_reference"] = listed.reindex(counted.index, fill_value=0)
    place = np.argsort(counted.index.to_numpy(object), kind="stable")
    moved = np.empty(len(place), np.int64)
    moved[place] = np.arange(len(place))
    counted = counted.iloc[place].rename_axis("token").reset_index()
    if (counted["n_target"] + counted["n_reference"] > 0).sum() < 2:
        raise ValueError("Target and reference have one word between them: there is nothing to compare it with.")
    return counted, moved[code]


def _choose(counted, floor, defining):
    """Which words are scored, and a table of those that are not."""
    n = counted["n_target"] + counted["n_reference"]
    there = set(counted["token"][n > 0]) if defining else set()
    unknown = [word for word in defining if word not in there]
    if unknown:
        raise ValueError(f"defining: unknown token {', '.join(map(repr, unknown[:5]))}: not in target or reference.")
    defines = counted["token"].isin(defining)
    kept = (n >= floor) & ~defines
    if not kept.any():
        most = int(n[~defines].max()) if (~defines).any() else 0
        raise ValueError(f"No word reaches the floor of {floor}; the most frequent word occurs {most:,} times.")
    left_out = counted[~kept & (n > 0)].assign(reason=f"below the floor of {floor}")
    left_out.loc[defines[left_out.index], "reason"] = "defines the split"
    order = pd.DataFrame({"below": ~defines, "n": -n, "token": counted["token"]}).loc[left_out.index]
    return kept.to_numpy(), left_out.loc[order.sort_values(["below", "n", "token"]).index].reset_index(drop=True)


def _scores(words, total, n_paragraphs, measures, prior, is_list):
    """Rates, paragraphs and scores of each word."""
    a, b = words["n_target"].to_numpy(), words["n_reference"].to_numpy()
    words = words.assign(per_1000_target=1000 * a / total[0], per_1000_reference=1000 * b / total[1])
    words["n_paragraphs_target"] = n_paragraphs[0]
    words["n_paragraphs_reference"] = pd.array([pd.NA] * len(words), "Int64") if is_list else n_paragraphs[1]
    for name in measures:
        words[name] = association.MEASURES[name](a, b, total[0] - a, total[1] - b)
    words["log_ratio"] = association.log_ratio(a, b, *total)
    share = (a + b) / sum(total)
    words["log_odds"], words["log_odds_z"] = association.weighted_log_odds(a, b, *total, share, prior)
    stand = n_paragraphs[0] + (b if is_list else n_paragraphs[1])
    return words.assign(few=(a + b < tables.FEW) | (stand < tables.FEW))


def _ordered(words, measures):
    """Columns as the dictionary has them; the target's words first, by the first measure."""
    first = measures[0]
    own = list(tables.COLUMNS["keyness"])
    place = own.index("g2")
    order = tables.significant(words[[first]]).assign(token=words["token"])
    order = order.sort_values([first, "token"], ascending=[False, True]).index
    return words.loc[order, [*own[:place], *measures, *own[place + 1 :]]].reset_index(drop=True)


def _sides(tokens, inside, paragraphs, found, total, is_list):
    """How large the two sides are."""
    rows = []
    for name, side, flag in (("target", inside, True), ("reference", ~inside, False)):
        n = [(paragraphs.inside == flag).sum(), tokens["document"][side].nunique(), (found.inside == flag).sum()]
        rows.append([name, total[0] if flag else total[1], *(n if flag or not is_list else [pd.NA] * 3)])
    names = list(tables.COLUMNS["keyness sides"])
    return pd.DataFrame(rows, columns=names).astype({name: "Int64" for name in names[2:]} if is_list else {})


def _check_filled(tokens, rows, columns):
    """Nothing is missing in `columns` where words are compared."""
    for name in columns:
        absent = tokens[name].isna().to_numpy() & rows
        if absent.any():
            raise ValueError(
                f"tokens: {name} is missing in row {absent.argmax()} (rows count from 0), which is in the target or the "
                "reference; fill it, or take such words out of both."
            )


def _check_numbers(measures, floor, prior, permutations, seed):
    """The arguments that are not tables; the measures as a list."""
    measures = values.listed(measures, "measures")
    unknown = [name for name in measures if name not in association.MEASURES]
    if unknown or not measures or len(set(measures)) < len(measures):
        wrong = f"unknown {unknown}" if unknown else f"found {measures}"
        raise ValueError(f"measures should name one or more of {list(association.MEASURES)}, each once; {wrong}.")
    for name, value, least in (("floor", floor, 1), ("permutations", permutations, 1), ("seed", seed, 0)):
        values.check_whole(value, name, least)
    number = isinstance(prior, (int, float, np.integer, np.floating)) and not isinstance(prior, bool)
    if not number or not 0 < prior < np.inf:
        raise ValueError(f"prior should be a number above 0 (words), found {prior!r}.")
    return measures
