"""What a bundle says of the spans of a sentence while some of the sentence's words are hidden.

One tagger is asked directly. Several that are fused are asked one by one, and what they say is
pooled as when they annotate.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bioweave.annotator.fused_inference import dictionary_hits, head_chains
from bioweave.annotator.inference import Annotation, Inference
from bioweave.annotator.preparation import PreparedDocument
from bioweave.bundle import Bundle, FusedBundle
from bioweave.document import TagSet, WordSpan
from bioweave.explanation.hiding import Masks, WordHider, hide_in_text
from bioweave.explanation.span_probability import absence_probability, span_probability
from bioweave.explanation.stretch import cut_stretch
from bioweave.explanation.subject import Subject
from bioweave.fusion import LinearPool, Pool, TagChain
from bioweave.fusion.stacking import REACH


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """Chains for each head of the manifest, over words that begin at `word_start` of the document.

    Where members vote there is a chain for each of them, with its weight; else there is one.
    """

    heads: tuple[tuple[tuple[float, TagChain], ...], ...]
    tag_sets: tuple[TagSet, ...]
    word_start: int

    def span(self, span: WordSpan, head: int) -> float:
        """The probability that exactly this span of the document's words is a mention."""
        start, end, label = span
        local = WordSpan(start - self.word_start, end - self.word_start, label)
        tag_set = self.tag_sets[head]
        return sum(
            weight * span_probability(chain, tag_set, local) for weight, chain in self.heads[head]
        )

    def absence(self, word_start: int, word_end: int, head: int) -> float:
        """The probability that no mention of the head's labels touches these words."""
        inside = word_start - self.word_start, word_end - self.word_start
        return sum(
            weight * absence_probability(chain, *inside) for weight, chain in self.heads[head]
        )


class Opinions(Protocol):
    """Asks for opinions of one sentence; `shown` is [variants, words of it], True for seen."""

    def __call__(self, shown: Masks) -> list[Opinion]:
        """An opinion for each variant."""


def opinions_of(
    bundle: Bundle | FusedBundle, subject: Subject, executor: Executor, *, n_threads: int
) -> Opinions:
    """Whom to ask about the subject's sentence; `n_threads` is how many the executor has."""
    if isinstance(bundle, FusedBundle):
        return _OfSeveral(bundle, subject, executor, n_threads)
    return _OfOne(bundle, subject, executor, n_threads)


class _OfOne:
    """A tagger at work on the least stretch that holds the sentence and `reach` words around it."""

    def __init__(
        self, bundle: Bundle, subject: Subject, executor: Executor, n_threads: int, reach: int = 0
    ) -> None:
        self._asked = bundle, executor, n_threads
        self._tag_sets = tuple(head.tag_set for head in bundle.manifest.heads)
        prepared = subject.preparations.of(bundle)
        near = subject.players
        stretch = cut_stretch(prepared, near.start - reach, near.stop + reach)
        self.inside = range(stretch.word_start, stretch.word_end)
        self._hide = WordHider(prepared, stretch, bundle, subject.sentence)

    def __call__(self, shown: Masks) -> list[Opinion]:
        """See `Opinions`."""
        return [
            Opinion(
                tuple(((1.0, chain),) for chain in one.chains), self._tag_sets, self.inside.start
            )
            for one in self.annotations(shown)
        ]

    def annotations(self, shown: Masks) -> list[Annotation]:
        """What the tagger says of the stretch, which counts its words from `inside.start`."""
        bundle, executor, n_threads = self._asked
        inference = Inference(self._hide(shown), bundle, executor, n_threads=n_threads)
        return inference.result(with_chains=True)


class _OfSeveral:
    """Members at work on a stretch each, pooled over the words that these have in common."""

    def __init__(
        self, bundle: FusedBundle, subject: Subject, executor: Executor, n_threads: int
    ) -> None:
        self._bundle = bundle
        self._subject = subject
        self._tag_sets = tuple(head.tag_set for head in bundle.manifest.heads)
        self._members = [
            _OfOne(member, subject, executor, n_threads, REACH) for member in bundle.members
        ]
        self._inside = range(
            max(member.inside.start for member in self._members),
            min(member.inside.stop for member in self._members),
        )

    def __call__(self, shown: Masks) -> list[Opinion]:
        """See `Opinions`."""
        heads = self._bundle.manifest.heads
        told = [
            [
                tuple(
                    _cut(chain, member.inside, self._inside)
                    for chain in head_chains(one, bundle.manifest.heads, heads)
                )
                for one in member.annotations(shown)
            ]
            for member, bundle in zip(self._members, self._bundle.members, strict=True)
        ]
        return [
            self._pooled(members, row)
            for members, row in zip(zip(*told, strict=True), shown, strict=True)
        ]

    def _pooled(
        self, members: Sequence[tuple[TagChain, ...]], row: npt.NDArray[np.bool_]
    ) -> Opinion:
        hits = self._hits(row)
        heads = tuple(
            self._of_head(pool, tag_set, [chains[place] for chains in members], hits)
            for place, (pool, tag_set) in enumerate(
                zip(self._bundle.pools, self._tag_sets, strict=True)
            )
        )
        return Opinion(heads, self._tag_sets, self._inside.start)

    def _of_head(
        self,
        pool: Pool,
        tag_set: TagSet,
        chains: Sequence[TagChain],
        hits: npt.NDArray[np.float64] | None,
    ) -> tuple[tuple[float, TagChain], ...]:
        if self._bundle.fusion.method != "vote":
            return ((1.0, pool(chains, tag_set, hits)),)
        # What `annotate` calls the confidence of an elected span is the members' mean.
        weights = pool.weights if isinstance(pool, LinearPool) else np.ones(len(chains))
        return tuple(zip((weights / weights.sum()).tolist(), chains, strict=True))

    def _hits(self, row: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64] | None:
        """What the pools' dictionary says of the words that are left to see."""
        words, sentence = self._subject.words, self._subject.sentence
        hidden = [words[word] for word, seen in zip(sentence, row, strict=True) if not seen]
        document = hide_in_text(self._subject.document, hidden)
        inside = words[self._inside.start : self._inside.stop]
        return dictionary_hits(PreparedDocument(document, inside, [], {}), self._bundle)


def _cut(chain: TagChain, own: range, wanted: range) -> TagChain:
    """The part of a chain over the words `own` that is over the words `wanted` among them."""
    first, last = wanted.start - own.start, wanted.stop - own.start
    return TagChain(chain.marginals[first:last], chain.pairs[first : last - 1])
