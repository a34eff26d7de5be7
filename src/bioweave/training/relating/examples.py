"""Documents -> pairs with gold labels: what one step of training looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset

from bioweave.document import Document
from bioweave.relating import PairCutter
from bioweave.relating.batches import pad_marked
from bioweave.relating.candidates import (
    PairKey,
    gold_labels,
    gold_relations,
    pair_key,
    sentences_between,
)
from bioweave.relating.relater import with_ids
from bioweave.relating.scoring import CutPair
from bioweave.relating.settings import columns


@dataclass(frozen=True, slots=True, eq=False)
class PairExample:
    """A pair and what holds between its ends.

    `is_gold` [labels of all tasks]; only those of the pair's own task, `asked`, mean something.
    `n_apart` says how many sentences lie between the ends where they are nearest.
    """

    cut: CutPair
    is_gold: npt.NDArray[np.bool_]
    asked: slice
    n_apart: int = 0
    # The share of pairs like this one that an epoch sees where nothing holds.
    negative_rate: float = 1.0

    @property
    def n_pieces(self) -> int:
        """Pieces of all windows, special ones included."""
        return sum(len(window.piece_ids) for window in self.cut.windows)

    @property
    def holds(self) -> bool:
        """Whether any relation holds."""
        return bool(self.is_gold.any())


class PairExamples(Dataset[PairExample]):
    """All the pairs of a run."""

    def __init__(self, examples: Sequence[PairExample]) -> None:
        self._examples = list(examples)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, position: int) -> PairExample:
        return self._examples[position]


@dataclass(slots=True)
class PairCounts:
    """What became of gold relations: one whose ends are no candidate pair is out of reach.

    So is one that is `turned`: from the task's tail to its head. Its pair is neither related nor
    unrelated, and left out.
    """

    pairs: int = 0
    related: int = 0
    windows: int = 0
    cut_pieces: int = 0
    unmarked_mentions: int = 0
    gold: Counter[str] = field(default_factory=Counter)
    out_of_reach: Counter[str] = field(default_factory=Counter)
    turned: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """For a run's record."""
        return {
            "pairs": self.pairs,
            "related": self.related,
            "windows": self.windows,
            "cut_pieces": self.cut_pieces,
            "unmarked_mentions": self.unmarked_mentions,
            "gold": dict(sorted(self.gold.items())),
            "out_of_reach": dict(sorted((+self.out_of_reach).items())),
            "turned": dict(sorted(self.turned.items())),
        }


def pair_examples(
    documents: Sequence[Document], cutter: PairCutter, learns: Sequence[bool], counts: PairCounts
) -> Iterator[PairExample]:
    """The pairs of the tasks that `learns` marks, document by document; `counts` is added to."""
    own = list(columns(cutter.tasks))
    labels = [label for task in cutter.tasks for label in task.labels]
    asked_labels = {label for label, one in zip(labels, _by_label(own, learns), strict=True) if one}
    for number, document in enumerate(documents):
        segmented = cutter.segmented(with_ids(document))
        gold = gold_labels(segmented.document, cutter.tasks)
        missed = Counter(
            one.label
            for one in gold_relations(segmented.document, cutter.tasks)
            if one.label in asked_labels
        )
        counts.gold.update(missed)
        for cut in cutter.cut(number, segmented):
            if not learns[cut.pair.task]:
                continue
            key = pair_key(cut.pair)
            holding = gold.get(key, set())
            if not holding and (turned := gold.get(_turned(key))):
                counts.turned.update(turned)
                continue
            missed.subtract(holding)
            is_gold = np.array([label in holding for label in labels], dtype=np.bool_)
            counts.pairs += 1
            counts.related += bool(holding)
            counts.windows += len(cut.windows)
            counts.cut_pieces += sum(window.n_cut for window in cut.windows)
            counts.unmarked_mentions += sum(window.n_unmarked for window in cut.windows)
            n_apart = sentences_between(cut.pair, segmented.sentence_of)
            yield PairExample(cut, is_gold, own[cut.pair.task], n_apart)
        counts.out_of_reach.update(+missed)


def collate_pairs(examples: Sequence[PairExample]) -> dict[str, Tensor]:
    """A batch: inputs of all windows [W, ...], shortest first; `pair_of` [W] says whose each is.

    `is_gold` and `asked` are [B, labels]; `shifts` [B] is what drawing few unrelated pairs adds to
    a pair's log-odds.
    """
    windows = [(window, pair) for pair, one in enumerate(examples) for window in one.cut.windows]
    windows.sort(key=lambda both: len(both[0].piece_ids))
    inputs = pad_marked([window for window, _ in windows])
    inputs["pair_of"] = np.array([pair for _, pair in windows])
    inputs["is_gold"] = np.stack([one.is_gold for one in examples])
    asked = np.zeros_like(inputs["is_gold"])
    for row, one in enumerate(examples):
        asked[row, one.asked] = True
    inputs["asked"] = asked
    inputs["shifts"] = -np.log(np.array([one.negative_rate for one in examples], dtype=np.float32))
    return {name: torch.from_numpy(array) for name, array in inputs.items()}


def _turned(key: PairKey) -> PairKey:
    return key[0], key[2], key[1]


def _by_label(own: Sequence[slice], learns: Sequence[bool]) -> Iterator[bool]:
    for column, is_learned in zip(own, learns, strict=True):
        yield from [is_learned] * (column.stop - column.start)
