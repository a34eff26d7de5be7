"""Invented corpora of relations, a tiny encoder that knows their words, and a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_relations import concept_document, mention_document, write_relation_corpora
from tiny_encoders import write_tiny_encoder

RECIPE = """
task = "relations"
name = "tiny"
seed = 3
corpora = [{{name = "pairs"}}, {{name = "causes", negative_rate = 0.9}}]

[[tasks]]
name = "genes"
labels = ["UP", "DOWN"]
head = "Chemical"
tail = "Gene"

[[tasks]]
name = "diseases"
labels = ["INDUCES"]
head = "Chemical"
tail = "Disease"
between = "concepts"

[model]
encoder = "{encoder}"
hidden = 32

[windows]
max_pieces = 96

[training]
epochs = 2
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""


@pytest.fixture(scope="session")
def relation_corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the invented corpora."""
    return write_relation_corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture(autouse=True)
def _use_them(monkeypatch: pytest.MonkeyPatch, relation_corpora: Path, _use_sample: None) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(relation_corpora))


@pytest.fixture(scope="session")
def relation_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an untrained BERT of two layers that knows the corpora's words."""
    texts = [make(n).text for make in (mention_document, concept_document) for n in range(60)]
    return write_tiny_encoder(tmp_path_factory.mktemp("encoder"), texts)


@pytest.fixture
def relation_recipe(relation_encoder: Path, tmp_path: Path) -> Path:
    """A recipe that trains the tiny encoder on both corpora."""
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.format(encoder=relation_encoder))
    return path
