"""One module per file format; a reader knows its format and nothing of paragraphs, which `structure` finds."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from analysis.readers import markdown, plain

READERS = {
    ".md": markdown.lines,
    ".markdown": markdown.lines,
    ".txt": plain.lines,
    ".text": plain.lines,
}


class Source(NamedTuple):
    """A file as its reader knows it."""

    text: str
    lines: list  # of plain.Line
    sha256: str  # of its bytes


def read(path, name):
    """Read a file by the suffix of its name; ValueError, calling it `name`, if that is not possible."""
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise ValueError(f"{name} has the suffix {suffix!r}; files that can be read end in {', '.join(READERS)}.")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{name} cannot be opened: {error.strerror}.") from None
    text = plain.decode(data, name)
    return Source(text, READERS[suffix](text), hashlib.sha256(data).hexdigest())
