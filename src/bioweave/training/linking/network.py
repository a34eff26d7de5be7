"""The network that weighs candidates, in torch, and how it learns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bioweave.linking import Reranker
from bioweave.linking.evidence import FEATURES
from bioweave.training.linking.examples import LinkingExample
from bioweave.training.linking.settings import LinkerTraining


class _Network(nn.Module):
    def __init__(self, settings: LinkerTraining) -> None:
        super().__init__()
        sizes = (len(FEATURES), settings.hidden, settings.hidden, 1)
        self.layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
        for number, layer in enumerate(self.layers):
            self.add_module(f"layer_{number}", layer)
        self.nothing = nn.Parameter(torch.zeros(1))
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor, is_candidate: Tensor) -> Tensor:
        """[B, N, features] -> [B, N + 1] scores; -inf where there is no candidate."""
        hidden = rows
        for layer in self.layers[:-1]:
            hidden = self.dropout(F.relu(layer(hidden)))
        scores = self.layers[-1](hidden)[..., 0].masked_fill(~is_candidate, -torch.inf)
        return torch.cat([scores, self.nothing.expand(len(rows), 1)], dim=1)


def fit_reranker(examples: Sequence[LinkingExample], settings: LinkerTraining) -> Reranker:
    """Weights under which the right answers are most probable, calibrated on a tenth kept back."""
    kept_back = examples[::10]
    learned_from = [example for i, example in enumerate(examples) if i % 10]
    network = _Network(settings)
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = settings.epochs * -(-len(learned_from) // settings.batch_size)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, steps)
    for _ in range(settings.epochs):
        order = torch.randperm(len(learned_from)).tolist()
        for first in range(0, len(order), settings.batch_size):
            batch = [learned_from[i] for i in order[first : first + settings.batch_size]]
            loss = _loss(*_padded(batch), network)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    network.eval()
    return _as_reranker(network, _temperature(kept_back, network))


def _padded(batch: Sequence[LinkingExample]) -> tuple[Tensor, Tensor, Tensor]:
    n = max(len(example.rows) for example in batch)
    rows = torch.zeros(len(batch), n, len(FEATURES))
    is_candidate = torch.zeros(len(batch), n, dtype=torch.bool)
    is_right = torch.zeros(len(batch), n + 1, dtype=torch.bool)
    for place, example in enumerate(batch):
        own = len(example.rows)
        rows[place, :own] = torch.from_numpy(example.rows)
        is_candidate[place, :own] = True
        is_right[place, :own] = torch.from_numpy(example.is_right[:-1]) > 0
        is_right[place, n] = bool(example.is_right[-1])
    return rows, is_candidate, is_right


def _loss(
    rows: Tensor,
    is_candidate: Tensor,
    is_right: Tensor,
    network: _Network,
    temperature: Tensor | float = 1.0,
) -> Tensor:
    """The negative log-probability that one of the right answers is given."""
    scores = network(rows, is_candidate) / temperature
    right = scores.masked_fill(~is_right, -torch.inf).logsumexp(dim=1)
    loss: Tensor = (scores.logsumexp(dim=1) - right).mean()
    return loss


def _temperature(examples: Sequence[LinkingExample], network: _Network) -> float:
    """What scores are divided by so that probabilities are as often right as they say."""
    if not examples:
        return 1.0
    tensors = _padded(examples)
    grid = np.geomspace(0.5, 4.0, 43)
    with torch.no_grad():
        losses = [float(_loss(*tensors, network, float(one))) for one in grid]
    return float(grid[int(np.argmin(losses))])


def _as_reranker(network: _Network, temperature: float) -> Reranker:
    return Reranker(
        weights=tuple(layer.weight.detach().numpy().T.copy() for layer in network.layers),
        biases=tuple(layer.bias.detach().numpy().copy() for layer in network.layers),
        nothing=network.nothing.item(),
        temperature=temperature,
    )
