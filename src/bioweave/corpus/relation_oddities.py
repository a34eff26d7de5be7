"""What is odd about a document's relations: ends that are nowhere, repetitions, circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bioweave.document import Argument, Document, Relation

_MISSING = {
    "mention": "relation to a missing mention",
    "concept": "relation to a concept that nothing mentions",
    "relation": "relation to a missing relation",
}


def relation_oddities(document: Document) -> Iterator[tuple[str, str]]:
    """The kind of each oddity, and what was found."""
    if not document.relations:
        return
    known = {
        "mention": {mention.id for mention in document.mentions if mention.id is not None},
        "concept": {one.id for mention in document.mentions for one in mention.concepts},
        "relation": {one.id for one in document.relations if one.id is not None},
    }
    seen: set[tuple[object, ...]] = set()
    for relation in document.relations:
        for argument in relation.arguments:
            if argument.target not in known[argument.kind]:
                yield _MISSING[argument.kind], _told(relation)
        yield from _shape(relation)
        # The id of an event says which one it is: two may look alike.
        key = (relation.label, relation.arguments, _is_event(relation) and relation.id)
        if key in seen:
            yield "repeated relation", _told(relation)
        seen.add(key)
    for circle in _circles(document.relations):
        yield "relations in a circle", " -> ".join(circle)


def _shape(relation: Relation) -> Iterator[tuple[str, str]]:
    targets = [(argument.kind, argument.target) for argument in relation.arguments]
    if not targets or (len(targets) == 1 and targets[0][0] == "concept"):
        yield "relation without two ends", _told(relation)
    elif not _is_event(relation) and len(set(targets)) < len(targets):
        yield "relation of a thing to itself", _told(relation)


def _is_event(relation: Relation) -> bool:
    kinds = {argument.kind for argument in relation.arguments}
    return "relation" in kinds or len(relation.arguments) != 2


def _circles(relations: tuple[Relation, ...]) -> Iterator[list[str]]:
    """Relations that are, by way of others, their own arguments; each circle once."""
    leads_to: dict[str, list[str]] = {
        relation.id: [one.target for one in relation.arguments if _is_relation(one)]
        for relation in relations
        if relation.id is not None
    }
    done: set[str] = set()
    for start in leads_to:
        yield from _circles_from(start, leads_to, done)


def _circles_from(
    start: str, leads_to: Mapping[str, list[str]], done: set[str]
) -> Iterator[list[str]]:
    """Depth first, without recursion: a file may nest as deep as it likes."""
    path: list[str] = []
    on_path: set[str] = set()
    waiting = [(start, False)]
    while waiting:
        one, is_left = waiting.pop()
        if is_left:
            on_path.discard(path.pop())
            done.add(one)
        elif one in on_path:
            yield [*path[path.index(one) :], one]
        elif one not in done:
            path.append(one)
            on_path.add(one)
            waiting.append((one, True))
            waiting += [(other, False) for other in leads_to.get(one, ())]


def _is_relation(argument: Argument) -> bool:
    return argument.kind == "relation"


def _told(relation: Relation) -> str:
    ends = ", ".join(argument.target for argument in relation.arguments)
    return f"{relation.label} of {ends or 'nothing'}"
