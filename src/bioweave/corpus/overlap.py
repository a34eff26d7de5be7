"""Documents and sentences that two splits share: leakage, within a corpus or across corpora."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from bioweave.corpus.letters import N_LETTERS, Letters, letters_of
from bioweave.corpus.loading import load
from bioweave.corpus.lookup import info
from bioweave.corpus.origin import origin_of
from bioweave.document import Document
from bioweave.text import segment


class SplitName(NamedTuple):
    """A split of a corpus."""

    corpus: str
    split: str

    def __str__(self) -> str:
        return f"{self.corpus} {self.split}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """What of `held_out` is also in `other`; all counts are of `held_out`'s units.

    Same id: PMID, PMC or MEDLINE number. Same text: letters and digits agree, case aside; so do
    the two spellings of one abstract in two tokenisations. Shared sentences agree but for case
    and the width of spaces; `n_distinct_sentences` counts repeated ones once. Contained
    sentences stand, letters and digits, within one of the other's documents, at least 30 long.
    `documents` are the ids of those with the same id or text.
    """

    held_out: SplitName
    other: SplitName
    n_documents: int
    n_same_id: int
    n_same_text: int
    n_sentences: int
    n_shared_sentences: int
    n_distinct_sentences: int
    n_contained_sentences: int
    documents: tuple[str, ...]

    @property
    def is_telling(self) -> bool:
        """Whether the two share more than short sentences such as `CONCLUSIONS:`."""
        return bool(self.documents or self.n_contained_sentences)


def overlap(names: Sequence[str], folder: Path | None = None) -> list[Overlap]:
    """Each pair of splits of the named corpora, compared; `held_out` is the later split.

    Test comes after dev, and dev after train; of two alike, the corpus named first.
    """
    splits = [
        _Split(SplitName(name, split), load(name, split, folder))
        for name in dict.fromkeys(names)
        for split in info(name, folder).splits
    ]
    return [_compare(left, right) for left, right in _pairs(splits)]


class _Split:
    """A split's ids, texts and sentences, normalised once."""

    def __init__(self, name: SplitName, documents: Sequence[Document]) -> None:
        self.name = name
        self.documents = documents
        self.ids = [origin_of(document) for document in documents]
        self.letters = [letters_of(document.text) for document in documents]
        texts = [text for document in documents for text in _sentences(document)]
        self.sentences = [" ".join(text.casefold().split()) for text in texts]
        self.sentence_letters = [letters_of(text).text for text in texts]
        self.sentence_set = frozenset(self.sentences)


def _pairs(splits: Sequence[_Split]) -> Iterator[tuple[_Split, _Split]]:
    rank = {"test": 0, "dev": 1, "train": 2}
    for left, right in combinations(splits, 2):
        if rank[right.name.split] < rank[left.name.split]:
            yield right, left
        else:
            yield left, right


def _compare(left: _Split, right: _Split) -> Overlap:
    ids = {id_ for id_ in right.ids if id_}
    texts = {letters.text for letters in right.letters if letters.text}
    same_id = [id_ in ids for id_ in left.ids]
    same_text = [letters.text in texts for letters in left.letters]
    shared = [sentence for sentence in left.sentences if sentence in right.sentence_set]
    return Overlap(
        held_out=left.name,
        other=right.name,
        n_documents=len(left.documents),
        n_same_id=sum(same_id),
        n_same_text=sum(same_text),
        n_sentences=len(left.sentences),
        n_shared_sentences=len(shared),
        n_distinct_sentences=len(set(shared)),
        n_contained_sentences=_count_contained(left.sentence_letters, right.letters),
        documents=tuple(
            document.id
            for document, by_id, by_text in zip(left.documents, same_id, same_text, strict=True)
            if by_id or by_text
        ),
    )


def _count_contained(sentences: Sequence[str], documents: Sequence[Letters]) -> int:
    """How many sentences stand in a document; time grows with the text, not with the pairs."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for sentence in sentences:
        if len(sentence) >= N_LETTERS:
            wanted[sentence[:N_LETTERS]].add(sentence)
    found: set[str] = set()
    for letters, starts in documents:
        for start in starts:
            for sentence in wanted.get(letters[start : start + N_LETTERS], ()):
                if letters.startswith(sentence, start):
                    found.add(sentence)
    return sum(sentence in found for sentence in sentences)


def _sentences(document: Document) -> Iterator[str]:
    """The sentences that the corpus marks, else those that bioweave finds."""
    given = [passage for passage in document.passages if passage.kind == "sentence"]
    for sentence in given or segment(document.text, document.passages):
        yield document.text[sentence[0] : sentence[1]]


def overlap_json(overlaps: Sequence[Overlap]) -> list[dict[str, Any]]:
    """What `corpus overlap --json` prints."""
    return [
        {
            "held_out": {"corpus": each.held_out.corpus, "split": each.held_out.split},
            "other": {"corpus": each.other.corpus, "split": each.other.split},
            "documents": each.n_documents,
            "same_id": each.n_same_id,
            "same_text": each.n_same_text,
            "sentences": each.n_sentences,
            "shared_sentences": each.n_shared_sentences,
            "distinct_shared_sentences": each.n_distinct_sentences,
            "contained_sentences": each.n_contained_sentences,
            "shared_documents": list(each.documents),
        }
        for each in overlaps
    ]
