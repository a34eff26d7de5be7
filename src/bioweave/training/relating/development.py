"""What a run of relations is steered by: F1 on the dev documents, and what is chosen on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.corpus import scored_relations
from bioweave.relating import (
    Calibrator,
    Deciding,
    PairCutter,
    ScoreWindows,
    choose_threshold,
    fit_calibrator,
    score_pairs,
)
from bioweave.relating.settings import columns
from bioweave.scoring.counts import Counts
from bioweave.training.data import RunCorpus
from bioweave.training.relating.examples import PairCounts, PairExample, pair_examples

RELATION_F1 = "relation_f1"
"""What decides about a tagger of relations."""


@dataclass(frozen=True, slots=True, eq=False)
class DevelopmentScores:
    """Figures by name, as a run logs them, and the decisions that they were reached with."""

    figures: dict[str, float]
    deciding: Deciding


class DevelopmentPairs:
    """The pairs of a run's dev documents, cut once, to be scored again and again."""

    def __init__(self, cutter: PairCutter, corpora: Sequence[RunCorpus]) -> None:
        self._labels = [label for task in cutter.tasks for label in task.labels]
        self._columns = list(columns(cutter.tasks))
        self._of_corpus: list[tuple[RunCorpus, PairCounts, list[PairExample]]] = []
        for one in corpora:
            if one.dev:
                counts = PairCounts()
                examples = list(pair_examples(one.dev, cutter, one.trains, counts))
                self._of_corpus.append((one, counts, examples))

    @property
    def corpora(self) -> tuple[str, ...]:
        """The names of the corpora that are measured on."""
        return tuple(one.choice.name for one, _, _ in self._of_corpus)

    def score(self, graph: ScoreWindows) -> DevelopmentScores:
        """`relation_f1` (the mean over corpora) and `relation_f1/CORPUS` for each, from 0 to 1.

        Over the labels that are learned and the corpus's own task scores. Curves, and for each task
        the threshold with the best micro-F1 over those labels, are chosen here, on these documents,
        so that figures are a little flattered.
        """
        log_odds = [self._log_odds(examples, graph) for _, _, examples in self._of_corpus]
        chosen = self._choose(log_odds)
        figures = {
            f"{RELATION_F1}/{one.choice.name}": self._f1(one, counts, examples, odds, chosen)
            for (one, counts, examples), odds in zip(self._of_corpus, log_odds, strict=True)
        }
        mean = sum(figures.values()) / len(figures) if figures else 0.0
        return DevelopmentScores({RELATION_F1: mean, **figures}, chosen)

    def _log_odds(
        self, examples: Sequence[PairExample], graph: ScoreWindows
    ) -> npt.NDArray[np.float32]:
        """[pairs, labels], NaN where a pair is not asked about a label."""
        rows = np.full((len(examples), len(self._labels)), np.nan, dtype=np.float32)
        scores = score_pairs((one.cut for one in examples), graph)
        for row, (example, one) in enumerate(zip(examples, scores, strict=True)):
            rows[row, example.asked] = one.log_odds[example.asked]
        return rows

    def _choose(self, log_odds: Sequence[npt.NDArray[np.float32]]) -> Deciding:
        if not log_odds:
            return Deciding.plain(len(self._labels))
        odds = np.concatenate(log_odds)
        is_gold = np.concatenate([self._gold(examples) for _, _, examples in self._of_corpus])
        calibrator = fit_calibrator(odds, is_gold, self._columns)
        thresholds: list[float] = []
        for own in self._columns:
            thresholds += [self._threshold(own, log_odds, calibrator)] * (own.stop - own.start)
        return Deciding(calibrator, tuple(thresholds))

    def _threshold(
        self, own: slice, log_odds: Sequence[npt.NDArray[np.float32]], calibrator: Calibrator
    ) -> float:
        """Of a task, over the labels that each corpus's own task scores."""
        probabilities, is_gold, n_missed = [], [], 0
        for (one, counts, examples), odds in zip(self._of_corpus, log_odds, strict=True):
            places = [place for place in self._scored(one) if own.start <= place < own.stop]
            asked = ~np.isnan(odds[:, own.start])
            probabilities.append(calibrator(odds)[asked][:, places].ravel())
            is_gold.append(self._gold(examples)[asked][:, places].ravel())
            n_missed += sum(counts.out_of_reach[self._labels[place]] for place in places)
        return choose_threshold(np.concatenate(probabilities), np.concatenate(is_gold), n_missed)

    def _scored(self, one: RunCorpus) -> list[int]:
        """The places of the labels that a corpus's own task scores."""
        scored = scored_relations(one.choice.name, one.labels)
        return [place for place, label in enumerate(self._labels) if label in scored]

    def _f1(
        self,
        one: RunCorpus,
        counts: PairCounts,
        examples: Sequence[PairExample],
        log_odds: npt.NDArray[np.float32],
        deciding: Deciding,
    ) -> float:
        places = self._scored(one)
        # NaN is told by nobody.
        is_told = deciding.calibrator(log_odds) >= np.array(deciding.thresholds)
        is_told, is_gold = is_told[:, places], self._gold(examples)[:, places]
        missed = sum(counts.out_of_reach[self._labels[place]] for place in places)
        return (
            Counts(
                int((is_told & is_gold).sum()),
                int((is_told & ~is_gold).sum()),
                int((~is_told & is_gold).sum()) + missed,
            )
            .score()
            .f1
        )

    def _gold(self, examples: Sequence[PairExample]) -> npt.NDArray[np.bool_]:
        """[pairs, labels]; of documents without pairs no rows."""
        rows = [example.is_gold for example in examples]
        return np.array(rows, dtype=np.bool_).reshape(len(rows), len(self._labels))
