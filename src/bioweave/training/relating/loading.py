"""A finished run of a relation tagger, opened again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors.torch import load_file
from tokenizers import Tokenizer

from bioweave import __version__
from bioweave.bundle.relations import RelationBundle, RelationManifest, label_decisions
from bioweave.model.encoder import load_encoder
from bioweave.model.relations import RelationTagger, build_relation_tagger
from bioweave.relating import Deciding, Markers, PairCutter, RelationTask
from bioweave.relating.settings import marked_labels
from bioweave.training.folder import RunFolder
from bioweave.training.licences import licences_of
from bioweave.training.relating.deciding_file import read_deciding
from bioweave.training.relating.graph import TorchRelations
from bioweave.training.relating.recipe import RelationRecipe, load_relation_recipe

_TOLD = (
    "name",
    "seed",
    "command",
    "code",
    "packages",
    "corpora",
    "dropped",
    "windows",
    "seconds",
    "dev",
    "encoder",
    "started_from",
)


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRelations:
    """A run's tagger and all that belongs to it, auxiliary tasks left out."""

    recipe: RelationRecipe
    record: dict[str, Any]
    tagger: RelationTagger
    tokenizer: Tokenizer
    tasks: tuple[RelationTask, ...]
    markers: Markers
    deciding: Deciding

    @property
    def cutter(self) -> PairCutter:
        """What cuts documents for the tagger."""
        return PairCutter(self.tasks, self.tokenizer, self.markers, self.recipe.windows)

    @property
    def manifest(self) -> RelationManifest:
        """What a bundle made from the run says of itself, before anything was measured."""
        return RelationManifest(
            name=self.recipe.name,
            bioweave_version=__version__,
            tasks=self.tasks,
            labels=label_decisions(self.tasks, self.deciding),
            markers=self.markers,
            windows=self.recipe.windows,
            provenance={
                name: self.record[name] for name in _TOLD if self.record.get(name) is not None
            },
            licences=licences_of(
                (self.recipe.model.encoder,), (choice.name for choice in self.recipe.corpora)
            ),
        )


def open_relations(path: Path) -> FinishedRelations:
    """The run in a folder. Raises ConfigurationError where it is none, or is unfinished."""
    folder = RunFolder(path)
    record = folder.read_finished_record()
    recipe = load_relation_recipe(folder.recipe)
    encoder = load_encoder(folder.encoder, pretrained=False)
    tagger = build_relation_tagger(recipe.model, encoder, len(recipe.labels))
    tagger.load_state_dict(load_file(folder.weights))
    labels = marked_labels(recipe.relation_tasks)
    n_pieces = int(encoder.module.model.config.vocab_size)
    kept = [label for task in recipe.tasks if not task.auxiliary for label in task.labels]
    places = [recipe.labels.index(label) for label in kept]
    return FinishedRelations(
        recipe,
        record,
        tagger.with_labels(places).eval(),
        Tokenizer.from_file(str(folder.tokenizer)),
        tuple(choice.task for choice in recipe.tasks if not choice.auxiliary),
        Markers(labels, n_pieces - 4 * len(labels)),
        read_deciding(folder.deciding).of(places),
    )


def is_relation_run(path: Path) -> bool:
    """Whether this is the folder of a run that learns relations, finished or not."""
    folder = RunFolder(path)
    return folder.record.is_file() and folder.read_record().get("task") == "relations"


def load_relations(path: Path, *, precision: Literal["fp32", "bf16"] = "fp32") -> RelationBundle:
    """A finished run as a bundle whose graph is the PyTorch tagger itself."""
    run = open_relations(path)
    return RelationBundle(
        run.manifest, run.tokenizer, TorchRelations(run.tagger, precision=precision)
    )
