"""Mention replacement (Dai and Adel, 2020): another name of the same label in a name's place."""

from __future__ import annotations

from random import Random

from bioweave.corpus.augmentation.edits import Edit, edges_of, edited, is_cut
from bioweave.corpus.augmentation.names import NameSource, draw_other
from bioweave.document import Document, Mention


def replace_mentions(
    document: Document, chance: Random, names: NameSource, probability: float = 0.5
) -> Document:
    """The document with some of its names replaced by others of their label.

    Every name, with its label, is replaced with `probability`, and then in all its places by one
    and the same other (the paper decides for each mention alone): a text goes on about what it
    is about. Mentions that overlap another one, that have gaps, or across which a passage ends
    stay as they are, so labels and their number never change.
    """
    edges = edges_of(document)
    free = [mention for mention in _alone(document) if not is_cut(*mention.span, edges)]
    others: dict[tuple[str, str], str | None] = {}
    for mention in free:
        name = (mention.label, mention.text)
        if name not in others:
            is_chosen = chance.random() < probability
            others[name] = (
                draw_other(names, mention.label, [mention.text], chance) if is_chosen else None
            )
    edits = []
    for mention in free:
        other = others[mention.label, mention.text]
        if other is not None:
            edits.append(Edit(mention.start, mention.end, other))
    return edited(document, edits)


def _alone(document: Document) -> list[Mention]:
    """Mentions that share no character with another one; in order."""
    ordered = sorted(document.mentions, key=lambda mention: mention.span)
    alone: list[Mention] = []
    reached = 0
    for place, mention in enumerate(ordered):
        is_overlapped = mention.start < reached or (
            place + 1 < len(ordered) and ordered[place + 1].start < mention.end
        )
        if not is_overlapped and not mention.is_discontinuous:
            alone.append(mention)
        reached = max(reached, mention.end)
    return alone
