from __future__ import annotations

import io
from pathlib import Path

import pytest

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation
from bioweave.formats import Part, open_writer, read_documents
from bioweave.formats.concept_ids import join_ids, split_ids
from bioweave.formats.pubtator import parse_records

TWO_RECORDS = """\
11|t|Lithium and renal failure.
11|a|Heart and kidney disease was seen.
11\t0\t7\tLithium\tChemical\tD008094
11\t12\t25\trenal failure\tDisease\t-1
11\t27\t51\tHeart and kidney disease\tDisease\tD006331|D007674\theart disease|kidney disease
11\tCID\tD008094\tD007674
11\tAssociation\tD008094\tD006331\tNovel
12|t|Second.
12|a|
"""


def read(content: str) -> list[Document]:
    return list(read_documents(io.BytesIO(content.encode()), "pubtator"))


def test_a_record_is_read_whole() -> None:
    first, second = read(TWO_RECORDS)
    assert first.text == "Lithium and renal failure. Heart and kidney disease was seen."
    assert first.passages == (Passage(0, 26, "title"), Passage(27, 61, "abstract"))
    assert first.mentions == (
        Mention(0, 7, "Lithium", "Chemical", concepts=(Concept("D008094"),)),
        Mention(12, 25, "renal failure", "Disease"),
        Mention(
            27, 51, "Heart and kidney disease", "Disease",
            concepts=(Concept("D006331"), Concept("D007674")),
            metadata={"extra": ["heart disease|kidney disease"]},
        ),
    )  # fmt: skip
    assert [(r.label, [a.target for a in r.arguments], r.metadata) for r in first.relations] == [
        ("CID", ["D008094", "D007674"], {}),
        ("Association", ["D008094", "D006331"], {"extra": ["Novel"]}),
    ]
    assert {a.kind for r in first.relations for a in r.arguments} == {"concept"}
    assert second == Document("12", "Second.", passages=(Passage(0, 7, "title"),))


def test_what_was_read_is_written_as_it_was() -> None:
    stream = io.BytesIO()
    with open_writer(stream, "pubtator") as writer:
        for document in read(TWO_RECORDS):
            writer.write(document)
    assert stream.getvalue().decode().replace("\n\n", "\n") == TWO_RECORDS
    assert not writer.losses


@pytest.mark.parametrize(
    ("column", "ids"),
    [
        ("", ()), ("-", ()), ("-1", ()), ("D1", ("D1",)), ("D1|D2", ("D1", "D2")),
        ("D1+D2", ("D1", "D2")), (" D1 | D2", ("D1", "D2")), ("672;675", ("672", "675")),
        ("D1|-1", ("D1",)), ("7422,22339(Tax:10090)", ("7422", "22339(Tax:10090)")),
        ("c|DEL||32;Gene:1234;VariantGroup:0", ("c|DEL||32;Gene:1234;VariantGroup:0",)),
        ("tmVar:p|Allele|S|276", ("tmVar:p|Allele|S|276",)), ("OMIM:1|D2", ("OMIM:1", "D2")),
    ],
)  # fmt: skip
def test_id_columns(column: str, ids: tuple[str, ...]) -> None:
    assert split_ids(column) == ids
    joined = join_ids(ids)
    assert joined is not None
    assert split_ids(joined) == ids


def test_an_odd_id_column_is_kept_and_written_back() -> None:
    content = "1|t|Gout\n1|a|\n1\t0\t4\tGout\tDisease\tD1+D2\n\n"
    (document,) = read(content)
    assert document.mentions[0].concepts == (Concept("D1"), Concept("D2"))
    assert document.mentions[0].metadata == {"ids": "D1+D2"}
    stream = io.BytesIO()
    with open_writer(stream, "pubtator") as writer:
        writer.write(document)
    assert stream.getvalue().decode() == content


def test_records_need_no_blank_line_and_lines_no_order() -> None:
    content = "1|a|An abstract.\n1|t|A title.\n2|t|One.\n2|t|Again.\n\n\n3|a|Only an abstract.\n"
    assert [(d.id, d.text) for d in read(content)] == [
        ("1", "A title. An abstract."),
        ("2", "One."),
        ("2", "Again."),
        ("3", " Only an abstract."),
    ]


def test_the_raw_parser_never_raises() -> None:
    record, lone = parse_records(["1|t|x\n", "1\tA\n", "2\t0\t1\tx\tL\n", "\n", "loose\n"])
    assert [(u.line, u.content) for u in record.unreadable] == [(2, "1\tA"), (3, "2\t0\t1\tx\tL")]
    assert (record.line, record.last_line) == (1, 3)
    assert lone.title is None


def test_what_pubtator_cannot_hold_is_told_once() -> None:
    document = Document(
        "a b|c", "One\ntwo three", (
            Mention(0, 3, "One", "L", 0.5, (Concept("x,y", "name", 0.1),), "T1"),
            Mention(4, 7, "two", "L", 0.5, metadata={"n": 1}),
        ),
        (
            Relation("joins", (Argument("a", "T1"),)),
            Relation("R", (Argument("a", "D1", "concept"),), confidence=0.1),
            Relation("R", (Argument("a", "D1", "concept"), Argument("b", "D2", "concept")),
                     "R1", 0.5),
        ),
        (Passage(0, 3, "title"), Passage(4, 7, "abstract"), Passage(8, 13, "abstract")),
    )  # fmt: skip
    heard: list[str] = []
    stream = io.BytesIO()
    with open_writer(stream, "pubtator", on_loss=lambda loss: heard.append(str(loss))) as writer:
        writer.write(document)
        writer.write(document)
    assert {loss.part for loss in writer.losses} == {
        Part.DOCUMENT_IDS, Part.LAYOUT, Part.PASSAGES, Part.CONFIDENCES, Part.CONCEPTS,
        Part.CONCEPT_DETAILS, Part.MENTION_IDS, Part.MENTION_METADATA, Part.MENTION_RELATIONS,
        Part.CONCEPT_RELATIONS, Part.ROLES, Part.RELATION_IDS, Part.RELATION_DETAILS,
    }  # fmt: skip
    assert {loss.n_documents for loss in writer.losses} == {2}
    assert len(heard) == len(writer.losses)
    assert (
        "pubtator does not hold confidences of mentions: left out or changed in 1 document, "
        "the first of them 'a b|c'"
    ) in heard


@pytest.mark.slow
def test_the_corpora_come_back_as_they_were(corpora: Path) -> None:
    paths = sorted(corpora.glob("bc5cdr/*.PubTator.txt"))
    if not paths:
        pytest.skip("bc5cdr is not among the corpora")
    for path in paths:
        stream = io.BytesIO()
        with open_writer(stream, "pubtator") as writer:
            for document in read_documents(path):
                writer.write(document)
        assert not writer.losses
        assert stream.getvalue().split() == path.read_bytes().split()


@pytest.mark.parametrize("offset", ["-3", "1.5", "+2"])
def test_offsets_that_are_no_offsets_make_no_relation(offset: str) -> None:
    (record,) = parse_records(["7|t|Gout.", "7|a|", f"7\t{offset}\t4\tGout\tDisease"])
    assert not record.relations
    assert "whole numbers from 0" in record.unreadable[0].reason
