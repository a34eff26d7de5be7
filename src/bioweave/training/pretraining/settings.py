"""What decides how an encoder is pretrained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bioweave.errors import ConfigurationError

Precision = Literal["bf16", "fp32"]


@dataclass(frozen=True, slots=True)
class PretrainingSettings:
    """How the weights are found. Two runs with equal settings on one machine give equal weights.

    There is no dropout: what is read about once is not learned by heart, and drawing it costs a
    fifth of a step on CPU. Raises ConfigurationError for a value out of range, naming the option.
    """

    # Pieces in a sequence, special ones included. Windows of annotation have as many, and
    # attention costs more the longer they are.
    max_pieces: int = 128
    batch_size: int = 16  # sequences that are in memory at once
    accumulate: int = 1  # batches that one step of the optimiser learns from
    # How long: steps of the optimiser, or, where that is 0, passes over the text.
    steps: int = 0
    epochs: float = 1.0
    # Devlin et al., 2019, for BERT-base and 256 sequences; small encoders bear several times it.
    learning_rate: float = 1e-4
    # A head that the encoder came without starts from nothing, so it learns faster, and at first
    # alone: for this share of all steps the encoder is spared what a guessing head would tell it.
    head_learning_rate: float = 1e-3
    head_alone: float = 0.05
    warm_up: float = 0.06  # share of all steps; then the rate falls linearly to zero
    weight_decay: float = 0.01
    gradient_clip: float = 1.0
    # Words that are predicted (Devlin et al., 2019).
    mask_share: float = 0.15
    # Passages that are never learned from, as a share; perplexity is measured on the first
    # `held_out_sequences` of their sequences, before and `evaluations` times over the run.
    held_out: float = 0.005
    held_out_sequences: int = 1000
    evaluations: int = 10
    precision: Precision = "bf16"
    seed: int = 13

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a value out of range."""
        for name in ("max_pieces", "batch_size", "accumulate", "held_out_sequences", "evaluations"):
            self._require(name, getattr(self, name) >= 1, "at least 1")
        for name in ("steps", "seed", "weight_decay"):
            self._require(name, getattr(self, name) >= 0, "at least 0")
        for name in ("learning_rate", "head_learning_rate", "gradient_clip"):
            self._require(name, getattr(self, name) > 0, "more than 0")
        self._require("epochs", self.steps > 0 or self.epochs > 0, "more than 0")
        for name in ("mask_share", "held_out"):
            self._require(name, 0 < getattr(self, name) < 1, "between 0 and 1")
        for name in ("head_alone", "warm_up"):
            self._require(name, 0 <= getattr(self, name) < 1, "at least 0 and below 1")
        self._require(
            "head_alone", self.head_alone + self.warm_up < 1, "below 1 together with warm_up"
        )
        allowed = get_args(Precision)
        self._require("precision", self.precision in allowed, f"one of {', '.join(allowed)}")

    @property
    def sequences_per_step(self) -> int:
        """What one step of the optimiser learns from."""
        return self.batch_size * self.accumulate

    def _require(self, name: str, is_met: bool, expected: str) -> None:
        if not is_met:
            raise ConfigurationError(
                f"{name.replace('_', '-')} is {getattr(self, name)!r}; it has to be {expected}"
            )


DEFAULTS = PretrainingSettings()
