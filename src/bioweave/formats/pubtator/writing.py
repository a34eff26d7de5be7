"""Documents as PubTator records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bioweave.document import Document, Mention, Relation
from bioweave.formats.concept_ids import join_ids, split_ids
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink

_NO_ID = "-1"
_NOT_IN_IDS = re.compile(r"[|\s]")


class PubTatorEncoder:
    """Writes each document as a record."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, document: Document) -> list[Part]:
        """Writes the record.

        A first passage `title`, with a white space behind it, is the title and all behind that
        the abstract; the whole text is the title otherwise.
        """
        lost: list[Part] = []
        pmid = _NOT_IN_IDS.sub("_", document.id)
        if pmid != document.id:
            lost.append(Part.DOCUMENT_IDS)
        title, abstract = _title_and_abstract(document, lost)
        lines = [f"{pmid}|t|{title}", f"{pmid}|a|{abstract}"]
        lines += [_mention_row(pmid, mention, lost) for mention in document.mentions]
        lines += [
            _relation_row(pmid, relation, lost)
            for relation in document.relations
            if _is_writable(relation, lost)
        ]
        self._sink.write("\n".join(lines) + "\n\n")
        return lost

    def close(self) -> None:
        """Closes the sink."""
        self._sink.close()


def _title_and_abstract(document: Document, lost: list[Part]) -> tuple[str, str]:
    text, passages = document.text, document.passages
    edge = len(text)
    if passages and passages[0].start == 0 and passages[0].kind == "title":
        end = passages[0].end
        # The space is counted, so there must be one, and something behind it.
        edge = end if end + 1 < len(text) and text[end].isspace() else edge
    title, joint, abstract = text[:edge], text[edge : edge + 1], text[edge + 1 :]
    if joint not in ("", " "):
        lost.append(Part.WHITE_SPACE)
    spelled = [(0, edge, "title")] if title else []
    if abstract:
        spelled.append((edge + 1, len(text), "abstract"))
    if passages and spelled != list(passages):
        lost.append(Part.PASSAGES)
    return title, abstract


def _mention_row(pmid: str, mention: Mention, lost: list[Part]) -> str:
    ids = tuple(concept.id for concept in mention.concepts)
    column = join_ids(ids)
    if column is None:
        column = "|".join(ids)
        if mention.metadata.get("ids") is None:
            lost.append(Part.CONCEPTS)
    given = mention.metadata.get("ids")
    if isinstance(given, str) and split_ids(given) == ids and not re.search(r"[\t\r\n]", given):
        column = given
    extra = _extra(mention.metadata)
    if mention.metadata.keys() - {"ids"} != ({"extra"} if extra else set()):
        lost.append(Part.MENTION_METADATA)
    columns = (
        pmid, str(mention.start), str(mention.end), mention.text, mention.label,
        column or _NO_ID, *extra,
    )  # fmt: skip
    return "\t".join(columns)


def _is_writable(relation: Relation, lost: list[Part]) -> bool:
    is_pair = len(relation.arguments) == 2
    # A row with a number in its second column would be a mention's.
    if not is_pair or relation.label.strip().isdigit():
        lost.append(Part.CONCEPT_RELATIONS)
        return False
    return True


def _relation_row(pmid: str, relation: Relation, lost: list[Part]) -> str:
    extra = _extra(relation.metadata)
    held = {"extra"} if extra else set()
    if relation.confidence is not None or relation.metadata.keys() != held:
        lost.append(Part.RELATION_DETAILS)
    targets = (argument.target for argument in relation.arguments)
    return "\t".join((pmid, relation.label, *targets, *extra))


def _extra(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    extra = metadata.get("extra", ())
    is_plain = isinstance(extra, list | tuple) and all(
        isinstance(column, str) and not re.search(r"[\t\r\n\0]", column) for column in extra
    )
    return tuple(extra) if is_plain else ()
