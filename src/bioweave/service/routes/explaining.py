"""`POST /v1/explain`: why a span is a mention, or is not."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bioweave.document import Document, Span
from bioweave.explanation import Explanation
from bioweave.explanation.methods.choosing import SAMPLES, SEED
from bioweave.explanation.rendering.telling import facts, verdict
from bioweave.explanation.subject import MOST_WORDS
from bioweave.service.bodies import read_body
from bioweave.service.explanations import Question, Way
from bioweave.service.keys import Scope
from bioweave.service.media_types import JSON, content_type
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.annotating import Mode, Model
from bioweave.service.routes.guarding import client_of, needs
from bioweave.service.state import state_of
from bioweave.text import split_words

router = APIRouter(prefix="/v1", tags=["explanation"])

# A sentence is explained; the model reads the whole document for it, again and again.
_MOST_CHARACTERS = 20_000
_MOST_SAMPLES = 4_000
# Characters that the model reads for one mention: about a minute of two processors.
_MOST_READ = 4_000_000


class ExplainBody(BaseModel):
    """A text, and a span in it, or none for all mentions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    text: str = Field(min_length=1, max_length=_MOST_CHARACTERS)
    id: str = "text"
    start: int | None = Field(default=None, ge=0, description="The span's first code point.")
    end: int | None = Field(default=None, ge=1, description="Behind its last code point.")
    label: str | None = Field(
        default=None,
        description="As what; by itself what was found there, else what is likeliest. Without a "
        "span: only mentions of this label.",
    )
    without: list[Annotated[str, Field(min_length=1)]] = Field(
        default=[],
        max_length=20,
        description="Words of the sentence: what becomes of the probability without each, and "
        "without all of them.",
    )

    @model_validator(mode="after")
    def _check(self) -> ExplainBody:
        if (self.start is None) != (self.end is None):
            raise ValueError("a span has both a start and an end")
        return self

    @property
    def span(self) -> Span | None:
        """The span, if one is asked about."""
        return None if self.start is None or self.end is None else Span(self.start, self.end)


class FactBody(BaseModel):
    """A line of evidence."""

    title: str
    text: str


class ToldBody(BaseModel):
    """An explanation in words."""

    verdict: str
    facts: list[FactBody]


class ExplanationsBody(BaseModel):
    """A record for the span, or for each mention; `told` has the same in words, in that order."""

    explanations: list[Explanation]
    told: list[ToldBody]


_SENTENCE = "Aspirin may cause gastric ulcers."
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": ExplainBody.model_json_schema(),
            "examples": {
                "all mentions": {"value": {"text": _SENTENCE}},
                "why not": {
                    "summary": "why a span is not a mention",
                    "value": {"text": _SENTENCE, "start": 12, "end": 17, "label": "Disease"},
                },
                "what if": {
                    "value": {"text": _SENTENCE, "start": 18, "end": 32, "without": ["cause"]}
                },
            },
        }
    },
}


@router.post(
    "/explain",
    summary="Why this is a mention, or is not",
    dependencies=[needs(Scope.ANNOTATE)],
    openapi_extra={"requestBody": _BODY},
    responses=responses(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)
async def explain(
    request: Request,
    model: Model = None,
    mode: Mode = "balanced",
    method: Annotated[
        Literal["occlusion", "shap", "lime"],
        Query(description="How words are weighed; the last two want the extra `explain`."),
    ] = "occlusion",
    samples: Annotated[
        int, Query(ge=2, le=_MOST_SAMPLES, description="Variants of the sentence, shap and lime.")
    ] = SAMPLES,
    seed: Annotated[int, Query(ge=0, lt=2**32, description="Of shap and lime.")] = SEED,
) -> ExplanationsBody:
    """What each word of the sentence does to the probability of the mention.

    With it comes what else speaks for and against: the threshold, the dictionary, the long form,
    the next likeliest label.
    """
    state = state_of(request)
    served = state.models.named(model)
    if content_type(request.headers.get("content-type")) != JSON:
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}")
    with state.admission.arriving.body(client_of(request).key_id) as room:
        body = _parsed(await read_body(request, state.settings.limits, room))
    _refuse_endless(body.text, method, samples)
    question = Question(Document(body.id, body.text), body.span, body.label, tuple(body.without))
    way = Way(mode, method, samples, seed)
    client = client_of(request)
    with client.standing.paying("characters", len(body.text)):
        explained = await state.explanations.explain(served, way, question, owner=client.key_id)
    return ExplanationsBody(explanations=explained, told=[_told(one) for one in explained])


def _refuse_endless(text: str, method: str, samples: int) -> None:
    """Problem 422 for what nobody would wait for: what is begun cannot be broken off.

    Of a sentence so many words at most are weighed; few texts have words so long that it matters.
    """
    words = split_words(text)
    ends = (words[min(place + MOST_WORDS, len(words)) - 1].end for place in range(len(words)))
    longest = max((end - one.start for one, end in zip(words, ends, strict=True)), default=0)
    n_variants = MOST_WORDS if method == "occlusion" else samples
    if longest * n_variants > _MOST_READ:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{n_variants:,} variants of up to {longest:,} characters are too many: ask for fewer "
            f"samples, or send less text around the span",
        )


def _told(explanation: Explanation) -> ToldBody:
    lines = [FactBody(title=one.title, text=one.text) for one in facts(explanation)]
    return ToldBody(verdict=verdict(explanation), facts=lines)


def _parsed(body: bytes) -> ExplainBody:
    try:
        return ExplainBody.model_validate_json(body)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_context=False, include_input=False)
        is_json = first["type"] != "json_invalid"
        where = ".".join(map(str, first["loc"]))
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY if is_json else HTTPStatus.BAD_REQUEST,
            f"{where}: {first['msg']}" if where else first["msg"],
        ) from None
