"""The part of a card that says what mentions are linked to, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bioweave.bundle import Manifest
from bioweave.bundle.parts import LINKING_NAME
from bioweave.experiments.markdown import fold, percent, table


def linking_part(manifest: Manifest) -> Iterator[str]:
    """What the linker learned from, and its figures; nothing for a bundle that cannot link."""
    told = manifest.provenance.get(LINKING_NAME)
    if told is None:
        return
    yield "## Concepts"
    learned = ", ".join(
        f"{name} {'+'.join(of_corpus.get('splits', ()))}"
        for name, of_corpus in told.get("corpora", {}).items()
    )
    mentions = ", ".join(f"{n:,} of {label}" for label, n in told.get("mentions", {}).items())
    weighed = ", ".join(
        " ".join(filter(None, (source.get("name"), source.get("version"))))
        for source in told.get("lexicon", ())
    )
    yield fold(
        f"Mentions are linked by the names in {learned or 'no corpus'} ({mentions}), and by those "
        "of a lexicon where one is given. How to weigh a lexicon's names was "
        + (f"learned with {weighed}." if weighed else "not learned.")
    )
    yield from _figures(manifest.scores.get("linking", ()))


def _figures(measured: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not measured:
        yield "How well it links was not measured."
        return
    yield fold(
        "In percent. Gold mentions: of those that the annotators marked, how many get every "
        "concept that is theirs and no other. Documents: the concepts of each document against "
        "those that were found in it, end to end."
    )
    rows = [row for one in measured for row in _rows(one)]
    headings = ("corpus", "label", "lexicon", "gold mentions", "precision", "recall", "F1")
    yield table(headings, rows, left=3)


def _rows(one: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for label, documents in one["documents"]["labels"].items():
        yield (
            f"{one['corpus']} {one['split']}",
            label,
            ", ".join(one["lexicon"]) or "none",
            percent(one["gold_mentions"]["labels"][label]["accuracy"]),
            percent(documents["precision"]),
            percent(documents["recall"]),
            percent(documents["f1"]),
        )
