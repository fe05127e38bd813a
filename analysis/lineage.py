"""Versions of a text, traced by paragraph: what was kept, edited, moved, split, merged, dropped, and what is new."""

import warnings
from collections import Counter, defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex
from rapidfuzz.distance import Indel, LCSseq, Levenshtein
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

from analysis import references, tables, tokens

CUT = 0.5  # similarity from which a paragraph is an edited one, not a new one
_RUN = 3  # words in a row that count as taken over, where parts of paragraphs are looked for
_PART = 0.1  # so much of the runs of the shorter one must be shared, for one paragraph to be a part of the other
_FEW = 6  # and at least so many runs
_COMMON = 2  # runs that stand in more paragraphs of a version are names and phrases, and no sign of descent
_LETTERS = 0xE000  # words are compared as letters from here on, which leaves room for a million different ones
_FORMULA = regex.compile(
    r"the (?:security council|general assembly|economic and social council|human rights council)"
    r"|acting under chapter vii of the charter(?: of the united nations)?"
    r"|(?:also |further )?decides to (?:remain|continue to be) (?:actively )?seized of (?:the|this) (?:matter|question)"
)
_ISO = regex.compile(r"\d{4}(?:-\d\d){0,2}")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAYS = r"(?:\d{1,2}(?:\s*[–,-]\s*|\s+and\s+))*\d{1,2}\s+"  # 3 and 5, or 4–6, of a month
_DATE = regex.compile(rf"(?:{_DAYS})?{_MONTH}(?:\s+\d{{1,2}}\b,?)?(?:\s+\d{{4}})?|\b(?:19|20)\d\d\b|{references.CITED}")
_NUMERALS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundreds?|thousands?|millions?"
_TENS = r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?"
_NUMBER = regex.compile(rf"[\d.,]+|{_NUMERALS}|{_TENS}")
_GLUE = {"and", "of", "its", "to", "on", "until", "the", "in", "also", "further"}
_GLUE |= {"resolution", "resolutions", "statement", "statements"}
# What a word that differs is about, the weightier later; glue alone says nothing.
_CONCERNS = ["glue", "dates and citations", "figures", "wording"]


class _Paragraph(NamedTuple):
    """A paragraph and its words."""

    key: str
    text: str
    words: str  # one letter for each word, so that paragraphs are compared as strings
    token: np.ndarray
    start: np.ndarray
    end: np.ndarray
    formula: bool
    runs: set  # words in a row that few paragraphs of the version have; none of a formula

    def letters(self, first=0, last=None):
        """Its words written together, without hyphens, s for z: pre-deployment is predeployment, organize organise."""
        return "".join(self.token[first:last]).replace("-", "").replace("z", "s")

    def characters(self, first, last):
        """Where some of its words begin and end in the text; without words, where they would begin."""
        start = self.start[first] if first < len(self.start) else len(self.text)
        return start, self.end[last - 1] if first < last else start


def trace(texts, order, *, cut=CUT):
    """How each paragraph descends from the version before.

    `texts` are paragraphs, `order` the documents from the first version to the last, or a mapping series → list. One
    row is one link of a paragraph to its source in the version before: `document`, `paragraph`, `previous_document`,
    `previous_paragraph`, `change`, `similarity`, `renumbered`, `line`, `formula`; with a mapping also `series`. A
    merged paragraph has a row for each source; a new one a row without source (so have all of the first version,
    without `previous_document`); a dropped one a row without `paragraph`.

    *Change:* ``kept`` (the same letters; signs, case, hyphens and *-ise* for *-ize* aside), ``edited``, ``moved``,
    ``split``, ``merged``, ``new``, ``dropped``. Moved is what changed places with others (those that stayed in order
    have most words); it is edited too if `similarity` is below 1: twice the words in common, in order, over all words.
    A *line* is all versions of a paragraph, named after the first; it goes on where source and heir are each other's
    most similar. A *formula* (*The Security Council*, *Decides to remain seized of the matter*) is linked to formulas
    only; leave them out by this column.

    *How links are found.* First by one assignment for the whole document: the greatest sum of similarities of at least
    `cut`; position decides between equals. Then parts: two paragraphs are linked too if they share runs of three words
    that neither shares with those it is linked to: at least six (a clause of eight words), and a tenth of the
    shorter's. So a ``merged`` paragraph has several sources, and the source of a ``split`` one several heirs.

    Raises ValueError if a document is absent or named twice in a series, or a series has one version only; warns where
    nothing of a version is in the one before (another language?), or dates (column `date`) go back.

    >>> texts = pd.DataFrame({"document": ["a", "a", "b"], "paragraph": ["1", "2", "1"]})
    >>> texts["text"] = ["Requests a report;", "Extends the mandate until May;", "Extends the mandate until June;"]
    >>> found = trace(texts, ["a", "b"]).fillna({"paragraph": "", "previous_paragraph": ""})
    >>> found[["document", "paragraph", "previous_paragraph", "change", "line"]].values.tolist()
    [['a', '1', '', 'new', 'a ¶1'], ['a', '2', '', 'new', 'a ¶2'], ['b', '1', '2', 'edited', 'a ¶2'],
     ['b', '', '1', 'dropped', 'a ¶1']]
    """
    tables.check(texts, "paragraphs")
    if not 0 <= cut <= 1:
        raise ValueError(f"cut should be a similarity from 0 to 1, found {cut!r}.")
    is_one, documents = not isinstance(order, dict), set(texts["document"].unique())
    several = {"": order} if is_one else order
    called = "order" if is_one else "order of {}"
    several = {name: _named(names, called.format(name), documents) for name, names in several.items()}
    if "date" in texts:
        date = tables.as_text(texts.drop_duplicates("document").set_index("document")["date"])
        for before, after in [pair for names in several.values() for pair in pairwise(names)]:
            if all(map(_ISO.fullmatch, (date[before], date[after]))) and date[after] < date[before][: len(date[after])]:
                warnings.warn(f"{after} is of {date[after]}, before {before}: is the order right?", stacklevel=2)
    versions = {name: [] for names in several.values() for name in names}
    for (document, _), one in _paragraphs(texts[texts["document"].isin(versions)]).items():
        versions[document].append(one)
    for own in versions.values():
        few = {run for run, times in Counter(run for one in own for run in one.runs).items() if times <= _COMMON}
        own[:] = [one._replace(runs=set() if one.formula else one.runs & few) for one in own]
    rows = [(series, *row) for series, names in several.items() for row in _series(versions, names, cut)]
    found = pd.DataFrame(rows, columns=[*tables.columns("lineage")]).astype(tables.empty("lineage").dtypes)
    linked = found.dropna(subset="previous_document").groupby(["series", "document"], sort=False)["similarity"].count()
    if apart := [document for _, document in linked.index[linked == 0]]:
        told = f"Nothing of {', '.join(apart[:5])} is in the version before: are they in one language?"
        warnings.warn(told, stacklevel=2)
    return found.drop(columns="series") if is_one else found


def edits(lineage, texts):
    """The words that differ between a paragraph and its source.

    One row is one edit, in a row of `trace` with both and a similarity below 1: `document`, `paragraph`, `start`,
    `end` (characters of the text; equal where words were taken out), `previous_document`, `previous_paragraph`,
    `previous_start`, `previous_end` (equal where words were added), `before` and `after` (the words), and `kind`, of
    the paragraph as a whole: ``dates and citations`` (nothing else differs), ``leading verb`` (else at most three words
    at its start), ``figures`` or ``wording``. Signs, case, hyphens and *-ise* for *-ize* are no edits.

    >>> texts = pd.DataFrame({"document": ["a", "b"], "paragraph": ["1", "1"]})
    >>> texts["text"] = ["Requests a report by May 2020;", "Demands a report by June 2021;"]
    >>> edits(trace(texts, ["a", "b"]), texts)[["before", "after", "kind"]].values.tolist()
    [['Requests', 'Demands', 'leading verb'], ['May 2020', 'June 2021', 'leading verb']]
    """
    tables.check(lineage, "lineage")
    tables.check(texts, "paragraphs")
    both = lineage[lineage["similarity"] < 1].dropna(subset=["paragraph", "previous_paragraph"])
    after = [*zip(both["document"], both["paragraph"], strict=True)]
    before = [*zip(both["previous_document"], both["previous_paragraph"], strict=True)]
    texts = texts[tokens.keys_of(texts).isin([*after, *before])]
    paragraphs = _paragraphs(texts)
    if absent := {*after, *before} - {*paragraphs}:
        raise ValueError(f"texts lacks {' ¶'.join(min(absent))}, which lineage names: pass the texts that were traced.")
    concerns, rows = _concerns(texts, paragraphs), []
    for new, old in zip(after, before, strict=True):
        found = _edits(paragraphs[old], paragraphs[new], concerns[old], concerns[new])
        kinds = {kind for *_, kind in found} - {"glue"}
        kinds = kinds - {"dates and citations"} or kinds
        kind = kinds.pop() if len(kinds) == 1 else "wording"
        rows += [(*new, *now, *old, *was, *words, kind) for now, was, *words, _ in found]
    return pd.DataFrame(rows, columns=[*tables.columns("edits")]).astype(tables.empty("edits").dtypes)


def _named(names, what, documents):
    """The documents that an order names: two versions at least, each once, all in the texts."""
    names = tokens.listed(names, what)
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise ValueError(f"{what} names {', '.join(twice[:5])} twice; each version is there once.")
    if absent := [name for name in names if name not in documents]:
        raise ValueError(f"{what} names {', '.join(absent[:5])}, which texts don't have.")
    if len(names) < 2:
        raise ValueError(f"{what} should name two versions at least, found {len(names)}.")
    return names


def _paragraphs(texts):
    """Document and key → the paragraph with its words, in the order of the texts."""
    found = tokens.tokenize(texts[[*tokens.KEYS, "text"]])
    codes = found["token"].cat.codes.to_numpy(np.uint32)
    words = (codes + _LETTERS).astype("<u4").tobytes().decode("utf-32-le")
    token = found["token"].cat.categories.to_numpy(object)[codes]
    start, end = found["start"].to_numpy(), found["end"].to_numpy()
    first = np.flatnonzero(found["position"] == 0)
    places = zip(first, np.append(first, len(found))[1:], strict=True)
    place_of = dict(zip(tokens.keys_of(found.iloc[first]), places, strict=True))
    paragraphs = {}
    for key, text in zip(tokens.keys_of(texts), texts["text"], strict=True):
        own = slice(*place_of.get(key, (0, 0)))
        formula = _FORMULA.fullmatch(" ".join(token[own])) is not None
        runs = {words[n : n + _RUN] for n in range(own.start, own.stop - _RUN + 1)}
        paragraphs[key] = _Paragraph(key[1], text, words[own], token[own], start[own], end[own], formula, runs)
    return paragraphs


def _series(versions, names, cut):
    """The rows of one series of versions, as tuples in the order of the columns."""
    lines_before = []
    for before, after in pairwise([None, *names]):
        old, new = versions.get(before, []), versions[after]
        links = _links(old, new, cut)
        closest_last = sorted(links, key=lambda link: link[3])
        source_of, heir_of = {i: j for i, j, *_ in closest_last}, {j: i for i, j, *_ in closest_last}
        goes_on = {i: lines_before[j] for i, j in source_of.items() if heir_of[j] == i}
        lines = [goes_on.get(i, f"{after} ¶{one.key}") for i, one in enumerate(new)]
        links += [(i, None, "new", None) for i in range(len(new)) if i not in source_of]
        dropped = [(None, j, "dropped", None) for j in range(len(old)) if j not in heir_of]
        for i, j, change, similarity in sorted(links, key=lambda link: link[0]) + dropped:
            one, source = None if i is None else new[i], None if j is None else old[j]
            renumbered = bool(one and source and one.key != source.key)
            line, formula = lines[i] if one else lines_before[j], (one or source).formula
            yield after, one and one.key, before, source and source.key, change, similarity, renumbered, line, formula
        lines_before = lines


def _links(old, new, cut):
    """The links between two versions, in order: (place in the new, place in the old, change, similarity)."""
    if not (old and new):
        return []
    pairs = _pairs(old, new, cut)
    links = sorted(pairs + _parts(old, new, pairs))
    sources, heirs = Counter(i for i, _ in links), Counter(j for _, j in links)
    common = [LCSseq.similarity(new[i].words, old[j].words) for i, j in links]
    stayed = _in_order([j for _, j in links], common)
    found = []
    for place, (i, j) in enumerate(links):
        same = new[i].letters() == old[j].letters()
        kinds = {"merged": sources[i] > 1, "split": heirs[j] > 1, "moved": place not in stayed, "kept": same}
        change = next((kind for kind, is_so in kinds.items() if is_so), "edited")
        found.append((i, j, change, 1.0 if same else 2 * common[place] / (len(new[i].words) + len(old[j].words))))
    return found


def _pairs(old, new, cut):
    """The pairs, each paragraph in one at most, with the greatest sum of similarities of at least the cut."""
    words = [one.words for one in new], [one.words for one in old]
    similarity = cdist(*words, scorer=Indel.normalized_similarity, score_cutoff=cut, dtype=np.float64)
    similarity[np.not_equal.outer([one.formula for one in new], [one.formula for one in old])] = 0
    apart = np.abs(np.subtract.outer(np.arange(len(new)) / len(new), np.arange(len(old)) / len(old)))
    gain = np.where(similarity > 0, similarity - apart / 1000, 0)
    pairs = np.transpose(linear_sum_assignment(gain, maximize=True)).tolist()
    return [(i, j) for i, j in pairs if similarity[i, j] > 0]


def _parts(old, new, pairs):
    """Further links: between paragraphs that share runs with each other and with none that they are linked to."""
    rest, left = [set(one.runs) for one in new], [set(one.runs) for one in old]
    for i, j in pairs:
        rest[i] -= old[j].runs
        left[j] -= new[i].runs
    holders = defaultdict(list)
    for j, own in enumerate(left):
        for run in own:
            holders[run].append(j)
    shared = Counter((i, j) for i, own in enumerate(rest) for run in own for j in holders[run])
    found = []
    for i, j in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        common = rest[i] & left[j]
        if len(common) >= max(_FEW, _PART * min(len(new[i].runs), len(old[j].runs))):
            found.append((i, j))
            rest[i] -= common
            left[j] -= common
    return found


def _in_order(sources, common):
    """Which links stayed in order: of the chains of sources without a step back, the one with most words in common."""
    sources, best, before = np.array(sources), np.zeros(len(sources)), []
    for place, source in enumerate(sources):
        reached = np.where(sources[:place] <= source, best[:place], 0)
        before.append(reached.argmax() if reached.any() else None)
        best[place] = reached.max(initial=0) + common[place] + 1
    stayed, place = set(), best.argmax() if len(best) else None
    while place is not None:
        stayed.add(place)
        place = before[place]
    return stayed


def _concerns(texts, paragraphs):
    """Document and key → what each word is about, as its place in `_CONCERNS`."""
    concerns = {}
    for key, one in paragraphs.items():
        kinds = (0 if word in _GLUE else 2 if _NUMBER.fullmatch(word) else 3 for word in one.token)
        concerns[key] = np.fromiter(kinds, int)
    cited = references.find(texts)
    places = [*zip(tokens.keys_of(cited), cited["start"], cited["end"], strict=True)]
    places += [(key, *date.span()) for key, one in paragraphs.items() for date in _DATE.finditer(one.text)]
    for key, start, end in places:
        concerns[key][(paragraphs[key].start >= start) & (paragraphs[key].end <= end)] = 1
    return concerns


def _edits(old, new, concerns_old, concerns_new):
    """The edits between two paragraphs: their characters in both, the words, what they are about."""
    found, first, begin = [], 0, 0  # where the last words that are the same in both ended
    for last, stop, size in Levenshtein.opcodes(old.words, new.words).as_matching_blocks():
        if old.letters(first, last) != new.letters(begin, stop):
            kind = _CONCERNS[max(concerns_old[first:last].max(initial=0), concerns_new[begin:stop].max(initial=0))]
            if kind == "wording" and first == 0 and max(last, stop - begin) <= 3:
                kind = "leading verb"
            was, now = old.characters(first, last), new.characters(begin, stop)
            found.append((now, was, old.text[slice(*was)], new.text[slice(*now)], kind))
        first, begin = last + size, stop + size
    return found
