"""Relations <-> plain JSON values.

One from a head to a tail tells of each end its mentions and its concept, so that who reads it needs
to look nothing up; others (events, a corpus's own roles) are lists of arguments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from bioweave.document import Argument, Document, Relation, is_binary
from bioweave.formats.json_fields import Fields

HEAD, TAIL = "head", "tail"
BETWEEN = "between"
END_KEYS = (HEAD, TAIL, BETWEEN)
"""What stands where others have their arguments."""

_EVIDENCE = "evidence"


def relations_to_json(document: Document) -> Iterator[dict[str, Any]]:
    """The relations of a document as JSON values.

    `mentions` of an end are ids; its `concept` is the one that the relation names, or of a relation
    between mentions the first that its mention stands for, if any. `evidence` is [start, end) in
    code points.
    """
    ends = _Ends(document)
    for relation in document.relations:
        if not _joins_head_and_tail(relation):
            yield relation_to_json(relation)
            continue
        head, tail = relation.arguments
        values = {
            "label": relation.label,
            HEAD: ends.to_json(head),
            TAIL: ends.to_json(tail),
            BETWEEN: f"{head.kind}s",
        }
        details = dict(relation.metadata)
        evidence = details.get(_EVIDENCE)
        if isinstance(evidence, list | tuple) and len(evidence) == 2:
            values[_EVIDENCE] = list(details.pop(_EVIDENCE))
        yield {**values, **_details(relation, details)}


def relation_to_json(relation: Relation) -> dict[str, Any]:
    """A relation as JSON values, its arguments in a list; what it does not have is left out."""
    return {
        "label": relation.label,
        "arguments": [
            {"role": argument.role, "target": argument.target, "kind": argument.kind}
            for argument in relation.arguments
        ],
        **_details(relation, relation.metadata),
    }


def ends_from_fields(relation: Fields) -> tuple[Argument, ...]:
    """The head and the tail of a relation; none where it has neither. Raises FormatError.

    Without `between` an end that names a concept is that concept.
    """
    fields = relation.item(HEAD), relation.item(TAIL)
    if fields == (None, None):
        return ()
    between = relation.optional_text(BETWEEN)
    if between not in (None, "mentions", "concepts"):
        raise relation.wrong(BETWEEN, "'mentions' or 'concepts'")
    ends = []
    for role, end in zip((HEAD, TAIL), fields, strict=True):
        if end is None:
            raise relation.wrong(role, "a JSON object")
        concept, mentions = end.optional_text("concept"), end.texts("mentions")
        if concept is not None and between != "mentions":
            ends.append(Argument(role, concept, "concept"))
        elif len(mentions) == 1 and between != "concepts":
            ends.append(Argument(role, mentions[0]))
        elif between == "concepts":
            raise end.wrong("concept", "a string")
        else:
            raise end.wrong("mentions", "a list of one id")
    return tuple(ends)


class _Ends:
    """What is said of an end, looked up in its document."""

    def __init__(self, document: Document) -> None:
        self._concept_of: dict[str, str] = {}
        self._mentions_of: dict[str, list[str]] = defaultdict(list)
        for mention in document.mentions if document.relations else ():
            if mention.id is None:
                continue
            if mention.concepts:
                self._concept_of[mention.id] = mention.concepts[0].id
            for name in dict.fromkeys(concept.id for concept in mention.concepts):
                self._mentions_of[name].append(mention.id)

    def to_json(self, end: Argument) -> dict[str, Any]:
        if end.kind == "concept":
            return {"mentions": self._mentions_of.get(end.target, []), "concept": end.target}
        return {"mentions": [end.target], "concept": self._concept_of.get(end.target)}


def _joins_head_and_tail(relation: Relation) -> bool:
    roles = [argument.role for argument in relation.arguments]
    return (
        is_binary(relation)
        and roles == [HEAD, TAIL]
        and len({argument.kind for argument in relation.arguments}) == 1
    )


def _details(relation: Relation, metadata: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if relation.id is not None:
        values["id"] = relation.id
    if relation.confidence is not None:
        values["confidence"] = relation.confidence
    if metadata:
        values["metadata"] = dict(metadata)
    return values
