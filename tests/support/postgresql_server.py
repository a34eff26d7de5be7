"""A PostgreSQL server of the tests' own, on a socket in a temporary folder."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class PostgreSQLServer:
    """A server over a folder, as the user that may run it; `url` is SQLAlchemy's."""

    def __init__(self, programs: Path, folder: Path, *, is_safe: bool) -> None:
        self._folder = folder
        self._user: list[str] = []
        if os.getuid() == 0:
            # It refuses to run as root.
            self._user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        self._programs = programs
        self._fsync = "on" if is_safe else "off"
        self.url = f"postgresql+psycopg://tester@/postgres?host={folder}"
        self._run("initdb", "-D", str(self._data), "-U", "tester", "-A", "trust")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Return once it takes connections."""
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' "
            f"-c fsync={self._fsync}"
        )
        self._control("-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, without a checkpoint."""
        self._control("-m", "immediate", "stop")

    def kill(self) -> None:
        """As `kill -9` does; returns once everything of it is gone."""
        [number, *_] = (self._data / "postmaster.pid").read_text().splitlines()
        os.kill(int(number), signal.SIGKILL)
        end = time.monotonic() + 30
        # What it had started ends by itself, and holds the folder until then.
        while self._is_held():
            assert time.monotonic() < end
            time.sleep(0.05)
        # A dead process whose parent has not read of it yet has its number still, and is taken for
        # a server that runs.
        for stale in (self._data / "postmaster.pid", *self._folder.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _is_held(self) -> bool:
        held = str(self._data)
        for one in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if str(one.readlink()) == held and _lives(one.parent):
                    return True
            except OSError:
                continue
        return False

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True)


def _lives(process: Path) -> bool:
    """Whether it is more than an entry that its parent has not read yet."""
    return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


@contextmanager
def running_postgresql(*, is_safe: bool = False) -> Iterator[PostgreSQLServer]:
    """A started server, which skips the test where there can be none.

    One that is safe writes through to the disk, as a real one does.
    """
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("PostgreSQL is not installed on this machine")
    if os.getuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    with tempfile.TemporaryDirectory() as name:
        server = PostgreSQLServer(programs[-1], Path(name), is_safe=is_safe)
        server.start()
        try:
            yield server
        finally:
            server.stop()
