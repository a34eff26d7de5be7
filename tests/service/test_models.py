"""Models while the service runs: another is promoted, and one watches in the shadow."""

import json
import logging
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fastapi.testclient import TestClient
from tiny_tagger import load_tiny_bundle

from bioweave.bundle.location import PACKAGED
from bioweave.document import Document, Mention
from bioweave.experiments.reporting import promote, take_back
from bioweave.service import ServiceSettings, create_application
from bioweave.service.served_models import Asked, Options
from bioweave.service.state import State
from bioweave.service.storage import Database, ServedBundle, ServedStore

HOSTS = ("testserver",)
TEXT = "Aspirin relieved her migraine."


def state_of(client) -> State:
    return client.app.state.service


@pytest.fixture
def tiny(tmp_path):
    """The folder of a bundle that finds something else everywhere."""
    load_tiny_bundle(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    settings = ServiceSettings(hosts=HOSTS, watch_seconds=0.05, threads=1)
    with TestClient(create_application(settings)) as client:
        yield client


def fingerprint(client) -> str:
    [model] = client.get("/v1/models").json()["models"]
    return model["fingerprint"]


def until(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_promoted_bundle_takes_over_and_no_request_is_lost(service, tiny) -> None:
    packaged = fingerprint(service)
    before = service.post("/v1/annotate", json={"text": TEXT}).json()["mentions"]
    stop = threading.Event()

    def keep_asking() -> list[tuple[int, str]]:
        answers = []
        while not stop.is_set():
            answer = service.post("/v1/annotate", json={"text": TEXT})
            answers.append((answer.status_code, json.dumps(answer.json()["mentions"])))
        return answers

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(keep_asking) for _ in range(3)]
        promote(tiny)
        until(lambda: fingerprint(service) != packaged)
        promoted = fingerprint(service)
        time.sleep(0.2)
        stop.set()
        answers = [one for some in asking for one in some.result()]
    after = service.post("/v1/annotate", json={"text": TEXT}).json()["mentions"]
    assert {status for status, _ in answers} == {200}
    assert {found for _, found in answers} == {json.dumps(before), json.dumps(after)}
    metrics = service.get("/metrics").text
    assert f'bioweave_model_info{{fingerprint="{promoted}",model="default"}} 1.0' in metrics
    assert packaged not in metrics
    take_back()
    until(lambda: fingerprint(service) == packaged)
    assert service.post("/v1/annotate", json={"text": TEXT}).json()["mentions"] == before


def correction(client, of: str, label: str) -> dict:
    text = "TP53 is a gene."
    return {
        "document": {"id": of + label, "text": text},
        "model": "default",
        "fingerprint": of,
        "found": [],
        "correct": [{"start": 0, "end": 4, "label": label}],
    }


def test_a_correction_is_held_against_the_labels_of_the_bundle_that_answered(service, tiny) -> None:
    packaged = fingerprint(service)
    until(lambda: state_of(service).served.find(packaged) is not None)
    promote(tiny)
    until(lambda: fingerprint(service) != packaged)
    [now] = service.get("/v1/models").json()["models"]
    assert "Species" not in now["labels"]
    answer = service.post("/v1/feedback", json=correction(service, packaged, "Species"))
    assert answer.status_code == 201 and answer.json()["counts"]["Species"]["missed"] == 1
    for of in (now["fingerprint"], "0" * 16):
        answer = service.post("/v1/feedback", json=correction(service, of, "Species"))
        assert answer.status_code == 422 and "leave such mentions out" in answer.json()["detail"]


def test_what_was_served_is_known_for_as_long_as_corrections_are_kept(database_url) -> None:
    database = Database(database_url)
    store = ServedStore(database)
    one, other = (ServedBundle(letter * 16, "default", ("Gene",)) for letter in "ab")
    store.note([one, other])
    store.note([ServedBundle(one.fingerprint, "another name", ("Gene", "Disease"))])
    assert store.find(one.fingerprint).labels == ("Gene", "Disease")
    assert store.find(other.fingerprint) == other and store.find("c" * 16) is None
    store.remove_older(timedelta(days=1))
    assert store.find(other.fingerprint) == other
    store.remove_older(-timedelta(days=1))
    assert store.find(other.fingerprint) is None
    database.close()


def test_a_request_ends_with_the_model_that_it_began_with(service, tiny) -> None:
    state = state_of(service)
    old = Asked(state.models.first, Options())
    promote(tiny)
    until(lambda: state.models.first is not old.model)
    [found] = service.portal.call(state.work.annotate, old, [Document("1", TEXT)])
    assert [(one.text, one.label) for one in found.mentions] == [
        ("Aspirin", "Chemical"),
        ("migraine", "Disease"),
    ]


def test_a_damaged_bundle_is_told_once_and_not_served(tmp_path, caplog) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(PACKAGED, folder)
    settings = ServiceSettings(models=(str(folder),), hosts=HOSTS, watch_seconds=0.05, threads=1)
    with TestClient(create_application(settings)) as client, caplog.at_level(logging.ERROR):
        served = fingerprint(client)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["checksums"]["graph.onnx"] = "0" * 64
        (folder / "manifest.json").write_text(json.dumps(manifest))
        refused = f'bioweave_model_refused_total{{model="{folder}"}}'
        until(lambda: f"{refused} 1.0" in client.get("/metrics").text)
        shutil.rmtree(folder)
        until(lambda: f"{refused} 2.0" in client.get("/metrics").text)
        time.sleep(0.3)
        assert f"{refused} 2.0" in client.get("/metrics").text
        assert len([one for one in caplog.records if "stays as it was" in one.message]) == 2
        assert fingerprint(client) == served
        assert client.post("/v1/annotate", json={"text": TEXT}).json()["mentions"]
        shutil.copytree(PACKAGED, folder)
        assert client.post("/v1/annotate", json={"text": TEXT}).json()["mentions"]


def shadowed(challenger, share: float = 1.0) -> TestClient:
    return TestClient(
        create_application(
            ServiceSettings(hosts=HOSTS, threads=1, shadow=str(challenger), shadow_share=share)
        )
    )


def report(client):
    return client.get("/v1/shadow").json()


def test_a_challenger_like_the_champion_agrees(tmp_path) -> None:
    with shadowed(PACKAGED) as client:
        assert report(client)["champion"] is None
        documents = [{"id": str(number), "text": TEXT} for number in range(5)]
        client.post("/v1/annotate", json={"documents": documents})
        client.post("/v1/annotate?labels=Disease", json={"text": TEXT})
        until(lambda: (report(client)["overall"] or {}).get("documents") == 6)
        found = report(client)
    assert found["champion"]["fingerprint"] == found["challenger"]["fingerprint"]
    overall = found["overall"]
    assert (overall["both"], overall["only_champion"], overall["only_challenger"]) == (11, 0, 0)
    assert overall["f1"] == 1.0 and overall["interval"] == {"low": 1.0, "high": 1.0}
    assert found["labels"]["Disease"]["both"] == 6 and found["labels"]["Chemical"]["both"] == 5
    assert found["labels"]["Gene"]["f1"] == 0.0
    assert (found["left_out"], found["failed"]) == (0, 0)


def test_another_challenger_changes_no_answer_and_is_told_apart(tiny, expected_mentions) -> None:
    with shadowed(tiny) as client:
        answer = client.post("/v1/annotate", json={"text": TEXT}).json()
        assert [(one["text"], one["label"]) for one in answer["mentions"]] == expected_mentions
        until(lambda: (report(client)["overall"] or {}).get("documents") == 1)
        found = report(client)
        overall = found["overall"]
        assert overall["both"] + overall["only_champion"] == len(expected_mentions)
        assert "Species" not in found["labels"]
        shadow = state_of(client).shadow
        [document] = [Document("1", TEXT, mentions=(Mention(0, 7, "Aspirin", "Chemical"),))]
        right = (*document.mentions, Mention(21, 29, "migraine", "Disease"))
        shadow.offer_corrected(Asked(state_of(client).models.first, Options()), document, right)
        until(lambda: report(client)["corrected"]["documents"] == 1)
        corrected = report(client)["corrected"]
        assert corrected["champion"] == pytest.approx(2 / 3)
        assert corrected["ahead"]["high"] == pytest.approx(
            corrected["challenger"] - corrected["champion"]
        )
        # Sent again it is the same document.
        shadow.offer_corrected(Asked(state_of(client).models.first, Options()), document, right)
        time.sleep(1.5)
        assert report(client)["corrected"] == corrected
        # What people chose to correct is not what traffic is like.
        assert report(client)["overall"] == overall
        metrics = client.get("/metrics").text
        assert 'bioweave_shadow_documents_total{outcome="compared"} 1.0' in metrics


@pytest.fixture
def expected_mentions():
    return [("Aspirin", "Chemical"), ("migraine", "Disease")]


def test_a_share_is_a_share_and_a_slow_challenger_keeps_nobody_waiting(monkeypatch) -> None:
    with shadowed(PACKAGED, share=0.5) as client:
        shadow = state_of(client).shadow
        gate = threading.Event()
        annotator = shadow.challenger.annotator

        def slow(options):
            assert gate.wait(20)
            return annotator(options)

        monkeypatch.setattr(shadow.challenger, "annotator", slow)
        documents = [{"id": str(number), "text": "Gout."} for number in range(400)]
        assert client.post("/v1/annotate", json={"documents": documents}).status_code == 200
        gate.set()
        until(lambda: (report(client)["overall"] or {}).get("documents", 0) >= 64)
        found = report(client)
    taken = found["overall"]["documents"] + found["left_out"]
    # 400 times 0.5 within six deviations.
    assert 140 <= taken <= 260
    assert found["left_out"] >= 140 - 65


def test_a_challenger_that_fails_is_told_and_harms_nobody(monkeypatch, caplog) -> None:
    with shadowed(PACKAGED) as client:

        def broken(options):
            raise RuntimeError(TEXT)

        monkeypatch.setattr(state_of(client).shadow.challenger, "annotator", broken)
        assert client.post("/v1/annotate", json={"text": TEXT}).status_code == 200
        until(lambda: report(client)["failed"] == 1)
        assert TEXT not in caplog.text


def test_without_a_challenger_there_is_no_report(client) -> None:
    answer = client.get("/v1/shadow")
    assert answer.status_code == 404 and "--shadow" in answer.json()["detail"]
