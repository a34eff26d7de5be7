"""What may be taken for the same model, and the same opinion, when a command is called again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from bioweave import __version__
from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.document import Document
from bioweave.experiments.fusing.members import Member, is_run

_BUNDLES = "bundles"
_DIGITS = 16


def kept_bundle(folder: Path, run: Path, *, quantised: bool) -> Path:
    """Where the bundle of a run is kept; it is written there whole or not at all."""
    precision = "int8" if quantised else "fp32"
    return folder / _BUNDLES / f"{run.name}-{precision}-{model_key(run)[:_DIGITS]}"


def answers_key(member: Member, documents: Iterable[Document]) -> str:
    """Equal for the same model and texts, as this version of bioweave reads them."""
    digest = hashlib.sha256(f"{__version__}\0{model_key(member.path)}\0".encode())
    for document in documents:
        digest.update(f"{document.id}\0{document.text}\0{document.passages!r}\0".encode())
    return digest.hexdigest()


def model_key(path: Path) -> str:
    """The SHA-256 of a run's recipe and weights, or of a bundle's manifest with its checksums."""
    files = [path / MANIFEST_NAME]
    if is_run(path):
        from bioweave.training.folder import RunFolder

        run = RunFolder(path)
        files = [run.recipe, run.weights]
    return _sha256(files)


def _sha256(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
