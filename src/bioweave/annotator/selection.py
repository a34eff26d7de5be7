"""Spans of words -> the mentions of a document: thresholds, rival heads, short forms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bioweave.annotator.inference import Annotation
from bioweave.annotator.short_forms import settle_short_forms
from bioweave.bundle import ScoredSpan, ShortFormRules
from bioweave.document import Document, Mention


def annotated(
    annotation: Annotation,
    labels: Collection[str],
    thresholds: Mapping[str, float],
    short_forms: ShortFormRules,
) -> Document:
    """The document with the mentions found in it, instead of those it came with.

    Relations go as well: what they referred to is no longer there.
    """
    document, words = annotation.prepared.document, annotation.prepared.words
    kept = _chosen(annotation.spans, labels, thresholds)
    text = document.text
    settled = settle_short_forms(without_rivals(kept), words, text, short_forms)
    mentions = [
        Mention(
            start := words[span.word_start].start,
            end := words[span.word_end - 1].end,
            text[start:end],
            span.label,
            span.confidence,
        )
        for span in _chosen(settled, labels, thresholds)
    ]
    return Document(
        document.id, text, passages=document.passages, metadata=document.metadata
    ).with_mentions(mentions)


def _chosen(
    spans: Iterable[ScoredSpan], labels: Collection[str], thresholds: Mapping[str, float]
) -> list[ScoredSpan]:
    return [
        span
        for span in spans
        if span.label in labels and span.confidence >= thresholds.get(span.label, 0.0)
    ]


def without_rivals(spans: Iterable[ScoredSpan]) -> list[ScoredSpan]:
    """The spans that stand where heads disagree, the surest first.

    Spans of two heads may overlap, since one mention can lie within another; but one stretch has
    one label, and mentions of one label do not overlap: there the surer span stands.
    """
    ordered = sorted(spans, key=lambda span: (-span.confidence, span.word_start, span.head))
    if len({span.head for span in ordered}) < 2:
        return ordered
    stretches: set[tuple[int, int]] = set()
    taken: dict[str, set[int]] = {}
    standing = []
    for span in ordered:
        words = range(span.word_start, span.word_end)
        own = taken.setdefault(span.label, set())
        if (span.word_start, span.word_end) in stretches or not own.isdisjoint(words):
            continue
        stretches.add((span.word_start, span.word_end))
        own.update(words)
        standing.append(span)
    return standing
