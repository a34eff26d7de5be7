"""What members say of documents' words, and what is right: all that a pool is fitted to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.annotator.fused_inference import dictionary_hits
from bioweave.annotator.preparation import PreparedDocument
from bioweave.bundle import FusedBundle
from bioweave.document import Document, TagSet, Word
from bioweave.text import word_spans

Marginals: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Some documents of a corpus, by `marginals[head][document]` [members, n_words, tags].

    Heads are those of the pool. `labels` are what the gold mentions were annotated with.
    """

    corpus: str
    gold: tuple[Document, ...]
    labels: tuple[str, ...]
    words: tuple[tuple[Word, ...], ...]
    marginals: tuple[tuple[Marginals, ...], ...]

    def gold_tags(self, tag_set: TagSet) -> list[npt.NDArray[np.int64]]:
        """Each document's gold mentions of the head's labels as tags [n_words]."""
        tags = []
        for document, words in zip(self.gold, self.words, strict=True):
            mentions = [one for one in document.mentions if one.label in tag_set.labels]
            spans, _ = word_spans(mentions, words)
            tags.append(np.array(tag_set.encode(spans, len(words)), dtype=np.int64))
        return tags

    def hits(self, bundle: FusedBundle) -> Iterator[npt.NDArray[np.float64] | None]:
        """What the bundle's dictionary says of each document's words; None where it has none."""
        for document, words in zip(self.gold, self.words, strict=True):
            yield dictionary_hits(PreparedDocument(document, words, [], {}), bundle)
