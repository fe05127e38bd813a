"""How a figure moves when units are left out, drawn again or relabelled: ranges for one text, intervals for several."""

from analysis.resampling.bootstrapping import bootstrap
from analysis.resampling.jackknifing import around, jackknife
from analysis.resampling.permuting import permute
from analysis.resampling.ranges import leave_one_out
from analysis.resampling.ratios import jackknife_ratio, leave_one_out_ratio, log_ratio
from analysis.resampling.samples import one_sample, two_sample

__all__ = [
    "around",
    "bootstrap",
    "jackknife",
    "jackknife_ratio",
    "leave_one_out",
    "leave_one_out_ratio",
    "log_ratio",
    "one_sample",
    "permute",
    "two_sample",
]
