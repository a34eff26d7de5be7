"""How much there is in a corpus: documents, sentences, words, mentions, by split and label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioweave.corpus.loading import load
from bioweave.corpus.lookup import info
from bioweave.document import Document
from bioweave.text import segment


@dataclass(frozen=True, slots=True)
class MentionCount:
    """Mentions, and how many different texts they have (case counts)."""

    n_mentions: int
    n_texts: int


@dataclass(frozen=True, slots=True)
class SplitStatistics:
    """The counts of one split.

    `n_sentences` and `n_words` are of bioweave's own splitting. `n_given_sentences` counts those
    that the corpus itself marks; None where it marks none. `n_relations` counts events as well,
    as `relations` does by label.
    """

    split: str
    n_documents: int
    n_sentences: int
    n_given_sentences: int | None
    n_words: int
    n_relations: int
    mentions: MentionCount
    labels: dict[str, MentionCount]
    relations: dict[str, int] = field(default_factory=dict)


def statistics(name: str, folder: Path | None = None) -> tuple[SplitStatistics, ...]:
    """The counts of each split of a corpus; a label that a split lacks counts 0 there."""
    found = info(name, folder)
    return tuple(
        count_split(split, load(name, split, folder), found.labels, found.relations)
        for split in found.splits
    )


def count_split(
    split: str,
    documents: Sequence[Document],
    labels: Iterable[str],
    relation_labels: Iterable[str] = (),
) -> SplitStatistics:
    """The counts of these documents, `labels` and `relation_labels` first and in their order."""
    n_sentences = n_words = n_given = 0
    for document in documents:
        sentences = segment(document.text, document.passages)
        n_sentences += len(sentences)
        n_words += sum(len(sentence.words) for sentence in sentences)
        n_given += sum(passage.kind == "sentence" for passage in document.passages)
    mentions = [mention for document in documents for mention in document.mentions]
    by_label = Counter(mention.label for mention in mentions)
    relations = Counter(one.label for document in documents for one in document.relations)
    texts = {(mention.label, mention.text) for mention in mentions}
    return SplitStatistics(
        split=split,
        n_documents=len(documents),
        n_sentences=n_sentences,
        n_given_sentences=n_given or None,
        n_words=n_words,
        n_relations=relations.total(),
        mentions=MentionCount(len(mentions), len({text for _, text in texts})),
        labels={
            label: MentionCount(by_label[label], sum(label == other for other, _ in texts))
            for label in dict.fromkeys((*labels, *by_label))
        },
        relations={
            label: relations[label] for label in dict.fromkeys((*relation_labels, *relations))
        },
    )


def statistics_json(name: str, splits: Iterable[SplitStatistics]) -> dict[str, Any]:
    """What `corpus stats --json` prints."""
    return {
        "corpus": name,
        "splits": {
            split.split: {
                "documents": split.n_documents,
                "sentences": split.n_sentences,
                "given_sentences": split.n_given_sentences,
                "words": split.n_words,
                "relations": split.n_relations,
                **_count_json(split.mentions),
                "labels": {label: _count_json(count) for label, count in split.labels.items()},
                "relation_labels": split.relations,
            }
            for split in splits
        },
    }


def _count_json(count: MentionCount) -> dict[str, int]:
    return {"mentions": count.n_mentions, "unique_mentions": count.n_texts}
