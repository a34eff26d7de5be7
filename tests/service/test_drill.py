"""The drill: texts that are no longer what they were, and a model that is corrected for the worse.

On the embedded default, with windows small enough for a test, alerts are seen everywhere they are
told: as a metric, in the log, on the page's route, and by a webhook.
"""

import time

import pytest
from fastapi.testclient import TestClient
from invented_notes import abstracts, newspaper, notes
from prometheus_client.parser import text_string_to_metric_families
from webhook_receiver import receiving

from bioweave.service import ServiceSettings, create_application
from bioweave.service.settings import MonitoringSettings

LEARNED, WINDOW, CORRECTED = 80, 60, 30
SECRET = "not a secret in any place"


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def service(tmp_path, receiver):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    monitoring = MonitoringSettings(
        seconds=0.1,
        reference="traffic",
        learned_documents=LEARNED,
        drift_documents=WINDOW,
        least_documents=30,
        quality_documents=CORRECTED,
        least_corrected=10,
        fire_after=2,
        resolve_after=2,
        alert_webhook=receiver.url,
        alert_secret=secret,
    )
    settings = ServiceSettings(data=tmp_path, hosts=("testserver",), monitoring=monitoring)
    with TestClient(create_application(settings)) as client:
        yield client


def annotated(service, texts: list[str]) -> list[dict]:
    documents = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    answer = service.post("/v1/annotate", json={"documents": documents})
    assert answer.status_code == 200
    return answer.json()["documents"]


def metric(service, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric by the values of their labels."""
    exposition = service.get("/metrics").text
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name == name
    }


def firing(service) -> set[str]:
    return {
        alert
        for (alert, model), value in metric(service, "bioweave_alert_firing").items()
        if value and model == "default"
    }


def judged(service, times: int = 3) -> None:
    """Wait for so many evaluations that begin after now."""
    report = service.app.state.service.monitor
    for _ in range(times + 1):
        seen = report.report
        deadline = time.monotonic() + 20
        while report.report is seen:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def corrections(service, found: list[dict], *, right: bool) -> None:
    """A person who agrees with the model, or one who finds it wrong everywhere."""
    fingerprint = service.get("/v1/models").json()["models"][0]["fingerprint"]
    for document in found:
        mentions = document["mentions"]
        if not right:
            # Each is a word too long, but for the last, which is no mention at all.
            mentions = [{**one, "end": one["end"] + 1, "text": None} for one in mentions[:-1]]
        body = {
            "document": {"id": document["id"], "text": document["text"]},
            "model": "default",
            "fingerprint": fingerprint,
            "found": document["mentions"],
            "correct": mentions,
        }
        answer = service.post("/v1/feedback", json=body)
        assert answer.status_code in (200, 201), answer.text


def test_the_drill(service, receiver, caplog) -> None:
    # All is well: what is learned is what comes.
    for seed in range(LEARNED // 20):
        annotated(service, abstracts(20, seed))
    good = annotated(service, abstracts(WINDOW, 100))
    judged(service)
    [model] = service.get("/v1/monitor").json()["models"]
    assert model["reference"]["documents"] == LEARNED and model["reference"]["origin"] == "traffic"
    assert {one["level"] for one in model["signals"]} == {"stable"}
    assert firing(service) == set() and receiver.messages == []

    # Other texts come: from the ward, then from the newspaper.
    annotated(service, notes(WINDOW, 200))
    judged(service)
    of_notes = firing(service)
    assert {"drift_labels", "drift_pieces"} <= of_notes
    annotated(service, newspaper(WINDOW, 300))
    judged(service)
    of_news = firing(service)
    assert {"drift_density", "drift_pieces"} & of_news
    began = [one for one in receiver.wait_for(len(of_notes)) if one["state"] == "firing"]
    assert of_notes <= {one["alert"] for one in began}
    assert metric(service, "bioweave_drift_psi")[("default", "density")] > 0.25
    assert "alert drift_labels of model default is firing: Label mix: population" in caplog.text

    # Corrections: right ones, then wrong ones.
    corrections(service, good[:12], right=True)
    judged(service)
    assert metric(service, "bioweave_quality_ratio")[("all", "f1", "default")] == 1
    assert "quality" not in firing(service)
    corrections(service, good[12 : 12 + CORRECTED], right=False)
    judged(service)
    assert metric(service, "bioweave_quality_ratio")[("all", "f1", "default")] < 0.1
    assert "quality" in firing(service)
    [quality] = [one for one in service.get("/v1/monitor").json()["alerts"] if one["value"] == 0]
    assert quality["state"] == "firing" and quality["alert"] == "quality"

    # All is well again.
    annotated(service, abstracts(WINDOW + 10, 400))
    corrections(service, good[12 : 12 + CORRECTED], right=True)
    judged(service)
    assert firing(service) == set()
    changes = metric(service, "bioweave_alert_changes_total")
    told = receiver.wait_for(int(sum(changes.values())))
    ids = {one["id"]: one["alert"] for one in told if one["state"] == "firing"}
    assert ids == {one["id"]: one["alert"] for one in told if one["state"] == "resolved"}
    assert set(ids.values()) == of_notes | of_news | {"quality"}
    assert metric(service, "bioweave_webhook_messages_total")[("delivered",)] == len(told)
    assert metric(service, "bioweave_webhook_messages_total")[("failed",)] == 0

    # And nobody was told a word of any text.
    every = caplog.text + b"".join(receiver.bodies).decode()
    for word in ("aspirin", "Pt seen", "harbour"):
        assert word not in every


def test_what_was_learned_outlives_a_restart(tmp_path) -> None:
    settings = ServiceSettings(
        data=tmp_path,
        hosts=("testserver",),
        monitoring=MonitoringSettings(seconds=0.1, reference="traffic", learned_documents=20),
    )
    learned = []
    for texts in (abstracts(20, 1), notes(20, 2)):
        with TestClient(create_application(settings)) as client:
            annotated(client, texts)
            judged(client)
            [model] = client.get("/v1/monitor").json()["models"]
            learned.append((model["reference"]["documents"], model["signals"][0]["reference"]))
    assert learned[0] == learned[1]
