"""Paragraphs → themes: by codebook, or learnt from coded paragraphs; and how well that agrees with a coding."""

from analysis.themes.dictionary import classify
from analysis.themes.evaluation import disagreements, evaluate

__all__ = ["classify", "disagreements", "evaluate"]
