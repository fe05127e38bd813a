"""Codebook + paragraphs → hits, and the audit of what a plain search finds; matched on whole words, never on text."""

import bisect
import fnmatch
import itertools
import re

import numpy as np
import pandas as pd
import regex

from analysis import codebooks, tables
from analysis.tokens import KEYS, as_token, further, tokenize

_PIECE = 100_000  # paragraphs searched at a time
# A sign that may end a sentence; quotation marks, brackets and note marks after it; then a space, or a forgotten one.
_END = regex.compile(
    r"(?P<sign>[.!?…؟。！？]+)[\"'”’»)\]\p{No}]*(?:(?<=\p{Ll}[.!?][\"'”’)]?)[0-9]{1,3}(?=\s))?(?:\[[0-9]{1,3}\])*"
    r"(?:(?=\s)|(?<=\p{Ll}\.)(?=\p{Lu}\p{Ll}))"
)
_INITIALS = regex.compile(r"\p{L}(?:\.\p{L})*")
_ROMAN = regex.compile(r"[IVXLC]+(?:\.\p{L})?")
_LABEL = regex.compile(r"[0-9]+|[IVXLC]+|\p{L}")
_WORDS = {
    "before numbers": "no nos para paras p pp art arts chap chaps ch sect sects sec vol vols fig figs ed add rev corr "
    "corrs amend res doc docs suppl ref refs app annex item ca approx jan feb apr aug sept oct nov dec",
    "before names": "mr mrs ms messrs mme mlle dr prof hon h.e gen lt col maj capt cmdr sgt amb gov sen pres st e.g i.e "
    "cf viz vs v",
    "shortened": "etc al inc ltd co corp dept govt jr sr ibid est",  # may end a sentence, or not
    # with a capital these begin a sentence, even after U.S. or etc.
    "opening": "the a an this that these those it its he she they we i you there here his her their our my in on at to of "
    "for from by with as if when while where after before since although though however but and or nor not no all any each "
    "every some such both many most other another under during among between within without according moreover "
    "furthermore nevertheless therefore thus also only until upon who what which why how yet over through",
}
_WORDS = {kind: set(words.split()) for kind, words in _WORDS.items()}


def find(paragraphs, codebook):
    """Find the passages that match a codebook: the table `hits`, those set aside included, in the order of the text.

    `codebook` is a table from `codebooks.load`, or one pattern, which is then its own label. A pattern is matched on
    running words (`tokens.tokenize`, in the form in which they are counted: ``UN`` is *UN’s* too), so *war* is not
    found in *toward*:

    ====================  =====================================================
    ``conflict``          the word, in upper or lower case
    ``AU``                a word written with a capital matches in that case only
    ``manag*``            ``*``: any characters of the word, or none
    ``organi?ation``      ``?``: any one character of the word
    ``Security Council``  words next to each other, whatever stands between them
                          (a comma, brackets), but for the end of a sentence
    ``conflict * peace``  a lone ``*``: any one word
    ``manage ~4 war*``    the second word begins at most four words after the
                          first, in the same sentence; for the other order as
                          well, write ``war* ~4 manage`` too
    ``peace_keep*``       a compound however written: *peacekeeping*,
                          *peace-keeping*, *peace keeping*
    ====================  =====================================================

    No match goes over the end of a sentence: *They said no. Conflict followed.* is not ``no conflict``. AND, OR and NOT
    are no signs of patterns, and refused.

    A match holds no other match of its own pattern (minimal intervals: Clarke, Cormack & Burkowski 1995). Matches of
    one label that share a word are one hit, named by its longest match. A hit that shares a word with a match of an
    ``except`` pattern of its label is set aside (`kept` false). Hits carry the further columns of `paragraphs`
    (section, year, …), as words do, except those that hits have themselves; the categories of `label` are all labels
    of the codebook, also those without a hit.

    >>> book = codebooks.parse('''
    ... council:
    ...   any: [Security Council, UN Security Council, Council of Ministers]
    ...   except: {Peace and Security Council: a regional council}
    ... ''')
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text":
    ...     ["the UN Security Council of Ministers", "a Security Council; the Arab Peace and Security Council"]})
    >>> find(paragraphs, book)[["paragraph", "pattern", "match", "kept", "reason"]].fillna("").values.tolist()
    [['1', 'UN Security Council', 'UN Security Council of Ministers', True, ''],
     ['2', 'Security Council', 'Security Council', True, ''],
     ['2', 'Security Council', 'Security Council', False, 'a regional council']]
    """
    paragraphs, codebook = _checked(paragraphs, codebook)
    found = []
    for begin in range(0, max(1, len(paragraphs)), _PIECE):
        some = paragraphs.iloc[begin : begin + _PIECE]
        words, matches = _searched(some, codebook)
        found.append(_placed(_settled(matches, codebook), "hits", codebook, words, some))
    return pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]


def audit(paragraphs, codebook):
    """Set a plain search beside what was counted: the table `audit`, one row per place that either finds.

    A search (role ``search``) is looked for as whole words (`plain`), and as Ctrl-F does, its letters anywhere in a
    word in either case (`substring`). Places of one search that share a word are one place. Where a hit holds several
    places, the first is counted, the others are not: ``same passage``. For each label, `kept` is true as often as in
    `find`.

    >>> book = codebooks.parse('''
    ... resolution:
    ...   search: resol*
    ...   any: conflict resolution
    ...   except: {Conflict Resolution Center: a name}
    ... ''')
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text":
    ...     ["Conflict resolution. A resolution of the Conflict Resolution Center, unresolved."]})
    >>> audit(paragraphs, book)[["match", "plain", "substring", "kept", "reason"]].fillna("").values.tolist()
    [['resolution', True, True, True, ''], ['resolution', True, True, False, 'no pattern'],
     ['Resolution', True, True, False, 'a name'], ['unresolved', False, True, False, 'no pattern']]
    """
    paragraphs, codebook = _checked(paragraphs, codebook)
    both = pd.concat([codebook, codebook[codebook["role"] == "search"].assign(role="substring")], ignore_index=True)
    words, matches = _searched(paragraphs, both)
    return _placed(_compared(_settled(matches, both), matches, both), "audit", both, words, paragraphs[["text"]])


def contributions(paragraphs, codebook):
    """Say what each pattern and exception does: the table `contributions`, in the order of the codebook.

    `n` is how many kept hits the pattern names, or how many hits the exception excludes (the first of several is
    credited); `n_without` how many hits of the label are kept if this row is left out of the codebook. Where two
    patterns match the same passage, leaving out either changes nothing: n_label − n_without is what hangs on this row
    alone.

    >>> book = codebooks.parse("peace: {any: [peace, keep* peace], except: {peace pipe: a pipe}}")
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Keep peace, the peace pipe"]})
    >>> contributions(paragraphs, book)[["pattern", "n", "n_label", "n_without"]].values.tolist()
    [['peace', 0, 1, 1], ['keep* peace', 1, 1, 1], ['peace pipe', 1, 1, 2]]
    """
    paragraphs, codebook = _checked(paragraphs, codebook)
    matches = _searched(paragraphs, codebook)[1]
    hits = _settled(matches, codebook)
    named = hits["entry"].where(hits["kept"], hits["by"]).value_counts().reindex(codebook.index, fill_value=0)
    kept = codebook["label"][hits.loc[hits["kept"], "entry"]].value_counts()
    table = codebook.assign(n=named, n_label=codebook["label"].map(kept).fillna(0))
    table = table[table["role"] != "search"]
    label_of, n_without = pd.factorize(codebook["label"])[0], []
    for entry in table.index:  # labels do not change each other's hits
        some = (label_of[matches["entry"]] == label_of[entry]) & (matches["entry"] != entry)
        n_without.append(_settled(matches[some], codebook)["kept"].sum())
    table = table.assign(n_without=n_without).reset_index(drop=True)
    return table[list(tables.columns("contributions"))].astype(tables.empty("contributions").dtypes)


def _checked(paragraphs, codebook):
    """The paragraphs and the codebook, checked; one pattern is a codebook."""
    if isinstance(codebook, str):
        if codebook.endswith((".yml", ".yaml")):
            raise ValueError(f"{codebook!r} looks like a file: read it with codebooks.load first.")
        codebook = pd.DataFrame({"label": [codebook], "role": ["any"], "pattern": [codebook]})
    return tables.check(paragraphs, "paragraphs"), codebooks.checked(codebook)


def _searched(paragraphs, codebook):
    """The running words with the `row` of their paragraph, and the matches, none of which crosses a sentence's end."""
    words = tokenize(paragraphs[[*KEYS, "text"]].assign(row=np.arange(len(paragraphs))))
    return words, matched(words, sentences(words, paragraphs), codebook)


def sentences(words, paragraphs):
    """The number of the sentence in which each running word stands: 0, 1, 2, …, a new one in each paragraph.

    Words have a column `row`, the place of their paragraph among the paragraphs.
    """
    begins = words["position"].to_numpy() == 0
    first = np.flatnonzero(begins)
    texts = paragraphs["text"].to_numpy()[words["row"].to_numpy()[first]]
    starts, form = words["start"].tolist(), words["form"].astype(object).to_numpy()
    for begin, end, text in zip(first, [*first[1:], len(words)], texts, strict=False):
        for sign in _END.finditer(text):
            before = bisect.bisect_left(starts, sign.start(), begin, end) - 1
            after = bisect.bisect_left(starts, sign.end(), begin, end)
            if begin <= before and after < end and not begins[after]:
                begins[after] = _ends(form[before], form[after], sign["sign"] == ".", opens=before == begin)
    return begins.cumsum() - 1


def _ends(before, after, full_stop, opens):
    """Whether a sentence ends between two words, the first of which may open the paragraph."""
    if after[0].islower():
        return False
    word = before.lower()
    if not full_stop or len(before) > 9:
        return True
    if (opens and _LABEL.fullmatch(before)) or word in _WORDS["before names"]:  # 7. The; Mr. Annan
        return False
    if word in _WORDS["before numbers"]:
        return not (after[0].isdigit() or (word != "no" and _ROMAN.fullmatch(after)))
    open_to_doubt = word in _WORDS["shortened"] or _INITIALS.fullmatch(before)
    return not open_to_doubt or after.lower() in _WORDS["opening"]


def matched(words, sentence, codebook, known=None):
    """Every match of every pattern, in order: `entry` (row of the codebook), `role`, `first` and `last` running word.

    Words are counted as if each label had the text to itself, one copy after another: so matches of different labels
    never share a word.
    """
    rows = enumerate(zip(codebook["role"], map(codebooks.variants, codebook["pattern"]), strict=True))
    apart = [(row, _anywhere(one) if role == "substring" else one) for row, (role, several) in rows for one in several]
    rows_of = _rows(words["form"], sorted({word for _, pattern in apart for word in pattern.words}), known)
    found = [_spans(pattern, rows_of, sentence) for _, pattern in apart]
    entry = np.repeat([row for row, _ in apart], [len(first) for first, _ in found])
    copy = pd.factorize(codebook["label"])[0][entry] * len(words)
    first, last = (np.concatenate(ends) + copy for ends in zip(*found, strict=True))
    role = codebook["role"].astype("category").array.take(entry)
    matches = pd.DataFrame({"entry": entry, "role": role, "first": first, "last": last})
    return matches.sort_values(["first", "last", "entry"], ignore_index=True)


def _anywhere(pattern):
    """A search as Ctrl-F makes it: in either case, with any letters before its first word and after its last."""
    text = " ".join(pattern.words).lower().strip("*")
    return pattern._replace(words=f"*{text}*".split(), before=0, after=0)


def _rows(form, words, known):
    """At which running words each word of a pattern stands; one in lower case stands for either case."""
    names, places = known or (vocabulary(form), None)
    codes_of = {word: _look_up(word, names[word != word.lower()]) for word in words}
    places = places or standing(form, list(itertools.chain(*codes_of.values())))
    none = np.empty(0, np.int64)
    found = {word: [none, *(places.get(code, none) for code in codes)] for word, codes in codes_of.items()}
    return {word: np.sort(np.concatenate(rows)) for word, rows in found.items()}


def vocabulary(form):
    """The different words, in order, each with its code: as they are written, and in lower case."""
    forms = list(enumerate(form.cat.categories.tolist()))
    return {case: sorted((as_token(name, case=case), code) for code, name in forms) for case in (True, False)}


def standing(form, codes):
    """At which running words each of these different words stands, by its code."""
    code = form.cat.codes.to_numpy()
    rows = np.flatnonzero(np.isin(code, codes))
    return {one: rows[places] for one, places in pd.Series(rows).groupby(code[rows]).indices.items()}


def _look_up(word, names):
    """The codes of the names, pairs in order, that a word with * and ? stands for."""
    start = re.match(r"[^*?]*", word)[0]
    begin, end = (bisect.bisect_left(names, (text,)) for text in (start, start + chr(0x10FFFF)))
    fits = re.compile(fnmatch.translate(word)).match
    return [code for name, code in names[begin:end] if fits(name)]


def _spans(pattern, rows_of, sentence):
    """First and last word of each match of one pattern: no match holds another.

    Matches are kept as pairs of a last word and the latest first word it can have. Both rise together, so that for each
    next word the nearest candidate before it is the only one to look at.
    """
    first = last = rows_of[pattern.words[0]]
    for word, (nearest, farthest) in zip(pattern.words[1:], pattern.gaps[1:], strict=True):
        row = rows_of[word]
        before = np.searchsorted(last, row - nearest, side="right") - 1
        row, before = row[before >= 0], before[before >= 0]
        near = row - last[before] <= farthest
        first, last = first[before[near]], row[near]
    new = np.diff(first, prepend=-1) > 0  # of matches with the same first word, the shortest
    first, last = first[new] - pattern.before, last[new] + pattern.after
    whole = sentence.take(first, mode="clip") == sentence.take(last, mode="clip")
    whole &= (first >= 0) & (last < len(sentence))
    return first[whole], last[whole]


def merged(matches):
    """Matches that share a word joined; `entry` is that of the longest, of several the first in text, then codebook."""
    first, last = matches["first"].to_numpy(), matches["last"].to_numpy()
    begins = first > np.maximum.accumulate(np.append(-1, last))[:-1]
    begin = np.flatnonzero(begins)
    entry = matches["entry"].to_numpy()[np.lexsort((first - last, begins.cumsum()))[begin]]
    return pd.DataFrame({"entry": entry, "first": first[begin], "last": np.maximum.reduceat(last, begin)})


def _shared(spans, others):
    """Pairs of a span and another match that share a word, match by match; spans stand in order and share no word."""
    begin = spans["last"].searchsorted(others["first"])
    times = spans["first"].searchsorted(others["last"], side="right") - begin
    within = np.arange(times.sum()) - np.repeat(times.cumsum() - times, times)
    return np.repeat(begin, times) + within, np.repeat(np.arange(len(others)), times)


def _first_sharing(spans, others):
    """For each span the first entry that has a match sharing a word with it; missing if none has."""
    span, other = _shared(spans, others)
    return others["entry"].iloc[other].groupby(span).min().reindex(spans.index)


def _settled(matches, codebook):
    """The hits: matches that count, joined; of those set aside `by` which exception, and the `reason`."""
    hits = merged(matches[matches["role"] == "any"])
    hits["by"] = _first_sharing(hits, matches[matches["role"] == "except"])
    hits["reason"] = hits["by"].map(codebook["reason"]).astype("str")
    return hits.assign(kept=hits["by"].isna())


def _compared(hits, matches, codebook):
    """What a search finds, each place with the hit it stands for, or why it does not count; then the other hits."""
    whole, letters = (merged(matches[matches["role"] == role]) for role in ("search", "substring"))
    letters = letters[_first_sharing(letters, whole).isna()]
    places = pd.concat([whole.assign(plain=True), letters.assign(plain=False)]).sort_values("first", ignore_index=True)
    exceptions = matches[matches["role"] == "except"]
    reason = _first_sharing(places, exceptions).map(codebook["reason"]).astype("str").fillna("no pattern")
    place, hit = _shared(places, hits)
    reason.iloc[place] = hits["reason"].fillna("same passage").to_numpy()[hit]
    pairs = [(-1, -1)]
    for one, other in zip(place.tolist(), hit.tolist(), strict=True):  # a hit takes the first place that is free
        if one > pairs[-1][0] and other > pairs[-1][1]:
            pairs.append((one, other))
    place, hit = np.array(pairs[1:], int).reshape(-1, 2).T
    stands = hits.loc[hit].set_axis(place)
    reason[place] = stands["reason"]
    kept = stands["kept"].reindex(places.index, fill_value=False)
    places = places.assign(substring=True, entry=stands["entry"], kept=kept, reason=reason)
    return pd.concat([places, hits.drop(index=hit).assign(plain=False, substring=False)], ignore_index=True)


def _placed(rows, table, codebook, words, paragraphs):
    """Rows with first and last words → the table, with characters and what paragraphs have, in the order of these."""
    n_words, labels = max(1, len(words)), codebook["label"].unique()
    rows = rows.assign(label=rows["first"] // n_words, first=rows["first"] % n_words, last=rows["last"] % n_words)
    rows = rows.sort_values(["first", "label", "last"], ignore_index=True)
    found = rows.join(words[[*KEYS, "row", "start"]].iloc[rows["first"]].reset_index(drop=True))
    found["end"] = words["end"].to_numpy()[rows["last"]]
    texts, spots = paragraphs["text"].tolist(), (found[name].tolist() for name in ("row", "start", "end"))
    found["match"] = [texts[row][start:end] for row, start, end in zip(*spots, strict=True)]
    found["label"] = pd.Categorical.from_codes(found["label"], labels)  # also labels without a hit
    found["pattern"] = found["entry"].map(codebook["pattern"])
    row = found["row"].to_numpy()
    found = found[list(tables.columns(table))].astype(tables.empty(table).dtypes.drop("label"))
    more = further(paragraphs).difference(found.columns, sort=False)
    return found.assign(**{name: paragraphs[name].array.take(row) for name in more})
