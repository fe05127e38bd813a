"""Marks in words, for readers who hear the page or point at the chart."""

from analysis import figures


def names(drawn, evidence):
    """What to call the marks of a figure.

    Parameters
    ----------
    drawn : DataFrame
        The drawn table, all text: `mark`, and what else was drawn.
    evidence : DataFrame
        `mark`, `document`, `paragraph`, `start` of its passages.

    Returns
    -------
    dict of str to str
        Mark → its keys, separated by commas, each as the table writes it, where
        a column differs in capitals and hyphens only (``un``: *UN*); a paragraph
        and a place in the text are called so. A document is left out if the
        figure has one only.

    Examples
    --------
    >>> import pandas as pd
    >>> drawn = pd.DataFrame({"mark": ["un~2019~s--3--77"], "word": ["UN’s"]})
    >>> evidence = pd.DataFrame({"mark": ["un~2019~s--3--77"], "document": "cairo", "paragraph": "3", "start": 77})
    >>> names(drawn, evidence)
    {'un~2019~s--3--77': 'UN’s, ¶3, character 77'}
    """
    documents = set(evidence["document"])
    places = {
        mark: [set(rows[name]) for name in ("paragraph", "start")]
        for mark, rows in evidence.groupby("mark", sort=False)
    }
    found = {}
    for row in drawn.to_dict("records"):
        paragraphs, starts = places.get(row["mark"], [set(), set()])
        found[row["mark"]] = _name(row, documents, paragraphs, {str(start) for start in starts})
    return found


def _name(row, documents, paragraphs, starts):
    keys = figures.keys_of(row["mark"])
    last = len(keys) - 1
    placed = last > 0 and (starts == {keys[last]} or row.get("start") == keys[last])
    said = []
    for number, key in enumerate(keys):
        if last > 0 and key in documents:
            said += [key] if len(documents) > 1 else []
        elif placed and number == last:
            said.append(f"character {key}")
        elif paragraphs == {key} and (row.get("paragraph") == key or (placed and number == last - 1)):
            said.append(f"¶{key}")
        else:
            said.append(_as_drawn(key, row))
    return ", ".join(filter(None, said)) or row["mark"]


def _as_drawn(key, row):
    """A key as the drawn table writes it."""
    plain = key.casefold().replace("-", " ")
    written = [text for name, text in row.items() if name != "mark" and text.casefold().replace("-", " ") == plain]
    return next((text for text in written if text != key), key)
