"""Two concepts compared: how much of each, where and how sure (`compare`), and under other choices (`choices`)."""

from analysis.contrast.choosing import Choices, choices
from analysis.contrast.comparison import Contrast, compare

__all__ = ["Choices", "Contrast", "choices", "compare"]
