"""The chosen way of fusing as a bundle in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioweave.bundle import FusedBundle, Manifest, read_manifest, write_fused_bundle
from bioweave.bundle.folders import replaced_folder, seal
from bioweave.experiments.fusing.dictionary import licences
from bioweave.experiments.fusing.members import Member
from bioweave.features.lexicon_dictionary import LexiconDictionary


def write_pool(
    out: Path, fitted: FusedBundle, members: Sequence[Member], report: Mapping[str, Any], name: str
) -> None:
    """Write copies of the members' bundles and the pool, which takes its dictionary along."""
    manifest = fitted.manifest
    dictionary = fitted.featurizer.dictionary if fitted.featurizer is not None else None
    if isinstance(dictionary, LexiconDictionary):
        update = {"licences": {**manifest.licences, **licences(dictionary)}}
        manifest = manifest.model_copy(update=update)
    write_fused_bundle(
        out,
        _told(manifest, report, name, {"fitted": report["fitted"], **report["evidence"]}),
        members=[member.path for member in members],
        pools=fitted.pools,
        featurizer=fitted.featurizer,
    )


def write_joint(out: Path, chosen: Member, report: Mapping[str, Any], name: str) -> None:
    """Write a copy of the bundle of a tagger that was trained jointly."""
    with replaced_folder(out) as new:
        shutil.copytree(chosen.path, new, dirs_exist_ok=True)
        seal(new, _told(read_manifest(new), report, name, {}))


def _told(
    manifest: Manifest, report: Mapping[str, Any], name: str, more: Mapping[str, Any]
) -> Manifest:
    """The manifest with what was measured on dev, and what was chosen by that."""
    scores = {
        f"strict_f1/{corpus}": one["methods"][report["method"]]["mentions"]["strict"]["f1"]
        for corpus, one in report["dev"]["corpora"].items()
    }
    return manifest.model_copy(
        update={
            "name": name,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "scores": {
                **manifest.scores,
                "dev": {**manifest.scores.get("dev", {}), "fused": scores},
            },
            "provenance": {
                **manifest.provenance,
                "fusion": {"method": report["method"], **more},
            },
        }
    )
