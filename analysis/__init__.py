"""Numbered paragraphs in, tidy tables through, charts out.

Import the module you need: ``from analysis import corpus, tokens, frequency``.
"""

__version__ = "0.17.0"
