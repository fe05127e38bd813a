"""Tables ↔ a folder that opens at once: Arrow files, read from the disk where they are, and a list, `saved.json`."""

import json
import os
import shutil
from pathlib import Path

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
