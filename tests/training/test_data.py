"""What a run learns from: corpora merged, and nothing that is measured on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError
from bioweave.training.data import load_corpora
from bioweave.training.recipe import Recipe

SENTENCE = "Patients with cervid fever received oral fluvaxime for nine days."


def _recipe(*corpora: dict[str, object], **settings: object) -> Recipe:
    return Recipe.model_validate(
        {"name": "x", "labels": ["Disease", "Chemical"], "corpora": corpora, **settings}
    )


@pytest.fixture
def folder(tmp_path: Path, sample_corpora: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample corpus, and beside it a corpus `mine` that repeats some of it."""
    shutil.copytree(sample_corpora / "sample", tmp_path / "sample")
    (tmp_path / "mine").mkdir()
    train = (tmp_path / "sample" / "train.pubtator").read_text()
    test = (tmp_path / "sample" / "test.pubtator").read_text()
    own = f"77000001|t|{SENTENCE}\n77000001|a|\n77000001\t14\t26\tcervid fever\tDisease\n\n"
    first = [text.partition("\n\n")[0] + "\n\n" for text in (train, test)]
    (tmp_path / "mine" / "train.pubtator").write_text("".join([own, *first]))
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    return tmp_path


def test_a_document_is_used_once_and_not_at_all_when_it_is_measured_on(folder: Path) -> None:
    sample, mine = load_corpora(_recipe({"name": "sample"}, {"name": "mine", "evaluate": False}))
    assert len(sample.train) == 40
    assert [document.id for document in mine.train] == ["77000001"]
    assert sorted((str(drop.other), drop.is_held_out) for drop in mine.drops) == [
        ("sample test", True),
        ("sample train", False),
    ]


def test_a_corpus_that_has_nothing_of_its_own_is_an_error(folder: Path) -> None:
    again = folder / "again"
    again.mkdir()
    shutil.copy(folder / "sample" / "train.pubtator", again / "train.pubtator")
    with pytest.raises(ConfigurationError, match=r"'again': nothing is left.*sample train"):
        load_corpora(_recipe({"name": "sample"}, {"name": "again", "evaluate": False}))


def test_dev_may_be_learned_from_when_the_recipe_says_so(folder: Path) -> None:
    (sample,) = load_corpora(
        _recipe({"name": "sample", "train_on": ["train", "dev"], "evaluate": False})
    )
    assert len(sample.train) == 50
    assert not sample.drops


def test_reported_corpora_can_be_named(folder: Path) -> None:
    held = folder / "held"
    held.mkdir()
    shutil.copy(folder / "mine" / "train.pubtator", held / "test.pubtator")
    choices = ({"name": "mine", "evaluate": False},)
    assert not load_corpora(_recipe(*choices, labels=["Disease"]))[0].drops
    with pytest.raises(ConfigurationError, match="nothing is left"):
        load_corpora(_recipe(*choices, labels=["Disease"], merging={"reported": ["held"]}))


def test_auxiliary_heads_learn_from_their_own_corpora(folder: Path) -> None:
    heads = [
        {"name": "Disease", "labels": ["Disease"], "corpora": ["sample"]},
        {"name": "aside", "labels": ["Disease"], "corpora": ["mine"], "auxiliary": True},
    ]
    recipe = _recipe(
        {"name": "sample"}, {"name": "mine", "evaluate": False}, labels=["Disease"], heads=heads
    )
    sample, mine = load_corpora(recipe)
    assert (sample.trains, mine.trains) == ((True, False), (False, True))
    choices = recipe.head_choices
    assert sample.learned_labels(choices, auxiliary=False) == ["Disease"]
    assert mine.learned_labels(choices, auxiliary=False) == []
    assert mine.learned_labels(choices, auxiliary=True) == ["Disease"]


def test_a_recipe_of_auxiliary_heads_alone_is_an_error() -> None:
    heads = [{"name": "aside", "labels": ["Disease"], "auxiliary": True}]
    with pytest.raises(ValueError, match="every head is auxiliary"):
        _recipe({"name": "sample"}, labels=["Disease"], heads=heads)
