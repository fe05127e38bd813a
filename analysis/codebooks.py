"""Codebooks: a YAML file → a table of checked patterns; and the language in which patterns are written."""

import unicodedata
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import regex

from analysis import tables

_ROLES = ["search", "any", "except"]
_LONGEST = 1000  # characters of a pattern
_WORD = r"[\p{L}\p{M}\p{N}*?]+(?:[-'’/.&][\p{L}\p{M}\p{N}*?]+)*"  # a running word, with wildcards
_PATTERN = regex.compile(rf"(?:{_WORD}(?: (?:~[1-9][0-9]{{0,2}} )?{_WORD})*)?")
_RULE = "words separated by spaces, * and ? inside words, ~4 (1 to 999) between them; - ' / . & singly inside a word"


class Pattern(NamedTuple):
    """A pattern taken apart."""

    words: list  # the words that are not a lone *
    gaps: list  # how many words each begins after the one before it: (at least, at most)
    before: int  # any words before the first, each written as *
    after: int  # and after the last


def load(path):
    """Read a codebook from a YAML file in UTF-8: the table `codebook`, one row per pattern, in the order of the file.

    A label has `any` (the patterns that count for it), and may have `except` (what sets a hit aside, with the reason),
    `search` (what a reader would type into a search box) and `definition`. The language of patterns is described at
    `patterns.find`. All entries are read as text, so *no* and *1325* need no quotes; an entry that begins with ``*``,
    ``&``, ``!``, ``@``, ``%`` or a backquote does. YAML's anchors, aliases and tags are refused.

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
    for label, node in _entries(_composed(text, source), "the codebook", mistakes).items():
        rows += _rows(label, node, source, mistakes)
    book = pd.DataFrame(rows, columns=list(tables.columns("codebook")))
    mistakes += [(book["line"][row], what) for row, what in _wrong(book)]
    if mistakes:
        raise ValueError(tables.ten([f"{source} line {line}: {what}." for line, what in sorted(mistakes)]))
    return book.astype(tables.empty("codebook").dtypes)


def checked(codebook):
    """A copy of a codebook made or changed by hand: rows numbered from 0, `reason` filled where it is missing.

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
    reason = book["reason"].astype("str") if "reason" in book.columns else pd.Series(index=book.index, dtype="str")
    return book.assign(reason=reason.fillna("except: " + book["pattern"]))


def check_labels(codebook, labels):
    """Raise unless the codebook has these labels, listing those it has.

    >>> check_labels(parse("peace: {any: peace}"), ["war"])
    Traceback (most recent call last):
    ValueError: The codebook has no label 'war'. It has: 'peace'.
    """
    known = dict.fromkeys(codebook["label"])
    for label in labels:
        if label not in known:
            raise ValueError(f"The codebook has no label {label!r}. It has: {', '.join(map(repr, known))}.")


def take_apart(pattern):
    """Check a pattern and take it apart into words and distances.

    >>> take_apart("conflict* ~4 manag*")
    Pattern(words=['conflict*', 'manag*'], gaps=[(1, 1), (1, 4)], before=0, after=0)
    >>> take_apart("peace, security")
    Traceback (most recent call last):
    ValueError: the pattern 'peace, security' cannot be read from ', security' on: words separated by spaces, * and ? inside words, ~4 (1 to 999) between them; - ' / . & singly inside a word
    """
    if len(pattern) > _LONGEST:
        raise ValueError(f"the pattern {pattern[:60]!r} has {len(pattern):,} characters; {_LONGEST:,} at most")
    spaced = " ".join(pattern.split())
    rest = spaced[_PATTERN.match(spaced).end() :]
    if rest or not spaced:
        raise ValueError(f"the pattern {pattern[:60]!r} cannot be read from {rest[:60]!r} on: {_RULE}")
    words, gaps = [], []
    before = least = most = 0
    for gap, word in regex.findall(r"(?:~([0-9]+) )?(\S+)", spaced):
        least, most = least + 1, most + int(gap or 1)
        if word.strip("*"):
            words.append(word)
            gaps.append((least, most))
            least = most = 0
        elif not words:  # any one word
            before += 1
    if not any(word.strip("*?") for word in words):
        raise ValueError(f"the pattern {pattern[:60]!r} has wildcards only: it would match everything")
    return Pattern(words, gaps, before, after=least)


def plain(words):
    """Words written so that the same word, however encoded, is the same: accents composed (NFC), ``’`` as ``'``."""
    return unicodedata.normalize("NFC", words).replace("’", "'")


def _wrong(book):
    """The mistakes in the labels, roles and patterns of a codebook, each with its row."""
    first = {}
    for row, (label, role, pattern) in enumerate(book[["label", "role", "pattern"]].itertuples(index=False)):
        if role not in _ROLES:
            yield row, f"{label} has the role {role!r}; it should be any, except or search"
        try:
            take_apart(pattern)
        except ValueError as error:
            yield row, f"{label}: {error}"
        if first.setdefault((label, role == "search", plain(" ".join(pattern.split()))), row) != row:
            yield row, f"{label} has the pattern {pattern[:60]!r} twice"


def _composed(text, source):
    """YAML as nodes, which know their lines."""
    import yaml

    special = yaml.AliasToken, yaml.AnchorToken, yaml.TagToken
    try:
        signs = [token for token in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(token, special)]
        if not signs:
            return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise ValueError(f"{source} line {line}: not YAML: the character {chr(error.character)!r}.") from None
    except yaml.MarkedYAMLError as error:
        context = f"{error.context} begun in line {error.context_mark.line + 1}: " if error.context_mark else ""
        raise ValueError(f"{source} line {error.problem_mark.line + 1}: not YAML: {context}{error.problem}.") from None
    except (RecursionError, ValueError, OverflowError) as error:  # brackets without end, a character there is not
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
        earlier = first.setdefault(plain(name), key)
        if earlier is not key:
            mistakes.append((_line(key), f"{name!r} stands twice in {where}, first in line {_line(earlier)}"))
        if known and name not in known:
            mistakes.append((_line(key), f"{where} has the unknown key {name!r}; known are {', '.join(known)}"))
        found[name] = value
    return found


def _rows(label, node, source, mistakes):
    """The rows of one label."""
    entries = _entries(node, label, mistakes, known=["definition", *_ROLES])
    definition = entries.get("definition") and _text(entries["definition"], f"definition: of {label}", mistakes)
    rows = []
    for role in [role for role in _ROLES if role in entries]:
        found = _patterns(entries[role], role, f"{role}: of {label}", mistakes)
        rows += [(label, definition, role, pattern, reason, source, line) for pattern, reason, line in found]
    if "any" not in entries or not entries["any"].value:
        mistakes.append((_line(node), f"{label} has no patterns that count: write them below any:"))
    return rows


def _patterns(node, role, where, mistakes):
    """One pattern, a list of them or, for exceptions, pattern: reason; each with its reason and line."""
    for item in node.value if node.id == "sequence" else [node]:
        reasoned = role == "except" and item.id == "mapping"
        for key, value in item.value if reasoned else [(item, None)]:
            pattern = _text(key, where, mistakes, several_lines=False)
            unsaid = f"except: {pattern}" if role == "except" else None
            reason = _text(value, f"the reason in {where}", mistakes) if reasoned else unsaid
            if pattern is not None:
                yield pattern, reason, _line(key)


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
