"""What a method is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from bioweave.explanation.game import SpanGame

MethodName: TypeAlias = Literal["occlusion", "shap", "lime", "gradients"]
METHODS: tuple[MethodName, ...] = get_args(MethodName)


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """A weight for each player of a game, and the base value that they are counted from.

    `settings` are what the method needs to give the same weights again, and how well it did.
    """

    weights: npt.NDArray[np.float64]
    base: float
    settings: Mapping[str, Any] = field(default_factory=dict)


class Weigher(Protocol):
    """A method of explanation."""

    def __call__(self, game: SpanGame) -> Weighing:
        """What each of the game's words does for the probability; equal for equal games."""
