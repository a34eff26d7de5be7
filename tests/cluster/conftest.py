"""A tagger of random weights, and an engine that works in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_engine import InlineEngine
from tiny_tagger import write_tiny_bundle

from bioweave.cluster import AnnotatorSettings


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="session")
def tiny_settings(tiny_bundle: Path) -> AnnotatorSettings:
    return AnnotatorSettings(str(tiny_bundle), n_threads=1)


@pytest.fixture(scope="session")
def inline_engine() -> InlineEngine:
    return InlineEngine()
