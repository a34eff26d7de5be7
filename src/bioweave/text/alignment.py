"""How well words and sentences fit the gold mentions of a corpus."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from bioweave.document import Document
from bioweave.text.sentences import segment
from bioweave.text.snapping import word_spans

# What "whitespace-and-punctuation token" means here: the yardstick for the number of words.
_BASELINE = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    r"""Counts over the documents of a corpus; a mention with gaps counts as its whole extent.

    `n_aligned` mentions start and end at a word's edge; `n_cut_by_sentence` reach across the edge
    of a sentence. Baseline tokens are the matches of `\w+|[^\w\s]`.
    """

    n_mentions: int
    n_aligned: int
    n_words: int
    n_baseline_tokens: int
    n_cut_by_sentence: int

    @property
    def share(self) -> float:
        """The part of the mentions whose both ends align, from 0 to 1; 1 without mentions."""
        return self.n_aligned / self.n_mentions if self.n_mentions else 1.0

    @property
    def words_per_token(self) -> float:
        """Words per baseline token; 1 without tokens."""
        return self.n_words / self.n_baseline_tokens if self.n_baseline_tokens else 1.0


def measure_alignment(documents: Iterable[Document]) -> AlignmentReport:
    """How many gold mentions fall on word edges, at what number of words, and which are cut."""
    n_mentions = n_changed = n_words = n_tokens = n_cut = 0
    for document in documents:
        sentences = segment(document.text, document.passages)
        words = [word for sentence in sentences for word in sentence.words]
        _, changed = word_spans(document.mentions, words)
        edges = [sentence.start for sentence in sentences]
        n_mentions += len(document.mentions)
        n_changed += len(changed)
        n_words += len(words)
        n_tokens += sum(1 for _ in _BASELINE.finditer(document.text))
        n_cut += sum(
            bisect_right(edges, mention.start) != bisect_right(edges, mention.end - 1)
            for mention in document.mentions
        )
    return AlignmentReport(n_mentions, n_mentions - n_changed, n_words, n_tokens, n_cut)
