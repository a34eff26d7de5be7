"""A chain of tags -> spans of words, with the probability that exactly that span is there.

For the scheme BIO. A chain knows the probability of each step, so a span's is the product of those
that lead from its first word to its end, and out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bioweave.document import TagSet
from bioweave.fusion.chain import TagChain


class PooledSpan(NamedTuple):
    """A span of words, half-open, and how probable it is that exactly this span is one."""

    word_start: int
    word_end: int
    label: str
    confidence: float


def likeliest_spans(chain: TagChain, tag_set: TagSet) -> list[PooledSpan]:
    """The spans of the most probable tagging of all words (Viterbi, 1967), in order."""
    tags = _likeliest_tags(chain)
    if not any(tags):
        return []
    spans = tag_set.decode(tags)
    return [
        PooledSpan(start, end, label, _confidence(chain, tag_set, start, end, label))
        for start, end, label in spans
    ]


def probable_spans(chain: TagChain, tag_set: TagSet, floor: float) -> Iterator[PooledSpan]:
    """Every span of at least this probability, which is above 0; they may overlap."""
    for label in tag_set.labels:
        begin, inside = tag_set.index[f"B-{label}"], tag_set.index[f"I-{label}"]
        for start in np.flatnonzero(chain.marginals[:, begin] >= floor).tolist():
            reached, tag = float(chain.marginals[start, begin]), begin
            for end in range(start + 1, len(chain.marginals) + 1):
                is_last = end == len(chain.marginals)
                goes_on = 0.0 if is_last else float(chain.steps[end - 1, tag, inside])
                if reached * (1 - goes_on) >= floor:
                    yield PooledSpan(start, end, label, min(reached * (1 - goes_on), 1.0))
                reached, tag = reached * goes_on, inside
                if reached < floor:
                    break


def _likeliest_tags(chain: TagChain) -> list[int]:
    n_words = len(chain.marginals)
    if not n_words:
        return []
    with np.errstate(divide="ignore"):  # log(0) is the -inf that is meant
        best, steps = np.log(chain.marginals[0]), np.log(chain.steps)
    came_from = np.zeros((n_words, chain.marginals.shape[1]), dtype=np.int64)
    for word in range(1, n_words):
        through = best[:, None] + steps[word - 1]
        came_from[word] = through.argmax(axis=0)
        best = through.max(axis=0)
    tags = [int(best.argmax())]
    for word in range(n_words - 1, 0, -1):
        tags.append(int(came_from[word, tags[-1]]))
    return tags[::-1]


def _confidence(chain: TagChain, tag_set: TagSet, start: int, end: int, label: str) -> float:
    begin, inside = tag_set.index[f"B-{label}"], tag_set.index[f"I-{label}"]
    tag, reached = begin, float(chain.marginals[start, begin])
    for word in range(start, end - 1):
        reached *= float(chain.steps[word, tag, inside])
        tag = inside
    goes_on = 0.0 if end == len(chain.marginals) else float(chain.steps[end - 1, tag, inside])
    return min(reached * (1 - goes_on), 1.0)
