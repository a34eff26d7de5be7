"""Explanations over HTTP."""

import asyncio
import threading

import pytest

from bioweave.explanation import Explainer

TEXT = "Aspirin may cause gastric ulcers in rats."


def explained(client, body, **query):
    answer = client.post("/v1/explain", params=query, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["explanations"]


def test_every_mention_is_explained(client) -> None:
    found = client.post("/v1/annotate", json={"text": TEXT}).json()["mentions"]
    records = explained(client, {"text": TEXT, "id": "7"})
    assert [(one["start"], one["end"], one["label"]) for one in records] == [
        (one["start"], one["end"], one["label"]) for one in found
    ]
    for record, mention in zip(records, found, strict=True):
        assert record["document"] == "7" and record["is_found"]
        assert record["evidence"]["confidence"] == pytest.approx(mention["confidence"], abs=1e-4)
        heaviest = max(record["words"], key=lambda word: word["weight"])
        assert heaviest["text"] in mention["text"]
    assert [one["label"] for one in explained(client, {"text": TEXT, "label": "Species"})] == [
        "Species"
    ]


@pytest.mark.parametrize("method", ["occlusion", "shap", "lime"])
def test_a_span_that_was_missed(client, method) -> None:
    pytest.importorskip("shap", reason="the extra explain is not installed")
    body = {"text": TEXT, "start": 12, "end": 17, "label": "Disease", "without": ["ulcers"]}
    [record] = explained(client, body, method=method, samples=40)
    assert (record["mention"], record["is_found"], record["method"]) == ("cause", False, method)
    assert record["probability"] < record["evidence"]["threshold"]
    [what_if] = record["without"]
    assert what_if["hidden"] == ["ulcers"] and what_if["before"] == record["probability"]
    if method == "shap":
        total = record["base"] + sum(word["weight"] for word in record["words"])
        assert total == pytest.approx(record["probability"], abs=1e-3)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"text": ""}, 422, "at least 1"),
        ({"text": "x" * 20_001}, 422, "20000"),
        ({"text": TEXT, "start": 3}, 422, "both a start and an end"),
        ({"text": TEXT, "start": 30, "end": 90}, 422, "90"),
        ({"text": TEXT, "start": 7, "end": 8}, 422, "no word"),
        ({"text": TEXT, "label": "Colour"}, 422, "Colour"),
        ({"text": TEXT, "start": 0, "end": 7, "without": ["elephant"]}, 422, "elephant"),
        ({"text": TEXT, "more": 1}, 422, "more"),
        ({"text": "   "}, 422, "word"),
    ],
)
def test_what_cannot_be_explained_is_told(client, body, status, told) -> None:
    answer = client.post("/v1/explain", json=body)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text


def test_a_body_that_is_none(client) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/v1/explain", content=b"{", headers=headers).status_code == 400
    assert (
        client.post("/v1/explain", content=b"x", headers={"Content-Type": "text/plain"}).status_code
        == 415
    )
    assert client.post("/v1/explain?model=none", json={"text": TEXT}).status_code == 422


def test_those_that_would_wait_too_long_are_sent_away(client, monkeypatch) -> None:
    gate = threading.Event()
    span = Explainer.span

    def slow(self, *asked, **named):
        assert gate.wait(20)
        return span(self, *asked, **named)

    monkeypatch.setattr(Explainer, "span", slow)
    body = {"text": TEXT, "start": 0, "end": 7}

    async def ask_all() -> list[int]:
        import httpx

        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as other:
            asking = [asyncio.create_task(other.post("/v1/explain", json=body)) for _ in range(9)]
            done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            [turned_away] = done
            assert int(turned_away.result().headers["retry-after"]) >= 1
            gate.set()
            return [(await one).status_code for one in asking]

    statuses = client.portal.call(ask_all)
    assert sorted(statuses) == [200] * 8 + [429]


def test_an_explanation_has_its_time(client, monkeypatch) -> None:
    gate = threading.Event()

    def endless(self, *asked, **named):
        while not gate.is_set():
            yield from ()
            gate.wait(0.05)

    monkeypatch.setattr(Explainer, "mentions", endless)
    explanations = client.app.state.service.explanations
    monkeypatch.setattr(explanations, "_seconds", 0.2)
    answer = client.post("/v1/explain", json={"text": TEXT})
    gate.set()
    assert answer.status_code == 503 and "fewer samples" in answer.json()["detail"]


def test_what_would_take_for_ever_is_refused(client) -> None:
    # Words as long as sequences are: what is weighed is counted in words.
    long = " ".join("ACGTTGCA" * 18 for _ in range(130))
    query = {"method": "shap", "samples": 4_000}
    answer = client.post("/v1/explain", params=query, json={"text": long, "start": 0, "end": 144})
    assert answer.status_code == 422 and "fewer samples" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
