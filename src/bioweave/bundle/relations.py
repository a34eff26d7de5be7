"""A relation tagger ready to use: graph, tokenizer and manifest, in a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from tokenizers import Tokenizer

from bioweave.bundle.bundle import GRAPH_NAME, TOKENIZER_NAME, load_tokenizer
from bioweave.bundle.checksums import verify_checksums
from bioweave.bundle.folders import replaced_folder, seal
from bioweave.bundle.graph import OnnxGraph
from bioweave.bundle.location import DEFAULT, PACKAGED, find_bundle
from bioweave.bundle.manifest import (
    KIND,
    MANIFEST_NAME,
    RELATIONS,
    read_values,
    validated,
)
from bioweave.bundle.writing import untruncated
from bioweave.errors import BundleError
from bioweave.home import home
from bioweave.relating import (
    Calibrator,
    Deciding,
    Markers,
    PairCutter,
    Relater,
    RelationTask,
    RelationWindows,
    ScoreWindows,
)

PACKAGED_RELATIONS = PACKAGED.parent / RELATIONS


class LabelDecision(BaseModel):
    """Of one label: the curve from log-odds to a probability, and the least that is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slope: float
    shift: float
    threshold: float = Field(ge=0.0, le=1.0)


class RelationManifest(BaseModel):
    """All that is known of a bundle beside its weights.

    `tasks` are in the order of the graph's columns, `labels` by label. What is for people
    (`provenance`, `scores`, `licences`) and `checksums` are as in `bioweave.bundle.Manifest`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1
    kind: Literal["relations"] = "relations"
    name: str
    bioweave_version: str
    created: str = ""
    tasks: tuple[RelationTask, ...] = Field(min_length=1)
    labels: dict[str, LabelDecision]
    markers: Markers
    windows: RelationWindows = RelationWindows()
    precision: Literal["fp32", "int8"] = "fp32"
    provenance: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    licences: dict[str, str] = {}
    checksums: dict[str, str] = {}

    @model_validator(mode="after")
    def _check_labels(self) -> RelationManifest:
        asked = [label for task in self.tasks for label in task.labels]
        if sorted(asked) != sorted(self.labels):
            raise ValueError("labels are not those of the tasks, each once")
        return self

    @property
    def needs_concepts(self) -> bool:
        """Whether some of its relations are between concepts."""
        return any(task.between == "concepts" for task in self.tasks)

    @property
    def deciding(self) -> Deciding:
        """What turns log-odds into relations."""
        chosen = [self.labels[label] for task in self.tasks for label in task.labels]
        return Deciding(
            Calibrator(tuple(one.slope for one in chosen), tuple(one.shift for one in chosen)),
            tuple(one.threshold for one in chosen),
        )


def label_decisions(
    tasks: tuple[RelationTask, ...], deciding: Deciding
) -> dict[str, LabelDecision]:
    """The same by label, for a manifest."""
    labels = [label for task in tasks for label in task.labels]
    numbers = zip(
        deciding.calibrator.slopes, deciding.calibrator.shifts, deciding.thresholds, strict=True
    )
    return {
        label: LabelDecision(slope=slope, shift=shift, threshold=threshold)
        for label, (slope, shift, threshold) in zip(labels, numbers, strict=True)
    }


@dataclass(frozen=True, slots=True, eq=False)
class RelationBundle:
    """A relation tagger ready to use; `path` is None for one that lies in no folder of its own."""

    manifest: RelationManifest
    tokenizer: Tokenizer
    graph: ScoreWindows
    path: Path | None = None

    @classmethod
    def load(cls, path: str | Path, device: str = "cpu") -> RelationBundle:
        """The bundle in a folder; `default` is the one in BIOWEAVE_HOME, else that in the package.

        Raises BundleError where it is missing, damaged (checksums are verified), of a newer
        format, or finds no relations.
        """
        folder = find_relation_bundle(path)
        manifest = read_relation_manifest(folder)
        unlisted = sorted({GRAPH_NAME, TOKENIZER_NAME} - manifest.checksums.keys())
        if unlisted:
            raise BundleError(
                f"{folder}: the manifest has no checksum for {', '.join(unlisted)}; "
                "export the bundle again"
            )
        verify_checksums(folder, manifest.checksums)
        tokenizer = load_tokenizer(folder / TOKENIZER_NAME)
        return cls(manifest, tokenizer, OnnxGraph(folder / GRAPH_NAME, device), folder)

    def relater(self, *, n_threads: int = 1) -> Relater:
        """What finds relations in documents, with so many calls of the graph side by side."""
        manifest = self.manifest
        cutter = PairCutter(manifest.tasks, self.tokenizer, manifest.markers, manifest.windows)
        return Relater(cutter, self.graph, manifest.deciding, n_threads=n_threads)


def find_relation_bundle(name: str | Path) -> Path:
    """The folder of a bundle; `default` is the one in BIOWEAVE_HOME, else that in the package.

    Raises BundleError where there is none.
    """
    return _default_folder() if str(name) == DEFAULT else find_bundle(name)


def read_relation_manifest(name: str | Path) -> RelationManifest:
    """What is known of a bundle. Raises BundleError where it is missing or finds no relations."""
    folder = find_relation_bundle(name)
    values = read_values(folder)
    if values.get(KIND) != RELATIONS:
        raise BundleError(
            f"{folder}: finds no relations; `bioweave train recipes/relations.toml` and "
            "`bioweave export` make a bundle that does"
        )
    return validated(RelationManifest, values, folder)


def _default_folder() -> Path:
    own = home() / "models" / RELATIONS
    for folder in (own, PACKAGED_RELATIONS):
        if (folder / MANIFEST_NAME).is_file():
            return folder
    raise BundleError(
        f"there is no default bundle of relations: neither {own} nor {PACKAGED_RELATIONS} holds "
        f"one; `bioweave train recipes/relations.toml -o RUN` and `bioweave export RUN -o {own}` "
        "make one, or name a bundle"
    )


def finds_relations(folder: Path) -> bool:
    """Whether a folder holds a bundle that finds relations."""
    return (folder / MANIFEST_NAME).is_file() and read_values(folder).get(KIND) == RELATIONS


def write_relation_bundle(
    folder: Path, manifest: RelationManifest, *, graph: Path, tokenizer: Tokenizer
) -> None:
    """Write a bundle; checksums and bioweave's version are filled in here.

    The folder appears whole or not at all; a bundle that is already there is replaced. Raises
    ConfigurationError where the folder holds anything else.
    """
    with replaced_folder(folder) as new:
        shutil.copyfile(graph, new / GRAPH_NAME)
        untruncated(tokenizer).save(str(new / TOKENIZER_NAME), pretty=False)
        seal(new, manifest)
