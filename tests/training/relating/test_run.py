"""Whole runs of relation taggers: they learn, can be interrupted, and become bundles."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from bioweave import corpus
from bioweave.bundle import Bundle
from bioweave.bundle.relations import RelationBundle
from bioweave.document import Document
from bioweave.errors import BundleError, ConfigurationError
from bioweave.scoring import score_relations
from bioweave.training import load_recipe, train
from bioweave.training.data import load_corpora
from bioweave.training.folder import RunFolder
from bioweave.training.relating.development import DevelopmentPairs
from bioweave.training.relating.export import export_relations
from bioweave.training.relating.loading import is_relation_run, load_relations, open_relations
from bioweave.training.trainer import RunTrainer

pytestmark = [
    # transformers and torch about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
LABELS = ("UP", "DOWN", "INDUCES")
# Of the installed packages none of these may be loaded by a bundle.
_WITHOUT_TORCH = """
import sys
from bioweave.bundle.relations import RelationBundle
from bioweave.formats import read_documents
from pathlib import Path
relater = RelationBundle.load(sys.argv[1]).relater()
documents = read_documents(Path(sys.argv[2]))
assert any(relater(document).relations for document in documents)
assert not {"torch", "transformers", "onnx", "sklearn"} & sys.modules.keys()
"""


@pytest.fixture
def learned(relation_recipe: Path, tmp_path: Path) -> Path:
    """A run long enough to know the invented verbs."""
    train(relation_recipe, tmp_path / "run", overrides=["training.epochs=12"])
    return tmp_path / "run"


@pytest.fixture
def learned_once(relation_recipe: Path, tmp_path: Path) -> Path:
    """A short run."""
    train(relation_recipe, tmp_path / "run", overrides=["training.epochs=1"])
    return tmp_path / "run"


def bare(documents: list[Document]) -> list[Document]:
    return [Document(one.id, one.text, one.mentions, passages=one.passages) for one in documents]


@pytest.mark.slow
def test_a_run_learns_its_corpora_and_a_bundle_of_it_says_the_same(
    learned: Path, tmp_path: Path, relation_corpora: Path
) -> None:
    gold = [*corpus.load("pairs", "test"), *corpus.load("causes", "test")]
    from_run = list(load_relations(learned).relater().pipe(bare(gold)))
    by_label = score_relations(gold, from_run, LABELS, mentions_by="id").by_label
    assert all(score.f1 > 0.9 for score in by_label.values()), by_label

    export_relations(learned, tmp_path / "fp32", quantised=False)
    from_fp32 = list(RelationBundle.load(tmp_path / "fp32").relater().pipe(bare(gold)))
    for ours, theirs in zip(from_run, from_fp32, strict=True):
        assert [(o.label, o.arguments) for o in ours.relations] == [
            (o.label, o.arguments) for o in theirs.relations
        ]
        assert np.allclose(
            [o.confidence for o in ours.relations],
            [o.confidence for o in theirs.relations],
            atol=1e-3,
        )

    scores = export_relations(learned, tmp_path / "int8")
    assert abs(scores["int8"]["relation_f1"] - scores["fp32"]["relation_f1"]) < 0.03
    bundle = RelationBundle.load(tmp_path / "int8")
    assert bundle.manifest.precision == "int8"
    assert bundle.manifest.scores["dev"] == scores
    with pytest.raises(BundleError, match="bioweave relate"):
        Bundle.load(tmp_path / "int8")
    test = relation_corpora / "pairs" / "test.jsonl"
    subprocess.run([sys.executable, "-c", _WITHOUT_TORCH, tmp_path / "int8", test], check=True)


def test_a_run_leaves_a_full_record(relation_recipe: Path, tmp_path: Path) -> None:
    record = train(relation_recipe, tmp_path / "run", overrides=["training.epochs=1"])
    run = tmp_path / "run"
    assert record == json.loads((run / "run.json").read_text())
    assert record["status"] == "finished"
    pairs = record["corpora"]["pairs"]
    assert pairs["labels"] == ["UP", "DOWN"]
    counts = pairs["relations"]
    assert counts["out_of_reach"] == {}
    gold = [one for document in corpus.load("pairs", "train") for one in document.relations]
    assert sum(counts["gold"].values()) == len(gold) == counts["related"]
    assert record["corpora"]["causes"]["labels"] == ["INDUCES"]
    epochs = [json.loads(line) for line in (run / "epochs.jsonl").read_text().splitlines()]
    assert record["dev"]["relation_f1"] == epochs[0]["relation_f1"]
    assert set(epochs[0]) >= {"relation_f1/pairs", "relation_f1/causes"}
    assert (run / "progress.png").read_bytes().startswith(b"\x89PNG")
    assert is_relation_run(run)
    with pytest.raises(ConfigurationError, match="tagger of relations"):
        load_recipe(run / "recipe.toml")


@pytest.mark.parametrize("evaluate_every", [0, 5])
def test_a_killed_run_resumes_to_the_same_weights(
    relation_recipe: Path,
    tmp_path: Path,
    numbers_of: Callable[[Path], list[float]],
    monkeypatch: pytest.MonkeyPatch,
    evaluate_every: int,
) -> None:
    settings = [f"training.evaluate_every={evaluate_every}"]
    train(relation_recipe, tmp_path / "whole", overrides=settings)

    step = RunTrainer.training_step
    calls = 0

    def dies(self: RunTrainer, *arguments: object, **keywords: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 14:
            raise KeyboardInterrupt
        return step(self, *arguments, **keywords)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(RunTrainer, "training_step", dies)
        with pytest.raises(KeyboardInterrupt):
            train(relation_recipe, tmp_path / "killed", overrides=settings)
    assert not RunFolder(tmp_path / "killed").is_finished
    assert (RunFolder(tmp_path / "killed").last_checkpoint() is not None) == (evaluate_every > 0)
    with pytest.raises(ConfigurationError, match="recipe has changed"):
        train(relation_recipe, tmp_path / "killed", overrides=["seed=4"], resume=True)
    train(relation_recipe, tmp_path / "killed", overrides=settings, resume=True)
    assert numbers_of(tmp_path / "killed") == numbers_of(tmp_path / "whole")
    assert (tmp_path / "killed" / "deciding.json").read_text() == (
        tmp_path / "whole" / "deciding.json"
    ).read_text()


def test_an_auxiliary_task_teaches_and_is_left_out(relation_recipe: Path, tmp_path: Path) -> None:
    text = relation_recipe.read_text()
    text = text.replace('name = "diseases"', 'name = "diseases"\nauxiliary = true')
    relation_recipe.write_text(text)
    train(relation_recipe, tmp_path / "run", overrides=["training.epochs=1"])
    run = open_relations(tmp_path / "run")
    assert [task.name for task in run.tasks] == ["genes"]
    assert list(run.manifest.labels) == ["UP", "DOWN"]
    export_relations(tmp_path / "run", tmp_path / "bundle", quantised=False)
    assert RelationBundle.load(tmp_path / "bundle").relater().labels == ("UP", "DOWN")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('labels = ["INDUCES"]', "corpus .causes. annotates INDUCES and trains none"),
        ('tail = "Gene"', "none of its 0 pairs is related"),
        ("max_pieces = 96", "windows.max_pieces is 400"),
    ],
)
def test_what_cannot_be_trained_is_said(
    relation_recipe: Path, tmp_path: Path, change: str, message: str
) -> None:
    wrong = {
        'labels = ["INDUCES"]': 'labels = ["CAUSES"]',
        'tail = "Gene"': 'tail = "Protein"',
        "max_pieces = 96": "max_pieces = 400",
    }[change]
    relation_recipe.write_text(relation_recipe.read_text().replace(change, wrong))
    with pytest.raises(ConfigurationError, match=message):
        train(relation_recipe, tmp_path / "run")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('name = "pairs", train_on = ["train", "dev"]', "thresholds would be chosen on it"),
        ('name = "pairs", unmarked_weight = 0.5', "unmarked_weight is for taggers of mentions"),
    ],
)
def test_settings_that_would_do_harm_or_nothing_are_refused(
    relation_recipe: Path, tmp_path: Path, change: str, message: str
) -> None:
    relation_recipe.write_text(relation_recipe.read_text().replace('name = "pairs"', change))
    with pytest.raises(ConfigurationError, match=message):
        train(relation_recipe, tmp_path / "run")


def test_far_pairs_are_those_of_concepts(relation_recipe: Path, tmp_path: Path) -> None:
    text = relation_recipe.read_text().replace('between = "concepts"', "")
    relation_recipe.write_text(text.replace("negative_rate = 0.9", "far_negative_rate = 0.9"))
    with pytest.raises(ConfigurationError, match="no task is between concepts"):
        train(relation_recipe, tmp_path / "run")


def test_what_is_held_out_is_neither_learned_nor_any_split_of_its_own(
    relation_recipe: Path, tmp_path: Path
) -> None:
    choice = 'name = "pairs", train_on = ["train", "dev"], fold = {of = 5, number = 2}'
    relation_recipe.write_text(relation_recipe.read_text().replace('name = "pairs"', choice))
    record = train(relation_recipe, tmp_path / "run", overrides=["training.epochs=1"])
    documents = record["corpora"]["pairs"]["documents"]
    n_all = len(corpus.load("pairs", "train")) + len(corpus.load("pairs", "dev"))
    assert documents["dev"] == pytest.approx(n_all / 5, abs=1)
    assert documents["train"] + documents["dev"] == n_all


def test_a_run_begins_with_the_encoder_of_a_tagger_of_mentions(
    relation_recipe: Path, relation_encoder: Path, tmp_path: Path
) -> None:
    mentions = tmp_path / "mentions.toml"
    mentions.write_text(
        f"""
name = "mentions"
labels = ["Chemical"]
corpora = [{{name = "pairs"}}]
[model]
encoder = "{relation_encoder}"
[training]
epochs = 1
batch_size = 8
encoder_learning_rate = 1e-2
precision = "fp32"
"""
    )
    train(mentions, tmp_path / "tagger")
    still = ["training.epochs=1", "training.encoder_learning_rate=1e-12", "training.keep=last"]
    start = f'start_from="{tmp_path / "tagger"}"'
    record = train(relation_recipe, tmp_path / "run", overrides=[*still, start])
    assert record["started_from"]["name"] == "tagger"
    assert load_relations(tmp_path / "run").manifest.provenance["started_from"]["seed"] == 13
    before = load_file(tmp_path / "tagger" / "tagger.safetensors")
    after = load_file(tmp_path / "run" / "tagger.safetensors")
    for name in (one for one in before if one.startswith("encoder.")):
        n = len(before[name])
        assert torch.allclose(after[name][:n], before[name], atol=1e-5), name


def test_a_frozen_encoder_stays_but_for_its_markers(relation_recipe: Path, tmp_path: Path) -> None:
    frozen = ["training.freeze_encoder=true", "training.epochs=1"]
    train(relation_recipe, tmp_path / "run", overrides=frozen)
    known = load_file(next(Path(_encoder_of(relation_recipe)).glob("*.safetensors")))
    learned = load_file(tmp_path / "run" / "tagger.safetensors")
    table = "embeddings.word_embeddings.weight"
    [own] = [value for name, value in known.items() if name.endswith(table)]
    now = learned[f"encoder.model.{table}"]
    assert torch.equal(now[: len(own)], own)
    markers = now[len(own) :]
    # As they are drawn they lie so far around the mean.
    assert float((markers - own.mean(dim=0)).std()) > 0.021
    assert load_relations(tmp_path / "run").relater().labels == LABELS


def _encoder_of(recipe: Path) -> str:
    import tomllib

    return str(tomllib.loads(recipe.read_text())["model"]["encoder"])


def test_thresholds_of_a_bundle_are_chosen_by_its_own_graph(learned_once: Path) -> None:
    for quantised in (False, True):
        out = learned_once / f"bundle-{quantised}"
        scores = export_relations(learned_once, out, quantised=quantised)
        bundle = RelationBundle.load(out)
        run = open_relations(learned_once)
        dev = DevelopmentPairs(run.cutter, load_corpora(run.recipe))
        measured = dev.score(bundle.graph)
        assert measured.deciding == bundle.manifest.deciding
        assert scores[bundle.manifest.precision] == measured.figures
        curves = {one.threshold for one in bundle.manifest.labels.values()}
        assert len(curves) <= 2  # one for each task


@pytest.mark.slow
def test_whenever_it_is_killed_a_run_ends_in_the_same_weights(
    relation_recipe: Path, tmp_path: Path
) -> None:
    script = Path(__file__).parents[2] / "support" / "killed_commands.py"
    command = ["train", str(relation_recipe), "-o", "OUT", "--resume"]
    command += ["--set", "training.evaluate_every=4"]
    done = subprocess.run(
        [sys.executable, script, "5", "3", "0.95", tmp_path / "a", tmp_path / "b", *command],
        check=True,
        capture_output=True,
        text=True,
    )
    statuses = json.loads(done.stdout)["statuses"]
    assert statuses[0] == statuses[-1] == 0, done.stderr
    # One may have been done before its moment came.
    assert set(statuses[1:-1]) <= {0, -9} and -9 in statuses
    for name in ("tagger.safetensors", "deciding.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    epochs = [(tmp_path / one / "epochs.jsonl").read_text().splitlines() for one in "ab"]
    assert [json.loads(row) for row in epochs[0]] == [json.loads(row) for row in epochs[1]]
