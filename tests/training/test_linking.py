from __future__ import annotations

import random

import numpy as np
import pytest

from bioweave.document import Concept, Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.features.vectors import WordVectors
from bioweave.linking.evidence import FEATURES
from bioweave.training.linking import LinkerTraining, train_linker

SETTINGS = LinkerTraining(epochs=40, batch_size=16, folds=5)


def annotated(n: int) -> list[Document]:
    """Documents whose annotators prefer one of two concepts for "tolic fever", three to one."""
    draw = random.Random(1)
    made = []
    for number in range(n):
        name, concept = draw.choice(
            [
                ("velmar syndrome", "X:1"),
                ("tolic fever", draw.choice(["X:2", "X:2", "X:2", "X:9"])),
                ("orbane failure", "X:3"),
                (f"knee {number}{number}", ""),
            ]
        )
        text = f"They saw {name}s."
        start = text.index(name)
        concepts = tuple(map(Concept, concept.split()))
        mention = Mention(start, start + len(name), name, "Disease", concepts=concepts)
        made.append(Document(str(number), text).with_mentions([mention]))
    return made


def test_it_learns_whom_to_believe() -> None:
    linker = train_linker(annotated(160), ["Disease"], settings=SETTINGS)
    assert linker.link("Velmar Syndromes", "Disease").ids == ("X:1",)
    assert linker.link("tolic fever", "Disease").ids == ("X:2",)
    assert linker.link("knee 987987", "Disease").ids == ()
    # Annotators disagree, and the probability says so.
    sure = linker.link("velmar syndrome", "Disease").score
    assert linker.link("tolic fever", "Disease").score < sure


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = (train_linker(annotated(40), ["Disease"], settings=SETTINGS) for _ in range(2))
    rows = np.random.default_rng(0).random((5, len(FEATURES)), np.float32)
    for one, other in ((first, second),):
        left = one._rerankers["Disease"].probabilities(rows)
        assert (left == other._rerankers["Disease"].probabilities(rows)).all()


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no mention of Gene has a concept"):
        train_linker(annotated(10), ["Gene"], settings=SETTINGS)


def test_names_are_compared_by_meaning_where_there_are_embeddings() -> None:
    documents = annotated(60)
    vectors = WordVectors.of(
        ("fever", "ague", "knee"), np.array([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
    )
    linker = train_linker(documents, ["Disease"], settings=SETTINGS, vectors=vectors)
    assert linker.meanings is not None
    assert len(linker.meanings) == 3
    plain = train_linker(documents, ["Disease"], settings=SETTINGS)
    assert plain.meanings is None
