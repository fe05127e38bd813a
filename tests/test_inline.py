"""Charts in notebooks: every mark opens its passages, and nothing in them runs or is fetched."""

import html
import io
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image

from analysis import charts, figures
from analysis.report import svg

HOSTILE = '</b><script>alert(1)</script> "peace" $\\frac{1}{2}$'


def shown(tmp_path, words, passages=1, **told):
    """What a notebook shows of a chart of words, each with so many passages."""
    ax = charts.bars(pd.DataFrame({"word": words, "n": passages}), x="n", y="word")
    places = pd.DataFrame({"word": words, "document": "a <i>", "paragraph": "1"})
    places = places.loc[places.index.repeat(passages)].assign(start=range(len(words) * passages), match="peace")
    evidence = told.pop("evidence", places.assign(end=places["start"] + 5))
    return figures.save(ax, "01-words", evidence=evidence, folder=tmp_path / "figures", title="A title", **told)


def test_each_mark_opens_its_passages_and_they_are_counted(tmp_path):
    one = shown(tmp_path, ["peace", "war"], 25)
    found = re.findall(r"(?s)<details.*?</details>", one.html)
    for word, details in zip(("peace", "war"), found, strict=True):
        assert details.count(f"{word}: 25 places") == 3 and details.count("<li>a &lt;i&gt; ¶1: <b>peace</b>") == 20
        assert "and 5 more in 01-words.evidence.csv" in details
    assert one.html == shown(tmp_path / "again", ["peace", "war"], 25).html


def test_marks_of_a_chart_with_very_many_are_cut_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "MARKS", 4)
    monkeypatch.setattr(svg, "ALL", 12)
    one = shown(tmp_path, list("abcde"), 3)
    assert one.html.count("<details") == 4 and "here on the first 4 of 5 marks" in one.html
    assert one.html.count("¶1") == 4 * 2 and one.html.count("and 1 more in 01-words.evidence.csv") == 4


def test_hostile_words_are_shown_and_do_nothing(tmp_path, read_text):
    text = read_text(f"1. No {HOSTILE} now.\n\n2. Nor then.\n", "one.txt")
    place = text.paragraphs["text"][0].index('"peace"') + 1
    row = {"word": [HOSTILE], "document": "one", "paragraph": "1", "start": place, "end": place + 5}
    one = shown(tmp_path, [HOSTILE], evidence=pd.DataFrame(row), corpus=text, alt='"><img src=x onerror=1>')
    tags, names = ({*re.findall(sign, one.html)} for sign in (r"<(\w+)", r'([\w-]+)="'))
    assert tags == {"div", "style", "img", "p", "details", "summary", "b", "ul", "li"}
    assert names == {"class", "data-lm-suppress-shortcuts", "style", "src", "alt", "width", "name", "title"}
    assert one.html.count("<img") == one.html.count("<style") == 1
    around = html.unescape(re.search(r"<li>(.*)</ul>", one.html)[1])
    assert around == 'one ¶1: No </b><script>alert(1)</script> "<b>peace</b>" $\\frac{1}{2}$ now.'
    assert "tex2jax_ignore mathjax_ignore" in one.html  # what stands between dollars is no formula


def test_a_mark_is_met_where_it_is_painted(tmp_path):
    one = shown(tmp_path, ["peace", "war"])
    pixels = Image.open(io.BytesIO(one.png)).convert("RGB")
    for sides in re.findall(r"left:(.*)%;margin-top:(.*)%;width:(.*)%;height:0px;padding:(.*)% 0px 0px", one.html):
        left, top, width, height = (float(side) * pixels.width / 100 for side in sides)
        inside, above = ((round(left + width * 0.9), round(y)) for y in (top + height / 2, top - 3))
        assert pixels.getpixel(inside) == pytest.approx((0x00, 0x72, 0xB2), abs=3)
        assert pixels.getpixel(above) == (255, 255, 255)


def test_a_notebook_has_the_picture_with_its_words_for_exports_without_html(tmp_path):
    one = shown(tmp_path, ["peace"], alt="Peace.")
    data, told = one._repr_mimebundle_()
    assert told == {"image/png": {"alt": "Peace.", "width": 720}} and repr(one) == "Peace."
    assert data == {"text/html": one.html, "image/png": one.png} and 'alt="Peace."' in one.html
    own = figures.save(plt.subplots()[1], "01-own", folder=tmp_path / "figures", title="My own").html
    assert "<details" not in own and "passages" not in own and 'alt="My own"' in own
