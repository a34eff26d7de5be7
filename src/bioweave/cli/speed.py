"""How fast a bundle is: the measurement behind `benchmark`."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from bioweave.document import Document

_PASSES = 3  # the best counts: what disturbs a machine only ever slows it down
_DOCUMENTS_ALONE = 100


def measure_speed(
    documents: Sequence[Document], model: str, threads: int | None, device: str = "cpu"
) -> dict[str, Any]:
    """The figures of `benchmark --json`, without the baseline's."""
    started = perf_counter()
    from bioweave.annotator import Annotator
    from bioweave.bundle import open_bundle

    annotator = Annotator(open_bundle(model, device), n_threads=threads)
    annotator(documents[0])
    load_seconds = perf_counter() - started

    for _ in annotator.pipe(documents[: len(documents) // 4]):
        pass
    seconds = min(_timed(annotator, documents) for _ in range(_PASSES))
    alone = [_timed(annotator, [document]) for document in documents[:_DOCUMENTS_ALONE]]
    n_words = count_words(documents)
    return {
        "model": model,
        "threads": annotator.n_threads,
        "device": device,
        "documents": len(documents),
        "words": n_words,
        "words_per_second": n_words / seconds,
        "documents_per_second": len(documents) / seconds,
        "milliseconds_per_document": {
            "median": 1000 * statistics.median(alone),
            "p95": 1000 * _percentile(alone, 0.95),
        },
        "load_seconds": load_seconds,
        "peak_memory_mb": peak_memory_mb(),
    }


def count_words(documents: Sequence[Document]) -> int:
    """Words of bioweave's own; equal texts are counted once and multiplied."""
    from bioweave.text import segment

    counts: dict[str, int] = {}
    total = 0
    for document in documents:
        if document.text not in counts:
            sentences = segment(document.text, document.passages)
            counts[document.text] = sum(len(sentence.words) for sentence in sentences)
        total += counts[document.text]
    return total


def peak_memory_mb() -> float | None:
    """The most memory this process has held so far; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _timed(annotator: Any, documents: Sequence[Document]) -> float:
    started = perf_counter()
    n_done = sum(1 for _ in annotator.pipe(documents))
    seconds = perf_counter() - started
    if n_done != len(documents):
        raise RuntimeError(f"{len(documents)} documents went in and {n_done} came out")
    return seconds


def _percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]
