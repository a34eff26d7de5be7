"""What a recipe says of corpora, whether it trains a tagger of mentions or one of relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bioweave.corpus import CorpusInfo
from bioweave.training.corpus_choice import CorpusChoice
from bioweave.training.recipe import MergingChoice


class PlannedHead(Protocol):
    """Something that learns to tell labels apart, and the corpora that it learns from."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What it decides between."""

    @property
    def corpora(self) -> tuple[str, ...]:
        """Whom it learns from; empty for every corpus that annotates all its labels."""

    @property
    def auxiliary(self) -> bool:
        """Whether a bundle leaves it out."""


class CorpusPlan(Protocol):
    """What a recipe, of taggers or of relations, says of corpora."""

    @property
    def labels(self) -> tuple[str, ...]:
        """All that is learned."""

    @property
    def corpora(self) -> tuple[CorpusChoice, ...]:
        """The corpora and what is learned from each."""

    @property
    def seed(self) -> int:
        """What chance starts from."""

    @property
    def merging(self) -> MergingChoice:
        """What is kept out."""

    @property
    def head_choices(self) -> Sequence[PlannedHead]:
        """What learns."""

    def annotated(self, info: CorpusInfo) -> tuple[str, ...]:
        """What a corpus annotates, of the kind that is learned: mentions or relations."""
