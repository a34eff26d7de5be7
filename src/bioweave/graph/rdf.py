"""RDF in Turtle: nodes with Biolink's categories, edges as associations of its model."""

from __future__ import annotations

import hashlib
from typing import BinaryIO
from urllib.parse import quote

from rdflib import RDF, RDFS, XSD, Literal, Namespace, URIRef
from rdflib import Graph as Triples

from bioweave.graph.biolink import CATEGORIES, PREFIXES, STATEMENTS, Statement
from bioweave.graph.elements import Edge, Graph

_BIOLINK = Namespace("https://w3id.org/biolink/vocab/")
_OWN = Namespace("urn:bioweave:")


def write_turtle(graph: Graph, stream: BinaryIO) -> None:
    """Write a triple for each edge, and an association that says how, how often and where.

    A label that Biolink has no word for is `urn:bioweave:relation:LABEL`. A relation that denies
    something has an association only.
    """
    triples = Triples()
    triples.bind("biolink", _BIOLINK)
    triples.bind("bioweave", _OWN)
    for prefix, start in PREFIXES.items():
        triples.bind(prefix, start)
    for node in graph.nodes:
        iri = iri_of(node.id)
        triples.add((iri, RDF.type, _BIOLINK[CATEGORIES.get(node.label, "NamedThing")]))
        triples.add((iri, RDFS.label, Literal(node.name)))
        triples.add((iri, _BIOLINK.id, Literal(node.id)))
    for edge in graph.edges:
        _add_edge(triples, edge)
    triples.serialize(stream, format="turtle", encoding="utf-8")


def iri_of(id: str) -> URIRef:
    """The IRI of a concept's or a document's id; in our own namespace where the prefix is unknown.

    >>> str(iri_of("MESH:D008094")), str(iri_of("name:Gene:il-6 receptor"))
    ('http://id.nlm.nih.gov/mesh/D008094', 'urn:bioweave:name:Gene:il-6%20receptor')
    """
    prefix, _, rest = id.partition(":")
    if rest and prefix in PREFIXES:
        return URIRef(PREFIXES[prefix] + quote(rest, safe=""))
    return _OWN[quote(id, safe=":")] if prefix == "name" else _OWN[f"id:{quote(id, safe=':')}"]


def _add_edge(triples: Triples, edge: Edge) -> None:
    statement = STATEMENTS.get(edge.label)
    predicate = (
        _OWN[f"relation:{quote(edge.label, safe=':')}"]
        if statement is None
        else _BIOLINK[statement.predicate]
    )
    head, tail = iri_of(edge.head), iri_of(edge.tail)
    if statement is None or not statement.is_negated:
        triples.add((head, predicate, tail))
    key = "\0".join((edge.head, edge.label, edge.tail)).encode()
    one = _OWN[f"association:{hashlib.sha256(key).hexdigest()[:32]}"]
    values = [
        (RDF.type, _BIOLINK.Association),
        (_BIOLINK.subject, head),
        (_BIOLINK.predicate, predicate),
        (_BIOLINK.object, tail),
        (_BIOLINK.original_predicate, Literal(edge.label)),
        (_BIOLINK.evidence_count, Literal(edge.n_relations)),
        (_BIOLINK.knowledge_level, Literal("not_provided")),
        (_BIOLINK.agent_type, Literal("text_mining_agent")),
        *((_BIOLINK.publications, iri_of(document)) for document in edge.documents),
        *([] if statement is None else _qualifiers(statement)),
    ]
    if edge.max_confidence is not None:
        confidence = Literal(edge.max_confidence, datatype=XSD.double)
        values.append((_BIOLINK.has_confidence_score, confidence))
    if edge.evidence is not None:
        values.append((_BIOLINK.supporting_text, Literal(edge.evidence)))
    for relation, value in values:
        triples.add((one, relation, value))


def _qualifiers(statement: Statement) -> list[tuple[URIRef, Literal]]:
    said = []
    if statement.direction is not None:
        said = [
            (_BIOLINK.qualified_predicate, Literal("causes")),
            (_BIOLINK.object_aspect_qualifier, Literal("activity_or_abundance")),
            (_BIOLINK.object_direction_qualifier, Literal(statement.direction)),
        ]
    if statement.mechanism is not None:
        said.append((_BIOLINK.causal_mechanism_qualifier, Literal(statement.mechanism)))
    if statement.is_negated:
        said.append((_BIOLINK.negated, Literal(True)))
    return said
