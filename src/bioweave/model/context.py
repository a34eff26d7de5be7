"""BiLSTM and BiGRU over rows of different lengths, independent of padding and of the batch."""

from __future__ import annotations

from typing import Literal, cast

import torch
from torch import Tensor, nn

from bioweave.model.pooling import take_rows
from bioweave.model.shapes import ContextVectors, Length, WordCounts, WordVectors


class BidirectionalContext(nn.Module):
    """Each word's vector in the light of the row, from both sides.

    Two one-directional networks: one reads the row as it is, the other the row reversed within its
    own length, so that neither ever meets padding before a word. That computes what PyTorch's
    packed sequences compute, without an operator that knows the batch, and so it exports to ONNX
    with every axis free.
    """

    def __init__(
        self, kind: Literal["bilstm", "bigru"], n_inputs: int, width: int, *, n_layers: int = 1
    ) -> None:
        super().__init__()
        network = nn.LSTM if kind == "bilstm" else nn.GRU
        widths = [n_inputs] + [width] * (n_layers - 1)
        self.width = width
        self.rightward = nn.ModuleList(network(n, width // 2, batch_first=True) for n in widths)
        self.leftward = nn.ModuleList(network(n, width // 2, batch_first=True) for n in widths)
        self.reset_parameters()

    @property
    def layers(self) -> list[tuple[nn.RNNBase, nn.RNNBase]]:
        """The rightward and the leftward network of each layer, lowest first."""
        pairs = zip(self.rightward, self.leftward, strict=True)
        return cast("list[tuple[nn.RNNBase, nn.RNNBase]]", list(pairs))

    def reset_parameters(self) -> None:
        """Orthogonal recurrent weights, Glorot input weights, an open forget gate.

        The forget gate's bias of 1 is from Jozefowicz et al., 2015.
        """
        for network in (network for layer in self.layers for network in layer):
            for name, parameter in network.named_parameters():
                with torch.no_grad():
                    if name.startswith("weight_hh"):
                        for gate in parameter.split(network.hidden_size):
                            nn.init.orthogonal_(gate)
                    elif name.startswith("weight_ih"):
                        nn.init.xavier_uniform_(parameter)
                    else:
                        parameter.zero_()
                        if isinstance(network, nn.LSTM) and name.startswith("bias_ih"):
                            parameter[network.hidden_size : 2 * network.hidden_size] = 1.0

    def forward(self, words: WordVectors, n_words: WordCounts) -> ContextVectors:
        """Word vectors [batch, words, width]; what stands at padding means nothing."""
        mirror = mirror_index(n_words, words.shape[1])
        for rightward, leftward in self.layers:
            forwards = rightward(words)[0]
            backwards = take_rows(leftward(take_rows(words, mirror))[0], mirror)
            words = torch.cat([forwards, backwards], dim=-1)
        return words


def mirror_index(lengths: Tensor, width: Length) -> Tensor:
    """[batch, width]: where each place of a row goes when the row is reversed within its length.

    It is its own inverse; padding stays where it is.
    """
    place = torch.arange(width, device=lengths.device)[None, :]
    return torch.where(place < lengths[:, None], lengths[:, None] - 1 - place, place)
