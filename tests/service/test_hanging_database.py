"""A database that says nothing any more, and does not refuse either: packets that get lost."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from postgresql_server import running_postgresql
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bioweave.service.keys import Scope, new_key, read_key
from bioweave.service.keys.form import new_key_id
from bioweave.service.storage import Database, KeyStore, StorageThreads
from bioweave.service.storage import database as database_module
from bioweave.service.storage.threads import StorageBusy

SERVE = """
import sys
from pathlib import Path
from bioweave.service import ServiceSettings
from bioweave.service.running import run
settings = ServiceSettings(data=Path(sys.argv[1]), database=sys.argv[2], needs_keys=True)
run(settings, host="127.0.0.1", port=0)
"""


class Swallower:
    """Passes on what is sent to a socket and what comes back, until it swallows all of it."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.is_swallowing = False
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    async def _pass_on(self, reader, writer) -> None:
        self._tasks.add(asyncio.current_task())
        # Whoever connects while nothing comes through is taken, and hears nothing.
        there_reader, there_writer = await asyncio.open_unix_connection(self._target)
        try:
            await asyncio.gather(self._copy(reader, there_writer), self._copy(there_reader, writer))
        except OSError:
            pass
        finally:
            writer.close()
            there_writer.close()

    async def _copy(self, reader, writer) -> None:
        while piece := await reader.read(1 << 16):
            if not self.is_swallowing:
                writer.write(piece)
                await writer.drain()
        writer.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.stop()


@contextmanager
def behind_a_swallower() -> Iterator[tuple[Swallower, str]]:
    """The way to a PostgreSQL server, and the URL that leads along it."""
    with running_postgresql() as server:
        folder = server.url.partition("host=")[2]
        swallower = Swallower(f"{folder}/.s.PGSQL.5432")
        try:
            yield swallower, f"postgresql+psycopg://tester@127.0.0.1:{swallower.port}/postgres"
        finally:
            swallower.close()


@pytest.fixture(scope="module")
def swallowing() -> Iterator[tuple[Swallower, str]]:
    with behind_a_swallower() as both:
        yield both


def test_what_is_asked_of_a_database_that_hangs_ends(swallowing, monkeypatch) -> None:
    swallower, url = swallowing
    monkeypatch.setattr(database_module, "_SILENCE_SECONDS", 1)
    monkeypatch.setitem(database_module._POSTGRESQL, "connect_timeout", 2)
    database = Database(url)
    database.ping()
    swallower.is_swallowing = True
    try:
        for _ in range(2):
            began = time.monotonic()
            # First a connection that was there already, then one that cannot be made.
            with pytest.raises(OperationalError):
                database.ping()
            assert time.monotonic() - began < 8
    finally:
        swallower.is_swallowing = False
    database.ping()
    database.end_soon()
    database.ping()
    swallower.is_swallowing = True
    try:
        with pytest.raises(OperationalError), database.session() as session:
            session.execute(text("SELECT 1"))
        began = time.monotonic()
        # The service ends: nobody waits for it a second time.
        with pytest.raises(SQLAlchemyError, match="ends"), database.session():
            pass
        assert time.monotonic() - began < 0.5
    finally:
        swallower.is_swallowing = False
        database.close()


def test_a_long_statement_is_given_up_in_sqlite_too(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(database_module, "ANSWER_SECONDS", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    endless = (
        "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count) "
        "SELECT max(n) FROM count"
    )
    began = time.monotonic()
    with pytest.raises(OperationalError, match="interrupted"), database.session() as session:
        session.execute(text(endless))
    assert time.monotonic() - began < 5
    database.ping()
    # Somebody else has the file for himself.
    with database.engine.connect() as other:
        other.execute(text("BEGIN EXCLUSIVE"))
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"), database.session() as session:
            session.execute(text("DELETE FROM jobs"))
        assert time.monotonic() - began < 5
    database.close()


def test_storage_has_few_threads_and_nobody_waits_for_ever() -> None:
    gate = threading.Event()

    async def ask() -> None:
        storage = StorageThreads(1, waiting=2, seconds=0.2)
        began = time.monotonic()
        calls = [asyncio.create_task(storage(gate.wait, 10)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StorageBusy, match="2 wait"):
            await storage(gate.wait, 10)
        for call in calls:
            with pytest.raises(StorageBusy, match="within"):
                await call
        assert time.monotonic() - began < 3
        # The thread is at it still, and counts; what had not begun is not begun.
        assert storage._n_calls == 1
        gate.set()
        assert await storage(int, "7") == 7
        storage.close()

    asyncio.run(ask())


# All of it, in a process that can be told to end.


def asked(url: str, key: str, path: str, body: bytes | None = None) -> tuple[int, str, float]:
    """Status, content type, seconds."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    began = time.monotonic()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url + path, body, headers), timeout=60
        ) as answer:
            status, kind = answer.status, answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        with error:
            status, kind = error.code, error.headers["Content-Type"]
    return status, kind, time.monotonic() - began


def test_a_service_whose_database_hangs_answers_and_ends_in_time(tmp_path) -> None:
    with behind_a_swallower() as (swallower, url):
        database = Database(url)
        keys = [new_key(new_key_id()) for _ in range(3)]
        for key in keys:
            secret = read_key(key)
            KeyStore(database).add(secret.key_id, "somebody", list(Scope), secret.hash)
        database.close()
        known, *unknown = keys
        command = [sys.executable, "-u", "-c", SERVE, str(tmp_path), url]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        try:
            at = process.stdout.readline().split()[-1]
            body = json.dumps({"text": "Aspirin helps."}).encode()
            assert asked(at, known, "/v1/annotate", body)[0] == 200
            swallower.is_swallowing = True
            time.sleep(3.5)
            # It is looked up anew, in vain, and goes on all the same.
            status, _, seconds = asked(at, known, "/v1/annotate", body)
            assert status == 200 and seconds < 10
            for key, path in (
                (known, f"/v1/jobs/{'a' * 32}"),
                *((key, "/v1/models") for key in unknown),
            ):
                status, kind, seconds = asked(at, key, path)
                assert (status, kind) == (503, "application/problem+json"), path
                assert seconds < 15, path
            assert asked(at, known, "/healthz")[0] == 200
            assert asked(at, known, "/readyz")[0] == 503
            # What needs no database is as quick as ever, however many wait for it.
            waiting = [
                threading.Thread(target=asked, args=(at, known, f"/v1/jobs/{'a' * 32}"))
                for _ in range(20)
            ]
            for one in waiting:
                one.start()
            assert asked(at, known, "/v1/annotate", body)[2] < 5
            for one in waiting:
                one.join()
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.communicate(timeout=90)
            assert time.monotonic() - began < 45
        finally:
            process.kill()
            process.communicate()
