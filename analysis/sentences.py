"""Running words → the sentences they stand in: where a full stop ends one, and where it shortens a word."""

import bisect

import numpy as np
import regex

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


def number(words, paragraphs):
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
