"""`fuse` from the members' runs to one bundle: members that share nothing but their labels."""

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_encoders import write_tiny_encoder
from typer.testing import CliRunner

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.bundle import FusedBundle, open_bundle
from bioweave.cli.main import app
from bioweave.errors import ConfigurationError
from bioweave.experiments import evaluate, open_model
from bioweave.experiments.fusing import METHODS, fuse, open_members
from bioweave.training import export_run, train

SAMPLE = Path(__file__).parents[2] / "data" / "corpora"
RECIPE = """
name = "tiny"
labels = ["Disease", "Chemical"]
seed = {seed}
scheme = "{scheme}"
heads = "{heads}"
corpora = [{{name = "sample", train_on = {train_on}}}]

[model]
encoder = "{encoder}"
decoder = "{decoder}"
templates = {templates}
template_buckets = 2048

[windows]
max_pieces = {max_pieces}

[training]
epochs = 6
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""
KINDS: dict[str, dict[str, Any]] = {
    "uncased": {"scheme": "BIO", "heads": "per-label", "decoder": "crf", "max_pieces": 64},
    "cased": {"scheme": "BIOES", "heads": "joint", "decoder": "crf", "max_pieces": 48},
    "byte-level": {"scheme": "BIO", "heads": "per-label", "decoder": "softmax", "max_pieces": 96},
    "templates": {"scheme": "BIO", "heads": "per-label", "decoder": "crf", "max_pieces": 64},
}


@pytest.fixture(scope="module", autouse=True)
def _sample() -> Any:
    patch = pytest.MonkeyPatch()
    patch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))
    yield
    patch.undo()


def make_run(folder: Path, kind: str, train_on: str = '["train"]', name: str = "") -> Path:
    texts = [document.text for document in corpus.load("sample", "train", SAMPLE)]
    encoder = "none"
    if kind != "templates":
        encoder = str(write_tiny_encoder(folder / f"encoder-{kind}", texts, kind))  # type: ignore[arg-type]
    recipe = folder / f"{name or kind}.toml"
    recipe.write_text(
        RECIPE.format(
            encoder=encoder,
            templates=str(kind == "templates").lower(),
            seed=3,
            train_on=train_on,
            **KINDS[kind],
        ),
        encoding="utf-8",
    )
    train(recipe, folder / (name or kind))
    return folder / (name or kind)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, _sample: None) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    return [make_run(folder, kind) for kind in KINDS]


@pytest.fixture(scope="module")
def fused(
    runs: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("fused") / "three"
    return out, fuse(runs, ["sample"], out=out, with_test=True)


def test_members_that_share_only_labels_become_one_bundle(
    fused: tuple[Path, dict[str, Any]],
) -> None:
    out, report = fused
    bundle = open_bundle(out)
    assert isinstance(bundle, FusedBundle)
    assert report["members"] == list(KINDS)
    assert bundle.fusion.method == report["method"]
    assert [head.labels for head in bundle.manifest.heads] == [("Disease",), ("Chemical",)]
    assert set(report["dev"]["corpora"]["sample"]["methods"]) == set(METHODS)
    text = corpus.load("sample", "test", SAMPLE)[0].text
    mentions = Annotator(bundle)(text).checked().mentions
    assert mentions
    assert bundle.manifest.provenance["corpora"]["sample"]["trained_on"] == ["train"]
    assert set(bundle.manifest.provenance["members"]) == set(KINDS)


def test_figures_are_those_of_the_bundle_that_was_written(
    fused: tuple[Path, dict[str, Any]],
) -> None:
    out, report = fused
    measured = evaluate(open_model(str(out)), "sample", "test")
    told = report["test"]["corpora"]["sample"]["methods"][report["method"]]
    assert told["mentions"] == measured["mentions"]
    assert told["tokens"]["accuracy"] == measured["tokens"]["accuracy"]
    dev = report["dev"]["corpora"]["sample"]
    assert {one: scores["documents"] for one, scores in dev["members"].items()} == dict.fromkeys(
        report["members"], len(corpus.load("sample", "dev", SAMPLE))
    )
    best = max(scores["mentions"]["strict"]["f1"] for scores in dev["methods"].values())
    assert dev["methods"][report["method"]]["mentions"]["strict"]["f1"] == best
    # Measured with one document left to fit on, or a few, pools still find something.
    assert best > 0


def test_a_member_that_learned_from_dev_is_refused(runs: list[Path], tmp_path: Path) -> None:
    greedy = make_run(tmp_path, "uncased", '["train", "dev"]', name="greedy")
    with pytest.raises(ConfigurationError, match=r"greedy learned from sample dev.*leakage"):
        fuse([runs[0], greedy], ["sample"])


def test_members_with_other_labels_are_refused(runs: list[Path], tmp_path: Path) -> None:
    recipe = tmp_path / "diseases.toml"
    text = (runs[0].parent / "uncased.toml").read_text(encoding="utf-8")
    recipe.write_text(text.replace('"Disease", "Chemical"', '"Disease"'), encoding="utf-8")
    train(recipe, tmp_path / "diseases", overrides=["training.epochs=1"])
    with pytest.raises(ConfigurationError, match="diseases finds Disease"):
        fuse([runs[0], tmp_path / "diseases"], ["sample"])


def test_one_member_is_no_fusion_and_a_fused_one_no_member(
    runs: list[Path], fused: tuple[Path, dict[str, Any]]
) -> None:
    with pytest.raises(ConfigurationError, match="at least 2 members, not 1"):
        fuse(runs[:1], ["sample"])
    with pytest.raises(ConfigurationError, match="is fused already"):
        open_members([runs[0], fused[0]])


def test_members_of_one_name_are_told_apart(runs: list[Path], tmp_path: Path) -> None:
    export_run(runs[0], tmp_path / "uncased", quantised=False)
    names = [member.name for member in open_members([runs[0], tmp_path / "uncased"])]
    assert names == ["uncased-1", "uncased-2"]


def test_the_command(runs: list[Path], tmp_path: Path) -> None:
    members = [str(run) for run in runs[:2]]
    out = tmp_path / "pair"
    arguments = ["fuse", *members, "--corpus", "sample", "--method", "weighted", "-o", str(out)]
    result = CliRunner().invoke(app, [*arguments, "--json", "--fp32"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["method"] == "weighted"
    weights = report["fitted"]["Disease"]["weights"]
    assert sum(weights) == pytest.approx(1)
    bundle = open_bundle(out)
    assert bundle.manifest.name == "pair"
    assert bundle.manifest.provenance["fusion"]["fitted_on"] == {"sample": "dev"}
    shown = CliRunner().invoke(app, ["fuse", *members, "--corpus", "sample"])
    assert shown.exit_code == 0, shown.output
    assert "log-linear" in shown.stdout
    assert "points of strict F1" in " ".join(shown.stdout.split())
    refused = CliRunner().invoke(app, ["fuse", *members, "--corpus", "nowhere"])
    assert refused.exit_code == 2
