"""The taggers to be pooled, and whether they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.bundle import (
    Bundle,
    FusedBundle,
    FusionManifest,
    HeadManifest,
    Manifest,
    find_bundle,
    open_bundle,
)
from bioweave.corpus import info
from bioweave.errors import ConfigurationError
from bioweave.experiments.learning import saw
from bioweave.fusion import LinearPool

RUN_RECORD = "run.json"


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One tagger of several, by the name of its folder."""

    name: str
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
    members = []
    for path, name in zip(paths, _names(paths), strict=True):
        bundle = _open(path)
        if isinstance(bundle, FusedBundle):
            raise ConfigurationError(f"{path}: is fused already; give its members instead")
        members.append(Member(name, bundle))
    first = members[0]
    for other in members[1:]:
        if set(other.bundle.manifest.labels) != set(first.bundle.manifest.labels):
            raise ConfigurationError(
                f"members must find the same labels: {first.name} finds "
                f"{', '.join(first.bundle.manifest.labels)}, and {other.name} finds "
                f"{', '.join(other.bundle.manifest.labels)}"
            )
    return tuple(members)


def check_unseen(members: Sequence[Member], corpus: str, split: str) -> None:
    """Raise ConfigurationError where a member learned from a split, or may have.

    A member is far too sure of what it has learned, so that weights fitted there, and scores
    measured there, mean nothing.
    """
    is_carved = split == "dev" and split not in info(corpus).splits
    for member in members:
        seen = saw(member.provenance, corpus, split, is_carved=is_carved)
        if seen is None:
            raise ConfigurationError(
                f"{member.name} does not say what it learned from, so {corpus} {split} may be "
                "among it; export the run again"
            )
        if seen:
            raise ConfigurationError(
                f"{member.name} learned from {corpus} {split}: nothing can be fitted or measured "
                "there (leakage); take a member that learned from train alone"
            )


def draft_of(members: Sequence[Member]) -> FusedBundle:
    """The members as one tagger that takes the plain mean, in memory.

    Its heads are the members' where all have the same, and otherwise one for each label. Windows,
    short forms and the like are those of the first member.
    """
    first = members[0].bundle.manifest
    heads = _heads([member.bundle.manifest for member in members])
    manifest = Manifest(
        name="+".join(member.name for member in members),
        bioweave_version=first.bioweave_version,
        heads=heads,
        windows=first.windows,
        short_forms=first.short_forms,
        fusion=FusionManifest(method="mean", members=tuple(member.name for member in members)),
        precision="int8"
        if all(member.bundle.manifest.precision == "int8" for member in members)
        else "fp32",
        provenance=_provenance(members),
        licences={
            what: terms
            for member in members
            for what, terms in member.bundle.manifest.licences.items()
        },
    )
    bundles = tuple(member.bundle for member in members)
    return FusedBundle(manifest, bundles, tuple(LinearPool.mean(len(bundles)) for _ in heads))


def _open(path: str | Path) -> Bundle | FusedBundle:
    if is_run(path):
        from bioweave.training import load_run

        return load_run(Path(path))
    return open_bundle(path)


def _names(paths: Sequence[str | Path]) -> list[str]:
    """Each path's last part; those that share one get a number."""
    names = [
        Path(path).name if is_run(path) else Path(find_bundle(path)).resolve().name
        for path in paths
    ]
    return [
        name if names.count(name) == 1 else f"{name}-{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]


def _heads(manifests: Sequence[Manifest]) -> tuple[HeadManifest, ...]:
    layouts = [[(head.name, head.labels) for head in one.heads] for one in manifests]
    if all(layout == layouts[0] for layout in layouts):
        return tuple(HeadManifest(name=name, labels=labels) for name, labels in layouts[0])
    return tuple(HeadManifest(name=label, labels=(label,)) for label in manifests[0].labels)


def _provenance(members: Sequence[Member]) -> dict[str, Any]:
    """What each member was made from, and what they learned from together."""
    corpora: dict[str, Any] = {}
    for member in members:
        for corpus, told in member.provenance.get("corpora", {}).items():
            # What was held out is the same for all, or nothing could be fitted there.
            held_out = {key: told[key] for key in ("documents", "carved") if key in told}
            known = corpora.setdefault(corpus, {"trained_on": [], "labels": [], **held_out})
            for key in ("trained_on", "labels"):
                known[key] += [one for one in told.get(key, ()) if one not in known[key]]
    return {
        "members": {member.name: dict(member.provenance) for member in members},
        **({"corpora": corpora} if corpora else {}),
    }
