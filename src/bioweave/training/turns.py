"""Heads that are trained in turn, one after the other, instead of jointly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.utils.data import Sampler

from bioweave.errors import ConfigurationError
from bioweave.training.examples import Example
from bioweave.training.sampling import LengthBatches

Collate = Callable[[Sequence[Example]], dict[str, Tensor]]


class TurnBatches(Sampler[list[int]]):
    """Batches of one head's windows at a time: the epochs are shared out among heads, in order.

    Each epoch takes as many steps as one of all windows would, so that training in turn costs what
    training jointly does; a head that learns from fewer windows sees them more often. With 7 epochs
    and 2 heads the first has 4. `trains` is bool [windows, heads]: who learns from which window.
    Raises ConfigurationError for a head that learns from none.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        trains: npt.NDArray[np.bool_],
        *,
        batch_size: int,
        seed: int,
        weights: Sequence[float],
        n_epochs: int,
        n_parts: int = 1,
    ) -> None:
        self.batch_size = batch_size
        self._n_epochs = n_epochs
        self._epoch = 0
        total = max(1.0, float(np.sum(weights)))
        self._by_head = []
        for learns in trains.T:
            own = np.asarray(weights, dtype=np.float64) * learns
            if not own.any():
                raise ConfigurationError("training in turn: a head has no window to learn from")
            # Windows of no weight are never drawn, and the others as often as makes up for them.
            scaled = own * (total / own.sum())
            self._by_head.append(
                LengthBatches(
                    lengths,
                    batch_size=batch_size,
                    seed=seed,
                    weights=scaled.tolist(),
                    n_parts=n_parts,
                )
            )

    @property
    def head(self) -> int:
        """Whose turn it is."""
        return min(self._epoch, self._n_epochs - 1) * len(self._by_head) // self._n_epochs

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose head and order come next."""
        self._epoch = epoch
        self._by_head[self.head].set_epoch(epoch)

    def __len__(self) -> int:
        return len(self._by_head[0])

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self._by_head[self.head])


class TurnCollate:
    """Makes batches as `collate` does, from which only the head learns whose turn it is."""

    def __init__(self, collate: Collate, batches: TurnBatches) -> None:
        self._collate = collate
        self._batches = batches

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        """The batch, with `trains` [B, heads] False for all other heads."""
        batch = self._collate(examples)
        head = self._batches.head
        trains = batch["trains"].clone()
        trains[:, :head] = False
        trains[:, head + 1 :] = False
        return {**batch, "trains": trains}
