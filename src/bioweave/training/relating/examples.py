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
from bioweave.relating.candidates import gold_labels, gold_relations, pair_key
from bioweave.relating.relater import with_ids
from bioweave.relating.scoring import CutPair
from bioweave.relating.settings import columns


@dataclass(frozen=True, slots=True, eq=False)
class PairExample:
    """A pair and what holds between its ends.

    `is_gold` [labels of all tasks]; only those of the pair's own task, `asked`, mean something.
    """

    cut: CutPair
    is_gold: npt.NDArray[np.bool_]
    asked: slice

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
    """What became of gold relations: one whose ends are no candidate pair is out of reach."""

    pairs: int = 0
    related: int = 0
    windows: int = 0
    cut_pieces: int = 0
    unmarked_mentions: int = 0
    gold: Counter[str] = field(default_factory=Counter)
    out_of_reach: Counter[str] = field(default_factory=Counter)

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
            holding = gold.get(pair_key(cut.pair), set())
            missed.subtract(holding)
            is_gold = np.array([label in holding for label in labels], dtype=np.bool_)
            counts.pairs += 1
            counts.related += bool(holding)
            counts.windows += len(cut.windows)
            counts.cut_pieces += sum(window.n_cut for window in cut.windows)
            counts.unmarked_mentions += sum(window.n_unmarked for window in cut.windows)
            yield PairExample(cut, is_gold, own[cut.pair.task])
        counts.out_of_reach.update(+missed)


def collate_pairs(examples: Sequence[PairExample]) -> dict[str, Tensor]:
    """A batch: inputs of all windows [W, ...], `pair_of` [W], `is_gold` and `asked` [B, labels]."""
    inputs = pad_marked([window for one in examples for window in one.cut.windows])
    inputs["pair_of"] = np.repeat(
        np.arange(len(examples)), [len(one.cut.windows) for one in examples]
    )
    inputs["is_gold"] = np.stack([one.is_gold for one in examples])
    asked = np.zeros_like(inputs["is_gold"])
    for row, one in enumerate(examples):
        asked[row, one.asked] = True
    inputs["asked"] = asked
    return {name: torch.from_numpy(array) for name, array in inputs.items()}


def _by_label(own: Sequence[slice], learns: Sequence[bool]) -> Iterator[bool]:
    for column, is_learned in zip(own, learns, strict=True):
        yield from [is_learned] * (column.stop - column.start)
