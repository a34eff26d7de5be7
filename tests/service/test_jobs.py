import gzip
import json
import os
import stat
import time

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

import bioweave
from bioweave.formats import document_to_json
from bioweave.service import ServiceSettings, create_application
from bioweave.service.jobs import attempt as attempt_module
from bioweave.service.jobs import runner as runner_module
from bioweave.service.settings import Limits
from bioweave.service.state import State
from bioweave.service.storage import JobStore

TEXT = "Aspirin may cause gastric ulcers in the rat."
NDJSON = {"Content-Type": "application/x-ndjson"}
PACKED = {"Content-Encoding": "gzip"}


@pytest.fixture
def service(database_url, tmp_path):
    limits = Limits(line_bytes=50_000)
    settings = ServiceSettings(
        database=database_url,
        data=tmp_path,
        job_bytes=300_000,
        hosts=("testserver",),
        limits=limits,
    )
    with TestClient(create_application(settings)) as client:
        yield client


def state_of(client) -> State:
    return client.app.state.service


def lines_of(n_documents: int) -> str:
    return "".join(json.dumps({"id": str(n), "text": TEXT}) + "\n" for n in range(n_documents))


def finished(client, job_id: str) -> dict:
    for _ in range(600):
        job = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_job_is_accepted_worked_off_fetched_and_removed(service, tmp_path) -> None:
    body = lines_of(450) + "no json\n"
    answer = service.post("/v1/jobs", content=body, headers=NDJSON, params={"labels": "Chemical"})
    assert answer.status_code == 202
    job_id = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    job = finished(service, job_id)
    assert (job["state"], job["documents_done"], job["documents_failed"]) == ("done", 451, 1)

    result = service.get(f"/v1/jobs/{job_id}/result")
    found = [json.loads(line) for line in result.iter_lines()]
    assert [one["id"] for one in found[:450]] == [str(n) for n in range(450)]
    annotator = bioweave.Annotator(bioweave.load().bundle, labels=["Chemical"])
    assert found[7]["mentions"] == document_to_json(annotator(TEXT))["mentions"]
    assert "line 451" in found[450]["failed"]["reason"]

    files = state_of(service).files
    [left] = (tmp_path / "jobs" / job_id).iterdir()
    assert left.name.startswith("result-") and stat.S_IMODE(left.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "jobs").stat().st_mode) == 0o700
    assert service.delete(f"/v1/jobs/{job_id}").status_code == 204
    assert files.ages() == {}
    for gone in (f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/result"):
        assert service.get(gone).status_code == 404
    assert service.delete(f"/v1/jobs/{job_id}").status_code == 404


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"x" * 400_000, NDJSON, 413),
        (gzip.compress(b" " * 400_000), {**NDJSON, "Content-Encoding": "gzip"}, 413),
        (gzip.compress(b"x"), NDJSON, 400),
        (gzip.compress(b"\x1f") + gzip.compress(b"\x8b x"), {**NDJSON, **PACKED}, 400),
        (b"{" + b" " * 60_000, NDJSON, 413),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"x", {"Content-Type": "image/png"}, 415),
    ],
)
def test_a_wrong_upload_leaves_nothing_behind(service, content, headers, status) -> None:
    answer = service.post("/v1/jobs", content=content, headers=headers)
    assert answer.status_code == status
    assert state_of(service).files.ages() == {}
    assert state_of(service).jobs.ids() == set()


def test_an_upload_that_is_no_document_at_all_fails_with_its_reason(service) -> None:
    for body, media_type, told in (
        ("", "application/x-ndjson", "empty"),
        ("<a>", "application/xml", "collection"),
    ):
        headers = {"Content-Type": media_type}
        job_id = service.post("/v1/jobs", content=body, headers=headers).json()["id"]
        job = finished(service, job_id)
        [line] = service.get(f"/v1/jobs/{job_id}/result").iter_lines()
        assert (job["state"], job["documents_failed"]) == ("done", 1)
        assert told in json.loads(line)["failed"]["reason"]


ASKED = {"model": "default", "mode": "balanced", "labels": None, "link": False}


def test_a_result_that_is_not_there_yet_is_a_conflict(service, monkeypatch) -> None:
    store = JobStore
    with monkeypatch.context() as patched:
        patched.setattr(store, "claim", lambda self: None)
        job_id = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON).json()["id"]
        answer = service.get(f"/v1/jobs/{job_id}/result")
        assert answer.status_code == 409 and "retry-after" in answer.headers
    assert finished(service, job_id)["state"] == "done"


@pytest.mark.parametrize("line", ['{"text": "Gout.", "x": NaN}', '{"text": "Gout.", "x": 1e999}'])
def test_what_is_no_json_fails_alone(service, line) -> None:
    body = line + "\n" + lines_of(2)
    job_id = service.post("/v1/jobs", content=body, headers=NDJSON).json()["id"]
    job = finished(service, job_id)
    assert (job["documents_done"], job["documents_failed"]) == (3, 1)


def test_an_error_of_ours_ends_the_job_and_no_other(service, monkeypatch, caplog) -> None:
    def broken(*_: object) -> None:
        raise KeyError(TEXT)

    with monkeypatch.context() as patched:
        patched.setattr(attempt_module, "_lines", broken)
        job_id = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON).json()["id"]
        job = finished(service, job_id)
    assert job["state"] == "failed" and "KeyError" in job["reason"]
    assert TEXT not in caplog.text
    assert service.get("/readyz").status_code == 200
    job_id = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON).json()["id"]
    assert finished(service, job_id)["state"] == "done"


def test_a_job_whose_upload_is_gone_fails(service) -> None:
    state = state_of(service)
    state.jobs.add("d" * 32, "application/x-ndjson", ASKED)
    (state.files.folder / ("d" * 32)).mkdir()
    state.runner.wake()
    assert finished(service, "d" * 32)["reason"] == "its upload is gone"


def test_an_overtaken_attempt_spoils_nothing(service) -> None:
    """Two attempts at one job: what the first writes after the second began does not count."""
    state = state_of(service)
    files, job_id = state.files, "e" * 32
    files.close(files.create_upload(job_id))
    files.begin_part(job_id, "a", None, 0)
    assert files.append(job_id, "a", 0, b"one\ntwo\n") == 8
    files.begin_part(job_id, "b", "a", 4)
    files.append(job_id, "a", 8, b"late\n")
    assert files.append(job_id, "b", 4, b"2\n") == 6
    assert files.part(job_id, "b").read_bytes() == b"one\n2\n"
    files.keep_only(job_id, "b")
    assert [one.name for one in (files.folder / job_id).iterdir()] == ["result-b"]


def test_a_job_that_never_gets_further_is_given_up(service, monkeypatch) -> None:
    monkeypatch.setattr(attempt_module, "_ATTEMPTS", 0)
    job_id = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON).json()["id"]
    job = finished(service, job_id)
    assert job["state"] == "failed" and "given up" in job["reason"]
    answer = service.get(f"/v1/jobs/{job_id}/result")
    assert answer.status_code == 409 and "given up" in answer.json()["detail"]


def test_what_a_kill_left_behind_is_cleared_away(service, monkeypatch) -> None:
    state = state_of(service)
    abandoned, fresh = "1" * 32, "2" * 32
    for job_id in (abandoned, fresh):
        state.files.close(state.files.create_upload(job_id))
    long_ago = time.time() - runner_module._ABANDONED.total_seconds() - 10
    for one in (state.files.upload(abandoned), state.files.folder / abandoned):
        os.utime(one, (long_ago, long_ago))
    state.runner._clear()
    assert set(state.files.ages()) == {fresh}


def test_ids_are_not_paths(service) -> None:
    for job_id in ("..", "%2e%2e", "a" * 31, "A" * 32, "a" * 33):
        assert service.get(f"/v1/jobs/{job_id}").status_code in (404, 422)


def test_a_database_that_is_away_is_told_and_the_job_waits(service, monkeypatch) -> None:
    state = state_of(service)
    store = type(state.jobs)

    def away(*_: object) -> None:
        raise OperationalError("select", {}, OSError("no connection"))

    with monkeypatch.context() as patched:
        patched.setattr(store, "find", away)
        answer = service.get("/v1/jobs/" + "c" * 32)
        assert answer.status_code == 503 and "database" in answer.json()["detail"]
        patched.setattr(store, "claim", away)
        job_id = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON).json()["id"]
        time.sleep(0.3)
        assert service.get("/healthz").status_code == 200
    assert finished(service, job_id)["documents_done"] == 3


def test_a_full_disk_is_told(service, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(type(state_of(service).files), "create_upload", full)
    answer = service.post("/v1/jobs", content=lines_of(3), headers=NDJSON)
    assert answer.status_code == 507 and "No space left" in answer.json()["detail"]
