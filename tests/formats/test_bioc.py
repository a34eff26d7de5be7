from __future__ import annotations

import io
import json
from pathlib import Path

import bioc
import pytest
from bioc import biocjson

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation, Span
from bioweave.errors import OffsetError
from bioweave.formats import open_writer, read_documents

FOREIGN = """<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE collection SYSTEM 'BioC.dtd'>
<collection><source>X</source><date>0</date><key>k</key>
<document><id>17</id><infon key="journal">J</infon>
<passage><infon key="type">title</infon><offset>0</offset><text>α-Lithium harms.</text>
<annotation id='0'><infon key="type">Chemical</infon><infon key="MESH">D008094</infon>
<location offset='{lithium}' length='7' /><text>Lithium</text></annotation>
</passage>
<passage><infon key="type">abstract</infon><infon key="section">A</infon><offset>{second}</offset>
<sentence><offset>{second}</offset><text>Heart and</text></sentence>
<sentence><offset>{third}</offset><text>renal pain.</text>
<annotation id='1'><infon key="type">Disease</infon><infon key="identifier">D1|D2</infon>
<location offset='{third}' length='5'/><location offset='{second}' length='5'/>
<text>Heart...renal</text></annotation></sentence>
</passage>
<relation id='R0'><infon key="relation">CID</infon><infon key="Chemical">D008094</infon>
<infon key="Disease">D1</infon></relation>
<relation id='R1'><infon key="type">near</infon><node refid="0" role="a"/>
<node refid="R0" role="b"/></relation>
</document></collection>"""

EXPECTED = Document(
    "17",
    "α-Lithium harms. Heart and renal pain.",
    (
        Mention(2, 9, "Lithium", "Chemical", concepts=(Concept("MESH:D008094"),), id="0"),
        Mention(
            17, 32, "Heart and renal", "Disease", concepts=(Concept("D1"), Concept("D2")),
            id="1", fragments=(Span(17, 22), Span(27, 32)),
        ),
    ),
    (
        Relation("CID", (Argument("Chemical", "D008094", "concept"),
                         Argument("Disease", "D1", "concept")), "R0"),
        Relation("near", (Argument("a", "0"), Argument("b", "R0", "relation")), "R1"),
    ),
    (Passage(0, 16, "title"), Passage(17, 38, "abstract")),
    {"journal": "J", "passages": [{}, {"section": "A"}]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "offsets"),
    [
        ("code points", {"lithium": 2, "second": 17, "third": 27}),
        ("UTF-8 bytes", {"lithium": 3, "second": 18, "third": 28}),
    ],
)
def test_foreign_xml_is_read_in_code_points_or_bytes(unit: str, offsets: dict[str, int]) -> None:
    content = FOREIGN.format(**offsets).encode()
    assert list(read_documents(io.BytesIO(content))) == [EXPECTED], unit


def test_offsets_of_neither_kind_are_refused() -> None:
    content = FOREIGN.format(lithium=5, second=17, third=27).encode()
    with pytest.raises(OffsetError, match="annotation '0' reads 'Lithium', but the text has"):
        list(read_documents(io.BytesIO(content)))


DOCUMENT = Document(
    "d1",
    "Aspirin helps.\n\nIt does.",
    (Mention(0, 7, "Aspirin", "Chemical", 0.5, (Concept("MESH:D1", "Aspirin", 0.9),), "T1"),),
    (Relation("r", (Argument("a", "T1"), Argument("b", "D9", "concept")), "R1"),),
    (Passage(0, 14, "title"),),
    {"pmid": "1", "year": 1999},
)


def test_the_bioc_library_reads_what_is_written() -> None:
    xml, json_ = io.BytesIO(), io.BytesIO()
    for stream, format in ((xml, "bioc-xml"), (json_, "bioc-json")):
        with open_writer(stream, format) as writer:
            writer.write(DOCUMENT)
            writer.write(DOCUMENT)
    by_xml = bioc.loads(xml.getvalue().decode().partition("?>")[2])
    by_json = biocjson.loads(json_.getvalue())
    for collection in (by_xml, by_json):
        bioc.validate(collection)
        first, second = collection.documents
        assert (first.id, second.id) == ("d1", "d1")
        assert first.passages[0].text == "Aspirin helps."
        (annotation,) = first.passages[0].annotations
        assert annotation.text == "Aspirin"
        assert annotation.infons["type"] == "Chemical"
        assert annotation.infons["identifier"] == "MESH:D1"
        assert [node.refid for node in first.relations[0].nodes] == ["T1"]
        assert first.infons["pmid"] == "1"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", ["collection", "documents", "PubTator3", "list", "lines"])
def test_bioc_json_comes_in_many_wrappings(wrap: str, indent: int | None) -> None:
    if wrap == "lines" and indent:
        indent = None
    stream = io.BytesIO()
    with open_writer(stream, "bioc-json") as writer:
        writer.write(DOCUMENT)
        writer.write(DOCUMENT)
    documents = json.loads(stream.getvalue())["documents"]
    content = {
        "collection": stream.getvalue().decode(),
        "documents": json.dumps({"documents": documents, "key": {"a": [1]}}, indent=indent),
        "PubTator3": json.dumps({"PubTator3": documents}, indent=indent),
        "list": json.dumps(documents, indent=indent),
        "lines": "\n".join(map(json.dumps, documents)),
    }[wrap]
    assert list(read_documents(io.BytesIO(content.encode()), "bioc-json")) == [DOCUMENT] * 2


def test_json_values_over_buffer_edges_are_whole() -> None:
    documents = [
        {"id": f"d{n}", "passages": [{"offset": 0, "text": "é😀" * 50_000}]} for n in range(6)
    ]
    content = json.dumps({"documents": documents}, ensure_ascii=False).encode()
    found = list(read_documents(io.BytesIO(content)))
    assert [d.id for d in found] == [f"d{n}" for n in range(6)]
    assert {len(d.text) for d in found} == {100_000}


@pytest.mark.slow
def test_a_corpus_says_the_same_in_bioc_and_in_pubtator(corpora: Path) -> None:
    folder = corpora / "bc5cdr"
    if not folder.exists():
        pytest.skip("bc5cdr is not among the corpora")
    by_xml = {d.id: d for d in read_documents(folder / "CDR_TestSet.BioC.xml")}
    by_pubtator = {d.id: d for d in read_documents(folder / "CDR_TestSet.PubTator.txt")}
    assert by_xml.keys() == by_pubtator.keys()
    assert len(by_xml) == 500
    for id_, document in by_xml.items():
        other = by_pubtator[id_]
        assert document.text == other.text
        ours = {(m.start, m.end, m.label) for m in document.mentions}
        # Composite mentions stand in the XML once more for each part.
        assert {(m.start, m.end, m.label) for m in other.mentions} <= ours
        assert {tuple(a.target for a in r.arguments) for r in document.relations} == {
            tuple(a.target for a in r.arguments) for r in other.relations
        }
