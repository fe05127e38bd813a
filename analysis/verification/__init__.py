"""Figures → whether each number and passage in them follows from the documents."""

from analysis.verification.checking import Verified, verify

__all__ = ["Verified", "verify"]
