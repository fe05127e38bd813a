"""Tables ↔ a folder that opens at once: Arrow files, read where they are on the disk; models ↔ a file."""

import io
import json
import os
import shutil
import warnings
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis import __version__, tables

_LIST, _VERSION = "saved.json", 1


def write(frames, folder):
    """Write tables by name as a folder, whole or not at all: beside itself under another name, then renamed.

    One that was saved before is replaced; any other folder that is not empty is refused.
    """
    folder = Path(os.path.realpath(folder))
    if folder.exists() and not (folder.is_dir() and ((folder / _LIST).is_file() or not any(folder.iterdir()))):
        raise ValueError(f"{folder} is there and was not saved by this package; name another folder.")
    beside, before = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("part", "before"))
    try:
        beside.mkdir(parents=True)
        sizes = {name: _write_table(frame, beside / f"{name}.arrow") for name, frame in frames.items()}
        told = {"version": _VERSION, "made with": f"analysis {__version__}", "bytes": sizes}
        tables.write_bytes(beside / _LIST, json.dumps(told, indent=1).encode())
        if folder.exists():
            os.rename(folder, before)
        try:
            os.rename(beside, folder)
        except OSError:
            if before.exists():
                os.rename(before, folder)
            raise
        shutil.rmtree(before, ignore_errors=True)
    except OSError as error:
        told = f"{folder} could not be saved ({error.strerror or error}): what was there is as it was"
        raise OSError(error.errno, told) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read(folder, names=None):
    """Tables of a folder by name: those wanted, or all. What they hold stays on the disk until it is used."""
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    if not (folder / _LIST).is_file():
        raise ValueError(f"{folder} is no saved corpus: it has no {_LIST}; save one with corpus.save.")
    anew = "save it anew, or get the whole folder"
    try:
        told = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        version, sizes = told["version"], dict(told["bytes"])
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{folder} is no saved corpus: {_LIST} can't be read ({error}); {anew}.") from None
    if version != _VERSION:
        made = f"by {told.get('made with')}, in format {version}; analysis {__version__} reads format {_VERSION}"
        raise ValueError(f"{folder} was saved {made}: read the documents again and save them.")
    for name, size in sizes.items():
        file = folder / f"{name}.arrow"
        if not file.is_file() or file.stat().st_size != size:
            raise ValueError(f"{folder} is not whole: {file.name} is missing or cut short; {anew}.")
    return {name: _read_table(folder / f"{name}.arrow", anew) for name in (sizes if names is None else names)}


def write_model(model, path):
    """Write a model, a named tuple, to a file: its tables as Parquet, the rest by skops."""
    import skops.io

    parts = {name: part.to_parquet() if hasattr(part, "to_parquet") else part for name, part in model._asdict().items()}
    tables.write_bytes(path, skops.io.dumps(parts, compression=zipfile.ZIP_DEFLATED))


def read_model(path, kind, what, trusted=()):
    """A model of this kind of named tuple from a file that `write_model` wrote; it can't run code.

    Raises ValueError if it is no such file, is damaged, or was made with another version of scikit-learn.
    """
    import skops.io
    from sklearn.exceptions import InconsistentVersionWarning

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        with warnings.catch_warnings(action="error", category=InconsistentVersionWarning):
            parts = skops.io.load(path, trusted=list(trusted))
        frames = {name: pd.read_parquet(io.BytesIO(part)) for name, part in parts.items() if isinstance(part, bytes)}
        return kind(**parts | frames)
    except (*tables.BAD, InconsistentVersionWarning) as error:
        found = f"{path.name} can't be read as {what} ({type(error).__name__}: {error})"
        raise ValueError(f"{found}; make it again, or get the file again.") from None


def _write_table(frame, file):
    """Write a table to a file; its size in bytes."""
    table = pa.Table.from_pandas(frame).combine_chunks()
    with file.open("wb") as sink:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        sink.flush()
        os.fsync(sink.fileno())
    return file.stat().st_size


def _read_table(file, anew):
    """A table, its columns where they lie on the disk."""
    try:
        with pa.memory_map(str(file)) as source:
            return pa.ipc.open_file(source).read_all().to_pandas(split_blocks=True)
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise ValueError(f"{file} can't be read ({error}); {anew}.") from None
