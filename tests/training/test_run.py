"""Whole runs: they learn, they can be interrupted, and they become bundles."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.bundle import Bundle
from bioweave.errors import ConfigurationError
from bioweave.lexicon import SourceSettings, build_lexicon
from bioweave.scoring import strict_f1
from bioweave.training import export_run, load_run, train
from bioweave.training.data import load_corpora
from bioweave.training.development import DevelopmentSet
from bioweave.training.folder import RunFolder
from bioweave.training.recipe_file import load_recipe
from bioweave.training.trainer import RunTrainer

pytestmark = [
    # transformers and torch about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def learned(recipe: Path, tmp_path: Path) -> Path:
    """A run long enough to know the sample corpus by heart."""
    train(recipe, tmp_path / "run", overrides=["training.epochs=15"])
    return tmp_path / "run"


@pytest.mark.slow
def test_a_run_learns_its_corpus_and_a_bundle_of_it_annotates_the_same(
    learned: Path, tmp_path: Path
) -> None:
    gold = corpus.load("sample", "train")
    labels = ("Disease", "Chemical")
    from_run = list(Annotator(load_run(learned)).pipe(gold))
    assert strict_f1(gold, from_run, labels) > 0.9

    export_run(learned, tmp_path / "fp32", quantised=False)
    from_fp32 = list(Annotator(Bundle.load(tmp_path / "fp32")).pipe(gold))
    for ours, theirs in zip(from_run, from_fp32, strict=True):
        assert [m.span for m in ours.mentions] == [m.span for m in theirs.mentions]
        assert np.allclose(
            [m.confidence for m in ours.mentions],
            [m.confidence for m in theirs.mentions],
            atol=1e-4,
        )

    scores = export_run(learned, tmp_path / "int8")
    assert abs(scores["int8"]["strict_f1"] - scores["fp32"]["strict_f1"]) < 0.02
    bundle = Bundle.load(tmp_path / "int8")
    assert bundle.manifest.precision == "int8"
    assert bundle.manifest.scores["dev"] == scores
    assert bundle.manifest.provenance["corpora"]["sample"]["documents"]["train"] == len(gold)


def test_a_run_knows_the_names_that_it_learned_from(recipe: Path, tmp_path: Path) -> None:
    train(recipe, tmp_path / "run", overrides=["training.epochs=1", 'own_names=["Disease"]'])
    known = load_run(tmp_path / "run").own_names
    assert known is not None
    assert known.labels == ("Disease",)
    mentions = [one for each in corpus.load("sample", "train") for one in each.mentions]
    assert all(known(one.text, "Disease") for one in mentions if one.label == "Disease")
    assert not any(known(one.text, "Chemical") for one in mentions)
    assert not known("what nobody has marked", "Disease")
    export_run(tmp_path / "run", tmp_path / "bundle", quantised=False)
    assert Bundle.load(tmp_path / "bundle").own_names == known


def test_a_run_leaves_a_full_record(recipe: Path, tmp_path: Path) -> None:
    record = train(recipe, tmp_path / "run", overrides=["training.epochs=1", "seed=5"])
    run = tmp_path / "run"
    assert record == json.loads((run / "run.json").read_text())
    assert record["status"] == "finished"
    assert record["seed"] == 5
    assert record["corpora"]["sample"]["documents"] == {"train": 40, "dev": 10}
    assert all(len(digest) == 64 for digest in record["corpora"]["sample"]["sha256"].values())
    assert record["packages"]["torch"].startswith("2.")
    assert tomllib.loads((run / "recipe.toml").read_text())["training"]["weight_decay"] == 0.01
    epochs = [json.loads(line) for line in (run / "epochs.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in epochs] == [1.0]
    assert record["dev"]["strict_f1"] == epochs[0]["strict_f1/sample"]
    assert (run / "progress.png").read_bytes().startswith(b"\x89PNG")
    assert list((run / "tensorboard").rglob("events.out.tfevents*"))


def test_the_same_seed_gives_the_same_weights(
    recipe: Path, tmp_path: Path, numbers_of: Callable[[Path], list[float]]
) -> None:
    train(recipe, tmp_path / "a", overrides=["training.epochs=1"])
    train(recipe, tmp_path / "b", overrides=["training.epochs=1"])
    assert numbers_of(tmp_path / "a") == numbers_of(tmp_path / "b")


@pytest.mark.parametrize("evaluate_every", [0, 7])
def test_a_killed_run_resumes_to_the_same_weights(
    recipe: Path,
    tmp_path: Path,
    numbers_of: Callable[[Path], list[float]],
    monkeypatch: pytest.MonkeyPatch,
    evaluate_every: int,
) -> None:
    settings = [f"training.evaluate_every={evaluate_every}", "training.epochs=3"]
    train(recipe, tmp_path / "whole", overrides=settings)

    step = RunTrainer.training_step
    calls = 0

    def dies(self: RunTrainer, *arguments: object, **keywords: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 18:
            raise KeyboardInterrupt
        return step(self, *arguments, **keywords)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(RunTrainer, "training_step", dies)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, tmp_path / "killed", overrides=settings)
    assert json.loads((tmp_path / "killed" / "run.json").read_text())["status"] == "unfinished"
    # Killed in its first epoch, one that saves after each has nothing to go on from.
    checkpoint = RunFolder(tmp_path / "killed").last_checkpoint()
    assert (checkpoint is not None) == (evaluate_every > 0)
    if checkpoint is not None:
        assert json.loads((checkpoint / "seconds.json").read_text()) > 0
        # As if it had taken long to get there: the time of every process counts.
        (checkpoint / "seconds.json").write_text("1000.0")
    train(recipe, tmp_path / "killed", overrides=settings, resume=True)
    seconds = RunFolder(tmp_path / "killed").read_record()["seconds"]
    assert (seconds > 1000) == (checkpoint is not None)
    assert numbers_of(tmp_path / "killed") == numbers_of(tmp_path / "whole")
    written = (tmp_path / "killed" / "tagger.safetensors").stat().st_mtime_ns
    train(recipe, tmp_path / "killed", overrides=settings, resume=True)
    assert (tmp_path / "killed" / "tagger.safetensors").stat().st_mtime_ns == written


def test_a_fold_is_predicted_by_a_run_that_it_had_no_say_in(
    recipe: Path, tmp_path: Path, numbers_of: Callable[[Path], list[float]]
) -> None:
    settings = [
        "corpora.sample.fold={of=4, number=2}",
        "corpora.sample.share=0.4",
        "training.keep=last",
        "augmentation.mentions.copies=1",
        "augmentation.templates.per_document=0.5",
    ]
    # Of 12 documents, 12 copies and 6 sentences: 26 steps, the last ones after the last evaluation.
    record = train(recipe, tmp_path / "run", overrides=[*settings, "training.evaluate_every=10"])
    of_corpus = record["corpora"]["sample"]
    assert of_corpus["fold"] == {"of": 4, "number": 2, "seed": 0}
    assert (of_corpus["share"], of_corpus["documents"]) == (0.4, {"train": 12, "dev": 10})
    assert sum(of_corpus["augmented"]["mentions"].values()) == 12
    assert of_corpus["augmented"]["templates"]["made"] == 6
    assert len(of_corpus["learned_sha256"]) == 64

    epochs = [json.loads(line) for line in (tmp_path / "run/epochs.jsonl").read_text().splitlines()]
    assert record["keep"] == "last"
    assert record["dev"] == epochs[-1]
    assert [row["step"] for row in epochs[:-1]] == list(range(10, epochs[-1]["step"], 10))
    (loaded,) = load_corpora(load_recipe(tmp_path / "run" / "recipe.toml"))
    found = list(Annotator(load_run(tmp_path / "run")).pipe(loaded.held_out))
    measured = strict_f1(loaded.held_out, found, ("Disease", "Chemical"))
    assert measured == pytest.approx(record["dev"]["strict_f1"], abs=1e-9)

    # Whether dev is measured changes nothing.
    blind = [*settings, "corpora.sample.evaluate=false"]
    assert train(recipe, tmp_path / "blind", overrides=blind)["dev"] is None
    assert numbers_of(tmp_path / "blind") == numbers_of(tmp_path / "run")


def test_the_last_weights_are_kept_when_they_are_not_the_best(
    recipe: Path,
    tmp_path: Path,
    numbers_of: Callable[[Path], list[float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    falling = iter([0.9, 0.1, 0.9, 0.1])
    monkeypatch.setattr(
        DevelopmentSet,
        "score",
        lambda *_: {"strict_f1": (score := next(falling)), "strict_f1/sample": score},
    )
    best = train(recipe, tmp_path / "best")
    last = train(recipe, tmp_path / "last", overrides=["training.keep=last"])
    assert (best["dev"]["strict_f1"], last["dev"]["strict_f1"]) == (0.9, 0.1)
    assert numbers_of(tmp_path / "best") != numbers_of(tmp_path / "last")


def test_a_run_does_not_overwrite_and_does_not_resume_another_recipe(
    recipe: Path, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("precious")
    with pytest.raises(ConfigurationError, match="not empty"):
        train(recipe, tmp_path / "full")
    train(recipe, tmp_path / "run", overrides=["training.epochs=1"])
    with pytest.raises(ConfigurationError, match="recipe has changed"):
        train(recipe, tmp_path / "run", overrides=["training.epochs=2"], resume=True)


def test_an_unfinished_run_is_not_opened(recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a run"):
        load_run(tmp_path)
    train(recipe, tmp_path / "run", overrides=["training.epochs=1"])
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    (tmp_path / "run" / "run.json").write_text(json.dumps(record | {"status": "unfinished"}))
    with pytest.raises(ConfigurationError, match="not finished"):
        load_run(tmp_path / "run")


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("labels=['Species']", "trains none of the heads"),
        ("heads=[{name='h',labels=['Disease'],corpora=['bc5cdr']}]", "trains none of the heads"),
        ("corpora=[{name='sample',evaluate=false}]", "patience waits"),
    ],
)
def test_what_cannot_be_trained_is_said(
    recipe: Path, tmp_path: Path, override: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        train(recipe, tmp_path / "run", overrides=[override, "training.patience=1"])


@pytest.mark.slow
def test_all_of_the_paper_at_once_trains_and_exports(recipe: Path, tmp_path: Path) -> None:
    names = tmp_path / "diseases.txt"
    names.write_text("type 2 marlitis\nvelmar syndrome\n")
    overrides = [
        "model.vectors=true",
        "vectors.dimensions=8",
        "vectors.epochs=1",
        "model.characters=bilstm",
        "model.pos=true",
        "model.dictionary=true",
        f"dictionary.names={{Disease='{names}', Chemical='{names}'}}",
        "model.context=bilstm",
        "model.context_width=16",
        "model.bottleneck=8",
        "scheme=BIOES",
        "heads=joint",
        "training.epochs=1",
    ]
    train(recipe, tmp_path / "run", overrides=overrides)
    export_run(tmp_path / "run", tmp_path / "bundle", quantised=False)
    documents = corpus.load("sample", "dev")
    ours = list(Annotator(load_run(tmp_path / "run")).score(documents))
    theirs = list(Annotator(Bundle.load(tmp_path / "bundle")).score(documents))
    for (_, mine), (_, other) in zip(ours, theirs, strict=True):
        for label, probabilities in mine.probabilities.items():
            assert np.allclose(probabilities, other.probabilities[label], atol=1e-4)


def test_a_lexicon_goes_with_the_tagger_that_reads_its_hits(recipe: Path, tmp_path: Path) -> None:
    for label, names in (("Disease", "X:1\tvelmar syndrome\n"), ("Gene", "Z:1\tNUD-5\n")):
        (tmp_path / f"{label}.tsv").write_text(names)
    sources = [
        SourceSettings(tmp_path / f"{label}.tsv", label=label, licence=f"{label} terms")
        for label in ("Disease", "Gene")
    ]
    lexicon = build_lexicon(sources, tmp_path / "names.lexicon")
    overrides = [
        "model.dictionary=true",
        f"dictionary.lexicon='{lexicon.path}'",
        "dictionary.labels=['Gene', 'Disease']",
        "training.epochs=1",
    ]
    train(recipe, tmp_path / "run", overrides=overrides)
    lexicon.path.unlink()
    export_run(tmp_path / "run", tmp_path / "bundle", quantised=False)
    run, bundle = load_run(tmp_path / "run"), Bundle.load(tmp_path / "bundle")
    assert bundle.manifest.features.dictionary == ("Gene", "Disease")
    assert bundle.manifest.licences["names of Gene.tsv"] == "Gene terms"
    assert [one["name"] for one in bundle.manifest.provenance["dictionary"]] == [
        "Disease.tsv",
        "Gene.tsv",
    ]
    words = "In velmar syndromes NUD5 fell .".split()
    hits = [one.featurizer.features(words)["dictionary"] for one in (run, bundle)]
    np.testing.assert_array_equal(*hits)
    assert hits[0].argmax(axis=1).tolist() == [0, 2, 3, 0, 0, 0]
    assert hits[0].sum() == 3
    documents = corpus.load("sample", "dev")
    ours = list(Annotator(run).score(documents))
    theirs = list(Annotator(bundle).score(documents))
    for (_, mine), (_, other) in zip(ours, theirs, strict=True):
        for label, probabilities in mine.probabilities.items():
            assert np.allclose(probabilities, other.probabilities[label], atol=1e-4)


@pytest.mark.slow
def test_several_processes_train_one_tagger(recipe: Path, tmp_path: Path) -> None:
    overrides = ["training.epochs=2", "training.processes=2"]
    record = train(recipe, tmp_path / "run", overrides=overrides)
    assert record["status"] == "finished"
    assert load_run(tmp_path / "run").manifest.labels == ("Disease", "Chemical")
