"""The graph of documents, held against counting by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_relations import concept_document, concept_of, mention_document

from bioweave.document import Argument, Concept, Document, Mention, Relation
from bioweave.graph import GraphSum


def summed(*documents: Document):
    sum_ = GraphSum()
    for document in documents:
        assert sum_.add(document) == ([], [])
    return sum_.graph()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=12), st.randoms())
def test_counts_are_those_of_counting_by_hand(drawn, shuffler):
    documents = [concept_document(n) if kind else mention_document(n) for kind, n in drawn]
    relations: Counter = Counter()
    told_in = defaultdict(set)
    related_in = defaultdict(set)
    for document in documents:
        concepts = {mention.id: mention.concepts[0].id for mention in document.mentions}
        for relation in document.relations:
            head, tail = (concepts.get(one.target, one.target) for one in relation.arguments)
            relations[head, relation.label, tail] += 1
            told_in[head, relation.label, tail].add(document.id)
            for id in (head, tail):
                related_in[id].add(document.id)

    graph = summed(*documents)
    assert {(e.head, e.label, e.tail): e.n_relations for e in graph.edges} == relations
    assert {(e.head, e.label, e.tail): set(e.documents) for e in graph.edges} == told_in
    assert {node.id: node.n_documents for node in graph.nodes} == {
        id: len(ids) for id, ids in related_in.items()
    }
    shuffler.shuffle(documents)
    assert summed(*documents) == graph


def related(id="d", confidence=None, evidence=None, label="UP", text="Zinc stirs IL-6.", **more):
    mentions = (
        Mention(0, 4, text[:4], "Chemical", id="a", concepts=(Concept("MESH:D015032"),)),
        Mention(len(text) - 5, len(text) - 1, text[-5:-1], "Gene", id="b"),
    )
    metadata = {} if evidence is None else {"evidence": evidence}
    ends = (Argument("head", "a"), Argument("tail", "b"))
    relation = Relation(label, ends, confidence=confidence, metadata=metadata)
    return replace(Document(id, text, mentions, (relation,)), **more)


def test_a_mention_without_a_concept_is_its_name_in_lower_case():
    graph = summed(related(), related("e", text="ZINC stirs il-6."))
    assert [node.id for node in graph.nodes] == ["MESH:D015032", "name:Gene:il-6"]
    # Of equally frequent names the first of the alphabet.
    assert [(node.name, node.label, node.n_documents) for node in graph.nodes] == [
        ("ZINC", "Chemical", 2),
        ("IL-6", "Gene", 2),
    ]
    (edge,) = graph.edges
    assert (edge.documents, edge.mean_confidence, edge.evidence) == (("d", "e"), None, None)


def test_a_terminologys_name_stands_before_that_of_texts():
    document = related()
    named = replace(document.mentions[0], concepts=(Concept("MESH:D015032", "Zinc (metal)"),))
    graph = summed(
        related("x"), related("y"), document.with_mentions([named, document.mentions[1]])
    )
    assert graph.node("MESH:D015032").name == "Zinc (metal)"
    assert graph.node("MESH:D000000") is None


def test_the_surest_relation_gives_the_evidence():
    graph = summed(
        related("a", 0.6, (0, 16)),
        related("b", 0.9, [0, 17], text="Zinc\nstirs a IL-6."),
        related("c", 0.9, (0, 16), text="Zinc wakes IL-6."),
        related("d", 0.7),
    )
    (edge,) = graph.edges
    assert (edge.max_confidence, edge.evidence, edge.evidence_document) == (
        0.9,
        "Zinc stirs a IL-6",
        "b",
    )
    assert edge.mean_confidence == pytest.approx((0.6 + 0.9 + 0.9 + 0.7) / 4)


@pytest.mark.parametrize("evidence", [(5, 2), ("0", "4"), 7, (0,)])
def test_evidence_that_is_no_span_is_none(evidence):
    assert summed(related(evidence=evidence)).edges[0].evidence is None


def test_what_has_no_place_is_given_back():
    event = Relation("Theme", (Argument("Theme", "r1", "relation"), Argument("Cause", "a")), "r1")
    lonely = Relation("UP", (Argument("head", "a"), Argument("tail", "nobody")))
    document = related()
    sum_ = GraphSum()
    left_out = sum_.add(replace(document, relations=(*document.relations, event, lonely)))
    assert left_out == ([event], [lonely])
    assert len(sum_.graph().edges) == 1


def test_cycles_and_what_is_related_to_itself():
    ends = [("X:1", "X:2"), ("X:2", "X:1"), ("X:1", "X:1")]
    relations = tuple(
        Relation("R", tuple(Argument("Arg", end, "concept") for end in pair)) for pair in ends
    )
    graph = summed(Document("d", "Nothing.", (), relations))
    assert [(edge.head, edge.tail) for edge in graph.edges] == sorted(ends)
    assert [(node.id, node.name, node.label) for node in graph.nodes] == [
        ("X:1", "X:1", "Concept"),
        ("X:2", "X:2", "Concept"),
    ]


def test_a_document_read_twice_is_one_document():
    graph = summed(related(), related())
    assert (graph.edges[0].n_documents, graph.edges[0].n_relations) == (1, 2)
    assert graph.nodes[0].n_documents == 1


def test_concepts_are_called_what_their_mentions_are():
    document = concept_document(3)
    for node in summed(document).nodes:
        names = {m.text for m in document.mentions if concept_of(m.text.lower()) == node.id}
        assert node.name in names
