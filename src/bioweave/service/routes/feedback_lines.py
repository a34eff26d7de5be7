"""A correction as a line of the export: what is kept of it, or the document with what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bioweave.document import Concept, Document, Mention
from bioweave.formats import document_to_json
from bioweave.service.storage import Feedback


def joined(part: Sequence[Feedback], line: Callable[[Feedback], dict[str, Any]]) -> bytes:
    """Some corrections, one a line."""
    return b"".join(json.dumps(line(one), ensure_ascii=False).encode() + b"\n" for one in part)


def record_line(one: Feedback) -> dict[str, Any]:
    """What is kept of a correction."""
    return {
        "id": one.id,
        "created": one.created.isoformat(),
        "model": one.model,
        "fingerprint": one.fingerprint,
        "mode": one.mode,
        "characters": one.n_characters,
        "found": [_mention(*mention) for mention in one.found],
        "correct": [_mention(*mention) for mention in one.correct],
        "counts": {
            label: dict(zip(("right", "wrong", "missed"), counts, strict=True))
            for label, counts in one.counts.items()
        },
        **({} if one.kept is None else {"document": one.kept}),
    }


def _mention(start: int, end: int, label: str, concepts: list[str]) -> dict[str, Any]:
    named = [{"id": concept} for concept in concepts]
    return {"start": start, "end": end, "label": label, "concepts": named}


def document_line(one: Feedback) -> dict[str, Any]:
    """The document with the right mentions, of a correction whose text was kept."""
    kept = one.kept or {}
    text = kept["text"]
    mentions = [
        Mention(start, end, text[start:end], label, concepts=tuple(map(Concept, concepts)))
        for start, end, label, concepts in one.correct
    ]
    told = {"feedback": one.id, "model": one.model, "fingerprint": one.fingerprint}
    return document_to_json(Document(kept["id"], text, metadata=told).with_mentions(mentions))
