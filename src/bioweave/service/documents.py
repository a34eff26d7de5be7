"""Documents out of a request's body, and into an answer's."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bioweave.document import Document
from bioweave.errors import FormatError, InputError
from bioweave.formats import (
    Failure,
    document_from_json,
    document_to_json,
    open_writer,
    problem_of,
    read_documents,
)
from bioweave.service.media_types import FORMAT_OF, JSON, NDJSON
from bioweave.service.problems import ProblemError

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that has no answer; `document_id` is None where not even that could be read."""

    document_id: str | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in an answer's `failed`."""
        return {"id": self.document_id, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a body holds; `is_single` where it was one text that wants one document."""

    documents: list[Document]
    failed: list[Failed]
    is_single: bool


def documents_in(body: bytes, media_type: str, *, n_characters: int) -> Asking:
    """The documents of a body of this type.

    Raises ProblemError 400 or 422 where it has not that form, and 413 where its documents have more
    than so many characters: offsets can make a text longer than its file.
    """
    if media_type == JSON:
        return _in_json(body)
    refuse_packed(body)
    if media_type == "text/plain":
        return Asking([Document("document", _decoded(body))], [], is_single=True)
    failures: list[Failure] = []
    stream = io.BytesIO(body)
    documents: list[Document] = []
    for document in read_documents(stream, FORMAT_OF[media_type], on_failure=failures.append):
        n_characters -= len(document.text)
        if n_characters < 0:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "the documents' offsets make texts that are longer than a body may be",
            )
        documents.append(document)
    failed = [Failed(failure.document, failure.reason) for failure in failures]
    if not documents:
        reasons = "; ".join(one.reason for one in failed[:3]) or "there is no document in it"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"the body as {media_type}: {reasons}")
    return Asking(documents, failed, is_single=False)


def refuse_packed(body: bytes) -> None:
    """Problem 400 for gzip that is not called so: readers would unpack it, without any limit."""
    if body.startswith(_GZIP_MAGIC):
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "the body is gzip: say so with Content-Encoding: gzip"
        )


def document_in(line: bytes, number: int) -> Document | Failed:
    """The document in a line of a stream, which counts from 1."""
    try:
        return _checked(_loaded(line), str(number))
    except ProblemError as problem:
        return Failed(None, f"line {number}: {problem.detail}")
    except InputError as error:
        return Failed(error.place.document, f"line {number}: {error.message}")


def body_of(
    documents: Sequence[Document], failed: Sequence[Failed], media_type: str, *, is_single: bool
) -> bytes:
    """An answer of this type."""
    if media_type == JSON and is_single and documents:
        return line_of(documents[0]).rstrip(b"\n")
    if media_type == JSON:
        found = b", ".join(_dumped(document_to_json(document)) for document in documents)
        left = _dumped([one.to_json() for one in failed])
        return b'{"documents": [' + found + b'], "failed": ' + left + b"}"
    if media_type == NDJSON:
        return b"".join([*map(line_of, documents), *map(line_of, failed)])
    stream = io.BytesIO()
    with open_writer(stream, FORMAT_OF[media_type]) as writer:
        for document in documents:
            writer.write(document)
    return stream.getvalue()


def line_of(one: Document | Failed) -> bytes:
    """A line of a streamed answer."""
    shape = document_to_json(one) if isinstance(one, Document) else {"failed": one.to_json()}
    return _dumped(shape) + b"\n"


def writable(one: Document | Failed) -> Document | Failed:
    """The document, or why no answer can hold it: what came with it may be no JSON."""
    if isinstance(one, Document) and (one.metadata or one.mentions or one.relations):
        try:
            _dumped(document_to_json(one))
        except (ValueError, RecursionError) as error:
            return Failed(one.id, f"what it holds is no JSON: {type(error).__name__}")
    return one


def _in_json(body: bytes) -> Asking:
    data = _loaded(body)
    if ("text" in data) == ("documents" in data):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            'expected either {"text": "..."} or {"documents": [{"id": "...", "text": "..."}]}',
        )
    if "text" in data:
        if not _has_shape(data):
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                'expected "text" to be a string and "id", if there is one, a string or a number',
            )
        return Asking([_checked(data, "document")], [], is_single=True)
    items = data["documents"]
    if not isinstance(items, list) or not items:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "documents: expected a list of at least 1"
        )
    documents, failed = [], []
    for position, item in enumerate(items):
        if not _has_shape(item):
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f'documents.{position}: expected an object with a string "text" and, if it has '
                f'one, an "id" that is a string or a whole number',
            )
        try:
            documents.append(_checked(item, str(position + 1)))
        except InputError as error:
            named = item.get("id")
            failed.append(Failed(None if named is None else str(named), error.message))
    return Asking(documents, failed, is_single=False)


def _has_shape(item: Any) -> bool:
    """Whether it is what the description promises to take; the rest is between documents."""
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return False
    named = item.get("id")
    return isinstance(named, str | int | None) and not isinstance(named, bool)


def _checked(data: dict[str, Any], default_id: str) -> Document:
    document = document_from_json(data, default_id=default_id)
    document.checked()
    problem = problem_of(document)
    if problem is not None:
        raise FormatError(problem)
    return document


def _loaded(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(_decoded(body), parse_constant=_refused, parse_float=_finite)
    except RecursionError:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "the body is nested too deeply for JSON"
        ) from None
    except ValueError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"the body is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "expected a JSON object")
    return data


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON's")


def _finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refused(digits)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST,
            f"the body is not UTF-8 (byte {error.start}); send it as UTF-8",
        ) from None


def _dumped(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is no UTF-8; JSON has escapes for it.
        return json.dumps(value, allow_nan=False).encode()
