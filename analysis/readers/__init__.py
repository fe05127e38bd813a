"""One module per file format; a reader knows its format and nothing of paragraphs, which `structure` finds."""

import hashlib
from pathlib import Path

from analysis.readers import markdown, plain

READERS = dict.fromkeys([".md", ".markdown"], markdown.lines) | dict.fromkeys([".txt", ".text"], plain.lines)


def read(path, name):
    """A file's text and SHA-256; ValueError that calls it `name` if it has no reader or can't be read."""
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise ValueError(f"{name} has the suffix {suffix!r}; files that can be read end in {', '.join(READERS)}.")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{name} cannot be opened: {error.strerror}.") from None
    return plain.decode(data, name), hashlib.sha256(data).hexdigest()


def lines(path, text):
    """The lines (`plain.Line`) of a file's text, by its suffix."""
    return READERS[Path(path).suffix.lower()](text)
