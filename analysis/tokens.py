"""Paragraphs → running words."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from analysis import tables

PATTERN = r"[\p{L}\p{M}\p{N}]+(?:[-'’/.&][\p{L}\p{M}\p{N}]+)*"
"""A word: letters, marks and digits, joined by single ``- ' ’ / . &`` inside it."""

_WORD = regex.compile(PATTERN)
_KEYS = ["document", "paragraph"]


def tokenize(paragraphs):
    """Split paragraphs into running words.

    Parameters
    ----------
    paragraphs : DataFrame
        `document`, `paragraph`, `text`. Every further column but `number` and
        `order` (section, year, country, …) is carried along.

    Returns
    -------
    DataFrame
        One row per running word, in the order of the paragraphs: `document`,
        `paragraph`, `position` (from 0), `form` (as written), `token` (lower
        case), and the columns carried along. Texts are categoricals.

    Raises
    ------
    ValueError
        If columns are missing, a paragraph occurs twice, or a text is missing.

    Notes
    -----
    The same words as ``regex.findall(PATTERN, text)`` gives: ``decision-making``,
    ``S/2015/446`` and ``M&E`` stay whole. Words never span white space, so each
    text is cut there first and the pattern runs only once on each *different*
    stretch.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["The UN’s M&E, S/2015/446."]})
    >>> tokenize(paragraphs)["token"].tolist()
    ['the', 'un’s', 'm&e', 's/2015/446']
    """
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    absent = paragraphs["text"].isna().to_numpy()
    if absent.any():
        where = tuple(paragraphs[key].iloc[absent.argmax()] for key in _KEYS)
        raise ValueError(f"paragraphs: the text of {where} is missing; drop the row or give it a text.")
    rows, chunks, different = _chunks(paragraphs["text"])
    words = [_WORD.findall(chunk) for chunk in different]
    per_chunk = np.fromiter(map(len, words), np.int32, len(words))
    forms, form_names = pd.factorize(np.array([form for found in words for form in found], dtype=object))
    first = np.cumsum(per_chunk, dtype=np.int32) - per_chunk  # where each different chunk's words begin in `forms`
    chunk, within = _expand(per_chunk[chunks])
    form = forms.astype(np.int32)[first[chunks[chunk]] + within]
    row = rows[chunk]
    per_row = np.bincount(row, minlength=len(paragraphs)).astype(np.int32)
    position = np.arange(len(row), dtype=np.int32)
    position -= np.repeat(np.cumsum(per_row, dtype=np.int32) - per_row, per_row)
    token_of_form, token_names = pd.factorize(np.array([name.lower() for name in form_names], dtype=object))
    columns = {key: _carried(paragraphs[key], row) for key in _KEYS}
    columns["position"] = position
    columns["form"] = pd.Categorical.from_codes(form, pd.Index(form_names, dtype="str"))
    columns["token"] = pd.Categorical.from_codes(token_of_form[form], pd.Index(token_names, dtype="str"))
    for name in paragraphs.columns.drop([*_KEYS, "text", "number", "order"], errors="ignore"):
        columns[name] = _carried(paragraphs[name], row)
    return pd.DataFrame(columns)


def locate(tokens, paragraphs):
    """Say at which characters of its paragraph each running word stands.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`: rows of `tokenize`'s table.
    paragraphs : DataFrame
        The paragraphs they come from: `document`, `paragraph`, `text`.

    Returns
    -------
    DataFrame
        A copy of `tokens` with `start` and `end`, counted from 0 in the
        paragraph's text: evidence for whatever is counted from these words.

    Raises
    ------
    ValueError
        If a paragraph, or a position in it, is not there.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace, now."]})
    >>> located = locate(tokenize(paragraphs), paragraphs)
    >>> [(token, start, end) for token, start, end in zip(located["token"], located["start"], located["end"])]
    [('peace', 0, 5), ('now', 7, 10)]
    """
    tables.check(tokens, "tokens", [*_KEYS, "position"])
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    text_of = dict(zip(zip(paragraphs["document"], paragraphs["paragraph"], strict=True), paragraphs["text"], strict=True))
    words_of, places = {}, []
    for key, position in zip(zip(tokens["document"], tokens["paragraph"], strict=True), tokens["position"], strict=True):
        if key not in words_of:
            if key not in text_of:
                raise ValueError(f"tokens: there is no paragraph {key} in the paragraphs given.")
            words_of[key] = [match.span() for match in _WORD.finditer(text_of[key])]
        if not 0 <= position < len(words_of[key]):
            raise ValueError(f"tokens: paragraph {key} has {len(words_of[key])} words, none at position {position}.")
        places.append(words_of[key][position])
    spots = np.array(places, dtype=np.int64).reshape(-1, 2)
    return tokens.assign(start=spots[:, 0], end=spots[:, 1])


def split(phrase):
    """The words of a phrase, in lower case, as `tokenize` would find them.

    Parameters
    ----------
    phrase : str
        One or more words.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If there is no word in it.

    Examples
    --------
    >>> split("Peace and Security")
    ['peace', 'and', 'security']
    """
    words = [form.lower() for form in _WORD.findall(phrase)]
    if not words:
        raise ValueError(f"There is no word in {phrase!r}: give letters or digits.")
    return words


def _chunks(texts):
    """Cut texts at white space: the row and the code of each chunk, and the different chunks."""
    parts = pc.utf8_split_whitespace(pa.array(texts.astype("str"), pa.large_string()))
    rows = pc.list_parent_indices(parts).to_numpy().astype(np.int32)
    encoded = pc.dictionary_encode(pc.list_flatten(parts))
    return rows, encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _expand(times):
    """For counts 1, 0, 2: the places 0, 2, 2 and the ranks 0, 0, 1.

    As ``np.repeat`` does, but fast where nearly all counts are 1.
    """
    kept = np.flatnonzero(times).astype(np.int32)
    times = times[kept]
    several = np.flatnonzero(times > 1)
    place = np.arange(len(kept), dtype=np.int32)
    if not len(several):
        return kept, np.zeros(len(kept), np.int32)
    extra = times[several] - 1
    ranks = np.concatenate([np.arange(1, n + 1, dtype=np.int32) for n in extra])
    after = np.repeat(several + 1, extra)
    return kept[np.insert(place, after, place[np.repeat(several, extra)])], np.insert(np.zeros(len(place), np.int32), after, ranks)


def _carried(column, row):
    """A paragraph column, repeated for each of its words."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column.array.take(row)
    return column.astype("category").array.take(row)
