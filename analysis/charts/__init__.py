"""A table → matplotlib Axes. One function per shape; nothing is computed here.

Every function draws one artist per row and gives it the row's `mark` as id, so that `figures.save` can tie the drawing
to its evidence; `ax.drawn_table` is what was drawn. Titles belong to the notebook. Text is never read as mathematics.
"""

from analysis.charts.amounts import bars, grid
from analysis.charts.places import lanes, strip
from analysis.charts.style import BLUE, ORANGE
from analysis.charts.trends import trend

__all__ = ["BLUE", "ORANGE", "bars", "grid", "lanes", "strip", "trend"]
