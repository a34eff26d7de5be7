"""What figures were measured with: goes into `evaluate --json`, to tell one file from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioweave.annotator import Annotator

_FIRST = ("model", "corpus", "split")


def with_settings(
    result: Mapping[str, Any], annotator: Annotator, rules: Path | None
) -> dict[str, Any]:
    """An evaluation's result with what the annotator was set to, behind what was measured on."""
    names = annotator.selection.names
    settings = {
        "mode": annotator.mode,
        "rules": {
            "file": None if rules is None else str(rules),
            "on": [
                rule.name
                for rule in annotator.rules.rules
                if any(rule.concerns(annotator.mode, label) for label in annotator.labels)
            ],
        },
        "own_names": [] if names is None or names.own is None else list(names.own.labels),
        "lexicon": None
        if names is None or names.lexicon is None
        else {
            "file": str(names.lexicon.path),
            "sources": [
                " ".join(filter(None, (source.name, source.version)))
                for source in names.lexicon.sources
            ],
        },
    }
    return {key: result[key] for key in _FIRST if key in result} | settings | dict(result)


def gold_mentions(result: Mapping[str, Any]) -> Counter[str]:
    """How many mentions of each label were measured on, over all corpora of a result."""
    counts: Counter[str] = Counter()
    for one in result.get("results", [result]):
        for label, score in one["mentions"]["strict"]["labels"].items():
            counts[label] += score["support"]
    return counts
