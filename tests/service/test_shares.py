"""Nobody takes so much of what all share that nothing is left for others."""

import asyncio
import json
import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from keyed_service import KeyedService

from bioweave.document import Document
from bioweave.service import create_application
from bioweave.service.admission import Arriving, Shares
from bioweave.service.batching import Batcher
from bioweave.service.explanations import Explanations, Question, Way
from bioweave.service.jobs import attempt as attempt_module
from bioweave.service.keys import Scope
from bioweave.service.metrics import Metrics
from bioweave.service.problems import ProblemError
from bioweave.service.served_models import Asked, Options
from bioweave.service.settings import Limits, ServiceSettings
from bioweave.service.storage import Database, JobStore
from bioweave.service.work import Work

DAY = timedelta(days=1)


def test_one_alone_gets_half_two_a_third_each_and_there_is_always_some_left() -> None:
    shares = Shares(600)
    for owner, fits in (("a", 300), ("b", 150), ("c", 75)):
        assert shares.fits(owner, fits) and not shares.fits(owner, fits + 1)
        shares.take(owner, fits)
    shares.give_back("a", 300)
    # As others came, it gets less than before.
    assert shares.fits("a", 187) and not shares.fits("a", 188)
    assert shares.fits("d", 1)


def test_whoever_needs_no_key_may_have_all() -> None:
    shares = Shares(10)
    shares.take(None, 4)
    assert shares.fits(None, 6) and not shares.fits(None, 7)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 40)), max_size=40))
def test_whoever_has_nothing_finds_something_while_others_only_take_what_fits(taken) -> None:
    shares = Shares(128)
    for owner, amount in taken:
        if shares.fits(owner, amount):
            shares.take(owner, amount)
    # Three owners leave an eighth at least.
    assert shares.fits("newcomer", 8)
    assert shares.total == sum(shares.held(owner) for owner in "abc") <= 112


def test_the_bodies_of_one_key_leave_room_for_those_of_others() -> None:
    arriving = Arriving(100)
    with arriving.body("a") as first, arriving.body("a") as second, arriving.body("b") as other:
        first.cover(30)
        second.cover(20)
        with pytest.raises(ProblemError) as caught:
            second.cover(21)
        assert caught.value.status == 429 and "Retry-After" in caught.value.headers
        other.cover(25)
    assert arriving.n_bytes == 0


class GatedModel:
    """A model whose annotator waits until it may go on, and notes whose documents came when."""

    name = "gated"

    def __init__(self) -> None:
        self.gate = threading.Event()

    def annotator(self, options):
        return self

    def observe(self, documents):
        assert self.gate.wait(10)
        return []


def test_open_streams_of_one_key_leave_room_for_other_keys() -> None:
    """Each counts as 80,000 characters for as long as it is open."""

    async def ask() -> tuple[int, bool]:
        model = GatedModel()
        work = Work(
            ServiceSettings(limits=Limits(waiting_characters=800_000), threads=1), Metrics()
        )
        asked = Asked(model, Options())

        async def never():
            await asyncio.Event().wait()
            yield Document("1", "x")

        def stream(owner):
            return asyncio.ensure_future(
                anext(work.annotate_stream(asked, never(), owner=owner), None)
            )

        with work:
            of_one = [stream("one") for _ in range(20)]
            await asyncio.sleep(0.05)
            refused = [task for task in of_one if task.done()]
            assert {task.exception().status for task in refused} == {429}
            other = stream("other")
            await asyncio.sleep(0.05)
            is_taken = not other.done()
            open_ones = [task for task in (*of_one, other) if not task.done()]
            for task in open_ones:
                task.cancel()
            await asyncio.gather(*open_ones, return_exceptions=True)
        return len(of_one) - len(refused), is_taken

    assert asyncio.run(ask()) == (5, True)


def test_a_long_request_counts_as_a_share_and_comes_alone() -> None:
    work = Work(ServiceSettings(limits=Limits(waiting_characters=1_000)), Metrics())
    with work.accepted(5_000, owner="a"):
        assert work.waiting_characters == 500
        with work.accepted(250, owner="b"):
            for owner in ("a", "b", "c"):
                with pytest.raises(ProblemError), work.accepted(5_000, owner=owner):
                    pass
    assert work.waiting_characters == 0


def test_batches_are_begun_for_each_owner_in_turn() -> None:
    gate, seen = threading.Event(), []

    def annotate(documents):
        assert gate.wait(10)
        seen.append(documents[0].id)
        return documents

    async def ask() -> None:
        with Batcher(lambda key: annotate, n_threads=1) as batcher:
            waiting = []
            for number in range(4):
                # As long as a batch: none is annotated beside another.
                document = Document(f"a{number}", "x" * 40_000)
                waiting.append(
                    asyncio.ensure_future(batcher.annotate("model", [document], owner="a"))
                )
            await asyncio.sleep(0.05)
            for owner in "bc":
                document = Document(owner, "x" * 40_000)
                waiting.append(
                    asyncio.ensure_future(batcher.annotate("model", [document], owner=owner))
                )
            await asyncio.sleep(0.05)
            gate.set()
            await asyncio.gather(*waiting)

    asyncio.run(ask())
    assert seen == ["a0", "b", "c", "a1", "a2", "a3"]


def test_explanations_of_one_key_leave_slots_and_turns_for_others(monkeypatch) -> None:
    gate, seen = threading.Event(), []

    def answer(self, model, way, asked, given_up):
        assert gate.wait(10)
        seen.append(asked.document.id)
        return []

    monkeypatch.setattr(Explanations, "_answer", answer)
    way = Way("balanced", "occlusion", 2, 0)

    async def ask() -> list[int | None]:
        with Explanations(seconds=10) as explanations:

            def question(owner, name):
                asked = Question(Document(name, "x"))
                return asyncio.ensure_future(explanations.explain(None, way, asked, owner=owner))

            of_one = [question("a", f"a{number}") for number in range(6)]
            await asyncio.sleep(0.05)
            others = [question("b", "b0"), question("c", "c0")]
            await asyncio.sleep(0.05)
            gate.set()
            found = await asyncio.gather(*of_one, *others, return_exceptions=True)
        return [one.status if isinstance(one, ProblemError) else None for one in found]

    assert asyncio.run(ask()) == [None] * 4 + [429] * 2 + [None] * 2
    # Whoever has one answered already waits for those who have none yet.
    assert seen == ["a0", "b0", "c0", "a1", "a2", "a3"]


# Jobs.


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def test_jobs_are_taken_from_each_key_in_turn_the_oldest_first(database) -> None:
    store = JobStore(database, kept=DAY)
    left = {"a1": "a", "a2": "a", "a3": "a", "n1": None, "b1": "b", "n2": None}
    for job_id, key_id in left.items():
        store.add(job_id.ljust(32, "0"), "text/plain", {}, key_id=key_id)
    taken = [store.claim().id.rstrip("0") for _ in left]
    # Those that nobody's key left count as one key's.
    assert taken == ["a1", "n1", "b1", "a2", "n2", "a3"]
    assert store.claim() is None


def test_a_long_job_lets_those_of_other_keys_in_between(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(attempt_module, "_TURN_SECONDS", 0.0)
    made = KeyedService(tmp_path)
    lines = lambda n: (json.dumps({"text": "Aspirin helps."}) + "\n") * n  # noqa: E731
    with TestClient(create_application(made.settings)) as client:
        state = client.app.state.service
        steps = []
        advance = JobStore.advance

        def noting(store, job, **how_far):
            steps.append((job.id, how_far["n_done"]))
            advance(store, job, **how_far)

        monkeypatch.setattr(JobStore, "advance", noting)
        with monkeypatch.context() as patched:
            patched.setattr(JobStore, "claim", lambda _: None)
            ids = []
            for n_documents in (600, 3):
                headers = {**made.key(Scope.JOBS), "Content-Type": "application/x-ndjson"}
                answer = client.post("/v1/jobs", content=lines(n_documents), headers=headers)
                ids.append(answer.json()["id"])
        state.runner.wake()
        while any(not state.jobs.find(one).is_over for one in ids):
            client.portal.call(asyncio.sleep, 0.05)
        assert [steps.index((ids[0], n)) for n in (200, 400, 600)] == [0, 2, 3]
        assert steps.index((ids[1], 3)) == 1
        done = state.jobs.find(ids[0])
        # Continued where it was, without a copy of what was there.
        [part] = (state.files.folder / ids[0]).iterdir()
        assert part.name == f"result-{done.part}" and part.stat().st_size == done.result_bytes
        assert part.read_text().count("\n") == 600
    made.database.close()
