from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from marked_documents import LABELS, counted_documents

from bioweave.corpus import fold_numbers, group_documents, load, split_fold
from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError

folds = st.integers(2, 7)
seeds = st.integers(0, 5)


def _documents(n: int) -> list[Document]:
    return [Document(f"PMID:{number}", f"text {number}") for number in range(n)]


@given(counted_documents(), folds, seeds)
def test_folds_part_the_documents_and_keep_groups_whole(
    documents: list[Document], k: int, seed: int
) -> None:
    groups = group_documents(documents)
    assume(k <= len(set(groups)))
    numbers = fold_numbers(documents, k, seed)
    assert set(numbers) == set(range(1, k + 1))
    assert len({*zip(groups, numbers, strict=True)}) == len(set(groups))
    largest = max(Counter(groups).values())
    sizes = Counter(numbers).values()
    assert max(sizes) - min(sizes) <= largest
    held_out = [split_fold(documents, k, number, seed) for number in range(1, k + 1)]
    assert sorted(d.id for _, fold in held_out for d in fold) == sorted(d.id for d in documents)
    for learned, fold in held_out:
        assert [d for d in documents if d in fold or d in learned] == documents
        assert not {d.id for d in fold} & {d.id for d in learned}


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60), folds, seeds)
def test_mentions_of_one_label_differ_by_no_more_than_one_document_has(
    counts: list[int], k: int, seed: int
) -> None:
    assume(k <= len(counts))
    documents = [
        Document(f"d{number}", f"m {number}", (Mention(0, 1, "m", "Gene"),) * count)
        for number, count in enumerate(counts)
    ]
    totals = Counter(dict.fromkeys(range(1, k + 1), 0))
    for number, count in zip(fold_numbers(documents, k, seed), counts, strict=True):
        totals[number] += count
    assert max(totals.values()) - min(totals.values()) <= max(counts)


@pytest.mark.parametrize("seed", range(10))
def test_several_labels_are_balanced_together(seed: int) -> None:
    chance = Random(seed)
    documents = []
    for number in range(100):
        labels = chance.choices(LABELS, weights=(8, 4, 1), k=chance.randrange(12))
        mentions = tuple(Mention(0, 1, "m", label) for label in labels)
        documents.append(Document(f"d{number}", f"m {number}", mentions))
    numbers = fold_numbers(documents, 5, seed)
    for label in LABELS:
        counts = Counter(dict.fromkeys(range(1, 6), 0))
        for document, number in zip(documents, numbers, strict=True):
            counts[number] += sum(mention.label == label for mention in document.mentions)
        # No fold is off its share by more than a document or two could make up for.
        assert max(counts.values()) - min(counts.values()) <= 8


@given(counted_documents(), st.integers(0, 99), seeds)
def test_the_order_does_not_matter(documents: list[Document], order: int, seed: int) -> None:
    assume(len(set(group_documents(documents))) >= 3)
    shuffled = Random(order).sample(documents, len(documents))
    expected = dict(zip((d.id for d in documents), fold_numbers(documents, 3, seed), strict=True))
    found = dict(zip((d.id for d in shuffled), fold_numbers(shuffled, 3, seed), strict=True))
    assert found == expected


def test_the_choice_is_fixed_for_all_time() -> None:
    # Were this to change, out-of-fold predictions of old runs would be of what they learned.
    assert fold_numbers(_documents(10), 5, seed=0) == [4, 2, 2, 5, 3, 5, 1, 1, 3, 4]


def test_seeds_part_differently() -> None:
    documents = _documents(60)

    def pairs(seed: int) -> list[bool]:
        numbers = fold_numbers(documents, 5, seed)
        return [numbers[i] == numbers[j] for i in range(60) for j in range(i)]

    assert fold_numbers(documents, 5, 1) == fold_numbers(documents, 5, 1)
    together = sum(one and other for one, other in zip(pairs(1), pairs(2), strict=True))
    assert together < 0.5 * sum(pairs(1))  # a fifth of them, were it pure chance


def test_a_corpus_with_several_labels(small: Path) -> None:
    documents = load("sample", "train", small)
    numbers = fold_numbers(documents, 4, seed=1)
    assert sorted(Counter(numbers).values()) == [10, 10, 10, 10]
    for label in ("Disease", "Chemical", "Gene"):
        counts = Counter(
            number
            for document, number in zip(documents, numbers, strict=True)
            for mention in document.mentions
            if mention.label == label
        )
        assert max(counts.values()) - min(counts.values()) <= 6, label


@pytest.mark.parametrize(
    ("n", "k", "complaint"),
    [
        (5, 1, "at least 2 folds, not 1"),
        (5, 0, "at least 2 folds, not 0"),
        (5, 6, "6 folds need as many groups of documents, and there are 5"),
        (0, 2, "there are 0"),
    ],
)
def test_impossible_folds_are_refused(n: int, k: int, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        fold_numbers(_documents(n), k)


def test_groups_are_what_counts() -> None:
    sentences = [Document(f"s{i}", f"text {i}", metadata={"pmid": "1"}) for i in range(9)]
    with pytest.raises(ConfigurationError, match=r"2 folds .* there are 1 .in 9 documents"):
        fold_numbers(sentences, 2)


@pytest.mark.parametrize("number", [0, 4])
def test_a_fold_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(ConfigurationError, match=f"from 1 to 3: there is no fold {number}"):
        split_fold(_documents(9), 3, number)
