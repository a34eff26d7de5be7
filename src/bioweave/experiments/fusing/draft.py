"""Members as one tagger, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bioweave.bundle import FusedBundle, FusionManifest, HeadManifest, Manifest
from bioweave.experiments.fusing.members import Member
from bioweave.fusion import LinearPool


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
