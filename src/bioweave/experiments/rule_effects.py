"""What every rule does to the scores: the same mentions with and without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bioweave.document import Document
from bioweave.experiments.mode_spans import TaggedCorpus, selection_for
from bioweave.scoring import score_mentions

if TYPE_CHECKING:
    from bioweave.annotator.rule_files import RuleSet
    from bioweave.annotator.rules import Rule
    from bioweave.annotator.selection import Selection


def measure_rules(
    tagged: Sequence[TaggedCorpus], selections: Mapping[str, Selection], rules: RuleSet
) -> list[dict[str, Any]]:
    """For each rule, by mode and corpus: how much higher scores are with it than without it.

    Whether it is on or off: other rules are as they are. `changed` counts the mentions that are
    dropped or moved.
    """
    return [
        {
            "name": rule.name,
            "kind": rule.kind,
            "description": rule.description,
            "enabled": rule.enabled,
            "effects": {
                mode: {one.name: _effect(one, selection, rules, rule) for one in tagged}
                for mode, selection in selections.items()
                if mode in rule.modes
            },
        }
        for rule in rules.rules
    ]


def _effect(
    tagged: TaggedCorpus, selection: Selection, rules: RuleSet, rule: Rule
) -> dict[str, float]:
    without, with_it = (
        tagged.predicted(_switched(selection, rules, rule, is_on)) for is_on in (False, True)
    )
    before, after = (
        score_mentions(tagged.gold, one, tagged.labels).strict.overall for one in (without, with_it)
    )
    n_changed = sum(
        len(set(_extents(left, tagged.labels)) - set(_extents(right, tagged.labels)))
        for left, right in zip(without, with_it, strict=True)
    )
    return {
        "changed": n_changed,
        "precision": after.precision - before.precision,
        "recall": after.recall - before.recall,
        "f1": after.f1 - before.f1,
    }


def _switched(selection: Selection, rules: RuleSet, rule: Rule, is_on: bool) -> Selection:
    return selection_for(selection, selection.mode, rules.with_changed(rule.name, enabled=is_on))


def _extents(document: Document, labels: Collection[str]) -> Iterator[tuple[int, int, str]]:
    for mention in document.mentions:
        if mention.label in labels:
            yield mention.start, mention.end, mention.label
