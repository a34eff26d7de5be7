"""What a large run does: the settings that decide over its output, and those that do not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.annotator.relations import RelatingAnnotator
    from bioweave.bundle import Manifest
    from bioweave.bundle.relations import RelationManifest

    AnyAnnotator: TypeAlias = Annotator | RelatingAnnotator

OutputFormat = Literal["parquet", "jsonl"]


@dataclass(frozen=True, slots=True)
class AnnotatorSettings:
    """What it takes to make an annotator, in this process or in another.

    `relations` is the bundle that finds these, None for none. Where they are between concepts,
    mentions are linked whatever `link` says.
    """

    model: str
    labels: tuple[str, ...] | None = None
    mode: str = "balanced"
    n_threads: int | None = None
    device: str = "cpu"
    link: bool = False
    lexicon: Path | None = None
    rules: Path | None = None
    relations: str | None = None

    def make(self) -> AnyAnnotator:
        """Load the bundles. Raises BundleError, LexiconError or ConfigurationError."""
        if self.relations is None:
            return self._annotator(link=self.link)
        from bioweave.annotator.relations import RelatingAnnotator
        from bioweave.bundle.relations import RelationBundle

        bundle = RelationBundle.load(self.relations, self.device)
        annotator = self._annotator(link=self.link or bundle.manifest.needs_concepts)
        return RelatingAnnotator(annotator, bundle.relater(n_threads=annotator.n_threads))

    def _annotator(self, *, link: bool) -> Annotator:
        from bioweave.annotator import Annotator
        from bioweave.bundle import open_bundle

        bundle = open_bundle(self.model, self.device)
        linker = None
        if link:
            from bioweave.annotator.links import open_linker

            linker = open_linker(bundle.path, self.lexicon)
        return Annotator(
            bundle,
            n_threads=self.n_threads,
            labels=self.labels,
            mode=self.mode,
            linker=linker,
            lexicon=self.lexicon,
            rules=self.rules,
        )

    def as_json(self) -> dict[str, Any]:
        """What decides over the output; not where, nor on how many threads, it is made.

        Raises BundleError where there is no such bundle.
        """
        from bioweave.bundle import find_bundle, read_manifest
        from bioweave.bundle.relations import read_relation_manifest

        related = None if self.relations is None else read_relation_manifest(self.relations)
        return {
            "bundle": _bundle_as_json(read_manifest(find_bundle(self.model))),
            "labels": list(self.labels) if self.labels is not None else None,
            "mode": self.mode,
            "link": self.link,
            "lexicon": _named(self.lexicon),
            "rules": _named(self.rules),
            "relations": None if related is None else _bundle_as_json(related),
        }


# What two runs must have in common for one to go on with the other's shards.
DECIDING = ("to", "bundle", "labels", "mode", "link", "lexicon", "rules", "relations")


@dataclass(frozen=True, slots=True)
class Job:
    """Where a run's output goes and what makes it; small, and picklable."""

    out: Path
    settings: AnnotatorSettings
    to: OutputFormat = "parquet"


def _bundle_as_json(manifest: Manifest | RelationManifest) -> dict[str, str]:
    # With the checksums of all files; what is only for people may be added to.
    deciding = manifest.model_dump_json(exclude={"provenance", "scores", "licences"})
    return {
        "name": manifest.name,
        "created": manifest.created,
        "sha256": hashlib.sha256(deciding.encode()).hexdigest(),
    }


def _named(path: Path | None) -> dict[str, str] | None:
    return None if path is None else {"name": path.name, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
