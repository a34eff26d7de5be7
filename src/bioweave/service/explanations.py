"""Explaining for requests: one after the other, beside the annotating."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from weakref import WeakKeyDictionary

from bioweave.document import Document, Span
from bioweave.explanation import Explainer, Explanation
from bioweave.service.admission import Shares
from bioweave.service.problems import ProblemError
from bioweave.service.served_models import Options, ServedModel

# Each may take a second or more of a processor.
_MOST_WAITING = 8
_RETRY_SECONDS = 5
# Ways to explain that are remembered for each model; another is made in milliseconds.
_N_EXPLAINERS = 4


@dataclass(frozen=True, slots=True)
class Way:
    """How a model's decisions are to be explained; see `Explainer`."""

    mode: str
    method: str
    samples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained: a span, or every mention of a label, or every mention.

    `without` are words to see the effect of.
    """

    document: Document
    span: Span | None = None
    label: str | None = None
    without: tuple[str, ...] = ()


class Explanations(AbstractContextManager["Explanations"]):
    """Answers questions in a thread of its own; use it in `with`.

    Of each owner one question at a time waits for the thread: so owners come in turn.
    """

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._waiting = Shares(_MOST_WAITING)
        self._turns: dict[str | None, asyncio.Lock] = {}
        self._explainers: WeakKeyDictionary[ServedModel, OrderedDict[Way, Explainer]]
        self._explainers = WeakKeyDictionary()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="explaining")

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    async def explain(
        self, model: ServedModel, way: Way, asked: Question, *, owner: str | None = None
    ) -> list[Explanation]:
        """What explains the answers of a model; `owner` is the key that asks.

        Raises ProblemError 429 where too many wait and 503 where it takes too long, and what
        `Explainer` raises.
        """
        if not self._waiting.fits(owner, 1):
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self._waiting.total} requests wait for explanations already; try again in "
                f"{_RETRY_SECONDS} s",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        given_up = threading.Event()
        try:
            async with asyncio.timeout(self._seconds), self._turn_of(owner):
                return await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._answer, model, way, asked, given_up
                )
        except TimeoutError:
            raise ProblemError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"not done within {self._seconds:g} s; ask for one span, or for fewer samples",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            ) from None
        finally:
            # Whoever has gone away is not answered either.
            given_up.set()

    @asynccontextmanager
    async def _turn_of(self, owner: str | None) -> AsyncIterator[None]:
        self._waiting.take(owner, 1)
        try:
            async with self._turns.setdefault(owner, asyncio.Lock()):
                yield
        finally:
            self._waiting.give_back(owner, 1)
            if not self._waiting.held(owner):
                del self._turns[owner]

    def _answer(
        self, model: ServedModel, way: Way, asked: Question, given_up: threading.Event
    ) -> list[Explanation]:
        if given_up.is_set():
            return []
        explainer = self._explainer(model, way)
        if asked.span is not None:
            return [explainer.span(asked.document, *asked.span, asked.label, without=asked.without)]
        explained: list[Explanation] = []
        for one in explainer.mentions(asked.document, asked.label, without=asked.without):
            explained.append(one)
            if given_up.is_set():
                break
        return explained

    def _explainer(self, model: ServedModel, way: Way) -> Explainer:
        """The model's explainer. Only the one thread comes here."""
        known = self._explainers.setdefault(model, OrderedDict())
        if way not in known:
            known[way] = Explainer(
                model.annotator(Options(mode=way.mode)),
                method=way.method,
                samples=way.samples,
                seed=way.seed,
                lexicon=model.lexicon,
            )
            if len(known) > _N_EXPLAINERS:
                known.popitem(last=False)
        known.move_to_end(way)
        return known[way]
