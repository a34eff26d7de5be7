"""The spans to ask about: mentions that were found, and what was nearly found.

Mentions alone would say little of what speaks against a label: they are where it lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bioweave.annotator import Annotator
from bioweave.annotator.inference import Annotation
from bioweave.bundle import ScoredSpan
from bioweave.document import Document, Mention, Span

# The least probability of a span that was not found: below it there is little left to explain.
FLOOR = 0.05


@dataclass(frozen=True, slots=True)
class Spans:
    """Of one document: the mentions found, and near misses as mentions; in the text's order."""

    found: tuple[Mention, ...]
    near: tuple[Mention, ...]


def spans_of(
    annotator: Annotator, documents: Iterable[Document], *, floor: float = FLOOR
) -> Iterator[Spans]:
    """The spans of each document.

    A near miss has a probability of `floor` at least and touches no mention found of its label:
    where something was found, the same with another edge is no miss. Of several that touch each
    other the likeliest counts.
    """
    for annotation in annotator.annotations(documents, floor=floor):
        found = annotator.selection(_as_usual(annotation, annotator)).mentions
        yield Spans(tuple(found), tuple(_near(annotation, found, annotator.labels, floor)))


def _as_usual(annotation: Annotation, annotator: Annotator) -> Annotation:
    """With those candidates that the annotator's mode would have seen."""
    least = annotator.selection.mode.floor
    seen = [] if least is None else [one for one in annotation.candidates if one[3] >= least]
    return replace(annotation, candidates=seen)


def _near(
    annotation: Annotation, found: Sequence[Mention], labels: Sequence[str], floor: float
) -> Iterator[Mention]:
    words, text = annotation.prepared.words, annotation.prepared.document.text
    taken: dict[str, list[Span]] = {label: [] for label in labels}
    for mention in found:
        taken[mention.label].append(mention.span)
    near: list[Mention] = []
    for one in sorted([*annotation.spans, *annotation.candidates], key=_likeliest_first):
        if one.label not in taken or one.confidence < floor:
            continue
        span = Span(words[one.word_start].start, words[one.word_end - 1].end)
        if not any(span.overlaps(other) for other in taken[one.label]):
            taken[one.label].append(span)
            near.append(Mention(*span, text[slice(*span)], one.label, one.confidence))
    yield from sorted(near, key=lambda one: (one.start, one.end, one.label))


def _likeliest_first(span: ScoredSpan) -> tuple[float, int, int]:
    return -span.confidence, span.word_start, span.head
