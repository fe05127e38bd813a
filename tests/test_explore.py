"""The live concordance gives what the search of patterns gives, and is not thrown by what is typed."""

import pandas as pd
import pytest

from analysis import concordance, explore, patterns, tokens

TYPED = ["UN", "conflict* ~4 manag*", "peace_keep*", "* reform", "*tion", "zzz"]
HOSTILE = pd.DataFrame({"document": ["<i>a", "b"], "paragraph": "1", "text": ["<b>peace</b> & war", "peace"]})


def test_hits_and_lines_are_those_of_the_search_of_patterns(workshop):
    made = explore.ready(workshop.paragraphs, tokens.tokenize(workshop.paragraphs))
    for pattern in TYPED:
        hits, found = patterns.find(workshop.paragraphs, pattern), explore.answer(made, pattern, first=10)
        assert found.n == len(hits) == found.where["n"].sum() and found.n_paragraphs == hits["paragraph"].nunique()
        pd.testing.assert_frame_equal(found.lines, concordance.kwic(workshop.paragraphs, hits[:10]))
    keys = workshop.paragraphs["paragraph"].tolist()
    where = explore.answer(made, "peace").where
    found = patterns.find(workshop.paragraphs, "peace")["paragraph"].map(keys.index)
    assert len(where) == 10 and len(keys) == 40
    assert where["from"].tolist() == keys[::4] and where["to"].tolist() == keys[3::4]
    assert where["n"].tolist() == [found.between(4 * n, 4 * n + 3).sum() for n in range(10)]


def test_where_it_stands_is_told_by_document_of_several_and_words_of_other_paragraphs_are_refused():
    texts = pd.DataFrame({"document": list("abbc"), "paragraph": list("1123"), "text": ["War", "war", "War", "."]})
    assert explore.answer(explore.ready(texts), "war").where.values.tolist() == [["b", 2], ["a", 1]]

    with pytest.raises(ValueError, match="tokens: they are of other paragraphs: give those that tokenize makes"):
        explore.ready(HOSTILE, tokens.tokenize(texts))


BAD = {"*": "has wildcards only", "war OR peace": "for OR list patterns", "  ": ""}


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_pattern_gives_its_message(typed):
    box = pytest.importorskip("ipywidgets") and explore.concordance(HOSTILE)
    box.children[0].value = typed
    told = box.children[1].value
    assert BAD[typed] in told and told.startswith("<p role=alert>the pattern ") == bool(typed.strip())
    with pytest.raises(ValueError, match="the pattern "):
        explore.answer(explore.ready(HOSTILE), typed)


def test_what_documents_hold_is_shown_as_text():
    told = explore._told(explore.ready(HOSTILE), "peace")
    assert "<b>2</b> hits in 2 of 2 paragraphs" in told and "&lt;b&gt;[peace]&lt;/b&gt; &amp; war" in told
    assert "&lt;i&gt;a" in told and "<i>" not in told
