"""Patterns against a slow, obviously right matcher; the audit; contributions; bad input."""

import time
import tracemalloc
from itertools import pairwise, product

import pandas as pd
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks, patterns, tables
from tests import words_oracle
from tests.made import paragraphs, refused

# --- the slow matcher: it tries everything ---


def stands_for(word, form):
    """Whether a pattern's word stands for a form, letter by letter."""
    return spelled(word, form if word != word.lower() else form.lower())


def spelled(word, form):
    if not word:
        return not form
    if word[0] == "*":
        return spelled(word[1:], form) or bool(form and spelled(word, form[1:]))
    return bool(form) and word[0] in ("?", form[0]) and spelled(word[1:], form[1:])


def split(text):
    """The words of a text, (start, end) each, and the sentence of each: only what the texts below can hold."""
    spans, sentence = words_oracle.words(text), [0]
    for place, ((start, end), (begin, stop)) in enumerate(pairwise(spans)):
        one, other = text[start:end], text[begin:stop]
        doubtful = len(one) == 1 and other != "A"  # an initial, or a list's letter; A opens a sentence
        over = "!" in text[end:begin] or ("." in text[end:begin] and not doubtful and (len(one) > 1 or place > 0))
        sentence.append(sentence[-1] + (over and other[0].isupper()))
    return spans, sentence


def slow_matches(pattern, forms, sentence):
    """All (first, last) such that each word stands for its form at its distance; then those that hold no other."""
    parts, gaps = [], [1]
    for part in pattern.split():
        if part[0] == "~":
            gaps[-1] = int(part[1:])
        else:
            parts.append(part)
            gaps.append(1)
    found = set()
    for places in product(range(len(forms)), repeat=len(parts)):
        near = all(1 <= two - one <= gap for (one, two), gap in zip(pairwise(places), gaps[1:-1], strict=True))
        near = near and sentence[places[0]] == sentence[places[-1]]
        if near and all(stands_for(word, forms[place]) for word, place in zip(parts, places, strict=True)):
            found.add((places[0], places[-1]))
    return {(a, b) for a, b in found if not any((c, d) != (a, b) and a <= c and d <= b for c, d in found)}


def slow_hits(rows, *words):
    """Hits of one label in one paragraph: (first, last, pattern, kept, reason)."""
    matches = [(match, pattern) for role, pattern in rows if role == "any" for match in slow_matches(pattern, *words)]
    groups = []
    for match, pattern in sorted(matches):
        if groups and match[0] <= max(last for (_, last), _ in groups[-1]):
            groups[-1].append((match, pattern))
        else:
            groups.append([(match, pattern)])
    order, hits = [pattern for _, pattern in rows], []
    exceptions = {pattern: slow_matches(pattern, *words) for role, pattern in rows if role == "except"}
    for group in groups:
        first, last = min(a for (a, _), _ in group), max(b for (_, b), _ in group)
        longest = min(group, key=lambda one: (one[0][0] - one[0][1], one[0][0], order.index(one[1])))[1]
        by = [one for one, found in exceptions.items() if any(a <= last and first <= b for a, b in found)]
        hits.append((first, last, longest, not by, f"except: {by[0]}" if by else None))
    return hits


WORDS = st.sampled_from(["a", "b", "ab", "A", "aB", "b-a", "B"])
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", ", ", "\n", ". ", "! "])), max_size=7).map(
    lambda words: "".join(word + space for word, space in words)
)
PATTERN_WORDS = st.sampled_from(["a", "b", "A", "a*", "*b", "?", "?b", "*", "a?", "aB", "*a*", "b-*", "**"])
PATTERNS = (
    st.lists(st.tuples(PATTERN_WORDS, st.sampled_from(["", "", "~1 ", "~2 ", "~3 "])), min_size=1, max_size=3)
    .map(lambda parts: "".join(gap * (i > 0) + word + " " for i, (word, gap) in enumerate(parts)).strip())
    .filter(lambda pattern: regex.search("[abAB]", pattern))
)
BOOKS = st.lists(
    st.tuples(st.sampled_from(["any", "any", "except"]), PATTERNS), min_size=1, max_size=4, unique_by=lambda row: row[1]
).filter(lambda rows: any(role == "any" for role, _ in rows))
SOME = st.lists(TEXTS, min_size=1, max_size=3)


def as_codebook(**labels):
    rows = [(label, role, pattern) for label, of_label in labels.items() for role, pattern in of_label]
    return pd.DataFrame(rows, columns=["label", "role", "pattern"])


@settings(max_examples=50)
@given(SOME, st.lists(BOOKS, min_size=3, max_size=5))
def test_a_codebook_agrees_with_the_slow_matcher(texts, books):
    labels = dict(zip("abcde", books, strict=False))
    found, expected = patterns.find(paragraphs(*texts), as_codebook(**labels)), []
    for number, text in enumerate(texts, 1):
        spans, sentence = split(text)
        words = [text[a:b] for a, b in spans], sentence
        for label, rows in labels.items():
            for first, last, *more in slow_hits(rows, *words):
                start, end = spans[first][0], spans[last][1]
                expected.append([str(number), start, label, end, text[start:end], *more])
    columns = ["paragraph", "start", "label", "end", "match", "pattern", "kept", "reason"]
    found = found[columns].astype(object).where(found[columns].notna(), None)
    assert found.values.tolist() == sorted(expected, key=lambda row: row[:3])


@settings(max_examples=15)
@given(SOME, BOOKS, st.lists(PATTERNS, min_size=1, max_size=2, unique=True))
def test_the_audit_counts_what_find_counts_and_what_the_search_finds(texts, rows, searches):
    some = paragraphs(*texts)
    book = as_codebook(one=[*rows, *(("search", pattern) for pattern in searches)])
    plain = as_codebook(one=[("any", pattern) for pattern in searches])
    found, plain = (patterns.find(some, one) for one in (book, plain))
    audit = patterns.audit(some, book)
    assert list(audit.columns) == list(tables.columns("audit")) and audit["kept"].sum() == found["kept"].sum()
    places = ["paragraph", "start", "end"]
    assert audit.loc[audit["plain"], places].values.tolist() == plain[places].values.tolist()
    assert (audit["substring"] | ~audit["plain"]).all() and (audit["kept"] == audit["reason"].isna()).all()
    for row in audit.itertuples():
        assert texts[int(row.paragraph) - 1][row.start : row.end] == row.match
    assert not audit.duplicated(["paragraph", "start", "end", "label", "kept", "plain"]).any()


@settings(max_examples=8)
@given(SOME, BOOKS, BOOKS)
def test_contributions_are_what_is_lost_without_the_row(texts, one, two):
    some, book = paragraphs(*texts), as_codebook(one=one, two=two)
    found = patterns.contributions(some, book)
    assert list(found.columns) == list(tables.columns("contributions"))
    assert found[["label", "role", "pattern"]].values.tolist() == book.values.tolist()
    hits = patterns.find(some, book)
    for i, row in enumerate(found.itertuples()):
        of_label = hits[hits["label"] == row.label]
        named = of_label["kept"] & (of_label["pattern"] == row.pattern)
        aside = of_label["reason"] == f"except: {row.pattern}"
        assert (row.n, row.n_label) == ((named if row.role == "any" else aside).sum(), of_label["kept"].sum())
        rest = patterns.find(some, book.drop(index=i))
        assert row.n_without == (rest["kept"] & (rest["label"] == row.label)).sum()


# --- rules, one by one ---

COMPOUNDS = "peace-keeping, Peace keeping and peacekeepers; non‑State actors, a nonstate actor or non State actors. "
COMPOUNDS += "The cooperation of states: a cease-fire line, a ceasefire line."


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("manage ~4 war", "manage a b c war; manage a b c d war", ["manage a b c war"]),
        ("a ~3 b ~1 c", "a b b c", ["a b b c"]),  # the nearest b leads nowhere, the next does
        ("a * a", "a b a b a", ["a b a b a"]), ("war or peace", "no war or peace", ["war or peace"]),
        ("decision-mak*", "decision-making, decision making", ["decision-making"]),
        ("council's", "The Council’s and the council's", ["Council’s", "council's"]),
        ("Council’s", "The Council's", ["Council's"]),
        ("caf\u00e9", "cafe\u0301 CAF\u00c9", ["cafe\u0301", "CAF\u00c9"]),
        ("S/2015/4??", "S/2015/446, S/2015/44", ["S/2015/446"]), ("م*", "سلام من مصر", ["من", "مصر"]),
        ("peace_keep*", COMPOUNDS, ["peace-keeping", "Peace keeping", "peacekeepers"]),
        ("Peace_keeping", COMPOUNDS, ["Peace keeping"]),
        ("non_state actor*", COMPOUNDS, ["non‑State actors", "nonstate actor", "non State actors"]),
        ("co_operat* ~2 state*", COMPOUNDS, ["cooperation of states"]),
        ("cease_fire_line", COMPOUNDS, ["cease-fire line", "ceasefire line"]), ("* war", "It ends. War goes on.", []),
        ("manage ~4 war*", "None could manage. The war went on.", []),
        ("resolution No 5", "under resolution No. 5 of 2015", ["resolution No. 5"]),
        ("US forces", "the U.S. forces; US forces", ["US forces"]), ("H.E. Mr", "spoke H.E. Mr. Smith", ["H.E. Mr"]),
    ],
)  # fmt: skip
def test_rules(pattern, text, expected):
    assert patterns.find(paragraphs(text), pattern)["match"].tolist() == expected


def test_further_columns_and_an_index_do_no_harm():
    some = paragraphs("war and peace", "war").assign(start=1, label="x", match="y", kept=False, n=2)
    book = codebooks.parse("war: {search: war, any: war, except: {war and: no}}").set_index(pd.Index([7, 7, 7]))
    hits = patterns.find(some.set_index(pd.Index([5, 5])), book)
    assert hits[["paragraph", "kept", "reason"]].fillna("").values.tolist() == [["1", False, "no"], ["2", True, ""]]


def test_no_paragraphs_no_words_no_hits():
    for texts in ([], ["", "…"], ["peace"]):
        for function, table in ((patterns.find, "hits"), (patterns.audit, "audit")):
            found = function(paragraphs(*texts).astype("str"), codebooks.parse("war: {search: war, any: war}"))
            pd.testing.assert_frame_equal(found.astype({"label": "str"}), tables.empty(table))


@pytest.mark.parametrize(
    ("book", "text", "expected"),
    [  # Ctrl-F looks for the letters of a search with wildcards too; what counts without being searched for is there
        (
            "peace: {search: ['* peace', Keep*ing], any: [peace, UNSC]}\nwar: {any: war}",
            "peace.\n makepeace keeping, bookkeeping UNSC war",
            "peace y, makepeace n no pattern, keeping n no pattern, bookkeeping n no pattern, UNSC y, war y",
        ),
        ("war: {search: war*, any: war ~2 warlike}", "war and warlike", "war y, warlike n same passage"),
        ("council: {search: council, any: Council}", "the Council; Counciling", "Council y, Counciling n no pattern"),
    ],
)
def test_the_audit_says_what_counts_and_why_not(book, text, expected):
    audit = patterns.audit(paragraphs(text), codebooks.parse(book))
    rows = audit[["match", "kept", "reason"]].fillna("").itertuples(index=False)
    assert ", ".join(f"{match} {'ny'[kept]} {reason}".strip() for match, kept, reason in rows) == expected


KNOWN = "for OR list patterns, for AND write one ~9 other, for NOT use except:"
test_bad_codebooks_are_refused = refused(
    lambda what: patterns.find(paragraphs("war"), what),
    ("conflict.yml", "'conflict.yml' looks like a file: read it with codebooks.load first."),
    ("war,", "codebook row 0 (from 0): war,: the pattern 'war,' cannot be read from ',' on"),
    (as_codebook(x=[("some", "y")]), "codebook row 0 (from 0): x has the role 'some'; it should be any, except or"),
    (as_codebook(x=[("except", "y")]), "codebook: there is no pattern that counts (role any)."),
    ("no AND (war)", f"has AND, which patterns do not know: {KNOWN}"),
    ("(war OR conflict) AND peace", f"has OR, which patterns do not know: {KNOWN}"),
    ("NOT war", f"has NOT, which patterns do not know: {KNOWN}"),
)


def test_thousands_of_patterns_and_hostile_words_do_not_hang():
    started = time.perf_counter()
    rows = "".join(f"    - word{i} ~4 other{i}*\n    - '*x{i}?y*'\n" for i in range(500))
    book = codebooks.parse(f"many:\n  any:\n{rows}", "many.yml")
    texts = paragraphs("word77 and the other77s " * 20, "a" * 100_000, "x5zy " * 1000)
    assert patterns.find(texts, book)["kept"].sum() == 20 + 1000
    assert patterns.find(texts, "*a" * 400 + "b").empty
    assert time.perf_counter() - started < 120  # not a measure of speed: it does not hang


# --- much of everything ---


def test_many_labels_with_exceptions_ask_for_memory_by_their_hits():
    rows = [(f"l{i}", role, f"w{i}{more}") for i in range(300) for role, more in [("any", ""), ("except", " w1")]]
    texts = paragraphs(*(" ".join(f"w{(i * 37 + j) % 5000}" for j in range(1000)) for i in range(60)))
    book = pd.DataFrame(rows, columns=["label", "role", "pattern"])
    tracemalloc.start()
    hits = patterns.find(texts, book)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(hits) == sum(int(word[1:]) < 300 for text in texts["text"] for word in text.split())
    assert peak < 18e6  # labels × words are 18 million


def test_searching_piece_by_piece_changes_nothing(monkeypatch):
    book = codebooks.parse("peace: {any: [peace], except: {peace pipe: a pipe}}\nwar: {any: [war*]}")
    texts = paragraphs("Peace and war.", "A peace pipe", "", "Wars, and peace", "War").assign(year=[1, 2, 3, 4, 5])
    whole = patterns.find(texts, book)
    monkeypatch.setattr(patterns, "_PIECE", 2)
    pd.testing.assert_frame_equal(patterns.find(texts, book), whole)
