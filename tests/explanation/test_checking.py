"""Checks: true weights pass, false ones do not, and figures are what their definitions say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from bioweave.annotator import Annotator
from bioweave.document import Document, Mention
from bioweave.explanation.checking import BINS, MEASURES, STEPS, Checker, summarise
from bioweave.explanation.checking.agreement import agreement, ranks
from bioweave.explanation.checking.curves import counts_of, curves_of, ranking_of
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.sampling import Sampled, sample_mentions

TEXTS = [
    "talen besk acute orlan viret dunal kesta polim",
    "acute morin kesta polim harun silot",
    "harun silot gamen frusk acute besk talen morin",
    "viret acute dunal talen polim gamen kesta",
]


class AdditiveGame:
    """A sentence whose words add up: everything about it can be told beforehand."""

    def __init__(self, shares: list[float]) -> None:
        self.shares = np.array(shares)
        self.n_players = len(shares)
        self.calls = 0

    def __call__(self, shown: np.ndarray) -> np.ndarray:
        self.calls += 1
        return shown @ self.shares


def test_bins_are_rounded_up_and_whole() -> None:
    assert counts_of(BINS, 10) == [1, 1, 1, 2, 5]
    assert counts_of(BINS, 1) == [1, 1, 1, 1, 1]
    assert counts_of(STEPS, 30) == list(range(0, 31, 3))


def test_curves_of_an_additive_sentence_are_known() -> None:
    game = AdditiveGame([0.4, 0.3, 0.1, 0.1, 0.05, 0.05, 0.0, 0.0, 0.0, 0.0])
    right = ranking_of(game.shares)
    best, worst = curves_of(game, [right, right[::-1].copy()])
    assert game.calls == 1
    assert best.counts == tuple(range(11))
    np.testing.assert_allclose(best.deleted[:4], [1.0, 0.6, 0.3, 0.2])
    np.testing.assert_allclose(best.inserted, 1 - best.deleted)
    np.testing.assert_allclose(best.comprehensiveness(), [0.4, 0.4, 0.4, 0.7, 0.95])
    np.testing.assert_allclose(best.sufficiency(), [0.6, 0.6, 0.6, 0.3, 0.05], atol=1e-12)
    found, other = best.measures(), worst.measures()
    assert found["comprehensiveness"] == pytest.approx(np.mean([0.4, 0.4, 0.4, 0.7, 0.95]))
    trapezoids = (best.deleted[1:] + best.deleted[:-1]).sum() / 20
    assert found["deletion"] == pytest.approx(trapezoids)
    assert found["insertion"] == pytest.approx(1 - found["deletion"])
    for key, more_is_better in MEASURES.items():
        assert (found[key] > other[key]) == more_is_better


@pytest.mark.parametrize("seed", range(4))
def test_ranks_are_those_of_an_independent_implementation(seed: int) -> None:
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 5, 12).astype(float), random.normal(size=12)
    found = agreement(first, second)
    assert found is not None
    assert found.correlation == pytest.approx(spearmanr(first, second).statistic)
    np.testing.assert_array_equal(ranks(np.zeros(3)), [1.0, 1.0, 1.0])


def test_agreement_of_tops() -> None:
    weights = np.arange(10.0)
    assert agreement(weights, weights) == pytest.approx((1.0, 1.0))
    assert agreement(weights, -weights) == pytest.approx((-1.0, 0.0))
    assert agreement(weights, np.ones(10)) is None
    assert agreement(np.array([1.0, 2.0]), np.array([2.0, 1.0])) is None


def mentions_of(counts: dict[str, int]) -> list[Mention]:
    labels = [label for label, n in counts.items() for _ in range(n)]
    return [Mention(n, n + 1, "x", label) for n, label in enumerate(labels)]


def test_samples_are_spread_over_documents_and_labels() -> None:
    documents = [mentions_of({"Disease": 9, "Chemical": 1}), *[mentions_of({"Disease": 3})] * 5]
    drawn = sample_mentions(documents, ["Disease", "Chemical"], 7, seed=0)
    assert [one.turn for one in drawn] == list(range(7))
    assert [one.mention.label for one in drawn].count("Chemical") == 1
    diseases = [one.document for one in drawn if one.mention.label == "Disease"]
    assert sorted(diseases) == list(range(6))
    more = sample_mentions(documents, ["Disease", "Chemical"], 12, seed=0)
    assert more[:7] == drawn
    assert len({one.key for one in more}) == 12
    assert sample_mentions(documents, ["Disease", "Chemical"], 7, seed=1) != drawn
    assert len(sample_mentions(documents, ["Disease"], None, seed=0)) == 24
    assert sample_mentions(documents, ["Gene"], 5, seed=0) == []


def sampled(annotator: Annotator) -> tuple[list[Document], list[Sampled]]:
    documents = [Document(str(n), text) for n, text in enumerate(TEXTS)]
    found = [annotator(one).mentions for one in documents]
    return documents, sample_mentions(found, ["Disease"], None, seed=0)


def test_methods_beat_chance_where_one_word_decides(taught_annotator: Annotator) -> None:
    documents, wanted = sampled(taught_annotator)
    assert len(wanted) == len(TEXTS)
    checker = Checker(taught_annotator, ["occlusion", "lime"], samples=120)
    summary = summarise(list(checker.rows(documents, wanted, KeptRows(None, {}))), resamples=500)
    assert (summary["mentions"], summary["documents"]) == (4, 4)
    assert summary["labels"] == {"Disease": 4}
    assert list(summary["baselines"]) == ["random", "mention first"]
    for one in summary["methods"].values():
        # The word that decides is not the mention's own.
        for over in one["over"].values():
            for key, more_is_better in MEASURES.items():
                low, high = over[key]["interval"]
                assert low <= over[key]["difference"] <= high
                if key in ("comprehensiveness", "deletion"):
                    assert low > 0 if more_is_better else high < 0
        assert one["comprehensiveness_bins"][0] > 0.4
        assert len(one["deletion_curve"]) == len(STEPS)
        assert one["seconds"] > 0
    [pair] = summary["agreement"]
    assert pair["methods"] == ["occlusion", "lime"]
    # All words but one weigh nothing, and how those rank among each other is the draw's business:
    # the trainer of word pieces breaks ties as it pleases. What both find heavy they share.
    low, high = pair["correlation_interval"]
    assert low <= pair["correlation"] <= high
    assert pair["overlap"] >= 0.5
    [again] = summary["stability"]
    assert again["methods"] == ["lime"] and again["mentions"] == 1


def test_it_goes_on_from_what_was_done(taught_annotator: Annotator, tmp_path) -> None:
    documents, wanted = sampled(taught_annotator)
    path = tmp_path / "rows.jsonl"
    checker = Checker(taught_annotator, ["occlusion"])
    begun = checker.rows(documents, wanted, KeptRows(path, checker.settings))
    next(begun), next(begun)
    begun.close()
    kept = KeptRows(path, checker.settings)
    assert sum(one.key in kept for one in wanted) == 2
    rows = list(checker.rows(documents, wanted, kept))
    whole = list(checker.rows(documents, wanted, KeptRows(None, {})))
    assert _bare(rows) == _bare(whole)


def _bare(rows: list[dict]) -> list[dict]:
    """In one order, without what the clock says."""
    ordered = sorted(rows, key=lambda row: row["turn"])
    for row in ordered:
        for one in row["methods"].values():
            one["seconds"] = 0
    return ordered
