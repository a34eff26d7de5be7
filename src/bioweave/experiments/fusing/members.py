"""The taggers to be pooled, and whether they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.bundle import Bundle, FusedBundle, find_bundle, open_bundle
from bioweave.corpus import info
from bioweave.errors import ConfigurationError
from bioweave.experiments.learning import saw, teachers_of

RUN_RECORD = "run.json"


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One tagger of several, by the name of its folder."""

    name: str
    path: Path
    bundle: Bundle

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What its manifest says of how it was made."""
        return self.bundle.manifest.provenance


def is_run(path: str | Path) -> bool:
    """Whether this is the folder of a run."""
    return (Path(path) / RUN_RECORD).is_file()


def open_members(paths: Sequence[str | Path]) -> tuple[Member, ...]:
    """The bundles and runs in these folders; a run needs PyTorch.

    Raises ConfigurationError where there are fewer than two, one is itself fused, or they do not
    find the same labels; BundleError for what is neither a bundle nor a run.
    """
    if len(paths) < 2:
        raise ConfigurationError(f"fusion takes at least 2 members, not {len(paths)}")
    folders = [tagger_folder(path) for path in paths]
    members = tuple(
        Member(name, folder, open_tagger(folder))
        for name, folder in zip(_names(folders), folders, strict=True)
    )
    for other in members[1:]:
        check_same_labels(members[0], other)
    return members


def open_tagger(path: Path) -> Bundle:
    """The bundle or the run in a folder. Raises ConfigurationError for a fused bundle."""
    if is_run(path):
        from bioweave.training import load_run

        return load_run(path)
    bundle = open_bundle(path)
    if isinstance(bundle, FusedBundle):
        raise ConfigurationError(f"{path}: is fused already; give its members instead")
    return bundle


def check_same_labels(first: Member, other: Member) -> None:
    """Raise ConfigurationError where two taggers do not find the same labels."""
    if set(other.bundle.manifest.labels) != set(first.bundle.manifest.labels):
        raise ConfigurationError(
            f"members must find the same labels: {first.name} finds "
            f"{', '.join(first.bundle.manifest.labels)}, and {other.name} finds "
            f"{', '.join(other.bundle.manifest.labels)}"
        )


def check_unseen(members: Sequence[Member], corpus: str, split: str) -> None:
    """Raise ConfigurationError where a member learned from a split, or may have.

    A member is far too sure of what it has learned, so that weights fitted there, and scores
    measured there, mean nothing.
    """
    is_carved = split == "dev" and split not in info(corpus).splits
    for member in members:
        seen = [
            saw(source, corpus, split, is_carved=is_carved)
            for source in (member.provenance, *teachers_of(member.provenance))
        ]
        if None in seen:
            raise ConfigurationError(
                f"{member.name} does not say what it learned from, or its teachers did, so "
                f"{corpus} {split} may be among it; export the run again"
            )
        if any(seen):
            raise ConfigurationError(
                f"{member.name} learned from {corpus} {split}: nothing can be fitted or measured "
                "there (leakage); take a member that learned from train alone"
            )


def tagger_folder(path: str | Path) -> Path:
    """Where a run or a bundle lies; the path may be `default`."""
    return Path(path) if is_run(path) else find_bundle(path)


def _names(folders: Sequence[Path]) -> list[str]:
    """Each folder's name; those that share one get a number."""
    names = [folder.resolve().name for folder in folders]
    return [
        name if names.count(name) == 1 else f"{name}-{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]
