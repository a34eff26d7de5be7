"""The steps of pretraining, and the measurement beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from bioweave.training.pretraining.masked_lm import MaskedLanguageModel
from bioweave.training.pretraining.masking import MaskedRows, WordMasker
from bioweave.training.pretraining.rates import ScheduledAdamW
from bioweave.training.pretraining.sequences import EndlessOrder, PackedSequences
from bioweave.training.pretraining.settings import PretrainingSettings


class PretrainingLoop:
    """Takes steps of pretraining.

    Which sequences a step learns from and how they are masked follows from the seed and the step's
    number alone, so any step can come first: an interrupted run needs no more than weights,
    moments and that number.
    """

    def __init__(
        self,
        lm: MaskedLanguageModel,
        optimiser: ScheduledAdamW,
        sequences: PackedSequences,
        masker: WordMasker,
        settings: PretrainingSettings,
    ) -> None:
        self._lm = lm
        self._optimiser = optimiser
        self._sequences = sequences
        self._masker = masker
        self._settings = settings
        self._order = EndlessOrder(len(sequences), settings.seed)
        # In evaluation mode nothing is dropped, and there is nothing else that would differ.
        lm.predictor.eval()

    def step(self, number: int) -> Tensor:
        """Take one step, counted from 0; the mean loss over its predictions, in nats.

        The loss stays on the device: to read it is to wait for the step.
        """
        per_step = self._settings.sequences_per_step
        numbers = self._order.stretch(number * per_step, per_step)
        random = np.random.default_rng((self._settings.seed, number, 1))
        rows = self._masker(*self._sequences.take(numbers), random)
        self._optimiser.begin(number)
        loss = torch.zeros((), device=self._device)
        # Divided by all of the step's predictions: so the step is the same, however it is split.
        for batch in rows.split(self._settings.batch_size):
            part = self._summed_loss(batch) / max(1, len(rows.targets))
            part.backward()
            loss += part.detach()
        self._optimiser.finish(number)
        return loss

    def measure(self, batches: Sequence[MaskedRows]) -> float:
        """The mean loss over all predictions of the batches, in nats; perplexity is its exp."""
        with torch.inference_mode():
            total = sum(float(self._summed_loss(batch)) for batch in batches)
        return total / sum(len(batch.targets) for batch in batches)

    def _summed_loss(self, batch: MaskedRows) -> Tensor:
        piece_ids, positions, targets = (
            torch.from_numpy(array).to(self._device)
            for array in (batch.piece_ids, batch.positions, batch.targets)
        )
        with torch.autocast(
            self._device.type, torch.bfloat16, enabled=self._settings.precision == "bf16"
        ):
            logits = self._lm.predictor(piece_ids, positions)
        return F.cross_entropy(logits.float(), targets, reduction="sum")

    @property
    def _device(self) -> torch.device:
        return self._lm.model.device
