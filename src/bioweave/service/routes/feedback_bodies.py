"""What corrections look like when they are sent, and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bioweave.document import Concept, Document, Mention
from bioweave.service.media_types import JSON

_TIMES_COVERED = 16
_ROOM_AT_LEAST = 1 << 20
_MOST_MENTIONS = 10_000


class SentConcept(BaseModel):
    """What a mention stands for; its id alone is kept."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: str = Field(pattern=r"^\S{1,100}$", examples=["MESH:D001241"])


class SentMention(BaseModel):
    """A mention, as /v1/annotate answers it; what else it has is not looked at."""

    model_config = ConfigDict(frozen=True, strict=True)

    start: int = Field(ge=0, description="First code point.")
    end: int = Field(ge=1, description="Behind the last code point.")
    label: str = Field(min_length=1, max_length=100)
    text: str | None = Field(
        default=None, description="Held against the document's, if it is there."
    )
    concepts: list[SentConcept] = Field(default=[], max_length=10)

    def of(self, text: str) -> Mention:
        """As a mention of this text."""
        return Mention(
            self.start,
            self.end,
            text[self.start : self.end] if self.text is None else self.text,
            self.label,
            concepts=tuple(Concept(one.id) for one in self.concepts),
        )


class SentDocument(BaseModel):
    """The document that was annotated."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: str = Field(default="document", max_length=1000)
    text: str = Field(min_length=1, max_length=4_000_000)


class SentFeedback(BaseModel):
    """What a model found in a document, and what is right."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    document: SentDocument
    model: str = Field(min_length=1, max_length=1000, description="As /v1/models names it.")
    fingerprint: str = Field(
        pattern="^[0-9a-f]{16}$",
        description="Of the bundle that found them: Bioweave-Fingerprint of the answer.",
    )
    found: list[SentMention] = Field(
        max_length=_MOST_MENTIONS, description="All that the model found."
    )
    correct: list[SentMention] = Field(
        max_length=_MOST_MENTIONS, description="All that should have been found."
    )
    mode: Literal["precision", "balanced", "recall"] = Field(
        default="balanced", description="In which they were found; figures are those of balanced."
    )
    comment: str | None = Field(default=None, max_length=2000)

    @model_validator(mode="after")
    def _check(self) -> SentFeedback:
        # Each copies its stretch of the text: many long ones would fill the memory.
        length = len(self.document.text)
        ends = ((one.start, min(one.end, length)) for one in (*self.found, *self.correct))
        # One that ends before it begins copies nothing, and takes nothing off the others.
        covered = sum(max(0, end - start) for start, end in ends)
        if covered > _TIMES_COVERED * length + _ROOM_AT_LEAST:
            raise ValueError(f"the mentions cover the text more than {_TIMES_COVERED} times over")
        return self

    @property
    def plain_document(self) -> Document:
        """The document without mentions."""
        return Document(self.document.id, self.document.text)


class LabelCounts(BaseModel):
    """Of one label, by the same start, end and label."""

    right: int
    wrong: int
    missed: int


class FeedbackBody(BaseModel):
    """A correction that is kept."""

    id: str
    created: datetime
    expires: datetime = Field(description="When it is removed.")
    replaced: bool = Field(description="Whether an earlier one of the same document went for it.")
    text_kept: bool = Field(description="Whether the text and the comment are kept.")
    counts: dict[str, LabelCounts]


class TermsBody(BaseModel):
    """What becomes of corrections."""

    text_kept: bool = Field(description="Whether the text and the comment are kept as well.")
    days: float = Field(description="How long they are kept.")


class RemovedBody(BaseModel):
    """How many corrections there were."""

    removed: int


_EXAMPLE = {
    "document": {"id": "7", "text": "Aspirin may cause gastric ulcers."},
    "model": "default",
    "fingerprint": "0123456789abcdef",
    "found": [
        {"start": 0, "end": 7, "label": "Chemical"},
        {"start": 26, "end": 32, "label": "Disease"},
    ],
    "correct": [
        {"start": 0, "end": 7, "label": "Chemical", "concepts": [{"id": "MESH:D001241"}]},
        {"start": 18, "end": 32, "label": "Disease"},
    ],
}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its parts in their places: references would point beside it."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(one, definitions) for name, one in schema.items() if name != "$defs"}


_SCHEMA = SentFeedback.model_json_schema()
FEEDBACK_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {"schema": _inlined(_SCHEMA, _SCHEMA["$defs"]), "example": _EXAMPLE},
    },
}
