"""Each format of graphs, read back with somebody else's library."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyarrow.parquet as pq
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from invented_relations import concept_document, mention_document

from bioweave.document import Argument, Document, Mention, Relation
from bioweave.errors import ConfigurationError, FormatError, MissingExtraError
from bioweave.graph import GRAPH_FORMATS, GraphSum, GraphWriter
from bioweave.graph.biolink import STATEMENTS
from bioweave.graph.rdf import iri_of

BIOLINK = rdflib.Namespace("https://w3id.org/biolink/vocab/")
DOCUMENTS = [concept_document(n) for n in range(8)] + [mention_document(n) for n in range(8)]
ODD = 'say "x;y", it|is\nodd \x00\x07 <&> \N{SNOWMAN}'


def odd_document(text: str = ODD, label: str = "Gene", id: str = "P|1;\n") -> Document:
    whole = f"{text} {text}"
    mentions = (
        Mention(0, len(text), text, label, id="a"),
        Mention(len(text) + 1, len(whole), text, "Chemical", id="b"),
    )
    ends = (Argument("head", "a"), Argument("tail", "b"))
    metadata = {"evidence": [0, len(whole)]}
    relation = Relation(label, ends, confidence=0.25, metadata=metadata)
    return Document(id, whole, mentions, (relation,))


def written(documents, format: str) -> io.BytesIO:
    stream = io.BytesIO()
    with GraphWriter(stream, format) as writer:
        for document in documents:
            writer.write(document)
    writer.close()
    stream.seek(0)
    return stream


def graph_of(documents):
    sum_ = GraphSum()
    for document in documents:
        sum_.add(document)
    return sum_.graph()


TEXTS = st.text(min_size=1).filter(lambda text: text.strip())


@given(TEXTS, TEXTS, TEXTS)
def test_graphml_holds_the_graph(text, label, id):
    documents = [*DOCUMENTS, odd_document(), odd_document(text, label, id)]
    graph = graph_of(documents)
    network = nx.read_graphml(written(documents, "graphml"), force_multigraph=True)
    assert network.is_directed()
    nodes = {
        (id, one["name"], one["label"], one["n_documents"]) for id, one in network.nodes(data=True)
    }
    assert nodes == {(one.id, one.name, one.label, one.n_documents) for one in graph.nodes}
    edges = [
        (
            head,
            one["label"],
            tail,
            one["n_relations"],
            one["n_documents"],
            one.get("max_confidence"),
        )
        for head, tail, one in network.edges(data=True)
    ]
    assert sorted(edges) == sorted(
        (one.head, one.label, one.tail, one.n_relations, one.n_documents, one.max_confidence)
        for one in graph.edges
    )


def test_the_edge_list_holds_the_edges():
    documents = [*DOCUMENTS, odd_document()]
    graph = graph_of(documents)
    rows = pq.read_table(written(documents, "edges")).to_pylist()
    assert len(rows) == len(graph.edges)
    for row, edge in zip(rows, graph.edges, strict=True):
        head, tail = graph.node(edge.head), graph.node(edge.tail)
        assert (row["head"], row["label"], row["tail"]) == (edge.head, edge.label, edge.tail)
        assert (row["head_name"], row["tail_label"]) == (head.name, tail.label)
        assert tuple(row["documents"]) == edge.documents
        assert row["n_documents"] == edge.n_documents
        assert (row["max_confidence"], row["evidence"]) == (edge.max_confidence, edge.evidence)


@given(TEXTS, TEXTS, TEXTS)
def test_turtle_holds_an_association_for_each_edge(text, label, id):
    documents = [*DOCUMENTS, odd_document(), odd_document(text, label, id)]
    graph = graph_of(documents)
    triples = rdflib.Graph().parse(written(documents, "turtle"), format="turtle")
    found = set()
    for one in triples.subjects(rdflib.RDF.type, BIOLINK.Association):
        subject, object_ = triples.value(one, BIOLINK.subject), triples.value(one, BIOLINK.object)
        assert (subject, triples.value(one, BIOLINK.predicate), object_) in triples
        found.add(
            (
                str(triples.value(subject, BIOLINK.id)),
                str(triples.value(one, BIOLINK.original_predicate)),
                str(triples.value(object_, BIOLINK.id)),
                int(triples.value(one, BIOLINK.evidence_count)),
                len(set(triples.objects(one, BIOLINK.publications))),
            )
        )
    assert found == {
        (one.head, one.label, one.tail, one.n_relations, one.n_documents) for one in graph.edges
    }


@pytest.mark.parametrize("label", [*STATEMENTS, "STIRS & wakes"])
def test_turtle_says_it_in_biolinks_words(label):
    triples = rdflib.Graph().parse(written([odd_document("x", label)], "turtle"), format="turtle")
    one = triples.value(None, rdflib.RDF.type, BIOLINK.Association)
    statement = STATEMENTS.get(label)
    if statement is None:
        assert (
            str(triples.value(one, BIOLINK.predicate))
            == "urn:bioweave:relation:STIRS%20%26%20wakes"
        )
        return
    assert triples.value(one, BIOLINK.predicate) == BIOLINK[statement.predicate]
    said = triples.value(one, BIOLINK.object_direction_qualifier)
    assert (None if said is None else str(said)) == statement.direction
    assert (triples.value(one, BIOLINK.qualified_predicate) is None) == (
        statement.direction is None
    )
    # What is denied is not said.
    plain = (None, BIOLINK[statement.predicate], iri_of("name:Chemical:x"))
    assert (plain in triples) != statement.is_negated
    assert (triples.value(one, BIOLINK.negated) is not None) == statement.is_negated


def test_biocypher_holds_nodes_and_edges(tmp_path):
    documents = [*DOCUMENTS, odd_document(), odd_document("x", "CPR:4"), odd_document("y", "cpr 4")]
    out = tmp_path / "graph"
    with GraphWriter(out, "biocypher") as writer:
        for document in documents:
            writer.write(document)
    graph = graph_of(documents)
    nodes, edges = [], []
    for header in out.glob("*-header.csv"):
        names = header.read_text().split(";")
        part = header.with_name(header.name.replace("-header", "-part000"))
        with part.open(newline="", encoding="utf-8") as file:
            rows = [dict(zip(names, row, strict=True)) for row in csv.reader(file, delimiter=";")]
        assert rows
        kind = nodes if ":ID" in names else edges
        kind.extend(rows)
        assert {row[":LABEL" if kind is nodes else ":TYPE"] for row in rows} == {
            header.name.removesuffix("-header.csv")
        }
    assert sorted((row[":ID"], row["name"]) for row in nodes) == [
        (one.id, one.name) for one in graph.nodes
    ]
    assert sorted(
        (row[":START_ID"], row[":END_ID"], int(row["n_relations:long"]), row["evidence"])
        for row in edges
    ) == sorted((one.head, one.tail, one.n_relations, one.evidence or "") for one in graph.edges)
    assert {row["documents:string[]"] for row in edges if "x;y" in row[":START_ID"]} == {"P 1;"}
    assert (out / "CPR_4-part000.csv").exists()
    assert (out / "cpr_4_2-part000.csv").exists()
    call = out / "neo4j-admin-import-call.sh"
    subprocess.run(["bash", "-n", call], check=True)
    assert call.read_text().count("-header.csv,") == len(list(out.glob("*-header.csv")))

    with pytest.raises(ConfigurationError, match="the graph of an earlier run"):
        GraphWriter(out, "biocypher")


@pytest.mark.parametrize("format", ["graphml", "turtle", "edges"])
def test_without_relations_the_graph_is_empty(format):
    stream = written([Document("d", "Nothing.")], format)
    if format == "graphml":
        assert len(nx.read_graphml(stream)) == 0
    elif format == "turtle":
        assert len(rdflib.Graph().parse(stream, format="turtle")) == 0
    else:
        assert pq.read_table(stream).num_rows == 0


def test_what_is_not_in_the_graph_is_counted():
    lonely = Relation("UP", (Argument("head", "a"), Argument("tail", "nobody")))
    event = Relation("Theme", (Argument("Theme", "r1", "relation"),))
    writer = GraphWriter(io.BytesIO(), "graphml")
    for id in ("d", "e"):
        writer.write(Document(id, "Nothing.", relations=(lonely,)))
    writer.write(Document("f", "Nothing.", relations=(event,)))
    assert [str(loss) for loss in writer.losses] == [
        "graphml does not hold relations to mentions that the document does not have: left out or "
        "changed in 2 documents, the first of them 'd'",
        "graphml does not hold relations that do not join two mentions or concepts: left out or "
        "changed in 1 document, the first of them 'f'",
    ]


@pytest.mark.parametrize("format", GRAPH_FORMATS)
def test_outputs_that_cannot_be_are_refused_before_any_document(format, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises((ConfigurationError, FormatError)):
        GraphWriter(tmp_path / "file" if format == "biocypher" else tmp_path, format)
    if format != "biocypher":
        with pytest.raises(FormatError, match="cannot be written"):
            GraphWriter(tmp_path / "file" / "out", format)


def test_biocypher_is_no_stream():
    with pytest.raises(ConfigurationError, match="a folder of files"):
        GraphWriter(io.BytesIO(), "biocypher")


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "bioweave.graph.rdf", raising=False)
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(MissingExtraError, match=r"bioweave\[graph\]"):
        GraphWriter(io.BytesIO(), "turtle")
