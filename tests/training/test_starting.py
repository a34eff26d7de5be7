"""Training that starts from a model: what is taken over, what begins afresh, what is refused."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import write_tiny_encoder

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.errors import ConfigurationError
from bioweave.experiments.learning import learned_from
from bioweave.training import export_run, load_run, train
from bioweave.training.starting import open_start

RECIPE = """
name = "first"
labels = ["Disease", "Chemical"]
seed = 3
corpora = [{{name = "sample"}}]

[model]
encoder = "{encoder}"
{model}

[windows]
max_pieces = 64

[training]
epochs = 5
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""
# Nothing moves: what comes out is what went in.
STILL = ["training.epochs=1", "training.encoder_learning_rate=1e-12"]
STILL += ["training.head_learning_rate=1e-12", "training.weight_decay=0", "training.keep=last"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, sample_corpora: Path) -> Path:
    texts = [document.text for document in corpus.load("sample", "train", sample_corpora)]
    return write_tiny_encoder(tmp_path_factory.mktemp("encoder") / "uncased", texts)


@pytest.fixture(scope="module")
def first(encoder: Path, tmp_path_factory: pytest.TempPathFactory, sample_corpora: Path) -> Path:
    folder = tmp_path_factory.mktemp("first")
    write_recipe(folder / "recipe.toml", encoder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOWEAVE_CORPORA", str(sample_corpora))
        train(folder / "recipe.toml", folder / "run")
        export_run(folder / "run", folder / "int8")
        export_run(folder / "run", folder / "fp32", quantised=False)
    return folder


def write_recipe(path: Path, encoder: Path, model: str = "") -> Path:
    path.write_text(RECIPE.format(encoder=encoder, model=model), encoding="utf-8")
    return path


@pytest.mark.parametrize(("kind", "tolerance"), [("run", 1e-6), ("fp32", 1e-6), ("int8", 0.1)])
def test_weights_are_those_of_the_model(
    first: Path, tmp_path: Path, kind: str, tolerance: float
) -> None:
    overrides = [*STILL, f'start_from="{first / kind}"']
    record = train(first / "recipe.toml", tmp_path / "again", overrides=overrides)
    before = load_file(first / "run" / "tagger.safetensors")
    after = load_file(tmp_path / "again" / "tagger.safetensors")
    assert before.keys() == after.keys()
    for name, value in before.items():
        if ".chains." in name:  # a bundle keeps no scores of what the scheme forbids
            continue
        difference = (after[name] - value).abs().mean() / value.abs().mean().clamp(min=1e-6)
        assert float(difference) <= tolerance, name
    assert record["started_from"]["name"] in ("run", "first")
    assert record["started_from"]["corpora"]["sample"]["trained_on"] == ["train"]


def test_it_annotates_as_before_the_first_step(first: Path, tmp_path: Path) -> None:
    for kind in ("run", "fp32"):
        overrides = [*STILL, f'start_from="{first / kind}"']
        train(first / "recipe.toml", tmp_path / kind, overrides=overrides)
        old, new = Annotator(load_run(first / "run")), Annotator(load_run(tmp_path / kind))
        n_found = 0
        for document in corpus.load("sample", "dev"):
            expected, found = old(document).mentions, new(document).mentions
            assert [(m.start, m.end, m.label) for m in found] == [
                (m.start, m.end, m.label) for m in expected
            ]
            n_found += len(found)
        assert n_found > 5


def test_heads_of_other_labels_begin_afresh(first: Path, tmp_path: Path) -> None:
    overrides = [*STILL, 'labels=["Gene", "Chemical"]', f'start_from="{first / "fp32"}"']
    train(first / "recipe.toml", tmp_path / "genes", overrides=overrides)
    before = load_file(first / "run" / "tagger.safetensors")["heads.linear.weight"]
    after = load_file(tmp_path / "genes" / "tagger.safetensors")["heads.linear.weight"]
    assert torch.allclose(after[3:], before[3:], atol=1e-6)  # Chemical
    assert not torch.allclose(after[:3], before[:3], atol=1e-2)  # Gene, where Disease was


def test_few_steps_from_a_model_beat_few_from_the_encoder(first: Path, tmp_path: Path) -> None:
    few = ["training.epochs=1", "corpora.sample.documents=4"]
    bare = train(first / "recipe.toml", tmp_path / "bare", overrides=few)
    start = f'start_from="{first / "int8"}"'
    adapted = train(first / "recipe.toml", tmp_path / "adapted", overrides=[*few, start])
    assert adapted["dev"]["strict_f1"] > bare["dev"]["strict_f1"] + 0.1


def test_what_it_began_with_counts_as_learned(first: Path, tmp_path: Path) -> None:
    greedy = ['corpora.sample.train_on=["train", "dev"]', "training.epochs=1"]
    train(first / "recipe.toml", tmp_path / "greedy", overrides=greedy)
    overrides = ["training.epochs=1", f'start_from="{tmp_path / "greedy"}"']
    train(first / "recipe.toml", tmp_path / "after", overrides=overrides)
    learned = learned_from(load_run(tmp_path / "after").manifest.provenance, "sample")
    assert learned is not None
    assert set(learned.splits) == {"train", "dev"}


def test_models_that_do_not_fit_are_refused(
    first: Path, encoder: Path, tmp_path: Path, sample_corpora: Path
) -> None:
    def refused(recipe: Path, words: str) -> None:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        with pytest.raises(ConfigurationError, match=words):
            train(recipe, out, overrides=[f'start_from="{first / "fp32"}"'])

    deeper = write_recipe(tmp_path / "deeper.toml", encoder, "bottleneck = 8")
    refused(deeper, r"no weights for bottleneck\.")
    spelled = write_recipe(tmp_path / "spelled.toml", encoder, 'characters = "cnn"')
    refused(spelled, "reads nothing beside pieces, and the recipe's model characters")
    texts = [document.text for document in corpus.load("sample", "train", sample_corpora)]
    cased = write_tiny_encoder(tmp_path / "cased", texts, "cased")
    refused(write_recipe(tmp_path / "cased.toml", cased), "trained with another vocabulary")


def test_an_unfinished_run_is_no_start(first: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"status": "unfinished"}))
    with pytest.raises(ConfigurationError, match="not finished"):
        open_start(folder)
