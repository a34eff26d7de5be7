"""A pair -> windows: the pieces of the sentences that speak of it, its mentions between marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bioweave.document import Document
from bioweave.relating.candidates import Pair
from bioweave.relating.evidence import evidence
from bioweave.relating.pieces import DocumentPieces, Int32Array
from bioweave.relating.settings import ROLES, Markers, RelationWindows, Role

# Mentions of one end that are marked in one window, those nearest to the other end.
MOST_MARKED = 8

HEAD, TAIL, WHOLE = 1, 2, 3
"""What a place of a window is read for; 0 is padding."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkedWindow:
    """What the graph sees of a pair at once.

    `piece_ids` [P] includes special pieces and marks. `places` [M] are the pieces that are read,
    and `roles` [M] say for what: the first piece for the WHOLE, the opening mark of each marked
    mention for HEAD or TAIL. `sentences` are those that it holds. `n_cut` counts pieces that did
    not fit, `n_unmarked` mentions of the pair that stand there like any other word.
    """

    piece_ids: Int32Array
    places: Int32Array
    roles: Int32Array
    sentences: tuple[int, ...]
    n_cut: int = 0
    n_unmarked: int = 0


class _Marked(NamedTuple):
    """A mention in a window: pieces [start, end) of the window's text."""

    role: Role
    label: str
    start: int
    end: int


def pair_windows(
    document: Document,
    pair: Pair,
    pieces: DocumentPieces,
    sentence_of: Sequence[int],
    markers: Markers,
    settings: RelationWindows,
) -> list[MarkedWindow]:
    """The windows of one pair, at least one; every mention of both ends is in one of them."""
    room = settings.max_pieces - len(pieces.before) - len(pieces.after)
    ends = (pair.head, pair.tail)
    by_role = [[(sentence_of[place], place) for place in end.mentions] for end in ends]

    def cost(group: Sequence[int]) -> int:
        # A window marks so many mentions of an end and no more.
        n_marks = sum(
            min(MOST_MARKED, sum(sentence in group for sentence, _ in own)) for own in by_role
        )
        return sum(map(pieces.size, group)) + 2 * n_marks

    heads, tails = ([sentence for sentence, _ in own] for own in by_role)
    groups = evidence(heads, tails, cost, room)
    return [_window(document, group, by_role, pieces, markers, room) for group in groups]


def _window(
    document: Document,
    group: tuple[int, ...],
    by_role: Sequence[Sequence[tuple[int, int]]],
    pieces: DocumentPieces,
    markers: Markers,
    room: int,
) -> MarkedWindow:
    shifts, n_before = {}, 0
    for sentence in group:
        shifts[sentence] = n_before - pieces.edges[sentence]
        n_before += pieces.size(sentence)
    found: list[list[_Marked]] = []
    for role, own in zip(ROLES, by_role, strict=True):
        found.append([])
        for sentence, place in own:
            if sentence in shifts:
                mention = document.mentions[place]
                start, end = pieces.of_mention(mention, sentence)
                shift = shifts[sentence]
                found[-1].append(_Marked(role, mention.label, start + shift, end + shift))
    marked = [*_nearest(found[0], found[1]), *_nearest(found[1], found[0])]
    ids = np.concatenate([pieces.ids[pieces.edges[one] : pieces.edges[one + 1]] for one in group])
    return _marked_window(ids, marked, group, pieces, markers, room, sum(map(len, found)))


def _nearest(own: list[_Marked], others: list[_Marked]) -> list[_Marked]:
    if len(own) <= MOST_MARKED:
        return own
    starts = np.array([other.start for other in others])
    return sorted(own, key=lambda one: (int(np.abs(starts - one.start).min()), one.start))[
        :MOST_MARKED
    ]


def _marked_window(
    ids: Int32Array,
    marked: Sequence[_Marked],
    group: tuple[int, ...],
    pieces: DocumentPieces,
    markers: Markers,
    room: int,
    n_mentions: int,
) -> MarkedWindow:
    marks = sorted(_marks(marked, markers))
    text = np.insert(ids, [place for place, *_ in marks], [piece for *_, piece in marks]).astype(
        np.int32
    )
    # Where each mark stands now: behind all the marks before it.
    places = np.array([place + n for n, (place, *_) in enumerate(marks)], dtype=np.int32)
    roles = np.array([role for *_, role, _ in marks], dtype=np.int32)
    n_cut = max(0, len(text) - room)
    if n_cut:
        kept = _nearest_pieces(len(text), places, room)
        text = text[kept]
        places = np.searchsorted(kept, places).astype(np.int32)
    is_opening = roles > 0
    return MarkedWindow(
        piece_ids=np.concatenate((pieces.before, text, pieces.after)).astype(np.int32),
        places=np.concatenate(([0], places[is_opening] + len(pieces.before))).astype(np.int32),
        roles=np.concatenate(([WHOLE], roles[is_opening])).astype(np.int32),
        sentences=group,
        n_cut=n_cut,
        n_unmarked=n_mentions - len(marked),
    )


def _marks(marked: Iterable[_Marked], markers: Markers) -> Iterator[tuple[int, int, int, int, int]]:
    """(place, closing before opening, outer before inner, role of an opening mark, piece)."""
    for role, label, start, end in marked:
        opening, closing = markers.around(role, label)
        yield start, 1, -end, HEAD if role == "head" else TAIL, opening
        # A mention without pieces of its own closes behind its own opening.
        yield end, 0 if end > start else 2, -start, 0, closing


def _nearest_pieces(n_pieces: int, places: Int32Array, room: int) -> Int32Array:
    """The places of the pieces that are kept: marks, then those nearest to one, in order."""
    away = np.abs(np.arange(n_pieces)[:, None] - places[None, :]).min(axis=1)
    kept: Int32Array = np.sort(np.argsort(away, kind="stable")[:room]).astype(np.int32)
    return kept
