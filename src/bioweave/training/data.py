"""The documents of a run: which corpus is learned from, which is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave import corpus
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.model.heads import Head
from bioweave.training.recipe import CorpusChoice, HeadChoice, Recipe


@dataclass(frozen=True, slots=True)
class RunCorpus:
    """One corpus as a run uses it.

    `labels` are those it annotates among the recipe's; `trains` marks, head by head, who learns
    from it. `dev` is empty where the recipe does not measure on it.
    """

    choice: CorpusChoice
    labels: tuple[str, ...]
    trains: tuple[bool, ...]
    train: tuple[Document, ...]
    dev: tuple[Document, ...]
    files: tuple[Path, ...]


def make_heads(recipe: Recipe) -> tuple[Head, ...]:
    """The recipe's heads."""
    return tuple(Head(head.name, head.labels, recipe.scheme) for head in recipe.head_choices)


def load_corpora(recipe: Recipe) -> tuple[RunCorpus, ...]:
    """All corpora of the recipe, from the folder that BIOWEAVE_CORPORA names.

    Raises ConfigurationError where a corpus trains no head, a head learns from no corpus, or a
    label is annotated by none.
    """
    loaded = tuple(_load(choice, recipe) for choice in recipe.corpora)
    for position, head in enumerate(recipe.head_choices):
        if not any(one.trains[position] for one in loaded):
            raise ConfigurationError(
                f"head {head.name!r} ({', '.join(head.labels)}) learns from no corpus: "
                f"none of {', '.join(choice.name for choice in recipe.corpora)} "
                "annotates all its labels"
            )
    return loaded


def _load(choice: CorpusChoice, recipe: Recipe) -> RunCorpus:
    info = corpus.info(choice.name)
    labels = tuple(label for label in recipe.labels if label in info.labels)
    trains = tuple(_learns(head, choice, labels) for head in recipe.head_choices)
    if not any(trains):
        raise ConfigurationError(
            f"corpus {choice.name!r} annotates {', '.join(info.labels)} "
            "and trains none of the heads"
        )
    train = [document for split in choice.train_on for document in corpus.load(choice.name, split)]
    dev: Sequence[Document] = ()
    splits: list[str] = list(choice.train_on)
    if choice.evaluate and "dev" in info.splits:
        dev = corpus.load(choice.name, "dev")
        splits.append("dev")
    elif choice.evaluate:
        train, dev = corpus.carve(train, choice.carve, recipe.seed)
    files = {path for split in splits for path in corpus.files(choice.name, split)}
    return RunCorpus(choice, labels, trains, tuple(train), tuple(dev), tuple(sorted(files)))


def _learns(head: HeadChoice, choice: CorpusChoice, labels: tuple[str, ...]) -> bool:
    named = not head.corpora or choice.name in head.corpora
    return named and all(label in labels for label in head.labels)
