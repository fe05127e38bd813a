"""Codebooks: what is read, and what is refused, with file and line."""

import re
import time

import pandas as pd
import pytest

from analysis import codebooks
from analysis.pattern_syntax import take_apart
from analysis.tokens import tokenize

GOOD = """\
peace:
  definition: >
    Peace, and
    its keeping.
  search: peac*
  any:
    - peace
    - "*keeping"
  except:
    peace pipe: a pipe
war: {any: war, except: [no war, lost war: a reason]}
"""


def test_a_codebook_is_a_table_of_patterns():
    book = codebooks.parse(GOOD, "good.yml")
    peace = book[book["label"] == "peace"]
    assert peace[["role", "pattern", "line"]].values.tolist() == [
        ["search", "peac*", 5],
        ["any", "peace", 7],
        ["any", "*keeping", 8],
        ["except", "peace pipe", 10],
    ]
    assert peace["definition"].unique().tolist() == ["Peace, and its keeping."]
    assert peace["reason"].dropna().tolist() == ["a pipe"]
    assert book["source"].unique().tolist() == ["good.yml"]


def test_exceptions_may_be_a_list_with_or_without_reasons():
    book = codebooks.parse("war: {any: war, except: [no war, lost war: a reason]}")
    assert book.loc[book["role"] == "except", ["pattern", "reason"]].values.tolist() == [
        ["no war", "except: no war"],
        ["lost war", "a reason"],
    ]


def test_what_yaml_takes_for_other_things_is_text():
    book = codebooks.parse("no:\n  any: [yes, 1325, 2016-03-01, null, 1.5]\n")
    assert book["label"].unique().tolist() == ["no"]
    assert book["pattern"].tolist() == ["yes", "1325", "2016-03-01", "null", "1.5"]


def test_load_reads_a_file_with_byte_order_mark_and_windows_line_ends(tmp_path):
    (tmp_path / "book.yml").write_bytes(b"\xef\xbb\xbf" + GOOD.split("war:")[0].replace("\n", "\r\n").encode())
    book = codebooks.load(tmp_path / "book.yml")
    assert book["pattern"].tolist() == ["peac*", "peace", "*keeping", "peace pipe"]
    assert book["source"].unique().tolist() == ["book.yml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("peace:\n  any: peace\n  exept: war\n", "book line 3: peace has the unknown key 'exept'; known are definition, search, any, except."),
        ("peace:\n  any: peace\n\npeace:\n  any: war\n", "book line 4: 'peace' stands twice in the codebook, first in line 1."),
        ("peace:\n  any: peace\n  any: war\n", "book line 3: 'any' stands twice in peace, first in line 2."),
        ("peace:\n  any:\n    - war\n    - war\n", "book line 4: peace has the pattern 'war' twice, first in line 3."),
        ("peace:\n  any: war\n  except: {war: no}\n", "book line 3: peace has the pattern 'war' twice, first in line 2."),
        ("peace:\n  any:\n    - ''\n", "book line 3: any: of peace is empty."),
        ("peace:\n  any:\n", "book line 2: any: of peace is empty."),
        ("peace:\n  any: []\n", "book line 2: any: of peace is an empty list."),
        ("peace:\n  definition: nothing\n", "book line 2: peace has no patterns that count: write them below any:."),
        ("peace:\n", "book line 1: peace should hold names, each followed by a colon, a space and what belongs to it."),
        ("peace:\n  any:\n    - peace\n    - '* ?'\n", "book line 4: peace: the pattern '* ?' has wildcards only: it would match everything."),
        ("peace:\n  any: war ~\n", "book line 2: peace: the pattern 'war ~' has '~': write ~ and a number from 1 to 999, as in ~4."),
        ("peace:\n  any: war ~0 peace\n", "has '~0': write ~ and a number from 1"),
        ("peace:\n  any: war ~4\n", "has no word after ~4"),
        ("peace:\n  any: '~4 war'\n", "has no word before ~4"),
        ("peace:\n  any: war ~4 ~4 peace\n", "has no word before ~4"),
        ("peace:\n  any: 'war, peace'\n", "has ',': a pattern is words separated by spaces"),
        ("peace:\n  any: U.N.\n", "has 'U.N.', which no word can be: - ' / . & stand singly, inside a word only"),
        ("peace:\n  any: [a: b]\n", "book line 2: any: of peace should be a pattern or a list of them; put one that has a colon in quotes."),
        ("peace:\n  any: peace\n  except: {war: }\n", "book line 3: the reason in except: of peace is empty."),
        ("peace: [war]\n", "book line 1: peace should hold names"),
        ("- peace\n", "book line 1: the codebook should hold names"),
        ("", "book line 1: there are no labels"),
        ("# nothing\n", "book line 1: there are no labels"),
        ("peace:\n  any: *ment\n", 'book line 2: an entry that begins with * needs quotes: "*…".'),
        ("peace:\n  any: [&a war, !x peace]\n", 'book line 2: an entry that begins with & needs quotes: "&…".'),
        ("peace:\n  any: !!python/object/apply:os.system [ls]\n", 'book line 2: an entry that begins with ! needs quotes: "!…".'),
        ("peace:\n\tany: war\n", "book line 2: not YAML: a tab stands here: use spaces."),
        ("peace:\n  any: @b\n", 'book line 2: not YAML: an entry that begins with @ needs quotes: "@…".'),
        ("peace:\n  any: [a, `b]\n", 'book line 2: not YAML: an entry that begins with ` needs quotes: "`…".'),
        ("peace:\n  any: %b\n", 'book line 2: not YAML: an entry that begins with % needs quotes: "%…".'),
        ("%peace: {any: b}\n", 'book line 1: not YAML: an entry that begins with % needs quotes: "%…".'),
        ("café: {any: a}\ncafe\u0301: {any: b}\n", "book line 2: 'cafe\u0301' stands twice in the codebook, first in line 1."),
        ("peace:\n  any: [war\n", "book line 2: not YAML: a bracket is opened here"),
        ("peace:\n  any:\n    - 'tis\n    - x\nwar:\n  any: y\n", "book line 3: not YAML: a quote is opened here and never closed."),
        ("peace:\n  any:\n    war\n    peace\n", "book line 3: any: of peace has a pattern on several lines; write each on its own, after '- '."),
        ("peace:\n  any: |\n    war\n", "book line 2: any: of peace has a pattern on several lines"),
        ("peace:\n  any:\n    - war\n      peace\n    - x\n", "book line 3: any: of peace has a pattern on several lines"),
        ("peace:\n  any:war\n", "book line 2: peace should hold names, each followed by a colon, a space and what belongs to it."),
        ('peace:\n  any: x\n  definition: "\\ud800"\n', "book line 3: definition: of peace has the character '\\ud800', which is no text."),
        ('peace:\n  any: x\n  definition: "q\\0"\n', "book line 3: definition: of peace has the character '\\x00', which is no text."),
        ('peace:\n  any: "\\U00110000"\n', "book: not YAML: chr() arg not in range"),
        ("? " + "x" * 500 + "\n: {any: war}\n", "book line 1: a name in the codebook has 500 characters; 200 at most."),
        ("peace:\n  any: [caf\u00e9, cafe\u0301]\n", "book line 2: peace has the pattern 'cafe\u0301' twice, first in line 2."),
        ("%YAML 1." + "9" * 5000 + "\n---\na: {any: x}\n", "book: not YAML: "),
        ("peace:\n  any: war: no\n", "book line 2: not YAML: mapping values are not allowed here (an entry with a colon and a space in it needs quotes)."),
        ("a: {any: b}\n---\nc: {any: d}\n", "book line 2: not YAML: a line --- begins a second document; take it out."),
        ("peace:\n  any: w\x00ar\n", "book line 2: the character '\\x00' is not allowed in YAML."),
        ("[" * 5000, "brackets inside brackets without end"),
        ("{" * 5000, "brackets inside brackets without end"),
        ("<<: {any: war}\n? [a]\n: {any: b}\n", "book line 2: a name in the codebook should be a text."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(text, message):
    with pytest.raises(ValueError) as told:
        codebooks.parse(text, "book")
    assert message.replace("\\'", "'") in str(told.value)


def test_mistakes_are_told_together_ten_at_most():
    with pytest.raises(ValueError) as told:
        codebooks.parse("".join(f"label {i}:\n  any: 'a,b'\n" for i in range(12)), "book")
    lines = str(told.value).split("\n")
    assert [line.split(":")[0] for line in lines[:10]] == [f"book line {2 * i + 2}" for i in range(10)]
    assert lines[10:] == ["And 2 more mistakes."]


def test_files_that_are_no_codebooks(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no codebook"):
        codebooks.load(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes("peace:\n  any: paix\n  definition: Fran\xe7ais\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"latin.yml line 3: not UTF-8"):
        codebooks.load(tmp_path / "latin.yml")
    (tmp_path / "large.yml").write_text("#" * 10_000_001)
    with pytest.raises(ValueError, match=r"large.yml has 10,000,001 characters; a codebook has 10,000,000 at most"):
        codebooks.load(tmp_path / "large.yml")


@pytest.mark.parametrize("pattern", ["a" * 1_000_000, "a " * 500_000, "*a" * 500_000, "a ~4 " * 200_000])
def test_a_pattern_of_a_megabyte_is_refused_with_its_line(pattern):
    started = time.perf_counter()
    with pytest.raises(ValueError, match=r"book line 3: peace: the pattern 'a|\*a"):
        codebooks.parse(f"peace:\n  any:\n    - '{pattern}'\n", "book")
    assert time.perf_counter() - started < 60  # not a measure of speed: it does not hang


def test_unknown_labels_are_told_with_the_known():
    book = codebooks.parse(GOOD)
    with pytest.raises(ValueError, match=r"The codebook has no label 'pace'. It has: 'peace', 'war'\."):
        codebooks.check_labels(book, ["peace", "pace"])


@pytest.mark.parametrize(
    ("pattern", "apart"),
    [
        ("war", (["war"], [0], [0], 0, 0)),
        ("war peace", (["war", "peace"], [0, 1], [0, 1], 0, 0)),
        ("war ~3 peace", (["war", "peace"], [0, 1], [0, 3], 0, 0)),
        ("war * ** peace", (["war", "peace"], [0, 3], [0, 3], 0, 0)),
        ("war ~3 * peace", (["war", "peace"], [0, 2], [0, 4], 0, 0)),
        ("* war *", (["war"], [0], [0], 1, 1)),
        ("* ~5 war ~5 * *", (["war"], [0], [0], 1, 2)),
        ("M&E S/2015/446 l’Union a?-*b", (["M&E", "S/2015/446", "l’Union", "a?-*b"], [0, 1, 1, 1], [0, 1, 1, 1], 0, 0)),
    ],
)
def test_patterns_taken_apart(pattern, apart):
    assert tuple(take_apart(pattern)) == apart


def test_every_word_of_a_text_is_a_pattern(workshop):
    for word in set(tokenize(workshop.paragraphs)["form"]):
        assert take_apart(word).words == [word]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("peace", "any", "peace", None)] * 2, "peace has the pattern 'peace' twice, in rows 0 and 1 (rows count from 0)."),
        ([("peace", "any", "café  au", None), ("peace", "except", "cafe\u0301 au", "x")], "peace has the pattern 'cafe\u0301 au' twice, in rows 0 and 1"),
        ([("café", "any", "a", None), ("cafe\u0301", "any", "b", None)], "the label 'cafe\u0301' is encoded in two ways, see row 1"),
        ([(" ", "any", "a", None)], "label in row 0 (rows count from 0) is ' '; give it a name."),
        ([("a", "any", "a", None), ("a", "except", "b", 3)], "reason in row 1 (rows count from 0) is 3; it should be text."),
    ],
)  # fmt: skip
def test_a_table_is_checked_as_a_file_is(rows, message):
    book = pd.DataFrame(rows, columns=["label", "role", "pattern", "reason"], dtype=object)
    with pytest.raises(ValueError, match="^codebook: " + re.escape(message)):
        codebooks.checked(book)


def test_a_search_may_be_what_counts_as_well():
    book = pd.DataFrame({"label": "a", "role": ["search", "any"], "pattern": "peace", "reason": [pd.NA, None]})
    assert codebooks.checked(book)["pattern"].tolist() == ["peace", "peace"]


def test_a_missing_label_is_told():
    book = codebooks.parse(GOOD)
    with pytest.raises(ValueError, match="The codebook has no label <NA>"):
        codebooks.check_labels(book, [pd.NA])
    for labels in ("war", None):
        with pytest.raises(TypeError, match="labels should be a list of names, found"):
            codebooks.check_labels(book, labels)
    with pytest.raises(ValueError, match="codebook: label is missing in row 0"):
        codebooks.check_labels(book.assign(label=pd.NA), ["peace"])
