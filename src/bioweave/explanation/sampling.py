"""Some of many mentions, spread over documents and labels, by a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bioweave.document import Mention


@dataclass(frozen=True, slots=True)
class Sampled:
    """A mention, and the place of its document; `turn` is its place in the order of drawing."""

    document: int
    mention: Mention
    turn: int

    @property
    def key(self) -> str:
        """Tells it from all others; by the document's place, since ids need not be different."""
        mention = self.mention
        return f"{self.document}:{mention.start}:{mention.end}:{mention.label}"


def sample_mentions(
    mentions: Sequence[Sequence[Mention]], labels: Sequence[str], n: int | None, seed: int
) -> list[Sampled]:
    """At most `n` mentions of these labels, or all, in the order in which they are drawn.

    `mentions` are those of each document.

    Labels take turns while they have any; for each the documents do, in an order of chance; within
    a document chance decides. The first so many are the same whatever `n` is.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(mentions)).tolist()
    queues: list[list[tuple[int, Mention]]] = []
    for label in labels:
        ranked: list[tuple[int, int, int, Mention]] = []
        for rank, place in enumerate(order):
            own = [one for one in mentions[place] if one.label == label]
            for round_, which in enumerate(random.permutation(len(own)).tolist()):
                ranked.append((round_, rank, place, own[which]))
        ranked.sort(key=lambda one: one[:2])
        queues.append([(place, mention) for _, _, place, mention in ranked])
    drawn: list[Sampled] = []
    for round_ in range(max(map(len, queues), default=0)):
        for queue in queues:
            if round_ < len(queue):
                drawn.append(Sampled(*queue[round_], turn=len(drawn)))
    return drawn[:n]
