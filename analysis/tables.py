"""The tables that pass between modules: their columns, their checks, their dictionary.

Everything in this package takes a table and returns a table. What each column
holds is written once, in `COLUMNS`; the guards and the data dictionary in
``data/README.md`` are derived from it.
"""

import numpy as np
import pandas as pd

_DOCUMENT = "short name of the source, from its file name"
_PARAGRAPH = "key of the paragraph: the printed number (`12`); `II:1` where numbering restarts; `#17` (the order) where a number is absent or repeated"

COLUMNS = {
    "documents": {
        "document": _DOCUMENT,
        "title": "the title at its head, or the file name",
        "source": "file name, or path below the folder that was read",
        "sha256": "checksum of the file's bytes",
        "text": "the file's text: UTF-8 without byte order mark, line ends as \\n",
    },
    "paragraphs": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "number": "the number exactly as printed (`12.`, `(1)`, `24.1`); missing where there is none",
        "order": "1 for the first paragraph of the document, then 2, 3, …",
        "section": "nearest heading above; missing where there is none",
        "text": "the paragraph's words, without number, note marks and emphasis marks",
    },
    "spans": {
        "document": _DOCUMENT,
        "start": "first character, counted from 0 in `documents.text`",
        "end": "one past the last character",
        "kind": "paragraph, number, heading, note, note mark, front matter, markup or leftover",
        "paragraph": "paragraph it belongs to, if any",
        "note": "note it belongs to, if any",
        "text_start": "for `paragraph`, `note` and `heading`: where this stretch begins in the text of the paragraph, note or heading",
        "reason": "for `markup` and `leftover`: why these characters are not read as words",
    },
    "notes": {
        "document": _DOCUMENT,
        "note": "the note's printed mark; `#7` (the order) where a mark is repeated",
        "paragraph": "paragraph where the mark stands; missing where no mark was found",
        "text": "the note's words",
    },
    "problems": {
        "document": _DOCUMENT,
        "source": "file name, or path below the folder that was read",
        "line": "line of the source, from 1",
        "paragraph": "paragraph concerned, if any",
        "problem": "gap, repeat, restart, return, unsure, second numbering, passed over, no numbers, note without mark, mark without note, damaged characters, not read",
        "detail": "what was found there and how it was read",
    },
    "tokens": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "position": "0 for the first running word of the paragraph, then 1, 2, …",
        "form": "the word as written",
        "token": "the word in lower case",
    },
    "counts": {
        "token": "word, or words separated by one space",
        "n": "times it occurs in the group",
        "total": "running words in the group",
        "per_1000": "n per 1,000 running words",
        "n_paragraphs": "paragraphs of the group in which it occurs",
        "low": "lower end of the interval, per 1,000 words",
        "high": "upper end of the interval, per 1,000 words",
        "interval": "what low and high are",
        "few": "true where n or n_paragraphs is below five: too little to lean on",
    },
    "codebook": {
        "label": "name of the concept or theme",
        "definition": "what counts as it, in words",
        "role": "`any`: counts; `except`: sets aside what it overlaps; `search`: what a reader would type into a search box",
        "pattern": "words, with `*`, `?` and `~N`, as described at `patterns.find`",
        "reason": "for `except`: why what it matches does not count",
        "source": "name of the codebook's file",
        "line": "line of the file, from 1",
    },
    "hits": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "label": "name of the concept or theme",
        "pattern": "the pattern that matched; the longest, where several did",
        "start": "first character of the match, counted from 0 in the paragraph's text",
        "end": "one past its last character",
        "match": "the matched text, as written",
        "kept": "true if it counts, false if an exception sets it aside",
        "reason": "why it was set aside",
    },
    "audit": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "label": "name of the concept or theme",
        "start": "first character, counted from 0 in the paragraph's text",
        "end": "one past the last character",
        "match": "the searched word as written; the hit, where no search finds it",
        "plain": "true if the plain search finds it, as whole words",
        "substring": "true if the letters of the search stand anywhere in it, as Ctrl-F finds them",
        "kept": "true if the codebook counts it",
        "pattern": "the pattern that matched here, if any",
        "reason": "why it was not counted: the exception's reason, `same passage`, or `no pattern`",
    },
    "kwic": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "label": "what was looked for",
        "left": "text before the match",
        "match": "the matched text, as written",
        "right": "text after the match",
        "start": "first character of the match, counted from 0 in the paragraph's text",
        "end": "one past its last character",
    },
    "contributions": {
        "label": "name of the concept or theme",
        "role": "`any` or `except`",
        "pattern": "a pattern or exception of the codebook",
        "n": "kept hits that the pattern names; hits that the exception sets aside",
        "n_label": "kept hits of the label",
        "n_without": "kept hits of the label if this row is left out of the codebook",
    },
    "ratio": {
        "n_a": "kept hits of the first concept",
        "n_b": "kept hits of the second",
        "log_ratio": "log₂(n_a / n_b), ½ for a count of 0: doublings between the two; missing where neither occurs",
        "low": "lower end of the range or interval",
        "high": "upper end of the range or interval",
        "interval": "what low and high are",
        "few": "true where n_a or n_b is below five: too little to lean on",
        "finding": "which concept is more frequent, where the whole range or interval says so; else `none`, and why",
    },
    "concepts": {
        "label": "the concept",
        "n_plain": "places its search finds, as whole words; missing where the codebook has no search for it",
        "n_substring": "places where the letters of the search stand anywhere in a word, as Ctrl-F finds them",
        "n": "kept hits",
        "n_aside": "hits that an exception sets aside",
        "total": "running words",
        "per_1000": "n per 1,000 running words",
        "n_paragraphs": "paragraphs with a kept hit",
        "low": "lower end of the range or interval, per 1,000 words",
        "high": "upper end of the range or interval, per 1,000 words",
        "interval": "what low and high are",
        "few": "true where n or n_paragraphs is below five: too little to lean on",
    },
    "together": {
        "which": "only the first concept, both, only the second, or neither",
        "n_paragraphs": "paragraphs of which this is true",
        "share": "their share of all paragraphs, from 0 to 1",
    },
    "concept paragraphs": {
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH,
        "n_a": "kept hits of the first concept",
        "n_b": "kept hits of the second",
        "which": "only the first concept, both, only the second, or neither",
    },
    "concept patterns": {
        "label": "the concept",
        "role": "`any` or `except`",
        "pattern": "a pattern or exception of the codebook",
        "n": "kept hits that the pattern names; hits that the exception sets aside",
        "n_label": "kept hits of the concept",
        "n_without": "kept hits of the concept if this row is left out of the codebook",
        "n_a": "kept hits of the first concept if this row is left out",
        "n_b": "and of the second",
        "log_ratio": "log₂(n_a / n_b), ½ for a count of 0",
    },
    "sections": {
        "document": _DOCUMENT,
        "section": "the heading; absent where the paragraphs have no column `section`",
        "label": "the concept",
        "n": "kept hits",
        "total": "running words of the section",
        "per_1000": "n per 1,000 running words",
        "n_paragraphs": "paragraphs with a kept hit",
        "few": "true where n or n_paragraphs is below five: too little to lean on",
    },
    "near words": {
        "label": "the concept",
        "token": "a word near its kept hits, in lower case",
        "n": "times it stands there; once for each hit it stands near",
        "n_paragraphs": "paragraphs in which it does",
        "few": "true where n or n_paragraphs is below five: too little to lean on",
    },
    "choices": {
        "choice": "a way of counting",
        "n_a": "what it counts for the first concept",
        "n_b": "and for the second",
        "log_ratio": "log₂(n_a / n_b), ½ for a count of 0",
        "more": "the concept with the higher count, or `neither`",
    },
    "evidence": {
        "mark": "the mark of a figure that this passage supports",
        "document": _DOCUMENT,
        "paragraph": _PARAGRAPH + "; missing for a stretch outside paragraphs",
        "start": "first character, counted from 0 in the paragraph's text (in `documents.text` where `paragraph` is missing)",
        "end": "one past the last character",
    },
}


def check(frame, table, needs=None):
    """Raise unless `frame` is a table with the columns it should have.

    Parameters
    ----------
    frame : DataFrame
        The table to look at; it is not changed.
    table : str
        A name in `COLUMNS`, used for the message and for the default of `needs`.
    needs : list of str, optional
        The columns asked for; all columns of `table` unless given.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If columns are missing or there twice; the message names them.

    Examples
    --------
    >>> check(pd.DataFrame({"document": ["a"], "body": ["b"]}), "paragraphs", ["document", "text"])
    Traceback (most recent call last):
    ValueError: paragraphs needs columns ['document', 'text']; missing ['text'], found ['document', 'body'].
    """
    if not isinstance(frame, pd.DataFrame):
        inside = f"; pass its table `.{table}`" if hasattr(frame, table) else ""
        raise TypeError(f"{table} should be a pandas DataFrame, found {type(frame).__name__}{inside}.")
    twice = sorted(set(frame.columns[frame.columns.duplicated()].astype(str)))
    if twice:
        raise ValueError(f"{table} has the columns {twice} more than once.")
    needs = list(COLUMNS[table] if needs is None else needs)
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise ValueError(f"{table} needs columns {needs}; missing {missing}, found {list(frame.columns)}.")


def check_unique(frame, table, keys):
    """Raise if two rows of `frame` have the same `keys`, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    keys : list of str
        The columns that together should identify a row.

    Raises
    ------
    ValueError
        If a row repeats.

    Examples
    --------
    >>> twice = pd.DataFrame({"document": ["a", "a"], "paragraph": ["1", "1"]})
    >>> check_unique(twice, "paragraphs", ["document", "paragraph"])
    Traceback (most recent call last):
    ValueError: paragraphs: 1 row repeats another's ['document', 'paragraph'], first ('a', '1') in row 1; each should occur once.
    """
    repeated = frame.duplicated(keys).to_numpy()
    if repeated.any():
        row = int(repeated.argmax())
        first = tuple(frame[key].iloc[row] for key in keys)
        rows = "1 row repeats" if repeated.sum() == 1 else f"{repeated.sum()} rows repeat"
        raise ValueError(f"{table}: {rows} another's {list(keys)}, first {first} in row {row}; each should occur once.")


def check_present(frame, table, columns):
    """Raise if a value is missing in columns that must be filled, naming the first.

    Parameters
    ----------
    frame : DataFrame
        The table to look at.
    table : str
        Its name, for the message.
    columns : list of str
        The columns in which nothing may be missing.

    Raises
    ------
    ValueError
        If a value is missing.

    Examples
    --------
    >>> check_present(pd.DataFrame({"token": ["peace", None]}), "tokens", ["token"])
    Traceback (most recent call last):
    ValueError: tokens: token is missing in row 1 (rows count from 0). When reading CSV: keep_default_na=False.
    """
    for name in columns:
        absent = frame[name].isna().to_numpy()
        if absent.any():
            raise ValueError(
                f"{table}: {name} is missing in row {absent.argmax()} (rows count from 0). "
                "When reading CSV: keep_default_na=False."
            )


def significant(frame, digits=6):
    """Round the floating-point columns of a table to significant digits.

    Different processors disagree in the last digits of a float; rounded before
    drawing and writing, charts and files are the same bytes everywhere.

    Parameters
    ----------
    frame : DataFrame
        Any table; it is not changed.
    digits : int, default 6
        Significant digits kept.

    Returns
    -------
    DataFrame
        A copy. Integer and text columns, whole numbers, missing and infinite
        values are as they were.

    Examples
    --------
    >>> significant(pd.DataFrame({"rate": [2 / 3, 123456.789, 12345678.0]}))["rate"].tolist()
    [0.666667, 123457.0, 12345678.0]
    """
    rounded = frame.copy()
    for name in frame.columns[[pd.api.types.is_float_dtype(dtype) for dtype in frame.dtypes]]:
        values = frame[name].to_numpy(float, na_value=np.nan)
        rounded[name] = [
            value if value.is_integer() or not np.isfinite(value) else float(f"{value:.{digits}g}") for value in values
        ]
    return rounded


def dictionary():
    """The data dictionary, as Markdown.

    Returns
    -------
    str
        One section per table, one line per column. ``data/README.md`` holds
        this text; a test compares the two.

    Examples
    --------
    >>> print(dictionary().splitlines()[4])
    | `document` | short name of the source, from its file name |
    """
    sections = []
    for table, columns in COLUMNS.items():
        rows = [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
        sections.append("\n".join([f"### {table}", "", "| column | what it holds |", "|---|---|", *rows]))
    return "\n\n".join(sections) + "\n"
