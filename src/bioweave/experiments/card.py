"""A model card: what a bundle's manifest tells, for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bioweave.bundle import Manifest, find_bundle, read_manifest
from bioweave.experiments.card_failures import failures_part
from bioweave.experiments.card_linking import linking_part
from bioweave.experiments.card_making import data_part, licence_part, making_part
from bioweave.experiments.card_scores import figures_part
from bioweave.experiments.markdown import fold, item, table

CARD_NAME = "README.md"


def model_card(manifest: Manifest, n_bytes: int | None = None) -> str:
    """The card in Markdown. All of it comes from the manifest; what that lacks is said to be so.

    `n_bytes` is the size of the bundle's files.
    """
    parts = [
        *_head(manifest, n_bytes),
        *figures_part(manifest.scores),
        *linking_part(manifest),
        *data_part(manifest),
        *making_part(manifest),
        *licence_part(manifest),
        *failures_part(manifest.scores),
        *_limits(manifest),
    ]
    return "\n\n".join(parts) + "\n"


def bundle_card(path: str | Path) -> str:
    """The card of the bundle in a folder, or of `default`."""
    folder = find_bundle(path)
    manifest = read_manifest(folder)
    sizes = [(folder / name).stat().st_size for name in manifest.checksums]
    return model_card(manifest, sum(sizes))


def write_card(path: str | Path) -> Path:
    """Write a bundle's card into its folder, beside its manifest; returns where it lies."""
    card = find_bundle(path) / CARD_NAME
    card.write_text(bundle_card(path), encoding="utf-8")
    return card


def _head(manifest: Manifest, n_bytes: int | None) -> Iterator[str]:
    size = "" if n_bytes is None else f", {n_bytes / 1e6:.1f} MB"
    made = f", made {manifest.created}" if manifest.created else ""
    yield f"# Model card: {manifest.name}"
    yield fold(
        f"Finds {', '.join(manifest.labels)} in biomedical text. A bundle of bioweave "
        f"{manifest.bioweave_version}: {manifest.precision}{size}{made}."
    )
    yield fold(
        "`bioweave card` wrote this from the bundle's manifest; a figure that is not here was "
        "not measured."
    )
    yield table(
        ("head", "labels", "tags", "decoder"),
        [
            (head.name, ", ".join(head.labels), head.scheme.value, head.decoder)
            for head in manifest.heads
        ],
        left=4,
    )


def _limits(manifest: Manifest) -> Iterator[str]:
    yield "## Limits"
    limits = [
        f"It finds {', '.join(manifest.labels)} and nothing else.",
        "Mentions that one head finds do not overlap, and one with a gap (the first of `hepatic "
        "and renal torvosis`) is found as one stretch or not at all.",
        "Where it was not measured, nothing is known of it: other kinds of text, other languages "
        "and other guidelines of annotation than those of the corpora above.",
    ]
    unseen = [
        one["corpus"]
        for one in manifest.scores.get("evaluations", ())
        if one.get("trained_on") is False and one.get("taught_labels") == []
    ]
    if unseen:
        limits.append(
            f"On corpora that it never learned from ({', '.join(unseen)}) the figures above also "
            "hold what their annotators mean differently."
        )
    else:
        limits.append("On corpora that it never learned from it was not measured.")
    errors = [
        one["calibration"]["expected_error"] for one in manifest.scores.get("evaluations", ())
    ]
    known = [error for error in errors if error is not None]
    if known:
        limits.append(
            "Confidences rank mentions; as probabilities they are off by "
            f"{min(known):.2f} to {max(known):.2f} (expected calibration error)."
        )
    limits.append("A research tool: its output is no basis for treating anyone.")
    yield "\n".join(map(item, limits))
