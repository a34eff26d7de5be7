"""Any document survives the round trip of each format that can hold it."""

from __future__ import annotations

import io
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation, Span
from bioweave.formats import FORMAT_TABLE, FORMATS, Part, open_writer, read_documents
from bioweave.formats.reduction import reduce_to

STREAMED = [name for name in FORMATS if FORMAT_TABLE[name].is_readable and name != "brat"]
SHAPED = [name for name in STREAMED if FORMAT_TABLE[name].partly or name == "text"]
WHOLE = [name for name in STREAMED if name not in SHAPED]

CHARACTERS = st.one_of(
    st.sampled_from("ab c.,|-\t\n\r\0\x01\x1f\x85\u2028\ufffe\ufeff😀e\u0301α′שא<&>\"'"),
    st.characters(exclude_categories=["Cs"]),
)
NAMES = st.one_of(
    st.sampled_from(["Disease", "Chemical", "Cell Type", "tab\there", "a|b", "D1+D2", "#", "é"]),
    st.text(CHARACTERS, min_size=1, max_size=6),
)
PLAIN_NAMES = st.text(string.ascii_letters + string.digits + "_.", min_size=1, max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=5),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(NAMES, values, max_size=2),
    max_leaves=4,
)
METADATA = st.dictionaries(
    NAMES | st.sampled_from(["type", "identifier", "confidence", "concepts", "relation", "Role"]),
    VALUES,
    max_size=2,
)
PROBABILITIES = st.none() | st.floats(0, 1)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(CHARACTERS, min_size=1, max_size=40))
    mentions = draw(mention_lists(text))
    relations = draw(relation_lists([m.id for m in mentions if m.id is not None]))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3))) * 2
    edges.sort()
    passages = tuple(
        Passage(start, end, draw(NAMES))
        for start, end in zip(edges[1:-1:2], edges[2::2], strict=True)
    )
    return Document(draw(NAMES), text, mentions, relations, passages, draw(METADATA))


@st.composite
def mention_lists(draw: st.DrawFn, text: str) -> tuple[Mention, ...]:
    mentions = []
    for number in range(draw(st.integers(0, 3))):
        edges = draw(
            st.lists(st.integers(0, len(text)), min_size=2, max_size=4, unique=True).map(sorted)
        )
        spans = tuple(Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))
        concepts = st.builds(Concept, NAMES, st.none() | NAMES, PROBABILITIES)
        mentions.append(
            Mention(
                spans[0].start,
                spans[-1].end,
                text[spans[0].start : spans[-1].end],
                draw(NAMES),
                draw(PROBABILITIES),
                tuple(draw(st.lists(concepts, max_size=2))),
                draw(st.sampled_from([None, f"T{number}", f"m {number}"])),
                spans if len(spans) > 1 else (),
                draw(METADATA),
            )
        )
    # In order of their starts, as formats that keep mentions with their passage give them back.
    return tuple(sorted(mentions, key=lambda mention: mention.start))


@st.composite
def relation_lists(draw: st.DrawFn, mention_ids: list[str]) -> tuple[Relation, ...]:
    relations: list[Relation] = []
    for number in range(draw(st.integers(0, 3))):
        targets = [("concept", "D1"), *(("mention", id_) for id_ in mention_ids)]
        targets += [("relation", r.id) for r in relations if r.id is not None]
        arguments = tuple(
            Argument(draw(NAMES), target, kind)
            for kind, target in draw(st.lists(st.sampled_from(targets), max_size=3))
        )
        id_ = draw(st.sampled_from([None, f"R{number}"]))
        relations.append(Relation(draw(NAMES), arguments, id_, draw(PROBABILITIES), draw(METADATA)))
    return tuple(relations)


def write_and_read(document: Document, format: str) -> tuple[Document, set[Part]]:
    stream = io.BytesIO()
    with open_writer(stream, format) as writer:
        writer.write(document)
    (found,) = read_documents(io.BytesIO(stream.getvalue()), format)
    return found, {loss.part for loss in writer.losses}


def write_and_read_brat(document: Document, folder: Path) -> tuple[Document, set[Part]]:
    with open_writer(folder, "brat") as writer:
        writer.write(document)
    (path,) = folder.glob("*.ann")
    (found,) = read_documents(path)
    return found, {loss.part for loss in writer.losses}


@pytest.mark.parametrize("format", WHOLE)
@given(document=documents())
def test_what_comes_back_is_all_that_was_not_reported_as_lost(
    format: str, document: Document
) -> None:
    held, lost = reduce_to(document, FORMAT_TABLE[format])
    found, reported = write_and_read(document, format)
    assert found == held
    assert reported == set(lost)
    assert lost or found == document


@given(document=documents())
def test_jsonl_and_bioc_json_and_parquet_lose_nothing(document: Document) -> None:
    for format in ("jsonl", "bioc-json", "parquet"):
        assert write_and_read(document, format) == (document, set())


@pytest.mark.parametrize("format", SHAPED)
@given(document=documents())
def test_every_document_is_read_back_whatever_it_lost(format: str, document: Document) -> None:
    if format == "conll" and not document.text.strip():
        return  # no words: refused, see test_conll
    found, reported = write_and_read(document, format)
    holds = FORMAT_TABLE[format].holds
    if {Part.MENTIONS, Part.EXACT_BOUNDARIES} <= holds:
        assert [m.span for m in found.mentions] == [m.span for m in document.mentions]
    if found.text != document.text:
        assert reported & {
            Part.WHITE_SPACE, Part.LAYOUT, Part.NUL_CHARACTERS, Part.CONTROL_CHARACTERS,
        }  # fmt: skip
    if document.metadata and Part.METADATA not in holds:
        assert Part.METADATA in reported


@given(document=documents())
def test_every_document_is_read_back_from_brat(
    document: Document, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found, _ = write_and_read_brat(document, tmp_path_factory.mktemp("brat"))
    assert found.id == document.id.replace("\0", "\ufffd")
    assert found.text == document.text.replace("\0", "\ufffd")
    assert [m.span for m in found.mentions] == [m.span for m in document.mentions]
    assert [m.fragments for m in found.mentions] == [m.fragments for m in document.mentions]


@given(document=documents())
def test_text_keeps_the_text(document: Document) -> None:
    text = document.text.replace("\0", "")
    if not text.removeprefix("\ufeff"):
        return
    bare = Document("", text.removeprefix("\ufeff"))
    assert write_and_read(bare, "text")[0].text == bare.text


# What each format with a shape of its own can hold, drawn from within that shape.

ONE_LINE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\0"), min_size=1, max_size=20
)


@st.composite
def pubtator_documents(draw: st.DrawFn) -> Document:
    title, abstract = draw(ONE_LINE), draw(ONE_LINE)
    text = f"{title} {abstract}"
    mentions = [
        replace(
            mention,
            label=draw(ONE_LINE),
            confidence=None,
            id=None,
            fragments=(),
            concepts=tuple(Concept(id_) for id_ in draw(st.lists(PLAIN_NAMES, max_size=2))),
            metadata=draw(st.sampled_from([{}, {"extra": ["one", ""]}])),
        )
        for mention in draw(mention_lists(text))
    ]
    relation = Relation(
        draw(PLAIN_NAMES.filter(lambda name: not name.isdigit())),
        tuple(Argument(role, draw(PLAIN_NAMES), "concept") for role in ("Arg1", "Arg2")),
        metadata=draw(st.sampled_from([{}, {"extra": ["Novel"]}])),
    )
    edges = (Passage(0, len(title), "title"), Passage(len(title) + 1, len(text), "abstract"))
    return Document(draw(PLAIN_NAMES), text, tuple(mentions), (relation,), edges)


@given(document=pubtator_documents())
def test_pubtator_holds_titles_abstracts_mentions_and_pairs(document: Document) -> None:
    assert write_and_read(document, "pubtator") == (document, set())


@st.composite
def brat_documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(CHARACTERS.filter(lambda c: c != "\0"), min_size=1, max_size=30))
    text = text.removeprefix("\ufeff") or "x"
    remarks = st.sampled_from(
        [{}, {"attributes": {"Negated": True, "Level": "very high"}, "notes": ["see: below", ""]}]
    )
    mentions = tuple(
        replace(
            mention,
            id=f"T{number + 7}",
            label=draw(PLAIN_NAMES),
            confidence=None,
            concepts=tuple(
                Concept(draw(PLAIN_NAMES), draw(st.none() | PLAIN_NAMES)) for _ in mention.concepts
            ),
            metadata=draw(remarks),
        )
        for number, mention in enumerate(draw(mention_lists(text)))
    )
    relations: list[Relation] = []
    if mentions:
        ends = st.sampled_from([mention.id for mention in mentions])
        event = (Argument("Trigger", draw(ends)), Argument("Theme", draw(ends)))
        relations = [
            Relation("Equiv", (Argument("Member", draw(ends)), Argument("Member", draw(ends)))),
            Relation("binds", (Argument("Arg1", draw(ends)), Argument("Arg2", draw(ends))), "R3"),
            Relation("Growth", event, "E1", metadata=draw(remarks)),
            Relation(
                "Stop", (Argument("Trigger", draw(ends)), Argument("Theme", "E1", "relation")), "E2"
            ),
        ]
    id_ = draw(NAMES.filter(lambda name: "\0" not in name))
    return Document(id_, text, mentions, tuple(relations))


@given(document=brat_documents())
def test_brat_holds_gaps_nesting_events_and_remarks(
    document: Document, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("brat")
    assert write_and_read_brat(document, folder) == (document, set())


@st.composite
def conll_documents(draw: st.DrawFn) -> Document:
    words = st.text(string.ascii_lowercase, min_size=1, max_size=5)
    mentions, passages, lines, offset = [], [], [], 0
    for _ in range(draw(st.integers(1, 3))):
        line = draw(st.lists(words, min_size=1, max_size=6))
        edges = [offset]
        for word in line:
            edges.append(edges[-1] + len(word) + 1)
        offset = edges[-1]
        passages.append(Passage(edges[0], offset - 1, "sentence"))
        lines.append(" ".join(line))
        cuts = draw(st.lists(st.integers(0, len(line)), max_size=4, unique=True).map(sorted))
        for first, last in zip(cuts[::2], cuts[1::2], strict=False):
            mentions.append((edges[first], edges[last] - 1, draw(PLAIN_NAMES)))
    text = "\n".join(lines)
    found = tuple(Mention(start, end, text[start:end], label) for start, end, label in mentions)
    return Document(draw(PLAIN_NAMES), text, found, passages=tuple(passages))


@given(document=conll_documents())
def test_conll_holds_words_and_flat_mentions(document: Document) -> None:
    found, lost = write_and_read(document, "conll")
    assert found.text.split() == document.text.split()
    assert found.id == document.id
    assert [(m.text, m.label) for m in found.mentions] == [
        (m.text, m.label) for m in document.mentions
    ]
    # The splitter may see two sentences in a line, and then says so.
    assert lost <= {Part.PASSAGES, Part.WHITE_SPACE}
    assert lost or found == document


@given(
    number=st.integers(1, 10**8),
    pieces=st.lists(st.text(string.printable).map(lambda s: " ".join(s.split())), min_size=2)
    .map(lambda pieces: [piece for piece in pieces if piece])
    .filter(bool),
)
def test_pubmed_holds_titles_and_sections(number: int, pieces: list[str]) -> None:
    passages, offset = [], 0
    for place, piece in enumerate(pieces):
        kind = "abstract" if place else "title"
        passages.append(Passage(offset, offset + len(piece), kind))
        offset += len(piece) + 1
    document = Document(f"PMID:{number}", " ".join(pieces), passages=tuple(passages))
    found, lost = write_and_read(document, "pubmed-xml")
    assert not lost
    assert replace(found, metadata={}) == document
    assert found.metadata == {"pmid": str(number)}
