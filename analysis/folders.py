"""Many files: of a folder or an archive, read on all processors; one that can't be read is told, the rest is read."""

import os
import pickle
import time
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePosixPath

import pandas as pd
import regex

from analysis import readers, tables

_SAME = 0.8  # of the paragraphs of two versions of one text; of two resolutions that renew each other 0.7 at most
_SIGNS = regex.compile(r"[\W_]+")
_ASCII_SIGNS = bytes(one for one in range(128) if not chr(one).isalnum())
_ALONE = 2  # seconds before other processes are started, which takes as long


def read(path, besides=None):
    """(file name, stem, `plain.Source` and SHA-256, or why it can't be read) of each file in a folder or .zip, by name.

    Names that begin with a dot or ~$ (of files open in Word) are left alone, and so is the file `besides`.
    """
    if path.suffix.lower() == ".zip" and path.is_file():
        with tables.open_archive(path, path.name) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
        place = path, path.stat().st_mtime_ns
        files = [(name, place) for name in sorted(names, key=lambda name: PurePosixPath(name).parts)]
    else:
        left_out = besides and Path(besides).resolve()
        below = [one for one in sorted(path.rglob("*")) if not one.is_dir() and one.resolve() != left_out]
        files = [(readable(one.relative_to(path).as_posix()), one) for one in below]
    files = [(name, file) for name, file in files if "/." not in f"/{name}" or "/.." in f"/{name}"]
    files = [(name, file) for name, file in files if not PurePosixPath(name).name.startswith("~$")]
    if not files:
        raise ValueError(f"{path} holds no files: name another folder.")
    readings = zip(files, each(_read, files, "reading"), strict=True)
    return [(name, PurePosixPath(name).stem, reading) for (name, _), reading in readings]


def each(function, items, what, *common):
    """What a function gives for each item, in order; what takes long on all processors, with a bar for who waits."""
    found, begun = [], time.monotonic()
    while len(found) < len(items) and time.monotonic() < begun + _ALONE:
        found.append(function(*items[len(found)], *common))
    if len(found) == len(items):
        return found
    from joblib import Parallel, cpu_count, delayed
    from tqdm import tqdm

    n_jobs, rest = cpu_count(), items[len(found) :]  # processors that this process may use
    at_once = max(1, len(rest) // (8 * n_jobs))
    parts = [rest[first : first + at_once] for first in range(0, len(rest), at_once)]
    bar = tqdm(desc=what, total=len(items), initial=len(found), disable=None)
    run = Parallel(n_jobs=n_jobs, return_as="generator", batch_size=1)
    for results in run(delayed(_apply)(function, pickle.dumps(part), common) for part in parts):
        found += pickle.loads(results)
        bar.update(len(found) - bar.n)
    bar.close()
    return found


def _apply(function, items, common):
    """The same in another process; packed here, since joblib's own packing takes twice the time of the work."""
    return pickle.dumps([function(*item, *common) for item in pickle.loads(items)])


def named_by(pattern, names):
    """What file names say by a pattern such as ``{country}_{session}_{year}.txt``: a row for each that has this form.

    >>> named_by("{country}_{year}", ["1970/ALB_1970.txt", "notes.txt"]).values.tolist()
    [['1970/ALB_1970.txt', 'ALB', '1970']]
    """
    parts = regex.split(r"\{(\w+)\}", pattern)  # what stands between, and the names at every other place
    fields = parts[1::2]
    if not fields or len(set(fields)) < len(fields) or "" in parts[2:-1:2] or regex.search("[{}]", "".join(parts[::2])):
        raise ValueError(f"pattern {pattern!r} should name parts of a file name, as in '{{country}}_{{year}}.txt'.")
    form = [f"(?P<{part}>[^/]+?)" if place % 2 else regex.escape(part) for place, part in enumerate(parts)]
    form, rows = regex.compile("".join(form)), []
    for name in names:
        path = PurePosixPath(name)
        forms = [name.removesuffix(path.suffix), name] if "/" in pattern else [path.stem, path.name]
        if found := next(filter(None, map(form.fullmatch, forms)), None):
            rows.append({"source": name, **found.groupdict()})
    if not rows:
        raise ValueError(f"No file name has the form {pattern!r}; the first is {names[0]!r}.")
    return pd.DataFrame(rows)


def repeated(texts, documents):
    """Problems: documents that seem to be a version of one before, which does not state another symbol."""
    about, first, words, found = {one["document"]: one for one in documents}, {}, {}, []
    for name, rows in groupby(texts, itemgetter("document")):
        words[name] = {hash(_letters(row["text"])) for row in rows if row["kind"] == "paragraph"} - {hash(b"")}
        for before, shared in Counter(first.setdefault(one, name) for one in words[name]).items():
            fewer, more = sorted([len(words[name]), len(words[before])])
            symbols = {about[one].get("symbol") for one in (name, before)} - {None}
            if before != name and shared >= _SAME * fewer and (shared > 2 or shared == more) and len(symbols) < 2:
                told = f"{shared} of {fewer} paragraphs are in {about[before]['source']} too"
                told = f"{told}: if they are versions of one text, take one away"
                row = {"document": name, "source": about[name]["source"], "problem": "same text", "detail": told}
                found.append(row)
    return found


def _letters(text):
    """The letters and digits of a text, in lower case."""
    if text.isascii():  # most are, and this is much faster
        return text.lower().encode().translate(None, _ASCII_SIGNS)
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold()).encode()


def readable(name):
    """A file name that can be written as UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


@lru_cache(maxsize=1)
def _opened(path, state):
    """The archive at hand, opened once in a process for all its files."""
    return tables.open_archive(path, path.name)


def _read(name, file):
    """A file as its `plain.Source` and SHA-256; or why it can't be read."""
    try:
        if isinstance(file, Path):
            return readers.read(file, name)
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            raise ValueError(f"{name} leads out of its archive. It is not read: get the archive again.")
        return readers.of_bytes(lambda: tables.unpacked(_opened(*file), name, name), name)
    except ValueError as error:
        return str(error)
    except (RecursionError, MemoryError) as error:
        return f"{name} is too deep or too large to be read ({type(error).__name__}). Save it as text and read that."
