"""A bundle's folder, written beside where it belongs and put there when it is complete."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from bioweave import __version__
from bioweave.bundle.checksums import compute_checksums
from bioweave.bundle.manifest import MANIFEST_NAME, write_manifest
from bioweave.errors import ConfigurationError


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """An empty folder to fill; at the end of the `with` it takes the place of `folder`.

    After an exception `folder` is as it was. Raises ConfigurationError at once where it holds
    something that is no bundle.
    """
    if folder.exists() and not (folder / MANIFEST_NAME).is_file() and any(folder.iterdir()):
        raise ConfigurationError(f"{folder}: holds something else than a bundle; choose another")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that the finished folder appears in one rename.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        new = Path(temporary) / "bundle"
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(Path(temporary) / "replaced")
        new.rename(folder)


def seal(folder: Path, manifest: BaseModel) -> None:
    """Write the manifest of a complete folder, with checksums and bioweave's version filled in."""
    update = {"checksums": compute_checksums(folder), "bioweave_version": __version__}
    write_manifest(folder, manifest.model_copy(update=update))
