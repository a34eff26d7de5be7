from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.corpus import carve
from bioweave.document import Document


def _documents(n: int) -> list[Document]:
    return [Document(f"PMID:{number}", f"text {number}") for number in range(n)]


def test_each_document_is_in_one_part_in_its_order() -> None:
    documents = _documents(50)
    train, dev = carve(documents, share=0.2, seed=3)
    assert len(dev) == 10
    assert sorted([*train, *dev], key=documents.index) == documents
    assert train == [document for document in documents if document in train]
    assert dev == [document for document in documents if document in dev]


def test_the_choice_is_fixed_for_all_time() -> None:
    # Were this to change, runs of old recipes would train on their own dev sets.
    _, dev = carve(_documents(12), share=0.25, seed=0)
    assert [document.id for document in dev] == ["PMID:6", "PMID:9", "PMID:10"]


def test_seeds_differ() -> None:
    assert carve(_documents(50), seed=1) != carve(_documents(50), seed=2)


@given(st.permutations(_documents(20)), st.integers(0, 5))
def test_the_order_does_not_matter(documents: list[Document], seed: int) -> None:
    _, dev = carve(documents, share=0.3, seed=seed)
    _, expected = carve(_documents(20), share=0.3, seed=seed)
    assert {document.id for document in dev} == {document.id for document in expected}


def test_an_abstract_stays_together() -> None:
    sentences = [
        Document(f"s{number}", "text", metadata={"pmid": str(number // 4)}) for number in range(40)
    ]
    copies = [Document(f"PMID:{number}#2", "text") for number in range(10)]
    train, dev = carve([*sentences, *copies], share=0.2)
    assert len(dev) == 10
    in_dev = {document.metadata["pmid"] for document in dev if document.metadata}
    assert in_dev.isdisjoint(document.metadata.get("pmid") for document in train)
    assert {document.id for document in dev if not document.metadata} == {
        f"PMID:{pmid}#2" for pmid in in_dev
    }


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 2.0])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        carve(_documents(3), share=share)
