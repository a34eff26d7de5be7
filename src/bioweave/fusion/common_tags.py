"""Models that spell spans differently, said in the same tags.

One has a head for two labels, another a head for each; one says BIO, another BIOES. They meet at
the word, in O, and B and I of the labels that one head of the pool is to find.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bioweave.document import TagScheme, TagSet
from bioweave.fusion.chain import TagChain, folded, mean_chain


def common_tag_set(labels: Sequence[str]) -> TagSet:
    """The tags in which models are compared."""
    return TagSet(tuple(labels), TagScheme.BIO)


def common_chain(heads: Sequence[tuple[TagSet, TagChain]], labels: Sequence[str]) -> TagChain:
    """What a model's heads say of these labels, in the tags of `common_tag_set(labels)`.

    Where several heads find them, the mean. Raises KeyError where no single head finds them all.
    """
    target = common_tag_set(labels)
    found = [
        folded(chain, tag_set, target)
        for tag_set, chain in heads
        if set(labels) <= set(tag_set.labels)
    ]
    if not found:
        raise KeyError(f"no head finds {', '.join(labels)}")
    return found[0] if len(found) == 1 else mean_chain(found, np.full(len(found), 1 / len(found)))
