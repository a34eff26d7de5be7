"""What is found out by running models: how good one is, and at what it fails."""

from bioweave.experiments.card import bundle_card, model_card, write_card
from bioweave.experiments.card_figures import with_figures
from bioweave.experiments.errors import analyse_errors
from bioweave.experiments.errors_page import errors_page
from bioweave.experiments.evaluation import evaluate, evaluate_all, open_model, report
from bioweave.experiments.measurement import Measurement, ScoringModel, measure

__all__ = [
    "Measurement",
    "ScoringModel",
    "analyse_errors",
    "bundle_card",
    "errors_page",
    "evaluate",
    "evaluate_all",
    "measure",
    "model_card",
    "open_model",
    "report",
    "with_figures",
    "write_card",
]
