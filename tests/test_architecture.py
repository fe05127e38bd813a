"""The house: imports go down, everything public is explained, modules stay small."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import analysis
from tests.conftest import ROOT

FLOORS = {
    "__main__": 6,
    "report": 5,
    "verification": 5,
    "charts": 4,
    "figures": 4,
    "contrast": 3,
    "themes": 3,
    "topics": 3,
    "agreement": 2,
    "prevalence": 2,
    "topic_quality": 2,
    "near_duplicates": 2,
    "frequency": 2,
    "keyness": 2,
    "collocations": 2,
    "concordance": 2,
    "patterns": 2,
    "codebooks": 1,
    "assignments": 1,
    "association": 1,
    "coding": 1,
    "corpus": 1,
    "elsewhere": 1,
    "matching": 1,
    "model_files": 1,
    "resampling": 1,
    "tokens": 1,
    "arguments": 0,
    "codebook_yaml": 0,
    "pattern_syntax": 0,
    "sheets": 0,
    "svg_shapes": 0,
    "tables": 0,
    "values": 0,
    "word_forms": 0,
    "columns": -1,
    "topic_columns": -2,
    "comparison_columns": -2,
}
# One floor: each may use those after it.
READING = ["scope", "corpus", "span_places", "keys", "spans", "structure", "headings", "notes", "numbering", "readers"]
MODULES = sorted(
    module.name.removeprefix("analysis.") for module in pkgutil.walk_packages(analysis.__path__, "analysis.")
)


def upward(module, imported):
    """Is this import against the rules?"""
    module, imported = module.split(".")[0], imported.split(".")[0]
    if module in READING and imported in READING:
        return READING.index(imported) < READING.index(module)
    if module == imported and module in (
        "charts",
        "contrast",
        "frequency",
        "keyness",
        "report",
        "resampling",
        "themes",
        "topics",
        "verification",
    ):  # a package of several files
        return False
    floor = {name: FLOORS["corpus"] for name in READING} | FLOORS
    return floor[imported] >= floor[module]


def imports(source):
    """The modules of the package that a source imports."""
    names = {
        name
        for path in (ROOT / "analysis").rglob("*.py")
        for name in [".".join(path.relative_to(ROOT / "analysis").with_suffix("").parts).removesuffix(".__init__")]
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "analysis":
            inside = node.module.removeprefix("analysis").removeprefix(".")
            for alias in node.names:
                whole = f"{inside}.{alias.name}".strip(".")
                yield whole if whole in names else inside
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("analysis.") for alias in node.names if alias.name.startswith("analysis.")
            )


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_go_down(module):
    source = inspect.getsource(importlib.import_module(f"analysis.{module}"))
    wrong = [imported for imported in imports(source) if upward(module, imported)]
    assert not wrong, f"{module} imports {wrong}"


def test_the_rule_catches_an_import_upward():
    assert list(imports("from analysis import charts, tables\nfrom analysis.tokens import find")) == [
        "charts",
        "tables",
        "tokens",
    ]
    assert upward("tokens", "charts") and upward("charts", "figures") and upward("numbering", "corpus")
    assert not upward("charts", "tables") and not upward("corpus", "readers.plain")


PUBLIC = [
    (module, name)
    for module in MODULES
    for name, value in vars(importlib.import_module(f"analysis.{module}")).items()
    if inspect.isfunction(value) and not name.startswith("_") and value.__module__ == f"analysis.{module}"
]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_public_functions_are_explained_with_a_doctest(module, name):
    function = getattr(importlib.import_module(f"analysis.{module}"), name)
    text = inspect.getdoc(function) or ""
    assert doctest.DocTestParser().get_examples(text), f"analysis.{module}.{name} has no doctest"
    for parameter in inspect.signature(function).parameters:
        assert parameter in text.split("Examples\n---")[0], f"analysis.{module}.{name} does not explain {parameter}"
    assert "Returns\n---" in text or "Raises\n---" in text, f"analysis.{module}.{name} does not say what it returns"


@pytest.mark.parametrize("path", sorted((ROOT / "analysis").rglob("*.py")), ids=lambda path: path.name)
def test_modules_fit_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350
    assert path.stem not in {"utils", "helpers", "common", "misc"}


def test_importing_the_package_loads_no_heavy_library():
    code = (
        "import sys, analysis, analysis.corpus, analysis.frequency, analysis.contrast, analysis.scope;"
        "print(sorted({'matplotlib', 'nltk', 'sklearn', 'IPython', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
