"""Annotation in this process or in several, in the order of the input and in constant memory."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache

from bioweave.cli.document_stream import (
    Outcome,
    SourcedDocument,
    StreamAnnotator,
    annotate_stream,
)
from bioweave.cluster import AnnotatorSettings
from bioweave.errors import BioweaveError
from bioweave.relating.tally import RelatingTally

# What one worker gets at a time: plenty to fill batches of every length, little to hold in memory.
DOCUMENTS_IN_CHUNK = 64
CHARACTERS_IN_CHUNK = 100_000
CHUNKS_PER_WORKER = 2

Chunk = tuple[SourcedDocument, ...]


def annotate_all(
    documents: Iterable[SourcedDocument],
    settings: AnnotatorSettings,
    n_workers: int = 1,
    tally: RelatingTally | None = None,
) -> Iterator[Outcome]:
    """Each document with its mentions, or why it failed, in the order of the input.

    With several workers each is a process with an annotator of its own, and a few chunks per
    worker are under way at any time, so memory does not grow with the input. To `tally` is added
    what finding relations could not read as it stands. Raises BundleError and ConfigurationError as
    `AnnotatorSettings.make` does.
    """
    tally = tally if tally is not None else RelatingTally()
    if n_workers == 1:
        # Made before the first document is asked for: a wrong bundle costs no reading.
        annotator = _annotator(settings)
        yield from annotate_stream(documents, annotator)
        tally.add(_taken_tally(annotator))
    else:
        yield from _in_processes(documents, settings, n_workers, tally)


def threads_per_worker(n_workers: int) -> int | None:
    """An equal share of the processors, so that workers do not crowd each other; None for one."""
    return None if n_workers == 1 else max(1, (os.cpu_count() or 1) // n_workers)


def _in_processes(
    documents: Iterable[SourcedDocument],
    settings: AnnotatorSettings,
    n_workers: int,
    tally: RelatingTally,
) -> Iterator[Outcome]:
    # ONNX Runtime's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(n_workers, context, initializer=_leave_interrupts_to_parent)
    under_way: deque[Future[tuple[list[Outcome], RelatingTally]]] = deque()

    def next_done() -> list[Outcome]:
        outcomes, of_chunk = under_way.popleft().result()
        tally.add(of_chunk)
        return outcomes

    try:
        for chunk in cut_chunks(documents):
            under_way.append(executor.submit(_annotate_chunk, settings, chunk))
            if len(under_way) >= n_workers * CHUNKS_PER_WORKER:
                yield from next_done()
        while under_way:
            yield from next_done()
    except BrokenProcessPool as error:
        raise BioweaveError(
            "a worker process died, perhaps for want of memory: try again with fewer --workers"
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def cut_chunks(documents: Iterable[SourcedDocument]) -> Iterator[Chunk]:
    """The documents in groups of bounded size, though each group has at least one."""
    chunk: list[SourcedDocument] = []
    n_characters = 0
    for item in documents:
        chunk.append(item)
        n_characters += len(item.document.text)
        if len(chunk) >= DOCUMENTS_IN_CHUNK or n_characters >= CHARACTERS_IN_CHUNK:
            yield tuple(chunk)
            chunk, n_characters = [], 0
    if chunk:
        yield tuple(chunk)


def _annotate_chunk(
    settings: AnnotatorSettings, chunk: Chunk
) -> tuple[list[Outcome], RelatingTally]:
    annotator = _annotator(settings)
    return list(annotate_stream(chunk, annotator)), _taken_tally(annotator)


def _taken_tally(annotator: StreamAnnotator) -> RelatingTally:
    """What the annotator's relater has counted so far; it begins again."""
    from bioweave.annotator.relations import RelatingAnnotator

    if not isinstance(annotator, RelatingAnnotator):
        return RelatingTally()
    tally, annotator.tally = annotator.tally, RelatingTally()
    return tally


@lru_cache(maxsize=1)
def _annotator(settings: AnnotatorSettings) -> StreamAnnotator:
    return settings.make()


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
