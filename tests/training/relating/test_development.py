"""What is chosen on dev, and over which labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from invented_relations import mention_document
from pairs_by_hand import CAUSES, GENES, HandGraph, make_cutter

from bioweave.document import Document
from bioweave.training.data import RunCorpus
from bioweave.training.relating import development
from bioweave.training.relating.development import DevelopmentPairs
from bioweave.training.relating.recipe import RelationCorpusChoice


class NoisyGraph(HandGraph):
    """Knows something of the first label, and nothing of the others."""

    def __call__(self, inputs: Mapping[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        rows = super().__call__(inputs)
        rows[:, 1:] = np.sin(inputs["piece_ids"].sum(axis=1, keepdims=True))
        return rows


def of_corpus(*dev: Document, name: str = "pairs") -> RunCorpus:
    choice = RelationCorpusChoice(name=name)
    return RunCorpus(choice, ("UP", "DOWN"), (True, False), (), dev, ())


def test_dev_documents_without_a_pair_are_measured_as_such() -> None:
    development_pairs = DevelopmentPairs(make_cutter(GENES, CAUSES), [of_corpus(Document("d", ""))])
    scores = development_pairs.score(HandGraph(3))
    assert scores.figures == {"relation_f1": 0.0, "relation_f1/pairs": 0.0}
    assert len(scores.deciding.thresholds) == 3


def test_labels_that_no_task_scores_choose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [mention_document(number) for number in range(60)]
    dev = DevelopmentPairs(make_cutter(GENES, CAUSES), [of_corpus(*documents)])
    both = dev.score(NoisyGraph(3)).deciding
    assert both.thresholds[0] == both.thresholds[1]
    monkeypatch.setattr(development, "scored_relations", lambda corpus, labels: ("UP",))
    one = dev.score(NoisyGraph(3))
    silent = [
        Document(
            document.id,
            document.text,
            document.mentions,
            tuple(relation for relation in document.relations if relation.label == "UP"),
            document.passages,
        )
        for document in documents
    ]
    # As if the other label's relations stood nowhere.
    only = DevelopmentPairs(make_cutter(GENES, CAUSES), [of_corpus(*silent)])
    alone = only.score(NoisyGraph(3))
    assert one.figures == alone.figures
    assert np.isclose(one.deciding.thresholds[0], alone.deciding.thresholds[0])
    assert one.deciding.thresholds[0] != both.thresholds[0]
