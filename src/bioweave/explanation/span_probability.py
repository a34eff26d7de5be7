"""How probable it is, over all taggings of a chain, that exactly this span is a mention."""

from __future__ import annotations

from itertools import pairwise

from bioweave.document import TagSet, WordSpan
from bioweave.fusion import TagChain


def span_probability(chain: TagChain, tag_set: TagSet, span: WordSpan) -> float:
    """The probability of the span in its scheme's own spelling, from 0 to 1.

    The first tag's marginal, times the probability of each further tag given the one before, times
    that of the word behind not going on with the mention. A chain's neighbours say all that there
    is to know of a tag, so this is exact: it is a mention's confidence, which the decoder gets
    from the lattice. `span` counts in the chain's words. Raises KeyError for a label that the tag
    set lacks.
    """
    start, end, label = span
    tags = tag_set.encode([WordSpan(0, end - start, label)], end - start)
    probability = float(chain.marginals[start, tags[0]])
    for word, (tag, following) in enumerate(pairwise(tags), start=start):
        probability *= float(chain.steps[word, tag, following])
    if end < len(chain.marginals):
        probability *= 1 - _goes_on(chain, tag_set, end - 1, tags[-1])
    return min(max(probability, 0.0), 1.0)


def absence_probability(chain: TagChain, start: int, end: int) -> float:
    """The probability that no mention of the head's labels touches the words `start:end`."""
    probability = float(chain.marginals[start, 0])
    for word in range(start, end - 1):
        probability *= float(chain.steps[word, 0, 0])
    return min(max(probability, 0.0), 1.0)


def _goes_on(chain: TagChain, tag_set: TagSet, word: int, tag: int) -> float:
    """How probable it is that a mention whose tag at `word` is `tag` goes on at the next word."""
    label = tag_set.names[tag][2:]
    following = [
        place
        for place, name in enumerate(tag_set.names)
        if tag_set.names[tag][0] in "BI" and name[0] in "IE" and name[2:] == label
    ]
    return float(sum(chain.steps[word, tag, place] for place in following))
