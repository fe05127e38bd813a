"""Codebooks: a YAML file → a table of checked patterns; and the language in which patterns are written."""

import difflib
import itertools
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import regex

from analysis import tables
from analysis.tokens import as_token, spans, warn_alike

_ROLES = ["search", "any", "except"]
_STEP = regex.compile(r"(?:(?<= )~([1-9][0-9]{0,2}) (?!~))?(\S+|^$)")  # a distance, and the stretch after it
_COMPOUND = regex.compile(r"(?<=[\p{L}\p{M}\p{Nd}*?])_(?=[\p{L}\p{M}\p{Nd}*?])")
_MOST_COMPOUNDS = 3
_LOGIC = regex.compile(r"(?<![\w*-])(AND|OR|NOT)(?![\w*-])")
_LAST_STOP = regex.compile(r"(?<=(?:^|\.)\p{L}\.\p{L})\.$")  # of U.N.
_CURE = "look one line up too: names end in a colon, lists have one margin and no tabs, signs and colons need quotes"
_RULE = "words separated by spaces, * and ? inside words, ~4 (1 to 999) between them, _ inside a compound word"


class Pattern(NamedTuple):
    """A pattern taken apart."""

    words: list  # the words that are not a lone *
    gaps: list  # how many words each begins after the one before it: (at least, at most)
    before: int  # any words before the first, each written as *
    after: int  # and after the last


def load(path):
    """Read a codebook from a YAML file in UTF-8: the table `codebook`, one row per pattern, in the order of the file.

    A label has `any` (the patterns that count for it), and may have `except` (what excludes a hit, with the reason),
    `search` (what a reader would type into a search box) and `definition`. The language of patterns is described at
    `patterns.find`. All entries are text: *no* and *1325* need no quotes, what begins with ``*``, ``&``, ``!``, ``@``,
    ``%`` or a backquote does. Anchors, aliases, tags are refused.

    Raises ValueError with file and line of the first ten mistakes: text that is not YAML, a label, key or pattern that
    is there twice, an unknown key, a label without patterns that count, a malformed pattern.

    >>> load("data/codebooks/conflict.yml")["label"].unique().tolist()[:2]
    ['conflict management', 'conflict resolution']
    """
    return parse(tables.decoded(path), Path(path).name)


def parse(text, source="codebook"):
    """Read a codebook from YAML text, as `load` does from a file; `source` is its name, in messages and in the table.

    >>> book = parse('''
    ... Security Council:
    ...   definition: The Council of the United Nations.
    ...   search: security council
    ...   any: [Security Council, UNSC]
    ...   except:
    ...     Peace and Security Council: a regional council
    ... ''')
    >>> book[["role", "pattern", "reason", "line"]].fillna("").values.tolist()
    [['search', 'security council', '', 4], ['any', 'Security Council', '', 5],
     ['any', 'UNSC', '', 5], ['except', 'Peace and Security Council', 'a regional council', 7]]
    """
    mistakes, rows = [], []
    for label, node in _entries(composed(text, source), "the codebook", mistakes).items():
        rows += _rows(label, node, source, mistakes)
    book = pd.DataFrame(rows, columns=list(tables.columns("codebook")))
    mistakes += [(book["line"][row], what) for row, what in _wrong(book)]
    if mistakes:
        raise ValueError(tables.ten([f"{source} line {line}: {what}." for line, what in sorted(mistakes)]))
    bare = (book["role"] == "except") & book["reason"].isna()
    book["reason"] = book["reason"].mask(bare, "except: " + book["pattern"])
    return book.astype(tables.empty("codebook").dtypes)


def checked(codebook):
    """A copy of a codebook made or changed by hand: rows numbered from 0, `reason` filled where it is missing.

    Warns of labels that differ in upper and lower case only, or the like.

    Raises ValueError where it is not a table `codebook`, a role is unknown, a pattern malformed or there twice, or none
    counts.

    >>> checked(pd.DataFrame({"label": "war", "role": ["any", "rather"], "pattern": ["war", "peace"]}))
    Traceback (most recent call last):
    ValueError: codebook row 1 (from 0): war has the role 'rather'; it should be any, except or search.
    """
    tables.check(codebook, "codebook")
    book = codebook.reset_index(drop=True).astype(dict.fromkeys(["label", "role", "pattern"], "str"))
    for row, what in _wrong(book):
        raise ValueError(f"codebook row {row} (from 0): {what}.")
    if not (book["role"] == "any").any():
        raise ValueError("codebook: there is no pattern that counts (role any).")
    warn_alike(book["label"].unique(), "codebook")
    reason = book.assign(reason=book.get("reason", np.nan))["reason"].astype("str")
    return book.assign(reason=reason.fillna("except: " + book["pattern"]))


def check_labels(codebook, labels):
    """Raises an error unless a codebook, or that of hits, has these labels; it lists ten at most, the nearest first.

    >>> check_labels(parse("war: {any: war}\\npeace: {any: peace}"), ["peece"])
    Traceback (most recent call last):
    ValueError: The codebook has no label 'peece'. It has: 'peace', 'war'.
    """
    known = codebook["label"].astype("category").cat.categories
    for label in [one for one in labels if one not in known]:
        nearest = difflib.get_close_matches(label, known, n=10, cutoff=0)
        raise ValueError(f"The codebook has no label {label!r}. It has: {', '.join(map(repr, nearest))}.")


def variants(pattern):
    """A pattern taken apart, once for each way of writing its compound words: together, with a hyphen, as two words.

    >>> [one.words for one in variants("peace_keep*")]
    [['peacekeep*'], ['peace-keep*'], ['peace', 'keep*']]
    """
    parts = _COMPOUND.split(pattern)
    if len(parts) > _MOST_COMPOUNDS + 1:
        raise ValueError(f"the pattern {pattern[:60]!r} has {len(parts) - 1} signs _; {_MOST_COMPOUNDS} at most")
    ways = itertools.product(["", "-", " "], repeat=len(parts) - 1)
    return [take_apart("".join(map("".join, zip(parts, [*way, ""], strict=True)))) for way in ways]


def take_apart(pattern):
    """Check a pattern without compounds and take it apart into words and distances.

    Its words are those that `tokens.tokenize` finds, in one form as there, but in the case in which they are written.

    >>> take_apart("conflict* ~4 manag*")
    Pattern(words=['conflict*', 'manag*'], gaps=[(1, 1), (1, 4)], before=0, after=0)
    >>> take_apart("peace, security")
    Traceback (most recent call last):
    ValueError: the pattern 'peace, security' cannot be read from ', security' on: words separated by spaces,
    * and ? inside words, ~4 (1 to 999) between them, _ inside a compound word
    """
    spaced = " ".join(pattern.split())
    if (sign := _LOGIC.search(spaced)) and sign[0] != spaced:
        told = "for OR list patterns, for AND write one ~9 other, for NOT use except: (the words: and, or, not)"
        raise ValueError(f"the pattern {pattern[:60]!r} has {sign[0]}, which patterns do not know: {told}")
    words, gaps = [], []
    before = least = most = 0
    for step in _STEP.finditer(spaced):
        found, wrong = _words(step[2])
        if wrong is not None:
            rest = spaced[max(0, step.start(2) + wrong - (wrong == 0)) :]
            raise ValueError(f"the pattern {pattern[:60]!r} cannot be read from {rest[:60]!r} on: {_RULE}")
        gap = int(step[1] or 1)
        for word in found:
            least, most, gap = least + 1, most + gap, 1
            if word.strip("*"):
                words.append(word)
                gaps.append((least, most))
                least = most = 0
            elif not words:  # any one word
                before += 1
    if not any(word.strip("*?") for word in words):
        raise ValueError(f"the pattern {pattern[:60]!r} has wildcards only: it would match everything")
    return Pattern(words, gaps, before, after=least)


def _words(part):
    """The words of a stretch of a pattern without spaces, and where it stops being one; None if it is all words.

    A wildcard stands for a digit, or for a letter: whichever makes one word of it (``S/*/446``, ``U.?``).
    """
    for sign in "0X":
        text = _LAST_STOP.sub("", part.replace("*", sign).replace("?", sign))
        places = spans(text)
        if len(places) == 1:
            break
    ends, begins = [0, *(end for _, end in places)], [*(begin for begin, _ in places), len(text)]
    between = [(end, begin) for end, begin in zip(ends, begins, strict=True) if end < begin]
    wrong = [end for end, begin in between if text[end:begin] != "/" or end == 0 or begin == len(text)]
    return [as_token(part[start:stop], case=True) for start, stop in places], wrong[0] if wrong else None if part else 0


def _wrong(book):
    """The mistakes in the labels, roles and patterns of a codebook, each with its row."""
    for row, (label, role, pattern) in enumerate(book[["label", "role", "pattern"]].itertuples(index=False)):
        if role not in _ROLES:
            yield row, f"{label} has the role {role!r}; it should be any, except or search"
        try:
            variants(pattern)
        except ValueError as error:
            yield row, f"{label}: {error}"


def composed(text, source):
    """YAML as nodes, which know their lines; nothing, if it is empty."""
    import yaml

    special = yaml.AliasToken, yaml.AnchorToken, yaml.TagToken
    try:
        signs = [token for token in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(token, special)]
        if not signs:
            return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        begun = f", begun in line {error.context_mark.line + 1}" if error.context_mark else ""
        told = f"not YAML: {error.problem}{begun}; {_CURE}"
        raise ValueError(f"{source} line {error.problem_mark.line + 1}: {told}.") from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:  # brackets without end, odd characters
        raise ValueError(f"{source}: not YAML: {error}.") from None
    raise ValueError(f"{source} line {_line(signs[0])}: an entry that begins with *, & or ! needs quotes.")


def _entries(node, where, mistakes, known=None):
    """The names in a YAML mapping, each once, with their nodes."""
    if node is None or node.id != "mapping" or not node.value:
        mistakes.append((_line(node), f"{where} should hold names, each with a colon, a space and what belongs to it"))
        return {}
    found, first = {}, {}
    for key, value in node.value:
        name = _text(key, f"a name in {where}", mistakes)
        if name is None:
            continue
        earlier = first.setdefault(unicodedata.normalize("NFC", name).replace("’", "'"), key)  # however encoded
        if earlier is not key:
            mistakes.append((_line(key), f"{name!r} stands twice in {where}, first in line {_line(earlier)}"))
        if known and name not in known:
            mistakes.append((_line(key), f"{where} has the unknown key {name!r}; known are {', '.join(known)}"))
        found[name] = value
    return found


def _rows(label, node, source, mistakes):
    """The rows of one label: patterns are one, a list of them or, for exceptions, pattern: reason."""
    entries, rows = _entries(node, label, mistakes, known=["definition", *_ROLES]), []
    definition = entries.get("definition") and _text(entries["definition"], f"definition: of {label}", mistakes)
    for role in [role for role in _ROLES if role in entries]:
        where, found = f"{role}: of {label}", entries[role]
        for item in found.value if found.id == "sequence" else [found]:
            reasoned = role == "except" and item.id == "mapping"
            for key, value in item.value if reasoned else [(item, None)]:
                pattern = _text(key, where, mistakes, several_lines=False)
                reason = _text(value, f"the reason in {where}", mistakes) if reasoned else None
                if pattern is not None:
                    rows.append((label, definition, role, pattern, reason, source, _line(key)))
    if "any" not in entries or not entries["any"].value:
        cure = "write them below any: (of quanteda: exchange.dictionary)"
        mistakes.append((_line(node), f"{label} has no patterns that count: {cure}"))
    return rows


def _text(node, what, mistakes, several_lines=True):
    """The text of an entry, in one line; None, with the mistake noted, where it is not one."""
    if node.id != "scalar" or not node.value.strip():
        mistakes.append((_line(node), f"{what} should be a text, and not empty; put one that has a colon in quotes"))
    elif not several_lines and node.end_mark.line > node.start_mark.line:
        mistakes.append((_line(node), f"{what} has a pattern on several lines; write each on its own, after '- '"))
    else:
        return " ".join(node.value.split())
    return None


def _line(node):
    """The line on which a node or token begins, from 1."""
    return node.start_mark.line + 1 if node else 1
