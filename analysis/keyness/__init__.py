"""Which words tell one set of paragraphs from another: counts on either side, scores, and how sure one can be."""

from analysis.keyness.comparison import Keyness, compare
from analysis.keyness.sides import Split, split

__all__ = ["Keyness", "Split", "compare", "split"]
