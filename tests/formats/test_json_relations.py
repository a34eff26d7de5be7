"""Relations in JSONL: the promised shape, back again, and what is no relation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Argument, Concept, Document, Mention, Relation
from bioweave.errors import FormatError
from bioweave.formats import document_from_json, document_to_json

TEXT = "Zorbine hurts. Zorbine blocks ZRK1."
MENTIONS = (
    Mention(0, 7, "Zorbine", "Chemical", id="T1", concepts=(Concept("C1"), Concept("C2"))),
    Mention(15, 22, "Zorbine", "Chemical", id="T2", concepts=(Concept("C1"),)),
    Mention(30, 34, "ZRK1", "Gene", id="T3"),
)


def between(kind: str, head: str, tail: str, **details: object) -> Relation:
    ends = (Argument("head", head, kind), Argument("tail", tail, kind))  # type: ignore[arg-type]
    return Relation("BLOCKS", ends, **details)  # type: ignore[arg-type]


def test_a_relation_tells_mentions_and_concept_of_each_end() -> None:
    of_mentions = between("mention", "T2", "T3", confidence=0.75, metadata={"evidence": [15, 35]})
    of_concepts = between("concept", "C1", "C9", id="R1", metadata={"why": "so"})
    shown = document_to_json(Document("d", TEXT, MENTIONS, (of_mentions, of_concepts)))["relations"]
    assert shown == [
        {
            "label": "BLOCKS",
            "head": {"mentions": ["T2"], "concept": "C1"},
            "tail": {"mentions": ["T3"], "concept": None},
            "between": "mentions",
            "evidence": [15, 35],
            "confidence": 0.75,
        },
        {
            "label": "BLOCKS",
            "head": {"mentions": ["T1", "T2"], "concept": "C1"},
            "tail": {"mentions": [], "concept": "C9"},
            "between": "concepts",
            "id": "R1",
            "metadata": {"why": "so"},
        },
    ]


def test_other_relations_are_lists_of_arguments() -> None:
    own = Relation("CPR:4", (Argument("Arg1", "T1"), Argument("Arg2", "T3")))
    event = Relation("Event", (Argument("head", "R1", "relation"), Argument("tail", "T1")))
    mixed = Relation("X", (Argument("head", "C1", "concept"), Argument("tail", "T1")))
    for one in (own, event, mixed):
        [shown] = document_to_json(Document("d", TEXT, MENTIONS, (one,)))["relations"]
        assert [argument["target"] for argument in shown["arguments"]] == [
            argument.target for argument in one.arguments
        ]


targets = st.sampled_from(["T1", "T2", "T3", "T9", "C1", "C2", "C9"])


@given(
    st.sampled_from(["mention", "concept"]),
    targets,
    targets,
    st.none() | st.floats(0, 1),
    st.dictionaries(
        st.sampled_from(["evidence", "head", "between", "note"]),
        st.integers() | st.lists(st.integers(), max_size=3),
    ),
)
def test_relations_come_back(
    kind: str, head: str, tail: str, confidence: float | None, metadata: dict[str, object]
) -> None:
    relation = between(kind, head, tail, confidence=confidence, metadata=metadata)
    document = Document("d", TEXT, MENTIONS, (relation,))
    assert document_from_json(document_to_json(document)) == document


def test_without_between_an_end_with_a_concept_is_the_concept() -> None:
    value = {
        "label": "X",
        "head": {"mentions": ["T1", "T2"], "concept": "C1"},
        "tail": {"mentions": ["T3"]},
    }
    [relation] = document_from_json({"text": TEXT, "relations": [value]}).relations
    assert [(one.target, one.kind) for one in relation.arguments] == [
        ("C1", "concept"),
        ("T3", "mention"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tail": None}, "relations.0.: 'tail' is None, expected a JSON object"),
        ({"tail": 3}, "relations.0..tail is a int"),
        ({"between": "words"}, "'between' is 'words', expected 'mentions' or 'concepts'"),
        ({"head": {"mentions": ["T1", "T2"]}}, "expected a list of one id"),
        ({"head": {"mentions": "T1"}}, "expected a list of strings"),
        ({"head": {"mentions": ["T1"]}, "between": "concepts"}, "expected a string"),
    ],
)
def test_ends_that_are_none_are_refused(change: dict[str, object], message: str) -> None:
    value = {"label": "X", "head": {"mentions": ["T1"]}, "tail": {"mentions": ["T3"]}, **change}
    with pytest.raises(FormatError, match=message):
        document_from_json({"text": TEXT, "relations": [value]})
