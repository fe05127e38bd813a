"""Codebooks: what is read, and what is refused, with file and line."""

import pandas as pd
import pytest

from analysis import codebooks
from analysis.tokens import as_token, tokenize
from tests.made import refused

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
war: {any: war, except: [no war: no, lost war: a reason]}
"""


def test_a_codebook_is_a_table_of_patterns():
    book = codebooks.parse(GOOD, "good.yml")
    assert book[["label", "role", "pattern", "reason", "line"]].fillna("").values.tolist() == [
        ["peace", "search", "peac*", "", 5],
        ["peace", "any", "peace", "", 7],
        ["peace", "any", "*keeping", "", 8],
        ["peace", "except", "peace pipe", "a pipe", 10],
        ["war", "any", "war", "", 11],
        ["war", "except", "no war", "no", 11],
        ["war", "except", "lost war", "a reason", 11],
    ]
    assert book["definition"].dropna().unique().tolist() == ["Peace, and its keeping."]
    assert book["source"].unique().tolist() == ["good.yml"]


def test_what_yaml_takes_for_other_things_is_text():
    book = codebooks.parse("no:\n  any: [yes, 1325, 2016-03-01, null, 1.5]\n")
    assert book["label"].unique().tolist() == ["no"]
    assert book["pattern"].tolist() == ["yes", "1325", "2016-03-01", "null", "1.5"]


def test_a_file_with_byte_order_mark_and_windows_line_ends(tmp_path):
    (tmp_path / "book.yml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    pd.testing.assert_frame_equal(codebooks.load(tmp_path / "book.yml"), codebooks.parse(GOOD, "book.yml"))
    (tmp_path / "latin.yml").write_bytes("peace:\n  any: paix\n  definition: Fran\xe7ais\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"latin.yml line 3: not UTF-8"):
        codebooks.load(tmp_path / "latin.yml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("peace:\n  any: peace\n  exept: war\n", "line 3: peace has the unknown key 'exept'; known are definition, search, any, except."),
        ("peace:\n  any: peace\n\npeace:\n  any: war\n", "line 4: 'peace' stands twice in the codebook, first in line 1."),
        ("café: {any: a}\ncafe\u0301: {any: b}\n", "line 2: 'cafe\u0301' stands twice in the codebook, first in line 1."),
        ("peace:\n  any:\n    - ''\n", "line 3: any: of peace should be a text, and not empty"),
        ("peace:\n  any: [a: b]\n", "line 2: any: of peace should be a text, and not empty; put one that has a colon in quotes."),
        ("peace:\n  any: peace\n  except: {war: }\n", "line 3: the reason in except: of peace should be a text"),
        ("peace:\n  any: []\n", "line 2: peace has no patterns that count: write them below any: (of quanteda: exch"),
        ("peace:\n  definition: nothing\n", "line 2: peace has no patterns that count"),
        ("peace:\n", "line 1: peace should hold names, each with a colon, a space and what belongs to it."),
        ("peace:\n  any:war\n", "line 2: peace should hold names"),
        ("- peace\n", "line 1: the codebook should hold names"),
        ("# nothing\n", "line 1: the codebook should hold names"),
        ("peace:\n  any:\n    - peace\n    - '* ?'\n", "line 4: peace: the pattern '* ?' has wildcards only: it would match everything."),
        ("peace:\n  any: 'war, peace'\n", "line 2: peace: the pattern 'war, peace' cannot be read from ', peace' on: words separated by spaces"),
        ("peace:\n  any:\n    war\n    peace\n", "line 3: any: of peace has a pattern on several lines; write each on its own, after '- '."),
        ("peace:\n  any: [&a war, !x peace]\n", "line 2: an entry that begins with *, & or ! needs quotes."),
        ("peace:\n  any: *ment\n", "line 2: an entry that begins with *, & or ! needs quotes."),
        ("peace:\n\tany: war\n", "line 2: not YAML: found character '\\t' that cannot start any token; look one line up too: names"),
        ("peace:\n  any: [war\n", "line 3: not YAML: expected ',' or ']', but got '<stream end>', begun in line 2; look one line up"),
        ("peace:\n  any: w\x00ar\n", "book: not YAML: unacceptable character #x0000"),
        ('peace:\n  any: "\\UFFFFFFFF"\n', "book: not YAML: "),
        ("[" * 1000, "book: not YAML: maximum recursion depth exceeded"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(text, message):
    with pytest.raises(ValueError) as told:
        codebooks.parse(text, "book")
    assert message in str(told.value) and str(told.value).startswith("book")


def test_mistakes_are_told_together_ten_at_most():
    with pytest.raises(ValueError) as told:
        codebooks.parse("".join(f"label {i}:\n  any: 'a,b'\n" for i in range(12)), "book")
    lines = str(told.value).split("\n")
    assert [line.split(":")[0] for line in lines[:10]] == [f"book line {2 * i + 2}" for i in range(10)]
    assert lines[10:] == ["And 2 more mistakes."]


PATTERNS = ["war| ~", "war| ~0 peace", "war| ~1000 peace", "|~4 war", "war| ~4 ~4 peace", "U.N|.,", "a|--b", " |"]
test_what_is_no_pattern_is_told_from_where_on = refused(
    codebooks.take_apart,
    *((pattern.replace("|", ""), f"cannot be read from {pattern.split('|')[1]!r} on: ") for pattern in PATTERNS),
)


def test_every_word_of_a_text_is_a_pattern(workshop):
    for word in set(tokenize(workshop.paragraphs)["form"]):
        assert codebooks.take_apart(word).words == [as_token(word, case=True)]


def test_a_search_may_be_what_counts_as_well_and_reasons_are_filled_in():
    rows = [("a", "search", "peace", pd.NA), ("a", "any", "peace", None), ("a", "except", "war", "a reason")]
    book = pd.DataFrame(rows, columns=["label", "role", "pattern", "reason"], index=[7, 7, 7])
    checked = codebooks.checked(book)
    assert checked["reason"].tolist() == ["except: peace", "except: peace", "a reason"]
    assert checked.index.tolist() == [0, 1, 2] and book["reason"].isna().sum() == 2  # the caller's stays as it is
