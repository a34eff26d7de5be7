"""Teaches a bundle which concepts its mentions stand for."""

from bioweave.training.linking.learning import learn_linking, train_linker
from bioweave.training.linking.settings import LinkerTraining

__all__ = ["LinkerTraining", "learn_linking", "train_linker"]
