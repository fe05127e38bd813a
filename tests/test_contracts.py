"""Every public function × every table it takes: whatever is wrong with the table is told in one clear sentence."""

import importlib

import pandas as pd
import pytest

from analysis import codebooks, concordance, corpus, lineage, patterns, tables, themes, tokens, topics

TEXTS = ["Peace and war", "War and peace now", "No peace"]
TEXTS += ["Conflict and trade", "Trade, then conflict", "Trade and war"]
KEYS = ["document", "paragraph"]
PARAGRAPHS = pd.DataFrame({"document": [*"aabbcc"], "paragraph": [*"121212"], "section": [*"xyxyxy"], "text": TEXTS})
WORDS = tokens.tokenize(PARAGRAPHS)
BOOK = codebooks.parse("peace: {any: peace, search: peac*}\nwar: {any: war, search: war}")
CODED = PARAGRAPHS[KEYS].assign(theme=["peace", "war", "none"] * 2, coder="first")
CODINGS = pd.concat([CODED, CODED.assign(coder="second")], ignore_index=True)
SAMPLE = CODED.drop(columns="coder").assign(drawn="by paragraph", probability=1.0)
CODES = CODINGS.rename(columns={"paragraph": "unit", "theme": "code"})[["unit", "coder", "code"]]
CODES = CODES.drop_duplicates(["unit", "coder"], ignore_index=True)
SPANS = pd.DataFrame({"document": "un", "start": [0, 2], "end": [2, 5], "kind": ["markup", "heading"]})
SPANS = SPANS.assign(paragraph="heading 1", text_start=0, reason="heading sign")
RATES = pd.DataFrame({"year": 1990, "country": [*"abc"], "n": [1, 2, 3], "size": 10})
TERMS = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "war", "trade", "conflict"], "rank": [1, 2] * 2})
TERMS = TERMS.assign(weight=0.5)
RANKED = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": [*"abcdevwxyz"], "rank": [1, 2, 3, 4, 5] * 2})
MANY = PARAGRAPHS.assign(paragraph=[str(n) for n in range(6)])
MANY = pd.concat([MANY.assign(document=f"d{n}") for n in range(10)], ignore_index=True)
CODED_MANY = MANY[KEYS].assign(theme=["war", "war", "none"] * 20)
MODEL = themes.train(MANY, CODED_MANY)
FOUND = topics.fit(tokens.tokenize(MANY), 2)
UNLIKE = tokens.tokenize(PARAGRAPHS.assign(text=PARAGRAPHS["text"] + " " + PARAGRAPHS["document"] * 2))
STABLE = pd.DataFrame({"topic": [1, 2], "stability": 0.5, "confident": True}), "topic stability", "stability"
LABELS = PARAGRAPHS[KEYS].assign(label=[1, 1, 1, 2, 2, 2])
DOCUMENTS = pd.DataFrame({"document": ["un"], "text": ["# War"]})
SHARES = FOUND.shares.astype(dict.fromkeys(KEYS, "str"))
SHARES = SHARES.assign(year=SHARES["document"].str[1:].astype(int), half=SHARES["document"].isin(["d1", "d2"]))
SHEET = pd.DataFrame({"question": ["1", "2"], **{f"word_{n + 1}": "abcdef"[n] for n in range(6)}, "intruder": "b"})
KEY = SHEET.assign(topic=[1, 2], intruder=["b", "c"]), "intrusion key", "word_1"
INSIDE = [True] * 7 + [False] * (len(WORDS) - 7)

# A table that is right, its name in columns.csv, further columns that the call needs.
TOKENS, TEXT = (WORDS, "tokens"), (PARAGRAPHS, "paragraphs")
CODEBOOK = {"codebook": (BOOK, "codebook")}
SEARCH = {"paragraphs": TEXT} | CODEBOOK
HITS = {"hits": (patterns.find(PARAGRAPHS, BOOK), "hits"), "tokens": TOKENS}
JUDGED = {"themes": (themes.classify(PARAGRAPHS, BOOK), "themes"), "coding": (CODED, "coding")}
FITTED = {"terms": (TERMS, "topic terms")}
OF_MANY = {"tokens": (tokens.tokenize(MANY), "tokens")}
BY_HALF = {"shares": (SHARES, "topic shares", "half")}
SAMPLED = {"themes": JUDGED["themes"], "sample": (SAMPLE, "coding", "drawn", "probability")}
PAIR = {"a": "peace", "b": "war"}
# What is called, the tables it takes, and what else it is told.
CALLS = {
    "tokens.tokenize": ({"paragraphs": TEXT}, {}),
    "tokens.find": ({"tokens": TOKENS}, {"words": ["peace"]}),
    "references.find": ({"texts": TEXT}, {}),
    "lineage.trace": ({"texts": TEXT}, {"order": ["a", "b", "c"], "cut": 0.1}),
    "lineage.edits": ({"lineage": (lineage.trace(PARAGRAPHS, ["a", "b"], cut=0.1), "lineage"), "texts": TEXT}, {}),
    "patterns.find": (SEARCH, {}),
    "patterns.audit": (SEARCH, {}),
    "patterns.contributions": (SEARCH, {}),
    "concordance.kwic": ({"paragraphs": TEXT, "what": HITS["hits"]}, {}),
    "concordance.lines": ({"kwic": (concordance.kwic(PARAGRAPHS, "peace"), "kwic")}, {}),
    "frequency.count": ({"tokens": (*TOKENS, "section")}, {"by": "section"}),
    "frequency.count_hits": (HITS, {}),
    "frequency.dispersion": ({"tokens": TOKENS}, {}),
    "keyness.compare": ({"tokens": TOKENS}, {"target": INSIDE, "unit": None, "floor": 1}),
    "keyness.having": (HITS, {}),
    "collocations.score": ({"tokens": TOKENS}, {"floor": 1}),
    "corpus.coverage": ({"documents": (DOCUMENTS, "documents"), "spans": (SPANS, "spans")}, {}),
    "corpus.passages": ({"spans": (SPANS, "spans")}, {}),
    "resampling.rates": ({"table": (RATES, "rates", *RATES)}, {"by": "year", "unit": "country"}),
    "coding.sample": ({"paragraphs": TEXT}, {"n": 3, "seed": 0}),
    "coding.compare": ({"one": (CODED, "coding"), "two": (CODED[::-1], "coding")}, {}),
    "coding.settle": ({"coding": (CODINGS, "coding", "coder"), "decided": (CODED[[*KEYS, "theme"]], "coding")}, {}),
    "agreement.alpha": ({"codes": (CODES, "codes")}, {}),
    "agreement.by_theme": ({"coding": (CODINGS, "coding", "coder")}, {}),
    "themes.classify": (SEARCH, {}),
    "themes.evaluate": (JUDGED, {}),
    "themes.disagreements": (JUDGED, {}),
    "themes.train": ({"paragraphs": (MANY, "paragraphs"), "coding": (CODED_MANY, "coding")}, {}),
    "themes.terms": ({"paragraphs": TEXT}, {"model": MODEL}),
    "themes.predict": ({"paragraphs": TEXT}, {"model": MODEL}),
    "agreement.estimate": (SAMPLED, {}),
    "contrast.choices": ({"texts": (PARAGRAPHS.assign(kind="paragraph"), "paragraphs"), **CODEBOOK}, PAIR),
    "contrast.compare": (SEARCH, PAIR),
    "topic_stability.npmi": (FITTED | {"tokens": TOKENS}, {}),
    "topic_stability.exclusivity": (FITTED, {}),
    "topic_stability.diversity": (FITTED, {}),
    "topics.intrusion": ({"terms": (RANKED, "topic terms")}, {}),
    "topics.score_intrusion": ({"answers": (SHEET, "intrusion sheet", "word_1"), "key": KEY}, {}),
    "topics.fit": (OF_MANY, {"k": 2}),
    "topics.from_labels": ({"tokens": TOKENS, "labels": (LABELS, "labelled paragraphs", "label")}, {}),
    "topics.place": ({"tokens": TOKENS}, {"topics": FOUND}),
    "topics.label": (FITTED, {"labels": {"peace": "Peace"}}),
    "topics.cards": ({"paragraphs": (MANY, "paragraphs"), "stability": STABLE}, {"topics": FOUND}),
    "topic_stability.choose_k": (OF_MANY, {"ks": [2]}),
    "topic_stability.stability": ({"tokens": (UNLIKE, "tokens")}, {"topics": topics.fit(UNLIKE, 2)}),
    "topic_comparison.by_group": (BY_HALF, {"by": "half"}),
    "topic_comparison.compare": (BY_HALF, {"by": "half", "permutations": 9}),
    "topic_comparison.trend": ({"shares": (SHARES, "topic shares", "year")}, {"permutations": 9}),
}
WRONG = {"text": 1.5, "whole": "two", "number": "two", "flag": "True"}


def call(name, **changed):
    """Call a function with the tables it takes, some of them changed."""
    takes, told = CALLS[name]
    given = {argument: frame for argument, (frame, *_) in takes.items()} | changed
    if name == "corpus.coverage":
        return corpus.coverage(corpus.Corpus(given["documents"], None, given["spans"], None))
    module, function = name.split()[0].split(".")
    return getattr(importlib.import_module(f"analysis.{module}"), function)(**given, **told)


def plain(result):
    """What a function gave, as text: types of columns and the index aside."""
    if isinstance(result, pd.DataFrame):
        return result.astype("str").to_dict("list")
    return [plain(one) for one in result] if isinstance(result, (tuple, list)) else str(result)


def spoiled(takes, blanks):
    """The tables of a function, each spoiled in one way: what was done, which, the table, the words the message needs."""
    for argument, (frame, table, *more) in takes.items():
        rules = tables.columns(table)
        for column in [column for column, rule in rules.items() if rule["needed"]] + more:
            kind, there = rules.get(column, {"kind": ""})["kind"], rules.get(column, {}).get("needed") == "there"
            yield f"{table} without {column}", argument, frame.drop(columns=column), [table, column]
            blank = not there and (blanks or column not in more)
            for what, value in [("blank", None)] * blank + [("wrong kind", WRONG.get(kind))] * bool(kind):
                other = frame.astype({column: object})
                other.iloc[-1, other.columns.get_loc(column)] = value
                yield f"{table}, {what} {column}", argument, other, [table, column, f"row {len(frame) - 1}"]
        if any(rule["key"] for rule in rules.values()):
            twice = pd.concat([frame, frame.iloc[[0]]])
            yield f"{table}, a row twice", argument, twice, [table, "repeats", f"row {len(frame)}"]
        if argument not in ("codebook", "what"):  # which may be one pattern, a word
            yield f"no table {table}", argument, "text", [table, "DataFrame"]


@pytest.mark.parametrize("name", CALLS)
def test_the_calls_are_right_whatever_the_types_of_columns_and_the_index_and_leave_tables_alone(name, monkeypatch):
    monkeypatch.setattr("analysis.topic_stability.SHUFFLES", {0: (1, 2)})  # how often makes no difference to this
    frames = {argument: frame for argument, (frame, *_) in CALLS[name][0].items()}
    before = {argument: frame.copy(deep=True) for argument, frame in frames.items()}
    expected, other = plain(call(name)), {}
    for argument, frame in frames.items():
        text = frame.select_dtypes(["str", "category"]).columns.difference(["kind", "reason"])
        other[argument] = frame.astype(dict.fromkeys(text, "category")).set_axis([7] * len(frame))
    assert plain(call(name, **other)) == expected
    for argument, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[argument])


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_table_is_told_in_one_sentence(name):
    blanks = not name.startswith("frequency.count")  # test_metadata
    for what, argument, frame, words in spoiled(CALLS[name][0], blanks):
        with pytest.raises((ValueError, TypeError)) as told:
            call(name, **{argument: frame})
        message = str(told.value)
        assert all(word in message for word in words), (what, message)
        assert "\n" not in message and len(message) < 400, (what, message)
