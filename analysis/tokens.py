"""Paragraphs → running words, each with its place in the text; and the one form in which words are compared."""

import os
import unicodedata
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import regex

from analysis import storage, tables

KEYS = ["document", "paragraph"]
_CORE = r"\p{L}\p{M}\p{Nd}"  # what words are made of; a mark only after another of these
_PLAIN = rf"""(?:\p{{L}}(?:\.\p{{L}}(?![{_CORE}]))++|[\p{{L}}\p{{Nd}}])  # U.N, or a first letter
(?:[{_CORE}]++
  |\p{{Cf}}++(?=[\p{{Cf}}\uFE0E\uFE0F]*+[{_CORE}])  # invisible
  |(?<=[\p{{L}}\p{{M}}])['’＇](?=\p{{L}})
  |[-‐‑](?=[\p{{L}}\p{{Nd}}])
  |(?<=\p{{Nd}})[.,](?=\p{{Nd}})
  |(?<=\p{{Lu}})&(?=\p{{Lu}})
)*+"""
_REVISION = r"(?:Rev|Add|Corr|Amend)\.\p{Nd}++"
_CAPITALS = r"[A-Z]++(?![a-z0-9]|\.\p{Nd})"  # a part of a symbol without a digit, and one with digits
_DIGITS = rf"(?:(?=[A-Z]*+\.?\p{{Nd}})[A-Z0-9]++(?![a-z])(?:\.\p{{Nd}}++)?|{_REVISION})"
_PART = rf"/(?:{_CAPITALS}|{_DIGITS})"
_FIRST = rf"[0-9]++(?![A-Za-z]|\.\p{{Nd}})|[A-Z]{{1,5}}+\.\p{{Nd}}++|{_REVISION}"
_LETTERED = rf"(?=[A-Z]{{1,5}}/){_CAPITALS}(?:/{_CAPITALS})*+/{_DIGITS}"
_SYMBOL = rf"(?>(?:{_LETTERED}|(?:{_FIRST}){_PART})(?:{_PART})*+)(?![{_CORE}])"
_STOP = r"\s\x1c-\x1f<>()\[\]{}|\"“”«»‘"  # where an address ends
_LAST = rf"[^{_STOP}.,;:!?'’…/]"
_MAIL = r"[\p{L}\p{N}@._+-]"
_ADDRESS = rf"""(?:[Hh][Tt]{{2}}[Pp](?:[Ss]://|://[^{_STOP}])|[Ww]{{3}}\.)[^{_STOP}]*{_LAST}
|[\p{{L}}\p{{N}}._+-]+@(?:{_MAIL}+\.|\.{_MAIL}){_MAIL}*[\p{{L}}\p{{N}}@_+-](?=[.,;:!?'’…/]*+(?:[{_STOP}]|$))"""
_WORD = regex.compile(_PLAIN, regex.X)
_ANY = rf"(?=[\p{{L}}\p{{Nd}}])(?:(?<![{_CORE}/@.\-_])(?:{_ADDRESS})|(?<![{_CORE}/])(?:{_SYMBOL})|{_PLAIN})"
_ANY_WORD = regex.compile(_ANY, regex.X)
_SPECIAL = regex.compile(r"[/@]|[Ww]{3}\.")  # without these no address and no symbol
_AROUND = ".,;:!?'\"’“”‘()[] \n"  # what may stand around a word
_SET_ASIDE = regex.compile(r"[\p{Cf}\uFE0E\uFE0F\u0640\u064B-\u0652\u0670]+")  # invisible; Arabic vowel marks, tatweel
_ONE_KIND = str.maketrans("’ʼ＇‐‑", "'''--")
_CONTRACTED = regex.compile("(?:it|that|let|what|here|there|who|he|she|where|how|when)'s")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_ELIDED = regex.compile(r"(?i)(?:[ldnjmtsc]|qu|(?:de|a|ne|su|da)ll)['’](?=\p{L}{3})")  # of French and Italian
_ELISIONS = 0.02  # of different words; in English, with d'Ivoire and D'Escoto, they are less
_NOTATION = set("*?~|")
_PIECE = 1 << 23  # bytes of text split at once
_OWN = ["position", "start", "end", "form", "token", "n_words", "label"]  # columns this module makes


def tokenize(paragraphs, *, language="english", acronyms=False):
    """Split paragraphs into running words: the table `tokens`, in the order of the paragraphs.

    One row per running word: `document`, `paragraph`, `position` (from 0), `start` and `end` (characters of the
    paragraph's text), `form` (as written), `token` (as counted), and every further column of `paragraphs` but `text`,
    `number` and `order` (section, year, country, …). Texts are categoricals.

    *A word* is letters, marks and digits, joined by an apostrophe between letters, a hyphen, a full stop or comma
    between digits (``1,325``), full stops between single letters (``U.N``, the last one stays outside), ``&`` between
    capitals (``M&E``). A slash joins a document's symbol or a number (``S/2015/446``, ``2015/16``), no other words
    (``and/or`` are two); a web or mail address is one word. Raised figures separate words.

    *A token* is the word in lower case and Unicode's NFKC, without invisible characters, Arabic vowel marks and
    tatweel, apostrophes and hyphens each in one kind, and without the English possessive (*UN’s* is *un*; *it's* and
    eleven like it keep theirs); in another `language` (by its name) nothing is cut. With ``acronyms=True`` words all in
    capitals, of two at least, keep them: *WHO* is not *who*; nor, in a heading in capitals, is *PEACE* *peace*.

    Warns of scripts without spaces between words (Chinese, Japanese, Thai, …), where a clause would count as a word.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["The UN’s M&E, S/2015/446."]})
    >>> words = tokenize(paragraphs)
    >>> words["token"].tolist(), words["start"].tolist()
    (['the', 'un', 'm&e', 's/2015/446'], [0, 4, 9, 14])
    """
    tables.check(paragraphs, "paragraphs")
    if taken := [name for name in further(paragraphs) if name in _OWN]:
        raise ValueError(f"paragraphs: rename the columns {taken}: running words have columns of these names.")
    if not isinstance(language, str) or len(language) < 4:
        raise ValueError(f"language should be a name such as 'english' or 'french', found {language!r}.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        chunks, n_chunks = zip(*pool.map(_chunks, *_pieces(paragraphs["text"])), strict=True)
        chunks = pa.chunked_array(chunks).unify_dictionaries().chunks
        different = chunks[0].dictionary.to_pylist()
        words, form_names = _different(different)
        length = np.fromiter(map(len, different), np.int32, len(different))
        pieces = list(pool.map(lambda *piece: _running(*piece, words, length), chunks, n_chunks))
    n_words, *spots, form = (np.concatenate([np.int32([]), *(piece.pop(0) for piece in pieces)]) for _ in range(5))
    row = np.repeat(np.arange(len(n_words), dtype=np.int32), n_words)
    _warn_unspaced(paragraphs, form_names, form, row)
    _warn_elided(form_names)
    normal = [as_token(name, language=language, acronyms=acronyms) for name in form_names]
    token_of_form, token_names = pd.factorize(np.array(normal, dtype=object))
    columns = {key: carried(paragraphs[key], row) for key in KEYS}
    columns |= zip(["position", "start", "end"], spots, strict=True)
    columns["form"] = pd.Categorical.from_codes(form, pd.Index(form_names, dtype="str"))
    token = token_of_form.astype(np.int32)[form]
    columns["token"] = pd.Categorical.from_codes(token, pd.Index(token_names, dtype="str"))
    return pd.DataFrame(columns | {name: carried(paragraphs[name], row) for name in further(paragraphs)}, copy=False)


def find(tokens, words):
    """Find words and phrases among running words.

    `words` is a word or phrase, a list of them, or a dictionary label → list (the label then is the column `label`).
    They are compared as tokens are (`tokenize`: in any case, *UN’s* is *UN*), as whole words without wildcards (for
    patterns there is `patterns.find`); the words of a phrase stand next to each other in one paragraph.

    One row per place where one begins: the columns of `tokens` but `form`, with the phrase as `token` (a categorical of
    `words`, in their order), its length `n_words` and the `end` of its last word. The index tells the row of `tokens`,
    counted from 0. Phrase by phrase, then in the order of the text. ValueError for a phrase twice or without a word.

    >>> words = tokenize(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace and peace"]}))
    >>> find(words, ["peace", "And Peace"])[["token", "position", "start", "end"]].values.tolist()
    [['peace', 0, 0, 5], ['peace', 2, 10, 15], ['and peace', 1, 6, 15]]
    """
    return places(tokens, paragraph_of(tokens), words)


def places(tokens, paragraph, words):
    """The same of words that were checked, with the number of the paragraph of each."""
    labels = words if isinstance(words, dict) else {None: words}
    token = tokens["token"].astype("category")
    code_of = {name: code for code, name in enumerate(token.cat.categories.tolist())}
    phrases = [(label, _split(one, code_of)) for label, several in labels.items() for one in listed(several, "words")]
    names = [" ".join(phrase) for _, phrase in phrases]
    if not names:
        raise ValueError("words is empty: name at least one word to find.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"words holds {twice} more than once (upper and lower case are the same, and UN is UN's).")
    code, position = token.cat.codes.to_numpy(), tokens["position"].to_numpy()
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


def open(folder):
    """The table `tokens` that `corpus.save` saved beside a corpus: it stays on the disk until it is used.

    Raises FileNotFoundError, or ValueError if the folder is no saved corpus, is not whole, or no words were saved.

    >>> import tempfile
    >>> from analysis import corpus
    >>> workshop = corpus.read("data/documents/cairo-workshop-2016.md")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus.save(workshop, f"{folder}/cairo", tokens=tokenize(workshop.paragraphs))
    ...     len(open(f"{folder}/cairo"))
    2467
    """
    return storage.read(folder, ["tokens"])["tokens"]


def paragraph_of(tokens, more=()):
    """The number of each running word's paragraph, from 0, if they are a table `tokens` in the order of the text."""
    begins, back = tables.reading_order(tables.check(tokens, "tokens", more))
    if back.any():
        raise ValueError(f"tokens: row {back.argmax()} (from 0) is not in the order of the text; keep tokenize's rows.")
    number = np.cumsum(begins, dtype=np.int32)
    number -= 1  # in place: there may be many words
    return number


def hole(tokens, paragraph):
    """Where words were taken out within a paragraph, as a reader would be told; empty where none are missing."""
    jumps = np.flatnonzero(np.diff(tokens["position"].to_numpy()) != 1)
    gaps = jumps[paragraph[jumps] == paragraph[jumps + 1]]
    key = " ¶".join(tokens[KEYS].iloc[gaps[0]].astype("str")) if len(gaps) else ""
    return key and f"tokens: words were taken out of {key}, the first after {tokens['token'].iloc[gaps[0]]!r}"


def spans(text):
    """Where the words of a text stand: (start, end) of each, in order."""
    bare = text.strip(_AROUND)
    if bare.isalpha() or (bare.isascii() and bare.isalnum()):  # most are: a short cut
        start = text.index(bare)
        return [(start, start + len(bare))]
    return [match.span() for match in (_ANY_WORD if _SPECIAL.search(text) else _WORD).finditer(text)]


def as_token(form, *, language="english", acronyms=False, case=False):
    """A word as it is counted (`tokenize` says how); with `case`, its letters in the case in which they are written."""
    if "@" in form or form[:8].lower().startswith(("http://", "https://", "www.")):
        return form if case else form.lower()
    word = form if form.isascii() else _SET_ASIDE.sub("", unicodedata.normalize("NFKC", form)).translate(_ONE_KIND)
    ending = language.lower() == "english" and len(word) > 2 and word[-2:] in ("'s", "'S")
    bare = word[:-2] if ending else word
    acronym = acronyms and bare == bare.upper() and sum(map(str.isupper, bare)) > 1
    if not (case or acronym):
        word = word.lower()
    word = word if word.isascii() else word.replace("i\u0307", "i")  # what İ becomes
    if ending and (acronym or not _CONTRACTED.fullmatch(word.lower())):
        word = word[:-2]
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def as_phrase(text):
    """The words of a text as they are counted, one space between them; empty where there is none."""
    return " ".join(as_token(text[start:end]) for start, end in spans(text))


def known(form, names):
    """A word as it stands among the names of tokens, whatever language they were split in; else as it is counted."""
    words = [as_token(form, language=one, case=case) for case in (True, False) for one in ("any", "english")]
    return next((word for word in words if word in names), words[-1])


def listed(value, name):
    """One text, or several in the order wanted, as a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (set, frozenset, dict, pd.DataFrame)) or not hasattr(value, "__iter__"):
        raise ValueError(f"{name} should be text or a list of them, in the order wanted; found {type(value).__name__}.")
    texts = list(value)
    for wrong in [text for text in texts if not isinstance(text, str)]:
        raise ValueError(f"{name} should hold text only; found {wrong!r}.")
    return texts


def single(words, name, names=()):
    """Single words, in whatever order, as they are counted among the `names` of tokens."""
    found = []
    for one in listed([*words] if isinstance(words, (set, frozenset)) else words, name):
        places = spans(_sayable(one, name))
        if one.endswith((".txt", ".csv")):
            raise ValueError(f"{name} should hold words, not the name of a file: tables.decoded({one!r}).split().")
        if one == "|":  # as in the lists of Snowball
            warnings.warn(f"{name} has '|': are the words of comments in it? Take them out.", stacklevel=4)
        if len(places) > 1 and len(one.split()) > 1:
            raise ValueError(f"{name} should hold single words, found {one!r}.")
        found.append(known(one[slice(*places[0])] if len(places) == 1 else one.strip(), names))
    return found


def warn_alike(names, where):
    """Warn of names that are the same word to a reader: War and war, 2001 and '2001'."""
    first, names = {}, [name for name in names if not pd.isna(name)]
    pairs = [(first.setdefault(as_token(" ".join(str(name).split())), name), name) for name in names]
    if told := [f"{one!r} and {other!r}" for one, other in pairs if one != other]:
        some = "; ".join(told[:5]) + " …" * (len(told) > 5)
        warnings.warn(f"{where}: {some} differ in writing only and count apart: write one.", stacklevel=3)


def keys_of(frame):
    """The paragraph of each row, as text, by which rows of tables find each other."""
    return pd.MultiIndex.from_arrays([frame[key].astype("str") for key in KEYS], names=KEYS)


def further(paragraphs):
    """The columns of paragraphs that their words and hits carry as well: section, year, country, …"""
    return paragraphs.columns.drop([*KEYS, "text", "number", "order", "page"], errors="ignore")


def carried(column, row):
    """A paragraph column, repeated for each of its words."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column.array.take(row)
    return column.astype("category").array.take(row)


def _sayable(phrase, name):
    """The phrase, if it has words and no signs of codebook patterns, which would be ignored."""
    if spans(phrase) and not _NOTATION.isdisjoint(phrase):
        raise ValueError(f"{name}: {phrase!r} has a sign of codebook patterns (* ? ~ |): patterns.find finds those.")
    return phrase


def _split(phrase, names):
    """The words of a phrase, as they are counted."""
    if not spans(_sayable(phrase, "words")):
        raise ValueError(f"There is no word in {phrase!r}: give letters or digits.")
    words = []
    for part in phrase.split():  # s/2015/446 may be a word as it stands: written small, it is no symbol
        whole = known(part, names)
        words += [whole] if whole in names else [known(part[start:end], names) for start, end in spans(part)]
    return words


def _warn_unspaced(paragraphs, names, form, row):
    """One warning naming the paragraphs whose script has no spaces between words."""
    unspaced = np.array([not name.isascii() and bool(_UNSPACED.search(name)) for name in names], bool)
    if unspaced.any():
        where = [" ¶".join(key) for key in keys_of(paragraphs)[np.unique(row[unspaced[form]])]]
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        told = "Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words, and are not split"
        cure = "put a space between words beforehand (with a segmenter for the language), or leave these paragraphs out"
        warnings.warn(f"{', '.join(where[:3])}{more}: {told}: {cure}.", stacklevel=3)


def _warn_elided(names):
    """One warning where articles stand before an apostrophe in the words, as in French and Italian."""
    elided = list(filter(_ELIDED.match, names))
    if len(elided) > max(2, _ELISIONS * len(names)):
        bare = _ELIDED.sub("", elided[0])
        told = f"{elided[0]!r} and the like are one word, in which {bare!r} is not found"
        warnings.warn(f"{told}: look for *'{bare} as well.", stacklevel=3)


def _pieces(texts):
    """Texts by millions of characters: of each piece its letters, and where its texts begin."""
    array = pa.chunked_array(pa.array(texts.astype("str"), pa.large_string())).combine_chunks()
    _, offsets, data = array.buffers()
    offsets = np.frombuffer(offsets, np.int64)[array.offset :][: len(array) + 1]
    data = np.frombuffer(data or b"", np.uint8)
    cuts = np.searchsorted(offsets, np.arange(offsets[0], offsets[-1], _PIECE))
    ends = [offsets[first : last + 1] for first, last in pairwise([*np.unique([0, *cuts]), len(array)])]
    return [data[one[0] : one[-1]] for one in ends], [one - one[0] for one in ends]


def _chunks(letters, ends):
    """Cut texts after spaces and line ends: the chunks, and how many each text has."""
    cut = np.append(False, (letters == ord(" ")) | (letters == ord("\n")))
    cut[ends] = True
    begins = np.flatnonzero(cut)
    chunks = pa.LargeStringArray.from_buffers(len(begins) - 1, pa.py_buffer(begins), pa.py_buffer(letters))
    return chunks.dictionary_encode(), np.diff(np.searchsorted(begins, ends))


def _different(chunks):
    """The words of different chunks, as the bytes of start, end and form: a list each; and the different forms."""
    numbers, words, n_words = {}, [], []
    for chunk in chunks:
        found = spans(chunk)
        words += [(a, b, numbers.setdefault(chunk[a:b], len(numbers))) for a, b in found]
        n_words.append(len(found))
    buffers = [None, pa.py_buffer(np.array(words, np.int32))]
    packed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(12), len(words), buffers)
    return pa.ListArray.from_arrays(pa.array(_before(n_words)), packed), list(numbers)


def _running(chunks, n_chunks, words, length):
    """The words of some texts: how many each text has; position, first and last character and form of each word."""
    code = chunks.indices.to_numpy()
    running = words.take(chunks.indices)
    word = np.frombuffer(running.values.buffers()[1], np.int32)[: 3 * len(running.values)].reshape(-1, 3)
    words_before, before = running.offsets.to_numpy(), _before(length[code])
    text = _before(n_chunks)  # the first chunk of each text
    begin = np.repeat(before[:-1] - np.repeat(before[text[:-1]], n_chunks), np.diff(words_before))
    n_words = np.diff(words_before[text])
    position = np.arange(len(word), dtype=np.int32) - np.repeat(words_before[text[:-1]], n_words)
    return [n_words, position, begin + word[:, 0], begin + word[:, 1], word[:, 2]]


def _before(sizes):
    """How much comes before each, and before the end."""
    return np.append(np.int32(0), np.cumsum(sizes, dtype=np.int32))
