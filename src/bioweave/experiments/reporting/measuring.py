"""One model on one split of a corpus: everything that a report shows of it, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bioweave.document import Document
from bioweave.experiments.evaluation import RESAMPLES, report
from bioweave.experiments.learning import saw, teachers_of
from bioweave.experiments.measurement import Measurement, Progress, measure
from bioweave.experiments.mode_plot import Curve, curves
from bioweave.experiments.mode_spans import FLOOR, TaggedCorpus, judge
from bioweave.experiments.reporting.confusion import confusion_json
from bioweave.experiments.splits import hold_out
from bioweave.scoring import (
    RuleScores,
    TokenScores,
    bootstrap_interval,
    calibrate,
    judged_confidences,
    score_mentions,
)

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.annotator.inference import Annotation
    from bioweave.bundle import Bundle, FusedBundle

# More would not be seen in a picture.
_POINTS = 200


def measure_model(
    bundle: Bundle | FusedBundle,
    corpus: str,
    split: str,
    *,
    provenance: Mapping[str, Any],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """What the model comes to on a split, in mode balanced; dev may be parted from train.

    "evaluation" is as `evaluate --json` has it; "intervals" are of F1, by rule and label; "counts"
    are true positives, false positives and false negatives per document, all labels together;
    "confusion" counts words; "curves" are precision and recall by falling confidence. Raises
    CorpusError and ConfigurationError where the corpus has no such split or no label of the
    model's.
    """
    from bioweave.annotator import Annotator

    held_out = hold_out(corpus, split, provenance)
    model = _Overheard(Annotator(bundle))
    measured = measure(model, corpus, split, documents=held_out.documents, progress=progress)
    mentions = score_mentions(measured.gold, measured.predicted, measured.labels)
    calibration = calibrate(*judged_confidences(measured.gold, measured.predicted, measured.labels))
    is_carved = held_out.carved_with is not None
    return {
        "corpus": corpus,
        "split": split,
        "labels": list(measured.labels),
        "learned_from": learned_from_split(provenance, corpus, split, is_carved=is_carved),
        "evaluation": report(measured),
        "intervals": {
            "strict": _intervals(mentions.strict),
            "relaxed": _intervals(mentions.relaxed),
            "resamples": RESAMPLES,
        },
        "documents": [document.id for document in measured.gold],
        "counts": mentions.strict.by_document.tolist(),
        "confusion": confusion_json(measured.gold_tags, measured.predicted_tags, measured.labels),
        "calibration": [one._asdict() for one in calibration.bins],
        "curves": {
            curve.label: _curve_json(curve) for curve in _curves(bundle, corpus, model, measured)
        },
    }


def learned_from_split(
    provenance: Mapping[str, Any], corpus: str, split: str, *, is_carved: bool
) -> str:
    """Whether a model learned from a split: "no", "yes", "teacher" or "unknown".

    A teacher is one of its own, or of a fused model's members.
    """
    own = saw(provenance, corpus, split, is_carved=is_carved)
    if own is not False:
        return "unknown" if own is None else "yes"
    members = provenance.get("members", {})
    of_members = members.values() if isinstance(members, Mapping) else ()
    said = [
        saw(teacher, corpus, split, is_carved=is_carved)
        for one in (provenance, *of_members)
        for teacher in teachers_of(one)
    ]
    if True in said:
        return "teacher"
    return "unknown" if None in said else "no"


@dataclass(frozen=True, slots=True, eq=False)
class _Overheard:
    """An annotator that keeps what the tagger said, so that curves need no second pass."""

    annotator: Annotator
    said: list[Annotation] = field(default_factory=list)

    @property
    def labels(self) -> Sequence[str]:
        return self.annotator.labels

    def score(self, documents: Iterable[Document]) -> Iterator[tuple[Document, TokenScores]]:
        from bioweave.annotator.word_scores import word_scores

        heads, select = self.annotator.bundle.manifest.heads, self.annotator.selection
        for annotation in self.annotator.annotations(documents, floor=FLOOR, with_marginals=True):
            self.said.append(annotation)
            yield select(annotation), word_scores(annotation, heads, self.labels)


def _curves(
    bundle: Bundle | FusedBundle, corpus: str, model: _Overheard, measured: Measurement
) -> Iterator[Curve]:
    """A curve for each label, beyond what the model returns by itself."""
    from bioweave.annotator import Annotator

    widest = Annotator(bundle, mode="recall").selection
    tagged = TaggedCorpus(
        name=corpus,
        labels=measured.labels,
        gold=measured.gold,
        annotations=tuple(model.said),
        standing=tuple(map(widest.standing, model.said)),
        saw_dev=None,
    )
    return curves([judge(tagged, model.annotator.selection)])


def _curve_json(curve: Curve) -> dict[str, list[float]]:
    n = len(curve.precision)
    places = sorted({round(step * (n - 1) / (_POINTS - 1)) for step in range(_POINTS)}) if n else []
    return {
        "precision": [round(float(curve.precision[place]), 5) for place in places],
        "recall": [round(float(curve.recall[place]), 5) for place in places],
    }


def _intervals(scores: RuleScores) -> dict[str, Any]:
    tables = {"all": scores.by_document}
    for column, label in enumerate(scores.labels):
        tables[label] = scores.counts[:, column]
    found = {name: bootstrap_interval(own, resamples=RESAMPLES) for name, own in tables.items()}
    return {name: [one.low, one.high] for name, one in found.items()}
