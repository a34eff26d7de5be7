"""A service of a benchmark's own: its process, its key and its memory (Linux alone)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

BIOWEAVE = [sys.executable, "-m", "bioweave.cli"]
_SCOPES = ("annotate", "read")


@dataclass(frozen=True, slots=True)
class Server:
    """A service that is ready: `seconds` after it was started, at `url`.

    `headers` are what its requests want: a key, where it asks for one.
    """

    url: str
    process_id: int
    headers: dict[str, str]
    seconds: float

    def resident_bytes(self) -> int:
        """How much memory it has now."""
        return self._memory("VmRSS")

    def peak_bytes(self) -> int:
        """How much it had at most."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> int:
        for line in Path(f"/proc/{self.process_id}/status").read_text().splitlines():
            field, _, value = line.partition(":")
            if field == name:
                return int(value.split()[0]) * 1024
        raise RuntimeError(f"the process {self.process_id} tells nothing of its memory")


@contextmanager
def running_server(
    model: str, *, lexicon: str | None = None, is_keyed: bool = False
) -> Iterator[Server]:
    """A service on the loopback interface, over a folder that goes with it."""
    data = tempfile.mkdtemp(prefix="bioweave-serving-")
    headers = {}
    command = [*BIOWEAVE, "serve", "--model", model, "--port", "0", "--data", data]
    if lexicon is not None:
        command += ["--lexicon", lexicon]
    if is_keyed:
        headers["Authorization"] = f"Bearer {_new_key(data)}"
        # How much one key may ask for is not what is measured.
        command += ["--require-keys", "--requests-per-minute", "0", "--characters-per-minute", "0"]
    began = time.perf_counter()
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                said = process.stdout.readline().split()
                if not said:
                    sys.exit("the service did not start")
                url = said[-1]
                httpx.get(f"{url}/readyz", timeout=60).raise_for_status()
                yield Server(url, process.pid, headers, time.perf_counter() - began)
            finally:
                process.terminate()
                process.wait()
    finally:
        shutil.rmtree(data)


def _new_key(data: str) -> str:
    scopes = [part for scope in _SCOPES for part in ("--scope", scope)]
    command = [*BIOWEAVE, "keys", "create", "benchmark", *scopes, "--data", data]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    [key] = [word for word in done.stdout.split() if word.startswith("bw_")]
    return key
