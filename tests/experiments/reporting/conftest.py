"""Tiny bundles that say what they learned from, and the sample corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_tagger import write_tiny_bundle

from bioweave.bundle import read_manifest, update_manifest

SAMPLE = Path(__file__).parents[2] / "data" / "corpora"


@pytest.fixture(autouse=True)
def _use_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tiny bundle that learned from some splits of the sample corpus."""

    def make(name: str, seed: int = 0, trained_on: tuple[str, ...] = ("train",)) -> Path:
        folder = write_tiny_bundle(tmp_path / "models" / name, seed=seed)
        manifest = read_manifest(folder)
        labels = list(manifest.labels)
        told: dict[str, Any] = {"sample": {"trained_on": list(trained_on), "labels": labels}}
        scores = {"dev": {"fp32": {"strict_f1": 0.125, "strict_f1/sample": 0.125}}}
        update = {"name": name, "provenance": {"corpora": told}, "scores": scores}
        update_manifest(folder, manifest.model_copy(update=update))
        return folder

    return make
