import asyncio
import hashlib
import hmac
import re
import time

import pytest
from webhook_receiver import receiving

from bioweave.errors import ConfigurationError
from bioweave.service.monitoring.webhook import SIGNATURE_HEADER, Webhook, read_secret

SECRET = b"not a secret in any place"


def delivered(webhook: Webhook, outcomes: list[str], *messages: dict) -> None:
    """Leave the messages and wait until something became of each."""

    async def deliver() -> None:
        running = asyncio.create_task(webhook.run())
        for message in messages:
            webhook.send(message)
        async with asyncio.timeout(20):
            while len(outcomes) < len(messages):
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(deliver())


def opened(url: str, outcomes: list[str], **more) -> Webhook:
    return Webhook(url, SECRET, on_outcome=outcomes.append, first_pause=0.01, **more)


def test_messages_come_in_order_and_signed() -> None:
    outcomes: list[str] = []
    with receiving() as receiver:
        delivered(opened(receiver.url, outcomes), outcomes, {"alert": "é"}, {"alert": "b"})
    assert outcomes == ["delivered", "delivered"]
    assert receiver.messages == [{"alert": "é"}, {"alert": "b"}]
    headers, body = receiver.headers[0], receiver.bodies[0]
    assert headers["Content-Type"] == "application/json"
    moment, mac = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers[SIGNATURE_HEADER]).groups()
    assert abs(int(moment) - time.time()) < 60
    assert mac == hmac.new(SECRET, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_what_fails_is_tried_again_and_then_given_up(caplog) -> None:
    outcomes: list[str] = []
    with receiving(500, 503, 429) as receiver:
        delivered(opened(receiver.url, outcomes), outcomes, {"alert": "a"})
        assert (outcomes, len(receiver.bodies)) == (["delivered"], 4)
    outcomes.clear()
    with receiving(*[500] * 6) as receiver:
        delivered(opened(receiver.url, outcomes), outcomes, {"alert": "a"}, {"alert": "b"})
        assert outcomes == ["failed", "delivered"] and len(receiver.bodies) == 7
    assert "not delivered in 6 attempts: status 500" in caplog.text


def test_redirects_are_not_followed(caplog) -> None:
    outcomes: list[str] = []
    with receiving(*[307] * 6) as receiver:
        delivered(opened(receiver.url, outcomes), outcomes, {"alert": "a"})
    assert outcomes == ["failed"] and len(receiver.bodies) == 6
    assert "status 307" in caplog.text


def test_a_server_that_hangs_or_is_away_is_given_up(caplog) -> None:
    outcomes: list[str] = []
    with receiving(hang=30) as receiver:
        delivered(opened(receiver.url, outcomes, seconds=0.05), outcomes, {"alert": "a"})
        gone = receiver.url
    assert outcomes == ["failed"] and "no answer within 0.05 s" in caplog.text
    delivered(opened(gone, outcomes := []), outcomes, {"alert": "a"})
    assert outcomes == ["failed"] and "ConnectError" in caplog.text


def test_sending_never_waits() -> None:
    async def flood() -> None:
        webhook = opened("http://127.0.0.1:9/", outcomes)
        for number in range(103):
            webhook.send({"number": number})

    outcomes: list[str] = []
    asyncio.run(flood())
    assert outcomes == ["dropped"] * 3


@pytest.mark.parametrize(
    "url", ["ftp://x/", "file:///etc/passwd", "x", "http://", "http://x:y/", "http://x/\x01"]
)
def test_other_addresses_are_refused(url) -> None:
    with pytest.raises(ConfigurationError, match="http:// or https://"):
        Webhook(url)


def test_a_secret_comes_from_a_file(tmp_path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(SECRET + b"\n")
    assert read_secret(path) == SECRET
    path.write_text("short\n")
    with pytest.raises(ConfigurationError, match="16 characters"):
        read_secret(path)
    with pytest.raises(ConfigurationError, match="No such file"):
        read_secret(tmp_path / "none")
