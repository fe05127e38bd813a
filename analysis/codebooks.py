"""A codebook in YAML → a table of checked patterns."""

import unicodedata
from pathlib import Path

import pandas as pd

from analysis import tables
from analysis.codebook_yaml import compose, line_of
from analysis.pattern_syntax import plain, take_apart

_ROLES = ["search", "any", "except"]
_LONGEST = 200  # characters of a name


def load(path):
    """Read a codebook: labels, the patterns that count for them, and the exceptions.

    Parameters
    ----------
    path : str or Path
        A YAML file in UTF-8.

    Returns
    -------
    DataFrame
        One row per pattern, in the order of the file: `label`, `definition`,
        `role` (``any``: counts; ``except``: sets aside what it overlaps;
        ``search``: what a reader would type into a search box), `pattern`,
        `reason` (for ``except``), `source` (the file's name), `line`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not UTF-8 or not YAML, a label or a key occurs twice, a key is
        unknown, a label has no patterns, or a pattern is empty, malformed, given
        twice, of wildcards only, on several lines or longer than 1,000
        characters. The message names file and line of the first ten mistakes.

    Notes
    -----
    The language of the patterns is described at `patterns.find`. All entries
    are read as text, so *no* and *1325* need no quotes; an entry that begins
    with ``*``, ``&``, ``!``, ``@``, ``%`` or a backquote does. YAML's anchors, aliases and tags are refused.

    Examples
    --------
    >>> concepts = load("data/codebooks/conflict.yml")
    >>> concepts["label"].drop_duplicates().tolist()[:2]
    ['conflict management', 'conflict resolution']
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no codebook {path}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name} line {line}: not UTF-8; save it as UTF-8.") from None
    return parse(text, path.name)


def parse(text, source="codebook"):
    """Read a codebook from text, as `load` does from a file.

    Parameters
    ----------
    text : str
        The codebook, in YAML.
    source : str, default "codebook"
        Its name, for messages and the column `source`.

    Returns
    -------
    DataFrame
        As `load` gives.

    Raises
    ------
    TypeError
        If `text` is not text.
    ValueError
        As `load`.

    Examples
    --------
    >>> book = parse('''
    ... Security Council:
    ...   definition: The Council of the United Nations.
    ...   search: security council
    ...   any: [Security Council, UNSC]
    ...   except:
    ...     Peace and Security Council: a regional council
    ... ''')
    >>> book[["role", "pattern", "reason", "line"]].fillna("").values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['search', 'security council', '', 4], ['any', 'Security Council', '', 5],
     ['any', 'UNSC', '', 5], ['except', 'Peace and Security Council', 'a regional council', 7]]
    """
    if not isinstance(text, str):
        raise TypeError(f"text should be a string, found {type(text).__name__}.")
    rows, mistakes = [], []
    for name, node, _ in _entries(compose(text, source), "the codebook", mistakes):
        rows += _label(name, node, mistakes)
    if not rows and not mistakes:
        mistakes.append((1, "there are no labels: begin with a name, a colon, and below it any: with its patterns"))
    if mistakes:
        mistakes = sorted(mistakes)
        told = [f"{source} line {line}: {what}." for line, what in mistakes[:10]]
        more = [f"And {len(mistakes) - 10} more mistakes."] if len(mistakes) > 10 else []
        raise ValueError("\n".join([*told, *more]))
    book = pd.DataFrame(rows, columns=["label", "definition", "role", "pattern", "reason", "line"])
    book.insert(5, "source", source)
    return book.astype({name: "int64" if name == "line" else "str" for name in tables.COLUMNS["codebook"]})


def checked(codebook):
    """Make sure that a table is a codebook, and fill in the reasons it lacks.

    Parameters
    ----------
    codebook : DataFrame
        `label`, `role`, `pattern`; `reason` for exceptions.

    Returns
    -------
    DataFrame
        A copy with rows numbered from 0 and `reason` filled: ``except: PATTERN``
        where none is given.

    Raises
    ------
    ValueError
        If columns or values are missing, a label, pattern or reason is not text, a
        label is blank or written with accents encoded in two ways, a role is
        unknown, a label has a pattern twice, or no pattern counts.

    Examples
    --------
    >>> checked(pd.DataFrame({"label": "war", "role": ["any", "rather"], "pattern": ["war", "peace"]}))
    Traceback (most recent call last):
    ValueError: codebook: role in row 1 (rows count from 0) is 'rather'; it should be any, except or search.
    """
    needs = ["label", "role", "pattern"]
    tables.check(codebook, "codebook", needs)
    tables.check_present(codebook, "codebook", needs)
    for name in [*needs, *(["reason"] if "reason" in codebook.columns else [])]:
        for row, value in enumerate(codebook[name]):
            what = f"codebook: {name} in row {row} (rows count from 0) is {value!r}"
            if not isinstance(value, str) and not (
                name == "reason" and pd.api.types.is_scalar(value) and pd.isna(value)
            ):
                raise ValueError(f"{what}; it should be text.")
            if name == "role" and value not in _ROLES:
                raise ValueError(f"{what}; it should be any, except or search.")
            if name == "label" and not value.strip():
                raise ValueError(f"{what}; give it a name.")
    _check_once(codebook)
    if not (codebook["role"] == "any").any():
        raise ValueError("codebook: there is no pattern that counts (role any).")
    book = codebook.reset_index(drop=True).astype(dict.fromkeys(needs, "str"))
    reason = book["reason"].astype("str") if "reason" in book.columns else pd.Series(index=book.index, dtype="str")
    return book.assign(reason=reason.where(reason.notna(), "except: " + book["pattern"]))


def _check_once(codebook):
    """Each pattern of a label once, as `parse` has it; each label encoded in one way."""
    names, rows = {}, {}
    for row, (label, role, pattern) in enumerate(codebook[["label", "role", "pattern"]].itertuples(index=False)):
        if names.setdefault(plain(label), label) != label:
            raise ValueError(
                f"codebook: the label {label!r} is encoded in two ways, see row {row} (rows count from 0)."
            )
        first = rows.setdefault((label, role == "search", " ".join(plain(pattern).split())), row)
        if first != row:
            what = f"codebook: {label} has the pattern {pattern[:60]!r} twice"
            raise ValueError(f"{what}, in rows {first} and {row} (rows count from 0).")


def check_labels(codebook, labels):
    """Raise unless the codebook has these labels, listing those it has.

    Parameters
    ----------
    codebook : DataFrame
        `label`; from `load`.
    labels : list of str
        The labels asked for.

    Raises
    ------
    TypeError
        If `labels` is not a list of names.
    ValueError
        If one is missing, or the codebook has rows without a label.

    Examples
    --------
    >>> check_labels(parse("peace: {any: peace}"), ["war"])
    Traceback (most recent call last):
    ValueError: The codebook has no label 'war'. It has: 'peace'.
    """
    tables.check(codebook, "codebook", ["label"])
    tables.check_present(codebook, "codebook", ["label"])
    known = list(dict.fromkeys(codebook["label"]))
    if isinstance(labels, str) or not pd.api.types.is_list_like(labels):
        raise TypeError(f"labels should be a list of names, found {labels!r}.")
    for label in labels:
        if not isinstance(label, str) or label not in known:
            raise ValueError(f"The codebook has no label {label!r}. It has: {', '.join(map(repr, known))}.")


def _entries(node, where, mistakes):
    """The names and values of a YAML mapping, each name once."""
    import yaml

    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        mistakes.append(
            (line_of(node), f"{where} should hold names, each followed by a colon, a space and what belongs to it")
        )
        return []
    found = {}
    for key, value in node.value:
        name = _text(key, f"a name in {where}", mistakes)
        same = name and plain(name)  # in whichever way its accents are encoded
        if same in found:
            mistakes.append((line_of(key), f"{name[:60]!r} stands twice in {where}, first in line {found[same][2]}"))
        elif name is not None and len(name) > _LONGEST:
            mistakes.append((line_of(key), f"a name in {where} has {len(name):,} characters; {_LONGEST} at most"))
        elif name is not None:
            found[same] = name, value, line_of(key)
    return list(found.values())


def _label(name, node, mistakes):
    """The rows of one label."""
    before = len(mistakes)
    entries = {}
    for key, value, line in _entries(node, name, mistakes):
        entries[key] = value
        if key not in ("definition", *_ROLES):
            known = ", ".join(["definition", *_ROLES])
            mistakes.append((line, f"{name} has the unknown key {key[:60]!r}; known are {known}"))
    definition = None
    if "definition" in entries:
        definition = _text(entries["definition"], f"definition: of {name}", mistakes)
    rows, first = [], {}
    for role in [role for role in _ROLES if role in entries]:
        for pattern, reason, line in _patterns(entries[role], role, name, mistakes):
            try:
                take_apart(pattern)
            except ValueError as error:
                mistakes.append((line, f"{name}: {error}"))
                continue
            group = "search" if role == "search" else "any or except", plain(pattern)
            if group in first:
                mistakes.append((line, f"{name} has the pattern {pattern[:60]!r} twice, first in line {first[group]}"))
            first.setdefault(group, line)
            rows.append((name, definition, role, pattern, reason, line))
    if len(mistakes) == before and "any" not in {row[2] for row in rows}:
        mistakes.append((line_of(node), f"{name} has no patterns that count: write them below any:"))
    return rows


def _patterns(node, role, label, mistakes):
    """Patterns with their reasons (of exceptions) and lines: one, a list, or pattern: reason."""
    import yaml

    where = f"{role}: of {label}"
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not items:
        mistakes.append((line_of(node), f"{where} is an empty list"))
    found = []
    for item in items:
        if isinstance(item, yaml.ScalarNode):
            if item.style in ("|", ">") or item.end_mark.line > item.start_mark.line:
                mistakes.append(
                    (line_of(item), f"{where} has a pattern on several lines; write each on its own, after '- '")
                )
                continue
            pattern = _text(item, where, mistakes)
            if pattern is not None:
                found.append((pattern, f"except: {pattern}" if role == "except" else None, line_of(item)))
        elif isinstance(item, yaml.MappingNode) and role == "except":
            for key, value in item.value:
                pattern, reason = _text(key, where, mistakes), _text(value, f"the reason in {where}", mistakes)
                if pattern is not None and reason is not None:
                    found.append((pattern, reason, line_of(key)))
        else:
            mistakes.append(
                (line_of(item), f"{where} should be a pattern or a list of them; put one that has a colon in quotes")
            )
    return found


def _text(node, what, mistakes):
    """The text of an entry, in one line; None, with a mistake noted, where it is not one."""
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        mistakes.append((line_of(node), f"{what} should be a text"))
    elif not node.value.strip():
        mistakes.append((line_of(node), f"{what} is empty"))
    elif strange := [sign for sign in node.value if unicodedata.category(sign) in ("Cc", "Cs") and not sign.isspace()]:
        mistakes.append((line_of(node), f"{what} has the character {strange[0]!r}, which is no text"))
    else:
        return " ".join(node.value.split())
    return None
