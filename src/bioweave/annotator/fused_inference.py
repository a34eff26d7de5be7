"""Several taggers' opinions of the same documents -> one annotation each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.annotator.inference import Annotation, Inference
from bioweave.annotator.preparation import PreparedDocument, prepare
from bioweave.bundle import Bundle, FusedBundle, FusionManifest, HeadManifest, ScoredSpan
from bioweave.document import Document
from bioweave.fusion import (
    LinearPool,
    Pool,
    PooledSpan,
    TagChain,
    common_chain,
    likeliest_spans,
    probable_spans,
    vote,
)

# Spans less probable than that for a member count as nothing when votes are weighed.
CONSIDERED = 0.01

# What one member says of a document, by head of the fused bundle.
HeadChains: TypeAlias = tuple[TagChain, ...]


class FusedInference:
    """All members' graphs at work on a chunk of documents; `result` waits for them and pools."""

    def __init__(
        self, chunk: Sequence[Document], bundle: FusedBundle, executor: Executor, *, n_threads: int
    ) -> None:
        self._bundle = bundle
        self._members = [
            Inference(prepare(chunk, member), member, executor, n_threads=n_threads)
            for member in bundle.members
        ]

    def result(
        self,
        *,
        with_marginals: bool = False,
        with_chains: bool = False,
        floor: float | None = None,
    ) -> list[Annotation]:
        """As `Inference.result`: spans and probabilities are those of the pooled opinions."""
        considered = CONSIDERED if self._bundle.fusion.method == "vote" else None
        answers = [member.result(with_chains=True, floor=considered) for member in self._members]
        heads = self._bundle.manifest.heads
        return [
            pool_annotations(
                members,
                [
                    head_chains(one, member.manifest.heads, heads)
                    for one, member in zip(members, self._bundle.members, strict=True)
                ],
                self._bundle,
                with_marginals=with_marginals,
                with_chains=with_chains,
                floor=floor,
            )
            for members in zip(*answers, strict=True)
        ]


def start_inference(
    chunk: Sequence[Document], bundle: Bundle | FusedBundle, executor: Executor, *, n_threads: int
) -> Inference | FusedInference:
    """Set a bundle's graphs to work on documents."""
    if isinstance(bundle, FusedBundle):
        return FusedInference(chunk, bundle, executor, n_threads=n_threads)
    return Inference(prepare(chunk, bundle), bundle, executor, n_threads=n_threads)


def head_chains(
    annotation: Annotation, own: Sequence[HeadManifest], heads: Sequence[HeadManifest]
) -> HeadChains:
    """What a member with its `own` heads says of a document, by the heads of the pool."""
    pairs = [(head.tag_set, chain) for head, chain in zip(own, annotation.chains, strict=True)]
    return tuple(common_chain(pairs, head.labels) for head in heads)


def pool_annotations(
    members: Sequence[Annotation],
    opinions: Sequence[HeadChains],
    bundle: FusedBundle,
    *,
    with_marginals: bool = False,
    with_chains: bool = False,
    floor: float | None = None,
) -> Annotation:
    """What the members say of a document together.

    `members` are their annotations, candidates from `CONSIDERED` on included where the bundle
    votes; `opinions` are what `head_chains` makes of them.
    """
    prepared = members[0].prepared
    hits = dictionary_hits(prepared, bundle)
    spans: list[ScoredSpan] = []
    candidates: list[ScoredSpan] = []
    chains: list[TagChain] = []
    for place, (head, pool) in enumerate(zip(bundle.manifest.heads, bundle.pools, strict=True)):
        chain = pool([one[place] for one in opinions], head.tag_set, hits)
        if bundle.fusion.method == "vote":
            found, others = _voted(members, head.labels, pool, bundle.fusion)
        else:
            found = likeliest_spans(chain, head.tag_set)
            others = [] if floor is None else list(probable_spans(chain, head.tag_set, floor))
        taken = {span[:3] for span in found}
        spans += (ScoredSpan(*span, place) for span in found)
        candidates += (
            ScoredSpan(*span, place)
            for span in others
            if span[:3] not in taken and floor is not None and span.confidence >= floor
        )
        chains.append(chain)
    return Annotation(
        prepared,
        spans,
        tuple(one.marginals.astype(np.float32) for one in chains) if with_marginals else (),
        candidates,
        tuple(chains) if with_chains else (),
    )


def dictionary_hits(
    prepared: PreparedDocument, bundle: FusedBundle
) -> npt.NDArray[np.float64] | None:
    """What the bundle's dictionary says of a document's words; None where it has none."""
    if bundle.featurizer is None:
        return None
    text = prepared.document.text
    words = [text[start:end] for start, end in prepared.words]
    hits = bundle.featurizer.features(words)["dictionary"]
    return hits.astype(np.float64)


def _voted(
    members: Sequence[Annotation], labels: Sequence[str], pool: Pool, fusion: FusionManifest
) -> tuple[list[PooledSpan], list[PooledSpan]]:
    """The spans that got enough votes, the most wanted first where they overlap; and the rest."""
    weights = pool.weights if isinstance(pool, LinearPool) else np.full(len(members), 1.0)
    votes = vote(
        [list(_of_labels(one.spans, labels)) for one in members],
        [list(_of_labels(one.candidates, labels)) for one in members],
        (weights / weights.sum()).tolist(),
    )
    found: list[PooledSpan] = []
    others: list[PooledSpan] = []
    taken: set[int] = set()
    for one in sorted(votes, key=lambda one: (-one.share, -one.confidence, one[:3])):
        words = range(one.word_start, one.word_end)
        is_elected = one.share > fusion.majority and taken.isdisjoint(words)
        (found if is_elected else others).append(PooledSpan(*one[:3], one.confidence))
        if is_elected:
            taken.update(words)
    return sorted(found), others


def _of_labels(spans: Sequence[ScoredSpan], labels: Sequence[str]) -> Iterator[PooledSpan]:
    for span in spans:
        if span.label in labels:
            yield PooledSpan(span.word_start, span.word_end, span.label, span.confidence)
