"""A tagger over two encoders of unlike vocabularies: trained, resumed, exported, annotating."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import write_tiny_encoder

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.bundle import Bundle
from bioweave.document import Mention
from bioweave.errors import ConfigurationError
from bioweave.training import export_run, load_run, train

RECIPE = """
name = "joint"
labels = ["Disease", "Chemical"]
seed = 3
corpora = [{{name = "sample"}}]

[model]
encoder = "{first}"
second_encoder = "{second}"
join = "{join}"

[windows]
max_pieces = 48
second_max_pieces = 96

[training]
epochs = 4
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory, sample_corpora: Path) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("encoders")
    texts = [document.text for document in corpus.load("sample", "train", sample_corpora)]
    return (
        write_tiny_encoder(folder / "uncased", texts, "uncased"),
        write_tiny_encoder(folder / "bytes", texts, "byte-level"),
    )


@pytest.mark.parametrize("join", ["concat", "gate"])
def test_it_annotates_alike_as_a_run_and_as_a_bundle(
    encoders: tuple[Path, Path], tmp_path: Path, join: str
) -> None:
    recipe = tmp_path / "joint.toml"
    recipe.write_text(RECIPE.format(first=encoders[0], second=encoders[1], join=join))
    record = train(recipe, tmp_path / "run")
    assert record["dev"]["strict_f1"] > 0.2
    export_run(tmp_path / "run", tmp_path / "bundle", quantised=False)
    bundle = Bundle.load(tmp_path / "bundle")
    assert bundle.second_tokenizer is not None
    assert bundle.second_tokenizer.get_vocab() != bundle.tokenizer.get_vocab()
    run = load_run(tmp_path / "run")
    n_found = 0
    for document in corpus.load("sample", "dev"):
        by_run, by_bundle = Annotator(run)(document), Annotator(bundle)(document)
        assert [_place(one) for one in by_bundle.mentions] == [
            _place(one) for one in by_run.mentions
        ]
        assert [one.confidence for one in by_bundle.mentions] == pytest.approx(
            [one.confidence for one in by_run.mentions], abs=1e-4
        )
        n_found += len(by_run.mentions)
    assert n_found > 5


def test_both_encoders_learn_and_at_the_encoders_rate(
    encoders: tuple[Path, Path], tmp_path: Path
) -> None:
    recipe = tmp_path / "joint.toml"
    recipe.write_text(RECIPE.format(first=encoders[0], second=encoders[1], join="concat"))
    train(recipe, tmp_path / "run", overrides=["training.epochs=1"])
    trained = load_file(tmp_path / "run" / "tagger.safetensors")
    for prefix, folder in (("encoder.", encoders[0]), ("second_encoder.", encoders[1])):
        before = load_file(folder / "model.safetensors")
        moved = [
            not torch.equal(value, before[name.removeprefix(f"{prefix}model.")])
            for name, value in trained.items()
            if name.startswith(prefix) and name.endswith("weight")
        ]
        assert moved
        assert all(moved)
    frozen = ["training.epochs=1", "training.freeze_encoder=true"]
    train(recipe, tmp_path / "frozen", overrides=frozen)
    kept = load_file(tmp_path / "frozen" / "tagger.safetensors")
    before = load_file(encoders[1] / "model.safetensors")
    for name, value in kept.items():
        if name.startswith("second_encoder.model."):
            assert torch.equal(value, before[name.removeprefix("second_encoder.model.")])


def test_pieces_that_the_second_encoder_cannot_take_are_refused(
    encoders: tuple[Path, Path], tmp_path: Path
) -> None:
    recipe = tmp_path / "joint.toml"
    recipe.write_text(RECIPE.format(first=encoders[0], second=encoders[1], join="concat"))
    with pytest.raises(ConfigurationError, match=r"takes 128: set it to that or less"):
        train(recipe, tmp_path / "run", overrides=["windows.second_max_pieces=256"])


def test_a_second_encoder_needs_a_first(encoders: tuple[Path, Path], tmp_path: Path) -> None:
    recipe = tmp_path / "joint.toml"
    recipe.write_text(RECIPE.format(first="none", second=encoders[1], join="concat"))
    with pytest.raises(ConfigurationError, match="there is no first"):
        train(recipe, tmp_path / "run")


def test_a_bundle_without_its_second_tokenizer_is_damaged(
    encoders: tuple[Path, Path], tmp_path: Path
) -> None:
    recipe = tmp_path / "joint.toml"
    recipe.write_text(RECIPE.format(first=encoders[0], second=encoders[1], join="concat"))
    train(recipe, tmp_path / "run", overrides=["training.epochs=1"])
    export_run(tmp_path / "run", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert "second-tokenizer.json" in manifest["checksums"]
    assert manifest["provenance"]["second_encoder"] == str(encoders[1])
    assert Annotator(Bundle.load(tmp_path / "bundle"))("Velmar syndrome.").text
    shutil.copytree(tmp_path / "bundle", tmp_path / "broken")
    (tmp_path / "broken" / "second-tokenizer.json").unlink()
    with pytest.raises(Exception, match=r"second-tokenizer\.json is missing"):
        Bundle.load(tmp_path / "broken")


def _place(mention: Mention) -> tuple[int, int, str]:
    return mention.start, mention.end, mention.label
