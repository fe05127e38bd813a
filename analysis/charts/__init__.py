"""Charts of tables, by shape: how much, where, and when."""

from analysis.charts.bars import bars, heatmap, trend
from analysis.charts.dispersion import dispersion, spans

__all__ = ["bars", "dispersion", "heatmap", "spans", "trend"]
