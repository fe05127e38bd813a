"""A trained classifier as a file, and back: no code is stored, and none is run."""

from pathlib import Path

import pandas as pd

from analysis import assignments, model_files
from analysis.themes.training import Model

_KEYS = ["document", "paragraph"]
_ARRAYS = {"weights": 2, "intercepts": 1, "slopes": 1, "shifts": 1, "thresholds": 1, "score": 2, "assigned": 2}
_KIND = model_files.Kind(
    maker="themes.train",
    what="a classifier",
    again="train it again",
    format=1,
    arrays={name: (dimensions, "fb") for name, dimensions in _ARRAYS.items()},
    estimators="vectorizers",
    classes=("TfidfVectorizer",),
    learnt=("vocabulary_", "idf_"),
)


def save(model, path):
    """Write a trained classifier to a file.

    Parameters
    ----------
    model : Model
        From `train`.
    path : str or Path
        Where to write it; by custom its name ends in ``.skops``. A file of that
        name is replaced.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `model` is not a trained classifier.
    ValueError
        If `path` is a folder.
    FileNotFoundError
        If there is no such folder.
    ImportError
        If skops is not installed.

    Notes
    -----
    The file holds words and pairs of words of the texts trained on (those that
    stand in two paragraphs at least), and the keys of the paragraphs: weigh that
    before you pass it on where the texts are confidential.

    Examples
    --------
    >>> save("model.skops", "model.skops")
    Traceback (most recent call last):
    TypeError: model should come from themes.train, found str.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model should come from themes.train, found {type(model).__name__}.")
    if Path(path).is_dir():
        raise ValueError(f"{path} is a folder: name a file in it, as {Path(path) / 'model.skops'}.")
    n = len(model.themes)
    about = {
        "themes": model.themes,
        "typical": model.typical,
        "floor": model.floor,
        "report": model.report.astype(object).where(model.report.notna(), None).to_dict("list"),
        "paragraphs": model.held_out[_KEYS].iloc[::n].to_numpy().tolist(),
    }
    parts = {name: getattr(model, name) for name in _ARRAYS if name not in ("score", "assigned")}
    parts |= {name: model.held_out[name].to_numpy().reshape(-1, n) for name in ("score", "assigned")}
    model_files.write(_KIND, path, about, parts | {"vectorizers": model.vectorizers})


def load(path):
    """Read a trained classifier from a file.

    Parameters
    ----------
    path : str or Path
        Written by `save`.

    Returns
    -------
    Model
        As `train` gave it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If skops is not installed.
    ValueError
        If it is not such a file, was damaged or changed, holds anything but the
        parts of a classifier, or was made by another version of this package or
        of scikit-learn.

    Notes
    -----
    Of scikit-learn's classes, only its vectorizer is accepted; what else, and how
    far a file from a stranger can be trusted, is told in `model_files.read`.

    Examples
    --------
    >>> load("model.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no model model.skops.
    """
    return model_files.read(_KIND, path, _model)


def _model(parts, about):
    """The parts put together."""
    keys = pd.DataFrame(about["paragraphs"], columns=_KEYS)
    held_out = assignments.long(keys, about["themes"], score=parts["score"], assigned=parts["assigned"]).assign(
        trained=False
    )
    report = pd.DataFrame(about["report"])
    counts = ["theme", "n_paragraphs", "n_coded", "n_assigned", "n_both", "few"]
    report = report.astype({"theme": "str"} | {name: "float64" for name in report.columns if name not in counts})
    names = ("vectorizers", "weights", "intercepts", "slopes", "shifts", "thresholds")
    of_parts = {name: parts[name] for name in names}
    return Model(
        themes=about["themes"],
        report=report,
        held_out=held_out,
        typical=about["typical"],
        floor=about["floor"],
        **of_parts,
    )
