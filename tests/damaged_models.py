"""Files of models, damaged in the ways that every reader of models should notice."""

import json
import zipfile

import pytest


class CodeRunner:
    """What a stranger might put into a file."""

    ran = False

    def __setstate__(self, state):
        CodeRunner.ran = True


def tampered(saved, path, change):
    """The file again, one of its parts changed."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return path


def in_schema(old, new):
    """A change of the text of a file's schema, once."""

    def change(name, raw):
        if name != "schema.json":
            return raw
        text = raw.decode()
        assert old in text
        return text.replace(old, new, 1).encode()

    return change


def damages(again):
    """How any model's file may be damaged, and what its reader should say: `again` is what to do then."""
    changes = [
        (in_schema(r"format\\\": 1", r"format\\\": 2"), f"was made with format 2; here it is 1: {again}"),
        (
            in_schema(r"scikit-learn\\\": \\\"", r"scikit-learn\\\": \\\"0."),
            f"was made with scikit-learn 0.*; here it is .*: {again}",
        ),
        (
            lambda name, raw: raw[:-1] + bytes([raw[-1] ^ 1]) if name.endswith(".npy") else raw,
            f"was changed after it was saved: its checksum differs; {again}|can't be read as a model",
        ),
        (lambda name, raw: b"" if name == "schema.json" else raw, f"can't be read as a model .*; {again}, or get"),
    ]
    return [
        pytest.param(*one, id=name) for one, name in zip(changes, ["format", "version", "array", "text"], strict=True)
    ]


def check_refuses_strangers(load, folder, maker, what):
    """Neither what is no model nor what would run code is loaded."""
    skops = pytest.importorskip("skops.io", reason="NOT RUN: skops is not installed")
    (folder / "text.skops").write_text("hello")
    with pytest.raises(ValueError, match=r"text\.skops can't be read as a model"):
        load(folder / "text.skops")
    with pytest.raises(FileNotFoundError, match=r"There is no model .*none\.skops"):
        load(folder / "none.skops")
    for name, content in {"dict": {"about": json.dumps({})}, "list": [1, 2]}.items():
        skops.dump(content, folder / f"{name}.skops")
        with pytest.raises(ValueError, match=rf"{name}\.skops is not a model of {maker}"):
            load(folder / f"{name}.skops")
    skops.dump({"evil": CodeRunner()}, folder / "evil.skops")
    message = rf"evil\.skops holds .*CodeRunner, which is no part of {what}; it was not loaded"
    with pytest.raises(ValueError, match=message):
        load(folder / "evil.skops")
    assert not CodeRunner.ran


def check_refuses_half(load, saved, folder, cut, again):
    """A file cut short is refused."""
    (folder / "half.skops").write_bytes(saved.read_bytes()[:cut])
    with pytest.raises(ValueError, match=rf"half\.skops can't be read as a model .*; {again}, or get the file anew"):
        load(folder / "half.skops")
