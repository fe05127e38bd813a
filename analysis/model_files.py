"""A model as a file, and back: arrays, text and scikit-learn's own classes; no code is stored, and none is run."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Kind(NamedTuple):
    """A sort of model: what its files hold, and what it is called in messages."""

    maker: str  # the function that makes it
    what: str  # what it is, with its article
    again: str  # what to do when a file is of no use
    format: int  # to be raised when what is stored changes
    arrays: dict  # name → (dimensions, kinds of number: b, i, f)
    estimators: str  # the name under which scikit-learn's objects are stored
    classes: tuple  # the names of the classes they may have
    learnt: tuple  # the attributes, arrays or words with their numbers, that they may have learnt


def write(kind, path, about, parts):
    """Write a model to a file.

    Parameters
    ----------
    kind : Kind
    path : str or Path
        A file of that name is replaced.
    about : dict
        What is no array, for JSON.
    parts : dict
        The arrays and the list of estimators, by the names that `kind` has.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ImportError
        If skops is not installed.

    Notes
    -----
    `about` gets the maker, the format and the version of scikit-learn; the file gets a checksum (SHA-256) of all that
    results hang on. What is read back is the same to the last digit; the bytes of the file are not (it has the time).

    Examples
    --------
    >>> import tempfile
    >>> kind = Kind("topics.fit", "a model", "fit it again", 1, {"idf": (1, "f")}, "estimators", (), ())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(kind, Path(folder, "a.skops"), about={"k": 2}, parts={"idf": np.ones(3), "estimators": []})
    ...     read(kind, Path(folder, "a.skops"), build=lambda parts, about: (parts["idf"].tolist(), about["k"]))
    ([1.0, 1.0, 1.0], 2)
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} to.")
    about = {"maker": kind.maker, **_versions(kind), **about}
    parts = {name: parts[name] for name in [*kind.arrays, kind.estimators]} | {"about": json.dumps(about)}
    parts["checksum"] = _checksum(kind, parts)
    _skops().dump(parts, path, compression=zipfile.ZIP_DEFLATED)


def read(kind, path, build):
    """Read a model from a file.

    Parameters
    ----------
    kind : Kind
    path : str or Path
        Written by `write`.
    build : function
        From the parts and `about`, as given to `write`, to the model.

    Returns
    -------
    object
        What `build` gives.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If skops is not installed.
    ValueError
        If it is not such a file, was damaged or changed, holds anything but the parts of such a model, or was made by
        another version of this package or of scikit-learn.

    Notes
    -----
    Only arrays, text and the classes of `kind` are accepted, so that a file from a stranger can't run code. The
    checksum tells damage and careless changes; it is no signature: who can write the file can write the checksum.

    Examples
    --------
    >>> kind = Kind("topics.fit", "a model", "fit it again", 1, {}, "estimators", (), ())
    >>> read(kind, path="model.skops", build=dict)
    Traceback (most recent call last):
    FileNotFoundError: There is no model model.skops.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no model {path}.")
    skops = _skops()
    again = f"{kind.again}, or get the file anew"
    try:
        strange = skops.get_untrusted_types(file=path)
        parts = None if strange else skops.load(path)
    except Exception as error:  # whatever a damaged file makes the reader stumble over
        raise ValueError(f"{path.name} can't be read as a model ({type(error).__name__}: {error}); {again}.") from None
    if not strange and isinstance(parts, dict) and isinstance(parts.get(kind.estimators), list):
        found = [type(one) for one in parts[kind.estimators]]
        strange = [
            f"{one.__module__}.{one.__qualname__}"
            for one in found
            if not one.__module__.startswith("sklearn.") or one.__name__ not in kind.classes
        ]
    if strange:
        raise ValueError(f"{path.name} holds {strange[0]}, which is no part of {kind.what}; it was not loaded.")
    try:
        about = json.loads(parts["about"])
        made = {name: about[name] for name in _versions(kind)}
        right = about.get("maker", kind.maker) == kind.maker  # files of before it was noted have none
        intact = right and parts["checksum"] == _checksum(kind, parts)
    except Exception:
        right = False
    if not right:
        raise ValueError(f"{path.name} is not a model of {kind.maker}; {again}.")
    for name, version in _versions(kind).items():
        if made[name] != version:
            raise ValueError(f"{path.name} was made with {name} {made[name]}; here it is {version}: {kind.again}.")
    if not intact:
        raise ValueError(f"{path.name} was changed after it was saved: its checksum differs; {again}.")
    try:
        return build(parts, about)
    except Exception:  # a checksum that is right does not make parts that fit together
        raise ValueError(f"{path.name} is not a model of {kind.maker}: its parts do not fit; {again}.") from None


def _versions(kind):
    """What has to be the same where a file is written and where it is read."""
    import sklearn

    return {"format": kind.format, "scikit-learn": sklearn.__version__}


def _checksum(kind, parts):
    """Of all that results hang on."""
    sums = hashlib.sha256(parts["about"].encode())
    for name, (dimensions, kinds) in kind.arrays.items():
        array = np.ascontiguousarray(parts[name])
        if np.ndim(parts[name]) != dimensions or array.dtype.kind not in kinds:
            raise ValueError(name)
        sums.update(f"{name} {array.shape} {array.dtype}".encode() + array.tobytes())
    for one in parts[kind.estimators]:
        learnt = [getattr(one, name) for name in kind.learnt if hasattr(one, name)]
        if not learnt:
            raise ValueError(type(one).__name__)
        told = [{name: str(value) for name, value in one.get_params().items()}]
        told += [
            sorted((word, int(place)) for word, place in value.items()) for value in learnt if isinstance(value, dict)
        ]
        arrays = [np.ascontiguousarray(value) for value in learnt if not isinstance(value, dict)]
        if any(array.dtype.kind != "f" for array in arrays):
            raise ValueError(type(one).__name__)
        told += [array.shape for array in arrays if array.ndim > 1]
        sums.update(json.dumps(told).encode() + b"".join(array.tobytes() for array in arrays))
    return sums.hexdigest()


def _skops():
    """skops, or what to do about its absence."""
    try:
        import skops.io
    except ImportError:
        raise ImportError(
            "Models are saved with skops; install it: .venv/bin/python -m pip install -c constraints.txt skops"
        ) from None
    return skops.io
