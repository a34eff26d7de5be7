"""What a large run wrote, and runs of the command that are killed on the way."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bioweave.document import Document
from bioweave.formats import read_documents


def written_documents(out: Path) -> dict[str, Document]:
    """The documents of a run by their ids, each of which must be there once."""
    documents: dict[str, Document] = {}
    for path in sorted(out.glob("shard-*/documents.*")):
        for document in read_documents(path):
            assert document.id not in documents, f"{document.id} is there twice"
            documents[document.id] = document
    return documents


def quarantined(out: Path) -> list[dict]:
    """The lines of a complete run's quarantine."""
    return [json.loads(line) for line in (out / "quarantine.jsonl").read_text().splitlines()]


def assert_same_documents(left: dict[str, Document], right: dict[str, Document]) -> None:
    """Document by document; confidences may differ in the sixth place."""
    assert left.keys() == right.keys()
    for one, other in zip((left[key] for key in left), (right[key] for key in left), strict=True):
        assert (one.text, one.passages, one.metadata) == (
            other.text,
            other.passages,
            other.metadata,
        )
        assert len(one.mentions) == len(other.mentions)
        for mention, same in zip(one.mentions, other.mentions, strict=True):
            assert (mention.span, mention.label) == (same.span, same.label)
            assert mention.confidence == pytest.approx(same.confidence, abs=1e-5)


def command(*arguments: object) -> list[str]:
    """`bioweave annotate` as a process of its own."""
    return [sys.executable, "-m", "bioweave.cli", "annotate", *map(str, arguments)]


def parents() -> dict[int, int]:
    """Every process of this machine with its parent (Linux)."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may hold anything, in brackets: state and parent.
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def descendants(process: int, of_whom: str) -> list[int]:
    """The processes below one whose command line holds some text."""
    parent_of, below = parents(), []
    for one in parent_of:
        above = one
        while above in parent_of and above != process:
            above = parent_of[above]
        if one != process and above == process and of_whom in _command_line(one):
            below.append(one)
    return below


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def run_with_kills(
    arguments: Sequence[str],
    out: Path,
    *,
    moments: Sequence[int],
    n_drivers: int,
    seed: int,
    workers: Callable[[int], list[int]],
    environment: dict[str, str] | None = None,
    seconds: float = 600,
) -> list[str]:
    """Run a command to its end; at so many moments the driver is killed, at the others a worker.

    A moment is how many shards have been finished; the kill comes a little later. `workers` finds
    those of a driver. Returns who was killed.
    """
    chance = random.Random(seed)
    targets = ["driver"] * n_drivers + ["worker"] * (len(moments) - n_drivers)
    chance.shuffle(targets)
    left = list(zip(sorted(moments), targets, strict=True))
    killed: list[str] = []
    log = out.with_suffix(".log")
    deadline = time.monotonic() + seconds
    process = _started(arguments, environment, log)
    try:
        while True:
            assert time.monotonic() < deadline, f"not done after {seconds} s, killed: {killed}"
            if process.poll() is not None:
                assert process.returncode in (0, -signal.SIGKILL), log.read_text()
                if process.returncode == 0:
                    return killed
                process = _started(arguments, environment, log)
            elif left and len(list(out.glob("shard-*"))) >= left[0][0]:
                time.sleep(chance.uniform(0, 0.2))
                victims = workers(process.pid) if left[0][1] == "worker" else [process.pid]
                if victims:  # a worker may not have begun yet
                    killed.append(left.pop(0)[1])
                    os.kill(chance.choice(sorted(victims)), signal.SIGKILL)
                    if killed[-1] == "driver":
                        process.wait()
                        process = _started(arguments, environment, log)
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()


def _started(
    arguments: Sequence[str], environment: dict[str, str] | None, log: Path
) -> subprocess.Popen:
    with log.open("w") as file:
        return subprocess.Popen(
            arguments, env={**os.environ, **(environment or {})}, stdout=file, stderr=file
        )
