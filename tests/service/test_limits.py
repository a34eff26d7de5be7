import asyncio
import gzip
import json
import threading

import pytest
from fastapi.testclient import TestClient

from bioweave.document import Document
from bioweave.errors import FormatError
from bioweave.service import ServiceSettings, create_application
from bioweave.service.metrics import Metrics
from bioweave.service.problems import ProblemError
from bioweave.service.served_models import Asked, Options
from bioweave.service.settings import Limits
from bioweave.service.work import Work


@pytest.fixture(scope="module")
def strict_client():
    limits = Limits(body_bytes=2_000, line_bytes=2_000, waiting_characters=100, upload_seconds=5)
    with TestClient(
        create_application(ServiceSettings(limits=limits, hosts=("testserver",)))
    ) as client:
        yield client


def test_a_long_body_is_refused_packed_or_not(strict_client) -> None:
    long = json.dumps({"text": "x" * 3_000}).encode()
    bomb = gzip.compress(b" " * 50_000_000)
    for content, headers in ((long, {}), (bomb, {"Content-Encoding": "gzip"})):
        answer = strict_client.post("/v1/annotate", content=content, headers=headers)
        assert answer.status_code == 413
        assert "2,000 bytes" in answer.json()["detail"]


def test_a_long_body_is_too_long_however_much_waits(strict_client) -> None:
    with strict_client.app.state.service.work.accepted(100):
        answer = strict_client.post("/v1/annotate", content=b" " * 3_000)
        assert answer.status_code == 413 and "retry-after" not in answer.headers


def test_a_long_body_without_a_length_is_refused(strict_client) -> None:
    parts = (b" " * 500 for _ in range(10))
    assert strict_client.post("/v1/annotate", content=parts).status_code == 413


def test_a_stream_may_be_longer_than_a_body_but_not_its_lines(strict_client) -> None:
    line = json.dumps({"text": "Gout. " * 10}) + "\n"
    headers = {"Content-Type": "application/x-ndjson"}
    many = strict_client.post("/v1/annotate", content=line * 100, headers=headers)
    assert len(many.text.splitlines()) == 100
    long = line + "x" * 3_000
    *_, last = strict_client.post("/v1/annotate", content=long, headers=headers).text.splitlines()
    assert "2,000 bytes" in json.loads(last)["failed"]["reason"]


class SlowModel:
    """A model whose annotator waits until it may go on."""

    name = "slow"

    def __init__(self) -> None:
        self.gate = threading.Event()

    def annotator(self, options):
        return self

    def observe(self, documents):
        assert self.gate.wait(10)
        raise FormatError("no document is good enough")


def work_with(limits: Limits) -> tuple[SlowModel, Work, Asked]:
    model = SlowModel()
    work = Work(ServiceSettings(limits=limits, threads=1), Metrics())
    return model, work, Asked(model, Options())


def test_what_would_wait_too_long_is_told_when_to_come_again() -> None:
    async def ask():
        model, work, asked = work_with(Limits(waiting_characters=1_000))
        with work:
            # Longer than the limit by itself, but nothing else waits.
            first = asyncio.create_task(work.annotate(asked, [Document("1", "x" * 5_000)]))
            await asyncio.sleep(0.05)
            assert work.waiting_characters == 5_000
            with pytest.raises(ProblemError) as caught:
                await work.annotate(asked, [Document("2", "y")])
            model.gate.set()
            await first
            assert work.waiting_characters == 0
        return caught.value

    problem = asyncio.run(ask())
    assert problem.status == 429 and int(problem.headers["Retry-After"]) >= 1


def test_what_takes_too_long_is_given_up() -> None:
    async def ask():
        model, work, asked = work_with(Limits(seconds=0.1))
        with work:
            with pytest.raises(ProblemError) as caught:
                await work.annotate(asked, [Document(str(n), "x" * 15_000) for n in range(20)])
            assert work.waiting_characters == 0
            model.gate.set()
        return caught.value

    assert asyncio.run(ask()).status == 503
