"""Corpora that come as columns of words: jnlpba and genia-pos."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bioweave.corpus import load, load_pos, load_with_defects
from bioweave.corpus.reading.words import join_words

_WORD = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1)


@given(st.lists(st.lists(_WORD, min_size=1), min_size=1))
def test_words_stand_where_they_are_said_to(sentences: list[list[str]]) -> None:
    joined = join_words(sentences)
    assert [[joined.text[start:end] for start, end in words] for words in joined.words] == sentences
    assert [joined.text[p.start : p.end] for p in joined.sentences] == [
        " ".join(words) for words in sentences
    ]
    assert joined.text == " ".join(word for words in sentences for word in words)


def test_jnlpba_gives_abstracts_with_the_published_types(small: Path) -> None:
    first, second = load("jnlpba", "train", small)
    assert first.id == "jnlpba-train-1"
    assert [p.kind for p in first.passages] == ["sentence", "sentence"]
    assert [(m.text, m.label, m.metadata["type"]) for m in first.mentions] == [
        ("ZRK1 gene", "DNA", "DNA"),
        ("NB-X1 cells", "CellLine", "cell_line"),
        ("TAFB2", "Gene", "protein"),
        ("p41", "Gene", "protein"),
        ("mRNA", "RNA", "RNA"),
    ]
    assert [(m.text, m.label) for m in second.mentions] == [
        ("Ostrenin", "Gene"),
        ("T cells", "CellType"),
    ]


def test_jnlpba_test_names_its_abstracts_by_medline_number(small: Path) -> None:
    documents, defects = load_with_defects("jnlpba", "test", small)
    assert [document.id for document in documents] == [
        "MEDLINE:98000001",
        "MEDLINE:98000001#2",
        "MEDLINE:98000002",
    ]
    assert documents[0].metadata["medline"] == "98000001"
    assert "pmid" not in documents[0].metadata
    assert [defect.kind for defect in defects] == ["repeated document", "unknown tag"]


def test_genia_pos_comes_without_field_marks(small: Path) -> None:
    sentences = load_pos("train", small)
    assert len(sentences) == 6
    assert sentences[0] == [("ZRK1", "NN"), ("binds", "VBZ"), (".", ".")]
    # A word may hold a slash; a sentence need not end in a stop.
    assert sentences[1][-2:] == [("1/2", "CD"), ("speed", "NN")]


def test_genia_pos_as_documents_agrees_with_its_sentences(small: Path) -> None:
    documents = load("genia-pos", "train", small)
    assert [document.id for document in documents] == ["MEDLINE:86000001", "MEDLINE:86000002"]
    again = [
        list(zip(document.text[p.start : p.end].split(" "), tags, strict=True))
        for document in documents
        for p, tags in zip(document.passages, document.metadata["pos"], strict=True)
    ]
    assert again == load_pos("train", small)
