"""Paragraphs → running words, each with its place in the text."""

import unicodedata

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
_NOTATION = set("*?~|")
_OWN = ["position", "start", "end", "form", "token", "n_words", "label"]  # columns this module makes


def tokenize(paragraphs):
    """Split paragraphs into running words: the table `tokens`, in the order of the paragraphs.

    One row per running word: `document`, `paragraph`, `position` (from 0), `start` and `end` (characters of the
    paragraph's text), `form` (as written), `token` (as counted: lower case, accents encoded in one way), and every
    further column of `paragraphs` but `text`, `number` and `order` (section, year, country, …). Texts are categoricals.

    The words are those that ``regex.findall(PATTERN, text)`` gives: *decision-making*, *S/2015/446* and *M&E* stay
    whole. No word spans a space, so each text is cut there first and the pattern runs once on each *different* stretch.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["The UN’s M&E, S/2015/446."]})
    >>> words = tokenize(paragraphs)
    >>> words["token"].tolist(), words["start"].tolist()
    (['the', 'un’s', 'm&e', 's/2015/446'], [0, 4, 9, 14])
    """
    tables.check(paragraphs, "paragraphs")
    if own := [name for name in paragraphs.columns if name in _OWN]:
        raise ValueError(f"paragraphs: rename the columns {own}: running words have columns of these names.")
    rows, begins, chunks, different = _chunks(paragraphs["text"])
    found = [list(_WORD.finditer(chunk)) for chunk in different]
    per_chunk = np.fromiter(map(len, found), np.int32, len(found))
    words = [match for matches in found for match in matches]
    forms, form_names = pd.factorize(np.array([match[0] for match in words], dtype=object))
    within = np.array([match.span() for match in words], dtype=np.int32).reshape(-1, 2)
    first = np.cumsum(per_chunk) - per_chunk  # where each different chunk's words begin in `words`
    times = per_chunk[chunks]
    chunk = np.repeat(np.arange(len(chunks), dtype=np.int32), times)
    word = first[chunks[chunk]] + _ranks(times)
    row = rows[chunk]
    token_of_form, token_names = pd.factorize(np.array([as_token(name) for name in form_names], dtype=object))
    columns = {key: _carried(paragraphs[key], row) for key in _KEYS}
    columns["position"] = _ranks(np.bincount(row, minlength=len(paragraphs)))
    columns["start"] = begins[chunk] + within[word, 0]
    columns["end"] = begins[chunk] + within[word, 1]
    form = forms.astype(np.int32)[word]
    columns["form"] = pd.Categorical.from_codes(form, pd.Index(form_names, dtype="str"))
    columns["token"] = pd.Categorical.from_codes(token_of_form[form], pd.Index(token_names, dtype="str"))
    for name in paragraphs.columns.drop([*_KEYS, "text", "number", "order"], errors="ignore"):
        columns[name] = _carried(paragraphs[name], row)
    return pd.DataFrame(columns)


def find(tokens, words):
    """Find words and phrases among running words.

    `words` is a word or phrase, a list of them, or a dictionary label → list (the label then is the column `label`).
    They are looked for in any case, as whole words without wildcards (for patterns there is `patterns.find`); the words
    of a phrase stand next to each other in one paragraph.

    One row per place where one begins: the columns of `tokens` but `form`, with the phrase as `token` (a categorical of
    `words`, in their order), its length `n_words` and the `end` of its last word. The index tells the row of `tokens`,
    counted from 0. Phrase by phrase, then in the order of the text. ValueError for a phrase twice or without a word.

    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace and peace"]}))
    >>> find(words, ["peace", "And Peace"])[["token", "position", "start", "end"]].values.tolist()
    [['peace', 0, 0, 5], ['peace', 2, 10, 15], ['and peace', 1, 6, 15]]
    """
    paragraph = paragraph_of(tokens)
    labels = words if isinstance(words, dict) else {None: words}
    phrases = [(label, _split(phrase)) for label, several in labels.items() for phrase in listed(several, "words")]
    names = [" ".join(phrase) for _, phrase in phrases]
    if not names:
        raise ValueError("words is empty: name at least one word to find.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"words holds {twice} more than once (upper and lower case are the same).")
    token = tokens["token"].astype("category")
    code_of = {name: code for code, name in enumerate(token.cat.categories)}
    code, position = token.cat.codes.to_numpy(), tokens["position"].to_numpy(np.int64)
    rows = []
    for _, phrase in phrases:
        row = np.flatnonzero(code == code_of.get(phrase[0], -2))
        for k, word in enumerate(phrase[1:], start=1):
            row = row[row + k < len(tokens)]
            same = (paragraph[row + k] == paragraph[row]) & (position[row + k] == position[row] + k)
            row = row[same & (code[row + k] == code_of.get(word, -2))]
        rows.append(row)
    which = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    rows = np.concatenate(rows)
    found = tokens.iloc[rows].drop(columns="form", errors="ignore").set_axis(rows)
    found["token"] = pd.Categorical.from_codes(which, names)
    found["n_words"] = n_words = np.array([len(phrase) for _, phrase in phrases])[which]
    if "end" in found.columns:
        found["end"] = tokens["end"].to_numpy()[rows + n_words - 1]
    if isinstance(words, dict):
        found["label"] = pd.Categorical([phrases[place][0] for place in which], list(words))
    return found


def paragraph_of(tokens, more=()):
    """The number of each running word's paragraph, 0, 1, 2, …, if they are a table `tokens` in the order of the text."""
    begins, back = tables.reading_order(tables.check(tokens, "tokens", more))
    if back.any():
        raise ValueError(f"tokens: row {back.argmax()} (from 0) is not in the order of the text that tokenize gives.")
    return np.cumsum(begins, dtype=np.int64) - 1


def as_token(form):
    """A word as it is counted: in lower case, its accents encoded in one way (NFC)."""
    return unicodedata.normalize("NFC", form.lower())


def as_phrase(text):
    """The words of a text as they are counted, one space between them; empty where there is none."""
    return " ".join(map(as_token, _WORD.findall(text)))


def listed(value, name):
    """One text, or several in the order wanted, as a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (set, frozenset, dict, pd.DataFrame)) or not hasattr(value, "__iter__"):
        raise ValueError(f"{name} should be text or a list of them, in the order wanted; found {type(value).__name__}.")
    texts = list(value)
    if wrong := [text for text in texts if not isinstance(text, str)]:
        raise ValueError(f"{name} should hold text only; found {wrong[0]!r}.")
    return texts


def single(words, name):
    """Single words, in whatever order, as they are counted."""
    words = [as_token(one.strip()) for one in listed([*words] if isinstance(words, (set, frozenset)) else words, name)]
    if phrases := [word for word in words if len(word.split()) > 1]:
        raise ValueError(f"{name} should hold single words, found {phrases[0]!r}.")
    return words


def _split(phrase):
    """The words of a phrase, as they are counted."""
    if not _NOTATION.isdisjoint(phrase):
        raise ValueError(f"words: {phrase!r} has a sign of codebook patterns (* ? ~ |): patterns.find finds those.")
    if not (words := as_phrase(phrase)):
        raise ValueError(f"There is no word in {phrase!r}: give letters or digits.")
    return words.split(" ")


def _chunks(texts):
    """Cut texts at spaces and line ends: the row, first character and code of each chunk, and the different chunks."""
    array = pa.array(texts.astype("str"), pa.large_string())
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array  # tables put together
    parts = pc.split_pattern(pc.replace_substring(array, "\n", " "), " ")
    rows = pc.list_parent_indices(parts).to_numpy().astype(np.int32)
    encoded = pc.dictionary_encode(pc.list_flatten(parts))
    codes = encoded.indices.to_numpy()
    steps = pc.utf8_length(encoded.dictionary).to_numpy()[codes] + 1  # to the next chunk
    begins = np.cumsum(steps) - steps
    per_row = np.bincount(rows, minlength=len(texts))
    first = np.cumsum(per_row) - per_row
    begins -= np.repeat(begins[first[per_row > 0]], per_row[per_row > 0])
    return rows, begins.astype(np.int32), codes, encoded.dictionary.to_pylist()


def _ranks(times):
    """For counts 2, 0, 3: 0, 1, 0, 1, 2."""
    ends = np.cumsum(times, dtype=np.int64)
    return (np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - times, times)).astype(np.int32)


def _carried(column, row):
    """A paragraph column, repeated for each of its words."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column.array.take(row)
    return column.astype("category").array.take(row)
