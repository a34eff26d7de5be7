"""Documents -> pairs: what is related, what is neither, and what a batch is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from invented_relations import concept_document, mention_document
from pairs_by_hand import CAUSES, GENES, make_cutter

from bioweave.document import Argument, Document, Relation
from bioweave.relating.batches import pad_marked
from bioweave.training.relating.examples import (
    PairCounts,
    PairExample,
    collate_pairs,
    pair_examples,
)


def examples(*documents: Document) -> tuple[list[PairExample], PairCounts]:
    counts = PairCounts()
    return list(pair_examples(documents, make_cutter(GENES, CAUSES), [True, True], counts)), counts


def turned(document: Document) -> Document:
    """The document, its relations from the tail to the head."""
    relations = tuple(
        Relation(
            one.label,
            tuple(
                Argument(old.role, new.target, new.kind)
                for old, new in zip(one.arguments, reversed(one.arguments), strict=True)
            ),
        )
        for one in document.relations
    )
    return replace(document, relations=relations)


def test_a_relation_from_tail_to_head_makes_no_unrelated_pair() -> None:
    documents = [mention_document(number) for number in range(12)]
    straight, counts = examples(*documents)
    n_related = counts.related
    assert n_related > 3 and not counts.turned
    left, counts = examples(*map(turned, documents))
    assert len(left) == len(straight) - n_related
    assert not any(one.holds for one in left)
    assert sum(counts.turned.values()) == n_related == sum(counts.out_of_reach.values())
    assert counts.as_json()["turned"] == dict(sorted(counts.turned.items()))


def test_a_pair_knows_how_far_apart_its_ends_are() -> None:
    made, _ = examples(*(concept_document(number) for number in range(10)))
    far = [one for one in made if one.n_apart]
    assert far and len(far) < len(made)
    for one in made:
        alone = [len(window.sentences) == 1 for window in one.cut.windows]
        assert not (one.n_apart and any(alone))


def test_a_batch_has_its_windows_by_length_and_says_whose_each_is() -> None:
    made, _ = examples(mention_document(1), concept_document(2))
    made = [replace(one, negative_rate=0.25 if one.n_apart else 1.0) for one in made]
    batch = collate_pairs(made)
    lengths = batch["piece_mask"].sum(dim=1)
    assert torch.equal(lengths, lengths.sort().values)
    for row, pair in enumerate(batch["pair_of"].tolist()):
        n = int(lengths[row])
        own = [window.piece_ids.tolist() for window in made[pair].cut.windows]
        assert batch["piece_ids"][row, :n].tolist() in own
    expected = [np.log(4.0) if one.n_apart else 0.0 for one in made]
    assert batch["shifts"].tolist() == pytest.approx(expected)
    assert batch["pair_of"].bincount().tolist() == [len(one.cut.windows) for one in made]
    assert set(pad_marked(made[0].cut.windows)) < set(batch)
