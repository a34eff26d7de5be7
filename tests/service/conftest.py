"""A service on the embedded default, in the tests' own process."""

import uuid
from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fastapi.testclient import TestClient
from postgresql_server import running_postgresql

from bioweave.service import ServiceSettings, create_application

# What the tests' client calls the service.
HOSTS = ("testserver",)


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(create_application(ServiceSettings(hosts=HOSTS))) as client:
        yield client


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own."""
    with running_postgresql() as server:
        yield server.url


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
