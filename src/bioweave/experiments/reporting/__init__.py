"""Models side by side: tables, pictures, the one to deploy; and the one that is the default."""

from bioweave.experiments.reporting.choosing import choose_best
from bioweave.experiments.reporting.promotion import (
    DefaultBundle,
    current_default,
    promote,
    take_back,
)
from bioweave.experiments.reporting.report import make_report, printable

__all__ = [
    "DefaultBundle",
    "choose_best",
    "current_default",
    "make_report",
    "printable",
    "promote",
    "take_back",
]
