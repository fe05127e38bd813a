"""Short names of documents, and unique keys of paragraphs and notes."""

from collections import Counter

import regex

from analysis import numbering


def slug(name):
    """Make a short name: lower case, words joined by hyphens.

    Parameters
    ----------
    name : str
        A file's name or path.

    Returns
    -------
    str

    Examples
    --------
    >>> slug("UN Report (2016)"), slug("…")
    ('un-report-2016', 'document')
    """
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", name.lower()).strip("-") or "document"


def of_documents(stems, sources):
    """Name documents, each differently.

    Parameters
    ----------
    stems : list of str
        The files' names without suffix.
    sources : list of str
        Their paths, for those whose names are the same.

    Returns
    -------
    list of str

    Examples
    --------
    >>> of_documents(["One", "two", "two"], ["One.md", "a/two.md", "b/two.md"])
    ['one', 'a-two-md', 'b-two-md']
    """
    names = [slug(stem) for stem in stems]
    times = Counter(names)
    names = [slug(source) if times[name] > 1 else name for name, source in zip(names, sources, strict=True)]
    return _each_once(names, "{name}-{order}")


def of_paragraphs(paragraphs):
    """Give paragraphs unique keys.

    Parameters
    ----------
    paragraphs : list of tuple
        The number as printed, or None; the run of numbering it belongs to; and
        whatever else.

    Returns
    -------
    list of str
        The printed number; ``II:1`` where numbering restarts; ``#17``, the
        order, where a number is absent or repeated.

    Examples
    --------
    >>> of_paragraphs([("1.", 1), ("(2)", 1), ("2.", 1), (None, 1), ("1\\\\.", 2)])
    ['1', '2', '#3', '#4', 'II:1']
    """
    keys = []
    for printed, run, *_ in paragraphs:
        number = printed and printed.replace("\\", "").strip("().")
        keys.append(number if run == 1 or not number else f"{numbering.roman(run)}:{number}")
    return _each_once(keys, "#{order}")


def of_notes(marks):
    """Give notes unique keys.

    Parameters
    ----------
    marks : list of str
        Their printed marks.

    Returns
    -------
    list of str
        The mark; ``#7``, the order, where one is repeated.

    Examples
    --------
    >>> of_notes(["1", "2", "1"])
    ['1', '2', '#3']
    """
    return _each_once(marks, "#{order}")


def _each_once(names, instead):
    """The names, with `instead` where one is missing or was there before."""
    seen, unique = set(), []
    for order, name in enumerate(names, start=1):
        unique.append(instead.format(name=name, order=order) if not name or name in seen else name)
        seen.add(unique[-1])
    return unique
