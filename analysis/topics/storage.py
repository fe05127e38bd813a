"""Fitted topics as a file, and back: no code is stored, and none is run."""

import numpy as np
import pandas as pd

from analysis import model_files, tables
from analysis.topics.fitting import Topics
from analysis.topics.spaces import Space

_KEYS = ["document", "paragraph"]
_SPACE = {"axes": 2, "middle": 1, "topics": 2}  # besides idf; nothing in them where scikit-learn's model is stored
_COLUMNS = {"terms": ["topic", "term", "weight", "rank"], "shares": [*_KEYS, "topic", "share"], "unplaced": _KEYS}
_KIND = model_files.Kind(
    maker="topics.fit",
    what="a topic model",
    again="fit it again",
    format=1,
    arrays={"idf": (1, "f"), "order": (1, "i"), "topic": (1, "i"), "word": (1, "i"), "weight": (1, "f")}
    | {"document": (1, "i"), "paragraph": (1, "i"), "share": (2, "f")}
    | {name: (dimensions, "f") for name, dimensions in _SPACE.items()},
    estimators="estimators",
    classes=("NMF", "LatentDirichletAllocation"),
    learnt=("components_", "exp_dirichlet_component_", "doc_topic_prior_", "reconstruction_err_", "bound_"),
)


def save(topics, path):
    """Write fitted topics to a file.

    Parameters
    ----------
    topics : Topics
        From `fit`.
    path : str or Path
        Where to write it; by custom its name ends in ``.skops``. A file of that
        name is replaced.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `topics` does not come from `fit`.
    ValueError
        If one of its tables is not as `fit` gave it: a column was added, rows were left out or changed.
    FileNotFoundError
        If there is no such folder.
    ImportError
        If skops is not installed.

    Notes
    -----
    The file holds the kept words and the keys of the paragraphs with their shares, not the texts: weigh that before
    you pass it on where the texts are confidential.

    Examples
    --------
    >>> save("topics.skops", "topics.skops")
    Traceback (most recent call last):
    TypeError: topics should come from topics.fit, found str.
    """
    if not isinstance(topics, Topics):
        raise TypeError(f"topics should come from topics.fit, found {type(topics).__name__}.")
    try:
        about, parts = _parts(topics)
        again = _topics(parts, about)
        changed = [name for name in _COLUMNS if not getattr(again, name).equals(getattr(topics, name))]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # what changed tables make it stumble over
        changed = list(_COLUMNS)
    if changed:
        raise ValueError(
            f"topics.{' or '.join(changed)} is not as topics.fit gave it: save the topics as they came, and changed "
            "tables apart."
        )
    model_files.write(_KIND, path, about, parts)


def load(path):
    """Read fitted topics from a file.

    Parameters
    ----------
    path : str or Path
        Written by `save`.

    Returns
    -------
    Topics
        As `fit` gave it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If skops is not installed.
    ValueError
        If it is not such a file, was damaged or changed, holds anything but the
        parts of a topic model, or was made by another version of this package or
        of scikit-learn.

    Notes
    -----
    Of scikit-learn's classes, NMF and latent Dirichlet allocation are accepted; what else, and how far a file from a
    stranger can be trusted, is told in `model_files.read`.

    Examples
    --------
    >>> load("topics.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no model topics.skops.
    """
    return model_files.read(_KIND, path, _topics)


def _parts(topics):
    """Text, and arrays: words and keys by their numbers, shares as paragraphs × topics."""
    for name, columns in _COLUMNS.items():
        tables.check(getattr(topics, name), name, columns)
    k = len(topics.order)
    keys = topics.shares[_KEYS].iloc[::k]
    about = {"model": topics.model, "words": topics.words, "vector_columns": topics.vector_columns} | {
        f"{key}s": list(keys[key].cat.categories) for key in _KEYS
    }
    parts = {key: keys[key].cat.codes.to_numpy(np.int64) for key in _KEYS}
    parts |= {"idf": topics.idf, "order": topics.order, "share": topics.shares["share"].to_numpy().reshape(-1, k)}
    parts |= {name: topics.terms[name].to_numpy() for name in ("topic", "weight")}
    parts["word"] = pd.Index(topics.words).get_indexer(topics.terms["term"])
    placed = isinstance(topics.space, Space)
    parts |= {name: getattr(topics.space, name) if placed else np.zeros([0] * n) for name, n in _SPACE.items()}
    return about, parts | {"estimators": [] if placed else [topics.space]}


def _topics(parts, about):
    """The parts put together, once they fit each other."""
    model, words, order, space = about["model"], about["words"], parts["order"], _space(parts, about)
    k, topic, word = len(order), parts["topic"], parts["word"]
    fit = [
        sorted(order) == list(range(k)) and parts["share"].shape[1] == k and len(parts["idf"]) == len(words),
        np.array_equal(np.unique(topic), np.arange(1, k + 1)) and (np.diff(topic) >= 0).all(),
        len(topic) == len(word) and word.min() >= 0,
        len(parts["document"]) == len(parts["paragraph"]) == len(parts["share"]),
    ]
    if not all(fit):
        raise ValueError("parts of different sizes")
    terms = pd.DataFrame({"topic": topic, "term": np.array(words, object)[word], "weight": parts["weight"]})
    terms = terms.astype({"term": "str"})
    shares = pd.DataFrame(
        {
            key: pd.Categorical.from_codes(np.repeat(parts[key], k), pd.Index(about[f"{key}s"], dtype="str"))
            for key in _KEYS
        }
    ).assign(topic=np.tile(np.arange(1, k + 1), len(parts["share"])), share=parts["share"].ravel())
    nowhere = np.isnan(parts["share"]).any(axis=1)
    return Topics(
        terms=terms.assign(rank=terms.groupby("topic").cumcount() + 1),
        shares=shares,
        unplaced=shares[_KEYS].iloc[::k].loc[nowhere].astype("str").reset_index(drop=True),
        model=model,
        words=words,
        idf=parts["idf"],
        space=space,
        order=order,
        vector_columns=about.get("vector_columns"),  # files of before they were noted have none
    )


def _space(parts, about):
    """Where the topics lie, or scikit-learn's model, of the right size."""
    model, k, n_words = about["model"], len(parts["order"]), len(about["words"])
    if model in ("cooccurrence", "vectors"):
        space = Space(parts["idf"] if model == "cooccurrence" else np.zeros(0), *(parts[name] for name in _SPACE))
        n_rows, dimensions = space.axes.shape
        right = space.topics.shape == (k, dimensions) and space.middle.shape == (dimensions,)
        right = right and not parts["estimators"] and (model == "vectors" or n_rows == n_words)
    else:
        (space,) = parts["estimators"]
        name = {"nmf": "NMF", "lda": "LatentDirichletAllocation"}[model]
        right = type(space).__name__ == name and space.components_.shape == (k, n_words) and not parts["axes"].size
        right = right and space.n_features_in_ == n_words
    if not right:
        raise ValueError("a model of another size")
    return space
