import asyncio
import json
import re

import pytest
from fastapi.testclient import TestClient

from bioweave.service import ServiceSettings, create_application
from bioweave.service.middleware import SECURITY_HEADERS, Faults


def test_health_and_readiness(client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_models_are_told_with_what_they_find(client) -> None:
    [model] = client.get("/v1/models").json()["models"]
    assert model["name"] == "default"
    assert model["labels"] == ["Disease", "Chemical", "Gene", "Species"]
    assert set(model["linked_labels"]) == {"Disease", "Chemical", "Species"}
    assert re.fullmatch("[0-9a-f]{16}", model["fingerprint"])


def measured(client, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_count_what_was_annotated(client) -> None:
    names = {
        'bioweave_documents_total{model="default"}': 1,
        'bioweave_characters_total{model="default"}': len("Aspirin."),
        'bioweave_words_total{model="default"}': 2,
        'bioweave_mentions_total{label="Chemical",model="default"}': 1,
        'bioweave_requests_total{method="POST",route="/v1/annotate",status="200"}': 1,
        'bioweave_requests_total{method="any",route="none",status="404"}': 1,
    }
    before = {name: measured(client, name) for name in names}
    assert len(client.post("/v1/annotate", json={"text": "Aspirin."}).json()["mentions"]) == 1
    client.get("/no/such/path/of-mine")
    after = {name: measured(client, name) for name in names}
    assert {name: after[name] - before[name] for name in names} == names
    assert "of-mine" not in client.get("/metrics").text
    assert measured(client, "bioweave_waiting_characters") == 0


def test_every_answer_has_the_security_headers(client) -> None:
    for path in ("/healthz", "/nothing", "/v1/models"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_pages_of_other_sites_cannot_use_it(client, headers, status) -> None:
    answer = client.post("/v1/annotate", json={"text": "Gout."}, headers=headers)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_names_have_no_case(tmp_path) -> None:
    application = create_application(ServiceSettings(hosts=("Annotate.Example",), data=tmp_path))
    named = {"Host": "annotate.EXAMPLE:8000", "Origin": "http://annotate.example:8000"}
    with TestClient(application) as client:
        answer = client.post("/v1/annotate", json={"text": "Gout."}, headers=named)
    assert answer.status_code == 200


def test_what_the_end_breaks_off_is_told_to_come_again() -> None:
    sent = []

    async def answer(message) -> None:
        sent.append(message)

    async def broken_off() -> None:
        task = asyncio.create_task(Faults(endless)({"type": "http"}, None, answer))
        await asyncio.sleep(0)
        task.cancel()
        await task

    async def endless(*_: object) -> None:
        await asyncio.Event().wait()

    asyncio.run(broken_off())
    begin, rest = sent
    headers = dict(begin["headers"])
    assert begin["status"] == json.loads(rest["body"])["status"] == 503
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"retry-after"] == b"5"


def test_what_nobody_foresaw_is_answered_and_not_quoted(client, monkeypatch, caplog) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the patient's name")

    monkeypatch.setattr("bioweave.service.routes.annotating.answer_type", broken)
    answer = client.post("/v1/annotate", json={"text": "Gout."})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "RuntimeError" in caplog.text and "patient" not in caplog.text + answer.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/models", "GET"),
        ("/v1/jobs/" + "a" * 32, "DELETE, GET"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
def test_what_can_be_done_at_a_path_is_told(client, path, allowed) -> None:
    answer = client.patch(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_it_is_not_ready_once_jobs_are_not_worked_on(client, monkeypatch) -> None:
    monkeypatch.setattr(client.app.state.service.runner, "is_working", False)
    assert client.get("/readyz").status_code == 503
