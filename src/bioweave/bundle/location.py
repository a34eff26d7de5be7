"""Where bundles lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.errors import BundleError
from bioweave.home import home

DEFAULT = "default"
PACKAGED = Path(__file__).parents[1] / "bundles" / DEFAULT


def promotions_path() -> Path:
    """The file that names the promoted bundles, the one in force last.

    A file can be replaced in one step and a folder cannot: no moment is without a default.
    """
    return home() / "models" / "promotions.json"


def read_promotions() -> list[dict[str, Any]]:
    """The entries of that file, each with its `folder` beside it; none where there is no file.

    Raises BundleError where it is damaged.
    """
    path = promotions_path()
    try:
        entries = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise BundleError(f"{path}: not readable as JSON ({error}); {_REMEDY}") from error
    if not isinstance(entries, list) or not all(
        isinstance(one, dict) and isinstance(one.get("folder"), str) for one in entries
    ):
        raise BundleError(f"{path}: expected a list of objects with a folder; {_REMEDY}")
    return entries


def promoted_path() -> Path:
    """Where the bundle lies that `promote` put in the place of the package's own."""
    entries = read_promotions()
    return promotions_path().parent / (entries[-1]["folder"] if entries else DEFAULT)


def find_bundle(path: str | Path) -> Path:
    """The folder of a bundle; `default` is the promoted one, else the one in the package.

    Raises BundleError where there is no such folder.
    """
    if str(path) != DEFAULT:
        if not Path(path).is_dir():
            raise BundleError(f"{path}: there is no such folder")
        return Path(path)
    promoted = promoted_path()
    for folder in (promoted, PACKAGED):
        if (folder / MANIFEST_NAME).is_file():
            return folder
        if folder == promoted and promoted.name != DEFAULT:
            raise BundleError(
                f"{promoted}: the promoted bundle is gone; `bioweave promote --undo` goes back to "
                "the one before"
            )
    raise BundleError(
        f"there is no default bundle: neither {promoted} nor {PACKAGED} holds one; "
        "install bioweave again, or make one with `make default-model`"
    )


_REMEDY = "delete it to have the package's own bundle as the default, and promote again"
