"""Parts that a bundle gets after its export, a linker for instance."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bioweave.bundle.checksums import compute_checksums, verify_checksums
from bioweave.bundle.folders import replaced_folder
from bioweave.bundle.manifest import MANIFEST_NAME, Manifest, read_manifest, write_manifest

LINKING_NAME = "linking"


def replace_part(
    folder: Path,
    name: str,
    write: Callable[[Path], None],
    told: Mapping[str, Any],
    licences: Mapping[str, str] | None = None,
) -> Manifest:
    """Give the bundle in `folder` the part that `write` writes into a folder, and say so.

    What is `told` of it stands in the manifest's provenance under `name`. A part of that name that
    is already there is replaced, once the new bundle is complete beside the old one. Raises
    BundleError where the folder holds no bundle, or a damaged one.
    """
    manifest = read_manifest(folder)
    verify_checksums(folder, manifest.checksums)
    with replaced_folder(folder) as new:
        shutil.copytree(folder, new, dirs_exist_ok=True)
        shutil.rmtree(new / name, ignore_errors=True)
        (new / name).mkdir()
        write(new / name)
        updated = manifest.model_copy(
            update={
                "checksums": compute_checksums(new),
                "provenance": {**manifest.provenance, name: dict(told)},
                "licences": {**manifest.licences, **(licences or {})},
            }
        )
        write_manifest(new, updated)
    return read_manifest(folder)


def has_part(folder: Path | None, name: str) -> bool:
    """Whether a bundle's folder has such a part."""
    return folder is not None and (folder / MANIFEST_NAME).is_file() and (folder / name).is_dir()
