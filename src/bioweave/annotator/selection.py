"""Spans of words -> the mentions of a document: rival heads, short forms, a mode and its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bioweave.annotator.inference import Annotation
from bioweave.annotator.known_names import KnownNames
from bioweave.annotator.modes import Mode
from bioweave.annotator.rules import RulesOfMode
from bioweave.annotator.short_forms import settle_short_forms
from bioweave.bundle import ScoredSpan, ShortFormRules
from bioweave.document import Document, Mention, Span


class Standing(NamedTuple):
    """The spans of a document that stand, and those beside them, which no other label stands on.

    All are those of the tagger but for what short forms added.
    """

    found: list[ScoredSpan]
    others: list[ScoredSpan]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """How one annotator goes from spans to mentions, of a bundle's labels or of some."""

    labels: Collection[str]
    mode: Mode
    short_forms: ShortFormRules
    rules: RulesOfMode
    names: KnownNames | None = None

    def __call__(self, annotation: Annotation) -> Document:
        """The document with the mentions found in it, instead of those it came with.

        Relations go as well: what they referred to is no longer there.
        """
        document = annotation.prepared.document
        standing = self.standing(annotation)
        mentions = list(self.mentions(annotation, standing))
        return Document(
            document.id, document.text, passages=document.passages, metadata=document.metadata
        ).with_mentions(mentions)

    def standing(self, annotation: Annotation) -> Standing:
        """The spans before any threshold is asked."""
        words, text = annotation.prepared.words, annotation.prepared.document.text
        found = without_rivals(span for span in annotation.spans if span.label in self.labels)
        candidates = [span for span in annotation.candidates if span.label in self.labels]
        if self.names is not None:
            found = self.names.prefer(found, candidates, words, text)
        found = settle_short_forms(found, words, text, self.short_forms)
        if not self.mode.others:
            return Standing(found, [])
        beside = (span for span in annotation.spans if span.label in self.labels)
        return Standing(found, list(_others(found, [*beside, *candidates])))

    def mentions(self, annotation: Annotation, standing: Standing) -> Iterator[Mention]:
        """The mentions that come up to the mode's thresholds, as its rules leave them."""
        words, text = annotation.prepared.words, annotation.prepared.document.text
        taken: set[tuple[Span, str]] = set()
        asked = [(standing.found, self.mode.found)]
        if self.mode.others:
            asked.append((standing.others, self.mode.others))
        for spans, thresholds in asked:
            for span in spans:
                extent = Span(words[span.word_start].start, words[span.word_end - 1].end)
                mention, label = text[slice(*extent)], span.label
                least = thresholds[label]
                # A lexicon is asked only where its answer makes a difference.
                if span.confidence < max(least):
                    is_known = self.names is not None and self.names(mention, label)
                    if span.confidence < least.of(is_known) and not (
                        spans is standing.found and self.rules.keeps(mention, label)
                    ):
                        continue
                changed = self.rules.apply(text, label, extent, self.names)
                if changed is None or (changed, label) in taken:
                    continue
                taken.add((changed, label))
                yield Mention(*changed, text[slice(*changed)], label, span.confidence)


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


def _others(found: Sequence[ScoredSpan], beside: Iterable[ScoredSpan]) -> Iterator[ScoredSpan]:
    """Those that stand on no stretch of words that a surer one, or one found, stands on."""
    stretches = {(span.word_start, span.word_end) for span in found}
    for span in sorted(beside, key=lambda span: (-span.confidence, span.word_start, span.head)):
        if (span.word_start, span.word_end) not in stretches:
            stretches.add((span.word_start, span.word_end))
            yield span
