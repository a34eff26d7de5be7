"""Mentions -> relations: candidate pairs, what is read of each, and which are told. No torch."""

from bioweave.relating.calibration import Calibrator, fit_calibrator
from bioweave.relating.candidates import End, Pair, candidate_pairs
from bioweave.relating.deciding import Deciding, choose_threshold
from bioweave.relating.relater import Relater
from bioweave.relating.scoring import PairCutter, PairScores, ScoreWindows, score_pairs
from bioweave.relating.settings import Markers, RelationTask, RelationWindows

__all__ = [
    "Calibrator",
    "Deciding",
    "End",
    "Markers",
    "Pair",
    "PairCutter",
    "PairScores",
    "Relater",
    "RelationTask",
    "RelationWindows",
    "ScoreWindows",
    "candidate_pairs",
    "choose_threshold",
    "fit_calibrator",
    "score_pairs",
]
