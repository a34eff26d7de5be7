"""A service on the embedded default, in the tests' own process."""

from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fastapi.testclient import TestClient

from bioweave.service import ServiceSettings, create_application


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(create_application(ServiceSettings())) as client:
        yield client
