import asyncio
import threading
from collections import Counter

import pytest

from bioweave.document import Document, Mention
from bioweave.errors import FormatError
from bioweave.service.batching import Batcher, Refused


def marked(document: Document) -> Document:
    """A document whose one mention is all of it."""
    text = document.text
    return document.with_mentions([Mention(0, len(text), text, "Disease")])


def documents_of(*texts: str) -> list[Document]:
    return [Document(str(place), text) for place, text in enumerate(texts)]


class Recording:
    """An annotator that notes what it was given in one go, and waits while it is held."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.held = threading.Event()
        self.held.set()

    def __call__(self, documents):
        self.batches.append([document.text for document in documents])
        assert self.held.wait(10)
        for document in documents:
            if document.text == "bad":
                raise FormatError("this one is bad")
            if document.text == "broken":
                raise KeyError(document.text)
            yield marked(document)


def texts_of(found):
    return [one.mentions[0].text if isinstance(one, Document) else one.reason for one in found]


def test_answers_come_to_whoever_asked() -> None:
    recording = Recording()
    groups = [documents_of(*(f"{number} {place}" for place in range(3))) for number in range(40)]

    async def ask_all():
        with Batcher(lambda key: recording, n_threads=2) as batcher:
            return await asyncio.gather(*(batcher.annotate("a", group) for group in groups))

    answers = asyncio.run(ask_all())

    assert [texts_of(answer) for answer in answers] == [
        [document.text for document in group] for group in groups
    ]


def test_what_waits_goes_together_and_kinds_stay_apart() -> None:
    recording = Recording()
    recording.held.clear()
    asked = Counter()

    def annotator_of(key):
        asked[key] += 1
        return recording

    async def ask_all():
        with Batcher(annotator_of, n_threads=1) as batcher:
            first = asyncio.create_task(batcher.annotate("a", documents_of("first")))
            while not recording.batches:
                await asyncio.sleep(0.01)
            rest = [
                asyncio.create_task(batcher.annotate(key, documents_of(f"{key}{number}")))
                for number in range(3)
                for key in "ab"
            ]
            await asyncio.sleep(0.05)
            recording.held.set()
            await asyncio.gather(first, *rest)

    asyncio.run(ask_all())

    assert recording.batches == [["first"], ["a0", "a1", "a2"], ["b0", "b1", "b2"]]
    assert asked == {"a": 2, "b": 1}


def test_a_batch_has_no_more_than_fits() -> None:
    recording = Recording()
    recording.held.clear()
    long = "x" * 30_000

    async def ask_all():
        with Batcher(lambda key: recording, n_threads=1) as batcher:
            tasks = [asyncio.create_task(batcher.annotate("a", documents_of("first")))]
            while not recording.batches:
                await asyncio.sleep(0.01)
            tasks += [
                asyncio.create_task(batcher.annotate("a", documents_of(text)))
                for text in (long, "short", long)
            ]
            await asyncio.sleep(0.05)
            recording.held.set()
            await asyncio.gather(*tasks)

    asyncio.run(ask_all())

    assert [len(batch) for batch in recording.batches] == [1, 2, 1]


def test_one_bad_document_does_not_harm_the_others(caplog) -> None:
    async def ask():
        with Batcher(lambda key: Recording(), n_threads=1) as batcher:
            return await batcher.annotate("a", documents_of("good", "bad", "broken", "fine"))

    found = asyncio.run(ask())

    assert texts_of(found) == [
        "good",
        "this one is bad",
        "an error in the service: KeyError",
        "fine",
    ]
    assert [one.is_ours for one in found if isinstance(one, Refused)] == [False, True]
    assert "KeyError" in caplog.text and "broken" not in caplog.text


def test_an_annotator_that_cannot_be_had_is_the_askers_error() -> None:
    def annotator_of(key):
        raise FormatError(f"no {key}")

    async def ask():
        with Batcher(annotator_of, n_threads=1) as batcher:
            with pytest.raises(FormatError, match="no a"):
                await batcher.annotate("a", documents_of("x"))
            assert batcher.is_working

    asyncio.run(ask())


def test_who_gave_up_is_forgotten() -> None:
    recording = Recording()
    recording.held.clear()

    async def ask():
        with Batcher(lambda key: recording, n_threads=1) as batcher:
            first = asyncio.create_task(batcher.annotate("a", documents_of("first")))
            while not recording.batches:
                await asyncio.sleep(0.01)
            given_up = asyncio.create_task(batcher.annotate("a", documents_of("given up")))
            await asyncio.sleep(0.01)
            given_up.cancel()
            await asyncio.sleep(0.01)
            recording.held.set()
            await first
            await batcher.annotate("a", documents_of("last"))

    asyncio.run(ask())

    assert recording.batches == [["first"], ["last"]]


def test_those_that_wait_at_the_end_are_answered_and_nobody_after() -> None:
    recording = Recording()

    async def ask():
        with Batcher(lambda key: recording, n_threads=1) as batcher:
            waiting = [
                asyncio.create_task(batcher.annotate("a", documents_of(str(number))))
                for number in range(5)
            ]
            await asyncio.sleep(0)
        answered = await asyncio.gather(*waiting)
        with pytest.raises(RuntimeError, match="closed"):
            await batcher.annotate("a", documents_of("late"))
        assert not batcher.is_working
        return answered

    assert [texts_of(one) for one in asyncio.run(ask())] == [[str(number)] for number in range(5)]
