"""What `bioweave lexicon` tells of a lexicon, as tables and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.table import Table

from bioweave.lexicon import Lexicon
from bioweave.lexicon.everyday import Caution

_SHOWN_LEARNED = 10


def info_json(lexicon: Lexicon) -> dict[str, Any]:
    """All that the tables tell, and every name that was learned to be held back."""
    return {
        "file": str(lexicon.path),
        "bytes": lexicon.sections.size,
        "concepts": lexicon.n_concepts,
        "names": lexicon.n_names,
        "keys": lexicon.n_keys,
        "labels": _label_counts(lexicon),
        "kinds": _kind_counts(lexicon),
        "held_back": _held_back_counts(lexicon),
        "learned": [asdict(learned) for learned in lexicon.learned],
        "sources": [asdict(source) for source in lexicon.sources],
    }


def info_tables(lexicon: Lexicon) -> Iterator[Table]:
    """Sources, counts, warnings, and names that a corpus taught to hold back."""
    sources = Table("source", "version", "licence", "concepts", "names", "file")
    for source in lexicon.sources:
        sources.add_row(
            source.name,
            source.version or "not stated",
            source.licence or "not stated",
            f"{source.n_concepts:,}",
            f"{source.n_names:,}",
            source.file,
        )
    yield sources
    counts = Table(str(lexicon.path.name), "")
    counts.add_row("size", f"{lexicon.sections.size / 1e6:,.1f} MB")
    counts.add_row("concepts", f"{lexicon.n_concepts:,}")
    counts.add_row("names", f"{lexicon.n_names:,}")
    counts.add_row("different names, normalised", f"{lexicon.n_keys:,}", end_section=True)
    for label, n in _label_counts(lexicon).items():
        counts.add_row(f"concepts: {label}", f"{n:,}")
    for reason, n in _held_back_counts(lexicon).items():
        counts.add_row(f"names {reason}", f"{n:,}")
    yield counts
    if any(source.warnings for source in lexicon.sources):
        warnings = Table("source", "warning", "times", "for instance")
        for source in lexicon.sources:
            for kind, n in source.warnings.items():
                warnings.add_row(source.name, kind, f"{n:,}", "; ".join(source.examples[kind][:2]))
        yield warnings
    if lexicon.learned:
        learned = Table("mostly not annotated, held back", "label", "found", "annotated")
        ordered = sorted(lexicon.learned, key=lambda one: -one.n_found)
        for one in ordered[:_SHOWN_LEARNED]:
            learned.add_row(one.key, one.label, f"{one.n_found:,}", f"{one.n_annotated:,}")
        if len(ordered) > _SHOWN_LEARNED:
            learned.caption = f"and {len(ordered) - _SHOWN_LEARNED:,} more (--json has all)"
        yield learned


def _label_counts(lexicon: Lexicon) -> dict[str, int]:
    counts = np.bincount(lexicon.concept_labels, minlength=len(lexicon.labels))
    return dict(zip(lexicon.labels, counts.tolist(), strict=True))


def _kind_counts(lexicon: Lexicon) -> dict[str, int]:
    counts = np.bincount(lexicon.name_kinds, minlength=len(lexicon.kinds))
    return dict(zip(lexicon.kinds, counts.tolist(), strict=True))


def _held_back_counts(lexicon: Lexicon) -> dict[str, int]:
    found = Counter(lexicon.sections.array("term.caution").tolist())
    reasons = {
        "held back as everyday words": Caution.LISTED,
        "held back, learned": Caution.LEARNED,
        "matched in their own case only": Caution.CASE,
    }
    return {
        reason: sum(n for caution, n in found.items() if caution & flag)
        for reason, flag in reasons.items()
    }
