"""Where bundles lie."""

from __future__ import annotations

from pathlib import Path

from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.errors import BundleError
from bioweave.home import home

DEFAULT = "default"
PACKAGED = Path(__file__).parents[1] / "bundles" / DEFAULT


def promoted_path() -> Path:
    """Where `promote` puts the bundle that takes the place of the package's own."""
    return home() / "models" / DEFAULT


def find_bundle(path: str | Path) -> Path:
    """The folder of a bundle; `default` is the promoted one, else the one in the package.

    Raises BundleError where there is no such folder.
    """
    if str(path) != DEFAULT:
        if not Path(path).is_dir():
            raise BundleError(f"{path}: there is no such folder")
        return Path(path)
    for folder in (promoted_path(), PACKAGED):
        if (folder / MANIFEST_NAME).is_file():
            return folder
    raise BundleError(
        f"there is no default bundle: neither {promoted_path()} nor {PACKAGED} holds one; "
        "install bioweave again, or make one with `make default-model`"
    )
