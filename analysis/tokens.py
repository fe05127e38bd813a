"""Paragraphs → running words."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from analysis import tables, values
from analysis.word_forms import PATTERN, as_token

_WORD = regex.compile(PATTERN)
_KEYS = ["document", "paragraph"]
_NOTATION = set("*?~|")
_OWN = ["position", "form", "token", "n_words", "start", "end"]  # columns this module makes


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
        case, accents encoded in one way: NFC), and the columns carried along. Texts are categoricals.

    Raises
    ------
    ValueError
        If columns are missing, a paragraph occurs twice, a key or a text is
        missing, a text is not a string, or a column to carry has a name that
        running words have themselves (position, form, token, n_words, start, end).
    TypeError
        If `paragraphs` is no table, but a Corpus or something else.

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
    tables.check_present(paragraphs, "paragraphs", [*_KEYS, "text"])
    own = [name for name in paragraphs.columns if name in _OWN]
    if own:
        raise ValueError(f"paragraphs: rename the columns {own}: running words have columns of these names.")
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
    token_of_form, token_names = pd.factorize(np.array([as_token(name) for name in form_names], dtype=object))
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
        `document`, `paragraph`, `position`: rows of `tokenize`'s table, or of
        `find`'s, whose `n_words` is then heeded.
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
        If columns or values are missing, a position is not a whole number, or a
        paragraph, or a position in it, is not there.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace, now."]})
    >>> located = locate(tokenize(paragraphs), paragraphs)
    >>> [(token, start, end) for token, start, end in zip(located["token"], located["start"], located["end"])]
    [('peace', 0, 5), ('now', 7, 10)]
    """
    tables.check(tokens, "tokens", [*_KEYS, "position"])
    tables.check_present(tokens, "tokens", [*_KEYS, "position"])
    tables.check(paragraphs, "paragraphs", [*_KEYS, "text"])
    tables.check_unique(paragraphs, "paragraphs", _KEYS)
    tables.check_present(paragraphs, "paragraphs", [*_KEYS, "text"])
    text_of = dict(
        zip(zip(paragraphs["document"], paragraphs["paragraph"], strict=True), paragraphs["text"], strict=True)
    )
    places = [name for name in ("position", "n_words") if name in tokens.columns]
    tokens = tokens.assign(**{name: values.whole_numbers(tokens, "tokens", name).astype(np.int64) for name in places})
    last = tokens["position"] + (tokens["n_words"] if "n_words" in tokens.columns else 1) - 1
    rows_of = defaultdict(list)
    for row, key in enumerate(zip(tokens["document"], tokens["paragraph"], strict=True)):
        rows_of[key].append(row)
    first, last = tokens["position"].tolist(), last.tolist()
    spots = np.empty((len(tokens), 2), dtype=np.int64)
    for key, rows in rows_of.items():
        if key not in text_of:
            raise ValueError(f"tokens: there is no paragraph {key} in the paragraphs given.")
        words = list(_WORD.finditer(text_of[key]))
        for row in rows:
            if not 0 <= first[row] <= last[row] < len(words):
                raise ValueError(f"tokens: paragraph {key} has {len(words)} words, none at position {last[row]}.")
            spots[row] = words[first[row]].start(), words[last[row]].end()
    return tokens.assign(start=spots[:, 0], end=spots[:, 1])


def find(tokens, words):
    """Find words and phrases among running words.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`: rows of `tokenize`'s table,
        in its order.
    words : str or list of str
        Words and phrases, in any case. The words of a phrase must stand next to
        each other in one paragraph.

    Returns
    -------
    DataFrame
        One row per place where one begins: the columns of `tokens` but `form`,
        with the phrase as `token` (a categorical of `words`, lower case, in
        their order) and its length as `n_words`. The index tells the row of
        `tokens`, counted from 0. Phrase by phrase, then in the order of the text.

    Raises
    ------
    ValueError
        If `words` is not a word or a list of them, is empty, holds a phrase
        twice, one without letters and digits, or one in the notation of
        `patterns.find` (``* ? ~ |``); if tokens lack columns or values, or are
        not in the order of the text.

    Examples
    --------
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace and peace"]}))
    >>> find(words, ["peace", "And Peace"])[["token", "position", "n_words"]].values.tolist()
    [['peace', 0, 1], ['peace', 2, 1], ['and peace', 1, 2]]
    """
    paragraph = paragraph_of(tokens)
    phrases = [_split(phrase) for phrase in values.listed(words, "words")]
    names = [" ".join(phrase) for phrase in phrases]
    if not names:
        raise ValueError("words is empty: name at least one word to find.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"words holds {twice} more than once (upper and lower case are the same).")
    token = tokens["token"].astype("category")
    code_of = {name: code for code, name in enumerate(token.cat.categories)}
    code, position = token.cat.codes.to_numpy(), values.whole_numbers(tokens, "tokens", "position")
    rows = []
    for phrase in phrases:
        row = np.flatnonzero(code == code_of.get(phrase[0], -2))
        for k, word in enumerate(phrase[1:], start=1):
            row = row[row + k < len(tokens)]
            same = (paragraph[row + k] == paragraph[row]) & (position[row + k] == position[row] + k)
            row = row[same & (code[row + k] == code_of.get(word, -2))]
        rows.append(row)
    found = tokens.iloc[np.concatenate(rows)].drop(columns="form", errors="ignore")
    found.index = np.concatenate(rows)
    which = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    found["token"] = pd.Categorical.from_codes(which, names)
    found["n_words"] = np.array([len(phrase) for phrase in phrases])[which]
    return found


def paragraph_of(tokens):
    """Number the paragraph of each running word, making sure the words stand in the order of the text.

    Parameters
    ----------
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`.

    Returns
    -------
    ndarray of int
        0 for the words of the first paragraph, then 1, 2, …

    Raises
    ------
    ValueError
        If columns or values are missing, a position is not a whole number, or a
        word stands before an earlier one of its paragraph, or twice, or apart
        from the rest of it.

    Examples
    --------
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "text": ["Peace now", "War"]}))
    >>> paragraph_of(words).tolist()
    [0, 0, 1]
    """
    tables.check(tokens, "tokens", [*_KEYS, "position", "token"])
    tables.check_present(tokens, "tokens", [*_KEYS, "position", "token"])
    number, wrong = _order(tokens)
    if wrong.any():
        raise ValueError(
            f"tokens: row {wrong.argmax()} (rows count from 0) is not in the order of the text, or there twice; "
            "keep the order that tokenize gives."
        )
    return number


def check_once(tokens):
    """Raise if a running word is there twice, whatever the order of the rows.

    Parameters
    ----------
    tokens : DataFrame
        Any columns; without `document`, `paragraph` and `position` words cannot
        be told apart, and nothing is looked for.

    Raises
    ------
    ValueError
        If a word is there twice, a value of these columns is missing, or a
        position is not a whole number.

    Examples
    --------
    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace"]}))
    >>> check_once(pd.concat([words, words]))
    Traceback (most recent call last):
    ValueError: tokens: 1 row repeats another's ['document', 'paragraph', 'position'], first ('un', '1', 0) in row 1 (rows count from 0); each should occur once.
    """
    keys = [*_KEYS, "position"]
    if set(keys) <= set(tokens.columns):
        tables.check_present(tokens, "tokens", keys)
        if _order(tokens)[1].any():  # words in the order of the text are there once, which is faster to see
            tables.check_unique(tokens, "tokens", keys)


def _order(tokens):
    """The number of each word's paragraph, and which words are out of the order of the text or there twice."""
    codes = [tokens[key].astype("category").cat.codes.to_numpy() for key in _KEYS]
    position = values.whole_numbers(tokens, "tokens", "position")
    begins = np.ones(len(tokens), bool)  # rows whose paragraph is another than that of the row above
    begins[1:] = (np.diff(codes[0]) != 0) | (np.diff(codes[1]) != 0)
    number = np.cumsum(begins, dtype=np.int64) - 1
    wrong = ~begins
    wrong[1:] &= position[1:] <= position[:-1]
    stretch = np.flatnonzero(begins)
    wrong[stretch] = pd.DataFrame({key: code[stretch] for key, code in zip(_KEYS, codes, strict=True)}).duplicated()
    return number, wrong


def _split(phrase):
    """The words of a phrase, in lower case, as `tokenize` finds them."""
    if not _NOTATION.isdisjoint(phrase):
        raise ValueError(
            f"words: {phrase!r} has a sign of codebook patterns (* ? ~ |), and words are looked for as they are; "
            "patterns.find finds patterns, and its hits can be counted (frequency.count_hits) and shown (concordance.kwic)."
        )
    words = [as_token(form) for form in _WORD.findall(phrase)]
    if not words:
        raise ValueError(f"There is no word in {phrase!r}: give letters or digits.")
    return words


def _chunks(texts):
    """Cut texts at white space: the row and the code of each chunk, and the different chunks."""
    if not (pd.api.types.is_string_dtype(texts) or isinstance(texts.dtype, pd.CategoricalDtype) or texts.empty):
        raise ValueError("paragraphs: text should be strings.")
    array = pa.array(texts.astype("str"), pa.large_string())
    if isinstance(array, pa.ChunkedArray):  # tables put together, or read from Parquet
        array = array.combine_chunks()
    parts = pc.utf8_split_whitespace(array)
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
    return kept[np.insert(place, after, place[np.repeat(several, extra)])], np.insert(
        np.zeros(len(place), np.int32), after, ranks
    )


def _carried(column, row):
    """A paragraph column, repeated for each of its words."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column.array.take(row)
    return column.astype("category").array.take(row)
