from __future__ import annotations

import io

import pytest

from bioweave.document import Document, Mention, Passage, Span
from bioweave.errors import FormatError
from bioweave.formats import Part, open_writer, read_documents
from bioweave.formats.conll import parse_sentences


def read(content: str) -> list[Document]:
    return list(read_documents(io.BytesIO(content.encode()), "conll"))


def spans(tags: str) -> list[tuple[str, str]]:
    """Mentions (as text and label) of words a, b, c ... with these tags."""
    words = "abcdefghij"
    rows = [f"{word}\t{tag}" for word, tag in zip(words, tags.split(), strict=False)]
    (document,) = read("\n".join(rows) + "\n")
    return [(mention.text, mention.label) for mention in document.mentions]


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("BIO", "B-X I-X B-X O B-Y", ["a b X", "c X", "e Y"]),
        ("IOB1", "I-X I-X B-X O I-Y", ["a b X", "c X", "e Y"]),
        ("BIOES", "B-X E-X S-X O S-Y", ["a b X", "c X", "e Y"]),
        ("BIOES", "B-X I-X E-X B-Y E-Y", ["a b c X", "d e Y"]),
        ("BILOU", "B-X L-X U-X O U-Y", ["a b X", "c X", "e Y"]),
        ("BMES", "B-X M-X E-X O S-Y", ["a b c X", "e Y"]),
        ("IO", "I-X I-X I-Y O I-Y", ["a b X", "c Y", "e Y"]),
        ("BIO with a label that changes", "B-X I-Y I-Y O O", ["a X", "b c Y"]),
        ("a label with a hyphen", "B-cell-type I-cell-type O O O", ["a b cell-type"]),
    ],
)
def test_every_scheme_is_read_by_the_same_rule(scheme: str, tags: str, expected: list[str]) -> None:
    assert [f"{text} {label}" for text, label in spans(tags)] == expected, scheme


def test_documents_and_their_ids() -> None:
    content = (
        "-DOCSTART- (first)\tO\n\none\tO\n\ntwo\tB-X\n\n-DOCSTART-\tO\n\nthree\tO\n\n"
        "###MEDLINE:9\n\nfour\tO\n"
    )
    first, second, third = read(content)
    assert (first.id, first.text) == ("first", "one\ntwo")
    assert first.passages == (Passage(0, 3, "sentence"), Passage(4, 7, "sentence"))
    assert first.mentions == (Mention(4, 7, "two", "X"),)
    assert second.text == "three"
    assert (third.id, third.text) == ("MEDLINE:9", "four")


def test_without_document_starts_each_sentence_is_a_document() -> None:
    documents = read("one\tO\n\ntwo\tO\ntoo\tO\n\n\nthree\tO\n")
    assert [d.text for d in documents] == ["one", "two too", "three"]
    assert len({d.id for d in documents}) == 3


def test_columns_are_apart_by_tabs_or_by_spaces() -> None:
    (sentence,) = parse_sentences(["EU NNP I-NP I-ORG", "#\tO", "a b\tX\tO"])
    assert [(t.text, t.columns, t.tag) for t in sentence.tokens] == [
        ("EU", ("NNP", "I-NP"), "I-ORG"),
        ("#", (), "O"),
        ("a b", ("X",), "O"),
    ]


def test_writing_spells_words_and_tells_what_is_lost() -> None:
    text = "TNF-alpha  binds.\n\nIt does so well."
    document = Document(
        "d\t1",
        text,
        (
            Mention(0, 9, "TNF-alpha", "Gene", 0.9),
            Mention(0, 3, "TNF", "Gene"),
            Mention(12, 15, "ind", "Verb"),
            Mention(19, 29, "It does so", "X Y", fragments=(Span(19, 21), Span(27, 29))),
        ),
    )
    stream = io.BytesIO()
    with open_writer(stream, "conll") as writer:
        writer.write(document)
    assert stream.getvalue().decode() == (
        "-DOCSTART- (d 1)\tO\n\nTNF\tB-Gene\n-\tI-Gene\nalpha\tI-Gene\nbinds\tB-Verb\n.\tO\n\n"
        "It\tB-X_Y\ndoes\tI-X_Y\nso\tI-X_Y\nwell\tO\n.\tO\n\n"
    )
    assert {loss.part for loss in writer.losses} == {
        Part.DOCUMENT_IDS, Part.WHITE_SPACE, Part.CONFIDENCES, Part.OVERLAPS, Part.FRAGMENTS,
        Part.EXACT_BOUNDARIES, Part.LABEL_SPACES,
    }  # fmt: skip


def test_a_mention_over_two_sentences_is_cut_and_told() -> None:
    text = "One\n\ntwo"
    document = Document(
        "d", text, (Mention(0, 8, text, "X"),), (), (Passage(0, 3, "p"), Passage(5, 8, "p"))
    )
    stream = io.BytesIO()
    with open_writer(stream, "conll") as writer:
        writer.write(document)
    assert b"One\tB-X\n\ntwo\tB-X\n" in stream.getvalue()
    assert Part.EXACT_BOUNDARIES in {loss.part for loss in writer.losses}


def test_a_document_without_words_is_refused() -> None:
    with (
        open_writer(io.BytesIO(), "conll") as writer,
        pytest.raises(
            FormatError, match=r"document 'd': a document without words has no form in CoNLL"
        ),
    ):
        writer.write(Document("d", " \n"))
