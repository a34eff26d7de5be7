"""The OpenAPI description against the service itself."""

import pytest
from hypothesis import HealthCheck, settings

from bioweave.service import ServiceSettings, create_application

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


def unsayable(case) -> list:
    """The checks that would ask more of the description than JSON Schema can say."""
    if case.media_type not in (None, "application/json"):
        # What a valid BioC or PubTator text is.
        return [checks.positive_data_acceptance, checks.negative_data_rejection]
    if case.operation.path == "/v1/convert":
        # What has a form in which format: a document without words has none in CoNLL.
        return [checks.positive_data_acceptance]
    return []


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case) -> None:
    case.call_and_validate(excluded_checks=unsayable(case))
