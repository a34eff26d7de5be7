"""`cross-validate`, `ablate` and `tune` from the command line to their files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bioweave import corpus
from bioweave.cli.main import app
from bioweave.experiments.runs import brief, read_marginals, write_ablation
from bioweave.formats import document_from_json
from bioweave.scoring import strict_f1
from bioweave.training import load_recipe

pytestmark = [
    # transformers and torch about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

SPACE = """
[[parameters]]
key = "training.head_learning_rate"
low = 1e-3
high = 3e-2
log = true

[[parameters]]
key = "training.epochs"
low = 1
high = 2
"""


def run(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.stderr


def written(path: Path) -> set[str]:
    return {one.name for one in path.iterdir() if not one.name.startswith(".")}


def test_cross_validation_covers_the_corpus(recipe, tmp_path):
    out = tmp_path / "out"
    command = ["cross-validate", recipe, "-o", out, "--folds", 2, "--set", "training.epochs=5"]
    summary = json.loads(run(*command, "--json"))
    assert summary == json.loads((out / "summary.json").read_text())
    gold = corpus.load("sample", "train")
    lines = (out / "out-of-fold.jsonl").read_text().splitlines()
    found = [document_from_json(json.loads(line)) for line in lines]
    assert [document.id for document in found] == [document.id for document in gold]
    pooled = summary["out_of_fold"]
    assert pooled["strict"]["f1"] == strict_f1(gold, found, ("Disease", "Chemical")) > 0.3
    assert pooled["strict"]["support"] == sum(
        mention.label in ("Disease", "Chemical") for one in gold for mention in one.mentions
    )

    kept = read_marginals(out / "out-of-fold.npz")
    assert [one.document for one in kept] == [document.id for document in gold]
    assert kept.heads == ("Disease", "Chemical")
    numbers = dict(zip((d.id for d in gold), corpus.fold_numbers(gold, 2, 0), strict=True))
    for document, one in zip(found, kept, strict=True):
        assert one.fold == numbers[document.id]
        assert all(np.allclose(table.sum(axis=1), 1, atol=2e-3) for table in one.marginals)
        for mention in document.mentions:
            # The word that a mention begins with is likely to begin one.
            first = [start for start, _ in one.words].index(mention.start)
            table = one.marginals[kept.heads.index(mention.label)]
            assert table[first, 0] < 0.7
    for fold in summary["trials"].values():
        assert fold["strict"]["f1"] > 0.3
    weights = list((out / "runs").rglob("*.safetensors"))
    assert weights == []
    assert f"| all | {pooled['strict']['support']} |" in (out / "cross-validation.md").read_text()
    # What is done is not done again, and shown as a table.
    before = (out / "runs" / "fold-1" / "run.json").stat().st_mtime_ns
    shown = run(*command)
    assert (out / "runs" / "fold-1" / "run.json").stat().st_mtime_ns == before
    assert f"F1 of all 40 documents: {100 * pooled['strict']['f1']:.2f}" in shown
    complaint = run(*command[:-1], "training.epochs=6", status=2)
    assert "training of the recipe have changed" in complaint
    assert "seed of the settings" in run(*command, "--seed", 1, status=2)


def test_cross_validation_of_several_corpora_wants_one_named(recipe, tmp_path):
    two = 'corpora=[{name="sample"}, {name="bc5cdr"}]'
    command = ["cross-validate", recipe, "-o", tmp_path / "out", "--set", two]
    assert "say with --corpus which" in run(*command, status=2)
    assert "no corpus 'jnlpba'" in run(*command, "--corpus", "jnlpba", status=2)
    assert not (tmp_path / "out").exists()


def test_ablation_compares_what_can_be_switched(recipe, tmp_path):
    out = tmp_path / "out"
    chosen = ["frozen-encoder", "single-task", "crf", "dictionary"]
    options = [word for name in chosen for word in ("--switch", name)]
    command = ["ablate", recipe, "-o", out, *options, "--set", "training.epochs=4"]
    shown = run(*command, "--seeds", "5,6", "--keep-weights")
    assert "left out: crf: the recipe is so already" in shown
    assert "left out: dictionary: impossible with this recipe" in shown
    summary = json.loads((out / "summary.json").read_text())
    frozen, single = summary["variants"]
    assert (frozen["switch"], single["switch"]) == ("frozen-encoder", "single-task")
    assert len(frozen["f1"]) == len(summary["whole"]["f1"]) == 2
    assert frozen["difference"] == pytest.approx(frozen["mean"] - summary["whole"]["mean"])
    assert frozen["mean"] < 0.2 < summary["whole"]["mean"]
    assert frozen["interval"][1] < 0
    assert frozen["p_value"] < 0.05
    # Two taggers, whose counts are added up: token accuracy is neither's.
    assert (single["accuracy"], frozen["accuracy"] is not None) == (None, True)
    parts = [summary["trials"][f"single-task-5-{number}"]["strict"] for number in (1, 2)]
    assert [list(part["labels"]) for part in parts] == [["Disease"], ["Chemical"]]
    assert (
        sum(part["support"] for part in parts)
        == (summary["trials"]["recipe-5"]["strict"]["support"])
    )
    assert len(list((out / "runs").rglob("tagger.safetensors"))) == 8
    assert not list((out / "runs").glob("*/checkpoints"))

    # Page and picture follow from the summary alone.
    page = (out / "ablation.md").read_text()
    assert page.index("with its encoder left as it came") < page.index("Left out:")
    write_ablation(summary, tmp_path)
    assert (tmp_path / "ablation.md").read_text() == page
    assert (tmp_path / "ablation.png").read_bytes().startswith(b"\x89PNG")
    assert (summary["study"], summary["called"]) == ("ablation", "the recipe")
    assert summary["learned_from"] == [{"corpus": "sample", "share": 1.0, "documents": None}]
    # One switch and one seed of those that are done: nothing is trained.
    less = json.loads(
        run(*command[:4], "--switch", "frozen-encoder", "--seeds", "6", *command[-2:], "--brief")
    )
    assert less == brief(json.loads((out / "summary.json").read_text()))
    assert "corpora" not in less["trials"]["recipe-6"]
    assert less["variants"][0]["f1"] == frozen["f1"][1:]
    assert less["variants"][0]["deviation"] is None


def test_ablation_says_what_is_wrong(recipe, tmp_path):
    command = ["ablate", recipe, "-o", tmp_path / "out"]
    assert "no switch 'x'" in run(*command, "--switch", "x", status=2)
    assert "whole numbers" in run(*command, "--seeds", "1;2", status=2)
    assert "name each once" in run(*command, "--seeds", "1,1", status=2)
    assert "no seed is named" in run(*command, "--seeds", "", status=2)
    unmeasured = ["--set", "corpora.sample.evaluate=false", "--seeds", "1"]
    assert "measured on nothing" in run(*command, *unmeasured, status=2)


def test_tuning_finds_a_recipe(recipe, tmp_path):
    out, space = tmp_path / "out", recipe.with_suffix(".space.toml")
    space.write_text(SPACE)
    command = ["tune", recipe, "-o", out, "--startup-trials", 2]
    first = json.loads(run(*command, "--trials", 2, "--json"))
    shown = run(*command, "--trials", 4)
    summary = json.loads((out / "summary.json").read_text())
    assert summary["trials"][:2] == first["trials"]
    assert [one["number"] for one in summary["trials"]] == [0, 1, 2, 3]
    values = [one["value"] for one in summary["trials"] if one["value"] is not None]
    assert summary["best"]["value"] == max(values)
    best = load_recipe(out / "best.toml")
    parameters = summary["best"]["parameters"]
    assert best.training.head_learning_rate == parameters["training.head_learning_rate"]
    assert best.training.epochs == parameters["training.epochs"]
    assert best.model == load_recipe(recipe).model
    assert f"best.toml: strict F1 on dev {max(values):.4f}" in shown
    assert {"study.db", "tuning.md", "tuning.png", "best.toml"} <= written(out)
    for one in summary["trials"]:
        last = one["epochs"][str(len(one["epochs"]))]
        if one["state"] == "complete":
            assert one["value"] == max(one["epochs"].values()) >= last
    assert list((out / "runs").rglob("*.safetensors")) == []
    confirmed = json.loads(run(*command, "--trials", 4, "--confirm", "5,6", "--brief"))
    assert confirmed["trials"] == brief(summary)["trials"]
    assert confirmed["before"]["training.epochs"] == 3
    told = confirmed["confirmed"]
    assert told["seeds"] == [5, 6]
    best_name = f"best-{confirmed['best']['number']:04}"
    assert set(told["trials"]) == {f"{one}-{n}" for one in ("recipe", best_name) for n in (5, 6)}
    assert told["best"]["mean"] - told["recipe"]["mean"] == pytest.approx(
        told["best"]["difference"]
    )
    assert "## The best against the recipe" in (out / "tuning.md").read_text()
    assert "name each once" in run(*command, "--trials", 4, "--confirm", "5,5", status=2)
    other = ["--space", write_space(tmp_path)]
    assert "space of the settings" in run(*command, "--trials", 5, *other, status=2)


def write_space(folder: Path) -> Path:
    path = folder / "own.toml"
    path.write_text(SPACE.replace("3e-2", "2e-2"))
    return path


def test_tuning_leaves_out_what_makes_no_recipe_and_begins_nothing_late(recipe, tmp_path):
    space = tmp_path / "space.toml"
    space.write_text('[[parameters]]\nkey = "model.decoder"\nchoices = ["guess"]\n')
    command = ["tune", recipe, "-o", tmp_path / "a", "--space", space]
    assert "none of 2 trials came to its end" in run(*command, "--trials", 2, status=2)
    late = ["tune", recipe, "-o", tmp_path / "b", "--trials", 2, "--timeout", 0]
    assert "none of 0 trials" in run(*late, status=2)
