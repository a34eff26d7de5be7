"""How a bundle and spaCy's `ner` compare, in one run: F1 and words per second.

    BIOWEAVE_CORPORA=... python benchmarks/peers.py [--corpus NAME] [--model BUNDLE] [--json]

spaCy (the extra `dev`) learns the corpus's train split first, which takes minutes, and is kept.
Both annotate the same documents, are scored by bioweave's own strict F1, and their words are
counted as bioweave splits them. Speed is of one process and of two that share the documents, each
on one processor. The systems run in turns: the best pass is each one's speed, and the ratio is the
middle one of the passes. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from side_by_side import Annotate, System, seconds_of
from spacy_ner import annotate, trained_ner

from bioweave.cli.extras import needs_extra
from bioweave.cli.speed import count_words
from bioweave.corpus import info, load
from bioweave.document import Document
from bioweave.errors import BioweaveError
from bioweave.home import home
from bioweave.scoring import strict_f1

_N_PROCESSES = (1, 2)


@dataclass(frozen=True)
class BundleSystem:
    """A bundle of bioweave's, all of its labels on."""

    path: str

    @property
    def name(self) -> str:
        """The bundle as it was named."""
        return f"bioweave {self.path}"

    def load(self) -> Annotate:
        """Its annotator."""
        from bioweave.annotator import Annotator
        from bioweave.bundle import Bundle

        return Annotator(Bundle.load(self.path), n_threads=1).pipe


@dataclass(frozen=True)
class SpacySystem:
    """A folder that spaCy wrote."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is, and of which version."""
        return f"spaCy {version('spacy')} ner, tok2vec"

    def load(self) -> Annotate:
        """Its pipeline."""
        import spacy

        nlp = spacy.load(self.folder)
        return lambda documents: annotate(nlp, documents)


def main() -> None:
    """Train what is missing, measure, print."""
    options = _options()
    try:
        with needs_extra("dev", "spaCy's side of the comparison"):
            import spacy  # noqa: F401
        result = measure(options)
    except BioweaveError as error:
        sys.exit(f"peers.py: {error}")
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        _print_table(result)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """What is printed as JSON: F1 as a share of 1, speeds and ratios by number of processes."""
    labels = info(options.corpus).labels
    gold = load(options.corpus, options.split)
    bare = [Document(one.id, one.text, passages=one.passages) for one in gold]
    folder = trained_ner(options.corpus, labels, options.spacy_steps, options.cache)
    systems: list[System] = [BundleSystem(options.model), SpacySystem(folder)]
    scores = [strict_f1(gold, list(system.load()(bare)), labels) for system in systems]
    many = _repeated(bare, options.words)
    n_words = count_words(many)
    speeds: dict[int, list[list[float]]] = {
        n_processes: [
            [n_words / seconds_of(system, many, n_processes) for system in systems]
            for _ in range(options.passes)
        ]
        for n_processes in _N_PROCESSES
    }
    return {
        "corpus": options.corpus,
        "split": options.split,
        "labels": list(labels),
        "documents": len(gold),
        "words": count_words(bare),
        "systems": [
            {
                "name": system.name,
                "strict_f1": score,
                "words_per_second": {
                    n_processes: max(one[place] for one in passes)
                    for n_processes, passes in speeds.items()
                },
            }
            for place, (system, score) in enumerate(zip(systems, scores, strict=True))
        ],
        "ratio": {
            n_processes: statistics.median(ours / theirs for ours, theirs in passes)
            for n_processes, passes in speeds.items()
        },
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--model", default="default", help="a bundle's folder, or 'default'")
    parser.add_argument("--corpus", default="ncbi-disease", help="one with train and dev")
    parser.add_argument("--split", default="test", choices=("dev", "test"))
    parser.add_argument(
        "--cache", type=Path, default=home() / "peers", help="where spaCy's taggers are kept"
    )
    parser.add_argument(
        "--spacy-steps", type=int, default=20_000, help="at most, of spaCy's training"
    )
    parser.add_argument("--words", type=int, default=60_000, help="documents repeat up to these")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def _repeated(documents: Sequence[Document], n_words: int) -> list[Document]:
    """The documents, over and over until they make up so many words."""
    n_times = n_words / max(count_words(documents), 1)
    return list(islice(cycle(documents), max(round(n_times * len(documents)), len(documents))))


def _print_table(result: dict[str, Any]) -> None:
    title = f"{result['corpus']} {result['split']}: {', '.join(result['labels'])}"
    table = Table(title=f"{title}; {result['documents']} documents, {result['words']:,} words")
    table.add_column("words a second", no_wrap=True)
    for column in ("one process", "two processes", "strict F1"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in result["systems"]:
        speeds = [f"{speed:,.0f}" for speed in row["words_per_second"].values()]
        table.add_row(row["name"], *speeds, f"{row['strict_f1']:.4f}")
    table.add_row("the first by the second", *(f"{one:.2f}" for one in result["ratio"].values()))
    Console().print(table)


if __name__ == "__main__":
    main()
