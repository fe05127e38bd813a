"""Paragraphs → themes: by codebook, or learnt from coded paragraphs; and how well that agrees with a coding."""

from analysis.themes.dictionary import classify
from analysis.themes.evaluation import disagreements, evaluate
from analysis.themes.prediction import predict, terms
from analysis.themes.training import train

__all__ = ["classify", "disagreements", "evaluate", "predict", "terms", "train"]
