"""Who may do what, over HTTP."""

import asyncio
import json
import re
import time
from datetime import timedelta

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from keyed_service import KeyedService, key_id
from sqlalchemy.exc import OperationalError

from bioweave.errors import ConfigurationError
from bioweave.service import ServiceSettings, create_application
from bioweave.service.admission.clients import network_of
from bioweave.service.keys import KeyRing, Scope, new_key, read_key
from bioweave.service.keys.form import new_key_id
from bioweave.service.problems import too_busy
from bioweave.service.settings import ConnectionLimits
from bioweave.service.state import State

OPEN = {"/healthz", "/readyz", "/", "/assets/{name}", "/monitor"}
BODY = {"text": "Gout."}
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    made = KeyedService(tmp_path_factory.mktemp("keyed"))
    with TestClient(create_application(made.settings)) as client:
        made.client = client
        yield made
    made.database.close()


def test_every_route_asks_for_a_scope_or_is_meant_to_be_open(keyed) -> None:
    described = keyed.client.get("/openapi.json").json()
    scheme = described["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == (path not in OPEN), path
            if path not in OPEN:
                [[scope]] = [one["key"] for one in operation["security"]]
                assert scope in set(Scope)
                assert {"401", "403", "429", "503"} <= set(operation["responses"])


def test_no_route_lets_the_framework_read_a_body_before_its_key_is_seen(keyed) -> None:
    routes = list(iter_route_contexts(keyed.client.app.routes))
    assert "/v1/annotate" in {one.path for one in routes}
    assert [one.path for one in routes if getattr(one, "body_field", None) is not None] == []


def test_a_key_opens_what_it_was_made_for(keyed) -> None:
    client, mine = keyed.client, keyed.key(Scope.ANNOTATE)
    assert client.post("/v1/annotate", json=BODY, headers=mine).status_code == 200
    for method, path, scope in (
        ("GET", "/v1/models", "read"),
        ("GET", "/metrics", "read"),
        ("POST", "/v1/jobs", "jobs"),
        ("DELETE", f"/v1/jobs/{'a' * 32}", "jobs"),
    ):
        answer = client.request(method, path, headers=mine)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert f'error="insufficient_scope", scope="{scope}"' in answer.headers["www-authenticate"]
        assert f"the scope {scope}" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (None, None),
        ("Basic YTpi", None),
        ("Bearer", None),
        ("Bearer nonsense", "a key is bw_"),
        (f"Bearer {new_key(new_key_id())}", "no such key"),
    ],
)
def test_whoever_has_no_key_is_told_so(keyed, header, told) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = keyed.client.post("/v1/annotate", json=BODY, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="bioweave"')
    assert ("invalid_token" in challenge) == (told is not None)
    if told is not None:
        assert told in challenge and told in answer.json()["detail"]
    assert "retry-after" not in answer.headers


def test_health_and_the_page_need_no_key(keyed) -> None:
    for path in ("/healthz", "/readyz", "/", "/assets/keys.js", "/openapi.json"):
        assert keyed.client.get(path).status_code == 200, path


def test_a_key_revoked_or_rotated_while_the_service_runs(keyed, monkeypatch) -> None:
    mine = keyed.key(Scope.READ)
    assert keyed.client.get("/v1/models", headers=mine).status_code == 200
    ring: KeyRing = keyed.client.app.state.service.admission.keys
    monkeypatch.setattr(ring, "_fresh", 0.0)
    keyed.store.revoke(key_id(mine))
    answer = keyed.client.get("/v1/models", headers=mine)
    assert answer.status_code == 401 and "revoked" in answer.json()["detail"]


def test_refusals_are_counted_and_no_key_is_logged(keyed, caplog) -> None:
    wrong = {"Authorization": f"Bearer {new_key(new_key_id())}"}
    reader = keyed.key(Scope.READ)
    keyed.client.get("/v1/models", headers=wrong)
    keyed.client.post("/v1/annotate", json=BODY, headers=reader)
    shown = keyed.client.get("/metrics", headers=reader).text
    for reason in ("unknown", "scope"):
        assert f'bioweave_turned_away_total{{reason="{reason}"}}' in shown
    assert "bw_" not in shown + caplog.text


def test_a_job_belongs_to_the_key_that_left_it(keyed) -> None:
    client, mine, other = keyed.client, keyed.key(Scope.JOBS), keyed.key(*Scope)
    body = json.dumps({"id": "1", "text": "Aspirin helps."}) + "\n"
    job = client.post("/v1/jobs", content=body, headers={**mine, **NDJSON}).json()
    path = f"/v1/jobs/{job['id']}"
    for _ in range(600):
        if client.get(path, headers=mine).json()["state"] == "done":
            break
        time.sleep(0.05)
    absent = client.get(f"/v1/jobs/{'0' * 32}", headers=other).json()["detail"]
    for method, where in (("GET", path), ("GET", path + "/result"), ("DELETE", path)):
        answer = client.request(method, where, headers=other)
        assert answer.status_code == 404
        # Nothing tells it from one that is not there.
        assert answer.json()["detail"] == absent.replace("0" * 32, job["id"])
    [line] = client.get(path + "/result", headers=mine).iter_lines()
    assert json.loads(line)["mentions"][0]["text"] == "Aspirin"
    fresh = new_key(key_id(mine))
    keyed.store.rotate(key_id(mine), read_key(fresh).hash, grace=timedelta())
    assert client.get(path, headers={"Authorization": f"Bearer {fresh}"}).status_code == 200
    assert client.delete(path, headers={"Authorization": f"Bearer {fresh}"}).status_code == 204


def test_corrections_belong_to_the_key_that_sent_them(keyed) -> None:
    client = keyed.client
    mine, other = keyed.key(Scope.FEEDBACK), keyed.key(Scope.FEEDBACK)
    admin = keyed.key(Scope.FEEDBACK, Scope.ADMIN, Scope.READ)
    [model] = client.get("/v1/models", headers=admin).json()["models"]
    body = {
        "document": {"id": "text", "text": "Gout."},
        "model": "default",
        "fingerprint": model["fingerprint"],
        "found": [],
        "correct": [{"start": 0, "end": 4, "label": "Disease"}],
    }
    first = client.post("/v1/feedback", json=body, headers=mine)
    assert first.status_code == 201
    # The same document by somebody else tells nothing of the first, and replaces nothing.
    second = client.post("/v1/feedback", json=body, headers=other)
    assert second.status_code == 201 and not second.json()["replaced"]
    path = f"/v1/feedback/{first.json()['id']}"
    assert client.delete(path, headers=other).status_code == 404
    removed = client.delete("/v1/feedback?document=text", headers=other).json()
    assert removed == {"removed": 1}
    assert client.post("/v1/feedback", json=body, headers=mine).json()["replaced"]
    assert client.delete("/v1/feedback?document=text", headers=other).json() == {"removed": 0}
    assert client.delete("/v1/feedback?document=text", headers=admin).json() == {"removed": 1}


def test_a_service_that_nobody_could_use_does_not_start(tmp_path) -> None:
    settings = ServiceSettings(data=tmp_path, needs_keys=True)
    with pytest.raises(ConfigurationError, match=r"bioweave keys create NAME .*--data"):
        create_application(settings)
    secret = settings.model_copy(update={"database": f"sqlite:///{tmp_path}/x?timeout=5"})
    with pytest.raises(ConfigurationError) as caught:
        create_application(secret)
    assert "timeout" not in str(caught.value)


# How often, and how much.


@pytest.fixture
def limited(tmp_path):
    made = KeyedService(tmp_path, requests_per_minute=4, characters_per_minute=100)
    with TestClient(create_application(made.settings)) as client:
        made.client = client
        yield made
    made.database.close()


def test_a_key_that_asks_too_often_is_told_when_to_come_again(limited) -> None:
    client, mine, other = limited.client, limited.key(Scope.READ), limited.key(Scope.READ)
    seen = [client.get("/v1/models", headers=mine) for _ in range(5)]
    assert [one.status_code for one in seen] == [200] * 4 + [429]
    assert seen[0].headers["ratelimit-policy"] == '"requests";q=4;w=60, "characters";q=100;w=60'
    assert [one.headers["ratelimit"].split(";")[1] for one in seen] == [
        "r=3",
        "r=2",
        "r=1",
        "r=0",
        "r=0",
    ]
    refused = seen[-1]
    assert 1 <= int(refused.headers["retry-after"]) <= 15
    assert refused.headers["content-type"] == "application/problem+json"
    assert "4 requests in a minute" in refused.json()["detail"]
    assert client.get("/v1/models", headers=other).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_text_is_limited_as_well(limited) -> None:
    client, mine = limited.client, limited.key(Scope.ANNOTATE)
    long = {"text": "Gout. " * 16}
    assert client.post("/v1/annotate", json=long, headers=mine).status_code == 200
    answer = client.post("/v1/annotate", json=long, headers=mine)
    assert answer.status_code == 429 and "100 characters" in answer.json()["detail"]
    assert '"characters";r=4;' in answer.headers["ratelimit"]


def test_one_key_has_no_more_requests_under_way_than_are_left_for_others(tmp_path) -> None:
    made = KeyedService(tmp_path, connection_limits=ConnectionLimits(connections=8))
    with TestClient(create_application(made.settings)) as client:
        mine, other = made.key(Scope.ANNOTATE), made.key(Scope.ANNOTATE)
        admission = client.app.state.service.admission

        async def ask() -> list[int]:
            transport = httpx.ASGITransport(client.app)
            gate = asyncio.Event()

            async def withheld():
                await gate.wait()
                yield json.dumps(BODY).encode()

            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as one:
                asked = [
                    asyncio.create_task(one.post("/v1/annotate", content=withheld(), headers=key))
                    for key in ({**mine, **JSON},) * 6
                ]
                await asyncio.sleep(0.3)
                told = await one.post("/v1/annotate", json=BODY, headers=other)
                gate.set()
                answers = [*await asyncio.gather(*asked), told]
            return [answer.status_code for answer in answers]

        assert client.portal.call(ask) == [200] * 4 + [429] * 2 + [200]
        assert admission.under_way.total == 0
    made.database.close()


def left_of(answer, what: str) -> int:
    [found] = re.findall(rf'"{what}";r=(\d+);', answer.headers["ratelimit"])
    return int(found)


def test_what_is_refused_for_want_of_room_is_not_paid_for(limited, monkeypatch) -> None:
    client, mine = limited.client, limited.key(Scope.ANNOTATE)
    state: State = client.app.state.service
    text = {"text": "Gout. " * 16}
    documents = {"documents": [{"id": "1", "text": "Gout. " * 16}]}

    async def busy(*_: object, **__: object) -> None:
        raise too_busy(3)

    with monkeypatch.context() as patched:
        patched.setattr(type(state.work), "annotate", busy)
        patched.setattr(type(state.explanations), "explain", busy)
        for path in ("/v1/annotate", "/v1/explain"):
            answer = client.post(path, json=text, headers=mine)
            assert answer.status_code == 429 and "waiting" in answer.json()["detail"]
            assert left_of(answer, "characters") == 100
    answer = client.post("/v1/convert?to=csv", json=documents, headers=mine)
    assert answer.status_code == 200 and left_of(answer, "characters") == 4


def test_a_stream_goes_on_as_fast_as_its_key_may(tmp_path) -> None:
    made = KeyedService(tmp_path, characters_per_minute=6_000)
    line = json.dumps({"text": "x" * 3_000}) + "\n"
    headers = {**NDJSON, **made.key(Scope.ANNOTATE)}
    with TestClient(create_application(made.settings)) as client:
        began = time.monotonic()
        lines = line * 2 + json.dumps({"text": "x" * 50}) + "\n"
        answer = client.post("/v1/annotate", content=lines, headers=headers)
    assert len(answer.text.splitlines()) == 3
    # 50 characters at 100 a second.
    assert time.monotonic() - began >= 0.4
    made.database.close()


def test_wrong_keys_from_one_address_are_soon_not_looked_at(limited, monkeypatch) -> None:
    client = limited.client
    mine = limited.key(Scope.READ)
    assert client.get("/v1/models", headers=mine).status_code == 200
    seen = [
        client.get("/v1/models", headers={"Authorization": f"Bearer {new_key(new_key_id())}"})
        for _ in range(22)
    ]
    assert [one.status_code for one in seen] == [401] * 20 + [429] * 2
    assert int(seen[-1].headers["retry-after"]) >= 1
    # A key that is known already goes on from there.
    assert client.get("/v1/models", headers=mine).status_code == 200
    assert client.get("/v1/models", headers=limited.key(Scope.READ)).status_code == 429


def test_wrong_keys_that_are_sent_at_once_are_counted_before_they_are_looked_up(limited) -> None:
    client = limited.client

    async def ask_all() -> list[int]:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as other:
            wrong = [{"Authorization": f"Bearer {new_key(new_key_id())}"} for _ in range(60)]
            asked = [other.get("/v1/models", headers=one) for one in wrong]
            return [one.status_code for one in await asyncio.gather(*asked)]

    statuses = client.portal.call(ask_all)
    assert sorted(set(statuses)) == [401, 429] and statuses.count(401) == 20


def test_without_keys_addresses_are_limited_where_that_is_asked_for(tmp_path) -> None:
    settings = ServiceSettings(hosts=("testserver",), data=tmp_path, requests_per_minute=2)
    with TestClient(create_application(settings)) as client:
        seen = [client.get("/v1/models") for _ in range(3)]
        assert [one.status_code for one in seen] == [200, 200, 429]
        described = client.get("/openapi.json").json()
        assert "securitySchemes" not in described["components"]
        assert not any(
            "security" in one or "401" in one["responses"]
            for path in described["paths"].values()
            for one in path.values()
        )


def test_without_limits_nothing_is_told_of_them(client) -> None:
    assert "ratelimit" not in client.get("/v1/models").headers
    assert ServiceSettings().client_rates == (None, None)
    assert ServiceSettings(needs_keys=True).client_rates == (600, 6_000_000)
    assert ServiceSettings(needs_keys=True, requests_per_minute=0).client_rates[0] is None


def test_addresses_of_one_household_are_one_client() -> None:
    assert network_of("2001:db8:0:1::5") == network_of("2001:db8:0:1:ffff::9")
    assert network_of("2001:db8:0:1::5") != network_of("2001:db8:0:2::5")
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("testclient") == "testclient"


def test_while_the_database_is_away_a_key_it_never_saw_is_503(keyed, monkeypatch) -> None:
    state: State = keyed.client.app.state.service

    def away(*_: object) -> None:
        raise OperationalError("select", {}, OSError("no connection"))

    known, unknown = keyed.key(Scope.READ), keyed.key(Scope.READ)
    assert keyed.client.get("/v1/models", headers=known).status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(state.admission.keys._store, "find", away)
        patched.setattr(state.admission.keys, "_fresh", 0.0)
        assert keyed.client.get("/v1/models", headers=known).status_code == 200
        answer = keyed.client.get("/v1/models", headers=unknown)
        assert answer.status_code == 503 and "retry-after" in answer.headers
    monkeypatch.setattr(state.admission.keys, "_away_until", float("-inf"))
    assert keyed.client.get("/v1/models", headers=unknown).status_code == 200
