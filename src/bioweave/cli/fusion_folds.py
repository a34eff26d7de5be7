"""The values of `fuse --out-of-fold`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer


def folders_by_member(values: Iterable[str]) -> dict[str, list[Path]]:
    """Folders of cross-validations by the member's name, in the order given.

    >>> folders_by_member(["mpnet-13=folds/mpnet"])["mpnet-13"][0].name
    'mpnet'
    """
    folders: dict[str, list[Path]] = {}
    for value in values:
        member, separator, folder = value.partition("=")
        if not (member and separator and folder):
            raise typer.BadParameter(f"--out-of-fold {value!r}: expected MEMBER=FOLDER")
        folders.setdefault(member, []).append(Path(folder))
    return folders
