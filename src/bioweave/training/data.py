"""The documents of a run: which corpus is learned from, which is measured on."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bioweave import corpus
from bioweave.corpus import Drop, Part, SplitName, merge
from bioweave.document import Document
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.model.heads import Head
from bioweave.training.corpus_choice import CorpusChoice
from bioweave.training.corpus_plan import CorpusPlan, PlannedHead
from bioweave.training.recipe import Recipe

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunCorpus:
    """One corpus as a run uses it.

    `labels` are those it annotates among the recipe's; `trains` marks, head by head, who learns
    from it. `dev` is empty where the recipe does not measure on it. `drops` are the documents that
    stand in a split that is measured on, or in an earlier corpus, and so are not learned from.
    `held_out` is the fold that the recipe holds out, measured on or not. `augmented` is what was
    made of `train` (`augmenting.augment`) and is learned from as well, `augmentation` how much
    of it by method.
    """

    choice: CorpusChoice
    labels: tuple[str, ...]
    trains: tuple[bool, ...]
    train: tuple[Document, ...]
    dev: tuple[Document, ...]
    files: tuple[Path, ...]
    drops: tuple[Drop, ...] = ()
    is_carved: bool = False
    held_out: tuple[Document, ...] = ()
    augmented: tuple[Document, ...] = ()
    augmentation: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def learned_labels(self, heads: Sequence[PlannedHead], *, auxiliary: bool) -> list[str]:
        """What heads of the one kind or the other learn from it, `heads` being all the run's."""
        learned = {
            label
            for head, trains in zip(heads, self.trains, strict=True)
            if trains and head.auxiliary == auxiliary
            for label in head.labels
        }
        return [label for label in self.labels if label in learned]

    @property
    def learned_sha256(self) -> str:
        """The SHA-256 of the ids of `train`, one a line in their order: which ones they are."""
        ids = "".join(f"{document.id}\n" for document in self.train)
        return hashlib.sha256(ids.encode()).hexdigest()

    @property
    def summary(self) -> str:
        """How much there is of it, in a line."""
        dropped = f" ({len(self.drops)} dropped: they stand elsewhere)" if self.drops else ""
        made = f" and {len(self.augmented):,} made from them" if self.augmented else ""
        return (
            f"{self.choice.name}: {len(self.train):,} documents to learn from{dropped}{made}, "
            f"{len(self.dev):,} to measure on"
        )


def make_heads(recipe: Recipe) -> tuple[Head, ...]:
    """The recipe's heads."""
    return tuple(
        Head(head.name, head.labels, recipe.scheme, head.auxiliary) for head in recipe.head_choices
    )


def load_corpora(recipe: CorpusPlan) -> tuple[RunCorpus, ...]:
    """All corpora of the recipe, from the folder that BIOWEAVE_CORPORA names, safely merged.

    A document is learned from once, for the corpus that the recipe names first, and not at all
    where it stands in a dev or test split that is reported (`corpus.merge`), or in a fold that is
    held out. What is left of that the recipe's share is taken. Of a fold, too, what stands in a
    reported split is left out: over all folds it would be learned from.

    Raises ConfigurationError where a corpus trains no head, has nothing left to learn from or
    less than the recipe wants, or has no such fold; where a head learns from no corpus; and where
    a label is annotated by none.
    """
    check_heads(recipe)
    return _merged(tuple(_load(choice, recipe) for choice in recipe.corpora), recipe)


def check_heads(recipe: CorpusPlan) -> None:
    """Raise ConfigurationError where a corpus trains no head, or a head learns from no corpus."""
    trains = [_trains(choice, recipe) for choice in recipe.corpora]
    for choice, by_head in zip(recipe.corpora, trains, strict=True):
        if not any(by_head):
            raise ConfigurationError(
                f"corpus {choice.name!r} annotates {_annotations(choice, recipe)} and trains none "
                "of the heads"
            )
    for head, by_corpus in zip(recipe.head_choices, zip(*trains, strict=True), strict=True):
        if not any(by_corpus):
            raise ConfigurationError(
                f"head {head.name!r} ({', '.join(head.labels)}) learns from no corpus: "
                f"none of {', '.join(choice.name for choice in recipe.corpora)} "
                "annotates all its labels"
            )


def _annotations(choice: CorpusChoice, recipe: CorpusPlan) -> str:
    return ", ".join(recipe.annotated(corpus.info(choice.name))) or "nothing of the kind"


def _merged(loaded: tuple[RunCorpus, ...], recipe: CorpusPlan) -> tuple[RunCorpus, ...]:
    learned = [Part(_learned_name(one.choice), one.train) for one in loaded]
    measured = [
        Part(SplitName(one.choice.name, "dev"), one.dev)
        for one in loaded
        if one.dev and not one.held_out and "dev" not in one.choice.train_on
    ]
    folds = [Part(_fold_name(one.choice), one.held_out) for one in loaded if one.held_out]
    reported = list(_reported(recipe))
    kept, drops = merge(learned, [*measured, *folds, *reported])
    merged = []
    for one, part, documents in zip(loaded, learned, kept, strict=True):
        own = tuple(drop for drop in drops if drop.split == part.name)
        if not documents:
            raise ConfigurationError(
                f"corpus {one.choice.name!r}: nothing is left to learn from, since all its "
                f"documents stand elsewhere, the first in {own[0].other if own else 'no split'}"
            )
        train = tuple(_portion(documents, one.choice))
        merged.append(_fenced_fold(replace(one, train=train, drops=own), reported))
    return tuple(merged)


def _fenced_fold(one: RunCorpus, reported: Sequence[Part]) -> RunCorpus:
    """The corpus with what stands in a reported split left out of its fold as well."""
    if not one.held_out:
        return one
    name = _fold_name(one.choice)
    (held_out,), drops = merge([Part(name, one.held_out)], reported)
    if not held_out:
        raise ConfigurationError(
            f"corpus {one.choice.name!r}: nothing is left of the fold, since all its documents "
            f"stand in splits that are reported, the first in {drops[0].other}"
        )
    return replace(
        one,
        held_out=tuple(held_out),
        dev=tuple(held_out) if one.choice.evaluate else (),
        drops=(*one.drops, *drops),
    )


def _portion(documents: Sequence[Document], choice: CorpusChoice) -> Sequence[Document]:
    """As much as the recipe wants of the documents that may be learned from."""
    wanted = choice.documents or max(1, round(choice.share * len(documents)))
    if wanted > len(documents):
        raise ConfigurationError(
            f"corpus {choice.name!r}: documents = {wanted:,}, and there are only "
            f"{len(documents):,} that may be learned from"
        )
    if wanted == len(documents):
        return documents
    return corpus.take_portion(documents, wanted, choice.sample_seed)


def _learned_name(choice: CorpusChoice) -> SplitName:
    return SplitName(choice.name, "+".join(choice.train_on))


def _fold_name(choice: CorpusChoice) -> SplitName:
    number = choice.fold.number if choice.fold is not None else 0
    return SplitName(choice.name, f"{'+'.join(choice.train_on)}, fold {number}")


def _reported(recipe: CorpusPlan) -> Iterator[Part]:
    """The dev and test splits that nothing may be learned from."""
    own = {choice.name: choice for choice in recipe.corpora}
    reported = recipe.merging.reported
    named = corpus.corpus_names() if reported == "all" else reported
    for name in dict.fromkeys([*own, *named]):
        info = corpus.info(name)
        # Without one of the recipe's labels there is nothing to be scored on.
        is_scored = any(label in recipe.annotated(info) for label in recipe.labels)
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


def _load(choice: CorpusChoice, recipe: CorpusPlan) -> RunCorpus:
    info = corpus.info(choice.name)
    labels = _labels(choice, recipe)
    trains = _trains(choice, recipe)
    train = [document for split in choice.train_on for document in corpus.load(choice.name, split)]
    dev: Sequence[Document] = ()
    held_out: Sequence[Document] = ()
    splits: list[str] = list(choice.train_on)
    is_carved = choice.fold is None and choice.evaluate and "dev" not in info.splits
    if (fold := choice.fold) is not None:
        train, held_out = corpus.split_fold(train, fold.of, fold.number, fold.seed)
        dev = held_out if choice.evaluate else ()
    elif choice.evaluate and "dev" in info.splits:
        dev = corpus.load(choice.name, "dev")
        splits.append("dev")
    elif is_carved:
        train, dev = corpus.carve(train, choice.carve, recipe.seed)
    files = {path for split in splits for path in corpus.files(choice.name, split)}
    return RunCorpus(
        choice,
        labels,
        trains,
        tuple(train),
        tuple(dev),
        tuple(sorted(files)),
        is_carved=is_carved,
        held_out=tuple(held_out),
    )


def _labels(choice: CorpusChoice, recipe: CorpusPlan) -> tuple[str, ...]:
    """Those of the recipe that a corpus annotates."""
    annotated = recipe.annotated(corpus.info(choice.name))
    return tuple(label for label in recipe.labels if label in annotated)


def _trains(choice: CorpusChoice, recipe: CorpusPlan) -> tuple[bool, ...]:
    """Head by head, whether it learns from a corpus."""
    labels = _labels(choice, recipe)
    return tuple(_learns(head, choice, labels) for head in recipe.head_choices)


def _learns(head: PlannedHead, choice: CorpusChoice, labels: tuple[str, ...]) -> bool:
    named = not head.corpora or choice.name in head.corpora
    return named and all(label in labels for label in head.labels)
