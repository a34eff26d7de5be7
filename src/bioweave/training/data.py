"""The documents of a run: which corpus is learned from, which is measured on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bioweave import corpus
from bioweave.corpus import Drop, Part, SplitName, merge
from bioweave.document import Document
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.model.heads import Head
from bioweave.training.recipe import CorpusChoice, HeadChoice, Recipe

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunCorpus:
    """One corpus as a run uses it.

    `labels` are those it annotates among the recipe's; `trains` marks, head by head, who learns
    from it. `dev` is empty where the recipe does not measure on it. `drops` are the documents that
    stand in a split that is measured on, or in an earlier corpus, and so are not learned from.
    """

    choice: CorpusChoice
    labels: tuple[str, ...]
    trains: tuple[bool, ...]
    train: tuple[Document, ...]
    dev: tuple[Document, ...]
    files: tuple[Path, ...]
    drops: tuple[Drop, ...] = ()
    is_carved: bool = False

    def learned_labels(self, heads: Sequence[HeadChoice], *, auxiliary: bool) -> list[str]:
        """What heads of the one kind or the other learn from it, `heads` being all the run's."""
        learned = {
            label
            for head, trains in zip(heads, self.trains, strict=True)
            if trains and head.auxiliary == auxiliary
            for label in head.labels
        }
        return [label for label in self.labels if label in learned]

    @property
    def summary(self) -> str:
        """How much there is of it, in a line."""
        dropped = f" ({len(self.drops)} dropped: they stand elsewhere)" if self.drops else ""
        return (
            f"{self.choice.name}: {len(self.train):,} documents to learn from{dropped}, "
            f"{len(self.dev):,} to measure on"
        )


def make_heads(recipe: Recipe) -> tuple[Head, ...]:
    """The recipe's heads."""
    return tuple(
        Head(head.name, head.labels, recipe.scheme, head.auxiliary) for head in recipe.head_choices
    )


def load_corpora(recipe: Recipe) -> tuple[RunCorpus, ...]:
    """All corpora of the recipe, from the folder that BIOWEAVE_CORPORA names, safely merged.

    A document is learned from once, for the corpus that the recipe names first, and not at all
    where it stands in a dev or test split that is reported (`corpus.merge`).

    Raises ConfigurationError where a corpus trains no head or has nothing left to learn from, a
    head learns from no corpus, or a label is annotated by none.
    """
    loaded = tuple(_load(choice, recipe) for choice in recipe.corpora)
    for position, head in enumerate(recipe.head_choices):
        if not any(one.trains[position] for one in loaded):
            raise ConfigurationError(
                f"head {head.name!r} ({', '.join(head.labels)}) learns from no corpus: "
                f"none of {', '.join(choice.name for choice in recipe.corpora)} "
                "annotates all its labels"
            )
    return _merged(loaded, recipe)


def _merged(loaded: tuple[RunCorpus, ...], recipe: Recipe) -> tuple[RunCorpus, ...]:
    learned = [Part(_learned_name(one.choice), one.train) for one in loaded]
    measured = [
        Part(SplitName(one.choice.name, "dev"), one.dev)
        for one in loaded
        if one.dev and "dev" not in one.choice.train_on
    ]
    kept, drops = merge(learned, [*measured, *_reported(recipe)])
    merged = []
    for one, part, documents in zip(loaded, learned, kept, strict=True):
        own = tuple(drop for drop in drops if drop.split == part.name)
        if not documents:
            raise ConfigurationError(
                f"corpus {one.choice.name!r}: nothing is left to learn from, since all its "
                f"documents stand elsewhere, the first in {own[0].other if own else 'no split'}"
            )
        merged.append(replace(one, train=tuple(documents), drops=own))
    return tuple(merged)


def _learned_name(choice: CorpusChoice) -> SplitName:
    return SplitName(choice.name, "+".join(choice.train_on))


def _reported(recipe: Recipe) -> Iterator[Part]:
    """The dev and test splits that nothing may be learned from."""
    own = {choice.name: choice for choice in recipe.corpora}
    reported = recipe.merging.reported
    named = corpus.corpus_names() if reported == "all" else reported
    for name in dict.fromkeys([*own, *named]):
        info = corpus.info(name)
        # Without one of the recipe's labels there is nothing to be scored on.
        is_scored = any(label in info.labels for label in recipe.labels)
        for split in info.splits if is_scored else ():
            if split == "train" or (name in own and split in own[name].train_on):
                continue
            try:
                yield Part(SplitName(name, split), corpus.load(name, split))
            except CorpusError as error:
                if reported != "all":
                    raise
                # Whoever lacks a corpus cannot report on it, either.
                logger.debug("%s %s is not kept out of training: %s", name, split, error)


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
    is_carved = choice.evaluate and "dev" not in info.splits
    if choice.evaluate and "dev" in info.splits:
        dev = corpus.load(choice.name, "dev")
        splits.append("dev")
    elif is_carved:
        train, dev = corpus.carve(train, choice.carve, recipe.seed)
    files = {path for split in splits for path in corpus.files(choice.name, split)}
    return RunCorpus(
        choice, labels, trains, tuple(train), tuple(dev), tuple(sorted(files)), is_carved=is_carved
    )


def _learns(head: HeadChoice, choice: CorpusChoice, labels: tuple[str, ...]) -> bool:
    named = not head.corpora or choice.name in head.corpora
    return named and all(label in labels for label in head.labels)
