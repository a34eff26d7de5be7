"""Connections that keep the service waiting, against a server of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest

from bioweave.service.connections import Guard
from bioweave.service.settings import ConnectionLimits

SERVE = """
import sys
from pathlib import Path
from bioweave.service import ServiceSettings
from bioweave.service.running import run
from bioweave.service.settings import ConnectionLimits
limits = ConnectionLimits(connections=12, header_seconds=2, answer_seconds=2)
settings = ServiceSettings(data=Path(sys.argv[1]), connection_limits=limits)
run(settings, host="127.0.0.1", port=0)
"""
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("connections")
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", SERVE, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        yield int(process.stdout.readline().split()[-1].rpartition(":")[2])
    finally:
        process.kill()
        process.communicate()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def seconds_until_closed(connection: socket.socket, drop: bytes = b"") -> float:
    """Sends a drop every now and then, and waits for the other side to close."""
    began = time.monotonic()
    connection.settimeout(0.3)
    while time.monotonic() - began < 30:
        try:
            if drop:
                connection.send(drop)
            if connection.recv(1 << 16) == b"":
                return time.monotonic() - began
        except TimeoutError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            return time.monotonic() - began
    raise AssertionError("it is still open")


@pytest.mark.parametrize(
    ("sent", "drop"),
    [
        (b"", b""),
        (b"", b"\r\n"),
        (HEAD + b"X: ", b"x"),
        # Behind a request that was answered, and never ends to be sent.
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
        (HEAD + b"\r\n", b""),
        (HEAD + b"\r\n", b"G"),
    ],
)
def test_who_keeps_it_waiting_for_a_request_is_closed(port, sent, drop) -> None:
    with connected(port) as connection:
        connection.sendall(sent)
        assert seconds_until_closed(connection, drop) < 12


def test_who_does_not_take_an_answer_is_closed(port) -> None:
    with connected(port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        ask = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.settimeout(0.5)
        began = time.monotonic()
        # One after the other, none of which is read, until nothing more is taken.
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while time.monotonic() - began < 60:
                with suppress(TimeoutError):
                    connection.sendall(ask)
                time.sleep(0.02)


def test_who_sends_many_requests_at_once_is_cut_off(port) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connected(port) as connection:
        connection.sendall(ask * 10)
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 10:
            answers += connection.recv(1 << 16)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(200):
                connection.sendall(ask * 1_000)
                time.sleep(0.01)


@pytest.mark.parametrize(
    ("head", "is_told"),
    [
        (HEAD + b"X: ", True),
        (b"GET /", True),
        # Behind a body of which nothing more comes.
        (
            b"POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX: ",
            False,
        ),
    ],
)
def test_headers_without_an_end_are_not_kept(port, head, is_told) -> None:
    with connected(port) as connection:
        connection.sendall(head)
        sent, answer = 0, b""
        connection.settimeout(0.2)
        with suppress(ConnectionResetError, BrokenPipeError):
            while sent < 10_000_000:
                try:
                    sent += connection.send(b"x" * 10_000)
                    answer += connection.recv(1 << 16)
                except TimeoutError:
                    continue
                if answer:
                    break
        assert 64_000 < sent < 2_000_000
        if is_told:
            assert answer.startswith(b"HTTP/1.1 431") and b"problem+json" in answer


def test_a_request_that_takes_its_time_is_answered(port) -> None:
    body = b'{"text": "Aspirin helps."}'
    head = b"POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with connected(port) as connection:
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body))
        # Longer than headers may take: a body has a time of its own.
        time.sleep(4)
        connection.sendall(body)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")


TEXT = "Aspirin may cause gastric ulcers."
ASK = b"POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


def asked(offer: bytes = OFFER) -> tuple[bytes, bytes]:
    """A request's head, and its body."""
    return ASK + offer + b"Content-Length: %d\r\n\r\n" % len(TEXT), TEXT.encode()


def answers_of(connection: socket.socket, n_answers: int) -> list[tuple[int, bytes, bytes]]:
    """Answers one after the other: status, head and content of each."""
    found = []
    file = connection.makefile("rb")
    for _ in range(n_answers):
        head = b"".join(iter(file.readline, b"\r\n"))
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        found.append((int(head.split()[1]), head.lower(), file.read(length)))
    return found


@pytest.mark.parametrize("offer", [OFFER, OFFER.replace(b"h2c", b"websocket")])
def test_a_body_behind_an_offer_of_another_protocol_is_read(port, offer) -> None:
    head, body = asked(offer)
    ask = HEAD + offer + b"\r\n"
    chunked = ASK + offer + b"Transfer-Encoding: chunked\r\n\r\n"
    ways = [
        [head + body],
        # Not a request of its own, whatever it looks like.
        [head, body],
        [head[:90], head[90:] + body[:5], body[5:]],
        [chunked + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"],
    ]
    for pieces in ways:
        with connected(port) as connection:
            # One before it, one behind it: the connection goes on.
            for piece in [ask + pieces[0], *pieces[1:], ask]:
                connection.sendall(piece)
                time.sleep(0.1)
            answers = answers_of(connection, 3)
        assert [status for status, _, _ in answers] == [200, 200, 200]
        assert json.loads(answers[1][2])["text"] == TEXT


def test_who_has_sent_everything_and_waits_is_answered(port) -> None:
    head, body = asked(b"")
    with connected(port) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        [(status, _, found)] = answers_of(connection, 1)
        assert status == 200 and json.loads(found)["text"] == TEXT
        assert connection.recv(1) == b""
    with connected(port) as connection:
        connection.sendall(head + body[:-1])
        connection.shutdown(socket.SHUT_WR)
        assert seconds_until_closed(connection) < 2


def test_what_is_no_request_is_told_so(port) -> None:
    with connected(port) as connection:
        connection.sendall(b"\x16\x03\x01 nothing\r\n\r\n")
        [(status, head, found)] = answers_of(connection, 1)
    assert status == 400 and b"application/problem+json" in head and b"nosniff" in head
    assert "HTTP/1.1" in json.loads(found)["detail"]


def test_what_follows_a_request_is_not_taken_for_its_answer(port) -> None:
    with connected(port) as connection:
        connection.sendall(b"".join(asked(b"")) + b"nothing\r\n\r\n")
        assert connection.recv(1 << 16) == b""


def test_nothing_is_told_in_the_midst_of_an_answer(port) -> None:
    line = json.dumps({"text": TEXT}).encode() + b"\n"
    head = ASK.replace(b"text/plain", b"application/x-ndjson")
    with connected(port) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"%x\r\n" % len(line) + line + b"\r\n")
        found = b""
        while not found.endswith(b"}\n\r\n"):
            found += connection.recv(1 << 16)
        connection.sendall(b"no length\r\n")
        assert connection.recv(1 << 16) == b""


def test_one_address_has_no_more_than_are_left_for_others(port) -> None:
    taken = [connected(port) for _ in range(6)]
    try:
        time.sleep(0.3)
        with connected(port) as connection:
            answer = connection.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 503") and b"retry-after: 5" in answer
        assert b"application/problem+json" in answer and b"too many connections" in answer
    finally:
        for one in taken:
            one.close()
    time.sleep(0.3)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        assert answer.status == 200


def test_a_proxy_stands_for_many() -> None:
    guard = Guard(ConnectionLimits(connections=10), frozenset({"192.0.2.7"}))
    assert guard.owner("192.0.2.7") is None
    assert guard.owner("2001:db8::1") == guard.owner("2001:db8::2") == "2001:db8::/64"
