"""The same analyses over many files of paragraphs, on the workers of Dask: one file a task, the results put together.

A file is Parquet with the columns of a table `paragraphs`; a document lies in one file. Results are those of one
machine on all paragraphs in the order of the files' names. Dask is imported on use: ``make setup`` installs it.
"""

import itertools
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy import sparse

from analysis import cooccurrence, frequency, patterns, storage, tables, tokens


class Failed(RuntimeError):
    """Files for which there is no result; what the others gave is in `kept`, by file."""

    def __init__(self, told, kept):
        super().__init__(told)
        self.kept = kept


def connect(address=None, *, seconds=10, **local):
    """A client of the Dask scheduler at an address, or of workers on this machine (options as of `LocalCluster`).

    >>> with connect(processes=False, n_workers=1, dashboard_address=":0") as client:
    ...     client.submit(len, "peace").result()
    5
    """
    from distributed import Client

    try:
        return Client(address, timeout=seconds, **local)
    except (OSError, ValueError) as error:
        where = f"No Dask scheduler answers at {address!r} within {seconds} s"
        raise ConnectionError(f"{where} ({type(error).__name__}): check address, port and firewall.") from None


def files(folder):
    """The Parquet files of a folder in the order of their names, if they have the same columns and share no document.

    >>> files("data")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    found = sorted(Path(folder).glob("*.parquet"))
    if not found:
        raise FileNotFoundError(f"There are no .parquet files in {folder}.")
    first, file_of = None, {}
    for file in found:
        try:
            columns = {one.name: str(one.type) for one in pq.read_schema(file)}
            documents = pq.read_table(file, columns=["document"])["document"].unique().to_pylist()
        except (OSError, ValueError, LookupError) as error:
            raise ValueError(f"{file.name} can't be read as paragraphs ({error}).") from None
        first = first or columns
        if other := sorted(dict(columns.items() ^ first.items())):
            told = f"{file.name} has other columns than {found[0].name}: {', '.join(other)}"
            raise ValueError(f"{told}; give all files the same columns, of the same types.")
        if twice := [one for one in documents if one in file_of]:
            raise ValueError(f"{file.name}: document {twice[0]!r} is in {file_of[twice[0]]} too; put it into one file.")
        file_of |= dict.fromkeys(documents, file.name)
    return [str(file.resolve()) for file in found]


def write(paragraphs, folder, by):
    """Write paragraphs as files, one for each value of a column that is the same throughout a document: their names.

    >>> import tempfile
    >>> texts = pd.DataFrame({"document": ["a", "b"], "paragraph": "1", "text": "Peace", "year": [1990, 1991]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [Path(name).name for name in write(texts, folder, by="year")]
    ['00000.parquet', '00001.parquet']
    """
    tables.check(paragraphs, "paragraphs", [by])
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.parquet")):
        raise ValueError(f"{folder} holds .parquet files: name an empty folder, so that none is counted with these.")
    for number, (_, rows) in enumerate(paragraphs.groupby(by, sort=False, observed=True)):
        rows.to_parquet(folder / f"{number:05}.parquet", index=False)
    return files(folder)


def tokenize(client, folder, into, **options):
    """Split the paragraphs of each file into words, saved in a folder each in `into`, for `tokens.open`: their names.

    `options` as of `tokens.tokenize`.

    >>> tokenize(None, "data", "words")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    return _each(client, folder, _tokenize, os.path.abspath(into), options)


def find(client, folder, codebook, **options):
    """The table `hits` of all files, as `patterns.find` gives it; with its options.

    >>> find(None, "data", "peace")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    found = _each(client, folder, _find, codebook, options)
    return pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)


def cells(client, folder, by=None, *, unit="document", **options):
    """The cells of all files, as `frequency.cells` gives them, their vocabularies merged: the document-term matrix.

    `options` as of `frequency.cells` (with ``ngram=2`` of bigrams) and `tokens.tokenize`.

    >>> cells(None, "data")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    return _cells_and_spellings(client, folder, by, unit, options)[0]


def count(client, folder, by=None, *, unit="document", top=None, **options):
    """The table `counts` of all files with its intervals, as `frequency.count` gives it; with its options.

    >>> count(None, "data")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    found, spellings = _cells_and_spellings(client, folder, by, unit, options)
    by, every = [] if by is None else tokens.listed(by, "by"), options.get("words") is not None
    table, item = frequency.tabulate(found, by, unit, "token", every=every, top=top)
    return frequency.with_forms(table, item, spellings)


def keep(client, folder, drop=()):
    """The words of all files that topics are made of, chosen and placed: for `topics.fit`, in place of running words.

    Two rounds: which words are kept depends on all files. A fit is that of one machine on all paragraphs.

    >>> keep(None, "data")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    several = _each(client, folder, _keep, _chosen(client, folder, drop))
    return cooccurrence.merged([one for one in several if one is not None])


def pairs(client, folder, drop=()):
    """How often words of all files stand near each other: the kept words, and words × words (`cooccurrence.count`).

    Each pair stands once, above the diagonal.

    >>> pairs(None, "data")
    Traceback (most recent call last):
    FileNotFoundError: There are no .parquet files in data.
    """
    words = _chosen(client, folder, drop)
    return words, sum(_each(client, folder, _pairs, words))


def _each(client, folder, function, *arguments):
    """What a function gives for each file, in their order, with a bar; `Failed` where one has no result."""
    named = files(folder)

    from distributed import as_completed
    from tqdm import tqdm

    futures = {client.submit(_on_file, function, file, *arguments, pure=False): file for file in named}
    given, failed = {}, {}
    bar = tqdm(as_completed(list(futures)), total=len(named), desc=function.__name__.strip("_"), disable=None, delay=2)
    for future in bar:
        file = futures.pop(future)  # what it gave leaves the worker
        if error := future.exception():
            failed[file] = f"{Path(file).name}: {type(error).__name__}: {error}"
        else:
            given[file], told = future.result()
            for message in told:
                warnings.warn(f"{Path(file).name}: {message}", stacklevel=3)
    if failed:
        told = f"{len(failed)} of {len(named)} files failed; what the others gave is in `kept` of this error"
        raise Failed(f"{told}. {tables.ten([failed[file] for file in named if file in failed])}", given)
    return [given[file] for file in named]


def _on_file(function, file, *arguments):
    """What a function gives for a file, and its warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        return function(file, *arguments), [str(one.message) for one in told]


def _words(file, language="english", acronyms=False):
    """The running words of a file."""
    return tokens.tokenize(pd.read_parquet(file), language=language, acronyms=acronyms)


def _tokenize(file, into, options):
    """The folder in which the words of a file are saved."""
    folder = os.path.join(into, Path(file).stem)
    storage.write({"tokens": _words(file, **options)}, folder)
    return folder


def _find(file, codebook, options):
    return patterns.find(pd.read_parquet(file), codebook, **options)


def _cells(file, by, unit, options):
    """Cells and spellings of a file; none where no word is in a group."""
    of_words = {name: options[name] for name in ("language", "acronyms") if name in options}
    words, keys = _words(file, **of_words), [] if by is None else tokens.listed(by, "by")
    if words[words.columns.intersection(keys)].isna().any(axis=1).all():
        if len(words):
            told = f"{' or '.join(keys)} is missing for all {len(words):,} words: they are in no group."
            warnings.warn(told, stacklevel=1)
        return None
    return frequency.spelled_cells(words, by, unit=unit, **{one: options[one] for one in options.keys() - of_words})


def _chosen(client, folder, drop):
    """The words that topics of all files are made of."""
    found = cells(client, folder)
    n_paragraphs = np.bincount(found.matrix.indices, minlength=len(found.names))
    return sorted(cooccurrence.frequent(found.names, n_paragraphs, len(found.parts), drop))


def _keep(file, words):
    """Where these words stand in a file; nothing where it has no words."""
    running = _words(file)
    return cooccurrence.keep(running, words=words) if len(running) else None


def _pairs(file, words):
    """How often these words stand near each other in a file: on one side, whichever is more frequent here."""
    kept = _keep(file, words)
    half = sparse.csr_array((len(words), len(words)), dtype=np.int64) if kept is None else sum(cooccurrence.count(kept))
    return sparse.triu(half + half.T, format="csr")


def _cells_and_spellings(client, folder, by, unit, options):
    """Cells and spellings of all files as those of one text: words by alphabet, or in the order asked for."""
    several = [one for one in _each(client, folder, _cells, by, unit, options) if one is not None]
    if not several:
        raise ValueError(f"{folder}: there are no words to count.")
    found, spelled = zip(*several, strict=True)
    if options.get("words") is None:
        names = sorted({name for one in found for name in one.names}, key=lambda name: name.split(" "))
    else:  # a name is a whole word where it is one in any of the files
        alike = zip(*(one.names for one in found), strict=True)
        names = [min(ways, key=lambda name: name.count(" ")) for ways in alike]
    codes = [pd.Index(names).get_indexer(one.names) for one in found]
    spelled = [one.assign(item=own[one["item"]]) for one, own in zip(spelled, codes, strict=True)]
    begins = itertools.accumulate((len(one.parts) for one in found[:-1]), initial=0)
    part = np.concatenate([one.part + begin for one, begin in zip(found, begins, strict=True)])
    item = np.concatenate([own[one.item] for one, own in zip(found, codes, strict=True)])
    n, size = (np.concatenate([getattr(one, name) for one in found]) for name in ("n", "size"))
    parts = pd.concat([one.parts for one in found], ignore_index=True)
    for one in [] if by is None else tokens.listed(by, "by"):
        tokens.warn_alike(parts[one].unique(), f"{folder}: {one}")
    merged = frequency.Cells(parts, size, *(one[item >= 0] for one in (part, item, n)), np.array(names, dtype=object))
    return merged, pd.concat(spelled, ignore_index=True).groupby(["item", "form"], as_index=False)["n"].sum()
