"""Content types <-> formats."""

from __future__ import annotations

from http import HTTPStatus

from bioweave.service.problems import ProblemError

JSON = "application/json"
NDJSON = "application/x-ndjson"
TEXT = "text/plain"
BIOC_XML = "application/vnd.bioc+xml"
BIOC_JSON = "application/vnd.bioc+json"
PUBTATOR = "text/x-pubtator"

# No type of BioC's or PubTator's is registered: these are this service's names for them.
FORMAT_OF = {
    TEXT: "text",
    BIOC_XML: "bioc-xml",
    "application/xml": "bioc-xml",
    "text/xml": "bioc-xml",
    BIOC_JSON: "bioc-json",
    PUBTATOR: "pubtator",
}
# In the order in which they are offered; a text has no place for mentions.
ANSWERS = (JSON, NDJSON, BIOC_XML, "application/xml", "text/xml", BIOC_JSON, PUBTATOR)


def content_type(header: str | None) -> str:
    """The type of a body, without parameters; ProblemError 415 for one that is not read."""
    named = (header or JSON).partition(";")[0].strip().lower()
    if named in (JSON, NDJSON) or named in FORMAT_OF:
        return named
    known = ", ".join((JSON, NDJSON, *FORMAT_OF))
    raise ProblemError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"{named} is not read here; send one of {known} and say so in Content-Type",
    )


def answer_type(accept: str | None, body_type: str) -> str:
    """The type to answer in: the best of what is accepted, and of equals what came in.

    Raises ProblemError 406 where none can be made.

    >>> answer_type(None, "text/xml")
    'text/xml'
    >>> answer_type("text/html;q=0.9, application/json", "text/plain")
    'application/json'
    """
    own = body_type if body_type in ANSWERS else JSON
    if accept is None or not accept.strip():
        return own
    wanted = [_range(one) for one in accept.split(",") if one.strip()]
    offered = (own, *(one for one in ANSWERS if one != own))
    graded = [(_quality(one, wanted), one) for one in offered]
    best = max(quality for quality, _ in graded)
    if best <= 0:
        raise ProblemError(
            HTTPStatus.NOT_ACCEPTABLE, f"the answer can be one of {', '.join(ANSWERS)}"
        )
    return next(one for quality, one in graded if quality == best)


def _range(text: str) -> tuple[str, float]:
    named, *parameters = (part.strip().lower() for part in text.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = float(parameter.removeprefix("q="))
            except ValueError:
                return named, 0.0
            return named, quality if 0 <= quality <= 1 else 0.0
    return named, 1.0


def _quality(offered: str, wanted: list[tuple[str, float]]) -> float:
    """By the most specific range that names it (RFC 9110, 12.5.1)."""
    family = offered.partition("/")[0] + "/*"
    for name in (offered, family, "*/*"):
        matching = [quality for range_, quality in wanted if range_ == name]
        if matching:
            return max(matching)
    return 0.0
