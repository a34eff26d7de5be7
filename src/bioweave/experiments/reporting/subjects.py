"""The models that a report is about: bundles, fused ones and runs, each with a name of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bioweave.bundle import find_bundle, read_manifest
from bioweave.errors import ConfigurationError

if TYPE_CHECKING:
    from bioweave.bundle import Bundle, FusedBundle

RUN_RECORD = "run.json"
_RUN_WEIGHTS = "tagger.safetensors"
_RUN_RECIPE = "recipe.toml"
# What a manifest says of a bundle and what changes no mention that it finds.
_FOR_PEOPLE = {"scores", "licences", "created", "bioweave_version", "name"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A model before it is opened; `sha256` changes whenever its weights or thresholds do."""

    name: str
    path: Path
    kind: Literal["bundle", "fused bundle", "run"]
    sha256: str

    def open(self) -> Bundle | FusedBundle:
        """The model itself; a run needs PyTorch."""
        if self.kind == "run":
            from bioweave.training import load_run

            return load_run(self.path)
        from bioweave.bundle import open_bundle

        return open_bundle(self.path)

    def provenance(self) -> Mapping[str, Any]:
        """What is told of how it was made."""
        if self.kind == "run":
            record: Mapping[str, Any] = json.loads((self.path / RUN_RECORD).read_bytes())
            return record
        return read_manifest(self.path).provenance


def is_run(path: str | Path) -> bool:
    """Whether this is the folder of a run."""
    return (Path(path) / RUN_RECORD).is_file()


def find_subjects(paths: Sequence[str]) -> tuple[Subject, ...]:
    """The models in these folders, none of them loaded; folders of one name get numbers.

    Raises BundleError for what is neither a bundle nor a run, and ConfigurationError for a run
    that is not finished.
    """
    wanted = [_name(path) for path in paths]
    names = [
        name if wanted.count(name) == 1 else f"{name}-{wanted[: place + 1].count(name)}"
        for place, name in enumerate(wanted)
    ]
    return tuple(_subject(path, name) for path, name in zip(paths, names, strict=True))


def _subject(path: str, name: str) -> Subject:
    if is_run(path):
        return Subject(name, Path(path), "run", _sha256_of_run(Path(path)))
    folder = find_bundle(path)
    manifest = read_manifest(folder)
    told = manifest.model_dump(mode="json", exclude=_FOR_PEOPLE)
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return Subject(name, folder, "bundle" if manifest.fusion is None else "fused bundle", digest)


def _name(path: str) -> str:
    name = path if path == "default" else Path(path).resolve().name
    return re.sub(r"[^\w.+-]+", "-", name).strip(".-") or "model"


def _sha256_of_run(run: Path) -> str:
    if not (run / _RUN_WEIGHTS).is_file():
        raise ConfigurationError(
            f"{run}: this run is not finished; go on with `bioweave train --resume`"
        )
    digest = hashlib.sha256((run / _RUN_RECIPE).read_bytes())
    with (run / _RUN_WEIGHTS).open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
