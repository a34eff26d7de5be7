"""What a key has opened ends with the key."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from keyed_service import KeyedService, key_id
from sqlalchemy.exc import OperationalError

from bioweave.service import create_application
from bioweave.service.keys import Scope
from bioweave.service.routes import guarding
from bioweave.service.routes import jobs as jobs_routes
from bioweave.service.state import State

LINE = json.dumps({"text": "Aspirin helps."}).encode() + b"\n"
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def keyed(tmp_path, monkeypatch):
    monkeypatch.setattr(guarding, "_AGAIN_SECONDS", 0.1)
    made = KeyedService(tmp_path)
    with TestClient(create_application(made.settings)) as client:
        made.client = client
        state: State = client.app.state.service
        monkeypatch.setattr(state.admission.keys, "_fresh", 0.1)
        yield made
    made.database.close()


def revoke(keyed: KeyedService, headers: dict[str, str]) -> None:
    assert keyed.store.revoke(key_id(headers)) is not None


class Exchange:
    """A request by hand: its parts are sent, and the answer's read, one by one."""

    def __init__(
        self, application, path: str, headers: dict[str, str], *, method="POST", ahead=0
    ) -> None:
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [
                (name.lower().encode(), value.encode())
                for name, value in {"Host": "testserver", **headers}.items()
            ],
        }
        self.body: asyncio.Queue[dict] = asyncio.Queue()
        self.answer: asyncio.Queue[dict] = asyncio.Queue(ahead)
        self.task = asyncio.create_task(application(self.scope, self.body.get, self.answer.put))

    def send(self, part: bytes) -> None:
        self.body.put_nowait({"type": "http.request", "body": part, "more_body": True})


@pytest.mark.parametrize("way", ["revoked", "expired"])
def test_a_stream_ends_soon_after_its_key_and_says_so(keyed, way) -> None:
    mine = keyed.key(Scope.ANNOTATE, kept=timedelta(seconds=3 if way == "expired" else 60))

    async def ask() -> tuple[dict, float]:
        exchange = Exchange(keyed.client.app, "/v1/annotate", {**mine, **NDJSON})
        exchange.send(LINE)
        start, first = [await exchange.answer.get() for _ in range(2)]
        assert start["status"] == 200 and b"Aspirin" in first["body"]
        # Nothing more comes: the stream waits for its client.
        if way == "revoked":
            revoke(keyed, mine)
        began = time.monotonic()
        last = await asyncio.wait_for(exchange.answer.get(), 20)
        seconds = time.monotonic() - began
        await exchange.task
        return last, seconds

    last, seconds = keyed.client.portal.call(ask)
    assert way in json.loads(last["body"])["failed"]["reason"]
    assert seconds < 6
    assert keyed.client.app.state.service.work.waiting_characters == 0


def test_a_stream_of_a_key_that_stays_goes_on(keyed) -> None:
    mine = keyed.key(Scope.ANNOTATE)

    async def ask() -> list[bytes]:
        exchange = Exchange(keyed.client.app, "/v1/annotate", {**mine, **NDJSON})
        found = []
        for _ in range(3):
            exchange.send(LINE)
            message = await exchange.answer.get()
            if message["type"] == "http.response.start":
                message = await exchange.answer.get()
            found.append(message["body"])
            await asyncio.sleep(0.3)
        exchange.body.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        assert (await exchange.answer.get())["body"] == b""
        await exchange.task
        return found

    assert [json.loads(one)["mentions"][0]["text"] for one in keyed.client.portal.call(ask)] == [
        "Aspirin"
    ] * 3


def test_a_result_that_is_being_fetched_breaks_off_with_its_key(keyed, monkeypatch) -> None:
    monkeypatch.setattr(jobs_routes, "_PIECE", 100)
    mine, client = keyed.key(Scope.JOBS), keyed.client
    job_id = client.post("/v1/jobs", content=LINE * 50, headers={**mine, **NDJSON}).json()["id"]
    while client.get(f"/v1/jobs/{job_id}", headers=mine).json()["state"] != "done":
        time.sleep(0.05)

    async def fetch() -> tuple[int, int]:
        path = f"/v1/jobs/{job_id}/result"
        exchange = Exchange(client.app, path, mine, method="GET", ahead=1)
        start = await exchange.answer.get()
        promised = int(dict(start["headers"])[b"content-length"])
        revoke(keyed, mine)
        n_bytes = 0
        while not exchange.task.done() or not exchange.answer.empty():
            await asyncio.sleep(0.05)
            while not exchange.answer.empty():
                n_bytes += len(exchange.answer.get_nowait().get("body", b""))
        return n_bytes, promised

    n_bytes, promised = client.portal.call(fetch)
    assert 0 < n_bytes < promised
    # It does not count as fetched.
    assert keyed.client.app.state.service.jobs.find(job_id) is not None


def test_an_upload_is_not_taken_from_a_key_that_ends_meanwhile(keyed) -> None:
    mine, client = keyed.key(Scope.JOBS), keyed.client

    async def leave() -> dict:
        exchange = Exchange(client.app, "/v1/jobs", {**mine, **NDJSON})
        exchange.send(LINE)
        await asyncio.sleep(0.3)
        revoke(keyed, mine)
        start = await asyncio.wait_for(exchange.answer.get(), 20)
        await exchange.task
        return start

    assert client.portal.call(leave)["status"] == 401
    state: State = client.app.state.service
    assert state.files.ages() == {} and state.jobs.ids() == set()


def test_while_nobody_can_tell_a_stream_goes_on(keyed, monkeypatch) -> None:
    mine = keyed.key(Scope.ANNOTATE)

    def away(*_: object) -> None:
        raise OperationalError("select", {}, OSError("no connection"))

    async def ask() -> bytes:
        exchange = Exchange(keyed.client.app, "/v1/annotate", {**mine, **NDJSON})
        exchange.send(LINE)
        for _ in range(2):
            await exchange.answer.get()
        ring = keyed.client.app.state.service.admission.keys
        monkeypatch.setattr(ring._store, "find", away)
        await asyncio.sleep(0.5)
        exchange.send(LINE)
        answer = await exchange.answer.get()
        exchange.body.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        await exchange.task
        return answer["body"]

    assert b"Aspirin" in keyed.client.portal.call(ask)
