"""What bodies look like, for OpenAPI: the formats choose their own way through Content-Type."""

from __future__ import annotations

from typing import Any

from bioweave.service.media_types import BIOC_JSON, BIOC_XML, JSON, NDJSON, PUBTATOR, TEXT

_SENTENCE = "Aspirin may cause gastric ulcers."
_PUBTATOR = f"7|t|{_SENTENCE}\n7|a|\n\n"
_BIOC_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<collection><source/><date/><key/>'
    "<document><id>7</id><passage><offset>0</offset>"
    f"<text>{_SENTENCE}</text></passage></document></collection>"
)
_BIOC_JSON: dict[str, Any] = {
    "documents": [{"id": "7", "passages": [{"offset": 0, "text": _SENTENCE}]}]
}

_MENTION: dict[str, Any] = {
    "type": "object",
    "required": ["start", "end", "text", "label"],
    "properties": {
        "start": {"type": "integer", "minimum": 0, "description": "First code point."},
        "end": {"type": "integer", "minimum": 0, "description": "Behind the last code point."},
        "text": {"type": "string"},
        "label": {"type": "string"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "concepts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string"},
                    "score": {"type": "number"},
                },
            },
        },
    },
}
_FOUND: dict[str, Any] = {
    "type": "object",
    "required": ["id", "text", "mentions", "relations"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "mentions": {"type": "array", "items": _MENTION},
        "relations": {"type": "array", "items": {"type": "object"}},
        "passages": {"type": "array", "items": {"type": "object"}},
        "metadata": {"type": "object"},
    },
}
_FAILED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "reason"],
    "properties": {"id": {"type": ["string", "null"]}, "reason": {"type": "string"}},
}
_ONE: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "not": {"required": ["documents"]},
    "properties": {"id": {"type": ["string", "integer", "null"]}, "text": {"type": "string"}},
}
_MANY: dict[str, Any] = {
    "type": "object",
    "required": ["documents"],
    "not": {"required": ["text"]},
    "properties": {
        "documents": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "id": {"type": ["string", "integer", "null"]},
                    "text": {"type": "string"},
                },
            },
        }
    },
}
_TEXT = {"schema": {"type": "string"}}

ANNOTATE_BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {"oneOf": [_ONE, _MANY]},
            "examples": {
                "text": {"value": {"text": _SENTENCE}},
                "documents": {"value": {"documents": [{"id": "7", "text": _SENTENCE}]}},
            },
        },
        NDJSON: {**_TEXT, "example": f'{{"id": "7", "text": "{_SENTENCE}"}}\n'},
        TEXT: {**_TEXT, "example": _SENTENCE},
        BIOC_XML: {**_TEXT, "example": _BIOC_XML},
        BIOC_JSON: {"schema": {"type": "object"}, "example": _BIOC_JSON},
        PUBTATOR: {**_TEXT, "example": _PUBTATOR},
    },
}
# A job is read bit by bit, which one JSON value cannot be.
JOB_BODIES: dict[str, Any] = {
    "required": True,
    "content": {name: one for name, one in ANNOTATE_BODIES["content"].items() if name != JSON},
}
ANNOTATE_ANSWERS: dict[str, Any] = {
    "description": "The documents with their mentions",
    "headers": {
        "Bioweave-Failed": {
            "description": "How many documents failed, if any did.",
            "schema": {"type": "integer"},
        },
        "Bioweave-Fingerprint": {
            "description": "Of the bundle that found the mentions; /v1/feedback wants it.",
            "schema": {"type": "string"},
        },
    },
    "content": {
        JSON: {
            "schema": {
                "oneOf": [
                    _FOUND,
                    {
                        "type": "object",
                        "required": ["documents", "failed"],
                        "properties": {
                            "documents": {"type": "array", "items": _FOUND},
                            "failed": {"type": "array", "items": _FAILED},
                        },
                    },
                ]
            }
        },
        NDJSON: _TEXT,
        BIOC_XML: _TEXT,
        BIOC_JSON: {"schema": {"type": "object"}},
        PUBTATOR: _TEXT,
    },
}
