"""What a run learns from: corpora merged, and nothing that is measured on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bioweave import corpus
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


def test_each_fold_is_held_out_once_and_learned_from_otherwise(folder: Path) -> None:
    held_out = []
    for number in (1, 2, 3, 4):
        (sample,) = load_corpora(_recipe({"name": "sample", "fold": {"of": 4, "number": number}}))
        assert (len(sample.train), len(sample.dev)) == (30, 10)
        assert sample.dev == sample.held_out
        assert not sample.is_carved
        assert not {d.id for d in sample.train} & {d.id for d in sample.dev}
        held_out += [document.id for document in sample.held_out]
    assert sorted(held_out) == [document.id for document in corpus.load("sample", "train")]


def test_a_fold_may_be_held_out_and_not_measured_on(folder: Path) -> None:
    fold = {"of": 4, "number": 1}
    (sample,) = load_corpora(_recipe({"name": "sample", "fold": fold, "evaluate": False}))
    assert (len(sample.train), len(sample.dev), len(sample.held_out)) == (30, 0, 10)


def test_folds_of_train_and_dev_together(folder: Path) -> None:
    fold = {"of": 5, "number": 5, "seed": 3}
    (sample,) = load_corpora(
        _recipe({"name": "sample", "train_on": ["train", "dev"], "fold": fold})
    )
    assert (len(sample.train), len(sample.dev)) == (40, 10)
    dev = {document.id for document in corpus.load("sample", "dev")}
    assert dev & {document.id for document in sample.train}


def test_another_corpus_does_not_bring_back_what_a_fold_holds_out(folder: Path) -> None:
    first = corpus.load("sample", "train")[0].id
    for number in (1, 2):
        fold = {"of": 2, "number": number}
        sample, mine = load_corpora(
            _recipe({"name": "sample", "fold": fold}, {"name": "mine", "evaluate": False})
        )
        (drop,) = (drop for drop in mine.drops if drop.document == first)
        is_held_out = first in {document.id for document in sample.held_out}
        assert drop.is_held_out == is_held_out
        expected = f"sample train, fold {number}" if is_held_out else "sample train"
        assert str(drop.other) == expected


def test_what_stands_in_a_reported_split_is_in_no_fold(folder: Path) -> None:
    path = folder / "mine" / "train.pubtator"
    path.write_text((folder / "sample" / "train.pubtator").read_text() + path.read_text())
    reported = corpus.load("sample", "test")[0].id
    assert reported in path.read_text()
    found = []
    for number in (1, 2):
        choice = {"name": "mine", "fold": {"of": 2, "number": number}}
        (mine,) = load_corpora(_recipe(choice, merging={"reported": ["sample"]}))
        assert mine.dev == mine.held_out
        assert reported in {drop.document for drop in mine.drops}
        found += [document.id for document in mine.held_out]
    assert reported not in found
    assert len(found) == 41  # the sample's 40 and the one of its own


def test_a_fold_of_which_nothing_is_left_is_an_error(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    test = (folder / "sample" / "test.pubtator").read_text()
    mine = f"77000001|t|{SENTENCE}\n77000001|a|\n77000001\t14\t26\tcervid fever\tDisease\n\n"
    (own / "train.pubtator").write_text(mine + test.partition("\n\n")[0] + "\n\n")
    complaints = set()
    for number in (1, 2):
        choice = {"name": "own", "fold": {"of": 2, "number": number}}
        with pytest.raises(ConfigurationError) as raised:
            load_corpora(_recipe(choice, labels=["Disease"], merging={"reported": ["sample"]}))
        complaints.add(str(raised.value).partition(",")[0])
    assert complaints == {
        "corpus 'own': nothing is left to learn from",
        "corpus 'own': nothing is left of the fold",
    }


def test_a_share_is_taken_of_what_may_be_learned_from(folder: Path) -> None:
    def learned(**choice: object) -> list[str]:
        (sample,) = load_corpora(_recipe({"name": "sample", **choice}))
        assert len(sample.dev) == 10
        return [document.id for document in sample.train]

    tenth, half = learned(share=0.1), learned(share=0.5)
    assert (len(tenth), len(half), len(learned(documents=7))) == (4, 20, 7)
    assert set(tenth) < set(learned(documents=7)) < set(half)
    assert learned(share=0.1, sample_seed=1) != tenth
    assert len(learned(share=0.001)) == 1
    with pytest.raises(ConfigurationError, match=r"'sample': documents = 41, and .* only 40"):
        learned(documents=41)


def test_the_checksum_tells_portions_apart(folder: Path) -> None:
    def checksum(**choice: object) -> str:
        return load_corpora(_recipe({"name": "sample", **choice}))[0].learned_sha256

    assert len({checksum(), checksum(share=0.5), checksum(share=0.5, sample_seed=1)}) == 3
    assert checksum(share=0.5) == checksum(documents=20)
