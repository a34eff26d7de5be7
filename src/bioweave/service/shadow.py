"""A challenger that annotates a share of what the champion does, and answers nobody."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import queue
import random
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.annotator.inference import Annotation
from bioweave.document import Document, Mention
from bioweave.scoring.counts import Counts
from bioweave.scoring.extents import extent_of
from bioweave.scoring.matching import count_strict
from bioweave.scoring.resampling import Interval, bootstrap_difference, bootstrap_interval
from bioweave.service.metrics import Metrics
from bioweave.service.served_models import Asked, Options, ServedModel

# Beyond these a document is left out: the challenger is to fall behind, not the service.
_MOST_WAITING = 64
_LONGEST = 100_000
# Of so many documents the agreement is told.
_KEPT = 2_000
# Intervals are drawn anew no sooner, however many ask.
_REPORT_SECONDS = 1.0
# As `nice` has it: whatever waits for an answer comes first.
_NICENESS = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two models found the same, strictly: F1 between them, with its 95% interval.

    The interval is of documents drawn with replacement, and None before there is one.
    """

    n_documents: int
    both: int
    only_challenger: int
    only_champion: int
    f1: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both models' strict F1 on the same corrected documents.

    `ahead` is the 95% interval of what the challenger is ahead by.
    """

    n_documents: int
    champion: float
    challenger: float
    ahead: Interval | None


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What is known of a challenger beside the champion, over the last documents that both saw."""

    champion: str
    champion_fingerprint: str
    challenger: str
    challenger_fingerprint: str
    labels: tuple[str, ...]
    share: float
    n_left_out: int
    n_failed: int
    overall: Agreement
    by_label: dict[str, Agreement]
    corrected: Comparison


@dataclass(frozen=True, slots=True)
class _Seen:
    """A document as the champion left it, and as a person did, where one has."""

    champion: ServedModel
    options: Options
    document: Document
    right: Sequence[Mention] | None = None


class Shadow(AbstractContextManager["Shadow"]):
    """Runs the challenger in one thread of low priority; use it in `with`.

    A document is kept only until the challenger has seen it: what stays are numbers. They begin
    anew whenever the champion, which `champion` knows, is another.
    """

    def __init__(
        self,
        challenger: ServedModel,
        *,
        champion: Callable[[], ServedModel],
        share: float,
        metrics: Metrics,
    ) -> None:
        self.challenger = challenger
        self.share = share
        self._champion_now = champion
        self._champion: ServedModel | None = None
        self._metrics = metrics
        self._secret = secrets.token_bytes(32)
        self._reported: tuple[float, ShadowReport | None] = (-math.inf, None)
        self._reporting = threading.Lock()
        self._waiting: queue.Queue[_Seen | None] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._forget()
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)

    def __enter__(self) -> Shadow:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._waiting.put(None)
        self._thread.join()

    def offer(self, asked: Asked, found: Sequence[tuple[Document, Annotation]]) -> None:
        """Documents that a model has annotated; of the champion's a share is taken. Never waits."""
        if asked.model is not self._champion_now():
            return
        for document, _ in found:
            if random.random() < self.share:
                self._take(_Seen(asked.model, asked.options, document))

    def offer_corrected(self, asked: Asked, document: Document, right: Sequence[Mention]) -> None:
        """A document as the champion annotated it, and its mentions as they should be."""
        if asked.model is self._champion_now():
            self._take(_Seen(asked.model, asked.options, document, right))

    def report(self) -> ShadowReport | None:
        """What was known at most a second ago; None before the champion was seen at work."""
        with self._reporting:
            at, report = self._reported
            if time.monotonic() - at > _REPORT_SECONDS:
                report = self._report()
                self._reported = (time.monotonic(), report)
            return report

    def _report(self) -> ShadowReport | None:
        with self._lock:
            champion, labels = self._champion, self._labels()
            found = {label: list(self._found[label]) for label in labels}
            corrected = np.array(list(self._corrected.values()), dtype=np.int64).reshape(-1, 2, 3)
            n_left_out, n_failed = self._n_left_out, self._n_failed
        if champion is None:
            return None
        by_label = {label: np.array(one, dtype=np.int64) for label, one in found.items()}
        overall = sum(by_label.values()) if by_label else np.zeros((0, 3), dtype=np.int64)
        return ShadowReport(
            champion=champion.name,
            champion_fingerprint=champion.fingerprint,
            challenger=self.challenger.name,
            challenger_fingerprint=self.challenger.fingerprint,
            labels=labels,
            share=self.share,
            n_left_out=n_left_out,
            n_failed=n_failed,
            overall=_agreement(np.asarray(overall)),
            by_label={label: _agreement(counts) for label, counts in by_label.items()},
            corrected=_comparison(corrected[:, 0], corrected[:, 1]),
        )

    def _key_of(self, seen: _Seen) -> bytes:
        text = f"{seen.options.mode} {seen.document.text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._secret, digest_size=16).digest()

    def _labels(self) -> tuple[str, ...]:
        """What both find."""
        if self._champion is None:
            return ()
        theirs = self.challenger.bundle.manifest.labels
        return tuple(one for one in self._champion.bundle.manifest.labels if one in theirs)

    def _forget(self) -> None:
        # Counts of each document, in every list at the same place: both, only the challenger,
        # only the champion.
        labels = self._labels()
        self._found: dict[str, deque[Counts]] = {label: deque(maxlen=_KEPT) for label in labels}
        # The champion's and the challenger's against a person's, by a keyed hash of the text: who
        # sends a document again has corrected one document.
        self._corrected: OrderedDict[bytes, tuple[Counts, ...]] = OrderedDict()
        self._n_left_out = self._n_failed = 0

    def _take(self, seen: _Seen) -> None:
        with self._lock:
            if seen.champion is not self._champion:
                self._champion = seen.champion
                self._forget()
        try:
            if len(seen.document.text) > _LONGEST:
                raise queue.Full
            self._waiting.put_nowait(seen)
        except queue.Full:
            with self._lock:
                self._n_left_out += 1
            self._metrics.shadow_document("left_out")

    def _work(self) -> None:
        # Linux has it for each thread, and threads that this one starts inherit it.
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while (seen := self._waiting.get()) is not None:
            try:
                self._compare(seen)
            except Exception as error:
                # Without its message, which may quote the text.
                _log.error("the challenger fails: %s", type(error).__name__)
                with self._lock:
                    self._n_failed += 1
                self._metrics.shadow_document("failed")

    def _compare(self, seen: _Seen) -> None:
        with self._lock:
            labels = self._labels()
        asked = [one for one in labels if one in (seen.options.labels or labels)]
        if not asked:
            return
        options = Options(mode=seen.options.mode, labels=tuple(asked))
        theirs = self.challenger.annotator(options)(seen.document).mentions
        ours = seen.document.mentions
        if seen.right is not None:
            # People choose what they correct: it says nothing of how often the two agree.
            corrected = tuple(
                _summed(_counts(seen.right, found, label) for label in asked)
                for found in (ours, theirs)
            )
            with self._lock:
                if seen.champion is self._champion:
                    self._corrected[self._key_of(seen)] = corrected
                    if len(self._corrected) > _KEPT:
                        self._corrected.popitem(last=False)
            return
        counts = {label: _counts(ours, theirs, label) for label in asked}
        with self._lock:
            if seen.champion is not self._champion:
                return
            for label in labels:
                self._found[label].append(counts.get(label, Counts(0, 0, 0)))
        self._metrics.shadow_document("compared")
        for label, (both, only_challenger, only_champion) in counts.items():
            self._metrics.shadow_mentions(label, both, only_challenger, only_champion)


def _counts(right: Sequence[Mention], found: Sequence[Mention], label: str) -> Counts:
    return count_strict(
        *({extent_of(one) for one in mentions if one.label == label} for mentions in (right, found))
    )


def _summed(counts: Iterable[Counts]) -> Counts:
    return Counts(*map(sum, zip(*counts, strict=True)))


def _agreement(counts: npt.NDArray[np.int64]) -> Agreement:
    total = Counts(*counts.sum(axis=0).tolist()) if len(counts) else Counts(0, 0, 0)
    return Agreement(
        len(counts), *total, total.score().f1, bootstrap_interval(counts) if len(counts) else None
    )


def _comparison(champion: npt.NDArray[np.int64], challenger: npt.NDArray[np.int64]) -> Comparison:
    scores = [
        Counts(*one.sum(axis=0).tolist()).score().f1 if len(one) else 0.0
        for one in (champion, challenger)
    ]
    ahead = bootstrap_difference(challenger, champion) if len(champion) else None
    return Comparison(len(champion), scores[0], scores[1], ahead)
