"""How often words occur: counts and rates (`count`, `count_hits`, `forms`), and how evenly they are spread."""

from analysis.frequency.counting import count, count_hits, forms
from analysis.frequency.evenness import dispersion

__all__ = ["count", "count_hits", "dispersion", "forms"]
