"""What can be said of a mistake from the two mentions and from what stands around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from bioweave.document import Document, Mention
from bioweave.scoring.extents import Extent, extent_of
from bioweave.scoring.mistakes.pairing import Mistake
from bioweave.text import split_words
from bioweave.text.short_forms import defined_short_forms, looks_short

# Commas tell nothing: `deficiency, type II` is one thing.
_JOINED = re.compile(r"\s(?:and|or|and/or|nor|as well as|&)\s|\w/\w", re.IGNORECASE)


class Sides:
    """A gold document and its prediction, as far as mistakes in them are to be understood."""

    def __init__(self, gold: Document, predicted: Document, labels: Collection[str]) -> None:
        self.text = gold.text
        self.gold = gold.mentions
        self.predicted = tuple(each for each in predicted.mentions if each.label in labels)
        found = {(each.label, extent_of(each)) for each in self.predicted}
        self.found = {key for key in _keys(self.gold) if key in found}
        self.short_forms = defined_short_forms(gold.text)
        self.accepted = {
            (int(start), int(end)) for start, end in gold.metadata.get("alternatives", ())
        }

    def is_found(self, mention: Mention) -> bool:
        """Whether this is both annotated and predicted."""
        return (mention.label, extent_of(mention)) in self.found


def is_accepted(mistake: Mistake, sides: Sides) -> bool:
    """Whether the prediction has boundaries that the corpus accepts beside those of gold."""
    alarm = mistake.predicted
    return alarm is not None and not alarm.fragments and tuple(alarm.span) in sides.accepted


def is_nested(mistake: Mistake, sides: Sides) -> bool:
    """Whether a gold mention within or around another one is what was missed, or hit instead.

    A mention that was found but for its edges counts where that other one has its label: another
    label's keeps no edge from being right. A false alarm counts where the other has another
    label, or was itself found: what is left over of a missed mention is a matter of boundaries.
    """
    own = mistake.mention
    around = [each for each in sides.gold if _is_within(extent_of(own), extent_of(each))]
    if mistake.gold is None:
        return any(each.label != own.label or sides.is_found(each) for each in around)
    return any(mistake.predicted is None or each.label == own.label for each in around)


def is_composite(mistake: Mistake) -> bool:
    """Whether several things are named: the corpus says so, there are gaps, or words join them."""
    return any(_names_several(mention) for mention in mistake.mentions)


def is_other_label(mistake: Mistake, sides: Sides) -> bool:
    """Whether the other side has a mention of another label here, neither within nor around."""
    if mistake.gold is not None and mistake.predicted is not None:
        return mistake.gold.label != mistake.predicted.label
    return any(
        other.label != mistake.mention.label
        and not _is_within(extent_of(mistake.mention), extent_of(other))
        for other in _opposite(mistake, sides)
    )


def boundary_details(mistake: Mistake, sides: Sides) -> tuple[str, ...]:
    """What is wrong with the edges of a mention of the right label; empty if that is not it."""
    gold, predicted = mistake.gold, mistake.predicted
    if gold is None or predicted is None:
        own = mistake.mention
        rest = [
            other
            for other in _opposite(mistake, sides)
            if other.label == own.label
            and not (sides.is_found(other) and _is_within(extent_of(own), extent_of(other)))
        ]
        return ("left over",) if rest else ()
    if gold.label != predicted.label:
        return ()
    side = {(True, False): "right", (False, True): "left"}.get(
        (gold.start == predicted.start, gold.end == predicted.end), "both"
    )
    if gold.start <= predicted.start and predicted.end <= gold.end:
        return side, "too short"
    if predicted.start <= gold.start and gold.end <= predicted.end:
        return side, "too long"
    return side, "shifted"


def is_short_form(mistake: Mistake, sides: Sides) -> bool:
    """Whether the mention is written like a short form, or is one that the document defines."""
    text = mistake.mention.text
    return looks_short(text) or text in sides.short_forms


def is_long(mistake: Mistake, n_words: int) -> bool:
    """Whether one of the mentions has so many words; punctuation is none."""
    return any(_count_words(mention.text) >= n_words for mention in mistake.mentions)


def _count_words(text: str) -> int:
    return sum(text[word.start].isalnum() for word in split_words(text))


def _names_several(mention: Mention) -> bool:
    return (
        mention.is_discontinuous
        or bool(mention.metadata.get("parts"))
        or "composite" in str(mention.metadata.get("type", "")).casefold()
        or _JOINED.search(mention.text) is not None
    )


def _opposite(mistake: Mistake, sides: Sides) -> Iterator[Mention]:
    """The mentions of the side that lacks this one which overlap it."""
    extent = extent_of(mistake.mention)
    for other in sides.predicted if mistake.predicted is None else sides.gold:
        if extent.overlaps(extent_of(other)):
            yield other


def _is_within(left: Extent, right: Extent) -> bool:
    """Whether one of two different stretches holds the other."""
    if (left.start, left.end) == (right.start, right.end) or not left.overlaps(right):
        return False
    return (left.start <= right.start and right.end <= left.end) or (
        right.start <= left.start and left.end <= right.end
    )


def _keys(mentions: Iterable[Mention]) -> Iterator[tuple[str, Extent]]:
    for mention in mentions:
        yield mention.label, extent_of(mention)
