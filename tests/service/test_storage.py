import threading
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from bioweave.errors import ConfigurationError
from bioweave.service import ServiceSettings, create_application
from bioweave.service.storage import Database, JobState, JobStore
from bioweave.service.storage import jobs as jobs_module
from bioweave.service.storage.jobs import JobLost
from bioweave.service.storage.tables import Table

DAY = timedelta(days=1)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def test_migrations_lead_to_the_tables_as_they_are(database, database_url) -> None:
    seen = inspect(database.engine)
    for name, table in Table.metadata.tables.items():
        columns = {one["name"]: one for one in seen.get_columns(name)}
        assert set(columns) == set(table.columns.keys())
        for column in table.columns:
            # A primary key is never null, whether or not that is said.
            if not column.primary_key:
                assert columns[column.name]["nullable"] == column.nullable, column
        indexed = {tuple(one["column_names"]) for one in seen.get_indexes(name)}
        assert indexed == {tuple(column.name for column in one.columns) for one in table.indexes}
    Database(database_url).close()  # opened again, there is nothing to do


def test_a_job_goes_its_way(database) -> None:
    store = JobStore(database, kept=DAY)
    added = store.add("a" * 32, "text/plain", {"mode": "recall"})
    assert store.find(added.id) == added and added.state is JobState.WAITING
    assert added.expires - added.created == DAY and added.created.tzinfo == UTC
    claimed = store.claim()
    assert claimed is not None and claimed.state is JobState.RUNNING
    assert claimed.asked == {"mode": "recall"}
    assert store.claim() is None
    store.advance(claimed, n_done=3, n_failed=1, result_bytes=5_000_000_000)
    store.finish(claimed.id)
    done = store.find(claimed.id)
    assert (done.state, done.n_done, done.n_failed, done.result_bytes) == (
        JobState.DONE,
        3,
        1,
        5_000_000_000,
    )
    assert done.is_over and store.claim() is None
    assert store.remove(done.id) and not store.remove(done.id)
    assert store.find(done.id) is None


def test_the_oldest_comes_first(database) -> None:
    store = JobStore(database, kept=DAY)
    ids = [letter * 32 for letter in "cab"]
    for one in ids:
        store.add(one, "text/plain", {})
    assert [store.claim().id for _ in ids] == ids


def test_a_job_whose_worker_died_goes_to_another_who_alone_may_change_it(
    database, monkeypatch
) -> None:
    dead, alive = JobStore(database, kept=DAY), JobStore(database, kept=DAY)
    dead.add("a" * 32, "text/plain", {})
    job = dead.claim()
    dead.advance(job, n_done=2, n_failed=0, result_bytes=10)
    assert alive.claim() is None
    later = datetime.now(UTC) + jobs_module.LEASE + timedelta(seconds=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    monkeypatch.setattr(jobs_module, "datetime", Later)
    again = alive.claim()
    assert (again.id, again.n_done, again.result_bytes) == (job.id, 2, 10)
    for change in (
        lambda: dead.hold(job.id),
        lambda: dead.finish(job.id),
        lambda: dead.advance(job, n_done=9, n_failed=0, result_bytes=99),
    ):
        with pytest.raises(JobLost):
            change()
    assert alive.find(job.id).n_done == 2


def test_of_many_that_try_at_once_one_gets_the_job(database) -> None:
    JobStore(database, kept=DAY).add("a" * 32, "text/plain", {})
    stores = [JobStore(database, kept=DAY) for _ in range(8)]
    together, claimed = threading.Barrier(len(stores)), []

    def claim(store: JobStore) -> None:
        together.wait()
        claimed.append(store.claim())

    threads = [threading.Thread(target=claim, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in claimed) == 1


def test_expired_jobs_are_told(database) -> None:
    past = JobStore(database, kept=-DAY)
    for job_id in ("a" * 32, "b" * 32):
        # Only what is over expires: an accepted job is finished however long it waits.
        past.add(job_id, "text/plain", {})
    past.finish(past.claim().id)
    store = JobStore(database, kept=DAY)
    assert store.expired() == ["a" * 32]
    assert store.ids() == {"a" * 32, "b" * 32}


def test_a_session_is_kept_whole_or_not_at_all(database) -> None:
    store = JobStore(database, kept=DAY)

    def spoil(session: Session) -> None:
        session.execute(Table.metadata.tables["jobs"].delete())
        raise KeyError("on the way")

    store.add("a" * 32, "text/plain", {})
    with pytest.raises(KeyError), database.session() as session:
        spoil(session)
    assert store.ids() == {"a" * 32}


@pytest.mark.parametrize(
    ("url", "told"),
    [("nonsense", "URL"), ("sqlite:////no/such/folder/x", "x"), ("oracle9://x", "URL")],
)
def test_a_database_that_cannot_be_opened_is_told(url, told) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Database(url)


def test_what_lies_on_the_disk_is_the_services_alone(tmp_path) -> None:
    data = tmp_path / "data"
    settings = ServiceSettings(data=data)
    with TestClient(create_application(settings)):
        private = [data, *data.glob("service.sqlite*")]
        assert len(private) >= 2
        assert {path.stat().st_mode & 0o077 for path in private} == {0}
    # One that an earlier version left open to others is closed.
    (data / "service.sqlite").chmod(0o644)
    Database(settings.database_url).close()
    assert (data / "service.sqlite").stat().st_mode & 0o077 == 0
