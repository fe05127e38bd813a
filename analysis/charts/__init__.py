"""Charts of tables, by shape: how much, where, and when."""

from analysis.charts.bars import bars, columns, heatmap
from analysis.charts.positions import concordance, dispersion, spans
from analysis.charts.trend import trend

__all__ = ["bars", "columns", "concordance", "dispersion", "heatmap", "spans", "trend"]
