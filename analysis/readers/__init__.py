"""One module per file format; a reader knows its format and nothing of paragraphs, which `structure` finds."""

import hashlib
from pathlib import Path

from analysis.readers import akn, markdown, pandoc, pdf, plain, table

READERS = dict.fromkeys([".md", ".markdown"], markdown.read) | dict.fromkeys([".txt", ".text"], plain.read)
READERS |= {".pdf": pdf.read, ".docx": pandoc.read_docx, ".html": pandoc.read_html, ".htm": pandoc.read_html}
READERS |= {".xml": akn.read}


def read(path, name):
    """A file as a `plain.Source`, and its SHA-256; ValueError that calls it `name` if no reader can read it."""
    return of_bytes(Path(path).read_bytes, name)


def of_bytes(load, name):
    """The same of a file whose bytes are still to be loaded, in a format that its name tells."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        cure = " A table is read by itself." if suffix in table.SUFFIXES else ""
        cure = " Save it as .csv or .xlsx." if suffix in (".tab", ".xls", ".ods", ".dta", ".sav", ".rds") else cure
        cure = " Save it as .docx." if suffix in (".doc", ".rtf", ".odt", ".pages", ".wpd") else cure
        raise ValueError(f"{name} has the suffix {suffix!r}; files that can be read end in {', '.join(READERS)}.{cure}")
    try:
        data = load()
    except OSError as error:
        raise ValueError(f"{name} cannot be opened: {error.strerror}.") from None
    return READERS[suffix](data, name), hashlib.sha256(data).hexdigest()
