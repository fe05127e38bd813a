"""Patterns against a slow, obviously right matcher; the audit; contributions; bad input."""

import time
import tracemalloc
import warnings
from itertools import product

import pandas as pd
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks, patterns, tables
from tests import words_oracle
from tests.made import paragraphs

# --- the slow matcher: it tries everything ---


def stands_for(word, form):
    """Whether a pattern's word stands for a form, letter by letter."""
    if word != word.lower():
        return spelled(word, form)
    return spelled(word, form.lower())


def spelled(word, form):
    if not word:
        return not form
    if word[0] == "*":
        return spelled(word[1:], form) or bool(form and spelled(word, form[1:]))
    return bool(form) and word[0] in ("?", form[0]) and spelled(word[1:], form[1:])


def split(text):
    """The words of a text, (start, end) each, and the sentence of each: only what the texts below can hold."""
    spans, sentence = words_oracle.words(text), [0]
    for place, ((start, end), (begin, stop)) in enumerate(zip(spans, spans[1:], strict=False)):
        one, other = text[start:end], text[begin:stop]
        doubtful = len(one) == 1 and other != "A"  # an initial, or a list's letter; A opens a sentence
        over = "!" in text[end:begin] or ("." in text[end:begin] and not doubtful and (len(one) > 1 or place > 0))
        sentence.append(sentence[-1] + (over and other[0].isupper()))
    return spans, sentence


def slow_matches(pattern, words):
    """All (first, last) such that each word stands for its form at its distance; then those that hold no other.

    `words` are the forms, and the number of the sentence of each.
    """
    forms, sentence = words
    parts, gaps = [], []
    gap = 1
    for part in pattern.split():
        if part[0] == "~":
            gap = int(part[1:])
        else:
            parts.append(part)
            gaps.append(gap)
            gap = 1
    found = set()
    for places in product(range(len(forms)), repeat=len(parts)):
        near = sentence[places[0]] == sentence[places[-1]]
        near = near and all(
            1 <= after - before <= gap for before, after, gap in zip(places, places[1:], gaps[1:], strict=False)
        )
        if near and all(stands_for(word, forms[place]) for word, place in zip(parts, places, strict=True)):
            found.add((places[0], places[-1]))
    return {(a, b) for a, b in found if not any((c, d) != (a, b) and a <= c and d <= b for c, d in found)}


def slow_hits(rows, words):
    """Hits of one label in one paragraph: (first, last, pattern, kept, reason)."""
    matches = [(match, pattern) for role, pattern in rows if role == "any" for match in slow_matches(pattern, words)]
    groups = []
    for match, pattern in sorted(matches):
        if groups and match[0] <= max(last for (_, last), _ in groups[-1]):
            groups[-1].append((match, pattern))
        else:
            groups.append([(match, pattern)])
    order = [pattern for _, pattern in rows]
    hits = []
    for group in groups:
        first, last = min(a for (a, _), _ in group), max(b for (_, b), _ in group)
        longest = min(group, key=lambda one: (one[0][0] - one[0][1], one[0][0], order.index(one[1])))[1]
        by = [
            pattern
            for role, pattern in rows
            if role == "except" and any(a <= last and first <= b for a, b in slow_matches(pattern, words))
        ]
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


def as_codebook(**labels):
    rows = [(label, role, pattern) for label, of_label in labels.items() for role, pattern in of_label]
    return pd.DataFrame(rows, columns=["label", "role", "pattern"])


def as_paragraphs(texts):
    keys = {"document": "d", "paragraph": [str(i) for i in range(len(texts))]}
    return pd.DataFrame(keys | {"text": texts}, dtype="str")


def quietly(function, *arguments, **further):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **further)


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=2), PATTERNS)
def test_a_pattern_agrees_with_the_slow_matcher(texts, pattern):
    found = patterns.find(as_paragraphs(texts), pattern)
    expected = []
    for paragraph, text in enumerate(texts):
        spans, sentence = split(text)
        for first, last, *_ in slow_hits([("any", pattern)], ([text[a:b] for a, b in spans], sentence)):
            start, end = spans[first][0], spans[last][1]
            expected.append((str(paragraph), start, end, text[start:end], True))
    assert list(zip(*(found[name] for name in ["paragraph", "start", "end", "match", "kept"]), strict=True)) == expected


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=2), BOOKS, BOOKS, st.sampled_from(["sentence", "paragraph"]))
def test_a_codebook_agrees_with_the_slow_matcher(texts, one, two, across):
    found = quietly(patterns.find, as_paragraphs(texts), as_codebook(one=one, two=two), across=across)
    expected = []
    for paragraph, text in enumerate(texts):
        spans, sentence = split(text)
        words = [text[a:b] for a, b in spans], sentence if across == "sentence" else [0] * len(spans)
        for label, rows in (("one", one), ("two", two)):
            for first, last, pattern, kept, reason in slow_hits(rows, words):
                expected.append((str(paragraph), spans[first][0], label, spans[last][1], pattern, kept, reason))
    columns = ["paragraph", "start", "label", "end", "pattern", "kept", "reason"]
    rows = [tuple(None if value != value else value for value in row) for row in found[columns].values.tolist()]
    assert rows == sorted(expected, key=lambda row: (row[0], row[1], row[2]))


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=2), BOOKS, st.lists(PATTERNS, min_size=1, max_size=2, unique=True))
def test_the_audit_counts_what_find_counts_and_what_the_search_finds(texts, rows, searches):
    paragraphs = as_paragraphs(texts)
    book = as_codebook(one=[*rows, *(("search", pattern) for pattern in searches)])
    found, audit = quietly(patterns.find, paragraphs, book), quietly(patterns.audit, paragraphs, book)
    assert list(audit.columns) == list(tables.columns("audit"))
    assert audit["kept"].sum() == found["kept"].sum()
    plain = quietly(patterns.find, paragraphs, as_codebook(one=[("any", pattern) for pattern in searches]))
    places = ["paragraph", "start", "end"]
    assert audit.loc[audit["plain"], places].values.tolist() == plain[places].values.tolist()
    assert (audit["substring"] | ~audit["plain"]).all() and (audit["kept"] == audit["reason"].isna()).all()
    text = dict(zip(paragraphs["paragraph"], paragraphs["text"], strict=True))
    for row in audit.itertuples():
        assert text[row.paragraph][row.start : row.end] == row.match
    assert not audit.duplicated(["paragraph", "start", "end", "label", "kept", "plain"]).any()


@settings(max_examples=12)
@given(st.lists(TEXTS, min_size=1, max_size=2), BOOKS, BOOKS)
def test_contributions_are_what_is_lost_without_the_row(texts, one, two):
    paragraphs, book = as_paragraphs(texts), as_codebook(one=one, two=two)
    found = quietly(patterns.contributions, paragraphs, book)
    assert list(found.columns) == list(tables.columns("contributions"))
    assert found[["label", "role", "pattern"]].values.tolist() == book.values.tolist()
    hits = quietly(patterns.find, paragraphs, book)
    for i, row in enumerate(found.itertuples()):
        of_label = hits[hits["label"] == row.label]
        assert row.n_label == of_label["kept"].sum()
        if row.role == "any":
            assert row.n == (of_label["kept"] & (of_label["pattern"] == row.pattern)).sum()
        else:
            assert row.n == (of_label["reason"] == f"except: {row.pattern}").sum()
        rest = quietly(patterns.find, paragraphs, book.drop(index=i))
        assert row.n_without == (rest["kept"] & (rest["label"] == row.label)).sum()


# --- rules, one by one ---


def matches(text, what):
    return patterns.find(as_paragraphs([text]), what)["match"].tolist()


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("manage ~4 war", "manage a b c war", ["manage a b c war"]),
        ("manage ~4 war", "manage a b c d war", []),
        ("manage ~1 war", "manage war; manage a war", ["manage war"]),  # ~1 is adjacency
        ("manage ~4 war", "war manage", []),  # one order only
        ("manage ~4 war", "manage, manage war war", ["manage war"]),  # the nearest words
        ("a ~3 b ~1 c", "a b b c", ["a b b c"]),  # the nearest b leads nowhere, the next does
        ("a ~2 a", "a a a", ["a a a"]),  # two matches that share a word are one hit
        ("a * a", "a b a b a", ["a b a b a"]),
        ("* war", "war on war", ["on war"]),
        ("war *", "war, Peace", ["war, Peace"]),
        ("war *", "peace and war", []),
        ("decision-mak*", "decision-making, decision making", ["decision-making"]),
        ("council's", "The Council’s and the council's", ["Council’s", "council's"]),
        ("Council’s", "The Council's", ["Council's"]),
        ("caf\u00e9", "cafe\u0301 CAF\u00c9", ["cafe\u0301", "CAF\u00c9"]),
        ("S/2015/4??", "S/2015/446, S/2015/44", ["S/2015/446"]),
        ("م*", "سلام من مصر", ["من", "مصر"]),
    ],
)
def test_rules(pattern, text, expected):
    assert matches(text, pattern) == expected


def test_a_match_never_crosses_a_paragraph():
    assert patterns.find(as_paragraphs(["to keep", "peace"]), "keep ~9 peace").empty
    assert patterns.find(as_paragraphs(["to keep", "", "peace"]), "* peace").empty


def test_the_callers_tables_stay_as_they_are_and_further_columns_do_no_harm():
    paragraphs = as_paragraphs(["war and peace", "war"]).assign(start=1, label="x", match="y", kept=False, n=2)
    book = codebooks.parse("war: {search: war, any: war, except: {war and: no}}").set_index(pd.Index([7, 7, 7]))
    before = paragraphs.copy(), book.copy()
    for function in (patterns.find, patterns.audit, patterns.contributions):
        function(paragraphs, book)
    pd.testing.assert_frame_equal(paragraphs, before[0])
    pd.testing.assert_frame_equal(book, before[1])
    hits = patterns.find(paragraphs.set_index(pd.Index([5, 5])), book)
    assert hits[["paragraph", "kept", "reason"]].fillna("").values.tolist() == [["0", False, "no"], ["1", True, ""]]


def test_no_paragraphs_no_words_no_hits():
    for texts in ([], ["", "…"], ["peace"]):
        for function, table in ((patterns.find, "hits"), (patterns.audit, "audit")):
            found = function(as_paragraphs(texts), codebooks.parse("war: {search: war, any: war}"))
            pd.testing.assert_frame_equal(found.astype({"label": "str"}), tables.empty(table))


@pytest.mark.parametrize(
    ("book", "text", "expected"),
    [
        (  # Ctrl-F looks for the letters of a search with wildcards too
            "peace: {search: ['* peace', Keep*ing], any: peace}",
            "peace.\n makepeace keeping, bookkeeping",
            ["peace y", "makepeace n no pattern", "keeping n no pattern", "bookkeeping n no pattern"],
        ),
        ("war: {search: war*, any: war ~2 warlike}", "war and warlike", ["war y", "warlike n same passage"]),
        (  # what counts without being searched for is there as well
            "council: {search: council, any: [Council, UNSC]}\nwar: {any: war}",
            "the Council and UNSC, war; Counciling",
            ["Council y", "UNSC y", "war y", "Counciling n no pattern"],
        ),
    ],
)
def test_the_audit_says_what_counts_and_why_not(book, text, expected):
    audit = patterns.audit(as_paragraphs([text]), codebooks.parse(book))
    rows = audit[["match", "kept", "reason"]].fillna("").itertuples(index=False)
    assert [f"{match} {'ny'[kept]} {reason}".strip() for match, kept, reason in rows] == expected


def test_an_exception_that_swallows_every_hit_is_told():
    text = "war:\n  any: war\n  except:\n    war*: a reason\n    no: another\npeace: {any: peace}\n"
    told = r"^b.yml line 4: war: every hit \(2\) is set aside, by except 'war\*' \(a reason\)\.$"
    book = codebooks.parse(text, "b.yml")
    with pytest.warns(UserWarning, match=told):
        hits = patterns.find(as_paragraphs(["war and peace", "war"]), book)
    assert hits["kept"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("conflict.yml", "'conflict.yml' looks like a file: read it with codebooks.load first."),
        ("war,", "codebook row 0 (from 0): war,: the pattern 'war,' cannot be read from ',' on"),
        (as_codebook(x=[("some", "y")]), "codebook row 0 (from 0): x has the role 'some'; it should be any, except or"),
        (as_codebook(x=[("except", "y")]), "codebook: there is no pattern that counts (role any)."),
        (as_codebook(x=[("any", "y"), ("except", "y")]), "codebook row 1 (from 0): x has the pattern 'y' twice"),
    ],
)
def test_bad_codebooks_are_refused(what, message):
    with pytest.raises(ValueError) as told:
        patterns.find(as_paragraphs(["war"]), what)
    assert message in str(told.value)


def test_thousands_of_patterns_and_hostile_words_do_not_hang():
    started = time.perf_counter()
    rows = "".join(f"    - word{i} ~4 other{i}*\n    - '*x{i}?y*'\n" for i in range(1000))
    book = codebooks.parse(f"many:\n  any:\n{rows}", "many.yml")
    texts = ["word77 and the other77s " * 20, "a" * 100_000, "x5zy " * 1000]
    assert patterns.find(as_paragraphs(texts), book)["kept"].sum() == 20 + 1000
    assert patterns.find(as_paragraphs(texts), "*a" * 400 + "b").empty
    assert time.perf_counter() - started < 120  # not a measure of speed: it does not hang


# --- sentences, compounds, the longest match, and much of everything ---


@pytest.mark.parametrize(
    ("pattern", "text", "in_sentence", "in_paragraph"),
    [
        ("no conflict", "They said no. Conflict followed.", 0, 1),
        ("peace talks", "They want peace! Talks go on.", 0, 1),
        ("manage ~4 war*", "None could manage. The war went on.", 0, 1),
        ("* war", "It ends. War goes on.", 0, 1),
        ("resolution No 5", "under resolution No. 5 of 2015", 1, 1),
        ("US forces", "the U.S. forces; US forces", 1, 1),
        ("U.S. forces", "the U.S. forces; US forces", 1, 1),
        ("paras 3", "in paras. 3 and 4", 1, 1),
        ("H.E. Mr", "spoke H.E. Mr. Smith", 1, 1),
    ],
)
def test_a_sentence_end_stops_a_match(pattern, text, in_sentence, in_paragraph):
    for across, n in [("sentence", in_sentence), ("paragraph", in_paragraph)]:
        assert len(patterns.find(as_paragraphs([text]), pattern, across=across)) == n
        assert patterns.audit(as_paragraphs([text]), pattern, across=across)["kept"].sum() == n
        assert patterns.contributions(as_paragraphs([text]), pattern, across=across)["n"].sum() == n
    with pytest.raises(ValueError, match=r"across should be one of .*, found 'line'"):
        patterns.find(as_paragraphs([text]), pattern, across="line")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("peace_keep*", ["peace-keeping", "Peace keeping", "peacekeepers"]),
        ("Peace_keeping", ["Peace keeping"]),
        ("non_state actor*", ["non‑State actors", "nonstate actor", "non State actors"]),
        ("co_operat* ~2 state*", ["cooperation of states"]),
        ("cease_fire_line", ["cease-fire line", "ceasefire line"]),
    ],
)
def test_a_compound_is_found_however_it_is_written(pattern, found):
    text = "peace-keeping, Peace keeping and peacekeepers; non‑State actors, a nonstate actor or non State actors. "
    text += "The cooperation of states: a cease-fire line, a ceasefire line."
    assert matches(text, pattern) == found


@pytest.mark.parametrize(
    ("pattern", "sign"),
    [("war AND peace", "AND"), ("war OR conflict", "OR"), ("peace NOT war", "NOT"), ("NOT war", "NOT"),
     ("(war OR conflict) AND peace", "OR"), ("no AND (war)", "AND")],
)  # fmt: skip
def test_signs_of_other_search_languages_are_told_with_the_cure(pattern, sign):
    cure = {"AND": "write one ~9 other", "OR": "below any:", "NOT": "below except:"}[sign]
    with pytest.raises(ValueError, match=f"has {sign}, which patterns do not know: .*{cure}.*in small letters"):
        patterns.find(as_paragraphs(["war and peace"]), pattern)
    assert matches("no war or peace", "war or peace") == ["war or peace"]


PLACES = (
    "{}Guinea: {{any: [Guinea]}}\nEquatorial Guinea: {{any: [Equatorial Guinea]}}\nBissau: {{any: [Guinea_Bissau]}}\n"
)
PLACES += "Papua: {{any: [Papua New Guinea], except: {{Papua New Guinea Bank: a bank}}}}\n"


@pytest.mark.parametrize(
    ("text", "longest", "every"),
    [
        ("in Guinea", ["Guinea"], ["Guinea"]),
        ("in Equatorial Guinea", ["Equatorial Guinea"], ["Equatorial Guinea", "Guinea"]),
        ("in Guinea-Bissau", ["Bissau"], ["Bissau"]),
        ("in Guinea Bissau", ["Bissau"], ["Bissau", "Guinea"]),
        ("in Papua New Guinea; in Guinea", ["Guinea", "Papua"], ["Guinea", "Guinea", "Papua"]),
        ("the Papua New Guinea Bank", ["Guinea"], ["Guinea"]),  # what is set aside makes no other match shorter
    ],
)
def test_of_matches_of_different_labels_the_longest_counts_where_asked_for(text, longest, every):
    for head, expected in [("longest: true\n", longest), ("", every), ("longest: false\n", every)]:
        book, paragraphs = codebooks.parse(PLACES.format(head)), as_paragraphs([text])
        hits = quietly(patterns.find, paragraphs, book)
        assert sorted(hits.loc[hits["kept"], "label"]) == expected
        counted = quietly(patterns.contributions, paragraphs, book)
        assert counted.loc[counted["role"] == "any", "n"].sum() == len(expected)
    hits = quietly(patterns.find, paragraphs, codebooks.parse(PLACES.format("longest: true\n")))
    assert set(hits["reason"].dropna()) <= {f"part of a longer match of {one}" for one in hits["label"]} | {"a bank"}
    with pytest.raises(ValueError, match="b line 1: longest should be true or false, found 'perhaps'"):
        codebooks.parse(PLACES.format("longest: perhaps\n"), "b")


def test_a_thousand_labels_with_exceptions_ask_for_memory_by_their_hits():
    rows = [(f"l{i}", role, f"w{i}{more}") for i in range(1000) for role, more in [("any", ""), ("except", " w1")]]
    book = pd.DataFrame(rows, columns=["label", "role", "pattern"])
    texts = as_paragraphs([" ".join(f"w{(i * 37 + j) % 5000}" for j in range(1000)) for i in range(200)])
    tracemalloc.start()
    hits = quietly(patterns.find, texts, book)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(hits) == sum(int(word[1:]) < 1000 for text in texts["text"] for word in text.split())
    assert peak < 200e6  # labels × words are 200 million


def test_searching_piece_by_piece_changes_nothing(monkeypatch):
    book = codebooks.parse("peace: {any: [peace], except: {peace pipe: a pipe}}\nwar: {any: [war*]}")
    texts = paragraphs("Peace and war.", "A peace pipe", "", "Wars, and peace", "War").assign(year=[1, 2, 3, 4, 5])
    whole = patterns.find(texts, book)
    monkeypatch.setattr(patterns, "_PIECE", 2)
    pd.testing.assert_frame_equal(patterns.find(texts, book), whole)
    with pytest.warns(UserWarning, match=r"peace: every hit \(2\) is set aside, by except 'peace pipe'"):
        patterns.find(paragraphs("A peace pipe", "War", "the peace pipe"), book)  # over both pieces
