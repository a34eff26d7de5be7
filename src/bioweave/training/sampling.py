"""Which windows make up a batch, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from torch.utils.data import Sampler

# Steps are cut from stretches of this many, sorted by length: little padding, still random.
_STEPS_PER_STRETCH = 32


class LengthBatches(Sampler[list[int]]):
    """Batches of windows of similar length, shuffled anew each epoch.

    Whatever the epoch's order, it depends on the seed and the epoch alone, so an interrupted
    run goes on exactly where it was. `weights` says how often a window is seen an epoch:
    2.5 is twice, and a third time in a random half of the epochs. `n_parts` batches in a row are
    one step's: they share out what a single batch of as many times the size would be, and are
    empty where an epoch's last step has not enough.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        *,
        batch_size: int,
        seed: int,
        weights: Sequence[float],
        n_parts: int = 1,
    ) -> None:
        self.batch_size = batch_size
        self._n_parts = n_parts
        self._lengths = np.asarray(lengths)
        self._weights = np.asarray(weights, dtype=np.float64)
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self._epoch = epoch

    def __len__(self) -> int:
        return -(-self._n_samples // self._step_size) * self._n_parts

    def __iter__(self) -> Iterator[list[int]]:
        generator = np.random.default_rng((self._seed, self._epoch))
        order = generator.permutation(self._chosen(generator))
        stretch = self._step_size * _STEPS_PER_STRETCH
        steps: list[list[int]] = []
        for start in range(0, len(order), stretch):
            part = order[start : start + stretch]
            part = part[np.argsort(self._lengths[part], kind="stable")]
            steps += [
                part[i : i + self._step_size].tolist() for i in range(0, len(part), self._step_size)
            ]
        for position in generator.permutation(len(steps)):
            for number in range(self._n_parts):
                yield steps[position][number :: self._n_parts]

    @property
    def _step_size(self) -> int:
        return self.batch_size * self._n_parts

    @property
    def _n_samples(self) -> int:
        # Constant over epochs: the learning-rate schedule needs to know the number of steps.
        return max(1, round(float(self._weights.sum())))

    def _chosen(self, generator: np.random.Generator) -> np.ndarray:
        whole = np.floor(self._weights).astype(np.int64)
        certain = np.repeat(np.arange(len(whole)), whole)
        rest = self._weights - whole
        missing = self._n_samples - len(certain)
        if missing <= 0:
            return certain[: self._n_samples]
        extra = generator.choice(len(whole), size=missing, replace=False, p=rest / rest.sum())
        return np.concatenate([certain, extra])
