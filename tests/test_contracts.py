"""Every public function × every table it takes: whatever is wrong with the table is told in one clear sentence."""

import pandas as pd
import pytest

from analysis import (
    agreement,
    classifier,
    codebooks,
    coding,
    collocations,
    concordance,
    contrast,
    corpus,
    frequency,
    keyness,
    patterns,
    prevalence,
    resampling,
    tables,
    themes,
    tokens,
    topic_comparison,
    topic_quality,
    topic_stability,
    topics,
)

TEXTS = [
    "Peace and war",
    "War and peace now",
    "No peace",
    "Conflict and trade",
    "Trade, then conflict",
    "Trade and war",
]
PARAGRAPHS = pd.DataFrame(
    {"document": list("aabbcc"), "paragraph": list("121212"), "section": list("xyxyxy"), "text": TEXTS}
)
WORDS = tokens.tokenize(PARAGRAPHS)
BOOK = codebooks.parse("peace: {any: peace, search: peac*}\nwar: {any: war, search: war}")
HITS = patterns.find(PARAGRAPHS, BOOK)
KWIC = concordance.kwic(PARAGRAPHS, "peace")
THEMES = themes.classify(PARAGRAPHS, BOOK)
CODED = PARAGRAPHS[["document", "paragraph"]].assign(theme=["peace", "war", "none"] * 2, coder="first")
CODINGS = pd.concat([CODED, CODED.assign(coder="second")], ignore_index=True)
SAMPLE = CODED.drop(columns="coder").assign(drawn="by paragraph", probability=1.0)
CODES = CODINGS.rename(columns={"paragraph": "unit", "theme": "code"})[["unit", "coder", "code"]]
CODES = CODES.drop_duplicates(["unit", "coder"], ignore_index=True)
LISTED = pd.DataFrame({"token": ["peace", "women"], "n": [10, 20]})
DOCUMENTS = pd.DataFrame({"document": ["un"], "text": ["# War"]})
SPANS = pd.DataFrame({"document": "un", "start": [0, 2], "end": [2, 5], "kind": ["markup", "heading"]})
SPANS = SPANS.assign(paragraph="heading 1", text_start=0, reason="heading sign")
RATES = pd.DataFrame({"year": 1990, "country": list("abc"), "n": [1, 2, 3], "size": 10})
TERMS = pd.DataFrame(
    {"topic": [1, 1, 2, 2], "term": ["peace", "war", "trade", "conflict"], "weight": 0.5, "rank": [1, 2, 1, 2]}
)
MANY = PARAGRAPHS.assign(document="d", paragraph=[str(n) for n in range(6)])
MANY = pd.concat([MANY.assign(document=f"d{n}") for n in range(10)], ignore_index=True)
CODED_MANY = MANY[["document", "paragraph"]].assign(theme=["war", "war", "none"] * 20)
MODEL = classifier.train(MANY, CODED_MANY)
WORDS_OF_MANY = tokens.tokenize(MANY)
FOUND = topics.fit(WORDS_OF_MANY, 2)
LABELLED = PARAGRAPHS[["document", "paragraph"]].assign(label=[1, 1, 1, 2, 2, 2])
RANKED = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": [*"abcdevwxyz"], "rank": [1, 2, 3, 4, 5] * 2})
UNLIKE = tokens.tokenize(PARAGRAPHS.assign(text=PARAGRAPHS["text"] + " " + PARAGRAPHS["document"] * 2))
STABLE = pd.DataFrame({"topic": [1, 2], "stability": 0.5, "confident": True})
SHARES = FOUND.shares.astype({"document": "str", "paragraph": "str"})
SHARES = SHARES.assign(year=SHARES["document"].str[1:].astype(int), half=SHARES["document"].isin(["d1", "d2"]))
SHEET = pd.DataFrame({"question": ["1", "2"], **{f"word_{n + 1}": "abcdef"[n] for n in range(6)}, "intruder": "b"})
KEY = SHEET.assign(topic=[1, 2], intruder=["b", "c"])

# What is called, and the tables it takes: name of the argument → (the table, its name in columns.csv, further columns).
CALLS = {
    "tokens.tokenize": (tokens.tokenize, {"paragraphs": (PARAGRAPHS, "paragraphs")}),
    "tokens.find": (lambda tokens_: tokens.find(tokens_, ["peace"]), {"tokens_": (WORDS, "tokens")}),
    "patterns.find": (patterns.find, {"paragraphs": (PARAGRAPHS, "paragraphs"), "codebook": (BOOK, "codebook")}),
    "patterns.audit": (patterns.audit, {"paragraphs": (PARAGRAPHS, "paragraphs"), "codebook": (BOOK, "codebook")}),
    "patterns.contributions": (
        patterns.contributions,
        {"paragraphs": (PARAGRAPHS, "paragraphs"), "codebook": (BOOK, "codebook")},
    ),
    "concordance.kwic": (
        concordance.kwic,
        {"paragraphs": (PARAGRAPHS, "paragraphs"), "what": (HITS, "hits")},
    ),
    "concordance.lines": (concordance.lines, {"kwic": (KWIC, "kwic")}),
    "frequency.count": (
        lambda tokens_: frequency.count(tokens_, by="section"),
        {"tokens_": (WORDS, "tokens", "section")},
    ),
    "frequency.count_hits": (frequency.count_hits, {"hits": (HITS, "hits"), "tokens": (WORDS, "tokens")}),
    "frequency.dispersion": (frequency.dispersion, {"tokens": (WORDS, "tokens")}),
    "keyness.compare": (
        lambda tokens_: keyness.compare(tokens_, [True] * 7 + [False] * (len(tokens_) - 7), unit=None, floor=1),
        {"tokens_": (WORDS, "tokens")},
    ),
    "keyness.compare with a list": (
        lambda tokens_, reference: keyness.compare(tokens_, [True] * len(tokens_), reference, unit=None, floor=1),
        {"tokens_": (WORDS, "tokens"), "reference": (LISTED, "reference")},
    ),
    "keyness.having": (keyness.having, {"hits": (HITS, "hits"), "tokens": (WORDS, "tokens")}),
    "collocations.score": (lambda tokens_: collocations.score(tokens_, floor=1), {"tokens_": (WORDS, "tokens")}),
    "corpus.coverage": (
        lambda documents, spans: corpus.coverage(corpus.Corpus(documents, None, spans, None)),
        {"documents": (DOCUMENTS, "documents"), "spans": (SPANS, "spans")},
    ),
    "corpus.passages": (corpus.passages, {"spans": (SPANS, "spans")}),
    "resampling.rates": (
        lambda table: resampling.rates(table, "year", unit="country"),
        {"table": (RATES, "rates", "year", "country", "n", "size")},
    ),
    "coding.sample": (
        lambda paragraphs: coding.sample(paragraphs, 3, seed=0),
        {"paragraphs": (PARAGRAPHS, "paragraphs")},
    ),
    "agreement.alpha": (agreement.alpha, {"codes": (CODES, "codes")}),
    "agreement.by_theme": (agreement.by_theme, {"coding": (CODINGS, "coding", "coder")}),
    "themes.classify": (themes.classify, {"paragraphs": (PARAGRAPHS, "paragraphs"), "codebook": (BOOK, "codebook")}),
    "themes.evaluate": (themes.evaluate, {"themes": (THEMES, "themes"), "coding": (CODED, "coding")}),
    "themes.disagreements": (themes.disagreements, {"themes": (THEMES, "themes"), "coding": (CODED, "coding")}),
    "classifier.train": (
        lambda paragraphs, coding, codebook: classifier.train(paragraphs, coding, codebook),
        {"paragraphs": (MANY, "paragraphs"), "coding": (CODED_MANY, "coding"), "codebook": (BOOK, "codebook")},
    ),
    "classifier.terms": (
        lambda paragraphs: classifier.terms(MODEL, paragraphs),
        {"paragraphs": (PARAGRAPHS, "paragraphs")},
    ),
    "classifier.predict": (
        lambda paragraphs: classifier.predict(MODEL, paragraphs),
        {"paragraphs": (PARAGRAPHS, "paragraphs")},
    ),
    "prevalence.estimate": (
        prevalence.estimate,
        {"themes": (THEMES, "themes"), "sample": (SAMPLE, "coding", "drawn", "probability")},
    ),
    "contrast.choices": (
        lambda texts, codebook: contrast.choices(texts, codebook, "peace", "war"),
        {"texts": (PARAGRAPHS.assign(kind="paragraph"), "paragraphs"), "codebook": (BOOK, "codebook")},
    ),
    "contrast.compare": (
        lambda paragraphs, codebook: contrast.compare(paragraphs, codebook, "peace", "war"),
        {"paragraphs": (PARAGRAPHS, "paragraphs"), "codebook": (BOOK, "codebook")},
    ),
    "topic_quality.npmi": (
        topic_quality.npmi,
        {"terms": (TERMS, "topic terms"), "tokens": (WORDS, "tokens")},
    ),
    "topic_quality.exclusivity": (topic_quality.exclusivity, {"terms": (TERMS, "topic terms")}),
    "topic_quality.diversity": (topic_quality.diversity, {"terms": (TERMS, "topic terms")}),
    "topic_quality.intrusion": (topic_quality.intrusion, {"terms": (RANKED, "topic terms")}),
    "topic_quality.score_intrusion": (
        topic_quality.score_intrusion,
        {"answers": (SHEET, "intrusion sheet", "word_1"), "key": (KEY, "intrusion key", "word_1")},
    ),
    "topics.fit": (lambda tokens_: topics.fit(tokens_, 2), {"tokens_": (WORDS_OF_MANY, "tokens")}),
    "topics.from_labels": (
        lambda tokens_, labels: topics.from_labels(tokens_, labels),
        {"tokens_": (WORDS, "tokens"), "labels": (LABELLED, "labelled paragraphs", "label")},
    ),
    "topics.place": (lambda tokens_: topics.place(FOUND, tokens_), {"tokens_": (WORDS, "tokens")}),
    "topics.label": (lambda terms: topics.label(terms, {"peace": "Peace"}), {"terms": (TERMS, "topic terms")}),
    "topics.cards": (
        lambda paragraphs, stability: topics.cards(FOUND, paragraphs, stability=stability),
        {"paragraphs": (MANY, "paragraphs"), "stability": (STABLE, "topic stability", "stability")},
    ),
    "topic_stability.choose_k": (
        lambda tokens_: topic_stability.choose_k(tokens_, [2]),
        {"tokens_": (WORDS_OF_MANY, "tokens")},
    ),
    "topic_stability.stability": (
        lambda tokens_: topic_stability.stability(topics.fit(UNLIKE, 2), tokens_),
        {"tokens_": (UNLIKE, "tokens")},
    ),
    "topic_comparison.by_group": (
        lambda shares: topic_comparison.by_group(shares, "half"),
        {"shares": (SHARES, "topic shares", "half")},
    ),
    "topic_comparison.compare": (
        lambda shares: topic_comparison.compare(shares, "half", permutations=9),
        {"shares": (SHARES, "topic shares", "half")},
    ),
    "topic_comparison.trend": (
        lambda shares: topic_comparison.trend(shares, permutations=9),
        {"shares": (SHARES, "topic shares", "year")},
    ),
}
WRONG = {"text": 1.5, "whole": "two", "number": "two", "flag": "True"}


def spoiled():
    """Each function with one of its tables spoiled in one way: what was done, the call, the words the message needs."""
    for name, (_, takes) in CALLS.items():
        for argument, (frame, table, *more) in takes.items():
            rules = tables.columns(table)
            needed = [column for column, rule in rules.items() if rule["needed"]] + more
            for column in needed:
                kind, there = rules.get(column, {"kind": ""})["kind"], rules.get(column, {}).get("needed") == "there"
                yield f"{name}: {table} without {column}", name, argument, frame.drop(columns=column), [table, column]
                for what, value in (("blank", None), ("wrong kind", WRONG.get(kind))):
                    if (what == "wrong kind" and not kind) or (what == "blank" and there):
                        continue
                    other = frame.astype({column: object})
                    other.iloc[-1, other.columns.get_loc(column)] = value
                    row = f"row {len(frame) - 1}"
                    yield f"{name}: {table}, {what} {column}", name, argument, other, [table, column, row]
            if any(rule["key"] for rule in rules.values()):
                twice = pd.concat([frame, frame.iloc[[0]]])
                yield f"{name}: {table}, a row twice", name, argument, twice, [table, "repeats", f"row {len(frame)}"]
            if argument not in ("codebook", "reference", "what"):  # which may be one pattern, a mask, a word
                yield f"{name}: no table {table}", name, argument, "text", [table, "DataFrame"]


@pytest.mark.parametrize("name", CALLS)
def test_the_calls_are_right_as_they_are(name):
    function, takes = CALLS[name]
    function(**{argument: frame for argument, (frame, *_) in takes.items()})


@pytest.mark.parametrize(
    ("name", "argument", "frame", "words"), [pytest.param(*case, id=what) for what, *case in spoiled()]
)
def test_a_wrong_table_is_told_in_one_sentence(name, argument, frame, words):
    function, takes = CALLS[name]
    given = {one: table for one, (table, *_) in takes.items()} | {argument: frame}
    with pytest.raises((ValueError, TypeError)) as told:
        function(**given)
    message = str(told.value)
    assert all(word in message for word in words), message
    assert "\n" not in message and len(message) < 400
