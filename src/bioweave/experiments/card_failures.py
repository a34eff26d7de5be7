"""The part of a card that says at what a model fails: counts by kind, and no word of a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bioweave.experiments.markdown import fold, table
from bioweave.scoring import MistakeKind

Scores = Mapping[str, Any]

# Invented, all of them: no word of a corpus stands in a card.
_ILLUSTRATIONS = MappingProxyType(
    {
        MistakeKind.DOUBTFUL: "`torvosis` is annotated in one sentence and not in the next",
        MistakeKind.NESTED: "`renal calvosis` within `renal calvosis syndrome`",
        MistakeKind.COMPOSITE: "`hepatic and renal torvosis` found as `renal torvosis`",
        MistakeKind.LABEL: "`velmarin`, a gene in its text, called a Chemical",
        MistakeKind.BOUNDARY: "`severe velmar syndrome` found as `velmar syndrome`",
        MistakeKind.ABBREVIATION: "`AVS` missed, spelled out or not",
        MistakeKind.LONG: "`deficiency of the fifth part of brinase` missed",
        MistakeKind.UNSEEN: "`quellemia`, which the train split never has, missed",
        MistakeKind.SEEN: "`gout`, which the train split has, missed",
        MistakeKind.OTHER: "a mistake with nothing to compare it with",
    }
)


def failures_part(scores: Scores) -> Iterator[str]:
    """What goes wrong, by kind, in counts."""
    yield "## Known failures"
    errors = scores.get("errors", ())
    if not errors:
        yield "What goes wrong was not counted."
        return
    yield fold(
        "Every miss and false alarm has one kind, the first that fits in the order of the table; "
        "one that overlaps another is one mistake with it (`bioweave errors`). Beside the number "
        "of mistakes stands by how many points strict F1 would rise without them. The "
        "illustrations are invented."
    )
    places = [f"{one['corpus']} {one['split']}" for one in errors]
    counts = [{kind["kind"]: kind for kind in one["kinds"]} for one in errors]
    yield table(
        ("kind", *places, "such as"),
        [
            (kind.value, *(_count(own.get(kind.value)) for own in counts), _ILLUSTRATIONS[kind])
            for kind in MistakeKind
            if any(own.get(kind.value, {}).get("mistakes") for own in counts)
        ],
    )


def _count(kind: Scores | None) -> str:
    if kind is None or not kind["mistakes"]:
        return "0"
    return f"{kind['mistakes']:,} ({100 * kind['f1_gain']:+.2f})"
