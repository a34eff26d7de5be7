"""Mentions in characters -> spans in words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

from bioweave.document import Mention, Word, WordSpan


def word_spans(
    mentions: Iterable[Mention], words: Sequence[Word]
) -> tuple[list[WordSpan], list[Mention]]:
    """Mentions snapped outward to the words they touch, and those that this changed.

    `words` are in order and disjoint. A mention with gaps counts as its whole extent. The second
    list holds the mentions whose start or end is not a word's edge; one that touches no word at
    all is only there and has no span.
    """
    starts = list(map(itemgetter(0), words))
    ends = list(map(itemgetter(1), words))
    spans: list[WordSpan] = []
    changed: list[Mention] = []
    for mention in mentions:
        first = bisect_right(ends, mention.start)
        last = bisect_left(starts, mention.end)
        if first >= last:
            changed.append(mention)
            continue
        spans.append(WordSpan(first, last, mention.label))
        if (starts[first], ends[last - 1]) != (mention.start, mention.end):
            changed.append(mention)
    return spans, changed
