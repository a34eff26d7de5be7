"""From trained members to one fused bundle, and to how much that is worth."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioweave.bundle import FusedBundle, FusionMethod, find_bundle, write_fused_bundle
from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.comparison import METHODS, Heard, compare, measure_fitted
from bioweave.experiments.fusing.fitting import fit_fusion
from bioweave.experiments.fusing.members import (
    Member,
    check_unseen,
    draft_of,
    is_run,
    open_members,
)
from bioweave.experiments.fusing.opinions import ask
from bioweave.experiments.measurement import Progress
from bioweave.experiments.splits import hold_out
from bioweave.fusion import pool_arrays

COMMAND = "fuse"


def fuse(
    paths: Sequence[str | Path],
    corpora: Sequence[str],
    *,
    method: FusionMethod | None = None,
    out: Path | None = None,
    name: str | None = None,
    quantised: bool = True,
    with_test: bool = False,
    progress: Callable[[str], Progress] | None = None,
) -> dict[str, Any]:
    """Pool bundles and runs, and write them as one bundle into `out`, if that is given.

    Every method is fitted to the dev splits of the corpora and measured there, each document by
    pools that were fitted without it. Without a `method` the best on dev is taken. Runs are
    exported first where a bundle is to be written (in int8, if `quantised`), and otherwise read as
    they are. `with_test` measures the test splits as well, which decide nothing.

    Returns "command", "members", "method", "fitted" (what the pools' weights became) and the
    comparisons "dev" and "test". Raises ConfigurationError for members that do not find the same
    labels, and for one that learned from a split that is used here.
    """
    if not corpora:
        raise ConfigurationError("fusion is fitted on some corpus: name one with --corpus")
    with tempfile.TemporaryDirectory(prefix="bioweave-") as scratch:
        folders = list(map(Path, paths))
        members = open_members(paths)
        splits = ("dev", "test") if with_test else ("dev",)
        for corpus in corpora:
            for split in splits:
                check_unseen(members, corpus, split)
        if out is not None:
            folders = _as_bundles(folders, Path(scratch), quantised=quantised)
            members = tuple(
                Member(member.name, opened.bundle)
                for member, opened in zip(members, open_members(folders), strict=True)
            )
        draft = draft_of(members)
        heard = _heard(members, draft, corpora, "dev", progress)
        compared = compare(draft, members, heard, METHODS)
        chosen: FusionMethod = method or compared["method"]
        fitted = fit_fusion(draft, chosen, list(heard.values()))
        report: dict[str, Any] = {
            "command": COMMAND,
            "members": [member.name for member in members],
            "method": chosen,
            "fitted": _told(fitted),
            "dev": compared,
        }
        if with_test:
            of_methods = {
                one: fitted if one == chosen else fit_fusion(draft, one, list(heard.values()))
                for one in METHODS
            }
            best = (compared["member"], chosen)
            unseen = _heard(members, draft, corpora, "test", progress)
            report["test"] = measure_fitted(of_methods, members, unseen, "test", best)
        if out is not None:
            _write(out, fitted, folders, report, name or out.name)
    return report


def _heard(
    members: Sequence[Member],
    draft: FusedBundle,
    corpora: Sequence[str],
    split: str,
    progress: Callable[[str], Progress] | None,
) -> Heard:
    heard = {}
    for corpus in dict.fromkeys(corpora):
        held_out = [hold_out(corpus, split, member.provenance) for member in members]
        documents = held_out[0].documents
        for member, other in zip(members, held_out, strict=True):
            if other.documents != documents:
                raise ConfigurationError(
                    f"{members[0].name} and {member.name} held out different documents of "
                    f"{corpus} as dev: what one has not seen, the other may have learned; "
                    "train them with the same seed, or on a corpus that publishes its dev split"
                )
        annotated = _annotated(corpus, members)
        shown = progress(f"{corpus} {split}") if progress else None
        heard[corpus] = ask(members, draft, documents, annotated, progress=shown)
    return heard


def _annotated(corpus: str, members: Sequence[Member]) -> tuple[str, ...]:
    from bioweave.corpus import info

    known = members[0].bundle.manifest.labels
    labels = tuple(label for label in info(corpus).labels if label in known)
    if not labels:
        raise ConfigurationError(
            f"{corpus} annotates {', '.join(info(corpus).labels)}, and the members find "
            f"{', '.join(known)}: there is nothing to fit"
        )
    return labels


def _as_bundles(paths: Sequence[Path], scratch: Path, *, quantised: bool) -> list[Path]:
    """The members' bundles; those of runs are made here."""
    folders = []
    for number, path in enumerate(paths):
        if is_run(path):
            from bioweave.training import export_run

            folder = scratch / str(number)
            export_run(path, folder, quantised=quantised)
            folders.append(folder)
        else:
            folders.append(find_bundle(path))
    return folders


def _told(fitted: FusedBundle) -> dict[str, Any]:
    """The pools' weights, by head, as far as they fit on a page."""
    told: dict[str, Any] = {}
    for head, pool in zip(fitted.manifest.heads, fitted.pools, strict=True):
        arrays = pool_arrays(pool)
        told[head.name] = {
            what: arrays[what].tolist() for what in ("weights", "temperatures") if what in arrays
        }
    if fitted.fusion.method == "vote":
        told["majority"] = fitted.fusion.majority
    return told


def _write(
    out: Path, fitted: FusedBundle, folders: Sequence[Path], report: dict[str, Any], name: str
) -> None:
    scores = {
        corpus: one["methods"][report["method"]]["mentions"]["strict"]["f1"]
        for corpus, one in report["dev"]["corpora"].items()
    }
    manifest = fitted.manifest.model_copy(
        update={
            "name": name,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "scores": {"dev": {"fused": {f"strict_f1/{key}": f1 for key, f1 in scores.items()}}},
            "provenance": {
                **fitted.manifest.provenance,
                "fusion": {
                    "method": report["method"],
                    "fitted_on": {corpus: "dev" for corpus in scores},
                    "fitted": report["fitted"],
                },
            },
        }
    )
    write_fused_bundle(
        out, manifest, members=folders, pools=fitted.pools, featurizer=fitted.featurizer
    )
