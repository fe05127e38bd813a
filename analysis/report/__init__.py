"""The pages to read a project's charts by: the gallery, and the evidence behind every mark."""

from analysis.report.files import write
from analysis.report.pages import gallery, notebook, reader
from analysis.report.sources import captions, charts, evidence

__all__ = ["captions", "charts", "evidence", "gallery", "notebook", "reader", "write"]
