"""SHA-256 of a bundle's files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.errors import BundleError

# The manifest holds the checksums, and the model card is written from the manifest.
_UNCHECKED = (MANIFEST_NAME, "README.md")


def compute_checksums(folder: Path) -> dict[str, str]:
    """The checksum of every file in a folder but the manifest and the card, by its path within."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in files
        if path not in [folder / name for name in _UNCHECKED]
    }


def verify_checksums(folder: Path, checksums: Mapping[str, str]) -> None:
    """Raise BundleError where a file is missing or is not what it was when it was written."""
    for name, expected in checksums.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BundleError(f"{folder}: the manifest names {name!r}, outside the bundle")
        if not path.is_file():
            raise BundleError(
                f"{folder}: {name} is missing; copy the whole folder or export the bundle again"
            )
        found = _sha256(path)
        if found != expected:
            raise BundleError(
                f"{path}: SHA-256 is {found}, and the manifest says {expected}: the file was "
                "damaged or changed; copy or export the bundle again"
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
