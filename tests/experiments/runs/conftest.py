"""A recipe whose runs take a second or two."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_encoders import write_tiny_encoder

from bioweave import corpus

SAMPLE = Path(__file__).parents[2] / "data" / "corpora"
RECIPE = """
name = "tiny"
labels = ["Disease", "Chemical"]
seed = 3
corpora = [{{name = "sample"}}]

[model]
encoder = "{encoder}"

[windows]
max_pieces = 64

[training]
epochs = 3
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""


@pytest.fixture(autouse=True)
def _use_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [document.text for document in corpus.load("sample", "train", SAMPLE)]
    return write_tiny_encoder(tmp_path_factory.mktemp("encoder"), texts)


@pytest.fixture
def recipe(encoder: Path, tmp_path: Path) -> Path:
    """A recipe over the sample corpus."""
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.format(encoder=encoder))
    return path
