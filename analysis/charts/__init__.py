"""Charts of tables, by shape: how much, where, and when."""

from analysis.charts.bars import bars, columns, heatmap
from analysis.charts.positions import concordance, dispersion, lifelines, spans
from analysis.charts.trend import trend

__all__ = ["bars", "columns", "concordance", "dispersion", "heatmap", "lifelines", "spans", "trend"]
