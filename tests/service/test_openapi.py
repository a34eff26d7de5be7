"""The OpenAPI description against the service itself."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bioweave.service import ServiceSettings, create_application
from bioweave.service.keys import Scope, new_key, read_key
from bioweave.service.keys.form import new_key_id
from bioweave.service.storage import Database, KeyStore

schemathesis = pytest.importorskip("schemathesis", reason="the extra dev is not installed")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")


@schemathesis.serializer(
    "application/x-ndjson", "text/x-pubtator", "application/vnd.bioc+xml", "text/plain"
)
def as_it_is(context, value):
    """What is sent where the description says no more than "a string"."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


schema = schemathesis.openapi.from_asgi(
    "/openapi.json", create_application(ServiceSettings(hosts=("*",)))
)
# Explaining takes its time on a busy machine.
schema.config.update(request_timeout=120)


def unsayable(case) -> list:
    """The checks that would ask more of the description than JSON Schema can say."""
    if case.media_type not in (None, "application/json"):
        # What a valid BioC or PubTator text is.
        return [checks.positive_data_acceptance, checks.negative_data_rejection]
    if case.operation.path == "/v1/feedback" and case.method == "POST":
        # That mentions lie within their text, and what a label may be.
        return [checks.positive_data_acceptance]
    if case.operation.path == "/v1/explain":
        # That a span lies within the text, and holds words of one sentence.
        return [checks.positive_data_acceptance]
    if case.operation.path == "/v1/convert" and (case.query or {}).get("to") == "conll":
        # That a document has words: without, it has no form there.
        return [checks.positive_data_acceptance]
    return []


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case) -> None:
    case.call_and_validate(excluded_checks=unsayable(case))


def described_with_keys():
    """The description of a service that asks for keys, and one that opens everything."""
    folder = Path(tempfile.mkdtemp(prefix="bioweave-tests-"))
    url = f"sqlite:///{folder / 'service.sqlite'}"
    database = Database(url)
    text = new_key(new_key_id())
    secret = read_key(text)
    KeyStore(database).add(secret.key_id, "tests", list(Scope), secret.hash)
    database.close()
    settings = ServiceSettings(
        hosts=("*",),
        data=folder,
        database=url,
        needs_keys=True,
        requests_per_minute=0,
        characters_per_minute=0,
        wrong_keys_per_minute=10**9,
    )
    described = schemathesis.openapi.from_asgi("/openapi.json", create_application(settings))
    described.config.update(headers={"Authorization": f"Bearer {text}"}, request_timeout=120)
    return described


keyed_schema = described_with_keys()


@keyed_schema.parametrize()
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_keys_are_asked_for_as_described(case) -> None:
    """With the checks for keys: none, or a wrong one, opens nothing that asks for one."""
    case.call_and_validate(excluded_checks=unsayable(case))
