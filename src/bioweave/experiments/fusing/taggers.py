"""All that are compared: members to be pooled, and taggers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.experiments.fusing.joint import open_joint
from bioweave.experiments.fusing.keeping import kept_bundle
from bioweave.experiments.fusing.members import (
    Member,
    check_unseen,
    is_run,
    open_members,
    open_tagger,
)


@dataclass(frozen=True, slots=True, eq=False)
class Taggers:
    """`beside` stand to be compared with what `members` are pooled to."""

    members: tuple[Member, ...]
    beside: tuple[Member, ...] = ()

    @property
    def all(self) -> tuple[Member, ...]:
        """The ones and the others."""
        return (*self.members, *self.beside)

    def as_bundles(self, place: Path, *, quantised: bool) -> Taggers:
        """The same as bundles; those of runs are made in the folder `place`, or found there."""
        return Taggers(
            tuple(_as_bundle(one, place, quantised=quantised) for one in self.members),
            tuple(_as_bundle(one, place, quantised=quantised) for one in self.beside),
        )


def open_taggers(
    paths: Sequence[str | Path],
    joint: Sequence[str | Path],
    corpora: Sequence[str],
    splits: Sequence[str],
) -> Taggers:
    """Members and jointly trained taggers that may be measured on these splits.

    Raises what `open_members`, `open_joint` and `check_unseen` raise.
    """
    members = open_members(paths)
    taggers = Taggers(members, open_joint(joint, members[0]))
    for corpus in corpora:
        for split in splits:
            check_unseen(taggers.all, corpus, split)
    return taggers


def _as_bundle(member: Member, place: Path, *, quantised: bool) -> Member:
    if not is_run(member.path):
        return member
    from bioweave.training import export_run

    folder = kept_bundle(place, member.path, quantised=quantised)
    if not (folder / MANIFEST_NAME).is_file():
        export_run(member.path, folder, quantised=quantised)
    return replace(member, path=folder, bundle=open_tagger(folder))
