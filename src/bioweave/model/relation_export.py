"""The relation tagger as an ONNX graph."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor, nn

from bioweave.model.export import use_plain_attention, write_onnx
from bioweave.model.relations import RelationTagger

_AXES = {
    "piece_ids": ("batch", "pieces"),
    "piece_mask": ("batch", "pieces"),
    "places": ("batch", "places"),
    "roles": ("batch", "places"),
}


def export_relation_graph(tagger: RelationTagger, path: Path) -> None:
    """Write the tagger as a float32 ONNX graph in one file; the tagger stays as it was.

    Inputs are those of `forward`, the output is `emissions` [batch, labels]: log-odds.
    """
    ready = copy.deepcopy(tagger).cpu().float().eval()
    use_plain_attention(ready.encoder)
    # No axis is 1 and no two are equal, lest they be taken for constants or for each other.
    example = {
        "piece_ids": torch.ones(2, 16, dtype=torch.int64),
        "piece_mask": torch.ones(2, 16, dtype=torch.int64),
        "places": torch.tensor([[0, 1, 2, 3, 0]] * 2),
        "roles": torch.tensor([[3, 1, 2, 2, 0]] * 2),
    }
    write_onnx(_Positional(ready).eval(), example, _AXES, path)


class _Positional(nn.Module):
    def __init__(self, tagger: RelationTagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, *inputs: Tensor) -> Tensor:
        log_odds: Tensor = self.tagger(*inputs)
        return log_odds
