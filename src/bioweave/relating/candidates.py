"""The pairs of a document that relations may hold between."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bioweave.document import Argument, Document, Mention, Relation, Sentence, is_binary
from bioweave.relating.settings import RelationTask


@dataclass(frozen=True, slots=True)
class End:
    """One end of a pair: the places of its mentions in `document.mentions`, in order.

    `concept` is None for a mention by itself.
    """

    mentions: tuple[int, ...]
    concept: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A question: which labels of task number `task` hold between these two?"""

    task: int
    head: End
    tail: End


PairKey: TypeAlias = tuple[int, End | str, End | str]
"""By what a pair is known: its task and its ends, a concept by its id."""


def sentences_of(document: Document, sentences: Sequence[Sentence]) -> list[int]:
    """The number of the sentence in which each mention's first letter stands."""
    starts = [sentence.start for sentence in sentences]
    return [
        max(0, bisect_right(starts, _first_letter(document.text, mention)) - 1)
        for mention in document.mentions
    ]


def sentences_between(pair: Pair, sentence_of: Sequence[int]) -> int:
    """How many sentences apart the two ends are at their nearest; 0 is within one."""
    heads, tails = (
        {sentence_of[place] for place in end.mentions} for end in (pair.head, pair.tail)
    )
    return min(abs(head - tail) for head in heads for tail in tails)


def candidate_pairs(
    document: Document, tasks: Sequence[RelationTask], sentence_of: Sequence[int]
) -> Iterator[Pair]:
    """All pairs of all tasks, task by task, in the order of the text; none is left out.

    Between mentions those of one sentence, between concepts all of a document: mentions without a
    concept are in none. Where a task's two labels are the same, each order is a pair.
    """
    for number, task in enumerate(tasks):
        ends_of = _concepts if task.between == "concepts" else _mentions
        heads, tails = ends_of(document, task.head), ends_of(document, task.tail)
        by_sentence = _by_sentence(tails, sentence_of)
        for head in heads:
            in_reach = tails
            if task.between == "mentions":
                in_reach = by_sentence.get(sentence_of[head.mentions[0]], [])
            for tail in in_reach:
                if head != tail:
                    yield Pair(number, head, tail)


def gold_labels(document: Document, tasks: Sequence[RelationTask]) -> dict[PairKey, set[str]]:
    """What a document's own relations say of pairs, by `pair_key`."""
    places = {mention.id: place for place, mention in enumerate(document.mentions)}
    found: dict[PairKey, set[str]] = defaultdict(set)
    for relation in filter(is_binary, document.relations):
        for number, task in enumerate(tasks):
            if relation.label in task.labels:
                ends = [_end(argument, places) for argument in relation.arguments]
                if ends[0] is not None and ends[1] is not None:
                    found[number, ends[0], ends[1]].add(relation.label)
    return dict(found)


def pair_key(pair: Pair) -> PairKey:
    """By what a pair is known."""
    return pair.task, pair.head.concept or pair.head, pair.tail.concept or pair.tail


def gold_relations(document: Document, tasks: Sequence[RelationTask]) -> list[Relation]:
    """Those of a document's relations that a task asks for, each once."""
    labels = {label for task in tasks for label in task.labels}
    unique = {
        (one.label, one.arguments): one
        for one in filter(is_binary, document.relations)
        if one.label in labels
    }
    return list(unique.values())


def _first_letter(text: str, mention: Mention) -> int:
    """Where a mention begins, but for the space that some annotators mark along with it."""
    own = text[mention.start : mention.end]
    return mention.start + len(own) - len(own.lstrip())


def _end(argument: Argument, places: Mapping[str | None, int]) -> End | str | None:
    if argument.kind == "concept":
        return argument.target
    place = places.get(argument.target)
    return None if place is None else End((place,))


def _mentions(document: Document, label: str) -> list[End]:
    return [
        End((place,)) for place, mention in enumerate(document.mentions) if mention.label == label
    ]


def _concepts(document: Document, label: str) -> list[End]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, mention in enumerate(document.mentions):
        if mention.label == label:
            for concept in mention.concepts:
                if place not in places[concept.id]:
                    places[concept.id].append(place)
    return [End(tuple(own), concept) for concept, own in places.items()]


def _by_sentence(ends: Sequence[End], sentence_of: Sequence[int]) -> dict[int, list[End]]:
    """The ends by the sentence of their first mention."""
    found: dict[int, list[End]] = defaultdict(list)
    for end in ends:
        found[sentence_of[end.mentions[0]]].append(end)
    return found
