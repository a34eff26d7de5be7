from __future__ import annotations

from pathlib import Path

from bioweave.corpus import group_documents, load
from bioweave.document import Document


def test_one_abstract_one_article_and_one_text_stay_together() -> None:
    documents = [
        Document("P1T0", "First sentence.", metadata={"pmid": "7"}),
        Document("x", "Alone."),
        Document("P1A1", "Second sentence.", metadata={"pmid": "7"}),
        Document("PMC-5-sec-1", "Extract.", metadata={"pmcid": "5"}),
        Document("PMC-5-sec-2", "Another.", metadata={"pmcid": "5"}),
        Document("y", "ALONE !"),
    ]
    assert group_documents(documents) == [0, 1, 0, 2, 2, 1]


def test_ties_form_chains() -> None:
    documents = [
        Document("PMID:1", "One."),
        Document("a", "Two.", metadata={"pmid": "2", "pmcid": "3"}),
        Document("PMC3", "Three."),
        Document("PMID:2#2", "one"),
    ]
    assert group_documents(documents) == [0, 0, 0, 0]


def test_texts_without_letters_are_no_copies() -> None:
    assert group_documents([Document("a", ""), Document("b", ""), Document("c", "?!")]) == [0, 1, 2]
    assert group_documents([]) == []


def test_sentences_of_an_abstract_in_bc2gm(small: Path) -> None:
    documents = load("bc2gm", "train", small)
    groups = group_documents(documents)
    pmids = [document.metadata.get("pmid", document.id) for document in documents]
    for group, pmid in zip(groups, pmids, strict=True):
        together = {other for other, one in zip(groups, pmids, strict=True) if one == pmid}
        assert together == {group}
