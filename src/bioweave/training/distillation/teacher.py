"""A trained tagger as a teacher: how probable it finds each tag of each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from bioweave.bundle import Bundle, Chains
from bioweave.document import Document
from bioweave.features.batches import padded
from bioweave.model.chain import ChainScores, forward_backward
from bioweave.model.heads import Head
from bioweave.training.development import emissions_of
from bioweave.training.examples import CutDocument, ExampleMaker
from bioweave.training.loading import is_run, load_run

# Words that go through forward-backward together, padding included.
_WORDS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Teacher:
    """A bundle, or a run seen as one, asked for probabilities instead of mentions."""

    bundle: Bundle
    name: str = field(default="")

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """What it knows, in the order of its probabilities."""
        return tuple(
            Head(head.name, head.labels, head.scheme) for head in self.bundle.manifest.heads
        )

    def probabilities(
        self, documents: Sequence[Document], temperature: float = 1.0
    ) -> Iterator[npt.NDArray[np.float32]]:
        """Each document's [words, heads, tags]: the chains' marginals.

        Every score is divided by the temperature first. Narrower heads are filled up with zeros.
        """
        bundle = self.bundle
        maker = ExampleMaker(
            bundle.tokenizer,
            bundle.manifest.windows,
            self.heads,
            bundle.featurizer,
            bundle.second_tokenizer,
        )
        cut = maker.cut(documents)
        flat = [(number, window) for number, one in enumerate(cut) for window in one.windows]
        emissions = emissions_of(
            [window for _, window in flat],
            [cut[number].features_of(window) for number, window in flat],
            bundle.graph,
        )
        # Windows of one long sentence make one chain.
        segments = groupby(range(len(flat)), key=lambda i: (flat[i][0], flat[i][1].segment))
        sequences = []
        owners = []
        for (number, _), indices in segments:
            sequences.append(np.concatenate([emissions[i] for i in indices]))
            owners.append(number)
        return _by_document(cut, owners, marginals_of(sequences, bundle.chains, temperature))


def open_teacher(path: Path) -> Teacher:
    """The teacher in a run's or a bundle's folder; `default` is the default bundle."""
    if is_run(path):
        return Teacher(load_run(path, precision="bf16"), path.name)
    return Teacher(Bundle.load(path), path.name)


def marginals_of(
    sequences: Sequence[npt.NDArray[np.float32]], chains: Chains, temperature: float
) -> list[npt.NDArray[np.float32]]:
    """Marginals [words, heads, tags] of emissions [words, tags of all heads]."""
    scores = ChainScores(
        *(
            torch.from_numpy(np.asarray(part, dtype=np.float32)) / temperature
            for part in (chains.start, chains.transitions, chains.end)
        )
    )
    found: list[npt.NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(sequences)
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and _n_words(sequences, order[start : end + 1]) <= _WORDS_AT_ONCE:
            end += 1
        chosen = order[start:end]
        batch = _stacked([sequences[i] for i in chosen], chains) / temperature
        lengths = torch.tensor([len(sequences[i]) for i in chosen])
        shifted = torch.from_numpy(batch).log_softmax(dim=-1)
        marginals = forward_backward(shifted, lengths, scores).marginals().numpy()
        for row, i in zip(marginals, chosen, strict=True):
            found[i] = row[: len(sequences[i])].copy()
        start = end
    return found


def _n_words(sequences: Sequence[npt.NDArray[np.float32]], chosen: Sequence[int]) -> int:
    # Sorted by length: the last one is the longest.
    return len(chosen) * padded(len(sequences[chosen[-1]]))


def _stacked(
    sequences: Sequence[npt.NDArray[np.float32]], chains: Chains
) -> npt.NDArray[np.float32]:
    """Emissions [sequences, words, heads, tags], narrower heads filled up."""
    longest = max(max(map(len, sequences)), 1)
    shape = (len(sequences), longest, len(chains.heads), chains.n_tags)
    # Low enough to be never taken, and still exact when divided.
    batch = np.full(shape, -1e4, dtype=np.float32)
    for row, sequence in zip(batch, sequences, strict=True):
        for head, columns in enumerate(chains.columns):
            width = columns.stop - columns.start
            row[: len(sequence), head, :width] = sequence[:, columns]
    return batch


def _by_document(
    cut: Sequence[CutDocument],
    owners: Sequence[int],
    marginals: Sequence[npt.NDArray[np.float32]],
) -> Iterator[npt.NDArray[np.float32]]:
    shape = marginals[0].shape[1:] if marginals else (0, 0)
    edges = np.searchsorted(owners, np.arange(len(cut) + 1))
    for first, last in pairwise(edges.tolist()):
        if first == last:
            yield np.empty((0, *shape), dtype=np.float32)
        else:
            yield np.concatenate(marginals[first:last])
