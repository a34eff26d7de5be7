"""Ray on this machine, apart from the processes that use it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from large_runs import descendants

_STARTS = 3


@dataclass(frozen=True)
class RayCluster:
    """What a driver needs in its environment, and the process that began it."""

    environment: dict[str, str]
    process: int

    def actors(self) -> list[int]:
        """The processes that are actors now."""
        return descendants(self.process, "ray::_Actor")


@contextmanager
def running_ray(n_actors: int) -> Iterator[RayCluster]:
    """As long as the block lasts. It starts, or Ray's own half a minute for that was too short."""
    for start in range(_STARTS):
        with _started(n_actors, f"/tmp/ray-{os.getpid()}-{start}") as cluster:
            if cluster is not None:
                yield cluster
                return
    raise AssertionError(f"Ray did not start in {_STARTS} attempts")


@contextmanager
def _started(n_actors: int, folder: str) -> Iterator[RayCluster | None]:
    # Its sockets' paths must be short, hence no folder of pytest's.
    Path(folder).mkdir()
    log = Path(folder) / "start.log"
    ports = _free_ports()
    environment = {
        "RAY_ADDRESS": f"127.0.0.1:{ports[0]}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_worker_niceness": "0",
    }
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *("--node-ip-address=127.0.0.1", f"--port={ports[0]}", f"--num-cpus={n_actors}"),
        *(f"--ray-client-server-port={ports[1]}", "--include-dashboard=false"),
        *("--disable-usage-stats", "--object-store-memory=80000000", f"--temp-dir={folder}"),
    ]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=file, stderr=file
        )
    try:
        yield RayCluster(environment, process.pid) if _is_up(process, log) else None
    finally:
        everybody = descendants(process.pid, "")
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        for one in [process.pid, *everybody]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _is_up(process: subprocess.Popen, log: Path) -> bool:
    while process.poll() is None:
        if "Ray runtime started" in log.read_text("utf-8", "replace"):
            return True
        time.sleep(0.2)
    return False


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]
