"""Chains with random scores, and what they say by going through every tagging."""

from itertools import pairwise, product

import numpy as np

from bioweave.document import TagSet
from bioweave.fusion import TagChain
from bioweave.fusion.chain import chain_of_scores


def random_chain(seed: int, n_words: int, tag_set: TagSet, spread: float = 2.0) -> TagChain:
    first, steps = random_scores(seed, n_words, tag_set, spread)
    return chain_of_scores(first, steps, tag_set)


def random_scores(
    seed: int, n_words: int, tag_set: TagSet, spread: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    n_tags = len(tag_set)
    return (
        random.normal(scale=spread, size=n_tags),
        random.normal(scale=spread, size=(n_words - 1, n_tags, n_tags)),
    )


def all_taggings(
    first: np.ndarray, steps: np.ndarray, tag_set: TagSet
) -> dict[tuple[int, ...], float]:
    """Every lawful tagging with its probability."""
    weights = {}
    for tags in product(range(len(tag_set)), repeat=len(steps) + 1):
        pairs = list(pairwise(tags))
        if not tag_set.may_start[tags[0]] or not tag_set.may_end[tags[-1]]:
            continue
        if not all(tag_set.may_follow[pair] for pair in pairs):
            continue
        score = first[tags[0]] + sum(steps[word][pair] for word, pair in enumerate(pairs))
        weights[tags] = np.exp(score)
    total = sum(weights.values())
    return {tags: weight / total for tags, weight in weights.items()}
