"""Whole runs of pretraining: they learn, go on after a kill, and say what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from bioweave.errors import ConfigurationError, EncoderError, FormatError
from bioweave.model.encoder import load_encoder
from bioweave.training import load_recipe, train
from bioweave.training.pretraining import PretrainingSettings, pretrain
from bioweave.training.pretraining.course import PretrainingCourse
from bioweave.training.pretraining.loop import PretrainingLoop

from .conftest import make_tokenizer

SHORT = {
    "max_pieces": 24,
    "batch_size": 8,
    "steps": 20,
    "learning_rate": 3e-3,
    "head_learning_rate": 1e-2,
    "head_alone": 0.25,
    "held_out": 0.1,
    "evaluations": 2,
}


class Notes:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.shown: list[tuple[int, int | None, str]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        self.shown.append((n_done, n_all, doing))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def are_equal(one: Path, other: Path) -> bool:
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    return all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "has_head"), [("Bert", False), ("MPNet", True)])
def test_perplexity_falls_and_the_folder_is_an_encoder(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path, kind: str, has_head: bool
) -> None:
    out, notes = tmp_path / "out", Notes()
    source = make_encoder(kind, has_head=has_head)
    settings = PretrainingSettings(
        **SHORT | {"steps": 300, "batch_size": 16, "learning_rate": 1e-2}
    )
    record = pretrain(source, text, out, settings, watcher=notes)
    perplexity = record["perplexity"]
    # By frequency alone it would stay above 30: the topics have been learned.
    assert perplexity["before"] > 30
    assert perplexity["after"] < 18
    assert ("head_alone" in perplexity) == (not has_head)
    assert [row["step"] for row in record["measured"]] == [0, *([] if has_head else [75]), 150, 300]
    assert notes.shown[0] == (200, None, "passages tokenised")
    assert (140, 300) in [(n_done, n_all) for n_done, n_all, _ in notes.shown]
    assert any("came without the head" in line for line in notes.lines) == (not has_head)

    assert record == json.loads((out / "pretraining.json").read_text())
    assert record["status"] == "finished"
    assert record["encoder"]["name"] == source.name
    assert len(record["encoder"]["sha256"]["model.safetensors"]) == 64
    assert record["model"]["head"] == ("the encoder's own" if has_head else "new")
    assert record["pieces_seen"] == 300 * 16 * 22
    assert record["settings"]["learning_rate"] == 1e-2
    assert record["packages"]["torch"].startswith("2.")
    assert record["data"]["passages"]["train"] + record["data"]["passages"]["held_out"] == 200
    names = {"config.json", "model.safetensors", "tokenizer.json", "pretraining.json"}
    assert {path.name for path in out.iterdir()} == names

    loaded = load_encoder(out)
    before = load_encoder(source)
    assert loaded.tokenizer.to_str() == before.tokenizer.to_str()
    assert loaded.module.model.config.hidden_dropout_prob == 0.1
    name = "encoder.layer.0.attention." + ("self.query" if kind == "Bert" else "attn.q") + ".weight"
    moved = loaded.module.model.state_dict()[name] - before.module.model.state_dict()[name]
    assert moved.abs().max() > 1e-3


def test_what_was_pretrained_can_be_pretrained_again(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    settings = PretrainingSettings(**SHORT)
    first = pretrain(make_encoder("Bert"), text, tmp_path / "first", settings)
    second = pretrain(tmp_path / "first", text, tmp_path / "second", settings)
    assert second["model"]["head"] == "the encoder's own"
    assert second["perplexity"]["before"] == first["perplexity"]["after"]


@pytest.mark.parametrize(
    ("stops_at", "saves_at", "precision"),
    [
        (3, None, "bf16"),  # while the head learns alone
        (12, None, "fp32"),
        (12, 9, "bf16"),
        (12, 4, "fp32"),
        (3, 99, "bf16"),  # before the first checkpoint
    ],
)
def test_a_killed_run_resumes_to_the_same_bits(
    make_encoder: Callable[..., Path],
    text: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stops_at: int,
    saves_at: int | None,
    precision: str,
) -> None:
    source = make_encoder("Bert")
    settings = PretrainingSettings(**SHORT | {"precision": precision, "accumulate": 2})
    whole = pretrain(source, text, tmp_path / "whole", settings)
    step, save = PretrainingLoop.step, PretrainingCourse._save

    def dies(self: PretrainingLoop, number: int) -> torch.Tensor:
        if number == stops_at:
            raise KeyboardInterrupt
        return step(self, number)

    def saves(self: PretrainingCourse) -> None:
        if saves_at is None or self.step == saves_at:
            save(self)

    with monkeypatch.context() as patch:
        patch.setattr(PretrainingLoop, "step", dies)
        patch.setattr(PretrainingCourse, "_save", saves)
        with pytest.raises(KeyboardInterrupt):
            pretrain(source, text, tmp_path / "killed", settings, checkpoint_minutes=0)
    unfinished = json.loads((tmp_path / "killed" / "pretraining.json").read_text())
    assert unfinished["status"] == "unfinished"
    notes = Notes()
    resumed = pretrain(source, text, tmp_path / "killed", settings, resume=True, watcher=notes)
    resumes_after = {None: stops_at, 99: None}.get(saves_at, saves_at)
    said = [line for line in notes.lines if line.startswith("resuming")]
    assert said == ([f"resuming after step {resumes_after} of 20"] if resumes_after else [])
    assert are_equal(tmp_path / "whole", tmp_path / "killed")
    assert resumed["measured"] == whole["measured"]


def test_a_finished_run_is_left_alone(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    source, settings = make_encoder("Bert"), PretrainingSettings(**SHORT)
    first = pretrain(source, text, tmp_path / "out", settings)
    changed = (tmp_path / "out" / "model.safetensors").stat().st_mtime_ns
    assert pretrain(source, text, tmp_path / "out", settings, resume=True) == first
    assert (tmp_path / "out" / "model.safetensors").stat().st_mtime_ns == changed


def test_a_step_is_the_same_however_it_is_split(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    source = make_encoder("Bert")
    split = {"batch_size": 2, "accumulate": 4}
    short = SHORT | {"precision": "fp32", "steps": 5, "head_alone": 0.0}
    pretrain(source, text, tmp_path / "whole", PretrainingSettings(**short))
    pretrain(source, text, tmp_path / "split", PretrainingSettings(**short | split))
    torch.testing.assert_close(
        weights(tmp_path / "split"), weights(tmp_path / "whole"), atol=1e-4, rtol=1e-3
    )


def test_the_seed_decides(make_encoder: Callable[..., Path], text: Path, tmp_path: Path) -> None:
    source = make_encoder("Bert")
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        settings = PretrainingSettings(**SHORT | {"steps": 3, "seed": seed})
        pretrain(source, text, tmp_path / name, settings)
    assert are_equal(tmp_path / "a", tmp_path / "b")
    assert not are_equal(tmp_path / "a", tmp_path / "c")


def test_epochs_are_passes_over_the_text(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    settings = PretrainingSettings(**SHORT | {"steps": 0, "epochs": 0.5})
    record = pretrain(make_encoder("Bert"), text, tmp_path / "out", settings)
    n_sequences = record["data"]["sequences"]["train"]
    assert record["steps"] == -(-n_sequences // 16)


def test_a_recipe_takes_the_folder(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path, recipe: Path
) -> None:
    pretrain(make_encoder("Bert"), text, tmp_path / "out", PretrainingSettings(**SHORT))
    overrides = [f"model.encoder={tmp_path / 'out'}", "training.epochs=1", "windows.max_pieces=32"]
    assert load_recipe(recipe, overrides).model.encoder == str(tmp_path / "out")
    record = train(recipe, tmp_path / "run", overrides=overrides)
    assert record["status"] == "finished"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"max_pieces": 41}, "max-pieces is 41; .* takes from 3 to 40"),
        ({"max_pieces": 2}, "max-pieces is 2; .* takes from 3 to 40"),
        ({"held_out": 1e-6}, r"held-out part \(0.00% .* raise --held-out"),
        ({"held_out": 1 - 1e-6}, "do not fill one sequence .* give more text"),
    ],
)
def test_what_does_not_fit_is_said_and_leaves_the_folder_free(
    make_encoder: Callable[..., Path],
    text: Path,
    tmp_path: Path,
    changed: dict[str, float],
    complaint: str,
) -> None:
    source = make_encoder("Bert")
    with pytest.raises(ConfigurationError, match=complaint):
        pretrain(source, text, tmp_path / "out", PretrainingSettings(**SHORT | changed))
    record = pretrain(source, text, tmp_path / "out", PretrainingSettings(**SHORT | {"steps": 1}))
    assert record["status"] == "finished"


def test_wrong_places_are_said(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    source, settings = make_encoder("Bert"), PretrainingSettings(**SHORT)
    empty = tmp_path / "empty.txt"
    empty.write_text("\n  \n")
    with pytest.raises(FormatError, match="the text is empty"):
        pretrain(source, empty, tmp_path / "out", settings)
    with pytest.raises(FormatError, match=r"missing\.txt: cannot be opened"):
        pretrain(source, tmp_path / "missing.txt", tmp_path / "out", settings)
    with pytest.raises(EncoderError, match="bioweave encoders fetch"):
        pretrain(tmp_path / "nowhere", text, tmp_path / "out", settings)
    (source / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match="has an empty tokenizer"):
        pretrain(source, text, tmp_path / "out", settings)
    make_tokenizer().save(str(source / "tokenizer.json"))
    if not torch.cuda.is_available():
        with pytest.raises(ConfigurationError, match="choose cpu or auto"):
            pretrain(source, text, tmp_path / "out", settings, device="cuda")
    assert not (tmp_path / "out").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("precious")
    with pytest.raises(ConfigurationError, match="not empty"):
        pretrain(source, text, tmp_path / "full", settings)
    assert (tmp_path / "full" / "thesis.txt").read_text() == "precious"


def test_another_plan_is_not_resumed(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    source, out = make_encoder("Bert"), tmp_path / "out"
    pretrain(source, text, out, PretrainingSettings(**SHORT | {"steps": 2}))
    other = PretrainingSettings(**SHORT | {"steps": 3})
    with pytest.raises(ConfigurationError, match=r"settings\.steps has changed from 2 to 3"):
        pretrain(source, text, out, other, resume=True)
    text.write_text("albencor ra\n")
    same = PretrainingSettings(**SHORT | {"steps": 2})
    with pytest.raises(ConfigurationError, match=r"text\.sha256 has changed"):
        pretrain(source, text, out, same, resume=True)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"mask_share": 1.0}, "mask-share is 1.0; it has to be between 0 and 1"),
        ({"batch_size": 0}, "batch-size is 0; it has to be at least 1"),
        ({"learning_rate": 0.0}, "learning-rate is 0.0; it has to be more than 0"),
        ({"epochs": 0.0}, "epochs is 0.0"),
        ({"head_alone": 0.6, "warm_up": 0.5}, "head-alone is 0.6; .* together with warm_up"),
        ({"precision": "fp8"}, "precision is 'fp8'; it has to be one of bf16, fp32"),
    ],
)
def test_settings_out_of_range_are_said(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        PretrainingSettings(**changed)  # type: ignore[arg-type]


def test_a_loss_that_is_no_number_stops_the_run(
    make_encoder: Callable[..., Path], text: Path, tmp_path: Path
) -> None:
    source = make_encoder("Bert")
    settings = PretrainingSettings(
        **SHORT | {"learning_rate": 1e30, "head_learning_rate": 1e30, "evaluations": 1}
    )
    with pytest.raises(ConfigurationError, match="lower --learning-rate"):
        pretrain(source, text, tmp_path / "out", settings)
