"""One module per file format; a reader knows its format and nothing of paragraphs, which `structure` finds."""

import hashlib
from pathlib import Path

from analysis.readers import markdown, plain

READERS = dict.fromkeys([".md", ".markdown"], markdown.lines) | dict.fromkeys([".txt", ".text"], plain.lines)


def read(path, name):
    """A file's text, lines (`plain.Line`) and SHA-256, read by its suffix; ValueError that calls it `name` if it can't be."""
    suffix = Path(path).suffix.lower()
    if suffix not in READERS:
        raise ValueError(f"{name} has the suffix {suffix!r}; files that can be read end in {', '.join(READERS)}.")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{name} cannot be opened: {error.strerror}.") from None
    text = plain.decode(data, name)
    return text, READERS[suffix](text), hashlib.sha256(data).hexdigest()
