"""What is found out by running models: how good one is on a named corpus."""

from bioweave.experiments.evaluation import evaluate, evaluate_all, open_model, report
from bioweave.experiments.measurement import Measurement, ScoringModel, measure

__all__ = [
    "Measurement",
    "ScoringModel",
    "evaluate",
    "evaluate_all",
    "measure",
    "open_model",
    "report",
]
