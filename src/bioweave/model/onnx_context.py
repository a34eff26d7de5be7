"""BidirectionalContext for ONNX: the same numbers from the standard's own LSTM and GRU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from bioweave.model.context import BidirectionalContext
from bioweave.model.shapes import ContextVectors, WordCounts, WordVectors

# For each gate as ONNX orders them (LSTM: i o f c; GRU: z r h), its place in PyTorch's order
# (LSTM: i f g o; GRU: r z n).
_LSTM_GATES = (0, 3, 1, 2)
_GRU_GATES = (1, 0, 2)


class OnnxContext(nn.Module):
    """Stands in for a BidirectionalContext while it is exported; it cannot be run.

    ONNX's bidirectional operators take each row's length and reverse within it, which is what
    BidirectionalContext spells out by gathers. The exporter's own translation of PyTorch's LSTM
    rearranges weights at run time, and that of its GRU is a loop.
    """

    def __init__(self, context: BidirectionalContext) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_OnnxLayer(*layer) for layer in context.layers)

    def forward(self, words: WordVectors, n_words: WordCounts) -> ContextVectors:
        """Word vectors [batch, words, width]."""
        for layer in self.layers:
            words = layer(words, n_words)
        return words


class _OnnxLayer(nn.Module):
    inputs: Tensor
    recurrence: Tensor
    bias: Tensor

    def __init__(self, rightward: nn.RNNBase, leftward: nn.RNNBase) -> None:
        super().__init__()
        self.is_lstm = isinstance(rightward, nn.LSTM)
        self.hidden_size = rightward.hidden_size
        directions = [dict(network.named_parameters()) for network in (rightward, leftward)]
        for name, parts in (
            ("inputs", ["weight_ih_l0"]),
            ("recurrence", ["weight_hh_l0"]),
            ("bias", ["bias_ih_l0", "bias_hh_l0"]),
        ):
            weights = [
                torch.cat([self._reorder(parameters[part]) for part in parts])
                for parameters in directions
            ]
            self.register_buffer(name, torch.stack(weights).detach())

    def forward(self, words: Tensor, n_words: Tensor) -> Tensor:
        batch, length, _ = words.shape
        attributes: dict[str, Any] = {
            "hidden_size": self.hidden_size,
            "direction": "bidirectional",
        }
        if not self.is_lstm:
            # PyTorch's GRU applies the reset gate after the recurrent product.
            attributes["linear_before_reset"] = 1
        (states,) = torch.onnx.ops.symbolic_multi_out(
            "LSTM" if self.is_lstm else "GRU",
            (
                words.transpose(0, 1),
                self.inputs,
                self.recurrence,
                self.bias,
                n_words.to(torch.int32),
            ),
            attributes,
            dtypes=(words.dtype,),
            shapes=((length, 2, batch, self.hidden_size),),
        )
        return states.permute(2, 0, 1, 3).reshape(batch, length, 2 * self.hidden_size)

    def _reorder(self, weights: Tensor) -> Tensor:
        gates = weights.split(self.hidden_size)
        return torch.cat([gates[gate] for gate in (_LSTM_GATES if self.is_lstm else _GRU_GATES)])
