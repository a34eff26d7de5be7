"""What an output could not hold, told once for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format could not hold: which part, in how many documents, the first of them."""

    format: str
    part: StrEnum  # a Part, or what another kind of output calls its own
    document: str
    n_documents: int = 1

    def __str__(self) -> str:
        documents = "1 document" if self.n_documents == 1 else f"{self.n_documents} documents"
        return (
            f"{self.format} does not hold {self.part}: left out or changed in {documents}, "
            f"the first of them {self.document!r}"
        )


class LossTally:
    """Losses of one output by kind. `on_loss` hears of each kind once, when it first happens."""

    def __init__(self, format: str, on_loss: Callable[[Loss], None] | None = None) -> None:
        self._format = format
        self._on_loss = on_loss
        self._losses: dict[StrEnum, Loss] = {}

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All so far, in the order of first happening."""
        return tuple(self._losses.values())

    def add(self, part: StrEnum, document: str) -> None:
        """Count one more document, by its id, that loses this part."""
        known = self._losses.get(part)
        if known is not None:
            self._losses[part] = replace(known, n_documents=known.n_documents + 1)
            return
        self._losses[part] = Loss(self._format, part, document)
        if self._on_loss is not None:
            self._on_loss(self._losses[part])
