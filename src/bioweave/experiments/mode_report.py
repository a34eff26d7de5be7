"""Modes measured on dev splits, their thresholds chosen there: what `bioweave modes` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.measurement import Progress
from bioweave.experiments.mode_choice import (
    COST,
    GAIN,
    Curves,
    Scores,
    Setting,
    choose_balanced,
    choose_for,
)
from bioweave.experiments.mode_spans import (
    JudgedSpans,
    TaggedCorpus,
    judge,
    selection_for,
    tag_corpus,
)
from bioweave.experiments.rule_effects import measure_rules
from bioweave.scoring import score_mentions

if TYPE_CHECKING:
    from bioweave.annotator import Annotator
    from bioweave.annotator.selection import Selection
    from bioweave.bundle import Bundle, FusedBundle, Manifest

MODES = ("precision", "balanced", "recall")


@dataclass(frozen=True, slots=True, eq=False)
class ChosenModes:
    """What was chosen, as a manifest and a recipe hold it, and the report that tells of it.

    `spans` are those that balanced judges, without any names: what curves are drawn from.
    """

    thresholds: dict[str, dict[str, float]]
    lexicon_thresholds: dict[str, dict[str, dict[str, float]]]
    report: dict[str, Any]
    spans: tuple[JudgedSpans, ...]

    def manifest(self, before: Manifest) -> Manifest:
        """A bundle's manifest with these thresholds; those of other labels stay."""
        from bioweave.bundle import Manifest

        told: dict[str, Any] = {
            "corpora": sorted(self.report["corpora"]),
            "split": "dev",
            "saw_dev": sorted(
                name for name, one in self.report["corpora"].items() if one["saw_dev"]
            ),
        }
        values = before.model_dump()
        values["provenance"] = {**before.provenance, "modes": told}
        for table, chosen in (
            (values["thresholds"], self.thresholds),
            (values["lexicon_thresholds"], self.lexicon_thresholds),
        ):
            for mode, by_label in chosen.items():
                table[mode] = {**table.get(mode, {}), **by_label}
        return Manifest.model_validate(values)


def choose_modes(
    model: str,
    corpora: Sequence[str],
    *,
    lexicon: Path | None = None,
    rules: Path | None = None,
    progress: Callable[[str], Progress] | None = None,
) -> ChosenModes:
    """Choose the thresholds of a bundle's modes on the dev splits of some corpora.

    With a lexicon, or where the bundle has names of its own, a second table of thresholds is
    chosen, for the labels whose names are known. Every rule's effect is measured, without names,
    whether it is on or off. Raises what the annotator and the corpora raise.
    """
    from bioweave.annotator import Annotator
    from bioweave.annotator.rule_files import RuleSet
    from bioweave.bundle import open_bundle

    if not corpora:
        raise ConfigurationError("thresholds are chosen on some corpus: name one with --corpus")
    bundle = open_bundle(model)
    nameless = without_own_names(bundle)
    plain = Annotator(nameless, mode="recall", rules=rules)
    tagged = [
        tag_corpus(plain, name, progress=progress(name) if progress else None)
        for name in dict.fromkeys(corpora)
    ]
    # No thresholds and no rules: what the model says by itself.
    by_itself = Annotator(_without_thresholds(nameless), rules=RuleSet(rules=()))
    alone = _score(tagged, by_itself.selection)
    settings = _choose(plain, tagged)
    thresholds = {
        mode: {label: value for (label, _), value in setting.items()}
        for mode, setting in settings.items()
    }
    measured = {mode: _score(tagged, _selection(plain, mode, settings)) for mode in MODES}
    selections = {mode: _selection(plain, mode, settings) for mode in MODES}
    report: dict[str, Any] = {
        "model": model,
        "split": "dev",
        "aim": {"gain": GAIN, "cost": COST},
        "corpora": {
            one.name: {
                "saw_dev": one.saw_dev,
                "documents": len(one.gold),
                "model_alone": alone[one.name],
                "modes": {mode: scores[one.name] for mode, scores in measured.items()},
            }
            for one in tagged
        },
        "thresholds": thresholds,
        "rules": measure_rules(tagged, selections, plain.rules),
    }
    lexicon_thresholds: dict[str, dict[str, dict[str, float]]] = {}
    if lexicon is not None or bundle.own_names is not None:
        # Of all labels, whatever names spoke for before.
        informed = Annotator(
            _without_thresholds(bundle), mode="recall", rules=rules, lexicon=lexicon
        )
        known = [one.with_standing(informed.selection) for one in tagged]
        settings = _choose(informed, known)
        lexicon_thresholds = {
            mode: _known_and_unknown(setting) for mode, setting in settings.items()
        }
        for mode in MODES:
            scores = _score(known, _selection(informed, mode, settings))
            for one in known:
                own = report["corpora"][one.name].setdefault("modes_with_names", {})
                own[mode] = scores[one.name]
        report["lexicon_thresholds"] = lexicon_thresholds
    balanced = tuple(judge(one, selections["balanced"]) for one in tagged)
    return ChosenModes(thresholds, lexicon_thresholds, report, balanced)


def without_own_names(bundle: Bundle | FusedBundle) -> Bundle | FusedBundle:
    """The same tagger, which knows of no name that it learned from."""
    from bioweave.bundle import FusedBundle

    if isinstance(bundle, FusedBundle):
        return replace(
            bundle,
            members=tuple(replace(member, own_names=None) for member in bundle.members),
            path=None,
        )
    return replace(bundle, own_names=None, path=None)


def _without_thresholds(bundle: Bundle | FusedBundle) -> Bundle | FusedBundle:
    bare: dict[str, Any] = {"thresholds": {}, "lexicon_thresholds": {}}
    return replace(bundle, manifest=bundle.manifest.model_copy(update=bare))


def _choose(annotator: Annotator, tagged: Sequence[TaggedCorpus]) -> dict[str, Setting]:
    spans = {
        mode: [judge(one, _selection(annotator, mode, {})) for one in tagged] for mode in MODES
    }
    balanced = choose_balanced(spans["balanced"])
    reached = _reached(spans["balanced"], balanced)
    chosen = {
        mode: choose_for(mode, spans[mode], reached, always=balanced)
        for mode in ("precision", "recall")
    }
    return {"precision": chosen["precision"], "balanced": balanced, "recall": chosen["recall"]}


def _reached(spans: Sequence[JudgedSpans], setting: Setting) -> Scores:
    curves = Curves.of(spans, with_others=False, always={})
    return curves.scores(curves.places(setting))


def _selection(annotator: Annotator, mode: str, settings: Mapping[str, Setting]) -> Selection:
    """The annotator's selection in a mode, with these thresholds by mode instead of its own."""
    from bioweave.annotator.modes import make_mode
    from bioweave.bundle import LexiconThresholds

    known_labels = annotator.selection.names.labels if annotator.selection.names else ()
    manifest = annotator.bundle.manifest.model_copy(
        update={
            "thresholds": {
                name: {label: value for (label, is_known), value in setting.items() if not is_known}
                for name, setting in settings.items()
            },
            "lexicon_thresholds": {
                name: {
                    label: LexiconThresholds.model_validate(values)
                    for label, values in _known_and_unknown(setting).items()
                }
                for name, setting in settings.items()
            },
        }
    )
    chosen = make_mode(mode, manifest, annotator.labels, known_labels)
    return selection_for(annotator.selection, chosen, annotator.rules)


def _known_and_unknown(setting: Setting) -> dict[str, dict[str, float]]:
    return {
        label: {"known": setting.get((label, True), unknown), "unknown": unknown}
        for (label, is_known), unknown in setting.items()
        if not is_known
    }


def _score(tagged: Sequence[TaggedCorpus], selection: Selection) -> dict[str, dict[str, Any]]:
    """Strict scores by corpus: of all its labels, and of each."""
    scores = {}
    for one in tagged:
        strict = score_mentions(one.gold, one.predicted(selection), one.labels).strict
        scores[one.name] = {
            **strict.overall._asdict(),
            "labels": {label: score._asdict() for label, score in strict.by_label.items()},
        }
    return scores
