"""Two encoders inside one tagger: the other way of fusing, held beside the pools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.members import (
    Member,
    check_same_labels,
    open_tagger,
    tagger_folder,
)

JOINT = "joint"


def open_joint(paths: Sequence[str | Path], first: Member) -> tuple[Member, ...]:
    """The runs and bundles in these folders, by the names of their rows.

    One is just `joint`; several have their folders' names as well. Raises ConfigurationError for
    one that has a single encoder, and for other labels than those of the `first` of the members.
    """
    opened = []
    for path in paths:
        folder = tagger_folder(path)
        one = Member(folder.resolve().name, folder, open_tagger(folder))
        if not one.provenance.get("second_encoder"):
            raise ConfigurationError(
                f"{path}: was not trained jointly, it has no second encoder (model.second_encoder "
                "in its recipe); give it as a member"
            )
        check_same_labels(first, one)
        opened.append(one)
    names = [JOINT if len(opened) == 1 else f"{JOINT} {one.name}" for one in opened]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"{', '.join(names)}: two have the same name; rename a folder")
    return tuple(replace(one, name=name) for one, name in zip(opened, names, strict=True))
