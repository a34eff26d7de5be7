"""What a model learned from, as its manifest tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bioweave.experiments.measurement import ScoringModel


@dataclass(frozen=True, slots=True)
class Learned:
    """The part that one corpus played in the making of a model.

    `labels` learned from its `splits`. `taught` are labels that only a teacher learned from it,
    whose knowledge the model was then given; None where a teacher's corpora are not told.
    """

    splits: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    taught: tuple[str, ...] | None = ()


def provenance_of(model: ScoringModel) -> Mapping[str, Any]:
    """The manifest's provenance of the bundle or run behind a model; empty where there is none."""
    manifest = getattr(getattr(model, "bundle", None), "manifest", None)
    provenance: Mapping[str, Any] = getattr(manifest, "provenance", {})
    return provenance


def learned_from(provenance: Mapping[str, Any], corpus: str) -> Learned | None:
    """What was learned from a corpus; None where the provenance does not say what was used.

    A corpus that is not among those used taught nothing: no splits, no labels.
    """
    if "corpora" not in provenance:
        return None
    splits, labels = _part(provenance, corpus)
    taught: dict[str, None] = {}
    for teacher in teachers_of(provenance):
        if "corpora" not in teacher:
            return Learned(splits, labels, None)
        taught.update(dict.fromkeys(_part(teacher, corpus)[1]))
    return Learned(splits, labels, tuple(label for label in taught if label not in labels))


def saw(provenance: Mapping[str, Any], corpus: str, split: str, *, is_carved: bool) -> bool | None:
    """Whether a split was learned from; None where the provenance does not say what was used.

    A dev split that `is_carved` from train was learned from with it, unless it was held out then.
    """
    learned = learned_from(provenance, corpus)
    if learned is None or not is_carved:
        return None if learned is None else split in learned.splits
    held_out = provenance["corpora"].get(corpus, {}).get("documents", {}).get("dev", 0)
    return "train" in learned.splits and not held_out


def teachers_of(provenance: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The teachers of a distilled model, and theirs: "name", and whatever else is told."""
    started_from = provenance.get("started_from")
    if isinstance(started_from, Mapping):
        yield from teachers_of(started_from)
    distillation = provenance.get("distillation")
    of_distillation = distillation.get("teachers", ()) if isinstance(distillation, Mapping) else ()
    for teachers in (provenance.get("teachers", ()), of_distillation):
        for teacher in _named(teachers):
            yield teacher
            yield from teachers_of(teacher)


def _named(teachers: Any) -> Iterator[Mapping[str, Any]]:
    """Teachers as a list, or by name; of one that is a mere string nothing but that is known."""
    if isinstance(teachers, Mapping):
        for name, teacher in teachers.items():
            told = teacher if isinstance(teacher, Mapping) else {"weights": teacher}
            yield {"name": name, **told}
        return
    for teacher in teachers:
        yield teacher if isinstance(teacher, Mapping) else {"name": teacher}


def _part(provenance: Mapping[str, Any], corpus: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    corpora = provenance.get("corpora", {})
    entry: Mapping[str, Any] = corpora.get(corpus, {}) if isinstance(corpora, Mapping) else {}
    splits, labels = _names(entry.get("trained_on")), _names(entry.get("labels"))
    started_from = provenance.get("started_from")
    if isinstance(started_from, Mapping):
        # What it began with is in it still.
        before = _part(started_from, corpus)
        splits += tuple(one for one in before[0] if one not in splits)
        labels += tuple(one for one in before[1] if one not in labels)
    return splits, labels


def _names(value: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(value or ())
