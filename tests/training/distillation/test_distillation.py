"""Students learn what their teachers know, from text that nobody annotated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bioweave import corpus
from bioweave.annotator import Annotator
from bioweave.cli.main import app
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.scoring import strict_f1
from bioweave.training import export_run, load_run, train
from bioweave.training.distillation import labelling
from bioweave.training.distillation.labelling import label_documents
from bioweave.training.distillation.teacher import open_teacher
from bioweave.training.watcher import NoWatcher

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
LABELS = ("Disease", "Chemical")


@pytest.fixture(scope="module")
def teacher(tiny_encoder: Path, sample_corpora: Path, tmp_path_factory) -> Path:
    """A run that knows the sample corpus by heart."""
    from ..conftest import RECIPE

    folder = tmp_path_factory.mktemp("teacher")
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPE.format(encoder=tiny_encoder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOWEAVE_CORPORA", str(sample_corpora))
        train(recipe, folder / "run", overrides=["training.epochs=15"])
    return folder / "run"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """The sample corpus's documents without their mentions, one a line."""
    lines = [" ".join(document.text.split()) for document in corpus.load("sample", "train")]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(line for line in lines if len(line) >= 200) + "\n")
    return path


def test_a_teacher_is_as_sure_as_it_annotates(teacher: Path) -> None:
    documents = corpus.load("sample", "dev")
    teaching = open_teacher(teacher)
    scored = Annotator(load_run(teacher)).score(documents)
    for (_, scores), found in zip(scored, teaching.probabilities(documents), strict=True):
        assert found.shape == (len(scores.words), 2, 3)
        for head, label in enumerate(LABELS):
            # Tags are O, B, I there and B, I, O here.
            expected = scores.probabilities[label][:, [2, 0, 1]]
            assert np.allclose(found[:, head], expected, atol=0.03)  # bf16 against fp32


def test_temperature_softens(teacher: Path) -> None:
    documents = corpus.load("sample", "dev")
    teaching = open_teacher(teacher)
    sharp, soft = (
        np.concatenate(list(teaching.probabilities(documents, temperature)))
        for temperature in (1.0, 4.0)
    )
    assert np.allclose(soft.sum(axis=-1), 1.0, atol=1e-5)
    assert soft.max(axis=-1).mean() < sharp.max(axis=-1).mean()


def test_empty_documents_have_no_words(teacher: Path) -> None:
    empty, found = open_teacher(teacher).probabilities([Document("a", " "), Document("b", "fever")])
    assert empty.shape[0] == 0
    assert found.shape == (1, 2, 3)


@pytest.mark.slow
def test_a_student_learns_from_its_teacher_alone(
    teacher: Path, recipe: Path, text: Path, tmp_path: Path
) -> None:
    # One document with gold tags is not enough to learn from; the rest comes from the teacher.
    gold = corpus.load("sample", "train")
    settings = ["training.epochs=12", f'distillation.teachers=["{teacher}"]']
    settings += [f'distillation.text="{text}"', "distillation.passages=20"]
    record = train(
        recipe, tmp_path / "student", overrides=[*settings, "distillation.temperature=1.0"]
    )
    assert record["distillation"]["passages"] == 20
    told = record["distillation"]["teachers"]["run"]
    assert told["corpora"]["sample"]["labels"] == ["Disease", "Chemical"]
    assert told["encoder"] and told["seed"] == 3 and len(told["weights"]) == 64
    annotated = list(Annotator(load_run(tmp_path / "student")).pipe(gold))
    assert strict_f1(gold, annotated, LABELS) > 0.8
    export_run(tmp_path / "student", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest["provenance"]["distillation"]["text"]["name"] == "text.txt"


def test_labels_are_made_once_and_an_interrupted_labelling_goes_on(
    teacher: Path, recipe: Path, text: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(labelling, "_DOCUMENTS_IN_SHARD", 8)
    settings = ["training.epochs=1", f'distillation.teachers=["{teacher}"]']
    settings += [f'distillation.text="{text}"', "distillation.passages=20"]
    settings += [f'distillation.labels="{tmp_path / "labels"}"']
    train(recipe, tmp_path / "first", overrides=settings)
    shards = sorted((tmp_path / "labels").rglob("*.npz"))
    assert len(shards) == 5 + 3  # 40 documents and 20 passages, eight at a time
    shards[2].unlink()
    written = {shard: shard.stat().st_mtime_ns for shard in shards if shard.is_file()}
    train(recipe, tmp_path / "second", overrides=[*settings, "seed=4"])
    assert shards[2].is_file()
    assert written == {shard: shard.stat().st_mtime_ns for shard in written}


def test_the_same_teaching_gives_the_same_weights(
    teacher: Path, recipe: Path, tmp_path: Path, numbers_of: Callable[[Path], list[float]]
) -> None:
    settings = ["training.epochs=1", f'distillation.teachers=["{teacher}"]']
    for name in ("one", "two"):
        train(recipe, tmp_path / name, overrides=settings)
    plain = train(recipe, tmp_path / "plain", overrides=settings[:1])
    assert "distillation" not in plain
    assert numbers_of(tmp_path / "one") == numbers_of(tmp_path / "two")
    assert numbers_of(tmp_path / "one") != numbers_of(tmp_path / "plain")


def test_who_was_trained_for_one_label_teaches_that_one(
    teacher: Path, recipe: Path, tmp_path: Path
) -> None:
    train(recipe, tmp_path / "half", overrides=["training.epochs=1", 'labels=["Chemical"]'])
    teachers = (teacher, tmp_path / "half")
    documents = corpus.load("sample", "dev")
    heads = open_teacher(teacher).heads
    soft, known = label_documents(
        documents, teachers, heads, tmp_path / "labels", temperature=2.0, watcher=NoWatcher()
    )
    assert known == [True, True]
    whole, half = (list(open_teacher(one).probabilities(documents, 2.0)) for one in teachers)
    for taught, of_whole, of_half in zip(soft, whole, half, strict=True):
        expected = of_whole.copy()
        expected[:, 1] = (of_whole[:, 1] + of_half[:, 0]) / 2
        np.testing.assert_allclose(taught.dense(), expected, atol=0.02)
    halves, known = label_documents(
        documents, teachers[1:], heads, tmp_path / "labels", temperature=2.0, watcher=NoWatcher()
    )
    assert known == [False, True]
    for taught, of_half in zip(halves, half, strict=True):
        np.testing.assert_allclose(taught.dense()[:, 1], of_half[:, 0], atol=0.02)


def test_a_teacher_of_other_heads_is_refused(teacher: Path, recipe: Path, tmp_path: Path) -> None:
    settings = [f'distillation.teachers=["{teacher}"]', 'heads="joint"']
    with pytest.raises(ConfigurationError, match="shares none of the heads all"):
        train(recipe, tmp_path / "student", overrides=settings)


def test_the_command_wants_a_teacher(recipe: Path, tmp_path: Path, teacher: Path) -> None:
    alone = CliRunner().invoke(app, ["distil", str(recipe), "-o", str(tmp_path / "run")])
    assert alone.exit_code == 2
    assert "nobody teaches" in alone.stderr
    command = ["distil", str(recipe), "-o", str(tmp_path / "run"), "--teacher", str(teacher)]
    done = CliRunner().invoke(app, [*command, "--set", "training.epochs=1", "--json"])
    assert done.exit_code == 0, done.stderr
    assert list(json.loads(done.stdout)["distillation"]["teachers"]) == ["run"]
    nowhere = CliRunner().invoke(
        app, [*command[:3], str(tmp_path / "other"), *command[4:-1], str(tmp_path / "nobody")]
    )
    assert nowhere.exit_code == 2
