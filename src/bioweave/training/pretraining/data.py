"""What a run learns from and is measured on, from text to sequences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.errors import ConfigurationError
from bioweave.training.pretraining.cache import CachedText, cache_pieces
from bioweave.training.pretraining.cutting import unmark
from bioweave.training.pretraining.folder import PretrainingFolder
from bioweave.training.pretraining.masking import MaskedRows, WordMasker
from bioweave.training.pretraining.sequences import PackedSequences
from bioweave.training.pretraining.settings import PretrainingSettings
from bioweave.training.pretraining.special import SpecialPieces
from bioweave.training.watcher import Watcher

# Whatever a run's own seed: figures of different runs over one text can be compared.
_MEASURING_SEED = 2019
_PIECES_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class PretrainingData:
    """The sequences to learn from, and batches of held-out ones, masked once and for all."""

    text: CachedText
    sequences: PackedSequences
    held_out: list[MaskedRows]

    @property
    def counts(self) -> dict[str, Any]:
        """How much there is, for the record."""
        return {
            "passages": self.text.n_passages,
            "pieces": {"train": len(self.text.train), "held_out": len(self.text.held_out)},
            "sequences": {
                "train": len(self.sequences),
                "measured": sum(len(batch.piece_ids) for batch in self.held_out),
            },
        }

    @property
    def summary(self) -> str:
        """The same in a line."""
        n_passages = self.text.n_passages
        return (
            f"{n_passages['train']:,} passages to learn from make {len(self.sequences):,} "
            f"sequences of {self.sequences.n_text_pieces} pieces and the special ones around "
            f"them; {n_passages['held_out']:,} passages are held out"
        )

    def n_steps(self, settings: PretrainingSettings) -> int:
        """How many steps of the optimiser the settings ask for."""
        per_pass = len(self.sequences) / settings.sequences_per_step
        return settings.steps or max(1, math.ceil(settings.epochs * per_pass))

    def piece_counts(self, n_pieces: int) -> npt.NDArray[np.int64]:
        """How often each of `n_pieces` pieces stands in what is learned from."""
        counts = np.zeros(n_pieces, dtype=np.int64)
        for start in range(0, len(self.text.train), _PIECES_AT_ONCE):
            ids, _ = unmark(self.text.train[start : start + _PIECES_AT_ONCE])
            counts += np.bincount(ids, minlength=n_pieces)
        return counts


def prepare_data(
    text: Path,
    text_sha256: str,
    tokenizer: Tokenizer,
    special: SpecialPieces,
    settings: PretrainingSettings,
    folder: PretrainingFolder,
    watcher: Watcher,
) -> PretrainingData:
    """Tokenise the text into the folder, unless that has been done, and pack it.

    Raises ConfigurationError where a part of it gives not one sequence, FormatError where it cannot
    be read.
    """
    cached = cache_pieces(
        text,
        text_sha256,
        tokenizer,
        folder.pieces,
        separator=special.separator,
        held_out=settings.held_out,
        report=lambda n_passages: watcher.show(n_passages, None, "passages tokenised"),
    )
    train, held_out = (
        PackedSequences(pieces, special, max_pieces=settings.max_pieces)
        for pieces in (cached.train, cached.held_out)
    )
    if not len(train):
        raise ConfigurationError(
            f"{text}: {len(cached.train)} pieces to learn from do not fill one sequence of "
            f"{settings.max_pieces}: lower --max-pieces, or give more text"
        )
    masker = WordMasker(special, settings.mask_share)
    return PretrainingData(cached, train, _measured(held_out, masker, settings))


def _measured(
    sequences: PackedSequences, masker: WordMasker, settings: PretrainingSettings
) -> list[MaskedRows]:
    n = min(len(sequences), settings.held_out_sequences)
    random = np.random.default_rng(_MEASURING_SEED)
    rows = masker(*sequences.take(np.arange(n)), random) if n else None
    if rows is None or not len(rows.targets):
        raise ConfigurationError(
            f"the held-out part ({settings.held_out:.2%} of the passages) is too short for one "
            f"sequence of {settings.max_pieces} pieces: raise --held-out, lower --max-pieces, or "
            "give more text"
        )
    return list(rows.split(settings.batch_size))
