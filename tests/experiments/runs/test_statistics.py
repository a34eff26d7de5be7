"""What is made of trials' scores: folds and seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_scores import invented_scores

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs import comparing, cross_validation
from bioweave.scoring import f1_of

counts = st.lists(st.integers(0, 5), min_size=3, max_size=3)
documents = st.lists(counts, min_size=2, max_size=8)


@given(st.lists(documents, min_size=2, max_size=4))
def test_folds_are_averaged_and_pooled(folds):
    scores = {str(number): invented_scores(fold) for number, fold in enumerate(folds)}
    # As in a corpus, no two folds share a document.
    for number, one in enumerate(scores.values()):
        own = one.corpora["sample"]
        renamed = tuple(f"{number}/{document}" for document in own.documents)
        one.corpora["sample"] = type(own)(own.labels, renamed, own.strict, own.words)
    summary = cross_validation.summarise(scores)
    f1 = [float(f1_of(np.array(fold).sum(axis=0))) for fold in folds]
    assert summary["mean"]["f1"] == pytest.approx(np.mean(f1))
    assert summary["deviation"]["f1"] == pytest.approx(np.std(f1, ddof=1))
    pooled = summary["out_of_fold"]
    everything = np.concatenate([np.array(fold) for fold in folds])
    assert pooled["documents"] == len(everything)
    assert pooled["strict"]["f1"] == pytest.approx(float(f1_of(everything.sum(axis=0))))
    low, high = pooled["confidence_interval"]["strict_f1"]
    assert 0.0 <= low <= high <= 1.0
    assert pooled["tokens"]["accuracy"] == 0.8


def test_seeds_are_averaged_and_a_single_one_has_no_deviation():
    halves = invented_scores([[1, 1, 1]]), invented_scores([[3, 0, 0]])
    summary = comparing.summarise(halves)
    assert summary["f1"] == [0.5, 1.0]
    assert summary["mean"] == 0.75
    assert summary["deviation"] == pytest.approx(0.5**0.5 / 2)
    assert comparing.summarise(halves[:1])["deviation"] is None
    assert summary["seconds"] == 1.5


@given(st.lists(documents, min_size=1, max_size=3))
def test_a_variant_that_changes_nothing_differs_by_nothing(seeds):
    scores = [invented_scores(one) for one in seeds]
    compared = comparing.compare(scores, scores)
    assert compared == {"difference": 0.0, "interval": [0.0, 0.0], "p_value": 1.0}


def test_a_variant_that_is_worse_on_every_document_is_surely_worse():
    whole = [invented_scores([[4, 0, 0]] * 12), invented_scores([[4, 1, 0]] * 12)]
    variant = [invented_scores([[2, 0, 2]] * 12), invented_scores([[3, 1, 1]] * 12)]
    compared = comparing.compare(variant, whole)
    assert compared["difference"] == pytest.approx((2 / 3 + 0.75) / 2 - (1 + 8 / 9) / 2)
    # All documents are alike, so resampling changes nothing; counts are added up over seeds.
    expected = 2 * 5 / (2 * 5 + 1 + 3) - 2 * 8 / (2 * 8 + 1)
    assert compared["interval"] == pytest.approx([expected, expected])
    assert compared["p_value"] == pytest.approx(2 / 10_001)
    turned = comparing.compare(whole, variant)
    assert turned["difference"] == pytest.approx(-compared["difference"])


def test_seeds_that_carved_other_documents_are_paired_by_document():
    one, other = invented_scores([[4, 0, 0]]), invented_scores([[0, 0, 4], [4, 0, 0]])
    compared = comparing.compare([one, other], [one, other])
    assert compared["p_value"] == 1.0
    with pytest.raises(ConfigurationError, match="recipe's documents"):
        comparing.compare([one], [other])
