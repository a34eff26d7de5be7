"""What a run says of itself: from which documents, settings and versions it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bioweave.corpus import count_drops
from bioweave.training import provenance
from bioweave.training.corpus_plan import CorpusPlan
from bioweave.training.data import RunCorpus
from bioweave.training.recipe import TrainingSettings


class RecordedPlan(CorpusPlan, Protocol):
    """What a recipe says of itself in its run's record."""

    @property
    def name(self) -> str:
        """What the run is called."""

    @property
    def training(self) -> TrainingSettings:
        """How the weights are found."""


def make_record(
    recipe: RecordedPlan,
    corpora: Sequence[RunCorpus],
    n_windows: int,
    beside: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """What `run.json` says before the first step: settings, code, packages, data.

    For each corpus: the splits and the part of them that is learned from, `learned_sha256` of its
    ids, how many documents were made from them by which method, and the files' checksums. What
    stands `beside`, by corpus, is put there as well.
    """
    return {
        "name": recipe.name,
        "status": "unfinished",
        "seed": recipe.seed,
        "command": provenance.command_line(),
        "code": provenance.code_revision(),
        "packages": provenance.package_versions(),
        "corpora": {
            one.choice.name: {
                "trained_on": list(one.choice.train_on),
                "labels": one.learned_labels(recipe.head_choices, auxiliary=False),
                "auxiliary_labels": one.learned_labels(recipe.head_choices, auxiliary=True),
                "carved": one.choice.carve if one.is_carved else None,
                **_selection(one),
                "documents": {"train": len(one.train), "dev": len(one.dev)},
                **beside[one.choice.name],
                "sha256": provenance.checksums(one.files),
            }
            for one in corpora
        },
        "dropped": count_drops(drop for one in corpora for drop in one.drops),
        "windows": n_windows,
        "keep": recipe.training.keep,
    }


def _selection(one: RunCorpus) -> dict[str, Any]:
    """Which part of a corpus's splits was learned from; what was made of it."""
    choice = one.choice
    return {
        "fold": choice.fold.model_dump() if choice.fold is not None else None,
        "share": choice.share if choice.documents is None else None,
        "sample_seed": choice.sample_seed,
        "learned_sha256": one.learned_sha256,
        "augmented": {method: dict(counts) for method, counts in one.augmentation.items()},
    }
