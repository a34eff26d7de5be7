"""Each mistake's kind, and the tags that say what else holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bioweave.document import Document
from bioweave.scoring.mistakes.kinds import MistakeKind
from bioweave.scoring.mistakes.pairing import Mistake, find_mistakes
from bioweave.scoring.mistakes.precedents import (
    Forms,
    Precedent,
    Question,
    ReadDocument,
    normal_forms,
    precedent_within,
    precedents_among,
    read_document,
)
from bioweave.scoring.mistakes.traits import (
    Sides,
    boundary_details,
    is_accepted,
    is_composite,
    is_long,
    is_nested,
    is_other_label,
    is_short_form,
)

LONG_WORDS = 5
# Rarer words show no habit of the annotators.
_LEAST_OCCURRENCES = 3
_NEARLY_ALWAYS = 0.9
_IN_DOCUMENT, _IN_TRAINING = "as in the document", "as in training"


@dataclass(frozen=True, slots=True)
class SortedMistake:
    """A mistake with its one kind.

    `tags` are the other kinds that fit as well, and details: the keys of `DETAILS`.
    """

    mistake: Mistake
    kind: MistakeKind
    tags: tuple[str, ...]


def sort_mistakes(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    labels: Sequence[str],
    *,
    training: Sequence[Document] = (),
    long_words: int = LONG_WORDS,
) -> list[SortedMistake]:
    """Every mistake of `find_mistakes`, in that order, each with exactly one kind.

    `training` are the documents of the same corpus that a model could learn from: what they
    annotate is seen. Without them no mistake is seen or unseen. A mention is long from
    `long_words` words on.
    """
    mistakes = find_mistakes(gold, predicted, labels)
    concerned = {mistake.document for mistake in mistakes}
    sides = {place: Sides(gold[place], predicted[place], labels) for place in concerned}
    precedents = _precedents(mistakes, gold, training)
    seen = {
        (mention.label, normal_forms(mention.text))
        for document in training
        for mention in document.mentions
    }
    return [
        _sorted(
            mistake,
            sides[mistake.document],
            precedents=found,
            seen=seen if training else None,
            long_words=long_words,
        )
        for mistake, found in zip(mistakes, precedents, strict=True)
    ]


def _sorted(
    mistake: Mistake,
    sides: Sides,
    *,
    precedents: tuple[str, ...],
    seen: set[tuple[str, Forms]] | None,
    long_words: int,
) -> SortedMistake:
    mention = mistake.mention
    is_defined = mention.text in sides.short_forms
    if is_defined:
        # It means what this document says, whatever the same letters mean elsewhere.
        precedents = tuple(one for one in precedents if one != _IN_TRAINING)
    if is_accepted(mistake, sides):
        precedents = (*precedents, "accepted")
    edges = boundary_details(mistake, sides)
    fits = {
        MistakeKind.DOUBTFUL: bool(precedents),
        MistakeKind.NESTED: is_nested(mistake, sides),
        MistakeKind.COMPOSITE: is_composite(mistake),
        MistakeKind.LABEL: is_other_label(mistake, sides),
        MistakeKind.BOUNDARY: bool(edges),
        MistakeKind.ABBREVIATION: is_short_form(mistake, sides),
        MistakeKind.LONG: is_long(mistake, long_words),
    }
    if seen is not None:
        fits[MistakeKind.SEEN] = (mention.label, normal_forms(mention.text)) in seen
        fits[MistakeKind.UNSEEN] = not fits[MistakeKind.SEEN]
    kinds = [kind for kind in MistakeKind if fits.get(kind)] or [MistakeKind.OTHER]
    defined = ("defined here",) if is_defined else ()
    return SortedMistake(mistake, kinds[0], (*kinds[1:], *precedents, *edges, *defined))


def _precedents(
    mistakes: Sequence[Mistake], gold: Sequence[Document], training: Sequence[Document]
) -> list[tuple[str, ...]]:
    """What speaks for the model, mistake by mistake."""
    read = {place: read_document(gold[place]) for place in {each.document for each in mistakes}}
    asked = [_question(mistake, read[mistake.document]) for mistake in mistakes]
    learned = precedents_among(training, [one[0] for one in asked if one is not None])
    return [
        ()
        if one is None
        else tuple(
            _precedent_details(precedent_within(read[mistake.document], *one), learned[one[0]])
        )
        for mistake, one in zip(mistakes, asked, strict=True)
    ]


def _question(mistake: Mistake, read: ReadDocument) -> tuple[Question, int] | None:
    """What to ask of other occurrences, and the first word of this one; None within words."""
    stretch = read.words_at(mistake.start, mistake.end)
    if stretch is None:
        return None
    first, last = stretch
    marked = None
    if mistake.predicted is not None:
        words = read.words_at(mistake.predicted.start, mistake.predicted.end)
        if words is None:
            return None
        marked = words[0] - first, words[1] - first
    label = (mistake.predicted or mistake.mention).label
    return Question(read.forms[first:last], label, marked), first


def _precedent_details(within: Precedent, learned: Precedent) -> Iterator[str]:
    # Within a document annotators have decided once; a tie shows that they did not.
    if within.n_agreeing and 2 * within.n_agreeing >= within.n_occurrences:
        yield _IN_DOCUMENT
    if (
        learned.n_occurrences >= _LEAST_OCCURRENCES
        and learned.n_agreeing >= _NEARLY_ALWAYS * learned.n_occurrences
    ):
        yield _IN_TRAINING
