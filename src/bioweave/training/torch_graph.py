"""A tagger in PyTorch, seen as the graph of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

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
        return run_module(self._tagger, inputs, bf16=self._bf16)


def run_module(
    module: nn.Module, inputs: Mapping[str, npt.NDArray[Any]], *, bf16: bool
) -> npt.NDArray[np.float32]:
    """What a module gives for a batch, without gradients and without dropout."""
    device = next(module.parameters()).device
    tensors = {name: torch.from_numpy(array).to(device) for name, array in inputs.items()}
    was_training = module.training
    module.eval()
    try:
        with (
            torch.inference_mode(),
            torch.autocast(device.type, torch.bfloat16, enabled=bf16),
        ):
            found: npt.NDArray[np.float32] = module(**tensors).float().cpu().numpy()
    finally:
        module.train(was_training)
    return found


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
