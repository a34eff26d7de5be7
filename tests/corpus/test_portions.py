from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_documents import LABELS, counted_documents

from bioweave.corpus import load, take_portion
from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError


@given(counted_documents(), st.data(), st.integers(0, 5))
def test_portions_are_nested_and_in_order(
    documents: list[Document], data: st.DataObject, seed: int
) -> None:
    large = data.draw(st.integers(1, len(documents)))
    small = data.draw(st.integers(1, large))
    more, fewer = take_portion(documents, large, seed), take_portion(documents, small, seed)
    assert (len(more), len(fewer)) == (large, small)
    assert [document for document in documents if document in more] == more
    assert [document for document in more if document in fewer] == fewer


@given(counted_documents(), st.integers(0, 99), st.integers(0, 5))
def test_the_order_does_not_matter(documents: list[Document], order: int, seed: int) -> None:
    shuffled = Random(order).sample(documents, len(documents))
    n = -(-len(documents) // 2)
    found = {document.id for document in take_portion(shuffled, n, seed)}
    assert found == {document.id for document in take_portion(documents, n, seed)}


@pytest.mark.parametrize("n", [10, 50])
@pytest.mark.parametrize("seed", range(5))
def test_mentions_are_kept_in_proportion(seed: int, n: int) -> None:
    chance = Random(seed)
    documents = []
    for number in range(200):
        labels = chance.choices(LABELS, weights=(4, 2, 1), k=chance.randrange(14))
        mentions = tuple(Mention(0, 1, "m", label) for label in labels)
        documents.append(Document(f"d{number}", f"m {number}", mentions))
    whole = Counter(mention.label for document in documents for mention in document.mentions)
    chosen = take_portion(documents, n, seed)
    portion = Counter(mention.label for document in chosen for mention in document.mentions)
    for label in LABELS:
        # Off by less than the mentions of a document or two.
        assert abs(portion[label] - whole[label] * n / 200) <= 8


def test_seeds_differ_and_choices_are_fixed(small: Path) -> None:
    documents = load("sample", "train", small)
    ids = [[d.id for d in take_portion(documents, 4, seed)] for seed in range(3)]
    assert ids[0] != ids[1] != ids[2]
    assert ids[0] == ["99000014", "99000019", "99000026", "99000039"]


@pytest.mark.parametrize("n", [0, -1, 4])
def test_more_than_there_is_and_nothing_are_refused(n: int) -> None:
    with pytest.raises(ConfigurationError, match="between 1 and all of 3 documents"):
        take_portion([Document(f"d{i}", "text") for i in range(3)], n)
