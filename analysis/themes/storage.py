"""A trained classifier as a file, and back: no code is stored, and none is run."""

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.themes.dictionary import long
from analysis.themes.training import Model

_FORMAT = 1  # to be raised when what is stored changes
_KEYS = ["document", "paragraph"]
_ARRAYS = {"weights": 2, "intercepts": 1, "slopes": 1, "shifts": 1, "thresholds": 1, "score": 2, "assigned": 2}


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
    ImportError
        If skops is not installed.

    Notes
    -----
    The file holds words and pairs of words of the texts trained on (those that
    stand in two paragraphs at least), and the keys of the paragraphs: weigh that
    before you pass it on where the texts are confidential. What is read back is
    the same to the last digit; the bytes of the file are not (it has the time).

    Examples
    --------
    >>> save("model.skops", "model.skops")
    Traceback (most recent call last):
    TypeError: model should come from themes.train, found str.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model should come from themes.train, found {type(model).__name__}.")
    import sklearn

    n = len(model.themes)
    about = {
        "format": _FORMAT,
        "scikit-learn": sklearn.__version__,
        "themes": model.themes,
        "typical": model.typical,
        "floor": model.floor,
        "report": model.report.astype(object).where(model.report.notna(), None).to_dict("list"),
        "paragraphs": model.held_out[_KEYS].iloc[::n].to_numpy().tolist(),
    }
    parts = {name: getattr(model, name) for name in _ARRAYS if name not in ("score", "assigned")}
    parts |= {name: model.held_out[name].to_numpy().reshape(-1, n) for name in ("score", "assigned")}
    parts["vectorizers"] = model.vectorizers
    parts["about"] = json.dumps(about)
    parts["checksum"] = _checksum(parts)
    _skops().dump(parts, Path(path), compression=zipfile.ZIP_DEFLATED)


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
    Only arrays, text and scikit-learn's vectorizer are accepted, so that a file
    from a stranger can't run code. The checksum tells damage and careless
    changes; it is no signature: who can write the file can write the checksum.

    Examples
    --------
    >>> load("model.skops")
    Traceback (most recent call last):
    FileNotFoundError: There is no model model.skops.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no model {path}.")
    skops = _skops()
    again = "train it again, or get the file anew"
    try:
        strange = skops.get_untrusted_types(file=path)
        parts = None if strange else skops.load(path)
    except Exception as error:  # whatever a damaged file makes the reader stumble over
        raise ValueError(f"{path.name} can't be read as a model ({type(error).__name__}: {error}); {again}.") from None
    if strange:
        raise ValueError(f"{path.name} holds {strange[0]}, which is no part of a classifier; it was not loaded.")
    try:
        about = json.loads(parts["about"])
        made = {"format": about["format"], "scikit-learn": about["scikit-learn"]}
        intact = parts["checksum"] == _checksum(parts)
    except Exception:
        raise ValueError(f"{path.name} is not a model of themes.train; {again}.") from None
    import sklearn

    ours = {"format": _FORMAT, "scikit-learn": sklearn.__version__}
    for name, version in ours.items():
        if made[name] != version:
            raise ValueError(f"{path.name} was made with {name} {made[name]}; here it is {version}: train it again.")
    if not intact:
        raise ValueError(f"{path.name} was changed after it was saved: its checksum differs; {again}.")
    return _model(parts, about)


def _model(parts, about):
    """The parts put together."""
    keys = pd.DataFrame(about["paragraphs"], columns=_KEYS)
    held_out = long(keys, about["themes"], score=parts["score"], assigned=parts["assigned"]).assign(trained=False)
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


def _checksum(parts):
    """Of all that the predictions hang on."""
    sums = hashlib.sha256(parts["about"].encode())
    for name, dimensions in _ARRAYS.items():
        array = np.ascontiguousarray(parts[name])
        if array.ndim != dimensions or array.dtype.kind not in "fb":
            raise ValueError(name)
        sums.update(f"{name} {array.shape} {array.dtype}".encode() + array.tobytes())
    for vectorizer in parts["vectorizers"]:
        settings = {name: str(value) for name, value in vectorizer.get_params().items()}
        words = sorted((word, int(place)) for word, place in vectorizer.vocabulary_.items())
        sums.update(json.dumps([settings, words]).encode() + np.ascontiguousarray(vectorizer.idf_).tobytes())
    return sums.hexdigest()


def _skops():
    try:
        import skops.io
    except ImportError:
        raise ImportError(
            "Models are saved with skops; install it: .venv/bin/python -m pip install -c constraints.txt skops"
        ) from None
    return skops.io
