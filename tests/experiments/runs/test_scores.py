"""Scores in counts: they agree with `scoring`, add up, and survive JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from invented_scores import invented_scores

from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.experiments.measurement import Measurement
from bioweave.experiments.runs.scores import TrialScores, corpus_scores, side_by_side
from bioweave.scoring import score_mentions, score_tokens

TEXT = "gout and zinc"
GOUT, ZINC = Mention(0, 4, "gout", "Disease"), Mention(9, 13, "zinc", "Chemical")
LABELS = ("Disease", "Chemical")


def measured(tags: np.ndarray, guesses: np.ndarray) -> Measurement:
    gold = (Document("a", TEXT, (GOUT, ZINC)), Document("b", TEXT, (GOUT,)))
    found = (Document("a", TEXT, (GOUT,)), Document("b", TEXT, (GOUT, ZINC)))
    return Measurement(
        LABELS, (), gold, found, tags, guesses, np.zeros((len(tags), 2, 3), np.float32), 1.0
    )


tables = arrays(np.int8, (7, 2), elements=st.integers(0, 2))


@given(tables, tables, tables, tables)
def test_counts_give_the_figures_of_scoring_and_add_up(a, b, c, d):
    first, second = measured(a, b), measured(c, d)
    scores = TrialScores({"x": corpus_scores(first), "y": corpus_scores(second)})
    tokens = score_tokens(np.concatenate([a, c]), np.concatenate([b, d]))
    figures = scores.figures()
    assert figures["tokens"]["accuracy"] == tokens.accuracy
    for name, score in tokens.classes.items():
        assert figures["tokens"][name] == score._asdict()
    strict = score_mentions(
        first.gold + second.gold, first.predicted + second.predicted, LABELS
    ).strict
    assert scores.strict == strict.overall
    assert scores.by_label == strict.by_label
    by_document = [counts.tolist() for counts in scores.by_document.values()]
    assert by_document == strict.by_document.tolist()
    again = TrialScores.from_json(json.loads(json.dumps(scores.to_json())))
    assert again.to_json() == scores.to_json()


def test_taggers_of_different_labels_count_as_one():
    both = corpus_scores(measured(np.zeros((4, 2), np.int8), np.zeros((4, 2), np.int8)))
    parts = []
    for place, label in enumerate(LABELS):
        strict = both.strict[:, place : place + 1]
        own = type(both)((label,), both.documents, strict, both.words)
        parts.append(TrialScores({"sample": own}, seconds={"training": 2.0}))
    joint = side_by_side(parts)
    whole = TrialScores({"sample": both})
    assert joint.strict == whole.strict
    assert joint.by_label == whole.by_label
    assert joint.seconds == {"training": 4.0}
    # Whether all tags of a word are right, no tagger knows by itself.
    assert joint.words is None
    assert joint.figures()["tokens"] is None


def test_taggers_that_were_measured_elsewhere_are_not_added():
    with pytest.raises(ConfigurationError, match="same documents"):
        side_by_side([invented_scores([[1, 0, 0]]), invented_scores([[1, 0, 0], [0, 1, 1]])])
    with pytest.raises(ConfigurationError, match="apart"):
        side_by_side([invented_scores([[1, 0, 0]]), invented_scores([[1, 0, 0]])])
