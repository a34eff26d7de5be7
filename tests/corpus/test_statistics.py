from __future__ import annotations

from pathlib import Path

from bioweave.corpus import MentionCount, load, statistics, statistics_json
from bioweave.corpus.statistics import count_split
from bioweave.document import Document, Mention
from bioweave.text import split_words


def test_counts_of_documents_written_here() -> None:
    documents = [
        Document(
            "a",
            "Gout hurts. Gout stays.",
            (Mention(0, 4, "Gout", "Disease"), Mention(12, 16, "Gout", "Disease")),
        ),
        Document("b", "Zinc.", (Mention(0, 4, "Zinc", "Chemical"),)),
    ]
    found = count_split("train", documents, ("Disease", "Gene"))
    assert (found.n_documents, found.n_sentences, found.n_words) == (2, 3, 8)
    assert found.n_given_sentences is None
    assert found.mentions == MentionCount(3, 2)
    assert found.labels == {
        "Disease": MentionCount(2, 1),
        "Gene": MentionCount(0, 0),
        "Chemical": MentionCount(1, 1),
    }


def test_one_text_under_two_labels_is_one_unique_text() -> None:
    mentions = (Mention(0, 4, "Zinc", "Chemical"), Mention(0, 4, "Zinc", "Gene"))
    found = count_split("test", [Document("a", "Zinc.", mentions)], ())
    assert found.mentions == MentionCount(2, 1)


def test_a_corpus_is_counted_by_split(small: Path) -> None:
    train, dev, test = statistics("sample", small)
    assert (train.n_documents, dev.n_documents, test.n_documents) == (40, 10, 10)
    documents = load("sample", "train", small)
    assert train.n_words == sum(len(split_words(document.text)) for document in documents)
    assert train.mentions.n_mentions == sum(len(document.mentions) for document in documents)
    assert sum(count.n_mentions for count in train.labels.values()) == train.mentions.n_mentions


def test_given_sentences_are_counted_beside_found_ones(small: Path) -> None:
    assert [split.n_given_sentences for split in statistics("jnlpba", small)] == [3, 1, 3]
    assert [split.n_given_sentences for split in statistics("bc2gm", small)] == [3, 2]


def test_the_json_shape(small: Path) -> None:
    value = statistics_json("s800", statistics("s800", small))
    assert value["corpus"] == "s800"
    assert value["splits"]["train"] == {
        "documents": 1,
        "sentences": 2,
        "given_sentences": None,
        "words": 16,
        "relations": 0,
        "mentions": 2,
        "unique_mentions": 2,
        "labels": {"Species": {"mentions": 2, "unique_mentions": 2}},
        "relation_labels": {},
    }
