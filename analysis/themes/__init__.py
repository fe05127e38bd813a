"""Paragraphs → themes: by codebook, or learnt from coded paragraphs; and how well that agrees with a coding."""

from analysis.themes.by_codebook import classify
from analysis.themes.evaluation import disagreements, evaluate
from analysis.themes.prediction import predict, terms
from analysis.themes.storage import load, save
from analysis.themes.suggestion import suggest
from analysis.themes.training import Model, train

__all__ = ["Model", "classify", "disagreements", "evaluate", "load", "predict", "save", "suggest", "terms", "train"]
