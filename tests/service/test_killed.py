"""Jobs across kills: what was accepted is finished after a restart, each document once."""

import json
import random
import subprocess
import sys
import time
import urllib.request

TEXT = "Aspirin may cause gastric ulcers in the rat. " * 3
N_DOCUMENTS = 1_000


def started(folder, database_url):
    command = [sys.executable, "-m", "bioweave.cli", "serve", "--port", "0"]
    command += ["--data", str(folder), "--database", database_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1]


def asked(url: str, body: bytes | None = None):
    headers = {"Content-Type": "application/x-ndjson"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        return answer.read()


def test_accepted_jobs_survive_kills_each_document_once(
    tmp_path, database_url, monkeypatch
) -> None:
    lines = [json.dumps({"id": str(n), "text": TEXT}) + "\n" for n in range(N_DOCUMENTS)]
    process, url = started(tmp_path, database_url)
    try:
        ids = [
            json.loads(asked(f"{url}/v1/jobs", "".join(lines[part::2]).encode()))["id"]
            for part in range(2)
        ]
        chance = random.Random(7)
        for _ in range(3):
            time.sleep(chance.uniform(0.05, 0.8))
            process.kill()
            process.communicate()
            process, url = started(tmp_path, database_url)
        deadline = time.monotonic() + 300
        for part, job_id in enumerate(ids):
            while (job := json.loads(asked(f"{url}/v1/jobs/{job_id}")))["state"] != "done":
                assert job["state"] != "failed" and time.monotonic() < deadline, job
                time.sleep(0.2)
            assert job["documents_failed"] == 0
            result = asked(f"{url}/v1/jobs/{job_id}/result").decode().splitlines()
            found = [json.loads(line) for line in result]
            expected = [str(n) for n in range(N_DOCUMENTS)][part::2]
            assert [one["id"] for one in found] == expected
            assert all(len(one["mentions"]) == 9 for one in found)
    finally:
        process.kill()
        process.communicate()
