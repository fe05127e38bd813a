"""Names of topics, chosen by a person, tied to the first terms."""

from collections.abc import Mapping

import pandas as pd

from analysis import tables
from analysis.topics.intrusion_sheets import whole_numbers
from analysis.word_forms import as_token


def label(terms, labels):
    """Give topics the names that a person chose, found by their first terms.

    Parameters
    ----------
    terms : DataFrame
        `topic` (whole number), `term`, `rank` (1 for the first): one row per topic and term.
    labels : dict
        From the first terms of a topic, as a tuple or a text with spaces, to its name:
        ``{("women", "girls", "violence"): "Women and girls"}``. In any order, as many as are needed to tell it.

    Returns
    -------
    DataFrame
        One row per topic, by number: `topic`, `label` (missing where none was given).

    Raises
    ------
    TypeError
        If `labels` is not a dict.
    ValueError
        If columns or values are missing, a topic or rank is not a whole number, a topic has a term or a rank twice; a
        key is not words, or has one twice; a name is not text, or blank; a key fits no topic, or several; a topic has
        several keys.

    Notes
    -----
    A key of n words fits the topic whose first n terms are just these words, capitals aside. The number of a topic
    changes with the seed, with k and with every paragraph added; a name tied to terms is refused when the terms change.

    Examples
    --------
    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["war", "arms", "women", "girls"], "rank": [1, 2, 1, 2]})
    >>> label(terms, {"girls women": "Women and girls"})["label"].tolist()
    [nan, 'Women and girls']
    >>> label(terms, {"women war": "Women in war"})
    Traceback (most recent call last):
    ValueError: labels: no topic has 'women war' as its first 2 terms; the nearest is topic 1: war, arms. Topics have moved: read them again, then label anew.
    """
    if not isinstance(labels, Mapping):
        raise TypeError(f"labels should be a dict from first terms to a name, found {type(labels).__name__}.")
    table = ranked(terms).assign(term=lambda table: table["term"].map(as_token))
    words_of = {topic: own.tolist() for topic, own in table.groupby("topic")["term"]}
    names, keys = {}, {}
    for key, name in labels.items():
        words = _words(key)
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"labels: the name of {key!r} should be text, found {name!r}.")
        fits = [topic for topic, own in words_of.items() if set(own[: len(words)]) == set(words)]
        if not fits:
            missing = f"no topic has {key!r} as its first {f'{len(words)} terms' if len(words) > 1 else 'term'}"
            raise ValueError(f"labels: {missing}; {_nearest(words, words_of)}")
        if len(fits) > 1:
            raise ValueError(f"labels: {key!r} fits the topics {fits}; add terms until it fits one.")
        if fits[0] in names:
            raise ValueError(f"labels: {keys[fits[0]]!r} and {key!r} are the same topic, {fits[0]}; keep one name.")
        names[fits[0]], keys[fits[0]] = " ".join(name.split()), key
    found = [names.get(topic) for topic in words_of]
    return pd.DataFrame({"topic": list(words_of), "label": pd.Series(found, dtype="str")})


def ranked(terms):
    """The terms, checked, each topic's in order of rank.

    Parameters
    ----------
    terms : DataFrame
        `topic`, `term`, `rank`, as for `label`.

    Returns
    -------
    DataFrame
        These columns: topics and ranks as whole numbers, terms as text.

    Raises
    ------
    ValueError
        As `label`, of the terms.

    Examples
    --------
    >>> ranked(pd.DataFrame({"topic": 1, "term": ["arms", "war"], "rank": ["2", "1"]})).values.tolist()
    [[1, 'war', 1], [1, 'arms', 2]]
    """
    tables.check(terms, "terms", ["topic", "term", "rank"])
    tables.check_present(terms, "terms", ["topic", "term", "rank"])
    if not len(terms):
        raise ValueError("terms has no rows: there is no topic.")
    terms = terms[["topic", "term", "rank"]].reset_index(drop=True)
    terms = terms.assign(**{name: whole_numbers(terms[name], "terms") for name in ("topic", "rank")})
    for keys in (["topic", "term"], ["topic", "rank"]):
        tables.check_unique(terms, "terms", keys)
    return terms.astype({"term": "str"}).sort_values(["topic", "rank"], ignore_index=True)


def _words(key):
    """The words of a key, in lower case."""
    words = key.split() if isinstance(key, str) else key
    if not isinstance(words, (tuple, list)) or not words or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"labels: a key should be a topic's first terms, as a tuple or with spaces; found {key!r}.")
    words = [as_token(word) for word in words]
    if len(set(words)) < len(words):
        raise ValueError(f"labels: {key!r} has a word twice.")
    return words


def _nearest(words, words_of):
    """What to say of the topic that has most of these words among its first terms, then among all."""
    n = len(words)
    shared = {topic: [len({*some} & {*words}) for some in (own[:n], own)] for topic, own in words_of.items()}
    topic = max(shared, key=shared.get)  # the first of several: the lowest number
    found = f"the nearest is topic {topic}: {', '.join(words_of[topic][: max(n, 3)])}"
    found = found if shared[topic][1] else "no topic has any of these words"
    return f"{found}. Topics have moved: read them again, then label anew."
