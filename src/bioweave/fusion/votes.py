"""Voting over whole mentions: what most members found, exactly as they found it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bioweave.fusion.reading import PooledSpan


class Vote(NamedTuple):
    """A span with the share of votes it got, and the members' mean confidence in it."""

    word_start: int
    word_end: int
    label: str
    share: float
    confidence: float


def vote(
    found: Sequence[Sequence[PooledSpan]],
    considered: Sequence[Sequence[PooledSpan]],
    weights: Sequence[float],
) -> list[Vote]:
    """Every span that some member found, in order, with the weight of those who did.

    `found[m]` is what member `m` found, `considered[m]` what it thought possible beside that: a
    member that did neither has no confidence in the span. `weights` sum to 1. Whether half of the
    votes are enough, and which of two spans that overlap stands, is for the caller to say.
    """
    shares: dict[tuple[int, int, str], float] = {}
    confidences: dict[tuple[int, int, str], float] = {}
    for spans, others, weight in zip(found, considered, weights, strict=True):
        for span in spans:
            shares[span[:3]] = shares.get(span[:3], 0.0) + weight
        for span in (*spans, *others):
            confidences[span[:3]] = confidences.get(span[:3], 0.0) + weight * span.confidence
    return [
        Vote(*extent, min(share, 1.0), min(confidences[extent], 1.0))
        for extent, share in sorted(shares.items())
    ]
