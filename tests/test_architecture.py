"""The house: imports go down, modules fit one sitting, what is public is explained, and nothing is there unused."""

import ast
import doctest
import functools
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter

import pytest

from tests.conftest import ROOT, SHIPPED
from tests.test_size import code_lines

ORDER = [
    *("tables", "storage", "resampling", "numbering", "pages", "readers", "notes"),
    "headings",
    *("preamble", "pieces", "structure", "folders", "corpus", "tokens", "references"),
    *("lineage", "survival", "codebooks", "coding", "patterns", "exchange", "refi", "concordance", "explore"),
    "frequency",
    "collocations",
    "keyness",
    *("agreement", "contrast", "themes", "cooccurrence", "topics"),
    *("topic_stability", "topic_comparison", "charts", "provenance", "report", "figures"),
    *("verify", "cluster", "__main__"),
]  # from the ground up: each may use those before it
PUBLIC = {
    "corpus": ["read", "save", "open", "join", "align", "coverage"], "tokens": ["tokenize", "find", "open"],
    "references": ["find"], "lineage": ["trace", "edits"],
    "survival": ["order", "openings", "first", "wordings", "shares", "survival"], "codebooks": ["load", "parse"],
    "patterns": ["find", "audit", "contributions"], "exchange": ["dictionary", "wide", "save_matrix", "cite"],
    "refi": ["read", "write"], "concordance": ["kwic", "lines"], "explore": ["ready", "answer", "concordance"],
    "frequency": ["count", "cells", "count_hits", "dispersion"], "keyness": ["compare", "having"],
    "collocations": ["score", "g2", "chi2", "log_ratio", "log_odds", "log_dice", "delta_p"],
    "resampling": ["leave_one_out", "jackknife", "permutation_test", "interval", "rates"],
    "coding": ["load", "save", "sample", "compare", "settle"], "agreement": ["alpha", "by_theme", "estimate"],
    "themes": ["classify", "evaluate", "disagreements", "train", "predict", "terms", "save", "load"],
    "contrast": ["compare", "choices"],
    "topics": ["fit", "from_labels", "place", "label", "cards", "intrusion", "score_intrusion", "save", "load"],
    "topic_stability": ["choose_k", "stability", "npmi", "exclusivity", "diversity"], "topic_comparison": ["by_group", "compare", "trend"],
    "charts": ["bars", "columns", "heatmap", "trend", "dispersion", "concordance", "spans", "lifelines"],
    "figures": ["save", "methods"], "report": ["write"], "verify": ["verify"], "tables": ["check"],
    "cluster": ["connect", "write", "files", "tokenize", "find", "cells", "count", "pairs"],
}  # fmt: skip
FILES = sorted((ROOT / "analysis").rglob("*.py"))


def name_of(path):
    """`topics.fitting` for analysis/topics/fitting.py, `topics` for its __init__."""
    return ".".join(path.relative_to(ROOT / "analysis").with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path): path for path in FILES if name_of(path) != "__init__"}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in NAMES.items()}


@functools.cache
def imports(source):
    """The modules of the package that a source imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "analysis":
            inside = node.module.removeprefix("analysis").removeprefix(".")
            whole = [f"{inside}.{alias.name}".strip(".") for alias in node.names]
            found |= {one if one in NAMES else inside for one in whole} - {""}
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("analysis.") for alias in node.names if "analysis." in alias.name}
    return found


def upward(module, imported):
    """Is this import against the order of the house?"""
    one, other = module.split(".")[0], imported.split(".")[0]
    return one != other and ORDER.index(one) <= ORDER.index(other)


@pytest.mark.parametrize("module", NAMES)
def test_imports_only_go_down(module):
    assert not [one for one in imports(SOURCES[module]) if upward(module, one)]


def test_the_rule_catches_an_import_upward():
    assert upward("tokens", "charts") and upward("charts", "figures") and not upward("charts", "tables")
    found = imports("from analysis import charts, tables\nfrom analysis.tokens import find")
    assert found == {"charts", "tables", "tokens"}


def test_no_imports_go_in_a_circle():
    """Inside packages too; an `__init__` gathers its own folder."""
    needs = {name: imports(source) - {name, name.split(".")[0]} for name, source in SOURCES.items()}
    TopologicalSorter(needs).prepare()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_module_fits_one_sitting(path):
    lines = code_lines(path.read_text(encoding="utf-8"))
    assert lines <= 300 and path.stem not in {"utils", "helpers", "common", "misc"}
    assert lines >= 40 or path.stem in {"__init__", "__main__"} or path.parent.name != "analysis"


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in PUBLIC.items() for name in names])
def test_public_functions_are_explained_with_an_example_that_runs(module, name):
    told = inspect.getdoc(getattr(importlib.import_module(f"analysis.{module}"), name)) or ""
    assert len(told.splitlines()) > 3
    assert doctest.DocTestParser().get_examples(told) or module == "figures", f"analysis.{module}.{name} has no example"


def test_every_function_is_used_or_public():
    """Code without a caller in a notebook, the README or another module goes."""
    books = [json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"] for name in SHIPPED]
    cells = ["".join(cell["source"]) for book in books for cell in book]
    read = [ROOT / "README.md", ROOT / "METHODS.md", *ROOT.glob("notebooks/*.py"), *ROOT.glob("data/*.py")]
    texts = [*SOURCES.values(), *cells, *(path.read_text(encoding="utf-8") for path in read)]
    used = Counter(re.findall(r"\w+", "\n".join(texts)))
    for name, source in SOURCES.items():
        for node in ast.parse(source).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name not in PUBLIC.get(name, []):
                told = re.findall(r"\w+", ast.get_docstring(node, clean=False) or "").count(node.name)
                assert used[node.name] - told > 1, f"{name}.{node.name} is never used"


def test_importing_the_package_loads_no_heavy_library():
    code = (
        "import sys, analysis, analysis.corpus, analysis.frequency, analysis.contrast, analysis.themes;"
        "print(sorted({'matplotlib', 'nltk', 'sklearn', 'IPython', 'yaml', 'pypdfium2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
