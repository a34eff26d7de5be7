"""A relation tagger in PyTorch, seen as the graph of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.model.relations import RelationTagger
from bioweave.training.torch_graph import run_module


class TorchRelations:
    """Log-odds from a tagger as it stands: see `bioweave.relating.ScoreWindows`."""

    def __init__(self, tagger: RelationTagger, *, precision: str = "fp32") -> None:
        self._tagger = tagger
        self._bf16 = precision == "bf16"

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
        """Log-odds, float32 [windows, labels of all tasks]."""
        return run_module(self._tagger, inputs, bf16=self._bf16)
