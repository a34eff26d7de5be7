"""Room: for bodies that arrive, for jobs, and on the disk; and what is told of it."""

import asyncio
import json
import re
import shutil
import time
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from bioweave.service import ServiceSettings, create_application
from bioweave.service.admission import Arriving, Uploads
from bioweave.service.jobs import JobFiles, JobRunner, ResultRoom
from bioweave.service.jobs.room import NoRoom, ResultTooLong
from bioweave.service.problems import ProblemError
from bioweave.service.settings import JobQuota, Limits
from bioweave.service.state import State
from bioweave.service.storage import Database, Job, JobCounts, JobState, JobStore, Usage

NDJSON = {"Content-Type": "application/x-ndjson"}
LINE = json.dumps({"id": "1", "text": "Aspirin may cause gastric ulcers."}) + "\n"
DAY = timedelta(days=1)


# Bodies that arrive.


def test_bodies_take_room_as_they_arrive_and_give_it_back() -> None:
    arriving = Arriving(100)
    with arriving.body() as one, arriving.body() as other:
        one.cover(60)
        other.cover(30)
        other.cover(20)
        assert arriving.n_bytes == 90
        with pytest.raises(ProblemError) as caught:
            one.cover(71)
        assert caught.value.status == 429 and "Retry-After" in caught.value.headers
        assert arriving.n_bytes == 90
        one.cover(70)
    assert arriving.n_bytes == 0
    with arriving.body() as alone:
        # Bounded by what a body may be, or it could never be sent.
        alone.cover(500)
        assert arriving.n_bytes == 500
    assert arriving.n_bytes == 0


@pytest.fixture
def service(tmp_path):
    settings = ServiceSettings(
        data=tmp_path,
        hosts=("testserver",),
        limits=Limits(arriving_bytes=1_000),
        job_quota=JobQuota(jobs=2, bytes=2_000, free_bytes=0, result_ratio=0),
    )
    with TestClient(create_application(settings)) as client:
        yield client


def state_of(client) -> State:
    return client.app.state.service


def test_a_body_without_a_length_is_refused_while_others_fill_the_room(service) -> None:
    parts = lambda: (json.dumps({"text": "Gout. " * 100}).encode() for _ in range(1))  # noqa: E731
    with state_of(service).admission.arriving.body() as other:
        other.cover(900)
        answer = service.post("/v1/annotate", content=parts())
        assert answer.status_code == 429 and "bodies arrive" in answer.json()["detail"]
    assert service.post("/v1/annotate", content=parts()).status_code == 200
    assert state_of(service).admission.arriving.n_bytes == 0


def test_who_declares_much_and_sends_nothing_keeps_nobody_out(service) -> None:
    async def ask():
        sent = []

        async def never():
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/annotate",
            "query_string": b"",
            "headers": [(b"host", b"testserver"), (b"content-length", b"30000000")],
        }
        slow = asyncio.create_task(service.app(scope, never, send))
        await asyncio.sleep(0.1)
        taken = (
            state_of(service).work.waiting_characters,
            state_of(service).admission.arriving.n_bytes,
        )
        await slow
        return taken, sent[0]["status"]

    assert asyncio.run(ask()) == ((0, 0), 400)


# Jobs.


def usage(n_unfinished: int, n_bytes: int, owner: str | None = "a") -> dict[str | None, Usage]:
    return {owner: Usage(n_unfinished, n_bytes)}


QUOTA = JobQuota(
    jobs=5, jobs_per_key=2, bytes=1_000, bytes_per_key=400, free_bytes=0, result_ratio=0
)


def test_each_key_has_so_many_jobs_and_all_have_so_many(tmp_path) -> None:
    uploads = Uploads(tmp_path, QUOTA)
    with uploads.upload("a", usage(1, 0)):
        for owner, used in (("a", usage(1, 0)), ("b", usage(4, 0))):
            with pytest.raises(ProblemError) as caught, uploads.upload(owner, used):
                pass
            assert caught.value.status == 429 and "Retry-After" in caught.value.headers
        with uploads.upload("b", usage(1, 0)):
            pass
    with uploads.upload("a", usage(1, 0)):
        pass
    # Without keys nobody has a quota of his own.
    with uploads.upload(None, usage(3, 0, None)):
        pass


def test_uploads_under_way_count_and_give_back_what_they_took(tmp_path) -> None:
    uploads = Uploads(tmp_path, QUOTA)
    with uploads.upload("a", usage(0, 100)) as first:
        first.grow(200)
        with uploads.upload("a", usage(0, 100)) as second:
            second.grow(100)
            with pytest.raises(ProblemError) as caught:
                second.grow(1)
            assert caught.value.status == 507 and "DELETE" in caught.value.detail
            assert second.n_bytes == 100
        first.grow(100)
        # What came into the database meanwhile counts at the end.
        with pytest.raises(ProblemError):
            first.renew(usage(1, 101))
    with uploads.upload("b", usage(0, 800)) as third:
        third.grow(200)
        with pytest.raises(ProblemError) as caught:
            third.grow(1)
        assert caught.value.status == 507
        with pytest.raises(ProblemError):
            third.expect(201)
    assert uploads.arriving.total() == 0


def test_the_disk_is_not_filled(tmp_path, monkeypatch) -> None:
    disk = namedtuple("disk", "free")
    uploads = Uploads(tmp_path, JobQuota(free_bytes=1_000, result_ratio=0))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk(1_500))
    with uploads.upload(None, {}) as upload:
        upload.expect(500)
        with pytest.raises(ProblemError) as caught:
            upload.expect(501)
        assert caught.value.status == 507 and "disk" in caught.value.detail
        upload.grow(4 * 2**20)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: disk(900))
        with pytest.raises(ProblemError):
            upload.grow(5 * 2**20)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


def test_what_jobs_take_is_counted_by_key(database) -> None:
    store, counts = JobStore(database, kept=DAY), JobCounts(database)
    assert counts.usage() == {}
    assert counts.backlog().oldest_waiting_seconds == 0
    for job_id, owner in (("a", "k" * 12), ("b", "k" * 12), ("c", None)):
        store.add(job_id * 32, "text/plain", {}, key_id=owner, upload_bytes=3 * 10**9)
    job = store.claim()
    assert job.key_id == "k" * 12
    store.advance(job, n_done=1, n_failed=0, result_bytes=500)
    assert counts.usage() == {"k" * 12: Usage(2, 6 * 10**9 + 500), None: Usage(1, 3 * 10**9)}
    store.finish(job.id)
    # The upload is removed by then, the result stays.
    assert counts.usage()["k" * 12] == Usage(1, 3 * 10**9 + 500)
    backlog = counts.backlog()
    assert backlog.by_state == {
        JobState.WAITING: 2,
        JobState.RUNNING: 0,
        JobState.DONE: 1,
        JobState.FAILED: 0,
    }
    assert 0 <= backlog.oldest_waiting_seconds < 60


def test_a_fetched_result_is_kept_for_a_shorter_time_but_never_longer(database) -> None:
    store = JobStore(database, kept=timedelta(hours=2))
    store.add("a" * 32, "text/plain", {})
    store.finish(store.claim().id)
    for hours, left in ((1, 1), (3, 1), (0.5, 0.5)):
        store.fetched("a" * 32, kept=timedelta(hours=hours))
        ends = store.find("a" * 32).expires - datetime.now(UTC)
        assert ends.total_seconds() == pytest.approx(left * 3600, abs=60)


def test_what_a_kill_left_of_a_finished_job_is_cleared_away(database, tmp_path) -> None:
    """Between the end of a job and the removal of its text, and of attempts before the last."""
    store, files = JobStore(database, kept=DAY), JobFiles(tmp_path / "jobs")
    for job_id, reason in (("b" * 32, None), ("c" * 32, "it failed")):
        files.close(files.create_upload(job_id))
        for part in ("one", "two"):
            files.begin_part(job_id, part, None, 0)
        store.add(job_id, "text/plain", {})
        job = store.claim()
        store.begin_part(job, "two")
        store.finish(job_id, reason)
    runner = JobRunner(store, files, None, None, None)
    runner._clear()
    assert [one.name for one in (files.folder / ("b" * 32)).iterdir()] == ["result-two"]
    assert list((files.folder / ("c" * 32)).iterdir()) == []


def test_room_is_kept_for_results_that_are_not_there_yet(database, tmp_path) -> None:
    store, counts = JobStore(database, kept=DAY), JobCounts(database)
    for job_id in ("a", "b"):
        store.add(job_id * 32, "text/plain", {}, key_id="k" * 12, upload_bytes=100)
    store.advance(store.claim(), n_done=1, n_failed=0, result_bytes=250)
    assert counts.usage(result_ratio=3) == {"k" * 12: Usage(2, 450, 50 + 300)}
    quota = QUOTA.model_copy(update={"result_ratio": 3.0})
    uploads = Uploads(tmp_path, quota)
    with uploads.upload("a", {"b": Usage(1, 400, 200)}) as upload:
        upload.expect(100)
        for size in (101, 201):
            with pytest.raises(ProblemError) as caught:
                upload.expect(size)
            assert caught.value.status == 507


def job_with_result(n_bytes: int, key_id: str | None = "k" * 12) -> Job:
    now = datetime.now(UTC)
    return Job(
        id="a" * 32,
        state=JobState.RUNNING,
        created=now,
        expires=now,
        media_type="text/plain",
        asked={},
        n_done=0,
        n_failed=0,
        result_bytes=n_bytes,
        reason=None,
        attempts=1,
        part=None,
        key_id=key_id,
    )


def test_a_result_stays_within_its_own_its_keys_and_everybodys_bounds(
    tmp_path, monkeypatch
) -> None:
    used = {"k" * 12: Usage(1, 300), None: Usage(1, 500)}
    quota = QUOTA.model_copy(update={"result_bytes": 350})
    room = ResultRoom(tmp_path, quota, lambda: used)
    job = job_with_result(300)
    room.check(job, 300, 50)
    with pytest.raises(ResultTooLong, match="more than 350 bytes"):
        room.check(job, 300, 51)
    with pytest.raises(ResultTooLong, match="DELETE"):
        room.check(job, 0, 101)
    # Without a key there is none of its own to go beyond.
    used[None] = Usage(1, 650)
    with pytest.raises(NoRoom, match="1,000 bytes"):
        room.check(job_with_result(0, None), 0, 51)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("disk", "free")(49))
    with pytest.raises(NoRoom, match="disk"):
        room.check(job, 0, 50)


def test_a_job_that_outgrows_its_bound_fails_and_leaves_nothing(tmp_path) -> None:
    quota = JobQuota(result_bytes=2_000, free_bytes=0)
    settings = ServiceSettings(data=tmp_path, hosts=("testserver",), job_quota=quota)
    with TestClient(create_application(settings)) as client:
        job_id = client.post("/v1/jobs", content=LINE * 40, headers=NDJSON).json()["id"]
        finished(client, job_id)
        job = client.get(f"/v1/jobs/{job_id}").json()
        assert job["state"] == "failed" and "more than 2,000 bytes" in job["reason"]
        answer = client.get(f"/v1/jobs/{job_id}/result")
        assert answer.status_code == 409 and "fewer documents" in answer.json()["detail"]
        assert list((tmp_path / "jobs" / job_id).iterdir()) == []


def test_a_job_waits_for_a_nearly_full_disk_to_be_cleared(service, monkeypatch, caplog) -> None:
    monkeypatch.setattr("bioweave.service.jobs.runner._NO_ROOM", timedelta(seconds=0.05))
    monkeypatch.setattr("bioweave.service.jobs.attempt._ATTEMPTS", 1)
    with monkeypatch.context() as patched:
        patched.setattr(ResultRoom, "check_disk", no_room)
        job_id = service.post("/v1/jobs", content=LINE, headers=NDJSON).json()["id"]
        for _ in range(100):
            if caplog.text.count("jobs wait: the disk is nearly full") >= 3:
                break
            time.sleep(0.05)
        # However often it was tried.
        assert service.get(f"/v1/jobs/{job_id}").json()["state"] in ("waiting", "running")
        assert measured(service, 'bioweave_jobs_stalled{reason="room"}') == 1
        assert measured(service, 'bioweave_jobs_stalled{reason="database"}') == 0
    finished(service, job_id)
    assert service.get(f"/v1/jobs/{job_id}").json()["state"] == "done"
    for _ in range(100):
        if measured(service, 'bioweave_jobs_stalled{reason="room"}') == 0:
            break
        time.sleep(0.05)
    assert measured(service, 'bioweave_jobs_stalled{reason="room"}') == 0


def no_room(*_: object) -> None:
    raise NoRoom("the disk is nearly full")


def test_a_job_that_found_no_room_for_too_long_fails(service, monkeypatch) -> None:
    monkeypatch.setattr("bioweave.service.jobs.runner._NO_ROOM", timedelta(seconds=0.05))
    monkeypatch.setattr(state_of(service).runner, "_patience", timedelta(seconds=0.2))
    monkeypatch.setattr(ResultRoom, "check_disk", no_room)
    job_id = service.post("/v1/jobs", content=LINE, headers=NDJSON).json()["id"]
    finished(service, job_id)
    job = service.get(f"/v1/jobs/{job_id}").json()
    assert job["state"] == "failed" and "no room for its result" in job["reason"]


def test_attempts_on_a_full_disk_do_not_fill_it_further(tmp_path, monkeypatch) -> None:
    files = JobFiles(tmp_path / "jobs")
    files.close(files.create_upload("a" * 32))
    files.begin_part("a" * 32, "one", None, 0)
    files.append("a" * 32, "one", 0, b"x" * 100)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bioweave.service.jobs.files._copy", full)
    with pytest.raises(OSError, match="No space"):
        files.begin_part("a" * 32, "two", "one", 100)
    folder = files.folder / ("a" * 32)
    assert {one.name for one in folder.iterdir()} == {"upload", "result-one"}
    # Once another has all of it, the earlier ones go.
    files.begin_part("a" * 32, "three", None, 0)
    files.keep_parts("a" * 32, "three")
    assert {one.name for one in folder.iterdir()} == {"upload", "result-three"}


def finished(client, job_id: str) -> None:
    for _ in range(600):
        if client.get(f"/v1/jobs/{job_id}").json()["state"] in ("done", "failed"):
            return
        time.sleep(0.05)
    raise AssertionError(job_id)


def test_over_http_too_much_is_refused_and_leaves_nothing(service, monkeypatch) -> None:
    answer = service.post("/v1/jobs", content=LINE * 40, headers=NDJSON)
    assert answer.status_code == 507 and "2,000" in answer.json()["detail"]
    unlengthed = (LINE.encode() for _ in range(40))
    assert service.post("/v1/jobs", content=unlengthed, headers=NDJSON).status_code == 507
    assert state_of(service).files.ages() == {} and state_of(service).jobs.ids() == set()
    with monkeypatch.context() as patched:
        patched.setattr(JobStore, "claim", lambda _: None)
        ids = [
            service.post("/v1/jobs", content=LINE, headers=NDJSON).json()["id"] for _ in range(2)
        ]
        answer = service.post("/v1/jobs", content=LINE, headers=NDJSON)
        assert answer.status_code == 429 and "retry-after" in answer.headers
        assert measured(service, 'bioweave_jobs{state="waiting"}') == 2
        assert measured(service, "bioweave_jobs_oldest_waiting_seconds") > 0
    for job_id in ids:
        finished(service, job_id)
    assert measured(service, 'bioweave_job_documents_total{outcome="annotated"}') == 2
    assert measured(service, 'bioweave_jobs{state="waiting"}') == 0
    before = service.get(f"/v1/jobs/{ids[0]}").json()["expires"]
    assert service.get(f"/v1/jobs/{ids[0]}/result").text.count("\n") == 1
    after = service.get(f"/v1/jobs/{ids[0]}").json()["expires"]
    shorter = datetime.fromisoformat(before) - datetime.fromisoformat(after)
    assert shorter.total_seconds() == pytest.approx(23 * 3600, abs=120)


def measured(client, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1])


# Whether it is ready.


def test_it_is_not_ready_without_its_folder_or_its_database(service, monkeypatch, tmp_path) -> None:
    readiness = state_of(service).readiness
    monkeypatch.setattr("bioweave.service.readiness._FRESH_SECONDS", 0.0)
    assert service.get("/readyz").status_code == 200

    def away(_: object) -> None:
        raise OperationalError("select", {}, OSError("no connection"))

    with monkeypatch.context() as patched:
        patched.setattr(Database, "ping", away)
        answer = service.get("/readyz")
        assert answer.status_code == 503 and "database" in answer.json()["detail"]
    with monkeypatch.context() as patched:
        patched.setattr(readiness, "_folder", tmp_path / "gone")
        answer = service.get("/readyz")
        assert answer.status_code == 503 and "cannot be written" in answer.json()["detail"]
    with monkeypatch.context() as patched:
        patched.setattr("bioweave.service.readiness._WAIT_SECONDS", 0.05)
        patched.setattr(Database, "ping", lambda _: time.sleep(0.5))
        answer = service.get("/readyz")
        assert answer.status_code == 503 and "does not answer" in answer.json()["detail"]
        time.sleep(0.6)
    assert service.get("/readyz").status_code == 200


def test_probes_do_not_become_a_load(service, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("bioweave.service.readiness._FRESH_SECONDS", 60.0)
    monkeypatch.setattr(state_of(service).readiness, "_looked_at", float("-inf"))
    monkeypatch.setattr(Database, "ping", lambda _: asked.append(1))
    for _ in range(20):
        assert service.get("/readyz").status_code == 200
    assert len(asked) == 1


def test_metrics_are_told_while_the_database_is_away(service, monkeypatch) -> None:
    def away(_: object) -> None:
        raise OperationalError("select", {}, OSError("no connection"))

    assert 'bioweave_jobs{state="done"}' in service.get("/metrics").text
    monkeypatch.setattr(JobCounts, "backlog", away)
    shown = service.get("/metrics")
    assert shown.status_code == 200 and "bioweave_jobs{" not in shown.text
    assert "bioweave_jobs_oldest_waiting_seconds NaN" in shown.text
