"""What a trainer learns from, shared out among processes without changing what is learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from bioweave.training.examples import Example, Examples, collate
from bioweave.training.recipe import Recipe
from bioweave.training.sampling import LengthBatches
from bioweave.training.turns import TurnBatches, TurnCollate

# Beside a batch's inputs: how much its loss is the mean of, and the same of all processes' batches.
OWN_COUNT = "own_count"
COUNT_OF_ALL = "count_of_all"


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What a trainer learns from: examples, which of them make a batch, and how they become one."""

    examples: Dataset[Any]
    batches: LengthBatches | TurnBatches
    collate: Callable[[Sequence[Any]], dict[str, Tensor]]
    # Among a batch's names, those that the loss compares with.
    labels: tuple[str, ...]
    # What the loss of examples is the mean over: by default themselves.
    count: Callable[[Sequence[Any]], int] = len


class SharedCollate:
    """Makes a process's share of each batch, with the counts that put its loss into the whole.

    A process whose share is empty takes part with an example that counts nothing.
    """

    def __init__(self, lessons: Lessons, *, process: int, n_processes: int) -> None:
        self._lessons = lessons
        self._process = process
        self._n_processes = n_processes

    def __call__(self, examples: Sequence[Any]) -> dict[str, Any]:
        """The share's batch, `OWN_COUNT` and `COUNT_OF_ALL`."""
        # Windows come by length: every so manieth is as much work for each process.
        share = examples[self._process :: self._n_processes]
        return {
            **self._lessons.collate(share or [self._lessons.examples[0]]),
            OWN_COUNT: self._lessons.count(share),
            COUNT_OF_ALL: self._lessons.count(examples),
        }


class LessonLoader(DataLoader[Any]):
    """Batches in the order of the epoch that `Trainer` is in."""

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.batch_sampler.set_epoch(epoch)  # type: ignore[union-attr]


def lesson_loader(lessons: Lessons, *, process: int, n_processes: int) -> LessonLoader:
    """A process's batches."""
    return LessonLoader(
        lessons.examples,
        batch_sampler=lessons.batches,
        collate_fn=SharedCollate(lessons, process=process, n_processes=n_processes),
    )


def tagger_lessons(examples: Examples, weights: list[float], recipe: Recipe) -> Lessons:
    """Windows with tags, as often as `weights` says."""
    all_examples = [examples[position] for position in range(len(examples))]
    lengths = [example.n_pieces for example in all_examples]
    settings = recipe.training
    if not settings.heads_in_turn:
        jointly = LengthBatches(
            lengths,
            batch_size=settings.batch_size,
            seed=recipe.seed,
            weights=weights,
            n_parts=settings.gradient_accumulation,
        )
        return Lessons(examples, jointly, collate, ("tags",), n_taught)
    in_turn = TurnBatches(
        lengths,
        np.stack([example.trains for example in all_examples]),
        batch_size=settings.batch_size,
        seed=recipe.seed,
        weights=weights,
        n_epochs=settings.epochs,
        n_parts=settings.gradient_accumulation,
    )
    # All windows that come are for the one head whose turn it is.
    return Lessons(examples, in_turn, TurnCollate(collate, in_turn), ("tags",))


def n_taught(examples: Sequence[Example]) -> int:
    """The pairs of a window and a head that learns from it, by tags or from teachers."""
    return sum(int(np.count_nonzero(_learners(example))) for example in examples)


def _learners(example: Example) -> npt.NDArray[np.bool_]:
    if example.soft_tags is None or example.teaches is None:
        return example.trains
    return example.trains | example.teaches
