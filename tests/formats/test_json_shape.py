from __future__ import annotations

import json

import pytest

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation, Span
from bioweave.errors import FormatError
from bioweave.formats import document_from_json, document_to_json

DOCUMENT = Document(
    "PMID:123",
    "aspirin for gout",
    (
        Mention(0, 7, "aspirin", "Chemical", 0.98, (Concept("MESH:D001241", "Aspirin", 0.99),)),
        Mention(
            0, 16, "aspirin for gout", "X", None, (), "T2", (Span(0, 7), Span(12, 16)), {"a": 1}
        ),
    ),
    (Relation("r", (Argument("who", "T2"),), "R1", 0.5, {"b": 2}),),
    (Passage(0, 16, "title"),),
    {"year": 1999},
)
SPELLED = {
    "id": "PMID:123",
    "text": "aspirin for gout",
    "mentions": [
        {
            "start": 0, "end": 7, "text": "aspirin", "label": "Chemical", "confidence": 0.98,
            "concepts": [{"id": "MESH:D001241", "name": "Aspirin", "score": 0.99}],
        },
        {
            "start": 0, "end": 16, "text": "aspirin for gout", "label": "X", "confidence": None,
            "concepts": [], "id": "T2", "fragments": [[0, 7], [12, 16]], "metadata": {"a": 1},
        },
    ],
    "relations": [
        {
            "label": "r", "arguments": [{"role": "who", "target": "T2", "kind": "mention"}],
            "id": "R1", "confidence": 0.5, "metadata": {"b": 2},
        }
    ],
    "passages": [{"start": 0, "end": 16, "kind": "title"}],
    "metadata": {"year": 1999},
}  # fmt: skip


def test_the_shape_is_the_promised_one() -> None:
    assert document_to_json(DOCUMENT) == SPELLED
    assert document_from_json(json.loads(json.dumps(SPELLED))) == DOCUMENT


def test_only_text_is_required() -> None:
    assert document_from_json({"text": "x"}, default_id="file-1") == Document("file-1", "x")
    assert document_from_json({"text": "x", "id": 17, "mentions": None}) == Document("17", "x")


def test_a_mention_takes_its_text_from_the_document() -> None:
    found = document_from_json(
        {"text": "a😀gout", "mentions": [{"start": 2, "end": 6, "label": "Disease"}]}
    )
    assert found.mentions == (Mention(2, 6, "gout", "Disease"),)


def test_what_has_no_place_goes_into_the_metadata_beside_it() -> None:
    found = document_from_json(
        {
            "text": "gout", "pmid": 7, "metadata": {"year": 1999},
            "mentions": [{"start": 0, "end": 4, "label": "L", "source": "me"}],
            "relations": [{"label": "r", "why": "so"}],
        }
    )  # fmt: skip
    assert found.metadata == {"pmid": 7, "year": 1999}
    assert found.mentions[0].metadata == {"source": "me"}
    assert found.relations[0].metadata == {"why": "so"}


def test_few_bytes_do_not_ask_for_much_memory() -> None:
    text = "x" * 1_000_000
    nested = [{"start": number, "end": len(text), "label": "Disease"} for number in range(16)]
    assert len(document_from_json({"text": text, "mentions": nested}).mentions) == 16
    more = [{"start": 1, "end": len(text) - number, "label": "Disease"} for number in range(20)]
    with pytest.raises(FormatError, match="16 times over"):
        document_from_json({"text": text, "mentions": more})
