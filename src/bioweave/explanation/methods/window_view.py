"""The window of a run's tagger that shows a span, as tensors. Needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from bioweave.bundle import Bundle
from bioweave.errors import ConfigurationError
from bioweave.explanation.game import SpanGame
from bioweave.explanation.hiding import WordHider
from bioweave.explanation.stretch import cut_stretch
from bioweave.features.batches import pad_windows
from bioweave.features.windows import Window

# What the first and the second encoder read.
PIECES = ("piece_ids", "second_piece_ids")


@dataclass(frozen=True, eq=False)
class WindowView:
    """The window that shows the span, its tensors, and its pieces with the players hidden.

    `first_word` is the window's first word, counted in the document. `hidden` has what stands for
    each of `PIECES` that the tagger reads.
    """

    window: Window
    first_word: int
    inputs: dict[str, Tensor]
    hidden: dict[str, Tensor]

    @classmethod
    def of(cls, game: SpanGame, bundle: Bundle) -> WindowView:
        """Raises ConfigurationError where no window is wide enough for the span."""
        subject = game.subject
        prepared = subject.preparations.of(bundle)
        stretch = cut_stretch(prepared, subject.players.start, subject.players.stop)
        shown = np.ones((1, len(subject.sentence)), dtype=np.bool_)
        first = subject.players.start - subject.sentence.start
        shown[:, first : first + game.n_players] = False
        [blank] = WordHider(prepared, stretch, bundle, subject.sentence)(shown)
        start, end = (word - stretch.word_start for word in (subject.word_start, subject.word_end))
        for own, hidden in zip(stretch.prepared.windows, blank.windows, strict=True):
            if start < own.keep_end and own.word_start <= start and end <= own.word_end:
                features = stretch.prepared.features_of(own)
                inputs = _tensors(own, features)
                blanked = _tensors(hidden, features)
                pieces = {name: blanked[name] for name in PIECES if name in blanked}
                return cls(own, stretch.word_start + own.word_start, inputs, pieces)
        raise ConfigurationError(
            f"the span of {end - start} words is wider than a window of this run: explain a "
            "part of it, or by occlusion, shap or lime"
        )

    def by_player(
        self, name: str, by_piece: npt.NDArray[np.float64], game: SpanGame
    ) -> npt.NDArray[np.float64]:
        """Each player's share of its pieces of one encoder; a piece of two words is halved."""
        read = self.window.second if name == PIECES[1] else self.window
        assert read is not None  # an encoder that reads nothing is not asked
        word_pieces = read.word_pieces.tolist()
        owners = np.zeros(len(by_piece))
        for start, end in word_pieces:
            owners[start:end] += 1
        shares = by_piece / np.maximum(owners, 1)
        weights = np.zeros(game.n_players)
        for place, word in enumerate(game.subject.players):
            local = word - self.first_word
            if 0 <= local < len(word_pieces):
                start, end = word_pieces[local]
                weights[place] = shares[start:end].sum()
        return weights


def _tensors(window: Window, features: Mapping[str, npt.NDArray[Any]]) -> dict[str, Tensor]:
    inputs = pad_windows([window], None, [features])
    return {name: torch.from_numpy(array) for name, array in inputs.items()}
