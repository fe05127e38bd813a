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
    "__main__": 5,
    "charts": 4,
    "figures": 4,
    "frequency": 2,
    "concordance": 2,
    "corpus": 1,
    "tokens": 1,
    "resampling": 1,
    "tables": 0,
}
# One floor: each may use those after it.
READING = ["corpus", "keys", "spans", "structure", "headings", "notes", "numbering", "readers"]
