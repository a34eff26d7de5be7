"""Corrections over HTTP: what is kept of them, for how long, and what is refused."""

import json
import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bioweave.formats import read_documents
from bioweave.service import ServiceSettings, create_application
from bioweave.service.storage import FeedbackStore
from bioweave.service.storage.tables import FeedbackRow

TEXT = "Aspirin may cause gastric ulcers in the rat.\0"
ASPIRIN = {"start": 0, "end": 7, "label": "Chemical", "concepts": [{"id": "MESH:D001241"}]}
ULCERS = {"start": 18, "end": 32, "label": "Disease"}
RAT = {"start": 40, "end": 43, "label": "Species"}


def opened(database_url, tmp_path, **more):
    settings = ServiceSettings(database=database_url, data=tmp_path, hosts=("testserver",), **more)
    return TestClient(create_application(settings))


@pytest.fixture
def service(database_url, tmp_path):
    with opened(database_url, tmp_path) as client:
        yield client


@pytest.fixture
def keeping(database_url, tmp_path):
    with opened(database_url, tmp_path, store_text=True) as client:
        yield client


def fingerprint(client) -> str:
    return client.get("/v1/models").json()["models"][0]["fingerprint"]


def sent(client, *, found=(ASPIRIN, RAT), correct=(ASPIRIN, ULCERS), text=TEXT, **more):
    body = {
        "document": {"id": more.pop("id", "note 7"), "text": text},
        "model": "default",
        "fingerprint": fingerprint(client),
        "found": list(found),
        "correct": list(correct),
        **more,
    }
    return client.post("/v1/feedback", json=body)


def records(client, **query) -> list[dict]:
    answer = client.get("/v1/feedback", params=query)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def store_of(client) -> FeedbackStore:
    return client.app.state.service.feedback


def test_a_correction_is_counted_and_kept_without_its_text(service) -> None:
    answer = sent(service, comment="the ulcers of Mrs X")
    assert answer.status_code == 201
    said = answer.json()
    assert said["text_kept"] is False and said["replaced"] is False
    kept_for = datetime.fromisoformat(said["expires"]) - datetime.fromisoformat(said["created"])
    assert kept_for == timedelta(days=90)
    assert said["counts"] == {
        "Disease": {"right": 0, "wrong": 0, "missed": 1},
        "Chemical": {"right": 1, "wrong": 0, "missed": 0},
        "Gene": {"right": 0, "wrong": 0, "missed": 0},
        "Species": {"right": 0, "wrong": 1, "missed": 0},
    }
    [record] = records(service)
    assert record["id"] == said["id"] and record["characters"] == len(TEXT)
    assert record["correct"] == [ASPIRIN, {**ULCERS, "concepts": []}]
    assert records(service, form="documents") == []
    assert service.get("/v1/feedback-terms").json() == {"text_kept": False, "days": 90}


def test_nothing_of_a_text_or_of_a_documents_name_is_in_the_database(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'service.sqlite'}"
    with opened(url, tmp_path) as client:
        assert sent(client, comment="the ulcers of Mrs X").status_code == 201
    with sqlite3.connect(tmp_path / "service.sqlite") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert 'INSERT INTO "feedback"' in dump
    for secret in ("Aspirin may", "ulcers", "note 7", "Mrs"):
        assert secret not in dump
    key = tmp_path / "feedback.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_bytes()) == 32


def test_where_it_is_allowed_texts_come_back_as_documents_to_train_on(keeping, tmp_path) -> None:
    assert sent(keeping, comment="twice").json()["text_kept"] is True
    [record] = records(keeping)
    assert record["document"] == {"id": "note 7", "text": TEXT, "comment": "twice"}
    exported = tmp_path / "train.jsonl"
    exported.write_bytes(keeping.get("/v1/feedback", params={"form": "documents"}).content)
    [document] = read_documents(exported)
    assert (document.id, document.text) == ("note 7", TEXT)
    assert [(one.text, one.label) for one in document.checked().mentions] == [
        ("Aspirin", "Chemical"),
        ("gastric ulcers", "Disease"),
    ]
    assert document.mentions[0].concepts[0].id == "MESH:D001241"


def test_a_second_correction_takes_the_place_of_the_first(service) -> None:
    first = sent(service)
    again = sent(service, correct=[RAT])
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["replaced"] is True
    [record] = records(service)
    assert record["id"] == again.json()["id"] != first.json()["id"]
    # Another text under the same name, and the same text under another name, are others.
    assert sent(service, text=TEXT + "!").status_code == 201
    assert sent(service, id="note 8").status_code == 201
    assert len(records(service)) == 3


def test_corrections_are_removed_by_their_id_and_by_their_document(service) -> None:
    kept = sent(service, id="a").json()["id"]
    for text in (TEXT, TEXT + "!"):
        sent(service, id="b", text=text)
    removed = service.delete("/v1/feedback", params={"document": "b"})
    assert removed.json() == {"removed": 2}
    assert service.delete("/v1/feedback", params={"document": "b"}).json() == {"removed": 0}
    assert service.delete("/v1/feedback").status_code == 422
    assert service.delete(f"/v1/feedback/{kept}").status_code == 204
    assert service.delete(f"/v1/feedback/{kept}").status_code == 404
    assert records(service) == []


def test_old_corrections_are_swept_away(service) -> None:
    old = sent(service, id="old").json()["id"]
    sent(service, id="new")
    state = service.app.state.service
    with store_of(service)._database.session() as session:
        days = datetime.now(UTC) - timedelta(days=91)
        session.execute(update(FeedbackRow).where(FeedbackRow.id == old).values(created=days))
    state.monitor._swept = float("-inf")
    state.monitor.evaluate()
    assert [one["id"] for one in records(service)] != [old] and len(records(service)) == 1


def test_an_export_goes_through_all_pages(service, monkeypatch) -> None:
    monkeypatch.setattr("bioweave.service.storage.feedback._PAGE", 3)
    ids = [sent(service, id=str(number)).json()["id"] for number in range(7)]
    assert [one["id"] for one in records(service)] == ids


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"correct": [{"start": 40, "end": 99, "label": "Species"}]}, 422, "outside"),
        ({"found": [{"start": 7, "end": 7, "label": "Species"}]}, 422, "empty"),
        ({"found": [{"start": 0, "end": 7, "label": "Chemical", "text": "x"}]}, 422, "match"),
        ({"correct": [{"start": 0, "end": 7, "label": "Drug"}]}, 422, "Disease, Chemical"),
        ({"found": [{"start": -1, "end": 7, "label": "Gene"}]}, 422, "found.0.start"),
        ({"found": [{"start": 10**30, "end": 10**31, "label": "Gene"}]}, 422, "outside"),
        ({"correct": [{**ASPIRIN, "concepts": [{"id": "two words"}]}]}, 422, "concepts"),
        ({"model": "other"}, 422, "no model 'other'"),
        ({"fingerprint": "?"}, 422, "fingerprint"),
        ({"document": {"id": "x", "text": ""}}, 422, "document.text"),
        ({"surprise": 1}, 422, "surprise"),
    ],
)
def test_wrong_corrections_are_refused_with_advice(client, change, status, told) -> None:
    answer = sent(client, **change)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"Content-Type": "application/json"}, 400),
        (b'{"document": "\\ud800"}', {"Content-Type": "application/json"}, 400),
        (b"x", {"Content-Type": "text/plain"}, 415),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 400),
    ],
)
def test_wrong_bodies_are_refused(client, content, headers, status) -> None:
    assert client.post("/v1/feedback", content=content, headers=headers).status_code == status


def test_ten_thousand_corrections_in_one_document(service) -> None:
    text = "gout " * 10_000
    every = [{"start": 5 * n, "end": 5 * n + 4, "label": "Disease"} for n in range(10_000)]
    # The same one twice is one.
    answer = sent(service, text=text, found=[*every[:5_000], *every[:10]], correct=every)
    assert answer.status_code == 201
    assert answer.json()["counts"]["Disease"] == {"right": 5_000, "wrong": 0, "missed": 5_000}
    assert len(records(service)[0]["correct"]) == 10_000
    assert sent(service, text=text, correct=every * 3).status_code == 422


def test_a_database_that_goes_away_loses_nothing_that_was_accepted(service, monkeypatch) -> None:
    accepted = sent(service, id="1").json()["id"]

    def away(*_, **__):
        raise OperationalError("", {}, Exception("the text of a note"))

    engine = store_of(service)._database
    with monkeypatch.context() as patch:
        patch.setattr(engine, "session", away)
        for answer in (
            sent(service, id="2"),
            service.get("/v1/feedback"),
            service.delete(f"/v1/feedback/{accepted}"),
            service.delete("/v1/feedback", params={"document": "1"}),
        ):
            assert answer.status_code == 503 and "note" not in answer.text
        # Watching goes on with what was known.
        service.app.state.service.monitor.evaluate()
        assert service.get("/v1/monitor").status_code == 200
    assert sent(service, id="2").status_code == 201
    first, *others = records(service)
    assert first["id"] == accepted and len(others) == 1


def test_an_answer_says_whose_it_is(client) -> None:
    answer = client.post("/v1/annotate", json={"text": "Gout."})
    assert answer.headers["bioweave-fingerprint"] == fingerprint(client)
    lines = client.post(
        "/v1/annotate",
        content=b'{"text": "Gout."}\n',
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert lines.headers["bioweave-fingerprint"] == fingerprint(client)


def test_mentions_that_cover_a_text_too_often_are_refused(service) -> None:
    text = "x" * 400_000
    many = [{"start": number, "end": len(text), "label": "Disease"} for number in range(30)]
    backwards = {"start": 10**12, "end": 1, "label": "Disease"}
    for found in (many, [*many, backwards]):
        answer = sent(service, text=text, found=found, correct=[])
        assert answer.status_code == 422 and "16 times over" in answer.json()["detail"]
