"""What one trial came to on its dev documents, in counts that can be added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import ConfigurationError
from bioweave.experiments.measurement import Measurement
from bioweave.scoring import Counts, Score, score_mentions
from bioweave.scoring.tokens import B_TAG, I_TAG, is_outside

Strict = npt.NDArray[np.int64]
# A corpus and the id of one of its documents.
DocumentKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Words by class, pooled over labels as `score_tokens` does, and how many are right in all."""

    classes: Mapping[str, Counts]
    right: int
    words: int

    def __add__(self, other: WordCounts) -> WordCounts:
        classes = {
            name: Counts(*(sum(pair) for pair in zip(counts, other.classes[name], strict=True)))
            for name, counts in self.classes.items()
        }
        return WordCounts(classes, self.right + other.right, self.words + other.words)

    @property
    def accuracy(self) -> float:
        """The share of words on which every label's tag is right."""
        return self.right / self.words if self.words else 0.0

    def figures(self) -> dict[str, Any]:
        """Accuracy, and the scores of B, I and O."""
        of_classes = {name: counts.score()._asdict() for name, counts in self.classes.items()}
        return {"accuracy": self.accuracy, **of_classes}


@dataclass(frozen=True, slots=True, eq=False)
class CorpusScores:
    """One corpus's part: `strict` is int64 [documents, labels, 3], as in `RuleScores.counts`.

    `words` is None where labels were found by taggers of their own.
    """

    labels: tuple[str, ...]
    documents: tuple[str, ...]
    strict: Strict
    words: WordCounts | None


@dataclass(frozen=True, slots=True, eq=False)
class TrialScores:
    """A trial's scores by corpus; `dev` is what training itself measured and kept."""

    corpora: Mapping[str, CorpusScores]
    dev: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def strict(self) -> Score:
        """The micro average over labels, documents and corpora."""
        return _score(sum(one.strict.sum(axis=(0, 1)) for one in self.corpora.values()))

    @property
    def by_label(self) -> dict[str, Score]:
        """Each label by itself."""
        totals: dict[str, Any] = {}
        for one in self.corpora.values():
            for label, counts in zip(one.labels, one.strict.sum(axis=0), strict=True):
                totals[label] = totals.get(label, 0) + counts
        return {label: _score(counts) for label, counts in totals.items()}

    @property
    def words(self) -> WordCounts | None:
        """All corpora's words."""
        parts = [one.words for one in self.corpora.values() if one.words is not None]
        if not parts or len(parts) < len(self.corpora):
            return None
        return sum(parts[1:], parts[0])

    @property
    def by_document(self) -> dict[DocumentKey, Strict]:
        """Each document's [3], all labels together."""
        return {
            (corpus, document): counts
            for corpus, one in self.corpora.items()
            for document, counts in zip(one.documents, one.strict.sum(axis=1), strict=True)
        }

    def figures(self) -> dict[str, Any]:
        """The scores that people read."""
        labels = {label: score._asdict() for label, score in self.by_label.items()}
        words = self.words
        return {
            "strict": {**self.strict._asdict(), "labels": labels},
            "tokens": words.figures() if words is not None else None,
        }

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads, and the figures."""
        return {
            **self.figures(),
            "dev": dict(self.dev),
            "seconds": dict(self.seconds),
            "corpora": {name: _corpus_json(one) for name, one in self.corpora.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> TrialScores:
        """What `to_json` gave."""
        corpora = {name: _corpus_from(one) for name, one in value["corpora"].items()}
        return cls(corpora, value["dev"], value["seconds"])


def corpus_scores(measured: Measurement) -> CorpusScores:
    """A measurement, counted."""
    gold, found = measured.gold_tags, measured.predicted_tags
    classes = {
        "B": _counts(gold == B_TAG, found == B_TAG),
        "I": _counts(gold == I_TAG, found == I_TAG),
        "O": _counts(is_outside(gold), is_outside(found)),
    }
    n_right = int(np.count_nonzero((gold == found).all(axis=1)))
    scores = score_mentions(measured.gold, measured.predicted, measured.labels)
    return CorpusScores(
        measured.labels,
        tuple(document.id for document in measured.gold),
        scores.strict.counts,
        WordCounts(classes, n_right, len(gold)),
    )


def side_by_side(parts: Sequence[TrialScores]) -> TrialScores:
    """Taggers of different labels, each measured on the same documents, as one.

    Raises ConfigurationError where two share a corpus and not its documents, or a label.
    """
    if len(parts) == 1:
        return parts[0]
    corpora: dict[str, CorpusScores] = {}
    for part in parts:
        for name, one in part.corpora.items():
            corpora[name] = _beside(name, corpora[name], one) if name in corpora else one
    return TrialScores(corpora, seconds=_sums(part.seconds for part in parts))


def _beside(corpus: str, left: CorpusScores, right: CorpusScores) -> CorpusScores:
    if left.documents != right.documents or set(left.labels) & set(right.labels):
        raise ConfigurationError(
            f"{corpus}: {', '.join(left.labels)} and {', '.join(right.labels)} were not measured "
            "apart on the same documents"
        )
    strict = np.concatenate([left.strict, right.strict], axis=1)
    return CorpusScores(left.labels + right.labels, left.documents, strict, None)


def _sums(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for part in parts:
        for name, value in part.items():
            totals[name] = totals.get(name, 0.0) + value
    return totals


def _counts(gold: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_]) -> Counts:
    hits = int(np.count_nonzero(gold & found))
    return Counts(hits, int(np.count_nonzero(found)) - hits, int(np.count_nonzero(gold)) - hits)


def _score(counts: Any) -> Score:
    return Counts(*(int(count) for count in np.broadcast_to(counts, 3))).score()


def _corpus_json(one: CorpusScores) -> dict[str, Any]:
    words = one.words
    return {
        "labels": list(one.labels),
        "documents": list(one.documents),
        "strict": one.strict.tolist(),
        "words": None
        if words is None
        else {
            **{name: list(counts) for name, counts in words.classes.items()},
            "right": words.right,
            "all": words.words,
        },
    }


def _corpus_from(value: Mapping[str, Any]) -> CorpusScores:
    words = value["words"]
    labels, documents = tuple(value["labels"]), tuple(value["documents"])
    return CorpusScores(
        labels,
        documents,
        np.array(value["strict"], dtype=np.int64).reshape(len(documents), len(labels), 3),
        None
        if words is None
        else WordCounts(
            {name: Counts(*words[name]) for name in ("B", "I", "O")}, words["right"], words["all"]
        ),
    )
