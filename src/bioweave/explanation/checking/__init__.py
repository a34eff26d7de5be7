"""Are explanations true? Words are hidden by their weights, and the probability has to follow."""

from bioweave.explanation.checking.checker import Checker
from bioweave.explanation.checking.curves import BINS, MEASURES, STEPS
from bioweave.explanation.checking.summary import summarise

__all__ = [
    "BINS",
    "MEASURES",
    "STEPS",
    "Checker",
    "summarise",
]
