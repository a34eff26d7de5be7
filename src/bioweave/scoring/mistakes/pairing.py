"""Misses and false alarms, paired where they overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bioweave.document import Document, Mention
from bioweave.scoring.extents import Extent, extent_of
from bioweave.scoring.mentions import check_pairs

_Found = tuple[str, Extent]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A miss (`gold` alone), a false alarm (`predicted` alone), or the two as one mistake.

    `document` is the position of its document among those compared.
    """

    document: int
    gold: Mention | None
    predicted: Mention | None

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The one or two mentions concerned, gold first."""
        return tuple(each for each in (self.gold, self.predicted) if each is not None)

    @property
    def mention(self) -> Mention:
        """What the mistake is about: the gold mention, else the predicted one."""
        return self.mentions[0]

    @property
    def start(self) -> int:
        """Where the stretch that it covers starts."""
        return min(mention.start for mention in self.mentions)

    @property
    def end(self) -> int:
        """Where the stretch that it covers ends."""
        return max(mention.end for mention in self.mentions)


def find_mistakes(
    gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]
) -> list[Mistake]:
    """All that strict scoring counts against a prediction, in order of the text.

    Each missed gold mention and each wrong prediction of these labels stands in exactly one
    mistake (a mention that is there twice counts once). A miss and a false alarm that overlap are
    one: those of one label first, then those that share most characters, each used once.
    Documents go in pairs, as in `score_mentions`.
    """
    check_pairs(gold, predicted)
    mistakes: list[Mistake] = []
    for position, (document, guess) in enumerate(zip(gold, predicted, strict=True)):
        annotated, found = _by_extent(document, labels), _by_extent(guess, labels)
        misses = {key: annotated[key] for key in annotated.keys() - found.keys()}
        alarms = {key: found[key] for key in found.keys() - annotated.keys()}
        mistakes += sorted(_paired(position, misses, alarms), key=_place)
    return mistakes


def _by_extent(document: Document, labels: Iterable[str]) -> dict[_Found, Mention]:
    wanted = set(labels)
    found: dict[_Found, Mention] = {}
    for mention in document.mentions:
        if mention.label in wanted:
            found.setdefault((mention.label, extent_of(mention)), mention)
    return found


def _paired(
    position: int, misses: dict[_Found, Mention], alarms: dict[_Found, Mention]
) -> Iterator[Mistake]:
    pairs = [(miss, alarm) for miss in misses for alarm in alarms if miss[1].overlaps(alarm[1])]
    for miss, alarm in sorted(pairs, key=_unlikeness):
        if miss in misses and alarm in alarms:
            yield Mistake(position, misses.pop(miss), alarms.pop(alarm))
    for mention in misses.values():
        yield Mistake(position, mention, None)
    for mention in alarms.values():
        yield Mistake(position, None, mention)


def _unlikeness(pair: tuple[_Found, _Found]) -> tuple[object, ...]:
    """Smaller for mentions that are more alike; the pair itself only keeps the order fixed."""
    (label, gold), (other_label, predicted) = pair
    n_shared = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in gold.parts
        for other_start, other_end in predicted.parts
    )
    n_apart = abs(gold.start - predicted.start) + abs(gold.end - predicted.end)
    return label != other_label, -n_shared, n_apart, pair


def _place(mistake: Mistake) -> tuple[object, ...]:
    mention = mistake.mention
    is_alarm = mistake.gold is None
    return mistake.start, mistake.end, is_alarm, mention.label, extent_of(mention)
