"""A tagger in PyTorch, seen as the graph of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from bioweave.bundle import Chain, Chains
from bioweave.model.crf import Crf
from bioweave.model.tagger import Tagger


class TorchGraph:
    """Emissions from a tagger as it stands; see `bioweave.bundle.Graph`.

    With `precision` "bf16" it computes as training does: faster, and a little rounder.
    """

    def __init__(self, tagger: Tagger, *, precision: str = "fp32") -> None:
        self._tagger = tagger
        self._bf16 = precision == "bf16"

    @property
    def tagger(self) -> Tagger:
        """The tagger whose emissions these are."""
        return self._tagger

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
        """Log-scores, float32 [batch, words, tags of all heads in the heads' order]."""
        device = next(self._tagger.parameters()).device
        tensors = {name: torch.from_numpy(array).to(device) for name, array in inputs.items()}
        was_training = self._tagger.training
        self._tagger.eval()
        try:
            with (
                torch.inference_mode(),
                torch.autocast(device.type, torch.bfloat16, enabled=self._bf16),
            ):
                emissions: npt.NDArray[np.float32] = self._tagger(**tensors).float().cpu().numpy()
        finally:
            self._tagger.train(was_training)
        return emissions


def chains_of(tagger: Tagger) -> Chains:
    """The scores of a tagger's CRFs as they stand."""
    heads = tagger.heads
    chains = []
    with torch.no_grad():
        for head, crf in zip(heads.heads, heads.chains, strict=True):
            assert isinstance(crf, Crf)  # a ModuleList forgets what it holds
            start, transitions, end = (part[0].double().cpu().numpy() for part in crf.scores())
            chains.append(Chain(head.tag_set, start, transitions, end))
    return Chains(tuple(chains))
