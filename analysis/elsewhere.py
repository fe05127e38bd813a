"""Documents that figures count in and that are not in the repository: what they are, where to find them."""

from pathlib import Path

import pandas as pd

from analysis import sheets, tables

_NEEDS = ["document", "title", "source"]


def read(data):
    """Read the list of documents that evidence lies in and that are not here.

    Parameters
    ----------
    data : str or Path
        A folder of data. Its ``elsewhere.csv`` has the columns `document`,
        `title` and `source` (where it is to be found). A `document` that ends
        in ``.csv`` stands for a collection: a table in the same folder whose
        column `document` lists them. The file need not exist.

    Returns
    -------
    DataFrame
        One row per document: `document`, `title`, `source`, those of a
        collection with its title and source; no rows where there is no file.

    Raises
    ------
    ValueError
        If a file is not CSV in UTF-8, a row has too few or too many cells, a
        column is missing or there twice, a document has no name or is named twice,
        or the table of a collection is not there. The message names the file and
        row (1 for the first below the header).

    Examples
    --------
    >>> read("data").set_index("document").loc[["A_RES_60_287", "PHL_34_1979"], "title"].tolist()
    ['A/RES/60/287, The Peacebuilding Fund', 'UN General Debate Corpus, version 13, speeches of 1970–1999']
    >>> len(read("no such folder"))
    0
    """
    path = Path(data) / "elsewhere.csv"
    if not path.is_file():
        return tables.empty(_NEEDS)
    listed = _table(path, _NEEDS)
    found, first = [listed[_NEEDS][:0]], {}
    for row in listed[_NEEDS].itertuples():
        documents = [row.document]
        if row.document.endswith(".csv"):
            table = Path(data) / row.document
            if not table.is_file():
                raise ValueError(f"{path.name} names the collection {row.document}, which is not in {data}.")
            documents = _table(table, ["document"])["document"].drop_duplicates()
        for document in documents:
            if document in first:
                where = f"{path.name} row {row.Index}: the document {document!r}"
                raise ValueError(f"{where} is listed in row {first[document]} already; list each once.")
        first |= dict.fromkeys(documents, row.Index)
        found.append(pd.DataFrame({"document": documents, "title": row.title, "source": row.source}))
    return pd.concat(found, ignore_index=True)


def _table(path, needs):
    """A table whose documents all have a name."""
    table = sheets.read(path, needs, "table")
    tables.check(table, path.name, needs)
    for row, document in table["document"].items():
        if not document.strip():
            raise ValueError(f"{path.name} row {row}: document is blank; fill it in.")
    return table
