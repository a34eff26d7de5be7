"""What a recipe's augmentation makes of the documents that a run learns from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bioweave.errors import ConfigurationError, FormatError
from bioweave.lexicon import SourceSettings, build_lexicon
from bioweave.training import train
from bioweave.training.augmenting import augment
from bioweave.training.data import RunCorpus, load_corpora
from bioweave.training.recipe import Recipe


def _augmented(augmentation: dict[str, Any], **settings: Any) -> RunCorpus:
    recipe = Recipe.model_validate(
        {
            "name": "x",
            "labels": ["Disease", "Chemical"],
            "corpora": [{"name": "sample", "documents": 6}],
            "augmentation": augmentation,
            **settings,
        }
    )
    (one,) = augment(load_corpora(recipe), recipe)
    return one


ALL = {
    "mentions": {"copies": 2},
    "words": {},
    "shuffling": {},
    "case": {"unit": "sentences"},
    "greek": {},
    "templates": {"per_document": 1.5},
}


def test_every_method_adds_documents_and_counts_them() -> None:
    one = _augmented(ALL)
    counts = one.augmentation
    assert list(counts) == list(ALL)
    assert sum(counts["mentions"].values()) == 12
    assert counts["templates"] == {"made": 9, "unfilled": 0}
    assert sum(counts["greek"].values()) == 6
    assert len(one.augmented) == sum(count["made"] for count in counts.values())
    assert len({document.id for document in one.augmented}) == len(one.augmented)
    assert f"6 documents to learn from and {len(one.augmented)} made from them" in one.summary
    assert [len(one.train), len(one.dev)] == [6, 10]
    for document in one.augmented:
        document.checked()
        # Genes are annotated in the corpus, and the recipe does not learn them.
        assert {mention.label for mention in document.mentions} <= {"Disease", "Chemical"}


def test_names_come_from_what_is_learned_from_alone() -> None:
    one = _augmented({"mentions": {"probability": 1.0}, "templates": {}})
    learned = {(m.label, m.text) for document in one.train for m in document.mentions}
    made = {(m.label, m.text) for document in one.augmented for m in document.mentions}
    assert made <= learned


def test_nothing_is_made_unless_asked_for() -> None:
    assert _augmented({}).augmented == ()
    off = _augmented({"words": {"copies": 0}, "greek": {}, "templates": {"per_document": 0}})
    assert list(off.augmentation) == ["greek"]


def test_the_seed_decides() -> None:
    assert _augmented(ALL).augmented == _augmented(ALL).augmented
    assert _augmented(ALL).augmented != _augmented(ALL, seed=14).augmented


def test_names_from_files_and_lexicons(tmp_path: Path) -> None:
    (tmp_path / "names.tsv").write_text("X:1\tunheard malady\n")
    build_lexicon(
        [SourceSettings(tmp_path / "names.tsv", label="Disease")], tmp_path / "names.lexicon"
    )
    (tmp_path / "chemicals.txt").write_text("newmarine\n")
    names = {
        "lexicon": tmp_path / "names.lexicon",
        "files": {"Chemical": tmp_path / "chemicals.txt"},
    }
    one = _augmented({"names": names, "templates": {}})
    made = {(m.label, m.text) for document in one.augmented for m in document.mentions}
    assert made <= {("Disease", "unheard malady"), ("Chemical", "newmarine")}
    with pytest.raises(ConfigurationError, match="names of Disease, and the recipe learns Chemic"):
        _augmented({"names": names, "templates": {}}, labels=["Chemical"])
    with pytest.raises(ConfigurationError, match="'Chemical', which the recipe does not learn"):
        _augmented({"names": names, "templates": {}}, labels=["Disease"])


def test_templates_of_ones_own(tmp_path: Path) -> None:
    one = _augmented({"templates": {"lines": ["Only {Disease}.", "Of {Gene}."]}})
    assert {document.text.split()[0] for document in one.augmented} == {"Only"}
    (tmp_path / "t.txt").write_text("From {Chemical}.\n")
    one = _augmented({"templates": {"file": tmp_path / "t.txt"}})
    assert {document.text.split()[0] for document in one.augmented} == {"From"}
    one = _augmented({"templates": {"lines": ["Of {Gene}."]}})
    assert one.augmentation["templates"] == {"made": 0, "unfilled": 6}
    with pytest.raises(FormatError, match=r"augmentation\.templates\.lines, line 1"):
        _augmented({"templates": {"lines": ["nothing"]}})


class Steps:
    """A watcher that hears how many steps a run will have."""

    def __init__(self) -> None:
        self.all: set[int | None] = set()

    def say(self, line: str) -> None:
        pass

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        self.all.add(n_all)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_augmentation_adds_steps_unless_it_is_told_not_to(recipe: Path, tmp_path: Path) -> None:
    def steps(name: str, augmentation: str) -> int:
        told = Steps()
        settings = ["training.epochs=1", "training.batch_size=4", f"augmentation={augmentation}"]
        record = train(recipe, tmp_path / name, overrides=settings, watcher=told)
        (n_steps,) = told.all
        windows[name] = record["windows"]
        assert n_steps is not None
        return n_steps

    windows: dict[str, int] = {}
    whole = steps("none", "{}")
    assert steps("more", "{mentions={probability=1.0}}") > 1.5 * whole
    assert steps("same", "{mentions={probability=1.0}, grows_epochs=false}") == whole
    assert windows["same"] == windows["more"] > 1.5 * windows["none"]
