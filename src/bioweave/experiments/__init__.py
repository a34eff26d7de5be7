"""What is found out by running models: how good one is, and at what it fails."""

from bioweave.experiments.card import bundle_card, model_card, write_card
from bioweave.experiments.card_figures import with_figures
from bioweave.experiments.errors import analyse_errors
from bioweave.experiments.errors_page import errors_page
from bioweave.experiments.evaluation import evaluate, evaluate_all, open_model, report
from bioweave.experiments.measurement import Measurement, ScoringModel, measure
from bioweave.experiments.mode_plot import plot_modes
from bioweave.experiments.mode_report import ChosenModes, choose_modes
from bioweave.experiments.mode_toml import thresholds_toml
from bioweave.experiments.relation_evaluation import (
    evaluate_relations,
    finds_relations,
    open_relations,
)

__all__ = [
    "ChosenModes",
    "Measurement",
    "ScoringModel",
    "analyse_errors",
    "bundle_card",
    "choose_modes",
    "errors_page",
    "evaluate",
    "evaluate_all",
    "evaluate_relations",
    "finds_relations",
    "measure",
    "model_card",
    "open_model",
    "open_relations",
    "plot_modes",
    "report",
    "thresholds_toml",
    "with_figures",
    "write_card",
]
