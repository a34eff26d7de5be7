"""A service on the embedded default, in the tests' own process."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fastapi.testclient import TestClient

from bioweave.service import ServiceSettings, create_application

# What the tests' client calls the service.
HOSTS = ("testserver",)


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(create_application(ServiceSettings(hosts=HOSTS))) as client:
        yield client


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own, on a socket in a temporary folder."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("PostgreSQL is not installed on this machine")
    if os.getuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        user: list[str] = []
        if os.getuid() == 0:
            # It refuses to run as root.
            user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        data = folder / "data"
        start = [
            *user,
            str(programs[-1] / "initdb"),
            "-D",
            str(data),
            "-U",
            "tester",
            "-A",
            "trust",
        ]
        subprocess.run(start, check=True, capture_output=True)
        control = [*user, str(programs[-1] / "pg_ctl"), "-D", str(data), "-w"]
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        log = str(folder / "log")
        subprocess.run(
            [*control, "-l", log, "-o", options, "start"], check=True, capture_output=True
        )
        yield f"postgresql+psycopg://tester@/postgres?host={folder}"
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'service.sqlite'}"
    url = request.getfixturevalue("postgresql")
    import psycopg

    name = f"test{uuid.uuid4().hex}"
    server = url.replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")
