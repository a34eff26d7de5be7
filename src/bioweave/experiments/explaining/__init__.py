"""Explanations over whole corpora: put to the test, and summed up by word."""

from bioweave.experiments.explaining.check_page import check_page, write_check
from bioweave.experiments.explaining.checking import check_explanations, methods_of
from bioweave.experiments.explaining.world import explain_globally
from bioweave.experiments.explaining.world_page import world_page, write_world

__all__ = [
    "check_explanations",
    "check_page",
    "explain_globally",
    "methods_of",
    "world_page",
    "write_check",
    "write_world",
]
