"""The OpenAPI description against the service itself."""

import pytest
from hypothesis import HealthCheck, settings

from bioweave.service import ServiceSettings, create_application

schemathesis = pytest.importorskip("schemathesis", reason="the extra dev is not installed")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

# What a valid BioC or PubTator text is cannot be said in JSON Schema; for JSON it is.
SAID_IN_THE_SCHEMA = [checks.positive_data_acceptance, checks.negative_data_rejection]


@schemathesis.serializer(
    "application/x-ndjson", "text/x-pubtator", "application/vnd.bioc+xml", "text/plain"
)
def as_it_is(context, value):
    """What is sent where the description says no more than "a string"."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


schema = schemathesis.openapi.from_asgi(
    "/openapi.json", create_application(ServiceSettings(hosts=("*",)))
)


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case) -> None:
    is_said = case.media_type in (None, "application/json")
    case.call_and_validate(excluded_checks=[] if is_said else SAID_IN_THE_SCHEMA)
