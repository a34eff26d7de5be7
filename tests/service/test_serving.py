import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

COMMAND = [sys.executable, "-m", "bioweave.cli", "serve"]


@pytest.fixture
def server():
    process = subprocess.Popen(
        [*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_tells_where_it_is_and_ends_when_told_to(server) -> None:
    url = server.stdout.readline().split()[-1]
    body = json.dumps({"text": "Aspirin helps."}).encode()
    request = urllib.request.Request(
        f"{url}/v1/annotate", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert [one["text"] for one in json.load(answer)["mentions"]] == ["Aspirin"]
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=60)
    assert (out, err) == ("", "")


def test_a_port_in_use_and_an_open_address_are_refused_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for options, told in (
            (["--port", port], f"127.0.0.1:{port}"),
            (["--host", "0.0.0.0"], "keys"),
            (["--model", "/no/such/bundle", "--port", "0"], "/no/such/bundle"),
        ):
            done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=120)
            assert done.returncode == 2
            assert told in done.stderr and "Traceback" not in done.stderr
