"""Jobs across kills: what was accepted is finished after a restart, each document once."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from postgresql_server import running_postgresql

TEXT = "Aspirin may cause gastric ulcers in the rat. " * 8
N_DOCUMENTS = 2_400
# A short lease, or every restart would wait for the one before.
SERVE = """
import sys
from pathlib import Path
from bioweave.service import ServiceSettings
from bioweave.service.running import run
settings = ServiceSettings(data=Path(sys.argv[1]), database=sys.argv[2], job_lease_seconds=1)
run(settings, host="127.0.0.1", port=0)
"""


def started(folder, database_url):
    command = [sys.executable, "-u", "-c", SERVE, str(folder), database_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    return process, process.stdout.readline().split()[-1]


def asked(url: str, body: bytes | None = None, media_type: str = "application/x-ndjson"):
    headers = {"Content-Type": media_type}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        return answer.read()


def seen(url: str, ids: list[str]) -> list[dict]:
    return [json.loads(asked(f"{url}/v1/jobs/{job_id}")) for job_id in ids]


def uploaded(url: str) -> list[str]:
    """Two jobs with every other line each; their ids."""
    lines = [json.dumps({"id": str(n), "text": TEXT}) + "\n" for n in range(N_DOCUMENTS)]
    return [
        json.loads(asked(f"{url}/v1/jobs", "".join(lines[part::2]).encode()))["id"]
        for part in range(2)
    ]


def check_results(url: str, ids: list[str]) -> None:
    for part, job in enumerate(seen(url, ids)):
        assert job["documents_failed"] == 0
        found = [
            json.loads(line)
            for line in asked(f"{url}/v1/jobs/{job['id']}/result").decode().splitlines()
        ]
        expected = [str(n) for n in range(N_DOCUMENTS)][part::2]
        assert [one["id"] for one in found] == expected
        assert {len(one["mentions"]) for one in found} == {24}


def until_done(ids: list[str], n_kills: int, url: str, kill: Callable[[str], str]) -> str:
    """Kill so often, each time once the jobs have got further, and wait for them to be done.

    `kill` gets the service's URL and returns it once all is started again; so does this.
    """
    kills, done = 0, 0
    deadline = time.monotonic() + 400
    while True:
        jobs = seen(url, ids)
        if all(job["state"] == "done" for job in jobs):
            break
        assert time.monotonic() < deadline, jobs
        assert all(job["state"] != "failed" for job in jobs)
        n_done = sum(job["documents_done"] for job in jobs)
        # In the midst of a job, whatever step it is at.
        if kills < n_kills and n_done > done:
            kills, done = kills + 1, n_done
            url = kill(url)
        time.sleep(0.03)
    assert kills == n_kills
    return url


def test_accepted_jobs_survive_kills_each_document_once(tmp_path, database_url) -> None:
    process, url = started(tmp_path, database_url)

    def kill(_: str) -> str:
        nonlocal process
        process.kill()
        process.communicate()
        process, again = started(tmp_path, database_url)
        return again

    try:
        ids = uploaded(url)
        check_results(until_done(ids, 4, url, kill), ids)
    finally:
        process.kill()
        process.communicate()


def test_accepted_jobs_survive_the_kills_of_the_database(tmp_path) -> None:
    with running_postgresql(is_safe=True) as database:
        process, url = started(tmp_path, database.url)

        def kill(url: str) -> str:
            database.kill()
            # What needs no database is answered, and what does says so.
            assert b"mentions" in asked(f"{url}/v1/annotate", TEXT.encode(), "text/plain")
            with pytest.raises(urllib.error.HTTPError) as caught:
                seen(url, ids)
            with caught.value as refused:
                assert refused.code == 503
            database.start()
            return url

        try:
            ids = uploaded(url)
            check_results(until_done(ids, 3, url, kill), ids)
        finally:
            process.kill()
            process.communicate()
