"""Slow, plain reference for what a word is, as `analysis.tokens.tokenize` describes it.

Walks the text character by character; shares no code and no pattern with the package. It made
`oracles/cairo-words.csv`. Two details are not meant, and are left out of the comparison: that İ (which grows in lower
case) counts as two letters in an address, and that a variation selector (U+FE0E, U+FE0F) is looked through before a
joining sign.
"""

import unicodedata

APOS, HYPH = "'’ʼ＇", "-‐‑"


def letter(c):
    return unicodedata.category(c)[0] in "LM"


def digit(c):
    return unicodedata.category(c) == "Nd"  # raised and lowered figures part a word


def core(c):
    return letter(c) or digit(c)


def fmt(c):
    return unicodedata.category(c) == "Cf" or c in "\ufe0e\ufe0f"


def words(text):
    """(start, end) of each word in the text."""
    out, i, n = [], 0, len(text)
    while i < n:
        if not core(text[i]) or unicodedata.category(text[i])[0] == "M":
            i += 1
            continue
        e = address_end(text, i) or symbol_end(text, i)
        if e > i:
            out.append((i, e))
            i = e
            continue
        j = i
        while j < n:
            if core(text[j]) or (fmt(text[j]) and j + 1 < n and core_next(text, j)):
                j += 1
                continue
            a, c = prev(text, i, j), text[j]
            k = j + 1
            b = text[k] if k < n else ""
            if b == "" or not core(b) or unicodedata.category(b)[0] == "M":
                break
            if c in APOS and letter(a) and letter(b):
                j += 1
                continue
            if c in HYPH and core(a) and core(b):
                j += 1
                continue
            if c in ".," and digit(a) and digit(b):
                j += 1
                continue
            if c == "." and letter(a) and letter(b) and single(text, i, j) and single_after(text, k):
                j += 1
                continue
            if c == "&" and a.isupper() and b.isupper():
                j += 1
                continue
            break
        out.append((i, j))
        i = j
    return out


def prev(text, i, j):
    while j > i and fmt(text[j - 1]):
        j -= 1
    return text[j - 1]


def core_next(text, j):
    while j < len(text) and fmt(text[j]):
        j += 1
    return j < len(text) and core(text[j])


def single(text, i, j):
    """The stretch back to the last full stop, or the word's beginning, is one letter."""
    s = text[i:j].split(".")[-1]
    return len(s) == 1


def single_after(text, k):
    """The stretch after is one letter."""
    return not (k + 1 < len(text) and core(text[k + 1]))


def symbol_end(text, i):
    """Where a document's symbol, or a number with slashes, that begins at i ends; i where none does.

    Parts between slashes: capitals or digits, perhaps a full stop and digits (C.3, L.14); Rev.1, Add.2, Corr.1, Amend.1
    too. The first is of capitals (five at most) or digits; there are two at least; one of them has a digit.
    """
    if i and (core(text[i - 1]) or text[i - 1] == "/"):
        return i
    ends, j, digits, n = i, i, False, 0
    while True:
        k = j
        while k < len(text) and text[k].isascii() and text[k].isalnum():
            k += 1
        part = text[j:k]
        if part == "":
            break
        if k + 1 < len(text) and text[k] == "." and digit(text[k + 1]):
            m = k + 1
            while m < len(text) and digit(text[m]):
                m += 1
            part, k = text[j:m], m
        name = part.split(".")[0]
        fine = part.upper() == part or (name in ("Rev", "Add", "Corr", "Amend") and "." in part)
        if n == 0:
            fine = fine and (part.isdigit() or (name.isalpha() and len(name) <= 5))
        if not fine:
            break
        n += 1
        digits = digits or any(c.isdigit() for c in part)
        ends = k
        if k < len(text) and text[k] == "/":
            j = k + 1
        else:
            break
    if n < 2 or not digits:
        return i
    if ends < len(text) and core(text[ends]):
        return i
    return ends


def address_end(text, i):
    """Where a web or mail address that begins at i ends (0 where none does): up to white space, brackets, quotation marks; without closing punctuation."""
    if i and (core(text[i - 1]) or text[i - 1] in "/@.-_"):
        return 0
    j = i
    while j < len(text) and not text[j].isspace() and text[j] not in '<>()[]{}|"“”«»‘':
        j += 1
    while j > i and text[j - 1] in ".,;:!?'’…/":
        j -= 1
    run = text[i:j].lower()
    if run.startswith(("http://", "https://")) and len(run) > 8:
        return j
    if run.startswith("www.") and len(run) > 4:
        return j
    at = run.find("@")
    if 0 < at < len(run) - 3 and "." in run[at:] and all(c.isalnum() or c in "@._-+" for c in run):
        return j
    return 0


CONTRACTED = ["it's", "that's", "let's", "what's", "here's", "there's"]
CONTRACTED += ["who's", "he's", "she's", "where's", "how's", "when's"]


def token(form):
    if form.lower().startswith(("http://", "https://", "www.")) or "@" in form:
        return form.lower()
    t = "".join(c for c in unicodedata.normalize("NFKC", form) if not fmt(c) and not arabic_sign(c))
    for a in APOS:
        t = t.replace(a, "'")
    for h in HYPH:
        t = t.replace(h, "-")
    t = t.lower().replace("i\u0307", "i")
    if t.endswith("'s") and len(t) > 2 and t not in CONTRACTED:
        t = t[:-2]
    return unicodedata.normalize("NFC", t)


def arabic_sign(c):
    """Tatweel and vowel marks."""
    return c == "\u0640" or "\u064b" <= c <= "\u0652" or c == "\u0670"
